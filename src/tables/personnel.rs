//! What says who somebody is, and is dropped at the door.

use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::replier;
use std::collections::BTreeSet;

/// Headers of columns that hold a person, whatever is in them.
const ENTETES: [&str; 26] = [
    "nom",
    "noms",
    "prenom",
    "prenoms",
    "nom prenom",
    "nom et prenom",
    "nom de famille",
    "nom d utilisateur",
    "nom complet",
    "votre nom",
    "votre prenom",
    "name",
    "last name",
    "first name",
    "username",
    "email address",
    "adresse de messagerie",
    "adresse e mail",
    "adresse electronique",
    "adresse ip",
    "ip address",
    "date de naissance",
    "adresse",
    "adresse postale",
    "telephone",
    "contact",
];

/// Words of which one in a header is enough: nobody asks for them but to know who answers.
const MOTS: [&str; 9] =
    ["mail", "email", "mails", "courriel", "courriels", "prenom", "prenoms", "coordonnees", "tel"];

/// Who somebody is for others: after « nom » in a header, the name of a person.
const ROLES: [&str; 18] = [
    "contact",
    "contacts",
    "referent",
    "referente",
    "responsable",
    "directeur",
    "directrice",
    "interlocuteur",
    "interlocutrice",
    "secretaire",
    "agent",
    "elu",
    "adjoint",
    "adjointe",
    "animateur",
    "animatrice",
    "dir",
    "direction",
];

/// Of whom a family, or a relais, gives the name.
const GENS: [&str; 22] = [
    "assistante",
    "assistant",
    "assistantes",
    "assistants",
    "nounou",
    "nounous",
    "nourrice",
    "nourrices",
    "garde",
    "enfant",
    "enfants",
    "employeur",
    "salarie",
    "salariee",
    "professionnel",
    "professionnelle",
    "medecin",
    "pediatre",
    "parent",
    "parents",
    "animateur",
    "animatrice",
];

/// Words between « nom » and whose it is.
const LIAISONS: [&str; 14] =
    ["de", "du", "des", "d", "la", "le", "les", "l", "votre", "vos", "son", "sa", "un", "une"];

/// Words of which one in two or three capitalised words says that they are no person: what is a mode of care, a place, a
/// day, an opinion.
const CHOSES: [&str; 35] = [
    "assist", "matern", "creche", "multi", "accueil", "micro", "mam", "maison", "parent", "grand", "famil",
    "gard", "halte", "relais", "struct", "ecole", "saint", "les", "centre", "perisco", "associ", "mairie",
    "conge", "temps", "oui", "non", "tres", "pas", "tout", "plut", "jardin", "autre", "aucun", "rpe",
    "enfan",
];

/// Words of which the answers to a question about somebody are made, and names are not.
const AVIS: [&str; 24] = [
    "satisf",
    "insatisf",
    "moyen",
    "bien",
    "bon",
    "mauvais",
    "mal",
    "jamais",
    "parfois",
    "souvent",
    "toujours",
    "rare",
    "regul",
    "occasion",
    "facile",
    "difficile",
    "import",
    "peu",
    "assez",
    "suffi",
    "insuffi",
    "connu",
    "lundi",
    "plein",
];

/// Words beside those of [`GENS`] and [`ROLES`] that leave a header without any question.
const NEUTRES: [&str; 9] =
    ["quel", "quelle", "qui", "est", "maternelle", "maternel", "maternelles", "actuelle", "agreee"];

/// What a name follows, folded.
const CIVILITES: [&str; 9] = ["m", "mr", "mme", "mlle", "mmes", "mm", "madame", "monsieur", "mademoiselle"];

/// What a question that speaks of those words does if it is about the service, not about the person.
const QUESTIONS: [&str; 8] =
    ["satisfait", "satisfaite", "satisfaction", "accueil", "recevez", "preferez", "souhaitez", "mode"];

/// Stands for an e-mail or a phone inside a free text.
const RETIRE: &str = "[retiré]";

/// True if a column says who people are: by its header, or because most of its cells are e-mails or phones.
pub(super) fn est_personnelle(colonne: &ColonneTexte) -> bool {
    entete_personnel(&colonne.entete) || cellules_personnelles(colonne) || nomme_les_siens(colonne)
}

