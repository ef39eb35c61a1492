//! The public data that a pipeline can use, and the cache where it is kept.
//!
//! [`recuperer`] asks the public services, politely and once; [`recuperer_depuis`] takes the same files from
//! a folder. Both fill a [`Cache`], which is all that a run reads.

mod cache;
mod caf;
mod collecte;
mod contenu;
mod depuis;
mod geo_api;
mod melodi;
mod recuperation;
mod reseau;
mod services;

pub use cache::{Cache, EntreeDeCache, ErreurCache};
pub use contenu::{Trouvaille, reconnaitre};
pub use depuis::recuperer_depuis;
pub use recuperation::{Demande, Etat, Manquante, Obtenue, Raison, Recuperation, adresses, consequences};
pub use reseau::{Cause, Echec};
pub use services::{EditionDuCog, Reseau, Service, Services};

use crate::sources::Genre;
use chrono::NaiveDate;
use contenu::Nature;
use std::cell::RefCell;
use std::time::Duration;

/// The kinds of public data that can be taken for any territory.
pub const PUBLIQUES: [Genre; 6] = [
    Genre::Composition,
    Genre::CogCommunes,
    Genre::CogMouvements,
    Genre::Contours,
    Genre::Naissances,
    Genre::TauxPublies,
];

/// Follows the files that are being received; the command line draws a bar for each, scripts nothing.
pub trait SuiviReseau {
    /// A file begins to come, with its size if the service says it.
    fn debut(&self, fichier: &str, octets: Option<u64>);
    /// So many bytes of it have come.
    fn recu(&self, fichier: &str, octets: u64);
    /// It will be asked for again after a while, because of that.
    fn attente(&self, fichier: &str, cause: &Cause, duree: Duration);
    /// It is there, or will not come.
    fn fin(&self, fichier: &str);
}

/// Fills the cache for a territory from the public services; `hors_ligne`: from what they answered before,
/// without touching the network. A service that fails stops nothing else: its older copy stays, and
/// [`Recuperation`] says what is missing.
///
/// # Errors
/// If the cache cannot be written, or is being filled by another run.
pub fn recuperer(
    demande: &Demande,
    services: &Services,
    cache: &Cache,
    hors_ligne: bool,
    aujourd_hui: NaiveDate,
    suivi: &dyn SuiviReseau,
) -> Result<Recuperation, ErreurCache> {
    let _verrou = cache.verrouiller()?;
    let execution = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| ErreurCache::Reseau(e.to_string()))?;
    let client = reseau::Client::new(services, cache, aujourd_hui, suivi, hors_ligne)?;
    let collecte = collecte::Collecte { client, services, demande, cache, bilan: RefCell::default() };
    execution.block_on(collecte.tout())
}
