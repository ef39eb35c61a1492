//! What stands beside a map: the classes or the sizes, the patterns of what has no value, the scale and the north.

use super::classes::Classes;
use super::{AIRE_DES_CERCLES, COLONNE, Etat, Fond, Trace, couleur_de_rang, dire_la_methode};
use crate::deliverables::graphiques::{Ancre, CAPITALES, Texte, Toile, Zone, pt, rectangle};
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, Graisse, corps, palette};
use crate::indicators::{Indicateur, Unite};
use geo::{MultiPolygon, coord};
use std::collections::BTreeMap;

/// Size of the box of a class, mm.
pub(super) const CASE: (f64, f64) = (7.0, 4.6);

/// The pattern of what has no value.
pub(super) fn tramer(toile: &mut Toile, contour: &MultiPolygon<f64>, etat: Etat) {
    toile.polygones(contour, palette::PAPIER);
    match etat {
        Etat::NonDisponible => toile.hachures(contour, 1.6, palette::TRAME, 0.2),
        Etat::Secret => toile.points(contour, 1.8, palette::TRAME, 0.2),
        Etat::Connu(_) | Etat::SansObjet => {}
    }
}

/// The column at the right of the map.
pub(super) struct Colonne {
    pub(super) gauche: f64,
    droite: f64,
    /// Where the next line goes, mm.
    pub(super) y: f64,
    /// Whether it says how many communes are in each class.
    comptes: bool,
}

impl Colonne {
    pub(super) fn new(zone: Zone, titre: &str, toile: &mut Toile) -> Self {
        let gauche = zone.droite - COLONNE;
        let mut y = zone.haut + 2.0;
        for ligne in crate::deliverables::graphiques::couper(titre, COLONNE, corps::VALEUR, Graisse::Gras) {
            toile.texte(Texte::new(ligne, gauche, y, corps::VALEUR).gras());
            y += pt(corps::VALEUR) * 1.25;
        }
        Self { gauche, droite: zone.droite, y: y + 1.5, comptes: true }
    }

    /// Of a part of the territory, how many communes it cuts says nothing.
    pub(super) fn sans_comptes(self) -> Self {
        Self { comptes: false, ..self }
    }

