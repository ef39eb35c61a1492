//! Who counts in a list is told by columns that every office names in its own way: whoever has left, whose agrément has ended or
//! is suspended, is not counted; where nothing tells for sure, the figure is an estimate, and that is said.

use crate::commun::essai::Essai;
use crate::commun::{Muet, options};
use observatoire::indicators::{Niveau, Statut};
use observatoire::pipeline::{CompteRendu, lancer};
use observatoire::quality::Motif;

const COMMUNES: [(&str, &str); 2] = [("85003", "Aizenay"), ("85029", "Bellevigny")];
const DATE: &str = "date = 2024-12-31";

fn lire(genre: &'static str, texte: &str) -> CompteRendu {
    let lu = Essai::new("2024-12-31", &COMMUNES).avec_cles("essai", genre, DATE, texte).lancer();
    assert!(lu.bilans.0.iter().all(|bilan| bilan.est_perdu() || bilan.est_juste()), "{:?}", lu.bilans);
    lu
}

/// A list of three people of Aizenay, and what a column more says of the last two.
fn liste(entete: &str, dits: [&str; 3]) -> CompteRendu {
    let mut texte = format!("Nom;Prénom;Date de naissance;Commune;Capacité;{entete}\n");
    for ((nom, jour), dit) in [("Martin", 1), ("Petit", 2), ("Roux", 3)].iter().zip(dits) {
        texte += &format!("{nom};Anne;0{jour}/05/1975;Aizenay;3;{dit}\n");
    }
    lire("pmi", &texte)
}

fn agrees(lu: &CompteRendu) -> (Option<f64>, Option<Statut>) {
    let figure = lu.table.figure(Niveau::Commune, "85003", "am_agrees", "", 2024);
    (figure.as_ref().and_then(|f| f.valeur), figure.map(|f| f.statut))
}

fn motifs(lu: &CompteRendu) -> Vec<Motif> {
    lu.bilans.problemes().map(|(_, p)| p.motif).collect()
}

#[test]
fn qui_est_parti_ne_compte_pas_quel_que_soit_l_en_tete() {
    for (entete, dits) in [
        ("Cessation", ["", "12/03/2023", "X"]),
        ("Cessation d'activité", ["", "oui", "01/09/2022"]),
        ("Départ", ["non", "Démission", "retraite"]),
        ("Radié(e) le", ["", "12/03/2023", "01/01/2024"]),
        ("Archivé", ["non", "oui", "X"]),
        ("Date de clôture", ["", "30/06/2024", "2022"]),
        ("Retrait", ["", "X", "X"]),
        ("Suspendu du", ["", "01/12/2024", "01/11/2024 au 31/03/2025"]),
        ("Suspension", ["01/02/2024 au 01/04/2024", "oui", "X"]),
        ("Agrément en cours", ["Oui", "Non", "Non"]),
        ("Position", ["Agréée", "Cessation", "Suspendue"]),
    ] {
        let lu = liste(entete, dits);
        assert_eq!(agrees(&lu).0, Some(1.0), "{entete} {:?}", motifs(&lu));
    }
}

#[test]
fn un_agrement_fini_ne_compte_pas_quel_que_soit_l_en_tete() {
    for entete in [
        "Valide jusqu'au",
        "Agrément valable jusqu'au",
        "Jusqu'au",
        "Expire le",
        "Date limite de validité",
        "Date de validité",
        "Validité",
        "Fin agrt",
        "Terme",
    ] {
        let lu = liste(entete, ["12/03/2027", "04/03/2022", "le 30/06/2021"]);
        assert_eq!(agrees(&lu), (Some(1.0), Some(Statut::Observe)), "{entete} {:?}", motifs(&lu));
    }
    let lu =
        liste("Validité", ["05/03/2022 / 04/03/2027", "05/03/2017 / 04/03/2022", "du 1/1/15 au 31/12/19"]);
    assert_eq!(agrees(&lu).0, Some(1.0), "{:?}", motifs(&lu));
    let lu = lire(
        "pmi",
        "Nom;Prénom;Commune;Capacité;Du;Au\nMartin;Anne;Aizenay;3;01/01/2022;31/12/2026\nPetit;Eva;Aizenay;3;01/01/2017;31/12/2021\n",
    );
    assert_eq!(agrees(&lu).0, Some(1.0), "{:?}", motifs(&lu));
}

