//! Simplification that keeps neighbours together: each stretch of border that two communes share is
//! simplified once, and both get the same positions.
//!
//! Borders are cut into arcs at the nodes where more than two stretches meet. An arc whose simplified
//! form crosses another, or makes a commune invalid, is simplified less, in the end not at all.

use super::validite::{Noeud, anneau, de_grille, est_valide, noeuds};
use crate::parallele::en_parallele;
use geo::{Coord, LineString, MultiPolygon, Polygon, SimplifyIdx};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Metres in a millionth of a degree of latitude.
const METRES: f64 = 0.111_32;
/// Share of the tolerance at each level of an arc; none at the last.
const PARTS: [f64; 4] = [1.0, 0.5, 0.25, 0.0];
/// How far from a border, in millionths of a degree, a corner of the neighbour still lies on it:
/// the rounding to the grid moves a position by half a diagonal at most.
const SUR_LA_LIGNE: f64 = 0.75;

/// Simplifies contours that lie on the grid and are valid. They stay so.
///
/// Corners that one neighbour has and the other lacks are first given to both; nothing else changes
/// with a tolerance of 0.
pub(super) fn simplifier(contours: &mut [MultiPolygon<f64>], tolerance_metres: f64) {
    let mut anneaux: Vec<_> =
        contours.iter().flat_map(MultiPolygon::iter).flat_map(anneaux_de).map(noeuds).collect();
    anneaux = partager_les_coins(&anneaux);
    let reperes = reperes(contours);
    let topologie = Topologie::decouper(&anneaux);
    let mut niveaux = vec![if tolerance_metres > 0.0 { 0 } else { PARTS.len() - 1 }; topologie.arcs.len()];
    let arcs_de = |rang: usize| {
        let nombre = contours[rang].iter().flat_map(anneaux_de).count();
        topologie.anneaux[reperes[rang]..reperes[rang] + nombre].iter().flatten().map(|t| t.arc)
    };
    let mut essais: Vec<Option<MultiPolygon<f64>>> = vec![None; contours.len()];
    let mut a_refaire: Vec<usize> = (0..contours.len()).collect();
    loop {
        let arcs = topologie.simplifier(tolerance_metres, &niveaux);
        let refaits = en_parallele(&a_refaire, |rang| {
            rebatir(&contours[*rang], &topologie.anneaux[reperes[*rang]..], &arcs).filter(est_valide)
        });
        for (rang, refait) in a_refaire.iter().zip(refaits) {
            essais[*rang] = refait;
        }
        let mut fautifs = croisements(&arcs);
        let invalides = (0..contours.len()).filter(|rang| essais[*rang].is_none());
        fautifs.extend(invalides.flat_map(arcs_de));
        fautifs.retain(|arc| niveaux[*arc] + 1 < PARTS.len());
        if fautifs.is_empty() {
            break;
        }
        a_refaire =
            (0..contours.len()).filter(|rang| arcs_de(*rang).any(|arc| fautifs.contains(&arc))).collect();
        for arc in fautifs {
            niveaux[arc] += 1;
        }
    }
    for (contour, essai) in contours.iter_mut().zip(essais) {
        if let Some(essai) = essai {
            *contour = essai;
        }
    }
}

fn anneaux_de(polygone: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(polygone.exterior()).chain(polygone.interiors())
}

/// Where the rings of each contour begin in the list of all rings.
fn reperes(contours: &[MultiPolygon<f64>]) -> Vec<usize> {
    let mut debut = 0;
    let mut reperes = Vec::with_capacity(contours.len());
    for contour in contours {
        reperes.push(debut);
        debut += contour.iter().flat_map(anneaux_de).count();
    }
    reperes
}

