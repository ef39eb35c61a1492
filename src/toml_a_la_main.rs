//! TOML that a person writes: read as it was saved, and what is wrong with it told in French, with its line.

use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// What is wrong.
#[derive(Debug)]
pub(crate) struct Faute {
    /// From 1.
    pub(crate) ligne: Option<usize>,
    /// In French, with the line as it is written.
    pub(crate) detail: String,
}

/// Reads what a person wrote.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn lire<T: DeserializeOwned>(octets: &[u8]) -> Result<T, Faute> {
    let texte = decoder(octets);
    toml::from_str(&texte).map_err(|erreur| {
        let debut = erreur.span().map(|s| s.start.min(texte.len()));
        let ligne = debut.map(|debut| texte[..debut].matches('\n').count() + 1);
        Faute { ligne, detail: en_francais(erreur.message(), ligne_de(&texte, debut.unwrap_or(0))) }
    })
}

/// The text of a file, whatever an editor of Windows saved it as.
fn decoder(octets: &[u8]) -> Cow<'_, str> {
    if let Some((encodage, _)) = encoding_rs::Encoding::for_bom(octets) {
        return encodage.decode_with_bom_removal(octets).0;
    }
    match std::str::from_utf8(octets) {
        Ok(texte) => Cow::Borrowed(texte),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(octets).0,
    }
}

/// The line of a text where a position stands.
fn ligne_de(texte: &str, position: usize) -> &str {
    let debut = texte[..position].rfind('\n').map_or(0, |fin| fin + 1);
    texte[debut..].lines().next().unwrap_or_default().trim()
}

/// A word of English that the translation left, or the name of a type: what it says would help nobody.
pub(crate) fn est_reste_en_anglais(texte: &str) -> bool {
    const RESTES: [&str; 24] = [
        "an",
        "literal",
        "path",
        "cannot",
        "enum",
        "found",
        "in",
        "invalid",
        "is",
        "key",
        "map",
        "missing",
        "must",
        "not",
        "of",
        "or",
        "sequence",
        "string",
        "struct",
        "the",
        "unclosed",
        "unexpected",
        "value",
        "with",
    ];
    // What the file itself says stands between backticks or quotes.
    let nu: String = texte.split(['`', '"']).step_by(2).collect::<Vec<_>>().join(" ");
    nu.split(|c: char| !c.is_alphabetic()).any(|mot| RESTES.contains(&mot))
}

/// The messages of the TOML reader that a person meets, in French, with the line that is wrong.
fn en_francais(message: &str, ligne: &str) -> String {
    let message = message.trim().replace('\n', " ");
    let detail = if ["escape", "unicode"].iter().any(|mot| message.contains(mot)) {
        "entre guillemets, « \\ » n’est pas un caractère comme un autre ; dans un chemin, écrivez « / » à sa place (\"../data/liste.xlsx\")".to_owned()
    } else if message.contains("duplicate key") && est_un_titre(ligne, "sources") {
        "chaque source commence par [[sources]], entre doubles crochets : plus haut, l’une n’en a qu’un"
            .to_owned()
    } else if message.contains("duplicate key") && ligne.starts_with('[') {
        "ce titre est déjà plus haut : écrivez ces lignes sous le premier, et enlevez celui-ci".to_owned()
    } else if message.contains("duplicate key") && ligne.starts_with("colonnes") {
        "« colonnes » est déjà dans cette source : réunissez les deux, séparés par une virgule : colonnes = { prenom = \"Petit nom\", capacite = \"Places\" }".to_owned()
    } else if message.contains("unknown field") && est_une_correspondance(ligne) {
        "cette ligne a la forme d’une correspondance : sa place est sous le titre [correspondances]"
            .to_owned()
    } else if est_une_date_de_bureau(ligne) {
        "une date s’écrit année, mois, jour, sans guillemets : 2024-12-31".to_owned()
    } else {
        let traduit = traduire(&message);
        if est_reste_en_anglais(&traduit) {
            "cette ligne n’est pas écrite comme le programme l’attend ; comparez-la à celles de pipelines/demo.toml".to_owned()
        } else {
            traduit
        }
    };
    if ligne.is_empty() { detail } else { format!("{detail}. La ligne : {ligne}") }
}

fn est_un_titre(ligne: &str, nom: &str) -> bool {
    ligne.trim_matches(['[', ']', ' ']) == nom
}

/// True for « "ST AUBRIN" = "96001" ».
fn est_une_correspondance(ligne: &str) -> bool {
    let code = ligne.split_once('=').map_or("", |(_, valeur)| valeur).split('#').next().unwrap_or_default();
    let code = code.trim().trim_matches(['"', '\'']);
    code.len() == 5 && code.bytes().skip(2).all(|b| b.is_ascii_digit())
}

