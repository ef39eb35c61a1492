//! From canonical tables to the indicator table.

mod statut;

pub use statut::Statut;
