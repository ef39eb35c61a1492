//! Whether the people of a list can be followed from the list of the year before.

use super::Liste;
use crate::quality::{Lieu, Motif, Probleme};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Lists of fewer people may have nobody in common because all of them changed.
const PERSONNES_A_RECONNAITRE: usize = 5;

/// How far the people of a list can be followed from that of the year before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuite {
    /// Both name them in the same way.
    Observe,
    /// By their name alone, as one of the two does not tell birth dates.
    Estime,
    /// Not at all.
    Impossible,
}

/// Why the people of a list are not followed as they should be.
#[derive(Debug, Clone)]
pub(super) struct Ecart {
    pub(super) suivi: Continuite,
    annee: i32,
    source: String,
    pourquoi: String,
}

impl Ecart {
    /// What is told, and to which source.
    pub(super) fn probleme(&self) -> (String, Probleme) {
        let suite = match self.suivi {
            Continuite::Impossible => "les arrivées et les départs ne sont pas calculés",
            Continuite::Estime | Continuite::Observe => {
                "les personnes sont suivies par leur nom, et les arrivées et les départs sont des estimations"
            }
        };
        let detail = format!("{} : de {} à {}, {suite}", self.pourquoi, self.annee - 1, self.annee);
        (self.source.clone(), Probleme::new(Motif::ListesIncomparables, Lieu::default(), detail))
    }
}

/// How the lists of one year name people.
#[derive(Default)]
struct Identification {
    sources: Vec<String>,
    prenoms: BTreeSet<bool>,
    naissances: BTreeSet<bool>,
}

impl Identification {
    fn joindre(&mut self, liste: &Liste) -> PolarsResult<()> {
        let trame = &liste.trame;
        self.sources.extend(trame.column("source")?.str()?.iter().next().flatten().map(str::to_owned));
        self.prenoms.extend(trame.column("prenoms")?.bool()?.iter().next().flatten());
        let nommee = trame.column("nom")?.null_count() < trame.height();
        let naissances = trame.column("cle")?.null_count() < trame.height();
        self.naissances.extend(nommee.then_some(naissances));
        Ok(())
    }

    fn nom(&self) -> String {
        self.sources.iter().map(|source| format!("« {source} »")).collect::<Vec<_>>().join(" et ")
    }
}

/// The years whose list does not name people as the list of the year before does. `reunie`: the people of all lists.
pub(super) fn ecarts(listes: &[Liste], reunie: &DataFrame) -> PolarsResult<BTreeMap<i32, Ecart>> {
    let mut annees: BTreeMap<i32, Identification> = BTreeMap::new();
    for liste in listes.iter().filter(|liste| liste.trame.height() > 0) {
        annees.entry(liste.annee).or_default().joindre(liste)?;
    }
    let mut personnes: BTreeMap<i32, Vec<u64>> = BTreeMap::new();
    for (annee, cle) in reunie.column("annee")?.i32()?.iter().zip(reunie.column("cle")?.u64()?.iter()) {
        if let Some((annee, cle)) = annee.zip(cle) {
            personnes.entry(annee).or_default().push(cle);
        }
    }
    let mut ecarts = BTreeMap::new();
    for (annee, ensuite) in &annees {
        let Some(avant) = annees.get(&(annee - 1)) else { continue };
        let trouve = comparer(avant, ensuite, personnes.get(&(annee - 1)), personnes.get(annee));
        ecarts.extend(trouve.map(|(suivi, pourquoi)| {
            let source = ensuite.sources.last().cloned().unwrap_or_default();
            (*annee, Ecart { suivi, annee: *annee, source, pourquoi })
        }));
    }
    Ok(ecarts)
}

fn comparer(
    avant: &Identification,
    ensuite: &Identification,
    d_abord: Option<&Vec<u64>>,
    puis: Option<&Vec<u64>>,
) -> Option<(Continuite, String)> {
    let connus = !avant.prenoms.is_empty() && !ensuite.prenoms.is_empty();
    if connus && avant.prenoms != ensuite.prenoms {
        let (avec, sans) = if ensuite.prenoms.contains(&false) { (avant, ensuite) } else { (ensuite, avant) };
        let pourquoi = format!("{} a une colonne de prénoms et {} non", avec.nom(), sans.nom());
        return Some((Continuite::Impossible, pourquoi));
    }
    if let Some((d_abord, puis)) = d_abord.zip(puis) {
        let assez = d_abord.len().min(puis.len()) >= PERSONNES_A_RECONNAITRE;
        let reperes: HashSet<&u64> = d_abord.iter().collect();
        if assez && !puis.iter().any(|cle| reperes.contains(cle)) {
            let pourquoi = format!(
                "aucune des {} personnes de {} n’est parmi les {} de {}",
                puis.len(),
                ensuite.nom(),
                d_abord.len(),
                avant.nom()
            );
            return Some((Continuite::Impossible, pourquoi));
        }
    }
    if avant.naissances != ensuite.naissances
        && !avant.naissances.is_empty()
        && !ensuite.naissances.is_empty()
    {
        let (avec, sans) =
            if ensuite.naissances.contains(&false) { (avant, ensuite) } else { (ensuite, avant) };
        let pourquoi = format!("{} donne les dates de naissance et {} non", avec.nom(), sans.nom());
        return Some((Continuite::Estime, pourquoi));
    }
    None
}
