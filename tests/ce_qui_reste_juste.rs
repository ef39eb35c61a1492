//! A year later, or with a file less: what was known of a year stays what it was, and what is not known is not zero.

use crate::commun::essai::Essai;
use crate::commun::{Muet, options};
use observatoire::indicators::Niveau;
use observatoire::pipeline::{CompteRendu, lancer};
use observatoire::quality::Motif;
use std::fmt::Write as _;
use std::path::Path;

const COMMUNES: [(&str, &str); 3] = [("96001", "Bourg"), ("96002", "Hameau"), ("96003", "Village")];

/// A list of so many people of each commune; those of one commune are the same from list to list.
fn liste(communes: &[(&str, u32)]) -> String {
    let mut texte = "Nom;Prénom;Date de naissance;Commune;Places\n".to_owned();
    for (nom, nombre) in communes {
        for n in 0..*nombre {
            writeln!(texte, "{nom}{n};Anne;0{}/03/197{n};{nom};4", n + 1).unwrap();
        }
    }
    texte
}

fn le(annee: i32) -> String {
    format!("date = {annee}-12-31")
}

/// The figure of a commune: its value and status.
fn figure(rapport: &CompteRendu, code: &str, id: &str, modalite: &str, annee: i32) -> (Option<f64>, String) {
    let niveau = if code == "essai" { Niveau::Territoire } else { Niveau::Commune };
    let figure = rapport.table.figure(niveau, code, id, modalite, annee).unwrap();
    (figure.valeur, figure.statut.mot().to_owned())
}

fn agrees(rapport: &CompteRendu, annee: i32) -> Vec<Option<f64>> {
    COMMUNES.iter().map(|(code, _)| figure(rapport, code, "am_agrees", "", annee).0).collect()
}

fn dit(rapport: &CompteRendu, motif: Motif) -> Vec<String> {
    let bilans = rapport.bilans.0.iter();
    bilans.flat_map(|b| &b.problemes).filter(|p| p.motif == motif).map(|p| p.detail.clone()).collect()
}

/// The year of the report, 2024, and the one before; its people are on two lists, of two parts of the territory.
fn deux_listes(date: &'static str, ici: &str, la: &str) -> Essai {
    Essai::new(date, &COMMUNES)
        .avec_cles("avant", "pmi", &le(2023), liste(&[("Bourg", 3), ("Hameau", 2), ("Village", 1)]))
        .avec_cles("ici", "pmi", &le(2024), ici)
        .avec_cles("la", "pmi", &le(2024), la)
}

#[test]
fn une_liste_perdue_sur_deux_ne_vide_pas_ses_communes() {
    let (ici, la) = (liste(&[("Bourg", 3), ("Hameau", 2)]), liste(&[("Village", 1)]));
    let dossier = tempfile::tempdir().unwrap();
    let entier = deux_listes("2024-12-31", &ici, &la).lancer_dans(dossier.path(), "indicateurs");
    assert_eq!(agrees(&entier, 2024), [Some(3.0), Some(2.0), Some(1.0)]);
    assert_eq!(figure(&entier, "essai", "am_departs", "", 2024).0, Some(0.0));

    let perdu = deux_listes("2024-12-31", &ici, "");
    let perdu = perdu.lancer_dans(dossier.path(), "indicateurs");
    assert_eq!(agrees(&perdu, 2024), [Some(3.0), Some(2.0), None]);
    assert_eq!(figure(&perdu, "essai", "am_departs", "", 2024).0, None, "personne n’est parti de Village");
    assert_eq!(dit(&perdu, Motif::RecueilIncomplet).len(), 1);

    // What was kept of the whole list is not replaced by the half: the next year finds it.
    let apres = deux_listes("2025-12-31", &ici, "");
    let apres = apres.avec_cles("pmi-2025", "pmi", &le(2025), liste(&[("Bourg", 3), ("Village", 1)]));
    let apres = apres.lancer_dans(dossier.path(), "indicateurs");
    assert_eq!(agrees(&apres, 2024), [Some(3.0), Some(2.0), Some(1.0)]);
    assert_eq!(figure(&apres, "essai", "am_departs", "", 2025).0, Some(2.0));
}