#[test]
fn qui_n_est_pas_active_compte_et_le_chiffre_est_une_estimation() {
    for dits in [["Oui", "Non", "Non"], ["Actif", "Inactif", "Inactive"], ["X", "", ""]] {
        let lu = liste("Actif", dits);
        assert_eq!(agrees(&lu), (Some(3.0), Some(Statut::Estime)), "{dits:?}");
        assert!(motifs(&lu).contains(&Motif::InactiveComptee), "{dits:?} {:?}", motifs(&lu));
    }
    let lu = liste("Actif", ["Oui", "Oui", "Oui"]);
    assert_eq!(agrees(&lu), (Some(3.0), Some(Statut::Observe)));
    assert!(!motifs(&lu).contains(&Motif::InactiveComptee), "{:?}", motifs(&lu));
    for dit in ["Première demande accordée", "Agréée, non active", "Agréée sans activité"] {
        assert_eq!(agrees(&liste("Statut", [dit; 3])).0, Some(3.0), "{dit}");
    }
}

#[test]
fn une_colonne_inconnue_qui_parle_de_departs_se_dit() {
    let lu = liste("Suivi", ["ok", "Cessation", "Démission"]);
    assert!(motifs(&lu).contains(&Motif::DepartEnRemarque), "{:?}", motifs(&lu));
    let lu = liste("Employeur précédent", ["", "Retraite Vie", ""]);
    assert!(!motifs(&lu).contains(&Motif::DepartEnRemarque), "{:?}", motifs(&lu));
}

#[test]
fn une_ligne_de_compte_n_est_personne() {
    let personnes = "Martin;Anne;01/05/1975;Aizenay;3\nPetit;Eva;02/05/1975;Aizenay;2\n";
    for ligne in [
        "TOTAL AIZENAY;;;Aizenay;5",
        "2 assistantes maternelles;;;Aizenay;5",
        "Capacité totale;;;Aizenay;5",
        "Néant;;;Bellevigny;",
        "Aucune assistante maternelle;;;Bellevigny;",
    ] {
        let lu = lire("pmi", &format!("Nom;Prénom;Date de naissance;Commune;Capacité\n{personnes}{ligne}\n"));
        assert_eq!(agrees(&lu), (Some(2.0), Some(Statut::Observe)), "{ligne} {:?}", motifs(&lu));
        let ailleurs = lu.table.figure(Niveau::Commune, "85029", "am_agrees", "", 2024);
        assert_eq!(ailleurs.and_then(|f| f.valeur), Some(0.0), "{ligne}");
    }
    let lu = lire("pmi", "Nom;Prénom;Date de naissance;Commune;Capacité\nTotal;Anne;01/05/1975;Aizenay;3\n");
    assert_eq!(agrees(&lu).0, Some(1.0), "une personne de ce nom");
    for nom in ["PERSONNE Marie", "RIEN Anne", "AUCUNIER Lise"] {
        let lu = lire("pmi", &format!("Nom;Commune;Capacité\n{nom};Aizenay;3\nMARTIN Eva;Aizenay;2\n"));
        assert_eq!(agrees(&lu).0, Some(2.0), "{nom} {:?}", motifs(&lu));
    }
}

#[test]
fn des_lignes_sous_un_titre_d_ailleurs_ne_passent_pas_pour_sures() {
    for titre in ["Hors secteur", "Déménagements hors département", "Radiation", "Décès", "Inactives"] {
        let lu = lire(
            "pmi",
            &format!("Nom;Prénom;Commune;Capacité\nMartin;Anne;Aizenay;3\n{titre};;;\nPetit;Eva;Aizenay;2\n"),
        );
        assert_ne!(agrees(&lu), (Some(2.0), Some(Statut::Observe)), "{titre} {:?}", motifs(&lu));
    }
}

