//! Need: births, resident children, active childminders as the Caf counts them.

use super::catalogue::{Agregation, CAF, Indicateur, Sensibilite, Unite};
use super::protection::{Population, Protection, Relation, Terme};
use super::serie::{self, rang};
use super::{Contexte, Series, Statut};
use crate::tables::Mesure;
use polars::prelude::*;

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[
    Indicateur {
        id: "naissances",
        libelle: "Naissances",
        definition: "Nombre de naissances de l’année dont la mère habite la commune.",
        formule: "compte de l’Insee, au domicile de la mère",
        unite: Unite::Naissances,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: &[],
        entrees: &["naissances"],
        source: "Insee, état civil",
        precaution: "",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "enfants_0_2",
        libelle: "Enfants de moins de 3 ans",
        definition: "Nombre d’enfants de moins de 3 ans qui habitent la commune.",
        formule: "compte de la Caf ; à défaut, somme des naissances des trois dernières années (valeur estimée)",
        unite: Unite::Enfants,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: &[],
        entrees: &["imaje", "naissances"],
        source: CAF,
        precaution: "La Caf ne compte que les enfants de ses allocataires et ne diffuse pas les petits nombres ; l’estimation par les naissances ignore les déménagements.",
        // An estimate from births is as public as they are.
        protection: Protection {
            relations: &[Relation::somme(
                Terme::valeur("enfants_0_2", ""),
                &[
                    Terme::valeur("naissances", ""),
                    Terme::valeur("naissances", "").il_y_a(1),
                    Terme::valeur("naissances", "").il_y_a(2),
                ],
            )
            .si_estime()],
            ..Protection::DEFAUT
        },
    },
    Indicateur {
        id: "am_actifs",
        libelle: "Assistants maternels en activité",
        definition: "Nombre d’assistants maternels qui ont gardé au moins un enfant en novembre.",
        formule: "compte de la Caf, mois de novembre",
        unite: Unite::AssistantsMaternels,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Sensible,
        modalites: &[],
        entrees: &["imaje"],
        source: CAF,
        precaution: "",
        protection: Protection {
            population: Population::Sur(Terme::valeur("am_agrees", "")),
            ..Protection::DEFAUT
        },
    },
    Indicateur {
        id: "taux_activite",
        libelle: "Taux d’activité des assistants maternels",
        definition: "Part des assistants maternels agréés qui gardent effectivement des enfants.",
        formule: "100 × assistants maternels en activité (novembre) / assistants maternels agréés à la date la plus proche, sur les mêmes communes",
        unite: Unite::Pourcent,
        decimales: 1,
        agregation: Agregation::SommeSurSomme,
        sensibilite: Sensibilite::Sensible,
        modalites: &[],
        entrees: &["imaje", "pmi"],
        source: "Caf (imaje) et PMI",
        precaution: "Les deux nombres n’ont pas la même date : novembre pour l’activité, la liste la plus proche pour les agréments.",
        protection: Protection {
            population: Population::Sur(Terme::denominateur("taux_activite", "")),
            relations: &[
                Relation::egalite(Terme::numerateur("taux_activite", ""), &[Terme::valeur("am_actifs", "")]),
                Relation::egalite(
                    Terme::denominateur("taux_activite", ""),
                    &[Terme::valeur("am_agrees", "")],
                ),
            ],
            ..Protection::DEFAUT
        },
    },
];

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
    let (actifs, agrees) = (series.de("am_actifs")?, series.de("am_agrees")?);
    Ok(serie::rapporter(serie::entree("taux_activite")?, (actifs, ""), (agrees, "")))
}
