//! What a list of structures says: type, financing, manager.

use super::{Periode, ValeurInvalide, contient_mots, oui_non, periode_a_la_fin, replier};
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
/// (`micro-crèche PAJE`, `PSU : non`). What has no PSU is PAJE; what has no PAJE is not known.
///
/// # Errors
/// `ModaliteInconnue` when neither is named, or both.
pub fn financement(texte: &str) -> Result<Financement, ValeurInvalide> {
    let replie = replier(texte);
    let un_de = |mots: &[&str]| mots.iter().any(|m| contient_mots(&replie, m));
    let nie = |sigle: &str| {
        ["hors", "non", "sans", "pas de", "ni"]
            .iter()
            .any(|mot| contient_mots(&replie, &format!("{mot} {sigle}")))
            || contient_mots(&replie, &format!("{sigle} non"))
    };
    let hors_psu = nie("psu") && !nie("paje");
    let psu = !nie("psu") && un_de(&["psu", "prestation de service unique"]);
    let paje =
        hors_psu || !nie("paje") && un_de(&["paje", "cmg", "complement de libre choix du mode de garde"]);
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
    // An « accueil collectif de mineurs » is a centre de loisirs, an « accueil familial » may be of old people: these words
    // say a type only where none of those is beside them.
    let d_autres = un_de(&["mineurs", "loisirs", "agees", "adultes", "jardin public", "jardin partage"]);
    if un_de(&["mam"]) || replie.contains("maison d assistant") {
        Ok(TypeStructure::Mam)
    } else if commence(&["microcreche"]) || un_de(&["micro creche", "micro creches", "micro", "mc"]) {
        Ok(TypeStructure::MicroCreche)
    } else if commence(&["multiaccueil"]) || un_de(&["multi accueil", "multi accueils", "ma"]) {
        Ok(TypeStructure::MultiAccueil)
    } else if un_de(&["saf", "eaje familial", "familiale", "familiales", "familliale", "familliales"])
        || !d_autres && un_de(&["accueil familial"])
    {
        Ok(TypeStructure::CrecheFamiliale)
    } else if commence(&["halte", "bebebus"]) {
        Ok(TypeStructure::HalteGarderie)
    } else if commence(&["jardin"]) && !d_autres {
        Ok(TypeStructure::JardinEnfants)
    } else if commence(&["creche", "eaje", "pouponniere"]) || !d_autres && un_de(&["collectif"]) {
        Ok(TypeStructure::Creche)
    } else {
        Err(ValeurInvalide::new(Motif::TypeInconnu, TYPES))
    }
}

/// The types that are expected, in words.
const TYPES: &str =
    "multi-accueil, crèche, halte-garderie, micro-crèche, crèche familiale, jardin d’enfants ou MAM attendu";

/// True for the type of what is no establishment of early childhood, though lists of structures hold it: a relais, an
/// école, a centre de loisirs.
pub fn est_un_autre_service(texte: &str) -> bool {
    const AUTRES: [&str; 13] = [
        "lieu d accueil",
        "pmi",
        "assistant",
        "garde a domicile",
        "garderie",
        "centre social",
        "jeux",
        "jardin public",
        "jardin partage",
        "agees",
        "mineurs",
        "sport",
        "salle",
    ];
    est_surement_un_autre_service(texte) || un_mot_commence(texte, &AUTRES)
}

/// The same, of what has no place of early childhood under any of its names: of a « garderie », or of an « assistante
/// maternelle », a census may well count places.
pub fn est_surement_un_autre_service(texte: &str) -> bool {
    const AUTRES: [&str; 13] = [
        "relais",
        "rpe",
        "ram",
        "ecole",
        "maternelle",
        "alsh",
        "loisirs",
        "laep",
        "lieu d accueil enfant",
        "ludotheque",
        "bibliotheque",
        "mediatheque",
        "periscolaire",
    ];
    un_mot_commence(texte, &AUTRES) && !un_mot_commence(texte, &["assistant", "garderie"])
}

fn un_mot_commence(texte: &str, mots: &[&str]) -> bool {
    let replie = format!(" {}", replier(texte));
    mots.iter().any(|mot| replie.contains(&format!(" {mot}")))
}

