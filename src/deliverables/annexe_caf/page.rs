//! The annex as pages, to be joined to the form.

use super::{Annexe, Case, FICHIER_PDF};
use crate::deliverables::look;
use crate::deliverables::pages::{Base, Cellule, Document};
use crate::deliverables::{Contexte, ErreurLivrable};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What the template says.
#[derive(Debug, Serialize)]
struct Page<'a> {
    base: Base,
    territoire: &'a str,
    annee: i32,
    jour: String,
    tableaux: Vec<Tableau<'a>>,
}

#[derive(Debug, Serialize)]
struct Tableau<'a> {
    titre: &'a str,
    entetes: &'a [String],
    /// For each column: `long` (sentences), `mot` (a few words) or `nombre`.
    colonnes: Vec<&'static str>,
    lignes: Vec<Vec<Cellule>>,
    note: String,
}

/// Writes the pages; gives their path.
pub(super) fn ecrire(
    annexe: &Annexe,
    contexte: &Contexte<'_>,
    dossier: &Path,
) -> Result<Vec<PathBuf>, ErreurLivrable> {
    let description = "Tableaux de la mission 3 du formulaire d’évaluation du relais".to_owned();
    let page = Page {
        base: Base::new(contexte, super::titre(contexte), description).a_envoyer(),
        territoire: contexte.territoire,
        annee: contexte.annee,
        jour: look::date(contexte.date),
        tableaux: annexe.tableaux.iter().map(tableau).collect(),
    };
    let document = Document {
        modele: "annexe-caf.typ",
        donnees: &page,
        images: contexte.apparence.images(),
        date: contexte.date,
        identifiant: format!("annexe-caf {} {}", contexte.code_territoire, contexte.annee),
    };
    document.ecrire(contexte.reprises, dossier, FICHIER_PDF)
}

fn tableau(tableau: &super::Tableau) -> Tableau<'_> {
    Tableau {
        titre: tableau.titre,
        entetes: &tableau.entetes,
        colonnes: tableau.entetes.iter().enumerate().map(|(rang, nom)| largeur(rang, nom)).collect(),
        lignes: tableau.lignes.iter().map(|ligne| ligne.iter().map(cellule).collect()).collect(),
        note: tableau.notes().join(" "),
    }
}

fn largeur(rang: usize, entete: &str) -> &'static str {
    match entete {
        "Année" => "nombre",
        "Source" | "Remarque" | "Pertinence du projet" => "long",
        "Source demandée" | "Type de service" | "Territoire envisagé" => "mot",
        _ if rang == 0 => "long",
        _ => "nombre",
    }
}

fn cellule(case: &Case) -> Cellule {
    let cellule = Cellule::new(case.en_clair()).de(case.parties());
    match case {
        _ if case.est_un_zero_partiel() => cellule.en("pale"),
        Case::Nombre { estime: true, .. } | Case::Pourcent { estime: true, .. } => cellule.en("italique"),
        Case::NonDisponible | Case::SansObjet | Case::Retenu | Case::NonComparable => cellule.en("pale"),
        _ => cellule,
    }
}
