//! geo.api.gouv.fr: EPCI, communes with population and centre, contours.
//!
//! Two lists of the whole country (about a megabyte compressed) say at once what any EPCI is made of, by
//! number or by name, and which communes lie around it, in whatever département they are. Contours are
//! then asked for by EPCI, for the few that count.

use super::contenu::{autre_sorte, json, liste, texte};
use super::reseau::{Cause, Client, Echec, Ressource};
use super::{Nature, Service};
use crate::territory::CodeCommune;
use geo::{Distance, Haversine, Point};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A commune of the list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CommunePublique {
    pub(super) code: CodeCommune,
    pub(super) nom: String,
    /// SIREN of its EPCI; none for the four islands that have none.
    pub(super) epci: Option<String>,
    /// Legal population, if it is known.
    pub(super) population: Option<u64>,
    pub(super) centre: Option<Point<f64>>,
}

pub(super) fn epcis(client: &Client<'_>) -> Result<Ressource, Echec> {
    let url = client.url(Service::GeoApi, &["epcis"], &[("fields", "nom,code")])?;
    Ok(Ressource { service: Service::GeoApi, nom: "epcis.json".to_owned(), url, nature: Nature::Epcis })
}

pub(super) fn communes(client: &Client<'_>) -> Result<Ressource, Echec> {
    let champs = "nom,code,codeEpci,population,centre";
    let url = client.url(Service::GeoApi, &["communes"], &[("fields", champs)])?;
    Ok(Ressource { service: Service::GeoApi, nom: "communes.json".to_owned(), url, nature: Nature::Communes })
}

/// The contours of an EPCI or, by its code, of a commune that has none.
pub(super) fn contours(client: &Client<'_>, epci_ou_commune: &str) -> Result<Ressource, Echec> {
    // Without « geometry », the service gives points.
    let forme =
        [("fields", "nom,code,population,surface,centre"), ("format", "geojson"), ("geometry", "contour")];
    let url = if epci_ou_commune.len() == 9 {
        client.url(Service::GeoApi, &["epcis", epci_ou_commune, "communes"], &forme)?
    } else {
        let requete = [&[("code", epci_ou_commune)], &forme[..]].concat();
        client.url(Service::GeoApi, &["communes"], &requete)?
    };
    let nom = format!("contours-{epci_ou_commune}.geojson");
    Ok(Ressource { service: Service::GeoApi, nom, url, nature: Nature::Contours })
}

/// The name of each EPCI by SIREN.
pub(super) fn lire_epcis(chemin: &Path) -> Result<BTreeMap<String, String>, Cause> {
    let valeur = json(chemin)?;
    let lire = |epci: &Value| {
        let (code, nom) = (texte(epci, "code")?, texte(epci, "nom")?);
        if code.len() != 9 || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(autre_sorte("code", "un numéro SIREN", &epci["code"]));
        }
        Ok((code.to_owned(), nom.to_owned()))
    };
    let epcis: BTreeMap<_, _> = liste(&valeur)?.iter().map(lire).collect::<Result<_, _>>()?;
    if epcis.is_empty() { Err(Cause::Derive("aucune intercommunalité".to_owned())) } else { Ok(epcis) }
}

/// The communes, sorted by code.
pub(super) fn lire_communes(chemin: &Path) -> Result<Vec<CommunePublique>, Cause> {
    let valeur = json(chemin)?;
    let communes = liste(&valeur)?;
    // A commune may lack one of these; all of them do not.
    for champ in ["codeEpci", "population", "centre"] {
        if communes.iter().all(|c| c.get(champ).is_none()) {
            return Err(Cause::Derive(format!("la colonne « {champ} » manque")));
        }
    }
    let mut communes: Vec<_> = communes.iter().map(lire_commune).collect::<Result<_, _>>()?;
    communes.sort_by_key(|c| c.code);
    Ok(communes)
}

fn lire_commune(commune: &Value) -> Result<CommunePublique, Cause> {
    let code = CodeCommune::lire(texte(commune, "code")?)
        .map_err(|_| autre_sorte("code", "un code de commune", &commune["code"]))?;
    let si_la = |champ: &str| commune.get(champ).filter(|v| !v.is_null());
    let population = match si_la("population") {
        Some(v) => Some(v.as_u64().ok_or_else(|| autre_sorte("population", "un nombre", v))?),
        None => None,
    };
    let centre = match si_la("centre") {
        Some(v) => Some(point(v).ok_or_else(|| autre_sorte("centre", "un point", v))?),
        None => None,
    };
    Ok(CommunePublique {
        code: code.0,
        nom: texte(commune, "nom")?.to_owned(),
        epci: si_la("codeEpci").map(|_| texte(commune, "codeEpci").map(str::to_owned)).transpose()?,
        population,
        centre,
    })
}

