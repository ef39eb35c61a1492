//! A first declaration of a questionnaire, guessed from its answers. What is not sure is said.

use super::choix::{self, Separateur};
use super::lecture::{decouper, lire_coche, note_en_chiffres, quantite};
use super::questionnaire::{Choix, LigneDeGrille, Question, Questionnaire, TypeQuestion, cle_de, cle_libre};
use super::{a_lire, couper_la_grille, est_de_google, est_un_silence};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::replier;
use crate::tables::personnel;
use std::collections::{BTreeMap, BTreeSet};

/// A guessed questionnaire, and what a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EbaucheQuestionnaire {
    /// The guess.
    pub questionnaire: Questionnaire,
    /// What is not sure, by key of the question, as French sentences.
    pub doutes: BTreeMap<String, Vec<String>>,
    /// Headers of columns of persons, which are not read.
    pub ecartees: Vec<String>,
    /// By key of the question, the options that one or two persons gave, or that name somebody: they may be free words, and
    /// are none until somebody has looked at them.
    pub(super) rares: BTreeMap<String, BTreeSet<String>>,
    /// Those that fewer than five persons gave: nobody else sees their words as long as nothing declares them.
    peu_donnees: BTreeMap<String, BTreeSet<String>>,
}

/// Of the persons who gave an option, from which it is no longer what somebody wrote by chance.
const PERSONNES: usize = 3;
/// From which an option that nothing declares may be read by others than the relais: fewer are a small number.
const PERSONNES_SANS_DECLARATION: usize = 5;

/// Beyond, the answers of a column are no list of options.
const OPTIONS_MAX: usize = 25;
/// Longest option.
const LONGUEUR_MAX: usize = 140;
/// Words of a question that asks for an opinion.
const OPINIONS: [&str; 16] = [
    "remarque",
    "remarques",
    "suggestion",
    "suggestions",
    "commentaire",
    "commentaires",
    "precisez",
    "preciser",
    "pourquoi",
    "expliquez",
    "lesquels",
    "lesquelles",
    "idees",
    "avis",
    "decrivez",
    "autre",
];
/// Answers that say nothing of who gave them, folded.
const CONVENUES: [&str; 34] = [
    "oui",
    "non",
    "peut etre",
    "ne sait pas",
    "je ne sait pas",
    "je ne sais pas",
    "nsp",
    "sans avis",
    "sans opinion",
    "sans reponse",
    "non concerne",
    "jamais",
    "rarement",
    "parfois",
    "souvent",
    "toujours",
    "autre",
    "autres",
    "aucun",
    "aucune",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "plutot oui",
    "plutot non",
    "tout a fait",
    "pas du tout",
    "satisfait",
    "insatisfait",
    "tres satisfait",
];
/// Words that a key does without.
const VIDES: [&str; 46] = [
    "le",
    "la",
    "les",
    "l",
    "un",
    "une",
    "des",
    "de",
    "du",
    "d",
    "a",
    "au",
    "aux",
    "en",
    "et",
    "ou",
    "est",
    "il",
    "vous",
    "votre",
    "vos",
    "qu",
    "que",
    "quel",
    "quelle",
    "quels",
    "quelles",
    "ce",
    "cette",
    "ces",
    "se",
    "s",
    "avez",
    "etes",
    "pour",
    "par",
    "dans",
    "sur",
    "si",
    "plusieurs",
    "reponses",
    "possibles",
    "pensez",
    "c",
    "y",
    "ne",
];

/// A guess from the answers of one column.
struct Devinee {
    genre: TypeQuestion,
    options: Vec<String>,
    separateur: Option<String>,
    echelle: Option<(i32, i32)>,
    mots: BTreeMap<String, i32>,
    doutes: Vec<String>,
}

impl Devinee {
    fn simple(genre: TypeQuestion) -> Self {
        Self {
            genre,
            options: Vec::new(),
            separateur: None,
            echelle: None,
            mots: BTreeMap::new(),
            doutes: Vec::new(),
        }
    }

    fn avec_doute(mut self, doute: impl Into<String>) -> Self {
        self.doutes.push(doute.into());
        self
    }
}

