//! Careers of assistants maternels: who holds an agrément, where, for how many places, year after year.

use super::{Commune, Flux, Parametres, noms, repartir};
use chrono::{Datelike, Days, Months, NaiveDate};
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};

/// What the PMI knows of a person at 31 December of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agrement {
    /// Rank of the commune of exercise in [`super::Territoire::communes`].
    pub commune: usize,
    /// Places, 1 to 4.
    pub places: u32,
    /// Rank of the MAM in [`super::Territoire::mam`]; none at home.
    pub mam: Option<usize>,
    /// Address in that commune.
    pub adresse: String,
}

/// A fictional assistant maternel. Birth name, first name and birth date never change, and are those of
/// one person only.
#[derive(Debug, Clone)]
pub struct Assistante {
    /// Birth name, in capitals.
    pub nom_naissance: &'static str,
    /// Name in use, with the first list on which it stands.
    pub nom_usage: Option<(i32, &'static str)>,
    /// First name.
    pub prenom: &'static str,
    /// Birth date.
    pub naissance: NaiveDate,
    /// Telephone.
    pub telephone: String,
    /// First day of the first agrément; each one lasts five years.
    pub premier_agrement: NaiveDate,
    /// The agrément on each list where the person stands.
    pub agrements: BTreeMap<i32, Agrement>,
}

impl Assistante {
    /// Age at 31 December.
    pub fn age(&self, annee: i32) -> i32 {
        annee - self.naissance.year()
    }

    /// First and last day of the agrément that runs at 31 December.
    pub fn validite(&self, annee: i32) -> (NaiveDate, NaiveDate) {
        let renouvellements = (annee - self.premier_agrement.year()).max(0).unsigned_abs() / 5;
        let debut = self.premier_agrement + Months::new(60 * renouvellements);
        (debut, debut + Months::new(60) - Days::new(1))
    }
}

/// A maison d'assistants maternels. It is open on every list from its first one on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mam {
    /// Its name, which begins with « MAM ».
    pub nom: String,
    /// Rank of its commune.
    pub commune: usize,
    /// First list on which it stands.
    pub ouverture: i32,
    /// Its address.
    pub adresse: String,
    /// How many work there when it is full, 2 to 4.
    equipe: usize,
}

/// Ages on the first list: up to which age (included), and how many in a hundred.
const AGES: [(i32, u32); 8] = [(29, 4), (34, 6), (39, 9), (44, 11), (49, 13), (54, 28), (59, 21), (65, 8)];
const AGE_MINIMAL: i32 = 22;
/// Nobody stays on a list after that age.
const AGE_MAXIMAL: i32 = 67;

/// How likely a departure is at an age, on a scale up to [`DEPART_CERTAIN`].
fn propension_au_depart(age: i32) -> u32 {
    match age {
        ..30 => 8,
        30..60 => 6,
        60..62 => 12,
        62..64 => 24,
        64..=AGE_MAXIMAL => 45,
        _ => DEPART_CERTAIN,
    }
}
const DEPART_CERTAIN: u32 = 100;

/// The careers being made.
struct Carrieres<'a> {
    parametres: &'a Parametres,
    hasard: ChaCha8Rng,
    assistantes: Vec<Assistante>,
    mam: Vec<Mam>,
    /// Who stands on the list being made, by rank in `assistantes`.
    presentes: Vec<usize>,
    /// Identities taken.
    identites: BTreeSet<(&'static str, &'static str, Option<NaiveDate>)>,
    /// For newcomers: weight of each commune; none for the small ones, whose numbers are imposed.
    poids: Vec<u64>,
}

/// The careers over all the years of the parameters, and the MAM.
pub(super) fn derouler(parametres: &Parametres, communes: &[Commune]) -> (Vec<Assistante>, Vec<Mam>) {
    let grandes = communes.len() - parametres.petites_communes.len();
    let naissances = |c: &Commune| c.naissances.values().map(|&n| u64::from(n)).sum();
    let poids =
        communes.iter().enumerate().map(|(i, c)| if i < grandes { naissances(c) } else { 0 }).collect();
    let mut carrieres = Carrieres {
        parametres,
        hasard: Flux::Carrieres.ouvrir(parametres.graine),
        assistantes: Vec::new(),
        mam: Vec::new(),
        presentes: Vec::new(),
        identites: BTreeSet::new(),
        poids,
    };
    carrieres.premiere_liste();
    for rang in 1..parametres.millesimes.len() {
        carrieres.liste_suivante(rang);
    }
    (carrieres.assistantes, carrieres.mam)
}

