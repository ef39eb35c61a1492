//! The communes by time to a project: how far families may come from.

use super::{
    COLONNE, Colonne, Contexte, Demande, ErreurLivrable, Fond, KM_PAR_DEGRE, Posee, Trace, echelle_et_nord,
    ecrire_etiquette, placement,
};
use crate::deliverables::graphiques::{Image, Legende, Texte, Toile, Zone};
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, corps, palette};
use crate::indicators::Indicateur;
use crate::territory::CodeCommune;
use geo::{BoundingRect, Coord, MultiPolygon, Point, Rect, coord};
use std::collections::BTreeMap;

/// Size of the picture, mm.
const LARGEUR: f64 = 178.0;
/// Size of the picture, mm.
const HAUTEUR: f64 = 88.0;

/// What the map shows.
pub(crate) struct Atteinte<'a> {
    pub(crate) contexte: &'a Contexte<'a>,
    /// Any indicator of the table: the frame of the map reads one.
    pub(crate) indicateur: &'static Indicateur,
    /// Commune of the project.
    pub(crate) ici: CodeCommune,
    /// Where it stands.
    pub(crate) projet: Point<f64>,
    /// Minutes to the project, of the communes within the last circle.
    pub(crate) minutes: BTreeMap<CodeCommune, f64>,
    /// The circles, in minutes.
    pub(crate) cercles: [f64; 3],
    /// Structures that have a position.
    pub(crate) structures: Vec<Point<f64>>,
}

/// From the nearest: dark to pale.
const COULEURS: [Couleur; 3] = [palette::SEQUENTIELLE[3], palette::SEQUENTIELLE[2], palette::SEQUENTIELLE[1]];

impl Atteinte<'_> {
    /// Draws the map; none if no commune near the project has a contour.
    ///
    /// # Errors
    /// If a library refuses the drawing.
    pub(crate) fn dessiner(&self, titre: &str) -> Result<Option<Image>, ErreurLivrable> {
        let Some(emprise) = self.emprise() else { return Ok(None) };
        let mut toile = Toile::new(LARGEUR, HAUTEUR);
        let zone = Zone { gauche: 0.5, haut: 0.5, droite: LARGEUR - 0.5, bas: HAUTEUR - 0.5 };
        let cadre = Zone { droite: zone.droite - COLONNE - 5.0, ..zone };
        let fond = Fond::sur(emprise, self.contexte, self.indicateur, cadre);
        fond.peindre(&mut toile, |toile, trace| {
            toile.polygones(&trace.contour, self.couleur(trace).unwrap_or(palette::PAPIER));
        });
        for trace in fond.membres() {
            toile.bords(&trace.contour, palette::GRIS, 0.2);
        }
        for trace in fond.membres().filter(|t| t.commune.code == self.ici) {
            toile.bords(&trace.contour, palette::ENCRE, 0.8);
        }
        let mut placement = placement(&fond);
        if let Some(projeter) = projection(&fond, emprise) {
            for structure in &self.structures {
                let Coord { x, y } = projeter(*structure);
                if dans(cadre, x, y) {
                    toile.disque(x, y, 1.1, palette::PAPIER);
                    toile.disque(x, y, 0.85, palette::ENCRE);
                    placement.reserver(super::Boite { x0: x - 1.1, y0: y - 1.1, x1: x + 1.1, y1: y + 1.1 });
                }
            }
            let Coord { x, y } = projeter(self.projet);
            etoile(&mut toile, x, y);
            placement.reserver(super::Boite { x0: x - 3.0, y0: y - 3.0, x1: x + 3.0, y1: y + 3.0 });
        }
        self.nommer(&mut toile, &fond, &mut placement);
        toile.cadre(cadre.gauche, cadre.haut, cadre.droite, cadre.bas, palette::GRILLE, 0.2);
        self.legende(&mut toile, &fond, zone);
        echelle_et_nord(&mut toile, zone, fond.mm_par_km);
        let legende = Legende { titre: titre.to_owned(), description: self.description(&fond) };
        toile.terminer("etude-carte", legende).map(Some)
    }

    fn classe(&self, minutes: f64) -> Option<usize> {
        self.cercles.iter().position(|cercle| minutes <= *cercle)
    }

    fn couleur(&self, trace: &Trace<'_>) -> Option<Couleur> {
        self.minutes.get(&trace.commune.code).and_then(|m| self.classe(*m)).map(|classe| COULEURS[classe])
    }

    /// The country of the communes within reach.
    fn emprise(&self) -> Option<Rect<f64>> {
        let proches = self.contexte.geographie.membres().filter(|c| self.minutes.contains_key(&c.code));
        MultiPolygon::new(proches.flat_map(|c| c.contour.0.iter().cloned()).collect()).bounding_rect()
    }

    fn nommer(&self, toile: &mut Toile, fond: &Fond<'_>, placement: &mut super::Placement) {
        let mut ordre = fond.par_importance(self.contexte);
        // The commune of the project takes its place first, then those within reach.
        ordre.sort_by_key(|t| (t.commune.code != self.ici, !self.minutes.contains_key(&t.commune.code)));
        let proches = ordre.iter().take_while(|t| self.minutes.contains_key(&t.commune.code)).count();
        let demandes: Vec<Demande<'_>> = ordre
            .iter()
            .map(|t| Demande {
                nom: &t.nom,
                valeur: self
                    .minutes
                    .get(&t.commune.code)
                    .filter(|_| t.commune.code != self.ici)
                    .map_or_else(String::new, |m| en_minutes(*m)),
                contour: &t.contour,
                centre: t.centre,
                rayon: 0.0,
            })
            .collect();
        // Those within reach are named by any means, the others where their name fits: a line to one that the
        // frame cuts would cross the map.
        let (proches, lointaines) = demandes.split_at(proches);
        let mut posees = placement.placer(proches, true);
        let suite = placement.placer(lointaines, false).into_iter();
        posees.extend(suite.map(|p| Posee { rang: p.rang + proches.len(), ..p }));
        for posee in posees {
            let trace = ordre[posee.rang];
            let couleur = self.couleur(trace).filter(|_| posee.filet.is_none()).unwrap_or(palette::PAPIER);
            ecrire_etiquette(toile, &posee, couleur, false);
        }
        fond.nommer_voisines(toile, placement);
    }

    fn legende(&self, toile: &mut Toile, fond: &Fond<'_>, zone: Zone) {
        let mut colonne = Colonne::new(zone, "Temps en voiture jusqu’au projet", toile);
        colonne.y += 1.0;
        let mut depuis = None;
        for (cercle, couleur) in self.cercles.iter().zip(COULEURS) {
            let nombre = |m: f64| look::nombre(m, 0);
            let texte = match depuis {
                None => format!("jusqu’à {}{ESPACE_INSECABLE}minutes", nombre(*cercle)),
                Some(avant) => format!("de {} à {}{ESPACE_INSECABLE}minutes", nombre(avant), nombre(*cercle)),
            };
            case(toile, &mut colonne, couleur, texte);
            depuis = Some(*cercle);
        }
        let plus = format!("plus de {}{ESPACE_INSECABLE}minutes", look::nombre(self.cercles[2], 0));
        case(toile, &mut colonne, palette::PAPIER, plus);
        if fond.traces.iter().any(|t| !t.commune.membre) {
            case(toile, &mut colonne, palette::VOISINE, "hors du territoire".to_owned());
        }
        colonne.y += 4.0;
        etoile(toile, colonne.gauche + 3.5, colonne.y);
        let y = colonne.y;
        toile.texte(Texte::new("le projet", colonne.gauche + 8.8, y, corps::NOTE).centre_sur(y));
        if !self.structures.is_empty() {
            colonne.y += 5.0;
            let y = colonne.y;
            toile.disque(colonne.gauche + 3.5, y, 0.85, palette::ENCRE);
            toile.texte(Texte::new("crèche ou MAM", colonne.gauche + 8.8, y, corps::NOTE).centre_sur(y));
        }
    }

    fn description(&self, fond: &Fond<'_>) -> String {
        let communes: Vec<String> = fond
            .membres()
            .filter_map(|t| {
                let minutes = self.minutes.get(&t.commune.code)?;
                Some(format!("{}{ESPACE_INSECABLE}: {}", t.nom, en_minutes(*minutes)))
            })
            .collect();
        format!(
            "Carte des communes selon le temps de trajet en voiture jusqu’au projet. {}.",
            communes.join("\u{202f}; ")
        )
    }
}

