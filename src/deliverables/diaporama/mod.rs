//! The slides for the commission of élus, as plain data: a title that says something, a body, what the speaker
//! may add. `diaporama.pptx`, to be edited, and `diaporama.pdf`, to be shown, are both made of them.
//!
//! A slide whose figures are missing or withheld is left out.

// All slides have one shape, though only some of them draw.
#[allow(clippy::unnecessary_wraps)]
mod contenu;
mod figures;
mod pages;
mod trace;

use super::apparence::Role;
use super::graphiques::Image;
use super::pptx::{self, Proprietes};
use super::{Contexte, ErreurLivrable, Livrable};
use std::path::{Path, PathBuf};

const FICHIER: &str = "diaporama.pptx";
const FICHIER_PDF: &str = "diaporama.pdf";

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
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ChiffreCle {
    /// As it is written.
    pub valeur: String,
    /// What it counts.
    pub libelle: String,
    /// Its change, its reserve; empty if there is none.
    pub detail: String,
}

/// A table: names in the first column, figures in the others.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Tableau {
    /// Headers.
    pub entetes: Vec<String>,
    /// Rows, as long as the headers.
    pub lignes: Vec<Vec<String>>,
    /// For those who do not see it.
    pub alternative: String,
}

impl Tableau {
    /// A table, and its words for those who do not see it: the headers, then each row.
    pub fn new(entetes: Vec<String>, lignes: Vec<Vec<String>>) -> Self {
        let nommees: Vec<&str> = entetes.iter().map(String::as_str).filter(|nom| !nom.is_empty()).collect();
        let colonnes = format!("Colonnes : {}.", nommees.join(", "));
        let dites = lignes.iter().map(|ligne| format!(" {}.", ligne.join(", ")));
        let alternative = std::iter::once(colonnes).chain(dites).collect();
        Self { entetes, lignes, alternative }
    }
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
    /// What it is about, which gives its colour.
    pub role: Role,
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

/// The title of the file.
fn titre(contexte: &Contexte<'_>) -> String {
    format!("La petite enfance en {}", contexte.annee)
}

/// The slides, as a presentation and as pages.
#[derive(Debug)]
pub(super) struct Diaporama;

impl Livrable for Diaporama {
    fn nom(&self) -> &'static str {
        "diaporama"
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        let diapositives = diapositives(contexte)?;
        let proprietes = Proprietes {
            titre: &titre(contexte),
            auteur: contexte.territoire,
            mention: contexte.audience.mention(),
            teintes: contexte.apparence.teintes(),
            annee: contexte.annee,
        };
        let octets = pptx::composer(&diapositives, proprietes, contexte.modele, &|image| {
            image.png_garde(contexte.reprises)
        })
        .map_err(|cause| ErreurLivrable::Dessin { nom: FICHIER.to_owned(), cause: cause.to_string() })?;
        let chemin = dossier.join(FICHIER);
        std::fs::write(&chemin, octets).map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
        let mut ecrits = vec![PathBuf::from(FICHIER)];
        ecrits.extend(pages::ecrire(&diapositives, contexte, dossier)?);
        Ok(ecrits)
    }
}

#[cfg(test)]
#[allow(clippy::case_sensitive_file_extension_comparisons)] // names that we wrote
mod tests {
    use super::*;
    use crate::deliverables::graphiques::essai::Essai;
    use crate::indicators::Statut;
    use std::collections::BTreeMap;
    use std::io::{Cursor, Read};

    fn octets(essai: &Essai, modele: Option<&[u8]>) -> Vec<u8> {
        let contexte = Contexte { modele, ..essai.contexte() };
        let dossier = tempfile::tempdir().unwrap();
        Diaporama.produire(&contexte, dossier.path()).unwrap();
        std::fs::read(dossier.path().join(FICHIER)).unwrap()
    }

    fn parties(octets: &[u8]) -> BTreeMap<String, Vec<u8>> {
        let mut archive = zip::ZipArchive::new(Cursor::new(octets)).unwrap();
        (0..archive.len())
            .map(|rang| {
                let mut fichier = archive.by_index(rang).unwrap();
                let mut contenu = Vec::new();
                fichier.read_to_end(&mut contenu).unwrap();
                (fichier.name().unwrap().into_owned(), contenu)
            })
            .collect()
    }

    fn titres(essai: &Essai) -> Vec<String> {
        diapositives(&essai.contexte()).unwrap().into_iter().map(|d| d.titre).collect()
    }

    /// Every part that a relationship names is there, and every part has a content type.
    fn verifier(parties: &BTreeMap<String, Vec<u8>>) {
        let types = String::from_utf8(parties["[Content_Types].xml"].clone()).unwrap();
        for (nom, contenu) in parties {
            let Ok(texte) = std::str::from_utf8(contenu) else { continue };
            if nom.ends_with(".xml") || nom.ends_with(".rels") {
                let mut lecteur = quick_xml::Reader::from_str(texte);
                while !matches!(lecteur.read_event().unwrap(), quick_xml::events::Event::Eof) {}
            }
            for cible in texte.split("Target=\"/").skip(1).map(|reste| reste.split('"').next().unwrap()) {
                assert!(parties.contains_key(cible), "{nom} : {cible}");
            }
            let extension = nom.rsplit('.').next().unwrap();
            assert!(
                types.contains(&format!("PartName=\"/{nom}\""))
                    || types.contains(&format!("Extension=\"{extension}\""))
                    || nom.starts_with('['),
                "{nom} sans type"
            );
        }
    }

