//! Two places exchange persons: what one cell of a place gains, the same cell of another place loses, and so
//! on within the two places until every sum holds.
//!
//! Sums across places (the territory of its communes) hold of themselves, so that only the few sums of one
//! place are searched: where a pyramid of 900 communes would be looked through, two rows of it are.

use super::secondaire::{BRUIT, Chemin, DEPLACEMENTS, Protecteur};
use super::systeme::AUCUN;
use std::collections::BTreeMap;

/// Other places that an exchange is tried with.
const PARTENAIRES: usize = 30;
/// Places among which they are looked for.
const SEMBLABLES: usize = 400;
/// Cells moved in one exchange, before the next partner is tried.
const ESSAIS: u32 = 40;
/// Ways to put one sum right that are tried.
const CHOIX: usize = 4;

/// The two places, in one year.
type Couple = [u32; 2];

impl Protecteur<'_> {
    /// Moves a cell by an exchange with another place; false if none is found.
    pub(super) fn echanger(&mut self, variable: u32, deplacement: f64) -> bool {
        if !self.peut_bouger(variable, deplacement) {
            return false;
        }
        for jumelle in self.partenaires(variable, deplacement) {
            let couple = [variable, jumelle].map(|v| self.partie.cellules[v as usize].groupe);
            let mut chemin = Chemin::default();
            chemin.bouger(self, variable, deplacement);
            chemin.bouger(self, jumelle, -deplacement);
            let mut essais = ESSAIS;
            if self.equilibrer(couple, &mut chemin, &mut essais) {
                self.accepter(chemin);
                return true;
            }
        }
        false
    }

    /// The same cell of other places that can move the other way, those first whose withheld cells are most like
    /// those of this one.
    fn partenaires(&mut self, variable: u32, deplacement: f64) -> Vec<u32> {
        let groupe = self.partie.cellules[variable as usize].groupe;
        if !self.semblables.contains_key(&groupe) {
            let semblables = self.semblables(groupe);
            self.semblables.insert(groupe, semblables);
        }
        let semblables = self.semblables.get(&groupe).map_or(&[][..], Vec::as_slice);
        let jumelles = semblables.iter().map(|autre| self.partie.jumelle(variable, *autre));
        jumelles.filter(|j| *j != AUCUN && self.peut_bouger(*j, -deplacement)).take(PARTENAIRES).collect()
    }

    /// The places, in the same year, that have most cells withheld which a place has withheld too, in a sum that
    /// both are parts of.
    fn semblables(&self, groupe: u32) -> Vec<u32> {
        let mut communes: BTreeMap<u32, u32> = BTreeMap::new();
        let siennes = self.partie.du_groupe(groupe).iter().filter(|v| self.est_cachee(**v));
        for variable in siennes {
            for (somme, coefficient) in &self.partie.incidences[*variable as usize] {
                for (autre, a) in self.partie.termes_vus(*somme, *variable) {
                    if (a - coefficient).abs() < BRUIT
                        && self.est_cachee(*autre)
                        && self.partie.sont_jumelles(*variable, *autre)
                    {
                        *communes.entry(self.partie.cellules[*autre as usize].groupe).or_default() += 1;
                    }
                }
            }
        }
        let mut semblables: Vec<(u32, u32)> = communes.into_iter().collect();
        // Of those that are as much alike, not the same ones for all.
        semblables.sort_by_key(|(autre, nombre)| (std::cmp::Reverse(*nombre), autre.wrapping_sub(groupe)));
        semblables.into_iter().take(SEMBLABLES).map(|(autre, _)| autre).collect()
    }

    fn equilibrer(&self, couple: Couple, chemin: &mut Chemin, essais: &mut u32) -> bool {
        let Some((somme, ecart)) = chemin.plus_contraint(self) else { return true };
        if chemin.bougees.len() >= DEPLACEMENTS {
            return false;
        }
        for (variable, jumelle, deplacement) in self.reponses(couple, chemin, somme, ecart) {
            if *essais == 0 {
                return false;
            }
            *essais -= 1;
            chemin.bouger(self, variable, deplacement);
            chemin.bouger(self, jumelle, -deplacement);
            if self.equilibrer(couple, chemin, essais) {
                return true;
            }
            chemin.defaire(self);
            chemin.defaire(self);
        }
        false
    }

    /// Cells of one of the two places that put a sum right, each with the same cell of the other.
    fn reponses(&self, couple: Couple, chemin: &Chemin, somme: u32, ecart: f64) -> Vec<(u32, u32, f64)> {
        let mut trouvees: Vec<(i64, u32, u32, f64)> = Vec::new();
        for (variable, coefficient) in &self.partie.sommes[somme as usize] {
            let groupe = self.partie.cellules[*variable as usize].groupe;
            let Some(ici) = couple.iter().position(|g| *g == groupe) else { continue };
            let deplacement = -ecart / coefficient;
            if !self.peut_bouger(*variable, deplacement) || chemin.contient(*variable) {
                continue;
            }
            let jumelle = self.partie.jumelle(*variable, couple[1 - ici]);
            if jumelle == AUCUN || !self.peut_bouger(jumelle, -deplacement) || chemin.contient(jumelle) {
                continue;
            }
            trouvees.push((self.solde(chemin, *variable, deplacement), *variable, jumelle, deplacement));
        }
        trouvees.sort_by_key(|(solde, ..)| *solde);
        trouvees.truncate(CHOIX);
        trouvees.into_iter().map(|(_, variable, jumelle, de)| (variable, jumelle, de)).collect()
    }
}
