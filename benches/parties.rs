//! The parts of a run, one by one: `cargo bench --bench parties`, or `just bench`.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

use chrono::NaiveDate;
use divan::Bencher;
use divan::counter::ItemsCount;
use observatoire::disclosure::{Audience, divulguer};
use observatoire::indicators::TableIndicateurs;
use observatoire::open_data::Cache;
use observatoire::pipeline::{Options, Suivi, lancer};
use observatoire::quality::Bilan;
use observatoire::reprises::Reprises;
use observatoire::sources::contours::lire_contours;
use observatoire::sources::disposition::Disposition;
use observatoire::sources::{cog, lecture, valeurs};
use observatoire::tables::{AssistantsMaternels, Ingestion, Pseudonymes};
use observatoire::territory::Perimetre;
use observatoire::territory::contours::{preparer, simplifier};
use observatoire::territory::rapprochement::Rapprocheur;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn main() {
    divan::main();
}

fn demo(fichier: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo").join(fichier)
}

fn perimetre() -> Perimetre {
    cog::composition_epci(&demo("territoire/communes.csv"), "249600013").unwrap()
}

/// A list, from the file to the canonical table.
#[divan::bench(args = ["pmi/agrements_2021-12-31.csv", "pmi/agrements_2024-12-31.xlsx"])]
fn liste(bencher: Bencher<'_, '_>, fichier: &str) {
    let (perimetre, correspondances) = (perimetre(), BTreeMap::new());
    let rapprocheur = Rapprocheur::new(&perimetre, None, &correspondances);
    let pseudonymes = Pseudonymes::new([7; 32]);
    let date = NaiveDate::from_ymd_opt(2024, 12, 31).unwrap();
    let ingestion = Ingestion { source: "pmi", date, rapprocheur: &rapprocheur, pseudonymes: &pseudonymes };
    let chemin = demo(fichier);
    let lire = || {
        let grilles = lecture::lire(&chemin, fichier).unwrap();
        let tableau =
            Disposition::connue("pmi").unwrap().reconnaitre(grilles, None, &BTreeMap::new()).unwrap();
        let mut bilan = Bilan::new("pmi", fichier);
        let liste = AssistantsMaternels::lire(&tableau, &ingestion, &mut bilan).unwrap();
        AssistantsMaternels::reunir(vec![liste]).unwrap()
    };
    let lignes = lire().trame().height();
    bencher.counter(ItemsCount::new(lignes)).bench(lire);
}

/// Names of communes as offices write them.
#[divan::bench]
fn rapprochement(bencher: Bencher<'_, '_>) {
    let (perimetre, correspondances) = (perimetre(), BTreeMap::new());
    let rapprocheur = Rapprocheur::new(&perimetre, None, &correspondances);
    let noms = [
        "AUBRELONDE",
        "ST AUBRIN S/ VENDRELLE",
        "L ORMERAIE NEUVE",
        "Montfrelon",
        "Monfrelon",
        "Bourg-Inconnu",
    ];
    bencher
        .counter(ItemsCount::new(noms.len()))
        .bench(|| noms.map(|nom| rapprocheur.rapprocher(Some(divan::black_box(nom)), None)));
}

/// Dates and capacities as offices write them.
#[divan::bench]
fn valeurs_de_cellules(bencher: Bencher<'_, '_>) {
    let dates = ["31/12/2024", "2024-12-31", "1er janvier 1975", "31/02/1975"];
    let capacites = ["3", "2 + 1 périscolaire", "4 enfants", "à revoir"];
    bencher.counter(ItemsCount::new(dates.len() + capacites.len())).bench(|| {
        let lues = dates.map(|d| valeurs::date(divan::black_box(d)).is_ok());
        (lues, capacites.map(|c| valeurs::capacite(divan::black_box(c)).is_ok()))
    });
}

/// Contours, read, mended, simplified with those of their neighbours.
#[divan::bench]
fn contours(bencher: Bencher<'_, '_>) {
    let (perimetre, chemin) = (perimetre(), demo("territoire/contours.geojson"));
    bencher.bench(|| {
        let (bruts, _) = lire_contours(&chemin).unwrap();
        simplifier(&preparer(&bruts, None, None, &perimetre, true).0, 20.0)
    });
}

struct Muet;

impl Suivi for Muet {
    fn etape(&self, _: &str, _: usize) {}
    fn avancer(&self, _: &str) {}
}

fn lancer_la_demonstration(dossier: &Path) -> TableIndicateurs {
    let options = Options {
        rapports: dossier.join("reports"),
        donnees: dossier.join("data"),
        cache: Cache::new(dossier.join("cache")),
        livrables: vec!["geojson".to_owned()],
        tout_refaire: true,
    };
    let pipeline = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/demo.toml");
    lancer(&pipeline, &options, &Muet).unwrap().table
}

/// The demonstration from its files to its GeoJSON: reading, indicators, disclosure.
#[divan::bench(sample_count = 10)]
fn demonstration(bencher: Bencher<'_, '_>) {
    let dossier = tempfile::tempdir().unwrap();
    bencher.bench_local(|| lancer_la_demonstration(dossier.path()));
}

/// What the public may see of the demonstration.
#[divan::bench(sample_count = 10)]
fn divulgation(bencher: Bencher<'_, '_>) {
    let dossier = tempfile::tempdir().unwrap();
    let table = lancer_la_demonstration(dossier.path());
    bencher
        .counter(ItemsCount::new(table.lignes()))
        .bench_local(|| divulguer(&table, Audience::Public, &[], &Reprises::en_memoire()));
}
