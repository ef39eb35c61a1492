//! Accessibility: the places that the children of a commune reach, shared with those of its neighbours.
//!
//! [`Reseau`] is the engine, numbers in and numbers out; this file reads the séries for it, says what is
//! missing, and [`sensibilite`] tells what the parameters change.

mod reglages;
mod reseau;
mod variantes;

pub use reglages::{Attenuation, Palier, ParametresAccessibilite};
pub use reseau::{Reseau, Trajet, Voisin};
pub use variantes::{Variante, sensibilite};

use super::cases::{self, Case, Ligne};
use super::catalogue::{Agregation, Indicateur, Sensibilite, Unite};
use super::protection::Protection;
use super::{Contexte, Entrees, Niveau, Series, Statut, Suite};
use crate::tables::{Mesure, Trajets};
use chrono::NaiveDate;
use geo::Point;
use polars::prelude::*;
use std::collections::BTreeMap;

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[Indicateur {
    id: "accessibilite",
    libelle: "Places accessibles pour 100 enfants de moins de 3 ans",
    definition: "Nombre de places d’accueil que 100 enfants de moins de 3 ans de la commune peuvent atteindre en voiture, chez eux et dans les communes proches, en les partageant avec les enfants de ces communes.",
    formule: "chaque commune partage ses places entre les enfants qui peuvent y venir (places / somme des enfants × poids du trajet) ; une commune reçoit 100 × la somme de ces parts × poids du trajet ; le territoire : 100 × places reçues / enfants des mêmes communes",
    unite: Unite::PlacesPour100,
    decimales: 1,
    agregation: Agregation::SommeSurSomme,
    sensibilite: Sensibilite::Publique,
    entrees: &["pmi", "structures", "imaje", "contours"],
    source: "PMI, recensement des structures, Caf ; temps de trajet donnés par le relais, à défaut distances entre communes",
    precaution: "Les poids et les vitesses choisis, et ce que d’autres changeraient, sont dits dans le relevé de méthode. Sans temps de trajet donné, la distance est celle du point de chaque commune le plus loin de ses limites, qui n’est pas toujours le bourg. L’offre et les enfants des communes hors du territoire ne sont pas connus : près de ses bords, le chiffre est incertain. Les enfants que la Caf ne dit pas sont estimés par les naissances ; où elles manquent aussi, la commune est laissée de côté avec ses places. Pour le territoire entier, c’est le rapport des places aux enfants.",
    // Of the children of several communes at once: with all the figures, those of one can be worked out. What it
    // divides counts places, not persons, and the children that it divides by are protected in their own count:
    // where that is shown, nothing here is to be withheld.
    protection: Protection { modalites_libres: &[""], suit: &["enfants_0_2"], ..Protection::DEFAUT },
    ..Indicateur::VIDE
}];

/// Finds how one goes from each commune to the others, then shares their places out.
pub(super) fn preparer<'c>(contexte: &'c Contexte<'_>) -> PolarsResult<Suite<'c>> {
    let entrees = contexte.entrees;
    let territoire = Territoire::new(entrees)?;
    let reseau = territoire.reseau(&entrees.parametres.accessibilite);
    Ok(Box::new(move |series| calculer(contexte, &territoire, &reseau, series)))
}

fn calculer(
    contexte: &Contexte<'_>,
    territoire: &Territoire<'_>,
    reseau: &Reseau,
    series: &mut Series,
) -> PolarsResult<()> {
    let places = cases::de_la_serie(series, "places_total", "")?;
    let enfants = cases::de_la_serie(series, "enfants_0_2", "")?;
    let naissances = cases::de_la_serie(series, Mesure::Naissances.mot(), "")?;
    let lire = |code: &str, id: &str, annee: i32| {
        let cases = match id {
            "places_total" => &places,
            "enfants_0_2" => &enfants,
            _ => &naissances,
        };
        cases.get(annee, code).cloned().unwrap_or_else(Case::absente)
    };
    let mut lignes = Vec::new();
    for (annee, jour) in &contexte.jours {
        let situation = Situation::lire(territoire, *annee, *jour, &lire);
        lignes.extend(territoire.lignes(&situation, reseau));
    }
    // The territory first, then each commune: the order of the table.
    lignes.sort_by(|a, b| (a.niveau, a.code, a.annee).cmp(&(b.niveau, b.code, b.annee)));
    series.insert_directe("accessibilite", cases::directe(&lignes)?);
    Ok(())
}

