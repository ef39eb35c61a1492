//! The engine of accessibility, apart from frames and tables: numbers in, numbers out. A study calls it
//! thousands of times, for the places of today and those of each project.
//!
//! Enhanced two-step floating catchment: the supply of commune j is shared among the children who reach it,
//! R_j = places_j / Σ_k w(d_kj)·enfants_k; a commune has what it reaches, A_i = 100 · Σ_j w(d_ij)·R_j.
//! Then Σ_i A_i·enfants_i / 100 = Σ_j places_j over every supply that some child reaches: nothing is lost, nothing
//! is counted twice.

use super::ParametresAccessibilite;
use geo::{Distance, Haversine, Point};
use rstar::RTree;
use rstar::primitives::GeomWithData;
use std::collections::BTreeMap;

/// How far beyond the reach the index looks, so that rounding loses no neighbour.
const MARGE: f64 = 1.0 + 1e-9;
/// Mean radius of the Earth, km, that of [`Haversine`].
const RAYON_KM: f64 = 6371.0088;

/// A trip whose duration is known, between two communes by their rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trajet {
    /// Where the children live.
    pub de: usize,
    /// Where the places are.
    pub vers: usize,
    /// Duration, in minutes.
    pub minutes: f64,
}

/// A commune within reach of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voisin {
    /// Rank of the commune.
    pub rang: usize,
    /// Duration of the trip towards it, in minutes.
    pub minutes: f64,
    /// What one of its places is worth, from 0 to 1.
    pub poids: f64,
    /// True if a table gives the duration, false if it comes from the distance.
    pub mesure: bool,
}

/// Who reaches whom: for each commune, by its rank, those within reach, itself among them.
#[derive(Debug, Clone, PartialEq)]
pub struct Reseau {
    /// Where the neighbours of each commune begin, and where the last ones end.
    debuts: Vec<usize>,
    /// In order of commune, then of neighbour.
    voisins: Vec<Voisin>,
    /// The same links from the side of the places: where those who reach each commune begin.
    debuts_venues: Vec<usize>,
    /// Rank of who comes, and weight of the trip.
    venues: Vec<(usize, f64)>,
}

impl Reseau {
    /// Links the communes within reach of one another, in n log n.
    ///
    /// A trip of the table has its duration; without, the great-circle distance between centres (longitude,
    /// latitude in degrees), by the road, at the speed of the parameters. A commune is at 0 minutes of itself
    /// unless the table says otherwise; without centre, it is linked by the table only. The way there and the
    /// way back may differ.
    pub fn new(
        centres: &[Option<Point<f64>>],
        trajets: &[Trajet],
        parametres: &ParametresAccessibilite,
    ) -> Self {
        let mut donnes: BTreeMap<usize, BTreeMap<usize, f64>> = BTreeMap::new();
        for trajet in trajets.iter().filter(|t| t.de < centres.len() && t.vers < centres.len()) {
            donnes.entry(trajet.de).or_default().insert(trajet.vers, trajet.minutes);
        }
        let index = RTree::bulk_load(
            centres
                .iter()
                .enumerate()
                .filter_map(|(rang, centre)| Some(GeomWithData::new(sur_la_sphere((*centre)?), rang)))
                .collect(),
        );
        let corde = corde(parametres.kilometres(parametres.portee()) * MARGE);
        let (mut debuts, mut voisins) = (vec![0], Vec::new());
        for (rang, centre) in centres.iter().enumerate() {
            let mut minutes = BTreeMap::from([(rang, (0.0, false))]);
            if let Some(centre) = centre {
                for autre in index.locate_within_distance(sur_la_sphere(*centre), corde * corde) {
                    let Some(arrivee) = centres[autre.data].filter(|_| autre.data != rang) else { continue };
                    let kilometres = Haversine.distance(*centre, arrivee) / 1000.0;
                    minutes.insert(autre.data, (parametres.minutes(kilometres), false));
                }
            }
            let propres = donnes.get(&rang).into_iter().flatten();
            minutes.extend(propres.map(|(vers, duree)| (*vers, (*duree, true))));
            voisins.extend(minutes.into_iter().filter_map(|(rang, (minutes, mesure))| {
                let poids = parametres.poids(minutes);
                (poids > 0.0).then_some(Voisin { rang, minutes, poids, mesure })
            }));
            debuts.push(voisins.len());
        }
        let (debuts_venues, venues) = retourner(&debuts, &voisins);
        Self { debuts, voisins, debuts_venues, venues }
    }

