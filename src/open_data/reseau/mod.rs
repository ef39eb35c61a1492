//! One file at a time from a service: asked for gently, resumed, checked, and only then kept.

mod echec;
mod rythme;
mod telechargement;

pub use echec::{Cause, Echec};

use super::cache::{Cache, EntreeDeCache, ErreurCache};
use super::contenu::Nature;
use super::services::{Reseau, secondes};
use super::{Service, Services, SuiviReseau};
use backon::{ExponentialBuilder, Retryable};
use chrono::NaiveDate;
use reqwest::Url;
use rythme::Rythme;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;
use telechargement::Rate;

/// Attempts at a machine that cannot be reached at all: without a network, waiting longer helps nobody.
const ESSAIS_SANS_RESEAU: usize = 2;

/// One file of a service.
#[derive(Debug, Clone)]
pub(super) struct Ressource {
    pub(super) service: Service,
    /// Its name among the answers kept as they came.
    pub(super) nom: String,
    pub(super) url: Url,
    /// What it must hold.
    pub(super) nature: Nature,
}

/// A file that is there.
#[derive(Debug, Clone)]
pub(super) struct Prise {
    pub(super) chemin: PathBuf,
    /// Day of its taking, or of its last confirmation.
    pub(super) date: NaiveDate,
    /// Why it could not be renewed, if it could not: it is then the copy of that day.
    pub(super) echec: Option<Echec>,
}

/// Asks the services, or only what they answered before.
pub(super) struct Client<'a> {
    services: &'a Services,
    brut: Cache,
    aujourd_hui: NaiveDate,
    suivi: &'a dyn SuiviReseau,
    /// None when the network must not be touched.
    web: Option<Web>,
    rythmes: RefCell<BTreeMap<String, Rc<Rythme>>>,
    /// Machines that cannot be reached: not asked again in this run.
    perdues: RefCell<BTreeMap<String, Cause>>,
}

struct Web {
    /// Through the proxy of the environment, if there is one.
    distant: reqwest::Client,
    /// To this machine: no proxy stands between.
    local: reqwest::Client,
}

impl<'a> Client<'a> {
    pub(super) fn new(
        services: &'a Services,
        cache: &Cache,
        aujourd_hui: NaiveDate,
        suivi: &'a dyn SuiviReseau,
        hors_ligne: bool,
    ) -> Result<Self, ErreurCache> {
        let web = if hors_ligne { None } else { Some(Web::new(&services.reseau)?) };
        Ok(Self {
            services,
            brut: cache.brut(),
            aujourd_hui,
            suivi,
            web,
            rythmes: RefCell::default(),
            perdues: RefCell::default(),
        })
    }

    /// An address below that of a service: segments of the path, then the query.
    pub(super) fn url(
        &self,
        service: Service,
        chemin: &[&str],
        requete: &[(&str, &str)],
    ) -> Result<Url, Echec> {
        adresse(self.services, service, chemin, requete)
    }

    /// The file, asked for again only if it may have changed; a copy of before if the service fails.
    ///
    /// # Errors
    /// Why there is neither.
    pub(super) async fn prendre(&self, ressource: &Ressource) -> Result<Prise, Echec> {
        let connue = self.connue(ressource);
        let prise = |date, echec| Prise { chemin: self.brut.dossier().join(&ressource.nom), date, echec };
        if let Some(connue) = connue.as_ref().filter(|c| self.est_fraiche(c)) {
            return Ok(prise(connue.date, None));
        }
        let issue = match (&self.web, &connue) {
            (Some(web), _) => self.insister(web, ressource, connue.as_ref()).await,
            (None, Some(connue)) => return Ok(prise(connue.date, None)),
            (None, None) => Err(Cause::HorsLigne),
        };
        self.suivi.fin(&ressource.nom);
        match (issue, connue) {
            (Ok(()), _) => Ok(prise(self.aujourd_hui, None)),
            (Err(cause), Some(connue)) => {
                Ok(prise(connue.date, Some(Echec { service: ressource.service, cause })))
            }
            (Err(cause), None) => Err(Echec { service: ressource.service, cause }),
        }
    }

