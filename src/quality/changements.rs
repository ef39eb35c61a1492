//! What changed since the last list of agréments: counts only, never a line about one person.

use super::Matiere;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The changes of one commune, or of the territory.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Mouvements {
    /// Code of the commune; empty for the territory.
    pub code: String,
    /// Name of the commune, or of the territory.
    pub nom: String,
    /// AM on the earlier list.
    pub avant: u32,
    /// AM on the later list.
    pub apres: u32,
    /// AM of the later list who were nowhere on the earlier one.
    pub nouveaux: u32,
    /// AM of the earlier list who are nowhere on the later one.
    pub partis: u32,
    /// AM who came from another commune of the territory.
    pub venus: u32,
    /// AM who went to another commune of the territory.
    pub alles: u32,
    /// AM who stayed in the territory and whose places grew.
    pub places_en_plus: u32,
    /// AM who stayed in the territory and whose places shrank.
    pub places_en_moins: u32,
}

/// How many AM went from so many places to so many others.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ChangementDePlaces {
    /// Places on the earlier list.
    pub avant: u32,
    /// Places on the later one.
    pub apres: u32,
    /// How many AM.
    pub nombre: u32,
}

/// Two successive lists compared.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Changements {
    /// Year of the earlier list.
    pub avant: i32,
    /// Year of the later one.
    pub apres: i32,
    /// The whole territory.
    pub territoire: Mouvements,
    /// The communes where something changed.
    pub communes: Vec<Mouvements>,
    /// Changes of capacity over the territory.
    pub places: Vec<ChangementDePlaces>,
    /// AM of one list who stand on the other with a row that could not be placed: neither new nor gone.
    pub non_places: u32,
    /// Names of the communes that one of the two lists says nothing of, or that were not of the territory then: they are
    /// not compared.
    pub non_comparees: Vec<String>,
}

/// A person of a list: commune and places.
type Personnes<'a> = BTreeMap<u64, (&'a str, u32)>;

/// The last list against the one before it; none if there are not two lists that name their people.
///
/// # Errors
/// Only if the frame lacks a column of its canonical table.
pub fn comparer(matiere: &Matiere<'_>) -> PolarsResult<Option<Changements>> {
    let Some(am) = matiere.assistants_maternels else { return Ok(None) };
    let (annees, cles) = (am.column("annee")?.i32()?, am.column("cle")?.u64()?);
    let (codes, places) = (am.column("code")?.str()?, am.column("places")?.u32()?);
    let mut vues: BTreeSet<i32> = annees.iter().flatten().collect();
    let Some((apres, avant)) = vues.pop_last().zip(vues.pop_last()) else { return Ok(None) };
    let (mut ensuite, mut d_abord) = (Personnes::new(), Personnes::new());
    for i in 0..am.height() {
        let (Some(annee), Some(code), Some(places)) = (annees.get(i), codes.get(i), places.get(i)) else {
            continue;
        };
        let liste = match annee {
            _ if annee == apres => &mut ensuite,
            _ if annee == avant => &mut d_abord,
            _ => continue,
        };
        // A list with somebody who cannot be followed says nothing of who came and went.
        let Some(cle) = cles.get(i) else { return Ok(None) };
        liste.insert(cle, (code, places));
    }
    if matiere.annees_sans_suivi.contains(&apres) {
        return Ok(None);
    }
    let non_places = |annee| non_places(matiere, annee);
    let (avant, apres) = ((avant, &d_abord, non_places(avant)?), (apres, &ensuite, non_places(apres)?));
    Ok(Some(mesurer(matiere, avant, apres)))
}

/// Who stands on a list with a row that could not be placed.
fn non_places(matiere: &Matiere<'_>, annee: i32) -> PolarsResult<BTreeSet<u64>> {
    let Some(trame) = matiere.non_places else { return Ok(BTreeSet::new()) };
    let lignes = trame.column("annee")?.i32()?.iter().zip(trame.column("cle")?.u64()?.iter());
    Ok(lignes.filter_map(|(vue, cle)| cle.filter(|_| vue == Some(annee))).collect())
}

fn mesurer(
    matiere: &Matiere<'_>,
    (avant, d_abord, non_places_avant): (i32, &Personnes<'_>, BTreeSet<u64>),
    (apres, ensuite, non_places_apres): (i32, &Personnes<'_>, BTreeSet<u64>),
) -> Changements {
    let attendues = |ici: &Personnes<'_>, la: &Personnes<'_>, non_places: &BTreeSet<u64>| {
        ici.keys().filter(|cle| !la.contains_key(*cle) && non_places.contains(*cle)).count()
    };
    let non_places =
        attendues(d_abord, ensuite, &non_places_apres) + attendues(ensuite, d_abord, &non_places_avant);
    let mut communes: BTreeMap<&str, Mouvements> = BTreeMap::new();
    let mut places: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    let mut territoire = Mouvements { nom: matiere.territoire.to_owned(), ..Mouvements::default() };
    let compare = |code: &str| [avant, apres].iter().all(|annee| matiere.liste_parle_de(*annee, code));
    for (cle, (code, anciennes)) in d_abord.iter().filter(|(_, (code, _))| compare(code)) {
        compter(&mut communes, &mut territoire, code, |m| m.avant += 1);
        match ensuite.get(cle) {
            None if non_places_apres.contains(cle) => {}
            None => compter(&mut communes, &mut territoire, code, |m| m.partis += 1),
            Some((autre, nouvelles)) => {
                if autre != code {
                    compter(&mut communes, &mut territoire, code, |m| m.alles += 1);
                }
                if nouvelles != anciennes {
                    *places.entry((*anciennes, *nouvelles)).or_default() += 1;
                }
            }
        }
    }
    for (cle, (code, nouvelles)) in ensuite.iter().filter(|(_, (code, _))| compare(code)) {
        compter(&mut communes, &mut territoire, code, |m| m.apres += 1);
        match d_abord.get(cle) {
            None if non_places_avant.contains(cle) => {}
            None => compter(&mut communes, &mut territoire, code, |m| m.nouveaux += 1),
            Some((autre, anciennes)) => {
                if autre != code {
                    compter(&mut communes, &mut territoire, code, |m| m.venus += 1);
                }
                if nouvelles > anciennes {
                    compter(&mut communes, &mut territoire, code, |m| m.places_en_plus += 1);
                } else if nouvelles < anciennes {
                    compter(&mut communes, &mut territoire, code, |m| m.places_en_moins += 1);
                }
            }
        }
    }
    let bouge =
        |m: &Mouvements| m.nouveaux + m.partis + m.venus + m.alles + m.places_en_plus + m.places_en_moins > 0;
    let communes = communes.into_iter().map(|(code, m)| Mouvements {
        code: code.to_owned(),
        nom: matiere.nom_de(code).to_owned(),
        ..m
    });
    Changements {
        avant,
        apres,
        territoire,
        communes: communes.filter(bouge).collect(),
        places: places
            .into_iter()
            .map(|((avant, apres), nombre)| ChangementDePlaces { avant, apres, nombre })
            .collect(),
        non_places: u32::try_from(non_places).unwrap_or(u32::MAX),
        non_comparees: matiere.communes.iter().filter(|(c, _)| !compare(c)).map(|(_, n)| n.clone()).collect(),
    }
}

fn compter<'a>(
    communes: &mut BTreeMap<&'a str, Mouvements>,
    territoire: &mut Mouvements,
    code: &'a str,
    ajouter: impl Fn(&mut Mouvements),
) {
    ajouter(communes.entry(code).or_default());
    ajouter(territoire);
}