/// Columns of one question: one, or the lines of a grid.
struct Groupe<'a> {
    texte: String,
    /// What somebody writes beside the options: « [Autre] », « [other] ».
    precision: bool,
    colonnes: Vec<(&'a ColonneTexte, Option<String>)>,
}

impl EbaucheQuestionnaire {
    /// Guesses the questions of a file; `cle` and `titre` are those of the questionnaire.
    pub fn deviner(tableau: &Tableau, cle: &str, titre: &str) -> Self {
        let (posees, personnelles) = a_lire(tableau);
        let google = est_de_google(tableau);
        let (mut questions, mut doutes) = (Vec::new(), BTreeMap::new());
        let (mut prises, mut rares, mut peu_donnees) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
        let mut rangs: BTreeMap<String, u32> = BTreeMap::new();
        for groupe in grouper(&posees) {
            let (question, mut incertaine) = deviner_question(&groupe, google, &mut prises, &mut rangs);
            if matches!(question.genre, TypeQuestion::Unique | TypeQuestion::Multiple)
                && !question.en_colonnes
            {
                let siennes = options_rares(&groupe, &question, PERSONNES);
                if !siennes.is_empty() {
                    incertaine.push(match siennes.len() {
                        1 => "une option n’a été choisie qu’une fois ou deux, ou nomme quelqu’un : enlevez le « # » devant, si c’en est bien une".to_owned(),
                        n => format!("{n} options n’ont été choisies qu’une fois ou deux, ou nomment quelqu’un : enlevez le « # » devant celles qui en sont bien"),
                    });
                }
                rares.insert(question.cle.clone(), siennes);
                peu_donnees.insert(
                    question.cle.clone(),
                    options_rares(&groupe, &question, PERSONNES_SANS_DECLARATION),
                );
            }
            if !incertaine.is_empty() {
                doutes.insert(question.cle.clone(), incertaine);
            }
            questions.push(question);
        }
        garder_une_commune(&mut questions, &mut doutes);
        let questionnaire = Questionnaire {
            cle: cle_de(cle),
            titre: titre.to_owned(),
            public: String::new(),
            croiser_par: Vec::new(),
            questions,
        };
        let ecartees = personnelles.iter().map(|c| c.entete.clone()).collect();
        Self { questionnaire, doutes, ecartees, rares, peu_donnees }
    }

    /// The guess as far as it may be used before anybody has looked at it: a list of options that is not sure
    /// may be free words, of which only the number is kept. And by question, the keys of the options that too few persons
    /// gave to be named: they are read, and then are other answers.
    pub(super) fn prudente(mut self) -> (Questionnaire, BTreeMap<String, BTreeSet<String>>) {
        let mut tues: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for question in &mut self.questionnaire.questions {
            let rares = self.rares.get(&question.cle).is_some_and(|rares| !rares.is_empty());
            let incertaine = self.doutes.get(&question.cle).is_some_and(|d| d.len() > usize::from(rares));
            let peu_donnees = self.peu_donnees.remove(&question.cle).unwrap_or_default();
            let siennes = question.options.iter().filter(|o| peu_donnees.contains(&o.libelle));
            let siennes: BTreeSet<String> = siennes.map(|o| o.cle.clone()).collect();
            let aucune = siennes.len() == question.options.len();
            if question.genre == TypeQuestion::Unique && (incertaine || aucune) {
                question.genre = TypeQuestion::Texte;
                question.options.clear();
            } else {
                tues.insert(question.cle.clone(), siennes);
            }
        }
        (self.questionnaire, tues)
    }
}

