//! What a list of structures says: type, financing, manager.

use super::{ValeurInvalide, contient_mots, replier};
use crate::quality::Motif;

/// How the running of an EAJE is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Financement {
    /// The Caf pays the manager (prestation de service unique).
    Psu,
    /// Families receive the CMG « structure ».
    Paje,
}

impl Financement {
    /// `psu` or `paje`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Psu => "psu",
            Self::Paje => "paje",
        }
    }
}

/// Reads a financing: `PSU`, `PAJE`, `CMG structure`, also inside a longer text
/// (`micro-crèche PAJE`).
///
/// # Errors
/// `ModaliteInconnue` when neither is named, or both.
pub fn financement(texte: &str) -> Result<Financement, ValeurInvalide> {
    let replie = replier(texte);
    let un_de = |mots: &[&str]| mots.iter().any(|m| contient_mots(&replie, m));
    let hors_psu = un_de(&["hors psu", "non psu"]);
    let psu = !hors_psu && un_de(&["psu", "prestation de service unique"]);
    let paje = hors_psu || un_de(&["paje", "cmg", "complement de libre choix du mode de garde"]);
    match (psu, paje) {
        (true, false) => Ok(Financement::Psu),
        (false, true) => Ok(Financement::Paje),
        _ => Err(ValeurInvalide::new(Motif::ModaliteInconnue, "« PSU » ou « PAJE » est attendu")),
    }
}

/// The kinds of structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeStructure {
    /// Regular and occasional care together.
    MultiAccueil,
    /// Crèche collective (also an EAJE without more detail).
    Creche,
    /// Occasional care, travelling or not.
    HalteGarderie,
    /// At most twelve places.
    MicroCreche,
    /// Childminders employed by a crèche.
    CrecheFamiliale,
    /// Children of two years and more.
    JardinEnfants,
    /// Maison d'assistants maternels: individual care, no EAJE.
    Mam,
}

impl TypeStructure {
    /// The identifier used in tables: `multi_accueil`, `creche`, `halte_garderie`, …
    pub fn code(self) -> &'static str {
        match self {
            Self::MultiAccueil => "multi_accueil",
            Self::Creche => "creche",
            Self::HalteGarderie => "halte_garderie",
            Self::MicroCreche => "micro_creche",
            Self::CrecheFamiliale => "creche_familiale",
            Self::JardinEnfants => "jardin_enfants",
            Self::Mam => "mam",
        }
    }
}

/// Reads a type of structure inside free text: `Micro-crèche PAJE`, `Multi-accueil`, `MAM`, `SAF`,
/// `EAJE collectif`, `halte-garderie itinérante`. The most precise word decides; a multi-accueil
/// that is familial too is a multi-accueil.
///
/// # Errors
/// `TypeInconnu` for anything else (a relais, an école…).
pub fn type_structure(texte: &str) -> Result<TypeStructure, ValeurInvalide> {
    let replie = replier(texte);
    let un_de = |mots: &[&str]| mots.iter().any(|m| contient_mots(&replie, m));
    let commence = |debuts: &[&str]| replie.split(' ').any(|mot| debuts.iter().any(|d| mot.starts_with(d)));
    if un_de(&["mam"]) || replie.contains("maison d assistant") {
        Ok(TypeStructure::Mam)
    } else if commence(&["microcreche"]) || un_de(&["micro creche", "micro creches", "micro"]) {
        Ok(TypeStructure::MicroCreche)
    } else if commence(&["multiaccueil"]) || un_de(&["multi accueil", "multi accueils", "ma"]) {
        Ok(TypeStructure::MultiAccueil)
    } else if un_de(&["creche familiale", "saf", "accueil familial", "eaje familial", "familiale"]) {
        Ok(TypeStructure::CrecheFamiliale)
    } else if commence(&["halte", "bebebus"]) {
        Ok(TypeStructure::HalteGarderie)
    } else if commence(&["jardin"]) {
        Ok(TypeStructure::JardinEnfants)
    } else if commence(&["creche", "eaje", "pouponniere"]) || un_de(&["accueil collectif", "collectif"]) {
        Ok(TypeStructure::Creche)
    } else {
        Err(ValeurInvalide::new(
            Motif::TypeInconnu,
            "multi-accueil, crèche, halte-garderie, micro-crèche, crèche familiale, jardin d’enfants ou MAM attendu",
        ))
    }
}

/// Who runs a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gestionnaire {
    /// A commune, an EPCI, a CCAS, a département, a hospital.
    Public,
    /// An association or a mutual society.
    Associatif,
    /// A company.
    Prive,
}