    /// What is kept of it, if it came from the same address and is whole.
    fn connue(&self, ressource: &Ressource) -> Option<EntreeDeCache> {
        let entree = self.brut.entree_intacte(&ressource.nom)?;
        (entree.origine == ressource.url.as_str() || self.web.is_none()).then_some(entree)
    }

    /// Young enough, when the service has no way to say that it is unchanged.
    fn est_fraiche(&self, entree: &EntreeDeCache) -> bool {
        let age = (self.aujourd_hui - entree.date).num_days();
        entree.etag.is_none()
            && entree.modifie.is_none()
            && (0..self.services.reseau.fraicheur_jours).contains(&age)
    }

    /// Tries, waits, tries again.
    async fn insister(
        &self,
        web: &Web,
        ressource: &Ressource,
        connue: Option<&EntreeDeCache>,
    ) -> Result<(), Cause> {
        let machine = machine(&ressource.url);
        if let Some(cause) = self.perdues.borrow().get(&machine) {
            return Err(cause.clone());
        }
        let reglages = &self.services.reseau;
        let plafond = secondes(reglages.attente_max_s);
        let delais = ExponentialBuilder::default()
            .with_min_delay(secondes(reglages.attente_s))
            .with_max_delay(plafond)
            .with_max_times(reglages.essais.saturating_sub(1))
            .with_jitter();
        let rythme = self.rythme(ressource.service, &machine);
        let (injoignable, sans_gzip) = (Cell::new(0), Cell::new(false));
        let essayer = || async {
            let _place = rythme.attendre().await;
            let essai = self.essayer(web, ressource, connue, sans_gzip.get());
            let issue = tokio::time::timeout(secondes(reglages.fichier_s), essai).await;
            issue.unwrap_or(Err(Rate { cause: Cause::Delai, attendre: None }))
        };
        let issue = essayer
            .retry(delais)
            .sleep(tokio::time::sleep)
            .when(|rate| {
                if matches!(rate.cause, Cause::Injoignable(_)) {
                    injoignable.set(injoignable.get() + 1);
                }
                sans_gzip.set(sans_gzip.get() || rate.cause == Cause::Compression);
                rate.cause.est_passagere() && injoignable.get() < ESSAIS_SANS_RESEAU
            })
            .adjust(|rate, delai| patienter(rate.attendre, delai, plafond))
            .notify(|rate, delai| self.suivi.attente(&ressource.nom, &rate.cause, delai))
            .await
            .map_err(|rate| rate.cause);
        if let Err(cause @ (Cause::Injoignable(_) | Cause::Mandataire | Cause::Certificat)) = &issue {
            self.perdues.borrow_mut().insert(machine, cause.clone());
        }
        issue
    }

    /// The limit of a machine, shared by all that is wanted of it.
    fn rythme(&self, service: Service, machine: &str) -> Rc<Rythme> {
        let Reseau { simultanees_par_service, insee_requetes, fenetre_s, .. } = self.services.reseau;
        let limite = matches!(service, Service::Melodi | Service::Insee);
        // A little more than the window: what is sent evenly may arrive unevenly.
        let debit = limite.then(|| (insee_requetes, secondes(fenetre_s * 1.05)));
        let mut rythmes = self.rythmes.borrow_mut();
        let rythme = rythmes
            .entry(machine.to_owned())
            .or_insert_with(|| Rc::new(Rythme::new(simultanees_par_service, debit)));
        Rc::clone(rythme)
    }
}

/// The wait before the next attempt: what the service asks for if it asks; none if that is too long.
fn patienter(demande: Option<Duration>, delai: Option<Duration>, plafond: Duration) -> Option<Duration> {
    match (demande, delai) {
        (Some(demande), Some(_)) if demande > plafond => None,
        (Some(demande), Some(delai)) => Some(demande.max(delai)),
        (_, delai) => delai,
    }
}

