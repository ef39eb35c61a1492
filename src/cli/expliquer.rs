//! `observatoire expliquer`

use super::progression::Barre;
use super::{COMPLET, options};
use crate::pipeline::{Demande, Explication, expliquer};
use anstream::println;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Dit d’où vient un chiffre : formule, numérateur et dénominateur, sources et dates.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exemples :\n  observatoire expliquer taux_activite\n  observatoire expliquer am_places --commune Aubrelonde --annee 2022\n  observatoire expliquer places_pour_100 --pipeline pipelines/demo.toml --json\n\nSans --pipeline, c’est celui du dernier rapport écrit. Rien n’est écrit ni changé."
)]
pub(super) struct Arguments {
    /// L’indicateur : son identifiant ou son nom (voir « observatoire catalogue »).
    indicateur: String,
    /// Une commune, par son nom ou son code (par défaut : tout le territoire).
    #[arg(long, value_name = "COMMUNE")]
    commune: Option<String>,
    /// L’année (par défaut : celle du rapport).
    #[arg(long, value_name = "ANNÉE")]
    annee: Option<i32>,
    /// Le pipeline du territoire.
    #[arg(long, value_name = "FICHIER")]
    pipeline: Option<PathBuf>,
    /// Dossier du cache des données publiques (par défaut : data/cache, à côté de pipelines).
    #[arg(long, value_name = "DOSSIER")]
    cache: Option<PathBuf>,
    /// Écrit l’explication en JSON.
    #[arg(long)]
    json: bool,
}

const GRAS: &str = "\u{1b}[1m";
const FIN: &str = "\u{1b}[0m";

pub(super) fn executer(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let pipeline = match &arguments.pipeline {
        Some(pipeline) => pipeline.clone(),
        None => dernier_pipeline(Path::new("reports"), Path::new("pipelines")).ok_or(
            "de quel territoire ? Aucun rapport n’est écrit ici : ajoutez « --pipeline pipelines/….toml »",
        )?,
    };
    let options = options(&pipeline, None, arguments.cache.as_deref());
    let demande = Demande {
        indicateur: arguments.indicateur.clone(),
        commune: arguments.commune.clone(),
        annee: arguments.annee,
    };
    let barre = Barre::new(arguments.json);
    let issue = expliquer(&pipeline, &demande, &options, &barre);
    barre.finir();
    let explications = issue?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&explications)?);
        return Ok(COMPLET);
    }
    let indicateur = explications.indicateur;
    println!("\n{GRAS}{} — {}, {}{FIN}", indicateur.libelle, explications.lieu, explications.annee);
    println!("{}", indicateur.definition);
    println!("Formule : {}.", explications.formule);
    if !indicateur.precaution.is_empty() {
        println!("À savoir : {}", indicateur.precaution);
    }
    explications.figures.iter().for_each(raconter);
    Ok(COMPLET)
}

fn raconter(figure: &Explication) {
    let titre = if figure.modalite.is_empty() { "" } else { " — " };
    println!("\n{GRAS}{}{FIN}{titre}{}", figure.valeur, figure.modalite);
    for (mot, texte) in [("calcul", &figure.calcul), ("statut", &figure.statut), ("parties", &figure.parties)]
    {
        if !texte.is_empty() {
            println!("  {mot:8} {texte}");
        }
    }
    for manquante in &figure.manquantes {
        println!("  {:8} {manquante}", "manque");
    }
    for source in &figure.sources {
        println!("  {:8} {source}", "source");
    }
}

/// The pipeline whose report was written last.
fn dernier_pipeline(rapports: &Path, pipelines: &Path) -> Option<PathBuf> {
    let ecrit_le = |dossier: &Path| -> Option<SystemTime> {
        let annees = std::fs::read_dir(dossier).ok()?.flatten();
        annees.filter_map(|annee| annee.path().join("journal.json").metadata().ok()?.modified().ok()).max()
    };
    std::fs::read_dir(rapports)
        .ok()?
        .flatten()
        .filter_map(|dossier| {
            let pipeline = pipelines.join(dossier.file_name()).with_extension("toml");
            pipeline.is_file().then_some((ecrit_le(&dossier.path())?, pipeline))
        })
        .max()
        .map(|(_, pipeline)| pipeline)
}
