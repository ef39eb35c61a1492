//! Activity of the relais, as it declares it: contacts, sessions, persons who take part, training, candidates.
//!
//! Everything is of the territory: the relais keeps no count by commune. A total is the one that the file
//! writes; failing that, the sum of its parts, only where all of them are known and where a sum has a meaning:
//! the persons of two kinds of workshops may be the same ones, their sessions are not.

use super::catalogue::{Agregation, Indicateur, RELAIS, Sensibilite, Unite};
use super::protection::{Protection, Relation, Terme};
use super::{Contexte, Series, Statut, en_jours, serie};
use crate::tables::{Declaration, Declarations};
use polars::prelude::*;
use std::collections::BTreeMap;

/// What every entry of the family has in common.
const DECLARE: Indicateur = Indicateur {
    agregation: Agregation::Directe,
    entrees: &["activite"],
    source: RELAIS,
    ..Indicateur::VIDE
};

/// Kinds of collective times, as the form of the Caf names them.
const TEMPS: &[(&str, &str)] = &[
    ("ateliers", "ateliers d’éveil"),
    ("partenaires", "animations avec une autre structure"),
    ("fetes", "fêtes"),
    ("sorties", "sorties"),
    ("numerique", "ateliers numériques"),
    ("pret", "prêt de matériel"),
];

