//! From cells to options and marks, as the questionnaire declares them.

use super::questionnaire::{AUTRE, Choix, LigneDeGrille, Question, Questionnaire, TypeQuestion};
use crate::sources::disposition::ColonneTexte;
use crate::sources::valeurs::{nombre, oui_non, replier};
use std::collections::{BTreeMap, BTreeSet};

/// One column of a question.
pub(super) struct Posee<'a> {
    pub(super) question: &'a Question,
    pub(super) ligne: Option<&'a LigneDeGrille>,
    /// The option of the column, if each has its own.
    pub(super) option: Option<&'a Choix>,
    pub(super) colonne: &'a ColonneTexte,
}

/// One answer: what the file says, the option or the mark that it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lue {
    pub(super) texte: String,
    pub(super) option: Option<String>,
    pub(super) note: Option<f64>,
    /// False if it is none of the declared answers.
    pub(super) prevue: bool,
}

/// The columns of the questions, and what has no column.
pub(super) struct Reperage<'a> {
    pub(super) posees: Vec<Posee<'a>>,
    /// Header of each column that a question expects and the file lacks, with the key of the question.
    pub(super) absentes: Vec<(&'a str, String)>,
    /// Columns that no question declares.
    pub(super) libres: Vec<&'a ColonneTexte>,
}

/// Finds the column of each question, by its header; of several of one header, by its rank.
pub(super) fn reperer<'a>(questionnaire: &'a Questionnaire, colonnes: &[&'a ColonneTexte]) -> Reperage<'a> {
    let mut par_entete: BTreeMap<String, Vec<&ColonneTexte>> = BTreeMap::new();
    for colonne in colonnes {
        par_entete.entry(replier(&colonne.entete)).or_default().push(colonne);
    }
    let mut reperage = Reperage { posees: Vec::new(), absentes: Vec::new(), libres: Vec::new() };
    let mut prises = BTreeSet::new();
    for question in &questionnaire.questions {
        for (entete, rang, ligne, option) in colonnes_attendues(question) {
            let rang = usize::try_from(rang).unwrap_or(1).saturating_sub(1);
            match par_entete.get(&replier(&entete)).and_then(|memes| memes.get(rang)) {
                Some(colonne) => {
                    prises.insert(colonne.position);
                    reperage.posees.push(Posee { question, ligne, option, colonne });
                }
                None => reperage.absentes.push((&question.cle, entete)),
            }
        }
    }
    reperage.libres = colonnes.iter().filter(|c| !prises.contains(&c.position)).copied().collect();
    reperage
}

type Attendue<'a> = (String, u32, Option<&'a LigneDeGrille>, Option<&'a Choix>);

/// The headers of a question, each with its rank among columns of the same header.
fn colonnes_attendues(question: &Question) -> Vec<Attendue<'_>> {
    let entre_crochets = |quoi: &str| format!("{} [{quoi}]", question.entete);
    match question.genre {
        TypeQuestion::Grille => question
            .lignes
            .iter()
            .map(|ligne| {
                let entete = ligne.entete.clone().unwrap_or_else(|| entre_crochets(&ligne.libelle));
                (entete, ligne.rang, Some(ligne), None)
            })
            .collect(),
        TypeQuestion::Multiple if question.en_colonnes => question
            .options
            .iter()
            .map(|option| (entre_crochets(&option.libelle), question.rang, None, Some(option)))
            .collect(),
        _ => vec![(question.entete.clone(), question.rang, None, None)],
    }
}

impl Posee<'_> {
    /// The answers of a cell that is not blank.
    pub(super) fn lire(&self, cellule: &str) -> Vec<Lue> {
        let question = self.question;
        if let Some(option) = self.option {
            return lire_case(option, cellule);
        }
        match (question.genre, question.echelle()) {
            (TypeQuestion::Echelle | TypeQuestion::Grille, Some(echelle)) => {
                let note = lire_note(cellule, &question.mots, echelle.maximum)
                    .filter(|n| (echelle.minimum..=echelle.maximum).contains(n));
                let (option, prevue) = (note.map(|n| n.to_string()), note.is_some());
                vec![Lue { texte: cellule.to_owned(), option, note: note.map(f64::from), prevue }]
            }
            (TypeQuestion::Unique | TypeQuestion::Grille | TypeQuestion::Echelle, _) => {
                vec![choisie(&question.options, cellule)]
            }
            (TypeQuestion::Multiple, _) => {
                let separateur = question.separateur.as_deref().unwrap_or(";");
                let morceaux = decouper(cellule, separateur, &question.options);
                morceaux.iter().map(|m| choisie(&question.options, m)).collect()
            }
            (TypeQuestion::Nombre, _) => {
                let note = quantite(cellule);
                vec![Lue { texte: cellule.to_owned(), option: None, note, prevue: note.is_some() }]
            }
            (TypeQuestion::Texte | TypeQuestion::Commune, _) => {
                vec![Lue { texte: cellule.to_owned(), option: None, note: None, prevue: true }]
            }
        }
    }
}

