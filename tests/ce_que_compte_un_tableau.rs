//! A table of counts is read as what it counts: the title, the header on two lines, the section above, the unit beside all
//! say so, and a number is never taken for another one.

use crate::commun::essai::Essai;
use crate::commun::{Muet, options};
use observatoire::disclosure::{Audience, divulguer};
use observatoire::indicators::Niveau;
use observatoire::pipeline::{CompteRendu, lancer};
use observatoire::quality::Motif;
use observatoire::reprises::Reprises;

const COMMUNES: [(&str, &str); 3] = [("85003", "Aizenay"), ("85029", "Bellevigny"), ("85008", "Aubigny")];

fn lire(genre: &'static str, cles: &str, lignes: &[&str]) -> CompteRendu {
    let lu = Essai::new("2024-12-31", &COMMUNES)
        .avec_cles("essai", genre, cles, lignes.join("\n") + "\n")
        .lancer();
    assert!(lu.bilans.0.iter().all(|bilan| bilan.est_perdu() || bilan.est_juste()), "{:?}", lu.bilans);
    lu
}

const DATE: &str = "date = 2024-12-31";

fn commune(lu: &CompteRendu, code: &str, id: &str, modalite: &str) -> Option<f64> {
    lu.table.figure(Niveau::Commune, code, id, modalite, 2024).and_then(|figure| figure.valeur)
}

fn ensemble(lu: &CompteRendu, id: &str, modalite: &str) -> Option<f64> {
    lu.table.figure(Niveau::Territoire, "essai", id, modalite, 2024).and_then(|figure| figure.valeur)
}

fn motifs(lu: &CompteRendu) -> Vec<Motif> {
    lu.bilans.problemes().map(|(_, p)| p.motif).collect()
}

#[test]
fn le_haut_d_un_en_tete_dit_de_qui_parle_le_bas() {
    for haut in [
        "Enfants gardés par une AM",
        "Enfants en EAJE",
        "Familles monoparentales",
        "Enfants bénéficiaires de l'AEEH",
        "Parents sans emploi",
    ] {
        let entete = format!("Code Insee;Commune;{haut};");
        let lu = lire(
            "imaje",
            DATE,
            &[&entete, ";;0-2 ans;3-5 ans", "85003;Aizenay;124;9", "85029;Bellevigny;60;4"],
        );
        for id in ["enfants_0_2", "enfants_3_5"] {
            assert_eq!(commune(&lu, "85003", id, ""), None, "{haut} {id}");
        }
    }
    let lu =
        lire("imaje", DATE, &["Code Insee;Commune;Places;", ";;EAJE;Garde à domicile", "85003;Aizenay;90;4"]);
    assert_eq!(commune(&lu, "85003", "enfants_eaje", ""), None);
    // What says nothing more than the lower line leaves it what it is.
    for haut in ["Enfants", "Effectifs", "Tranches d'âge", "Nombre d'enfants"] {
        let entete = format!("Code Insee;Commune;{haut};");
        let lu = lire("imaje", DATE, &[&entete, ";;0-2 ans;3-5 ans", "85003;Aizenay;124;90"]);
        assert_eq!(commune(&lu, "85003", "enfants_0_2", ""), Some(124.0), "{haut}");
    }
    for haut in ["Population", "Enfants allocataires Caf"] {
        let entete = format!("Code Insee;Commune;{haut};");
        let lu = lire(
            "imaje",
            DATE,
            &[&entete, ";;Enfants de moins de 3 ans;Enfants 3-5 ans", "85003;Aizenay;124;90"],
        );
        assert_eq!(commune(&lu, "85003", "enfants_0_2", ""), Some(124.0), "{haut}");
    }
    let lu = lire(
        "imaje",
        DATE,
        &[
            "Code Insee;Commune;Besoins;",
            ";;Enfants de moins de 3 ans;Enfants 3-5 ans",
            "85003;Aizenay;124;90",
        ],
    );
    assert_eq!(commune(&lu, "85003", "enfants_0_2", ""), Some(124.0));
}

