//! What the relais declares for the whole territory: indicators that have no other source, and, for those
//! that have one, the value of the territory where it does not speak.

use super::serie::{self, rang};
use super::{Agregation, Contexte, Indicateur, Series, Statut};
use crate::tables::Declarations;
use polars::prelude::*;

/// The measures of the activity report that say an indicator, with the modality that each is of: its
/// identifier and that of the modality; the whole goes by the identifier alone or as a total.
fn mesures(entree: &'static Indicateur) -> Vec<(&'static str, String)> {
    let detail =
        entree.modalites.iter().map(|(modalite, _)| (*modalite, format!("{}_{modalite}", entree.id)));
    let tout = [("", entree.id.to_owned()), ("", format!("{}_total", entree.id))];
    tout.into_iter().chain(detail).collect()
}

/// The declared values of some measures, each under the modality that it is of, in the shape that
/// [`serie::directe`] reads.
pub(super) fn lire(
    declarations: Option<&Declarations>,
    mesures: &[(&str, String)],
) -> PolarsResult<LazyFrame> {
    let Some(declarations) = declarations else { return Ok(serie::aucune_directe()) };
    let voulues = df!(
        "mesure" => mesures.iter().map(|(_, mesure)| mesure.as_str()).collect::<Vec<_>>(),
        "modalite" => mesures.iter().map(|(modalite, _)| *modalite).collect::<Vec<_>>(),
    )?;
    let vide = || lit(NULL).cast(DataType::Float64);
    Ok(declarations
        .trame()
        .clone()
        .lazy()
        .join(voulues.lazy(), [col("mesure")], [col("mesure")], JoinArgs::new(JoinType::Inner))
        .sort(["annee", "modalite", "mesure"], SortMultipleOptions::default())
        .unique_stable(Some(cols(["annee", "modalite"])), UniqueKeepStrategy::First)
        .select([
            col("annee"),
            col("modalite"),
            col("valeur"),
            vide().alias("numerateur"),
            vide().alias("denominateur"),
            col("statut"),
            col("date_observation"),
            col("source").alias("sources"),
            col("valeur").is_not_null().cast(DataType::UInt32).alias("parties"),
            lit(1).cast(DataType::UInt32).alias("parties_attendues"),
        ]))
}

/// Gives an indicator that only the relais declares.
pub(super) fn inserer(
    contexte: &Contexte<'_>,
    series: &mut Series,
    entree: &'static Indicateur,
) -> PolarsResult<()> {
    let modalites: Vec<&str> =
        std::iter::once("").chain(entree.modalites.iter().map(|(id, _)| *id)).collect();
    let declarees = lire(contexte.entrees.declarations, &mesures(entree))?;
    series.insert_directe(entree.id, contexte.directe(&modalites, declarees)?);
    Ok(())
}

/// Rates of the territory whose two terms are declared: 100 × one measure / another.
pub(super) fn rapporter(
    contexte: &Contexte<'_>,
    entree: &'static Indicateur,
    (haut, bas): (LazyFrame, LazyFrame),
) -> PolarsResult<LazyFrame> {
    let haut = haut.with_column(lit(contexte.entrees.perimetre.code.clone()).alias("code"));
    let bas = bas.with_column(lit(contexte.entrees.perimetre.code.clone()).alias("code"));
    let taux = serie::rapporter(entree, (haut, ""), (bas, "")).with_columns([
        col("valeur").is_not_null().cast(DataType::UInt32).alias("parties"),
        lit(1).cast(DataType::UInt32).alias("parties_attendues"),
    ]);
    contexte.directe(&[""], taux.drop(cols(["code"])))
}

/// Of several sources of one total, for each year the first that has a value.
pub(super) fn preferer(sources: [LazyFrame; 3]) -> PolarsResult<LazyFrame> {
    let connues: Vec<LazyFrame> = sources
        .into_iter()
        .map(|source| source.select(serie::colonnes_de_directe()).filter(col("valeur").is_not_null()))
        .collect();
    Ok(concat(connues, UnionArgs::default())?.unique_stable(Some(cols(["annee"])), UniqueKeepStrategy::First))
}

/// Completes the rows of the table: where the communes give no value at all for the territory, the one that
/// the relais declares stands, with its source.
pub(super) fn completer(
    entree: &'static Indicateur,
    lignes: LazyFrame,
    declarations: Option<&Declarations>,
) -> PolarsResult<LazyFrame> {
    if declarations.is_none() || entree.agregation != Agregation::Somme {
        return Ok(lignes);
    }
    let declarees = lire(declarations, &mesures(entree))?.filter(col("valeur").is_not_null());
    Ok(remplacer(lignes, declarees, &["valeur"]))
}

/// Puts the numbers of `autres`, with their status, day and sources, where the territory has none.
fn remplacer(lignes: LazyFrame, autres: LazyFrame, nombres: &[&str]) -> LazyFrame {
    let colonnes = || nombres.iter().chain(&["statut", "date_observation", "sources"]);
    let autres = autres.select(
        [col("annee"), col("modalite"), lit("territoire").alias("niveau")]
            .into_iter()
            .chain(colonnes().map(|colonne| col(*colonne).alias(format!("{colonne}_d"))))
            .collect::<Vec<_>>(),
    );
    let cle = ["annee", "modalite", "niveau"].map(col);
    let manque = col("niveau")
        .eq(lit("territoire"))
        .and(col("statut").eq(rang(Statut::NonDisponible)))
        .and(col("statut_d").is_not_null());
    let prendre = |colonne: &str| {
        when(manque.clone()).then(col(format!("{colonne}_d"))).otherwise(col(colonne)).alias(colonne)
    };
    let une_partie = |colonne: &str| {
        when(manque.clone()).then(lit(1).cast(DataType::UInt32)).otherwise(col(colonne)).alias(colonne)
    };
    lignes
        .join(autres, cle.clone(), cle, JoinArgs::new(JoinType::Left))
        .with_columns(
            colonnes()
                .map(|colonne| prendre(colonne))
                .chain(["parties", "parties_attendues"].map(une_partie))
                .collect::<Vec<_>>(),
        )
        .select(serie::colonnes_directes())
}

/// The totals that are of the whole territory, of one term.
fn entier((terme, modalite): (&LazyFrame, &str)) -> LazyFrame {
    terme
        .clone()
        .filter(col("niveau").eq(lit("territoire")))
        .filter(col("modalite").eq(lit(modalite)))
        .filter(col("valeur").is_not_null().and(col("parties").eq(col("parties_attendues"))))
        .with_column(lit("").alias("modalite"))
}

/// Completes a sum: where the communes give none for the territory, it is that of the totals, if all are of the
/// whole territory.
pub(super) fn completer_somme(lignes: LazyFrame, termes: &[(&LazyFrame, &str)]) -> LazyFrame {
    let somme = termes.iter().map(|terme| entier(*terme)).reduce(serie::additionner);
    let Some(somme) = somme else { return lignes };
    remplacer(lignes, somme, &["valeur"])
}

/// Completes a rate: where the communes give none for the territory, it is that of the two totals, if both
/// are of the whole territory.
pub(super) fn completer_taux(
    entree: &Indicateur,
    lignes: LazyFrame,
    [haut, bas]: [(&LazyFrame, &str); 2],
) -> LazyFrame {
    let taux = serie::rapporter(entree, (entier(haut), ""), (entier(bas), ""));
    remplacer(lignes, taux, &["valeur", "numerateur", "denominateur"])
}