/// Where the communes of the perimeter are, by rank, and how one goes from one to the other.
struct Territoire<'a> {
    entrees: &'a Entrees<'a>,
    centres: Vec<Option<Point<f64>>>,
    trajets: Vec<Trajet>,
    /// The sources of the distances and of the travel times.
    sources: Vec<String>,
}

impl<'a> Territoire<'a> {
    fn new(entrees: &'a Entrees<'a>) -> PolarsResult<Self> {
        let membres = entrees.perimetre.membres();
        let centres: Vec<Option<Point<f64>>> =
            membres.iter().map(|m| Some(entrees.geographie.commune(m.code)?.centre)).collect();
        // Distances come from the map.
        let carte = centres.iter().any(Option::is_some).then(|| entrees.source_geographie.to_owned());
        let sources = carte.into_iter().filter(|source| !source.is_empty()).collect();
        let mut territoire = Self { entrees, centres, trajets: Vec::new(), sources };
        if let Some(trajets) = entrees.trajets {
            territoire.lire_trajets(trajets)?;
        }
        Ok(territoire)
    }

    fn lire_trajets(&mut self, trajets: &Trajets) -> PolarsResult<()> {
        let membres = self.entrees.perimetre.membres().iter().enumerate();
        let rangs: BTreeMap<String, usize> = membres.map(|(rang, m)| (m.code.to_string(), rang)).collect();
        let textes = |nom: &str| trajets.trame().column(nom)?.str().cloned();
        let (de, vers, source) = (textes("de")?, textes("vers")?, textes("source")?);
        let minutes = trajets.trame().column("minutes")?.f64()?;
        for ligne in 0..trajets.trame().height() {
            let rang = |codes: &StringChunked| codes.get(ligne).and_then(|code| rangs.get(code)).copied();
            let Some(((de, vers), minutes)) = rang(&de).zip(rang(&vers)).zip(minutes.get(ligne)) else {
                continue;
            };
            self.trajets.push(Trajet { de, vers, minutes });
            self.sources.extend(source.get(ligne).map(str::to_owned));
        }
        self.sources.sort();
        self.sources.dedup();
        Ok(())
    }

    fn reseau(&self, parametres: &ParametresAccessibilite) -> Reseau {
        Reseau::new(&self.centres, &self.trajets, parametres)
    }

    /// True if it is known where the commune is: without, it would look alone in the world.
    fn est_situee(&self, rang: usize) -> bool {
        self.centres[rang].is_some() || self.trajets.iter().any(|t| t.de == rang || t.vers == rang)
    }

