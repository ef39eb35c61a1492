//! What a run keeps lets the next one do with next year's files alone.

use crate::commun::Copie;
use observatoire::pipeline::CompteRendu;
use observatoire::quality::Motif;
use observatoire::quality::completude::Origine;
use polars::prelude::*;
use std::collections::BTreeMap;
use std::fs;

const HISTORIQUE: &str = "data/demo/historique";

/// Leaves in the pipeline only the territory and what was received in 2024.
fn garder_2024(copie: &Copie) {
    let texte = fs::read_to_string(copie.pipeline()).unwrap();
    let mut blocs = texte.split("[[sources]]");
    let entete = blocs.next().unwrap().to_owned();
    let gardes = blocs.filter(|b| !(2019..2024).any(|a| b.contains(&format!("date = {a}-12-31"))));
    let garde = gardes.fold(entete, |debut, bloc| debut + "[[sources]]" + bloc);
    assert!(!garde.contains("pmi-2023") && garde.contains("pmi-2024"));
    fs::write(copie.pipeline(), garde).unwrap();
}

/// Each row of the indicator table but its sources, as text.
fn lignes(compte_rendu: &CompteRendu) -> Vec<String> {
    let trame = compte_rendu.table.trame().unwrap().drop("sources").unwrap();
    let colonnes: Vec<Column> = trame.columns().to_vec();
    let ligne = |rang: usize| -> String {
        colonnes.iter().map(|c| c.get(rang).unwrap().to_string()).collect::<Vec<_>>().join("|")
    };
    (0..trame.height()).map(ligne).collect()
}

/// Every file under the history but the locks: name → bytes.
fn octets(copie: &Copie) -> BTreeMap<String, Vec<u8>> {
    let mut octets = BTreeMap::new();
    for annee in fs::read_dir(copie.chemin(HISTORIQUE)).unwrap().flatten() {
        for fichier in fs::read_dir(annee.path()).into_iter().flatten().flatten() {
            let nom = format!("{}/{}", annee.file_name().display(), fichier.file_name().display());
            octets.insert(nom, fs::read(fichier.path()).unwrap());
        }
    }
    octets
}

fn source_de(compte_rendu: &CompteRendu, id: &str, annee: i32) -> String {
    use observatoire::indicators::Niveau;
    let figure = compte_rendu.table.figure(Niveau::Territoire, &compte_rendu.code, id, "", annee);
    figure.map(|f| f.sources.to_string()).unwrap_or_default()
}

#[test]
fn l_annee_suivante_se_passe_des_fichiers_d_avant() {
    let copie = Copie::new();
    let tous = copie.lancer().unwrap();
    assert!(tous.historique.as_ref().unwrap().contains(&2019));
    garder_2024(&copie);
    let seul = copie.lancer().unwrap();
    assert_eq!(lignes(&tous), lignes(&seul));
    assert_eq!(source_de(&tous, "am_agrees", 2023), "pmi-2023");
    assert_eq!(source_de(&seul, "am_agrees", 2023), "historique-2023");
    let bilan = seul.bilans.0.iter().find(|b| b.source == "historique-2023").unwrap();
    assert!(bilan.est_juste() && bilan.lues > 300 && bilan.fichier == "data/demo/historique/2023");
    let page = seul.qualite.sources.iter().find(|s| s.id == "historique-2023").unwrap();
    assert!(page.historique && page.libelle.contains("PMI, liste au 31/12/2023"), "{}", page.libelle);
    assert_eq!(page.date.unwrap().to_string(), "2023-12-31");
    // And a third year can do the same from what was kept.
    assert_eq!(lignes(&tous), lignes(&copie.lancer().unwrap()));
}

/// The report of a year may be made again when the pipeline is already that of the next one.
#[test]
fn une_annee_passee_se_refait_sans_ses_fichiers() {
    let copie = Copie::new();
    let observer = |annee: i32, autre: i32| {
        let texte = fs::read_to_string(copie.pipeline()).unwrap();
        let de = format!("[observation]\ndate = {annee}-12-31");
        assert!(texte.contains(&de));
        fs::write(copie.pipeline(), texte.replace(&de, &format!("[observation]\ndate = {autre}-12-31")))
            .unwrap();
    };
    observer(2024, 2023);
    let en_son_temps = copie.lancer().unwrap();
    observer(2023, 2024);
    copie.lancer().unwrap();
    garder_2024(&copie);
    observer(2024, 2023);
    let refaite = copie.lancer().unwrap();
    assert_eq!(lignes(&en_son_temps), lignes(&refaite));
    assert_eq!(source_de(&refaite, "am_agrees", 2023), "historique-2023");
}