/// The contour with the shape of `modele` and the rings of `anneaux`; none if a ring collapses.
fn rebatir(
    modele: &MultiPolygon<f64>,
    anneaux: &[Vec<Troncon>],
    arcs: &[Vec<Noeud>],
) -> Option<MultiPolygon<f64>> {
    let mut suivants = anneaux.iter();
    let mut suivant = || {
        let noeuds = suivre(suivants.next()?, arcs);
        (noeuds.len() > 2).then(|| anneau(&noeuds))
    };
    let mut polygones = Vec::with_capacity(modele.0.len());
    for polygone in modele {
        let exterieur = suivant()?;
        let trous = polygone.interiors().iter().map(|_| suivant()).collect::<Option<Vec<_>>>()?;
        polygones.push(Polygon::new(exterieur, trous));
    }
    Some(MultiPolygon(polygones))
}

/// The corners of a ring, one arc after the other.
fn suivre(anneau: &[Troncon], arcs: &[Vec<Noeud>]) -> Vec<Noeud> {
    let mut noeuds = Vec::new();
    for troncon in anneau {
        let arc = &arcs[troncon.arc];
        let sans_dernier = arc.len().saturating_sub(1);
        if troncon.a_rebours {
            noeuds.extend(arc.iter().rev().take(sans_dernier));
        } else {
            noeuds.extend(arc.iter().take(sans_dernier));
        }
    }
    noeuds
}

/// Gives each border the corners that a neighbour has on it (a union, or another drawing, may have
/// dropped those that stand on a straight line).
fn partager_les_coins(anneaux: &[Vec<Noeud>]) -> Vec<Vec<Noeud>> {
    let coins: BTreeSet<_> = anneaux.iter().flatten().map(|(x, y)| [*x, *y]).collect();
    let arbre = RTree::bulk_load(coins.into_iter().collect());
    en_parallele(anneaux, |anneau| {
        let propres: HashSet<_> = anneau.iter().copied().collect();
        let mut complet = Vec::with_capacity(anneau.len());
        for (i, debut) in anneau.iter().enumerate() {
            let fin = anneau[(i + 1) % anneau.len()];
            complet.push(*debut);
            let bas = [debut.0.min(fin.0) - 1, debut.1.min(fin.1) - 1];
            let haut = [debut.0.max(fin.0) + 1, debut.1.max(fin.1) + 1];
            let mut entre: Vec<_> = arbre
                .locate_in_envelope(&AABB::from_corners(bas, haut))
                .map(|[x, y]| (*x, *y))
                .filter(|coin| !propres.contains(coin))
                .filter_map(|coin| Some((avancement(*debut, fin, coin)?, coin)))
                .collect();
            entre.sort_unstable();
            complet.extend(entre.into_iter().map(|(_, coin)| coin));
        }
        complet
    })
}

/// How far along the border from `debut` to `fin` the corner stands; none if it is not on it.
fn avancement(debut: Noeud, fin: Noeud, coin: Noeud) -> Option<i64> {
    let (dx, dy) = (fin.0 - debut.0, fin.1 - debut.1);
    let le_long = (coin.0 - debut.0) * dx + (coin.1 - debut.1) * dy;
    let carre = dx * dx + dy * dy;
    let ecart = produit(debut, fin, coin).abs() as f64;
    (0 < le_long && le_long < carre && ecart <= SUR_LA_LIGNE * (carre as f64).sqrt()).then_some(le_long)
}

/// Twice the area of the triangle, positive if it turns left. Exact: the coordinates of the Earth in
/// millionths of a degree stay below 2^29.
fn produit(a: Noeud, b: Noeud, c: Noeud) -> i64 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

/// An arc as a ring runs through it.
#[derive(Debug, Clone, Copy)]
struct Troncon {
    arc: usize,
    a_rebours: bool,
}

/// Rings as chains of arcs that are shared.
struct Topologie {
    arcs: Vec<Vec<Noeud>>,
    anneaux: Vec<Vec<Troncon>>,
    /// Metres in a millionth of a degree of longitude, at the middle of the map.
    metres_en_longitude: f64,
}

