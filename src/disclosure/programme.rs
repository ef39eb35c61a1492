//! A linear program around a cell: the cheapest of what is shown that must be withheld as well for the cell to move, where no
//! exchange moves it.

use super::secondaire::{BRUIT, Protecteur, Sens};
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use std::collections::BTreeMap;

/// Places of a linear program beside that of the cell, and cells of these places: first few, then more; all, if no
/// program answers.
const VOISINAGES: [(usize, usize); 3] = [(10, 1_000), (30, 3_000), (30, usize::MAX)];

/// Programs of a place that are started from.
const PROGRAMMES: usize = 3;

/// Rows that a linear program withholds for a cell without more places being looked at.
const ASSEZ_PEU: usize = 2;

impl Protecteur<'_> {
    /// Withholds, around a cell, the cheapest set with which it reaches its target; or the nearest that
    /// public figures allow.
    pub(super) fn programmer(&mut self, variable: u32, sens: Sens, cible: f64) {
        let valeur = self.valeur(variable);
        let mut entourage = Vec::new();
        let mut meilleur: Option<(f64, Vec<(u32, f64)>)> = None;
        for (rang, (lieux, cellules)) in VOISINAGES.into_iter().enumerate() {
            let toutes = self.entourage(variable, lieux);
            let plus_large = self.partie.proches(variable, toutes, cellules);
            if plus_large.len() == entourage.len() {
                continue;
            }
            entourage = plus_large;
            let Some(changements) = self.moindre_cout(&entourage, variable, cible - valeur) else { continue };
            let nouvelles = self.nouvelles(&changements);
            let prix: f64 = nouvelles.values().sum();
            if meilleur.as_ref().is_none_or(|(avant, _)| prix < *avant) {
                meilleur = Some((prix, changements));
            }
            // Hardly any row more, or of many places already: looking further would gain next to nothing.
            if nouvelles.len() <= ASSEZ_PEU || rang > 0 {
                break;
            }
        }
        if let Some((_, changements)) = meilleur {
            self.adopter(variable, &changements);
            return;
        }
        // A hair inside of the extreme, which the arithmetic may not reach again.
        let changements = self
            .extreme(&entourage, variable, sens)
            .and_then(|extreme| self.moindre_cout(&entourage, variable, extreme * (1.0 - 1e-9)));
        match changements {
            Some(changements) => self.adopter(variable, &changements),
            // No program answers: what is not proved is withheld, with all that is around it.
            None => entourage.iter().for_each(|cellule| self.cacher(*cellule)),
        }
    }

    /// The cells of the place of a cell, and of others that share most with it: those where persons are withheld.
    fn entourage(&self, variable: u32, lieux: usize) -> Vec<u32> {
        let interet = |v: u32| {
            let cachee = self.est_cachee(v);
            if cachee { 0.2 + self.valeur(v).abs().min(super::SEUIL) } else { 0.0 }
        };
        self.partie.entourage(variable, lieux, interet)
    }

    /// The rows that changes would withhold and that are not yet, each with its price.
    pub(super) fn nouvelles(&self, changements: &[(u32, f64)]) -> BTreeMap<u32, f64> {
        let montrees = changements.iter().flat_map(|(cellule, _)| self.montrees(*cellule));
        montrees.map(|ligne| (ligne, self.partie.lignes[ligne as usize].0)).collect()
    }

    /// A variable of the program for each change, up and down; the sums that they touch stay as they are.
    fn probleme(
        &self,
        entourage: &[u32],
        direction: OptimizationDirection,
        prix: impl Fn(u32) -> f64,
    ) -> (Problem, Vec<[microlp::Variable; 2]>) {
        let mut probleme = Problem::new(direction);
        let mut changements = Vec::with_capacity(entourage.len());
        let mut touchees: Vec<(u32, usize, f64)> = Vec::new();
        for (rang, cellule) in entourage.iter().enumerate() {
            let valeur = self.valeur(*cellule);
            let marge_haute = (self.partie.cellules[*cellule as usize].plafond - valeur).max(0.0);
            let (prix, marge_basse) = (prix(*cellule), valeur - self.plancher(*cellule));
            // Below its least value, it has to go up.
            let plus = probleme.add_var(prix, ((-marge_basse).max(0.0), marge_haute.max(-marge_basse)));
            changements.push([plus, probleme.add_var(prix, (0.0, marge_basse.max(0.0)))]);
            let sommes = self.partie.incidences.liste(*cellule).iter();
            touchees.extend(sommes.map(|(somme, coefficient)| (*somme, rang, f64::from(*coefficient))));
        }
        touchees.sort_by_key(|(somme, rang, _)| (*somme, *rang));
        for somme in touchees.chunk_by(|a, b| a.0 == b.0) {
            let termes = somme.iter().flat_map(|(_, rang, coefficient)| {
                let [plus, moins] = changements[*rang];
                [(plus, *coefficient), (moins, -coefficient)]
            });
            probleme.add_constraint(termes.collect::<Vec<_>>().as_slice(), ComparisonOp::Eq, 0.0);
        }
        (probleme, changements)
    }

    /// True if a cell can move by a person among what is withheld around it, whoever has to move with it; or if no table is
    /// possible there.
    pub(super) fn echappe_aux_programmes(&self, cellule: u32) -> bool {
        let mut retenues = self.entourage(cellule, VOISINAGES[0].0);
        retenues.retain(|v| self.est_cachee(*v));
        let extremes = [Sens::Haut, Sens::Bas].map(|sens| self.extreme(&retenues, cellule, sens));
        let aucune = extremes.iter().all(Option::is_none);
        aucune || extremes.into_iter().flatten().any(|de| de.abs() > 1.0 - BRUIT)
    }

    /// The changes that move a cell by so much at the least price; none if no change does.
    fn moindre_cout(&self, entourage: &[u32], variable: u32, de: f64) -> Option<Vec<(u32, f64)>> {
        let rang = entourage.iter().position(|v| *v == variable)?;
        let prix = |v: u32| if self.est_cachee(v) { 1e-3 } else { self.cout(v) };
        let (mut probleme, changements) = self.probleme(entourage, OptimizationDirection::Minimize, prix);
        let [plus, moins] = changements[rang];
        probleme.add_constraint([(plus, 1.0), (moins, -1.0)], ComparisonOp::Eq, de);
        let solution = probleme.solve().ok()?.into_solution().ok()?;
        let change =
            |[plus, moins]: &[microlp::Variable; 2]| solution.var_value(*plus) - solution.var_value(*moins);
        let changes = entourage.iter().zip(&changements).map(|(v, c)| (*v, change(c)));
        Some(changes.filter(|(_, de)| de.abs() > BRUIT).collect())
    }

    /// How far a cell can move if everything around it that is not public were withheld.
    fn extreme(&self, entourage: &[u32], variable: u32, sens: Sens) -> Option<f64> {
        let signe = if sens == Sens::Haut { 1.0 } else { -1.0 };
        let rang = entourage.iter().position(|v| *v == variable)?;
        let (mut probleme, changements) = self.probleme(entourage, OptimizationDirection::Maximize, |_| 0.0);
        // The change asked for, as a variable of its own; never more than can be asked of a count of persons.
        let ecart = probleme.add_var(1.0, (0.0, 1e6));
        let [plus, moins] = changements[rang];
        probleme.add_constraint([(plus, signe), (moins, -signe), (ecart, -1.0)], ComparisonOp::Eq, 0.0);
        let solution = probleme.solve().ok()?.into_solution().ok()?;
        Some(signe * solution.var_value(ecart))
    }

    /// Withholds the cells that a program for one of them changes, and remembers the table as possible.
    fn adopter(&mut self, cellule: u32, changements: &[(u32, f64)]) {
        for (variable, de) in changements {
            self.cacher(*variable);
            let valeur = self.valeur(*variable);
            let vus = &mut self.vus[*variable as usize];
            *vus = (vus.0.min(valeur + de), vus.1.max(valeur + de));
        }
        self.retenir_les_sommets(changements);
        let programmes = self.programmes.entry(self.groupe_de(cellule)).or_default();
        programmes.insert(0, changements.into());
        programmes.truncate(PROGRAMMES);
    }
}
