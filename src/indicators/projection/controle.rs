//! The method put to the test on the years already seen.

use super::archives::{Archives, Passe, ensemble};
use super::cohortes::{Arrivees, Fourchette};
use super::{ANS_DE_CONTROLE, DEPARTS_DE_CONTROLE, ERREURS, ParametresProjection};
use crate::indicators::serie::ChiffreDirect;
use crate::indicators::{Niveau, Statut, TableIndicateurs};
use chrono::NaiveDate;
use polars::prelude::PolarsResult;
use std::collections::BTreeSet;

/// The method put to the test: what it would have said some years ago, from what was known then.
#[derive(Default)]
pub(super) struct Controle {
    essais: Vec<Essai>,
}

/// What it would have said from one list of a later one.
struct Essai {
    passe: Passe,
    annee: i32,
    prevu: Fourchette,
    observe: f64,
    /// Of the list that the year was observed on.
    jour: NaiveDate,
}

impl Controle {
    /// From each of the lists before the last: it takes two pairs of lists to know how years differ.
    pub(super) fn faire(archives: &mut Archives<'_>) -> PolarsResult<Self> {
        let Some(derniere) = archives.listes.keys().next_back().copied() else { return Ok(Self::default()) };
        let suivies: BTreeSet<i32> = archives.contexte.couverture_am(true).iter().map(|c| c.annee).collect();
        let bases: Vec<i32> =
            archives.listes.range(derniere - DEPARTS_DE_CONTROLE..derniere).map(|l| *l.0).collect();
        let mut essais = Vec::new();
        for base in bases.into_iter().filter(|base| suivies.range(..=*base).count() >= 2) {
            let passe = archives.passe(base, derniere)?;
            let Some(modele) = passe.modele(&ParametresProjection::default()) else { continue };
            let Some(arrivees) = modele.arrivees else { continue };
            let ans = usize::try_from(ANS_DE_CONTROLE.min(derniere - base)).unwrap_or_default();
            let observes = archives.effectifs(base, derniere)?;
            for (annee, prevu) in
                (base + 1..).zip(modele.projeter(&passe.depart, Arrivees::Observees(arrivees), ans))
            {
                let Some((observe, liste)) = observes.get(&annee).zip(archives.listes.get(&annee)) else {
                    continue;
                };
                // From the lists of before, against that of after.
                let sources = ensemble([passe.sources.as_str(), liste.1.as_str()].into_iter());
                essais.push(Essai {
                    passe: Passe { sources, ..passe.clone() },
                    annee,
                    prevu: prevu.personnes.map(f64::round),
                    observe: *observe,
                    jour: liste.0,
                });
            }
        }
        Ok(Self { essais })
    }

    /// What was said and seen.
    pub(super) fn annonces(&self) -> Vec<ChiffreDirect> {
        let dire = |essai: &Essai| {
            let horizon = essai.horizon();
            let observe = ChiffreDirect {
                statut: Statut::Observe,
                jour: Some(essai.jour),
                ..essai.passe.chiffre(essai.annee, format!("{horizon}:observe"), essai.observe)
            };
            essai.passe.fourchette(horizon, essai.annee, essai.prevu).into_iter().chain([observe])
        };
        self.essais.iter().flat_map(dire).collect()
    }

    pub(super) fn erreurs(&self) -> Vec<ChiffreDirect> {
        let dire = |essai: &Essai| {
            let ecart = essai.prevu.attendu - essai.observe;
            let valeur =
                (essai.observe > 0.0).then(|| (ecart * 1_000.0 / essai.observe).round() / 10.0 + 0.0);
            ChiffreDirect {
                valeur,
                termes: Some((ecart, essai.observe)),
                statut: if valeur.is_some() { Statut::Estime } else { Statut::SansObjet },
                ..essai.passe.chiffre(essai.annee, essai.horizon().to_owned(), 0.0)
            }
        };
        self.essais.iter().map(dire).collect()
    }

    /// How many times the bounds held, as a share of all, for the year that the projection starts from.
    pub(super) fn tenue(&self, annee: i32) -> Option<ChiffreDirect> {
        let dernier = self.essais.last()?;
        let tenus = self.essais.iter().filter(|e| (e.prevu.bas..=e.prevu.haut).contains(&e.observe)).count();
        let (tenus, tous) = (tenus as f64, self.essais.len() as f64);
        Some(ChiffreDirect {
            statut: Statut::Estime,
            jour: Some(dernier.jour),
            termes: Some((tenus, tous)),
            sources: ensemble(self.essais.iter().map(|e| e.passe.sources.as_str())),
            ..dernier.passe.chiffre(annee, String::new(), (tenus * 1_000.0 / tous).round() / 10.0)
        })
    }
}

impl Essai {
    /// The modality of how far ahead it was said.
    fn horizon(&self) -> &'static str {
        let ans = usize::try_from(self.annee - self.passe.base).unwrap_or(1);
        ERREURS.get(ans.saturating_sub(1)).map_or("", |(mot, _)| mot)
    }
}

/// What the method would have said of a year, and what was seen.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct AnneeControlee {
    /// Year of the last list that the method was given.
    pub depuis: i32,
    /// Year that it speaks of.
    pub annee: i32,
    /// How far ahead that is: the modality of `projection_erreur`.
    pub horizon: &'static str,
    /// Childminders expected (scenario « tendance »).
    pub prevu: f64,
    /// Lower bound of the 90 % interval.
    pub bas: f64,
    /// Upper bound.
    pub haut: f64,
    /// Childminders on the list, in the same communes.
    pub observe: f64,
    /// `100 × (prevu − observe) / observe`; none if nobody was observed.
    pub erreur_pct: Option<f64>,
}

impl AnneeControlee {
    /// True if what was seen is in the interval.
    pub fn est_couverte(&self) -> bool {
        (self.bas..=self.haut).contains(&self.observe)
    }
}

/// The check of the projection, by year that it started from and year that it speaks of, as the table of a run holds
/// it (`projection_controle`, `projection_erreur`); empty if there are not lists enough, or if it is withheld.
pub fn controler_la_projection(table: &TableIndicateurs, code_territoire: &str) -> Vec<AnneeControlee> {
    let mut annees: Vec<AnneeControlee> = Vec::new();
    for (ans, (horizon, _)) in (1..).zip(ERREURS) {
        let lire = |id: &str, suite: &str, annee: i32| {
            let modalite = format!("{horizon}{suite}");
            table.figure(Niveau::Territoire, code_territoire, id, &modalite, annee).and_then(|f| f.valeur)
        };
        for prevu in table.serie(Niveau::Territoire, code_territoire, "projection_controle", horizon) {
            let annonce = |suite: &str| lire("projection_controle", suite, prevu.annee);
            let lue = || {
                Some(AnneeControlee {
                    depuis: prevu.annee - ans,
                    annee: prevu.annee,
                    horizon,
                    prevu: prevu.valeur?,
                    bas: annonce(":bas")?,
                    haut: annonce(":haut")?,
                    observe: annonce(":observe")?,
                    erreur_pct: lire("projection_erreur", "", prevu.annee),
                })
            };
            annees.extend(lue());
        }
    }
    annees.sort_by_key(|annee| (annee.depuis, annee.annee));
    annees
}
