//! The look that every page shares: numbers and dates as a French office writes them, colours, type, sizes.

use crate::indicators::catalogue::Unite;
use crate::indicators::{Figure, Indicateur};
use chrono::{Datelike, NaiveDate};
use fixed_decimal::{Decimal, SignedRoundingMode, UnsignedRoundingMode};
use icu_decimal::DecimalFormatter;
use icu_decimal::options::DecimalFormatterOptions;
use icu_locale_core::locale;

/// Non-breaking space, before a colon and inside « ».
pub const ESPACE_INSECABLE: char = '\u{a0}';
/// Narrow non-breaking space: thousands, and before `%`, `;`, `?`, `!`.
pub const ESPACE_FINE: char = '\u{202f}';
/// The minus sign, as long as the plus.
pub const MOINS: char = '\u{2212}';

/// A colour, as red, green and blue.
pub type Couleur = (u8, u8, u8);

/// Colours. Every pair that stands side by side differs in lightness first, so that a reader who
/// does not see the hues, or who prints in black and white, tells them apart. The tests hold the
/// contrasts (WCAG relative luminance) that the comments give.
pub mod palette {
    use super::Couleur;

    /// Paper.
    pub const PAPIER: Couleur = (255, 255, 255);
    /// Titles and values: 15 to 1 on paper.
    pub const ENCRE: Couleur = (0x1b, 0x27, 0x33);
    /// Second voice (subtitles, axes, sources): 5.9 to 1 on paper.
    pub const ENCRE_PALE: Couleur = (0x59, 0x66, 0x72);
    /// Grid lines and rules: present, never read first.
    pub const GRILLE: Couleur = (0xdf, 0xe4, 0xe8);
    /// Base line of an axis.
    pub const AXE: Couleur = (0x9a, 0xa5, 0xae);

    /// First hue: deep blue.
    pub const BLEU: Couleur = (0x1d, 0x4e, 0x7e);
    /// Its tint, for what belongs with it (the MAM beside the home).
    pub const BLEU_CLAIR: Couleur = (0x7f, 0xb2, 0xd6);
    /// Second hue: burnt orange.
    pub const ORANGE: Couleur = (0xb8, 0x55, 0x10);
    /// Its tint.
    pub const ORANGE_CLAIR: Couleur = (0xf3, 0xc0, 0x80);
    /// Third hue: what has no quality of its own.
    pub const GRIS: Couleur = (0xc4, 0xcb, 0xd1);

    /// Five classes from little to much: pale green to deep blue, each clearly darker than the last.
    pub const SEQUENTIELLE: [Couleur; 5] =
        [(0xe6, 0xf1, 0xdb), (0xa6, 0xd2, 0xbd), (0x69, 0xb2, 0xc0), (0x31, 0x7c, 0xa6), (0x1b, 0x45, 0x77)];

    /// Communes around the territory.
    pub const VOISINE: Couleur = (0xf2, 0xf4, 0xf5);
    /// Their borders.
    pub const VOISINE_BORD: Couleur = (0xd3, 0xd9, 0xdd);
    /// Lines and dots that stand for « n.d. » and « s. ».
    pub const TRAME: Couleur = (0x8d, 0x98, 0xa2);

    /// The colours of `nombre` ordered classes, spread over [`SEQUENTIELLE`].
    pub fn classes(nombre: usize) -> Vec<Couleur> {
        let rangs: &[usize] = match nombre {
            0 => &[],
            1 => &[2],
            2 => &[1, 3],
            3 => &[0, 2, 4],
            4 => &[0, 1, 3, 4],
            _ => &[0, 1, 2, 3, 4],
        };
        rangs.iter().map(|r| SEQUENTIELLE[*r]).collect()
    }

    /// A colour washed out with paper: `force` 1 leaves it as it is, 0 leaves paper.
    pub fn delaver(couleur: Couleur, force: f64) -> Couleur {
        let canal = |c: u8| {
            let melange = f64::from(c) * force + 255.0 * (1.0 - force);
            // Between 0 and 255 by construction.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let canal = melange.round() as u8;
            canal
        };
        (canal(couleur.0), canal(couleur.1), canal(couleur.2))
    }