/// How persons who take part are counted, and why their kinds do not add up.
const PARTICIPANTS: &str = "Une personne qui vient à plusieurs sortes de temps est comptée dans chacune : les sortes ne s’additionnent pas.";

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[
    Indicateur {
        id: "contacts_familles",
        libelle: "Contacts des familles avec le relais",
        definition: "Nombre de contacts des familles avec le relais dans l’année, par motif principal.",
        formule: "contacts déclarés ; au total, le total déclaré ou, à défaut, la somme des motifs s’ils sont tous connus",
        modalites: &[
            ("recherche", "recherche d’un mode d’accueil"),
            ("employeur", "rôle d’employeur ou contrat de travail"),
            ("parentalite", "accompagnement à la parentalité"),
            ("autres", "autres sujets"),
        ],
        precaution: "Une famille qui appelle trois fois compte trois contacts.",
        ..DECLARE
    },
    Indicateur {
        id: "contacts_professionnels",
        libelle: "Contacts des assistants maternels avec le relais",
        definition: "Nombre de contacts des assistants maternels avec le relais dans l’année, par motif.",
        formule: "contacts déclarés ; au total, le total déclaré ou, à défaut, la somme des motifs s’ils sont tous connus",
        modalites: &[
            ("metier", "exercice du métier"),
            ("disponibilite", "disponibilité d’accueil"),
            ("fonctionnement", "fonctionnement du relais"),
            ("statut", "statut (droit du travail, contrat, convention collective)"),
            ("pedagogie", "informations pédagogiques"),
            ("autres", "autres motifs"),
        ],
        precaution: "Une personne qui appelle trois fois compte trois contacts.",
        ..DECLARE
    },
    Indicateur {
        id: "contacts_garde_domicile",
        libelle: "Contacts des gardes d’enfants à domicile avec le relais",
        definition: "Nombre de contacts des professionnels de la garde à domicile avec le relais dans l’année, par motif.",
        formule: "contacts déclarés ; au total, le total déclaré ou, à défaut, la somme des motifs s’ils sont tous connus",
        modalites: &[
            ("metier", "exercice du métier"),
            ("disponibilite", "disponibilité d’accueil"),
            ("fonctionnement", "fonctionnement du relais"),
            ("statut", "statut (droit du travail, contrat, convention collective)"),
            ("pedagogie", "informations pédagogiques"),
            ("autres", "autres motifs"),
        ],
        precaution: "Une personne qui appelle trois fois compte trois contacts.",
        ..DECLARE
    },
    Indicateur {
        id: "contacts_voie",
        libelle: "Contacts avec le relais, par voie",
        definition: "Nombre de visites au relais, et d’appels et de courriels reçus dans l’année.",
        formule: "visites, appels et courriels déclarés",
        modalites: &[("visites", "visites et rendez-vous"), ("appels_courriels", "appels et courriels")],
        ..DECLARE
    },
    Indicateur {
        id: "offres_emploi_relayees",
        libelle: "Offres d’emploi relayées",
        definition: "Nombre d’offres d’emploi de familles que le relais a transmises aux assistants maternels dans l’année.",
        formule: "nombre déclaré",
        ..DECLARE
    },
    Indicateur {
        id: "demandes_en_ligne",
        libelle: "Demandes en ligne traitées",
        definition: "Nombre de demandes de familles reçues en ligne et traitées par le relais dans l’année.",
        formule: "nombre déclaré (guichet unique)",
        ..DECLARE
    },
    Indicateur {
        id: "seances",
        libelle: "Temps collectifs",
        definition: "Nombre de séances de temps collectifs tenues dans l’année, par sorte.",
        formule: "séances en présentiel déclarées ; au total, le total déclaré ou, à défaut, la somme des sortes si elles sont toutes connues",
        modalites: TEMPS,
        ..DECLARE
    },
    Indicateur {
        id: "seances_distanciel",
        libelle: "Temps collectifs à distance",
        definition: "Nombre de séances de temps collectifs tenues à distance dans l’année, par sorte.",
        formule: "séances en distanciel déclarées ; au total, le total déclaré ou, à défaut, la somme des sortes si elles sont toutes connues",
        modalites: TEMPS,
        ..DECLARE
    },
    Indicateur {
        id: "participants_professionnels",
        libelle: "Professionnels venus aux temps collectifs",
        definition: "Nombre de professionnels différents venus aux temps collectifs dans l’année, par sorte.",
        formule: "nombre déclaré ; le total n’est jamais la somme des sortes",
        sensibilite: Sensibilite::Sensible,
        modalites: TEMPS,
        precaution: PARTICIPANTS,
        ..DECLARE
    },
    Indicateur {
        id: "participants_enfants",
        libelle: "Enfants venus aux temps collectifs",
        definition: "Nombre d’enfants différents venus aux temps collectifs dans l’année, par sorte.",
        formule: "nombre déclaré ; le total n’est jamais la somme des sortes",
        unite: Unite::Enfants,
        sensibilite: Sensibilite::Sensible,
        modalites: TEMPS,
        precaution: PARTICIPANTS,
        ..DECLARE
    },
    Indicateur {
        id: "participants_parents",
        libelle: "Parents venus aux temps collectifs",
        definition: "Nombre de parents différents venus aux temps collectifs dans l’année, par sorte.",
        formule: "nombre déclaré ; le total n’est jamais la somme des sortes",
        sensibilite: Sensibilite::Sensible,
        modalites: TEMPS,
        precaution: PARTICIPANTS,
        ..DECLARE
    },
    Indicateur {
        id: "am_participants",
        libelle: "Assistants maternels qui fréquentent les temps collectifs",
        definition: "Nombre d’assistants maternels différents venus à au moins un temps collectif dans l’année.",
        formule: "nombre déclaré",
        unite: Unite::AssistantsMaternels,
        sensibilite: Sensibilite::Sensible,
        ..DECLARE
    },
    Indicateur {
        id: "taux_participation",
        libelle: "Taux de participation aux temps collectifs",
        definition: "Part des assistants maternels agréés qui sont venus à au moins un temps collectif dans l’année.",
        formule: "100 × assistants maternels venus à au moins un temps collectif / assistants maternels agréés (nombre déclaré avec l’activité ; à défaut, la liste de la PMI de l’année)",
        unite: Unite::Pourcent,
        decimales: 1,
        sensibilite: Sensibilite::Sensible,
        entrees: &["activite", "pmi"],
        precaution: "Le numérateur est de toute l’année, le dénominateur d’une date.",
        protection: Protection {
            relations: &[Relation::egalite(
                Terme::numerateur("taux_participation", ""),
                &[Terme::valeur("am_participants", "")],
            )],
            ..Protection::DEFAUT
        },
        ..DECLARE
    },
    Indicateur {
        id: "am_temps_collectifs",
        libelle: "Assistants maternels venus aux temps sans enfants",
        definition: "Nombre d’assistants maternels venus dans l’année aux temps collectifs sans enfants : soirées, conférences.",
        formule: "nombre déclaré",
        unite: Unite::AssistantsMaternels,
        sensibilite: Sensibilite::Sensible,
        ..DECLARE
    },
    Indicateur {
        id: "am_en_formation",
        libelle: "Assistants maternels partis en formation",
        definition: "Nombre d’assistants maternels partis en formation dans l’année.",
        formule: "nombre déclaré",
        unite: Unite::AssistantsMaternels,
        sensibilite: Sensibilite::Sensible,
        ..DECLARE
    },
    Indicateur {
        id: "taux_formation",
        libelle: "Taux de départ en formation",
        definition: "Part des assistants maternels agréés qui sont partis en formation dans l’année.",
        formule: "100 × assistants maternels partis en formation / assistants maternels agréés (nombre déclaré avec les départs, sinon avec l’activité ; à défaut, la liste de la PMI de l’année)",
        unite: Unite::Pourcent,
        decimales: 1,
        sensibilite: Sensibilite::Sensible,
        entrees: &["activite", "pmi"],
        precaution: "Le numérateur est de toute l’année, le dénominateur d’une date.",
        protection: Protection {
            relations: &[
                Relation::egalite(
                    Terme::numerateur("taux_formation", ""),
                    &[Terme::valeur("am_en_formation", "")],
                ),
                // Where both divide by the number that the relais declares.
                Relation::egalite(
                    Terme::denominateur("taux_formation", ""),
                    &[Terme::denominateur("taux_participation", "")],
                ),
            ],
            ..Protection::DEFAUT
        },
        ..DECLARE
    },
    Indicateur {
        id: "analyse_pratique",
        libelle: "Analyse de la pratique",
        definition: "Nombre de séances d’analyse de la pratique tenues dans l’année, et d’assistants maternels qui en ont bénéficié.",
        formule: "nombres déclarés",
        sensibilite: Sensibilite::Sensible,
        modalites: &[("seances", "séances"), ("am", "assistants maternels bénéficiaires")],
        ..DECLARE
    },
    Indicateur {
        id: "sous_activite",
        libelle: "Assistants maternels en sous-activité",
        definition: "Nombre d’assistants maternels qui ont signalé au relais leur sous-activité, qu’il a accompagnés, et qui ont retrouvé une activité.",
        formule: "nombres déclarés",
        unite: Unite::AssistantsMaternels,
        sensibilite: Sensibilite::Sensible,
        modalites: &[
            ("signalee", "sous-activité signalée (A)"),
            ("accompagnee", "accompagnés (B)"),
            ("retrouvee", "ayant retrouvé une activité"),
        ],
        ..DECLARE
    },
    Indicateur {
        id: "taux_sous_activite_accompagnee",
        libelle: "Part des assistants maternels en sous-activité accompagnés",
        definition: "Part des assistants maternels ayant signalé leur sous-activité que le relais a accompagnés.",
        formule: "100 × assistants maternels accompagnés (B) / assistants maternels ayant signalé leur sous-activité (A)",
        unite: Unite::Pourcent,
        decimales: 1,
        sensibilite: Sensibilite::Sensible,
        protection: Protection {
            relations: &[
                Relation::egalite(
                    Terme::numerateur("taux_sous_activite_accompagnee", ""),
                    &[Terme::valeur("sous_activite", "accompagnee")],
                ),
                Relation::egalite(
                    Terme::denominateur("taux_sous_activite_accompagnee", ""),
                    &[Terme::valeur("sous_activite", "signalee")],
                ),
            ],
            ..Protection::DEFAUT
        },
        ..DECLARE
    },
    Indicateur {
        id: "candidats_agrement",
        libelle: "Candidats à l’agrément",
        definition: "Nombre de personnes venues au relais s’informer du métier d’assistant maternel dans l’année.",
        formule: "nombre déclaré",
        sensibilite: Sensibilite::Sensible,
        ..DECLARE
    },
    Indicateur {
        id: "actions_promotion",
        libelle: "Actions de promotion du métier",
        definition: "Nombre d’actions menées dans l’année pour faire connaître le métier d’assistant maternel.",
        formule: "nombre déclaré",
        ..DECLARE
    },
    Indicateur {
        id: "porteurs_de_projet",
        libelle: "Porteurs de projet reçus",
        definition: "Nombre de porteurs d’un projet d’accueil (MAM, micro-crèche…) que le relais a reçus dans l’année.",
        formule: "nombre déclaré",
        ..DECLARE
    },
    Indicateur {
        id: "projets_accompagnes",
        libelle: "Projets accompagnés",
        definition: "Nombre de projets d’accueil que le relais a accompagnés dans l’année.",
        formule: "nombre déclaré",
        ..DECLARE
    },
    Indicateur {
        id: "am_actifs_un_mois",
        libelle: "Assistants maternels actifs au moins un mois dans l’année",
        definition: "Nombre d’assistants maternels qui ont gardé au moins un enfant pendant au moins un mois de l’année.",
        formule: "nombre que la Caf donne au relais pour le formulaire d’évaluation",
        unite: Unite::AssistantsMaternels,
        sensibilite: Sensibilite::Sensible,
        precaution: "Ce n’est pas l’effectif de novembre, auquel se rapporte le taux d’activité.",
        ..DECLARE
    },
    Indicateur {
        id: "services_a_la_personne",
        libelle: "Services à la personne qui gardent des enfants",
        definition: "Nombre d’associations ou d’entreprises de services à la personne qui gardent des enfants à domicile.",
        formule: "nombre déclaré",
        unite: Unite::Structures,
        ..DECLARE
    },
];

