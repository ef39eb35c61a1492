//! Everything that a territory needs, asked of the services at the same time.
//!
//! Answers are kept as they came in `brut/`; from them the files that pipelines read are put together.
//! What fails is noted and stops nothing else.

use super::cache::{self, Cache, ErreurCache};
use super::geo_api::CommunePublique;
use super::recuperation::{Demande, Etat, Manquante, Obtenue, Raison, Recuperation};
use super::reseau::{Cause, Client, Echec, Prise, Ressource};
use super::{Nature, Service, Services, caf, geo_api, melodi};
use crate::sources::{Genre, cog};
use crate::territory::contours::RAYON_VOISINES_KM;
use crate::territory::{CodeCommune, Perimetre};
use chrono::NaiveDate;
use futures_util::future::{join, join_all, join3};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

/// Pages of births after which something is wrong with the service.
const PAGES_MAX: usize = 100;

pub(super) struct Collecte<'a> {
    pub(super) client: Client<'a>,
    pub(super) services: &'a Services,
    pub(super) demande: &'a Demande,
    pub(super) cache: &'a Cache,
    pub(super) bilan: RefCell<Recuperation>,
}

/// Parts of one file: their paths, the day of the oldest, why one of them is of before.
struct Parties {
    prises: Vec<Prise>,
}

impl Parties {
    fn chemins(&self) -> impl Iterator<Item = &Path> {
        self.prises.iter().map(|p| p.chemin.as_path())
    }

    fn date(&self) -> NaiveDate {
        self.prises.iter().map(|p| p.date).min().unwrap_or_default()
    }

    fn echec(&self) -> Option<Echec> {
        self.prises.iter().find_map(|p| p.echec.clone())
    }
}

type Suite = Result<(), ErreurCache>;

