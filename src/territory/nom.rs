//! How names of communes are compared: folded to what two spellings of one name have in common.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const ARTICLES: [&str; 4] = ["le", "la", "les", "l"];

/// A name as it is compared: small letters without accents, single spaces, no punctuation.
///
/// `œ` and `æ` are spelt out, `St` becomes `saint`, a slash (`s/`, `/`) becomes `sur` and `s/s`
/// `sous`, `lez` and `lès` become `les`, a trailing article comes first (`Isle-Adam (L’)`), numbers
/// (postcodes, départements) and `CEDEX` are dropped. Idempotent. Empty if nothing is left.
pub fn normaliser(texte: &str) -> String {
    let plie = plier(texte);
    let mut mots: Vec<&str> = Vec::new();
    let mut reste = plie.split(' ').filter(|mot| !mot.is_empty()).peekable();
    while let Some(mot) = reste.next() {
        let mot = match mot {
            "s" if reste.next_if_eq(&"/").is_some() => {
                if reste.next_if_eq(&"s").is_some() {
                    reste.next_if_eq(&"/");
                    "sous"
                } else {
                    "sur"
                }
            }
            "s" | "/" => "sur",
            "st" => "saint",
            "ste" => "sainte",
            "sts" => "saints",
            "stes" => "saintes",
            "lez" => "les",
            "cedex" => continue,
            nombre if nombre.chars().all(char::is_numeric) => continue,
            autre => autre,
        };
        mots.push(mot);
    }
    if let [premier, .., dernier] = mots.as_slice()
        && ARTICLES.contains(dernier)
        && !ARTICLES.contains(premier)
    {
        mots.rotate_right(1);
    }
    mots.join(" ")
}

/// The text folded, with nothing dropped but accents, case and punctuation: two texts with the same
/// literal key are the same text to a person. It is what the correspondances of a pipeline compare.
pub fn cle_litterale(texte: &str) -> String {
    let mut cle = plier(texte);
    let mut avant = ' ';
    cle.retain(|c| std::mem::replace(&mut avant, c) != ' ' || c != ' ');
    cle.truncate(cle.trim_end().len());
    cle
}

/// Letters folded, everything else but the slash turned into spaces; the slash stands alone.
fn plier(texte: &str) -> String {
    let mut plie = String::with_capacity(texte.len());
    let mut ajouter = |lettre: char| match lettre {
        'œ' => plie.push_str("oe"),
        'æ' => plie.push_str("ae"),
        '/' => plie.push_str(" / "),
        '&' => plie.push_str(" et "),
        l if l.is_ascii_alphanumeric() => plie.push(l),
        l if is_combining_mark(l) => {}
        l if l.is_alphanumeric() => plie.push(l),
        _ => plie.push(' '),
    };
    for lettre in texte.chars() {
        // Most letters of a name are plain: only the others are taken apart.
        if lettre.is_ascii() {
            ajouter(lettre.to_ascii_lowercase());
        } else {
            std::iter::once(lettre).nfkd().flat_map(char::to_lowercase).nfkd().for_each(&mut ajouter);
        }
    }
    plie
}

/// A normalised name without spaces: `grand landes` and `grandlandes` meet.
pub(super) fn cle_compacte(normalise: &str) -> String {
    normalise.replace(' ', "")
}

/// A normalised name without articles and `de`, nor spaces: `calonne sur la lys` and `calonne sur
/// lys` meet. The whole compact name if nothing else would be left.
pub(super) fn cle_sans_articles(normalise: &str) -> String {
    let garde = |mot: &&str| !ARTICLES.contains(mot) && !["de", "du", "des", "d"].contains(mot);
    let cle: String = normalise.split(' ').filter(garde).collect();
    if cle.is_empty() { cle_compacte(normalise) } else { cle }
}

/// What stands before and between parentheses, and what stands inside; none without parentheses.
pub(super) fn separer_parentheses(texte: &str) -> Option<(String, Vec<String>)> {
    texte.contains('(').then(|| {
        let (mut dehors, mut dedans) = (String::new(), Vec::new());
        for (rang, morceau) in texte.split('(').enumerate() {
            if rang == 0 {
                dehors.push_str(morceau);
                continue;
            }
            let (interieur, suite) = morceau.split_once(')').unwrap_or((morceau, ""));
            dedans.extend(interieur.split([';', ',']).map(|m| m.trim().to_owned()).filter(|m| !m.is_empty()));
            dehors.push(' ');
            dehors.push_str(suite);
        }
        (dehors.trim().to_owned(), dedans)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn les_ecritures_de_bureau_se_rejoignent() {
        for (ecrit, attendu) in [
            ("  LE POIRE-SUR-VIE ", "le poire sur vie"),
            ("Poiré s/ Vie (Le)", "le poire sur vie"),
            ("Poiré-sur-Vie, Le", "le poire sur vie"),
            ("St Étienne-du-Bois", "saint etienne du bois"),
            ("STE. FLORENCE", "sainte florence"),
            ("Isle Adam (L')", "l isle adam"),
            ("L’Isle-Adam", "l isle adam"),
            ("62350 BUSNES", "busnes"),
            ("BUSNES CEDEX 2", "busnes"),
            ("Ham en Artois (62)", "ham en artois"),
            ("Lambres lez Aire", "lambres les aire"),
            ("Ligny-lès-Aire", "ligny les aire"),
            ("Calonne/lys", "calonne sur lys"),
            ("Fontenay s/s Bois", "fontenay sous bois"),
            ("Œuf-en-Ternois", "oeuf en ternois"),
            ("Le", "le"),
            ("62350", ""),
        ] {
            assert_eq!(normaliser(ecrit), attendu, "« {ecrit} »");
        }
    }

    #[test]
    fn les_parentheses_se_separent() {
        let (dehors, dedans) = separer_parentheses("TANLAY (COMMISSEY ; SAINT MARTIN)").unwrap();
        assert_eq!((dehors.as_str(), dedans.len()), ("TANLAY", 2));
        assert_eq!(separer_parentheses("Tanlay"), None);
        assert_eq!(separer_parentheses("Tanlay (").unwrap().0, "Tanlay");
    }

    proptest! {
        #[test]
        fn normaliser_deux_fois_ne_change_rien(texte in "\\PC*") {
            let une = normaliser(&texte);
            prop_assert_eq!(normaliser(&une), une);
        }

        #[test]
        fn normaliser_des_mots_francais_deux_fois_ne_change_rien(
            mots in prop::collection::vec(
                prop::sample::select(vec!["St", "le", "LA", "(Les)", "l'", "s/", "s", "/", "sur", "62350", "CEDEX", "lez", "Œuf"]),
                0..6,
            )
        ) {
            let une = normaliser(&mots.join(" "));
            prop_assert_eq!(normaliser(&une), une);
        }
    }
}