/// An indicator whose modalities are measures of one beginning.
struct Detail {
    id: &'static str,
    /// What stands before the modality in the name of the measure.
    prefixe: &'static str,
    /// The measure of the total, and whether the sum of the parts may stand for it.
    total: Option<bool>,
}

const DETAILS: [Detail; 9] = [
    Detail { id: "contacts_familles", prefixe: "contacts_familles_", total: Some(true) },
    Detail { id: "contacts_professionnels", prefixe: "contacts_am_", total: Some(true) },
    Detail { id: "contacts_garde_domicile", prefixe: "contacts_domicile_", total: Some(true) },
    Detail { id: "contacts_voie", prefixe: "", total: None },
    Detail { id: "seances", prefixe: "seances_", total: Some(true) },
    Detail { id: "seances_distanciel", prefixe: "seances_distanciel_", total: Some(true) },
    Detail { id: "participants_professionnels", prefixe: "participants_professionnels_", total: Some(false) },
    Detail { id: "participants_enfants", prefixe: "participants_enfants_", total: Some(false) },
    Detail { id: "participants_parents", prefixe: "participants_parents_", total: Some(false) },
];

/// Indicators that are one measure of the same name.
const SIMPLES: [&str; 11] = [
    "offres_emploi_relayees",
    "demandes_en_ligne",
    "am_participants",
    "am_temps_collectifs",
    "am_en_formation",
    "candidats_agrement",
    "actions_promotion",
    "porteurs_de_projet",
    "projets_accompagnes",
    "am_actifs_un_mois",
    "services_a_la_personne",
];

