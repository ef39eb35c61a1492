//! The years to come: childminders and places by cohorts, and what is left of them before the need; and the
//! check of the method on the years already seen.
//!
//! The arithmetic is in [`cohortes`]; here, people are counted by age and year, and figures become rows. Only
//! for the territory: in a commune of ten childminders an interval would say no more than « between 2 and 12 ».

mod cohortes;
mod hypotheses;

use super::ages::MINIMUM_PYRAMIDE;
use super::catalogue::{Agregation, Indicateur, PMI, Sensibilite, Unite};
use super::dynamique::Passages;
use super::grille::Couverture;
use super::protection::{Protection, Terme};
use super::serie::{self, ChiffreDirect};
use super::{
    Besoin, Contexte, Niveau, Series, Statut, TableIndicateurs, ans_entre, balance, dynamique, jour_de,
};
use crate::tables::{Mesure, Portee};
use chrono::{Datelike, NaiveDate};
use cohortes::{Arrivees, Cellule, Cohorte, Fourchette, Modele, Passage, Projete};
pub use hypotheses::{HypotheseNaissances, ParametresProjection};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Years ahead.
const HORIZON: i32 = 10;

/// Years of the check.
const ANS_DE_CONTROLE: i32 = 3;

const SCENARIOS: &[(&str, &str)] = &[
    ("sans_renouvellement", "sans renouvellement"),
    ("sans_renouvellement:bas", "sans renouvellement, borne basse à 90 %"),
    ("sans_renouvellement:haut", "sans renouvellement, borne haute à 90 %"),
    ("tendance", "tendance"),
    ("tendance:bas", "tendance, borne basse à 90 %"),
    ("tendance:haut", "tendance, borne haute à 90 %"),
    ("cible", "cible"),
    ("cible:bas", "cible, borne basse à 90 %"),
    ("cible:haut", "cible, borne haute à 90 %"),
];

const METHODE: &str = "Une projection n’est pas une prévision : elle prolonge ce qui a été vu. Neuf fois sur dix entre les deux bornes, si les années à venir ressemblent aux années observées. La méthode est contrôlée sur le passé : voir le relevé de méthode.";

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
        definition: "Nombre d’assistants maternels agréés à attendre chaque année, selon trois scénarios d’arrivées.",
        formule: "cohortes par âge : départs aux taux observés par classe d’âge (chacune comme si cinq personnes de plus y partaient au taux de tous les âges), arrivées nulles (sans renouvellement), à la moyenne observée (tendance) ou à l’objectif du territoire (cible), aux âges observés",
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
        definition: "Nombre de places chez les assistants maternels à attendre chaque année, selon trois scénarios d’arrivées.",
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
        definition: "Nombre de places d’accueil, moins le besoin d’accueil, à attendre chaque année. Le besoin est celui que le territoire a choisi pour le solde ; par défaut, les enfants de moins de 3 ans dont les parents travaillent.",
        formule: "places en établissement d’aujourd’hui + places projetées chez les assistants maternels − besoin d’aujourd’hui × naissances des trois années / naissances des trois dernières années ; sur les communes dont tout est connu",
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
        modalites: &[("tendance", "tendance"), ("cible", "cible")],
        entrees: &["pmi"],
        source: PMI,
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "projection_controle",
        libelle: "Contrôle de la projection sur le passé",
        definition: "Nombre d’assistants maternels que la même méthode aurait annoncé, trois ans plus tôt au plus, pour les dernières années.",
        formule: "scénario de tendance, à partir des seules listes connues à l’époque",
        unite: Unite::AssistantsMaternels,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Publique,
        protection: SUIVIE,
        modalites: &[
            ("prevu", "annoncé"),
            ("prevu:bas", "annoncé, borne basse à 90 %"),
            ("prevu:haut", "annoncé, borne haute à 90 %"),
            ("observe", "observé"),
        ],
        entrees: &["pmi"],
        source: PMI,
        precaution: "Il y faut au moins quatre listes successives. La première année est celle d’où part la projection.",
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
        entrees: &["pmi"],
        source: PMI,
        precaution: "Positif quand la méthode annonçait trop d’assistants maternels.",
        ..Indicateur::VIDE
    },
];

