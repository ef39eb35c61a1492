//! A map that looks like one: communes around a centre, and the ring of their neighbours.
//!
//! Sites on a jittered grid give Voronoi cells; each border between two cells is then broken up once, as a
//! stream or a field path would do, and both cells take it. So neighbours share their points exactly.

use super::{ErreurSimulation, Flux};
use geo::{Area, Contains, Coord, InteriorPoint, LineString, Point, Polygon, Validation};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::{BTreeMap, BTreeSet};

/// Degrees of the centre of every fictional territory.
const CENTRE: Coord<f64> = Coord { x: -1.5, y: 46.8 };
/// Kilometres in a degree of longitude at that latitude, and of latitude.
const KM_PAR_DEGRE: Coord<f64> = Coord { x: 76.31, y: 111.17 };
/// Cells between the territory and the edge of the plane, whose own cells are cut.
const MARGE: usize = 5;

/// How many times a map is mended before it is given up.
const ESSAIS: usize = 8;

/// Contours in WGS 84: five decimals, right-hand rule, valid.
pub(super) struct Carte {
    /// The members, largest cell first.
    pub(super) membres: Vec<Polygon<f64>>,
    /// Every cell that touches a member, clockwise or so around the territory.
    pub(super) voisines: Vec<Polygon<f64>>,
}

/// A border between two cells: the smaller rank first. It runs as the first cell sees it.
type Frontiere = (usize, usize);
/// The borders, and the line of each.
type Brises = (BTreeMap<Frontiere, Bord>, BTreeMap<Frontiere, Vec<Coord<f64>>>);

/// A Voronoi cell, counter-clockwise: each corner, with the site behind the side that begins there.
type Cellule = Vec<(Coord<f64>, usize)>;

/// A map of `membres` communes on `surface_km2`.
///
/// # Errors
/// If a contour is not valid once its points are rounded.
pub(super) fn dessiner(graine: u64, membres: usize, surface_km2: f64) -> Result<Carte, ErreurSimulation> {
    let mut hasard = Flux::Carte.ouvrir(graine);
    let sites = semer(&mut hasard, membres);
    let cote = cote(membres);
    let cellules: Vec<Cellule> = (0..sites.len()).map(|i| cellule_de_voronoi(i, &sites, cote)).collect();
    let territoire = agreger(&mut hasard, &sites, &cellules, membres);
    let anneau = anneau(&territoire, &cellules);
    // The cells behind the neighbours are not drawn, but keep the outer borders from crossing.
    let mut tous = [territoire.clone(), anneau.clone()].concat();
    tous.extend(self::anneau(&tous, &cellules));
    let (mut bords, mut traces) = briser(&mut hasard, &cellules, &tous);
    for _ in 0..ESSAIS {
        let polygone = |i: &usize| polygone(*i, &cellules[*i], &traces);
        let km: Vec<Polygon<f64>> = territoire.iter().map(polygone).collect();
        let surface: f64 = km.iter().map(Area::unsigned_area).sum();
        let (milieu, echelle) = (milieu(&km), (surface_km2 / surface).sqrt());
        let sur_terre = |i: &usize| en_degres(&polygone(i), milieu, echelle);
        let mut carte = Carte {
            membres: territoire.iter().map(sur_terre).collect(),
            voisines: anneau.iter().map(sur_terre).collect(),
        };
        // Among hundreds of communes, a fold may close once its points are rounded.
        let dessinees = territoire.iter().chain(&anneau).zip(carte.membres.iter().chain(&carte.voisines));
        let a_tendre: Vec<usize> = dessinees.filter(|(_, p)| !p.is_valid()).map(|(i, _)| *i).collect();
        if a_tendre.is_empty() {
            carte.membres.sort_by(|a, b| b.unsigned_area().total_cmp(&a.unsigned_area()));
            return Ok(carte);
        }
        tendre(&mut bords, &mut traces, &a_tendre, &cellules);
    }
    Err(ErreurSimulation::Carte(graine))
}

