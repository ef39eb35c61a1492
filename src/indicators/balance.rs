//! Balance of offer and need.

use super::cases::{self, Case, Ligne};
use super::catalogue::{Agregation, CAF, Indicateur, Sensibilite, Unite};
use super::protection::{Protection, Relation, Terme};
use super::serie::{ensemble, entree, rang, territorialiser};
use super::table::Lignes;
use super::{Contexte, Niveau, Series, Statut};
use crate::tables::{Declarations, Mesure};
use polars::prelude::*;
use std::collections::BTreeMap;

/// What the places are compared with in `solde_places`: `[parametres] besoin = "parents_actifs"`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Besoin {
    /// Children under 3 whose parents all work. Nothing stands in for them where they are not known.
    #[default]
    ParentsActifs,
    /// All children under 3.
    #[serde(rename = "moins_de_3_ans")]
    MoinsDe3Ans,
    /// Care used (EAJE, childminder, at home, PAJE structure) and the requests that the relais declares to have
    /// found no answer. Requests have no commune: the territory alone has a balance.
    Recours,
}

impl Besoin {
    /// The need in words, as the places are compared with it: « places moins … ».
    pub fn libelle(self) -> &'static str {
        match self {
            Self::ParentsActifs => "enfants de moins de 3 ans dont tous les parents travaillent",
            Self::MoinsDe3Ans => "enfants de moins de 3 ans",
            Self::Recours => "enfants accueillis et demandes restées sans solution",
        }
    }
}

/// The declared measure of the requests without an answer, as the relais' activity names it.
const DEMANDES_SANS_SOLUTION: &str = "demandes_sans_solution";

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[
    Indicateur {
        id: "places_pour_100",
        libelle: "Places pour 100 enfants de moins de 3 ans",
        definition: "Nombre de places d’accueil de la commune ou du territoire pour 100 enfants de moins de 3 ans qui y habitent.",
        formule: "100 × places d’accueil, tous modes / enfants de moins de 3 ans, sur les mêmes communes",
        unite: Unite::PlacesPour100,
        decimales: 1,
        agregation: Agregation::SommeSurSomme,
        sensibilite: Sensibilite::Publique,
        entrees: &["pmi", "structures", "imaje"],
        source: "PMI, recensement des structures, Caf",
        precaution: "Ratio local : ce n’est pas le taux de couverture de la Cnaf. Les familles cherchent aussi dans les communes voisines.",
        termes: Some([("places_total", ""), ("enfants_0_2", "")]),
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "solde_places",
        libelle: "Places d’accueil moins besoin (solde)",
        definition: "Nombre de places d’accueil moins le besoin, qui est par défaut le nombre d’enfants de moins de 3 ans dont tous les parents travaillent : en dessous de zéro, il manque des places.",
        formule: "places d’accueil, tous modes − besoin, sur les mêmes communes ; besoin, au choix du relais : enfants dont tous les parents travaillent (par défaut), tous les enfants de moins de 3 ans, ou enfants accueillis + demandes sans solution",
        formule_choisie: Some(|parametres| {
            format!(
                "places d’accueil, tous modes − besoin, sur les mêmes communes ; besoin retenu par le relais : {}",
                parametres.besoin.libelle()
            )
        }),
        unite: Unite::Places,
        decimales: 0,
        signe: true,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Sensible,
        entrees: &["pmi", "structures", "imaje"],
        source: "PMI, recensement des structures, Caf",
        precaution: "Toutes les places agréées y sont, même celles d’assistants maternels qui n’exercent pas : à lire avec le taux d’activité. Le solde d’une commune ignore ses voisines, où les familles trouvent aussi des places : à lire avec les places accessibles. Un enfant peut occuper deux places à temps partiel. Si le besoin choisi n’est pas connu, rien ne le remplace.",
        // Beside the places, which are public, it gives the need: it is withheld with it, never for itself.
        protection: Protection {
            modalites_libres: &[""],
            relations: &[
                Relation::somme(
                    Terme::valeur("solde_places", ""),
                    &[
                        Terme::valeur("places_total", ""),
                        Terme::valeur("enfants_0_2_parents_actifs", "").fois(-1.0),
                    ],
                ),
                Relation::somme(
                    Terme::valeur("solde_places", ""),
                    &[Terme::valeur("places_total", ""), Terme::valeur("enfants_0_2", "").fois(-1.0)],
                ),
            ],
            ..Protection::DEFAUT
        },
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "sans_offre",
        libelle: "Communes sans assistant maternel ni établissement",
        definition: "Nombre de communes où n’exerce aucun assistant maternel agréé et où n’ouvre aucun établissement d’accueil, même itinérant.",
        formule: "1 si la commune n’a ni assistant maternel agréé ni place en établissement, 0 sinon ; le territoire : leur nombre",
        unite: Unite::Nombre,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: &[("am", "sans assistant maternel agréé"), ("eaje", "sans établissement")],
        entrees: &["pmi", "structures"],
        source: "PMI et recensement des structures",
        precaution: "Il s’agit des agréments : une commune peut avoir un assistant maternel agréé et aucun en activité.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "sans_am_actif",
        libelle: "Communes sans assistant maternel en activité",
        definition: "Nombre de communes où aucun assistant maternel n’a gardé d’enfant en novembre, d’après la Caf.",
        formule: "1 si la Caf compte zéro assistant maternel en activité dans la commune, 0 si elle en compte ; le territoire : leur nombre",
        unite: Unite::Nombre,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Sensible,
        entrees: &["imaje"],
        source: CAF,
        precaution: "Une commune dont la Caf tait le nombre, parce qu’il est petit, en a : elle compte pour zéro.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "places_tendance",
        libelle: "Évolution des places en trois ans",
        definition: "Évolution du nombre de places d’accueil, tous modes, par rapport à celui d’il y a trois ans dans les mêmes communes.",
        formule: "100 × (places de l’année − places trois ans plus tôt) / places trois ans plus tôt, sur les mêmes communes",
        unite: Unite::Pourcent,
        decimales: 1,
        signe: true,
        agregation: Agregation::SommeSurSomme,
        sensibilite: Sensibilite::Publique,
        entrees: &["pmi", "structures"],
        source: "PMI et recensement des structures",
        precaution: "À périmètre constant : une commune entrée depuis trois ans n’est pas comptée. Les places collectives d’avant le recensement sont estimées.",
        ..Indicateur::VIDE
    },
];

