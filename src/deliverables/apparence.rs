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

/// The colours of charts and maps: two hues, and a tint of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Teintes {
    /// First hue.
    pub premiere: Couleur,
    /// Its tint, for what belongs with it.
    pub premiere_claire: Couleur,
    /// Second hue.
    pub seconde: Couleur,
    /// Its tint.
    pub seconde_claire: Couleur,
}

impl Teintes {
    /// Those of the program.
    pub const PROPRES: Self = Self {
        premiere: palette::BLEU,
        premiere_claire: palette::BLEU_CLAIR,
        seconde: palette::ORANGE,
        seconde_claire: palette::ORANGE_CLAIR,
    };

    /// As [`Role::rang`] counts them: both hues, both tints, and the voice of what is only supposed.
    pub(crate) fn suite(self) -> [Couleur; 5] {
        [self.premiere, self.seconde, self.premiere_claire, self.seconde_claire, palette::ENCRE_PALE]
    }

    /// The colour of what a series is about.
    pub(crate) fn de(self, role: Role) -> Couleur {
        self.suite()[role.rang()]
    }
}

/// What a series is about: on every chart and every slide it has the same colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Childminders, and their places.
    Individuel,
    /// Their places in a MAM.
    IndividuelEnMam,
    /// Places of establishments; those paid by the PSU where fundings are told apart.
    Collectif,
    /// Places paid by the PAJE.
    CollectifPaje,
    /// Childminders who come.
    Arrivees,
    /// Childminders who leave.
    Departs,
    /// Births.
    Naissances,
    /// Children.
    Enfants,
    /// A projection without anybody who comes.
    SansRenouvellement,
    /// A projection with as many as there were.
    Tendance,
    /// A projection with as many as it would take.
    Cible,
}

impl Role {
    /// The place of its colour among [`Teintes::suite`].
    pub(crate) fn rang(self) -> usize {
        match self {
            Self::Individuel | Self::Arrivees | Self::Naissances | Self::Tendance => 0,
            Self::Collectif | Self::Departs | Self::Enfants | Self::SansRenouvellement => 1,
            Self::IndividuelEnMam => 2,
            Self::CollectifPaje => 3,
            Self::Cible => 4,
        }
    }
}

/// Contrast under which a value written in a colour is not read on paper (WCAG AA).
const CONTRASTE_SUR_PAPIER: f64 = 4.5;
/// Contrast under which two colours side by side are the same to who does not see hues, or prints in grey;
/// that of our own pair is 1.7.
const CONTRASTE_ENTRE_ELLES: f64 = 1.5;
/// Contrast of a tint with its hue.
const CONTRASTE_DE_TEINTE: f64 = 2.5;

/// Why charts and maps cannot have the colours of a territory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefautDeCouleur {
    /// A value written in it would not be read.
    TropClaire(Couleur),
    /// Only their hue tells them apart.
    TropProches,
}

impl DefautDeCouleur {
    /// For the person who chose the colours.
    pub fn en_clair(self) -> String {
        let pourquoi = match self {
            Self::TropClaire((r, v, b)) => {
                format!("un nombre écrit en « #{r:02x}{v:02x}{b:02x} » ne se lirait pas sur le papier")
            }
            Self::TropProches => {
                "seule leur teinte les distingue, et tout le monde ne voit pas les teintes".to_owned()
            }
        };
        format!(
            "Les graphiques et les cartes gardent leurs couleurs : {pourquoi}. Vos couleurs restent celles des titres ; pour les avoir partout, prenez-en une plus foncée sous [apparence]."
        )
    }
}

impl Apparence {
    /// What keeps charts and maps from having the colours of the territory; none if nothing does.
    pub fn defaut_de_couleur(&self) -> Option<DefautDeCouleur> {
        if self.a_nos_couleurs() {
            return None;
        }
        let couleurs = [self.principale, self.secondaire];
        let claire =
            couleurs.into_iter().find(|c| palette::contraste(*c, palette::PAPIER) < CONTRASTE_SUR_PAPIER);
        if let Some(couleur) = claire {
            return Some(DefautDeCouleur::TropClaire(couleur));
        }
        let proches = palette::contraste(self.principale, self.secondaire) < CONTRASTE_ENTRE_ELLES;
        proches.then_some(DefautDeCouleur::TropProches)
    }

