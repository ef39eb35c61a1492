//! Delimited text. Delimiter and quote are told by evidence over many lines.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

use super::encodage::Encodage;
use super::limites::borner;
use crate::quality::{Lieu, Motif, Probleme};
use crate::sources::grille::{COLONNES_MAX, Constructeur, Debordement, Grille, Origine};

/// How much of the file is looked at to tell its delimiter.
const ECHANTILLON: u64 = 256 << 10;
/// A record over more lines than this means a quote that was not meant as one.
const LIGNES_PAR_ENREGISTREMENT: usize = 200;
/// Fields kept beyond the widest row of the sample: a stray row cannot fill the memory.
const MARGE: usize = 16;

/// How the fields are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Dialecte {
    delimiteur: u8,
    guillemet: Option<u8>,
    /// The commonest number of fields.
    largeur: usize,
    /// Fields beyond this are counted but not kept.
    largeur_max: usize,
}

/// Reads a delimited file: one grid, of which each row keeps the number of its fields.
///
/// # Errors
/// `FichierIllisible` if the bytes cannot be read or are no text.
pub(super) fn lire(chemin: &Path, nom_affiche: &str) -> Result<Grille, Probleme> {
    let illisible = |detail: &str| Probleme::new(Motif::FichierIllisible, Lieu::fichier(nom_affiche), detail);
    let disque = |_: io::Error| illisible("le disque n’a pas pu être lu");
    let encodage = Encodage::de(chemin).map_err(disque)?;
    let mut echantillon = Vec::new();
    encodage
        .ouvrir(chemin)
        .map_err(disque)?
        .take(ECHANTILLON)
        .read_to_end(&mut echantillon)
        .map_err(disque)?;
    if echantillon.contains(&0) {
        return Err(illisible("le fichier n’est pas du texte (il contient des octets nuls)"));
    }
    let dialecte = Dialecte::de(&echantillon);
    // One stray row that is too wide is told as such; a whole table is refused.
    if dialecte.largeur > COLONNES_MAX {
        return Err(illisible(Debordement::Colonnes.en_clair()));
    }
    // A quote that opens a cell and is not meant to swallows the rows below, uncounted: the file is
    // then read again without quoting, where the rows that needed it are at least told.
    for essai in [dialecte, Dialecte { guillemet: None, ..dialecte }] {
        let flux = encodage.ouvrir(chemin).map_err(disque)?;
        let origine = Origine { fichier: nom_affiche.to_owned(), feuille: None };
        match remplir(flux, encodage, essai, origine) {
            Ok(grille) => return Ok(grille),
            Err(Echec::GuillemetOuvert) if essai.guillemet.is_some() => {}
            Err(Echec::GuillemetOuvert) => break,
            Err(Echec::Disque) => return Err(illisible("le disque n’a pas pu être lu")),
            Err(Echec::TropGrand(pourquoi)) => return Err(illisible(pourquoi.en_clair())),
            Err(Echec::LigneSansFin(ligne)) => {
                let detail = format!(
                    "la ligne {ligne} dépasse 16 Mo à elle seule : ce n’est pas une ligne de tableau"
                );
                return Err(illisible(&detail));
            }
        }
    }
    Err(illisible("les guillemets du fichier ne se referment pas"))
}

enum Echec {
    GuillemetOuvert,
    Disque,
    TropGrand(Debordement),
    /// The line where a record begins that takes more memory than any row of a table.
    LigneSansFin(u64),
}

fn remplir(
    flux: Box<dyn Read>,
    encodage: Encodage,
    dialecte: Dialecte,
    origine: Origine,
) -> Result<Grille, Echec> {
    let mut grille = Constructeur::new(origine);
    let (flux, compteur) = borner(flux);
    let mut lecteur = dialecte.lecteur(flux);
    let mut champs = ByteRecord::new();
    // Of the last record: the line after it, whether it is a row, whether it may hold others.
    let (mut ligne_apres, mut gardee, mut douteuse) = (0, false, false);
    loop {
        let debut = lecteur.position().line();
        match lecteur.read_byte_record(&mut champs) {
            Ok(true) => compteur.enregistrement_lu(),
            Ok(false) => break,
            Err(_) if !compteur.est_depasse() => return Err(Echec::Disque),
            // A quote that never closes does it too.
            Err(_) if dialecte.guillemet.is_some() => return Err(Echec::GuillemetOuvert),
            Err(_) => return Err(Echec::LigneSansFin(debut)),
        }
        let dedans = occurrences(champs.as_slice(), b'\n');
        douteuse = dedans > 0 && dialecte.contient_une_ligne(&champs);
        if dialecte.avale_des_lignes(douteuse, dedans) {
            return Err(Echec::GuillemetOuvert);
        }
        // The reader stands on the line below the record, whose own breaks are counted too.
        ligne_apres = lecteur.position().line();
        let numero = ligne_apres.saturating_sub(1 + dedans as u64);
        let cellules = champs
            .iter()
            .take(dialecte.largeur_max.min(COLONNES_MAX))
            .enumerate()
            .map(|(i, octets)| (i, encodage.decoder(octets)));
        let largeur = u32::try_from(champs.len()).unwrap_or(u32::MAX);
        let hauteur = grille.hauteur();
        grille
            .ligne(u32::try_from(numero).unwrap_or(u32::MAX), cellules, Some(largeur))
            .map_err(Echec::TropGrand)?;
        gardee = grille.hauteur() > hauteur;
    }
    let jamais_ferme = ligne_apres == lecteur.position().line() && dialecte.guillemet.is_some();
    if jamais_ferme && douteuse {
        return Err(Echec::GuillemetOuvert);
    }
    let mut grille = grille.finir();
    // The file was cut within a cell: no line break ended that record.
    if let Some(derniere) = grille.lignes.last_mut().filter(|_| jamais_ferme && gardee) {
        *derniere += 1;
    }
    Ok(grille)
}

