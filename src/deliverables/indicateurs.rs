//! `indicateurs.csv` and `indicateurs.parquet`: the whole indicator table, for analysts.

use super::{Contexte, ErreurLivrable, Livrable};
use crate::quality::sans_formule;
use polars::prelude::*;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// The indicator table as files: UTF-8, comma, decimal point; and Parquet.
#[derive(Debug)]
pub(super) struct Indicateurs;

impl Livrable for Indicateurs {
    fn nom(&self) -> &'static str {
        "indicateurs"
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        let (csv, parquet) = (PathBuf::from("indicateurs.csv"), PathBuf::from("indicateurs.parquet"));
        ecrire_csv(contexte.table.trame(), &dossier.join(&csv))?;
        let mut trame = contexte.table.trame().clone();
        ParquetWriter::new(creer(&dossier.join(&parquet))?)
            .with_compression(ParquetCompression::Zstd(None))
            .finish(&mut trame)?;
        Ok(vec![csv, parquet])
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