/// Measures by name and year.
type Mesures = BTreeMap<(String, i32), Declaration>;

/// A figure before it is a row: its value and status, what it divides, its sources.
#[derive(Debug, Clone, PartialEq)]
struct Ligne {
    modalite: &'static str,
    annee: i32,
    valeur: Option<f64>,
    terme: Option<(f64, f64)>,
    statut: Statut,
    sources: String,
}

pub(super) fn calculer(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let mesures =
        contexte.entrees.declarations.map(Declarations::par_mesure).transpose()?.unwrap_or_default();
    let agrees = agrees(&mesures, series)?;
    for detail in &DETAILS {
        let entree = serie::entree(detail.id)?;
        let noms: Vec<(&str, String)> =
            entree.modalites.iter().map(|(m, _)| (*m, format!("{}{m}", detail.prefixe))).collect();
        let mut lignes = relever(&mesures, contexte, &noms);
        if let Some(additif) = detail.total {
            lignes.extend(totaux(&mesures, contexte, &noms, detail.prefixe, additif));
        }
        poser(contexte, series, entree, &lignes)?;
    }
    for id in SIMPLES {
        let lignes = relever(&mesures, contexte, &[("", id.to_owned())]);
        poser(contexte, series, serie::entree(id)?, &lignes)?;
    }
    let analyse = [("seances", "seances_analyse_pratique"), ("am", "am_analyse_pratique")];
    let sous_activite = ["signalee", "accompagnee", "retrouvee"].map(|m| (m, format!("sous_activite_{m}")));
    let analyse = analyse.map(|(m, mesure)| (m, mesure.to_owned()));
    poser(contexte, series, serie::entree("analyse_pratique")?, &relever(&mesures, contexte, &analyse))?;
    poser(contexte, series, serie::entree("sous_activite")?, &relever(&mesures, contexte, &sous_activite))?;
    let de_mesure = |nom: &str| {
        let nom = nom.to_owned();
        mesures.iter().filter(move |((m, _), _)| *m == nom).map(|((_, a), d)| (*a, d.clone())).collect()
    };
    let mut en_reference: BTreeMap<i32, Declaration> = agrees.clone();
    en_reference.extend::<BTreeMap<i32, Declaration>>(de_mesure("am_reference_formation"));
    for (id, haut, bas) in [
        ("taux_participation", "am_participants", agrees),
        ("taux_formation", "am_en_formation", en_reference),
        ("taux_sous_activite_accompagnee", "sous_activite_accompagnee", de_mesure("sous_activite_signalee")),
    ] {
        let entree = serie::entree(id)?;
        let lignes = rapporter(entree, contexte, &de_mesure(haut), &bas);
        poser(contexte, series, entree, &lignes)?;
    }
    Ok(())
}

