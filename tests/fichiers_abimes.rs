//! A file that is wrong gives a message that says what, where, why and what to do; every other figure
//! still comes out; no row is lost.

use crate::commun::{Copie, chiffres, demo};
use observatoire::pipeline::CompteRendu;
use observatoire::quality::Bilan;
use std::fs;

const LISTE: &str = "data/demo/pmi/agrements_2021-12-31.csv";

/// Just below the header.
const LIGNE_DE_PLUS: u32 = 5;

/// Runs the copy and gives the messages of one source as the person reads them.
fn messages(compte_rendu: &CompteRendu, source: &str) -> String {
    let bilan = bilan(compte_rendu, source);
    bilan.problemes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn bilan<'a>(compte_rendu: &'a CompteRendu, source: &str) -> &'a Bilan {
    compte_rendu.bilans.0.iter().find(|b| b.source == source).unwrap()
}

/// The figures that do not come from the list of 2021 are those of the whole demonstration.
fn le_reste_est_intact(compte_rendu: &CompteRendu) {
    assert!(compte_rendu.bilans.0.iter().all(Bilan::est_juste));
    let (avant, apres) = (chiffres(&demo().compte_rendu.table), chiffres(&compte_rendu.table));
    // 2021, the flows of 2022, what 2024 compares with earlier years, and what is to come, rest on that list.
    let commence = |id: &str, debuts: &[&str]| debuts.iter().any(|debut| id.starts_with(debut));
    let flux = ["am_arrivees", "am_departs", "am_solde", "am_demenagements", "taux_remplacement"];
    let ailleurs = |cle: &&(String, String, String, i32)| match cle.3 {
        // A class of tension is counted on the criteria of the year of the report.
        _ if commence(&cle.1, &["projection", "tension"]) => false,
        2021 => false,
        2022 => !commence(&cle.1, &flux),
        2024 => !commence(&cle.1, &["places_tendance", "evolution"]),
        _ => true,
    };
    let cles: Vec<_> = avant.keys().filter(ailleurs).collect();
    assert!(cles.len() > 1_000);
    for cle in cles {
        assert_eq!(avant[cle], apres[cle], "{cle:?}");
    }
}

/// The list of 2021 as text.
fn liste(copie: &Copie) -> String {
    encoding_rs::WINDOWS_1252.decode(&fs::read(copie.chemin(LISTE)).unwrap()).0.into_owned()
}

fn ecrire(copie: &Copie, texte: &str) {
    fs::write(copie.chemin(LISTE), encoding_rs::WINDOWS_1252.encode(texte).0).unwrap();
}

/// The list with one more row, made of a good one in which a column is changed.
fn ligne_de_plus(copie: &Copie, colonne: &str, valeur: &str) {
    let texte = liste(copie);
    let mut lignes: Vec<String> = texte.lines().map(str::to_owned).collect();
    let rang_entete = lignes.iter().position(|l| l.contains("Commune") && l.contains(';')).unwrap();
    let position = lignes[rang_entete].split(';').position(|c| c == colonne).unwrap();
    let modele = lignes[rang_entete + 1].clone();
    let mut cellules: Vec<&str> = modele.split(';').collect();
    cellules[0] = "Personne-Inventée";
    cellules[position] = valeur;
    lignes.insert(rang_entete + 1, cellules.join(";"));
    ecrire(copie, &(lignes.join("\r\n") + "\r\n"));
}

fn essayer(abimer: impl Fn(&Copie)) -> CompteRendu {
    let copie = Copie::new();
    abimer(&copie);
    let compte_rendu = copie.lancer().unwrap();
    le_reste_est_intact(&compte_rendu);
    compte_rendu
}

