//! What a public file holds: checked before it is kept, and recognised whatever its name.
//!
//! A service may one day rename a column or change its type: the message then names the column, and
//! what was in the cache stays.

use super::reseau::Cause;
use super::{caf, geo_api, melodi};
use crate::quality::{Motif, Probleme};
use crate::sources::{Genre, cog, contours};
use crate::territory::CodeCommune;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// What a public file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nature {
    /// The list of EPCI of geo.api.gouv.fr.
    Epcis,
    /// Its list of communes, with EPCI, population and centre.
    Communes,
    /// Communes by EPCI, as the État publishes them.
    Composition,
    /// `v_commune_<year>.csv`.
    CogCommunes,
    /// `v_mvt_commune_<year>.csv`.
    CogMouvements,
    /// Contours in GeoJSON.
    Contours,
    /// Births in a table.
    Naissances,
    /// Births as Melodi answers.
    NaissancesDeMelodi,
    /// The datasets of Melodi.
    CatalogueDeMelodi,
    /// Rates or places of the Cnaf.
    Taux,
    /// The datasets of the Caf.
    CatalogueDeLaCaf,
}

impl Nature {
    /// Checks that a file holds what it must, to the columns and their types.
    pub(super) fn controler(self, chemin: &Path) -> Result<(), Cause> {
        let debut = debut(chemin).unwrap_or_default();
        if debut.is_empty() {
            return Err(Cause::Abimees("réponse vide".to_owned()));
        }
        if debut.starts_with('<') {
            return Err(Cause::PageWeb);
        }
        match self {
            Self::Epcis => geo_api::lire_epcis(chemin).map(|_| ()),
            Self::Communes => geo_api::lire_communes(chemin).map(|_| ()),
            Self::CogCommunes => rempli(cog::lire_communes(chemin)),
            Self::CogMouvements => rempli(cog::lire_mouvements(chemin)),
            Self::Contours => controler_contours(chemin),
            // Only a folder gives these: they are read, and checked, when they are used.
            Self::Composition | Self::Naissances => Ok(()),
            Self::NaissancesDeMelodi => melodi::lire_page(chemin).map(|_| ()),
            Self::CatalogueDeMelodi => melodi::lire_catalogue(chemin).map(|_| ()),
            Self::Taux => caf::controler(chemin),
            Self::CatalogueDeLaCaf => caf::lire_catalogue(chemin).map(|_| ()),
        }
    }
}

fn controler_contours(chemin: &Path) -> Result<(), Cause> {
    // A broken JSON is told from a whole one that is no collection.
    let valeur = json(chemin)?;
    if valeur.get("features").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        return Err(Cause::Derive("aucun contour (« features »)".to_owned()));
    }
    match contours::lire_contours(chemin) {
        Ok((lus, _)) if !lus.is_empty() => Ok(()),
        Ok((_, problemes)) => {
            let detail = problemes.first().map_or("aucun contour", |p| p.detail.as_str());
            Err(Cause::Derive(detail.to_owned()))
        }
        Err(probleme) => Err(Cause::Derive(probleme.detail)),
    }
}

/// A table that is read and is not empty.
fn rempli<T>(lu: Result<Vec<T>, Probleme>) -> Result<(), Cause> {
    match lu {
        Ok(lignes) if lignes.is_empty() => Err(Cause::Abimees("aucune ligne".to_owned())),
        Ok(_) => Ok(()),
        Err(probleme) => Err(anomalie(&probleme)),
    }
}

/// A problem of a file as a fault of its service: its columns, or what happened on the way.
pub(super) fn anomalie(probleme: &Probleme) -> Cause {
    let colonne = probleme.lieu.colonne.as_ref().map(|(_, entete)| format!("colonne « {entete} », "));
    let ligne = probleme.lieu.ligne.map(|l| format!("ligne {l}, ")).unwrap_or_default();
    let valeur = probleme.valeur.as_ref().map(|v| format!(" : « {v} »")).unwrap_or_default();
    let quoi = if probleme.detail.is_empty() { probleme.motif.titre() } else { &probleme.detail };
    match (&colonne, probleme.motif) {
        (Some(colonne), _) => Cause::Derive(format!("{colonne}{ligne}{quoi}{valeur}")),
        (None, Motif::ColonneAbsente | Motif::EnTeteAbsent) => Cause::Derive(quoi.to_owned()),
        (None, _) => Cause::Abimees(format!("{ligne}{quoi}{valeur}")),
    }
}

/// The JSON of an answer.
pub(super) fn json(chemin: &Path) -> Result<Value, Cause> {
    let octets = std::fs::read(chemin).map_err(|e| Cause::Disque(e.to_string()))?;
    serde_json::from_slice(octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&octets)).map_err(|e| {
        let quoi = if e.is_eof() { "fin manquante" } else { "ce n’est pas du JSON" };
        Cause::Abimees(quoi.to_owned())
    })
}

/// A list that must be one.
pub(super) fn liste(valeur: &Value) -> Result<&Vec<Value>, Cause> {
    valeur.as_array().ok_or_else(|| Cause::Derive("une liste était attendue".to_owned()))
}

