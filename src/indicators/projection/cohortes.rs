//! The arithmetic of the projection: people by single age, rates of departure by class of age, arrivals.
//! Nothing here knows a frame or a commune.
//!
//! Method. Each year a person of a class of age leaves with the probability of that class; those who stay grow
//! a year older; people arrive, at the ages seen, and leave by the same rates. The expected number is exact.
//! Its variance adds up three parts: chance (binomial for those who stay, Poisson for those who arrive),
//! multiplied by the dispersion seen between years when it is more than chance gives (quasi-likelihood,
//! McCullagh and Nelder, 1989); and what is not known of the rates and of the number of arrivals, carried
//! through by the derivative of the expectation (delta method). How years differ is itself learnt from few
//! years: the interval is that of Student's law with one degree less than there are pairs of lists.

use crate::indicators::CLASSES_AGE;

/// Youngest and oldest age told apart; beyond, people stay in the last cell.
const AGES: (i32, i32) = (15, 90);

/// One cell for those whose age is not known, then one by age.
pub(super) const CASES: usize = AGES.1.abs_diff(AGES.0) as usize + 2;

/// The classes of age of the pyramid, and one for unknown ages.
pub(super) const CLASSES: usize = CLASSES_AGE.len() + 1;

/// How many people at the rate of all weigh on the rate of a class: a class of five says half of what it
/// says by itself, a class of fifty nearly all.
const POIDS_DE_L_ENSEMBLE: f64 = 5.0;

/// Half-width of a 90 % interval of Student's law, in standard deviations, for 1, 2, … degrees of freedom.
const STUDENT: [f64; 10] = [6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812];

/// The same for as many pairs of lists; beyond the table, the first term of its expansion about the normal
/// law. One pair says nothing of how years differ: it is given what two would have.
fn quantile(passages: usize) -> f64 {
    let degres = passages.saturating_sub(1).max(1);
    STUDENT.get(degres - 1).copied().unwrap_or(1.645 + 1.524 / degres as f64)
}

/// The cell of an age.
pub(super) fn case(age: Option<i32>) -> usize {
    let rang = age.map(|age| age.clamp(AGES.0, AGES.1) - AGES.0 + 1);
    rang.and_then(|rang| usize::try_from(rang).ok()).unwrap_or(0)
}

fn plus_vieux(case: usize) -> usize {
    if case == 0 { 0 } else { (case + 1).min(CASES - 1) }
}

/// The class of a cell.
pub(super) fn classe(case: usize) -> usize {
    let age = i32::try_from(case).unwrap_or_default() + AGES.0 - 1;
    let connue = CLASSES_AGE.iter().position(|(_, _, de, a)| (*de..=*a).contains(&age));
    if case == 0 { CLASSES - 1 } else { connue.unwrap_or(CLASSES - 1) }
}

/// People by age, with the sum of their places and of the squares of their places.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cohorte(pub(super) [Cellule; CASES]);

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Cellule {
    pub(super) personnes: f64,
    pub(super) places: f64,
    pub(super) carres: f64,
}

impl Default for Cohorte {
    fn default() -> Self {
        Self([Cellule::default(); CASES])
    }
}

impl Cohorte {
    pub(super) fn ajouter(&mut self, age: Option<i32>, vus: Cellule) {
        let cellule = &mut self.0[case(age)];
        cellule.personnes += vus.personnes;
        cellule.places += vus.places;
        cellule.carres += vus.carres;
    }

    pub(super) fn reunir(&mut self, autre: &Self) {
        for (cellule, venus) in self.0.iter_mut().zip(&autre.0) {
            cellule.personnes += venus.personnes;
            cellule.places += venus.places;
            cellule.carres += venus.carres;
        }
    }

    pub(super) fn personnes(&self) -> f64 {
        self.0.iter().map(|c| c.personnes).sum()
    }
}

/// What a pair of successive lists says, at constant perimeter.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Passage {
    /// By class of age: how many were on the first list, how many of them are not on the second.
    pub(super) exposes: [f64; CLASSES],
    pub(super) departs: [f64; CLASSES],
    /// Those of the second list who were not on the first.
    pub(super) arrivees: f64,
    /// Share of today's childminders who work in the communes that the pair covers.
    pub(super) part: f64,
}

