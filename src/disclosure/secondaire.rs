//! What is withheld so that nothing withheld can be computed from what is shown.
//!
//! Another table is *possible* if it agrees with everything that is shown: the same sums, nothing below
//! zero, only withheld cells changed. A cell is protected when possible tables have been exhibited in which
//! it is high enough, and far enough from its lowest value ([`Doute`]). Each of them is a proof: what is
//! withheld afterwards only makes more tables possible.
//!
//! Possible tables are found by giving a place of which nothing is shown what others like it hold
//! ([`Protecteur::reunir_les_lieux`]), by exchanging persons between two places ([`Protecteur::echanger`],
//! [`Protecteur::reporter`]), or by moving them from cell to cell, along the sums ([`Protecteur::glisser`]), which
//! mostly succeeds at once; else by exchanges in which one row that is shown changes
//! ([`Protecteur::echanger_a_prix`]), and in the end by a linear program on a few places
//! ([`Protecteur::programmer`]), in which cells shown may change at a price. Those that do are then withheld. Where public
//! figures leave less doubt than asked, whatever is withheld, the doubt that they leave is what is protected; that is looked
//! for among the places that share most with the cell's own.
//!
//! A place is a commune or a territory in one year; in a survey, one of its groups of persons is a place as well.
//!
//! Cells that no chain of sums links have nothing to do with one another: each such part of the table
//! ([`composante`](super::composante)) is searched on its own, on all processors, unless an earlier run has searched the same.

use super::chemin::Chemin;
use super::compagnie::est_a_accompagner;
use super::composante::{Cible, Composante, Decoupage, plancher};
use super::listes::Terme;
use super::primaire::Primaires;
use super::reunion::Reunions;
use super::systeme::{Systeme, Variable};
use crate::parallele::en_parallele;
use crate::reprises::Reprises;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Smaller differences are the noise of computing.
pub(super) const BRUIT: f64 = 1e-6;

/// Where what is withheld in each part is written down.
const CARNET: &str = "divulgation";

/// Cells moved at most, and tries, before a linear program is asked.
pub(super) const DEPLACEMENTS: usize = 40;
const ESSAIS: u32 = 20;

/// Rounds of the bounds that public figures give; each carries them one sum further.
const PASSES: usize = 8;

/// Cells of one sum that are looked at, so that a territory of 900 communes is not searched whole.
const REGARDS: usize = 40;

/// The rows withheld for the sake of others.
pub(super) fn choisir(systeme: &Systeme<'_>, primaires: &Primaires, reprises: &Reprises) -> Vec<bool> {
    let decoupage = Decoupage::new(systeme, primaires, plafonds_publics(systeme));
    let carnet = reprises.carnet(CARNET);
    let parts: Vec<usize> = (0..decoupage.nombre()).collect();
    let retenues = en_parallele(&parts, |part| {
        let composante = decoupage.composante(*part);
        let lignes = carnet.obtenir(composante.recette(), || proteger(&composante));
        lignes
            .into_iter()
            .filter_map(|ligne| composante.rangs.get(ligne as usize).copied())
            .collect::<Vec<_>>()
    });
    reprises.garder_carnet(CARNET, carnet);
    let mut secondaires = vec![false; systeme.lignes.len()];
    for ligne in retenues.into_iter().flatten() {
        secondaires[ligne as usize] = !primaires.lignes[ligne as usize];
    }
    secondaires
}

/// The rows of a part that are withheld for the sake of others, by their numbers in it.
fn proteger(partie: &Composante) -> Vec<u32> {
    let mut protecteur = Protecteur::new(partie);
    protecteur.reunir_les_lieux();
    for (rang, cellule) in (0u32..).zip(&partie.cellules) {
        if !cellule.cible.est_vide() {
            protecteur.proteger(rang);
        }
    }
    if est_a_accompagner(partie) {
        protecteur.accompagner();
    }
    let cachees = (0u32..).zip(&protecteur.cachees).zip(&partie.lignes);
    cachees.filter(|((_, cachee), (_, primaire))| **cachee && !primaire).map(|((rang, _), _)| rang).collect()
}

/// Cells, and by how much each changes.
pub(super) type Changements = [(u32, f64)];

