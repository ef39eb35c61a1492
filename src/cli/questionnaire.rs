//! `observatoire questionnaire`

use super::COMPLET;
use crate::pipeline::ebaucher_questionnaire;
use anstream::{eprintln, println};
use std::path::{Path, PathBuf};

/// Devine les questions d’un fichier de réponses et en écrit la déclaration, à relire.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exemple :\n  observatoire questionnaire data/mon-territoire/enquete_parents.xlsx --nom parents_2024\n\nLe type de chaque question est deviné d’après les réponses. Ce qui n’est pas sûr est marqué « À VÉRIFIER ».\nUne déclaration qui existe n’est jamais remplacée."
)]
pub(super) struct Arguments {
    /// Fichier des réponses : csv, xlsx ou ods, tel que le formulaire l’exporte.
    fichier: PathBuf,
    /// Nom court du questionnaire (par défaut, celui du fichier).
    #[arg(long, value_name = "NOM")]
    nom: Option<String>,
    /// Feuille du classeur, s’il en a plusieurs.
    #[arg(long, value_name = "FEUILLE")]
    feuille: Option<String>,
    /// Déclaration à écrire (par défaut : pipelines/questionnaires/, sous le nom du questionnaire).
    #[arg(long, value_name = "FICHIER")]
    sortie: Option<PathBuf>,
}

pub(super) fn executer(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let du_fichier = || arguments.fichier.file_stem().map(|n| n.to_string_lossy().into_owned());
    let nom = arguments.nom.clone().or_else(du_fichier).unwrap_or_else(|| "questionnaire".to_owned());
    let par_defaut = || Path::new("pipelines/questionnaires").join(format!("{nom}.toml"));
    let sortie = arguments.sortie.clone().unwrap_or_else(par_defaut);
    if sortie.exists() {
        return Err(format!(
            "{} existe déjà et n’est pas remplacé : renommez-le, ou donnez un autre nom avec --nom",
            sortie.display()
        )
        .into());
    }
    let ebauche = ebaucher_questionnaire(&arguments.fichier, arguments.feuille.as_deref(), &nom)?;
    if let Some(dossier) = sortie.parent() {
        std::fs::create_dir_all(dossier)?;
    }
    std::fs::write(&sortie, &ebauche.texte)?;
    println!("{} question(s) devinée(s) dans {}", ebauche.questions, arguments.fichier.display());
    if ebauche.ecartees > 0 {
        println!("{} colonne(s) personnelle(s) laissée(s) de côté", ebauche.ecartees);
    }
    if ebauche.a_verifier > 0 {
        println!(
            "\u{1b}[33m{} question(s) à vérifier\u{1b}[0m : cherchez « À VÉRIFIER »",
            ebauche.a_verifier
        );
    }
    println!("La déclaration est écrite : {}", sortie.display());
    eprintln!("Dans le pipeline, sous la source de ces réponses :  questionnaire = \"{nom}\"");
    Ok(COMPLET)
}
