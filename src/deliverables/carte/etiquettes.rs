//! Names on a map: each where it reads best, none over another.

use super::pochoir::Pochoir;
use crate::deliverables::graphiques::{CAPITALES, largeur, pt};
use crate::deliverables::look::Graisse;
use geo::{Coord, Intersects, Line, MultiPolygon, Rect, coord};

/// Sizes tried for a name, pt, from the best to the smallest that is still read on a slide.
const CORPS: [f64; 5] = [7.5, 7.0, 6.5, 6.0, 5.5];
/// For a name of three or four lines only, before it leaves its commune.
const PETIT_CORPS: f64 = 5.0;
/// Most lines of a name.
const LIGNES: usize = 4;
/// Space kept between a line and the border of its commune, mm, and the smallest letters for which that much is asked:
/// a name on two lines that breathes comes before one on a line that fills its commune from border to border.
const BLANCS: [(f64, f64); 4] = [(1.6, 7.5), (0.8, 7.0), (0.4, 0.0), (0.05, 0.0)];
/// Space that a label which fits takes, if there is as much around it somewhere in its commune, mm.
const AISANCE: [f64; 5] = [4.0, 3.0, 2.2, 1.6, 0.8];
/// Space kept between a label and the frame of the map, mm.
const MARGE_DU_CADRE: f64 = 0.8;
/// Space kept between two labels, mm.
const ECART: f64 = 0.6;
/// A label nearer than this to the disc of another commune would be read as its name, mm.
const AMBIGU: f64 = 1.8;
/// Most communes that do not hold their name, for it to be led to them by a line: of more, the few that find room
/// outside would be a chance choice, under a web of lines.
const FILETS: usize = 30;
/// Points tried on each axis of a contour.
const PAS: i32 = 40;

/// A rectangle, mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Boite {
    pub(crate) x0: f64,
    pub(crate) y0: f64,
    pub(crate) x1: f64,
    pub(crate) y1: f64,
}

impl Boite {
    /// The rectangle of that size around a point.
    fn autour(centre: Coord<f64>, largeur: f64, hauteur: f64) -> Self {
        Self {
            x0: centre.x - largeur / 2.0,
            y0: centre.y - hauteur / 2.0,
            x1: centre.x + largeur / 2.0,
            y1: centre.y + hauteur / 2.0,
        }
    }

    pub(crate) fn touche(&self, autre: &Self) -> bool {
        self.x0 < autre.x1 + ECART
            && autre.x0 < self.x1 + ECART
            && self.y0 < autre.y1 + ECART
            && autre.y0 < self.y1 + ECART
    }

    /// The rectangle with that much more on each side.
    fn elargie(&self, marge: f64) -> Self {
        Self { x0: self.x0 - marge, y0: self.y0 - marge, x1: self.x1 + marge, y1: self.y1 + marge }
    }

    fn contient(&self, autre: &Self) -> bool {
        self.x0 <= autre.x0 && self.y0 <= autre.y0 && autre.x1 <= self.x1 && autre.y1 <= self.y1
    }

    /// Points of the rim and of the middle line, close enough to feel a border that crosses the box.
    fn sondes(&self) -> impl Iterator<Item = Coord<f64>> {
        let boite = *self;
        (0..=4).flat_map(move |i| {
            (0..=2).map(move |j| {
                coord! {
                    x: boite.x0 + (boite.x1 - boite.x0) * f64::from(i) / 4.0,
                    y: boite.y0 + (boite.y1 - boite.y0) * f64::from(j) / 2.0,
                }
            })
        })
    }

    /// True if nobody would read the label as that of this other commune: its centre is not under
    /// the label, nor its disc against it.
    fn ne_dit_pas(&self, autre: &Demande<'_>) -> bool {
        let recul = if autre.rayon > 0.0 { autre.rayon + AMBIGU } else { 0.0 };
        let chemin = autre.centre - self.plus_proche(autre.centre);
        // Asked for each pair of a place and a commune: squares, not roots.
        chemin.x * chemin.x + chemin.y * chemin.y > recul * recul
    }