fn point(valeur: &Value) -> Option<Point<f64>> {
    let coordonnees = valeur.get("coordinates")?.as_array()?;
    Some(Point::new(coordonnees.first()?.as_f64()?, coordonnees.get(1)?.as_f64()?))
}

/// The composition of every EPCI, as the reader of compositions takes it.
pub(super) fn composition(
    epcis: &BTreeMap<String, String>,
    communes: &[CommunePublique],
) -> Result<Vec<u8>, csv::Error> {
    let mut table = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    table.write_record(["siren", "raison_sociale", "insee", "nom_membre", "population"])?;
    for commune in communes {
        let Some((siren, nom)) = commune.epci.as_ref().and_then(|e| epcis.get_key_value(e)) else { continue };
        let population = commune.population.map(|p| p.to_string()).unwrap_or_default();
        table.write_record([siren, nom, commune.code.as_str(), &commune.nom, &population])?;
    }
    table.into_inner().map_err(|e| e.into_error().into())
}

/// The communes whose centre is within so many kilometres of that of a member: members, then others.
pub(super) fn autour(
    communes: &[CommunePublique],
    membres: &BTreeSet<CodeCommune>,
    rayon_km: f64,
) -> BTreeSet<CodeCommune> {
    let centres: Vec<Point<f64>> =
        communes.iter().filter(|c| membres.contains(&c.code)).filter_map(|c| c.centre).collect();
    // A degree of latitude is 111 km: most of the country is left out at once.
    let proche = |a: Point<f64>, b: Point<f64>| {
        (a.y() - b.y()).abs() * 111.0 <= rayon_km && Haversine.distance(a, b) <= rayon_km * 1000.0
    };
    let voisine = |c: &&CommunePublique| {
        c.centre.is_some_and(|centre| centres.iter().any(|membre| proche(centre, *membre)))
    };
    communes.iter().filter(voisine).map(|c| c.code).chain(membres.iter().copied()).collect()
}

/// One collection of the features of several, each commune once, sorted by code; only those of `voulues` if
/// it is given.
pub(super) fn reunir_contours<'a>(
    fichiers: impl IntoIterator<Item = &'a Path>,
    voulues: Option<&BTreeSet<CodeCommune>>,
) -> Result<Vec<u8>, Cause> {
    let mut entites: BTreeMap<CodeCommune, Value> = BTreeMap::new();
    for fichier in fichiers {
        let mut valeur = json(fichier)?;
        let Some(Value::Array(lues)) = valeur.get_mut("features").map(Value::take) else { continue };
        for entite in lues {
            let code = ["code", "insee", "codgeo", "INSEE_COM"]
                .iter()
                .find_map(|cle| CodeCommune::lire(entite["properties"].get(*cle)?.as_str()?).ok());
            let Some((code, _)) = code else { continue };
            if voulues.is_none_or(|v| v.contains(&code)) {
                entites.entry(code).or_insert(entite);
            }
        }
    }
    let entites: Vec<Value> = entites.into_values().collect();
    Ok(json!({ "type": "FeatureCollection", "features": entites }).to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commune(code: &str, x: f64, epci: Option<&str>) -> CommunePublique {
        CommunePublique {
            code: code.parse().unwrap(),
            nom: format!("Commune; {code}"),
            epci: epci.map(str::to_owned),
            population: Some(7),
            centre: Some(Point::new(x, 47.0)),
        }
    }

    #[test]
    fn la_composition_se_relit_par_numero_et_par_nom() {
        let epcis = BTreeMap::from([("200000001".to_owned(), "CC de l’Essai".to_owned())]);
        let communes = [commune("85003", 0.0, Some("200000001")), commune("85113", 0.0, None)];
        let mut fichier = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut fichier, &composition(&epcis, &communes).unwrap()).unwrap();
        for epci in ["200000001", "cc de l'essai"] {
            let perimetre = crate::sources::cog::composition_epci(fichier.path(), epci).unwrap();
            assert_eq!(perimetre.membres().len(), 1);
            assert_eq!(perimetre.membres()[0].nom, "Commune; 85003");
            assert_eq!(perimetre.membres()[0].population, Some(7));
        }
    }

    #[test]
    fn les_voisines_sont_dans_le_rayon_et_les_membres_toujours() {
        // At 47° N, a degree of longitude is 75.8 km.
        let communes =
            [commune("85001", 0.0, None), commune("85002", 0.2, None), commune("85003", 0.4, None)];
        let membres = ["85001".parse().unwrap(), "85999".parse().unwrap()].into();
        let codes: Vec<String> = autour(&communes, &membres, 20.0).iter().map(ToString::to_string).collect();
        assert_eq!(codes, ["85001", "85002", "85999"]);
    }
}
