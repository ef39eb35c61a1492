//! Contours on the grid of published coordinates, and valid.

use geo::orient::Direction;
use geo::{Area, BooleanOps, Coord, LineString, MultiPolygon, Orient, Polygon, Validation, unary_union};

/// A position in millionths of a degree: the six decimals that RFC 7946 advises (11 cm).
pub(super) type Noeud = (i64, i64);

const PAR_DEGRE: f64 = 1e6;
/// Rounding what was mended can cross it again; twice is enough for anything drawn by hand.
const REPARATIONS: usize = 3;

/// The nearest position of the grid.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn vers_grille(position: Coord<f64>) -> Noeud {
    // Longitudes and latitudes, at most 180 million millionths: far inside an i64.
    ((position.x * PAR_DEGRE).round() as i64, (position.y * PAR_DEGRE).round() as i64)
}

/// The position in degrees.
pub(super) fn de_grille((x, y): Noeud) -> Coord<f64> {
    Coord { x: x as f64 / PAR_DEGRE, y: y as f64 / PAR_DEGRE }
}

/// The ring on the grid, without its last position (which repeats the first) nor repetitions.
pub(super) fn noeuds(anneau: &LineString<f64>) -> Vec<Noeud> {
    let mut noeuds: Vec<_> = anneau.coords().map(|c| vers_grille(*c)).collect();
    noeuds.dedup();
    while noeuds.len() > 1 && noeuds.first() == noeuds.last() {
        noeuds.pop();
    }
    noeuds
}

/// The ring in degrees, closed.
pub(super) fn anneau(noeuds: &[Noeud]) -> LineString<f64> {
    let mut anneau = LineString::new(noeuds.iter().map(|n| de_grille(*n)).collect());
    anneau.close();
    anneau
}

/// The same contour on the grid; rings that vanish there are left out.
fn arrondir(contour: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let arrondi = |ligne: &LineString<f64>| Some(noeuds(ligne)).filter(|n| n.len() > 2).map(|n| anneau(&n));
    let polygones = contour.iter().filter_map(|p| {
        Some(Polygon::new(arrondi(p.exterior())?, p.interiors().iter().filter_map(arrondi).collect()))
    });
    MultiPolygon(polygones.collect())
}

/// The union of the parts, on the grid, valid and well oriented (exterior rings counter-clockwise);
/// none if nothing valid can be made of them.
///
/// A ring that crosses itself is cut at its crossings, each loop keeping its land.
pub(super) fn reunir(parties: &[&MultiPolygon<f64>]) -> Option<MultiPolygon<f64>> {
    let mut contour = match parties {
        [seule] => arrondir(seule),
        plusieurs => {
            let valides: Vec<_> = plusieurs.iter().filter_map(|partie| reunir(&[partie])).collect();
            // A part that is lost would leave a hole in the commune.
            if valides.len() < plusieurs.len() {
                return None;
            }
            arrondir(&unary_union(&valides))
        }
    };
    for _ in 0..REPARATIONS {
        if est_valide(&contour) {
            break;
        }
        contour = arrondir(&reparer(&contour));
    }
    (est_valide(&contour) && !contour.0.is_empty()).then(|| contour.orient(Direction::Default))
}

/// Valid, and no polygon flat (a flat ring passes for valid).
pub(super) fn est_valide(contour: &MultiPolygon<f64>) -> bool {
    contour.is_valid() && contour.iter().all(|p| p.unsigned_area() > 0.0)
}

fn reparer(contour: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let rien = MultiPolygon::new(Vec::new());
    let polygones: Vec<_> = contour
        .iter()
        .map(|p| p.union(&rien).orient(Direction::Default))
        .filter(|p| !p.0.is_empty())
        .collect();
    unary_union(&polygones)
}
