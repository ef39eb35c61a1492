//! The parts of the table that no sum links, each on its own: its cells numbered from 0, the sums that they are
//! in, the places that share sums. What is withheld in a part follows from that part alone.

use super::complements::Complements;
use super::egales::{self, Sommes};
use super::listes::{Listes, Terme};
use super::primaire::Primaires;
use super::systeme::{AUCUN, Systeme};
use crate::reprises::Recette;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

/// Cells of one sum that are considered: the whole of a country would be looked through for each of its cells.
const VUES: usize = 400;

/// One number that may be withheld.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cellule {
    /// What it is worth.
    pub valeur: f64,
    /// No more than that, by public figures alone.
    pub plafond: f64,
    /// What must stay possible of it.
    pub cible: Cible,
    /// A zero here would be shown: if it is withheld, it is somebody.
    pub zero_se_montre: bool,
    /// The place and year that it speaks of.
    pub groupe: u32,
    /// What it says of them, the same for every place; [`AUCUN`] if that is not known.
    sujet: u32,
}

impl Cellule {
    /// Another row gives the same number: what must stay possible of either must of both.
    fn joindre(&mut self, plafond: f64, cible: Cible, zero_se_montre: bool) {
        self.zero_se_montre &= zero_se_montre;
        self.plafond = self.plafond.min(plafond);
        self.cible.haut = self.cible.haut.max(cible.haut).min(self.plafond);
        self.cible.bas = self.cible.bas.min(cible.bas);
        let plus_large = self.cible.largeur.max(cible.largeur);
        self.cible.largeur = plus_large.min(self.plafond - plancher(self.valeur));
    }
}

/// What an attacker must not be able to exclude.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cible {
    /// That the cell is so high.
    pub haut: f64,
    /// That it is so low.
    pub bas: f64,
    /// That it lies anywhere in an interval of that width.
    pub largeur: f64,
}

impl Cible {
    const VIDE: Self = Self { haut: f64::NEG_INFINITY, bas: f64::INFINITY, largeur: 0.0 };

    pub(super) fn est_vide(self) -> bool {
        self == Self::VIDE
    }
}

/// A part of the table.
#[derive(Debug, Default)]
pub(super) struct Composante {
    pub cellules: Vec<Cellule>,
    /// Sums over these cells (what is public never changes): cell, coefficient, which is positive for a total.
    pub sommes: Listes<Terme>,
    /// Sums of each cell, with its coefficient.
    pub incidences: Listes<Terme>,
    /// Rows that give each cell, by their numbers in the part: none for the difference of two others.
    pub lignes_de: Listes<u32>,
    /// By row: what it costs to withhold it, and whether it is withheld for itself.
    pub lignes: Vec<(f64, bool)>,
    /// Rows of the system.
    pub rangs: Vec<u32>,
    /// Cells of each place and year.
    par_groupe: Listes<u32>,
    /// Of each place and year, what its cells say, in order, and which cell says it.
    sujets: Listes<(u32, u32)>,
    /// By cell, the first cell of its place that is in the very same sums, if none of these goes beyond the place;
    /// else [`AUCUN`].
    memes_sommes: Vec<u32>,
    /// By sum, whether all of its cells are of one place and year.
    d_un_lieu: Vec<bool>,
    /// By cell, the total of the only sum that goes beyond its place, if it is in one; else [`AUCUN`].
    totaux: Vec<u32>,
}

/// The parts in which something is to be protected, those with most to protect first.
pub(super) struct Decoupage<'a> {
    systeme: &'a Systeme<'a>,
    primaires: &'a Primaires,
    plafonds: Vec<f64>,
    /// Variables and equations of each part.
    parts: Vec<(Vec<u32>, Vec<u32>)>,
    /// Number, in its part, of the cell of each variable.
    numeros: Vec<u32>,
    complements: Complements,
}

