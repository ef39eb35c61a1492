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

/// A whole number without anything beside its digits, as most cells of numbers are.
fn chiffres_seuls(texte: &str) -> Option<i64> {
    // Fewer digits than a float holds exactly.
    let seuls = texte.len() <= 15 && texte.bytes().all(|b| b.is_ascii_digit());
    texte.parse().ok().filter(|_| seuls)
}

fn lire_nombre(texte: &str) -> Option<f64> {
    if let Some(n) = chiffres_seuls(texte) {
        return Some(n as f64);
    }
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
    if let Some(n) = chiffres_seuls(texte) {
        return Ok(n);
    }
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
    // None of these ways has a digit, nor more letters.
    let lettres = texte.bytes().filter(u8::is_ascii_alphanumeric).count();
    if lettres > "non communique".len() || texte.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
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

/// Reads a number that may be withheld: a rate, a count that the census weighs. Withheld by the source: `<5`, `< 5`,
/// `≤ 4`, `moins de 5`, `1 à 4`, `s`, `ss`, `secret`, `c`, `confidentiel`, `non diffusé`, `n.s.`, `*`. Not available: what
/// [`est_manquant`] tells, a blank cell among them (where blank means withheld, as in the Caf's
/// files by IRIS, the table says so itself).
///
/// # Errors
/// `NombreIllisible` if it is neither, or negative.
pub fn compte(texte: &str) -> Result<Compte, ValeurInvalide> {
    if let Some(n) = chiffres_seuls(texte) {
        return Ok(Compte::Valeur(n as f64));
    }
    if est_manquant(texte) {
        return Ok(Compte::NonDisponible);
    }
    if est_secret(texte) {
        return Ok(Compte::Secret);
    }
    match nombre(sans_appel_de_note(texte))? {
        n if n < 0.0 => Err(illisible("un effectif n’est pas négatif")),
        n => Ok(Compte::Valeur(n)),
    }
}

/// Reads a count of people or of things: as [`compte`], but whole. `1.092` may be 1 092 or a little more than 1: it
/// is 1 092 only where its column writes thousands so ([`points_de_milliers`]).
///
/// # Errors
/// `NombreIllisible` if it is no whole number, a share (`60 %`), or may be two numbers.
pub fn effectif(texte: &str, point_de_milliers: bool) -> Result<Compte, ValeurInvalide> {
    let net = sans_appel_de_note(texte);
    if a_un_point_de_milliers(net) {
        return match lire_nombre(&net.replace('.', "")).filter(|_| point_de_milliers) {
            Some(n) => Ok(Compte::Valeur(n)),
            None => Err(illisible(
                "le point peut séparer les milliers ou les décimales : écrivez le nombre sans point",
            )),
        };
    }
    match compte(texte)? {
        Compte::Valeur(_) if net.ends_with('%') => Err(illisible("c’est une part, et non un nombre")),
        Compte::Valeur(n) if n.fract() != 0.0 => Err(illisible("un nombre entier est attendu")),
        lu => Ok(lu),
    }
}

/// True if a column of counts writes `1.092` for 1 092: every number that has one point has three digits after it,
/// and they are not all `000`, as decimals that say nothing would be.
pub fn points_de_milliers<'t>(cellules: impl Iterator<Item = &'t str>) -> bool {
    let pointe =
        |net: &&str| net.matches('.').count() == 1 && !net.contains(',') && lire_nombre(net).is_some();
    let mut pointes = cellules.map(sans_appel_de_note).filter(pointe).peekable();
    let mut pleins = 0_usize;
    let tous = pointes.peek().is_some()
        && pointes.all(|net| {
            pleins += usize::from(!net.ends_with(".000"));
            a_un_point_de_milliers(net)
        });
    tous && pleins > 0
}

/// `1.092`, not `0.092` nor `1.09`.
fn a_un_point_de_milliers(net: &str) -> bool {
    let chiffres = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    net.split_once('.').is_some_and(|(entiere, suite)| {
        (1..=3).contains(&entiere.len()) && suite.len() == 3 && chiffres(entiere) && chiffres(suite)
    }) && !net.starts_with('0')
}

/// `12*`, `12 (1)`, `12 ¹` → `12`: of a number alone.
fn sans_appel_de_note(texte: &str) -> &str {
    let sans_appel = sans_appel(texte);
    if sans_appel.ends_with(|c: char| c.is_ascii_digit()) { sans_appel } else { texte.trim() }
}

