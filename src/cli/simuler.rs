//! `observatoire simuler`

use super::COMPLET;
use crate::simulation::{Parametres, simuler};
use anstream::println;
use std::path::PathBuf;

/// Fabrique un territoire fictif, avec les fichiers qu’un bureau enverrait.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exemple :\n  observatoire simuler --graine 2024 data/demo")]
pub(super) struct Arguments {
    /// Point de départ du hasard, 2024 par défaut : la même graine donne les mêmes fichiers, à l’octet près.
    #[arg(long, value_name = "N", default_value_t = 2024, hide_default_value = true)]
    graine: u64,
    /// Dossier où écrire les fichiers, data/demo par défaut.
    #[arg(default_value = "data/demo", hide_default_value = true)]
    dossier: PathBuf,
}

pub(super) fn executer(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let fichiers = simuler(&Parametres::demo(arguments.graine), &arguments.dossier)?;
    println!("{} fichiers écrits dans {}", fichiers.len(), arguments.dossier.display());
    Ok(COMPLET)
}
