//! Communes that were one in the year of a figure, and that are several today.

use super::{Mesure, Releve, Somme};
use crate::quality::{Bilan, Lieu, Motif, Probleme, Statut};
use crate::territory::CodeCommune;
use crate::territory::rapprochement::Rapprocheur;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// A commune of today, which was all of them, and the measure.
type Groupe = (CodeCommune, Mesure);

impl Releve {
    /// Of a year when several communes of today were one, the figure is of them all: nothing says the part of each, and
    /// those that did not exist have none, though a file writes 0 for them. Where it gives each a figure of its own,
    /// it has been counted again for the communes of today, and is kept.
    pub(super) fn separer(&mut self, rapprocheur: &Rapprocheur<'_>, lieu: &Lieu, bilan: &mut Bilan) {
        let mut retirees: BTreeMap<Groupe, (Vec<CodeCommune>, BTreeSet<i32>)> = BTreeMap::new();
        for (annee, code, mesure) in self.valeurs.keys() {
            let Some(jour) = NaiveDate::from_ymd_opt(*annee, 12, 31) else { continue };
            let autres = rapprocheur.scindee_apres(*code, jour);
            let a_part = |autre: &CodeCommune| self.valeur(*annee, *autre, *mesure).is_some_and(|v| v > 0.0);
            if !autres.is_empty() && !autres.iter().any(a_part) {
                retirees.entry((*code, *mesure)).or_insert((autres, BTreeSet::new())).1.insert(*annee);
            }
        }
        for ((code, mesure), (autres, annees)) in &mut retirees {
            annees.extend(self.annees_reunies(*code, *mesure, autres, annees.last().copied()));
            for annee in annees.iter() {
                for commune in autres.iter().chain([code]) {
                    if let Some(somme) = self.valeurs.get_mut(&(*annee, *commune, *mesure)) {
                        *somme = Somme { valeur: None, statut: Statut::NonDisponible, parties: 0, ..*somme };
                    }
                }
            }
            let noms: Vec<String> = autres.iter().map(|autre| rapprocheur.nommer(*autre)).collect();
            let detail = format!(
                "{}, {}, {} : le chiffre est aussi celui de {}",
                rapprocheur.nommer(*code),
                mesure.mot(),
                annees.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
                noms.join(", ")
            );
            bilan.noter(Probleme::new(Motif::CommuneScindee, lieu.clone(), detail));
        }
    }

    fn valeur(&self, annee: i32, code: CodeCommune, mesure: Mesure) -> Option<f64> {
        self.valeurs.get(&(annee, code, mesure))?.valeur
    }

