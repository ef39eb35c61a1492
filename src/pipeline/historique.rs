//! What each run keeps for the next ones: its canonical tables as Parquet, year by year, so that next
//! year needs only next year's files.
//!
//! `<données>/<pipeline>/historique/<année>/` holds `assistants_maternels.parquet`,
//! `structures.parquet`, `comptes.parquet` (each only if something is known) and `manifeste.json`. The
//! people in it are pseudonyms and ages; it never enters a report, and only its owner can read it.

use super::lecture::{Lues, Parties};
use super::publication::Chantier;
use crate::deliverables::{Periode, SourceCitee};
use crate::quality::{Bilan, Bilans, Lieu, Motif, Probleme};
use crate::sources::{Empreinte, empreinte};
use crate::tables::{Comptes, Liste, Structures};
use chrono::NaiveDate;
use polars::prelude::*;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The shape of the folders below; another one is not read.
const FORMAT: u32 = 3;

const LISTE: &str = "assistants_maternels";
const STRUCTURES: &str = "structures";
const COMPTES: &str = "comptes";

/// `manifeste.json`: what the tables of a year are made from.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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

#[derive(Debug, Clone, Serialize, Deserialize)]
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
    tables: BTreeMap<&'static str, DataFrame>,
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

    /// What the years before `derniere` lack in the files of the run, taken from what was kept; a tally
    /// and a citation for each year that is taken. A year that cannot be read is told, and left.
    ///
    /// # Errors
    /// Only if Polars cannot run a plan.
    pub(super) fn completer(
        &self,
        derniere: i32,
        lues: &Parties,
        bilans: &mut Bilans,
        sources: &mut BTreeMap<String, SourceCitee>,
    ) -> PolarsResult<Parties> {
        let mut reprises = Parties::default();
        let connus = mesures_connues(&lues.comptes)?;
        let recensees = annees_recensees(&lues.structures)?;
        for annee in self.annees().into_iter().filter(|annee| *annee < derniere) {
            let fichier = format!("{}/{annee}", self.nom);
            let mut bilan = Bilan::new(Self::id(annee), &fichier);
            match self.lire(annee).and_then(|kept| manquantes(kept, lues, &connus, &recensees)) {
                Ok((parties, manifeste)) => {
                    bilan.lignes = hauteur(&parties);
                    bilan.lues = bilan.lignes;
                    if bilan.lignes == 0 {
                        continue;
                    }
                    sources.insert(Self::id(annee), citer(&manifeste, fichier));
                    reprises.listes.extend(parties.listes);
                    reprises.structures.extend(parties.structures);
                    reprises.comptes.extend(parties.comptes);
                }
                Err(cause) => {
                    bilan.noter(Probleme::new(Motif::HistoriqueIllisible, Lieu::fichier(fichier), cause));
                }
            }
            bilans.0.push(bilan);
        }
        Ok(reprises)
    }

    /// Keeps what a run read from its files, year by year. What a year has from earlier runs and not from
    /// this one (a list whose file is lost today) stays. Gives the years that were written.
    pub(super) fn conserver(&self, lues: &Lues, derniere: i32) -> Result<Vec<i32>, String> {
        let annees = annees_lues(&lues.parties).map_err(|e| e.to_string())?;
        let annees: Vec<i32> = annees.into_iter().filter(|annee| *annee <= derniere).collect();
        reserver(&self.racine).map_err(|e| format!("{} : {e}", self.nom))?;
        for annee in &annees {
            self.ecrire(*annee, lues).map_err(|cause| format!("{}/{annee} : {cause}", self.nom))?;
        }
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

    fn lire(&self, annee: i32) -> Result<Annee, String> {
        let dossier = self.racine.join(annee.to_string());
        let texte = fs::read_to_string(dossier.join("manifeste.json")).map_err(|e| e.to_string())?;
        let manifeste: Manifeste =
            serde_json::from_str(&texte).map_err(|_| "le manifeste est abîmé".to_owned())?;
        if manifeste.format != FORMAT {
            return Err(format!("écrit par une autre version ({}) du programme", manifeste.version));
        }
        let mut tables = BTreeMap::new();
        for nom in [LISTE, STRUCTURES, COMPTES] {
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

    fn ecrire(&self, annee: i32, lues: &Lues) -> Result<(), String> {
        let ancienne = self.lire(annee).unwrap_or_default();
        let mut tables = tables_de(annee, &lues.parties).map_err(|e| e.to_string())?;
        completer_tables(&mut tables, &ancienne).map_err(|e| e.to_string())?;
        let chantier = Chantier::ouvrir(&self.racine.join(annee.to_string())).map_err(|e| e.to_string())?;
        let mut manifeste =
            manifeste(annee, &tables, lues, &ancienne.manifeste).map_err(|e| e.to_string())?;
        for (nom, trame) in &mut tables {
            let chemin = chantier.dossier().join(format!("{nom}.parquet"));
            let fichier = File::create(&chemin).map_err(|e| e.to_string())?;
            ParquetWriter::new(fichier)
                .with_compression(ParquetCompression::Zstd(None))
                .finish(trame)
                .map_err(|e| e.to_string())?;
            let Empreinte { sha256, .. } = empreinte(&chemin, nom).map_err(|e| e.to_string())?;
            manifeste.tables.insert((*nom).to_owned(), sha256);
        }
        let texte = serde_json::to_vec_pretty(&manifeste).map_err(|e| e.to_string())?;
        fs::write(chantier.dossier().join("manifeste.json"), texte).map_err(|e| e.to_string())?;
        chantier.publier().map_err(|e| e.to_string())?;
        Ok(())
    }
}

/// The folder, that its owner alone can read: it holds ages and communes of people.
fn reserver(racine: &Path) -> std::io::Result<()> {
    fs::create_dir_all(racine)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(racine, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// How pages cite a kept year: with what it was made from.
fn citer(manifeste: &Manifeste, fichier: String) -> SourceCitee {
    let origines: BTreeSet<&str> = manifeste.sources.values().map(|s| s.libelle.as_str()).collect();
    let origines: Vec<&str> = origines.into_iter().collect();
    SourceCitee {
        libelle: format!("Historique {} ({})", manifeste.annee, origines.join(" ; ")),
        fichier,
        date: manifeste.date,
        periode: Periode::Aucune,
    }
}

/// What the files of the run do not give of a kept year, under the name of the history.
fn manquantes(
    kept: Annee,
    lues: &Parties,
    connus: &BTreeSet<(i32, String)>,
    recensees: &BTreeSet<i32>,
) -> Result<(Parties, Manifeste), String> {
    let annee = kept.manifeste.annee;
    let id = Historique::id(annee);
    let mut parties = Parties::default();
    let mut reprendre = || -> PolarsResult<()> {
        if let Some(liste) = kept.tables.get(LISTE)
            && !lues.listes.iter().any(|l| l.annee() == annee)
        {
            parties.listes.push(Liste::reprendre(annee, &nommer(liste, "source", &id)?)?);
        }
        if let Some(structures) = kept.tables.get(STRUCTURES)
            && !recensees.contains(&annee)
        {
            parties.structures.push(Structures::reprendre(&nommer(structures, "source", &id)?)?);
        }
        if let Some(comptes) = kept.tables.get(COMPTES) {
            let deja = connus.iter().filter(|(a, _)| *a == annee).map(|(_, mesure)| mesure.as_str());
            let comptes = sans_mesures(comptes, &deja.collect())?;
            if comptes.height() > 0 {
                parties.comptes.push(Comptes::reprendre(&nommer(&comptes, "sources", &id)?)?);
            }
        }
        Ok(())
    };
    reprendre().map_err(|e| e.to_string())?;
    Ok((parties, kept.manifeste))
}

fn nommer(trame: &DataFrame, colonne: &str, id: &str) -> PolarsResult<DataFrame> {
    trame.clone().lazy().with_column(lit(id).alias(colonne)).collect()
}

fn sans_mesures(comptes: &DataFrame, mesures: &BTreeSet<&str>) -> PolarsResult<DataFrame> {
    let garder: BooleanChunked = comptes
        .column("mesure")?
        .str()?
        .iter()
        .map(|mesure| mesure.is_some_and(|mesure| !mesures.contains(mesure)))
        .collect();
    comptes.filter(&garder)
}

fn hauteur(parties: &Parties) -> u32 {
    let listes = parties.listes.iter().map(|l| l.trame().height());
    let structures = parties.structures.iter().map(|s| s.trame().height());
    let comptes = parties.comptes.iter().map(|c| c.trame().height());
    u32::try_from(listes.chain(structures).chain(comptes).sum::<usize>()).unwrap_or(u32::MAX)
}

/// Years and measures that the counts of the run give, whatever the commune.
fn mesures_connues(comptes: &[Comptes]) -> PolarsResult<BTreeSet<(i32, String)>> {
    let mut connues = BTreeSet::new();
    for trame in comptes.iter().map(Comptes::trame) {
        let (annees, mesures) = (trame.column("annee")?.i32()?, trame.column("mesure")?.str()?);
        let paires = annees.iter().zip(mesures.iter());
        connues.extend(paires.filter_map(|(annee, mesure)| Some((annee?, mesure?.to_owned()))));
    }
    Ok(connues)
}

/// Years of the censuses of the run.
fn annees_recensees(structures: &[Structures]) -> PolarsResult<BTreeSet<i32>> {
    let mut annees = BTreeSet::new();
    for trame in structures.iter().map(Structures::trame) {
        annees.extend(annees_des_dates(trame)?.into_iter().flatten());
    }
    Ok(annees)
}

fn annees_des_dates(trame: &DataFrame) -> PolarsResult<Vec<Option<i32>>> {
    use chrono::Datelike;
    let jours = trame.column("date_observation")?.date()?;
    Ok(jours.physical().iter().map(|jour| crate::tables::du_jour(jour?).map(|j| j.year())).collect())
}

/// Every year of which the files of the run speak.
fn annees_lues(parties: &Parties) -> PolarsResult<BTreeSet<i32>> {
    let mut annees: BTreeSet<i32> = parties.listes.iter().map(Liste::annee).collect();
    annees.extend(annees_recensees(&parties.structures)?);
    annees.extend(mesures_connues(&parties.comptes)?.into_iter().map(|(annee, _)| annee));
    Ok(annees)
}

/// The rows of a year that the run read, table by table; a table without any is left out.
fn tables_de(annee: i32, parties: &Parties) -> PolarsResult<BTreeMap<&'static str, DataFrame>> {
    let de_l_annee = |trame: &DataFrame| -> PolarsResult<LazyFrame> {
        let garder: BooleanChunked = annees_des_dates(trame)?.into_iter().map(|a| a == Some(annee)).collect();
        Ok(trame.filter(&garder)?.lazy())
    };
    let listes: Vec<LazyFrame> =
        parties.listes.iter().filter(|l| l.annee() == annee).map(|l| l.trame().clone().lazy()).collect();
    let structures = parties.structures.iter().map(|s| de_l_annee(s.trame())).collect::<PolarsResult<_>>()?;
    let comptes = parties
        .comptes
        .iter()
        .map(|c| Ok(c.trame().clone().lazy().filter(col("annee").eq(lit(annee)))))
        .collect::<PolarsResult<Vec<LazyFrame>>>()?;
    let mut tables = BTreeMap::new();
    for (nom, parties) in [(LISTE, listes), (STRUCTURES, structures), (COMPTES, comptes)] {
        if parties.is_empty() {
            continue;
        }
        let trame = concat(parties, UnionArgs::default())?.collect()?;
        if trame.height() > 0 {
            tables.insert(nom, trame);
        }
    }
    // Where two sources give the same figure, the first of the pipeline is kept here too.
    if let Some(comptes) = tables.get_mut(COMPTES) {
        *comptes = comptes.unique_stable(
            Some(&["annee".to_owned(), "code".to_owned(), "mesure".to_owned()]),
            UniqueKeepStrategy::First,
            None,
        )?;
    }
    Ok(tables)
}

/// What the year had before and the run does not give: whole tables, and measures of the counts.
fn completer_tables(tables: &mut BTreeMap<&'static str, DataFrame>, ancienne: &Annee) -> PolarsResult<()> {
    for nom in [LISTE, STRUCTURES, COMPTES] {
        let Some(avant) = ancienne.tables.get(nom) else { continue };
        let Some(trame) = tables.get_mut(nom) else {
            tables.insert(nom, avant.clone());
            continue;
        };
        if nom == COMPTES {
            let mesures: BTreeSet<String> =
                trame.column("mesure")?.str()?.iter().flatten().map(str::to_owned).collect();
            let reste = sans_mesures(avant, &mesures.iter().map(String::as_str).collect())?;
            *trame = concat([trame.clone().lazy(), reste.lazy()], UnionArgs::default())?.collect()?;
        }
    }
    // In one order, wherever the rows come from: what did not change gives the same bytes.
    if let Some(comptes) = tables.get_mut(COMPTES) {
        let ordre = SortMultipleOptions::default();
        *comptes = comptes.clone().lazy().sort(["code", "mesure"], ordre).collect()?;
    }
    Ok(())
}

fn manifeste(
    annee: i32,
    tables: &BTreeMap<&'static str, DataFrame>,
    lues: &Lues,
    ancien: &Manifeste,
) -> PolarsResult<Manifeste> {
    let mut sources = BTreeMap::new();
    for (nom, trame) in tables {
        let colonne = if *nom == COMPTES { "sources" } else { "source" };
        let ids: BTreeSet<&str> = trame.column(colonne)?.str()?.iter().flatten().collect();
        for id in ids {
            let citee = lues.sources.get(id).map(|s| SourceConservee {
                libelle: s.en_clair(),
                fichier: s.fichier.clone(),
                date: s.date,
                sha256: lues.entrees.iter().find(|e| e.fichier == s.fichier).map(|e| e.sha256.clone()),
            });
            if let Some(source) = citee.or_else(|| ancien.sources.get(id).cloned()) {
                sources.insert(id.to_owned(), source);
            }
        }
    }
    Ok(Manifeste {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        annee,
        date: sources.values().filter_map(|s| s.date).max(),
        tables: BTreeMap::new(),
        sources,
    })
}