/// Draws the borders of those cells again, straight; then, where two of them meet at too sharp a corner, without
/// any point between their ends.
fn tendre(
    bords: &mut BTreeMap<Frontiere, Bord>,
    traces: &mut BTreeMap<Frontiere, Vec<Coord<f64>>>,
    rangs: &[usize],
    cellules: &[Cellule],
) {
    for (i, &(_, voisin)) in rangs.iter().flat_map(|&i| cellules[i].iter().map(move |cote| (i, cote))) {
        let frontiere = (i.min(voisin), i.max(voisin));
        if let Some(bord) = bords.get_mut(&frontiere) {
            let deja_droit = std::mem::replace(&mut bord.rudesse, 0.0) <= 0.0;
            traces.insert(frontiere, if deja_droit { vec![bord.debut, bord.fin] } else { bord.tracer() });
        }
    }
}

/// Sites on a side of the grid.
fn cote(membres: usize) -> usize {
    (1..=membres).find(|c| c * c >= membres).unwrap_or(1) + 2 * MARGE
}

/// Sites of the cells: a hexagonal grid, one unit apart, each site moved at random. Row after row.
fn semer(hasard: &mut ChaCha8Rng, membres: usize) -> Vec<Coord<f64>> {
    let cote = cote(membres);
    let mut sites = Vec::with_capacity(cote * cote);
    for ligne in 0..cote {
        for colonne in 0..cote {
            let decalage = if ligne % 2 == 0 { 0.0 } else { 0.5 };
            sites.push(Coord {
                x: colonne as f64 + decalage + hasard.random_range(-0.42..0.42),
                y: ligne as f64 * 0.87 + hasard.random_range(-0.38..0.38),
            });
        }
    }
    sites
}

/// The cell of a site: the plane around it, cut by the bisector with each site that is near enough to
/// matter. Sides keep the site behind them; a side of the outer square has the rank of the cell itself.
fn cellule_de_voronoi(i: usize, sites: &[Coord<f64>], cote: usize) -> Cellule {
    let s = sites[i];
    let r = 3.0;
    // Sites farther than eight places along the grid are beyond the square below.
    let (ligne, colonne) = (i / cote, i % cote);
    let proches = |place: usize| place.saturating_sub(8)..(place + 9).min(cote);
    let autour = proches(ligne).flat_map(|l| proches(colonne).map(move |c| l * cote + c));
    let mut cellule: Cellule =
        [(-r, -r), (r, -r), (r, r), (-r, r)].map(|(x, y)| (s + Coord { x, y }, i)).to_vec();
    for j in autour {
        let autre = sites[j];
        let d = autre - s;
        if i != j && d.x.abs() < 2.0 * r && d.y.abs() < 2.0 * r {
            cellule = couper(&cellule, (s + autre) / 2.0, d, j);
        }
    }
    cellule
}

/// What is left of a convex cell on the near side of a line through `milieu`, across `direction`.
fn couper(cellule: &Cellule, milieu: Coord<f64>, direction: Coord<f64>, voisin: usize) -> Cellule {
    let au_dela = |p: Coord<f64>| (p.x - milieu.x) * direction.x + (p.y - milieu.y) * direction.y;
    let mut reste = Vec::with_capacity(cellule.len() + 1);
    for (rang, &(a, cote)) in cellule.iter().enumerate() {
        let b = cellule[(rang + 1) % cellule.len()].0;
        let (da, db) = (au_dela(a), au_dela(b));
        let croisement = || a + (b - a) * (da / (da - db));
        if da <= 0.0 {
            reste.push((a, cote));
        }
        if da <= 0.0 && db > 0.0 {
            reste.push((croisement(), voisin));
        } else if da > 0.0 && db <= 0.0 {
            reste.push((croisement(), cote));
        }
    }
    reste
}

fn touche(cellule: &Cellule) -> BTreeSet<usize> {
    cellule.iter().map(|&(_, voisin)| voisin).collect()
}

