//! Offer: childminders, MAM, structures, and their places.

mod collective;

use super::catalogue::{Agregation, Indicateur, PMI, RELAIS, STRUCTURES, Sensibilite, Unite};
use super::grille::Couverture;
use super::protection::{Population, Protection, Relation, Terme};
use super::serie::{entree, rang};
use super::{Contexte, Denombrement, Series, Statut, Suite, declarees};
use crate::tables::UNE_SUR_VINGT;
use collective::Etablissements;
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
        precaution: "Un agrément n’est pas une activité : une partie des agréés ne garde aucun enfant. Où une ligne sur vingt, ou plus, n’a pas pu être comptée, le nombre est une estimation.",
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
        precaution: "Places théoriques : toutes ne sont pas proposées aux familles. Une capacité qui ne se lit pas est remplacée par la médiane de la liste ; s’il y en a une sur vingt ou plus dans la commune, le nombre est une estimation.",
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
        precaution: "Un établissement itinérant est compté une fois, dans la commune où il s’arrête le plus. Pour les années d’avant le recensement, d’après les dates d’ouverture et de fermeture : valeurs estimées. Où une structure du recensement n’a pas pu être comptée, le nombre est une estimation, ou n’est pas donné.",
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
        precaution: "Le partage d’un établissement itinérant donne des fractions de place, arrondies de sorte que leur somme soit juste. Pour les années d’avant le recensement, d’après les dates d’ouverture et les places d’aujourd’hui : valeurs estimées.",
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
        precaution: "Une commune où le financement d’un établissement n’est pas connu n’est pas comptée.",
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
        // Places are more than the persons who tell them; where there are none, none is free, as anybody knows.
        protection: Protection {
            population: Population::Parmi(Terme::valeur("am_places", "")),
            minimum_si_connu: Some((5, Terme::numerateur("taux_reponse_places_libres", ""))),
            ..Protection::DEFAUT
        },
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

/// Counts agréments, establishments and answers, then makes the séries of them.
pub(super) fn preparer<'c>(contexte: &'c Contexte<'_>) -> PolarsResult<Suite<'c>> {
    let agrements = Agrements::compter(contexte)?;
    let etablissements = Etablissements::compter(contexte)?;
    let reponses = Reponses::compter(contexte)?;
    Ok(Box::new(move |series| {
        individuelle(contexte, &agrements, series)?;
        etablissements.poser(contexte, series)?;
        let (am, eaje) = (series.lignes("am_places")?, series.lignes("eaje_places")?);
        let total = series.additionner(&am, &eaje, 1.0)?;
        series.poser("places_total", total)?;
        let total = series.lignes("places_total")?;
        series.rapporter("part_individuel", (&am, ""), (&total, ""))?;
        reponses.poser(contexte, series)?;
        monenfant(contexte, series)
    }))
}

/// What the lists count of agréments.
struct Agrements {
    /// By year, commune and kind of place, the empty one for all: columns `annee`, `code`, `modalite`, `personnes`,
    /// `places`, `places_estimees` (f64); none without lists.
    par_lieu: Option<DataFrame>,
    /// MAM, in the shape that [`Series::denombrer`] reads.
    maisons: DataFrame,
}

impl Agrements {
    fn compter(contexte: &Contexte<'_>) -> PolarsResult<Self> {
        let Some(am) = contexte.entrees.assistants_maternels else {
            return Ok(Self { par_lieu: None, maisons: aucun_compte().collect()? });
        };
        let am = am.trame().clone().lazy();
        let place = || [col("annee"), col("code")];
        let estimees = || col("places_estimees").cast(DataType::Float64).sum();
        let compter = [len().cast(DataType::Float64).alias("personnes"), col("places").sum(), estimees()];
        let lieux = am.clone().group_by([col("annee"), col("code"), col("lieu")]).agg(compter).collect()?;
        // The total is made of the kinds of place: people are gone through once.
        let total = lieux.clone().lazy().filter(col("lieu").neq(lit("creche_familiale")));
        let total = total.group_by(place()).agg([col("personnes").sum(), col("places").sum(), estimees()]);
        let colonnes = ["annee", "code", "modalite", "personnes", "places", "places_estimees"].map(col);
        let vues = [
            total.with_column(lit("").alias("modalite")).select(colonnes.clone()),
            lieux.lazy().with_column(col("lieu").alias("modalite")).select(colonnes),
        ];
        let par_lieu = Some(concat(vues, UnionArgs::default())?.collect()?);
        let en_mam = am.filter(col("mam").is_not_null()).group_by(place());
        let nombre = col("mam").n_unique().cast(DataType::Float64).alias("valeur");
        let constantes = [lit("").alias("modalite"), rang(Statut::Observe).alias("statut")];
        let maisons = en_mam.agg([nombre]).with_columns(constantes).collect()?;
        Ok(Self { par_lieu, maisons })
    }
}