/// The type that the first words of a name say in full (`Micro-crèche Les Lutins`); « Le Jardin des Lucioles » or « Ma
/// crèche » are only names.
///
/// # Errors
/// As [`type_structure`].
pub fn type_au_debut_du_nom(nom: &str) -> Result<TypeStructure, ValeurInvalide> {
    const MOTS_DU_TYPE: usize = 2;
    let debut = replier(&nom.split_whitespace().take(MOTS_DU_TYPE).collect::<Vec<_>>().join(" "));
    let en_entier = [
        "mam",
        "maison d assistant",
        "micro creche",
        "microcreche",
        "multi accueil",
        "multiaccueil",
        "creche familiale",
        "halte garderie",
        "jardin d enfants",
    ];
    if debut.starts_with("creche") && !en_entier.iter().any(|mots| debut.contains(mots)) {
        return Ok(TypeStructure::Creche);
    }
    type_structure(if en_entier.iter().any(|mots| debut.contains(mots)) { &debut } else { "" })
}

/// Whether a structure is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EtatStructure {
    /// Open, or told by the day of its opening.
    Ouverte(Option<Periode>),
    /// Closed, or to be closed on that day.
    Fermee(Option<Periode>),
    /// A project, to be opened on that day.
    Projet(Option<Periode>),
}