    /// Distance from the rectangle to a point, zero inside.
    fn ecart(&self, point: Coord<f64>) -> f64 {
        let proche = self.plus_proche(point);
        (point.x - proche.x).hypot(point.y - proche.y)
    }

    /// The point of the rectangle nearest to another.
    fn plus_proche(&self, point: Coord<f64>) -> Coord<f64> {
        coord! { x: point.x.clamp(self.x0, self.x1), y: point.y.clamp(self.y0, self.y1) }
    }

    /// True if a segment passes through the rectangle, or nearly.
    pub(crate) fn coupe(&self, de: Coord<f64>, a: Coord<f64>) -> bool {
        let (bas, haut) = (coord! { x: self.x0, y: self.y0 }, coord! { x: self.x1, y: self.y1 });
        let marge = coord! { x: ECART, y: ECART };
        Rect::new(bas - marge, haut + marge).intersects(&Line::new(de, a))
    }
}

/// What must be written about one commune.
#[derive(Debug, Clone)]
pub(crate) struct Demande<'a> {
    pub(crate) nom: &'a str,
    /// Second voice under the name; empty if none.
    pub(crate) valeur: String,
    pub(crate) contour: &'a MultiPolygon<f64>,
    pub(crate) centre: Coord<f64>,
    /// Radius of the disc that stands on the centre; zero if none.
    pub(crate) rayon: f64,
}

/// A label with its place.
#[derive(Debug, Clone)]
pub(crate) struct Posee {
    /// Rank of its demand.
    pub(crate) rang: usize,
    /// Lines of the name, then the value if there is one.
    pub(crate) lignes: Vec<String>,
    /// True if the last line is the value.
    pub(crate) a_valeur: bool,
    pub(crate) corps: f64,
    pub(crate) boite: Boite,
    /// Leader line, from the label to the commune.
    pub(crate) filet: Option<(Coord<f64>, Coord<f64>)>,
}

impl Posee {
    /// Centre and baseline of each line, mm.
    pub(crate) fn lignes_de_base(&self) -> impl Iterator<Item = (f64, f64, &str)> {
        let x = f64::midpoint(self.boite.x0, self.boite.x1);
        let (haut, corps) = (self.boite.y0, self.corps);
        self.lignes
            .iter()
            .enumerate()
            .map(move |(rang, ligne)| (x, haut + pt(corps) * ligne_de_base(rang), ligne.as_str()))
    }
}

const INTERLIGNE: f64 = 1.12;

/// From the top of a label to the baseline of a line, em.
fn ligne_de_base(rang: usize) -> f64 {
    CAPITALES + 0.05 + INTERLIGNE * rang as f64
}

/// Where the points of a line are looked at, between its ends, at equal distances.
const COLONNES: [f64; 5] = [-1.0, -0.5, 0.0, 0.5, 1.0];

/// One way to write a label: its lines, its size.
#[derive(Debug, Clone)]
struct Forme {
    lignes: Vec<String>,
    corps: f64,
    /// Width of each line, mm.
    largeurs: Vec<f64>,
    largeur: f64,
    hauteur: f64,
}

impl Forme {
    /// The most of its points that can be in a contour of that width.
    fn part_au_mieux(&self, largeur_du_contour: f64) -> f64 {
        let colonnes = COLONNES.len() as f64;
        let ecart = |largeur: &f64| largeur / (colonnes - 1.0);
        let dedans =
            self.largeurs.iter().map(|l| ((largeur_du_contour / ecart(l)).floor() + 1.0).min(colonnes));
        dedans.sum::<f64>() / (colonnes * self.largeurs.len() as f64)
    }

    /// Points of the rim of each line and of its middle, for a label around that centre: a commune that
    /// narrows downwards still holds a label whose last line is short.
    fn sondes(&self, centre: Coord<f64>, blanc: f64) -> impl Iterator<Item = Coord<f64>> {
        let (haut, em) = (centre.y - self.hauteur / 2.0, pt(self.corps));
        self.largeurs.iter().enumerate().flat_map(move |(rang, largeur)| {
            let base = haut + em * ligne_de_base(rang);
            let demi = largeur / 2.0 + blanc;
            COLONNES.into_iter().flat_map(move |part| {
                let point = move |y: f64| coord! { x: centre.x + demi * part, y: y };
                [point(base - em * CAPITALES - blanc), point(base + em * 0.15)]
            })
        })
    }
}

