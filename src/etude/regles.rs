//! What the law says of each type of project: what is refused, what is checked, what remains to be asked.
//!
//! Articles are cited where they are known for sure; the others are cited by their code, and marked « à
//! vérifier ». Nobody here replaces the service de PMI, the Caf or a lawyer: the study says so.

use crate::sources::valeurs::{Financement, TypeStructure};
use crate::territory::CodeCommune;
use geo::Point;

/// The types of project that a study knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TypeProjet {
    /// At most twelve places.
    MicroCreche,
    /// Childminders under one roof: individual care.
    Mam,
    /// A crèche collective, of any size class.
    MultiAccueil,
    /// Childminders employed by a crèche.
    CrecheFamiliale,
}

impl TypeProjet {
    /// Every type, in the order of the help.
    pub const TOUS: [Self; 4] = [Self::MicroCreche, Self::Mam, Self::MultiAccueil, Self::CrecheFamiliale];

    /// The word of the command line.
    pub fn mot(self) -> &'static str {
        match self {
            Self::MicroCreche => "micro-creche",
            Self::Mam => "mam",
            Self::MultiAccueil => "multi-accueil",
            Self::CrecheFamiliale => "creche-familiale",
        }
    }

    /// The type of that word, or of the words that a relais uses (« micro-crèche PAJE », « MAM »).
    pub fn lire(texte: &str) -> Option<Self> {
        match crate::sources::valeurs::type_structure(texte).ok()? {
            TypeStructure::MicroCreche => Some(Self::MicroCreche),
            TypeStructure::Mam => Some(Self::Mam),
            TypeStructure::CrecheFamiliale => Some(Self::CrecheFamiliale),
            TypeStructure::MultiAccueil | TypeStructure::Creche => Some(Self::MultiAccueil),
            TypeStructure::HalteGarderie | TypeStructure::JardinEnfants => None,
        }
    }

    /// What pages call it, without article.
    pub fn libelle(self) -> &'static str {
        match self {
            Self::MicroCreche => "micro-crèche",
            Self::Mam => "maison d’assistants maternels",
            Self::MultiAccueil => "multi-accueil",
            Self::CrecheFamiliale => "crèche familiale",
        }
    }

    /// The same with its article: « une micro-crèche ».
    pub fn avec_article(self) -> String {
        let article = if self == Self::MultiAccueil { "un" } else { "une" };
        format!("{article} {}", self.libelle())
    }

    /// True if its places are agréments of childminders: some may already be counted.
    pub fn emploie_des_agrements(self) -> bool {
        matches!(self, Self::Mam | Self::CrecheFamiliale)
    }
}

/// What somebody wants to open.
#[derive(Debug, Clone, PartialEq)]
pub struct Projet {
    /// Where.
    pub commune: CodeCommune,
    /// What.
    pub genre: TypeProjet,
    /// How many places.
    pub places: u32,
    /// How it would be paid; none if it is not said.
    pub financement: Option<Financement>,
    /// Longitude and latitude; the reference point of the commune if they are not given.
    pub adresse: Option<Point<f64>>,
    /// Year of opening; the year after that of the report if it is not said.
    pub ouverture: Option<i32>,
}

/// A project that the rules of its type do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refus {
    /// No place.
    #[error("un projet compte au moins une place : donnez leur nombre avec « --places »")]
    AucunePlace,
    /// More places than the type has.
    #[error(
        "{demandees} places : {quoi} en a au plus {maximum} ({article}). Diminuez « --places », ou étudiez un autre type avec « --type »{conseil}"
    )]
    TropDePlaces {
        /// « une micro-crèche ».
        quoi: String,
        /// Places asked for.
        demandees: u32,
        /// Places allowed.
        maximum: u32,
        /// The article.
        article: &'static str,
        /// What would take so many places.
        conseil: &'static str,
    },
    /// Only a micro-crèche is paid by the families with the CMG « structure ».
    #[error(
        "la PAJE (CMG « structure ») ne finance que les micro-crèches : {quoi} ne peut pas l’avoir ({article}). Retirez « --paje »"
    )]
    Paje {
        /// « un multi-accueil ».
        quoi: String,
        /// The text.
        article: &'static str,
    },
    /// The PSU pays managers of EAJE, and a MAM is none.
    #[error(
        "la PSU finance les établissements d’accueil du jeune enfant : une maison d’assistants maternels n’en est pas un, ses assistants maternels sont payés par les familles. Retirez « --psu »"
    )]
    PsuEnMam,
}

