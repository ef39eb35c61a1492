//! The years to come: the projection of the territory, without the project and with it.

use super::{Chiffre, Projet, SUBSTITUTIONS, Terrain};

/// Years ahead that a study tells.
const ANS: [i32; 3] = [1, 3, 5];
/// The scenarios of the projection; that of the target has the name that the territory gives it.
const SCENARIOS: [(&str, Option<&str>); 3] = [
    ("sans_renouvellement", Some("Sans aucune arrivée")),
    ("tendance", Some("Au rythme observé des départs et des arrivées")),
    ("cible", None),
];

/// A scenario, year by year: today, then each of the years ahead.
#[derive(Debug, Clone, PartialEq)]
pub struct LigneHorizon {
    /// Identifier of the projection.
    pub scenario: &'static str,
    /// The same in words.
    pub libelle: &'static str,
    /// Places of childminders.
    pub places_am: Vec<Chiffre>,
    /// Places of every mode, without the project.
    pub sans: Vec<Chiffre>,
    /// Its lower and its upper bound.
    pub bornes: [Vec<Chiffre>; 2],
    /// With it, at each of [`SUBSTITUTIONS`].
    pub avec: [Vec<Chiffre>; SUBSTITUTIONS.len()],
    /// Places less need, without the project.
    pub solde_sans: Vec<Chiffre>,
    /// With it.
    pub solde_avec: Vec<Chiffre>,
}

/// The years to come, for the whole territory: for a few communes an interval would say too little.
#[derive(Debug, Clone, PartialEq)]
pub struct Horizon {
    /// The year of the report, then those ahead.
    pub annees: Vec<i32>,
    /// Year in which the project opens.
    pub ouverture: i32,
    /// Places of the other known projects; they are not added.
    pub autres: f64,
    /// The scenarios of which something is known.
    pub lignes: Vec<LigneHorizon>,
}

impl Horizon {
    pub(super) fn lire(terrain: &Terrain<'_>, projet: &Projet, connus: &[(usize, f64)]) -> Self {
        let annee = terrain.annee();
        let ouverture = projet.ouverture.unwrap_or(annee + 1);
        let annees: Vec<i32> = std::iter::once(annee).chain(ANS.map(|ans| annee + ans)).collect();
        let places = f64::from(projet.places);
        let collectif = collectif(terrain, annee);
        let ouvert = |annee: i32| if annee >= ouverture { places } else { 0.0 };
        let cible = terrain.donnees.parametres.projection.nom_de_la_cible();
        let ligne = |(scenario, libelle): (&'static str, Option<&'static str>)| {
            let libelle = libelle.unwrap_or(cible);
            let serie = |id: &str| -> Vec<Chiffre> {
                annees.iter().map(|a| terrain.ensemble(id, scenario, *a)).collect()
            };
            let borne = |mot: &str| -> Vec<Chiffre> {
                let modalite = format!("{scenario}:{mot}");
                let am = annees.iter().map(|a| terrain.ensemble("projection_places", &modalite, *a));
                am.map(|am| plus(am, collectif)).collect()
            };
            let ajouter = |serie: &[Chiffre], part: f64| -> Vec<Chiffre> {
                let paires = serie.iter().zip(&annees);
                paires.map(|(c, annee)| c.valant(|v| v + ouvert(*annee) * (1.0 - part))).collect()
            };
            let places_am = serie("projection_places");
            let sans: Vec<Chiffre> = places_am.iter().map(|am| plus(*am, collectif)).collect();
            let solde_sans = serie("projection_solde");
            // The balance of the territory may be that of its other communes: it then cannot tell of the project.
            let rang = terrain.rang(projet.commune);
            let compte = rang.is_none_or(|rang| terrain.compte(rang, "solde_places", |c| c.solde));
            let solde_avec = solde_sans.iter().zip(&annees).map(|(solde, annee)| {
                let change = ouvert(*annee);
                solde.changeant_de((compte || change == 0.0).then_some(change))
            });
            LigneHorizon {
                scenario,
                libelle,
                bornes: ["bas", "haut"].map(borne),
                avec: SUBSTITUTIONS.map(|part| ajouter(&sans, part)),
                solde_avec: solde_avec.collect(),
                places_am,
                sans,
                solde_sans,
            }
        };
        let dite = |l: &LigneHorizon| l.places_am.iter().any(|c| c.connu().is_some());
        Self {
            lignes: SCENARIOS.map(ligne).into_iter().filter(dite).collect(),
            autres: connus.iter().map(|(_, places)| places).sum(),
            annees,
            ouverture,
        }
    }
}

fn plus(a: Chiffre, b: Chiffre) -> Chiffre {
    let somme = Chiffre::somme([a, b]);
    if somme.est_partiel() { Chiffre::ABSENT } else { Chiffre { connues: 1, attendues: 1, ..somme } }
}

/// Today's places of establishments, in the communes that the projection of the childminders counts.
fn collectif(terrain: &Terrain<'_>, annee: i32) -> Chiffre {
    let projetees = terrain.ensemble("projection_places", "tendance", annee);
    if projetees.connues >= projetees.attendues {
        return terrain.ensemble("eaje_places", "", annee);
    }
    let comptees = terrain.communes.iter().filter(|c| c.places_am.connu().is_some());
    let somme = Chiffre::somme(comptees.map(|c| c.places_eaje));
    Chiffre { connues: projetees.connues, attendues: projetees.attendues, ..somme }
}
