//! What a territory chooses for its projection, and the births to come.

use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// `[parametres.projection]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ParametresProjection {
    /// Age at which childminders retire, in years.
    #[serde(deserialize_with = "age")]
    pub age_retraite: i32,
    /// Departures a year for 100 childminders, where no two lists tell them; none by default.
    #[serde(deserialize_with = "taux")]
    pub taux_depart_defaut: Option<f64>,
    /// Scenario « cible »: arrivals a year.
    #[serde(deserialize_with = "nombre")]
    pub arrivees_cible: Option<f64>,
    /// Scenario « cible », without `arrivees_cible`: childminders wanted in ten years; today's by default.
    pub am_cible: Option<u32>,
    /// Births of the years to come.
    pub naissances: HypotheseNaissances,
    /// Births that are given, by year (`{ 2025 = 430 }`): they come before the hypothesis.
    #[serde(deserialize_with = "par_annee")]
    pub naissances_prevues: BTreeMap<i32, f64>,
}

impl ParametresProjection {
    /// True if the territory has set the target of the scenario « cible »; by default it is as many as today.
    pub fn a_un_objectif(&self) -> bool {
        self.arrivees_cible.is_some() || self.am_cible.is_some()
    }

    /// What pages call the scenario « cible »: a target that nobody has set is none.
    pub fn nom_de_la_cible(&self) -> &'static str {
        if self.a_un_objectif() { "Objectif du relais" } else { "Même effectif dans dix ans" }
    }
}

impl Default for ParametresProjection {
    fn default() -> Self {
        Self {
            age_retraite: 64,
            taux_depart_defaut: None,
            arrivees_cible: None,
            am_cible: None,
            naissances: HypotheseNaissances::default(),
            naissances_prevues: BTreeMap::new(),
        }
    }
}

/// How births go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HypotheseNaissances {
    /// At the mean of the last three years.
    #[default]
    Constantes,
    /// Along the straight line of the last ten years.
    Tendance,
}

impl HypotheseNaissances {
    /// How births to come are counted, in French.
    pub fn en_clair(self) -> &'static str {
        match self {
            Self::Constantes => "à la moyenne des trois dernières années",
            Self::Tendance => "sur la droite des dix dernières années",
        }
    }
}

/// Ages at which people can retire.
const AGES_DE_RETRAITE: std::ops::RangeInclusive<i32> = 50..=75;

fn age<'de, D: Deserializer<'de>>(lecteur: D) -> Result<i32, D::Error> {
    let age = i32::deserialize(lecteur)?;
    let attendu = || serde::de::Error::custom("un âge de 50 à 75 ans est attendu");
    AGES_DE_RETRAITE.contains(&age).then_some(age).ok_or_else(attendu)
}

fn nombre<'de, D: Deserializer<'de>>(lecteur: D) -> Result<Option<f64>, D::Error> {
    let nombre = f64::deserialize(lecteur)?;
    let juste = nombre.is_finite() && nombre >= 0.0;
    if juste {
        Ok(Some(nombre))
    } else {
        Err(serde::de::Error::custom("un nombre d’au moins 0 est attendu"))
    }
}

fn taux<'de, D: Deserializer<'de>>(lecteur: D) -> Result<Option<f64>, D::Error> {
    let taux = nombre(lecteur)?;
    let juste = taux.is_none_or(|taux| taux <= 100.0);
    if juste { Ok(taux) } else { Err(serde::de::Error::custom("un pourcentage de 0 à 100 est attendu")) }
}

fn par_annee<'de, D: Deserializer<'de>>(lecteur: D) -> Result<BTreeMap<i32, f64>, D::Error> {
    let donnees = BTreeMap::<String, f64>::deserialize(lecteur)?;
    let lire = |(annee, nombre): (String, f64)| {
        let annee = annee.parse().ok().filter(|annee| (1900..2200).contains(annee));
        annee.zip((nombre.is_finite() && nombre >= 0.0).then_some(nombre))
    };
    let attendu = "une année et un nombre de naissances sont attendus, par exemple { 2025 = 430 }";
    donnees.into_iter().map(lire).collect::<Option<_>>().ok_or_else(|| serde::de::Error::custom(attendu))
}

/// Years of which the trend is drawn, and those of the mean.
const ANNEES_DE_TENDANCE: usize = 10;
const ANNEES_DE_MOYENNE: usize = 3;

/// Children under three of each year from `annee` to `annee + ans`, as a multiple of those of `annee`: births
/// of the year and of the two before. None if the past does not tell enough.
pub(super) fn enfants_a_venir(
    parametres: &ParametresProjection,
    connues: &BTreeMap<i32, f64>,
    annee: i32,
    ans: i32,
) -> Option<Vec<f64>> {
    let derniere = *connues.keys().next_back()?;
    let tendance = match parametres.naissances {
        HypotheseNaissances::Constantes => Droite::moyenne(connues),
        HypotheseNaissances::Tendance => Droite::ajuster(connues)?,
    };
    let naissances = |annee: i32| -> Option<f64> {
        let prevue = || parametres.naissances_prevues.get(&annee).copied();
        let tendance = || (annee > derniere).then(|| tendance.en(annee).max(0.0));
        connues.get(&annee).copied().or_else(prevue).or_else(tendance)
    };
    let enfants = |annee: i32| (annee - 2..=annee).map(naissances).sum::<Option<f64>>();
    let aujourd_hui = enfants(annee).filter(|n| *n > 0.0)?;
    (annee..=annee + ans).map(|annee| enfants(annee).map(|n| n / aujourd_hui)).collect()
}

/// `valeur` in `annee`, and what is added each year.
struct Droite {
    annee: f64,
    valeur: f64,
    pente: f64,
}

impl Droite {
    fn en(&self, annee: i32) -> f64 {
        self.valeur + self.pente * (f64::from(annee) - self.annee)
    }

    fn moyenne(connues: &BTreeMap<i32, f64>) -> Self {
        let dernieres: Vec<f64> = connues.values().rev().take(ANNEES_DE_MOYENNE).copied().collect();
        Self { annee: 0.0, valeur: dernieres.iter().sum::<f64>() / dernieres.len() as f64, pente: 0.0 }
    }

    /// Least squares; none with less than three years.
    fn ajuster(connues: &BTreeMap<i32, f64>) -> Option<Self> {
        let points: Vec<(f64, f64)> =
            connues.iter().rev().take(ANNEES_DE_TENDANCE).map(|(a, n)| (f64::from(*a), *n)).collect();
        if points.len() < 3 {
            return None;
        }
        let n = points.len() as f64;
        let (annee, valeur) =
            (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
        let croises: f64 = points.iter().map(|p| (p.0 - annee) * (p.1 - valeur)).sum();
        let carres: f64 = points.iter().map(|p| (p.0 - annee).powi(2)).sum();
        Some(Self { annee, valeur, pente: croises / carres })
    }
}
