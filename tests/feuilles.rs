//! A workbook of several sheets is read whole, or not at all: the first sheet alone says that the others hold nobody.

use crate::commun::essai::Essai;
use crate::commun::{Muet, options};
use observatoire::indicators::{Niveau, Statut};
use observatoire::pipeline::{CompteRendu, lancer};
use observatoire::quality::Motif;

const ENTETE: [&str; 5] = ["Nom", "Prénom", "Date de naissance", "Commune", "Capacité"];

type Feuille<'a> = (&'a str, &'a [&'a str]);

/// Writes a sheet: its header, then its rows, numbers as numbers.
fn ecrire(classeur: &mut rust_xlsxwriter::Workbook, nom: &str, entete: &[&str], lignes: &[&str]) {
    let feuille = classeur.add_worksheet().set_name(nom).unwrap();
    for (colonne, entete) in (0..).zip(entete) {
        feuille.write(0, colonne, *entete).unwrap();
    }
    for (ligne, texte) in (1..).zip(lignes) {
        for (colonne, cellule) in (0..).zip(texte.split(';')) {
            match cellule.parse::<f64>() {
                Ok(nombre) if nombre < 1000.0 => feuille.write(ligne, colonne, nombre).unwrap(),
                _ => feuille.write(ligne, colonne, cellule).unwrap(),
            };
        }
    }
}

/// Runs on a workbook, with these keys under the source.
fn lancer_sur(classeur: &mut rust_xlsxwriter::Workbook, genre: &'static str, cles: &str) -> CompteRendu {
    let dossier = tempfile::tempdir().unwrap();
    let pipeline = Essai::new("2024-12-31", &[("85003", "Aizenay"), ("85029", "Bellevigny")])
        .avec_cles("liste", genre, &format!("date = 2024-12-31\n{cles}"), "")
        .ecrire(dossier.path());
    let ecrit = std::fs::read_to_string(&pipeline).unwrap().replace("liste.csv", "liste.xlsx");
    std::fs::write(&pipeline, ecrit).unwrap();
    classeur.save(pipeline.with_file_name("liste.xlsx")).unwrap();
    lancer(&pipeline, &options(dossier.path()), &Muet).unwrap()
}

