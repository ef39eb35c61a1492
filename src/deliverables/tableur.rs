//! What the workbooks share: the formats of cells, text that stays text, a creation date that the clock does
//! not set.

use super::look::{self, palette};
use super::{Contexte, ErreurLivrable};
use crate::reprises::Recette;
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use serde::Serialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What marks an estimated value: behind the number, which stays one.
pub(super) const MARQUE_ESTIME: &str = "(e)";

/// Of how many communes a sum is, of how many it ought to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Parties {
    pub(super) connues: u32,
    pub(super) attendues: u32,
    /// « (14/15) » in place of « (14/15 communes) », where a column is narrow and says elsewhere what it is.
    pub(super) en_bref: bool,
}

impl Parties {
    /// What stands behind the number; nothing if none is missing.
    fn marque(self) -> String {
        match look::parties(self.connues, self.attendues) {
            parties if parties.is_empty() => parties,
            _ if self.en_bref => format!(" ({}/{})", self.connues, self.attendues),
            parties => format!(" ({parties})"),
        }
    }
}

impl Cellule {
    /// What stands in place of a count of nobody in a part of the communes, as on pages: « n.d. (0 dans 5/15) ».
    pub(super) fn zero_partiel(valeur: f64, parties: Option<Parties>) -> Option<Self> {
        let parties = parties.filter(|_| valeur == 0.0)?;
        let dites = look::parties(parties.connues, parties.attendues);
        let (absent, zero) = look::zero_partiel("0", &dites)?;
        Some(Self::Absent(format!("{absent} ({zero})")))
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) enum Cellule {
    /// Nothing.
    Vide,
    /// Words, whatever they begin with.
    Texte(String),
    /// Words that introduce others.
    Gras(String),
    /// Words on one line, that run over the next cells.
    Brut(String),
    /// Words over the whole width of the sheet, on as many lines as they take.
    Note(String),
    /// A change, with its sign.
    Ecart { valeur: f64, decimales: u32, parties: Option<Parties> },
    /// The title of a sheet.
    Titre(String),
    /// What stands in place of a number: « n.d. », « s. ».
    Absent(String),
    /// A count or a mean, with its decimals; of a sum of communes, how many are known of how many.
    Nombre { valeur: f64, decimales: u32, estime: bool, parties: Option<Parties> },
    /// A share, from 0 to 100 here and typed as a percentage in the sheet.
    Pourcent { valeur: f64, decimales: u32, estime: bool, parties: Option<Parties> },
    /// A year, without a separator of thousands.
    Annee(i32),
    /// A day.
    Date(NaiveDate),
}

impl Cellule {
    fn est_a_droite(&self) -> bool {
        matches!(self, Self::Absent(_) | Self::Nombre { .. } | Self::Pourcent { .. } | Self::Ecart { .. })
    }

    /// A text; nothing if it is empty.
    pub(super) fn texte(texte: impl Into<String>) -> Self {
        let texte = texte.into();
        if texte.is_empty() { Self::Vide } else { Self::Texte(texte) }
    }
}

/// One sheet: lines of text, then a table.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Feuille {
    /// Its name on the tab: at most 31 characters.
    pub(super) nom: String,
    /// Width of each column, in characters.
    pub(super) largeurs: Vec<f64>,
    /// The tables, from the top.
    pub(super) blocs: Vec<Bloc>,
    /// Columns that stay when the sheet slides, with the header of the first block.
    pub(super) figees: Option<u16>,
    /// The first block has a filter on each column.
    pub(super) filtre: bool,
    /// How many columns are printed; all of them if it does not say.
    pub(super) imprimees: Option<u16>,
    /// True if the sheet is wider than high, for printing.
    pub(super) paysage: bool,
}

/// Lines, with or without a header.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Bloc {
    /// Header of the columns; none for lines of text.
    pub(super) entetes: Vec<String>,
    /// The lines.
    pub(super) lignes: Vec<Vec<Cellule>>,
    /// Thin rules around each cell, as on a form.
    pub(super) encadre: bool,
}

/// What the properties of a workbook say, and the top of each of its printed pages.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Couverture<'a> {
    pub(super) titre: &'a str,
    /// Who may read it; empty if anyone may.
    pub(super) mention: &'a str,
}

