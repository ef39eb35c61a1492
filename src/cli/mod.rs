//! The command line: one file per command, thin; the only module that prints.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod catalogue;
mod etude;
mod expliquer;
mod francais;
mod init;
mod lancer;
mod progression;
mod questionnaire;
mod recuperer;
mod schema;
mod simuler;
mod verifier;

use crate::defaut::surveiller;
use crate::open_data::Cache;
use crate::pipeline::Options;
use anstream::eprintln;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Everything is done and every figure of the catalogue has a value.
pub const COMPLET: u8 = 0;
/// Nothing was done; the old report is as it was.
pub const ECHEC: u8 = 1;
/// The report is written, but something is missing from it, and said.
pub const LACUNES: u8 = 2;

const EXEMPLES: &str = "\
Exemples :
  observatoire init data/mon-territoire --epci 200072882
  observatoire lancer pipelines/demo.toml
  observatoire verifier pipelines/demo.toml
  observatoire expliquer taux_activite --commune Aubrelonde
  observatoire etude pipelines/demo.toml --commune Oux --type micro-creche --places 12
  observatoire catalogue
  observatoire recuperer pipelines/vie-et-boulogne.toml
  observatoire questionnaire data/mon-territoire/enquete.xlsx --nom parents
  observatoire simuler --graine 2024 data/demo

Codes de retour :
  0  complet : tout ce que les fichiers disent est lu
  2  complet, avec des lacunes : le rapport est écrit et dit ce qui manque
  1  échec : rien n’est écrit, l’ancien rapport est intact";

/// L’observatoire de la petite enfance d’un relais : des fichiers de bureau aux cartes, graphiques et
/// indicateurs par commune, en une commande.
#[derive(Debug, Parser)]
#[command(name = "observatoire", version, after_help = EXEMPLES)]
struct Arguments {
    #[command(subcommand)]
    commande: Commande,
}

#[derive(Debug, Subcommand)]
enum Commande {
    Catalogue(catalogue::Arguments),
    Etude(etude::Arguments),
    Expliquer(expliquer::Arguments),
    Init(init::Arguments),
    Lancer(lancer::Arguments),
    Recuperer(recuperer::Arguments),
    Verifier(verifier::Arguments),
    Questionnaire(questionnaire::Arguments),
    Schema(schema::Arguments),
    Simuler(simuler::Arguments),
    /// Écrit la complétion des commandes pour un shell.
    #[command(after_help = "Exemple :\n  observatoire completion bash > /etc/bash_completion.d/observatoire")]
    Completion {
        /// bash, zsh, fish, elvish ou powershell.
        #[arg(hide_possible_values = true)]
        shell: clap_complete::Shell,
    },
}

/// Runs the command line and gives the exit code.
pub fn main() -> ExitCode {
    let commande = || francais::traduire(Arguments::command());
    let arguments = match commande().try_get_matches().and_then(|m| Arguments::from_arg_matches(&m)) {
        Ok(arguments) => arguments,
        Err(erreur) => return ExitCode::from(refuser(&erreur)),
    };
    match surveiller(|| executer(arguments.commande, commande)) {
        Some(Ok(code)) => ExitCode::from(code),
        Some(Err(erreur)) => {
            eprintln!("\u{1b}[1;31mErreur\u{1b}[0m : {erreur}");
            ExitCode::from(ECHEC)
        }
        None => ExitCode::from(ECHEC),
    }
}

fn executer(
    commande: Commande,
    aide: impl FnOnce() -> clap::Command,
) -> Result<u8, Box<dyn std::error::Error>> {
    match commande {
        Commande::Catalogue(arguments) => catalogue::executer(&arguments),
        Commande::Etude(arguments) => etude::executer(&arguments),
        Commande::Expliquer(arguments) => expliquer::executer(&arguments),
        Commande::Init(arguments) => init::executer(&arguments),
        Commande::Lancer(arguments) => lancer::executer(&arguments),
        Commande::Recuperer(arguments) => recuperer::executer(&arguments),
        Commande::Verifier(arguments) => verifier::executer(&arguments),
        Commande::Questionnaire(arguments) => questionnaire::executer(&arguments),
        Commande::Schema(arguments) => schema::executer(&arguments),
        Commande::Simuler(arguments) => simuler::executer(&arguments),
        Commande::Completion { shell } => {
            clap_complete::generate(shell, &mut aide(), "observatoire", &mut std::io::stdout());
            Ok(COMPLET)
        }
    }
}

/// Help and version are no failure; a wrong call is.
fn refuser(erreur: &clap::Error) -> u8 {
    if erreur.use_stderr() {
        eprintln!("\u{1b}[1;31mErreur\u{1b}[0m : {}", francais::expliquer(erreur));
        return ECHEC;
    }
    // Printing can only fail if the terminal is gone: there is nobody left to tell.
    let _ = erreur.print();
    COMPLET
}

/// A path as it is written after a command: between quotes if it would not be one word.
fn en_argument(chemin: &Path) -> String {
    let texte = chemin.display().to_string();
    let seul = texte.chars().all(|c| c.is_alphanumeric() || "-_./\\:".contains(c));
    if seul { texte } else { format!("\"{texte}\"") }
}

/// The root of the installation that a pipeline belongs to: the folder that holds `pipelines/`.
fn racine(pipeline: &Path) -> PathBuf {
    let dossier = pipeline.parent().unwrap_or(Path::new(""));
    let parent = if dossier.as_os_str().is_empty() {
        Path::new("..")
    } else {
        dossier.parent().unwrap_or(Path::new("."))
    };
    if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_owned() }
}

/// Where the commands of a pipeline read and write, unless the person chose other folders.
fn options(pipeline: &Path, rapports: Option<&Path>, cache: Option<&Path>) -> Options {
    let racine = racine(pipeline);
    Options {
        rapports: rapports.map_or_else(|| racine.join("reports"), Path::to_owned),
        donnees: racine.join("data"),
        cache: Cache::new(cache.map_or_else(|| racine.join("data/cache"), Path::to_owned)),
        livrables: Vec::new(),
        tout_refaire: false,
    }
}
