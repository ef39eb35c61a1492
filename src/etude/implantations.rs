//! Where the same places would serve best.
//!
//! The places that children receive are always those that open (conservation): the mean gain over children is
//! the same everywhere, and says nothing. What differs is who receives them. A place is useful here when it
//! goes to the children of a commune that is under the mean of the territory, up to that mean:
//! U = Σ enfants_i · max(0, m − A_i) / 100 before, less the same after. It is at most the number of places.
//!
//! Several places are chosen one after the other, the best each time (greedy): for a sum that saturates in this
//! way the result is near the best set, not always the best. Nothing is known here of premises, staff, prices.

use super::Modele;

/// A commune, and what the same places would do there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Implantation {
    /// Rank of the commune.
    pub rang: usize,
    /// Places that would go to communes under the mean, if the project opened there alone.
    pub utiles: f64,
    /// Its own places within reach for 100 children, before and after; none if they cannot be computed.
    pub acces: Option<(f64, f64)>,
    /// Its turn if several opened one after the other, from 1, with what each of them adds; none after those
    /// that are asked for.
    pub tour: Option<(usize, f64)>,
}

/// The `nombre` best communes for so many places, from the best; with them those that are chosen when as many
/// open one after the other. Communes that no child reaches are left out.
pub fn classer(modele: &Modele, places: f64, nombre: usize) -> Vec<Implantation> {
    let depart = modele.acces(modele.places());
    let Some(repere) = modele.ensemble(&depart) else { return Vec::new() };
    let ordre = gloutonne(modele, &depart, repere, places, nombre);
    let mut toutes: Vec<Implantation> = (0..modele.communes())
        .filter(|rang| modele.demande(*rang) > 0.0)
        .map(|rang| {
            let tour = ordre.iter().position(|(choisi, _)| *choisi == rang);
            Implantation {
                rang,
                utiles: utiles(modele, &depart, repere, rang, places),
                acces: depart[rang].map(|avant| (avant, avant + propre(modele, rang, places))),
                tour: tour.map(|tour| (tour + 1, ordre[tour].1)),
            }
        })
        .collect();
    toutes.sort_by(|a, b| b.utiles.total_cmp(&a.utiles).then(a.rang.cmp(&b.rang)));
    let mut rang_de_sortie = 0..;
    toutes.retain(|i| rang_de_sortie.next().is_some_and(|r| r < nombre) || i.tour.is_some());
    toutes
}

/// What the places of a commune add to its own accessibility.
fn propre(modele: &Modele, rang: usize, places: f64) -> f64 {
    modele.gain(rang, places).find(|(autre, _)| *autre == rang).map_or(0.0, |(_, gain)| gain)
}

/// Places that go to communes under the mean, if they opened in that one.
fn utiles(modele: &Modele, acces: &[Option<f64>], repere: f64, rang: usize, places: f64) -> f64 {
    modele
        .gain(rang, places)
        .filter_map(|(autre, gain)| {
            let avant = (*acces.get(autre)?)?;
            Some(
                ((repere - avant).max(0.0) - (repere - avant - gain).max(0.0)) * modele.enfants(autre)
                    / 100.0,
            )
        })
        .sum()
}

/// The best commune, then the best with that one open, and so on. A commune may be chosen once.
fn gloutonne(
    modele: &Modele,
    depart: &[Option<f64>],
    repere: f64,
    places: f64,
    nombre: usize,
) -> Vec<(usize, f64)> {
    let mut acces = depart.to_vec();
    let mut choisies: Vec<(usize, f64)> = Vec::new();
    while choisies.len() < nombre {
        let libres = (0..modele.communes())
            .filter(|rang| modele.demande(*rang) > 0.0 && choisies.iter().all(|(c, _)| c != rang));
        let meilleure = libres
            .map(|rang| (rang, utiles(modele, &acces, repere, rang, places)))
            .reduce(|a, b| if b.1 > a.1 { b } else { a });
        let Some((rang, utile)) = meilleure else { break };
        for (autre, gain) in modele.gain(rang, places) {
            if let Some(Some(valeur)) = acces.get_mut(autre) {
                *valeur += gain;
            }
        }
        choisies.push((rang, utile));
    }
    choisies
}
