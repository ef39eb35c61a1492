//! The kinds of sources that a pipeline can name.

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
}

impl Genre {
    /// Every kind.
    pub const TOUS: [Self; 8] = [
        Self::Composition,
        Self::CogCommunes,
        Self::CogMouvements,
        Self::Contours,
        Self::Pmi,
        Self::Imaje,
        Self::Naissances,
        Self::Structures,
    ];

    /// The word of the key `type`.
    pub fn mot(self) -> &'static str {
        match self {
            Self::Composition => "composition",
            Self::CogCommunes => "cog_communes",
            Self::CogMouvements => "cog_mouvements",
            Self::Contours => "contours",
            Self::Pmi => "pmi",
            Self::Imaje => "imaje",
            Self::Naissances => "naissances",
            Self::Structures => "structures",
        }
    }

    /// What a page calls it.
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Composition => "Composition des EPCI",
            Self::CogCommunes => "Insee, code officiel géographique",
            Self::CogMouvements => "Insee, mouvements de communes",
            Self::Contours => "Contours des communes",
            Self::Pmi => "PMI",
            Self::Imaje => "Caf, imaje",
            Self::Naissances => "Insee, état civil",
            Self::Structures => "Recensement des structures",
        }
    }
}
