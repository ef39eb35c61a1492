//! The report is written aside and takes its place only when it is whole.

use crate::disque::en_francais;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// The report cannot be written or put in place.
#[derive(Debug, thiserror::Error)]
pub enum ErreurPublication {
    /// Another run writes the same report.
    #[error("un autre lancement écrit déjà dans {0} : attendez qu’il finisse, puis recommencez")]
    Occupe(PathBuf),
    /// The disk refused.
    #[error(
        "écriture dans {chemin} impossible : {}. Vérifiez la place et les droits du dossier ; l’ancien rapport est intact",
        en_francais(cause)
    )]
    Disque {
        /// Folder or file.
        chemin: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
}

/// A report under construction, in a folder of its own beside the final one.
#[derive(Debug)]
pub(super) struct Chantier {
    brouillon: tempfile::TempDir,
    destination: PathBuf,
    /// Held while the report is written: two runs on one report would mix their files.
    _verrou: File,
}

impl Chantier {
    /// Opens a construction site for `destination`.
    pub(super) fn ouvrir(destination: &Path) -> Result<Self, ErreurPublication> {
        let disque = |chemin: &Path| {
            let chemin = chemin.to_owned();
            move |cause| ErreurPublication::Disque { chemin, cause }
        };
        let parent = destination.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(disque(parent))?;
        let nom = destination.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let chemin_verrou = voisin(destination, "verrou");
        let verrou = File::create(&chemin_verrou).map_err(disque(&chemin_verrou))?;
        match verrou.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ErreurPublication::Occupe(destination.to_owned())),
            Err(TryLockError::Error(cause)) => return Err(disque(&chemin_verrou)(cause)),
        }
        retirer_les_restes(parent, &nom);
        let brouillon = tempfile::Builder::new()
            .prefix(&format!(".{nom}.brouillon-"))
            .tempdir_in(parent)
            .map_err(disque(parent))?;
        Ok(Self { brouillon, destination: destination.to_owned(), _verrou: verrou })
    }

    /// Where to write.
    pub(super) fn dossier(&self) -> &Path {
        self.brouillon.path()
    }

    /// Where what was made is kept for the next run on the same report.
    pub(super) fn reprises(&self) -> PathBuf {
        voisin(&self.destination, "reprises")
    }

    /// Puts the report in place of the old one. A run killed in between leaves either the old report or
    /// the new one, whole, under the final name or under `.ancien`, from which the next run takes it back.
    pub(super) fn publier(self) -> Result<PathBuf, ErreurPublication> {
        let disque = |cause| ErreurPublication::Disque { chemin: self.destination.clone(), cause };
        rendre_lisible(self.brouillon.path()).map_err(disque)?;
        let ancien = ancien(&self.destination);
        if self.destination.exists() {
            fs::rename(&self.destination, &ancien).map_err(disque)?;
        }
        if let Err(cause) = fs::rename(self.brouillon.path(), &self.destination) {
            if ancien.exists() {
                fs::rename(&ancien, &self.destination).map_err(disque)?;
            }
            return Err(disque(cause));
        }
        // The new report is there: what is left of the old one is no failure.
        ecarter(&ancien, supprimer);
        Ok(self.destination)
    }
}