/// Writes a workbook, unless the same was made before; gives its path.
pub(super) fn ecrire(
    contexte: &Contexte<'_>,
    dossier: &Path,
    nom: &str,
    couverture: Couverture<'_>,
    feuilles: &[Feuille],
) -> Result<Vec<PathBuf>, ErreurLivrable> {
    let recette = Recette::new("classeurs")
        .donnees(&(contexte.annee, couverture, feuilles))
        .map_err(|cause| ErreurLivrable::Page { nom: nom.to_owned(), cause: cause.to_string() })?;
    let octets = contexte.reprises.obtenir(recette, || {
        composer(contexte.annee, couverture, feuilles)
            .map_err(|cause| ErreurLivrable::Classeur { nom: nom.to_owned(), cause })
    })?;
    let chemin = dossier.join(nom);
    std::fs::write(&chemin, &*octets).map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
    Ok(vec![PathBuf::from(nom)])
}

/// The bytes of a workbook. Its creation date is the last day of the year of the report: the clock must not
/// change the bytes.
pub(super) fn composer(
    annee: i32,
    couverture: Couverture<'_>,
    feuilles: &[Feuille],
) -> Result<Vec<u8>, XlsxError> {
    let mut classeur = Workbook::new();
    let creation = ExcelDateTime::from_ymd(u16::try_from(annee).unwrap_or(1900), 12, 31)?;
    let proprietes = DocProperties::new().set_title(couverture.titre).set_creation_datetime(&creation);
    classeur.set_properties(&proprietes);
    let mut formats = Formats::new();
    for feuille in feuilles {
        let page = classeur.add_worksheet();
        page.set_name(&feuille.nom)?;
        composer_feuille(page, feuille, &mut formats)?;
        page.set_header(haut_de_page(couverture));
    }
    classeur.save_to_buffer()
}

/// The most that a spreadsheet takes there is 255 characters, its own signs included; it has « & » for itself.
const HAUT_DE_PAGE: usize = 110;

fn haut_de_page(Couverture { titre, mention }: Couverture<'_>) -> String {
    let dire = |texte: &str| {
        let texte = texte.replace('&', "et");
        let coupe: String = texte.chars().take(HAUT_DE_PAGE).collect();
        if coupe.len() < texte.len() { format!("{}…", coupe.trim_end()) } else { coupe }
    };
    format!("&L{}&R&B{}", dire(titre), dire(mention))
}

fn composer_feuille(page: &mut Worksheet, feuille: &Feuille, formats: &mut Formats) -> Result<(), XlsxError> {
    for (rang, largeur) in feuille.largeurs.iter().enumerate() {
        let lignes = feuille.blocs.iter().flat_map(|bloc| &bloc.lignes);
        let nombres = lignes.filter_map(|ligne| ligne.get(rang)).map(largeur_de_nombre);
        let colonne = u16::try_from(rang).unwrap_or(u16::MAX);
        page.set_column_width(colonne, nombres.fold(*largeur, f64::max))?;
    }
    let mut rang = 0;
    for (numero, bloc) in feuille.blocs.iter().enumerate() {
        let debut = rang;
        for (colonne, entete) in (0u16..).zip(&bloc.entetes) {
            // Over numbers, which stand on the right, a header on the left reads as that of the column before.
            let nombres = bloc.lignes.iter().filter_map(|ligne| ligne.get(usize::from(colonne)));
            let format = match nombres.clone().find(|cellule| **cellule != Cellule::Vide) {
                Some(cellule) if cellule.est_a_droite() => &formats.entete_de_nombres,
                _ => &formats.entete,
            };
            page.write_string_with_format(rang, colonne, entete, format)?;
        }
        if !bloc.entetes.is_empty() {
            page.set_row_height(rang, ENTETE)?;
            rang += 1;
        }
        for ligne in &bloc.lignes {
            for (colonne, cellule) in (0u16..).zip(ligne) {
                if let Cellule::Note(mots) = cellule {
                    let derniere =
                        u16::try_from(feuille.largeurs.len()).unwrap_or(u16::MAX).saturating_sub(1);
                    formats.noter(page, rang, derniere, mots)?;
                } else {
                    formats.ecrire(page, (rang, colonne), cellule, bloc.encadre)?;
                }
            }
            if let Some(hauteur) = hauteur(ligne, &feuille.largeurs) {
                page.set_row_height(rang, hauteur)?;
            }
            rang += 1;
        }
        if numero == 0 && !bloc.entetes.is_empty() {
            let derniere = u16::try_from(bloc.entetes.len()).unwrap_or(u16::MAX).saturating_sub(1);
            if feuille.filtre {
                page.autofilter(debut, 0, rang.saturating_sub(1), derniere)?;
            }
            if let Some(figees) = feuille.figees {
                page.set_freeze_panes(debut + 1, figees)?;
            }
            page.set_repeat_rows(debut, debut)?;
        }
        rang += 1;
    }
    if let Some(derniere) = feuille.imprimees.and_then(|colonnes| colonnes.checked_sub(1)) {
        page.set_print_area(0, 0, rang.saturating_sub(2), derniere)?;
    }
    page.set_paper_size(9).set_print_fit_to_pages(1, 0).set_footer("&L&A&R&P / &N");
    page.set_margins(0.5, 0.5, 0.9, 0.8, 0.35, 0.35);
    if feuille.paysage {
        page.set_landscape();
    }
    Ok(())
}

