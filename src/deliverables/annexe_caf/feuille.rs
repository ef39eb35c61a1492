//! The annex as sheets: one for each table, ruled as the form.

use super::{Annexe, Case, Tableau};
use crate::deliverables::tableur::{Bloc, Cellule, Feuille, Parties};

/// One sheet for each table.
pub(super) fn feuilles(annexe: &Annexe) -> Vec<Feuille> {
    annexe.tableaux.iter().map(|tableau| feuille(annexe, tableau)).collect()
}

fn feuille(annexe: &Annexe, tableau: &Tableau) -> Feuille {
    let titres = Bloc {
        lignes: vec![
            vec![Cellule::Titre(tableau.titre.to_owned())],
            vec![Cellule::Note(annexe.titre.clone())],
        ],
        ..Bloc::default()
    };
    let lignes = tableau.lignes.iter().map(|ligne| ligne.iter().map(cellule).collect()).collect();
    let table = Bloc { entetes: tableau.entetes.clone(), lignes, encadre: true };
    let notes = tableau.notes().into_iter().map(|note| vec![Cellule::Note(note)]).collect();
    let note = Bloc { lignes: notes, ..Bloc::default() };
    let mut largeurs = vec![16.0; tableau.entetes.len()];
    for (colonne, (largeur, entete)) in largeurs.iter_mut().zip(&tableau.entetes).enumerate() {
        match entete.as_str() {
            "Source" | "Remarque" | "Pertinence du projet" => *largeur = 46.0,
            "Année" => *largeur = 9.0,
            _ if colonne == 0 => *largeur = 52.0,
            _ => {}
        }
    }
    // The tab holds 31 characters.
    let nom: String =
        tableau.titre.replace("Offre d’accueil par des assistants maternels", "Offre par des AM");
    Feuille { nom, largeurs, blocs: vec![titres, table, note], paysage: true, ..Feuille::default() }
}

fn en_toutes_lettres((connues, attendues): (u32, u32)) -> Parties {
    Parties { connues, attendues, en_bref: false }
}

fn cellule(case: &Case) -> Cellule {
    match case {
        Case::Vide => Cellule::Vide,
        Case::Texte(texte) => Cellule::Texte(texte.clone()),
        Case::Annee(annee) => Cellule::Annee(*annee),
        Case::Nombre { .. } if case.est_un_zero_partiel() => {
            Cellule::Absent(format!("{} ({})", case.en_clair(), case.parties()))
        }
        Case::Nombre { valeur, estime, parties } => Cellule::Nombre {
            valeur: *valeur,
            decimales: 0,
            estime: *estime,
            parties: Some(en_toutes_lettres(*parties)),
        },
        Case::Pourcent { valeur, estime, parties } => Cellule::Pourcent {
            valeur: *valeur,
            decimales: 1,
            estime: *estime,
            parties: Some(en_toutes_lettres(*parties)),
        },
        Case::Ecart(valeur) => Cellule::Ecart { valeur: *valeur, decimales: 0, parties: None },
        // A difference of two shares is no share: points of percentage, as words.
        Case::EcartEnPoints(_)
        | Case::NonDisponible
        | Case::SansObjet
        | Case::Retenu
        | Case::NonComparable => Cellule::Absent(case.en_clair()),
    }
}
