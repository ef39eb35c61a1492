//! Travel times between communes.

use super::Ingestion;
use super::ingestion::Communes;
use crate::quality::{Bilan, Lieu, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{self, replier};
use crate::territory::CodeCommune;
use polars::prelude::*;
use std::collections::BTreeMap;

/// Minutes beyond which a way within a territory is not believed.
const TRAJET_LONG: f64 = 180.0;

/// Minutes under which most ways from one commune to another are not believed.
const TRAJET_COURT: f64 = 2.0;

/// One end of a way: the fields of its name and of its code.
pub struct Bout {
    /// Its name, or its code where the file has one column for both.
    pub nom: &'static str,
    /// Its code, beside its name or in place of it.
    pub code: &'static str,
}

/// Both ends.
pub const BOUTS: [Bout; 2] = [DEPART, ARRIVEE];

const DEPART: Bout = Bout { nom: "de", code: "code_de" };
const ARRIVEE: Bout = Bout { nom: "vers", code: "code_vers" };

/// One row per ordered pair of communes of the territory.
///
/// Columns: `de`, `vers` (str, codes), `minutes` (f64), `source` (str). The way back is a row of its own,
/// if the file has it.
#[derive(Debug, Clone)]
pub struct Trajets(pub(super) DataFrame);

impl Trajets {
    /// Reads travel times; each commune is given by its code or its name.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Self> {
        let mut communes = Communes::new(ingestion.rapprocheur);
        let mut trajets: BTreeMap<(CodeCommune, CodeCommune), f64> = BTreeMap::new();
        let unite = match unite_douteuse(tableau) {
            Some(pourquoi) => Err(pourquoi),
            None => Ok(unite(tableau).unwrap_or(1.0)),
        };
        for rang in 0..tableau.hauteur() {
            let mut trouver = |bout: &Bout, bilan: &mut Bilan| {
                let code = tableau.cellule(rang, bout.code);
                let nom = tableau.cellule(rang, bout.nom);
                let est_un_code = nom.is_some_and(|t| t.contains(|c: char| c.is_ascii_digit()));
                let couple = if code.is_none() && est_un_code { (None, nom) } else { (nom, code) };
                let champ = if nom.is_some() { bout.nom } else { bout.code };
                communes.situer(couple, || tableau.lieu(rang, champ), bilan).map(|c| c.code)
            };
            // A row is told once: the arrival is looked for only if the departure is known.
            let Some(de) = trouver(&DEPART, bilan) else { continue };
            let Some(vers) = trouver(&ARRIVEE, bilan) else { continue };
            let Some(minutes) = minutes(tableau, rang, unite, bilan) else { continue };
            if trajets.contains_key(&(de, vers)) {
                let detail = format!("le trajet de {de} à {vers} a déjà une durée");
                bilan.noter(Probleme::new(Motif::ValeurEnDouble, tableau.lieu_ligne(rang), detail));
                continue;
            }
            bilan.lues += 1;
            trajets.insert((de, vers), minutes);
        }
        communes.conclure(bilan);
        trame(&trajets, ingestion.source).map(Self)
    }

    /// Brings files together. Where two give the same pair, the first in the pipeline is kept. A pair that is given one
    /// way only (a triangle) is as long the other way.
    ///
    /// # Errors
    /// If there is none, or if Polars cannot run the plan.
    pub fn reunir(parties: &[Self]) -> PolarsResult<Self> {
        let dits =
            concat(parties.iter().map(|p| p.0.clone().lazy()).collect::<Vec<_>>(), UnionArgs::default())?;
        let retours = dits.clone().select([
            col("vers").alias("de"),
            col("de").alias("vers"),
            col("minutes"),
            col("source"),
        ]);
        concat([dits, retours], UnionArgs::default())?
            .unique_stable(Some(cols(["de", "vers"])), UniqueKeepStrategy::First)
            .collect()
            .map(Self)
    }

    /// What is to be told of the pairs that all of the files give one way only, with a source of theirs.
    ///
    /// # Errors
    /// If Polars cannot run the plan.
    pub fn sans_retour(parties: &[Self]) -> PolarsResult<Option<(String, Probleme)>> {
        let Some(premiere) = parties.first() else { return Ok(None) };
        let dits =
            concat(parties.iter().map(|p| p.0.clone().lazy()).collect::<Vec<_>>(), UnionArgs::default())?;
        let couple = [col("de"), col("vers")];
        let retours = dits.clone().select([col("vers").alias("de"), col("de").alias("vers")]);
        let seuls = dits
            .filter(col("de").neq(col("vers")))
            .join(retours, couple.clone(), couple, JoinArgs::new(JoinType::Anti))
            .collect()?;
        let source =
            premiere.0.column("source")?.str()?.iter().next().flatten().unwrap_or_default().to_owned();
        let detail = format!(
            "{} trajet(s) n’ont qu’un sens : le retour est compté aussi long que l’aller",
            seuls.height()
        );
        let probleme = Probleme::new(Motif::TrajetSansRetour, Lieu::default(), detail);
        Ok((seuls.height() > 0).then_some((source, probleme)))
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.0
    }
}

