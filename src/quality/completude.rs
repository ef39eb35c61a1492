//! Which sources speak of each commune and each year, and what they withhold or leave out.

use super::matiere::{lignes_par_annee, parcourir_comptes};
use super::{Matiere, Statut};
use chrono::Datelike;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Earlier years that the report compares its own with (N−1 to N−5).
const ANNEES_COMPAREES: i32 = 5;

/// Where what is known of a year comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origine {
    /// Files of this run.
    Fichier,
    /// What an earlier run kept.
    Historique,
    /// Nothing speaks of that year.
    Manque,
}

/// One year, family by family.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AnneeCouverte {
    /// The year.
    pub annee: i32,
    /// For each family of [`Completude::familles`], where it comes from.
    pub origines: Vec<Origine>,
}

/// What a family says of a commune in a year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Case {
    /// Rows of a list, or known values of counts.
    pub connues: u32,
    /// Values that the source withholds.
    pub retenues: u32,
    /// Values that the source leaves out, though it gives them for another commune.
    pub manquantes: u32,
}

/// One commune: a cell per year of the family.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CommuneComplete {
    /// Code of the commune.
    pub code: String,
    /// Its name.
    pub nom: String,
    /// One per year.
    pub cases: Vec<Case>,
    /// What is withheld or left out in the last of these years.
    pub absentes: Vec<String>,
}

/// One kind of files, commune by commune.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FamilleComplete {
    /// How pages call it.
    pub nom: String,
    /// True for a list of everything there is: a commune that it does not name has none.
    pub liste: bool,
    /// Years that it speaks of, among those that the report compares.
    pub annees: Vec<i32>,
    /// Communes of the territory.
    pub communes: Vec<CommuneComplete>,
}

/// Completeness of a run.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Completude {
    /// Names of the families, in the order of [`AnneeCouverte::origines`].
    pub familles: Vec<String>,
    /// Years compared by the report, the last one first.
    pub annees: Vec<AnneeCouverte>,
    /// Commune by commune.
    pub communes: Vec<FamilleComplete>,
}

/// What one family says: by year and commune.
#[derive(Default)]
struct Releve<'m> {
    liste: bool,
    origines: BTreeMap<i32, Origine>,
    cases: BTreeMap<(i32, &'m str), Case>,
    /// Measures given by year, and those known or withheld by commune.
    mesures: BTreeMap<i32, BTreeSet<&'m str>>,
    par_commune: BTreeMap<(i32, &'m str, &'m str), u32>,
}

/// Measures how complete the sources are.
///
/// # Errors
/// Only if a frame lacks a column of its canonical table.
pub fn mesurer(matiere: &Matiere<'_>) -> PolarsResult<Completude> {
    let mut releves: Vec<(&str, Releve<'_>)> = vec![
        ("Listes de la PMI", relever_liste(matiere, matiere.assistants_maternels)?),
        ("Recensement des structures", relever_liste(matiere, matiere.structures)?),
    ];
    for mesure in matiere.mesures {
        if !releves.iter().any(|(nom, _)| *nom == mesure.famille) {
            releves.push((mesure.famille, relever_comptes(matiere, mesure.famille)?));
        }
    }
    let derniere = matiere.date.year();
    let annees = (derniere - ANNEES_COMPAREES..=derniere).rev().map(|annee| AnneeCouverte {
        annee,
        origines: releves
            .iter()
            .map(|(_, r)| r.origines.get(&annee).copied().unwrap_or(Origine::Manque))
            .collect(),
    });
    Ok(Completude {
        familles: releves.iter().map(|(nom, _)| (*nom).to_owned()).collect(),
        annees: annees.collect(),
        communes: releves
            .iter()
            .map(|(nom, releve)| par_commune(matiere, nom, releve))
            .filter(|f| !f.annees.is_empty())
            .collect(),
    })
}

fn origine(matiere: &Matiere<'_>, source: &str) -> Origine {
    let historique = matiere.source(source).is_some_and(|s| s.historique);
    if historique { Origine::Historique } else { Origine::Fichier }
}

fn relever_liste<'m>(matiere: &Matiere<'_>, trame: Option<&'m DataFrame>) -> PolarsResult<Releve<'m>> {
    let mut releve = Releve { liste: true, ..Releve::default() };
    let Some(trame) = trame else { return Ok(releve) };
    for ((annee, code, source), lignes) in lignes_par_annee(trame)? {
        let origine = origine(matiere, source);
        let connue = releve.origines.entry(annee).or_insert(origine);
        *connue = origine.min(*connue);
        releve.cases.entry((annee, code)).or_default().connues += lignes;
    }
    Ok(releve)
}

fn relever_comptes<'m>(matiere: &Matiere<'m>, famille: &str) -> PolarsResult<Releve<'m>> {
    let mut releve = Releve::default();
    for trame in &matiere.comptes {
        parcourir_comptes(trame, |annee, code, mesure, source, _, statut| {
            if matiere.mesure(mesure).is_none_or(|m| m.famille != famille) {
                return;
            }
            let origine = origine(matiere, source);
            let connue = releve.origines.entry(annee).or_insert(origine);
            *connue = origine.min(*connue);
            releve.mesures.entry(annee).or_default().insert(mesure);
            // The first source is the one that is kept.
            releve.par_commune.entry((annee, code, mesure)).or_insert(statut);
        })?;
    }
    Ok(releve)
}

fn par_commune(matiere: &Matiere<'_>, nom: &str, releve: &Releve<'_>) -> FamilleComplete {
    let derniere = matiere.date.year();
    let annees: Vec<i32> = releve
        .origines
        .keys()
        .copied()
        .filter(|a| (derniere - ANNEES_COMPAREES..=derniere).contains(a))
        .collect();
    let communes = matiere.communes.iter().map(|(code, nom)| CommuneComplete {
        code: code.clone(),
        nom: nom.clone(),
        cases: annees.iter().map(|annee| case(releve, *annee, code)).collect(),
        absentes: annees.last().map(|annee| absentes(matiere, releve, *annee, code)).unwrap_or_default(),
    });
    FamilleComplete { nom: nom.to_owned(), liste: releve.liste, communes: communes.collect(), annees }
}

fn case(releve: &Releve<'_>, annee: i32, code: &str) -> Case {
    if releve.liste {
        return releve.cases.get(&(annee, code)).copied().unwrap_or_default();
    }
    let mut case = Case::default();
    for mesure in releve.mesures.get(&annee).into_iter().flatten() {
        let statut = releve.par_commune.get(&(annee, code, *mesure)).copied();
        match statut {
            Some(s) if s <= Statut::Estime.rang() => case.connues += 1,
            Some(s) if s == Statut::SecretSource.rang() => case.retenues += 1,
            _ => case.manquantes += 1,
        }
    }
    case
}

fn absentes(matiere: &Matiere<'_>, releve: &Releve<'_>, annee: i32, code: &str) -> Vec<String> {
    let mesures = releve.mesures.get(&annee);
    matiere
        .mesures
        .iter()
        .filter(|m| mesures.is_some_and(|mesures| mesures.contains(m.id)))
        .filter_map(|m| {
            let statut = releve.par_commune.get(&(annee, code, m.id)).copied();
            match statut {
                Some(s) if s <= Statut::Estime.rang() => None,
                Some(s) if s == Statut::SecretSource.rang() => Some(format!("{} (non diffusé)", m.libelle)),
                _ => Some(format!("{} (absent)", m.libelle)),
            }
        })
        .collect()
}
