//! 890 fiches, those of a département like the Pas-de-Calais: how long, in how much memory.
//!
//! `cargo test --bench fiches -- --nocapture` (see `benches/README.md` for the figures). The contours and the
//! names are those of a simulated territory of 890 communes; the figures of each are those of a commune of the
//! demonstration, so that only the fiches are measured, not what reads, computes and discloses.
#![allow(clippy::print_stderr, clippy::unwrap_used, missing_docs, unreachable_pub)]

use chrono::NaiveDate;
use geo::InteriorPoint;
use observatoire::deliverables::apparence::Apparence;
use observatoire::deliverables::{self, Avancement, Contexte};
use observatoire::disclosure::Audience;
use observatoire::indicators::{Niveau, Parametres as Reglages, TableIndicateurs};
use observatoire::open_data::Cache;
use observatoire::pipeline::{CompteRendu, Options, Suivi, lancer};
use observatoire::reprises::Reprises;
use observatoire::simulation::{Parametres, Territoire};
use observatoire::territory::{CommuneGeo, Geographie};
use polars::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

const COMMUNES: usize = 890;

struct Muet;

impl Suivi for Muet {
    fn etape(&self, _: &str, _: usize) {}
    fn avancer(&self, _: &str) {}
}

/// The report of the demonstration, without deliverables but the table.
fn demonstration(dossier: &Path) -> CompteRendu {
    let options = Options {
        rapports: dossier.join("reports"),
        donnees: dossier.join("data"),
        cache: Cache::new(dossier.join("cache")),
        livrables: vec!["indicateurs".to_owned()],
        tout_refaire: true,
    };
    let pipeline = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/demo.toml");
    lancer(&pipeline, &options, &Muet).unwrap()
}

/// The communes of a département, largest first, and those around.
fn departement(communes: usize) -> Geographie {
    let facteur = u32::try_from(communes.div_ceil(15)).unwrap();
    let mut parametres = Parametres::demo(2024).agrandi(facteur);
    parametres.populations.truncate(communes);
    let territoire = Territoire::imaginer(&parametres).unwrap();
    let voisines = territoire.voisines.iter().map(|c| (c, false));
    let toutes = territoire.communes.iter().map(|c| (c, true)).chain(voisines);
    let mut communes: Vec<CommuneGeo> = toutes
        .map(|(commune, membre)| CommuneGeo {
            code: commune.code,
            nom: commune.nom.clone(),
            contour: commune.contour.clone().into(),
            centre: commune.contour.interior_point().unwrap(),
            membre,
        })
        .collect();
    communes.sort_by_key(|c| c.code);
    Geographie { communes }
}

/// The table of the demonstration, the rows of its communes again and again under other codes.
fn repeter(table: &TableIndicateurs, geographie: &Geographie) -> TableIndicateurs {
    let trame = table.trame().unwrap();
    let niveaux = trame.column("niveau").unwrap().str().unwrap();
    let d_une_commune: BooleanChunked =
        niveaux.iter().map(|n| Some(n == Some(Niveau::Commune.mot()))).collect();
    let communes = trame.filter(&d_une_commune).unwrap();
    let codes = communes.column("code").unwrap().str().unwrap().clone();
    let modeles: Vec<&str> =
        codes.iter().flatten().collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    let par_modele: Vec<DataFrame> =
        modeles.iter().map(|modele| communes.filter(&codes.equal(*modele)).unwrap()).collect();
    let mut parties = vec![trame.filter(&!d_une_commune).unwrap()];
    for (rang, commune) in geographie.membres().enumerate() {
        let mut partie = par_modele[rang % par_modele.len()].clone();
        let n = partie.height();
        for (nom, texte) in [("code", commune.code.as_str()), ("nom", commune.nom.as_str())] {
            partie.with_column(StringChunked::full(nom.into(), texte, n).into_column()).unwrap();
        }
        parties.push(partie);
    }
    let plans: Vec<LazyFrame> = parties.into_iter().map(IntoLazy::lazy).collect();
    TableIndicateurs::new(&concat(plans, UnionArgs::default()).unwrap().collect().unwrap()).unwrap()
}

/// A line of `/proc/self/status` in bytes: `VmHWM` is the most memory that the program ever held.
fn memoire(quoi: &str) -> Option<f64> {
    let statut = fs::read_to_string("/proc/self/status").ok()?;
    let ligne = statut.lines().find(|l| l.starts_with(quoi))?;
    Some(ligne.split_whitespace().nth(1)?.parse::<f64>().ok()? * 1024.0)
}

/// Seconds of processor that the program has had, all threads together (Linux counts them by hundredths).
fn processeur() -> Option<f64> {
    let statut = fs::read_to_string("/proc/self/stat").ok()?;
    let apres_le_nom = statut.rsplit_once(") ")?.1;
    let champs: Vec<&str> = apres_le_nom.split(' ').collect();
    Some((champs.get(11)?.parse::<f64>().ok()? + champs.get(12)?.parse::<f64>().ok()?) / 100.0)
}

#[test]
fn les_fiches_d_un_departement() {
    let dossier = tempfile::tempdir().unwrap();
    let demo = demonstration(dossier.path());
    let geographie = departement(COMMUNES);
    let table = repeter(&demo.table, &geographie);
    let sources = BTreeMap::new();
    let questionnaires = BTreeMap::new();
    let contexte = Contexte {
        table: &table,
        geographie: &geographie,
        territoire: "Un département",
        code_territoire: &demo.code,
        annee: demo.annee,
        sources: &sources,
        projets: &[],
        modele: None,
        date: NaiveDate::from_ymd_opt(2024, 12, 31).unwrap(),
        audience: Audience::Interne,
        parametres: &Reglages::default(),
        variantes: &[],
        apparence: &Apparence::default(),
        services: None,
        contradictions: &[],
        manques: &[],
        questionnaires: &questionnaires,
        reprises: &Reprises::en_memoire(),
        avancement: Avancement::default(),
    };
    let fiches = deliverables::tous().into_iter().find(|l| l.nom() == "fiches").unwrap();
    let (avant, processeur_avant) = (memoire("VmRSS"), processeur());

    let depart = Instant::now();
    let ecrites = fiches.produire(&contexte, dossier.path()).unwrap();
    let duree = depart.elapsed();

    assert_eq!(ecrites.len(), COMMUNES);
    eprintln!(
        "{COMMUNES} fiches, {} lignes de table : {duree:.1?}, soit {:.0} ms par fiche",
        table.lignes(),
        1e3 * duree.as_secs_f64() / COMMUNES as f64
    );
    // Linux tells; elsewhere only the time is known.
    if let (Some(avant), Some(apres)) = (processeur_avant, processeur()) {
        eprintln!(
            "processeur : {:.1} s, soit {:.0} ms par fiche",
            apres - avant,
            1e3 * (apres - avant) / COMMUNES as f64
        );
    }
    if let (Some(avant), Some(sommet)) = (avant, memoire("VmHWM")) {
        eprintln!("mémoire : {:.0} Mo au plus, dont {:.0} Mo avant les fiches", sommet / 1e6, avant / 1e6);
    }
}