#[test]
fn un_recensement_perdu_sur_deux_ne_ferme_pas_ses_creches() {
    let recensement = |nom: &str, commune: &str| {
        format!("Nom;Type;Commune;Places;Ouverture\n{nom};Crèche;{commune};20;01/01/2015\n")
    };
    let essai = |autre: String| {
        Essai::new("2024-12-31", &COMMUNES)
            .avec("ici", "structures", recensement("Les Loupiots", "Bourg"))
            .avec("la", "structures", autre)
    };
    let entier = essai(recensement("Les Lutins", "Hameau")).lancer();
    let places = |rapport: &CompteRendu| -> Vec<Option<f64>> {
        COMMUNES.iter().map(|(code, _)| figure(rapport, code, "eaje_places", "", 2024).0).collect()
    };
    assert_eq!(places(&entier), [Some(20.0), Some(20.0), Some(0.0)]);
    assert_eq!(places(&essai(String::new()).lancer()), [Some(20.0), None, None]);
}

/// The run of a year, with the files of that year alone.
fn annee(
    dossier: &Path,
    date: &'static str,
    communes: &[(&'static str, &'static str)],
    sources: &[(&'static str, &'static str, String)],
) -> CompteRendu {
    let sources = sources.iter();
    let essai = sources
        .fold(Essai::new(date, communes), |essai, (id, genre, texte)| essai.avec(id, genre, texte.clone()));
    essai.lancer_dans(dossier, "indicateurs")
}

#[test]
fn une_commune_qui_rejoint_le_territoire_n_etait_pas_vide_avant() {
    let dossier = tempfile::tempdir().unwrap();
    let gens = liste(&[("Bourg", 3), ("Hameau", 2), ("Village", 1)]);
    annee(dossier.path(), "2023-12-31", &COMMUNES[..2], &[("pmi", "pmi", gens.clone())]);
    let apres = annee(dossier.path(), "2024-12-31", &COMMUNES, &[("pmi-2024", "pmi", format!("{gens}\n"))]);
    assert_eq!(agrees(&apres, 2023), [Some(3.0), Some(2.0), None]);
    assert_eq!(agrees(&apres, 2024), [Some(3.0), Some(2.0), Some(1.0)]);
    assert_eq!(figure(&apres, "96003", "am_arrivees", "", 2024).0, None, "elle n’est pas arrivée");
    assert_eq!(figure(&apres, "essai", "am_arrivees", "", 2024).0, Some(0.0));
}

