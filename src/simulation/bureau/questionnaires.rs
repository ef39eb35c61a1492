//! Two surveys, as Microsoft Forms exports them: choices joined by `;`, with one more at the end.

use super::super::{ErreurSimulation, Flux, Territoire};
use super::tableur::{Cellule, Feuille, Ligne, ligne, xlsx};
use chrono::{NaiveDate, TimeDelta};
use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use rand_chacha::ChaCha8Rng;

/// Answers of assistants maternels and of parents.
const REPONSES_AM: usize = 100;
const REPONSES_PARENTS: usize = 101;
/// Sum of the notes of 101 parents whose mean is 8.42 once rounded.
const SOMME_SATISFACTION: usize = 850;

/// The workbooks of both surveys, of June of the year before the last list.
pub(super) fn fichiers(territoire: &Territoire) -> Result<Vec<(String, Vec<u8>)>, ErreurSimulation> {
    let mut hasard = Flux::Questionnaires.ouvrir(territoire.parametres.graine);
    let annee = territoire.parametres.derniere_annee() - 1;
    let enquetes = [
        ("assistants_maternels", REPONSES_AM, questions_am(&mut hasard, territoire)),
        ("parents", REPONSES_PARENTS, questions_parents(&mut hasard, territoire)),
    ];
    let mut fichiers = Vec::new();
    for (public, combien, questions) in enquetes {
        let chemin = format!("questionnaires/enquete_{public}_{annee}.xlsx");
        let lignes = exporter(&mut hasard, annee, combien, &questions);
        let feuille = Feuille { nom: "Sheet1".to_owned(), lignes, titres_fusionnes: 0 };
        fichiers.push((chemin.clone(), xlsx(&chemin, &feuille)?));
    }
    Ok(fichiers)
}