/// Runs on a list of these sheets, with these keys under the source.
fn lire(feuilles: &[Feuille<'_>], cles: &str) -> CompteRendu {
    let mut classeur = rust_xlsxwriter::Workbook::new();
    for (nom, lignes) in feuilles {
        ecrire(&mut classeur, nom, &ENTETE, lignes);
    }
    lancer_sur(&mut classeur, "pmi", cles)
}

fn agrees(lu: &CompteRendu) -> (Option<f64>, Statut) {
    let figure = lu.table.figure(Niveau::Territoire, "essai", "am_agrees", "", 2024).unwrap();
    (figure.valeur, figure.statut)
}

fn detail(lu: &CompteRendu, motif: Motif) -> Option<String> {
    lu.bilans.problemes().find(|(_, p)| p.motif == motif).map(|(_, p)| p.detail.clone())
}

const AIZENAY: Feuille<'_> = ("Aizenay", &["UN;Anne;01/02/1980;Aizenay;3", "DEUX;Zoé;03/04/1975;Aizenay;4"]);
const BELLEVIGNY: Feuille<'_> = ("Bellevigny", &["TROIS;Léa;05/06/1985;Bellevigny;4"]);

#[test]
fn une_feuille_par_commune_ne_se_lit_pas_par_la_premiere() {
    let lu = lire(&[AIZENAY, BELLEVIGNY], "");
    assert_eq!(agrees(&lu), (None, Statut::NonDisponible));
    let detail = detail(&lu, Motif::FeuillesRivales).unwrap();
    assert!(detail.contains("feuilles = [\"Aizenay\", \"Bellevigny\"]"), "{detail}");
    // The longest is the example.
    assert!(detail.contains("feuille = \"Aizenay\""), "{detail}");
    assert!(lu.a_des_lacunes());
}

#[test]
fn les_feuilles_nommees_sont_une_seule_liste() {
    let lu = lire(&[AIZENAY, BELLEVIGNY], "feuilles = [\"Aizenay\", \"Bellevigny\"]");
    assert_eq!(agrees(&lu), (Some(3.0), Statut::Observe));
    // One person on two sheets is one person.
    let aussi: Feuille<'_> =
        ("Bellevigny", &["TROIS;Léa;05/06/1985;Bellevigny;4", "UN;Anne;01/02/1980;Aizenay;3"]);
    let lu = lire(&[AIZENAY, aussi], "feuilles = [\"Aizenay\", \"Bellevigny\"]");
    assert_eq!(agrees(&lu).0, Some(3.0));
    // A sheet that is not there is said, and the others are read.
    let lu = lire(&[AIZENAY, BELLEVIGNY], "feuilles = [\"Aizenay\", \"Belleville\"]");
    assert!(detail(&lu, Motif::FeuilleAbsente).unwrap().contains("« Belleville »"));
    assert!(lu.a_des_lacunes());
}

#[test]
fn un_mois_par_feuille_est_a_choisir() {
    let janvier: Feuille<'_> = ("janvier", AIZENAY.1);
    let decembre: Feuille<'_> =
        ("décembre", &["UN;Anne;01/02/1980;Aizenay;3", "TROIS;Léa;05/06/1985;Bellevigny;4"]);
    assert!(detail(&lire(&[janvier, decembre], ""), Motif::FeuillesRivales).is_some());
    let lu = lire(&[janvier, decembre], "feuille = \"décembre\"");
    assert_eq!(agrees(&lu), (Some(2.0), Statut::Observe));
}

#[test]
fn une_copie_un_extrait_ou_une_feuille_a_cote_ne_demande_rien() {
    let copie: Feuille<'_> = ("Feuil2", AIZENAY.1);
    assert_eq!(agrees(&lire(&[AIZENAY, copie], "")).0, Some(2.0));
    let triee: Feuille<'_> = ("Alpha", &["DEUX;Zoé;03/04/1975;Aizenay;4", "UN;Anne;01/02/1980;Aizenay;3"]);
    assert_eq!(agrees(&lire(&[AIZENAY, triee], "")).0, Some(2.0));
    let extrait: Feuille<'_> = ("MAM", &["DEUX;Zoé;03/04/1975;Aizenay;4"]);
    for feuilles in [[AIZENAY, extrait], [extrait, AIZENAY]] {
        assert_eq!(agrees(&lire(&feuilles, "")), (Some(2.0), Statut::Observe));
    }
    let essai: Feuille<'_> = ("Projets", &["CINQ;Luc;05/06/1990;Aizenay;4"]);
    for feuilles in [[AIZENAY, essai], [essai, AIZENAY]] {
        let lu = lire(&feuilles, "");
        assert_eq!(agrees(&lu), (Some(2.0), Statut::Observe));
        assert!(detail(&lu, Motif::FeuilleNonLue).unwrap().contains("« Projets »"));
    }
    // « Liste (2) » is what a spreadsheet calls the sheet that was copied to be brought up to date.
    let cinq = [
        "UN;Anne;01/02/1980;Aizenay;3",
        "DEUX;Zoé;03/04/1975;Aizenay;4",
        "SIX;Léo;03/04/1976;Aizenay;4",
        "SEPT;Lia;03/04/1977;Aizenay;4",
        "HUIT;Noé;03/04/1978;Aizenay;4",
    ];
    let lu = lire(&[("Liste", &cinq[..4]), ("Liste (2)", &cinq)], "");
    assert!(detail(&lu, Motif::FeuillesRivales).is_some());
}

#[test]
fn la_feuille_du_jour_de_la_source_est_lue() {
    let avant: &[&str] = &["TROIS;Léa;05/06/1985;Bellevigny;4"];
    for (ici, la) in [
        ("31.12.24", "31.12.23"),
        ("AM au 31 décembre 2024", "AM au 1er janvier 2024"),
        ("Liste actuelle", "Liste 2023"),
    ] {
        for feuilles in [[(ici, AIZENAY.1), (la, avant)], [(la, avant), (ici, AIZENAY.1)]] {
            assert_eq!(agrees(&lire(&feuilles, "")).0, Some(2.0), "{ici}");
        }
    }
}

#[test]
fn une_feuille_oubliee_parmi_celles_qui_sont_nommees_jette_un_doute() {
    let nommees = "feuilles = [\"Aizenay\", \"Bellevigny\"]";
    let de_bellevigny =
        |lu: &CompteRendu| lu.table.figure(Niveau::Commune, "85029", "am_agrees", "", 2024).unwrap().statut;
    let autre: Feuille<'_> = ("La Chapelle", &["CINQ;Luc;05/06/1990;Bellevigny;4"]);
    let lu = lire(&[AIZENAY, BELLEVIGNY, autre], nommees);
    let dit = detail(&lu, Motif::FeuilleOubliee).unwrap();
    assert!(dit.contains("feuilles = [\"Aizenay\", \"Bellevigny\", \"La Chapelle\"]"), "{dit}");
    assert_eq!(de_bellevigny(&lu), Statut::Estime);
    assert!(lu.a_des_lacunes());
    // Of one that says nothing more, or whose name says that it is beside, there is no doubt.
    let extrait: Feuille<'_> = ("MAM", &["TROIS;Léa;05/06/1985;Bellevigny;4"]);
    let lu = lire(&[AIZENAY, BELLEVIGNY, extrait], nommees);
    assert!(detail(&lu, Motif::FeuilleNonLue).unwrap().contains("« MAM »"));
    assert_eq!((de_bellevigny(&lu), lu.a_des_lacunes()), (Statut::Observe, false));
    let hors: Feuille<'_> = ("Hors liste", autre.1);
    let lu = lire(&[AIZENAY, BELLEVIGNY, hors], nommees);
    assert_eq!((de_bellevigny(&lu), lu.a_des_lacunes()), (Statut::Observe, false));
}

#[test]
fn la_liste_qui_ne_se_lit_pas_ne_cede_pas_la_place_a_un_extrait() {
    // The whole list has a column whose header nothing knows; the extract is read by itself.
    let extrait: Feuille<'_> = ("MAM", &["DEUX;Zoé;03/04/1975;Aizenay;4"]);
    let lu = lire(&[AIZENAY, extrait], "colonnes = { capacite = \"Places gardées\" }");
    assert_eq!(agrees(&lu).0, None);
    // A crèche familiale employs people who hold an agrément: its sheet is no other list.
    let familiale: Feuille<'_> = ("Crèche familiale", &["CINQ;Luc;05/06/1990;Aizenay;4"]);
    assert!(detail(&lire(&[AIZENAY, familiale], ""), Motif::FeuillesRivales).is_some());
    let familiaux: Feuille<'_> = ("Assistants familiaux", &["CINQ;Luc;05/06/1990;Aizenay;4"]);
    assert_eq!(agrees(&lire(&[AIZENAY, familiaux], "")).0, Some(2.0));
}

#[test]
fn une_feuille_masquee_ne_prend_pas_la_place_d_une_autre() {
    let avant: Feuille<'_> = (
        "Ancienne",
        &["UN;Anne;01/02/1980;Aizenay;3", "SIX;Léo;03/04/1976;Aizenay;4", "SEPT;Lia;03/04/1977;Bellevigny;4"],
    );
    let mut classeur = rust_xlsxwriter::Workbook::new();
    for (nom, lignes) in [avant, AIZENAY] {
        ecrire(&mut classeur, nom, &ENTETE, lignes);
    }
    classeur.worksheet_from_name("Aizenay").unwrap().set_active(true);
    classeur.worksheet_from_name("Ancienne").unwrap().set_hidden(true);
    let lu = lancer_sur(&mut classeur, "pmi", "");
    assert_eq!(agrees(&lu).0, Some(2.0));
    assert!(detail(&lu, Motif::FeuilleNonLue).unwrap().contains("« Ancienne (masquée) »"));
    // The pipeline may name it.
    assert_eq!(agrees(&lancer_sur(&mut classeur, "pmi", "feuille = \"Ancienne\"")).0, Some(3.0));
}

