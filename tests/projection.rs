//! The years to come, and the method put to the test on the years already seen.

use crate::commun::{Copie, demo};
use observatoire::indicators::{Statut, controler_la_projection};

/// From each list that two pairs of lists precede. Two pairs say little of how years differ: from 2021 the interval is
/// wide, and 2023, when 65 childminders leave the list at once, is in it. From 2022 it is not.
#[test]
fn la_methode_est_mise_a_l_epreuve_du_passe() {
    let compte_rendu = &demo().compte_rendu;
    let controle = controler_la_projection(&compte_rendu.table, &compte_rendu.code);
    let vus: Vec<_> = controle
        .iter()
        .map(|a| (a.depuis, a.annee, [a.bas, a.prevu, a.haut], a.observe, a.erreur_pct))
        .collect();
    let attendus = [
        (2021, 2022, [324.0, 373.0, 421.0], 370.0, Some(0.8)),
        (2021, 2023, [287.0, 362.0, 437.0], 317.0, Some(14.2)),
        (2021, 2024, [252.0, 351.0, 450.0], 312.0, Some(12.5)),
        (2022, 2023, [338.0, 358.0, 379.0], 317.0, Some(12.9)),
        (2022, 2024, [315.0, 346.0, 378.0], 312.0, Some(10.9)),
        (2023, 2024, [253.0, 301.0, 348.0], 312.0, Some(-3.5)),
    ];
    assert_eq!(vus, attendus);
    // What pages say of the bounds is what the checks say.
    let tenus = controle.iter().filter(|a| a.est_couverte()).count();
    let tenue = demo().territoire("projection_tenue", "", 2024);
    assert_eq!((tenue.numerateur, tenue.denominateur), (Some(tenus as f64), Some(controle.len() as f64)));
    assert!(tenus < controle.len(), "une mauvaise année n’a pas été effacée");
}

#[test]
fn la_projection_part_de_l_effectif_observe() {
    for (id, stock) in [("projection_am", "am_agrees"), ("projection_places", "am_places")] {
        let observe = demo().territoire(stock, "", 2024).valeur;
        for scenario in ["sans_renouvellement", "tendance", "cible", "tendance:bas", "cible:haut"] {
            let depart = demo().territoire(id, scenario, 2024);
            assert_eq!((depart.valeur, depart.statut), (observe, Statut::Observe), "{id} {scenario}");
            assert_eq!(demo().territoire(id, scenario, 2034).statut, Statut::Estime);
        }
    }
    let places = |id| demo().territoire(id, "", 2024).valeur.unwrap();
    let solde = demo().territoire("projection_solde", "tendance", 2024);
    assert!(solde.valeur.unwrap() < places("places_total"), "{solde:?}");
}

/// 16, 15, 14, 12 and 15 arrivals from 2020 to 2024.
#[test]
fn les_arrivees_de_la_tendance_sont_la_moyenne_observee() {
    assert_eq!(demo().territoire("projection_arrivees", "tendance", 2030).valeur, Some(14.4));
}

#[test]
fn le_territoire_choisit_sa_cible_et_ses_naissances() {
    let copie = Copie::new();
    copie.corriger_pipeline(
        "[correspondances]",
        "[parametres.projection]\nage_retraite = 67\narrivees_cible = 40\nnaissances = \"tendance\"\nnaissances_prevues = { 2025 = 300 }\n\n[correspondances]",
    );
    let compte_rendu = copie.lancer().unwrap();
    let lire = |id: &str, modalite: &str, annee| {
        let niveau = observatoire::indicators::Niveau::Territoire;
        compte_rendu.table.figure(niveau, &compte_rendu.code, id, modalite, annee).unwrap().valeur.unwrap()
    };
    assert_eq!(lire("projection_arrivees", "cible", 2026), 40.0);
    assert!(
        lire("projection_am", "cible", 2034)
            > demo().territoire("projection_am", "cible", 2034).valeur.unwrap()
    );
    assert!(lire("departs_5_ans", "", 2024) < demo().territoire("departs_5_ans", "", 2024).valeur.unwrap());
    assert!(
        lire("projection_solde", "tendance", 2026)
            > demo().territoire("projection_solde", "tendance", 2026).valeur.unwrap(),
        "moins de naissances, moins de besoin"
    );
}

#[test]
fn un_choix_impossible_est_refuse_en_francais() {
    for (choix, attendu) in [
        ("taux_depart_defaut = 120", "un pourcentage de 0 à 100 est attendu"),
        ("naissances_prevues = { bientot = 300 }", "{ 2025 = 430 }"),
    ] {
        let copie = Copie::new();
        let ajout = format!("[parametres.projection]\n{choix}\n\n[correspondances]");
        copie.corriger_pipeline("[correspondances]", &ajout);
        let message = copie.lancer().unwrap_err().to_string();
        assert!(message.contains(attendu), "{message}");
    }
}

/// A single list: nobody is seen to leave, and nothing is made up.
#[test]
fn sans_deux_listes_rien_n_est_projete_sauf_au_taux_que_le_territoire_pose() {
    let copie = Copie::new();
    let texte = std::fs::read_to_string(copie.pipeline()).unwrap();
    let (debut, fin) = texte.split_at(texte.find("[[sources]]\nid = \"pmi-2019\"").unwrap());
    let fin = &fin[fin.find("[[sources]]\nid = \"pmi-2024\"").unwrap()..];
    std::fs::write(copie.pipeline(), format!("{debut}{fin}")).unwrap();
    let lire = |compte_rendu: &observatoire::pipeline::CompteRendu, modalite: &str| {
        let niveau = observatoire::indicators::Niveau::Territoire;
        let figure = compte_rendu.table.figure(niveau, &compte_rendu.code, "projection_am", modalite, 2025);
        figure.map(|f| (f.valeur, f.statut)).unwrap()
    };
    let rien = (None, Statut::NonDisponible);
    assert_eq!(lire(&copie.lancer().unwrap(), "sans_renouvellement"), rien);
    copie.corriger_pipeline(
        "[correspondances]",
        "[parametres.projection]\ntaux_depart_defaut = 10\n\n[correspondances]",
    );
    let compte_rendu = copie.lancer().unwrap();
    // 312 × 0.9.
    assert_eq!(lire(&compte_rendu, "sans_renouvellement"), (Some(281.0), Statut::Estime));
    assert_eq!(lire(&compte_rendu, "tendance"), rien, "les arrivées, elles, ne sont pas connues");
}
