//! Tables of counts as offices lay them out: the column that is the count is read, and no other.

use crate::commun::essai::Essai;
use crate::sources_du_bureau::{COMPTES, comptes, lignes, lire, motifs, publication, reponses, vendee};
use observatoire::indicators::Niveau;
use observatoire::quality::{Motif, Statut};
use observatoire::sources::Genre;
use observatoire::tables::{AssistantsMaternels, Declarations, Mesure, TauxPublies, Trajets};

fn naissances(texte: &str) -> (Vec<String>, Vec<Motif>) {
    let (comptes, bilan) = comptes(texte, Genre::Naissances);
    (lignes(comptes.trame(), &["annee", "valeur"]), motifs(&bilan))
}

fn imaje(texte: &str) -> (Vec<String>, Vec<Motif>) {
    let (comptes, bilan) = comptes(texte, Genre::Imaje);
    (lignes(comptes.trame(), &COMPTES), motifs(&bilan))
}

fn activite(texte: &str) -> (Vec<String>, Vec<Motif>) {
    let (lues, bilan) = lire(texte, Genre::Activite, |t, i, b| Declarations::lire(t, i, b).unwrap());
    let motifs = motifs(&bilan).into_iter().filter(|m| *m != Motif::MesureInconnue).collect();
    (lignes(lues.trame(), &["annee", "valeur"]), motifs)
}

#[test]
fn les_deces_les_rangs_et_les_previsions_ne_s_ajoutent_pas_aux_naissances() {
    for entetes in [
        "Naissances 2023;Décès 2023;Rang 2023;Population 2023",
        "Naissances domiciliées 2023;Naissances 2023;dont garçons 2023;dont filles 2023",
        "2023;Décès 2023;Prévision 2025;Taux de natalité 2023",
        "Nb naissances 2023;Naissances dont mineures 2023;% de naissances 2023;Naissances prévues 2023",
        "Naissances 2023;;2023;Naissances moyennes 2023",
    ] {
        let (lus, dits) = naissances(&format!("Code;Commune;{entetes}\n85003;Aizenay;99;60;12;7000\n"));
        assert_eq!((lus, dits), (vec!["2023 99.0".to_owned()], vec![]), "{entetes}");
    }
}

#[test]
fn entre_deux_colonnes_d_une_annee_que_rien_ne_departage_l_annee_manque_et_c_est_dit() {
    let (lus, dits) = naissances(
        "Code;Commune;2022;Nombre total de naissances 2023;Naissances toutes mères 2023\n85003;Aizenay;98;99;60\n",
    );
    assert_eq!(lus, ["2022 98.0", "2023 ∅"]);
    assert_eq!(dits, [Motif::ColonnesRivales]);
    // Twice the same is no doubt, nor is a blank column.
    let (lus, dits) = naissances("Code;Commune;2023;2023;2023\n85003;Aizenay;99;99;\n");
    assert_eq!((lus, dits), (vec!["2023 99.0".to_owned()], vec![]));
}

#[test]
fn un_fichier_sans_naissances_est_perdu_et_le_dit() {
    let (lus, dits) = naissances("Code;Commune;Décès 2022;Décès 2023\n85003;Aizenay;60;61\n");
    assert_eq!((lus, dits), (vec![], vec![Motif::ColonneAbsente]));
}

/// A title names what is counted, and the header below only « Nombre »: the title is none of its columns.
#[test]
fn un_titre_au_dessus_de_nombre_n_est_pas_un_en_tete() {
    let lire = |texte: &str| {
        let rapport = Essai::new("2024-12-31", &[("85003", "Aizenay"), ("85163", "Palluau")])
            .avec("nais", "naissances", texte)
            .lancer();
        let valeur = |code: &str| {
            rapport.table.figure(Niveau::Commune, code, "naissances", "", 2024).and_then(|f| f.valeur)
        };
        (valeur("85003"), valeur("85163"))
    };
    let titre = "Naissances domiciliées 2024";
    for entete in ["Commune;Nombre", "Commune;Total", "Commune;Effectifs"] {
        let lus = lire(&format!("{titre};\n{entete}\nAizenay;98\nPalluau;12\n"));
        assert_eq!(lus, (Some(98.0), Some(12.0)), "{entete}");
    }
    let detail = "Commune;Garçons;Filles;Total\nAizenay;50;48;98\nPalluau;5;7;12\n";
    assert_eq!(lire(&format!("{titre};;;\n{detail}")), (Some(98.0), Some(12.0)));
    // All together of several years, of other counts, of a part of the year.
    for titre in
        ["Naissances 2020-2024", "Logements 2024", "Décès domiciliés 2024", "Naissances du 1er semestre 2024"]
    {
        let lus = lire(&format!("{titre};\nCommune;Nombre\nAizenay;98\nPalluau;12\n"));
        assert_eq!(lus, (None, None), "{titre}");
    }
}

/// « Total » counts what the file says that it counts; of a file that says nothing, or something else beside, nothing is read.
#[test]
fn un_total_n_est_celui_des_naissances_que_si_quelque_chose_le_dit() {
    let lire = |fichier: &'static str, texte: &str| {
        let rapport =
            Essai::new("2024-12-31", &[("85003", "Aizenay")]).avec(fichier, "naissances", texte).lancer();
        let figure = rapport.table.figure(Niveau::Commune, "85003", "naissances", "", 2024);
        let motifs: Vec<Motif> =
            rapport.bilans.0.iter().flat_map(|b| &b.problemes).map(|p| p.motif).collect();
        (figure.and_then(|f| f.valeur), motifs.contains(&Motif::AutreCompte))
    };
    let nu = "Commune;Total\nAizenay;98\n";
    assert_eq!(lire("naissances", nu), (Some(98.0), false), "le nom du fichier le dit");
    for autre in ["tableau", "naissances_garcons", "solde_naissances_deces"] {
        assert_eq!(lire(autre, nu), (None, true), "{autre}");
    }
    assert_eq!(lire("tableau", &format!("Naissances;\n{nu}")), (Some(98.0), false));
    let annees = "Code;Commune;2023;2024;Total\n85003;Aizenay;60;98;158\n";
    assert_eq!(lire("tableau", annees), (Some(98.0), false));
    assert_eq!(lire("tableau", &format!("Enfants en crèche 2024;\n{nu}")), (None, true));
    for titre in ["Enfants par année de naissance", "Actes de naissance 2024", "Visites après la naissance"]
    {
        assert_eq!(lire("naissances", &format!("{titre};\n{nu}")), (None, true), "{titre}");
    }
    for a_cote in ["Décès", "Ménages", "Population"] {
        let texte = format!("Commune;{a_cote};Total\nAizenay;60;158\n");
        assert_eq!(lire("naissances", &texte), (None, true), "{a_cote}");
    }
}

