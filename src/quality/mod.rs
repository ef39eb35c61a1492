//! What can go wrong with a file, a row or a cell, and how it is told to the person who can mend it.

mod bilan;
pub mod changements;
pub mod completude;
pub mod contradictions;
mod declarations;
pub mod invraisemblances;
mod matiere;
mod page;
mod priorites;
mod probleme;
mod rapport;
mod rejets;
mod statut;
mod texte_sur;

pub use bilan::{Bilan, Bilans};
pub use contradictions::Contradiction;
pub use declarations::ChiffreDesListes;
pub use matiere::{ChiffreManquant, Matiere, MesureExaminee, SourceExaminee};
pub use page::ecrire_page;
pub use priorites::Priorite;
pub use probleme::{Gravite, Lieu, Motif, Probleme, lettres_de_colonne, masquer};
pub use rapport::{Exemple, Groupe, NomDevine, RapportQualite, Resume, SourceLue};
pub use rejets::{ecrire_rejets, sans_formule};
pub use statut::Statut;
pub use texte_sur::texte_sur;
