//! `observatoire simuler`

use super::COMPLET;
use crate::simulation::{Parametres, ParametresPays, simuler, simuler_un_pays};
use anstream::println;
use std::path::PathBuf;

/// Those of France, more or less.
const AM_PAR_COMMUNE: u32 = 9;

/// Fabrique un territoire fictif, avec les fichiers qu’un bureau enverrait.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exemples :\n  observatoire simuler --graine 2024 data/demo\n  observatoire simuler --communes 900 --am 8000 --annees 10 --graine 1 departement\n\nAvec --communes, le dossier reçoit aussi le pipeline : observatoire lancer departement/pipelines/pays.toml"
)]
pub(super) struct Arguments {
    /// Point de départ du hasard, 2024 par défaut : la même graine donne les mêmes fichiers, à l’octet près.
    #[arg(long, value_name = "N", default_value_t = 2024, hide_default_value = true)]
    graine: u64,
    /// Simule un grand territoire de tant de communes (de 15 à 36 000), au lieu de la démonstration.
    #[arg(long, value_name = "N")]
    communes: Option<u32>,
    /// Assistants maternels de ce territoire, à la dernière date (par défaut : 9 par commune).
    #[arg(long, value_name = "N", requires = "communes")]
    am: Option<u32>,
    /// Listes annuelles de ce territoire, jusqu’à celle de 2024 (par défaut : 10).
    #[arg(long, value_name = "N", requires = "communes", default_value_t = 10, hide_default_value = true)]
    annees: u32,
    /// Dossier où écrire les fichiers, data/demo par défaut ; pays, avec --communes.
    dossier: Option<PathBuf>,
}

pub(super) fn executer(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let par_defaut = if arguments.communes.is_some() { "pays" } else { "data/demo" };
    let dossier = arguments.dossier.clone().unwrap_or_else(|| PathBuf::from(par_defaut));
    let fichiers = match arguments.communes {
        None => simuler(&Parametres::demo(arguments.graine), &dossier)?,
        Some(communes) => {
            let parametres = ParametresPays {
                graine: arguments.graine,
                communes,
                assistants_maternels: arguments.am.unwrap_or(communes.saturating_mul(AM_PAR_COMMUNE)),
                annees: arguments.annees,
            };
            simuler_un_pays(&parametres, &dossier)?
        }
    };
    println!("{} fichiers écrits dans {}", fichiers.len(), dossier.display());
    Ok(COMPLET)
}
