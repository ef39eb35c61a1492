//! One person on several lines of a list is one person.

use super::Agrement;
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::{LieuExercice, replier};
use crate::tables::Pseudonymes;
use crate::territory::CodeCommune;
use std::collections::{BTreeMap, BTreeSet};

/// Most places that one person's agréments can add up to (CASF L.421-4, with derogation).
pub(super) const PLACES_MAX: u32 = 6;

/// One AM on two lines is one AM: lines that say the same count once; two agréments in one kind of
/// place add up; domicile and MAM, where the person cannot be at once, give the larger of the two.
pub(super) fn une_ligne_par_personne(
    mut agrements: Vec<Agrement>,
    pseudonymes: &Pseudonymes,
    tableau: &Tableau,
    bilan: &mut Bilan,
) -> Vec<Agrement> {
    reconnaitre_sans_naissance(&mut agrements);
    separer_les_homonymes(&mut agrements, pseudonymes, tableau, bilan);
    let lignes = agrements.len();
    let mut premiers: BTreeMap<u64, usize> = BTreeMap::new();
    let mut personnes: Vec<Agrement> = Vec::with_capacity(agrements.len());
    for agrement in agrements {
        let connu = agrement.meme.and_then(|meme| premiers.get(&meme).copied());
        let Some(autre) = connu.and_then(|rang| personnes.get_mut(rang)) else {
            if let Some(meme) = agrement.meme {
                premiers.insert(meme, personnes.len());
            }
            personnes.push(agrement);
            continue;
        };
        bilan.noter(reunir_agrements(autre, &agrement, tableau));
    }
    bilan.problemes.extend(plusieurs_listes(lignes, personnes.len(), tableau));
    personnes
}

/// How many lines of one birth date may be of one person: so many others have it that it is none (« 01/01/1970 »).
const NOMS_D_UNE_PERSONNE: std::ops::RangeInclusive<usize> = 2..=3;

/// Lines that a message cites.
const LIGNES_CITEES: usize = 8;

/// The communes where two lines may be of one person, under two names: of one first name, or one family name, and one birth date.
/// They count as two, and that is told.
pub(super) fn peut_etre_deux_fois(
    personnes: &[Agrement],
    tableau: &Tableau,
    bilan: &mut Bilan,
) -> BTreeSet<CodeCommune> {
    let mut lignes: BTreeSet<u32> = BTreeSet::new();
    let mut communes = BTreeSet::new();
    for constante in [|a: &Agrement| a.prenom, |a: &Agrement| a.famille] {
        let mut memes: Vec<(u64, CodeCommune, u32)> =
            personnes.iter().filter_map(|a| Some((constante(a)?, a.code, a.ligne))).collect();
        memes.sort_unstable();
        let groupes = memes.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        for groupe in groupes.filter(|groupe| NOMS_D_UNE_PERSONNE.contains(&groupe.len())) {
            communes.extend(groupe.iter().map(|(_, code, _)| *code));
            lignes.extend(groupe.iter().map(|(.., ligne)| *ligne));
        }
    }
    if let Some(premiere) = lignes.first() {
        let mut lieu = tableau.lieu_ligne(0);
        lieu.ligne = Some(*premiere);
        let dites: Vec<String> = lignes.iter().take(LIGNES_CITEES).map(u32::to_string).collect();
        let suite = if lignes.len() > LIGNES_CITEES { "…" } else { "" };
        let detail = format!("lignes {}{suite}", dites.join(", "));
        bilan.noter(Probleme::new(Motif::PeutEtreUneSeule, lieu, detail));
    }
    communes
}

/// Lines of somebody who has another one, and of how many lines, from which a list may be several lists.
const DOUBLES: usize = 5;
const UNE_LIGNE_SUR: usize = 5;

