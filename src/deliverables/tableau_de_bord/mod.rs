//! `index.html`: the tableau de bord, one page that opens from disk in any browser, without network.
//!
//! Everything is inside: the figures that the audience may see, the contours, the style, a script without
//! library. The script shows figures of the table and computes none. A policy in the page
//! (`Content-Security-Policy`) lets run the one script and the one style that are here, by their SHA-256, and
//! forbids every address outside.

mod donnees;
mod fond;

use super::apparence::Apparence;
use super::indicateurs::PARQUET;
use super::look::{self, Couleur, palette};
use super::{Contexte, ErreurLivrable, Livrable, fiche};
use crate::disclosure::Audience;
use crate::indicators::{Niveau, TableIndicateurs};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use donnees::{Chiffres, Lieu};
use fond::Fond;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use polars::prelude::PolarsResult;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const FICHIER: &str = "index.html";
/// Figures that a browser opens in one page: some 120 MB.
const CHIFFRES_D_UNE_PAGE: usize = 20_000_000;
const MODELE: &str = include_str!("../../../reports/templates/tableau-de-bord.html");
const STYLE: &str = include_str!("../../../reports/templates/tableau-de-bord.css");
const SCRIPT: &str = include_str!("../../../reports/templates/tableau-de-bord.js");

/// Paper and ink of the dark theme.
const NUIT: (Couleur, Couleur) = ((0x14, 0x1b, 0x22), (0xe9, 0xee, 0xf2));
/// Contrast under which a colour is not legible as text (WCAG AA).
const CONTRASTE_DE_LECTURE: f64 = 4.5;

/// The tableau de bord of an audience.
#[derive(Debug)]
pub(super) struct TableauDeBord;

/// What the template says before the script runs.
#[derive(Debug, Serialize)]
struct Page<'a> {
    territoire: &'a str,
    relais: &'a str,
    annee: i32,
    jour: String,
    mention: &'static str,
    /// The logo as a `data:` address; empty if there is none.
    logo: String,
    politique: String,
    a_une_carte: bool,
    /// The workbook stands beside the page.
    a_un_classeur: bool,
}

/// What the script reads.
#[derive(Debug, Serialize)]
struct Donnees<'a> {
    territoire: &'a str,
    code: &'a str,
    relais: Option<&'a str>,
    annee: i32,
    jour: String,
    #[serde(flatten)]
    chiffres: Chiffres,
    /// Fiche of each commune that has one in this folder, by code.
    fiches: BTreeMap<String, String>,
    /// Name, what is said of it and its source, by code.
    services: BTreeMap<String, Vec<[String; 3]>>,
    /// Identifier of the sources and the file that each is read from, for the relais itself.
    fichiers: BTreeMap<&'a str, &'a str>,
    fond: Option<Fond>,
    couleurs: CouleursDeCarte,
}

/// Colours of the map as text, for the pictures that the page gives.
#[derive(Debug, Serialize)]
struct CouleursDeCarte {
    /// From little to much.
    classes: Vec<String>,
    /// From the greatest loss to the greatest gain; the middle is zero.
    contrastees: Vec<String>,
    encre: String,
    encre_pale: String,
    voisine: String,
    voisine_bord: String,
    trame: String,
}

/// Why the page of so many figures is not written, if no browser would open it.
fn trop_lourd(chiffres: usize) -> Option<String> {
    (chiffres > CHIFFRES_D_UNE_PAGE).then(|| {
        format!(
            "{FICHIER} n’est pas écrit : un navigateur n’ouvrirait pas une page de {} chiffres. Faites un pipeline par département ou par région pour avoir leurs tableaux de bord ; {PARQUET} (livrable « indicateurs ») a tous les chiffres.",
            look::nombre(chiffres as f64, 0)
        )
    })
}

impl Livrable for TableauDeBord {
    fn nom(&self) -> &'static str {
        "tableau-de-bord"
    }

    /// To the workbook and the fiches.
    fn cite_les_autres(&self) -> bool {
        true
    }

    fn omission(&self, table: &TableIndicateurs) -> Option<String> {
        trop_lourd(table.lignes())
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        if self.omission(contexte.table).is_some() {
            return Ok(Vec::new());
        }
        let Some(page) = composer(contexte, dossier)? else { return Ok(Vec::new()) };
        let chemin = dossier.join(FICHIER);
        std::fs::write(&chemin, page).map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
        Ok(vec![PathBuf::from(FICHIER)])
    }
}

