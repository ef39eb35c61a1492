//! Answers to a questionnaire, one choice at a time.

use super::en_jours;
use super::{Ingestion, personnel};
use crate::quality::{Bilan, Lieu, Motif, Probleme};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::replier;
use crate::territory::rapprochement::Rapprochement;
use chrono::{Datelike, NaiveDate};
use doublons::Doublons;
use lecture::{Lue, Posee};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

mod choix;
mod doublons;
mod ebauche;
mod lecture;
mod moments;
mod questionnaire;
mod redaction;

pub use ebauche::EbaucheQuestionnaire;
pub use moments::derniere_reponse;
pub use questionnaire::{Choix, Echelle, LigneDeGrille, Question, Questionnaire, TypeQuestion};

/// One row per respondent, question, line of a grid and choice; one row without answer where a respondent
/// gave none, so that those who were asked can be counted.
///
/// Columns: `date_observation` (date), `questionnaire` (str: its key), `repondant` (u32: rank in the file, from
/// 1; nothing of the person), `colonne` (u32: position in the file, from 1), `question` (str: the header, without
/// the line of a grid), `ligne` (str: the line of a grid `Question [ligne]`, or null), `cle` (str: key of the
/// question, and `.` and that of the line in a grid), `type` (str, see [`TypeQuestion::mot`]), `reponse` (str:
/// as the file writes it, e-mails and phones taken out; null without answer), `option` (str: key of the option,
/// of the mark, or the code of the commune; null if the answer is none), `note` (f64: mark or number, or null),
/// `source` (str).
#[derive(Debug, Clone)]
pub struct Reponses {
    trame: DataFrame,
    /// The questionnaires by key: declared, or guessed.
    questionnaires: BTreeMap<String, Questionnaire>,
    /// Of each respondent of a file whose rows can be told from one another, what the row says, as a number: it lasts as
    /// long as files are compared, and is kept nowhere.
    empreintes: BTreeMap<u32, u64>,
}

/// Columns that the tool adds and that are no question.
const TECHNIQUES: [&str; 33] = [
    "id",
    "id de la reponse",
    "response id",
    "numero",
    "numero de la reponse",
    "numero de serie",
    "numero d enregistrement",
    "token",
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

/// One answer of one respondent, or that there is none.
struct Choisie<'a> {
    repondant: u32,
    posee: &'a Posee<'a>,
    lue: Option<Lue>,
}

