//! What each run keeps for the next ones: its canonical tables as Parquet, year by year, so that next
//! year needs only next year's files.
//!
//! `<données>/<pipeline>/historique/<année>/` holds every canonical table (each only if something is known
//! of that year) and `manifeste.json`. The people in it are pseudonyms, ages and answers without a name; it
//! never enters a report, and only its owner can read it.

mod tables;
#[cfg(test)]
mod tests;

use super::lecture::{Lues, Parties};
use super::publication::Chantier;
use super::secret;
use crate::deliverables::{Periode, SourceCitee};
use crate::parallele::en_parallele;
use crate::quality::{Bilan, Bilans, Lieu, Motif, Probleme};
use crate::sources::{Empreinte, empreinte};
use crate::tables::{Comptes, Declarations, Liste, Reponses, Services, Structures, TauxPublies, Trajets};
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tables::{
    ARRETS, COMPTES, Conservee, DECLARATIONS, LISTE, NON_PLACES, ParAnnee, QUESTIONS, REPONSES, SERVICES,
    STRUCTURES, TABLES, TAUX, TRAJETS, Tables, completees,
};

/// The shape of the folders below; another one is not read.
const FORMAT: u32 = 3;

/// `manifeste.json`: what the tables of a year are made from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Manifeste {
    format: u32,
    /// Version of the product that wrote it.
    version: String,
    annee: i32,
    /// Last day that its sources speak of.
    date: Option<NaiveDate>,
    /// SHA-256 of each table: one that was changed since is not read.
    tables: BTreeMap<String, String>,
    /// The files that the tables were read from, by identifier of the source.
    sources: BTreeMap<String, SourceConservee>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SourceConservee {
    libelle: String,
    fichier: String,
    date: Option<NaiveDate>,
    sha256: Option<String>,
}

/// The tables of one year, as they were kept.
#[derive(Debug, Default)]
struct Annee {
    manifeste: Manifeste,
    tables: Tables,
}

/// What earlier runs of a pipeline kept.
#[derive(Debug)]
pub(super) struct Historique {
    racine: PathBuf,
    /// How messages name the folder.
    nom: String,
}

impl Historique {
    /// That of a pipeline, in the folder of its own files.
    pub(super) fn new(donnees: &Path, pipeline: &str) -> Self {
        let nom = donnees.file_name().unwrap_or_default().to_string_lossy();
        Self {
            racine: donnees.join(pipeline).join("historique"),
            nom: format!("{nom}/{pipeline}/historique"),
        }
    }

    /// The identifier under which the figures of a kept year cite it.
    pub(super) fn id(annee: i32) -> String {
        format!("historique-{annee}")
    }

    /// That of one of its questionnaires.
    fn id_de_questionnaire(annee: i32, id: &str) -> String {
        format!("{}/{id}", Self::id(annee))
    }

    /// What the years before `derniere` lack in the files of the run, taken from what was kept; a tally
    /// and a citation for each year that is taken. What lasts (travel times, services of the communes) is
    /// taken only if the run reads none, and only the last one. A year that cannot be read is told, and left.
    ///
    /// # Errors
    /// Only if Polars cannot run a plan.
    pub(super) fn completer(
        &self,
        derniere: i32,
        lues: &Parties,
        entrees: &[Empreinte],
        bilans: &mut Bilans,
        sources: &mut BTreeMap<String, SourceCitee>,
    ) -> PolarsResult<Parties> {
        let mut reprises = Parties::default();
        let mut durables = BTreeSet::new();
        durables.extend((!lues.services.is_empty()).then_some(SERVICES));
        durables.extend((!lues.trajets.is_empty()).then_some(TRAJETS));
        let mut propres = Vec::new();
        let passees: Vec<i32> = self.annees().into_iter().rev().filter(|annee| *annee < derniere).collect();
        if passees.is_empty() {
            return Ok(reprises);
        }
        let lues = ParAnnee::new(lues)?;
        for annee in passees {
            let fichier = format!("{}/{annee}", self.nom);
            let mut bilan = Bilan::new(Self::id(annee), &fichier);
            let tables = lues.tables(annee, derniere)?;
            let manquantes = self.lire(annee, |table| table.peut_manquer(&tables)).and_then(|kept| {
                manquantes(kept, &tables, entrees, &mut durables).map_err(|e| e.to_string())
            });
            match manquantes {
                Ok((restes, _)) if restes.is_empty() => continue,
                Ok((restes, manifeste)) => match reprises.reprendre(annee, &restes) {
                    Ok(lignes) => {
                        bilan.lignes = lignes;
                        bilan.lues = lignes;
                        citer(&manifeste, &restes, &fichier, sources);
                    }
                    Err(cause) => bilan.noter(illisible(&fichier, &cause.to_string())),
                },
                Err(cause) => bilan.noter(illisible(&fichier, &cause)),
            }
            propres.push(bilan);
        }
        bilans.0.extend(propres.into_iter().rev());
        Ok(reprises)
    }

