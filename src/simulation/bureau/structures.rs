//! The list of structures that the coordinator of the territory keeps by hand, in an ods.

use super::super::{Genre, Structure, Territoire};
use super::tableur::{Cellule, Feuille, Ligne, francaise, ligne, ods};

/// The ods: a title line, the header, the structures, a note.
pub(super) fn fichier(territoire: &Territoire) -> Vec<u8> {
    ods(&Feuille { nom: "Structures".to_owned(), lignes: lignes(territoire), titres_fusionnes: 0 })
}

pub(super) fn lignes(territoire: &Territoire) -> Vec<Ligne> {
    let mut lignes = vec![
        ligne![format!(
            "Structures d'accueil du jeune enfant — situation au 31/12/{}",
            territoire.parametres.derniere_annee()
        )],
        vec![],
        ligne![
            "Type",
            "Nom",
            "Commune",
            "Adresse",
            "Places",
            "Financement (PSU/PAJE)",
            "Gestionnaire",
            "Ouverture",
            "Fermeture",
            "Latitude",
            "Longitude",
        ],
    ];
    lignes.extend(territoire.structures.iter().enumerate().map(|(rang, s)| rangee(territoire, rang, s)));
    lignes.push(vec![]);
    lignes.push(ligne!["Les places d'une MAM sont celles des agréments de ses assistants maternels."]);
    lignes
}

fn rangee(territoire: &Territoire, rang: usize, structure: &Structure) -> Ligne {
    // The same word is not written the same way by each person who fills in the sheet.
    let (genre, financement, gestionnaire) = match structure.genre {
        Genre::MultiAccueil => (["Multi-accueil", "Multi accueil"][rang % 2], "PSU", "Public"),
        Genre::MicroCreche => (["Micro-crèche", "micro crèche", "MICRO-CRECHE"][rang % 3], "PAJE", "Privé"),
        Genre::Mam => ("MAM", "", "Associatif"),
    };
    let commune = &territoire.communes[structure.commune];
    // One row in five has its coordinates as text, with the comma of a French keyboard.
    let degres = |valeur: f64| match rang % 5 {
        4 => valeur.to_string().replace('.', ",").into(),
        _ => Cellule::Nombre(valeur),
    };
    vec![
        genre.into(),
        structure.nom.as_str().into(),
        commune.nom.as_str().into(),
        structure.adresse.as_str().into(),
        structure.places.into(),
        financement.into(),
        gestionnaire.into(),
        Cellule::Date(structure.ouverture),
        structure.fermeture.map_or(Cellule::Vide, |jour| francaise(jour).into()),
        degres(structure.position.y()),
        degres(structure.position.x()),
    ]
}
