//! Censuses of structures as offices keep them: what a row does not say well is not a zero, what is closed is not open.

use crate::commun::essai::Essai;
use observatoire::indicators::{Niveau, Statut};
use observatoire::pipeline::CompteRendu;
use observatoire::quality::Motif;

/// A census of two communes, of which the second holds one row alone.
fn recensement(entetes: &str, ligne: &str) -> CompteRendu {
    let texte = format!("{entetes}\nMulti-accueil;Arc;Bourg;20;\n{ligne}\n");
    Essai::new("2024-12-31", &[("96001", "Bourg"), ("96002", "Hameau")])
        .avec("recensement", "structures", texte)
        .lancer()
}

/// What is told of the establishments of the second.
fn eaje_du_hameau(lu: &CompteRendu) -> (Option<f64>, Statut) {
    let figure = lu.table.figure(Niveau::Commune, "96002", "eaje", "", 2024).unwrap();
    (figure.valeur, figure.statut)
}

#[test]
fn une_structure_qui_ne_peut_pas_etre_comptee_ne_fait_pas_un_zero() {
    for ligne in ["Truc;Les Lutins;Hameau;12;", ";Les Lutins;Hameau;12;"] {
        let lu = recensement("Type;Nom;Commune;Places;Observations", ligne);
        assert_eq!(eaje_du_hameau(&lu), (None, Statut::NonDisponible), "{ligne}");
        let dite =
            lu.bilans.0.iter().flat_map(|b| &b.problemes).any(|p| p.motif == Motif::EtablissementPerdu);
        assert!(dite, "{ligne}");
    }
    let lu = recensement("Type;Nom;Commune;Places;Observations", "Truc;Les Lutins;Bourg;12;");
    let bourg = lu.table.figure(Niveau::Commune, "96001", "eaje", "", 2024).unwrap();
    assert_eq!((bourg.valeur, bourg.statut), (Some(1.0), Statut::Estime), "une au moins");
    for ailleurs in ["Ludothèque", "Centre social", "Accueil collectif de mineurs", "Jardin public"] {
        let ligne = format!("{ailleurs};Les Lutins;Hameau;12;");
        let lu = recensement("Type;Nom;Commune;Places;Observations", &ligne);
        assert_eq!(eaje_du_hameau(&lu), (Some(0.0), Statut::Observe), "{ailleurs} n’en est pas un");
    }
    for genre in ["Multi-accueil public", "Crèche pour enfants handicapés", "EAJE collectif public"] {
        let lu = recensement("Type;Nom;Commune;Places;Observations", &format!("{genre};Arc;Hameau;12;"));
        assert_eq!(eaje_du_hameau(&lu), (Some(1.0), Statut::Observe), "{genre}");
    }
    let lu = recensement("Type;Nom;Commune;Places;Observations", "Truc;Les Lutins;Hameau;12;Fermé");
    assert_eq!(eaje_du_hameau(&lu), (Some(0.0), Statut::Observe), "fermée, quoi qu’elle fût");
    let lu = recensement("Type;Nom;Commune;Places;Observations", "Public;Les Lutins;Hameau;12;");
    assert_eq!(eaje_du_hameau(&lu).0, None, "qui gère, et non quoi");
}

