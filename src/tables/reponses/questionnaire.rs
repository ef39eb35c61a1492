//! What the questions of a questionnaire are: declared in `pipelines/questionnaires/<nom>.toml`.

use crate::quality::{Lieu, Motif, Probleme};
use crate::sources::valeurs::replier;
use crate::toml_a_la_main;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Key of the answers that are none of the declared options. No question may declare it.
pub(super) const AUTRE: &str = "autre_reponse";

/// A questionnaire: its labels, which pages may show, and how its file is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questionnaire {
    /// Stable short name, the first part of a modality.
    pub cle: String,
    /// What pages call it.
    pub titre: String,
    /// Who answered, in words: « parents ».
    #[serde(default)]
    pub public: String,
    /// Keys of the single-choice questions by which results are crossed.
    #[serde(default)]
    pub croiser_par: Vec<String>,
    /// In the order of pages.
    #[serde(default)]
    pub questions: Vec<Question>,
}

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeQuestion {
    /// One option.
    Unique,
    /// Any number of options.
    Multiple,
    /// A mark on a scale of whole numbers.
    Echelle,
    /// A number.
    Nombre,
    /// Free words: only the answers are counted.
    Texte,
    /// Several lines, each with one option, or a mark if a scale is declared.
    Grille,
    /// The commune of the respondent.
    Commune,
}

impl TypeQuestion {
    /// The word of the key `type`.
    pub fn mot(self) -> &'static str {
        match self {
            Self::Unique => "unique",
            Self::Multiple => "multiple",
            Self::Echelle => "echelle",
            Self::Nombre => "nombre",
            Self::Texte => "texte",
            Self::Grille => "grille",
            Self::Commune => "commune",
        }
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable short name, the second part of a modality.
    pub cle: String,
    /// Header of its column; that of a grid without its line.
    pub entete: String,
    /// Which column of that header, if several have the same.
    #[serde(default = "premier")]
    pub rang: u32,
    /// What pages call it; the header if it is left out.
    #[serde(default)]
    pub libelle: Option<String>,
    /// What its answers are.
    #[serde(rename = "type")]
    pub genre: TypeQuestion,
    /// Options, in the order of pages.
    #[serde(default)]
    pub options: Vec<Choix>,
    /// Lines of a grid.
    #[serde(default)]
    pub lignes: Vec<LigneDeGrille>,
    /// What stands between two choices of a cell: `;` unless said.
    #[serde(default)]
    pub separateur: Option<String>,
    /// Each option of a multiple choice has its own column, `Question [option]`, ticked or not.
    #[serde(default)]
    pub en_colonnes: bool,
    /// Least mark.
    #[serde(default)]
    pub minimum: Option<i32>,
    /// Greatest mark.
    #[serde(default)]
    pub maximum: Option<i32>,
    /// Words that stand for a mark.
    #[serde(default)]
    pub mots: BTreeMap<String, i32>,
}

fn premier() -> u32 {
    1
}

/// One option of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "ChoixDeclare")]
pub struct Choix {
    /// Stable short name, the last part of a modality.
    pub cle: String,
    /// As the questionnaire writes it.
    pub libelle: String,
    /// Other ways in which the file writes it.
    pub graphies: Vec<String>,
}

/// An option is a text, whose key is made from it, or a table.
#[derive(Deserialize)]
#[serde(untagged)]
enum ChoixDeclare {
    Texte(String),
    Table {
        cle: Option<String>,
        libelle: String,
        #[serde(default)]
        graphies: Vec<String>,
    },
}

impl From<ChoixDeclare> for Choix {
    fn from(declare: ChoixDeclare) -> Self {
        match declare {
            ChoixDeclare::Texte(libelle) => Self { cle: cle_de(&libelle), libelle, graphies: Vec::new() },
            ChoixDeclare::Table { cle, libelle, graphies } => {
                Self { cle: cle.unwrap_or_else(|| cle_de(&libelle)), libelle, graphies }
            }
        }
    }
}

/// One line of a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LigneDeGrille {
    /// Stable short name, after the key of the question and a point.
    pub cle: String,
    /// What stands between brackets in the header, and on pages.
    pub libelle: String,
    /// Its whole header, where it is not `Question [ligne]`.
    #[serde(default)]
    pub entete: Option<String>,
    /// Which column of that header, if several have the same.
    #[serde(default = "premier")]
    pub rang: u32,
}

/// A scale of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Echelle {
    /// Least mark.
    pub minimum: i32,
    /// Greatest mark.
    pub maximum: i32,
}

/// Longest key made from a text.
const CLE_MAX: usize = 40;

/// A key of letters without accents, digits and `_`, from a text: at most forty characters, whole words.
pub(super) fn cle_de(texte: &str) -> String {
    let mut cle = String::new();
    for mot in replier(texte).split(' ').filter(|m| m.is_ascii()) {
        if !cle.is_empty() && cle.len() + mot.len() >= CLE_MAX {
            break;
        }
        if !cle.is_empty() {
            cle.push('_');
        }
        cle.push_str(mot);
    }
    cle.truncate(CLE_MAX);
    if cle.is_empty() { "reponse".to_owned() } else { cle }
}

/// The key, with a number behind if it is taken.
pub(super) fn cle_libre(cle: &str, prises: &mut BTreeSet<String>) -> String {
    let suivantes = (2..).map(|n| format!("{cle}_{n}"));
    let libre = std::iter::once(cle.to_owned()).chain(suivantes).find(|c| !prises.contains(c));
    let libre = libre.unwrap_or_else(|| cle.to_owned());
    prises.insert(libre.clone());
    libre
}