/// Of several questions about a commune, that of where somebody lives tells it; the others are words.
fn garder_une_commune(questions: &mut [Question], doutes: &mut BTreeMap<String, Vec<String>>) {
    let du_domicile = |entete: &str| {
        let debuts = ["habit", "resid", "domicil", "vivez"];
        replier(entete).split(' ').any(|mot| debuts.iter().any(|debut| mot.starts_with(debut)))
    };
    let est_une_commune = |question: &&Question| question.genre == TypeQuestion::Commune;
    let communes = || questions.iter().filter(est_une_commune);
    let gardee = communes().find(|q| du_domicile(&q.entete)).or_else(|| communes().next());
    let Some(gardee) = gardee.map(|question| question.cle.clone()) else { return };
    for question in questions.iter_mut().filter(|q| q.genre == TypeQuestion::Commune && q.cle != gardee) {
        question.genre = TypeQuestion::Texte;
        doutes.entry(question.cle.clone()).or_default().push(format!(
            "la commune du répondant est celle de « {gardee} » : si c’est celle-ci, donnez-lui le type « commune », et « texte » à l’autre"
        ));
    }
}

/// The options that fewer persons gave, or that name somebody, but for those that are nobody's own words.
fn options_rares(groupe: &Groupe<'_>, question: &Question, personnes: usize) -> BTreeSet<String> {
    let cellules = cellules_de(groupe);
    let choix: Vec<String> = match (question.genre, question.separateur.as_deref()) {
        (TypeQuestion::Unique, _) => cellules.iter().map(|c| c.trim().to_owned()).collect(),
        (_, separateur) => {
            cellules.iter().flat_map(|c| decouper(c, separateur.unwrap_or(";"), &question.options)).collect()
        }
    };
    let rare = |libelle: &String| {
        choix.iter().filter(|c| replier(c) == replier(libelle)).take(personnes).count() < personnes
    };
    let libres = question.options.iter().map(|o| o.libelle.clone()).filter(|libelle| !est_convenue(libelle));
    libres.filter(|libelle| rare(libelle) || personnel::nomme_quelqu_un(libelle)).collect()
}

/// True for what questionnaires offer, and nobody invents: « oui », « jamais », « mardi », a number.
fn est_convenue(libelle: &str) -> bool {
    let replie = replier(libelle);
    let debute_par_un_signe =
        libelle.trim_start().starts_with(|c: char| c.is_ascii_digit() || "<>≤≥+".contains(c));
    debute_par_un_signe || CONVENUES.contains(&replie.as_str())
}

/// What people answered: what a tool writes where nobody did is no answer.
fn cellules_de<'t>(groupe: &Groupe<'t>) -> Vec<&'t str> {
    let cellules = groupe.colonnes.iter().flat_map(|(colonne, _)| colonne.valeurs.iter().flatten());
    cellules.filter(|cellule| !est_un_silence(cellule)).collect()
}

/// True for the line of a grid that is none: where one writes what no option says. « Autre mode d’accueil » may be ticked.
fn est_precision(ligne: &str, colonne: &ColonneTexte) -> bool {
    let replie = replier(ligne);
    let ecrite = || colonne.valeurs.iter().flatten().any(|cellule| lire_coche(cellule).is_none());
    match replie.split(' ').next() {
        Some("autre" | "autres" | "other") => !replie.contains(' ') || ecrite(),
        Some("comment" | "commentaire" | "commentaires" | "precisez" | "precision") => true,
        _ => false,
    }
}

/// Puts the lines of each grid together, at the place of the first. A line alone is no grid.
fn grouper<'a>(posees: &[&'a ColonneTexte]) -> Vec<Groupe<'a>> {
    let coupees: Vec<(String, Option<String>)> = posees.iter().map(|c| couper_la_grille(&c.entete)).collect();
    let precisions: Vec<bool> = posees
        .iter()
        .zip(&coupees)
        .map(|(colonne, (_, ligne))| ligne.as_deref().is_some_and(|ligne| est_precision(ligne, colonne)))
        .collect();
    let lignes_de = |texte: &str| {
        let lignes = coupees.iter().zip(&precisions);
        lignes.filter(|((t, ligne), precision)| t == texte && ligne.is_some() && !**precision).count()
    };
    let mut groupes: Vec<Groupe<'a>> = Vec::new();
    for ((colonne, (texte, ligne)), precision) in posees.iter().zip(&coupees).zip(&precisions) {
        let ligne = ligne.as_ref().filter(|_| !precision && lignes_de(texte) > 1);
        let en_grille = |g: &&mut Groupe<'_>| g.texte == *texte && g.colonnes[0].1.is_some();
        match groupes.iter_mut().find(en_grille).filter(|_| ligne.is_some()) {
            Some(groupe) => groupe.colonnes.push((colonne, ligne.cloned())),
            None if ligne.is_some() => {
                let colonnes = vec![(*colonne, ligne.cloned())];
                groupes.push(Groupe { texte: texte.clone(), precision: false, colonnes });
            }
            None => {
                let texte = colonne.entete.split_whitespace().collect::<Vec<_>>().join(" ");
                groupes.push(Groupe { texte, precision: *precision, colonnes: vec![(colonne, None)] });
            }
        }
    }
    groupes
}

