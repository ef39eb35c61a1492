//! What a file must hold, said in the standard way (Table Schema of Frictionless Data), so that whoever sends
//! it can check it with Validata before.
//!
//! Fields, labels, types and accepted headers come from the layouts; descriptions from here.

use crate::sources::Genre;
use crate::sources::disposition::{Champ, Disposition, Genre as GenreDeCellule};
use serde_json::{Map, Value, json};

/// The profile that the schemas follow.
const PROFIL: &str = "https://specs.frictionlessdata.io/schemas/table-schema.json";

/// How the sources write that a value is missing or withheld.
const MANQUANTES: [&str; 8] = ["", "nd", "n.d.", "NA", "s", "*", "<5", "< 5"];

/// What a field is, by identifier; the same word means the same thing in every table.
const DESCRIPTIONS: [(&str, &str); 95] = [
    (
        "nom",
        "Nom de la personne ou de la structure. Celui d’une personne sert seulement à la suivre d’une année à l’autre : il n’est jamais conservé.",
    ),
    ("nom_usage", "Nom d’usage ; employé quand le nom de naissance manque, jamais conservé."),
    ("prenom", "Prénom ; jamais conservé."),
    ("date_naissance", "Date de naissance ; seul l’âge à la date de la liste est conservé."),
    (
        "age",
        "Âge en années. Dans les tableaux de l’Insee : âge ou classe d’âge, tels que codés (AGED100, AGEFOR5).",
    ),
    ("date_sortie", "Jour où la personne a cessé ; passé, la ligne est mise de côté."),
    (
        "motif_sortie",
        "Pourquoi la personne a cessé ; rempli, la ligne est mise de côté, sauf si la date de sortie est à venir.",
    ),
    ("suspension", "Agrément suspendu : oui, ou depuis quel jour ; la ligne est mise de côté."),
    ("en_cours", "Agrément en cours : « non » met la ligne de côté."),
    (
        "actif",
        "Personne active ou non ; « non » ne dit pas que l’agrément a pris fin : elle compte, et sa commune est une estimation.",
    ),
    ("type_agrement", "Maternel ou familial : la ligne d’un assistant familial est mise de côté."),
    (
        "annee_liste",
        "Année dont parle la ligne, dans un fichier qui en tient plusieurs : seules celles de la « date » de la source sont lues.",
    ),
    ("annee_naissance", "Année de naissance ; employée quand la date manque."),
    ("adresse", "Adresse du lieu d’accueil ; sert à trouver la commune et les MAM, jamais conservée."),
    (
        "adresse_mam",
        "Adresse de la MAM ; sa commune est celle où travaille une personne qui y exerce. Jamais conservée.",
    ),
    ("code_postal", "Code postal."),
    ("commune", "Nom de la commune ; « 62350 BUSNES » se lit aussi."),
    (
        "code_commune",
        "Code officiel géographique de la commune : cinq caractères, zéro initial compris (01001, 2A004).",
    ),
    ("commune_mam", "Commune de la MAM ; celle où travaille une personne qui y exerce."),
    (
        "commune_residence",
        "Commune où habite la personne ; employée quand celle où elle travaille est vide, sauf en MAM.",
    ),
    ("telephone", "Téléphone ; jamais conservé."),
    ("courriel", "Adresse électronique ; jamais conservée."),
    (
        "capacite",
        "Nombre d’enfants accueillis en même temps, de 1 à 6 ; « 2 + 1 périscolaire » se lit aussi.",
    ),
    ("date_agrement", "Date de début de l’agrément, ou ses deux dates (01/01/2020 - 31/12/2024)."),
    ("date_fin", "Date de fin de l’agrément."),
    (
        "date_renouvellement",
        "Date de renouvellement de l’agrément ; à venir, elle dit sa fin quand aucune autre colonne ne la dit.",
    ),
    (
        "statut",
        "Statut de l’agrément : « suspendu », « retiré », « cessation » ou « en cours d’instruction » met la ligne de côté ; un mot inconnu est dit.",
    ),
    ("mam", "Nom de la maison d’assistants maternels, ou une croix ; vide à domicile."),
    ("exercice", "Lieu d’exercice : domicile, MAM ou crèche familiale."),
    (
        "creche_familiale",
        "Crèche familiale qui emploie la personne, ou une croix ; ses places sont celles de la crèche.",
    ),
    (
        "employeur",
        "Qui emploie la personne : particuliers, ou la crèche familiale ; le nom n’est jamais conservé.",
    ),
    (
        "accepte_periscolaire",
        "Accepte l’accueil périscolaire : oui ou non ; vide si la question n’a pas été posée.",
    ),
    ("accepte_atypique", "Accepte les horaires atypiques : avant 7 h, après 20 h ou le week-end."),
    ("accepte_urgence", "Accepte l’accueil d’urgence."),
    ("accepte_handicap", "Accepte l’accueil d’un enfant en situation de handicap."),
    ("places_libres", "Nombre de places libres, ou disponibilité déclarée."),
    ("monenfant", "Inscription, ou disponibilités affichées, sur monenfant.fr."),
    ("annee", "Année dont parle la ligne : 2024, ou une date de cette année."),
    ("enfants_0_2", "Enfants de 0 à 2 ans qui résident dans la commune ou l’Iris."),
    ("enfants_3_5", "Enfants de 3 à 5 ans qui résident dans la commune ou l’Iris."),
    ("enfants_0_2_parents_actifs", "Enfants de 0 à 2 ans dont tous les parents travaillent."),
    ("enfants_eaje", "Enfants de moins de 3 ans accueillis dans un EAJE."),
    ("enfants_am", "Enfants de moins de 3 ans gardés par un assistant maternel."),
    ("enfants_cmg_domicile", "Enfants gardés à domicile avec l’aide du CMG."),
    ("enfants_cmg_structure", "Enfants accueillis dans une structure Paje avec l’aide du CMG."),
    ("am_actifs", "Assistants maternels qui ont au moins un enfant déclaré en novembre."),
    ("mesure", "Ce que compte la ligne, quand le tableau a une ligne par mesure."),
    ("valeur", "Valeur de la mesure ou du service que nomme la ligne."),
    ("naissances", "Naissances de l’année, par commune de domicile de la mère."),
    (
        "niveau",
        "Niveau géographique de la ligne (COM pour une commune) ; les autres niveaux sont mis de côté.",
    ),
    (
        "type",
        "Type de structure : multi-accueil, crèche, halte-garderie, micro-crèche, crèche familiale, jardin d’enfants ou MAM.",
    ),
    ("places", "Nombre de places autorisées ; vide si elles ne sont pas connues."),
    ("financement", "Mode de financement : PSU ou Paje."),
    ("gestionnaire", "Gestionnaire : public, associatif ou privé, ou son nom."),
    ("ouverture", "Date d’ouverture."),
    ("fermeture", "Date de fermeture ; vide si la structure est ouverte."),
    ("etat", "Ouverte, fermée ou en projet, avec la date s’il y en a une."),
    ("latitude", "Latitude en degrés décimaux (WGS 84)."),
    ("longitude", "Longitude en degrés décimaux (WGS 84)."),
    ("identifiant", "Identifiant de la structure chez celui qui tient le fichier."),
    ("horaires", "Jours et heures d’ouverture ; les demi-journées d’une structure itinérante s’y lisent."),
    (
        "demi_journees",
        "Nombre de demi-journées d’ouverture par semaine, pour l’arrêt d’une structure itinérante.",
    ),
    ("code_epci", "Numéro SIREN de l’intercommunalité."),
    ("nom_epci", "Nom de l’intercommunalité."),
    ("code_departement", "Code du département, zéro initial compris."),
    ("nom_departement", "Nom du département."),
    ("code_region", "Code de la région."),
    ("nom_region", "Nom de la région."),
    ("code_iris", "Code de l’Iris : neuf caractères, dont les cinq premiers sont la commune."),
    ("sexe", "Sexe, tel que codé par l’Insee."),
    ("nombre", "Effectif de la ligne."),
    ("activite", "Type d’activité des parents (TF12) : 11, 21 et 41 quand tous travaillent."),
    ("origine", "D’où vient le chiffre, si la ligne le dit."),
    ("service", "Service de la commune que décrit la ligne : école, cantine, centre de loisirs…"),
    ("de", "Commune de départ : code ou nom."),
    ("code_de", "Code de la commune de départ, à côté de son nom ou à sa place."),
    ("vers", "Commune d’arrivée : code ou nom."),
    ("code_vers", "Code de la commune d’arrivée, à côté de son nom ou à sa place."),
    ("minutes", "Durée du trajet, en minutes."),
    (
        "taux_psu",
        "Places pour 100 enfants de moins de 3 ans dans les EAJE financés par la PSU, telles que publiées.",
    ),
    ("places_psu", "Nombre de places dans les EAJE financés par la PSU, tel que publié."),
    (
        "taux_hors_psu",
        "Places pour 100 enfants de moins de 3 ans dans les EAJE hors PSU, telles que publiées.",
    ),
    ("places_hors_psu", "Nombre de places dans les EAJE hors PSU, tel que publié."),
    ("taux_eaje", "Places pour 100 enfants de moins de 3 ans dans l’ensemble des EAJE, telles que publiées."),
    ("places_eaje", "Nombre de places dans l’ensemble des EAJE, tel que publié."),
    (
        "taux_prescolarisation",
        "Places pour 100 enfants de moins de 3 ans en préscolarisation, telles que publiées.",
    ),
    ("places_prescolarisation", "Nombre de places en préscolarisation, tel que publié."),
    (
        "taux_am",
        "Places pour 100 enfants de moins de 3 ans chez les assistants maternels, telles que publiées.",
    ),
    ("places_am", "Nombre de places chez les assistants maternels, tel que publié."),
    ("taux_domicile", "Places pour 100 enfants de moins de 3 ans en garde à domicile, telles que publiées."),
    ("places_domicile", "Nombre de places en garde à domicile, tel que publié."),
    (
        "taux_individuel",
        "Places pour 100 enfants de moins de 3 ans dans l’ensemble de l’accueil individuel, telles que publiées.",
    ),
    ("places_individuel", "Nombre de places dans l’ensemble de l’accueil individuel, tel que publié."),
    ("taux_global", "Places pour 100 enfants de moins de 3 ans, tous modes d’accueil, telles que publiées."),
    ("places_global", "Nombre de places, tous modes d’accueil, tel que publié."),
];