/// A rule, and what it says of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regle {
    /// The rule.
    pub enonce: String,
    /// Where it stands.
    pub texte: &'static str,
    /// What it gives for this project.
    pub constat: String,
    /// True if somebody who knows the law should read it again.
    pub a_verifier: bool,
}

/// Most places of a micro-crèche.
pub const PLACES_MICRO_CRECHE: u32 = 12;
/// Most children at once in a MAM.
pub const ENFANTS_MAM: u32 = 20;
/// Most childminders of a MAM.
pub const AM_MAM: u32 = 6;
/// Most childminders who mind children at once in a MAM.
pub const AM_MAM_PRESENTS: u32 = 4;
/// Most children under three of one agrément.
pub const ENFANTS_PAR_AM: u32 = 4;

const CATEGORIES: &str = "code de la santé publique, art. R. 2324-46, décret nº 2021-1131 du 30 août 2021";
const MAISONS: &str = "code de l’action sociale et des familles, art. L. 424-1";
const AGREMENT: &str = "code de l’action sociale et des familles, art. L. 421-4";
const AGREMENT_EN_MAM: &str = "code de l’action sociale et des familles, art. L. 424-5";
const AUTORISATION: &str = "code de la santé publique, art. L. 2324-1 et R. 2324-18";
const CMG: &str = "code de la sécurité sociale, complément de libre choix du mode de garde « structure »";
const PSU: &str = "prestation de service unique de la branche Famille";

/// Size classes of crèches collectives: highest number of places, name.
const TAILLES: [(u32, &str); 5] = [
    (12, "micro-crèche (12 places au plus)"),
    (24, "petite crèche (de 13 à 24 places)"),
    (39, "crèche (de 25 à 39 places)"),
    (59, "grande crèche (de 40 à 59 places)"),
    (u32::MAX, "très grande crèche (60 places et plus)"),
];

/// The size class of a crèche collective.
pub fn taille(places: u32) -> &'static str {
    TAILLES.iter().find(|(maximum, _)| places <= *maximum).map_or("", |(_, nom)| nom)
}

/// How many agréments it takes for so many places.
pub fn agrements_necessaires(places: u32) -> u32 {
    places.div_ceil(ENFANTS_PAR_AM)
}

/// The rules that concern a project, and what they give.
///
/// # Errors
/// If a rule does not allow the project: the article is cited.
pub fn controler(projet: &Projet) -> Result<Vec<Regle>, Refus> {
    refuser(projet)?;
    let mut regles = match projet.genre {
        TypeProjet::MicroCreche | TypeProjet::MultiAccueil => vec![taille_de(projet)],
        TypeProjet::Mam => maison(projet.places),
        TypeProjet::CrecheFamiliale => vec![familiale(projet.places)],
    };
    regles.extend(financement(projet));
    regles.push(autorisation(projet.genre));
    Ok(regles)
}

fn refuser(projet: &Projet) -> Result<(), Refus> {
    let quoi = projet.genre.avec_article();
    let limite = match projet.genre {
        TypeProjet::MicroCreche => {
            Some((PLACES_MICRO_CRECHE, CATEGORIES, " : un multi-accueil n’a pas cette limite"))
        }
        TypeProjet::Mam => Some((ENFANTS_MAM, MAISONS, "")),
        TypeProjet::MultiAccueil | TypeProjet::CrecheFamiliale => None,
    };
    if projet.places == 0 {
        return Err(Refus::AucunePlace);
    }
    if let Some((maximum, article, conseil)) = limite.filter(|(maximum, ..)| projet.places > *maximum) {
        return Err(Refus::TropDePlaces { quoi, demandees: projet.places, maximum, article, conseil });
    }
    match (projet.genre, projet.financement) {
        (TypeProjet::MicroCreche, _) | (_, None) => Ok(()),
        (_, Some(Financement::Paje)) => Err(Refus::Paje { quoi, article: CMG }),
        (TypeProjet::Mam, Some(Financement::Psu)) => Err(Refus::PsuEnMam),
        _ => Ok(()),
    }
}