#[test]
fn des_communes_qui_fusionnent_gardent_leurs_annees() {
    const COG: &str = "TYPECOM;COM;REG;DEP;CTCD;ARR;TNCC;NCC;NCCENR;LIBELLE;CAN;COMPARENT\n";
    const MOUVEMENTS: &str = "MOD;DATE_EFF;TYPECOM_AV;COM_AV;TNCC_AV;NCC_AV;NCCENR_AV;LIBELLE_AV;TYPECOM_AP;COM_AP;TNCC_AP;NCC_AP;NCCENR_AP;LIBELLE_AP\n";
    let commune = |code: &str, nom: &str| {
        format!("COM;{code};52;96;96D;961;0;{};{nom};{nom};9601;\n", nom.to_uppercase())
    };
    let mouvement = |de: (&str, &str), vers: (&str, &str)| {
        let [avant, apres] =
            [de, vers].map(|(code, nom)| format!("COM;{code};0;{};{nom};{nom}", nom.to_uppercase()));
        format!("32;2024-01-01;{avant};{apres}\n")
    };
    let cog = |communes: &[(&str, &str)], mouvements: &str, date: &str| {
        let communes: String = communes.iter().map(|(code, nom)| commune(code, nom)).collect();
        [
            ("cog", "cog_communes", format!("{COG}{communes}"), date.to_owned()),
            ("mouvements", "cog_mouvements", format!("{MOUVEMENTS}{mouvements}"), date.to_owned()),
        ]
    };
    let lancer_avec = |dossier: &Path,
                       date,
                       communes: &[(&'static str, &'static str)],
                       gens: String,
                       cog: &[(&'static str, &'static str, String, String)]| {
        let essai = cog.iter().fold(Essai::new(date, communes), |essai, (id, genre, texte, cles)| {
            essai.avec_cles(id, genre, cles, texte.clone())
        });
        let naissances =
            "Code commune;Commune;2022;2023\n96001;Bourg;10;11\n96002;Hameau;5;6\n96003;Village;7;8\n";
        let essai = essai.avec("pmi", "pmi", gens);
        let essai =
            if date.starts_with("2023") { essai.avec("naissances", "naissances", naissances) } else { essai };
        essai.lancer_dans(dossier, "indicateurs")
    };
    let dossier = tempfile::tempdir().unwrap();
    let avant = liste(&[("Bourg", 3), ("Hameau", 2), ("Village", 1)]);
    lancer_avec(dossier.path(), "2023-12-31", &COMMUNES, avant, &cog(&COMMUNES, "", "date = 2023-06-01"));

    // Bourg and Hameau are one commune, under the code of Bourg.
    let fusion = mouvement(("96001", "Bourg"), ("96001", "Bourg-Hameau"))
        + &mouvement(("96002", "Hameau"), ("96001", "Bourg-Hameau"));
    let communes = [("96001", "Bourg-Hameau"), ("96003", "Village")];
    let gens = liste(&[("Bourg", 3), ("Hameau", 2), ("Village", 1)]);
    let gens = gens.replace(";Bourg;", ";Bourg-Hameau;").replace(";Hameau;", ";Bourg-Hameau;");
    let apres = lancer_avec(
        dossier.path(),
        "2024-12-31",
        &communes,
        gens,
        &cog(&communes, &fusion, "date = 2024-06-01"),
    );
    for annee in [2023, 2024] {
        assert_eq!(figure(&apres, "96001", "am_agrees", "", annee).0, Some(5.0), "{annee}");
    }
    assert_eq!(figure(&apres, "essai", "am_arrivees", "", 2024).0, Some(0.0));
    assert_eq!(figure(&apres, "essai", "am_departs", "", 2024).0, Some(0.0));
    assert_eq!(figure(&apres, "96001", "naissances", "", 2023).0, Some(17.0));
    assert_eq!(figure(&apres, "96003", "naissances", "", 2022).0, Some(7.0));

    // Bourg takes in a commune of elsewhere, under its own code: what it was then is a part of what it is.
    let dossier = tempfile::tempdir().unwrap();
    let tous = [COMMUNES.as_slice(), &[("96009", "Ailleurs")]].concat();
    let gens = || liste(&[("Bourg", 3), ("Hameau", 2), ("Village", 1)]);
    lancer_avec(dossier.path(), "2023-12-31", &COMMUNES, gens(), &cog(&tous, "", "date = 2023-06-01"));
    let fusion = mouvement(("96001", "Bourg"), ("96001", "Bourg"))
        + &mouvement(("96009", "Ailleurs"), ("96001", "Bourg"));
    let gens = gens() + "\n";
    let cog = cog(&COMMUNES, &fusion, "date = 2024-06-01");
    let apres = lancer_avec(dossier.path(), "2024-12-31", &COMMUNES, gens, &cog);
    for id in ["am_agrees", "naissances"] {
        assert_eq!(figure(&apres, "96001", id, "", 2023).0, None, "{id}");
    }
    assert_eq!(figure(&apres, "96003", "naissances", "", 2023).0, Some(8.0));
    assert_eq!(figure(&apres, "96003", "am_agrees", "", 2023).0, Some(1.0));
}

#[test]
fn une_date_corrigee_ne_laisse_rien_sous_l_autre() {
    let dossier = tempfile::tempdir().unwrap();
    let gens = liste(&[("Bourg", 3)]);
    let essai =
        |annee: i32| Essai::new("2024-12-31", &COMMUNES).avec_cles("pmi", "pmi", &le(annee), gens.clone());
    essai(2022).lancer_dans(dossier.path(), "indicateurs");
    essai(2023).lancer_dans(dossier.path(), "indicateurs");
    // Not in this run, nor in the next ones.
    let autre = essai(2023).sans("pmi").avec("pmi-2024", "pmi", liste(&[("Bourg", 2)]));
    let rapport = autre.lancer_dans(dossier.path(), "indicateurs");
    assert!(
        rapport
            .table
            .figure(Niveau::Commune, "96001", "am_agrees", "", 2022)
            .is_none_or(|f| f.valeur.is_none())
    );
    assert_eq!(figure(&rapport, "96001", "am_agrees", "", 2023).0, Some(3.0));
}

