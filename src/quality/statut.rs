//! The status that every figure carries: missing is not zero, and there are several ways to be missing.

use std::fmt;

/// What a figure is worth. The order of the variants is the order of precedence when several parts
/// make one figure: among known parts the weakest knowledge wins (`Estime` over `Observe`), among
/// missing parts the strongest reason (`Secret` over `NonDisponible`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Statut {
    /// Counted by the source.
    Observe,
    /// Computed from other figures; said wherever it is shown.
    Estime,
    /// The question makes no sense here (a share of nothing).
    SansObjet,
    /// No source gives it.
    NonDisponible,
    /// The source withholds it (statistical secrecy of the Caf or Insee).
    SecretSource,
    /// Withheld by us, for the audience.
    Secret,
}

impl Statut {
    /// Every status, in the order of [`Statut::rang`].
    pub const TOUS: [Self; 6] =
        [Self::Observe, Self::Estime, Self::SansObjet, Self::NonDisponible, Self::SecretSource, Self::Secret];

    /// The word of the column `statut`.
    pub fn mot(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Estime => "estime",
            Self::SansObjet => "sans_objet",
            Self::NonDisponible => "non_disponible",
            Self::SecretSource => "secret_source",
            Self::Secret => "secret",
        }
    }

    /// The status of that word.
    pub fn du_mot(mot: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|s| s.mot() == mot)
    }

    /// Its place in the order of precedence, as frames hold it while figures are computed.
    pub fn rang(self) -> u32 {
        self as u32
    }

    /// The status of that place.
    pub fn du_rang(rang: u32) -> Option<Self> {
        Self::TOUS.get(rang as usize).copied()
    }

    /// True if the figure has a value.
    pub fn est_connu(self) -> bool {
        matches!(self, Self::Observe | Self::Estime)
    }

    /// What stands in place of the value on a page, with its long form.
    pub fn abreviation(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Observe | Self::Estime => None,
            Self::SansObjet => Some(("–", "sans objet")),
            Self::NonDisponible => Some(("n.d.", "non disponible")),
            Self::SecretSource => Some(("s.", "secret statistique de la source")),
            Self::Secret => Some(("s.", "non diffusé : secret statistique")),
        }
    }
}

impl fmt::Display for Statut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mot())
    }
}
