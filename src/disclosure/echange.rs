//! Two places exchange persons: what one cell of a place gains, the same cell of another place loses, and so
//! on within the two places until every sum holds.
//!
//! Where the other place cannot, and what both are parts of is withheld too, that one moves with the cell.
//!
//! Sums across places (the territory of its communes) hold of themselves, so that only the few sums of one
//! place are searched: where a pyramid of 900 communes would be looked through, two rows of it are.

use super::chemin::Chemin;
use super::secondaire::{DEPLACEMENTS, Protecteur};
use super::systeme::AUCUN;
use std::cmp::Reverse;
use std::rc::Rc;

/// Other places that an exchange is tried with.
pub(super) const PARTENAIRES: usize = 30;
/// Places among which they are looked for.
const SEMBLABLES: usize = 400;
/// Cells moved in one exchange, before the next partner is tried.
pub(super) const ESSAIS: u32 = 40;
/// Ways to put one sum right that are tried.
pub(super) const CHOIX: usize = 4;

/// An exchange under way.
struct Echange<'p, 'a> {
    protecteur: &'p Protecteur<'a>,
    /// The two places, in one year, and that of which both are parts; [`AUCUN`] if nothing of it is withheld.
    lieux: [u32; 3],
    /// Rows that are shown and that it may withhold.
    permises: usize,
    essais: u32,
    chemin: Chemin,
}

/// A cell that moves, and what moves for the sum across places that it is in to hold: the same cell of the other place,
/// the other way; or the same cell of what both are parts of, the same way.
#[derive(Clone, Copy)]
struct Coup([(u32, f64); 2]);

