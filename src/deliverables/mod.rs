//! What a run writes: charts, maps, GeoJSON, tables.
//!
//! A deliverable gets the disclosed indicator table, the catalogue and the geography, and nothing
//! else: it cannot show a figure that the table does not hold.

pub mod annexe_caf;
pub mod apparence;
pub(crate) mod carte;
mod classeur;
mod criteres;
mod diagnostic;
pub mod diaporama;
pub mod etude;
mod fiche;
pub mod geojson;
pub mod graphiques;
pub(crate) mod indicateurs;
pub mod look;
pub mod messages;
pub(crate) mod methode;
pub(crate) mod modalites;
mod pages;
mod perimetre;
// XML is written as text.
#[allow(clippy::format_collect, clippy::format_push_string)]
mod pptx;
mod tableau_de_bord;
mod tableur;

use crate::disclosure::Audience;
use crate::disque::en_francais;
use crate::indicators::accessibilite::Variante;
use crate::indicators::{Parametres, Questionnaire, TableIndicateurs};
use crate::quality::{ChiffreManquant, Contradiction};
use crate::reprises::Reprises;
use crate::tables::Services;
use crate::territory::Geographie;
use apparence::Apparence;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// One source of the run, as pages cite it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SourceCitee {
    /// What a source line calls it, its date left out: « PMI ». Sources of one label are cited together.
    pub libelle: String,
    /// File, as the pipeline names it.
    pub fichier: String,
    /// Date of the data.
    pub date: Option<NaiveDate>,
    /// How its date is said.
    pub periode: Periode,
    /// Rows of the file that are counted nowhere: its figures are read with that reserve.
    pub non_comptees: u32,
}

/// How a source line says the date of a source, if it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Periode {
    /// A list drawn up on a day: « PMI, liste au 31/12/2024 », « PMI, listes du 31/12/2019 au 31/12/2024 ».
    Liste,
    /// The state of a day: « Recensement des structures au 31/12/2024 ».
    Jour,
    /// The counts of a year: « Caf, imaje 2024 », « Caf, imaje de 2019 à 2024 ».
    Annee,
    /// Not at all: the years are those of the figures.
    Aucune,
}

impl SourceCitee {
    /// The name of its file, without the folders of the relais: those who read the report have not got them.
    pub(crate) fn nom_du_fichier(&self) -> &str {
        self.fichier.rsplit(['/', '\\']).next().unwrap_or(&self.fichier)
    }

    /// The source by itself, with its date and its reserve: « PMI, liste au 31/12/2024 (2 lignes non comptées) ».
    pub fn en_clair(&self) -> String {
        self.sans_reserve() + &reserve(self.non_comptees)
    }

    /// The source by itself, with its date: « PMI, liste au 31/12/2024 ».
    pub fn sans_reserve(&self) -> String {
        match (self.periode, self.date) {
            (Periode::Aucune, _) | (_, None) => self.libelle.clone(),
            (Periode::Annee, Some(jour)) => format!("{} {}", self.libelle, jour.year()),
            (Periode::Liste, Some(jour)) => format!("{}, liste au {}", self.libelle, look::date(jour)),
            (Periode::Jour, Some(jour)) => format!("{} au {}", self.libelle, look::date(jour)),
        }
    }
}

/// What follows the name of a source of which rows are counted nowhere: « (2 lignes non comptées) ».
fn reserve(non_comptees: u32) -> String {
    match non_comptees {
        0 => String::new(),
        1 => " (1\u{a0}ligne non comptée)".to_owned(),
        n => format!(" ({}\u{a0}lignes non comptées)", look::nombre(f64::from(n), 0)),
    }
}

