//! A table whose columns have names: what is left to type.

use std::collections::BTreeMap;

use super::mots::est_celle_des_sorties;
use crate::quality::{Lieu, Probleme};
use crate::sources::grille::{Cellules, Origine};
use crate::sources::valeurs::replier;

/// One column of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColonneTexte {
    /// The header as it stands in the file (two lines of header joined by a space).
    pub entete: String,
    /// Position in the sheet, from 1.
    pub position: u32,
    /// One cell a row of the table.
    pub valeurs: Cellules,
}

impl ColonneTexte {
    /// The one year that its header names.
    pub fn annee(&self) -> Option<i32> {
        annee_d_entete(&self.entete)
    }
}

/// How well a header names a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pretention {
    /// By its words.
    Mots,
    /// By being one of its headers, but for the year.
    Entete,
}

/// The rows of data of a sheet, under named columns. As it is read, `total == hauteur() + ecartees.len()`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tableau {
    /// File and sheet.
    pub origine: Origine,
    /// The fields of the layout that the file has.
    pub champs: BTreeMap<String, ColonneTexte>,
    /// The other columns, in the order of the file.
    pub autres: Vec<ColonneTexte>,
    /// The filled cells above the header, with their line.
    pub titres: Vec<(u32, String)>,
    /// The texts alone in their row among those of the table, and below it: notes.
    pub notes: Vec<String>,
    /// Line in the file or the sheet, from 1, of each row.
    pub lignes: Vec<u32>,
    /// Rows below the header that have a filled cell.
    pub total: u32,
    /// One problem for each row that is no data, in the order of the file.
    pub ecartees: Vec<Probleme>,
    /// The filled cells of each row that is shifted or cut, which no column names: somebody may be lost with it.
    pub decalees: Vec<Vec<String>>,
    /// Counts that are not read, because several columns may be them, and dates whose month stands first.
    pub doutes: Vec<Probleme>,
    /// That a note says that zeros hide small numbers, if it does.
    pub zeros_masques: Option<Probleme>,
    /// The columns that may be a field of which the layout says that it has rivals, by position, with how strongly:
    /// none where the pipeline names the column.
    pub rivales: BTreeMap<String, Vec<(u32, Pretention)>>,
    /// Other sheets of the workbook that the layout knows as well, say something else, and were not read.
    pub autres_feuilles: Vec<String>,
}

impl Tableau {
    /// Number of rows of data.
    pub fn hauteur(&self) -> usize {
        self.lignes.len()
    }

    /// The column of a field, if the file has it.
    pub fn colonne(&self, champ: &str) -> Option<&ColonneTexte> {
        self.champs.get(champ)
    }

    /// The filled cells of a row.
    pub fn textes(&self, rang: usize) -> impl Iterator<Item = &str> {
        self.champs.values().chain(&self.autres).filter_map(move |colonne| colonne.valeurs.get(rang))
    }

    /// The only text of a row, if it has but one among several columns: a title, more likely than a row.
    pub fn texte_seul(&self, rang: usize) -> Option<&str> {
        let mut textes = self.textes(rang);
        let seul = textes.next().filter(|_| textes.next().is_none())?;
        (self.champs.len() + self.autres.len() > 3).then_some(seul)
    }

    /// The text of a cell; `None` when it is blank or the file lacks the field.
    pub fn cellule(&self, rang: usize, champ: &str) -> Option<&str> {
        self.champs.get(champ)?.valeurs.get(rang)
    }

    /// What says that the whole table is of those who are no longer there: the title nearest to it, its sheet, else its
    /// file.
    pub fn dit_des_sorties(&self, radical: &str) -> Option<String> {
        let titres = self.titres.iter().rev().map(|(_, titre)| titre.as_str());
        let textes = titres.chain(self.origine.feuille.as_deref()).chain([radical]);
        let mut decisifs = textes.filter_map(|texte| Some((texte, est_celle_des_sorties(texte)?)));
        decisifs.next().filter(|(_, sorties)| *sorties).map(|(texte, _)| texte.to_owned())
    }

    /// The same table with these rows alone, without repetition, in that order.
    #[must_use]
    pub fn choisir(&self, rangs: &[u32]) -> Self {
        let colonne = |c: &ColonneTexte| ColonneTexte { valeurs: c.valeurs.choisir(rangs), ..c.clone() };
        Self {
            champs: self.champs.iter().map(|(champ, c)| (champ.clone(), colonne(c))).collect(),
            autres: self.autres.iter().map(colonne).collect(),
            lignes: rangs.iter().filter_map(|rang| self.lignes.get(*rang as usize).copied()).collect(),
            ..self.clone()
        }
    }

    /// The place of a cell.
    pub fn lieu(&self, rang: usize, champ: &str) -> Lieu {
        let colonne = self.champs.get(champ).map(|c| (c.position, c.entete.clone()));
        Lieu { colonne, ..self.lieu_ligne(rang) }
    }

    /// The place of a cell of any column, for those that no field names.
    pub fn lieu_colonne(&self, rang: usize, colonne: &ColonneTexte) -> Lieu {
        Lieu { colonne: Some((colonne.position, colonne.entete.clone())), ..self.lieu_ligne(rang) }
    }

    /// The place of a row.
    pub fn lieu_ligne(&self, rang: usize) -> Lieu {
        Lieu { ligne: self.lignes.get(rang).copied(), ..self.origine.lieu() }
    }

    /// The columns that hold one year each (`2024`, `Naissances 2024`, `N_2024`, `2024.0`), in the
    /// order of the file. Several measures may give several columns of one year.
    pub fn colonnes_annees(&self) -> Vec<(i32, &ColonneTexte)> {
        self.autres.iter().filter_map(|c| Some((c.annee()?, c))).collect()
    }
}

/// The one year that a header names; `None` for changes, means and shares.
pub fn annee_d_entete(entete: &str) -> Option<i32> {
    let replie = replier(entete.strip_suffix(".0").unwrap_or(entete));
    if entete.contains('%')
        || ["evol", "variation", "moyenne", "part ", "taux"].iter().any(|m| replie.contains(m))
    {
        return None;
    }
    // « NAISD23 », as Insee calls them.
    let court = replie.strip_prefix("naisd").or_else(|| replie.strip_prefix("nais"));
    let court = court.map(str::trim).filter(|fin| fin.len() == 2).and_then(|fin| fin.parse::<i32>().ok());
    if let Some(court) = court {
        return Some(if court < 70 { 2000 + court } else { 1900 + court });
    }
    let mut annees = replie
        .split(|c: char| !c.is_ascii_digit())
        .filter(|chiffres| chiffres.len() == 4)
        .filter_map(|chiffres| chiffres.parse().ok())
        .filter(|annee| (1900..=2100).contains(annee));
    let annee = annees.next()?;
    annees.next().is_none().then_some(annee)
}

#[cfg(test)]
mod tests {
    use super::annee_d_entete;

    #[test]
    fn un_entete_nomme_une_annee_au_plus() {
        for entete in ["2024", "2024.0", "Naissances 2024", "N_2024", "NAIS2024", "au 31/12/2024"] {
            assert_eq!(annee_d_entete(entete), Some(2024), "{entete}");
        }
        for entete in ["NAISD23", "Nais 23", "NAIS23"] {
            assert_eq!(annee_d_entete(entete), Some(2023), "{entete}");
        }
        for entete in ["Évolution 2024", "2019-2024", "Part 2024 (%)", "12024", "Commune", "0-2 ans", ""] {
            assert_eq!(annee_d_entete(entete), None, "{entete}");
        }
    }
}
