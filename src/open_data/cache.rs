//! `data/cache/`: public files, with where they came from, when, and their fingerprint.

use super::recuperation::Demande;
use crate::disque::en_francais;
use crate::sources::{Genre, empreinte};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The cache cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ErreurCache {
    /// The disk refused.
    #[error("{chemin} : {}. Vérifiez le chemin et les droits", en_francais(cause))]
    Disque {
        /// File or folder.
        chemin: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Another run is filling it.
    #[error(
        "une autre récupération est en cours dans {chemin} : attendez qu’elle finisse, puis relancez celle-ci"
    )]
    Occupe {
        /// Folder of the cache.
        chemin: PathBuf,
    },
    /// The network cannot be used at all: a defect of ours, or of the machine.
    #[error("le réseau ne peut pas être utilisé sur cet ordinateur : {0}")]
    Reseau(String),
}

/// What the cache knows of a file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct EntreeDeCache {
    /// Where it came from: an address, or a file.
    pub origine: String,
    /// Day it was taken, or last found to be unchanged at its service.
    pub date: NaiveDate,
    /// Fingerprint.
    pub sha256: String,
    /// `ETag` of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified` of the service, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modifie: Option<String>,
}

/// A folder of public files, and its register `index.json`.
#[derive(Debug, Clone)]
pub struct Cache {
    dossier: PathBuf,
}

/// Held while the cache is filled; free again when dropped, or when its process is gone.
#[derive(Debug)]
pub(super) struct Verrou(#[expect(dead_code, reason = "ce qui compte est qu’il reste ouvert")] std::fs::File);

impl Cache {
    /// The cache in that folder, which need not exist yet.
    pub fn new(dossier: impl Into<PathBuf>) -> Self {
        Self { dossier: dossier.into() }
    }

    /// The folder.
    pub fn dossier(&self) -> &Path {
        &self.dossier
    }

    /// Where a kind of file is kept; contours and births are kept by territory.
    pub fn chemin(&self, genre: Genre, epci: &str) -> PathBuf {
        self.dossier.join(nom(genre, epci))
    }

    /// Where a dataset of the Caf is kept.
    pub fn chemin_du_jeu(&self, jeu: &str) -> PathBuf {
        self.dossier.join(nom_du_jeu(jeu))
    }

    /// The datasets of the Caf that the cache has, sorted.
    pub fn jeux(&self) -> Vec<String> {
        let jeu = |nom: &String| {
            let jeu = nom.strip_prefix("caf-")?.strip_suffix(".csv")?;
            self.dossier.join(nom).exists().then(|| jeu.to_owned())
        };
        self.index().keys().filter_map(jeu).collect()
    }

    /// What is known of a file, if the cache has it.
    pub fn entree(&self, genre: Genre, epci: &str) -> Option<EntreeDeCache> {
        self.entree_de(&nom(genre, epci))
    }

    /// What is known of the file of that name, if the cache has it.
    pub fn entree_de(&self, nom: &str) -> Option<EntreeDeCache> {
        self.dossier.join(nom).exists().then(|| self.index().remove(nom))?
    }

    /// The day of the oldest file of each kind that a pipeline takes from here.
    pub fn dates(&self, demande: &Demande) -> BTreeMap<Genre, NaiveDate> {
        let date = |genre: &Genre| {
            let date = if *genre == Genre::TauxPublies {
                let jeux = self.jeux();
                let voulus = jeux.iter().filter(|j| demande.jeux.is_empty() || demande.jeux.contains(*j));
                voulus.filter_map(|jeu| self.entree_de(&nom_du_jeu(jeu))).map(|e| e.date).min()
            } else {
                self.entree(*genre, &demande.identifiant).map(|e| e.date)
            };
            Some((*genre, date?))
        };
        demande.voulus.iter().filter_map(date).collect()
    }

    /// What is known of a file, only if it is what the register says: a run may have been stopped in between.
    pub(super) fn entree_intacte(&self, nom: &str) -> Option<EntreeDeCache> {
        let entree = self.entree_de(nom)?;
        let sha256 = empreinte(&self.dossier.join(nom), nom).ok()?.sha256;
        (sha256 == entree.sha256).then_some(entree)
    }

    /// What the service answered, before it is put together: a cache of its own.
    pub(super) fn brut(&self) -> Self {
        Self::new(self.dossier.join("brut"))
    }

    /// Writes a file. It takes the place of the old one only when it is whole and on the disk. Gives true
    /// if the content changed.
    ///
    /// # Errors
    /// If the disk refuses; the cache is then as it was.
    pub(super) fn ecrire(
        &self,
        nom: &str,
        contenu: &[u8],
        origine: &str,
        date: NaiveDate,
    ) -> Result<bool, ErreurCache> {
        let mut fichier = self.provisoire()?;
        fichier.write_all(contenu).map_err(|e| self.disque(e))?;
        let entree = EntreeDeCache {
            origine: origine.to_owned(),
            date,
            sha256: String::new(),
            etag: None,
            modifie: None,
        };
        self.adopter(fichier, nom, entree)
    }

    /// A file of the cache's own disk, to be filled and then adopted.
    pub(super) fn provisoire(&self) -> Result<tempfile::NamedTempFile, ErreurCache> {
        std::fs::create_dir_all(&self.dossier).map_err(|e| self.disque(e))?;
        tempfile::NamedTempFile::new_in(&self.dossier).map_err(|e| self.disque(e))
    }

    /// Puts a filled file in its place and notes it, with its fingerprint. Gives true if the content changed.
    pub(super) fn adopter(
        &self,
        fichier: tempfile::NamedTempFile,
        nom: &str,
        entree: EntreeDeCache,
    ) -> Result<bool, ErreurCache> {
        fichier.as_file().sync_all().map_err(|e| self.disque(e))?;
        let sha256 = empreinte(fichier.path(), nom).map_err(|e| self.disque(e))?.sha256;
        let change = self.entree_de(nom).is_none_or(|e| e.sha256 != sha256);
        fichier.persist(self.dossier.join(nom)).map_err(|e| self.disque(e.error))?;
        self.noter(nom, EntreeDeCache { sha256, ..entree })?;
        Ok(change)
    }

    /// Notes what is known of a file that is there.
    pub(super) fn noter(&self, nom: &str, entree: EntreeDeCache) -> Result<(), ErreurCache> {
        let mut index = self.index();
        index.insert(nom.to_owned(), entree);
        let ecrire = || {
            let mut fichier = tempfile::NamedTempFile::new_in(&self.dossier)?;
            serde_json::to_writer_pretty(&mut fichier, &index)?;
            fichier.as_file().sync_all()?;
            fichier.persist(self.dossier.join("index.json")).map(|_| ()).map_err(|e| e.error)
        };
        ecrire().map_err(|e| self.disque(e))
    }

    /// Keeps every other run out.
    ///
    /// # Errors
    /// [`ErreurCache::Occupe`] if one is at work.
    pub(super) fn verrouiller(&self) -> Result<Verrou, ErreurCache> {
        std::fs::create_dir_all(&self.dossier).map_err(|e| self.disque(e))?;
        let fichier = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.dossier.join(".verrou"))
            .map_err(|e| self.disque(e))?;
        match fichier.try_lock() {
            Ok(()) => Ok(Verrou(fichier)),
            Err(std::fs::TryLockError::WouldBlock) => {
                Err(ErreurCache::Occupe { chemin: self.dossier.clone() })
            }
            Err(std::fs::TryLockError::Error(e)) => Err(self.disque(e)),
        }
    }

    pub(super) fn disque(&self, cause: std::io::Error) -> ErreurCache {
        ErreurCache::Disque { chemin: self.dossier.clone(), cause }
    }

    fn index(&self) -> BTreeMap<String, EntreeDeCache> {
        std::fs::read(self.dossier.join("index.json"))
            .ok()
            .and_then(|octets| serde_json::from_slice(&octets).ok())
            .unwrap_or_default()
    }
}