#[test]
fn une_structure_fermee_se_lit_a_cote_de_son_gestionnaire() {
    let places = |lu: &CompteRendu| {
        lu.table.figure(Niveau::Commune, "85003", "eaje_places", "", 2024).and_then(|f| f.valeur)
    };
    for (entete, dits) in [
        ("Statut", ["Ouverte", "Fermée"]),
        ("Active", ["Oui", "Non"]),
        ("Ouvert", ["Oui", "Non"]),
        ("Fermée depuis", ["", "juillet 2023"]),
        ("Fermeture définitive le", ["", "31/08/2023"]),
        ("Fermée", ["", "X"]),
        ("Statut", ["Associatif", "Fermée"]),
        ("Observations", ["", "Fermée depuis juillet 2023"]),
    ] {
        let lu = lire(
            "structures",
            &format!(
                "Type;Nom;Commune;Places;Gestionnaire;{entete}\nMulti-accueil;Les Lutins;Aizenay;40;CCAS;{}\nMicro-crèche;Bulle;Aizenay;12;SAS Bulle;{}\n",
                dits[0], dits[1]
            ),
        );
        assert_eq!(places(&lu), Some(40.0), "{entete} {dits:?} {:?}", motifs(&lu));
    }
    let lu = lire(
        "structures",
        "Type;Nom;Commune;Places;PSU;PAJE\nMulti-accueil;Les Lutins;Aizenay;40;X;\nMicro-crèche;Bulle;Aizenay;12;;X\n",
    );
    let psu = lu.table.figure(Niveau::Commune, "85003", "eaje_places", "financement:psu", 2024);
    let paje = lu.table.figure(Niveau::Commune, "85003", "eaje_places", "financement:paje", 2024);
    assert_eq!((psu.and_then(|f| f.valeur), paje.and_then(|f| f.valeur)), (Some(40.0), Some(12.0)));
    for (genre, attendu) in [("Crèches familiales", 24.0), ("Crèche familiale", 24.0)] {
        let lu = lire("structures", &format!("Type;Nom;Commune;Places\n{genre};Les Lutins;Aizenay;24\n"));
        let figure = lu.table.figure(Niveau::Commune, "85003", "eaje_places", "type:creche_familiale", 2024);
        assert_eq!(figure.and_then(|f| f.valeur), Some(attendu), "{genre}");
    }
}

#[test]
fn deux_annees_dans_une_liste_ne_s_ajoutent_pas() {
    for entete in ["Situation au", "Année liste", "Campagne"] {
        let (avant, apres) =
            if entete == "Situation au" { ("31/12/2023", "31/12/2024") } else { ("2023", "2024") };
        let lu = lire(
            "pmi",
            &format!(
                "Nom;Prénom;Date de naissance;Commune;Capacité;{entete}\nMartin;Anne;01/05/1975;Aizenay;3;{avant}\nPetit;Eva;02/05/1975;Aizenay;3;{avant}\nMartin;Anne;01/05/1975;Aizenay;3;{apres}\nDuval;Luce;03/05/1975;Aizenay;3;{apres}\n"
            ),
        );
        assert_eq!(agrees(&lu).0, Some(2.0), "{entete} {:?}", motifs(&lu));
    }
}

#[test]
fn une_mam_se_lit_sous_ses_noms() {
    for lieu in ["Hors domicile (MAM)", "Hors domicile", "M.A.M.", "Maison assistants maternels"] {
        let lu = liste("Lieu d'exercice", [lieu, lieu, "Domicile"]);
        let mam = lu.table.figure(Niveau::Commune, "85003", "am_agrees", "mam", 2024);
        assert_eq!(mam.and_then(|f| f.valeur), Some(2.0), "{lieu} {:?}", motifs(&lu));
    }
}

#[test]
fn qui_travaille_en_mam_compte_dans_la_commune_de_la_mam() {
    for (entete, commune) in [("Commune MAM", "Bellevigny"), ("Commune de travail", "Bellevigny")] {
        let lu = lire(
            "pmi",
            &format!(
                "Nom;Prénom;Date de naissance;Commune;Capacité;MAM;{entete}\nMartin;Anne;01/05/1975;Aizenay;3;Les Lutins;{commune}\nPetit;Eva;02/05/1975;Aizenay;3;;\n"
            ),
        );
        let ailleurs = lu.table.figure(Niveau::Commune, "85029", "am_agrees", "", 2024);
        assert_eq!((agrees(&lu).0, ailleurs.and_then(|f| f.valeur)), (Some(1.0), Some(1.0)), "{entete}");
    }
}

