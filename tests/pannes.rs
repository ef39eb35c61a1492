//! When things go wrong: the old report stays whole, and the message says what happened and what to do.

use crate::commun::essai::Essai;
use crate::commun::options;
use observatoire::pipeline::{Suivi, lancer};
use observatoire::sources::empreinte;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const COMMUNES: [(&str, &str); 3] = [("96001", "Bourg"), ("96002", "Hameau"), ("96003", "Village")];

/// A territory that runs in a moment; its births are those of a year or another.
fn essai(naissances: u32) -> Essai {
    let mut annees = "Code commune;Commune;2022;2023;2024\n".to_owned();
    for (rang, (code, nom)) in (0..).zip(COMMUNES) {
        annees.push_str(&format!("{code};{nom};{};{};{naissances}\n", 20 + rang, 30 + rang));
    }
    Essai::new("2024-12-31", &COMMUNES).avec("naissances", "naissances", annees)
}

fn programme(dossier: &Path) -> Command {
    let mut commande = Command::new(env!("CARGO_BIN_EXE_observatoire"));
    commande.args(["lancer", "pipelines/essai.toml", "--livrables", "indicateurs"]).current_dir(dossier);
    commande.stdout(Stdio::null()).stderr(Stdio::null());
    commande
}

/// Every file of the report and its fingerprint; the journal tells how long things took.
fn contenu(dossier: &Path) -> BTreeMap<PathBuf, String> {
    let mut fichiers = BTreeMap::new();
    let mut dossiers = vec![dossier.to_owned()];
    while let Some(d) = dossiers.pop() {
        for entree in fs::read_dir(d).into_iter().flatten().flatten() {
            let chemin = entree.path();
            if chemin.is_dir() {
                dossiers.push(chemin);
            } else if !chemin.ends_with("journal.json") {
                let sha = empreinte(&chemin, "").unwrap().sha256;
                fichiers.insert(chemin.strip_prefix(dossier).unwrap().to_owned(), sha);
            }
        }
    }
    fichiers
}

/// Numbers that look like chance and are the same each time.
fn hasards(combien: u32) -> impl Iterator<Item = f64> {
    let mut etat = 2_024u32;
    (0..combien).map(move |_| {
        etat = etat.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(etat >> 8) / f64::from(1 << 24)
    })
}

/// Runs that are killed; `OBSERVATOIRE_ARRETS=50 cargo test pannes` takes some minutes.
#[allow(clippy::disallowed_methods)] // the rim of a test
fn arrets() -> u32 {
    std::env::var("OBSERVATOIRE_ARRETS").ok().and_then(|n| n.parse().ok()).unwrap_or(10)
}

#[test]
fn tue_a_n_importe_quel_moment_le_rapport_reste_entier() {
    let dossier = tempfile::tempdir().unwrap();
    let rapport = dossier.path().join("reports/essai/2024");
    essai(40).ecrire(dossier.path());
    assert_eq!(programme(dossier.path()).status().unwrap().code(), Some(0));
    let ancien = contenu(&rapport);
    essai(41).ecrire(dossier.path());
    let depart = Instant::now();
    programme(dossier.path()).status().unwrap();
    let mut duree = depart.elapsed();
    let nouveau = contenu(&rapport);
    assert!(ancien != nouveau && ancien.len() == nouveau.len() && ancien.len() >= 6, "{ancien:#?}");

    // From one report to the other and back; killed now and then, a run leaves one of the two, whole.
    let (mut interrompus, mut naissances) = (0, 40);
    for hasard in hasards(arrets()) {
        essai(naissances).ecrire(dossier.path());
        let mut enfant = programme(dossier.path()).spawn().unwrap();
        std::thread::sleep(duree.mul_f64(1.1 * hasard));
        let _ = enfant.kill();
        if enfant.wait().unwrap().code().is_none() {
            interrompus += 1;
        } else {
            // The machine was busier when the time was taken.
            duree = duree.mul_f64(0.8);
        }
        // Between two renames the old one is aside: the next run takes it back before anything else.
        let trouve = contenu(&rapport);
        let aside = contenu(&dossier.path().join("reports/essai/.2024.ancien"));
        let entier = |c: &BTreeMap<PathBuf, String>| *c == ancien || *c == nouveau;
        assert!(entier(&trouve) || (trouve.is_empty() && entier(&aside)), "{trouve:#?}");
        naissances = 81 - naissances;
    }
    assert!(interrompus * 5 > arrets() * 2, "{interrompus} lancements interrompus sur {}", arrets());
    essai(40).ecrire(dossier.path());
    assert_eq!(programme(dossier.path()).status().unwrap().code(), Some(0));
    assert_eq!(contenu(&rapport), ancien);
    let restes: Vec<_> = fs::read_dir(dossier.path().join("reports/essai")).unwrap().flatten().collect();
    let brouillons = restes.iter().filter(|e| e.file_name().to_string_lossy().contains("brouillon")).count();
    assert_eq!(brouillons, 0, "le lancement suivant retire ce que les autres ont laissé");
}

/// What the program says on the screen, and its exit code.
fn message(commande: &mut Command) -> (Option<i32>, String) {
    let sortie = commande.stderr(Stdio::piped()).output().unwrap();
    (sortie.status.code(), String::from_utf8(sortie.stderr).unwrap())
}

