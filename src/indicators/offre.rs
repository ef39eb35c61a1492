//! Offer: childminders, MAM, structures, and their places.

mod collective;

use super::catalogue::{Agregation, Indicateur, PMI, RELAIS, STRUCTURES, Sensibilite, Unite};
use super::protection::{Population, Protection, Relation, Terme};
use super::serie::{self, entree, rang};
use super::{Contexte, Series, Statut, declarees};
use polars::prelude::*;

const LIEUX_ET_FAMILIALE: &[(&str, &str)] =
    &[("domicile", "à domicile"), ("mam", "en MAM"), ("creche_familiale", "en crèche familiale")];

/// The kinds of care that a childminder may accept or not.
pub(super) const ACCUEILS: &[(&str, &str)] = &[
    ("periscolaire", "périscolaire"),
    ("atypique", "horaires atypiques"),
    ("urgence", "accueil d’urgence"),
    ("handicap", "enfant en situation de handicap"),
];

const EAJE: &[(&str, &str)] = &[
    ("type:multi_accueil", "multi-accueil"),
    ("type:creche", "crèche"),
    ("type:halte_garderie", "halte-garderie"),
    ("type:micro_creche", "micro-crèche"),
    ("type:creche_familiale", "crèche familiale"),
    ("type:jardin_enfants", "jardin d’enfants"),
    ("financement:psu", "financement PSU"),
    ("financement:paje", "financement PAJE"),
    ("gestionnaire:public", "gestion publique"),
    ("gestionnaire:associatif", "gestion associative"),
    ("gestionnaire:prive", "gestion privée"),
];

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[
    Indicateur {
        id: "am_agrees",
        libelle: "Assistants maternels agréés",
        definition: "Nombre d’assistants maternels dont l’agrément est valide à la date d’observation, dans la commune où ils exercent.",
        formule: "nombre de personnes de la liste de PMI, chacune comptée une fois ; celles qu’emploie une crèche familiale sont à part",
        unite: Unite::AssistantsMaternels,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: LIEUX_ET_FAMILIALE,
        entrees: &["pmi"],
        source: PMI,
        precaution: "Un agrément n’est pas une activité : une partie des agréés ne garde aucun enfant.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "am_places",
        libelle: "Places chez les assistants maternels",
        definition: "Nombre d’enfants que les assistants maternels agréés peuvent accueillir en même temps.",
        formule: "somme des places des agréments ; celles des crèches familiales sont à part",
        unite: Unite::Places,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: LIEUX_ET_FAMILIALE,
        entrees: &["pmi"],
        source: PMI,
        precaution: "Places théoriques : toutes ne sont pas proposées aux familles.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "am_places_moyenne",
        libelle: "Places par assistant maternel",
        definition: "Nombre moyen de places de l’agrément d’un assistant maternel.",
        formule: "places des assistants maternels / assistants maternels agréés",
        unite: Unite::Places,
        decimales: 1,
        agregation: Agregation::SommeSurSomme,
        entrees: &["pmi"],
        source: PMI,
        termes: Some([("am_places", ""), ("am_agrees", "")]),
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "mam",
        libelle: "Maisons d’assistants maternels",
        definition: "Nombre de maisons d’assistants maternels (MAM) où exerce au moins un assistant maternel.",
        formule: "nombre de MAM différentes nommées dans la liste de PMI",
        unite: Unite::Structures,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: &[],
        entrees: &["pmi"],
        source: PMI,
        precaution: "Leurs places sont les agréments de leurs membres : elles font partie des places d’assistants maternels.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "mam_places",
        libelle: "Places en MAM",
        definition: "Nombre d’enfants que les maisons d’assistants maternels (MAM) peuvent accueillir en même temps.",
        formule: "somme des places des agréments de leurs membres",
        unite: Unite::Places,
        entrees: &["pmi"],
        source: PMI,
        precaution: "Elles font partie des places chez les assistants maternels : elles ne s’y ajoutent pas.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "eaje",
        libelle: "Établissements d’accueil du jeune enfant",
        definition: "Nombre d’établissements d’accueil collectif (crèches, micro-crèches, multi-accueils…) ouverts à la date d’observation.",
        formule: "nombre de structures collectives ouvertes, MAM non comprises",
        unite: Unite::Structures,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: EAJE,
        entrees: &["structures"],
        source: STRUCTURES,
        precaution: "Un établissement itinérant est compté une fois, dans la commune où il s’arrête le plus. Pour les années d’avant le recensement, d’après les dates d’ouverture et de fermeture : valeurs estimées.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "eaje_places",
        libelle: "Places en accueil collectif",
        definition: "Nombre de places autorisées des établissements d’accueil collectif ouverts.",
        formule: "somme des places autorisées ; celles d’un établissement itinérant sont partagées entre ses communes selon ses demi-journées de la semaine",
        unite: Unite::Places,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: EAJE,
        entrees: &["structures"],
        source: STRUCTURES,
        precaution: "Le partage d’un établissement itinérant donne des fractions de place, au soixante-quatrième près pour que leur somme soit juste. Pour les années d’avant le recensement, d’après les dates d’ouverture et les places d’aujourd’hui : valeurs estimées.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "places_total",
        libelle: "Places d’accueil, tous modes",
        definition: "Nombre total de places d’accueil : chez les assistants maternels et en établissement.",
        formule: "places des assistants maternels (hors crèches familiales) + places des établissements",
        unite: Unite::Places,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: &[],
        entrees: &["pmi", "structures"],
        source: "PMI et recensement des structures",
        precaution: "Les places des MAM et des crèches familiales ne sont comptées qu’une fois.",
        somme_de: &[("am_places", ""), ("eaje_places", "")],
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "part_individuel",
        libelle: "Part de l’accueil individuel",
        definition: "Part des places qui sont chez des assistants maternels.",
        formule: "100 × places des assistants maternels / places d’accueil, tous modes",
        unite: Unite::Pourcent,
        decimales: 1,
        agregation: Agregation::SommeSurSomme,
        sensibilite: Sensibilite::Publique,
        modalites: &[],
        entrees: &["pmi", "structures"],
        source: "PMI et recensement des structures",
        precaution: "",
        termes: Some([("am_places", ""), ("places_total", "")]),
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "part_psu",
        libelle: "Part des places collectives à tarif selon les revenus (PSU)",
        definition: "Part des places collectives financées par la prestation de service unique, où les familles paient selon leurs revenus.",
        formule: "100 × places PSU / places en accueil collectif",
        unite: Unite::Pourcent,
        decimales: 1,
        agregation: Agregation::SommeSurSomme,
        sensibilite: Sensibilite::Publique,
        modalites: &[],
        entrees: &["structures"],
        source: STRUCTURES,
        precaution: "Un établissement dont le financement n’est pas connu n’est pas compté comme PSU.",
        termes: Some([("eaje_places", "financement:psu"), ("eaje_places", "")]),
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "am_accepte",
        libelle: "Assistants maternels qui acceptent un accueil particulier",
        definition: "Nombre d’assistants maternels qui déclarent accepter le périscolaire, les horaires atypiques, l’urgence ou un enfant en situation de handicap.",
        formule: "nombre de « oui » parmi ceux qui ont répondu",
        unite: Unite::AssistantsMaternels,
        sensibilite: Sensibilite::Sensible,
        modalites: ACCUEILS,
        entrees: &["pmi", "activite"],
        source: "Réponses des assistants maternels au relais",
        precaution: "Déclaré : seuls ceux qui ont répondu sont comptés.",
        protection: Protection {
            population: Population::Parmi(Terme::valeur("am_accepte_repondants", Terme::MEME)),
            ..Protection::DEFAUT
        },
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "am_accepte_repondants",
        libelle: "Assistants maternels qui ont répondu sur l’accueil particulier",
        definition: "Nombre d’assistants maternels dont le relais connaît la réponse pour chaque accueil particulier.",
        formule: "nombre de « oui » et de « non »",
        unite: Unite::AssistantsMaternels,
        sensibilite: Sensibilite::Sensible,
        modalites: ACCUEILS,
        entrees: &["pmi", "activite"],
        source: "Réponses des assistants maternels au relais",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "places_libres",
        libelle: "Places libres chez les assistants maternels",
        definition: "Nombre de places que les assistants maternels déclarent libres.",
        formule: "somme des places libres déclarées",
        unite: Unite::Places,
        sensibilite: Sensibilite::Sensible,
        entrees: &["pmi", "activite"],
        source: "Réponses des assistants maternels au relais",
        precaution: "Déclaré : les places de ceux qui n’ont pas répondu ne sont pas comptées.",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "taux_reponse_places_libres",
        libelle: "Part des assistants maternels qui ont dit leurs places libres",
        definition: "Part des assistants maternels agréés qui ont répondu sur leurs places libres.",
        formule: "100 × assistants maternels qui ont répondu / assistants maternels agréés",
        unite: Unite::Pourcent,
        decimales: 1,
        agregation: Agregation::SommeSurSomme,
        sensibilite: Sensibilite::Sensible,
        entrees: &["pmi"],
        source: "Réponses des assistants maternels au relais",
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "am_inscrits_monenfant",
        libelle: "Assistants maternels inscrits sur monenfant.fr",
        definition: "Nombre d’assistants maternels du territoire inscrits sur le site monenfant.fr.",
        formule: "nombre déclaré par le relais",
        unite: Unite::AssistantsMaternels,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Sensible,
        entrees: &["activite"],
        source: RELAIS,
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "am_disponibilites_monenfant",
        libelle: "Assistants maternels qui affichent leurs disponibilités sur monenfant.fr",
        definition: "Nombre d’assistants maternels qui font figurer leurs disponibilités sur monenfant.fr.",
        formule: "nombre déclaré par le relais",
        unite: Unite::AssistantsMaternels,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Sensible,
        entrees: &["activite"],
        source: RELAIS,
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "taux_monenfant",
        libelle: "Part des inscrits qui affichent leurs disponibilités",
        definition: "Part des assistants maternels inscrits sur monenfant.fr qui y font figurer leurs disponibilités.",
        formule: "100 × assistants maternels qui affichent leurs disponibilités (C) / inscrits (D)",
        unite: Unite::Pourcent,
        decimales: 1,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Sensible,
        entrees: &["activite"],
        source: RELAIS,
        termes: Some([("am_disponibilites_monenfant", ""), ("am_inscrits_monenfant", "")]),
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "taux_inscription",
        libelle: "Part des assistants maternels inscrits sur monenfant.fr",
        definition: "Part des assistants maternels agréés qui sont inscrits sur monenfant.fr.",
        formule: "100 × inscrits (D) / assistants maternels agréés, au nombre que le relevé cite s’il en cite un",
        unite: Unite::Pourcent,
        decimales: 1,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Sensible,
        entrees: &["activite", "pmi"],
        source: RELAIS,
        protection: Protection {
            relations: &[
                Relation::egalite(
                    Terme::numerateur("taux_inscription", ""),
                    &[Terme::valeur("am_inscrits_monenfant", "")],
                ),
                // Where both divide by the number that the relais declares.
                Relation::egalite(
                    Terme::denominateur("taux_inscription", ""),
                    &[Terme::denominateur("taux_participation", "")],
                ),
            ],
            ..Protection::DEFAUT
        },
        ..Indicateur::VIDE
    },
];

