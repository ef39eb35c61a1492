//! Cells moved one after the other, until every sum holds again.

use super::secondaire::{BRUIT, Protecteur};

/// Cells moved so far, and the sums that they leave wrong.
#[derive(Default)]
pub(super) struct Chemin {
    pub(super) bougees: Vec<(u32, f64)>,
    ecarts: Vec<(u32, f64)>,
}

impl From<Vec<(u32, f64)>> for Chemin {
    /// Moves after which every sum holds.
    fn from(bougees: Vec<(u32, f64)>) -> Self {
        Self { bougees, ecarts: Vec::new() }
    }
}

impl Chemin {
    pub(super) fn ecart(&self, somme: u32) -> f64 {
        self.ecarts.iter().find(|(s, _)| *s == somme).map_or(0.0, |(_, e)| *e)
    }

    pub(super) fn contient(&self, variable: u32) -> bool {
        self.bougees.iter().any(|(v, _)| *v == variable)
    }

    pub(super) fn bouger(&mut self, protecteur: &Protecteur<'_>, variable: u32, de: f64) {
        self.bougees.push((variable, de));
        self.ajouter(protecteur, variable, de);
    }

    pub(super) fn defaire(&mut self, protecteur: &Protecteur<'_>) {
        if let Some((variable, de)) = self.bougees.pop() {
            self.ajouter(protecteur, variable, -de);
        }
    }

    fn ajouter(&mut self, protecteur: &Protecteur<'_>, variable: u32, de: f64) {
        for (somme, coefficient) in protecteur.partie.incidences.liste(variable) {
            let coefficient = f64::from(*coefficient);
            match self.ecarts.iter_mut().find(|(s, _)| s == somme) {
                Some((_, ecart)) => *ecart += coefficient * de,
                None => self.ecarts.push((*somme, coefficient * de)),
            }
        }
        self.ecarts.retain(|(_, ecart)| ecart.abs() > BRUIT);
    }

    /// True if every sum holds.
    pub(super) fn est_juste(&self) -> bool {
        self.ecarts.is_empty()
    }

    /// The wrong sum with the fewest cells, among those of one place.
    pub(super) fn plus_contraint_d_un_lieu(&self, protecteur: &Protecteur<'_>) -> Option<(u32, f64)> {
        let d_un_lieu = self.ecarts.iter().copied().filter(|(s, _)| protecteur.partie.est_d_un_lieu(*s));
        d_un_lieu.min_by_key(|(s, _)| (protecteur.partie.sommes.liste(*s).len(), *s))
    }

    /// The wrong sum with the fewest cells.
    pub(super) fn plus_contraint(&self, protecteur: &Protecteur<'_>) -> Option<(u32, f64)> {
        self.ecarts.iter().copied().min_by_key(|(s, _)| (protecteur.partie.sommes.liste(*s).len(), *s))
    }
}
