//! `indicateurs.csv` and `indicateurs.parquet`: the whole indicator table, for analysts.

use super::look::nombre;
use super::{Contexte, ErreurLivrable, Livrable};
use crate::indicators::{COLONNES, Colonne, TableIndicateurs};
use crate::parallele::en_parallele;
use crate::quality::sans_formule;
use polars::prelude::*;
use polars_arrow::array::{Array, DictionaryArray, PrimitiveArray};
use polars_arrow::datatypes::{ArrowDataType, IntegerType};
use polars_parquet::read::ParquetError;
use polars_parquet::read::fallible_streaming_iterator::convert;
use polars_parquet::write::{
    CompressedPage, CompressionOptions, Compressor, DynIter, DynStreamingIterator, Encoding, FileWriter,
    ParquetType, StatisticsOptions, Version, WriteOptions, array_to_columns,
};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const CSV: &str = "indicateurs.csv";
pub(crate) const PARQUET: &str = "indicateurs.parquet";

/// How Parquet is written: what the writer of frames does by itself.
const ECRITURE: WriteOptions = WriteOptions {
    statistics: StatisticsOptions {
        min_value: true,
        max_value: true,
        distinct_count: false,
        null_count: true,
        binary_statistics_truncate_length: None,
    },
    version: Version::V1,
    compression: CompressionOptions::Zstd(None),
    data_page_size: None,
};

/// Rows of a sheet below its header: the limit of the spreadsheets.
const LIGNES_D_UN_TABLEUR: usize = 1_048_575;

/// Why a file of so many lines is not written, if no spreadsheet opens it whole: the table is then in Parquet alone.
pub(super) fn trop_long(fichier: &str, lignes: usize) -> Option<String> {
    (lignes > LIGNES_D_UN_TABLEUR).then(|| {
        format!(
            "{fichier} n’est pas écrit : il aurait {} lignes, plus qu’un tableur n’en ouvre. {PARQUET} (livrable « indicateurs ») a tous les chiffres.",
            nombre(lignes as f64, 0)
        )
    })
}

/// The indicator table as files: UTF-8, comma, decimal point, if a spreadsheet can open it; and Parquet.
#[derive(Debug)]
pub(super) struct Indicateurs;

impl Livrable for Indicateurs {
    fn nom(&self) -> &'static str {
        "indicateurs"
    }

    fn ne_dit_que_des_chiffres(&self) -> bool {
        true
    }

    fn omission(&self, table: &TableIndicateurs) -> Option<String> {
        trop_long(CSV, table.lignes())
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        let mut fichiers = Vec::new();
        if self.omission(contexte.table).is_none() {
            fichiers.push(PathBuf::from(CSV));
            ecrire_csv(contexte.table, &dossier.join(CSV))?;
        }
        fichiers.push(PathBuf::from(PARQUET));
        ecrire_parquet(contexte.table, creer(&dossier.join(PARQUET))?)?;
        Ok(fichiers)
    }
}

/// The table as a Parquet file: the columns of [`COLONNES`]. Words are written as they are held, each once with the ranks of those
/// of the rows: the writer of frames would look each of them up again, row after row.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn ecrire_parquet(table: &TableIndicateurs, vers: impl Write) -> Result<(), ErreurLivrable> {
    let schema = Schema::from_iter(COLONNES.map(|(nom, genre)| Field::new(nom.into(), genre)));
    let schema = schema.to_arrow(CompatLevel::newest());
    let mut parquet = FileWriter::try_new(vers, schema, ECRITURE)?;
    let types = parquet.parquet_schema().fields().to_vec();
    let tranches = table.par_tranche(|lignes, colonnes| {
        let colonnes: Vec<_> = colonnes.into_iter().zip(&types).collect();
        let pages = en_parallele(&colonnes, |(colonne, genre)| pages(colonne, (*genre).clone()));
        pages.into_iter().collect::<PolarsResult<Vec<_>>>().map(|pages| (lignes, pages))
    });
    for tranche in tranches {
        let (lignes, colonnes) = tranche?;
        if lignes > 0 {
            let colonnes = colonnes
                .iter()
                .map(|pages| Ok(DynStreamingIterator::new(convert(pages.iter().map(PolarsResult::Ok)))));
            parquet.write(lignes as u64, DynIter::new(colonnes))?;
        }
    }
    parquet.end(None)?;
    Ok(())
}

/// A column of a slice, encoded and compressed.
fn pages(colonne: &Colonne<'_>, genre: ParquetType) -> PolarsResult<Vec<CompressedPage>> {
    let tableau: Box<dyn Array> = match colonne {
        Colonne::Mots(mots, rangs) => {
            let (rangs, dits) = compacter(rangs, mots);
            let mots = mots.take(&IdxCa::from_vec(PlSmallStr::EMPTY, dits))?;
            let mots = mots.as_materialized_series().rechunk().to_arrow(0, CompatLevel::newest());
            let genre = ArrowDataType::Dictionary(IntegerType::UInt32, Box::new(mots.dtype().clone()), false);
            DictionaryArray::<u32>::try_new(genre, PrimitiveArray::from(rangs), mots)?.boxed()
        }
        Colonne::Nombres(nombres) => nombres.rechunk().downcast_as_array().clone().boxed(),
    };
    let encodees = array_to_columns(tableau, genre, ECRITURE, &[Encoding::RleDictionary])?;
    let mut pages = Vec::new();
    for encodee in encodees {
        let encodee =
            encodee.map(|page| page.map_err(|cause| ParquetError::FeatureNotSupported(cause.to_string())));
        for page in Compressor::new_from_vec(encodee, ECRITURE.compression, Vec::new()) {
            pages.push(page?);
        }
    }
    Ok(pages)
}