    /// Keeps what a run read from its files, year by year. What a year has from earlier runs and not from
    /// this one (a list whose file is lost today) stays; a year of which nothing changed is not written again.
    /// Gives the years that the files speak of.
    pub(super) fn conserver(&self, lues: &Lues, derniere: i32) -> Result<Vec<i32>, String> {
        let par_annee = ParAnnee::new(&lues.parties).map_err(|e| e.to_string())?;
        let annees: Vec<i32> = par_annee.annees(derniere).into_iter().filter(|a| *a <= derniere).collect();
        secret::reserver(&self.racine).map_err(|e| format!("{} : {e}", self.nom))?;
        // Side by side: most of the time is waiting for the disk.
        let ecrites = en_parallele(&annees, |annee| {
            self.ecrire(*annee, derniere, &par_annee, lues)
                .map_err(|cause| format!("{}/{annee} : {cause}", self.nom))
        });
        ecrites.into_iter().collect::<Result<(), _>>()?;
        Ok(annees)
    }

    /// The years that were kept, in order.
    fn annees(&self) -> Vec<i32> {
        let dossiers = fs::read_dir(&self.racine).into_iter().flatten().flatten();
        let mut annees: Vec<i32> =
            dossiers.filter_map(|d| d.file_name().to_string_lossy().parse().ok()).collect();
        annees.sort_unstable();
        annees
    }

    /// A year that was kept, its tables that are wanted.
    fn lire(&self, annee: i32, voulue: impl Fn(&Conservee) -> bool) -> Result<Annee, String> {
        let dossier = self.racine.join(annee.to_string());
        let texte = fs::read_to_string(dossier.join("manifeste.json")).map_err(|e| e.to_string())?;
        let manifeste: Manifeste =
            serde_json::from_str(&texte).map_err(|_| "le manifeste est abîmé".to_owned())?;
        if manifeste.format != FORMAT {
            return Err(format!(
                "il est gardé sous une forme (n° {}) que ce programme ne lit pas : il lit la forme n° {FORMAT}",
                manifeste.format
            ));
        }
        let mut tables = BTreeMap::new();
        for nom in TABLES.iter().filter(|table| voulue(table)).map(|table| table.nom) {
            let Some(attendu) = manifeste.tables.get(nom) else { continue };
            let chemin = dossier.join(format!("{nom}.parquet"));
            // A table that was cut or changed would not only be wrong: reading it may be a crash.
            let vu = empreinte(&chemin, nom).map_err(|e| format!("{nom}.parquet : {e}"))?;
            if vu.sha256 != *attendu {
                return Err(format!("{nom}.parquet a été modifié ou abîmé"));
            }
            let fichier = File::open(&chemin).map_err(|e| e.to_string())?;
            let trame = ParquetReader::new(fichier).finish().map_err(|e| e.to_string())?;
            tables.insert(nom, trame);
        }
        Ok(Annee { manifeste, tables })
    }

    fn ecrire(&self, annee: i32, derniere: i32, par_annee: &ParAnnee<'_>, lues: &Lues) -> Result<(), String> {
        let dossier = self.racine.join(annee.to_string());
        let ancienne = if let Ok(ancienne) = self.lire(annee, |_| true) {
            ancienne
        } else {
            mettre_a_part(&dossier).map_err(|e| e.to_string())?;
            Annee::default()
        };
        let mut tables = par_annee
            .tables(annee, derniere)
            .and_then(|tables| completees(&tables, &ancienne.tables))
            .map_err(|e| e.to_string())?;
        let mut manifeste =
            manifeste(annee, &tables, lues, &ancienne.manifeste).map_err(|e| e.to_string())?;
        let inchangees = tables == ancienne.tables;
        if inchangees {
            manifeste.tables.clone_from(&ancienne.manifeste.tables);
        }
        if inchangees && manifeste == ancienne.manifeste {
            return Ok(());
        }
        let chantier = Chantier::ouvrir(&dossier).map_err(|e| e.to_string())?;
        for (nom, trame) in &mut tables {
            let fichier = format!("{nom}.parquet");
            let chemin = chantier.dossier().join(&fichier);
            let garde =
                ancienne.manifeste.tables.get(*nom).filter(|_| ancienne.tables.get(nom) == Some(trame));
            let sha256 = match garde {
                Some(sha256) => {
                    fs::copy(dossier.join(&fichier), &chemin).map_err(|e| e.to_string())?;
                    sha256.clone()
                }
                None => ecrire_la_table(trame, &chemin, nom)?,
            };
            manifeste.tables.insert((*nom).to_owned(), sha256);
        }
        let texte = serde_json::to_vec_pretty(&manifeste).map_err(|e| e.to_string())?;
        fs::write(chantier.dossier().join("manifeste.json"), texte).map_err(|e| e.to_string())?;
        chantier.publier().map_err(|e| e.to_string())?;
        Ok(())
    }
}

