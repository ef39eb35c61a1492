//! The program as the person meets it: messages in French, exit codes, no colours out of a terminal.

use crate::commun::{Copie, racine};
use std::path::Path;
use std::process::{Command, Output};

fn observatoire(arguments: &[&str], dossier: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_observatoire")).args(arguments).current_dir(dossier).output().unwrap()
}

fn texte(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

#[test]
fn la_demonstration_se_lance_et_dit_ou_regarder() {
    let copie = Copie::new();
    let sortie = observatoire(&["lancer", "pipelines/demo.toml"], copie.dossier.path());
    let ecran = texte(&sortie.stdout);
    assert_eq!(sortie.status.code(), Some(2), "des lignes sont fausses : {}", texte(&sortie.stderr));
    assert!(ecran.contains("reports/demo/2024"), "{ecran}");
    assert!(ecran.contains("1\u{202f}092"), "les nombres sont écrits à la française : {ecran}");
    assert!(!ecran.contains('\u{1b}'), "pas de couleurs hors d’un terminal");
    assert!(copie.chemin("reports/demo/2024/journal.json").exists());
}

#[test]
fn silencieux_ne_dit_rien() {
    let copie = Copie::new();
    let sortie = observatoire(
        &["lancer", "pipelines/demo.toml", "--silencieux", "--livrables", "indicateurs"],
        copie.dossier.path(),
    );
    assert_eq!((texte(&sortie.stdout), texte(&sortie.stderr)), (String::new(), String::new()));
}

#[test]
fn json_se_lit_par_un_programme() {
    let copie = Copie::new();
    let arguments = ["lancer", "pipelines/demo.toml", "--json", "--livrables", "indicateurs"];
    let sortie = observatoire(&arguments, copie.dossier.path());
    let valeur: serde_json::Value = serde_json::from_slice(&sortie.stdout).unwrap();
    assert_eq!(valeur["chiffres"]["am_agrees"]["valeur"], 312.0);
    assert_eq!(valeur["annee"], 2024);
}

#[test]
fn un_pipeline_absent_est_une_erreur_qui_aide() {
    let sortie = observatoire(&["lancer", "pipelines/rien.toml"], racine());
    assert_eq!(sortie.status.code(), Some(1));
    let message = texte(&sortie.stderr);
    assert!(message.contains("pipelines/rien.toml") && message.contains("Vérifiez"), "{message}");
}

#[test]
fn un_livrable_inconnu_cite_les_connus() {
    let sortie = observatoire(&["lancer", "pipelines/demo.toml", "--livrables", "fiche"], racine());
    assert_eq!(sortie.status.code(), Some(1));
    assert!(texte(&sortie.stderr).contains("indicateurs"), "{}", texte(&sortie.stderr));
}

#[test]
fn l_aide_est_en_francais_et_donne_des_exemples() {
    for arguments in
        [&["--help"][..], &["lancer", "--help"], &["recuperer", "--help"], &["simuler", "--help"]]
    {
        let sortie = observatoire(arguments, racine());
        let aide = texte(&sortie.stdout);
        assert!(aide.contains("Exemple"), "{arguments:?} : {aide}");
        for anglais in ["Usage:", "Options:", "Commands:", "Print help", "Arguments:", "[default"] {
            assert!(!aide.contains(anglais), "{arguments:?} : « {anglais} » dans\n{aide}");
        }
    }
}

#[test]
fn chaque_etape_d_un_lancement_avance_jusqu_au_bout_et_dit_ou_elle_en_est() {
    let demo = crate::commun::demo();
    let etapes = demo.temoin.0.lock().unwrap();
    let noms: Vec<&str> = etapes.iter().map(|(nom, ..)| nom.as_str()).collect();
    assert_eq!(noms, ["lecture", "indicateurs", "livrables"]);
    for (nom, pas, dits) in &*etapes {
        assert_eq!(dits.len(), *pas, "{nom}");
    }
    // The fiches of a département take minutes: each is told of.
    let fiches = etapes[2].2.iter().filter(|dit| dit.starts_with("fiche de ")).count();
    let ecrites =
        demo.compte_rendu.fichiers.iter().filter(|f| f.to_string_lossy().contains("/fiches/")).count();
    assert_eq!((fiches, fiches > 0), (ecrites, true));
}

#[test]
fn l_ecran_compte_les_lignes_comme_la_page_de_qualite() {
    let copie = Copie::new();
    let arguments = ["lancer", "pipelines/demo.toml", "--livrables", "indicateurs"];
    let ecran = texte(&observatoire(&arguments, copie.dossier.path()).stdout);
    let resume = &crate::commun::demo().compte_rendu.qualite.resume;
    let regarder = ecran.lines().find(|l| l.starts_with("À regarder")).unwrap();
    for attendu in [
        format!("{} lignes rejetées", resume.rejetees),
        format!("{} lignes mises de côté", resume.mises_de_cote),
        format!("{} réserves", resume.avertissements),
    ] {
        assert!(regarder.contains(&attendu), "{attendu} : {regarder}");
    }
    assert!(ecran.contains("32 lues, 1 mise de côté"), "{ecran}");
}

/// Whoever reads the output may stop before its end (`| head -1`).
#[cfg(unix)]
#[test]
fn une_sortie_que_personne_ne_lit_plus_est_une_fin_et_non_une_panne() {
    for arguments in [&["completion", "bash"][..], &["catalogue"], &["--help"]] {
        let mut commande = Command::new(env!("CARGO_BIN_EXE_observatoire"));
        commande.args(arguments).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let mut enfant = commande.spawn().unwrap();
        drop(enfant.stdout.take());
        let erreurs = texte(&enfant.wait_with_output().unwrap().stderr);
        assert_eq!(erreurs, "", "{arguments:?}");
    }
}
