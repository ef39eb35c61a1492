//! What is withheld so that nothing withheld can be computed from what is shown.
//!
//! Another table is *possible* if it agrees with everything that is shown: the same sums, nothing below
//! zero, only withheld cells changed. A cell is protected when possible tables have been exhibited in which
//! it is high enough, and far enough from its lowest value ([`Doute`]). Each of them is a proof: what is
//! withheld afterwards only makes more tables possible.
//!
//! Possible tables are found by moving persons from cell to cell, along the sums ([`Protecteur::glisser`]),
//! which nearly always succeeds at once; else by a linear program on the surroundings of the cell, in
//! which cells shown may change at a price: those that do are then withheld. Where public figures leave
//! less doubt than asked, whatever is withheld, the doubt that they leave is what is protected; that is
//! looked for among the 1 000 nearest cells, which are all that a year of some 25 communes has.

use super::primaire::{Doute, Primaires};
use super::systeme::{AUCUN, Systeme, Variable};
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// Smaller differences are the noise of computing.
const BRUIT: f64 = 1e-6;

/// Cells of a linear program: the surroundings of a cell, first close, then wide.
const VOISINAGES: [usize; 3] = [60, 250, 1_000];

/// Cells moved at most, and tries, before a linear program is asked.
const DEPLACEMENTS: usize = 40;
const ESSAIS: u32 = 150;

/// Rounds of the bounds that public figures give; each carries them one sum further.
const PASSES: usize = 8;

/// Cells of one sum that are looked at, so that a territory of 900 communes is not searched whole.
const REGARDS: usize = 40;

/// The rows withheld for the sake of others.
pub(super) fn choisir(systeme: &Systeme, primaires: &Primaires) -> Vec<bool> {
    let mut protecteur = Protecteur::new(systeme, primaires);
    for (doute, variable) in primaires.doutes.iter().zip(0u32..) {
        if !doute.est_vide() {
            protecteur.proteger(variable, *doute);
        }
    }
    protecteur.cachees.iter().zip(&primaires.lignes).map(|(cachee, primaire)| *cachee && !primaire).collect()
}

/// A sum over the cells that may be withheld; what is public never changes.
struct Somme {
    termes: Vec<(u32, f64)>,
}

struct Protecteur<'a> {
    systeme: &'a Systeme,
    sommes: Vec<Somme>,
    /// Sums of each variable, with its coefficient.
    incidences: Vec<Vec<(u32, f64)>>,
    /// Rows withheld so far.
    cachees: Vec<bool>,
    /// A possible table.
    possible: Vec<f64>,
    /// Lowest and highest value of each variable in the possible tables seen.
    vus: Vec<(f64, f64)>,
    /// No more than that, by public figures alone.
    plafonds: Vec<f64>,
}