    /// The rows of a year: each commune, with the supplies within reach that are known of those that there
    /// are, and the territory.
    fn lignes(&self, situation: &Situation, reseau: &Reseau) -> Vec<Ligne<'a>> {
        let mut commun = Case::issue_de(situation.presents().flat_map(|c| [&c.places, &c.enfants]));
        if !self.sources.is_empty() {
            let avec = std::iter::once(&*commun.sources).chain(self.sources.iter().map(String::as_str));
            commun.sources = avec.filter(|s| !s.is_empty()).collect::<Vec<_>>().join(";").into();
        }
        let perimetre = self.entrees.perimetre;
        let (mut lignes, mut somme) = (Vec::new(), Somme::default());
        for (rang, acces) in situation.acceder(reseau).into_iter().enumerate() {
            let (Some(acces), Some(commune)) = (acces, &situation.communes[rang]) else { continue };
            let enfants = acces.valeur.and(commune.enfants.connue());
            let mut case = commun.clone().valant(acces.valeur.map(arrondir), acces.statut);
            case.denominateur = enfants;
            case.numerateur = acces.valeur.zip(enfants).map(|(valeur, enfants)| valeur * enfants / 100.0);
            // The territory adds up what is not rounded: its places are all those that some child reaches.
            somme.ajouter(&case);
            case.numerateur = case.numerateur.map(centiemes);
            let membre = &perimetre.membres()[rang];
            lignes.push(Ligne {
                niveau: Niveau::Commune,
                code: membre.code.as_str(),
                nom: &membre.nom,
                annee: situation.annee,
                modalite: "",
                case,
                parties: acces.parties,
            });
        }
        let parties = (somme.parties, u32::try_from(lignes.len()).unwrap_or(u32::MAX));
        lignes.push(Ligne {
            niveau: Niveau::Territoire,
            code: &perimetre.code,
            nom: &perimetre.nom,
            annee: situation.annee,
            modalite: "",
            case: somme.conclure(commun),
            parties,
        });
        lignes
    }
}

/// One decimal, half away from zero.
fn arrondir(valeur: f64) -> f64 {
    (valeur * 10.0).round() / 10.0
}

/// Parts of a place that children receive: two decimals, more would only be the tail of a computation.
fn centiemes(places: f64) -> f64 {
    (places * 100.0).round() / 100.0
}

/// Σ A_i·enfants_i over Σ enfants_i of the same communes.
#[derive(Default)]
struct Somme {
    places: f64,
    enfants: f64,
    parties: u32,
    statut: Option<Statut>,
    manque: Option<Statut>,
}

impl Somme {
    fn ajouter(&mut self, case: &Case) {
        match case.numerateur.zip(case.denominateur) {
            Some((places, enfants)) => {
                self.places += places;
                self.enfants += enfants;
                self.parties += 1;
                self.statut = self.statut.max(Some(case.statut));
            }
            None => self.manque = self.manque.max(Some(case.statut)),
        }
    }

    fn conclure(self, commun: Case) -> Case {
        let Some(statut) = self.statut else {
            return commun.valant(None, self.manque.unwrap_or(Statut::NonDisponible));
        };
        let case = if self.enfants > 0.0 {
            commun.valant(Some(arrondir(100.0 * self.places / self.enfants)), statut)
        } else {
            commun.valant(None, Statut::SansObjet)
        };
        Case { numerateur: Some(centiemes(self.places)), denominateur: Some(self.enfants), ..case }
    }
}

/// What is known of a commune in a year.
struct Commune {
    places: Case,
    enfants: Case,
    situee: bool,
}

/// What is known in a year, by rank in the perimeter; none for a commune that is no member that year.
struct Situation {
    annee: i32,
    communes: Vec<Option<Commune>>,
}

/// The accessibility of a commune: value, status, supplies within reach that are known and that there are.
struct Acces {
    valeur: Option<f64>,
    statut: Statut,
    parties: (u32, u32),
}

impl Situation {
    /// Reads places, children and births by commune code, identifier of the indicator and year.
    fn lire(
        territoire: &Territoire<'_>,
        annee: i32,
        jour: NaiveDate,
        lire: &dyn Fn(&str, &str, i32) -> Case,
    ) -> Self {
        let membres = territoire.entrees.perimetre.membres().iter().enumerate();
        let communes = membres
            .map(|(rang, membre)| {
                let code = membre.code.as_str();
                membre.est_membre_le(jour).then(|| Commune {
                    places: lire(code, "places_total", annee),
                    enfants: enfants(code, annee, lire),
                    situee: territoire.est_situee(rang),
                })
            })
            .collect();
        Self { annee, communes }
    }

    fn presents(&self) -> impl Iterator<Item = &Commune> {
        self.communes.iter().flatten()
    }

