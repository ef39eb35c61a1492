//! The counts of the Caf, one file a year, small numbers withheld.

use super::super::{Comptes, ErreurSimulation, Flux, Territoire};
use super::tableur::{Cellule, Encodage, Ligne, csv, ligne};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How the Caf writes that a number is withheld.
const SECRETS: [&str; 5] = ["<5", "nd", "s", "*", ""];

/// One csv a year; the two oldest in cp1252, the others in UTF-8 with its mark.
pub(super) fn fichiers(territoire: &Territoire) -> Result<Vec<(String, Vec<u8>)>, ErreurSimulation> {
    let mut hasard = Flux::Caf.ouvrir(territoire.parametres.graine);
    let mut fichiers = Vec::new();
    for (rang, (annee, comptes)) in territoire.comptes.iter().enumerate() {
        let mut lignes = vec![ligne![
            "Code commune",
            "Commune",
            "Enfants de moins de 3 ans",
            "Enfants 3-5 ans",
            "Enfants de moins de 3 ans dont les parents travaillent",
            "Enfants en EAJE",
            "Enfants gardés par AM",
            "CMG domicile",
            "CMG structure",
            "AM en activité (novembre)",
        ]];
        for (i, commune) in territoire.communes_par_code() {
            let mut ligne = ligne![commune.code.to_string(), commune.nom.as_str()];
            ligne.extend(compteurs(&mut hasard, &comptes[i]));
            lignes.push(ligne);
        }
        let encodage = if rang < 2 { Encodage::Cp1252 } else { Encodage::Utf8AvecBom };
        let chemin = format!("caf/imaje_{annee}.csv");
        fichiers.push((chemin.clone(), csv(&chemin, &lignes, encodage)?));
    }
    Ok(fichiers)
}

fn compteurs(hasard: &mut ChaCha8Rng, comptes: &Comptes) -> Ligne {
    [
        comptes.enfants_0_2,
        comptes.enfants_3_5,
        comptes.enfants_0_2_parents_actifs,
        comptes.enfants_eaje,
        comptes.enfants_am,
        comptes.enfants_cmg_domicile,
        comptes.enfants_cmg_structure,
        comptes.am_actifs,
    ]
    .map(|nombre| match nombre {
        1..5 => SECRETS[hasard.random_range(0..SECRETS.len())].into(),
        _ => Cellule::from(nombre),
    })
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::super::super::Parametres;
    use super::*;

    #[test]
    fn les_petits_nombres_sont_retenus_et_le_reste_est_exact() {
        let territoire = Territoire::imaginer(&Parametres::demo(2024)).expect("territoire");
        let mut retenus = 0;
        for ((_, octets), (_, comptes)) in
            fichiers(&territoire).expect("fichiers").iter().zip(&territoire.comptes)
        {
            let texte = match std::str::from_utf8(octets) {
                Ok(texte) => texte.trim_start_matches('\u{feff}').to_owned(),
                Err(_) => encoding_rs::WINDOWS_1252.decode(octets).0.into_owned(),
            };
            for (ligne, (i, commune)) in texte.lines().skip(1).zip(territoire.communes_par_code()) {
                let cellules: Vec<&str> = ligne.split(';').collect();
                assert_eq!(cellules[..2], [commune.code.as_str(), commune.nom.as_str()]);
                if let Ok(actifs) = cellules[9].parse::<u32>() {
                    assert!(actifs == comptes[i].am_actifs && !(1..5).contains(&actifs));
                } else {
                    assert!(SECRETS.contains(&cellules[9]));
                    retenus += 1;
                }
            }
        }
        assert!(retenus >= 12, "{retenus} effectifs d’AM retenus");
    }
}