impl Passage {
    /// So many years between the two lists: each person is exposed to a departure as long, and as many arrivals are as
    /// many fewer a year.
    pub(super) fn durer(&mut self, ans: f64) {
        self.exposes.iter_mut().for_each(|exposes| *exposes *= ans);
        self.part *= ans;
    }
}

/// What the past says of the years to come.
#[derive(Debug, Clone)]
pub(super) struct Modele {
    taux: [f64; CLASSES],
    variance_des_taux: [f64; CLASSES],
    dispersion_departs: f64,
    /// Arrivals a year, at today's perimeter; none if no pair of lists tells.
    pub(super) arrivees: Option<f64>,
    variance_des_arrivees: f64,
    dispersion_arrivees: f64,
    /// Half-width of a 90 % interval, in standard deviations.
    quantile: f64,
    /// One arrival, spread over the ages seen.
    arrivee: Cohorte,
}

impl Modele {
    /// From pairs of lists, all the people who arrived in them, and those who are there. Without a pair: the rate that
    /// the pipeline states, if it does.
    pub(super) fn apprendre(
        passages: &[Passage],
        venus: &Cohorte,
        presents: &Cohorte,
        taux_declare: Option<f64>,
    ) -> Option<Self> {
        let somme = |lire: fn(&Passage) -> &[f64; CLASSES], c: usize| -> f64 {
            passages.iter().map(|p| lire(p)[c]).sum()
        };
        let exposes: Vec<f64> = (0..CLASSES).map(|c| somme(|p| &p.exposes, c)).collect();
        let departs: Vec<f64> = (0..CLASSES).map(|c| somme(|p| &p.departs, c)).collect();
        let tous: f64 = exposes.iter().sum();
        if tous == 0.0 {
            return taux_declare.map(|taux| Self::declare(taux, presents));
        }
        let ensemble = departs.iter().sum::<f64>() / tous;
        let (mut taux, mut variance_des_taux) = ([0.0; CLASSES], [0.0; CLASSES]);
        for c in 0..CLASSES {
            // Mean and variance of a beta law that starts from the rate of all.
            let poids = exposes[c] + POIDS_DE_L_ENSEMBLE;
            taux[c] = (departs[c] + POIDS_DE_L_ENSEMBLE * ensemble) / poids;
            variance_des_taux[c] = taux[c] * (1.0 - taux[c]) / (poids + 1.0);
        }
        let dispersion_departs = dispersion(passages.iter().map(|p| {
            let attendus: f64 = (0..CLASSES).map(|c| p.exposes[c] * taux[c]).sum();
            let variance: f64 = (0..CLASSES).map(|c| p.exposes[c] * taux[c] * (1.0 - taux[c])).sum();
            (p.departs.iter().sum(), attendus, variance)
        }));
        let duree: f64 = passages.iter().map(|p| p.part).sum();
        let total: f64 = passages.iter().map(|p| p.arrivees).sum();
        let arrivees = (duree > 0.0).then(|| total / duree);
        let par_an = arrivees.unwrap_or_default();
        let dispersion_arrivees =
            dispersion(passages.iter().map(|p| (p.arrivees, par_an * p.part, par_an * p.part)));
        Some(Self {
            taux,
            variance_des_taux: variance_des_taux.map(|v| v * dispersion_departs),
            dispersion_departs,
            arrivees,
            // Nobody in one year does not tell that nobody ever comes: half a person, as Jeffreys' law has it.
            variance_des_arrivees: if duree > 0.0 {
                dispersion_arrivees * total.max(0.5) / (duree * duree)
            } else {
                0.0
            },
            dispersion_arrivees,
            quantile: quantile(passages.len()),
            arrivee: une_arrivee(venus, presents),
        })
    }