impl Gestionnaire {
    /// `public`, `associatif` or `prive`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Associatif => "associatif",
            Self::Prive => "prive",
        }
    }
}

/// Reads a manager: the word (`public`, `associatif`, `privé`) or who it is (`CCAS`, `Mairie de …`,
/// `SAS …`, `ADMR`). Non-profit private managers are associations.
///
/// # Errors
/// `ModaliteInconnue` when no word tells.
pub fn gestionnaire(texte: &str) -> Result<Gestionnaire, ValeurInvalide> {
    let replie = replier(texte);
    let commence = |debuts: &[&str]| replie.split(' ').any(|mot| debuts.iter().any(|d| mot.starts_with(d)));
    let mot = |mots: &[&str]| mots.iter().any(|m| contient_mots(&replie, m));
    if commence(&["associ", "mutual", "parental", "cooperativ", "fondation"])
        || mot(&["asso", "admr", "familles rurales", "croix rouge", "non lucratif", "loi 1901", "scic"])
    {
        Ok(Gestionnaire::Associatif)
    } else if commence(&["prive", "entreprise", "societe", "lucratif", "commercial"])
        || mot(&["sas", "sasu", "sarl", "eurl", "sa", "babilou", "people baby", "la maison bleue", "groupe"])
    {
        Ok(Gestionnaire::Prive)
    } else if commence(&[
        "public",
        "commun",
        "municipal",
        "intercommun",
        "departement",
        "hopital",
        "hospitalier",
        "collectivite",
    ]) || mot(&[
        "ccas",
        "cias",
        "mairie",
        "ville",
        "epci",
        "cc",
        "ca",
        "cu",
        "metropole",
        "agglomeration",
        "syndicat",
        "sivu",
        "sivom",
        "chu",
        "territorial",
        "etat",
    ]) {
        Ok(Gestionnaire::Public)
    } else {
        Err(ValeurInvalide::new(
            Motif::ModaliteInconnue,
            "« public », « associatif » ou « privé » est attendu",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_financements() {
        for (texte, attendu) in [
            ("PSU", Financement::Psu),
            ("EAJE financé par la PSU", Financement::Psu),
            ("Paje", Financement::Paje),
            ("Micro-crèche PAJE", Financement::Paje),
            ("CMG structure", Financement::Paje),
            ("Hors PSU", Financement::Paje),
        ] {
            assert_eq!(financement(texte), Ok(attendu), "{texte}");
        }
        assert!(financement("PSU / PAJE").is_err() && financement("Caf").is_err());
    }

    #[test]
    fn les_types_de_structure() {
        for (texte, attendu) in [
            ("Micro-crèche PAJE", "micro_creche"),
            ("MICRO CRECHE", "micro_creche"),
            ("Microcrèche", "micro_creche"),
            ("Multi-accueil", "multi_accueil"),
            ("Crèche multi accueil", "multi_accueil"),
            ("Multi-accueil collectif et familial", "multi_accueil"),
            ("MAM", "mam"),
            ("Maison d’Assistantes Maternelles", "mam"),
            ("SAF", "creche_familiale"),
            ("Crèche familiale", "creche_familiale"),
            ("Service d’accueil familial", "creche_familiale"),
            ("EAJE collectif", "creche"),
            ("Crèche", "creche"),
            ("Crèche collective", "creche"),
            ("Halte-garderie itinérante", "halte_garderie"),
            ("Halte garderie", "halte_garderie"),
            ("Jardin d’enfants", "jardin_enfants"),
        ] {
            assert_eq!(type_structure(texte).map(TypeStructure::code), Ok(attendu), "{texte}");
        }
        for texte in ["Relais petite enfance", "École", "", "Maman"] {
            assert_eq!(type_structure(texte).map_err(|e| e.motif), Err(Motif::TypeInconnu), "{texte}");
        }
    }

    #[test]
    fn les_gestionnaires() {
        for (texte, attendu) in [
            ("Public", "public"),
            ("Mairie de Busnes", "public"),
            ("CCAS", "public"),
            ("Communauté de communes", "public"),
            ("Municipale", "public"),
            ("Associative", "associatif"),
            ("Association Les P’tits Loups", "associatif"),
            ("Privé non lucratif", "associatif"),
            ("Mutualité française", "associatif"),
            ("Privé", "prive"),
            ("SAS Les Loupiots", "prive"),
            ("Entreprise", "prive"),
        ] {
            assert_eq!(gestionnaire(texte).map(Gestionnaire::code), Ok(attendu), "{texte}");
        }
        assert!(gestionnaire("Mme Martin").is_err());
    }
}
