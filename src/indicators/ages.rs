//! Ages of the childminders.

use super::catalogue::CLASSES_AGE;
use super::serie::{self, entree, rang};
use super::{Contexte, Series, Statut, offre};
use polars::prelude::*;

pub(super) fn calculer(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let pyramide = entree("pyramide_ages")?;
    let couverture = contexte.couverture_am(false)?;
    let personnes = contexte
        .entrees
        .assistants_maternels
        .map(|am| am.trame().clone().lazy().filter(col("lieu").neq(lit("creche_familiale"))));
    let modalites: Vec<&str> = pyramide.modalites.iter().map(|(id, _)| *id).collect();
    let classes = match &personnes {
        Some(personnes) => par_classe(personnes)?,
        None => offre::aucun_compte(),
    };
    series.insert("pyramide_ages", contexte.grille.denombrer(classes, couverture.clone(), &modalites));

    let compter = |condition: Expr| match &personnes {
        Some(personnes) => compter(&personnes.clone().filter(condition), &lit("")),
        None => offre::aucun_compte(),
    };
    let ages_connus = contexte.grille.denombrer(compter(col("age").is_not_null()), couverture.clone(), &[""]);
    let plus_de_55 = contexte.grille.denombrer(compter(col("age").gt_eq(lit(55))), couverture, &[""]);
    let part = serie::rapporter(entree("part_55_plus")?, (plus_de_55, ""), (ages_connus, ""));
    series.insert("part_55_plus", part);
    Ok(())
}

/// One count per class of five years, and per class and kind of place.
fn par_classe(personnes: &LazyFrame) -> PolarsResult<LazyFrame> {
    let classe = CLASSES_AGE.iter().fold(lit("inconnu"), |autres, (id, _, de, a)| {
        when(col("age").gt_eq(lit(*de)).and(col("age").lt_eq(lit(*a)))).then(lit(*id)).otherwise(autres)
    });
    let detail = concat_str([classe.clone(), col("lieu")], ":", false);
    concat([compter(personnes, &classe), compter(personnes, &detail)], UnionArgs::default())
}

fn compter(personnes: &LazyFrame, modalite: &Expr) -> LazyFrame {
    personnes
        .clone()
        .group_by([col("annee"), col("code"), modalite.clone().alias("modalite")])
        .agg([len().cast(DataType::Float64).alias("valeur")])
        .with_column(rang(Statut::Observe).alias("statut"))
}