/// A text without the call of a footnote that it ends with: `Naissances (1)` → `Naissances`.
pub fn sans_appel(texte: &str) -> &str {
    let net = texte.trim();
    let sans_signe = net.trim_end_matches(['*', '¹', '²', '³', '⁴', '⁵', '†']).trim_end();
    let appel = sans_signe.strip_suffix(')').and_then(|debut| debut.rsplit_once('('));
    match appel {
        Some((debut, dedans)) if matches!(dedans.trim().as_bytes(), [b'0'..=b'9' | b'a'..=b'c' | b'*']) => {
            debut.trim_end()
        }
        _ => sans_signe,
    }
}

/// True for the ways to write that a source withholds a count.
fn est_secret(texte: &str) -> bool {
    let replie = replier(texte);
    let net = texte.trim();
    let borne = net
        .strip_prefix(['<', '≤'])
        .or_else(|| replie.strip_prefix("moins de "))
        .or_else(|| replie.strip_prefix("inferieur a "))
        .or_else(|| replie.strip_prefix("inferieure a "))
        .or_else(|| replie.strip_prefix("inf a "))
        .map(|borne| borne.split(" enfant").next().unwrap_or(borne));
    let mots = [
        "s",
        "ss",
        "s s",
        "secret",
        "secret statistique",
        "secret stat",
        "c",
        "confidentiel",
        "n s",
        "ns",
        "non diffuse",
        "non diffusee",
    ];
    mots.contains(&replie.as_str())
        || replie == "non significatif"
        || net.bytes().all(|b| b == b'*')
        || borne.is_some_and(|b| nombre(b.trim_start_matches(['=', ' '])).is_ok())
        || est_une_fourchette(net, &replie)
}

/// `1 à 4`, `entre 1 et 4`, `1-4`.
fn est_une_fourchette(net: &str, replie: &str) -> bool {
    let bornes = replie
        .split_once(" a ")
        .or_else(|| replie.strip_prefix("entre ")?.split_once(" et "))
        .or_else(|| net.split_once(['-', '–']));
    let lire = |borne: &str| borne.trim().trim_start_matches("de ").parse::<u32>().ok();
    bornes.and_then(|(a, b)| lire(a).zip(lire(b))).is_some_and(|(a, b)| a < b && b < 1000)
}

fn illisible(detail: &str) -> ValeurInvalide {
    ValeurInvalide::new(Motif::NombreIllisible, detail)
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
        for texte in [
            "<5",
            "< 5",
            "≤ 4",
            "<=5",
            "moins de 5",
            "s",
            "S",
            "secret",
            "*",
            "***",
            "c",
            "n.s.",
            "1 à 4",
            "de 1 à 4",
            "entre 1 et 4",
            "1-4",
        ] {
            assert_eq!(compte(texte), Ok(Compte::Secret), "{texte}");
        }
        assert_eq!(compte("0"), Ok(Compte::Valeur(0.0)));
        assert_eq!(compte("1 755"), Ok(Compte::Valeur(1755.0)));
        for texte in ["-5", "beaucoup", "5 ou 6", "<", "< x"] {
            assert_eq!(compte(texte).map_err(|e| e.motif), Err(Motif::NombreIllisible), "{texte}");
        }
    }

    #[test]
    fn un_effectif_est_entier_et_un_point_ambigu_se_refuse() {
        let lire = |texte| effectif(texte, false);
        for (texte, attendu) in [
            ("12", 12.0),
            ("12.0", 12.0),
            ("1 092", 1092.0),
            ("12*", 12.0),
            ("12 (1)", 12.0),
            ("1.234.567", 1_234_567.0),
        ] {
            assert_eq!(lire(texte), Ok(Compte::Valeur(attendu)), "{texte}");
        }
        for texte in ["100,5", "1.092", "1.100", "1.000", "60 %", "12 (e)", "12 (10)"] {
            assert_eq!(lire(texte).map_err(|e| e.motif), Err(Motif::NombreIllisible), "{texte}");
        }
        assert_eq!(effectif("1.092", true), Ok(Compte::Valeur(1092.0)));
        assert_eq!(lire("1 à 4"), Ok(Compte::Secret));
    }

    #[test]
    fn une_colonne_dit_si_son_point_separe_les_milliers() {
        let dit = |cellules: &[&str]| points_de_milliers(cellules.iter().copied());
        assert!(dit(&["1.092", "999", "2.100", "nd"]));
        for cellules in [&["1.092", "12.5"][..], &["1.092", "0.250"], &["1.000", "12.000"], &["999"], &[]] {
            assert!(!dit(cellules), "{cellules:?}");
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