pub(super) struct Protecteur<'a> {
    pub(super) partie: &'a Composante,
    /// Rows withheld so far.
    cachees: Vec<bool>,
    /// A possible table.
    pub(super) possible: Vec<f64>,
    /// Where it may differ from the true one.
    changees: Vec<u32>,
    /// Lowest and highest value of each cell in the possible tables seen.
    pub(super) vus: Vec<(f64, f64)>,
    /// Places like each place, in the same year, once asked for.
    pub(super) semblables: BTreeMap<u32, Rc<[u32]>>,
    /// Nothing but zeros, one by place: what such a search counts in.
    pub(super) compteurs: Cell<Vec<u32>>,
    /// By place and year, the changes that linear programs made for its cells, the last first.
    pub(super) programmes: BTreeMap<u32, Vec<Rc<Changements>>>,
    pub(super) reunions: Reunions,
    /// Whether what is withheld where a zero would be shown is taken for somebody.
    pub(super) personne_de_moins_qu_un: bool,
}

/// The most that public figures allow each variable: a part is at most its total, a total at most its parts.
/// It may be too high (a linear program will say so), never too low.
fn plafonds_publics(systeme: &Systeme<'_>) -> Vec<f64> {
    let connu = |v: &Variable| if v.publique { v.valeur } else { f64::INFINITY };
    let mut plafonds: Vec<f64> = systeme.variables.iter().map(connu).collect();
    for _ in 0..PASSES {
        let mut change = false;
        for equation in systeme.equations.iter().filter(|e| e.somme) {
            let (total, parties) = (equation.termes[0].0 as usize, &equation.termes[1..]);
            let somme: f64 = parties.iter().map(|(v, _)| plafonds[*v as usize]).sum();
            if somme < plafonds[total] {
                plafonds[total] = somme;
                change = true;
            }
            for (partie, _) in parties {
                if plafonds[total] < plafonds[*partie as usize] {
                    plafonds[*partie as usize] = plafonds[total];
                    change = true;
                }
            }
        }
        if !change {
            break;
        }
    }
    plafonds
}

/// Which way a cell must move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sens {
    Haut,
    Bas,
}

impl<'a> Protecteur<'a> {
    fn new(partie: &'a Composante) -> Self {
        let mut protecteur = Self {
            partie,
            cachees: partie.lignes.iter().map(|(_, primaire)| *primaire).collect(),
            possible: partie.cellules.iter().map(|c| c.valeur).collect(),
            changees: Vec::new(),
            vus: partie.cellules.iter().map(|c| (c.valeur, c.valeur)).collect(),
            semblables: BTreeMap::new(),
            compteurs: Cell::default(),
            programmes: BTreeMap::new(),
            reunions: Reunions::default(),
            personne_de_moins_qu_un: false,
        };
        protecteur.reunions = Reunions::de(partie, |cellule| protecteur.est_cachee(cellule));
        protecteur
    }

    pub(super) fn valeur(&self, cellule: u32) -> f64 {
        self.partie.cellules[cellule as usize].valeur
    }

    /// What it costs to withhold a cell: the rows that give it and that are shown.
    pub(super) fn cout(&self, cellule: u32) -> f64 {
        self.montrees(cellule).map(|ligne| self.partie.lignes[ligne as usize].0).sum()
    }

    /// The rows that give a cell and that are shown.
    pub(super) fn montrees(&self, cellule: u32) -> impl Iterator<Item = u32> {
        let lignes = self.partie.lignes_de.liste(cellule).iter().copied();
        lignes.filter(|ligne| !self.cachees[*ligne as usize])
    }

    pub(super) fn est_cachee(&self, cellule: u32) -> bool {
        self.montrees(cellule).next().is_none()
    }

    pub(super) fn cacher(&mut self, cellule: u32) {
        for ligne in self.partie.lignes_de.liste(cellule) {
            self.cachees[*ligne as usize] = true;
        }
    }

    /// Shows rows again that nothing was found to be possible with.
    pub(super) fn montrer(&mut self, lignes: &[u32]) {
        for ligne in lignes {
            self.cachees[*ligne as usize] = false;
        }
    }

    /// Values that a possible table cannot go below.
    pub(super) fn plancher(&self, variable: u32) -> f64 {
        let cellule = &self.partie.cellules[variable as usize];
        let est_quelqu_un =
            self.personne_de_moins_qu_un && cellule.zero_se_montre && self.est_cachee(variable);
        plancher(cellule.valeur).max(if est_quelqu_un { 1.0 } else { f64::NEG_INFINITY })
    }

