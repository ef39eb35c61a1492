//! Somebody who has left, by what is written beside the columns that say so: « décédée », « ne travaille plus ».

use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::replier;
use std::collections::BTreeSet;

/// What tells in words that somebody minds no children any more.
const DEPARTS: [&str; 15] = [
    "deced",
    "demission",
    "radie",
    "retraite",
    "cessation",
    "cesse",
    "suspend",
    "renouvel",
    "archiv",
    "plus d agrement",
    "ne travaille plus",
    "ne garde plus",
    "n exerce plus",
    "n accueille plus",
    "a arrete",
];
/// Beside which it is of another time, or of another matter.
const AUTRE_CHOSE: [&str; 12] = [
    "prevu",
    "prochain",
    "bientot",
    "futur",
    "envisag",
    "sera",
    "souhait",
    "projet",
    "jusqu",
    "reprise",
    "preretraite",
    "demande",
];
/// Headers of columns of remarks, folded.
const REMARQUES: [&str; 7] =
    ["observation", "remarque", "commentaire", "divers", "note", "precision", "information"];

/// Tells how many people that the list counts may have left: a remark, or a word beside their name or their capacity, says
/// so, and no column of states or of days of leaving does. They stay counted: what is said may be of another time. Gives their
/// lines.
pub(super) fn dire_ceux_qui_semblent_partis(
    tableau: &Tableau,
    lues: &[u32],
    bilan: &mut Bilan,
) -> BTreeSet<u32> {
    let remarques = tableau.autres.iter().filter(|colonne| {
        let entete = replier(&colonne.entete);
        entete.split(' ').any(|mot| REMARQUES.iter().any(|debut| mot.starts_with(debut)))
            || tient_en_quelques_mots(colonne)
    });
    let noms = ["nom", "prenom", "commune"].into_iter().filter_map(|champ| tableau.colonne(champ));
    let autres = tableau.colonne("capacite").into_iter().chain(remarques);
    // Beside a name, it stands in brackets or after a comma.
    let colonnes: Vec<(&ColonneTexte, bool)> =
        noms.map(|colonne| (colonne, true)).chain(autres.map(|colonne| (colonne, false))).collect();
    let comptee =
        |rang: usize| tableau.lignes.get(rang).is_some_and(|ligne| lues.binary_search(ligne).is_ok());
    let dit = |rang: &usize| {
        let parle = |(colonne, nom): &&(&ColonneTexte, bool)| {
            let texte = colonne.valeurs.get(*rang).filter(|texte| !nom || texte.contains(['(', ',', '*']));
            texte.is_some_and(parle_d_un_depart)
        };
        colonnes.iter().find(parle).map(|(colonne, _)| (*rang, *colonne))
    };
    let trouvees: Vec<(usize, &ColonneTexte)> =
        (0..tableau.hauteur()).filter_map(|rang| dit(&rang)).filter(|(rang, _)| comptee(*rang)).collect();
    let Some((rang, colonne)) = trouvees.first() else { return BTreeSet::new() };
    let mut lieu = tableau.lieu_colonne(*rang, colonne);
    let lignes = u32::try_from(trouvees.len()).unwrap_or(u32::MAX);
    lieu.ligne = lieu.ligne.filter(|_| lignes == 1);
    let numeros: Vec<String> = trouvees
        .iter()
        .take(LIGNES_CITEES)
        .filter_map(|(rang, _)| Some(tableau.lignes.get(*rang)?.to_string()))
        .collect();
    let suite = if trouvees.len() > LIGNES_CITEES { "…" } else { "" };
    let detail = match lignes {
        1 => "une personne que la liste compte semble partie".to_owned(),
        n => format!(
            "{n} personnes que la liste compte semblent parties (lignes {}{suite})",
            numeros.join(", ")
        ),
    };
    bilan.noter(Probleme { lignes, ..Probleme::new(Motif::DepartEnRemarque, lieu, detail) });
    trouvees.iter().filter_map(|(rang, _)| tableau.lignes.get(*rang).copied()).collect()
}

/// True for a column that nobody reads, whose cells are words and no sentences: that of a state, whatever its header.
fn tient_en_quelques_mots(colonne: &ColonneTexte) -> bool {
    const D_AUTRE_CHOSE: [&str; 8] =
        ["employeur", "formation", "diplome", "conjoint", "ancien", "preced", "projet", "profession"];
    let entete = replier(&colonne.entete);
    let autre = entete.split(' ').any(|mot| D_AUTRE_CHOSE.iter().any(|debut| mot.starts_with(debut)));
    !autre && colonne.valeurs.iter().flatten().all(|texte| texte.split_whitespace().count() <= 4)
}

/// Lines that a message cites.
const LIGNES_CITEES: usize = 8;

pub(super) fn parle_d_un_depart(texte: &str) -> bool {
    // Hardly any cell is as long as the shortest of these words with anything beside it.
    if texte.len() < "deced".len() {
        return false;
    }
    let replie = replier(texte);
    let dit = |debuts: &[&str]| {
        let places = std::iter::once(0).chain(replie.match_indices(' ').map(|(espace, _)| espace + 1));
        places.into_iter().any(|place| debuts.iter().any(|debut| replie[place..].starts_with(debut)))
    };
    // « Agrément renouvelé » goes on; « non renouvelé » does not.
    let renouvele =
        replie.contains("renouvel") && !replie.contains("non renouvel") && !replie.contains("pas renouvel");
    dit(&DEPARTS) && !dit(&AUTRE_CHOSE) && !renouvele
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_remarque_dit_qui_est_parti_et_pas_qui_partira() {
        for texte in [
            "décédée le 12/03/2024",
            "retraite au 01/07/2024, ne travaille plus",
            "GIRARD (décédée)",
            "3 suspendu",
            "3 non renouvelé",
            "Démission",
            "n’exerce plus",
        ] {
            assert!(parle_d_un_depart(texte), "{texte}");
        }
        for texte in [
            "",
            "3",
            "MARTIN",
            "Retraite prévue en 2026",
            "agrément renouvelé en 2023",
            "départ en vacances en août",
            "projet de démission",
            "RETAILLEAU",
            "Cessac",
        ] {
            assert!(!parle_d_un_depart(texte), "{texte}");
        }
    }
}
