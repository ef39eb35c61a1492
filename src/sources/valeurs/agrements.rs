//! What a list of agréments says: capacity, place of exercise, acceptances.

use super::{Gestionnaire, ValeurInvalide, contient_mots, entier, est_manquant, gestionnaire, replier};
use crate::quality::Motif;

/// The most children that an agrément has ever allowed at once.
const PLACES_MAX: u8 = 6;

/// The capacity of an agrément.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacite {
    /// Children at once, 1 to 6, in all.
    pub places: u8,
    /// Of these, places that only a child at school can take (périscolaire, more than three years).
    pub dont_periscolaire: u8,
}

/// Reads the capacity of an agrément: `3`, `3 enfants`, `trois`, `Capacité : 2`,
/// `2 + 1 périscolaire` (three places, one of them périscolaire), `4 dont 1 périsco`,
/// `3 (2 + 1 périscolaire)`, `3 places dont 1 pour un enfant de plus de 3 ans`. Ages are not places. Who sleeps
/// there does not come on top of who is there by day: `4 jour + 1 nuit` is four places.
///
/// # Errors
/// `CapaciteImpossible` for a number that no agrément has (0, or more than 6); `CapaciteIllisible`
/// when no single number can be read (`3 ou 4`, `2,5`).
pub fn capacite(texte: &str) -> Result<Capacite, ValeurInvalide> {
    let illisible = || {
        let detail = if texte.trim().is_empty() {
            "la cellule est vide"
        } else {
            "un nombre de places ne s’y lit pas avec certitude"
        };
        ValeurInvalide::new(Motif::CapaciteIllisible, detail)
    };
    // « #DIV/0! » holds no zero place.
    if texte.trim_start().starts_with('#') {
        return Err(illisible());
    }
    let (places, dont) = match entier(texte) {
        Ok(n) => (n, 0),
        Err(_) => places_en_toutes_lettres(texte).ok_or_else(illisible)?,
    };
    let Some(places) = u8::try_from(places).ok().filter(|n| (1..=PLACES_MAX).contains(n)) else {
        let detail =
            format!("{places} place{} : de 1 à {PLACES_MAX} attendues", if places > 1 { "s" } else { "" });
        return Err(ValeurInvalide::new(Motif::CapaciteImpossible, detail));
    };
    let dont_periscolaire = u8::try_from(dont).ok().filter(|n| *n <= places).ok_or_else(illisible)?;
    Ok(Capacite { places, dont_periscolaire })
}

/// Places in all, and périscolaire among them. The text is cut at « dont » or at a bracket into the
/// total and its detail, each a sum of parts.
fn places_en_toutes_lettres(texte: &str) -> Option<(i64, i64)> {
    let texte = texte.trim().to_lowercase();
    if texte.starts_with(['-', '\u{2212}']) {
        return None;
    }
    // « 1 de + de 3 ans » is no sum.
    let texte =
        ["+ de 3", "+de 3", "+ 3 ans", "+3 ans"].iter().fold(texte, |t, plus| t.replace(plus, "plus de 3"));
    let texte = ["jour et nuit", "jour et de nuit", "jour et la nuit"]
        .iter()
        .fold(texte, |t, m| t.replace(m, "jour"));
    // « enfant(s) », « place(s) »: not a detail.
    let texte = texte.replace("(s)", "s");
    let texte = sans_ages(&sans_egalite(&texte));
    let (total, detail) = match texte.find("dont").map(|i| (i, 4)).or(texte.find('(').map(|i| (i, 1))) {
        Some((i, longueur)) => (&texte[..i], &texte[i + longueur..]),
        None => (texte.as_str(), ""),
    };
    let parts = parts(total)?;
    let places = somme(&parts, |p| !p.nuit)?.max(somme(&parts, |p| p.nuit)?);
    let mut dont = somme(&parts, |p| p.periscolaire)?;
    let detail_plie = replier(detail);
    if !detail.contains(|c: char| c.is_ascii_digit()) && self::parts(detail).is_none() {
        // « 3 + 1 (périscolaire) » says it of the last one, « 4 (extension) » of no number.
        if let [_, .., dernier] = parts.as_slice()
            && detail_plie.starts_with("peri")
        {
            dont = dont.checked_add(dernier.nombre)?;
        }
    } else if !detail_plie.is_empty() {
        dont = dont.checked_add(somme(&self::parts(detail)?, |p| p.periscolaire)?)?;
    }
    // « 3 périscolaire » alone: every place is.
    Some((places, dont))
}

