//! One commune among its neighbours: the part of the choropleth around it, for its fiche.

use super::classes::Classes;
use super::{
    COLONNE, Colonne, Contexte, Demande, ErreurLivrable, Etat, Fond, Posee, Trace, classes_de,
    echelle_et_nord, ecrire_etiquette, placement, tramer,
};
use crate::deliverables::graphiques::{Image, Legende, Toile, Zone};
use crate::deliverables::look::{Couleur, ESPACE_INSECABLE, palette};
use crate::indicators::{Figure, Indicateur};
use crate::territory::CommuneGeo;
use geo::{Area, BoundingRect, Rect, coord};

/// Size of the picture, mm.
const LARGEUR: f64 = 178.0;
/// Size of the picture, mm.
const HAUTEUR: f64 = 88.0;
/// How many times its own size the country around a commune is shown.
const RECUL: f64 = 2.6;
/// Least stretch of country shown, km: a small commune is not drawn larger than its neighbours.
const EMPRISE_MINIMALE_KM: f64 = 12.0;

/// Least part of a commune, mm², that is named: a corner of one that is cut by the frame says nothing.
const AIRE_NOMMEE: f64 = 45.0;

/// The maps of the fiches: the classes are those of the whole territory, cut once, so that a colour means the
/// same on every fiche.
pub(crate) struct Voisinage<'a> {
    contexte: &'a Contexte<'a>,
    indicateur: &'static Indicateur,
    classes: Option<Classes>,
}

impl<'a> Voisinage<'a> {
    pub(crate) fn new(contexte: &'a Contexte<'a>, indicateur: &'static Indicateur) -> Self {
        Self { contexte, indicateur, classes: classes_de(contexte, indicateur) }
    }

    /// The map around a commune, and the figures that it shows.
    ///
    /// # Errors
    /// If a library refuses the drawing.
    pub(crate) fn dessiner(
        &self,
        commune: &CommuneGeo,
    ) -> Result<Option<(Image, Vec<Figure>)>, ErreurLivrable> {
        let mut toile = Toile::new(LARGEUR, HAUTEUR);
        let zone = Zone { gauche: 0.5, haut: 0.5, droite: LARGEUR - 0.5, bas: HAUTEUR - 0.5 };
        let cadre = Zone { droite: zone.droite - COLONNE - 5.0, ..zone };
        let Some(emprise) = emprise(commune) else { return Ok(None) };
        let fond = Fond::sur(emprise, self.contexte, self.indicateur, cadre);
        let couleurs = palette::classes(self.classes.as_ref().map_or(0, |c| c.classes.len()));
        let couleur = |trace: &Trace<'_>| {
            trace.valeur().zip(self.classes.as_ref()).map(|(v, classes)| couleurs[classes.rang(v)])
        };
        fond.peindre(&mut toile, |toile, trace| match couleur(trace) {
            Some(couleur) => toile.polygones(&trace.contour, couleur),
            None => tramer(toile, &trace.contour, trace.etat()),
        });
        // Where the frame cuts a commune, its outline is no border of the territory.
        toile.cadre(cadre.gauche, cadre.haut, cadre.droite, cadre.bas, palette::PAPIER, 1.0);
        entourer(&mut toile, &fond, commune);
        self.ecrire_les_noms(&mut toile, &fond, commune, couleur);
        toile.cadre(cadre.gauche, cadre.haut, cadre.droite, cadre.bas, palette::GRILLE, 0.2);
        let legende = Colonne::new(zone, self.indicateur.libelle, &mut toile).sans_comptes();
        if let Some(classes) = &self.classes {
            legende.classes(&mut toile, &fond, classes, &couleurs, self.indicateur);
        }
        echelle_et_nord(&mut toile, zone, fond.mm_par_km);
        let legende = self.legende(&fond, commune);
        let montrees = fond.membres().filter_map(|t| t.figure.clone()).collect();
        Ok(Some((toile.terminer("carte", legende)?, montrees)))
    }

    fn ecrire_les_noms(
        &self,
        toile: &mut Toile,
        fond: &Fond<'_>,
        commune: &CommuneGeo,
        couleur: impl Fn(&Trace<'_>) -> Option<Couleur>,
    ) {
        // The commune of the fiche takes its place first.
        let mut ordre = fond.par_importance(self.contexte);
        ordre.retain(|t| t.contour.unsigned_area() > AIRE_NOMMEE || t.commune.code == commune.code);
        ordre.sort_by_key(|t| t.commune.code != commune.code);
        let demandes: Vec<Demande<'_>> = ordre.iter().map(|t| t.demande(self.indicateur)).collect();
        let mut placement = placement(fond);
        // The commune of the fiche is named by any means, the others where their name fits: a line across the map
        // would lead to a corner of them.
        let propre = ordre.iter().take_while(|t| t.commune.code == commune.code).count();
        let (la_sienne, autres) = demandes.split_at(propre);
        let mut posees = placement.placer(la_sienne, true);
        posees.extend(
            placement.placer(autres, false).into_iter().map(|p| Posee { rang: p.rang + propre, ..p }),
        );
        for posee in posees {
            let trace = ordre[posee.rang];
            let fond_de = couleur(trace).filter(|_| posee.filet.is_none()).unwrap_or(palette::PAPIER);
            ecrire_etiquette(toile, &posee, fond_de, trace.est_estime());
        }
        fond.nommer_voisines(toile, &mut placement);
    }

    fn legende(&self, fond: &Fond<'_>, commune: &CommuneGeo) -> Legende {
        let communes: Vec<String> = fond
            .membres()
            .map(|t| format!("{}{ESPACE_INSECABLE}: {}", t.nom, t.ecrire(self.indicateur)))
            .collect();
        let titre = format!("{}, commune par commune, {}", self.indicateur.libelle, self.contexte.annee);
        let nom = commune.nom.replace('\'', "’");
        let description =
            format!("Carte de {nom} et des communes alentour. {}.", communes.join("\u{202f}; "));
        Legende { titre, description }
    }
}

/// The commune of the fiche, seen among the others whatever its colour.
fn entourer(toile: &mut Toile, fond: &Fond<'_>, commune: &CommuneGeo) {
    for trace in fond.traces.iter().filter(|t| t.commune.code == commune.code) {
        if trace.etat() == Etat::SansObjet {
            toile.polygones(&trace.contour, palette::PAPIER);
        }
        toile.bords(&trace.contour, palette::PAPIER, 1.7);
        toile.bords(&trace.contour, palette::ENCRE, 0.9);
    }
}

/// The country to show: the commune in the middle, and as much again around it.
fn emprise(commune: &CommuneGeo) -> Option<Rect<f64>> {
    let propre = commune.contour.bounding_rect()?;
    let centre = propre.center();
    let minimum = EMPRISE_MINIMALE_KM / super::KM_PAR_DEGRE;
    let hauteur = (propre.height() * RECUL).max(minimum) / 2.0;
    let largeur = (propre.width() * RECUL).max(minimum) / 2.0;
    Some(Rect::new(
        coord! { x: centre.x - largeur, y: centre.y - hauteur },
        coord! { x: centre.x + largeur, y: centre.y + hauteur },
    ))
}
