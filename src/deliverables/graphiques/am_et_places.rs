//! Childminders and their places over time.

use super::cadre::{HAUTEUR, Habillage, LARGEUR, annees_connues, citer, dates, notes, sous_titre};
use super::courbe::titre_d_evolution;
use super::serie;
use super::toile::{Image, Legende, Toile};
use super::volets::{Volet, tracer};
use crate::deliverables::apparence::Role;
use crate::deliverables::look;
use crate::deliverables::{Contexte, ErreurLivrable};

pub(super) const NOM: &str = "am-et-places";

/// Draws the chart; none if neither series has a known value.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let couleur = contexte.apparence.teintes().de(Role::Individuel);
    let agrees = Volet::new("Assistants maternels agréés", couleur, serie(contexte, "am_agrees", ""));
    let places =
        Volet::new("Places chez les assistants maternels", couleur, serie(contexte, "am_places", ""));
    // The same years in both panels: they are read across.
    let annees = annees_connues([agrees.figures.as_slice(), places.figures.as_slice()]);
    if annees.is_empty() {
        return Ok(None);
    }
    let noms = ("assistant maternel agréé", "assistants maternels agréés");
    let titre = titre_d_evolution(contexte, &agrees.figures, &agrees.annees(), noms).unwrap_or_else(|| {
        format!("Assistants maternels agréés et leurs places, {}", look::en_annees(&annees))
    });
    let volets: Vec<(&Volet, &[i32])> = [&agrees, &places]
        .into_iter()
        .filter(|v| !v.annees().is_empty())
        .map(|v| (v, annees.as_slice()))
        .collect();
    let figures = || volets.iter().flat_map(|v| v.0.figures_de(&annees));
    let quand = format!("nombre {}", dates(figures().map(|f| f.1)));
    let habillage = Habillage {
        titre,
        sous_titre: sous_titre(&[contexte.territoire, quand.trim()]),
        note: notes(figures(), "Point creux et tirets"),
        source: citer(contexte, figures().map(|f| f.1)),
    };
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let zone = habillage.poser(&mut toile);
    let mots = tracer(&mut toile, zone, &volets, false);
    let description = super::decrire(&habillage, &mots);
    toile.terminer(NOM, Legende { titre: habillage.titre, description }).map(Some)
}
