//! Lists end to end: the sums of a country are tens of millions of lists, of two or three terms each.

/// A variable, and its coefficient in a sum.
pub(super) type Terme = (u32, f32);

/// Lists, each known by its rank, in one piece of memory.
#[derive(Debug)]
pub(super) struct Listes<T> {
    /// Where each list ends.
    fins: Vec<u32>,
    elements: Vec<T>,
}

impl<T> Default for Listes<T> {
    fn default() -> Self {
        Self { fins: Vec::new(), elements: Vec::new() }
    }
}

impl<T> Listes<T> {
    /// One list more.
    pub(super) fn ajouter(&mut self, liste: impl IntoIterator<Item = T>) {
        self.elements.extend(liste);
        self.fins.push(u32::try_from(self.elements.len()).unwrap_or(u32::MAX));
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.fins.len()
    }

    /// One of them.
    pub(super) fn liste(&self, rang: u32) -> &[T] {
        let rang = rang as usize;
        let debut = rang.checked_sub(1).map_or(0, |avant| self.fins[avant]);
        &self.elements[debut as usize..self.fins[rang] as usize]
    }

    /// All of them, in the order of their ranks.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[T]> {
        (0..u32::try_from(self.fins.len()).unwrap_or(u32::MAX)).map(|rang| self.liste(rang))
    }
}

impl<T: Copy> Listes<T> {
    /// For each number below `nombre`, what stands beside it, in the order given: `paires` is gone through twice.
    pub(super) fn par_numero<I: Iterator<Item = (u32, T)>>(nombre: usize, paires: impl Fn() -> I) -> Self {
        // Where the next element of each number goes; in the end, where its list ends.
        let mut fins = vec![0u32; nombre];
        let mut premier = None;
        for (numero, element) in paires() {
            premier.get_or_insert(element);
            fins[numero as usize] += 1;
        }
        let mut debut = 0;
        for fin in &mut fins {
            debut += std::mem::replace(fin, debut);
        }
        let mut elements = premier.map_or_else(Vec::new, |element| vec![element; debut as usize]);
        for (numero, element) in paires() {
            let place = &mut fins[numero as usize];
            elements[*place as usize] = element;
            *place += 1;
        }
        Self { fins, elements }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_liste_est_a_son_rang_meme_apres_une_liste_vide() {
        let mut listes = Listes::default();
        listes.ajouter([1, 2]);
        listes.ajouter([]);
        listes.ajouter([3]);
        assert_eq!(listes.iter().collect::<Vec<_>>(), [&[1, 2][..], &[], &[3]]);
        assert_eq!((listes.len(), listes.liste(2)), (3, &[3][..]));
    }

    #[test]
    fn des_paires_deviennent_les_listes_de_leurs_numeros() {
        let paires = [(2, 'a'), (0, 'b'), (2, 'c')];
        let listes = Listes::par_numero(4, || paires.iter().copied());
        assert_eq!(listes.iter().collect::<Vec<_>>(), [&['b'][..], &[], &['a', 'c'], &[]]);
        assert_eq!(Listes::<char>::par_numero(2, std::iter::empty).iter().count(), 2);
    }
}
