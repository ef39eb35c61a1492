//! Collective places by funding (PSU, PAJE) over the years: one line each, named where it ends.

use super::cadre::{
    HAUTEUR, Habillage, LARGEUR, annees_connues, citer, collectif_passe, dates, notes, sous_titre,
};
use super::serie;
use super::toile::{Image, Legende, Toile};
use super::volets::{Volet, tracer};
use crate::deliverables::apparence::Role;
use crate::deliverables::look;
use crate::deliverables::{Contexte, ErreurLivrable, messages};
use crate::indicators::Niveau;

pub(super) const NOM: &str = "places-psu-paje";

/// Draws the chart; none if one of the two fundings has no known year.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let teintes = contexte.apparence.teintes();
    // Of one hue: the tint of the PAJE would not be seen as a line, and each has its panel and its name.
    let volet = |titre, modalite| {
        Volet::new(titre, teintes.de(Role::Collectif), serie(contexte, "eaje_places", modalite))
    };
    let psu = volet("PSU\u{a0}: tarif selon les revenus", "financement:psu");
    let paje = volet("PAJE\u{a0}: tarif de l’établissement", "financement:paje");
    let annees = annees_connues([psu.figures.as_slice(), paje.figures.as_slice()]);
    if psu.annees().is_empty() || paje.annees().is_empty() {
        return Ok(None);
    }
    let volets = [(&psu, annees.as_slice()), (&paje, annees.as_slice())];
    let figures = || volets.iter().flat_map(|(volet, axe)| volet.figures_de(axe));
    let part = serie(contexte, "part_psu", "").into_iter().find(|f| f.annee == contexte.annee);
    let habillage = Habillage {
        titre: part
            .and_then(|f| messages::part(&f, "des places collectives ont un tarif selon les revenus"))
            .unwrap_or_else(|| format!("Places collectives par financement, {}", look::en_annees(&annees))),
        sous_titre: sous_titre(&[contexte.territoire, "nombre de places", &dates(figures().map(|f| f.1))]),
        note: look::enchainer([
            "Les deux échelles sont les mêmes.",
            &notes(figures(), "Point creux et tirets"),
            collectif_passe(contexte, (Niveau::Territoire, contexte.code_territoire), annees.iter().copied()),
        ]),
        source: citer(contexte, figures().map(|f| f.1)),
    };
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let zone = habillage.poser(&mut toile);
    let mots = tracer(&mut toile, zone, &volets, true);
    let description = super::decrire(&habillage, &mots);
    toile.terminer(NOM, Legende { titre: habillage.titre, description }).map(Some)
}
