//! Where a figure comes from, and what each one means: what the person reads.

use crate::commun::racine;
use std::process::{Command, Output};

fn observatoire(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_observatoire")).args(arguments).current_dir(racine()).output().unwrap()
}

fn ecran(arguments: &[&str]) -> String {
    let sortie = observatoire(arguments);
    assert_eq!(sortie.status.code(), Some(0), "{}", String::from_utf8_lossy(&sortie.stderr));
    String::from_utf8(sortie.stdout).unwrap()
}

fn expliquer(arguments: &[&str]) -> String {
    ecran(&[&["expliquer"], arguments, &["--pipeline", "pipelines/demo.toml"]].concat())
}

#[test]
fn un_taux_montre_ses_deux_termes_et_leurs_fichiers() {
    insta::assert_snapshot!(expliquer(&["part_individuel"]));
}

#[test]
fn un_compte_montre_ses_parties_et_celles_qui_manquent() {
    insta::assert_snapshot!(expliquer(&["am_actifs"]));
}

#[test]
fn une_commune_et_une_annee_se_demandent_par_leur_nom() {
    let texte = expliquer(&["Naissances", "--commune", "beauchene l abbesse", "--annee", "2022"]);
    insta::assert_snapshot!(texte);
}

#[test]
fn un_indicateur_mal_ecrit_propose_le_plus_proche() {
    let sortie = observatoire(&["expliquer", "taux_activit", "--pipeline", "pipelines/demo.toml"]);
    assert_eq!(sortie.status.code(), Some(1));
    let message = String::from_utf8(sortie.stderr).unwrap();
    assert!(message.contains("taux_activite") && message.contains("catalogue"), "{message}");
}

#[test]
fn une_commune_inconnue_cite_celles_du_territoire() {
    let sortie =
        observatoire(&["expliquer", "naissances", "--commune", "Paris", "--pipeline", "pipelines/demo.toml"]);
    assert_eq!(sortie.status.code(), Some(1));
    assert!(String::from_utf8(sortie.stderr).unwrap().contains("Aubrelonde"));
}

#[test]
fn une_annee_sans_chiffre_cite_celles_qui_en_ont() {
    let demander = |annee| ["expliquer", "am_agrees", "--annee", annee, "--pipeline", "pipelines/demo.toml"];
    let sortie = observatoire(&demander("1987"));
    assert_eq!(sortie.status.code(), Some(1), "rien n’est expliqué");
    let message = String::from_utf8(sortie.stderr).unwrap();
    assert!(message.contains("en 1987") && message.contains("2019, 2020"), "{message}");
}

#[test]
fn une_enquete_se_raconte_reponse_par_reponse() {
    let texte = expliquer(&["enquete_reponses", "--annee", "2023"]);
    assert!(texte.contains("Assistant maternel"), "les réponses sont dites en toutes lettres : {texte}");
    assert!(!texte.contains("mode_accueil"), "et non par leur identifiant : {texte}");
}

#[test]
fn le_catalogue_se_lit_dans_les_trois_formes() {
    let (md, json, tableur) = (
        ecran(&["catalogue"]),
        ecran(&["catalogue", "--format", "json"]),
        ecran(&["catalogue", "--format", "csv"]),
    );
    let entrees: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let mut lecteur = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(tableur.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(lecteur.records().flatten().count(), entrees.len());
    for entree in &entrees {
        let (id, libelle) = (entree["id"].as_str().unwrap(), entree["libelle"].as_str().unwrap());
        assert!(md.contains(&format!("### {libelle} (`{id}`)")), "{id}");
    }
    assert!(entrees.len() >= 45, "le catalogue a {} entrées", entrees.len());
}
