//! The quality report as data: what `qualite.html` shows, before any page.

use super::changements::{self, Changements};
use super::completude::{self, Completude};
use super::contradictions::Contradiction;
use super::priorites::{self, Priorite};
use super::{Bilan, ChiffreManquant, Gravite, Lieu, Matiere, Motif, Probleme};
use chrono::NaiveDate;
use polars::prelude::*;
use std::collections::BTreeMap;

/// Places shown for each reason; the others are in `rejets.csv`.
const EXEMPLES: usize = 3;

/// Rows of the run, put together.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Resume {
    /// Sources with a tally.
    pub sources: usize,
    /// Sources lost as a whole.
    pub perdues: usize,
    /// Rows of the files.
    pub lignes: u32,
    /// Rows read.
    pub lues: u32,
    /// Rows rejected.
    pub rejetees: u32,
    /// Rows set aside.
    pub mises_de_cote: u32,
    /// Cells taken as missing or mended.
    pub avertissements: u32,
}

/// One place of a problem.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Exemple {
    /// Sheet, line and column; empty for a whole file.
    pub lieu: String,
    /// The value, masked if it is personal.
    pub valeur: Option<String>,
    /// What is particular to it.
    pub detail: String,
}

/// The problems of one source that have one reason.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Groupe {
    /// Stable code of the reason.
    pub code: String,
    /// What is wrong.
    pub titre: String,
    /// What is lost.
    #[serde(serialize_with = "en_mots")]
    pub gravite: Gravite,
    /// False for what is as it should be: totals, communes of elsewhere.
    pub a_corriger: bool,
    /// What to do.
    pub conseil: String,
    /// Rows concerned.
    pub lignes: u32,
    /// The first places.
    pub exemples: Vec<Exemple>,
    /// How many places more there are.
    pub autres: usize,
    /// Lines to paste under `[correspondances]`, each once.
    pub a_coller: Vec<String>,
}

/// One source: what became of its rows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SourceLue {
    /// Identifier in the pipeline.
    pub id: String,
    /// How pages cite it.
    pub libelle: String,
    /// File, as the pipeline names it.
    pub fichier: String,
    /// Day that the data speak of.
    pub date: Option<NaiveDate>,
    /// True if an earlier run kept it.
    pub historique: bool,
    /// True if nothing of it could be read.
    pub perdue: bool,
    /// Rows of the file.
    pub lignes: u32,
    /// Rows read.
    pub lues: u32,
    /// Rows rejected.
    pub rejetees: u32,
    /// Rows set aside.
    pub mises_de_cote: u32,
    /// Cells taken as missing or mended.
    pub avertissements: u32,
    /// Headers of the columns that nothing was read from.
    pub colonnes_non_employees: Vec<String>,
    /// Problems, what is to correct first, then the worst first.
    pub groupes: Vec<Groupe>,
}

/// A name of commune that was mended without asking.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NomDevine {
    /// As the files write it.
    pub ecrit: String,
    /// What was made of it.
    pub lu: String,
    /// Sources where it stands.
    pub sources: Vec<String>,
    /// Rows concerned.
    pub lignes: u32,
}

/// The quality report of a run.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct RapportQualite {
    /// Name of the territory.
    pub territoire: String,
    /// Observation day of the last millésime.
    pub date: NaiveDate,
    /// All rows together.
    pub resume: Resume,
    /// The five things to correct first.
    pub priorites: Vec<Priorite>,
    /// Figures that the report cannot give.
    pub manques: Vec<ChiffreManquant>,
    /// Source by source, in the order of the run.
    pub sources: Vec<SourceLue>,
    /// Contradictions between sources.
    pub contradictions: Vec<Contradiction>,
    /// Names of communes that were mended.
    pub devines: Vec<NomDevine>,
    /// What changed since the list before, if there are two.
    pub changements: Option<Changements>,
    /// Which years and communes the sources speak of.
    pub completude: Completude,
}

impl RapportQualite {
    /// Makes the report. `genre_de` gives the kind (key `type` of the pipeline) of a source.
    ///
    /// # Errors
    /// Only if a frame lacks a column of its canonical table.
    pub fn etablir(
        matiere: &Matiere<'_>,
        contradictions: Vec<Contradiction>,
        manques: Vec<ChiffreManquant>,
        genre_de: impl Fn(&str) -> String,
    ) -> PolarsResult<Self> {
        Ok(Self {
            territoire: matiere.territoire.to_owned(),
            date: matiere.date,
            resume: resumer(&matiere.bilans.0),
            priorites: priorites::classer(matiere, &contradictions, &manques, genre_de),
            manques,
            sources: matiere.bilans.0.iter().map(|b| source_lue(matiere, b)).collect(),
            contradictions,
            devines: noms_devines(matiere),
            changements: changements::comparer(matiere)?,
            completude: completude::mesurer(matiere)?,
        })
    }
}

