//! The years to come: childminders and places by cohorts, and what is left of them before the need; and the
//! check of the method on the years already seen.
//!
//! The arithmetic is in [`cohortes`], people are counted by age and year in [`archives`], the method is put to the test
//! in [`controle`]; here, figures become rows. Only
//! for the territory: in a commune of ten childminders an interval would say no more than « between 2 and 12 ».

mod archives;
mod cohortes;
mod controle;
mod hypotheses;

use super::ages::MINIMUM_PYRAMIDE;
use super::catalogue::{Agregation, Indicateur, PMI, Sensibilite, Unite};
use super::protection::{Protection, Terme};
use super::serie::{self, ChiffreDirect};
use super::{Besoin, Contexte, Series, Statut, Suite, balance, jour_de};
use crate::tables::Mesure;
use archives::{Archives, Passe, semi};
use chrono::{Datelike, NaiveDate};
use cohortes::{Arrivees, Fourchette, Modele, Projete};
use controle::Controle;
pub use controle::{AnneeControlee, controler_la_projection};
pub use hypotheses::{HypotheseNaissances, ParametresProjection};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Years ahead.
const HORIZON: i32 = 10;

/// The lists that the check starts from: the last ones before the last of all.
const DEPARTS_DE_CONTROLE: i32 = 5;

/// Years ahead of each of them.
const ANS_DE_CONTROLE: i32 = 3;

const ERREURS: &[(&str, &str)] =
    &[("a_1_an", "à un an"), ("a_2_ans", "à deux ans"), ("a_3_ans", "à trois ans")];

const SCENARIOS: &[(&str, &str)] = &[
    ("tendance", "tendance"),
    ("tendance:bas", "tendance, borne basse à 90 %"),
    ("tendance:haut", "tendance, borne haute à 90 %"),
    ("sans_renouvellement", "sans renouvellement"),
    ("sans_renouvellement:bas", "sans renouvellement, borne basse à 90 %"),
    ("sans_renouvellement:haut", "sans renouvellement, borne haute à 90 %"),
    ("cible", "objectif, à défaut l’effectif d’aujourd’hui"),
    ("cible:bas", "objectif, borne basse à 90 %"),
    ("cible:haut", "objectif, borne haute à 90 %"),
];

const METHODE: &str = "Une projection n’est pas une prévision : elle prolonge ce qui a été vu. Les deux bornes enferment neuf cas sur dix, si les années à venir ressemblent aux années observées. La méthode est contrôlée sur le passé : voir le relevé de méthode.";

