//! One person on several lines of a list is one person.

use super::Agrement;
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::LieuExercice;
use std::collections::{BTreeMap, BTreeSet};

/// Most places that one person's agréments can add up to (CASF L.421-4, with derogation).
const PLACES_MAX: u32 = 6;

/// One AM on two lines is one AM: lines that say the same count once; two agréments in one kind of
/// place add up; domicile and MAM, where the person cannot be at once, give the larger of the two.
pub(super) fn une_ligne_par_personne(
    mut agrements: Vec<Agrement>,
    tableau: &Tableau,
    bilan: &mut Bilan,
) -> Vec<Agrement> {
    reconnaitre_sans_naissance(&mut agrements);
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
    personnes
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

fn reunir_agrements(autre: &mut Agrement, agrement: &Agrement, tableau: &Tableau) -> Probleme {
    let mut lieu = tableau.lieu_ligne(0);
    lieu.ligne = Some(agrement.ligne);
    let (motif, detail, places) = retenir_les_places(autre, agrement);
    autre.places = places;
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

/// What is told of two lines of one person, and the places that count. Lines of one number of places are one line written
/// twice, unless they tell until when each agrément lasts, and not the same.
fn retenir_les_places(autre: &Agrement, agrement: &Agrement) -> (Motif, String, u32) {
    let ligne = autre.ligne;
    let dit = |a: &Agrement| (a.places, a.lieu, a.code, a.mam);
    let deux_durees = autre.validite.fin.is_some()
        && agrement.validite.fin.is_some()
        && autre.validite != agrement.validite;
    if dit(autre) == dit(agrement) && !deux_durees {
        let places = autre.places;
        let comptees =
            if places > 1 { format!("{places} places, comptées") } else { "1 place, comptée".to_owned() };
        let detail = format!(
            "même personne que la ligne {ligne}, même nombre de places : {comptees} une seule fois ; si ce sont deux agréments, écrivez leur somme sur une seule ligne"
        );
        return (Motif::LigneEnDouble, detail, places);
    }
    let somme = autre.places + agrement.places;
    let (places, pourquoi) = if autre.lieu != agrement.lieu {
        (
            autre.places.max(agrement.places),
            "à deux endroits où l’on n’est pas à la fois, le plus grand des deux",
        )
    } else if somme > PLACES_MAX {
        (PLACES_MAX, "la somme, ramenée au plus que les agréments d’une personne permettent")
    } else {
        (somme, "la somme")
    };
    let detail = format!(
        "même personne que la ligne {ligne} ({} et {} places) : {places} places retenues, {pourquoi}",
        autre.places, agrement.places
    );
    (Motif::AgrementsMultiples, detail, places)
}
