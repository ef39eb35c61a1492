//! Parsers of the values that French offices write.
//!
//! Each takes the text of a filled cell and gives a typed value, or a [`ValeurInvalide`] from which
//! the caller, who knows the place, makes a problem. None guesses: what can be read in two ways is
//! refused.

mod adresses;
mod agrements;
mod dates;
mod nombres;
mod statuts;
mod structures;

pub use adresses::{Localite, code_postal_et_commune};
pub use agrements::{
    Capacite, LieuExercice, capacite, est_une_adresse, est_une_creche_familiale, lieu_d_une_colonne,
    lieu_exercice, nom_de_mam, oui_non,
};
pub use dates::{
    OrdreDeDate, Periode, annee, annee_naissance, date, jour_et_mois_echanges, ordre_de_date, periode,
    periode_a_la_fin,
};
pub use nombres::{
    Compte, age, compte, effectif, entier, est_manquant, nombre, points_de_milliers, sans_appel,
};
pub use statuts::{agrement_en_cours, est_familial, est_une_pause};
pub use structures::{
    EtatStructure, Financement, Gestionnaire, TypeStructure, est_surement_un_autre_service,
    est_un_autre_service, etat_structure, financement, gestionnaire, type_au_debut_du_nom, type_structure,
};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::quality::{Lieu, Motif, Probleme};

/// A cell that cannot be read as what its column should hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ValeurInvalide {
    /// The reason, which decides what is lost.
    pub motif: Motif,
    /// What is particular to this value, in French, without the value itself (it may be personal).
    pub detail: String,
}

impl ValeurInvalide {
    fn new(motif: Motif, detail: impl Into<String>) -> Self {
        Self { motif, detail: detail.into() }
    }

    /// The problem, at its place; the caller adds the value, masked if it is personal.
    pub fn a(self, lieu: Lieu) -> Probleme {
        Probleme::new(self.motif, lieu, self.detail)
    }
}

/// A text as it is compared: without accents, case, punctuation or repeated spaces
/// (`« N° Tél. »` → `n tel`, `Cœur` → `coeur`).
pub fn replier(texte: &str) -> String {
    let mut replie = String::with_capacity(texte.len());
    let mut ajouter = |c: char| match c {
        'œ' | 'Œ' => replie.push_str("oe"),
        'æ' | 'Æ' => replie.push_str("ae"),
        c if c.is_ascii_alphanumeric() => replie.push(c.to_ascii_lowercase()),
        c if c.is_alphanumeric() => replie.extend(c.to_lowercase()),
        _ if replie.is_empty() || replie.ends_with(' ') => {}
        _ => replie.push(' '),
    };
    for c in texte.chars() {
        // Most letters of an office are plain: only the others are taken apart.
        if c.is_ascii() {
            ajouter(c);
        } else {
            std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c)).for_each(&mut ajouter);
        }
    }
    replie.truncate(replie.trim_end().len());
    replie
}

/// True if a folded text holds all these words, in this order and side by side.
fn contient_mots(replie: &str, mots: &str) -> bool {
    let debuts = std::iter::once(0).chain(replie.match_indices(' ').map(|(espace, _)| espace + 1));
    debuts
        .filter_map(|debut| replie[debut..].strip_prefix(mots))
        .any(|reste| reste.is_empty() || reste.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn des_mots_se_cherchent_entiers_et_dans_l_ordre() {
        for mots in ["mam", "chez elle", "a a"] {
            for (avant, apres) in [("", ""), ("la ", ""), ("", " rose"), ("x", ""), ("", "x"), ("xa ", " a")]
            {
                let entiers = !avant.ends_with('x') && !apres.starts_with('x');
                assert_eq!(
                    contient_mots(&format!("{avant}{mots}{apres}"), mots),
                    entiers,
                    "{avant}|{mots}|{apres}"
                );
            }
        }
        assert!(!contient_mots("elle chez", "chez elle") && !contient_mots("", "mam"));
    }

    #[test]
    fn le_pli_efface_ce_qui_ne_compte_pas() {
        for (texte, attendu) in [
            ("Date\r\nd’agrément", "date d agrement"),
            ("N° Tél.", "n tel"),
            ("  CŒUR\u{a0}de  Bourg ", "coeur de bourg"),
            ("Âge", "age"),
            ("nb_places", "nb places"),
            ("***", ""),
        ] {
            assert_eq!(replier(texte), attendu, "{texte}");
        }
    }

    #[test]
    fn une_valeur_invalide_devient_un_probleme() {
        let probleme =
            date("32/01/2024").unwrap_err().a(Lieu::fichier("liste.csv")).avec_valeur("32/01/2024");
        assert_eq!(probleme.motif, Motif::DateIllisible);
        assert!(
            probleme.to_string().starts_with("P30 date illisible — liste.csv : « 32/01/2024 »"),
            "{probleme}"
        );
    }
}
