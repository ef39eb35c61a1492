//! The catalogue: what each indicator is called, how it is computed, how it is written, who may see it.
//!
//! Every page takes its words from here. The entries themselves stand beside the functions that compute
//! them, in the file of their family: a new indicator is one entry and one function, in one file.

use super::protection::Protection;
use super::{FAMILLES, Parametres};
use std::borrow::Cow;

/// Who may see the commune-level figures of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensibilite {
    /// Public figures: numbers of childminders, places, structures, births, published rates.
    Publique,
    /// Public of the territory; of one commune, for the relais alone: who came and who left ties the list of a year to that
    /// of the next, and the ages of the one to those of the other.
    PubliqueEnsemble,
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
    /// Years of age.
    Ans,
    /// A count of something that the label names: contacts, sessions, answers.
    Nombre,
    /// A mark on the scale that the label names.
    Note,
    /// A class, by its rank.
    Rang,
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
            Self::Ans => "ans",
            Self::Nombre => "nombre",
            Self::Note => "note",
            Self::Rang => "rang",
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
    /// Nothing can be made of the parts (a median, a declared total, a published rate): the family gives the
    /// value of each level itself.
    Directe,
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
    /// The formula in words, by the defaults of what a territory may choose.
    pub formule: &'static str,
    /// The same by what the territory chose, where that changes it.
    #[serde(skip)]
    pub formule_choisie: Option<fn(&Parametres) -> String>,
    /// Unit of the values.
    pub unite: Unite,
    /// Decimals shown, and kept in the table for rates.
    pub decimales: u32,
    /// True for an excess or a change, which is written with its sign.
    pub signe: bool,
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
    /// What a rate divides and what by, where both are indicators: identifier and modality of each.
    pub termes: Option<[(&'static str, &'static str); 2]>,
    /// The indicators whose sum it is: identifier and modality of each; none if it is no sum.
    pub somme_de: &'static [(&'static str, &'static str)],
    /// Of whom it speaks and to what it adds up, for disclosure.
    pub protection: Protection,
}

impl Indicateur {
    /// An entry that says nothing, for what most entries leave out: `..Indicateur::VIDE`.
    pub const VIDE: Self = Self {
        id: "",
        libelle: "",
        definition: "",
        formule: "",
        formule_choisie: None,
        unite: Unite::Nombre,
        decimales: 0,
        signe: false,
        agregation: Agregation::Somme,
        sensibilite: Sensibilite::Publique,
        modalites: &[],
        entrees: &[],
        source: "",
        precaution: "",
        termes: None,
        somme_de: &[],
        protection: Protection::DEFAUT,
    };

    /// The formula in words, with the thresholds and choices in force.
    pub fn formule_selon(&self, parametres: &Parametres) -> Cow<'static, str> {
        self.formule_choisie.map_or(Cow::Borrowed(self.formule), |dire| Cow::Owned(dire(parametres)))
    }

    /// What a rate is counted for: 100 for percents and places for 100 children, else 1.
    pub fn facteur(&self) -> f64 {
        if matches!(self.unite, Unite::Pourcent | Unite::PlacesPour100) { 100.0 } else { 1.0 }
    }
}

/// How pages call the lists of agréments.
pub(super) const PMI: &str = "Liste des agréments du service de PMI du Département";
/// How pages call the counts of the Caf.
pub(super) const CAF: &str = "Comptes de la Caf par commune (imaje)";
/// How pages call the census of structures.
pub(super) const STRUCTURES: &str = "Recensement des structures par le relais";
/// How pages call what the relais declares of itself.
pub(super) const RELAIS: &str = "Relevé d’activité du relais";

/// Every indicator, in the order of pages.
pub fn catalogue() -> impl Iterator<Item = &'static Indicateur> {
    FAMILLES.iter().flat_map(|famille| famille.indicateurs)
}

/// The entry of that identifier.
pub fn indicateur(id: &str) -> Option<&'static Indicateur> {
    catalogue().find(|i| i.id == id)
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
        let mut ids: Vec<_> = catalogue().map(|i| i.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), catalogue().count(), "un identifiant est en double");
        for i in catalogue() {
            assert!(i.definition.ends_with('.') && i.definition.len() > 30, "{} : définition", i.id);
            assert!(!i.libelle.is_empty() && !i.formule.is_empty() && !i.source.is_empty(), "{}", i.id);
            assert!(!i.entrees.is_empty(), "{} : sources", i.id);
            assert!(i.agregation != Agregation::SommeSurSomme || i.decimales > 0, "{} : précision", i.id);
        }
    }
}