/// True for « date = 31/12/2024 », quoted or not: what a French office writes where TOML wants 2024-12-31.
fn est_une_date_de_bureau(ligne: &str) -> bool {
    let valeur = ligne.split_once('=').map_or("", |(_, valeur)| valeur).trim().trim_matches(['"', '\'']);
    let nombres: Vec<&str> = valeur.split(['/', '.', '-']).collect();
    let chiffres = |mot: &&str| !mot.is_empty() && mot.bytes().all(|b| b.is_ascii_digit());
    nombres.len() == 3 && nombres.iter().all(chiffres) && nombres[0].len() <= 2
}

fn traduire(message: &str) -> String {
    const MOTS: [(&str, &str); 39] = [
        ("missing assignment between key-value pairs", "il manque « = » entre la clé et sa valeur"),
        ("string values must be quoted, expected literal string", "un texte s’écrit entre guillemets"),
        ("string values must be quoted", "un texte s’écrit entre guillemets"),
        ("key with no value, expected `=`", "il manque « = » entre la clé et sa valeur"),
        ("path string", "un texte entre guillemets"),
        ("a string", "un texte entre guillemets"),
        ("missing opening quote", "il manque un guillemet au début du texte"),
        ("missing comma between array elements", "il manque une virgule entre deux éléments"),
        ("missing comma between key-value pairs", "il manque une virgule entre deux clés"),
        ("missing value for key", "il manque la valeur de la clé"),
        ("missing value", "il manque la valeur"),
        ("unclosed array table", "il manque « ]] »"),
        ("unclosed array", "il manque « ] »"),
        ("unclosed table", "il manque « ] »"),
        ("unclosed inline table", "il manque « } »"),
        ("unexpected key or value", "quelque chose est de trop"),
        ("unexpected content", "quelque chose est de trop"),
        ("invalid literal string", "il manque une apostrophe « ' » à la fin du texte"),
        ("a sequence", "une liste entre crochets"),
        ("a boolean", "true ou false"),
        ("a map", "une table { clé = \"valeur\" }"),
        (
            "expected letters, numbers, `-`, `_`",
            "sans guillemets, une clé n’a que des lettres sans accents, des chiffres, « - » et « _ »",
        ),
        ("invalid unquoted key", "clé mal écrite"),
        ("invalid basic string, expected `\"`", "il manque un guillemet « \" » à la fin du texte"),
        ("a TOML datetime", "une date sans guillemets, comme 2024-12-31"),
        ("invalid date", "cette date n’existe pas"),
        ("expected day between ", "jours possibles : "),
        ("expected month between ", "mois possibles : "),
        (" and ", " à "),
        ("unknown field", "clé inconnue"),
        ("unknown variant", "valeur inconnue"),
        ("missing field", "clé manquante"),
        ("duplicate key", "clé en double"),
        ("invalid type:", "valeur d’une autre sorte :"),
        ("expected one of", "attendu, au choix :"),
        ("expected", "attendu :"),
        ("integer", "nombre"),
        ("string", "texte entre guillemets"),
        (" in table ", " dans la table "),
    ];
    MOTS.iter().fold(message.to_owned(), |texte, (anglais, francais)| texte.replace(anglais, francais))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    type Table = BTreeMap<String, toml::Value>;

    #[test]
    fn ce_qu_un_editeur_de_windows_enregistre_se_lit() {
        let texte = "nom = \"Évreux\"\n";
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(texte.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let ansi = b"nom = \"\xc9vreux\"\n".to_vec();
        let avec_bom = [b"\xef\xbb\xbf", texte.as_bytes()].concat();
        for octets in [texte.as_bytes().to_vec(), utf16, ansi, avec_bom] {
            assert_eq!(lire::<Table>(&octets).unwrap()["nom"].as_str(), Some("Évreux"));
        }
    }

    #[test]
    fn une_ligne_au_mauvais_endroit_dit_ou_est_sa_place() {
        for (texte, ligne, dit) in [
            ("[sources]\nid = 1\n[[sources]]\nid = 2\n", 3, "doubles crochets"),
            ("[correspondances]\n[x]\n[correspondances]\n", 3, "sous le premier"),
            ("colonnes = 1\ncolonnes = 2\n", 2, "séparés par une virgule"),
        ] {
            let faute = lire::<Table>(texte.as_bytes()).unwrap_err();
            assert_eq!(faute.ligne, Some(ligne), "{faute:?}");
            assert!(faute.detail.contains(dit), "{faute:?}");
        }
        assert!(est_une_correspondance("\"ST X\" = \"96001\" # Aubigneul"));
        assert!(!est_une_correspondance("date = 2024-12-31") && !est_une_correspondance("id = \"pmi-a\""));
    }
}