/// A number that a person wrote, of euros perhaps: « 250 € ».
pub(super) fn quantite(cellule: &str) -> Option<f64> {
    let net = cellule.trim();
    let sans_monnaie = ["€", "euros", "Euros", "euro", "EUR"].iter().find_map(|mot| net.strip_suffix(mot));
    nombre(sans_monnaie.unwrap_or(net)).ok()
}

/// A column of its own for an option: ticked, or not, which is an answer too.
fn lire_case(option: &Choix, cellule: &str) -> Vec<Lue> {
    let cochee = est_cochee(option, cellule);
    vec![Lue {
        texte: cellule.to_owned(),
        option: cochee.filter(|cochee| *cochee).map(|_| option.cle.clone()),
        note: None,
        prevue: cochee.is_some(),
    }]
}

/// Whether the box of an option is ticked; none if the cell does not tell.
fn est_cochee(option: &Choix, cellule: &str) -> Option<bool> {
    // What somebody writes beside « Autre » ticks it.
    let a_ecrit = || replier(&option.libelle).starts_with("autre") && oui_non(cellule).is_err();
    if correspond(option, cellule) {
        Some(true)
    } else {
        lire_coche(cellule).or_else(|| a_ecrit().then_some(true))
    }
}

/// Whether a box is ticked, whatever it is of; none if the cell does not tell.
pub(super) fn lire_coche(cellule: &str) -> Option<bool> {
    match (replier(cellule).as_str(), oui_non(cellule)) {
        (_, Ok(Some(cochee))) => Some(cochee),
        ("coche" | "cochee" | "selectionne" | "selectionnee" | "checked" | "selected", _) => Some(true),
        ("decoche" | "decochee" | "unchecked" | "not selected" | "", _) => Some(false),
        _ => None,
    }
}

fn correspond(option: &Choix, texte: &str) -> bool {
    let mut ecritures = std::iter::once(&option.libelle).chain(&option.graphies);
    let replie = replier(texte);
    ecritures.any(|e| e.trim() == texte.trim() || !replie.is_empty() && replier(e) == replie)
}

/// The option that a text is: first the one written just so, then the one that differs by case, accents or
/// punctuation.
fn choisie(options: &[Choix], texte: &str) -> Lue {
    let exacte = options.iter().find(|o| o.libelle.trim() == texte.trim());
    let option = exacte.or_else(|| options.iter().find(|o| correspond(o, texte)));
    Lue {
        texte: texte.to_owned(),
        option: Some(option.map_or(AUTRE, |o| &o.cle).to_owned()),
        note: None,
        prevue: option.is_some(),
    }
}

/// The choices of a cell: at each place the longest declared option that stands there whole, else what goes to
/// the next separator. So an option may hold the separator: « Oui, mais pas le soir, Non ».
pub(super) fn decouper(cellule: &str, separateur: &str, options: &[Choix]) -> Vec<String> {
    let mut ecritures: Vec<&str> = options
        .iter()
        .flat_map(|o| std::iter::once(&o.libelle).chain(&o.graphies))
        .map(|e| e.trim())
        .filter(|e| !e.is_empty())
        .collect();
    ecritures.sort_by_key(|e| std::cmp::Reverse(e.len()));
    let marque = if separateur.trim().is_empty() { separateur } else { separateur.trim_end() };
    let (mut reste, mut choix) = (cellule.trim(), Vec::new());
    while !reste.is_empty() {
        let entiere = ecritures.iter().find_map(|e| {
            let apres = reste.strip_prefix(*e)?;
            (apres.trim_start().is_empty() || apres.trim_start().starts_with(marque)).then_some((*e, apres))
        });
        let (choisi, apres) = entiere.unwrap_or_else(|| match reste.find(separateur) {
            Some(fin) => (&reste[..fin], &reste[fin..]),
            None => (reste, ""),
        });
        let choisi = choisi.trim();
        if !choisi.is_empty() {
            choix.push(choisi.to_owned());
        }
        reste = apres.trim_start();
        reste = reste.strip_prefix(marque).unwrap_or(reste).trim_start();
    }
    choix
}

/// The mark that a cell gives on a scale up to that maximum: `8`, `8/10`, `10 - Très satisfait`, or words that stand for
/// one. « 4/5 » is none of a scale up to 10, nor are « 8-9 » and « 0 à 2 ».
fn lire_note(cellule: &str, mots: &BTreeMap<String, i32>, maximum: i32) -> Option<i32> {
    let replie = replier(cellule);
    if let Some((_, note)) = mots.iter().find(|(mot, _)| replier(mot) == replie) {
        return Some(*note);
    }
    let (note, suite) = note_en_chiffres(cellule)?;
    let suite = replier(&suite);
    let suivants: Vec<&str> = suite.split(' ').collect();
    let autre: Option<i32> = match suivants.as_slice() {
        ["sur" | "a" | "et" | "ou", autre, ..] | [autre, ..] => autre.parse().ok(),
        [] => None,
    };
    let sur_le_maximum = cellule.contains('/') || suivants[0] == "sur";
    (autre.is_none() || sur_le_maximum && autre == Some(maximum)).then_some(note)
}