pub(super) fn calculer(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let annee = contexte.entrees.date.year();
    let base = listes(contexte)?.keys().next_back().copied();
    let passe = base.map(|base| Passe::compter(contexte, base, annee)).transpose()?;
    let ans = usize::try_from(annee + HORIZON - base.unwrap_or(annee)).unwrap_or_default();
    let projections = passe.as_ref().map(|passe| passe.scenarios(contexte, ans)).unwrap_or_default();
    let mut personnes = Vec::new();
    let mut places = Vec::new();
    let mut arrivees = Vec::new();
    for (passe, scenario) in passe.iter().flat_map(|passe| projections.iter().map(move |s| (passe, s))) {
        personnes.extend(passe.lignes(scenario, passe.personnes(), |p| p.personnes));
        places.extend(passe.lignes(scenario, passe.places(), |p| p.places));
        arrivees.extend(passe.lignes_d_arrivees(scenario, ans));
    }
    let soldes = match &passe {
        Some(passe) if passe.base == annee => soldes(contexte, series, passe, &projections)?,
        _ => Vec::new(),
    };
    let controle = Controle::faire(contexte)?;
    let avenir = base.unwrap_or(annee)..=annee + HORIZON;
    inserer(contexte, series, "projection_am", avenir.clone(), &personnes)?;
    inserer(contexte, series, "projection_places", avenir.clone(), &places)?;
    inserer(contexte, series, "projection_solde", annee..=annee + HORIZON, &soldes)?;
    inserer(contexte, series, "projection_arrivees", avenir, &arrivees)?;
    let (prevus, erreurs) = controle.map(|c| c.lignes()).unwrap_or_default();
    let passees = annee - ANS_DE_CONTROLE..=annee;
    inserer(contexte, series, "projection_controle", passees.clone(), &prevus)?;
    inserer(contexte, series, "projection_erreur", passees, &erreurs)
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

/// The lists, up to the last millésime: day and source, by year.
fn listes(contexte: &Contexte<'_>) -> PolarsResult<BTreeMap<i32, (NaiveDate, String)>> {
    let Some(am) = contexte.entrees.assistants_maternels else { return Ok(BTreeMap::new()) };
    let listes = am.couverture()?.into_iter();
    let derniere = contexte.entrees.date.year();
    Ok(listes.filter(|l| l.annee <= derniere).map(|l| (l.annee, (l.jour, l.source))).collect())
}

/// A scenario, year by year.
struct Scenario {
    nom: &'static str,
    arrivees: Arrivees,
    annees: Vec<Projete>,
}

/// What the lists say, up to a year.
struct Passe {
    base: i32,
    jour: NaiveDate,
    sources: String,
    communes: u32,
    depart: Cohorte,
    passages: Vec<Passage>,
    arrives: Cohorte,
}

impl Passe {
    /// Counts people by age, from the lists up to `base`, in the communes that are members then and in `fin`.
    fn compter(contexte: &Contexte<'_>, base: i32, fin: i32) -> PolarsResult<Self> {
        let communes = communes_stables(contexte, base, fin)?;
        let nombre = u32::try_from(communes.height()).unwrap_or(u32::MAX);
        let listes = listes(contexte)?;
        let mut passe = Self {
            base,
            jour: listes.get(&base).map_or(contexte.entrees.date, |l| l.0),
            sources: String::new(),
            communes: nombre,
            depart: Cohorte::default(),
            passages: Vec::new(),
            arrives: Cohorte::default(),
        };
        let Some(passages) = &contexte.passages else { return Ok(passe) };
        let Passages { presences, avant, arrives, partis } = passages;
        let communes = communes.lazy();
        let couverture = contexte.couverture_am(true)?;
        let suivies = couverture.iter().map(|c| c.annee).filter(|annee| *annee <= base);
        let suivies = df!("annee" => suivies.collect::<Vec<_>>())?.lazy();
        let stables = dites(&contexte.grille.constante()?.communes().collect()?, &couverture)?.lazy();
        let stables = semi(&semi(&stables, &communes, &["code"]), &suivies, &["annee"]);
        let presents = semi(&presences.clone().filter(col("annee").eq(lit(base))), &communes, &["code"]);
        for (_, age, vus) in par_age(&presents)? {
            passe.depart.ajouter(age, vus);
        }
        let mut passages = parts(&presents, &stables)?;
        let dans = |personnes: &LazyFrame| par_age(&semi(personnes, &stables, &["annee", "code"]));
        for (annee, age, vus) in dans(avant)? {
            passages.entry(annee).or_default().exposes[cohortes::classe(cohortes::case(age))] +=
                vus.personnes;
        }
        for (annee, age, vus) in dans(partis)? {
            passages.entry(annee).or_default().departs[cohortes::classe(cohortes::case(age))] +=
                vus.personnes;
        }
        for (annee, age, vus) in dans(arrives)? {
            passages.entry(annee).or_default().arrivees += vus.personnes;
            passe.arrives.ajouter(age, vus);
        }
        for (annee, passage) in &mut passages {
            let dates = listes.get(&(annee - 1)).zip(listes.get(annee));
            passage.durer(dates.map_or(1.0, |(avant, apres)| ans_entre(avant.0, apres.0)));
        }
        // The list of departure, and each pair.
        let utiles = listes.iter().filter(|(annee, _)| {
            **annee == base || passages.contains_key(annee) || passages.contains_key(&(**annee + 1))
        });
        let sources: BTreeSet<&str> = utiles.flat_map(|(_, (_, source))| source.split(';')).collect();
        passe.sources = sources.into_iter().collect::<Vec<_>>().join(";");
        passe.passages = passages.into_values().collect();
        Ok(passe)
    }

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
            parties: (self.communes, self.communes),
        }
    }
}

