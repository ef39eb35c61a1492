//! From canonical tables to the indicator table: the second narrow waist.
//!
//! One file per family; each is a pure function from [`Entrees`] to séries (see [`serie`]), and
//! [`calculer`] makes rows of them. A new indicator is one entry of the catalogue and one line in the
//! function of its family.

mod ages;
mod balance;
mod besoin;
pub mod catalogue;
mod dynamique;
mod offre;
pub mod serie;
mod table;

pub use crate::quality::Statut;
pub use crate::tables::{du_jour, en_jours};
pub use catalogue::{Agregation, CATALOGUE, Indicateur, Sensibilite, Unite, indicateur};
pub use table::{COLONNES, Figure, Niveau, TableIndicateurs};

use crate::tables::{AssistantsMaternels, Comptes, Structures};
use crate::territory::Perimetre;
use chrono::NaiveDate;
use polars::prelude::*;
use serie::{Couverture, Grille};
use std::collections::{BTreeMap, BTreeSet};

/// The canonical tables of a run. What is missing is missing: its indicators say so.
#[derive(Debug)]
pub struct Entrees<'a> {
    /// Who belongs to the territory.
    pub perimetre: &'a Perimetre,
    /// Observation day of the last millésime.
    pub date: NaiveDate,
    /// Lists of agréments.
    pub assistants_maternels: Option<&'a AssistantsMaternels>,
    /// Census of structures.
    pub structures: Option<&'a Structures>,
    /// Births, Caf counts.
    pub comptes: &'a Comptes,
}

/// The séries of a run, by identifier of the catalogue.
type Series = BTreeMap<&'static str, LazyFrame>;

/// What the families share.
struct Contexte<'a> {
    entrees: &'a Entrees<'a>,
    grille: Grille,
    /// The years of the run, in order, with their observation day.
    jours: Vec<(i32, NaiveDate)>,
}

/// Computes the whole indicator table: every entry of the catalogue, for each commune and the territory,
/// each year for which some source speaks.
///
/// # Errors
/// Only if Polars cannot run a plan, which is a defect of ours.
pub fn calculer(entrees: &Entrees<'_>) -> PolarsResult<TableIndicateurs> {
    let jours = jours_du_rapport(entrees)?;
    let grille = Grille::new(entrees.perimetre, &jours)?;
    let contexte = Contexte { entrees, grille, jours };
    let mut series = Series::new();
    offre::calculer(&contexte, &mut series)?;
    besoin::calculer(&contexte, &mut series)?;
    balance::calculer(&contexte, &mut series)?;
    dynamique::calculer(&contexte, &mut series)?;
    ages::calculer(&contexte, &mut series)?;

    let mut lignes = Vec::with_capacity(CATALOGUE.len());
    for entree in CATALOGUE {
        let serie = series
            .remove(entree.id)
            .ok_or_else(|| polars_err!(ComputeError: "aucune famille ne calcule {}", entree.id))?;
        lignes.push(serie::lignes(entree, serie, entrees.perimetre)?.lazy());
    }
    TableIndicateurs::new(concat(lignes, UnionArgs::default())?.collect()?)
}

/// Every year of which a source speaks, up to the last millésime, with the observation day: the day and
/// month of the last one.
fn jours_du_rapport(entrees: &Entrees<'_>) -> PolarsResult<Vec<(i32, NaiveDate)>> {
    use chrono::Datelike;
    let mut annees = BTreeSet::from([entrees.date.year()]);
    if let Some(am) = entrees.assistants_maternels {
        annees.extend(am.couverture()?.iter().map(|(annee, ..)| *annee));
    }
    annees.extend(entrees.comptes.trame().column("annee")?.i32()?.iter().flatten());
    Ok(annees
        .into_iter()
        .filter(|annee| *annee <= entrees.date.year())
        .filter_map(|annee| {
            let fin_de_mois = || NaiveDate::from_ymd_opt(annee, entrees.date.month(), 28);
            entrees.date.with_year(annee).or_else(fin_de_mois).map(|jour| (annee, jour))
        })
        .collect())
}

impl Contexte<'_> {
    /// The years that the lists of agréments cover; `suivies` keeps those whose people can be followed
    /// from the list of the year before.
    fn couverture_am(&self, suivies: bool) -> PolarsResult<LazyFrame> {
        let Some(am) = self.entrees.assistants_maternels else { return Ok(serie::couverture_vide()) };
        let listes = am.couverture()?;
        let nommees: BTreeMap<i32, &str> =
            listes.iter().filter(|l| l.3).map(|(annee, _, source, _)| (*annee, source.as_str())).collect();
        let retenues: Vec<Couverture> = listes
            .iter()
            .filter_map(|(annee, jour, source, _)| {
                let avant = nommees.get(&(annee - 1)).filter(|_| nommees.contains_key(annee));
                let source = match (suivies, avant) {
                    (false, _) => source.clone(),
                    (true, Some(avant)) => format!("{avant};{source}"),
                    (true, None) => return None,
                };
                Some(Couverture { annee: *annee, jour: *jour, source, statut: Statut::Observe })
            })
            .collect();
        Ok(serie::couverture(&retenues))
    }
}
