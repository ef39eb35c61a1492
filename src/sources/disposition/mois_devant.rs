//! Dates that a program in English wrote: the month before the day.

use std::collections::BTreeMap;

use super::entetes::{Reperage, position};
use super::{Disposition, Genre};
use crate::quality::{Lieu, Motif, Probleme};
use crate::sources::grille::{Cellules, Grille};
use crate::sources::valeurs::{OrdreDeDate, jour_et_mois_echanges, ordre_de_date};

/// Of the dates of a column, one of so many at least is to prove that the month stands first: fewer are slips. (Of the
/// days of a year, three of five do.)
const PREUVES: usize = 5;

/// How the dates of a column are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ecriture {
    /// The day stands first in one of them at least: the others that cannot be are mistakes.
    JourDevant,
    /// The month stands first, in so many of them for certain, the first of them in that row.
    MoisDevant(Preuve),
    /// Nothing tells.
    Indecise,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Preuve {
    dates: usize,
    rang: usize,
}

/// Puts the day before the month in the columns of dates that were written the other way round, and tells so. A column
/// of which no date tells follows the others of its file.
pub(super) fn redresser(
    disposition: &Disposition,
    grille: &mut Grille,
    reperage: &Reperage,
    colonnes: &BTreeMap<String, usize>,
) -> Vec<Probleme> {
    let debut = reperage.fin;
    let est_une_date = |champ: &str| disposition.champs.get(champ).is_some_and(|c| c.motif == Genre::Date);
    let ecritures: Vec<(usize, Ecriture)> = colonnes
        .iter()
        .filter(|(champ, _)| est_une_date(champ))
        .filter_map(|(_, c)| Some((*c, ecriture(grille.colonnes.get(*c)?, debut))))
        .collect();
    let preuve = ecritures.iter().find_map(|(_, ecriture)| match ecriture {
        Ecriture::MoisDevant(preuve) => Some(*preuve),
        Ecriture::JourDevant | Ecriture::Indecise => None,
    });
    let Some(preuve) = preuve else { return Vec::new() };
    let unanimes = ecritures.iter().all(|(_, ecriture)| *ecriture != Ecriture::JourDevant);
    let mut problemes = Vec::new();
    for (colonne, ecriture) in ecritures {
        let (preuve, ici) = match ecriture {
            Ecriture::MoisDevant(preuve) => (preuve, true),
            Ecriture::Indecise if unanimes => (preuve, false),
            Ecriture::Indecise | Ecriture::JourDevant => continue,
        };
        let cellules = &mut grille.colonnes[colonne];
        let redressees = mois_remis_apres_le_jour(cellules, debut, ici);
        if redressees == *cellules {
            continue;
        }
        *cellules = redressees;
        let entete = reperage.noms.get(colonne).cloned().unwrap_or_default();
        let lieu = Lieu {
            colonne: Some((position(colonne), entete)),
            ligne: ici.then(|| grille.lignes.get(preuve.rang).copied()).flatten(),
            ..grille.origine.lieu()
        };
        let ou = if ici { "" } else { " dans une autre colonne du fichier" };
        let detail = format!(
            "{} date(s){ou} n’existent que si le mois y est devant, et aucune si le jour y est devant : 03/04 est lu comme le 4 mars",
            preuve.dates
        );
        problemes.push(Probleme::new(Motif::MoisDevantLeJour, lieu, detail));
    }
    problemes
}

fn ecriture(cellules: &Cellules, debut: usize) -> Ecriture {
    let mut preuve: Option<Preuve> = None;
    let mut lues = 0;
    for rang in debut..cellules.len() {
        match cellules.get(rang).and_then(ordre_de_date) {
            Some(OrdreDeDate::JourDevant) => return Ecriture::JourDevant,
            Some(OrdreDeDate::MoisDevant) => preuve.get_or_insert(Preuve { dates: 0, rang }).dates += 1,
            Some(OrdreDeDate::Indecis) => {}
            Some(OrdreDeDate::AnneeDevant) | None => continue,
        }
        lues += 1;
    }
    preuve.filter(|p| p.dates * PREUVES >= lues).map_or(Ecriture::Indecise, Ecriture::MoisDevant)
}