/// A workbook in which the number of the first commune is merged with the cell of the second one.
fn fusion(genre: &'static str, entete: [&str; 3], cles: &str) -> CompteRendu {
    let dossier = tempfile::tempdir().unwrap();
    let pipeline =
        Essai::new("2024-12-31", &COMMUNES).avec_cles("essai", genre, cles, "").ecrire(dossier.path());
    let ecrit = std::fs::read_to_string(&pipeline).unwrap().replace("essai.csv", "essai.xlsx");
    std::fs::write(&pipeline, ecrit).unwrap();
    let mut classeur = rust_xlsxwriter::Workbook::new();
    let feuille = classeur.add_worksheet();
    for (colonne, texte) in (0..).zip(entete) {
        feuille.write(0, colonne, texte).unwrap();
    }
    for (ligne, (code, nom)) in (1..).zip(COMMUNES) {
        feuille.write(ligne, 0, code).unwrap();
        feuille.write(ligne, 1, nom).unwrap();
    }
    let format = rust_xlsxwriter::Format::new();
    feuille.merge_range(1, 2, 2, 2, "", &format).unwrap();
    feuille.write_with_format(1, 2, 320, &format).unwrap();
    feuille.write(3, 2, 40).unwrap();
    classeur.save(pipeline.with_file_name("essai.xlsx")).unwrap();
    lancer(&pipeline, &options(dossier.path()), &Muet).unwrap()
}

#[test]
fn un_nombre_fusionne_sur_deux_communes_n_est_celui_d_aucune() {
    for (genre, entete, id) in
        [("imaje", "Enfants de moins de 3 ans", "enfants_0_2"), ("naissances", "2024", "naissances")]
    {
        let lu = fusion(genre, ["Code", "Commune", entete], DATE);
        assert_eq!(commune(&lu, "85003", id, ""), None, "{genre}");
        assert_eq!(commune(&lu, "85029", id, ""), None, "{genre}");
        assert_eq!(commune(&lu, "85008", id, ""), Some(40.0), "{genre}");
        assert!(motifs(&lu).contains(&Motif::CompteFusionne) && lu.a_des_lacunes(), "{genre}");
    }
}

#[test]
fn un_titre_dit_que_ce_ne_sont_pas_ces_comptes() {
    for (genre, titre, entete, ligne) in [
        ("imaje", "Répartition en % des enfants", "Commune;Moins de 3 ans;EAJE", "Aizenay;45;20"),
        (
            "imaje",
            "Montants versés par la Caf en euros",
            "Commune;CMG structure;CMG domicile",
            "Aizenay;26800;1200",
        ),
        (
            "imaje",
            "Allocataires (foyers) selon l'âge des enfants",
            "Commune;Moins de 3 ans;3-5 ans",
            "Aizenay;45;20",
        ),
        ("imaje", "Nombre de places d'accueil par commune", "Commune;EAJE;Garde à domicile", "Aizenay;45;20"),
        ("naissances", "Effectifs en dizaines", "Commune;2023;2024", "Aizenay;10;9"),
        ("structures", "Projets", "Type;Nom;Commune;Places", "Micro-crèche;Les Lutins;Aizenay;12"),
    ] {
        let lu = lire(genre, DATE, &[titre, entete, ligne]);
        assert_eq!(motifs(&lu).first(), Some(&Motif::AutreTitre), "{titre} {:?}", motifs(&lu));
    }
    for titre in [
        "Naissances hors mariage",
        "Naissances hors mariage, toutes communes",
        "Naissances : sexe féminin",
        "Naissances de rang 1",
        "Premières naissances 2024",
        "Naissances (moyenne lissée)",
    ] {
        let lu = lire("naissances", DATE, &[titre, "Commune;2023;2024", "Aizenay;101;99"]);
        assert_eq!(commune(&lu, "85003", "naissances", ""), None, "{titre}");
    }
    // Titles that say nothing against the counts below.
    for titre in [
        "Caf : données des allocataires et des enfants",
        "Nombre et % d'enfants par commune",
        "Enfants du territoire",
    ] {
        let lu = lire("imaje", DATE, &[titre, "Commune;Enfants de moins de 3 ans;3-5 ans", "Aizenay;45;20"]);
        assert_eq!(commune(&lu, "85003", "enfants_0_2", ""), Some(45.0), "{titre}");
    }
}

