//! What the surveys say of a commune: question by question, the answer most given in the territory, here and there.

use crate::deliverables::look::{self, ESPACE_INSECABLE};
use crate::deliverables::pages::{Cellule, Groupe, Releve, Tableau};
use crate::disclosure::SEUIL;
use crate::indicators::{Niveau, Question, Questionnaire, TypeQuestion, indicateur};

/// Questions shown for a survey.
const QUESTIONS: usize = 4;

/// A row for each question of which the commune's answers may be shown; no rows if there are none.
pub(super) fn tableau(mut releve: Releve<'_>) -> Tableau {
    let contexte = releve.contexte;
    let mut territoire = Releve::new(contexte, Niveau::Territoire, contexte.code_territoire);
    let mut groupes = Vec::new();
    for (cle, questionnaire) in contexte.questionnaires {
        let Some((annee, repondants)) = derniere_enquete(&releve, cle) else { continue };
        let enquete = Enquete { cle, annee };
        let lignes: Vec<Vec<Cellule>> = questionnaire
            .questions
            .iter()
            .filter_map(|question| enquete.ligne(question, &mut releve, &mut territoire))
            .take(QUESTIONS)
            .collect();
        if !lignes.is_empty() {
            groupes.push(Groupe { titre: titre(questionnaire, repondants), lignes });
        }
    }
    releve.joindre(territoire);
    Tableau {
        titre: "Ce que disent les enquêtes".to_owned(),
        entetes: vec![
            "Question, et la réponse la plus donnée dans le territoire".to_owned(),
            "Commune".to_owned(),
            "Territoire".to_owned(),
        ],
        groupes,
        note: releve.note(),
        source: releve.source(),
    }
}

/// The last year in which the number of respondents of the commune is known; of fewer than five, an answer is no result,
/// whoever reads it.
fn derniere_enquete(releve: &Releve<'_>, cle: &str) -> Option<(i32, f64)> {
    let contexte = releve.contexte;
    let serie = contexte.table.serie(releve.niveau, releve.code, "enquete_repondants", cle);
    let mut connues = serie.iter().rev().filter(|f| f.annee <= contexte.annee && f.statut.est_connu());
    connues.find_map(|f| Some((f.annee, f.valeur.filter(|v| *v >= SEUIL)?)))
}

fn titre(questionnaire: &Questionnaire, repondants: f64) -> String {
    let repondants = look::compter(repondants, "répondant", "répondants");
    format!("{}{ESPACE_INSECABLE}: {repondants} dans la commune", questionnaire.titre)
}

struct Enquete<'a> {
    cle: &'a str,
    annee: i32,
}

impl Enquete<'_> {
    /// Question, commune, territory; none if the question has no figure to show, or that of the commune is not
    /// known.
    fn ligne(
        &self,
        question: &Question,
        releve: &mut Releve<'_>,
        territoire: &mut Releve<'_>,
    ) -> Option<Vec<Cellule>> {
        let libelle = question.libelle.as_deref().unwrap_or(&question.entete);
        let base = format!("{}/{}", self.cle, question.cle);
        let (id, modalite, texte) = match question.genre {
            TypeQuestion::Unique | TypeQuestion::Multiple => {
                let (modalite, option) = self.plus_donnee(question, &base, territoire)?;
                let lien = if libelle.ends_with('?') { "" } else { "\u{a0}:" };
                let option = format!("{libelle}{lien} «{ESPACE_INSECABLE}{option}{ESPACE_INSECABLE}»");
                ("enquete_reponses", modalite, option)
            }
            TypeQuestion::Echelle => {
                let sur = question.maximum.map_or_else(String::new, |m| format!(", sur {m}"));
                ("enquete_moyenne", base, format!("{libelle} (note moyenne{sur})"))
            }
            TypeQuestion::Nombre => ("enquete_moyenne", base, format!("{libelle} (moyenne)")),
            TypeQuestion::Texte | TypeQuestion::Grille | TypeQuestion::Commune => return None,
        };
        let indicateur = indicateur(id)?;
        releve.valeur(id, &modalite, self.annee)?;
        // A mean of the commune beside one that the territory withholds says nothing that can be compared.
        territoire.valeur(id, &modalite, self.annee)?;
        let cellule = |releve: &mut Releve<'_>| {
            let figure = releve.lire(id, &modalite, self.annee);
            let cellule = releve.cellule(indicateur, &modalite, self.annee);
            // Not all respondents answer each question.
            match figure.numerateur.zip(figure.denominateur).filter(|_| id == "enquete_reponses") {
                Some((choisie, repondu)) => cellule.de(format!(
                    "{} sur {}",
                    look::nombre(choisie, 0),
                    look::compter(repondu, "réponse", "réponses")
                )),
                None => cellule,
            }
        };
        Some(vec![Cellule::new(texte), cellule(releve).en_valeur(), cellule(territoire)])
    }

    /// The option that most respondents of the territory gave, where the count of none is withheld.
    fn plus_donnee<'q>(
        &self,
        question: &'q Question,
        base: &str,
        territoire: &Releve<'_>,
    ) -> Option<(String, &'q str)> {
        let mut premiere: Option<(f64, String, &str)> = None;
        for option in &question.options {
            let modalite = format!("{base}/{}", option.cle);
            let valeur = territoire.valeur("enquete_reponses", &modalite, self.annee)?;
            if premiere.as_ref().is_none_or(|(plus_haute, ..)| valeur > *plus_haute) {
                premiere = Some((valeur, modalite, option.libelle.as_str()));
            }
        }
        premiere.map(|(_, modalite, libelle)| (modalite, libelle))
    }
}
