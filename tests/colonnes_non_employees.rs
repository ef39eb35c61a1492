//! A column that nothing is read from is named, before its figures are missed.

use crate::commun::essai::Essai;
use observatoire::pipeline::CompteRendu;
use observatoire::quality::Motif;

const COMMUNES: [(&str, &str); 2] = [("85003", "Aizenay"), ("85029", "Bellevigny")];

fn dits(compte_rendu: &CompteRendu, source: &str) -> Vec<String> {
    let bilan = compte_rendu.bilans.0.iter().find(|b| b.source == source).unwrap();
    let problemes = bilan.problemes.iter().filter(|p| p.motif == Motif::ColonneNonEmployee);
    problemes.map(ToString::to_string).collect()
}

/// As the quality page lists them.
fn listees<'a>(compte_rendu: &'a CompteRendu, source: &str) -> &'a [String] {
    &compte_rendu.qualite.sources.iter().find(|s| s.id == source).unwrap().colonnes_non_employees
}

#[test]
fn un_prenom_sous_un_autre_nom_est_cite_avec_ce_qui_manque() {
    let liste =
        "Nom;Petit nom;Date de naissance;Commune;Capacité;Remarques\nUN;Anne;01/02/1980;Aizenay;3;rappeler\n";
    let lu = Essai::new("2024-12-31", &COMMUNES).avec("pmi", "pmi", liste).lancer();
    insta::assert_snapshot!(dits(&lu, "pmi").join("\n"));
    assert_eq!(listees(&lu, "pmi"), ["Petit nom", "Remarques"]);
    let dite = "date = 2024-12-31\ncolonnes = { prenom = \"Petit nom\" }";
    let lu = Essai::new("2024-12-31", &COMMUNES).avec_cles("pmi", "pmi", dite, liste).lancer();
    assert!(dits(&lu, "pmi").is_empty(), "une remarque ne ressemble à rien d’attendu");
    assert_eq!(listees(&lu, "pmi"), ["Remarques"]);
}

#[test]
fn un_compte_de_la_caf_sous_un_autre_nom_donne_la_ligne_a_copier() {
    let caf = "Commune;Enfants 0-2;Enfants chez AM;AM actifs 2023\nAizenay;100;40;9\nBellevigny;50;20;4\n";
    let lu = Essai::new("2024-12-31", &COMMUNES).avec("caf", "imaje", caf).lancer();
    insta::assert_snapshot!(dits(&lu, "caf").join("\n"));
    assert_eq!(listees(&lu, "caf"), ["Enfants chez AM"], "une colonne d’une année est un compte");
    let dite = "date = 2024-12-31\ncolonnes = { enfants_am = \"Enfants chez AM\" }";
    let lu = Essai::new("2024-12-31", &COMMUNES).avec_cles("caf", "imaje", dite, caf).lancer();
    assert!(listees(&lu, "caf").is_empty());
}

#[test]
fn la_page_de_qualite_nomme_les_colonnes_et_aucune_valeur() {
    let dossier = tempfile::tempdir().unwrap();
    let liste = "Nom;Prénom;Commune;Capacité;<b>Remarques</b>\nUN;Anne;Aizenay;3;rappeler lundi\n";
    let lu = Essai::new("2024-12-31", &COMMUNES).avec("pmi", "pmi", liste);
    let lu = lu.lancer_dans(dossier.path(), "indicateurs");
    let page = std::fs::read_to_string(lu.dossier.join("interne/qualite.html")).unwrap();
    assert!(page.contains("Colonnes que rien n’emploie") && page.contains("&lt;b&gt;Remarques"), "{page}");
    assert!(!page.contains("rappeler"));
}
