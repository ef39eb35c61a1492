//! What can go wrong with a file, a row or a cell, and how it is told to the person who can mend it.

mod bilan;
mod probleme;
mod rejets;
mod statut;

pub use bilan::{Bilan, Bilans};
pub use probleme::{Gravite, Lieu, Motif, Probleme, lettres_de_colonne, masquer};
pub use rejets::ecrire_rejets;
pub use statut::Statut;
