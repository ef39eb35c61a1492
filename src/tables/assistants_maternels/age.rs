//! Birth date and age of a person, neither of which ever appears in a message.

use crate::quality::{Bilan, Motif, Probleme, masquer};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs;
use chrono::{Datelike, NaiveDate};

/// The oldest and youngest age that a list can hold without a mistake.
const AGES: std::ops::RangeInclusive<i32> = 18..=85;

/// A birth date, which never appears in a message.
pub(super) fn lire_naissance(tableau: &Tableau, rang: usize, bilan: &mut Bilan) -> Option<NaiveDate> {
    let brut = tableau.cellule(rang, "date_naissance")?;
    let lue = valeurs::date(brut).ok();
    if lue.is_none() && annee_seule(brut).is_none() {
        let detail = "le jour, le mois ou l’année n’existent pas ; valeur masquée, car personnelle";
        let lieu = tableau.lieu(rang, "date_naissance");
        bilan.noter(Probleme::new(Motif::DateIllisible, lieu, detail).avec_valeur(masquer(brut)));
    }
    lue
}

/// The year of birth that stands in the place of the date.
fn annee_seule(texte: &str) -> Option<i32> {
    texte.trim().parse().ok().filter(|annee| (1900..2100).contains(annee))
}

/// True for the birth date of somebody who can be a childminder on that day: with another one, which is a mistake, the
/// person would be another one.
pub(super) fn est_d_un_adulte(naissance: NaiveDate, jour: NaiveDate) -> bool {
    age_le(naissance, jour).is_some_and(est_plausible)
}

/// Completed years.
fn age_le(naissance: NaiveDate, jour: NaiveDate) -> Option<i32> {
    jour.years_since(naissance).and_then(|age| i32::try_from(age).ok())
}

fn est_plausible(age: i32) -> bool {
    AGES.contains(&age)
}

/// The age that the birth date gives, or the column of ages, or that of years of birth, or a year in the place of the
/// date. A personal value never appears in a message.
pub(super) fn lire(
    tableau: &Tableau,
    rang: usize,
    naissance: Option<NaiveDate>,
    jour: NaiveDate,
    bilan: &mut Bilan,
) -> Option<i32> {
    let hors_bornes = || format!("hors de {} à {} ans", AGES.start(), AGES.end());
    let dite = |champ| {
        tableau.cellule(rang, champ).filter(|t| !valeurs::est_manquant(t)).map(|texte| (champ, texte))
    };
    let (champ, vu, lu) = if let Some(naissance) = naissance {
        ("date_naissance", None, age_le(naissance, jour).ok_or_else(hors_bornes))
    } else {
        let annee_seule = || dite("date_naissance").filter(|(_, texte)| annee_seule(texte).is_some());
        let (champ, texte) = dite("age").or_else(|| dite("annee_naissance")).or_else(annee_seule)?;
        let lu = match champ {
            "age" => valeurs::age(texte).map(i32::from),
            _ => valeurs::annee_naissance(texte).map(|annee| jour.year() - annee),
        };
        (champ, Some(masquer(texte)), lu.map_err(|erreur| erreur.detail))
    };
    let plausible = lu.and_then(|age| if est_plausible(age) { Ok(age) } else { Err(hors_bornes()) });
    let detail = match plausible {
        Ok(age) => return Some(age),
        Err(detail) => format!("{detail} ; valeur masquée, car personnelle"),
    };
    let probleme = Probleme::new(Motif::AgeInvraisemblable, tableau.lieu(rang, champ), detail);
    bilan.noter(Probleme { valeur: vu, ..probleme });
    None
}