    /// The colours of charts and maps: those of the territory, unless they would not be told apart.
    pub fn teintes(&self) -> Teintes {
        if self.a_nos_couleurs() || self.defaut_de_couleur().is_some() {
            return Teintes::PROPRES;
        }
        Teintes {
            premiere: self.principale,
            premiere_claire: eclaircir(self.principale),
            seconde: self.secondaire,
            seconde_claire: eclaircir(self.secondaire),
        }
    }

    fn a_nos_couleurs(&self) -> bool {
        (self.principale, self.secondaire) == (palette::BLEU, palette::ORANGE)
    }

    /// The pictures that every document has: the logo, if there is one.
    pub(crate) fn images(&self) -> BTreeMap<&'static str, Vec<u8>> {
        self.logo.iter().map(|logo| (logo.nom(), logo.octets.clone())).collect()
    }
}

/// The strongest tint of a colour that is told from it without its hue.
fn eclaircir(couleur: Couleur) -> Couleur {
    let tinte = |rang: u32| palette::delaver(couleur, 1.0 - 0.05 * f64::from(rang));
    let assez = |t: &Couleur| palette::contraste(*t, couleur) >= CONTRASTE_DE_TEINTE;
    (1..=16).map(tinte).find(assez).unwrap_or_else(|| tinte(16))
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
    fn les_graphiques_prennent_les_couleurs_qui_se_distinguent() {
        let teintes =
            |principale, secondaire| Apparence { principale, secondaire, ..Apparence::default() }.teintes();
        assert_eq!(Apparence::default().teintes(), Teintes::PROPRES);
        let (prune, ocre) = ((0x5b, 0x1a, 0x4f), (0x9a, 0x62, 0x00));
        let prises = teintes(prune, ocre);
        assert_eq!((prises.premiere, prises.seconde), (prune, ocre));
        for (hue, teinte) in
            [(prises.premiere, prises.premiere_claire), (prises.seconde, prises.seconde_claire)]
        {
            assert!(palette::contraste(hue, teinte) > 2.0 && palette::luminance(teinte) < 0.9, "{teinte:?}");
        }
    }

    #[test]
    fn ce_qui_se_lit_ensemble_a_des_couleurs_differentes() {
        let de = |role| Teintes::PROPRES.de(role);
        for ensemble in [
            &[Role::Arrivees, Role::Departs][..],
            &[Role::SansRenouvellement, Role::Tendance, Role::Cible],
            &[Role::Individuel, Role::IndividuelEnMam, Role::Collectif, Role::CollectifPaje],
            &[Role::Naissances, Role::Enfants],
        ] {
            for (rang, role) in ensemble.iter().enumerate() {
                assert!(ensemble[..rang].iter().all(|autre| de(*autre) != de(*role)), "{role:?}");
            }
        }
    }

    #[test]
    fn une_paire_illisible_est_refusee_et_le_dit() {
        let defaut = |principale, secondaire| {
            let apparence = Apparence { principale, secondaire, ..Apparence::default() };
            let defaut = apparence.defaut_de_couleur();
            assert_eq!(apparence.teintes(), Teintes::PROPRES);
            defaut
        };
        let (jaune, vert, rouge) = ((0xff, 0xd8, 0x00), (0x1b, 0x7a, 0x3d), (0xb8, 0x2f, 0x2f));
        assert_eq!(defaut(jaune, vert), Some(DefautDeCouleur::TropClaire(jaune)));
        assert!(DefautDeCouleur::TropClaire(jaune).en_clair().contains("« #ffd800 »"));
        // The classic pair that one man in twelve does not tell apart.
        assert_eq!(defaut(vert, rouge), Some(DefautDeCouleur::TropProches));
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
