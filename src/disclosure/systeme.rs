//! The cells of the table as the variables of a system of linear equations: whatever can be computed from
//! one another.

use super::enquetes;
use super::listes::{Listes, Terme as Somme};
use crate::indicators::{
    Champ, Figure, Indicateur, Niveau, Population, Relation, Sensibilite, Statut, Suivi, TableIndicateurs,
    Terme, Unite, catalogue,
};
use polars::prelude::PlHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// No row, no variable.
pub(super) const AUCUN: u32 = u32::MAX;

/// Two sums closer than this are equal: counts are whole.
const EGAL: f64 = 1e-6;

/// One number: a count, or a term of a rate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variable {
    /// What it is worth.
    pub valeur: f64,
    /// The row that gives it; [`AUCUN`] for the difference of two others.
    pub ligne: u32,
    /// Published in any case, or computed from what is.
    pub publique: bool,
    /// How many persons a zero would speak of: infinite if nobody, NaN if not known.
    pub population: f64,
    /// The place and year that it speaks of, as a number.
    pub groupe: u32,
    /// A rest that is nobody's secret.
    pub sans_secret: bool,
    /// Of what it is the rest, and which of its rests, if no row gives it.
    reste_de: Option<(u32, u8)>,
}

/// Sum of coefficient × variable = 0. The first term is the total when `somme` holds: all other
/// coefficients are then −1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Equation<'a> {
    pub termes: &'a [Somme],
    pub somme: bool,
}

/// All of them, by rank.
#[derive(Debug, Default)]
pub(super) struct Equations {
    termes: Listes<Somme>,
    sommes: Vec<bool>,
}

impl Equations {
    fn ajouter(&mut self, termes: impl IntoIterator<Item = Somme>, somme: bool) {
        self.termes.ajouter(termes);
        self.sommes.push(somme);
    }

    pub(super) fn len(&self) -> usize {
        self.sommes.len()
    }

    pub(super) fn une(&self, rang: u32) -> Equation<'_> {
        Equation { termes: self.termes.liste(rang), somme: self.sommes[rang as usize] }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Equation<'_>> {
        self.termes.iter().zip(&self.sommes).map(|(termes, somme)| Equation { termes, somme: *somme })
    }
}

/// What stands in a row that holds a figure, by the numbers of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ligne {
    /// Rank in the catalogue; [`AUCUN`] if it is not there.
    pub indicateur: u32,
    pub modalite: u32,
    pub lieu: u32,
    pub annee: i32,
    pub niveau: Niveau,
    /// False if anyone may see it.
    pub sensible: bool,
    estimee: bool,
    /// Value, numerator, denominator: variables, or [`AUCUN`].
    pub variables: [u32; 3],
}

impl Ligne {
    /// True for a part of a sensitive count of one commune: an age, an answer.
    pub(super) fn est_part_d_une_commune(&self) -> bool {
        self.sensible && self.niveau == Niveau::Commune && self.modalite != 0
    }
}

/// Where a term stands in every row: indicator, modality (none: that of the row), how many years before, which number.
#[derive(Debug, Clone, Copy)]
struct Repere {
    indicateur: u32,
    modalite: Option<u32>,
    il_y_a: i32,
    champ: usize,
}

/// What a cell says: indicator, modality, year, level, which number of the row, which rest of it (0 for itself).
pub(super) type Sujet = (u32, u32, i32, Niveau, usize, u8);

/// Where a cell is: indicator, modality, place, year.
type Cle = (u32, u32, u32, i32);

/// The cells and what they add up to.
pub(super) struct Systeme<'a> {
    table: &'a TableIndicateurs,
    pub variables: Vec<Variable>,
    pub equations: Equations,
    pub lignes: Vec<Ligne>,
    /// Row of the table of each of them: figures that have no part in any secret are left out.
    pub rangs_de_table: Vec<u32>,
    /// Rows of each entry of the catalogue.
    lignes_de: Vec<Range<u32>>,
    /// Entries of the catalogue, by rank.
    pub entrees: Vec<&'static Indicateur>,
    rangs: PlHashMap<&'static str, u32>,
    /// Rows of each indicator, modality and place.
    index: PlHashMap<(u32, u32, u32), Range<u32>>,
    groupes: PlHashMap<(u32, i32), u32>,
    /// How many rests each variable has.
    restes: PlHashMap<u32, u8>,
    /// Pairs that are one number under two names.
    pub memes: Vec<(u32, u32)>,
}

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