/// The map on which labels are placed.
pub(crate) struct Placement {
    pub(crate) cadre: Boite,
    /// Communes that a label at the end of a leader line must avoid.
    territoire: Vec<Pochoir>,
    occupe: Vec<Boite>,
    filets: Vec<(Coord<f64>, Coord<f64>)>,
}

impl Placement {
    pub(crate) fn new(cadre: Boite, territoire: &[&MultiPolygon<f64>]) -> Self {
        let territoire = territoire.iter().filter_map(|contour| Pochoir::new(contour)).collect();
        Self { cadre, territoire, occupe: Vec::new(), filets: Vec::new() }
    }

    /// True if the rectangle stands on no commune of the territory.
    fn est_hors_du_territoire(&self, boite: &Boite) -> bool {
        !boite.sondes().any(|p| self.territoire.iter().any(|commune| commune.contient(p)))
    }

    /// Keeps a place free of labels.
    pub(crate) fn reserver(&mut self, boite: Boite) {
        self.occupe.push(boite);
    }

    /// Places the labels in the order of the demands: inside the contour if they fit, else around
    /// the centre, else outside the territory at the end of a line, if they are few. Those that find no room are
    /// left out.
    pub(crate) fn placer(&mut self, demandes: &[Demande<'_>], tous_moyens: bool) -> Vec<Posee> {
        let mut posees = Vec::new();
        let mut restent = Vec::new();
        // First those that fit at home: the others look for what room is left.
        for (rang, demande) in demandes.iter().enumerate() {
            let pochoir = Pochoir::new(demande.contour);
            let dedans = pochoir.as_ref().filter(|_| demande.rayon == 0.0);
            match dedans.and_then(|pochoir| self.dedans(demande, pochoir)) {
                Some((forme, centre)) => posees.push(self.poser(rang, demande, forme, centre, false)),
                None => restent.extend(pochoir.map(|pochoir| (rang, pochoir))),
            }
        }
        let filets = restent.len() <= FILETS;
        for (rang, pochoir) in restent.into_iter().filter(|_| tous_moyens) {
            let demande = &demandes[rang];
            let autres = demandes.iter().enumerate().filter(|(r, _)| *r != rang).map(|(_, d)| d);
            if let Some((forme, centre)) = self.autour(demande, &pochoir, autres) {
                posees.push(self.poser(rang, demande, forme, centre, false));
            } else if let Some((forme, centre)) = filets.then(|| self.dehors(demande)).flatten() {
                posees.push(self.poser(rang, demande, forme, centre, true));
            }
        }
        posees.sort_by_key(|p| p.rang);
        posees
    }

    fn poser(
        &mut self,
        rang: usize,
        demande: &Demande<'_>,
        forme: Forme,
        centre: Coord<f64>,
        filet: bool,
    ) -> Posee {
        let boite = Boite::autour(centre, forme.largeur, forme.hauteur);
        self.occupe.push(boite);
        let filet = filet.then(|| filet_vers(&boite, demande));
        self.filets.extend(filet);
        let a_valeur = !demande.valeur.is_empty();
        Posee { rang, lignes: forme.lignes, a_valeur, corps: forme.corps, boite, filet }
    }

    fn libre(&self, boite: &Boite) -> bool {
        self.cadre.contient(&boite.elargie(MARGE_DU_CADRE))
            && !self.occupe.iter().any(|o| o.touche(boite))
            && !self.filets.iter().any(|(de, a)| boite.coupe(*de, *a))
    }

    /// The best place entirely inside the contour.
    fn dedans(&self, demande: &Demande<'_>, pochoir: &Pochoir) -> Option<(Forme, Coord<f64>)> {
        let cadre = pochoir.cadre();
        let mut formes = formes(demande);
        formes.retain(|forme| forme.largeur <= cadre.width() && forme.hauteur <= cadre.height());
        if formes.is_empty() {
            return None;
        }
        // From the centre outwards: the first place that is free is the best.
        let mut centres: Vec<(f64, Coord<f64>)> = (0..=PAS)
            .flat_map(|i| {
                (0..=PAS).map(move |j| (f64::from(i) / f64::from(PAS), f64::from(j) / f64::from(PAS)))
            })
            .map(|(i, j)| {
                let centre =
                    coord! { x: cadre.min().x + cadre.width() * i, y: cadre.min().y + cadre.height() * j };
                ((centre.x - demande.centre.x).hypot(centre.y - demande.centre.y), centre)
            })
            .filter(|(_, centre)| pochoir.contient(*centre))
            .collect();
        centres.sort_by(|a, b| a.0.total_cmp(&b.0));
        let place = |forme: &Forme, blanc: f64| {
            let convient = |centre: &Coord<f64>| {
                self.libre(&Boite::autour(*centre, forme.largeur, forme.hauteur))
                    && forme.sondes(*centre, blanc).all(|p| pochoir.contient(p))
            };
            centres.iter().map(|c| c.1).find(convient)
        };
        let mut essais = BLANCS.iter().flat_map(|(blanc, moindre)| {
            formes.iter().filter(move |f| f.corps >= *moindre).map(move |forme| (*blanc, forme))
        });
        let (blanc, forme, centre) =
            essais.find_map(|(blanc, forme)| Some((blanc, forme, place(forme, blanc)?)))?;
        let mut au_large = AISANCE.iter().filter(|aisance| **aisance > blanc);
        let centre = au_large.find_map(|aisance| place(forme, *aisance)).unwrap_or(centre);
        Some((forme.clone(), centre))
    }

    /// A place that leaves the contour, but close enough that nobody doubts: over the centre, or
    /// against the disc; never over the centre of another commune. Against a disc, a label that stays
    /// on its commune comes first.
    fn autour<'d>(
        &self,
        demande: &Demande<'_>,
        pochoir: &Pochoir,
        autres: impl Iterator<Item = &'d Demande<'d>>,
    ) -> Option<(Forme, Coord<f64>)> {
        // Share of the label that must be at home.
        let exigences: &[f64] =
            if demande.rayon > 0.0 { &[1.0, 0.9, 0.8, 0.5, 0.0] } else { &[0.97, 0.93, 0.89, 0.85, 0.8] };
        let moindre = exigences.iter().copied().fold(1.0, f64::min);
        let formes: Vec<(Forme, Vec<Coord<f64>>)> = formes(demande)
            .into_iter()
            .filter(|f| f.corps <= 7.0 && f.part_au_mieux(pochoir.cadre().width()) >= moindre)
            .map(|forme| {
                let decalages = decalages(&forme, demande.rayon);
                (forme, decalages)
            })
            .collect();
        // On a map of thousands of communes, most are too small for any label.
        if formes.is_empty() {
            return None;
        }
        // No label of this commune reaches those that are further.
        let portee = formes
            .iter()
            .flat_map(|(f, decalages)| {
                decalages.iter().map(|d| d.x.abs() + d.y.abs() + f.largeur + f.hauteur)
            })
            .fold(0.0, f64::max);
        let proche = |autre: &&Demande<'_>| {
            let ecart = autre.centre - demande.centre;
            ecart.x.abs().max(ecart.y.abs()) <= portee + autre.rayon + AMBIGU
        };
        let autres: Vec<&Demande<'_>> = autres.filter(proche).collect();
        exigences.iter().find_map(|exigence| {
            formes.iter().find_map(|(forme, decalages)| {
                decalages.iter().find_map(|decalage| {
                    let centre = demande.centre + *decalage;
                    let boite = Boite::autour(centre, forme.largeur, forme.hauteur);
                    let assez = || {
                        let chez_soi = forme.sondes(centre, 0.0).filter(|p| pochoir.contient(*p)).count();
                        chez_soi as f64 >= exigence * forme.sondes(centre, 0.0).count() as f64
                    };
                    let net = || autres.iter().all(|autre| boite.ne_dit_pas(autre));
                    (self.libre(&boite) && net() && assez()).then(|| (forme.clone(), centre))
                })
            })
        })
    }

    /// The nearest place outside the territory, tied by a line that crosses no other label.
    fn dehors(&self, demande: &Demande<'_>) -> Option<(Forme, Coord<f64>)> {
        let deux_lignes = if demande.valeur.is_empty() { 2 } else { 3 };
        let court = |f: &Forme| f.corps >= 6.5 && f.lignes.len() <= deux_lignes;
        let forme = formes(demande).into_iter().rfind(court)?;
        let mut meilleur: Option<(f64, Coord<f64>)> = None;
        let (largeur, hauteur) = (self.cadre.x1 - self.cadre.x0, self.cadre.y1 - self.cadre.y0);
        for (i, j) in (0..=50).flat_map(|i| (0..=50).map(move |j| (i, j))) {
            let centre = coord! {
                x: self.cadre.x0 + largeur * f64::from(i) / 50.0,
                y: self.cadre.y0 + hauteur * f64::from(j) / 50.0,
            };
            let distance = (centre.x - demande.centre.x).hypot(centre.y - demande.centre.y);
            if meilleur.is_some_and(|(d, _)| d <= distance) {
                continue;
            }
            let boite = Boite::autour(centre, forme.largeur + 1.0, forme.hauteur + 0.6);
            if !self.libre(&boite) {
                continue;
            }
            let (attache, bout) = filet_vers(&Boite::autour(centre, forme.largeur, forme.hauteur), demande);
            // The disc of the commune itself is reserved too: the line may reach it.
            let autres = |o: &&Boite| o.ecart(demande.centre) > 0.0;
            let chemin = !self.occupe.iter().filter(autres).any(|o| o.coupe(attache, bout))
                && !self
                    .filets
                    .iter()
                    .any(|(de, a)| Line::new(*de, *a).intersects(&Line::new(attache, bout)));
            if chemin && self.est_hors_du_territoire(&boite) {
                meilleur = Some((distance, centre));
            }
        }
        meilleur.map(|(_, centre)| (forme, centre))
    }
}