/// A projection rests on the ages of those whom it starts from.
const SUIVIE: Protection = Protection {
    minimum_suivi: Some((MINIMUM_PYRAMIDE, Terme::valeur("am_agrees", ""))),
    ..Protection::DEFAUT
};

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[
    Indicateur {
        id: "projection_am",
        libelle: "Assistants maternels, projection à dix ans",
        definition: "Nombre d’assistants maternels agréés qu’il y aurait chaque année, selon le scénario d’arrivées.",
        formule: "cohortes par âge : départs aux taux observés par classe d’âge (chacune comme si cinq personnes de plus y partaient au taux de tous les âges), arrivées nulles (sans renouvellement), à la moyenne observée (tendance) ou à l’objectif du territoire (cible), aux âges observés ; qui n’a pas d’âge connu est une classe à part. Bornes : valeur attendue ± q × écart-type, où q est le quantile à 95 % de la loi de Student à (passages d’une liste à la suivante − 1) degrés de liberté, et la variance la somme de trois parts : le hasard (binomial pour qui reste, de Poisson pour qui arrive), multiplié par la dispersion vue d’une année à l’autre quand elle le dépasse (McCullagh et Nelder, 1989) ; ce qu’on ne sait pas des taux de départ (loi bêta) ; ce qu’on ne sait pas des arrivées",
        unite: Unite::AssistantsMaternels,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Publique,
        protection: SUIVIE,
        modalites: SCENARIOS,
        entrees: &["pmi"],
        source: PMI,
        precaution: METHODE,
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "projection_places",
        libelle: "Places chez les assistants maternels, projection à dix ans",
        definition: "Nombre de places chez les assistants maternels qu’il y aurait chaque année, selon le scénario d’arrivées.",
        formule: "la même projection, chaque personne comptant pour les places de son agrément",
        unite: Unite::Places,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Publique,
        protection: SUIVIE,
        modalites: SCENARIOS,
        entrees: &["pmi"],
        source: PMI,
        precaution: "Les agréments sont supposés garder leur nombre de places. Mêmes réserves que pour le nombre d’assistants maternels.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "projection_solde",
        libelle: "Places d’accueil moins besoin, projection à dix ans",
        definition: "Nombre de places d’accueil, moins le besoin d’accueil, qu’il y aurait chaque année selon le scénario d’arrivées. Le besoin est celui que le territoire a choisi pour le solde ; s’il n’a rien choisi, les enfants de moins de 3 ans dont les parents travaillent.",
        formule: "places en établissement d’aujourd’hui + places projetées chez les assistants maternels − besoin d’aujourd’hui × naissances des trois années / naissances des trois dernières années ; sur les communes dont tout est connu",
        signe: true,
        unite: Unite::Places,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Publique,
        protection: SUIVIE,
        modalites: SCENARIOS,
        entrees: &["pmi", "structures", "imaje", "naissances"],
        source: "PMI, recensement des structures, Caf, Insee",
        precaution: "Les bornes ne tiennent compte que des assistants maternels : ni des naissances, ni des ouvertures d’établissements. Un solde positif n’assure pas une place à chacun.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "projection_arrivees",
        libelle: "Arrivées d’assistants maternels par an, dans la projection",
        definition: "Nombre d’arrivées par an que suppose chaque scénario : la moyenne observée, ou ce que demande l’objectif du territoire.",
        formule: "tendance : arrivées observées par an, ramenées au périmètre d’aujourd’hui ; cible : arrivées que veut le relais, ou celles qui mènent en dix ans à l’effectif visé (à défaut, celui d’aujourd’hui)",
        unite: Unite::AssistantsMaternels,
        decimales: 1,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Publique,
        protection: SUIVIE,
        modalites: &[("tendance", "tendance"), ("cible", "objectif, à défaut l’effectif d’aujourd’hui")],
        entrees: &["pmi"],
        source: PMI,
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "projection_controle",
        libelle: "Contrôle de la projection sur le passé",
        definition: "Nombre d’assistants maternels que la même méthode aurait annoncé un, deux et trois ans plus tôt, à côté de celui qui a été observé.",
        formule: "scénario de tendance, à partir de chacune des cinq avant-dernières listes et des seules listes connues à l’époque",
        unite: Unite::AssistantsMaternels,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Publique,
        protection: SUIVIE,
        modalites: &[
            ("a_1_an", "annoncé un an plus tôt"),
            ("a_1_an:bas", "annoncé un an plus tôt, borne basse à 90 %"),
            ("a_1_an:haut", "annoncé un an plus tôt, borne haute à 90 %"),
            ("a_1_an:observe", "observé, dans les communes dont un an plus tôt on annonçait l’effectif"),
            ("a_2_ans", "annoncé deux ans plus tôt"),
            ("a_2_ans:bas", "annoncé deux ans plus tôt, borne basse à 90 %"),
            ("a_2_ans:haut", "annoncé deux ans plus tôt, borne haute à 90 %"),
            ("a_2_ans:observe", "observé, dans les communes dont deux ans plus tôt on annonçait l’effectif"),
            ("a_3_ans", "annoncé trois ans plus tôt"),
            ("a_3_ans:bas", "annoncé trois ans plus tôt, borne basse à 90 %"),
            ("a_3_ans:haut", "annoncé trois ans plus tôt, borne haute à 90 %"),
            ("a_3_ans:observe", "observé, dans les communes dont trois ans plus tôt on annonçait l’effectif"),
        ],
        entrees: &["pmi"],
        source: PMI,
        precaution: "Il y faut au moins quatre listes successives.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "projection_erreur",
        libelle: "Erreur de la projection sur le passé",
        definition: "Écart entre le nombre d’assistants maternels que la méthode aurait annoncé et celui qui a été observé.",
        formule: "100 × (annoncé − observé) / observé",
        unite: Unite::Pourcent,
        decimales: 1,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Publique,
        protection: SUIVIE,
        modalites: ERREURS,
        entrees: &["pmi"],
        source: PMI,
        precaution: "Positif quand la méthode annonçait trop d’assistants maternels.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "projection_tenue",
        libelle: "Contrôles où l’effectif observé était entre les bornes de la projection",
        definition: "Part des contrôles de la projection sur le passé où le nombre d’assistants maternels observé était entre la borne basse et la borne haute annoncées.",
        formule: "100 × contrôles où l’observé est entre les bornes / contrôles, à un, deux et trois ans de chacune des cinq avant-dernières listes",
        unite: Unite::Pourcent,
        decimales: 1,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Publique,
        protection: SUIVIE,
        entrees: &["pmi"],
        source: PMI,
        precaution: "Près de 90 % si les bornes disent vrai. Les contrôles se recouvrent : une seule mauvaise année en fait manquer plusieurs.",
        ..Indicateur::VIDE
    },
];