    /// The years before the last one of the united commune in which the file writes 0 for each of the others: it
    /// brings them together there too, though they were communes.
    fn annees_reunies(
        &self,
        code: CodeCommune,
        mesure: Mesure,
        autres: &[CodeCommune],
        derniere: Option<i32>,
    ) -> Vec<i32> {
        let annees =
            self.valeurs.keys().filter(|(_, c, m)| *c == code && *m == mesure).map(|(annee, ..)| *annee);
        let reunie =
            |annee: &i32| autres.iter().all(|autre| self.valeur(*annee, *autre, mesure) == Some(0.0));
        annees.filter(|annee| derniere.is_some_and(|derniere| *annee < derniere)).filter(reunie).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::territory::cog::{Cog, CommuneCog, Etat, Modification, Mouvement, TypeCommune};
    use crate::territory::{Membre, Perimetre};

    const ESSARTS: &str = "85084";
    const OIE: &str = "85165";

    fn code(texte: &str) -> CodeCommune {
        texte.parse().unwrap()
    }

    /// Two communes that merged in 2016, stayed communes déléguées and parted in 2024.
    fn cog() -> Cog {
        use TypeCommune::{Commune, Deleguee};
        let etat = |(type_commune, c): (TypeCommune, &str)| {
            Some(Etat { type_commune, code: code(c), nom: c.to_owned() })
        };
        let mouvement = |modification, annee, avant, apres| Mouvement {
            modification: Modification::du_code(modification),
            date: NaiveDate::from_ymd_opt(annee, 1, 1).unwrap(),
            avant: etat(avant),
            apres: etat(apres),
        };
        let commune = |type_commune, c: &str, parent: Option<&str>| CommuneCog {
            type_commune,
            code: code(c),
            nom: c.to_owned(),
            parent: parent.map(code),
        };
        Cog::new(
            [
                commune(Commune, ESSARTS, None),
                commune(Commune, OIE, None),
                commune(Deleguee, ESSARTS, Some(ESSARTS)),
            ],
            [
                mouvement(32, 2016, (Commune, ESSARTS), (Commune, ESSARTS)),
                mouvement(32, 2016, (Commune, ESSARTS), (Deleguee, ESSARTS)),
                mouvement(32, 2016, (Commune, OIE), (Commune, ESSARTS)),
                mouvement(32, 2016, (Commune, OIE), (Deleguee, OIE)),
                mouvement(21, 2024, (Commune, ESSARTS), (Commune, ESSARTS)),
                mouvement(21, 2024, (Commune, ESSARTS), (Commune, OIE)),
                mouvement(21, 2024, (Deleguee, OIE), (Commune, OIE)),
            ],
            None,
        )
    }

    /// A year, and the births of the two communes.
    type Annee = (i32, Option<f64>, Option<f64>);

    /// Births by year of the two communes, once parted; and what was told.
    fn separees(naissances: &[(i32, f64, Option<f64>)]) -> (Vec<Annee>, Vec<Motif>) {
        let membre = |c: &str| Membre {
            code: code(c),
            nom: c.to_owned(),
            depuis: None,
            jusqu_a: None,
            population: None,
        };
        let perimetre = Perimetre::new("essai", "Essai", vec![membre(ESSARTS), membre(OIE)]);
        let cog = cog();
        let rapprocheur = Rapprocheur::new(&perimetre, Some(&cog), &BTreeMap::new());
        let (mut releve, mut bilan) = (Releve::default(), Bilan::new("essai", "essai.csv"));
        for (annee, essarts, oie) in naissances {
            releve.ajouter(
                (*annee, code(ESSARTS), Mesure::Naissances),
                Some(*essarts),
                Statut::Observe,
                false,
            );
            if oie.is_some() {
                releve.ajouter((*annee, code(OIE), Mesure::Naissances), *oie, Statut::Observe, false);
            }
        }
        releve.separer(&rapprocheur, &Lieu::fichier("essai.csv"), &mut bilan);
        let valeur = |annee, c| releve.valeur(annee, code(c), Mesure::Naissances);
        let lues = naissances.iter().map(|(a, ..)| (*a, valeur(*a, ESSARTS), valeur(*a, OIE))).collect();
        (lues, bilan.problemes.iter().map(|p| p.motif).collect())
    }

    #[test]
    fn une_commune_qui_n_existait_pas_n_a_pas_zero_naissance() {
        // As Insee's file has it: the communes of today, brought together in the years of one, and before.
        let (lues, dits) = separees(&[
            (2013, 123.0, Some(0.0)),
            (2015, 75.0, Some(22.0)),
            (2023, 89.0, Some(0.0)),
            (2024, 65.0, Some(8.0)),
        ]);
        assert_eq!(
            lues,
            [
                (2013, None, None),
                (2015, Some(75.0), Some(22.0)),
                (2023, None, None),
                (2024, Some(65.0), Some(8.0))
            ]
        );
        assert_eq!(dits, [Motif::CommuneScindee]);
        // The file of the day, which has one commune.
        let (lues, dits) = separees(&[(2022, 89.0, None)]);
        assert_eq!((lues, dits), (vec![(2022, None, None)], vec![Motif::CommuneScindee]));
    }

    #[test]
    fn ce_que_la_source_recompte_pour_les_communes_d_aujourd_hui_est_garde() {
        let donnees = [(2013, 60.0, Some(0.0)), (2022, 70.0, Some(9.0)), (2023, 71.0, Some(8.0))];
        let (lues, dits) = separees(&donnees);
        assert_eq!((lues[1], dits), ((2022, Some(70.0), Some(9.0)), vec![]));
        assert_eq!(lues[0], (2013, Some(60.0), Some(0.0)), "avant, un zéro est un zéro");
    }
}
