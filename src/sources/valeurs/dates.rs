//! Dates and years.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{ValeurInvalide, entier, nombre, replier};
use crate::quality::{Lieu, Motif, Probleme};

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
    if let Some(date) = date_courante(texte) {
        return Ok(date);
    }
    let invalide = |detail: &str| ValeurInvalide::new(Motif::DateIllisible, detail);
    let replie = replier(texte);
    let mut morceaux = morceaux(&replie);
    morceaux.retain(|m| !matches!(*m, "er" | "le") && !JOURS.contains(m));
    if let Some(annee_mois_jour) = huit_chiffres(&morceaux) {
        return annee_mois_jour;
    }
    if let Some(date) = serie_excel(texte) {
        return Ok(date);
    }
    let [a, b, c, reste @ ..] = morceaux.as_slice() else {
        return Err(invalide("il faut un jour, un mois et une année"));
    };
    if !est_une_heure(reste) || texte.matches('/').count() > 2 {
        return Err(invalide("la cellule contient autre chose qu’une date"));
    }
    let (jour, mois, an) = if a.len() == 4 { (c, b, a) } else { (a, b, c) };
    let jour: u32 = jour.parse().map_err(|_| invalide("le jour n’est pas un nombre"))?;
    let mois = mois_de(mois).ok_or_else(|| invalide("le mois n’est pas reconnu"))?;
    let annee = annee_de(an).ok_or_else(|| invalide("l’année n’est pas reconnue"))?;
    NaiveDate::from_ymd_opt(annee, mois, jour).ok_or_else(|| invalide("cette date n’existe pas"))
}

/// `31/12/2024`, `31-12-2024` and `2024-12-31`, as most cells of dates are: read at once.
fn date_courante(texte: &str) -> Option<NaiveDate> {
    let (jour, mois, an) = match *texte.as_bytes() {
        [_, _, b'/', _, _, b'/', _, _, _, _] | [_, _, b'-', _, _, b'-', _, _, _, _] => (0..2, 3..5, 6..10),
        [_, _, _, _, b'-', _, _, b'-', _, _] => (8..10, 5..7, 0..4),
        _ => return None,
    };
    let nombre = |plage: std::ops::Range<usize>| {
        let chiffres = texte.get(plage)?;
        chiffres.bytes().all(|b| b.is_ascii_digit()).then(|| chiffres.parse::<u32>().ok())?
    };
    let an = i32::try_from(nombre(an)?).ok().filter(|an| ANNEES.contains(an))?;
    NaiveDate::from_ymd_opt(an, nombre(mois)?, nombre(jour)?)
}

/// What a date written in numbers alone tells of the order of its day and its month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrdreDeDate {
    /// `31/12/2024`: the first number is no month.
    JourDevant,
    /// `12/31/2024`: the second number is no month.
    MoisDevant,
    /// `01/02/2024`.
    Indecis,
    /// `2024-12-31`: the year stands first, then its month.
    AnneeDevant,
}

/// The order of the numbers of a date; none for a text that is no such date (`31 décembre 2024`, `45657`).
pub fn ordre_de_date(texte: &str) -> Option<OrdreDeDate> {
    let nombres = trois_nombres(texte)?;
    let [a, b, _] = nombres.clone().map(|plage| texte[plage].parse::<u32>().unwrap_or_default());
    match nombres.map(|plage| plage.len()) {
        [4, 1 | 2, 1 | 2] => Some(OrdreDeDate::AnneeDevant),
        [1 | 2, 1 | 2, 2 | 4] if a > 12 && b <= 12 => Some(OrdreDeDate::JourDevant),
        [1 | 2, 1 | 2, 2 | 4] if a <= 12 && b > 12 => Some(OrdreDeDate::MoisDevant),
        [1 | 2, 1 | 2, 2 | 4] if a <= 12 && b <= 12 => Some(OrdreDeDate::Indecis),
        _ => None,
    }
}

/// The same date, its day where its month stood and the other way round; none for a text without [`ordre_de_date`].
pub fn jour_et_mois_echanges(texte: &str) -> Option<String> {
    let [a, b, c] = trois_nombres(texte)?;
    let (un, deux) = if ordre_de_date(texte)? == OrdreDeDate::AnneeDevant { (b, c) } else { (a, b) };
    let (avant, entre, apres) = (&texte[..un.start], &texte[un.end..deux.start], &texte[deux.end..]);
    Some([avant, &texte[deux], entre, &texte[un], apres].concat())
}

