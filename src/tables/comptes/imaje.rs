//! The shapes in which the Caf's counts by commune arrive.

use super::{Colonnes, Comptes, Mesure, Releve, annee_de_la_ligne, par_annee, sans_son_annee};
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::Genre;
use crate::sources::disposition::{Annuelles, Disposition, SansNom, Tableau};
use crate::tables::Ingestion;
use crate::tables::cases::{ColonneDeComptes, lire_cases, par_colonne};
use crate::tables::colonnes::perdre;
use crate::tables::ingestion::{Communes, Ecartees};
use crate::tables::repetitions::{LigneLue, une_par_cle};
use polars::prelude::PolarsResult;
use std::collections::BTreeMap;

/// The measures that a column, or a label, may be of.
const MESURES: [&str; Mesure::TOUTES.len()] = {
    let mut mots = [""; Mesure::TOUTES.len()];
    let mut rang = 0;
    while rang < mots.len() {
        mots[rang] = Mesure::TOUTES[rang].mot();
        rang += 1;
    }
    mots
};

fn disposition() -> Disposition {
    Genre::Imaje.disposition().unwrap_or_default()
}

/// The columns of one year each: those that name a measure, or, where each row has its own, those that name none.
pub(in crate::tables) fn annuelles(tableau: &Tableau) -> Annuelles<'_> {
    if tableau.colonne("mesure").is_some() {
        disposition().annuelles(tableau, &["valeur"], SansNom::Tout("valeur"))
    } else {
        disposition().annuelles(tableau, &MESURES, SansNom::Rien)
    }
}

/// The columns of counts: those of one year each, and those that the layout found for measures that have none; with
/// what is to be told of the others.
pub(super) fn colonnes_de_mesures(tableau: &Tableau) -> (Colonnes<'_>, Vec<Probleme>) {
    let annuelles = annuelles(tableau);
    let mut problemes = annuelles.problemes(tableau);
    let mut colonnes = par_annee(&annuelles);
    for mesure in Mesure::TOUTES {
        let Some(colonne) = tableau.colonne(mesure.mot()).filter(|c| c.annee().is_none()) else { continue };
        if colonnes.iter().any(|(annee, autre, _)| annee.is_some() && *autre == mesure) {
            problemes.push(sans_son_annee(tableau, colonne));
        } else {
            colonnes.push((None, mesure, ColonneDeComptes::new(colonne)));
        }
    }
    (colonnes, problemes)
}

/// The positions of the columns beside the fields of the layout that counts are read from.
pub(in crate::tables) fn positions_lues(tableau: &Tableau) -> Vec<u32> {
    let dites = annuelles(tableau).positions();
    match (tableau.colonne("mesure"), tableau.colonne("valeur")) {
        (Some(_), Some(_)) if !valeurs_annuelles(tableau) => Vec::new(),
        _ => dites,
    }
}

/// True if a count is read from a column that says no year.
pub(in crate::tables) fn compte_sans_annee(tableau: &Tableau) -> bool {
    if tableau.colonne("mesure").is_some() {
        !valeurs_annuelles(tableau)
    } else {
        colonnes_de_mesures(tableau).0.iter().any(|(annee, ..)| annee.is_none())
    }
}

/// True if the rows of a long table have a column per year, though a column may look like that of a value: the total
/// of the years, where no row says its year.
fn valeurs_annuelles(tableau: &Tableau) -> bool {
    tableau.colonne("valeur").is_none()
        || tableau.colonne("annee").is_none() && !annuelles(tableau).est_vide()
}

/// Rows `commune, annee, mesure, valeur`, or `commune, mesure` and a column per year.
pub(super) fn lire_en_long(
    tableau: &Tableau,
    ingestion: &Ingestion<'_>,
    bilan: &mut Bilan,
) -> PolarsResult<Comptes> {
    let disposition = disposition();
    let mesure_de = |libelle: &str| {
        let mot = disposition.champ_nomme(libelle, &MESURES)?;
        Mesure::TOUTES.into_iter().find(|m| m.mot() == mot)
    };
    let mut communes = Communes::de_comptes(ingestion.rapprocheur);
    let (mut releve, mut ecartees, mut lues) = (Releve::default(), Ecartees::default(), Vec::new());
    let mut connues: BTreeMap<String, Option<Mesure>> = BTreeMap::new();
    let colonnes = colonnes_en_long(tableau, bilan);
    if colonnes.is_empty() {
        perdre(tableau, super::COMPTE_CONNU, bilan);
        return releve.conclure(tableau, ingestion, bilan);
    }
    for rang in 0..tableau.hauteur() {
        let libelle = tableau.cellule(rang, "mesure").unwrap_or_default();
        let mesure = *connues.entry(libelle.to_owned()).or_insert_with(|| mesure_de(libelle));
        let Some(mesure) = mesure else {
            ecartees.noter(Motif::HorsSujet, tableau.lieu(rang, "mesure"), libelle);
            continue;
        };
        let Some(commune) = communes.trouver(tableau, rang, bilan) else { continue };
        let Some(annee) = annee_de_la_ligne(tableau, rang, ingestion.date, bilan) else { continue };
        let comptes = colonnes.iter().map(|(a, colonne)| (a.unwrap_or(annee), colonne.lire(tableau, rang)));
        let Some(comptes) = lire_cases(comptes, bilan) else { continue };
        let a_son_annee = colonnes.iter().any(|(annee, _)| annee.is_none());
        let cle = (commune.code, commune.partie(tableau, rang), mesure, a_son_annee.then_some(annee));
        lues.push(LigneLue { rang, cle, cases: comptes });
    }
    let positions: Vec<u32> = colonnes.iter().filter_map(|(_, c)| Some(c.colonne()?.position)).collect();
    for ligne in une_par_cle(tableau, lues, &positions, bilan) {
        let (code, partie, mesure, _) = ligne.cle;
        for (annee, valeur, statut) in ligne.cases {
            releve.ajouter((annee, code, mesure), valeur, statut, partie.is_some());
        }
    }
    communes.conclure(bilan);
    ecartees.conclure(bilan);
    releve.conclure(tableau, ingestion, bilan)
}

/// The columns of values of a long table, with their year if they have one.
fn colonnes_en_long<'t>(tableau: &'t Tableau, bilan: &mut Bilan) -> Vec<(Option<i32>, ColonneDeComptes<'t>)> {
    if let Some(valeur) = tableau.colonne("valeur").filter(|_| !valeurs_annuelles(tableau)) {
        return vec![(None, ColonneDeComptes::new(valeur))];
    }
    let annuelles = annuelles(tableau);
    annuelles.problemes(tableau).into_iter().for_each(|p| bilan.noter(p));
    par_colonne(&annuelles)
}
