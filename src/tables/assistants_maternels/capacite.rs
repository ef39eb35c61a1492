//! Places of an agrément, and those of them that are free.

use super::personnes;
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs;

/// The places of a row; with what is to be told if it does not tell them, and they are estimated. An error if the row is to
/// be left.
pub(super) fn lire(
    tableau: &Tableau,
    rang: usize,
    mediane: &dyn Fn() -> Option<u32>,
) -> Result<(u32, Option<Probleme>), Probleme> {
    let brut = tableau.cellule(rang, "capacite").unwrap_or_default();
    let erreur = match valeurs::capacite(brut) {
        Ok(capacite) => return Ok((u32::from(capacite.places), None)),
        Err(erreur) => erreur,
    };
    let probleme = erreur.a(tableau.lieu(rang, "capacite")).avec_valeur(brut);
    if probleme.motif != Motif::CapaciteIllisible {
        return Err(probleme);
    }
    let Some(places) = mediane() else {
        return Err(Probleme { motif: Motif::CapacitesIllisibles, ..probleme });
    };
    let detail = format!(
        "{} : la personne est comptée, pour {}",
        probleme.detail,
        if places > 1 { format!("{places} places") } else { "1 place".to_owned() }
    );
    Ok((places, Some(Probleme { detail, ..probleme })))
}

/// The median of the capacities of a list, the lower of two; none unless half of them at least can be read.
pub(super) fn mediane(tableau: &Tableau) -> Option<u32> {
    let lire = |rang| valeurs::capacite(tableau.cellule(rang, "capacite")?).ok();
    let mut lues: Vec<u32> =
        (0..tableau.hauteur()).filter_map(lire).map(|capacite| u32::from(capacite.places)).collect();
    lues.sort_unstable();
    let rang = lues.len().checked_sub(1)? / 2;
    lues.get(rang).copied().filter(|_| lues.len() * 2 >= tableau.hauteur())
}

/// Free places that the row can do without; more of them than places is a mistake of the file.
pub(super) fn lire_libres(
    tableau: &Tableau,
    rang: usize,
    (places, estimees): (u32, bool),
    bilan: &mut Bilan,
) -> Option<u32> {
    let places = if estimees { personnes::PLACES_MAX } else { places };
    let brut = tableau.cellule(rang, "places_libres").filter(|brut| !valeurs::est_manquant(brut))?;
    let libres = places_dites(brut).filter(|n| *n <= places);
    if libres.is_none() {
        let detail = format!("un nombre de 0 à {places} est attendu : les places de l’agrément");
        let probleme = Probleme::new(Motif::ModaliteInconnue, tableau.lieu(rang, "places_libres"), detail);
        bilan.noter(probleme.avec_valeur(brut));
    }
    libres
}

/// « 2 », « 1 place », « 1 (dès le 01/03/2025) »; « complet », « aucune », « pas de place » are none.
fn places_dites(brut: &str) -> Option<u32> {
    let replie = valeurs::replier(brut);
    let premier = replie.split(' ').next().unwrap_or_default();
    if ["complet", "aucun", "pas", "plus", "neant", "zero"].iter().any(|debut| premier.starts_with(debut)) {
        return Some(0);
    }
    let entier = |texte: &str| valeurs::entier(texte).ok().and_then(|n| u32::try_from(n).ok());
    let nombre = brut.split('(').next().unwrap_or(brut);
    let nombre = nombre.trim_end_matches(|c: char| c.is_alphabetic() || c.is_whitespace());
    entier(brut).or_else(|| entier(nombre))
}
