//! What is linked to what: the sums in which cells may be withheld, the parts of the table that no sum links,
//! the places that share sums.

use super::primaire::Doute;
use super::systeme::{AUCUN, Systeme};
use std::collections::BTreeMap;

/// Cells of a linear program at most.
const CELLULES: usize = 1_500;

/// Cells of one sum that are considered: the whole of a country would be looked through for each of its cells.
const VUES: usize = 400;

/// The cells that may be withheld and the sums that they are in.
pub(super) struct Reseau {
    /// Sums over these cells (what is public never changes): variable, coefficient, which is positive for a total.
    pub sommes: Vec<Vec<(u32, f64)>>,
    /// Sums of each variable, with its coefficient.
    pub incidences: Vec<Vec<(u32, f64)>>,
    /// Part of the table of each variable: no sum links two parts, no row has cells of two.
    composantes: Vec<u32>,
    /// Place and year of each variable.
    groupes: Vec<u32>,
    /// Variables of a part at a place and year.
    cellules: BTreeMap<(u32, u32), Vec<u32>>,
}

impl Reseau {
    pub(super) fn new(systeme: &Systeme) -> Self {
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
            sommes.push(termes);
        }
        let groupes = systeme.variables.iter().map(|v| v.groupe).collect();
        let mut reseau =
            Self { sommes, incidences, composantes: Vec::new(), groupes, cellules: BTreeMap::new() };
        reseau.composantes = reseau.separer(systeme);
        for (composante, variable) in reseau.composantes.iter().zip(0u32..) {
            let groupe = reseau.groupes[variable as usize];
            reseau.cellules.entry((*composante, groupe)).or_default().push(variable);
        }
        reseau
    }

    /// Numbers the parts: each is what can be reached from its first variable, by sums and by rows.
    fn separer(&self, systeme: &Systeme) -> Vec<u32> {
        let mut composantes = vec![AUCUN; systeme.variables.len()];
        let mut faites = vec![false; self.sommes.len()];
        let mut nombre = 0;
        for depart in 0..composantes.len() {
            if composantes[depart] != AUCUN {
                continue;
            }
            let mut file = vec![depart];
            while let Some(variable) = file.pop() {
                if std::mem::replace(&mut composantes[variable], nombre) == nombre {
                    continue;
                }
                for (somme, _) in &self.incidences[variable] {
                    if !std::mem::replace(&mut faites[*somme as usize], true) {
                        file.extend(self.sommes[*somme as usize].iter().map(|(v, _)| *v as usize));
                    }
                }
                if let Some(ligne) = systeme.lignes.get(systeme.variables[variable].ligne as usize) {
                    let voisines = ligne.variables.iter().filter(|v| **v != AUCUN).map(|v| *v as usize);
                    file.extend(voisines.filter(|v| composantes[*v] == AUCUN));
                }
            }
            nombre += 1;
        }
        composantes
    }

    /// The variables to protect, in shares of like size that have nothing to do with one another.
    pub(super) fn repartir(&self, doutes: &[Doute], parts: usize) -> Vec<Vec<u32>> {
        let mut par_composante: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (_, variable) in doutes.iter().zip(0u32..).filter(|(doute, _)| !doute.est_vide()) {
            par_composante.entry(self.composantes[variable as usize]).or_default().push(variable);
        }
        let mut composantes: Vec<Vec<u32>> = par_composante.into_values().collect();
        composantes.sort_by_key(|c| (std::cmp::Reverse(c.len()), c.first().copied()));
        let mut repartition = vec![Vec::new(); parts.max(1)];
        for composante in composantes {
            if let Some(part) = repartition.iter_mut().min_by_key(|part| part.len()) {
                part.extend(composante);
            }
        }
        repartition.retain(|part| !part.is_empty());
        repartition
    }

    /// The cells of the place of a variable; of those where the sums that it is in, or its place is in, have
    /// their totals; and of so many other places of these sums, those of the greatest interest.
    pub(super) fn entourage(&self, variable: u32, lieux: usize, interet: impl Fn(u32) -> f64) -> Vec<u32> {
        let (composante, ici) = (self.composantes[variable as usize], self.groupes[variable as usize]);
        let cellules = self.cellules_de(composante, ici);
        let mut sommes: Vec<u32> =
            cellules.iter().flat_map(|v| &self.incidences[*v as usize]).map(|(somme, _)| *somme).collect();
        sommes.sort_unstable();
        sommes.dedup();
        let mut totaux = Vec::new();
        let mut interets: Vec<(u32, f64)> = Vec::new();
        for (v, coefficient) in sommes.iter().flat_map(|somme| self.termes_vus(*somme, variable)) {
            let groupe = self.groupes[*v as usize];
            if groupe == ici {
                continue;
            }
            if *coefficient > 0.0 {
                totaux.push(groupe);
            }
            interets.push((groupe, interet(*v)));
        }
        totaux.sort_unstable();
        totaux.dedup();
        interets.sort_by_key(|(groupe, _)| *groupe);
        let autres = interets.chunk_by(|a, b| a.0 == b.0).filter_map(|memes| {
            let groupe = memes.first()?.0;
            let total = totaux.binary_search(&groupe).is_ok();
            (!total).then(|| (groupe, memes.iter().map(|(_, interet)| interet).sum()))
        });
        let mut choisis: Vec<(u32, f64)> = autres.collect();
        choisis.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let choisis = choisis.into_iter().map(|(groupe, _)| groupe).take(lieux);
        let mut entourage = cellules.to_vec();
        for groupe in totaux.iter().copied().chain(choisis) {
            if entourage.len() >= CELLULES {
                break;
            }
            entourage.extend(self.cellules_de(composante, groupe));
        }
        entourage
    }

    /// The cells of a sum, its total first, as many as are to be considered for a variable: from a place in the
    /// sum that differs from one variable to the next, so that the same ones are not asked by all.
    pub(super) fn termes_vus(&self, somme: u32, variable: u32) -> impl Iterator<Item = &(u32, f64)> {
        let termes = &self.sommes[somme as usize];
        let (total, parties) = termes.split_at(usize::from(termes.len() > VUES));
        let depart = variable as usize % parties.len().max(1);
        total.iter().chain(parties[depart..].iter().chain(&parties[..depart]).take(VUES))
    }

    fn cellules_de(&self, composante: u32, groupe: u32) -> &[u32] {
        self.cellules.get(&(composante, groupe)).map_or(&[], Vec::as_slice)
    }
}