impl<'a> Decoupage<'a> {
    pub(super) fn new(systeme: &'a Systeme<'a>, primaires: &'a Primaires, plafonds: Vec<f64>) -> Self {
        let mut racines = separer(systeme);
        let mut utiles: BTreeMap<u32, (Vec<u32>, Vec<u32>)> = BTreeMap::new();
        for (variable, doute) in (0u32..).zip(&primaires.doutes) {
            if !doute.est_vide() {
                utiles.entry(racine(&mut racines, variable)).or_default();
            }
        }
        let complements = Complements::de(systeme);
        let premieres = egales::premieres(systeme);
        let mut numeros = vec![AUCUN; systeme.variables.len()];
        let mut suivants: HashMap<u32, u32> = HashMap::new();
        for (rang, variable) in (0u32..).zip(&systeme.variables) {
            let est_cellule = !variable.publique && !complements.sont[rang as usize];
            let Some(part) = est_cellule.then(|| racine(&mut racines, rang)) else { continue };
            let Some((variables, _)) = utiles.get_mut(&part) else { continue };
            variables.push(rang);
            let premiere = premieres.get(&rang).filter(|premiere| **premiere != rang);
            numeros[rang as usize] = if let Some(premiere) = premiere {
                numeros[*premiere as usize]
            } else {
                let suivant = suivants.entry(part).or_default();
                *suivant += 1;
                *suivant - 1
            };
        }
        for (rang, equation) in (0u32..).zip(systeme.equations.iter()) {
            if complements.dits[rang as usize] {
                continue;
            }
            let cachable = equation.termes.iter().find(|(v, _)| systeme.est_cachable(*v));
            let part = cachable.map(|(v, _)| racine(&mut racines, *v));
            if let Some((_, equations)) = part.and_then(|part| utiles.get_mut(&part)) {
                equations.push(rang);
            }
        }
        let mut parts: Vec<_> = utiles.into_values().collect();
        parts.sort_by_key(|(variables, _)| (std::cmp::Reverse(variables.len()), variables.first().copied()));
        Self { systeme, primaires, plafonds, parts, numeros, complements }
    }

    /// How many there are.
    pub(super) fn nombre(&self) -> usize {
        self.parts.len()
    }

    /// One of them.
    pub(super) fn composante(&self, rang: usize) -> Composante {
        let mut composante = Composante::default();
        let Some((variables, equations)) = self.parts.get(rang) else { return composante };
        let (mut lignes, mut groupes, mut sujets) = (HashMap::new(), HashMap::new(), HashMap::new());
        // What a cell says beside its first subject, by place and year.
        let mut autres_sujets: HashMap<u32, Vec<(u32, u32)>> = HashMap::new();
        for variable in variables {
            let v = &self.systeme.variables[*variable as usize];
            let cellule = self.numeros[*variable as usize];
            if v.ligne != AUCUN {
                lignes.entry(v.ligne).or_insert_with(|| {
                    composante.rangs.push(v.ligne);
                    let primaire = self.primaires.lignes[v.ligne as usize];
                    composante.lignes.push((self.systeme.cout(v.ligne), primaire));
                    u32::try_from(composante.lignes.len() - 1).unwrap_or(AUCUN)
                });
            }
            let sujet = self.systeme.sujet(*variable).map_or(AUCUN, |sujet| numero(&mut sujets, sujet));
            let (plafond, cible) = self.cible(*variable);
            let zero_se_montre = self.primaires.zeros_montres[*variable as usize];
            if let Some(deja) = composante.cellules.get_mut(cellule as usize) {
                deja.joindre(plafond, cible, zero_se_montre);
                autres_sujets.entry(deja.groupe).or_default().push((sujet, cellule));
            } else {
                let groupe = numero(&mut groupes, v.groupe);
                let valeur = v.valeur;
                let cellule = Cellule { valeur, plafond, cible, zero_se_montre, groupe, sujet };
                composante.cellules.push(cellule);
            }
        }
        let melees = composante.cellules.len() < variables.len();
        let mut sommes = Sommes::default();
        for equation in equations {
            let termes = self.systeme.equations.une(*equation).termes.iter();
            let cachables = termes.filter(|(v, _)| self.systeme.est_cachable(*v));
            let termes = cachables.map(|(v, coefficient)| (self.numeros[*v as usize], *coefficient));
            if !melees {
                composante.sommes.ajouter(termes);
            } else if let Some(termes) = sommes.reduire(termes) {
                composante.sommes.ajouter(termes);
            }
        }
        composante.lignes_de = Listes::par_numero(composante.cellules.len(), || {
            let ligne = |v: &u32| lignes.get(&self.systeme.variables[*v as usize].ligne);
            variables.iter().filter_map(move |v| Some((self.numeros[*v as usize], *ligne(v)?)))
        });
        composante.indexer(groupes.len(), &autres_sujets);
        composante
    }

