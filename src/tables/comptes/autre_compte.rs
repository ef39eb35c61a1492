//! Tables that look like births, and say that they are of something else.

use crate::quality::{Motif, Probleme};
use crate::sources::disposition::{
    Tableau, compte_au_lieu_de_naissance, derive_des_naissances, dit_le_domicile, nomme_des_naissances,
    nomme_un_autre_compte,
};
use crate::sources::valeurs::replier;
use crate::tables::titres::titres;

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
    const MOIS: [&str; 12] = [
        "janvier",
        "fevrier",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "aout",
        "septembre",
        "octobre",
        "novembre",
        "decembre",
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
    let rapport = ["pour 1000", "pour 1 000", "pour mille", "pour 100", "moins de", "plus de"];
    parts > 0 && !les_deux
        || d_une_partie
        || titre.contains(['%', '‰'])
        || rapport.iter().any(|debut| replie.contains(debut))
}

/// What is to be told of such a table.
pub(super) fn refus(tableau: &Tableau) -> Option<Probleme> {
    let texte = autre_compte_que_les_naissances(tableau)?;
    let dit: String = texte.chars().take(120).collect();
    let detail = format!(
        "« {dit} » dit que ce ne sont pas toutes les naissances de l’année, selon le domicile de la mère"
    );
    Some(Probleme::new(Motif::AutreCompte, tableau.origine.lieu(), detail))
}