#[test]
fn le_fichier_de_l_an_dernier_n_est_pas_celui_de_cette_annee() {
    let dossier = tempfile::tempdir().unwrap();
    let gens = liste(&[("Bourg", 3)]);
    annee(dossier.path(), "2023-12-31", &COMMUNES, &[("pmi", "pmi", gens.clone())]);
    let rapport = annee(dossier.path(), "2024-12-31", &COMMUNES, &[("pmi", "pmi", gens)]);
    let dits = dit(&rapport, Motif::FichierDUnAutreRapport);
    assert!(dits[0].contains("31/12/2023"), "{dits:?}");
    assert_eq!(figure(&rapport, "96001", "am_agrees", "", 2023).0, Some(3.0));
    assert_eq!(figure(&rapport, "96001", "am_agrees", "", 2024).0, None);
    assert_eq!(figure(&rapport, "essai", "am_arrivees", "", 2024).0, None);
}

#[test]
fn ce_qu_un_fichier_plus_recent_ne_sait_pas_reste_su() {
    let dossier = tempfile::tempdir().unwrap();
    let naissances =
        |corps: &str| ("naissances", "naissances", format!("Code commune;Commune;2022;2023\n{corps}"));
    annee(dossier.path(), "2023-12-31", &COMMUNES, &[naissances("96001;Bourg;10;11\n96002;Hameau;20;21\n")]);
    for passage in 0..2 {
        let rapport = annee(
            dossier.path(),
            "2024-12-31",
            &COMMUNES,
            &[naissances("96001;Bourg;nd;12\n96003;Village;1;2\n")],
        );
        let dit = |code, annee| figure(&rapport, code, "naissances", "", annee).0;
        assert_eq!((dit("96001", 2022), dit("96001", 2023)), (Some(10.0), Some(12.0)), "{passage}");
        assert_eq!((dit("96002", 2022), dit("96003", 2022)), (Some(20.0), Some(1.0)), "{passage}");
    }
}

#[test]
fn l_enquete_de_l_an_dernier_survit_a_celle_de_cette_annee_sous_le_meme_nom() {
    let dossier = tempfile::tempdir().unwrap();
    let enquete = |annee: i32, avis: &str| {
        let lignes: String = (1..=12).map(|n| format!("{n:02}/02/{annee};{avis}\n")).collect();
        ("enquete", "questionnaire", format!("Horodateur;Votre avis\n{lignes}"))
    };
    annee(dossier.path(), "2023-12-31", &COMMUNES, &[enquete(2023, "Bien")]);
    for passage in 0..3 {
        let rapport = annee(dossier.path(), "2024-12-31", &COMMUNES, &[enquete(2024, "Moyen")]);
        let repondants = |annee: i32| {
            let trame = rapport.table.trame().unwrap();
            let ids = trame.column("indicateur").unwrap().str().unwrap().clone();
            let annees = trame.column("annee").unwrap().i32().unwrap().clone();
            let valeurs = trame.column("valeur").unwrap().f64().unwrap().clone();
            (0..trame.height()).any(|i| {
                ids.get(i).is_some_and(|id| id.starts_with("enquete"))
                    && annees.get(i) == Some(annee)
                    && valeurs.get(i).is_some()
            })
        };
        assert!(repondants(2023) && repondants(2024), "{passage}");
    }
}

#[test]
fn un_age_inconnu_n_est_dans_aucune_classe_et_aucune_n_est_vide() {
    let mut gens = "Nom;Prénom;Commune;Places;Âge\n".to_owned();
    for (nom, age) in [("A", ""), ("B", "")] {
        writeln!(gens, "{nom};Anne;Bourg;4;{age}").unwrap();
    }
    for (nom, age) in [("C", "61"), ("D", ""), ("E", "40")] {
        writeln!(gens, "{nom};Anne;Hameau;4;{age}").unwrap();
    }
    writeln!(gens, "F;Anne;Village;4;30").unwrap();
    let rapport = Essai::new("2024-12-31", &COMMUNES).avec("pmi", "pmi", gens).lancer();
    let dit = |code, id, modalite| figure(&rapport, code, id, modalite, 2024);
    let vu = |valeur: f64, statut: &str| (Some(valeur), statut.to_owned());
    assert_eq!(dit("96001", "departs_5_ans", "").0, None);
    assert_eq!(dit("96001", "pyramide_ages", "55_59").0, None);
    assert_eq!(dit("96001", "pyramide_ages", "inconnu"), vu(2.0, "observe"));
    assert_eq!(dit("96002", "departs_5_ans", ""), vu(1.0, "estime"));
    assert_eq!(dit("96002", "pyramide_ages", "25_29"), vu(0.0, "observe"), "of those who are known");
    assert_eq!(dit("96002", "pyramide_ages", "inconnu"), vu(1.0, "observe"));
    assert_eq!(dit("96003", "departs_5_ans", ""), vu(0.0, "observe"));
    assert_eq!(dit("96001", "part_55_plus", "").0, None);
}