/// A list in sections by commune, as PMI services print it: the titles say where people work.
#[test]
fn une_liste_par_titres_de_communes_se_lit() {
    let lu = lire(
        "pmi",
        "LISTE DES ASSISTANTES MATERNELLES;;;\nNom;Prénom;Date de naissance;Capacité\nAIZENAY (2);;;\nMartin;Anne;01/05/1975;3\nPetit;Eva;02/05/1975;2\nCommune de Bellevigny;;;\nRoux;Luce;03/05/1975;4\n",
    );
    let ailleurs = lu.table.figure(Niveau::Commune, "85029", "am_places", "", 2024);
    assert_eq!((agrees(&lu).0, ailleurs.and_then(|f| f.valeur)), (Some(2.0), Some(4.0)), "{:?}", motifs(&lu));
    assert!(!lu.a_des_lacunes());
    let lu = lire(
        "structures",
        "AIZENAY;;\nType;Nom;Places\nMulti-accueil;Les Lutins;40\nBELLEVIGNY;;\nMicro-crèche;Bulle;12\n",
    );
    let places =
        |code: &str| lu.table.figure(Niveau::Commune, code, "eaje_places", "", 2024).and_then(|f| f.valeur);
    assert_eq!((places("85003"), places("85029")), (Some(40.0), Some(12.0)), "{:?}", motifs(&lu));
    // Under a title that no commune bears, nobody is taken for those of the commune before.
    let lu = lire(
        "pmi",
        "Nom;Prénom;Date de naissance;Capacité\nAIZENAY;;;\nMartin;Anne;01/05/1975;3\nBelleviniers-sur-Vie;;;\nPetit;Eva;02/05/1975;2\n",
    );
    assert_eq!(agrees(&lu).0, Some(1.0), "{:?}", motifs(&lu));
    assert!(motifs(&lu).contains(&Motif::CommuneVide), "{:?}", motifs(&lu));
    // In sections too, a list of those who left is no list.
    let lu = lire(
        "pmi",
        "Départs en 2024;;;\nNom;Prénom;Date de naissance;Capacité\nAIZENAY;;;\nMartin;Anne;01/05/1975;3\n",
    );
    assert_eq!((agrees(&lu).0, motifs(&lu).first()), (None, Some(&Motif::ListeDesSorties)));
    // Without a title, nothing says where they work.
    let lu = lire("pmi", "Nom;Prénom;Date de naissance;Capacité\nMartin;Anne;01/05/1975;3\n");
    assert!(motifs(&lu).contains(&Motif::ColonneAbsente));
}

#[test]
fn idem_est_comme_au_dessus() {
    let lu = lire(
        "pmi",
        "Commune;Nom;Prénom;Capacité\nAizenay;Martin;Anne;3\nidem;Petit;Eva;2\n//;Roux;Luce;2\nBellevigny;Duval;Zoé;4\n\"\"\"\";Blanc;Lou;1\n",
    );
    let ailleurs = lu.table.figure(Niveau::Commune, "85029", "am_agrees", "", 2024);
    assert_eq!((agrees(&lu).0, ailleurs.and_then(|f| f.valeur)), (Some(3.0), Some(2.0)), "{:?}", motifs(&lu));
}

#[test]
fn des_capacites_et_des_places_que_chacun_lit_se_lisent() {
    let places = |genre: &'static str, id: &str, dit: &str| {
        let texte = match genre {
            "pmi" => format!("Nom;Prénom;Commune;Capacité\nMartin;Anne;Aizenay;{dit}\n"),
            _ => format!("Type;Nom;Commune;Places\nMulti-accueil;Les Lutins;Aizenay;{dit}\n"),
        };
        let lu = lire(genre, &texte);
        lu.table.figure(Niveau::Commune, "85003", id, "", 2024).and_then(|f| f.valeur)
    };
    for (dit, attendu) in [
        ("3 + 1 (périscolaire)", 4.0),
        ("3 journées, 1 péri", 4.0),
        ("4 (3 mois à 6 ans)", 4.0),
        ("4 de 0/6 ans", 4.0),
        ("4 enfants (extension)", 4.0),
        ("4pl", 4.0),
        ("2+2=4", 4.0),
        ("3 (dont 1 périscolaire)", 3.0),
    ] {
        assert_eq!(places("pmi", "am_places", dit), Some(attendu), "{dit}");
    }
    for (dit, attendu) in
        [("40 enfants", 40.0), ("25 + 5", 30.0), ("12 maximum", 12.0), ("12 (10 sem. - 4 ans)", 12.0)]
    {
        assert_eq!(places("structures", "eaje_places", dit), Some(attendu), "{dit}");
    }
}