#[test]
fn disque_plein_l_ancien_rapport_reste() {
    let dossier = tempfile::tempdir().unwrap();
    essai(40).ecrire(dossier.path());
    assert_eq!(programme(dossier.path()).status().unwrap().code(), Some(0));
    let rapport = dossier.path().join("reports/essai/2024");
    let ancien = contenu(&rapport);
    essai(41).ecrire(dossier.path());
    // No file may grow beyond 4 KiB: what the system then says is what it says of a full disk.
    let mut commande = Command::new("sh");
    let programme = env!("CARGO_BIN_EXE_observatoire");
    let script =
        format!("trap '' XFSZ; ulimit -f 8; exec {programme} lancer pipelines/essai.toml --silencieux");
    commande.args(["-c", &script]).current_dir(dossier.path()).stdout(Stdio::null());
    let (code, dit) = message(&mut commande);
    assert_eq!(code, Some(1), "{dit}");
    assert!(dit.contains("ancien rapport est intact") || dit.contains("impossible"), "{dit}");
    assert_eq!(contenu(&rapport), ancien);
}

#[test]
fn un_dossier_ou_l_on_ne_peut_ecrire_est_nomme() {
    let dossier = tempfile::tempdir().unwrap();
    essai(40).ecrire(dossier.path());
    // Below a file there is no folder, whoever asks.
    fs::write(dossier.path().join("plein"), "").unwrap();
    let mut commande = programme(dossier.path());
    let (code, dit) = message(commande.args(["--rapports", "plein/rapports"]));
    assert_eq!(code, Some(1));
    assert!(dit.contains("plein/rapports") && dit.contains("Vérifiez"), "{dit}");
    assert!(!dit.contains("panicked") && !dit.contains("Os {"), "{dit}");
}

#[test]
fn de_deux_lancements_le_second_le_dit_et_s_en_va() {
    let dossier = tempfile::tempdir().unwrap();
    essai(40).ecrire(dossier.path());
    fs::create_dir_all(dossier.path().join("reports/essai")).unwrap();
    let verrou = fs::File::create(dossier.path().join("reports/essai/.2024.verrou")).unwrap();
    verrou.try_lock().unwrap();
    let depart = Instant::now();
    let (code, dit) = message(&mut programme(dossier.path()));
    assert_eq!(code, Some(1));
    assert!(dit.contains("un autre lancement écrit déjà") && dit.contains("attendez"), "{dit}");
    assert!(depart.elapsed() < Duration::from_mins(1));
    drop(verrou);
    assert_eq!(programme(dossier.path()).status().unwrap().code(), Some(0));
}

/// Removes or changes a file once the run has begun to read.
struct Saboteur {
    fichier: PathBuf,
    contenu: Option<&'static str>,
}

impl Suivi for Saboteur {
    fn etape(&self, nom: &str, _: usize) {
        match self.contenu {
            _ if nom != "lecture" => {}
            Some(contenu) => fs::write(&self.fichier, contenu).unwrap(),
            None => fs::remove_file(&self.fichier).unwrap(),
        }
    }
    fn avancer(&self, _: &str) {}
}

#[test]
fn un_fichier_retire_ou_change_pendant_le_lancement() {
    for contenu in [None, Some("Code commune;Année;Enfants de moins de 3 ans\n96001;2024;un peu\n")] {
        let dossier = tempfile::tempdir().unwrap();
        let comptes = "Code commune;Année;Enfants de moins de 3 ans\n96001;2024;40\n";
        let pipeline = essai(40).avec("comptes", "imaje", comptes).ecrire(dossier.path());
        let fichier = dossier.path().join("pipelines/comptes.csv");
        let mut options = options(dossier.path());
        options.livrables = vec!["indicateurs".to_owned()];
        let rapport = lancer(&pipeline, &options, &Saboteur { fichier, contenu }).unwrap();
        assert!(rapport.a_des_lacunes(), "{contenu:?}");
        let bilan = rapport.bilans.0.iter().find(|b| b.source == "comptes").unwrap();
        assert!(!bilan.problemes.is_empty(), "{contenu:?} : la perte est dite");
        assert!(rapport.dossier.join("journal.json").exists());
    }
}

#[test]
fn un_fichier_dont_aucune_colonne_n_est_connue_n_est_pas_lu_en_silence() {
    let rapport = essai(40).avec("comptes", "imaje", "Code commune;Commune;2024\n96001;Bourg;40\n").lancer();
    let bilan = rapport.bilans.0.iter().find(|b| b.source == "comptes").unwrap();
    assert!(bilan.est_perdu() && bilan.est_juste(), "{bilan:?}");
    assert!(bilan.problemes[0].to_string().contains("« 2024 »"), "{}", bilan.problemes[0]);
    assert!(rapport.a_des_lacunes());
}

#[test]
fn un_territoire_presque_vide_a_son_rapport() {
    let seule = [("96001", "Bourg")];
    for (essai, code_attendu) in [
        (Essai::new("2024-12-31", &seule), None),
        (Essai::new("2024-12-31", &COMMUNES), None),
        (Essai::new("2024-12-31", &[]), Some(1)),
    ] {
        let dossier = tempfile::tempdir().unwrap();
        essai.ecrire(dossier.path());
        let mut commande = Command::new(env!("CARGO_BIN_EXE_observatoire"));
        let (code, dit) = message(
            commande.args(["lancer", "pipelines/essai.toml", "--silencieux"]).current_dir(dossier.path()),
        );
        assert!(!dit.contains("panicked"), "{dit}");
        match code_attendu {
            Some(attendu) => {
                assert_eq!(code, Some(attendu), "{dit}");
                assert!(dit.contains("commune"), "{dit}");
            }
            None => assert!(matches!(code, Some(0 | 2)), "{code:?} {dit}"),
        }
    }
}