fn deviner_question(
    groupe: &Groupe<'_>,
    google: bool,
    prises: &mut BTreeSet<String>,
    rangs: &mut BTreeMap<String, u32>,
) -> (Question, Vec<String>) {
    let en_grille = groupe.colonnes[0].1.is_some();
    let cellules = cellules_de(groupe);
    let devinee = if groupe.precision {
        Devinee::simple(TypeQuestion::Texte)
    } else if !en_grille && sont_des_coches(groupe, &cellules) {
        Devinee::simple(TypeQuestion::Texte).avec_doute(
            "des cases cochées ou vides : c’est une réponse possible d’une question, et non une question. Réunissez ces colonnes (type = \"multiple\", en_colonnes = true, en-têtes de la forme « Question [réponse] » dans le fichier)",
        )
    } else {
        deviner(&groupe.texte, &cellules, google && !en_grille, en_grille)
    };
    let mut rang_de = |entete: &str| {
        let rang = rangs.entry(replier(entete)).or_default();
        *rang += 1;
        *rang
    };
    let (mut lignes, mut prises_lignes, mut rang) = (Vec::new(), BTreeSet::new(), 1);
    for (colonne, ligne) in &groupe.colonnes {
        let rang_de_colonne = rang_de(&colonne.entete);
        match ligne {
            Some(ligne) => lignes.push(LigneDeGrille {
                cle: cle_libre(&cle_courte(ligne), &mut prises_lignes),
                libelle: ligne.clone(),
                entete: None,
                rang: rang_de_colonne,
            }),
            None => rang = rang_de_colonne,
        }
    }
    let mut doutes = devinee.doutes;
    if rang > 1 || lignes.iter().any(|l| l.rang > 1) {
        doutes.push(
            "plusieurs colonnes portent le même en-tête : « rang » dit laquelle, en partant de la gauche"
                .to_owned(),
        );
    }
    let mut prises_options = BTreeSet::from([Questionnaire::AUTRE.to_owned()]);
    // A box is ticked or blank: of each line, « oui » or nothing; « oui » or « non » where one may tick several.
    let (cochees, vides): (Vec<&String>, Vec<&String>) =
        devinee.options.iter().partition(|option| lire_coche(option) == Some(true));
    let plusieurs = en_grille && permet_plusieurs_reponses(&replier(&groupe.texte));
    let en_colonnes = match (cochees.as_slice(), vides.as_slice()) {
        ([coche], []) if en_grille => {
            doutes =
                vec![format!("des cases cochées (« {coche} ») : chaque colonne est une réponse possible")];
            true
        }
        ([_], [vide]) if plusieurs && lire_coche(vide) == Some(false) => {
            doutes.clear();
            true
        }
        _ => false,
    };
    let libelles: Vec<String> = if en_colonnes {
        std::mem::take(&mut lignes).into_iter().map(|ligne| ligne.libelle).collect()
    } else {
        devinee.options
    };
    let option = |libelle: String| Choix {
        cle: cle_libre(&cle_de(&libelle), &mut prises_options),
        libelle,
        graphies: Vec::new(),
    };
    let genre = match (en_grille, en_colonnes) {
        (_, true) => TypeQuestion::Multiple,
        (true, false) => TypeQuestion::Grille,
        (false, false) => devinee.genre,
    };
    let question = Question {
        cle: cle_libre(&cle_courte(&groupe.texte), prises),
        entete: groupe.texte.clone(),
        rang,
        libelle: None,
        genre,
        options: libelles.into_iter().map(option).collect(),
        lignes,
        separateur: devinee.separateur,
        en_colonnes,
        minimum: devinee.echelle.map(|e| e.0),
        maximum: devinee.echelle.map(|e| e.1),
        mots: devinee.mots,
    };
    (question, doutes)
}

