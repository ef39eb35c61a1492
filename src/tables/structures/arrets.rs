//! The stops of a travelling structure: several rows, one structure.

use super::Structure;
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{self, TypeStructure, replier};
use polars::prelude::*;
use std::collections::BTreeMap;

const JOURS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// Hours between which a day is cut in two.
const MIDI: u32 = 12;
const APRES_MIDI: u32 = 14;

/// One stop of a structure that travels.
pub(super) struct Arret {
    /// Row of the table, from 0.
    rang: usize,
    demi_journees: Option<u32>,
}

impl Arret {
    /// The stop that a row is, if its type or its name says that the structure travels.
    pub(super) fn lire(
        type_structure: Option<&str>,
        nom: &str,
        horaires: Option<&str>,
        demi_journees: Option<&str>,
        rang: usize,
    ) -> Option<Self> {
        let replie = replier(&format!("{} {nom}", type_structure.unwrap_or_default()));
        let itinerante = ["itineran", "bebebus", "ambulant"]
            .iter()
            .any(|debut| replie.split(' ').any(|mot| mot.starts_with(debut)));
        let declarees =
            demi_journees.and_then(|t| valeurs::entier(t).ok()).and_then(|n| u32::try_from(n).ok());
        let comptees = || horaires.and_then(demi_journees_de);
        itinerante.then(|| Self { rang, demi_journees: declarees.or_else(comptees) })
    }
}

/// The half-days of a week: « lundi 13h30 - 17h30 » is one, « mardi 8h15 - 18h15 | jeudi 13h30 - 18h15 »
/// three, « du lundi au vendredi 8h - 12h » five. None where no day is named.
fn demi_journees_de(horaires: &str) -> Option<u32> {
    let mut total = 0;
    for plage in horaires.split(['|', ';', '\n']) {
        let replie = replier(plage);
        let mots: Vec<&str> = replie.split(' ').collect();
        let rang = |mot: &&str| JOURS.iter().position(|j| j == mot);
        let nommes: Vec<usize> = mots.iter().filter_map(rang).collect();
        let jours = match nommes.as_slice() {
            [debut, fin] if mots.contains(&"au") && debut < fin => fin - debut + 1,
            autres => autres.len(),
        };
        let heures: Vec<u32> = plage.split_whitespace().filter_map(heure).collect();
        let entiere = heures.first().zip(heures.last()).is_some_and(|(d, f)| *d < MIDI && *f >= APRES_MIDI);
        total += u32::try_from(jours).unwrap_or(0) * if entiere { 2 } else { 1 };
    }
    (total > 0).then_some(total)
}

/// The hour of `13h30`, `8h`, `18:15`.
fn heure(mot: &str) -> Option<u32> {
    mot.split_once(['h', 'H', ':']).and_then(|(heure, _)| heure.parse().ok()).filter(|h| *h < 25)
}

/// One structure and commune: the structure's rank from 1, the commune, its stops.
pub(super) struct Desserte {
    structure: u32,
    code: String,
    arrets: u32,
    demi_journees: Option<u32>,
    part: f64,
}

/// Makes one structure of the stops of the same name, of which the commune is the one where it stops most.
pub(super) fn reunir(
    lues: Vec<Structure>,
    tableau: &Tableau,
    bilan: &mut Bilan,
) -> (Vec<Structure>, Vec<Desserte>) {
    let mut connues: BTreeMap<(TypeStructure, String), usize> = BTreeMap::new();
    let mut structures: Vec<Structure> = Vec::with_capacity(lues.len());
    let mut arrets: BTreeMap<usize, Vec<(String, Arret)>> = BTreeMap::new();
    for mut structure in lues {
        let Some(arret) = structure.arret.take() else {
            structures.push(structure);
            continue;
        };
        let cle = (structure.genre, replier(&structure.nom));
        let rang = *connues.entry(cle).or_insert(structures.len());
        arrets.entry(rang).or_default().push((structure.code.clone(), arret));
        match structures.get_mut(rang) {
            // The stops of one structure share its places; some rows may leave them out.
            Some(connue) => connue.places = connue.places.max(structure.places),
            None => structures.push(structure),
        }
    }
    let mut dessertes = Vec::new();
    for (rang, arrets) in arrets {
        let propres = dessertes_de(rang, &arrets);
        let principale = propres.iter().rev().max_by(|a, b| a.part.total_cmp(&b.part));
        if let Some((structure, principale)) = structures.get_mut(rang).zip(principale) {
            structure.code.clone_from(&principale.code);
            if arrets.len() > 1 {
                dire(structure, &arrets, &propres, tableau, bilan);
            }
        }
        dessertes.extend(propres);
    }
    (structures, dessertes)
}