#[test]
fn une_annee_comptee_en_partie_n_est_pas_lue() {
    let activite = |titre: &str, note: &str| {
        lire("activite", "", &[titre, "Indicateur;2023;2024", "Contacts des familles;400;300", note])
    };
    for (titre, note) in [
        ("Activité au 30 septembre 2024", ""),
        ("1er semestre 2024", ""),
        ("Données 2024 : janvier à septembre", ""),
        ("Activité du relais", "Attention : 2024 = 9 mois"),
        ("Activité du relais", "Données arrêtées au 30 juin 2024"),
    ] {
        let lu = activite(titre, note);
        assert_eq!(ensemble(&lu, "contacts_familles", ""), None, "{titre} {note}");
        assert!(motifs(&lu).contains(&Motif::AnneeInachevee), "{titre} {note}");
        let avant = lu.table.figure(Niveau::Territoire, "essai", "contacts_familles", "", 2023).unwrap();
        assert_eq!(avant.valeur, Some(400.0));
    }
    for (titre, note) in [
        ("Activité au 31 décembre 2024", ""),
        ("Activité 2024", "Source : le relais, janvier 2025"),
        ("Géographie au 01/01/2024", ""),
        ("Relais fermé 2 mois en 2024 pour travaux", ""),
        ("Activité", "Note : depuis le 1er septembre 2024, une antenne est ouverte"),
        ("Convention signée le 30 juin 2024", "Équipe : 2,5 ETP au 30 septembre 2024"),
        ("Animatrice référente à 80 % d'ETP", "Budget 2024 : 85 000 euros"),
    ] {
        let lu = activite(titre, note);
        assert_eq!(ensemble(&lu, "contacts_familles", ""), Some(300.0), "{titre} {note}");
    }
}

#[test]
fn le_tableau_de_la_caf_se_lit_avec_ses_totaux_et_ses_titres() {
    let lu = lire(
        "activite",
        "",
        &[
            "Nombre de contacts par motif principal;2022;2023;2024",
            "La recherche d'un mode d'accueil;10;20;30",
            "Total des contacts des familles;100;110;120",
            "Typologie des demandes;;;",
            "Accueil collectif (A);1;2;70",
            "Auprès d'un assistant maternel (B);3;4;220",
            "Garde d'enfants à domicile (C);5;6;7",
            "Total (A+B+C);255;276;397",
        ],
    );
    assert_eq!(ensemble(&lu, "contacts_familles", ""), Some(120.0));
    assert_eq!(ensemble(&lu, "demandes", ""), Some(397.0));
    let lu =
        lire("activite", "", &["Indicateur;2023;2024", "Séances en présentiel;;", "Ateliers d'éveil;90;100"]);
    assert_eq!(ensemble(&lu, "seances", "ateliers"), Some(100.0));
    for titre in ["Participants", "Coût", "Objectifs", "Durée (en heures)"] {
        let titre = format!("{titre};;");
        let lu = lire("activite", "", &["Indicateur;2023;2024", &titre, "Ateliers d'éveil;90;100"]);
        assert_eq!(ensemble(&lu, "seances", "ateliers"), None, "{titre}");
    }
    // Under a title, a label is of whom the title says.
    for (titre, contacts) in [
        ("Contacts des assistants maternels", "contacts_professionnels"),
        ("Contacts des familles", "contacts_familles"),
    ] {
        let titre = format!("{titre};;");
        let lu =
            lire("activite", "", &["Indicateur;2023;2024", &titre, "Contrat de travail;41;42", "Autres;5;6"]);
        let familles = ensemble(&lu, "contacts_familles", "employeur");
        assert_eq!(familles, (contacts == "contacts_familles").then_some(42.0), "{titre}");
    }
    let lu = lire(
        "activite",
        "",
        &["Public;Indicateur;2023;2024", "Assistants maternels;Contrat de travail;41;42"],
    );
    assert_eq!(ensemble(&lu, "contacts_familles", "employeur"), None);
    let lu = lire(
        "activite",
        "",
        &["Indicateur;2023;2024", "Offre d'accueil (places);;", "Accueil individuel;280;290"],
    );
    assert_eq!(ensemble(&lu, "demandes", "am"), None);
}