/// One year of activity needs no column of years: it is of the day of its source.
#[test]
fn l_activite_d_une_annee_est_de_la_date_de_sa_source() {
    let lire = |cles: &str, titre: &str| {
        let texte = format!("{titre}Indicateur;Nombre\nContacts des familles;904\n");
        let rapport = Essai::new("2024-12-31", &[("85003", "Aizenay")])
            .avec_cles("activite", "activite", cles, texte)
            .lancer();
        let figure = rapport.table.figure(Niveau::Territoire, &rapport.code, "contacts_familles", "", 2024);
        let motifs: Vec<Motif> =
            rapport.bilans.0.iter().flat_map(|b| &b.problemes).map(|p| p.motif).collect();
        (figure.and_then(|f| f.valeur), motifs)
    };
    let date = "date = 2024-12-31";
    assert_eq!(lire(date, ""), (Some(904.0), vec![]));
    assert_eq!(lire(date, "Activité du relais 2024;\n"), (Some(904.0), vec![]));
    assert_eq!(lire("", ""), (None, vec![Motif::DateAbsente]));
    assert_eq!(lire(date, "Activité du relais 2023;\n"), (Some(904.0), vec![Motif::AutreAnnee]));
    assert_eq!(lire(date, "Bilan du 1er semestre 2024;\n"), (None, vec![Motif::AnneeInachevee]));
    assert_eq!(lire(date, "Bilan 2022-2024;\n").0, None);
}

#[test]
fn les_sous_groupes_de_la_caf_ne_s_ajoutent_pas() {
    let un = ["2023 85003 enfants_0_2 60.0", "2023 85003 am_actifs 11.0"];
    for entetes in [
        "Enfants 0-2 ans 2023;Enfants 0-2 ans dont RSA 2023;AM actifs 2023;Part des AM actifs 2023",
        "Enfants de moins de 3 ans 2023;Familles avec enfants de moins de 3 ans 2023;AM actifs novembre 2023;AM actifs octobre 2023",
        "Enfants de moins de 3 ans 2023;% enfants de moins de 3 ans 2023;AM en activité 2023;AM actifs au moins un mois 2023",
    ] {
        let (mut lus, dits) = imaje(&format!("Commune;{entetes}\nAizenay;60;5;11;3\n"));
        lus.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!((lus, dits), (un.map(str::to_owned).to_vec(), vec![]), "{entetes}");
    }
    let (lus, dits) =
        imaje("Commune;AM actifs 10/2023;AM actifs 11/2023;Enfants 0-2 ans 2023\nAizenay;12;11;60\n");
    assert_eq!(lus, ["2023 85003 enfants_0_2 60.0", "2023 85003 am_actifs 11.0"], "{dits:?}");
    // Without its year, it would double that of its year.
    let (lus, dits) = imaje("Commune;AM actifs;AM actifs 2024\nAizenay;12;11\n");
    assert_eq!((lus, dits), (vec!["2024 85003 am_actifs 11.0".to_owned()], vec![Motif::ColonnesRivales]));
}

#[test]
fn une_colonne_de_la_caf_plus_precise_ne_prend_pas_la_place_du_compte() {
    let (lus, _) = imaje(
        "Commune;Enfants de moins de 3 ans dont les parents travaillent;Enfants ayant moins de 3 ans\nAizenay;40;60\n",
    );
    assert_eq!(lus, ["2024 85003 enfants_0_2 60.0", "2024 85003 enfants_0_2_parents_actifs 40.0"]);
    let (lus, _) =
        imaje("Commune;Enfants moins 3 ans % RSA;Part des enfants en EAJE;AM actifs\nAizenay;12;0,35;9\n");
    assert_eq!(lus, ["2024 85003 am_actifs 9.0"]);
}

#[test]
fn les_enfants_dont_un_parent_travaille_ou_aucun_ne_sont_pas_ceux_dont_les_parents_travaillent() {
    let entetes = [
        "Enfants de moins de 3 ans dont au moins un parent travaille",
        "Enfants de moins de 3 ans dont un seul parent travaille",
        "Enfants de moins de 3 ans dont aucun parent ne travaille",
        "Enfants de moins de 3 ans dont les deux parents travaillent",
        "Assistants maternels sans activité",
        "Assistants maternels non actifs",
        "Enfants hors EAJE",
    ];
    for entete in entetes {
        let (lus, dits) = imaje(&format!("Commune;Enfants 3-5 ans;{entete}\nAizenay;70;40\n"));
        assert_eq!((lus, dits), (vec!["2024 85003 enfants_3_5 70.0".to_owned()], vec![]), "{entete}");
        let (lus, _) = imaje(&format!("Commune;Mesure;Valeur\nAizenay;{entete};40\n"));
        assert_eq!(lus, Vec::<String>::new(), "{entete}");
    }
}

