//! Surveys: per question the number asked and answering, the share of each option, the mean of a scale; by
//! commune and by profile of the respondent.
//!
//! # What the rows mean (for disclosure)
//! Every figure is about persons: all are [`Sensibilite::Sensible`]. `niveau` is `territoire` for all respondents
//! and `commune` for those of a commune. `modalite` is a [`ModaliteEnquete`]; after `@` stands the profile to
//! which the respondents are restricted. `annee` is that of the source's date. Persons stand in:
//! - `enquete_repondants` (`<questionnaire>`): `valeur`, the respondents. By commune they add up to the territory,
//!   less those who are not placed; by profile likewise, less those who did not answer the profile's question.
//! - `enquete_taux_reponse` (`<questionnaire>/<question>`): `numerateur` answering, `denominateur` asked. Those who did not
//!   answer are protected like any group where the question may be only for those who gave a certain answer to another one:
//!   its silences are then those who did not give it.
//! - `enquete_reponses` (`<questionnaire>/<question>/<option>`): `numerateur` who gave that option, `denominateur`
//!   who answered the question, the same for each of its options. The numerators of a single choice, of a scale or
//!   of the line of a grid add up to the denominator (with the option `autre_reponse`, present if somebody gave
//!   one); those of a multiple choice do not: each option counts once per respondent.
//! - `enquete_moyenne` (`<questionnaire>/<question>`): `denominateur` persons, `numerateur` the sum of their marks.
//!
//! With fewer than 11 persons at the denominator nothing of the question is shown outside of the relais: a share of so few is
//! no result, and says much of each of them. A numerator of 1 to 4 is a small count. Free text has no row but its rate of
//! answer; its words are in no table.

use super::catalogue::{Agregation, Indicateur, Sensibilite, Unite};
use super::protection::{Protection, Terme};
use super::{Contexte, Series, Statut, en_jours, serie};
use crate::tables::{Question, Questionnaire, Reponses, TypeQuestion, du_jour};
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What every entry of the family has in common.
const ENQUETE: Indicateur = Indicateur {
    agregation: Agregation::Directe,
    sensibilite: Sensibilite::Sensible,
    entrees: &["questionnaire"],
    source: "Enquêtes du relais",
    ..Indicateur::VIDE
};

/// Below that number of answers, nothing of a question is given outside of the relais: as for a pyramid of ages.
const MINIMUM_REPONSES: u32 = 11;

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[
    Indicateur {
        id: "enquete_repondants",
        libelle: "Répondants à l’enquête",
        definition: "Nombre de personnes dont la réponse à l’enquête est dans le fichier.",
        formule: "nombre de lignes de réponses",
        precaution: "Les répondants se sont proposés : ils ne représentent pas forcément tout le monde.",
        ..ENQUETE
    },
    Indicateur {
        id: "enquete_taux_reponse",
        libelle: "Taux de réponse à une question",
        definition: "Part des répondants de l’enquête qui ont répondu à la question.",
        formule: "100 × personnes ayant répondu à la question / répondants de l’enquête",
        unite: Unite::Pourcent,
        decimales: 1,
        precaution: "Une question qui n’est posée qu’à une partie des répondants a un taux bas pour cette raison.",
        ..ENQUETE
    },
    Indicateur {
        id: "enquete_reponses",
        libelle: "Réponses à une question",
        definition: "Part des personnes ayant répondu à la question qui ont donné cette réponse.",
        formule: "100 × personnes ayant donné la réponse / personnes ayant répondu à la question",
        unite: Unite::Pourcent,
        decimales: 1,
        precaution: "À une question à plusieurs réponses, chaque réponse compte une fois par personne : la somme peut dépasser 100 %.",
        protection: Protection {
            minimum: Some((MINIMUM_REPONSES, Terme::denominateur("enquete_reponses", Terme::MEME))),
            ..Protection::DEFAUT
        },
        ..ENQUETE
    },
    Indicateur {
        id: "enquete_moyenne",
        libelle: "Moyenne d’une question",
        definition: "Moyenne des notes, ou des nombres, donnés par les personnes ayant répondu à la question.",
        formule: "somme des notes / personnes ayant donné une note",
        unite: Unite::Note,
        decimales: 2,
        protection: Protection {
            minimum: Some((MINIMUM_REPONSES, Terme::denominateur("enquete_moyenne", Terme::MEME))),
            ..Protection::DEFAUT
        },
        ..ENQUETE
    },
];