    /// WCAG relative luminance, 0 (black) to 1 (white).
    pub fn luminance(couleur: Couleur) -> f64 {
        let lineaire = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * lineaire(couleur.0) + 0.7152 * lineaire(couleur.1) + 0.0722 * lineaire(couleur.2)
    }

    /// Contrast between two colours (WCAG): 1 if they are as light, 21 between black and white.
    pub fn contraste(a: Couleur, b: Couleur) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The ink, dark or white, that reads best on that colour.
    pub fn encre_sur(fond: Couleur) -> Couleur {
        if luminance(fond) > 0.26 { ENCRE } else { PAPIER }
    }
}

/// One cut of the type family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Graisse {
    /// Text.
    Normal,
    /// Titles and values that matter.
    Gras,
    /// What is said aside: missing values, notes.
    Italique,
    /// An aside inside a title.
    GrasItalique,
}

impl Graisse {
    /// Every cut.
    pub const TOUTES: [Self; 4] = [Self::Normal, Self::Gras, Self::Italique, Self::GrasItalique];

    /// The TrueType file of the cut.
    pub fn fichier(self) -> &'static [u8] {
        match self {
            Self::Normal => notosans::REGULAR_TTF,
            Self::Gras => notosans::BOLD_TTF,
            Self::Italique => notosans::ITALIC_TTF,
            Self::GrasItalique => notosans::BOLD_ITALIC_TTF,
        }
    }
}

/// The family embedded in the program: the pages look the same on any machine.
pub const FAMILLE: &str = "Noto Sans";

/// Sizes of type in points, and margins in millimetres, for a picture 160 mm wide.
pub mod corps {
    /// Title of a picture, pt.
    pub const TITRE: f64 = 13.0;
    /// Subtitle: territory, unit, dates, pt.
    pub const SOUS_TITRE: f64 = 8.5;
    /// Values and direct labels, pt.
    pub const VALEUR: f64 = 8.5;
    /// Axes and legends, pt.
    pub const AXE: f64 = 7.5;
    /// Notes and sources, pt.
    pub const NOTE: f64 = 6.5;
    /// Left, right, top and bottom margins of a picture, mm.
    pub const MARGE: f64 = 6.0;
}

/// A number with French thousands, comma and minus; `decimales` places, half away from zero on the
/// number as the table holds it (its shortest decimal writing, not its binary tail).
///
/// `1092.0, 0` → `1 092` (narrow non-breaking space), `83.75, 1` → `83,8`, `-303.0, 0` → `−303`.
pub fn nombre(valeur: f64, decimales: u32) -> String {
    let Ok(mut decimal) = format!("{valeur}").parse::<Decimal>() else {
        return "n.d.".to_owned();
    };
    let place = -i16::try_from(decimales).unwrap_or(0);
    decimal.round_with_mode(place, SignedRoundingMode::Unsigned(UnsignedRoundingMode::HalfExpand));
    decimal.absolute.trim_end();
    decimal.absolute.pad_end(place);
    let negatif = valeur < 0.0 && !decimal.absolute.is_zero();
    decimal.sign = fixed_decimal::Sign::None;
    let texte = FORMATEUR.with(|formateur| match formateur {
        Some(formateur) => formateur.format(&decimal).to_string(),
        None => decimal.to_string().replace('.', ","),
    });
    if negatif { format!("{MOINS}{texte}") } else { texte }
}

/// A change: as [`nombre`], with a sign even when it is positive; `0` stays without.
pub fn ecart(valeur: f64, decimales: u32) -> String {
    let texte = nombre(valeur, decimales);
    let nul = texte.chars().all(|c| matches!(c, '0' | ','));
    if valeur > 0.0 && !nul { format!("+{texte}") } else { texte }
}

thread_local! {
    /// The ICU rules of French; none only if the data compiled into the program lacked them.
    static FORMATEUR: Option<DecimalFormatter> =
        DecimalFormatter::try_new(locale!("fr-FR").into(), DecimalFormatterOptions::default()).ok();
}