/// The members: from the centre, cell after cell, the one that is nearest and best surrounded.
fn agreger(
    hasard: &mut ChaCha8Rng,
    sites: &[Coord<f64>],
    cellules: &[Cellule],
    membres: usize,
) -> Vec<usize> {
    let centre = sites.iter().fold(Coord::zero(), |somme, &s| somme + s) / sites.len() as f64;
    let attrait: Vec<f64> = sites
        .iter()
        .map(|&s| {
            let d = s - centre;
            // A territory is rarely round: this one leans to the north-east.
            let (long, large) = (d.x * 0.8 + d.y * 0.6, d.y * 0.8 - d.x * 0.6);
            0.75 * long * long + 1.3 * large * large + hasard.random_range(0.0..0.9)
        })
        .collect();
    let voisins: Vec<BTreeSet<usize>> = cellules.iter().map(touche).collect();
    let mut suivant = (0..sites.len()).min_by(|&a, &b| attrait[a].total_cmp(&attrait[b]));
    let (mut choisis, mut est_choisi) = (Vec::new(), vec![false; sites.len()]);
    let mut lisiere: BTreeSet<usize> = BTreeSet::new();
    while let Some(choisi) = suivant.filter(|_| choisis.len() < membres) {
        choisis.push(choisi);
        est_choisi[choisi] = true;
        lisiere.remove(&choisi);
        lisiere.extend(voisins[choisi].iter().copied().filter(|&i| !est_choisi[i]));
        let cout = |i: usize| {
            let appuis = voisins[i].iter().filter(|&&v| est_choisi[v]).count();
            attrait[i] - 0.8 * appuis as f64
        };
        suivant = lisiere.iter().copied().min_by(|&a, &b| cout(a).total_cmp(&cout(b)));
    }
    choisis
}

/// The cells that touch the territory without being of it.
fn anneau(territoire: &[usize], cellules: &[Cellule]) -> Vec<usize> {
    let tous: BTreeSet<usize> = territoire.iter().flat_map(|&i| touche(&cellules[i])).collect();
    let dedans: BTreeSet<usize> = territoire.iter().copied().collect();
    tous.difference(&dedans).copied().collect()
}

/// Breaks up each side of the cells once. Two rough borders may cross near a sharp corner: then those of
/// the cell are drawn again, smoother, until it is valid; straight ones always are.
fn briser(hasard: &mut ChaCha8Rng, cellules: &[Cellule], rangs: &[usize]) -> Brises {
    let mut bords = bords(hasard, cellules, rangs);
    let mut traces: BTreeMap<Frontiere, Vec<Coord<f64>>> =
        bords.iter().map(|(f, b)| (*f, b.tracer())).collect();
    let dessinees: BTreeSet<usize> = rangs.iter().copied().collect();
    let mut a_verifier = dessinees.clone();
    while !a_verifier.is_empty() {
        let invalides = a_verifier.iter().filter(|&&i| !polygone(i, &cellules[i], &traces).is_valid());
        let a_refaire: BTreeSet<Frontiere> = invalides
            .flat_map(|&i| cellules[i].iter().map(move |&(_, voisin)| (i.min(voisin), i.max(voisin))))
            .collect();
        a_verifier.clear();
        for (a, b) in a_refaire {
            if let Some(bord) = bords.get_mut(&(a, b)).filter(|bord| bord.rudesse > 0.0) {
                bord.rudesse = if bord.rudesse < 0.1 { 0.0 } else { bord.rudesse * 0.8 };
                traces.insert((a, b), bord.tracer());
                a_verifier.extend([a, b].iter().filter(|i| dessinees.contains(i)));
            }
        }
    }
    (bords, traces)
}

/// A side of a cell, to be broken up.
struct Bord {
    debut: Coord<f64>,
    fin: Coord<f64>,
    /// What its shape is drawn from, so that it can be drawn again.
    graine: u64,
    /// How rough it is: 0 is a straight line.
    rudesse: f64,
}

