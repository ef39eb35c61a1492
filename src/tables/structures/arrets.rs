//! The stops of a travelling structure: several rows, one structure.

use super::{Structure, est_ouverte};
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{self, TypeStructure, replier};
use chrono::NaiveDate;
use polars::prelude::*;
use std::collections::BTreeMap;

const JOURS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// Hours between which a day is cut in two.
const MIDI: u32 = 12;
const APRES_MIDI: u32 = 14;

/// Half-days of a week.
pub(super) const DEMI_JOURNEES_MAX: u32 = 14;

/// One stop of a structure that travels.
#[derive(Clone, Copy)]
pub(super) struct Arret {
    /// Row of the table, from 0.
    rang: usize,
    demi_journees: Option<u32>,
}

/// What the stops of one structure have in common: type and name.
pub(super) type Cle = (TypeStructure, String);

/// See [`Cle`].
pub(super) fn cle(genre: TypeStructure, nom: &str) -> Cle {
    (genre, replier(nom))
}

impl Arret {
    /// The stop that a row is, if its type or its name says that the structure travels; with what it tells as its
    /// half-days, if that is no number of them.
    pub(super) fn lire<'a>(
        type_structure: Option<&str>,
        nom: &str,
        horaires: Option<&str>,
        demi_journees: Option<&'a str>,
        rang: usize,
    ) -> Option<(Self, Option<&'a str>)> {
        let replie = replier(&format!("{} {nom}", type_structure.unwrap_or_default()));
        let itinerante = ["itineran", "bebebus", "ambulant"]
            .iter()
            .any(|debut| replie.split(' ').any(|mot| mot.starts_with(debut)));
        let declarees = demi_journees
            .and_then(|t| valeurs::entier(t).ok())
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| *n <= DEMI_JOURNEES_MAX);
        let comptees = || horaires.and_then(demi_journees_de);
        let illisible = demi_journees.filter(|_| declarees.is_none());
        itinerante.then(|| (Self { rang, demi_journees: declarees.or_else(comptees) }, illisible))
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
        // « 8 h 30 » and « 8h30-17h30 » too.
        let colle = plage.replace(" h", "h").replace(" H", "h");
        let separe =
            |c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '/' | 'à' | ',' | '(' | ')');
        let heures: Vec<u32> = colle.split(separe).filter_map(heure).collect();
        let entiere = heures.first().zip(heures.last()).is_some_and(|(d, f)| *d < MIDI && *f >= APRES_MIDI);
        total += u32::try_from(jours).unwrap_or(0) * if entiere { 2 } else { 1 };
    }
    (1..=DEMI_JOURNEES_MAX).contains(&total).then_some(total)
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

/// Makes one structure of the stops of the same name, of which the commune is the one where it stops most on that day.
/// Of its places, those of the stops of elsewhere are left out.
pub(super) fn reunir(
    lues: Vec<Structure>,
    ailleurs: Vec<(Cle, Arret)>,
    jour: NaiveDate,
    tableau: &Tableau,
    bilan: &mut Bilan,
) -> (Vec<Structure>, Vec<Desserte>) {
    let mut connues: BTreeMap<Cle, usize> = BTreeMap::new();
    let mut structures: Vec<Structure> = Vec::with_capacity(lues.len());
    let mut arrets: BTreeMap<usize, Vec<Lieu>> = BTreeMap::new();
    for mut structure in lues {
        let Some(arret) = structure.arret.take() else {
            structures.push(structure);
            continue;
        };
        let rang = *connues.entry(cle(structure.genre, &structure.nom)).or_insert(structures.len());
        let ouvert = est_ouverte((structure.ouverture, structure.fermeture), jour);
        arrets.entry(rang).or_default().push(Lieu { code: structure.code.clone(), arret, ouvert });
        match structures.get_mut(rang) {
            Some(connue) => joindre(connue, &structure),
            None => structures.push(structure),
        }
    }
    let mut exterieurs: BTreeMap<usize, Vec<Arret>> = BTreeMap::new();
    for (rang, arret) in ailleurs.into_iter().filter_map(|(cle, arret)| Some((*connues.get(&cle)?, arret))) {
        exterieurs.entry(rang).or_default().push(arret);
    }
    let mut dessertes = Vec::new();
    for (rang, mut arrets) in arrets {
        // A stop that is closed, or not open yet, serves nobody; of a structure that is closed itself, all did.
        if arrets.iter().any(|arret| arret.ouvert) {
            arrets.retain(|arret| arret.ouvert);
        }
        let exterieurs = exterieurs.remove(&rang).unwrap_or_default();
        let propres = dessertes_de(rang, &arrets);
        let principale = propres.iter().rev().max_by(|a, b| a.part.total_cmp(&b.part));
        if let Some((structure, principale)) = structures.get_mut(rang).zip(principale) {
            structure.code.clone_from(&principale.code);
            let places = structure.places;
            structure.places = places.map(|places| places_d_ici(places, &arrets, &exterieurs));
            if arrets.len() + exterieurs.len() > 1 {
                let probleme = dire(structure, &arrets, &propres, tableau);
                let detail = probleme.detail + &dire_ailleurs(exterieurs.len(), places, structure.places);
                bilan.noter(Probleme { detail, ..probleme });
            }
        }
        dessertes.extend(propres);
    }
    (structures, dessertes)
}

