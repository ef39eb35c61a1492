//! What an office really sends, one trap each: read, typed, matched and counted as it should be.

#![allow(
    clippy::unwrap_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::many_single_char_names,
    clippy::similar_names
)]

use crate::commun::donnees_reelles;
use geo::{LineString, MultiPolygon, Point, Polygon};
use observatoire::quality::{Bilan, Motif, Statut};
use observatoire::sources::disposition::{Disposition, Tableau};
use observatoire::sources::{Genre, lecture};
use observatoire::tables::{
    AssistantsMaternels, Comptes, Declarations, Ingestion, Mesure, Pseudonymes, Publication, Reponses,
    Services, Structures, TauxPublies, Trajets, fiche_en_table,
};
use observatoire::territory::rapprochement::Rapprocheur;
use observatoire::territory::{CodeCommune, CommuneGeo, Geographie, Membre, Perimetre};
use polars::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

fn perimetre(communes: &[(&str, &str)]) -> Perimetre {
    let membres = communes.iter().map(|(code, nom)| Membre {
        code: code.parse().unwrap(),
        nom: (*nom).to_owned(),
        depuis: None,
        jusqu_a: None,
        population: None,
    });
    Perimetre::new("200072882", "Essai", membres.collect())
}

pub fn vendee() -> Perimetre {
    perimetre(&[("85003", "Aizenay"), ("85019", "Bellevigny"), ("62190", "Busnes"), ("01004", "Ambérieu")])
}

fn tableau_de(chemin: &Path, genre: Genre) -> Tableau {
    let grilles = lecture::lire(chemin, "essai.csv").unwrap();
    genre.disposition().unwrap().reconnaitre(grilles, None, &BTreeMap::new()).unwrap()
}

pub fn ecrit(texte: &str, lire: impl FnOnce(&Path)) {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("essai.csv");
    std::fs::write(&chemin, texte).unwrap();
    lire(&chemin);
}

