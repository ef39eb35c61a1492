//! What the Cnaf publishes: shown beside the local figures, never mixed with them.

use super::catalogue::{Agregation, Indicateur, Unite};
use super::serie::{self, entree};
use super::{Contexte, Series};
use chrono::Datelike;
use polars::prelude::*;

/// The components of the published rate; the empty modality is the global rate.
const COMPOSANTES: &[(&str, &str)] = &[
    ("taux_psu", "crèches PSU"),
    ("taux_hors_psu", "crèches hors PSU"),
    ("taux_eaje", "crèches, ensemble"),
    ("taux_prescolarisation", "préscolarisation"),
    ("taux_am", "assistants maternels"),
    ("taux_domicile", "garde à domicile"),
    ("taux_individuel", "accueil individuel"),
];

/// The components of the published number of places; the empty modality is the total.
const PLACES_CNAF: &[(&str, &str)] = &[
    ("places_psu", "crèches PSU"),
    ("places_hors_psu", "crèches hors PSU"),
    ("places_eaje", "crèches, ensemble"),
    ("places_prescolarisation", "préscolarisation"),
    ("places_am", "assistants maternels"),
    ("places_domicile", "garde à domicile"),
    ("places_individuel", "accueil individuel"),
];

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[
    Indicateur {
        id: "taux_couverture_cnaf",
        libelle: "Taux de couverture publié par la Cnaf",
        definition: "Nombre de places théoriques d’accueil, tous modes formels, pour 100 enfants de moins de 3 ans, tel que la Cnaf le publie.",
        formule: "publié par la Cnaf ; jamais recalculé",
        unite: Unite::PlacesPour100,
        decimales: 1,
        agregation: Agregation::Directe,
        modalites: COMPOSANTES,
        entrees: &["taux_publies"],
        source: "Cnaf, taux de couverture publiés",
        precaution: "Il compte aussi la préscolarisation et la garde à domicile, et les assistants maternels qui gardent des enfants : ce n’est pas le ratio local. Peut dépasser 100. La Cnaf juge la commune une mauvaise échelle pour ce taux.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "places_cnaf",
        libelle: "Places théoriques publiées par la Cnaf",
        definition: "Nombre de places théoriques d’accueil des enfants de moins de 3 ans, tel que la Cnaf le publie.",
        formule: "publié par la Cnaf ; jamais recalculé",
        unite: Unite::Places,
        agregation: Agregation::Directe,
        modalites: PLACES_CNAF,
        entrees: &["taux_publies"],
        source: "Cnaf, nombres de places publiés",
        precaution: "Places théoriques au sens de la Cnaf : elles ne se comparent pas une à une aux places recensées par le relais.",
        ..Indicateur::VIDE
    },
];

pub(super) fn calculer(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    publies(contexte, series, "taux_couverture_cnaf", "taux_global")?;
    publies(contexte, series, "places_cnaf", "places_global")
}

/// The published rates of the communes, of the territory where it is an EPCI, of its départements and of
/// France, as they are published: they are of no part and have none.
fn publies(
    contexte: &Contexte<'_>,
    series: &mut Series,
    id: &'static str,
    globale: &str,
) -> PolarsResult<()> {
    let composantes: Vec<&str> =
        std::iter::once("").chain(entree(id)?.modalites.iter().map(|(id, _)| *id)).collect();
    let Some(taux) = contexte.entrees.taux_publies else {
        series.insert_directe(id, contexte.directe(&composantes, serie::aucune_directe())?);
        return Ok(());
    };
    let retenues = std::iter::once(globale).chain(composantes.iter().copied().filter(|c| !c.is_empty()));
    let retenues = df!("composante" => retenues.collect::<Vec<_>>())?;
    let cle = [col("composante")];
    let lignes = taux
        .trame()
        .clone()
        .lazy()
        .join(retenues.lazy(), cle.clone(), cle, JoinArgs::new(JoinType::Semi))
        .filter(col("annee").lt_eq(lit(contexte.entrees.date.year())))
        .select([
            col("niveau"),
            col("code"),
            col("nom"),
            col("annee"),
            when(col("composante").eq(lit(globale)))
                .then(lit(""))
                .otherwise(col("composante"))
                .alias("modalite"),
            col("valeur"),
            lit(NULL).cast(DataType::Float64).alias("numerateur"),
            lit(NULL).cast(DataType::Float64).alias("denominateur"),
            col("statut"),
            lit(NULL).cast(DataType::Date).alias("date_observation"),
            col("source").alias("sources"),
            col("valeur").is_not_null().cast(DataType::UInt32).alias("parties"),
            lit(1).cast(DataType::UInt32).alias("parties_attendues"),
        ]);
    let perimetre = contexte.entrees.perimetre;
    let de_l_epci = col("niveau").eq(lit("epci")).and(col("code").eq(lit(perimetre.code.clone())));
    let territoire = contexte
        .directe(&composantes, lignes.clone().filter(de_l_epci).drop(cols(["niveau", "code", "nom"])))?;
    let departements: std::collections::BTreeSet<&str> =
        perimetre.membres().iter().map(|m| m.code.departement()).collect();
    let departements = departements.iter().fold(lit(false), |ou, code| ou.or(col("code").eq(lit(*code))));
    let autour = lignes
        .clone()
        .filter(col("niveau").eq(lit("france")).or(col("niveau").eq(lit("departement")).and(departements)));
    let communes = lignes.filter(col("niveau").eq(lit("commune")));
    series.insert(id, contexte.grille.reprendre(communes, &composantes));
    series.insert_directe(
        id,
        concat([territoire, autour.select(serie::colonnes_directes())], UnionArgs::default())?,
    );
    Ok(())
}
