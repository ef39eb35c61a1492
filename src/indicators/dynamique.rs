//! Dynamics: who came and who left, from two successive lists, or as the relais declares it.

use super::catalogue::{Agregation, Indicateur, PMI, Sensibilite, Unite};
use super::protection::{Protection, Terme};
use super::serie::{self, ChiffreDirect};
use super::{Contexte, Denombrement, Series, Statut, Suite, offre};
use crate::tables::{AssistantsMaternels, du_jour};
use chrono::NaiveDate;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What the relais declares, beside what the lists give.
const DECLARE: &[(&str, &str)] = &[("declare", "d’après le relevé du relais")];

const SOURCES: &str = "Listes des agréments du service de PMI ; à défaut, relevé d’activité du relais";

/// Who came and who left of fewer: their ages of one year would be followed into the next.
const MINIMUM_DES_FLUX: u32 = 30;

const SUIVIE: Protection = Protection {
    minimum_suivi: Some((MINIMUM_DES_FLUX, Terme::valeur("am_agrees", ""))),
    ..Protection::DEFAUT
};

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[
    Indicateur {
        id: "am_arrivees",
        libelle: "Arrivées d’assistants maternels",
        definition: "Nombre d’assistants maternels présents sur la liste de l’année et absents de celle de l’année précédente.",
        formule: "personnes de la liste de l’année qui n’étaient pas sur la précédente, dans tout le territoire ; sans les deux listes, le total déclaré par le relais",
        unite: Unite::AssistantsMaternels,
        sensibilite: Sensibilite::PubliqueEnsemble,
        protection: SUIVIE,
        modalites: DECLARE,
        entrees: &["pmi", "activite"],
        source: SOURCES,
        precaution: "Un changement de commune à l’intérieur du territoire n’est ni une arrivée ni un départ. À périmètre constant : une commune qui rejoint le territoire n’y fait pas d’arrivées. Quitter une crèche familiale pour exercer chez soi ou en MAM est une arrivée. Si les deux listes ne sont pas à un an l’une de l’autre, à quelques semaines près, le nombre est une estimation. Le total que le relais déclare en est une aussi, à côté d’années comptées : les deux comptes ne se comparent pas.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "am_departs",
        libelle: "Départs d’assistants maternels",
        definition: "Nombre d’assistants maternels présents sur la liste de l’année précédente et absents de celle de l’année.",
        formule: "personnes de la liste précédente qui ne sont plus sur celle de l’année, dans tout le territoire ; sans les deux listes, les archivages déclarés par le relais",
        unite: Unite::AssistantsMaternels,
        sensibilite: Sensibilite::PubliqueEnsemble,
        protection: SUIVIE,
        modalites: DECLARE,
        entrees: &["pmi", "activite"],
        source: SOURCES,
        precaution: "Compté dans la commune que la personne a quittée. Entrer dans une crèche familiale est un départ. Une personne encore sur la liste, mais dont la ligne n’a pas pu être comptée, n’est pas un départ : le nombre est alors une estimation. Ce que le relais déclare en est une aussi, à côté d’années comptées : les deux comptes ne se comparent pas.",
        ..Indicateur::VIDE
    },
    // Of a commune, its numbers of two years and its balance would give the moves of single persons.
    Indicateur {
        id: "am_demenagements",
        libelle: "Assistants maternels qui ont changé de commune",
        definition: "Nombre d’assistants maternels présents sur deux listes successives dans deux communes différentes du territoire.",
        formule: "personnes des deux listes dont la commune d’exercice a changé : une entrée dans la nouvelle commune, une sortie de l’ancienne",
        unite: Unite::AssistantsMaternels,
        sensibilite: Sensibilite::PubliqueEnsemble,
        protection: SUIVIE,
        modalites: &[("entrees", "venus d’une autre commune"), ("sorties", "partis vers une autre commune")],
        entrees: &["pmi"],
        source: PMI,
        precaution: "Les entrées égalent les sorties dans le territoire, sauf l’année où une commune le rejoint ou le quitte.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "am_solde",
        libelle: "Solde des arrivées et des départs",
        definition: "Arrivées moins départs d’assistants maternels dans l’année.",
        formule: "arrivées − départs ; les changements de commune à l’intérieur du territoire n’y sont pas",
        unite: Unite::AssistantsMaternels,
        signe: true,
        sensibilite: Sensibilite::PubliqueEnsemble,
        protection: SUIVIE,
        modalites: DECLARE,
        entrees: &["pmi", "activite"],
        source: SOURCES,
        precaution: "Dans une commune, l’effectif varie aussi par les changements de commune, comptés à part.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "taux_remplacement",
        libelle: "Taux de remplacement des départs",
        definition: "Nombre d’arrivées d’assistants maternels pour 100 départs dans l’année.",
        formule: "100 × arrivées / départs",
        unite: Unite::Pourcent,
        decimales: 1,
        agregation: Agregation::SommeSurSomme,
        sensibilite: Sensibilite::PubliqueEnsemble,
        protection: SUIVIE,
        modalites: DECLARE,
        entrees: &["pmi", "activite"],
        source: SOURCES,
        precaution: "Au-dessous de 100 %, les départs ne sont pas tous remplacés. Sans objet quand personne n’est parti.",
        ..Indicateur::VIDE
    },
];