/// Counts of children and what is divided by them are sensitive when they are small, whatever their entry
/// says; a figure that the catalogue does not know is sensitive.
pub(super) fn est_sensible(entree: Option<&Indicateur>) -> bool {
    entree.is_none_or(|e| {
        e.sensibilite == Sensibilite::Sensible || matches!(e.unite, Unite::Enfants | Unite::PlacesPour100)
    })
}

/// True for a figure that could be withheld. A share of nothing still says, by its terms, that there is nobody.
pub(super) fn dit_quelque_chose(figure: &Figure) -> bool {
    figure.statut.est_connu() || figure.statut == Statut::SansObjet
}

impl<'a> Systeme<'a> {
    /// Reads the table, but for the rows that are withheld already. The parts of a count of the communes make
    /// those of the territory only if they are given in detail.
    pub(super) fn lire(table: &'a TableIndicateurs, retenues: &[bool], detaille: bool) -> Self {
        let entrees: Vec<&'static Indicateur> = catalogue().collect();
        let mut systeme = Self {
            table,
            variables: Vec::new(),
            equations: Equations::default(),
            lignes: Vec::new(),
            rangs_de_table: Vec::new(),
            lignes_de: vec![0..0; entrees.len()],
            rangs: entrees.iter().zip(0..).map(|(e, rang)| (e.id, rang)).collect(),
            entrees,
            index: PlHashMap::default(),
            groupes: PlHashMap::default(),
            restes: PlHashMap::default(),
            memes: Vec::new(),
        };
        systeme.lire_lignes(retenues);
        systeme.relier_communes_et_territoire(detaille);
        systeme.relier_modalites();
        systeme.relier_termes();
        enquetes::relier(&mut systeme);
        systeme.relier_declarees();
        systeme.relier_populations();
        systeme.deduire_les_publiques();
        systeme
    }

    fn lire_lignes(&mut self, retenues: &[bool]) {
        let utiles = self.utiles();
        for id in self.table.indicateurs() {
            let indicateur = self.rangs.get(id).copied().unwrap_or(AUCUN);
            if utiles.get(indicateur as usize) == Some(&false) {
                continue;
            }
            let premiere = self.suivante();
            for suivi in self.table.suivis_de(id) {
                self.lire_un_suivi(&suivi, indicateur, retenues);
            }
            let lignes = premiere..self.suivante();
            if let Some(lignes_de) = self.lignes_de.get_mut(indicateur as usize) {
                *lignes_de = lignes;
            }
        }
    }

    /// The number of the next row.
    fn suivante(&self) -> u32 {
        u32::try_from(self.lignes.len()).unwrap_or(AUCUN)
    }

    fn lire_un_suivi(&mut self, suivi: &Suivi<'_>, indicateur: u32, retenues: &[bool]) {
        let premiere = self.suivante();
        let (lieu, modalite) = (suivi.numero_de_lieu(), suivi.numero_de_modalite());
        let sensible = est_sensible(self.entrees.get(indicateur as usize).copied());
        let lignes = suivi.rangs().zip(suivi.figures());
        for (rang, figure) in lignes.filter(|(rang, figure)| !retenues[*rang] && dit_quelque_chose(figure)) {
            let mut ligne = Ligne {
                indicateur,
                modalite,
                lieu,
                annee: figure.annee,
                niveau: suivi.lieu().niveau,
                sensible,
                estimee: figure.statut == Statut::Estime,
                variables: [AUCUN; 3],
            };
            let nombres = [figure.valeur, figure.numerateur, figure.denominateur];
            self.lire_nombres(&mut ligne, nombres, self.suivante());
            self.rangs_de_table.push(u32::try_from(rang).unwrap_or(AUCUN));
            self.lignes.push(ligne);
        }
        if premiere < self.suivante() {
            self.index.insert((indicateur, modalite, lieu), premiere..self.suivante());
        }
    }