/// The messages about the row that [`ligne_de_plus`] adds, and how many rows the list lost by it.
fn sur_la_ligne_de_plus(compte_rendu: &CompteRendu) -> String {
    let bilan = bilan(compte_rendu, "pmi-2021");
    let avant = self::bilan(&demo().compte_rendu, "pmi-2021");
    assert_eq!(bilan.lignes, avant.lignes + 1);
    let messages =
        bilan.problemes.iter().filter(|p| p.lieu.ligne == Some(LIGNE_DE_PLUS)).map(ToString::to_string);
    let messages = messages.collect::<Vec<_>>().join("\n");
    format!("{messages}\nlues {:+}, rejetées {:+}", bilan.lues - avant.lues, bilan.rejetees - avant.rejetees)
}

#[test]
fn colonne_manquante() {
    let compte_rendu =
        essayer(|copie| ecrire(copie, &liste(copie).replace("Commune;", "Endroit où ça se passe;")));
    insta::assert_snapshot!(messages(&compte_rendu, "pmi-2021"));
}

#[test]
fn mauvaise_feuille() {
    let copie = Copie::new();
    copie.corriger_pipeline(
        "fichier = \"../data/demo/structures/structures.ods\"",
        "fichier = \"../data/demo/structures/structures.ods\"\nfeuille = \"Structures 2031\"",
    );
    let compte_rendu = copie.lancer().unwrap();
    assert!(bilan(&compte_rendu, "structures").est_perdu());
    assert!(
        compte_rendu.manques.iter().any(|m| m.indicateur == "eaje_places" && m.sources == ["structures"])
    );
    insta::assert_snapshot!(messages(&compte_rendu, "structures"));
}

#[test]
fn commune_inconnue() {
    let compte_rendu = essayer(|copie| ligne_de_plus(copie, "Commune", "Zyxwville-les-Ponts"));
    insta::assert_snapshot!(sur_la_ligne_de_plus(&compte_rendu));
}

#[test]
fn date_illisible() {
    let compte_rendu = essayer(|copie| ligne_de_plus(copie, "Date de naissance", "31/02/1981"));
    assert!(!sur_la_ligne_de_plus(&compte_rendu).contains("1981"), "une date de naissance ne se montre pas");
    insta::assert_snapshot!(sur_la_ligne_de_plus(&compte_rendu));
}

#[test]
fn capacite_de_40() {
    let compte_rendu = essayer(|copie| ligne_de_plus(copie, "Capacité", "40"));
    insta::assert_snapshot!(sur_la_ligne_de_plus(&compte_rendu));
}

#[test]
fn fichier_vide() {
    let compte_rendu = essayer(|copie| fs::write(copie.chemin(LISTE), "").unwrap());
    insta::assert_snapshot!(messages(&compte_rendu, "pmi-2021"));
}

#[test]
fn fichier_absent() {
    let compte_rendu = essayer(|copie| fs::remove_file(copie.chemin(LISTE)).unwrap());
    insta::assert_snapshot!(messages(&compte_rendu, "pmi-2021"));
}

#[test]
fn un_csv_en_utf_16_se_lit_comme_les_autres() {
    let compte_rendu = essayer(|copie| {
        let mut octets = vec![0xff, 0xfe];
        octets.extend(liste(copie).encode_utf16().flat_map(u16::to_le_bytes));
        fs::write(copie.chemin(LISTE), octets).unwrap();
    });
    let (avant, apres) = (bilan(&demo().compte_rendu, "pmi-2021"), bilan(&compte_rendu, "pmi-2021"));
    assert_eq!((avant.lignes, avant.lues, avant.rejetees), (apres.lignes, apres.lues, apres.rejetees));
    assert_eq!(chiffres(&demo().compte_rendu.table), chiffres(&compte_rendu.table));
}

#[test]
fn une_liste_sans_date_n_est_pas_prise_pour_une_autre_annee() {
    let copie = Copie::new();
    copie.corriger_pipeline(
        "date = 2021-12-31\n\n[[sources]]\nid = \"pmi-2022\"",
        "\n[[sources]]\nid = \"pmi-2022\"",
    );
    let compte_rendu = copie.lancer().unwrap();
    insta::assert_snapshot!(messages(&compte_rendu, "pmi-2021"));
}