    #[test]
    fn le_paquet_est_entier_et_le_meme_deux_fois() {
        let essai = Essai::new();
        let un = octets(&essai, None);
        assert!(un == octets(&Essai::new(), None));
        let parties = parties(&un);
        verifier(&parties);
        let diapositives = parties.keys().filter(|p| p.starts_with("ppt/slides/slide")).count();
        assert_eq!(diapositives, titres(&essai).len());
        assert_eq!(parties.keys().filter(|p| p.starts_with("ppt/notesSlides/notes")).count(), diapositives);
    }

    #[test]
    fn une_diapositive_sans_chiffre_n_est_pas_la() {
        let mut essai = Essai::new();
        assert!(titres(&essai).iter().any(|t| t.starts_with("29\u{a0}départs et 10\u{a0}arrivées")));
        essai.changer(|l| l.indicateur == "am_departs", |l| (l.valeur, l.statut) = (None, Statut::Secret));
        assert!(!titres(&essai).iter().any(|t| t.contains("départ")), "{:?}", titres(&essai));
        essai.retirer(|l| l.indicateur != "naissances");
        let restent = titres(&essai);
        assert_eq!(restent.len(), 3, "couverture, naissances, méthode : {restent:?}");
    }

    /// A commune left, another joined: the bars count those of each year, the title those of both.
    #[test]
    fn un_titre_a_perimetre_constant_le_dit_la_ou_les_barres_comptent_d_autres_communes() {
        let mut essai = Essai::new();
        essai.changer(
            |l| l.indicateur == "am_arrivees" && l.annee == 2019,
            |l| {
                l.indicateur = "evolution";
                l.modalite = "am_agrees:n-5".to_owned();
                (l.annee, l.valeur, l.parties) = (2024, Some(-80.0), (14, 14));
            },
        );
        let titre = "80\u{a0}assistants maternels de moins en cinq\u{a0}ans";
        assert!(titres(&essai).contains(&titre.to_owned()), "{:?}", titres(&essai));
        essai.changer(
            |l| l.niveau == "commune" && l.annee == 2019 && l.code == Essai::ABSENTE,
            |l| l.code = "85999".to_owned(),
        );
        let faites = diapositives(&essai.contexte()).unwrap();
        let faite = faites.iter().find(|d| d.titre == format!("{titre}, à périmètre constant")).unwrap();
        assert!(faite.pied.contains("n’a pas eu les mêmes communes chaque année"), "{}", faite.pied);
    }

    #[test]
    fn une_annee_retenue_est_un_trou() {
        let mut essai = Essai::new();
        essai.changer(
            |l| l.indicateur == "am_agrees" && l.annee == 2021,
            |l| (l.valeur, l.statut) = (None, Statut::Secret),
        );
        let faites = diapositives(&essai.contexte()).unwrap();
        let graphique = faites.iter().find_map(|d| match &d.corps {
            Corps::Graphique(g) if g.series[0].nom == "Assistants maternels agréés" => Some((g, &d.pied)),
            _ => None,
        });
        let (graphique, pied) = graphique.unwrap();
        assert_eq!(graphique.series[0].points[2].valeur, None);
        assert_eq!(graphique.categories[2], "2021 (s.)");
        assert!(pied.contains("s.\u{a0}: non diffusé"), "{pied}");
    }

    #[test]
    fn le_modele_du_territoire_garde_son_maitre_et_perd_ses_diapositives() {
        // A model made of our own slides: those must go, the master must stay as it is.
        let modele = octets(&Essai::new(), None);
        let avant = parties(&modele);
        let mut essai = Essai::new();
        essai.retirer(|l| l.indicateur != "naissances");
        let apres = parties(&octets(&essai, Some(&modele)));
        verifier(&apres);
        for partie in
            ["ppt/slideMasters/slideMaster1.xml", "ppt/theme/theme1.xml", "ppt/slideLayouts/slideLayout2.xml"]
        {
            assert!(avant[partie] == apres[partie], "{partie}");
        }
        assert_eq!(apres.keys().filter(|p| p.starts_with("ppt/slides/slide")).count(), 3);
        let presentation = String::from_utf8(apres["ppt/presentation.xml"].clone()).unwrap();
        assert_eq!(presentation.matches("<p:sldId ").count(), 3, "{presentation}");
        assert_eq!(presentation.matches("<p:notesMasterId ").count(), 1);
    }

    #[test]
    fn un_modele_illisible_se_dit() {
        let contexte = Essai::new();
        let contexte = Contexte { modele: Some(b"pas une archive"), ..contexte.contexte() };
        let dossier = tempfile::tempdir().unwrap();
        let erreur = Diaporama.produire(&contexte, dossier.path()).unwrap_err().to_string();
        assert!(erreur.contains("enregistrez-le au format .pptx"), "{erreur}");
    }
}
