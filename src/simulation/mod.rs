//! Fictional territories, as an office would send them.
//!
//! The simulation goes in two steps. [`Territoire::imaginer`] makes a model, whole and clean: communes
//! with their contours, careers of assistants maternels year after year, structures, births, children.
//! The writers of `bureau` then turn the model into the files that a relais receives, with the dirt
//! that they really have. Totals are known exactly from the model, so that what the pipeline reads from
//! the files can be checked against it.
//!
//! Everything comes from one seed, through ChaCha8: the same [`Parametres`] give the same bytes. Each
//! part of the model and each file draws from a stream of its own, so that changing one leaves the
//! others as they were.

mod bureau;
mod carrieres;
mod carte;
mod communes;
mod noms;
mod parametres;
mod pays;
mod petite_enfance;
mod structures;
mod territoire;

pub use carrieres::{Agrement, Assistante, Mam};
pub use communes::Commune;
pub use parametres::{MicroCreche, Millesime, Naissances, Parametres};
pub use pays::{ParametresPays, simuler_un_pays};
pub use petite_enfance::Comptes;
pub use structures::{Genre, Structure};
pub use territoire::Territoire;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::path::{Path, PathBuf};

/// Why a territory could not be simulated.
#[derive(Debug, thiserror::Error)]
pub enum ErreurSimulation {
    /// The parameters contradict each other.
    #[error("les paramètres de la simulation se contredisent : {0}")]
    Parametres(String),
    /// No valid map was found with that seed.
    #[error(
        "la graine {0} ne donne aucune carte dont tous les contours soient valides : prenez-en une autre"
    )]
    Carte(u64),
    /// A workbook could not be made.
    #[error("le classeur « {fichier} » n’a pas pu être composé : {cause}")]
    Classeur {
        /// Path inside the folder of the territory.
        fichier: String,
        /// What the library says.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file could not be written.
    #[error("impossible d’écrire « {} » : {cause}. Vérifiez que le dossier existe et qu’il n’est pas protégé", fichier.display())]
    Ecriture {
        /// The file or the folder.
        fichier: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
}

/// Makes a fictional territory and writes it into `dossier`, which is created if need be. Files of the
/// same names are replaced; others are left alone. Returns the paths written, sorted.
///
/// # Errors
/// If the parameters contradict each other, or if a file cannot be written.
pub fn simuler(parametres: &Parametres, dossier: &Path) -> Result<Vec<PathBuf>, ErreurSimulation> {
    let territoire = Territoire::imaginer(parametres)?;
    let mut ecrits = Vec::new();
    for (chemin, octets) in bureau::fichiers(&territoire)? {
        let fichier = dossier.join(chemin);
        ecrire(&fichier, &octets)?;
        ecrits.push(fichier);
    }
    Ok(ecrits)
}

fn ecrire(fichier: &Path, octets: &[u8]) -> Result<(), ErreurSimulation> {
    let echec = |cause| ErreurSimulation::Ecriture { fichier: fichier.to_owned(), cause };
    if let Some(parent) = fichier.parent() {
        std::fs::create_dir_all(parent).map_err(echec)?;
    }
    std::fs::write(fichier, octets).map_err(echec)
}

/// The streams of chance, one for each part that must not depend on the others.
#[derive(Debug, Clone, Copy)]
enum Flux {
    Carte = 1,
    Communes,
    Carrieres,
    Structures,
    PetiteEnfance,
    Pmi,
    Caf,
    Questionnaires,
    Services,
}

impl Flux {
    fn ouvrir(self, graine: u64) -> ChaCha8Rng {
        let mut hasard = ChaCha8Rng::seed_from_u64(graine);
        hasard.set_stream(self as u64);
        hasard
    }
}

/// Shares `total` between parts in proportion to whole `poids`, by the largest remainder: the parts add
/// up to the total exactly. Without any weight, nothing is shared.
fn repartir(total: u32, poids: &[u64]) -> Vec<u32> {
    let somme: u64 = poids.iter().sum();
    if somme == 0 {
        return vec![0; poids.len()];
    }
    let entier = |valeur: u64| u32::try_from(valeur).unwrap_or(u32::MAX);
    let mut parts: Vec<u32> = poids.iter().map(|p| entier(u64::from(total) * p / somme)).collect();
    let mut ordre: Vec<usize> = (0..poids.len()).collect();
    ordre.sort_by_key(|&i| (std::cmp::Reverse(u64::from(total) * poids[i] % somme), i));
    let manque = total - parts.iter().sum::<u32>();
    for &i in ordre.iter().take(manque as usize) {
        parts[i] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/demo");

    #[test]
    fn la_demo_est_celle_de_la_graine() {
        let essai = tempfile::tempdir().expect("dossier temporaire");
        let ecrits = simuler(&Parametres::demo(2024), essai.path()).expect("simulation");
        assert_eq!(ecrits.len(), 21);
        for fichier in ecrits {
            let chemin = fichier.strip_prefix(essai.path()).expect("dans le dossier");
            let attendu = std::fs::read(&fichier).expect("fichier écrit");
            let commis = std::fs::read(Path::new(DEMO).join(chemin)).unwrap_or_default();
            assert!(
                attendu == commis,
                "data/demo/{} n’est pas celui de la graine : `cargo run -- simuler --graine 2024 data/demo`",
                chemin.display()
            );
        }
    }

    #[test]
    fn une_autre_graine_donne_un_autre_territoire() {
        let (a, b) = (Parametres::demo(1), Parametres::demo(2));
        let liste = |p| bureau::fichiers(&Territoire::imaginer(p).expect("modèle")).expect("fichiers");
        let (a, b) = (liste(&a), liste(&b));
        assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
        assert_ne!(a["pmi/agrements_2024-12-31.xlsx"], b["pmi/agrements_2024-12-31.xlsx"]);
        assert_ne!(a["territoire/contours.geojson"], b["territoire/contours.geojson"]);
    }

    #[test]
    fn un_dossier_impossible_est_dit_en_francais() {
        let essai = tempfile::tempdir().expect("dossier temporaire");
        let occupe = essai.path().join("occupe");
        std::fs::write(&occupe, "un fichier").expect("écriture");
        let erreur = simuler(&Parametres::demo(2024), &occupe).expect_err("un fichier n’est pas un dossier");
        assert!(erreur.to_string().contains("impossible d’écrire"), "{erreur}");
    }

    #[test]
    fn repartir_rend_le_total() {
        assert_eq!(repartir(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(repartir(7, &[0, 5, 0]), [0, 7, 0]);
        assert_eq!(repartir(7, &[0, 0]), [0, 0]);
    }
}