/// The line that ties a label to its commune: from the nearest point of the label to the centre, or to
/// the rim of the disc.
fn filet_vers(boite: &Boite, demande: &Demande<'_>) -> (Coord<f64>, Coord<f64>) {
    let attache = boite.plus_proche(demande.centre);
    let chemin = attache - demande.centre;
    let longueur = chemin.x.hypot(chemin.y);
    if demande.rayon == 0.0 || longueur <= demande.rayon {
        return (attache, demande.centre);
    }
    (attache, demande.centre + chemin * (demande.rayon / longueur))
}

/// Centres of the label against the centre of the commune, best first.
fn decalages(forme: &Forme, rayon: f64) -> Vec<Coord<f64>> {
    if rayon == 0.0 {
        let pas = |n: i32| f64::from(n) * 1.2;
        let mut tous: Vec<Coord<f64>> =
            (-4..=4).flat_map(|i| (-4..=4).map(move |j| coord! { x: pas(i), y: pas(j) })).collect();
        tous.sort_by(|a, b| a.x.hypot(a.y).total_cmp(&b.x.hypot(b.y)));
        return tous;
    }
    let (x, y) = (rayon + forme.largeur / 2.0 + 0.8, rayon + forme.hauteur / 2.0 + 0.8);
    let biais = std::f64::consts::FRAC_1_SQRT_2;
    let (bx, by) = (rayon * biais + forme.largeur / 2.0 + 0.3, rayon * biais + forme.hauteur / 2.0 + 0.3);
    vec![
        coord! { x: 0.0, y: y },
        coord! { x: 0.0, y: -y },
        coord! { x: x, y: 0.0 },
        coord! { x: -x, y: 0.0 },
        coord! { x: bx, y: by },
        coord! { x: bx, y: -by },
        coord! { x: -bx, y: by },
        coord! { x: -bx, y: -by },
    ]
}

