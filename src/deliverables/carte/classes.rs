//! Classes of a choropleth: natural breaks, exact.

/// How the values were cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Methode {
    /// One class for each value: there are too few to group.
    ParValeur,
    /// Natural breaks: the cut whose classes are the most homogeneous.
    Jenks,
}

/// An ordered cut of values into classes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Classes {
    pub(crate) methode: Methode,
    /// Lowest value, highest value and number of values of each class, in order.
    pub(crate) classes: Vec<(f64, f64, usize)>,
}

/// Values looked at to cut classes, at most; beyond, as many evenly spaced ones stand for all.
const VALEURS: usize = 300;

impl Classes {
    /// Cuts the values of every year at once, losses and gains apart: a colour then means the same from one year to
    /// another, and on a printed map as on that of the screen. None if there is no value.
    pub(crate) fn de_toutes_les_annees(mut valeurs: Vec<f64>) -> Option<Self> {
        valeurs.retain(|v| v.is_finite());
        valeurs.sort_by(f64::total_cmp);
        let (premiere, derniere) = (*valeurs.first()?, *valeurs.last()?);
        let choisies = clairsemer(&valeurs);
        let coupees = if premiere < 0.0 && derniere > 0.0 {
            Self::de_part_et_d_autre(&choisies)?
        } else {
            Self::new(&choisies)?
        };
        // Each class begins with the first value above the one before, be it among the chosen or not.
        let mut debut = 0;
        let classes = coupees.classes.iter().map(|(_, haut, _)| {
            let bas = valeurs[debut.min(valeurs.len() - 1)];
            let fin = valeurs.partition_point(|v| v <= haut);
            let nombre = fin.saturating_sub(debut);
            debut = fin;
            (bas, *haut, nombre)
        });
        Some(Self { classes: classes.collect(), ..coupees })
    }

    /// How many of these values each class holds.
    pub(crate) fn compter(&self, valeurs: &[f64]) -> Vec<usize> {
        let mut comptes = vec![0; self.classes.len()];
        for valeur in valeurs {
            comptes[self.rang(*valeur)] += 1;
        }
        comptes
    }

    /// Cuts the values into at most five classes; none if there is no value.
    pub(crate) fn new(valeurs: &[f64]) -> Option<Self> {
        let mut tries: Vec<f64> = valeurs.iter().copied().filter(|v| v.is_finite()).collect();
        tries.sort_by(f64::total_cmp);
        let mut distinctes = tries.clone();
        distinctes.dedup();
        let (methode, departs) = match distinctes.len() {
            0 => return None,
            // So few values have no groups to find.
            n @ 1..=4 => (Methode::ParValeur, jenks(&tries, n)),
            5..=9 => (Methode::Jenks, jenks(&tries, 4)),
            _ => (Methode::Jenks, jenks(&tries, 5)),
        };
        let fins = departs.iter().copied().skip(1).chain([tries.len()]);
        let classes = departs.iter().zip(fins).map(|(d, f)| (tries[*d], tries[f - 1], f - d)).collect();
        Some(Self { methode, classes })
    }

    /// Cuts values of both signs: losses, zero and gains never share a class.
    pub(crate) fn de_part_et_d_autre(valeurs: &[f64]) -> Option<Self> {
        let mut classes = Vec::new();
        for de_ce_cote in [|v: &f64| *v < 0.0, |v: &f64| *v == 0.0, |v: &f64| *v > 0.0] {
            let mut tries: Vec<f64> = valeurs.iter().copied().filter(de_ce_cote).collect();
            tries.sort_by(f64::total_cmp);
            if tries.is_empty() {
                continue;
            }
            let departs = jenks(&tries, if tries[0] < tries[tries.len() - 1] { 2 } else { 1 });
            let fins = departs.iter().copied().skip(1).chain([tries.len()]);
            classes.extend(departs.iter().zip(fins).map(|(d, f)| (tries[*d], tries[f - 1], f - d)));
        }
        (!classes.is_empty()).then_some(Self { methode: Methode::Jenks, classes })
    }

    /// The class that holds a value.
    pub(crate) fn rang(&self, valeur: f64) -> usize {
        self.classes.iter().position(|(_, maximum, _)| valeur <= *maximum).unwrap_or(self.classes.len() - 1)
    }
}

/// As many values as classes are cut from, in order: all, or evenly spaced ones with the first and the last.
fn clairsemer(tries: &[f64]) -> Vec<f64> {
    if tries.len() <= VALEURS {
        return tries.to_vec();
    }
    let rang = |i: usize| i * (tries.len() - 1) / (VALEURS - 1);
    (0..VALEURS).map(|i| tries[rang(i)]).collect()
}

