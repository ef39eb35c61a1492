//! What is wanted, and what came of it.

use super::{Cache, Echec, Service, Services};
use crate::indicators;
use crate::sources::Genre;
use crate::territory::CodeCommune;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The public data that a pipeline asks for.
#[derive(Debug, Clone, Default)]
pub struct Demande {
    /// What the files of the territory are called by: see [`Cache::chemin`].
    pub identifiant: String,
    /// SIREN or name of the EPCI, if the territory is one.
    pub epci: Option<String>,
    /// Communes that the pipeline names beside.
    pub membres: BTreeSet<CodeCommune>,
    /// The composition, where the pipeline has a file of its own for it.
    pub composition: Option<PathBuf>,
    /// Kinds of data that the cache must give.
    pub voulus: BTreeSet<Genre>,
    /// Datasets of the Caf; all of early childhood if empty.
    pub jeux: BTreeSet<String>,
}

/// Whether a file of the cache is another than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Etat {
    /// It was not there, or its content has changed.
    Nouvelle,
    /// It is as it was.
    Inchangee,
}

/// A file that the cache has.
#[derive(Debug, Clone)]
pub struct Obtenue {
    /// Its kind.
    pub genre: Genre,
    /// Its dataset, for those of the Caf.
    pub jeu: Option<String>,
    /// Where it is.
    pub fichier: PathBuf,
    /// Where it came from.
    pub origine: String,
    /// Day of its oldest part.
    pub date: NaiveDate,
    /// New or not.
    pub etat: Etat,
    /// Why it is not of today, if it could not be renewed.
    pub echec: Option<Echec>,
}

/// Why something is not in the cache.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Raison {
    /// Its service failed.
    #[error(transparent)]
    Service(#[from] Echec),
    /// The communes of the territory are not known.
    #[error("{0}")]
    Perimetre(String),
    /// No file of the folder is of that kind.
    #[error("aucun fichier du dossier n’est de cette sorte")]
    PasDansLeDossier,
}

/// Something that the pipeline wants and that the cache does not have.
#[derive(Debug, Clone)]
pub struct Manquante {
    /// Its kind.
    pub genre: Genre,
    /// Its dataset, for those of the Caf.
    pub jeu: Option<String>,
    /// Why.
    pub raison: Raison,
}

/// What a fetch brought.
#[derive(Debug, Default)]
pub struct Recuperation {
    /// What the cache has, renewed or not.
    pub prises: Vec<Obtenue>,
    /// What it lacks.
    pub manquantes: Vec<Manquante>,
    /// What is there but not as complete as it could be, in French.
    pub avertissements: Vec<String>,
    /// Files of the folder that serve for nothing here.
    pub inconnus: Vec<PathBuf>,
}

impl Recuperation {
    /// True if all that is wanted is there, and of today where it was asked for.
    pub fn est_complete(&self) -> bool {
        self.manquantes.is_empty() && self.prises.iter().all(|p| p.echec.is_none())
    }

    /// Every service that failed, with what it says, each once.
    pub fn echecs(&self) -> Vec<&Echec> {
        let manques = self.manquantes.iter().filter_map(|m| match &m.raison {
            Raison::Service(echec) => Some(echec),
            _ => None,
        });
        let mut echecs: Vec<&Echec> = Vec::new();
        for echec in self.prises.iter().filter_map(|p| p.echec.as_ref()).chain(manques) {
            if !echecs.contains(&echec) {
                echecs.push(echec);
            }
        }
        echecs
    }

    pub(super) fn trier(&mut self) {
        self.prises.sort_by(|a, b| (a.genre, &a.jeu).cmp(&(b.genre, &b.jeu)));
        self.manquantes.sort_by(|a, b| (a.genre, &a.jeu).cmp(&(b.genre, &b.jeu)));
    }
}

/// What cannot be shown without data of a kind: the figures of the catalogue that need it, or in words.
pub fn consequences(genre: Genre) -> Vec<String> {
    let en_mots = |texte: &str| vec![texte.to_owned()];
    match genre {
        Genre::Composition => en_mots("tout, puisque les communes du territoire sont inconnues"),
        Genre::CogCommunes | Genre::CogMouvements => {
            en_mots("le suivi des communes fusionnées d’une année à l’autre")
        }
        Genre::Contours => en_mots("les cartes"),
        autre => {
            let chiffres: Vec<String> = indicators::catalogue()
                .filter(|entree| entree.entrees.contains(&autre.mot()))
                .map(|entree| entree.libelle.to_owned())
                .collect();
            match autre {
                Genre::TauxPublies if chiffres.is_empty() => {
                    en_mots("les taux de couverture publiés par la Cnaf")
                }
                _ => chiffres,
            }
        }
    }
}

/// The addresses to open in a browser where this program has no network: what they give, put into one
/// folder under any name, is what `--depuis` takes.
pub fn adresses(demande: &Demande, services: &Services, cache: &Cache) -> Vec<(Genre, String)> {
    let siren = super::collecte::siren(demande, cache);
    let mut adresses = Vec::new();
    let mut noter = |genre: Genre, service: Service, chemin: &[&str], requete: &[(&str, &str)]| {
        if demande.voulus.contains(&genre)
            && let Ok(url) = super::reseau::adresse(services, service, chemin, requete)
        {
            adresses.push((genre, url.to_string().replace("%2C", ",")));
        }
    };
    noter(Genre::Composition, Service::GeoApi, &["epcis"], &[("fields", "nom,code")]);
    let champs = [("fields", "nom,code,codeEpci,population,centre")];
    noter(Genre::Composition, Service::GeoApi, &["communes"], &champs);
    let annee = services.cog.annee;
    for (genre, nom) in [(Genre::CogCommunes, "v_commune"), (Genre::CogMouvements, "v_mvt_commune")] {
        let chemin = [services.cog.publication.as_str(), &format!("{nom}_{annee}.csv")];
        noter(genre, Service::Insee, &chemin, &[]);
    }
    if let Some(siren) = siren {
        let forme = [("fields", "nom,code"), ("format", "geojson"), ("geometry", "contour")];
        noter(Genre::Contours, Service::GeoApi, &["epcis", &siren, "communes"], &forme);
        let lieu = format!("EPCI-{siren}*COM");
        let requete = [("GEO", lieu.as_str()), ("maxResult", "10000")];
        noter(Genre::Naissances, Service::Melodi, &["data", "DS_ETAT_CIVIL_NAIS_COMMUNES"], &requete);
    }
    for jeu in ["txcouv_pe_epci", "txcouv_pe_epci_hist", "txcouv_pe_dep", "txcouv_pe_nat"] {
        let chemin = ["api", "explore", "v2.1", "catalog", "datasets", jeu, "exports", "csv"];
        let requete = [("delimiter", ";"), ("use_labels", "true")];
        noter(Genre::TauxPublies, Service::Caf, &chemin, &requete);
    }
    adresses
}
