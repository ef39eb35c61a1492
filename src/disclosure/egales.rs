//! One number that stands in several rows (the persons who answered a question, beside each of its options, in
//! the rate of answer, below its mean) is one cell: to withhold it is to withhold them all.

use super::composante::racine;
use super::listes::Terme;
use super::systeme::{AUCUN, Systeme};
use std::collections::HashSet;

/// For each variable, the first of those that are the same number; itself if there is none.
pub(super) fn premieres(systeme: &Systeme<'_>) -> Vec<u32> {
    let mut premieres: Vec<u32> = (0..u32::try_from(systeme.variables.len()).unwrap_or(AUCUN)).collect();
    for (un, autre) in &systeme.memes {
        if systeme.est_cachable(*un) && systeme.est_cachable(*autre) {
            let (un, autre) = (racine(&mut premieres, *un), racine(&mut premieres, *autre));
            premieres[un.max(autre) as usize] = un.min(autre);
        }
    }
    for variable in 0..u32::try_from(premieres.len()).unwrap_or(AUCUN) {
        premieres[variable as usize] = racine(&mut premieres, variable);
    }
    premieres
}

/// Sums over cells, some of which stand for several variables: each cell once in a sum, each sum once.
#[derive(Default)]
pub(super) struct Sommes {
    dites: HashSet<Vec<(u32, u32)>>,
}

impl Sommes {
    /// The sum over its cells; none if it is empty, or was said already.
    pub(super) fn reduire(&mut self, termes: impl Iterator<Item = Terme>) -> Option<Vec<Terme>> {
        let mut reduite: Vec<Terme> = Vec::new();
        for (cellule, coefficient) in termes {
            match reduite.iter_mut().find(|(deja, _)| *deja == cellule) {
                Some((_, somme)) => *somme += coefficient,
                None => reduite.push((cellule, coefficient)),
            }
        }
        reduite.retain(|(_, coefficient)| coefficient.abs() > f32::EPSILON);
        let mut cle: Vec<(u32, u32)> = reduite.iter().map(|(v, a)| (*v, a.to_bits())).collect();
        cle.sort_unstable();
        (!reduite.is_empty() && self.dites.insert(cle)).then_some(reduite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_somme_ou_un_nombre_se_compense_ne_le_dit_plus_et_une_somme_n_est_dite_qu_une_fois() {
        let mut sommes = Sommes::default();
        let reduire = |sommes: &mut Sommes, termes: &[Terme]| sommes.reduire(termes.iter().copied());
        assert_eq!(reduire(&mut sommes, &[(0, 1.0), (1, -1.0), (0, -1.0)]), Some(vec![(1, -1.0)]));
        assert_eq!(reduire(&mut sommes, &[(2, 1.0), (2, -1.0)]), None);
        assert_eq!(reduire(&mut sommes, &[(3, 1.0), (4, -1.0)]).map(|s| s.len()), Some(2));
        assert_eq!(reduire(&mut sommes, &[(4, -1.0), (3, 1.0)]), None);
    }
}