#[test]
fn une_autre_unite_ou_une_colonne_de_communes_se_dit() {
    let lu = lire(
        "activite",
        "",
        &["Indicateur;Unité;2023;2024", "Contacts des familles;%;45;46", "Contacts AM;nombre;7;8"],
    );
    assert_eq!(ensemble(&lu, "contacts_familles", ""), None);
    assert!(motifs(&lu).contains(&Motif::AutreUnite));
    assert_eq!(ensemble(&lu, "contacts_professionnels", ""), Some(8.0));
    let lu = lire(
        "activite",
        "",
        &[
            "Commune;Indicateur;2023;2024",
            "Aizenay;Contacts des familles;400;404",
            "Bellevigny;Contacts AM;4;5",
        ],
    );
    assert_eq!(motifs(&lu).first(), Some(&Motif::ActiviteParCommune));
}

#[test]
fn une_activite_dite_par_parties_n_est_pas_celle_du_relais() {
    let une_annee = |lignes: &[&str]| lire("activite", DATE, lignes);
    for titre in ["Oux", "AIZENAY", "Secteur Nord", "Antenne de Bellevigny", "Site 2"] {
        let titre = &format!("{titre};");
        for lignes in [
            &["Indicateur;Nombre", titre, "Contacts des familles;404", "Contacts AM;5"][..],
            &["Indicateur;Nombre", "Contacts des familles;404", titre, "Contacts AM;5"],
            &["Indicateur;2023;2024", "Contacts des familles;400;404", titre, "Contacts AM;5;6"],
        ] {
            let lu = lire("activite", if lignes[0].ends_with("2024") { "" } else { DATE }, lignes);
            let refusee = motifs(&lu).contains(&Motif::ActiviteParCommune);
            assert_eq!(refusee, titre != "Oux;", "{titre} {lignes:?} {:?}", motifs(&lu));
            assert!(!refusee || ensemble(&lu, "contacts_familles", "").is_none(), "{titre}");
        }
    }
    for titre in ["Janvier", "1er semestre", "T3", "Septembre 2024", "Année 2023", "2023", "Janvier à juin"]
    {
        let titre = &format!("{titre};");
        for lignes in [
            ["Indicateur;Nombre", titre, "Contacts des familles;404", "Contacts AM;5"],
            ["Indicateur;Nombre", "Contacts des familles;404", titre, "Contacts AM;5"],
        ] {
            let lu = une_annee(&lignes);
            assert_eq!(ensemble(&lu, "contacts_familles", ""), None, "{lignes:?}");
            assert!(motifs(&lu).contains(&Motif::AnneeInachevee), "{lignes:?} {:?}", motifs(&lu));
        }
    }
    for titre in ["Année 2024", "2024", "Secteur associatif", "Missions du relais", "Janvier à décembre"] {
        let titre = &format!("{titre};");
        let lu = une_annee(&["Indicateur;Nombre", titre, "Contacts des familles;404", "Contacts AM;5"]);
        assert_eq!(ensemble(&lu, "contacts_familles", ""), Some(404.0), "{titre} {:?}", motifs(&lu));
    }
}

#[test]
fn une_colonne_dit_ce_que_sont_toutes_les_lignes() {
    let lire = |genre: &'static str, entete: &str, dit: &str| {
        if genre == "activite" {
            let (titre, ligne) =
                (format!("Indicateur;Nombre;{entete}"), format!("Contacts des familles;404;{dit}"));
            let lu = lire(genre, DATE, &[&titre, &ligne]);
            (ensemble(&lu, "contacts_familles", ""), motifs(&lu))
        } else {
            let (titre, ligne) = (format!("Commune;Naissances;{entete}"), format!("Aizenay;404;{dit}"));
            let lu = lire(genre, DATE, &[&titre, &ligne]);
            (commune(&lu, "85003", "naissances", ""), motifs(&lu))
        }
    };
    for genre in ["activite", "naissances"] {
        for (entete, dit, motif) in [
            ("Statut", "Objectif", Motif::AutreTitre),
            ("Type", "Prévu", Motif::AutreTitre),
            ("Date", "30/06/2024", Motif::AnneeInachevee),
            ("Remarque", "1er semestre", Motif::AnneeInachevee),
        ] {
            let (valeur, motifs) = lire(genre, entete, dit);
            assert_eq!(valeur, None, "{genre} {entete}");
            assert!(motifs.contains(&motif), "{genre} {entete} {motifs:?}");
        }
        for (entete, dit) in [
            ("Statut", "Réalisé"),
            ("Date", "31/12/2024"),
            ("Date", "12/02/2025"),
            ("Remarque", "Janvier à décembre"),
            ("Population", "45400"),
        ] {
            assert_eq!(lire(genre, entete, dit).0, Some(404.0), "{genre} {entete} {dit}");
        }
    }
    assert!(lire("activite", "Commune", "Aizenay").1.contains(&Motif::ActiviteParCommune));
    assert_eq!(lire("activite", "Commune", "Paris").0, Some(404.0));
}