#[test]
fn des_annees_au_dessus_des_mesures_se_lisent() {
    let (mut lus, dits) = imaje(
        "Commune;2022;;2023;\n;Enfants 0-2 ans;AM actifs;Enfants 0-2 ans;AM actifs\nAizenay;55;12;60;11\n",
    );
    lus.sort_unstable();
    assert_eq!(
        (lus.iter().map(String::as_str).collect::<Vec<_>>(), dits),
        (
            vec![
                "2022 85003 am_actifs 12.0",
                "2022 85003 enfants_0_2 55.0",
                "2023 85003 am_actifs 11.0",
                "2023 85003 enfants_0_2 60.0"
            ],
            vec![]
        )
    );
}

#[test]
fn des_mesures_au_dessus_des_annees_se_lisent() {
    let (lus, dits) =
        naissances("Code;Commune;Naissances;;Décès;\n;;2022;2023;2022;2023\n85003;Aizenay;98;99;60;61\n");
    assert_eq!((lus, dits), (vec!["2022 98.0".to_owned(), "2023 99.0".to_owned()], vec![]));
}

#[test]
fn l_activite_du_relais_ne_prend_ni_les_objectifs_ni_les_semestres() {
    let un = vec!["2023 41.0".to_owned()];
    for entetes in [
        "Réalisé 2023;Objectif 2023;Écart 2023",
        "Total 2023;1er semestre 2023;2e semestre 2023",
        "2023;Objectif 2023;Évolution 2023",
        "Relais 2023;Prévu 2023;2023",
    ] {
        let valeurs = if entetes.ends_with(";2023") { "41;50;" } else { "41;50;9" };
        let (lus, dits) = activite(&format!("Mesure;{entetes}\nGoûters;{valeurs}\n"));
        assert_eq!((lus, dits), (un.clone(), vec![]), "{entetes}");
    }
    let (lus, dits) = activite("Mesure;2022;Secteur A 2023;Secteur B 2023\nGoûters;40;20;21\n");
    assert_eq!(
        (lus, dits),
        (vec!["2022 40.0".to_owned(), "2023 ∅".to_owned()], vec![Motif::ColonnesRivales])
    );
    // The total of the years is of no year.
    let (lus, _) = activite("Mesure;2022;2023;Total\nGoûters;40;41;81\n");
    assert_eq!(lus, ["2022 40.0", "2023 41.0"]);
    let (lus, dits) = activite("Mesure;Objectif 2023;Écart 2023\nGoûters;50;9\n");
    assert_eq!((lus, dits), (vec![], vec![Motif::ColonneAbsente]));
}

#[test]
fn l_activite_d_une_annee_passee_est_du_dernier_jour_de_cette_annee() {
    let (lues, _) = lire("Mesure;2022;2023;2024\nGoûters;39;40;41\n", Genre::Activite, |t, i, b| {
        Declarations::lire(t, i, b).unwrap()
    });
    let jours = lues.trame().column("date_observation").unwrap().date().unwrap().physical().clone();
    let fins = ["2022-12-31", "2023-12-31", "2024-12-31"].map(|jour| jour.parse().unwrap());
    assert_eq!(jours.iter().flatten().collect::<Vec<_>>(), fins.map(observatoire::tables::en_jours));
}

#[test]
fn un_point_separe_les_milliers_ou_se_refuse() {
    let (lus, dits) =
        naissances("Code;Commune;2022;2023\n85003;Aizenay;1.092;99\n85019;Bellevigny;2.100;1.5\n");
    assert_eq!(lus, ["2022 1092.0", "2022 2100.0", "2023 99.0", "2023 ∅"]);
    assert_eq!(dits, [Motif::CompteIllisible]);
    let (lus, dits) = naissances("Code;Commune;2022\n85003;Aizenay;1.092\n85019;Bellevigny;12.0\n");
    assert_eq!((lus, dits), (vec!["2022 12.0".to_owned()], vec![Motif::NombreIllisible]));
    let (lus, dits) = imaje("Commune;Enfants 0-2 ans;AM actifs\nAizenay;100,5;60 %\n");
    assert_eq!((lus, dits), (vec![], vec![Motif::NombreIllisible]));
}

#[test]
fn une_marque_n_emporte_pas_le_reste_de_la_ligne() {
    let (comptes, bilan) = comptes(
        "Commune;Enfants 0-2 ans;Enfants 3-5 ans;AM actifs;Enfants en EAJE;CMG structure\nAizenay;60*;1 à 4;n.s.;12 (1);douze\n",
        Genre::Imaje,
    );
    let (secret, absent) = (Statut::SecretSource.rang(), Statut::NonDisponible.rang());
    let mut lus = lignes(comptes.trame(), &["mesure", "valeur", "statut"]);
    lus.sort_unstable();
    assert_eq!(
        lus,
        [
            format!("am_actifs ∅ {secret}"),
            "enfants_0_2 60.0 0".to_owned(),
            format!("enfants_3_5 ∅ {secret}"),
            format!("enfants_cmg_structure ∅ {absent}"),
            "enfants_eaje 12.0 0".to_owned(),
        ]
    );
    assert_eq!(motifs(&bilan), [Motif::CompteIllisible]);
    assert!(
        bilan.problemes[0].to_string().contains("colonne F « CMG structure » : « douze »"),
        "{:?}",
        bilan.problemes
    );
}

fn taux(texte: &str) -> (Vec<String>, Vec<Motif>) {
    let (publication, bilan) = publication(texte, "cnaf");
    let (taux, _) = TauxPublies::reunir(vec![publication], &vendee()).unwrap();
    (lignes(taux.trame(), &["niveau", "code", "valeur"]), motifs(&bilan))
}

