//! `observatoire lancer`

use super::progression::Barre;
use super::recuperer::{age, aujourd_hui};
use super::{COMPLET, LACUNES, options};
use crate::deliverables::look;
use crate::indicators::Niveau;
use crate::open_data::Cache;
use crate::pipeline::{CompteRendu, Declaration, Manque, Options, lancer};
use crate::quality::{Bilan, Gravite, Probleme};
use crate::reprises::Repris;
use anstream::println;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Lit les fichiers d’un pipeline et écrit le rapport de l’année.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exemples :\n  observatoire lancer pipelines/demo.toml\n  observatoire lancer pipelines/demo.toml --livrables indicateurs,geojson --json"
)]
pub(super) struct Arguments {
    /// Le pipeline du territoire.
    pipeline: PathBuf,
    /// Livrables à écrire, séparés par des virgules (par défaut : tous).
    #[arg(long, value_name = "NOMS", value_delimiter = ',')]
    livrables: Vec<String>,
    /// Dossier des rapports (par défaut : reports, à côté de pipelines).
    #[arg(long, value_name = "DOSSIER")]
    rapports: Option<PathBuf>,
    /// Dossier du cache des données publiques (par défaut : data/cache, à côté de pipelines).
    #[arg(long, value_name = "DOSSIER")]
    cache: Option<PathBuf>,
    /// Refait tout, même ce qu’un lancement précédent a fait des mêmes chiffres.
    #[arg(long)]
    tout_refaire: bool,
    /// N’affiche rien, sauf les erreurs.
    #[arg(long, short, conflicts_with = "json")]
    silencieux: bool,
    /// Écrit le compte rendu en JSON, pour un programme.
    #[arg(long)]
    json: bool,
}

pub(super) fn executer(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let options = Options {
        livrables: arguments.livrables.clone(),
        tout_refaire: arguments.tout_refaire,
        ..options(&arguments.pipeline, arguments.rapports.as_deref(), arguments.cache.as_deref())
    };
    let barre = Barre::new(arguments.silencieux || arguments.json);
    let issue = lancer(&arguments.pipeline, &options, &barre);
    barre.finir();
    let compte_rendu = issue?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&en_json(&compte_rendu))?);
    } else if !arguments.silencieux {
        raconter(&compte_rendu);
        dire_l_age_du_cache(&arguments.pipeline, &options.cache);
    }
    Ok(if compte_rendu.a_des_lacunes() { LACUNES } else { COMPLET })
}

const GRAS: &str = "\u{1b}[1m";
const JAUNE: &str = "\u{1b}[33m";
const VERT: &str = "\u{1b}[32m";
const FIN: &str = "\u{1b}[0m";

/// Problems shown on screen; the rest is in `rejets.csv`.
const PROBLEMES_MONTRES: usize = 12;

fn raconter(compte_rendu: &CompteRendu) {
    println!("\n{GRAS}{} — {}{FIN}\n", compte_rendu.territoire, compte_rendu.annee);
    println!("{GRAS}Ce qui a été lu{FIN}");
    for bilan in &compte_rendu.bilans.0 {
        println!("{}", ligne_de_bilan(bilan));
    }
    raconter_chiffres(compte_rendu);
    raconter_problemes(compte_rendu);
    raconter_manques(compte_rendu);
    if let Err(cause) = &compte_rendu.historique {
        println!(
            "\n{JAUNE}L’historique n’a pas pu être gardé{FIN} : {cause}. Gardez les fichiers de l’année."
        );
    }
    if let Some(defaut) = compte_rendu.couleurs {
        println!("\n{JAUNE}Couleurs{FIN} : {}", defaut.en_clair());
    }
    raconter_retenus(compte_rendu);
    if !compte_rendu.omissions.is_empty() {
        println!();
    }
    compte_rendu.omissions.iter().for_each(|omission| println!("{omission}"));
    println!("\n{VERT}Le rapport est dans{FIN} {GRAS}{}{FIN}", compte_rendu.dossier.display());
    for audience in ["interne", "elus", "public"] {
        let fichiers = compte_rendu.fichiers.iter().filter(|f| f.starts_with(audience)).count();
        println!("  {audience:8} {fichiers:3} fichiers");
    }
    dire_ce_qui_est_repris(compte_rendu.repris);
}

