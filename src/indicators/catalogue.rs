//! The catalogue: what each indicator is called, how it is computed, how it is written, who may see it.
//!
//! Every page takes its words from here. A new indicator is one entry below and one function in a
//! file of its family.

/// Who may see the commune-level figures of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensibilite {
    /// Public figures: numbers of childminders, places, structures, births, published rates.
    Publique,
    /// Figures about persons: ages, activity, survey answers, small counts of children.
    Sensible,
}

/// The unit of the values, as the column `unite` and as a page writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unite {
    /// Childminders.
    AssistantsMaternels,
    /// Children cared for at once.
    Places,
    /// Services.
    Structures,
    /// Resident children.
    Enfants,
    /// Births in a year.
    Naissances,
    /// A share, from 0 to 100.
    Pourcent,
    /// Places for 100 children: may exceed 100.
    PlacesPour100,
    /// Inhabitants.
    Habitants,
}

impl Unite {
    /// The word of the column `unite`.
    pub fn mot(self) -> &'static str {
        match self {
            Self::AssistantsMaternels => "assistants maternels",
            Self::Places => "places",
            Self::Structures => "structures",
            Self::Enfants => "enfants",
            Self::Naissances => "naissances",
            Self::Pourcent => "%",
            Self::PlacesPour100 => "places pour 100 enfants",
            Self::Habitants => "habitants",
        }
    }
}

/// How the value of a territory comes from those of its communes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agregation {
    /// The sum of the known parts; it says how many they are.
    Somme,
    /// The sum of the numerators over the sum of the denominators, of the same communes.
    SommeSurSomme,
}

/// One entry of the catalogue.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Indicateur {
    /// Stable identifier: the column `indicateur`.
    pub id: &'static str,
    /// What a page calls it.
    pub libelle: &'static str,
    /// One French sentence that an élu understands.
    pub definition: &'static str,
    /// The formula in words.
    pub formule: &'static str,
    /// Unit of the values.
    pub unite: Unite,
    /// Decimals shown, and kept in the table for rates.
    pub decimales: u32,
    /// From communes to territory.
    pub agregation: Agregation,
    /// Who may see it.
    pub sensibilite: Sensibilite,
    /// Identifier and label of each `modalite`, in the order of pages; the total (empty) is not listed.
    pub modalites: &'static [(&'static str, &'static str)],
    /// Kinds of sources it needs, as pipelines name them.
    pub entrees: &'static [&'static str],
    /// Where the figures come from, in words.
    pub source: &'static str,
    /// What the reader must beware of; empty if nothing.
    pub precaution: &'static str,
}

const LIEUX_ET_FAMILIALE: &[(&str, &str)] =
    &[("domicile", "à domicile"), ("mam", "en MAM"), ("creche_familiale", "en crèche familiale")];

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

const PMI: &str = "Liste des agréments du service de PMI du Département";
const CAF: &str = "Comptes de la Caf par commune (imaje)";

/// Every indicator, in the order of pages.
pub const CATALOGUE: &[Indicateur] = &[
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
        source: "Recensement des structures par le relais",
        precaution: "Pour les années d’avant le recensement, d’après les dates d’ouverture et de fermeture : valeurs estimées.",
    },
    Indicateur {
        id: "eaje_places",
        libelle: "Places en accueil collectif",
        definition: "Nombre de places autorisées des établissements d’accueil collectif ouverts.",
        formule: "somme des places autorisées",
        unite: Unite::Places,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: EAJE,
        entrees: &["structures"],
        source: "Recensement des structures par le relais",
        precaution: "Pour les années d’avant le recensement, d’après les dates d’ouverture et les places d’aujourd’hui : valeurs estimées.",
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
        source: "Recensement des structures par le relais",
        precaution: "Un établissement dont le financement n’est pas connu n’est pas compté comme PSU.",
    },
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
    },
    Indicateur {
        id: "places_pour_100",
        libelle: "Places pour 100 enfants de moins de 3 ans",
        definition: "Nombre de places d’accueil du territoire pour 100 enfants de moins de 3 ans qui y habitent.",
        formule: "100 × places d’accueil, tous modes / enfants de moins de 3 ans, sur les mêmes communes",
        unite: Unite::PlacesPour100,
        decimales: 1,
        agregation: Agregation::SommeSurSomme,
        sensibilite: Sensibilite::Publique,
        modalites: &[],
        entrees: &["pmi", "structures", "imaje"],
        source: "PMI, recensement des structures, Caf",
        precaution: "Ratio local : ce n’est pas le taux de couverture de la Cnaf. Les familles cherchent aussi dans les communes voisines.",
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
    },
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
    },
    Indicateur {
        id: "pyramide_ages",
        libelle: "Âges des assistants maternels",
        definition: "Nombre d’assistants maternels par classe d’âge de cinq ans, à domicile et en MAM.",
        formule: "âge en années révolues à la date d’observation",
        unite: Unite::AssistantsMaternels,
        decimales: 0,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Sensible,
        modalites: PYRAMIDE,
        entrees: &["pmi"],
        source: PMI,
        precaution: "Jamais montré en dessous de 11 assistants maternels.",
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
        modalites: &[],
        entrees: &["pmi"],
        source: PMI,
        precaution: "",
    },
];

/// The entry of that identifier.
pub fn indicateur(id: &str) -> Option<&'static Indicateur> {
    CATALOGUE.iter().find(|i| i.id == id)
}

impl Indicateur {
    /// The label of a modality; the identifier itself if it is not one of the entry.
    pub fn libelle_modalite<'a>(&self, modalite: &'a str) -> &'a str {
        self.modalites.iter().find(|(id, _)| *id == modalite).map_or(modalite, |(_, libelle)| libelle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_indicateur_se_presente() {
        let mut ids: Vec<_> = CATALOGUE.iter().map(|i| i.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CATALOGUE.len(), "un identifiant est en double");
        for i in CATALOGUE {
            assert!(i.definition.ends_with('.') && i.definition.len() > 30, "{} : définition", i.id);
            assert!(!i.libelle.is_empty() && !i.formule.is_empty() && !i.source.is_empty(), "{}", i.id);
            assert!(!i.entrees.is_empty(), "{} : sources", i.id);
            assert_eq!(i.decimales > 0, i.agregation == Agregation::SommeSurSomme, "{}", i.id);
        }
    }

    #[test]
    fn la_pyramide_a_chaque_classe_deux_fois() {
        let pyramide = indicateur("pyramide_ages").unwrap();
        for (classe, libelle, ..) in CLASSES_AGE {
            for (lieu, nom) in &LIEUX_ET_FAMILIALE[..2] {
                assert_eq!(
                    pyramide.libelle_modalite(&format!("{classe}:{lieu}")),
                    format!("{libelle}, {nom}")
                );
            }
        }
    }
}