fn dessertes_de(rang: usize, arrets: &[(String, Arret)]) -> Vec<Desserte> {
    // Half-days share out a structure only if each stop tells its own.
    let total: Option<u32> = arrets.iter().map(|(_, a)| a.demi_journees).sum();
    let mut communes: BTreeMap<&str, (u32, Option<u32>)> = BTreeMap::new();
    for (code, arret) in arrets {
        let (nombre, demi_journees) = communes.entry(code).or_insert((0, Some(0)));
        *nombre += 1;
        *demi_journees = demi_journees.zip(arret.demi_journees).map(|(a, b)| a + b);
    }
    let part = |nombre: u32, demi_journees: Option<u32>| match total.zip(demi_journees) {
        Some((total, propres)) if total > 0 => f64::from(propres) / f64::from(total),
        _ => f64::from(nombre) / arrets.len() as f64,
    };
    communes
        .into_iter()
        .map(|(code, (nombre, demi_journees))| Desserte {
            structure: u32::try_from(rang + 1).unwrap_or(u32::MAX),
            code: code.to_owned(),
            arrets: nombre,
            demi_journees,
            part: part(nombre, demi_journees),
        })
        .collect()
}

fn dire(
    structure: &Structure,
    arrets: &[(String, Arret)],
    dessertes: &[Desserte],
    tableau: &Tableau,
    bilan: &mut Bilan,
) {
    let premiere = arrets.first().map_or(0, |(_, a)| a.rang);
    let communes: Vec<String> = dessertes
        .iter()
        .map(|d| match d.demi_journees {
            Some(n) => format!("{} ({n} demi-journée(s) par semaine)", d.code),
            None => format!("{} ({} arrêt(s))", d.code, d.arrets),
        })
        .collect();
    let detail =
        format!("{} lignes, comptées comme une seule structure : {}", arrets.len(), communes.join(", "));
    let probleme = Probleme::new(Motif::ArretsDUneStructure, tableau.lieu(premiere, "nom"), detail);
    bilan.noter(probleme.avec_valeur(&structure.nom));
}

pub(super) fn trame(dessertes: &[Desserte], source: &str) -> PolarsResult<DataFrame> {
    let entiers = |nom: &str, lire: fn(&Desserte) -> Option<u32>| {
        UInt32Chunked::from_iter_options(nom.into(), dessertes.iter().map(lire)).into_column()
    };
    DataFrame::new(
        dessertes.len(),
        vec![
            StringChunked::full("source".into(), source, dessertes.len()).into_column(),
            entiers("structure", |d| Some(d.structure)),
            StringChunked::from_iter_values("code".into(), dessertes.iter().map(|d| &d.code)).into_column(),
            entiers("arrets", |d| Some(d.arrets)),
            entiers("demi_journees", |d| d.demi_journees),
            Float64Chunked::from_iter_values("part".into(), dessertes.iter().map(|d| d.part)).into_column(),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_demi_journees_d_une_semaine() {
        for (horaires, attendu) in [
            ("lundi 13h30 - 17h30", Some(1)),
            ("mardi 8h15 - 18h15 | jeudi 13h30 - 18h15", Some(3)),
            ("du lundi au vendredi 8h - 12h", Some(5)),
            ("lundi et mardi 8h-12h", Some(2)),
            ("sur rendez-vous", None),
        ] {
            assert_eq!(demi_journees_de(horaires), attendu, "{horaires}");
        }
    }
}
