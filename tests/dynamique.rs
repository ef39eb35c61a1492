//! Who comes, who goes, who moves: from the lists, or as the relais declares it; and how stocks evolve.

use crate::commun::{Muet, demo, options};
use observatoire::indicators::{Figure, Niveau, Statut};
use observatoire::pipeline::{CompteRendu, lancer};
use observatoire::quality::Contradiction;
use std::fmt::Write as _;
use std::fs;

const TETE: &str = "[territoire]\ncode = \"essai\"\nnom = \"Relais d’essai\"\nmembres = [\n  { code = \"85003\", nom = \"Aizenay\" },\n  { code = \"85029\", nom = \"Bellevigny\" },\n]\n\n[observation]\ndate = 2023-12-31\n";

/// Runs a pipeline of a few sources: identifier, kind, day, text of the file.
fn lancer_essai(sources: &[(&str, &str, &str, &str)]) -> CompteRendu {
    let dossier = tempfile::tempdir().unwrap();
    let pipelines = dossier.path().join("pipelines");
    fs::create_dir_all(&pipelines).unwrap();
    let mut pipeline = TETE.to_owned();
    for (id, genre, date, texte) in sources {
        fs::write(pipelines.join(format!("{id}.csv")), texte).unwrap();
        write!(pipeline, "\n[[sources]]\nid = \"{id}\"\ntype = \"{genre}\"\nfichier = \"{id}.csv\"\n")
            .unwrap();
        if !date.is_empty() {
            writeln!(pipeline, "date = {date}").unwrap();
        }
    }
    fs::write(pipelines.join("essai.toml"), pipeline).unwrap();
    let mut options = options(dossier.path());
    options.livrables = vec!["indicateurs".to_owned()];
    lancer(&pipelines.join("essai.toml"), &options, &Muet).unwrap()
}

fn lire(compte_rendu: &CompteRendu, id: &str, modalite: &str, annee: i32) -> Figure {
    compte_rendu.table.figure(Niveau::Territoire, "essai", id, modalite, annee).unwrap()
}

fn commune(compte_rendu: &CompteRendu, code: &str, id: &str, modalite: &str, annee: i32) -> Option<f64> {
    compte_rendu.table.figure(Niveau::Commune, code, id, modalite, annee).unwrap().valeur
}

/// A list: each person with her commune; all born in 1980, three places.
fn liste(personnes: &[(&str, &str)]) -> String {
    let mut texte = "Nom;Prénom;Date de naissance;Commune;Capacité\n".to_owned();
    for (nom, commune) in personnes {
        writeln!(texte, "{nom};Anne;01/02/1980;{commune};3").unwrap();
    }
    texte
}

/// Values of a contradiction, the one that is kept first.
fn valeurs(contradiction: &Contradiction) -> Vec<(f64, bool)> {
    contradiction.valeurs.iter().map(|v| (v.valeur, v.retenue)).collect()
}

#[test]
fn un_demenagement_dans_le_territoire_n_est_ni_une_arrivee_ni_un_depart() {
    let avant = liste(&[("Reste", "Aizenay"), ("Bouge", "Aizenay"), ("Part", "Bellevigny")]);
    let apres =
        liste(&[("Reste", "Aizenay"), ("Bouge", "Bellevigny"), ("Vient", "Aizenay"), ("Venue", "Aizenay")]);
    let essai = lancer_essai(&[("p22", "pmi", "2022-12-31", &avant), ("p23", "pmi", "2023-12-31", &apres)]);
    let attendus = [
        ("am_arrivees", "", 2.0),
        ("am_departs", "", 1.0),
        ("am_demenagements", "entrees", 1.0),
        ("am_demenagements", "sorties", 1.0),
        ("am_solde", "", 1.0),
        ("taux_remplacement", "", 200.0),
    ];
    for (id, modalite, attendu) in attendus {
        assert_eq!(lire(&essai, id, modalite, 2023).valeur, Some(attendu), "{id} {modalite}");
        let premiere = essai.table.figure(Niveau::Territoire, "essai", id, modalite, 2022);
        assert_eq!(premiere, None, "{id} : pas de liste 2021");
    }
    assert_eq!(commune(&essai, "85003", "am_demenagements", "sorties", 2023), Some(1.0));
    assert_eq!(commune(&essai, "85029", "am_demenagements", "entrees", 2023), Some(1.0));
    assert_eq!(
        commune(&essai, "85003", "am_departs", "", 2023),
        Some(0.0),
        "elle n’a pas quitté le territoire"
    );
    let taux = essai.table.figure(Niveau::Commune, "85003", "taux_remplacement", "", 2023).unwrap();
    assert_eq!((taux.valeur, taux.statut), (None, Statut::SansObjet), "personne n’est parti d’Aizenay");
}