impl Reponses {
    /// Reads a questionnaire that nothing declares: the types of its questions are guessed, and it is told.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Self> {
        let ebauche = EbaucheQuestionnaire::deviner(tableau, ingestion.source, ingestion.source);
        let detail = match ebauche.doutes.len() {
            0 => format!("{} questions devinées", ebauche.questionnaire.questions.len()),
            n => format!("{} questions devinées, dont {n} à vérifier", ebauche.questionnaire.questions.len()),
        };
        bilan.noter(Probleme::new(Motif::QuestionnaireNonDeclare, tableau.origine.lieu(), detail));
        let (questionnaire, tues) = ebauche.prudente();
        Self::lire_avec(tableau, &questionnaire, ingestion, bilan)?.0.sans_nommer(&tues)
    }

    /// The same answers, where some options, by question, are no longer told from other answers.
    fn sans_nommer(mut self, tues: &BTreeMap<String, BTreeSet<String>>) -> PolarsResult<Self> {
        let (questions, options) = (self.trame.column("cle")?.str()?, self.trame.column("option")?.str()?);
        let tue = |question: &str, option: &str| tues.get(question).is_some_and(|cles| cles.contains(option));
        let nommees: StringChunked = questions
            .iter()
            .zip(options.iter())
            .map(|(question, option)| match question.zip(option) {
                Some((question, option)) if tue(question, option) => Some(Questionnaire::AUTRE),
                _ => option,
            })
            .collect();
        self.trame.with_column(nommees.with_name("option".into()).into_column())?;
        for question in self.questionnaires.values_mut().flat_map(|q| &mut q.questions) {
            question.options.retain(|option| !tue(&question.cle, &option.cle));
        }
        Ok(self)
    }

    /// Reads a questionnaire as its declaration says. Columns of names, e-mails and phones are dropped, and told;
    /// e-mails and phones inside other answers are taken out.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire_declare(
        tableau: &Tableau,
        questionnaire: &Questionnaire,
        ingestion: &Ingestion<'_>,
        bilan: &mut Bilan,
    ) -> PolarsResult<Self> {
        let (lue, imprevues) = Self::lire_avec(tableau, questionnaire, ingestion, bilan)?;
        for probleme in imprevues {
            bilan.noter(probleme);
        }
        Ok(lue)
    }

    /// The answers, and what tells of those that are none of the options.
    fn lire_avec(
        tableau: &Tableau,
        questionnaire: &Questionnaire,
        ingestion: &Ingestion<'_>,
        bilan: &mut Bilan,
    ) -> PolarsResult<(Self, Vec<Probleme>)> {
        let (posees, personnelles) = a_lire(tableau);
        personnel::dire_les_ecartees(tableau, &personnelles, bilan);
        let reperage = lecture::reperer(questionnaire, &posees);
        dire_les_ecarts(&reperage, tableau, bilan);
        let mut communes = Communes::default();
        let mut imprevues: BTreeMap<u32, (usize, u32)> = BTreeMap::new();
        let mut reponses = Vec::new();
        let (mut vides, mut repondants) = (Vides::default(), Vec::new());
        let mut doublons = Doublons::new(tableau);
        let mut empreintes = BTreeMap::new();
        let envoi = envoi(tableau);
        let mut abandons = Vec::new();
        for rang in 0..tableau.hauteur() {
            if envoi.is_some_and(|envoi| envoi.valeurs.get(rang).is_none_or(est_un_silence)) {
                abandons.push(rang);
                continue;
            }
            if reperage.posees.iter().all(|posee| lire_cellule(posee, rang).is_empty()) {
                vides.noter(tableau, rang);
                continue;
            }
            if doublons.est_deja_la(tableau, rang) {
                continue;
            }
            bilan.lues += 1;
            repondants.push(rang);
            let repondant = u32::try_from(rang + 1).unwrap_or(u32::MAX);
            empreintes.extend(doublons.empreinte(tableau, rang).map(|empreinte| (repondant, empreinte)));
            // Somebody of whom one box tells nothing would be one who did not tick it: nothing of that question is known.
            let illisibles: BTreeSet<&str> = reperage
                .posees
                .iter()
                .filter(|p| p.option.is_some() && lire_cellule(p, rang).iter().any(|lue| !lue.prevue))
                .map(|p| p.question.cle.as_str())
                .collect();
            for posee in &reperage.posees {
                let mut lues = lire_cellule(posee, rang);
                if posee.question.genre == TypeQuestion::Commune {
                    for lue in &mut lues {
                        communes.situer(lue, ingestion);
                    }
                }
                if lues.iter().any(|lue| !lue.prevue) {
                    imprevues.entry(posee.colonne.position).or_insert((rang, 0)).1 += 1;
                }
                if posee.option.is_some() && illisibles.contains(posee.question.cle.as_str()) {
                    lues.clear();
                }
                if lues.is_empty() {
                    reponses.push(Choisie { repondant, posee, lue: None });
                }
                reponses.extend(lues.into_iter().map(|lue| Choisie { repondant, posee, lue: Some(lue) }));
            }
        }
        communes.conclure(tableau, bilan);
        vides.conclure(bilan);
        dire_les_abandons(&abandons, tableau, bilan);
        doublons.conclure(bilan);
        moments::dire_les_annees(tableau, &repondants, ingestion.date.year(), bilan);
        let questionnaires = BTreeMap::from([(questionnaire.cle.clone(), questionnaire.clone())]);
        let imprevues = dire_les_imprevues(&imprevues, &reperage.posees, tableau);
        Ok((
            Self {
                trame: trame(&reponses, &questionnaire.cle, ingestion.source, ingestion.date)?,
                questionnaires,
                empreintes,
            },
            imprevues,
        ))
    }

    /// Brings questionnaires together; the columns `questionnaire` and `source` tell them apart. Of two
    /// declarations of one key, the first gives the labels.
    ///
    /// # Errors
    /// If there is none, or if Polars cannot run the plan.
    pub fn reunir(parties: &[Self]) -> PolarsResult<Self> {
        let trames: Vec<LazyFrame> = parties.iter().map(|p| p.trame.clone().lazy()).collect();
        let trame = concat(trames, UnionArgs::default())?.collect()?;
        let mut questionnaires = BTreeMap::new();
        for (cle, questionnaire) in parties.iter().flat_map(|p| &p.questionnaires) {
            questionnaires.entry(cle.clone()).or_insert_with(|| questionnaire.clone());
        }
        Ok(Self { trame, questionnaires, empreintes: BTreeMap::new() })
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.trame
    }

    /// Answers and their questions, from what was kept of them.
    pub(super) fn des_parties(trame: DataFrame, questionnaires: BTreeMap<String, Questionnaire>) -> Self {
        Self { trame, questionnaires, empreintes: BTreeMap::new() }
    }

    /// The questionnaires, by key: their labels, and no answer.
    pub fn questionnaires(&self) -> &BTreeMap<String, Questionnaire> {
        &self.questionnaires
    }
}

