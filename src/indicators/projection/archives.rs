//! What the lists say, from which the years to come are worked out: people by age, list by list and pair by pair.

use super::cohortes::{self, Cellule, Cohorte, Passage};
use crate::indicators::dynamique::Passages;
use crate::indicators::grille::Couverture;
use crate::indicators::{Contexte, ans_entre, jour_de};
use crate::tables::{AssistantsMaternels, Portee};
use crate::territory::Membre;
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What the lists say, up to a year.
#[derive(Clone)]
pub(super) struct Passe {
    pub(super) base: i32,
    pub(super) jour: NaiveDate,
    pub(super) sources: String,
    pub(super) communes: u32,
    /// How many there are, whether the list of departure speaks of them or not.
    pub(super) membres: u32,
    pub(super) depart: Cohorte,
    pub(super) passages: Vec<Passage>,
    pub(super) arrives: Cohorte,
}

/// The lists, and what was counted of them, by communes: the projection and its checks are as a rule about the same.
pub(super) struct Archives<'a> {
    pub(super) contexte: &'a Contexte<'a>,
    /// Day and source, by year.
    pub(super) listes: BTreeMap<i32, (NaiveDate, String)>,
    releves: Vec<Rc<Releve>>,
}

/// People by age, list by list and pair by pair, in some communes.
struct Releve {
    /// Column `code`.
    communes: DataFrame,
    presents: BTreeMap<i32, Cohorte>,
    arrives: BTreeMap<i32, Cohorte>,
    /// By year of the second list, without the share of today's childminders that each covers.
    passages: BTreeMap<i32, Passage>,
    /// How many by list and commune: columns `annee`, `code`, `n`.
    effectifs: DataFrame,
    /// The communes that both lists of each pair speak of: columns `annee`, `code`.
    stables: DataFrame,
}

impl<'a> Archives<'a> {
    pub(super) fn ouvrir(contexte: &'a Contexte<'a>) -> Self {
        Self { contexte, listes: listes(contexte), releves: Vec::new() }
    }

    /// What the lists up to `base` say, in the communes that are members then and in `fin`.
    pub(super) fn passe(&mut self, base: i32, fin: i32) -> PolarsResult<Passe> {
        let releve = self.releve(base, fin)?;
        let part = releve.parts(base)?;
        let duree = |annee: i32| {
            let dates = self.listes.get(&(annee - 1)).zip(self.listes.get(&annee));
            dates.map_or(1.0, |(avant, apres)| ans_entre(avant.0, apres.0))
        };
        let passages: BTreeMap<i32, Passage> = part
            .into_iter()
            .filter(|(annee, _)| *annee <= base)
            .map(|(annee, part)| {
                let mut passage = releve.passages.get(&annee).cloned().unwrap_or_default();
                passage.part = part;
                passage.durer(duree(annee));
                (annee, passage)
            })
            .collect();
        let mut arrives = Cohorte::default();
        for venus in passages.keys().filter_map(|annee| releve.arrives.get(annee)) {
            arrives.reunir(venus);
        }
        // The list of departure, and each pair.
        let utiles = self.listes.iter().filter(|(annee, _)| {
            **annee == base || passages.contains_key(annee) || passages.contains_key(&(**annee + 1))
        });
        Ok(Passe {
            base,
            jour: self.listes.get(&base).map_or(self.contexte.entrees.date, |l| l.0),
            sources: ensemble(utiles.map(|(_, (_, source))| source.as_str())),
            communes: u32::try_from(releve.communes.height()).unwrap_or(u32::MAX),
            membres: u32::try_from(stables(self.contexte, base, fin).count()).unwrap_or(u32::MAX),
            depart: releve.presents.get(&base).cloned().unwrap_or_default(),
            passages: passages.into_values().collect(),
            arrives,
        })
    }

    /// How many childminders each list has, in the communes that are members in both years.
    pub(super) fn effectifs(&mut self, base: i32, fin: i32) -> PolarsResult<BTreeMap<i32, f64>> {
        let releve = self.releve(base, fin)?;
        let codes: Vec<&str> = releve.communes.column("code")?.str()?.iter().flatten().collect();
        // A list that speaks of only some of them has no such number.
        let listes = self.contexte.couverture_am(false).into_iter();
        let listes = listes.filter(|liste| codes.iter().all(|code| liste.portee.parle_de(code)));
        let nombre = |annee: i32| releve.presents.get(&annee).map_or(0.0, Cohorte::personnes);
        Ok(listes.map(|liste| (liste.annee, nombre(liste.annee))).collect())
    }

    fn releve(&mut self, base: i32, fin: i32) -> PolarsResult<Rc<Releve>> {
        let communes = communes_stables(self.contexte, base, fin)?;
        if let Some(connu) = self.releves.iter().find(|r| r.communes.equals(&communes)) {
            return Ok(Rc::clone(connu));
        }
        let releve = Rc::new(Releve::compter(self.contexte, communes)?);
        self.releves.push(Rc::clone(&releve));
        Ok(releve)
    }
}

