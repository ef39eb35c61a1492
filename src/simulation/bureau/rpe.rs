//! The yearly counts that the relais keeps of its own activity: those that Vie et Boulogne printed, and others,
//! made up, so that every measure of the form has a value in the last year.

use super::super::ErreurSimulation;
use super::tableur::{Encodage, csv, ligne};

const BILAN: &str = "RPE, bilan d'activité";
const MONENFANT: &str = "RPE, relevé monenfant.fr";

/// Measure, source, and its values by year.
type Mesure = (&'static str, &'static str, &'static [(i32, u32)]);

/// As Vie et Boulogne printed them, under the names that the relais gives to them.
const PUBLIEES: [Mesure; 13] = [
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

/// Made up, under the labels of the form. The 120 who take part in 2023 are the 38 % of 317 that were printed.
const INVENTEES: [Mesure; 40] = [
    ("La recherche d'un mode d'accueil", BILAN, &[(2022, 471), (2024, 439)]),
    ("Le rôle d'employeur ou le contrat de travail", BILAN, &[(2022, 352), (2024, 371)]),
    ("L'accompagnement à la parentalité", BILAN, &[(2022, 24), (2023, 31), (2024, 28)]),
    ("Autres sujets", BILAN, &[(2022, 63), (2023, 58), (2024, 66)]),
    ("Contacts AM, exercice du métier", BILAN, &[(2022, 88), (2023, 95), (2024, 91)]),
    ("Contacts AM, disponibilité d'accueil", BILAN, &[(2022, 140), (2023, 152), (2024, 161)]),
    ("Contacts AM, fonctionnement du Rpe", BILAN, &[(2022, 203), (2023, 187), (2024, 194)]),
    (
        "Contacts AM, statut (droit du travail, contrat, convention collective)",
        BILAN,
        &[(2022, 198), (2024, 211)],
    ),
    ("Contacts AM, informations pédagogiques", BILAN, &[(2022, 47), (2023, 52), (2024, 44)]),
    ("Contacts AM, autres", BILAN, &[(2022, 61), (2023, 70), (2024, 57)]),
    ("Contacts garde à domicile", BILAN, &[(2022, 9), (2023, 12), (2024, 11)]),
    ("Visites", BILAN, &[(2022, 301), (2023, 288), (2024, 312)]),
    ("Appels et courriels", BILAN, &[(2022, 1_640), (2023, 1_702), (2024, 1_655)]),
    ("Offres d'emploi relayées", BILAN, &[(2022, 172), (2024, 168)]),
    ("Demandes en ligne traitées", BILAN, &[(2023, 118), (2024, 143)]),
    ("Séances : ateliers d'éveil", BILAN, &[(2022, 142), (2023, 151), (2024, 149)]),
    ("Séances : animations avec une autre structure", BILAN, &[(2022, 22), (2023, 26), (2024, 25)]),
    ("Séances : fêtes", BILAN, &[(2022, 6), (2023, 7), (2024, 7)]),
    ("Séances : sorties", BILAN, &[(2022, 8), (2023, 9), (2024, 11)]),
    ("Séances : ateliers numériques", BILAN, &[(2022, 2), (2023, 3), (2024, 3)]),
    ("Séances : prêt de matériel", BILAN, &[(2022, 12), (2023, 12), (2024, 12)]),
    ("Séances en distanciel : total", BILAN, &[(2022, 4), (2023, 2), (2024, 2)]),
    ("Professionnels différents : ateliers d'éveil", BILAN, &[(2022, 97), (2023, 104), (2024, 101)]),
    ("Professionnels différents : total", BILAN, &[(2022, 118), (2023, 126), (2024, 124)]),
    ("Enfants différents : ateliers d'éveil", BILAN, &[(2022, 214), (2023, 231), (2024, 219)]),
    ("Enfants différents : total", BILAN, &[(2022, 241), (2023, 262), (2024, 247)]),
    ("Parents différents : total", BILAN, &[(2022, 33), (2023, 41), (2024, 38)]),
    ("AM participant aux temps collectifs", BILAN, &[(2022, 113), (2023, 120), (2024, 119)]),
    ("AM agréés", BILAN, &[(2022, 370), (2023, 317), (2024, 312)]),
    ("AM aux temps collectifs sans enfants", BILAN, &[(2024, 104)]),
    ("AM en formation", BILAN, &[(2022, 51), (2024, 55)]),
    ("Séances d'analyse de la pratique", BILAN, &[(2023, 10), (2024, 12)]),
    ("AM bénéficiaires de l'analyse de la pratique", BILAN, &[(2023, 18), (2024, 21)]),
    ("AM ayant signalé leur sous-activité (A)", BILAN, &[(2022, 14), (2023, 19), (2024, 23)]),
    ("AM en sous-activité accompagnés (B)", BILAN, &[(2022, 12), (2023, 17), (2024, 18)]),
    ("AM ayant retrouvé une activité", BILAN, &[(2022, 7), (2023, 9), (2024, 11)]),
    ("Candidats à l'agrément", BILAN, &[(2022, 44), (2024, 49)]),
    ("Actions de promotion du métier", BILAN, &[(2022, 3), (2023, 4), (2024, 5)]),
    ("Porteurs de projet", BILAN, &[(2022, 35), (2024, 37)]),
    ("Projets accompagnés", BILAN, &[(2022, 11), (2023, 13), (2024, 12)]),
];

/// `annee;mesure;valeur;source`, one row per measure and year.
pub(super) fn fichier() -> Result<Vec<u8>, ErreurSimulation> {
    let mut lignes = vec![ligne!["annee", "mesure", "valeur", "source"]];
    for (mesure, source, valeurs) in PUBLIEES.into_iter().chain(INVENTEES) {
        lignes.extend(valeurs.iter().map(|&(annee, valeur)| ligne![annee, mesure, valeur, source]));
    }
    csv("rpe/activite.csv", &lignes, Encodage::Utf8AvecBom)
}