/// Temporary folders are private; a report is read by colleagues over a shared disk.
#[cfg(unix)]
fn rendre_lisible(dossier: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(dossier, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn rendre_lisible(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn ancien(destination: &Path) -> PathBuf {
    voisin(destination, "ancien")
}

/// A hidden neighbour of the report: `.2024.ancien`.
fn voisin(destination: &Path, quoi: &str) -> PathBuf {
    let nom = destination.file_name().unwrap_or_default().to_string_lossy().into_owned();
    destination.with_file_name(format!(".{nom}.{quoi}"))
}

/// What a killed run left: its draft goes; the old report, if it was moved aside, comes back.
fn retirer_les_restes(parent: &Path, nom: &str) {
    let destination = parent.join(nom);
    let ancien = ancien(&destination);
    if ancien.exists() {
        // Best effort: if it fails, publishing fails later with its own message.
        if destination.exists() {
            ecarter(&ancien, supprimer);
        } else {
            let _ = fs::rename(&ancien, &destination);
        }
    }
    let prefixes = ["brouillon-", RESTE].map(|quoi| format!(".{nom}.{quoi}"));
    for entree in fs::read_dir(parent).into_iter().flatten().flatten() {
        let son_nom = entree.file_name().to_string_lossy().into_owned();
        if prefixes.iter().any(|prefixe| son_nom.starts_with(prefixe)) {
            let _ = supprimer(&entree.path());
        }
    }
}

/// Of what could not be removed: each run tries again.
const RESTE: &str = "reste-";

/// Removes an old report; one that cannot be removed makes room for the next ones all the same.
fn ecarter(ancien: &Path, supprimer: impl FnOnce(&Path) -> std::io::Result<()>) {
    if !ancien.exists() || supprimer(ancien).is_ok() {
        return;
    }
    let nom = ancien.file_name().unwrap_or_default().to_string_lossy().replace("ancien", RESTE);
    let libre =
        (1..1000u32).map(|n| ancien.with_file_name(format!("{nom}{n}"))).find(|reste| !reste.exists());
    let _ = libre.map(|reste| fs::rename(ancien, reste));
}

/// Removes a folder, those of its folders included that somebody made read-only.
fn supprimer(dossier: &Path) -> std::io::Result<()> {
    fs::remove_dir_all(dossier).or_else(|_| {
        ouvrir_a_l_ecriture(dossier)?;
        fs::remove_dir_all(dossier)
    })
}

/// On Windows, what is read-only is each file; elsewhere, the folder that holds it.
fn ouvrir_a_l_ecriture(chemin: &Path) -> std::io::Result<()> {
    let meta = fs::symlink_metadata(chemin)?;
    if meta.is_symlink() {
        return Ok(());
    }
    rendre_modifiable(chemin, meta.permissions())?;
    if meta.is_dir() {
        for entree in fs::read_dir(chemin)? {
            ouvrir_a_l_ecriture(&entree?.path())?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn rendre_modifiable(chemin: &Path, mut droits: fs::Permissions) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    droits.set_mode(droits.mode() | 0o700);
    fs::set_permissions(chemin, droits)
}

#[cfg(not(unix))]
fn rendre_modifiable(chemin: &Path, mut droits: fs::Permissions) -> std::io::Result<()> {
    droits.set_readonly(false);
    fs::set_permissions(chemin, droits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_rapport_prend_sa_place_d_un_coup() {
        let dossier = tempfile::tempdir().unwrap();
        let destination = dossier.path().join("demo/2024");
        for texte in ["premier", "second"] {
            let chantier = Chantier::ouvrir(&destination).unwrap();
            fs::write(chantier.dossier().join("a.txt"), texte).unwrap();
            chantier.publier().unwrap();
            assert_eq!(fs::read_to_string(destination.join("a.txt")).unwrap(), texte);
        }
        let restes: Vec<_> =
            fs::read_dir(dossier.path().join("demo")).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(restes.len(), 2, "le rapport et le verrou : {restes:?}");
    }

    #[test]
    fn un_chantier_abandonne_laisse_l_ancien_rapport() {
        let dossier = tempfile::tempdir().unwrap();
        let destination = dossier.path().join("2024");
        let chantier = Chantier::ouvrir(&destination).unwrap();
        fs::write(chantier.dossier().join("a.txt"), "ancien").unwrap();
        chantier.publier().unwrap();
        let abandonne = Chantier::ouvrir(&destination).unwrap();
        fs::write(abandonne.dossier().join("a.txt"), "moitié").unwrap();
        drop(abandonne);
        assert_eq!(fs::read_to_string(destination.join("a.txt")).unwrap(), "ancien");
    }

    #[test]
    fn un_lancement_tue_entre_deux_noms_se_repare() {
        let dossier = tempfile::tempdir().unwrap();
        let destination = dossier.path().join("2024");
        fs::create_dir(dossier.path().join(".2024.ancien")).unwrap();
        fs::write(dossier.path().join(".2024.ancien/a.txt"), "ancien").unwrap();
        fs::create_dir(dossier.path().join(".2024.brouillon-xyz")).unwrap();
        let chantier = Chantier::ouvrir(&destination).unwrap();
        assert_eq!(fs::read_to_string(destination.join("a.txt")).unwrap(), "ancien");
        assert!(!dossier.path().join(".2024.brouillon-xyz").exists());
        drop(chantier);
    }

    #[test]
    fn un_ancien_rapport_qui_ne_se_supprime_pas_n_arrete_pas_les_suivants() {
        let dossier = tempfile::tempdir().unwrap();
        let destination = dossier.path().join("2024");
        let ancien = dossier.path().join(".2024.ancien");
        let refuser = |_: &Path| Err(std::io::Error::from(std::io::ErrorKind::PermissionDenied));
        for numero in [1, 2] {
            fs::create_dir(&ancien).unwrap();
            fs::write(ancien.join("a.txt"), "ancien").unwrap();
            ecarter(&ancien, refuser);
            assert!(!ancien.exists() && dossier.path().join(format!(".2024.reste-{numero}")).exists());
        }
        // Read-only folders are no obstacle, and what was left goes with the next run.
        fs::create_dir_all(ancien.join("interne")).unwrap();
        let mut droits = fs::metadata(ancien.join("interne")).unwrap().permissions();
        fs::write(ancien.join("interne/a.txt"), "ancien").unwrap();
        droits.set_readonly(true);
        fs::set_permissions(ancien.join("interne"), droits).unwrap();
        fs::create_dir(&destination).unwrap();
        drop(Chantier::ouvrir(&destination).unwrap());
        let restes: Vec<_> = fs::read_dir(dossier.path()).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(restes.len(), 2, "le rapport et le verrou : {restes:?}");
    }

    #[test]
    fn deux_lancements_a_la_fois_ne_se_melangent_pas() {
        let dossier = tempfile::tempdir().unwrap();
        let destination = dossier.path().join("2024");
        let premier = Chantier::ouvrir(&destination).unwrap();
        assert!(matches!(Chantier::ouvrir(&destination), Err(ErreurPublication::Occupe(_))));
        drop(premier);
        assert!(Chantier::ouvrir(&destination).is_ok());
    }
}