    fn declare(taux: f64, presents: &Cohorte) -> Self {
        Self {
            taux: [taux; CLASSES],
            variance_des_taux: [0.0; CLASSES],
            dispersion_departs: 1.0,
            arrivees: None,
            variance_des_arrivees: 0.0,
            dispersion_arrivees: 1.0,
            quantile: quantile(0),
            arrivee: une_arrivee(&Cohorte::default(), presents),
        }
    }

    /// Arrivals a year that bring the number of childminders to a target in that many years; 0 if it takes
    /// none.
    pub(super) fn arrivees_pour(&self, depart: &Cohorte, cible: f64, ans: usize) -> f64 {
        let fin = |arrivees| {
            self.esperer(&self.taux, depart, arrivees, ans).last().map_or(0.0, |e| e.personnes.moyenne)
        };
        let (sans, avec_une) = (fin(0.0), fin(1.0));
        if avec_une > sans { ((cible - sans) / (avec_une - sans)).max(0.0) } else { 0.0 }
    }

    /// Each year to come, from the first: childminders, then places.
    pub(super) fn projeter(&self, depart: &Cohorte, hypothese: Arrivees, ans: usize) -> Vec<Projete> {
        const PAS: f64 = 1e-4;
        let arrivees = hypothese.par_an();
        let centre = self.esperer(&self.taux, depart, arrivees, ans);
        let mut variances: Vec<(f64, f64)> =
            centre.iter().map(|e| (e.personnes.variance, e.places.variance)).collect();
        let mut ajouter = |voisin: &[Esperance], variance: f64| {
            for ((v, e), autre) in variances.iter_mut().zip(&centre).zip(voisin) {
                v.0 += variance * ((autre.personnes.moyenne - e.personnes.moyenne) / PAS).powi(2);
                v.1 += variance * ((autre.places.moyenne - e.places.moyenne) / PAS).powi(2);
            }
        };
        for c in 0..CLASSES {
            let mut taux = self.taux;
            taux[c] += PAS;
            ajouter(&self.esperer(&taux, depart, arrivees, ans), self.variance_des_taux[c]);
        }
        if let Arrivees::Observees(_) = hypothese {
            ajouter(&self.esperer(&self.taux, depart, arrivees + PAS, ans), self.variance_des_arrivees);
        }
        let ecart = |variance: f64| self.quantile * variance.max(0.0).sqrt();
        // Without arrivals nobody can be more than there are today.
        let borne = |total: f64| if arrivees == 0.0 { total } else { f64::INFINITY };
        let (personnes, places) = (borne(depart.personnes()), borne(depart.0.iter().map(|c| c.places).sum()));
        centre
            .iter()
            .zip(variances)
            .map(|(e, (v_personnes, v_places))| Projete {
                personnes: Fourchette::new(e.personnes.moyenne, ecart(v_personnes), personnes),
                places: Fourchette::new(e.places.moyenne, ecart(v_places), places),
            })
            .collect()
    }

    /// Expectation and variance by chance alone, year by year.
    fn esperer(&self, taux: &[f64; CLASSES], depart: &Cohorte, arrivees: f64, ans: usize) -> Vec<Esperance> {
        let mut annees = vec![Esperance::default(); ans];
        for (rang, (present, venu)) in depart.0.iter().zip(&self.arrivee.0).enumerate() {
            let reste = survie(taux, rang, ans);
            for t in 0..ans {
                let (s, attendue) = (reste[t + 1], &mut annees[t]);
                let hasard = self.dispersion_departs * s * (1.0 - s);
                attendue.personnes.ajouter(present.personnes * s, present.personnes * hasard);
                attendue.places.ajouter(present.places * s, present.carres * hasard);
                // Those who came this year, the year before… and are still there.
                let presence: f64 = arrivees * reste[..=t].iter().sum::<f64>();
                let hasard = self.dispersion_arrivees * presence;
                attendue.personnes.ajouter(venu.personnes * presence, venu.personnes * hasard);
                attendue.places.ajouter(venu.places * presence, venu.carres * hasard);
            }
        }
        annees
    }
}

