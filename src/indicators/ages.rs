//! Ages of the childminders.

use super::catalogue::{Agregation, Indicateur, PMI, Sensibilite, Unite};
use super::protection::{Population, Protection, Relation, Terme};
use super::serie::{self, entree, rang};
use super::table::Lignes;
use super::{Contexte, Denombrement, Reserves, Series, Statut, Suite, offre};
use polars::prelude::*;

/// The age classes of the pyramid: identifier, label, first and last age in completed years.
pub const CLASSES_AGE: &[(&str, &str, i32, i32)] = &[
    ("moins_25", "moins de 25 ans", 0, 24),
    ("25_29", "25 à 29 ans", 25, 29),
    ("30_34", "30 à 34 ans", 30, 34),
    ("35_39", "35 à 39 ans", 35, 39),
    ("40_44", "40 à 44 ans", 40, 44),
    ("45_49", "45 à 49 ans", 45, 49),
    ("50_54", "50 à 54 ans", 50, 54),
    ("55_59", "55 à 59 ans", 55, 59),
    ("60_64", "60 à 64 ans", 60, 64),
    ("65_plus", "65 ans et plus", 65, 200),
];

/// Modalities of the pyramid: `classe`, and `classe:lieu`; `inconnu` for those whose age is not known.
const PYRAMIDE: &[(&str, &str)] = &[
    ("moins_25", "moins de 25 ans"),
    ("moins_25:domicile", "moins de 25 ans, à domicile"),
    ("moins_25:mam", "moins de 25 ans, en MAM"),
    ("25_29", "25 à 29 ans"),
    ("25_29:domicile", "25 à 29 ans, à domicile"),
    ("25_29:mam", "25 à 29 ans, en MAM"),
    ("30_34", "30 à 34 ans"),
    ("30_34:domicile", "30 à 34 ans, à domicile"),
    ("30_34:mam", "30 à 34 ans, en MAM"),
    ("35_39", "35 à 39 ans"),
    ("35_39:domicile", "35 à 39 ans, à domicile"),
    ("35_39:mam", "35 à 39 ans, en MAM"),
    ("40_44", "40 à 44 ans"),
    ("40_44:domicile", "40 à 44 ans, à domicile"),
    ("40_44:mam", "40 à 44 ans, en MAM"),
    ("45_49", "45 à 49 ans"),
    ("45_49:domicile", "45 à 49 ans, à domicile"),
    ("45_49:mam", "45 à 49 ans, en MAM"),
    ("50_54", "50 à 54 ans"),
    ("50_54:domicile", "50 à 54 ans, à domicile"),
    ("50_54:mam", "50 à 54 ans, en MAM"),
    ("55_59", "55 à 59 ans"),
    ("55_59:domicile", "55 à 59 ans, à domicile"),
    ("55_59:mam", "55 à 59 ans, en MAM"),
    ("60_64", "60 à 64 ans"),
    ("60_64:domicile", "60 à 64 ans, à domicile"),
    ("60_64:mam", "60 à 64 ans, en MAM"),
    ("65_plus", "65 ans et plus"),
    ("65_plus:domicile", "65 ans et plus, à domicile"),
    ("65_plus:mam", "65 ans et plus, en MAM"),
    ("inconnu", "âge inconnu"),
    ("inconnu:domicile", "âge inconnu, à domicile"),
    ("inconnu:mam", "âge inconnu, en MAM"),
];

/// Below that number of childminders, no pyramid.
pub(super) const MINIMUM_PYRAMIDE: u32 = 11;

const fn age(classe: &'static str) -> Terme {
    Terme::valeur("pyramide_ages", classe)
}

/// Nothing of the ages of so few, a zero no more than the rest: « none is 60 » of five, then nothing of six a year later,
/// says that somebody is.
const PROTECTION_AGES: Protection = Protection {
    minimum: Some((MINIMUM_PYRAMIDE, Terme::valeur("am_agrees", ""))),
    minimum_si_connu: AGES_CONNUS,
    ..Protection::DEFAUT
};

/// Of sixteen of whom five tell their age, those five are few.
const AGES_CONNUS: Option<(u32, Terme)> = Some((MINIMUM_PYRAMIDE, Terme::denominateur("part_55_plus", "")));