#[test]
fn des_places_libres_dites_en_mots_se_comptent() {
    let lu = liste("Places libres", ["complet", "1 place", "aucune"]);
    let libres = lu.table.figure(Niveau::Commune, "85003", "places_libres", "", 2024);
    assert_eq!(libres.and_then(|f| f.valeur), Some(1.0), "{:?}", motifs(&lu));
}

#[test]
fn un_petit_nombre_tu_par_la_caf_ne_decale_pas_sa_ligne() {
    for tu in ["inf. à 5", "Moins de 5 enfants", "s.s.", "<5"] {
        let lu = lire(
            "imaje",
            &format!(
                "Commune;Enfants de moins de 3 ans (1);Enfants en EAJE;Enfants gardés par une AM\nAizenay;45;{tu};{tu}\nBellevigny;60;20;22\n"
            ),
        );
        let enfants = lu.table.figure(Niveau::Commune, "85003", "enfants_0_2", "", 2024);
        assert_eq!(enfants.and_then(|f| f.valeur), Some(45.0), "{tu} {:?}", motifs(&lu));
        assert!(!lu.a_des_lacunes(), "{tu} {:?}", motifs(&lu));
    }
}

#[test]
fn une_liste_dont_beaucoup_ont_deux_lignes_est_peut_etre_de_deux_annees() {
    let mut texte = "Nom;Prénom;Date de naissance;Commune;Capacité;Extraction\n".to_owned();
    for jour in ["12/01/2024", "14/01/2025"] {
        for n in 1..=8 {
            texte += &format!("Martin{n};Anne;0{n}/05/1975;Aizenay;3;{jour}\n");
        }
    }
    let lu = lire("pmi", &texte);
    assert_eq!(agrees(&lu), (Some(8.0), Some(Statut::Estime)), "{:?}", motifs(&lu));
    let dit =
        lu.bilans.problemes().find(|(_, p)| p.motif == Motif::PlusieursListes).map(|(_, p)| p.to_string());
    assert!(dit.is_some_and(|dit| dit.contains("Extraction")) && lu.a_des_lacunes());
}

#[test]
fn un_etat_dit_autrement_se_lit() {
    for dit in ["Ne renouvelle pas", "Mutée", "A quitté le département", "Départ", "Abandon"] {
        assert_eq!(agrees(&liste("Statut", ["Agréée", dit, dit])).0, Some(1.0), "{dit}");
    }
    assert_eq!(agrees(&liste("Statut", ["Agréée par le département"; 3])).0, Some(3.0));
}

#[test]
fn une_colonne_de_numeros_de_dossiers_se_dit_une_fois() {
    let mut texte = "Nom;Prénom;Date de naissance;Commune;Capacité;Dossier\n".to_owned();
    for n in 1..=9 {
        texte += &format!("Martin{n};Anne;0{n}/05/1975;Aizenay;3;2015-{n}\n");
    }
    let lu = lire("pmi", &texte);
    assert_eq!(agrees(&lu), (Some(9.0), Some(Statut::Observe)));
    assert_eq!(motifs(&lu).iter().filter(|motif| **motif == Motif::ModaliteInconnue).count(), 1);
}

