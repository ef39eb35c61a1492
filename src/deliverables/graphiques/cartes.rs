//! The maps of the report: ratios and classes as choropleths, a count as circles.

use super::cadre::{Habillage, citer, dates, notes, sous_titre};
use super::toile::Image;
use crate::deliverables::carte::Carte;
use crate::deliverables::look::{self, ESPACE_INSECABLE};
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::indicators::catalogue::Unite;
use crate::indicators::{Figure, Indicateur, Niveau, indicateur};

pub(super) const NOM_PLACES: &str = "carte-places-pour-100";
pub(super) const NOM_ACCESSIBILITE: &str = "carte-accessibilite";
pub(super) const NOM_TENSION: &str = "carte-tension";
pub(super) const NOM_NAISSANCES: &str = "carte-naissances";

/// The whole caution of the catalogue is longer than the foot of a map.
const BORDS: &str = "Places que les enfants de la commune atteignent en voiture, partagées avec ceux des communes proches. L’offre des communes hors du territoire n’est pas connue.";
const RANGS: &str = "De 1 (faible) à 4 (très élevée), un rang de plus par critère rempli\u{a0}: manque de places, accès faible, places en recul. Un critère qui n’est pas connu ne compte pas\u{a0}: la classe peut être trop basse d’un rang.";

/// Communes that a note names one by one.
const NOMMEES: usize = 3;

/// Places for 100 children, by commune; none without contours or values.
pub(super) fn dessiner_places(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    places(contexte).map_or(Ok(None), Carte::choroplethe)
}

/// The same for a slide, with what is said under it.
pub(super) fn dessiner_places_nue(
    contexte: &Contexte<'_>,
) -> Result<Option<(Image, String)>, ErreurLivrable> {
    let Some(carte) = places(contexte) else { return Ok(None) };
    let pied = carte.habillage.pied();
    let image = Carte { nue: true, ..carte }.choroplethe()?;
    Ok(image.map(|image| (image, pied)))
}

fn places<'a>(contexte: &'a Contexte<'a>) -> Option<Carte<'a>> {
    let titre =
        format!("Places d’accueil pour 100{ESPACE_INSECABLE}enfants de moins de 3{ESPACE_INSECABLE}ans");
    carte(contexte, NOM_PLACES, "places_pour_100", &titre, "")
}

/// Places within reach for 100 children, by commune; none without contours or values.
pub(super) fn dessiner_accessibilite(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let titre =
        format!("Places accessibles pour 100{ESPACE_INSECABLE}enfants de moins de 3{ESPACE_INSECABLE}ans");
    carte(contexte, NOM_ACCESSIBILITE, "accessibilite", &titre, BORDS).map_or(Ok(None), Carte::choroplethe)
}

/// Class of tension, by commune; none without contours or classes.
pub(super) fn dessiner_tension(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let lecture = look::enchainer([RANGS, &dire_les_minimums(contexte)]);
    let carte = carte(contexte, NOM_TENSION, "tension", "Tension de l’accueil des jeunes enfants", &lecture);
    carte.map_or(Ok(None), Carte::choroplethe)
}

/// The communes whose class is the least that it may be, for a criterion is not known there: by name if they are few.
fn dire_les_minimums(contexte: &Contexte<'_>) -> String {
    let Some(tension) = indicateur("tension") else { return String::new() };
    let lire = |code: &str, modalite: &str| {
        let figure = contexte.table.figure(Niveau::Commune, code, tension.id, modalite, contexte.annee)?;
        figure.valeur.filter(|_| figure.statut.est_connu())
    };
    let au_moins = |code: &str| {
        lire(code, "").is_some() && tension.modalites.iter().any(|(critere, _)| lire(code, critere).is_none())
    };
    let membres = contexte.geographie.membres().filter(|commune| au_moins(commune.code.as_str()));
    let noms: Vec<&str> = membres.map(|commune| commune.nom.as_str()).collect();
    match noms.as_slice() {
        [] => String::new(),
        noms if noms.len() <= NOMMEES => format!("C’est le cas pour {}.", noms.join(", ")),
        noms => format!("C’est le cas de {} communes.", noms.len()),
    }
}

/// What a ratio by commune looks like. `lecture`: how the map is read, if not as the catalogue says.
fn carte<'a>(
    contexte: &'a Contexte<'a>,
    nom: &'static str,
    id: &str,
    titre: &str,
    lecture: &str,
) -> Option<Carte<'a>> {
    let indicateur = indicateur(id)?;
    let (communes, ensemble) = figures(contexte, indicateur);
    let ensemble = ensemble
        .map(|f| {
            // A rank by its number means nothing to who does not know how many there are.
            let classe = f.valeur.filter(|_| indicateur.unite == Unite::Rang).and_then(look::nom_de_rang);
            let ecrite = classe.map_or_else(|| look::ecrire(&f, indicateur), str::to_owned);
            let valeur = look::avec_parties(&ecrite, &look::parties_de(&f));
            format!("ensemble{ESPACE_INSECABLE}: {valeur}")
        })
        .unwrap_or_default();
    let lecture = if lecture.is_empty() { indicateur.precaution } else { lecture };
    let habillage = Habillage {
        titre: format!("{titre} en {}", contexte.annee),
        sous_titre: sous_titre(&[contexte.territoire, "par commune", &dates(&communes), &ensemble]),
        note: format!("{} {lecture}", notes(communes.iter().map(|f| ("", f)), "Nombre en italique"))
            .trim()
            .to_owned(),
        source: citer(contexte, &communes),
    };
    Some(Carte { nom, indicateur, contexte, habillage, nue: false })
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
    Carte { nom: NOM_NAISSANCES, indicateur, contexte, habillage, nue: false }.cercles()
}

/// The figures of the report year: of the communes, then of the territory.
fn figures(contexte: &Contexte<'_>, indicateur: &Indicateur) -> (Vec<Figure>, Option<Figure>) {
    let figure = |niveau, code: &str| contexte.table.figure(niveau, code, indicateur.id, "", contexte.annee);
    let membres = contexte.geographie.membres();
    let communes = membres.filter_map(|c| figure(Niveau::Commune, c.code.as_str())).collect();
    (communes, figure(Niveau::Territoire, contexte.code_territoire))
}
