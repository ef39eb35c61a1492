//! The engine of a study: numbers in, numbers out. The communes by rank, then the sites of projects that have
//! an address; places are added to a rank or taken from one, and the children share what is left.

use super::terrain::Terrain;
use crate::indicators::accessibilite::{ParametresAccessibilite, Reseau};
use geo::Point;

/// Who reaches what, with today's places and children.
#[derive(Debug, Clone)]
pub struct Modele {
    reseau: Reseau,
    /// How many ranks are communes; the others are sites.
    communes: usize,
    /// By rank; 0 where they are not known, and at a site.
    enfants: Vec<f64>,
    /// Places of every mode, by rank.
    places: Vec<f64>,
    /// Those of childminders.
    places_am: Vec<f64>,
    /// Whose accessibility means something: own children and own places known, and where it is.
    lisibles: Vec<bool>,
    demandes: Vec<f64>,
}

/// Both sides of the conservation: what the children receive, and what they can reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conservation {
    /// Σ accessibility × children / 100.
    pub recues: f64,
    /// Σ places that some child reaches.
    pub atteignables: f64,
}

impl Modele {
    /// The communes of a territory, and sites at points (longitude, latitude) that no travel time knows.
    pub fn new(terrain: &Terrain<'_>, sites: &[Point<f64>], parametres: &ParametresAccessibilite) -> Self {
        let nombres = |lire: fn(&super::Commune) -> super::Chiffre| {
            let communes = terrain.communes.iter().zip(&terrain.situees);
            // A commune whose children nobody knows is left out with its places, as in the indicator.
            let valeurs = communes.map(|(c, situee)| {
                let dans_le_calcul = *situee && c.enfants_du_calcul.connu().is_some();
                lire(c).connu().filter(|_| dans_le_calcul).unwrap_or(0.0)
            });
            valeurs.chain(sites.iter().map(|_| 0.0)).collect::<Vec<_>>()
        };
        let mut centres = terrain.centres();
        centres.extend(sites.iter().copied().map(Some));
        let reseau = Reseau::new(&centres, &terrain.trajets, parametres);
        let lisible = |(commune, situee): (&super::Commune, &bool)| {
            *situee && commune.enfants_du_calcul.connu().is_some() && commune.places.connu().is_some()
        };
        let lisibles: Vec<bool> = terrain.communes.iter().zip(&terrain.situees).map(lisible).collect();
        let enfants = nombres(|c| c.enfants_du_calcul);
        Self {
            communes: lisibles.len(),
            demandes: reseau.demandes(&enfants),
            places: nombres(|c| c.places),
            places_am: nombres(|c| c.places_am),
            enfants,
            lisibles,
            reseau,
        }
    }

    /// How many communes there are.
    pub fn communes(&self) -> usize {
        self.communes
    }

    /// The links between the ranks.
    pub fn reseau(&self) -> &Reseau {
        &self.reseau
    }

    /// Today's places, by rank.
    pub fn places(&self) -> &[f64] {
        &self.places
    }

    /// The children who share the places of a rank, each by the weight of the trip.
    pub fn demande(&self, rang: usize) -> f64 {
        self.demandes[rang]
    }

    /// The children of a rank, 0 where they are not known.
    pub fn enfants(&self, rang: usize) -> f64 {
        self.enfants[rang]
    }

    /// What so many places more at a rank add to the accessibility of each rank: see [`Reseau::gain`].
    pub fn gain(&self, rang: usize, places: f64) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.reseau.gain(rang, places, &self.demandes)
    }

    /// The same with so many times the children.
    #[must_use]
    pub fn avec_enfants(&self, facteur: f64) -> Self {
        let enfants: Vec<f64> = self.enfants.iter().map(|e| e * facteur).collect();
        Self { demandes: self.reseau.demandes(&enfants), enfants, ..self.clone() }
    }

    /// The same with so many times the places of childminders.
    #[must_use]
    pub fn avec_places_am(&self, facteur: f64) -> Self {
        let places_am: Vec<f64> = self.places_am.iter().map(|p| p * facteur).collect();
        let paires = self.places.iter().zip(self.places_am.iter().zip(&places_am));
        let places = paires.map(|(tout, (avant, apres))| tout - avant + apres).collect();
        Self { places, places_am, ..self.clone() }
    }

    /// Today's places with others at some ranks.
    pub fn avec(&self, ajouts: &[(usize, f64)]) -> Vec<f64> {
        let mut places = self.places.clone();
        for (rang, nombre) in ajouts {
            places[*rang] += nombre;
        }
        places
    }

    /// Places of childminders that leave each rank when `retirees` of them do: in proportion of those that
    /// stand around the project, each by the weight of the trip towards it, never more than there are.
    pub fn substitution(&self, site: usize, retirees: f64) -> Vec<f64> {
        let mut parties = vec![0.0; self.places.len()];
        let mut reste = retirees;
        let mut voisines: Vec<(usize, f64)> = self
            .reseau
            .venues(site)
            .iter()
            .copied()
            .filter(|(rang, _)| self.places_am[*rang] > 0.0)
            .collect();
        while reste > 1e-9 && !voisines.is_empty() {
            let total: f64 = voisines.iter().map(|(rang, poids)| poids * self.places_am[*rang]).sum();
            let a_partager = reste;
            for (rang, poids) in &voisines {
                let part = a_partager * poids * self.places_am[*rang] / total;
                let prise = part.min(self.places_am[*rang] - parties[*rang]);
                parties[*rang] += prise;
                reste -= prise;
            }
            voisines.retain(|(rang, _)| self.places_am[*rang] - parties[*rang] > 1e-9);
        }
        parties
    }

    /// Places for 100 children of each commune; none where children or places of its own are not known, or
    /// where it reaches no place that can be shared.
    pub fn acces(&self, places: &[f64]) -> Vec<Option<f64>> {
        let valeurs = self.reseau.accessibilite_de(places, &self.demandes);
        let atteint = |rang: usize| self.reseau.voisins(rang).iter().any(|v| self.demandes[v.rang] > 0.0);
        valeurs
            .into_iter()
            .take(self.communes)
            .enumerate()
            .map(|(rang, valeur)| (self.lisibles[rang] && atteint(rang)).then_some(valeur))
            .collect()
    }

    /// The same for all the communes together: Σ places received over Σ children, of those that are known.
    pub fn ensemble(&self, acces: &[Option<f64>]) -> Option<f64> {
        let connus = || acces.iter().zip(&self.enfants).filter_map(|(a, e)| Some(((*a)?, *e)));
        let enfants: f64 = connus().map(|(_, e)| e).sum();
        (enfants > 0.0).then(|| connus().map(|(a, e)| a * e).sum::<f64>() / enfants)
    }

    /// Places that lack so that no commune is under `repere` places for 100 children: Σ children × what lacks.
    pub fn manque(&self, acces: &[Option<f64>], repere: f64) -> f64 {
        let connus = acces.iter().zip(&self.enfants).filter_map(|(a, e)| Some(((*a)?, e)));
        connus.map(|(a, e)| (repere - a).max(0.0) * e / 100.0).sum()
    }

    /// What the children receive of these places, and what they can reach of them: equal, whatever the places.
    pub fn conservation(&self, places: &[f64]) -> Conservation {
        let acces = self.reseau.accessibilite_de(places, &self.demandes);
        Conservation {
            recues: acces.iter().zip(&self.enfants).map(|(a, e)| a * e / 100.0).sum(),
            atteignables: places.iter().zip(&self.demandes).filter(|(_, d)| **d > 0.0).map(|(p, _)| p).sum(),
        }
    }
}