#[test]
fn le_taux_d_un_territoire_sans_code_n_est_pas_celui_de_la_france() {
    for texte in [
        "Année;Taux de couv global\n2023;71\n",
        "Année;Nom Département;Taux de couv global\n2023;VENDEE;85,7\n",
        "Année;Nom EPCI;Taux de couv global\n2023;CC VIE ET BOULOGNE;71\n",
    ] {
        assert_eq!(taux(texte), (vec![], vec![Motif::ColonneAbsente]), "{texte}");
    }
    assert_eq!(
        taux("Année;Commune;Numéro Département;Taux de couv global\n2023;AIZENAY;85;71\n"),
        (vec!["commune 85003 71.0".to_owned()], vec![]),
        "la commune est plus petite que son département"
    );
    assert_eq!(
        taux("Année;Territoire;Taux de couv global\n2023;France entière;60,9\n"),
        (vec!["france FR 60.9".to_owned()], vec![])
    );
}

#[test]
fn un_taux_ecrit_en_proportion_n_est_pas_un_taux_minuscule() {
    let entete =
        "Année;Numéro Département;Nom Département;Taux de couv EAJE - ensemble;Taux de couv global\n";
    let (lus, dits) = taux(&format!("{entete}2023;85;VENDEE;0.235;0.857\n2023;59;NORD;0.2;0.6\n"));
    assert_eq!((lus, dits), (vec![], vec![Motif::FichierIllisible]));
    let (lus, _) = taux(&format!("{entete}2023;85;VENDEE;0,4 %;85,7 %\n"));
    assert_eq!(lus, ["departement 85 0.4", "departement 85 85.7"]);
}

#[test]
fn l_ensemble_des_sexes_ne_s_y_ajoute_pas() {
    let ages = |lignes_du_fichier: &str| {
        let texte = format!("NIVGEO;CODGEO;AGED100;SEXE;NB\n{lignes_du_fichier}");
        let (comptes, bilan) = comptes(&texte, Genre::InseeAges);
        (lignes(comptes.trame(), &["mesure", "valeur"]), bilan.mises_de_cote)
    };
    let trois = |age: u32| {
        format!("COM;85003;00{age};1;250\nCOM;85003;00{age};2;260\nCOM;85003;00{age};Ensemble;510\n")
    };
    assert_eq!(ages(&(0..3).map(trois).collect::<String>()), (vec!["enfants_0_2 1530.0".to_owned()], 3));
    let une = |age: u32| format!("COM;85003;00{age};_T;510\n");
    assert_eq!(ages(&(0..3).map(une).collect::<String>()), (vec!["enfants_0_2 1530.0".to_owned()], 0));
}

#[test]
fn un_temps_de_trajet_dit_son_unite() {
    let trajets = |entete: &str, durees: [&str; 2]| {
        let texte = format!("de;vers;{entete}\n85003;85019;{}\n85019;85003;{}\n", durees[0], durees[1]);
        let (lus, bilan) = lire(&texte, Genre::Trajets, |t, i, b| Trajets::lire(t, i, b).unwrap());
        (lignes(lus.trame(), &["minutes"]), motifs(&bilan))
    };
    for (entete, durees) in [
        ("minutes", ["7", "90"]),
        ("Durée", ["7 min", "1 h 30"]),
        ("Temps", ["0:07", "01:30:00"]),
        ("Durée en secondes", ["420", "5400"]),
        ("Durée (s)", ["420", "5400"]),
        ("Temps en heures", ["0:07", "1,5"]),
    ] {
        assert_eq!(trajets(entete, durees), (vec!["7.0".to_owned(), "90.0".to_owned()], vec![]), "{entete}");
    }
    for entete in ["Durée", "Durée (minutes)"] {
        assert_eq!(trajets(entete, ["420", "900"]), (vec![], vec![Motif::NombreIllisible; 2]), "{entete}");
    }
}

#[test]
fn une_reponse_vide_n_est_pas_un_repondant_et_deux_pareilles_en_sont_deux() {
    let (lues, bilan) =
        reponses("ID;Heure de début;Note;Besoin\n1;01/02/2024;8;Soir\n2;01/02/2024;;\n3;02/02/2024;8;Soir\n");
    assert_eq!(lignes(lues.trame(), &["repondant", "reponse"]), ["1 8", "1 Soir", "3 8", "3 Soir"]);
    assert_eq!((bilan.lues, bilan.mises_de_cote), (2, 1));
    assert!(motifs(&bilan).contains(&Motif::ReponseVide));
}

#[test]
fn un_questionnaire_a_deux_lignes_d_entete_garde_ses_questions() {
    let (lues, bilan) = reponses(
        "Numéro;Date;Avis;Vos besoins;;\n;;;Le soir;Le week-end;La nuit\n1;01/02/2024;Oui;X;;X\n2;01/02/2024;Non;;X;\n",
    );
    assert_eq!(bilan.lues, 2);
    let lues = lignes(lues.trame(), &["repondant", "question", "option"]);
    for dite in ["1 Vos besoins le_soir", "1 Vos besoins la_nuit", "2 Vos besoins le_week_end", "1 Avis ∅"]
    {
        assert!(lues.contains(&dite.to_owned()), "{dite} {lues:?}");
    }
}

#[test]
fn ceux_qui_sont_partis_ne_sont_pas_de_la_liste() {
    let liste = "Nom;Prénom;Date de naissance;Commune;Capacité\nUN;Anne;02/05/1970;Aizenay;3\nDépart en 2024 ?;Eve;03/05/1970;Aizenay;2\n\
                 Départs en 2024;;;;\nDEUX;Luc;02/06/1980;Aizenay;4\nAssistants maternels agréés, suite;;;;\nTROIS;Zoé;04/05/1970;Aizenay;1\n";
    let (liste, bilan) = lire(liste, Genre::Pmi, |t, i, b| AssistantsMaternels::lire(t, i, b).unwrap());
    let table = AssistantsMaternels::reunir(vec![liste]).unwrap();
    let mut places = lignes(table.trame(), &["places"]);
    places.sort_unstable();
    assert_eq!(places, ["1", "2", "3"]);
    assert_eq!(motifs(&bilan)[..3], [Motif::SousUnAutreTitre, Motif::SousUnAutreTitre, Motif::LigneDeTotal]);
}

