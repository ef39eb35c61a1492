//! Dates and years.

use chrono::{Datelike, Days, NaiveDate};

use super::{ValeurInvalide, nombre, replier};
use crate::quality::Motif;

/// Two-digit years below this are of the 2000s, the others of the 1900s: childminders are born
/// from 1940 on, and no agrément ends after 2039.
const PIVOT: i32 = 40;
/// Days that Excel counts from 1899-12-30, and that a file can hold: 1927 to 2119.
const SERIES_EXCEL: std::ops::RangeInclusive<u64> = 10_000..=80_000;
const ANNEES: std::ops::RangeInclusive<i32> = 1900..=2100;

const MOIS: [&[&str]; 12] = [
    &["jan"],
    &["fev", "feb"],
    &["mar"],
    &["avr", "apr"],
    &["mai", "may"],
    &["juin", "jun"],
    &["juil", "jul"],
    &["aou", "aug"],
    &["sep"],
    &["oct"],
    &["nov"],
    &["dec"],
];
const JOURS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// Reads a date: `31/12/2024`, `31-12-24`, `31.12.2024`, `2024-12-31`, `20241231`,
/// `31 décembre 2024`, `1er janv. 2024`, a serial number of Excel (`45657`), each with an hour
/// after it or not. The day comes before the month. A year on two digits is of the 2000s below 40.
///
/// # Errors
/// `DateIllisible` if it is no date, or one that does not exist.
pub fn date(texte: &str) -> Result<NaiveDate, ValeurInvalide> {
    let invalide = |detail: &str| ValeurInvalide::new(Motif::DateIllisible, detail);
    let replie = replier(texte);
    let mut morceaux = morceaux(&replie);
    morceaux.retain(|m| *m != "er" && !JOURS.contains(m));
    if let Some(annee_mois_jour) = huit_chiffres(&morceaux) {
        return annee_mois_jour;
    }
    if let Some(date) = serie_excel(texte) {
        return Ok(date);
    }
    let [a, b, c, reste @ ..] = morceaux.as_slice() else {
        return Err(invalide("il faut un jour, un mois et une année"));
    };
    if !reste.iter().all(|m| est_morceau_d_heure(m)) {
        return Err(invalide("la cellule contient autre chose qu’une date"));
    }
    let (jour, mois, an) = if a.len() == 4 { (c, b, a) } else { (a, b, c) };
    let jour: u32 = jour.parse().map_err(|_| invalide("le jour n’est pas un nombre"))?;
    let mois = mois_de(mois).ok_or_else(|| invalide("le mois n’est pas reconnu"))?;
    let annee = annee_de(an).ok_or_else(|| invalide("l’année n’est pas reconnue"))?;
    NaiveDate::from_ymd_opt(annee, mois, jour).ok_or_else(|| invalide("cette date n’existe pas"))
}

/// Runs of digits and runs of letters: `14h30` is three pieces.
fn morceaux(replie: &str) -> Vec<&str> {
    let mut morceaux = Vec::new();
    for mot in replie.split(' ') {
        let mut debut = 0;
        let genre = |c: char| c.is_ascii_digit();
        for (i, (avant, c)) in mot.chars().zip(mot.char_indices().skip(1)).map(|(a, (i, c))| (i, (a, c))) {
            if genre(avant) != genre(c) {
                morceaux.push(&mot[debut..i]);
                debut = i;
            }
        }
        if debut < mot.len() {
            morceaux.push(&mot[debut..]);
        }
    }
    morceaux
}

/// `20241231` or `31122024`; `None` if the text is not eight digits in a row.
fn huit_chiffres(morceaux: &[&str]) -> Option<Result<NaiveDate, ValeurInvalide>> {
    let [huit] = morceaux else { return None };
    if huit.len() != 8 || !huit.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let lire =
        |a: &str, m: &str, j: &str| NaiveDate::from_ymd_opt(annee_de(a)?, m.parse().ok()?, j.parse().ok()?);
    let date =
        lire(&huit[..4], &huit[4..6], &huit[6..]).or_else(|| lire(&huit[4..], &huit[2..4], &huit[..2]));
    Some(date.ok_or_else(|| ValeurInvalide::new(Motif::DateIllisible, "cette date n’existe pas")))
}

/// `45657`, `45657.75`: the days that Excel counts.
fn serie_excel(texte: &str) -> Option<NaiveDate> {
    let compact = texte.trim();
    // With two points, `31.12.2024` is no number.
    let decimal =
        compact.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') && nombre(compact).is_ok();
    let jours: u64 = compact.split(['.', ',']).next()?.parse().ok()?;
    let plausible = decimal && SERIES_EXCEL.contains(&jours);
    plausible.then(|| NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(jours))).flatten()
}