/// « 2+2=4 »: the sum is said again.
fn sans_egalite(texte: &str) -> String {
    match texte.split_once('=') {
        Some((parts, tout)) if tout.trim().parse::<i64>().is_ok() => parts.to_owned(),
        _ => texte.to_owned(),
    }
}

/// « 4 (3 mois à 6 ans) », « 4 de 0/6 ans »: of children of what age; « 3, 1 péri » is a sum, « 4pl » four places.
fn sans_ages(texte: &str) -> String {
    let age = |dedans: &str| {
        let replie = replier(dedans);
        (replie.ends_with(" ans") || replie.ends_with(" mois"))
            && !replie.contains("plus de")
            && replie.split(' ').filter(|mot| mot.parse::<u32>().is_ok()).count() > 1
    };
    let sans = match texte.split_once('(') {
        Some((avant, dedans)) if age(dedans.trim_end_matches(')')) => avant,
        _ => texte,
    };
    let sans = match sans.split_once(" de ") {
        Some((avant, suite)) if age(suite) => avant,
        _ => sans,
    };
    let mut net = String::with_capacity(sans.len());
    let lettres: Vec<char> = sans.chars().collect();
    for (rang, lettre) in lettres.iter().enumerate() {
        let avant = rang.checked_sub(1).map(|avant| lettres[avant]);
        let apres = lettres[rang + 1..].iter().find(|c| !c.is_whitespace());
        if lettre.is_alphabetic() && avant.is_some_and(|c| c.is_ascii_digit()) {
            net.push(' ');
        }
        let somme = *lettre == ','
            && avant.is_some_and(char::is_alphabetic)
            && apres.is_some_and(char::is_ascii_digit);
        net.push_str(if somme { " + " } else { "" });
        if !somme {
            net.push(*lettre);
        }
    }
    net
}

/// One part of a capacity.
struct Partie {
    nombre: i64,
    periscolaire: bool,
    /// By night only.
    nuit: bool,
}

/// The sum of some parts, unless it is larger than any number of children.
fn somme(parts: &[Partie], garder: impl Fn(&Partie) -> bool) -> Option<i64> {
    parts.iter().filter(|p| garder(p)).try_fold(0_i64, |somme, p| somme.checked_add(p.nombre))
}

fn parts(texte: &str) -> Option<Vec<Partie>> {
    texte.split('+').flat_map(|part| part.split(" et ")).map(partie).collect()
}

fn partie(texte: &str) -> Option<Partie> {
    let replie = replier(texte);
    let mots: Vec<&str> = replie.split(' ').collect();
    let nuit = mots.iter().any(|m| m.starts_with("nuit") || m.starts_with("noct"))
        && !mots.iter().any(|m| m.starts_with("jour"));
    let periscolaire =
        mots.iter().any(|m| m.starts_with("peri") || m.starts_with("scolaire") || m.starts_with("scolarise"))
            || contient_mots(&replie, "plus de 3 ans");
    let mut nombres = mots.iter().enumerate().filter(|(i, _)| !est_un_age(&mots, *i));
    let (rang, nombre) = nombres.find_map(|(i, m)| Some((i, nombre_de(m)?)))?;
    // A second figure makes the number doubtful; a second word (« pour un enfant ») does not.
    let autre_chiffre = mots
        .iter()
        .enumerate()
        .skip(rang + 1)
        .any(|(i, m)| m.parse::<i64>().is_ok() && !est_un_age(&mots, i));
    // « quatre-vingts » is not four.
    let plus_de_dix = mots.iter().any(|m| {
        ["vingt", "trente", "quarante", "cinquante", "soixante", "cent", "mille"]
            .iter()
            .any(|dizaine| m.strip_prefix(dizaine).is_some_and(|fin| matches!(fin, "" | "s" | "aine")))
    });
    (!autre_chiffre && !plus_de_dix).then_some(Partie { nombre, periscolaire, nuit })
}

/// True for the numbers of « 18 mois », « 3 ans », « de 0 à 3 ans ».
fn est_un_age(mots: &[&str], rang: usize) -> bool {
    let unite = |i: usize| mots.get(i).is_some_and(|m| matches!(*m, "an" | "ans" | "mois"));
    let suite = mots.get(rang + 1).is_some_and(|m| *m == "a");
    mots[rang].parse::<i64>().is_ok() && (unite(rang + 1) || suite && unite(rang + 3))
}