#[test]
fn une_personne_barree_ne_compte_pas() {
    let barre = rust_xlsxwriter::Format::new().set_font_strikethrough();
    let lignes = [
        "UN;Anne;01/02/1980;Aizenay;3",
        "DEUX;Zoé;03/04/1975;Aizenay;4",
        "TROIS;Léa;05/06/1985;Bellevigny;4",
    ];
    let barrer = |personnes: &[u32]| {
        let mut classeur = rust_xlsxwriter::Workbook::new();
        ecrire(&mut classeur, "Liste", &ENTETE, &lignes);
        let feuille = classeur.worksheet_from_index(0).unwrap();
        for ligne in personnes {
            // Her names, and neither her birth date nor her commune.
            for (colonne, texte) in (0..2).zip(lignes[*ligne as usize].split(';')) {
                feuille.write_with_format(ligne + 1, colonne, texte, &barre).unwrap();
            }
        }
        lancer_sur(&mut classeur, "pmi", "")
    };
    let lu = barrer(&[1]);
    assert_eq!(agrees(&lu), (Some(2.0), Statut::Observe));
    let (_, probleme) = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::LigneBarree).unwrap();
    assert_eq!(probleme.lieu.ligne, Some(3));
    // Of a list of which most people are struck through, nobody knows what it means.
    assert_eq!(agrees(&barrer(&[0, 1])).0, Some(3.0));
    assert_eq!(agrees(&barrer(&[])).0, Some(3.0));
}

