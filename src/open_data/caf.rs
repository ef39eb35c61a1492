//! data.caf.fr: rates of coverage and places, as the Cnaf publishes them.

use super::contenu::{anomalie, autre_sorte, json, liste, texte};
use super::reseau::{Cause, Client, Echec, Ressource};
use super::{Nature, Service};
use crate::sources::disposition::Tableau;
use crate::sources::{Genre, lecture, valeurs};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Datasets that one page of the catalogue gives.
const PAR_PAGE: usize = 100;

/// Levels of the datasets, with the field of the layout that tells each.
const NIVEAUX: [(&str, &str); 4] =
    [("com", "code_commune"), ("epci", "code_epci"), ("dep", "code_departement"), ("reg", "code_region")];

/// What each row of a dataset gives, after `taux_` or `places_`.
const COMPOSANTES: [&str; 8] =
    ["psu", "hors_psu", "eaje", "prescolarisation", "am", "domicile", "individuel", "global"];

/// The year with which the current datasets begin; the files of history begin before.
const PREMIERE_ANNEE_COURANTE: i32 = 2022;

/// A page of the catalogue.
pub(super) fn catalogue(client: &Client<'_>, page: usize) -> Result<Ressource, Echec> {
    let (combien, depuis) = (PAR_PAGE.to_string(), (page * PAR_PAGE).to_string());
    let requete = [("limit", combien.as_str()), ("offset", &depuis), ("order_by", "dataset_id")];
    let url = client.url(Service::Caf, &["api", "explore", "v2.1", "catalog", "datasets"], &requete)?;
    let nom = format!("catalogue-caf-{page}.json");
    Ok(Ressource { service: Service::Caf, nom, url, nature: Nature::CatalogueDeLaCaf })
}

/// A dataset as a whole, in a table whose headers are words.
pub(super) fn export(client: &Client<'_>, jeu: &str) -> Result<Ressource, Echec> {
    let chemin = ["api", "explore", "v2.1", "catalog", "datasets", jeu, "exports", "csv"];
    let url = client.url(Service::Caf, &chemin, &[("delimiter", ";"), ("use_labels", "true")])?;
    let nom = super::cache::nom_du_jeu(jeu);
    Ok(Ressource { service: Service::Caf, nom, url, nature: Nature::Taux })
}

/// The identifiers of a page, and how many datasets there are in all.
pub(super) fn lire_catalogue(chemin: &Path) -> Result<(Vec<String>, usize), Cause> {
    let valeur = json(chemin)?;
    let manque = |champ: &str| Cause::Derive(format!("la colonne « {champ} » manque"));
    let total = valeur.get("total_count").ok_or_else(|| manque("total_count"))?;
    let total = total.as_u64().ok_or_else(|| autre_sorte("total_count", "un nombre", total))?;
    let jeux = liste(valeur.get("results").ok_or_else(|| manque("results"))?)?
        .iter()
        .map(|jeu| texte(jeu, "dataset_id").map(str::to_owned))
        .collect::<Result<_, _>>()?;
    Ok((jeux, usize::try_from(total).unwrap_or(usize::MAX)))
}

/// The number of pages of a catalogue.
pub(super) fn pages(total: usize) -> usize {
    // Beyond what the service ever listed, the count is a mistake.
    total.div_ceil(PAR_PAGE).min(50)
}

/// True for `txcouv_pe_dep`, `nbpla_pe_com_hist`, …
pub(super) fn est_un_jeu(id: &str) -> bool {
    let Some(niveau) = id.strip_prefix("txcouv_pe_").or_else(|| id.strip_prefix("nbpla_pe_")) else {
        return false;
    };
    let niveau = niveau.strip_suffix("_hist").unwrap_or(niveau);
    niveau == "nat" || NIVEAUX.iter().any(|(n, _)| *n == niveau)
}

fn lire(chemin: &Path) -> Result<Tableau, Cause> {
    let tableau = lecture::lire(chemin, "réponse").and_then(|grilles| {
        let disposition = Genre::TauxPublies.disposition().map_err(|e| {
            let lieu = crate::quality::Lieu::fichier("taux_publies");
            crate::quality::Probleme::new(crate::quality::Motif::EnTeteAbsent, lieu, e.to_string())
        })?;
        disposition.reconnaitre(grilles, None, &BTreeMap::new())
    });
    tableau.map_err(|probleme| anomalie(&probleme))
}

