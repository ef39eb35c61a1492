//! `observatoire recuperer`

use super::{COMPLET, LACUNES, racine};
use crate::open_data::{Cache, recuperer_depuis};
use crate::pipeline::Declaration;
use anstream::println;
use std::path::PathBuf;

/// Remplit le cache des données publiques d’un pipeline (composition des EPCI, code officiel géographique,
/// contours, naissances).
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exemple :\n  observatoire recuperer pipelines/tonnerrois.toml --depuis ~/Téléchargements\n\nChaque fichier est reconnu à son contenu, quel que soit son nom."
)]
pub(super) struct Arguments {
    /// Le pipeline du territoire.
    pipeline: PathBuf,
    /// Dossier où les fichiers publics ont été déposés.
    #[arg(long, value_name = "DOSSIER")]
    depuis: PathBuf,
    /// Dossier du cache (par défaut : data/cache, à côté de pipelines).
    #[arg(long, value_name = "DOSSIER")]
    cache: Option<PathBuf>,
}

pub(super) fn executer(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let declaration = Declaration::lire(&arguments.pipeline)?;
    let dossier = arguments.cache.clone().unwrap_or_else(|| racine(&arguments.pipeline).join("data/cache"));
    let voulus = declaration.sources.iter().filter(|s| s.fichier.is_none()).map(|s| s.genre).collect();
    let epci = declaration.territoire.identifiant();
    let aujourd_hui = aujourd_hui();
    let bilan = recuperer_depuis(epci, &voulus, &arguments.depuis, &Cache::new(&dossier), aujourd_hui)?;
    for (genre, chemin, change) in &bilan.prises {
        let etat = if *change { "pris" } else { "déjà à jour" };
        println!("  {:34} {etat:12} {}", genre.libelle(), chemin.display());
    }
    for genre in &bilan.manquantes {
        println!(
            "  {:34} \u{1b}[33mmanque\u{1b}[0m       aucun fichier du dossier n’est de cette sorte",
            genre.libelle()
        );
    }
    println!(
        "{} fichier(s) pour ce pipeline dans {} ; {} fichier(s) du dossier ne lui servent pas",
        bilan.prises.len(),
        dossier.display(),
        bilan.inconnus.len()
    );
    Ok(if bilan.manquantes.is_empty() { COMPLET } else { LACUNES })
}

/// The day, written in the register of the cache and nowhere else.
#[allow(clippy::disallowed_methods)]
pub(super) fn aujourd_hui() -> chrono::NaiveDate {
    let secondes = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0));
    chrono::DateTime::from_timestamp(secondes, 0).map(|d| d.date_naive()).unwrap_or_default()
}
