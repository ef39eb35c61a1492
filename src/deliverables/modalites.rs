//! What pages call the details of an indicator: those of the catalogue, and the questions and answers of a survey.

use crate::indicators::{Indicateur, ModaliteEnquete, Questionnaire};
use std::collections::BTreeMap;

/// Survey, question, answer, and the respondents among whom; the keys themselves where the questionnaire is
/// not known.
pub(super) fn details_d_enquete(
    questionnaires: &BTreeMap<String, Questionnaire>,
    modalite: &str,
) -> [String; 4] {
    let lue = ModaliteEnquete::lire(modalite);
    let Some(enquete) = questionnaires.get(&lue.questionnaire) else {
        return [modalite.to_owned(), String::new(), String::new(), String::new()];
    };
    let question = |cle: &str| enquete.questions.iter().find(|q| q.cle == cle);
    let posee = lue.question.as_deref().map(|cle| match question(cle) {
        None => cle.to_owned(),
        Some(q) => match &lue.ligne {
            None => q.libelle().to_owned(),
            Some(ligne) => {
                let nom = q.lignes.iter().find(|l| l.cle == *ligne).map_or(ligne.as_str(), |l| &l.libelle);
                format!("{} : {nom}", q.libelle())
            }
        },
    });
    let option = |question_cle: &str, cle: &str| {
        question(question_cle).map_or_else(|| cle.to_owned(), |q| q.libelle_option(cle).to_owned())
    };
    let reponse = lue.option.as_deref().map(|cle| option(lue.question.as_deref().unwrap_or_default(), cle));
    let parmi = lue.profil.as_ref().map(|(q, o)| {
        let nom = question(q).map_or(q.as_str(), |q| q.libelle());
        format!("{nom} : {}", option(q, o))
    });
    [
        enquete.titre.clone(),
        posee.unwrap_or_default(),
        reponse.unwrap_or_default(),
        parmi.unwrap_or_else(|| "tous les répondants".to_owned()),
    ]
}

/// What a list calls a detail, and under which title.
pub(crate) fn nommer(
    questionnaires: &BTreeMap<String, Questionnaire>,
    entree: &Indicateur,
    modalite: &str,
) -> (String, String) {
    if entree.entrees != ["questionnaire"] {
        let libelle = if modalite.is_empty() { "Ensemble" } else { entree.libelle_modalite(modalite) };
        return (String::new(), libelle.to_owned());
    }
    let [enquete, question, reponse, parmi] = details_d_enquete(questionnaires, modalite);
    let tous = ModaliteEnquete::lire(modalite).profil.is_none();
    let parmi = if tous || parmi.is_empty() { String::new() } else { format!(" (parmi\u{a0}: {parmi})") };
    match (question.is_empty(), reponse.is_empty()) {
        (true, _) => (String::new(), format!("{enquete}{parmi}")),
        (false, true) => (enquete, format!("{question}{parmi}")),
        (false, false) => (format!("{enquete}\u{a0}: {question}"), format!("{reponse}{parmi}")),
    }
}