    /// Withholds what it takes for the doubt to hold.
    fn proteger(&mut self, variable: u32) {
        let Cible { haut, bas, largeur } = self.partie.cellules[variable as usize].cible;
        self.meler(variable);
        if self.vus[variable as usize].1 < haut {
            self.atteindre(variable, Sens::Haut, haut);
        }
        if self.vus[variable as usize].0 > bas {
            self.atteindre(variable, Sens::Bas, bas);
        }
        if self.manque(variable, largeur) > 0.0 {
            let bas = (self.vus[variable as usize].1 - largeur).max(self.plancher(variable));
            if self.glisser_jusqu_a(variable, Sens::Bas, bas) {
                self.completer(variable, largeur);
            } else {
                let haut = self.vus[variable as usize].0 + largeur;
                if !self.glisser_jusqu_a(variable, Sens::Haut, haut) {
                    self.atteindre(variable, Sens::Bas, bas);
                    self.completer(variable, largeur);
                }
            }
        }
    }

    fn manque(&self, variable: u32, largeur: f64) -> f64 {
        let (bas, haut) = self.vus[variable as usize];
        (largeur - (haut - bas)).max(0.0)
    }

    /// What the bottom could not give is asked of the top.
    fn completer(&mut self, variable: u32, largeur: f64) {
        if self.manque(variable, largeur) > BRUIT {
            let haut = self.vus[variable as usize].0 + largeur;
            self.atteindre(variable, Sens::Haut, haut);
        }
    }

    pub(super) fn atteindre(&mut self, variable: u32, sens: Sens, cible: f64) {
        let atteint = self.glisser_jusqu_a(variable, sens, cible)
            || (self.echanger_a_prix(variable, cible) && self.glisser_jusqu_a(variable, sens, cible));
        if !atteint {
            self.programmer(variable, sens, cible);
        }
    }

    fn atteint(&self, variable: u32, sens: Sens, cible: f64) -> bool {
        let (bas, haut) = self.vus[variable as usize];
        match sens {
            Sens::Haut => haut >= cible - BRUIT,
            Sens::Bas => bas <= cible + BRUIT,
        }
    }

    // --- Moving persons from cell to cell ---------------------------------------------------------------

    /// From the possible table at hand, then from the true one, then from those that linear programs found for other
    /// cells of the place: where a whole commune had to answer for one to move, the others follow.
    fn glisser_jusqu_a(&mut self, variable: u32, sens: Sens, cible: f64) -> bool {
        if self.avancer(variable, sens, cible) {
            return true;
        }
        let groupe = self.groupe_de(variable);
        let mut departs: Vec<Rc<Changements>> = vec![[].into()];
        departs.extend(self.programmes.get(&groupe).into_iter().flatten().cloned());
        let atteint = departs.iter().any(|changements| {
            self.partir_de(changements);
            self.avancer(variable, sens, cible)
        });
        atteint || self.glisser_d_une_reunion(variable, sens, cible)
    }

    /// In one step, then one by one.
    pub(super) fn avancer(&mut self, variable: u32, sens: Sens, cible: f64) -> bool {
        let mut pas = (cible - self.possible[variable as usize]).abs();
        while !self.atteint(variable, sens, cible) {
            let reste = (cible - self.possible[variable as usize]).abs();
            pas = pas.min(reste);
            let deplacement = if sens == Sens::Haut { pas } else { -pas };
            if pas > 0.0 && self.deplacer(variable, deplacement) {
                continue;
            }
            if pas <= 1.0 {
                return false;
            }
            pas = 1.0;
        }
        true
    }

    /// The true table, but for these changes.
    pub(super) fn partir_de(&mut self, changements: &[(u32, f64)]) {
        self.revenir();
        for (cellule, de) in changements {
            self.possible[*cellule as usize] += de;
            self.changees.push(*cellule);
        }
    }

    /// Cells that are in the very same sums exchange whatever they hold: each may be what they are together, or
    /// nothing.
    fn meler(&mut self, variable: u32) {
        if !self.est_cachee(variable) {
            return;
        }
        let cellule = |v: u32| &self.partie.cellules[v as usize];
        let (valeur, plafond) = (cellule(variable).valeur, cellule(variable).plafond);
        let (mut donnent, mut prennent) = (0.0, 0.0);
        for autre in self.partie.interchangeables(variable).filter(|v| self.est_cachee(*v)) {
            donnent += (cellule(autre).valeur - self.plancher(autre)).min(f64::from(u16::MAX));
            prennent += (cellule(autre).plafond - cellule(autre).valeur).clamp(0.0, f64::from(u16::MAX));
        }
        let vus = &mut self.vus[variable as usize];
        vus.0 = vus.0.min((valeur - prennent).max(plancher(valeur)));
        vus.1 = vus.1.max((valeur + donnent).min(plafond));
    }

