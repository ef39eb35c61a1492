//! Numbers, counts and ages.

use super::{ValeurInvalide, replier};
use crate::quality::Motif;

/// Reads a number as it is written in French or in English: `1 092` (any space), `83,8 %`,
/// `1 234,5`, `1,234.5`, `-3`, `1,5E+03`. The percent sign is dropped, not applied. A lone comma or
/// point is decimal, for that is what it is in a French file.
///
/// # Errors
/// `NombreIllisible` if it is no number, or may be two (`12 34`).
pub fn nombre(texte: &str) -> Result<f64, ValeurInvalide> {
    lire_nombre(texte).ok_or_else(|| ValeurInvalide::new(Motif::NombreIllisible, "ce n’est pas un nombre"))
}

fn lire_nombre(texte: &str) -> Option<f64> {
    let net = texte.trim();
    let net = net.strip_suffix('%').unwrap_or(net).trim_end();
    let (signe, net) = match net.strip_prefix(['-', '\u{2212}']) {
        Some(reste) => (-1.0, reste.trim_start()),
        None => (1.0, net.strip_prefix('+').unwrap_or(net)),
    };
    if !net.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (mantisse, exposant) = match net.split_once(['e', 'E']) {
        Some((m, e)) => (m, e.parse::<i8>().ok()?),
        None => (net, 0),
    };
    let (entiere, decimales) = couper_decimales(mantisse);
    let chiffres = sans_milliers(entiere)?;
    if !decimales.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let valeur: f64 = format!("{chiffres}.{decimales}0e{exposant}").parse().ok()?;
    valeur.is_finite().then_some(signe * valeur)
}

/// The whole part, thousands separators included, and the decimals. With both marks, the last is
/// decimal; a mark that comes back several times is not.
fn couper_decimales(mantisse: &str) -> (&str, &str) {
    let marque = mantisse.rfind([',', '.']);
    match marque {
        Some(i) if mantisse.matches(&mantisse[i..=i]).count() == 1 => (&mantisse[..i], &mantisse[i + 1..]),
        _ => (mantisse, ""),
    }
}

/// Digits without separators of thousands, which must stand every three digits.
fn sans_milliers(entiere: &str) -> Option<String> {
    let separateur = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | '\'' | '’');
    let groupes: Vec<&str> = entiere.split(separateur).collect();
    let (premier, suivants) = groupes.split_first()?;
    let regulier = suivants.is_empty() || premier.len() <= 3 && suivants.iter().all(|g| g.len() == 3);
    let chiffres = groupes.iter().all(|g| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit()));
    (regulier && chiffres).then(|| groupes.concat())
}

/// Reads a whole number, also `3.0` or `1 092`.
///
/// # Errors
/// `NombreIllisible` if it is no number, or not a whole one.
pub fn entier(texte: &str) -> Result<i64, ValeurInvalide> {
    let valeur = nombre(texte)?;
    if valeur.fract() != 0.0 || valeur.abs() > 9e15 {
        return Err(ValeurInvalide::new(Motif::NombreIllisible, "ce n’est pas un nombre entier"));
    }
    format!("{valeur:.0}")
        .parse()
        .map_err(|_| ValeurInvalide::new(Motif::NombreIllisible, "ce n’est pas un nombre entier"))
}

/// What a cell of counts holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Compte {
    /// A number, not negative.
    Valeur(f64),
    /// The source withholds it.
    Secret,
    /// The source does not have it.
    NonDisponible,
}

/// True if the text is one of the ways to write that a value is missing: `nd`, `n.d.`, `na`,
/// `n/a`, `#N/A`, `nc` (non communiqué), `non disponible`, `inconnu`, `/`, `-`, `.`, `…`, or nothing.
pub fn est_manquant(texte: &str) -> bool {
    let replie = replier(texte);
    if replie.is_empty() {
        return !texte.contains('*') && !texte.contains(['<', '≤']);
    }
    matches!(
        replie.as_str(),
        "nd" | "n d"
            | "na"
            | "n a"
            | "nc"
            | "n c"
            | "nr"
            | "nsp"
            | "ne sait pas"
            | "null"
            | "nan"
            | "inconnu"
            | "inconnue"
            | "non disponible"
            | "non dispo"
            | "indisponible"
            | "non communique"
            | "non renseigne"
            | "non connu"
            | "sans objet"
            | "so"
    )
}