/// True for a column that says one thing or nothing: a box, whose header is a possible answer. Of those who left it blank,
/// some were not asked as well as some said no.
fn sont_des_coches(groupe: &Groupe<'_>, cellules: &[&str]) -> bool {
    let [(colonne, _)] = groupe.colonnes.as_slice() else { return false };
    let Some(premiere) = cellules.first() else { return false };
    let redite = || format!(" {} ", replier(&groupe.texte)).contains(&format!(" {} ", replier(premiere)));
    colonne.valeurs.iter().any(|cellule| cellule.is_none())
        && cellules.iter().all(|cellule| replier(cellule) == replier(premiere))
        && (lire_coche(premiere) == Some(true) || !replier(premiere).is_empty() && redite())
}

/// True if a question, folded, says that one may give several answers.
fn permet_plusieurs_reponses(question: &str) -> bool {
    ["plusieurs reponses", "plusieurs choix", "cochez"].iter().any(|mots| question.contains(mots))
}

/// The first words that say something, four at most.
fn cle_courte(texte: &str) -> String {
    let replie = replier(texte);
    let mots: Vec<&str> = replie.split(' ').filter(|m| !VIDES.contains(m) && m.is_ascii()).take(4).collect();
    cle_de(&if mots.is_empty() { replie.clone() } else { mots.join(" ") })
}

fn deviner(entete: &str, cellules: &[&str], google: bool, en_grille: bool) -> Devinee {
    if en_grille {
        return deviner_grille(entete, cellules);
    }
    if cellules.is_empty() {
        return Devinee::simple(TypeQuestion::Texte)
            .avec_doute("aucune réponse dans ce fichier : le type ne peut pas être deviné");
    }
    let replie = replier(entete);
    let mots: Vec<&str> = replie.split(' ').collect();
    let dite = mots.iter().any(|m| matches!(*m, "commune" | "ville")) && !mots.contains(&"communes");
    // « La commune vous informe-t-elle assez ? » has answers that are no places.
    let de_convenance = cellules.iter().filter(|cellule| est_convenue(cellule)).count() * 2 > cellules.len();
    if dite && !de_convenance {
        return Devinee::simple(TypeQuestion::Commune);
    }
    // Only Forms ends the choices of a cell with a semicolon: whatever the words of the question, it is a list.
    let liste = permet_plusieurs_reponses(&replie) || cellules.iter().any(|c| c.trim_end().ends_with(';'));
    let opinion = !liste && mots.iter().any(|m| OPINIONS.contains(m));
    let separateur = if opinion { None } else { choix::separateur(cellules, google) };
    if let Some(separateur) = separateur {
        return deviner_multiple(cellules, &separateur);
    }
    let de_quantite = |mot: &&str| {
        matches!(
            *mot,
            "combien" | "nombre" | "age" | "annee" | "annees" | "heures" | "budget" | "montant" | "cout"
        )
    };
    let en_monnaie = cellules.iter().any(|c| c.contains('€')) || mots.contains(&"euros");
    let une_quantite = en_monnaie || mots.iter().any(de_quantite);
    if let Some(echelle) = deviner_echelle(entete, cellules).filter(|_| !une_quantite) {
        return echelle;
    }
    if cellules.iter().all(|c| quantite(c).is_some()) {
        return Devinee::simple(TypeQuestion::Nombre);
    }
    deviner_unique(&mots, cellules)
}

