//! What each report shows to those who do not belong to the relais, kept so that the reports of other years do not give together what
//! each of them withholds.
//!
//! `<données>/<pipeline>/publications/<année>.table` is the indicator table as the élus have it: their `indicateurs.parquet`, sealed.
//! The report of the same year, made anew, takes its place.

use crate::disque::en_francais;
use crate::indicators::TableIndicateurs;
use crate::reprises::{lire, sceller};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

const EXTENSION: &str = ".table";

/// What the report of another year shows is not known.
#[derive(Debug, thiserror::Error)]
#[error(
    "{fichier} : {cause}. Ce fichier dit ce que montre le rapport de {annee} : sans lui, celui-ci pourrait montrer ce que l’autre retient, et rien n’est écrit. Remettez-le d’une sauvegarde, ou refaites le rapport de {annee} ; si personne ne l’a jamais lu, supprimez ce fichier"
)]
pub struct PublicationIllisible {
    fichier: String,
    annee: i32,
    cause: String,
}

/// Those of a pipeline.
#[derive(Debug)]
pub(super) struct Publications {
    dossier: PathBuf,
    /// How messages name the folder.
    nom: String,
}

impl Publications {
    /// In the folder of its own files.
    pub(super) fn dans(donnees: &Path, pipeline: &str) -> Self {
        let nom = donnees.file_name().unwrap_or_default().to_string_lossy();
        Self {
            dossier: donnees.join(pipeline).join("publications"),
            nom: format!("{nom}/{pipeline}/publications"),
        }
    }

    /// What the reports of other years show.
    ///
    /// # Errors
    /// If one of them cannot be read: nothing may be shown beside what is not known.
    pub(super) fn autres(&self, annee: i32) -> Result<Vec<TableIndicateurs>, PublicationIllisible> {
        let autres = self.annees().into_iter().filter(|autre| *autre != annee);
        let lire = |autre: i32| {
            reprendre(&self.chemin(autre)).map_err(|cause| PublicationIllisible {
                fichier: format!("{}/{autre}{EXTENSION}", self.nom),
                annee: autre,
                cause,
            })
        };
        autres.map(lire).collect()
    }

    /// Keeps what the report of a year shows, whole or not at all.
    ///
    /// # Errors
    /// What the disk refused, in words.
    pub(super) fn conserver(&self, annee: i32, parquet: &[u8]) -> Result<(), String> {
        let garder = sceller(&self.chemin(annee), parquet);
        garder.map_err(|cause| format!("{}/{annee}{EXTENSION} : {}", self.nom, en_francais(&cause)))
    }

    fn chemin(&self, annee: i32) -> PathBuf {
        self.dossier.join(format!("{annee}{EXTENSION}"))
    }

    /// The years of the reports, in order.
    fn annees(&self) -> Vec<i32> {
        let fichiers = fs::read_dir(&self.dossier).into_iter().flatten().flatten();
        let annee = |nom: &str| nom.strip_suffix(EXTENSION)?.parse().ok();
        let mut annees: Vec<i32> = fichiers.filter_map(|f| annee(&f.file_name().to_string_lossy())).collect();
        annees.sort_unstable();
        annees
    }
}

/// A table as it was kept. One that was cut or changed would not only be wrong: reading it may be a crash.
fn reprendre(chemin: &Path) -> Result<TableIndicateurs, String> {
    let parquet = lire(chemin).ok_or("le fichier a été modifié ou abîmé")?;
    let trame = ParquetReader::new(Cursor::new(parquet)).finish();
    trame.and_then(|trame| TableIndicateurs::new(&trame)).map_err(|cause| cause.to_string())
}
