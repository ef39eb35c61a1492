//! Births, or an activity, of one year that no column says: it is that of the source, unless the table tells of a part of it, of
//! several years, or of something else than what was counted.

use super::colonnes::dit_ses_annees;
use super::titres::titres;
use crate::quality::{Motif, Probleme};
use crate::sources::Genre;
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::{self, replier};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;
use std::path::Path;

pub(super) const MOIS: [&str; 12] = [
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

/// Why nothing is read of such a table. `feuille_nommee`: the pipeline names its sheet, which tells nothing then.
pub fn refus_d_une_annee(
    genre: Genre,
    tableau: &Tableau,
    date: NaiveDate,
    feuille_nommee: bool,
) -> Option<Probleme> {
    let concerne = matches!(genre, Genre::Naissances | Genre::Activite) && !dit_ses_annees(genre, tableau);
    if !concerne {
        return None;
    }
    let probleme = |motif, detail| Some(Probleme::new(motif, tableau.origine.lieu(), detail));
    let annee = date.year();
    if date.month() != 12 {
        let detail = format!(
            "aucune colonne ne dit l’année, et la source est du {} : si ces nombres sont de toute l’année, écrivez « date = {annee}-12-31 »",
            date.format("%d/%m/%Y")
        );
        return probleme(Motif::AnneeInachevee, detail);
    }
    let entetes: Vec<String> = tableau.autres.iter().map(|colonne| replier(&colonne.entete)).collect();
    // A line just below the header is a part of it: « Indicateur », then « Septembre 2024 ».
    let lues = tableau.champs.values().map(|colonne| colonne.entete.as_str());
    let autre_annee = |entete: &&str| {
        let replie = replier(entete);
        let annees: BTreeSet<i32> = replie.split(' ').filter_map(lire_une_annee).collect();
        !annees.is_empty() && !annees.contains(&annee)
    };
    for entete in lues {
        let quoi = if autre_annee(&entete) {
            "une autre année que la source"
        } else if dit_une_partie_de_l_annee(&mots_de(&replier(entete)), annee) {
            "une partie de l’année"
        } else {
            continue;
        };
        let dit = entete.split_whitespace().collect::<Vec<_>>().join(" ");
        return probleme(Motif::AnneeInachevee, format!("{annee} : l’en-tête « {dit} » dit {quoi}"));
    }
    if let Some(quoi) = entetes_d_une_partie(&entetes, annee) {
        return probleme(Motif::AnneeInachevee, format!("{annee} : les en-têtes disent {quoi}"));
    }
    if let Some(cle) =
        tableau.autres.iter().find(|c| est_une_cle(&replier(&c.entete)) && !c.valeurs.est_vide())
    {
        let detail =
            format!("la colonne « {} » dit que chaque ligne n’est que d’une partie", cle.entete.trim());
        return probleme(Motif::AutreTitre, detail);
    }
    if let Some(refus) = tableau.autres.iter().find_map(|colonne| refus_d_une_colonne(colonne, annee)) {
        let (motif, detail) = refus;
        return probleme(motif, detail);
    }
    let fichier = Path::new(&tableau.origine.fichier).file_stem().and_then(|nom| nom.to_str());
    for texte in titres(tableau, feuille_nommee).chain(fichier) {
        let replie = replier(texte);
        let mots = mots_de(&replie);
        let dit: String = texte.chars().take(120).collect();
        if dit_plusieurs_annees(&mots, annee) {
            let detail = format!("« {dit} » dit que ces nombres sont de plusieurs années ensemble");
            return probleme(Motif::AutreTitre, detail);
        }
        if dit_ce_qui_est_attendu(&mots) {
            return probleme(
                Motif::AutreTitre,
                format!("« {dit} » dit que ces nombres n’ont pas été comptés"),
            );
        }
        if dit_une_partie_de_l_annee(&mots, annee) {
            return probleme(Motif::AnneeInachevee, format!("{annee} : « {dit} »"));
        }
    }
    None
}

fn mots_de(replie: &str) -> Vec<&str> {
    replie.split(' ').collect()
}

/// What a column says of every row in the same words: « Statut », « Objectif »; « Date », « 30/06/2024 »; « Période », « S1 ».
fn refus_d_une_colonne(colonne: &ColonneTexte, annee: i32) -> Option<(Motif, String)> {
    let dits: BTreeSet<&str> = colonne.valeurs.iter().flatten().map(str::trim).collect();
    let tous = |dit: &dyn Fn(&str) -> bool| !dits.is_empty() && dits.iter().all(|texte| dit(texte));
    let un_etat =
        matches!(replier(&colonne.entete).as_str(), "statut" | "etat" | "nature" | "type" | "situation");
    let attendu = |texte: &str| dit_ce_qui_est_attendu(&mots_de(&replier(texte)));
    let partie = |texte: &str| {
        // A number alone is no date here, though a workbook may hold one so.
        let du_jour = texte.contains(['/', '-', ' '])
            && valeurs::date(texte)
                .is_ok_and(|jour| jour.year() == annee && jour.month() != 12 && jour.ordinal() != 1);
        du_jour || est_une_periode(texte) || dit_une_partie_de_l_annee(&mots_de(&replier(texte)), annee)
    };
    let motif = if tous(&attendu) || un_etat && dits.iter().any(|texte| attendu(texte)) {
        Motif::AutreTitre
    } else if tous(&partie) {
        Motif::AnneeInachevee
    } else {
        return None;
    };
    let dit = dits.iter().find(|texte| attendu(texte)).or(dits.first())?;
    let quoi = if motif == Motif::AutreTitre {
        "ces nombres n’ont pas été comptés"
    } else {
        "ces nombres sont d’une partie de l’année"
    };
    Some((motif, format!("la colonne « {} » dit « {dit} » : {quoi}", colonne.entete.trim())))
}

/// True for a title that is a part of a year and nothing else: « Janvier », « 1er semestre », « T3 2024 », « Janvier à juin ».
pub(super) fn est_une_periode(titre: &str) -> bool {
    let replie = replier(titre);
    let mots = mots_de(&replie);
    let nommes: Vec<usize> = mots.iter().filter_map(|mot| mois_nomme(mot)).collect();
    let rang = rang_de(&mots, 's', "sem").or_else(|| rang_de(&mots, 't', "trim"));
    let muet = |mot: &&str| {
        mois_nomme(mot).is_some()
            || lire_une_annee(mot).is_some()
            || ["semestre", "trimestre", "mois", "periode"].contains(mot)
            || ["de", "d", "du", "le", "en", "et", "a", "au"].contains(mot)
            || mot.len() == 2 && mot.starts_with(['s', 't']) && mot.ends_with(|c: char| c.is_ascii_digit())
            || mot.starts_with(|c: char| c.is_ascii_digit())
            || ["premier", "second", "deuxieme", "troisieme", "quatrieme"].contains(mot)
    };
    let en_lettres = mots.iter().any(|mot| matches!(*mot, "semestre" | "trimestre"));
    let entiere = nommes.first() == Some(&0) && nommes.last() == Some(&11);
    (!nommes.is_empty() && !entiere || rang.is_some() || en_lettres) && mots.iter().all(muet)
}

/// The year that a title is, and nothing else: « 2023 », « Année 2023 ».
pub(super) fn annee_seule(titre: &str) -> Option<i32> {
    let replie = replier(titre);
    let mots = mots_de(&replie);
    let annees: BTreeSet<i32> = mots.iter().filter_map(|mot| lire_une_annee(mot)).collect();
    let muet =
        |mot: &str| lire_une_annee(mot).is_some() || matches!(mot, "annee" | "exercice" | "bilan" | "en");
    annees.first().copied().filter(|_| annees.len() == 1 && mots.iter().all(|mot| muet(mot)))
}

/// Columns that tell of which part each row is.
fn est_une_cle(entete: &str) -> bool {
    matches!(entete, "mois" | "trimestre" | "semestre" | "antenne" | "site" | "secteur" | "lieu")
}

/// What the headers say, if the months, the quarters or the halves of which they give the total are not those of a year.
fn entetes_d_une_partie(entetes: &[String], annee: i32) -> Option<&'static str> {
    let (mut nommes, mut trimestres, mut semestres) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for entete in entetes {
        let mots: Vec<&str> = entete.split(' ').collect();
        let annees: BTreeSet<i32> = mots.iter().filter_map(|mot| lire_une_annee(mot)).collect();
        let rien_d_autre = |mot: &&str| lire_une_annee(mot).is_some() || matches!(*mot, "a" | "et" | "total");
        if annees.len() > 1 && mots.iter().all(rien_d_autre) {
            return Some("plusieurs années");
        }
        if mots.len() > 3 {
            continue;
        }
        let avant = (nommes.len(), trimestres.len(), semestres.len());
        let siens: Vec<usize> = mots.iter().filter_map(|mot| mois_nomme(mot)).collect();
        if let (Some(premier), Some(dernier)) = (siens.first(), siens.last()) {
            nommes.extend(*premier..=*dernier);
        }
        trimestres.extend(rang_de(&mots, 't', "trim"));
        semestres.extend(rang_de(&mots, 's', "sem"));
        let d_une_partie = avant != (nommes.len(), trimestres.len(), semestres.len());
        if d_une_partie && annees.iter().any(|autre| *autre != annee) {
            return Some("les mois d’une autre année");
        }
    }
    if !nommes.is_empty() && !nommes.iter().copied().eq(0..MOIS.len()) {
        return Some("des mois qui ne font pas l’année");
    }
    if nommes.is_empty() && !trimestres.is_empty() && trimestres.len() < 4 {
        return Some("des trimestres qui ne font pas l’année");
    }
    let sans_trimestre = nommes.is_empty() && trimestres.is_empty();
    (sans_trimestre && semestres.len() == 1).then_some("un semestre")
}

