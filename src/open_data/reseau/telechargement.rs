//! One attempt at one file.
//!
//! Bytes are written as they come into `<nom>.partiel`, beside what was said of them. An attempt that is
//! cut short, or a program that is killed, goes on from there if the service can say that the file is
//! still the same. Only a file that is whole and holds what it must takes the place of the old one.

use super::echec::Cause;
use super::{Client, Ressource, Web};
use crate::disque::en_francais;
use crate::open_data::cache::{Cache, EntreeDeCache};
use chrono::DateTime;
use flate2::read::MultiGzDecoder;
use reqwest::header::{self, HeaderMap, HeaderName};
use reqwest::{Response, StatusCode};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::time::Duration;

/// An attempt that failed, and how long the service asks to wait.
#[derive(Debug)]
pub(super) struct Rate {
    pub(super) cause: Cause,
    pub(super) attendre: Option<Duration>,
}

impl From<Cause> for Rate {
    fn from(cause: Cause) -> Self {
        Self { cause, attendre: None }
    }
}

impl From<std::io::Error> for Rate {
    fn from(cause: std::io::Error) -> Self {
        Cause::Disque(en_francais(&cause)).into()
    }
}

/// What was said of a file that is being received.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Annonce {
    url: String,
    etag: Option<String>,
    modifie: Option<String>,
    gzip: bool,
}

impl Annonce {
    /// What allows to ask for the rest only: a strong `ETag`, else a date.
    fn garantie(&self) -> Option<&str> {
        let fort = self.etag.as_deref().filter(|e| !e.starts_with("W/"));
        fort.or(self.modifie.as_deref())
    }
}

/// `<nom>.partiel` and `<nom>.partiel.json`.
struct Partiel {
    octets: PathBuf,
    annonce: PathBuf,
}

impl Partiel {
    fn new(cache: &Cache, nom: &str) -> Self {
        let chemin = |fin: &str| cache.dossier().join(format!("{nom}.partiel{fin}"));
        Self { octets: chemin(""), annonce: chemin(".json") }
    }

    /// What was received, if it can be gone on with.
    fn reprendre(&self, ressource: &Ressource) -> Option<(Annonce, u64)> {
        let annonce: Annonce = serde_json::from_slice(&std::fs::read(&self.annonce).ok()?).ok()?;
        let recus = std::fs::metadata(&self.octets).ok()?.len();
        let utile = recus > 0 && annonce.url == ressource.url.as_str() && annonce.garantie().is_some();
        utile.then_some((annonce, recus))
    }

    fn commencer(&self, annonce: &Annonce) -> std::io::Result<File> {
        // The bytes go first: an announcement never speaks of the bytes of another.
        let fichier = File::create(&self.octets)?;
        std::fs::write(&self.annonce, serde_json::to_vec(annonce)?)?;
        Ok(fichier)
    }

    fn oublier(&self) {
        // What is not there needs no removal; what cannot be removed will be written over.
        let _ = std::fs::remove_file(&self.annonce);
        let _ = std::fs::remove_file(&self.octets);
    }
}