/// How a relais calls the arrivals that it declares, folded as [`crate::tables::Declarations`] keeps names.
pub const ARRIVEES_DECLAREES: &[&str] = &["arrivees", "am_arrivees", "arrivees_am"];
/// How it calls the departures.
pub const DEPARTS_DECLARES: &[&str] = &["archivages", "departs", "am_departs", "departs_am", "am_archivages"];

/// Counts who came, who left and who moved, then makes the séries of them.
pub(super) fn preparer<'c>(contexte: &'c Contexte<'_>) -> PolarsResult<Suite<'c>> {
    let flux = match contexte.passages()? {
        Some(passages) => flux(passages)?,
        None => std::array::from_fn(|_| offre::aucun_compte()),
    };
    let [arrivees, departs, demenagements] = flux.map(LazyFrame::collect);
    let (arrivees, departs, demenagements) = (arrivees?, departs?, demenagements?);
    Ok(Box::new(move |series| {
        let couverture = contexte.couverture_am(true);
        let grille = contexte.grille.constante()?;
        let total = Denombrement { modalites: &[""], couverture: &couverture };
        for (id, comptes) in [("am_arrivees", arrivees), ("am_departs", departs)] {
            let lignes = series.denombrer(&grille, comptes.lazy(), &[total])?;
            series.poser(id, lignes)?;
        }
        let sens = Denombrement { modalites: &["entrees", "sorties"], couverture: &couverture };
        let demenagements = series.denombrer(&grille, demenagements.lazy(), &[sens])?;
        series.poser("am_demenagements", demenagements)?;
        let (arrivees, departs) = (series.lignes("am_arrivees")?, series.lignes("am_departs")?);
        let solde = series.additionner(&arrivees, &departs, -1.0)?;
        series.poser("am_solde", solde)?;
        series.rapporter("taux_remplacement", (&arrivees, ""), (&departs, ""))?;
        declarer(contexte, &couverture.iter().map(|c| c.annee).collect(), series)
    }))
}

/// Arrivals (in the commune of the list of the year) and departures (in that of the list before), the
/// same person being the same pseudonym anywhere in the territory: a move inside it is neither, and stands
/// apart. Childminders of a crèche familiale are apart, as in `am_agrees`. Arrivals, departures, moves, in the shape that
/// [`Series::denombrer`] reads.
fn flux(passages: &Passages) -> PolarsResult<[LazyFrame; 3]> {
    let Passages { presences, avant, arrives, partis } = passages;
    // Their status is that of the pair of lists.
    let statut = || lit(NULL).cast(DataType::UInt32).alias("statut");
    let compter = |personnes: LazyFrame, modalite: &str| {
        personnes
            .group_by([col("annee"), col("code")])
            .agg([len().cast(DataType::Float64).alias("valeur")])
            .with_columns([lit(modalite).alias("modalite"), statut()])
    };
    let ailleurs = |gauche: &LazyFrame, droite: &LazyFrame| {
        let ici = ["annee", "cle", "code"].map(col);
        parmi(gauche, droite, JoinType::Semi).join(
            droite.clone(),
            ici.clone(),
            ici,
            JoinArgs::new(JoinType::Anti),
        )
    };
    let entrees = compter(ailleurs(presences, avant), "entrees");
    let sorties = compter(ailleurs(avant, presences), "sorties");
    let demenagements = concat([entrees, sorties], UnionArgs::default())?;
    Ok([compter(arrives.clone(), ""), compter(partis.clone(), ""), demenagements])
}

