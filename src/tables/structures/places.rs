//! The places of structures: which of several columns gives them, and which numbers cannot be believed.

use super::Ligne;
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::Genre;
use crate::sources::disposition::{ColonneTexte, Pretention, Tableau, citer};
use crate::sources::valeurs::{self, TypeStructure, replier};

/// Beyond, a number of places is a price, a year or a slip.
const PLACES_MAX: u32 = 400;

/// A micro-crèche has at most twelve places (code de la santé publique, R. 2324-46); those of a town may stand on one row.
const PLACES_MAX_MICRO: u32 = 60;

/// Beginnings of the words by which a header says that it gives all the places, as they were allowed.
const EN_TOUT: [&str; 3] = ["total", "agre", "autoris"];

/// The field of the layout.
const CHAMP: &str = "places";

/// A column that may be the places, and how well its header says so.
type Nommee<'t> = (&'t ColonneTexte, Pretention);

/// Beginnings of the words of headers that are about places.
const DE_PLACES: [&str; 2] = ["place", "capacite"];

/// A census with the column of its places: of several that may be it and do not say the same, that of the year, else one of
/// the headers that are expected, else the one that says « total » or « agréées ». Where that settles nothing, or where all of
/// them are a part of the places, none is read, and that is told. `None` if the table is right as it is.
pub fn places_a_lire(genre: Genre, tableau: &Tableau, annee: i32, bilan: &mut Bilan) -> Option<Tableau> {
    let pretendantes = tableau.rivales.get(CHAMP).filter(|_| genre == Genre::Structures)?;
    let lue = tableau.colonne(CHAMP);
    let nommee = |(position, pretention): &(u32, Pretention)| {
        let colonne = lue.into_iter().chain(&tableau.autres).find(|c| c.position == *position)?;
        est_de_nombres(colonne).then_some((colonne, *pretention))
    };
    let nommees: Vec<Nommee<'_>> = pretendantes.iter().filter_map(nommee).collect();
    let dire = |debut: &str, colonnes: &[&str], bilan: &mut Bilan| {
        let detail = format!("{debut} : {}", citer(colonnes.iter().copied()));
        bilan.noter(Probleme::new(Motif::PlacesIndecises, tableau.origine.lieu(), detail));
    };
    if nommees.is_empty() {
        // What cannot be read in the column of the places is told row by row.
        if lue.is_none() {
            let disposition = genre.disposition().ok()?;
            let de_places = |c: &&ColonneTexte| {
                let ressemble = || disposition.champ_ressemblant(&c.entete, |champ| champ == CHAMP).is_some();
                est_de_nombres(c) && (parle_de(&c.entete, &DE_PLACES) || ressemble())
            };
            let autour: Vec<&str> =
                tableau.autres.iter().filter(de_places).map(|colonne| colonne.entete.as_str()).collect();
            if !autour.is_empty() {
                dire("aucune de ces colonnes n’est prise pour le nombre de places", &autour, bilan);
            }
        }
        return None;
    }
    let choisie = departager(nommees.clone(), annee);
    if choisie.is_none() {
        let cites: Vec<&str> = nommees.iter().map(|(colonne, _)| colonne.entete.as_str()).collect();
        dire("rien ne dit laquelle de ces colonnes lire", &cites, bilan);
    }
    let choisie = choisie.map(|colonne| colonne.position);
    (choisie != lue.map(|colonne| colonne.position)).then(|| avec(tableau, choisie))
}

/// The one that is to be read, if something tells.
fn departager(mut restent: Vec<Nommee<'_>>, annee: i32) -> Option<&ColonneTexte> {
    let de_l_annee = |c: &ColonneTexte| c.annee() == Some(annee);
    ne_garder_que(&mut restent, |(colonne, _)| de_l_annee(colonne));
    ne_garder_que(&mut restent, |(colonne, _)| de_l_annee(colonne) || colonne.annee().is_none());
    ne_garder_que(&mut restent, |(_, pretention)| *pretention == Pretention::Entete);
    ne_garder_que(&mut restent, |(colonne, _)| parle_de(&colonne.entete, &EN_TOUT));
    let pareilles = restent
        .iter()
        .enumerate()
        .all(|(rang, (une, _))| restent[rang + 1..].iter().all(|(autre, _)| disent_pareil(une, autre)));
    let remplies = |colonne: &ColonneTexte| colonne.valeurs.iter().flatten().count();
    // The first of those that are filled most.
    let choisie = restent.iter().rev().max_by_key(|(colonne, _)| remplies(colonne));
    choisie.filter(|_| pareilles).map(|(colonne, _)| *colonne)
}

