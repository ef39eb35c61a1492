//! Dynamics: who came and who left, from two successive lists.

use super::catalogue::{Agregation, Indicateur, PMI, Sensibilite, Unite};
use super::serie::rang;
use super::{Contexte, Series, Statut, offre};
use polars::prelude::*;

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[
    Indicateur {
        id: "am_arrivees",
        libelle: "Arrivées d’assistants maternels",
        definition: "Nombre d’assistants maternels présents sur la liste de l’année et absents de celle de l’année précédente.",
        formule: "personnes de la liste de l’année qui n’étaient pas sur la précédente, dans tout le territoire",
        unite: Unite::AssistantsMaternels,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: &[],
        entrees: &["pmi"],
        source: PMI,
        precaution: "Un changement de commune à l’intérieur du territoire n’est ni une arrivée ni un départ.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "am_departs",
        libelle: "Départs d’assistants maternels",
        definition: "Nombre d’assistants maternels présents sur la liste de l’année précédente et absents de celle de l’année.",
        formule: "personnes de la liste précédente qui ne sont plus sur celle de l’année, dans tout le territoire",
        unite: Unite::AssistantsMaternels,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: &[],
        entrees: &["pmi"],
        source: PMI,
        precaution: "Compté dans la commune que la personne a quittée.",
        ..Indicateur::VIDE
    },
];

pub(super) fn calculer(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let couverture = contexte.couverture_am(true)?;
    let (arrivees, departs) = match contexte.entrees.assistants_maternels {
        Some(am) => flux(am.trame()),
        None => (offre::aucun_compte(), offre::aucun_compte()),
    };
    let grille = contexte.grille.constante()?;
    series.insert("am_arrivees", grille.denombrer(arrivees, couverture.clone(), &[""]));
    series.insert("am_departs", grille.denombrer(departs, couverture, &[""]));
    Ok(())
}

/// Arrivals (in the commune of the list of the year) and departures (in that of the list before), the
/// same person being the same pseudonym anywhere in the territory: a move inside it is neither.
/// Childminders of a crèche familiale are apart, as in `am_agrees`.
fn flux(am: &DataFrame) -> (LazyFrame, LazyFrame) {
    let presences = am.clone().lazy().filter(col("lieu").neq(lit("creche_familiale"))).select([
        col("annee"),
        col("code"),
        col("cle"),
    ]);
    let avant = presences.clone().with_column((col("annee") + lit(1)).alias("annee"));
    let absents_de = |gauche: &LazyFrame, droite: &LazyFrame| {
        gauche
            .clone()
            .join(
                droite.clone(),
                [col("annee"), col("cle")],
                [col("annee"), col("cle")],
                JoinArgs::new(JoinType::Anti),
            )
            .group_by([col("annee"), col("code")])
            .agg([len().cast(DataType::Float64).alias("valeur")])
            .with_columns([lit("").alias("modalite"), rang(Statut::Observe).alias("statut")])
    };
    (absents_de(&presences, &avant), absents_de(&avant, &presences))
}
