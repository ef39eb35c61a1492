//! The columns of a file that nothing is read from: lost in silence, a column under another name would make figures
//! missing, or people unlike themselves from one year to the next.

use super::comptes::positions_lues;
use crate::quality::{Motif, Probleme};
use crate::sources::Genre;
use crate::sources::disposition::{ColonneTexte, Tableau};

/// What tells a person from another in a list of agréments.
const IDENTITE: [(&str, &str); 2] = [("prenom", "prénom"), ("date_naissance", "date de naissance")];

/// The columns of a file that nothing is read from. Those of a questionnaire or of fiches communes are what the file
/// is made of: these kinds tell of theirs by themselves.
pub fn colonnes_non_employees(genre: Genre, tableau: &Tableau) -> Vec<&ColonneTexte> {
    let annuelles = || tableau.colonnes_annees().into_iter().map(|(_, colonne)| colonne.position).collect();
    let lues: Vec<u32> = match genre {
        Genre::Questionnaire | Genre::Services => return Vec::new(),
        Genre::Imaje => positions_lues(tableau),
        Genre::Naissances => annuelles(),
        Genre::Activite if tableau.colonne("valeur").is_none() => annuelles(),
        _ => Vec::new(),
    };
    tableau.autres.iter().filter(|colonne| !lues.contains(&colonne.position)).collect()
}

/// What is to be told of these columns: in the files that offices make, those that look like a column that the source
/// wants and does not have, those of a list that lacks what tells people apart, and all those of a table of counts.
pub fn dire_les_colonnes(
    genre: Genre,
    tableau: &Tableau,
    non_employees: &[&ColonneTexte],
) -> Option<Probleme> {
    let tenue_par_un_bureau =
        matches!(genre, Genre::Pmi | Genre::Structures | Genre::Imaje | Genre::Activite | Genre::Trajets);
    let nommees = || non_employees.iter().filter(|colonne| !colonne.entete.is_empty());
    if !tenue_par_un_bureau || nommees().next().is_none() {
        return None;
    }
    let disposition = genre.disposition().ok()?;
    let absent = |champ: &str| tableau.colonne(champ).is_none();
    let ressemblantes: Vec<(String, String)> = nommees()
        .filter_map(|c| {
            Some((disposition.champ_ressemblant(&c.entete, absent)?.to_owned(), c.entete.clone()))
        })
        .collect();
    let manquantes: Vec<&str> = IDENTITE
        .iter()
        .filter(|(champ, _)| genre == Genre::Pmi && absent(champ))
        .filter(|(champ, _)| *champ != "date_naissance" || absent("annee_naissance") && absent("age"))
        .map(|(_, nom)| *nom)
        .collect();
    if ressemblantes.is_empty() && manquantes.is_empty() && genre != Genre::Imaje {
        return None;
    }
    let mut dits = vec![nommees().map(|c| format!("« {} »", net(&c.entete))).collect::<Vec<_>>().join(", ")];
    if !manquantes.is_empty() {
        dits.push(format!(
            "aucune colonne n’est reconnue comme : {}. Sans cela, une personne peut sembler partie et une autre arrivée",
            manquantes.join(", ")
        ));
    }
    if !ressemblantes.is_empty() {
        let lignes = ressemblantes.iter().map(|(champ, entete)| format!("{champ} = \"{}\"", net(entete)));
        let lignes = lignes.collect::<Vec<_>>().join(", ");
        dits.push(format!("à ajouter à la source si c’est juste : colonnes = {{ {lignes} }}"));
    }
    Some(Probleme::new(Motif::ColonneNonEmployee, tableau.origine.lieu(), dits.join(" ; ")))
}

/// A header on one line.
fn net(entete: &str) -> String {
    entete.split_whitespace().collect::<Vec<_>>().join(" ")
}
