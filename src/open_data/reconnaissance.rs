//! A public file is known by its content.

use crate::sources::{Genre, cog, contours};
use crate::territory::CodeCommune;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouvaille {
    /// Its kind.
    pub genre: Genre,
    /// The communes whose contours it holds.
    pub communes: BTreeSet<CodeCommune>,
}

/// Recognises a public file by its header or its properties; none if it is something else.
pub fn reconnaitre(chemin: &Path) -> Option<Trouvaille> {
    let mut debut = Vec::new();
    let fichier = std::fs::File::open(chemin).ok()?;
    BufReader::new(fichier.take(16 * 1024)).read_until(b'\n', &mut debut).ok()?;
    let debut = String::from_utf8_lossy(&debut);
    let debut = debut.trim_start_matches('\u{feff}').trim();
    if debut.starts_with('{') {
        return reconnaitre_contours(chemin);
    }
    let delimiteur = if debut.matches(';').count() > debut.matches(',').count() { ';' } else { ',' };
    let entetes: Vec<&str> = debut.split(delimiteur).map(|e| e.trim().trim_matches('"')).collect();
    let genre = if cog::est_cog_communes(&entetes) {
        Genre::CogCommunes
    } else if cog::est_cog_mouvements(&entetes) {
        Genre::CogMouvements
    } else if cog::est_composition_epci(&entetes) {
        Genre::Composition
    } else if est_naissances(&entetes) {
        Genre::Naissances
    } else {
        return None;
    };
    Some(Trouvaille { genre, communes: BTreeSet::new() })
}

fn reconnaitre_contours(chemin: &Path) -> Option<Trouvaille> {
    let (contours, _) = contours::lire_contours(chemin).ok()?;
    let communes: BTreeSet<CodeCommune> = contours.into_iter().map(|c| c.code).collect();
    (!communes.is_empty()).then_some(Trouvaille { genre: Genre::Contours, communes })
}

/// A code, a label, then nothing but years; or the columns of Melodi.
fn est_naissances(entetes: &[&str]) -> bool {
    let annees = entetes.iter().filter(|e| e.len() == 4 && e.parse::<i32>().is_ok()).count();
    let large =
        annees >= 3 && entetes.len() <= annees + 2 && matches!(entetes[0], "code" | "CODGEO" | "codgeo");
    large || ["GEO", "TIME_PERIOD", "OBS_VALUE"].iter().all(|c| entetes.contains(c))
}