#[test]
fn un_lancement_sans_oubli_n_est_pas_pris_pour_un_oubli() {
    let dossier = tempfile::tempdir().unwrap();
    let essai = Essai::new("2024-12-31", &COMMUNES)
        .avec_cles("pmi-2023", "pmi", &le(2023), liste(&[("Bourg", 3)]))
        .avec("pmi-2024", "pmi", liste(&[("Bourg", 2)]));
    for _ in 0..2 {
        let pipeline = essai.ecrire(dossier.path());
        let rapport = lancer(&pipeline, &options(dossier.path()), &Muet).unwrap();
        assert!(dit(&rapport, Motif::FichierDUnAutreRapport).is_empty());
        assert_eq!(figure(&rapport, "essai", "am_departs", "", 2024).0, Some(1.0));
    }
}

/// A list of several years in one file: A and B stay, C goes, D comes.
const DE_DEUX_ANNEES: &str = "Année;Nom;Prénom;Date de naissance;Commune;Places
2023;A;Anne;01/03/1970;Bourg;4
2023;B;Anne;01/03/1971;Bourg;4
2023;C;Anne;01/03/1972;Bourg;4
2024;A;Anne;01/03/1970;Bourg;4
2024;B;Anne;01/03/1971;Bourg;3
2024;D;Anne;01/03/1973;Bourg;4
";

#[test]
fn de_plusieurs_annees_dans_un_fichier_seule_celle_de_la_source_est_lue() {
    let essai = || Essai::new("2024-12-31", &COMMUNES[..1]).avec("pmi", "pmi", DE_DEUX_ANNEES);
    let rapport = essai().lancer();
    assert_eq!(figure(&rapport, "96001", "am_agrees", "", 2024).0, Some(3.0));
    assert_eq!(figure(&rapport, "96001", "am_places", "", 2024).0, Some(11.0));
    assert_eq!(dit(&rapport, Motif::LigneDUneAutreAnnee), ["3 ligne(s) de 2023 ; la source est de 2024"]);

    let rapport = essai().avec_cles("avant", "pmi", &le(2023), DE_DEUX_ANNEES).lancer();
    assert_eq!(figure(&rapport, "96001", "am_agrees", "", 2023).0, Some(3.0));
    assert_eq!(figure(&rapport, "96001", "am_arrivees", "", 2024).0, Some(1.0));
    assert_eq!(figure(&rapport, "96001", "am_departs", "", 2024).0, Some(1.0));
    assert!(dit(&rapport, Motif::FichierDeDeuxDates).is_empty());

    let rapport =
        Essai::new("2024-12-31", &COMMUNES[..1]).avec_cles("pmi", "pmi", &le(2022), DE_DEUX_ANNEES).lancer();
    assert_eq!(dit(&rapport, Motif::AnneeAbsente), ["le pipeline dit 2022, le fichier 2023, 2024"]);

    let creches = "Millésime;Type;Nom;Commune;Places\n2023;crèche;Les Loups;Bourg;20\n\
                   2023;crèche;Les Ours;Bourg;30\n2024;crèche;Les Loups;Bourg;25\n";
    let rapport = Essai::new("2024-12-31", &COMMUNES[..1]).avec("lieux", "structures", creches).lancer();
    assert_eq!(figure(&rapport, "96001", "eaje_places", "", 2024).0, Some(25.0));
}