/// Where the three numbers that a text begins with stand: nothing but `/`, `-`, `.` and spaces is between them.
fn trois_nombres(texte: &str) -> Option<[std::ops::Range<usize>; 3]> {
    let mut debut = texte.len() - texte.trim_start().len();
    let mut suivant = || {
        let fin = texte[debut..].find(|c: char| !c.is_ascii_digit()).map_or(texte.len(), |i| debut + i);
        let plage = debut..fin;
        let liaison = |c: char| matches!(c, '/' | '-' | '.') || c.is_whitespace();
        debut = texte[fin..].find(|c: char| !liaison(c)).map_or(texte.len(), |i| fin + i);
        (!plage.is_empty()).then_some(plage)
    };
    Some([suivant()?, suivant()?, suivant()?])
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

/// Hours, minutes and seconds, then what is finer or a time zone. « 31 12 2027 » is another date.
fn est_une_heure(reste: &[&str]) -> bool {
    let chiffres = |m: &&str| m.bytes().all(|b| b.is_ascii_digit());
    let mots = ["t", "a", "h", "z", "min", "s", "utc", "gmt", "am", "pm"];
    let nombres: Vec<&str> = reste.iter().copied().filter(chiffres).collect();
    reste.iter().all(|m| mots.contains(m) || m.len() <= 6 && chiffres(m))
        && nombres
            .iter()
            .zip([24, 59, 59])
            .all(|(m, plus)| m.len() <= 2 && m.parse().is_ok_and(|n: u32| n <= plus))
}

/// What a cell tells of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Periode {
    /// A day.
    Jour(NaiveDate),
    /// A day of a month or of a year: the first and the last that it may be.
    Entre(NaiveDate, NaiveDate),
    /// All the days from the first to the last.
    Du(NaiveDate, NaiveDate),
}

impl Periode {
    /// The day on which what is told begins: the first that it may be.
    pub fn debut(self) -> NaiveDate {
        match self {
            Self::Jour(debut) | Self::Entre(debut, _) | Self::Du(debut, _) => debut,
        }
    }

    /// The day on which what is told ends: the last that it may be.
    pub fn fin(self) -> NaiveDate {
        match self {
            Self::Jour(fin) | Self::Entre(_, fin) | Self::Du(_, fin) => fin,
        }
    }

    /// What is to be told of the day that was taken, where the cell leaves open whether it has passed.
    pub fn reserve(self, retenu: NaiveDate, jour: NaiveDate, lieu: Lieu) -> Option<Probleme> {
        let indecise = matches!(self, Self::Entre(debut, fin) if debut <= jour && jour < fin);
        let detail = || format!("sans le jour : lue comme le {}", retenu.format("%d/%m/%Y"));
        indecise.then(|| Probleme::new(Motif::DateSansJour, lieu, detail()))
    }
}

/// Reads a [`date`], a month (`09/2015`, `sept. 2015`, `2015-09`), a year (`2015`), or a first and a last day
/// (`01/01/2020 - 31/12/2024`, `du 01/01/2020 au 31/12/2024`).
///
/// # Errors
/// `DateIllisible` if it is none of these.
pub fn periode(texte: &str) -> Result<Periode, ValeurInvalide> {
    let autre = || mois_ou_annee(texte).or_else(|| du_au(texte));
    date(texte).map(Periode::Jour).or_else(|erreur| autre().ok_or(erreur))
}

/// The period that a text ends with: « fermeture le 31/08/2023 », « depuis sept. 2022 ».
pub fn periode_a_la_fin(texte: &str) -> Option<Periode> {
    let debuts = texte.char_indices().filter(|(i, _)| !texte[..*i].ends_with(char::is_alphanumeric));
    debuts.into_iter().find_map(|(debut, _)| periode(&texte[debut..]).ok())
}

fn mois_ou_annee(texte: &str) -> Option<Periode> {
    let replie = replier(texte);
    let morceaux = morceaux(&replie);
    let (mois, an) = match morceaux.as_slice() {
        // A spreadsheet may write a year with its decimals.
        [an] | [an, "0"] if an.len() == 4 => (None, *an),
        [an, mois] if an.len() == 4 && annee_de(an).is_some() && mois.len() <= 2 => (Some(*mois), *an),
        [mois, an] if an.len() == 4 || an.len() == 2 && mois.parse::<u32>().is_err() => (Some(*mois), *an),
        _ => return None,
    };
    let an = annee_de(an)?;
    let (premier, duree) = match mois {
        Some(mois) => (mois_de(mois)?, 1),
        None => (1, 12),
    };
    let debut = NaiveDate::from_ymd_opt(an, premier, 1)?;
    Some(Periode::Entre(debut, debut.checked_add_months(Months::new(duree))?.pred_opt()?))
}

