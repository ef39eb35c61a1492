//! Need: births, resident children, active childminders as the Caf counts them.

use super::serie::{self, rang};
use super::{Contexte, Series, Statut};
use crate::tables::Mesure;
use polars::prelude::*;

pub(super) fn calculer(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let comptes = contexte.entrees.comptes;
    series.insert("naissances", contexte.grille.relever(comptes.mesure(Mesure::Naissances)));
    series.insert("am_actifs", contexte.grille.relever(comptes.mesure(Mesure::AmActifs)));
    series.insert("enfants_0_2", enfants_0_2(contexte)?);
    Ok(())
}

/// The Caf's count; for the years that it does not cover at all, the births of the year and of the two
/// before, marked as estimated. A value that the Caf withholds stays withheld: an estimate in its place
/// would pass for the count.
fn enfants_0_2(contexte: &Contexte<'_>) -> PolarsResult<LazyFrame> {
    let comptes = contexte.entrees.comptes;
    let caf = comptes.mesure(Mesure::Enfants02);
    let annees_caf = caf.clone().select([col("annee")]).unique(None, UniqueKeepStrategy::Any);
    let estimation = naissances_de_trois_ans(&comptes.mesure(Mesure::Naissances))?.join(
        annees_caf,
        [col("annee")],
        [col("annee")],
        JoinArgs::new(JoinType::Anti),
    );
    let colonnes = ["annee", "code", "valeur", "statut", "date_observation", "sources"].map(col);
    let tout = concat([caf.select(colonnes.clone()), estimation.select(colonnes)], UnionArgs::default())?;
    Ok(contexte.grille.relever(tout))
}

/// Births of year N, N−1 and N−2 by commune, where all three are known.
fn naissances_de_trois_ans(naissances: &LazyFrame) -> PolarsResult<LazyFrame> {
    let decalees =
        [0, 1, 2].map(|ans| naissances.clone().with_column((col("annee") + lit(ans)).alias("annee")));
    Ok(concat(decalees, UnionArgs::default())?
        .filter(col("valeur").is_not_null())
        .group_by([col("annee"), col("code")])
        .agg([
            col("valeur").sum(),
            len().alias("ans"),
            col("date_observation").max(),
            col("sources").unique().sort(SortOptions::default()).str().join(";", true),
        ])
        .filter(col("ans").eq(lit(3u32)))
        .with_column(rang(Statut::Estime).alias("statut")))
}

/// Active childminders over those who hold an agrément at the nearest date.
pub(super) fn taux_activite(series: &Series) -> PolarsResult<LazyFrame> {
    let (actifs, agrees) = (series["am_actifs"].clone(), series["am_agrees"].clone());
    Ok(serie::rapporter(serie::entree("taux_activite")?, (actifs, ""), (agrees, "")))
}