/// The communes that are members in two years. Column `code`.
fn communes_stables(contexte: &Contexte<'_>, base: i32, fin: i32) -> PolarsResult<DataFrame> {
    let date = contexte.entrees.date;
    let jours = [base, fin].map(|annee| jour_de(date, annee).unwrap_or(date));
    let membres = contexte.entrees.perimetre.membres_le(jours[0]).filter(|m| m.est_membre_le(jours[1]));
    let codes: Vec<String> = membres.map(|m| m.code.as_str().to_owned()).collect();
    let communes = df!("annee" => vec![base; codes.len()], "code" => codes)?;
    dites(&communes, &contexte.couverture_am(false)?)?.select(["code"])
}

/// Of communes of a year (`annee`, `code`), those that the lists of that year speak of.
fn dites(communes: &DataFrame, listes: &[Couverture]) -> PolarsResult<DataFrame> {
    let (annees, codes) = (communes.column("annee")?.i32()?, communes.column("code")?.str()?);
    let portees: BTreeMap<i32, &Portee> = listes.iter().map(|l| (l.annee, &l.portee)).collect();
    let dite = |(annee, code): (Option<i32>, Option<&str>)| {
        let (annee, code) = annee.zip(code)?;
        Some(portees.get(&annee).is_none_or(|portee| portee.parle_de(code)))
    };
    let dites: BooleanChunked = annees.iter().zip(codes.iter()).map(dite).collect();
    communes.filter(&dites)
}

fn semi(gauche: &LazyFrame, droite: &LazyFrame, cle: &[&str]) -> LazyFrame {
    let cle: Vec<Expr> = cle.iter().map(|c| col(*c)).collect();
    gauche.clone().join(droite.clone(), cle.clone(), cle, JoinArgs::new(JoinType::Semi))
}

