//! A whole country, or a département: many territories side by side on one map, whose lists come in one file.

use super::{
    Commune, Comptes, ErreurSimulation, Flux, MicroCreche, Millesime, Naissances, Parametres, Territoire,
    bureau, carrieres, carte, communes, ecrire, noms, petite_enfance, structures,
};
use chrono::{Days, NaiveDate};
use geo::{Centroid, Polygon};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How large a country is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParametresPays {
    /// The seed: same parameters and same seed, same bytes.
    pub graine: u64,
    /// Communes.
    pub communes: u32,
    /// Assistants maternels on the last list.
    pub assistants_maternels: u32,
    /// Lists, the last of 2024.
    pub annees: u32,
}

/// Communes of one of its territories: the mean of an EPCI of France.
const COMMUNES_PAR_TERRITOIRE: usize = 28;
/// Communes of a département, at most 999.
const COMMUNES_PAR_DEPARTEMENT: usize = 900;
const DERNIERE_ANNEE: i32 = 2024;
/// Births are known three years before the first list.
const NAISSANCES_AVANT: u32 = 3;
/// Square kilometres of a commune of France, on average.
const KM2_PAR_COMMUNE: f64 = 15.7;
/// SIREN and name under which every commune stands in the composition: the country is the territory.
const PAYS: (&str, &str) = ("249600013", "Pays simulé");

impl ParametresPays {
    /// Checks that the parameters hold together.
    fn verifier(&self) -> Result<(), ErreurSimulation> {
        let refus = |message: &str| Err(ErreurSimulation::Parametres(message.to_owned()));
        if !(15..=36_000).contains(&self.communes) {
            return refus("il faut de 15 à 36 000 communes");
        }
        if self.assistants_maternels < 2 * self.communes || self.assistants_maternels > 60 * self.communes {
            return refus("il faut de 2 à 60 assistants maternels par commune");
        }
        if !(1..=20).contains(&self.annees) {
            return refus("il faut de 1 à 20 années");
        }
        Ok(())
    }
}

/// Makes a country and writes into `dossier` its files (`data/`) and the pipeline that reads them
/// (`pipelines/pays.toml`). Returns the paths written, sorted.
///
/// # Errors
/// If the parameters contradict each other, or if a file cannot be written.
pub fn simuler_un_pays(
    parametres: &ParametresPays,
    dossier: &Path,
) -> Result<Vec<PathBuf>, ErreurSimulation> {
    let pays = imaginer(parametres)?;
    let mut ecrits = Vec::new();
    for (chemin, octets) in bureau::fichiers_du_pays(&pays)? {
        let fichier = dossier.join(chemin);
        ecrire(&fichier, &octets)?;
        ecrits.push(fichier);
    }
    Ok(ecrits)
}

/// The country as one territory: its own territories are drawn each from a seed of its own, on one map.
fn imaginer(parametres: &ParametresPays) -> Result<Territoire, ErreurSimulation> {
    parametres.verifier()?;
    let n = parametres.communes as usize;
    let mut hasard = Flux::Communes.ouvrir(parametres.graine);
    let contours = carte::dessiner(parametres.graine, n, KM2_PAR_COMMUNE * n as f64)?.membres;
    let groupes = voisinages(contours);
    let mut lieux = noms::nombreux(n).into_iter().zip(0..);
    let habitants: Vec<Vec<u32>> = groupes.iter().map(|g| populations(&mut hasard, g.len())).collect();
    let total: u64 = habitants.iter().flatten().map(|&p| u64::from(p)).sum();
    let annees: Vec<i32> =
        (DERNIERE_ANNEE + 1 - i32::try_from(parametres.annees).unwrap_or(1)..=DERNIERE_ANNEE).collect();
    let parts: Vec<u64> = habitants.iter().map(|h| h.iter().map(|&p| u64::from(p)).sum()).collect();
    let effectifs = super::repartir(parametres.assistants_maternels, &parts);
    let mut pays = Territoire {
        parametres: du_pays(parametres, total),
        communes: Vec::with_capacity(n),
        voisines: Vec::new(),
        assistantes: Vec::new(),
        mam: Vec::new(),
        structures: Vec::new(),
        comptes: annees.iter().map(|annee| (*annee, Vec::with_capacity(n))).collect(),
    };
    let mut identites = BTreeSet::new();
    for (rang, (contours, populations)) in groupes.into_iter().zip(habitants).enumerate() {
        let graine = parametres.graine.wrapping_mul(1_000_003).wrapping_add(rang as u64 + 1);
        let ici = du_territoire(graine, &annees, populations, effectifs[rang]);
        let communes = contours
            .into_iter()
            .zip(&ici.populations)
            .zip(&mut lieux)
            .map(|((contour, &population), (nom, numero))| {
                communes::commune(place(numero), PAYS, nom, population, contour)
            })
            .collect::<Result<Vec<Commune>, _>>()?;
        ajouter(&mut pays, &mut identites, &ici, communes)?;
    }
    Ok(pays)
}

