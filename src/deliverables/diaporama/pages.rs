//! The slides as pages: `diaporama.pdf`.

use super::{ChiffreCle, Corps, Diapositive, FICHIER_PDF, Tableau, titre, trace};
use crate::deliverables::graphiques::Image;
use crate::deliverables::pages::{Base, Document};
use crate::deliverables::{Contexte, ErreurLivrable};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the template says.
#[derive(Debug, Serialize)]
struct Pages<'a> {
    base: Base,
    diapositives: Vec<Page<'a>>,
}

#[derive(Debug, Serialize)]
struct Page<'a> {
    titre: &'a str,
    pied: &'a str,
    corps: Contenu<'a>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "genre", rename_all = "snake_case")]
enum Contenu<'a> {
    Couverture {
        lignes: &'a [String],
    },
    Chiffres {
        chiffres: &'a [ChiffreCle],
    },
    Points {
        points: &'a [String],
    },
    Tableau(&'a Tableau),
    /// A chart or a picture. One that has its own sources takes the room of the foot too.
    Image {
        fichier: String,
        alternative: String,
        entiere: bool,
    },
}

/// Writes the pages; gives their path.
pub(super) fn ecrire(
    diapositives: &[Diapositive],
    contexte: &Contexte<'_>,
    dossier: &Path,
) -> Result<Vec<PathBuf>, ErreurLivrable> {
    composer(diapositives, contexte, |document| document.ecrire(contexte.reprises, dossier, FICHIER_PDF))
}

fn composer<T>(
    diapositives: &[Diapositive],
    contexte: &Contexte<'_>,
    faire: impl FnOnce(Document<'_, Pages<'_>>) -> Result<T, ErreurLivrable>,
) -> Result<T, ErreurLivrable> {
    let noms: Vec<String> = (1..=diapositives.len()).map(|rang| format!("diapositive{rang}.svg")).collect();
    let mut images: BTreeMap<&str, Vec<u8>> = contexte.apparence.images();
    let mut pages = Vec::new();
    for (diapositive, nom) in diapositives.iter().zip(&noms) {
        let mut poser = |image: &Image, alternative: String, entiere: bool| {
            images.insert(nom, image.svg_pour_page().into_bytes());
            Contenu::Image { fichier: format!("images/{nom}"), alternative, entiere }
        };
        let corps = match &diapositive.corps {
            Corps::Couverture(lignes) => Contenu::Couverture { lignes },
            Corps::Chiffres(chiffres) => Contenu::Chiffres { chiffres },
            Corps::Points(points) => Contenu::Points { points },
            Corps::Tableau(tableau) => Contenu::Tableau(tableau),
            Corps::Graphique(graphique) => {
                let image = trace::dessiner(graphique, contexte.apparence.teintes())?;
                poser(&image, graphique.alternative.clone(), false)
            }
            Corps::Image(image) => {
                let alternative = format!("{}. {}", image.legende.titre, image.legende.description);
                poser(image, alternative, true)
            }
        };
        pages.push(Page { titre: &diapositive.titre, pied: &diapositive.pied, corps });
    }
    let description = format!("Diaporama pour la commission petite enfance, {}", contexte.territoire);
    let pages = Pages { base: Base::new(contexte, titre(contexte), description), diapositives: pages };
    faire(Document {
        modele: "diaporama.typ",
        donnees: &pages,
        images,
        date: contexte.date,
        identifiant: format!("diaporama {} {}", contexte.code_territoire, contexte.annee),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliverables::diaporama::diapositives;
    use crate::deliverables::graphiques::essai::Essai;
    use crate::deliverables::pages::Pdf;

    fn net(texte: &str) -> String {
        texte.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    // The method itself is of one lifetime.
    #[allow(clippy::redundant_closure_for_method_calls, clippy::redundant_closure)]
    fn pdf(diapositives: &[Diapositive], contexte: &Contexte<'_>) -> Pdf {
        composer(diapositives, contexte, |document| document.composer()).unwrap()
    }

    #[test]
    fn les_pages_disent_ce_que_disent_les_diapositives() {
        let essai = Essai::new();
        let contexte = essai.contexte();
        let faites = diapositives(&contexte).unwrap();
        let pdf = pdf(&faites, &contexte);
        assert_eq!(pdf.pages, faites.len());
        let mut attendus: Vec<&str> = Vec::new();
        for diapositive in &faites {
            attendus.extend([diapositive.titre.as_str(), &diapositive.pied]);
            match &diapositive.corps {
                Corps::Couverture(lignes) | Corps::Points(lignes) => {
                    attendus.extend(lignes.iter().map(String::as_str));
                }
                Corps::Chiffres(chiffres) => {
                    attendus.extend(chiffres.iter().flat_map(|c| [c.valeur.as_str(), &c.libelle, &c.detail]));
                }
                Corps::Tableau(t) => {
                    attendus.extend(t.entetes.iter().chain(t.lignes.iter().flatten()).map(String::as_str));
                }
                // Their words are in the text that replaces them.
                Corps::Graphique(_) | Corps::Image(_) => {}
            }
        }
        for attendu in attendus {
            assert!(pdf.texte.contains(&net(attendu)), "« {attendu} » manque dans : {}", pdf.texte);
        }
        let octets = |motif: &str| pdf.octets.windows(motif.len()).filter(|w| *w == motif.as_bytes()).count();
        let images =
            faites.iter().filter(|d| matches!(d.corps, Corps::Graphique(_) | Corps::Image(_))).count();
        assert_eq!(octets("/S/Figure"), images);
        assert_eq!(octets("/Alt"), images);
    }

    /// As many lines as a slide may hold, as long as they may be: still one page each.
    #[test]
    fn une_diapositive_tient_sur_sa_page() {
        let long = "Saint-Théodulphe-de-la-Bruyère-sous-Vendrelle".to_owned();
        let lignes = vec![vec![long.clone(), "1\u{202f}234".to_owned(), "n.d.".to_owned()]; 16];
        let tableau = Tableau {
            entetes: vec!["Commune".to_owned(), "Enfants de moins de 3\u{a0}ans".to_owned(), long.clone()],
            lignes,
            alternative: String::new(),
        };
        let diapositive = |corps| Diapositive {
            titre: format!("{long}, {long}, {long} et les autres communes du territoire en 2024"),
            corps,
            pied: "Sources : ".to_owned() + &"un fichier au nom très long ; ".repeat(9),
            notes: String::new(),
        };
        let faites =
            [diapositive(Corps::Tableau(tableau)), diapositive(Corps::Points(vec![long.repeat(6); 9]))];
        let essai = Essai::new();
        assert_eq!(pdf(&faites, &essai.contexte()).pages, 2);
    }
}