/// Vie et Boulogne prints six years of flows, and in the text beside them, for 2023, 12 for 18.
#[test]
fn les_flux_declares_par_vie_et_boulogne() {
    let tableau =
        "mesure;2018;2019;2020;2021;2022;2023\narchivages;50;51;46;43;54;48\narrivées;7;8;16;15;14;12\n";
    let texte = "annee;mesure;valeur\n2023;archivages;18\n2023;arrivées;12\n";
    let essai =
        lancer_essai(&[("bilan", "activite", "", tableau), ("texte", "activite", "2024-03-01", texte)]);
    let declares = [
        (2018, 7.0, 50.0),
        (2019, 8.0, 51.0),
        (2020, 16.0, 46.0),
        (2021, 15.0, 43.0),
        (2022, 14.0, 54.0),
        (2023, 12.0, 48.0),
    ];
    for (annee, arrivees, departs) in declares {
        for modalite in ["", "declare"] {
            let figure = lire(&essai, "am_arrivees", modalite, annee);
            assert_eq!(
                (figure.valeur, figure.statut),
                (Some(arrivees), Statut::Observe),
                "{annee} {modalite}"
            );
            assert_eq!(&*figure.sources, "bilan");
            assert_eq!(lire(&essai, "am_departs", modalite, annee).valeur, Some(departs), "{annee}");
            assert_eq!(lire(&essai, "am_solde", modalite, annee).valeur, Some(arrivees - departs));
        }
    }
    // 100 × 12 / 48.
    assert_eq!(lire(&essai, "taux_remplacement", "", 2023).valeur, Some(25.0));

    let [contradiction] = &essai.qualite.contradictions[..] else {
        panic!("{:#?}", essai.qualite.contradictions)
    };
    assert_eq!((contradiction.annee, contradiction.commune.as_str()), (2023, "Relais d’essai"));
    assert_eq!(contradiction.quoi, "départs d’assistants maternels");
    assert_eq!(valeurs(contradiction), [(48.0, true), (18.0, false)], "les arrivées, elles, sont les mêmes");
    assert_eq!(contradiction.valeurs[1].date.map(|d| d.to_string()), Some("2024-03-01".to_owned()));
}

/// Artois-Lys Romane: 167 in the table of activity, 148 in that of the offer, 184 in the text.
#[test]
fn les_trois_effectifs_d_artois_lys_se_contredisent() {
    let dit = |n: u32| format!("annee;mesure;valeur\n2023;am_agrees;{n}\n");
    let (activite, offre, texte) = (dit(167), dit(148), dit(184));
    let essai = lancer_essai(&[
        ("activite", "activite", "2023-12-31", &activite),
        ("offre", "activite", "2023-12-31", &offre),
        ("texte", "activite", "2024-01-01", &texte),
    ]);
    let [contradiction] = &essai.qualite.contradictions[..] else {
        panic!("{:#?}", essai.qualite.contradictions)
    };
    assert_eq!(valeurs(contradiction), [(167.0, true), (148.0, false), (184.0, false)]);
    let dates: Vec<_> = contradiction.valeurs.iter().map(|v| v.date.unwrap().to_string()).collect();
    assert_eq!(dates, ["2023-12-31", "2023-12-31", "2024-01-01"]);
    let page = fs::read_to_string(essai.dossier.join("interne/qualite.html"));
    assert!(page.is_err() || page.unwrap().contains("184"), "la page montre les trois");
}

#[test]
fn les_listes_l_emportent_et_l_ecart_est_dit() {
    let (avant, apres) =
        (liste(&[("Reste", "Aizenay"), ("Part", "Aizenay")]), liste(&[("Reste", "Aizenay")]));
    let declare = "mesure;2021;2022;2023\narchivages;4;3;2\narrivées;1;1;0\n";
    let essai = lancer_essai(&[
        ("p22", "pmi", "2022-12-31", &avant),
        ("p23", "pmi", "2023-12-31", &apres),
        ("bilan", "activite", "", declare),
    ]);
    let departs = lire(&essai, "am_departs", "", 2023);
    assert_eq!((departs.valeur, &*departs.sources), (Some(1.0), "p22;p23"));
    assert_eq!(lire(&essai, "am_departs", "declare", 2023).valeur, Some(2.0));
    assert_eq!(
        lire(&essai, "am_departs", "", 2022).sources,
        "bilan".into(),
        "une liste seule ne dit pas qui est parti"
    );
    let departs: Vec<_> =
        essai.qualite.contradictions.iter().map(|c| (c.quoi.as_str(), c.annee, valeurs(c))).collect();
    assert_eq!(departs, [("départs d’assistants maternels", 2023, vec![(1.0, true), (2.0, false)])]);
    let bilan = essai.bilans.0.iter().find(|b| b.source == "bilan").unwrap();
    let dit = bilan.problemes.iter().find(|p| p.motif.code() == "P71").unwrap();
    insta::assert_snapshot!(dit.detail, @"départs d’assistants maternels, Relais d’essai, 2023 : 1 d’après « PMI, liste au 31/12/2023 : compté » au 31/12/2023, retenu ; 2 d’après « Activité du relais : AM qui ont quitté la liste dans l’année (archivages) »");
}