/// Which of the words that rows say each of them says, and these words, in the order in which they come first. A
/// word that is missing is one that no row says: the writer, which cuts long columns, would take it for a zero.
fn compacter(rangs: &[u32], mots: &Column) -> (Vec<Option<u32>>, Vec<u32>) {
    let manquants = mots.is_null();
    // By word: none yet, or that it is missing, or its new rank.
    let mut nouveaux: Vec<Option<Option<u32>>> =
        manquants.iter().map(|manque| (manque == Some(true)).then_some(None)).collect();
    let mut dits = Vec::new();
    let compacts = rangs.iter().map(|rang| {
        *nouveaux[*rang as usize].get_or_insert_with(|| {
            dits.push(*rang);
            u32::try_from(dits.len() - 1).ok()
        })
    });
    (compacts.collect(), dits)
}

fn creer(chemin: &Path) -> Result<BufWriter<File>, ErreurLivrable> {
    File::create(chemin)
        .map(BufWriter::new)
        .map_err(|cause| ErreurLivrable::Ecriture { chemin: chemin.to_owned(), cause })
}

/// Written with the `csv` crate: the writer of Polars would bring the features that read csv, unused here.
fn ecrire_csv(table: &TableIndicateurs, chemin: &Path) -> Result<(), ErreurLivrable> {
    let ecriture =
        |erreur: csv::Error| ErreurLivrable::Ecriture { chemin: chemin.to_owned(), cause: erreur.into() };
    let mut csv = csv::Writer::from_writer(creer(chemin)?);
    csv.write_record(COLONNES.map(|(nom, _)| nom)).map_err(ecriture)?;
    for tranche in table.tranches() {
        let tranche = tranche?;
        let colonnes = tranche.columns().iter().map(Textes::new).collect::<PolarsResult<Vec<_>>>()?;
        for rang in 0..tranche.height() {
            for colonne in &colonnes {
                csv.write_field(colonne.cellule(rang)).map_err(ecriture)?;
            }
            csv.write_record(None::<&[u8]>).map_err(ecriture)?;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::Niveau;
    use polars_io::SerReader;
    use polars_io::parquet::read::ParquetReader;

    /// More rows than a row group, pages and a slice hold, some without a value, a day, terms.
    #[test]
    fn parquet_rend_la_table_telle_qu_elle_est_meme_ce_qui_manque() {
        let nombre = 300_000i32;
        let lignes = || 0..nombre;
        let absente = |n: i32| n % 3 == 0;
        let mots = |mot: &dyn Fn(i32) -> String| lignes().map(mot).collect::<StringChunked>().into_series();
        let colonnes = COLONNES.map(|(nom, genre)| {
            let serie = match nom {
                "niveau" => mots(&|_| Niveau::Commune.mot().to_owned()),
                "code" => mots(&|n| format!("{:05}", n / 10)),
                "annee" => lignes().map(|n| Some(2015 + n % 10)).collect::<Int32Chunked>().into_series(),
                "date_observation" => {
                    let jours = lignes().map(|n| (!absente(n)).then_some(20_000 + n % 10));
                    jours.collect::<Int32Chunked>().into_date().into_series()
                }
                "statut" => mots(&|n| if absente(n) { "non_disponible" } else { "observe" }.to_owned()),
                "sources" => mots(&|n| if absente(n) { String::new() } else { format!("liste_{}", n % 10) }),
                _ if genre == DataType::Float64 => {
                    let valeurs = lignes().map(|n| (!absente(n)).then_some(f64::from(n % 7)));
                    valeurs.collect::<Float64Chunked>().into_series()
                }
                _ if genre == DataType::UInt32 => {
                    lignes().map(|_| Some(1u32)).collect::<UInt32Chunked>().into_series()
                }
                nom => mots(&|_| nom.to_owned()),
            };
            serie.with_name(nom.into()).into_column()
        });
        let table =
            TableIndicateurs::new(&DataFrame::new(colonnes[0].len(), colonnes.to_vec()).unwrap()).unwrap();
        let dossier = tempfile::tempdir().unwrap();
        for table in [&table, &table.sans((0..table.lignes()).map(|rang| rang % 5 == 0).collect())] {
            let chemin = dossier.path().join(PARQUET);
            ecrire_parquet(table, creer(&chemin).unwrap()).unwrap();
            let relue = ParquetReader::new(File::open(&chemin).unwrap()).finish().unwrap();
            assert!(relue.equals_missing(&table.trame().unwrap()), "{relue}");
            assert_eq!(relue.column("date_observation").unwrap().null_count(), 100_000);
        }
    }

    #[test]
    fn ce_qu_aucun_tableur_n_ouvre_n_est_pas_ecrit_et_le_dit() {
        assert_eq!(trop_long(CSV, LIGNES_D_UN_TABLEUR), None);
        let raison = trop_long(CSV, LIGNES_D_UN_TABLEUR + 1).unwrap();
        assert!(raison.contains("1\u{202f}048\u{202f}576 lignes") && raison.contains(PARQUET), "{raison}");
    }
}
