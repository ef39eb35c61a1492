//! Slides as an editable `.pptx`: a small writer of OOXML, because no crate writes it well.
//!
//! Slides are put on a model: the one of the program, or that of the territory, of which the master, the
//! layouts and the theme are kept and the slides are not. Tables and charts are native; a chart carries the
//! workbook that « Modifier les données » opens. The same slides give the same bytes.

mod diapositive;
mod graphique;
mod modele;
mod paquet;

use super::ErreurLivrable;
use super::apparence::Teintes;
use super::diaporama::Diapositive;
use super::graphiques::Image;
use modele::Modele;
use paquet::{PRESENTATION, Paquet};
use std::sync::Arc;

pub(super) const ENTETE_XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The namespaces of a part of a presentation.
const ESPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";

/// Why the slides could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum ErreurPptx {
    /// The model of the territory is none.
    #[error(
        "le modèle n’est pas une présentation que l’on puisse lire. Ouvrez-le dans PowerPoint ou Impress, enregistrez-le au format .pptx, puis relancez"
    )]
    Modele,
    /// The archive could not be written.
    #[error("écriture de la présentation : {0}")]
    Ecriture(String),
    /// A picture could not be drawn.
    #[error(transparent)]
    Dessin(Box<ErreurLivrable>),
    /// The workbook of a chart could not be made.
    #[error("données d’un graphique : {0}")]
    Classeur(#[from] rust_xlsxwriter::XlsxError),
}

impl ErreurPptx {
    fn ecriture(cause: impl std::fmt::Display) -> Self {
        Self::Ecriture(cause.to_string())
    }
}

/// A rectangle of a slide, EMU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cadre {
    x: i64,
    y: i64,
    cx: i64,
    cy: i64,
}

/// Makes the PNG of a picture.
pub(super) type Fabrique<'a> = &'a dyn Fn(&Image) -> Result<Arc<Vec<u8>>, ErreurLivrable>;

/// What the properties of the file say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proprietes<'a> {
    /// Title.
    pub(super) titre: &'a str,
    /// Who it speaks of.
    pub(super) auteur: &'a str,
    /// What each slide says of who may read it; empty if anyone may.
    pub(super) mention: &'a str,
    /// Colours of the model of the program.
    pub(super) teintes: Teintes,
    /// Year of the report: the creation date is its last day, so that the clock does not change the bytes.
    pub(super) annee: i32,
}

/// Writes slides on a model, or on that of the program.
///
/// # Errors
/// If the model cannot be read, or a chart has no workbook.
pub(super) fn composer(
    diapositives: &[Diapositive],
    proprietes: Proprietes<'_>,
    modele: Option<&[u8]>,
    fabrique: Fabrique<'_>,
) -> Result<Vec<u8>, ErreurPptx> {
    let mut paquet = match modele {
        Some(octets) => Paquet::lire_sans_diapositives(octets)?,
        None => modele::par_defaut(proprietes.teintes),
    };
    let modele = Modele::lire(&mut paquet)?;
    let mut ids = Vec::new();
    for (rang, diapositive) in (1..).zip(diapositives) {
        let partie =
            diapositive::ajouter(&mut paquet, &modele, (diapositive, proprietes.mention), rang, fabrique)?;
        ids.push(paquet.relier(PRESENTATION, "slide", &partie));
    }
    modele::inscrire(&mut paquet, &modele, &ids)?;
    ecrire_les_proprietes(&mut paquet, proprietes);
    paquet.ecrire()
}

fn ecrire_les_proprietes(paquet: &mut Paquet, proprietes: Proprietes<'_>) {
    let jour = format!("{:04}-12-31T00:00:00Z", proprietes.annee);
    let coeur = format!(
        "{ENTETE_XML}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title><dc:creator>{}</dc:creator><dc:language>fr-FR</dc:language><dcterms:created xsi:type=\"dcterms:W3CDTF\">{jour}</dcterms:created><dcterms:modified xsi:type=\"dcterms:W3CDTF\">{jour}</dcterms:modified></cp:coreProperties>",
        echapper(proprietes.titre),
        echapper(proprietes.auteur),
    );
    paquet.ajouter("docProps/core.xml", coeur, "application/vnd.openxmlformats-package.core-properties+xml");
    paquet.ajouter_fichier_xml_par_defaut();
    paquet.relier("", "officeDocument", PRESENTATION);
    paquet.relier_du_paquet("docProps/core.xml");
}

/// A text inside XML; characters that XML forbids are left out.
fn echapper(texte: &str) -> String {
    let permis = |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    quick_xml::escape::escape(texte.chars().filter(permis).collect::<String>()).into_owned()
}