/// The ways to write a label, best first: large before small, one line before two, three and four at last.
fn formes(demande: &Demande<'_>) -> Vec<Forme> {
    let noms: Vec<Vec<String>> = (1..=LIGNES).filter_map(|n| couper_nom(demande.nom, n)).collect();
    let (courts, longs): (Vec<_>, Vec<_>) = noms.iter().partition(|nom| nom.len() < 3);
    let croiser = |noms: Vec<&Vec<String>>| -> Vec<(f64, Vec<String>)> {
        CORPS.iter().flat_map(|corps| noms.iter().map(move |nom| (*corps, (*nom).clone()))).collect()
    };
    let petits: Vec<(f64, Vec<String>)> = longs.iter().map(|nom| (PETIT_CORPS, (*nom).clone())).collect();
    croiser(courts)
        .into_iter()
        .chain(croiser(longs))
        .chain(petits)
        .map(|(corps, mut lignes)| {
            let mut largeurs: Vec<f64> = lignes.iter().map(|l| largeur(l, corps, Graisse::Normal)).collect();
            if !demande.valeur.is_empty() {
                largeurs.push(largeur(&demande.valeur, corps, Graisse::Gras));
                lignes.push(demande.valeur.clone());
            }
            let largeur = largeurs.iter().copied().fold(0.0, f64::max);
            let hauteur = pt(corps) * (INTERLIGNE * (lignes.len() as f64 - 1.0) + CAPITALES + 0.25);
            Forme { lignes, corps, largeurs, largeur, hauteur }
        })
        .collect()
}