/// Reads the state of a structure: `Ouverte`, `Fermée`, `Fermeture le 31/08/2023`, `En projet`, `Ouverture prévue en
/// 2026`; under a header such as « En activité », `oui` and `non`.
///
/// # Errors
/// `ModaliteInconnue` for any other text, and for what closes for a time (`Fermée pour travaux`, `Fermeture en août`).
pub fn etat_structure(texte: &str) -> Result<EtatStructure, ValeurInvalide> {
    const FERMEES: [&str; 8] =
        ["fermee", "fermeture", "cess", "liquid", "dissou", "supprim", "definitivement", "inacti"];
    const PROJETS: [&str; 8] =
        ["projet", "prevu", "prochain", "constru", "futur", "bientot", "venir", "etude"];
    const UN_TEMPS: [&str; 10] = [
        "tempor",
        "travaux",
        "provisoire",
        "annuel",
        "jusqu",
        "vacance",
        "conge",
        "estival",
        "exceptionnel",
        "noel",
    ];
    const OUVERTES: [&str; 5] = ["ouvert", "activite", "actif", "active", "fonctionn"];
    let inconnu = || {
        ValeurInvalide::new(Motif::ModaliteInconnue, "« ouverte », « fermée » ou « en projet » est attendu")
    };
    let replie = replier(texte);
    let mots: Vec<&str> = replie.split(' ').collect();
    let un_de = |debuts: &[&str]| mots.iter().any(|mot| debuts.iter().any(|d| mot.starts_with(d)));
    let date = periode_a_la_fin(texte);
    // From one day to another, what closes opens again.
    if un_de(&UN_TEMPS) || un_de(&FERMEES) && matches!(date, Some(Periode::Du(..))) {
        return Err(inconnu());
    }
    let n_est_plus = mots.windows(2).any(|m| m[0] == "plus" && OUVERTES.iter().any(|d| m[1].starts_with(d)))
        || mots.windows(3).any(|m| m[0] == "plus" && OUVERTES.iter().any(|d| m[2].starts_with(d)))
        || replie.contains("existe plus");
    if n_est_plus {
        return Ok(EtatStructure::Fermee(date));
    }
    // « ferme » is also a farm: alone, or with a date.
    let ferme = un_de(&FERMEES) || mots[0] == "ferme" && (mots.len() == 1 || date.is_some());
    let nie = matches!(mots[0], "non" | "pas");
    if ferme && nie {
        return Ok(EtatStructure::Ouverte(None));
    }
    if ferme {
        // « Fermée le mercredi », « Fermeture en août » tell of every week, or of every year.
        let seule = mots.len() == 1 || un_de(&["definiti", "cess", "liquid", "dissou", "supprim"]);
        return if date.is_some() || seule { Ok(EtatStructure::Fermee(date)) } else { Err(inconnu()) };
    }
    match oui_non(texte) {
        _ if un_de(&PROJETS) || nie && un_de(&OUVERTES) => Ok(EtatStructure::Projet(date)),
        Ok(Some(false)) => Ok(EtatStructure::Fermee(None)),
        Ok(Some(true)) => Ok(EtatStructure::Ouverte(None)),
        // « Ouverture » alone announces nothing.
        _ if un_de(&OUVERTES) && (date.is_some() || !un_de(&["ouverture"])) => {
            Ok(EtatStructure::Ouverte(date))
        }
        _ => Err(inconnu()),
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
            ("sans PSU", Financement::Paje),
            ("PSU : non", Financement::Paje),
            ("PSU : oui", Financement::Psu),
            ("PSU, pas de Paje", Financement::Psu),
        ] {
            assert_eq!(financement(texte), Ok(attendu), "{texte}");
        }
        for texte in ["PSU / PAJE", "Caf", "PAJE : non", "ni PSU ni PAJE", ""] {
            assert!(financement(texte).is_err(), "{texte}");
        }
    }

    #[test]
    fn une_structure_est_ouverte_fermee_ou_en_projet() {
        let jour = |texte: &str| crate::sources::valeurs::date(texte).unwrap();
        let fermee = |texte: &str| Ok(EtatStructure::Fermee(Some(Periode::Jour(jour(texte)))));
        for (texte, attendu) in [
            ("Ouverte", Ok(EtatStructure::Ouverte(None))),
            ("oui", Ok(EtatStructure::Ouverte(None))),
            ("En activité", Ok(EtatStructure::Ouverte(None))),
            ("Fermée", Ok(EtatStructure::Fermee(None))),
            ("Fermé", Ok(EtatStructure::Fermee(None))),
            ("Fermeture définitive", Ok(EtatStructure::Fermee(None))),
            ("Cessation d’activité", Ok(EtatStructure::Fermee(None))),
            ("Fermeture le 31/08/2023", fermee("31/08/2023")),
            ("Fermée depuis le 31 août 2023", fermee("31/08/2023")),
            ("Non fermée", Ok(EtatStructure::Ouverte(None))),
            ("Pas encore ouverte", Ok(EtatStructure::Projet(None))),
            ("Inactive", Ok(EtatStructure::Fermee(None))),
            ("Projet", Ok(EtatStructure::Projet(None))),
            ("En projet", Ok(EtatStructure::Projet(None))),
            (
                "Ouverture prévue le 01/09/2025",
                Ok(EtatStructure::Projet(Some(Periode::Jour(jour("01/09/2025"))))),
            ),
            ("Ouverture le 01/09/2015", Ok(EtatStructure::Ouverte(Some(Periode::Jour(jour("01/09/2015")))))),
        ] {
            assert_eq!(etat_structure(texte), attendu, "{texte}");
        }
        for texte in [
            "Fermée le mercredi",
            "Fermeture en août",
            "Fermée pour travaux",
            "Fermeture temporaire",
            "Ferme pédagogique",
            "Public",
            "Association",
            "Services à la personne",
            "",
        ] {
            assert!(etat_structure(texte).is_err(), "{texte}");
        }
    }

    #[test]
    fn un_nom_ne_dit_le_type_qu_en_toutes_lettres() {
        for (nom, attendu) in [
            ("Micro-crèche Les Lutins", "micro_creche"),
            ("MAM Les Lutins", "mam"),
            ("Maison d’assistantes maternelles", "mam"),
            ("Jardin d’enfants", "jardin_enfants"),
            ("Crèche Le Jardin", "creche"),
            ("Crèche Ma Cabane", "creche"),
            ("Crèche multi-accueil Arc-en-ciel", "multi_accueil"),
        ] {
            assert_eq!(type_au_debut_du_nom(nom).map(TypeStructure::code), Ok(attendu), "{nom}");
        }
        for nom in ["Jardin des Lucioles", "Ma Petite Crèche", "Micro Pousses", "La halte", "Les Lutins", ""]
        {
            assert!(type_au_debut_du_nom(nom).is_err(), "{nom}");
        }
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
