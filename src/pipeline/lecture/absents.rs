//! A file that is not where the pipeline says: where it may be.

use crate::sources::valeurs::replier;
use std::path::{Component, Path, PathBuf};

/// So many letters, for one that is mistyped, beside the first.
const LETTRES_PAR_FAUTE: usize = 10;

/// The path, from the folder of the pipeline, of the file that is most likely meant; none if nothing is like it.
pub(super) fn proposer(dossier: &Path, fichier: &Path) -> Option<String> {
    let mut chemins = vec![fichier.to_owned()];
    // Written from the folder of the project, as commands are; or the other way round.
    chemins.push(Path::new("..").join(fichier));
    chemins.extend(fichier.strip_prefix("..").map(Path::to_owned));
    let la = |chemin: &PathBuf| dossier.join(chemin).is_file();
    let trouve = chemins.iter().find(|chemin| la(chemin)).cloned();
    let trouve = trouve.or_else(|| chemins.iter().find_map(|chemin| voisin(dossier, chemin)))?;
    let morceaux = trouve.components().map(|morceau| match morceau {
        Component::RootDir => String::new(),
        autre => autre.as_os_str().to_string_lossy().into_owned(),
    });
    Some(morceaux.collect::<Vec<_>>().join("/"))
}

/// The file of the same folder whose name is most like this one: but for its case, its accents, its ending, or a letter or
/// two; never but for a number, which is mostly that of a year.
fn voisin(dossier: &Path, chemin: &Path) -> Option<PathBuf> {
    let parent = chemin.parent()?;
    let radical = |chemin: &Path| Some(replier(&chemin.file_stem()?.to_string_lossy()));
    let nombres = |nom: &str| nom.chars().filter(char::is_ascii_digit).collect::<String>();
    let cherche = radical(chemin)?;
    let noms = std::fs::read_dir(dossier.join(parent)).ok()?.filter_map(|entree| Some(entree.ok()?.path()));
    let fichiers = noms.filter(|autre| autre.is_file());
    let notes = fichiers.filter_map(|autre| {
        let nom = radical(&autre)?;
        let fautes = strsim::osa_distance(&cherche, &nom);
        let proche = fautes <= 1 + cherche.chars().count() / LETTRES_PAR_FAUTE;
        (proche && nombres(&nom) == nombres(&cherche)).then_some((fautes, autre))
    });
    let (_, autre) = notes.min()?;
    Some(parent.join(autre.file_name()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_fichier_absent_se_cherche_ou_on_l_ecrit_par_erreur() {
        let projet = tempfile::tempdir().unwrap();
        let dossier = projet.path().join("pipelines");
        for sous_dossier in ["pipelines", "data/pmi"] {
            std::fs::create_dir_all(projet.path().join(sous_dossier)).unwrap();
        }
        for fichier in ["Agréments 2024.xlsx", "agrements 2023.xlsx", "naissances.ods"] {
            std::fs::write(projet.path().join("data/pmi").join(fichier), "x").unwrap();
        }
        for (ecrit, propose) in [
            ("data/pmi/naissances.ods", Some("../data/pmi/naissances.ods")),
            ("../data/pmi/naissances.csv", Some("../data/pmi/naissances.ods")),
            ("../data/pmi/naisances.ods", Some("../data/pmi/naissances.ods")),
            ("data/pmi/AGREMENTS 2024.xlsx", Some("../data/pmi/Agréments 2024.xlsx")),
            // That of another year is not the one that is missing.
            ("../data/pmi/agrements 2025.xlsx", None),
            ("../data/pmi/structures.ods", None),
            ("../ailleurs/naissances.ods", None),
        ] {
            assert_eq!(proposer(&dossier, Path::new(ecrit)).as_deref(), propose, "{ecrit}");
        }
    }
}
