//! Which communes a list, or a census, of a year speaks of.

use std::collections::BTreeSet;
use std::sync::Arc;

/// One person in so many who is not counted, or whose places are not told, makes of a count an estimate; of fewer, the
/// sources tell how many rows lack.
pub const UNE_SUR_VINGT: u32 = 20;

/// The communes that a list or a census speaks of: of those, whoever is not named does not exist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Portee {
    /// All those of the territory.
    #[default]
    Toutes,
    /// These alone, by code: nothing is known of the others.
    Seulement(Arc<BTreeSet<String>>),
}

impl Portee {
    /// These communes alone.
    pub fn seulement<T: AsRef<str>>(codes: impl IntoIterator<Item = T>) -> Self {
        Self::Seulement(Arc::new(codes.into_iter().map(|code| code.as_ref().to_owned()).collect()))
    }

    /// True if it speaks of that commune.
    pub fn parle_de(&self, code: &str) -> bool {
        match self {
            Self::Toutes => true,
            Self::Seulement(codes) => codes.contains(code),
        }
    }

    /// What both speak of.
    #[must_use]
    pub fn et(&self, autre: &Self) -> Self {
        match (self, autre) {
            (Self::Toutes, portee) | (portee, Self::Toutes) => portee.clone(),
            (Self::Seulement(ici), Self::Seulement(la)) => Self::seulement(ici.intersection(la)),
        }
    }

    /// What one or the other speaks of.
    #[must_use]
    pub fn ou(&self, autre: &Self) -> Self {
        match (self, autre) {
            (Self::Toutes, _) | (_, Self::Toutes) => Self::Toutes,
            (Self::Seulement(ici), Self::Seulement(la)) => Self::seulement(ici.union(la)),
        }
    }
}
