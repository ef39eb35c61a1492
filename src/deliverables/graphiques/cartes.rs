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
    let (communes, ensemble) = figures(contexte, indicateur);
    let ensemble = ensemble
        .map(|f| format!("ensemble{ESPACE_INSECABLE}: {}", look::ecrire(&f, indicateur)))
        .unwrap_or_default();
    let habillage = Habillage {
        titre: format!(
            "Places d’accueil pour 100{ESPACE_INSECABLE}enfants de moins de 3{ESPACE_INSECABLE}ans en {}",
            contexte.annee
        ),
        sous_titre: sous_titre(&[contexte.territoire, "par commune", &dates(&communes), &ensemble]),
        note: format!(
            "{} {}",
            notes(communes.iter().map(|f| ("", f)), "Nombre en italique"),
            indicateur.precaution
        )
        .trim()
        .to_owned(),
        source: citer(contexte, &communes),
    };
    Carte { nom: NOM_PLACES, indicateur, contexte, habillage }.choroplethe()
}

/// Births of the year, by commune; none without contours or values.
pub(super) fn dessiner_naissances(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let Some(indicateur) = indicateur("naissances") else { return Ok(None) };
    let (communes, ensemble) = figures(contexte, indicateur);
    let titre = ensemble
        .filter(|f| f.statut.est_connu() && f.parties == f.parties_attendues)
        .and_then(|f| f.valeur)
        .map_or_else(|| "Naissances".to_owned(), |v| look::compter(v, "naissance", "naissances"));
    let habillage = Habillage {
        titre: format!("{titre} en {}", contexte.annee),
        sous_titre: sous_titre(&[contexte.territoire, "nombre par commune de domicile de la mère"]),
        note: notes(communes.iter().map(|f| ("", f)), "Nombre en italique"),
        source: citer(contexte, &communes),
    };
    Carte { nom: NOM_NAISSANCES, indicateur, contexte, habillage }.cercles()
}

/// The figures of the report year: of the communes, then of the territory.
fn figures(contexte: &Contexte<'_>, indicateur: &Indicateur) -> (Vec<Figure>, Option<Figure>) {
    let figure = |niveau, code: &str| contexte.table.figure(niveau, code, indicateur.id, "", contexte.annee);
    let membres = contexte.geographie.membres();
    let communes = membres.filter_map(|c| figure(Niveau::Commune, c.code.as_str())).collect();
    (communes, figure(Niveau::Territoire, contexte.code_territoire))
}