#[test]
fn les_naissances_d_une_annee_sont_de_la_date_de_la_source() {
    let lu = lire("naissances", DATE, &["Commune;Naissances", "Aizenay;101", "Bellevigny;60"]);
    assert_eq!(commune(&lu, "85003", "naissances", ""), Some(101.0));
    let lu = lire("naissances", "", &["Commune;Naissances", "Aizenay;101", "Bellevigny;60"]);
    assert!(motifs(&lu).contains(&Motif::DateAbsente));
    // A title of another year is told; one of several years is no year.
    let lu = lire("naissances", DATE, &["Naissances, année 2023", "Commune;Naissances", "Aizenay;101"]);
    assert!(motifs(&lu).contains(&Motif::AutreAnnee));
    let lu =
        lire("naissances", DATE, &["Total des naissances 2020-2024", "Commune;Naissances", "Aizenay;501"]);
    assert_eq!(commune(&lu, "85003", "naissances", ""), None);
    let lu = lire("naissances", "", &["Commune;NAISD23;NAISD24", "Aizenay;99;101"]);
    assert_eq!(commune(&lu, "85003", "naissances", ""), Some(101.0));
}

#[test]
fn une_structure_fermee_l_est_quel_que_soit_le_nom_de_la_colonne() {
    for entete in [
        "Année de fermeture",
        "Fin d'activité",
        "Date de fin",
        "Date d'arrêt",
        "Ouvert jusqu'au",
        "Date de cessation",
    ] {
        let entete = format!("Type;Nom;Commune;Places;{entete}");
        let lu = lire(
            "structures",
            DATE,
            &[&entete, "Micro-crèche;Pom 1;Aizenay;12;2022", "Multi-accueil;Pom 2;Aizenay;40;"],
        );
        assert_eq!(ensemble(&lu, "eaje_places", ""), Some(40.0), "{entete}");
    }
}

#[test]
fn la_commune_parmi_ses_iris_ne_s_ajoute_pas() {
    let lu = lire(
        "caf_iris",
        DATE,
        &["CODGEO;ENF_2;ENF_3_5", "85003;312;315", "850030101;100;110", "850030102;212;205"],
    );
    assert_eq!(commune(&lu, "85003", "enfants_0_2", ""), Some(312.0));
    assert!(motifs(&lu).contains(&Motif::AutreNiveau));
}

#[test]
fn des_minutes_et_des_secondes_ne_sont_pas_des_heures() {
    let lu = lire(
        "trajets",
        "",
        &["de;vers;Durée", "85003;85029;12:00", "85029;85003;12:30", "85003;85008;25:00"],
    );
    assert!(motifs(&lu).iter().all(|motif| *motif == Motif::NombreIllisible) && lu.a_des_lacunes());
    let lu = lire("trajets", "", &["de;vers;Durée", "85003;85029;0:12", "85029;85008;0:25"]);
    assert_eq!(motifs(&lu), [Motif::TrajetSansRetour]);
    // The way back may stand in another file.
    let lu = Essai::new("2024-12-31", &COMMUNES)
        .avec_cles("aller", "trajets", "", "de;vers;minutes\n85003;85029;8\n")
        .avec_cles("retour", "trajets", "", "de;vers;minutes\n85029;85003;20\n")
        .lancer();
    assert_eq!(motifs(&lu), []);
}

#[test]
fn une_ligne_sous_l_en_tete_le_precise() {
    for precisions in [
        ";;définitif;provisoire",
        ";;déf.;semi-définitif",
        ";;données définitives;données provisoires",
        ";;nombre;nombre",
        ";;janv.-déc.;janv.-déc.",
    ] {
        let lu = lire("naissances", "", &["Code;Commune;2023;2024", precisions, "85003;Aizenay;101;99"]);
        assert_eq!(commune(&lu, "85003", "naissances", ""), Some(99.0), "{precisions}");
        assert!(!lu.a_des_lacunes(), "{precisions} {:?}", motifs(&lu));
    }
    for precisions in [
        ";;;(6 mois)",
        ";;janv.-déc.;janv.-sept.",
        ";;;au 30/06",
        ";;;1er semestre",
        ";;;prévision",
        ";;;garçons",
        ";;;pour 100",
    ] {
        let lu = lire("naissances", "", &["Code;Commune;2023;2024", precisions, "85003;Aizenay;101;99"]);
        assert_eq!(commune(&lu, "85003", "naissances", ""), None, "{precisions}");
        assert!(motifs(&lu).contains(&Motif::ColonneChangee), "{precisions}");
    }
}