impl Collecte<'_> {
    pub(super) async fn tout(self) -> Result<Recuperation, ErreurCache> {
        let (geographie, cog, caf) = join3(self.geographie(), self.cog(), self.caf()).await;
        geographie.and(cog).and(caf)?;
        let mut bilan = self.bilan.into_inner();
        bilan.trier();
        Ok(bilan)
    }

    fn veut(&self, genre: Genre) -> bool {
        self.demande.voulus.contains(&genre)
    }

    /// The EPCI and the communes; then contours and births, which need to know them.
    async fn geographie(&self) -> Suite {
        if ![Genre::Composition, Genre::Contours, Genre::Naissances].iter().any(|g| self.veut(*g)) {
            return Ok(());
        }
        let (epcis, communes) = join(
            self.si(self.veut(Genre::Composition), geo_api::epcis(&self.client)),
            self.si(true, geo_api::communes(&self.client)),
        )
        .await;
        if self.veut(Genre::Composition) {
            self.composition(epcis, communes.clone())?;
        }
        let liste = communes.as_ref().ok().and_then(|p| geo_api::lire_communes(&p.chemin).ok());
        let membres = match self.perimetre() {
            Ok(membres) => membres,
            Err(raison) => {
                // What kept the composition away is the true reason.
                let bilan = self.bilan.borrow();
                let vraie = bilan.manquantes.iter().find(|m| m.genre == Genre::Composition);
                let raison = vraie.map_or(raison, |m| m.raison.clone());
                drop(bilan);
                self.manquer(Genre::Contours, None, raison.clone());
                self.manquer(Genre::Naissances, None, raison);
                return Ok(());
            }
        };
        let (contours, naissances) =
            join(self.contours(&membres, liste.as_deref()), self.naissances(&membres, liste.as_deref()))
                .await;
        contours.and(naissances)
    }

    fn composition(&self, epcis: Result<Prise, Echec>, communes: Result<Prise, Echec>) -> Suite {
        let (epcis, communes) = match (epcis, communes) {
            (Ok(epcis), Ok(communes)) => (epcis, communes),
            (Err(echec), _) | (_, Err(echec)) => {
                self.manquer(Genre::Composition, None, echec.into());
                return Ok(());
            }
        };
        let contenu = geo_api::lire_epcis(&epcis.chemin).and_then(|noms| {
            let communes = geo_api::lire_communes(&communes.chemin)?;
            geo_api::composition(&noms, &communes).map_err(|e| Cause::Abimees(e.to_string()))
        });
        let parties = Parties { prises: vec![epcis, communes] };
        self.deposer(Genre::Composition, None, Service::GeoApi, contenu, &parties)
    }

    /// The communes of the territory, from the composition that is in the cache by now, or the pipeline's.
    fn perimetre(&self) -> Result<BTreeSet<CodeCommune>, Raison> {
        let mut membres = self.demande.membres.clone();
        if let Some(perimetre) = perimetre(self.demande, self.cache)? {
            membres.extend(perimetre.membres().iter().map(|m| m.code));
        }
        Ok(membres)
    }

    /// Contours of the members, and of what lies around them. Without the list of communes, of the EPCI only.
    async fn contours(&self, membres: &BTreeSet<CodeCommune>, liste: Option<&[CommunePublique]>) -> Suite {
        if !self.veut(Genre::Contours) {
            return Ok(());
        }
        let voulues = liste.map(|liste| geo_api::autour(liste, membres, RAYON_VOISINES_KM));
        let siens = self.lieux(membres, liste);
        let tous = voulues.as_ref().map_or_else(|| siens.clone(), |v| self.lieux(v, liste));
        let lieux: Vec<&String> = siens.iter().chain(tous.difference(&siens)).collect();
        let demandes = lieux.iter().map(|lieu| self.si(true, geo_api::contours(&self.client, lieu)));
        let (mut prises, mut voisines_perdues) = (Vec::new(), 0);
        for (lieu, issue) in lieux.iter().zip(join_all(demandes).await) {
            match issue {
                Ok(prise) => prises.push(prise),
                Err(echec) if siens.contains(*lieu) => {
                    self.manquer(Genre::Contours, None, echec.into());
                    return Ok(());
                }
                Err(_) => voisines_perdues += 1,
            }
        }
        if voisines_perdues > 0 {
            self.avertir(format!(
                "contours : {voisines_perdues} intercommunalité(s) voisine(s) n’ont pas pu être prises ; les communes du territoire sont complètes"
            ));
        }
        let parties = Parties { prises };
        let contenu = geo_api::reunir_contours(parties.chemins(), voulues.as_ref());
        self.deposer(Genre::Contours, None, Service::GeoApi, contenu, &parties)
    }

    /// Where communes are asked for: by their EPCI, or by their own code where there is none.
    fn lieux(&self, communes: &BTreeSet<CodeCommune>, liste: Option<&[CommunePublique]>) -> BTreeSet<String> {
        let Some(liste) = liste else {
            return siren(self.demande, self.cache).into_iter().collect();
        };
        let connues = liste.iter().filter(|c| communes.contains(&c.code));
        connues.map(|c| c.epci.clone().unwrap_or_else(|| c.code.to_string())).collect()
    }

    async fn naissances(&self, membres: &BTreeSet<CodeCommune>, liste: Option<&[CommunePublique]>) -> Suite {
        if !self.veut(Genre::Naissances) {
            return Ok(());
        }
        match self.pages_de_naissances(&self.lieux(membres, liste)).await {
            Ok((parties, observations)) => {
                let contenu = melodi::table(&observations).map_err(|e| Cause::Abimees(e.to_string()));
                self.deposer(Genre::Naissances, None, Service::Melodi, contenu, &parties)
            }
            Err(echec) => {
                self.manquer(Genre::Naissances, None, echec.into());
                Ok(())
            }
        }
    }

    async fn pages_de_naissances(
        &self,
        lieux: &BTreeSet<String>,
    ) -> Result<(Parties, Vec<melodi::Observation>), Echec> {
        let echec = |cause| Echec { service: Service::Melodi, cause };
        let catalogue = self.si(true, melodi::catalogue(&self.client)).await?;
        let jeux = melodi::lire_catalogue(&catalogue.chemin).map_err(echec)?;
        let jeu = melodi::jeu_des_naissances(&jeux).map_err(echec)?;
        let par_lieu = join_all(lieux.iter().map(|lieu| self.pages_d_un_lieu(jeu, lieu))).await;
        let (mut prises, mut observations) = (Vec::new(), Vec::new());
        for issue in par_lieu {
            for (prise, page) in issue? {
                prises.push(prise);
                observations.extend(page.observations);
            }
        }
        if observations.is_empty() {
            return Err(echec(Cause::Derive(format!("le jeu « {jeu} » ne donne rien pour ce territoire"))));
        }
        Ok((Parties { prises }, observations))
    }

    async fn pages_d_un_lieu(&self, jeu: &str, lieu: &str) -> Result<Vec<(Prise, melodi::Page)>, Echec> {
        let echec = |cause| Echec { service: Service::Melodi, cause };
        let mut pages = Vec::new();
        for numero in 1..=PAGES_MAX {
            let prise = self.si(true, melodi::naissances(&self.client, jeu, lieu, numero)).await?;
            let page = melodi::lire_page(&prise.chemin).map_err(echec)?;
            let derniere = page.derniere || page.observations.is_empty();
            pages.push((prise, page));
            if derniere {
                return Ok(pages);
            }
        }
        Err(echec(Cause::Derive(format!("plus de {PAGES_MAX} pages de naissances pour un seul territoire"))))
    }

    async fn cog(&self) -> Suite {
        let edition = &self.services.cog;
        let fichier = async |genre: Genre, mot: &str, nature: Nature| -> Suite {
            if !self.veut(genre) {
                return Ok(());
            }
            let nom = format!("{mot}_{}.csv", edition.annee);
            let url = self.client.url(Service::Insee, &[&edition.publication, &nom], &[]);
            let ressource = url.map(|url| Ressource { service: Service::Insee, nom, url, nature });
            self.copier(genre, None, Service::Insee, self.si(true, ressource).await)
        };
        let (communes, mouvements) = join(
            fichier(Genre::CogCommunes, "v_commune", Nature::CogCommunes),
            fichier(Genre::CogMouvements, "v_mvt_commune", Nature::CogMouvements),
        )
        .await;
        communes.and(mouvements)
    }

    async fn caf(&self) -> Suite {
        if !self.veut(Genre::TauxPublies) {
            return Ok(());
        }
        let jeux = match self.jeux_de_la_caf().await {
            Ok(jeux) => jeux,
            Err(echec) => {
                self.manquer_la_caf(&echec);
                return Ok(());
            }
        };
        let exports = jeux.iter().map(|jeu| self.si(true, caf::export(&self.client, jeu)));
        for (jeu, issue) in jeux.iter().zip(join_all(exports).await) {
            self.copier(Genre::TauxPublies, Some(jeu), Service::Caf, issue)?;
        }
        Ok(())
    }

    /// The datasets of early childhood, from all pages of the catalogue.
    async fn jeux_de_la_caf(&self) -> Result<Vec<String>, Echec> {
        let echec = |cause| Echec { service: Service::Caf, cause };
        let lire = async |page: usize| {
            let prise = self.si(true, caf::catalogue(&self.client, page)).await?;
            caf::lire_catalogue(&prise.chemin).map_err(echec)
        };
        let (mut jeux, total) = lire(0).await?;
        for page in join_all((1..caf::pages(total)).map(lire)).await {
            jeux.extend(page?.0);
        }
        let voulus = &self.demande.jeux;
        jeux.retain(|jeu| caf::est_un_jeu(jeu) && (voulus.is_empty() || voulus.contains(jeu)));
        jeux.sort();
        jeux.dedup();
        let absent = voulus.iter().find(|jeu| !jeux.contains(jeu));
        if let Some(absent) = absent {
            self.avertir(format!(
                "data.caf.fr n’a pas de jeu « {absent} » : vérifiez « jeu » dans le pipeline"
            ));
        }
        if jeux.is_empty() {
            let detail = "le catalogue n’a plus de jeu txcouv_pe_… ni nbpla_pe_… (colonne « dataset_id »)";
            return Err(echec(Cause::Derive(detail.to_owned())));
        }
        Ok(jeux)
    }

    /// Without the catalogue, what the cache has of the Caf stays.
    fn manquer_la_caf(&self, echec: &Echec) {
        let jeux = self.cache.jeux();
        if jeux.is_empty() {
            self.manquer(Genre::TauxPublies, None, echec.clone().into());
        }
        for jeu in jeux {
            self.manquer(Genre::TauxPublies, Some(&jeu), echec.clone().into());
        }
    }

    /// Takes a file, if its address is one and it is wanted.
    async fn si(&self, voulue: bool, ressource: Result<Ressource, Echec>) -> Result<Prise, Echec> {
        let ressource = ressource?;
        if !voulue {
            return Err(Echec { service: ressource.service, cause: Cause::HorsLigne });
        }
        self.client.prendre(&ressource).await
    }

    /// A file that is kept as it came.
    fn copier(
        &self,
        genre: Genre,
        jeu: Option<&str>,
        service: Service,
        issue: Result<Prise, Echec>,
    ) -> Suite {
        match issue {
            Ok(prise) => {
                let contenu = std::fs::read(&prise.chemin).map_err(|e| self.cache.disque(e))?;
                self.deposer(genre, jeu, service, Ok(contenu), &Parties { prises: vec![prise] })
            }
            Err(echec) => {
                self.manquer(genre, jeu, echec.into());
                Ok(())
            }
        }
    }

    /// Puts a file together from its parts, in its place in the cache.
    fn deposer(
        &self,
        genre: Genre,
        jeu: Option<&str>,
        service: Service,
        contenu: Result<Vec<u8>, Cause>,
        parties: &Parties,
    ) -> Suite {
        let contenu = match contenu {
            Ok(contenu) => contenu,
            Err(cause) => {
                self.manquer(genre, jeu, Echec { service, cause }.into());
                return Ok(());
            }
        };
        let nom = self.nom(genre, jeu);
        let brut = self.cache.brut();
        let noms = parties.chemins().filter_map(|c| c.file_name()?.to_str().map(str::to_owned));
        let origines: Vec<String> = noms.filter_map(|n| Some(brut.entree_de(&n)?.origine)).collect();
        let origine = match origines.as_slice() {
            [] => service.to_string(),
            [seule] => seule.clone(),
            [premiere, autres @ ..] => format!("{premiere} (et {} autres)", autres.len()),
        };
        let change = self.cache.ecrire(&nom, &contenu, &origine, parties.date())?;
        self.bilan.borrow_mut().prises.push(Obtenue {
            genre,
            jeu: jeu.map(str::to_owned),
            fichier: self.cache.dossier().join(nom),
            origine,
            date: parties.date(),
            etat: if change { Etat::Nouvelle } else { Etat::Inchangee },
            echec: parties.echec(),
        });
        Ok(())
    }

    fn nom(&self, genre: Genre, jeu: Option<&str>) -> String {
        jeu.map_or_else(|| cache::nom(genre, &self.demande.identifiant), cache::nom_du_jeu)
    }

    /// Something that could not be had: an older copy serves, or it is missing.
    fn manquer(&self, genre: Genre, jeu: Option<&str>, raison: Raison) {
        if !self.veut(genre) {
            return;
        }
        let nom = self.nom(genre, jeu);
        let jeu = jeu.map(str::to_owned);
        let mut bilan = self.bilan.borrow_mut();
        let Some(entree) = self.cache.entree_de(&nom) else {
            bilan.manquantes.push(Manquante { genre, jeu, raison });
            return;
        };
        let echec = match raison {
            Raison::Service(echec) if echec.cause != Cause::HorsLigne => Some(echec),
            Raison::Perimetre(texte) => {
                bilan.avertissements.push(texte);
                None
            }
            _ => None,
        };
        bilan.prises.push(Obtenue {
            genre,
            jeu,
            fichier: self.cache.dossier().join(nom),
            origine: entree.origine,
            date: entree.date,
            etat: Etat::Inchangee,
            echec,
        });
    }

    fn avertir(&self, texte: String) {
        self.bilan.borrow_mut().avertissements.push(texte);
    }
}

/// The communes of the EPCI of a demand; none if the territory is no EPCI.
pub(super) fn perimetre(demande: &Demande, cache: &Cache) -> Result<Option<Perimetre>, Raison> {
    let Some(epci) = &demande.epci else { return Ok(None) };
    let chemin =
        demande.composition.clone().unwrap_or_else(|| cache.chemin(Genre::Composition, &demande.identifiant));
    cog::composition_epci(&chemin, epci).map(Some).map_err(|mut probleme| {
        probleme.lieu.fichier =
            chemin.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Raison::Perimetre(probleme.to_string())
    })
}

/// The SIREN of the EPCI of a demand, if it can be told.
pub(super) fn siren(demande: &Demande, cache: &Cache) -> Option<String> {
    let epci = demande.epci.as_ref()?.trim();
    if epci.len() == 9 && epci.bytes().all(|b| b.is_ascii_digit()) {
        return Some(epci.to_owned());
    }
    perimetre(demande, cache).ok()?.map(|p| p.code)
}
