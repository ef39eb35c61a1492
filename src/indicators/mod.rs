//! From canonical tables to the indicator table.

pub mod catalogue;
mod statut;
mod table;

pub use catalogue::{CATALOGUE, Indicateur, indicateur};
pub use statut::Statut;
pub use table::{COLONNES, Figure, Niveau, TableIndicateurs, du_jour, en_jours};