#[test]
fn un_compte_qui_surprend_se_dit() {
    let dits = |lu: &CompteRendu| -> Vec<String> {
        lu.bilans
            .problemes()
            .filter(|(_, p)| p.motif == Motif::CompteInvraisemblable)
            .map(|(_, p)| p.to_string())
            .collect()
    };
    let entete = "Commune;Enfants de moins de 3 ans;Enfants en EAJE";
    let lu = lire("imaje", DATE, &[entete, "Aizenay;312;900", "Bellevigny;60;62"]);
    assert!(dits(&lu).len() == 1 && dits(&lu)[0].contains("elle a 312 enfants"), "{:?}", dits(&lu));
    let lu = lire("naissances", "", &["Commune;2022;2023;2024", "Aizenay;101;99;1000", "Bellevigny;3;9;14"]);
    assert!(dits(&lu).len() == 1 && dits(&lu)[0].contains("« 1000 »"), "{:?}", dits(&lu));
}

#[test]
fn une_fin_de_convention_ne_ferme_pas_la_structure() {
    let entete = "Type;Nom;Commune;Places;Convention;Date de début;Date de fin";
    let lu = lire("structures", DATE, &[entete, "Multi-accueil;Pom;Aizenay;40;DSP;01/01/2019;31/12/2023"]);
    assert_eq!(ensemble(&lu, "eaje_places", ""), Some(40.0));
    assert!(motifs(&lu).contains(&Motif::ColonneNonEmployee));
    // The pipeline has the last word.
    let cles = format!("{DATE}\ncolonnes = {{ fermeture = \"Date de fin\" }}");
    let lu = lire("structures", &cles, &[entete, "Multi-accueil;Pom;Aizenay;40;DSP;01/01/2019;31/12/2023"]);
    assert_eq!(ensemble(&lu, "eaje_places", ""), Some(0.0));
}

#[test]
fn les_annees_du_formulaire_de_la_caf_et_ses_autres_tableaux() {
    let lu = lire(
        "activite",
        "",
        &[
            "Indicateur;N-3 (2022);N-2 (2023);N-1 (2024)",
            "Contacts des familles;400;410;420",
            "Dont horaires atypiques;1;2;30",
            "B/A x 100;50,0 %;60,0 %;66,7 %",
            "Temps collectifs;Nombre de séances en présentiel;en distanciel;professionnels différents",
            "Ateliers d'éveil;96;0;61",
        ],
    );
    assert_eq!(ensemble(&lu, "contacts_familles", ""), Some(420.0));
    assert_eq!(ensemble(&lu, "demandes", "atypique"), Some(30.0));
    assert_eq!(ensemble(&lu, "seances", "ateliers"), None);
    assert_eq!(lu.bilans.0[0].rejetees, 0, "{:?}", lu.bilans.0[0].problemes);
    assert!(motifs(&lu).contains(&Motif::AutreTableau));
}

#[test]
fn une_reponse_commencee_et_non_envoyee_n_est_pas_d_un_repondant() {
    let mut lignes = vec!["id;submitdate;Commune;Cherchez-vous une place ?".to_owned()];
    lignes.extend((1..=20).map(|n| format!("{n};2024-03-{n:02} 10:00:00;Aizenay;Oui")));
    lignes.extend((21..=25).map(|n| format!("{n};;Aizenay;")));
    let lignes: Vec<&str> = lignes.iter().map(String::as_str).collect();
    let lu = lire("questionnaire", DATE, &lignes);
    let bilan = &lu.bilans.0[0];
    assert_eq!((bilan.lignes, bilan.lues, bilan.mises_de_cote), (25, 20, 5));
    assert!(motifs(&lu).contains(&Motif::ReponseNonEnvoyee) && !lu.a_des_lacunes());
}

