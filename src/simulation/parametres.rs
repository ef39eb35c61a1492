//! What a fictional territory must look like.

use super::ErreurSimulation;

/// The assistants maternels of the territory at 31 December of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Millesime {
    /// The year.
    pub annee: i32,
    /// Persons who hold an agrément.
    pub agrees: u32,
    /// Places of those agréments.
    pub places: u32,
    /// Persons who joined the list in the year; not used for the first year.
    pub arrivees: u32,
    /// Maisons d'assistants maternels open.
    pub mam: u32,
}

/// Births of the whole territory in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naissances {
    /// The year.
    pub annee: i32,
    /// Births by domicile of the mother.
    pub total: u32,
}

/// A private micro-crèche, paid by the PAJE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MicroCreche {
    /// Year of its opening.
    pub ouverture: i32,
    /// Authorised places, at most 12.
    pub places: u32,
}

/// The parameters of a simulation. Each field can be changed; [`Parametres::verifier`] says whether they
/// still hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parametres {
    /// The seed: same parameters and same seed, same bytes.
    pub graine: u64,
    /// Inhabitants of each member commune, largest first.
    pub populations: Vec<u32>,
    /// Surface of the territory, in km².
    pub surface_km2: u32,
    /// The lists of assistants maternels, year after year.
    pub millesimes: Vec<Millesime>,
    /// For the smallest communes, from the smallest up: their assistants maternels each year. Never rising.
    pub petites_communes: Vec<Vec<u32>>,
    /// Assistants maternels who move between two communes of the territory, each year.
    pub demenagements: u32,
    /// Births, year after year, from three years before the first list on.
    pub naissances: Vec<Naissances>,
    /// Places of each public EAJE, paid by the PSU.
    pub eaje_publics: Vec<u32>,
    /// Private micro-crèches.
    pub micro_creches: Vec<MicroCreche>,
}

impl Parametres {
    /// The committed demonstration: fifteen communes whose totals are those that Vie et Boulogne
    /// published (312 assistants maternels and 1 092 places at the end of 2024).
    pub fn demo(graine: u64) -> Self {
        let millesime =
            |annee, agrees, places, arrivees, mam| Millesime { annee, agrees, places, arrivees, mam };
        Self {
            graine,
            populations: vec![
                9_840, 8_310, 6_720, 4_980, 3_950, 3_120, 2_640, 2_180, 1_710, 1_290, 960, 720, 530, 340, 190,
            ],
            surface_km2: 490,
            millesimes: vec![
                millesime(2019, 407, 1_395, 0, 6),
                millesime(2020, 396, 1_362, 16, 7),
                millesime(2021, 384, 1_325, 15, 8),
                millesime(2022, 370, 1_281, 14, 10),
                millesime(2023, 317, 1_105, 12, 11),
                millesime(2024, 312, 1_092, 15, 12),
            ],
            petites_communes: vec![vec![2, 2, 1, 1, 0, 0], vec![3, 3, 3, 2, 1, 1], vec![6, 5, 5, 4, 3, 3]],
            demenagements: 4,
            naissances: [
                (2014, 512),
                (2015, 509),
                (2016, 504),
                (2017, 500),
                (2018, 494),
                (2019, 487),
                (2020, 478),
                (2021, 472),
                (2022, 461),
                (2023, 450),
                (2024, 441),
            ]
            .map(|(annee, total)| Naissances { annee, total })
            .to_vec(),
            eaje_publics: vec![40, 25, 20],
            micro_creches: [
                (2010, 10),
                (2011, 10),
                (2012, 10),
                (2013, 12),
                (2014, 10),
                (2015, 12),
                (2016, 11),
                (2017, 10),
                (2018, 12),
                (2020, 12),
                (2020, 10),
                (2021, 12),
                (2021, 10),
                (2022, 12),
                (2023, 12),
                (2024, 10),
            ]
            .map(|(ouverture, places)| MicroCreche { ouverture, places })
            .to_vec(),
        }
    }

    /// The same territory `facteur` times over: as many times the communes, the persons and the surface.
    #[must_use]
    pub fn agrandi(mut self, facteur: u32) -> Self {
        let fois = facteur as usize;
        self.populations = self.populations.iter().flat_map(|&p| vec![p; fois]).collect();
        self.surface_km2 *= facteur;
        for m in &mut self.millesimes {
            m.agrees *= facteur;
            m.places *= facteur;
            m.arrivees *= facteur;
            m.mam *= facteur;
        }
        self.petites_communes = self.petites_communes.iter().flat_map(|t| vec![t.clone(); fois]).collect();
        self.demenagements *= facteur;
        self.naissances.iter_mut().for_each(|n| n.total *= facteur);
        self.eaje_publics = self.eaje_publics.repeat(fois);
        self.micro_creches = self.micro_creches.iter().flat_map(|m| vec![m.clone(); fois]).collect();
        self
    }

