//! Whether an agrément is in force, and of what kind it is, as its row says in words.

use super::{ValeurInvalide, contient_mots, oui_non, replier};
use crate::quality::Motif;

/// True for the agrément, or the profession, of an assistant familial, who fosters children: not for « Maternel et
/// familial », nor for somebody in a crèche familiale.
pub fn est_familial(texte: &str) -> bool {
    let replie = replier(texte);
    let commence = |debut: &str| replie.split(' ').any(|mot| mot.starts_with(debut));
    // « AF », and not « AM / AF ».
    let sigle = |sigle: &str| replie.split(' ').any(|mot| mot == sigle);
    let famille = commence("familia")
        || ["asfam", "assfam"].iter().any(|mot| commence(mot))
        || sigle("af") && !sigle("am");
    famille && !["materne", "asmat", "assmat", "creche", "accueil", "service"].iter().any(|mot| commence(mot))
}

/// How the words begin of who rests, and is still agréé.
const EN_PAUSE: [&str; 8] =
    ["tempor", "conge", "pause", "maternite", "maladie", "parental", "disponib", "provisoire"];

/// True for the state of who rests (`Congé parental jusqu’au 31/08/2024`): its end is that of the rest.
pub fn est_une_pause(texte: &str) -> bool {
    replier(texte).split(' ').any(|mot| EN_PAUSE.iter().any(|debut| mot.starts_with(debut)))
}