/// `83,8 %`, with a narrow non-breaking space.
pub fn pourcent(valeur: f64, decimales: u32) -> String {
    format!("{}{ESPACE_FINE}%", nombre(valeur, decimales))
}

/// `31/12/2024`.
pub fn date(jour: NaiveDate) -> String {
    format!("{:02}/{:02}/{:04}", jour.day(), jour.month(), jour.year())
}

/// `31 décembre`, `1er janvier`: a day that comes back each year.
pub fn jour_et_mois(jour: NaiveDate) -> String {
    const MOIS: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let numero = if jour.day() == 1 { "1er".to_owned() } else { jour.day().to_string() };
    format!("{numero}{ESPACE_INSECABLE}{}", MOIS[jour.month0() as usize])
}

/// A count with its noun: `0 commune`, `1 commune`, `2 communes`.
pub fn compter(nombre_de: f64, singulier: &str, pluriel: &str) -> String {
    // In French the plural begins at two.
    let nom = if nombre_de.abs() < 2.0 { singulier } else { pluriel };
    format!("{}{ESPACE_INSECABLE}{nom}", nombre(nombre_de, 0))
}

/// Sentences one after the other, those that say something.
pub fn enchainer<const N: usize>(phrases: [&str; N]) -> String {
    let dites: Vec<&str> = phrases.iter().map(|phrase| phrase.trim()).filter(|p| !p.is_empty()).collect();
    dites.join(" ")
}

/// A count with its noun inside of a sentence: `aucune place`, `1 place`, `2 places`.
pub fn compter_ou_aucun(nombre_de: f64, aucun: &str, singulier: &str, pluriel: &str) -> String {
    if nombre_de == 0.0 { format!("{aucun} {singulier}") } else { compter(nombre_de, singulier, pluriel) }
}

/// What a rank of tension is called: « élevée »; nothing beyond the classes.
pub fn nom_de_rang(rang: f64) -> Option<&'static str> {
    let libelles = crate::indicators::indicateur("tension_communes")?.modalites;
    // The last one is of those that have no class.
    let (_, rangs) = libelles.split_last()?;
    let nommee = (1_u8..).zip(rangs).find(|(numero, _)| (f64::from(*numero) - rang).abs() < 0.5)?;
    Some(nommee.1.1.trim_start_matches("tension "))
}

/// « 5/15 communes »: of how many communes a sum is, and of how many it ought to be; nothing if none is missing. It
/// stands beside the number wherever a figure of a territory is printed: a sum of 5 communes reads as a total.
pub fn parties(connues: u32, attendues: u32) -> String {
    if connues >= attendues {
        String::new()
    } else {
        format!("{connues}/{attendues}{ESPACE_INSECABLE}communes")
    }
}

/// The same for a figure of a territory, known or not.
pub fn parties_de(figure: &Figure) -> String {
    if figure.statut.est_connu() { parties(figure.parties, figure.parties_attendues) } else { String::new() }
}

/// What « (5/15) » is, beside a figure.
pub const PARTIELLES: &str = "Entre parenthèses\u{a0}: communes connues, sur celles du territoire\u{202f}; le chiffre ne compte pas les autres.";

/// What is said of such figures side by side, where they are not always of the same communes.
pub const A_NE_PAS_COMPARER: &str = "D’une année à l’autre, ce ne sont pas forcément les mêmes communes\u{a0}: ces chiffres ne se comparent pas.";

/// « 5/15 », where there is no room for more: a note says what it is.
pub fn parties_en_bref(figure: &Figure) -> String {
    let Figure { parties, parties_attendues, .. } = figure;
    if parties_de(figure).is_empty() { String::new() } else { format!("{parties}/{parties_attendues}") }
}

/// A figure of a territory as a sentence or a label writes it: `10`, `10 (5/15 communes)`.
pub fn avec_parties(texte: &str, parties: &str) -> String {
    match zero_partiel(texte, parties) {
        Some((texte, parties)) => format!("{texte} ({parties})"),
        None if parties.is_empty() => texte.to_owned(),
        None => format!("{texte} ({parties})"),
    }
}

