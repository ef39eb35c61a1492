//! `communes.geojson` opens in any reader: RFC 7946, valid polygons, typed properties.

use crate::commun::demo;
use geo::{Area, Contains, Validation, Winding};
use geojson::FeatureCollection;
use observatoire::indicators::{Niveau, Sensibilite, indicateur};

fn collection(audience: &str) -> FeatureCollection {
    let texte = std::fs::read_to_string(demo().fichier(&format!("{audience}/communes.geojson"))).unwrap();
    texte.parse().unwrap()
}

fn contour(entite: &geojson::Feature) -> geo::MultiPolygon<f64> {
    let geometrie: geo::Geometry<f64> = entite.geometry.clone().unwrap().try_into().unwrap();
    match geometrie {
        geo::Geometry::Polygon(polygone) => polygone.into(),
        geo::Geometry::MultiPolygon(contour) => contour,
        autre => panic!("géométrie inattendue : {autre:?}"),
    }
}

#[test]
fn quinze_communes_aux_contours_valides() {
    let collection = collection("public");
    assert_eq!(collection.features.len(), 15);
    for entite in &collection.features {
        let contour = contour(entite);
        assert!(contour.is_valid(), "{:?} : {:?}", entite.id, contour.check_validation());
        assert!(contour.unsigned_area() > 0.0);
        for polygone in &contour {
            assert!(polygone.exterior().is_ccw(), "{:?} : règle de la main droite", entite.id);
            assert!(polygone.interiors().iter().all(Winding::is_cw));
            for point in polygone.exterior().points() {
                assert!(
                    (-5.5..=10.0).contains(&point.x()) && (41.0..=51.5).contains(&point.y()),
                    "WGS 84, en France"
                );
            }
        }
    }
}

#[test]
fn les_communes_ne_se_recouvrent_pas() {
    use geo::{BooleanOps, InteriorPoint};
    let contours: Vec<_> = collection("public").features.iter().map(contour).collect();
    for (i, un) in contours.iter().enumerate() {
        for autre in &contours[i + 1..] {
            let commun = un.intersection(autre).unsigned_area();
            assert!(commun < 1e-9, "deux communes se recouvrent de {commun} degrés carrés");
            assert!(!autre.contains(&un.interior_point().unwrap()));
        }
    }
}

#[test]
fn les_proprietes_sont_celles_de_la_table() {
    let demo = demo();
    for entite in &collection("elus").features {
        let proprietes = entite.properties.as_ref().unwrap();
        let code = proprietes["code"].as_str().unwrap();
        let figure = demo.compte_rendu.table.figure(Niveau::Commune, code, "am_agrees", "", 2024).unwrap();
        assert_eq!(proprietes["am_agrees"].as_f64(), figure.valeur, "{code}");
        assert_eq!(proprietes["am_agrees__statut"], figure.statut.mot(), "{code}");
        let sensibles = proprietes.keys().filter(|cle| {
            let id = cle.split("__").next().unwrap_or_default();
            indicateur(id).is_some_and(|i| i.sensibilite == Sensibilite::Sensible)
        });
        assert_eq!(sensibles.count(), 0, "rien sur les personnes d’une commune");
    }
}

#[test]
fn une_valeur_inconnue_est_nulle_et_dit_pourquoi() {
    let mut nulles = 0;
    for entite in &collection("public").features {
        let proprietes = entite.properties.as_ref().unwrap();
        for (cle, statut) in proprietes.iter().filter(|(cle, _)| cle.ends_with("__statut")) {
            let connu = ["observe", "estime"].contains(&statut.as_str().unwrap());
            let valeur = &proprietes[cle.trim_end_matches("__statut")];
            assert_eq!(valeur.is_null(), !connu, "{:?} {cle} {valeur}", entite.id);
            assert!(valeur.is_null() || valeur.is_number(), "{cle} : {valeur}");
            nulles += usize::from(valeur.is_null());
        }
    }
    assert!(nulles > 0, "une commune sans établissement n’a pas de part PSU");
}
