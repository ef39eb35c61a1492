//! The journal of a run: what was read, with its fingerprint, what was written, how long it took.

use super::chronometre::Etape;
use crate::disclosure::Retenus;
use crate::sources::Empreinte;
use std::collections::BTreeMap;

/// `journal.json`.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Journal {
    /// Version of the product.
    pub version: String,
    /// Pipeline that was run.
    pub pipeline: String,
    /// Territory, by name and code.
    pub territoire: BTreeMap<String, String>,
    /// Year of the report.
    pub annee: i32,
    /// Input files.
    pub entrees: Vec<Empreinte>,
    /// Rows of each source: in all, read, rejected, set aside.
    pub lignes: Vec<LignesDeSource>,
    /// Figures of the table by status.
    pub chiffres: BTreeMap<String, u64>,
    /// Figures withheld for each audience, by reason.
    pub retenus: BTreeMap<String, Retenus>,
    /// Output files, but this one.
    pub sorties: Vec<Empreinte>,
    /// Time and memory of each stage: the only part that differs between two runs on the same files.
    pub etapes: Vec<Etape>,
}

/// What became of the rows of a source.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct LignesDeSource {
    /// Identifier of the source.
    pub source: String,
    /// Rows of the file.
    pub lignes: u32,
    /// Rows read.
    pub lues: u32,
    /// Rows rejected.
    pub rejetees: u32,
    /// Rows set aside.
    pub mises_de_cote: u32,
}
