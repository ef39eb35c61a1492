//! Contours on the grid of published coordinates, and valid.

use geo::kernels::{Kernel as _, Orientation, RobustKernel as Kernel};
use geo::orient::Direction;
use geo::{
    Area, BooleanOps, Coord, Intersects, Line, LineString, MultiPolygon, Orient, Polygon, Rect, Validation,
    unary_union,
};

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

/// How often sides meet elsewhere than at their ends, counted no further than one beyond `limite`. They are
/// swept from west to east: those of an honest contour meet few others on the way.
pub(crate) fn croisements(cotes: impl Iterator<Item = Line<f64>>, limite: usize) -> usize {
    let mut cotes: Vec<(Rect<f64>, Line<f64>)> = cotes.map(|c| (Rect::new(c.start, c.end), c)).collect();
    cotes.sort_by(|(a, _), (b, _)| a.min().x.total_cmp(&b.min().x));
    let mut croisements = 0;
    for (rang, (cadre, a)) in cotes.iter().enumerate() {
        for (autre, b) in cotes[rang + 1..].iter().take_while(|(b, _)| b.min().x <= cadre.max().x) {
            if autre.min().y > cadre.max().y || autre.max().y < cadre.min().y {
                continue;
            }
            let bout_commun = a.start == b.end || a.end == b.start || a.start == b.start || a.end == b.end;
            croisements += usize::from(!bout_commun && a.intersects(b));
            if croisements > limite {
                return croisements;
            }
        }
    }
    croisements
}

/// True for one ring that is plainly valid: no point twice, no side that goes back on the one before, no
/// crossing. The library finds the same in a time that grows as the square of the points.
fn est_un_anneau_simple(contour: &MultiPolygon<f64>) -> bool {
    let [seul] = contour.0.as_slice() else { return false };
    let points = &seul.exterior().0;
    let mut tries: Vec<Coord<f64>> = points.iter().skip(1).copied().collect();
    tries.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let distincts = tries.windows(2).all(|deux| deux[0] != deux[1]);
    let finis = points.iter().all(|p| p.x.is_finite() && p.y.is_finite());
    let recule = |a: Coord<f64>, b: Coord<f64>, c: Coord<f64>| {
        let (avant, apres) = (b - a, c - b);
        Kernel::orient2d(a, b, c) == Orientation::Collinear && avant.x * apres.x + avant.y * apres.y < 0.0
    };
    // The ring is closed: its last side meets the first.
    let coins = points.windows(3).map(|p| (p[0], p[1], p[2]));
    let retour = points.len().checked_sub(2).map(|avant| (points[avant], points[0], points[1]));
    seul.interiors().is_empty()
        && points.len() > 3
        && finis
        && distincts
        && !coins.chain(retour).any(|(a, b, c)| recule(a, b, c))
        && croisements(seul.exterior().lines(), 0) == 0
}

/// True if the library, or a plain look, finds nothing wrong.
pub(crate) fn sans_defaut(contour: &MultiPolygon<f64>) -> bool {
    est_un_anneau_simple(contour) || contour.is_valid()
}

/// Valid, and no polygon flat (a flat ring passes for valid).
pub(super) fn est_valide(contour: &MultiPolygon<f64>) -> bool {
    sans_defaut(contour) && contour.iter().all(|p| p.unsigned_area() > 0.0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn un_anneau_simple_est_valide_et_les_autres_sont_examines() {
        let carre = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 1.0, y: 1.0), (x: 0.0, y: 1.0)];
        assert!(est_un_anneau_simple(&carre.into()));
        let noeud = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 1.0, y: 0.0), (x: 0.0, y: 1.0)];
        let pointe = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 3.0, y: 0.0), (x: 2.0, y: 0.0), (x: 1.0, y: 1.0)];
        let pince = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 2.0, y: 0.0), (x: 2.0, y: 2.0), (x: 1.0, y: 1.0), (x: 0.0, y: 2.0)];
        let retour = polygon![(x: 2.0, y: 0.0), (x: 2.0, y: 1.0), (x: 0.0, y: 1.0), (x: 0.0, y: 0.0), (x: 3.0, y: 0.0)];
        for faux in [noeud, pointe, pince, retour] {
            let faux = MultiPolygon::from(faux);
            assert!(!est_un_anneau_simple(&faux), "{faux:?}");
            assert!(!sans_defaut(&faux), "{faux:?}");
        }
    }
}
