//! `indicateurs.csv` and `indicateurs.parquet`: the whole indicator table, for analysts.

use super::{Contexte, ErreurLivrable, Livrable};
use crate::indicators::TableIndicateurs;
use crate::quality::sans_formule;
use polars::prelude::*;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

const CSV: &str = "indicateurs.csv";
const PARQUET: &str = "indicateurs.parquet";

/// Rows of a sheet below its header: the limit of the spreadsheets.
const LIGNES_D_UN_TABLEUR: usize = 1_048_575;

/// False if no spreadsheet opens the table whole: it is then written as Parquet alone.
pub(crate) fn tient_dans_un_tableur(table: &TableIndicateurs) -> bool {
    table.trame().height() <= LIGNES_D_UN_TABLEUR
}

/// The indicator table as files: UTF-8, comma, decimal point, if a spreadsheet can open it; and Parquet.
#[derive(Debug)]
pub(super) struct Indicateurs;

impl Livrable for Indicateurs {
    fn nom(&self) -> &'static str {
        "indicateurs"
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        let mut fichiers = Vec::new();
        if tient_dans_un_tableur(contexte.table) {
            fichiers.push(PathBuf::from(CSV));
            ecrire_csv(contexte.table.trame(), &dossier.join(CSV))?;
        }
        fichiers.push(PathBuf::from(PARQUET));
        let mut trame = contexte.table.trame().clone();
        ParquetWriter::new(creer(&dossier.join(PARQUET))?)
            .with_compression(ParquetCompression::Zstd(None))
            .finish(&mut trame)?;
        Ok(fichiers)
    }
}

fn creer(chemin: &Path) -> Result<BufWriter<File>, ErreurLivrable> {
    File::create(chemin)
        .map(BufWriter::new)
        .map_err(|cause| ErreurLivrable::Ecriture { chemin: chemin.to_owned(), cause })
}

/// Written with the `csv` crate: the writer of Polars would bring the features that read csv, unused here.
fn ecrire_csv(trame: &DataFrame, chemin: &Path) -> Result<(), ErreurLivrable> {
    let ecriture =
        |erreur: csv::Error| ErreurLivrable::Ecriture { chemin: chemin.to_owned(), cause: erreur.into() };
    let mut csv = csv::Writer::from_writer(creer(chemin)?);
    csv.write_record(trame.columns().iter().map(|c| c.name().as_str())).map_err(ecriture)?;
    let colonnes = trame.columns().iter().map(Textes::new).collect::<PolarsResult<Vec<_>>>()?;
    for rang in 0..trame.height() {
        for colonne in &colonnes {
            csv.write_field(colonne.cellule(rang)).map_err(ecriture)?;
        }
        csv.write_record(None::<&[u8]>).map_err(ecriture)?;
    }
    csv.flush().map_err(|cause| ErreurLivrable::Ecriture { chemin: chemin.to_owned(), cause })
}

/// A typed column, to be written cell by cell; a null is an empty cell.
enum Textes {
    Mots(StringChunked),
    Reels(Float64Chunked),
    Annees(Int32Chunked),
    Nombres(UInt32Chunked),
    Dates(DateChunked),
}

impl Textes {
    fn new(colonne: &Column) -> PolarsResult<Self> {
        Ok(match colonne.dtype() {
            DataType::String => Self::Mots(colonne.str()?.clone()),
            DataType::Float64 => Self::Reels(colonne.f64()?.clone()),
            DataType::Int32 => Self::Annees(colonne.i32()?.clone()),
            DataType::UInt32 => Self::Nombres(colonne.u32()?.clone()),
            DataType::Date => Self::Dates(colonne.date()?.clone()),
            autre => polars_bail!(SchemaMismatch: "colonne {} de type {autre}", colonne.name()),
        })
    }

    fn cellule(&self, rang: usize) -> String {
        match self {
            Self::Mots(mots) => mots.get(rang).map(sans_formule),
            Self::Reels(reels) => reels.get(rang).map(|v| v.to_string()),
            Self::Annees(annees) => annees.get(rang).map(|v| v.to_string()),
            Self::Nombres(nombres) => nombres.get(rang).map(|v| v.to_string()),
            Self::Dates(dates) => {
                dates.physical().get(rang).and_then(crate::indicators::du_jour).map(|jour| jour.to_string())
            }
        }
        .unwrap_or_default()
    }
}
