//! The readers on damaged files, for as long as one likes, with stable Rust: the files of the corpus are
//! spoilt at random (from a seed) and read by every reader. `fuzz/` does the same guided by coverage.
//!
//! `cargo test --test promesses mutations -- --ignored --nocapture` runs for ten minutes, or as many as
//! `MINUTES` says. A file that makes a reader panic is kept in `target/mutations/`.

use crate::commun::racine;
use crate::corpus::classeurs;
use observatoire::pipeline::Declaration;
use observatoire::simulation::{ParametresPays, simuler_un_pays};
use observatoire::sources::disposition::Disposition;
use observatoire::sources::{Genre, cog, contours, lecture, valeurs};
use observatoire::territory::{CodeCommune, normaliser};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// What breaks readers more often than chance does.
const MORCEAUX: [&[u8]; 14] = [
    b"\0",
    b"\"",
    b";;;;",
    b"\r\n",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"999999999999999999999",
    b"-0",
    b"1e308",
    b"{",
    b"[",
    b"]]",
    "é\u{301}".as_bytes(),
    b"\xed\xa0\x80",
];

fn graines() -> Vec<(String, Vec<u8>)> {
    let corpus = racine().join("tests/corpus");
    let mut chemins: Vec<_> = fs::read_dir(corpus).unwrap().map(|f| f.unwrap().path()).collect();
    chemins.push(racine().join("data/demo/structures/structures.ods"));
    chemins.sort();
    let textes = chemins.iter().map(|chemin| {
        (chemin.file_name().unwrap().to_string_lossy().into_owned(), fs::read(chemin).unwrap())
    });
    let classeurs = classeurs().into_iter().map(|(nom, octets)| (nom.to_owned(), octets));
    textes.chain(classeurs).chain([("liste.parquet".to_owned(), parquet())]).collect()
}

fn parquet() -> Vec<u8> {
    let dossier = tempfile::tempdir().unwrap();
    let parametres = ParametresPays { graine: 1, communes: 15, assistants_maternels: 40, annees: 2 };
    simuler_un_pays(&parametres, dossier.path()).unwrap();
    fs::read(dossier.path().join("data/pmi/agrements_2024-12-31.parquet")).unwrap()
}

fn muter(octets: &mut Vec<u8>, autres: &[(String, Vec<u8>)], hasard: &mut ChaCha8Rng) {
    for _ in 0..hasard.random_range(1..6) {
        let position = hasard.random_range(0..=octets.len());
        let fin = (position + hasard.random_range(0..64_usize)).min(octets.len());
        match hasard.random_range(0..8) {
            0 if position < octets.len() => octets[position] ^= 1 << hasard.random_range(0..8),
            1 if position < octets.len() => octets[position] = hasard.random(),
            2 => drop(octets.drain(position..fin)),
            3 => octets.truncate(position),
            4 => {
                let copie = octets[position..fin].to_vec();
                octets.splice(position..position, copie);
            }
            5 => {
                let autre = &autres[hasard.random_range(0..autres.len())].1;
                let debut = hasard.random_range(0..=autre.len());
                let morceau = autre[debut..(debut + 200).min(autre.len())].to_vec();
                octets.splice(position..position, morceau);
            }
            _ => {
                let morceau = MORCEAUX[hasard.random_range(0..MORCEAUX.len())];
                octets.splice(position..position, morceau.iter().copied());
            }
        }
    }
}

/// Every reader and parser on one file.
fn lire(chemin: &Path, dispositions: &[Disposition]) {
    if let Ok(grilles) = lecture::lire(chemin, "essai") {
        for grille in &grilles {
            for rang in 0..grille.hauteur().min(50) {
                grille.ligne(rang).for_each(|(_, texte)| lire_valeur(texte));
            }
        }
        for disposition in dispositions {
            if let Ok(tableau) = disposition.reconnaitre(grilles.clone(), None, &BTreeMap::new()) {
                assert_eq!(tableau.total as usize, tableau.hauteur() + tableau.ecartees.len());
            }
        }
    }
    let _ = contours::lire_contours(chemin);
    let _ = Declaration::lire(chemin);
    let _ = cog::composition_epci(chemin, "249600013");
    let _ = observatoire::open_data::reconnaitre(chemin);
}

