//! Any bytes as a file: every reader, every layout. What a file is, its content says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use observatoire::sources::disposition::Disposition;
use observatoire::sources::{Genre, contours, lecture};
use std::collections::BTreeMap;
use std::io::Write;

fuzz_target!(|octets: &[u8]| {
    let Ok(mut fichier) = tempfile::NamedTempFile::new() else { return };
    if fichier.write_all(octets).is_err() {
        return;
    }
    let _ = contours::lire_contours(fichier.path());
    let Ok(grilles) = lecture::lire(fichier.path(), "essai") else { return };
    for genre in Genre::TOUS {
        let Ok(disposition) = Disposition::connue(genre.mot()) else { continue };
        if let Ok(tableau) = disposition.reconnaitre(grilles.clone(), None, &BTreeMap::new()) {
            assert_eq!(tableau.total as usize, tableau.hauteur() + tableau.ecartees.len());
        }
    }
});
