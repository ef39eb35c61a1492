//! No row is lost: whatever a table holds, read + rejected + set aside = rows of the file.

use chrono::NaiveDate;
use observatoire::quality::Bilan;
use observatoire::sources::disposition::{Disposition, Tableau};
use observatoire::sources::lecture;
use observatoire::tables::{AssistantsMaternels, Comptes, Ingestion, Pseudonymes, Structures};
use observatoire::territory::rapprochement::Rapprocheur;
use observatoire::territory::{CodeCommune, Geographie, Membre, Perimetre};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn perimetre() -> Perimetre {
    let membre = |code: &str, nom: &str| Membre {
        code: CodeCommune::lire(code).unwrap().0,
        nom: nom.to_owned(),
        depuis: None,
        jusqu_a: None,
        population: None,
    };
    let membres = vec![
        membre("96001", "Aubrelonde"),
        membre("96005", "La Genevrière"),
        membre("96012", "Saint-Aubrin-sur-Vendrelle"),
    ];
    Perimetre::new("249600013", "CC du Pays de Vendrelle", membres)
}

/// What people write in a cell, good and bad, whatever its column.
fn cellule() -> impl Strategy<Value = String> {
    let connues = [
        "",
        " ",
        "Aubrelonde",
        "AUBRELONDE",
        "La Genevriere",
        "Aubrelonnde",
        "Ailleurs",
        "96001",
        "96005",
        "1998",
        "96",
        "DUPONT",
        "Anne",
        "02/05/1975",
        "31/02/1980",
        "45657",
        "2024-12-31",
        "2020",
        "2024",
        "deux mille",
        "3",
        "0",
        "7",
        "40",
        "-2",
        "3 enfants",
        "2 + 1 périscolaire",
        "quatre-vingts",
        "1 092",
        "12,5",
        "<5",
        "nd",
        "s",
        "*",
        "#REF!",
        "Domicile",
        "MAM",
        "MAM Les Lutins",
        "X",
        "oui",
        "SAF",
        "Micro-crèche",
        "Multi-accueil",
        "EAJE",
        "Bibliothèque",
        "PSU",
        "PAJE",
        "mixte",
        "associatif",
        "46,7",
        "-1,5",
        "999",
        "Total",
        "Total général",
        "Source : PMI",
        "(1)",
        "am_actifs",
        "enfants_0_2",
        "1;2",
        "\"",
        "\"a\nb\"",
        "\u{a0}",
        "é\u{301}",
        "\u{202e}abc",
        "Nom",
        "Commune",
    ];
    prop_oneof![
        8 => prop::sample::select(connues.map(str::to_owned).to_vec()),
        1 => "[A-Za-zéÉ0-9 ,;/<*\"'()-]{0,14}",
        1 => any::<String>(),
    ]
}

fn lignes(largeur: usize) -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(cellule(), largeur - 1..largeur + 2), 0..40)
}

/// The table as a csv file, read back by a layout; none if the file as a whole is refused.
fn tableau(disposition: &str, entetes: &str, lignes: &[Vec<String>]) -> Option<Tableau> {
    let mut fichier = tempfile::NamedTempFile::new().unwrap();
    let mut texte = format!("{entetes}\n");
    for ligne in lignes {
        texte.push_str(&ligne.join(";"));
        texte.push('\n');
    }
    std::io::Write::write_all(&mut fichier, texte.as_bytes()).unwrap();
    let grilles = lecture::lire(fichier.path(), "essai.csv").ok()?;
    Disposition::connue(disposition).unwrap().reconnaitre(grilles, None, &BTreeMap::new()).ok()
}

/// Counts the rows of a table as the pipeline does.
fn compter(tableau: &Tableau, lire: impl FnOnce(&Ingestion<'_>, &mut Bilan)) -> Bilan {
    let perimetre = perimetre();
    let correspondances = BTreeMap::new();
    let rapprocheur = Rapprocheur::new(&perimetre, None, &correspondances);
    let pseudonymes = Pseudonymes::new([7; 32]);
    let date = NaiveDate::from_ymd_opt(2024, 12, 31).unwrap();
    let ingestion = Ingestion { source: "essai", date, rapprocheur: &rapprocheur, pseudonymes: &pseudonymes };
    let mut bilan = Bilan::new("essai", "essai.csv");
    bilan.lignes = tableau.total;
    tableau.ecartees.iter().cloned().for_each(|p| bilan.noter(p));
    lire(&ingestion, &mut bilan);
    bilan
}

const PMI: &str = "Nom;Prénom;Date de naissance;Âge;Commune;Code Insee;Capacité;Date agrément;Date fin agrément;Lieu d'exercice;MAM";
const IMAJE: &str = "Code commune;Commune;Année;Enfants de moins de 3 ans;Enfants en EAJE;AM en activité";
const NAISSANCES: &str = "code;lib;2022;2023;2024";
const STRUCTURES: &str =
    "Type;Nom;Commune;Places;Financement;Gestionnaire;Date ouverture;Date fermeture;Latitude;Longitude";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn aucune_ligne_de_pmi_ne_se_perd(lignes in lignes(11)) {
        if let Some(tableau) = tableau("pmi", PMI, &lignes) {
            let bilan = compter(&tableau, |i, b| drop(AssistantsMaternels::lire(&tableau, i, b).unwrap()));
            prop_assert!(bilan.est_juste(), "{:?}", bilan);
        }
    }

    #[test]
    fn aucune_ligne_d_imaje_ne_se_perd(lignes in lignes(6)) {
        if let Some(tableau) = tableau("imaje", IMAJE, &lignes) {
            let bilan = compter(&tableau, |i, b| drop(Comptes::lire_imaje(&tableau, i, b).unwrap()));
            prop_assert!(bilan.est_juste(), "{:?}", bilan);
        }
    }

    #[test]
    fn aucune_ligne_de_naissances_ne_se_perd(lignes in lignes(5)) {
        if let Some(tableau) = tableau("naissances", NAISSANCES, &lignes) {
            let bilan = compter(&tableau, |i, b| drop(Comptes::lire_naissances(&tableau, i, b).unwrap()));
            prop_assert!(bilan.est_juste(), "{:?}", bilan);
        }
    }

    #[test]
    fn aucune_ligne_de_structures_ne_se_perd(lignes in lignes(10)) {
        if let Some(tableau) = tableau("structures", STRUCTURES, &lignes) {
            let bilan = compter(&tableau, |i, b| drop(Structures::lire(&tableau, i, &Geographie::default(), b).unwrap()));
            prop_assert!(bilan.est_juste(), "{:?}", bilan);
        }
    }
}
