//! Places of which everything is withheld may hold together what any of them does: communes where few answered a survey,
//! groups of few persons. One table gives a place all that the others hold, and says how much each of its cells may be; and the
//! others nothing.

use super::chemin::Chemin;
use super::composante::Composante;
use super::echange::PARTENAIRES;
use super::secondaire::{BRUIT, Changements, Protecteur, Sens};
use super::systeme::AUCUN;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What such tables start from.
#[derive(Default)]
pub(super) struct Reunions {
    /// Places and years of which everything is withheld from the start, and nothing is public.
    entiers: BTreeSet<u32>,
    /// What their cells are parts of; once found, the changes that take it to where it must be able to be.
    sommets: BTreeMap<u32, Option<Rc<Changements>>>,
}

impl Reunions {
    pub(super) fn de(partie: &Composante, est_cachee: impl Fn(u32) -> bool) -> Self {
        let groupes = 0..u32::try_from(partie.groupes()).unwrap_or(AUCUN);
        let est_entier = |groupe: &u32| {
            let siennes = partie.du_groupe(*groupe);
            siennes.iter().all(|v| est_cachee(*v) && sans_public(partie, *v))
        };
        let entiers: BTreeSet<u32> = groupes.filter(est_entier).collect();
        let cellules = entiers.iter().flat_map(|groupe| partie.du_groupe(*groupe));
        let totaux = cellules.map(|v| partie.total(*v)).filter(|total| *total != AUCUN);
        let sommets = totaux.map(|total| (total, None)).collect();
        Self { entiers, sommets }
    }
}

/// True if the sums of a place that a cell is in hold between its cells alone: nothing public has a part in them.
fn sans_public(partie: &Composante, cellule: u32) -> bool {
    let siennes = partie.incidences.liste(cellule).iter().filter(|(somme, _)| partie.est_d_un_lieu(*somme));
    siennes.map(|(somme, _)| partie.sommes.liste(*somme)).all(|termes| {
        let valeurs = termes.iter().map(|(v, a)| f64::from(*a) * partie.cellules[*v as usize].valeur);
        valeurs.sum::<f64>().abs() < BRUIT
    })
}

impl Protecteur<'_> {
    /// Looks at every such table.
    pub(super) fn reunir_les_lieux(&mut self) {
        for ici in self.reunions.entiers.clone() {
            self.revenir();
            self.reunir_en(ici);
        }
    }

    /// Moves a cell of such a place from the table in which its place holds what others do; from the true one, and from that in
    /// which what it is a part of has what it must be able to have. False if it cannot go so far.
    pub(super) fn glisser_d_une_reunion(&mut self, variable: u32, sens: Sens, cible: f64) -> bool {
        let groupe = self.groupe_de(variable);
        if !self.reunions.entiers.contains(&groupe) {
            return false;
        }
        let sommet = self.reunions.sommets.get(&self.partie.total(variable)).cloned().flatten();
        let departs: [Option<Rc<Changements>>; 2] = [Some([].into()), sommet];
        departs.into_iter().flatten().any(|changements| {
            self.partir_de(&changements);
            self.reunir_en(groupe);
            self.avancer(variable, sens, cible)
        })
    }

    /// In the possible table at hand, gives a place what others hold.
    fn reunir_en(&mut self, ici: u32) {
        let semblables = self.semblables(ici);
        let mut partenaires = 0;
        for autre in semblables.iter() {
            if partenaires < PARTENAIRES && self.reunions.entiers.contains(autre) {
                partenaires += 1;
                if let Some(chemin) = self.tout_prendre(ici, *autre) {
                    self.accepter(&chemin);
                }
            }
        }
    }

    /// All that a place holds goes to another one, if every sum then holds.
    fn tout_prendre(&self, ici: u32, autre: u32) -> Option<Chemin> {
        let mut bougees = Vec::new();
        let mut jumelles = BTreeSet::new();
        for cellule in self.partie.du_groupe(autre) {
            let valeur = self.possible[*cellule as usize];
            if valeur != 0.0 {
                let jumelle = self.partie.jumelle(*cellule, ici);
                let prend = jumelle != AUCUN && jumelles.insert(jumelle) && self.peut_bouger(jumelle, valeur);
                if !prend {
                    return None;
                }
                bougees.extend([(*cellule, -valeur), (jumelle, valeur)]);
            }
        }
        let mut ecarts: Vec<(u32, f64)> = Vec::new();
        for (cellule, de) in &bougees {
            let sommes = self.partie.incidences.liste(*cellule).iter();
            ecarts.extend(sommes.map(|(somme, coefficient)| (*somme, f64::from(*coefficient) * de)));
        }
        ecarts.sort_unstable_by_key(|(somme, _)| *somme);
        let tiennent = ecarts
            .chunk_by(|a, b| a.0 == b.0)
            .all(|somme| somme.iter().map(|(_, ecart)| ecart).sum::<f64>().abs() < BRUIT);
        (tiennent && !bougees.is_empty()).then(|| bougees.into())
    }

    /// True for a total that has, for the first time, what it must be able to have.
    pub(super) fn est_un_sommet(&self, total: u32, valeur: f64) -> bool {
        let haut = self.partie.cellules[total as usize].cible.haut;
        valeur > self.valeur(total)
            && valeur >= haut - BRUIT
            && matches!(self.reunions.sommets.get(&total), Some(None))
    }

    /// Remembers the changes as those that took totals to where they must be able to be.
    pub(super) fn retenir_les_sommets(&mut self, changements: &Changements) {
        let mut partages: Option<Rc<Changements>> = None;
        for (cellule, de) in changements {
            if self.est_un_sommet(*cellule, self.valeur(*cellule) + de) {
                let partages = Rc::clone(partages.get_or_insert_with(|| changements.into()));
                self.reunions.sommets.insert(*cellule, Some(partages));
            }
        }
    }
}
