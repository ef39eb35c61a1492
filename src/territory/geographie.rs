//! The communes as a map needs them.

use super::CodeCommune;
use geo::{BoundingRect, Intersects, MultiPolygon, Point};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

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

/// Finds the commune of a point, among thousands, without looking at each.
pub(crate) struct Reperage<'a> {
    communes: &'a [CommuneGeo],
    /// The frame of each, and its rank.
    cadres: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl<'a> Reperage<'a> {
    pub(crate) fn new(geographie: &'a Geographie) -> Self {
        let communes = geographie.communes.as_slice();
        let cadres = communes.iter().enumerate().filter_map(|(rang, commune)| {
            let cadre = commune.contour.bounding_rect()?;
            let (bas, haut) = (cadre.min(), cadre.max());
            Some(GeomWithData::new(Rectangle::from_corners([bas.x, bas.y], [haut.x, haut.y]), rang))
        });
        Self { communes, cadres: RTree::bulk_load(cadres.collect()) }
    }

    /// The commune that a point lies in; on a border, that of the lowest code.
    pub(crate) fn commune(&self, point: Point<f64>) -> Option<&'a CommuneGeo> {
        let ici = AABB::from_point([point.x(), point.y()]);
        let possibles = self.cadres.locate_in_envelope_intersecting(&ici).map(|cadre| cadre.data);
        let dedans = possibles.filter(|rang| self.communes[*rang].contour.intersects(&point));
        dedans.min().map(|rang| &self.communes[rang])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Coord;

    /// A triangle whose right angle is at a point: half of its frame is empty.
    fn triangle(code: &str, x: f64, y: f64) -> CommuneGeo {
        let anneau: Vec<Coord<f64>> = [(x, y), (x + 1.0, y), (x, y + 1.0)].map(Coord::from).to_vec();
        let contour = MultiPolygon(vec![geo::Polygon::new(anneau.into(), Vec::new())]);
        let nom = String::new();
        CommuneGeo { code: code.parse().unwrap(), nom, contour, centre: Point::new(x, y), membre: true }
    }

    #[test]
    fn une_position_donne_sa_commune_et_sur_une_frontiere_le_plus_petit_code() {
        let communes =
            vec![triangle("96001", 1.0, 0.0), triangle("96002", 0.0, 0.0), triangle("96003", 5.0, 5.0)];
        let geographie = Geographie { communes };
        let reperage = Reperage::new(&geographie);
        let code = |x, y| reperage.commune(Point::new(x, y)).map(|c| c.code.as_str().to_owned());
        assert_eq!(code(0.2, 0.2).as_deref(), Some("96002"));
        assert_eq!(code(1.0, 0.0).as_deref(), Some("96001"));
        assert_eq!(code(5.9, 5.9), None, "in the frame, not in the commune");
        assert_eq!(code(3.0, 3.0), None);
    }
}
