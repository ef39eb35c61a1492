//! `observatoire lancer`

use super::progression::Barre;
use super::recuperer::{age, aujourd_hui};
use super::{COMPLET, LACUNES, en_argument, options};
use crate::deliverables::look;
use crate::indicators::Niveau;
use crate::open_data::Cache;
use crate::pipeline::{CompteRendu, Declaration, Manque, Options, lancer};
use crate::quality::{Bilan, Bilans, Gravite, Motif, Probleme, RapportQualite};
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
        dire_ce_que_le_rapport_n_a_pas(&arguments.livrables);
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

/// A report of some deliverables takes the place of one that had them all.
fn dire_ce_que_le_rapport_n_a_pas(livrables: &[String]) {
    if !livrables.is_empty() {
        println!(
            "\nCe rapport n’a que ce que « --livrables » demande ({}) : les autres pages du rapport d’avant n’y sont plus. Pour tout avoir, relancez sans « --livrables ».",
            livrables.join(", ")
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
        println!("Pour les renouveler : observatoire recuperer {}", en_argument(pipeline));
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
    let detail = compter_les_lignes(bilan.lues, bilan.rejetees, bilan.mises_de_cote);
    let total = look::nombre(f64::from(bilan.lignes), 0);
    let lignes = if bilan.lignes > 1 { "lignes" } else { "ligne " };
    format!("  {:24} {total:>7} {lignes} : {}", bilan.source, detail)
}

/// « 313 lues, 4 rejetées, 1 mise de côté »: rows read always, others if there are any.
pub(super) fn compter_les_lignes(lues: u32, rejetees: u32, mises_de_cote: u32) -> String {
    let rangs = [
        (lues, "lue", "lues"),
        (rejetees, "rejetée", "rejetées"),
        (mises_de_cote, "mise de côté", "mises de côté"),
    ];
    let dits = rangs.iter().enumerate().filter(|(rang, (n, ..))| *rang == 0 || *n > 0);
    let dits = dits.map(|(_, (n, une, plusieurs))| accorder(*n, une, plusieurs));
    dits.collect::<Vec<_>>().join(", ")
}

/// A number and what it counts: « 1 ligne », « 2 lignes ».
pub(super) fn accorder(nombre: u32, un: &str, plusieurs: &str) -> String {
    let mot = if nombre > 1 { plusieurs } else { un };
    format!("{} {mot}", look::nombre(f64::from(nombre), 0))
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
            format!("{} communes sur {}", figure.parties, figure.parties_attendues)
        } else {
            String::new()
        };
        let dite = look::ecrire(&figure, entree);
        let (dite, parties) = match look::zero_partiel(&dite, &parties) {
            Some((dite, parties)) => (dite.to_owned(), parties),
            None => (dite, parties),
        };
        let parties = if parties.is_empty() { parties } else { format!("  ({parties})") };
        let estime = if figure.statut == crate::indicators::Statut::Estime { "  estimé" } else { "" };
        println!("  {:58} {:>9}{estime}{parties}", entree.libelle, dite);
    }
}

fn raconter_problemes(compte_rendu: &CompteRendu) {
    let mut groupes = grouper(&compte_rendu.bilans);
    if groupes.is_empty() {
        return;
    }
    // What is of whole files, then the worst first; the last files of the pipeline, which are of the last year, otherwise.
    let de_tout_un_fichier =
        |p: &Probleme| p.motif.engage_tout_le_fichier() || p.motif.gravite() == Gravite::Fichier;
    groupes.sort_by_key(|(p, _)| std::cmp::Reverse((de_tout_un_fichier(p), p.motif.gravite())));
    println!("\n{GRAS}À regarder{FIN} : {}", resumer(&compte_rendu.qualite));
    for (probleme, autres) in groupes.iter().take(PROBLEMES_MONTRES) {
        let autres = match autres {
            0 => String::new(),
            n => format!(" (et {} dans ce fichier)", accorder(*n, "autre", "autres")),
        };
        println!("  {JAUNE}•{FIN} {probleme}{autres}");
    }
    let caches = groupes.get(PROBLEMES_MONTRES..).unwrap_or_default();
    if !caches.is_empty() {
        let nombre = caches.iter().map(|(_, autres)| 1 + autres).sum();
        println!("  … et {} dans interne/rejets.csv :", accorder(nombre, "autre", "autres"));
        for ligne in compter_par_motif(caches) {
            println!("      {ligne}");
        }
    }
}