#[test]
fn ni_les_suspendus_ni_les_assistants_familiaux_d_un_tableau_ne_sont_de_la_liste() {
    let liste = "Nom;Prénom;Date de naissance;Commune;Capacité\nAssistantes maternelles;;;;\nUN;Anne;02/05/1970;Aizenay;3\n\
                 Agréments suspendus;;;;\nDEUX;Luc;02/06/1980;Aizenay;4\nAssistants maternels en MAM;;;;\n\
                 TROIS;Zoé;04/05/1970;Aizenay;1\nAssistants familiaux;;;;\nQUATRE;Léa;04/05/1971;Aizenay;2\n";
    let (liste, _) = lire(liste, Genre::Pmi, |t, i, b| AssistantsMaternels::lire(t, i, b).unwrap());
    let table = AssistantsMaternels::reunir(vec![liste]).unwrap();
    let mut places = lignes(table.trame(), &["places"]);
    places.sort_unstable();
    assert_eq!(places, ["1", "3"]);
}

#[test]
fn les_lignes_proposees_pour_des_colonnes_sont_du_toml() {
    let caf =
        "Commune;Enfants 0-2;Enfants chez AM;Enfants  chez les \"\"AM\"\";AM actifs\nAizenay;100;40;41;9\n";
    let caf = caf.replace("Enfants  chez les \"\"AM\"\"", "\"Enfants chez les \"\"AM\"\"\"");
    let lu = Essai::new("2024-12-31", &[("85003", "Aizenay")]).avec("caf", "imaje", caf).lancer();
    let bilan = lu.bilans.0.iter().find(|b| b.source == "caf").unwrap();
    let dit = bilan.problemes.iter().find(|p| p.motif == Motif::ColonneNonEmployee).unwrap();
    let ligne = dit.detail.split(" : ").last().unwrap();
    let lue: toml::Table = toml::from_str(ligne).unwrap_or_else(|e| panic!("{ligne} : {e}"));
    assert_eq!(lue["colonnes"]["enfants_am"].as_str(), Some("Enfants chez AM"));
}

#[test]
fn une_colonne_de_la_caf_sans_aucun_nombre_se_dit() {
    let (comptes, bilan) = comptes(
        "Commune;Enfants 0-2 ans;AM actifs;CMG structure\nAizenay;60;nd;s\nBellevigny;50;;s\n",
        Genre::Imaje,
    );
    assert_eq!(motifs(&bilan), [Motif::ColonneSansNombre]);
    assert_eq!(bilan.problemes[0].detail, "« AM actifs »");
    let actifs: Vec<String> = lignes(comptes.trame(), &["mesure", "statut"]);
    let absent = format!("am_actifs {}", Statut::NonDisponible.rang());
    assert_eq!(actifs.iter().filter(|l| **l == absent).count(), 2);
}

#[test]
fn une_colonne_que_le_pipeline_nomme_garde_son_annee() {
    let caf = "Commune;Relevé 2022;AM actifs 2023;Autres relevés\nAizenay;12;11;3\n";
    let dite = "date = 2024-12-31\ncolonnes = { am_actifs = \"Relevé 2022\" }";
    let lu = Essai::new("2024-12-31", &[("85003", "Aizenay")]).avec_cles("caf", "imaje", dite, caf).lancer();
    let actifs =
        |annee| lu.table.figure(Niveau::Territoire, &lu.code, "am_actifs", "", annee).and_then(|f| f.valeur);
    assert_eq!((actifs(2022), actifs(2023), actifs(2024)), (Some(12.0), Some(11.0), None));
}

#[test]
fn un_mois_ou_une_autre_periode_n_est_pas_une_annee() {
    let mois = |ecrire: fn(u32) -> String| (1..=12).map(|m| format!(";{}", ecrire(m))).collect::<String>();
    let dix = ";10".repeat(12);
    let ecritures: [fn(u32) -> String; 3] = [
        |m| format!("{m:02}/2024"),
        |m| format!("2024-{m:02}"),
        |m| {
            let noms = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"];
            let fin = ["septembre", "octobre", "novembre", "décembre"];
            format!("{} 2024", noms.iter().chain(&fin).nth(m as usize - 1).unwrap())
        },
    ];
    for ecrire in ecritures {
        let (lus, dits) = naissances(&format!("Code;Commune{}\n85003;Aizenay{dix}\n", mois(ecrire)));
        assert_eq!((lus, dits), (vec![], vec![Motif::ColonneAbsente]));
        let (lus, dits) = activite(&format!("Mesure{}\nGoûters{dix}\n", mois(ecrire)));
        assert_eq!((lus, dits), (vec![], vec![Motif::ColonneAbsente]));
    }
    for entete in ["Naissances janvier 2024", "au 30/06/2024", "2024 (6 mois)", "jumeaux 2024", "12/2024"] {
        let (lus, dits) = naissances(&format!("Code;Commune;2023;{entete}\n85003;Aizenay;98;10\n"));
        assert_eq!((lus, dits), (vec!["2023 98.0".to_owned()], vec![]), "{entete}");
    }
    for entete in
        ["au 31/12/2024", "Naissances au 31 décembre 2024", "Total 2024", "Naissances domiciliées 2024"]
    {
        let (lus, _) = naissances(&format!("Code;Commune;{entete}\n85003;Aizenay;99\n"));
        assert_eq!(lus, ["2024 99.0"], "{entete}");
    }
    let (lus, _) = activite("Mesure;Depuis 2020;2024\nGoûters;112;10\n");
    assert_eq!(lus, ["2024 10.0"]);
    let (lus, _) = imaje(
        "Commune;Enfants 0-2 ans au 31/12/2023;AM actifs au 30/11/2023;AM actifs au 31/12/2022\nAizenay;60;11;9\n",
    );
    assert_eq!(lus, ["2023 85003 enfants_0_2 60.0", "2023 85003 am_actifs 11.0"]);
}

