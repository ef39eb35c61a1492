//! A second run takes again what is made of the same figures, and makes the rest: the report is the same, to the
//! byte, as one that was made whole.

use crate::commun::essai::Essai;
use crate::commun::{Muet, options};
use observatoire::pipeline::{CompteRendu, Options, lancer};
use observatoire::reprises::Repris;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const COMMUNES: [(&str, &str); 3] = [("96001", "Bourg"), ("96002", "Hameau"), ("96003", "Village")];

/// Births, a few childminders, and what one commune offers.
fn essai(naissances: u32, ludotheque: &str) -> Essai {
    let mut annees = "Code commune;Commune;2022;2023;2024\n".to_owned();
    let mut liste = "Nom;Prénom;Date de naissance;Commune;Places\n".to_owned();
    for (rang, (code, nom)) in (0..).zip(COMMUNES) {
        annees.push_str(&format!("{code};{nom};{};{};{naissances}\n", 20 + rang, 30 + rang));
        for n in 0..=3 * rang {
            liste.push_str(&format!("NOM{rang}{n};Prénom{n};{:02}/03/19{};{nom};4\n", n + 1, 60 + 3 * n));
        }
    }
    let services = format!("Commune;Service;Détail\nHameau;Ludothèque;{ludotheque}\n");
    Essai::new("2024-12-31", &COMMUNES)
        .avec("naissances", "naissances", annees)
        .avec("pmi", "pmi", liste)
        .avec("services", "services", services)
}

fn lancer_tout(essai: &Essai, dossier: &Path, tout_refaire: bool) -> CompteRendu {
    let pipeline = essai.ecrire(dossier);
    lancer(&pipeline, &Options { tout_refaire, ..options(dossier) }, &Muet).unwrap()
}

/// Every file of the report; the journal tells how long things took.
fn octets(compte_rendu: &CompteRendu) -> BTreeMap<PathBuf, Vec<u8>> {
    let lire = |f: &PathBuf| (f.clone(), fs::read(compte_rendu.dossier.join(f)).unwrap());
    compte_rendu.fichiers.iter().filter(|f| !f.ends_with("journal.json")).map(lire).collect()
}

fn assert_memes_rapports(un: &CompteRendu, autre: &CompteRendu) {
    let (un, autre) = (octets(un), octets(autre));
    assert_eq!(un.keys().collect::<Vec<_>>(), autre.keys().collect::<Vec<_>>());
    for (fichier, contenu) in &un {
        assert!(autre[fichier] == *contenu, "{} diffère", fichier.display());
    }
}

#[test]
fn un_fichier_change_ne_fait_refaire_que_ce_qui_en_depend() {
    let dossier = tempfile::tempdir().unwrap();
    let premier = lancer_tout(&essai(40, "le mardi"), dossier.path(), false);
    let Repris { repris: 0, faits: tout } = premier.repris else { panic!("{:?}", premier.repris) };
    assert!(tout > 15, "{tout}");

    // The same files: everything is taken again.
    let second = lancer_tout(&essai(40, "le mardi"), dossier.path(), false);
    assert_eq!(second.repris, Repris { repris: tout, faits: 0 });
    assert_memes_rapports(&premier, &second);

    // What one commune offers: its fiche alone, for the relais and for the others.
    let troisieme = lancer_tout(&essai(40, "le jeudi"), dossier.path(), false);
    assert!((1..=2).contains(&troisieme.repris.faits), "{:?}", troisieme.repris);
    let ailleurs = tempfile::tempdir().unwrap();
    assert_memes_rapports(&troisieme, &lancer_tout(&essai(40, "le jeudi"), ailleurs.path(), false));

    // Births: much, but not what tells of childminders alone.
    let quatrieme = lancer_tout(&essai(41, "le jeudi"), dossier.path(), false);
    let Repris { repris, faits } = quatrieme.repris;
    assert!(repris > 0 && faits > 5, "{:?}", quatrieme.repris);
    let ailleurs = tempfile::tempdir().unwrap();
    assert_memes_rapports(&quatrieme, &lancer_tout(&essai(41, "le jeudi"), ailleurs.path(), false));

    // On demand, everything anew.
    let refait = lancer_tout(&essai(41, "le jeudi"), dossier.path(), true);
    assert_eq!(refait.repris.repris, 0);
    assert_memes_rapports(&quatrieme, &refait);
}

#[test]
fn ce_qui_est_garde_a_cote_du_rapport_n_est_jamais_dedans() {
    let dossier = tempfile::tempdir().unwrap();
    let rapport = lancer_tout(&essai(40, "le mardi"), dossier.path(), false);
    assert!(dossier.path().join("reports/essai/.2024.reprises").is_dir());
    assert!(
        rapport
            .fichiers
            .iter()
            .all(|f| f.components().all(|c| !c.as_os_str().to_string_lossy().starts_with('.')))
    );
    let dans = fs::read_dir(&rapport.dossier).unwrap().flatten().map(|e| e.file_name());
    assert!(dans.into_iter().all(|nom| !nom.to_string_lossy().starts_with('.')));
}

/// What is kept of the files that were read: the name and the bytes of each.
fn lectures(dossier: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let gardees = fs::read_dir(dossier.join("data/essai/lectures")).unwrap().flatten();
    gardees.map(|e| (e.path(), fs::read(e.path()).unwrap())).collect()
}

#[test]
fn un_fichier_inchange_n_est_pas_relu_et_donne_les_memes_chiffres_et_les_memes_messages() {
    let dossier = tempfile::tempdir().unwrap();
    let bilans = |compte_rendu: &CompteRendu| serde_json::to_value(&compte_rendu.bilans.0).unwrap();
    let premier = lancer_tout(&essai(40, "le mardi"), dossier.path(), false);
    let gardees = lectures(dossier.path());
    assert_eq!(gardees.len(), 2, "the list and the births: {:?}", gardees.keys());

    let second = lancer_tout(&essai(40, "le mardi"), dossier.path(), false);
    assert_eq!(lectures(dossier.path()), gardees);
    assert_eq!(bilans(&second), bilans(&premier));
    assert_memes_rapports(&premier, &second);

    // Births changed: the list alone is what it was; what was read of the file of before is let go.
    let troisieme = lancer_tout(&essai(41, "le mardi"), dossier.path(), false);
    let apres = lectures(dossier.path());
    assert_eq!(apres.len(), 2);
    assert_eq!(apres.iter().filter(|(nom, octets)| gardees.get(*nom) == Some(octets)).count(), 1);
    let ailleurs = tempfile::tempdir().unwrap();
    assert_memes_rapports(&troisieme, &lancer_tout(&essai(41, "le mardi"), ailleurs.path(), false));

    // What is damaged is read again.
    for fichier in apres.keys() {
        fs::write(fichier, b"abime").unwrap();
    }
    assert_memes_rapports(&troisieme, &lancer_tout(&essai(41, "le mardi"), dossier.path(), false));
}

#[cfg(unix)]
#[test]
fn ce_qui_est_garde_des_listes_n_est_lisible_que_de_son_proprietaire() {
    use std::os::unix::fs::PermissionsExt;
    let dossier = tempfile::tempdir().unwrap();
    lancer_tout(&essai(40, "le mardi"), dossier.path(), false);
    let droits = fs::metadata(dossier.path().join("data/essai/lectures")).unwrap().permissions().mode();
    assert_eq!(droits & 0o077, 0, "{droits:o}");
}
