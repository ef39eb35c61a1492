//! One number that stands in several rows (the persons who answered a question, beside each of its options, in
//! the rate of answer, below its mean) is one cell: to withhold it is to withhold them all.

use super::listes::Terme;
use super::systeme::Systeme;
use std::collections::{HashMap, HashSet};

/// For each variable that is the same number as others, the first of these; the variables of a country are too many for
/// the others to be listed.
pub(super) fn premieres(systeme: &Systeme<'_>) -> HashMap<u32, u32> {
    let mut premieres: HashMap<u32, u32> = HashMap::new();
    let cachables =
        systeme.memes.iter().filter(|(un, autre)| [un, autre].iter().all(|v| systeme.est_cachable(**v)));
    for (un, autre) in cachables {
        let (un, autre) = (premiere(&premieres, *un), premiere(&premieres, *autre));
        premieres.insert(un.max(autre), un.min(autre));
    }
    premieres.keys().map(|variable| (*variable, premiere(&premieres, *variable))).collect()
}

/// The first of the variables that are known to be the same number as one.
fn premiere(avant: &HashMap<u32, u32>, variable: u32) -> u32 {
    let plus_tot = |v: &u32| avant.get(v).copied().filter(|suivante| suivante != v);
    std::iter::successors(Some(variable), plus_tot).last().unwrap_or(variable)
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
    fn la_premiere_se_trouve_de_proche_en_proche() {
        let avant = HashMap::from([(7, 4), (4, 1), (1, 1), (9, 7)]);
        assert_eq!([9, 7, 4, 1, 3].map(|v| premiere(&avant, v)), [1, 1, 1, 1, 3]);
    }

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
