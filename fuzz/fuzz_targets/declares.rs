//! Any bytes as a pipeline, as the lists of communes of Insee, as a composition of EPCI, as a file fetched by hand.
#![no_main]

use libfuzzer_sys::fuzz_target;
use observatoire::open_data::reconnaitre;
use observatoire::pipeline::Declaration;
use observatoire::sources::cog;
use std::io::Write;

fuzz_target!(|octets: &[u8]| {
    let Ok(mut fichier) = tempfile::NamedTempFile::new() else { return };
    if fichier.write_all(octets).is_err() {
        return;
    }
    let chemin = fichier.path();
    if let Ok(declaration) = Declaration::lire(chemin) {
        let _ = (declaration.nom(), declaration.demande());
    }
    let _ = cog::lire_cog(chemin, chemin, None);
    let _ = cog::populations_legales(chemin);
    let _ = cog::composition_epci(chemin, "200072882");
    let _ = reconnaitre(chemin);
});