fn naissances(feuilles: &[(&str, &[&str])]) -> CompteRendu {
    let mut classeur = rust_xlsxwriter::Workbook::new();
    for (nom, lignes) in feuilles {
        ecrire(&mut classeur, nom, &["Code", "Commune", "2023", "2024"], lignes);
    }
    lancer_sur(&mut classeur, "naissances", "")
}

fn nees(lu: &CompteRendu) -> Option<f64> {
    lu.table.figure(Niveau::Commune, "85003", "naissances", "", 2024).and_then(|figure| figure.valeur)
}

#[test]
fn des_comptes_de_deux_feuilles_ne_se_lisent_pas_par_la_premiere() {
    let filles: &[&str] = &["85003;Aizenay;41;43", "85029;Bellevigny;30;31"];
    let garcons: &[&str] = &["85003;Aizenay;44;40", "85029;Bellevigny;29;35"];
    let lu = naissances(&[("Filles", filles), ("Garçons", garcons)]);
    assert_eq!(nees(&lu), None);
    let dit = detail(&lu, Motif::FeuillesRivales).unwrap();
    assert!(dit.contains("s’ajoutent") && !dit.contains("feuilles = ["), "{dit}");
    assert!(dit.contains("feuille = \"Filles\""), "{dit}");
    // The sheet of the whole is read, wherever it stands; so are births, and not what is beside.
    let feuilles = [
        ("Filles", filles),
        ("Garçons", garcons),
        ("Ensemble", &["85003;Aizenay;85;83", "85029;Bellevigny;59;66"][..]),
    ];
    assert_eq!(nees(&naissances(&feuilles)), Some(83.0));
    // The total alone is not the whole.
    let total: &[&str] = &[";Total RPE;85;83"];
    assert_eq!(nees(&naissances(&[("Communes", filles), ("Total", total)])), Some(43.0));
    let lu = naissances(&[
        ("Communes", filles),
        ("Total foyers", &["85003;Aizenay;12;13", "85029;Bellevigny;9;8"]),
    ]);
    assert_eq!(nees(&lu), Some(43.0), "des foyers ne sont pas des naissances");
    for autre in ["Part", "Répartition", "Écart", "Lieu d'enregistrement", "Année précédente"] {
        assert_eq!(nees(&naissances(&[(autre, garcons), ("Données", filles)])), Some(43.0), "{autre}");
    }
    for feuilles in
        [[("Décès", garcons), ("Naissances", filles)], [("Naissances", filles), ("Mariages", garcons)]]
    {
        assert_eq!(nees(&naissances(&feuilles)), Some(43.0));
    }
    // Other places are no other numbers, nor is a part of the same.
    let departement: &[&str] = &["85;Vendée;6041;6043"];
    assert_eq!(nees(&naissances(&[("COM", filles), ("DEP", departement)])), Some(43.0));
    assert_eq!(nees(&naissances(&[("COM", filles), ("Notre EPCI", &filles[..1])])), Some(43.0));
}