pub(super) fn calculer(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    individuelle(contexte, series)?;
    collective::calculer(contexte, series)?;
    let (am, eaje) = (series.de("am_places")?, series.de("eaje_places")?);
    series.insert("places_total", serie::additionner(am.clone(), eaje.clone()));
    let total = series.de("places_total")?;
    series.insert("part_individuel", serie::rapporter(entree("part_individuel")?, (am, ""), (total, "")));
    series.insert(
        "part_psu",
        serie::rapporter(entree("part_psu")?, (eaje.clone(), "financement:psu"), (eaje, "")),
    );
    reponses(contexte, series)?;
    monenfant(contexte, series)
}

/// Total, then by kind of place. Childminders of a crèche familiale hold an agrément too, but their
/// places are the crèche's: they stand apart and are in no total.
fn individuelle(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    const MODALITES: [&str; 4] = ["", "domicile", "mam", "creche_familiale"];
    let Some(am) = contexte.entrees.assistants_maternels else {
        for id in ["am_agrees", "am_places"] {
            series.insert(id, contexte.grille.denombrer(aucun_compte(), &[], &MODALITES));
        }
        series.insert("mam", contexte.grille.denombrer(aucun_compte(), &[], &[""]));
        return moyennes(series);
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
        series.insert(id, contexte.denombrer_par_lieu(observes(comptes), &MODALITES)?);
    }
    let maisons = am
        .filter(col("mam").is_not_null())
        .group_by([col("annee"), col("code")])
        .agg([col("mam").n_unique().cast(DataType::Float64).alias("valeur")])
        .with_column(lit("").alias("modalite"));
    let maisons = contexte.grille.denombrer(observes(maisons), &contexte.couverture_lieux()?, &[""]);
    series.insert("mam", maisons);
    moyennes(series)
}