/// What the classes add up to: everybody, in all and by kind of place; those whose age is known; those of 55
/// and over. (That a class is its two kinds of place is in the names of the modalities.)
const PROTECTION_PYRAMIDE: Protection = Protection {
    population: Population::Aucune,
    minimum: Some((MINIMUM_PYRAMIDE, Terme::valeur("am_agrees", ""))),
    minimum_si_connu: AGES_CONNUS,
    modalites_libres: &["inconnu", "inconnu:domicile", "inconnu:mam"],
    relations: &[
        Relation::somme(
            Terme::valeur("am_agrees", ""),
            &[
                age("moins_25"),
                age("25_29"),
                age("30_34"),
                age("35_39"),
                age("40_44"),
                age("45_49"),
                age("50_54"),
                age("55_59"),
                age("60_64"),
                age("65_plus"),
                age("inconnu"),
            ],
        ),
        Relation::somme(
            Terme::valeur("am_agrees", "domicile"),
            &[
                age("moins_25:domicile"),
                age("25_29:domicile"),
                age("30_34:domicile"),
                age("35_39:domicile"),
                age("40_44:domicile"),
                age("45_49:domicile"),
                age("50_54:domicile"),
                age("55_59:domicile"),
                age("60_64:domicile"),
                age("65_plus:domicile"),
                age("inconnu:domicile"),
            ],
        ),
        Relation::somme(
            Terme::valeur("am_agrees", "mam"),
            &[
                age("moins_25:mam"),
                age("25_29:mam"),
                age("30_34:mam"),
                age("35_39:mam"),
                age("40_44:mam"),
                age("45_49:mam"),
                age("50_54:mam"),
                age("55_59:mam"),
                age("60_64:mam"),
                age("65_plus:mam"),
                age("inconnu:mam"),
            ],
        ),
        Relation::somme(
            Terme::denominateur("part_55_plus", ""),
            &[
                age("moins_25"),
                age("25_29"),
                age("30_34"),
                age("35_39"),
                age("40_44"),
                age("45_49"),
                age("50_54"),
                age("55_59"),
                age("60_64"),
                age("65_plus"),
            ],
        ),
        Relation::somme(
            Terme::valeur("am_agrees", ""),
            &[Terme::denominateur("part_55_plus", ""), age("inconnu")],
        ),
        Relation::somme(Terme::numerateur("part_55_plus", ""), &[age("55_59"), age("60_64"), age("65_plus")]),
        Relation::somme(Terme::numerateur("part_60_plus", ""), &[age("60_64"), age("65_plus")]),
        Relation::egalite(
            Terme::denominateur("part_60_plus", ""),
            &[Terme::denominateur("part_55_plus", "")],
        ),
        // Whatever the retirement age of the pipeline, those who near it are fewer than those of the class before, and
        // more than those of the class after: of these, the ones that are true.
        Relation::au_moins(Terme::valeur("departs_5_ans", ""), &[age("60_64"), age("65_plus")]),
        Relation::au_moins(Terme::valeur("departs_5_ans", ""), &[age("65_plus")]),
        Relation::au_moins(Terme::numerateur("part_55_plus", ""), &[Terme::valeur("departs_5_ans", "")]),
        Relation::au_moins(Terme::numerateur("part_60_plus", ""), &[Terme::valeur("departs_5_ans", "")]),
    ],
    ..Protection::DEFAUT
};

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[
    Indicateur {
        id: "pyramide_ages",
        libelle: "Âges des assistants maternels",
        definition: "Nombre d’assistants maternels par classe d’âge de cinq ans, à domicile et en MAM.",
        formule: "âge en années révolues à la date d’observation",
        unite: Unite::AssistantsMaternels,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Sensible,
        modalites: PYRAMIDE,
        entrees: &["pmi"],
        source: PMI,
        precaution: "Hors du relais, jamais montré en dessous de 11 assistants maternels.",
        protection: PROTECTION_PYRAMIDE,
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "part_55_plus",
        libelle: "Part des assistants maternels de 55 ans et plus",
        definition: "Part des assistants maternels qui ont 55 ans ou plus, parmi ceux dont l’âge est connu.",
        formule: "100 × assistants maternels de 55 ans et plus / assistants maternels dont l’âge est connu",
        unite: Unite::Pourcent,
        decimales: 1,
        agregation: Agregation::SommeSurSomme,
        sensibilite: Sensibilite::Sensible,
        entrees: &["pmi"],
        source: PMI,
        precaution: "Hors du relais, jamais montrée en dessous de 11 assistants maternels.",
        protection: PROTECTION_AGES,
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "part_60_plus",
        libelle: "Part des assistants maternels de 60 ans et plus",
        definition: "Part des assistants maternels qui ont 60 ans ou plus, parmi ceux dont l’âge est connu.",
        formule: "100 × assistants maternels de 60 ans et plus / assistants maternels dont l’âge est connu",
        unite: Unite::Pourcent,
        decimales: 1,
        agregation: Agregation::SommeSurSomme,
        sensibilite: Sensibilite::Sensible,
        entrees: &["pmi"],
        source: PMI,
        precaution: "Hors du relais, jamais montrée en dessous de 11 assistants maternels.",
        protection: PROTECTION_AGES,
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "age_median",
        libelle: "Âge médian des assistants maternels",
        definition: "Âge qui partage les assistants maternels en deux : la moitié est plus jeune, l’autre plus âgée.",
        formule: "médiane des âges connus, en années révolues à la date d’observation",
        unite: Unite::Ans,
        decimales: 1,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Sensible,
        entrees: &["pmi"],
        source: PMI,
        precaution: "Le dénominateur est le nombre de personnes dont l’âge est connu.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "departs_5_ans",
        libelle: "Assistants maternels à l’âge de la retraite d’ici cinq ans",
        definition: "Nombre d’assistants maternels qui ont déjà, ou auront d’ici cinq ans, l’âge de la retraite (64 ans, sauf autre choix du territoire).",
        formule: "personnes dont l’âge dans cinq ans atteint celui de la retraite (64 ans, ou l’âge que retient le relais)",
        formule_choisie: Some(|parametres| {
            format!(
                "personnes dont l’âge dans cinq ans atteint celui de la retraite, {} ans",
                parametres.projection.age_retraite
            )
        }),
        unite: Unite::AssistantsMaternels,
        sensibilite: Sensibilite::Sensible,
        entrees: &["pmi"],
        source: PMI,
        precaution: "Un âge n’est pas un projet de départ : certains cessent avant, d’autres continuent après. Ceux dont l’âge n’est pas connu n’y sont pas : le nombre est alors une estimation, et il n’y en a pas là où aucun âge n’est connu. Hors du relais, jamais montré en dessous de 11 assistants maternels.",
        protection: PROTECTION_AGES,
        ..Indicateur::VIDE
    },
];

