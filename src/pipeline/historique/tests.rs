//! A year with every kind of source, then the next one with its own files alone: no row of any table is lost.

use super::*;
use crate::open_data::Cache;
use crate::pipeline::lecture::Lecteur;
use crate::pipeline::lectures::Lectures;
use crate::pipeline::{Declaration, Suivi};
use crate::tables::AssistantsMaternels;
use crate::tables::Pseudonymes;
use std::fmt::Write as _;
use tempfile::TempDir;

struct Muet;

impl Suivi for Muet {
    fn etape(&self, _: &str, _: usize) {}
    fn avancer(&self, _: &str) {}
}

const TAUX: &str = "annee;numdep;nomdep;Taux de couv EAJE PSU;Taux de couv global\n";

/// File, kind, text; those of the year before come first.
const ANNEE_2023: [(&str, &str, &str); 9] = [
    (
        "pmi-2023.csv",
        "pmi",
        "Nom;Prénom;Date de naissance;Commune;Capacité\nDUPONT;Anne;02/05/1975;Aubrelonde;3\nMARTIN;Zoé;14/07/1982;La Genevrière;4\nPETIT;Eve;03/04/1990;Bourg-Inconnu;3\n",
    ),
    (
        "structures-2023.csv",
        "structures",
        "Nom;Type;Commune;Places;Horaires\nLes Loupiots;Crèche;Aubrelonde;20;\n\
         Bébébus;Halte-garderie itinérante;Aubrelonde;12;lundi 9h - 17h\n\
         Bébébus;Halte-garderie itinérante;La Genevrière;12;mardi 9h - 12h\n",
    ),
    (
        "autres-2023.csv",
        "structures",
        "Nom;Type;Commune;Places;Horaires\nCaravane;Halte-garderie itinérante;La Genevrière;10;jeudi 9h - 12h\n",
    ),
    ("caf-2023.csv", "imaje", "Commune;Enfants 0-2;AM actifs\nAubrelonde;300;40\nLa Genevrière;12;<5\n"),
    ("activite-2023.csv", "activite", "Mesure;2022;2023\nContacts;410;435\nAteliers;38;nd\n"),
    (
        "parents-2023.csv",
        "questionnaire",
        "Horodateur;Votre mode d’accueil;Votre avis\n01/02/2023;Crèche;Bien\n02/02/2023;;Moyen\n",
    ),
    ("am-2023.csv", "questionnaire", "Horodateur;Votre avis\n01/03/2023;Très bien\n"),
    ("fiches-2023.csv", "services", "Commune;École;Cantine\nAubrelonde;2;oui\nLa Genevrière;non;non\n"),
    ("trajets.csv", "trajets", "de;vers;minutes\nAubrelonde;La Genevrière;14\nLa Genevrière;Aubrelonde;15\n"),
];

const ANNEE_2024: [(&str, &str, &str); 4] = [
    (
        "pmi-2024.csv",
        "pmi",
        "Nom;Prénom;Date de naissance;Commune;Capacité\nDUPONT;Anne;02/05/1975;Aubrelonde;4\n",
    ),
    ("caf-2024.csv", "imaje", "Commune;Enfants 0-2;AM actifs\nAubrelonde;290;38\nLa Genevrière;14;5\n"),
    // The year before stands again in this file, for one of the two measures.
    ("activite-2024.csv", "activite", "Mesure;2023;2024\nContacts;436;470\n"),
    ("parents-2024.csv", "questionnaire", "Horodateur;Votre avis\n01/02/2024;Bien\n"),
];

struct Bureau {
    dossier: TempDir,
}

impl Bureau {
    fn new() -> Self {
        let dossier = tempfile::tempdir().unwrap();
        let bureau = Self { dossier };
        bureau.ecrire(
            "composition.csv",
            "siren;raison_sociale;insee;nom_membre;pmun_2024\n249600013;CC;96001;Aubrelonde;9840\n249600013;CC;96005;La Genevrière;340\n",
        );
        bureau
    }

    fn ecrire(&self, nom: &str, texte: &str) {
        fs::write(self.dossier.path().join(nom), texte).unwrap();
    }

    fn historique(&self) -> Historique {
        Historique::new(&self.dossier.path().join("donnees"), "essai")
    }