/// What the writers ask of the country itself.
fn du_pays(parametres: &ParametresPays, population: u64) -> Parametres {
    let annees = i32::try_from(parametres.annees).unwrap_or(1);
    let annees: Vec<i32> = (DERNIERE_ANNEE + 1 - annees..=DERNIERE_ANNEE).collect();
    let population = u32::try_from(population).unwrap_or(u32::MAX);
    du_territoire(parametres.graine, &annees, vec![population], parametres.assistants_maternels)
}

/// A territory of the country: its lists lose two persons in a hundred each year, its births one.
fn du_territoire(graine: u64, annees: &[i32], populations: Vec<u32>, derniers: u32) -> Parametres {
    let population: u32 = populations.iter().sum();
    let avant = |annee: i32| DERNIERE_ANNEE.abs_diff(annee);
    let agrees = |annee: i32| derniers + derniers * 2 * avant(annee) / 100;
    let millesimes = annees
        .iter()
        .map(|&annee| {
            let agrees = agrees(annee);
            Millesime {
                annee,
                agrees,
                places: agrees * 7 / 2,
                arrivees: agrees / 25,
                mam: derniers / 26 * 2 / (2 + avant(annee)),
            }
        })
        .collect();
    let premiere = annees.first().copied().unwrap_or(DERNIERE_ANNEE);
    let naissances = (premiere - i32::try_from(NAISSANCES_AVANT).unwrap_or(3)..=DERNIERE_ANNEE)
        .map(|annee| Naissances { annee, total: population / 1000 * (1000 + 10 * avant(annee)) / 100 })
        .collect();
    let places = population / 1000;
    let micro_creches = (0..places / 5)
        .map(|rang| MicroCreche {
            ouverture: 2010 + i32::try_from(rang % 15).unwrap_or(0),
            places: 10 + rang % 3,
        })
        .collect();
    Parametres {
        graine,
        populations,
        surface_km2: 0,
        millesimes,
        petites_communes: Vec::new(),
        demenagements: derniers / 80,
        naissances,
        eaje_publics: (0..places / 6).map(|rang| 20 + 5 * (rang % 4)).collect(),
        micro_creches,
    }
}

/// The communes put together with their neighbours, in bands from the south to the north.
fn voisinages(contours: Vec<Polygon<f64>>) -> Vec<Vec<Polygon<f64>>> {
    let milieu = |c: &Polygon<f64>| c.centroid().map_or((0.0, 0.0), |p| (p.x(), p.y()));
    let mut places: Vec<((f64, f64), Polygon<f64>)> = contours.into_iter().map(|c| (milieu(&c), c)).collect();
    let groupes = places.len().div_ceil(COMMUNES_PAR_TERRITOIRE);
    let bandes = (1..=groupes).find(|b| b * b >= groupes).unwrap_or(1);
    let par_bande = places.len().div_ceil(bandes);
    places.sort_by(|a, b| a.0.1.total_cmp(&b.0.1));
    let mut voisinages = Vec::with_capacity(groupes);
    while !places.is_empty() {
        let reste = places.split_off(par_bande.min(places.len()));
        places.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
        let morceaux = places.len().div_ceil(COMMUNES_PAR_TERRITOIRE).max(1);
        let taille = places.len().div_ceil(morceaux);
        let mut contours = places.into_iter().map(|(_, contour)| contour).peekable();
        while contours.peek().is_some() {
            voisinages.push(contours.by_ref().take(taille).collect());
        }
        places = reste;
    }
    voisinages
}

/// Inhabitants, largest first: a town, and villages that get smaller and smaller.
fn populations(hasard: &mut ChaCha8Rng, combien: usize) -> Vec<u32> {
    let mut populations: Vec<u32> = (1..=u32::try_from(combien).unwrap_or(1))
        .map(|rang| 90 + 18_000 / rang * hasard.random_range(50..150) / 100)
        .collect();
    populations.sort_unstable_by(|a, b| b.cmp(a));
    populations
}