#[test]
fn une_structure_que_sa_ligne_dit_fermee_ne_compte_pas() {
    for (ligne, ouverte) in [
        ("Micro-crèche - fermée;Bulle;Hameau;10;", false),
        ("Micro-crèche;Bulle - FERMEE AU 31/08/2024;Hameau;10;", false),
        ("Micro-crèche;Bulle FERMÉE EN 2023;Hameau;10;", false),
        ("Micro-crèche;Bulle - ouverture sept. 2025;Hameau;10;", false),
        ("Micro-crèche;Bulle;Hameau;10;fermée définitivement en juillet 2024", false),
        ("Micro-crèche;Bulle;Hameau;10;Fermée le mercredi", true),
        ("Micro-crèche;Bulle;Hameau;10;Projet d’extension en 2026", true),
        ("Micro-crèche;La Ferme fleurie;Hameau;10;", true),
        ("Micro-crèche;Bulle - ouverte en 2019;Hameau;10;", true),
        ("Micro-crèche FERMÉE;Bulle;Hameau;10;", false),
        ("Micro-crèche (fermée);Bulle;Hameau;10;", false),
        ("Micro-crèche - ouverture sept. 2025;Bulle;Hameau;10;", false),
        ("Micro-crèche;Bulle [fermée];Hameau;10;", false),
        ("Micro-crèche;Bulle / fermée;Hameau;10;", false),
        ("Micro-crèche;Bulle;Hameau;10;Fermé", false),
        ("Micro-crèche;Bulle;Hameau;10;Structure fermée", false),
        ("Micro-crèche;Bulle;Hameau;10;Établissement fermé depuis 2023", false),
        ("Micro-crèche;Bulle;Hameau;10;Fermée : manque de personnel", false),
        ("Micro-crèche;Bulle;Hameau;10;Ouverture sept. 2025", false),
        ("Micro-crèche;Bulle;Hameau;10;En projet, ouverture 2026", false),
        ("Micro-crèche;Les Lutins (ex-Bulle, fermée en 2020);Hameau;10;", true),
        ("Micro-crèche;Bulle;Hameau;10;Fermée depuis mars 2023, rouverte en septembre 2024", true),
        ("Micro-crèche;Bulle;Hameau;10;Fermée en août 2024", true),
        ("Micro-crèche;Bulle;Hameau;10;Fermeture définitive évitée en 2023", true),
        ("Micro-crèche;Bulle;Hameau;10;Fermeture définitive de la section bébés", true),
        ("Micro-crèche;Bulle - projet Montessori;Hameau;10;", true),
        ("Crèche - projet social;Bulle;Hameau;10;", true),
        ("Micro-crèche;Bulle;Hameau;10;Projet pédagogique 2024", true),
        ("Micro-crèche;Bulle;Hameau;10;Projet de déménagement en 2026", true),
    ] {
        let lu = recensement("Type;Nom;Commune;Places;Observations", ligne);
        assert_eq!(eaje_du_hameau(&lu).0, Some(f64::from(u8::from(ouverte))), "{ligne}");
    }
}

#[test]
fn une_remarque_qui_ferme_se_montre_ou_elle_est() {
    let lu =
        recensement("Type;Nom;Commune;Places;Observations", "Micro-crèche;Bulle;Hameau;10;Structure fermée");
    let dit = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::StructureFermee).unwrap().1;
    assert_eq!(dit.lieu.colonne.as_ref().map(|(_, entete)| entete.as_str()), Some("Observations"));
}

#[test]
fn une_ouverture_dite_par_son_annee_n_est_pas_celle_de_toujours() {
    for (ouverture, ouverte) in [
        ("rentrée 2025", false),
        ("Rentrée scolaire 2025", false),
        ("prévue début 2025", false),
        ("rentrée 2023", true),
        ("01/09/2024", true),
    ] {
        let ligne = format!("Micro-crèche;Bulle;Hameau;10;{ouverture}");
        let lu = recensement("Type;Nom;Commune;Places;Ouverture", &ligne);
        assert_eq!(eaje_du_hameau(&lu).0, Some(f64::from(u8::from(ouverte))), "{ouverture}");
    }
}