#[test]
fn des_reponses_de_deux_feuilles_comptent_toutes_ou_ne_comptent_pas() {
    let reponses = |rangs: std::ops::Range<u32>| -> Vec<String> {
        rangs
            .map(|i| {
                format!(
                    "2024-03-{:02} 10:{:02}:00;Aizenay;{}",
                    i % 28 + 1,
                    i % 60,
                    ["Oui", "Non"][i as usize % 2]
                )
            })
            .collect()
    };
    let lire = |feuilles: &[(&str, Vec<String>)]| {
        let mut classeur = rust_xlsxwriter::Workbook::new();
        for (nom, lignes) in feuilles {
            let lignes: Vec<&str> = lignes.iter().map(String::as_str).collect();
            ecrire(&mut classeur, nom, &["Horodateur", "Commune", "Cherchez-vous une place ?"], &lignes);
        }
        lancer_sur(&mut classeur, "questionnaire", "")
    };
    let detail_de = |lu: &CompteRendu| detail(lu, Motif::FeuillesRivales);
    let lu = lire(&[("Avril", reponses(0..20)), ("Mai", reponses(20..45))]);
    assert!(detail_de(&lu).unwrap().contains("feuilles = [\"Avril\", \"Mai\"]"));
    // The sheet that holds all of the answers is read, wherever it stands.
    let lu = lire(&[("Filtre", reponses(0..20)), ("Réponses", reponses(0..45))]);
    assert_eq!(detail_de(&lu), None);
    assert_eq!(lu.bilans.0.iter().map(|bilan| bilan.lignes).sum::<u32>(), 45);
}

#[test]
fn une_feuille_par_commune_peut_ne_la_dire_que_par_son_nom() {
    let sans_commune = ["Nom", "Prénom", "Date de naissance", "Capacité", "au"];
    let lire = |feuilles: &[Feuille<'_>], cles: &str| {
        let mut classeur = rust_xlsxwriter::Workbook::new();
        for (nom, lignes) in feuilles {
            ecrire(&mut classeur, nom, &sans_commune, lignes);
        }
        lancer_sur(&mut classeur, "pmi", cles)
    };
    let feuilles: [Feuille<'_>; 2] = [
        ("Aizenay", &["UN;Anne;01/02/1980;3;", "DEUX;Zoé;03/04/1975;4;"]),
        ("Bellevigny", &["TROIS;Léa;05/06/1985;4;"]),
    ];
    let lu = lire(&feuilles, "");
    let dit = detail(&lu, Motif::FeuillesRivales).unwrap();
    assert!(dit.contains("feuilles = [\"Aizenay\", \"Bellevigny\"]"), "{dit}");
    let nommees = "feuilles = [\"Aizenay\", \"Bellevigny\"]";
    let lu = lire(&feuilles, nommees);
    assert_eq!(agrees(&lu), (Some(3.0), Statut::Observe));
    let de_bellevigny = |lu: &CompteRendu| {
        lu.table.figure(Niveau::Commune, "85029", "am_agrees", "", 2024).and_then(|figure| figure.valeur)
    };
    assert_eq!(de_bellevigny(&lu), Some(1.0));
    // A commune without anybody has an empty sheet, or one that says so.
    for vide in [&[][..], &["Néant;;;;"], &["Aucun assistant maternel"]] {
        let lu = lire(&[feuilles[0], ("Bellevigny", vide)], nommees);
        assert_eq!(agrees(&lu), (Some(2.0), Statut::Observe), "{vide:?}");
        assert_eq!(de_bellevigny(&lu), Some(0.0));
    }
    // « Néant » may stand alone, without a header.
    let mut classeur = rust_xlsxwriter::Workbook::new();
    ecrire(&mut classeur, feuilles[0].0, &sans_commune, feuilles[0].1);
    classeur.add_worksheet().set_name("Bellevigny").unwrap().write(0, 0, "Néant").unwrap();
    assert_eq!(de_bellevigny(&lancer_sur(&mut classeur, "pmi", nommees)), Some(0.0));
    // All of them empty, that is a list that was lost.
    let lu = lire(&[("Aizenay", &[]), ("Bellevigny", &[])], nommees);
    assert_eq!(agrees(&lu).0, None);
}

