//! The communes laid out once, for a page that colours them itself.

use super::{Contexte, Demande, Fond, KM_PAR_DEGRE, LARGEUR, Posee, Trace, placement};
use crate::deliverables::graphiques::Zone;
use crate::indicators::Indicateur;
use geo::{BoundingRect, MultiPolygon};
use std::collections::BTreeMap;

/// Beyond that number of members a name no longer finds room in its commune, and looking for it takes time.
const MEMBRES_NOMMES: usize = 120;
/// Shape of the plan: height over width, at least and at most.
const PROPORTIONS: (f64, f64) = (0.55, 1.15);
/// The room kept under a name for its value.
const VALEUR_TYPE: &str = "1\u{202f}092";

/// Where everything stands, mm.
pub(crate) struct Plan {
    pub(crate) largeur: f64,
    pub(crate) hauteur: f64,
    pub(crate) mm_par_km: f64,
    /// Members and neighbours, by code.
    pub(crate) communes: Vec<CommuneDuPlan>,
}

/// One commune of the plan.
pub(crate) struct CommuneDuPlan {
    pub(crate) code: String,
    pub(crate) membre: bool,
    pub(crate) contour: MultiPolygon<f64>,
    /// Inside the contour: from where neighbours are looked for.
    pub(crate) centre: (f64, f64),
    /// Name and the place of a value, if there is room.
    pub(crate) etiquette: Option<Posee>,
}

impl Plan {
    /// Lays the members out so that they fill the frame; none if no contour is known.
    pub(crate) fn new(contexte: &Contexte<'_>, indicateur: &Indicateur) -> Option<Self> {
        let membres = MultiPolygon::new(
            contexte.geographie.membres().flat_map(|c| c.contour.0.iter().cloned()).collect(),
        );
        let emprise = membres.bounding_rect()?;
        let kx = KM_PAR_DEGRE * emprise.center().y.to_radians().cos();
        let proportion = (emprise.height() * KM_PAR_DEGRE) / (emprise.width() * kx);
        let hauteur = LARGEUR * proportion.clamp(PROPORTIONS.0, PROPORTIONS.1);
        let cadre = Zone { gauche: 0.0, haut: 0.0, droite: LARGEUR, bas: hauteur };
        let fond = Fond::sur(emprise, contexte, indicateur, cadre);
        let mut etiquettes = nommer(&fond, contexte);
        let communes = fond.traces.iter().map(|trace| CommuneDuPlan {
            code: trace.commune.code.to_string(),
            membre: trace.commune.membre,
            contour: trace.contour.clone(),
            centre: (trace.centre.x, trace.centre.y),
            etiquette: etiquettes.remove(trace.commune.code.as_str()),
        });
        Some(Self { largeur: LARGEUR, hauteur, mm_par_km: fond.mm_par_km, communes: communes.collect() })
    }
}

/// The names of the members, by code.
fn nommer(fond: &Fond<'_>, contexte: &Contexte<'_>) -> BTreeMap<String, Posee> {
    let ordre: Vec<&Trace<'_>> = fond.par_importance(contexte);
    if ordre.len() > MEMBRES_NOMMES {
        return BTreeMap::new();
    }
    let demandes: Vec<Demande<'_>> = ordre
        .iter()
        .map(|t| Demande {
            nom: &t.nom,
            valeur: VALEUR_TYPE.to_owned(),
            contour: &t.contour,
            centre: t.centre,
            rayon: 0.0,
        })
        .collect();
    let posees = placement(fond).placer(&demandes, true).into_iter();
    posees.map(|posee| (ordre[posee.rang].commune.code.to_string(), posee)).collect()
}
