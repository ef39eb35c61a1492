//! Melodi, the API of Insee: births by commune of the mother.
//!
//! The identifiers of datasets change: that of births is looked up in the catalogue.

use super::contenu::{autre_sorte, json, liste, texte};
use super::reseau::{Cause, Client, Echec, Ressource};
use super::{Nature, Service};
use serde_json::Value;
use std::path::Path;

/// The most rows that a page may have.
const PAR_PAGE: &str = "10000";

/// Statuses of an observation that stands for itself; the others mean missing or counted elsewhere.
const DIFFUSEES: [&str; 7] = ["A", "W", "E", "P", "D", "B", ""];

/// One observation: `GEO` (2025-COM-85003), year, births (none if withheld).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Observation {
    pub(super) geo: String,
    pub(super) annee: String,
    pub(super) valeur: Option<f64>,
}

/// One page of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Page {
    pub(super) observations: Vec<Observation>,
    pub(super) derniere: bool,
}

pub(super) fn catalogue(client: &Client<'_>) -> Result<Ressource, Echec> {
    let url = client.url(Service::Melodi, &["catalog", "all"], &[])?;
    let nom = "catalogue-melodi.json".to_owned();
    Ok(Ressource { service: Service::Melodi, nom, url, nature: Nature::CatalogueDeMelodi })
}

/// One page of the births of the communes of an EPCI, or of a commune that has none.
pub(super) fn naissances(
    client: &Client<'_>,
    jeu: &str,
    epci_ou_commune: &str,
    page: usize,
) -> Result<Ressource, Echec> {
    let lieu = if epci_ou_commune.len() == 9 {
        format!("EPCI-{epci_ou_commune}*COM")
    } else {
        format!("COM-{epci_ou_commune}")
    };
    let numero = page.to_string();
    let requete = [("GEO", lieu.as_str()), ("maxResult", PAR_PAGE), ("page", &numero)];
    let url = client.url(Service::Melodi, &["data", jeu], &requete)?;
    let nom = format!("naissances-{epci_ou_commune}-{page}.json");
    Ok(Ressource { service: Service::Melodi, nom, url, nature: Nature::NaissancesDeMelodi })
}

/// The identifier and the French title of each dataset.
pub(super) fn lire_catalogue(chemin: &Path) -> Result<Vec<(String, String)>, Cause> {
    let valeur = json(chemin)?;
    let lire = |jeu: &Value| {
        let titres = jeu.get("title").and_then(Value::as_array).into_iter().flatten();
        let francais = titres
            .filter(|t| t.get("lang").and_then(Value::as_str) == Some("fr"))
            .find_map(|t| t.get("content").and_then(Value::as_str));
        Ok((texte(jeu, "identifier")?.to_owned(), francais.unwrap_or_default().to_owned()))
    };
    liste(&valeur)?.iter().map(lire).collect()
}

/// The dataset of births by commune: by its identifier, else by its title.
pub(super) fn jeu_des_naissances(catalogue: &[(String, String)]) -> Result<&str, Cause> {
    let par_identifiant = |id: &str| id.contains("NAIS") && id.contains("COM");
    let par_titre = |titre: &str| {
        let titre = titre.to_lowercase();
        titre.contains("naissance") && titre.contains("commun")
    };
    let mut convenables: Vec<&str> =
        catalogue.iter().map(|(id, _)| id.as_str()).filter(|id| par_identifiant(id)).collect();
    if convenables.is_empty() {
        convenables =
            catalogue.iter().filter(|(_, titre)| par_titre(titre)).map(|(id, _)| id.as_str()).collect();
    }
    // Of several, the plainest: the others add a dimension to its name.
    convenables.sort_by_key(|id| (id.len(), *id));
    convenables.first().copied().ok_or_else(|| {
        let nombre = catalogue.len();
        Cause::Derive(format!(
            "aucun des {nombre} jeux de données du catalogue n’est celui des naissances par commune (colonne « identifier »)"
        ))
    })
}

/// The births of a page: live births only, if the dataset counts others beside.
pub(super) fn lire_page(chemin: &Path) -> Result<Page, Cause> {
    let valeur = json(chemin)?;
    let Some(observations) = valeur.get("observations") else {
        return Err(Cause::Derive("la colonne « observations » manque".to_owned()));
    };
    let mut lues = Vec::new();
    for observation in liste(observations)? {
        let Some(dimensions) = observation.get("dimensions") else {
            return Err(Cause::Derive("la colonne « dimensions » manque".to_owned()));
        };
        if dimensions.get("EC_MEASURE").and_then(Value::as_str).is_some_and(|m| m != "LVB") {
            continue;
        }
        lues.push(Observation {
            geo: texte(dimensions, "GEO")?.to_owned(),
            annee: texte(dimensions, "TIME_PERIOD")?.to_owned(),
            valeur: valeur_de(observation)?,
        });
    }
    let pages = valeur.get("paging");
    let suite = pages.and_then(|p| p.get("next")).is_some_and(|suite| !suite.is_null());
    let finie = pages.and_then(|p| p.get("isLast")).and_then(Value::as_bool);
    Ok(Page { observations: lues, derniere: finie.unwrap_or(!suite) })
}