/// The columns that are questions, and those that say who somebody is.
fn a_lire(tableau: &Tableau) -> (Vec<&ColonneTexte>, Vec<&ColonneTexte>) {
    let posees = tableau.autres.iter().filter(|c| !est_technique(&c.entete));
    let (personnelles, posees) = posees.partition(|c| personnel::est_personnelle(c));
    (posees, personnelles)
}

/// The answers of a cell: none if it is blank.
fn lire_cellule(posee: &Posee<'_>, rang: usize) -> Vec<Lue> {
    let offerte = |texte: &str| posee.question.options.iter().any(|o| replier(&o.libelle) == replier(texte));
    let cellule = posee.colonne.valeurs.get(rang).filter(|c| !est_un_silence(c) || offerte(c));
    let mut lues = cellule.map(|c| posee.lire(c)).unwrap_or_default();
    for lue in &mut lues {
        lue.texte = personnel::retirer(&lue.texte);
    }
    lues
}

/// True for what tools write where nobody answered.
fn est_un_silence(texte: &str) -> bool {
    matches!(texte, "NA" | "N/A" | "#N/A")
        || matches!(
            replier(texte).as_str(),
            "non reponse"
                | "non reponses"
                | "sans reponse"
                | "pas de reponse"
                | "non renseigne"
                | "non renseignee"
        )
}

/// The column of LimeSurvey that says when an answer was sent, if some were and some were not.
fn envoi(tableau: &Tableau) -> Option<&ColonneTexte> {
    let colonne = tableau.champs.values().chain(&tableau.autres).find(|colonne| {
        let entete = replier(&colonne.entete);
        entete.starts_with("submitdate") || entete == "date de soumission"
    })?;
    (!colonne.valeurs.est_vide()).then_some(colonne)
}

fn dire_les_abandons(abandons: &[usize], tableau: &Tableau, bilan: &mut Bilan) {
    let Some(premier) = abandons.first() else { return };
    let detail = match abandons.len() {
        1 => String::new(),
        n => format!("{n} réponses ne l’ont pas été"),
    };
    let lieu = tableau.lieu_ligne(*premier);
    let lignes = u32::try_from(abandons.len()).unwrap_or(u32::MAX);
    bilan.noter(Probleme { lignes, ..Probleme::new(Motif::ReponseNonEnvoyee, lieu, detail) });
}

/// The header of a column that the tool adds, folded: « submitdate. Date de soumission » is « submitdate ».
fn nom_technique(entete: &str) -> String {
    let debut = entete.split_once(['.', ':']).map_or(entete, |(debut, _)| debut);
    let debut = replier(debut);
    if TECHNIQUES.contains(&debut.as_str()) { debut } else { replier(entete) }
}

/// Matches the communes of respondents; those that cannot be are told once.
#[derive(Default)]
struct Communes {
    ailleurs: u32,
    inconnues: BTreeSet<String>,
}

impl Communes {
    fn situer(&mut self, lue: &mut Lue, ingestion: &Ingestion<'_>) {
        match ingestion.rapprocheur.rapprocher(Some(&lue.texte), None) {
            Rapprochement::Certain { code, .. } => lue.option = Some(code.as_str().to_owned()),
            Rapprochement::HorsPerimetre { .. } => self.ailleurs += 1,
            Rapprochement::Vide => {}
            Rapprochement::Douteux { .. } | Rapprochement::Inconnu => {
                self.inconnues.insert(lue.texte.clone());
            }
        }
    }

    fn conclure(self, tableau: &Tableau, bilan: &mut Bilan) {
        let mut parties = Vec::new();
        if self.ailleurs > 0 {
            parties.push(format!("{} réponse(s) d’autres communes", self.ailleurs));
        }
        if !self.inconnues.is_empty() {
            let noms: Vec<String> = self.inconnues.iter().take(5).map(|n| format!("« {n} »")).collect();
            let suite = if self.inconnues.len() > 5 { ", …" } else { "" };
            parties.push(format!("nom(s) non reconnu(s) : {}{suite}", noms.join(", ")));
        }
        if !parties.is_empty() {
            let lieu = tableau.origine.lieu();
            bilan.noter(Probleme::new(Motif::RepondantNonSitue, lieu, parties.join(" ; ")));
        }
    }
}

/// Rows without any answer: somebody opened the form, or the file was made so. They are no respondents.
#[derive(Default)]
struct Vides(Option<(Lieu, u32)>);

impl Vides {
    fn noter(&mut self, tableau: &Tableau, rang: usize) {
        self.0.get_or_insert_with(|| (tableau.lieu_ligne(rang), 0)).1 += 1;
    }