/// Projects the people of the lists and puts the method to the test, then makes the rows of it.
pub(super) fn preparer<'c>(contexte: &'c Contexte<'_>) -> PolarsResult<Suite<'c>> {
    let annee = contexte.entrees.date.year();
    let mut archives = Archives::ouvrir(contexte);
    let base = archives.listes.keys().next_back().copied();
    let passe = base.map(|base| archives.passe(base, annee)).transpose()?;
    let controle = Controle::faire(&mut archives)?;
    Ok(Box::new(move |series| calculer(contexte, base, passe.as_ref(), &controle, series)))
}

fn calculer(
    contexte: &Contexte<'_>,
    base: Option<i32>,
    passe: Option<&Passe>,
    controle: &Controle,
    series: &mut Series,
) -> PolarsResult<()> {
    let annee = contexte.entrees.date.year();
    let ans = usize::try_from(annee + HORIZON - base.unwrap_or(annee)).unwrap_or_default();
    let projections = passe.map(|passe| passe.scenarios(contexte, ans)).unwrap_or_default();
    let mut personnes = Vec::new();
    let mut places = Vec::new();
    let mut arrivees = Vec::new();
    for (passe, scenario) in passe.iter().flat_map(|passe| projections.iter().map(move |s| (passe, s))) {
        personnes.extend(passe.lignes(scenario, passe.personnes(), |p| p.personnes));
        places.extend(passe.lignes(scenario, passe.places(), |p| p.places));
        arrivees.extend(passe.lignes_d_arrivees(scenario, ans));
    }
    let soldes = match passe {
        Some(passe) if passe.base == annee => soldes(contexte, series, passe, &projections)?,
        _ => Vec::new(),
    };
    let avenir = base.unwrap_or(annee)..=annee + HORIZON;
    inserer(contexte, series, "projection_am", avenir.clone(), &personnes)?;
    inserer(contexte, series, "projection_places", avenir.clone(), &places)?;
    inserer(contexte, series, "projection_solde", annee..=annee + HORIZON, &soldes)?;
    inserer(contexte, series, "projection_arrivees", avenir, &arrivees)?;
    let passees = annee - DEPARTS_DE_CONTROLE + 1..=annee;
    inserer(contexte, series, "projection_controle", passees.clone(), &controle.annonces())?;
    inserer(contexte, series, "projection_erreur", passees, &controle.erreurs())?;
    let tenue: Vec<ChiffreDirect> = controle.tenue(base.unwrap_or(annee)).into_iter().collect();
    inserer(contexte, series, "projection_tenue", base.unwrap_or(annee)..=annee, &tenue)
}

/// The rows of an indicator, with those of its figures that are not available.
fn inserer(
    contexte: &Contexte<'_>,
    series: &mut Series,
    id: &'static str,
    annees: std::ops::RangeInclusive<i32>,
    chiffres: &[ChiffreDirect],
) -> PolarsResult<()> {
    let modalites: Vec<&str> = serie::entree(id)?.modalites.iter().map(|m| m.0).collect();
    let modalites = if modalites.is_empty() { vec![""] } else { modalites };
    let jours: Vec<(i32, NaiveDate)> =
        annees.filter_map(|annee| jour_de(contexte.entrees.date, annee).map(|jour| (annee, jour))).collect();
    let comptes = serie::chiffres_directs(chiffres)?;
    series.insert_directe(id, serie::directe(contexte.entrees.perimetre, &jours, &modalites, comptes)?);
    Ok(())
}

/// A scenario, year by year.
struct Scenario {
    nom: &'static str,
    arrivees: Arrivees,
    annees: Vec<Projete>,
}

impl Passe {
    fn personnes(&self) -> f64 {
        self.depart.0.iter().map(|c| c.personnes).sum()
    }