#[test]
fn une_liste_d_une_partie_du_territoire_ne_vide_pas_le_reste() {
    let essai = |avant: &[(&str, u32)], apres: &[(&str, u32)]| {
        Essai::new("2024-12-31", &COMMUNES)
            .avec_cles("avant", "pmi", &le(2023), liste(avant))
            .avec("apres", "pmi", liste(apres))
            .lancer()
    };
    let avant = [("Bourg", 4), ("Hameau", 3), ("Village", 3)];
    let rapport = essai(&avant, &[("Bourg", 4)]);
    assert_eq!(agrees(&rapport, 2024), [Some(4.0), None, None]);
    assert_eq!(figure(&rapport, "essai", "am_departs", "", 2024).0, None);
    assert!(
        dit(&rapport, Motif::CommunesDisparues)[0]
            .contains("Hameau (3 personnes en 2023), Village (3 personnes en 2023)")
    );
    // A second list of that part says no more of the rest than the first.
    let trois = Essai::new("2024-12-31", &COMMUNES)
        .avec_cles("2022", "pmi", &le(2022), liste(&avant))
        .avec_cles("2023", "pmi", &le(2023), liste(&[("Bourg", 4)]))
        .avec("2024", "pmi", liste(&[("Bourg", 3)]))
        .lancer();
    assert_eq!(agrees(&trois, 2023), [Some(4.0), None, None]);
    assert_eq!(agrees(&trois, 2024), [Some(3.0), None, None]);
    // One commune of few people may be left by all of them.
    let rapport = essai(&avant, &[("Bourg", 4), ("Hameau", 3)]);
    assert_eq!(agrees(&rapport, 2024), [Some(4.0), Some(3.0), Some(0.0)]);
    assert!(dit(&rapport, Motif::CommunesDisparues).is_empty());
}

#[test]
fn l_annee_des_agrements_n_est_pas_celle_de_la_liste() {
    let gens = "Année;Nom;Prénom;Date de naissance;Commune;Places\n2019;A;Anne;01/03/1970;Bourg;4\n\
                2021;B;Anne;01/03/1971;Bourg;4\n2024;C;Anne;01/03/1972;Bourg;4\n";
    let rapport = Essai::new("2024-12-31", &COMMUNES[..1]).avec("pmi", "pmi", gens).lancer();
    assert_eq!(figure(&rapport, "96001", "am_agrees", "", 2024).0, Some(3.0));
    assert!(rapport.bilans.0.iter().any(|b| b.colonnes_non_employees.contains(&"Année".to_owned())));
}

#[test]
fn des_comptes_sans_date_ne_sont_pas_de_l_annee_du_rapport() {
    let perdu = |genre: &'static str, texte: &str| {
        let essai = Essai::new("2024-12-31", &COMMUNES[..1]);
        let rapport = essai.avec_cles("comptes", genre, "", texte).lancer();
        assert_eq!(figure(&rapport, "96001", "enfants_0_2", "", 2024).0, None, "{texte}");
        dit(&rapport, Motif::DateAbsente).len()
    };
    // A rank has a year, the counts beside it have none.
    assert_eq!(perdu("imaje", "Commune;Enfants 0-2;AM actifs;Rang 2023\nBourg;24;4;12\n"), 1);
    assert_eq!(perdu("imaje", "Commune;Enfants 0-2;AM actifs 2023\nBourg;24;4\n"), 1);
    assert_eq!(perdu("naissances", "Commune;Naissances;Rang 2023\nBourg;24;12\n"), 1);
    assert_eq!(perdu("imaje", "Commune;Enfants 0-2 2023;AM actifs 2023\nBourg;24;4\n"), 0);
}

#[test]
fn un_compte_de_la_caf_n_est_pas_compare_a_une_estimation() {
    let naissances =
        "Code commune;Commune;2017;2018;2019;2020;2021;2022;2023;2024\n96001;Bourg;10;10;10;10;10;10;10;10\n";
    let caf = |n: u32| format!("Commune;Enfants 0-2;AM actifs\nBourg;{n};4\n");
    let essai = Essai::new("2024-12-31", &COMMUNES[..1])
        .avec("naissances", "naissances", naissances)
        .avec_cles("caf-2021", "imaje", &le(2021), caf(24))
        .avec("caf-2024", "imaje", caf(26));
    let rapport = essai.lancer();
    let dit = |modalite: &str| figure(&rapport, "96001", "evolution_enfants", modalite, 2024).0;
    assert_eq!(figure(&rapport, "96001", "enfants_0_2", "", 2023), (Some(30.0), "estime".to_owned()));
    assert_eq!(dit("enfants_0_2:n-1"), None, "30 d’après les naissances, 26 d’après la Caf");
    assert_eq!(dit("enfants_0_2:n-3"), Some(2.0));
}