#[test]
fn un_mot_de_plus_dans_un_entete_fait_un_autre_compte() {
    let entetes = [
        "Enfants 3-5 ans dont les parents sont actifs",
        "Enfants de moins de 6 ans dont les parents travaillent",
        "Enfants 0-2 ans parents actifs ou en recherche d’emploi",
        "Enfants de moins de 3 ans de parents inactifs",
        "Enfants moins de 3 mois",
        "Enfants de moins de 30 mois",
        "Enfants de moins de 3 ans en situation de handicap",
        "Places pour 100 enfants de moins de 3 ans",
        "Enfants de moins de 3 ans sous le seuil de bas revenus",
        "Enfants de moins de 3 ans pour 1000 habitants",
        "Enfants en attente de place en crèche",
        "Enfants EAJE de 3 à 5 ans",
        "Enfants par assistant maternel",
        "Enfants gardés par AM de 3 à 5 ans",
        "Montant CMG assistant maternel",
        "Employeurs CMG assistant maternel",
        "Bénéficiaires CMG assistant maternel",
        "AM ayant cessé leur activité",
        "Assistants maternels en sous-activité",
        "AM actives de plus de 55 ans",
        "Places AM actifs",
        "AM actifs oct. 2024",
        "AM actifs déc. 2024",
        "AM actifs T4",
    ];
    for entete in entetes {
        let essai = Essai::new("2024-12-31", &[("85003", "Aizenay")]).avec(
            "caf",
            "imaje",
            format!("Commune;Parents;{entete}\nAizenay;1;40\n"),
        );
        let (lus, _) = imaje(&format!("Commune;CMG structure;{entete}\nAizenay;7;40\n"));
        assert_eq!(lus, ["2024 85003 enfants_cmg_structure 7.0"], "{entete}");
        let (lus, _) = imaje(&format!("Commune;Mesure;Valeur\nAizenay;{entete};40\n"));
        assert_eq!(lus, Vec::<String>::new(), "{entete}");
        let dits: Vec<Motif> = essai.lancer().bilans.problemes().map(|(_, p)| p.motif).collect();
        let dit = |motif| dits.contains(&motif);
        assert!(
            dit(Motif::ColonneNonEmployee) || dit(Motif::ColonneAbsente) || dit(Motif::EnTeteAbsent),
            "{entete} : {dits:?}"
        );
    }
    for (entete, mesure) in [
        ("Nombre d’enfants âgés de moins de 3 ans", "enfants_0_2"),
        ("Enfants de moins de 3 ans accueillis en crèche", "enfants_eaje"),
        ("Enfants de moins de 3 ans dont tous les parents travaillent", "enfants_0_2_parents_actifs"),
        ("Enfants de moins de 3 ans gardés par un assistant maternel", "enfants_am"),
        ("Assistantes maternelles en activité (novembre)", "am_actifs"),
        ("AM actifs en nov. 2024", "am_actifs"),
        ("Nombre de bénéficiaires", ""),
    ] {
        let (lus, _) = imaje(&format!("Commune;CMG structure;{entete}\nAizenay;7;40\n"));
        let attendu = format!("2024 85003 {mesure} 40.0");
        assert_eq!(lus.contains(&attendu), !mesure.is_empty(), "{entete} : {lus:?}");
    }
}

#[test]
fn les_naissances_d_une_maternite_ou_d_une_part_des_meres_ne_sont_pas_celles_de_la_commune() {
    for entete in [
        "Naissances au CHU",
        "Naissances survenues dans la commune",
        "Naissances pour 1000 habitants",
        "Naissances de mères mineures",
        "Âge moyen de la mère à la naissance",
        "Année de naissance",
        "Naissances à domicile",
        "Naissances multiples",
    ] {
        let fichier = format!("Code commune;Commune;Année;{entete}\n85003;Aizenay;2024;30\n");
        let essai =
            Essai::new("2024-12-31", &[("85003", "Aizenay")]).avec("nais", "naissances", fichier).lancer();
        let figure = essai.table.figure(Niveau::Commune, "85003", "naissances", "", 2024);
        assert_eq!(figure.and_then(|f| f.valeur), None, "{entete}");
        assert!(essai.bilans.problemes().any(|(_, p)| p.motif == Motif::ColonneAbsente), "{entete}");
    }
    let (lus, _) = naissances("Code;Commune;Année;Nombre de naissances domiciliées\n85003;Aizenay;2024;30\n");
    assert_eq!(lus, ["2024 30.0"]);
}

#[test]
fn un_titre_qui_dit_un_autre_compte_fait_refuser_le_tableau() {
    for titre in [
        "Décès domiciliés par commune",
        "Naissances enregistrées dans la commune (lieu d’accouchement)",
        "Population municipale",
        "Taux de natalité (‰)",
        "Solde naturel (naissances - décès)",
        "Indice de fécondité",
        "Nombre de familles",
        "Enfants scolarisés en maternelle",
    ] {
        let (lus, dits) = naissances(&format!("{titre};;;\nCode;Commune;2023;2024\n85003;Aizenay;6;7\n"));
        assert_eq!((lus, dits), (vec![], vec![Motif::AutreCompte]), "{titre}");
    }
    for (titre, entete) in [
        ("Naissances et décès par commune", "2024"),
        ("Source : Insee, état civil et population", "2024"),
        ("Population et état civil", "Naissances 2024"),
        ("Naissances domiciliées, et non enregistrées", "2024"),
        ("Tableau 3", "2024"),
        ("Évolution des naissances depuis dix ans", "2024"),
    ] {
        let (lus, dits) = naissances(&format!("{titre};;\nCode;Commune;{entete}\n85003;Aizenay;99\n"));
        assert_eq!((lus, dits), (vec!["2024 99.0".to_owned()], vec![]), "{titre}");
    }
}

