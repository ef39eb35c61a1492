//! `observatoire init`: a folder gives a pipeline that runs, says what it is unsure of, and reads back
//! whatever the files are called.

use crate::commun::essai::Essai;
use crate::commun::{Copie, chiffres, demo, donnees_reelles};
use chrono::NaiveDate;
use observatoire::indicators::{Niveau, TableIndicateurs};
use observatoire::pipeline::{Declaration, Ebauche, ErreurEbauche, ebaucher};
use observatoire::sources::Genre;
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const EPCI: &str = "249600013";

fn jour(texte: &str) -> NaiveDate {
    texte.parse().unwrap()
}

/// With the folder of the data that is beside that of the pipeline.
fn completer(
    dossier: &Path,
    epci: Option<&str>,
    sortie: &Path,
    aujourd_hui: &str,
) -> Result<Ebauche, ErreurEbauche> {
    let donnees = sortie.parent().unwrap().join("../data");
    ebaucher(dossier, epci, sortie, &donnees, jour(aujourd_hui))
}

fn init(dossier: &Path, sortie: &Path) -> Result<Ebauche, ErreurEbauche> {
    completer(dossier, Some(EPCI), sortie, "2026-03-01")
}

#[test]
fn la_demonstration_donne_un_pipeline_qui_calcule_les_memes_chiffres() {
    let copie = Copie::new();
    fs::remove_file(copie.pipeline()).unwrap();
    let ebauche = init(&copie.chemin("data/demo"), &copie.pipeline()).unwrap();
    let texte = fs::read_to_string(copie.pipeline()).unwrap();
    assert_eq!((ebauche.sources, ebauche.a_verifier), (20, 1), "{texte}");
    let compte_rendu = copie.lancer().unwrap();
    // Which declared questionnaire a file answers is for the person to say.
    let sans_enquete = |table: &TableIndicateurs| {
        let mut chiffres = chiffres(table);
        chiffres.retain(|cle, _| !cle.1.starts_with("enquete"));
        chiffres
    };
    let (obtenus, attendus) = (sans_enquete(&compte_rendu.table), sans_enquete(&demo().compte_rendu.table));
    let differents: Vec<_> =
        attendus.iter().filter(|(cle, chiffre)| obtenus.get(cle) != Some(chiffre)).collect();
    assert!(differents.is_empty(), "{differents:?}");
    assert_eq!(compte_rendu.annee, 2024);
}

#[test]
fn un_pipeline_qui_existe_n_est_jamais_remplace() {
    let copie = Copie::new();
    let avant = fs::read_to_string(copie.pipeline()).unwrap();
    // All is declared, but what the draft of a first pipeline leaves out.
    let ebauche = init(&copie.chemin("data/demo"), &copie.pipeline()).unwrap();
    let apres = fs::read_to_string(copie.pipeline()).unwrap();
    assert!(apres.starts_with(&avant), "{apres}");
    assert_eq!((ebauche.sources, ebauche.a_dater), (0, None), "{apres}");
    // Nothing is said twice.
    let encore = init(&copie.chemin("data/demo"), &copie.pipeline()).unwrap();
    assert_eq!((encore.sources, encore.laisses), (0, 0));
    assert_eq!(fs::read_to_string(copie.pipeline()).unwrap(), apres);
    let autre = completer(&copie.chemin("data/demo"), Some("200072882"), &copie.pipeline(), "2026-03-01");
    let erreur = autre.unwrap_err().to_string();
    assert!(erreur.contains("autre territoire") && erreur.contains("--sortie"), "{erreur}");
    assert_eq!(fs::read_to_string(copie.pipeline()).unwrap(), apres);
}