/// A text that must be there.
pub(super) fn texte<'a>(objet: &'a Value, champ: &str) -> Result<&'a str, Cause> {
    match objet.get(champ) {
        Some(Value::String(texte)) => Ok(texte),
        Some(autre) => Err(autre_sorte(champ, "un texte", autre)),
        None => {
            let presents: Vec<&str> =
                objet.as_object().into_iter().flatten().map(|(cle, _)| cle.as_str()).collect();
            Err(Cause::Derive(format!(
                "la colonne « {champ} » manque (colonnes présentes : {})",
                presents.join(", ")
            )))
        }
    }
}

/// A column that is no longer of its type.
pub(super) fn autre_sorte(champ: &str, attendu: &str, trouve: &Value) -> Cause {
    let mut trouve = trouve.to_string();
    if trouve.chars().count() > 40 {
        trouve = trouve.chars().take(40).chain(['…']).collect();
    }
    Cause::Derive(format!("la colonne « {champ} » devrait être {attendu} ; elle contient {trouve}"))
}

/// What a public file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouvaille {
    /// Its kind.
    pub genre: Genre,
    /// The communes whose contours it holds.
    pub communes: BTreeSet<CodeCommune>,
}

/// Recognises, by its header or its properties, a public file that a pipeline can name as it is; none if it
/// is something else.
pub fn reconnaitre(chemin: &Path) -> Option<Trouvaille> {
    let Piece { nature, communes } = identifier(chemin)?;
    let genre = match nature {
        Nature::Composition => Genre::Composition,
        Nature::CogCommunes => Genre::CogCommunes,
        Nature::CogMouvements => Genre::CogMouvements,
        Nature::Contours => Genre::Contours,
        Nature::Naissances => Genre::Naissances,
        Nature::Epcis
        | Nature::Communes
        | Nature::NaissancesDeMelodi
        | Nature::CatalogueDeMelodi
        | Nature::Taux
        | Nature::CatalogueDeLaCaf => return None,
    };
    Some(Trouvaille { genre, communes })
}

/// What a file holds, of all that services answer.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) nature: Nature,
    /// The communes whose contours it holds.
    pub(super) communes: BTreeSet<CodeCommune>,
}

/// Recognises an answer of a service; none if it is something else.
pub(super) fn identifier(chemin: &Path) -> Option<Piece> {
    let debut = debut(chemin)?;
    let nature = if debut.starts_with('{') || debut.starts_with('[') {
        nature_du_json(chemin)?
    } else {
        nature_du_csv(chemin, &debut)?
    };
    let mut communes = BTreeSet::new();
    if nature == Nature::Contours {
        let (lus, _) = contours::lire_contours(chemin).ok()?;
        communes = lus.into_iter().map(|c| c.code).collect();
    }
    Some(Piece { nature, communes })
}

/// The first line, without what may stand before it.
fn debut(chemin: &Path) -> Option<String> {
    let mut debut = Vec::new();
    let fichier = std::fs::File::open(chemin).ok()?;
    BufReader::new(fichier.take(16 * 1024)).read_until(b'\n', &mut debut).ok()?;
    Some(String::from_utf8_lossy(&debut).trim_start_matches('\u{feff}').trim().to_owned())
}

fn nature_du_json(chemin: &Path) -> Option<Nature> {
    let valeur = json(chemin).ok()?;
    if valeur.get("features").is_some() {
        return Some(Nature::Contours);
    }
    if valeur.get("observations").is_some() {
        return melodi::lire_page(chemin).is_ok().then_some(Nature::NaissancesDeMelodi);
    }
    let premier = valeur.as_array()?.first()?;
    if premier.get("codeEpci").is_some() {
        return Some(Nature::Communes);
    }
    geo_api::lire_epcis(chemin).is_ok().then_some(Nature::Epcis)
}

fn nature_du_csv(chemin: &Path, debut: &str) -> Option<Nature> {
    let delimiteur = if debut.matches(';').count() > debut.matches(',').count() { ';' } else { ',' };
    let entetes: Vec<&str> = debut.split(delimiteur).map(|e| e.trim().trim_matches('"')).collect();
    if cog::est_cog_communes(&entetes) {
        Some(Nature::CogCommunes)
    } else if cog::est_cog_mouvements(&entetes) {
        Some(Nature::CogMouvements)
    } else if cog::est_composition_epci(&entetes) {
        Some(Nature::Composition)
    } else if est_naissances(&entetes) {
        Some(Nature::Naissances)
    } else {
        let de_la_caf = entetes.len() > 3 && caf::jeu_du_contenu(chemin).is_some();
        de_la_caf.then_some(Nature::Taux)
    }
}

/// A code, a label, then nothing but years; or the columns of Melodi.
fn est_naissances(entetes: &[&str]) -> bool {
    let annees = entetes.iter().filter(|e| e.len() == 4 && e.parse::<i32>().is_ok()).count();
    let large =
        annees >= 3 && entetes.len() <= annees + 2 && matches!(entetes[0], "code" | "CODGEO" | "codgeo");
    large || ["GEO", "TIME_PERIOD", "OBS_VALUE"].iter().all(|c| entetes.contains(c))
}
