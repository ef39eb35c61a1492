//! A sheet of text cells, column by column, that know their file, sheet, line and column.
//!
//! A file of 300 000 rows must fit in a few times its own size. Most cells of an office file hold
//! one to three characters, where a string view (16 bytes a cell) would weigh eight times the file:
//! a column is therefore one long text and the end of each cell in it (4 bytes a cell), and becomes
//! a Polars column only where a frame is built ([`Cellules::en_polars`]).

use polars::prelude::{NewChunkedArray, PlSmallStr, StringChunked};
use std::collections::BTreeSet;

use crate::quality::{Lieu, texte_sur};

/// Where a grid comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origine {
    /// Path of the file as the pipeline names it.
    pub fichier: String,
    /// Sheet of a workbook.
    pub feuille: Option<String>,
}

impl Origine {
    /// The whole file, or the whole sheet.
    pub fn lieu(&self) -> Lieu {
        Lieu { feuille: self.feuille.clone(), ..Lieu::fichier(&self.fichier) }
    }
}

/// Columns of a grid: the limit of the spreadsheets.
pub const COLONNES_MAX: usize = 16_384;
/// Lines times columns of a grid, each of four bytes even when blank: three million lines of sixty columns.
const CASES_MAX: usize = 200_000_000;
/// Bytes of text of a grid: one text repeated in each cell must not fill the memory.
const TEXTE_MAX: usize = 2 << 30;

/// Why a grid takes no more rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en_clair())]
pub enum Debordement {
    /// A column beyond [`COLONNES_MAX`].
    Colonnes,
    /// Too many lines times columns.
    Cases,
    /// Too much text.
    Texte,
}

impl Debordement {
    /// The French sentence, without a final stop.
    pub fn en_clair(self) -> &'static str {
        match self {
            Self::Colonnes => "le tableau a plus de 16\u{202f}384 colonnes, la limite des tableurs",
            Self::Cases => "le tableau dépasse 200 millions de cases, en comptant les vides",
            Self::Texte => "le tableau dépasse 2 Go de texte",
        }
    }
}

/// The cells of one column. A cell is `None` when blank, otherwise a text without outer spaces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cellules {
    texte: String,
    fins: Vec<u32>,
}

impl Cellules {
    /// Number of cells.
    pub fn len(&self) -> usize {
        self.fins.len()
    }

    /// True if there is no cell at all.
    pub fn is_empty(&self) -> bool {
        self.fins.is_empty()
    }

    /// The text of a cell; `None` when it is blank or beyond the end.
    pub fn get(&self, rang: usize) -> Option<&str> {
        let fin = *self.fins.get(rang)? as usize;
        let debut = if rang == 0 { 0 } else { self.fins[rang - 1] as usize };
        (fin > debut).then(|| &self.texte[debut..fin])
    }

    /// The cells in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        (0..self.len()).map(|rang| self.get(rang))
    }

    /// True if no cell is filled.
    pub fn est_vide(&self) -> bool {
        self.texte.is_empty()
    }

    /// Bytes held in memory.
    pub fn octets(&self) -> usize {
        self.texte.capacity() + 4 * self.fins.capacity()
    }

    /// A column of one cell.
    pub(crate) fn d_un_texte(texte: &str) -> Self {
        Self { texte: texte.to_owned(), fins: vec![u32::try_from(texte.len()).unwrap_or(u32::MAX)] }
    }

    /// The same cells as a Polars column of strings, null where blank.
    pub fn en_polars(&self, nom: &str) -> StringChunked {
        StringChunked::from_iter_options(PlSmallStr::from_str(nom), self.iter())
    }

    /// The cells of the given ranks, in that order; blank beyond the end.
    #[must_use]
    pub(crate) fn choisir(&self, rangs: &[u32]) -> Self {
        let mut choisies = Self { texte: String::new(), fins: Vec::with_capacity(rangs.len()) };
        for &rang in rangs {
            choisies.texte.push_str(self.get(rang as usize).unwrap_or_default());
            // Without repetition, the text is no longer than this column's, which fits; one that is repeated is short.
            choisies.fins.push(u32::try_from(choisies.texte.len()).unwrap_or(u32::MAX));
        }
        choisies.texte.shrink_to_fit();
        choisies
    }

    /// The same cells, those replaced for which `autre` gives another text, as long.
    #[must_use]
    pub(crate) fn remplacer(&self, autre: impl Fn(usize, &str) -> Option<String>) -> Self {
        let mut remplacees = self.clone();
        remplacees.texte.clear();
        for (rang, texte) in self.iter().enumerate() {
            let ancien = texte.unwrap_or_default();
            let nouveau = autre(rang, ancien).filter(|nouveau| nouveau.len() == ancien.len());
            remplacees.texte.push_str(nouveau.as_deref().unwrap_or(ancien));
        }
        remplacees
    }

    /// Writes a cell at a rank not yet reached; the ranks skipped are blank.
    fn poser(&mut self, rang: usize, texte: &str) -> Result<(), Debordement> {
        self.completer(rang);
        self.texte.push_str(texte);
        self.fins.push(u32::try_from(self.texte.len()).map_err(|_| Debordement::Texte)?);
        Ok(())
    }

    fn completer(&mut self, hauteur: usize) {
        if self.fins.len() < hauteur {
            let fin = self.fins.last().copied().unwrap_or(0);
            self.fins.resize(hauteur, fin);
        }
    }
}

