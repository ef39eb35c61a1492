//! Children of the fictional territory, the care they use, and active assistants maternels, as the Caf
//! counts them.

use super::{Assistante, Commune, Flux, Genre, Parametres, Structure, repartir};
use chrono::NaiveDate;
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

/// Counts of one commune in one year, before the Caf withholds any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Comptes {
    /// Resident children under 3.
    pub enfants_0_2: u32,
    /// Resident children from 3 to 5.
    pub enfants_3_5: u32,
    /// Children under 3 whose parents all work.
    pub enfants_0_2_parents_actifs: u32,
    /// Children under 3 in an EAJE.
    pub enfants_eaje: u32,
    /// Children under 3 with an assistant maternel.
    pub enfants_am: u32,
    /// Children whose parents receive the CMG for care at home.
    pub enfants_cmg_domicile: u32,
    /// Children whose parents receive the CMG for a structure.
    pub enfants_cmg_structure: u32,
    /// Assistants maternels with at least one child in November.
    pub am_actifs: u32,
}

/// Counts of each commune, for each year of the parameters.
pub(super) fn compter(
    parametres: &Parametres,
    communes: &[Commune],
    assistantes: &[Assistante],
    structures: &[Structure],
) -> Vec<(i32, Vec<Comptes>)> {
    let mut hasard = Flux::PetiteEnfance.ouvrir(parametres.graine);
    let annees = parametres.millesimes.iter().map(|m| m.annee);
    annees.map(|annee| (annee, comptes(&mut hasard, communes, assistantes, structures, annee))).collect()
}

fn comptes(
    hasard: &mut ChaCha8Rng,
    communes: &[Commune],
    assistantes: &[Assistante],
    structures: &[Structure],
    annee: i32,
) -> Vec<Comptes> {
    let n = communes.len();
    let nes = |c: &Commune, annees: std::ops::RangeInclusive<i32>| -> u32 {
        annees.filter_map(|a| c.naissances.get(&a)).sum()
    };
    // Families settle with young children: a little more of them than were born here.
    let petits: Vec<u32> =
        communes.iter().map(|c| en_plus(hasard, nes(c, annee - 2..=annee), 0, 4)).collect();
    let grands: Vec<u32> =
        communes.iter().map(|c| en_plus(hasard, nes(c, annee - 5..=annee - 3), 1, 7)).collect();
    let total: u32 = petits.iter().sum();
    let actifs = am_actifs(hasard, n, assistantes, annee);
    let (psu, paje) = places_collectives(structures, annee);
    let pour_mille = |hasard: &mut ChaCha8Rng, nombre: u32, plage: std::ops::Range<u32>| {
        nombre * hasard.random_range(plage) / 1_000
    };
    let parents_actifs = pour_mille(hasard, total, 655..675);
    let eaje = pour_mille(hasard, psu + paje, 1_230..1_290);
    let am = pour_mille(hasard, actifs.iter().sum(), 2_250..2_350);
    let domicile = pour_mille(hasard, total, 15..19);
    let structure = pour_mille(hasard, paje, 1_120..1_180);
    let mut parts = |total: u32| {
        let poids: Vec<u64> = petits.iter().map(|&p| u64::from(p) * hasard.random_range(90..111)).collect();
        repartir(total, &poids)
    };
    let (parents_actifs, eaje, am) = (parts(parents_actifs), parts(eaje), parts(am));
    let (domicile, structure) = (parts(domicile), parts(structure));
    (0..n)
        .map(|c| Comptes {
            enfants_0_2: petits[c],
            enfants_3_5: grands[c],
            enfants_0_2_parents_actifs: parents_actifs[c].min(petits[c]),
            enfants_eaje: eaje[c],
            enfants_am: am[c],
            enfants_cmg_domicile: domicile[c],
            enfants_cmg_structure: structure[c].min(eaje[c]),
            am_actifs: actifs[c],
        })
        .collect()
}

/// A number raised by `bas` to `haut` percent.
fn en_plus(hasard: &mut ChaCha8Rng, nombre: u32, bas: u32, haut: u32) -> u32 {
    nombre + (nombre * hasard.random_range(bas..=haut) + 50) / 100
}

/// Active assistants maternels by commune: from 83.4 to 85.7 % of those who hold an agrément.
fn am_actifs(hasard: &mut ChaCha8Rng, n: usize, assistantes: &[Assistante], annee: i32) -> Vec<u32> {
    let communes: Vec<usize> =
        assistantes.iter().filter_map(|a| a.agrements.get(&annee)).map(|a| a.commune).collect();
    let combien = communes.len() * hasard.random_range(834..858) / 1_000;
    let mut actifs = vec![0; n];
    for &commune in communes.sample(hasard, combien) {
        actifs[commune] += 1;
    }
    actifs
}

/// Places open at 31 December: paid by the PSU, and by the PAJE.
fn places_collectives(structures: &[Structure], annee: i32) -> (u32, u32) {
    let jour = NaiveDate::from_ymd_opt(annee, 12, 31).unwrap_or(NaiveDate::MIN);
    let places = |genre| {
        structures.iter().filter(|s| s.genre == genre && s.est_ouverte_le(jour)).map(|s| s.places).sum()
    };
    (places(Genre::MultiAccueil), places(Genre::MicroCreche))
}

#[cfg(test)]
mod tests {
    use super::super::Territoire;
    use super::*;

    #[test]
    fn les_ordres_de_grandeur_sont_ceux_d_un_vrai_territoire() {
        for graine in [2024, 1, 7] {
            let territoire = Territoire::imaginer(&Parametres::demo(graine)).expect("territoire");
            for (annee, comptes) in &territoire.comptes {
                let somme = |f: fn(&Comptes) -> u32| comptes.iter().map(f).sum::<u32>();
                let agrees = u32::try_from(territoire.liste(*annee).count()).expect("petit nombre");
                let taux = f64::from(somme(|c| c.am_actifs)) / f64::from(agrees);
                assert!((0.83..=0.86).contains(&taux), "{taux} d’actifs en {annee}");
                let petits = somme(|c| c.enfants_0_2);
                assert!((1_330..=1_560).contains(&petits), "{petits} enfants en {annee}");
                let gardes = somme(|c| c.enfants_am + c.enfants_eaje + c.enfants_cmg_domicile);
                assert!(gardes < petits, "{gardes} gardés sur {petits} en {annee}");
            }
            let (_, derniers) = territoire.comptes.last().expect("une année");
            let petits: u32 = derniers.iter().map(|c| c.enfants_0_2).sum();
            assert!((1_340..=1_420).contains(&petits), "{petits} enfants en 2024");
        }
    }

    #[test]
    fn naissances_entre_400_et_500_qui_baissent() {
        let territoire = Territoire::imaginer(&Parametres::demo(2024)).expect("territoire");
        let total = |annee| -> u32 { territoire.communes.iter().map(|c| c.naissances[&annee]).sum() };
        for annee in 2019..=2024 {
            assert!((400..=500).contains(&total(annee)));
            assert!(total(annee) < total(annee - 1));
        }
    }
}