/// What was not made again, because the figures that it is made of have not changed.
fn dire_ce_qui_est_repris(Repris { repris, faits }: Repris) {
    if repris > 0 {
        println!(
            "\nRepris du lancement précédent, les chiffres étant les mêmes : {repris} pages, images et classeurs sur {}. Pour tout refaire : --tout-refaire",
            repris + faits
        );
    }
}

/// How old the public data are, and how to renew them.
fn dire_l_age_du_cache(pipeline: &Path, cache: &Cache) {
    let Ok(declaration) = Declaration::lire(pipeline) else { return };
    let mut dates: Vec<_> = cache.dates(&declaration.demande()).into_iter().collect();
    dates.sort_by_key(|(genre, date)| (*date, *genre));
    let (Some((genre, date)), Some((_, derniere))) = (dates.first(), dates.last()) else { return };
    let jour = aujourd_hui();
    let quoi =
        if date == derniere { String::new() } else { format!(" (la plus ancienne : {})", genre.libelle()) };
    println!("\nDonnées publiques du cache : {}{quoi}.", age(*date, jour));
    if (jour - *date).num_days() > 1 {
        println!("Pour les renouveler : observatoire recuperer {}", pipeline.display());
    }
}

/// How many figures each audience does not get, and why.
fn raconter_retenus(compte_rendu: &CompteRendu) {
    let nombre = |n: usize| look::nombre(n as f64, 0);
    let retenus = compte_rendu.retenus.iter().filter(|(_, retenus)| retenus.total() > 0);
    for (rang, (audience, retenus)) in retenus.enumerate() {
        let saut = if rang == 0 { "\n" } else { "" };
        println!(
            "{saut}{GRAS}{}{FIN} : {} chiffres retenus, dont {} qui parlent de trop peu de personnes et {} qui permettraient de les recalculer",
            audience.dossier(),
            nombre(retenus.total()),
            nombre(retenus.primaires),
            nombre(retenus.secondaires),
        );
    }
}

fn ligne_de_bilan(bilan: &Bilan) -> String {
    if bilan.est_perdu() {
        return format!("  {:24} {JAUNE}fichier non lu{FIN}  {}", bilan.source, bilan.fichier);
    }
    let lignes = [("lues", bilan.lues), ("rejetées", bilan.rejetees), ("mises de côté", bilan.mises_de_cote)];
    let detail: Vec<String> = lignes
        .iter()
        .filter(|(mot, n)| *n > 0 || *mot == "lues")
        .map(|(mot, n)| format!("{} {mot}", look::nombre(f64::from(*n), 0)))
        .collect();
    let total = look::nombre(f64::from(bilan.lignes), 0);
    let lignes = if bilan.lignes > 1 { "lignes" } else { "ligne " };
    format!("  {:24} {total:>7} {lignes} : {}", bilan.source, detail.join(", "))
}

fn raconter_chiffres(compte_rendu: &CompteRendu) {
    println!("\n{GRAS}Le territoire en {}{FIN}", compte_rendu.annee);
    for entree in crate::indicators::catalogue().filter(|e| e.id != "pyramide_ages") {
        let figure = compte_rendu.table.figure(
            Niveau::Territoire,
            &compte_rendu.code,
            entree.id,
            "",
            compte_rendu.annee,
        );
        let Some(figure) = figure.filter(|f| f.statut.est_connu()) else { continue };
        let parties = if figure.parties < figure.parties_attendues {
            format!("  ({} communes sur {})", figure.parties, figure.parties_attendues)
        } else {
            String::new()
        };
        let estime = if figure.statut == crate::indicators::Statut::Estime { "  estimé" } else { "" };
        println!("  {:58} {:>9}{estime}{parties}", entree.libelle, look::ecrire(&figure, entree));
    }
}

