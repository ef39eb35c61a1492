//! JSON: an array of records, an object that holds one, or GeoJSON features.

use std::collections::BTreeMap;
use std::path::Path;

use geo::Centroid;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::encodage::Encodage;
use super::limites::{JSON_MAX, VALEURS_JSON_MAX};
use crate::quality::{Lieu, Motif, Probleme};
use crate::sources::grille::{Constructeur, Debordement, Grille, Origine};

/// Reads records: the first row holds their keys (nested ones joined by a dot), each record is a
/// row. A GeoJSON feature gives its properties and, where it has a geometry, the columns
/// `longitude` and `latitude` of its point or centroid. Several values one after the other (JSON
/// lines) are records too.
///
/// # Errors
/// `FichierIllisible` if the text is no JSON, or holds no records.
pub(super) fn lire(chemin: &Path, nom_affiche: &str) -> Result<Grille, Probleme> {
    let illisible =
        |detail: String| Probleme::new(Motif::FichierIllisible, Lieu::fichier(nom_affiche), detail);
    if std::fs::metadata(chemin).is_ok_and(|m| m.len() > JSON_MAX) {
        return Err(illisible("le fichier JSON dépasse 512 Mo".to_owned()));
    }
    let octets = Encodage::de(chemin)
        .and_then(|e| {
            let mut octets = Vec::new();
            e.ouvrir(chemin)?.read_to_end(&mut octets)?;
            Ok(e.decoder(&octets).into_owned())
        })
        .map_err(|_| illisible("le disque n’a pas pu être lu".to_owned()))?;
    if octets.bytes().filter(|o| matches!(o, b',' | b'[' | b'{')).count() > VALEURS_JSON_MAX {
        return Err(illisible("le JSON contient plus de 20 millions de valeurs".to_owned()));
    }
    // Blank lines at the end (the reader adds some) would move the place of a document that stops short.
    let mut valeurs = serde_json::Deserializer::from_str(octets.trim_end())
        .into_iter::<Value>()
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| illisible(mal_forme(&e)))?;
    let racine = if valeurs.len() == 1 { valeurs.remove(0) } else { Value::Array(valeurs) };
    let enregistrements = enregistrements(racine)
        .ok_or_else(|| illisible("le JSON ne contient pas de liste d’enregistrements".to_owned()))?;
    let fiches: Vec<BTreeMap<String, String>> = enregistrements.into_iter().map(fiche).collect();
    grille(&fiches, nom_affiche).map_err(|e| illisible(e.to_string()))
}

/// Where a document is no JSON any more. A file on one line, as portals export them, needs the column.
fn mal_forme(erreur: &serde_json::Error) -> String {
    if erreur.is_eof() {
        let ligne = erreur.line();
        return format!(
            "le JSON s’arrête avant sa fin, à la ligne {ligne} : le fichier est sans doute coupé"
        );
    }
    // serde_json stops at 128 levels, and has no other way to say so.
    if erreur.to_string().starts_with("recursion limit") {
        return format!(
            "le JSON est imbriqué sur plus de 128 niveaux, à la ligne {} : ce n’est pas une liste d’enregistrements",
            erreur.line()
        );
    }
    format!("le JSON est mal formé à la ligne {}, colonne {}", erreur.line(), erreur.column())
}

/// The array of objects of a document: itself, `features`, `results`, `records`, or the only array
/// of objects that it holds.
fn enregistrements(racine: Value) -> Option<Vec<Map<String, Value>>> {
    let liste = match racine {
        Value::Array(liste) => liste,
        Value::Object(mut objet) => {
            let nom =
                ["features", "results", "records"].iter().find(|n| est_liste(objet.get(**n))).map_or_else(
                    || {
                        let mut listes =
                            objet.iter().filter(|(_, v)| est_liste(Some(v))).map(|(k, _)| k.clone());
                        listes.next().filter(|_| listes.next().is_none())
                    },
                    |n| Some((*n).to_owned()),
                );
            match nom.and_then(|n| objet.remove(&n)) {
                Some(Value::Array(liste)) => liste,
                // A lone feature, or a lone record.
                _ => vec![Value::Object(objet)],
            }
        }
        _ => return None,
    };
    liste
        .into_iter()
        .map(|v| match v {
            Value::Object(objet) => Some(objet),
            _ => None,
        })
        .collect()
}

