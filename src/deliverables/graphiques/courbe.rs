//! One line over the years: what is known is joined, what is not leaves a gap that says why.

use super::cadre::{Panneau, a_la_place, de, valeur};
use super::toile::{Ancre, CAPITALES, Texte, Toile, pt};
use crate::deliverables::Contexte;
use crate::deliverables::carte::Boite;
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, corps, palette};
use crate::deliverables::perimetre::memes_communes;
use crate::indicators::{Figure, Statut};
use geo::{Coord, coord};

/// Room between the sides of the panel and the ends of the line, mm: half a value, and enough for it not
/// to be read with the numbers of the axis.
const RETRAIT: f64 = 5.0;

/// A series and how to draw it.
pub(crate) struct Courbe<'a> {
    pub(crate) serie: &'a [Figure],
    /// The years of the axis.
    pub(crate) axe: &'a [i32],
    /// The years of the line: from its first to its last known value.
    pub(crate) annees: &'a [i32],
    pub(crate) couleur: Couleur,
    /// True if the title says of how many communes each of its values is.
    pub(crate) parties_dites: bool,
    /// True if what is estimated is no estimate of what is counted: the line does not go from one to the other.
    pub(crate) coupee: bool,
}

impl Courbe<'_> {
    /// Place of a year in the panel, mm.
    pub(crate) fn x(&self, panneau: &Panneau, annee: i32) -> f64 {
        place(panneau, self.axe, annee)
    }

    /// Highest known value.
    pub(crate) fn maximum(&self) -> f64 {
        self.annees.iter().filter_map(|a| valeur(self.serie, *a)).fold(0.0, f64::max)
    }

    /// Draws the line, its points, its gaps and its values.
    pub(crate) fn tracer(&self, toile: &mut Toile, panneau: &Panneau) {
        self.lacunes(toile, panneau);
        for paire in self.annees.windows(2) {
            let Some((a, b)) = self.trait_entre(panneau, paire) else { continue };
            if self.estime(paire[0]) || self.estime(paire[1]) {
                toile.tirets(a, b, self.couleur, 0.6);
            } else {
                toile.segment(a, b, self.couleur, 0.6);
            }
        }
        for annee in self.annees {
            if let Some((x, y)) = self.point(panneau, *annee) {
                toile.disque(x, y, 1.25, palette::PAPIER);
                toile.disque(x, y, 0.95, self.couleur);
                if self.estime(*annee) {
                    toile.disque(x, y, 0.55, palette::PAPIER);
                }
            }
        }
        let mut occupe = Vec::new();
        for annee in self.annees.iter().filter(|a| self.est_ecrite(panneau, **a)) {
            self.etiquette(toile, panneau, *annee, &mut occupe);
        }
    }

    fn point(&self, panneau: &Panneau, annee: i32) -> Option<(f64, f64)> {
        valeur(self.serie, annee).map(|v| (self.x(panneau, annee), panneau.y(v)))
    }

    /// The ends of the line from a year to the next one, if there is one.
    fn trait_entre(&self, panneau: &Panneau, paire: &[i32]) -> Option<((f64, f64), (f64, f64))> {
        let [avant, apres] = *paire else { return None };
        let bouts = self.point(panneau, avant).zip(self.point(panneau, apres));
        bouts.filter(|_| !self.est_coupee_entre(avant, apres))
    }

    fn est_coupee_entre(&self, avant: i32, apres: i32) -> bool {
        self.coupee && self.estime(avant) != self.estime(apres)
    }

    fn estime(&self, annee: i32) -> bool {
        de(self.serie, annee).is_some_and(|f| f.statut == Statut::Estime)
    }

    /// A tint between the line and zero, broken where the line is; under the grid.
    pub(crate) fn aire(&self, toile: &mut Toile, panneau: &Panneau) {
        let base = panneau.y(0.0);
        // One surface for each unbroken run: side by side, surfaces would show their seams.
        for suite in self.annees.chunk_by(|a, b| self.trait_entre(panneau, &[*a, *b]).is_some()) {
            let suite: Vec<(f64, f64)> =
                suite.iter().filter_map(|annee| self.point(panneau, *annee)).collect();
            if let [premier, .., dernier] = suite.as_slice() {
                let mut contour = vec![coord! { x: premier.0, y: base }];
                contour.extend(suite.iter().map(|p| Coord::from(*p)));
                contour.push(coord! { x: dernier.0, y: base });
                toile.surface(contour, self.teinte());
            }
        }
    }

    fn lacunes(&self, toile: &mut Toile, panneau: &Panneau) {
        for annee in self.annees.iter().filter(|a| valeur(self.serie, **a).is_none()) {
            let x = self.x(panneau, *annee);
            toile.tirets((x, panneau.zone.haut), (x, panneau.zone.bas), palette::GRIS, 0.15);
            let y = f64::midpoint(panneau.zone.haut, panneau.zone.bas);
            toile.texte(
                Texte::new(a_la_place(self.serie, *annee), x, y, corps::AXE)
                    .italique()
                    .pale()
                    .ancre(Ancre::Milieu)
                    .halo(palette::PAPIER)
                    .centre_sur(y),
            );
        }
    }

    /// The value: above its point, below, or on the side that the line leaves free.
    fn etiquette(&self, toile: &mut Toile, panneau: &Panneau, annee: i32, occupe: &mut Vec<Boite>) {
        let (Some((x, y)), Some(v)) = (self.point(panneau, annee), valeur(self.serie, annee)) else { return };
        let texte = Texte::new(self.ecrire(annee, v), x, y, corps::VALEUR).ancre(Ancre::Milieu);
        let bout = self.bouts().contains(&Some(annee));
        let texte = if bout { texte.gras().en(self.couleur) } else { texte.pale() };
        let (demi, hauteur) = (texte.largeur() / 2.0, pt(corps::VALEUR) * CAPITALES);
        let boite = |(dx, dy): (f64, f64)| Boite {
            x0: x + dx - demi,
            y0: y + dy - hauteur,
            x1: x + dx + demi,
            y1: y + dy,
        };
        let (dessus, sous) = (-2.2, 4.2);
        let places =
            [(0.0, dessus), (0.0, sous), (-demi, dessus), (demi, dessus), (-demi, sous), (demi, sous)];
        let libre = |place: &&(f64, f64)| {
            let boite = boite(**place);
            boite.x0 >= panneau.zone.gauche
                && boite.x1 <= panneau.zone.droite
                && boite.y1 <= panneau.zone.bas
                && !self.passe_dans(panneau, &boite)
                && !occupe.iter().any(|o| o.touche(&boite))
        };
        // Where none is free, above, and inside the panel.
        let dehors = (x + demi - panneau.zone.droite).max(0.0);
        let place = places.iter().find(libre).copied().unwrap_or((-dehors, dessus));
        occupe.push(boite(place));
        // Under the line the paper is tinted: the rim of the letters with it.
        let fond = if place.1 > 0.0 { self.teinte() } else { palette::PAPIER };
        toile.texte(texte.halo(fond).a(x + place.0, y + place.1));
    }

    /// A value; of a sum that lacks communes, of how many it is: « 10 (5/15) », which the note spells out.
    fn ecrire(&self, annee: i32, valeur: f64) -> String {
        let figure = de(self.serie, annee).filter(|_| !self.parties_dites);
        let parties = figure.map(look::parties_en_bref).unwrap_or_default();
        look::avec_parties(&look::nombre(valeur, 0), &parties)
    }

    /// True if the line passes through a rectangle.
    fn passe_dans(&self, panneau: &Panneau, boite: &Boite) -> bool {
        let mut traits = self.annees.windows(2).filter_map(|paire| self.trait_entre(panneau, paire));
        traits.any(|(a, b)| boite.coupe(a.into(), b.into()))
    }

    fn teinte(&self) -> Couleur {
        palette::delaver(self.couleur, 0.09)
    }

    /// The two years that a reader compares: the first one and the last one, of those after which the line is not cut.
    fn bouts(&self) -> [Option<i32>; 2] {
        let mut connues =
            self.annees.iter().rev().copied().filter(|annee| valeur(self.serie, *annee).is_some());
        let derniere = connues.next();
        let premiere = derniere.map(|derniere| {
            connues.try_fold(derniere, |apres, avant| {
                if self.est_coupee_entre(avant, apres) { Err(apres) } else { Ok(avant) }
            })
        });
        [premiere.map(|annee| annee.unwrap_or_else(|annee| annee)), derniere]
    }

    /// Every value if there is room; otherwise the first, the last, the highest and the lowest.
    fn est_ecrite(&self, panneau: &Panneau, annee: i32) -> bool {
        let ecrite = |a: &i32| {
            let texte = self.ecrire(*a, valeur(self.serie, *a)?);
            Some(Texte::new(texte, 0.0, 0.0, corps::VALEUR).gras().largeur())
        };
        let connues = || self.annees.iter().filter_map(|a| valeur(self.serie, *a));
        let largeur = self.annees.iter().filter_map(ecrite).fold(0.0, f64::max) + 0.8;
        let place_de = |ecart: i32| (self.x(panneau, annee + ecart) - self.x(panneau, annee)).abs();
        if self.bouts().contains(&Some(annee)) || place_de(1) >= largeur {
            return true;
        }
        // Far enough from the ends, whose values are always written.
        let loin = self.bouts().into_iter().flatten().all(|bout| place_de(bout - annee) >= largeur);
        let (haut, bas) = (connues().fold(f64::MIN, f64::max), connues().fold(f64::MAX, f64::min));
        // The first year that reaches the extreme, if several do.
        let atteint =
            |v: f64| self.annees.iter().find(|a| valeur(self.serie, **a) == Some(v)) == Some(&annee);
        loin && (atteint(haut) || atteint(bas))
    }

    /// « 2019 : 407 ; 2020 : n.d. ; 2021 : 380 (estimé) ».
    pub(crate) fn en_mots(&self) -> String {
        let mots: Vec<String> = self
            .annees
            .iter()
            .map(|annee| {
                let valeur = valeur(self.serie, *annee)
                    .map_or_else(|| a_la_place(self.serie, *annee).to_owned(), |v| self.ecrire(*annee, v));
                let estime = if self.estime(*annee) { " (estimé)" } else { "" };
                format!("{annee}{ESPACE_INSECABLE}: {valeur}{estime}")
            })
            .collect();
        mots.join("\u{202f}; ")
    }
}