/// The chance to be still there after 0, 1, … years, from a cell.
fn survie(taux: &[f64; CLASSES], case: usize, ans: usize) -> Vec<f64> {
    let mut reste = vec![1.0];
    let mut ici = case;
    for t in 0..ans {
        reste.push(reste[t] * (1.0 - taux[classe(ici)]));
        ici = plus_vieux(ici);
    }
    reste
}

/// All arrivals brought to one; without any, one whose age is not known, with the places of those who are there.
fn une_arrivee(venus: &Cohorte, presents: &Cohorte) -> Cohorte {
    let total = venus.personnes();
    let mut une = venus.clone();
    if total == 0.0 {
        let des_presents = |lire: fn(&Cellule) -> f64| {
            presents.0.iter().map(lire).sum::<f64>() / presents.personnes().max(1.0)
        };
        une.0[0] = Cellule {
            personnes: 1.0,
            places: des_presents(|c| c.places),
            carres: des_presents(|c| c.carres),
        };
        return une;
    }
    for cellule in &mut une.0 {
        cellule.personnes /= total;
        cellule.places /= total;
        cellule.carres /= total;
    }
    une
}

/// How much more years differ than chance alone makes them (Pearson); never less than 1.
fn dispersion(annees: impl Iterator<Item = (f64, f64, f64)>) -> f64 {
    let ecarts: Vec<f64> = annees
        .filter(|(.., v)| *v > 0.0)
        .map(|(vu, attendu, variance)| (vu - attendu).powi(2) / variance)
        .collect();
    if ecarts.len() < 2 { 1.0 } else { (ecarts.iter().sum::<f64>() / (ecarts.len() - 1) as f64).max(1.0) }
}

/// How many arrive a year, and whether that is known or learnt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Arrivees {
    /// The mean of the years seen: not exactly known.
    Observees(f64),
    /// A hypothesis.
    Posees(f64),
}