    fn places(&self) -> f64 {
        self.depart.0.iter().map(|c| c.places).sum()
    }

    fn modele(&self, parametres: &ParametresProjection) -> Option<Modele> {
        let declare = parametres.taux_depart_defaut.map(|taux| taux / 100.0);
        Modele::apprendre(&self.passages, &self.arrives, &self.depart, declare)
    }

    fn scenarios(&self, contexte: &Contexte<'_>, ans: usize) -> Vec<Scenario> {
        let parametres = &contexte.entrees.parametres.projection;
        let Some(modele) = self.modele(parametres) else { return Vec::new() };
        let visee = parametres.am_cible.map_or_else(|| self.personnes(), f64::from);
        let cible =
            parametres.arrivees_cible.unwrap_or_else(|| modele.arrivees_pour(&self.depart, visee, ans));
        [
            ("sans_renouvellement", Some(Arrivees::Posees(0.0))),
            ("tendance", modele.arrivees.map(Arrivees::Observees)),
            ("cible", Some(Arrivees::Posees(cible))),
        ]
        .into_iter()
        .filter_map(|(nom, arrivees)| {
            let arrivees = arrivees?;
            Some(Scenario { nom, arrivees, annees: modele.projeter(&self.depart, arrivees, ans) })
        })
        .collect()
    }

    /// The year of departure as it was observed, then each year of a scenario, rounded to whole people.
    fn lignes(
        &self,
        scenario: &Scenario,
        observe: f64,
        lire: impl Fn(&Projete) -> Fourchette,
    ) -> Vec<ChiffreDirect> {
        let depart = Fourchette { attendu: observe, bas: observe, haut: observe };
        let annees = std::iter::once(depart).chain(scenario.annees.iter().map(lire));
        (self.base..)
            .zip(annees)
            .flat_map(|(annee, valeurs)| self.fourchette(scenario.nom, annee, valeurs.map(f64::round)))
            .collect()
    }

    fn lignes_d_arrivees(&self, scenario: &Scenario, ans: usize) -> Vec<ChiffreDirect> {
        let valeur = (scenario.arrivees.par_an() * 10.0).round() / 10.0;
        let annees = (self.base..).take(ans + 1);
        annees
            .map(|annee| ChiffreDirect {
                statut: Statut::Estime,
                ..self.chiffre(annee, scenario.nom.to_owned(), valeur)
            })
            .collect()
    }

    fn fourchette(&self, nom: &str, annee: i32, valeurs: Fourchette) -> [ChiffreDirect; 3] {
        [
            self.chiffre(annee, nom.to_owned(), valeurs.attendu),
            self.chiffre(annee, format!("{nom}:bas"), valeurs.bas),
            self.chiffre(annee, format!("{nom}:haut"), valeurs.haut),
        ]
    }

    fn chiffre(&self, annee: i32, modalite: String, valeur: f64) -> ChiffreDirect {
        ChiffreDirect {
            annee,
            modalite,
            valeur: Some(valeur),
            termes: None,
            statut: if annee == self.base { Statut::Observe } else { Statut::Estime },
            jour: Some(self.jour),
            sources: self.sources.clone(),
            parties: (self.communes, self.membres),
        }
    }
}