/// Place of a year on the axis, mm: the ends stand a little inside the panel.
pub(crate) fn place(panneau: &Panneau, axe: &[i32], annee: i32) -> f64 {
    let zone = panneau.zone;
    match (axe.first(), axe.last()) {
        (Some(premiere), Some(derniere)) if derniere > premiere => {
            let part = f64::from(annee - premiere) / f64::from(derniere - premiere);
            zone.gauche + RETRAIT + part * (zone.largeur() - 2.0 * RETRAIT)
        }
        _ => zone.milieu_x(),
    }
}

/// The years under the panel: the first and the last, from which a line is read, and those between, counted back
/// from the last, that do not touch another.
pub(crate) fn ecrire_les_annees(toile: &mut Toile, panneau: &Panneau, axe: &[i32]) {
    let largeur = Texte::new("2024", 0.0, 0.0, corps::AXE).largeur() + 1.2;
    let ecart = match axe {
        [premiere, seconde, ..] => place(panneau, axe, *seconde) - place(panneau, axe, *premiere),
        _ => largeur,
    };
    // A few years at most.
    #[allow(clippy::cast_possible_truncation)]
    let pas = (largeur / ecart).ceil().max(1.0) as i32;
    let (Some(premiere), Some(derniere)) = (axe.first().copied(), axe.last().copied()) else { return };
    let se_lit = |annee: i32| {
        annee == premiere || annee == derniere || ((derniere - annee) % pas == 0 && annee - premiere >= pas)
    };
    for annee in axe.iter().filter(|a| se_lit(**a)) {
        let x = place(panneau, axe, *annee);
        let texte = Texte::new(annee.to_string(), x, panneau.zone.bas + 4.2, corps::AXE);
        toile.texte(texte.pale().ancre(Ancre::Milieu));
    }
}

