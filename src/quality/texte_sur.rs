//! Texts that come from outside and are shown on a terminal, in a page, in a file name.

use std::borrow::Cow;

/// The text, where each character that acts instead of being read is shown as « � »: the escapes of
/// terminals (colour, erasing, window title), and what reverses the direction of writing, so that a name
/// cannot pass for another. Line breaks and tabs stay.
pub fn texte_sur(texte: &str) -> Cow<'_, str> {
    if !texte.contains(agit) {
        return Cow::Borrowed(texte);
    }
    Cow::Owned(texte.chars().map(|c| if agit(c) { char::REPLACEMENT_CHARACTER } else { c }).collect())
}

fn agit(c: char) -> bool {
    // Of the upper controls, those that open a sequence: others are old quotes and dashes, read badly.
    let commande =
        matches!(c, '\0'..='\u{1f}' | '\u{7f}' | '\u{90}' | '\u{98}' | '\u{9b}' | '\u{9d}'..='\u{9f}');
    let retourne = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (commande || retourne) && !matches!(c, '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ce_qui_agit_se_voit_et_le_reste_demeure() {
        assert_eq!(texte_sur("\u{1b}[31mrouge\u{1b}[0m"), "�[31mrouge�[0m");
        assert_eq!(texte_sur("fiche\u{202e}fdp.exe"), "fiche�fdp.exe");
        assert_eq!(texte_sur("L’Aiguillon-sur-Vie\n8 bis\tÉté"), "L’Aiguillon-sur-Vie\n8 bis\tÉté");
    }
}