/// Where a structure stops.
struct Lieu {
    code: String,
    arret: Arret,
    /// On the day of the census.
    ouvert: bool,
}

/// The stops of one structure share its places; some rows may leave them out. It opened with the first of its stops,
/// and closes with the last.
fn joindre(connue: &mut Structure, arret: &Structure) {
    connue.places = connue.places.max(arret.places);
    connue.ouverture = [connue.ouverture, arret.ouverture].into_iter().flatten().min();
    connue.fermeture = connue.fermeture.zip(arret.fermeture).map(|(une, autre)| une.max(autre));
}

/// The places of a structure that also stops elsewhere: as many as its time here, to the nearest place.
fn places_d_ici(places: u32, ici: &[Lieu], ailleurs: &[Arret]) -> u32 {
    let temps = |arrets: &mut dyn Iterator<Item = &Arret>| -> Option<u64> {
        arrets.map(|arret| arret.demi_journees.map(u64::from)).sum()
    };
    let tous = temps(&mut ici.iter().map(|lieu| &lieu.arret).chain(ailleurs)).filter(|n| *n > 0);
    let propres = temps(&mut ici.iter().map(|lieu| &lieu.arret));
    let (propres, tous) =
        propres.zip(tous).unwrap_or((ici.len() as u64, (ici.len() + ailleurs.len()) as u64));
    u32::try_from((u64::from(places) * propres * 2 + tous) / (tous * 2)).unwrap_or(places)
}

fn dire_ailleurs(arrets: usize, places: Option<u32>, retenues: Option<u32>) -> String {
    match (arrets, places.zip(retenues)) {
        (0, _) => String::new(),
        (n, None) => format!(" ; {n} autre(s) arrêt(s) hors du territoire"),
        (n, Some((places, retenues))) => format!(
            " ; {n} autre(s) arrêt(s) hors du territoire : {retenues} de ses {places} places retenues, à proportion du temps"
        ),
    }
}

fn dessertes_de(rang: usize, arrets: &[Lieu]) -> Vec<Desserte> {
    // Half-days share out a structure only if each stop tells its own.
    let total: Option<u32> = arrets.iter().map(|lieu| lieu.arret.demi_journees).sum();
    let mut communes: BTreeMap<&str, (u32, Option<u32>)> = BTreeMap::new();
    for Lieu { code, arret, .. } in arrets {
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

fn dire(structure: &Structure, arrets: &[Lieu], dessertes: &[Desserte], tableau: &Tableau) -> Probleme {
    let premiere = arrets.first().map_or(0, |lieu| lieu.arret.rang);
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
    probleme.avec_valeur(&structure.nom)
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
            ("lundi 8h30-17h30", Some(2)),
            ("lundi 8 h 30 - 17 h 30", Some(2)),
            ("mardi de 8h à 12h et de 14h à 18h", Some(2)),
            ("mardi 8:30/12:00", Some(1)),
            ("sur rendez-vous", None),
        ] {
            assert_eq!(demi_journees_de(horaires), attendu, "{horaires}");
        }
    }
}