/// Room that a number takes with what stands behind it, in characters: in a narrower column it is not written at all.
fn largeur_de_nombre(cellule: &Cellule) -> f64 {
    let (valeur, decimales, marque) = match cellule {
        Cellule::Nombre { valeur, decimales, estime, parties }
        | Cellule::Pourcent { valeur, decimales, estime, parties } => {
            (*valeur, *decimales, dire_la_marque(*estime, *parties))
        }
        Cellule::Ecart { valeur, decimales, parties } => {
            (*valeur, *decimales, dire_la_marque(false, *parties))
        }
        _ => return 0.0,
    };
    // The sign, « % », and the air on its right.
    (look::nombre(valeur, decimales).chars().count() + marque.chars().count()) as f64 + 3.5
}

/// Height of a header: two lines, and air.
const ENTETE: f64 = 32.0;
/// Height of a line of text.
const INTERLIGNE: f64 = 13.5;

/// Lines that words take: where they are several, none is quite full.
fn lignes_de_mots(texte: &str, largeur: f64) -> f64 {
    let signes = texte.chars().count() as f64;
    if signes <= largeur { 1.0 } else { (signes * 1.08 / largeur).ceil() }
}

/// Height of a row, if its words do not hold on one line: not every spreadsheet finds it by itself.
fn hauteur(ligne: &[Cellule], largeurs: &[f64]) -> Option<f64> {
    let lignes = ligne.iter().zip(largeurs).map(|(cellule, largeur)| match cellule {
        Cellule::Texte(texte) | Cellule::Gras(texte) => lignes_de_mots(texte, *largeur),
        Cellule::Note(texte) => lignes_de_mots(texte, largeurs.iter().sum()),
        Cellule::Titre(_) => 2.0,
        _ => 1.0,
    });
    let lignes = lignes.fold(1.0, f64::max);
    (lignes > 1.0).then_some(lignes * INTERLIGNE + 2.0)
}

/// Between words on the right and those of the next column.
const AIR: u8 = 1;
/// The same behind a number, by its format: the width of a bracket. Not every spreadsheet indents numbers.
const LARGEUR_D_AIR: &str = "_)";

/// The formats of the cells, each made once.
struct Formats {
    entete: Format,
    entete_de_nombres: Format,
    titre: Format,
    gras: Format,
    texte: Format,
    absent: Format,
    date: Format,
    faits: HashMap<Style, Format>,
}

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Style {
    genre: Genre,
    /// With thin rules around it.
    encadre: bool,
    /// With the mark that keeps a text from being a formula.
    formule: bool,
}

/// What a cell holds, as far as its format goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Genre {
    Texte,
    Gras,
    Brut,
    Titre,
    Absent,
    Date,
    Annee,
    Nombre { decimales: u32, estime: bool, parties: Option<Parties> },
    Part { decimales: u32, estime: bool, parties: Option<Parties> },
    Ecart { decimales: u32, parties: Option<Parties> },
}