impl Client<'_> {
    /// Asks once. The file is then in its place, or still good.
    pub(super) async fn essayer(
        &self,
        web: &Web,
        ressource: &Ressource,
        connue: Option<&EntreeDeCache>,
        sans_gzip: bool,
    ) -> Result<(), Rate> {
        std::fs::create_dir_all(self.brut.dossier())?;
        let partiel = Partiel::new(&self.brut, &ressource.nom);
        let reprise = partiel.reprendre(ressource);
        let demande = demander(web, ressource, connue, reprise.as_ref(), sans_gzip);
        let reponse = demande.send().await.map_err(|e| Cause::de(&e))?;
        let statut = reponse.status();
        if statut == StatusCode::NOT_MODIFIED
            && reprise.is_none()
            && let Some(connue) = connue
        {
            let confirmee = EntreeDeCache { date: self.aujourd_hui, ..connue.clone() };
            return self
                .brut
                .noter(&ressource.nom, confirmee)
                .map_err(|e| Rate::from(Cause::Disque(e.to_string())));
        }
        if statut == StatusCode::RANGE_NOT_SATISFIABLE {
            partiel.oublier();
            return Err(Cause::Coupure.into());
        }
        if !statut.is_success() {
            return Err(refus(&reponse));
        }
        let annonce = self.recevoir(reponse, ressource, &partiel, reprise).await?;
        let issue = self.garder(ressource, &partiel, annonce);
        partiel.oublier();
        issue
    }

    /// Writes the answer, or the rest of it, to the disk.
    async fn recevoir(
        &self,
        mut reponse: Response,
        ressource: &Ressource,
        partiel: &Partiel,
        reprise: Option<(Annonce, u64)>,
    ) -> Result<Annonce, Rate> {
        let entetes = reponse.headers();
        if texte(entetes, &header::CONTENT_TYPE).is_some_and(|t| t.starts_with("text/html")) {
            return Err(Cause::PageWeb.into());
        }
        let (annonce, mut fichier, mut recus) = if reponse.status() == StatusCode::PARTIAL_CONTENT {
            let suite = reprise.filter(|(_, recus)| commence_a(entetes) == Some(*recus));
            let Some((annonce, recus)) = suite else {
                partiel.oublier();
                return Err(Cause::Coupure.into());
            };
            (annonce, OpenOptions::new().append(true).open(&partiel.octets)?, recus)
        } else {
            let annonce = annoncer(entetes, ressource)?;
            let fichier = partiel.commencer(&annonce)?;
            (annonce, fichier, 0)
        };
        let plafond = self.services.reseau.octets_max();
        let attendus = reponse.content_length().map(|reste| reste + recus);
        let trop_gros = || Cause::TropGros(plafond / 1_000_000);
        if attendus.is_some_and(|n| n > plafond) {
            partiel.oublier();
            return Err(trop_gros().into());
        }
        self.suivi.debut(&ressource.nom, attendus);
        while let Some(bloc) = reponse.chunk().await.map_err(|e| Cause::de(&e))? {
            recus += bloc.len() as u64;
            if recus > plafond {
                partiel.oublier();
                return Err(trop_gros().into());
            }
            fichier.write_all(&bloc)?;
            self.suivi.recu(&ressource.nom, recus);
        }
        Ok(annonce)
    }

    /// Expands and checks what was received, and puts it in its place.
    fn garder(&self, ressource: &Ressource, partiel: &Partiel, annonce: Annonce) -> Result<(), Rate> {
        let disque = |e: crate::open_data::ErreurCache| Rate::from(Cause::Disque(e.to_string()));
        let mut fichier = self.brut.provisoire().map_err(disque)?;
        let recu = File::open(&partiel.octets)?;
        let plafond = self.services.reseau.octets_max();
        if annonce.gzip {
            // A small file may expand without end.
            let mut clair = MultiGzDecoder::new(recu).take(plafond + 1);
            let octets = std::io::copy(&mut clair, &mut fichier).map_err(|_| Cause::Compression)?;
            if octets > plafond {
                return Err(Cause::TropGros(plafond / 1_000_000).into());
            }
        } else {
            std::io::copy(&mut &recu, &mut fichier)?;
        }
        ressource.nature.controler(fichier.path())?;
        let entree = EntreeDeCache {
            origine: annonce.url,
            date: self.aujourd_hui,
            sha256: String::new(),
            etag: annonce.etag,
            modifie: annonce.modifie,
        };
        self.brut.adopter(fichier, &ressource.nom, entree).map(|_| ()).map_err(disque)
    }
}

