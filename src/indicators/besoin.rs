//! Need: births, resident children, active childminders as the Caf counts them.

use super::catalogue::{Agregation, CAF, Indicateur, RELAIS, Sensibilite, Unite};
use super::protection::{Population, Protection, Relation, Terme};
use super::serie::{self, entree, rang};
use super::{Contexte, Series, Statut, Suite, declarees};
use crate::tables::Mesure;
use chrono::NaiveDate;
use polars::prelude::*;

const DEMANDES: &[(&str, &str)] = &[
    ("collectif", "accueil collectif (A)"),
    ("am", "auprès d’un assistant maternel (B)"),
    ("domicile", "garde à domicile (C)"),
    ("atypique", "dont horaires atypiques"),
    ("urgence", "dont en urgence"),
    ("handicap", "dont enfant en situation de handicap"),
    ("perisco", "dont avant et après la classe"),
    ("autres", "dont autres particularités"),
];

const PREINSCRIPTIONS: &[(&str, &str)] = &[("familles", "familles"), ("enfants", "enfants")];

/// Under so many childminders, nothing is told of how many are at work: the Caf never gives 1 to 4, so that of 6 of them
/// a number that is withheld, and is not the Caf's to withhold, could only be 5.
const GROUPE_MINIMAL: Option<(u32, Terme)> = Some((11, Terme::denominateur("taux_activite", "")));

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
        id: "naissances_moy3",
        libelle: "Naissances, moyenne de trois ans",
        definition: "Moyenne des naissances de l’année et des deux précédentes.",
        formule: "(naissances de N + N−1 + N−2) / 3, où les trois sont connues",
        unite: Unite::Naissances,
        decimales: 1,
        agregation: Agregation::SommeSurSomme,
        entrees: &["naissances"],
        source: "Insee, état civil",
        precaution: "Moins sensible aux hasards d’une année que les naissances d’une seule.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "enfants_0_2",
        libelle: "Enfants de moins de 3 ans",
        definition: "Nombre d’enfants de moins de 3 ans qui habitent la commune.",
        formule: "compte de la Caf ; pour une année dont elle n’a donné aucun compte, somme des naissances de cette année et des deux d’avant (valeur estimée)",
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
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "enfants_3_5",
        libelle: "Enfants de 3 à 5 ans",
        definition: "Nombre d’enfants de 3 à 5 ans qui habitent la commune.",
        formule: "compte de la Caf ou de l’Insee",
        unite: Unite::Enfants,
        entrees: &["imaje", "insee_ages"],
        source: CAF,
        precaution: "La Caf ne compte que les enfants de ses allocataires ; la tranche d’âge du formulaire de la Caf est « 3 à 6 ans ».",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "enfants_0_2_parents_actifs",
        libelle: "Enfants de moins de 3 ans dont les parents travaillent",
        definition: "Nombre d’enfants de moins de 3 ans dont le parent ou les deux parents travaillent.",
        formule: "compte de la Caf ; à défaut, recensement de l’Insee (familles où tous les parents ont un emploi)",
        unite: Unite::Enfants,
        entrees: &["imaje", "insee_fam6"],
        source: CAF,
        precaution: "Les parents en recherche d’emploi ou en formation ont aussi besoin d’un accueil : ils ne sont pas comptés ici.",
        // « 6 of 9 » says of how many children a parent does not work.
        protection: Protection {
            population: Population::Parmi(Terme::valeur("enfants_0_2", "")),
            ..Protection::DEFAUT
        },
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "enfants_eaje",
        libelle: "Enfants accueillis en établissement",
        definition: "Nombre d’enfants de moins de 3 ans de la commune accueillis dans un établissement d’accueil du jeune enfant.",
        formule: "compte de la Caf par commune",
        unite: Unite::Enfants,
        entrees: &["imaje"],
        source: CAF,
        precaution: "Un compte de la Caf de 1 à 4 enfants n’est pas diffusé.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "enfants_am",
        libelle: "Enfants gardés par un assistant maternel",
        definition: "Nombre d’enfants de moins de 3 ans de la commune gardés par un assistant maternel.",
        formule: "compte de la Caf par commune",
        unite: Unite::Enfants,
        entrees: &["imaje"],
        source: CAF,
        precaution: "Un compte de la Caf de 1 à 4 enfants n’est pas diffusé.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "enfants_cmg_domicile",
        libelle: "Enfants gardés à domicile avec l’aide de la Caf",
        definition: "Nombre d’enfants dont la garde à domicile est aidée par le complément de libre choix du mode de garde (emploi direct).",
        formule: "compte de la Caf par commune",
        unite: Unite::Enfants,
        entrees: &["imaje"],
        source: CAF,
        precaution: "Un compte de la Caf de 1 à 4 enfants n’est pas diffusé.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "enfants_cmg_structure",
        libelle: "Enfants accueillis avec l’aide « structure » de la Caf",
        definition: "Nombre d’enfants dont l’accueil en micro-crèche PAJE ou par une association est aidé par le complément de libre choix du mode de garde.",
        formule: "compte de la Caf par commune",
        unite: Unite::Enfants,
        entrees: &["imaje"],
        source: CAF,
        precaution: "Un compte de la Caf de 1 à 4 enfants n’est pas diffusé.",
        ..Indicateur::VIDE
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
            population: Population::Parmi(Terme::valeur("am_agrees", "")),
            minimum_si_connu: GROUPE_MINIMAL,
            ..Protection::DEFAUT
        },
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "taux_activite",
        libelle: "Taux d’activité des assistants maternels",
        definition: "Part des assistants maternels agréés qui gardent effectivement des enfants.",
        formule: "100 × assistants maternels en activité (novembre) / assistants maternels agréés sur la liste la plus proche de novembre, sur les mêmes communes",
        unite: Unite::Pourcent,
        decimales: 1,
        agregation: Agregation::SommeSurSomme,
        sensibilite: Sensibilite::Sensible,
        modalites: &[],
        entrees: &["imaje", "pmi"],
        source: "Caf (imaje) et PMI",
        precaution: "Les deux nombres n’ont pas la même date : novembre pour l’activité, celle de la liste pour les agréments ; avec la liste d’une autre année, le taux est une estimation, et il n’y en a pas au-delà d’un an. Un taux au-dessus de 100 % dit que les deux sources se contredisent : il est donné tel quel, comme une estimation quand il y a deux fois plus d’actifs que d’agréés.",
        termes: Some([("am_actifs", ""), ("am_agrees", "")]),
        protection: Protection {
            population: Population::Parmi(Terme::denominateur("taux_activite", "")),
            minimum_si_connu: GROUPE_MINIMAL,
            ..Protection::DEFAUT
        },
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "demandes",
        libelle: "Demandes d’accueil reçues par le relais",
        definition: "Nombre de demandes d’accueil que les familles ont adressées au relais dans l’année.",
        formule: "accueil collectif (A) + assistant maternel (B) + garde à domicile (C)",
        unite: Unite::Nombre,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Sensible,
        modalites: DEMANDES,
        entrees: &["activite"],
        source: RELAIS,
        precaution: "Une famille qui fait deux demandes compte deux fois ; les particularités (horaires atypiques, urgence…) sont comprises dans le total.",
        protection: Protection {
            // The particular needs stand among the modalities too: what has no colon does not make the total.
            relations: &[Relation::somme(
                Terme::valeur("demandes", ""),
                &[
                    Terme::valeur("demandes", "collectif"),
                    Terme::valeur("demandes", "am"),
                    Terme::valeur("demandes", "domicile"),
                ],
            )],
            ..Protection::DEFAUT
        },
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "preinscriptions",
        libelle: "Préinscriptions en établissement",
        definition: "Nombre de familles et d’enfants inscrits sur les listes d’attente des établissements.",
        formule: "nombre déclaré par le relais",
        unite: Unite::Nombre,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Sensible,
        modalites: PREINSCRIPTIONS,
        entrees: &["activite"],
        source: RELAIS,
        precaution: "Une famille peut être sur plusieurs listes.",
        ..Indicateur::VIDE
    },
];