/// The sides of the cells, each as the cell of smaller rank sees it. Corners are named by the three cells
/// that meet there, so that the three agree on its place to the last bit.
fn bords(hasard: &mut ChaCha8Rng, cellules: &[Cellule], rangs: &[usize]) -> BTreeMap<Frontiere, Bord> {
    let mut coins: BTreeMap<[usize; 3], Coord<f64>> = BTreeMap::new();
    let mut bords = BTreeMap::new();
    for &i in rangs {
        let cellule = &cellules[i];
        let n = cellule.len();
        let mut coin = |k: usize| {
            let mut nom = [i, cellule[(k + n - 1) % n].1, cellule[k % n].1];
            nom.sort_unstable();
            *coins.entry(nom).or_insert(cellule[k % n].0)
        };
        for (k, &(_, voisin)) in cellule.iter().enumerate() {
            let (a, b) = (coin(k), coin(k + 1));
            let (debut, fin) = if voisin < i { (b, a) } else { (a, b) };
            let graine = hasard.random();
            bords.entry((i.min(voisin), i.max(voisin))).or_insert(Bord { debut, fin, graine, rudesse: 1.0 });
        }
    }
    bords
}

impl Bord {
    /// The broken line, both ends included: rough like hedges, or winding like a stream.
    fn tracer(&self) -> Vec<Coord<f64>> {
        let mut hasard = ChaCha8Rng::seed_from_u64(self.graine);
        let ecart = self.fin - self.debut;
        let longueur = (ecart.x * ecart.x + ecart.y * ecart.y).sqrt();
        // About one point every 200 m once the cells have their size (some 5.7 km from site to site).
        let niveaux = (1..6).find(|n| longueur / f64::from(1 << n) < 0.035).unwrap_or(5);
        let ruisseau = hasard.random_ratio(2, 5);
        let amplitudes: [f64; 5] =
            if ruisseau { [0.16, 0.2, 0.3, 0.3, 0.22] } else { [0.2, 0.2, 0.2, 0.24, 0.3] };
        let mut trace = vec![self.debut, self.fin];
        for &amplitude in amplitudes.iter().take(niveaux) {
            let mut plus_fin = Vec::with_capacity(2 * trace.len());
            for (rang, bout) in trace.windows(2).enumerate() {
                let d = bout[1] - bout[0];
                let mut vers: f64 = hasard.random_range(-1.0..1.0);
                if ruisseau {
                    // A stream turns one way, then the other.
                    let sens = if rang % 2 == 0 { 1.0 } else { -1.0 };
                    vers = sens * (0.3 + 0.7 * vers.abs());
                }
                let le_long = 0.5 + hasard.random_range(-0.14..0.14) * self.rudesse;
                let de_cote = vers * amplitude * self.rudesse;
                plus_fin.push(bout[0]);
                plus_fin.push(bout[0] + d * le_long + Coord { x: -d.y, y: d.x } * de_cote);
            }
            plus_fin.push(self.fin);
            trace = plus_fin;
        }
        trace
    }
}

fn polygone(i: usize, cellule: &Cellule, frontieres: &BTreeMap<Frontiere, Vec<Coord<f64>>>) -> Polygon<f64> {
    let mut contour = Vec::new();
    for &(_, voisin) in cellule {
        let Some(trace) = frontieres.get(&(i.min(voisin), i.max(voisin))) else { continue };
        let points = trace.len() - 1;
        if voisin < i {
            contour.extend(trace.iter().rev().take(points));
        } else {
            contour.extend(trace.iter().take(points));
        }
    }
    Polygon::new(LineString(contour), Vec::new())
}

/// The middle of the box around the polygons.
fn milieu(polygones: &[Polygon<f64>]) -> Coord<f64> {
    let points = || polygones.iter().flat_map(|p| p.exterior().coords());
    let (mut bas, mut haut) = (Coord { x: f64::MAX, y: f64::MAX }, Coord { x: f64::MIN, y: f64::MIN });
    for p in points() {
        bas = Coord { x: bas.x.min(p.x), y: bas.y.min(p.y) };
        haut = Coord { x: haut.x.max(p.x), y: haut.y.max(p.y) };
    }
    (bas + haut) / 2.0
}

