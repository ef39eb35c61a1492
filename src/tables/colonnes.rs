//! The columns of a file that nothing is read from: lost in silence, a column under another name would make figures
//! missing, or people unlike themselves from one year to the next.

use super::comptes::{compte_sans_annee, imaje_annuelles, naissances_annuelles, positions_lues};
use super::declarations;
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::Genre;
use crate::sources::disposition::{Annuelles, ColonneTexte, Tableau, citer, compte_au_lieu_de_naissance};
use std::collections::BTreeMap;

/// What tells a person from another in a list of agréments.
const IDENTITE: [(&str, &str); 2] = [("prenom", "prénom"), ("date_naissance", "date de naissance")];

/// A file of which no column is a count that is known, which `attendu` says: read in silence, it would give nothing and say
/// so nowhere.
pub(super) fn perdre(tableau: &Tableau, attendu: &str, bilan: &mut Bilan) {
    let autres = citer(tableau.autres.iter().map(|c| c.entete.as_str()));
    let annees = tableau.colonnes_annees();
    let ailleurs = if annees.is_empty() {
        ""
    } else {
        " (un en-tête qui dit un mois, une part de l’année ou autre chose encore que le compte et son année n’est pas lu)"
    };
    let detail = format!("aucune colonne {attendu}{ailleurs} ; les autres colonnes du fichier : {autres}");
    bilan.rejetees += u32::try_from(tableau.hauteur()).unwrap_or(u32::MAX);
    bilan.noter(Probleme::new(Motif::ColonneAbsente, tableau.origine.lieu(), detail));
}

/// The columns of one year each that a kind reads counts from: a rank or a forecast of a year is none of them.
fn annuelles(genre: Genre, tableau: &Tableau) -> Annuelles<'_> {
    match genre {
        Genre::Imaje => imaje_annuelles(tableau),
        Genre::Naissances => naissances_annuelles(tableau),
        Genre::Activite => declarations::annuelles(tableau),
        _ => Annuelles::default(),
    }
}

/// The years of the columns of one year each that a kind reads counts from, in the order of the file.
pub fn annees_des_colonnes(genre: Genre, tableau: &Tableau) -> Vec<i32> {
    annuelles(genre, tableau).annees()
}

/// True if all that is read from a file says its year, in each row or in the header of each column: it needs no date of
/// its own; nor does a file of births of which no column is read.
pub fn dit_ses_annees(genre: Genre, tableau: &Tableau) -> bool {
    let sans_annee = genre == Genre::Imaje && compte_sans_annee(tableau);
    tableau.colonne("annee").is_some()
        || genre == Genre::Naissances && tableau.colonne("naissances").is_none()
        || !sans_annee && !annuelles(genre, tableau).est_vide()
}

/// The columns of a file that nothing is read from. Those of a questionnaire or of fiches communes are what the file
/// is made of: these kinds tell of theirs by themselves.
pub fn colonnes_non_employees(genre: Genre, tableau: &Tableau) -> Vec<&ColonneTexte> {
    let lues: Vec<u32> = match genre {
        Genre::Questionnaire | Genre::Services => return Vec::new(),
        Genre::Imaje => positions_lues(tableau),
        Genre::Naissances => naissances_annuelles(tableau).positions(),
        Genre::Activite => declarations::positions_lues(tableau),
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
    let tenue_par_un_bureau = matches!(
        genre,
        Genre::Pmi | Genre::Structures | Genre::Imaje | Genre::Naissances | Genre::Activite | Genre::Trajets
    );
    let nommees = || non_employees.iter().filter(|colonne| !colonne.entete.is_empty());
    if !tenue_par_un_bureau || nommees().next().is_none() {
        return None;
    }
    let disposition = genre.disposition().ok()?;
    // Of a field that has rivals, the table that chooses among them tells.
    let absent = |champ: &str| tableau.colonne(champ).is_none() && !tableau.rivales.contains_key(champ);
    // Each field once, for the first column that looks like it: twice the same key is no TOML.
    let mut ressemblantes: BTreeMap<String, &str> = BTreeMap::new();
    // « Naissances enregistrées » are those of a maternity: named by the pipeline, they would be read.
    let d_ailleurs = |entete: &str| genre == Genre::Naissances && compte_au_lieu_de_naissance(entete);
    for colonne in nommees().filter(|colonne| !d_ailleurs(&colonne.entete)) {
        if let Some(champ) = disposition.champ_ressemblant(&colonne.entete, absent) {
            ressemblantes.entry(champ.to_owned()).or_insert(&colonne.entete);
        }
    }
    let manquantes: Vec<&str> = IDENTITE
        .iter()
        .filter(|(champ, _)| genre == Genre::Pmi && absent(champ))
        .filter(|(champ, _)| *champ != "date_naissance" || absent("annee_naissance") && absent("age"))
        .map(|(_, nom)| *nom)
        .collect();
    // A year that is not read would be missed.
    let annees = tableau.colonnes_annees();
    let annee_perdue = matches!(genre, Genre::Naissances | Genre::Activite)
        && annees.iter().any(|(_, c)| nommees().any(|autre| autre.position == c.position));
    if ressemblantes.is_empty() && manquantes.is_empty() && !annee_perdue && genre != Genre::Imaje {
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
        let lignes =
            ressemblantes.iter().map(|(champ, entete)| format!("{champ} = {}", citer_en_toml(&net(entete))));
        let lignes = lignes.collect::<Vec<_>>().join(", ");
        dits.push(format!("à ajouter à la source si c’est juste (dans les accolades de « colonnes », si elle en a déjà) : colonnes = {{ {lignes} }}"));
    }
    Some(Probleme::new(Motif::ColonneNonEmployee, tableau.origine.lieu(), dits.join(" ; ")))
}

/// A text as TOML writes it.
fn citer_en_toml(texte: &str) -> String {
    toml::Value::from(texte).to_string()
}

/// A header on one line.
fn net(entete: &str) -> String {
    entete.split_whitespace().collect::<Vec<_>>().join(" ")
}