/// « 0 » in 5 communes of 15 reads as nobody in the territory, of which nothing is known: `n.d.`, and where there is
/// nobody, `0 dans 5/15 communes`. None for any other figure.
pub fn zero_partiel(texte: &str, parties: &str) -> Option<(&'static str, String)> {
    (texte == "0" && !parties.is_empty()).then(|| ("n.d.", format!("0 dans {parties}")))
}

/// How a name is looked for in a list: word by word, whatever its accents and hyphens, what an apostrophe joins being
/// one word. « La Genevrière », « L’Ormeraie », « Saint-Vaast », « Sainte-Orlène ».
pub fn cle_alphabetique(nom: &str) -> String {
    crate::sources::valeurs::replier(&nom.replace(['\'', '’'], ""))
}

/// Years as a sentence: `2019`, `2019 et 2021`, `de 2019 à 2022`, `2019, 2021 et 2023`.
pub fn annees(annees: &[i32]) -> String {
    match annees {
        [] => String::new(),
        [une] => une.to_string(),
        [une, autre] => format!("{une} et {autre}"),
        [premiere, .., derniere]
            if usize::try_from(derniere - premiere).is_ok_and(|n| n + 1 == annees.len()) =>
        {
            format!("de {premiere} à {derniere}")
        }
        [debut @ .., derniere] => {
            let debut: Vec<String> = debut.iter().map(ToString::to_string).collect();
            format!("{} et {derniere}", debut.join(", "))
        }
    }
}

/// Years as the end of a sentence: `en 2019`, `en 2019 et 2021`, `de 2019 à 2022`.
pub fn en_annees(les_annees: &[i32]) -> String {
    let texte = annees(les_annees);
    if texte.starts_with("de") { texte } else { format!("en {texte}") }
}

