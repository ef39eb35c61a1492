//! Lists and censuses of several years in one file: a source reads the rows of its own.

use crate::quality::{Bilan, Lieu, Motif, Probleme};
use crate::sources::Genre;
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{self, replier};
use std::collections::{BTreeMap, BTreeSet};

/// The field of the layouts that says of which year a row is.
const CHAMP: &str = "annee_liste";

/// What tells who, or what, a row is of.
fn identite(genre: Genre) -> &'static [&'static str] {
    match genre {
        Genre::Pmi => &["nom", "nom_usage", "prenom", "date_naissance"],
        Genre::Structures => &["nom", "type", "commune", "code_commune"],
        _ => &[],
    }
}

/// The years of the rows of a list or of a census, where its column « Année » is that of the list and not, say, of
/// agréments: there is only one, or one in four stands there under two, or nothing tells who. Empty if there is none.
pub fn annees_de_liste(genre: Genre, tableau: &Tableau) -> BTreeSet<i32> {
    let lues = (0..tableau.hauteur()).filter_map(|rang| Some((rang, annee(tableau, rang)?)));
    let champs: Vec<&str> =
        identite(genre).iter().copied().filter(|champ| tableau.colonne(champ).is_some()).collect();
    let mut de_chacun: BTreeMap<Vec<String>, BTreeSet<i32>> = BTreeMap::new();
    for (rang, annee) in lues {
        let qui = champs.iter().map(|champ| replier(tableau.cellule(rang, champ).unwrap_or_default()));
        de_chacun.entry(qui.collect()).or_default().insert(annee);
    }
    let reviennent = de_chacun.values().filter(|annees| annees.len() > 1).count();
    let distinctes: BTreeSet<i32> = de_chacun.values().flatten().copied().collect();
    let de_la_liste = distinctes.len() < 2 || reviennent * 4 >= de_chacun.len();
    if de_la_liste { distinctes } else { BTreeSet::new() }
}

fn annee(tableau: &Tableau, rang: usize) -> Option<i32> {
    tableau.cellule(rang, CHAMP).and_then(|texte| valeurs::annee(texte).ok())
}

/// The rows of one year of a list or a census that holds several; `None` if all of its rows are to be read.
///
/// # Errors
/// `AnneeAbsente` if it holds several years and not this one.
pub fn de_l_annee(
    genre: Genre,
    tableau: &Tableau,
    voulue: i32,
    bilan: &mut Bilan,
) -> Result<Option<Tableau>, Probleme> {
    let Some(colonne) = tableau.colonne(CHAMP) else { return Ok(None) };
    let annees = annees_de_liste(genre, tableau);
    let lieu = || Lieu { ligne: None, ..tableau.lieu_colonne(0, colonne) };
    let citer = || annees.iter().map(i32::to_string).collect::<Vec<_>>().join(", ");
    if annees.is_empty() {
        bilan.colonnes_non_employees.push(colonne.entete.clone());
        return Ok(None);
    }
    if annees.len() == 1 {
        if !annees.contains(&voulue) {
            let detail = format!("la colonne « {} » dit {}, le pipeline {voulue}", colonne.entete, citer());
            bilan.noter(Probleme::new(Motif::AutreAnnee, lieu(), detail));
        }
        return Ok(None);
    }
    if !annees.contains(&voulue) {
        let detail = format!("le pipeline dit {voulue}, le fichier {}", citer());
        return Err(Probleme::new(Motif::AnneeAbsente, lieu(), detail));
    }
    let mut gardes = Vec::new();
    let mut autres: BTreeMap<i32, u32> = BTreeMap::new();
    for (n, rang) in (0_u32..).zip(0..tableau.hauteur()) {
        match annee(tableau, rang) {
            Some(annee) if annee == voulue => gardes.push(n),
            Some(annee) => *autres.entry(annee).or_default() += 1,
            None => {
                let texte = tableau.cellule(rang, CHAMP).unwrap_or_default();
                bilan.noter(
                    Probleme::new(Motif::AnneeIllisible, tableau.lieu(rang, CHAMP), "").avec_valeur(texte),
                );
            }
        }
    }
    for (annee, lignes) in autres {
        let detail = format!("{lignes} ligne(s) de {annee} ; la source est de {voulue}");
        bilan.noter(Probleme { lignes, ..Probleme::new(Motif::LigneDUneAutreAnnee, lieu(), detail) });
    }
    Ok(Some(tableau.choisir(&gardes)))
}