#[test]
fn la_ligne_de_l_epci_n_est_pas_une_commune_mal_ecrite() {
    let texte =
        "Commune;Enfants de moins de 3 ans\nBourg;30\nCC du Pays;120\nHors territoire;4\nBourgg-Inconnu;3\n";
    let lu = Essai::new("2024-12-31", &[("96001", "Bourg")]).avec("caf", "imaje", texte).lancer();
    let motifs: Vec<Motif> = lu.bilans.problemes().map(|(_, p)| p.motif).collect();
    assert_eq!(motifs.iter().filter(|m| **m == Motif::AutreNiveau).count(), 2, "{motifs:?}");
    assert_eq!(motifs.iter().filter(|m| **m == Motif::CommuneInconnue).count(), 1, "{motifs:?}");
}

#[test]
fn un_zero_qui_cache_un_petit_nombre_n_est_pas_personne() {
    for (note, attendu) in [
        ("NB : les valeurs inférieures à 5 sont remplacées par 0", Statut::SecretSource),
        ("NB : enfants de 0 à 2 ans", Statut::Observe),
    ] {
        let texte = format!("Commune;Enfants de moins de 3 ans;Enfants en EAJE\nBourg;312;0\n{note};;\n");
        let lu = Essai::new("2024-12-31", &[("96001", "Bourg")]).avec("caf", "imaje", texte).lancer();
        let lire = |id| lu.table.figure(Niveau::Commune, "96001", id, "", 2024).unwrap().statut;
        assert_eq!((lire("enfants_0_2"), lire("enfants_eaje")), (Statut::Observe, attendu), "{note}");
    }
}

#[test]
fn de_plusieurs_lignes_d_un_meme_chiffre_aucune_n_est_le_chiffre() {
    // A month, a sex, a kind of act, of which the file says nothing else.
    for (entete, cellules) in [
        ("mois", ["1;5", "2;6"]),
        ("sexe", ["M;10", "F;12"]),
        ("sexe", ["M;10", "F;10"]),
        ("nature", ["Décès;7", "Naissances;70"]),
    ] {
        let rangees: String = cellules.iter().map(|c| format!("85003;Aizenay;2024;{c}\n")).collect();
        let texte = format!("code;commune;annee;{entete};naissances\n{rangees}85019;Bellevigny;2024;;3\n");
        let (comptes, bilan) = comptes(&texte, Genre::Naissances);
        assert_eq!(
            lignes(comptes.trame(), &COMPTES),
            ["2024 85003 naissances ∅", "2024 85019 naissances 3.0"],
            "{texte}"
        );
        assert_eq!(motifs(&bilan), [Motif::LignesRivales], "{texte}");
        assert!(bilan.problemes[0].detail.contains(&format!("« {entete} »")), "{:?}", bilan.problemes);
    }
    let (lus, dits) = imaje("commune;année;mois;AM actifs\nAizenay;2024;1;11\nAizenay;2024;2;12\n");
    assert_eq!((lus, dits), (vec!["2024 85003 am_actifs ∅".to_owned()], vec![Motif::LignesRivales]));
    let (lus, dits) = activite("antenne;mesure;2024\nNord;Goûters;100\nSud;Goûters;60\n");
    assert_eq!((lus, dits), (vec!["2024 ∅".to_owned()], vec![Motif::LignesRivales]));
    let (lus, dits) =
        taux("Année;Numéro Département;Secteur;Taux de couv global\n2023;85;A;71\n2023;85;B;50\n");
    assert_eq!((lus, dits), (vec!["departement 85 ∅".to_owned()], vec![Motif::LignesRivales]));
    // Nothing tells them apart, and they do not agree.
    let (lus, dits) = naissances("Code;Commune;2023\n85003;Aizenay;98\n85003;Aizenay;99\n");
    assert_eq!((lus, dits), (vec!["2023 ∅".to_owned()], vec![Motif::LignesRivales]));
}

#[test]
fn deux_lignes_qui_disent_le_meme_chiffre_ou_celle_de_l_ensemble_le_donnent() {
    let (lus, dits) = naissances("N°;Code;Commune;2023\n1;85003;Aizenay;98\n2;85003;Aizenay;98\n");
    assert_eq!((lus, dits), (vec!["2023 98.0".to_owned()], vec![Motif::ValeurEnDouble]));
    for ensemble in ["Ensemble", "_T", "Total", "Les deux sexes"] {
        let (lus, dits) = naissances(&format!(
            "Code;Commune;Sexe;2023\n85003;Aizenay;Fille;50\n85003;Aizenay;Garçon;48\n85003;Aizenay;{ensemble};98\n"
        ));
        assert_eq!((lus, dits), (vec!["2023 98.0".to_owned()], vec![Motif::HorsSujet; 2]), "{ensemble}");
    }
}

#[test]
fn un_second_tableau_sous_le_premier_n_est_pas_lu_avec_lui() {
    let (lus, dits) = imaje(
        "Commune;Enfants de moins de 3 ans\nAizenay;60\n\nCommune;Enfants de 3 à 5 ans\nBellevigny;200\n",
    );
    assert_eq!((lus, dits), (vec!["2024 85003 enfants_0_2 60.0".to_owned()], vec![Motif::AutreTableau; 2]));
    let (lus, _) =
        naissances("Code;Commune;2023\n85003;Aizenay;98\nCode;Commune;2024\n85019;Bellevigny;50\n");
    assert_eq!(lus, ["2023 98.0"]);
}

#[test]
fn une_ligne_de_la_caf_d_un_autre_age_ne_prend_pas_la_place_de_la_bonne() {
    let (lus, _) = imaje(
        "Commune;Indicateur;Année;Valeur\nAizenay;Enfants 3-5 ans dont parents actifs;2024;500\n\
         Aizenay;Enfants moins de 3 ans dont parents actifs;2024;900\n",
    );
    assert_eq!(lus, ["2024 85003 enfants_0_2_parents_actifs 900.0"]);
}

