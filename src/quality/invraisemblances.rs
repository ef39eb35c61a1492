//! Counts of a commune that are like none of its other years: a digit too many, a row shifted. They are counted, and told.

use super::matiere::parcourir_comptes;
use super::{Lieu, Matiere, Motif, Probleme};
use polars::prelude::*;

/// Measures that change little from one year to the next.
const STABLES: [&str; 3] = ["naissances", "enfants_0_2", "enfants_3_5"];
/// Other years that it takes to judge one; two will do, if they agree.
const ANNEES: usize = 3;
/// Those who are among the children under three.
const PARTS: [&str; 5] = [
    "enfants_0_2_parents_actifs",
    "enfants_eaje",
    "enfants_am",
    "enfants_cmg_domicile",
    "enfants_cmg_structure",
];
/// How much larger than the whole a part is told: counts are rounded to five, and the two may be of two days.
const AU_DELA: (f64, f64) = (1.1, 5.0);
/// How many times the median of the other years, or how many times less, is not to be believed.
const FOIS: f64 = 4.0;
/// Between small numbers, that is chance.
const ECART: f64 = 30.0;

/// One year of a count.
#[derive(Clone, Copy)]
struct Compte<'m> {
    annee: i32,
    source: &'m str,
    valeur: f64,
}

/// What is to be told, with the source that it is told to, in the order of communes, measures and years.
///
/// # Errors
/// Only if a frame lacks a column of its canonical table.
pub fn chercher(matiere: &Matiere<'_>) -> PolarsResult<Vec<(String, Probleme)>> {
    let mut suites: Suites<'_> = PlHashMap::default();
    for trame in &matiere.comptes {
        parcourir_comptes(trame, |annee, code, mesure, source, valeur, _| {
            if let Some(valeur) = valeur.filter(|_| STABLES.contains(&mesure)) {
                suites.entry((code, mesure)).or_default().push(Compte { annee, source, valeur });
            }
        })?;
    }
    let mut trouvees: Vec<((&str, &str), Compte<'_>, f64)> = Vec::new();
    for (cle, comptes) in &suites {
        let seuls = comptes.iter().filter_map(|compte| Some((*cle, *compte, ecart(compte, comptes)?)));
        trouvees.extend(seuls);
    }
    trouvees.sort_by(|(a, b, _), (c, d, _)| (a, b.annee, b.source).cmp(&(c, d.annee, d.source)));
    let parts = parts_trop_grandes(matiere, &suites)?;
    let mediane = |mediane: f64| format!("la médiane de ses autres années est {mediane}");
    let entiers = |entiers: f64| format!("elle a {entiers} enfants de moins de 3 ans en tout");
    let trouvees = trouvees.into_iter().map(|(cle, compte, n)| dire(matiere, cle, compte, &mediane(n)));
    Ok(trouvees
        .chain(parts.into_iter().map(|(cle, compte, n)| dire(matiere, cle, compte, &entiers(n))))
        .collect())
}

/// A commune and a measure.
type Cle<'m> = (&'m str, &'m str);
type Suites<'m> = PlHashMap<Cle<'m>, Vec<Compte<'m>>>;

/// The parts of the children under three of a commune that are more than they all are, with how many those are.
fn parts_trop_grandes<'m>(
    matiere: &'m Matiere<'_>,
    suites: &Suites<'m>,
) -> PolarsResult<Vec<(Cle<'m>, Compte<'m>, f64)>> {
    let (fois, plus) = AU_DELA;
    let mut trouvees = Vec::new();
    for trame in &matiere.comptes {
        parcourir_comptes(trame, |annee, code, mesure, source, valeur, _| {
            let Some(valeur) = valeur.filter(|_| PARTS.contains(&mesure)) else { return };
            let enfants = suites.get(&(code, "enfants_0_2")).into_iter().flatten();
            let enfants = enfants.filter(|compte| compte.annee == annee).map(|compte| compte.valeur);
            if let Some(enfants) = enfants.reduce(f64::max)
                && valeur > enfants * fois
                && valeur > enfants + plus
            {
                trouvees.push(((code, mesure), Compte { annee, source, valeur }, enfants));
            }
        })?;
    }
    trouvees.sort_by(|(a, b, _), (c, d, _)| (a, b.annee, b.source).cmp(&(c, d.annee, d.source)));
    Ok(trouvees)
}

/// The median of the other years, if this one is like none of them.
fn ecart(compte: &Compte<'_>, comptes: &[Compte<'_>]) -> Option<f64> {
    let mut autres: Vec<f64> = comptes.iter().filter(|c| c.annee != compte.annee).map(|c| c.valeur).collect();
    autres.sort_by(f64::total_cmp);
    let s_accordent = || matches!(autres.as_slice(), [un, deux] if *deux <= FOIS * un);
    if autres.len() < ANNEES && !s_accordent() {
        return None;
    }
    let mediane = f64::midpoint(autres[(autres.len() - 1) / 2], autres[autres.len() / 2]);
    let (moindre, plus) = (compte.valeur.min(mediane), compte.valeur.max(mediane));
    (plus > FOIS * moindre && plus - moindre > ECART).then_some(mediane)
}

fn dire(
    matiere: &Matiere<'_>,
    (code, mesure): (&str, &str),
    compte: Compte<'_>,
    repere: &str,
) -> (String, Probleme) {
    let quoi = matiere.mesure(mesure).map_or(mesure, |m| m.libelle);
    let bilan = matiere.bilans.0.iter().find(|b| b.source == compte.source);
    let detail = format!("{quoi}, {} ({code}), {} : {repere}", matiere.nom_de(code), compte.annee);
    let lieu = Lieu::fichier(bilan.map_or("", |b| &b.fichier));
    let probleme = Probleme::new(Motif::CompteInvraisemblable, lieu, detail);
    (compte.source.to_owned(), probleme.avec_valeur(compte.valeur.to_string()))
}