/// A figure as a page writes it: the number with the indicator's decimals (and `%` for a share), or
/// what stands in its place (`n.d.`, `s.`, `–`). Never `0` for what is not known.
pub fn ecrire(figure: &Figure, indicateur: &Indicateur) -> String {
    if let Some((abreviation, _)) = figure.statut.abreviation() {
        return abreviation.to_owned();
    }
    match figure.valeur {
        None => "n.d.".to_owned(),
        Some(valeur) => {
            let nombre = if indicateur.signe { ecart } else { nombre };
            let dite = nombre(valeur, indicateur.decimales);
            if indicateur.unite == Unite::Pourcent { format!("{dite}{ESPACE_FINE}%") } else { dite }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::palette::{self, contraste, luminance};
    use super::*;
    use crate::indicators::{Statut, indicateur};

    #[test]
    fn les_nombres_sont_ecrits_a_la_francaise() {
        assert_eq!(nombre(1092.0, 0), "1\u{202f}092");
        assert_eq!(nombre(1_234_567.0, 0), "1\u{202f}234\u{202f}567");
        assert_eq!(nombre(-303.0, 0), "\u{2212}303");
        assert_eq!(nombre(0.0, 0), "0");
        assert_eq!(nombre(83.75, 1), "83,8");
        assert_eq!(nombre(60.0, 1), "60,0");
        assert_eq!(pourcent(83.83, 1), "83,8\u{202f}%");
    }

    #[test]
    fn l_arrondi_s_eloigne_de_zero_sur_ce_que_la_table_contient() {
        // 0.25 and 2.675 are the numbers that binary rounding gets wrong.
        assert_eq!(nombre(0.25, 1), "0,3");
        assert_eq!(nombre(-0.25, 1), "\u{2212}0,3");
        assert_eq!(nombre(2.675, 2), "2,68");
        assert_eq!(nombre(2.5, 0), "3");
        assert_eq!(nombre(-0.04, 1), "0,0", "un zéro n’a pas de signe");
    }

    #[test]
    fn un_zero_de_quelques_communes_n_est_pas_celui_du_territoire() {
        assert_eq!(avec_parties("0", "5/15\u{a0}communes"), "n.d. (0 dans 5/15\u{a0}communes)");
        assert_eq!(avec_parties("10", "5/15"), "10 (5/15)");
        assert_eq!(avec_parties("0", ""), "0");
    }

    #[test]
    fn un_ecart_porte_son_signe() {
        assert_eq!(ecart(12.0, 0), "+12");
        assert_eq!(ecart(-12.0, 0), "\u{2212}12");
        assert_eq!(ecart(0.0, 0), "0");
        assert_eq!(ecart(0.01, 1), "0,0");
    }

    #[test]
    fn dates_comptes_et_annees() {
        let jour = NaiveDate::from_ymd_opt(2024, 12, 31).unwrap();
        assert_eq!(date(jour), "31/12/2024");
        assert_eq!(jour_et_mois(jour), "31\u{a0}décembre");
        assert_eq!(compter(1.0, "commune", "communes"), "1\u{a0}commune");
        assert_eq!(compter(0.0, "place", "places"), "0\u{a0}place");
        assert_eq!(compter(1092.0, "place", "places"), "1\u{202f}092\u{a0}places");
        assert_eq!(annees(&[2019, 2020, 2021]), "de 2019 à 2021");
        assert_eq!(annees(&[2019, 2021, 2024]), "2019, 2021 et 2024");
        assert_eq!(en_annees(&[2019, 2020, 2021]), "de 2019 à 2021");
        assert_eq!(en_annees(&[2019, 2020]), "en 2019 et 2020");
    }

    #[test]
    fn les_noms_se_rangent_comme_dans_un_dictionnaire() {
        let attendus = [
            "Élande",
            "Essart",
            "La Genevrière",
            "L'Aubier",
            "Le Poirier",
            "L’Ormeraie-Neuve",
            "Saint-Vaast",
            "Sainte-Orlène",
        ];
        let mut noms = attendus;
        noms.reverse();
        noms.sort_by_key(|nom| cle_alphabetique(nom));
        assert_eq!(noms, attendus);
    }

    #[test]
    fn ce_qui_manque_n_est_jamais_zero() {
        let figure = |statut, valeur| Figure {
            annee: 2024,
            date_observation: None,
            valeur,
            numerateur: None,
            denominateur: None,
            statut,
            parties: 0,
            parties_attendues: 15,
            sources: "".into(),
        };
        let part = indicateur("part_psu").unwrap();
        assert_eq!(ecrire(&figure(Statut::Observe, Some(32.69)), part), "32,7\u{202f}%");
        assert_eq!(ecrire(&figure(Statut::NonDisponible, None), part), "n.d.");
        assert_eq!(ecrire(&figure(Statut::Secret, None), part), "s.");
        assert_eq!(ecrire(&figure(Statut::SecretSource, None), part), "s.");
        assert_eq!(ecrire(&figure(Statut::SansObjet, None), part), "–");
        assert_eq!(ecrire(&figure(Statut::Observe, None), part), "n.d.");
        let am = indicateur("am_places").unwrap();
        assert_eq!(ecrire(&figure(Statut::Estime, Some(1092.0)), am), "1\u{202f}092");
    }

    #[test]
    fn les_couleurs_se_distinguent_sans_la_teinte() {
        for paire in palette::SEQUENTIELLE.windows(2) {
            assert!(contraste(paire[0], paire[1]) > 1.35, "classes trop proches : {paire:?}");
            assert!(luminance(paire[0]) > luminance(paire[1]), "du clair au foncé");
        }
        let suite = [palette::BLEU, palette::BLEU_CLAIR, palette::ORANGE, palette::ORANGE_CLAIR];
        for paire in suite.windows(2) {
            assert!(contraste(paire[0], paire[1]) > 1.8, "teintes trop proches : {paire:?}");
        }
    }

    #[test]
    fn l_encre_se_lit_sur_chaque_fond() {
        assert!(contraste(palette::ENCRE, palette::PAPIER) > 12.0);
        assert!(contraste(palette::ENCRE_PALE, palette::PAPIER) > 5.5);
        let fonds = palette::SEQUENTIELLE.into_iter().chain([
            palette::BLEU,
            palette::BLEU_CLAIR,
            palette::ORANGE,
            palette::ORANGE_CLAIR,
            palette::VOISINE,
        ]);
        for fond in fonds {
            assert!(contraste(palette::encre_sur(fond), fond) > 4.4, "illisible sur {fond:?}");
        }
    }
}
