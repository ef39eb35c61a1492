//! The public data that a pipeline can use, and the cache where it is kept.

mod cache;
mod reconnaissance;

pub use cache::{Cache, EntreeDeCache, ErreurCache};
pub use reconnaissance::{Trouvaille, reconnaitre};

use crate::sources::Genre;
use crate::territory::CodeCommune;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The kinds of public data that can be taken for any territory.
pub const PUBLIQUES: [Genre; 5] =
    [Genre::Composition, Genre::CogCommunes, Genre::CogMouvements, Genre::Contours, Genre::Naissances];

/// What a fetch brought.
#[derive(Debug, Default)]
pub struct Recuperation {
    /// Kind, file it came from, and whether the cache changed.
    pub prises: Vec<(Genre, PathBuf, bool)>,
    /// Kinds that the pipeline wants and that were not found.
    pub manquantes: Vec<Genre>,
    /// Files of the folder that are none of these.
    pub inconnus: Vec<PathBuf>,
}

/// Fills the cache for a territory from a folder: each file is known by its content, not by its name.
///
/// # Errors
/// If the folder cannot be read or the cache written.
pub fn recuperer_depuis(
    epci: &str,
    voulus: &BTreeSet<Genre>,
    dossier: &Path,
    cache: &Cache,
    aujourd_hui: NaiveDate,
) -> Result<Recuperation, ErreurCache> {
    let mut bilan = Recuperation::default();
    let mut trouvailles = Vec::new();
    for chemin in fichiers(dossier)? {
        match reconnaitre(&chemin) {
            Some(trouvaille) => trouvailles.push((chemin, trouvaille)),
            None => bilan.inconnus.push(chemin),
        }
    }
    let membres = membres(epci, &trouvailles);
    for genre in PUBLIQUES {
        let attendue = voulus.contains(&genre);
        // Of several contours, those that cover the most communes of the territory.
        let meilleure = trouvailles
            .iter()
            .filter(|(_, t)| t.genre == genre)
            .map(|(chemin, t)| (t.communes.intersection(&membres).count(), chemin))
            .rev()
            .max_by_key(|(communes, _)| *communes)
            .filter(|(communes, _)| genre != Genre::Contours || *communes > 0);
        match meilleure {
            Some((_, chemin)) if attendue => {
                let change = cache.prendre(genre, epci, chemin, aujourd_hui)?;
                bilan.prises.push((genre, chemin.clone(), change));
            }
            None if attendue => bilan.manquantes.push(genre),
            _ => {}
        }
    }
    Ok(bilan)
}

/// The codes of the territory, from the composition found in the folder.
fn membres(epci: &str, trouvailles: &[(PathBuf, Trouvaille)]) -> BTreeSet<CodeCommune> {
    trouvailles
        .iter()
        .filter(|(_, t)| t.genre == Genre::Composition)
        .find_map(|(chemin, _)| crate::sources::cog::composition_epci(chemin, epci).ok())
        .map(|perimetre| perimetre.membres().iter().map(|m| m.code).collect())
        .unwrap_or_default()
}

/// Every file below the folder, sorted by path.
fn fichiers(dossier: &Path) -> Result<Vec<PathBuf>, ErreurCache> {
    let lire = |dossier: &Path| {
        std::fs::read_dir(dossier).map_err(|cause| ErreurCache::Disque { chemin: dossier.to_owned(), cause })
    };
    let mut restants = vec![dossier.to_owned()];
    let mut fichiers = Vec::new();
    while let Some(dossier) = restants.pop() {
        for entree in lire(&dossier)?.flatten() {
            // A link could lead back up: only real folders are entered.
            match entree.file_type() {
                Ok(nature) if nature.is_dir() => restants.push(entree.path()),
                Ok(nature) if nature.is_file() => fichiers.push(entree.path()),
                _ => {}
            }
        }
    }
    fichiers.sort();
    Ok(fichiers)
}
