//! What a territory sets of its look: the name of the relais, its logo, two colours.

use super::look::{Couleur, palette};
use resvg::{tiny_skia::Pixmap, usvg};
use std::collections::BTreeMap;

/// The look of a territory, `[apparence]` in its pipeline.
#[derive(Debug, Clone)]
pub struct Apparence {
    /// Name of the relais, on every page; the pages go without if there is none.
    pub relais: Option<String>,
    /// Colour of titles and rules.
    pub principale: Couleur,
    /// Colour of what answers to it.
    pub secondaire: Couleur,
    /// Logo, at the head of the pages.
    pub logo: Option<Logo>,
}

impl Default for Apparence {
    fn default() -> Self {
        Self { relais: None, principale: palette::BLEU, secondaire: palette::ORANGE, logo: None }
    }
}

impl Apparence {
    /// The pictures that every document has: the logo, if there is one.
    pub(crate) fn images(&self) -> BTreeMap<&'static str, Vec<u8>> {
        self.logo.iter().map(|logo| (logo.nom(), logo.octets.clone())).collect()
    }
}

/// A logo that was read and can be drawn.
#[derive(Debug, Clone)]
pub struct Logo {
    octets: Vec<u8>,
    est_svg: bool,
}

impl Logo {
    /// Takes the content of a PNG or SVG file; none if it is neither, or is damaged.
    pub fn new(octets: Vec<u8>) -> Option<Self> {
        if Pixmap::decode_png(&octets).is_ok() {
            return Some(Self { octets, est_svg: false });
        }
        let arbre = usvg::Tree::from_data(&octets, &usvg::Options::default());
        arbre.is_ok().then_some(Self { octets, est_svg: true })
    }

    /// `logo.png` or `logo.svg`.
    pub(crate) fn nom(&self) -> &'static str {
        if self.est_svg { "logo.svg" } else { "logo.png" }
    }
}

/// `#1d4e7e` → a colour; none if it is not written so.
pub fn couleur(texte: &str) -> Option<Couleur> {
    let chiffres = texte.trim().strip_prefix('#').filter(|c| c.len() == 6 && c.is_ascii())?;
    let canal = |rang: usize| u8::from_str_radix(&chiffres[rang..rang + 2], 16).ok();
    Some((canal(0)?, canal(2)?, canal(4)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_couleur_s_ecrit_en_six_chiffres() {
        assert_eq!(couleur("#1d4e7e"), Some((0x1d, 0x4e, 0x7e)));
        for faux in ["1d4e7e", "#1d4e7", "#1d4e7g", "bleu", "", "#éééé"] {
            assert_eq!(couleur(faux), None, "{faux}");
        }
    }

    #[test]
    fn un_logo_illisible_est_refuse() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"4\"/>";
        assert_eq!(Logo::new(svg.into()).unwrap().nom(), "logo.svg");
        assert_eq!(Logo::new(Pixmap::new(2, 2).unwrap().encode_png().unwrap()).unwrap().nom(), "logo.png");
        assert!(Logo::new(b"\x89PNG\r\n\x1a\n abime".to_vec()).is_none());
        assert!(Logo::new(Vec::new()).is_none());
    }
}