/// Text that a spreadsheet would take for a formula if somebody typed it.
fn ressemble_a_une_formule(texte: &str) -> bool {
    texte.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

impl Formats {
    fn new() -> Self {
        let base = Format::new().set_align(FormatAlign::Top).set_font_size(10);
        let couleur =
            |(r, v, b): look::Couleur| Color::RGB(u32::from(r) << 16 | u32::from(v) << 8 | u32::from(b));
        let entete = base
            .clone()
            .set_bold()
            .set_text_wrap()
            .set_font_color(couleur(palette::PAPIER))
            .set_background_color(couleur(palette::BLEU))
            .set_border_bottom(FormatBorder::Thin);
        Self {
            entete_de_nombres: entete.clone().set_align(FormatAlign::Right).set_indent(AIR),
            entete,
            titre: base.clone().set_bold().set_font_size(16).set_font_color(couleur(palette::BLEU)),
            gras: base.clone().set_bold().set_text_wrap(),
            absent: base
                .clone()
                .set_italic()
                .set_align(FormatAlign::Right)
                .set_indent(AIR)
                .set_font_color(couleur(palette::ENCRE_PALE)),
            date: base.clone().set_num_format("dd/mm/yyyy").set_align(FormatAlign::Left),
            texte: base.set_text_wrap(),
            faits: HashMap::new(),
        }
    }

    /// Writes words from the first column to that one.
    fn noter(&mut self, page: &mut Worksheet, rang: u32, derniere: u16, mots: &str) -> Result<(), XlsxError> {
        let formule = ressemble_a_une_formule(mots);
        let format = self.format(Style { genre: Genre::Texte, encadre: false, formule });
        if derniere == 0 {
            return page.write_string_with_format(rang, 0, mots, format).map(|_| ());
        }
        page.merge_range(rang, 0, rang, derniere, mots, format).map(|_| ())
    }

    fn ecrire(
        &mut self,
        page: &mut Worksheet,
        (rang, colonne): (u32, u16),
        cellule: &Cellule,
        encadre: bool,
    ) -> Result<(), XlsxError> {
        let style = |genre| Style { genre, encadre, formule: false };
        let mut texte = |mots: &str, genre| {
            let style = Style { formule: ressemble_a_une_formule(mots), ..style(genre) };
            page.write_string_with_format(rang, colonne, mots, self.format(style)).map(|_| ())
        };
        let (valeur, genre) = match cellule {
            Cellule::Vide if encadre => return texte("", Genre::Texte),
            Cellule::Vide => return Ok(()),
            Cellule::Texte(mots) => return texte(mots, Genre::Texte),
            Cellule::Gras(mots) => return texte(mots, Genre::Gras),
            Cellule::Brut(mots) | Cellule::Note(mots) => return texte(mots, Genre::Brut),
            Cellule::Titre(mots) => return texte(mots, Genre::Titre),
            Cellule::Absent(mots) => return texte(mots, Genre::Absent),
            Cellule::Date(jour) => {
                let petit = |n: u32| u8::try_from(n).unwrap_or(1);
                let annee = u16::try_from(jour.year()).unwrap_or(1900);
                let jour = ExcelDateTime::from_ymd(annee, petit(jour.month()), petit(jour.day()))?;
                let format = self.format(style(Genre::Date));
                return page.write_datetime_with_format(rang, colonne, &jour, format).map(|_| ());
            }
            Cellule::Nombre { valeur, decimales, estime, parties } => {
                (*valeur, Genre::Nombre { decimales: *decimales, estime: *estime, parties: *parties })
            }
            Cellule::Pourcent { valeur, decimales, estime, parties } => {
                (*valeur / 100.0, Genre::Part { decimales: *decimales, estime: *estime, parties: *parties })
            }
            Cellule::Annee(annee) => (f64::from(*annee), Genre::Annee),
            Cellule::Ecart { valeur, decimales, parties } => {
                (*valeur, Genre::Ecart { decimales: *decimales, parties: *parties })
            }
        };
        // Without the binary tail that a computation leaves.
        let valeur = (valeur * 1e9).round() / 1e9;
        page.write_number_with_format(rang, colonne, valeur, self.format(style(genre))).map(|_| ())
    }

    /// The format of a style, made the first time that it is asked for: there are as many cells as figures, and
    /// few styles.
    fn format(&mut self, style: Style) -> &Format {
        let Self { titre, gras, texte, absent, date, faits, entete: _, entete_de_nombres: _ } = self;
        faits.entry(style).or_insert_with(|| {
            let sans_retour = || texte.clone().unset_text_wrap();
            let nombre = |format: &str, estime: bool| {
                let base = sans_retour().set_num_format(format).set_align(FormatAlign::Right);
                if estime { base.set_italic() } else { base }
            };
            let format = match style.genre {
                Genre::Texte => texte.clone(),
                Genre::Gras => gras.clone(),
                Genre::Brut => sans_retour(),
                Genre::Titre => titre.clone(),
                Genre::Absent => absent.clone(),
                Genre::Date => date.clone(),
                Genre::Annee => date.clone().set_num_format("0").set_align(FormatAlign::Center),
                Genre::Nombre { decimales, estime, parties } => {
                    nombre(&format_de_nombre(decimales, &marque(estime, parties)), estime)
                }
                Genre::Part { decimales, estime, parties } => {
                    nombre(&format_de_part(decimales, &marque(estime, parties)), estime)
                }
                Genre::Ecart { decimales, parties } => {
                    let marque = marque(false, parties);
                    let format = format_de_nombre(decimales, &marque);
                    nombre(&format!("+{format};-{format};0{marque}{LARGEUR_D_AIR}"), false)
                }
            };
            let format = if style.encadre { format.set_border(FormatBorder::Thin) } else { format };
            if style.formule { format.set_quote_prefix() } else { format }
        })
    }
}

fn decimales_en_zeros(decimales: u32) -> String {
    if decimales == 0 { String::new() } else { format!(".{}", "0".repeat(decimales as usize)) }
}

/// What stands behind a number, which stays one: ` (e)`, ` (5/15 communes)`.
fn marque(estime: bool, parties: Option<Parties>) -> String {
    let marque = dire_la_marque(estime, parties);
    if marque.is_empty() { marque } else { format!("\"{marque}\"") }
}

fn dire_la_marque(estime: bool, parties: Option<Parties>) -> String {
    let estime = if estime { format!(" {MARQUE_ESTIME}") } else { String::new() };
    format!("{estime}{}", parties.map_or_else(String::new, Parties::marque))
}

/// `#,##0`, `#,##0.0" (e)"`: the spreadsheet writes it with the separators of its country.
fn format_de_nombre(decimales: u32, marque: &str) -> String {
    format!("#,##0{}{marque}{LARGEUR_D_AIR}", decimales_en_zeros(decimales))
}

/// `0.0 %`.
fn format_de_part(decimales: u32, marque: &str) -> String {
    format!("0{}\u{a0}%{marque}{LARGEUR_D_AIR}", decimales_en_zeros(decimales))
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx};
    use std::io::Cursor;

    const PARTIES: Parties = Parties { connues: 5, attendues: 15, en_bref: false };

    fn essai() -> Vec<u8> {
        let textes = ["=1+1", "+33 6", "-5", "@SOMME(A1)", "Maché"].map(|t| vec![Cellule::texte(t)]);
        let nombres = vec![
            Cellule::Nombre { valeur: 1092.0, decimales: 0, estime: true, parties: Some(PARTIES) },
            Cellule::Pourcent { valeur: 83.8, decimales: 1, estime: false, parties: None },
            Cellule::Date(NaiveDate::from_ymd_opt(2024, 12, 31).unwrap()),
            Cellule::Absent("n.d.".to_owned()),
        ];
        let bloc = Bloc {
            entetes: vec!["=A".to_owned()],
            lignes: textes.into_iter().chain([nombres]).collect(),
            encadre: false,
        };
        let feuille = Feuille { nom: "Essai".to_owned(), blocs: vec![bloc], ..Feuille::default() };
        composer(2024, Couverture { titre: "Essai", mention: "" }, &[feuille]).unwrap()
    }

    #[test]
    fn un_texte_reste_un_texte_et_un_nombre_un_nombre() {
        let octets = essai();
        let mut lu: Xlsx<_> = Xlsx::new(Cursor::new(&octets)).unwrap();
        let page = lu.worksheet_range("Essai").unwrap();
        let lire = |ligne, colonne| page.get_value((ligne, colonne)).unwrap().clone();
        for (ligne, attendu) in (0..).zip(["=A", "=1+1", "+33 6", "-5", "@SOMME(A1)", "Maché"]) {
            assert_eq!(lire(ligne, 0), Data::String(attendu.to_owned()));
        }
        assert_eq!(lire(6, 0), Data::Float(1092.0));
        let nombre = Cellule::Nombre { valeur: 912.0, decimales: 0, estime: false, parties: Some(PARTIES) };
        assert!(largeur_de_nombre(&nombre) > "912 (5/15 communes)".chars().count() as f64, "sinon #####");
        assert_eq!(lire(6, 1), Data::Float(0.838));
        assert!(matches!(lire(6, 2), Data::DateTime(_)), "{:?}", lire(6, 2));
        assert_eq!(lire(6, 3), Data::String("n.d.".to_owned()));
        assert!(lu.worksheet_formula("Essai").unwrap().is_empty());
    }

    #[test]
    fn memes_cellules_memes_octets() {
        assert!(essai() == essai());
    }
}
