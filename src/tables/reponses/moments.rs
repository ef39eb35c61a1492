//! When people answered: two surveys in one sheet are told.

use crate::quality::{Bilan, Lieu, Motif, Probleme};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::{self, replier};
use chrono::{Datelike, NaiveDate};
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

/// The days on which these rows were answered, and the column that tells them; none if no column does.
fn jours<'t>(tableau: &'t Tableau, rangs: &[usize]) -> Option<(&'t ColonneTexte, Vec<NaiveDate>)> {
    MOMENTS.iter().find_map(|entete| {
        let colonne = tableau.autres.iter().find(|c| replier(&c.entete) == *entete)?;
        let textes = rangs.iter().filter_map(|rang| colonne.valeurs.get(*rang));
        // Anonymous surveys write the first day of 1980 of everybody.
        let jours = textes.filter_map(|texte| valeurs::date(texte).ok());
        let jours: Vec<NaiveDate> = jours.filter(|jour| (jour.year(), jour.ordinal()) != (1980, 1)).collect();
        (!jours.is_empty()).then_some((colonne, jours))
    })
}

/// The day of the last answer, if the tool wrote it.
pub fn derniere_reponse(tableau: &Tableau) -> Option<NaiveDate> {
    let toutes: Vec<usize> = (0..tableau.hauteur()).collect();
    jours(tableau, &toutes)?.1.into_iter().max()
}

/// Tells how many of these rows are of each year, where they are of several: all count in that of the source.
pub(super) fn dire_les_annees(tableau: &Tableau, rangs: &[usize], source: i32, bilan: &mut Bilan) {
    let Some((colonne, jours)) = jours(tableau, rangs) else { return };
    let mut annees: BTreeMap<i32, u32> = BTreeMap::new();
    for jour in jours {
        *annees.entry(jour.year()).or_default() += 1;
    }
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
