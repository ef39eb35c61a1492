//! What the title of a table, its sheet or its notes say of all of it: that it counts something else, or that a year of it has
//! not ended.

use super::structures::titre_de_ce_qui_n_est_pas_ouvert;
use crate::quality::{Motif, Probleme};
use crate::sources::Genre;
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::replier;

/// How notes begin: what they say is not what is counted.
const NOTES: [&str; 5] = ["source", "note", "champ", "lecture", "nb "];
/// Units in which no count is read.
const UNITES: [&str; 8] =
    ["pourcent", "dizaine", "centaine", "millier", "euro", "montant", "taux", "base 100"];
/// What is counted in place of children, of childminders or of contacts, where a title begins so.
const AUTRES: [&str; 7] = ["allocataire", "foyer", "famille", "menage", "place", "dossier", "prime"];

/// The titles of a table, without what is a note; its sheet too, unless the pipeline names it.
pub(super) fn titres(tableau: &Tableau, feuille_nommee: bool) -> impl Iterator<Item = &str> {
    let note = |texte: &str| NOTES.iter().any(|debut| replier(texte).starts_with(debut));
    let titres = tableau.titres.iter().map(|(_, titre)| titre.as_str()).filter(move |titre| !note(titre));
    titres.chain(tableau.origine.feuille.as_deref().filter(|_| !feuille_nommee))
}

/// Why nothing is read of a table: its title says that it holds shares, amounts, families or places in place of counts, or
/// structures that are not open.
pub fn refus_par_le_titre(genre: Genre, tableau: &Tableau, feuille_nommee: bool) -> Option<Probleme> {
    let refus = |titre: &str, quoi: &str| {
        let dit: String = titre.chars().take(120).collect();
        Probleme::new(Motif::AutreTitre, tableau.origine.lieu(), format!("« {dit} » dit que {quoi}"))
    };
    let titre_qui = |passe: &dyn Fn(&str) -> bool| titres(tableau, feuille_nommee).find(|titre| passe(titre));
    match genre {
        Genre::Naissances
        | Genre::Imaje
        | Genre::CafIris
        | Genre::InseeAges
        | Genre::InseeFam6
        | Genre::Activite => {
            if let Some(titre) = titre_qui(&dit_une_autre_unite) {
                return Some(refus(titre, "ce ne sont pas des nombres de personnes ou d’actes"));
            }
            let muets = genre == Genre::Imaje && !nomme_des_enfants(tableau);
            let titre = titre_qui(&|titre| muets && dit_d_autres_comptes(titre))?;
            Some(refus(titre, "ce ne sont pas des enfants, et les en-têtes ne disent pas le contraire"))
        }
        Genre::Structures => {
            let titre = titre_qui(&titre_de_ce_qui_n_est_pas_ouvert)?;
            Some(refus(titre, "ces structures ne sont pas ouvertes"))
        }
        _ => None,
    }
}

/// True for « Répartition en % », « Effectifs en dizaines », « Montants versés »; not « Nombre et % ».
pub fn dit_une_autre_unite(titre: &str) -> bool {
    let replie = replier(titre);
    let dit = |debut: &str| {
        replie.split(' ').any(|mot| mot.starts_with(debut)) || debut.contains(' ') && replie.contains(debut)
    };
    let part = titre.contains(['%', '‰', '€']) || UNITES.iter().any(|unite| dit(unite));
    // Divided by ten, numbers are no counts any more, whatever they are called.
    let divises = ["dizaine", "centaine", "millier"].iter().any(|unite| dit(unite));
    part && (divises || !["nombre", "effectif"].iter().any(|mot| dit(mot)))
}

/// « Allocataires (foyers) selon l’âge des enfants », « Nombre de places d’accueil ».
fn dit_d_autres_comptes(titre: &str) -> bool {
    let replie = replier(titre);
    let net = ["nombre de ", "nb de ", "effectif des ", "effectifs des "]
        .iter()
        .find_map(|debut| replie.strip_prefix(debut))
        .unwrap_or(&replie);
    AUTRES.iter().any(|debut| net.starts_with(debut))
}

/// True if each header of a count says that it counts children, or childminders.
fn nomme_des_enfants(tableau: &Tableau) -> bool {
    const CLES: [&str; 6] = ["commune", "code_commune", "annee", "mesure", "valeur", "niveau"];
    let mut comptes = tableau.champs.iter().filter(|(champ, _)| !CLES.contains(&champ.as_str()));
    comptes.all(|(_, colonne)| {
        replier(&colonne.entete)
            .split(' ')
            .any(|mot| mot.starts_with("enfant") || mot.starts_with("assist") || mot == "am")
    })
}

/// « 2024 : 9 mois », « 2024 (6 mois) », « 2024 janv.-sept. »: the months that a note says that it counts, of those of a year.
pub fn mois_comptes(texte: &str) -> Option<u32> {
    const MOIS: [&str; 12] =
        ["jan", "fev", "mar", "avr", "mai", "juin", "juil", "aou", "sep", "oct", "nov", "dec"];
    let replie = replier(texte);
    let mots: Vec<&str> = replie.split(' ').collect();
    // « janv.-sept. ».
    let rang = |mot: &&str| (1..).zip(MOIS).find(|(_, debut)| mot.starts_with(debut)).map(|(rang, _)| rang);
    let dits: Vec<u32> = mots.iter().filter_map(rang).collect();
    if let [1, .., dernier] = dits.as_slice() {
        return Some(*dernier).filter(|mois| *mois < 12);
    }
    let paire = mots.windows(2).find(|paire| paire[1] == "mois")?;
    paire[0].parse().ok().filter(|mois| (1..12).contains(mois))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_titre_dit_ce_que_le_tableau_compte() {
        for titre in [
            "Répartition en % des contacts",
            "Effectifs en dizaines",
            "Montants versés par la Caf en euros",
            "Taux de recours",
        ] {
            assert!(dit_une_autre_unite(titre), "{titre}");
        }
        for titre in ["Comptages de la Caf par commune", "Nombre et % d’enfants", "Effectifs au 31/12/2024"]
        {
            assert!(!dit_une_autre_unite(titre), "{titre}");
        }
        for titre in [
            "Allocataires (foyers) selon l’âge des enfants",
            "Nombre de places d’accueil par commune",
            "Familles",
        ] {
            assert!(dit_d_autres_comptes(titre), "{titre}");
        }
        assert!(!dit_d_autres_comptes("Données des allocataires"));
    }

    #[test]
    fn des_mois_comptes_ne_sont_pas_une_annee() {
        assert_eq!(mois_comptes("Attention : 2024 = 9 mois"), Some(9));
        assert_eq!(mois_comptes("2024 janv.-sept."), Some(9));
        assert_eq!(mois_comptes("2024 janvier à décembre"), None);
        assert_eq!(mois_comptes("12 mois"), None);
        assert_eq!(mois_comptes("données du mois de mai"), None);
    }
}