#[test]
fn ce_que_la_cnaf_publie_est_public() {
    let lu = lire("taux_publies", "", &["Année;Numéro Commune;Taux de couv global", "2024;85003;79,5"]);
    let public = divulguer(&lu.table, Audience::Public, &[], &Reprises::en_memoire()).table;
    let figure = public.figure(Niveau::Commune, "85003", "taux_couverture_cnaf", "", 2024).unwrap();
    assert_eq!(figure.valeur, Some(79.5));
}

#[test]
fn un_nombre_fusionne_sur_les_lignes_d_une_seule_commune_n_est_pas_de_plusieurs() {
    let dossier = tempfile::tempdir().unwrap();
    let pipeline =
        Essai::new("2024-12-31", &COMMUNES).avec_cles("essai", "imaje", DATE, "").ecrire(dossier.path());
    let ecrit = std::fs::read_to_string(&pipeline).unwrap().replace("essai.csv", "essai.xlsx");
    std::fs::write(&pipeline, ecrit).unwrap();
    let mut classeur = rust_xlsxwriter::Workbook::new();
    let feuille = classeur.add_worksheet();
    let format = rust_xlsxwriter::Format::new();
    for (colonne, texte) in (0..).zip(["Commune", "Détail", "Enfants de moins de 3 ans"]) {
        feuille.write(0, colonne, texte).unwrap();
    }
    for (debut, nom, nombre) in [(1, "Aizenay", 312), (3, "Bellevigny", 80)] {
        feuille.merge_range(debut, 0, debut + 1, 0, nom, &format).unwrap();
        feuille.merge_range(debut, 2, debut + 1, 2, "", &format).unwrap();
        feuille.write_with_format(debut, 2, nombre, &format).unwrap();
        feuille.write(debut, 1, "2023").unwrap();
        feuille.write(debut + 1, 1, "2024").unwrap();
    }
    classeur.save(pipeline.with_file_name("essai.xlsx")).unwrap();
    let lu = lancer(&pipeline, &options(dossier.path()), &Muet).unwrap();
    // That a column tells its rows apart is another matter, told as such.
    assert!(motifs(&lu).contains(&Motif::LignesRivales) && !motifs(&lu).contains(&Motif::CompteFusionne));
}

/// What stands below a header and says nothing new leaves it what it is; a unit does not, even as a sign.
#[test]
fn une_precision_qui_repete_l_en_tete_ne_change_rien_et_une_unite_change_tout() {
    let entete = "Commune;Enfants de moins de 3 ans";
    for precision in [";(enfants)", ";< 3 ans", ";(Caf)"] {
        let lu = lire("imaje", DATE, &[entete, precision, "Aizenay;312", "Bellevigny;60"]);
        assert_eq!(commune(&lu, "85003", "enfants_0_2", ""), Some(312.0), "{precision}");
        assert!(!motifs(&lu).contains(&Motif::ColonneChangee), "{precision}");
    }
    for precision in [";%", ";en ‰"] {
        let lu = lire("imaje", DATE, &[entete, precision, "Aizenay;12", "Bellevigny;6"]);
        assert_eq!(commune(&lu, "85003", "enfants_0_2", ""), None, "{precision}");
        assert!(motifs(&lu).contains(&Motif::ColonneChangee), "{precision}");
    }
}

#[test]
fn une_legende_sous_les_comptes_n_est_pas_une_commune() {
    for legende in ["s : secret statistique", "nc = non communiqué", "Effectifs au 31 décembre 2024"] {
        let lu = lire(
            "imaje",
            DATE,
            &["Commune;Enfants de moins de 3 ans", "Aizenay;312", "Bellevigny;60", legende],
        );
        assert_eq!(commune(&lu, "85003", "enfants_0_2", ""), Some(312.0));
        assert!(!motifs(&lu).contains(&Motif::CommuneInconnue), "{legende}");
    }
}

