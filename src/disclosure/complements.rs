//! The others of a public number (28 of 30: the other two) are no cell of their own: they are that number less the
//! cell, so that what must stay possible of them is asked of the cell.

use super::systeme::{AUCUN, Systeme};

/// The variables that are what a public number leaves of another, and that nothing else is said of.
pub(super) struct Complements {
    /// By variable: its first complement; by complement, the next one of the same variable.
    suivants: Vec<u32>,
    /// By variable, whether it is a complement.
    pub sont: Vec<bool>,
    /// By equation, whether it only says that one is.
    pub dits: Vec<bool>,
}

impl Complements {
    pub(super) fn de(systeme: &Systeme<'_>) -> Self {
        let cachables =
            |rang: u32| systeme.equations.une(rang).termes.iter().filter(|(v, _)| systeme.est_cachable(*v));
        let mut sommes = vec![0u32; systeme.variables.len()];
        for (rang, _) in (0u32..).zip(systeme.equations.iter()) {
            cachables(rang).for_each(|(v, _)| sommes[*v as usize] += 1);
        }
        let mut complements = Self {
            suivants: vec![AUCUN; sommes.len()],
            sont: vec![false; sommes.len()],
            dits: vec![false; systeme.equations.len()],
        };
        for (rang, _) in (0u32..).zip(systeme.equations.iter()).filter(|(_, e)| e.somme) {
            let mut termes = cachables(rang);
            let paire = [termes.next(), termes.next(), termes.next()];
            let [Some((une, a)), Some((autre, b)), None] = paire else { continue };
            // Two parts of a total that is public.
            if *a > 0.0 || *b > 0.0 {
                continue;
            }
            let est_seul = |v: u32| systeme.variables[v as usize].ligne == AUCUN && sommes[v as usize] == 1;
            let (variable, complement) = if est_seul(*autre) { (*une, *autre) } else { (*autre, *une) };
            if est_seul(complement) {
                complements.sont[complement as usize] = true;
                complements.dits[rang as usize] = true;
                complements.suivants[complement as usize] = complements.suivants[variable as usize];
                complements.suivants[variable as usize] = complement;
            }
        }
        complements
    }

    /// Those of a variable that is none.
    pub(super) fn de_la_variable(&self, variable: u32) -> impl Iterator<Item = u32> {
        let suivant = |v: &u32| Some(self.suivants[*v as usize]).filter(|v| *v != AUCUN);
        std::iter::successors(suivant(&variable), suivant)
    }
}