    /// Reads the files that a pipeline of that year names, with what `historique` keeps.
    fn lire(&self, annee: i32, fichiers: &[(&str, &str, &str)], historique: &Historique) -> Lues {
        let mut pipeline = format!(
            "[territoire]\nepci = \"249600013\"\n[observation]\ndate = {annee}-12-31\n\
             [[sources]]\nid = \"composition\"\ntype = \"composition\"\nfichier = \"composition.csv\"\n"
        );
        for (nom, genre, texte) in fichiers {
            self.ecrire(nom, texte);
            // « parents-2023.csv » is of 2023; what has no year in its name is of the year of the run.
            let an = (2022..2025).find(|a| nom.contains(&a.to_string())).unwrap_or(annee);
            let id = nom.trim_end_matches(".csv").trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
            write!(
                pipeline,
                "[[sources]]\nid = \"{id}-{an}\"\ntype = \"{genre}\"\nfichier = \"{nom}\"\ndate = {an}-12-31\n"
            )
            .unwrap();
        }
        self.ecrire("essai.toml", &pipeline);
        let declaration = Declaration::lire(&self.dossier.path().join("essai.toml")).unwrap();
        let cache = Cache::new(self.dossier.path().join("cache"));
        let pseudonymes = Pseudonymes::new([7; 32]);
        let lecteur = Lecteur {
            declaration: &declaration,
            cache: &cache,
            pseudonymes: &pseudonymes,
            suivi: &Muet,
            historique,
            lectures: &Lectures::default(),
        };
        lecteur.lire().unwrap()
    }
}

fn avec_taux<'a>(
    fichiers: &[(&'a str, &'a str, &'a str)],
    taux: (&'a str, &'a str),
) -> Vec<(&'a str, &'a str, &'a str)> {
    fichiers.iter().copied().chain([(taux.0, "taux_publies", taux.1)]).collect()
}

/// Every row of every table but its source and the numbers that only link rows, by name of table.
fn contenu(lues: &Lues) -> BTreeMap<&'static str, BTreeSet<String>> {
    let autres = &lues.autres;
    let questions = autres.reponses.as_ref().map(|r| r.definitions().unwrap());
    let tables = [
        (LISTE, lues.assistants_maternels.as_ref().map(AssistantsMaternels::trame)),
        (NON_PLACES, lues.assistants_maternels.as_ref().map(AssistantsMaternels::non_places)),
        (STRUCTURES, lues.structures.as_ref().map(Structures::trame)),
        (ARRETS, lues.structures.as_ref().map(Structures::arrets)),
        (COMPTES, Some(lues.comptes.trame())),
        (super::TAUX, autres.taux_publies.as_ref().map(TauxPublies::trame)),
        (DECLARATIONS, autres.declarations.as_ref().map(Declarations::trame)),
        (REPONSES, autres.reponses.as_ref().map(Reponses::trame)),
        (QUESTIONS, questions.as_ref()),
        (SERVICES, autres.services.as_ref().map(Services::trame)),
        (TRAJETS, autres.trajets.as_ref().map(Trajets::trame)),
    ];
    let lignes = |trame: &DataFrame| -> BTreeSet<String> {
        let colonnes: Vec<&Column> = trame
            .columns()
            .iter()
            .filter(|c| !["source", "sources", "structure"].contains(&c.name().as_str()))
            .collect();
        let ligne =
            |rang| colonnes.iter().map(|c| c.get(rang).unwrap().to_string()).collect::<Vec<_>>().join("|");
        (0..trame.height()).map(ligne).collect()
    };
    tables.into_iter().filter_map(|(nom, trame)| Some((nom, lignes(trame?)))).collect()
}