/// That so many people stand on two lines that the list may be that of several years, and the column that may tell them apart.
fn plusieurs_listes(lignes: usize, personnes: usize, tableau: &Tableau) -> Option<Probleme> {
    let doubles = lignes - personnes;
    if doubles < DOUBLES || doubles * UNE_LIGNE_SUR < lignes {
        return None;
    }
    let distingue = |colonne: &&ColonneTexte| {
        let dites: BTreeSet<&str> = colonne.valeurs.iter().flatten().collect();
        let remplies = colonne.valeurs.iter().flatten().count();
        (2..=12).contains(&dites.len())
            && remplies * 10 >= tableau.hauteur() * 9
            && dites.iter().all(|texte| texte.bytes().any(|b| b.is_ascii_digit()))
    };
    let colonne = tableau.autres.iter().find(distingue).map_or_else(String::new, |colonne| {
        format!(" ; la colonne « {} » les distingue peut-être", colonne.entete)
    });
    let detail = format!("{doubles} lignes sur {lignes} sont d’une personne qui en a déjà une{colonne}");
    Some(Probleme::new(Motif::PlusieursListes, tableau.origine.lieu(), detail))
}

/// A whole name without a birth date is that of the one who bears it on the list, if one alone does.
fn reconnaitre_sans_naissance(agrements: &mut [Agrement]) {
    let mut cles: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for (nom, cle) in agrements.iter().filter_map(|a| a.nom.zip(a.cle)) {
        cles.entry(nom).or_default().insert(cle);
    }
    for agrement in agrements.iter_mut().filter(|a| a.cle.is_none() && a.nom_entier) {
        let siennes = agrement.nom.and_then(|nom| cles.get(&nom)).filter(|cles| cles.len() == 1);
        agrement.meme = siennes.and_then(|cles| cles.first().copied()).or(agrement.meme);
    }
}

/// Without a birth date, one name at home in two communes is that of two persons: nobody has two homes. They are followed by
/// their name and commune, but for the one of the first commune.
fn separer_les_homonymes(
    agrements: &mut [Agrement],
    pseudonymes: &Pseudonymes,
    tableau: &Tableau,
    bilan: &mut Bilan,
) {
    let mut communes: BTreeMap<u64, BTreeMap<CodeCommune, u32>> = BTreeMap::new();
    let sans_naissance =
        |a: &Agrement| a.cle.is_none() && a.nom_entier && a.meme.is_some() && a.meme == a.nom;
    for agrement in agrements.iter().filter(|a| sans_naissance(a) && a.lieu == LieuExercice::Domicile) {
        let siennes = agrement.nom.map(|nom| communes.entry(nom).or_default());
        siennes.map(|siennes| siennes.entry(agrement.code).or_insert(agrement.ligne));
    }
    communes.retain(|_, siennes| siennes.len() > 1);
    for agrement in agrements.iter_mut().filter(|a| sans_naissance(a)) {
        let Some((nom, siennes)) = agrement.nom.and_then(|nom| Some((nom, communes.get(&nom)?))) else {
            continue;
        };
        let premiere = siennes.keys().next() == Some(&agrement.code);
        if premiere || !siennes.contains_key(&agrement.code) {
            continue;
        }
        let propre = pseudonymes.lieu(agrement.code.as_str(), &nom.to_string());
        (agrement.nom, agrement.meme) = (Some(propre), Some(propre));
    }
    let mut dites: Vec<BTreeMap<CodeCommune, u32>> = communes.into_values().collect();
    // In the order of the file: the pseudonyms have none.
    dites.sort_by_key(|siennes| siennes.values().min().copied());
    for siennes in dites {
        let lignes: Vec<String> = siennes.values().map(u32::to_string).collect();
        let mut lieu = tableau.lieu_ligne(0);
        lieu.ligne = siennes.values().min().copied();
        let detail = format!("lignes {} : {} personnes comptées", lignes.join(", "), siennes.len());
        bilan.noter(Probleme::new(Motif::HomonymesSansNaissance, lieu, detail));
    }
}

fn reunir_agrements(autre: &mut Agrement, agrement: &Agrement, tableau: &Tableau) -> Probleme {
    let mut lieu = tableau.lieu_ligne(0);
    lieu.ligne = Some(agrement.ligne);
    let deux_natures = sont_de_deux_natures(autre.ligne, agrement.ligne, tableau);
    let (motif, detail, places, estimees) = retenir_les_places(autre, agrement, deux_natures);
    (autre.places, autre.places_estimees) = (places, estimees);
    if agrement.lieu == LieuExercice::Mam {
        (autre.lieu, autre.mam, autre.code) = (agrement.lieu, agrement.mam, agrement.code);
        autre.mam_anonyme = agrement.mam_anonyme;
    }
    (autre.cle, autre.age) = (autre.cle.or(agrement.cle), autre.age.or(agrement.age));
    for (connue, autre_reponse) in autre.reponses.iter_mut().zip(agrement.reponses) {
        *connue = connue.or(autre_reponse);
    }
    autre.places_libres = autre.places_libres.or(agrement.places_libres);
    Probleme::new(motif, lieu, detail)
}

