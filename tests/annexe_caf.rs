//! The annex of the Caf's form: what two relais printed comes out of inputs typed from their forms, and what they
//! could not give stays « non disponible ».

use crate::commun::{Muet, options, texte_par_lignes};
use calamine::{Reader, Xlsx, open_workbook};
use observatoire::pipeline::lancer;
use std::fs;
use tempfile::TempDir;

/// The annex of a relais that has nothing but what it declares: its sheets, as lines of words; and its pages,
/// line by line, or none where the machine cannot extract them.
fn annexe(
    annee: i32,
    mesures: &[(i32, &str, &str)],
    projets: &str,
) -> (Vec<Vec<Vec<String>>>, Option<Vec<String>>) {
    let dossier = TempDir::new().unwrap();
    let chemin = dossier.path().join("relais.toml");
    let lignes: String = mesures.iter().map(|(a, m, v)| format!("{a};{m};{v}\n")).collect();
    fs::write(dossier.path().join("activite.csv"), format!("annee;mesure;valeur\n{lignes}")).unwrap();
    fs::write(
        dossier.path().join("composition.csv"),
        "code;nom\n62473;Isbergues\n62195;Calonne-sur-la-Lys\n",
    )
    .unwrap();
    let pipeline = format!(
        "[territoire]\ncode = \"relais\"\nnom = \"RPE\"\nmembres = [{{ code = \"62473\", nom = \"Isbergues\" }}, {{ code = \"62195\", nom = \"Calonne-sur-la-Lys\" }}]\n\n[observation]\ndate = {annee}-12-31\n\n[[sources]]\nid = \"activite\"\ntype = \"activite\"\nfichier = \"activite.csv\"\nlibelle = \"Formulaire d’évaluation\"\n\n{projets}"
    );
    fs::write(&chemin, pipeline).unwrap();
    let mut options = options(dossier.path());
    options.livrables = vec!["annexe-caf".to_owned()];
    let rapport = lancer(&chemin, &options, &Muet).unwrap();
    let mut classeur: Xlsx<_> = open_workbook(rapport.dossier.join("interne/annexe-caf.xlsx")).unwrap();
    assert!(!rapport.dossier.join("public/annexe-caf.xlsx").exists());
    assert!(!rapport.dossier.join("public/annexe-caf.pdf").exists());
    let pages = texte_par_lignes(&rapport.dossier.join("interne/annexe-caf.pdf"));
    let noms = classeur.sheet_names();
    let feuilles = noms.iter().map(|nom| {
        let page = classeur.worksheet_range(nom).unwrap();
        page.rows().map(|l| l.iter().map(ToString::to_string).collect()).collect()
    });
    (feuilles.collect(), pages)
}

/// Some line of the pages begins with the label and goes on with those boxes.
fn verifier_la_page(pages: Option<&Vec<String>>, lignes: &[(&str, &[&str])]) {
    let Some(pages) = pages else { return };
    for (libelle, cases) in lignes {
        let attendu = format!("{libelle} {}", cases.join(" "));
        assert!(pages.iter().any(|l| l.contains(&attendu)), "« {attendu} » manque dans : {pages:#?}");
    }
}

/// The boxes of a row, without its label and its source.
fn cases(feuille: &[Vec<String>], libelle: &str) -> Vec<String> {
    let ligne = feuille.iter().find(|l| l.first().is_some_and(|t| t.starts_with(libelle)));
    ligne.unwrap_or_else(|| panic!("{libelle} : {feuille:?}"))[1..].to_vec()
}

const N: &str = "non disponible";