#[test]
fn l_annee_suivante_retrouve_chaque_ligne_de_chaque_table() {
    let bureau = Bureau::new();
    let (taux_2023, taux_2024) = (
        format!("{TAUX}2021;96;DEMO;11.5;60\n2022;96;DEMO;12;61\n"),
        format!("{TAUX}2022;96;DEMO;12.5;62\n2023;96;DEMO;13;63\n"),
    );
    let de_2023 = avec_taux(&ANNEE_2023, ("taux-2023.csv", &taux_2023));
    let de_2024 = avec_taux(&ANNEE_2024, ("taux-2024.csv", &taux_2024));
    let vide = Historique::new(&bureau.dossier.path().join("rien"), "essai");
    // The files of this year are named first, as in a pipeline that a person goes on with.
    let tous: Vec<_> = de_2024.iter().chain(&de_2023).copied().collect();
    let temoin = contenu(&bureau.lire(2024, &tous, &vide));
    assert_eq!(temoin.keys().count(), TABLES.len(), "chaque table a des lignes");
    assert!(temoin.values().all(|lignes| !lignes.is_empty()));

    let historique = bureau.historique();
    let avant = bureau.lire(2023, &de_2023, &historique);
    assert_eq!(historique.conserver(&avant, 2023).unwrap(), [2021, 2022, 2023]);
    let apres = bureau.lire(2024, &de_2024, &historique);
    for (table, lignes) in contenu(&apres) {
        assert_eq!(lignes, temoin[table], "{table}");
    }
    for bilan in &apres.bilans.0 {
        assert!(bilan.est_juste(), "{bilan:?}");
    }

    // The stops cite their structure, whatever census it is of.
    let structures = apres.structures.as_ref().unwrap();
    let noms: BTreeMap<(String, u32), String> = paires(structures.trame())
        .into_iter()
        .zip(structures.trame().column("nom").unwrap().str().unwrap().iter().map(|n| n.unwrap().to_owned()))
        .collect();
    let itinerantes: BTreeSet<&str> = paires(structures.arrets()).iter().map(|p| noms[p].as_str()).collect();
    assert_eq!(itinerantes, BTreeSet::from(["Bébébus", "Caravane"]));

    // Two questionnaires stay two, and each is cited.
    let sources = ids_de(apres.autres.reponses.as_ref().unwrap().trame()).unwrap();
    assert_eq!(
        sources.iter().map(String::as_str).collect::<Vec<_>>(),
        ["historique-2023/am-2023", "historique-2023/parents-2023", "parents-2024"]
    );
    assert!(sources.iter().all(|id| apres.sources.contains_key(id)));

    // And the third year finds all of it again.
    historique.conserver(&apres, 2024).unwrap();
    let plus_rien = bureau.lire(2025, &[], &historique);
    for (table, lignes) in contenu(&plus_rien) {
        assert_eq!(lignes, temoin[table], "{table}, un an après");
    }
}

/// Source and number of each structure.
fn paires(trame: &DataFrame) -> Vec<(String, u32)> {
    let rangs = trame.column("structure").unwrap().u32().unwrap();
    let sources = trame.column("source").unwrap().str().unwrap();
    sources.iter().zip(rangs.iter()).map(|(s, r)| (s.unwrap().to_owned(), r.unwrap())).collect()
}

#[test]
fn ce_qui_dure_cede_la_place_a_ce_qui_est_plus_recent() {
    let bureau = Bureau::new();
    let historique = bureau.historique();
    let trajets = |annee: i32, minutes: &str| {
        let texte = format!("de;vers;minutes\nAubrelonde;La Genevrière;{minutes}\n");
        let lues = bureau.lire(annee, &[("trajets.csv", "trajets", &texte)], &historique);
        historique.conserver(&lues, annee).unwrap();
    };
    let minutes = |annee: i32, fichiers: &[(&str, &str, &str)]| -> Vec<f64> {
        let lues = bureau.lire(annee, fichiers, &historique);
        let trajets = lues.autres.trajets.unwrap();
        trajets.trame().column("minutes").unwrap().f64().unwrap().iter().flatten().collect()
    };
    trajets(2021, "20");
    trajets(2022, "18");
    assert_eq!(minutes(2024, &[]), [18.0; 2], "la dernière année qui en a");
    let propres = ("trajets.csv", "trajets", "de;vers;minutes\nLa Genevrière;Aubrelonde;17\n");
    assert_eq!(minutes(2024, &[propres]), [17.0; 2], "ceux de l’année, seuls");
}