    /// How many communes there are.
    pub fn nombre(&self) -> usize {
        self.debuts.len() - 1
    }

    /// The communes that one reaches, in order of rank.
    ///
    /// # Panics
    /// If there is no commune of that rank.
    pub fn voisins(&self, rang: usize) -> &[Voisin] {
        &self.voisins[self.debuts[rang]..self.debuts[rang + 1]]
    }

    /// Those who reach a commune, with the weight of their trip, in order of rank.
    ///
    /// # Panics
    /// If there is no commune of that rank.
    pub fn venues(&self, rang: usize) -> &[(usize, f64)] {
        &self.venues[self.debuts_venues[rang]..self.debuts_venues[rang + 1]]
    }

    /// The children who compete for the places of each commune: Σ_k w(d_kj)·enfants_k.
    ///
    /// `enfants`: by commune, in order of rank; 0 where they are not known.
    pub fn demandes(&self, enfants: &[f64]) -> Vec<f64> {
        (0..self.nombre())
            .map(|rang| self.venues(rang).iter().map(|(de, poids)| poids * enfants[*de]).sum())
            .collect()
    }

    /// Places that 100 children of each commune reach, shared with those of the other communes.
    ///
    /// `places`, `enfants`: by commune, in order of rank. Places that no child reaches are shared by nobody:
    /// they count nowhere.
    ///
    /// # Panics
    /// If a slice is shorter than the network.
    pub fn accessibilite(&self, places: &[f64], enfants: &[f64]) -> Vec<f64> {
        self.accessibilite_de(places, &self.demandes(enfants))
    }

    /// The same, where [`Self::demandes`] is already known: a study changes places, not children.
    pub fn accessibilite_de(&self, places: &[f64], demandes: &[f64]) -> Vec<f64> {
        (0..self.nombre())
            .map(|rang| {
                let atteintes = self.voisins(rang).iter().filter(|v| demandes[v.rang] > 0.0);
                100.0 * atteintes.map(|v| v.poids * places[v.rang] / demandes[v.rang]).sum::<f64>()
            })
            .collect()
    }

    /// What `places` more in a commune add to the accessibility of each commune that reaches it, without
    /// computing the whole again: the method is linear in places. Nothing if no child reaches it.
    ///
    /// `demandes`: of [`Self::demandes`].
    ///
    /// # Panics
    /// If there is no commune of that rank.
    pub fn gain(
        &self,
        rang: usize,
        places: f64,
        demandes: &[f64],
    ) -> impl Iterator<Item = (usize, f64)> + '_ {
        let demande = demandes[rang];
        let venues = if demande > 0.0 { self.venues(rang) } else { &[] };
        venues.iter().map(move |(de, poids)| (*de, 100.0 * poids * places / demande))
    }

    /// Links between different communes: those whose duration a table gives, those that come from distances.
    pub fn liaisons(&self) -> (usize, usize) {
        let (mut mesurees, mut estimees) = (0, 0);
        for rang in 0..self.nombre() {
            for voisin in self.voisins(rang).iter().filter(|v| v.rang != rang) {
                if voisin.mesure { mesurees += 1 } else { estimees += 1 }
            }
        }
        (mesurees, estimees)
    }
}