/// The same table, whose places are in the column of that position, or in none.
fn avec(tableau: &Tableau, position: Option<u32>) -> Tableau {
    let mut tableau = tableau.clone();
    tableau.autres.extend(tableau.champs.remove(CHAMP));
    tableau.autres.sort_by_key(|colonne| colonne.position);
    if let Some(rang) = tableau.autres.iter().position(|colonne| Some(colonne.position) == position) {
        tableau.champs.insert(CHAMP.to_owned(), tableau.autres.remove(rang));
    }
    tableau
}

/// Keeps those that pass, if there are some.
fn ne_garder_que<T>(restent: &mut Vec<T>, passe: impl Fn(&T) -> bool) {
    if restent.iter().any(&passe) {
        restent.retain(passe);
    }
}

fn parle_de(entete: &str, debuts: &[&str]) -> bool {
    replier(entete).split(' ').any(|mot| debuts.iter().any(|debut| mot.starts_with(debut)))
}

/// True if more than half of what fills it is numbers of places.
fn est_de_nombres(colonne: &ColonneTexte) -> bool {
    let remplies = || colonne.valeurs.iter().flatten().filter(|texte| !valeurs::est_manquant(texte));
    let nombres = remplies().filter(|texte| lire(texte).is_some_and(|n| n <= PLACES_MAX)).count();
    nombres * 2 > remplies().count()
}

/// True if no row says two numbers.
fn disent_pareil(une: &ColonneTexte, autre: &ColonneTexte) -> bool {
    une.valeurs.iter().zip(autre.valeurs.iter()).all(|(une, autre)| {
        une.zip(autre).is_none_or(|(une, autre)| une == autre || lire(une) == lire(autre))
    })
}

/// « 25 », « 25 places », « 20 (dont 2 en urgence) »: the whole, of which what follows « dont » is a part.
fn lire(texte: &str) -> Option<u32> {
    const UNITES: [&str; 11] = [
        "places", "place", "pl", "berceaux", "berceau", "enfants", "enfant", "maximum", "max", "lits", "maxi",
    ];
    let entier = |texte: &str| valeurs::entier(texte).ok().and_then(|places| u32::try_from(places).ok());
    // « 25 + 5 »: those by the year, and those for a time.
    if let Some((un, deux)) = texte.split_once('+')
        && let (Some(un), Some(deux)) = (entier(un), entier(deux))
    {
        return un.checked_add(deux);
    }
    // « 12 (10 sem. - 4 ans) »: of what age.
    let texte = match texte.split_once('(') {
        Some((avant, apres)) if apres.contains("ans") || apres.contains("mois") => avant,
        _ => texte,
    };
    entier(texte).or_else(|| {
        let replie = replier(texte);
        let tout = replie.split_once(" dont ").map_or(replie.as_str(), |(tout, _)| tout);
        let nombre = tout
            .split_once(' ')
            .map_or(Some(tout), |(nombre, unite)| UNITES.contains(&unite).then_some(nombre))?;
        let ecrit_en_chiffres = texte.trim_start().starts_with(|c: char| c.is_ascii_digit());
        entier(nombre).filter(|_| ecrit_en_chiffres)
    })
}

impl Ligne<'_> {
    /// The places, none where the row does not tell them. What cannot be read, or a number that no structure has, is
    /// told: the structure is there all the same, and its places are not known.
    ///
    /// `comptee`: whether the figures of its commune want them.
    pub(super) fn places(&self, genre: TypeStructure, comptee: bool, bilan: &mut Bilan) -> Option<u32> {
        let (au_plus, quoi) = match genre {
            TypeStructure::MicroCreche => (PLACES_MAX_MICRO, "une micro-crèche, qui en a 12 au plus"),
            _ => (PLACES_MAX, "une structure"),
        };
        let brut = self.texte("places").unwrap_or_default();
        let detail = match lire(brut) {
            Some(places) if places <= au_plus => return Some(places),
            Some(_) => format!("plus de {au_plus} places pour {quoi}"),
            None if valeurs::est_manquant(brut) => {
                if !comptee || self.tableau.colonne("places").is_none() {
                    return None;
                }
                "aucun nombre de places".to_owned()
            }
            None => "ce n’est pas un nombre de places".to_owned(),
        };
        bilan.noter(self.probleme(Motif::PlacesIncertaines, "places", detail, brut));
        None
    }
}