/// Counts people by age, then makes the séries of them.
pub(super) fn preparer<'c>(contexte: &'c Contexte<'_>) -> PolarsResult<Suite<'c>> {
    let personnes = contexte
        .entrees
        .assistants_maternels
        .map(|am| am.trame().clone().lazy().filter(col("lieu").neq(lit("creche_familiale"))));
    let retraite = contexte.entrees.parametres.projection.age_retraite - ANS_AVANT_LA_RETRAITE;
    let effectifs = personnes.as_ref().map(|personnes| effectifs(personnes, retraite)).transpose()?;
    let classes = match &personnes {
        Some(personnes) => par_classe(personnes)?.collect()?,
        None => offre::aucun_compte().collect()?,
    };
    let reserves = effectifs.as_ref().map(reserves).transpose()?.unwrap_or_default();
    let medianes = Medianes::calculer(contexte, personnes.as_ref())?;
    Ok(Box::new(move |series| {
        pyramide_ages(contexte, classes.lazy(), &reserves, series)?;
        let couverture = contexte.couverture_am(false);
        let mut compter = |colonne: &str| {
            let comptes = match &effectifs {
                Some(effectifs) => effectifs.clone().lazy().with_column(col(colonne).alias("valeur")),
                None => offre::aucun_compte(),
            };
            // Of those whose age is known, the number is observed.
            let statut = when(col("connus").eq(lit(0.0)).or(lit(colonne == "retraite"))).then(col("statut"));
            let comptes = match &effectifs {
                Some(_) => comptes.with_column(statut.otherwise(rang(Statut::Observe)).alias("statut")),
                None => comptes,
            };
            let denombrement = Denombrement { modalites: &[""], couverture: &couverture };
            series.denombrer(&contexte.grille, comptes, &[denombrement])
        };
        let (connus, departs) = (compter("connus")?, compter("retraite")?);
        let (agees, plus_agees) = (compter("55")?, compter("60")?);
        series.poser("departs_5_ans", departs)?;
        for (id, ages) in [("part_55_plus", agees), ("part_60_plus", plus_agees)] {
            series.rapporter(id, (&ages, ""), (&connus, ""))?;
        }
        medianes.poser(contexte, &connus, series)
    }))
}