    /// With another place, if need be; else along the sums, wherever they lead.
    pub(super) fn deplacer(&mut self, variable: u32, deplacement: f64) -> bool {
        let avec_un_autre = if self.partie.est_locale(variable) {
            self.reporter(variable, deplacement)
        } else {
            self.echanger(variable, deplacement)
        };
        avec_un_autre || self.glisser(variable, deplacement)
    }

    /// Back to the true table.
    pub(super) fn revenir(&mut self) {
        for changee in self.changees.drain(..) {
            self.possible[changee as usize] = self.partie.cellules[changee as usize].valeur;
        }
    }

    /// Changes a cell, and others among the withheld until every sum holds again.
    fn glisser(&mut self, variable: u32, deplacement: f64) -> bool {
        if !self.peut_bouger(variable, deplacement) {
            return false;
        }
        let mut chemin = Chemin::default();
        chemin.bouger(self, variable, deplacement);
        let mut essais = ESSAIS;
        if !self.reparer(&mut chemin, &mut essais) {
            return false;
        }
        self.accepter(&chemin);
        true
    }

    /// True if the cell is withheld and stays between its least value and its greatest.
    pub(super) fn peut_bouger(&self, variable: u32, deplacement: f64) -> bool {
        self.est_cachee(variable) && self.reste_possible(variable, deplacement)
    }

    /// True if the cell stays between its least value and its greatest.
    pub(super) fn reste_possible(&self, variable: u32, deplacement: f64) -> bool {
        let apres = self.possible[variable as usize] + deplacement;
        let plafond = self.partie.cellules[variable as usize].plafond;
        apres >= self.plancher(variable) && apres <= plafond + BRUIT
    }

    /// Withholds the cells that a chain of moves changes, and remembers the table that it gives as possible.
    pub(super) fn accepter(&mut self, chemin: &Chemin) {
        for (touchee, de) in &chemin.bougees {
            self.cacher(*touchee);
            self.changees.push(*touchee);
            let touchee = *touchee as usize;
            self.possible[touchee] += de;
            let vus = &mut self.vus[touchee];
            *vus = (vus.0.min(self.possible[touchee]), vus.1.max(self.possible[touchee]));
        }
        if chemin.bougees.iter().any(|(v, _)| self.est_un_sommet(*v, self.possible[*v as usize])) {
            let mut changees = self.changees.clone();
            changees.sort_unstable();
            changees.dedup();
            let change = |v: &u32| (*v, self.possible[*v as usize] - self.valeur(*v));
            self.retenir_les_sommets(&changees.iter().map(change).collect::<Vec<_>>());
        }
    }

    fn reparer(&self, chemin: &mut Chemin, essais: &mut u32) -> bool {
        let Some((somme, ecart)) = chemin.plus_contraint(self) else { return true };
        if chemin.bougees.len() >= DEPLACEMENTS {
            return false;
        }
        for (variable, deplacement) in self.candidats(chemin, somme, ecart) {
            if *essais == 0 {
                return false;
            }
            *essais -= 1;
            chemin.bouger(self, variable, deplacement);
            if self.reparer(chemin, essais) {
                return true;
            }
            chemin.defaire(self);
        }
        false
    }

    /// Cells that put a sum right again, those that leave the fewest others wrong first.
    fn candidats(&self, chemin: &Chemin, somme: u32, ecart: f64) -> Vec<(u32, f64)> {
        let depart = chemin.bougees.first().map_or(0, |(v, _)| *v);
        let mut trouves: Vec<(i64, u32, f64)> = Vec::new();
        for (variable, coefficient) in self.partie.termes_vus(somme, depart) {
            let deplacement = -ecart / f64::from(*coefficient);
            if !self.peut_bouger(*variable, deplacement) || chemin.contient(*variable) {
                continue;
            }
            trouves.push((self.solde(chemin, *variable, deplacement), *variable, deplacement));
            if trouves.len() == REGARDS {
                break;
            }
        }
        trouves.sort_by_key(|(solde, ..)| *solde);
        trouves.into_iter().take(6).map(|(_, variable, deplacement)| (variable, deplacement)).collect()
    }

    /// How many more sums would be wrong if a cell moved.
    pub(super) fn solde(&self, chemin: &Chemin, variable: u32, deplacement: f64) -> i64 {
        let change = |(somme, a): &Terme| {
            let avant = chemin.ecart(*somme);
            let apres = avant + f64::from(*a) * deplacement;
            i64::from(apres.abs() > BRUIT) - i64::from(avant.abs() > BRUIT)
        };
        self.partie.incidences.liste(variable).iter().map(change).sum()
    }
}
