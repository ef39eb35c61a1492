//! The two maps of the report: a ratio as a choropleth, a count as circles.

use super::cadre::{Habillage, citer, dates, notes, sous_titre};
use super::toile::Image;
use crate::deliverables::carte::Carte;
use crate::deliverables::look::{self, ESPACE_INSECABLE};
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::indicators::{Figure, Indicateur, Niveau, indicateur};

pub(super) const NOM_PLACES: &str = "carte-places-pour-100";
pub(super) const NOM_NAISSANCES: &str = "carte-naissances";

/// Places for 100 children, by commune; none without contours or values.
pub(super) fn dessiner_places(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let Some(indicateur) = indicateur("places_pour_100") else { return Ok(None) };
    let titre = format!("Places d’accueil pour 100{ESPACE_INSECABLE}enfants de moins de 3{ESPACE_INSECABLE}ans");
    let habillage = habiller(contexte, indicateur, titre, "par commune");
    Carte { nom: NOM_PLACES, indicateur, contexte, habillage }.choroplethe()
}

/// Births of the year, by commune; none without contours or values.
pub(super) fn dessiner_naissances(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let Some(indicateur) = indicateur("naissances") else { return Ok(None) };
    let habillage = habiller(contexte, indicateur, "Naissances de l’année".to_owned(), "par commune de la mère");
    Carte { nom: NOM_NAISSANCES, indicateur, contexte, habillage }.cercles()
}

fn habiller(
    contexte: &Contexte<'_>,
    indicateur: &Indicateur,
    titre: String,
    maille: &str,
) -> Habillage {
    let figures: Vec<Figure> = contexte
        .geographie
        .membres()
        .filter_map(|c| {
            let code = c.code.as_str();
            contexte.table.figure(Niveau::Commune, code, indicateur.id, "", contexte.annee)
        })
        .collect();
    let ensemble = contexte
        .table
        .figure(Niveau::Territoire, contexte.code_territoire, indicateur.id, "", contexte.annee)
        .map(|f| format!("ensemble{ESPACE_INSECABLE}: {}", look::ecrire(&f, indicateur)));
    let quand = match dates(&figures).as_str() {
        "" => contexte.annee.to_string(),
        _ if indicateur.id == "naissances" => contexte.annee.to_string(),
        dates => dates.to_owned(),
    };
    let note = format!("{} {}", notes(&figures, "Nombre en italique"), indicateur.precaution);
    Habillage {
        titre: format!("{titre}, {}", contexte.annee),
        sous_titre: sous_titre(&[contexte.territoire, maille, &quand, ensemble.as_deref().unwrap_or_default()]),
        note: note.trim().to_owned(),
        source: citer(contexte, &figures),
    }
}
