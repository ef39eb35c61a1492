//! The same inputs give the same bytes. Only the journal differs, by its durations.

use crate::commun::{Muet, options, racine};
use observatoire::pipeline::lancer;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn octets() -> BTreeMap<PathBuf, Vec<u8>> {
    let dossier = tempfile::tempdir().unwrap();
    let compte_rendu =
        lancer(&racine().join("pipelines/demo.toml"), &options(dossier.path()), &Muet).unwrap();
    let lire = |f: &PathBuf| (f.clone(), std::fs::read(compte_rendu.dossier.join(f)).unwrap());
    compte_rendu.fichiers.iter().filter(|f| !f.ends_with("journal.json")).map(lire).collect()
}

#[test]
fn deux_lancements_donnent_les_memes_octets() {
    // Each run makes its own key of pseudonyms: the figures do not depend on it.
    let (premier, second) = (octets(), octets());
    assert_eq!(premier.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (fichier, contenu) in &premier {
        assert!(second[fichier] == *contenu, "{} diffère", fichier.display());
    }
}
