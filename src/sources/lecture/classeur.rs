//! Workbooks: xlsx, xlsb, xls and ods.
//!
//! Dates become ISO text (`2024-12-31`, with ` 08:30` when there is an hour), in the epoch of the
//! workbook; whole numbers have no decimal part, the others a point; booleans are VRAI and FAUX;
//! errors keep their text (`#N/A`). A cell merged downwards (one commune for several rows) is
//! repeated on each of its lines; cells merged sideways are noted, for headers on two lines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use calamine::{
    Cell, CellType, Data, DataRef, Dimensions, ExcelDateTime, Font, Ods, Reader, SheetType, SheetVisible,
    Xls, Xlsb, Xlsx,
};
use calamine::{OdsError, XlsError, XlsxError};

use super::{Nature, contient, limites, masquees};
use crate::quality::{Lieu, Motif, Probleme};
use crate::sources::grille::{Constructeur, Debordement, Etendue, Grille, Origine};

type Flux = BufReader<File>;

const ENDOMMAGE: &str = "le classeur ne s’ouvre pas : il est sans doute incomplet ou endommagé";
const PROTEGE: &str = "le classeur est protégé par un mot de passe : enregistrez-le sans protection";

/// Reads every sheet of cells, hidden ones too, in the order of the workbook.
///
/// # Errors
/// `FichierIllisible`, when the workbook is damaged, has a password, or is no workbook.
pub(super) fn lire(chemin: &Path, nom_affiche: &str, nature: Nature) -> Result<Vec<Grille>, Probleme> {
    let resultat = File::open(chemin).map_err(|_| ENDOMMAGE).and_then(|fichier| {
        if nature != Nature::Ole {
            limites::deplier(chemin)?;
        }
        if nature == Nature::Ods {
            limites::repetitions(chemin)?;
        }
        let flux = BufReader::new(fichier);
        match nature {
            Nature::Xlsx => {
                let (barre, masquees) = (limites::barre_des_cellules(chemin), masquees::lignes(chemin));
                lire_xlsx(flux, nom_affiche, barre, masquees)
            }
            Nature::Xlsb => lire_xlsb(flux, nom_affiche),
            Nature::Ods => lire_ods(flux, nom_affiche),
            _ => lire_ole(flux, nom_affiche),
        }
    });
    resultat.map_err(|detail| Probleme::new(Motif::FichierIllisible, Lieu::fichier(nom_affiche), detail))
}

/// `barre`: some cell is struck through. `lignes_masquees`: the hidden rows of each sheet.
fn lire_xlsx(
    flux: Flux,
    nom: &str,
    barre: bool,
    mut lignes_masquees: BTreeMap<String, BTreeSet<u32>>,
) -> Result<Vec<Grille>, &'static str> {
    let mut classeur: Xlsx<Flux> = Xlsx::new(flux).map_err(|e| match e {
        XlsxError::Password => PROTEGE,
        _ => ENDOMMAGE,
    })?;
    let feuilles = feuilles(&classeur);
    feuilles
        .into_iter()
        .map(|(feuille, masquee)| {
            let fusions = classeur.merge_cells_by_sheet_name(&feuille).unwrap_or_default();
            let styles = if barre { classeur.worksheet_style(&feuille).ok() } else { None };
            let est_barree = |position| {
                let style = styles.as_ref().and_then(|styles| styles.get(position));
                style.and_then(|style| style.font.as_ref()).is_some_and(Font::has_strikethrough)
            };
            let mut cellules = classeur.worksheet_cells_reader(&feuille).map_err(|_| ENDOMMAGE)?;
            let siennes = lignes_masquees.remove(&feuille).unwrap_or_default();
            let mut remplissage = Remplissage::new(nom, feuille, masquee, fusions);
            remplissage.grille.masquer_des_lignes(siennes);
            while let Some(cellule) = cellules.next_cell().map_err(|_| ENDOMMAGE)? {
                if est_barree(cellule.get_position()) {
                    remplissage.barree(cellule.get_position());
                }
                remplissage.cellule(&cellule, texte_ref)?;
            }
            remplissage.finir()
        })
        .collect()
}