    /// The most that a variable can be, and what must stay possible of it and of its complements.
    fn cible(&self, variable: u32) -> (f64, Cible) {
        let valeur = |v: u32| self.systeme.variables[v as usize].valeur;
        let ensemble = |complement: u32| valeur(variable) + valeur(complement);
        let complements = self.complements.de_la_variable(variable);
        let plafond = complements.map(ensemble).fold(self.plafonds[variable as usize], f64::min);
        let mut cible = Cible::VIDE;
        let doute = self.primaires.doutes[variable as usize];
        if !doute.est_vide() {
            cible.haut = doute.haut.min(plafond);
            cible.largeur = doute.largeur.min(plafond - plancher(valeur(variable)));
        }
        for complement in self.complements.de_la_variable(variable) {
            let doute = self.primaires.doutes[complement as usize];
            if !doute.est_vide() {
                let le_plus = self.plafonds[complement as usize].min(ensemble(complement));
                cible.bas = cible.bas.min(ensemble(complement) - doute.haut.min(le_plus));
                cible.largeur = cible.largeur.max(doute.largeur.min(le_plus));
            }
        }
        (plafond, cible)
    }
}

/// What a possible table cannot go below, where the true one has that value.
pub(super) fn plancher(valeur: f64) -> f64 {
    if valeur < 0.0 { f64::NEG_INFINITY } else { 0.0 }
}

/// The number of a key, in the order in which keys first come.
fn numero<C: std::hash::Hash + Eq>(numeros: &mut HashMap<C, u32>, cle: C) -> u32 {
    let nouveau = u32::try_from(numeros.len()).unwrap_or(AUCUN);
    *numeros.entry(cle).or_insert(nouveau)
}

/// For each variable, another one of its part: itself for one of each part. Sums and rows link those that are
/// not public.
fn separer(systeme: &Systeme<'_>) -> Vec<u32> {
    let mut racines: Vec<u32> = (0..u32::try_from(systeme.variables.len()).unwrap_or(AUCUN)).collect();
    let mut relier = |variables: &mut dyn Iterator<Item = u32>| {
        let mut cachables = variables.filter(|v| systeme.est_cachable(*v));
        let Some(premiere) = cachables.next() else { return };
        for autre in cachables {
            let (a, b) = (racine(&mut racines, premiere), racine(&mut racines, autre));
            racines[a.max(b) as usize] = a.min(b);
        }
    };
    for equation in systeme.equations.iter() {
        relier(&mut equation.termes.iter().map(|(v, _)| *v));
    }
    for ligne in &systeme.lignes {
        relier(&mut ligne.variables.into_iter().filter(|v| *v != AUCUN));
    }
    racines
}

/// The variable that stands for the part; the way there gets shorter each time.
fn racine(racines: &mut [u32], variable: u32) -> u32 {
    let mut ici = variable;
    while racines[ici as usize] != ici {
        let suivante = racines[racines[ici as usize] as usize];
        racines[ici as usize] = suivante;
        ici = suivante;
    }
    ici
}

impl Composante {
    /// What its cells, places and sums have to do with one another; of each place, what its cells say beside their first
    /// subjects, and which cell does.
    fn indexer(&mut self, groupes: usize, autres_sujets: &HashMap<u32, Vec<(u32, u32)>>) {
        self.incidences = Listes::par_numero(self.cellules.len(), || {
            let sommes = (0u32..).zip(self.sommes.iter());
            sommes.flat_map(|(rang, termes)| termes.iter().map(move |(cellule, a)| (*cellule, (rang, *a))))
        });
        let groupe_de = |cellule: u32| self.cellules[cellule as usize].groupe;
        self.d_un_lieu = self
            .sommes
            .iter()
            .map(|termes| termes.windows(2).all(|t| groupe_de(t[0].0) == groupe_de(t[1].0)))
            .collect();
        self.par_groupe =
            Listes::par_numero(groupes, || (0u32..).zip(&self.cellules).map(|(rang, c)| (c.groupe, rang)));
        for (groupe, cellules) in (0u32..).zip(self.par_groupe.iter()) {
            let premiers = cellules.iter().map(|rang| (self.cellules[*rang as usize].sujet, *rang));
            let autres = autres_sujets.get(&groupe).into_iter().flatten().copied();
            let mut sujets: Vec<(u32, u32)> = premiers.chain(autres).collect();
            sujets.sort_unstable();
            self.sujets.ajouter(sujets);
        }
        self.totaux = self.incidences.iter().map(|sommes| self.seul_total(sommes)).collect();
        self.memes_sommes = vec![AUCUN; self.cellules.len()];
        for groupe in self.par_groupe.iter() {
            let sommes = |cellule: u32| self.incidences.liste(cellule);
            let locales =
                groupe.iter().filter(|v| sommes(**v).iter().all(|(s, _)| self.d_un_lieu[*s as usize]));
            let mut premieres: Vec<u32> = Vec::new();
            for cellule in locales {
                let premiere = premieres.iter().find(|v| sommes(**v) == sommes(*cellule)).copied();
                self.memes_sommes[*cellule as usize] = premiere.unwrap_or(*cellule);
                premieres.extend(premiere.is_none().then_some(*cellule));
            }
        }
    }