    pub(super) fn classes(
        mut self,
        toile: &mut Toile,
        fond: &Fond<'_>,
        classes: &Classes,
        couleurs: &[Couleur],
        indicateur: &Indicateur,
    ) {
        if self.comptes {
            let entete = Texte::new("communes", self.droite, self.y, corps::NOTE);
            toile.texte(entete.pale().ancre(Ancre::Fin));
        }
        self.y += 1.4;
        let ecrire = |v: f64| look::nombre(v, indicateur.decimales);
        let comptes = classes.compter(&fond.membres().filter_map(Trace::valeur).collect::<Vec<_>>());
        let presentes = classes.classes.iter().zip(&comptes).zip(couleurs);
        let mut cases: Vec<(f64, f64, usize, Couleur)> =
            presentes.map(|(((bas, haut, _), nombre), couleur)| (*bas, *haut, *nombre, *couleur)).collect();
        if indicateur.unite == Unite::Rang {
            // A rank that no commune has is on the scale all the same, in its own colour.
            let rangs = (1..=u8::MAX).map(f64::from).take_while(|rang| look::nom_de_rang(*rang).is_some());
            let absents: Vec<f64> =
                rangs.filter(|rang| cases.iter().all(|(bas, ..)| bas.total_cmp(rang).is_ne())).collect();
            cases.extend(absents.into_iter().map(|rang| (rang, rang, 0, couleur_de_rang(rang))));
            cases.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        // The most on top, as a reader expects of a scale.
        for (bas, haut, nombre, couleur) in cases.into_iter().rev() {
            let nom = Some(bas).filter(|_| indicateur.unite == Unite::Rang).and_then(look::nom_de_rang);
            let bornes = if let Some(nom) = nom {
                format!("{}{ESPACE_INSECABLE}: {nom}", ecrire(bas))
            } else if ecrire(bas) == ecrire(haut) {
                ecrire(bas)
            } else {
                format!("{} à {}", ecrire(bas), ecrire(haut))
            };
            toile.rectangle(self.gauche, self.y, self.gauche + CASE.0, self.y + CASE.1, couleur);
            self.ligne(toile, &bornes, corps::AXE, nombre);
        }
        self.trames(toile, fond);
        self.voisines(toile, fond);
        self.petit_texte(toile, dire_la_methode(classes.methode));
    }

    pub(super) fn cercles(
        mut self,
        toile: &mut Toile,
        fond: &Fond<'_>,
        maximum: f64,
        rayon: impl Fn(f64) -> f64,
    ) {
        let reperes = reperes(maximum);
        let plus_grand = reperes.first().map_or(0.0, |v| rayon(*v));
        let x = self.gauche + plus_grand;
        let sol = self.y + 2.0 * plus_grand;
        for valeur in reperes {
            let r = rayon(valeur);
            toile.disque(x, sol - r, r, palette::ENCRE_PALE);
            toile.disque(x, sol - r, r - 0.2, palette::PAPIER);
            let y = sol - 2.0 * r;
            toile.segment((x, y), (x + plus_grand + 3.0, y), palette::AXE, 0.15);
            let texte = Texte::new(look::nombre(valeur, 0), x + plus_grand + 4.0, y, corps::AXE);
            toile.texte(texte.centre_sur(y));
        }
        self.y = sol + 4.0;
        self.trames(toile, fond);
        self.voisines(toile, fond);
        self.petit_texte(toile, AIRE_DES_CERCLES);
    }

    /// The patterns that the map shows, with what they mean.
    pub(super) fn trames(&mut self, toile: &mut Toile, fond: &Fond<'_>) {
        let mut compte: BTreeMap<u8, (Etat, usize, String)> = BTreeMap::new();
        for trace in fond.membres() {
            let (rang, texte) = match trace.etat() {
                Etat::Connu(_) => continue,
                Etat::NonDisponible => (0, "n.d. : non disponible"),
                Etat::Secret => (1, "s. : non diffusé"),
                Etat::SansObjet => (2, "– : sans objet"),
            };
            let texte = texte.replace(" :", "\u{a0}:");
            compte.entry(rang).or_insert((trace.etat(), 0, texte)).1 += 1;
        }
        if !compte.is_empty() {
            self.y += 1.6;
        }
        for (etat, nombre, texte) in compte.into_values() {
            let (x1, y1) = (self.gauche + CASE.0, self.y + CASE.1);
            tramer(toile, &rectangle(self.gauche, self.y, x1, y1).into(), etat);
            toile.cadre(self.gauche, self.y, x1, y1, palette::GRIS, 0.2);
            self.ligne(toile, &texte, corps::NOTE, nombre);
            self.y += 1.0;
        }
    }

    /// What the communes around are.
    fn voisines(&mut self, toile: &mut Toile, fond: &Fond<'_>) {
        if fond.traces.iter().all(|trace| trace.commune.membre) {
            return;
        }
        self.y += 0.8;
        let (x1, y1) = (self.gauche + CASE.0, self.y + CASE.1);
        toile.rectangle(self.gauche, self.y, x1, y1, palette::VOISINE);
        toile.cadre(self.gauche, self.y, x1, y1, palette::VOISINE_BORD, 0.2);
        let y = self.y + CASE.1 / 2.0;
        let texte = Texte::new("hors du territoire", self.gauche + CASE.0 + 1.8, y, corps::NOTE);
        toile.texte(texte.centre_sur(y));
        self.y += CASE.1;
    }

    /// A line beside its box, with the number of communes if it is told.
    pub(super) fn ligne(&mut self, toile: &mut Toile, texte: &str, corps_de: f64, nombre: usize) {
        let y = self.y + CASE.1 / 2.0;
        let gauche = self.gauche + CASE.0 + 1.8;
        toile.texte(Texte::new(texte, gauche, y, corps_de).centre_sur(y));
        if self.comptes {
            let nombre = Texte::new(nombre.to_string(), self.droite, y, corps::AXE);
            toile.texte(nombre.pale().ancre(Ancre::Fin).centre_sur(y));
        }
        self.y += CASE.1;
    }

    pub(super) fn petit_texte(&mut self, toile: &mut Toile, texte: &str) {
        self.y += 4.0;
        for ligne in crate::deliverables::graphiques::couper(texte, COLONNE, corps::NOTE, Graisse::Normal) {
            toile.texte(Texte::new(ligne, self.gauche, self.y, corps::NOTE).pale());
            self.y += pt(corps::NOTE) * 1.3;
        }
    }
}

/// Three round values for the legend of the circles, the largest first.
fn reperes(maximum: f64) -> Vec<f64> {
    let rond = |v: f64| {
        let puissance = 10_f64.powf(v.log10().floor());
        let chiffre = v / puissance;
        let premier = if chiffre >= 5.0 {
            5.0
        } else if chiffre >= 2.0 {
            2.0
        } else {
            1.0
        };
        (premier * puissance).max(1.0)
    };
    let mut reperes = vec![rond(maximum), rond(maximum / 4.0), rond(maximum / 16.0)];
    reperes.dedup();
    reperes
}

/// Scale bar and north, at the foot of the column.
pub(super) fn echelle_et_nord(toile: &mut Toile, zone: Zone, mm_par_km: f64) {
    let gauche = zone.droite - COLONNE;
    let y = zone.bas - 1.0;
    let km = [50.0, 20.0, 10.0, 5.0, 2.0, 1.0].into_iter().find(|km| km * mm_par_km <= 22.0).unwrap_or(0.5);
    let droite = gauche + km * mm_par_km;
    toile.segment((gauche, y), (droite, y), palette::ENCRE, 0.35);
    for x in [gauche, droite] {
        toile.segment((x, y - 1.2), (x, y + 0.17), palette::ENCRE, 0.35);
    }
    let texte = format!("{}{ESPACE_INSECABLE}km", look::nombre(km, u32::from(km < 1.0)));
    toile.texte(Texte::new(texte, f64::midpoint(gauche, droite), y - 1.8, corps::AXE).ancre(Ancre::Milieu));
    let x = zone.droite - 2.5;
    let fleche = |cote: f64| {
        vec![coord! { x: x, y: y - 6.5 }, coord! { x: x + cote, y: y }, coord! { x: x, y: y - 1.5 }]
    };
    toile.surface(fleche(-1.9), palette::ENCRE);
    let mut contour = fleche(1.9);
    contour.push(contour[0]);
    toile.trait_(contour, palette::ENCRE, 0.15);
    let nord = Texte::new("N", x, y - 6.5 - pt(corps::AXE) * (1.0 - CAPITALES) - 0.3, corps::AXE);
    toile.texte(nord.gras().ancre(Ancre::Milieu));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_cercles_ont_des_reperes_ronds() {
        assert_eq!(reperes(80.0), [50.0, 20.0, 5.0]);
        assert_eq!(reperes(1234.0), [1000.0, 200.0, 50.0]);
        assert_eq!(reperes(1.0), [1.0]);
    }
}
