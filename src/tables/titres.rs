//! What the title of a table, its sheet or its notes say of all of it: that it counts something else, or that a year of it has
//! not ended.

use crate::quality::{Motif, Probleme};
use crate::sources::Genre;
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::replier;

/// How notes begin: what they say is not what is counted.
const NOTES: [&str; 5] = ["source", "note", "champ", "lecture", "nb "];
/// Units in which no count is read, after « en ».
const UNITES: [&str; 9] = [
    "pourcent",
    "pourcentage",
    "pourcentages",
    "dizaines",
    "centaines",
    "milliers",
    "millier",
    "euros",
    "keuros",
];
/// How a text begins that names a share or an amount.
const RAPPORTS: [&str; 11] = [
    "pourcent",
    "pourcentage",
    "pourcentages",
    "part",
    "parts",
    "taux",
    "montant",
    "montants",
    "repartition",
    "poids",
    "ecart",
];
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
            let sans_mesure = |titre: &str| genre == Genre::Activite && dit_ce_qui_n_a_pas_eu_lieu(titre);
            if let Some(titre) = titre_qui(&sans_mesure) {
                return Some(refus(titre, "ce n’est pas l’activité d’une année"));
            }
            let d_une_antenne = |titre: &str| genre == Genre::Activite && dit_une_antenne(titre);
            if let Some(titre) = titre_qui(&d_une_antenne) {
                return Some(refus(titre, "ce n’est que l’activité d’une antenne"));
            }
            let partie = |titre: &str| genre == Genre::Imaje && dit_une_partie(titre, tableau);
            if let Some(titre) = titre_qui(&partie) {
                return Some(refus(
                    titre,
                    "ce n’est qu’une partie des enfants, et les en-têtes ne disent pas laquelle",
                ));
            }
            let muets = genre == Genre::Imaje && !nomme_des_enfants(tableau);
            let titre = titre_qui(&|titre| muets && dit_d_autres_comptes(titre))?;
            Some(refus(titre, "ce ne sont pas des enfants, et les en-têtes ne disent pas le contraire"))
        }
        Genre::Structures => {
            // Where rows tell of themselves, the title does not tell of them.
            let dites =
                ["etat", "ouverture", "fermeture"].iter().any(|champ| tableau.colonne(champ).is_some());
            let titre = titre_qui(&|titre| !dites && dit_des_structures_qui_n_ouvrent_pas(titre))?;
            Some(refus(titre, "ces structures ne sont pas ouvertes"))
        }
        _ => None,
    }
}

/// True for « Répartition en % », « Effectifs en dizaines », « Montants versés »; not for « Nombre et % », nor for a figure
/// (« le relais touche 45 % des assistants maternels »).
pub fn dit_une_autre_unite(titre: &str) -> bool {
    let replie = replier(&titre.replace(['%', '‰'], " pourcent ").replace('€', " euros "));
    let mots: Vec<&str> = replie.split(' ').collect();
    let est_une_annee = |mot: &&str| mot.len() == 4 && mot.parse::<u32>().is_ok();
    // « Taux pour 100 enfants ».
    let pour =
        mots.windows(2).any(|paire| paire[0] == "pour" && matches!(paire[1], "100" | "1000" | "mille"));
    if pour {
        return true;
    }
    let chiffre = mots.iter().any(|mot| mot.starts_with(|c: char| c.is_ascii_digit()) && !est_une_annee(mot));
    let non = mots.iter().any(|mot| matches!(*mot, "non" | "hors" | "sans"));
    let en = mots.windows(2).any(|paire| matches!(paire[0], "en" | "et") && UNITES.contains(&paire[1]));
    let rapport = mots.first().is_some_and(|mot| RAPPORTS.contains(mot));
    if chiffre || non || !(en || rapport) {
        return false;
    }
    // Divided by ten, numbers are no counts any more, whatever they are called.
    let divises = mots.iter().any(|mot| matches!(*mot, "dizaines" | "centaines" | "milliers" | "millier"));
    divises || !mots.iter().any(|mot| mot.starts_with("nombre") || mot.starts_with("effectif"))
}

/// « Objectifs 2022-2024 », « Moyenne départementale », « Budget »: beside what a year has seen; not « Objectif : informer les
/// familles », which is no title of figures.
fn dit_ce_qui_n_a_pas_eu_lieu(titre: &str) -> bool {
    const DEBUTS: [&str; 6] = ["objectif", "previ", "moyenne", "budget", "temps passe", "duree"];
    let replie = replier(titre);
    let court = replie.split(' ').count() <= 4 && !titre.contains(':');
    court && DEBUTS.iter().any(|debut| replie.starts_with(debut))
}