/// Next year: the files of the year are put into the folder, and the same command adds them.
#[test]
fn les_fichiers_de_l_annee_sont_ajoutes_au_pipeline() {
    let copie = Copie::new();
    let texte = fs::read_to_string(copie.pipeline()).unwrap();
    let mut blocs: Vec<&str> = texte.split("[[sources]]").collect();
    blocs.retain(|bloc| !bloc.contains("id = \"pmi-2024\"") && !bloc.contains("id = \"imaje-2024\""));
    let l_an_dernier = blocs.join("[[sources]]").replacen("date = 2024-12-31", "date = 2023-12-31", 1);
    fs::write(copie.pipeline(), &l_an_dernier).unwrap();
    let sans_epci = completer(&copie.chemin("data/demo"), None, &copie.pipeline(), "2025-03-01").unwrap();
    assert_eq!((sans_epci.sources, sans_epci.existant), (2, Some(jour("2023-12-31"))));
    assert_eq!(sans_epci.a_dater, Some(jour("2024-12-31")));
    let complete = fs::read_to_string(copie.pipeline()).unwrap();
    assert!(complete.starts_with(&l_an_dernier), "{complete}");
    assert!(complete.contains("Ajouté par « observatoire init » le 01/03/2025"), "{complete}");
    let declaration = Declaration::lire(&copie.pipeline()).unwrap();
    assert!(["pmi-2024", "imaje-2024"].iter().all(|id| declaration.sources.iter().any(|s| s.id == *id)));
    copie.corriger_pipeline("[observation]\ndate = 2023-12-31", "[observation]\ndate = 2024-12-31");
    let (obtenus, attendus) = (copie.lancer().unwrap(), demo());
    assert_eq!(chiffres(&obtenus.table), chiffres(&attendus.compte_rendu.table));
}

/// What a pipeline reads once is not declared twice, and a list of the same year is to be looked at.
#[test]
fn un_fichier_de_plus_du_meme_type_se_dit() {
    let copie = Copie::new();
    fs::write(copie.chemin("data/demo/contours_2025.geojson"), {
        let contours = fs::read_to_string(copie.chemin("data/demo/territoire/contours.geojson")).unwrap();
        format!("{contours}\n")
    })
    .unwrap();
    fs::write(copie.chemin("data/demo/liste_2024-12-31.csv"), format!("{ENTETES}{PERSONNES}")).unwrap();
    let ebauche = init(&copie.chemin("data/demo"), &copie.pipeline()).unwrap();
    let texte = fs::read_to_string(copie.pipeline()).unwrap();
    assert_eq!((ebauche.sources, ebauche.a_dater), (1, None), "{texte}");
    assert!(texte.contains("« pmi-2024 » est aussi de cette année"), "{texte}");
    let contours = texte.lines().find(|l| l.contains("contours_2025.geojson")).unwrap();
    assert!(contours.starts_with("# ") && contours.contains("lit déjà « contours »"), "{contours}");
}

/// What was taken out, or set aside with « # », does not come back; what was moved is told; a sheet of the year is added.
#[test]
fn init_ne_remet_pas_ce_qui_a_ete_retire() {
    let copie = Copie::new();
    copie.lancer().unwrap();
    let texte = fs::read_to_string(copie.pipeline()).unwrap();
    let bloc = |id: &str| {
        let debut = texte.find(&format!("[[sources]]\nid = \"{id}\"")).unwrap();
        let longueur = texte[debut..].find("\n\n").unwrap();
        texte[debut..debut + longueur].to_owned()
    };
    let (retire, garde) = (bloc("imaje-2020"), bloc("pmi-2019"));
    let en_commentaire: Vec<String> = garde.lines().map(|ligne| format!("# {ligne}")).collect();
    let modifie = texte.replace(&retire, "").replace(&garde, &en_commentaire.join("\n"));
    fs::write(copie.pipeline(), modifie).unwrap();
    fs::rename(copie.chemin("data/demo/caf/imaje_2021.csv"), copie.chemin("data/demo/imaje_2021.csv"))
        .unwrap();
    let avant = fs::read_to_string(copie.pipeline()).unwrap();
    let ebauche = completer(&copie.chemin("data/demo"), None, &copie.pipeline(), "2025-03-01").unwrap();
    let apres = fs::read_to_string(copie.pipeline()).unwrap();
    assert!(apres.starts_with(&avant));
    let ajout = &apres[avant.len()..];
    assert!(!ajout.contains("[[sources]]"), "{ajout}");
    assert!(ajout.contains("imaje_2021.csv : c’est sans doute le fichier de « imaje-2021 »"), "{ajout}");
    assert_eq!((ebauche.sources, ebauche.deja_lus), (0, 1), "celui qui est retiré : {ajout}");
}