/// What a row of a survey speaks of: `<questionnaire>`, `<questionnaire>/<question>`,
/// `<questionnaire>/<question>.<ligne>` in a grid, with `/<option>` or `/<note>` behind, and
/// `@<question>=<option>` for the respondents of one profile. Labels are those of the [`Questionnaire`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct ModaliteEnquete {
    /// Key of the questionnaire.
    pub questionnaire: String,
    /// Key of the question.
    pub question: Option<String>,
    /// Key of the line of a grid.
    pub ligne: Option<String>,
    /// Key of the option, or mark.
    pub option: Option<String>,
    /// Question and option to which respondents are restricted.
    pub profil: Option<(String, String)>,
}

impl fmt::Display for ModaliteEnquete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.questionnaire)?;
        for (marque, partie) in [('/', &self.question), ('.', &self.ligne), ('/', &self.option)] {
            if let Some(partie) = partie {
                write!(f, "{marque}{partie}")?;
            }
        }
        if let Some((question, option)) = &self.profil {
            write!(f, "@{question}={option}")?;
        }
        Ok(())
    }
}

impl ModaliteEnquete {
    /// Reads the column `modalite` of a row of a survey.
    pub fn lire(texte: &str) -> Self {
        let (corps, profil) = texte.split_once('@').map_or((texte, None), |(c, p)| (c, p.split_once('=')));
        let mut parties = corps.splitn(3, '/');
        let mut suivante = || parties.next().map(str::to_owned);
        let questionnaire = suivante().unwrap_or_default();
        let (question, option) = (suivante(), suivante());
        let (question, ligne) = match question.as_deref().and_then(|q| q.split_once('.')) {
            Some((question, ligne)) => (Some(question.to_owned()), Some(ligne.to_owned())),
            None => (question, None),
        };
        let profil = profil.map(|(question, option)| (question.to_owned(), option.to_owned()));
        Self { questionnaire, question, ligne, option, profil }
    }

    /// A question of a questionnaire.
    pub fn question(questionnaire: &str, question: &str, ligne: Option<&str>) -> Self {
        Self {
            questionnaire: questionnaire.to_owned(),
            question: Some(question.to_owned()),
            ligne: ligne.map(str::to_owned),
            ..Self::default()
        }
    }

    /// One answer to it.
    #[must_use]
    pub fn avec_option(&self, option: &str) -> Self {
        Self { option: Some(option.to_owned()), ..self.clone() }
    }
}

/// One survey of one year.
#[derive(Default)]
struct Enquete {
    jour: Option<NaiveDate>,
    sources: BTreeSet<String>,
    repondants: BTreeMap<(String, u32), Repondant>,
}

#[derive(Default)]
struct Repondant {
    commune: Option<String>,
    /// Answers by key of the question, and of the line of a grid behind a point.
    reponses: BTreeMap<String, Vec<Donnee>>,
}

struct Donnee {
    option: Option<String>,
    note: Option<f64>,
}

impl Repondant {
    /// True if there is an answer to count: words beside a scale are none.
    fn a_repondu(&self, cle: &str, chiffree: bool) -> bool {
        self.reponses.get(cle).is_some_and(|d| d.iter().any(|d| !chiffree || d.note.is_some()))
    }

    fn a_choisi(&self, cle: &str, option: &str) -> bool {
        self.reponses.get(cle).is_some_and(|d| d.iter().any(|d| d.option.as_deref() == Some(option)))
    }

    fn note(&self, cle: &str) -> Option<f64> {
        self.reponses.get(cle)?.iter().find_map(|d| d.note)
    }
}

/// Respondents looked at together.
struct Segment<'a> {
    commune: Option<(&'a str, &'a str)>,
    profil: Option<(String, String)>,
    repondants: Vec<&'a Repondant>,
}

/// A row of the table.
struct Ligne {
    commune: Option<(String, String)>,
    annee: i32,
    jour: Option<NaiveDate>,
    modalite: String,
    valeur: Option<f64>,
    terme: Option<(f64, f64)>,
    sources: String,
}

pub(super) fn calculer(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let mut lignes: BTreeMap<&'static str, Vec<Ligne>> =
        INDICATEURS.iter().map(|i| (i.id, Vec::new())).collect();
    if let Some(reponses) = contexte.entrees.reponses {
        for ((cle, annee), enquete) in rassembler(reponses)? {
            let Some(questionnaire) = reponses.questionnaires().get(&cle) else { continue };
            let mut noter = |id: &'static str, ligne: Ligne| {
                lignes.entry(id).or_default().push(Ligne { annee, ..ligne });
            };
            for segment in segments(questionnaire, &enquete, contexte) {
                decrire(questionnaire, &enquete, &segment, &mut noter);
            }
        }
    }
    for (id, mut lignes) in lignes {
        // The territory first, then its communes, as everywhere in the table.
        lignes.sort_by(|a, b| a.commune.cmp(&b.commune));
        series.insert_directe(id, trame(contexte, &lignes)?);
    }
    Ok(())
}