impl Carrieres<'_> {
    fn premiere_liste(&mut self) {
        let millesime = &self.parametres.millesimes[0];
        let annee = millesime.annee;
        let petites: Vec<u32> = self.parametres.petites_communes.iter().map(|t| t[0]).collect();
        let mut effectifs = repartir(millesime.agrees - petites.iter().sum::<u32>(), &self.poids);
        for (effectif, imposes) in effectifs.iter_mut().rev().zip(petites) {
            *effectif = imposes;
        }
        for (commune, effectif) in effectifs.into_iter().enumerate() {
            for _ in 0..effectif {
                let age = self.age_en_poste();
                let anciennete = self.hasard.random_range(0..=(age - AGE_MINIMAL).min(20));
                self.agreer(annee, commune, age, annee - anciennete);
            }
        }
        self.completer_la_liste(0);
    }

    fn liste_suivante(&mut self, rang: usize) {
        let annee = self.parametres.millesimes[rang].annee;
        self.faire_partir(rang);
        for &i in &self.presentes {
            let precedent = self.assistantes[i].agrements.get(&(annee - 1)).cloned();
            self.assistantes[i].agrements.extend(precedent.map(|a| (annee, a)));
        }
        self.demenager(annee);
        for _ in 0..self.parametres.millesimes[rang].arrivees {
            let commune = self.commune_au_hasard();
            let age = self.hasard.random_range(24..46);
            self.agreer(annee, commune, age, annee);
        }
        self.completer_la_liste(rang);
    }

    /// What every list needs once its persons are known: MAM, then changes of capacity up to the total.
    fn completer_la_liste(&mut self, rang: usize) {
        let annee = self.parametres.millesimes[rang].annee;
        self.ouvrir_les_mam(rang);
        self.remplir_les_mam(annee);
        self.changer_des_capacites(rang);
    }

    fn age_en_poste(&mut self) -> i32 {
        let (mut tirage, mut bas) = (self.hasard.random_range(0..100), AGE_MINIMAL);
        for (haut, part) in AGES {
            if tirage < part {
                return self.hasard.random_range(bas..=haut);
            }
            tirage -= part;
            bas = haut + 1;
        }
        AGES[AGES.len() - 1].0
    }

    fn commune_au_hasard(&mut self) -> usize {
        let communes: Vec<usize> = (0..self.poids.len()).collect();
        communes.choose_weighted(&mut self.hasard, |&c| self.poids[c]).copied().unwrap_or(0)
    }

    /// A new person on the list of the year.
    fn agreer(&mut self, annee: i32, commune: usize, age: i32, premiere_annee: i32) {
        let hasard = &mut self.hasard;
        let (nom_naissance, prenom, naissance) = identite(hasard, &mut self.identites, annee - age);
        let nom_usage = hasard.random_ratio(1, 2).then(|| {
            // Most were married before; a few marry while on the lists.
            let depuis = if hasard.random_ratio(1, 12) { annee + hasard.random_range(1..5) } else { annee };
            (depuis, noms::patronyme(hasard))
        });
        let jour = NaiveDate::from_yo_opt(premiere_annee, hasard.random_range(1..=365));
        let capacite = [4, 4, 4, 4, 4, 3, 3, 3, 2, 1][hasard.random_range(0..10)];
        let agrement = Agrement { commune, places: capacite, mam: None, adresse: noms::adresse(hasard) };
        self.presentes.push(self.assistantes.len());
        self.assistantes.push(Assistante {
            nom_naissance,
            nom_usage: nom_usage.filter(|(_, usage)| *usage != nom_naissance),
            prenom,
            naissance,
            telephone: noms::telephone(hasard),
            premier_agrement: jour.unwrap_or(naissance),
            agrements: BTreeMap::from([(annee, agrement)]),
        });
    }

    /// Departures between two lists: those that the small communes impose, then the others by age.
    fn faire_partir(&mut self, rang: usize) {
        let annee = self.parametres.millesimes[rang].annee;
        let grandes = self.poids.len() - self.parametres.petites_communes.len();
        let mut restent = self.parametres.departs(rang);
        for (petite, trajectoire) in self.parametres.petites_communes.iter().enumerate() {
            let commune = self.poids.len() - 1 - petite;
            let partent = trajectoire[rang - 1] - trajectoire[rang];
            self.retirer(partent, annee, |a| a.commune == commune);
            restent -= partent;
        }
        self.retirer(restent, annee, |a| a.commune < grandes);
    }

    /// Takes `combien` persons off the list, among those whose last agrément is `concerne`.
    fn retirer(&mut self, combien: u32, annee: i32, concerne: impl Fn(&Agrement) -> bool) {
        let dernier = |i: usize, assistantes: &[Assistante]| {
            assistantes[i].agrements.get(&(annee - 1)).is_some_and(&concerne)
        };
        let (mut candidates, autres): (Vec<usize>, Vec<usize>) =
            self.presentes.iter().partition(|&&i| dernier(i, &self.assistantes));
        // Those who reach the age limit leave first, whatever chance says.
        candidates.sort_by_key(|&i| (self.assistantes[i].age(annee) > AGE_MAXIMAL, i));
        for _ in 0..combien {
            let limite = candidates.last().is_some_and(|&i| self.assistantes[i].age(annee) > AGE_MAXIMAL);
            if limite {
                candidates.pop();
                continue;
            }
            while !candidates.is_empty() {
                let rang = self.hasard.random_range(0..candidates.len());
                let age = self.assistantes[candidates[rang]].age(annee);
                if self.hasard.random_range(0..DEPART_CERTAIN) < propension_au_depart(age) {
                    candidates.remove(rang);
                    break;
                }
            }
        }
        self.presentes = [candidates, autres].concat();
        self.presentes.sort_unstable();
    }

    /// A few persons who work at home move to another commune of the territory.
    fn demenager(&mut self, annee: i32) {
        let grandes = self.poids.len() - self.parametres.petites_communes.len();
        let mut candidates: Vec<usize> = self.presentes.clone();
        candidates.retain(|&i| {
            self.assistantes[i].agrements.get(&annee).is_some_and(|a| a.mam.is_none() && a.commune < grandes)
        });
        let combien = self.parametres.demenagements as usize;
        let partantes: Vec<usize> = candidates.sample(&mut self.hasard, combien).copied().collect();
        for i in partantes {
            let commune = self.commune_au_hasard();
            let adresse = noms::adresse(&mut self.hasard);
            if let Some(agrement) = self.assistantes[i].agrements.get_mut(&annee) {
                agrement.commune = commune;
                agrement.adresse = adresse;
            }
        }
    }

    /// Opens the MAM that the year has more than the one before, the large communes first.
    fn ouvrir_les_mam(&mut self, rang: usize) {
        const TOURNEE: [usize; 12] = [0, 1, 2, 3, 0, 4, 1, 5, 2, 6, 0, 3];
        let millesime = &self.parametres.millesimes[rang];
        let grandes = self.poids.len() - self.parametres.petites_communes.len();
        for numero in self.mam.len()..millesime.mam as usize {
            let commune = TOURNEE[numero % TOURNEE.len()] * grandes / 12 + numero / TOURNEE.len();
            self.mam.push(Mam {
                nom: noms::mam(numero),
                commune: commune % grandes,
                ouverture: millesime.annee,
                adresse: noms::adresse(&mut self.hasard),
                equipe: self.hasard.random_range(2..=4),
            });
        }
    }

    /// Each MAM is brought back to its team, with persons of its commune who worked at home; the young
    /// come first, since they are those who choose it.
    fn remplir_les_mam(&mut self, annee: i32) {
        for (rang, mam) in self.mam.iter().enumerate() {
            let agrement = |i: usize| self.assistantes[i].agrements.get(&annee);
            let membres =
                self.presentes.iter().filter(|&&i| agrement(i).is_some_and(|a| a.mam == Some(rang)));
            let manque = mam.equipe.saturating_sub(membres.count());
            let mut candidates: Vec<usize> = self.presentes.clone();
            candidates.retain(|&i| agrement(i).is_some_and(|a| a.mam.is_none() && a.commune == mam.commune));
            candidates.sort_by_cached_key(|&i| {
                (self.assistantes[i].age(annee) + self.hasard.random_range(0..25), i)
            });
            for &i in candidates.iter().take(manque) {
                if let Some(agrement) = self.assistantes[i].agrements.get_mut(&annee) {
                    agrement.mam = Some(rang);
                    agrement.adresse.clone_from(&mam.adresse);
                }
            }
        }
    }

    /// Some extend their agrément, some reduce it; then as many others as the total of the year needs.
    fn changer_des_capacites(&mut self, rang: usize) {
        let millesime = &self.parametres.millesimes[rang];
        let annee = millesime.annee;
        let quelques_unes = if rang == 0 { 0 } else { self.presentes.len() / 60 };
        for _ in 0..quelques_unes {
            let hausse = self.hasard.random_ratio(1, 2);
            self.changer_une_capacite(annee, hausse);
        }
        loop {
            let places: u32 = self
                .presentes
                .iter()
                .filter_map(|&i| self.assistantes[i].agrements.get(&annee))
                .map(|a| a.places)
                .sum();
            match places.cmp(&millesime.places) {
                std::cmp::Ordering::Equal => break,
                ordre => self.changer_une_capacite(annee, ordre.is_lt()),
            }
        }
    }

    /// One place more, or less, for a person drawn at random, if the limits of 1 and 4 allow it.
    fn changer_une_capacite(&mut self, annee: i32, hausse: bool) {
        let Some(&i) = self.presentes.choose(&mut self.hasard) else { return };
        if let Some(agrement) = self.assistantes[i].agrements.get_mut(&annee) {
            agrement.places =
                if hausse { (agrement.places + 1).min(4) } else { (agrement.places - 1).max(1) };
        }
    }
}