fn occurrences(octets: &[u8], cherche: u8) -> usize {
    octets.split(|o| *o == cherche).count() - 1
}

impl Dialecte {
    /// The delimiter that cuts the most rows of the sample into the same number of fields. A first
    /// line `sep=;`, which Excel writes, decides alone.
    fn de(echantillon: &[u8]) -> Self {
        let impose = echantillon.strip_prefix(b"sep=").and_then(|r| match r {
            [d, b'\r' | b'\n', ..] => Some(*d),
            _ => None,
        });
        let mut meilleur =
            (Self { delimiteur: b';', guillemet: Some(b'"'), largeur: 1, largeur_max: usize::MAX }, -1.0);
        for delimiteur in impose.map_or_else(|| b";\t,|".to_vec(), |d| vec![d]) {
            let guillemet = Some(if est_cite_par_apostrophe(echantillon, delimiteur) { b'\'' } else { b'"' });
            let essai = Self { delimiteur, guillemet, ..meilleur.0 };
            let largeurs = essai.largeurs(echantillon);
            let (note, largeur) = regularite(&largeurs);
            if note > meilleur.1 {
                let max = largeurs.keys().next_back().copied().unwrap_or(1);
                meilleur = (Self { largeur, largeur_max: max + MARGE, ..essai }, note);
            }
        }
        meilleur.0
    }

    fn lecteur<R: Read>(&self, flux: R) -> Reader<R> {
        // Ended by line feeds alone, records have an exact line; a carriage return before it is
        // trimmed with the other outer spaces of the last cell.
        ReaderBuilder::new()
            .delimiter(self.delimiteur)
            .quoting(self.guillemet.is_some())
            .quote(self.guillemet.unwrap_or(b'"'))
            .terminator(Terminator::Any(b'\n'))
            .has_headers(false)
            .flexible(true)
            .from_reader(flux)
    }

    /// True if a line within a cell has as many fields as a row.
    fn contient_une_ligne(&self, champs: &ByteRecord) -> bool {
        let est_une_ligne =
            |l: &[u8]| self.largeur > 1 && occurrences(l, self.delimiteur) + 1 >= self.largeur;
        champs.iter().any(|c| c.contains(&b'\n') && c.split(|o| *o == b'\n').any(est_une_ligne))
    }

    /// True if a record has swallowed others: it has too many lines, or one that looks like a row
    /// of a table wide enough for that to be no chance (commas are common in sentences).
    fn avale_des_lignes(&self, contient_une_ligne: bool, dedans: usize) -> bool {
        let assez_large = self.largeur >= if self.delimiteur == b',' { 8 } else { 3 };
        self.guillemet.is_some() && (dedans > LIGNES_PAR_ENREGISTREMENT || contient_une_ligne && assez_large)
    }

    /// How many rows of the sample have each number of fields, blank rows left out.
    fn largeurs(&self, echantillon: &[u8]) -> BTreeMap<usize, usize> {
        let mut largeurs = BTreeMap::new();
        let mut lecteur = self.lecteur(echantillon);
        let mut champs = ByteRecord::new();
        while matches!(lecteur.read_byte_record(&mut champs), Ok(true)) {
            if champs.as_slice().iter().any(|o| !o.is_ascii_whitespace()) {
                *largeurs.entry(champs.len()).or_insert(0) += 1;
            }
        }
        largeurs
    }
}

/// Share of the rows at the commonest width, squared so that a near miss weighs little, times what
/// one more column adds; and that width. 0 when nothing is cut.
fn regularite(largeurs: &BTreeMap<usize, usize>) -> (f64, usize) {
    let lignes: usize = largeurs.values().sum();
    largeurs
        .iter()
        .filter(|(largeur, _)| **largeur > 1)
        .map(|(largeur, n)| {
            let part = *n as f64 / lignes as f64;
            (part * part * (1.0 - 1.0 / *largeur as f64), *largeur)
        })
        .fold((0.0, 1), |m, essai| if essai.0 > m.0 { essai } else { m })
}

/// True if most fields stand between apostrophes and none between quotation marks.
fn est_cite_par_apostrophe(echantillon: &[u8], delimiteur: u8) -> bool {
    let (mut champs, mut cites) = (0_usize, 0_usize);
    for champ in echantillon.split(|&o| o == b'\n' || o == delimiteur).map(<[u8]>::trim_ascii) {
        if champ.starts_with(b"\"") {
            return false;
        }
        champs += usize::from(!champ.is_empty());
        cites += usize::from(champ.len() > 1 && champ.starts_with(b"'") && champ.ends_with(b"'"));
    }
    cites * 2 > champs
}