/// From one row per answer to the respondents of each survey, by key and year.
fn rassembler(reponses: &Reponses) -> PolarsResult<BTreeMap<(String, i32), Enquete>> {
    let trame = reponses.trame();
    let texte = |nom: &str| PolarsResult::Ok(trame.column(nom)?.str()?.clone());
    let (questionnaires, cles, genres) = (texte("questionnaire")?, texte("cle")?, texte("type")?);
    let (textes, options, sources) = (texte("reponse")?, texte("option")?, texte("source")?);
    let (repondants, notes) = (trame.column("repondant")?.u32()?, trame.column("note")?.f64()?);
    let jours = trame.column("date_observation")?.date()?.physical().clone();
    let mut enquetes: BTreeMap<(String, i32), Enquete> = BTreeMap::new();
    for rang in 0..trame.height() {
        let Some(jour) = jours.get(rang).and_then(du_jour) else { continue };
        let lire = |colonne: &StringChunked| colonne.get(rang).unwrap_or_default().to_owned();
        let enquete = enquetes.entry((lire(&questionnaires), jour.year())).or_default();
        enquete.jour = enquete.jour.max(Some(jour));
        enquete.sources.insert(lire(&sources));
        let qui = (lire(&sources), repondants.get(rang).unwrap_or_default());
        let repondant = enquete.repondants.entry(qui).or_default();
        if textes.get(rang).is_none() {
            continue;
        }
        let option = options.get(rang).map(str::to_owned);
        if genres.get(rang) == Some(TypeQuestion::Commune.mot()) {
            repondant.commune.clone_from(&option);
        }
        let donnee = Donnee { option, note: notes.get(rang) };
        repondant.reponses.entry(lire(&cles)).or_default().push(donnee);
    }
    Ok(enquetes)
}

/// All respondents, those of each commune of the territory, those of each profile.
fn segments<'a>(
    questionnaire: &Questionnaire,
    enquete: &'a Enquete,
    contexte: &'a Contexte<'_>,
) -> Vec<Segment<'a>> {
    let tous = || enquete.repondants.values();
    let mut segments = vec![Segment { commune: None, profil: None, repondants: tous().collect() }];
    for membre in contexte.entrees.perimetre.membres() {
        let code = membre.code.as_str();
        let la: Vec<&Repondant> = tous().filter(|r| r.commune.as_deref() == Some(code)).collect();
        segments.push(Segment { commune: Some((code, &membre.nom)), profil: None, repondants: la });
    }
    for question in questionnaire.croiser_par.iter().filter_map(|cle| questionnaire.question(cle)) {
        for option in question.cles_des_reponses() {
            let repondants = tous().filter(|r| r.a_choisi(&question.cle, &option)).collect();
            let profil = Some((question.cle.clone(), option));
            segments.push(Segment { commune: None, profil, repondants });
        }
    }
    segments.retain(|s| s.commune.is_none() && s.profil.is_none() || !s.repondants.is_empty());
    segments
}

