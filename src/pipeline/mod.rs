//! The declared pipeline, the stages in order, the journal, the atomic publication.

mod chronometre;
mod declaration;
mod ebauche;
mod etude;
mod examen;
mod explication;
mod historique;
mod indices;
mod journal;
mod lancement;
mod lecture;
mod lectures;
mod publication;
mod publications;
mod questionnaire;
mod secret;

pub use chronometre::Etape;
pub use declaration::{Declaration, ErreurDeclaration, SourceDeclaree};
pub use ebauche::{Ebauche, ErreurEbauche, ebaucher, pipeline_du_dossier};
pub use etude::{Autre, CompteRenduEtude, DemandeEtude, ErreurDEtude, etudier};
pub use explication::{Demande, ErreurExplication, Explication, Explications, expliquer};
pub use journal::Journal;
pub use lancement::{CompteRendu, ErreurLancement, Manque, Options, Verification, lancer, verifier};
pub use publication::ErreurPublication;
pub use publications::PublicationIllisible;
pub use questionnaire::{QuestionnaireEbauche, ebaucher_questionnaire};

/// Follows the stages of a run; the command line draws a bar, scripts nothing.
pub trait Suivi: Sync {
    /// A stage begins, with so many steps.
    fn etape(&self, nom: &str, pas: usize);
    /// One step of the stage is done.
    fn avancer(&self, quoi: &str);
}
