//! The day that a text speaks of: « au 31/12/2024 », `agrements_2024-12-31`, `imaje_2023`.

use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{self, replier};
use chrono::{Datelike, Months, NaiveDate};

/// How precisely a text names a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Precision {
    /// A year: its last day is meant.
    Annee,
    /// A month: its last day is meant.
    Mois,
    /// A day.
    Jour,
}

/// A day, and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Indice {
    pub(super) date: NaiveDate,
    pub(super) precision: Precision,
    /// What says so: « titre, ligne 2 », « nom du fichier ».
    pub(super) ou: String,
    /// The text itself.
    pub(super) texte: String,
}

impl Indice {
    /// The day that a text names, if it names one.
    pub(super) fn lire(texte: &str, ou: &str) -> Option<Self> {
        let (date, precision) = jour_de(texte)?;
        Some(Self { date, precision, ou: ou.to_owned(), texte: texte.trim().to_owned() })
    }

    /// What a table and the name of its file, without extension, say of its day; the title first, then the sheet, then
    /// the file.
    pub(super) fn d_un_tableau(tableau: &Tableau, radical: &str) -> Vec<Self> {
        let du_titre =
            |(ligne, texte): &(u32, String)| Self::lire(texte, &format!("le titre (ligne {ligne})"));
        let age = tableau.colonne("age").and_then(|age| Self::lire(&age.entete, "l’en-tête de l’âge"));
        let feuille = tableau.origine.feuille.as_deref();
        let feuille = feuille.and_then(|nom| Self::lire(nom, "le nom de la feuille"));
        let fichier = Self::lire(radical, "le nom du fichier");
        tableau.titres.iter().filter_map(du_titre).chain(age).chain(feuille).chain(fichier).collect()
    }

    /// The first of those that say it most precisely.
    pub(super) fn plus_precis(indices: &[Self]) -> Option<&Self> {
        let precision = indices.iter().map(|indice| indice.precision).max()?;
        indices.iter().find(|indice| indice.precision == precision)
    }

    /// True for a day, or a month, that is neither the first nor one of the last of its year.
    pub(super) fn est_dans_l_annee(&self) -> bool {
        let premier = self.date.month() == 1 && self.date.day() == 1;
        self.precision != Precision::Annee && self.date.month() < 12 && !premier
    }

    /// True unless it may be said of data of that day: an office prints in January what is of December.
    pub(super) fn parle_d_une_autre_annee(&self, date: NaiveDate) -> bool {
        let proche = self.precision != Precision::Annee
            && (self.date - date).num_days().unsigned_abs() <= JOURS_POUR_EDITER;
        self.date.year() != date.year() && !proche
    }
}

/// Days within which a list of a day is printed.
const JOURS_POUR_EDITER: u64 = 100;

/// Years that the data of a relais can speak of.
const ANNEES: std::ops::RangeInclusive<i32> = 1990..=2099;

/// The latest of the days that a text names as precisely as it can.
fn jour_de(texte: &str) -> Option<(NaiveDate, Precision)> {
    let replie = replier(texte);
    let mots: Vec<&str> = replie.split(' ').collect();
    let jours = mots
        .windows(3)
        .filter(|trio| un_seul_ecrit_l_annee(trio))
        .map(|trio| trio.join(" "))
        .chain(mots.iter().filter(|m| m.len() == 8).map(|m| (*m).to_owned()))
        .filter_map(|t| valeurs::date(&t).ok())
        .filter(|jour| ANNEES.contains(&jour.year()));
    if let Some(jour) = jours.max() {
        return Some((jour, Precision::Jour));
    }
    // « nov 2023 », « nov. 23 », « nov23 ».
    let colles = mots.iter().filter_map(|mot| mot.split_at_checked(mot.find(|c: char| c.is_ascii_digit())?));
    let paires = mots.windows(2).map(|paire| (paire[0], paire[1])).chain(colles);
    let fins_de_mois = paires.filter_map(|(mois, annee)| {
        let est_un_mot = mois.chars().count() > 2 && mois.chars().all(char::is_alphabetic);
        let premier = valeurs::date(&format!("1 {mois} {annee}")).ok()?;
        let fin = premier.checked_add_months(Months::new(1))?.pred_opt()?;
        (est_un_mot && matches!(annee.len(), 2 | 4) && ANNEES.contains(&fin.year())).then_some(fin)
    });
    if let Some(fin) = fins_de_mois.max() {
        return Some((fin, Precision::Mois));
    }
    // « am2024 », « v2024 »: a year may follow letters.
    let sans_lettres = mots.iter().map(|m| m.trim_start_matches(char::is_alphabetic));
    let annees = sans_lettres.filter(|m| m.len() == 4).filter_map(|m| m.parse().ok());
    let annee = annees.filter(|annee| ANNEES.contains(annee)).max()?;
    Some((NaiveDate::from_ymd_opt(annee, 12, 31)?, Precision::Annee))
}

/// True if three words may be a date: a year on four digits at one end, or three pairs of digits.
fn un_seul_ecrit_l_annee(trio: &[&str]) -> bool {
    let annee = |mot: &str| mot.len() == 4 && mot.bytes().all(|b| b.is_ascii_digit());
    let paires = trio.iter().all(|m| m.len() == 2 && m.bytes().all(|b| b.is_ascii_digit()));
    paires || (annee(trio[0]) != annee(trio[2]) && !annee(trio[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_jours_se_trouvent_dans_les_titres_et_les_noms() {
        for (texte, jour, precision) in [
            ("Liste des assistants maternels agréés au 31/12/2021", "2021-12-31", Precision::Jour),
            ("agrements_2019-12-31.xlsx", "2019-12-31", Precision::Jour),
            ("AM 20241231 v2.csv", "2024-12-31", Precision::Jour),
            ("Situation au 1er janvier 2025", "2025-01-01", Precision::Jour),
            ("liste 31-12-24", "2024-12-31", Precision::Jour),
            ("Extraction décembre 2024", "2024-12-31", Precision::Mois),
            ("AM_février_2024.ods", "2024-02-29", Precision::Mois),
            ("nov 23", "2023-11-30", Precision::Mois),
            ("imaje_nov23", "2023-11-30", Precision::Mois),
            ("imaje_2023.csv", "2023-12-31", Precision::Annee),
            ("agrements2023", "2023-12-31", Precision::Annee),
            ("Année scolaire 2023-2024", "2024-12-31", Precision::Annee),
        ] {
            let indice = Indice::lire(texte, "essai").unwrap();
            assert_eq!((indice.date.to_string().as_str(), indice.precision), (jour, precision), "{texte}");
        }
    }

    #[test]
    fn un_texte_sans_jour_n_en_donne_pas() {
        for texte in ["", "Liste des AM", "62350 BUSNES", "v1 2 3", "06 39 98 86 18", "12024", "0001 2"] {
            assert_eq!(Indice::lire(texte, "essai"), None, "{texte}");
        }
    }
}