fn demander(
    web: &Web,
    ressource: &Ressource,
    connue: Option<&EntreeDeCache>,
    reprise: Option<&(Annonce, u64)>,
    sans_gzip: bool,
) -> reqwest::RequestBuilder {
    let demande = web.client(&ressource.url).get(ressource.url.clone());
    let codage = |gzip: bool| if gzip { "gzip" } else { "identity" };
    if let Some((annonce, recus)) = reprise {
        let garantie = annonce.garantie().unwrap_or_default();
        return demande
            .header(header::ACCEPT_ENCODING, codage(annonce.gzip))
            .header(header::RANGE, format!("bytes={recus}-"))
            .header(header::IF_RANGE, garantie);
    }
    let mut demande = demande.header(header::ACCEPT_ENCODING, codage(!sans_gzip));
    if let Some(connue) = connue {
        if let Some(etag) = &connue.etag {
            demande = demande.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(modifie) = &connue.modifie {
            demande = demande.header(header::IF_MODIFIED_SINCE, modifie);
        }
    }
    demande
}

fn annoncer(entetes: &HeaderMap, ressource: &Ressource) -> Result<Annonce, Cause> {
    let gzip = match texte(entetes, &header::CONTENT_ENCODING) {
        Some("gzip" | "x-gzip") => true,
        None | Some("identity" | "") => false,
        Some(_) => return Err(Cause::Compression),
    };
    let possede = |nom| texte(entetes, nom).map(str::to_owned);
    Ok(Annonce {
        url: ressource.url.to_string(),
        etag: possede(&header::ETAG),
        modifie: possede(&header::LAST_MODIFIED),
        gzip,
    })
}

fn texte<'a>(entetes: &'a HeaderMap, nom: &HeaderName) -> Option<&'a str> {
    entetes.get(nom)?.to_str().ok().map(str::trim)
}

/// The first byte of a part: `bytes 100-199/200` → 100.
fn commence_a(entetes: &HeaderMap) -> Option<u64> {
    let (debut, _) = texte(entetes, &header::CONTENT_RANGE)?.strip_prefix("bytes ")?.split_once('-')?;
    debut.parse().ok()
}

/// An answer that is no success.
fn refus(reponse: &Response) -> Rate {
    let statut = reponse.status();
    let attendre = attente_demandee(reponse.headers());
    let cause = match statut.as_u16() {
        429 | 503 => Cause::Sature(attendre),
        407 => Cause::Mandataire,
        // The network asks to log in.
        511 => Cause::PageWeb,
        408 | 500..=599 => Cause::Panne(statut.as_u16()),
        300..=399 => {
            let vers = texte(reponse.headers(), &header::LOCATION).unwrap_or("adresse inconnue");
            Cause::Redirection(vers.chars().take(80).collect())
        }
        autre => Cause::Refus(autre),
    };
    Rate { cause, attendre }
}

/// `Retry-After`, in seconds or as a date: against the service's own clock, which may not be ours.
fn attente_demandee(entetes: &HeaderMap) -> Option<Duration> {
    let demande = texte(entetes, &header::RETRY_AFTER)?;
    if let Ok(secondes) = demande.parse() {
        return Some(Duration::from_secs(secondes));
    }
    let jusqu_a = DateTime::parse_from_rfc2822(demande).ok()?;
    let maintenant = DateTime::parse_from_rfc2822(texte(entetes, &header::DATE)?).ok()?;
    Some((jusqu_a - maintenant).to_std().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l_attente_se_lit_en_secondes_ou_en_date() {
        let lire = |demande: &str| {
            let mut entetes = HeaderMap::new();
            entetes.insert(header::RETRY_AFTER, demande.parse().unwrap());
            entetes.insert(header::DATE, "Wed, 21 Oct 2026 07:28:00 GMT".parse().unwrap());
            attente_demandee(&entetes)
        };
        assert_eq!(lire("17"), Some(Duration::from_secs(17)));
        assert_eq!(lire("Wed, 21 Oct 2026 07:29:30 GMT"), Some(Duration::from_secs(90)));
        assert_eq!(lire("Wed, 21 Oct 2026 07:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(lire("bientôt"), None);
    }
}
