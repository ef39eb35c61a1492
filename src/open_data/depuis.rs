//! The same files from a folder, for offices that the network does not reach: each is known by its content.

use super::cache::{self, Cache, ErreurCache};
use super::contenu::{Piece, identifier, json};
use super::recuperation::{Demande, Etat, Manquante, Obtenue, Raison, Recuperation};
use super::{Nature, PUBLIQUES, caf, collecte, geo_api, melodi};
use crate::sources::{Genre, contours};
use crate::territory::CodeCommune;
use crate::territory::contours::RAYON_VOISINES_KM;
use chrono::NaiveDate;
use geo::{BoundingRect, Distance, Haversine, Point};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Fills the cache for a territory from a folder and those below it.
///
/// # Errors
/// If the folder cannot be read, or the cache written.
pub fn recuperer_depuis(
    demande: &Demande,
    dossier: &Path,
    cache: &Cache,
    aujourd_hui: NaiveDate,
) -> Result<Recuperation, ErreurCache> {
    let _verrou = cache.verrouiller()?;
    let mut depot = Depot { demande, cache, aujourd_hui, bilan: Recuperation::default(), pieces: Vec::new() };
    for chemin in fichiers(dossier)? {
        match identifier(&chemin) {
            Some(piece) => depot.pieces.push((chemin, piece)),
            None => depot.bilan.inconnus.push(chemin),
        }
    }
    // The composition first: it tells which contours are of the territory.
    for genre in PUBLIQUES {
        if demande.voulus.contains(&genre) && !depot.prendre(genre)? {
            depot.bilan.manquantes.push(Manquante { genre, jeu: None, raison: Raison::PasDansLeDossier });
        }
    }
    depot.bilan.trier();
    Ok(depot.bilan)
}

struct Depot<'a> {
    demande: &'a Demande,
    cache: &'a Cache,
    aujourd_hui: NaiveDate,
    bilan: Recuperation,
    pieces: Vec<(PathBuf, Piece)>,
}

impl Depot<'_> {
    fn de_nature(&self, nature: Nature) -> Vec<PathBuf> {
        self.pieces.iter().filter(|(_, t)| t.nature == nature).map(|(c, _)| c.clone()).collect()
    }

    /// Takes what the folder has of a kind; false if it has none.
    fn prendre(&mut self, genre: Genre) -> Result<bool, ErreurCache> {
        match genre {
            Genre::Composition => self.composition(),
            Genre::CogCommunes => self.copier(genre, Nature::CogCommunes),
            Genre::CogMouvements => self.copier(genre, Nature::CogMouvements),
            Genre::Contours => self.contours(),
            Genre::Naissances => self.naissances(),
            Genre::TauxPublies => self.taux(),
            _ => Ok(false),
        }
    }

    fn copier(&mut self, genre: Genre, nature: Nature) -> Result<bool, ErreurCache> {
        // Of several, the last: names of public files end with their year.
        let Some(chemin) = self.de_nature(nature).pop() else { return Ok(false) };
        self.deposer(genre, None, &chemin, &lire(&chemin)?)
    }

    fn composition(&mut self) -> Result<bool, ErreurCache> {
        if self.copier(Genre::Composition, Nature::Composition)? {
            return Ok(true);
        }
        let (epcis, communes) = (self.de_nature(Nature::Epcis).pop(), self.de_nature(Nature::Communes).pop());
        let (Some(epcis), Some(communes)) = (epcis, communes) else { return Ok(false) };
        let contenu = geo_api::lire_epcis(&epcis).and_then(|noms| {
            geo_api::composition(&noms, &geo_api::lire_communes(&communes)?)
                .map_err(|e| super::Cause::Abimees(e.to_string()))
        });
        match contenu {
            Ok(contenu) => self.deposer(Genre::Composition, None, &communes, &contenu),
            Err(cause) => {
                self.bilan.avertissements.push(format!("{} {cause}", communes.display()));
                Ok(false)
            }
        }
    }

    /// Of several contours, those that cover the most communes of the territory, and those of the same
    /// making that lie beside them.
    fn contours(&mut self) -> Result<bool, ErreurCache> {
        let membres = self.membres();
        let candidats = self.pieces.iter().filter(|(_, t)| t.nature == Nature::Contours);
        let meilleure = candidats
            .map(|(chemin, t)| (t.communes.intersection(&membres).count(), chemin))
            .rev()
            .max_by_key(|(communes, _)| *communes)
            .filter(|(communes, _)| *communes > 0);
        let Some((_, meilleure)) = meilleure else { return Ok(false) };
        let meilleure = meilleure.clone();
        let facture = facture(&meilleure);
        let centres = centres(&meilleure, Some(&membres));
        let voisins = self.de_nature(Nature::Contours).into_iter().filter(|autre| {
            *autre != meilleure && self::facture(autre) == facture && touche(autre, &centres)
        });
        let fichiers: Vec<PathBuf> = std::iter::once(meilleure.clone()).chain(voisins).collect();
        let contenu = match fichiers.as_slice() {
            [seul] => lire(seul)?,
            plusieurs => match geo_api::reunir_contours(plusieurs.iter().map(PathBuf::as_path), None) {
                Ok(contenu) => contenu,
                Err(_) => lire(&meilleure)?,
            },
        };
        self.deposer(Genre::Contours, None, &meilleure, &contenu)
    }

    fn naissances(&mut self) -> Result<bool, ErreurCache> {
        if self.copier(Genre::Naissances, Nature::Naissances)? {
            return Ok(true);
        }
        let pages = self.de_nature(Nature::NaissancesDeMelodi);
        let Some(premiere) = pages.first() else { return Ok(false) };
        let lues = pages.iter().filter_map(|p| melodi::lire_page(p).ok());
        let observations: Vec<_> = lues.flat_map(|page| page.observations).collect();
        let contenu =
            melodi::table(&observations).map_err(|e| self.cache.disque(std::io::Error::other(e)))?;
        self.deposer(Genre::Naissances, None, &premiere.clone(), &contenu)
    }

    fn taux(&mut self) -> Result<bool, ErreurCache> {
        let mut pris = false;
        for chemin in self.de_nature(Nature::Taux) {
            let Some(jeu) = caf::jeu_du_contenu(&chemin) else { continue };
            if self.demande.jeux.is_empty() || self.demande.jeux.contains(&jeu) {
                pris |= self.deposer(Genre::TauxPublies, Some(&jeu), &chemin, &lire(&chemin)?)?;
            }
        }
        Ok(pris)
    }

    /// The codes of the territory, from the composition that the cache has by now.
    fn membres(&self) -> BTreeSet<CodeCommune> {
        let epci = collecte::perimetre(self.demande, self.cache).ok().flatten();
        let codes = epci.iter().flat_map(crate::territory::Perimetre::membres).map(|m| m.code);
        codes.chain(self.demande.membres.iter().copied()).collect()
    }

    fn deposer(
        &mut self,
        genre: Genre,
        jeu: Option<&str>,
        depuis: &Path,
        contenu: &[u8],
    ) -> Result<bool, ErreurCache> {
        let nom = jeu.map_or_else(|| cache::nom(genre, &self.demande.identifiant), cache::nom_du_jeu);
        let fichier = self.cache.dossier().join(&nom);
        let connue =
            self.cache.entree_intacte(&nom).filter(|_| std::fs::read(&fichier).is_ok_and(|c| c == contenu));
        let (etat, date) = if let Some(entree) = connue {
            // The same file is no younger for having been copied again.
            (Etat::Inchangee, entree.date)
        } else {
            self.cache.ecrire(&nom, contenu, &depuis.display().to_string(), self.aujourd_hui)?;
            (Etat::Nouvelle, self.aujourd_hui)
        };
        let (jeu, origine) = (jeu.map(str::to_owned), depuis.display().to_string());
        self.bilan.prises.push(Obtenue { genre, jeu, fichier, origine, date, etat, echec: None });
        Ok(true)
    }
}