/// Childminders who hold an agrément, by year: declared with the activity, which is of the same hand and the same
/// perimeter as what they divide; failing that, the list of the year, where every commune is known.
fn agrees(mesures: &Mesures, series: &mut Series) -> PolarsResult<BTreeMap<i32, Declaration>> {
    let mut agrees = BTreeMap::new();
    let listes = series.de("am_agrees")?.filter(col("modalite").eq(lit(""))).collect()?;
    let (annees, valeurs) = (listes.column("annee")?.i32()?, listes.column("valeur")?.f64()?);
    let sources = listes.column("sources")?.str()?;
    let mut incompletes = Vec::new();
    for ((annee, valeur), source) in annees.iter().zip(valeurs.iter()).zip(sources.iter()) {
        let Some(annee) = annee else { continue };
        let Some(valeur) = valeur else {
            incompletes.push(annee);
            continue;
        };
        let somme = agrees.entry(annee).or_insert_with(|| Declaration {
            valeur: Some(0.0),
            statut: Statut::Observe,
            source: source.unwrap_or_default().to_owned(),
        });
        somme.valeur = somme.valeur.map(|s| s + valeur);
    }
    agrees.retain(|annee, _| !incompletes.contains(annee));
    let declares = mesures.iter().filter(|((m, _), d)| m == "am_agrees" && d.statut.est_connu());
    agrees.extend(declares.map(|((_, annee), d)| (*annee, d.clone())));
    Ok(agrees)
}

fn annees<'a>(contexte: &'a Contexte<'_>) -> impl Iterator<Item = i32> + 'a {
    contexte.jours.iter().map(|(annee, _)| *annee)
}

/// The measures as they are declared. What the file does not name has no row: it is not available.
fn relever(mesures: &Mesures, contexte: &Contexte<'_>, noms: &[(&'static str, String)]) -> Vec<Ligne> {
    let lire = |annee: i32, (modalite, nom): &(&'static str, String)| {
        let declaree = mesures.get(&(nom.clone(), annee))?;
        Some(ligne_de(modalite, annee, declaree))
    };
    annees(contexte).flat_map(|annee| noms.iter().filter_map(move |nom| lire(annee, nom))).collect()
}

fn ligne_de(modalite: &'static str, annee: i32, declaree: &Declaration) -> Ligne {
    Ligne {
        modalite,
        annee,
        valeur: declaree.valeur,
        terme: None,
        statut: declaree.statut,
        sources: declaree.source.clone(),
    }
}