/// The counts that are shown as their source gives them.
const RELEVES: [Mesure; 8] = [
    Mesure::Naissances,
    Mesure::AmActifs,
    Mesure::Enfants35,
    Mesure::Enfants02ParentsActifs,
    Mesure::EnfantsEaje,
    Mesure::EnfantsAm,
    Mesure::EnfantsCmgDomicile,
    Mesure::EnfantsCmgStructure,
];

/// Takes each count apart from the others, then makes the séries of them.
pub(super) fn preparer<'c>(contexte: &'c Contexte<'_>) -> PolarsResult<Suite<'c>> {
    let comptes = contexte.entrees.comptes;
    let releves = RELEVES.map(|mesure| comptes.mesure(mesure).collect());
    let releves = releves.into_iter().collect::<PolarsResult<Vec<DataFrame>>>()?;
    let trois_ans = naissances_de_trois_ans(&comptes.mesure(Mesure::Naissances))?;
    let enfants = enfants_0_2(contexte, &trois_ans)?;
    Ok(Box::new(move |series| {
        for (mesure, releve) in RELEVES.into_iter().zip(releves) {
            let lignes = series.relever(&contexte.grille, releve.lazy())?;
            series.poser(mesure.mot(), lignes)?;
        }
        naissances_moy3(contexte, trois_ans, series)?;
        let enfants = series.relever(&contexte.grille, enfants.lazy())?;
        series.poser("enfants_0_2", enfants)?;
        taux_activite(contexte, series)?;
        demandes(contexte, series)?;
        declarees::inserer(contexte, series, entree("preinscriptions")?)
    }))
}