fn lire_xlsb(flux: Flux, nom: &str) -> Result<Vec<Grille>, &'static str> {
    let mut classeur: Xlsb<Flux> = Xlsb::new(flux).map_err(|_| ENDOMMAGE)?;
    // Cell by cell: a range would hold every blank cell between two distant ones.
    let feuilles = feuilles(&classeur);
    feuilles
        .into_iter()
        .map(|(feuille, masquee)| {
            let mut cellules = classeur.worksheet_cells_reader(&feuille).map_err(|_| ENDOMMAGE)?;
            let mut remplissage = Remplissage::new(nom, feuille, masquee, Vec::new());
            while let Some(cellule) = cellules.next_cell().map_err(|_| ENDOMMAGE)? {
                remplissage.cellule(&cellule, texte_ref)?;
            }
            remplissage.finir()
        })
        .collect()
}

fn lire_ods(flux: Flux, nom: &str) -> Result<Vec<Grille>, &'static str> {
    let mut classeur: Ods<Flux> = Ods::new(flux).map_err(|e| match e {
        OdsError::Password => PROTEGE,
        _ => ENDOMMAGE,
    })?;
    lire_plages(&mut classeur, nom, |_, _| Vec::new())
}

/// An xls, or the wrapping of a workbook with a password, or an old document of Word.
fn lire_ole(mut flux: Flux, nom: &str) -> Result<Vec<Grille>, &'static str> {
    let mut octets = Vec::new();
    flux.read_to_end(&mut octets).and_then(|_| flux.rewind()).map_err(|_| ENDOMMAGE)?;
    let utf16 = |texte: &str| texte.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    if contient(&octets, &utf16("EncryptedPackage")) {
        return Err(PROTEGE);
    }
    if !contient(&octets, &utf16("Workbook")) && !contient(&octets, &utf16("Book")) {
        return Err("le fichier est un ancien document Office et non un classeur");
    }
    drop(octets);
    let mut classeur: Xls<Flux> = Xls::new(flux).map_err(|e| match e {
        XlsError::Password => PROTEGE,
        _ => ENDOMMAGE,
    })?;
    lire_plages(&mut classeur, nom, |c, feuille| c.merge_cells_by_sheet_name(feuille).unwrap_or_default())
}

/// Names of the sheets that hold cells, and whether they are hidden.
fn feuilles<R: Reader<Flux>>(classeur: &R) -> Vec<(String, bool)> {
    classeur
        .sheets_metadata()
        .iter()
        .filter(|f| f.typ == SheetType::WorkSheet)
        .map(|f| (f.name.clone(), f.visible != SheetVisible::Visible))
        .collect()
}

fn lire_plages<R: Reader<Flux>>(
    classeur: &mut R,
    nom: &str,
    fusions: impl Fn(&R, &str) -> Vec<Dimensions>,
) -> Result<Vec<Grille>, &'static str> {
    feuilles(classeur)
        .into_iter()
        .map(|(feuille, masquee)| {
            let plage = classeur.worksheet_range(&feuille).map_err(|_| ENDOMMAGE)?;
            let fusions = fusions(classeur, &feuille);
            let mut remplissage = Remplissage::new(nom, feuille, masquee, fusions);
            let (haut, gauche) = plage.start().unwrap_or_default();
            for (ligne, colonne, donnee) in plage.used_cells() {
                let position =
                    (haut + u32::try_from(ligne).unwrap_or(0), gauche + u32::try_from(colonne).unwrap_or(0));
                remplissage.cellule(&Cell::new(position, donnee.clone()), texte)?;
            }
            remplissage.finir()
        })
        .collect()
}

/// A sheet being read: the current line, and the cells merged downwards that reach it.
struct Remplissage {
    grille: Constructeur,
    ligne: u32,
    cellules: BTreeMap<u32, String>,
    /// Cells merged downwards, the next to come last.
    a_venir: Vec<Dimensions>,
    /// Those of the lines above that reach the current one, by column.
    en_cours: BTreeMap<u32, (Dimensions, String)>,
}

impl Remplissage {
    fn new(nom: &str, feuille: String, masquee: bool, mut fusions: Vec<Dimensions>) -> Self {
        let mut grille = Constructeur::new(Origine { fichier: nom.to_owned(), feuille: Some(feuille) });
        grille.masquer(masquee);
        for f in fusions.iter().filter(|f| f.end.1 > f.start.1) {
            grille.etendue(Etendue {
                ligne: f.start.0 + 1,
                debut: f.start.1 as usize,
                fin: f.end.1 as usize,
            });
        }
        fusions.retain(|f| f.end.0 > f.start.0);
        fusions.sort_by_key(|f| std::cmp::Reverse(f.start));
        for f in fusions.iter().rev() {
            grille.fusion(f.start.1 as usize, f.start.0 + 1, f.end.0 + 1);
        }
        Self { grille, ligne: 0, cellules: BTreeMap::new(), a_venir: fusions, en_cours: BTreeMap::new() }
    }

