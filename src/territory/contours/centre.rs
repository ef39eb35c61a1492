//! Where to write the name of a commune: the point inside it that is farthest from its border.

use geo::{Area, BoundingRect, Contains, Coord, InteriorPoint, Line};
use geo::{LineString, MapCoords, MultiPolygon, Point, Polygon};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Size of the grid that the search starts from, and how close it comes, as shares of the shorter
/// side of the polygon.
const CASES: f64 = 4.0;
const PRECISION: f64 = 0.001;

/// A point well inside the largest polygon of a contour (*pole of inaccessibility*: accessibility is measured
/// from it); none for an empty contour.
pub(super) fn centre(contour: &MultiPolygon<f64>) -> Option<Point<f64>> {
    let aire = |p: &&Polygon<f64>| p.unsigned_area();
    let plus_grand = contour.iter().max_by(|a, b| aire(a).total_cmp(&aire(b)))?;
    let cadre = plus_grand.bounding_rect()?;
    // Degrees of longitude are shorter than those of latitude: distances need square units.
    let echelle = cadre.center().y.to_radians().cos();
    let proportionne = plus_grand.map_coords(|c| Coord { x: c.x * echelle, y: c.y });
    let trouve = pole(&proportionne).map(|c| Point::new(c.x / echelle, c.y));
    trouve.filter(|point| plus_grand.contains(point)).or_else(|| plus_grand.interior_point())
}

/// A square of the search: its middle, half its side, and the best distance it may hold.
struct Case {
    milieu: Coord<f64>,
    demi_cote: f64,
    distance: f64,
    au_mieux: f64,
}

impl Case {
    fn new(milieu: Coord<f64>, demi_cote: f64, polygone: &Polygon<f64>) -> Self {
        let distance = distance_au_bord(milieu, polygone);
        Self { milieu, demi_cote, distance, au_mieux: distance + demi_cote * std::f64::consts::SQRT_2 }
    }
}

impl Ord for Case {
    fn cmp(&self, autre: &Self) -> Ordering {
        let coin = |c: &Self| (c.milieu.x, c.milieu.y);
        let (ici, la) = (coin(self), coin(autre));
        self.au_mieux.total_cmp(&autre.au_mieux).then(ici.0.total_cmp(&la.0)).then(ici.1.total_cmp(&la.1))
    }
}

impl PartialOrd for Case {
    fn partial_cmp(&self, autre: &Self) -> Option<Ordering> {
        Some(self.cmp(autre))
    }
}

impl PartialEq for Case {
    fn eq(&self, autre: &Self) -> bool {
        self.cmp(autre) == Ordering::Equal
    }
}

impl Eq for Case {}

/// The best squares are cut in four until none can hold a point notably better than the best known.
fn pole(polygone: &Polygon<f64>) -> Option<Coord<f64>> {
    let cadre = polygone.bounding_rect()?;
    let petit_cote = cadre.width().min(cadre.height());
    if petit_cote <= 0.0 {
        return None;
    }
    let demi_cote = petit_cote / CASES / 2.0;
    let mut cases = BinaryHeap::new();
    let mut x = cadre.min().x + demi_cote;
    while x < cadre.max().x + demi_cote {
        let mut y = cadre.min().y + demi_cote;
        while y < cadre.max().y + demi_cote {
            cases.push(Case::new(Coord { x, y }, demi_cote, polygone));
            y += 2.0 * demi_cote;
        }
        x += 2.0 * demi_cote;
    }
    let mut meilleur: Option<(f64, Coord<f64>)> = None;
    while let Some(case) = cases.pop() {
        if meilleur.is_none_or(|(distance, _)| case.distance > distance) {
            meilleur = Some((case.distance, case.milieu));
        }
        let acquis = meilleur.map_or(f64::NEG_INFINITY, |(distance, _)| distance);
        if case.au_mieux - acquis <= PRECISION * petit_cote {
            break;
        }
        let quart = case.demi_cote / 2.0;
        for (dx, dy) in [(-quart, -quart), (quart, -quart), (-quart, quart), (quart, quart)] {
            let milieu = Coord { x: case.milieu.x + dx, y: case.milieu.y + dy };
            cases.push(Case::new(milieu, quart, polygone));
        }
    }
    meilleur.map(|(_, milieu)| milieu)
}

/// Distance to the nearest border, negative outside.
fn distance_au_bord(position: Coord<f64>, polygone: &Polygon<f64>) -> f64 {
    let anneaux = std::iter::once(polygone.exterior()).chain(polygone.interiors());
    let carre = anneaux
        .flat_map(LineString::lines)
        .map(|cote| carre_de_la_distance(position, cote))
        .fold(f64::INFINITY, f64::min);
    let distance = carre.sqrt();
    if polygone.contains(&position) { distance } else { -distance }
}

/// The square of a distance, of which the root is taken once for a whole border: `geo` takes that of each side.
fn carre_de_la_distance(position: Coord<f64>, cote: Line<f64>) -> f64 {
    let (direction, depuis) = (cote.delta(), position - cote.start);
    let longueur = direction.x * direction.x + direction.y * direction.y;
    let part =
        if longueur > 0.0 { (depuis.x * direction.x + depuis.y * direction.y) / longueur } else { 0.0 };
    let ecart = depuis - direction * part.clamp(0.0, 1.0);
    ecart.x * ecart.x + ecart.y * ecart.y
}