/// The commune stands on the first row of its people, as in a table that is read and not sorted.
#[test]
fn une_commune_ecrite_une_fois_est_celle_de_tout_son_groupe() {
    let liste = |communes: [&str; 6]| {
        let mut texte = "Commune;Nom;Prénom;Date de naissance;Capacité\n".to_owned();
        for (rang, commune) in communes.iter().enumerate() {
            texte += &format!("{commune};NOM{rang};Anne;0{}/05/1975;3\n", rang + 1);
        }
        lire("pmi", &texte)
    };
    let tirets = liste(["Aizenay", "-", "-", "-", "Bellevigny", "-"]);
    assert_eq!(agrees(&tirets), (Some(4.0), Some(Statut::Observe)), "{:?}", motifs(&tirets));
    let groupes = liste(["Aizenay", "", "", "", "Bellevigny", ""]);
    assert_eq!(agrees(&groupes), (Some(4.0), Some(Statut::Observe)), "{:?}", motifs(&groupes));
    let dit = groupes.bilans.problemes().find(|(_, p)| p.motif == Motif::CommuneParGroupe).unwrap().1;
    insta::assert_snapshot!(dit.to_string());
    // Where communes are repeated, a row without one is of nobody knows which; and above all of them, it is of none.
    for autre in [
        ["Aizenay", "Aizenay", "", "", "", "Bellevigny"],
        ["", "Aizenay", "", "", "Bellevigny", ""],
        ["Aizenay", "", "", "", "", ""],
    ] {
        let lu = liste(autre);
        assert!(motifs(&lu).contains(&Motif::CommuneVide), "{autre:?} {:?}", motifs(&lu));
        assert_ne!(agrees(&lu).1, Some(Statut::Observe), "{autre:?}");
    }
}

#[test]
fn une_ligne_masquee_compte_et_se_dit() {
    let dossier = tempfile::tempdir().unwrap();
    let pipeline =
        Essai::new("2024-12-31", &COMMUNES).avec_cles("essai", "pmi", DATE, "").ecrire(dossier.path());
    let ecrit = std::fs::read_to_string(&pipeline).unwrap().replace("essai.csv", "essai.xlsx");
    std::fs::write(&pipeline, ecrit).unwrap();
    let classeur = |masquees: &[u32]| {
        let mut classeur = rust_xlsxwriter::Workbook::new();
        classeur.add_worksheet().set_name("Lisez-moi").unwrap().set_row_hidden(0).unwrap();
        let feuille = classeur.add_worksheet();
        for (colonne, texte) in (0..).zip(["Nom", "Prénom", "Commune", "Capacité"]) {
            feuille.write(0, colonne, texte).unwrap();
        }
        for (ligne, nom) in (1..).zip(["Martin", "Petit", "Roux"]) {
            for (colonne, texte) in (0..).zip([nom, "Anne", "Aizenay", "3"]) {
                feuille.write(ligne, colonne, texte).unwrap();
            }
        }
        for ligne in masquees {
            feuille.set_row_hidden(*ligne).unwrap();
        }
        classeur.save(pipeline.with_file_name("essai.xlsx")).unwrap();
        lancer(&pipeline, &options(dossier.path()), &Muet).unwrap()
    };
    let lu = classeur(&[2, 3]);
    assert_eq!(agrees(&lu).0, Some(3.0));
    let dit = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::LignesMasquees).unwrap().1;
    assert_eq!((dit.lieu.feuille.as_deref(), dit.lieu.ligne), (Some("Sheet2"), Some(3)), "{dit}");
    assert!(dit.detail.starts_with("2 ligne(s)"), "{dit}");
    assert!(!motifs(&classeur(&[])).contains(&Motif::LignesMasquees));
}

/// Who lives in Aizenay and works in Bellevigny is counted there, wherever the list says it.
#[test]
fn ou_l_on_travaille_se_lit_dans_le_lieu_d_exercice_ou_l_adresse_de_la_mam() {
    let bellevigny = |lu: &CompteRendu, id: &str| {
        let figure = lu.table.figure(Niveau::Commune, "85029", id, "", 2024);
        figure.and_then(|figure| figure.valeur)
    };
    let lu = liste("Lieu d'exercice", ["Aizenay", "Bellevigny", "Bellevigny"]);
    assert_eq!((agrees(&lu).0, bellevigny(&lu, "am_agrees")), (Some(1.0), Some(2.0)), "{:?}", motifs(&lu));
    assert!(!motifs(&lu).contains(&Motif::ModaliteInconnue));
    for adresse in ["4 rue du Four 85170 BELLEVIGNY", "4 rue du Four, Bellevigny"] {
        let lu = liste("Adresse de la MAM", ["", adresse, adresse]);
        assert_eq!((agrees(&lu).0, bellevigny(&lu, "am_agrees")), (Some(1.0), Some(2.0)), "{adresse}");
        assert_eq!(bellevigny(&lu, "mam"), Some(1.0), "{adresse}");
    }
    // An address that names no commune leaves people where the list says.
    let lu = liste("Adresse de la MAM", ["", "4 rue du Four", "4 rue du Four"]);
    assert_eq!(
        (agrees(&lu).0, lu.table.figure(Niveau::Commune, "85003", "mam", "", 2024).unwrap().valeur),
        (Some(3.0), Some(1.0))
    );
}

