//! What a list of agréments says: capacity, place of exercise, acceptances.

use super::{ValeurInvalide, contient_mots, entier, est_manquant, replier};
use crate::quality::Motif;

/// The most children that an agrément has ever allowed at once.
const PLACES_MAX: u8 = 6;

/// The capacity of an agrément.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacite {
    /// Children at once, 1 to 6, in all.
    pub places: u8,
    /// Of these, places that only a child at school can take (périscolaire, more than three years).
    pub dont_periscolaire: u8,
}

/// Reads the capacity of an agrément: `3`, `3 enfants`, `trois`, `Capacité : 2`,
/// `2 + 1 périscolaire` (three places, one of them périscolaire), `4 dont 1 périsco`,
/// `3 (2 + 1 périscolaire)`, `3 places dont 1 pour un enfant de plus de 3 ans`. Ages are not places.
///
/// # Errors
/// `CapaciteImpossible` for a number that no agrément has (0, or more than 6); `CapaciteIllisible`
/// when no single number can be read (`3 ou 4`, `2,5`).
pub fn capacite(texte: &str) -> Result<Capacite, ValeurInvalide> {
    let illisible = || {
        let detail = if texte.trim().is_empty() {
            "la cellule est vide"
        } else {
            "un nombre de places ne s’y lit pas avec certitude"
        };
        ValeurInvalide::new(Motif::CapaciteIllisible, detail)
    };
    let (places, dont) = match entier(texte) {
        Ok(n) => (n, 0),
        Err(_) => places_en_toutes_lettres(texte).ok_or_else(illisible)?,
    };
    let Some(places) = u8::try_from(places).ok().filter(|n| (1..=PLACES_MAX).contains(n)) else {
        let detail =
            format!("{places} place{} : de 1 à {PLACES_MAX} attendues", if places > 1 { "s" } else { "" });
        return Err(ValeurInvalide::new(Motif::CapaciteImpossible, detail));
    };
    let dont_periscolaire = u8::try_from(dont).ok().filter(|n| *n <= places).ok_or_else(illisible)?;
    Ok(Capacite { places, dont_periscolaire })
}

/// Places in all, and périscolaire among them. The text is cut at « dont » or at a bracket into the
/// total and its detail, each a sum of parts.
fn places_en_toutes_lettres(texte: &str) -> Option<(i64, i64)> {
    let texte = texte.trim().to_lowercase();
    if texte.starts_with(['-', '\u{2212}']) {
        return None;
    }
    // « 1 de + de 3 ans » is no sum.
    let texte =
        ["+ de 3", "+de 3", "+ 3 ans", "+3 ans"].iter().fold(texte, |t, plus| t.replace(plus, "plus de 3"));
    // « enfant(s) », « place(s) »: not a detail.
    let texte = texte.replace("(s)", "s");
    let (total, detail) = match texte.find("dont").map(|i| (i, 4)).or(texte.find('(').map(|i| (i, 1))) {
        Some((i, longueur)) => (&texte[..i], &texte[i + longueur..]),
        None => (texte.as_str(), ""),
    };
    let parts = parts(total)?;
    let places: i64 = parts.iter().map(|p| p.0).sum();
    let mut dont: i64 = parts.iter().filter(|p| p.1).map(|p| p.0).sum();
    if !replier(detail).is_empty() {
        dont += self::parts(detail)?.iter().filter(|p| p.1).map(|p| p.0).sum::<i64>();
    }
    // « 3 périscolaire » alone: every place is.
    Some((places, dont))
}

/// The parts of a sum: their number, and whether they are périscolaire.
fn parts(texte: &str) -> Option<Vec<(i64, bool)>> {
    texte.split('+').flat_map(|part| part.split(" et ")).map(partie).collect()
}