/// The people of each list and those of the list before, as [`presences`] gives them; those of them who came, and
/// those who left.
pub(super) struct Passages {
    pub(super) presences: LazyFrame,
    pub(super) avant: LazyFrame,
    pub(super) arrives: LazyFrame,
    pub(super) partis: LazyFrame,
}

/// Who stands on a list with a row that could not be placed is counted nowhere, but has not left; who did so the year
/// before does not arrive.
///
/// # Errors
/// Only if Polars cannot run a plan.
pub(super) fn passages(am: &AssistantsMaternels) -> PolarsResult<Passages> {
    let (presences, avant) = presences(am.trame());
    let non_places = am.non_places().clone().lazy();
    let non_places_avant = non_places.clone().with_column((col("annee") + lit(1)).alias("annee"));
    let arrives = parmi(&parmi(&presences, &avant, JoinType::Anti), &non_places_avant, JoinType::Anti);
    let partis = parmi(&parmi(&avant, &presences, JoinType::Anti), &non_places, JoinType::Anti);
    // Computed once, for the flows and for the projections.
    let (arrives, partis) = (arrives.collect()?.lazy(), partis.collect()?.lazy());
    Ok(Passages { presences, avant, arrives, partis })
}

/// The people of each list (`annee`, `code`, `cle`, `age`, `places`), without those of a crèche familiale;
/// and the same a year later: what the list before said.
pub(super) fn presences(am: &DataFrame) -> (LazyFrame, LazyFrame) {
    let presences = am
        .clone()
        .lazy()
        .filter(col("lieu").neq(lit("creche_familiale")))
        .select(["annee", "code", "cle", "age", "places"].map(col));
    let avant = presences.clone().with_column((col("annee") + lit(1)).alias("annee"));
    (presences, avant)
}

/// The people of `gauche` who are (`Semi`) or are not (`Anti`) in `droite` the same year.
pub(super) fn parmi(gauche: &LazyFrame, droite: &LazyFrame, comment: JoinType) -> LazyFrame {
    let cle = ["annee", "cle"].map(col);
    gauche.clone().join(droite.clone(), cle.clone(), cle, JoinArgs::new(comment))
}

/// A total that the relais declares.
#[derive(Debug, Clone)]
struct Declaree {
    valeur: Option<f64>,
    statut: Statut,
    jour: Option<NaiveDate>,
    source: String,
}

/// The declared totals, at the level of the territory: under their own modality, and in place of the figure
/// for the years that no pair of lists gives.
fn declarer(contexte: &Contexte<'_>, listes: &BTreeSet<i32>, series: &mut Series) -> PolarsResult<()> {
    let (arrivees, departs) =
        (declarees(contexte, ARRIVEES_DECLAREES)?, declarees(contexte, DEPARTS_DECLARES)?);
    let simple = |declarees: &BTreeMap<i32, Declaree>| -> Vec<ChiffreDirect> {
        declarees.iter().map(|(annee, d)| d.chiffre(*annee, d.valeur, None, d.statut)).collect()
    };
    let paires = || arrivees.iter().filter_map(|(annee, a)| departs.get(annee).map(|d| (*annee, a, d)));
    let soldes = paires().map(|(annee, a, d)| {
        let valeur = a.valeur.zip(d.valeur).map(|(a, d)| a - d);
        a.avec(d).chiffre(annee, valeur, None, a.statut.max(d.statut))
    });
    let taux = paires().map(|(annee, a, d)| {
        let termes = a.valeur.zip(d.valeur);
        let valeur = termes.and_then(|(a, d)| pour_cent(a, d));
        let sans_objet = termes.is_some() && valeur.is_none();
        let statut = if sans_objet { Statut::SansObjet } else { a.statut.max(d.statut) };
        a.avec(d).chiffre(annee, valeur, termes, statut)
    });
    let familles = [
        ("am_arrivees", simple(&arrivees)),
        ("am_departs", simple(&departs)),
        ("am_solde", soldes.collect()),
        ("taux_remplacement", taux.collect()),
    ];
    for (id, chiffres) in familles {
        series.insert_directe(id, lignes_declarees(contexte, listes, &chiffres)?);
    }
    Ok(())
}