impl Arrivees {
    pub(super) fn par_an(self) -> f64 {
        match self {
            Self::Observees(n) | Self::Posees(n) => n,
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    moyenne: f64,
    variance: f64,
}

impl Moments {
    fn ajouter(&mut self, moyenne: f64, variance: f64) {
        self.moyenne += moyenne;
        self.variance += variance;
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Esperance {
    personnes: Moments,
    places: Moments,
}

/// A year to come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Projete {
    pub(super) personnes: Fourchette,
    pub(super) places: Fourchette,
}

/// Expected value, and the bounds of its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fourchette {
    pub(super) attendu: f64,
    pub(super) bas: f64,
    pub(super) haut: f64,
}

impl Fourchette {
    fn new(attendu: f64, ecart: f64, plafond: f64) -> Self {
        Self { attendu, bas: (attendu - ecart).max(0.0), haut: (attendu + ecart).min(plafond) }
    }

    /// The same, each bound changed by a growing function.
    pub(super) fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self { attendu: f(self.attendu), bas: f(self.bas), haut: f(self.haut) }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // exact figures are the promise
mod tests {
    use super::*;

    fn personnes(age: Option<i32>, n: f64, places: f64) -> Cohorte {
        let mut cohorte = Cohorte::default();
        cohorte.ajouter(age, Cellule { personnes: n, places: n * places, carres: n * places * places });
        cohorte
    }

    /// One class of age: 100 exposed and 10 gone each year, 4 who come.
    fn passage() -> Passage {
        let mut passage = Passage { arrivees: 4.0, part: 1.0, ..Passage::default() };
        let soixante = classe(case(Some(60)));
        (passage.exposes[soixante], passage.departs[soixante]) = (100.0, 10.0);
        passage
    }

    fn modele() -> Modele {
        Modele::apprendre(&[passage(), passage()], &personnes(Some(40), 8.0, 3.0), &Cohorte::default(), None)
            .unwrap()
    }

    #[test]
    fn a_la_main_une_annee() {
        let depart = personnes(Some(60), 50.0, 3.0);
        let sans = modele().projeter(&depart, Arrivees::Posees(0.0), 1)[0];
        // 50 × 0.9; the rate of the class is that of all, for there is no other.
        assert!((sans.personnes.attendu - 45.0).abs() < 1e-9 && (sans.places.attendu - 135.0).abs() < 1e-9);
        // 50 × 0.9 × 0.1 by chance, and 50² × 0.09 / 206 for the rate, learnt from 200 people and a prior of 5;
        // two pairs of lists: one degree of freedom.
        let ecart = 6.314 * (4.5f64 + 2_500.0 * 0.09 / 206.0).sqrt();
        assert!((sans.personnes.bas - (45.0 - ecart)).abs() < 1e-4, "{sans:?}");
        assert_eq!(sans.personnes.haut, 50.0, "personne n’est venu");
        let tendance = modele().projeter(&depart, Arrivees::Observees(4.0), 1)[0];
        assert!(
            (tendance.personnes.attendu - 49.0).abs() < 1e-9
                && (tendance.places.attendu - 147.0).abs() < 1e-9
        );
    }

    #[test]
    fn ceux_qui_vieillissent_changent_de_classe() {
        let mut passage = passage();
        let jeunes = classe(case(Some(58)));
        passage.exposes[jeunes] = 1_000_000.0;
        let modele = Modele::apprendre(&[passage], &Cohorte::default(), &Cohorte::default(), None).unwrap();
        let ans: Vec<f64> = modele
            .projeter(&personnes(Some(58), 100.0, 3.0), Arrivees::Posees(0.0), 3)
            .iter()
            .map(|p| p.personnes.attendu)
            .collect();
        // At 58 and 59 hardly anybody leaves; at 60, nearly one in ten.
        assert!(ans[1] > 99.9 && ans[2] < 91.0 && ans[2] > 90.0, "{ans:?}");
    }

    #[test]
    fn les_arrivees_d_une_cible_y_menent() {
        let depart = personnes(Some(60), 50.0, 3.0);
        let arrivees = modele().arrivees_pour(&depart, 70.0, 10);
        let fin = modele().projeter(&depart, Arrivees::Posees(arrivees), 10)[9];
        assert!((fin.personnes.attendu - 70.0).abs() < 1e-9);
        assert_eq!(modele().arrivees_pour(&depart, 1.0, 10), 0.0, "une cible plus basse ne chasse personne");
    }

    #[test]
    fn des_annees_qui_different_elargissent_la_fourchette() {
        let (mut calme, mut agitee) = (passage(), passage());
        calme.departs = calme.departs.map(|d| if d > 0.0 { 2.0 } else { 0.0 });
        agitee.departs = agitee.departs.map(|d| if d > 0.0 { 18.0 } else { 0.0 });
        let inegales =
            Modele::apprendre(&[calme, agitee], &Cohorte::default(), &Cohorte::default(), None).unwrap();
        let depart = personnes(Some(60), 500.0, 3.0);
        let bas = |modele: &Modele| modele.projeter(&depart, Arrivees::Posees(0.0), 1)[0].personnes.bas;
        assert!(bas(&inegales) < bas(&modele()));
        assert!(modele().dispersion_departs == 1.0 && inegales.dispersion_departs > 10.0);
    }

    #[test]
    fn ceux_que_l_on_vise_ont_les_places_de_ceux_qui_sont_la() {
        let presents = personnes(Some(40), 10.0, 3.0);
        let modele = Modele::apprendre(&[passage()], &Cohorte::default(), &presents, None).unwrap();
        let ans = |arrivees| modele.projeter(&presents, Arrivees::Posees(arrivees), 1)[0];
        let (sans, avec) = (ans(0.0), ans(5.0));
        let gagnes =
            (avec.personnes.attendu - sans.personnes.attendu, avec.places.attendu - sans.places.attendu);
        assert!(gagnes.0 > 4.0 && (gagnes.1 - 3.0 * gagnes.0).abs() < 1e-9, "{gagnes:?}");
    }

    #[test]
    fn sans_listes_successives_il_faut_un_taux_declare() {
        assert!(Modele::apprendre(&[], &Cohorte::default(), &Cohorte::default(), None).is_none());
        let modele = Modele::apprendre(&[], &Cohorte::default(), &Cohorte::default(), Some(0.1)).unwrap();
        assert_eq!(modele.arrivees, None);
    }
}