fn est_morceau_d_heure(morceau: &str) -> bool {
    matches!(morceau, "t" | "a" | "h" | "z" | "min" | "s" | "utc" | "gmt" | "am" | "pm")
        || (morceau.len() <= 6 && morceau.bytes().all(|b| b.is_ascii_digit()))
}

fn mois_de(morceau: &str) -> Option<u32> {
    if let Ok(mois) = morceau.parse() {
        return Some(mois);
    }
    let rang = MOIS.iter().position(|noms| noms.iter().any(|nom| morceau.starts_with(nom)))?;
    u32::try_from(rang + 1).ok()
}

fn annee_de(morceau: &str) -> Option<i32> {
    let annee: i32 = morceau.parse().ok()?;
    match morceau.len() {
        2 => Some(if annee < PIVOT { 2000 + annee } else { 1900 + annee }),
        4 => ANNEES.contains(&annee).then_some(annee),
        _ => None,
    }
}

/// Reads a year: `2024`, `2024.0`, `2 024`, `Année 2024`, or that of a date (`31/12/2024`). A
/// school year (`2023-2024`) is two.
///
/// # Errors
/// `AnneeIllisible` if there is no year between 1900 and 2100, or several.
pub fn annee(texte: &str) -> Result<i32, ValeurInvalide> {
    let invalide = |detail: &str| ValeurInvalide::new(Motif::AnneeIllisible, detail);
    if let Ok(n) = nombre(texte)
        && n.fract() == 0.0
        && (f64::from(*ANNEES.start())..=f64::from(*ANNEES.end())).contains(&n)
    {
        return format!("{n:.0}").parse().map_err(|_| invalide("ce n’est pas une année"));
    }
    let replie = replier(texte);
    let morceaux = morceaux(&replie);
    // A lone number that is no year is a slip, not a serial date.
    if morceaux.len() > 1
        && let Ok(date) = date(texte)
    {
        return Ok(date.year());
    }
    let mut chiffres = morceaux.iter().filter(|m| m.starts_with(|c: char| c.is_ascii_digit()));
    match (chiffres.next(), chiffres.next()) {
        (Some(m), None) if m.len() == 4 => annee_de(m).ok_or_else(|| invalide("l’année est invraisemblable")),
        (Some(_), Some(_)) => Err(invalide("la cellule contient plusieurs nombres")),
        _ => Err(invalide("ce n’est pas une année sur quatre chiffres")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_dates_d_un_bureau_se_lisent() {
        for texte in [
            "31/12/2024",
            "31-12-24",
            "31.12.2024",
            "2024-12-31",
            "2024/12/31",
            "20241231",
            "31122024",
            "31 décembre 2024",
            "mardi 31 déc. 2024",
            "31-Dec-2024",
            "45657",
            "45657.0",
            "45657,75",
            "31/12/2024 14:30:00",
            "31/12/2024 à 14h30",
            "2024-12-31T08:30:00.000Z",
            " 31 / 12 / 2024\u{a0}",
        ] {
            assert_eq!(date(texte), Ok(NaiveDate::from_ymd_opt(2024, 12, 31).unwrap()), "{texte}");
        }
        assert_eq!(date("1er août 1975"), Ok(NaiveDate::from_ymd_opt(1975, 8, 1).unwrap()));
    }

    #[test]
    fn le_siecle_bascule_a_quarante() {
        assert_eq!(date("01/02/39").unwrap().year(), 2039);
        assert_eq!(date("01/02/40").unwrap().year(), 1940);
        assert_eq!(date("01/02/05").unwrap().year(), 2005);
    }

    #[test]
    fn ce_qui_n_est_pas_une_date_est_refuse() {
        for texte in [
            "",
            "2024",
            "31/02/2024",
            "12/31/2024",
            "31/12",
            "31/12/0024",
            "31/12/202",
            "à venir",
            "99999999",
            "123",
            "31/12/2024 au 31/12/2029",
            "2023-2024",
            "3 12 2024 enfants",
            "12.5",
        ] {
            assert_eq!(date(texte).map_err(|e| e.motif), Err(Motif::DateIllisible), "{texte}");
        }
    }

    #[test]
    fn les_annees_se_lisent_une_a_la_fois() {
        for texte in ["2024", "2024.0", "2024,0", "31/12/2024", "2024-12-31", "Année 2024", "2 024"] {
            assert_eq!(annee(texte), Ok(2024), "{texte}");
        }
        for texte in ["2023-2024", "2023/2024", "24", "", "1789", "20245", "2024.5", "45657", "année"] {
            assert_eq!(annee(texte).map_err(|e| e.motif), Err(Motif::AnneeIllisible), "{texte}");
        }
    }
}