#[test]
fn un_questionnaire_repris_sous_un_autre_nom_n_est_pas_compte_deux_fois() {
    let bureau = Bureau::new();
    let historique = bureau.historique();
    let texte = "Horodateur;Votre avis\n01/02/2023;Bien\n";
    let avant = bureau.lire(2023, &[("parents-2023.csv", "questionnaire", texte)], &historique);
    historique.conserver(&avant, 2023).unwrap();
    let apres = bureau.lire(2024, &[("familles-2023.csv", "questionnaire", texte)], &historique);
    assert_eq!(contenu(&apres)[REPONSES].len(), 1);
    assert_eq!(apres.autres.reponses.unwrap().trame().height(), 1);
}

#[test]
fn refaire_l_annee_sans_l_un_de_ses_fichiers_ne_perd_pas_sa_table() {
    let bureau = Bureau::new();
    let historique = bureau.historique();
    let avant = bureau.lire(2023, &ANNEE_2023, &historique);
    historique.conserver(&avant, 2023).unwrap();
    let gardees = historique.lire(2023, |_| true).unwrap().tables;
    let reste: Vec<_> = ANNEE_2023.iter().copied().filter(|(_, genre, _)| *genre == "imaje").collect();
    let apres = bureau.lire(2023, &reste, &historique);
    historique.conserver(&apres, 2023).unwrap();
    assert_eq!(historique.lire(2023, |_| true).unwrap().tables, gardees);
}

/// The years that stand in the folder, each with the moment of its last writing.
#[cfg(unix)]
fn ecritures(historique: &Historique) -> Vec<(i32, u64)> {
    use std::os::unix::fs::MetadataExt;
    let dossier = |annee: &i32| fs::metadata(historique.racine.join(annee.to_string())).unwrap().ino();
    historique.annees().into_iter().map(|annee| (annee, dossier(&annee))).collect()
}

#[test]
#[cfg(unix)]
fn une_annee_ou_rien_n_a_change_n_est_pas_reecrite() {
    let bureau = Bureau::new();
    let historique = bureau.historique();
    let conserver = |fichiers: &[(&str, &str, &str)]| {
        let lues = bureau.lire(2023, fichiers, &historique);
        historique.conserver(&lues, 2023).unwrap();
        ecritures(&historique)
    };
    let avant = conserver(&ANNEE_2023);
    assert_eq!(avant.iter().map(|(annee, _)| *annee).collect::<Vec<_>>(), [2022, 2023]);
    assert_eq!(conserver(&ANNEE_2023), avant);

    // « activite-2023.csv » speaks of both years: one of its figures of 2022 changes.
    let mut corrigee = ANNEE_2023;
    let activite = corrigee.iter_mut().find(|(_, genre, _)| *genre == "activite").unwrap();
    activite.2 = "Mesure;2022;2023\nContacts;411;435\nAteliers;38;nd\n";
    let apres = conserver(&corrigee);
    assert!(apres.iter().zip(&avant).all(|(a, b)| a.0 == b.0 && a.1 != b.1), "{avant:?} {apres:?}");
    assert_eq!(historique.lire(2022, |_| true).unwrap().tables[DECLARATIONS].height(), 2);
}

#[test]
fn ce_qui_est_ote_d_un_fichier_ne_revient_pas_de_l_historique() {
    let bureau = Bureau::new();
    let historique = bureau.historique();
    let lire = |annee: i32, texte: &str| {
        let lues = bureau.lire(annee, &[("activite.csv", "activite", texte)], &historique);
        historique.conserver(&lues, annee).unwrap();
        lues.autres.declarations.unwrap().par_mesure().unwrap()
    };
    lire(2023, "Mesure;2022;2023\nContacts;410;435\nAteliers;96;0\n");
    // The same file, corrected: a row is gone.
    let dites = lire(2024, "Mesure;2022;2023;2024\nContacts;410;435;440\n");
    let annees = |mesure: &str| {
        dites.keys().filter(|(id, _)| id == mesure).map(|(_, annee)| *annee).collect::<Vec<_>>()
    };
    assert_eq!((annees("contacts"), annees("ateliers")), (vec![2022, 2023, 2024], vec![]));
    // A year of which the file does not speak any more stays.
    let dites = lire(2025, "Mesure;2024;2025\nContacts;440;450\n");
    let annees = dites.keys().filter(|(id, _)| id == "contacts").map(|(_, annee)| *annee).collect::<Vec<_>>();
    assert_eq!(annees, [2022, 2023, 2024, 2025]);
}