/// To degrees with five decimals, about one metre. Points that fall together are kept once.
fn en_degres(polygone: &Polygon<f64>, milieu: Coord<f64>, echelle: f64) -> Polygon<f64> {
    let mut contour: Vec<Coord<f64>> = polygone
        .exterior()
        .coords()
        .map(|&p| {
            let km = (p - milieu) * echelle;
            Coord {
                x: cinq_decimales(CENTRE.x + km.x / KM_PAR_DEGRE.x),
                y: cinq_decimales(CENTRE.y + km.y / KM_PAR_DEGRE.y),
            }
        })
        .collect();
    contour.dedup();
    Polygon::new(LineString(contour), Vec::new())
}

pub(super) fn cinq_decimales(degres: f64) -> f64 {
    (degres * 1e5).round() / 1e5
}

/// A point of the commune, near its middle rather than at its borders.
pub(super) fn point_dans(hasard: &mut ChaCha8Rng, contour: &Polygon<f64>) -> Point<f64> {
    let Some(milieu) = contour.interior_point() else { return Point(CENTRE) };
    let rayon = contour.unsigned_area().sqrt() / 3.0;
    let mut alea = || hasard.random_range(-rayon..rayon);
    (0..50)
        .map(|_| Point::new(cinq_decimales(milieu.x() + alea()), cinq_decimales(milieu.y() + alea())))
        .find(|p| contour.contains(p))
        .unwrap_or(milieu)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{BooleanOps, MultiPolygon, Relate, Winding};

    fn surface_km2(polygones: &[Polygon<f64>]) -> f64 {
        polygones.iter().map(Area::unsigned_area).sum::<f64>() * KM_PAR_DEGRE.x * KM_PAR_DEGRE.y
    }

    #[test]
    fn la_carte_a_la_surface_voulue_et_des_contours_valides() {
        for graine in [1, 2, 3, 2024] {
            let carte = dessiner(graine, 15, 490.0).expect("carte");
            assert_eq!(carte.membres.len(), 15);
            assert!((9..=23).contains(&carte.voisines.len()), "{} voisines", carte.voisines.len());
            assert!((surface_km2(&carte.membres) - 490.0).abs() < 1.0);
            for contour in carte.membres.iter().chain(&carte.voisines) {
                assert!(contour.is_valid());
                assert!(contour.exterior().is_ccw());
                assert!(contour.exterior().0.len() > 40, "un contour est trop lisse");
            }
        }
    }

    /// Among so many communes, some contour folds on itself once rounded, and is mended.
    #[test]
    fn un_grand_territoire_a_aussi_sa_carte() {
        let carte = dessiner(2024, 90, 2_940.0).expect("carte");
        assert_eq!(carte.membres.len(), 90);
        assert!(carte.membres.iter().chain(&carte.voisines).all(Validation::is_valid));
    }

    #[test]
    fn les_communes_ne_se_chevauchent_pas_et_ne_laissent_aucun_trou() {
        let carte = dessiner(2024, 15, 490.0).expect("carte");
        let toutes: Vec<_> = carte.membres.iter().chain(&carte.voisines).collect();
        for (rang, a) in toutes.iter().enumerate() {
            for b in &toutes[rang + 1..] {
                let im = a.relate(*b);
                assert!(im.is_disjoint() || im.is_touches(), "chevauchement");
            }
        }
        let union = carte.membres.iter().fold(MultiPolygon(Vec::new()), |somme, p| somme.union(p));
        assert_eq!(union.0.len(), 1, "le territoire est d’un seul tenant");
        // Rounding may leave a thread between two borders; an enclave would have the size of a commune.
        let enclave = |trou: &LineString<f64>| Polygon::new(trou.clone(), Vec::new()).unsigned_area() > 1e-6;
        assert!(!union.0[0].interiors().iter().any(enclave), "le territoire a une enclave");
        assert!(
            (union.unsigned_area() - carte.membres.iter().map(Area::unsigned_area).sum::<f64>()).abs() < 1e-9
        );
    }

    #[test]
    fn un_point_est_dans_sa_commune() {
        let carte = dessiner(2024, 15, 490.0).expect("carte");
        let mut hasard = Flux::Structures.ouvrir(2024);
        assert!(carte.membres.iter().all(|c| c.contains(&point_dans(&mut hasard, c))));
    }
}
