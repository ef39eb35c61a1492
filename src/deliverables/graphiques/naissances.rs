//! Births, and resident children under three when they are known.

use super::cadre::{HAUTEUR, Habillage, LARGEUR, citer, notes, sous_titre};
use super::courbe::titre_d_evolution;
use super::serie;
use super::toile::{Image, Legende, Toile};
use super::volets::{Volet, tracer};
use crate::deliverables::apparence::Role;
use crate::deliverables::look;
use crate::deliverables::{Contexte, ErreurLivrable};

pub(super) const NOM: &str = "naissances";

/// Why the line of the children is cut.
pub(crate) const ENFANTS_D_APRES_LES_NAISSANCES: &str = "Ligne coupée\u{a0}: des enfants estimés d’après les naissances ne se comparent pas à des enfants comptés.";

/// Draws the chart; none if no year of births is known.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let teintes = contexte.apparence.teintes();
    let naissances =
        Volet::new("Naissances", teintes.de(Role::Naissances), serie(contexte, "naissances", ""));
    let enfants = Volet {
        // A sum of births is no count of resident children.
        coupee: true,
        ..Volet::new(
            "Enfants de moins de 3\u{a0}ans",
            teintes.de(Role::Enfants),
            serie(contexte, "enfants_0_2", ""),
        )
    };
    // Two panels: three years of children stand three times as high as one year of births.
    let (annees, annees_enfants) = (naissances.annees(), enfants.annees());
    if annees.is_empty() {
        return Ok(None);
    }
    let mut volets = vec![(&naissances, annees.as_slice())];
    if !annees_enfants.is_empty() {
        volets.push((&enfants, annees_enfants.as_slice()));
    }
    let figures = || volets.iter().flat_map(|(volet, axe)| volet.figures_de(axe));
    let coupure = if enfants.est_coupee() { ENFANTS_D_APRES_LES_NAISSANCES } else { "" };
    let habillage = Habillage {
        titre: titre_d_evolution(contexte, &naissances.figures, &annees, ("naissance", "naissances"))
            .unwrap_or_else(|| format!("Naissances {}", look::en_annees(&annees))),
        sous_titre: sous_titre(&[contexte.territoire, "nombre par an, au domicile de la mère"]),
        note: look::enchainer([notes(figures(), "Point creux et tirets").as_str(), coupure]),
        source: citer(contexte, figures().map(|f| f.1)),
    };
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let zone = habillage.poser(&mut toile);
    let mots = tracer(&mut toile, zone, &volets, false);
    let description = super::decrire(&habillage, &mots);
    toile.terminer(NOM, Legende { titre: habillage.titre, description }).map(Some)
}