/// The links from the side of arrivals.
fn retourner(debuts: &[usize], voisins: &[Voisin]) -> (Vec<usize>, Vec<(usize, f64)>) {
    let n = debuts.len() - 1;
    let mut debuts_venues = vec![0; n + 1];
    for voisin in voisins {
        debuts_venues[voisin.rang + 1] += 1;
    }
    for rang in 0..n {
        debuts_venues[rang + 1] += debuts_venues[rang];
    }
    let mut prochaine = debuts_venues.clone();
    let mut venues = vec![(0, 0.0); voisins.len()];
    for de in 0..n {
        for voisin in &voisins[debuts[de]..debuts[de + 1]] {
            venues[prochaine[voisin.rang]] = (de, voisin.poids);
            prochaine[voisin.rang] += 1;
        }
    }
    (debuts_venues, venues)
}

/// A point on the sphere of radius 1: there the index is right anywhere on Earth, whatever the latitude.
fn sur_la_sphere(centre: Point<f64>) -> [f64; 3] {
    let (longitude, latitude) = (centre.x().to_radians(), centre.y().to_radians());
    [latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()]
}

/// The chord of an arc of so many kilometres, on the sphere of radius 1.
fn corde(kilometres: f64) -> f64 {
    let angle = (kilometres / RAYON_KM).min(std::f64::consts::PI);
    2.0 * (angle / 2.0).sin()
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // exact figures are the promise
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paliers() -> ParametresAccessibilite {
        ParametresAccessibilite::default().par_paliers([10.0, 15.0, 20.0])
    }

    /// Three communes on a road, without centres: A–B and B–C take `pas` minutes, A–C twice as long.
    fn trois(pas: f64) -> Reseau {
        let couples = [(0, 1, pas), (1, 2, pas), (0, 2, 2.0 * pas)];
        let trajets: Vec<Trajet> = couples
            .iter()
            .flat_map(|(a, b, minutes)| {
                [
                    Trajet { de: *a, vers: *b, minutes: *minutes },
                    Trajet { de: *b, vers: *a, minutes: *minutes },
                ]
            })
            .collect();
        Reseau::new(&[None; 3], &trajets, &paliers())
    }

    fn proches(obtenus: &[f64], attendus: &[f64]) {
        assert_eq!(obtenus.len(), attendus.len());
        for (a, b) in obtenus.iter().zip(attendus) {
            assert!((a - b).abs() < 1e-9, "{obtenus:?} au lieu de {attendus:?}");
        }
    }

    #[test]
    fn trois_communes_calculees_a_la_main() {
        // 10 minutes from one to the next, 20 from end to end: weights 1, 1 and 0.22.
        // Children 100, 50, 50; places 30, 0, 20.
        // Demand of A: 100 + 50 + 0.22 × 50 = 161; of C: 0.22 × 100 + 50 + 50 = 122.
        // R_A = 30/161, R_B = 0, R_C = 20/122.
        // A_A = 100 (30/161 + 0.22 × 20/122) = 22.24010…; A_B = 100 (30/161 + 20/122) = 35.02698…;
        // A_C = 100 (0.22 × 30/161 + 20/122) = 20.49282…
        let reseau = trois(10.0);
        let (places, enfants) = ([30.0, 0.0, 20.0], [100.0, 50.0, 50.0]);
        proches(&reseau.demandes(&enfants), &[161.0, 200.0, 122.0]);
        let obtenue = reseau.accessibilite(&places, &enfants);
        proches(
            &obtenue,
            &[
                3000.0 / 161.0 + 440.0 / 122.0,
                3000.0 / 161.0 + 2000.0 / 122.0,
                660.0 / 161.0 + 2000.0 / 122.0,
            ],
        );
        assert_eq!(obtenue.iter().map(|a| (a * 10.0).round() / 10.0).collect::<Vec<_>>(), [22.2, 35.0, 20.5]);
        // 22.24010 × 100 + 35.02698 × 50 + 20.49282 × 50, over 100, is 50 places: all of them.
        let places: f64 = obtenue.iter().zip(enfants).map(|(a, e)| a * e / 100.0).sum();
        assert!((places - 50.0).abs() < 1e-9);
    }

    #[test]
    fn trois_communes_trop_loin_les_unes_des_autres_ont_leurs_propres_places() {
        // 25 minutes: nothing is shared, accessibility is the local ratio, 30/100, 0/50, 20/50.
        proches(&trois(25.0).accessibilite(&[30.0, 0.0, 20.0], &[100.0, 50.0, 50.0]), &[30.0, 0.0, 40.0]);
    }

    #[test]
    fn des_places_que_nul_enfant_n_atteint_ne_comptent_nulle_part() {
        proches(&trois(25.0).accessibilite(&[30.0, 10.0, 20.0], &[100.0, 0.0, 50.0]), &[30.0, 0.0, 40.0]);
    }

    #[test]
    fn un_aller_peut_etre_plus_long_que_le_retour() {
        // A reaches B in 12 minutes (0.68), B does not reach A.
        let trajets = [Trajet { de: 0, vers: 1, minutes: 12.0 }, Trajet { de: 1, vers: 0, minutes: 40.0 }];
        let reseau = Reseau::new(&[None; 2], &trajets, &paliers());
        // Demand of A: 100; of B: 0.68 × 100 + 50 = 118.
        proches(&reseau.accessibilite(&[10.0, 59.0], &[100.0, 50.0]), &[10.0 + 0.68 * 50.0, 50.0]);
    }

    #[test]
    fn le_tableau_l_emporte_sur_la_distance_et_le_reste_vient_d_elle() {
        // One degree of latitude is 111.195 km; 0.05 is 5.56 km, 10.8 minutes at 40 km/h with the detour.
        let centres = [0.0, 0.05, 0.10].map(|dy| Some(Point::new(-1.5, 46.7 + dy)));
        let trajets = [Trajet { de: 0, vers: 2, minutes: 9.0 }];
        let reseau = Reseau::new(&centres, &trajets, &paliers());
        let poids = |rang: usize| reseau.voisins(rang).iter().map(|v| (v.rang, v.poids)).collect::<Vec<_>>();
        assert_eq!(poids(0), [(0, 1.0), (1, 0.68), (2, 1.0)]);
        // 21.7 minutes on the way back, which the table does not give: out of reach.
        assert_eq!(poids(2), [(1, 0.68), (2, 1.0)]);
        assert_eq!(reseau.liaisons(), (1, 4));
        assert!((reseau.voisins(0)[1].minutes - 10.8415).abs() < 0.001);
    }

    /// Communes in a square of 40 km, places, children; durations of some trips.
    type Territoire = (Vec<(f64, f64)>, Vec<u32>, Vec<u32>, Vec<(usize, usize, f64)>);

    fn territoires() -> impl Strategy<Value = Territoire> {
        (2usize..25).prop_flat_map(|n| {
            (
                prop::collection::vec((0.0..0.5f64, 0.0..0.36f64), n),
                prop::collection::vec(0u32..80, n),
                prop::collection::vec(0u32..200, n),
                prop::collection::vec((0..n, 0..n, 0.0..40.0f64), 0..12),
            )
        })
    }

    fn reels(nombres: &[u32]) -> Vec<f64> {
        nombres.iter().copied().map(f64::from).collect()
    }

    fn reseau(communes: &[(f64, f64)], trajets: &[(usize, usize, f64)], en_pente: bool) -> Reseau {
        let centres: Vec<_> = communes.iter().map(|(x, y)| Some(Point::new(x - 1.5, y + 46.7))).collect();
        let trajets: Vec<_> = trajets
            .iter()
            .map(|(de, vers, minutes)| Trajet { de: *de, vers: *vers, minutes: *minutes })
            .collect();
        let parametres = if en_pente { ParametresAccessibilite::default() } else { paliers() };
        Reseau::new(&centres, &trajets, &parametres)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

        /// The places that the children reach are all the places that some child reaches.
        #[test]
        fn rien_ne_se_perd((communes, places, enfants, trajets) in territoires(), en_pente: bool) {
            let reseau = reseau(&communes, &trajets, en_pente);
            let (places, enfants) = (reels(&places), reels(&enfants));
            let demandes = reseau.demandes(&enfants);
            let atteignables: f64 = places.iter().zip(&demandes).filter(|(_, d)| **d > 0.0).map(|(p, _)| p).sum();
            let atteintes: f64 =
                reseau.accessibilite(&places, &enfants).iter().zip(&enfants).map(|(a, e)| a * e / 100.0).sum();
            prop_assert!((atteintes - atteignables).abs() < 1e-6, "{atteintes} au lieu de {atteignables}");
        }

        /// A project costs its neighbours only, and gives what a whole computation gives.
        #[test]
        fn un_projet_s_ajoute((communes, places, enfants, trajets) in territoires(), ou in 0usize..100, ajout in 1u32..40) {
            let reseau = reseau(&communes, &trajets, false);
            let (mut places, enfants) = (reels(&places), reels(&enfants));
            let (ou, ajout) = (ou % places.len(), f64::from(ajout));
            let mut attendue = reseau.accessibilite(&places, &enfants);
            for (rang, gain) in reseau.gain(ou, ajout, &reseau.demandes(&enfants)) {
                attendue[rang] += gain;
            }
            places[ou] += ajout;
            for (a, b) in reseau.accessibilite(&places, &enfants).iter().zip(&attendue) {
                prop_assert!((a - b).abs() < 1e-9);
            }
        }

        /// The index finds every neighbour that trying each pair finds.
        #[test]
        fn l_index_n_oublie_personne((communes, ..) in territoires()) {
            let reseau = reseau(&communes, &[], false);
            let parametres = paliers();
            for (de, a) in communes.iter().enumerate() {
                let attendus: Vec<usize> = communes
                    .iter()
                    .enumerate()
                    .filter(|(vers, b)| {
                        let centre = |c: &(f64, f64)| Point::new(c.0 - 1.5, c.1 + 46.7);
                        let kilometres = Haversine.distance(centre(a), centre(b)) / 1000.0;
                        *vers == de || parametres.poids(parametres.minutes(kilometres)) > 0.0
                    })
                    .map(|(vers, _)| vers)
                    .collect();
                let trouves: Vec<usize> = reseau.voisins(de).iter().map(|v| v.rang).collect();
                prop_assert_eq!(trouves, attendus);
            }
        }
    }

    #[test]
    #[ignore = "mesure, à lancer à la main"]
    #[allow(clippy::print_stderr, clippy::disallowed_methods)]
    fn la_france_entiere() {
        let n = 34_900;
        // Low discrepancy points over a square of 950 km.
        let alea = |rang: usize, pas: f64| (rang as f64 * pas).fract();
        let centres: Vec<_> = (0..n)
            .map(|r| {
                Some(Point::new(alea(r, 0.754_877_666) * 12.5 - 4.0, alea(r, 0.569_840_291) * 8.5 + 42.5))
            })
            .collect();
        let depart = std::time::Instant::now();
        let reseau = Reseau::new(&centres, &[], &ParametresAccessibilite::default());
        eprintln!("réseau : {:?}, {} liaisons", depart.elapsed(), reseau.liaisons().1);
        let (places, enfants) = (vec![20.0; n], vec![60.0; n]);
        let depart = std::time::Instant::now();
        let demandes = reseau.demandes(&enfants);
        let obtenue = reseau.accessibilite_de(&places, &demandes);
        eprintln!("accessibilité : {:?}, {}", depart.elapsed(), obtenue[0]);
        let depart = std::time::Instant::now();
        let gains: f64 = (0..n).flat_map(|r| reseau.gain(r, 12.0, &demandes)).map(|(_, g)| g).sum();
        eprintln!("{n} projets : {:?}, {gains}", depart.elapsed());
    }
}