    /// A commune whose children nobody knows is left out with its places: shared without them, these would seem to be
    /// for the others alone.
    fn reels(&self, lire: fn(&Commune) -> &Case) -> Vec<f64> {
        let valeur = |c: &Commune| lire(c).connue().filter(|_| c.situee && c.enfants.connue().is_some());
        self.communes.iter().map(|c| c.as_ref().and_then(valeur).unwrap_or(0.0)).collect()
    }

    /// By rank; none for a commune that is no member that year.
    fn acceder(&self, reseau: &Reseau) -> Vec<Option<Acces>> {
        let demandes = reseau.demandes(&self.reels(|c| &c.enfants));
        let valeurs = reseau.accessibilite_de(&self.reels(|c| &c.places), &demandes);
        let offres: Vec<Option<Statut>> = (0..self.communes.len())
            .map(|rang| self.statut_de_l_offre(rang, reseau, demandes[rang]))
            .collect();
        let acces = |(rang, valeur): (usize, f64)| {
            let commune = self.communes[rang].as_ref()?;
            let atteintes = || reseau.voisins(rang).iter().filter(|v| self.communes[v.rang].is_some());
            let attendues = atteintes().count();
            let connues = atteintes().filter(|v| offres[v.rang].is_some()).count();
            let parties = (u32::try_from(connues).unwrap_or(0), u32::try_from(attendues).unwrap_or(0));
            let manque = |statut| Some(Acces { valeur: None, statut, parties });
            // Its own children and its own places first: without them the rest says little of the commune.
            if let Some(inconnue) =
                [&commune.enfants, &commune.places].into_iter().find(|c| c.connue().is_none())
            {
                return manque(inconnue.statut.max(Statut::NonDisponible));
            }
            if !commune.situee {
                return manque(Statut::NonDisponible);
            }
            if atteintes().all(|v| demandes[v.rang] <= 0.0) {
                return manque(Statut::SansObjet);
            }
            let incomplet = (connues < attendues).then_some(Statut::Estime);
            // A time that nobody gave comes from a distance.
            let a_vol_d_oiseau = atteintes().any(|v| v.rang != rang && !v.mesure).then_some(Statut::Estime);
            let statut =
                atteintes().filter_map(|v| offres[v.rang]).chain(incomplet).chain(a_vol_d_oiseau).max();
            Some(Acces { valeur: Some(valeur), statut: statut.unwrap_or(Statut::Estime), parties })
        };
        valeurs.into_iter().enumerate().map(acces).collect()
    }

    /// What the share of a supply is worth; none if its places, its children, or every child who could come, are not known.
    /// Some children not known: estimated, for the share is then too large.
    fn statut_de_l_offre(&self, rang: usize, reseau: &Reseau, demande: f64) -> Option<Statut> {
        let commune = self.communes[rang]
            .as_ref()
            .filter(|c| c.situee && [&c.places, &c.enfants].iter().all(|case| case.connue().is_some()))?;
        let venues = reseau.venues(rang).iter().filter_map(|(de, _)| self.communes[*de].as_ref());
        let (mut statut, mut inconnus) = (commune.places.statut, false);
        for venue in venues {
            match venue.enfants.connue() {
                Some(_) => statut = statut.max(venue.enfants.statut),
                None => inconnus = true,
            }
        }
        match (inconnus, demande > 0.0) {
            (true, false) => None,
            (true, true) => Some(Statut::Estime),
            (false, _) => Some(statut),
        }
    }
}

/// The children of a commune; where their count is withheld or missing, the births of three years.
fn enfants(code: &str, annee: i32, lire: &dyn Fn(&str, &str, i32) -> Case) -> Case {
    let compte = lire(code, "enfants_0_2", annee);
    if compte.connue().is_some() {
        return compte;
    }
    let naissances = [0, 1, 2].map(|ans| lire(code, "naissances", annee - ans));
    let somme: Option<f64> = naissances.iter().map(Case::connue).sum();
    match somme {
        Some(_) => Case::issue_de(naissances.iter()).valant(somme, Statut::Estime),
        None => compte,
    }
}