/// Reads a count: a number, or the way the source says that there is none. Withheld by the source:
/// `<5`, `< 5`, `≤ 4`, `moins de 5`, `s`, `ss`, `secret`, `c`, `confidentiel`, `*`. Not available: what
/// [`est_manquant`] tells, a blank cell among them (where blank means withheld, as in the Caf's
/// files by IRIS, the table says so itself).
///
/// # Errors
/// `NombreIllisible` if it is neither, or negative.
pub fn compte(texte: &str) -> Result<Compte, ValeurInvalide> {
    if est_manquant(texte) {
        return Ok(Compte::NonDisponible);
    }
    let replie = replier(texte);
    let net = texte.trim();
    let borne = net.strip_prefix(['<', '≤']).or_else(|| replie.strip_prefix("moins de "));
    if matches!(replie.as_str(), "s" | "ss" | "secret" | "secret statistique" | "c" | "confidentiel")
        || net.bytes().all(|b| b == b'*')
        || borne.is_some_and(|b| nombre(b.trim_start_matches(['=', ' '])).is_ok())
    {
        return Ok(Compte::Secret);
    }
    match nombre(texte)? {
        n if n < 0.0 => Err(ValeurInvalide::new(Motif::NombreIllisible, "un effectif n’est pas négatif")),
        n => Ok(Compte::Valeur(n)),
    }
}

/// Reads the age of a childminder, in years: `54`, `54 ans`.
///
/// # Errors
/// `AgeInvraisemblable` if it is not a whole number from 18 to 85.
pub fn age(texte: &str) -> Result<u8, ValeurInvalide> {
    let replie = replier(texte);
    let net = replie.strip_suffix("ans").map_or(texte, str::trim);
    let ans = entier(net)
        .map_err(|_| ValeurInvalide::new(Motif::AgeInvraisemblable, "l’âge n’est pas un nombre d’années"))?;
    u8::try_from(ans)
        .ok()
        .filter(|a| (18..=85).contains(a))
        .ok_or_else(|| ValeurInvalide::new(Motif::AgeInvraisemblable, "un âge de 18 à 85 ans est attendu"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_nombres_de_france_et_d_ailleurs() {
        for (texte, attendu) in [
            ("1 092", 1092.0),
            ("1\u{a0}092", 1092.0),
            ("1\u{202f}092", 1092.0),
            ("83,8 %", 83.8),
            ("83.8%", 83.8),
            ("1 234,5", 1234.5),
            ("1,234.5", 1234.5),
            ("1.234,5", 1234.5),
            ("1,234,567", 1_234_567.0),
            ("1.234.567", 1_234_567.0),
            ("1'234", 1234.0),
            ("1,092", 1.092),
            ("0", 0.0),
            ("-3", -3.0),
            ("\u{2212} 3", -3.0),
            ("1,5E+03", 1500.0),
            ("612345678", 612_345_678.0),
        ] {
            assert_eq!(nombre(texte), Ok(attendu), "{texte}");
        }
        for texte in
            ["", "nd", "12 34", "1 2345", "1,,2", "1-2", "inf", "NaN", "3 enfants", ",5", "1e999", "0x1", "%"]
        {
            assert!(nombre(texte).is_err(), "{texte}");
        }
        assert_eq!((entier("3.0"), entier("1 092")), (Ok(3), Ok(1092)));
        assert!(entier("3,5").is_err());
    }

    #[test]
    fn un_effectif_manquant_n_est_ni_zero_ni_secret() {
        for texte in ["", "nd", "n.d.", "ND", "NC", "-", "–", "/", "…", "#N/A", "Non disponible", "NA"] {
            assert_eq!(compte(texte), Ok(Compte::NonDisponible), "{texte}");
        }
        for texte in ["<5", "< 5", "≤ 4", "<=5", "moins de 5", "s", "S", "secret", "*", "***", "c"] {
            assert_eq!(compte(texte), Ok(Compte::Secret), "{texte}");
        }
        assert_eq!(compte("0"), Ok(Compte::Valeur(0.0)));
        assert_eq!(compte("1 755"), Ok(Compte::Valeur(1755.0)));
        for texte in ["-5", "beaucoup", "5 ou 6", "<", "< x"] {
            assert_eq!(compte(texte).map_err(|e| e.motif), Err(Motif::NombreIllisible), "{texte}");
        }
    }

    #[test]
    fn les_ages_ont_des_bornes() {
        assert_eq!(
            (age("54"), age("54 ans"), age("54.0"), age("18"), age("85")),
            (Ok(54), Ok(54), Ok(54), Ok(18), Ok(85))
        );
        for texte in ["17", "86", "124", "-54", "cinquante", "1970"] {
            assert_eq!(age(texte).map_err(|e| e.motif), Err(Motif::AgeInvraisemblable), "{texte}");
        }
    }
}