/// « Votre assistante maternelle », over as many different family names: it asks nothing else than who she is.
fn nomme_les_siens(colonne: &ColonneTexte) -> bool {
    let entete = replier(&colonne.entete);
    let mut mots =
        entete.split(' ').filter(|mot| !LIAISONS.contains(mot) && !NEUTRES.contains(mot)).peekable();
    if mots.peek().is_none() || !mots.all(|mot| GENS.contains(&mot) || ROLES.contains(&mot)) {
        return false;
    }
    let est_un_nom = |texte: &str| {
        let mots: Vec<&str> = texte.split_whitespace().collect();
        texte.chars().count() > 2 && mots.len() <= 3 && mots.iter().all(|mot| est_un_nom_propre(mot, &AVIS))
    };
    let remplies: Vec<&str> = colonne.valeurs.iter().flatten().collect();
    let noms: Vec<&str> = remplies.iter().copied().filter(|texte| est_un_nom(texte)).collect();
    let differents: BTreeSet<String> = noms.iter().map(|nom| replier(nom)).collect();
    noms.len() * 2 > remplies.len() && differents.len() > 3 && differents.len() * 4 > noms.len()
}

/// True if a header, or the label of a row, asks who somebody is.
pub(super) fn entete_personnel(entete: &str) -> bool {
    let replie = replier(entete);
    if ENTETES.contains(&replie.as_str()) {
        return true;
    }
    let mots: Vec<&str> = replie.split(' ').collect();
    let un_de = |cherches: &[&str]| mots.iter().any(|m| cherches.contains(m));
    if mots.first() == Some(&"nom") && un_de(&ROLES) || demande_un_nom(&mots) {
        return true;
    }
    let nomme = un_de(&MOTS) || un_de(&["telephone"]) || replie.contains("votre nom");
    let demande = un_de(&["laisser", "laissez", "indiquer", "indiquez", "renseigner", "renseignez"]);
    // « Votre » alone also begins questions about the service.
    let a_soi = (mots.len() <= 4 || un_de(&["votre", "vos"])) && !un_de(&QUESTIONS);
    nomme && (demande || a_soi)
}

/// « Quel est le nom de votre assistante maternelle ? », « Comment s’appelle votre nounou ? »
fn demande_un_nom(mots: &[&str]) -> bool {
    let apres = mots.iter().position(|m| matches!(*m, "nom" | "noms" | "appelle" | "appellent"));
    let Some(apres) = apres.map(|rang| &mots[rang + 1..]) else { return false };
    let premier = apres.iter().find(|mot| !LIAISONS.contains(mot));
    premier.is_some_and(|mot| GENS.contains(mot) || ROLES.contains(mot))
        || apres.iter().any(|mot| mot.starts_with("assistant") || mot.starts_with("nounou"))
}

/// True if a rubric is about people by their function, and what it says begins, or goes on, with names: « Assistantes
/// maternelles : Josette Kerbrat (4 places) », but not « Assistantes maternelles : 12 » nor « École maternelle : Jules Ferry ».
pub(super) fn nomme_des_gens(rubrique: &str, valeur: &str) -> bool {
    let replie = replier(rubrique);
    let fonction =
        |mot: &str| ROLES.contains(&mot) || mot.starts_with("assistant") || mot.starts_with("animat");
    let mots: Vec<&str> = valeur.split_whitespace().collect();
    let majuscule = |mot: &&str| mot.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
    replie.split(' ').any(fonction) && mots.windows(2).any(|paire| paire.iter().all(majuscule))
}

/// The text without the names that it begins with: « Odile Le Bihan 06 12 34 56 78 », of the contact of a mairie.
pub(super) fn retirer_le_premier_nom(texte: &str) -> String {
    let mots: Vec<&str> = texte.split(' ').collect();
    let nom = |mot: &&&str| {
        mot.starts_with(char::is_uppercase) && mot.chars().all(|c| c.is_alphabetic() || "-'’".contains(c))
    };
    match mots.iter().take_while(nom).count() {
        0 | 1 => texte.to_owned(),
        combien => [&[RETIRE], &mots[combien..]].concat().join(" "),
    }
}

/// True if most of a few texts look like the name of somebody: two or three capitalised words, of no thing that a
/// questionnaire asks about.
pub(super) fn sont_des_noms<'t>(textes: impl Iterator<Item = &'t str>) -> bool {
    let (noms, tous) = textes.fold((0_u32, 0_u32), |(noms, tous), texte| {
        (noms + u32::from(ressemble_a_quelqu_un(texte)), tous + 1)
    });
    noms > 1 && noms * 2 > tous
}