/// Two places by day and two before and after school are four, though the two lines tell the same number.
#[test]
fn une_ligne_de_journee_et_une_de_periscolaire_s_ajoutent() {
    let places = |types: [&str; 2]| {
        let mut texte = "Nom;Prénom;Date de naissance;Commune;Capacité;Type d'agrément\n".to_owned();
        for dit in types {
            texte += &format!("Martin;Anne;01/05/1975;Aizenay;2;{dit}\n");
        }
        let lu = lire("pmi", &texte);
        let figure = lu.table.figure(Niveau::Commune, "85003", "am_places", "", 2024);
        (agrees(&lu).0, figure.and_then(|figure| figure.valeur))
    };
    assert_eq!(places(["Journée", "Périscolaire"]), (Some(1.0), Some(4.0)));
    assert_eq!(places(["Journée", "Journée"]), (Some(1.0), Some(2.0)));
    assert_eq!(places(["AM", "Assistante maternelle"]), (Some(1.0), Some(2.0)));
}

#[test]
fn des_codes_que_nul_ne_connait_ne_font_pas_des_nombres_surs() {
    let lu = liste("Statut", ["A", "S", "R"]);
    assert_eq!(agrees(&lu), (Some(3.0), Some(Statut::Estime)), "{:?}", motifs(&lu));
    assert!(motifs(&lu).contains(&Motif::ModaliteInconnue));
}

#[test]
fn qui_semble_parti_rend_le_nombre_incertain() {
    let lu = liste("Observations", ["", "n'exerce plus", "décédée"]);
    assert_eq!(agrees(&lu), (Some(3.0), Some(Statut::Estime)), "{:?}", motifs(&lu));
    assert!(motifs(&lu).contains(&Motif::DepartEnRemarque));
    assert_eq!(agrees(&liste("Observations", ["", "appeler le soir", "jardin"])).1, Some(Statut::Observe));
}

/// A MAM is where its address says, and is one whether a row gives that address or not.
#[test]
fn l_adresse_d_une_mam_ecrite_apres_son_nom_dit_sa_commune_et_non_son_nom() {
    for (entete, vide) in [("Lieu d'exercice", "Domicile"), ("MAM", ""), ("Nom de la MAM", "")] {
        let entiere = "MAM Les P'tits Loups 4 rue du Four 85170 BELLEVIGNY";
        let mut texte = format!("Nom;Prénom;Date de naissance;Commune;Capacité;{entete}\n");
        for (nom, commune, dit) in [
            ("Martin", "Aizenay", vide),
            ("Petit", "Aizenay", entiere),
            ("Roux", "Bellevigny", "MAM Les P'tits Loups"),
        ] {
            texte += &format!("{nom};Anne;01/05/1975;{commune};3;{dit}\n").replace("Anne", nom);
        }
        let lu = lire("pmi", &texte);
        let de = |code: &str, id: &str| {
            let figure = lu.table.figure(Niveau::Commune, code, id, "", 2024);
            figure.and_then(|figure| figure.valeur)
        };
        let nombres =
            [("85003", "am_agrees"), ("85029", "am_agrees"), ("85029", "mam")].map(|(c, id)| de(c, id));
        assert_eq!(nombres, [Some(1.0), Some(2.0), Some(1.0)], "{entete} {:?}", motifs(&lu));
    }
}

