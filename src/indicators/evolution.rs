//! Evolution of the stocks: the last millésime against earlier ones, at constant perimeter.

use super::balance::ligne_de_commune;
use super::cases::{self, Case, Cases};
use super::catalogue::{Agregation, Indicateur, Sensibilite, Unite};
use super::protection::Protection;
use super::serie::{self, entree};
use super::{Contexte, Series, Statut, jour_de};
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;

/// The modalities `stock:horizon` of each stock, with their labels and without, and the stocks themselves.
macro_rules! stocks {
    ($stocks:ident, $modalites:ident, $noms:ident : $(($id:literal, $nom:literal)),+ $(,)?) => {
        const $stocks: &[&str] = &[$($id),+];
        const $modalites: &[(&str, &str)] = &[$(
            (concat!($id, ":n-1"), concat!($nom, ", depuis un an")),
            (concat!($id, ":n-3"), concat!($nom, ", depuis trois ans")),
            (concat!($id, ":n-5"), concat!($nom, ", depuis cinq ans")),
            (concat!($id, ":premiere"), concat!($nom, ", depuis la première année observée")),
        )+];
        const $noms: &[&str] = &[$(
            concat!($id, ":n-1"),
            concat!($id, ":n-3"),
            concat!($id, ":n-5"),
            concat!($id, ":premiere"),
        )+];
    };
}

stocks! { STOCKS, MODALITES, _NOMS:
    ("am_agrees", "assistants maternels agréés"),
    ("am_places", "places chez les assistants maternels"),
    ("mam", "maisons d’assistants maternels"),
    ("mam_places", "places en maison d’assistants maternels"),
    ("eaje", "établissements d’accueil"),
    ("eaje_places", "places en accueil collectif"),
    ("places_total", "places d’accueil, tous modes"),
    ("naissances", "naissances"),
}

// With the count of a year, its change gives the count of another: what is withheld by commune for one must
// be for the other.
stocks! { STOCKS_ENFANTS, MODALITES_ENFANTS, NOMS_ENFANTS:
    ("enfants_0_2", "enfants de moins de 3 ans"),
    ("enfants_3_5", "enfants de 3 à 5 ans"),
}

const PERIMETRE_CONSTANT: &str = "À périmètre constant : seules comptent les communes membres du territoire aux deux dates, et dont les deux valeurs sont connues. La première année observée est la première que des sources comptent : une année estimée n’en est pas une.";
const UNE_SOURCE: &str = "À périmètre constant : seules comptent les communes membres du territoire aux deux dates, et dont les deux valeurs sont connues. Un compte de la Caf n’est pas comparé à une estimation par les naissances. La première année observée est la première que des sources comptent : une année estimée n’en est pas une.";
const SOURCES: &str = "Celles des deux années comparées";
const TOUTES: &[&str] = &["pmi", "structures", "naissances"];

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[
    Indicateur {
        id: "evolution",
        libelle: "Évolution de l’offre et des naissances",
        definition: "De combien un effectif a augmenté ou diminué depuis une année antérieure.",
        formule: "valeur de l’année − valeur de l’année de départ, sur les mêmes communes",
        unite: Unite::Nombre,
        signe: true,
        sensibilite: Sensibilite::Publique,
        modalites: MODALITES,
        entrees: TOUTES,
        source: SOURCES,
        precaution: PERIMETRE_CONSTANT,
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "evolution_pct",
        libelle: "Évolution de l’offre et des naissances, en pourcentage",
        definition: "De combien de pour cent un effectif a augmenté ou diminué depuis une année antérieure.",
        formule: "100 × (valeur de l’année − valeur de l’année de départ) / valeur de l’année de départ, sur les mêmes communes",
        unite: Unite::Pourcent,
        decimales: 1,
        signe: true,
        agregation: Agregation::SommeSurSomme,
        modalites: MODALITES,
        entrees: TOUTES,
        source: SOURCES,
        precaution: "À périmètre constant. Dans une petite commune, un pourcentage dit peu : lisez aussi l’effectif.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "evolution_enfants",
        libelle: "Évolution du nombre de jeunes enfants",
        definition: "De combien le nombre de jeunes enfants a augmenté ou diminué depuis une année antérieure.",
        formule: "valeur de l’année − valeur de l’année de départ, sur les mêmes communes",
        unite: Unite::Enfants,
        signe: true,
        sensibilite: Sensibilite::Sensible,
        modalites: MODALITES_ENFANTS,
        entrees: &["imaje", "naissances"],
        source: SOURCES,
        precaution: UNE_SOURCE,
        // Beside the totals, it would give back the children of a commune that is counted in one year only. Where all of
        // these counts are shown, a difference of one or two counts nobody, and anyone can work it out.
        protection: Protection {
            modalites_libres: NOMS_ENFANTS,
            suit: &["enfants_0_2", "enfants_3_5"],
            ..Protection::DEFAUT
        },
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "evolution_enfants_pct",
        libelle: "Évolution du nombre de jeunes enfants, en pourcentage",
        definition: "De combien de pour cent le nombre de jeunes enfants a augmenté ou diminué depuis une année antérieure.",
        formule: "100 × (valeur de l’année − valeur de l’année de départ) / valeur de l’année de départ, sur les mêmes communes",
        unite: Unite::Pourcent,
        decimales: 1,
        signe: true,
        agregation: Agregation::SommeSurSomme,
        sensibilite: Sensibilite::Sensible,
        modalites: MODALITES_ENFANTS,
        entrees: &["imaje", "naissances"],
        source: SOURCES,
        precaution: UNE_SOURCE,
        // Beside the totals, it would give back the children of a commune that is counted in one year only. Where all of
        // these counts are shown, a difference of one or two counts nobody, and anyone can work it out.
        protection: Protection {
            modalites_libres: NOMS_ENFANTS,
            suit: &["enfants_0_2", "enfants_3_5"],
            ..Protection::DEFAUT
        },
        ..Indicateur::VIDE
    },
];

