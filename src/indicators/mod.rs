//! From canonical tables to the indicator table: the second narrow waist.
//!
//! One file per family: its entries of the catalogue, and a pure function from [`Entrees`] to séries (see
//! [`serie`]), of which [`calculer`] makes rows. A new indicator is one entry and one line in the function
//! of its family; a new family is one file and one line of [`FAMILLES`].

mod ages;
mod balance;
mod besoin;
pub mod catalogue;
mod dynamique;
mod offre;
pub mod protection;
pub mod serie;
mod table;

pub use crate::quality::Statut;
pub use crate::tables::{du_jour, en_jours};
pub use ages::CLASSES_AGE;
pub use catalogue::{Agregation, Indicateur, Sensibilite, Unite, catalogue, indicateur};
pub use protection::{Champ, Population, Protection, Relation, Terme};
pub use table::{COLONNES, Figure, Niveau, TableIndicateurs};

use crate::tables::{AssistantsMaternels, Comptes, Declarations, Reponses, Structures, TauxPublies, Trajets};
use crate::territory::{Geographie, Perimetre};
use chrono::NaiveDate;
use polars::prelude::*;
use serie::{Couverture, Grille};
use std::collections::{BTreeMap, BTreeSet};

/// The canonical tables of a run. What is missing is missing: its indicators say so.
#[derive(Debug)]
pub struct Entrees<'a> {
    /// Who belongs to the territory.
    pub perimetre: &'a Perimetre,
    /// Centres of the communes and of their neighbours; empty if no contour is known.
    pub geographie: &'a Geographie,
    /// Observation day of the last millésime.
    pub date: NaiveDate,
    /// What a territory chooses: which need, which retirement age…
    pub parametres: &'a Parametres,
    /// Lists of agréments.
    pub assistants_maternels: Option<&'a AssistantsMaternels>,
    /// Census of structures.
    pub structures: Option<&'a Structures>,
    /// Births, Caf counts.
    pub comptes: &'a Comptes,
    /// Rates published by the Cnaf.
    pub taux_publies: Option<&'a TauxPublies>,
    /// What the relais declares of its activity.
    pub declarations: Option<&'a Declarations>,
    /// Answers to questionnaires.
    pub reponses: Option<&'a Reponses>,
    /// Travel times between communes.
    pub trajets: Option<&'a Trajets>,
}

/// What a territory chooses, `[parametres]` in its pipeline; each has a default that the catalogue states.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Parametres {}

/// A family of indicators: what the catalogue says of them, and what computes them.
pub struct Famille {
    /// Its entries, in the order of pages.
    pub indicateurs: &'static [Indicateur],
    /// Gives a série for each of them; families before it in [`FAMILLES`] have given theirs.
    calculer: fn(&Contexte<'_>, &mut Series) -> PolarsResult<()>,
}

/// Every family, in the order in which they are computed, which is that of pages.
pub static FAMILLES: &[Famille] = &[
    Famille { indicateurs: offre::INDICATEURS, calculer: offre::calculer },
    Famille { indicateurs: besoin::INDICATEURS, calculer: besoin::calculer },
    Famille { indicateurs: balance::INDICATEURS, calculer: balance::calculer },
    Famille { indicateurs: dynamique::INDICATEURS, calculer: dynamique::calculer },
    Famille { indicateurs: ages::INDICATEURS, calculer: ages::calculer },
];

/// The séries of a run, by identifier of the catalogue: those by commune, from which the territory is made,
/// and those that a family gives for a level by itself (see [`serie::directe`]).
#[derive(Default)]
struct Series {
    communes: BTreeMap<&'static str, LazyFrame>,
    directes: BTreeMap<&'static str, LazyFrame>,
}

impl Series {
    /// Gives the série by commune of an indicator.
    fn insert(&mut self, id: &'static str, serie: LazyFrame) {
        self.communes.insert(id, serie);
    }

    /// Gives the rows of other levels of an indicator, in the shape of [`serie::directe`].
    fn insert_directe(&mut self, id: &'static str, serie: LazyFrame) {
        self.directes.insert(id, serie);
    }

    /// The série by commune of an indicator that a family before has given.
    fn de(&self, id: &str) -> PolarsResult<LazyFrame> {
        let serie = self.communes.get(id).cloned();
        serie.ok_or_else(|| polars_err!(ComputeError: "la série {id} n’est pas encore calculée"))
    }
}

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
    let mut series = Series::default();
    for famille in FAMILLES {
        (famille.calculer)(&contexte, &mut series)?;
    }
    let mut lignes = Vec::new();
    for entree in catalogue() {
        let (communes, directe) = (series.communes.remove(entree.id), series.directes.remove(entree.id));
        polars_ensure!(
            communes.is_some() || directe.is_some(),
            ComputeError: "aucune famille ne calcule {}", entree.id
        );
        if let Some(serie) = communes {
            lignes.push(serie::lignes(entree, serie, entrees.perimetre)?.lazy());
        }
        if let Some(directe) = directe {
            lignes.push(directe.select(serie::colonnes_de_table(entree)));
        }
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
