//! The Insee code of a commune: five characters, never a number.

use std::fmt;
use std::str::FromStr;

/// A well-formed commune code (`85003`, `2A004`). Being well formed does not mean that it exists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeCommune([u8; 5]);

/// The text is not a commune code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("« {0} » n’est pas un code commune (cinq caractères, comme 85003 ou 2A004)")]
pub struct CodeInvalide(pub String);

impl CodeCommune {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("?????")
    }

    /// The département: two characters, three overseas.
    pub fn departement(&self) -> &str {
        let code = self.as_str();
        if code.starts_with("97") || code.starts_with("98") { &code[..3] } else { &code[..2] }
    }

    /// Reads a code as offices write it: spaces around, small letters, or without the leading zero
    /// that a spreadsheet ate (`1001` for `01001`, also `1001.0`). The flag is true if a zero was
    /// given back.
    ///
    /// # Errors
    /// If the text is no code even then.
    pub fn lire(texte: &str) -> Result<(Self, bool), CodeInvalide> {
        let net = texte.trim();
        let net = net.strip_suffix(".0").unwrap_or(net).to_uppercase();
        if net.len() == 4 && net.bytes().all(|b| b.is_ascii_digit()) {
            return Ok((format!("0{net}").parse()?, true));
        }
        Ok((net.parse()?, false))
    }
}

impl FromStr for CodeCommune {
    type Err = CodeInvalide;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let invalide = || CodeInvalide(texte.to_owned());
        let octets: [u8; 5] = texte.as_bytes().try_into().map_err(|_| invalide())?;
        let corse = octets[0] == b'2' && matches!(octets[1], b'A' | b'B');
        let chiffres = |plage: &[u8]| plage.iter().all(u8::is_ascii_digit);
        let bien_forme = chiffres(&octets[2..]) && (corse || chiffres(&octets[..2]));
        let departement_possible = &octets[..2] != b"00" && &octets[..2] != b"99";
        if bien_forme && departement_possible { Ok(Self(octets)) } else { Err(invalide()) }
    }
}

impl fmt::Display for CodeCommune {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CodeCommune {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for CodeCommune {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for CodeCommune {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texte = String::deserialize(deserializer)?;
        texte.parse().map_err(serde::de::Error::custom)
    }
}
