//! The criteria of the tension of a place, as pages tell them: those that are met, those of which nothing is known, and the
//! classes that are possible then.

use super::look;
use super::pages::Releve;
use crate::indicators::{Statut, critere_rempli, indicateur};

/// The criteria of a commune in the year of the report.
pub(super) struct Criteres {
    /// « Accès faible », of those that are met.
    pub(super) remplis: Vec<&'static str>,
    /// Of those of which nothing is known.
    inconnus: Vec<&'static str>,
    /// Of those that are withheld.
    tus: Vec<&'static str>,
    /// Identifiers of those that are estimates.
    pub(super) estimes: Vec<&'static str>,
    /// How many there are.
    tous: usize,
}

impl Criteres {
    pub(super) fn lire(releve: &Releve<'_>) -> Self {
        let modalites = indicateur("tension").map_or(&[][..], |i| i.modalites);
        let mut criteres = Self {
            remplis: Vec::new(),
            inconnus: Vec::new(),
            tus: Vec::new(),
            estimes: Vec::new(),
            tous: modalites.len(),
        };
        for (modalite, libelle) in modalites {
            // What the numbers stand for follows the name in parentheses.
            let nom = libelle.split(" (").next().unwrap_or(libelle);
            let (contexte, annee) = (releve.contexte, releve.contexte.annee);
            let figure = releve.lire("tension", modalite, annee);
            let montre = figure.valeur.filter(|_| figure.statut.est_connu()).map(|valeur| valeur > 0.0);
            // One that is withheld beside the class may be seen in what it reads, which is not.
            let lisible = || {
                let lire = |id: &str| releve.valeur(id, "", annee);
                critere_rempli(modalite, &contexte.parametres.tension, lire)
            };
            match montre.or_else(lisible) {
                Some(true) => criteres.remplis.push(nom),
                Some(false) => {}
                None if matches!(figure.statut, Statut::Secret | Statut::SecretSource) => {
                    criteres.tus.push(nom);
                }
                None => criteres.inconnus.push(nom),
            }
            if figure.statut == Statut::Estime {
                criteres.estimes.push(modalite);
            }
        }
        criteres
    }

    /// The lowest class that the criteria allow, and the highest: one more for each criterion.
    pub(super) fn classes(&self) -> (usize, usize) {
        let basse = 1 + self.remplis.len();
        (basse, basse + self.inconnus.len() + self.tus.len())
    }

    /// True if all of them are known, and shown.
    pub(super) fn sont_tous_dits(&self) -> bool {
        self.inconnus.is_empty() && self.tus.is_empty()
    }

    /// « modérée ou élevée », of a class that is not shown; nothing if no criterion is known.
    pub(super) fn classes_possibles(&self) -> Option<String> {
        let (basse, haute) = self.classes();
        let nommer = |rang: usize| look::nom_de_rang(rang as f64);
        let noms: Vec<&str> = (basse..=haute).map_while(nommer).collect();
        let (derniere, premieres) = noms.split_last()?;
        (self.inconnus.len() + self.tus.len() < self.tous).then(|| match premieres {
            [] => (*derniere).to_owned(),
            _ => format!("{} ou {derniere}", premieres.join(", ")),
        })
    }

    /// « accès faible, places en recul ; non connu : manque de places »; empty if none is met and all are known.
    pub(super) fn en_clair(&self) -> String {
        let remplis = Some(self.remplis.join(", ")).filter(|dits| !dits.is_empty());
        let dire = |mot: &str, noms: &[&str]| {
            (!noms.is_empty()).then(|| format!("{mot}\u{a0}: {}", noms.join(", ")))
        };
        let autres = [dire("non connu", &self.inconnus), dire("non diffusé", &self.tus)];
        remplis.into_iter().chain(autres.into_iter().flatten()).collect::<Vec<_>>().join("\u{202f}; ")
    }
}