/// Places less need, from the day's offer and need of the communes of which both are known.
fn soldes(
    contexte: &Contexte<'_>,
    series: &mut Series,
    passe: &Passe,
    scenarios: &[Scenario],
) -> PolarsResult<Vec<ChiffreDirect>> {
    let annee = passe.base;
    let besoin = balance::besoin(contexte, series)?;
    let besoin = series.table.serie(&besoin)?.lazy();
    let colonne = |serie: LazyFrame, nom: &str| {
        let ici =
            col("annee").eq(lit(annee)).and(col("modalite").eq(lit(""))).and(col("valeur").is_not_null());
        serie.filter(ici).select([
            col("code"),
            col("valeur").alias(nom),
            col("statut").alias(format!("statut_{nom}")),
            col("sources").alias(format!("s_{nom}")),
        ])
    };
    let cle = || [col("code")];
    let inner = || JoinArgs::new(JoinType::Inner);
    let communes = colonne(series.de("places_total")?, "total")
        .join(colonne(series.de("am_places")?, "am"), cle(), cle(), inner())
        .join(colonne(besoin, "besoin"), cle(), cle(), inner())
        .collect()?;
    let somme =
        |nom: &str| -> PolarsResult<f64> { Ok(communes.column(nom)?.f64()?.sum().unwrap_or_default()) };
    let (total, am, gardes) = (somme("total")?, somme("am")?, somme("besoin")?);
    let mut sources: BTreeSet<String> = passe.sources.split(';').map(str::to_owned).collect();
    let mut besoin = gardes;
    if contexte.entrees.parametres.besoin == Besoin::Recours {
        // The requests are of the whole territory: taken from the places of a part of it, they would say nothing.
        let entiere = communes.height() == passe.membres as usize;
        let demandes = balance::demandes_sans_solution(contexte.entrees.declarations)?.remove(&annee);
        let Some(demandes) = demandes.filter(|_| entiere) else { return Ok(Vec::new()) };
        let Some(nombre) = demandes.connue() else { return Ok(Vec::new()) };
        besoin += nombre;
        sources.extend(demandes.sources.split(';').map(str::to_owned));
    }
    let parametres = &contexte.entrees.parametres.projection;
    let (naissances, des_naissances) = naissances(contexte, &communes)?;
    let Some(enfants) = hypotheses::enfants_a_venir(parametres, &naissances, annee, HORIZON) else {
        return Ok(Vec::new());
    };
    if communes.height() == 0 {
        return Ok(Vec::new());
    }
    let part = if passe.places() > 0.0 { am / passe.places() } else { 1.0 };
    sources.extend(des_naissances);
    for nom in ["s_total", "s_besoin"] {
        for source in communes.column(nom)?.str()?.iter().flatten().flat_map(|s| s.split(';')) {
            sources.insert(source.to_owned());
        }
    }
    let sources = sources.into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(";");
    let parties = (u32::try_from(communes.height()).unwrap_or(u32::MAX), passe.membres);
    let mut pire = Statut::Observe;
    for nom in ["statut_total", "statut_am", "statut_besoin"] {
        pire =
            communes.column(nom)?.u32()?.iter().flatten().filter_map(Statut::du_rang).fold(pire, Statut::max);
    }
    let depart = Fourchette { attendu: passe.places(), bas: passe.places(), haut: passe.places() };
    let ligne = |scenario: &Scenario| -> Vec<ChiffreDirect> {
        let annees = std::iter::once(depart).chain(scenario.annees.iter().map(|p| p.places));
        (annee..)
            .zip(annees.zip(&enfants))
            .flat_map(|(annee, (places, enfants))| {
                let solde =
                    places.map(|p| (total + part * (p - passe.places()) - besoin * enfants).round() + 0.0);
                passe.fourchette(scenario.nom, annee, solde)
            })
            .map(|chiffre| ChiffreDirect {
                sources: sources.clone(),
                parties,
                statut: chiffre.statut.max(pire),
                ..chiffre
            })
            .collect()
    };
    Ok(scenarios.iter().flat_map(ligne).collect())
}

/// Births by year, of these communes (`code`): the years that tell of as many of them as the one that tells of most.
/// And their sources.
fn naissances(
    contexte: &Contexte<'_>,
    communes: &DataFrame,
) -> PolarsResult<(BTreeMap<i32, f64>, BTreeSet<String>)> {
    let annee = contexte.entrees.date.year();
    let comptes = contexte.entrees.comptes.mesure(Mesure::Naissances).filter(col("valeur").is_not_null());
    let comptes = semi(&comptes, &communes.clone().lazy(), &["code"]);
    let cites = comptes.clone().select([col("sources")]).collect()?;
    let cites = cites.column("sources")?.str()?.clone();
    let sources = cites.iter().flatten().flat_map(|s| s.split(';')).map(str::to_owned).collect();
    let sommes = comptes
        .group_by([col("annee")])
        .agg([col("valeur").sum(), len().cast(DataType::UInt32).alias("communes")])
        .collect()?;
    let (annees, communes) = (sommes.column("annee")?.i32()?, sommes.column("communes")?.u32()?);
    let (valeurs, toutes) = (sommes.column("valeur")?.f64()?, communes.max());
    let lire = |i: usize| (communes.get(i) == toutes).then(|| Some((annees.get(i)?, valeurs.get(i)?)))?;
    Ok(((0..sommes.height()).filter_map(lire).filter(|(a, _)| *a <= annee).collect(), sources))
}