/// What is not shown, counted by reason, the worst first: « 3 × P43 agrément échu ».
fn compter_par_motif(groupes: &[(&Probleme, u32)]) -> Vec<String> {
    let mut comptes: Vec<(Motif, u32)> = Vec::new();
    for (probleme, autres) in groupes {
        match comptes.iter_mut().find(|(motif, _)| *motif == probleme.motif) {
            Some((_, nombre)) => *nombre += 1 + autres,
            None => comptes.push((probleme.motif, 1 + autres)),
        }
    }
    comptes.sort_by_key(|(motif, _)| std::cmp::Reverse(motif.gravite()));
    let ecrire = |(motif, nombre): &(Motif, u32)| {
        let nombre = look::nombre(f64::from(*nombre), 0);
        format!("{nombre} × {} {}", motif.code(), motif.titre())
    };
    comptes.iter().map(ecrire).collect()
}

/// The first problem of each reason and file, and how many others there are; the last files first. Totals and communes
/// of elsewhere are as they should be.
fn grouper(bilans: &Bilans) -> Vec<(&Probleme, u32)> {
    let attendu = |p: &&Probleme| matches!(p.motif, Motif::LigneDeTotal | Motif::CommuneHorsPerimetre);
    let mut groupes: Vec<(&Probleme, u32)> = Vec::new();
    let (mut debut, mut fichier) = (0, None);
    for bilan in bilans.0.iter().rev() {
        // The sheets of a workbook are sources that follow each other.
        if fichier != Some(&bilan.fichier) {
            (debut, fichier) = (groupes.len(), Some(&bilan.fichier));
        }
        for probleme in bilan.problemes.iter().filter(|p| !attendu(p)) {
            match groupes[debut..].iter_mut().find(|(premier, _)| premier.motif == probleme.motif) {
                Some((_, autres)) => *autres += 1,
                None => groupes.push((probleme, 0)),
            }
        }
    }
    groupes
}

/// The numbers of `qualite.html`: rows, and not problems, of which one may tell of many rows.
fn resumer(qualite: &RapportQualite) -> String {
    let resume = &qualite.resume;
    let perdues = u32::try_from(resume.perdues).unwrap_or(u32::MAX);
    let mut dits = Vec::new();
    if perdues > 0 {
        dits.push(accorder(perdues, "fichier non lu", "fichiers non lus"));
    }
    if resume.rejetees > 0 {
        dits.push(accorder(resume.rejetees, "ligne rejetée", "lignes rejetées"));
    }
    if resume.mises_de_cote > 0 {
        let groupes = qualite.sources.iter().flat_map(|s| &s.groupes);
        let a_decider = groupes.filter(|g| g.a_corriger && g.gravite == Gravite::MisDeCote);
        let a_decider = match a_decider.map(|g| g.lignes).sum() {
            0 => "rien à en faire".to_owned(),
            n => format!("dont {}", accorder(n, "attend votre décision", "attendent votre décision")),
        };
        let mises = accorder(resume.mises_de_cote, "ligne mise de côté", "lignes mises de côté");
        dits.push(format!("{mises} ({a_decider})"));
    }
    if resume.avertissements > 0 {
        dits.push(accorder(resume.avertissements, "réserve", "réserves"));
    }
    dits.join(", ")
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
        let connu = manque.derniere.map(|annee| format!(" (connu pour {annee})")).unwrap_or_default();
        println!("  {:58} {pourquoi}{connu}", manque.libelle);
    }
    if !non_suivis.is_empty() {
        let nombre = u32::try_from(non_suivis.len()).unwrap_or(u32::MAX);
        let dits = accorder(nombre, "autre indicateur n’a", "autres indicateurs n’ont");
        println!("\n{dits} pas de source cette année : « observatoire catalogue » dit laquelle ajouter.");
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

    /// Of what the screen has no room for, each reason is counted.
    #[test]
    fn ce_que_l_ecran_ne_montre_pas_se_compte() {
        let probleme = |motif| Probleme::new(motif, crate::quality::Lieu::fichier("pmi.xlsx"), "");
        let (total, echu, futur) =
            (probleme(Motif::LigneEnDouble), probleme(Motif::AgrementEchu), probleme(Motif::AgrementFutur));
        let dits = compter_par_motif(&[(&total, 0), (&echu, 2), (&futur, 0), (&echu, 0)]);
        assert!(dits.contains(&"4 × P43 agrément échu".to_owned()), "{dits:?}");
        assert!(dits.contains(&"1 × P44 agrément à venir".to_owned()), "{dits:?}");
    }

    #[test]
    fn les_lignes_s_accordent() {
        assert_eq!(compter_les_lignes(0, 1, 0), "0 lue, 1 rejetée");
        assert_eq!(compter_les_lignes(1_200, 0, 2), "1\u{202f}200 lues, 2 mises de côté");
    }
}
