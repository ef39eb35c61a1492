//! Post codes and communes in one cell.

use super::replier;

/// What a cell such as `62350 BUSNES` says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Localite {
    /// Five digits; a leading zero eaten by a spreadsheet is given back.
    pub code_postal: Option<String>,
    /// The name as it is written, without post code nor CEDEX.
    pub commune: Option<String>,
}

/// Cuts `62350 BUSNES`, `BUSNES (62350)`, `62 350 BUSNES`, `1000 BOURG` (for 01000),
/// `ARRAS CEDEX 9`, `BUSNES` or `62350` alone. Of an address on several lines, the last that holds a
/// post code counts.
pub fn code_postal_et_commune(texte: &str) -> Localite {
    let ligne =
        texte.lines().rev().find(|l| l.chars().filter(char::is_ascii_digit).count() >= 4).unwrap_or(texte);
    let ligne = ligne.strip_prefix("F-").unwrap_or(ligne);
    let (code, reste) = code_postal(ligne).map_or((None, ligne.to_owned()), |(c, r)| (Some(c), r));
    let mots: Vec<&str> = reste
        .split_whitespace()
        .take_while(|mot| replier(mot) != "cedex")
        .filter(|mot| !replier(mot).is_empty())
        .collect();
    let nom = mots.join(" ");
    let nom = nom.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '–' | ';' | ':'));
    // An opening bracket belongs to the name only with what it holds: « TANLAY (COMMISSEY) ».
    let nom = nom.strip_prefix('(').and_then(|n| n.strip_suffix(')')).unwrap_or(nom);
    Localite { code_postal: code, commune: (!nom.is_empty()).then(|| nom.to_owned()) }
}

/// The last run of five digits (or of four that begins the text, or of two and three) and what is
/// left without it. An address may begin with a number in the street.
fn code_postal(ligne: &str) -> Option<(String, String)> {
    let chiffres = |mot: &str| mot.bytes().all(|b| b.is_ascii_digit());
    let net = |mot: &str| mot.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let mots: Vec<&str> = ligne.split_whitespace().collect();
    let sans = |debut: usize, fin: usize| [&mots[..debut], &mots[fin..]].concat().join(" ");
    let nets: Vec<String> = mots.iter().map(|m| net(m)).collect();
    if let Some(i) = nets.iter().rposition(|m| m.len() == 5 && chiffres(m)) {
        // What stands before a post code in the middle is the street.
        let reste = if i + 1 < mots.len() && i > 0 { mots[i + 1..].join(" ") } else { sans(i, i + 1) };
        return Some((nets[i].clone(), reste));
    }
    let premier = nets.first()?;
    match nets.get(1) {
        Some(second) if premier.len() == 2 && second.len() == 3 && chiffres(premier) && chiffres(second) => {
            Some((format!("{premier}{second}"), sans(0, 2)))
        }
        _ if premier.len() == 4 && chiffres(premier) => Some((format!("0{premier}"), sans(0, 1))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_code_postal_se_detache_de_la_commune() {
        for (texte, code, commune) in [
            ("62350 BUSNES", Some("62350"), Some("BUSNES")),
            ("BUSNES (62350)", Some("62350"), Some("BUSNES")),
            ("BUSNES - 62350", Some("62350"), Some("BUSNES")),
            ("62 350 Saint-Venant", Some("62350"), Some("Saint-Venant")),
            ("1000 BOURG EN BRESSE", Some("01000"), Some("BOURG EN BRESSE")),
            ("62000 ARRAS CEDEX 9", Some("62000"), Some("ARRAS")),
            ("BUSNES", None, Some("BUSNES")),
            ("62350", Some("62350"), None),
            ("TANLAY (COMMISSEY)", None, Some("TANLAY (COMMISSEY)")),
            ("12 rue des Lilas, 62350 BUSNES", Some("62350"), Some("BUSNES")),
            ("94 AVENUE DES CHARMES\n94120 FONTENAY SOUS BOIS", Some("94120"), Some("FONTENAY SOUS BOIS")),
            ("", None, None),
        ] {
            let attendu =
                Localite { code_postal: code.map(str::to_owned), commune: commune.map(str::to_owned) };
            assert_eq!(code_postal_et_commune(texte), attendu, "{texte}");
        }
    }
}
