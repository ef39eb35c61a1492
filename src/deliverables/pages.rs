//! The pages: templates of `reports/templates/` set by Typst, in this process, into tagged PDF (PDF/UA-1).
//!
//! Everything that a page says arrives as data, `/donnees.json` for the template: it is never part of the
//! markup, so that a commune called `#emph[x]` is printed as it is written. Nothing is fetched: the fonts are
//! those of the program, the templates are compiled in, and no template can reach a file or a package.
//!
//! The programming interface of Typst changes at each minor version: all of it stands here.

mod contenu;

pub(crate) use contenu::{Base, Cellule, Groupe, Illustration, Releve, Tableau};

use super::ErreurLivrable;
use super::look::Graisse;
use crate::reprises::{Recette, Reprises};
use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Every template: its name and its text.
const MODELES: &[(&str, &str)] = &[
    ("annexe-caf.typ", include_str!("../../reports/templates/annexe-caf.typ")),
    ("base.typ", include_str!("../../reports/templates/base.typ")),
    ("diagnostic.typ", include_str!("../../reports/templates/diagnostic.typ")),
    ("diaporama.typ", include_str!("../../reports/templates/diaporama.typ")),
    ("etude.typ", include_str!("../../reports/templates/etude.typ")),
    ("fiche.typ", include_str!("../../reports/templates/fiche.typ")),
    ("methode.typ", include_str!("../../reports/templates/methode.typ")),
];

/// What the template calls its data.
const DONNEES: &str = "donnees.json";

/// Every so many documents, the results of the layout that nobody asked for since the time before go: what documents
/// of one kind share is kept, what is of one alone is not. To look at all of them costs too much to be done for each.
const DOCUMENTS_PAR_TRI: usize = 6;
/// How many documents were set.
static COMPOSES: AtomicUsize = AtomicUsize::new(0);

/// A document to set.
#[derive(Debug)]
pub(crate) struct Document<'a, D> {
    /// Name of the template.
    pub(crate) modele: &'static str,
    /// What it says.
    pub(crate) donnees: &'a D,
    /// Pictures, by the name that the template gives them: `carte.svg`.
    pub(crate) images: BTreeMap<&'a str, Vec<u8>>,
    /// Date written into the file: that of the figures, never that of the clock.
    pub(crate) date: NaiveDate,
    /// What tells the document from every other one, stable from run to run.
    pub(crate) identifiant: String,
}

/// A document that is set.
#[derive(Debug)]
pub(crate) struct Pdf {
    pub(crate) octets: Vec<u8>,
    pub(crate) pages: usize,
    /// Every line of text that was set, in the order of the pages; the text of pictures apart.
    #[cfg(test)]
    pub(crate) texte: String,
}

/// What every document shares.
struct Atelier {
    bibliotheque: LazyHash<Library>,
    catalogue: LazyHash<FontBook>,
    polices: Vec<Font>,
    modeles: HashMap<FileId, Source>,
    normes: Option<PdfStandards>,
}

fn atelier() -> &'static Atelier {
    static ATELIER: OnceLock<Atelier> = OnceLock::new();
    ATELIER.get_or_init(|| {
        let polices: Vec<Font> =
            Graisse::TOUTES.iter().flat_map(|g| Font::iter(Bytes::new(g.fichier()))).collect();
        let modeles = MODELES.iter().filter_map(|(nom, texte)| {
            let id = identifiant(nom)?;
            Some((id, Source::new(id, (*texte).to_owned())))
        });
        Atelier {
            bibliotheque: LazyHash::new(Library::default()),
            catalogue: LazyHash::new(FontBook::from_fonts(&polices)),
            polices,
            modeles: modeles.collect(),
            normes: PdfStandards::new(&[PdfStandard::Ua_1]).ok(),
        }
    })
}

/// The name of a file inside the world of a document.
fn identifiant(chemin: &str) -> Option<FileId> {
    let chemin = VirtualPath::new(chemin).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, chemin).intern())
}

/// One document, as Typst sees it: the templates, its data, its pictures, and nothing else.
struct Monde {
    principal: FileId,
    fichiers: HashMap<FileId, Bytes>,
    date: NaiveDate,
}

impl World for Monde {
    fn library(&self) -> &LazyHash<Library> {
        &atelier().bibliotheque
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &atelier().catalogue
    }