    /// The row of a cell.
    fn ligne(&self, (indicateur, modalite, lieu, annee): Cle) -> Option<u32> {
        let mut annees = self.index.get(&(indicateur, modalite, lieu))?.clone();
        annees.find(|rang| self.lignes[*rang as usize].annee == annee)
    }

    /// The entries that are sensitive, follow one that is, or are a term of what ties them together; by rank.
    fn utiles(&self) -> Vec<bool> {
        let mut ids: BTreeSet<&str> = BTreeSet::from(["am_agrees"]);
        for entree in &self.entrees {
            let protection = &entree.protection;
            if est_sensible(Some(entree)) || !protection.suit.is_empty() {
                ids.insert(entree.id);
                ids.extend(entree.termes.iter().flatten().map(|(id, _)| *id));
            }
            for relation in protection.relations {
                ids.insert(relation.total.indicateur);
                ids.extend(relation.parties.iter().map(|terme| terme.indicateur));
            }
            if let Population::Parmi(terme) | Population::Sur(terme) = &protection.population {
                ids.insert(terme.indicateur);
            }
            ids.extend(protection.minimum.iter().map(|(_, terme)| terme.indicateur));
        }
        self.entrees.iter().map(|entree| ids.contains(entree.id)).collect()
    }

    /// The value of a rate follows from its terms: it is no variable of its own.
    fn lire_nombres(&mut self, ligne: &mut Ligne, nombres: [Option<f64>; 3], rang: u32) {
        for (champ, nombre) in nombres.into_iter().enumerate() {
            let Some(valeur) = nombre.filter(|_| champ > 0 || nombres[1].is_none()) else { continue };
            let nouveau = u32::try_from(self.groupes.len()).unwrap_or(AUCUN);
            let groupe = *self.groupes.entry((ligne.lieu, ligne.annee)).or_insert(nouveau);
            ligne.variables[champ] = self.ajouter(Variable {
                valeur,
                ligne: rang,
                publique: !ligne.sensible,
                population: f64::INFINITY,
                groupe,
                sans_secret: false,
                reste_de: None,
            });
        }
    }

    fn ajouter(&mut self, variable: Variable) -> u32 {
        self.variables.push(variable);
        u32::try_from(self.variables.len() - 1).unwrap_or(AUCUN)
    }

    /// What is left of a number when another is taken away; no row gives it.
    fn ajouter_le_reste(&mut self, de: u32, valeur: f64) -> u32 {
        let groupe = self.variables[de as usize].groupe;
        let rang = self.restes.entry(de).or_default();
        let reste_de = Some((de, *rang));
        *rang += 1;
        self.ajouter(Variable {
            valeur,
            ligne: AUCUN,
            publique: false,
            population: f64::INFINITY,
            groupe,
            sans_secret: false,
            reste_de,
        })
    }