/// A name on that many lines, cut after a hyphen or at a space so that the longest line is the
/// shortest possible; none if it has not that many pieces. A line never ends on an article.
fn couper_nom(nom: &str, lignes: usize) -> Option<Vec<String>> {
    if lignes == 1 {
        return Some(vec![nom.to_owned()]);
    }
    let coupures = nom.char_indices().filter(|(_, c)| matches!(c, '-' | ' ')).map(|(i, _)| i + 1);
    coupures
        .filter_map(|i| {
            let (tete, queue) = nom.split_at(i);
            let dernier = tete.trim_end_matches(['-', ' ']).rsplit(['-', ' ']).next().unwrap_or(tete);
            let lie = matches!(
                dernier.to_lowercase().as_str(),
                "le" | "la" | "les" | "de" | "du" | "des" | "en" | "sur" | "sous" | "aux" | "au" | "lès"
            );
            let reste = couper_nom(queue, lignes - 1)?;
            let mut tout = vec![tete.trim_end().to_owned()];
            tout.extend(reste);
            (!lie).then_some(tout)
        })
        .min_by_key(|tout| tout.iter().map(|l| l.chars().count()).max())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{MultiPolygon, Polygon};

    fn carre(x: f64, y: f64, cote: f64) -> MultiPolygon<f64> {
        crate::deliverables::graphiques::rectangle(x, y, x + cote, y + cote).into()
    }

    #[test]
    fn les_noms_se_coupent_ou_un_lecteur_respire() {
        let coupe = |nom, n| couper_nom(nom, n).map(|l| l.join("|"));
        assert_eq!(coupe("Saint-Gilles-Croix-de-Vie", 2).as_deref(), Some("Saint-Gilles-|Croix-de-Vie"));
        assert_eq!(coupe("Le Fenouiller", 2), None, "l’article reste avec son nom");
        assert_eq!(coupe("Commequiers", 2), None);
        assert_eq!(coupe("L’Aiguillon-sur-Vie", 2).as_deref(), Some("L’Aiguillon-|sur-Vie"));
    }

    #[test]
    fn un_nom_reste_chez_lui_ou_sort_au_bout_d_un_filet() {
        let (grande, petite) = (carre(10.0, 10.0, 40.0), carre(50.0, 10.0, 3.0));
        let territoire = [&grande, &petite];
        let cadre = Boite { x0: 0.0, y0: 0.0, x1: 100.0, y1: 80.0 };
        let mut placement = Placement::new(cadre, &territoire);
        let demande = |nom, contour: &'static MultiPolygon<f64>, x, y| Demande {
            nom,
            valeur: "12,5".to_owned(),
            contour,
            centre: coord! { x: x, y: y },
            rayon: 0.0,
        };
        let demandes = [
            demande("Commequiers", Box::leak(Box::new(grande.clone())), 30.0, 30.0),
            demande("Brétignolles", Box::leak(Box::new(petite.clone())), 51.5, 11.5),
        ];
        let posees = placement.placer(&demandes, true);
        assert_eq!(posees.len(), 2);
        assert!(posees[0].filet.is_none());
        assert!(posees[1].filet.is_some(), "trois millimètres ne suffisent pas");
        assert!(!posees[0].boite.touche(&posees[1].boite));
        assert!(posees[1].boite.x0 >= 50.0 || posees[1].boite.y1 <= 10.0 || posees[1].boite.y0 >= 50.0);
    }

    #[test]
    fn d_un_departement_aucun_filet_ne_traverse_la_carte() {
        let contours: Vec<MultiPolygon<f64>> = (0..400)
            .map(|n| carre(20.0 + f64::from(n % 20) * 3.0, 20.0 + f64::from(n / 20) * 3.0, 3.0))
            .collect();
        let cadre = Boite { x0: 0.0, y0: 0.0, x1: 100.0, y1: 100.0 };
        for (nombre, attendu) in [(3, true), (400, false)] {
            let demandes: Vec<Demande<'_>> = contours[..nombre]
                .iter()
                .map(|contour| Demande {
                    nom: "Brétignolles",
                    valeur: "12,5".to_owned(),
                    contour,
                    centre: contour.0[0].exterior().0[0] + coord! { x: 1.5, y: 1.5 },
                    rayon: 0.0,
                })
                .collect();
            let territoire: Vec<&MultiPolygon<f64>> = contours[..nombre].iter().collect();
            let posees = Placement::new(cadre, &territoire).placer(&demandes, true);
            assert_eq!(posees.iter().any(|p| p.filet.is_some()), attendu, "{nombre}");
        }
    }

    #[test]
    fn un_nom_ne_se_lit_pas_pour_un_autre_cercle() {
        let commune = carre(0.0, 0.0, 60.0);
        let demande = |nom, y| Demande {
            nom,
            valeur: String::new(),
            contour: &commune,
            centre: coord! { x: 30.0, y: y },
            rayon: 3.0,
        };
        let demandes = [demande("Palluau", 30.0), demande("Maché", 40.0)];
        let mut placement = Placement::new(Boite { x0: 0.0, y0: 0.0, x1: 60.0, y1: 60.0 }, &[&commune]);
        for demande in &demandes {
            let (x, y) = demande.centre.x_y();
            placement.reserver(Boite { x0: x - 2.7, y0: y - 2.7, x1: x + 2.7, y1: y + 2.7 });
        }
        let posees = placement.placer(&demandes, true);
        assert_eq!(posees.len(), 2);
        for (posee, autre) in posees.iter().zip(demandes.iter().rev()) {
            assert!(posee.boite.ecart(autre.centre) > autre.rayon + AMBIGU, "{posee:?}");
        }
    }

    #[test]
    fn sans_place_un_nom_est_omis_plutot_que_superpose() {
        let seul = MultiPolygon::from(Polygon::new(
            vec![(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)].into(),
            Vec::new(),
        ));
        let cadre = Boite { x0: 0.0, y0: 0.0, x1: 4.0, y1: 4.0 };
        let mut placement = Placement::new(cadre, &[&seul]);
        let demande = Demande {
            nom: "Notre-Dame-de-Riez",
            valeur: String::new(),
            contour: &seul,
            centre: coord! { x: 2.0, y: 2.0 },
            rayon: 0.0,
        };
        assert!(placement.placer(&[demande], true).is_empty());
    }
}