#[test]
fn sous_un_en_tete_sur_deux_lignes_le_total_est_lu_et_non_une_de_ses_parts() {
    let enfants = |haut: &str, bas: &str, valeurs: &str| {
        let texte = format!("Commune;{haut}\n;{bas}\nBourg;{valeurs}\nHameau;{valeurs}\n");
        let essai = Essai::new("2024-12-31", &[("96001", "Bourg"), ("96002", "Hameau")]);
        let lu = essai.avec("caf", "imaje", texte).lancer();
        ["enfants_0_2", "am_actifs"]
            .map(|id| lu.table.figure(Niveau::Commune, "96001", id, "", 2024).unwrap().valeur)
    };
    let haut = "Enfants de moins de 3 ans;;AM en activité;";
    assert_eq!(enfants(haut, "Allocataires;Total;Femmes;Total", "80;102;30;33"), [Some(102.0), Some(33.0)]);
    assert_eq!(enfants(haut, "Part (%);Nombre;%;Nb", "10;100;30;33"), [Some(100.0), Some(33.0)]);
    let places =
        recensement("Commune;Structure;Type;Capacité;\n;;;2023;2024\nHameau;S1;Multi-accueil;20;25", "");
    let figure = places.table.figure(Niveau::Commune, "96002", "eaje_places", "", 2024).unwrap();
    assert_eq!(figure.valeur, Some(25.0));
}

#[test]
fn la_feuille_de_l_annee_est_lue_et_non_la_premiere() {
    let mut classeur = rust_xlsxwriter::Workbook::new();
    for (annee, places) in
        [("31-12-2022", 20), ("31-12-2023", 21), ("Prévisions 2024", 30), ("31-12-2024", 22)]
    {
        let feuille = classeur.add_worksheet().set_name(annee).unwrap();
        for (colonne, entete) in (0..).zip(["Type", "Nom", "Commune", "Places"]) {
            feuille.write(0, colonne, entete).unwrap();
        }
        for (colonne, texte) in (0..).zip(["Multi-accueil", "Arc", "Bourg"]) {
            feuille.write(1, colonne, texte).unwrap();
        }
        feuille.write(1, 3, places).unwrap();
    }
    let dossier = tempfile::tempdir().unwrap();
    let pipeline = Essai::new("2024-12-31", &[("96001", "Bourg")])
        .avec("recensement", "structures", "Type;Nom;Commune;Places\nMulti-accueil;Arc;Bourg;20\n")
        .ecrire(dossier.path());
    let ecrit = std::fs::read_to_string(&pipeline).unwrap().replace("recensement.csv", "recensement.xlsx");
    std::fs::write(&pipeline, ecrit).unwrap();
    classeur.save(dossier.path().join("pipelines/recensement.xlsx")).unwrap();
    let lu = observatoire::pipeline::lancer(
        &pipeline,
        &crate::commun::options(dossier.path()),
        &crate::commun::Muet,
    )
    .unwrap();
    let places = lu.table.figure(Niveau::Commune, "96001", "eaje_places", "", 2024).unwrap();
    assert_eq!((places.valeur, places.statut), (Some(22.0), Statut::Observe));
    let feuilles = lu.bilans.0.iter().flat_map(|b| &b.problemes).find(|p| p.motif == Motif::FeuilleNonLue);
    assert!(
        feuilles.unwrap().detail.contains("« 31-12-2022 », « 31-12-2023 », « Prévisions 2024 »"),
        "{feuilles:?}"
    );
}

#[test]
fn de_deux_lignes_d_une_structure_dont_les_places_different_le_nombre_est_une_estimation() {
    let lu = recensement(
        "Type;Nom;Commune;Places",
        "Multi-accueil;Arc, bébés;Hameau;10\nMulti-accueil;Bulle;Hameau;10\nMulti-accueil;Bulle;Hameau;12",
    );
    let places = lu.table.figure(Niveau::Commune, "96002", "eaje_places", "", 2024).unwrap();
    // Sections of 10 and 12 places, or the same hours of a day: nobody knows.
    assert_eq!((places.valeur, places.statut), (Some(22.0), Statut::Estime));
}

#[test]
fn une_micro_creche_de_120_places_est_un_chiffre_de_trop() {
    for (places, lues) in [("12", Some(12.0)), ("55", Some(55.0)), ("120", None)] {
        let lu = recensement("Type;Nom;Commune;Places", &format!("Micro-crèche;Bulle;Hameau;{places}"));
        let figure = lu.table.figure(Niveau::Commune, "96002", "eaje_places", "", 2024).unwrap();
        assert_eq!(figure.valeur, lues, "{places}");
    }
}

