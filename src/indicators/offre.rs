//! Offer: childminders, MAM, structures, and their places.

use super::serie::{self, Couverture, entree, rang};
use super::{Contexte, Series, Statut};
use crate::tables::en_jours;
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;

pub(super) fn calculer(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    individuelle(contexte, series)?;
    collective(contexte, series)?;
    let (am, eaje) = (series["am_places"].clone(), series["eaje_places"].clone());
    let total = serie::additionner(am.clone(), eaje.clone());
    series.insert(
        "part_individuel",
        serie::rapporter(entree("part_individuel")?, (am, ""), (total.clone(), "")),
    );
    series.insert(
        "part_psu",
        serie::rapporter(entree("part_psu")?, (eaje.clone(), "financement:psu"), (eaje, "")),
    );
    series.insert("places_total", total);
    Ok(())
}

/// Total, then by kind of place. Childminders of a crèche familiale hold an agrément too, but their
/// places are the crèche's: they stand apart and are in no total.
fn individuelle(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    const MODALITES: [&str; 4] = ["", "domicile", "mam", "creche_familiale"];
    let couverture = contexte.couverture_am(false)?;
    let Some(am) = contexte.entrees.assistants_maternels else {
        for id in ["am_agrees", "am_places"] {
            series.insert(id, contexte.grille.denombrer(aucun_compte(), couverture.clone(), &MODALITES));
        }
        series.insert("mam", contexte.grille.denombrer(aucun_compte(), couverture, &[""]));
        return Ok(());
    };
    let am = am.trame().clone().lazy();
    let hors_familiale = am.clone().filter(col("lieu").neq(lit("creche_familiale")));
    let par_lieu = concat(
        [
            hors_familiale.with_column(lit("").alias("modalite")),
            am.clone().with_column(col("lieu").alias("modalite")),
        ],
        UnionArgs::default(),
    )?
    .group_by([col("annee"), col("code"), col("modalite")])
    .agg([len().cast(DataType::Float64).alias("personnes"), col("places").sum().cast(DataType::Float64)]);
    for (id, colonne) in [("am_agrees", "personnes"), ("am_places", "places")] {
        let comptes = par_lieu.clone().with_column(col(colonne).alias("valeur"));
        series.insert(id, contexte.grille.denombrer(observes(comptes), couverture.clone(), &MODALITES));
    }
    let maisons = am
        .filter(col("mam").is_not_null())
        .group_by([col("annee"), col("code")])
        .agg([col("mam").n_unique().cast(DataType::Float64).alias("valeur")])
        .with_column(lit("").alias("modalite"));
    series.insert("mam", contexte.grille.denombrer(observes(maisons), couverture, &[""]));
    Ok(())
}

/// The establishments open at the day of each year, by their dates. A census tells of its own day; of
/// the years before it gives an estimate (today's places), of the years after nothing.
fn collective(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let modalites: Vec<&str> =
        std::iter::once("").chain(entree("eaje")?.modalites.iter().map(|(id, _)| *id)).collect();
    let Some(structures) = contexte.entrees.structures else {
        for id in ["eaje", "eaje_places"] {
            let vide = serie::couverture_vide();
            series.insert(id, contexte.grille.denombrer(aucun_compte(), vide, &modalites));
        }
        return Ok(());
    };
    let recensements = recensements(structures.trame())?;
    let mut par_annee = Vec::new();
    let mut couverture = Vec::new();
    for (annee, jour) in &contexte.jours {
        let Some((date, source)) = recensement_de(&recensements, *annee) else { continue };
        let statut = if *annee == date.year() { Statut::Observe } else { Statut::Estime };
        couverture.push(Couverture { annee: *annee, jour: *jour, source: source.clone(), statut });
        let ouvertes = ouvertes_le(structures.trame(), *date, *jour);
        par_annee.push(ouvertes.with_columns([lit(*annee).alias("annee"), rang(statut).alias("statut")]));
    }
    let couverture = serie::couverture(&couverture);
    let comptes = if par_annee.is_empty() {
        aucun_compte().with_columns([col("valeur").alias("nombre"), col("valeur").alias("places")])
    } else {
        par_modalite(&concat(par_annee, UnionArgs::default())?)?
    };
    let nombres = comptes.clone().with_column(col("nombre").alias("valeur"));
    series.insert("eaje", contexte.grille.denombrer(nombres, couverture.clone(), &modalites));
    let places = comptes.with_columns([
        col("places").alias("valeur"),
        when(col("places").is_null())
            .then(rang(Statut::NonDisponible))
            .otherwise(col("statut"))
            .alias("statut"),
    ]);
    series.insert("eaje_places", contexte.grille.denombrer(places, couverture, &modalites));
    Ok(())
}