/// Writes a table, and gives its SHA-256.
fn ecrire_la_table(trame: &mut DataFrame, chemin: &Path, nom: &str) -> Result<String, String> {
    let fichier = File::create(chemin).map_err(|e| e.to_string())?;
    ParquetWriter::new(fichier)
        .with_compression(ParquetCompression::Zstd(None))
        .finish(trame)
        .map_err(|e| e.to_string())?;
    empreinte(chemin, nom).map(|vue| vue.sha256).map_err(|e| e.to_string())
}

/// What cannot be read of a year is not lost by what this run keeps of it: another version may read it.
fn mettre_a_part(dossier: &Path) -> std::io::Result<()> {
    let noms = (2..).map(|rang| format!("illisible-{rang}"));
    let noms = std::iter::once("illisible".to_owned()).chain(noms);
    let libre = noms.map(|nom| dossier.with_extension(nom)).find(|a_part| !a_part.exists());
    libre.filter(|_| dossier.is_dir()).map_or(Ok(()), |a_part| fs::rename(dossier, a_part))
}

fn illisible(fichier: &str, cause: &str) -> Probleme {
    Probleme::new(Motif::HistoriqueIllisible, Lieu::fichier(fichier), cause)
}

/// Cites a kept year, with what it was made from; and each of its questionnaires by itself, since questions
/// of two of them may read the same.
fn citer(manifeste: &Manifeste, restes: &Tables, fichier: &str, sources: &mut BTreeMap<String, SourceCitee>) {
    let annee = manifeste.annee;
    let citee = |origines: &[&str], date| SourceCitee {
        libelle: format!("Historique {annee} ({})", origines.join(" ; ")),
        fichier: fichier.to_owned(),
        date,
        periode: Periode::Aucune,
        // The names of the sources that it was made from tell of theirs.
        non_comptees: 0,
    };
    let origines: BTreeSet<&str> = manifeste.sources.values().map(|s| s.libelle.as_str()).collect();
    let origines: Vec<&str> = origines.into_iter().collect();
    sources.insert(Historique::id(annee), citee(&origines, manifeste.date));
    let questionnaires = restes.get(REPONSES).and_then(|r| ids_de(r).ok()).unwrap_or_default();
    for id in questionnaires {
        let origine = manifeste.sources.get(&id);
        let libelle = origine.map_or(id.as_str(), |s| s.libelle.as_str());
        let citee = citee(&[libelle], origine.and_then(|s| s.date));
        sources.insert(Historique::id_de_questionnaire(annee, &id), citee);
    }
}

/// The rows of a kept year that the run does not give, table by table.
fn manquantes(
    kept: Annee,
    lues: &Tables,
    entrees: &[Empreinte],
    durables: &mut BTreeSet<&'static str>,
) -> PolarsResult<(Tables, Manifeste)> {
    let mut restes = Tables::new();
    for table in &TABLES {
        let Some(avant) = kept.tables.get(table.nom) else { continue };
        if table.durable && !durables.insert(table.nom) {
            continue;
        }
        let Some(mut reste) = table.reste(avant, lues)? else { continue };
        if table.nom == REPONSES {
            // A questionnaire that the pipeline gives another name this year is the same file.
            let relues = kept
                .manifeste
                .sources
                .iter()
                .filter(|(_, s)| entrees.iter().any(|e| s.sha256.as_deref() == Some(e.sha256.as_str())));
            reste = sans_sources(&reste, &relues.map(|(id, _)| id.as_str()).collect())?;
        }
        if reste.height() > 0 {
            restes.insert(table.nom, reste);
        }
    }
    Ok((restes, kept.manifeste))
}