#[test]
fn un_fichier_deplace_se_dit() {
    let copie = Copie::new();
    fs::rename(copie.chemin("data/demo/caf/imaje_2021.csv"), copie.chemin("data/demo/imaje_2021.csv"))
        .unwrap();
    let avant = fs::read_to_string(copie.pipeline()).unwrap();
    completer(&copie.chemin("data/demo"), None, &copie.pipeline(), "2025-03-01").unwrap();
    let apres = fs::read_to_string(copie.pipeline()).unwrap();
    let ajout = &apres[avant.len()..];
    assert!(ajout.contains("imaje_2021.csv : c’est sans doute le fichier de « imaje-2021 »"), "{ajout}");
}

/// Next year's file in the place of last year's: `init` tells it, and what was kept of last year stays.
#[test]
fn un_fichier_mis_a_la_place_du_precedent_ne_fait_pas_perdre_l_annee() {
    let dossier = tempfile::tempdir().unwrap();
    let liste = |annee: i32, noms: &[&str]| {
        let lignes: String = noms.iter().map(|nom| format!("{nom};Anne;02/05/1975;Bourg;3\n")).collect();
        format!("Liste au 31/12/{annee}\nNom;Prénom;Date de naissance;Commune;Capacité\n{lignes}")
    };
    let essai = |annee: &'static str, noms: &[&str], cles: &str| {
        let texte = liste(annee[..4].parse().unwrap(), noms);
        Essai::new(annee, &[("96001", "Bourg")]).avec_cles("pmi", "pmi", cles, texte)
    };
    essai("2023-12-31", &["UN", "DEUX", "TROIS"], "date = 2023-12-31")
        .lancer_dans(dossier.path(), "indicateurs");
    // The file and the day of the report are changed, and not the day of the source.
    let suivante = essai("2024-12-31", &["UN", "DEUX"], "date = 2023-12-31");
    let pipeline = suivante.ecrire(dossier.path());
    let avis = completer(&dossier.path().join("pipelines"), None, &pipeline, "2025-03-01").unwrap().avis;
    assert!(avis.len() == 1 && avis[0].contains("« date = 2024-12-31 »"), "{avis:?}");
    suivante.lancer_dans(dossier.path(), "indicateurs");
    let lu =
        essai("2024-12-31", &["UN", "DEUX"], "date = 2024-12-31").lancer_dans(dossier.path(), "indicateurs");
    let combien =
        |id: &str, annee: i32| lu.table.figure(Niveau::Territoire, "essai", id, "", annee).unwrap().valeur;
    assert_eq!([2023, 2024].map(|annee| combien("am_agrees", annee)), [Some(3.0), Some(2.0)]);
}

/// A file of several years, declared once for each, has taken no other's place.
#[test]
fn un_fichier_de_plusieurs_annees_declare_pour_chacune_n_a_pris_la_place_d_aucun() {
    let dossier = tempfile::tempdir().unwrap();
    let ecrire = |annees: &[i32]| {
        let lignes: String =
            annees.iter().map(|annee| format!("{annee};UN;Anne;02/05/1975;Oux;3\n")).collect();
        let entete = "Année;Nom;Prénom;Date de naissance;Commune;Capacité\n";
        fs::write(dossier.path().join("am.csv"), format!("{entete}{lignes}")).unwrap();
    };
    let source = |annee: i32| {
        format!(
            "[[sources]]\nid = \"am-{annee}\"\ntype = \"pmi\"\nfichier = \"am.csv\"\ndate = {annee}-12-31\n"
        )
    };
    let tete = format!("[territoire]\nepci = \"{EPCI}\"\n[observation]\ndate = 2023-12-31\n");
    let sortie = dossier.path().join("p.toml");
    fs::write(&sortie, format!("{tete}{}{}", source(2022), source(2023))).unwrap();
    let avis = || completer(dossier.path(), None, &sortie, "2025-03-01").unwrap().avis;
    ecrire(&[2022, 2023]);
    assert!(avis().is_empty(), "{:?}", avis());
    ecrire(&[2022, 2023, 2024]);
    assert!(avis()[0].contains("Répétez cette source") && avis()[0].contains("am-2023"), "{:?}", avis());
}

