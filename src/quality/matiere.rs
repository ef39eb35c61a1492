//! What the quality report is made from: tallies, canonical frames, and how pages call things.

use super::{Bilans, ChiffreDesListes};
use chrono::NaiveDate;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a source beside its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceExaminee {
    /// Identifier in the pipeline.
    pub id: String,
    /// How pages cite it.
    pub libelle: String,
    /// Day that the data speak of.
    pub date: Option<NaiveDate>,
    /// True if its rows were kept by an earlier run, and not read from a file of this one.
    pub historique: bool,
}

/// A measure of the frame of counts, as pages call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MesureExaminee {
    /// Identifier, as in the column `mesure`.
    pub id: &'static str,
    /// French label.
    pub libelle: &'static str,
    /// The kind of files that gives it.
    pub famille: &'static str,
}

/// A figure that the report cannot give, with the kinds of sources that it would take.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ChiffreManquant {
    /// What pages call it.
    pub libelle: String,
    /// Kinds of sources, as pages call them.
    pub sources: Vec<String>,
    /// Those kinds, as the key `type` of the pipeline calls them.
    #[serde(skip)]
    pub genres: Vec<String>,
    /// True if the figure was to be expected; else the territory has no source for it.
    pub lacune: bool,
    /// The last year before that of the report for which it is known.
    pub derniere: Option<i32>,
}

/// What the report is made from. The frames have the columns of the canonical tables.
#[derive(Debug)]
pub struct Matiere<'a> {
    /// Name of the territory.
    pub territoire: &'a str,
    /// Observation day of the last millésime.
    pub date: NaiveDate,
    /// Names of the communes on that day, by code.
    pub communes: BTreeMap<String, String>,
    /// The sources, in the order of the pipeline.
    pub sources: Vec<SourceExaminee>,
    /// The measures that counts can have, in the order of pages.
    pub mesures: &'a [MesureExaminee],
    /// What became of every row.
    pub bilans: &'a Bilans,
    /// Assistants maternels, all lists.
    pub assistants_maternels: Option<&'a DataFrame>,
    /// Who stands on a list with a row that could not be placed: `annee` (i32), `cle` (u64).
    pub non_places: Option<&'a DataFrame>,
    /// Years whose list does not name people as that of the year before does.
    pub annees_sans_suivi: BTreeSet<i32>,
    /// By year, the communes that the list says nothing of, or that were not of the territory on its day: nobody named
    /// there is not nobody there.
    pub communes_tues: BTreeMap<i32, BTreeSet<String>>,
    /// Structures, all censuses.
    pub structures: Option<&'a DataFrame>,
    /// Counts, source by source, in the order that decides which one is kept.
    pub comptes: Vec<&'a DataFrame>,
    /// What the relais declares, source by source, in the same order.
    pub declarations: Vec<&'a DataFrame>,
    /// What the lists give of what the relais may declare, for the territory.
    pub chiffres_des_listes: Vec<ChiffreDesListes>,
}

impl Matiere<'_> {
    /// The name of a commune; its code if it is no member any more.
    pub(super) fn nom_de<'b>(&'b self, code: &'b str) -> &'b str {
        self.communes.get(code).map_or(code, String::as_str)
    }

    /// False for a commune that the list of a year says nothing of.
    pub(super) fn liste_parle_de(&self, annee: i32, code: &str) -> bool {
        self.communes_tues.get(&annee).is_none_or(|tues| !tues.contains(code))
    }

    pub(super) fn source(&self, id: &str) -> Option<&SourceExaminee> {
        self.sources.iter().find(|s| s.id == id)
    }

    pub(super) fn mesure(&self, id: &str) -> Option<&MesureExaminee> {
        self.mesures.iter().find(|m| m.id == id)
    }
}

/// The rows of the frame of counts, one by one.
pub(super) fn parcourir_comptes<'t>(
    trame: &'t DataFrame,
    mut pour_chacun: impl FnMut(i32, &'t str, &'t str, &'t str, Option<f64>, u32),
) -> PolarsResult<()> {
    let annees = trame.column("annee")?.i32()?;
    let (codes, mesures) = (trame.column("code")?.str()?, trame.column("mesure")?.str()?);
    let (sources, valeurs) = (trame.column("sources")?.str()?, trame.column("valeur")?.f64()?);
    let statuts = trame.column("statut")?.u32()?;
    for i in 0..trame.height() {
        if let (Some(annee), Some(code), Some(mesure), Some(source), Some(statut)) =
            (annees.get(i), codes.get(i), mesures.get(i), sources.get(i), statuts.get(i))
        {
            pour_chacun(annee, code, mesure, source, valeurs.get(i), statut);
        }
    }
    Ok(())
}

/// How many rows each year, commune and source has in a frame with the columns `code`, `source` and a
/// year, or else the year of `date_observation`.
pub(super) fn lignes_par_annee<'t>(
    trame: &'t DataFrame,
) -> PolarsResult<BTreeMap<(i32, &'t str, &'t str), u32>> {
    use chrono::Datelike;
    let jours = trame.column("date_observation")?.date()?;
    let (codes, sources) = (trame.column("code")?.str()?, trame.column("source")?.str()?);
    let mut lignes = BTreeMap::new();
    let mut ajouter = |suite: Option<((i32, &'t str, &'t str), u32)>| {
        let dite =
            suite.and_then(|((jour, code, source), n)| Some((date_du_jour(jour)?.year(), code, source, n)));
        if let Some((annee, code, source, nombre)) = dite {
            *lignes.entry((annee, code, source)).or_insert(0) += nombre;
        }
    };
    // Lists come in order: a place is looked up once for all of its rows that follow one another.
    let mut suite: Option<((i32, &str, &str), u32)> = None;
    let colonnes = jours.physical().iter().zip(codes.iter()).zip(sources.iter());
    for ((jour, code), source) in colonnes {
        let (Some(jour), Some(code), Some(source)) = (jour, code, source) else { continue };
        match &mut suite {
            Some((ici, nombre)) if *ici == (jour, code, source) => *nombre += 1,
            _ => ajouter(suite.replace(((jour, code, source), 1))),
        }
    }
    ajouter(suite);
    Ok(lignes)
}

/// Days since 1970-01-01, as Polars keeps dates → date.
pub(super) fn date_du_jour(jours: i32) -> Option<NaiveDate> {
    NaiveDate::default().checked_add_signed(chrono::TimeDelta::days(i64::from(jours)))
}