/// What is read from the counts of agréments: the places of MAM, the places of one childminder.
fn moyennes(series: &mut Series) -> PolarsResult<()> {
    let (am, places) = (series.de("am_agrees")?, series.de("am_places")?);
    let en_mam = places.clone().filter(col("modalite").eq(lit("mam"))).with_column(lit("").alias("modalite"));
    series.insert("mam_places", en_mam);
    let moyenne = serie::rapporter(entree("am_places_moyenne")?, (places, ""), (am, ""));
    series.insert("am_places_moyenne", moyenne);
    Ok(())
}

/// What childminders answer to the relais: who accepts what, free places. A commune of which nobody
/// answered has no answer, and that is a count of 0 answers; a year in which nobody was asked is not
/// available. Childminders of a crèche familiale are apart, as in `am_agrees`.
fn reponses(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let personnes = contexte
        .entrees
        .assistants_maternels
        .map(|am| am.trame().clone().lazy().filter(col("lieu").neq(lit("creche_familiale"))));
    let (mut acceptent, mut repondent) = (Vec::new(), Vec::new());
    for (modalite, _) in ACCUEILS {
        let champ = format!("accepte_{modalite}");
        let couverture = contexte.couverture_reponses(&champ)?;
        let oui = col(&champ).cast(DataType::Float64);
        let repondants = col(&champ).is_not_null().cast(DataType::Float64);
        let comptes = |valeur| par_commune(personnes.as_ref(), &champ, valeur, modalite);
        let denombrer = |comptes| contexte.grille.denombrer(comptes, &couverture, &[*modalite]);
        acceptent.push(denombrer(comptes(oui)));
        repondent.push(denombrer(comptes(repondants)));
    }
    series.insert("am_accepte", concat(acceptent, UnionArgs::default())?);
    series.insert("am_accepte_repondants", concat(repondent, UnionArgs::default())?);

    let couverture = contexte.couverture_reponses("places_libres")?;
    let libres =
        par_commune(personnes.as_ref(), "places_libres", col("places_libres").cast(DataType::Float64), "");
    series.insert("places_libres", contexte.grille.denombrer(libres, &couverture, &[""]));
    let repondants = col("places_libres").is_not_null().cast(DataType::Float64);
    let repondants = par_commune(personnes.as_ref(), "places_libres", repondants, "");
    let repondants = contexte.grille.denombrer(repondants, &couverture, &[""]);
    let agrees = series.de("am_agrees")?;
    let part = serie::rapporter(entree("taux_reponse_places_libres")?, (repondants, ""), (agrees, ""));
    series.insert("taux_reponse_places_libres", part);
    Ok(())
}

