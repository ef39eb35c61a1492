//! The draft of a questionnaire as a file that a person reads and corrects.

use super::ebauche::EbaucheQuestionnaire;
use super::questionnaire::{Question, TypeQuestion};
use std::fmt::Write as _;

const TETE: &str = "\
# Les questions de ce questionnaire : ébauche devinée d’après les réponses. Relisez-la, puis gardez-la dans
# pipelines/questionnaires, sous le nom de l’« id » de la source (ou nommez-la dans le pipeline :
# questionnaire = \"nom\").
#
# type : unique (une réponse), multiple (plusieurs), echelle (une note de minimum à maximum), nombre, texte (libre :
#        seul le nombre de réponses compte), grille (plusieurs lignes), commune (celle du répondant).
# cle  : nom court et stable, sans accents ; ne le changez plus une fois les résultats publiés.
# libelle (facultatif) : ce que les pages écrivent à la place de l’en-tête ; options : dans l’ordre des pages.
# Une question qui ne sert pas se supprime.
";

impl EbaucheQuestionnaire {
    /// The draft in TOML, with comments in French; `fichier` is the name of the file that it describes.
    pub fn rediger(&self, fichier: &str) -> String {
        let questionnaire = &self.questionnaire;
        let mut texte = format!("{TETE}#\n# Fichier : {}\n", une_ligne(fichier));
        for entete in &self.ecartees {
            // Writing into a String cannot fail.
            let _ = writeln!(texte, "# Colonne personnelle, jamais lue : {}", une_ligne(entete));
        }
        let _ = write!(
            texte,
            "\ncle = {}\ntitre = {}\npublic = \"\" # qui a répondu : « parents », « assistants maternels »\n",
            guillemets(&questionnaire.cle),
            guillemets(&questionnaire.titre),
        );
        texte.push_str(&self.croisements());
        for question in &questionnaire.questions {
            let doutes = self.doutes.get(&question.cle).map(Vec::as_slice).unwrap_or_default();
            let rares = self.rares.get(&question.cle);
            let est_rare = |libelle: &str| rares.is_some_and(|rares| rares.contains(libelle));
            texte.push_str(&rediger_question(question, doutes, est_rare));
        }
        texte
    }

    fn croisements(&self) -> String {
        let uniques: Vec<String> = self
            .questionnaire
            .questions
            .iter()
            .filter(|q| q.genre == TypeQuestion::Unique)
            .map(|q| guillemets(&q.cle))
            .take(6)
            .collect();
        let mut texte =
            "# Questions « unique » par lesquelles croiser les autres (le profil du répondant)".to_owned();
        if !uniques.is_empty() {
            let _ = write!(texte, " ; possibles : {}", uniques.join(", "));
        }
        texte.push_str("\ncroiser_par = []\n");
        texte
    }
}

fn rediger_question(question: &Question, doutes: &[String], est_rare: impl Fn(&str) -> bool) -> String {
    let mut texte = "\n[[questions]]\n".to_owned();
    for doute in doutes {
        let _ = writeln!(texte, "# À VÉRIFIER : {}", une_ligne(doute));
    }
    let _ = writeln!(texte, "cle = {}", guillemets(&question.cle));
    let _ = writeln!(texte, "entete = {}", guillemets(&question.entete));
    if question.rang > 1 {
        let _ = writeln!(texte, "rang = {}", question.rang);
    }
    // Of which nothing but free words is known, it is free text.
    let sans_option = !question.options.is_empty() && question.options.iter().all(|o| est_rare(&o.libelle));
    let genre = if sans_option { TypeQuestion::Texte } else { question.genre };
    let _ = writeln!(texte, "type = {}", guillemets(genre.mot()));
    for (nom, borne) in [("minimum", question.minimum), ("maximum", question.maximum)] {
        if let Some(borne) = borne {
            let _ = writeln!(texte, "{nom} = {borne}");
        }
    }
    if !question.mots.is_empty() {
        let mots: Vec<String> =
            question.mots.iter().map(|(m, n)| format!("{} = {n}", guillemets(m))).collect();
        let _ = writeln!(texte, "mots = {{ {} }}", mots.join(", "));
    }
    if question.en_colonnes {
        texte.push_str("en_colonnes = true\n");
    }
    if let Some(separateur) = &question.separateur {
        let _ = writeln!(texte, "separateur = {}", guillemets(separateur));
    }
    if !question.lignes.is_empty() {
        texte.push_str("lignes = [\n");
        for ligne in &question.lignes {
            let rang = if ligne.rang > 1 { format!(", rang = {}", ligne.rang) } else { String::new() };
            let (cle, libelle) = (guillemets(&ligne.cle), guillemets(&ligne.libelle));
            let _ = writeln!(texte, "    {{ cle = {cle}, libelle = {libelle}{rang} }},");
        }
        texte.push_str("]\n");
    }
    if !question.options.is_empty() && !sans_option {
        texte.push_str("options = [\n");
        for option in &question.options {
            let (cle, libelle) = (guillemets(&option.cle), guillemets(&option.libelle));
            let diese = if est_rare(&option.libelle) { "# " } else { "" };
            let _ = writeln!(texte, "    {diese}{{ cle = {cle}, libelle = {libelle} }},");
        }
        texte.push_str("]\n");
    }
    texte
}

/// A text as TOML writes it, on one line.
fn guillemets(texte: &str) -> String {
    let mut ecrit = "\"".to_owned();
    for c in texte.chars() {
        match c {
            '"' => ecrit.push_str("\\\""),
            '\\' => ecrit.push_str("\\\\"),
            '\n' => ecrit.push_str("\\n"),
            '\t' => ecrit.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(ecrit, "\\u{:04X}", u32::from(c));
            }
            c => ecrit.push(c),
        }
    }
    ecrit.push('"');
    ecrit
}

fn une_ligne(texte: &str) -> String {
    texte.split_whitespace().collect::<Vec<_>>().join(" ")
}
