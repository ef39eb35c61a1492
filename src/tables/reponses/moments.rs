//! When people answered: two surveys in one sheet are told.

use crate::quality::{Bilan, Lieu, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{self, replier};
use chrono::Datelike;
use std::collections::BTreeMap;

/// Headers of the columns in which the tools write when somebody answered, the surest first.
const MOMENTS: [&str; 11] = [
    "horodateur",
    "timestamp",
    "date de soumission",
    "submitdate",
    "heure de fin",
    "completion time",
    "date de la derniere action",
    "datestamp",
    "heure de debut",
    "start time",
    "startdate",
];

/// True for the header, folded, of a column that tells when somebody answered.
pub(super) fn est_un_moment(entete: &str) -> bool {
    MOMENTS.contains(&entete)
}

/// Tells how many of these rows are of each year, where they are of several: all count in that of the source.
pub(super) fn dire_les_annees(tableau: &Tableau, rangs: &[usize], source: i32, bilan: &mut Bilan) {
    let annees_de = |entete: &str| {
        let colonne = tableau.autres.iter().find(|c| replier(&c.entete) == entete)?;
        let mut annees: BTreeMap<i32, u32> = BTreeMap::new();
        for rang in rangs {
            // Anonymous surveys write the first day of 1980 of everybody.
            let jour = colonne.valeurs.get(*rang).and_then(|t| valeurs::date(t).ok());
            if let Some(jour) = jour.filter(|jour| (jour.year(), jour.ordinal()) != (1980, 1)) {
                *annees.entry(jour.year()).or_default() += 1;
            }
        }
        (!annees.is_empty()).then_some((colonne, annees))
    };
    let Some((colonne, annees)) = MOMENTS.iter().find_map(|entete| annees_de(entete)) else { return };
    if let Some(annee) = annees.keys().next().filter(|annee| annees.len() == 1 && **annee != source) {
        let detail = format!("les réponses sont de {annee}, et comptées en {source}");
        let lieu = Lieu { ligne: None, ..tableau.lieu_colonne(0, colonne) };
        bilan.noter(Probleme::new(Motif::AutreAnnee, lieu, detail));
    }
    if annees.len() > 1 {
        let comptes: Vec<String> = annees.iter().map(|(annee, n)| format!("{n} de {annee}")).collect();
        let detail = format!("réponses comptées ensemble, en {source} : {}", comptes.join(", "));
        let mut lieu = tableau.lieu_colonne(0, colonne);
        lieu.ligne = None;
        bilan.noter(Probleme::new(Motif::ReponsesDePlusieursAnnees, lieu, detail));
    }
}