impl Topologie {
    fn decouper(anneaux: &[Vec<Noeud>]) -> Self {
        let carrefours = carrefours(anneaux);
        let mut topologie = Self {
            arcs: Vec::new(),
            anneaux: Vec::with_capacity(anneaux.len()),
            metres_en_longitude: METRES * latitude_moyenne(anneaux).to_radians().cos(),
        };
        let mut connus: HashMap<Vec<Noeud>, usize> = HashMap::new();
        for anneau in anneaux {
            let troncons = couper(anneau, &carrefours).into_iter().map(|arc| {
                let rebours: Vec<_> = arc.iter().rev().copied().collect();
                let a_rebours = rebours < arc;
                let arc = if a_rebours { rebours } else { arc };
                let rang = *connus.entry(arc).or_insert_with_key(|arc| {
                    topologie.arcs.push(arc.clone());
                    topologie.arcs.len() - 1
                });
                Troncon { arc: rang, a_rebours }
            });
            let troncons = troncons.collect();
            topologie.anneaux.push(troncons);
        }
        topologie
    }

    fn simplifier(&self, tolerance_metres: f64, niveaux: &[usize]) -> Vec<Vec<Noeud>> {
        let tolerances = niveaux.iter().map(|niveau| tolerance_metres * PARTS[*niveau]);
        self.arcs.iter().zip(tolerances).map(|(arc, tolerance)| self.simplifier_arc(arc, tolerance)).collect()
    }

    fn simplifier_arc(&self, arc: &[Noeud], tolerance: f64) -> Vec<Noeud> {
        if tolerance <= 0.0 || arc.len() < 3 {
            return arc.to_vec();
        }
        let metres: Vec<_> = arc.iter().map(|n| self.en_metres(*n)).collect();
        // A closed arc has no chord: it is cut at the corner farthest from its beginning.
        let coupe = if arc.first() == arc.last() { plus_loin_du_debut(&metres) } else { 0 };
        let ligne = |de: usize, a: usize| LineString::new(metres[de..=a].to_vec());
        let mut gardes: Vec<usize> = Vec::new();
        if coupe > 0 {
            gardes.extend(ligne(0, coupe).simplify_idx(tolerance));
            gardes.pop();
        }
        gardes.extend(ligne(coupe, arc.len() - 1).simplify_idx(tolerance).into_iter().map(|i| i + coupe));
        gardes.into_iter().map(|i| arc[i]).collect()
    }

    fn en_metres(&self, (x, y): Noeud) -> Coord<f64> {
        Coord { x: x as f64 * self.metres_en_longitude, y: y as f64 * METRES }
    }
}

fn plus_loin_du_debut(metres: &[Coord<f64>]) -> usize {
    let Some(debut) = metres.first() else { return 0 };
    let distance = |c: &Coord<f64>| (c.x - debut.x).powi(2) + (c.y - debut.y).powi(2);
    let loin = metres.iter().enumerate().max_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
    loin.map_or(0, |(i, _)| i)
}

fn latitude_moyenne(anneaux: &[Vec<Noeud>]) -> f64 {
    let latitudes = || anneaux.iter().flatten().map(|n| de_grille(*n).y);
    let bas = latitudes().fold(f64::INFINITY, f64::min);
    let haut = latitudes().fold(f64::NEG_INFINITY, f64::max);
    if bas <= haut { f64::midpoint(bas, haut) } else { 0.0 }
}

/// The nodes where borders part: those that two rings (or one twice) reach or leave differently.
fn carrefours(anneaux: &[Vec<Noeud>]) -> HashSet<Noeud> {
    let mut voisins: HashMap<Noeud, (Noeud, Noeud)> = HashMap::new();
    let mut carrefours = HashSet::new();
    for anneau in anneaux {
        for (i, noeud) in anneau.iter().enumerate() {
            let avant = anneau[(i + anneau.len() - 1) % anneau.len()];
            let apres = anneau[(i + 1) % anneau.len()];
            let paire = (avant.min(apres), avant.max(apres));
            if *voisins.entry(*noeud).or_insert(paire) != paire {
                carrefours.insert(*noeud);
            }
        }
    }
    carrefours
}