/// The schema of each kind of table, in the order of [`Genre`]. A questionnaire has none: its columns are
/// its questions.
pub fn schemas() -> Vec<Value> {
    Genre::TOUS
        .into_iter()
        .filter(|genre| genre.a_une_disposition() && *genre != Genre::Questionnaire)
        .filter_map(|genre| Some(schema(genre, &genre.disposition().ok()?)))
        .collect()
}

fn schema(genre: Genre, disposition: &Disposition) -> Value {
    let champs: Vec<Value> = disposition.champs.iter().map(|(nom, champ)| decrire(nom, champ)).collect();
    json!({
        "$schema": PROFIL,
        "name": genre.mot(),
        "title": disposition.titre,
        "description": "Toutes les colonnes peuvent être dans un autre ordre, et d’autres peuvent s’y ajouter. Chaque groupe de « au_moins_une_de » demande au moins une de ses colonnes (« colonnes_annees » : une colonne par année).",
        "fields": champs,
        "missingValues": MANQUANTES,
        "au_moins_une_de": disposition.une_de,
    })
}

fn decrire(nom: &str, champ: &Champ) -> Value {
    let (type_de_champ, format, motif) = match champ.motif {
        GenreDeCellule::Texte => ("string", None, None),
        GenreDeCellule::Entier => ("integer", None, None),
        GenreDeCellule::Nombre | GenreDeCellule::Compte => ("number", None, None),
        GenreDeCellule::Date => ("date", Some("%d/%m/%Y"), None),
        GenreDeCellule::CodeCommune => ("string", None, Some("^([0-9]{2}|2[AB])[0-9]{3}$")),
        GenreDeCellule::Heure => ("string", None, Some("^[0-2]?[0-9][h:][0-5]?[0-9]?$")),
        GenreDeCellule::Email => ("string", Some("email"), None),
    };
    let mut decrit = Map::new();
    decrit.insert("name".to_owned(), nom.into());
    decrit.insert("title".to_owned(), champ.entetes.first().map_or(nom, String::as_str).into());
    decrit.insert("description".to_owned(), description(nom).into());
    decrit.insert("type".to_owned(), type_de_champ.into());
    if let Some(format) = format {
        decrit.insert("format".to_owned(), format.into());
    }
    if type_de_champ == "number" {
        decrit.insert("decimalChar".to_owned(), ",".into());
        decrit.insert("groupChar".to_owned(), " ".into());
    }
    let mut contraintes = Map::new();
    contraintes.insert("required".to_owned(), champ.obligatoire.into());
    if let Some(motif) = motif {
        contraintes.insert("pattern".to_owned(), motif.into());
    }
    decrit.insert("constraints".to_owned(), contraintes.into());
    decrit.insert("alias".to_owned(), champ.entetes.clone().into());
    decrit.into()
}

fn description(champ: &str) -> &'static str {
    DESCRIPTIONS.iter().find(|(nom, _)| *nom == champ).map_or("", |(_, texte)| texte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_champ_est_documente_et_chaque_description_sert() {
        let schemas = schemas();
        assert_eq!(schemas.len(), 11);
        let champs: Vec<&Value> = schemas.iter().flat_map(|s| s["fields"].as_array().unwrap()).collect();
        for champ in &champs {
            for cle in ["name", "title", "description", "type"] {
                assert!(champ[cle].as_str().is_some_and(|t| !t.is_empty()), "{cle} : {champ}");
            }
        }
        for (nom, _) in DESCRIPTIONS {
            assert!(champs.iter().any(|c| c["name"] == nom), "{nom} n’est le champ d’aucune table");
        }
    }

    #[test]
    fn le_schema_des_trajets() {
        let schemas = schemas();
        let trajets = schemas.iter().find(|s| s["name"] == "trajets").unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(trajets).unwrap());
    }

    #[test]
    fn le_schema_de_la_pmi() {
        let schemas = schemas();
        let pmi = schemas.iter().find(|s| s["name"] == "pmi").unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(pmi).unwrap());
    }
}
