//! The cells of the table as the variables of a system of linear equations: whatever can be computed from
//! one another.

mod sommes;

use super::enquetes;
use super::listes::{Listes, Terme as Somme};
use crate::indicators::{
    Champ, Indicateur, Niveau, Population, Sensibilite, Statut, Suivi, TableIndicateurs, Terme, Unite,
    catalogue,
};
use polars::prelude::PlHashMap;
use std::collections::BTreeSet;
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
    /// The place and year that it speaks of, and the profile of those who answered, as a number.
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
pub(super) struct Repere {
    indicateur: u32,
    modalite: Option<u32>,
    il_y_a: i32,
    champ: usize,
}

/// What a cell says: indicator, modality, year, level, which number of the row, which rest of it (0 for itself).
pub(super) type Sujet = (u32, u32, i32, Niveau, usize, u8);

/// What a modality says, and of whom: those of a survey end with a profile (« @question=groupe »).
#[derive(Debug, Clone, Copy)]
struct Partage {
    /// Number of the modality without its profile: its own, if it has none or nothing is said of all.
    objet: u32,
    /// Number of its profile; 0 for everybody.
    profil: u32,
}

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
    /// Numbers of places, years and profiles.
    groupes: PlHashMap<(u32, i32, u32), u32>,
    /// By modality.
    partages: Vec<Partage>,
    /// How many rests each variable has.
    restes: PlHashMap<u32, u8>,
    /// Pairs that are one number under two names.
    pub memes: Vec<(u32, u32)>,
}

/// Counts of children and what is divided by them are sensitive when they are small, whatever their entry
/// says; a figure that the catalogue does not know is sensitive.
pub(super) fn est_sensible(entree: Option<&Indicateur>) -> bool {
    entree.is_none_or(|e| {
        // What the Cnaf publishes is public.
        let publiee = e.entrees == ["taux_publies"];
        e.sensibilite == Sensibilite::Sensible
            || matches!(e.unite, Unite::Enfants | Unite::PlacesPour100) && !publiee
    })
}

/// True for a figure that could be withheld. A share of nothing still says, by its terms, that there is nobody.
pub(super) fn dit_quelque_chose(statut: Statut) -> bool {
    statut.est_connu() || statut == Statut::SansObjet
}