/// The sum of a value over the people of each commune who gave that answer.
fn par_commune(personnes: Option<&LazyFrame>, champ: &str, valeur: Expr, modalite: &str) -> LazyFrame {
    let Some(personnes) = personnes else { return aucun_compte() };
    let sommes = personnes
        .clone()
        .filter(col(champ).is_not_null())
        .group_by([col("annee"), col("code")])
        .agg([valeur.sum().alias("valeur")]);
    observes(sommes.with_column(lit(modalite).alias("modalite")))
}

/// What the relais says of monenfant.fr: those who are registered (D), those who show their free places (C).
fn monenfant(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    for id in ["am_inscrits_monenfant", "am_disponibilites_monenfant"] {
        declarees::inserer(contexte, series, entree(id)?)?;
    }
    let lire = |mesure: &str| declarees::lire(contexte.entrees.declarations, &[("", mesure.to_owned())]);
    let (inscrits, disponibles) = (lire("am_inscrits_monenfant")?, lire("am_disponibilites_monenfant")?);
    let taux = declarees::rapporter(contexte, entree("taux_monenfant")?, (disponibles, inscrits.clone()))?;
    series.insert_directe("taux_monenfant", taux);
    // The number of childminders that the report itself cites; else that of the list, or the declared one.
    let reference = lire("am_reference_monenfant")?;
    let connus = [reference, contexte.total("am_agrees", series)?, lire("am_agrees")?];
    let agrees = declarees::preferer(connus)?;
    let taux = declarees::rapporter(contexte, entree("taux_inscription")?, (inscrits, agrees))?;
    series.insert_directe("taux_inscription", taux);
    Ok(())
}

fn observes(comptes: LazyFrame) -> LazyFrame {
    comptes.with_column(rang(Statut::Observe).alias("statut"))
}

/// No count at all, in the shape that [`super::grille::Grille::denombrer`] reads.
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