/// Where each class begins in the sorted values, so that the sum over classes of squared distances to
/// the class mean is the smallest possible (Fisher 1958, by dynamic programming; Jenks 1977). Equal
/// values are never separated. At most `nombre` classes.
fn jenks(tries: &[f64], nombre: usize) -> Vec<usize> {
    let n = tries.len();
    let (mut sommes, mut carres) = (vec![0.0], vec![0.0]);
    for (rang, v) in tries.iter().enumerate() {
        sommes.push(sommes[rang] + v);
        carres.push(carres[rang] + v * v);
    }
    // Sum of squared distances to the mean of tries[de..a].
    let dispersion = |de: usize, a: usize| {
        let somme: f64 = sommes[a] - sommes[de];
        let carre: f64 = carres[a] - carres[de];
        (carre - somme * somme / (a - de) as f64).max(0.0)
    };
    // A class may only begin where the value changes.
    let peut_commencer = |rang: usize| rang == 0 || tries[rang] > tries[rang - 1];
    // cout[k][a]: best dispersion of the first `a` values in k + 1 classes; debut[k][a]: start of the last one.
    let mut cout = vec![vec![f64::INFINITY; n + 1]; nombre];
    let mut debut = vec![vec![0; n + 1]; nombre];
    for (a, cout) in cout[0].iter_mut().enumerate().skip(1) {
        *cout = dispersion(0, a);
    }
    for k in 1..nombre {
        for a in k + 1..=n {
            for de in (k..a).filter(|de| peut_commencer(*de)) {
                let total = cout[k - 1][de] + dispersion(de, a);
                if total < cout[k][a] {
                    cout[k][a] = total;
                    debut[k][a] = de;
                }
            }
        }
    }
    let mut departs = Vec::new();
    let mut fin = n;
    for k in (0..nombre).rev() {
        let depart = debut[k][fin];
        departs.push(depart);
        fin = depart;
    }
    departs.reverse();
    departs.dedup();
    departs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_groupes_evidents_sont_trouves() {
        let valeurs = [1.0, 2.0, 2.0, 10.0, 11.0, 12.0, 50.0, 51.0, 90.0];
        assert_eq!(jenks(&valeurs, 4), [0, 3, 6, 8]);
        assert_eq!(jenks(&valeurs, 2), [0, 6]);
    }

    /// Tries every cut: the dynamic programme must do as well.
    #[test]
    fn le_decoupage_est_le_meilleur_de_tous() {
        let valeurs = [3.1, 4.0, 4.2, 7.5, 7.9, 8.0, 12.4, 15.0, 15.1, 22.0, 23.5, 30.0];
        let dispersion = |bloc: &[f64]| {
            let moyenne = bloc.iter().sum::<f64>() / bloc.len() as f64;
            bloc.iter().map(|v| (v - moyenne).powi(2)).sum::<f64>()
        };
        let cout = |departs: &[usize]| {
            let fins = departs.iter().copied().skip(1).chain([valeurs.len()]);
            departs.iter().zip(fins).map(|(d, f)| dispersion(&valeurs[*d..f])).sum::<f64>()
        };
        let mut meilleur = f64::INFINITY;
        for a in 1..valeurs.len() {
            for b in a + 1..valeurs.len() {
                for c in b + 1..valeurs.len() {
                    for d in c + 1..valeurs.len() {
                        meilleur = meilleur.min(cout(&[0, a, b, c, d]));
                    }
                }
            }
        }
        assert!((cout(&jenks(&valeurs, 5)) - meilleur).abs() < 1e-9);
    }

    #[test]
    fn deux_communes_egales_ont_la_meme_couleur() {
        let classes = Classes::new(&[5.0, 5.0, 5.0, 5.0, 8.0, 1.0]).unwrap();
        assert_eq!(classes.methode, Methode::ParValeur);
        assert_eq!(classes.classes, [(1.0, 1.0, 1), (5.0, 5.0, 4), (8.0, 8.0, 1)]);
        assert_eq!(classes.rang(5.0), 1);
    }

    #[test]
    fn une_perte_et_un_gain_n_ont_jamais_la_meme_couleur() {
        let classes = Classes::de_part_et_d_autre(&[-40.0, -2.0, -1.0, 0.0, 0.0, 0.5, 1.0, 30.0]).unwrap();
        let attendues = [(-40.0, -40.0, 1), (-2.0, -1.0, 2), (0.0, 0.0, 2), (0.5, 1.0, 2), (30.0, 30.0, 1)];
        assert_eq!(classes.classes, attendues);
        assert_eq!(classes.rang(-0.5), 2, "entre deux classes, la suivante");
        let sans_zero = Classes::de_part_et_d_autre(&[-3.0, 5.0, 5.0]).unwrap();
        assert_eq!(sans_zero.classes, [(-3.0, -3.0, 1), (5.0, 5.0, 2)]);
    }

    #[test]
    fn chaque_classe_commence_apres_la_precedente() {
        let valeurs: Vec<f64> = (0..5_000).map(|i| f64::from((i * 7_919) % 5_003) / 10.0).collect();
        let classes = Classes::de_toutes_les_annees(valeurs.clone()).unwrap();
        assert_eq!((classes.classes.len(), classes.methode), (5, Methode::Jenks));
        assert_eq!(classes.compter(&valeurs).iter().sum::<usize>(), valeurs.len());
        for v in valeurs {
            let dedans = classes.classes.iter().filter(|(bas, haut, _)| (*bas..=*haut).contains(&v)).count();
            assert_eq!(dedans, 1, "{v} n’est pas dans une classe et une seule");
        }
        assert_eq!(Classes::de_toutes_les_annees(Vec::new()), None);
    }

    #[test]
    fn chaque_valeur_est_dans_une_classe() {
        let valeurs: Vec<f64> = (0..40).map(|i| f64::from(i * i % 97)).collect();
        let classes = Classes::new(&valeurs).unwrap();
        assert_eq!(classes.classes.len(), 5);
        assert_eq!(classes.classes.iter().map(|c| c.2).sum::<usize>(), valeurs.len());
        for v in valeurs {
            let (bas, haut, _) = classes.classes[classes.rang(v)];
            assert!(bas <= v && v <= haut);
        }
        assert_eq!(Classes::new(&[]), None);
    }
}
