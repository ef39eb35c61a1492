//! `observatoire init`

use super::recuperer::aujourd_hui;
use super::{COMPLET, en_argument, options};
use crate::pipeline::{ebaucher, pipeline_du_dossier};
use anstream::println;
use chrono::Datelike;
use std::path::{Path, PathBuf};

/// Reconnaît les fichiers d’un dossier et écrit la première version de son pipeline, ou y ajoute ceux de l’année.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exemple :\n  observatoire init data/mon-territoire --epci 200072882\n\nChaque fichier est reconnu à son contenu. Ce qui n’est pas sûr est marqué « À VÉRIFIER » dans le pipeline,\navec la raison et les autres possibilités. Un pipeline qui existe n’est jamais remplacé : les fichiers qu’il ne nomme\npas encore sont ajoutés à la fin."
)]
pub(super) struct Arguments {
    /// Dossier où les fichiers de l’année ont été déposés.
    dossier: PathBuf,
    /// Numéro SIREN de l’intercommunalité, ou son nom ; inutile si le pipeline existe.
    #[arg(long, value_name = "SIREN")]
    epci: Option<String>,
    /// Pipeline à écrire ou à compléter (par défaut : pipelines/, sous le nom du dossier).
    #[arg(long, value_name = "FICHIER")]
    sortie: Option<PathBuf>,
}

pub(super) fn executer(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let sortie = arguments.sortie.clone().unwrap_or_else(|| sortie_par_defaut(&arguments.dossier));
    let donnees = options(&sortie, None, None).donnees;
    let ebauche = ebaucher(&arguments.dossier, arguments.epci.as_deref(), &sortie, &donnees, aujourd_hui())?;
    let nouvelles = if ebauche.existant.is_some() { " et nouvelle(s)" } else { "" };
    println!("{} source(s) reconnue(s){nouvelles} dans {}", ebauche.sources, arguments.dossier.display());
    if ebauche.laisses > 0 {
        println!(
            "{} fichier(s) laissé(s) de côté, cités à la fin du pipeline avec la raison",
            ebauche.laisses
        );
    }
    if ebauche.deja_lus > 0 {
        println!(
            "{} fichier(s) que les rapports d’avant ont déjà lus, et que le pipeline ne nomme plus, ne sont pas repris",
            ebauche.deja_lus
        );
    }
    if ebauche.a_verifier > 0 {
        println!("\u{1b}[33m{} point(s) à vérifier\u{1b}[0m : cherchez « À VÉRIFIER »", ebauche.a_verifier);
    }
    match ebauche.existant {
        None => println!("Le pipeline est écrit : {}", sortie.display()),
        Some(_) if ebauche.sources + ebauche.laisses == 0 => {
            println!("Rien à ajouter : {} reste tel quel.", sortie.display());
        }
        Some(_) => println!("Ajouté à la fin de {}, dont rien d’autre n’est changé.", sortie.display()),
    }
    for avis in &ebauche.avis {
        println!("\u{1b}[33mÀ regarder\u{1b}[0m : {avis}.");
    }
    if let Some((avant, jour)) = ebauche.existant.zip(ebauche.a_dater) {
        println!(
            "\u{1b}[33mLe rapport est encore celui de {}\u{1b}[0m : sous [observation], remplacez « date = {avant} » par « date = {jour} »",
            avant.year()
        );
        if jour.month() == 1 {
            println!(
                "(gardez-la, si cette liste de janvier dit l’état de la fin de l’année d’avant : voyez « À VÉRIFIER »)"
            );
        }
    }
    let argument = en_argument(&sortie);
    println!("Relisez-le, puis lancez :  observatoire lancer {argument}");
    if ebauche.a_recuperer {
        println!("(d’abord, une fois, pour les données publiques :  observatoire recuperer {argument})");
    }
    Ok(COMPLET)
}

/// `pipelines/<name of the folder>.toml`; or the pipeline that reads files of the folder, under whatever name.
fn sortie_par_defaut(dossier: &Path) -> PathBuf {
    let absolu = dossier.canonicalize().unwrap_or_else(|_| dossier.to_owned());
    let nom = absolu.file_name().map_or_else(|| "territoire".into(), |n| n.to_string_lossy().into_owned());
    let pipelines = Path::new("pipelines");
    let du_nom = pipelines.join(format!("{nom}.toml"));
    if du_nom.exists() { du_nom } else { pipeline_du_dossier(dossier, pipelines).unwrap_or(du_nom) }
}