/// The month of a word: by its name, or the first letters of it.
fn mois_nomme(mot: &str) -> Option<usize> {
    MOIS.iter().position(|nom| mot.len() >= 3 && nom.starts_with(mot))
}

/// « T1 », « 1er trimestre », « Trimestre 1 »: which one.
fn rang_de(mots: &[&str], lettre: char, nom: &str) -> Option<u32> {
    let chiffre = |mot: &str| mot.chars().next().and_then(|c| c.to_digit(10)).filter(|n| (1..=4).contains(n));
    let court = |mot: &&str| mot.strip_prefix(lettre).filter(|reste| reste.len() == 1).and_then(chiffre);
    let nomme = mots
        .iter()
        .any(|mot| *mot == nom || mot.strip_prefix(nom).is_some_and(|fin| fin.starts_with("estr")));
    let autour =
        || mots.iter().filter(|mot| mot.len() <= 4 && lire_une_annee(mot).is_none()).find_map(|m| chiffre(m));
    mots.iter().find_map(court).or_else(|| autour().filter(|_| nomme))
}

fn lire_une_annee(mot: &str) -> Option<i32> {
    mot.parse::<i32>().ok().filter(|annee| (1990..2100).contains(annee))
}

/// A number of one or two digits: a day, a month.
fn est_court(mot: &str) -> bool {
    mot.len() <= 2 && mot.parse::<u32>().is_ok()
}