    fn conclure(self, bilan: &mut Bilan) {
        let Some((lieu, lignes)) = self.0 else { return };
        let lieu = Lieu { ligne: lieu.ligne.filter(|_| lignes == 1), ..lieu };
        let detail = format!("{lignes} ligne(s) sans aucune réponse");
        bilan.noter(Probleme { lignes, ..Probleme::new(Motif::ReponseVide, lieu, detail) });
    }
}

/// Questions without a column, columns without a question.
fn dire_les_ecarts(reperage: &lecture::Reperage<'_>, tableau: &Tableau, bilan: &mut Bilan) {
    for (cle, entete) in &reperage.absentes {
        let detail = format!("question « {cle} » : aucune colonne « {} »", abreger(entete));
        bilan.noter(Probleme::new(Motif::QuestionAbsente, tableau.origine.lieu(), detail));
    }
    if !reperage.libres.is_empty() {
        let noms: Vec<String> =
            reperage.libres.iter().take(8).map(|c| format!("« {} »", abreger(&c.entete))).collect();
        let suite = if reperage.libres.len() > 8 { ", …" } else { "" };
        let detail = format!("{} colonne(s) : {}{suite}", reperage.libres.len(), noms.join(", "));
        bilan.noter(Probleme::new(Motif::QuestionNonDeclaree, tableau.origine.lieu(), detail));
    }
}

/// Answers that are no declared ones, with their number by column: not their text, which may be of a person.
fn dire_les_imprevues(
    imprevues: &BTreeMap<u32, (usize, u32)>,
    posees: &[Posee<'_>],
    tableau: &Tableau,
) -> Vec<Probleme> {
    let dire = |(position, (rang, combien)): (&u32, &(usize, u32))| {
        let posee = posees.iter().find(|p| p.colonne.position == *position)?;
        let mut lieu = tableau.lieu_colonne(*rang, posee.colonne);
        if let Some((_, entete)) = &mut lieu.colonne {
            *entete = abreger(entete);
        }
        lieu.ligne = lieu.ligne.filter(|_| *combien == 1);
        let detail =
            format!("question « {} » : {combien} réponse(s) qui ne sont pas prévues", posee.question.cle);
        Some(Probleme { lignes: *combien, ..Probleme::new(Motif::ReponseHorsListe, lieu, detail) })
    };
    imprevues.iter().filter_map(dire).collect()
}

/// A header as a message cites it: one line, sixty characters.
fn abreger(entete: &str) -> String {
    let net = entete.split_whitespace().collect::<Vec<_>>().join(" ");
    if net.chars().count() <= 60 { net } else { net.chars().take(59).chain(['…']).collect() }
}

fn est_technique(entete: &str) -> bool {
    let replie = nom_technique(entete);
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
    trame(&[], "", "", NaiveDate::default())
}

fn trame(
    reponses: &[Choisie<'_>],
    questionnaire: &str,
    source: &str,
    date: NaiveDate,
) -> PolarsResult<DataFrame> {
    let n = reponses.len();
    let textes = |nom: &str, lire: fn(&Choisie<'_>) -> Option<String>| {
        StringChunked::from_iter_options(nom.into(), reponses.iter().map(lire)).into_column()
    };
    let entiers = |nom: &str, lire: fn(&Choisie<'_>) -> u32| {
        UInt32Chunked::from_iter_values(nom.into(), reponses.iter().map(lire)).into_column()
    };
    let notes = reponses.iter().map(|r| r.lue.as_ref().and_then(|l| l.note));
    DataFrame::new(
        n,
        vec![
            Int32Chunked::full("date_observation".into(), en_jours(date), n).into_date().into_column(),
            StringChunked::full("questionnaire".into(), questionnaire, n).into_column(),
            entiers("repondant", |r| r.repondant),
            entiers("colonne", |r| r.posee.colonne.position),
            textes("question", |r| Some(r.posee.texte())),
            textes("ligne", |r| r.posee.ligne.map(|l| l.libelle.clone())),
            textes("cle", |r| Some(r.posee.cle())),
            textes("type", |r| Some(r.posee.question.genre.mot().to_owned())),
            textes("reponse", |r| r.lue.as_ref().map(|l| l.texte.clone())),
            textes("option", |r| r.lue.as_ref().and_then(|l| l.option.clone())),
            Float64Chunked::from_iter_options("note".into(), notes).into_column(),
            StringChunked::full("source".into(), source, n).into_column(),
        ],
    )
}

impl Posee<'_> {
    fn texte(&self) -> String {
        self.question.entete.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn cle(&self) -> String {
        match self.ligne {
            Some(ligne) => format!("{}.{}", self.question.cle, ligne.cle),
            None => self.question.cle.clone(),
        }
    }
}