/// The whole number with which a cell begins, and the words after it; none if it is a decimal number, or one
/// stuck to a word (« 3e choix »).
pub(super) fn note_en_chiffres(cellule: &str) -> Option<(i32, String)> {
    let net = cellule.trim();
    let fin = net.find(|c: char| !c.is_ascii_digit()).unwrap_or(net.len());
    let note: i32 = net.get(..fin)?.parse().ok().filter(|n| *n <= 100)?;
    let suite = &net[fin..];
    // « 8.0 », as some workbooks write 8.
    let suite =
        suite.strip_prefix(".0").or(suite.strip_prefix(",0")).filter(|s| s.is_empty()).unwrap_or(suite);
    let decimale = suite.starts_with([',', '.']) && suite[1..].starts_with(|c: char| c.is_ascii_digit());
    if decimale || suite.starts_with(char::is_alphanumeric) {
        return None;
    }
    let suite = suite.trim_start_matches(|c: char| !c.is_alphanumeric());
    Some((note, suite.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_somme_en_euros_est_un_nombre() {
        let lues = ["250 €", "1 200,50 euros", "300", "environ 200 €", "€"].map(quantite);
        assert_eq!(lues, [Some(250.0), Some(1200.5), Some(300.0), None, None]);
    }

    fn options(libelles: &[&str]) -> Vec<Choix> {
        libelles
            .iter()
            .map(|l| Choix {
                cle: super::super::questionnaire::cle_de(l),
                libelle: (*l).to_owned(),
                graphies: Vec::new(),
            })
            .collect()
    }

    #[test]
    fn une_option_peut_contenir_le_separateur() {
        let connues = options(&["Oui", "Oui, mais pas le soir", "Non"]);
        assert_eq!(decouper("Oui, mais pas le soir, Non", ", ", &connues), ["Oui, mais pas le soir", "Non"]);
        assert_eq!(decouper("Oui, Peut-être, Non", ", ", &connues), ["Oui", "Peut-être", "Non"]);
        assert_eq!(decouper("Non;Oui;", ";", &connues), ["Non", "Oui"]);
        assert_eq!(decouper("Non ; Oui", ";", &connues), ["Non", "Oui"]);
        // What begins like an option is not that option.
        assert_eq!(decouper("Nonante", ";", &connues), ["Nonante"]);
        assert!(decouper(" ;; ", ";", &connues).is_empty());
    }

    #[test]
    fn une_echelle_melange_chiffres_et_mots() {
        let mots = BTreeMap::from([("Tout à fait".to_owned(), 10), ("Pas du tout".to_owned(), 0)]);
        for (cellule, note) in [
            ("8", Some(8)),
            ("10 - Très satisfait", Some(10)),
            ("8/10", Some(8)),
            ("tout a fait", Some(10)),
            ("Pas du tout", Some(0)),
            ("8.0", Some(8)),
            ("8 sur 10", Some(8)),
            ("9 - 2 fois par an", None),
            ("8,5", None),
            ("4/5", None),
            ("4 sur 5", None),
            ("8-9", None),
            ("0 à 2", None),
            ("3e choix", None),
            ("Ne sait pas", None),
            ("", None),
        ] {
            assert_eq!(lire_note(cellule, &mots, 10), note, "{cellule}");
        }
    }

    #[test]
    fn une_case_est_cochee_ou_non_ou_ne_le_dit_pas() {
        let [soir, autre] = options(&["Soir", "Autre besoin"]).try_into().unwrap();
        for (cellule, cochee) in [
            ("✓", Some(true)),
            ("Sélectionné", Some(true)),
            ("1.0", Some(true)),
            ("Oui, souvent", Some(true)),
            ("soir", Some(true)),
            ("Non sélectionné", Some(false)),
            ("0.0", Some(false)),
            ("-", Some(false)),
            ("souvent", None),
            ("2", None),
            ("nsp", None),
        ] {
            assert_eq!(est_cochee(&soir, cellule), cochee, "{cellule}");
        }
        assert_eq!(est_cochee(&autre, "le mercredi midi"), Some(true));
        assert_eq!(est_cochee(&autre, "non"), Some(false));
    }

    #[test]
    fn une_option_ecrite_autrement_est_reconnue_et_une_autre_reste_a_part() {
        let connues = options(&["Je l’ai, je ne l’ai pas lu", "<script>alert(1)</script>", "=)"]);
        assert_eq!(
            choisie(&connues, "JE L'AI, JE NE L'AI PAS LU").option.unwrap(),
            "je_l_ai_je_ne_l_ai_pas_lu"
        );
        assert_eq!(choisie(&connues, "<script>alert(1)</script>").option.unwrap(), "script_alert_1_script");
        assert!(choisie(&connues, "=)").prevue);
        let inconnue = choisie(&connues, "=(");
        assert_eq!((inconnue.option.as_deref(), inconnue.prevue), (Some(AUTRE), false));
    }
}