#[test]
fn une_feuille_de_l_annee_dans_le_meme_classeur_est_ajoutee() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("PMI.xlsx");
    let ecrire = |annees: &[i32]| {
        let mut classeur = rust_xlsxwriter::Workbook::new();
        for annee in annees {
            let feuille = classeur.add_worksheet();
            feuille.set_name(annee.to_string()).unwrap();
            for (ligne, texte) in [ENTETES, PERSONNES].concat().lines().enumerate() {
                for (colonne, cellule) in texte.split(';').enumerate() {
                    feuille
                        .write(u32::try_from(ligne).unwrap(), u16::try_from(colonne).unwrap(), cellule)
                        .unwrap();
                }
            }
        }
        classeur.save(&chemin).unwrap();
    };
    ecrire(&[2022, 2023]);
    let sortie = dossier.path().join("p.toml");
    assert_eq!(completer(dossier.path(), Some(EPCI), &sortie, "2024-03-01").unwrap().sources, 2);
    ecrire(&[2022, 2023, 2024]);
    let ebauche = completer(dossier.path(), None, &sortie, "2025-03-01").unwrap();
    let texte = fs::read_to_string(&sortie).unwrap();
    assert_eq!((ebauche.sources, ebauche.a_dater), (1, Some(jour("2024-12-31"))), "{texte}");
    assert!(texte.ends_with("feuille = \"2024\"\ndate = 2024-12-31\n"), "{texte}");
}

#[test]
fn ou_rien_ne_peut_etre_ajoute_le_pipeline_reste_tel_quel() {
    let dossier = tempfile::tempdir().unwrap();
    fs::write(dossier.path().join("liste_2024-12-31.csv"), format!("{ENTETES}{PERSONNES}")).unwrap();
    let sortie = dossier.path().join("p.toml");
    let erreur = completer(dossier.path(), None, &sortie, "2026-03-01").unwrap_err().to_string();
    assert!(erreur.contains("--epci") && !sortie.exists(), "{erreur}");
    let tete = "[territoire]\nepci = \"Forêt\"\n[observation]\ndate = 2024-12-31\n";
    let (latin, ..) = encoding_rs::WINDOWS_1252.encode(tete);
    for (octets, cause) in [
        (latin.to_vec(), "UTF-8"),
        (format!("sources = []\n{tete}").into_bytes(), "en une liste"),
        (b"[territoire".to_vec(), "ligne 1"),
    ] {
        fs::write(&sortie, &octets).unwrap();
        let erreur = completer(dossier.path(), None, &sortie, "2026-03-01").unwrap_err().to_string();
        assert!(erreur.contains(cause), "{erreur}");
        assert_eq!(fs::read(&sortie).unwrap(), octets);
    }
}

#[test]
fn un_dossier_absent_est_une_erreur_qui_aide() {
    let dossier = tempfile::tempdir().unwrap();
    let sortie = dossier.path().join("x.toml");
    let erreur = init(&dossier.path().join("rien"), &sortie).unwrap_err().to_string();
    assert!(erreur.contains("Vérifiez le chemin"), "{erreur}");
    assert!(!sortie.exists());
}

const ENTETES: &str = "Nom;Prénom;Date de naissance;Commune;Capacité;Date agrément;Date fin agrément\n";
const PERSONNES: &str = "DUPONT;Anne;02/05/1975;Aubrelonde;3;01/01/2022;31/12/2026\n\
                         MARTIN;Zoé;14/07/1982;Oux;4;01/06/2023;31/05/2028\n";

fn dossier(fichiers: &[(&str, String)]) -> TempDir {
    let dossier = tempfile::tempdir().unwrap();
    for (nom, texte) in fichiers {
        let chemin = dossier.path().join("annee").join(nom);
        fs::create_dir_all(chemin.parent().unwrap()).unwrap();
        fs::write(chemin, texte).unwrap();
    }
    dossier
}

