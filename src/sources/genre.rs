//! The kinds of sources that a pipeline can name.

use super::disposition::{Disposition, DispositionInvalide};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Genre {
    /// Composition of EPCI.
    Composition,
    /// Communes of the code officiel géographique.
    CogCommunes,
    /// Movements of communes.
    CogMouvements,
    /// Contours of communes.
    Contours,
    /// List of agréments.
    Pmi,
    /// Counts of the Caf.
    Imaje,
    /// Births.
    Naissances,
    /// Census of structures.
    Structures,
    /// Rates and places published by the Cnaf, by territory.
    TauxPublies,
    /// Counts of the Caf by IRIS.
    CafIris,
    /// Population by age (Insee, POP1B).
    InseeAges,
    /// Children by age and activity of their parents (Insee, FAM6).
    InseeFam6,
    /// Yearly activity of the relais.
    Activite,
    /// Answers to a questionnaire.
    Questionnaire,
    /// Fiches communes.
    Services,
    /// Travel times between communes.
    Trajets,
}

/// A kind, its word in the pipeline, what pages call it.
type Fiche = (Genre, &'static str, &'static str);

/// In the order of [`Genre`].
const FICHES: [Fiche; 16] = [
    (Genre::Composition, "composition", "Composition des EPCI"),
    (Genre::CogCommunes, "cog_communes", "Insee, code officiel géographique"),
    (Genre::CogMouvements, "cog_mouvements", "Insee, mouvements de communes"),
    (Genre::Contours, "contours", "Contours des communes"),
    (Genre::Pmi, "pmi", "PMI"),
    (Genre::Imaje, "imaje", "Caf, imaje"),
    (Genre::Naissances, "naissances", "Insee, état civil"),
    (Genre::Structures, "structures", "Recensement des structures"),
    (Genre::TauxPublies, "taux_publies", "Cnaf, données publiées"),
    (Genre::CafIris, "caf_iris", "Caf, données par Iris"),
    (Genre::InseeAges, "insee_ages", "Insee, recensement (POP1B)"),
    (Genre::InseeFam6, "insee_fam6", "Insee, recensement (FAM6)"),
    (Genre::Activite, "activite", "Activité du relais"),
    (Genre::Questionnaire, "questionnaire", "Questionnaire"),
    (Genre::Services, "services", "Fiches communes"),
    (Genre::Trajets, "trajets", "Temps de trajet"),
];

impl Genre {
    /// Every kind.
    pub const TOUS: [Self; FICHES.len()] = {
        let mut tous = [Self::Composition; FICHES.len()];
        let mut rang = 0;
        while rang < FICHES.len() {
            tous[rang] = FICHES[rang].0;
            rang += 1;
        }
        tous
    };

    fn fiche(self) -> &'static Fiche {
        &FICHES[self as usize]
    }

    /// The word of the key `type`.
    pub fn mot(self) -> &'static str {
        self.fiche().1
    }

    /// What a page calls it.
    pub fn libelle(self) -> &'static str {
        self.fiche().2
    }

    /// True if the kind is a table of cells that a layout describes; the others have a reader of their own.
    pub fn a_une_disposition(self) -> bool {
        !matches!(self, Self::Composition | Self::CogCommunes | Self::CogMouvements | Self::Contours)
    }

    /// True for what is listed row by row, and whose sheets may be parts of one list (a commune, a month, a kind of structure
    /// each): the first of them read alone would say that the others hold nobody. Of counts, what a sheet does not name is
    /// not known, and never zero.
    pub fn se_lit_par_feuilles(self) -> bool {
        matches!(self, Self::Pmi | Self::Structures | Self::Activite)
    }

    /// The layout of the kind. A questionnaire names its own columns: its layout knows none.
    ///
    /// # Errors
    /// [`DispositionInvalide::Inconnue`] for the kinds that have a reader of their own.
    pub fn disposition(self) -> Result<Disposition, DispositionInvalide> {
        Disposition::connue(self.mot())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_genre_est_a_sa_place_et_sa_disposition_se_lit() {
        for (rang, genre) in Genre::TOUS.into_iter().enumerate() {
            assert_eq!(genre as usize, rang);
            assert_eq!(serde_json::to_value(genre).unwrap(), genre.mot());
            assert_eq!(genre.disposition().is_ok(), genre.a_une_disposition(), "{genre:?}");
        }
    }
}