    /// The sum, if it is true of the figures.
    fn relier(&mut self, total: u32, parties: &[(u32, f64)], tolerance: f64) {
        if parties.is_empty() || total == AUCUN {
            return;
        }
        let valeur = |rang: u32| self.variables[rang as usize].valeur;
        let somme: f64 = parties.iter().map(|(rang, coefficient)| coefficient * valeur(*rang)).sum();
        let ecart = (valeur(total) - somme).abs();
        let touche = |rang: u32| !self.variables[rang as usize].publique;
        if ecart > tolerance || !(touche(total) || parties.iter().any(|(rang, _)| touche(*rang))) {
            return;
        }
        let somme = parties.iter().all(|(rang, c)| (c - 1.0).abs() < EGAL && valeur(*rang) >= 0.0);
        // One or minus one, or any other that is exact in few digits.
        #[allow(clippy::cast_possible_truncation)]
        let parties = parties.iter().map(|(rang, coefficient)| (*rang, -*coefficient as f32));
        self.equations.ajouter(std::iter::once((total, 1.0)).chain(parties), somme);
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

    /// The modalities `x:…` and `x`; those without a colon and the total.
    fn relier_modalites(&mut self) {
        let modalites = self.table.modalites();
        let groupes = self.groupes(|l| (l.indicateur, l.lieu, l.annee));
        // The empty one is the first: alone, it has no part.
        for groupe in groupes.iter().filter(|groupe| groupe.len() > 1) {
            let mut parties: BTreeMap<(&str, u32), Vec<u32>> = BTreeMap::new();
            for rang in groupe {
                let ligne = &self.lignes[*rang as usize];
                let texte = modalites[ligne.modalite as usize].as_str();
                if texte.is_empty() {
                    continue;
                }
                let prefixe = texte.rsplit_once(':').map_or("", |(prefixe, _)| prefixe);
                let total = self
                    .table
                    .numero_de_modalite(prefixe)
                    .filter(|m| self.ligne((ligne.indicateur, *m, ligne.lieu, ligne.annee)).is_some())
                    .unwrap_or(0);
                parties.entry((prefixe, total)).or_default().push(*rang);
            }
            let sommes: Vec<(u32, Vec<u32>)> = parties
                .into_iter()
                .filter_map(|((_, modalite), rangs)| {
                    let ligne = &self.lignes[*rangs.first()? as usize];
                    let cle = (ligne.indicateur, modalite, ligne.lieu, ligne.annee);
                    Some((self.ligne(cle)?, rangs))
                })
                .collect();
            for (total, rangs) in sommes {
                for champ in [0, 1] {
                    let variable = |rang: &u32| self.lignes[*rang as usize].variables[champ];
                    let parties: Vec<(u32, f64)> =
                        rangs.iter().map(variable).filter(|v| *v != AUCUN).map(|v| (v, 1.0)).collect();
                    let total = variable(&total);
                    self.relier(total, &parties, EGAL);
                }
            }
        }
    }

    /// The sum of these parts, if it is true of the figures.
    pub(super) fn relier_si_vrai(&mut self, total: u32, parties: &[u32]) {
        let parties: Vec<(u32, f64)> = parties.iter().filter(|v| **v != AUCUN).map(|v| (*v, 1.0)).collect();
        self.relier(total, &parties, EGAL);
    }

    /// One number under two names, if the figures agree.
    pub(super) fn relier_les_noms(&mut self, un: u32, autre: u32) {
        let valeur = |v: u32| self.variables.get(v as usize).map(|v| v.valeur);
        let pareils = valeur(un).zip(valeur(autre)).is_some_and(|(un, autre)| (un - autre).abs() < EGAL);
        if pareils && un != autre {
            self.relier(un, &[(autre, 1.0)], EGAL);
            self.memes.push((un, autre));
        }
    }

    /// Parts that make their total, or leave something of it: what is left, if anything, as a variable that no row gives and
    /// that is no secret of its own.
    pub(super) fn relier_les_parties(&mut self, total: u32, parties: &[u32]) -> Option<u32> {
        self.relier_si_vrai(total, parties);
        let valeur = |v: u32| self.variables.get(v as usize).map(|v| v.valeur);
        let mut parties: Vec<(u32, f64)> =
            parties.iter().filter(|v| **v != AUCUN).map(|v| (*v, 1.0)).collect();
        let reste = valeur(total)? - parties.iter().filter_map(|(v, _)| valeur(*v)).sum::<f64>();
        if parties.is_empty() || reste < 1.0 - EGAL {
            return None;
        }
        let reste = self.ajouter_le_reste(total, reste);
        self.variables[reste as usize].sans_secret = true;
        parties.push((reste, 1.0));
        self.relier(total, &parties, EGAL);
        Some(reste)
    }

    /// What a variable says of its place and year; none if it is nothing that a row gives, nor its rest.
    pub(super) fn sujet(&self, variable: u32) -> Option<Sujet> {
        let reste_de = self.variables.get(variable as usize)?.reste_de;
        let (donnee, reste) = reste_de.map_or((variable, 0), |(de, rang)| (de, 1 + rang));
        let ligne = self.lignes.get(self.variables.get(donnee as usize)?.ligne as usize)?;
        let champ = ligne.variables.iter().position(|v| *v == donnee)?;
        Some((ligne.indicateur, ligne.modalite, ligne.annee, ligne.niveau, champ, reste))
    }

    /// The variable of a term, at the place and year of a row.
    fn variable(&self, terme: &Terme, ligne: &Ligne) -> Option<u32> {
        self.reperee(&self.reperer(terme)?, ligne)
    }

    /// Where a term stands, whatever the row; none if no row of the table gives it.
    fn reperer(&self, terme: &Terme) -> Option<Repere> {
        let modalite = match terme.modalite {
            Terme::MEME => None,
            modalite => Some(self.table.numero_de_modalite(modalite)?),
        };
        let champ = match terme.champ {
            Champ::Valeur => 0,
            Champ::Numerateur => 1,
            Champ::Denominateur => 2,
        };
        Some(Repere { indicateur: *self.rangs.get(terme.indicateur)?, modalite, il_y_a: terme.il_y_a, champ })
    }

    /// What stands there, at the place and year of a row.
    fn reperee(&self, repere: &Repere, ligne: &Ligne) -> Option<u32> {
        let modalite = repere.modalite.unwrap_or(ligne.modalite);
        let rang = self.ligne((repere.indicateur, modalite, ligne.lieu, ligne.annee - repere.il_y_a))?;
        Some(self.lignes[rang as usize].variables[repere.champ]).filter(|v| *v != AUCUN)
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
        for relation in relations {
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
                    if reste < -EGAL {
                        continue;
                    }
                    parties.push((self.ajouter_le_reste(total, reste.max(0.0)), 1.0));
                }
                self.relier(total, &parties, tolerance);
            }
        }
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
            Population::Parmi(terme) | Population::Sur(terme) => systeme.reperer(terme),
            Population::Aucune | Population::Defaut => None,
        });
        let agrees = self.reperer(&Terme::valeur("am_agrees", ""));
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
                Population::Sur(_) => (cherchee(declaree), false),
                Population::Defaut if entree.unite == Unite::Pourcent => (denominateur, true),
                Population::Defaut => match entree.unite {
                    Unite::AssistantsMaternels => (cherchee(agrees), true),
                    Unite::Enfants | Unite::Naissances | Unite::Habitants | Unite::PlacesPour100 => continue,
                    _ => (denominateur, false),
                },
            };
            self.relier_population(compte, population, meme_liste);
        }
    }

    fn relier_population(&mut self, compte: u32, population: u32, meme_liste: bool) {
        let valeur = self.variables[compte as usize].valeur;
        let Some(total) = self.variables.get(population as usize).map(|v| v.valeur) else {
            self.variables[compte as usize].population = f64::NAN;
            return;
        };
        self.variables[compte as usize].population = total;
        if meme_liste && total >= valeur {
            let autres = self.ajouter_le_reste(compte, total - valeur);
            self.variables[autres as usize].population = total;
            self.relier(population, &[(compte, 1.0), (autres, 1.0)], EGAL);
        }
    }

    /// What follows from public figures alone is public: to withhold it would protect nothing.
    fn deduire_les_publiques(&mut self) {
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

    /// False for what is published in any case, or computed from what is.
    pub(super) fn est_cachable(&self, variable: u32) -> bool {
        !self.variables[variable as usize].publique
    }

    /// What a term is worth at the place and year of a row.
    pub(super) fn valeur(&self, terme: &Terme, ligne: &Ligne) -> Option<f64> {
        self.variable(terme, ligne).map(|v| self.variables[v as usize].valeur)
    }

    /// Modalities, by number.
    pub(super) fn modalites(&self) -> &'a [String] {
        self.table.modalites()
    }

    /// Rank of an entry of the catalogue.
    pub(super) fn rang_de(&self, id: &str) -> Option<u32> {
        self.rangs.get(id).copied()
    }

    /// The modality of a row.
    pub(super) fn modalite(&self, ligne: &Ligne) -> &str {
        &self.table.modalites()[ligne.modalite as usize]
    }

    /// What it costs to withhold a row: what it tells to the most readers costs most.
    pub(super) fn cout(&self, rang: u32) -> f64 {
        let Some(ligne) = self.lignes.get(rang as usize) else { return 0.0 };
        let niveau = if ligne.niveau == Niveau::Commune { 1.0 } else { 20.0 };
        let modalite = if self.modalite(ligne).contains(':') { 1.0 } else { 2.0 };
        let nombre = ligne.variables.iter().filter_map(|v| self.variables.get(*v as usize)).map(|v| v.valeur);
        niveau * modalite * (1.0 + nombre.fold(0.0, f64::max).ln_1p() / 4.0)
    }
}