/// A question and the answer of each respondent.
type Question = (&'static str, Vec<Cellule>);

/// Header and answers, after the five columns that Forms adds.
fn exporter(hasard: &mut ChaCha8Rng, annee: i32, combien: usize, questions: &[Question]) -> Vec<Ligne> {
    let mut en_tete = ligne!["ID", "Heure de début", "Heure de fin", "Adresse de messagerie", "Nom"];
    en_tete.extend(questions.iter().map(|(question, _)| Cellule::from(*question)));
    let mut lignes = vec![en_tete];
    let mut debut =
        NaiveDate::from_ymd_opt(annee, 6, 1).and_then(|d| d.and_hms_opt(8, 3, 20)).unwrap_or_default();
    for rang in 0..combien {
        debut += TimeDelta::seconds(hasard.random_range(300..43_200));
        let fin = debut + TimeDelta::seconds(hasard.random_range(95..900));
        let mut ligne = ligne![(rang + 1).to_string(), "", "", "anonymous", ""];
        ligne[0] = Cellule::Nombre(rang as f64 + 1.0);
        ligne[1] = Cellule::Horodatage(debut);
        ligne[2] = Cellule::Horodatage(fin);
        ligne.extend(questions.iter().map(|(_, reponses)| reponses[rang].clone()));
        lignes.push(ligne);
    }
    lignes
}

fn questions_am(hasard: &mut ChaCha8Rng, territoire: &Territoire) -> Vec<Question> {
    let n = REPONSES_AM;
    vec![
        ("Dans quelle commune exercez-vous ?", communes(hasard, territoire, n)),
        (
            "À quelle fréquence venez-vous au relais petite enfance ?",
            au_poids(
                hasard,
                n,
                &[("Chaque semaine", 21), ("Chaque mois", 32), ("Quelques fois par an", 31), ("Jamais", 16)],
            ),
        ),
        (
            "Le relais vous transmet les offres d'emploi des familles : que pensez-vous de ce service ?",
            exactement(
                hasard,
                &[
                    ("Je ne le connais pas", 6),
                    ("Je le connais, je ne l'utilise pas", 13),
                    ("Il ne me convient pas", 6),
                    ("Il me convient en partie", 36),
                    ("Il me convient tout à fait", 39),
                ],
            ),
        ),
        (
            "Quels thèmes de formation vous intéressent ? (plusieurs réponses possibles)",
            choix(
                hasard,
                n,
                &[
                    "Langue des signes",
                    "Gestes de premiers secours",
                    "Développement de l'enfant",
                    "Droit du travail",
                    "Accueil d'un enfant en situation de handicap",
                ],
            ),
        ),
        (
            "Accepteriez-vous des horaires atypiques (avant 7 h, après 20 h, week-end) ?",
            au_poids(hasard, n, &[("Oui", 24), ("Parfois", 18), ("Non", 58)]),
        ),
        ("Le Padlet du relais vous est-il utile ?", padlet(hasard, n)),
        (
            "Avez-vous des remarques ou des suggestions ?",
            remarques(
                hasard,
                n,
                &[
                    "Merci pour les matinées d'éveil.",
                    "Plus de soirées d'échange, s'il vous plaît ;\nle samedi aussi.",
                    "Rien à ajouter",
                    "=)",
                ],
            ),
        ),
    ]
}

fn questions_parents(hasard: &mut ChaCha8Rng, territoire: &Territoire) -> Vec<Question> {
    let n = REPONSES_PARENTS;
    let satisfait =
        |hasard: &mut ChaCha8Rng| au_poids(hasard, n, &[("OUI", 74), ("Partiellement", 18), ("Non", 8)]);
    vec![
        ("Dans quelle commune habitez-vous ?", communes(hasard, territoire, n)),
        (
            "Quel est le mode d'accueil principal de votre enfant ?",
            au_poids(
                hasard,
                n,
                &[
                    ("Assistant maternel", 62),
                    ("Multi-accueil", 12),
                    ("Micro-crèche", 15),
                    ("Parents", 9),
                    ("Garde à domicile", 2),
                ],
            ),
        ),
        ("L'accès au relais est-il satisfaisant ? (0 : pas du tout, 10 : tout à fait)", notes(hasard)),
        ("Êtes-vous satisfait de l'accueil au téléphone ?", satisfait(hasard)),
        ("Êtes-vous satisfait de l'accueil par courriel ?", satisfait(hasard)),
        ("Êtes-vous satisfait de l'accueil en rendez-vous ?", satisfait(hasard)),
        ("Le guide des parents employeurs (plusieurs réponses possibles)", guide(hasard)),
        (
            "De quoi auriez-vous besoin ? (plusieurs réponses possibles)",
            choix(
                hasard,
                n,
                &[
                    "Un accueil avant 7 h ou après 20 h",
                    "Un accueil le week-end",
                    "Un accueil d'urgence",
                    "Un accueil occasionnel",
                    "Aucun de ces besoins",
                ],
            ),
        ),
        ("Le Padlet du relais vous est-il utile ?", padlet(hasard, n)),
        (
            "Avez-vous des remarques ou des suggestions ?",
            remarques(
                hasard,
                n,
                &[
                    "Très bon accueil, merci.",
                    "Difficile de trouver une place pour septembre.",
                    "Site peu lisible; numéro introuvable",
                    "RAS",
                ],
            ),
        ),
    ]
}

/// Communes of respondents, by population; a few have left the cell blank.
fn communes(hasard: &mut ChaCha8Rng, territoire: &Territoire, n: usize) -> Vec<Cellule> {
    (0..n)
        .map(|_| match territoire.communes.choose_weighted(hasard, |c| c.population) {
            Ok(commune) if hasard.random_ratio(19, 20) => commune.nom.as_str().into(),
            _ => Cellule::Vide,
        })
        .collect()
}

/// Each option as many times as said, in any order.
fn exactement(hasard: &mut ChaCha8Rng, options: &[(&str, usize)]) -> Vec<Cellule> {
    let mut reponses: Vec<Cellule> =
        options.iter().flat_map(|&(option, fois)| vec![Cellule::from(option); fois]).collect();
    reponses.shuffle(hasard);
    reponses
}

/// Options drawn by weight; one person in thirty does not answer.
fn au_poids(hasard: &mut ChaCha8Rng, n: usize, options: &[(&str, u32)]) -> Vec<Cellule> {
    (0..n)
        .map(|_| match options.choose_weighted(hasard, |o| o.1) {
            Ok((option, _)) if hasard.random_ratio(29, 30) => (*option).into(),
            _ => Cellule::Vide,
        })
        .collect()
}

fn padlet(hasard: &mut ChaCha8Rng, n: usize) -> Vec<Cellule> {
    let options =
        [("Oui", 28), ("Partiellement", 14), ("Non", 9), ("Je ne connais pas", 41), ("Pas intéressé", 8)];
    au_poids(hasard, n, &options)
}

/// From none to three options, each once.
fn choix(hasard: &mut ChaCha8Rng, n: usize, options: &[&str]) -> Vec<Cellule> {
    (0..n)
        .map(|_| {
            let combien = hasard.random_range(0..=3);
            let retenus: Vec<&str> = options.sample(hasard, combien).copied().collect();
            joindre(&retenus)
        })
        .collect()
}

fn joindre(options: &[&str]) -> Cellule {
    options.iter().flat_map(|option| [*option, ";"]).collect::<String>().into()
}

/// 39 / 5 / 3 / 56 by 101 persons: two of them give two answers.
fn guide(hasard: &mut ChaCha8Rng) -> Vec<Cellule> {
    let [utile, connu, inutile, inconnu] = [
        "Je l'ai et il m'est utile",
        "Je l'ai, je ne l'ai pas lu",
        "Il ne m'est pas utile",
        "Je ne le connais pas",
    ];
    let mut reponses = vec![joindre(&[utile, connu]), joindre(&[connu, inutile])];
    for (option, fois) in [(utile, 38), (connu, 3), (inutile, 2), (inconnu, 56)] {
        reponses.extend(vec![joindre(&[option]); fois]);
    }
    reponses.shuffle(hasard);
    reponses
}

/// Notes from 0 to 10 whose sum is known.
fn notes(hasard: &mut ChaCha8Rng) -> Vec<Cellule> {
    let mut notes: Vec<usize> = (0..REPONSES_PARENTS)
        .map(|_| [10, 10, 10, 9, 9, 8, 8, 8, 7, 5][hasard.random_range(0..10)])
        .collect();
    loop {
        let somme: usize = notes.iter().sum();
        let note = &mut notes[hasard.random_range(0..REPONSES_PARENTS)];
        match somme.cmp(&SOMME_SATISFACTION) {
            std::cmp::Ordering::Equal => break,
            std::cmp::Ordering::Less => *note = (*note + 1).min(10),
            std::cmp::Ordering::Greater => *note = note.saturating_sub(1),
        }
    }
    notes.into_iter().map(|note| Cellule::Nombre(note as f64)).collect()
}

/// Free text, mostly blank.
fn remarques(hasard: &mut ChaCha8Rng, n: usize, textes: &[&str]) -> Vec<Cellule> {
    (0..n)
        .map(|_| match textes.choose(hasard) {
            Some(texte) if hasard.random_ratio(1, 6) => (*texte).into(),
            _ => Cellule::Vide,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compte(reponses: &[Cellule], option: &str) -> usize {
        let contient = |c: &&Cellule| matches!(c, Cellule::Texte(t) if t.split(';').any(|o| o == option));
        reponses.iter().filter(contient).count()
    }

    #[test]
    fn la_satisfaction_a_la_moyenne_publiee() {
        let notes = notes(&mut Flux::Questionnaires.ouvrir(2024));
        assert_eq!(notes.len(), 101);
        let valeurs: Vec<f64> =
            notes.iter().map(|n| if let Cellule::Nombre(n) = n { *n } else { f64::NAN }).collect();
        assert!(valeurs.iter().all(|n| (0.0..=10.0).contains(n)));
        assert_eq!(format!("{:.2}", valeurs.iter().sum::<f64>() / 101.0), "8.42");
    }

    #[test]
    fn la_question_du_guide_a_plus_de_reponses_que_de_repondants() {
        let reponses = guide(&mut Flux::Questionnaires.ouvrir(2024));
        assert_eq!(reponses.len(), 101);
        let options = [
            "Je l'ai et il m'est utile",
            "Je l'ai, je ne l'ai pas lu",
            "Il ne m'est pas utile",
            "Je ne le connais pas",
        ];
        assert_eq!(options.map(|o| compte(&reponses, o)), [39, 5, 3, 56]);
    }

    #[test]
    fn la_question_des_offres_d_emploi_a_les_effectifs_publies() {
        let territoire =
            Territoire::imaginer(&super::super::super::Parametres::demo(2024)).expect("territoire");
        let questions = questions_am(&mut Flux::Questionnaires.ouvrir(2024), &territoire);
        assert!(questions.iter().all(|(_, reponses)| reponses.len() == 100));
        let offres = &questions[2].1;
        let options = [
            "Je ne le connais pas",
            "Je le connais, je ne l'utilise pas",
            "Il ne me convient pas",
            "Il me convient en partie",
            "Il me convient tout à fait",
        ];
        assert_eq!(options.map(|o| compte(offres, o)), [6, 13, 6, 36, 39]);
    }
}