impl Question {
    /// What pages call it.
    pub fn libelle(&self) -> &str {
        self.libelle.as_deref().unwrap_or(&self.entete)
    }

    /// Its scale; none if it has not one.
    pub fn echelle(&self) -> Option<Echelle> {
        let echelle = self.minimum.zip(self.maximum).map(|(minimum, maximum)| Echelle { minimum, maximum });
        echelle.filter(|_| matches!(self.genre, TypeQuestion::Echelle | TypeQuestion::Grille))
    }

    /// The label of an option: [`AUTRE`] and marks have one too.
    pub fn libelle_option<'a>(&'a self, cle: &'a str) -> &'a str {
        if cle == AUTRE {
            return "Autre réponse";
        }
        self.options.iter().find(|o| o.cle == cle).map_or(cle, |o| &o.libelle)
    }

    /// The keys of its answers, in the order of pages: options, or marks.
    pub fn cles_des_reponses(&self) -> Vec<String> {
        match self.echelle() {
            Some(e) => (e.minimum..=e.maximum).map(|n| n.to_string()).collect(),
            None => self.options.iter().map(|o| o.cle.clone()).collect(),
        }
    }
}

impl Questionnaire {
    /// The key of the answers that are none of the options.
    pub const AUTRE: &'static str = AUTRE;

    /// Reads the declaration of a questionnaire; `nom` is only said in errors.
    ///
    /// # Errors
    /// `QuestionnaireIllisible`: no TOML, an unknown key, a question that lacks what its type needs.
    #[allow(clippy::result_large_err)]
    pub fn lire(octets: &[u8], nom: &str) -> Result<Self, Probleme> {
        let refus = |detail: String| Probleme::new(Motif::QuestionnaireIllisible, Lieu::fichier(nom), detail);
        let lu: Self = toml_a_la_main::lire(octets).map_err(|faute| {
            let ligne = faute.ligne.map(|ligne| format!("ligne {ligne} : ")).unwrap_or_default();
            refus(format!("{ligne}{}", faute.detail))
        })?;
        lu.verifier().map_err(refus)?;
        Ok(lu)
    }

    /// The question of that key.
    pub fn question(&self, cle: &str) -> Option<&Question> {
        self.questions.iter().find(|q| q.cle == cle)
    }

    /// The question that says the commune of a respondent.
    pub fn question_commune(&self) -> Option<&Question> {
        self.questions.iter().find(|q| q.genre == TypeQuestion::Commune)
    }

    fn verifier(&self) -> Result<(), String> {
        distinctes("questionnaire", std::iter::once(self.cle.as_str()))?;
        distinctes("question", self.questions.iter().map(|q| q.cle.as_str()))?;
        for question in &self.questions {
            question.verifier().map_err(|detail| format!("question « {} » : {detail}", question.cle))?;
        }
        let communes = self.questions.iter().filter(|q| q.genre == TypeQuestion::Commune);
        let communes: Vec<&str> = communes.map(|q| q.cle.as_str()).collect();
        if communes.len() > 1 {
            return Err(format!(
                "{} questions de type « commune » ({}) : gardez celle qui dit où vit le répondant, et donnez aux autres le type « texte »",
                communes.len(),
                communes.join(", ")
            ));
        }
        for cle in &self.croiser_par {
            let unique = self.question(cle).is_some_and(|q| q.genre == TypeQuestion::Unique);
            if !unique {
                return Err(format!(
                    "« croiser_par » nomme « {cle} », qui n’est pas une question de type « unique »"
                ));
            }
        }
        Ok(())
    }
}

impl Question {
    fn verifier(&self) -> Result<(), String> {
        distinctes("option", self.options.iter().map(|o| o.cle.as_str()))?;
        distinctes("ligne", self.lignes.iter().map(|l| l.cle.as_str()))?;
        if self.options.iter().any(|o| o.cle == AUTRE) {
            return Err(format!("la clé « {AUTRE} » est réservée aux réponses hors de la liste"));
        }
        let a_une_echelle = match (self.minimum, self.maximum) {
            (Some(minimum), Some(maximum)) if minimum >= maximum || maximum - minimum > 100 => {
                return Err("« minimum » doit être inférieur à « maximum », de 100 au plus".to_owned());
            }
            (minimum, maximum) => minimum.is_some() && maximum.is_some(),
        };
        match self.genre {
            TypeQuestion::Echelle if !a_une_echelle => {
                Err("une échelle a besoin de « minimum » et de « maximum »".to_owned())
            }
            TypeQuestion::Unique | TypeQuestion::Multiple if self.options.is_empty() => {
                Err("il manque « options », la liste des réponses possibles".to_owned())
            }
            TypeQuestion::Grille if self.lignes.is_empty() => {
                Err("une grille a besoin de « lignes »".to_owned())
            }
            TypeQuestion::Grille if self.options.is_empty() && !a_une_echelle => {
                Err("une grille a besoin d’« options », ou de « minimum » et « maximum »".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// Keys are written with letters, digits and `_`, each once.
fn distinctes<'a>(quoi: &str, cles: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut vues = BTreeSet::new();
    for cle in cles {
        let lisible = cle.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if cle.is_empty() || !lisible {
            return Err(format!(
                "clé de {quoi} « {cle} » : lettres minuscules sans accents, chiffres et « _ » seulement"
            ));
        }
        if !vues.insert(cle) {
            return Err(format!("deux clés de {quoi} « {cle} » : donnez à chacune la sienne"));
        }
    }
    Ok(())
}
