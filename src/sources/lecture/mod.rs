//! From a file to grids of text cells.
//!
//! What a file is, its first bytes say; its name is only a hint. [`lire`] never fails in part: it
//! gives every sheet that holds something, or one problem that says what was found instead.

// A problem is made once per file: its size does not matter.
#![allow(clippy::result_large_err)]

mod classeur;
mod csv;
mod encodage;
mod json;
mod limites;
mod masquees;
mod parquet;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::grille::Grille;
use crate::quality::{Lieu, Motif, Probleme};

/// Text files beyond this are refused: nothing that an office sends comes near.
const TAILLE_MAX: u64 = 4 << 30;

/// What the first bytes of a file tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    Vide,
    Texte,
    Json,
    Xlsx,
    Xlsb,
    Ods,
    Parquet,
    /// The container of xls, and of workbooks with a password.
    Ole,
    /// Something that is no table, said in French.
    Autre(&'static str),
}

/// Reads a file as grids of text: one per sheet of a workbook that has a filled cell, one for a csv
/// or a JSON file. `nom_affiche` is how the pipeline names the file; every [`Lieu`] carries it.
///
/// # Errors
/// A problem about the whole file: `FichierAbsent`, `FichierIllisible` or `FichierVide`.
pub fn lire(chemin: &Path, nom_affiche: &str) -> Result<Vec<Grille>, Probleme> {
    let illisible = |detail: &str| Probleme::new(Motif::FichierIllisible, Lieu::fichier(nom_affiche), detail);
    let erreur = |e: io::Error| match e.kind() {
        io::ErrorKind::NotFound => {
            Probleme::new(Motif::FichierAbsent, Lieu::fichier(nom_affiche), "rien n’est à cet endroit")
        }
        io::ErrorKind::PermissionDenied => illisible("le droit de lire ce fichier manque"),
        _ => illisible("le disque n’a pas pu être lu"),
    };
    let vide = |detail: String| Probleme::new(Motif::FichierVide, Lieu::fichier(nom_affiche), detail);

    let meta = std::fs::metadata(chemin).map_err(erreur)?;
    if meta.is_dir() {
        return Err(illisible("c’est un dossier et non un fichier"));
    }
    if meta.len() > TAILLE_MAX {
        return Err(illisible("le fichier dépasse 4 Go"));
    }
    let nature = nature(chemin).map_err(erreur)?;
    let grilles = match nature {
        Nature::Vide => return Err(vide(octets(meta.len()))),
        Nature::Autre(quoi) => return Err(illisible(quoi)),
        Nature::Texte => vec![csv::lire(chemin, nom_affiche)?],
        Nature::Json => match json::lire(chemin, nom_affiche) {
            // A csv may begin with a bracket: its name then decides.
            Err(_) if est_nomme_texte(chemin) => vec![csv::lire(chemin, nom_affiche)?],
            grille => vec![grille?],
        },
        Nature::Parquet => vec![parquet::lire(chemin, nom_affiche)?],
        Nature::Xlsx | Nature::Xlsb | Nature::Ods | Nature::Ole => {
            classeur::lire(chemin, nom_affiche, nature)?
        }
    };
    let pleines: Vec<Grille> = grilles.into_iter().filter(|g| g.hauteur() > 0).collect();
    if pleines.is_empty() {
        return Err(vide(format!("{}, mais aucune cellule remplie", octets(meta.len()))));
    }
    Ok(pleines)
}

fn octets(taille: u64) -> String {
    format!("{taille} octet{}", if taille < 2 { "" } else { "s" })
}

fn est_nomme_texte(chemin: &Path) -> bool {
    chemin.extension().is_some_and(|e| ["csv", "txt", "tsv"].iter().any(|t| e.eq_ignore_ascii_case(t)))
}

fn contient(octets: &[u8], motif: &[u8]) -> bool {
    octets.windows(motif.len()).any(|fenetre| fenetre == motif)
}

fn nature(chemin: &Path) -> io::Result<Nature> {
    let mut fichier = File::open(chemin)?;
    let mut tete = Vec::new();
    (&mut fichier).take(4096).read_to_end(&mut tete)?;
    if tete.is_empty() {
        return Ok(Nature::Vide);
    }
    if tete.starts_with(b"PK") {
        return nature_du_zip(&mut fichier, &tete);
    }
    if let Some(quoi) = SIGNATURES.iter().find_map(|(s, quoi)| tete.starts_with(s).then_some(*quoi)) {
        return Ok(quoi);
    }
    let sans_bom = tete.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&tete);
    let debut: Vec<u8> = sans_bom
        .iter()
        .skip_while(|o| o.is_ascii_whitespace())
        .take(64)
        .map(u8::to_ascii_lowercase)
        .collect();
    Ok(match debut.first() {
        Some(b'{' | b'[') => Nature::Json,
        Some(b'<') if debut.starts_with(b"<?xml") => Nature::Autre(
            "le fichier est du XML : ouvrez-le dans le tableur et enregistrez-le au format xlsx",
        ),
        Some(b'<')
            if [&b"<html"[..], b"<!doctype", b"<table", b"<meta", b"<head"]
                .iter()
                .any(|b| debut.starts_with(b)) =>
        {
            Nature::Autre("le fichier est une page web, même si son nom dit autre chose")
        }
        _ => Nature::Texte,
    })
}

/// First bytes that say what a file is, whatever its name.
const SIGNATURES: [(&[u8], Nature); 9] = [
    (b"PAR1", Nature::Parquet),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Nature::Ole),
    (b"%PDF", Nature::Autre("le fichier commence comme un PDF")),
    (b"\x89PNG", Nature::Autre("le fichier est une image PNG")),
    (b"\xFF\xD8\xFF", Nature::Autre("le fichier est une image JPEG")),
    (b"\x1F\x8B", Nature::Autre("le fichier est comprimé (gzip) : il faut d’abord le décomprimer")),
    (b"7z\xBC\xAF", Nature::Autre("le fichier est une archive 7z : il faut d’abord la décomprimer")),
    (b"Rar!", Nature::Autre("le fichier est une archive rar : il faut d’abord la décomprimer")),
    (b"{\\rtf", Nature::Autre("le fichier est un texte mis en forme (rtf) et non un tableau")),
];

/// What every whole zip ends with.
const FIN_DE_ZIP: &[u8] = b"PK\x05\x06";

/// A zip holds xlsx, xlsb, ods, or something else: the names at its end tell.
fn nature_du_zip(fichier: &mut File, tete: &[u8]) -> io::Result<Nature> {
    let taille = fichier.seek(SeekFrom::End(0))?;
    fichier.seek(SeekFrom::Start(taille.saturating_sub(256 << 10)))?;
    let mut queue = Vec::new();
    fichier.read_to_end(&mut queue)?;
    let nomme = |nom: &[u8]| contient(&queue, nom) || contient(tete, nom);
    Ok(if nomme(b"xl/workbook.bin") {
        Nature::Xlsb
    } else if nomme(b"xl/workbook.xml") {
        Nature::Xlsx
    } else if nomme(b"opendocument.spreadsheet") {
        Nature::Ods
    } else if nomme(b"word/document.xml") || nomme(b"opendocument.text") {
        Nature::Autre("le fichier est un document de traitement de texte et non un tableau")
    } else if nomme(b"[Content_Types].xml") || !contient(&queue, FIN_DE_ZIP) {
        Nature::Autre("le classeur est incomplet ou endommagé : l’envoi a sans doute été coupé")
    } else {
        Nature::Autre("le fichier est une archive zip : il faut d’abord la décomprimer")
    })
}

#[cfg(test)]
mod tests;