#[test]
fn l_effectif_suit_des_flux_dans_chaque_commune() {
    let demo = demo();
    let table = &demo.compte_rendu.table;
    let codes: std::collections::BTreeSet<String> = table
        .trame()
        .unwrap()
        .column("code")
        .unwrap()
        .str()
        .unwrap()
        .iter()
        .flatten()
        .map(str::to_owned)
        .collect();
    let mut demenagements = 0.0;
    for code in codes {
        let niveau = if code == demo.compte_rendu.code { Niveau::Territoire } else { Niveau::Commune };
        for annee in 2020..=2024 {
            let lire = |id: &str, modalite: &str, annee| {
                table.figure(niveau, &code, id, modalite, annee).unwrap().valeur.unwrap()
            };
            let entrees = lire("am_demenagements", "entrees", annee);
            let attendu = lire("am_agrees", "", annee - 1) + lire("am_solde", "", annee) + entrees
                - lire("am_demenagements", "sorties", annee);
            assert_eq!(lire("am_agrees", "", annee), attendu, "{code} {annee}");
            demenagements += entrees;
        }
    }
    assert!(demenagements > 0.0, "la démonstration a des déménagements");
}

#[test]
fn l_evolution_publiee_par_vie_et_boulogne() {
    let demo = demo();
    for (modalite, attendu, pour_cent) in [
        ("am_agrees:n-5", -95.0, -23.3),
        ("am_places:n-5", -303.0, -21.7),
        ("am_agrees:premiere", -95.0, -23.3),
    ] {
        let figure = demo.territoire("evolution", modalite, 2024);
        assert_eq!(
            (figure.valeur, figure.parties, figure.parties_attendues),
            (Some(attendu), 15, 15),
            "{modalite}"
        );
        let part = demo.territoire("evolution_pct", modalite, 2024);
        assert_eq!(part.valeur, Some(pour_cent), "{modalite} : {part:?}");
        assert_eq!(part.numerateur, Some(attendu));
    }
}

/// What the relais declares and what two lists give are two counts: they are told apart, and not added up.
#[test]
fn le_graphique_des_flux_dit_ce_qui_est_declare() {
    let somme = |id: &str| -> f64 {
        (2020..=2024).map(|annee| demo().territoire(id, "", annee).valeur.unwrap()).sum()
    };
    let svg = fs::read_to_string(demo().fichier("public/graphiques/flux-am.svg")).unwrap();
    let svg = svg.replace(['\u{a0}', '\u{202f}'], " ");
    for attendu in [
        format!("{} arrivées et {} départs", somme("am_arrivees"), somme("am_departs")),
        "de 2020 à 2024".to_owned(),
        "Barre claire : arrivées et départs déclarés par le relais en 2018 et 2019".to_owned(),
        "Activité du relais".to_owned(),
    ] {
        assert!(svg.contains(&attendu), "{attendu} manque");
    }
    assert!(!svg.contains("nombre par an, d’une liste"), "deux années n’en viennent pas");
}

/// What the relais declared beside the lists of the same years differs: whoever reads the chart is told.
#[test]
fn deux_comptes_des_departs_qui_different_se_disent_a_tous() {
    for audience in ["interne", "elus", "public"] {
        let image = demo().fichier(&format!("{audience}/graphiques/flux-am.svg"));
        let texte = std::fs::read_to_string(image).unwrap().replace('\u{a0}', " ");
        // A note goes on from one line of the picture to the next.
        let lignes: Vec<&str> =
            texte.split('<').filter_map(|bout| Some(bout.split_once('>')?.1.trim())).collect();
        let dits = lignes.into_iter().filter(|ligne| !ligne.is_empty()).collect::<Vec<_>>().join(" ");
        assert!(dits.contains("d’autres nombres de départs"), "{audience}");
        for annee in ["46 en 2020 (listes : 27)", "48 en 2023 (listes : 65)"] {
            assert!(dits.contains(annee), "{audience} {annee} : {dits}");
        }
        assert!(!texte.contains("d’autres nombres d’arrivées"), "{audience} : les arrivées sont les mêmes");
    }
}