/// The page, none if no figure is known; `dossier` tells which fiches it may link to.
fn composer(contexte: &Contexte<'_>, dossier: &Path) -> Result<Option<String>, ErreurLivrable> {
    let defaut = |cause: String| ErreurLivrable::Page { nom: FICHIER.to_owned(), cause };
    let chiffres = Chiffres::lire(contexte);
    if chiffres.est_vide() {
        return Ok(None);
    }
    let fond = Fond::new(contexte);
    let page = Page {
        territoire: contexte.territoire,
        relais: contexte.apparence.relais.as_deref().unwrap_or_default(),
        annee: contexte.annee,
        jour: look::date(contexte.date),
        mention: contexte.audience.mention(),
        logo: adresse_du_logo(contexte.apparence),
        politique: String::new(),
        a_une_carte: fond.is_some(),
        a_un_classeur: dossier.join("indicateurs.xlsx").is_file(),
    };
    let donnees = Donnees {
        territoire: contexte.territoire,
        code: contexte.code_territoire,
        relais: contexte.apparence.relais.as_deref(),
        annee: contexte.annee,
        jour: look::date(contexte.date),
        fiches: fiches(&chiffres.lieux, dossier),
        services: services(contexte)?,
        fichiers: match contexte.audience {
            Audience::Interne => {
                contexte.sources.iter().map(|(id, s)| (id.as_str(), s.fichier.as_str())).collect()
            }
            Audience::Elus | Audience::Public => BTreeMap::new(),
        },
        chiffres,
        fond,
        couleurs: couleurs_de_carte(),
    };
    let donnees = serde_json::to_string(&donnees).map_err(|e| defaut(e.to_string()))?;
    let style = style(contexte.apparence) + &marque_d_impression(page.mention);
    rendre(page, &donnees, &style).map(Some).map_err(|e| defaut(e.to_string()))
}

/// What each printed page says of who may read it: the sheet of a commune is taken out of the others.
fn marque_d_impression(mention: &str) -> String {
    if mention.is_empty() {
        return String::new();
    }
    format!("\n@page {{ @bottom-center {{ content: \"{mention}\"; font: 700 8pt sans-serif; }} }}")
}

/// Puts the parts into the template.
fn rendre(mut page: Page<'_>, donnees: &str, style: &str) -> Result<String, minijinja::Error> {
    page.politique = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src data: blob:; base-uri 'none'; form-action 'none'",
        empreinte(SCRIPT),
        empreinte(style)
    );
    let mut environnement = Environment::new();
    environnement.set_auto_escape_callback(|_| AutoEscape::Html);
    environnement.set_undefined_behavior(UndefinedBehavior::Strict);
    environnement.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environnement.add_template(FICHIER, MODELE)?;
    let morceaux = BTreeMap::from([
        ("style", Value::from_safe_string(style.to_owned())),
        ("script", Value::from_safe_string(SCRIPT.to_owned())),
        // In a block of data the end of an element is the only thing that HTML reads.
        ("donnees", Value::from_safe_string(donnees.replace('<', "\\u003c"))),
        ("page", Value::from(Serde(page))),
    ]);
    environnement.get_template(FICHIER)?.render(Value::from(morceaux))
}

/// What a Content-Security-Policy calls a text: `sha256-…`.
fn empreinte(texte: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(texte)))
}

fn adresse_du_logo(apparence: &Apparence) -> String {
    let adresse = |(nom, octets): (&str, Vec<u8>)| {
        let genre = if nom == "logo.svg" { "image/svg+xml" } else { "image/png" };
        format!("data:{genre};base64,{}", STANDARD.encode(octets))
    };
    apparence.images().into_iter().next().map(adresse).unwrap_or_default()
}

/// The fiches that stand in the folder.
fn fiches(lieux: &[Lieu], dossier: &Path) -> BTreeMap<String, String> {
    let communes = lieux.iter().filter(|l| l.niveau == Niveau::Commune.mot());
    communes
        .map(|l| (l.code.clone(), format!("fiches/{}", fiche::fichier_de(&l.code, &l.nom))))
        .filter(|(_, fichier)| dossier.join(fichier).is_file())
        .collect()
}

/// What the communes offer, as their fiches tell it.
fn services(contexte: &Contexte<'_>) -> PolarsResult<BTreeMap<String, Vec<[String; 3]>>> {
    let mut services: BTreeMap<String, Vec<[String; 3]>> = BTreeMap::new();
    let Some(table) = contexte.services else { return Ok(services) };
    let trame = table.trame();
    let texte = |nom: &str| trame.column(nom)?.str().cloned();
    let (codes, noms, valeurs, sources) =
        (texte("code")?, texte("service")?, texte("valeur")?, texte("source")?);
    for (((code, nom), valeur), source) in
        codes.iter().zip(noms.iter()).zip(valeurs.iter()).zip(sources.iter())
    {
        let source = source.unwrap_or_default();
        let citee =
            contexte.sources.get(source).map_or_else(|| source.to_owned(), super::SourceCitee::en_clair);
        let dit = [nom.unwrap_or_default().to_owned(), valeur.unwrap_or_default().to_owned(), citee];
        services.entry(code.unwrap_or_default().to_owned()).or_default().push(dit);
    }
    Ok(services)
}