#[test]
fn le_sous_total_d_un_groupe_de_la_liste_n_est_pas_une_commune() {
    let entete = "Commune;Nom;Prénom;Date de naissance;Capacité";
    for sous_total in ["Total Aizenay;2 AM;;;7", "Nombre Aizenay;2;;;", "Somme Aizenay;;;;7"] {
        let lignes = [
            entete,
            "Aizenay;UN;Anne;01/02/1980;3",
            "Aizenay;DEUX;Zoé;03/04/1975;4",
            sous_total,
            "Bellevigny;TROIS;Léa;05/06/1985;4",
        ];
        let lu = lire("pmi", DATE, &lignes);
        assert_eq!(ensemble(&lu, "am_agrees", ""), Some(3.0), "{sous_total}");
        assert_eq!(ensemble(&lu, "am_places", ""), Some(11.0), "{sous_total}");
        assert!(motifs(&lu).iter().all(|motif| *motif != Motif::CommuneDouteuse), "{sous_total}");
    }
    // People are called so.
    let lu = lire("pmi", DATE, &["Nom;Prénom;Commune;Capacité", "UN;Anne;Aizenay;3", "SOMME;;Aizenay;3"]);
    assert_eq!(ensemble(&lu, "am_agrees", ""), Some(2.0));
}

#[test]
fn qui_n_est_pas_encore_agree_ne_compte_pas() {
    for titre in ["Agréments en cours d'instruction", "Futures assistantes maternelles"] {
        let lignes = [
            "Nom;Prénom;Date de naissance;Commune;Capacité",
            "UN;Anne;01/02/1980;Aizenay;3",
            "DEUX;Zoé;03/04/1975;Aizenay;4",
            titre,
            "TROIS;Léa;05/06/1985;Aizenay;4",
        ];
        let lu = lire("pmi", DATE, &lignes);
        assert_eq!(commune(&lu, "85003", "am_agrees", ""), Some(2.0), "{titre}");
    }
}

#[test]
fn un_titre_de_quelques_enfants_n_est_pas_celui_de_tous() {
    for titre in ["Enfants de familles au RSA", "Enfants en QPV", "Régime agricole (MSA) – enfants"] {
        let lu = lire("imaje", DATE, &[titre, "Commune;Enfants de moins de 3 ans", "Aizenay;31"]);
        assert_eq!(commune(&lu, "85003", "enfants_0_2", ""), None, "{titre}");
        assert!(motifs(&lu).contains(&Motif::AutreTitre), "{titre}");
    }
    for titre in ["Enfants, y compris MSA", "Données CAF-MSA 2024"] {
        let lu = lire("imaje", DATE, &[titre, "Commune;Enfants de moins de 3 ans", "Aizenay;312"]);
        assert_eq!(commune(&lu, "85003", "enfants_0_2", ""), Some(312.0), "{titre}");
    }
    let lignes =
        ["Objectif : informer les familles", "Indicateur;2022;2023;2024", "Contacts familles;300;310;320"];
    assert!(!motifs(&lire("activite", "", &lignes)).contains(&Motif::AutreTitre));
    let lignes = ["Objectifs 2022-2024", "Indicateur;2022;2023;2024", "Contacts familles;300;310;320"];
    assert!(motifs(&lire("activite", "", &lignes)).contains(&Motif::AutreTitre));
}

/// « Naissances » beside « 2022 » and « 2023 »: their sum, or those of a third year, nobody knows. It was left out without a word.
#[test]
fn une_colonne_sans_annee_a_cote_d_annees_se_dit() {
    let lignes = ["Commune;Naissances;2023;2024", "Aizenay;90;44;46", "Bellevigny;60;31;29"];
    let lu = lire("naissances", DATE, &lignes);
    let dit = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::ColonnesRivales).unwrap().1;
    assert!(dit.to_string().contains("« Naissances »"), "{dit}");
    assert_eq!(commune(&lu, "85003", "naissances", ""), Some(46.0));
    let sans = lire("naissances", DATE, &["Commune;2023;2024", "Aizenay;44;46", "Bellevigny;31;29"]);
    assert!(!motifs(&sans).contains(&Motif::ColonnesRivales));
}

/// « CC DU PAYS D'AIZENAY » below the communes is their sum, and no commune whose name is near.
#[test]
fn le_total_au_nom_de_l_intercommunalite_n_est_d_aucune_commune() {
    let lu = lire(
        "imaje",
        DATE,
        &["Commune;Enfants de moins de 3 ans", "Aizenay;40", "Bellevigny;20", "CC D AIZENAY;60"],
    );
    assert!(!motifs(&lu).contains(&Motif::CommuneDouteuse), "{:?}", motifs(&lu));
    assert_eq!(commune(&lu, "85003", "enfants_0_2", ""), Some(40.0));
}