/// The cells, each date of numbers with its day first. A spreadsheet in French took for dates those of which the first
/// number can be a day, and left the others as text: where there are such texts (`prouvee`), and none of the dates that it
/// took has a day above the twelfth, it exchanged them.
fn mois_remis_apres_le_jour(cellules: &Cellules, debut: usize, prouvee: bool) -> Cellules {
    let apres_l_entete = |rang: usize| cellules.get(rang).filter(|_| rang >= debut);
    let mut prises = (debut..cellules.len())
        .filter_map(apres_l_entete)
        .filter(|texte| ordre_de_date(texte) == Some(OrdreDeDate::AnneeDevant));
    let prises_a_l_envers = prouvee
        && prises.all(|texte| {
            let echangee = jour_et_mois_echanges(texte);
            echangee.is_some_and(|date| crate::sources::valeurs::date(&date).is_ok())
        });
    cellules.remplacer(|rang, texte| {
        let annee_devant = ordre_de_date(texte)? == OrdreDeDate::AnneeDevant;
        (rang >= debut && (!annee_devant || prises_a_l_envers))
            .then(|| jour_et_mois_echanges(texte))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::lecture;

    /// The dates of a list, column by column, and what is said of them.
    fn lire(lignes: &[&str]) -> (Vec<String>, Vec<String>, Vec<Probleme>) {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("liste.csv");
        let texte = format!("Nom;Commune;Capacité;Date de naissance;Fin d’agrément\n{}\n", lignes.join("\n"));
        std::fs::write(&chemin, texte).unwrap();
        let grilles = lecture::lire(&chemin, "liste.csv").unwrap();
        let pmi = Disposition::connue("pmi").unwrap();
        let tableau = pmi.reconnaitre(grilles, None, &BTreeMap::new()).unwrap();
        let colonne = |champ: &str| {
            let colonne = tableau.colonne(champ).unwrap();
            colonne.valeurs.iter().map(|texte| texte.unwrap_or_default().to_owned()).collect()
        };
        (colonne("date_naissance"), colonne("date_fin"), tableau.doutes)
    }

    #[test]
    fn le_mois_passe_derriere_le_jour_dans_tout_le_fichier() {
        let (naissances, fins, dits) = lire(&[
            "UN;Aizenay;3;05/23/1970;11/02/2025",
            "DEUX;Aizenay;4;06/02/1980 00:00;2026-03-25",
            "TROIS;Aizenay;1;12 mars 1990;",
        ]);
        assert_eq!(naissances, ["23/05/1970", "02/06/1980 00:00", "12 mars 1990"]);
        assert_eq!(fins, ["02/11/2025", "2026-03-25", ""], "aucun mois n’est le vingt-cinquième");
        let dits: Vec<String> = dits.iter().map(ToString::to_string).collect();
        assert_eq!(dits.len(), 2, "{dits:?}");
        assert!(dits.iter().any(|p| p.contains("ligne 2") && p.contains("Date de naissance")), "{dits:?}");
        assert!(dits.iter().any(|p| p.contains("autre colonne") && p.contains("Fin d’agrément")), "{dits:?}");
        assert!(dits.iter().all(|p| !p.contains("1970")), "une date de naissance ne se cite pas : {dits:?}");
    }

    #[test]
    fn une_faute_parmi_des_dates_ne_change_aucune_des_autres() {
        let lignes =
            ["UN;Aizenay;3;05/23/1970;", "DEUX;Aizenay;4;06/02/1980;", "TROIS;Aizenay;1;30/04/1990;"];
        let (naissances, _, dits) = lire(&lignes);
        assert_eq!((naissances[1].as_str(), dits.len()), ("06/02/1980", 0));
        // Neither among dates of which none tells, when it is rare.
        let premiers = ["X;Aizenay;1;01/09/1970;"; 6];
        let (naissances, _, dits) = lire(&[&premiers[..], &["UN;Aizenay;3;05/23/1970;"]].concat());
        assert_eq!((naissances[0].as_str(), dits.len()), ("01/09/1970", 0));
    }

    #[test]
    fn ce_que_le_tableur_a_pris_a_l_envers_est_remis_a_l_endroit() {
        let lignes =
            ["UN;Aizenay;3;05/23/1970;", "DEUX;Aizenay;4;1980-02-06;", "TROIS;Aizenay;1;04/30/1990;"];
        let (naissances, _, dits) = lire(&lignes);
        assert_eq!(naissances, ["23/05/1970", "1980-06-02", "30/04/1990"], "06/02/1980 était le 2 juin");
        assert_eq!(dits.len(), 1);
        // Of another column, which nothing proves, true dates of the first of a month stay what they are.
        let premiers = lignes.map(|ligne| format!("{ligne}2027-09-01"));
        let (_, fins, dits) = lire(&premiers.each_ref().map(String::as_str));
        assert_eq!((fins, dits.len()), (vec!["2027-09-01".to_owned(); 3], 1));
        let (naissances, ..) = lire(&[&lignes[..], &["QUATRE;Aizenay;1;1985-07-26;"]].concat());
        assert_eq!(naissances[1], "1980-02-06", "le tableur a lu juste");
    }
}