/// « Naissances 2020-2024 », « Bilan 2023 et 2024 », « sur cinq ans », « depuis l’ouverture »; not « Naissances 2024, publiées en
/// septembre 2025 », « Contrat 2022-2026, bilan 2024 ».
fn dit_plusieurs_annees(mots: &[&str], annee: i32) -> bool {
    const EN_LETTRES: [&str; 6] = ["deux", "trois", "quatre", "cinq", "six", "dix"];
    let nombre = |mot: &str| EN_LETTRES.contains(&mot) || est_court(mot);
    let cumul = mots.iter().any(|mot| {
        ["cumul", "triennal", "quinquennal", "pluriannuel"].iter().any(|debut| mot.starts_with(debut))
    });
    let duree = mots.windows(3).any(|trio| {
        trio[0] == "sur" && nombre(trio[1]) && matches!(trio[2], "ans" | "annees")
            || nombre(trio[0]) && trio[1].starts_with("derniere") && trio[2] == "annees"
    });
    let depuis = mots.windows(2).any(|paire| {
        paire[0] == "depuis" && (lire_une_annee(paire[1]).is_some_and(|a| a < annee) || paire[1] == "l")
    });
    if cumul || duree || depuis {
        return true;
    }
    // Of a date (« 12/03/2025 », « mars 2025 »), or to come, a year is that of a paper.
    let d_un_jour = |rang: usize| {
        let avant = rang.checked_sub(1).map(|avant| mots[avant]);
        avant.is_some_and(|mot| est_court(mot) || mois_nomme(mot).is_some())
    };
    let annees: Vec<(usize, i32)> = mots
        .iter()
        .enumerate()
        .filter_map(|(rang, mot)| Some((rang, lire_une_annee(mot)?)))
        .filter(|(rang, _)| !d_un_jour(*rang))
        .collect();
    let voisines = |a: usize, b: usize| {
        b == a + 1 || b == a + 2 && matches!(mots[a + 1], "a" | "et" | "au" | "ou" | "puis")
    };
    let seule = |(rang, an): &(usize, i32)| {
        *an == annee && annees.iter().all(|(autre, _)| !voisines(*autre, *rang) && !voisines(*rang, *autre))
    };
    let passees: BTreeSet<i32> = annees.iter().map(|(_, an)| *an).filter(|an| *an <= annee).collect();
    passees.len() > 1 && !annees.iter().any(seule)
}