    fn seul_total(&self, sommes: &[Terme]) -> u32 {
        let mut au_dela = sommes.iter().filter(|(somme, _)| !self.d_un_lieu[*somme as usize]);
        let (Some((somme, a)), None) = (au_dela.next(), au_dela.next()) else { return AUCUN };
        let total = self.sommes.liste(*somme).first().filter(|(_, b)| *b > 0.0 && *a < 0.0);
        total.map_or(AUCUN, |(total, _)| *total)
    }

    /// What a cell is a part of, beyond its place; [`AUCUN`] if it is of nothing, or of several.
    pub(super) fn total(&self, cellule: u32) -> u32 {
        self.totaux[cellule as usize]
    }

    /// The part of a total in a place; [`AUCUN`] if there is none.
    pub(super) fn part(&self, total: u32, groupe: u32) -> u32 {
        let mut parts = self.du_groupe(groupe).iter().copied();
        parts.find(|v| self.totaux[*v as usize] == total).unwrap_or(AUCUN)
    }

    /// All that what is withheld here follows from.
    pub(super) fn recette(&self) -> Recette {
        let mut octets = Vec::with_capacity(64 * self.cellules.len());
        for c in &self.cellules {
            for reel in [c.valeur, c.plafond, c.cible.haut, c.cible.bas, c.cible.largeur] {
                octets.extend(reel.to_le_bytes());
            }
            for entier in [c.groupe, c.sujet, u32::from(c.zero_se_montre)] {
                octets.extend(entier.to_le_bytes());
            }
        }
        let recette = Recette::new("divulgation").octets(&octets);
        octets.clear();
        for termes in self.sommes.iter() {
            octets.extend(termes.len().to_le_bytes());
            for (cellule, coefficient) in termes {
                octets.extend(cellule.to_le_bytes());
                octets.extend(coefficient.to_le_bytes());
            }
        }
        let recette = recette.octets(&octets);
        octets.clear();
        for lignes in self.lignes_de.iter() {
            octets.extend(lignes.len().to_le_bytes());
            octets.extend(lignes.iter().flat_map(|ligne| ligne.to_le_bytes()));
        }
        let recette = recette.octets(&octets);
        octets.clear();
        for (cout, primaire) in &self.lignes {
            octets.extend(cout.to_le_bytes());
            octets.push(u8::from(*primaire));
        }
        recette.octets(&octets)
    }

    /// How many places and years there are.
    pub(super) fn groupes(&self) -> usize {
        self.par_groupe.len()
    }

    /// The cells of a place and year.
    pub(super) fn du_groupe(&self, groupe: u32) -> &[u32] {
        self.par_groupe.liste(groupe)
    }

    /// True if no sum that a cell is in goes beyond its place.
    pub(super) fn est_locale(&self, cellule: u32) -> bool {
        self.memes_sommes[cellule as usize] != AUCUN
    }

    /// True if all cells of a sum are of one place and year.
    pub(super) fn est_d_un_lieu(&self, somme: u32) -> bool {
        self.d_un_lieu[somme as usize]
    }

    /// The other cells of a place that are in the very same sums as a cell, none of which goes beyond the place.
    pub(super) fn interchangeables(&self, cellule: u32) -> impl Iterator<Item = u32> {
        let premiere = self.memes_sommes[cellule as usize];
        let du_lieu = self.du_groupe(self.cellules[cellule as usize].groupe).iter().copied();
        du_lieu
            .filter(move |v| premiere != AUCUN && *v != cellule && self.memes_sommes[*v as usize] == premiere)
    }