fn nombre_de(mot: &str) -> Option<i64> {
    const LETTRES: [&str; 11] =
        ["zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"];
    if mot == "une" {
        return Some(1);
    }
    let rang = LETTRES.iter().position(|l| *l == mot).and_then(|i| i64::try_from(i).ok());
    rang.or_else(|| mot.parse().ok())
}

/// Where a childminder works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LieuExercice {
    /// At home.
    Domicile,
    /// In a maison d'assistants maternels.
    Mam,
    /// At home, employed by a crèche familiale.
    CrecheFamiliale,
    /// At home or in a MAM: the list tells of nobody where.
    NonDit,
}

impl LieuExercice {
    /// The identifier used in tables: `domicile`, `mam`, `creche_familiale`, `non_dit`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Domicile => "domicile",
            Self::Mam => "mam",
            Self::CrecheFamiliale => "creche_familiale",
            Self::NonDit => "non_dit",
        }
    }
}

/// Reads the place of exercise: `Domicile`, `MAM Les Loupiots`, `SAF`, `crèche familiale`.
///
/// # Errors
/// `ModaliteInconnue` for another place, or two at once.
pub fn lieu_exercice(texte: &str) -> Result<LieuExercice, ValeurInvalide> {
    let replie = replier(texte);
    let un_de = |mots: &[&str]| mots.iter().any(|m| contient_mots(&replie, m));
    let domicile = un_de(&["domicile", "chez elle", "chez lui", "dom"]);
    let mam = nomme_une_mam(&replie);
    // Away from home, childminders only work in MAM.
    if contient_mots(&replie, "hors domicile") && !nomme_une_creche_familiale(&replie) {
        return Ok(LieuExercice::Mam);
    }
    if mam && nie_un_lieu(&replie) {
        return Ok(LieuExercice::Domicile);
    }
    let creche = nomme_une_creche_familiale(&replie) || un_de(&["creche"]);
    match (domicile, mam, creche) {
        (true, false, false) => Ok(LieuExercice::Domicile),
        (false, true, false) => Ok(LieuExercice::Mam),
        // Those of a crèche familiale work at home: the place may say both.
        (_, false, true) => Ok(LieuExercice::CrecheFamiliale),
        _ => Err(ValeurInvalide::new(
            Motif::ModaliteInconnue,
            "un seul de ces lieux est attendu : domicile, MAM, crèche familiale",
        )),
    }
}

/// Reads a cell of a column about one place of exercise (« MAM », « Crèche familiale »): a cross or the name of the
/// place says that the person works there; the name of another place (`Domicile`) says that one. None where the
/// cell says that it is another place without saying which (`non`, `Aucune`, `Hors MAM`), or does not tell.
pub fn lieu_d_une_colonne(texte: &str, colonne: LieuExercice) -> Option<LieuExercice> {
    match oui_non(texte) {
        Ok(Some(true)) => return Some(colonne),
        Ok(Some(false) | None) => return None,
        Err(_) => {}
    }
    let replie = replier(texte);
    if nie_un_lieu(&replie) || colonne == LieuExercice::CrecheFamiliale && est_un_particulier(&replie) {
        None
    } else if nomme_une_mam(&replie) {
        Some(LieuExercice::Mam)
    } else if nomme_une_creche_familiale(&replie) {
        Some(LieuExercice::CrecheFamiliale)
    } else if replie == "dom" || contient_mots(&replie, "domicile") {
        Some(LieuExercice::Domicile)
    } else {
        Some(colonne)
    }
}

/// True if an employer of childminders is a crèche familiale: those whom a legal person employs work for one (CASF
/// L.421-1); parents and a MAM are none.
///
/// # Errors
/// `ModaliteInconnue` for a name that tells neither: it may be that of a parent.
pub fn est_une_creche_familiale(employeur: &str) -> Result<bool, ValeurInvalide> {
    let replie = replier(employeur);
    let dit_non = matches!(oui_non(employeur), Ok(Some(false) | None));
    if dit_non || nie_un_lieu(&replie) || nomme_une_mam(&replie) {
        return Ok(false);
    }
    if nomme_une_creche_familiale(&replie) || contient_mots(&replie, "creche") {
        return Ok(true);
    }
    if est_un_particulier(&replie) {
        return Ok(false);
    }
    match gestionnaire(employeur) {
        Ok(Gestionnaire::Public | Gestionnaire::Associatif) => Ok(true),
        _ => Err(ValeurInvalide::new(
            Motif::ModaliteInconnue,
            "« particulier » ou « crèche familiale » est attendu, avec son nom ou non",
        )),
    }
}