/// « Activité 2024 – antenne d’Oux »: of a part of the relais; not « antennes d’Oux et de Montfrelon », nor « Antenne ouverte
/// en mars ».
fn dit_une_antenne(titre: &str) -> bool {
    let replie = replier(titre);
    let mots: Vec<&str> = replie.split(' ').collect();
    let nommee =
        |suite: &str| matches!(suite, "de" | "d" | "du" | "nord" | "sud" | "est" | "ouest" | "centre");
    let d_une = mots.windows(2).any(|paire| paire[0] == "antenne" && nommee(paire[1]));
    let toutes = ["ensemble", "toutes", "tous", "et", "hors", "sauf", "compris"];
    d_une && !mots.iter().any(|mot| toutes.contains(mot))
}

/// « Enfants de familles au RSA », over columns that say nothing of it; not « Enfants, y compris MSA ».
fn dit_une_partie(titre: &str, tableau: &Tableau) -> bool {
    const PARTIES: [&str; 8] =
        ["rsa", "aeeh", "qpv", "bas revenus", "monoparentales", "monoparentaux", "regime agricole", "msa"];
    let dans = |texte: &str, partie: &str| format!(" {} ", replier(texte)).contains(&format!(" {partie} "));
    let reserve = ["hors", "sans", "compris", "dont", "sauf", "exclu", "exclus"];
    if reserve.iter().any(|mot| dans(titre, mot)) {
        return false;
    }
    let mut entetes = tableau.champs.values().chain(&tableau.autres).map(|colonne| colonne.entete.as_str());
    // « Données CAF-MSA » are of both.
    let dite = PARTIES.iter().any(|partie| dans(titre, partie) && (*partie != "msa" || !dans(titre, "caf")));
    dite && !entetes.any(|entete| PARTIES.iter().any(|partie| dans(entete, partie)))
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

/// « Projets », « Structures fermées », « Crèches en projet »; not « Projet éducatif », « Jours de fermeture ».
fn dit_des_structures_qui_n_ouvrent_pas(titre: &str) -> bool {
    let replie = replier(titre);
    let mots: Vec<&str> = replie.split(' ').filter(|mot| *mot != "en").collect();
    let etat = |mot: &str| {
        matches!(
            mot,
            "projet" | "projets" | "fermee" | "fermees" | "ferme" | "fermes" | "fermeture" | "fermetures"
        )
    };
    let quoi = |mot: &str| {
        ["structure", "creche", "eaje", "etablissement", "micro"].iter().any(|debut| mot.starts_with(debut))
    };
    let annee = |mot: &str| mot.len() == 4 && mot.parse::<u32>().is_ok();
    let liaison = |mot: &str| matches!(mot, "depuis" | "avant" | "apres" | "de" | "des" | "les");
    mots.iter().any(|mot| etat(mot))
        && mots.iter().all(|mot| etat(mot) || quoi(mot) || annee(mot) || liaison(mot))
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

/// The year that a note says to be counted in part: « 2024 : 9 mois », « 2024 (6 mois) », « 2024 janv.-sept. ». Of months
/// that stand elsewhere (« relais fermé 2 mois en 2024 »), nothing is said.
pub fn annee_comptee_en_mois(texte: &str) -> Option<i32> {
    let replie = replier(texte);
    let mots: Vec<&str> = replie.split(' ').collect();
    let annee = |mot: &str| mot.parse::<i32>().ok().filter(|annee| (1990..2100).contains(annee));
    let en_mois = mots.windows(3).find_map(|trio| {
        let combien: u32 = trio[1].parse().ok()?;
        annee(trio[0]).filter(|_| trio[2] == "mois" && (1..12).contains(&combien))
    });
    let jusqu_a = || {
        let [premier, debut, suite @ ..] = mots.as_slice() else { return None };
        let dernier = suite.iter().rev().find(|mot| mot.chars().all(char::is_alphabetic))?;
        annee(premier).filter(|_| debut.starts_with("jan") && !dernier.starts_with("dec"))
    };
    en_mois.or_else(jusqu_a).or_else(|| annee_d_une_partie(&mots))
}

/// « 1er semestre 2024 », « Données 2024 : janvier à septembre », « 2024 : 9 premiers mois »: the year of which a text that
/// speaks of figures says a part.
fn annee_d_une_partie(mots: &[&str]) -> Option<i32> {
    let mut annees =
        mots.iter().filter_map(|mot| mot.parse::<i32>().ok()).filter(|n| (1990..2100).contains(n));
    let annee = annees.next().filter(|annee| annees.all(|autre| autre == *annee))?;
    let commence = |debut: &str| mots.iter().any(|mot| mot.starts_with(debut));
    let chiffres = ["donnee", "chiffre", "activite", "bilan", "comptage", "statistique", "annee"];
    let parle = chiffres.iter().any(|debut| commence(debut)) || mots.len() <= 4;
    let partie = mots.windows(2).any(|paire| {
        let ordinal = matches!(
            paire[0],
            "1er" | "premier" | "2e" | "2eme" | "second" | "deuxieme" | "3e" | "3eme" | "4e" | "4eme"
        );
        ordinal && (paire[1].starts_with("semestre") || paire[1].starts_with("trimestre"))
    });
    let premiers = mots.windows(2).any(|paire| paire[0] == "premiers" && paire[1] == "mois");
    let de_janvier = mots.windows(3).any(|trio| {
        trio[0].starts_with("janv")
            && trio[1] == "a"
            && !trio[2].starts_with("dec")
            && trio[2].chars().all(char::is_alphabetic)
    });
    (parle && (partie || premiers || de_janvier)).then_some(annee)
}

/// True for a text that says on which day its figures stop: « Données arrêtées au 30 juin », « Activité au 30 septembre ».
pub fn dit_ou_ses_chiffres_s_arretent(texte: &str) -> bool {
    const CHIFFRES: [&str; 9] = [
        "donnee",
        "chiffre",
        "situation",
        "activite",
        "bilan",
        "cumul",
        "arretee",
        "statistique",
        "extraction",
    ];
    let replie = replier(texte);
    let dit = |debut: &str| replie.split(' ').any(|mot| mot.starts_with(debut));
    CHIFFRES.iter().any(|debut| dit(debut)) && replie.split(' ').any(|mot| mot == "au")
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
            "Données en %",
        ] {
            assert!(dit_une_autre_unite(titre), "{titre}");
        }
        for titre in [
            "Comptages de la Caf par commune",
            "Nombre et % d’enfants",
            "Effectifs au 31/12/2024",
            "Le RPE touche 45 % des assistants maternels",
            "Budget 2024 : 85 000 euros",
            "Données 2024 - montants non diffusés",
            "Taux de couverture du territoire : 60,2 %",
            "Population : 12,4 milliers d’habitants",
        ] {
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
    fn une_antenne_n_est_pas_le_relais() {
        for titre in ["Antenne d’Oux", "Activité 2024 – antenne de Montfrelon", "Bilan de l'antenne nord"]
        {
            assert!(dit_une_antenne(titre), "{titre}");
        }
        for titre in [
            "Activité : antenne ouverte le 1er septembre 2024",
            "Antennes d’Oux et de Montfrelon",
            "Relais et antenne d’Oux",
            "Activité du relais 2024",
        ] {
            assert!(!dit_une_antenne(titre), "{titre}");
        }
    }

    #[test]
    fn des_mois_comptes_ne_sont_pas_une_annee() {
        for texte in [
            "Attention : 2024 = 9 mois",
            "2024 (6 mois)",
            "2024 janv.-sept.",
            "1er semestre 2024",
            "Données 2024 : janvier à septembre",
            "Année 2024 incomplète (janvier à septembre)",
            "Activité 2024 : 9 premiers mois",
        ] {
            assert_eq!(annee_comptee_en_mois(texte), Some(2024), "{texte}");
        }
        for texte in [
            "2024 : 12 mois",
            "2024 janvier à décembre",
            "Relais fermé 2 mois en 2024",
            "ouvert 11 mois sur 12 en 2024",
            "Animatrice absente de janvier à mars 2024, remplacée",
            "de 9 mois à 3 ans",
        ] {
            assert_eq!(annee_comptee_en_mois(texte), None, "{texte}");
        }
        for texte in ["Activité au 30 septembre 2024", "Données arrêtées au 30 juin 2024"] {
            assert!(dit_ou_ses_chiffres_s_arretent(texte), "{texte}");
        }
        for texte in [
            "Équipe : 2,5 ETP au 30 septembre 2024",
            "Commune nouvelle au 1er juin 2023",
            "Arrêté préfectoral du 15 novembre 2023",
            "Activité : antenne ouverte le 1er septembre 2024",
        ] {
            assert!(!dit_ou_ses_chiffres_s_arretent(texte), "{texte}");
        }
    }

    #[test]
    fn des_projets_ne_sont_pas_des_structures_ouvertes() {
        for titre in ["Projets", "Structures fermées", "Crèches en projet", "Fermetures 2024"] {
            assert!(dit_des_structures_qui_n_ouvrent_pas(titre), "{titre}");
        }
        for titre in [
            "Structures (hors projets)",
            "Projet éducatif de territoire : structures",
            "Structures – jours de fermeture",
            "Projet CTG",
            "EAJE et projets",
        ] {
            assert!(!dit_des_structures_qui_n_ouvrent_pas(titre), "{titre}");
        }
    }
}