#[test]
fn ce_qui_n_est_pas_sur_est_marque_avec_la_raison() {
    let liste = |titre: &str| format!("{titre}{ENTETES}{PERSONNES}");
    let dossier = dossier(&[
        ("am.csv", liste("")),
        ("contradiction_2021.csv", liste("Liste au 31/12/2022;;;;;;\n") + "DURAND;Luc;;Oux;2;;\n"),
        ("copie.csv", liste("")),
        ("2024/liste.csv", liste("Agréments 2024;;;;;;\n")),
        ("2024/liste_2024-06-30.csv", liste("Liste au 30/06/2024;;;;;;\n")),
        ("compta.csv", "Poste;Montant\nJouets;120\n".to_owned()),
        ("parents.csv", "Horodateur;Votre commune\n01/02/2024;Oux\n".to_owned()),
        ("mal_nommee.csv", liste("").replace("Capacité", "Volume")),
        ("vide.csv", String::new()),
        ("population.csv", "Code commune;Commune;2022;2023\n96001;Aubrelonde;9800;9840\n".to_owned()),
        ("serie.csv", "Code commune;Commune;2022;2023\n96001;Aubrelonde;98;99\n".to_owned()),
    ]);
    let sortie = dossier.path().join("pipelines/x.toml");
    let ebauche = init(&dossier.path().join("annee"), &sortie).unwrap();
    let declaration = Declaration::lire(&sortie).unwrap();
    assert_eq!(declaration.observation.date, jour("2024-12-31"));
    assert_eq!(ebauche.laisses, 5);
    insta::assert_snapshot!(fs::read_to_string(&sortie).unwrap());
}

/// The kind that `init` gives to one file, and its doubts; or why the file is left.
fn reconnu(nom: &str, texte: &str) -> String {
    let dossier = dossier(&[(nom, texte.to_owned())]);
    let sortie = dossier.path().join("pipelines/x.toml");
    init(&dossier.path().join("annee"), &sortie).unwrap();
    let pipeline = fs::read_to_string(&sortie).unwrap();
    let utile = |l: &&str| {
        let du_fichier = l.starts_with("# ../annee") || l.starts_with("date =") || l.starts_with("type =");
        du_fichier || l.starts_with("# À VÉRIFIER") && !l.contains("intercommunalité")
    };
    // The first date is that of the observation, the first type that of the composition to find.
    let lignes: Vec<&str> =
        pipeline.lines().filter(utile).filter(|l| *l != "type = \"composition\"").collect();
    lignes.join("\n")
}

#[test]
fn le_recensement_les_fiches_et_les_trajets_se_reconnaissent_a_leur_contenu() {
    let ages = "NIVGEO;CODGEO;LIBGEO;SEXE;AGED100;NB\nCOM;96001;Aubrelonde;1;000;51\nCOM;96001;Aubrelonde;2;000;48,5\n";
    let fam6 = "NIVGEO;CODGEO;LIBGEO;AGEFOR5;TF12;NB\nCOM;96001;Aubrelonde;00;11;210\nCOM;96001;Aubrelonde;03;21;85\n";
    let large =
        "Commune;École publique;Cantine;Accueil périscolaire\nAubrelonde;oui;oui;7h30-18h30\nOux;non;;\n";
    let long = "Commune;Rubrique;Réponse\nAubrelonde;Cantine;oui\nOux;Cantine;non\n";
    let fiche = "Commune;Aubrelonde\nÉcole;publique, 4 classes\nCantine;oui\n";
    let trajets = "Départ;Arrivée;Durée (min)\nAubrelonde;Oux;12\nOux;Aubrelonde;13\n";
    let mut texte = String::new();
    for (nom, contenu) in [
        ("TD_POP1B_2021.csv", ages),
        (
            "a.csv",
            &ages.replace("NB\n", "NB;ANNEE\n").replace("51\n", "51;2021\n").replace("48,5\n", "48,5;2021\n"),
        ),
        ("TD_FAM6v2_2021.csv", fam6),
        ("b.csv", large),
        ("c 2024.csv", long),
        ("d.csv", fiche),
        ("e.csv", trajets),
        ("f.csv", &trajets.replace("Aubrelonde", "96001").replace("Oux", "96009")),
        // What only looks like one.
        ("g.csv", "Commune;Mairie\nAubrelonde;03 86 00 00 01\nOux;03 86 00 00 02\n"),
        ("h.csv", "Origine;Destination;Durée\nAubrelonde;Nantes;45\nOux;Nantes;50\n"),
        ("i.csv", "Départ;Arrivée;Durée\n01/02/2024;03/02/2024;2\n05/02/2024;09/02/2024;4\n"),
        ("j.csv", &ages.replace(";51", ";beaucoup").replace(";48,5", ";peu")),
        ("k.csv", "Commune;Jouets achetés\nAubrelonde;12\nOux;3\n"),
        ("l.csv", "Libellé;Total\nAubrelonde;12\nOux;3\n"),
        ("m.csv", "Commune;Nombre\nAubrelonde;12\nOux;3\n"),
        // One year of the relais.
        ("n 2024.csv", "Indicateur;Nombre\nContacts des familles;904\n"),
    ] {
        texte += &format!("== {nom}\n{}\n\n", reconnu(nom, contenu));
    }
    insta::assert_snapshot!(texte);
}

