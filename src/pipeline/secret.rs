//! What a territory keeps for itself: the key of the pseudonyms, made once, kept beside its data, never in a report;
//! folders that nobody else can read.

use crate::tables::Pseudonymes;
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::Path;

/// Reads the key, or makes one. The file holds 32 bytes, readable by its owner alone.
///
/// # Errors
/// If the file cannot be read or written, or does not hold 32 bytes.
pub(super) fn pseudonymes(chemin: &Path) -> Result<Pseudonymes> {
    match std::fs::File::open(chemin) {
        Ok(fichier) => {
            let mut octets = Vec::new();
            fichier.take(64).read_to_end(&mut octets)?;
            let cle: [u8; 32] = octets.try_into().map_err(|_| {
                Error::new(
                    ErrorKind::InvalidData,
                    "la clé des pseudonymes est abîmée : restaurez-la d’une sauvegarde",
                )
            })?;
            Ok(Pseudonymes::new(cle))
        }
        Err(erreur) if erreur.kind() == ErrorKind::NotFound => creer(chemin),
        Err(erreur) => Err(erreur),
    }
}

/// Makes a folder that its owner alone can read: it holds ages and communes of people.
///
/// # Errors
/// If the folder cannot be made, or its rights not be set.
pub(super) fn reserver(dossier: &Path) -> Result<()> {
    std::fs::create_dir_all(dossier)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(dossier, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn creer(chemin: &Path) -> Result<Pseudonymes> {
    let mut cle = [0; 32];
    getrandom::fill(&mut cle).map_err(|e| Error::other(e.to_string()))?;
    let dossier = chemin.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(dossier)?;
    // A temporary file is readable by its owner alone; it takes its name only when it is whole.
    let mut fichier = tempfile::NamedTempFile::new_in(dossier)?;
    fichier.write_all(&cle)?;
    fichier.persist(chemin)?;
    Ok(Pseudonymes::new(cle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_cle_est_gardee_d_un_lancement_a_l_autre() {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("sous/cle");
        let premiere = pseudonymes(&chemin).unwrap().marque();
        assert_eq!(pseudonymes(&chemin).unwrap().marque(), premiere);
    }

    #[test]
    fn une_cle_abimee_n_est_pas_remplacee() {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("cle");
        std::fs::write(&chemin, b"court").unwrap();
        assert!(pseudonymes(&chemin).is_err());
        assert_eq!(std::fs::read(&chemin).unwrap(), b"court");
    }
}
