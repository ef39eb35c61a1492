//! `observatoire verifier`

use super::lancer::{accorder, compter_les_lignes};
use super::progression::Barre;
use super::{COMPLET, LACUNES, options};
use crate::deliverables::look;
use crate::pipeline::{Verification, verifier};
use crate::quality::Priorite;
use anstream::println;
use std::path::PathBuf;

/// Lit et contrôle les fichiers d’un pipeline, et n’écrit que le rapport de qualité.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exemple :\n  observatoire verifier pipelines/demo.toml\n\nLe rapport de l’année n’est pas touché : seuls qualite.html et rejets.csv sont écrits,\ndans reports/<pipeline>/verification."
)]
pub(super) struct Arguments {
    /// Le pipeline du territoire.
    pipeline: PathBuf,
    /// Dossier des rapports (par défaut : reports, à côté de pipelines).
    #[arg(long, value_name = "DOSSIER")]
    rapports: Option<PathBuf>,
    /// Dossier du cache des données publiques (par défaut : data/cache, à côté de pipelines).
    #[arg(long, value_name = "DOSSIER")]
    cache: Option<PathBuf>,
}

const GRAS: &str = "\u{1b}[1m";
const VERT: &str = "\u{1b}[32m";
const JAUNE: &str = "\u{1b}[33m";
const FIN: &str = "\u{1b}[0m";

pub(super) fn executer(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let options = options(&arguments.pipeline, arguments.rapports.as_deref(), arguments.cache.as_deref());
    let barre = Barre::new(false);
    let issue = verifier(&arguments.pipeline, &options, &barre);
    barre.finir();
    let verification = issue?;
    raconter(&verification);
    Ok(if verification.a_des_lacunes() { LACUNES } else { COMPLET })
}

fn raconter(verification: &Verification) {
    let qualite = &verification.qualite;
    let resume = &qualite.resume;
    println!("\n{GRAS}{} — {}{FIN}\n", qualite.territoire, look::date(qualite.date));
    println!(
        "{} : {} ; fichiers non lus : {}",
        accorder(resume.lignes, "ligne", "lignes"),
        compter_les_lignes(resume.lues, resume.rejetees, resume.mises_de_cote),
        resume.perdues
    );
    if qualite.priorites.is_empty() {
        println!("\n{VERT}Rien à corriger.{FIN}");
    } else {
        println!("\n{GRAS}À corriger d’abord{FIN}");
        qualite.priorites.iter().zip(1..).for_each(|(priorite, rang)| raconter_priorite(rang, priorite));
    }
    println!(
        "\n{VERT}Tout le détail est dans{FIN} {GRAS}{}{FIN}",
        verification.dossier.join("qualite.html").display()
    );
}

fn raconter_priorite(rang: u32, priorite: &Priorite) {
    println!("  {JAUNE}{rang}.{FIN} {} ({})", priorite.titre, priorite.code);
    println!("     {}", priorite.perte);
    for lieu in &priorite.lieux {
        println!("     → {lieu}");
    }
    println!("     {}", priorite.conseil);
    for ligne in &priorite.a_coller {
        println!("       {ligne}");
    }
}
