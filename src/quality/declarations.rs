//! What the relais declares, against what the lists give and against what it declares elsewhere.

use super::contradictions::{Contradiction, ValeurDonnee};
use super::{Matiere, Motif};
use polars::prelude::*;
use std::collections::BTreeMap;

/// A figure of the territory that lists give, and the names under which a relais declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChiffreDesListes {
    /// What is counted, as pages call it.
    pub libelle: &'static str,
    /// Measures of the frame of declarations that count the same.
    pub mesures: &'static [&'static str],
    /// By year: value, and the source that gives it.
    pub valeurs: BTreeMap<i32, (f64, String)>,
}

/// Year, and what is counted, by the first of its names.
type Cle = (i32, String);

/// Its label, its motive, and what each source says of it.
type Dits = (String, Motif, Vec<ValeurDonnee>);

/// Every figure that a declaration contradicts, another declaration of the same year or a count from lists.
/// The count from lists is kept, or else what the first source declares.
///
/// # Errors
/// Only if a frame lacks a column of its canonical table.
pub(super) fn chercher(matiere: &Matiere<'_>) -> PolarsResult<Vec<Contradiction>> {
    let mut donnees: BTreeMap<Cle, Dits> = BTreeMap::new();
    for trame in &matiere.declarations {
        parcourir(trame, |annee, mesure, libelle, source, valeur| {
            let liste = matiere.chiffres_des_listes.iter().find(|c| c.mesures.contains(&mesure));
            let nom = liste.map_or(libelle, |c| c.libelle).to_owned();
            let cle = liste.and_then(|c| c.mesures.first()).map_or(mesure, |m| *m).to_owned();
            let (_, _, valeurs) = donnees.entry((annee, cle)).or_insert_with(|| {
                let des_listes = liste.and_then(|c| c.valeurs.get(&annee));
                let compter =
                    |(valeur, source): &(f64, String)| donner(matiere, source, "compté", *valeur, true);
                let motif =
                    if des_listes.is_some() { Motif::ComptesContraires } else { Motif::ValeursContraires };
                (nom, motif, des_listes.map(compter).into_iter().collect())
            });
            valeurs.push(donner(matiere, source, libelle, valeur, valeurs.is_empty()));
        })?;
    }
    let contraires = donnees.into_iter().filter(|(_, (.., valeurs))| {
        valeurs.windows(2).any(|paire| (paire[0].valeur - paire[1].valeur).abs() > f64::EPSILON)
    });
    Ok(contraires
        .map(|((annee, _), (quoi, motif, valeurs))| Contradiction {
            motif,
            quoi,
            code: String::new(),
            commune: matiere.territoire.to_owned(),
            annee,
            valeurs,
        })
        .collect())
}

fn donner(matiere: &Matiere<'_>, source: &str, compte: &str, valeur: f64, retenue: bool) -> ValeurDonnee {
    let connue = matiere.source(source);
    ValeurDonnee {
        source: source.to_owned(),
        libelle: format!("{} : {compte}", connue.map_or(source, |s| s.libelle.as_str())),
        date: connue.and_then(|s| s.date),
        valeur,
        retenue,
    }
}

/// The known values of a frame of declarations, one by one.
fn parcourir(
    trame: &DataFrame,
    mut pour_chacune: impl FnMut(i32, &str, &str, &str, f64),
) -> PolarsResult<()> {
    let (annees, valeurs) = (trame.column("annee")?.i32()?, trame.column("valeur")?.f64()?);
    let textes = |nom: &str| trame.column(nom)?.str().cloned();
    let (mesures, libelles, sources) = (textes("mesure")?, textes("libelle")?, textes("source")?);
    for i in 0..trame.height() {
        if let (Some(annee), Some(mesure), Some(libelle), Some(source), Some(valeur)) =
            (annees.get(i), mesures.get(i), libelles.get(i), sources.get(i), valeurs.get(i))
        {
            pour_chacune(annee, mesure, libelle, source, valeur);
        }
    }
    Ok(())
}