    /// The year of the last list.
    pub fn derniere_annee(&self) -> i32 {
        self.millesimes.last().map_or(0, |m| m.annee)
    }

    /// Departures between the list `rang − 1` and the list `rang`, which stocks and arrivals decide.
    pub(super) fn departs(&self, rang: usize) -> u32 {
        let (avant, apres) = (&self.millesimes[rang - 1], &self.millesimes[rang]);
        (avant.agrees + apres.arrivees).saturating_sub(apres.agrees)
    }

    /// Checks that the parameters hold together.
    ///
    /// # Errors
    /// With the first contradiction found.
    pub fn verifier(&self) -> Result<(), ErreurSimulation> {
        let refus = |message: String| Err(ErreurSimulation::Parametres(message));
        if self.millesimes.is_empty() || self.populations.len() <= self.petites_communes.len() {
            return refus("il faut au moins une année, et une commune qui ne soit pas « petite »".into());
        }
        if !self.populations.is_sorted_by(|a, b| a >= b) {
            return refus("les populations doivent aller de la plus grande à la plus petite".into());
        }
        for m in &self.millesimes {
            if m.places < m.agrees || m.places > 4 * m.agrees {
                return refus(format!(
                    "{} places pour {} assistants maternels en {}",
                    m.places, m.agrees, m.annee
                ));
            }
            if 4 * m.mam > m.agrees {
                return refus(format!("trop de MAM en {}", m.annee));
            }
        }
        for (avant, apres) in self.millesimes.iter().zip(self.millesimes.iter().skip(1)) {
            if apres.annee != avant.annee + 1 || apres.mam < avant.mam {
                return refus("les années doivent se suivre, et aucune MAM ne ferme".into());
            }
            if apres.agrees > avant.agrees + apres.arrivees || apres.arrivees > apres.agrees {
                return refus(format!("les arrivées de {} n’expliquent pas l’effectif", apres.annee));
            }
        }
        self.verifier_petites_communes()?;
        self.verifier_offre_et_naissances()
    }

    fn verifier_petites_communes(&self) -> Result<(), ErreurSimulation> {
        for trajectoire in &self.petites_communes {
            let complete = trajectoire.len() == self.millesimes.len();
            if !complete || !trajectoire.is_sorted_by(|a, b| a >= b) {
                return Err(ErreurSimulation::Parametres(
                    "une petite commune a un effectif par année, qui ne monte pas".into(),
                ));
            }
        }
        for rang in 1..self.millesimes.len() {
            let imposes: u32 = self.petites_communes.iter().map(|t| t[rang - 1] - t[rang]).sum();
            if imposes > self.departs(rang) {
                return Err(ErreurSimulation::Parametres(format!(
                    "les petites communes perdent plus d’assistants maternels que le territoire en {}",
                    self.millesimes[rang].annee
                )));
            }
        }
        Ok(())
    }

    fn verifier_offre_et_naissances(&self) -> Result<(), ErreurSimulation> {
        if self.micro_creches.iter().any(|m| m.places > 12) {
            return Err(ErreurSimulation::Parametres("une micro-crèche a au plus 12 places".into()));
        }
        let premiere = self.millesimes[0].annee - 2;
        for annee in premiere..=self.derniere_annee() {
            if !self.naissances.iter().any(|n| n.annee == annee) {
                return Err(ErreurSimulation::Parametres(format!("les naissances de {annee} manquent")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_demo_se_tient_et_redonne_les_chiffres_publies() {
        let p = Parametres::demo(2024);
        p.verifier().expect("paramètres de la démonstration");
        assert_eq!((1..6).map(|r| p.departs(r)).collect::<Vec<_>>(), [27, 27, 28, 65, 20]);
        let privees = |annee| -> u32 {
            p.micro_creches.iter().filter(|m| m.ouverture <= annee).map(|m| m.places).sum()
        };
        assert_eq!((privees(2018), privees(2019), privees(2024)), (97, 97, 175));
        assert_eq!(p.eaje_publics.iter().sum::<u32>(), 85);
    }

    #[test]
    fn les_contradictions_sont_refusees() {
        let casse: [fn(&mut Parametres); 5] = [
            |p| p.millesimes[2].places = 5_000,
            |p| p.millesimes[3].agrees = 420,
            |p| p.petites_communes[0] = vec![0, 1, 0, 0, 0, 0],
            |p| p.micro_creches[0].places = 13,
            |p| p.naissances.clear(),
        ];
        for (rang, change) in casse.iter().enumerate() {
            let mut p = Parametres::demo(2024);
            change(&mut p);
            assert!(p.verifier().is_err(), "contradiction {rang} acceptée");
        }
    }
}