/// The total that is declared; failing that, if the parts may be added, their sum where all are known.
fn totaux(
    mesures: &Mesures,
    contexte: &Contexte<'_>,
    noms: &[(&'static str, String)],
    prefixe: &str,
    additif: bool,
) -> Vec<Ligne> {
    let total = |annee: i32| {
        let declare = mesures.get(&(format!("{prefixe}total"), annee));
        if let Some(declare) = declare.filter(|d| d.statut.est_connu() || !additif) {
            return Some(ligne_de("", annee, declare));
        }
        let parties: Vec<&Declaration> =
            noms.iter().filter_map(|(_, nom)| mesures.get(&(nom.clone(), annee))).collect();
        let somme: Option<f64> = parties.iter().map(|d| d.valeur).sum();
        let entiere = additif && parties.len() == noms.len();
        let valeur = somme.filter(|_| entiere);
        let premiere = parties.first()?;
        let statut = if valeur.is_some() { Statut::Observe } else { Statut::NonDisponible };
        Some(Ligne { valeur, statut, ..ligne_de("", annee, premiere) })
    };
    annees(contexte).filter_map(total).collect()
}

/// `100 × haut / bas`, year by year; known only where both are, without object where nobody is divided.
fn rapporter(
    entree: &Indicateur,
    contexte: &Contexte<'_>,
    haut: &BTreeMap<i32, Declaration>,
    bas: &BTreeMap<i32, Declaration>,
) -> Vec<Ligne> {
    let rapport = |annee: i32| {
        let haut = haut.get(&annee)?;
        let bas = bas.get(&annee);
        let statut = bas.map_or(Statut::NonDisponible, |b| b.statut).max(haut.statut);
        let terme = haut.valeur.zip(bas.and_then(|b| b.valeur)).filter(|_| statut.est_connu());
        let (valeur, statut) = match terme {
            Some((_, 0.0)) => (None, Statut::SansObjet),
            Some((h, b)) => (Some(serie::arrondir_le_rapport(entree, h, b)), statut),
            None => (None, statut),
        };
        let mut sources = haut.source.clone();
        if let Some(autre) = bas.filter(|b| b.source != sources && !b.source.is_empty()) {
            sources = format!("{sources};{}", autre.source);
        }
        Some(Ligne { modalite: "", annee, valeur, terme, statut, sources })
    };
    annees(contexte).filter_map(rapport).collect()
}

/// Gives the rows of an indicator. A year's count is dated by the observation day of the year, its end.
fn poser(
    contexte: &Contexte<'_>,
    series: &mut Series,
    entree: &'static Indicateur,
    lignes: &[Ligne],
) -> PolarsResult<()> {
    let jours: BTreeMap<i32, i32> = contexte.jours.iter().map(|(a, jour)| (*a, en_jours(*jour))).collect();
    let connues: Vec<u32> = lignes.iter().map(|l| u32::from(l.statut.est_connu())).collect();
    let trame = df!(
        "annee" => lignes.iter().map(|l| l.annee).collect::<Vec<_>>(),
        "modalite" => lignes.iter().map(|l| l.modalite).collect::<Vec<_>>(),
        "valeur" => lignes.iter().map(|l| l.valeur).collect::<Vec<_>>(),
        "numerateur" => lignes.iter().map(|l| l.terme.map(|t| t.0)).collect::<Vec<_>>(),
        "denominateur" => lignes.iter().map(|l| l.terme.map(|t| t.1)).collect::<Vec<_>>(),
        "statut" => lignes.iter().map(|l| l.statut.rang()).collect::<Vec<_>>(),
        "date_observation" => lignes.iter().map(|l| jours.get(&l.annee).copied()).collect::<Vec<_>>(),
        "sources" => lignes.iter().map(|l| l.sources.clone()).collect::<Vec<_>>(),
        "parties_attendues" => vec![1u32; lignes.len()],
        "parties" => connues,
    )?;
    let mut modalites: Vec<&str> = entree.modalites.iter().map(|m| m.0).collect();
    let detail_sans_total = matches!(entree.id, "contacts_voie" | "analyse_pratique" | "sous_activite");
    if !detail_sans_total {
        modalites.insert(0, "");
    }
    let directe = serie::directe(contexte.entrees.perimetre, &contexte.jours, &modalites, trame.lazy())?;
    series.insert_directe(entree.id, directe);
    Ok(())
}