/// A name, a first name and a birth date that nobody has yet. As long as the lists allow, name and first
/// name alone tell persons apart.
fn identite(
    hasard: &mut ChaCha8Rng,
    prises: &mut BTreeSet<(&'static str, &'static str, Option<NaiveDate>)>,
    annee: i32,
) -> (&'static str, &'static str, NaiveDate) {
    let mut essais = 0;
    loop {
        essais += 1;
        let (nom, prenom) = (noms::patronyme(hasard), noms::prenom(hasard, annee));
        let Some(jour) = NaiveDate::from_yo_opt(annee, hasard.random_range(1..=365)) else { continue };
        let nouvelle = prises.insert((nom, prenom, None)) || essais > 50;
        if nouvelle && prises.insert((nom, prenom, Some(jour))) {
            return (nom, prenom, jour);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Territoire;
    use super::*;

    fn demo(graine: u64) -> (Parametres, Territoire) {
        let parametres = Parametres::demo(graine);
        let territoire = Territoire::imaginer(&parametres).expect("territoire");
        (parametres, territoire)
    }

    fn liste(territoire: &Territoire, annee: i32) -> Vec<(&Assistante, &Agrement)> {
        territoire.liste(annee).collect()
    }

    fn cle(a: &Assistante) -> (&'static str, &'static str, NaiveDate) {
        (a.nom_naissance, a.prenom, a.naissance)
    }

    #[test]
    fn effectifs_places_et_flux_sont_ceux_des_parametres() {
        for graine in [2024, 1, 7, 99] {
            let (parametres, territoire) = demo(graine);
            for (rang, millesime) in parametres.millesimes.iter().enumerate() {
                let liste = liste(&territoire, millesime.annee);
                assert_eq!(liste.len(), millesime.agrees as usize);
                assert_eq!(liste.iter().map(|(_, a)| a.places).sum::<u32>(), millesime.places);
                assert!(liste.iter().all(|(_, a)| (1..=4).contains(&a.places)));
                if rang == 0 {
                    continue;
                }
                let ensemble =
                    |annee| -> BTreeSet<_> { territoire.liste(annee).map(|(p, _)| cle(p)).collect() };
                let (avant, apres) = (ensemble(millesime.annee - 1), ensemble(millesime.annee));
                assert_eq!(apres.len(), liste.len(), "deux personnes ont la même identité");
                assert_eq!(apres.difference(&avant).count(), millesime.arrivees as usize);
                assert_eq!(avant.difference(&apres).count(), parametres.departs(rang) as usize);
            }
        }
    }

    #[test]
    fn ages_plausibles_et_plus_de_cent_au_dela_de_55_ans() {
        for graine in [2024, 1, 7, 99, 123, 5_000] {
            let (parametres, territoire) = demo(graine);
            for millesime in &parametres.millesimes {
                for (personne, _) in liste(&territoire, millesime.annee) {
                    let age = personne.age(millesime.annee);
                    assert!((AGE_MINIMAL..=AGE_MAXIMAL).contains(&age), "{age} ans en {}", millesime.annee);
                }
            }
            let aines = liste(&territoire, 2024).iter().filter(|(p, _)| p.age(2024) > 55).count();
            assert!((101..=160).contains(&aines), "graine {graine} : {aines} de plus de 55 ans");
        }
    }

    #[test]
    fn les_plus_ages_partent_davantage() {
        let (_, territoire) = demo(2024);
        let taux = |ages: std::ops::Range<i32>| {
            let (mut partis, mut tous) = (0.0, 0.0);
            for annee in 2019..2024 {
                for (p, _) in liste(&territoire, annee).iter().filter(|(p, _)| ages.contains(&p.age(annee))) {
                    tous += 1.0;
                    partis += f64::from(u8::from(!p.agrements.contains_key(&(annee + 1))));
                }
            }
            partis / tous
        };
        assert!(taux(60..68) > 2.0 * taux(30..55));
    }

    #[test]
    fn les_mam_ont_deux_a_quatre_personnes_de_leur_commune() {
        for graine in [2024, 1, 7] {
            let (parametres, territoire) = demo(graine);
            for millesime in &parametres.millesimes {
                let mut equipes: BTreeMap<usize, Vec<&Agrement>> = BTreeMap::new();
                for (_, agrement) in liste(&territoire, millesime.annee) {
                    if let Some(mam) = agrement.mam {
                        equipes.entry(mam).or_default().push(agrement);
                    }
                }
                assert_eq!(equipes.len(), millesime.mam as usize, "MAM en {}", millesime.annee);
                for (rang, equipe) in equipes {
                    assert!((2..=4).contains(&equipe.len()), "{} personnes", equipe.len());
                    assert!(equipe.iter().all(|a| a.commune == territoire.mam[rang].commune));
                }
            }
        }
    }

    #[test]
    fn petites_communes_demenagements_et_capacites() {
        let (_, territoire) = demo(2024);
        let mut effectifs = vec![0; territoire.communes.len()];
        for (_, agrement) in liste(&territoire, 2024) {
            effectifs[agrement.commune] += 1;
        }
        assert_eq!(&effectifs[12..], &[3, 1, 0]);
        assert!(effectifs[..12].iter().all(|&e| e > 0));
        for annee in 2020..=2024 {
            let (mut communes, mut places) = (0, 0);
            for (personne, agrement) in liste(&territoire, annee) {
                if let Some(avant) = personne.agrements.get(&(annee - 1)) {
                    communes += u32::from(avant.commune != agrement.commune);
                    places += u32::from(avant.places != agrement.places);
                }
            }
            assert!((1..=4).contains(&communes), "{communes} déménagements en {annee}");
            assert!((1..=40).contains(&places), "{places} changements de capacité en {annee}");
        }
    }

    #[test]
    fn chaque_agrement_court_a_la_date_de_la_liste() {
        let (_, territoire) = demo(2024);
        for annee in 2019..=2024 {
            let fin_d_annee = NaiveDate::from_ymd_opt(annee, 12, 31).expect("date");
            for (personne, _) in liste(&territoire, annee) {
                let (debut, fin) = personne.validite(annee);
                assert!(debut <= fin_d_annee && fin_d_annee <= fin, "{debut} – {fin} en {annee}");
            }
        }
    }
}
