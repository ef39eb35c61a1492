//! Whether the people of a list can be followed from the list of the year before.

use super::Liste;
use crate::quality::{Lieu, Motif, Probleme};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Lists of fewer people may have nobody in common because all of them changed.
const PERSONNES_A_RECONNAITRE: usize = 5;

/// Of so many people at least, seven in ten of the shorter list stand on the other one: in a year, one in ten changes. Below,
/// the two do not call the same people by the same name (that of birth, then that of marriage).
const PERSONNES_STABLES: usize = 20;

/// How far the people of a list can be followed from that of the year before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuite {
    /// Both name them in the same way.
    Observe,
    /// By their name alone, as one of the two does not tell birth dates; or but for some, of whom a row could not be
    /// placed: they may have left the territory, or not.
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
    /// Whether they give first names, and birth dates: what is told, with the source that tells it.
    prenoms: BTreeSet<(bool, String)>,
    naissances: BTreeSet<(bool, String)>,
}

/// What several lists tell of one thing.
type Dits = BTreeSet<(bool, String)>;

/// True if all the lists of both years tell the same, or if one year tells nothing.
fn sont_pareils(avant: &Dits, ensuite: &Dits) -> bool {
    let dits = |dits: &Dits| dits.iter().map(|(dit, _)| *dit).collect::<BTreeSet<bool>>();
    avant.is_empty() || ensuite.is_empty() || dits(avant) == dits(ensuite)
}

/// The sources that have something, and those that have not.
fn avec_et_sans(avant: &Dits, ensuite: &Dits) -> [String; 2] {
    [true, false].map(|cherche| {
        let tous = avant.iter().chain(ensuite).filter(|(dit, _)| *dit == cherche);
        citer(tous.map(|(_, source)| source))
    })
}

fn citer<'a>(sources: impl Iterator<Item = &'a String>) -> String {
    sources.map(|source| format!("« {source} »")).collect::<Vec<_>>().join(" et ")
}

impl Identification {
    fn joindre(&mut self, liste: &Liste) -> PolarsResult<()> {
        let trame = &liste.trame;
        let source = trame.column("source")?.str()?.iter().next().flatten().unwrap_or_default().to_owned();
        let prenoms = trame.column("prenoms")?.bool()?.iter().next().flatten();
        self.prenoms.extend(prenoms.map(|prenoms| (prenoms, source.clone())));
        let nommee = trame.column("nom")?.null_count() < trame.height();
        let naissances = trame.column("cle")?.null_count() < trame.height();
        self.naissances.extend(nommee.then(|| (naissances, source.clone())));
        self.sources.push(source);
        Ok(())
    }

    fn nom(&self) -> String {
        citer(self.sources.iter())
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

/// The years whose flows are those of the others: somebody of that list or of the one before stands on the other one
/// with a row that could not be placed. `presences` and `non_places`: `annee` (i32), `cle` (u64).
pub(super) fn incertaines(presences: &DataFrame, non_places: &DataFrame) -> PolarsResult<BTreeSet<i32>> {
    let lire = |trame: &DataFrame| -> PolarsResult<Vec<(i32, u64)>> {
        let (annees, cles) = (trame.column("annee")?.i32()?, trame.column("cle")?.u64()?);
        Ok(annees.iter().zip(cles.iter()).filter_map(|(annee, cle)| annee.zip(cle)).collect())
    };
    let perdus: BTreeSet<(i32, u64)> = lire(non_places)?.into_iter().collect();
    if perdus.is_empty() {
        return Ok(BTreeSet::new());
    }
    let voisines = lire(presences)?.into_iter().flat_map(|(annee, cle)| {
        let ensuite = perdus.contains(&(annee + 1, cle)).then_some(annee + 1);
        let avant = perdus.contains(&(annee - 1, cle)).then_some(annee);
        [ensuite, avant].into_iter().flatten()
    });
    Ok(voisines.collect())
}

fn comparer(
    avant: &Identification,
    ensuite: &Identification,
    d_abord: Option<&Vec<u64>>,
    puis: Option<&Vec<u64>>,
) -> Option<(Continuite, String)> {
    if !sont_pareils(&avant.prenoms, &ensuite.prenoms) {
        let [avec, sans] = avec_et_sans(&avant.prenoms, &ensuite.prenoms);
        let pourquoi = format!("les prénoms sont dans {avec} et non dans {sans}");
        return Some((Continuite::Impossible, pourquoi));
    }
    if let Some((d_abord, puis)) = d_abord.zip(puis) {
        let moindre = d_abord.len().min(puis.len());
        let reperes: HashSet<&u64> = d_abord.iter().collect();
        let communes = puis.iter().filter(|cle| reperes.contains(cle)).count();
        let (ici, la) = (format!("{} personnes de {}", puis.len(), ensuite.nom()), avant.nom());
        if moindre >= PERSONNES_A_RECONNAITRE && communes == 0 {
            let pourquoi = format!("aucune des {ici} n’est parmi les {} de {la}", d_abord.len());
            return Some((Continuite::Impossible, pourquoi));
        }
        if moindre >= PERSONNES_STABLES && communes * 10 < moindre * 7 {
            let pourquoi = format!(
                "{communes} seulement des {ici} sont parmi les {} de {la} ; sans doute le nom de naissance dans l’une, le nom d’usage dans l’autre",
                d_abord.len()
            );
            return Some((Continuite::Impossible, pourquoi));
        }
    }
    if !sont_pareils(&avant.naissances, &ensuite.naissances) {
        let [avec, sans] = avec_et_sans(&avant.naissances, &ensuite.naissances);
        let pourquoi = format!("les dates de naissance sont dans {avec} et non dans {sans}");
        return Some((Continuite::Estime, pourquoi));
    }
    let muettes = |dits: &Dits| !dits.is_empty() && dits.iter().all(|(dit, _)| !dit);
    if muettes(&avant.naissances) && muettes(&ensuite.naissances) {
        let pourquoi = format!("ni {} ni {} ne donne les dates de naissance", avant.nom(), ensuite.nom());
        return Some((Continuite::Estime, pourquoi));
    }
    None
}
