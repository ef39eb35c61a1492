//! Parquet, as a statistician or a database exports it: flat columns of texts, numbers, dates.

use std::borrow::Cow;
use std::fs::File;
use std::path::Path;

use chrono::NaiveDate;
use polars::prelude::*;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;

use crate::defaut::tolerer;
use crate::quality::{Lieu, Motif, Probleme};
use crate::sources::grille::{COLONNES_MAX, Constructeur, Debordement, Grille, Origine};

/// Records times columns: three millions of twenty columns are beyond any list. All are in memory at once, some
/// forty bytes each, and a few packed bytes may hold them all: what the file says of itself is read before.
const CASES_MAX: usize = 60_000_000;

/// Reads the columns as texts: the first row holds their names, each record is a row. Numbers and dates are
/// written as a csv would hold them.
///
/// # Errors
/// `FichierIllisible` if the bytes are no Parquet, or hold more than a table or columns of columns.
pub(super) fn lire(chemin: &Path, nom_affiche: &str) -> Result<Grille, Probleme> {
    let illisible = |detail: &str| Probleme::new(Motif::FichierIllisible, Lieu::fichier(nom_affiche), detail);
    let fichier = File::open(chemin).map_err(|_| illisible("le disque n’a pas pu être lu"))?;
    // A damaged file makes the library panic here and there; it owns all that it was reading.
    let trame = match tolerer(|| trame(fichier)) {
        Some(Ok(trame)) => trame,
        Some(Err(Refus::Trop(pourquoi))) => return Err(illisible(pourquoi)),
        Some(Err(Refus::Format)) | None => {
            return Err(illisible("le fichier Parquet est endommagé, ou d’une forme qui n’est pas lue"));
        }
    };
    let textes: Option<Vec<Textes>> = trame.columns().iter().map(Textes::de).collect();
    let textes = textes.ok_or_else(|| {
        illisible(
            "une colonne du fichier Parquet contient autre chose que des textes, des nombres ou des dates",
        )
    })?;
    let origine = Origine { fichier: nom_affiche.to_owned(), feuille: None };
    grille(&trame, &textes, origine).map_err(|e| illisible(e.en_clair()))
}

enum Refus {
    Trop(&'static str),
    Format,
}

fn trame(fichier: File) -> Result<DataFrame, Refus> {
    let mut lecteur = ParquetReader::new(fichier);
    let lignes = lecteur.num_rows().map_err(|_| Refus::Format)?;
    let colonnes = lecteur.schema().map_err(|_| Refus::Format)?.len();
    if colonnes > COLONNES_MAX {
        return Err(Refus::Trop(Debordement::Colonnes.en_clair()));
    }
    if lignes.saturating_mul(colonnes) > CASES_MAX {
        return Err(Refus::Trop("le fichier Parquet dépasse 60 millions de cases, en comptant les vides"));
    }
    lecteur.finish().map_err(|_| Refus::Format)
}

fn grille(trame: &DataFrame, textes: &[Textes], origine: Origine) -> Result<Grille, Debordement> {
    let mut grille = Constructeur::new(origine);
    let noms = trame.columns().iter().map(|c| c.name().as_str()).enumerate();
    grille.ligne(0, noms, None)?;
    for rang in 0..trame.height() {
        let cellules = textes.iter().enumerate().map(|(i, colonne)| (i, colonne.cellule(rang)));
        grille.ligne(u32::try_from(rang + 1).unwrap_or(u32::MAX), cellules, None)?;
    }
    Ok(grille.finir())
}

/// A column, read cell by cell as text.
enum Textes {
    Mots(StringChunked),
    Reels(Float64Chunked),
    Entiers(Int64Chunked),
    Reponses(BooleanChunked),
    Jours(Int32Chunked),
}

impl Textes {
    fn de(colonne: &Column) -> Option<Self> {
        let en = |genre: DataType| colonne.cast(&genre).ok();
        Some(match colonne.dtype() {
            DataType::String => Self::Mots(colonne.str().ok()?.clone()),
            DataType::Float32 | DataType::Float64 => Self::Reels(en(DataType::Float64)?.f64().ok()?.clone()),
            entier if entier.is_integer() => Self::Entiers(en(DataType::Int64)?.i64().ok()?.clone()),
            DataType::Boolean => Self::Reponses(colonne.bool().ok()?.clone()),
            DataType::Date | DataType::Datetime(..) => {
                Self::Jours(en(DataType::Date)?.date().ok()?.physical().clone())
            }
            DataType::Null => Self::Mots(StringChunked::full_null("".into(), colonne.len())),
            _ => return None,
        })
    }

    fn cellule(&self, rang: usize) -> Cow<'_, str> {
        let texte = match self {
            Self::Mots(mots) => return Cow::Borrowed(mots.get(rang).unwrap_or_default()),
            Self::Reels(reels) => reels.get(rang).map(|v| v.to_string()),
            Self::Entiers(entiers) => entiers.get(rang).map(|v| v.to_string()),
            Self::Reponses(reponses) => {
                reponses.get(rang).map(|oui| if oui { "oui" } else { "non" }.to_owned())
            }
            Self::Jours(jours) => {
                jours.get(rang).and_then(NaiveDate::from_epoch_days).map(|jour| jour.to_string())
            }
        };
        texte.map_or(Cow::Borrowed(""), Cow::Owned)
    }
}