/// The département of a commune and its rank there: 96, which does not exist; then, for a country, those that do.
fn place(numero: usize) -> (usize, usize) {
    let departement = match numero / COMMUNES_PAR_DEPARTEMENT {
        0 => 96,
        1 => 98,
        // Not 20: Corsica has letters.
        rang if rang < 21 => rang - 1,
        rang => rang,
    };
    (departement, numero % COMMUNES_PAR_DEPARTEMENT + 1)
}

type Identite = (&'static str, &'static str, NaiveDate);

/// Peoples a territory and adds it to the country.
fn ajouter(
    pays: &mut Territoire,
    identites: &mut BTreeSet<Identite>,
    ici: &Parametres,
    mut communes: Vec<Commune>,
) -> Result<(), ErreurSimulation> {
    ici.verifier()?;
    let mut hasard = Flux::Communes.ouvrir(ici.graine);
    // The largest commune is not the first on the map.
    let mut contours: Vec<Polygon<f64>> = communes.iter().map(|c| c.contour.clone()).collect();
    contours.shuffle(&mut hasard);
    communes.iter_mut().zip(contours).for_each(|(commune, contour)| commune.contour = contour);
    communes::faire_naitre(&mut hasard, ici, &mut communes);
    let (mut assistantes, mut mam) = carrieres::derouler(ici, &communes);
    let mut structures = structures::ouvrir(ici, &communes, &assistantes, &mam);
    let comptes = petite_enfance::compter(ici, &communes, &assistantes, &structures);

    let (communes_avant, mam_avant) = (pays.communes.len(), pays.mam.len());
    for assistante in &mut assistantes {
        // Nobody bears the name of another and was born on the same day.
        while !identites.insert((assistante.nom_naissance, assistante.prenom, assistante.naissance)) {
            assistante.naissance = assistante.naissance - Days::new(1);
        }
        for agrement in assistante.agrements.values_mut() {
            agrement.commune += communes_avant;
            agrement.mam = agrement.mam.map(|rang| rang + mam_avant);
        }
    }
    for maison in &mut mam {
        maison.commune += communes_avant;
    }
    for structure in &mut structures {
        structure.commune += communes_avant;
    }
    pays.communes.extend(communes);
    pays.assistantes.extend(assistantes);
    pays.mam.extend(mam);
    pays.structures.extend(structures);
    for ((_, toutes), (_, siennes)) in pays.comptes.iter_mut().zip(comptes) {
        let siennes: Vec<Comptes> = siennes;
        toutes.extend(siennes);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::territory::CodeCommune;

    #[test]
    fn un_pays_a_les_communes_et_les_personnes_voulues() {
        let parametres = ParametresPays { graine: 1, communes: 150, assistants_maternels: 1_300, annees: 4 };
        let pays = imaginer(&parametres).expect("pays");
        assert_eq!(pays.communes.len(), 150);
        assert_eq!(pays.liste(2024).count(), 1_300);
        assert!(pays.liste(2021).count() > 1_300);
        let codes: BTreeSet<CodeCommune> = pays.communes.iter().map(|c| c.code).collect();
        let noms: BTreeSet<&str> = pays.communes.iter().map(|c| c.nom.as_str()).collect();
        assert_eq!((codes.len(), noms.len()), (150, 150));
        assert!(pays.comptes.iter().all(|(_, comptes)| comptes.len() == 150));
    }

    #[test]
    fn le_pays_est_celui_de_sa_graine() {
        let parametres = ParametresPays { graine: 7, communes: 40, assistants_maternels: 400, annees: 2 };
        let fichiers = |p| bureau::fichiers_du_pays(&imaginer(p).expect("pays")).expect("fichiers");
        assert!(fichiers(&parametres) == fichiers(&parametres));
        assert!(fichiers(&parametres) != fichiers(&ParametresPays { graine: 8, ..parametres }));
    }

    #[test]
    fn un_pays_impossible_est_refuse() {
        let juste = ParametresPays { graine: 1, communes: 150, assistants_maternels: 1_300, annees: 4 };
        for faux in [
            ParametresPays { communes: 3, ..juste },
            ParametresPays { assistants_maternels: 10, ..juste },
            ParametresPays { annees: 0, ..juste },
        ] {
            assert!(imaginer(&faux).is_err(), "{faux:?}");
        }
    }
}