    fn cellule<T: CellType>(
        &mut self,
        cellule: &Cell<T>,
        texte: impl Fn(&T) -> String,
    ) -> Result<(), &'static str> {
        let (ligne, colonne) = cellule.get_position();
        if ligne != self.ligne {
            self.fermer_la_ligne().map_err(Debordement::en_clair)?;
            self.ligne = ligne;
        }
        let texte = texte(cellule.get_value());
        if !texte.trim().is_empty() {
            self.cellules.insert(colonne, texte);
        }
        Ok(())
    }

    fn barree(&mut self, (ligne, colonne): (u32, u32)) {
        self.grille.barree(ligne + 1, colonne as usize);
    }

    fn fermer_la_ligne(&mut self) -> Result<(), Debordement> {
        if self.cellules.is_empty() {
            return Ok(());
        }
        self.en_cours.retain(|_, (f, _)| f.end.0 >= self.ligne);
        for (colonne, (_, texte)) in &self.en_cours {
            self.cellules.entry(*colonne).or_insert_with(|| texte.clone());
        }
        while let Some(fusion) = self.a_venir.pop_if(|f| f.start.0 <= self.ligne) {
            if fusion.start.0 == self.ligne
                && let Some(texte) = self.cellules.get(&fusion.start.1)
            {
                self.en_cours.insert(fusion.start.1, (fusion, texte.clone()));
            }
        }
        let cellules = std::mem::take(&mut self.cellules);
        self.grille.ligne(self.ligne + 1, cellules.into_iter().map(|(c, t)| (c as usize, t)), None)
    }

    fn finir(mut self) -> Result<Grille, &'static str> {
        self.fermer_la_ligne().map_err(Debordement::en_clair)?;
        Ok(self.grille.finir())
    }
}

fn texte_ref(donnee: &DataRef<'_>) -> String {
    match donnee {
        DataRef::SharedString(t) => (*t).to_owned(),
        autre => texte(&Data::from(autre.clone())),
    }
}

fn texte(donnee: &Data) -> String {
    match donnee {
        Data::Empty => String::new(),
        Data::String(t) => t.clone(),
        Data::Int(n) => n.to_string(),
        Data::Float(n) => nombre(*n),
        Data::Bool(vrai) => if *vrai { "VRAI" } else { "FAUX" }.to_owned(),
        Data::Error(e) => e.to_string(),
        Data::DateTime(d) => date(*d),
        Data::DateTimeIso(t) => {
            let t = t.replace('T', " ");
            t.strip_suffix(" 00:00:00").map(str::to_owned).unwrap_or(t)
        }
        Data::DurationIso(t) => duree_iso(t).unwrap_or_else(|| t.clone()),
    }
}

/// A number to the fifteen digits that a spreadsheet keeps: 83.8, not 83.80000000000001.
fn nombre(n: f64) -> String {
    let arrondi: f64 = format!("{n:.14e}").parse().unwrap_or(n);
    if arrondi == 0.0 { "0".to_owned() } else { arrondi.to_string() }
}

/// `2024-12-31`, `2024-12-31 08:30:00`, or an hour alone `08:30:00`.
fn date(date: ExcelDateTime) -> String {
    let serie = date.as_f64();
    if !(0.0..2_958_466.0).contains(&serie) {
        return nombre(serie);
    }
    if date.is_duration() || serie < 1.0 {
        return heures((serie * 86_400.0).round());
    }
    date.as_datetime().map_or_else(
        || nombre(serie),
        |d| {
            let ecrit = d.format("%Y-%m-%d %H:%M:%S").to_string();
            ecrit.strip_suffix(" 00:00:00").map(str::to_owned).unwrap_or(ecrit)
        },
    )
}

fn heures(secondes: f64) -> String {
    let (h, reste) = ((secondes / 3600.0).floor(), secondes % 3600.0);
    format!("{h:02.0}:{:02.0}:{:02.0}", (reste / 60.0).floor(), reste % 60.0)
}

/// `PT08H30M00S` → `08:30:00`.
fn duree_iso(texte: &str) -> Option<String> {
    let (h, reste) = texte.strip_prefix("PT")?.split_once('H')?;
    let (m, s) = reste.split_once('M')?;
    let s: f64 = s.strip_suffix('S')?.parse().ok()?;
    Some(heures(h.parse::<f64>().ok()? * 3600.0 + m.parse::<f64>().ok()? * 60.0 + s.floor()))
}