/// A grid asks the same thing line by line: its answers are looked at together.
fn deviner_grille(entete: &str, cellules: &[&str]) -> Devinee {
    if let Some(echelle) = deviner_echelle(entete, cellules) {
        return echelle;
    }
    let options = distinctes(cellules.iter().copied());
    let cases = !options.is_empty() && options.iter().all(|o| matches!(replier(o).as_str(), "oui" | "non"));
    let mut devinee = Devinee::simple(TypeQuestion::Grille);
    if options.is_empty() {
        devinee = devinee.avec_doute("aucune réponse dans ce fichier : les options sont à écrire");
        devinee.options = vec!["Oui".to_owned(), "Non".to_owned()];
    } else if options.len() > OPTIONS_MAX {
        devinee = devinee.avec_doute("beaucoup de réponses différentes : est-ce bien une grille ?");
        devinee.options = options.into_iter().take(OPTIONS_MAX).collect();
    } else {
        devinee.options = options;
    }
    if cases {
        devinee = devinee.avec_doute(
            "si ces colonnes sont les cases d’une seule question, écrivez type = \"multiple\", en_colonnes = true, et leurs noms dans « options »",
        );
    }
    devinee
}

fn deviner_multiple(cellules: &[&str], separateur: &Separateur) -> Devinee {
    let coupees: Vec<String> = cellules.iter().flat_map(|c| separateur.couper(c)).collect();
    let options = distinctes(coupees.iter().map(String::as_str));
    let mut devinee = Devinee::simple(TypeQuestion::Multiple);
    devinee.separateur = Some(separateur.texte().to_owned());
    devinee.options = options;
    devinee
}

/// The highest mark of a scale.
const NOTE_MAX: i32 = 10;

/// Marks, perhaps with words among them: « 10 - Très satisfait », « 8 », « Tout à fait ».
fn deviner_echelle(entete: &str, cellules: &[&str]) -> Option<Devinee> {
    let mut notes: Vec<i32> = Vec::new();
    let mut trop_hautes: Vec<&str> = Vec::new();
    let (mut accolees, mut seuls) = (BTreeMap::new(), BTreeSet::new());
    for cellule in cellules {
        match note_en_chiffres(cellule) {
            Some((note, _)) if note > NOTE_MAX => trop_hautes.push(cellule.trim()),
            Some((note, suite)) => {
                notes.push(note);
                if suite.chars().any(char::is_alphabetic) {
                    accolees.insert(replier(&suite), note);
                }
            }
            None => {
                seuls.insert(cellule.trim().to_owned());
            }
        }
    }
    let (plus_basse, plus_haute) = (*notes.iter().min()?, *notes.iter().max()?);
    let melange = notes.len() * 10 < cellules.len() * 3 || seuls.len() > 4;
    // A few beyond any scale are mistakes; many are numbers.
    if melange || trop_hautes.len() * 10 > notes.len() {
        return None;
    }
    seuls.extend(trop_hautes.into_iter().map(str::to_owned));
    let mut devinee = Devinee::simple(TypeQuestion::Echelle);
    let du_titre = |n: i32| replier(entete).split(' ').any(|m| m == n.to_string());
    let extremes = |favorable: bool| seuls.iter().find(|m| sens(m) == Some(favorable));
    let mut maximum = [5, 7, 10].into_iter().find(|n| du_titre(*n) && *n >= plus_haute);
    maximum = maximum.or(match extremes(true) {
        Some(_) if !matches!(plus_haute, 5 | 10) => Some(plus_haute + 1),
        _ => None,
    });
    let devine = maximum.is_none() && !matches!(plus_haute, 5 | 7 | 10);
    let maximum = maximum.or_else(|| [5, 7, 10].into_iter().find(|n| *n >= plus_haute)).unwrap_or(plus_haute);
    let minimum = match extremes(false) {
        Some(_) if plus_basse > 1 => plus_basse - 1,
        _ if plus_basse == 0 || du_titre(0) => 0,
        _ => 1,
    };
    if devine {
        devinee =
            devinee.avec_doute(format!("personne n’a répondu plus de {plus_haute} : vérifiez « maximum »"));
    }
    for mot in &seuls {
        let note = accolees.get(&replier(mot)).copied().or(match sens(mot) {
            Some(true) => Some(maximum),
            Some(false) => Some(minimum),
            None => None,
        });
        match note {
            Some(note) => {
                devinee.mots.insert(mot.clone(), note);
                devinee = devinee.avec_doute(format!("« {mot} » est compris comme la note {note}"));
            }
            None => {
                devinee =
                    devinee.avec_doute(format!("« {mot} » n’est pas une note : la réponse ne comptera pas"));
            }
        }
    }
    devinee.echelle = (minimum < maximum).then_some((minimum, maximum));
    devinee.echelle.map(|_| devinee)
}