/// A ring cut at the nodes where borders part; whole, from its smallest corner, if it meets none.
fn couper(anneau: &[Noeud], carrefours: &HashSet<Noeud>) -> Vec<Vec<Noeud>> {
    let premier = anneau.iter().position(|n| carrefours.contains(n));
    let plus_petit = || (0..anneau.len()).min_by_key(|i| anneau[*i]);
    let Some(depart) = premier.or_else(plus_petit) else { return Vec::new() };
    let mut arcs = Vec::new();
    let mut courant = vec![anneau[depart]];
    for i in 1..=anneau.len() {
        let noeud = anneau[(depart + i) % anneau.len()];
        courant.push(noeud);
        if carrefours.contains(&noeud) || i == anneau.len() {
            arcs.push(std::mem::replace(&mut courant, vec![noeud]));
        }
    }
    arcs
}

/// The arcs that cross, touch or cover another, or themselves.
fn croisements(arcs: &[Vec<Noeud>]) -> BTreeSet<usize> {
    let segments: Vec<_> = arcs
        .iter()
        .enumerate()
        .flat_map(|(rang, arc)| arc.windows(2).map(move |paire| (rang, paire[0], paire[1])))
        .collect();
    let boites = segments.iter().enumerate().map(|(i, (_, a, b))| {
        GeomWithData::new(Rectangle::from_corners([a.0 as f64, a.1 as f64], [b.0 as f64, b.1 as f64]), i)
    });
    let arbre = RTree::bulk_load(boites.collect());
    let mut fautifs = BTreeSet::new();
    for (i, (arc, a, b)) in segments.iter().enumerate() {
        let boite = AABB::from_corners([a.0 as f64, a.1 as f64], [b.0 as f64, b.1 as f64]);
        for autre in arbre.locate_in_envelope_intersecting(&boite).filter(|autre| autre.data > i) {
            let (autre_arc, c, d) = segments[autre.data];
            if se_genent((*a, *b), (c, d)) {
                fautifs.extend([*arc, autre_arc]);
            }
        }
    }
    fautifs
}

/// True if two segments have more in common than one end.
fn se_genent((a, b): (Noeud, Noeud), (c, d): (Noeud, Noeud)) -> bool {
    let commun = |commun: Noeud, p: Noeud, q: Noeud| {
        let meme_sens = (p.0 - commun.0) * (q.0 - commun.0) + (p.1 - commun.1) * (q.1 - commun.1) > 0;
        produit(commun, p, q) == 0 && meme_sens
    };
    match (a == c, a == d, b == c, b == d) {
        (true, _, _, true) | (_, true, true, _) => true,
        (true, ..) => commun(a, b, d),
        (_, true, ..) => commun(a, b, c),
        (_, _, true, _) => commun(b, a, d),
        (_, _, _, true) => commun(b, a, c),
        _ => se_coupent((a, b), (c, d)),
    }
}

fn se_coupent((a, b): (Noeud, Noeud), (c, d): (Noeud, Noeud)) -> bool {
    let sur = |p: Noeud, q: Noeud, r: Noeud| {
        produit(p, q, r) == 0
            && (p.0.min(q.0)..=p.0.max(q.0)).contains(&r.0)
            && (p.1.min(q.1)..=p.1.max(q.1)).contains(&r.1)
    };
    let separes =
        |p: Noeud, q: Noeud, r: Noeud, s: Noeud| produit(p, q, r).signum() * produit(p, q, s).signum() < 0;
    (separes(a, b, c, d) && separes(c, d, a, b))
        || sur(a, b, c)
        || sur(a, b, d)
        || sur(c, d, a)
        || sur(c, d, b)
}
