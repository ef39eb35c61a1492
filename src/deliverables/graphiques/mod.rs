//! Charts and maps as pictures: `graphiques/<nom>.svg` and `.png`, all of one look.
//!
//! A new chart is one file here and one line in [`GRAPHIQUES`]. A chart whose data are absent is not
//! written: there is never an empty frame.

mod am_et_places;
mod cadre;
mod cartes;
mod courbe;
mod flux_am;
mod naissances;
mod offre_par_mode;
mod pyramide_ages;
mod toile;
mod volets;

#[cfg(test)]
pub(crate) mod essai;

pub use toile::{Image, Legende};

pub(crate) use cadre::{Habillage, Zone};
pub(crate) use toile::{Ancre, CAPITALES, Texte, Toile, couper, largeur, pt, rectangle};

use super::{Contexte, ErreurLivrable, Livrable};
use crate::indicators::{Figure, Niveau, Statut};
use std::path::{Path, PathBuf};

type Dessiner = fn(&Contexte<'_>) -> Result<Option<Image>, ErreurLivrable>;

/// Every chart: its name and how it is drawn, in the order of pages.
const GRAPHIQUES: &[(&str, Dessiner)] = &[
    (am_et_places::NOM, am_et_places::dessiner),
    (flux_am::NOM, flux_am::dessiner),
    (pyramide_ages::NOM, pyramide_ages::dessiner),
    (offre_par_mode::NOM, offre_par_mode::dessiner),
    (naissances::NOM, naissances::dessiner),
    (cartes::NOM_PLACES, cartes::dessiner_places),
    (cartes::NOM_NAISSANCES, cartes::dessiner_naissances),
];

/// The charts and maps of the report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Graphiques;

impl Livrable for Graphiques {
    fn nom(&self) -> &'static str {
        "graphiques"
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        let mut ecrits = Vec::new();
        for (_, dessiner) in GRAPHIQUES {
            let Some(image) = dessiner(contexte)? else { continue };
            if ecrits.is_empty() {
                let chemin = dossier.join(self.nom());
                std::fs::create_dir_all(&chemin)
                    .map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
            }
            ecrits.extend(image.ecrire(dossier, self.nom())?);
        }
        Ok(ecrits)
    }
}

/// The names of the charts, in the order of pages.
pub fn noms() -> impl Iterator<Item = &'static str> {
    GRAPHIQUES.iter().map(|(nom, _)| *nom)
}

/// Draws one chart, for a page that shows it; none if the name is unknown or the data absent.
///
/// # Errors
/// If a library refuses the drawing.
pub fn dessiner(nom: &str, contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    GRAPHIQUES.iter().find(|(n, _)| *n == nom).map_or(Ok(None), |(_, dessiner)| dessiner(contexte))
}

/// The figures of the territory up to the year of the report. A year that the table does not hold,
/// between two that it holds, is not available: it is shown as such.
fn serie(contexte: &Contexte<'_>, indicateur: &str, modalite: &str) -> Vec<Figure> {
    let lues = contexte.table.serie(Niveau::Territoire, contexte.code_territoire, indicateur, modalite);
    let mut serie: Vec<Figure> = Vec::new();
    for figure in lues.into_iter().filter(|f| f.annee <= contexte.annee) {
        let suivante = serie.last().map_or(figure.annee, |f| f.annee + 1);
        serie.extend((suivante..figure.annee).map(non_disponible));
        serie.push(figure);
    }
    serie
}

fn non_disponible(annee: i32) -> Figure {
    Figure {
        annee,
        date_observation: None,
        valeur: None,
        numerateur: None,
        denominateur: None,
        statut: Statut::NonDisponible,
        parties: 0,
        parties_attendues: 0,
        sources: String::new(),
    }
}

/// A sentence: ends with a full stop.
fn phrase(texte: &str) -> String {
    if texte.ends_with('.') { texte.to_owned() } else { format!("{texte}.") }
}

/// The description of a picture: its subtitle, its figures, its note, its sources.
pub(crate) fn decrire(habillage: &Habillage, mots: &[String]) -> String {
    let mut parties = vec![phrase(&habillage.sous_titre)];
    parties.extend_from_slice(mots);
    parties.extend([habillage.note.clone(), habillage.source.clone()]);
    parties.retain(|p| !p.is_empty());
    parties.join(" ")
}

#[cfg(test)]
mod tests {
    use super::essai::Essai;
    use super::*;

    fn image(nom: &str, essai: &Essai) -> Image {
        dessiner(nom, &essai.contexte()).unwrap().unwrap_or_else(|| panic!("{nom} n’est pas dessiné"))
    }

    #[test]
    fn voir() {
        let essai = Essai::new();
        let dossier = Path::new("/tmp/voir");
        std::fs::create_dir_all(dossier).unwrap();
        Graphiques.produire(&essai.contexte(), dossier).unwrap();
    }
}