/// The most that public figures allow each variable: a part is at most its total, a total at most its parts.
/// It may be too high (a linear program will say so), never too low.
fn plafonds_publics(systeme: &Systeme) -> Vec<f64> {
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
enum Sens {
    Haut,
    Bas,
}

impl<'a> Protecteur<'a> {
    fn new(systeme: &'a Systeme, primaires: &Primaires) -> Self {
        let mut incidences = vec![Vec::new(); systeme.variables.len()];
        let mut sommes = Vec::with_capacity(systeme.equations.len());
        for equation in &systeme.equations {
            let cachable = |(v, _): &&(u32, f64)| !systeme.variables[*v as usize].publique;
            let termes: Vec<(u32, f64)> = equation.termes.iter().filter(cachable).copied().collect();
            if termes.is_empty() {
                continue;
            }
            let rang = u32::try_from(sommes.len()).unwrap_or(AUCUN);
            for (variable, coefficient) in &termes {
                incidences[*variable as usize].push((rang, *coefficient));
            }
            sommes.push(Somme { termes });
        }
        Self {
            systeme,
            sommes,
            incidences,
            cachees: primaires.lignes.clone(),
            possible: systeme.variables.iter().map(|v| v.valeur).collect(),
            vus: systeme.variables.iter().map(|v| (v.valeur, v.valeur)).collect(),
            plafonds: plafonds_publics(systeme),
        }
    }

    fn est_cachee(&self, variable: u32) -> bool {
        let ligne = self.systeme.variables[variable as usize].ligne;
        ligne == AUCUN || self.cachees[ligne as usize]
    }

    /// Values that a possible table cannot go below.
    fn plancher(&self, variable: u32) -> f64 {
        if self.systeme.variables[variable as usize].valeur < 0.0 { f64::NEG_INFINITY } else { 0.0 }
    }

    /// Withholds what it takes for the doubt to hold.
    fn proteger(&mut self, variable: u32, doute: Doute) {
        let plafond = self.plafonds[variable as usize];
        let haut = doute.haut.min(plafond);
        let largeur = doute.largeur.min(plafond - self.plancher(variable));
        if self.vus[variable as usize].1 < haut {
            self.atteindre(variable, Sens::Haut, haut);
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

    fn atteindre(&mut self, variable: u32, sens: Sens, cible: f64) {
        if !self.glisser_jusqu_a(variable, sens, cible) {
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

    /// From the possible table at hand, then from the true one; in one step, then one by one.
    fn glisser_jusqu_a(&mut self, variable: u32, sens: Sens, cible: f64) -> bool {
        for depuis_le_vrai in [false, true] {
            if depuis_le_vrai {
                self.revenir();
            }
            let mut pas = (cible - self.possible[variable as usize]).abs();
            while !self.atteint(variable, sens, cible) {
                let reste = (cible - self.possible[variable as usize]).abs();
                pas = pas.min(reste);
                let deplacement = if sens == Sens::Haut { pas } else { -pas };
                if pas > 0.0 && self.glisser(variable, deplacement) {
                    continue;
                }
                if pas <= 1.0 {
                    break;
                }
                pas = 1.0;
            }
            if self.atteint(variable, sens, cible) {
                return true;
            }
        }
        false
    }

    /// Back to the true table.
    fn revenir(&mut self) {
        for (possible, variable) in self.possible.iter_mut().zip(&self.systeme.variables) {
            *possible = variable.valeur;
        }
    }

    /// Changes a cell, and others among the withheld until every sum holds again.
    fn glisser(&mut self, variable: u32, deplacement: f64) -> bool {
        if !self.est_cachee(variable)
            || self.possible[variable as usize] + deplacement < self.plancher(variable)
        {
            return false;
        }
        let mut chemin = Chemin::default();
        chemin.bouger(self, variable, deplacement);
        let mut essais = ESSAIS;
        if !self.reparer(&mut chemin, &mut essais) {
            return false;
        }
        for (touchee, de) in chemin.bougees {
            let touchee = touchee as usize;
            self.possible[touchee] += de;
            let vus = &mut self.vus[touchee];
            *vus = (vus.0.min(self.possible[touchee]), vus.1.max(self.possible[touchee]));
        }
        true
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
        let termes = &self.sommes[somme as usize].termes;
        let depart = chemin.bougees.first().map_or(0, |(v, _)| *v as usize) % termes.len();
        let mut trouves: Vec<(i64, u32, f64)> = Vec::new();
        for (variable, coefficient) in termes[depart..].iter().chain(&termes[..depart]) {
            if !self.est_cachee(*variable) || chemin.bougees.iter().any(|(v, _)| v == variable) {
                continue;
            }
            let deplacement = -ecart / coefficient;
            if self.possible[*variable as usize] + deplacement < self.plancher(*variable) {
                continue;
            }
            let mut solde = 0;
            for (autre, a) in &self.incidences[*variable as usize] {
                let avant = chemin.ecart(*autre);
                let apres = avant + a * deplacement;
                solde += i64::from(apres.abs() > BRUIT) - i64::from(avant.abs() > BRUIT);
            }
            trouves.push((solde, *variable, deplacement));
            if trouves.len() == REGARDS {
                break;
            }
        }
        trouves.sort_by_key(|(solde, ..)| *solde);
        trouves.into_iter().take(6).map(|(_, variable, deplacement)| (variable, deplacement)).collect()
    }

    // --- Linear programs --------------------------------------------------------------------------------

    /// Withholds, around a cell, the cheapest set with which it reaches its target; or the nearest that
    /// public figures allow.
    fn programmer(&mut self, variable: u32, sens: Sens, cible: f64) {
        let valeur = self.systeme.variables[variable as usize].valeur;
        let mut entourage = Vec::new();
        let mut meilleur: Option<(f64, Vec<(u32, f64)>)> = None;
        for taille in VOISINAGES {
            let plus_large = self.entourage(variable, taille);
            if plus_large.len() == entourage.len() {
                break;
            }
            entourage = plus_large;
            let Some(changements) = self.moindre_cout(&entourage, variable, cible - valeur) else { continue };
            let prix = self.prix(&changements);
            let avant = meilleur.as_ref().map_or(f64::INFINITY, |(prix, _)| *prix);
            if prix < avant {
                meilleur = Some((prix, changements));
            }
            // Nothing more to withhold, or nothing gained by looking further.
            if prix == 0.0 || (avant.is_finite() && prix >= avant) {
                break;
            }
        }
        if let Some((_, changements)) = meilleur {
            self.adopter(&changements);
            return;
        }
        let Some(extreme) = self.extreme(&entourage, variable, sens) else { return };
        // A hair inside of the extreme, which the arithmetic may not reach again.
        let changements = self.moindre_cout(&entourage, variable, extreme * (1.0 - 1e-9));
        self.adopter(&changements.unwrap_or_default());
    }

    /// What changes would withhold that is not yet.
    fn prix(&self, changements: &[(u32, f64)]) -> f64 {
        let lignes: BTreeSet<u32> = changements
            .iter()
            .filter(|(v, _)| !self.est_cachee(*v))
            .map(|(v, _)| self.systeme.variables[*v as usize].ligne)
            .collect();
        lignes.into_iter().map(|ligne| self.systeme.cout(ligne)).sum()
    }

    /// The cells that touch a cell through sums, nearest first; of each sum the withheld ones first, then
    /// the cheapest.
    fn entourage(&self, variable: u32, taille: usize) -> Vec<u32> {
        let par_somme = (taille / 5).max(12);
        let (mut pris, mut vues) = (BTreeSet::from([variable]), BTreeSet::new());
        let (mut entourage, mut suivante) = (vec![variable], 0);
        while suivante < entourage.len() && entourage.len() < taille {
            for (somme, _) in &self.incidences[entourage[suivante] as usize] {
                if !vues.insert(*somme) {
                    continue;
                }
                let mut voisins: Vec<(bool, f64, u32)> = self.sommes[*somme as usize]
                    .termes
                    .iter()
                    .filter(|(v, _)| !pris.contains(v))
                    .map(|(v, _)| {
                        let cout = self.systeme.cout(self.systeme.variables[*v as usize].ligne);
                        (!self.est_cachee(*v), cout, *v)
                    })
                    .collect();
                voisins.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
                for (.., voisin) in voisins.into_iter().take(par_somme) {
                    pris.insert(voisin);
                    entourage.push(voisin);
                }
            }
            suivante += 1;
        }
        entourage
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
        let mut touchees: BTreeMap<u32, Vec<(microlp::Variable, f64)>> = BTreeMap::new();
        for variable in entourage {
            let valeur = self.systeme.variables[*variable as usize].valeur;
            let marge = valeur - self.plancher(*variable);
            let prix = prix(*variable);
            let plus = probleme.add_var(prix, (0.0, f64::INFINITY));
            let moins = probleme.add_var(prix, (0.0, marge));
            for (somme, coefficient) in &self.incidences[*variable as usize] {
                let termes = touchees.entry(*somme).or_default();
                termes.extend([(plus, *coefficient), (moins, -coefficient)]);
            }
            changements.push([plus, moins]);
        }
        for termes in touchees.values() {
            probleme.add_constraint(termes.as_slice(), ComparisonOp::Eq, 0.0);
        }
        (probleme, changements)
    }

    /// The changes that move a cell by so much at the least price; none if no change does.
    fn moindre_cout(&self, entourage: &[u32], variable: u32, de: f64) -> Option<Vec<(u32, f64)>> {
        let prix = |v: u32| {
            if self.est_cachee(v) {
                1e-3
            } else {
                self.systeme.cout(self.systeme.variables[v as usize].ligne)
            }
        };
        let (mut probleme, changements) = self.probleme(entourage, OptimizationDirection::Minimize, prix);
        let rang = entourage.iter().position(|v| *v == variable)?;
        let [plus, moins] = changements[rang];
        probleme.add_constraint([(plus, 1.0), (moins, -1.0)], ComparisonOp::Eq, de);
        let solution = probleme.solve().ok()?.into_solution().ok()?;
        let change =
            |[plus, moins]: &[microlp::Variable; 2]| solution.var_value(*plus) - solution.var_value(*moins);
        Some(
            entourage
                .iter()
                .zip(&changements)
                .map(|(v, c)| (*v, change(c)))
                .filter(|(_, de)| de.abs() > BRUIT)
                .collect(),
        )
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

    /// Withholds the cells that change, and remembers the table as possible.
    fn adopter(&mut self, changements: &[(u32, f64)]) {
        for (variable, de) in changements {
            let Some(v) = self.systeme.variables.get(*variable as usize) else { continue };
            if v.ligne != AUCUN {
                self.cachees[v.ligne as usize] = true;
            }
            let vus = &mut self.vus[*variable as usize];
            *vus = (vus.0.min(v.valeur + de), vus.1.max(v.valeur + de));
        }
    }
}

/// Cells moved so far, and the sums that they leave wrong.
#[derive(Default)]
struct Chemin {
    bougees: Vec<(u32, f64)>,
    ecarts: Vec<(u32, f64)>,
}

impl Chemin {
    fn ecart(&self, somme: u32) -> f64 {
        self.ecarts.iter().find(|(s, _)| *s == somme).map_or(0.0, |(_, e)| *e)
    }

    fn bouger(&mut self, protecteur: &Protecteur<'_>, variable: u32, de: f64) {
        self.bougees.push((variable, de));
        self.ajouter(protecteur, variable, de);
    }

    fn defaire(&mut self, protecteur: &Protecteur<'_>) {
        if let Some((variable, de)) = self.bougees.pop() {
            self.ajouter(protecteur, variable, -de);
        }
    }

    fn ajouter(&mut self, protecteur: &Protecteur<'_>, variable: u32, de: f64) {
        for (somme, coefficient) in &protecteur.incidences[variable as usize] {
            match self.ecarts.iter_mut().find(|(s, _)| s == somme) {
                Some((_, ecart)) => *ecart += coefficient * de,
                None => self.ecarts.push((*somme, coefficient * de)),
            }
        }
        self.ecarts.retain(|(_, ecart)| ecart.abs() > BRUIT);
    }

    /// The wrong sum with the fewest cells.
    fn plus_contraint(&self, protecteur: &Protecteur<'_>) -> Option<(u32, f64)> {
        self.ecarts.iter().copied().min_by_key(|(s, _)| (protecteur.sommes[*s as usize].termes.len(), *s))
    }
}
