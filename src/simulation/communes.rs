//! The communes: names, codes, inhabitants, births.

use super::carte::{self, Carte};
use super::{ErreurSimulation, Flux, Parametres, noms, repartir};
use crate::territory::CodeCommune;
use geo::Polygon;
use rand::RngExt;
use std::collections::BTreeMap;

/// A fictional commune.
#[derive(Debug, Clone)]
pub struct Commune {
    /// Code in the département 96, which does not exist.
    pub code: CodeCommune,
    /// Official name.
    pub nom: String,
    /// Postal code.
    pub code_postal: String,
    /// Inhabitants.
    pub population: u32,
    /// Contour in WGS 84.
    pub contour: Polygon<f64>,
    /// SIREN and name of its EPCI.
    pub epci: (&'static str, &'static str),
    /// Births by year; empty outside the territory.
    pub naissances: BTreeMap<i32, u32>,
}

/// The EPCI of the members.
pub(super) const EPCI: (&str, &str) = ("249600013", "CC du Pays de Vendrelle");
/// The EPCI of the communes around.
const EPCI_VOISINS: [(&str, &str); 2] =
    [("249600021", "CC Bocage et Lorgne"), ("249600039", "CA de Fontevrelle Agglomération")];

/// Communes that there are codes for: 96001 to 96999, then 98001 to 98399, which nobody has either.
const COMMUNES: usize = 999 + 399;

/// The members, largest first, and the communes around.
///
/// # Errors
/// If the map cannot be drawn or has more communes than the département has codes.
pub(super) fn peupler(parametres: &Parametres) -> Result<(Vec<Commune>, Vec<Commune>), ErreurSimulation> {
    let mut hasard = Flux::Communes.ouvrir(parametres.graine);
    let n = parametres.populations.len();
    let Carte { membres: contours, voisines } =
        carte::dessiner(parametres.graine, n, f64::from(parametres.surface_km2))?;
    if n + voisines.len() > COMMUNES {
        return Err(ErreurSimulation::Parametres(format!(
            "{n} communes ne tiennent pas dans un département"
        )));
    }
    let (noms, noms_voisines) = noms::communes(n, voisines.len());
    // A large commune is populous as a rule, not always: neighbours in rank may be swapped.
    let mut ordre: Vec<usize> = (0..n).collect();
    ordre.sort_by_cached_key(|&i| i * 100 + hasard.random_range(0..350));
    let mut membres = Vec::with_capacity(n);
    let alphabet = rangs_alphabetiques(&noms);
    for (rang, nom) in noms.into_iter().enumerate() {
        let contour = contours[ordre[rang]].clone();
        let population = parametres.populations[rang];
        membres.push(commune(place(alphabet[rang] + 1), EPCI, nom, population, contour)?);
    }
    let mut autour = Vec::with_capacity(voisines.len());
    for (rang, (nom, contour)) in noms_voisines.into_iter().zip(voisines).enumerate() {
        let population = hasard.random_range(380..6_500);
        let epci = EPCI_VOISINS[usize::from(contour.exterior().0[0].x > -1.5)];
        autour.push(commune(place(n + rang + 1), epci, nom, population, contour)?);
    }
    faire_naitre(&mut hasard, parametres, &mut membres);
    Ok((membres, autour))
}

/// The rank of each name in the alphabet, articles left out, as Insee numbers communes.
fn rangs_alphabetiques(noms: &[String]) -> Vec<usize> {
    let sans_article = |nom: &str| {
        let majuscules = noms::en_capitales(nom);
        let article = ["LE ", "LA ", "LES ", "L "].iter().find_map(|a| majuscules.strip_prefix(a));
        article.unwrap_or(&majuscules).to_owned()
    };
    let mut ordre: Vec<usize> = (0..noms.len()).collect();
    ordre.sort_by_cached_key(|&i| sans_article(&noms[i]));
    let mut rangs = vec![0; noms.len()];
    for (rang, &i) in ordre.iter().enumerate() {
        rangs[i] = rang;
    }
    rangs
}

/// Where a commune of that number is: its département and its rank there.
fn place(numero: usize) -> (usize, usize) {
    if numero > 999 { (98, numero - 999) } else { (96, numero) }
}

/// The commune of that rank in a département.
pub(super) fn commune(
    (departement, rang): (usize, usize),
    epci: (&'static str, &'static str),
    nom: String,
    population: u32,
    contour: Polygon<f64>,
) -> Result<Commune, ErreurSimulation> {
    let code: CodeCommune = format!("{departement:02}{rang:03}").parse().map_err(|_| {
        let raison = format!("pas de code pour la commune {rang} du département {departement}");
        ErreurSimulation::Parametres(raison)
    })?;
    // Two communes share a post office.
    let code_postal = format!("{departement:02}{:02}0", 10 + rang / 2 % 90);
    Ok(Commune { code, nom, code_postal, population, contour, epci, naissances: BTreeMap::new() })
}

/// Births of the members: the total of each year is that of the parameters, shared by population, with
/// communes more or less young and years more or less full.
pub(super) fn faire_naitre(
    hasard: &mut rand_chacha::ChaCha8Rng,
    parametres: &Parametres,
    membres: &mut [Commune],
) {
    let jeunesse: Vec<u64> =
        membres.iter().map(|c| u64::from(c.population) * hasard.random_range(85..116)).collect();
    for annee in &parametres.naissances {
        let poids: Vec<u64> = jeunesse.iter().map(|j| j * hasard.random_range(85..116)).collect();
        for (commune, nombre) in membres.iter_mut().zip(repartir(annee.total, &poids)) {
            commune.naissances.insert(annee.annee, nombre);
        }
    }
}