fn raconter_problemes(compte_rendu: &CompteRendu) {
    let mut problemes: Vec<(&Bilan, &Probleme)> = compte_rendu
        .bilans
        .problemes()
        .filter(|(_, p)| {
            p.motif != crate::quality::Motif::LigneDeTotal
                && p.motif != crate::quality::Motif::CommuneHorsPerimetre
        })
        .collect();
    if problemes.is_empty() {
        return;
    }
    // The worst first; the order of the files otherwise.
    problemes.sort_by_key(|(_, p)| std::cmp::Reverse(p.motif.gravite()));
    let mut par_gravite: BTreeMap<Gravite, usize> = BTreeMap::new();
    for (_, probleme) in &problemes {
        *par_gravite.entry(probleme.motif.gravite()).or_default() += 1;
    }
    let resume: Vec<String> =
        par_gravite.iter().rev().map(|(g, n)| format!("{n} {}", pluriel(*g, *n))).collect();
    println!("\n{GRAS}À regarder{FIN} : {}", resume.join(", "));
    for (_, probleme) in problemes.iter().take(PROBLEMES_MONTRES) {
        println!("  {JAUNE}•{FIN} {probleme}");
    }
    if problemes.len() > PROBLEMES_MONTRES {
        println!("  … et {} autres, tous dans interne/rejets.csv", problemes.len() - PROBLEMES_MONTRES);
    }
}

fn pluriel(gravite: Gravite, n: usize) -> &'static str {
    match (gravite, n) {
        (Gravite::Fichier, 1) => "fichier non lu",
        (Gravite::Fichier, _) => "fichiers non lus",
        (Gravite::Rejet, 1) => "ligne rejetée",
        (Gravite::Rejet, _) => "lignes rejetées",
        (Gravite::MisDeCote, 1) => "ligne mise de côté",
        (Gravite::MisDeCote, _) => "lignes mises de côté",
        (Gravite::Avertissement, 1) => "avertissement",
        (Gravite::Avertissement, _) => "avertissements",
    }
}

fn raconter_manques(compte_rendu: &CompteRendu) {
    let (lacunes, non_suivis): (Vec<&Manque>, Vec<&Manque>) =
        compte_rendu.manques.iter().partition(|m| m.lacune);
    if !lacunes.is_empty() {
        println!("\n{GRAS}Ce qui manque{FIN}");
    }
    for manque in lacunes {
        let pourquoi = if manque.sources.is_empty() {
            "les sources lues ne donnent pas cette année".to_owned()
        } else {
            format!("il faudrait : {}", manque.sources.join(", "))
        };
        println!("  {:58} {pourquoi}", manque.libelle);
    }
    if !non_suivis.is_empty() {
        println!(
            "\n{} autres indicateurs n’ont pas de source cette année : « observatoire catalogue » dit laquelle ajouter.",
            non_suivis.len()
        );
    }
}

fn en_json(compte_rendu: &CompteRendu) -> serde_json::Value {
    let territoire: BTreeMap<&str, serde_json::Value> = crate::indicators::catalogue()
        .filter_map(|entree| {
            let figure =
                compte_rendu.table.figure(Niveau::Territoire, &compte_rendu.code, entree.id, "", compte_rendu.annee)?;
            Some((entree.id, serde_json::json!({ "valeur": figure.valeur, "statut": figure.statut.mot(), "parties": figure.parties, "parties_attendues": figure.parties_attendues })))
        })
        .collect();
    let sources: Vec<serde_json::Value> = compte_rendu
        .bilans
        .0
        .iter()
        .map(|b| serde_json::json!({ "source": b.source, "fichier": b.fichier, "lignes": b.lignes, "lues": b.lues, "rejetees": b.rejetees, "mises_de_cote": b.mises_de_cote, "perdu": b.est_perdu() }))
        .collect();
    let problemes: Vec<serde_json::Value> = compte_rendu
        .bilans
        .problemes()
        .map(|(b, p)| serde_json::json!({ "source": b.source, "code": p.motif.code(), "message": p.to_string() }))
        .collect();
    serde_json::json!({
        "territoire": compte_rendu.territoire,
        "code": compte_rendu.code,
        "annee": compte_rendu.annee,
        "dossier": compte_rendu.dossier,
        "chiffres": territoire,
        "sources": sources,
        "problemes": problemes,
        "manques": compte_rendu.manques,
        "fichiers": compte_rendu.fichiers,
        "omissions": compte_rendu.omissions,
        "reprises": compte_rendu.repris,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_gravites_s_accordent() {
        assert_eq!(pluriel(Gravite::Rejet, 1), "ligne rejetée");
        assert_eq!(pluriel(Gravite::Rejet, 2), "lignes rejetées");
    }
}