impl Protecteur<'_> {
    /// Moves a cell by an exchange with another place; false if none is found.
    pub(super) fn echanger(&mut self, variable: u32, deplacement: f64) -> bool {
        if !self.peut_bouger(variable, deplacement) {
            return false;
        }
        let semblables = self.semblables(self.groupe_de(variable));
        let chemin = self
            .partenaires(&semblables, variable, deplacement)
            .find_map(|autre| self.essayer(variable, autre, deplacement, 0));
        let trouve = chemin.is_some();
        self.accepter(&chemin.unwrap_or_default());
        trouve
    }

    /// The cheapest of the exchanges that withhold one row and move a cell to where it must be able to be, or else
    /// one step of the way there; false if none is found.
    pub(super) fn echanger_a_prix(&mut self, variable: u32, cible: f64) -> bool {
        self.revenir();
        let entier = cible - self.valeur(variable);
        let autres = self.chercher_les_semblables(self.groupe_de(variable), |_| true);
        let prix = |chemin: &Chemin| self.nouvelles(&chemin.bougees).values().sum::<f64>();
        let chemin = [entier, entier.signum()].into_iter().find_map(|deplacement| {
            self.partenaires(&autres, variable, deplacement)
                .filter_map(|autre| self.essayer(variable, autre, deplacement, 1))
                .min_by(|a, b| prix(a).total_cmp(&prix(b)))
        });
        let trouve = chemin.is_some();
        self.accepter(&chemin.unwrap_or_default());
        trouve
    }

    /// An exchange of two places that moves a cell and withholds so many rows at most.
    fn essayer(&self, variable: u32, autre: u32, deplacement: f64, permises: usize) -> Option<Chemin> {
        let total = self.partie.total(variable);
        let ensemble = if total == AUCUN { AUCUN } else { self.groupe_de(total) };
        let lieux = [self.groupe_de(variable), autre, ensemble];
        let chemin = Chemin::default();
        let mut echange = Echange { protecteur: self, lieux, permises, essais: ESSAIS, chemin };
        let (lignes, premier) = echange.coup(variable, deplacement)?;
        if lignes > permises {
            return None;
        }
        echange.jouer(premier);
        echange.equilibrer().then_some(echange.chemin)
    }

    pub(super) fn groupe_de(&self, variable: u32) -> u32 {
        self.partie.cellules[variable as usize].groupe
    }

    /// Those of other places where a cell can move the other way; any of them, if what all are parts of can move.
    fn partenaires(&self, autres: &[u32], variable: u32, deplacement: f64) -> impl Iterator<Item = u32> {
        let total = self.partie.total(variable);
        let avec_le_total = total != AUCUN && self.peut_bouger(total, deplacement);
        let convient = move |autre: &u32| {
            let jumelle = self.partie.jumelle(variable, *autre);
            avec_le_total || (jumelle != AUCUN && self.reste_possible(jumelle, -deplacement))
        };
        autres.iter().copied().filter(convient).take(PARTENAIRES)
    }

    /// The places, in the same year, that have most cells withheld which a place has withheld too; looked for once.
    pub(super) fn semblables(&mut self, groupe: u32) -> Rc<[u32]> {
        if let Some(semblables) = self.semblables.get(&groupe) {
            return Rc::clone(semblables);
        }
        let semblables: Rc<[u32]> = self.chercher_les_semblables(groupe, |v| self.est_cachee(v)).into();
        self.semblables.insert(groupe, Rc::clone(&semblables));
        semblables
    }

    /// The places that have most cells withheld among those that are of interest in a place, in a sum that both are
    /// parts of.
    fn chercher_les_semblables(&self, groupe: u32, interesse: impl Fn(u32) -> bool) -> Vec<u32> {
        // How many such cells each place has, and those that have any.
        let mut nombres = self.compteurs.take();
        nombres.resize(self.partie.groupes(), 0);
        let mut autres: Vec<u32> = Vec::new();
        for variable in self.partie.du_groupe(groupe).iter().filter(|v| interesse(**v)) {
            for (somme, coefficient) in self.partie.incidences.liste(*variable) {
                for (autre, a) in self.partie.termes_vus(*somme, *variable) {
                    if a.total_cmp(coefficient).is_eq()
                        && self.partie.sont_jumelles(*variable, *autre)
                        && self.est_cachee(*autre)
                    {
                        let autre = self.groupe_de(*autre);
                        let nombre = &mut nombres[autre as usize];
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
            .map(|autre| (Reverse(std::mem::take(&mut nombres[*autre as usize])), autre.wrapping_sub(groupe)))
            .collect();
        self.compteurs.set(nombres);
        if rangees.len() > SEMBLABLES {
            rangees.select_nth_unstable(SEMBLABLES);
            rangees.truncate(SEMBLABLES);
        }
        rangees.sort_unstable();
        rangees.into_iter().map(|(_, ecart)| ecart.wrapping_add(groupe)).collect()
    }
}

impl Echange<'_, '_> {
    /// Moves cells until every sum holds; false if no way is found.
    fn equilibrer(&mut self) -> bool {
        let Some((somme, ecart)) = self.chemin.plus_contraint(self.protecteur) else { return true };
        if self.chemin.bougees.len() >= DEPLACEMENTS {
            return false;
        }
        for coup in self.reponses(somme, ecart) {
            if self.essais == 0 {
                return false;
            }
            self.essais -= 1;
            self.jouer(coup);
            if self.equilibrer() {
                return true;
            }
            self.chemin.defaire(self.protecteur);
            self.chemin.defaire(self.protecteur);
        }
        false
    }

    fn jouer(&mut self, coup: Coup) {
        for (variable, deplacement) in coup.0 {
            self.chemin.bouger(self.protecteur, variable, deplacement);
        }
    }

    /// How a cell of one of the places can move, if it can, and how many rows would be withheld for it.
    fn coup(&self, variable: u32, deplacement: f64) -> Option<(usize, Coup)> {
        let protecteur = self.protecteur;
        let partie = protecteur.partie;
        let ici = self.lieux.iter().position(|groupe| *groupe == protecteur.groupe_de(variable))?;
        let peut = |v: u32, de: f64| {
            let permis = self.permises > 0 || protecteur.est_cachee(v);
            permis && protecteur.reste_possible(v, de) && !self.chemin.contient(v)
        };
        if !peut(variable, deplacement) {
            return None;
        }
        let [un, autre, _] = self.lieux;
        let avec = match ici {
            0 => [(partie.jumelle(variable, autre), -deplacement), (partie.total(variable), deplacement)],
            1 => [(partie.jumelle(variable, un), -deplacement), (partie.total(variable), deplacement)],
            _ => [un, autre].map(|lieu| (partie.part(variable, lieu), deplacement)),
        };
        let avec = avec.into_iter().find(|(v, de)| *v != AUCUN && peut(*v, *de))?;
        let lignes = if self.permises > 0 { self.lignes_de_plus([variable, avec.0]) } else { 0 };
        Some((lignes, Coup([(variable, deplacement), avec])))
    }

    /// Rows of two cells that are shown and that the moves before do not withhold.
    fn lignes_de_plus(&self, cellules: [u32; 2]) -> usize {
        let deja = self.protecteur.nouvelles(&self.chemin.bougees);
        let leurs = self.protecteur.nouvelles(&cellules.map(|v| (v, 0.0)));
        leurs.keys().filter(|ligne| !deja.contains_key(ligne)).count()
    }

    /// Moves that put a sum right: those that withhold nothing more first, then those that leave the fewest others
    /// wrong.
    fn reponses(&self, somme: u32, ecart: f64) -> Vec<Coup> {
        let deja = if self.permises > 0 { self.protecteur.nouvelles(&self.chemin.bougees).len() } else { 0 };
        let mut trouvees: Vec<(usize, i64, Coup)> = Vec::new();
        for (variable, coefficient) in self.protecteur.partie.sommes.liste(somme) {
            let Some((lignes, coup)) = self.coup(*variable, -ecart / f64::from(*coefficient)) else {
                continue;
            };
            if deja + lignes <= self.permises {
                let solde = self.protecteur.solde(&self.chemin, *variable, coup.0[0].1);
                trouvees.push((lignes, solde, coup));
            }
        }
        trouvees.sort_by_key(|(lignes, solde, _)| (*lignes, *solde));
        trouvees.truncate(CHOIX);
        trouvees.into_iter().map(|(.., coup)| coup).collect()
    }
}