/// People by year and age. Sums of whole numbers: their order does not matter.
fn par_age(personnes: &LazyFrame) -> PolarsResult<Vec<(i32, Option<i32>, Cellule)>> {
    let places = col("places").cast(DataType::Float64);
    let comptes = personnes
        .clone()
        .group_by(["annee", "age"].map(col))
        .agg([
            len().cast(DataType::Float64).alias("personnes"),
            places.clone().sum().alias("places"),
            (places.clone() * places).sum().alias("carres"),
        ])
        .collect()?;
    let (annees, ages) = (comptes.column("annee")?.i32()?, comptes.column("age")?.i32()?);
    let nombres = |nom: &str| comptes.column(nom)?.f64().cloned();
    let (personnes, places, carres) = (nombres("personnes")?, nombres("places")?, nombres("carres")?);
    let lire = |i: usize| {
        let cellule =
            Cellule { personnes: personnes.get(i)?, places: places.get(i)?, carres: carres.get(i)? };
        Some((annees.get(i)?, ages.get(i), cellule))
    };
    Ok((0..comptes.height()).filter_map(lire).collect())
}

/// For each pair of lists, the share of the childminders of departure who work in the communes that it covers.
fn parts(presents: &LazyFrame, stables: &LazyFrame) -> PolarsResult<BTreeMap<i32, Passage>> {
    let effectifs = presents.clone().group_by([col("code")]).agg([len().cast(DataType::Float64).alias("n")]);
    let total = effectifs.clone().select([col("n").sum()]).collect()?.column("n")?.f64()?.get(0);
    let total = total.unwrap_or_default();
    let code = || [col("code")];
    let par_annee = stables
        .clone()
        .join(effectifs, code(), code(), JoinArgs::new(JoinType::Left))
        .group_by([col("annee")])
        .agg([col("n").sum()])
        .collect()?;
    let (annees, nombres) = (par_annee.column("annee")?.i32()?, par_annee.column("n")?.f64()?);
    let part = |n: f64| if total > 0.0 { n / total } else { 1.0 };
    Ok(annees
        .iter()
        .zip(nombres.iter())
        .filter_map(|(annee, n)| Some((annee?, Passage { part: part(n?), ..Passage::default() })))
        .collect())
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
        let entiere = communes.height() == passe.communes as usize;
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
    let parties = (u32::try_from(communes.height()).unwrap_or(u32::MAX), passe.communes);
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

/// The method put to the test: what it would have said some years ago, from what was known then.
struct Controle {
    passe: Passe,
    annees: Vec<(i32, Fourchette, f64)>,
    /// Day and source of each list.
    listes: BTreeMap<i32, (NaiveDate, String)>,
}

impl Controle {
    /// From the list of three years before the last, or a later one: it takes two pairs of lists to know
    /// how years differ.
    fn faire(contexte: &Contexte<'_>) -> PolarsResult<Option<Self>> {
        let listes = listes(contexte)?;
        let Some(derniere) = listes.keys().next_back().copied() else { return Ok(None) };
        let suivies: BTreeSet<i32> = contexte.couverture_am(true)?.iter().map(|c| c.annee).collect();
        let assez = |base: &i32| listes.contains_key(base) && suivies.range(..=*base).count() >= 2;
        let Some(base) = (derniere - ANS_DE_CONTROLE..derniere).find(assez) else { return Ok(None) };
        let mut passe = Passe::compter(contexte, base, derniere)?;
        // From the lists of before, against those of after: the check rests on all of them.
        let sources: BTreeSet<&str> = listes.values().flat_map(|(_, source)| source.split(';')).collect();
        passe.sources = sources.into_iter().collect::<Vec<_>>().join(";");
        let Some(modele) = passe.modele(&ParametresProjection::default()) else { return Ok(None) };
        let Some(arrivees) = modele.arrivees else { return Ok(None) };
        let ans = usize::try_from(derniere - base).unwrap_or_default();
        let prevus = modele.projeter(&passe.depart, Arrivees::Observees(arrivees), ans);
        let observes = effectifs(contexte, base, derniere)?;
        let annees = (base + 1..).zip(&prevus);
        let annees = annees
            .filter_map(|(annee, p)| Some((annee, p.personnes.map(f64::round), *observes.get(&annee)?)));
        Ok(Some(Self { annees: annees.collect(), passe, listes }))
    }

    /// What was said and seen, then the error.
    fn lignes(&self) -> (Vec<ChiffreDirect>, Vec<ChiffreDirect>) {
        let depart = self.passe.personnes();
        let depart = (self.passe.base, Fourchette { attendu: depart, bas: depart, haut: depart }, depart);
        let prevus = std::iter::once(&depart).chain(&self.annees).flat_map(|(annee, prevu, observe)| {
            let liste = self.listes.get(annee);
            let observe = ChiffreDirect {
                statut: Statut::Observe,
                jour: liste.map(|l| l.0),
                ..self.passe.chiffre(*annee, "observe".to_owned(), *observe)
            };
            self.passe.fourchette("prevu", *annee, *prevu).into_iter().chain([observe])
        });
        let erreurs = self.annees.iter().map(|(annee, prevu, observe)| {
            let ecart = prevu.attendu - observe;
            let valeur = (*observe > 0.0).then(|| (ecart * 1_000.0 / observe).round() / 10.0 + 0.0);
            ChiffreDirect {
                valeur,
                termes: Some((ecart, *observe)),
                statut: if valeur.is_some() { Statut::Estime } else { Statut::SansObjet },
                ..self.passe.chiffre(*annee, String::new(), 0.0)
            }
        });
        (prevus.collect(), erreurs.collect())
    }
}

/// How many childminders each list has, in the communes that are members in both years.
fn effectifs(contexte: &Contexte<'_>, base: i32, fin: i32) -> PolarsResult<BTreeMap<i32, f64>> {
    let Some(am) = contexte.entrees.assistants_maternels else { return Ok(BTreeMap::new()) };
    let communes = communes_stables(contexte, base, fin)?;
    let codes: Vec<&str> = communes.column("code")?.str()?.iter().flatten().collect();
    // A list that speaks of only some of them has no such number.
    let listes = contexte.couverture_am(false)?.into_iter();
    let listes = listes.filter(|liste| codes.iter().all(|code| liste.portee.parle_de(code)));
    let mut effectifs: BTreeMap<i32, f64> = listes.map(|liste| (liste.annee, 0.0)).collect();
    let communes = communes.clone().lazy();
    for (annee, _, vus) in par_age(&semi(&dynamique::presences(am.trame()).0, &communes, &["code"]))? {
        effectifs.entry(annee).and_modify(|nombre| *nombre += vus.personnes);
    }
    Ok(effectifs)
}

/// What the method would have said of a year, and what was seen.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct AnneeControlee {
    /// Year of the last list that the method was given.
    pub depuis: i32,
    /// Year that it speaks of.
    pub annee: i32,
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

/// The check of the projection, year by year, as the table of a run holds it (`projection_controle`,
/// `projection_erreur`); empty if there are not lists enough.
pub fn controler_la_projection(table: &TableIndicateurs, code_territoire: &str) -> Vec<AnneeControlee> {
    let serie = |modalite: &str| {
        let figures = table.serie(Niveau::Territoire, code_territoire, "projection_controle", modalite);
        figures.into_iter().filter_map(|f| Some((f.annee, f.valeur?))).collect::<BTreeMap<_, _>>()
    };
    let (prevus, observes) = (serie("prevu"), serie("observe"));
    let (bas, haut) = (serie("prevu:bas"), serie("prevu:haut"));
    let Some(depuis) = prevus.keys().next().copied() else { return Vec::new() };
    let lire = |(annee, prevu): (&i32, &f64)| {
        let erreur = table.figure(Niveau::Territoire, code_territoire, "projection_erreur", "", *annee);
        Some(AnneeControlee {
            depuis,
            annee: *annee,
            prevu: *prevu,
            bas: *bas.get(annee)?,
            haut: *haut.get(annee)?,
            observe: *observes.get(annee)?,
            erreur_pct: erreur.and_then(|f| f.valeur),
        })
    };
    prevus.iter().filter(|(annee, _)| **annee > depuis).filter_map(lire).collect()
}