/// The rows of a segment.
fn decrire(
    questionnaire: &Questionnaire,
    enquete: &Enquete,
    segment: &Segment<'_>,
    noter: &mut impl FnMut(&'static str, Ligne),
) {
    let total = segment.repondants.len() as f64;
    let sources: Vec<&str> = enquete.sources.iter().map(String::as_str).collect();
    let ligne = |modalite: &ModaliteEnquete, valeur, terme| Ligne {
        commune: segment.commune.map(|(code, nom)| (code.to_owned(), nom.to_owned())),
        annee: 0,
        jour: enquete.jour,
        modalite: ModaliteEnquete { profil: segment.profil.clone(), ..modalite.clone() }.to_string(),
        valeur,
        terme,
        sources: sources.join(";"),
    };
    let part = |n: f64, d: f64| (d > 0.0).then(|| serie::arrondir_le_rapport(&INDICATEURS[1], n, d));
    let tout = ModaliteEnquete { questionnaire: questionnaire.cle.clone(), ..ModaliteEnquete::default() };
    noter("enquete_repondants", ligne(&tout, Some(total), None));
    for (question, item, cle) in items(questionnaire) {
        // The question of a profile says nothing more of those whom it picks.
        if segment.profil.as_ref().is_some_and(|(profil, _)| *profil == question.cle) {
            continue;
        }
        let chiffree = question.echelle().is_some() || question.genre == TypeQuestion::Nombre;
        let repondants: Vec<&Repondant> =
            segment.repondants.iter().filter(|r| r.a_repondu(&cle, chiffree)).copied().collect();
        let n = repondants.len() as f64;
        noter("enquete_taux_reponse", ligne(&item, part(n, total), Some((n, total))));
        if question.genre != TypeQuestion::Commune {
            for option in reponses_possibles(question, &repondants, &cle) {
                let choisie = repondants.iter().filter(|r| r.a_choisi(&cle, &option)).count() as f64;
                noter(
                    "enquete_reponses",
                    ligne(&item.avec_option(&option), part(choisie, n), Some((choisie, n))),
                );
            }
        }
        if chiffree {
            let somme: f64 = repondants.iter().filter_map(|r| r.note(&cle)).sum();
            let moyenne = (n > 0.0).then(|| (100.0 * somme / n).round() / 100.0);
            noter("enquete_moyenne", ligne(&item, moyenne, Some((somme, n))));
        }
    }
}

/// The questions, line by line for a grid, with the key of their answers.
fn items(questionnaire: &Questionnaire) -> Vec<(&Question, ModaliteEnquete, String)> {
    let item = |question: &Question, ligne: Option<&str>| {
        ModaliteEnquete::question(&questionnaire.cle, &question.cle, ligne)
    };
    let mut items = Vec::new();
    for question in &questionnaire.questions {
        if question.genre == TypeQuestion::Grille {
            items.extend(
                question
                    .lignes
                    .iter()
                    .map(|l| (question, item(question, Some(&l.cle)), format!("{}.{}", question.cle, l.cle))),
            );
        } else {
            items.push((question, item(question, None), question.cle.clone()));
        }
    }
    items
}

/// The answers of a question, in the order of pages; what is none of them comes last, if somebody gave one.
fn reponses_possibles(question: &Question, repondants: &[&Repondant], cle: &str) -> Vec<String> {
    let mut possibles = question.cles_des_reponses();
    let autre = Questionnaire::AUTRE;
    if !possibles.is_empty() && repondants.iter().any(|r| r.a_choisi(cle, autre)) {
        possibles.push(autre.to_owned());
    }
    possibles
}

fn trame(contexte: &Contexte<'_>, lignes: &[Ligne]) -> PolarsResult<LazyFrame> {
    let perimetre = contexte.entrees.perimetre;
    let lieu = |l: &Ligne| match &l.commune {
        Some((code, nom)) => ("commune", code.clone(), nom.clone()),
        None => ("territoire", perimetre.code.clone(), perimetre.nom.clone()),
    };
    let statut = |l: &Ligne| if l.valeur.is_some() { Statut::Observe } else { Statut::SansObjet };
    let trame = df!(
        "niveau" => lignes.iter().map(|l| lieu(l).0).collect::<Vec<_>>(),
        "code" => lignes.iter().map(|l| lieu(l).1).collect::<Vec<_>>(),
        "nom" => lignes.iter().map(|l| lieu(l).2).collect::<Vec<_>>(),
        "annee" => lignes.iter().map(|l| l.annee).collect::<Vec<_>>(),
        "date_observation" => lignes.iter().map(|l| l.jour.map(en_jours)).collect::<Vec<_>>(),
        "modalite" => lignes.iter().map(|l| l.modalite.as_str()).collect::<Vec<_>>(),
        "valeur" => lignes.iter().map(|l| l.valeur).collect::<Vec<_>>(),
        "numerateur" => lignes.iter().map(|l| l.terme.map(|t| t.0)).collect::<Vec<_>>(),
        "denominateur" => lignes.iter().map(|l| l.terme.map(|t| t.1)).collect::<Vec<_>>(),
        "statut" => lignes.iter().map(|l| statut(l).rang()).collect::<Vec<_>>(),
        "parties" => vec![1u32; lignes.len()],
        "parties_attendues" => vec![1u32; lignes.len()],
        "sources" => lignes.iter().map(|l| l.sources.as_str()).collect::<Vec<_>>(),
    )?;
    Ok(trame.lazy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_modalite_se_relit() {
        for texte in [
            "parents",
            "parents/acces",
            "parents/acces/8",
            "parents/accueil.telephone/oui",
            "parents/guide/utile@mode_accueil=assistant_maternel",
            "parents@mode_accueil=autre_reponse",
        ] {
            assert_eq!(ModaliteEnquete::lire(texte).to_string(), texte);
        }
        let lue = ModaliteEnquete::lire("parents/accueil.telephone/oui");
        assert_eq!((lue.ligne.as_deref(), lue.option.as_deref()), (Some("telephone"), Some("oui")));
    }
}