/// An address below that of a service.
///
/// # Errors
/// If the address of the service is none, or is not protected.
pub(super) fn adresse(
    services: &Services,
    service: Service,
    chemin: &[&str],
    requete: &[(&str, &str)],
) -> Result<Url, Echec> {
    let base = services.adresse(service);
    let echec = |cause| Echec { service, cause };
    let illisible = || echec(Cause::Adresse(base.to_owned()));
    let mut url = Url::parse(base).map_err(|_| illisible())?;
    if url.scheme() != "https" && !(url.scheme() == "http" && est_locale(&url)) {
        return Err(echec(Cause::EnClair(base.to_owned())));
    }
    url.path_segments_mut().map_err(|()| illisible())?.pop_if_empty().extend(chemin);
    if !requete.is_empty() {
        url.query_pairs_mut().extend_pairs(requete);
    }
    Ok(url)
}

/// True for this machine itself.
fn est_locale(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(hote) => {
            hote.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        None => false,
    }
}

fn machine(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

impl Web {
    fn new(reglages: &Reseau) -> Result<Self, ErreurCache> {
        // A provider that is there already, of the program that uses this library, is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = |sans_mandataire: bool| {
            let client = reqwest::Client::builder()
                .user_agent(concat!("observatoire/", env!("CARGO_PKG_VERSION"), " (relais petite enfance)"))
                .connect_timeout(secondes(reglages.connexion_s))
                .read_timeout(secondes(reglages.lecture_s))
                // Bytes are kept as they come, so that a partial file can be gone on with.
                .no_gzip()
                .redirect(reqwest::redirect::Policy::custom(rester_sur_place));
            let client = if sans_mandataire { client.no_proxy() } else { client };
            client.build().map_err(|e| ErreurCache::Reseau(e.to_string()))
        };
        Ok(Self { distant: client(false)?, local: client(true)? })
    }

    fn client(&self, url: &Url) -> &reqwest::Client {
        if est_locale(url) { &self.local } else { &self.distant }
    }
}

/// A service may rearrange its own addresses; it may not send elsewhere, nor out of TLS.
fn rester_sur_place(essai: reqwest::redirect::Attempt<'_>) -> reqwest::redirect::Action {
    let meme = essai.previous().first().is_some_and(|premiere| {
        machine(premiere) == machine(essai.url()) && premiere.scheme() == essai.url().scheme()
    });
    if meme && essai.previous().len() <= 5 { essai.follow() } else { essai.stop() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seule_cette_machine_se_passe_de_tls() {
        let essai = |geo_api: &str| {
            let services = Services { geo_api: geo_api.to_owned(), ..Services::default() };
            adresse(&services, Service::GeoApi, &["epcis"], &[("fields", "nom,code")])
        };
        assert_eq!(
            essai("https://geo.api.gouv.fr/").unwrap().as_str(),
            "https://geo.api.gouv.fr/epcis?fields=nom%2Ccode"
        );
        for locale in ["http://127.0.0.1:80/x", "http://localhost:1234", "http://[::1]:5"] {
            assert!(essai(locale).is_ok(), "{locale}");
        }
        for claire in ["http://geo.api.gouv.fr", "http://127.0.0.1.evil.fr", "ftp://localhost/"] {
            assert!(matches!(essai(claire).unwrap_err().cause, Cause::EnClair(_)), "{claire}");
        }
        assert!(matches!(essai("geo.api").unwrap_err().cause, Cause::Adresse(_)));
    }

    #[test]
    fn ce_que_demande_le_service_est_attendu_sauf_si_c_est_trop() {
        let s = Duration::from_secs;
        assert_eq!(patienter(Some(s(7)), Some(s(1)), s(60)), Some(s(7)));
        assert_eq!(patienter(Some(s(1)), Some(s(4)), s(60)), Some(s(4)));
        assert_eq!(patienter(Some(s(61)), Some(s(1)), s(60)), None);
        assert_eq!(patienter(Some(s(1)), None, s(60)), None);
        assert_eq!(patienter(None, Some(s(2)), s(60)), Some(s(2)));
    }
}