    /// True if two cells say the same of two places, in the same year.
    pub(super) fn sont_jumelles(&self, a: u32, b: u32) -> bool {
        let (a, b) = (&self.cellules[a as usize], &self.cellules[b as usize]);
        a.sujet != AUCUN && a.sujet == b.sujet && a.groupe != b.groupe
    }

    /// What says of another place, in the same year, what a cell says; [`AUCUN`] if nothing here does.
    pub(super) fn jumelle(&self, cellule: u32, groupe: u32) -> u32 {
        let sujet = self.cellules[cellule as usize].sujet;
        let sujets = self.sujets.liste(groupe);
        let trouve = sujets.binary_search_by_key(&sujet, |(sujet, _)| *sujet).ok().filter(|_| sujet != AUCUN);
        trouve.map_or(AUCUN, |rang| sujets[rang].1)
    }

    /// The cells of the place of a cell; of those where the sums that it is in, or its place is in, have their
    /// totals; and of so many other places of these sums, those of the greatest interest.
    pub(super) fn entourage(&self, cellule: u32, lieux: usize, interet: impl Fn(u32) -> f64) -> Vec<u32> {
        let ici = self.cellules[cellule as usize].groupe;
        let siennes = self.du_groupe(ici);
        let mut sommes: Vec<u32> =
            siennes.iter().flat_map(|v| self.incidences.liste(*v)).map(|(somme, _)| *somme).collect();
        sommes.sort_unstable();
        sommes.dedup();
        // Infinite for those that hold totals.
        let mut interets: BTreeMap<u32, f64> = BTreeMap::new();
        for (v, coefficient) in sommes.iter().flat_map(|somme| self.termes_vus(*somme, cellule)) {
            let groupe = self.cellules[*v as usize].groupe;
            if groupe != ici {
                let total = *coefficient > 0.0;
                *interets.entry(groupe).or_default() += if total { f64::INFINITY } else { interet(*v) };
            }
        }
        let (totaux, autres): (Vec<_>, Vec<_>) =
            interets.into_iter().partition(|(_, interet)| interet.is_infinite());
        let mut choisis: Vec<(u32, f64)> = autres;
        choisis.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        choisis.truncate(lieux);
        let mut entourage = siennes.to_vec();
        for (groupe, _) in totaux.into_iter().chain(choisis) {
            entourage.extend(self.du_groupe(groupe));
        }
        entourage
    }

    /// So many of these cells at most, itself among them: those that are nearest to a cell along the sums. A sum of many cells
    /// is a long way, and so is a cell of many sums: what is told of each question leads to any other.
    pub(super) fn proches(&self, cellule: u32, parmi: Vec<u32>, nombre: usize) -> Vec<u32> {
        if parmi.len() <= nombre {
            return parmi;
        }
        let mut restantes: HashSet<u32> = parmi.into_iter().collect();
        let mut sommes_vues: HashSet<u32> = HashSet::new();
        let mut a_voir = BinaryHeap::from([Reverse((0, cellule))]);
        let mut proches = Vec::with_capacity(nombre);
        while let Some(Reverse((chemin, ici))) = a_voir.pop() {
            if !restantes.remove(&ici) {
                continue;
            }
            proches.push(ici);
            if proches.len() == nombre {
                break;
            }
            for (somme, _) in self.incidences.liste(ici) {
                if !sommes_vues.insert(*somme) {
                    continue;
                }
                let termes = self.sommes.liste(*somme);
                for (autre, _) in termes.iter().filter(|(v, _)| restantes.contains(v)) {
                    let pas = termes.len().ilog2() + self.incidences.liste(*autre).len().ilog2();
                    a_voir.push(Reverse((chemin + 1 + pas, *autre)));
                }
            }
        }
        proches
    }

    /// The cells of a sum, its total first, as many as are to be considered for a cell: from a place in the
    /// sum that differs from one cell to the next, so that the same ones are not asked by all.
    pub(super) fn termes_vus(&self, somme: u32, cellule: u32) -> impl Iterator<Item = &Terme> {
        let termes = self.sommes.liste(somme);
        let (total, parties) = termes.split_at(usize::from(termes.len() > VUES));
        let depart = cellule as usize % parties.len().max(1);
        total.iter().chain(parties[depart..].iter().chain(&parties[..depart]).take(VUES))
    }
}