/// One person under her two names is counted twice, and the number is no sure one.
#[test]
fn deux_noms_d_une_personne_sur_une_liste_se_disent() {
    let noms = ["AUDUREAU;Nathalie", "DURAND née AUDUREAU;Nathalie"];
    let liste = |jour: &str| {
        let mut texte =
            "Nom;Prénom;Date de naissance;Commune;Capacité\nMARTIN;Ida;04/04/1980;Aizenay;3\n".to_owned();
        for (nom, jour) in noms.iter().zip(["12/03/1974", jour]) {
            texte += &format!("{nom};{jour};Aizenay;3\n");
        }
        lire("pmi", &texte)
    };
    let lu = liste("12/03/1974");
    assert_eq!(agrees(&lu), (Some(3.0), Some(Statut::Estime)), "{:?}", motifs(&lu));
    let dit = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::PeutEtreUneSeule).unwrap().1;
    assert!(dit.detail.contains("3, 4"), "{dit}");
    assert!(!motifs(&liste("12/04/1974")).contains(&Motif::PeutEtreUneSeule));
}

/// A census by groups of which most have one row; and one of which a row has lost its commune.
#[test]
fn un_recensement_par_groupes_se_lit_et_une_ligne_sans_commune_fait_douter() {
    let recensement =
        |lignes: &[&str]| lire("structures", &format!("Commune;Nom;Type;Places\n{}\n", lignes.join("\n")));
    let eaje = |lu: &CompteRendu, code: &str| {
        let figure = lu.table.figure(Niveau::Commune, code, "eaje", "", 2024);
        figure.map(|figure| (figure.valeur, figure.statut))
    };
    let groupes = [
        "Aizenay;Un;Multi-accueil;20",
        ";Deux;Micro-crèche;10",
        "Bellevigny;Trois;Micro-crèche;10",
        "Venansault;Quatre;Micro-crèche;10",
    ];
    let lu = recensement(&groupes);
    assert_eq!(eaje(&lu, "85003"), Some((Some(2.0), Statut::Observe)), "{:?}", motifs(&lu));
    // No order: whose the second one is, nobody knows, and so it is told of both.
    let lu = recensement(&[
        "Bellevigny;Trois;Micro-crèche;10",
        ";Deux;Micro-crèche;10",
        "Aizenay;Un;Multi-accueil;20",
    ]);
    assert_eq!(eaje(&lu, "85003"), Some((Some(1.0), Statut::Estime)), "{:?}", motifs(&lu));
}

#[test]
fn le_titre_au_dessus_des_structures_dit_leur_type() {
    let lu = lire(
        "structures",
        "Type;Nom;Commune;Places\nMulti-accueils;;;\n;Un;Aizenay;20\nMicro-crèches;;;\n;Deux;Aizenay;10\n;Trois;Bellevigny;12\n",
    );
    let places = |modalite: &str| {
        let figure = lu.table.figure(Niveau::Commune, "85003", "eaje_places", modalite, 2024);
        figure.and_then(|figure| figure.valeur)
    };
    assert_eq!(
        (places("type:multi_accueil"), places("type:micro_creche")),
        (Some(20.0), Some(10.0)),
        "{:?}",
        motifs(&lu)
    );
}

/// Three people who work at one address, and not at home, are a MAM, where that address is.
#[test]
fn une_adresse_pour_lieu_d_exercice_que_plusieurs_partagent_est_une_mam() {
    let mut texte = "Nom;Prénom;Date de naissance;Commune;Capacité;Lieu d'exercice\n".to_owned();
    for (rang, commune) in ["Aizenay", "Aizenay", "Bellevigny", "Aizenay"].iter().enumerate() {
        let lieu = if rang < 3 { "4 rue du Four 85170 Bellevigny" } else { "Domicile" };
        texte += &format!("NOM{rang};Ida{rang};0{}/05/1975;{commune};3;{lieu}\n", rang + 1);
    }
    let lu = lire("pmi", &texte);
    let de = |code: &str, id: &str| {
        let figure = lu.table.figure(Niveau::Commune, code, id, "", 2024);
        figure.and_then(|figure| figure.valeur)
    };
    let nombres = [("85003", "am_agrees"), ("85029", "am_agrees"), ("85029", "mam"), ("85003", "mam")];
    assert_eq!(
        nombres.map(|(c, id)| de(c, id)),
        [Some(1.0), Some(3.0), Some(1.0), Some(0.0)],
        "{:?}",
        motifs(&lu)
    );
    assert!(motifs(&lu).contains(&Motif::MamDeduite));
}
