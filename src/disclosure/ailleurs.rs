//! What the reports of other years show of the same figures, to the same readers.
//!
//! A report gives the years before its own as well. A reader who kept another one has both: where one withholds a figure so that a small
//! number is not computed, and the other one a different figure in its stead, the two together give that number. So what another
//! report withheld is withheld again; and what it showed is known, so that to withhold it here would protect nothing.
//!
//! A figure that was corrected since is another one: of those, the reader has both, and nothing is known of what they are worth together.

use super::primaire::{Doute, Primaires};
use super::systeme::Systeme;
use crate::indicators::{Statut, TableIndicateurs};

/// By row of the system, what other reports did of it.
#[derive(Debug, Default)]
pub(super) struct Ailleurs {
    montrees: Vec<bool>,
    tues: Vec<bool>,
}

impl Ailleurs {
    /// Reads what these tables show: those of other reports, as their readers have them.
    pub(super) fn lire(systeme: &Systeme<'_>, tables: &[TableIndicateurs]) -> Self {
        let lignes = systeme.lignes.len();
        let mut ailleurs = Self { montrees: vec![false; lignes], tues: vec![false; lignes] };
        for suivi in tables.iter().flat_map(TableIndicateurs::suivis) {
            let mut ici = systeme.lignes_du_suivi(&suivi);
            for (annee, statut, nombres) in suivi.nombres() {
                // Both are in the order of the years.
                while ici.start < ici.end && systeme.lignes[ici.start as usize].annee < annee {
                    ici.start += 1;
                }
                let rang = ici.start;
                if ici.is_empty() || systeme.lignes[rang as usize].annee != annee {
                    continue;
                }
                ailleurs.tues[rang as usize] |= statut == Statut::Secret;
                ailleurs.montrees[rang as usize] |= statut != Statut::Secret && systeme.dit(rang, nombres);
            }
        }
        ailleurs
    }

    /// Takes for known what was shown and is withheld for nothing of its own, and what follows from it; withholds what was withheld.
    pub(super) fn suivre(&self, systeme: &mut Systeme<'_>, primaires: &mut Primaires) {
        if !self.tues.contains(&true) && !self.montrees.contains(&true) {
            return;
        }
        let connues = (0..).zip(&self.montrees).zip(&primaires.lignes);
        for ((rang, _), _) in connues.filter(|((_, montree), primaire)| **montree && !**primaire) {
            systeme.publier(rang);
        }
        systeme.deduire_les_publiques();
        for (variable, doute) in systeme.variables.iter().zip(&mut primaires.doutes) {
            if variable.publique {
                *doute = Doute::default();
            }
        }
        for (rang, retenue) in (0..).zip(&mut primaires.lignes).filter(|(rang, _)| self.tues[*rang as usize])
        {
            *retenue |= !systeme.est_publique(rang);
        }
    }
}
