//! Several choices in one cell.
//!
//! Forms and Sphinx join them by `;`, which their options do not hold. Google joins them by `, `, which
//! options may hold: « Oui, mais pas le soir, Non ». Only the other answers of the column tell which commas
//! belong to an option.

use std::collections::{BTreeMap, BTreeSet};

/// Text that Google puts between two choices.
const VIRGULE: &str = ", ";

/// An option that is longer is an opinion: a column of opinions is not cut at its semicolons.
const OPTION_MAX: usize = 120;

/// How the cells of a column are cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Separateur {
    /// At each `;`.
    PointVirgule,
    /// At each `, `, but not between these pairs.
    Virgule(BTreeSet<(String, String)>),
}

/// The separator of a column of answers; none if each cell is one answer.
pub(super) fn separateur(cellules: &[&str], google: bool) -> Option<Separateur> {
    if google {
        let liees = paires_liees(cellules);
        return a_des_choix_multiples(cellules, &liees).then_some(Separateur::Virgule(liees));
    }
    let avec: Vec<&&str> = cellules.iter().filter(|c| c.contains(';')).collect();
    let termine = avec.iter().any(|c| c.trim_end().ends_with(';'));
    let mut vus: BTreeMap<&str, u32> = BTreeMap::new();
    for option in cellules.iter().flat_map(|c| c.split(';')).map(str::trim).filter(|o| !o.is_empty()) {
        *vus.entry(option).or_default() += 1;
    }
    // Without the final semicolon of Forms: the parts come back in other answers, and are no sentences.
    let reviennent = avec.iter().any(|cellule| {
        cellule
            .split(';')
            .map(str::trim)
            .filter(|o| !o.is_empty())
            .all(|o| vus.get(o).is_some_and(|n| *n > 1))
    });
    let courtes = vus.keys().all(|o| o.chars().count() <= OPTION_MAX);
    (termine || !avec.is_empty() && reviennent && courtes).then_some(Separateur::PointVirgule)
}

impl Separateur {
    /// What stands between two choices.
    pub(super) fn texte(&self) -> &'static str {
        match self {
            Self::PointVirgule => ";",
            Self::Virgule(_) => VIRGULE,
        }
    }

    /// The choices of a cell, in its order.
    pub(super) fn couper(&self, cellule: &str) -> Vec<String> {
        match self {
            Self::PointVirgule => {
                cellule.split(';').map(str::trim).filter(|o| !o.is_empty()).map(str::to_owned).collect()
            }
            Self::Virgule(liees) => couper_aux_virgules(cellule, liees),
        }
    }
}

fn couper_aux_virgules(cellule: &str, liees: &BTreeSet<(String, String)>) -> Vec<String> {
    let mut choix: Vec<String> = Vec::new();
    let mut precedent: Option<&str> = None;
    for morceau in cellule.split(VIRGULE) {
        let liee = precedent.is_some_and(|p| liees.contains(&(p.to_owned(), morceau.to_owned())));
        match choix.last_mut() {
            Some(dernier) if liee => {
                dernier.push_str(VIRGULE);
                dernier.push_str(morceau);
            }
            _ => choix.push(morceau.to_owned()),
        }
        precedent = Some(morceau);
    }
    choix
}

/// Where a part stands in the answers of a column.
#[derive(Default)]
struct Usage<'a> {
    precedents: BTreeSet<Option<&'a str>>,
    suivants: BTreeSet<Option<&'a str>>,
    commence: bool,
}

