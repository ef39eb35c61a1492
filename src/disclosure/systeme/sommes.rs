//! What the figures of the table add up to: communes and their territory, parts and their total, terms of rates, what the
//! catalogue declares, counts and among whom they count.

use super::{AUCUN, EGAL, Ligne, Listes, Repere, Systeme, enquetes};
use crate::indicators::{Champ, Indicateur, Niveau, Population, Relation, Terme, Unite};
use std::collections::{BTreeMap, BTreeSet};

/// Rows, group after group.
struct Groupes {
    rangs: Vec<u32>,
    tailles: Vec<usize>,
}

impl Groupes {
    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let mut reste = self.rangs.as_slice();
        self.tailles.iter().map(move |taille| {
            let (groupe, suite) = reste.split_at(*taille);
            reste = suite;
            groupe
        })
    }
}

impl Systeme<'_> {
    /// Every sum. The parts of a count of the communes make those of the territory only if they are given in detail.
    pub(super) fn relier_tout(&mut self, detaille: bool) {
        self.relier_communes_et_territoire(detaille);
        self.relier_modalites();
        self.relier_termes();
        enquetes::relier(self);
        self.relier_declarees();
        self.relier_populations();
        self.deduire_les_publiques();
    }

    /// Sensitive rows in the order of a key, cut where the key changes.
    fn groupes<C: Ord + Copy>(&self, cle: impl Fn(&Ligne) -> C) -> Groupes {
        let mut rangs: Vec<u32> = (0..self.suivante())
            .filter(|rang| {
                let ligne = &self.lignes[*rang as usize];
                ligne.sensible && ligne.indicateur != AUCUN
            })
            .collect();
        let cle = |rang: &u32| cle(&self.lignes[*rang as usize]);
        rangs.sort_by_key(cle);
        let tailles = rangs.chunk_by(|a, b| cle(a) == cle(b)).map(<[u32]>::len).collect();
        Groupes { rangs, tailles }
    }

    fn relier_communes_et_territoire(&mut self, detaille: bool) {
        for groupe in self.groupes(|l| (l.indicateur, l.modalite, l.annee)).iter() {
            let montrees = |rang: &u32| detaille || !self.lignes[*rang as usize].est_part_d_une_commune();
            let (territoires, communes): (Vec<u32>, Vec<u32>) = groupe
                .iter()
                .copied()
                .filter(montrees)
                .partition(|rang| self.lignes[*rang as usize].niveau == Niveau::Territoire);
            for territoire in territoires {
                for champ in 0..3 {
                    let parties: Vec<(u32, f64)> = communes
                        .iter()
                        .map(|rang| &self.lignes[*rang as usize])
                        .filter(|ligne| ligne.niveau == Niveau::Commune && ligne.variables[champ] != AUCUN)
                        .map(|ligne| (ligne.variables[champ], 1.0))
                        .collect();
                    self.relier(self.lignes[territoire as usize].variables[champ], &parties, EGAL);
                }
            }
        }
    }

    /// By modality, what stands before its last colon: its rank among all that do, and the modality that says it alone.
    fn prefixes(&self) -> Vec<(u32, Option<u32>)> {
        let modalites = self.table.modalites().iter();
        let prefixes = modalites.map(|m| m.rsplit_once(':').map_or("", |(prefixe, _)| prefixe));
        let prefixes: Vec<&str> = prefixes.collect();
        let distincts: BTreeSet<&str> = prefixes.iter().copied().collect();
        let rangs: BTreeMap<&str, u32> = distincts.into_iter().zip(0..).collect();
        prefixes.iter().map(|prefixe| (rangs[prefixe], self.table.numero_de_modalite(prefixe))).collect()
    }

    /// The modalities `x:…` and `x`; those without a colon and the total.
    fn relier_modalites(&mut self) {
        let prefixes = self.prefixes();
        let groupes = self.groupes(|l| (l.indicateur, l.lieu, l.annee));
        // The empty one is the first: alone, it has no part.
        for groupe in groupes.iter().filter(|groupe| groupe.len() > 1) {
            let mut parties: Vec<(u32, u32, u32)> = Vec::with_capacity(groupe.len());
            for rang in groupe {
                let ligne = &self.lignes[*rang as usize];
                if ligne.modalite == 0 {
                    continue;
                }
                let (prefixe, total) = prefixes[ligne.modalite as usize];
                let total = total
                    .filter(|m| self.ligne((ligne.indicateur, *m, ligne.lieu, ligne.annee)).is_some())
                    .unwrap_or(0);
                parties.push((prefixe, total, *rang));
            }
            parties.sort_by_key(|(prefixe, total, _)| (*prefixe, *total));
            for parties in parties.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
                let (_, modalite, premiere) = parties[0];
                let ligne = &self.lignes[premiere as usize];
                let Some(total) = self.ligne((ligne.indicateur, modalite, ligne.lieu, ligne.annee)) else {
                    continue;
                };
                for champ in [0, 1] {
                    let variable = |rang: u32| self.lignes[rang as usize].variables[champ];
                    let parties = parties.iter().map(|(.., rang)| variable(*rang));
                    let parties: Vec<(u32, f64)> =
                        parties.filter(|v| *v != AUCUN).map(|v| (v, 1.0)).collect();
                    let total = variable(total);
                    self.relier(total, &parties, EGAL);
                }
            }
        }
    }

    /// What is worked out of each entry of the catalogue, by rank.
    fn par_entree<R>(&self, lire: impl Fn(&Self, &'static Indicateur) -> R) -> Vec<R> {
        self.entrees.iter().map(|entree| lire(self, entree)).collect()
    }

    /// The terms of a rate are the cells of two indicators.
    fn relier_termes(&mut self) {
        let termes = self.par_entree(|systeme, entree| {
            let valeur = |(indicateur, modalite)| systeme.reperer(&Terme::valeur(indicateur, modalite));
            entree.termes.map(|termes| termes.map(valeur))
        });
        for rang in 0..self.lignes.len() {
            let ligne = self.lignes[rang];
            let termes = termes.get(ligne.indicateur as usize).copied().flatten();
            let Some(termes) = termes.filter(|_| ligne.modalite == 0) else { continue };
            for (champ, terme) in [1, 2].into_iter().zip(termes) {
                let cellule = terme.and_then(|terme| self.reperee(&terme, &ligne));
                if let Some(cellule) = cellule.filter(|c| *c != ligne.variables[champ]) {
                    self.relier(ligne.variables[champ], &[(cellule, 1.0)], EGAL);
                }
            }
        }
    }

    fn relier_declarees(&mut self) {
        let relations: Vec<&'static Relation> =
            self.entrees.iter().flat_map(|e| e.protection.relations).collect();
        let mut lois: Vec<&'static Relation> = Vec::new();
        for relation in relations {
            if relation.au_moins
                && (lois.iter().any(|loi| loi.implique(relation)) || !self.est_une_loi(relation))
            {
                continue;
            }
            lois.push(relation);
            let indicateur = self.rangs.get(relation.total.indicateur).copied();
            let modalite = self.table.numero_de_modalite(relation.total.modalite);
            let Some((indicateur, modalite)) = indicateur.zip(modalite) else { continue };
            let tolerance = self.tolerance(relation);
            let (total_repere, parties_reperees) =
                (self.reperer(&relation.total), relation.parties.iter().map(|terme| self.reperer(terme)));
            let parties_reperees: Vec<_> = parties_reperees.collect();
            let Some(total_repere) = total_repere else { continue };
            for rang in self.lignes_de[indicateur as usize].clone() {
                let ligne = self.lignes[rang as usize];
                if ligne.modalite != modalite || (relation.si_estime && !ligne.estimee) {
                    continue;
                }
                let Some(total) = self.reperee(&total_repere, &ligne) else { continue };
                let parties: Option<Vec<(u32, f64)>> = parties_reperees
                    .iter()
                    .zip(relation.parties)
                    .map(|(repere, terme)| Some((self.reperee(repere.as_ref()?, &ligne)?, terme.coefficient)))
                    .collect();
                // With a part that nobody knows, nothing can be computed.
                let mut parties = parties.unwrap_or_default();
                if relation.au_moins && !parties.is_empty() {
                    let valeur = |rang: u32| self.variables[rang as usize].valeur;
                    let reste = valeur(total) - parties.iter().map(|(p, c)| c * valeur(*p)).sum::<f64>();
                    parties.push((self.ajouter_le_reste(total, reste.max(0.0)), 1.0));
                }
                self.relier(total, &parties, tolerance);
            }
        }
    }

    /// True for an inequality that holds of every place and year: one that is false somewhere is true elsewhere by chance.
    fn est_une_loi(&self, relation: &Relation) -> bool {
        let total = self.reperer(&relation.total);
        let parties: Vec<_> =
            relation.parties.iter().map(|terme| (self.reperer(terme), terme.coefficient)).collect();
        let (indicateur, modalite) = (
            self.rangs.get(relation.total.indicateur).copied(),
            self.table.numero_de_modalite(relation.total.modalite),
        );
        let Some(((total, indicateur), modalite)) = total.zip(indicateur).zip(modalite) else { return false };
        let lignes = self.lignes_de[indicateur as usize].clone().map(|rang| &self.lignes[rang as usize]);
        lignes.filter(|ligne| ligne.modalite == modalite).all(|ligne| {
            let somme = parties
                .iter()
                .map(|(repere, coefficient)| Some(coefficient * self.valeur(repere.as_ref()?, ligne)?));
            let reste = self.valeur(&total, ligne).zip(somme.sum::<Option<f64>>()).map(|(t, s)| t - s);
            reste.is_none_or(|reste| reste >= -EGAL)
        })
    }

    /// What rounding may hide: half a unit of the last decimal of each value that has any.
    fn tolerance(&self, relation: &Relation) -> f64 {
        let demi_unite = |terme: &Terme| {
            let entree = self.rangs.get(terme.indicateur).and_then(|rang| self.entrees.get(*rang as usize));
            let decimales = entree.map_or(0, |e| e.decimales);
            let arrondi = decimales > 0 && terme.champ == Champ::Valeur;
            if arrondi { 0.5 * 0.1f64.powi(i32::try_from(decimales).unwrap_or(0)) } else { 0.0 }
        };
        let parties: f64 = relation.parties.iter().map(|t| t.coefficient.abs() * demi_unite(t)).sum();
        demi_unite(&relation.total) + parties + EGAL
    }

    /// Among whom each count is; where the others are known too, they are a variable of their own.
    fn relier_populations(&mut self) {
        let declarees = self.par_entree(|systeme, entree| match &entree.protection.population {
            Population::Parmi(terme) => systeme.reperer(terme),
            Population::Aucune | Population::Defaut => None,
        });
        let agrees = self.reperer(&Terme::valeur("am_agrees", ""));
        let (taux, posees) = (self.rang_de("enquete_taux_reponse"), enquetes::posees_a_tous(self));
        for rang in 0..self.lignes.len() {
            let ligne = self.lignes[rang];
            if !ligne.sensible {
                continue;
            }
            let Some(entree) = self.entrees.get(ligne.indicateur as usize).copied() else { continue };
            let [valeur, numerateur, denominateur] = ligne.variables;
            let est_un_taux = numerateur != AUCUN;
            let compte = if est_un_taux { numerateur } else { valeur };
            if compte == AUCUN {
                continue;
            }
            let cherchee = |repere: Option<Repere>| {
                repere.and_then(|repere| self.reperee(&repere, &ligne)).unwrap_or(AUCUN)
            };
            let declaree = declarees.get(ligne.indicateur as usize).copied().flatten();
            let (population, meme_liste) = match entree.protection.population {
                Population::Aucune => continue,
                Population::Parmi(_) => (cherchee(declaree), true),
                Population::Defaut if entree.unite == Unite::Pourcent => (denominateur, true),
                Population::Defaut => match entree.unite {
                    Unite::AssistantsMaternels => (cherchee(agrees), true),
                    Unite::Enfants | Unite::Naissances | Unite::Habitants | Unite::PlacesPour100 => continue,
                    _ => (denominateur, false),
                },
            };
            let autres = self.relier_population(compte, population, meme_liste);
            let question = || self.modalite(&ligne).split('@').next().unwrap_or_default();
            if let Some(autres) = autres
                && taux == Some(ligne.indicateur)
                && posees.contains(&(ligne.annee, question()))
            {
                self.variables[autres as usize].sans_secret = true;
            }
        }
    }

    /// Says among whom a count is; the others, where they are known too.
    fn relier_population(&mut self, compte: u32, population: u32, meme_liste: bool) -> Option<u32> {
        let valeur = self.variables[compte as usize].valeur;
        let Some(total) = self.variables.get(population as usize).map(|v| v.valeur) else {
            self.variables[compte as usize].population = f64::NAN;
            return None;
        };
        self.variables[compte as usize].population = total;
        if !meme_liste || total < valeur {
            return None;
        }
        let autres = self.ajouter_le_reste(compte, total - valeur);
        self.variables[autres as usize].population = total;
        self.relier(population, &[(compte, 1.0), (autres, 1.0)], EGAL);
        Some(autres)
    }

    /// What follows from public figures alone is public: to withhold it would protect nothing.
    pub(in crate::disclosure) fn deduire_les_publiques(&mut self) {
        let (variables, equations) = (&mut self.variables, &self.equations);
        let mut inconnues = vec![0u32; equations.len()];
        let cachees = || {
            let termes =
                equations.iter().zip(0u32..).flat_map(|(e, rang)| e.termes.iter().map(move |t| (t.0, rang)));
            termes.filter(|(v, _)| !variables[*v as usize].publique)
        };
        cachees().for_each(|(_, rang)| inconnues[rang as usize] += 1);
        let incidences = Listes::par_numero(variables.len(), cachees);
        let mut file: Vec<u32> =
            (0..).zip(&inconnues).filter(|(_, n)| **n == 1).map(|(rang, _)| rang).collect();
        while let Some(rang) = file.pop() {
            let restante = equations.une(rang).termes.iter().find(|(v, _)| !variables[*v as usize].publique);
            let Some((variable, _)) = restante else { continue };
            variables[*variable as usize].publique = true;
            for equation in incidences.liste(*variable) {
                inconnues[*equation as usize] -= 1;
                if inconnues[*equation as usize] == 1 {
                    file.push(*equation);
                }
            }
        }
    }
}