    fn main(&self) -> FileId {
        self.principal
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        atelier().modeles.get(&id).cloned().ok_or_else(|| introuvable(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.fichiers.get(&id).cloned().ok_or_else(|| introuvable(id))
    }

    fn font(&self, rang: usize) -> Option<Font> {
        atelier().polices.get(rang).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        // Both are below 32.
        let (mois, jour) = (u8::try_from(self.date.month()).ok()?, u8::try_from(self.date.day()).ok()?);
        Datetime::from_ymd(self.date.year(), mois, jour)
    }
}

fn introuvable(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}

impl<D: Serialize> Document<'_, D> {
    /// All that the document is made from; documents of one template are kept together.
    ///
    /// # Errors
    /// If the data cannot be written as JSON, a defect of ours.
    pub(crate) fn recette(&self) -> Result<Recette, ErreurLivrable> {
        let recette = Recette::new(self.modele)
            .octets(&self.json()?)
            .octets(self.date.to_string().as_bytes())
            .octets(self.identifiant.as_bytes());
        let images = self.images.iter();
        Ok(images.fold(recette, |recette, (nom, octets)| recette.octets(nom.as_bytes()).octets(octets)))
    }

    fn json(&self) -> Result<Vec<u8>, ErreurLivrable> {
        serde_json::to_vec(self.donnees)
            .map_err(|cause| ErreurLivrable::Page { nom: self.identifiant.clone(), cause: cause.to_string() })
    }

    /// Sets the document, unless the same was set before, and writes it into a folder; gives its path, relative
    /// to it.
    ///
    /// # Errors
    /// As [`Document::composer`], or if the disk refuses.
    pub(crate) fn ecrire(
        self,
        reprises: &Reprises,
        dossier: &Path,
        fichier: &str,
    ) -> Result<Vec<PathBuf>, ErreurLivrable> {
        let recette = self.recette()?;
        let octets = reprises.obtenir(recette, || Ok::<_, ErreurLivrable>(self.composer()?.octets))?;
        let chemin = dossier.join(fichier);
        std::fs::write(&chemin, &*octets).map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
        Ok(vec![PathBuf::from(fichier)])
    }

    /// Sets the document.
    ///
    /// # Errors
    /// If the template is wrong (its file and line are named) or a picture cannot be read.
    pub(crate) fn composer(self) -> Result<Pdf, ErreurLivrable> {
        let erreur = |cause: String| ErreurLivrable::Page { nom: self.identifiant.clone(), cause };
        let inconnu = || erreur(format!("le modèle {} n’existe pas", self.modele));
        let donnees = self.json()?;
        let images = self.images.into_iter().map(|(nom, octets)| (format!("images/{nom}"), octets));
        let fichiers = images.chain([(DONNEES.to_owned(), donnees)]);
        let monde = Monde {
            principal: identifiant(self.modele).ok_or_else(inconnu)?,
            fichiers: fichiers
                .filter_map(|(nom, octets)| Some((identifiant(&nom)?, Bytes::new(octets))))
                .collect(),
            date: self.date,
        };
        let dire = |defauts: &[SourceDiagnostic]| erreur(en_clair(&monde, defauts));
        let document: PagedDocument = typst::compile(&monde).output.map_err(|defauts| dire(&defauts))?;
        let normes = atelier().normes.clone().ok_or_else(|| erreur("la norme PDF/UA-1 manque".to_owned()))?;
        let options = PdfOptions {
            ident: Smart::Custom(self.identifiant.clone()),
            creator: Smart::Custom(Some(concat!("observatoire ", env!("CARGO_PKG_VERSION")).to_owned())),
            standards: normes,
            ..PdfOptions::default()
        };
        let octets = typst_pdf::pdf(&document, &options).map_err(|defauts| dire(&defauts))?;
        let pages = document.pages().len();
        #[cfg(test)]
        let texte = tests::texte(&document);
        drop(document);
        if COMPOSES.fetch_add(1, Ordering::Relaxed) % DOCUMENTS_PAR_TRI == DOCUMENTS_PAR_TRI - 1 {
            comemo::evict(1);
        }
        Ok(Pdf {
            octets,
            pages,
            #[cfg(test)]
            texte,
        })
    }
}

/// Where and what, one defect a line; the words of the library itself are English.
fn en_clair(monde: &Monde, defauts: &[SourceDiagnostic]) -> String {
    let dire = |defaut: &SourceDiagnostic| {
        let lieu = defaut.span.id().map_or_else(String::new, |id| {
            let fichier = id.get().vpath().get_without_slash();
            let debut = monde.range(defaut.span).map(|portee| portee.start);
            let source = atelier().modeles.get(&id);
            let ligne = debut.zip(source).and_then(|(debut, source)| source.lines().byte_to_line(debut));
            let ligne = ligne.map_or_else(String::new, |ligne| format!(", ligne {}", ligne + 1));
            format!("reports/templates/{fichier}{ligne}\u{a0}: ")
        });
        format!("{lieu}{}", defaut.message)
    };
    defauts.iter().map(dire).collect::<Vec<_>>().join("\u{202f}; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use typst::layout::{Frame, FrameItem};

    pub(super) fn texte(document: &PagedDocument) -> String {
        fn parcourir(cadre: &Frame, mots: &mut Vec<String>) {
            for (_, element) in cadre.items() {
                match element {
                    FrameItem::Group(groupe) => parcourir(&groupe.frame, mots),
                    FrameItem::Text(texte) => mots.push(texte.text.to_string()),
                    _ => {}
                }
            }
        }
        let mut mots = Vec::new();
        document.pages().iter().for_each(|page| parcourir(&page.frame, &mut mots));
        mots.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn un_modele_faux_dit_son_fichier_et_sa_ligne() {
        let donnees = serde_json::json!({ "base": {} });
        let document = |modele| Document {
            modele,
            donnees: &donnees,
            images: BTreeMap::new(),
            date: NaiveDate::from_ymd_opt(2024, 12, 31).unwrap(),
            identifiant: "essai".to_owned(),
        };
        let message = document("fiche.typ").composer().unwrap_err().to_string();
        assert!(message.contains("reports/templates/base.typ, ligne "), "{message}");
        assert!(document("absent.typ").composer().is_err());
    }

    #[test]
    fn aucun_modele_ne_va_chercher_ailleurs() {
        for (nom, texte) in MODELES {
            assert!(!texte.contains("@preview") && !texte.contains("http"), "{nom}");
        }
    }
}
