//! The contours as the script draws them: whole numbers, twentieths of a millimetre of the printed maps.

use crate::deliverables::Contexte;
use crate::deliverables::carte::Plan;
use crate::indicators::catalogue;
use geo::{LineString, MultiPolygon};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Units in a millimetre.
const FINESSE: f64 = 20.0;
/// Millimetres in a point of type.
const MM_PAR_POINT: f64 = 25.4 / 72.0;

/// What the map is made of.
#[derive(Debug, Serialize)]
pub(super) struct Fond {
    largeur: i32,
    hauteur: i32,
    /// Units in a kilometre.
    par_km: i32,
    membres: Vec<Membre>,
    /// Contours of the communes around.
    voisines: Vec<String>,
}

/// A commune of the territory.
#[derive(Debug, Serialize)]
struct Membre {
    code: String,
    /// The contour, as the attribute `d` of a path.
    trace: String,
    centre: (i32, i32),
    /// Members that share a border with it, by their rank.
    voisines: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    etiquette: Option<Etiquette>,
}

/// A name on the map, and where its value goes.
#[derive(Debug, Serialize)]
struct Etiquette {
    corps: i32,
    /// Middle and baseline of each line; the last one is the value.
    lignes: Vec<(i32, i32, String)>,
    /// From the label to the commune, where it stands outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    filet: Option<[i32; 4]>,
}

impl Fond {
    /// None if no contour is known.
    pub(super) fn new(contexte: &Contexte<'_>) -> Option<Self> {
        // The plan asks for an indicator to read figures; the page reads its own.
        let plan = Plan::new(contexte, catalogue().next()?)?;
        let (dedans, autour): (Vec<_>, Vec<_>) = plan.communes.into_iter().partition(|c| c.membre);
        let contours: Vec<&MultiPolygon<f64>> = dedans.iter().map(|c| &c.contour).collect();
        let mut voisines = voisinages(&contours);
        let membres = dedans.iter().enumerate().map(|(rang, commune)| Membre {
            code: commune.code.clone(),
            trace: tracer(&commune.contour),
            centre: (unites(commune.centre.0), unites(commune.centre.1)),
            voisines: voisines.remove(&rang).unwrap_or_default().into_iter().collect(),
            etiquette: commune.etiquette.as_ref().map(|posee| Etiquette {
                corps: unites(posee.corps * MM_PAR_POINT),
                lignes: posee
                    .lignes_de_base()
                    .map(|(x, y, texte)| (unites(x), unites(y), texte.to_owned()))
                    .collect(),
                filet: posee.filet.map(|(a, b)| [a.x, a.y, b.x, b.y].map(unites)),
            }),
        });
        Some(Self {
            largeur: unites(plan.largeur),
            hauteur: unites(plan.hauteur),
            par_km: unites(plan.mm_par_km),
            membres: membres.collect(),
            voisines: autour.iter().map(|c| tracer(&c.contour)).filter(|t| !t.is_empty()).collect(),
        })
    }
}

fn unites(mm: f64) -> i32 {
    // A few thousand at most.
    #[allow(clippy::cast_possible_truncation)]
    let unites = (mm * FINESSE).round() as i32;
    unites
}

/// Corners of a ring in units, each said once; none if nothing is left of it.
fn anneau(ligne: &LineString<f64>) -> Vec<(i32, i32)> {
    let mut points: Vec<(i32, i32)> = ligne.coords().map(|c| (unites(c.x), unites(c.y))).collect();
    points.dedup();
    if points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    if points.len() < 3 { Vec::new() } else { points }
}

/// `M10 20l5-3 2 1z…`: relative, so that the numbers stay short.
fn tracer(contour: &MultiPolygon<f64>) -> String {
    let mut trace = String::new();
    for ligne in contour.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())) {
        let points = anneau(ligne);
        let Some((mut x, mut y)) = points.first().copied() else { continue };
        // Writing to a string cannot fail.
        let _ = write!(trace, "M{x} {y}l");
        for (rang, (px, py)) in points.iter().enumerate().skip(1) {
            let (dx, dy) = (px - x, py - y);
            let avant = if rang > 1 && dx >= 0 { " " } else { "" };
            let entre = if dy >= 0 { " " } else { "" };
            let _ = write!(trace, "{avant}{dx}{entre}{dy}");
            (x, y) = (*px, *py);
        }
        trace.push('z');
    }
    trace
}

/// Communes that share a border, by rank: two corners in common at least, as borders are simplified together.
fn voisinages(contours: &[&MultiPolygon<f64>]) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut coins: BTreeMap<(i32, i32), BTreeSet<usize>> = BTreeMap::new();
    for (rang, contour) in contours.iter().enumerate() {
        let lignes = contour.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        for coin in lignes.flat_map(anneau) {
            coins.entry(coin).or_default().insert(rang);
        }
    }
    let mut communs: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for rangs in coins.values() {
        for a in rangs {
            for b in rangs.range(a + 1..) {
                *communs.entry((*a, *b)).or_default() += 1;
            }
        }
    }
    let mut voisines: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for ((a, b), _) in communs.into_iter().filter(|(_, n)| *n >= 2) {
        voisines.entry(a).or_default().insert(b);
        voisines.entry(b).or_default().insert(a);
    }
    voisines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliverables::graphiques::essai::Essai;

    #[test]
    fn un_contour_s_ecrit_en_nombres_entiers_et_relatifs() {
        let carre = LineString::from(vec![(0.0, 0.0), (1.0, 0.0), (1.0, -0.5), (1.0, -0.501), (0.0, 0.0)]);
        let contour = MultiPolygon::from(geo::Polygon::new(carre, Vec::new()));
        assert_eq!(tracer(&contour), "M0 0l20 0 0-10z");
    }

    #[test]
    fn les_voisines_se_touchent_et_le_disent_toutes_deux() {
        let essai = Essai::new();
        let fond = Fond::new(&essai.contexte()).unwrap();
        assert_eq!(fond.membres.len(), 15);
        for (rang, membre) in fond.membres.iter().enumerate() {
            assert!(!membre.voisines.is_empty(), "{} est seule", membre.code);
            assert!(membre.voisines.iter().all(|v| fond.membres[*v].voisines.contains(&rang)));
        }
    }
}