#[test]
fn sous_le_titre_des_structures_fermees_rien_n_est_ouvert() {
    for (titre, ouverte) in [
        ("Structures fermées", Some(false)),
        ("Projets", Some(false)),
        ("Ouvertures prévues en 2025", Some(false)),
        ("Micro-crèches", Some(true)),
        ("Hameau", Some(true)),
        ("Dossiers bleus", None),
    ] {
        let lignes = format!("Multi-accueil;Arc;Bourg;20\n{titre};;;\nMicro-crèche;Bulle;Hameau;10");
        let lu = recensement("Type;Nom;Commune;Places", &lignes);
        let (valeur, statut) = eaje_du_hameau(&lu);
        match ouverte {
            Some(ouverte) => assert_eq!(valeur, Some(f64::from(u8::from(ouverte))), "{titre}"),
            None => assert_eq!((valeur, statut), (Some(1.0), Statut::Estime), "{titre}"),
        }
    }
}

#[test]
fn ce_qui_n_est_plus_en_activite_est_ferme() {
    for (etat, ouverte) in [("Plus en activité", 0.0), ("N'existe plus", 0.0), ("En activité", 1.0)] {
        let lu = recensement("Type;Nom;Commune;Places;État", &format!("Micro-crèche;Bulle;Hameau;10;{etat}"));
        assert_eq!(eaje_du_hameau(&lu).0, Some(ouverte), "{etat}");
    }
}

#[test]
fn une_structure_et_ses_sections_sont_une_structure() {
    let places = |sections: [u32; 2]| {
        let lignes = format!(
            "Multi-accueil;Pirouette;Hameau;30\nMulti-accueil;Pirouette - bébés;Hameau;{}\nMulti-accueil;Pirouette - grands;Hameau;{}",
            sections[0], sections[1]
        );
        let lu = recensement("Type;Nom;Commune;Places", &lignes);
        let places = lu.table.figure(Niveau::Commune, "96002", "eaje_places", "", 2024).unwrap().valeur;
        (eaje_du_hameau(&lu).0, places)
    };
    assert_eq!(places([10, 20]), (Some(1.0), Some(30.0)));
    // Another « Pirouette », and a third: they do not make the first.
    assert_eq!(places([10, 10]), (Some(3.0), Some(50.0)));
}

#[test]
fn une_structure_ecrite_de_deux_facons_est_un_doute() {
    let lire = |lignes: &str| {
        let texte = format!("Type;Nom;Commune;Places;Adresse\n{lignes}\n");
        let lu =
            Essai::new("2024-12-31", &[("96001", "Bourg")]).avec("recensement", "structures", texte).lancer();
        let figure = lu.table.figure(Niveau::Commune, "96001", "eaje_places", "", 2024).unwrap();
        (figure.valeur, figure.statut)
    };
    let une = "Multi-accueil;Les Lutins;Bourg;40;";
    for autre in ["Multi-accueil Les Lutins", "Multi-accueil LES LUTINS (crèche)"] {
        let deux = format!("{une}\nMulti-accueil;{autre};Bourg;40;");
        assert_eq!(lire(&deux), (Some(80.0), Statut::Estime), "{autre}");
    }
    for autre in [
        "Multi-accueil;Les Lutins 2;Bourg;40;",
        "Multi-accueil;Multi-accueil Les Lutins;Bourg;20;",
        "Micro-crèche;Micro-crèche Les Lutins;Bourg;12;",
    ] {
        assert_eq!(lire(&format!("{une}\n{autre}")).1, Statut::Observe, "{autre}");
    }
    let ailleurs = "Multi-accueil;Les Lutins;Bourg;40;2 rue du Lac\nMulti-accueil;Crèche Les Lutins;Bourg;40;5 rue du Pont";
    assert_eq!(lire(ailleurs).1, Statut::Observe);
}
