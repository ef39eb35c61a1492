//! Answers to a questionnaire, one choice at a time.

use super::en_jours;
use super::{Ingestion, personnel};
use crate::quality::Bilan;
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::replier;
use chrono::NaiveDate;
use polars::prelude::*;

mod choix;

/// One row per respondent, question, line of a grid and choice; one row without answer where a respondent
/// gave none, so that those who were asked can be counted.
///
/// Columns: `date_observation` (date), `repondant` (u32: rank in the file, from 1; nothing of the person),
/// `colonne` (u32: position in the file, from 1, which tells apart questions of the same wording),
/// `question` (str), `ligne` (str: the line of a grid `Question [ligne]`, or null), `reponse` (str, null
/// without answer), `source` (str).
#[derive(Debug, Clone)]
pub struct Reponses(pub(super) DataFrame);

/// Columns that the tool adds and that are no question.
const TECHNIQUES: [&str; 28] = [
    "id",
    "id de la reponse",
    "response id",
    "horodateur",
    "timestamp",
    "heure de debut",
    "heure de fin",
    "heure de la derniere modification",
    "start time",
    "completion time",
    "last modified time",
    "date de soumission",
    "submitdate",
    "derniere page",
    "lastpage",
    "langue",
    "langue de depart",
    "startlanguage",
    "tete de serie",
    "seed",
    "date de lancement",
    "startdate",
    "date de la derniere action",
    "datestamp",
    "total des points",
    "total points",
    "duree totale",
    "cle",
];

struct Choisie<'a> {
    repondant: u32,
    question: &'a Question<'a>,
    reponse: Option<String>,
}

struct Question<'a> {
    colonne: &'a ColonneTexte,
    texte: String,
    ligne: Option<String>,
    separateur: Option<choix::Separateur>,
}

impl Reponses {
    /// Reads a questionnaire. Columns of names, e-mails and phones are dropped, and told; e-mails and phones
    /// inside other answers are taken out.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Self> {
        let posees: Vec<&ColonneTexte> =
            tableau.autres.iter().filter(|c| !est_technique(&c.entete)).collect();
        let (personnelles, posees): (Vec<&ColonneTexte>, Vec<&ColonneTexte>) =
            posees.into_iter().partition(|c| personnel::est_personnelle(c));
        personnel::dire_les_ecartees(tableau, &personnelles, bilan);
        let google = est_de_google(tableau);
        let questions: Vec<Question<'_>> = posees.into_iter().map(|c| Question::new(c, google)).collect();
        let mut reponses = Vec::new();
        for rang in 0..tableau.hauteur() {
            bilan.lues += 1;
            let repondant = u32::try_from(rang + 1).unwrap_or(u32::MAX);
            for question in &questions {
                let choisies = question.choisies(rang);
                if choisies.is_empty() {
                    reponses.push(Choisie { repondant, question, reponse: None });
                }
                let choisies = choisies.into_iter().map(Some);
                reponses.extend(choisies.map(|reponse| Choisie { repondant, question, reponse }));
            }
        }
        trame(&reponses, ingestion.source, ingestion.date).map(Self)
    }

    /// Brings questionnaires together; the column `source` tells them apart.
    ///
    /// # Errors
    /// If there is none, or if Polars cannot run the plan.
    pub fn reunir(parties: &[Self]) -> PolarsResult<Self> {
        concat(parties.iter().map(|p| p.0.clone().lazy()).collect::<Vec<_>>(), UnionArgs::default())?
            .collect()
            .map(Self)
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.0
    }
}

impl<'a> Question<'a> {
    fn new(colonne: &'a ColonneTexte, google: bool) -> Self {
        let (texte, ligne) = couper_la_grille(&colonne.entete);
        let cellules: Vec<&str> = colonne.valeurs.iter().flatten().collect();
        // A line of a grid has one answer.
        let separateur = if ligne.is_some() { None } else { choix::separateur(&cellules, google) };
        Self { colonne, texte, ligne, separateur }
    }

    fn choisies(&self, rang: usize) -> Vec<String> {
        let Some(cellule) = self.colonne.valeurs.get(rang) else { return Vec::new() };
        let morceaux = match &self.separateur {
            Some(separateur) => separateur.couper(cellule),
            None => vec![cellule.to_owned()],
        };
        morceaux.iter().map(|m| personnel::retirer(m)).collect()
    }
}

fn est_technique(entete: &str) -> bool {
    let replie = replier(entete);
    replie.is_empty()
        || TECHNIQUES.contains(&replie.as_str())
        // Forms adds two columns to each question of a quiz.
        || ["points ", "commentaires "].iter().any(|d| replie.starts_with(d) && entete.contains(['-', '–', ':']))
}

/// Google joins choices by a comma, and only Google calls its first column so.
fn est_de_google(tableau: &Tableau) -> bool {
    tableau
        .autres
        .iter()
        .any(|c| c.position == 1 && matches!(replier(&c.entete).as_str(), "horodateur" | "timestamp"))
}

/// `Question [ligne]` in two; spaces and line breaks of a long header become one space each.
fn couper_la_grille(entete: &str) -> (String, Option<String>) {
    let net = entete.split_whitespace().collect::<Vec<_>>().join(" ");
    let coupe = net
        .strip_suffix(']')
        .and_then(|reste| reste.rsplit_once('['))
        .map(|(question, ligne)| (question.trim(), ligne.trim()))
        .filter(|(question, ligne)| !question.is_empty() && !ligne.is_empty());
    match coupe {
        Some((question, ligne)) => (question.to_owned(), Some(ligne.to_owned())),
        None => (net, None),
    }
}

/// The table without rows: what its columns are.
pub(super) fn vide() -> PolarsResult<DataFrame> {
    trame(&[], "", NaiveDate::default())
}

fn trame(reponses: &[Choisie<'_>], source: &str, date: NaiveDate) -> PolarsResult<DataFrame> {
    let n = reponses.len();
    let entiers = |nom: &str, lire: fn(&Choisie<'_>) -> u32| {
        UInt32Chunked::from_iter_values(nom.into(), reponses.iter().map(lire)).into_column()
    };
    DataFrame::new(
        n,
        vec![
            Int32Chunked::full("date_observation".into(), en_jours(date), n).into_date().into_column(),
            entiers("repondant", |r| r.repondant),
            entiers("colonne", |r| r.question.colonne.position),
            StringChunked::from_iter_values(
                "question".into(),
                reponses.iter().map(|r| r.question.texte.as_str()),
            )
            .into_column(),
            StringChunked::from_iter_options(
                "ligne".into(),
                reponses.iter().map(|r| r.question.ligne.as_deref()),
            )
            .into_column(),
            StringChunked::from_iter_options("reponse".into(), reponses.iter().map(|r| r.reponse.as_deref()))
                .into_column(),
            StringChunked::full("source".into(), source, n).into_column(),
        ],
    )
}