/// The number of an observation; none if it is withheld or missing.
fn valeur_de(observation: &Value) -> Result<Option<f64>, Cause> {
    let statut = observation.pointer("/attributes/OBS_STATUS").and_then(Value::as_str).unwrap_or_default();
    let Some(mesures) = observation.get("measures") else {
        return Err(Cause::Derive("la colonne « measures » manque".to_owned()));
    };
    let Some(mesure) = mesures.get("OBS_VALUE_NIVEAU") else {
        return texte(mesures, "OBS_VALUE_NIVEAU").map(|_| None);
    };
    match mesure.get("value") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(nombre)) => Ok(nombre.as_f64().filter(|_| DIFFUSEES.contains(&statut))),
        Some(autre) => Err(autre_sorte("OBS_VALUE_NIVEAU", "un nombre", autre)),
    }
}

/// The observations as the layout of births takes them, sorted, each once.
pub(super) fn table(observations: &[Observation]) -> Result<Vec<u8>, csv::Error> {
    let mut tries: Vec<&Observation> = observations.iter().collect();
    tries.sort_by(|a, b| (&a.geo, &a.annee).cmp(&(&b.geo, &b.annee)));
    tries.dedup_by(|a, b| (&a.geo, &a.annee) == (&b.geo, &b.annee));
    let mut table = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    table.write_record(["GEO", "TIME_PERIOD", "OBS_VALUE"])?;
    for observation in tries {
        let valeur = observation.valeur.map_or_else(|| "nd".to_owned(), |v| v.to_string());
        table.write_record([&observation.geo, &observation.annee, &valeur])?;
    }
    table.into_inner().map_err(|e| e.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(jeux: &[(&str, &str)]) -> Vec<(String, String)> {
        jeux.iter().map(|(id, titre)| ((*id).to_owned(), (*titre).to_owned())).collect()
    }

    #[test]
    fn le_jeu_des_naissances_se_trouve_meme_s_il_change_de_nom() {
        let connu = catalogue(&[
            ("DS_ETAT_CIVIL_DECES_COMMUNES", "Décès par commune"),
            ("DS_ETAT_CIVIL_NAIS_COMMUNES", "Naissances par commune"),
            ("DS_ETAT_CIVIL_NAIS_COMMUNES_AGE", "Naissances par commune et âge de la mère"),
        ]);
        assert_eq!(jeu_des_naissances(&connu).unwrap(), "DS_ETAT_CIVIL_NAIS_COMMUNES");
        let renomme = catalogue(&[("DS_EC_LVB_2027", "Naissances domiciliées, niveau communal")]);
        assert_eq!(jeu_des_naissances(&renomme).unwrap(), "DS_EC_LVB_2027");
        let absent = jeu_des_naissances(&catalogue(&[("DS_RP", "Recensement")])).unwrap_err();
        assert!(absent.to_string().contains("naissances"), "{absent}");
    }

    #[test]
    fn ce_qui_n_est_pas_diffuse_n_est_pas_zero() {
        let page = r#"{"observations":[
            {"dimensions":{"GEO":"2025-COM-85003","TIME_PERIOD":"2024","EC_MEASURE":"LVB"},"attributes":{"OBS_STATUS":"A"},"measures":{"OBS_VALUE_NIVEAU":{"value":92.0}}},
            {"dimensions":{"GEO":"2025-COM-85008","TIME_PERIOD":"2024","EC_MEASURE":"LVB"},"attributes":{"OBS_STATUS":"M"},"measures":{"OBS_VALUE_NIVEAU":{"value":0.0}}},
            {"dimensions":{"GEO":"2025-COM-85009","TIME_PERIOD":"2024","EC_MEASURE":"LVB"},"measures":{"OBS_VALUE_NIVEAU":{}}},
            {"dimensions":{"GEO":"2025-COM-85003","TIME_PERIOD":"2024","EC_MEASURE":"STB"},"measures":{"OBS_VALUE_NIVEAU":{"value":1.0}}}],
            "paging":{"isLast":false,"next":"https://api.insee.fr/melodi/data/X?page=2"}}"#;
        let mut fichier = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut fichier, page.as_bytes()).unwrap();
        let page = lire_page(fichier.path()).unwrap();
        assert!(!page.derniere);
        let table = String::from_utf8(table(&page.observations).unwrap()).unwrap();
        assert_eq!(
            table,
            "GEO;TIME_PERIOD;OBS_VALUE\n2025-COM-85003;2024;92\n2025-COM-85008;2024;nd\n2025-COM-85009;2024;nd\n"
        );
    }
}
