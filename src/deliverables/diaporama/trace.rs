//! The charts of the slides as drawings: what the presentation leaves to PowerPoint or Impress.

use super::{Genre, GraphiqueNatif, Point, Serie};
use crate::deliverables::ErreurLivrable;
use crate::deliverables::apparence::Teintes;
use crate::deliverables::graphiques::{
    Ancre, Image, Legende, Panneau, Texte, Toile, Zone, largeur, pt, rectangle,
};
use crate::deliverables::look::{self, Couleur, Graisse, corps, palette};
use geo::{Coord, coord};

/// Size of the drawing, mm: half that of the room of a slide, so that its type is read from afar.
const LARGEUR: f64 = 152.4;
/// Size of the drawing, mm.
const HAUTEUR: f64 = 58.0;
/// Room for the numbers of the axis, mm.
const NOMBRES: f64 = 10.0;
/// Room for the names of series above the panel, mm.
const NOMS: f64 = 7.0;
/// A layer lower than this does not carry its value, mm.
const COUCHE_LISIBLE: f64 = 3.0;
/// The widest half of a bar, mm.
const DEMI_BARRE: f64 = 8.0;

/// Draws a chart.
///
/// # Errors
/// If a library refuses the drawing.
pub(super) fn dessiner(graphique: &GraphiqueNatif, teintes: Teintes) -> Result<Image, ErreurLivrable> {
    let trace = Trace { graphique, teintes };
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let direct = graphique.genre == Genre::Courbes;
    let nommees = graphique.series.len() > 1 && !direct;
    let zone = Zone {
        gauche: NOMBRES,
        haut: if nommees { NOMS + 4.0 } else { 5.0 },
        droite: LARGEUR - if direct { trace.largeur_des_noms() } else { 1.0 },
        bas: HAUTEUR - 6.0,
    };
    let panneau = Panneau::new(zone, 0.0, trace.maximum()).entier();
    if direct {
        trace.bande(&mut toile, &panneau);
    }
    panneau.quadriller(&mut toile, |v| look::nombre(v, 0));
    trace.ecrire_les_categories(&mut toile, zone);
    if nommees {
        trace.nommer_les_couleurs(&mut toile);
    }
    match graphique.genre {
        Genre::Barres => trace.barres(&mut toile, &panneau),
        Genre::BarresEmpilees => trace.couches(&mut toile, &panneau),
        Genre::Courbes => trace.courbes(&mut toile, &panneau),
    }
    // The title and the words are those of the slide.
    let legende = Legende { titre: String::new(), description: graphique.alternative.clone() };
    toile.terminer("graphique", legende)
}

struct Trace<'a> {
    graphique: &'a GraphiqueNatif,
    teintes: Teintes,
}