/// True for a text that names somebody: after a civility or « chez », or by two capitalised words, wherever they stand.
pub(super) fn nomme_quelqu_un(texte: &str) -> bool {
    let mots: Vec<&str> = texte.split(|c: char| c.is_whitespace() || ",;:()/".contains(c)).collect();
    let suite = |paire: &[&str]| ressemble_a_quelqu_un(&paire.join(" "));
    retirer_les_noms(texte) != texte || ressemble_a_quelqu_un(texte) || mots.windows(2).any(suite)
}

/// True for a capitalised word of letters that begins like no thing, nor like one of these.
fn est_un_nom_propre(mot: &str, autres: &[&str]) -> bool {
    let est_une_chose = |m: &str| CHOSES.iter().chain(autres).any(|chose| m.starts_with(chose));
    mot.starts_with(char::is_uppercase)
        && mot.chars().all(|c| c.is_alphabetic() || "-'’.".contains(c))
        && !replier(mot).split(' ').any(est_une_chose)
}

fn ressemble_a_quelqu_un(texte: &str) -> bool {
    let mots: Vec<&str> = texte.split_whitespace().collect();
    (2..=3).contains(&mots.len()) && mots.iter().all(|mot| est_un_nom_propre(mot, &[]))
}

fn cellules_personnelles(colonne: &ColonneTexte) -> bool {
    let (remplies, personnelles) =
        colonne.valeurs.iter().flatten().fold((0_u32, 0_u32), |(n, p), cellule| {
            let seule = est_courriel(cellule) || est_telephone(cellule) || est_un_nom_civil(cellule);
            (n + 1, p + u32::from(seule))
        });
    personnelles * 2 > remplies
}

/// True if a cell is somebody after a civility, and nothing else: « Mme DURAND ».
fn est_un_nom_civil(texte: &str) -> bool {
    let reste = retirer_les_noms(texte);
    reste != texte && reste.trim() == RETIRE
}

/// The text without the persons that a civility names: « Mme Anne DURAND » goes, « M. le maire » stays. A name
/// goes on as long as its words begin with a capital.
pub(super) fn retirer_les_noms(texte: &str) -> String {
    let mots: Vec<&str> = texte.split(' ').collect();
    let majuscule = |mot: &str| mot.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_uppercase);
    // « Chez Josette Kerbrat », « directrice : Josette Kerbrat », « gérée par Josette Kerbrat »: the word stays.
    let chose = |mot: &str| CHOSES.iter().any(|chose| replier(mot).starts_with(chose));
    let garde =
        |mot: &str| matches!(replier(mot).as_str(), "chez" | "par") || ROLES.contains(&replier(mot).as_str());
    let civilite = |mot: &str| {
        // A lone « M » is a day, or an initial.
        let nu = mot.trim_start_matches(['(', '«', '"']);
        CIVILITES.contains(&replier(nu).as_str()) && majuscule(nu) && (nu.chars().count() > 1)
    };
    let mut gardes: Vec<String> = Vec::new();
    let mut rang = 0;
    while let Some(mot) = mots.get(rang) {
        let fin_de_phrase = |mot: &str| mot.ends_with([',', ';', ')', ':']);
        let debut = rang + 1 + usize::from(garde(mot) && mots.get(rang + 1) == Some(&":"));
        let mut fin = debut;
        // « Chez Les Francas », « par Familles Rurales »: nobody.
        let quelqu_un = civilite(mot) || garde(mot) && !mots.get(debut).is_some_and(|m| chose(m));
        while quelqu_un && mots.get(fin).is_some_and(|m| majuscule(m)) {
            fin += 1;
            if fin_de_phrase(mots[fin - 1]) {
                break;
            }
        }
        // A function may go before one word that is no name: « directeur Adjoint ».
        if fin == debut || fin == debut + 1 && garde(mot) && replier(mot) != "chez" {
            fin = rang + 1;
            gardes.push((*mot).to_owned());
        } else {
            let nu = mots[fin - 1].trim_end_matches([',', ';', ')', ':']);
            let ponctuation = &mots[fin - 1][nu.len()..];
            let mots_gardes = if garde(mot) { &mots[rang..debut] } else { &[] };
            gardes.extend(mots_gardes.iter().map(|mot| (*mot).to_owned()));
            gardes.push(format!("{RETIRE}{ponctuation}"));
        }
        rang = fin;
    }
    gardes.join(" ")
}