fn est_liste(valeur: Option<&Value>) -> bool {
    valeur.and_then(Value::as_array).is_some_and(|l| l.iter().all(Value::is_object))
}

/// The cells of a record. `fields` (OpenDataSoft) and `properties` (GeoJSON) stand for the record.
fn fiche(mut objet: Map<String, Value>) -> BTreeMap<String, String> {
    let point = objet.get("geometry").and_then(centre);
    let contenu = ["fields", "properties"].iter().find(|n| objet.get(**n).is_some_and(Value::is_object));
    let objet = match contenu.and_then(|n| objet.remove(*n)) {
        Some(Value::Object(dedans)) => dedans,
        _ => objet,
    };
    let mut fiche = BTreeMap::new();
    for (cle, valeur) in objet {
        aplatir(cle, valeur, &mut fiche);
    }
    if let Some((longitude, latitude)) = point {
        fiche.entry("longitude".to_owned()).or_insert_with(|| longitude.to_string());
        fiche.entry("latitude".to_owned()).or_insert_with(|| latitude.to_string());
    }
    fiche
}

fn centre(geometrie: &Value) -> Option<(f64, f64)> {
    if !positions_completes(geometrie) {
        return None;
    }
    let geometrie = geojson::Geometry::deserialize(geometrie).ok()?;
    let centre = geo::Geometry::<f64>::try_from(geometrie).ok()?.centroid()?;
    Some((centre.x(), centre.y()))
}

/// True if every position has two coordinates: the conversion would index a second one that is not there.
fn positions_completes(geometrie: &Value) -> bool {
    fn complete(coordonnees: &Value) -> bool {
        coordonnees.as_array().is_some_and(|liste| {
            !liste.is_empty()
                && (liste.iter().all(complete) || liste.len() > 1 && liste.iter().all(Value::is_number))
        })
    }
    match geometrie.get("geometries").and_then(Value::as_array) {
        Some(parties) => parties.iter().all(positions_completes),
        None => geometrie.get("coordinates").is_some_and(complete),
    }
}

fn aplatir(cle: String, valeur: Value, fiche: &mut BTreeMap<String, String>) {
    match valeur {
        Value::Object(dedans) => {
            for (suite, valeur) in dedans {
                aplatir(format!("{cle}.{suite}"), valeur, fiche);
            }
        }
        autre => {
            fiche.insert(cle, texte(&autre));
        }
    }
}

/// A value as a cell: `VRAI`, integers without `.0`, lists joined by a comma as forms export them.
fn texte(valeur: &Value) -> String {
    match valeur {
        Value::Null => String::new(),
        Value::Bool(vrai) => if *vrai { "VRAI" } else { "FAUX" }.to_owned(),
        Value::Number(nombre) => {
            let ecrit = nombre.to_string();
            ecrit.strip_suffix(".0").map(str::to_owned).unwrap_or(ecrit)
        }
        Value::String(texte) => texte.clone(),
        Value::Array(liste) => liste.iter().map(texte).collect::<Vec<_>>().join(", "),
        Value::Object(_) => valeur.to_string(),
    }
}

fn grille(fiches: &[BTreeMap<String, String>], nom: &str) -> Result<Grille, Debordement> {
    let mut grille = Constructeur::new(Origine { fichier: nom.to_owned(), feuille: None });
    let mut rangs: BTreeMap<&str, usize> =
        fiches.iter().flat_map(BTreeMap::keys).map(|k| (k.as_str(), 0)).collect();
    for (i, rang) in rangs.values_mut().enumerate() {
        *rang = i;
    }
    grille.ligne(0, rangs.iter().map(|(cle, i)| (*i, *cle)), None)?;
    for (i, fiche) in fiches.iter().enumerate() {
        let cellules = fiche.iter().filter_map(|(cle, texte)| Some((*rangs.get(cle.as_str())?, texte)));
        grille.ligne(u32::try_from(i + 1).unwrap_or(u32::MAX), cellules, None)?;
    }
    Ok(grille.finir())
}