impl<'a> FromIterator<Option<&'a str>> for Cellules {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(cellules: I) -> Self {
        let mut colonne = Self::default();
        for cellule in cellules {
            colonne.texte.push_str(cellule.unwrap_or_default());
            colonne.fins.push(u32::try_from(colonne.texte.len()).unwrap_or(u32::MAX));
        }
        colonne
    }
}

/// Cells merged side by side in one line: the text stands in the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Etendue {
    /// Line of the sheet, from 1.
    pub ligne: u32,
    /// First column, from 0.
    pub debut: usize,
    /// Last column, included.
    pub fin: usize,
}

/// A sheet (or a whole csv or JSON file) as text. Lines without any filled cell are not kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grille {
    /// File and sheet.
    pub origine: Origine,
    /// One column of cells each; a column stops at its last filled cell.
    pub colonnes: Vec<Cellules>,
    /// Line in the file or the sheet, from 1, of each row. In JSON: rank of the record, 0 for keys.
    pub lignes: Vec<u32>,
    /// Number of fields each row really has (csv only): tells the rows that are shifted or cut.
    pub largeurs: Option<Vec<u32>>,
    /// Cells merged side by side (xlsx and xls only: the other formats do not tell).
    pub etendues: Vec<Etendue>,
    /// Line, from 1, and column, from 0, of the cells that are struck through (xlsx only).
    pub barrees: BTreeSet<(u32, usize)>,
    /// Lines, from 1, that are hidden, by hand or by a filter (xlsx only).
    pub lignes_masquees: BTreeSet<u32>,
    /// The cells merged downwards, in the order of their lines: column from 0, first and last line from 1.
    pub fusions: Vec<(usize, u32, u32)>,
    /// The sheet is hidden.
    pub masquee: bool,
}

impl Grille {
    /// True if a cell is struck through. Row and column from 0.
    pub fn est_barree(&self, rang: usize, colonne: usize) -> bool {
        self.lignes.get(rang).is_some_and(|ligne| self.barrees.contains(&(*ligne, colonne)))
    }

    /// True if both hold the same cells, wherever they stand.
    pub fn dit_la_meme_chose(&self, autre: &Self) -> bool {
        self.colonnes == autre.colonnes
    }

    /// Number of rows that have a filled cell.
    pub fn hauteur(&self) -> usize {
        self.lignes.len()
    }

    /// The text of a cell, `None` when blank. Row and column from 0.
    pub fn cellule(&self, rang: usize, colonne: usize) -> Option<&str> {
        self.colonnes.get(colonne)?.get(rang)
    }

    /// The filled cells of a row, with their column from 0.
    pub fn ligne(&self, rang: usize) -> impl Iterator<Item = (usize, &str)> {
        self.colonnes.iter().enumerate().filter_map(move |(i, c)| Some((i, c.get(rang)?)))
    }

    /// The place of a row.
    pub fn lieu(&self, rang: usize) -> Lieu {
        Lieu { ligne: self.lignes.get(rang).copied(), ..self.origine.lieu() }
    }
}

/// Builds a grid row after row.
#[derive(Debug, Default)]
pub struct Constructeur {
    grille: Grille,
    /// Bytes of text so far.
    texte: usize,
}

impl Constructeur {
    /// An empty grid.
    pub fn new(origine: Origine) -> Self {
        Self { grille: Grille { origine, ..Grille::default() }, texte: 0 }
    }

    /// Number of rows kept so far.
    pub fn hauteur(&self) -> usize {
        self.grille.hauteur()
    }