fn resumer(bilans: &[Bilan]) -> Resume {
    let somme = |lire: fn(&Bilan) -> u32| bilans.iter().map(lire).sum();
    Resume {
        sources: bilans.len(),
        perdues: bilans.iter().filter(|b| b.est_perdu()).count(),
        lignes: somme(|b| b.lignes),
        lues: somme(|b| b.lues),
        rejetees: somme(|b| b.rejetees),
        mises_de_cote: somme(|b| b.mises_de_cote),
        avertissements: somme(avertissements),
    }
}

fn avertissements(bilan: &Bilan) -> u32 {
    let problemes = bilan.problemes.iter().filter(|p| p.motif.gravite() == Gravite::Avertissement);
    problemes.map(|p| p.lignes).sum()
}

fn source_lue(matiere: &Matiere<'_>, bilan: &Bilan) -> SourceLue {
    let connue = matiere.source(&bilan.source);
    let mut par_motif: BTreeMap<Motif, Vec<&Probleme>> = BTreeMap::new();
    for probleme in &bilan.problemes {
        par_motif.entry(probleme.motif).or_default().push(probleme);
    }
    let mut groupes: Vec<Groupe> = par_motif.into_iter().map(|(m, p)| groupe(m, &p)).collect();
    groupes.sort_by_key(|g| std::cmp::Reverse((g.a_corriger, g.gravite, g.lignes)));
    SourceLue {
        id: bilan.source.clone(),
        libelle: connue.map_or(&bilan.source, |s| &s.libelle).clone(),
        fichier: bilan.fichier.clone(),
        date: connue.and_then(|s| s.date),
        historique: connue.is_some_and(|s| s.historique),
        perdue: bilan.est_perdu(),
        lignes: bilan.lignes,
        lues: bilan.lues,
        rejetees: bilan.rejetees,
        mises_de_cote: bilan.mises_de_cote,
        avertissements: avertissements(bilan),
        colonnes_non_employees: bilan.colonnes_non_employees.clone(),
        groupes,
    }
}

fn groupe(motif: Motif, problemes: &[&Probleme]) -> Groupe {
    let mut a_coller: Vec<String> = Vec::new();
    for ligne in problemes.iter().flat_map(|p| &p.a_coller) {
        if !a_coller.contains(ligne) {
            a_coller.push(ligne.clone());
        }
    }
    Groupe {
        code: motif.code().to_owned(),
        titre: motif.titre().to_owned(),
        gravite: motif.gravite(),
        a_corriger: priorites::demande_une_action(motif) || est_contradiction(motif),
        conseil: motif.conseil().to_owned(),
        lignes: problemes.iter().map(|p| p.lignes).sum(),
        exemples: problemes.iter().take(EXEMPLES).map(|p| exemple(p)).collect(),
        autres: problemes.len().saturating_sub(EXEMPLES),
        a_coller,
    }
}

fn est_contradiction(motif: Motif) -> bool {
    matches!(motif, Motif::ValeursContraires | Motif::ComptesContraires)
}

fn exemple(probleme: &Probleme) -> Exemple {
    let lieu = Lieu { fichier: String::new(), ..probleme.lieu.clone() };
    Exemple {
        lieu: lieu.to_string().trim_start_matches(", ").to_owned(),
        valeur: probleme.valeur.clone(),
        // The lines to paste stand below, once.
        detail: if probleme.a_coller.is_empty() { probleme.detail.clone() } else { String::new() },
    }
}

fn noms_devines(matiere: &Matiere<'_>) -> Vec<NomDevine> {
    let mut noms: BTreeMap<(String, String), NomDevine> = BTreeMap::new();
    for (bilan, probleme) in matiere.bilans.problemes() {
        if probleme.motif != Motif::CommuneRapprochee {
            continue;
        }
        let ecrit = probleme.valeur.clone().unwrap_or_default();
        let cle = (ecrit.clone(), probleme.detail.clone());
        let nom = noms.entry(cle).or_insert_with(|| NomDevine {
            ecrit,
            lu: probleme.detail.clone(),
            sources: Vec::new(),
            lignes: 0,
        });
        nom.lignes += probleme.lignes;
        if !nom.sources.contains(&bilan.source) {
            nom.sources.push(bilan.source.clone());
        }
    }
    noms.into_values().collect()
}

// serde gives a reference to a field, however small.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn en_mots<S: serde::Serializer>(gravite: &Gravite, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(gravite.libelle())
}