#[test]
fn des_taux_en_proportions_se_voient_sans_taux_global_et_dans_une_seule_annee() {
    let sans = "Année;Numéro Département;Taux de couv EAJE PSU;Taux de couv EAJE - ensemble\n";
    let (lus, dits) = taux(&format!("{sans}2024;85;0.101;0.121\n"));
    assert_eq!((lus, dits), (vec![], vec![Motif::FichierIllisible]));
    let (lus, _) = taux(&format!("{sans}2024;85;0,4;12,1\n"));
    assert_eq!(lus, ["departement 85 12.1", "departement 85 0.4"]);
    let avec = "Année;Numéro Département;Taux de couv global\n";
    let (lus, dits) = taux(&format!("{avec}2023;85;60.5\n2024;85;0.615\n"));
    assert_eq!((lus, dits), (vec!["departement 85 60.5".to_owned()], vec![Motif::NombreIllisible]));
    let (lus, dits) = taux(&format!("{avec}2024;85;61.5\n2024;59;0.615\n"));
    assert_eq!((lus, dits), (vec!["departement 85 61.5".to_owned()], vec![Motif::NombreIllisible]));
}

#[test]
fn un_rang_ou_le_taux_d_un_autre_territoire_n_est_pas_le_taux() {
    let territoire = "Année;Numéro Département;Nom Département";
    for entetes in
        ["Rang taux de couv global", "Évolution du taux de couv global", "Taux de couv global région"]
    {
        let texte = format!("{territoire};{entetes};Taux de couv EAJE - ensemble\n2024;85;VENDEE;12;20\n");
        let (lus, dits) = taux(&texte);
        assert_eq!((lus, dits), (vec!["departement 85 20.0".to_owned()], vec![]), "{entetes}");
    }
}

#[test]
fn une_classe_d_ages_a_laquelle_il_manque_un_age_ou_un_sexe_n_a_pas_de_nombre() {
    let ages = |entete: &str, cellules: &[&str]| {
        let lignes_du_fichier: String = cellules.iter().map(|c| format!("85003;{c}\n")).collect();
        let (comptes, bilan) = comptes(&format!("CODGEO;{entete}\n{lignes_du_fichier}"), Genre::InseeAges);
        let entiers =
            [(Mesure::Enfants02, "enfants_0_2"), (Mesure::Enfants35, "enfants_3_5")].map(|(mesure, nom)| {
                let lus = lignes(&comptes.mesure(mesure).collect().unwrap(), &["valeur"]);
                lus.iter().map(|valeur| format!("{nom} {valeur}")).collect::<Vec<_>>()
            });
        (entiers.concat(), motifs(&bilan))
    };
    let (lus, dits) = ages("Âge;NB", &["00;260", "05;260", "10;260"]);
    assert_eq!(
        (lus, dits),
        (vec![], vec![Motif::ClasseIncomplete, Motif::ClasseIncomplete, Motif::HorsSujet])
    );
    let (lus, dits) = ages("Âge;NB", &["1;250", "2;250", "3;250", "4;250", "5;250"]);
    assert_eq!(lus, ["enfants_3_5 750.0"]);
    assert_eq!(dits, [Motif::ClasseIncomplete, Motif::HorsSujet]);
    let (lus, dits) = ages("Âge;SEXE;NB", &["0;2;250", "1;2;250", "2;2;250"]);
    assert_eq!((lus, dits), (vec![], vec![Motif::ClasseIncomplete, Motif::HorsSujet]));
    let (lus, _) = ages(
        "Commune;Âge;SEXE;NB",
        &[
            "Aizenay;0;F;90",
            "Aizenay;1;F;90",
            "Aizenay;2;F;90",
            "Aizenay;0;Ensemble;200",
            "Aizenay;1;Ensemble;200",
            "Aizenay;2;Ensemble;200",
        ],
    );
    assert_eq!(lus, ["enfants_0_2 600.0"]);
    let (lus, dits) = ages("Âge;Population", &["0;1,5 %", "1;1,5 %", "2;1,5 %"]);
    assert_eq!((lus, dits), (vec!["enfants_0_2 ∅".to_owned()], vec![Motif::NombreIllisible; 3]));
    let (lus, _) = ages("Âge;NB", &["0;250", "1;deux cents", "2;250"]);
    assert_eq!(lus, ["enfants_0_2 ∅"], "sans l’une de ses classes, la somme n’est pas celle des trois");
    // Another dimension, of which each row is a part.
    let (lus, dits) = ages("Âge;Nationalité;NB", &["0;F;250", "0;E;250", "1;F;250", "2;F;250"]);
    assert_eq!((lus, dits), (vec!["enfants_0_2 ∅".to_owned()], vec![Motif::LignesRivales]));
}

#[test]
fn une_commune_a_laquelle_il_manque_une_ligne_n_a_pas_le_total_des_autres() {
    let entete = "CODGEO;Âge;NB\n85003;0;250\n85003;1;250\n85003;2;250\n85019;0;300\n85019;2;300\n";
    let lire = |de_plus: &str| {
        let (comptes, bilan) = comptes(&format!("{entete}{de_plus}"), Genre::InseeAges);
        let entiers = comptes.mesure(Mesure::Enfants02).collect().unwrap();
        (lignes(&entiers, &["code", "valeur"]), motifs(&bilan).contains(&Motif::ClasseIncomplete))
    };
    // Where the zeros are not written, who is not there is nobody.
    assert_eq!(lire(""), (vec!["85003 750.0".to_owned(), "85019 600.0".to_owned()], false));
    let zeros = "62190;0;0\n62190;1;250\n62190;2;250\n";
    let (lus, dit) = lire(zeros);
    assert_eq!(lus.iter().filter(|ligne| ligne.ends_with('∅')).collect::<Vec<_>>(), ["85019 ∅"]);
    assert!(dit);
}