/// Years between the two ends of `places_tendance`.
const RECUL: i32 = 3;

pub(super) fn calculer(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let (places, enfants) = (series.lignes("places_total")?, series.lignes("enfants_0_2")?);
    series.rapporter("places_pour_100", (&places, ""), (&enfants, ""))?;
    solde_places(contexte, series)?;
    let sans_offre = sans_offre(series)?;
    // A commune that is known to have something is known, where one of which nothing is known is not: the sum of those
    // that are known would be zero whatever the truth.
    let communes = series.table.coder(&sans_offre.collect()?)?;
    let apports = series.table.apports(&communes);
    let territoire = ensemble(entree("sans_offre")?, apports, contexte.entrees.perimetre)?;
    if let Some(territoire) = territoire {
        let absente = rang(Statut::NonDisponible);
        let partielle = territoire.lazy().filter(col("parties").lt(col("parties_attendues"))).with_columns([
            lit(NULL).cast(DataType::Float64).alias("valeur"),
            when(col("statut").gt(absente.clone())).then(col("statut")).otherwise(absente).alias("statut"),
        ]);
        series.insert_directe("sans_offre", partielle);
    }
    series.poser("sans_offre", communes)?;
    let sans_am_actif = sans_am_actif(series)?;
    series.insert("sans_am_actif", sans_am_actif);
    places_tendance(contexte, series)
}