/// By modality of a table, what it says and of whom.
fn partager(table: &TableIndicateurs) -> Vec<Partage> {
    let mut profils: PlHashMap<&str, u32> = PlHashMap::default();
    let modalites = table.modalites().iter().zip(0..);
    let partages = modalites.map(|(modalite, numero)| {
        let Some((objet, profil)) = modalite.split_once('@') else {
            return Partage { objet: numero, profil: 0 };
        };
        let nouveau = u32::try_from(profils.len() + 1).unwrap_or(AUCUN);
        let objet = table.numero_de_modalite(objet).unwrap_or(numero);
        Partage { objet, profil: *profils.entry(profil).or_insert(nouveau) }
    });
    partages.collect()
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
            partages: partager(table),
            restes: PlHashMap::default(),
            memes: Vec::new(),
        };
        systeme.lire_lignes(retenues);
        systeme.relier_tout(detaille);
        systeme
    }

    fn lire_lignes(&mut self, retenues: &[bool]) {
        let utiles = self.utiles();
        self.reserver(&utiles, retenues);
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

    /// Room for what the rows of these entries may say at most.
    fn reserver(&mut self, utiles: &[bool], retenues: &[bool]) {
        let est_utile = |id: &&str| self.rangs.get(id).is_none_or(|rang| utiles[*rang as usize]);
        let (mut lignes, mut suivis) = (0, 0);
        for suivi in self.table.indicateurs().filter(est_utile).flat_map(|id| self.table.suivis_de(id)) {
            let siennes = retenues[suivi.rangs()].iter().filter(|retenue| !**retenue).count();
            lignes += siennes;
            suivis += usize::from(siennes > 0);
        }
        self.lignes.reserve(lignes);
        self.rangs_de_table.reserve(lignes);
        self.variables.reserve(lignes);
        self.index.reserve(suivis);
    }

    /// The number of the next row.
    fn suivante(&self) -> u32 {
        u32::try_from(self.lignes.len()).unwrap_or(AUCUN)
    }

    fn lire_un_suivi(&mut self, suivi: &Suivi<'_>, indicateur: u32, retenues: &[bool]) {
        let premiere = self.suivante();
        let (lieu, modalite) = (suivi.numero_de_lieu(), suivi.numero_de_modalite());
        let sensible = est_sensible(self.entrees.get(indicateur as usize).copied());
        for (rang, (annee, statut, nombres)) in suivi.rangs().zip(suivi.nombres()) {
            if retenues[rang] || !dit_quelque_chose(statut) {
                continue;
            }
            let mut ligne = Ligne {
                indicateur,
                modalite,
                lieu,
                annee,
                niveau: suivi.lieu().niveau,
                sensible,
                estimee: statut == Statut::Estime,
                variables: [AUCUN; 3],
            };
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

    /// The rows of a figure through the years, in their order, from whatever table: none if this one does not speak of it.
    pub(super) fn lignes_du_suivi(&self, suivi: &Suivi<'_>) -> Range<u32> {
        let lieu = suivi.lieu();
        let cle = self.rangs.get(suivi.indicateur()).and_then(|indicateur| {
            let modalite = self.table.numero_de_modalite(suivi.modalite())?;
            Some((*indicateur, modalite, self.table.numero_de_lieu(lieu.niveau, &lieu.code)?))
        });
        cle.and_then(|cle| self.index.get(&cle)).map_or(0..0, Range::clone)
    }

    /// True if these are the numbers of a row: its value, or its terms.
    pub(super) fn dit(&self, rang: u32, nombres: [Option<f64>; 3]) -> bool {
        let siens = self.lignes[rang as usize].variables.iter().zip(nombres);
        let mut siens = siens.filter(|(variable, _)| **variable != AUCUN);
        siens.all(|(variable, nombre)| {
            nombre.is_some_and(|n| (n - self.variables[*variable as usize].valeur).abs() < EGAL)
        })
    }

    /// The numbers of a row are known, whatever is withheld.
    pub(super) fn publier(&mut self, rang: u32) {
        for variable in self.lignes[rang as usize].variables.into_iter().filter(|v| *v != AUCUN) {
            self.variables[variable as usize].publique = true;
        }
    }

    /// True if they are.
    pub(super) fn est_publique(&self, rang: u32) -> bool {
        let variables = self.lignes[rang as usize].variables.iter().filter(|v| **v != AUCUN);
        variables.into_iter().all(|variable| !self.est_cachable(*variable))
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
            if let Population::Parmi(terme) = &protection.population {
                ids.insert(terme.indicateur);
            }
            let minimums = [protection.minimum, protection.minimum_si_connu];
            ids.extend(minimums.iter().flatten().map(|(_, terme)| terme.indicateur));
        }
        self.entrees.iter().map(|entree| ids.contains(entree.id)).collect()
    }

    /// The value of a rate follows from its terms: it is no variable of its own.
    fn lire_nombres(&mut self, ligne: &mut Ligne, nombres: [Option<f64>; 3], rang: u32) {
        for (champ, nombre) in nombres.into_iter().enumerate() {
            let Some(valeur) = nombre.filter(|_| champ > 0 || nombres[1].is_none()) else { continue };
            let nouveau = u32::try_from(self.groupes.len()).unwrap_or(AUCUN);
            let profil = self.partages[ligne.modalite as usize].profil;
            let groupe = *self.groupes.entry((ligne.lieu, ligne.annee, profil)).or_insert(nouveau);
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

    /// Whoever answered made a choice at least: what the choices are more than those who answered is a variable that no row
    /// gives and that is no secret of its own. Nothing where somebody made none of them.
    pub(super) fn relier_des_choix(&mut self, repondu: u32, choix: &[u32]) {
        let valeur = |v: u32| self.variables.get(v as usize).map(|v| v.valeur);
        let somme: Option<f64> = choix.iter().map(|v| valeur(*v)).sum();
        let Some(de_plus) = somme.zip(valeur(repondu)).map(|(somme, n)| somme - n).filter(|n| *n > -EGAL)
        else {
            return;
        };
        let de_plus = self.ajouter_le_reste(repondu, de_plus.max(0.0));
        self.variables[de_plus as usize].sans_secret = true;
        let choix = choix.iter().map(|v| (*v, 1.0)).chain([(de_plus, -1.0)]);
        self.relier(repondu, &choix.collect::<Vec<_>>(), EGAL);
    }

    /// What a variable says of its group; none if it is nothing that a row gives, nor its rest.
    pub(super) fn sujet(&self, variable: u32) -> Option<Sujet> {
        let reste_de = self.variables.get(variable as usize)?.reste_de;
        let (donnee, reste) = reste_de.map_or((variable, 0), |(de, rang)| (de, 1 + rang));
        let ligne = self.lignes.get(self.variables.get(donnee as usize)?.ligne as usize)?;
        let champ = ligne.variables.iter().position(|v| *v == donnee)?;
        let objet = self.partages[ligne.modalite as usize].objet;
        Some((ligne.indicateur, objet, ligne.annee, ligne.niveau, champ, reste))
    }

    /// Where a term stands, whatever the row; none if no row of the table gives it.
    pub(super) fn reperer(&self, terme: &Terme) -> Option<Repere> {
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

    /// False for what is published in any case, or computed from what is.
    pub(super) fn est_cachable(&self, variable: u32) -> bool {
        !self.variables[variable as usize].publique
    }

    /// What a term is worth at the place and year of a row.
    pub(super) fn valeur(&self, repere: &Repere, ligne: &Ligne) -> Option<f64> {
        self.reperee(repere, ligne).map(|v| self.variables[v as usize].valeur)
    }

    /// The number of a modality, if the table speaks of it.
    pub(super) fn numero_de_modalite(&self, modalite: &str) -> Option<u32> {
        self.table.numero_de_modalite(modalite)
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
