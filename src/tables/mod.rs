//! Canonical tables: typed Polars frames that only ingestion can build. The first narrow waist.
//!
//! Past this module nothing is a string that should be a date, nothing is unmatched, nothing is
//! checked again. Names and birth dates stop here: a person goes on as a keyed hash and an age.

mod annee_de_liste;
mod archives;
mod assistants_maternels;
mod cases;
mod colonnes;
mod comptes;
mod declarations;
mod ingestion;
mod jours;
mod personnel;
mod portee;
mod pseudonymes;
mod recoupement;
mod repetitions;
mod reponses;
pub mod schema;
mod services;
mod structures;
mod taux_publies;
mod titres;
mod trajets;
mod une_annee;

pub use annee_de_liste::{annees_de_liste, de_l_annee};
pub use assistants_maternels::{AssistantsMaternels, Continuite, Liste, ListeDeLAnnee};
pub use colonnes::{annees_des_colonnes, colonnes_non_employees, dire_les_colonnes, dit_ses_annees};
pub use comptes::{Comptes, Mesure, autre_compte_que_les_naissances, nombre_de_rien};
pub use declarations::{
    Declaration, Declarations, MesureActivite, dit_une_mesure_d_activite, mesures_activite,
};
pub use ingestion::{Ingestion, commune_d_un_titre, dit_qu_il_n_y_a_personne};
pub use jours::{du_jour, en_jours};
pub use portee::{Portee, UNE_SUR_VINGT};
pub use pseudonymes::Pseudonymes;
pub use recoupement::Departages;
pub use reponses::{
    Choix, EbaucheQuestionnaire, Echelle, LigneDeGrille, Question, Questionnaire, Reponses, TypeQuestion,
    derniere_reponse,
};
pub use services::{Services, fiche_en_table, parle_d_un_service};
pub use structures::{Structures, places_a_lire, sans_fin_de_convention};
pub use taux_publies::{COMPOSANTES, Publication, TauxPublies};
pub use titres::{
    annee_comptee_en_mois, dit_ou_ses_chiffres_s_arretent, dit_une_autre_unite, refus_par_le_titre,
};
pub use trajets::{BOUTS, Bout, Trajets};
pub use une_annee::refus_d_une_annee;