/// A title that says what changed between the ends when they can be compared (both counted, over all
/// the communes of the territory, the same at both ends), neutral and without a cause: « 312 … en 2024, 95 de moins qu’en 2019 ».
pub(crate) fn titre_d_evolution(
    contexte: &Contexte<'_>,
    serie: &[Figure],
    annees: &[i32],
    noms: (&str, &str),
) -> Option<String> {
    let (debut, fin) = (de(serie, *annees.first()?)?, de(serie, *annees.last()?)?);
    let comparables = debut.annee != fin.annee
        && debut.statut == Statut::Observe
        && fin.statut == Statut::Observe
        && debut.parties == debut.parties_attendues
        && fin.parties == fin.parties_attendues
        && memes_communes(contexte, debut.annee, fin.annee);
    let (avant, apres) = (debut.valeur?, fin.valeur?);
    if !comparables {
        return None;
    }
    let ecart = apres - avant;
    let compte = look::compter(apres, noms.0, noms.1);
    Some(if ecart == 0.0 {
        format!("{compte} en {}, autant qu’en {}", fin.annee, debut.annee)
    } else {
        let sens = if ecart < 0.0 { "de moins" } else { "de plus" };
        let ecart = look::nombre(ecart.abs(), 0);
        format!("{compte} en {}, {ecart}{ESPACE_INSECABLE}{sens} qu’en {}", fin.annee, debut.annee)
    })
}
