//! The communes as a map needs them.

use super::CodeCommune;
use geo::{MultiPolygon, Point};

/// One commune on the map.
#[derive(Debug, Clone)]
pub struct CommuneGeo {
    /// Today's code.
    pub code: CodeCommune,
    /// Official name.
    pub nom: String,
    /// Contour in WGS 84 (longitude, latitude), valid, right-hand rule.
    pub contour: MultiPolygon<f64>,
    /// A point inside the contour, to write or to measure from.
    pub centre: Point<f64>,
    /// True for a member of the territory, false for a neighbour drawn around it.
    pub membre: bool,
}

/// The communes of the territory and, if known, those around it, sorted by code.
#[derive(Debug, Clone, Default)]
pub struct Geographie {
    /// Sorted by code.
    pub communes: Vec<CommuneGeo>,
}

impl Geographie {
    /// The members of the territory.
    pub fn membres(&self) -> impl Iterator<Item = &CommuneGeo> {
        self.communes.iter().filter(|c| c.membre)
    }

    /// One commune.
    pub fn commune(&self, code: CodeCommune) -> Option<&CommuneGeo> {
        self.communes.binary_search_by_key(&code, |c| c.code).ok().map(|i| &self.communes[i])
    }
}
