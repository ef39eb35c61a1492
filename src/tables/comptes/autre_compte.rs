//! Tables that look like births, and say that they are of something else.

use crate::quality::{Motif, Probleme};
use crate::sources::disposition::{
    Tableau, compte_au_lieu_de_naissance, derive_des_naissances, dit_le_domicile, nomme_des_naissances,
    nomme_un_autre_compte,
};
use crate::sources::valeurs::replier;
use crate::tables::titres::titres;
use crate::tables::une_annee::MOIS;

/// The text that says that a table is not of births by commune of residence, if nothing says that it is: bare years under
/// « Décès domiciliés », or under « Naissances enregistrées dans la commune ».
pub fn autre_compte_que_les_naissances(tableau: &Tableau) -> Option<&str> {
    let entetes = || {
        let lues = super::naissances_annuelles(tableau).lues.into_iter().map(|(.., colonne)| colonne);
        lues.chain(tableau.colonne("naissances")).map(|colonne| colonne.entete.as_str())
    };
    let titres = || titres(tableau, false);
    if let Some(titre) = titres().find(|titre| nomme_des_naissances(titre) && dit_une_part(titre)) {
        return Some(titre);
    }
    let domiciliees = |texte: &str| nomme_des_naissances(texte) && dit_le_domicile(texte);
    if entetes().chain(titres()).any(domiciliees) {
        return None;
    }
    if let Some(titre) = titres().find(|titre| compte_au_lieu_de_naissance(titre)) {
        return Some(titre);
    }
    let en_annees = tableau.colonne("naissances").is_none();
    if let Some(titre) = titres().find(|titre| en_annees && derive_des_naissances(titre)) {
        return Some(titre);
    }
    if entetes().chain(titres()).any(nomme_des_naissances) {
        return None;
    }
    let fichier = Some(tableau.origine.fichier.as_str()).filter(|fichier| !nomme_des_naissances(fichier));
    titres().chain(fichier).find(|texte| nomme_un_autre_compte(texte))
}

/// True for « Naissances (filles) », « Naissances pour 1000 habitants », « Naissances de janvier à juin », « Évolution des
/// naissances en % »: not all the births of a year.
fn dit_une_part(titre: &str) -> bool {
    const PARTS: [&str; 21] = [
        "fille",
        "garcon",
        "feminin",
        "masculin",
        "mariage",
        "gemell",
        "jumea",
        "multiple",
        "lisse",
        "moyenne",
        "projete",
        "nationalite",
        "prime",
        "rang",
        "prevision",
        "previsionnel",
        "projection",
        "semestre",
        "trimestre",
        "cumul",
        "dont",
    ];
    let replie = replier(titre);
    let mots: Vec<&str> = replie.split(' ').collect();
    let dit = |debut: &str| mots.iter().any(|mot| mot.starts_with(debut));
    // « Tous rangs », « données non lissées », « mariage et hors mariage » are whole.
    let entieres = [
        "tous rangs",
        "tous les rangs",
        "toutes nationalites",
        "toutes les nationalites",
        "non liss",
        "et hors mariage",
    ];
    if entieres.iter().any(|dit| replie.contains(dit)) {
        return false;
    }
    // « Filles et garçons », « de janvier à décembre », « au 31 décembre » are whole.
    let parts = PARTS.iter().filter(|debut| dit(debut)).count();
    let les_deux = parts == 2 && (dit("fille") && dit("garcon") || dit("feminin") && dit("masculin"));
    let calendrier: Vec<&&str> = MOIS.iter().filter(|mois| mots.contains(mois)).collect();
    let d_une_partie = match calendrier.as_slice() {
        [] => false,
        [premier, .., dernier] => **premier != "janvier" || **dernier != "decembre",
        [seul] => **seul != "decembre",
    };
    // Of their mother's first child.
    let rapport =
        ["premieres naissances", "pour 1000", "pour 1 000", "pour mille", "pour 100", "moins de", "plus de"];
    parts > 0 && !les_deux
        || d_une_partie
        || titre.contains(['%', '‰'])
        || rapport.iter().any(|debut| replie.contains(debut))
}

/// The header of the counts if it is « Nombre », « Total », « Effectif », and nothing says that births are counted: no title,
/// no name of the sheet nor of the file; or another header beside it says something else (« Décès »).
pub fn nombre_de_rien(tableau: &Tableau) -> Option<&str> {
    const MUETS: [&str; 5] = ["nombre", "total", "effectif", "effectifs", "valeur"];
    let entete = tableau.colonne("naissances")?.entete.as_str();
    let muet = MUETS.contains(&replier(entete).as_str());
    let dits = || titres(tableau, false);
    // Beside a column of each year, it is their total, which is not read.
    let en_annees = !super::naissances_annuelles(tableau).est_vide();
    if !muet || en_annees {
        return None;
    }
    // « Nés ; Décédés ; Total »: a total is of what stands beside it.
    let mut autres = tableau.autres.iter();
    if replier(entete) == "total" && !autres.all(|colonne| se_totalise_en_naissances(&colonne.entete)) {
        return Some(entete);
    }
    let dit_des_naissances =
        |texte: &str| nomme_des_naissances(texte) && !dit_une_part(texte) && !derive_des_naissances(texte);
    if dits().any(dit_des_naissances) {
        return None;
    }
    // « Actes de naissance » is nearer than the name of the file.
    if dits().any(|titre| replier(titre).contains("naissance")) {
        return Some(entete);
    }
    let a_cote = tableau.autres.iter().any(|colonne| nomme_un_autre_compte(&colonne.entete));
    (a_cote || !dit_des_naissances(&tableau.origine.fichier)).then_some(entete)
}

/// True for a column that births are told apart by (« Garçons », « 25-34 ans », « Janvier »), or that counts nothing.
fn se_totalise_en_naissances(entete: &str) -> bool {
    const DEBUTS: [&str; 37] = [
        "garcon", "fille", "masculin", "feminin", "homme", "femme", "sexe", "ans", "age", "mere", "rang",
        "trim", "sem", "janv", "fev", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov",
        "dec", "part", "taux", "evol", "observ", "rem", "depart", "region", "canton", "epci", "code",
        "mariage", "class",
    ];
    let replie = replier(entete);
    let court = |mot: &str| mot.len() <= 2;
    replie.split(' ').all(court)
        || replie.split(' ').any(|mot| DEBUTS.iter().any(|debut| mot.starts_with(debut)))
}

/// What is to be told of such a table.
pub(super) fn refus(tableau: &Tableau) -> Option<Probleme> {
    let citer = |texte: &str| texte.chars().take(120).collect::<String>();
    let autre = autre_compte_que_les_naissances(tableau).map(|texte| {
        format!(
            "« {} » dit que ce ne sont pas toutes les naissances de l’année, selon le domicile de la mère",
            citer(texte)
        )
    });
    let muet = || {
        let entete = citer(nombre_de_rien(tableau)?);
        Some(format!(
            "rien, ni titre, ni en-tête, ni nom de fichier, ne dit que « {entete} » compte des naissances"
        ))
    };
    let detail = autre.or_else(muet)?;
    Some(Probleme::new(Motif::AutreCompte, tableau.origine.lieu(), detail))
}