#[test]
fn un_seul_compte_de_la_caf_suffit_et_se_verifie() {
    let dit = reconnu("caf 2024.csv", "Commune;Enfants de moins de 3 ans\nAubrelonde;102\nOux;12\n");
    assert!(dit.contains("type = \"imaje\"") && dit.contains("un seul compte"), "{dit}");
    // Words make no file of the Caf of any list of children.
    let dit = reconnu(
        "judo 2024.csv",
        "Commune;Enfants de moins de 3 ans inscrits au judo\nAubrelonde;102\nOux;12\n",
    );
    assert!(!dit.contains("type ="), "{dit}");
}

#[test]
fn un_autre_compte_par_annee_n_est_pas_pris_pour_des_naissances() {
    let table = |titre: &str, entetes: &str| {
        format!("{titre}Code commune;Commune;{entetes}\n96001;Aubrelonde;60;61\n96002;Oux;6;7\n")
    };
    for (nom, texte) in [
        ("deces.csv", table("", "2022;2023")),
        ("etat_civil.csv", table("Décès domiciliés par commune;;;\n", "2022;2023")),
        ("rangs.csv", table("", "Rang 2022;Rang 2023")),
    ] {
        let dit = reconnu(nom, &texte);
        assert!(!dit.contains("type ="), "{nom} : {dit}");
    }
    let dit = reconnu("departs_2024.csv", &format!("{ENTETES}{PERSONNES}"));
    assert!(!dit.contains("type ="), "{dit}");
    let dit = reconnu("etat_civil.csv", &table("Naissances et décès;;;\n", "2022;2023"));
    assert!(dit.contains("type = \"naissances\""), "{dit}");
}

#[test]
fn une_liste_de_plusieurs_annees_est_a_declarer_pour_chacune() {
    let lignes = |annee: u32| {
        let lignes = PERSONNES.lines().map(|ligne| format!("{};{annee}\n", ligne.trim()));
        lignes.collect::<String>()
    };
    let dit = reconnu("liste.csv", &format!("{};Année\n{}{}", ENTETES.trim(), lignes(2023), lignes(2024)));
    assert!(dit.contains("date = 2024-12-31") && dit.contains("plusieurs années (2023, 2024)"), "{dit}");
}

