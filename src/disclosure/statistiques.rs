//! Means and medians: no sum tells them, but beside the counts that are shown they are one equation more.

use super::systeme::dit_quelque_chose;
use crate::indicators::{CLASSES_AGE, TableIndicateurs, indicateur};
use polars::prelude::PlHashMap;
use std::collections::BTreeSet;

/// Withholds the mean of a question wherever one of its answers is: with the answers that are shown, a mean and its
/// number of persons are one equation more than the sums, and give the others away. Says how many had a figure.
///
/// Nothing can be computed from the means that stay: all of their answers are shown.
pub(super) fn retirer_les_moyennes(table: &TableIndicateurs, masque: &mut [bool]) -> usize {
    // « questionnaire/question/réponse@segment ».
    let couper = |modalite: &str| {
        let (avant, segment) = modalite.split_once('@').unwrap_or((modalite, ""));
        (avant.to_owned(), segment.to_owned())
    };
    let mut retenues = BTreeSet::new();
    for suivi in table.suivis_de("enquete_reponses") {
        let (reponse, segment) = couper(suivi.modalite());
        let Some((question, _)) = reponse.rsplit_once('/') else { continue };
        for (_, annee) in suivi.rangs().zip(suivi.annees()).filter(|(rang, _)| masque[*rang]) {
            retenues.insert((suivi.numero_de_lieu(), question.to_owned(), segment.clone(), annee));
        }
    }
    let mut retirees = 0;
    for suivi in table.suivis_de("enquete_moyenne") {
        let (question, segment) = couper(suivi.modalite());
        for (rang, (annee, statut, _)) in suivi.rangs().zip(suivi.nombres()) {
            let cle = (suivi.numero_de_lieu(), question.clone(), segment.clone(), annee);
            if !masque[rang] && dit_quelque_chose(statut) && retenues.contains(&cle) {
                masque[rang] = true;
                retirees += 1;
            }
        }
    }
    retirees
}

/// The classes of age of a place and a year that are shown, from the youngest; NaN for one that is not.
type Classes = [f64; CLASSES_AGE.len()];

/// Withholds the median age of few persons, for it is then the age of one of them; and wherever it tells more of the
/// classes of age than those that are shown: half of 34 persons under 49 and a half, with the classes below, give the
/// one that is left. Says how many had a figure.
///
/// Nothing can be computed from the medians that stay: both persons in the middle are in classes that are shown, with all
/// those below, or with all those above.
pub(super) fn retirer_les_medianes(table: &TableIndicateurs, masque: &mut [bool]) -> usize {
    let minimum = indicateur("pyramide_ages").and_then(|entree| entree.protection.minimum);
    let minimum = minimum.map_or(0.0, |(minimum, _)| f64::from(minimum));
    let classes = classes_montrees(table, masque);
    let departs = table.suivis_de("departs_5_ans").filter(|suivi| suivi.modalite().is_empty());
    let departs: BTreeSet<(u32, i32)> = departs
        .flat_map(|suivi| {
            let montrees = suivi.rangs().zip(suivi.nombres());
            let montrees = montrees.filter(|(rang, (.., nombres))| !masque[*rang] && nombres[0].is_some());
            montrees.map(move |(_, (annee, ..))| (suivi.numero_de_lieu(), annee)).collect::<Vec<_>>()
        })
        .collect();
    let mut retirees = 0;
    for suivi in table.suivis_de("age_median") {
        for (rang, (annee, statut, [valeur, _, personnes])) in suivi.rangs().zip(suivi.nombres()) {
            if masque[rang] || !dit_quelque_chose(statut) || valeur.is_none() {
                continue;
            }
            let ici = (suivi.numero_de_lieu(), annee);
            let personnes = personnes.unwrap_or(0.0);
            let sans_detail =
                classes.get(&ici).is_none_or(|classes| !tient_les_deux_du_milieu(classes, personnes));
            if personnes < minimum || sans_detail || !departs.contains(&ici) {
                masque[rang] = true;
                retirees += 1;
            }
        }
    }
    retirees
}

fn classes_montrees(table: &TableIndicateurs, masque: &[bool]) -> PlHashMap<(u32, i32), Classes> {
    let mut montrees: PlHashMap<(u32, i32), Classes> = PlHashMap::default();
    for suivi in table.suivis_de("pyramide_ages") {
        let modalite = suivi.modalite();
        let Some(classe) = CLASSES_AGE.iter().position(|(id, ..)| *id == modalite) else { continue };
        for (rang, (annee, _, [valeur, ..])) in suivi.rangs().zip(suivi.nombres()) {
            if let Some(valeur) = valeur.filter(|_| !masque[rang]) {
                let ici = (suivi.numero_de_lieu(), annee);
                montrees.entry(ici).or_insert([f64::NAN; CLASSES_AGE.len()])[classe] = valeur;
            }
        }
    }
    montrees
}

/// True if the classes that are shown one after the other, from the youngest or from the oldest, hold more than half of
/// the persons.
fn tient_les_deux_du_milieu(classes: &Classes, personnes: f64) -> bool {
    let apres_la_moitie = (personnes / 2.0).floor() + 1.0;
    let d_affilee = |classes: &mut dyn Iterator<Item = &f64>| -> f64 {
        classes.take_while(|classe| !classe.is_nan()).sum()
    };
    d_affilee(&mut classes.iter()) >= apres_la_moitie
        || d_affilee(&mut classes.iter().rev()) >= apres_la_moitie
}
