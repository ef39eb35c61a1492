//! Canonical tables that come back from what an earlier run kept: their shape is checked, since nothing
//! past this module checks it again.

use super::structures::aucun_arret;
use super::{Comptes, Liste, Structures};
use polars::prelude::*;

const LISTE: [(&str, DataType); 16] = [
    ("annee", DataType::Int32),
    ("date_observation", DataType::Date),
    ("source", DataType::String),
    ("code", DataType::String),
    ("nom", DataType::UInt64),
    ("cle", DataType::UInt64),
    ("age", DataType::Int32),
    ("places", DataType::UInt32),
    ("lieu", DataType::String),
    ("mam", DataType::UInt64),
    ("accepte_periscolaire", DataType::Boolean),
    ("accepte_atypique", DataType::Boolean),
    ("accepte_urgence", DataType::Boolean),
    ("accepte_handicap", DataType::Boolean),
    ("monenfant", DataType::Boolean),
    ("places_libres", DataType::UInt32),
];

const STRUCTURES: [(&str, DataType); 13] = [
    ("date_observation", DataType::Date),
    ("source", DataType::String),
    ("type", DataType::String),
    ("nom", DataType::String),
    ("code", DataType::String),
    ("places", DataType::UInt32),
    ("financement", DataType::String),
    ("gestionnaire", DataType::String),
    ("ouverture", DataType::Date),
    ("fermeture", DataType::Date),
    ("longitude", DataType::Float64),
    ("latitude", DataType::Float64),
    ("structure", DataType::UInt32),
];

const COMPTES: [(&str, DataType); 9] = [
    ("annee", DataType::Int32),
    ("date_observation", DataType::Date),
    ("code", DataType::String),
    ("mesure", DataType::String),
    ("valeur", DataType::Float64),
    ("statut", DataType::UInt32),
    ("parties", DataType::UInt32),
    ("parties_attendues", DataType::UInt32),
    ("sources", DataType::String),
];

/// The columns of a table, in order, whatever else the frame holds.
fn verifier(trame: &DataFrame, colonnes: &[(&str, DataType)]) -> PolarsResult<DataFrame> {
    for (nom, attendu) in colonnes {
        let vu = trame.column(nom)?.dtype();
        polars_ensure!(vu == attendu, SchemaMismatch: "{} : {} au lieu de {}", nom, vu, attendu);
    }
    trame.select(colonnes.iter().map(|(nom, _)| *nom))
}

impl Liste {
    /// Year that the list speaks of.
    pub fn annee(&self) -> i32 {
        self.annee
    }

    /// The frame: the columns of [`super::AssistantsMaternels`] and `nom` (u64, pseudonym of the name alone),
    /// before lists are brought together.
    pub fn trame(&self) -> &DataFrame {
        &self.trame
    }

    /// A list that was kept.
    ///
    /// # Errors
    /// If the frame has not the columns of [`Liste::trame`].
    pub fn reprendre(annee: i32, trame: &DataFrame) -> PolarsResult<Self> {
        Ok(Self { annee, trame: verifier(trame, &LISTE)? })
    }
}

impl Structures {
    /// Censuses that were kept. The stops of travelling structures are not: they have none here.
    ///
    /// # Errors
    /// If the frame has not the columns of [`Structures`].
    pub fn reprendre(trame: &DataFrame) -> PolarsResult<Self> {
        Ok(Self { trame: verifier(trame, &STRUCTURES)?, arrets: aucun_arret()? })
    }
}

impl Comptes {
    /// Counts that were kept.
    ///
    /// # Errors
    /// If the frame has not the columns of [`Comptes`].
    pub fn reprendre(trame: &DataFrame) -> PolarsResult<Self> {
        verifier(trame, &COMPTES).map(Self)
    }
}