/// The name of the file of a kind.
pub(super) fn nom(genre: Genre, epci: &str) -> String {
    // The EPCI may be given by its name: only letters and digits go into a file name.
    let epci: String = epci.chars().filter(char::is_ascii_alphanumeric).collect();
    match genre {
        Genre::Contours => format!("contours-{epci}.geojson"),
        Genre::Naissances => format!("naissances-{epci}.csv"),
        autre => format!("{}.csv", autre.mot().replace('_', "-")),
    }
}

/// The name of the file of a dataset of the Caf.
pub(super) fn nom_du_jeu(jeu: &str) -> String {
    let jeu: String = jeu.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    format!("caf-{jeu}.csv")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_contenu_deja_la_ne_change_rien() {
        let dossier = tempfile::tempdir().unwrap();
        let cache = Cache::new(dossier.path().join("cache"));
        let jour = NaiveDate::from_ymd_opt(2025, 1, 2).unwrap();
        assert!(cache.ecrire("a.csv", b"code;2024\n", "ici", jour).unwrap());
        assert!(!cache.ecrire("a.csv", b"code;2024\n", "ici", jour).unwrap());
        let entree = cache.entree_intacte("a.csv").unwrap();
        assert_eq!((entree.date, entree.sha256.len()), (jour, 64));
        assert!(cache.ecrire("a.csv", b"code;2025\n", "ici", jour).unwrap());
        // What was tampered with, or half put in place, is not taken for what the register says.
        std::fs::write(dossier.path().join("cache/a.csv"), "code;20").unwrap();
        assert!(cache.entree_intacte("a.csv").is_none());
    }

    #[test]
    fn le_nom_d_un_epci_ne_sort_pas_du_dossier() {
        assert_eq!(nom(Genre::Contours, "../../x y"), "contours-xy.geojson");
        assert_eq!(nom_du_jeu("../txcouv_pe_com"), "caf-txcouv_pe_com.csv");
    }

    #[test]
    fn un_seul_a_la_fois_remplit_le_cache() {
        let dossier = tempfile::tempdir().unwrap();
        let cache = Cache::new(dossier.path());
        let verrou = cache.verrouiller().unwrap();
        assert!(cache.verrouiller().unwrap_err().to_string().contains("en cours"));
        drop(verrou);
        assert!(cache.verrouiller().is_ok());
    }
}
