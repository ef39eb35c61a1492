//! `data/cache/`: public files, with where they came from, when, and their fingerprint.

use crate::sources::{Genre, empreinte};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The cache cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ErreurCache {
    /// The disk refused.
    #[error("{chemin} : {cause}. Vérifiez le chemin et les droits")]
    Disque {
        /// File or folder.
        chemin: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
}

/// What the cache knows of a file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct EntreeDeCache {
    /// Where it came from.
    pub origine: String,
    /// Day it was taken.
    pub date: NaiveDate,
    /// Fingerprint.
    pub sha256: String,
}

/// A folder of public files, and its register `index.json`.
#[derive(Debug, Clone)]
pub struct Cache {
    dossier: PathBuf,
}

impl Cache {
    /// The cache in that folder, which need not exist yet.
    pub fn new(dossier: impl Into<PathBuf>) -> Self {
        Self { dossier: dossier.into() }
    }

    /// Where a kind of file is kept; contours are kept by territory.
    pub fn chemin(&self, genre: Genre, epci: &str) -> PathBuf {
        self.dossier.join(nom(genre, epci))
    }

    /// What is known of a file, if the cache has it.
    pub fn entree(&self, genre: Genre, epci: &str) -> Option<EntreeDeCache> {
        self.chemin(genre, epci).exists().then(|| self.index().remove(&nom(genre, epci)))?
    }

    /// Copies a file into the cache. The copy takes the place of the old one only when it is whole.
    /// Gives true if the content changed.
    ///
    /// # Errors
    /// If the disk refuses; the cache is then as it was.
    pub fn prendre(
        &self,
        genre: Genre,
        epci: &str,
        depuis: &Path,
        date: NaiveDate,
    ) -> Result<bool, ErreurCache> {
        let disque = |chemin: &Path, cause| ErreurCache::Disque { chemin: chemin.to_owned(), cause };
        let nom = nom(genre, epci);
        let sha256 = empreinte(depuis, &nom).map_err(|e| disque(depuis, e))?.sha256;
        let mut index = self.index();
        if index.get(&nom).is_some_and(|e| e.sha256 == sha256) && self.dossier.join(&nom).exists() {
            return Ok(false);
        }
        std::fs::create_dir_all(&self.dossier).map_err(|e| disque(&self.dossier, e))?;
        let copie = tempfile::NamedTempFile::new_in(&self.dossier).map_err(|e| disque(&self.dossier, e))?;
        let octets = std::fs::read(depuis).map_err(|e| disque(depuis, e))?;
        std::fs::write(copie.path(), octets).map_err(|e| disque(copie.path(), e))?;
        copie.persist(self.dossier.join(&nom)).map_err(|e| disque(&self.dossier, e.error))?;
        index.insert(nom, EntreeDeCache { origine: depuis.display().to_string(), date, sha256 });
        self.ecrire_index(&index).map_err(|e| disque(&self.dossier, e))?;
        Ok(true)
    }

    fn index(&self) -> BTreeMap<String, EntreeDeCache> {
        std::fs::read(self.dossier.join("index.json"))
            .ok()
            .and_then(|octets| serde_json::from_slice(&octets).ok())
            .unwrap_or_default()
    }

    fn ecrire_index(&self, index: &BTreeMap<String, EntreeDeCache>) -> std::io::Result<()> {
        let mut fichier = tempfile::NamedTempFile::new_in(&self.dossier)?;
        serde_json::to_writer_pretty(&mut fichier, index)?;
        fichier.persist(self.dossier.join("index.json")).map(|_| ()).map_err(|e| e.error)
    }
}

fn nom(genre: Genre, epci: &str) -> String {
    // The EPCI may be given by its name: only letters and digits go into a file name.
    let epci: String = epci.chars().filter(char::is_ascii_alphanumeric).collect();
    match genre {
        Genre::Contours => format!("contours-{epci}.geojson"),
        autre => format!("{}.csv", autre.mot().replace('_', "-")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_fichier_deja_pris_ne_change_rien() {
        let dossier = tempfile::tempdir().unwrap();
        let source = dossier.path().join("births.csv");
        std::fs::write(&source, "code;2024\n").unwrap();
        let cache = Cache::new(dossier.path().join("cache"));
        let jour = NaiveDate::from_ymd_opt(2025, 1, 2).unwrap();
        assert!(cache.prendre(Genre::Naissances, "x", &source, jour).unwrap());
        assert!(!cache.prendre(Genre::Naissances, "x", &source, jour).unwrap());
        let entree = cache.entree(Genre::Naissances, "x").unwrap();
        assert_eq!((entree.date, entree.sha256.len()), (jour, 64));
        std::fs::write(&source, "code;2025\n").unwrap();
        assert!(cache.prendre(Genre::Naissances, "x", &source, jour).unwrap());
        assert_eq!(std::fs::read_to_string(cache.chemin(Genre::Naissances, "x")).unwrap(), "code;2025\n");
    }

    #[test]
    fn le_nom_d_un_epci_ne_sort_pas_du_dossier() {
        assert_eq!(nom(Genre::Contours, "../../x y"), "contours-xy.geojson");
    }
}
