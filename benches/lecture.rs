//! A list of 300 000 agréments, read, typed, matched and checked: how fast, in how much memory.
//!
//! `cargo test --bench lecture -- --nocapture` (see `benches/README.md` for the figures).
#![allow(clippy::print_stderr, clippy::unwrap_used, missing_docs, unreachable_pub)]

use chrono::NaiveDate;
use observatoire::quality::Bilan;
use observatoire::sources::disposition::Disposition;
use observatoire::sources::{cog, lecture};
use observatoire::tables::{AssistantsMaternels, Ingestion, Pseudonymes};
use observatoire::territory::rapprochement::Rapprocheur;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

const LIGNES: u32 = 300_000;
/// The memory of a run stays under so many times the size of the file.
const MEMOIRE_MAX: f64 = 4.0;

/// The simulated list of 2021, repeated: each turn gives other names, so that nobody comes twice.
fn fabriquer(chemin: &Path) -> std::io::Result<()> {
    let modele = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo/pmi/agrements_2021-12-31.csv");
    let texte = encoding_rs::WINDOWS_1252.decode(&fs::read(modele)?).0.into_owned();
    let (titres, lignes): (Vec<&str>, Vec<&str>) = texte.lines().partition(|l| !l.contains("@exemple.fr"));
    let mut sortie = BufWriter::new(fs::File::create(chemin)?);
    titres.iter().take(4).try_for_each(|titre| writeln!(sortie, "{titre}"))?;
    for rang in 0..LIGNES {
        let ligne = lignes[rang as usize % lignes.len()];
        let (nom, reste) = ligne.split_once(';').unwrap_or((ligne, ""));
        writeln!(sortie, "{nom}-{};{reste}", lettres(rang / u32::try_from(lignes.len()).unwrap_or(1)))?;
    }
    sortie.flush()
}

/// A number in letters: 27 → `BB`.
fn lettres(mut n: u32) -> String {
    let mut lettres = String::new();
    loop {
        lettres.push(char::from(b'A' + u8::try_from(n % 26).unwrap_or(0)));
        n /= 26;
        if n == 0 {
            return lettres;
        }
    }
}

/// A line of `/proc/self/status` in bytes: `VmHWM` is the most memory that the program ever held.
fn memoire(quoi: &str) -> Option<f64> {
    let statut = fs::read_to_string("/proc/self/status").ok()?;
    let ligne = statut.lines().find(|l| l.starts_with(quoi))?;
    Some(ligne.split_whitespace().nth(1)?.parse::<f64>().ok()? * 1024.0)
}

#[test]
fn une_liste_de_300_000_lignes() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("liste.csv");
    fabriquer(&chemin).unwrap();
    let taille = fs::metadata(&chemin).unwrap().len() as f64;
    let composition = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo/territoire/communes.csv");
    let perimetre = cog::composition_epci(&composition, "249600013").unwrap();
    let correspondances = BTreeMap::new();
    let rapprocheur = Rapprocheur::new(&perimetre, None, &correspondances);
    let pseudonymes = Pseudonymes::new([7; 32]);
    let date = NaiveDate::from_ymd_opt(2021, 12, 31).unwrap();
    let ingestion = Ingestion { source: "pmi", date, rapprocheur: &rapprocheur, pseudonymes: &pseudonymes };
    let avant = memoire("VmRSS");

    let depart = Instant::now();
    let grilles = lecture::lire(&chemin, "liste.csv").unwrap();
    let lu = depart.elapsed();
    let tableau = Disposition::connue("pmi").unwrap().reconnaitre(grilles, None, &BTreeMap::new()).unwrap();
    let dispose = depart.elapsed();
    let mut bilan = Bilan::new("pmi", "liste.csv");
    bilan.lignes = tableau.total;
    tableau.ecartees.iter().cloned().for_each(|p| bilan.noter(p));
    let liste = AssistantsMaternels::lire(&tableau, &ingestion, &mut bilan).unwrap();
    drop(tableau);
    let table = AssistantsMaternels::reunir(vec![liste]).unwrap();
    let duree = depart.elapsed();

    assert!(bilan.est_juste() && bilan.lignes == LIGNES, "{} lignes", bilan.lignes);
    assert!(table.trame().height() > 280_000, "{} personnes", table.trame().height());
    eprintln!(
        "{LIGNES} lignes, {:.1} Mo : lues en {lu:.1?}, disposées à {dispose:.1?}, en tout {duree:.1?}, soit {:.0} lignes par seconde",
        taille / 1e6,
        f64::from(LIGNES) / duree.as_secs_f64(),
    );
    // Linux tells; elsewhere only the rate is known.
    if let (Some(avant), Some(sommet)) = (avant, memoire("VmHWM")) {
        let rapport = (sommet - avant) / taille;
        eprintln!(
            "mémoire : {:.0} Mo au plus, dont {:.0} Mo avant la lecture, soit {rapport:.2} fois le fichier (en tout {:.2})",
            sommet / 1e6,
            avant / 1e6,
            sommet / taille
        );
        assert!(sommet / taille < MEMOIRE_MAX, "{:.2} fois la taille du fichier", sommet / taille);
    }
}
