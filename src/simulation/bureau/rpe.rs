//! The yearly counts that the relais keeps of its own activity, as Vie et Boulogne printed them.

use super::super::ErreurSimulation;
use super::tableur::{Encodage, csv, ligne};

const BILAN: &str = "RPE, bilan d'activité";
const MONENFANT: &str = "RPE, relevé monenfant.fr";

/// Measure, source, and its values by year.
type Mesure = (&'static str, &'static str, &'static [(i32, u32)]);

const MESURES: [Mesure; 13] = [
    ("archivages", BILAN, &[(2018, 50), (2019, 51), (2020, 46), (2021, 43), (2022, 54), (2023, 48)]),
    ("arrivees", BILAN, &[(2018, 7), (2019, 8), (2020, 16), (2021, 15), (2022, 14), (2023, 12)]),
    ("am_inscrits_monenfant", MONENFANT, &[(2022, 186), (2024, 258)]),
    ("am_reference_monenfant", MONENFANT, &[(2022, 370), (2024, 307)]),
    ("recherches_mode_accueil", BILAN, &[(2023, 454)]),
    ("offres_emploi_relayees", BILAN, &[(2023, 185)]),
    ("contacts_contrat", BILAN, &[(2023, 364)]),
    ("contacts_am_droit", BILAN, &[(2023, 206)]),
    ("candidats_agrement", BILAN, &[(2020, 17), (2023, 57)]),
    ("porteurs_de_projet", BILAN, &[(2023, 41)]),
    ("am_en_formation", BILAN, &[(2023, 58)]),
    ("am_reference_formation", BILAN, &[(2023, 317)]),
    ("am_temps_collectifs", BILAN, &[(2019, 77), (2020, 56), (2021, 75), (2022, 79), (2023, 110)]),
];

/// `annee;mesure;valeur;source`, one row per measure and year.
pub(super) fn fichier() -> Result<Vec<u8>, ErreurSimulation> {
    let mut lignes = vec![ligne!["annee", "mesure", "valeur", "source"]];
    for (mesure, source, valeurs) in MESURES {
        lignes.extend(valeurs.iter().map(|&(annee, valeur)| ligne![annee, mesure, valeur, source]));
    }
    csv("rpe/activite.csv", &lignes, Encodage::Utf8AvecBom)
}