/// `taux` or `places`: what a table gives.
fn prefixe(tableau: &Tableau) -> &'static str {
    let combien = |prefixe: &str| {
        COMPOSANTES.iter().filter(|c| tableau.colonne(&format!("{prefixe}_{c}")).is_some()).count()
    };
    if combien("taux") >= combien("places") { "taux" } else { "places" }
}

/// Checks that every component is there, that they are numbers, and that years are years.
pub(super) fn controler(chemin: &Path) -> Result<(), Cause> {
    let tableau = lire(chemin)?;
    if tableau.hauteur() == 0 {
        return Err(Cause::Abimees("aucune ligne".to_owned()));
    }
    surtout(&tableau, "annee", "une année", |t| valeurs::annee(t).is_ok())?;
    let prefixe = prefixe(&tableau);
    for composante in COMPOSANTES {
        let champ = format!("{prefixe}_{composante}");
        if tableau.colonne(&champ).is_none() {
            // The Cnaf gives no number of places for some modes; every rate it does.
            if prefixe == "places" {
                continue;
            }
            let inconnues: Vec<&str> = tableau.autres.iter().map(|c| c.entete.as_str()).collect();
            return Err(Cause::Derive(format!(
                "la colonne « {} » manque (colonnes non reconnues : {})",
                attendue(&champ),
                inconnues.join(", ")
            )));
        }
        surtout(&tableau, &champ, "des nombres", |t| valeurs::compte(t).is_ok())?;
    }
    Ok(())
}

/// How the service calls a column.
fn attendue(champ: &str) -> String {
    let disposition = Genre::TauxPublies.disposition().ok();
    let entete = disposition.and_then(|d| d.champs.get(champ)?.entetes.first().cloned());
    entete.unwrap_or_else(|| champ.to_owned())
}

/// Checks that more than half of the filled cells of a column are what they must be.
fn surtout(
    tableau: &Tableau,
    champ: &str,
    attendu: &str,
    est_juste: impl Fn(&str) -> bool,
) -> Result<(), Cause> {
    let Some(colonne) = tableau.colonne(champ) else { return Ok(()) };
    let remplies = || colonne.valeurs.iter().flatten();
    let fausses = remplies().filter(|t| !est_juste(t)).count();
    match remplies().find(|t| !est_juste(t)) {
        Some(exemple) if fausses * 2 > remplies().count() => {
            Err(autre_sorte(&colonne.entete, attendu, &Value::from(exemple)))
        }
        _ => Ok(()),
    }
}

/// The identifier of the dataset that a table is, from what it holds: level, rates or places, and years.
pub(super) fn jeu_du_contenu(chemin: &Path) -> Option<String> {
    let tableau = lire(chemin).ok()?;
    let sorte = if prefixe(&tableau) == "taux" { "txcouv" } else { "nbpla" };
    let niveau = NIVEAUX.iter().find(|(_, champ)| tableau.colonne(champ).is_some()).map_or("nat", |(n, _)| n);
    let annees = tableau.colonne("annee")?.valeurs.iter().flatten();
    let premiere = annees.filter_map(|t| valeurs::annee(t).ok()).min()?;
    let fin = if premiere < PREMIERE_ANNEE_COURANTE { "_hist" } else { "" };
    Some(format!("{sorte}_pe_{niveau}{fin}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_jeux_de_la_petite_enfance() {
        for id in ["txcouv_pe_com", "txcouv_pe_nat", "nbpla_pe_epci", "nbpla_pe_dep_hist"] {
            assert!(est_un_jeu(id), "{id}");
        }
        for id in ["txcouv_pe_iris", "s_ben_com_f", "txcouv_pe_", "txcouv_pe_com/../x"] {
            assert!(!est_un_jeu(id), "{id}");
        }
    }

    #[test]
    fn le_catalogue_a_ses_pages() {
        assert_eq!([0, 1, 100, 101, 210].map(pages), [0, 1, 1, 2, 3]);
    }
}