#[test]
fn qui_est_barre_sous_un_nom_et_pas_sous_l_autre_a_change_de_nom() {
    let barre = rust_xlsxwriter::Format::new().set_font_strikethrough();
    let mut classeur = rust_xlsxwriter::Workbook::new();
    let entete = ["Nom de naissance", "Nom d'usage", "Prénom", "Commune", "Capacité"];
    ecrire(
        &mut classeur,
        "Liste",
        &entete,
        &["LEROY;DUPONT;Anne;Aizenay;3", "MARTIN;MARTIN;Lise;Bellevigny;4"],
    );
    let feuille = classeur.worksheet_from_index(0).unwrap();
    feuille.write_with_format(1, 0, "LEROY", &barre).unwrap();
    assert_eq!(agrees(&lancer_sur(&mut classeur, "pmi", "")).0, Some(2.0));
}

#[test]
fn une_feuille_d_une_autre_annee_ou_d_autre_chose_n_est_pas_une_partie_oubliee() {
    for nom in ["AM 2023", "Décembre 2023", "Gardes à domicile"] {
        let lu = lire(&[("AM 2024", AIZENAY.1), (nom, BELLEVIGNY.1)], "feuilles = [\"AM 2024\"]");
        assert_eq!(detail(&lu, Motif::FeuilleOubliee), None, "{nom}");
    }
}

/// The year in the name of a sheet does not make of it the list: « Arrivées 2024 » is a part of « Liste ».
#[test]
fn une_feuille_de_l_annee_ne_prend_pas_la_place_de_la_liste() {
    let liste: Feuille<'_> = (
        "Liste",
        &[
            "UN;Anne;01/02/1980;Aizenay;3",
            "DEUX;Zoé;03/04/1975;Aizenay;4",
            "TROIS;Léa;05/06/1985;Bellevigny;4",
        ],
    );
    for nom in ["Arrivées 2024", "Entrées 2024", "Réunion 2024", "Renouvellements 2024"] {
        let lu = lire(&[liste, (nom, BELLEVIGNY.1)], "");
        assert_eq!(agrees(&lu), (Some(3.0), Statut::Observe), "{nom}");
    }
    // What says only its day is the list of that day, even shorter than an old one.
    let lu = lire(&[("Feuil1", liste.1), ("AM 31-12-2024", AIZENAY.1)], "");
    assert_eq!(agrees(&lu), (Some(2.0), Statut::Observe));
    // The last month of the year is no end of an agrément.
    let lu = lire(&[("Fin décembre", liste.1), ("Fin d'agrément", AIZENAY.1)], "");
    assert_eq!(agrees(&lu), (Some(3.0), Statut::Observe));
    let comptes: &[&str] = &["Aizenay;312", "Bellevigny;60"];
    let une_partie: &[&str] = &["Aizenay;31", "Bellevigny;6"];
    for nom in ["RSA 2024", "Monoparentaux 2024"] {
        let mut classeur = rust_xlsxwriter::Workbook::new();
        for (nom, lignes) in [("Communes", comptes), (nom, une_partie)] {
            ecrire(&mut classeur, nom, &["Commune", "Enfants de moins de 3 ans"], lignes);
        }
        let lu = lancer_sur(&mut classeur, "imaje", "");
        let figure = lu.table.figure(Niveau::Territoire, "essai", "enfants_0_2", "", 2024).unwrap();
        assert_eq!(figure.valeur, Some(372.0), "{nom}");
    }
}