fn lire(chemin: &Path) -> Result<Vec<u8>, ErreurCache> {
    std::fs::read(chemin).map_err(|cause| ErreurCache::Disque { chemin: chemin.to_owned(), cause })
}

/// The names of the properties of its first feature: who made a file of contours, as far as it tells.
fn facture(chemin: &Path) -> Option<BTreeSet<String>> {
    let valeur = json(chemin).ok()?;
    let proprietes = valeur.pointer("/features/0/properties")?.as_object()?;
    Some(proprietes.keys().cloned().collect())
}

/// Where the communes of a file lie, more or less.
fn centres(chemin: &Path, parmi: Option<&BTreeSet<CodeCommune>>) -> Vec<Point<f64>> {
    let Ok((lus, _)) = contours::lire_contours(chemin) else { return Vec::new() };
    lus.iter()
        .filter(|c| parmi.is_none_or(|p| p.contains(&c.code)))
        .filter_map(|c| Some(c.contour.bounding_rect()?.center().into()))
        .collect()
}

/// True if a commune of the file lies near enough to one of the places.
fn touche(chemin: &Path, places: &[Point<f64>]) -> bool {
    let proche =
        |a: &Point<f64>| places.iter().any(|b| Haversine.distance(*a, *b) <= RAYON_VOISINES_KM * 1000.0);
    centres(chemin, None).iter().any(proche)
}

/// Every file below the folder, sorted by path.
fn fichiers(dossier: &Path) -> Result<Vec<PathBuf>, ErreurCache> {
    let lire = |dossier: &Path| {
        std::fs::read_dir(dossier).map_err(|cause| ErreurCache::Disque { chemin: dossier.to_owned(), cause })
    };
    let mut restants = vec![dossier.to_owned()];
    let mut fichiers = Vec::new();
    while let Some(dossier) = restants.pop() {
        for entree in lire(&dossier)?.flatten() {
            // A link could lead back up: only real folders are entered.
            match entree.file_type() {
                Ok(nature) if nature.is_dir() => restants.push(entree.path()),
                Ok(nature) if nature.is_file() => fichiers.push(entree.path()),
                _ => {}
            }
        }
    }
    fichiers.sort();
    Ok(fichiers)
}
