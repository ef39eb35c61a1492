//! The slides for the commission of élus, as plain data: a title that says something, a body, what the speaker
//! may add. `diaporama.pptx` is made of them.
//!
//! A slide whose figures are missing or withheld is left out.

mod contenu;
mod figures;

use super::graphiques::{Image, Pngs};
use super::pptx::{self, Proprietes};
use super::{Contexte, ErreurLivrable, Livrable};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const FICHIER: &str = "diaporama.pptx";

/// One slide.
#[derive(Debug)]
pub struct Diapositive {
    /// Its message.
    pub titre: String,
    /// What shows it.
    pub corps: Corps,
    /// Sources, and what the reader must know; empty if the body says it.
    pub pied: String,
    /// For the speaker, a paragraph a line.
    pub notes: String,
}

/// The body of a slide.
#[derive(Debug)]
pub enum Corps {
    /// The first slide: lines under the title.
    Couverture(Vec<String>),
    /// Large figures.
    Chiffres(Vec<ChiffreCle>),
    /// Short paragraphs.
    Points(Vec<String>),
    /// A table.
    Tableau(Tableau),
    /// A chart that can be edited.
    Graphique(GraphiqueNatif),
    /// A picture: a map, a pyramid.
    Image(Box<Image>),
}

/// A large figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChiffreCle {
    /// As it is written.
    pub valeur: String,
    /// What it counts.
    pub libelle: String,
    /// Its change, its reserve; empty if there is none.
    pub detail: String,
}

/// A table: names in the first column, figures in the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tableau {
    /// Headers.
    pub entetes: Vec<String>,
    /// Rows, as long as the headers.
    pub lignes: Vec<Vec<String>>,
    /// For those who do not see it.
    pub alternative: String,
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genre {
    /// Bars side by side.
    Barres,
    /// Bars in layers, which add up.
    BarresEmpilees,
    /// Lines.
    Courbes,
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphiqueNatif {
    /// How it is drawn.
    pub genre: Genre,
    /// What stands under the axis: years.
    pub categories: Vec<String>,
    /// Series, each with a point for each category.
    pub series: Vec<Serie>,
    /// Every figure, for those who do not see it.
    pub alternative: String,
}

/// A series of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Serie {
    /// Its name.
    pub nom: String,
    /// True for the bound of an interval: a thin line.
    pub borne: bool,
    /// A point for each category.
    pub points: Vec<Point>,
}

/// A point of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// None if it is missing or withheld: a gap, never a zero.
    pub valeur: Option<f64>,
    /// True if it is computed from other figures.
    pub estime: bool,
}

/// The slides of a report, in order.
///
/// # Errors
/// If a picture cannot be drawn.
pub fn diapositives(contexte: &Contexte<'_>) -> Result<Vec<Diapositive>, ErreurLivrable> {
    contenu::diapositives(contexte)
}

/// The slides as a presentation.
#[derive(Debug, Default)]
pub(super) struct Diaporama {
    pngs: Arc<Pngs>,
}

impl Diaporama {
    /// With the pictures that others have already made.
    pub(super) fn avec(pngs: Arc<Pngs>) -> Self {
        Self { pngs }
    }
}

impl Livrable for Diaporama {
    fn nom(&self) -> &'static str {
        "diaporama"
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        let diapositives = diapositives(contexte)?;
        let proprietes = Proprietes {
            titre: &format!("La petite enfance en {}", contexte.annee),
            auteur: contexte.territoire,
            annee: contexte.annee,
        };
        let octets = pptx::composer(&diapositives, proprietes, contexte.modele, &|image| self.pngs.de(image))
            .map_err(|cause| ErreurLivrable::Dessin { nom: FICHIER.to_owned(), cause: cause.to_string() })?;
        let chemin = dossier.join(FICHIER);
        std::fs::write(&chemin, octets).map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
        Ok(vec![PathBuf::from(FICHIER)])
    }
}
