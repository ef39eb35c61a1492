//! Fingerprints of files.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Result};
use std::path::Path;

/// A file and its fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Empreinte {
    /// Path as the pipeline or the report names it.
    pub fichier: String,
    /// Size in bytes.
    pub octets: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

/// The fingerprint of a file.
///
/// # Errors
/// If the file cannot be read.
pub fn empreinte(chemin: &Path, nom: &str) -> Result<Empreinte> {
    let mut fichier = File::open(chemin)?;
    let mut hachage = Sha256::new();
    let mut tampon = vec![0; 64 * 1024];
    let mut octets = 0;
    loop {
        let lus = fichier.read(&mut tampon)?;
        if lus == 0 {
            break;
        }
        hachage.update(&tampon[..lus]);
        octets += lus as u64;
    }
    let sha256 = hex::encode(hachage.finalize());
    Ok(Empreinte { fichier: nom.to_owned(), octets, sha256 })
}
