//! Rows of a list that are counted nowhere, and the communes that lack them.

use super::{Dits, citer};
use crate::quality::{Lieu, Motif, Probleme};
use crate::tables::{Liste, Structures};
use crate::territory::Perimetre;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The rows of the lists of a year that are counted nowhere.
#[derive(Default)]
pub(super) struct Perdues {
    /// The communes that some of them are of, or may be of, and how many are.
    pub(super) communes: BTreeMap<String, u32>,
    /// How many name none, and are of nobody knows which.
    pub(super) sans_commune: u32,
    /// How many name what no commune is called: one of the territory, badly written, or one of elsewhere.
    pub(super) commune_inconnue: u32,
}

impl Perdues {
    /// By year. Where the row does not tell the commune, it is that of the person in the nearest list that does. Whoever is
    /// counted on another row of the year is not lost.
    pub(super) fn chercher(listes: &[Liste]) -> PolarsResult<BTreeMap<i32, Self>> {
        let mut lignes: Vec<(i32, Option<u64>, Option<String>)> = Vec::new();
        for liste in listes {
            let non_places = liste.non_places();
            let (noms, codes) = (non_places.column("nom")?.u64()?, non_places.column("code")?.str()?);
            let siennes = noms.iter().zip(codes.iter());
            lignes.extend(siennes.map(|(nom, code)| (liste.annee(), nom, code.map(str::to_owned))));
        }
        let noms_perdus: HashSet<u64> = lignes.iter().filter_map(|(_, nom, _)| *nom).collect();
        let mut comptes: HashMap<u64, Vec<(i32, String)>> = HashMap::new();
        for liste in listes.iter().filter(|_| !noms_perdus.is_empty()) {
            let (noms, codes) = (liste.trame().column("nom")?.u64()?, liste.trame().column("code")?.str()?);
            for (nom, code) in noms.iter().zip(codes.iter()) {
                if let Some((nom, code)) = nom.zip(code).filter(|(nom, _)| noms_perdus.contains(nom)) {
                    comptes.entry(nom).or_default().push((liste.annee(), code.to_owned()));
                }
            }
        }
        let mut perdues: BTreeMap<i32, Self> = BTreeMap::new();
        for (annee, nom, code) in lignes {
            let connus = nom.and_then(|nom| comptes.get(&nom)).map_or(&[][..], Vec::as_slice);
            if connus.iter().any(|(autre, _)| *autre == annee) {
                continue;
            }
            let siennes = perdues.entry(annee).or_default();
            let proche = connus.iter().min_by_key(|(autre, _)| (annee.abs_diff(*autre), *autre > annee));
            let [vide, inconnue] =
                [Liste::SANS_COMMUNE, Liste::COMMUNE_INCONNUE].map(|mot| code.as_deref() == Some(mot));
            let dite = code.filter(|_| !vide && !inconnue).or_else(|| proche.map(|(_, code)| code.clone()));
            siennes.sans_commune += u32::from(vide && dite.is_none());
            siennes.commune_inconnue += u32::from(inconnue && dite.is_none());
            if let Some(code) = dite {
                *siennes.communes.entry(code).or_default() += 1;
            }
        }
        Ok(perdues)
    }
}

/// A commune of which a census counts no establishment, but holds a row that could not be counted, has no figure.
pub(in crate::pipeline::lecture) fn taire_les_structures(
    recensements: &mut [Structures],
    perimetre: &Perimetre,
) -> PolarsResult<Dits> {
    let toutes = perimetre.membres().iter().map(|membre| membre.code.to_string()).collect();
    let tues = Structures::taire_les_perdues(recensements, &toutes)?;
    let dire = |(annee, source, codes): (i32, String, BTreeSet<String>)| {
        let noms = perimetre.membres().iter().filter(|m| codes.contains(m.code.as_str()));
        let detail = format!(
            "le recensement de {annee} ne compte aucun établissement dans {}, mais une ligne qui n’a pas pu être comptée en est peut-être",
            citer(noms.map(|membre| membre.nom.clone()).collect())
        );
        (source, Probleme::new(Motif::EtablissementPerdu, Lieu::default(), detail))
    };
    Ok(tues.into_iter().map(dire).collect())
}