impl Trace<'_> {
    fn couleur(&self, rang: usize) -> Couleur {
        self.teintes.de(self.graphique.series[rang].role)
    }

    /// The highest bar, pile or point.
    fn maximum(&self) -> f64 {
        let series = &self.graphique.series;
        let valeurs = |rang: usize| series.iter().filter_map(move |s| s.points.get(rang)?.valeur);
        let categories = 0..self.graphique.categories.len();
        match self.graphique.genre {
            Genre::BarresEmpilees => categories.map(|c| valeurs(c).sum()).fold(0.0, f64::max),
            Genre::Barres | Genre::Courbes => categories.flat_map(valeurs).fold(0.0, f64::max),
        }
    }

    /// Width given to a category, mm.
    fn pas(&self, zone: Zone) -> f64 {
        zone.largeur() / self.graphique.categories.len().max(1) as f64
    }

    /// The middle of a category, mm.
    fn x(&self, zone: Zone, rang: usize) -> f64 {
        zone.gauche + self.pas(zone) * (rang as f64 + 0.5)
    }

    /// The years under the panel, thinned so that they do not touch, the first and the last one always there.
    fn ecrire_les_categories(&self, toile: &mut Toile, zone: Zone) {
        let categories = &self.graphique.categories;
        let large =
            categories.iter().map(|c| largeur(c, corps::AXE, Graisse::Normal)).fold(0.0, f64::max) + 1.5;
        // A few categories at most.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let saut = (large / self.pas(zone)).ceil().max(1.0) as usize;
        let derniere = categories.len().saturating_sub(1);
        for (rang, categorie) in categories.iter().enumerate() {
            let premiere = rang == 0 && derniere >= saut;
            if premiere || (derniere - rang).is_multiple_of(saut) && (rang >= saut || rang == derniere) {
                let texte = Texte::new(categorie, self.x(zone, rang), zone.bas + 4.4, corps::AXE);
                toile.texte(texte.pale().ancre(Ancre::Milieu));
            }
        }
    }

    /// What each colour is, above the panel.
    fn nommer_les_couleurs(&self, toile: &mut Toile) {
        let mut x = NOMBRES;
        for (rang, serie) in self.graphique.series.iter().enumerate() {
            toile.rectangle(x, 0.8, x + 3.0, 3.8, self.couleur(rang));
            let nom = Texte::new(&serie.nom, x + 4.2, 0.0, corps::AXE).gras().centre_sur(2.3);
            x += 4.2 + nom.largeur() + 7.0;
            toile.texte(nom);
        }
    }

    fn barres(&self, toile: &mut Toile, panneau: &Panneau) {
        let nombre = self.graphique.series.len() as f64;
        let demi = (self.pas(panneau.zone) * 0.36 / nombre).min(DEMI_BARRE);
        for (rang, serie) in self.graphique.series.iter().enumerate() {
            for (categorie, point) in serie.points.iter().enumerate() {
                let Some(valeur) = point.valeur else { continue };
                let milieu = self.x(panneau.zone, categorie);
                let x = milieu + (2.0 * rang as f64 - nombre + 1.0) * demi;
                let place = (x - demi + 0.15, panneau.y(valeur), x + demi - 0.15, panneau.y(0.0));
                pave(toile, place, self.couleur(rang), point.estime);
                let texte = Texte::new(look::nombre(valeur, 0), x, place.1 - 1.4, corps::VALEUR).gras();
                toile.texte(texte.ancre(Ancre::Milieu).halo(palette::PAPIER));
            }
        }
    }

    fn couches(&self, toile: &mut Toile, panneau: &Panneau) {
        let demi = (self.pas(panneau.zone) * 0.36).min(DEMI_BARRE);
        for categorie in 0..self.graphique.categories.len() {
            let x = self.x(panneau.zone, categorie);
            let mut base = 0.0;
            for (rang, serie) in self.graphique.series.iter().enumerate() {
                let Some(Point { valeur: Some(valeur), estime }) = serie.points.get(categorie).copied()
                else {
                    continue;
                };
                let (haut, bas) = (panneau.y(base + valeur), panneau.y(base));
                let couleur = self.couleur(rang);
                pave(toile, (x - demi, haut, x + demi, bas), couleur, estime);
                if base > 0.0 {
                    toile.segment((x - demi, bas), (x + demi, bas), palette::PAPIER, 0.3);
                }
                if bas - haut > COUCHE_LISIBLE {
                    let y = f64::midpoint(haut, bas);
                    let texte = Texte::new(look::nombre(valeur, 0), x, y, corps::AXE)
                        .ancre(Ancre::Milieu)
                        .centre_sur(y);
                    toile.texte(if estime {
                        texte.gras().halo(palette::delaver(couleur, 0.2))
                    } else {
                        texte.gras().en(palette::encre_sur(couleur))
                    });
                }
                base += valeur;
            }
        }
    }

    /// Between the two bounds of a line, a tint of its colour.
    fn bande(&self, toile: &mut Toile, panneau: &Panneau) {
        let bornes: Vec<(usize, &Serie)> =
            self.graphique.series.iter().enumerate().filter(|(_, s)| s.borne).collect();
        for paire in bornes.chunks_exact(2) {
            let cote = |serie: &Serie| -> Vec<Coord<f64>> {
                let points = (0..).zip(&serie.points);
                let place = |(categorie, point): (usize, &Point)| {
                    Some(coord! { x: self.x(panneau.zone, categorie), y: panneau.y(point.valeur?) })
                };
                points.filter_map(place).collect()
            };
            let mut contour = cote(paire[0].1);
            contour.extend(cote(paire[1].1).into_iter().rev());
            if contour.len() > 3 {
                toile.surface(contour, palette::delaver(self.couleur(paire[0].0), 0.14));
            }
        }
    }

    fn courbes(&self, toile: &mut Toile, panneau: &Panneau) {
        for (rang, serie) in self.graphique.series.iter().enumerate() {
            let couleur = self.couleur(rang);
            let points: Vec<Option<(f64, f64)>> = (0..)
                .zip(&serie.points)
                .map(|(categorie, p)| Some((self.x(panneau.zone, categorie), panneau.y(p.valeur?))))
                .collect();
            for paire in points.windows(2) {
                let [Some(a), Some(b)] = paire else { continue };
                if serie.borne {
                    toile.tirets(*a, *b, couleur, 0.25);
                } else {
                    toile.segment(*a, *b, couleur, 0.7);
                }
            }
            for (x, y) in points.iter().flatten().filter(|_| !serie.borne) {
                toile.disque(*x, *y, 0.8, couleur);
            }
        }
        self.nommer_les_bouts(toile, panneau);
    }

    /// Lines that are named where they end.
    fn nommees(&self) -> impl Iterator<Item = (usize, &Serie, f64)> {
        let fin = |serie: &Serie| serie.points.iter().rev().find_map(|p| p.valeur);
        let series = self.graphique.series.iter().enumerate().filter(|(_, s)| !s.borne);
        series.filter_map(move |(rang, serie)| Some((rang, serie, fin(serie)?)))
    }

    fn largeur_des_noms(&self) -> f64 {
        let large =
            |(_, serie, fin): (usize, &Serie, f64)| largeur(&bout(serie, fin), corps::AXE, Graisse::Gras);
        self.nommees().map(large).fold(0.0, f64::max) + 1.0
    }

    /// The last value and the name of each line, pushed apart so that they do not touch.
    fn nommer_les_bouts(&self, toile: &mut Toile, panneau: &Panneau) {
        let interligne = pt(corps::AXE) * 1.35;
        let mut bouts: Vec<_> =
            self.nommees().map(|(rang, serie, fin)| (panneau.y(fin), rang, bout(serie, fin))).collect();
        bouts.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut plancher = f64::MIN;
        let derniere = self.x(panneau.zone, self.graphique.categories.len().saturating_sub(1));
        for (y, rang, texte) in bouts {
            let y = y.max(plancher);
            plancher = y + interligne;
            let couleur = self.couleur(rang);
            let lisible = palette::contraste(couleur, palette::PAPIER) > 4.0;
            let encre = if lisible { couleur } else { palette::ENCRE };
            toile.texte(Texte::new(texte, derniere + 2.0, y, corps::AXE).gras().en(encre).centre_sur(y));
        }
    }
}

