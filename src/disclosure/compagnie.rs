//! Zeros in the company of small numbers. A zero that speaks of enough persons is shown: what is withheld beside it is
//! somebody, then. Where a sum tells that there are hardly more persons than figures withheld, each of them would be one:
//! five persons of 65 and over, in five communes. There, a zero of the sum is withheld as well, so that « withheld » does not say
//! « somebody »; or, if there is none, another part of the sum, or its total.

use super::composante::{Cellule, Composante};
use super::listes::Terme;
use super::secondaire::{BRUIT, Protecteur, Sens};
use super::systeme::AUCUN;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// How many persons more than figures withheld leave it open where they are: with one, all but one would be known.
const MARGE: f64 = 2.0;

/// Companions that are tried for a sum; zeros, for what all sums tell together.
const ESSAIS: usize = 3;
const ZEROS: usize = 12;

impl Protecteur<'_> {
    /// Gives a companion to the small numbers of each sum that would tell each of them, once everything else is withheld.
    pub(super) fn accompagner(&mut self) {
        let partie = self.partie;
        // What is withheld for one sum may leave another one short; each withholds something more, so that it ends.
        loop {
            let mut a_change = false;
            let mut moindres = self.moindres();
            for termes in partie.sommes.iter() {
                a_change |= self.accompagner_si_besoin(termes, &mut moindres);
            }
            for groupe in 0..u32::try_from(partie.groupes()).unwrap_or(AUCUN) {
                a_change |= self.accompagner_un_lieu(groupe, &mut moindres);
            }
            if !a_change {
                break;
            }
        }
        self.accompagner_les_immobiles();
    }

    /// The same of those that all sums tell together: if every figure withheld is somebody, no exchange of one person moves them.
    fn accompagner_les_immobiles(&mut self) {
        let partie = self.partie;
        let est_petite = |c: &Cellule| c.zero_se_montre && !c.cible.est_vide() && c.valeur > 0.0;
        let petites = (0u32..).zip(&partie.cellules).filter(|(_, c)| est_petite(c)).map(|(rang, _)| rang);
        // A sum of a whole country is looked at once, and not for each of its communes.
        let mut contredites = self.contredites();
        for cellule in petites {
            let sommes = partie.incidences.liste(cellule);
            let se_contredit = sommes.iter().any(|(somme, _)| contredites[*somme as usize]);
            if se_contredit || self.bouge_d_une_personne(cellule) {
                continue;
            }
            let siennes: Vec<&[Terme]> =
                sommes.iter().map(|(somme, _)| partie.sommes.liste(*somme)).collect();
            let (zeros, autres) = self.compagnons(&siennes.concat());
            let [zeros, autres] = [(zeros, ZEROS), (autres, ESSAIS)].map(|(v, n)| v.into_iter().take(n));
            if zeros.chain(autres).any(|candidat| self.accompagne(candidat, cellule)) {
                contredites = self.contredites();
            }
        }
        self.revenir();
    }

    /// Of each sum, whether it tells that some of what is withheld is nobody.
    fn contredites(&self) -> Vec<bool> {
        let moindres = self.moindres();
        self.partie.sommes.iter().map(|termes| self.se_contredit(termes, &moindres)).collect()
    }

    /// True if a small number may be one more, or one less, where every figure withheld is somebody; or if that cannot be.
    fn bouge_d_une_personne(&mut self, cellule: u32) -> bool {
        self.personne_de_moins_qu_un = true;
        let bouge = [1.0, -1.0].into_iter().any(|de| {
            self.revenir();
            self.deplacer(cellule, de)
        }) || self.echappe_aux_programmes(cellule);
        self.personne_de_moins_qu_un = false;
        bouge
    }

    /// Withholds a figure if a small number is told no more then.
    fn accompagne(&mut self, candidat: u32, cellule: u32) -> bool {
        let lignes: Vec<u32> = self.montrees(candidat).collect();
        self.cacher(candidat);
        self.personne_de_moins_qu_un = true;
        let echappe = self.echappe_aux_programmes(cellule);
        self.personne_de_moins_qu_un = false;
        if echappe {
            return self.tenir(candidat);
        }
        self.montrer(&lignes);
        false
    }

    /// Withholds what it takes for a companion to be somebody.
    fn tenir(&mut self, compagnon: u32) -> bool {
        let valeur = self.valeur(compagnon);
        self.cacher(compagnon);
        self.atteindre(compagnon, Sens::Haut, valeur + 1.0);
        self.vus[compagnon as usize].1 >= valeur + 1.0 - BRUIT
    }

    /// The same of what two sums of a place say together: all childminders, less those of 55 and over.
    fn accompagner_un_lieu(&mut self, groupe: u32, moindres: &mut Vec<f64>) -> bool {
        let partie = self.partie;
        let siennes = partie.du_groupe(groupe).iter();
        let retenues =
            siennes.filter(|v| partie.cellules[**v as usize].zero_se_montre && self.est_cachee(**v));
        let locales = retenues.flat_map(|v| partie.incidences.liste(*v)).map(|(somme, _)| *somme);
        let sommes: BTreeSet<u32> = locales.filter(|somme| partie.est_d_un_lieu(*somme)).collect();
        let mut a_change = false;
        for une in &sommes {
            for autre in sommes.range((Bound::Excluded(*une), Bound::Unbounded)) {
                let (une, autre) = (partie.sommes.liste(*une), partie.sommes.liste(*autre));
                let Some(termes) = ensemble(une, autre) else { continue };
                let a_l_envers = termes.iter().map(|(v, a)| (*v, -a)).collect();
                for termes in [termes, a_l_envers] {
                    a_change |= self.accompagner_si_besoin(&termes, moindres);
                }
            }
        }
        a_change
    }

    /// The least that each figure is for whoever believes that every zero is shown: somebody, and for a total, somebody in
    /// each of its parts.
    fn moindres(&self) -> Vec<f64> {
        let moindre = |(rang, cellule): (u32, &Cellule)| {
            if self.est_cachee(rang) { f64::from(u8::from(cellule.zero_se_montre)) } else { cellule.valeur }
        };
        let mut moindres: Vec<f64> = (0u32..).zip(&self.partie.cellules).map(moindre).collect();
        for termes in self.partie.sommes.iter() {
            let Some(((total, _), parties)) = termes.split_first().filter(|((_, a), _)| *a > 0.0) else {
                continue;
            };
            if self.est_cachee(*total) && parties.iter().all(|(_, a)| *a < 0.0) {
                let ensemble: f64 = parties.iter().map(|(v, _)| moindres[*v as usize]).sum();
                moindres[*total as usize] = moindres[*total as usize].max(ensemble);
            }
        }
        moindres
    }

    /// How many persons more than it takes the figures withheld of a sum have, each of them being somebody; none if nothing of
    /// them is withheld that would be, or their total is: it tells nothing.
    fn de_plus(&self, termes: &[Terme], moindres: &[f64]) -> Option<f64> {
        let (mut personnes, mut retenues) = (0.0, 0);
        for (cellule, coefficient) in termes.iter().filter(|(v, _)| self.est_cachee(*v)) {
            if *coefficient > 0.0 {
                return None;
            }
            personnes += self.valeur(*cellule) - moindres[*cellule as usize];
            retenues += usize::from(self.partie.cellules[*cellule as usize].zero_se_montre);
        }
        (retenues > 0).then_some(personnes)
    }

    /// True if there are fewer persons than figures withheld: some are nobody, and who is does not show.
    fn se_contredit(&self, termes: &[Terme], moindres: &[f64]) -> bool {
        self.de_plus(termes, moindres).is_some_and(|personnes| personnes < -BRUIT)
    }

    /// True if a sum had to be given a companion, and was.
    fn accompagner_si_besoin(&mut self, termes: &[Terme], moindres: &mut Vec<f64>) -> bool {
        let de_plus = self.de_plus(termes, moindres).filter(|personnes| *personnes > -BRUIT);
        let Some(personnes) = de_plus.filter(|personnes| *personnes < MARGE - BRUIT) else { return false };
        // With one person more, none is told exactly: that is not worth a figure that counts somebody.
        let compagnon = self.choisir_un_compagnon(termes, personnes < BRUIT);
        if compagnon.is_some() {
            // What was shown, and was what it was, is somebody now.
            *moindres = self.moindres();
        }
        compagnon.is_some()
    }

    /// Withholds a zero of these sums; if there is none and `a_tout_prix`, what costs least of their other parts, or their total.
    fn choisir_un_compagnon(&mut self, termes: &[Terme], a_tout_prix: bool) -> Option<u32> {
        let (zeros, autres) = self.compagnons(termes);
        let autres = autres.into_iter().take(if a_tout_prix { ESSAIS } else { 0 });
        zeros.into_iter().take(ESSAIS).chain(autres).find(|candidat| self.tenir(*candidat))
    }

    /// The zeros of these sums that are shown, and what else is, the cheapest first.
    fn compagnons(&self, termes: &[Terme]) -> (Vec<u32>, Vec<u32>) {
        let cellule = |v: u32| &self.partie.cellules[v as usize];
        let montrees: BTreeMap<u32, f32> = termes
            .iter()
            .filter(|(v, _)| cellule(*v).zero_se_montre && !self.est_cachee(*v))
            .copied()
            .collect();
        let (mut zeros, mut autres): (Vec<u32>, Vec<u32>) =
            montrees.keys().partition(|v| self.valeur(**v) == 0.0 && montrees[v] < 0.0);
        zeros.retain(|v| cellule(*v).plafond >= 1.0);
        // Where most is withheld already, least has to be besides.
        zeros.sort_by_key(|v| (Reverse(self.retenues_autour(*v)), *v));
        autres.sort_by(|a, b| self.cout(*a).total_cmp(&self.cout(*b)).then(a.cmp(b)));
        (zeros, autres)
    }

    /// Figures withheld of the place that a cell speaks of.
    fn retenues_autour(&self, cellule: u32) -> usize {
        let siennes = self.partie.du_groupe(self.groupe_de(cellule));
        siennes.iter().filter(|v| self.est_cachee(**v)).count()
    }
}