/// Losses in orange, gains in blue; the middle is zero.
const CONTRASTEES: [Couleur; 5] =
    [palette::ORANGE, palette::ORANGE_CLAIR, palette::VOISINE, palette::BLEU_CLAIR, palette::BLEU];

fn couleurs_de_carte() -> CouleursDeCarte {
    CouleursDeCarte {
        classes: palette::SEQUENTIELLE.iter().map(|c| hexa(*c)).collect(),
        contrastees: CONTRASTEES.iter().map(|c| hexa(*c)).collect(),
        encre: hexa(palette::ENCRE),
        encre_pale: hexa(palette::ENCRE_PALE),
        voisine: hexa(palette::VOISINE),
        voisine_bord: hexa(palette::VOISINE_BORD),
        trame: hexa(palette::TRAME),
    }
}

/// The style, with the colours of the report and those of the territory before it.
fn style(apparence: &Apparence) -> String {
    let mut style = String::new();
    let lisible = |couleur: Couleur, papier: Couleur, encre: Couleur| {
        let (a, b) = (palette::luminance(couleur), palette::luminance(papier));
        let contraste = (a.max(b) + 0.05) / (a.min(b) + 0.05);
        if contraste < CONTRASTE_DE_LECTURE { encre } else { couleur }
    };
    let jour = [
        ("papier", palette::PAPIER),
        ("encre", palette::ENCRE),
        ("pale", palette::ENCRE_PALE),
        ("grille", palette::GRILLE),
        ("fond", palette::VOISINE),
        ("voisine", palette::VOISINE),
        ("voisine-bord", palette::VOISINE_BORD),
        ("trame", palette::TRAME),
        ("titre", lisible(apparence.principale, palette::PAPIER, palette::ENCRE)),
        ("accent", lisible(apparence.secondaire, palette::PAPIER, palette::ENCRE)),
    ];
    let (papier, encre) = NUIT;
    let nuit = [
        ("papier", papier),
        ("encre", encre),
        ("pale", (0xa9, 0xb4, 0xbe)),
        ("grille", (0x2f, 0x3a, 0x44)),
        ("fond", (0x1d, 0x26, 0x2f)),
        ("voisine", (0x1b, 0x24, 0x2c)),
        ("voisine-bord", (0x34, 0x40, 0x4b)),
        ("trame", (0x7d, 0x89, 0x94)),
        ("titre", lisible(palette::delaver(apparence.principale, 0.45), papier, encre)),
        ("accent", lisible(palette::delaver(apparence.secondaire, 0.6), papier, encre)),
    ];
    let mut ecrire = |debut: &str, couleurs: &[(&str, Couleur)], fin: &str| {
        style.push_str(debut);
        for (nom, couleur) in couleurs {
            // Writing to a string cannot fail.
            let _ = write!(style, "--{nom}:{};", hexa(*couleur));
        }
        style.push_str(fin);
    };
    ecrire(":root{", &jour, "}\n");
    ecrire("@media screen and (prefers-color-scheme: dark){:root{", &nuit, "}}\n");
    for (prefixe, couleurs) in [("c", palette::SEQUENTIELLE), ("d", CONTRASTEES)] {
        for (rang, couleur) in couleurs.iter().enumerate() {
            let (fond, encre) = (hexa(*couleur), hexa(palette::encre_sur(*couleur)));
            let _ = writeln!(
                style,
                ".{prefixe}{rang}{{fill:{fond};background-color:{fond}}}.sur-{prefixe}{rang}{{fill:{encre};color:{encre};stroke:{fond}}}"
            );
        }
    }
    style.push_str(STYLE);
    style
}

fn hexa((r, v, b): Couleur) -> String {
    format!("#{r:02x}{v:02x}{b:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_page_qu_aucun_navigateur_n_ouvre_n_est_pas_ecrite_et_le_dit() {
        assert_eq!(trop_lourd(CHIFFRES_D_UNE_PAGE), None);
        let raison = trop_lourd(64_952_335).unwrap();
        assert!(raison.contains("64\u{202f}952\u{202f}335 chiffres") && raison.contains(PARQUET), "{raison}");
    }
}