fn en_minutes(minutes: f64) -> String {
    format!("{}{ESPACE_INSECABLE}min", look::nombre(minutes.ceil(), 0))
}

/// A line of the legend; pale colours are seen by their rim.
fn case(toile: &mut Toile, colonne: &mut Colonne, couleur: Couleur, texte: String) {
    let (x, y) = (colonne.gauche, colonne.y);
    toile.rectangle(x, y, x + 7.0, y + 4.6, couleur);
    if palette::contraste(couleur, palette::PAPIER) < 1.3 {
        toile.cadre(x, y, x + 7.0, y + 4.6, palette::GRIS, 0.2);
    }
    let milieu = y + 2.3;
    toile.texte(Texte::new(texte, x + 8.8, milieu, corps::NOTE).centre_sur(milieu));
    colonne.y += 4.6;
}

fn dans(cadre: Zone, x: f64, y: f64) -> bool {
    x > cadre.gauche + 1.5 && x < cadre.droite - 1.5 && y > cadre.haut + 1.5 && y < cadre.bas - 1.5
}

/// Where a point of the ground is on the canvas: the projection of the frame, from one commune that it placed.
fn projection(fond: &Fond<'_>, emprise: Rect<f64>) -> Option<impl Fn(Point<f64>) -> Coord<f64>> {
    let repere = fond.traces.first()?;
    let (origine, place) = (repere.commune.centre.0, repere.centre);
    let kx = KM_PAR_DEGRE * emprise.center().y.to_radians().cos() * fond.mm_par_km;
    let ky = KM_PAR_DEGRE * fond.mm_par_km;
    Some(
        move |p: Point<f64>| coord! { x: place.x + (p.x() - origine.x) * kx, y: place.y - (p.y() - origine.y) * ky },
    )
}

/// The mark of the project: a star of five branches, orange in white.
fn etoile(toile: &mut Toile, x: f64, y: f64) {
    let branches = |rayon: f64| -> Vec<Coord<f64>> {
        (0..10)
            .map(|n| {
                let angle = std::f64::consts::PI * (f64::from(n) / 5.0 - 0.5);
                let r = if n % 2 == 0 { rayon } else { rayon * 0.45 };
                coord! { x: x + r * angle.cos(), y: y + r * angle.sin() }
            })
            .collect()
    };
    toile.surface(branches(3.3), palette::PAPIER);
    toile.surface(branches(2.5), palette::ORANGE);
}