/// What two sums say together without the cells that they share; nothing if they share none, or not all of these can go.
fn ensemble(une: &[Terme], autre: &[Terme]) -> Option<Vec<Terme>> {
    let dans = |termes: &[Terme], cellule: u32| termes.iter().find(|(v, _)| *v == cellule).map(|(_, a)| *a);
    let mut signe = None;
    for (cellule, a) in une {
        let Some(b) = dans(autre, *cellule) else { continue };
        let rapport = -a / b;
        if signe.is_some_and(|signe: f32| signe.to_bits() != rapport.to_bits()) {
            return None;
        }
        signe = Some(rapport);
    }
    let signe = signe.filter(|signe| signe.abs().to_bits() == 1f32.to_bits())?;
    let restent_de_l_une = une.iter().filter(|(v, _)| dans(autre, *v).is_none()).copied();
    let restent_de_l_autre = autre.iter().filter(|(v, _)| dans(une, *v).is_none());
    let termes = restent_de_l_une.chain(restent_de_l_autre.map(|(v, b)| (*v, b * signe)));
    Some(termes.collect())
}

/// True if a sum of a part can tell that each of its figures withheld is somebody.
pub(super) fn est_a_accompagner(partie: &Composante) -> bool {
    partie.cellules.iter().any(|cellule| cellule.zero_se_montre)
}