/// How many people of each commune are of a known age, and of so many years or more: columns `annee`, `code`,
/// `modalite`, `statut`, and `connus`, `55`, `60`, `retraite` (f64). Where an age is not known, those of each age are
/// as many at least: an estimate; where none is, nobody knows.
fn effectifs(personnes: &LazyFrame, retraite: i32) -> PolarsResult<DataFrame> {
    let nombre = |condition: Expr, nom: &str| condition.cast(DataType::Float64).sum().alias(nom);
    let a = |age: i32| col("age").gt_eq(lit(age));
    let effectifs = personnes.clone().group_by([col("annee"), col("code")]).agg([
        nombre(col("age").is_not_null(), "connus"),
        nombre(a(55), "55"),
        nombre(a(60), "60"),
        nombre(a(retraite), "retraite"),
        len().cast(DataType::Float64).alias("personnes"),
    ]);
    let statut = when(col("connus").eq(col("personnes")))
        .then(rang(Statut::Observe))
        .when(col("connus").gt(lit(0.0)))
        .then(rang(Statut::Estime))
        .otherwise(rang(Statut::NonDisponible));
    effectifs.with_columns([lit("").alias("modalite"), statut.alias("statut")]).collect()
}

/// Years ahead in which a departure is told.
const ANS_AVANT_LA_RETRAITE: i32 = 5;

/// The median of the known ages.
struct Medianes {
    /// Columns `annee`, `code`, `mediane` (f64).
    communes: DataFrame,
    /// Of all the people of the territory: columns `annee`, `mediane`.
    territoire: DataFrame,
}

impl Medianes {
    fn calculer(contexte: &Contexte<'_>, personnes: Option<&LazyFrame>) -> PolarsResult<Self> {
        let Some(personnes) = personnes else {
            let aucune = offre::aucun_compte().with_column(col("valeur").alias("mediane"));
            let aucune = aucune.collect()?;
            return Ok(Self {
                communes: aucune.select(["annee", "code", "mediane"])?,
                territoire: aucune.select(["annee", "mediane"])?,
            });
        };
        let cle = ["annee", "code"].map(col);
        // Once for the communes and for the territory; of the people, their age alone.
        let ages = personnes.clone().select(["annee", "code", "age"].map(col));
        let membres = contexte.grille.communes();
        let ages = ages.join(membres, cle.clone(), cle.clone(), JoinArgs::new(JoinType::Semi)).collect()?;
        let mediane = |cle: &[Expr]| {
            let mediane = col("age").median().cast(DataType::Float64).alias("mediane");
            ages.clone().lazy().group_by(cle).agg([mediane]).collect()
        };
        Ok(Self { communes: mediane(&cle)?, territoire: mediane(&cle[..1])? })
    }

    fn poser(self, contexte: &Contexte<'_>, connus: &Lignes, series: &mut Series) -> PolarsResult<()> {
        let membres = ["annee", "code"].map(col);
        let communes = series.table.serie(connus)?.lazy();
        let communes = poser_mediane(communes, self.communes, &membres);
        series.insert("age_median", communes.select(serie::forme()));
        let apports = series.table.apports(connus);
        let territoire = serie::territorialiser(entree("departs_5_ans")?, apports)?.lazy();
        let territoire = poser_mediane(territoire, self.territoire, &membres[..1]);
        let perimetre = contexte.entrees.perimetre;
        series.insert_directe("age_median", serie::directe(perimetre, &contexte.jours, &[""], territoire)?);
        Ok(())
    }
}

/// Puts the median in the place of a number of people, who become its denominator: the median of few is
/// withheld like a count of few.
fn poser_mediane(effectifs: LazyFrame, medianes: DataFrame, cle: &[Expr]) -> LazyFrame {
    let personne = col("valeur").eq(lit(0.0));
    effectifs
        .join(medianes.lazy(), cle, cle, JoinArgs::new(JoinType::Left))
        .with_columns([
            col("valeur").alias("denominateur"),
            when(personne).then(rang(Statut::SansObjet)).otherwise(col("statut")).alias("statut"),
        ])
        .with_column(col("mediane").alias("valeur"))
}