/// Total, then by kind of place. Childminders of a crèche familiale hold an agrément too, but their
/// places are the crèche's: they stand apart and are in no total.
fn individuelle(contexte: &Contexte<'_>, agrements: &Agrements, series: &mut Series) -> PolarsResult<()> {
    const MODALITES: [&str; 4] = ["", "domicile", "mam", "creche_familiale"];
    for (id, colonne) in [("am_agrees", "personnes"), ("am_places", "places")] {
        let comptes = match &agrements.par_lieu {
            Some(par_lieu) => {
                let valeur = col(colonne).cast(DataType::Float64).alias("valeur");
                let estimees =
                    (col("places_estimees") * lit(f64::from(UNE_SUR_VINGT))).gt_eq(col("personnes"));
                let estimees =
                    estimees.and(col("places_estimees").gt(lit(0.0))).and(lit(colonne == "places"));
                let statut = when(estimees).then(rang(Statut::Estime)).otherwise(rang(Statut::Observe));
                par_lieu.clone().lazy().with_columns([valeur, statut.alias("statut")])
            }
            None => aucun_compte(),
        };
        contexte.denombrer_par_lieu(id, comptes, &MODALITES, series)?;
    }
    let couverture = contexte.couverture_lieux();
    let denombrement = Denombrement { modalites: &[""], couverture: &couverture };
    let maisons = series.denombrer(&contexte.grille, agrements.maisons.clone().lazy(), &[denombrement])?;
    series.poser("mam", maisons)?;
    moyennes(series)
}

/// What is read from the counts of agréments: the places of MAM, the places of one childminder.
fn moyennes(series: &mut Series) -> PolarsResult<()> {
    let (am, places) = (series.lignes("am_agrees")?, series.lignes("am_places")?);
    let en_mam = series.table.extraire(&places, "mam", "")?;
    series.poser("mam_places", en_mam)?;
    series.rapporter("am_places_moyenne", (&places, ""), (&am, ""))
}

/// What childminders answer to the relais: who accepts what, free places. Of a commune where nobody
/// answered, the answers are counted, and what they would have said is not known; a year in which nobody was asked is
/// not available. Childminders of a crèche familiale are apart, as in `am_agrees`.
struct Reponses {
    /// The years in which each question was asked.
    accueils: Vec<(&'static str, Vec<Couverture>)>,
    libres: Vec<Couverture>,
    /// By year and commune, for each column of answers: its sum, and how many answered; none if no list asks anything.
    sommes: Option<DataFrame>,
}

impl Reponses {
    fn compter(contexte: &Contexte<'_>) -> PolarsResult<Self> {
        let mut accueils = Vec::new();
        for (modalite, _) in ACCUEILS {
            accueils.push((*modalite, contexte.couverture_reponses(&champ_de(modalite))?));
        }
        let libres = contexte.couverture_reponses("places_libres")?;
        // People are gone through once, for all the questions that some list answers.
        let posees: Vec<String> = accueils
            .iter()
            .filter(|(_, couverture)| !couverture.is_empty())
            .map(|(modalite, _)| champ_de(modalite))
            .chain((!libres.is_empty()).then(|| "places_libres".to_owned()))
            .collect();
        let sommes = match contexte.entrees.assistants_maternels {
            Some(am) if !posees.is_empty() => {
                let personnes = am.trame().clone().lazy().filter(col("lieu").neq(lit("creche_familiale")));
                let sommes = posees.iter().flat_map(|champ| {
                    let repondants = col(champ).is_not_null().cast(DataType::Float64).sum();
                    let somme = col(champ).cast(DataType::Float64).sum().alias(champ);
                    [somme, repondants.alias(format!("{champ}_repondants"))]
                });
                let sommes = personnes.group_by([col("annee"), col("code")]).agg(sommes.collect::<Vec<_>>());
                Some(sommes.collect()?)
            }
            _ => None,
        };
        Ok(Self { accueils, libres, sommes })
    }

    /// A column of counts, in the shape that [`Series::denombrer`] reads.
    fn comptes(&self, colonne: &str, modalite: &str) -> LazyFrame {
        let Some(sommes) = self.sommes.as_ref().filter(|sommes| sommes.column(colonne).is_ok()) else {
            return aucun_compte();
        };
        let repondants = match colonne.strip_suffix("_repondants") {
            Some(_) => lit(1.0),
            None => col(format!("{colonne}_repondants")),
        };
        let statut = when(repondants.gt(lit(0.0))).then(rang(Statut::Observe));
        let colonnes = [
            lit(modalite).alias("modalite"),
            col(colonne).alias("valeur"),
            statut.otherwise(rang(Statut::NonDisponible)).alias("statut"),
        ];
        let valeur = sommes.clone().lazy().with_columns(colonnes);
        valeur.select(["annee", "code", "modalite", "valeur", "statut"].map(col))
    }

    fn poser(&self, contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
        for (id, suffixe) in [("am_accepte", ""), ("am_accepte_repondants", "_repondants")] {
            let siens =
                self.accueils.iter().map(|(m, _)| self.comptes(&format!("{}{suffixe}", champ_de(m)), m));
            let siens = concat(siens.collect::<Vec<_>>(), UnionArgs::default())?;
            let denombrements: Vec<Denombrement<'_>> = self
                .accueils
                .iter()
                .map(|(modalite, couverture)| Denombrement {
                    modalites: std::slice::from_ref(modalite),
                    couverture,
                })
                .collect();
            let lignes = series.denombrer(&contexte.grille, siens, &denombrements)?;
            series.poser(id, lignes)?;
        }
        let denombrement = Denombrement { modalites: &[""], couverture: &self.libres };
        let [places, repondants] =
            ["places_libres", "places_libres_repondants"].map(|champ| self.comptes(champ, ""));
        let places = series.denombrer(&contexte.grille, places, &[denombrement])?;
        series.poser("places_libres", places)?;
        let repondants = series.denombrer(&contexte.grille, repondants, &[denombrement])?;
        let agrees = series.lignes("am_agrees")?;
        series.rapporter("taux_reponse_places_libres", (&repondants, ""), (&agrees, ""))
    }
}

/// The column of the answers about a kind of care.
fn champ_de(modalite: &str) -> String {
    format!("accepte_{modalite}")
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

/// No count at all, in the shape that [`Series::denombrer`] reads.
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