/// The text without the e-mails, phones and persons that somebody wrote into it.
pub(super) fn retirer(texte: &str) -> String {
    let sans_courriel: Vec<&str> =
        texte.split(' ').map(|mot| if mot.split('\n').any(est_courriel) { RETIRE } else { mot }).collect();
    retirer_les_noms(&retirer_les_telephones(&sans_courriel.join(" ")))
}

fn est_courriel(mot: &str) -> bool {
    let mot = mot.trim_matches(|c: char| !c.is_alphanumeric());
    mot.split_once('@').is_some_and(|(avant, apres)| !avant.is_empty() && apres.contains('.'))
        && !mot.contains(char::is_whitespace)
}

/// A French number, with or without its spaces, points or hyphens, or without the zero that a spreadsheet ate.
fn est_telephone(texte: &str) -> bool {
    let chiffres: String = texte.chars().filter(char::is_ascii_digit).collect();
    let ecrit = texte.chars().all(|c| c.is_ascii_digit() || " .-/+()\u{a0}\u{202f}".contains(c));
    let national = chiffres.strip_prefix("33").or_else(|| chiffres.strip_prefix("0033")).unwrap_or(&chiffres);
    let sans_zero = national.strip_prefix('0').unwrap_or(national);
    ecrit
        && sans_zero.len() == 9
        && !sans_zero.starts_with('0')
        && (chiffres.len() > 9 || texte.len() > 9 || sans_zero.starts_with(['6', '7']))
}

/// Takes out each run of ten digits that begins with a zero, whatever stands between them.
fn retirer_les_telephones(texte: &str) -> String {
    let lettres: Vec<char> = texte.chars().collect();
    let mut net = String::with_capacity(texte.len());
    let mut rang = 0;
    while rang < lettres.len() {
        if let Some(fin) = fin_du_telephone(&lettres, rang) {
            net.push_str(RETIRE);
            rang = fin;
        } else {
            net.push(lettres[rang]);
            rang += 1;
        }
    }
    net
}

fn fin_du_telephone(lettres: &[char], debut: usize) -> Option<usize> {
    let commence = lettres[debut] == '0' && (debut == 0 || !lettres[debut - 1].is_ascii_digit());
    if !commence {
        return None;
    }
    let mut chiffres = 0;
    for (i, c) in lettres.iter().enumerate().skip(debut) {
        match c {
            c if c.is_ascii_digit() => chiffres += 1,
            ' ' | '.' | '-' | '\u{a0}' | '\u{202f}' => {}
            _ => return None,
        }
        if chiffres == 10 {
            let suit = lettres.get(i + 1).is_some_and(char::is_ascii_digit);
            return (!suit).then_some(i + 1);
        }
    }
    None
}