/// `100 × a / b` to one decimal, half away from zero; none of nothing.
fn pour_cent(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| (a * 1_000.0 / b).round() / 10.0)
}

impl Declaree {
    fn chiffre(
        &self,
        annee: i32,
        valeur: Option<f64>,
        termes: Option<(f64, f64)>,
        statut: Statut,
    ) -> ChiffreDirect {
        let parties = (u32::from(valeur.is_some() || termes.is_some()), 1);
        let (jour, sources) = (self.jour, self.source.clone());
        ChiffreDirect {
            annee,
            modalite: "declare".to_owned(),
            valeur,
            termes,
            statut,
            jour,
            sources,
            parties,
        }
    }

    fn avec(&self, autre: &Self) -> Self {
        let meme = self.source == autre.source;
        let source = if meme { self.source.clone() } else { format!("{};{}", self.source, autre.source) };
        Self { source, jour: self.jour.max(autre.jour), ..self.clone() }
    }
}

/// What the relais declares under one of these names, by year; nothing after the last millésime.
fn declarees(contexte: &Contexte<'_>, noms: &[&str]) -> PolarsResult<BTreeMap<i32, Declaree>> {
    use chrono::Datelike;
    let mut declarees = BTreeMap::new();
    let Some(declarations) = contexte.entrees.declarations else { return Ok(declarees) };
    let trame = declarations.trame();
    let (annees, mesures) = (trame.column("annee")?.i32()?, trame.column("mesure")?.str()?);
    let (valeurs, statuts) = (trame.column("valeur")?.f64()?, trame.column("statut")?.u32()?);
    let (jours, sources) = (trame.column("date_observation")?.date()?, trame.column("source")?.str()?);
    for i in 0..trame.height() {
        let (Some(annee), Some(mesure), Some(source)) = (annees.get(i), mesures.get(i), sources.get(i))
        else {
            continue;
        };
        if !noms.contains(&mesure) || annee > contexte.entrees.date.year() {
            continue;
        }
        let statut = Statut::TOUS.into_iter().find(|s| Some(s.rang()) == statuts.get(i));
        declarees.entry(annee).or_insert_with(|| Declaree {
            valeur: valeurs.get(i),
            statut: statut.unwrap_or(Statut::NonDisponible),
            jour: jours.physical().get(i).and_then(du_jour),
            source: source.to_owned(),
        });
    }
    Ok(declarees)
}

fn lignes_declarees(
    contexte: &Contexte<'_>,
    listes: &BTreeSet<i32>,
    chiffres: &[ChiffreDirect],
) -> PolarsResult<LazyFrame> {
    let perimetre = contexte.entrees.perimetre;
    let jour = |annee: &i32| super::jour_de(contexte.entrees.date, *annee).map(|jour| (*annee, jour));
    let declarees: BTreeSet<i32> = chiffres.iter().map(|c| c.annee).collect();
    let toutes: BTreeSet<i32> = contexte.jours.iter().map(|j| j.0).chain(declarees.iter().copied()).collect();
    let toutes: Vec<_> = toutes.iter().filter_map(jour).collect();
    let sans_listes: Vec<_> = declarees.difference(listes).filter_map(jour).collect();
    // Beside years that are counted, what the relais declares is another count.
    let statut = |c: &ChiffreDirect| if listes.is_empty() { c.statut } else { c.statut.max(Statut::Estime) };
    let comme_chiffre: Vec<ChiffreDirect> = chiffres
        .iter()
        .map(|c| ChiffreDirect { modalite: String::new(), statut: statut(c), ..c.clone() })
        .collect();
    let lignes = [
        serie::directe(perimetre, &sans_listes, &[""], serie::chiffres_directs(&comme_chiffre)?)?,
        serie::directe(perimetre, &toutes, &["declare"], serie::chiffres_directs(chiffres)?)?,
    ];
    concat(lignes, UnionArgs::default())
}