/// A third of three years' births. That of the territory is of the communes where all three are known.
fn naissances_moy3(contexte: &Contexte<'_>, trois_ans: DataFrame, series: &mut Series) -> PolarsResult<()> {
    let trois_ans = series.relever(&contexte.grille, trois_ans.lazy())?;
    let tiers = || {
        let tiers = col("valeur") / lit(3.0);
        tiers.round(1, RoundMode::HalfAwayFromZero).alias("valeur")
    };
    let observe = when(col("statut").eq(rang(Statut::Estime)))
        .then(rang(Statut::Observe))
        .otherwise(col("statut"))
        .alias("statut");
    let apports = series.table.apports(&trois_ans);
    let total = serie::ensemble(entree("naissances")?, apports, contexte.entrees.perimetre)?
        .unwrap_or_default()
        .lazy()
        .select(serie::colonnes_de_directe())
        .with_columns([tiers(), observe.clone()]);
    series.insert_directe("naissances_moy3", contexte.directe(&[""], total)?);
    let trois_ans = series.table.serie(&trois_ans)?.lazy();
    series.insert("naissances_moy3", trois_ans.with_columns([tiers(), observe]));
    Ok(())
}

/// Requests, and their total where the report gives the three kinds but no total.
fn demandes(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let entree = entree("demandes")?;
    declarees::inserer(contexte, series, entree)?;
    let declarees = series.directes["demandes"].clone();
    let sortes = ["collectif", "am", "domicile"].map(|m| col("modalite").eq(lit(m)));
    let somme = declarees
        .clone()
        .filter(sortes.into_iter().fold(lit(false), Expr::or).and(col("valeur").is_not_null()))
        .group_by([col("annee")])
        .agg([
            col("valeur").sum().alias("somme"),
            len().alias("sortes"),
            col("date_observation").max().alias("jour"),
            col("sources").first().alias("source"),
        ])
        .filter(col("sortes").eq(lit(3u32)));
    let manque = col("modalite")
        .eq(lit(""))
        .and(col("statut").eq(rang(Statut::NonDisponible)))
        .and(col("somme").is_not_null());
    let prendre =
        |colonne: &str, autre: Expr| when(manque.clone()).then(autre).otherwise(col(colonne)).alias(colonne);
    let completes = declarees
        .join(somme, [col("annee")], [col("annee")], JoinArgs::new(JoinType::Left))
        .with_columns([
            prendre("valeur", col("somme")),
            prendre("statut", rang(Statut::Observe)),
            prendre("date_observation", col("jour")),
            prendre("sources", col("source")),
            prendre("parties", lit(1).cast(DataType::UInt32)),
        ])
        .select(serie::colonnes_directes());
    series.insert_directe(entree.id, completes);
    Ok(())
}

/// The Caf's count; for the years of which it gives none and withholds none, the births of the year and of the two
/// before, marked as estimated. A value that the Caf withholds stays withheld: an estimate in its place
/// would pass for the count.
fn enfants_0_2(contexte: &Contexte<'_>, trois_ans: &DataFrame) -> PolarsResult<DataFrame> {
    let caf = contexte.entrees.comptes.mesure(Mesure::Enfants02);
    let tue = col("statut").neq(rang(Statut::NonDisponible));
    let dite = col("valeur").is_not_null().or(tue);
    let annees_caf = caf.clone().filter(dite).select([col("annee")]).unique(None, UniqueKeepStrategy::Any);
    let caf = caf.join(annees_caf.clone(), [col("annee")], [col("annee")], JoinArgs::new(JoinType::Semi));
    let estimation = trois_ans.clone().lazy().join(
        annees_caf,
        [col("annee")],
        [col("annee")],
        JoinArgs::new(JoinType::Anti),
    );
    let colonnes = ["annee", "code", "valeur", "statut", "date_observation", "sources"].map(col);
    concat([caf.select(colonnes.clone()), estimation.select(colonnes)], UnionArgs::default())?.collect()
}

