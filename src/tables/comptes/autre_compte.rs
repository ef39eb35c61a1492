//! Tables that look like births, and say that they are of something else.

use crate::quality::{Motif, Probleme};
use crate::sources::disposition::{
    Tableau, compte_au_lieu_de_naissance, derive_des_naissances, dit_le_domicile, nomme_des_naissances,
    nomme_un_autre_compte,
};
use crate::sources::valeurs::replier;

/// How notes begin: what they say is not what is counted.
const NOTES: [&str; 5] = ["source", "note", "champ", "lecture", "nb "];

/// The text that says that a table is not of births by commune of residence, if nothing says that it is: bare years under
/// « Décès domiciliés », or under « Naissances enregistrées dans la commune ».
pub fn autre_compte_que_les_naissances(tableau: &Tableau) -> Option<&str> {
    let note = |texte: &str| NOTES.iter().any(|debut| replier(texte).starts_with(debut));
    let entetes = || {
        let lues = super::naissances_annuelles(tableau).lues.into_iter().map(|(.., colonne)| colonne);
        lues.chain(tableau.colonne("naissances")).map(|colonne| colonne.entete.as_str())
    };
    let titres = || {
        let titres = tableau.titres.iter().map(|(_, titre)| titre.as_str()).filter(|titre| !note(titre));
        titres.chain(tableau.origine.feuille.as_deref())
    };
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

/// What is to be told of such a table.
pub(super) fn refus(tableau: &Tableau) -> Option<Probleme> {
    let texte = autre_compte_que_les_naissances(tableau)?;
    let dit: String = texte.chars().take(120).collect();
    let detail = format!("« {dit} » dit que ce ne sont pas les naissances selon le domicile de la mère");
    Some(Probleme::new(Motif::AutreCompte, tableau.origine.lieu(), detail))
}
