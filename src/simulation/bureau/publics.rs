//! Public data: births, composition of the EPCI, contours.

use super::super::{Commune, ErreurSimulation, Territoire};
use super::tableur::{Cellule, Encodage, csv, ligne};
use geojson::{Feature, JsonObject};

/// Births (`insee/`), composition and contours (`territoire/`).
pub(super) fn fichiers(territoire: &Territoire) -> Result<Vec<(String, Vec<u8>)>, ErreurSimulation> {
    Ok(vec![
        ("insee/naissances.csv".to_owned(), naissances(territoire)?),
        ("territoire/communes.csv".to_owned(), composition(territoire)?),
        ("territoire/contours.geojson".to_owned(), contours(territoire)),
    ])
}

/// Wide by year, as Insee's file of births by commune.
fn naissances(territoire: &Territoire) -> Result<Vec<u8>, ErreurSimulation> {
    let annees = &territoire.parametres.naissances;
    let mut en_tete = ligne!["code", "lib"];
    en_tete.extend(annees.iter().map(|n| Cellule::from(n.annee)));
    let mut lignes = vec![en_tete];
    for (_, commune) in territoire.communes_par_code() {
        let mut ligne = ligne![commune.code.to_string(), commune.nom.as_str()];
        ligne.extend(annees.iter().map(|n| Cellule::from(commune.naissances[&n.annee])));
        lignes.push(ligne);
    }
    csv("insee/naissances.csv", &lignes, Encodage::Utf8)
}

/// The communes of three EPCI, of which one is the territory.
fn composition(territoire: &Territoire) -> Result<Vec<u8>, ErreurSimulation> {
    let mut communes: Vec<&Commune> = territoire.communes.iter().chain(&territoire.voisines).collect();
    communes.sort_by_key(|c| (c.epci.0, c.code));
    let mut lignes = vec![ligne!["siren", "raison_sociale", "insee", "nom_membre", "pmun_2024"]];
    for c in communes {
        lignes.push(ligne![c.epci.0, c.epci.1, c.code.to_string(), c.nom.as_str(), c.population]);
    }
    csv("territoire/communes.csv", &lignes, Encodage::Utf8)
}

/// One commune a line, members and neighbours, by code.
fn contours(territoire: &Territoire) -> Vec<u8> {
    let mut communes: Vec<&Commune> = territoire.communes.iter().chain(&territoire.voisines).collect();
    communes.sort_by_key(|c| c.code);
    let features: Vec<String> = communes.into_iter().map(|c| feature(c).to_string()).collect();
    let lignes = features.join(",\n");
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{lignes}\n]}}\n").into_bytes()
}

fn feature(commune: &Commune) -> Feature {
    let mut proprietes = JsonObject::new();
    proprietes.insert("code".to_owned(), commune.code.as_str().into());
    proprietes.insert("nom".to_owned(), commune.nom.as_str().into());
    proprietes.insert("population".to_owned(), commune.population.into());
    let geometry = geojson::GeometryValue::from(&commune.contour).into();
    Feature { geometry: Some(geometry), properties: Some(proprietes), ..Feature::default() }
}

#[cfg(test)]
mod tests {
    use super::super::super::Parametres;
    use super::*;

    #[test]
    fn la_composition_melange_trois_epci() {
        let territoire = Territoire::imaginer(&Parametres::demo(2024)).expect("territoire");
        let texte = String::from_utf8(composition(&territoire).expect("csv")).expect("UTF-8");
        let sirens: std::collections::BTreeSet<&str> =
            texte.lines().skip(1).filter_map(|l| l.split(';').next()).collect();
        assert_eq!(sirens.len(), 3);
        assert_eq!(texte.lines().filter(|l| l.starts_with("249600013")).count(), 15);
    }

    #[test]
    fn les_contours_se_relisent_avec_leurs_proprietes() {
        let territoire = Territoire::imaginer(&Parametres::demo(2024)).expect("territoire");
        let texte = String::from_utf8(contours(&territoire)).expect("UTF-8");
        let collection: geojson::FeatureCollection = texte.parse().expect("GeoJSON");
        assert_eq!(collection.features.len(), 15 + territoire.voisines.len());
        for (feature, rang) in collection.features.iter().zip(1..) {
            assert_eq!(
                feature.property("code").and_then(|c| c.as_str()),
                Some(format!("96{rang:03}").as_str())
            );
            assert!(feature.property("population").is_some_and(serde_json::Value::is_u64));
        }
    }
}