#[test]
fn une_colonne_de_la_caf_sans_aucun_nombre_laisse_place_aux_naissances() {
    let naissances = "Code commune;Commune;2022;2023;2024\n96001;Bourg;10;11;12\n96002;Hameau;5;5;5\n";
    let essai = |caf: &str| {
        Essai::new("2024-12-31", &COMMUNES[..2])
            .avec("naissances", "naissances", naissances)
            .avec("caf", "imaje", format!("Commune;Enfants 0-2;AM actifs\n{caf}"))
            .lancer()
    };
    let vide = essai("Bourg;nd;4\nHameau;nd;3\n");
    assert_eq!(figure(&vide, "96001", "enfants_0_2", "", 2024), (Some(33.0), "estime".to_owned()));
    let tu = essai("Bourg;30;4\nHameau;<5;3\n");
    assert_eq!(figure(&tu, "96002", "enfants_0_2", "", 2024).0, None, "la Caf le tait");
    let autre = essai("Bourg;30;4\nHameau;nd;3\n");
    assert_eq!(figure(&autre, "96001", "enfants_0_2", "", 2024), (Some(30.0), "observe".to_owned()));
}

#[test]
fn un_financement_que_rien_ne_dit_n_est_pas_un_autre() {
    let recensement = "Nom;Type;Commune;Places;Financement\nA;Crèche;Bourg;20;PSU\nB;Crèche;Bourg;10;\nC;Crèche;Hameau;12;PSU\n";
    let rapport = Essai::new("2024-12-31", &COMMUNES).avec("recensement", "structures", recensement).lancer();
    let dit = |code, modalite| figure(&rapport, code, "eaje_places", modalite, 2024).0;
    assert_eq!((dit("96001", ""), dit("96001", "financement:psu")), (Some(30.0), Some(20.0)));
    assert_eq!(figure(&rapport, "96001", "eaje_places", "financement:psu", 2024).1, "estime");
    let tous = recensement.replace("PSU", "");
    let aucun = Essai::new("2024-12-31", &COMMUNES).avec("recensement", "structures", tous).lancer();
    assert_eq!(figure(&aucun, "96001", "eaje_places", "financement:psu", 2024).0, None);
    assert_eq!(figure(&aucun, "essai", "part_psu", "", 2024).0, None);
    assert_eq!((dit("96002", "financement:psu"), dit("96002", "financement:paje")), (Some(12.0), Some(0.0)));
    assert_eq!(figure(&rapport, "96001", "part_psu", "", 2024).0, None);
    assert_eq!(figure(&rapport, "96002", "part_psu", "", 2024).0, Some(100.0));
}

#[test]
fn la_ou_personne_n_a_repondu_rien_n_est_libre_ni_accepte() {
    let liste = "Nom;Prénom;Date de naissance;Commune;Places;Places disponibles\nA;Anne;01/03/1970;Bourg;4;2\nB;Anne;01/04/1970;Hameau;4;\n";
    let rapport = Essai::new("2024-12-31", &COMMUNES).avec("pmi", "pmi", liste).lancer();
    let dit = |code| figure(&rapport, code, "places_libres", "", 2024).0;
    assert_eq!((dit("96001"), dit("96002"), dit("96003")), (Some(2.0), None, Some(0.0)));
}

#[test]
fn deux_listes_a_deux_ans_l_une_de_l_autre_ne_disent_pas_une_annee() {
    let essai = |avant: &str| {
        Essai::new("2024-12-31", &COMMUNES)
            .avec_cles("avant", "pmi", avant, liste(&[("Bourg", 9)]))
            .avec("pmi", "pmi", liste(&[("Bourg", 5)]))
            .lancer()
    };
    let (un_an, deux_ans) = (essai("date = 2023-12-31"), essai("date = 2023-01-15"));
    let departs = |rapport: &CompteRendu| figure(rapport, "essai", "am_departs", "", 2024);
    assert_eq!(departs(&un_an), (Some(4.0), "observe".to_owned()));
    assert_eq!(departs(&deux_ans), (Some(4.0), "estime".to_owned()));
    // As many departures in twice the time: half as many a year.
    let dans_un_an =
        |rapport: &CompteRendu| figure(rapport, "essai", "projection_am", "sans_renouvellement", 2026).0;
    assert!(
        dans_un_an(&deux_ans) > dans_un_an(&un_an),
        "{:?} {:?}",
        dans_un_an(&deux_ans),
        dans_un_an(&un_an)
    );
}