/// « 242 Tendance ».
fn bout(serie: &Serie, fin: f64) -> String {
    format!("{} {}", look::nombre(fin, 0), serie.nom)
}

/// A bar; hatched if its value is an estimate.
fn pave(toile: &mut Toile, (x0, y0, x1, y1): (f64, f64, f64, f64), couleur: Couleur, estime: bool) {
    if estime {
        toile.rectangle(x0, y0, x1, y1, palette::delaver(couleur, 0.2));
        toile.hachures(&rectangle(x0, y0, x1, y1).into(), 1.5, couleur, 0.3);
    } else {
        toile.rectangle(x0, y0, x1, y1, couleur);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliverables::apparence::Role;

    fn serie(nom: &str, valeurs: &[Option<f64>]) -> Serie {
        let points = valeurs.iter().map(|v| Point { valeur: *v, estime: false }).collect();
        Serie { nom: nom.to_owned(), role: Role::Arrivees, borne: false, points }
    }

    fn textes(genre: Genre, series: Vec<Serie>) -> Vec<String> {
        let graphique = GraphiqueNatif {
            genre,
            categories: ["2022", "2023 (s.)", "2024"].map(str::to_owned).to_vec(),
            series,
            alternative: String::new(),
        };
        let image = dessiner(&graphique, Teintes::PROPRES).unwrap();
        for (texte, [x0, y0, x1, y1]) in image.textes() {
            let dedans = x0 >= 0.0 && y0 >= 0.0 && x1 <= LARGEUR && y1 <= HAUTEUR;
            assert!(dedans, "« {texte} » sort du cadre ({x0:.1} {y0:.1} {x1:.1} {y1:.1})");
        }
        image.textes().into_iter().map(|t| t.0).collect()
    }

    #[test]
    fn chaque_valeur_est_ecrite_et_un_trou_reste_un_trou() {
        for genre in [Genre::Barres, Genre::BarresEmpilees] {
            let dits = textes(
                genre,
                vec![
                    serie("Départs", &[Some(1407.0), None, Some(1312.0)]),
                    serie("Arrivées", &[Some(951.0), None, Some(863.0)]),
                ],
            );
            for attendu in ["1\u{202f}407", "1\u{202f}312", "951", "863", "Départs", "Arrivées", "2023 (s.)"]
            {
                assert!(dits.iter().any(|t| t == attendu), "{attendu} : {dits:?}");
            }
            // The axis has the only zero.
            assert_eq!(dits.iter().filter(|t| *t == "0").count(), 1, "{dits:?}");
        }
    }

    #[test]
    fn une_courbe_est_nommee_ou_elle_finit() {
        let proches = [
            serie("Sans renouvellement", &[Some(312.0), Some(200.0), Some(100.0)]),
            serie("Tendance", &[Some(312.0), Some(210.0), Some(101.0)]),
        ];
        let dits = textes(Genre::Courbes, proches.to_vec());
        assert!(dits.iter().any(|t| t == "100 Sans renouvellement"), "{dits:?}");
        assert!(dits.iter().any(|t| t == "101 Tendance"), "{dits:?}");
    }
}