/// A number of minutes for one of the unit, as the header of the times says it.
fn unite(tableau: &Tableau) -> Option<f64> {
    unite_de(&tableau.colonne("minutes")?.entete)
}

/// What stands in brackets, or last, is a unit: « Temps (min) », « Durée en secondes ». Elsewhere, an hour is one of the day
/// (« Temps en heure de pointe », « Temps à 8 h »).
fn unite_de(entete: &str) -> Option<f64> {
    let mot = |mot: &str| match mot {
        "min" | "mn" | "minute" | "minutes" => Some(1.0),
        "s" | "sec" | "seconde" | "secondes" => Some(1.0 / 60.0),
        "h" | "heure" | "heures" => Some(60.0),
        _ => None,
    };
    let entre = |ouvrante: char, fermante: char| {
        let dedans = replier(entete.split_once(ouvrante)?.1.split_once(fermante)?.0);
        mot(dedans.trim_start_matches("en "))
    };
    let replie = replier(entete);
    let mots: Vec<&str> = replie.split(' ').collect();
    let dernier = || {
        let (dernier, avant) = mots.split_last()?;
        let d_une_heure = |m: &&str| *m == "a" || m.bytes().all(|b| b.is_ascii_digit());
        mot(dernier).filter(|_| !avant.last().is_some_and(d_une_heure))
    };
    let ailleurs = || mots.iter().find_map(|m| mot(m).filter(|unite| *unite <= 1.0 && m.len() > 1));
    entre('(', ')').or_else(|| entre('[', ']')).or_else(dernier).or_else(ailleurs)
}

/// Why the times cannot be in the unit that the header says, or does not say: most of them would be of more than three
/// hours, or of less than it takes from one commune to another.
fn unite_douteuse(tableau: &Tableau) -> Option<&'static str> {
    let dite = unite(tableau);
    let ailleurs = |rang: &usize| {
        let lieu = |bout: &Bout| {
            tableau.cellule(*rang, bout.code).or_else(|| tableau.cellule(*rang, bout.nom)).map(replier)
        };
        lieu(&DEPART) != lieu(&ARRIVEE)
    };
    let rangs = (0..tableau.hauteur()).filter(ailleurs);
    let cellules = rangs.filter_map(|rang| tableau.cellule(rang, "minutes"));
    let durees: Vec<(bool, f64)> = cellules
        .filter_map(|t| Some((valeurs::nombre(t).is_ok(), lire_duree(t, dite.unwrap_or(1.0))?)))
        .collect();
    let surtout = |passe: &dyn Fn(&(bool, f64)) -> bool| {
        durees.iter().filter(|duree| passe(duree)).count() * 2 > durees.len()
    };
    let entete = tableau.colonne("minutes").map(|colonne| replier(&colonne.entete)).unwrap_or_default();
    if entete.contains("aller retour") || entete.contains("aller et retour") {
        return Some("ces durées sont celles d’un aller et retour : écrivez celles de l’aller");
    }
    if dite.is_none() && surtout(&|(nombre, minutes)| *nombre && *minutes > TRAJET_LONG) {
        return Some(
            "l’unité n’est pas dite, et la plupart de ces durées dépasseraient trois heures : écrivez « Durée en minutes » ou « Durée en secondes » dans l’en-tête",
        );
    }
    if dite == Some(1.0) && surtout(&|(nombre, minutes)| *nombre && *minutes > TRAJET_LONG) {
        return Some(
            "la plupart de ces durées, que l’en-tête dit en minutes, dépasseraient trois heures : ce sont sans doute des secondes. Écrivez « Durée en secondes » dans l’en-tête",
        );
    }
    if surtout(&|(nombre, minutes)| !*nombre && *minutes > TRAJET_LONG) {
        return Some(
            "la plupart de ces durées, écrites en heures et minutes, dépasseraient trois heures : ce sont sans doute des minutes et des secondes. Écrivez des minutes (12 et non 12:00)",
        );
    }
    surtout(&|(_, minutes)| *minutes < TRAJET_COURT).then_some(
        "la plupart de ces durées, entre deux communes, seraient de moins de deux minutes : elles sont sans doute en heures ou en jours. Écrivez des minutes, ou « Durée en heures » dans l’en-tête",
    )
}