impl Releve {
    fn compter(contexte: &Contexte<'_>, communes: DataFrame) -> PolarsResult<Self> {
        let couverture = contexte.couverture_am(true);
        let suivies = df!("annee" => couverture.iter().map(|c| c.annee).collect::<Vec<_>>())?.lazy();
        let ici = communes.clone().lazy();
        let stables = dites(&contexte.grille.constante()?.communes().collect()?, &couverture)?.lazy();
        let stables = semi(&semi(&stables, &ici, &["code"]), &suivies, &["annee"]).collect()?;
        let effectifs = df!("annee" => [0i32; 0], "code" => [""; 0], "n" => [0.0; 0])?;
        let mut releve = Self {
            communes,
            presents: BTreeMap::new(),
            arrives: BTreeMap::new(),
            passages: BTreeMap::new(),
            effectifs,
            stables,
        };
        let Some(Passages { presences, avant, arrives, partis }) = contexte.passages()? else {
            return Ok(releve);
        };
        let presents = semi(presences, &ici, &["code"]);
        for (annee, age, vus) in par_age(&presents)? {
            releve.presents.entry(annee).or_default().ajouter(age, vus);
        }
        let n = len().cast(DataType::Float64).alias("n");
        releve.effectifs = presents.group_by(["annee", "code"].map(col)).agg([n]).collect()?;
        let stables = releve.stables.clone().lazy();
        let dans = |personnes: &LazyFrame| par_age(&semi(personnes, &stables, &["annee", "code"]));
        let classe = |age| cohortes::classe(cohortes::case(age));
        for (annee, age, vus) in dans(avant)? {
            releve.passages.entry(annee).or_default().exposes[classe(age)] += vus.personnes;
        }
        for (annee, age, vus) in dans(partis)? {
            releve.passages.entry(annee).or_default().departs[classe(age)] += vus.personnes;
        }
        for (annee, age, vus) in dans(arrives)? {
            releve.passages.entry(annee).or_default().arrivees += vus.personnes;
            releve.arrives.entry(annee).or_default().ajouter(age, vus);
        }
        Ok(releve)
    }

    /// For each pair of lists, the share of the childminders of `base` who work in the communes that it covers.
    fn parts(&self, base: i32) -> PolarsResult<BTreeMap<i32, f64>> {
        let effectifs = self.effectifs.clone().lazy().filter(col("annee").eq(lit(base)));
        let effectifs = effectifs.select([col("code"), col("n")]);
        let total = effectifs.clone().select([col("n").sum()]).collect()?.column("n")?.f64()?.get(0);
        let total = total.unwrap_or_default();
        let code = || [col("code")];
        let par_annee = self
            .stables
            .clone()
            .lazy()
            .join(effectifs, code(), code(), JoinArgs::new(JoinType::Left))
            .group_by([col("annee")])
            .agg([col("n").sum()])
            .collect()?;
        let (annees, nombres) = (par_annee.column("annee")?.i32()?, par_annee.column("n")?.f64()?);
        let part = |n: f64| if total > 0.0 { n / total } else { 1.0 };
        Ok(annees.iter().zip(nombres.iter()).filter_map(|(annee, n)| Some((annee?, part(n?)))).collect())
    }
}

/// Each source once, in order, of texts that hold several.
pub(super) fn ensemble<'a>(sources: impl Iterator<Item = &'a str>) -> String {
    let sources: BTreeSet<&str> = sources.flat_map(|s| s.split(';')).filter(|s| !s.is_empty()).collect();
    sources.into_iter().collect::<Vec<_>>().join(";")
}

/// The communes that are members in two years.
fn stables<'c>(contexte: &'c Contexte<'_>, base: i32, fin: i32) -> impl Iterator<Item = &'c Membre> {
    let date = contexte.entrees.date;
    let jours = [base, fin].map(|annee| jour_de(date, annee).unwrap_or(date));
    contexte.entrees.perimetre.membres_le(jours[0]).filter(move |m| m.est_membre_le(jours[1]))
}

/// Those of them that the list of the first year speaks of. Column `code`.
fn communes_stables(contexte: &Contexte<'_>, base: i32, fin: i32) -> PolarsResult<DataFrame> {
    let codes: Vec<String> = stables(contexte, base, fin).map(|m| m.code.as_str().to_owned()).collect();
    let communes = df!("annee" => vec![base; codes.len()], "code" => codes)?;
    dites(&communes, &contexte.couverture_am(false))?.select(["code"])
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

pub(super) fn semi(gauche: &LazyFrame, droite: &LazyFrame, cle: &[&str]) -> LazyFrame {
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

/// The lists, up to the last millésime: day and source, by year.
fn listes(contexte: &Contexte<'_>) -> BTreeMap<i32, (NaiveDate, String)> {
    let listes = contexte.entrees.assistants_maternels.map(AssistantsMaternels::couverture);
    let derniere = contexte.entrees.date.year();
    let passees = listes.unwrap_or_default().iter().filter(|liste| liste.annee <= derniere);
    passees.map(|liste| (liste.annee, (liste.jour, liste.source.clone()))).collect()
}