#[test]
fn artois_lys_romane() {
    let mesures = [
        ("Enfants de moins de 3 ans", "1755"),
        ("Enfants de 3 à 6 ans", "1324"),
        ("Enfants de moins de 3 ans dont le ou les parents sont en activité", "833"),
        ("Enfants accueillis en Eaje", "306"),
        ("Enfants gardés par un assistant maternel", "517"),
        ("Enfants bénéficiaires du Cmg emploi direct garde d’enfants à domicile", "12"),
        ("Enfants bénéficiaires du Cmg structures", "85"),
        ("Nombre d’Eaje", "9"),
        ("Places en Eaje", "160"),
        ("Agréés par la Pmi (A)", "167"),
        ("En activité (B) (mois de novembre, source Caf)", "140"),
        ("AM actifs au moins un mois", "86"),
        ("AM acceptant le périscolaire", "87"),
        ("AM acceptant les horaires atypiques", "60"),
        ("AM acceptant l’accueil d’urgence", "67"),
        ("AM acceptant un enfant en situation de handicap", "53"),
    ];
    let mut mesures: Vec<(i32, &str, &str)> = mesures.iter().map(|(m, v)| (2023, *m, *v)).collect();
    mesures.push((2021, "AM actifs au moins un mois", "126"));
    let projets = "[[projets]]\nannee = 2023\ntype = \"MAM\"\nterritoire = \"Isbergues\"\nplaces = 8\npertinence = \"pertinent si périscolaire et atypiques\"\n\n[[projets]]\nannee = 2023\ntype = \"micro-crèche\"\nterritoire = \"Isbergues\"\n";
    let (feuilles, pages) = annexe(2023, &mesures, projets);
    let n_moins_1 = |libelle| cases(&feuilles[0], libelle)[2].clone();
    let libelles = [
        "Enfants de moins de 3 ans",
        "Enfants de 3 à 6",
        "Enfants de moins de 3 ans dont",
        "Enfants accueillis",
        "Enfants gardés",
        "Enfants bénéficiaires du Cmg emploi",
        "Enfants bénéficiaires du Cmg struct",
    ];
    assert_eq!(libelles.map(n_moins_1), ["1755", "1324", "833", "306", "517", "12", "85"]);
    // Number N−3 and N−1, places N−3 and N−1.
    assert_eq!(cases(&feuilles[1], "Eaje")[1..5], [N, "9", N, "160"]);
    assert_eq!(cases(&feuilles[1], "Assistants maternels actifs")[1..5], ["126", "86", "/", "/"]);
    let am = |libelle| cases(&feuilles[2], libelle)[2].clone();
    assert_eq!(["Agréés", "En activité", "Taux"].map(am), ["167", "140", "0.838"]);
    assert_eq!(
        ["Acceptant le péri", "Acceptant les horaires", "Acceptant l’accueil", "Acceptant un enfant"].map(am),
        ["87", "60", "67", "53"]
    );
    assert_eq!(cases(&feuilles[2], "Agréés")[4], "Formulaire d’évaluation");
    let projets: Vec<&Vec<String>> = feuilles[3].iter().filter(|l| l[0] == "2023").collect();
    assert_eq!(projets[0][1..5], ["MAM", "Isbergues", "8", "pertinent si périscolaire et atypiques"]);
    assert_eq!(projets[1][1..5], ["micro-crèche", "Isbergues", N, ""]);
    verifier_la_page(
        pages.as_ref(),
        &[
            ("Enfants de moins de 3 ans", &[N, N, "1 755"]),
            ("Enfants de 3 à 6 ans", &[N, N, "1 324"]),
            ("Enfants accueillis en Eaje", &[N, N, "306"]),
            ("Enfants gardés par un assistant maternel", &[N, N, "517"]),
            ("Enfants bénéficiaires du Cmg structures", &[N, N, "85"]),
            ("Agréés par la Pmi (A)", &[N, N, "167"]),
            ("Taux d’activité (B/A)", &[N, N, "83,8 %"]),
            ("Acceptant le périscolaire", &[N, N, "87"]),
            ("Acceptant l’accueil d’urgence", &[N, N, "67"]),
            ("2023 MAM Isbergues", &["8", "pertinent si périscolaire"]),
        ],
    );
}

#[test]
fn bas_pays_ou_la_caf_ne_dit_rien() {
    let mesures = [
        ("Enfants de moins de 3 ans", "non disponible"),
        ("Enfants gardés par un assistant maternel", "non disponible"),
        ("Nombre d’Eaje", "6"),
        ("Places en Eaje", "78"),
        ("MAM", "1"),
        ("Places en MAM", "12"),
        ("Agréés par la Pmi (A)", "83"),
        ("En activité (B) (mois de novembre, source Caf)", "non disponible"),
        ("AM acceptant le périscolaire", "49"),
        ("AM acceptant les horaires atypiques", "13"),
        ("AM acceptant l’accueil d’urgence", "38"),
        ("AM acceptant un enfant en situation de handicap", "20"),
    ];
    let mesures: Vec<(i32, &str, &str)> = mesures.iter().map(|(m, v)| (2023, *m, *v)).collect();
    let (feuilles, pages) = annexe(2023, &mesures, "");
    assert_eq!(cases(&feuilles[0], "Enfants de moins de 3 ans")[..3], [N, N, N]);
    assert_eq!(cases(&feuilles[0], "Enfants gardés")[..3], [N, N, N]);
    assert_eq!(cases(&feuilles[1], "Eaje")[1..5], [N, "6", N, "78"]);
    assert_eq!(cases(&feuilles[1], "Maisons")[1..5], [N, "1", N, "12"]);
    let am = |libelle| cases(&feuilles[2], libelle)[2].clone();
    assert_eq!(["Agréés", "En activité", "Taux"].map(am), ["83", N, "/"]);
    assert_eq!(
        ["Acceptant le péri", "Acceptant les horaires", "Acceptant l’accueil", "Acceptant un enfant"].map(am),
        ["49", "13", "38", "20"]
    );
    verifier_la_page(
        pages.as_ref(),
        &[
            ("Enfants de moins de 3 ans", &[N, N, N]),
            ("Agréés par la Pmi (A)", &[N, N, "83"]),
            ("Taux d’activité (B/A)", &[N, N, "/"]),
            ("Acceptant le périscolaire", &[N, N, "49"]),
            ("Acceptant l’accueil d’urgence", &[N, N, "38"]),
        ],
    );
}