/// « Objectifs », « Naissances attendues », « Activité prévue », « Cible 2024 ».
fn dit_ce_qui_est_attendu(mots: &[&str]) -> bool {
    const DEBUTS: [&str; 6] = ["prevu", "attendu", "prevision", "estimee", "estimation", "projete"];
    let commence =
        mots.first().is_some_and(|mot| matches!(*mot, "cible" | "cibles" | "objectif" | "objectifs"));
    commence || mots.iter().any(|mot| DEBUTS.iter().any(|debut| mot.starts_with(debut)))
}

/// « S1 2024 », « Bilan mars 2024 », « au 30/06/2024 », « de janvier à juin », « 9 mois », « à mi-année »; not « le 20 mars 2024 »,
/// « au 31 décembre ».
fn dit_une_partie_de_l_annee(mots: &[&str], annee: i32) -> bool {
    let dit = |rang: usize| mots.get(rang).copied().unwrap_or_default();
    (0..mots.len()).any(|rang| {
        let mot = mots[rang];
        let avant = rang.checked_sub(1).map_or("", dit);
        let de_l_annee = |rang: usize| lire_une_annee(dit(rang)) == Some(annee);
        let court = mot.len() == 2 && matches!(mot.as_bytes(), [b's' | b't', b'1'..=b'4']);
        let periode = mot.starts_with("semestr") || mot.starts_with("trimestr") || mot.starts_with("mensuel");
        let en_cours = ["intermediaire", "partiel"].iter().any(|debut| mot.starts_with(debut))
            || mot == "mi" && dit(rang + 1) == "annee";
        let des_mois = mot == "mois"
            && avant.parse::<u32>().is_ok_and(|n| n < 12)
            && !matches!(dit(rang + 1), "a" | "et")
            && rang.checked_sub(2).is_none_or(|r| !matches!(dit(r), "de" | "les" | "a"));
        let jour_chiffre = mot == "au" && est_court(dit(rang + 1)) && de_l_annee(rang + 3) && {
            let (jour, suivi) = (dit(rang + 1), dit(rang + 2));
            est_court(suivi) && suivi != "12" && !(matches!(jour, "01" | "1") && matches!(suivi, "01" | "1"))
                || mois_nomme(suivi).is_some_and(|n| n < 11 && !(n == 0 && matches!(jour, "1" | "01")))
        };
        let nomme = mois_nomme(mot);
        let d_un_jour = est_court(avant) || avant == "1er";
        let mois_seul = nomme.is_some_and(|n| n < 11) && de_l_annee(rang + 1) && !d_un_jour;
        let suivant = if matches!(dit(rang + 1), "a" | "au") { rang + 2 } else { rang + 1 };
        let de_mois_en_mois = nomme
            .zip(mois_nomme(dit(suivant)))
            .is_some_and(|(premier, dernier)| (premier, dernier) != (0, 11));
        court
            || periode && avant != "par"
            || en_cours
            || des_mois
            || jour_chiffre
            || mois_seul
            || de_mois_en_mois
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mots<R>(texte: &str, lire: impl Fn(&[&str]) -> R) -> R {
        let replie = replier(texte);
        lire(&replie.split(' ').collect::<Vec<_>>())
    }

    #[test]
    fn plusieurs_annees_ensemble_ne_sont_pas_une_annee() {
        for titre in [
            "Naissances 2020-2024",
            "Naissances de 2020 à 2024",
            "Bilan 2023 et 2024",
            "Naissances sur cinq ans",
            "Naissances des 5 dernières années",
            "Cumul",
            "Activité depuis l’ouverture",
            "Naissances depuis 2022",
            "Naissances 2020-2024 au 31/12/2024",
        ] {
            assert!(mots(titre, |m| dit_plusieurs_annees(m, 2024)), "{titre}");
        }
        for titre in [
            "Naissances domiciliées en 2024 (géographie au 01/01/2025)",
            "Naissances 2024 – Insee, septembre 2025",
            "Naissances 2024, mise à jour 10/2025",
            "CTG 2022-2026 – naissances 2024",
            "Bilan 2024 et perspectives 2025",
            "Bilan 2024 (comparaison avec 2023)",
            "Convention Caf 2024-2028",
            "Données 2024 – rapport du 15/02/2025",
        ] {
            assert!(!mots(titre, |m| dit_plusieurs_annees(m, 2024)), "{titre}");
        }
    }

    #[test]
    fn une_partie_de_l_annee_n_est_pas_l_annee() {
        for titre in [
            "Bilan S1 2024",
            "T1 2024",
            "1er semestre 2024",
            "9 mois 2024",
            "Naissances (6 mois)",
            "Janvier-juin 2024",
            "Janvier 2024",
            "Bilan au 30/06/2024",
            "Naissances au 15 novembre 2024",
            "Bilan à mi-année",
            "Données partielles",
            "bilan_juin_2024",
        ] {
            assert!(mots(titre, |m| dit_une_partie_de_l_annee(m, 2024)), "{titre}");
        }
        for titre in [
            "Activité du relais 2024",
            "Naissances au 31/12/2024",
            "Naissances de janvier à décembre 2024",
            "Géographie au 01/01/2024",
            "Conseil du 20 mars 2024",
            "Naissances 2024 – Insee, septembre 2025",
            "Enfants de 3 mois à 3 ans",
            "Activité par trimestre, 2024",
            "Décembre 2024",
            "Maisons d’assistants maternels 2024",
        ] {
            assert!(!mots(titre, |m| dit_une_partie_de_l_annee(m, 2024)), "{titre}");
        }
    }

    #[test]
    fn des_mois_qui_ne_font_pas_l_annee_se_voient_aux_en_tetes() {
        let dire = |entetes: &[&str]| {
            let entetes: Vec<String> = entetes.iter().map(|e| replier(e)).collect();
            entetes_d_une_partie(&entetes, 2024)
        };
        let annee = [
            "Janv.", "Févr.", "Mars", "Avril", "Mai", "Juin", "Juil.", "Août", "Sept.", "Oct.", "Nov.",
            "Déc.",
        ];
        assert_eq!(dire(&annee), None);
        assert!(dire(&annee[..6]).is_some());
        let scolaire: Vec<&str> = annee[8..].iter().chain(&annee[..8]).copied().collect();
        assert!(dire(&scolaire).is_some());
        assert!(dire(&["T1", "T2", "T3"]).is_some());
        assert!(dire(&["1er trimestre"]).is_some());
        assert!(dire(&["S1"]).is_some());
        assert!(dire(&["2022-2023", "2023-2024"]).is_some());
        for entetes in [
            &["T1", "T2", "T3", "T4"][..],
            &["1er semestre", "2e semestre"],
            &["1er trim. 2024", "2e trim. 2024", "3e trim. 2024", "4e trim. 2024"],
            &["Garçons", "Filles"],
            &["Observations", "%"],
            &["Janv-juin", "Juil-déc"],
            &["Évolution 2023-2024"],
            &["Maison d’assistants", "Semaine 1"],
        ] {
            assert_eq!(dire(entetes), None, "{entetes:?}");
        }
    }
}