/// The pairs of parts between which the comma belongs to an option: the second never begins an answer, and
/// - it never follows another part, and the first is never without it (seen alone, they are one option), or
/// - it begins with a small letter, in a column whose answers begin with capitals.
fn paires_liees(cellules: &[&str]) -> BTreeSet<(String, String)> {
    let mut usages: BTreeMap<&str, Usage<'_>> = BTreeMap::new();
    for cellule in cellules {
        let morceaux: Vec<&str> = cellule.split(VIRGULE).collect();
        for (i, morceau) in morceaux.iter().enumerate() {
            let usage = usages.entry(morceau).or_default();
            usage.precedents.insert(i.checked_sub(1).map(|avant| morceaux[avant]));
            usage.suivants.insert(morceaux.get(i + 1).copied());
            usage.commence |= i == 0;
        }
    }
    let petite = |texte: &str| texte.chars().next().is_some_and(|c| c.is_lowercase() || c == '(');
    let debuts: Vec<bool> = usages.iter().filter(|(_, u)| u.commence).map(|(t, _)| petite(t)).collect();
    let en_capitales = debuts.iter().filter(|p| **p).count() * 2 < debuts.len();
    let mut liees = BTreeSet::new();
    for (suite, usage) in usages.iter().filter(|(_, u)| !u.commence) {
        for avant in usage.precedents.iter().flatten() {
            let inseparables = usage.precedents.len() == 1
                && usages.get(avant).is_some_and(|a| a.suivants.iter().all(|s| *s == Some(*suite)));
            if inseparables || en_capitales && petite(suite) {
                liees.insert(((*avant).to_owned(), (*suite).to_owned()));
            }
        }
    }
    liees
}

/// True if some answer, once its options are whole, holds two that are both chosen elsewhere too: answers
/// in free words do not.
fn a_des_choix_multiples(cellules: &[&str], liees: &BTreeSet<(String, String)>) -> bool {
    let coupees: Vec<Vec<String>> = cellules.iter().map(|c| couper_aux_virgules(c, liees)).collect();
    let mut vus: BTreeMap<&str, u32> = BTreeMap::new();
    for option in coupees.iter().flatten() {
        *vus.entry(option).or_default() += 1;
    }
    coupees.iter().any(|options| options.len() > 1 && options.iter().all(|o| vus[o.as_str()] > 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn couper(cellules: &[&str], google: bool) -> Vec<Vec<String>> {
        let separateur = separateur(cellules, google);
        cellules
            .iter()
            .map(|c| separateur.as_ref().map_or_else(|| vec![(*c).to_owned()], |s| s.couper(c)))
            .collect()
    }

    #[test]
    fn les_options_de_google_gardent_leurs_virgules() {
        let cellules = [
            "Oui, en soirée",
            "Non",
            "Oui, en soirée, Par courriel",
            "Par courriel",
            "Par courriel, Un samedi, si possible le matin",
            "Un samedi, si possible le matin",
        ];
        assert_eq!(
            couper(&cellules, true),
            [
                vec!["Oui, en soirée"],
                vec!["Non"],
                vec!["Oui, en soirée", "Par courriel"],
                vec!["Par courriel"],
                vec!["Par courriel", "Un samedi, si possible le matin"],
                vec!["Un samedi, si possible le matin"],
            ]
        );
    }

    #[test]
    fn des_options_en_petites_lettres_se_coupent_et_un_avis_reste_entier() {
        let cellules = ["domicile, mam", "mam", "mam, crèche", "domicile", "crèche"];
        assert_eq!(couper(&cellules, true)[2], ["mam", "crèche"]);
        let avis = ["Merci, très bien", "Rien à dire", "Trop loin, trop tard, trop cher"];
        assert!(couper(&avis, true).iter().all(|c| c.len() == 1));
    }

    #[test]
    fn forms_joint_par_des_points_virgules() {
        let cellules = ["Je l'ai, je ne l'ai pas lu;Il ne m'est pas utile;", "Je l'ai, je ne l'ai pas lu;"];
        assert_eq!(couper(&cellules, false)[0], ["Je l'ai, je ne l'ai pas lu", "Il ne m'est pas utile"]);
        // An opinion in free words is not a list of choices.
        let avis = ["Site peu lisible; numéro introuvable", "Très bon accueil, merci."];
        assert_eq!(couper(&avis, false)[0], ["Site peu lisible; numéro introuvable"]);
        let sphinx = ["Domicile ; MAM", "MAM", "Domicile"];
        assert_eq!(couper(&sphinx, false)[0], ["Domicile", "MAM"]);
    }
}
