//! Two lists of one year: whoever, or whatever, stands on both counts once.
//!
//! Two lists of one year may complete each other (two départements, two parts of a territory), or say the same
//! (a file declared twice, another export), or follow each other (June, then December). The last day comes first,
//! and the first of the pipeline on one day; what another list takes up is taken out of it. A list of an earlier day
//! of which the later one holds at least half is an older state of the same list: it gives way in the communes that the
//! later one speaks of, or those who left in between would still count. Of another commune the later list says nothing:
//! what the older one says of it stays.

use crate::quality::Probleme;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;

/// Tables of which each person, or structure, stands on one; and what is to be told, with the source that it is told to.
pub type Departages<T> = (Vec<T>, Vec<(String, Probleme)>);

/// One list among others.
pub(super) struct Recueil {
    pub(super) source: String,
    pub(super) jour: NaiveDate,
    /// Commune of each row.
    pub(super) codes: Vec<String>,
}

/// What two lists of one year have in common.
pub(super) struct Recoupement {
    /// Ranks of the list that gives way and of the one that is kept.
    pub(super) liste: usize,
    pub(super) gardee: usize,
    /// Rows of the one, and rows of the other that say the same.
    pub(super) paires: Vec<(usize, usize)>,
    /// True if the list gives way as a whole, but for the communes that the other one does not speak of: it is an older
    /// state of the other.
    pub(super) remplacee: bool,
    /// Rows that are taken out, and rows that stay.
    pub(super) retirees: usize,
    pub(super) restantes: usize,
}

/// The rows of each list that stay, and what was found. `semblable` gives, for a row of a list, the row of another
/// one that is of the same person or structure.
pub(super) fn recouper(
    recueils: &[Recueil],
    semblable: impl Fn((usize, usize), usize) -> Option<usize>,
) -> (Vec<Vec<bool>>, Vec<Recoupement>) {
    let mut restent: Vec<Vec<bool>> = recueils.iter().map(|r| vec![true; r.codes.len()]).collect();
    let mut trouves = Vec::new();
    let mut ordre: Vec<usize> = (0..recueils.len()).collect();
    ordre.sort_by_key(|rang| std::cmp::Reverse(recueils[*rang].jour));
    for (place, liste) in ordre.iter().copied().enumerate() {
        let de_l_annee = |autre: &&usize| recueils[**autre].jour.year() == recueils[liste].jour.year();
        for gardee in ordre[..place].iter().filter(de_l_annee).copied() {
            let codes = &recueils[liste].codes;
            let restantes: Vec<usize> = (0..codes.len()).filter(|ligne| restent[liste][*ligne]).collect();
            let paires: Vec<(usize, usize)> = restantes
                .iter()
                .filter_map(|ligne| Some((*ligne, semblable((liste, *ligne), gardee)?)))
                .collect();
            if paires.is_empty() {
                continue;
            }
            let remplacee = recueils[liste].jour < recueils[gardee].jour && paires.len() * 2 >= codes.len();
            for (ligne, _) in &paires {
                restent[liste][*ligne] = false;
            }
            if remplacee {
                let couvertes: BTreeSet<&String> = recueils[gardee].codes.iter().collect();
                for (reste, code) in restent[liste].iter_mut().zip(codes) {
                    *reste &= !couvertes.contains(code);
                }
            }
            let apres = restent[liste].iter().filter(|reste| **reste).count();
            let retirees = restantes.len() - apres;
            trouves.push(Recoupement { liste, gardee, paires, remplacee, retirees, restantes: apres });
        }
    }
    (restent, trouves)
}

impl Recoupement {
    /// What stays of a list that is replaced, in words.
    pub(super) fn ce_qui_reste(&self) -> String {
        match self.restantes {
            0 => "aucune de ses lignes n’est comptée".to_owned(),
            1 => "une seule de ses lignes reste comptée, d’une commune dont la plus récente ne dit rien"
                .to_owned(),
            n => format!("{n} de ses lignes restent comptées, de communes dont la plus récente ne dit rien"),
        }
    }
}