fn sans_sources(trame: &DataFrame, ids: &BTreeSet<&str>) -> PolarsResult<DataFrame> {
    let sources = trame.column("source")?.str()?;
    let garder: BooleanChunked = sources.iter().map(|s| s.is_some_and(|s| !ids.contains(s))).collect();
    trame.filter(&garder)
}

impl Parties {
    /// Adds the tables of a kept year, under the name of the history; gives the number of their rows.
    fn reprendre(&mut self, annee: i32, restes: &Tables) -> PolarsResult<u32> {
        let id = Historique::id(annee);
        let nommer = |trame: &DataFrame, colonne: &str, source: Expr| {
            trame.clone().lazy().with_column(source.alias(colonne)).collect()
        };
        let reprise = |nom: &str| {
            let table = restes.get(nom);
            table.map(|trame| nommer(trame, colonne_des_sources(trame), lit(id.as_str()))).transpose()
        };
        // Everything is read before anything is added: a year is taken as a whole, or not at all.
        let non_places = reprise(NON_PLACES)?;
        let liste = reprise(LISTE)?.map(|t| Liste::reprendre(annee, &t, non_places.as_ref())).transpose()?;
        let structures = restes.get(STRUCTURES);
        let structures = structures.map(|t| Structures::reprendre(t, restes.get(ARRETS), &id)).transpose()?;
        let comptes = reprise(COMPTES)?.map(|t| Comptes::reprendre(&t)).transpose()?;
        let taux = reprise(TAUX)?.map(|t| TauxPublies::reprendre(&t)).transpose()?;
        let declarations = reprise(DECLARATIONS)?.map(|t| Declarations::reprendre(&t)).transpose()?;
        let services = reprise(SERVICES)?.map(|t| Services::reprendre(&t)).transpose()?;
        let trajets = reprise(TRAJETS)?.map(|t| Trajets::reprendre(&t)).transpose()?;
        let propre = concat_str([lit(Historique::id_de_questionnaire(annee, "")), col("source")], "", false);
        let reponses = restes.get(REPONSES).map(|t| nommer(t, "source", propre)).transpose()?;
        let reponses = match (reponses, restes.get(QUESTIONS)) {
            (Some(reponses), Some(questions)) => Some(Reponses::reprendre(&reponses, questions)?),
            _ => None,
        };
        self.listes.extend(liste);
        self.structures.extend(structures);
        self.comptes.extend(comptes);
        self.taux.extend(taux);
        self.declarations.extend(declarations);
        self.services.extend(services);
        self.trajets.extend(trajets);
        self.reponses.extend(reponses);
        // A stop is no row of a file, nor is a question: they tell more of a structure, of an answer. A row that could
        // not be placed was not read.
        let sans_lignes = [ARRETS, QUESTIONS, NON_PLACES];
        let hauteurs = restes.iter().filter(|(nom, _)| !sans_lignes.contains(nom)).map(|(_, t)| t.height());
        Ok(u32::try_from(hauteurs.sum::<usize>()).unwrap_or(u32::MAX))
    }
}

/// Counts name the sources of a sum; the other tables have one source a row.
fn colonne_des_sources(trame: &DataFrame) -> &'static str {
    if trame.column("sources").is_ok() { "sources" } else { "source" }
}

fn ids_de(trame: &DataFrame) -> PolarsResult<BTreeSet<String>> {
    let ids = trame.column(colonne_des_sources(trame))?.str()?;
    Ok(ids.iter().flatten().map(str::to_owned).collect())
}

fn manifeste(annee: i32, tables: &Tables, lues: &Lues, ancien: &Manifeste) -> PolarsResult<Manifeste> {
    let mut sources = BTreeMap::new();
    for trame in tables.values() {
        for id in ids_de(trame)? {
            let citee = lues.sources.get(&id).map(|s| SourceConservee {
                libelle: s.en_clair(),
                fichier: s.fichier.clone(),
                date: s.date,
                sha256: lues.entrees.iter().find(|e| e.fichier == s.fichier).map(|e| e.sha256.clone()),
            });
            if let Some(source) = citee.or_else(|| ancien.sources.get(&id).cloned()) {
                sources.insert(id, source);
            }
        }
    }
    Ok(Manifeste {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        annee,
        // A file of later rates may speak of that year too: its day is not that of the year.
        date: sources.values().filter_map(|s| s.date).filter(|date| date.year() == annee).max(),
        tables: BTreeMap::new(),
        sources,
    })
}
