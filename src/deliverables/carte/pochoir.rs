//! Is a point in a commune? Asked a hundred thousand times to place the names of one map.

use geo::{BoundingRect, Coord, LinesIter, MultiPolygon, Rect};

/// Distance between two scan lines, mm: a fifth of the smallest letter.
const PAS: f64 = 0.2;

/// A contour cut into scan lines: exact across, to a tenth of a millimetre up and down.
pub(super) struct Pochoir {
    cadre: Rect<f64>,
    /// For each scan line, where the contour crosses it, in order.
    lignes: Vec<Vec<f64>>,
}

impl Pochoir {
    /// None if the contour has no extent.
    pub(super) fn new(contour: &MultiPolygon<f64>) -> Option<Self> {
        let cadre = contour.bounding_rect()?;
        let mut lignes = vec![Vec::new(); rang(&cadre, cadre.max().y)? + 1];
        for arete in contour.lines_iter() {
            let (haut, bas) = if arete.start.y <= arete.end.y {
                (arete.start, arete.end)
            } else {
                (arete.end, arete.start)
            };
            let (Some(de), Some(a)) = (rang(&cadre, haut.y), rang(&cadre, bas.y)) else { continue };
            for (rang, ligne) in lignes.iter_mut().enumerate().take(a + 1).skip(de) {
                let y = cadre.min().y + (rang as f64 + 0.5) * PAS;
                // Half-open: a corner on the scan line is crossed once.
                if haut.y <= y && y < bas.y {
                    ligne.push(haut.x + (bas.x - haut.x) * (y - haut.y) / (bas.y - haut.y));
                }
            }
        }
        for ligne in &mut lignes {
            ligne.sort_by(f64::total_cmp);
        }
        Some(Self { cadre, lignes })
    }

    pub(super) fn cadre(&self) -> &Rect<f64> {
        &self.cadre
    }

    /// True inside: an odd number of crossings on the left. Holes are outside.
    pub(super) fn contient(&self, point: Coord<f64>) -> bool {
        let ligne = rang(&self.cadre, point.y).and_then(|rang| self.lignes.get(rang));
        ligne.is_some_and(|croisements| croisements.partition_point(|x| *x < point.x) % 2 == 1)
    }
}

/// The scan line of a height; none above the frame.
fn rang(cadre: &Rect<f64>, y: f64) -> Option<usize> {
    let rang = ((y - cadre.min().y) / PAS).floor();
    // A few hundred lines: neither truncated nor negative.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let entier = rang as usize;
    (rang >= 0.0).then_some(entier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Contains, coord, polygon};

    #[test]
    fn le_pochoir_dit_comme_le_contour() {
        let etoile = MultiPolygon::from(polygon!(
            exterior: [
                (x: 0.0, y: 0.0), (x: 10.0, y: 4.0), (x: 20.0, y: 0.0), (x: 16.0, y: 10.0), (x: 20.0, y: 20.0),
                (x: 10.0, y: 16.0), (x: 0.0, y: 20.0), (x: 4.0, y: 10.0),
            ],
            interiors: [[(x: 8.0, y: 8.0), (x: 12.0, y: 8.0), (x: 12.0, y: 12.0), (x: 8.0, y: 12.0)]],
        ));
        let pochoir = Pochoir::new(&etoile).unwrap();
        let (mut dedans, mut ecarts) = (0, 0);
        for (i, j) in (-5..110).flat_map(|i| (-5..110).map(move |j| (i, j))) {
            let point = coord! { x: f64::from(i) * 0.2 + 0.03, y: f64::from(j) * 0.2 + 0.07 };
            dedans += i32::from(etoile.contains(&point));
            ecarts += i32::from(etoile.contains(&point) != pochoir.contient(point));
        }
        assert!(dedans > 4000 && ecarts < dedans / 50, "{ecarts} écarts pour {dedans} points");
        assert!(!pochoir.contient(coord! { x: 10.0, y: 10.0 }), "dans le trou");
    }
}
