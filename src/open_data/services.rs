//! The public services: who they are, where they answer, how gently they are asked.

use crate::sources::Genre;
use serde::Deserialize;
use std::fmt;
use std::time::Duration;

/// A public service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Communes, EPCI, populations, contours.
    GeoApi,
    /// Files of the code officiel géographique.
    Insee,
    /// Births.
    Melodi,
    /// Rates and places published by the Cnaf.
    Caf,
}

impl Service {
    /// The kinds of public data that come from it.
    pub fn genres(self) -> &'static [Genre] {
        match self {
            Self::GeoApi => &[Genre::Composition, Genre::Contours],
            Self::Insee => &[Genre::CogCommunes, Genre::CogMouvements],
            Self::Melodi => &[Genre::Naissances],
            Self::Caf => &[Genre::TauxPublies],
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GeoApi => "geo.api.gouv.fr (communes et contours)",
            Self::Insee => "insee.fr (code officiel géographique)",
            Self::Melodi => "api.insee.fr (naissances)",
            Self::Caf => "data.caf.fr (taux de la Cnaf)",
        })
    }
}

/// `[services]` of a pipeline: addresses of the services, which an office may have to change.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Services {
    /// geo.api.gouv.fr.
    pub geo_api: String,
    /// Folder of the files of Insee.
    pub insee: String,
    /// Melodi, the API of Insee.
    pub melodi: String,
    /// The Caf's open data.
    pub caf: String,
    /// Which edition of the code officiel géographique.
    pub cog: EditionDuCog,
    /// How the network is used.
    pub reseau: Reseau,
}

impl Default for Services {
    fn default() -> Self {
        Self {
            geo_api: "https://geo.api.gouv.fr".to_owned(),
            insee: "https://www.insee.fr/fr/statistiques/fichier".to_owned(),
            melodi: "https://api.insee.fr/melodi".to_owned(),
            caf: "https://data.caf.fr".to_owned(),
            cog: EditionDuCog::default(),
            reseau: Reseau::default(),
        }
    }
}

impl Services {
    /// The address at which a service answers.
    pub fn adresse(&self, service: Service) -> &str {
        match service {
            Service::GeoApi => &self.geo_api,
            Service::Insee => &self.insee,
            Service::Melodi => &self.melodi,
            Service::Caf => &self.caf,
        }
    }
}

/// `[services.cog]`: Insee publishes the code officiel géographique once a year, under another number.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionDuCog {
    /// Number of the publication, as in its address.
    pub publication: String,
    /// Year, as in the names of its files.
    pub annee: u16,
}

impl Default for EditionDuCog {
    fn default() -> Self {
        Self { publication: "8740222".to_owned(), annee: 2026 }
    }
}

/// `[services.reseau]`: the bounds of every exchange. Times are in seconds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reseau {
    /// Attempts for one file.
    pub essais: usize,
    /// Wait after the first failed attempt; it doubles each time, more or less a random part.
    pub attente_s: f64,
    /// The longest wait, also when the service asks for more.
    pub attente_max_s: f64,
    /// Time to reach a service.
    pub connexion_s: f64,
    /// The longest silence in the middle of an answer.
    pub lecture_s: f64,
    /// Time for one attempt at one file.
    pub fichier_s: f64,
    /// The largest file, in millions of bytes.
    pub taille_max_mo: f64,
    /// Requests under way at once at one service.
    pub simultanees_par_service: usize,
    /// Requests to Insee per `fenetre_s`.
    pub insee_requetes: usize,
    /// The time over which `insee_requetes` are counted.
    pub fenetre_s: f64,
    /// Age, in days, up to which a file without a date of its own at the service is not asked for again.
    pub fraicheur_jours: i64,
}

impl Default for Reseau {
    fn default() -> Self {
        Self {
            essais: 5,
            attente_s: 1.0,
            attente_max_s: 120.0,
            connexion_s: 10.0,
            lecture_s: 30.0,
            fichier_s: 180.0,
            taille_max_mo: 200.0,
            simultanees_par_service: 4,
            insee_requetes: 30,
            fenetre_s: 60.0,
            fraicheur_jours: 30,
        }
    }
}

impl Reseau {
    /// The most bytes that one answer may hold, compressed or not.
    pub(super) fn octets_max(&self) -> u64 {
        // A negative or absurd setting gives the nearest bound.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let octets = (self.taille_max_mo * 1e6) as u64;
        octets
    }
}

/// A setting in seconds as a duration; an absurd one is a day.
pub(super) fn secondes(nombre: f64) -> Duration {
    Duration::try_from_secs_f64(nombre).unwrap_or(Duration::from_hours(24)).min(Duration::from_hours(24))
}