/// The pyramid: where no list tells who works in a MAM, the classes of each kind of place are not known; where no age is,
/// none of the classes, but for those whose age is not known.
fn pyramide_ages(
    contexte: &Contexte<'_>,
    classes: LazyFrame,
    reserves: &Reserves,
    series: &mut Series,
) -> PolarsResult<()> {
    let (toutes, situees) = (contexte.couverture_am(false), contexte.couverture_lieux());
    let mut parts: [Vec<&str>; 4] = Default::default();
    for (modalite, _) in entree("pyramide_ages")?.modalites {
        let par_lieu = modalite.contains(':');
        let d_age_inconnu = modalite.starts_with("inconnu");
        parts[usize::from(par_lieu) + 2 * usize::from(d_age_inconnu)].push(modalite);
    }
    let couvertures = [&toutes, &situees, &toutes, &situees];
    let denombrements: Vec<Denombrement<'_>> = parts
        .iter()
        .zip(couvertures)
        .map(|(modalites, couverture)| Denombrement { modalites, couverture })
        .collect();
    let reserves = [Some(reserves), Some(reserves)];
    let lignes = series.denombrer_sous_reserves(&contexte.grille, classes, &denombrements, &reserves)?;
    series.poser("pyramide_ages", lignes)
}

/// The communes of which no age is known. Where some are, each class counts those who are known to be of it, and those of
/// whom nothing is known stand beside.
fn reserves(effectifs: &DataFrame) -> PolarsResult<Reserves> {
    let (annees, codes) = (effectifs.column("annee")?.i32()?, effectifs.column("code")?.str()?);
    let statuts = effectifs.column("statut")?.u32()?;
    let mut reserves = Reserves::default();
    for ((annee, code), statut) in annees.iter().zip(codes.iter()).zip(statuts.iter()) {
        let Some((annee, code)) = annee.and_then(|annee| i16::try_from(annee).ok()).zip(code) else {
            continue;
        };
        let statut = statut.and_then(Statut::du_rang).filter(|statut| *statut == Statut::NonDisponible);
        if let Some(statut) = statut {
            reserves.entry(code.to_owned()).or_default().insert(annee, statut);
        }
    }
    Ok(reserves)
}

/// One count per class of five years, and per class and kind of place.
fn par_classe(personnes: &LazyFrame) -> PolarsResult<LazyFrame> {
    // A join by age, where a condition for each class would write each name for each person.
    let ages = CLASSES_AGE.iter().flat_map(|(id, _, de, a)| (*de..=*a).map(move |age| (age, *id)));
    let (ages, classes): (Vec<i32>, Vec<&str>) = ages.unzip();
    let classes = df!("age" => ages, "classe" => classes)?.lazy();
    let (annee, code, classe) = (col("annee"), col("code"), col("classe"));
    let par_lieu = personnes
        .clone()
        .join(classes, [col("age")], [col("age")], JoinArgs::new(JoinType::Left))
        .with_column(col("classe").fill_null(lit("inconnu")))
        .group_by([annee.clone(), code.clone(), classe.clone(), col("lieu")])
        .agg([len().cast(DataType::Float64).alias("valeur")])
        .collect()?
        .lazy();
    let detail = concat_str([classe.clone(), col("lieu")], ":", false);
    let colonnes = ["annee", "code", "modalite", "valeur"].map(col);
    let en_tout = par_lieu.clone().group_by([annee, code, classe.clone()]).agg([col("valeur").sum()]);
    let comptes = [(en_tout, classe), (par_lieu, detail)]
        .map(|(comptes, modalite)| comptes.with_column(modalite.alias("modalite")).select(colonnes.clone()));
    Ok(concat(comptes, UnionArgs::default())?.with_column(rang(Statut::Observe).alias("statut")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_pyramide_a_chaque_classe_deux_fois() {
        let pyramide = entree("pyramide_ages").unwrap();
        for (classe, libelle, ..) in CLASSES_AGE {
            for (lieu, nom) in [("domicile", "à domicile"), ("mam", "en MAM")] {
                assert_eq!(
                    pyramide.libelle_modalite(&format!("{classe}:{lieu}")),
                    format!("{libelle}, {nom}")
                );
            }
        }
    }
}