/// Reads a table of that kind; every row must be put somewhere.
fn ingerer<T>(
    chemin: &Path,
    genre: Genre,
    perimetre: &Perimetre,
    source: &str,
    lire: impl FnOnce(&Tableau, &Ingestion<'_>, &mut Bilan) -> T,
) -> (T, Bilan) {
    let tableau = tableau_de(chemin, genre);
    let correspondances = BTreeMap::new();
    let rapprocheur = Rapprocheur::new(perimetre, None, &correspondances);
    let pseudonymes = Pseudonymes::new([3; 32]);
    let date = chrono::NaiveDate::from_ymd_opt(2024, 12, 31).unwrap();
    let ingestion = Ingestion { source, date, rapprocheur: &rapprocheur, pseudonymes: &pseudonymes };
    let mut bilan = Bilan::new(source, "essai.csv");
    bilan.lignes = tableau.total;
    tableau.ecartees.iter().cloned().for_each(|p| bilan.noter(p));
    let table = lire(&tableau, &ingestion, &mut bilan);
    assert!(bilan.est_juste(), "{bilan:#?}");
    (table, bilan)
}

pub fn lire<T>(
    texte: &str,
    genre: Genre,
    table: impl FnOnce(&Tableau, &Ingestion<'_>, &mut Bilan) -> T,
) -> (T, Bilan) {
    let mut lu = None;
    ecrit(texte, |chemin| lu = Some(ingerer(chemin, genre, &vendee(), "essai", table)));
    lu.unwrap()
}

pub fn motifs(bilan: &Bilan) -> Vec<Motif> {
    bilan.problemes.iter().map(|p| p.motif).collect()
}

/// The columns of a frame as text, one row a line.
pub fn lignes(trame: &DataFrame, colonnes: &[&str]) -> Vec<String> {
    (0..trame.height())
        .map(|i| {
            let cellule = |c: &&str| match trame.column(c).unwrap().get(i).unwrap() {
                AnyValue::Null => "∅".to_owned(),
                valeur => valeur.str_value().into_owned(),
            };
            colonnes.iter().map(cellule).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn am(texte: &str) -> (Vec<String>, Bilan) {
    let (liste, bilan) = lire(texte, Genre::Pmi, |t, i, b| AssistantsMaternels::lire(t, i, b).unwrap());
    let table = AssistantsMaternels::reunir(vec![liste]).unwrap();
    (lignes(table.trame(), &["code", "places", "lieu"]), bilan)
}

fn mams(texte: &str) -> Vec<Option<u64>> {
    let (liste, _) = lire(texte, Genre::Pmi, |t, i, b| AssistantsMaternels::lire(t, i, b).unwrap());
    let table = AssistantsMaternels::reunir(vec![liste]).unwrap();
    let mut mams: Vec<_> = table.trame().column("mam").unwrap().u64().unwrap().iter().collect();
    mams.sort_unstable();
    mams
}

pub fn comptes(texte: &str, genre: Genre) -> (Comptes, Bilan) {
    lire(texte, genre, |t, i, b| match genre {
        Genre::Imaje => Comptes::lire_imaje(t, i, b).unwrap(),
        Genre::CafIris => Comptes::lire_iris(t, i, b).unwrap(),
        Genre::InseeAges => Comptes::lire_insee_ages(t, i, b).unwrap(),
        Genre::InseeFam6 => Comptes::lire_insee_fam6(t, i, b).unwrap(),
        _ => Comptes::lire_naissances(t, i, b).unwrap(),
    })
}

pub const COMPTES: [&str; 4] = ["annee", "code", "mesure", "valeur"];

#[test]
fn un_am_sur_deux_lignes_est_un_am() {
    let entete = "Nom;Prénom;Date de naissance;Commune;Capacité;Lieu d'exercice;MAM\n";
    let double = "DUPONT;Anne;02/05/1970;Aizenay;3;Domicile;\nDUPONT;Anne;02/05/1970;Aizenay;3;Domicile;\n";
    let (lus, bilan) = am(&format!("{entete}{double}"));
    assert_eq!((lus, motifs(&bilan)), (vec!["85003 3 domicile".to_owned()], vec![Motif::LigneEnDouble]));
    let deux = "DUPONT;Anne;02/05/1970;Aizenay;2;Domicile;\nDUPONT;Anne;02/05/1970;Aizenay;1;Domicile;\n";
    let (lus, bilan) = am(&format!("{entete}{deux}"));
    assert_eq!((lus, motifs(&bilan)), (vec!["85003 3 domicile".to_owned()], vec![Motif::AgrementsMultiples]));
    let mam =
        "DUPONT;Anne;02/05/1970;Aizenay;4;Domicile;\nDUPONT;Anne;02/05/1970;Bellevigny;3;MAM;Les Loupiots\n";
    let (lus, bilan) = am(&format!("{entete}{mam}"));
    assert_eq!((lus, motifs(&bilan)), (vec!["85019 4 mam".to_owned()], vec![Motif::AgrementsMultiples]));
    assert_eq!(bilan.lues, 2);
}

#[test]
fn capacite_commune_et_creche_familiale_dans_leurs_cellules() {
    let (lus, bilan) = am("Nom;Prénom;Date de naissance;CP Commune;Agrément;Crèche familiale\n\
         DUPONT;Anne;02/05/1970;62350 BUSNES;2 + 1 périscolaire;\n\
         MARTIN;Zoé;03/06/1980;85190 AIZENAY;4 dont 1 périsco;X\n");
    assert_eq!(lus, ["62190 3 non_dit", "85003 4 creche_familiale"], "{bilan:#?}");
}

#[test]
fn une_mam_est_un_nom_une_croix_ou_une_adresse() {
    let personnes = |mams: [&str; 3]| {
        let lignes: String = mams
            .iter()
            .enumerate()
            .map(|(i, mam)| format!("NOM{i};Anne;0{}/05/1970;Aizenay;3;4 rue des Lilas;{mam}\n", i + 1))
            .collect();
        format!("Nom;Prénom;Date de naissance;Commune;Capacité;Adresse;MAM\n{lignes}")
    };
    for colonne in
        [["Les Loupiots", "LES LOUPIOTS", "les loupiots"], ["X", "x", "oui"], ["4 rue des Lilas"; 3]]
    {
        let mams = mams(&personnes(colonne));
        assert!(mams[0].is_some() && mams.iter().all(|m| *m == mams[0]), "{colonne:?} : {mams:?}");
    }
    assert_eq!(mams(&personnes(["non", "", "nd"])), [None, None, None]);
}

#[test]
fn sans_colonne_mam_une_adresse_partagee_par_trois_en_dit_une() {
    let liste = |n: usize| {
        let lignes: String =
            (1..=n).map(|i| format!("NOM{i};Anne;0{i}/05/1970;Aizenay;3;4 rue des Lilas\n")).collect();
        format!("Nom;Prénom;Date de naissance;Commune;Capacité;Adresse\n{lignes}")
    };
    let (lus, bilan) = am(&liste(3));
    assert_eq!((lus, motifs(&bilan)), (vec!["85003 3 mam".to_owned(); 3], vec![Motif::MamDeduite]));
    let (lus, bilan) = am(&liste(2));
    // Two may be a couple: whether there is a MAM, nothing says.
    let dits = vec![Motif::MamDeduite, Motif::LieuNonDit];
    assert_eq!((lus, motifs(&bilan)), (vec!["85003 3 non_dit".to_owned(); 2], dits));
}

#[test]
fn un_code_qui_a_perdu_son_zero_et_les_facons_de_taire_un_nombre() {
    let (comptes, bilan) = comptes(
        "Code commune;Année;Enfants 0-2 ans;Enfants 3-5 ans;AM actifs\n1004;2023;<5;nd;s\n85003;2023;*;;1 092\n\
         Total;;12;;1 092\nSource : Caf de la Vendée, imaje, données au 31 décembre 2023;;;;\n",
        Genre::Imaje,
    );
    let (secret, absent) = (Statut::SecretSource.rang(), Statut::NonDisponible.rang());
    assert_eq!(
        lignes(comptes.trame(), &["code", "mesure", "valeur", "statut"]),
        [
            format!("01004 enfants_0_2 ∅ {secret}"),
            format!("01004 enfants_3_5 ∅ {absent}"),
            format!("01004 am_actifs ∅ {secret}"),
            format!("85003 enfants_0_2 ∅ {secret}"),
            format!("85003 enfants_3_5 ∅ {absent}"),
            "85003 am_actifs 1092.0 0".to_owned(),
        ]
    );
    let attendus = [Motif::LigneDeTotal, Motif::LigneDeTotal, Motif::ColonneSansNombre];
    assert_eq!(motifs(&bilan), attendus, "« Enfants 3-5 ans » n’a aucun nombre");
}

#[test]
fn imaje_en_large_par_annee_et_en_long() {
    let attendu = [
        "2022 85003 am_actifs 12.0",
        "2022 85003 enfants_0_2 55.0",
        "2023 85003 am_actifs 11.0",
        "2023 85003 enfants_0_2 60.0",
    ];
    let mut attendu_trie = attendu.to_vec();
    attendu_trie.sort_unstable();
    for texte in [
        "Commune;Année;Indicateur;Valeur\nAizenay;2022;Enfants 0-2 ans;55\nAizenay;2022;AM actifs;12\n\
         Aizenay;2023;Enfants 0-2 ans;60\nAizenay;2023;AM actifs;11\n",
        "Commune;Indicateur;2022;2023\nAizenay;Enfants 0-2 ans;55;60\nAizenay;AM actifs;12;11\n",
        "Commune;Enfants 0-2 ans 2022;Enfants 0-2 ans 2023;AM actifs 2022;AM actifs 2023\nAizenay;55;60;12;11\n",
        "Commune;Année;Enfants 0-2 ans;AM actifs\nAizenay;2022;55;12\nAizenay;2023;60;11\n",
    ] {
        let (comptes, _) = comptes(texte, Genre::Imaje);
        let mut lus = lignes(comptes.trame(), &COMPTES);
        lus.sort_unstable();
        assert_eq!(lus, attendu_trie, "{texte}");
    }
    let (_, bilan) =
        comptes("Commune;Année;Indicateur;Valeur\nAizenay;2022;Foyers allocataires;55\n", Genre::Imaje);
    assert_eq!(motifs(&bilan), [Motif::HorsSujet]);
}

#[test]
fn naissances_de_melodi() {
    let (comptes, bilan) = comptes(
        "GEO;GEO_OBJECT;TIME_PERIOD;OBS_VALUE\n2025-COM-85003;COM;2023;99\nCOM-85019;COM;2023;40\n85003;COM;2022;98\n\
         693XX;COM;2023;3\n2025-DEP-85;DEP;2023;6000\n",
        Genre::Naissances,
    );
    assert_eq!(
        lignes(comptes.trame(), &COMPTES),
        ["2022 85003 naissances 98.0", "2023 85003 naissances 99.0", "2023 85019 naissances 40.0"]
    );
    assert_eq!(motifs(&bilan), [Motif::CodeSansLieu, Motif::AutreNiveau]);
}

#[test]
fn les_ages_et_les_parents_actifs_de_l_insee() {
    let (ages, bilan) = comptes(
        "NIVGEO;CODGEO;AGED100;SEXE;NB\nCOM;85003;000;1;50,5\nCOM;85003;000;2;60\nCOM;85003;001;1;0\n\
         COM;85003;002;1;10\nCOM;85003;003;1;0\nCOM;85003;004;1;0\n\
         COM;85003;005;1;250\nCOM;85003;040;2;99\nARM;75101;000;1;9\n",
        Genre::InseeAges,
    );
    assert_eq!(
        lignes(ages.trame(), &COMPTES),
        ["2024 85003 enfants_0_2 120.5", "2024 85003 enfants_3_5 250.0"]
    );
    assert_eq!(motifs(&bilan), [Motif::CommuneHorsPerimetre, Motif::HorsSujet, Motif::EffectifFragile]);
    let (fam, _) = comptes(
        "NIVGEO;CODGEO;AGEFOR5;TF12;NB\nCOM;85003;00;11;20\nCOM;85003;00;21;100\nCOM;85003;00;41;90\n\
         COM;85003;00;12;7\nCOM;85003;03;11;8\n",
        Genre::InseeFam6,
    );
    assert_eq!(lignes(fam.trame(), &COMPTES), ["2024 85003 enfants_0_2_parents_actifs 210.0"]);
}

#[test]
fn une_somme_d_iris_dit_ce_qui_lui_manque() {
    let (comptes, bilan) = comptes(
        "CODGEO;NOTE;AM;ENF_2;ENF_3_5\n850030101;0;55;1 036;10\n850030102;2;;;12\n010040101;0;4;7;8\n",
        Genre::CafIris,
    );
    let colonnes = ["code", "mesure", "valeur", "statut", "parties", "parties_attendues"];
    assert_eq!(
        lignes(comptes.trame(), &colonnes),
        [
            "01004 enfants_0_2 7.0 0 1 1".to_owned(),
            "01004 enfants_3_5 8.0 0 1 1".to_owned(),
            format!("85003 enfants_0_2 1036.0 {} 1 2", Statut::SecretSource.rang()),
            "85003 enfants_3_5 22.0 0 2 2".to_owned(),
        ]
    );
    assert_eq!(motifs(&bilan), [Motif::SommePartielle]);
    // A partial sum never passes for the count.
    let entiers = comptes.mesure(Mesure::Enfants02).collect().unwrap();
    assert_eq!(lignes(&entiers, &["code", "valeur"]), ["01004 7.0", "85003 ∅"]);
    assert_eq!(comptes.mesure(Mesure::AmActifs).collect().unwrap().height(), 0, "« AM » compte des ménages");
}

#[test]
fn les_iris_de_quatre_annees() {
    let Some(donnees) = donnees_reelles() else { return };
    for (annee, lignes_du_fichier) in [(2017, 13_279), (2018, 13_349), (2019, 13_424), (2020, 13_444)] {
        let chemin = donnees.join(format!("caf/data_CAF_{annee}_IRIS.csv"));
        let communes = perimetre(&[("01004", "Ambérieu-en-Bugey"), ("01033", "Valserhône")]);
        let (comptes, bilan) = ingerer(&chemin, Genre::CafIris, &communes, "iris", |t, i, b| {
            Comptes::lire_iris(t, i, b).unwrap()
        });
        assert!(
            (lignes_du_fichier..lignes_du_fichier + 2).contains(&bilan.lignes),
            "{annee} : {}",
            bilan.lignes
        );
        assert_eq!(bilan.rejetees, 0, "{annee} : {:?}", bilan.problemes);
        let amberieu = lignes(comptes.trame(), &["code", "mesure", "parties_attendues"]);
        assert!(amberieu.iter().any(|l| l == "01004 enfants_0_2 4"), "{annee} : {amberieu:?}");
    }
}

pub fn publication(texte: &str, source: &str) -> (Publication, Bilan) {
    let mut lu = None;
    ecrit(texte, |chemin| {
        lu = Some(ingerer(chemin, Genre::TauxPublies, &vendee(), source, TauxPublies::lire));
    });
    lu.unwrap()
}

const DEPARTEMENTS: &str = "\u{feff}Date référence;Numéro Département;Nom Département;Taux de couv global\n";

#[test]
fn l_annee_est_un_entier_un_texte_ou_une_date() {
    let texte = format!(
        "{DEPARTEMENTS}2021;85;VENDEE;83.1\nAnnée 2022;85;VENDEE;83,2\n31/12/2023;85;VENDEE;85,7\n\
         2023;XX;NON PRECISE;12\n2023;XXX;NON PRECISE;12\n2023;99999;ETRANGER;3\n2023;1;AIN;60,1\nhier;85;VENDEE;1\n"
    );
    let (publication, bilan) = publication(&texte, "cnaf");
    let (taux, _) = TauxPublies::reunir(vec![publication], &vendee()).unwrap();
    assert_eq!(
        lignes(taux.trame(), &["niveau", "code", "annee", "composante", "valeur"]),
        [
            "departement 01 2023 taux_global 60.1",
            "departement 85 2021 taux_global 83.1",
            "departement 85 2022 taux_global 83.2",
            "departement 85 2023 taux_global 85.7",
        ]
    );
    assert_eq!((bilan.lues, bilan.mises_de_cote, bilan.rejetees), (4, 3, 1));
    assert_eq!(motifs(&bilan), [Motif::AnneeIllisible, Motif::CodeSansLieu]);
}

#[test]
fn le_chiffre_de_2022_est_dans_deux_fichiers() {
    let (courant, _) =
        publication(&format!("{DEPARTEMENTS}2022;85;VENDEE;83.2\n2023;85;VENDEE;85.7\n"), "courant");
    let (ancien, _) = publication(&format!("{DEPARTEMENTS}2021;85;VENDEE;82\n2022;85;VENDEE;85.0\n"), "hist");
    // Whatever the order of the pipeline.
    for publications in [vec![courant.clone(), ancien.clone()], vec![ancien, courant]] {
        let (taux, contradictions) = TauxPublies::reunir(publications, &vendee()).unwrap();
        assert_eq!(
            lignes(taux.trame(), &["annee", "valeur", "source"]),
            ["2021 82.0 hist", "2022 83.2 courant", "2023 85.7 courant"]
        );
        let [(source, probleme)] = contradictions.as_slice() else { panic!("{contradictions:?}") };
        assert_eq!((source.as_str(), probleme.motif), ("hist", Motif::SourcesContradictoires));
        assert!(probleme.detail.contains("83,2 retenu et 85 ici"), "{probleme}");
    }
}

#[test]
fn les_taux_reels_de_la_cnaf() {
    let Some(donnees) = donnees_reelles() else { return };
    let lus = ["txcouv_pe_dep_hist", "txcouv_pe_dep"].map(|nom| {
        let chemin = donnees.join(format!("caf/{nom}.csv"));
        ingerer(&chemin, Genre::TauxPublies, &vendee(), nom, TauxPublies::lire)
    });
    for (_, bilan) in &lus {
        assert_eq!(bilan.rejetees, 0, "{:?}", bilan.problemes);
    }
    let publications = lus.into_iter().map(|(p, _)| p).collect();
    let (taux, contradictions) = TauxPublies::reunir(publications, &vendee()).unwrap();
    let globaux = lignes(taux.trame(), &["code", "annee", "composante", "valeur"]);
    for attendu in [
        "85 2023 taux_global 85.7",
        "59 2023 taux_global 60.0",
        "62 2023 taux_global 57.7",
        "89 2023 taux_global 59.6",
        "85 2022 taux_global 83.2",
    ] {
        assert!(globaux.iter().any(|l| l == attendu), "{attendu}");
    }
    assert!(
        contradictions.iter().any(|(_, p)| p.detail.contains("83,2 retenu et 85 ici")),
        "{contradictions:?}"
    );
}

#[test]
fn l_activite_du_relais() {
    let (declarations, bilan) = lire(
        "annee;mesure;valeur;source\n2023;Goûters partagés;41;RPE\n2024;Goûters partagés;nd;RPE\n2023;gouters_partages;7;RPE\n",
        Genre::Activite,
        |t, i, b| Declarations::lire(t, i, b).unwrap(),
    );
    assert_eq!(
        lignes(declarations.trame(), &["annee", "mesure", "valeur", "origine"]),
        ["2023 gouters_partages ∅ RPE", "2024 gouters_partages ∅ RPE"]
    );
    assert_eq!(motifs(&bilan), [Motif::LignesRivales, Motif::MesureInconnue]);
}

#[test]
fn les_trajets_se_lisent_par_code_ou_par_nom() {
    let (trajets, bilan) = lire(
        "de;vers;minutes\n85003;85019;14,5\nAizenay;Bellevigny;3\nBellevigny;Aizenay;15\n85003;62190;loin\n",
        Genre::Trajets,
        |t, i, b| Trajets::lire(t, i, b).unwrap(),
    );
    assert_eq!(lignes(trajets.trame(), &["de", "vers", "minutes"]), ["85003 85019 14.5", "85019 85003 15.0"]);
    assert_eq!(motifs(&bilan), [Motif::ValeurEnDouble, Motif::NombreIllisible]);
}

#[test]
fn les_fiches_communes_en_table_ou_une_par_commune() {
    let (services, bilan) = lire(
        "Commune;Écoles;Cantine;Nom du référent;Courriel;Téléphone de la mairie\n\
         Aizenay;2 publiques;oui;Mme X;x@exemple.fr;02 51 00 00 00\nBellevigny;1;;M. Y;y@exemple.fr;\n",
        Genre::Services,
        |t, i, b| Services::lire(t, i, b).unwrap(),
    );
    let lus = lignes(services.trame(), &["code", "service", "valeur"]);
    assert!(lus.iter().any(|l| l == "85003 Téléphone de la mairie 02 51 00 00 00"), "{lus:?}");
    assert!(lus.iter().all(|l| !l.contains('@') && !l.contains("référent")), "{lus:?}");
    assert_eq!(lus[0], "85003 Écoles 2 publiques", "dans l’ordre du fichier");
    assert_eq!((bilan.lues, motifs(&bilan)), (2, vec![Motif::ColonnePersonnelle]));
    ecrit(
        "Fiche de la commune;\nCommune;Aizenay\nÉcoles;2 publiques\nPérischolaire;7 h à 19 h\n",
        |chemin| {
            let grille = lecture::lire(chemin, "fiche.csv").unwrap().remove(0);
            let table = fiche_en_table(&grille).unwrap();
            assert_eq!((table.hauteur(), table.lignes.as_slice()), (3, &[0, 3, 4][..]));
            assert_eq!(table.ligne(1).map(|c| c.1).collect::<Vec<_>>(), ["Écoles", "2 publiques", "Aizenay"]);
        },
    );
}

pub fn reponses(texte: &str) -> (Reponses, Bilan) {
    lire(texte, Genre::Questionnaire, |t, i, b| Reponses::lire(t, i, b).unwrap())
}

#[test]
fn forms_perd_qui_repond_et_garde_chaque_choix() {
    let long = format!("Quels besoins ? {}", "précisez ".repeat(30));
    let (reponses, bilan) = reponses(&format!(
        "ID;Heure de début;Adresse de messagerie;Nom;\"{long}\";Remarques;Remarques\n\
         1;01/02/2024;anonymous;Zoé Martin;\"Soir;Week-end;\";Écrivez à zoe@exemple.fr;\n2;01/02/2024;anonymous;;Soir;;Merci\n"
    ));
    let lus = lignes(reponses.trame(), &["repondant", "colonne", "reponse"]);
    assert_eq!(
        lus,
        ["1 5 Soir", "1 5 Week-end", "1 6 Écrivez à [retiré]", "1 7 ∅", "2 5 Soir", "2 6 ∅", "2 7 Merci"]
    );
    let questions = lignes(reponses.trame(), &["question"]);
    assert!(questions[0].starts_with("Quels besoins ?") && questions[0].chars().count() > 240);
    assert_eq!((questions[2].as_str(), questions[3].as_str()), ("Remarques", "Remarques"));
    assert_eq!(motifs(&bilan), [Motif::QuestionnaireNonDeclare, Motif::ColonnePersonnelle]);
    assert!(lignes(reponses.trame(), &["question", "reponse"]).iter().all(|l| !l.contains("Martin")));
}

#[test]
fn google_garde_ses_virgules_et_ses_grilles() {
    let Some(donnees) = donnees_reelles() else { return };
    let chemin = donnees.join("questionnaires/google_forms_rse_masque.csv");
    let (reponses, bilan) =
        ingerer(&chemin, Genre::Questionnaire, &vendee(), "rse", |t, i, b| Reponses::lire(t, i, b).unwrap());
    assert_eq!((bilan.lues, bilan.lignes), (35, 35));
    // Its answers came a year before the day that this test gives it.
    let attendus = [Motif::QuestionnaireNonDeclare, Motif::ColonnePersonnelle, Motif::AutreAnnee];
    assert_eq!(motifs(&bilan), attendus, "{:?}", bilan.problemes);
    let lus = lignes(reponses.trame(), &["question", "ligne", "reponse"]);
    assert!(lus.iter().any(|l| {
        l.starts_with("Diriez-vous que ... Je suis très sensible aux questions RSE Non, pas du tout")
    }));
    let multiples: std::collections::BTreeSet<String> =
        lus.iter().filter(|l| l.contains("Plusieurs réponses possibles")).cloned().collect();
    assert!(
        multiples.iter().any(|l| l.ends_with("∅ Oui, j'aimerais mieux comprendre la démarche RSE.")),
        "{multiples:#?}"
    );
    // No option of that question begins with a small letter: none was cut at its comma.
    for reponse in &multiples {
        let (_, option) = reponse.split_once("possibles ∅ ").unwrap();
        assert!(!option.starts_with(char::is_lowercase), "{option}");
    }
}

#[test]
fn limesurvey_a_des_entetes_en_double() {
    let Some(donnees) = donnees_reelles() else { return };
    let chemin = donnees.join("questionnaires/limesurvey_entetes.csv");
    let tableau = tableau_de(&chemin, Genre::Questionnaire);
    assert_eq!((tableau.autres.len(), tableau.total), (111, 0));
}

#[test]
fn la_virgule_sans_guillemets_de_rennes() {
    let disposition = Disposition::de_texte(
        "titre = \"essai\"\n[champs.id]\nentetes = [\"id\"]\nobligatoire = true\nmotif = \"entier\"\n\
         [champs.heure]\nentetes = [\"arrivee\"]\nmotif = \"heure\"\n[champs.x]\nentetes = [\"x\"]\nmotif = \"nombre\"\n",
        "essai",
    )
    .unwrap();
    // The width stays, because the last column was blank: only the contents tell.
    let texte = "id,lieu,arrivee,x,note\n1,École,09:30,4,\n2,Rue, impasse,08:30,5\n3,Gare,08:00,6,\n4,Port,07:50,7,\n";
    ecrit(texte, |chemin| {
        let grilles = lecture::lire(chemin, "rennes.csv").unwrap();
        let tableau = disposition.reconnaitre(grilles, None, &BTreeMap::new()).unwrap();
        assert_eq!((tableau.hauteur(), tableau.total), (3, 4));
        assert_eq!(tableau.ecartees[0].motif, Motif::LargeurInattendue);
        assert_eq!(tableau.ecartees[0].lieu.ligne, Some(3));
    });
}

fn carre(code: &str, nom: &str, (x, y): (f64, f64), cote: f64) -> CommuneGeo {
    let coins = [(x, y), (x + cote, y), (x + cote, y + cote), (x, y + cote), (x, y)];
    CommuneGeo {
        code: code.parse::<CodeCommune>().unwrap(),
        nom: nom.to_owned(),
        contour: MultiPolygon(vec![Polygon::new(LineString::from(coins.to_vec()), Vec::new())]),
        centre: Point::new(x + cote / 2.0, y + cote / 2.0),
        membre: true,
    }
}

#[test]
fn les_structures_de_nantes() {
    let Some(donnees) = donnees_reelles() else { return };
    let (structures, bilan) = ingerer(
        &donnees.join("structures/nantes.json"),
        Genre::Structures,
        &perimetre(&[("44109", "Nantes")]),
        "nantes",
        |t, i, b| Structures::lire(t, i, &Geographie::default(), b).unwrap(),
    );
    assert_eq!((bilan.lues, bilan.lignes), (112, 112), "{:?}", bilan.problemes);
    let lues = lignes(structures.trame(), &["type", "gestionnaire", "nom"]);
    let nombre = |debut: &str| lues.iter().filter(|l| l.starts_with(debut)).count();
    assert_eq!((nombre("mam "), nombre("micro_creche "), nombre("jardin_enfants ")), (16, 18, 0));
    assert!(lues.contains(&"creche public Crèche associative Le Jardin des Poupies".to_owned()));
    assert!(lues.contains(&"creche prive Crèche inter-entreprise Le Petit Prince".to_owned()));
    assert_eq!(structures.trame().column("longitude").unwrap().null_count(), 2);
    assert_eq!(structures.arrets().height(), 0);
}

#[test]
fn cinq_arrets_sont_une_halte_garderie() {
    let Some(donnees) = donnees_reelles() else { return };
    let geographie = Geographie { communes: vec![carre("59606", "Valenciennes", (3.4, 50.3), 0.2)] };
    let (structures, bilan) = ingerer(
        &donnees.join("structures/valenciennes.geojson"),
        Genre::Structures,
        &perimetre(&[("59606", "Valenciennes")]),
        "valenciennes",
        |t, i, b| Structures::lire(t, i, &geographie, b).unwrap(),
    );
    assert_eq!((bilan.lignes, bilan.lues, bilan.rejetees), (12, 11, 1), "{:?}", bilan.problemes);
    let types = lignes(structures.trame(), &["type", "code", "places"]);
    assert_eq!(types.len(), 7);
    assert_eq!(types[0], "halte_garderie 59606 ∅", "sans capacité, les places ne sont pas connues");
    assert!(types.contains(&"creche_familiale 59606 ∅".to_owned()));
    assert_eq!(motifs(&bilan), [Motif::TypeInconnu, Motif::ArretsDUneStructure]);
    assert_eq!(
        lignes(structures.arrets(), &["structure", "code", "arrets", "demi_journees", "part"]),
        ["1 59606 5 9 1.0"]
    );
}

#[test]
fn les_demi_journees_partagent_une_structure_entre_ses_communes() {
    let (structures, _) = lire(
        "Nom;Type;Commune;Places;Horaires\nBébébus;Halte-garderie itinérante;Aizenay;12;lundi 9h - 17h\n\
         Bébébus;Halte-garderie itinérante;Bellevigny;12;mardi 9h - 12h\nLes Loupiots;Crèche;Aizenay;20;\n",
        Genre::Structures,
        |t, i, b| Structures::lire(t, i, &Geographie::default(), b).unwrap(),
    );
    assert_eq!(
        lignes(structures.trame(), &["nom", "code", "places"]),
        ["Bébébus 85003 12", "Les Loupiots 85003 20"]
    );
    let parts = lignes(structures.arrets(), &["code", "demi_journees", "part"]);
    assert!(parts[0].starts_with("85003 2 0.66") && parts[1].starts_with("85019 1 0.33"), "{parts:?}");
}

#[test]
fn le_lancement_lit_tout_ce_que_le_pipeline_nomme() {
    let copie = crate::commun::Copie::new();
    let ecrire = |nom: &str, texte: &str| std::fs::write(copie.chemin(nom), texte).unwrap();
    ecrire("data/trajets.csv", "de;vers;minutes\n96001;96002;12\n");
    ecrire("data/taux.csv", &format!("{DEPARTEMENTS}2022;96;DEMO;83.2\n2023;96;DEMO;85.7\n"));
    ecrire("data/taux_hist.csv", &format!("{DEPARTEMENTS}2022;96;DEMO;85\n"));
    ecrire("data/iris.csv", "CODGEO;ENF_2\n960010101;12\n960010102;\n");
    ecrire("data/fiche.csv", "Commune;Aubrelonde\nCantine;oui\n");
    let sources = [
        ("trajets", "data/trajets.csv"),
        ("taux_publies", "data/taux_hist.csv"),
        ("taux_publies", "data/taux.csv"),
        ("caf_iris", "data/iris.csv"),
        ("services", "data/fiche.csv"),
        ("activite", "data/demo/rpe/activite.csv"),
        ("questionnaire", "data/demo/questionnaires/enquete_parents_2023.xlsx"),
        ("questionnaire", "data/demo/questionnaires/enquete_assistants_maternels_2023.xlsx"),
    ];
    let mut pipeline = std::fs::read_to_string(copie.pipeline()).unwrap();
    for (rang, (genre, fichier)) in sources.iter().enumerate() {
        pipeline.push_str(&format!(
            "\n[[sources]]\nid = \"essai-{rang}\"\ntype = \"{genre}\"\nfichier = \"../{fichier}\"\ndate = 2023-12-31\n"
        ));
    }
    std::fs::write(copie.pipeline(), pipeline).unwrap();
    let compte_rendu = copie.lancer().unwrap();
    for rang in 0..sources.len() {
        let bilan = compte_rendu.bilans.0.iter().find(|b| b.source == format!("essai-{rang}")).unwrap();
        assert!(bilan.est_juste() && bilan.lues > 0 && bilan.rejetees == 0, "{bilan:#?}");
    }
    let bilan_de = |id: &str| compte_rendu.bilans.0.iter().find(|b| b.source == id).unwrap();
    assert_eq!(motifs(bilan_de("essai-1")), [Motif::SourcesContradictoires]);
    let attendus = [Motif::QuestionnaireNonDeclare, Motif::ColonnePersonnelle];
    assert_eq!(motifs(bilan_de("essai-6")), attendus);
}

#[test]
fn les_feuilles_d_une_activite_se_lisent_une_par_une() {
    let copie = crate::commun::Copie::new();
    let chemin = copie.chemin("data/demo/deux_feuilles.xlsx");
    let mut classeur = rust_xlsxwriter::Workbook::new();
    for nom in ["2016", "2017"] {
        let feuille = classeur.add_worksheet().set_name(nom).unwrap();
        for (ligne, cellules) in [["annee", "mesure", "valeur"], [nom, "visites", "12"]].iter().enumerate() {
            for (colonne, cellule) in cellules.iter().enumerate() {
                feuille
                    .write(u32::try_from(ligne).unwrap(), u16::try_from(colonne).unwrap(), *cellule)
                    .unwrap();
            }
        }
    }
    classeur.save(&chemin).unwrap();
    let mut pipeline = std::fs::read_to_string(copie.pipeline()).unwrap();
    pipeline.push_str(
        "\n[[sources]]\nid = \"deux\"\ntype = \"activite\"\nfichier = \"../data/demo/deux_feuilles.xlsx\"\n",
    );
    std::fs::write(copie.pipeline(), pipeline).unwrap();
    let bilans = |copie: &crate::commun::Copie| {
        let bilans = copie.lancer().unwrap().bilans.0;
        bilans.into_iter().filter(|b| b.source.starts_with("deux")).collect::<Vec<_>>()
    };
    // Each row says of which year it is: the other year is not known, and that is told.
    let premiere = bilans(&copie);
    assert_eq!((premiere[0].lues, motifs(&premiere[0])), (1, vec![Motif::FeuilleNonLue]));
    let fichier = "fichier = \"../data/demo/deux_feuilles.xlsx\"";
    copie.corriger_pipeline(fichier, &format!("{fichier}\nfeuilles = [\"2016\", \"2017\"]"));
    let lues: Vec<(String, u32)> = bilans(&copie).into_iter().map(|b| (b.source, b.lues)).collect();
    assert_eq!(lues, [("deux (2016)".to_owned(), 1), ("deux (2017)".to_owned(), 1)]);
}