/// How the words begin of an agrément for some hours only.
const HEURES: [&str; 7] = ["perisco", "extrasco", "scolaire", "mercredi", "nuit", "partiel", "atypique"];

/// True if one of two lines is of an agrément for some hours only, and the other one not: « Journée », « Périscolaire ».
fn sont_de_deux_natures(une: u32, autre: u32, tableau: &Tableau) -> bool {
    let est_partiel = |ligne: u32, champ: &str| {
        let rang = tableau.lignes.binary_search(&ligne).ok()?;
        let dit = replier(tableau.cellule(rang, champ)?);
        Some(dit.split(' ').any(|mot| HEURES.iter().any(|debut| mot.starts_with(debut))))
    };
    ["type_agrement", "exercice"].iter().any(|champ| {
        est_partiel(une, champ).zip(est_partiel(autre, champ)).is_some_and(|(une, autre)| une != autre)
    })
}

/// What is told of two lines of one person, the places that count, and whether these are an estimate. Lines of one number
/// of places are one line written twice, unless they tell until when each agrément lasts, or for what it is, and not the same. Of two
/// agréments for one place, the later one takes the place of the other if it is of more places; of fewer, it may add to it,
/// or take some away.
fn retenir_les_places(
    autre: &Agrement,
    agrement: &Agrement,
    deux_natures: bool,
) -> (Motif, String, u32, bool) {
    let ligne = autre.ligne;
    let dit = |a: &Agrement| (a.places, a.lieu, a.code, a.mam);
    let deux_durees = autre.validite.fin.is_some()
        && agrement.validite.fin.is_some()
        && autre.validite != agrement.validite;
    if autre.places_estimees
        || agrement.places_estimees
        || dit(autre) == dit(agrement) && !deux_durees && !deux_natures
    {
        let connue = if autre.places_estimees { agrement } else { autre };
        let places = connue.places;
        let comptees =
            if places > 1 { format!("{places} places, comptées") } else { "1 place, comptée".to_owned() };
        let memes =
            if autre.places_estimees || agrement.places_estimees { "" } else { ", même nombre de places" };
        let detail = format!(
            "même personne que la ligne {ligne}{memes} : {comptees} une seule fois ; si ce sont deux agréments, écrivez leur somme sur une seule ligne"
        );
        return (Motif::LigneEnDouble, detail, places, connue.places_estimees);
    }
    let somme = autre.places + agrement.places;
    let suite = autre.validite.debut.zip(agrement.validite.debut).filter(|(un, deux)| un != deux);
    let (places, estimees, pourquoi) = if autre.lieu != agrement.lieu {
        let places = autre.places.max(agrement.places);
        (places, false, "à deux endroits où l’on n’est pas à la fois, le plus grand des deux")
    } else if autre.code != agrement.code {
        let places = autre.places.max(agrement.places);
        (places, true, "le plus grand des deux, si c’est un déménagement ; retirez alors l’ancienne ligne")
    } else if let Some((un, deux)) = suite.filter(|_| autre.places != agrement.places && !deux_natures) {
        let (ancien, recent) = if un < deux { (autre, agrement) } else { (agrement, autre) };
        if recent.places > ancien.places {
            (recent.places, false, "celles du plus récent, qui remplace l’autre")
        } else {
            let places = somme.min(PLACES_MAX);
            (
                places,
                true,
                "la somme, si le plus récent s’ajoute à l’autre ; s’il le remplace, retirez l’ancien",
            )
        }
    } else if somme > PLACES_MAX {
        (PLACES_MAX, false, "la somme, ramenée au plus que les agréments d’une personne permettent")
    } else {
        (somme, false, "la somme")
    };
    let detail = format!(
        "même personne que la ligne {ligne} ({} et {} places) : {places} places retenues, {pourquoi}",
        autre.places, agrement.places
    );
    (Motif::AgrementsMultiples, detail, places, estimees)
}