/// Tells which columns were dropped, by their headers.
pub(super) fn dire_les_ecartees(tableau: &Tableau, ecartees: &[&ColonneTexte], bilan: &mut Bilan) {
    if ecartees.is_empty() {
        return;
    }
    let entetes: Vec<String> = ecartees
        .iter()
        .map(|c| format!("« {} »", c.entete.split_whitespace().take(12).collect::<Vec<_>>().join(" ")))
        .collect();
    bilan.noter(Probleme::new(Motif::ColonnePersonnelle, tableau.origine.lieu(), entetes.join(", ")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_entete_qui_demande_qui_l_on_est() {
        for entete in [
            "Nom",
            "Prénom",
            "Adresse de messagerie",
            "Votre adresse mail",
            "E-mail",
            "Pour être recontacté, vous pouvez nous laisser votre nom, prénom et mail.\nMerci",
            "Téléphone",
            "Nom du contact",
            "Nom du référent petite enfance",
            "Quel est le nom de votre assistante maternelle ?",
            "Nom de la structure ou de l’assistante maternelle",
            "Comment s’appelle votre nounou ?",
            "Si vous souhaitez sortir de l’anonymat, vous pouvez nous laisser votre nom et votre mail",
        ] {
            assert!(entete_personnel(entete), "{entete}");
        }
        for entete in [
            "Êtes-vous satisfait de l'accueil par courriel ?",
            "Nombre d’enfants",
            "Dans quelle commune habitez-vous ?",
            "Le nom de l’établissement où vous cherchez une place pour votre enfant",
        ] {
            assert!(!entete_personnel(entete), "{entete}");
        }
    }

    #[test]
    fn une_colonne_de_noms_de_famille_sans_question_dit_qui_est_qui() {
        let colonne = |entete: &str, cellules: &[&str]| ColonneTexte {
            entete: entete.to_owned(),
            position: 1,
            valeurs: cellules.iter().map(|texte| Some(*texte)).collect(),
        };
        let noms = ["Kerbrat", "Le Goff", "QUINTRIC", "Kerbrat", "Guivarch", "je ne sais pas"];
        for entete in
            ["Votre assistante maternelle", "Assistante maternelle actuelle", "Quelle est votre nounou ?"]
        {
            assert!(est_personnelle(&colonne(entete, &noms)), "{entete}");
        }
        for (entete, cellules) in [
            ("Votre commune", &noms[..]),
            ("Que pensez-vous de votre assistante maternelle ?", &["Calme", "Douce", "Patiente", "Drôle"]),
            ("Assistante maternelle", &["Oui", "Non", "Oui", "Non"]),
            ("Assistante maternelle", &["X", "X", "X", "X"]),
            ("Votre assistante maternelle", &["Satisfait", "Très satisfait", "Moyennement", "Pas du tout"]),
        ] {
            assert!(!est_personnelle(&colonne(entete, cellules)), "{entete} {cellules:?}");
        }
    }

    #[test]
    fn un_texte_libre_perd_ses_courriels_et_ses_telephones() {
        assert_eq!(
            retirer("Appelez-moi au 06 12 34 56 78 ou zoe@exemple.fr, avant 18 h."),
            "Appelez-moi au [retiré] ou [retiré] avant 18 h."
        );
        assert_eq!(retirer("0 enfant en 2024, 1 en 2025"), "0 enfant en 2024, 1 en 2025");
        assert_eq!(retirer("Voir Mme Anne DURAND, le lundi"), "Voir [retiré], le lundi");
        assert_eq!(
            retirer("Atelier chez Josette Kerbrat, 3 rue des Lilas"),
            "Atelier chez [retiré], 3 rue des Lilas"
        );
        assert_eq!(
            retirer("Les Tilleuls, directrice Josette Kerbrat, 87 élèves"),
            "Les Tilleuls, directrice [retiré], 87 élèves"
        );
        assert_eq!(retirer("Responsable : Odile Le Bihan, le jeudi"), "Responsable : [retiré], le jeudi");
        assert_eq!(retirer_le_premier_nom("Odile Le Bihan 02 51 00 00 00"), "[retiré] 02 51 00 00 00");
        assert_eq!(retirer_le_premier_nom("Accueil, 02 51 00 00 00"), "Accueil, 02 51 00 00 00");
        assert_eq!(
            retirer("Garderie (dir. : Yann Quemener), de 7 h à 9 h"),
            "Garderie (dir. : [retiré]), de 7 h à 9 h"
        );
        assert_eq!(retirer("gérée par Sylvie Quintric"), "gérée par [retiré]");
        for garde in [
            "Atelier chez Les Francas",
            "Gérée par Familles Rurales",
            "Ouverte par Babilou",
            "L-M-J-V de 7 h à 9 h",
            "Écrire à M. le maire",
            "École Madame de Sévigné",
            "Mme la directrice",
        ] {
            assert_eq!(retirer(garde), garde);
        }
        assert!(nomme_des_gens("Assistantes maternelles", "Josette Kerbrat (4 places)"));
        assert!(!nomme_des_gens("Assistantes maternelles", "12, liste au relais"));
        assert!(!nomme_des_gens("École maternelle", "Jules Ferry"));
        assert!(sont_des_noms(["Josette Kerbrat", "Odile Le Bihan", "Aucune"].into_iter()));
        assert!(!sont_des_noms(
            ["Multi-Accueil Municipal", "Assistante Maternelle", "Les Petits Loups"].into_iter()
        ));
        assert!(nomme_quelqu_un("chez Sophie Martin") && nomme_quelqu_un("nounou Annie Durand"));
        assert!(!nomme_quelqu_un("Relais Petite Enfance") && !nomme_quelqu_un("Bouche à oreille"));
        assert!(est_telephone("02.51.00.00.00") && est_telephone("612345678") && !est_telephone("2024"));
    }
}
