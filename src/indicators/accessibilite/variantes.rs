//! What the parameters change: the same year, computed by other rules.

use super::{Case, Palier, ParametresAccessibilite, Situation, Territoire, arrondir};
use crate::indicators::{Entrees, Niveau, TableIndicateurs};
use chrono::Datelike;
use polars::prelude::PolarsResult;

/// Faster and slower by a quarter.
const QUART: f64 = 0.25;
/// Quintiles: communes in five groups of the same number.
const GROUPES: usize = 5;

/// The accessibility of the year of the report, by one set of parameters.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Variante {
    /// What a page calls it.
    pub libelle: String,
    /// The parameters in one French sentence.
    pub reglages: String,
    /// Value of the territory, places for 100 children, one decimal.
    pub territoire: Option<f64>,
    /// Lowest value of a commune.
    pub minimum: Option<f64>,
    /// Highest value of a commune.
    pub maximum: Option<f64>,
    /// Communes that have a value.
    pub communes: usize,
    /// Those that are not in the same fifth as by the parameters of the pipeline.
    pub changent_de_quintile: usize,
    /// Links between communes whose duration a table gives.
    pub trajets_mesures: usize,
    /// Links between communes whose duration comes from the distance.
    pub trajets_estimes: usize,
}

/// The year of the report by the parameters of the pipeline, first, then by others, with what they change.
///
/// `table`: that of the internal audience, from [`crate::indicators::calculer`] with the same `entrees`.
///
/// # Errors
/// Only if the table of travel times has not its columns.
pub fn sensibilite(entrees: &Entrees<'_>, table: &TableIndicateurs) -> PolarsResult<Vec<Variante>> {
    let territoire = Territoire::new(entrees)?;
    let lire = |code: &str, id: &str, annee: i32| {
        let figure = table.figure(Niveau::Commune, code, id, "", annee);
        figure.map_or_else(Case::absente, |f| Case::absente().valant(f.valeur, f.statut))
    };
    let situation = Situation::lire(&territoire, entrees.date.year(), entrees.date, &lire);
    let mut variantes: Vec<Variante> = Vec::new();
    let mut quintiles_de_base = Vec::new();
    for (libelle, parametres) in reglages(&entrees.parametres.accessibilite) {
        let reseau = territoire.reseau(&parametres);
        let acces = situation.acceder(&reseau);
        let valeurs: Vec<Option<f64>> = acces.iter().map(|a| a.as_ref()?.valeur).collect();
        let quintiles = quintiles(&valeurs);
        if variantes.is_empty() {
            quintiles_de_base.clone_from(&quintiles);
        }
        let changent = quintiles.iter().zip(&quintiles_de_base).filter(|(a, b)| a != b).count();
        let connues = || valeurs.iter().flatten().copied().map(arrondir);
        let (trajets_mesures, trajets_estimes) = reseau.liaisons();
        let lignes = territoire.lignes(&situation, &reseau);
        let ensemble = lignes.iter().find(|l| l.niveau == Niveau::Territoire).and_then(|l| l.case.valeur);
        variantes.push(Variante {
            libelle,
            reglages: parametres.phrase(),
            territoire: ensemble,
            minimum: connues().reduce(f64::min),
            maximum: connues().reduce(f64::max),
            communes: connues().count(),
            changent_de_quintile: changent,
            trajets_mesures,
            trajets_estimes,
        });
    }
    Ok(variantes)
}

/// The parameters of the pipeline, then those to compare with.
fn reglages(base: &ParametresAccessibilite) -> Vec<(String, ParametresAccessibilite)> {
    let paliers = |minutes: [f64; 3]| {
        let poids = [1.0, 0.68, 0.22];
        let paliers = minutes.into_iter().zip(poids).map(|(minutes, poids)| Palier { minutes, poids });
        ParametresAccessibilite { paliers: paliers.collect(), decroissance_minutes: None, ..base.clone() }
    };
    let vitesse =
        |facteur: f64| ParametresAccessibilite { vitesse_km_h: base.vitesse_km_h * facteur, ..base.clone() };
    let en_pente = ParametresAccessibilite { decroissance_minutes: Some(10.0), ..base.clone() };
    [
        ("réglages retenus", base.clone()),
        ("un quart plus vite", vitesse(1.0 + QUART)),
        ("un quart moins vite", vitesse(1.0 - QUART)),
        ("trajets courts : 5, 10 et 15 minutes", paliers([5.0, 10.0, 15.0])),
        ("trajets d’une consultation médicale : 10, 20 et 30 minutes", paliers([10.0, 20.0, 30.0])),
        ("décroissance continue, moitié à 10 minutes", en_pente),
    ]
    .map(|(libelle, parametres)| (libelle.to_owned(), parametres))
    .to_vec()
}

/// The fifth of each value, from 0; equal values are in the same one.
fn quintiles(valeurs: &[Option<f64>]) -> Vec<Option<usize>> {
    let connues: Vec<f64> = valeurs.iter().flatten().copied().collect();
    let rang = |valeur: f64| connues.iter().filter(|v| **v < valeur).count();
    valeurs.iter().map(|v| v.map(|v| GROUPES * rang(v) / connues.len())).collect()
}