pub(super) fn calculer(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    comparer(contexte, series, STOCKS, ["evolution", "evolution_pct"])?;
    comparer(contexte, series, STOCKS_ENFANTS, ["evolution_enfants", "evolution_enfants_pct"])
}

fn comparer(
    contexte: &Contexte<'_>,
    series: &mut Series,
    stocks: &[&'static str],
    [absolue, relative]: [&'static str; 2],
) -> PolarsResult<()> {
    let (absolue, relative) = (entree(absolue)?, entree(relative)?);
    let fin = contexte.entrees.date;
    let (mut series_d_ecarts, mut series_de_pourcentages) = (Vec::new(), Vec::new());
    // Stock after stock: the rows of a country take much memory.
    let lignes = HORIZONS * contexte.entrees.perimetre.membres().len();
    for stock in stocks {
        let (mut ecarts, mut pourcentages) = (Vec::with_capacity(lignes), Vec::with_capacity(lignes));
        let cases = cases::de_la_serie(series, stock, "")?;
        for (horizon, debut) in departs(fin, &cases) {
            let nom = format!("{stock}:{horizon}");
            let modalite = absolue.modalites.iter().map(|(id, _)| *id).find(|id| *id == nom);
            let modalite = modalite.ok_or_else(|| polars_err!(ComputeError: "modalité inconnue : {nom}"))?;
            // At constant perimeter: the communes that are members on both days.
            let membres = contexte.entrees.perimetre.membres_le(fin).filter(|m| m.est_membre_le(debut));
            for code in membres.map(|membre| membre.code.as_str()) {
                // Where no source speaks of a year, it has no figure.
                let le = |jour: NaiveDate| cases.get(jour.year(), code);
                let absente = Case::absente();
                let [apres, avant] = [le(fin), le(debut)].map(|case| case.unwrap_or(&absente));
                let avant = if comparables(stock, apres, avant) { avant } else { &absente };
                let ligne = |case| ligne_de_commune(fin.year(), code, modalite, case);
                ecarts.push(ligne(ecart(apres, avant)));
                pourcentages.push(ligne(pourcentage(relative, apres, avant)));
            }
        }
        series_d_ecarts.push(cases::serie(&ecarts)?);
        series_de_pourcentages.push(cases::serie(&pourcentages)?);
    }
    series.insert(absolue.id, concat(series_d_ecarts, UnionArgs::default())?);
    series.insert(relative.id, concat(series_de_pourcentages, UnionArgs::default())?);
    Ok(())
}

/// False for a count and an estimate of another source: what changes between them is the source.
fn comparables(stock: &str, apres: &Case, avant: &Case) -> bool {
    let [ici, la] = [apres, avant].map(|case| case.statut == Statut::Estime);
    !STOCKS_ENFANTS.contains(&stock) || ici == la
}

/// By how much a figure changed: known only where both are.
fn ecart(apres: &Case, avant: &Case) -> Case {
    let valeur = apres.valeur.zip(avant.valeur).map(|(apres, avant)| apres - avant);
    let statut = apres.statut.max(avant.statut);
    Case { valeur, statut, ..Case::issue_de([apres, avant].into_iter()) }
}

/// The same, as a part of what it was; without object where there was nothing.
fn pourcentage(indicateur: &Indicateur, apres: &Case, avant: &Case) -> Case {
    let ecart = ecart(apres, avant);
    let termes = ecart.valeur.zip(avant.valeur).filter(|_| ecart.statut.est_connu());
    let rapport = |(haut, bas)| (bas > 0.0).then(|| serie::arrondir_le_rapport(indicateur, haut, bas));
    let statut = if termes.is_some_and(|(_, bas)| bas == 0.0) { Statut::SansObjet } else { ecart.statut };
    Case {
        valeur: termes.and_then(rapport),
        numerateur: termes.map(|(haut, _)| haut),
        denominateur: termes.map(|(_, bas)| bas),
        statut,
        ..ecart
    }
}

/// How many years a figure is compared with.
const HORIZONS: usize = 4;

/// Each horizon, with the day it compares with. The first year is the first for which the stock was observed: an
/// estimate of times before any list (structures of today by the day they opened) goes as far back as one likes. A stock that was
/// never observed before the year of the report has none.
fn departs(date: NaiveDate, stock: &Cases) -> impl Iterator<Item = (&'static str, NaiveDate)> {
    let observees =
        stock.iter().filter(|(_, _, case)| case.statut == Statut::Observe && case.valeur.is_some());
    let premiere = observees.map(|(annee, ..)| annee).filter(|annee| *annee < date.year()).min();
    let annees: [_; HORIZONS] = [
        ("n-1", Some(date.year() - 1)),
        ("n-3", Some(date.year() - 3)),
        ("n-5", Some(date.year() - 5)),
        ("premiere", premiere),
    ];
    annees.into_iter().filter_map(move |(horizon, annee)| Some((horizon, jour_de(date, annee?)?)))
}