/// The minutes of a cell: a number of the unit of its column, or one that says its own (`7 min`, `1 h 05`, `0:07`).
fn lire_duree(texte: &str, unite: f64) -> Option<f64> {
    if let Ok(nombre) = valeurs::nombre(texte) {
        return (nombre >= 0.0 && !texte.contains('%')).then_some(nombre * unite);
    }
    let minuscules = texte.trim().to_lowercase();
    let partie =
        |t: &str| if t.trim().is_empty() { Some(0.0) } else { valeurs::nombre(t).ok().filter(|n| *n >= 0.0) };
    if let [heures, minutes, secondes @ ..] = minuscules.split(':').collect::<Vec<_>>().as_slice() {
        let secondes = secondes.first().map_or(Some(0.0), |s| partie(s))?;
        return Some(partie(heures)? * 60.0 + partie(minutes)? + secondes / 60.0);
    }
    let (heures, reste) = match minuscules.split_once('h') {
        Some((heures, reste)) => {
            (valeurs::nombre(heures).ok()?, reste.trim_start_matches("eures").trim_start_matches("eure"))
        }
        None => (0.0, minuscules.as_str()),
    };
    let reste = reste.trim_end_matches('.').trim_end();
    let sans_unite = ["minutes", "minute", "min", "mn", "'", "’"].iter().find_map(|u| reste.strip_suffix(u));
    let minutes = match sans_unite {
        Some(minutes) => partie(minutes)?,
        None if minuscules.contains('h') => partie(reste)?,
        None => return None,
    };
    Some(heures * 60.0 + minutes)
}

fn minutes(
    tableau: &Tableau,
    rang: usize,
    unite: Result<f64, &'static str>,
    bilan: &mut Bilan,
) -> Option<f64> {
    let brut = tableau.cellule(rang, "minutes").unwrap_or_default();
    let (minutes, detail) = match unite {
        Ok(unite) => (lire_duree(brut, unite), "une durée est attendue : 12, 12 min, 0:12 ou 1 h 05"),
        Err(pourquoi) => (None, pourquoi),
    };
    if minutes.is_none() {
        let probleme = Probleme::new(Motif::NombreIllisible, tableau.lieu(rang, "minutes"), detail);
        bilan.noter(probleme.avec_valeur(brut));
    }
    minutes
}

/// The table without rows: what its columns are.
pub(super) fn vide() -> PolarsResult<DataFrame> {
    trame(&BTreeMap::new(), "")
}

fn trame(trajets: &BTreeMap<(CodeCommune, CodeCommune), f64>, source: &str) -> PolarsResult<DataFrame> {
    let codes = |nom: &str, lire: fn(&(CodeCommune, CodeCommune)) -> &CodeCommune| {
        StringChunked::from_iter_values(nom.into(), trajets.keys().map(|c| lire(c).as_str())).into_column()
    };
    DataFrame::new(
        trajets.len(),
        vec![
            codes("de", |c| &c.0),
            codes("vers", |c| &c.1),
            Float64Chunked::from_iter_values("minutes".into(), trajets.values().copied()).into_column(),
            StringChunked::full("source".into(), source, trajets.len()).into_column(),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::{lire_duree, unite_de};

    #[test]
    fn l_unite_est_entre_parentheses_ou_a_la_fin_de_l_en_tete() {
        for (entete, unite) in [
            ("minutes", Some(1.0)),
            ("Temps de trajet en heure de pointe (min)", Some(1.0)),
            ("Durée en secondes", Some(1.0 / 60.0)),
            ("Durée (en heures)", Some(60.0)),
            ("heures", Some(60.0)),
            ("minutes_voiture", Some(1.0)),
            ("secondes voiture", Some(1.0 / 60.0)),
            ("Temps à 8 h", None),
            ("Temps à 8h", None),
            ("Temps heure creuse", None),
            ("Temps (heure de pointe)", None),
            ("Temps", None),
        ] {
            assert_eq!(unite_de(entete), unite, "{entete}");
        }
    }

    #[test]
    fn une_duree_s_ecrit_de_plusieurs_facons() {
        for (texte, minutes) in [
            ("7", 7.0),
            ("14,5", 14.5),
            ("7 min", 7.0),
            ("7 mn", 7.0),
            ("7'", 7.0),
            ("0:07", 7.0),
            ("00:07:30", 7.5),
            ("1 h 05", 65.0),
            ("1h05", 65.0),
            ("1 h", 60.0),
            ("1 heure 10 min", 70.0),
        ] {
            assert_eq!(lire_duree(texte, 1.0), Some(minutes), "{texte}");
        }
        assert_eq!(lire_duree("420", 1.0 / 60.0), Some(7.0));
        for texte in ["loin", "", "-3", "7 km", "12 %"] {
            assert_eq!(lire_duree(texte, 1.0), None, "{texte}");
        }
    }
}
