//! The declarations of questionnaires: read for a run, drafted for a person.

// A problem is made once per file: its size does not matter.
#![allow(clippy::result_large_err)]

use super::SourceDeclaree;
use crate::quality::{Lieu, Motif, Probleme};
use crate::sources::disposition::Disposition;
use crate::sources::lecture;
use crate::tables::{EbaucheQuestionnaire, Questionnaire};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Folder of the declarations, beside the pipelines.
const DOSSIER: &str = "questionnaires";

/// A drafted declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionnaireEbauche {
    /// The file to write.
    pub texte: String,
    /// How many questions it has.
    pub questions: usize,
    /// How many of them are marked « À VÉRIFIER ».
    pub a_verifier: usize,
    /// Columns of persons, left out.
    pub ecartees: usize,
}

/// The declaration of a source: the one that the pipeline names, else the one named as the source is, if there is
/// such a file.
///
/// # Errors
/// If the file named is not there, or is no declaration.
pub(super) fn declare(dossier: &Path, source: &SourceDeclaree) -> Result<Option<Questionnaire>, Probleme> {
    let nom = nom(source);
    let chemin = chemin(dossier, source);
    let affiche = format!("pipelines/{DOSSIER}/{nom}.toml");
    let illisible =
        |detail: &str| Probleme::new(Motif::QuestionnaireIllisible, Lieu::fichier(&affiche), detail);
    match std::fs::read(&chemin) {
        Ok(octets) => Questionnaire::lire(&octets, &affiche).map(Some),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && source.questionnaire.is_none() => Ok(None),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let declarations = declarations(dossier);
            let autres = match declarations.as_slice() {
                [] => String::new(),
                noms => format!(" ; déclarations qui y sont : {}", noms.join(", ")),
            };
            Err(illisible(&format!("rien n’est à cet endroit{autres}")))
        }
        Err(_) => Err(illisible("le droit de le lire manque")),
    }
}

/// The names of the declarations that a pipeline may name.
fn declarations(dossier: &Path) -> Vec<String> {
    let fichiers = std::fs::read_dir(dossier.join(DOSSIER)).into_iter().flatten().flatten();
    let declarations = fichiers.map(|f| f.path()).filter(|f| f.extension().is_some_and(|e| e == "toml"));
    let noms = declarations.filter_map(|f| Some(format!("« {} »", f.file_stem()?.to_string_lossy())));
    let mut noms: Vec<String> = noms.collect();
    noms.sort_unstable();
    noms
}

fn nom(source: &SourceDeclaree) -> &str {
    source.questionnaire.as_deref().unwrap_or(&source.id)
}

/// Where the declaration of a source is, or would be.
pub(super) fn chemin(dossier: &Path, source: &SourceDeclaree) -> PathBuf {
    dossier.join(DOSSIER).join(format!("{}.toml", nom(source)))
}

/// Guesses the questions of a file of answers. `cle` is the short name of the questionnaire.
///
/// # Errors
/// If the file cannot be read, or holds no table.
pub fn ebaucher_questionnaire(
    fichier: &Path,
    feuille: Option<&str>,
    cle: &str,
) -> Result<QuestionnaireEbauche, Probleme> {
    let nom = fichier.file_name().map_or_else(|| "fichier".into(), |n| n.to_string_lossy().into_owned());
    let grilles = lecture::lire(fichier, &nom)?;
    let tableau = Disposition::libre().reconnaitre(grilles, feuille, &BTreeMap::new())?;
    let titre = cle.replace(['_', '-'], " ");
    let ebauche = EbaucheQuestionnaire::deviner(&tableau, cle, &titre);
    Ok(QuestionnaireEbauche {
        texte: ebauche.rediger(&nom),
        questions: ebauche.questionnaire.questions.len(),
        a_verifier: ebauche.doutes.len(),
        ecartees: ebauche.ecartees.len(),
    })
}