fn partie(texte: &str) -> Option<(i64, bool)> {
    let replie = replier(texte);
    let mots: Vec<&str> = replie.split(' ').collect();
    let periscolaire =
        mots.iter().any(|m| m.starts_with("peri") || m.starts_with("scolaire") || m.starts_with("scolarise"))
            || contient_mots(&replie, "plus de 3 ans");
    let mut nombres = mots.iter().enumerate().filter(|(i, _)| !est_un_age(&mots, *i));
    let (rang, nombre) = nombres.find_map(|(i, m)| Some((i, nombre_de(m)?)))?;
    // A second figure makes the number doubtful; a second word (« pour un enfant ») does not.
    let autre_chiffre = mots
        .iter()
        .enumerate()
        .skip(rang + 1)
        .any(|(i, m)| m.parse::<i64>().is_ok() && !est_un_age(&mots, i));
    // « quatre-vingts » is not four.
    let plus_de_dix = mots.iter().any(|m| {
        ["vingt", "trente", "quarante", "cinquante", "soixante", "cent", "mille"]
            .iter()
            .any(|dizaine| m.strip_prefix(dizaine).is_some_and(|fin| matches!(fin, "" | "s" | "aine")))
    });
    (!autre_chiffre && !plus_de_dix).then_some((nombre, periscolaire))
}

/// True for the numbers of « 18 mois », « 3 ans », « de 0 à 3 ans ».
fn est_un_age(mots: &[&str], rang: usize) -> bool {
    let unite = |i: usize| mots.get(i).is_some_and(|m| matches!(*m, "an" | "ans" | "mois"));
    let suite = mots.get(rang + 1).is_some_and(|m| *m == "a");
    mots[rang].parse::<i64>().is_ok() && (unite(rang + 1) || suite && unite(rang + 3))
}

fn nombre_de(mot: &str) -> Option<i64> {
    const LETTRES: [&str; 11] =
        ["zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"];
    if mot == "une" {
        return Some(1);
    }
    let rang = LETTRES.iter().position(|l| *l == mot).and_then(|i| i64::try_from(i).ok());
    rang.or_else(|| mot.parse().ok())
}

/// Where a childminder works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LieuExercice {
    /// At home.
    Domicile,
    /// In a maison d'assistants maternels.
    Mam,
    /// At home, employed by a crèche familiale.
    CrecheFamiliale,
    /// At home or in a MAM: the list tells of nobody where.
    NonDit,
}

impl LieuExercice {
    /// The identifier used in tables: `domicile`, `mam`, `creche_familiale`, `non_dit`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Domicile => "domicile",
            Self::Mam => "mam",
            Self::CrecheFamiliale => "creche_familiale",
            Self::NonDit => "non_dit",
        }
    }
}

/// Reads the place of exercise: `Domicile`, `MAM Les Loupiots`, `SAF`, `crèche familiale`.
///
/// # Errors
/// `ModaliteInconnue` for another place, or two at once.
pub fn lieu_exercice(texte: &str) -> Result<LieuExercice, ValeurInvalide> {
    let replie = replier(texte);
    let un_de = |mots: &[&str]| mots.iter().any(|m| contient_mots(&replie, m));
    let domicile = un_de(&["domicile", "chez elle", "chez lui", "dom"]);
    let mam = un_de(&["mam"]) || replie.contains("maison d assistant");
    let creche =
        un_de(&["creche familiale", "saf", "service d accueil familial", "accueil familial", "creche"]);
    match (domicile, mam, creche) {
        (true, false, false) => Ok(LieuExercice::Domicile),
        (false, true, false) => Ok(LieuExercice::Mam),
        // Those of a crèche familiale work at home: the place may say both.
        (_, false, true) => Ok(LieuExercice::CrecheFamiliale),
        _ => Err(ValeurInvalide::new(
            Motif::ModaliteInconnue,
            "un seul de ces lieux est attendu : domicile, MAM, crèche familiale",
        )),
    }
}

