//! Travel times between communes.

use super::Ingestion;
use super::ingestion::Communes;
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs;
use crate::territory::CodeCommune;
use polars::prelude::*;
use std::collections::BTreeMap;

/// One row per ordered pair of communes of the territory.
///
/// Columns: `de`, `vers` (str, codes), `minutes` (f64), `source` (str). The way back is a row of its own,
/// if the file has it.
#[derive(Debug, Clone)]
pub struct Trajets(pub(super) DataFrame);

impl Trajets {
    /// Reads travel times; each commune is given by its code or its name.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Self> {
        let mut communes = Communes::new(ingestion.rapprocheur);
        let mut trajets: BTreeMap<(CodeCommune, CodeCommune), f64> = BTreeMap::new();
        for rang in 0..tableau.hauteur() {
            let mut trouver = |champ: &str, bilan: &mut Bilan| {
                let texte = tableau.cellule(rang, champ);
                let est_un_code = texte.is_some_and(|t| t.contains(|c: char| c.is_ascii_digit()));
                let couple = if est_un_code { (None, texte) } else { (texte, None) };
                communes.situer(couple, || tableau.lieu(rang, champ), bilan).map(|c| c.code)
            };
            // A row is told once: the arrival is looked for only if the departure is known.
            let Some(de) = trouver("de", bilan) else { continue };
            let Some(vers) = trouver("vers", bilan) else { continue };
            let Some(minutes) = minutes(tableau, rang, bilan) else { continue };
            if trajets.contains_key(&(de, vers)) {
                let detail = format!("le trajet de {de} à {vers} a déjà une durée");
                bilan.noter(Probleme::new(Motif::ValeurEnDouble, tableau.lieu_ligne(rang), detail));
                continue;
            }
            bilan.lues += 1;
            trajets.insert((de, vers), minutes);
        }
        communes.conclure(bilan);
        trame(&trajets, ingestion.source).map(Self)
    }

    /// Brings files together. Where two give the same pair, the first in the pipeline is kept.
    ///
    /// # Errors
    /// If there is none, or if Polars cannot run the plan.
    pub fn reunir(parties: &[Self]) -> PolarsResult<Self> {
        concat(parties.iter().map(|p| p.0.clone().lazy()).collect::<Vec<_>>(), UnionArgs::default())?
            .unique_stable(Some(cols(["de", "vers"])), UniqueKeepStrategy::First)
            .collect()
            .map(Self)
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.0
    }
}

fn minutes(tableau: &Tableau, rang: usize, bilan: &mut Bilan) -> Option<f64> {
    let brut = tableau.cellule(rang, "minutes").unwrap_or_default();
    let minutes = valeurs::nombre(brut).ok().filter(|m| *m >= 0.0);
    if minutes.is_none() {
        let probleme = Probleme::new(
            Motif::NombreIllisible,
            tableau.lieu(rang, "minutes"),
            "un nombre de minutes est attendu",
        );
        bilan.noter(probleme.avec_valeur(brut));
    }
    minutes
}

/// The table without rows: what its columns are.
pub(super) fn vide() -> PolarsResult<DataFrame> {
    trame(&BTreeMap::new(), "")
}

fn trame(trajets: &BTreeMap<(CodeCommune, CodeCommune), f64>, source: &str) -> PolarsResult<DataFrame> {
    let codes = |nom: &str, lire: fn(&(CodeCommune, CodeCommune)) -> &CodeCommune| {
        StringChunked::from_iter_values(nom.into(), trajets.keys().map(|c| lire(c).as_str())).into_column()
    };
    DataFrame::new(
        trajets.len(),
        vec![
            codes("de", |c| &c.0),
            codes("vers", |c| &c.1),
            Float64Chunked::from_iter_values("minutes".into(), trajets.values().copied()).into_column(),
            StringChunked::full("source".into(), source, trajets.len()).into_column(),
        ],
    )
}
