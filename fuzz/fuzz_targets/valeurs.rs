//! Any text as a cell: every parser of values.
#![no_main]

use libfuzzer_sys::fuzz_target;
use observatoire::sources::valeurs;

fuzz_target!(|texte: &str| {
    let _ = valeurs::date(texte);
    let _ = valeurs::annee(texte);
    let _ = valeurs::nombre(texte);
    let _ = valeurs::entier(texte);
    let _ = valeurs::compte(texte);
    let _ = valeurs::age(texte);
    let _ = valeurs::oui_non(texte);
    let _ = valeurs::lieu_exercice(texte);
    let _ = valeurs::type_structure(texte);
    let _ = valeurs::financement(texte);
    let _ = valeurs::gestionnaire(texte);
    let _ = valeurs::code_postal_et_commune(texte);
    if let Ok(capacite) = valeurs::capacite(texte) {
        assert!((1..=6).contains(&capacite.places) && capacite.dont_periscolaire <= capacite.places);
    }
});