/// Reads a yes or a no: `oui`, `O`, `X`, `1`, `VRAI`, `Oui, le mercredi`; `non`, `N`, `0`, `FAUX`.
/// `None` when nobody answered (blank, `nd`, `ne sait pas`).
///
/// # Errors
/// `ModaliteInconnue` for anything else.
pub fn oui_non(texte: &str) -> Result<Option<bool>, ValeurInvalide> {
    if est_manquant(texte) && !texte.contains(['✓', '✔', '✗', '✘', '☑', '☒']) {
        return Ok(None);
    }
    let replie = replier(texte);
    let premier = replie.split(' ').next().unwrap_or_default();
    match premier {
        "oui" | "non" => Ok(Some(premier == "oui")),
        _ => match replie.as_str() {
            "o" | "x" | "xx" | "1" | "1 0" | "vrai" | "true" | "yes" | "y" => Ok(Some(true)),
            "n" | "0" | "0 0" | "faux" | "false" | "no" => Ok(Some(false)),
            _ if texte.contains(['✓', '✔', '☑', '☒']) => Ok(Some(true)),
            _ if texte.contains(['✗', '✘']) => Ok(Some(false)),
            _ => Err(ValeurInvalide::new(Motif::ModaliteInconnue, "« oui » ou « non » est attendu")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_capacites_se_lisent_sous_toutes_leurs_formes() {
        for (texte, places, dont) in [
            ("3", 3, 0),
            ("3.0", 3, 0),
            ("3 enfants", 3, 0),
            ("1 enfant(s)", 1, 0),
            ("trois", 3, 0),
            ("Trois enfants", 3, 0),
            ("Agrément maternel Capacité: 2", 2, 0),
            ("2 + 1 périscolaire", 3, 1),
            ("2+1 péri", 3, 1),
            ("2 + 1", 3, 0),
            ("4 dont 1 périsco", 4, 1),
            ("4 (dont 1 périscolaire)", 4, 1),
            ("3 (2 + 1 périscolaire)", 3, 1),
            ("3 places dont 1 pour un enfant de plus de 3 ans", 3, 1),
            ("3 dont 1 de + de 3 ans", 3, 1),
            ("2 places à la journée et 1 périscolaire", 3, 1),
            ("3 enfants de 0 à 6 ans", 3, 0),
            ("3 enfants dont 2 de moins de 18 mois", 3, 0),
            ("4 enfants simultanément", 4, 0),
            ("6", 6, 0),
        ] {
            assert_eq!(capacite(texte), Ok(Capacite { places, dont_periscolaire: dont }), "{texte}");
        }
    }

    #[test]
    fn une_capacite_impossible_se_distingue_d_une_illisible() {
        for texte in ["0", "7", "12", "-2", "zéro", "4 + 4", "30 enfants"] {
            assert_eq!(capacite(texte).map_err(|e| e.motif), Err(Motif::CapaciteImpossible), "{texte}");
        }
        for texte in [
            "",
            "3 ou 4",
            "2,5",
            "3/4",
            "beaucoup",
            "- 2 enfants",
            "04/01/2024",
            "2 dont 3 périsco",
            "quatre-vingts",
            "vingt-quatre enfants",
            "de 0 à 3 ans",
        ] {
            assert_eq!(capacite(texte).map_err(|e| e.motif), Err(Motif::CapaciteIllisible), "{texte}");
        }
    }

    #[test]
    fn les_lieux_d_exercice() {
        for (texte, lieu) in [
            ("Domicile", LieuExercice::Domicile),
            ("à son domicile", LieuExercice::Domicile),
            ("MAM Les Loupiots", LieuExercice::Mam),
            ("Maison d’assistantes maternelles", LieuExercice::Mam),
            ("SAF", LieuExercice::CrecheFamiliale),
            ("Crèche familiale (domicile)", LieuExercice::CrecheFamiliale),
        ] {
            assert_eq!(lieu_exercice(texte), Ok(lieu), "{texte}");
        }
        for texte in ["Domicile et MAM", "X", "Mamers", ""] {
            assert_eq!(lieu_exercice(texte).map_err(|e| e.motif), Err(Motif::ModaliteInconnue), "{texte}");
        }
    }

    #[test]
    fn ne_pas_repondre_n_est_pas_dire_non() {
        for texte in ["X", "x", "oui", "OUI", "O", "1", "1.0", "VRAI", "Oui, le mercredi", "✓"] {
            assert_eq!(oui_non(texte), Ok(Some(true)), "{texte}");
        }
        for texte in ["non", "N", "0", "FAUX", "Non (pas encore)"] {
            assert_eq!(oui_non(texte), Ok(Some(false)), "{texte}");
        }
        for texte in ["", "nd", "-", "ne sait pas"] {
            assert_eq!(oui_non(texte), Ok(None), "{texte}");
        }
        for texte in ["peut-être", "2", "nonante"] {
            assert!(oui_non(texte).is_err(), "{texte}");
        }
    }
}