/// What is taken out of the pipeline in the year of the report was a mistake: it does not come back.
#[test]
fn un_fichier_retire_l_annee_meme_ne_revient_pas() {
    let copie = Copie::new();
    copie.lancer().unwrap();
    let texte = fs::read_to_string(copie.pipeline()).unwrap();
    let mut blocs: Vec<&str> = texte.split("[[sources]]").collect();
    let nombre = blocs.len();
    blocs.retain(|bloc| !bloc.contains("id = \"pmi-2024\""));
    assert_eq!(blocs.len(), nombre - 1);
    fs::write(copie.pipeline(), blocs.join("[[sources]]")).unwrap();
    let compte_rendu = copie.lancer().unwrap();
    assert!(compte_rendu.manques.iter().any(|m| m.indicateur == "am_places" && m.lacune));
    assert!(compte_rendu.bilans.0.iter().all(|b| b.source != "historique-2024"));
}

#[test]
fn sans_historique_les_annees_manquent_et_c_est_dit() {
    let copie = Copie::new();
    garder_2024(&copie);
    let seul = copie.lancer().unwrap();
    assert!(seul.manques.iter().any(|m| m.indicateur == "am_arrivees"));
    let annee = seul.qualite.completude.annees.iter().find(|a| a.annee == 2023).unwrap();
    assert_eq!((annee.origines[0], annee.origines[2]), (Origine::Manque, Origine::Fichier));
    assert!(seul.qualite.changements.is_none());
}

#[test]
fn refaire_une_annee_ne_remplace_qu_elle() {
    let copie = Copie::new();
    copie.lancer().unwrap();
    let avant = octets(&copie);
    garder_2024(&copie);
    let liste = copie.chemin("data/demo/caf/imaje_2024.csv");
    let texte = fs::read_to_string(&liste).unwrap();
    fs::write(&liste, texte.replace("Aubrelonde;312;", "Aubrelonde;313;")).unwrap();
    copie.lancer().unwrap();
    let apres = octets(&copie);
    assert_eq!(avant.keys().collect::<Vec<_>>(), apres.keys().collect::<Vec<_>>());
    let changes: Vec<&String> = avant.keys().filter(|f| avant[*f] != apres[*f]).collect();
    assert_eq!(changes, ["2024/comptes.parquet", "2024/manifeste.json"]);
}

#[test]
fn une_liste_perdue_n_efface_pas_ce_qui_etait_garde() {
    let copie = Copie::new();
    copie.lancer().unwrap();
    let avant = octets(&copie);
    fs::write(copie.chemin("data/demo/pmi/agrements_2021-12-31.csv"), "").unwrap();
    let compte_rendu = copie.lancer().unwrap();
    assert_eq!(source_de(&compte_rendu, "am_agrees", 2021), "historique-2021");
    assert!(compte_rendu.bilans.0.iter().any(|b| b.source == "pmi-2021" && b.est_perdu()));
    let nom = "2021/assistants_maternels.parquet";
    assert_eq!(avant[nom], octets(&copie)[nom]);
}

#[test]
fn un_historique_abime_est_dit_et_n_arrete_rien() {
    let copie = Copie::new();
    copie.lancer().unwrap();
    garder_2024(&copie);
    let abime = copie.chemin(&format!("{HISTORIQUE}/2022/assistants_maternels.parquet"));
    fs::write(&abime, b"PAR1").unwrap();
    fs::write(copie.chemin(&format!("{HISTORIQUE}/2021/manifeste.json")), b"{").unwrap();
    let compte_rendu = copie.lancer().unwrap();
    for annee in [2021, 2022] {
        let bilan = compte_rendu.bilans.0.iter().find(|b| b.source == format!("historique-{annee}")).unwrap();
        assert_eq!(bilan.problemes[0].motif, Motif::HistoriqueIllisible);
    }
    // What this run keeps of those years does not write over what could not be read.
    let garde = fs::read(copie.chemin(&format!("{HISTORIQUE}/2022.illisible/assistants_maternels.parquet")));
    assert_eq!(garde.unwrap(), b"PAR1");
    assert!(copie.chemin(&format!("{HISTORIQUE}/2021.illisible/manifeste.json")).exists());
    assert_eq!(source_de(&compte_rendu, "am_agrees", 2023), "historique-2023");
}

#[cfg(unix)]
#[test]
fn l_historique_n_est_lisible_que_par_son_proprietaire() {
    use std::os::unix::fs::PermissionsExt;
    let copie = Copie::new();
    copie.lancer().unwrap();
    let droits = fs::metadata(copie.chemin(HISTORIQUE)).unwrap().permissions().mode();
    assert_eq!(droits & 0o777, 0o700);
}