    /// Adds a row: its line, its cells (column from 0, any text; columns in ascending order), and
    /// the number of its fields where the format tells. A row without filled cell is left out.
    ///
    /// # Errors
    /// [`Debordement`] if the grid grows beyond what the memory should hold.
    pub fn ligne<T: AsRef<str>>(
        &mut self,
        numero: u32,
        cellules: impl IntoIterator<Item = (usize, T)>,
        largeur: Option<u32>,
    ) -> Result<(), Debordement> {
        let rang = self.grille.lignes.len();
        let mut remplie = false;
        for (colonne, texte) in cellules {
            let texte = texte_sur(rogner(texte.as_ref()));
            if texte.is_empty() {
                continue;
            }
            if colonne >= COLONNES_MAX {
                return Err(Debordement::Colonnes);
            }
            self.texte += texte.len();
            if self.texte > TEXTE_MAX {
                return Err(Debordement::Texte);
            }
            if self.grille.colonnes.len() <= colonne {
                self.grille.colonnes.resize_with(colonne + 1, Cellules::default);
            }
            self.grille.colonnes[colonne].poser(rang, &texte)?;
            remplie = true;
        }
        if (rang + 1).saturating_mul(self.grille.colonnes.len()) > CASES_MAX {
            return Err(Debordement::Cases);
        }
        if remplie {
            self.grille.lignes.push(numero);
            if let Some(largeur) = largeur {
                self.grille.largeurs.get_or_insert_default().push(largeur);
            }
        }
        Ok(())
    }

    /// Notes cells merged side by side.
    pub fn etendue(&mut self, etendue: Etendue) {
        self.grille.etendues.push(etendue);
    }

    /// Whether the sheet is hidden.
    pub fn masquer(&mut self, masquee: bool) {
        self.grille.masquee = masquee;
    }

    /// Notes the lines that are hidden, from 1.
    pub fn masquer_des_lignes(&mut self, lignes: BTreeSet<u32>) {
        self.grille.lignes_masquees = lignes;
    }

    /// Notes a cell merged downwards: column from 0, first and last line from 1.
    pub fn fusion(&mut self, colonne: usize, debut: u32, fin: u32) {
        self.grille.fusions.push((colonne, debut, fin));
    }

    /// Notes a cell that is struck through: line from 1, column from 0.
    pub fn barree(&mut self, ligne: u32, colonne: usize) {
        self.grille.barrees.insert((ligne, colonne));
    }

    /// The grid, without spare memory.
    pub fn finir(mut self) -> Grille {
        for colonne in &mut self.grille.colonnes {
            colonne.texte.shrink_to_fit();
            colonne.fins.shrink_to_fit();
        }
        self.grille.lignes.shrink_to_fit();
        self.grille
    }
}

/// The text without its outer spaces, of any width, nor the invisible characters that exports leave.
pub fn rogner(texte: &str) -> &str {
    texte.trim_matches(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grille(lignes: &[(u32, &[&str])]) -> Grille {
        let mut c = Constructeur::new(Origine::default());
        for (numero, cellules) in lignes {
            c.ligne(*numero, cellules.iter().copied().enumerate(), None).unwrap();
        }
        c.finir()
    }

    #[test]
    fn les_cellules_sont_rognees_et_les_lignes_blanches_omises() {
        let g = grille(&[
            (1, &["\u{a0}Nom ", "\u{feff}Âge"]),
            (2, &["", " \u{202f}"]),
            (4, &["", "42", "", "note"]),
        ]);
        assert_eq!(g.lignes, [1, 4]);
        assert_eq!((g.cellule(0, 0), g.cellule(0, 1)), (Some("Nom"), Some("Âge")));
        assert_eq!((g.cellule(1, 0), g.cellule(1, 1), g.cellule(1, 3)), (None, Some("42"), Some("note")));
        assert_eq!(g.cellule(0, 3), None);
        assert_eq!(g.ligne(1).collect::<Vec<_>>(), [(1, "42"), (3, "note")]);
    }

    #[test]
    fn une_colonne_devient_polars_avec_ses_blancs() {
        let colonne: Cellules =
            [Some("3"), None, Some("une cellule bien plus longue que douze")].into_iter().collect();
        let serie = colonne.en_polars("places");
        assert_eq!((serie.len(), serie.null_count()), (3, 1));
        assert_eq!(serie.get(2), Some("une cellule bien plus longue que douze"));
        assert_eq!(
            colonne.choisir(&[2, 1, 7]).iter().map(|c| c.map(str::len)).collect::<Vec<_>>(),
            [Some(38), None, None]
        );
    }
}