/// Everything a deliverable may use.
#[derive(Debug)]
pub struct Contexte<'a> {
    /// Indicator table, after disclosure for the audience.
    pub table: &'a TableIndicateurs,
    /// Contours of the communes and of their neighbours; empty if none is known.
    pub geographie: &'a Geographie,
    /// Name of the territory.
    pub territoire: &'a str,
    /// Code of the territory in the table.
    pub code_territoire: &'a str,
    /// Year of the report: the last millésime.
    pub annee: i32,
    /// What the identifiers of the column `sources` stand for.
    pub sources: &'a BTreeMap<String, SourceCitee>,
    /// Projects of care that the relais received.
    pub projets: &'a [annexe_caf::Projet],
    /// The territory's own model of slides, `[apparence] modele` in its pipeline.
    pub modele: Option<&'a [u8]>,
    /// Observation day of the report: the date of every document.
    pub date: NaiveDate,
    /// Who reads, said on the pages; the table already is what they may see.
    pub audience: Audience,
    /// What the territory chose for the figures.
    pub parametres: &'a Parametres,
    /// The accessibility of the year by other settings, before disclosure: a page shows it only where it shows
    /// that of every commune.
    pub variantes: &'a [Variante],
    /// What the territory sets of its look.
    pub apparence: &'a Apparence,
    /// What each commune offers, for its fiche: the one canonical table that a deliverable reads.
    pub services: Option<&'a Services>,
    /// Sources that do not say the same, those that the audience may see.
    pub contradictions: &'a [Contradiction],
    /// Figures that no source gives.
    pub manques: &'a [ChiffreManquant],
    /// What the modalities of surveys stand for, by key of the questionnaire: labels, and no answer.
    pub questionnaires: &'a BTreeMap<String, Questionnaire>,
    /// What was already made of the same figures.
    pub reprises: &'a Reprises,
    /// Told of each part of a long deliverable, once it is made: see [`Livrable::parties`].
    pub avancement: Avancement<'a>,
}

/// Who follows the parts of a long deliverable.
#[derive(Clone, Copy, Default)]
pub struct Avancement<'a>(pub Option<&'a (dyn Fn(&str) + Sync)>);

impl Avancement<'_> {
    /// Tells that a part is made.
    fn dire(&self, partie: &str) {
        if let Some(dire) = self.0 {
            dire(partie);
        }
    }
}

impl fmt::Debug for Avancement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Avancement").field(&self.0.is_some()).finish()
    }
}

/// A deliverable could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ErreurLivrable {
    /// The disk refused.
    #[error(
        "écriture de {chemin} impossible : {}. Vérifiez la place et les droits du dossier",
        en_francais(cause)
    )]
    Ecriture {
        /// File that was being written.
        chemin: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The picture could not be drawn.
    #[error("dessin de {nom} impossible : {cause}")]
    Dessin {
        /// Name of the picture.
        nom: String,
        /// What the library said.
        cause: String,
    },
    /// The workbook could not be made.
    #[error("classeur {nom} impossible : {}", dire_le_classeur(cause))]
    Classeur {
        /// Name of the file.
        nom: String,
        /// What the library said.
        cause: rust_xlsxwriter::XlsxError,
    },
    /// A page could not be set.
    #[error("mise en page de {nom} impossible (défaut d’observatoire, à signaler) : {cause}")]
    Page {
        /// The document.
        nom: String,
        /// Where in the templates, and what the library said.
        cause: String,
    },
    /// The frame could not be written.
    #[error("table des indicateurs : {0}")]
    Table(#[from] polars::error::PolarsError),
}

/// What stopped a workbook: mostly the disk.
fn dire_le_classeur(cause: &rust_xlsxwriter::XlsxError) -> String {
    match cause {
        rust_xlsxwriter::XlsxError::IoError(cause) => en_francais(cause),
        autre => autre.to_string(),
    }
}

/// One deliverable. A new one is one file here and one line in its registry.
pub trait Livrable: Sync {
    /// Name used by `--livrables`.
    fn nom(&self) -> &'static str;

    /// True if it links to the files of others, and so comes after them.
    fn cite_les_autres(&self) -> bool {
        false
    }

    /// True if its files say nothing but figures: an audience that sees the same ones gets a copy of them.
    fn ne_dit_que_des_chiffres(&self) -> bool {
        false
    }

    /// What it does not write of a table so large, and where that is instead; said on screen.
    fn omission(&self, _table: &TableIndicateurs) -> Option<String> {
        None
    }

    /// How many parts it tells of while it is made, of a table as large: none if it is soon done.
    fn parties(&self, _table: &TableIndicateurs) -> usize {
        0
    }

    /// Writes its files into the folder and gives their paths, relative to it. An empty list means
    /// that the data gives nothing to show.
    ///
    /// # Errors
    /// If a file cannot be written or drawn.
    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable>;
}

/// Every deliverable, in the order they are made.
pub fn tous() -> Vec<Box<dyn Livrable>> {
    vec![
        Box::new(indicateurs::Indicateurs),
        Box::new(classeur::Classeur),
        Box::new(annexe_caf::AnnexeCaf),
        Box::new(geojson::CommunesGeojson),
        Box::new(graphiques::Graphiques),
        Box::new(diaporama::Diaporama),
        Box::new(fiche::Fiches),
        Box::new(diagnostic::Diagnostic),
        Box::new(methode::Methode),
        // Last: it links to what the others have written.
        Box::new(tableau_de_bord::TableauDeBord),
    ]
}