/// Which end of a scale words are: true for the favourable one.
fn sens(mot: &str) -> Option<bool> {
    let replie = replier(mot);
    let contient = |mots: &[&str]| mots.iter().any(|m| format!(" {replie} ").contains(&format!(" {m} ")));
    if contient(&["pas du tout", "non", "jamais", "aucunement", "tres insatisfait", "tres mauvais"]) {
        return Some(false);
    }
    contient(&["tout a fait", "oui", "toujours", "totalement", "tres satisfait", "excellent", "tres bien"])
        .then_some(true)
}

fn deviner_unique(mots: &[&str], cellules: &[&str]) -> Devinee {
    let options = distinctes(cellules.iter().copied());
    let opinion = mots.iter().any(|m| OPINIONS.contains(m));
    if personnel::sont_des_noms(options.iter().map(String::as_str)) {
        return Devinee::simple(TypeQuestion::Texte).avec_doute(
            "les réponses ressemblent à des noms de personnes, que rien ne doit citer : laissez « texte » (ou type = \"unique\", avec les options, si ce sont des structures)",
        );
    }
    let longues = options.iter().any(|o| o.chars().count() > LONGUEUR_MAX || o.contains('\n'));
    let reviennent = options.len() <= 2 && cellules.len() > 4 || options.len() * 2 < cellules.len();
    if opinion || longues || options.len() > OPTIONS_MAX || !reviennent {
        let texte = Devinee::simple(TypeQuestion::Texte);
        let liste_possible = !opinion && !longues && options.len() <= OPTIONS_MAX;
        return if liste_possible {
            texte.avec_doute(
                "peu de réponses : est-ce une liste d’options (type = \"unique\") ou du texte libre ?",
            )
        } else {
            texte
        };
    }
    let seules = options.iter().filter(|o| cellules.iter().filter(|c| c.trim() == **o).count() == 1).count();
    let mut devinee = Devinee::simple(TypeQuestion::Unique);
    if cellules.len() < 10 || seules * 2 > options.len() {
        devinee = devinee.avec_doute("peu de réponses se répètent : est-ce bien une liste d’options ?");
    }
    devinee.options = options;
    devinee
}

/// Distinct texts, in the order in which they are met; « oui », « Oui » and « OUI » are one, as most write it.
fn distinctes<'a>(textes: impl Iterator<Item = &'a str>) -> Vec<String> {
    // « < 3 » and « > 3 » are two, whatever a folded text leaves out.
    let repliee = |texte: &str| {
        let signes: String = texte.chars().filter(|c| "<>≤≥+-=%/€*()".contains(*c)).collect();
        (replier(texte), signes)
    };
    let mut rangs: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut ecritures: Vec<Vec<(&str, usize)>> = Vec::new();
    for texte in textes.map(str::trim).filter(|t| !t.is_empty()) {
        let rang = *rangs.entry(repliee(texte)).or_insert_with(|| {
            ecritures.push(Vec::new());
            ecritures.len() - 1
        });
        match ecritures[rang].iter_mut().find(|(ecriture, _)| *ecriture == texte) {
            Some((_, combien)) => *combien += 1,
            None => ecritures[rang].push((texte, 1)),
        }
    }
    // The first of those that most gave.
    let choisie = |ecritures: &Vec<(&str, usize)>| {
        let plus = ecritures.iter().map(|(_, combien)| *combien).max();
        ecritures
            .iter()
            .find(|(_, combien)| Some(*combien) == plus)
            .map(|(ecriture, _)| (*ecriture).to_owned())
    };
    ecritures.iter().filter_map(choisie).collect()
}
