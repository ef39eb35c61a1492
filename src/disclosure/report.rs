//! A cell of which no sum goes beyond its place (an age of one commune of a département) moves with others of the
//! place until its sums hold; what the sums across places then lack, another place gives back in the same cells.

use super::chemin::Chemin;
use super::echange::{CHOIX, ESSAIS, PARTENAIRES};
use super::secondaire::{DEPLACEMENTS, Protecteur};
use super::systeme::AUCUN;

/// Cells moved in the other place, before the next one is tried.
const ESSAIS_AILLEURS: u32 = 12;

/// Such a move under way.
struct Report<'p, 'a> {
    protecteur: &'p Protecteur<'a>,
    /// Places that may give back what is lacking.
    autres: &'p [u32],
    chemin: Chemin,
}

/// Which cells may put a sum right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Portee {
    /// All of the place where the move begins.
    Ici,
    /// Of the other place, those of which no sum goes beyond.
    Ailleurs,
}

impl Protecteur<'_> {
    /// Moves a cell with others of its place, and of another one if need be; false if no way is found.
    pub(super) fn reporter(&mut self, variable: u32, deplacement: f64) -> bool {
        if !self.peut_bouger(variable, deplacement) {
            return false;
        }
        let autres = self.semblables(self.groupe_de(variable));
        let mut report = Report { protecteur: self, autres: &autres, chemin: Chemin::default() };
        report.chemin.bouger(self, variable, deplacement);
        let trouve = report.equilibrer(Portee::Ici, &mut { ESSAIS });
        let chemin = if trouve { report.chemin } else { Chemin::default() };
        self.accepter(&chemin);
        trouve
    }
}

impl Report<'_, '_> {
    /// Puts the sums of a place right, then, from there, those across places.
    fn equilibrer(&mut self, portee: Portee, essais: &mut u32) -> bool {
        let Some((somme, ecart)) = self.chemin.plus_contraint_d_un_lieu(self.protecteur) else {
            return self.chemin.est_juste() || (portee == Portee::Ici && self.rendre());
        };
        if self.chemin.bougees.len() >= DEPLACEMENTS {
            return false;
        }
        for (variable, deplacement) in self.reponses(portee, somme, ecart) {
            if *essais == 0 {
                return false;
            }
            *essais -= 1;
            self.chemin.bouger(self.protecteur, variable, deplacement);
            if self.equilibrer(portee, essais) {
                return true;
            }
            self.chemin.defaire(self.protecteur);
        }
        false
    }

    /// Has another place give back what the sums across places lack.
    fn rendre(&mut self) -> bool {
        let partie = self.protecteur.partie;
        let bougees = self.chemin.bougees.clone();
        let a_rendre: Vec<(u32, f64)> = bougees.into_iter().filter(|(v, _)| !partie.est_locale(*v)).collect();
        let autres = self.autres;
        let rendus = autres.iter().filter_map(|autre| {
            let rendre = |(v, de): &(u32, f64)| {
                let jumelle = partie.jumelle(*v, *autre);
                (jumelle != AUCUN && self.protecteur.peut_bouger(jumelle, -de)).then_some((jumelle, -de))
            };
            a_rendre.iter().map(rendre).collect::<Option<Vec<_>>>()
        });
        for rendu in rendus.take(PARTENAIRES) {
            for (variable, deplacement) in &rendu {
                self.chemin.bouger(self.protecteur, *variable, *deplacement);
            }
            if self.equilibrer(Portee::Ailleurs, &mut { ESSAIS_AILLEURS }) {
                return true;
            }
            for _ in &rendu {
                self.chemin.defaire(self.protecteur);
            }
        }
        false
    }

    /// Moves that put a sum right: those of which no sum goes beyond the place first, then those that leave the
    /// fewest others wrong.
    fn reponses(&self, portee: Portee, somme: u32, ecart: f64) -> Vec<(u32, f64)> {
        let protecteur = self.protecteur;
        let mut trouvees: Vec<(bool, i64, u32, f64)> = Vec::new();
        for (variable, coefficient) in protecteur.partie.sommes.liste(somme) {
            let deplacement = -ecart / f64::from(*coefficient);
            let au_dela = !protecteur.partie.est_locale(*variable);
            if (portee == Portee::Ici || !au_dela)
                && protecteur.peut_bouger(*variable, deplacement)
                && !self.chemin.contient(*variable)
            {
                let solde = protecteur.solde(&self.chemin, *variable, deplacement);
                trouvees.push((au_dela, solde, *variable, deplacement));
            }
        }
        trouvees.sort_by_key(|(au_dela, solde, ..)| (*au_dela, *solde));
        trouvees.truncate(CHOIX);
        trouvees.into_iter().map(|(.., variable, deplacement)| (variable, deplacement)).collect()
    }
}