fn taille_de(projet: &Projet) -> Regle {
    let constat = format!("{} places : {}.", projet.places, taille(projet.places));
    let constat = if projet.genre == TypeProjet::MultiAccueil && projet.places <= PLACES_MICRO_CRECHE {
        format!("{constat} De cette taille, un multi-accueil suit les règles des micro-crèches.")
    } else {
        constat
    };
    Regle {
        enonce: "Une crèche collective relève d’une catégorie selon son nombre de places ; une micro-crèche en a au plus 12.".to_owned(),
        texte: CATEGORIES,
        constat,
        a_verifier: false,
    }
}

fn maison(places: u32) -> Vec<Regle> {
    let agrements = agrements_necessaires(places);
    let presents = AM_MAM_PRESENTS * ENFANTS_PAR_AM;
    let constat = if places > presents {
        format!(
            "{places} places : au moins {agrements} agréments de 4 enfants. À quatre assistants maternels présents, cela fait 16 enfants de moins de 3 ans au plus en même temps : au-delà, voyez avec la PMI."
        )
    } else {
        format!("{places} places : au moins {agrements} agréments de 4 enfants.")
    };
    vec![
        Regle {
            enonce: format!(
                "Une maison compte au plus {AM_MAM} assistants maternels, dont {AM_MAM_PRESENTS} au plus en même temps, et {ENFANTS_MAM} enfants au plus en même temps."
            ),
            texte: MAISONS,
            constat,
            a_verifier: places > presents,
        },
        Regle {
            enonce: format!("L’agrément d’un assistant maternel va jusqu’à {ENFANTS_PAR_AM} enfants."),
            texte: AGREMENT,
            constat: "Les places de la maison sont celles des agréments de ses membres, comptées une seule fois.".to_owned(),
            a_verifier: false,
        },
        Regle {
            enonce: "Chaque assistant maternel demande au Département un agrément pour exercer en maison, ou la modification du sien.".to_owned(),
            texte: AGREMENT_EN_MAM,
            constat: "À demander avant l’ouverture.".to_owned(),
            a_verifier: false,
        },
    ]
}

fn familiale(places: u32) -> Regle {
    Regle {
        enonce: format!(
            "Une crèche familiale emploie des assistants maternels agréés, dont l’agrément va jusqu’à {ENFANTS_PAR_AM} enfants."
        ),
        texte: AGREMENT,
        constat: format!(
            "{places} places : au moins {} agréments. Leurs places sont celles de la crèche, comptées une seule fois.",
            agrements_necessaires(places)
        ),
        a_verifier: true,
    }
}

fn financement(projet: &Projet) -> Option<Regle> {
    let (enonce, texte, constat) = match (projet.genre, projet.financement) {
        (TypeProjet::Mam, _) => return None,
        (_, Some(Financement::Psu)) => (
            "Avec la PSU, la Caf paie le gestionnaire et les familles paient selon leurs revenus.",
            PSU,
            "Le tarif est celui du barème national.",
        ),
        (_, Some(Financement::Paje)) => (
            "Avec la PAJE, les familles reçoivent le CMG « structure » et paient le tarif de la micro-crèche.",
            CMG,
            "Le reste à charge dépend du tarif : il n’est pas connu ici.",
        ),
        (TypeProjet::MicroCreche, None) => (
            "Une micro-crèche choisit la PSU ou la PAJE ; c’est le seul établissement qui peut être financé par la PAJE.",
            CMG,
            "Le financement n’est pas dit : l’étude porte sur les places seules.",
        ),
        (_, None) => (
            "Seule une micro-crèche peut être financée par la PAJE.",
            CMG,
            "Le financement n’est pas dit ; ce serait la PSU.",
        ),
    };
    Some(Regle { enonce: enonce.to_owned(), texte, constat: constat.to_owned(), a_verifier: texte == CMG })
}

