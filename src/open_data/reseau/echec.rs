//! Why a file could not be had, as the person reads it.

use crate::open_data::Service;
use std::time::Duration;

/// A file that could not be had from a service.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{service} {cause}")]
pub struct Echec {
    /// Who failed.
    pub service: Service,
    /// How.
    pub cause: Cause,
}

/// How a service failed. The text goes on after the name of the service.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Cause {
    /// No name server, no route, connection refused.
    #[error("est injoignable ({0}) : vérifiez que l’ordinateur a accès à internet")]
    Injoignable(String),
    /// The proxy refused.
    #[error(
        "est injoignable à travers le serveur mandataire (proxy) de votre réseau : vérifiez la variable HTTPS_PROXY, ou demandez au service informatique d’ouvrir cette adresse"
    )]
    Mandataire,
    /// The certificate is not trusted.
    #[error(
        "présente un certificat que l’ordinateur ne reconnaît pas : un filtre de votre réseau s’interpose sans doute ; demandez au service informatique d’installer son certificat"
    )]
    Certificat,
    /// The address of `[services]` is none.
    #[error("a une adresse illisible : « {0} ». Corrigez-la sous [services] dans le pipeline")]
    Adresse(String),
    /// Not `https`, and not this machine.
    #[error(
        "a une adresse qui n’est pas protégée : « {0} ». Écrivez « https:// » sous [services] dans le pipeline"
    )]
    EnClair(String),
    /// No answer, or a silence in the middle of it.
    #[error("n’a pas répondu à temps : réessayez plus tard")]
    Delai,
    /// The answer stopped before its end.
    #[error("a coupé sa réponse avant la fin : réessayez, ce qui est déjà reçu n’est pas redemandé")]
    Coupure,
    /// 429 or 503, or any answer that asks to wait longer than we do.
    #[error("est trop sollicité{} : réessayez plus tard", attente(*.0))]
    Sature(Option<Duration>),
    /// An error of the service.
    #[error("est en panne (erreur {0}) : réessayez plus tard")]
    Panne(u16),
    /// An address that is not there, or not for us.
    #[error("refuse la demande (erreur {0}) : son adresse a peut-être changé (« [services] » du pipeline)")]
    Refus(u16),
    /// A redirection to another machine.
    #[error(
        "renvoie vers une autre adresse ({0}), qui n’a pas été suivie : votre réseau demande peut-être de s’identifier dans le navigateur ; si le service a déménagé, changez son adresse sous [services]"
    )]
    Redirection(String),
    /// A web page where data were asked for.
    #[error(
        "envoie une page web au lieu de données : il est en travaux, ou votre réseau demande de s’identifier dans le navigateur"
    )]
    PageWeb,
    /// An answer larger than the bound.
    #[error("envoie plus de {0} Mo, ce qui ne peut pas être le fichier attendu")]
    TropGros(u64),
    /// Compressed data that cannot be expanded.
    #[error("envoie des données abîmées (compression illisible) : réessayez")]
    Compression,
    /// Data that end too soon or are not in their format.
    #[error("envoie des données abîmées ({0}) : réessayez")]
    Abimees(String),
    /// Data whose columns have changed.
    #[error(
        "a changé la forme de ses données : {0}. Signalez-le pour qu’observatoire soit mis à jour ; ce qui était dans le cache est gardé"
    )]
    Derive(String),
    /// `--hors-ligne`, and nothing is in the cache.
    #[error("n’a pas été interrogé (hors ligne), et le cache n’a rien de lui")]
    HorsLigne,
    /// The disk of this machine.
    #[error("a répondu, mais le cache ne peut pas être écrit ({0}) : vérifiez la place et les droits")]
    Disque(String),
}

fn attente(duree: Option<Duration>) -> String {
    match duree.map(|d| d.as_secs()) {
        None => String::new(),
        Some(secondes @ 0..120) => format!(" et demande d’attendre {secondes} s"),
        Some(secondes) => format!(" et demande d’attendre {} min", secondes.div_ceil(60)),
    }
}

impl Cause {
    /// True if asking again a little later may help.
    pub(super) fn est_passagere(&self) -> bool {
        match self {
            Self::Injoignable(_)
            | Self::Delai
            | Self::Coupure
            | Self::Sature(_)
            | Self::Panne(_)
            | Self::Compression
            | Self::Abimees(_) => true,
            Self::Mandataire
            | Self::Certificat
            | Self::Adresse(_)
            | Self::EnClair(_)
            | Self::Refus(_)
            | Self::Redirection(_)
            | Self::PageWeb
            | Self::TropGros(_)
            | Self::Derive(_)
            | Self::HorsLigne
            | Self::Disque(_) => false,
        }
    }

    /// What became of an exchange, from what the client says.
    pub(super) fn de(erreur: &reqwest::Error) -> Self {
        let textes = textes(erreur);
        let dit = |mots: &[&str]| mots.iter().any(|mot| textes.contains(mot));
        if dit(&["tunnel", "proxy"]) {
            return Self::Mandataire;
        }
        if dit(&["certificate", "unknownissuer", "handshake"]) {
            return Self::Certificat;
        }
        if erreur.is_connect() {
            return Self::Injoignable(if dit(&["dns", "lookup"]) {
                "son nom n’est pas trouvé".to_owned()
            } else if dit(&["refused"]) {
                "la connexion est refusée".to_owned()
            } else if erreur.is_timeout() {
                "aucune réponse".to_owned()
            } else {
                "la connexion échoue".to_owned()
            });
        }
        if erreur.is_timeout() { Self::Delai } else { Self::Coupure }
    }
}

/// Everything that an error and its causes say, in lower case.
fn textes(erreur: &reqwest::Error) -> String {
    let mut cause: Option<&dyn std::error::Error> = Some(erreur);
    let mut textes = String::new();
    while let Some(erreur) = cause {
        // The address is in the first text: a host may well be called « proxy ».
        if cause.is_some() && !textes.is_empty() || erreur.source().is_none() {
            textes.push_str(&erreur.to_string().to_lowercase());
        }
        textes.push(' ');
        cause = erreur.source();
    }
    textes
}