/// Day and source of each census, in order.
fn recensements(structures: &DataFrame) -> PolarsResult<Vec<(NaiveDate, String)>> {
    let dates = structures
        .clone()
        .lazy()
        .group_by([col("date_observation")])
        .agg([col("source").unique().sort(SortOptions::default()).str().join(";", true)])
        .sort(["date_observation"], SortMultipleOptions::default())
        .collect()?;
    let (jours, sources) = (dates.column("date_observation")?.date()?, dates.column("source")?.str()?);
    Ok(jours
        .physical()
        .iter()
        .zip(sources.iter())
        .filter_map(|(jour, source)| Some((super::du_jour(jour?)?, source?.to_owned())))
        .collect())
}

/// The census that speaks best of a year: the first one of that year or later; none after the last.
fn recensement_de(recensements: &[(NaiveDate, String)], annee: i32) -> Option<&(NaiveDate, String)> {
    recensements.iter().find(|(date, _)| date.year() >= annee)
}

fn ouvertes_le(structures: &DataFrame, recensement: NaiveDate, jour: NaiveDate) -> LazyFrame {
    let jour = || lit(en_jours(jour)).cast(DataType::Date);
    structures
        .clone()
        .lazy()
        .filter(col("date_observation").eq(lit(en_jours(recensement)).cast(DataType::Date)))
        // A MAM's places are the agréments of its members, counted with them.
        .filter(col("type").neq(lit("mam")))
        .filter(col("ouverture").is_null().or(col("ouverture").lt_eq(jour())))
        .filter(col("fermeture").is_null().or(col("fermeture").gt(jour())))
}

/// Counts and places: in all, by type, by financing, by manager. A structure whose places are not known
/// makes the places of its commune unknown.
fn par_modalite(ouvertes: &LazyFrame) -> PolarsResult<LazyFrame> {
    let vues = [
        lit(""),
        concat_str([lit("type:"), col("type")], "", false),
        concat_str([lit("financement:"), col("financement")], "", false),
        concat_str([lit("gestionnaire:"), col("gestionnaire")], "", false),
    ];
    let lignes = vues.map(|modalite| ouvertes.clone().with_column(modalite.alias("modalite")));
    let comptes = concat(lignes, UnionArgs::default())?
        .filter(col("modalite").is_not_null())
        .group_by([col("annee"), col("code"), col("modalite")])
        .agg([
            len().cast(DataType::Float64).alias("nombre"),
            when(col("places").is_null().any(true))
                .then(lit(NULL).cast(DataType::Float64))
                .otherwise(col("places").sum().cast(DataType::Float64))
                .alias("places"),
            col("statut").max(),
        ]);
    Ok(comptes)
}

fn observes(comptes: LazyFrame) -> LazyFrame {
    comptes.with_column(rang(Statut::Observe).alias("statut"))
}

/// No count at all, in the shape that [`serie::Grille::denombrer`] reads.
pub(super) fn aucun_compte() -> LazyFrame {
    DataFrame::new(
        0,
        vec![
            Column::new_empty("annee".into(), &DataType::Int32),
            Column::new_empty("code".into(), &DataType::String),
            Column::new_empty("modalite".into(), &DataType::String),
            Column::new_empty("valeur".into(), &DataType::Float64),
            Column::new_empty("statut".into(), &DataType::UInt32),
        ],
    )
    .unwrap_or_default()
    .lazy()
}
