//! The real public files give two territories; skipped aloud where the files are not there.

use crate::commun::{Muet, donnees_reelles, options, racine};
use observatoire::indicators::{Niveau, Statut};
use observatoire::open_data::recuperer_depuis;
use observatoire::pipeline::{CompteRendu, Declaration, lancer};
use std::collections::BTreeMap;
use std::path::Path;

struct Essai {
    compte_rendu: CompteRendu,
    _dossier: tempfile::TempDir,
}

fn lancer_reel(nom: &str, donnees: &Path) -> Essai {
    let dossier = tempfile::tempdir().unwrap();
    let pipeline = racine().join(format!("pipelines/{nom}.toml"));
    let declaration = Declaration::lire(&pipeline).unwrap();
    let options = options(dossier.path());
    let jour = chrono::NaiveDate::from_ymd_opt(2025, 1, 15).unwrap();
    let bilan = recuperer_depuis(&declaration.demande(), donnees, &options.cache, jour).unwrap();
    assert!(bilan.manquantes.is_empty(), "{:?}", bilan.manquantes);
    assert_eq!(bilan.prises.len(), 5);
    Essai { compte_rendu: lancer(&pipeline, &options, &Muet).unwrap(), _dossier: dossier }
}

/// Births of the communes of an EPCI, added up by a reader that is not ours.
fn naissances_attendues(donnees: &Path, siren: &str) -> BTreeMap<i32, f64> {
    let lecteur = |nom: &str| csv::ReaderBuilder::new().delimiter(b';').from_path(donnees.join(nom)).unwrap();
    let membres: Vec<String> = lecteur("cog/epci_composition_2025.csv")
        .records()
        .map(Result::unwrap)
        .filter(|l| &l[1] == siren)
        .map(|l| l[9].to_owned())
        .collect();
    let mut naissances = lecteur("insee/naissances_com_2008_2024.csv");
    let annees: Vec<i32> = naissances.headers().unwrap().iter().skip(2).map(|a| a.parse().unwrap()).collect();
    let mut sommes: BTreeMap<i32, f64> = annees.iter().map(|a| (*a, 0.0)).collect();
    for ligne in naissances.records().map(Result::unwrap).filter(|l| membres.iter().any(|m| m == &l[0])) {
        for (annee, nombre) in annees.iter().zip(ligne.iter().skip(2)) {
            *sommes.get_mut(annee).unwrap() += nombre.parse::<f64>().unwrap();
        }
    }
    sommes
}

fn verifier(nom: &str, siren: &str, communes: usize) {
    let Some(donnees) = donnees_reelles() else { return };
    let essai = lancer_reel(nom, &donnees);
    let compte_rendu = &essai.compte_rendu;
    let attendues = naissances_attendues(&donnees, siren);
    assert_eq!(attendues.len(), 17);
    for (annee, attendu) in &attendues {
        let figure = compte_rendu.table.figure(Niveau::Territoire, siren, "naissances", "", *annee).unwrap();
        assert_eq!(figure.valeur, Some(*attendu), "{nom} {annee}");
        assert_eq!(figure.parties as usize, communes, "{nom} {annee}");
    }
    let bilan = compte_rendu.bilans.0.iter().find(|b| b.source == "naissances").unwrap();
    assert!(bilan.est_juste() && bilan.lues as usize == communes, "{bilan:?}");

    // Every member is on the map, though the contours are of 2018.
    let geojson = std::fs::read_to_string(compte_rendu.dossier.join("public/communes.geojson")).unwrap();
    let collection: geojson::FeatureCollection = geojson.parse().unwrap();
    assert_eq!(collection.features.len(), communes);
    for image in ["graphiques/naissances.svg", "graphiques/carte-naissances.png"] {
        assert!(compte_rendu.dossier.join("public").join(image).exists(), "{nom} : {image}");
    }

    // What no source gives is said, with what it would take.
    let manque = compte_rendu.manques.iter().find(|m| m.indicateur == "am_agrees").unwrap();
    assert_eq!(manque.sources, ["pmi"]);
    let enfants = compte_rendu.table.figure(Niveau::Territoire, siren, "enfants_0_2", "", 2024).unwrap();
    assert_eq!(enfants.statut, Statut::Estime);
    assert_eq!(enfants.valeur, Some(attendues[&2022] + attendues[&2023] + attendues[&2024]));
}

#[test]
fn vie_et_boulogne() {
    verifier("vie-et-boulogne", "200072882", 15);
}

#[test]
fn tonnerrois() {
    verifier("tonnerrois", "200039642", 52);
}

#[test]
fn un_fichier_est_reconnu_a_son_contenu_et_non_a_son_nom() {
    let Some(donnees) = donnees_reelles() else { return };
    let melange = tempfile::tempdir().unwrap();
    let renommer = |de: &str, vers: &str| std::fs::copy(donnees.join(de), melange.path().join(vers)).unwrap();
    renommer("cog/communes.csv", "a.txt");
    renommer("cog/mouvements-communes.csv", "communes.csv");
    renommer("cog/epci_composition_2025.csv", "Sans titre (3)");
    renommer("insee/naissances_com_2008_2024.csv", "mouvements.csv");
    renommer("contours/communes-85-vendee.geojson", "x.json");
    renommer("contours/communes-89-yonne.geojson", "y.json");
    let essai = lancer_reel("tonnerrois", melange.path());
    assert_eq!(essai.compte_rendu.table.serie(Niveau::Territoire, "200039642", "naissances", "").len(), 17);
}