fn nomme_une_mam(replie: &str) -> bool {
    ["mam", "m a m"].iter().any(|sigle| contient_mots(replie, sigle))
        || replie.contains("maison d assistant")
        || replie.contains("maison assistant")
}

fn nomme_une_creche_familiale(replie: &str) -> bool {
    ["creche familiale", "saf", "accueil familial"].iter().any(|mots| contient_mots(replie, mots))
}

/// True for `Aucune`, `Néant`, `Sans`, `Hors MAM`, `Pas de crèche familiale`; not for a MAM « Sans souci ».
fn nie_un_lieu(replie: &str) -> bool {
    let (premier, suite) = replie.split_once(' ').unwrap_or((replie, ""));
    if nomme_une_mam(replie) && (replie.ends_with(" fermee") || matches!(premier, "ancienne" | "ex")) {
        return true;
    }
    match premier {
        "aucun" | "aucune" | "neant" => true,
        "sans" | "hors" | "pas" | "rien" | "non" => {
            suite.is_empty()
                || nomme_une_mam(suite)
                || nomme_une_creche_familiale(suite)
                || ["creche", "employeur", "structure", "concerne", "concernee"]
                    .iter()
                    .any(|mot| contient_mots(suite, mot))
        }
        _ => false,
    }
}

/// True for parents who employ: `Particulier employeur`, `Parents`, `Mme …`, `Pajemploi`, and for who has no employer.
fn est_un_particulier(replie: &str) -> bool {
    let mut mots = replie.split(' ');
    let civilite = matches!(mots.clone().next(), Some("m" | "mr" | "mme" | "mlle" | "monsieur" | "madame"));
    let particulier = mots.any(|mot| {
        ["particulier", "parent", "independant", "liberal"].iter().any(|debut| mot.starts_with(debut))
            || matches!(mot, "famille" | "familles" | "cesu" | "pajemploi")
    });
    (civilite || particulier) && !matches!(gestionnaire(replie), Ok(Gestionnaire::Associatif))
}

/// The name of a MAM, without the words that only say that it is one, nor its article: `MAM Les Lutins`, `M.A.M. LES
/// LUTINS` and `Lutins` are one name, `En MAM` is none.
pub fn nom_de_mam(texte: &str) -> Option<String> {
    const MOTS: [&str; 20] = [
        "le",
        "la",
        "les",
        "l",
        "mam",
        "maison",
        "d",
        "de",
        "assistant",
        "assistants",
        "assistante",
        "assistantes",
        "maternel",
        "maternels",
        "maternelle",
        "maternelles",
        "en",
        "exerce",
        "exercice",
        "une",
    ];
    let replie = replier(texte).replace("m a m", "mam");
    let propres: Vec<&str> = replie.split(' ').skip_while(|mot| MOTS.contains(mot)).collect();
    let nom = sans_adresse(&propres).join(" ");
    (!nom.is_empty() && oui_non(texte).is_err()).then_some(nom)
}

/// Words of a street.
const VOIES: [&str; 14] = [
    "rue",
    "avenue",
    "av",
    "place",
    "pl",
    "impasse",
    "imp",
    "chemin",
    "allee",
    "route",
    "boulevard",
    "bd",
    "lieu",
    "bis",
];

/// True for a text that has a number and a street: « 4 rue du Four ».
pub fn est_une_adresse(texte: &str) -> bool {
    let replie = replier(texte);
    replie.starts_with(|c: char| c.is_ascii_digit()) && replie.split(' ').any(|mot| VOIES.contains(&mot))
}

