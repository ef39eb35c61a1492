//! Two places exchange persons: what one cell of a place gains, the same cell of another place loses, and so
//! on within the two places until every sum holds.
//!
//! Sums across places (the territory of its communes) hold of themselves, so that only the few sums of one
//! place are searched: where a pyramid of 900 communes would be looked through, two rows of it are.

use super::secondaire::{Chemin, DEPLACEMENTS, Protecteur};
use super::systeme::AUCUN;
use std::cmp::Reverse;

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
        self.chercher_les_semblables(self.groupe_de(variable));
        let Some(chemin) = self.partenaires(variable, deplacement).find_map(|jumelle| {
            let couple = [variable, jumelle].map(|v| self.groupe_de(v));
            let mut chemin = Chemin::default();
            chemin.bouger(self, variable, deplacement);
            chemin.bouger(self, jumelle, -deplacement);
            let mut essais = ESSAIS;
            self.equilibrer(couple, &mut chemin, &mut essais).then_some(chemin)
        }) else {
            return false;
        };
        self.accepter(chemin);
        true
    }

    fn groupe_de(&self, variable: u32) -> u32 {
        self.partie.cellules[variable as usize].groupe
    }

    /// The same cell of other places that can move the other way, those first whose withheld cells are most like
    /// those of this one.
    fn partenaires(&self, variable: u32, deplacement: f64) -> impl Iterator<Item = u32> {
        let semblables = self.semblables.get(&self.groupe_de(variable)).map_or(&[][..], Vec::as_slice);
        let jumelles = semblables.iter().map(move |autre| self.partie.jumelle(variable, *autre));
        jumelles.filter(move |j| *j != AUCUN && self.peut_bouger(*j, -deplacement)).take(PARTENAIRES)
    }

    /// The places, in the same year, that have most cells withheld which a place has withheld too, in a sum that
    /// both are parts of; looked for once.
    fn chercher_les_semblables(&mut self, groupe: u32) {
        if self.semblables.contains_key(&groupe) {
            return;
        }
        // How many such cells each place has, and those that have any.
        let mut communes = std::mem::take(&mut self.communes);
        communes.resize(self.partie.groupes(), 0);
        let mut autres: Vec<u32> = Vec::new();
        for variable in self.partie.du_groupe(groupe).iter().filter(|v| self.est_cachee(**v)) {
            for (somme, coefficient) in self.partie.incidences.liste(*variable) {
                for (autre, a) in self.partie.termes_vus(*somme, *variable) {
                    if a == coefficient && self.partie.sont_jumelles(*variable, *autre) && self.est_cachee(*autre) {
                        let autre = self.groupe_de(*autre);
                        let nombre = &mut communes[autre as usize];
                        if *nombre == 0 {
                            autres.push(autre);
                        }
                        *nombre += 1;
                    }
                }
            }
        }
        // Of those that are as much alike, not the same ones for all.
        let mut rangees: Vec<(Reverse<u32>, u32)> = autres
            .iter()
            .map(|autre| (Reverse(std::mem::take(&mut communes[*autre as usize])), autre.wrapping_sub(groupe)))
            .collect();
        self.communes = communes;
        if rangees.len() > SEMBLABLES {
            rangees.select_nth_unstable(SEMBLABLES);
            rangees.truncate(SEMBLABLES);
        }
        rangees.sort_unstable();
        let semblables = rangees.into_iter().map(|(_, ecart)| ecart.wrapping_add(groupe)).collect();
        self.semblables.insert(groupe, semblables);
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
        for (variable, coefficient) in self.partie.sommes.liste(somme) {
            let groupe = self.partie.cellules[*variable as usize].groupe;
            let Some(ici) = couple.iter().position(|g| *g == groupe) else { continue };
            let deplacement = -ecart / f64::from(*coefficient);
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