fn autorisation(genre: TypeProjet) -> Regle {
    let (enonce, texte, constat, a_verifier) = if genre == TypeProjet::Mam {
        (
            "Une maison d’assistants maternels n’est pas un établissement : ce sont les agréments de ses membres que le Département accorde.",
            MAISONS,
            "L’autorité organisatrice (commune ou intercommunalité) et le relais gagnent à être consultés avant les demandes d’agrément.",
            true,
        )
    } else {
        (
            "Depuis le 1er janvier 2025, un établissement de droit privé demande l’avis favorable de l’autorité organisatrice (commune ou intercommunalité) avant l’autorisation du Département.",
            AUTORISATION,
            "Avis à demander à l’autorité organisatrice, au regard des besoins du territoire ; cette étude n’en tient pas lieu.",
            true,
        )
    };
    Regle { enonce: enonce.to_owned(), texte, constat: constat.to_owned(), a_verifier }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn projet(genre: TypeProjet, places: u32, financement: Option<Financement>) -> Projet {
        let commune = "62199".parse().unwrap();
        Projet { commune, genre, places, financement, adresse: None, ouverture: None }
    }

    #[test]
    fn ce_qui_depasse_la_regle_est_refuse_avec_son_article() {
        let refus = |genre, places, financement| {
            controler(&projet(genre, places, financement)).unwrap_err().to_string()
        };
        let (psu, paje) = (Some(Financement::Psu), Some(Financement::Paje));
        assert!(refus(TypeProjet::MicroCreche, 13, None).contains("art. R. 2324-46"));
        assert!(refus(TypeProjet::Mam, 21, None).contains("art. L. 424-1"));
        assert!(refus(TypeProjet::Mam, 8, paje).contains("PAJE"));
        assert!(refus(TypeProjet::Mam, 8, psu).contains("PSU"));
        assert!(refus(TypeProjet::MultiAccueil, 20, paje).contains("micro-crèches"));
        assert!(refus(TypeProjet::CrecheFamiliale, 20, paje).contains("micro-crèches"));
        assert_eq!(controler(&projet(TypeProjet::MicroCreche, 0, None)), Err(Refus::AucunePlace));
        for (genre, places, financement) in [
            (TypeProjet::MicroCreche, 12, paje),
            (TypeProjet::MicroCreche, 1, psu),
            (TypeProjet::Mam, 20, None),
            (TypeProjet::MultiAccueil, 80, psu),
            (TypeProjet::CrecheFamiliale, 40, psu),
        ] {
            assert!(!controler(&projet(genre, places, financement)).unwrap().is_empty());
        }
    }

    #[test]
    fn les_tailles_et_les_agrements() {
        for (places, attendu) in
            [(12, "micro"), (13, "petite"), (25, "crèche ("), (40, "grande"), (60, "très")]
        {
            assert!(taille(places).starts_with(attendu), "{places}");
        }
        for (places, agrements) in [(1, 1), (4, 1), (8, 2), (12, 3), (17, 5), (20, 5)] {
            assert_eq!(agrements_necessaires(places), agrements, "{places}");
        }
        let constats = |places| controler(&projet(TypeProjet::Mam, places, None)).unwrap()[0].constat.clone();
        assert!(constats(8).contains("au moins 2 agréments") && !constats(8).contains("PMI"));
        assert!(constats(20).contains("voyez avec la PMI"));
    }

    #[test]
    fn les_mots_des_relais_se_lisent() {
        for (texte, attendu) in [
            ("MAM", Some(TypeProjet::Mam)),
            ("micro-crèche", Some(TypeProjet::MicroCreche)),
            ("micro-creche", Some(TypeProjet::MicroCreche)),
            ("Crèche familiale", Some(TypeProjet::CrecheFamiliale)),
            ("multi-accueil", Some(TypeProjet::MultiAccueil)),
            ("halte-garderie", None),
            ("école", None),
        ] {
            assert_eq!(TypeProjet::lire(texte), attendu, "{texte}");
        }
        for genre in TypeProjet::TOUS {
            assert_eq!(TypeProjet::lire(genre.mot()), Some(genre));
        }
    }
}