/// The words before an address that follows them: « lutins 4 rue du four 85190 aizenay ». A number alone is of the name (« Les 3
/// Ours »).
fn sans_adresse<'m>(mots: &'m [&'m str]) -> &'m [&'m str] {
    let code_postal = |mot: &&str| mot.len() == 5 && mot.bytes().all(|b| b.is_ascii_digit());
    let numero = |mot: &str| mot.starts_with(|c: char| c.is_ascii_digit());
    let voie = |rang: usize| mots.get(rang + 1).is_some_and(|mot| VOIES.contains(mot));
    let debut = (1..mots.len()).find(|rang| numero(mots[*rang]) && voie(*rang) || code_postal(&mots[*rang]));
    debut.map_or(mots, |debut| &mots[..debut])
}

/// Reads a yes or a no: `oui`, `O`, `X`, `1`, `VRAI`, `Oui, le mercredi`; `non`, `N`, `0`, `FAUX`.
/// `None` when nobody answered (blank, `nd`, `ne sait pas`).
///
/// # Errors
/// `ModaliteInconnue` for anything else.
pub fn oui_non(texte: &str) -> Result<Option<bool>, ValeurInvalide> {
    if est_manquant(texte) && !texte.contains(['✓', '✔', '✗', '✘', '☑', '☒']) {
        return Ok(None);
    }
    let replie = replier(texte);
    let premier = replie.split(' ').next().unwrap_or_default();
    match premier {
        "oui" | "non" => Ok(Some(premier == "oui")),
        _ => match replie.as_str() {
            "o" | "x" | "xx" | "1" | "1 0" | "vrai" | "true" | "yes" | "y" => Ok(Some(true)),
            "n" | "0" | "0 0" | "faux" | "false" | "no" => Ok(Some(false)),
            _ if texte.contains(['✓', '✔', '☑', '☒']) => Ok(Some(true)),
            _ if texte.contains(['✗', '✘']) => Ok(Some(false)),
            _ => Err(ValeurInvalide::new(Motif::ModaliteInconnue, "« oui » ou « non » est attendu")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_capacites_se_lisent_sous_toutes_leurs_formes() {
        for (texte, places, dont) in [
            ("3", 3, 0),
            ("3.0", 3, 0),
            ("3 enfants", 3, 0),
            ("1 enfant(s)", 1, 0),
            ("trois", 3, 0),
            ("Trois enfants", 3, 0),
            ("Agrément maternel Capacité: 2", 2, 0),
            ("2 + 1 périscolaire", 3, 1),
            ("2+1 péri", 3, 1),
            ("2 + 1", 3, 0),
            ("4 dont 1 périsco", 4, 1),
            ("4 (dont 1 périscolaire)", 4, 1),
            ("3 (2 + 1 périscolaire)", 3, 1),
            ("3 places dont 1 pour un enfant de plus de 3 ans", 3, 1),
            ("3 dont 1 de + de 3 ans", 3, 1),
            ("2 places à la journée et 1 périscolaire", 3, 1),
            ("3 enfants de 0 à 6 ans", 3, 0),
            ("3 enfants dont 2 de moins de 18 mois", 3, 0),
            ("4 enfants simultanément", 4, 0),
            ("4 jour + 1 nuit", 4, 0),
            ("4 le jour et 1 la nuit", 4, 0),
            ("1 jour + 2 nuits", 2, 0),
            ("3 jour et nuit", 3, 0),
            ("6", 6, 0),
        ] {
            assert_eq!(capacite(texte), Ok(Capacite { places, dont_periscolaire: dont }), "{texte}");
        }
    }

    #[test]
    fn une_capacite_impossible_se_distingue_d_une_illisible() {
        for texte in ["0", "7", "12", "-2", "zéro", "4 + 4", "30 enfants"] {
            assert_eq!(capacite(texte).map_err(|e| e.motif), Err(Motif::CapaciteImpossible), "{texte}");
        }
        for texte in [
            "",
            "3 ou 4",
            "2,5",
            "3/4",
            "beaucoup",
            "- 2 enfants",
            "04/01/2024",
            "2 dont 3 périsco",
            "quatre-vingts",
            "vingt-quatre enfants",
            "de 0 à 3 ans",
            "9223372036854775807 + 1",
        ] {
            assert_eq!(capacite(texte).map_err(|e| e.motif), Err(Motif::CapaciteIllisible), "{texte}");
        }
    }

    #[test]
    fn les_lieux_d_exercice() {
        for (texte, lieu) in [
            ("Domicile", LieuExercice::Domicile),
            ("à son domicile", LieuExercice::Domicile),
            ("Hors MAM", LieuExercice::Domicile),
            ("Pas en MAM", LieuExercice::Domicile),
            ("MAM Les Loupiots", LieuExercice::Mam),
            ("Maison d’assistantes maternelles", LieuExercice::Mam),
            ("SAF", LieuExercice::CrecheFamiliale),
            ("Crèche familiale (domicile)", LieuExercice::CrecheFamiliale),
        ] {
            assert_eq!(lieu_exercice(texte), Ok(lieu), "{texte}");
        }
        for texte in ["Domicile et MAM", "X", "Mamers", ""] {
            assert_eq!(lieu_exercice(texte).map_err(|e| e.motif), Err(Motif::ModaliteInconnue), "{texte}");
        }
    }

    #[test]
    fn une_colonne_d_un_seul_lieu_peut_dire_que_ce_n_est_pas_lui() {
        let mam = |texte: &str| lieu_d_une_colonne(texte, LieuExercice::Mam);
        for texte in
            ["X", "oui", "Les Lutins", "MAM Les Lutins", "Sans souci", "Hors du temps", "La petite crèche"]
        {
            assert_eq!(mam(texte), Some(LieuExercice::Mam), "{texte}");
        }
        for texte in ["non", "-", "nd", "Aucune", "Néant", "Sans", "Hors MAM", "Pas de MAM", "Non concerné"]
        {
            assert_eq!(mam(texte), None, "{texte}");
        }
        assert_eq!(mam("à domicile"), Some(LieuExercice::Domicile));
        assert_eq!(mam("Crèche familiale"), Some(LieuExercice::CrecheFamiliale));
        let familiale = |texte: &str| lieu_d_une_colonne(texte, LieuExercice::CrecheFamiliale);
        for texte in ["X", "Les Lutins", "Crèche Les Lutins", "SAF de Busnes"] {
            assert_eq!(familiale(texte), Some(LieuExercice::CrecheFamiliale), "{texte}");
        }
        for texte in
            ["Aucune", "Sans", "Néant", "-", "Sans crèche familiale", "Particulier", "Parents employeurs"]
        {
            assert_eq!(familiale(texte), None, "{texte}");
        }
    }

    #[test]
    fn un_employeur_est_une_creche_familiale_ou_des_parents() {
        for texte in ["Crèche familiale Les Lutins", "SAF", "CCAS de Busnes", "Mairie", "Familles rurales"] {
            assert_eq!(est_une_creche_familiale(texte), Ok(true), "{texte}");
        }
        for texte in [
            "Particulier",
            "Particuliers employeurs",
            "Parents",
            "Famille",
            "Pajemploi",
            "Mme Martin",
            "Aucun",
            "-",
            "MAM Les Lutins",
        ] {
            assert_eq!(est_une_creche_familiale(texte), Ok(false), "{texte}");
        }
        for texte in ["Jean Martin", "Les Lutins", "oui", "Privé"] {
            assert!(est_une_creche_familiale(texte).is_err(), "{texte}");
        }
    }

    #[test]
    fn le_nom_d_une_mam_sans_ce_qui_dit_que_c_en_est_une() {
        for texte in [
            "Les Lutins",
            "MAM Les Lutins",
            "En MAM : LES LUTINS",
            "Maison d’assistantes maternelles Les Lutins",
        ] {
            assert_eq!(nom_de_mam(texte).as_deref(), Some("lutins"), "{texte}");
        }
        for texte in ["MAM", "En MAM", "X", "oui", "Maison d’Assistants Maternels"] {
            assert_eq!(nom_de_mam(texte), None, "{texte}");
        }
    }

    #[test]
    fn ne_pas_repondre_n_est_pas_dire_non() {
        for texte in ["X", "x", "oui", "OUI", "O", "1", "1.0", "VRAI", "Oui, le mercredi", "✓"] {
            assert_eq!(oui_non(texte), Ok(Some(true)), "{texte}");
        }
        for texte in ["non", "N", "0", "FAUX", "Non (pas encore)"] {
            assert_eq!(oui_non(texte), Ok(Some(false)), "{texte}");
        }
        for texte in ["", "nd", "-", "ne sait pas"] {
            assert_eq!(oui_non(texte), Ok(None), "{texte}");
        }
        for texte in ["peut-être", "2", "nonante"] {
            assert!(oui_non(texte).is_err(), "{texte}");
        }
    }
}
