//! What the disk refuses, as a person reads it. Knows nothing of childcare.

use std::io::{Error, ErrorKind};

/// What the system said, in French, with what to do where that is known: without the « os error 28 » of its own words.
pub(crate) fn en_francais(cause: &Error) -> String {
    let dit = match cause.kind() {
        ErrorKind::NotFound => "rien n’est à cet endroit",
        ErrorKind::PermissionDenied => "le droit d’y lire ou d’y écrire manque",
        ErrorKind::StorageFull => "le disque est plein, libérez de la place puis recommencez",
        ErrorKind::QuotaExceeded => {
            "la place qui vous est donnée sur ce disque est pleine, libérez-en puis recommencez"
        }
        ErrorKind::NotADirectory => "ce n’est pas un dossier",
        ErrorKind::IsADirectory => {
            "un dossier porte ce nom, là où il faut un fichier, renommez-le ou donnez un autre chemin"
        }
        ErrorKind::ReadOnlyFilesystem => "ce disque se lit mais ne s’écrit pas, choisissez un autre dossier",
        ErrorKind::FileTooLarge => "le fichier est trop gros pour ce disque",
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => {
            "un autre programme s’en sert, fermez-le puis recommencez"
        }
        ErrorKind::InvalidData => "ce n’est pas du texte en UTF-8",
        _ => return format!("l’ordinateur répond « {cause} »"),
    };
    dit.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_disque_plein_et_un_dossier_a_la_place_d_un_fichier_se_disent_en_francais() {
        assert!(en_francais(&Error::from(ErrorKind::StorageFull)).starts_with("le disque est plein"));
        let dossier = tempfile::tempdir().unwrap();
        let refus = std::fs::write(dossier.path(), b"x").unwrap_err();
        let dit = en_francais(&refus);
        assert!(dit.contains("dossier porte ce nom") && !dit.contains("os error"), "{dit}");
    }
}
