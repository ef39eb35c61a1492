//! Any two texts as the name and the code of a commune: what is certain is of the territory.
#![no_main]

use libfuzzer_sys::fuzz_target;
use observatoire::territory::rapprochement::{Rapprochement, Rapprocheur};
use observatoire::territory::{CodeCommune, Membre, Perimetre};
use std::collections::BTreeMap;

fuzz_target!(|textes: (&str, &str)| {
    let membres = [("96001", "Aubrelonde"), ("96012", "Saint-Aubrin-sur-Vendrelle"), ("96009", "Oux")]
        .into_iter()
        .filter_map(|(code, nom)| {
            let (code, _) = CodeCommune::lire(code).ok()?;
            Some(Membre { code, nom: nom.to_owned(), depuis: None, jusqu_a: None, population: None })
        });
    let perimetre = Perimetre::new("249600013", "CC du Pays de Vendrelle", membres.collect());
    let correspondances = BTreeMap::new();
    let rapprocheur = Rapprocheur::new(&perimetre, None, &correspondances);
    if let Rapprochement::Certain { code, .. } = rapprocheur.rapprocher(Some(textes.0), Some(textes.1)) {
        assert!(perimetre.membre(code).is_some());
    }
});
