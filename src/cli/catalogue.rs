//! `observatoire catalogue`

use super::COMPLET;
use crate::indicators::{FAMILLES, Indicateur, Sensibilite, catalogue};
use anstream::println;

/// Dit tous les indicateurs : définition, formule, unité, sources, précautions.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exemples :\n  observatoire catalogue\n  observatoire catalogue --format csv > catalogue.csv"
)]
pub(super) struct Arguments {
    /// md (à lire), json ou csv (pour un tableur).
    #[arg(long, value_name = "FORMAT", default_value = "md", value_parser = ["md", "json", "csv"], hide_possible_values = true, hide_default_value = true)]
    format: String,
}

pub(super) fn executer(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    match arguments.format.as_str() {
        "json" => println!("{}", serde_json::to_string_pretty(&catalogue().collect::<Vec<_>>())?),
        "csv" => print(&en_csv()?),
        _ => print(&en_markdown()),
    }
    Ok(COMPLET)
}

fn print(texte: &str) {
    anstream::print!("{texte}");
}

fn diffusion(sensibilite: Sensibilite) -> &'static str {
    match sensibilite {
        Sensibilite::Publique => "publique",
        Sensibilite::PubliqueEnsemble => {
            "publique pour le territoire, pour le relais seulement commune par commune"
        }
        Sensibilite::Sensible => "sensible : jamais moins de 5 personnes hors du relais",
    }
}

fn en_csv() -> Result<String, Box<dyn std::error::Error>> {
    let mut tableau = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    tableau.write_record([
        "id",
        "libelle",
        "definition",
        "formule",
        "unite",
        "decimales",
        "sources",
        "diffusion",
        "source",
        "precaution",
        "modalites",
    ])?;
    for i in catalogue() {
        let modalites: Vec<&str> = i.modalites.iter().map(|(id, _)| *id).collect();
        tableau.write_record([
            i.id,
            i.libelle,
            i.definition,
            i.formule,
            i.unite.mot(),
            &i.decimales.to_string(),
            &i.entrees.join(" "),
            diffusion(i.sensibilite),
            i.source,
            i.precaution,
            &modalites.join(" "),
        ])?;
    }
    // The mark without which Excel takes the accents for something else.
    Ok(format!("\u{feff}{}", String::from_utf8(tableau.into_inner()?)?))
}

fn en_markdown() -> String {
    let mut texte = String::from("# Les indicateurs\n");
    for famille in FAMILLES {
        texte += "\n## ";
        texte += famille.titre;
        texte += "\n";
        famille.indicateurs.iter().for_each(|i| texte += &fiche(i));
    }
    texte
}

fn fiche(i: &Indicateur) -> String {
    let mut lignes = vec![
        format!("\n### {} (`{}`)\n\n{}\n", i.libelle, i.id, i.definition),
        format!("- formule : {}", i.formule),
        format!("- unité : {}", i.unite.mot()),
        format!("- source : {} (type {})", i.source, i.entrees.join(", ")),
        format!("- diffusion : {}", diffusion(i.sensibilite)),
    ];
    if !i.modalites.is_empty() {
        let modalites: Vec<&str> = i.modalites.iter().map(|(_, libelle)| *libelle).collect();
        lignes.push(format!("- détail : {}", modalites.join(" ; ")));
    }
    if !i.precaution.is_empty() {
        lignes.push(format!("- à savoir : {}", i.precaution));
    }
    lignes.join("\n") + "\n"
}