fn du_au(texte: &str) -> Option<Periode> {
    let minuscules = texte.to_lowercase();
    let texte = minuscules.trim().trim_start_matches("du ").trim_start_matches("de ");
    let separateurs = ["jusqu’au", "jusqu'au", " au ", " à ", " - ", " / ", "–", "—", "→", "-", "\n", " "];
    separateurs.iter().filter_map(|s| texte.split_once(s)).find_map(|(debut, fin)| {
        let (debut, fin) = (date(debut).ok()?, date(fin).ok()?);
        (debut <= fin).then_some(Periode::Du(debut, fin))
    })
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

/// Reads the year of a birth: an [`annee`], or its last two digits (`68`).
///
/// # Errors
/// `AnneeIllisible` if there is none.
pub fn annee_naissance(texte: &str) -> Result<i32, ValeurInvalide> {
    let courte = || entier(texte).ok().and_then(|n| annee_de(&format!("{n:02}")));
    annee(texte).or_else(|erreur| courte().ok_or(erreur))
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
            "01/01/2020 - 31/12/2027",
            "01/01/2020 01/01/25",
            "2020-01-01 2027-12-31",
        ] {
            assert_eq!(date(texte).map_err(|e| e.motif), Err(Motif::DateIllisible), "{texte}");
        }
    }

    #[test]
    fn une_date_de_nombres_dit_parfois_l_ordre_du_jour_et_du_mois() {
        for (texte, ordre, echange) in [
            ("31/12/2024", Some(OrdreDeDate::JourDevant), Some("12/31/2024")),
            ("12/31/24 00:00", Some(OrdreDeDate::MoisDevant), Some("31/12/24 00:00")),
            (" 1.2.2024", Some(OrdreDeDate::Indecis), Some(" 2.1.2024")),
            ("2024-05-01", Some(OrdreDeDate::AnneeDevant), Some("2024-01-05")),
            ("31 décembre 2024", None, None),
            ("13/13/2024", None, None),
            ("09/2015", None, None),
            ("45657", None, None),
            ("", None, None),
        ] {
            assert_eq!(ordre_de_date(texte), ordre, "{texte}");
            assert_eq!(
                jour_et_mois_echanges(texte).filter(|_| ordre.is_some()).as_deref(),
                echange,
                "{texte}"
            );
        }
    }

    #[test]
    fn un_mois_ou_une_annee_ont_un_premier_et_un_dernier_jour() {
        let jour = |texte: &str| date(texte).unwrap();
        for texte in ["09/2015", "2015-09", "sept. 2015", "Septembre 2015", "sept-15"] {
            assert_eq!(periode(texte), Ok(Periode::Entre(jour("01/09/2015"), jour("30/09/2015"))), "{texte}");
        }
        for texte in ["2023", "2023.0"] {
            assert_eq!(periode(texte), Ok(Periode::Entre(jour("01/01/2023"), jour("31/12/2023"))), "{texte}");
        }
        for texte in ["", "23", "13/2015", "09/15", "15 sept", "2015-2023", "avant 2010", "août", "1789"] {
            assert!(periode(texte).is_err(), "{texte}");
        }
        let annee = periode("2023").unwrap();
        let reserve = |le: &str| annee.reserve(annee.debut(), jour(le), Lieu::fichier("liste.csv"));
        assert!(reserve("30/06/2023").is_some() && reserve("31/12/2023").is_none());
    }

    #[test]
    fn deux_dates_dans_une_cellule_sont_un_debut_et_une_fin() {
        let attendu = Periode::Du(date("01/01/2020").unwrap(), date("31/12/2027").unwrap());
        for texte in [
            "01/01/2020 - 31/12/2027",
            "01/01/2020-31/12/2027",
            "du 01/01/2020 au 31/12/2027",
            "Du 1er janvier 2020 au 31 décembre 2027",
            "01/01/2020 → 31/12/2027",
            "01/01/2020\n31/12/2027",
            "2020-01-01 2027-12-31",
        ] {
            assert_eq!(periode(texte), Ok(attendu), "{texte}");
        }
        assert!(periode("31/12/2027 - 01/01/2020").is_err(), "elle finirait avant de commencer");
    }

    #[test]
    fn une_date_se_trouve_au_bout_d_une_phrase() {
        let jour = |texte: &str| date(texte).unwrap();
        for (texte, debut) in [
            ("Fermeture le 31/08/2023", Some("31/08/2023")),
            ("Fermée (depuis le 31/08/2023)", Some("31/08/2023")),
            ("fermée depuis septembre 2022", Some("01/09/2022")),
            ("ouverture prévue en 2026", Some("01/01/2026")),
            ("fermée en août", None),
        ] {
            assert_eq!(periode_a_la_fin(texte).map(Periode::debut), debut.map(jour), "{texte}");
        }
    }

    #[test]
    fn une_annee_de_naissance_peut_n_avoir_que_deux_chiffres() {
        for (texte, annee) in
            [("1968", 1968), ("68", 1968), ("68.0", 1968), ("05", 2005), ("12/03/1968", 1968)]
        {
            assert_eq!(annee_naissance(texte), Ok(annee), "{texte}");
        }
        for texte in ["168", "vers 68", "-68", ""] {
            assert!(annee_naissance(texte).is_err(), "{texte}");
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