#[test]
fn les_fichiers_publics_reels_sont_reconnus() {
    let Some(donnees) = donnees_reelles() else { return };
    let dossier = tempfile::tempdir().unwrap();
    let sortie = dossier.path().join("vie-et-boulogne.toml");
    completer(&donnees, Some("200072882"), &sortie, "2026-03-01").unwrap();
    let declaration = Declaration::lire(&sortie).unwrap();
    assert_eq!(declaration.observation.date, jour("2024-12-31"), "la dernière année des naissances");
    for (genre, nom) in [
        (Genre::Composition, "epci_composition_2025.csv"),
        (Genre::CogCommunes, "communes.csv"),
        (Genre::CogMouvements, "mouvements-communes.csv"),
        (Genre::Contours, "communes-85-vendee.geojson"),
        (Genre::Naissances, "naissances_com_2008_2024.csv"),
        (Genre::Structures, "valenciennes.geojson"),
    ] {
        let fichiers: Vec<_> = declaration.sources_de(genre).filter_map(|s| s.fichier.clone()).collect();
        assert!(fichiers.len() == 1 && fichiers[0].ends_with(nom), "{genre:?} : {fichiers:?}");
        assert!(dossier.path().join(&fichiers[0]).exists(), "le chemin est relatif au pipeline");
    }
    let texte = fs::read_to_string(&sortie).unwrap();
    for laisse in ["communes-89-yonne.geojson", "data_CAF_2017_IRIS.csv", "google_forms_rse_masque.csv"] {
        assert!(texte.contains(laisse), "{laisse} est cité avec la raison");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    /// Whatever the files, the folders and the territory are called, the pipeline reads back and finds
    /// its files.
    #[test]
    fn le_pipeline_se_relit_quels_que_soient_les_noms(
        noms in prop::collection::btree_set("[^/\0]{1,24}|[\"'\\\\#\\[\\]=\n\t ]{1,8}", 1..4),
        sous_dossier in "[^/\0]{1,20}",
        epci in any::<String>(),
    ) {
        let dossier = tempfile::tempdir().unwrap();
        let annee = dossier.path().join("annee").join(&sous_dossier);
        // Some names are not possible on the disk (« .. »), or are left out (hidden files).
        prop_assume!(!sous_dossier.starts_with(['.', '~']) && fs::create_dir_all(&annee).is_ok());
        let mut ecrits = 0;
        for (i, nom) in noms.iter().filter(|n| !n.starts_with(['.', '~'])).enumerate() {
            let titre = format!("Liste au 31/12/{}\n", 2010 + i);
            if fs::write(annee.join(nom), format!("{titre}{ENTETES}{PERSONNES}")).is_ok() {
                ecrits += 1;
            }
        }
        let sortie = dossier.path().join("pipelines/x.toml");
        let ebauche = completer(&dossier.path().join("annee"), Some(&epci), &sortie, "2026-03-01").unwrap();
        prop_assert_eq!(ebauche.sources + ebauche.laisses, ecrits);
        let declaration = Declaration::lire(&sortie).unwrap();
        prop_assert_eq!(declaration.territoire.epci.as_ref(), Some(&epci));
        prop_assert_eq!(declaration.sources_de(Genre::Pmi).count(), ebauche.sources);
        for source in declaration.sources_de(Genre::Pmi) {
            let chemin = sortie.parent().unwrap().join(source.fichier.as_ref().unwrap());
            prop_assert!(chemin.exists(), "{:?}", chemin);
        }
    }
}

#[test]
fn la_commande_dit_ou_est_le_pipeline_et_quoi_faire_ensuite() {
    let copie = Copie::new();
    fs::remove_file(copie.pipeline()).unwrap();
    let observatoire = |arguments: &[&str]| {
        let sortie = Command::new(env!("CARGO_BIN_EXE_observatoire"))
            .args(arguments)
            .current_dir(copie.dossier.path())
            .output()
            .unwrap();
        (sortie.status.code(), String::from_utf8([sortie.stdout, sortie.stderr].concat()).unwrap())
    };
    let (code, ecran) = observatoire(&["init", "data/demo", "--epci", EPCI]);
    assert_eq!(code, Some(0), "{ecran}");
    assert!(ecran.contains("observatoire lancer pipelines/demo.toml"), "{ecran}");
    let texte = fs::read_to_string(copie.pipeline()).unwrap();
    assert!(texte.contains("fichier = \"../data/demo/caf/imaje_2024.csv\""), "{texte}");
    let (code, ecran) = observatoire(&["init", "data/demo", "--epci", EPCI]);
    assert_eq!(code, Some(0));
    assert!(ecran.contains("Rien à ajouter"), "{ecran}");
    assert_eq!(fs::read_to_string(copie.pipeline()).unwrap(), texte);
    // Under another name, it is still the pipeline of that folder.
    fs::rename(copie.pipeline(), copie.chemin("pipelines/mon relais.toml")).unwrap();
    let (_, ecran) = observatoire(&["init", "data/demo"]);
    assert!(ecran.contains("observatoire lancer \"pipelines/mon relais.toml\""), "{ecran}");
    assert!(!copie.pipeline().exists());
    let (_, aide) = observatoire(&["init", "--help"]);
    assert!(aide.contains("Exemple") && !aide.contains("Usage:"), "{aide}");
}

#[test]
fn des_reponses_sont_du_jour_de_la_derniere() {
    let fiche = reconnu(
        "reponses.csv",
        "Horodateur;Votre commune;Un avis ?\n01/03/2024 10:00:00;Oux;Oui\n28/03/2024 09:12:33;Oux;Non\n",
    );
    assert!(fiche.contains("date = 2024-03-28") && !fiche.contains("À VÉRIFIER : aucune date"), "{fiche}");
}

#[test]
fn une_activite_a_une_colonne_par_annee_est_reconnue_par_ses_mesures() {
    let dossier = tempfile::tempdir().unwrap();
    let depot = dossier.path().join("depot");
    fs::create_dir(&depot).unwrap();
    let sortie = dossier.path().join("depot.toml");
    fs::write(depot.join("activite.csv"), "Indicateur;2023;2024\nPorteurs de projet reçus;12;15\n").unwrap();
    fs::write(depot.join("budget.csv"), "Poste;2023;2024\nFournitures;1200;1500\n").unwrap();
    init(&depot, &sortie).unwrap();
    let texte = fs::read_to_string(&sortie).unwrap();
    assert!(texte.contains("type = \"activite\"\nfichier = \"depot/activite.csv\""), "{texte}");
    assert!(texte.contains("# depot/budget.csv : aucun type de source ne convient"), "{texte}");
}

#[test]
fn des_feuilles_qui_conviennent_toutes_sont_a_choisir() {
    let dossier = tempfile::tempdir().unwrap();
    let depot = dossier.path().join("depot");
    fs::create_dir(&depot).unwrap();
    let sortie = dossier.path().join("depot.toml");
    let mut classeur = rust_xlsxwriter::Workbook::new();
    for (nom, genre) in [("EAJE", "Multi-accueil"), ("MAM", "MAM")] {
        let feuille = classeur.add_worksheet().set_name(nom).unwrap();
        for (ligne, cellules) in (0..).zip([["Type", "Nom", "Commune"], [genre, nom, "Oux"]]) {
            for (colonne, cellule) in (0..).zip(cellules) {
                feuille.write(ligne, colonne, cellule).unwrap();
            }
        }
    }
    classeur.save(depot.join("structures 2024.xlsx")).unwrap();
    init(&depot, &sortie).unwrap();
    let texte = fs::read_to_string(&sortie).unwrap();
    assert!(texte.contains("feuilles = [\"EAJE\", \"MAM\"]"), "{texte}");
    assert!(!texte.contains("\nfeuille = "), "{texte}");
}

#[test]
fn les_naissances_d_une_annee_et_une_liste_par_titres_sont_reconnues() {
    let dit = reconnu(
        "naissances_2024.csv",
        "Naissances domiciliées 2024;\nCommune;Nombre\nAizenay;101\nBellevigny;60\nAubigny;14\n",
    );
    assert!(dit.contains("type = \"naissances\"") && dit.contains("date = 2024-12-31"), "{dit}");
    let dit = reconnu(
        "liste pmi 31-12-2024.csv",
        "AIZENAY;;;\nNom;Prénom;Date de naissance;Capacité\nMartin;Anne;01/05/1975;3\nPetit;Eva;02/05/1975;2\nBELLEVIGNY;;;\nRoux;Luce;03/05/1975;4\n",
    );
    assert!(dit.contains("type = \"pmi\"") && dit.contains("date = 2024-12-31"), "{dit}");
    // Counts of something else are not taken for births.
    let dit = reconnu("comptage.csv", "Commune;Nombre\nAizenay;101\nBellevigny;60\nAubigny;14\n");
    assert!(!dit.contains("\ntype = \"naissances\""), "{dit}");
}