/// Reads the state of an agrément: true where it is in force (`Agréé`, `En cours`, `Renouvellement demandé`; `Cessation
/// temporaire` too: who rests is still agréé), false where it is not, not yet or no longer (`Suspendu`, `Retiré`,
/// `Radiée`, `Cessation`, `Refus`, `En cours d’instruction`, `Non renouvelé`).
///
/// # Errors
/// `ModaliteInconnue` for any other word, and for `N’exerce plus`, which does not say whether the agrément has ended.
pub fn agrement_en_cours(texte: &str) -> Result<bool, ValeurInvalide> {
    const LEVES: [&str; 19] = [
        "suspen",
        "retire",
        "retrait",
        "abrog",
        "radi",
        "demission",
        "expir",
        "echu",
        "caduc",
        "annul",
        "deced",
        "deces",
        "demenag",
        "clos",
        "clotur",
        "archiv",
        "perim",
        "termine",
        "invalid",
    ];
    const REFUSES: [&str; 2] = ["refus", "rejet"];
    const ATTENDUS: [&str; 6] = ["demand", "instruction", "candidat", "postul", "projet", "futur"];
    const FINIS: [&str; 5] = ["cess", "arret", "interromp", "interrup", "inacti"];
    const CHANGES: [&str; 6] = ["modif", "exten", "derog", "augment", "prolong", "prorog"];
    const VALIDES: [&str; 17] = [
        "agree",
        "valid",
        "actif",
        "active",
        "vigueur",
        "accord",
        "favorable",
        "mainten",
        "deliv",
        "attribu",
        "cours",
        "initial",
        "premier",
        "1er",
        "nouve",
        "valable",
        "reactiv",
    ];
    // Not to work is no lack of an agrément.
    const EN_ACTIVITE: [&str; 2] = ["activite", "exerc"];
    let replie = replier(texte);
    let mots: Vec<&str> = replie.split(' ').collect();
    let un_de = |debuts: &[&str]| mots.iter().any(|mot| debuts.iter().any(|d| mot.starts_with(d)));
    let nie = |debut: &str| {
        mots.windows(2).any(|m| matches!(m[0], "non" | "pas" | "plus") && m[1].starts_with(debut))
            || mots.windows(3).any(|m| matches!(m[0], "non" | "pas" | "plus") && m[2].starts_with(debut))
    };
    // « Suspension levée », « Retrait annulé »: the agrément is in force again. « Retraite, fin 2023 » is none of these.
    let levee = mots.windows(2).any(|m| {
        (m[0].starts_with("suspen") || m[0] == "retrait")
            && ["leve", "termin", "annul"].iter().any(|debut| m[1].starts_with(debut))
    });
    if levee || replie.starts_with("fin de suspension") || replie.starts_with("fin de la suspension") {
        return Ok(true);
    }
    let renouvele = un_de(&["renouvel"]);
    let accorde = un_de(&["accord"]) && !nie("accord");
    // « Agréée, non active »: not to work is no lack of an agrément.
    let agree = un_de(&["agree"]) && !nie("agree");
    let change = un_de(&CHANGES);
    // « Ne renouvelle pas », « A quitté le département », « Départ ».
    let part = un_de(&["quitt", "mute", "mutation", "abandon", "desist", "transfer"])
        || mots.contains(&"depart")
        || contient_mots(&replie, "ne renouvelle pas")
        || contient_mots(&replie, "hors departement")
        || contient_mots(&replie, "sans agrement");
    let leve = part
        || LEVES.iter().any(|mot| un_de(&[mot]) && !nie(mot))
        || VALIDES.iter().chain(&["renouvel"]).any(|mot| nie(mot) && !(agree && mot.starts_with("acti")))
        || un_de(&REFUSES) && !change
        || un_de(&ATTENDUS) && !change && !renouvele && !accorde
        || contient_mots(&replie, "cours d agrement") && !renouvele
        || contient_mots(&replie, "attente d agrement") && !renouvele
        || (un_de(&FINIS) || mots[0] == "fin") && !un_de(&EN_PAUSE);
    // « N’exerce plus », « Plus en activité »: of work, and of nobody knows what else.
    let n_exerce_plus = contient_mots(&replie, "exerce plus") || contient_mots(&replie, "plus en activite");
    if leve {
        Ok(false)
    } else if n_exerce_plus && !un_de(&VALIDES) && !un_de(&EN_PAUSE) {
        Err(ValeurInvalide::new(
            Motif::ModaliteInconnue,
            "l’agrément a-t-il pris fin ? « cessation » si c’est le cas, « agréé » sinon, est attendu",
        ))
    } else if renouvele
        || change
        || un_de(&EN_PAUSE)
        || un_de(&VALIDES)
        || un_de(&EN_ACTIVITE)
        || LEVES.iter().any(|mot| un_de(&[mot]))
        || matches!(oui_non(texte), Ok(Some(true)))
        || replie == "ok"
    {
        Ok(true)
    } else {
        Err(ValeurInvalide::new(
            Motif::ModaliteInconnue,
            "« agréé », « suspendu », « retiré » ou « en cours d’instruction » est attendu",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_agrement_est_en_cours_ou_ne_l_est_pas() {
        for texte in [
            "Agréé",
            "Agréée",
            "Valide",
            "En cours",
            "En cours de validité",
            "Actif",
            "Active",
            "Renouvelé",
            "En cours de renouvellement",
            "Demande de renouvellement",
            "Demande de modification",
            "Refus d’extension",
            "Cessation temporaire",
            "Arrêt maladie",
            "Congé parental",
            "Sans activité",
            "En activité",
            "Agrément provisoire",
            "Non suspendu",
            "Pas en activité",
            "Inactive temporairement",
            "Agréée, n’exerce plus",
            "Premier agrément",
            "oui",
        ] {
            assert_eq!(agrement_en_cours(texte), Ok(true), "{texte}");
        }
        for texte in [
            "Suspendu le 02/11",
            "Suspension provisoire",
            "Retiré",
            "Retrait",
            "Abrogé",
            "Cessation",
            "Cessée",
            "Cessation d’activité",
            "Radiée",
            "Inactif",
            "Inactive",
            "Démission",
            "Refus",
            "Refusé",
            "En cours d’instruction",
            "En cours d’agrément",
            "Demande",
            "Non renouvelé",
            "Refus de renouvellement",
            "Non agréée",
            "N’est plus agréée",
            "Pas en cours",
            "Fin d’agrément",
            "Arrêt définitif",
            "Décédée",
            "Suspendu, non renouvelé",
        ] {
            assert_eq!(agrement_en_cours(texte), Ok(false), "{texte}");
        }
        for texte in [
            "Bleu",
            "Mariée",
            "Titulaire",
            "3",
            "N’exerce plus",
            "Plus en activité",
            "N'exerce plus depuis juin",
        ] {
            assert!(agrement_en_cours(texte).is_err(), "{texte}");
        }
    }
}