fn lire_valeur(texte: &str) {
    let _ = valeurs::date(texte);
    let _ = valeurs::annee(texte);
    let _ = valeurs::nombre(texte);
    let _ = valeurs::entier(texte);
    let _ = valeurs::compte(texte);
    let _ = valeurs::age(texte);
    let _ = valeurs::capacite(texte);
    let _ = valeurs::lieu_exercice(texte);
    let _ = valeurs::oui_non(texte);
    let _ = valeurs::type_structure(texte);
    let _ = valeurs::financement(texte);
    let _ = valeurs::gestionnaire(texte);
    let _ = valeurs::code_postal_et_commune(texte);
    let _ = CodeCommune::lire(texte);
    let _ = normaliser(texte);
}

/// What the search guided by coverage kept: one file for each way through the readers that it found.
#[test]
fn ce_que_la_recherche_a_garde_se_lit_sans_paniquer() {
    let dispositions: Vec<Disposition> =
        Genre::TOUS.iter().filter_map(|g| Disposition::connue(g.mot()).ok()).collect();
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("essai");
    for (nom, au_moins) in [("lecture", 300), ("declares", 300), ("valeurs", 100), ("noms", 100)] {
        let archive = fs::File::open(racine().join(format!("fuzz/kept/{nom}.zip"))).unwrap();
        let mut archive = zip::ZipArchive::new(archive).unwrap();
        assert!(archive.len() >= au_moins, "{nom} : {}", archive.len());
        for rang in 0..archive.len() {
            let mut octets = Vec::new();
            let mut fichier = archive.by_index(rang).unwrap();
            let essai = format!("{nom} {}", fichier.name().unwrap());
            fichier.read_to_end(&mut octets).unwrap();
            fs::write(&chemin, &octets).unwrap();
            let texte = String::from_utf8_lossy(&octets);
            let lu = catch_unwind(AssertUnwindSafe(|| match nom {
                "valeurs" | "noms" => lire_valeur(&texte),
                _ => lire(&chemin, &dispositions),
            }));
            assert!(lu.is_ok(), "{essai}");
        }
    }
}

#[test]
#[ignore = "dix minutes : les lecteurs sur des fichiers abîmés au hasard"]
#[allow(clippy::disallowed_methods)]
fn les_lecteurs_ne_paniquent_pas() {
    let minutes: f64 = std::env::var("MINUTES").ok().and_then(|m| m.parse().ok()).unwrap_or(10.0);
    let dispositions: Vec<Disposition> =
        Genre::TOUS.iter().filter_map(|g| Disposition::connue(g.mot()).ok()).collect();
    let graines = graines();
    let dossier = tempfile::tempdir().unwrap();
    let pannes = racine().join("target/mutations");
    let mut hasard = ChaCha8Rng::seed_from_u64(2024);
    let (debut, mut essais, mut paniques, mut plus_long) =
        (Instant::now(), 0_u64, Vec::new(), Duration::ZERO);
    while debut.elapsed().as_secs_f64() < minutes * 60.0 {
        let (nom, graine) = &graines[hasard.random_range(0..graines.len())];
        let mut octets = graine.clone();
        muter(&mut octets, &graines, &mut hasard);
        let chemin = dossier.path().join(nom);
        fs::write(&chemin, &octets).unwrap();
        let depart = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| lire(&chemin, &dispositions))).is_err() {
            fs::create_dir_all(&pannes).unwrap();
            let panne = pannes.join(format!("{essais}-{nom}"));
            fs::write(&panne, &octets).unwrap();
            paniques.push(panne);
        }
        plus_long = plus_long.max(depart.elapsed());
        essais += 1;
        let _ = hasard.next_u32();
    }
    eprintln!("{essais} fichiers lus, {} paniques, le plus long en {plus_long:?}", paniques.len());
    assert!(paniques.is_empty(), "{paniques:?}");
}