/// The série of a measure if a family before gives it, otherwise as the source counts it.
fn compte(contexte: &Contexte<'_>, series: &mut Series, mesure: Mesure) -> PolarsResult<Arc<Lignes>> {
    if let Ok(lignes) = series.lignes(mesure.mot()) {
        return Ok(lignes);
    }
    series.relever(&contexte.grille, contexte.entrees.comptes.mesure(mesure)).map(Arc::new)
}

/// The need that the territory chose, by commune; the requests that found no answer are not in it.
pub(super) fn besoin(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<Arc<Lignes>> {
    match contexte.entrees.parametres.besoin {
        Besoin::ParentsActifs => compte(contexte, series, Mesure::Enfants02ParentsActifs),
        Besoin::MoinsDe3Ans => series.lignes("enfants_0_2"),
        Besoin::Recours => {
            let mut gardes = compte(contexte, series, Mesure::EnfantsEaje)?;
            for mesure in [Mesure::EnfantsAm, Mesure::EnfantsCmgDomicile, Mesure::EnfantsCmgStructure] {
                let siens = compte(contexte, series, mesure)?;
                gardes = Arc::new(series.additionner(&gardes, &siens, 1.0)?);
            }
            Ok(gardes)
        }
    }
}

fn solde_places(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let (places, besoin) = (series.lignes("places_total")?, besoin(contexte, series)?);
    let solde = series.additionner(&places, &besoin, -1.0)?;
    if contexte.entrees.parametres.besoin == Besoin::Recours {
        let solde = solde_du_recours(contexte, series, &solde)?;
        series.insert_directe("solde_places", solde);
        return Ok(());
    }
    series.poser("solde_places", solde)
}

/// The balance with the care used, less the requests of the territory that found no answer: by commune it is
/// not known, for they have none.
fn solde_du_recours(
    contexte: &Contexte<'_>,
    series: &Series,
    sans_les_demandes: &Lignes,
) -> PolarsResult<LazyFrame> {
    let perimetre = contexte.entrees.perimetre;
    let apports = series.table.apports(sans_les_demandes);
    let ensemble = territorialiser(entree("solde_places")?, apports)?.lazy();
    let ensemble = ensemble.with_column(lit(&*perimetre.code).alias("code"));
    let parties =
        ensemble.clone().select([col("annee"), col("parties"), col("parties_attendues")]).collect()?;
    let ensemble = cases::lire(ensemble, "")?;
    let demandes = demandes_sans_solution(contexte.entrees.declarations)?;
    let mut lignes = Vec::new();
    for (annee, _, case) in ensemble.iter() {
        let demande = demandes.get(&annee).cloned().unwrap_or_else(Case::absente);
        let (connues, attendues) = parties_de(&parties, annee)?;
        // The requests are of the whole territory: taken from the places of a part of it, they would say nothing.
        let partielle = (connues < attendues).then_some(Statut::NonDisponible);
        let statut = case.statut.max(demande.statut).max(partielle.unwrap_or(case.statut));
        let entiere = case.connue().filter(|_| partielle.is_none());
        let valeur = entiere.zip(demande.connue()).map(|(places, demandes)| places - demandes);
        lignes.push(Ligne {
            niveau: Niveau::Territoire,
            code: &perimetre.code,
            nom: &perimetre.nom,
            annee,
            modalite: "",
            case: Case::issue_de([case, &demande].into_iter()).valant(valeur, statut),
            parties: (if valeur.is_some() { connues } else { 0 }, attendues),
        });
    }
    for membre in perimetre.membres() {
        for (annee, _) in contexte.jours.iter().filter(|(_, jour)| membre.est_membre_le(*jour)) {
            lignes.push(Ligne {
                niveau: Niveau::Commune,
                code: membre.code.as_str(),
                nom: &membre.nom,
                annee: *annee,
                modalite: "",
                case: Case::absente(),
                parties: (0, 1),
            });
        }
    }
    cases::directe(&lignes)
}

fn parties_de(trame: &DataFrame, annee: i32) -> PolarsResult<(u32, u32)> {
    let rang = trame.column("annee")?.i32()?.iter().position(|a| a == Some(annee));
    let lire = |nom: &str| -> PolarsResult<u32> {
        Ok(rang.and_then(|rang| trame.column(nom).ok()?.u32().ok()?.get(rang)).unwrap_or(0))
    };
    Ok((lire("parties")?, lire("parties_attendues")?))
}

/// By year.
pub(super) fn demandes_sans_solution(
    declarations: Option<&Declarations>,
) -> PolarsResult<BTreeMap<i32, Case>> {
    let Some(declarations) = declarations else { return Ok(BTreeMap::new()) };
    let trame = declarations.trame().clone().lazy();
    let trame = trame.filter(col("mesure").eq(lit(DEMANDES_SANS_SOLUTION))).with_columns([
        lit("").alias("code"),
        lit("").alias("modalite"),
        col("source").alias("sources"),
        lit(NULL).cast(DataType::Float64).alias("numerateur"),
        lit(NULL).cast(DataType::Float64).alias("denominateur"),
    ]);
    Ok(cases::par_annee(&cases::lire(trame, "")?))
}

/// 1 where there is nothing, 0 where there is something; nothing known is not nothing. One thing that is known
/// to be there is enough to say 0.
fn absence(offres: &[&Case]) -> Case {
    let case = Case::issue_de(offres.iter().copied());
    if let Some(presente) = offres.iter().find(|o| o.connue().is_some_and(|n| n > 0.0)) {
        return case.valant(Some(0.0), presente.statut);
    }
    let statut = offres.iter().map(|o| o.statut).max().unwrap_or(Statut::NonDisponible);
    let toutes = offres.iter().all(|o| o.connue().is_some());
    let statut = if toutes { statut } else { statut.max(Statut::NonDisponible) };
    case.valant(Some(1.0), statut)
}

fn sans_offre(series: &mut Series) -> PolarsResult<LazyFrame> {
    let am = cases::de_la_serie(series, "am_agrees", "")?;
    // Places too: those of a travelling structure are where it stops, the structure itself where it stops most.
    let eaje = cases::de_la_serie(series, "eaje", "")?;
    let places = cases::de_la_serie(series, "eaje_places", "")?;
    let mut lignes = Vec::new();
    for (annee, code, am) in am.iter() {
        let Some((eaje, places)) = eaje.get(annee, code).zip(places.get(annee, code)) else { continue };
        for (modalite, offres) in
            [("", vec![am, eaje, places]), ("am", vec![am]), ("eaje", vec![eaje, places])]
        {
            lignes.push(ligne_de_commune(annee, code, modalite, absence(&offres)));
        }
    }
    cases::serie(&lignes)
}

fn sans_am_actif(series: &mut Series) -> PolarsResult<LazyFrame> {
    let actifs = cases::de_la_serie(series, "am_actifs", "")?;
    let lignes: Vec<Ligne<'_>> = actifs
        .iter()
        .map(|(annee, code, actifs)| {
            // What the Caf withholds is somebody: how many, nobody knows, but not nobody.
            let quelqu_un = actifs.statut == Statut::SecretSource && actifs.connue().is_none();
            let absence = absence(&[actifs]);
            ligne_de_commune(
                annee,
                code,
                "",
                if quelqu_un { absence.valant(Some(0.0), Statut::Observe) } else { absence },
            )
        })
        .collect();
    cases::serie(&lignes)
}

pub(super) fn ligne_de_commune<'a>(annee: i32, code: &'a str, modalite: &'a str, case: Case) -> Ligne<'a> {
    Ligne { niveau: Niveau::Commune, code, nom: "", annee, modalite, case, parties: (1, 1) }
}

/// Places of the year against those of three years before, in the communes that have both.
fn places_tendance(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let avant = series.de("places_total")?.with_column((col("annee") + lit(RECUL)).alias("annee"));
    let avant = series.relever(&contexte.grille, avant)?;
    let places = series.lignes("places_total")?;
    let ecart = series.additionner(&places, &avant, -1.0)?;
    series.rapporter("places_tendance", (&ecart, ""), (&avant, ""))
}
