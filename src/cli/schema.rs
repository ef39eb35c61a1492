//! `observatoire schema`

use super::COMPLET;
use crate::tables::schema::schemas;
use anstream::println;
use std::path::PathBuf;

/// Écrit le schéma (Table Schema) de chaque fichier attendu, pour vérifier un export avec Validata.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exemple :\n  observatoire schema --dossier schemas\n\nSans dossier, les schémas s’affichent en une seule liste."
)]
pub(super) struct Arguments {
    /// Dossier où écrire un fichier par sorte de source (pmi.json, structures.json…).
    #[arg(long, value_name = "DOSSIER")]
    dossier: Option<PathBuf>,
}

pub(super) fn executer(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let schemas = schemas();
    let Some(dossier) = &arguments.dossier else {
        println!("{}", serde_json::to_string_pretty(&schemas)?);
        return Ok(COMPLET);
    };
    std::fs::create_dir_all(dossier)?;
    for schema in &schemas {
        let nom = schema["name"].as_str().unwrap_or_default();
        let chemin = dossier.join(format!("{nom}.json"));
        std::fs::write(&chemin, serde_json::to_string_pretty(schema)? + "\n")?;
    }
    println!("{} schémas écrits dans {}", schemas.len(), dossier.display());
    Ok(COMPLET)
}