/// Births of year N, N−1 and N−2 by commune, where all three are known.
fn naissances_de_trois_ans(naissances: &LazyFrame) -> PolarsResult<DataFrame> {
    let decalees =
        [0, 1, 2].map(|ans| naissances.clone().with_column((col("annee") + lit(ans)).alias("annee")));
    concat(decalees, UnionArgs::default())?
        .filter(col("valeur").is_not_null())
        .group_by([col("annee"), col("code")])
        .agg([
            col("valeur").sum(),
            len().alias("ans"),
            col("date_observation").max(),
            col("sources").unique().sort(SortOptions::default()).str().join(";", true),
        ])
        .filter(col("ans").eq(lit(3u32)))
        .with_column(rang(Statut::Estime).alias("statut"))
        .collect()
}

/// Days at most between the Caf's count, of November, and the list that it is divided by.
const ECART_DES_LISTES: u64 = 366;

/// So many times as many childminders at work as hold an agrément, and so many more: one of the two sources is wrong.
const CONTREDITS: (f64, f64) = (2.0, 3.0);

/// Active childminders over those who hold an agrément: on the list that is nearest to the month of the Caf's count, as
/// an estimate if it is of another year, which the sources of the rate then name. With one more than a year away, the rate
/// would tell of those who came and left meanwhile. A commune that was not of the territory on the day of the list has no rate.
fn taux_activite(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let listes: Vec<(i32, NaiveDate)> = match contexte.entrees.assistants_maternels {
        Some(am) => am.couverture().iter().map(|liste| (liste.annee, liste.jour)).collect(),
        None => Vec::new(),
    };
    let proche = |annee: i32| {
        let compte = NaiveDate::from_ymd_opt(annee, 11, 30)?;
        let ecart = |jour: NaiveDate| (jour - compte).num_days().unsigned_abs();
        let proches = listes.iter().filter(|(_, jour)| ecart(*jour) <= ECART_DES_LISTES);
        proches.min_by_key(|(liste, jour)| (ecart(*jour), *liste != annee)).map(|(liste, _)| *liste)
    };
    let annees = contexte.jours.iter().filter_map(|(annee, _)| Some((*annee, proche(*annee)?)));
    let (pour, liste): (Vec<i32>, Vec<i32>) = annees.unzip();
    let d_une_autre_annee = col("annee").neq(col("pour")).and(col("statut").eq(rang(Statut::Observe)));
    let agrees = series
        .de("am_agrees")?
        .filter(col("modalite").eq(lit("")))
        .join(
            df!("liste" => liste, "pour" => pour)?.lazy(),
            [col("annee")],
            [col("liste")],
            JoinArgs::new(JoinType::Inner),
        )
        .with_columns([
            when(d_une_autre_annee).then(rang(Statut::Estime)).otherwise(col("statut")).alias("statut"),
            col("pour").alias("annee"),
        ]);
    // The rate stands as it is; what it rests on cannot be right.
    let se_contredisent = col("actifs")
        .gt_eq(col("valeur") * lit(CONTREDITS.0))
        .and((col("actifs") - col("valeur")).gt_eq(lit(CONTREDITS.1)))
        .and(col("statut").eq(rang(Statut::Observe)));
    let dits = series.de("am_actifs")?.filter(col("modalite").eq(lit("")));
    let cle = ["annee", "code"].map(col);
    let agrees = agrees
        .join(
            dits.select([col("annee"), col("code"), col("valeur").alias("actifs")]),
            cle.clone(),
            cle,
            JoinArgs::new(JoinType::Left),
        )
        .with_column(
            when(se_contredisent).then(rang(Statut::Estime)).otherwise(col("statut")).alias("statut"),
        );
    let agrees = series.relever(&contexte.grille, agrees)?;
    let actifs = series.lignes("am_actifs")?;
    series.rapporter("taux_activite", (&actifs, ""), (&agrees, ""))
}
