//! What relais printed of their activity and of their surveys comes out of small inputs typed from their documents.

use crate::commun::essai::Essai;
use crate::commun::{Copie, demo, donnees_reelles};
use observatoire::indicators::Niveau;
use observatoire::indicators::{Figure, Questionnaire, Statut, TypeQuestion, indicateur};
use observatoire::pipeline::{CompteRendu, ebaucher_questionnaire};
use observatoire::quality::Motif;
use std::fs;

/// The demonstration with another file of activity.
fn avec_activite(lignes: &[(&str, &str)]) -> CompteRendu {
    let copie = Copie::new();
    let lignes: String = lignes.iter().map(|(mesure, valeur)| format!("2023;{mesure};{valeur}\n")).collect();
    fs::write(copie.chemin("data/demo/rpe/activite.csv"), format!("annee;mesure;valeur\n{lignes}")).unwrap();
    copie.lancer().unwrap()
}

fn lire(rapport: &CompteRendu, indicateur: &str, modalite: &str, annee: i32) -> Figure {
    rapport
        .table
        .figure(Niveau::Territoire, &rapport.code, indicateur, modalite, annee)
        .unwrap_or_else(|| panic!("{indicateur} {modalite} {annee}"))
}

#[test]
fn artois_lys_romane() {
    let rapport = avec_activite(&[
        ("La recherche d'un mode d'accueil", "80"),
        ("Le rôle d'employeur ou le contrat de travail", "47"),
        ("L'accompagnement à la parentalité", "1"),
        ("Autres sujets", "6"),
        ("Exercice du métier", "4"),
        ("Disponibilité d'accueil", "7"),
        ("Fonctionnement du Rpe", "195"),
        ("Statut (droit du travail, contrat, convention collective)", "25"),
        ("Informations pédagogiques", "24"),
        ("Contacts AM, autres", ""),
        ("Contacts des professionnels, assistants maternels : total général", "255"),
        ("Séances : ateliers d'éveil", "75"),
        ("Séances", "99"),
        ("Professionnels : total", "90"),
        ("Enfants : total", "227"),
        ("Parents : total", "37"),
    ]);
    let valeur = |id, modalite| lire(&rapport, id, modalite, 2023).valeur;
    assert_eq!(valeur("contacts_familles", "recherche"), Some(80.0));
    assert_eq!(valeur("contacts_familles", ""), Some(134.0), "somme des quatre motifs");
    assert_eq!(valeur("contacts_professionnels", ""), Some(255.0), "le total écrit");
    let autres = lire(&rapport, "contacts_professionnels", "autres", 2023);
    assert_eq!((autres.valeur, autres.statut), (None, Statut::NonDisponible), "une case vide n’est pas zéro");
    assert_eq!(valeur("seances", ""), Some(99.0));
    assert_eq!(valeur("participants_professionnels", ""), Some(90.0));
    assert_eq!(valeur("participants_enfants", ""), Some(227.0));
    assert_eq!(valeur("participants_parents", ""), Some(37.0));
}

/// What the report calls an indicator, a relais may call its measure.
#[test]
fn le_nom_d_un_indicateur_est_celui_de_sa_mesure() {
    let ids = [
        "contacts_familles",
        "contacts_professionnels",
        "contacts_garde_domicile",
        "seances",
        "seances_distanciel",
        "participants_professionnels",
        "participants_enfants",
        "participants_parents",
        "offres_emploi_relayees",
        "demandes_en_ligne",
        "am_participants",
        "am_temps_collectifs",
        "am_en_formation",
        "candidats_agrement",
        "actions_promotion",
        "porteurs_de_projet",
        "projets_accompagnes",
        "am_actifs_un_mois",
        "services_a_la_personne",
    ];
    let lignes: Vec<(&str, &str)> = ids.iter().map(|id| (indicateur(id).unwrap().libelle, "17")).collect();
    let rapport = avec_activite(&lignes);
    for id in ids {
        assert_eq!(lire(&rapport, id, "", 2023).valeur, Some(17.0), "{id}");
    }
    assert!(
        rapport
            .bilans
            .problemes()
            .all(|(bilan, p)| bilan.source != "activite" || p.motif != Motif::MesureInconnue)
    );
}

#[test]
fn bas_pays_ou_ce_qui_manque_n_est_pas_zero() {
    let rapport = avec_activite(&[
        ("La recherche d'un mode d'accueil", "103"),
        ("Le rôle d'employeur ou le contrat de travail", "188"),
        ("L'accompagnement à la parentalité", "0"),
        ("Autres sujets", "132"),
        ("Contacts AM, exercice du métier", "24"),
        ("Contacts AM, disponibilité d'accueil", "156"),
        ("Contacts AM, fonctionnement du Rpe", "4"),
        ("Contacts AM : statut", "106"),
        ("Contacts AM, informations pédagogiques", "37"),
        ("Contacts AM, autres", "499"),
        ("AM ayant signalé leur sous-activité (A)", "4"),
        ("AM accompagnés (B)", "4"),
        ("AM agréés", "83"),
        ("AM participant aux temps collectifs", "/"),
        ("AM en formation", "non disponible"),
        ("Séances : ateliers d'éveil", "166"),
        ("Séances : fêtes", "non disponible"),
    ]);
    let valeur = |id, modalite| lire(&rapport, id, modalite, 2023).valeur;
    assert_eq!(valeur("contacts_familles", "parentalite"), Some(0.0), "un zéro écrit reste un zéro");
    assert_eq!(valeur("contacts_familles", ""), Some(423.0));
    assert_eq!(valeur("contacts_professionnels", ""), Some(826.0));
    assert_eq!(valeur("taux_sous_activite_accompagnee", ""), Some(100.0));
    for id in ["am_participants", "taux_participation", "am_en_formation", "taux_formation", "seances"] {
        let figure = lire(&rapport, id, "", 2023);
        assert_eq!((figure.valeur, figure.statut), (None, Statut::NonDisponible), "{id}");
    }
    assert_eq!(valeur("seances", "ateliers"), Some(166.0));
}

#[test]
fn un_libelle_inconnu_est_garde_et_dit_et_un_total_faux_aussi() {
    let rapport = avec_activite(&[
        ("Porteurs d’un projet", "41"),
        ("Accueil collectif (A)", "18"),
        ("Auprès d'un assistant maternel (B)", "58"),
        ("Garde d'enfants à domicile (C)", "4"),
        ("Nombre total de demandes", "81"),
    ]);
    let bilan = rapport.bilans.0.iter().find(|b| b.source == "activite").unwrap();
    assert_eq!((bilan.lues, bilan.rejetees), (5, 0));
    let dit = |motif: Motif| bilan.problemes.iter().find(|p| p.motif == motif).unwrap().detail.clone();
    assert!(dit(Motif::MesureInconnue).contains("« Porteurs de projet reçus »"));
    let total = dit(Motif::SourcesContradictoires);
    assert!(total.contains("81") && total.contains("80"), "{total}");
}

#[test]
fn vie_et_boulogne_participation_et_formation() {
    let lire = |id: &str, annee| demo().territoire(id, "", annee);
    // 110 is of the meetings without children: 34.7 % of 317. The numerator of the printed 38 % is not printed; 120 is
    // the only count, within one, that gives it on the 317.
    assert_eq!(lire("am_temps_collectifs", 2023).valeur, Some(110.0));
    assert_eq!(lire("taux_participation", 2023).valeur, Some(37.9));
    let formation = lire("taux_formation", 2023);
    assert_eq!((formation.numerateur, formation.denominateur), (Some(58.0), Some(317.0)));
    assert_eq!(formation.valeur, Some(18.3));
    assert_eq!(demo().territoire("contacts_familles", "recherche", 2023).valeur, Some(454.0));
    assert_eq!(demo().territoire("contacts_familles", "employeur", 2023).valeur, Some(364.0));
    assert_eq!(demo().territoire("contacts_professionnels", "statut", 2023).valeur, Some(206.0));
    assert_eq!(lire("porteurs_de_projet", 2023).valeur, Some(41.0));
}

fn enquete(id: &str, modalite: &str) -> Figure {
    demo().territoire(id, modalite, 2023)
}

#[test]
fn l_acces_au_relais_est_note_8_42_par_101_parents() {
    assert_eq!(enquete("enquete_repondants", "demo_parents").valeur, Some(101.0));
    let moyenne = enquete("enquete_moyenne", "demo_parents/acces");
    assert_eq!((moyenne.valeur, moyenne.denominateur), (Some(8.42), Some(101.0)));
    let notes = |n: i32| enquete("enquete_reponses", &format!("demo_parents/acces/{n}")).numerateur.unwrap();
    assert_eq!((0..=10).map(notes).sum::<f64>(), 101.0, "la répartition fait le total");
}

#[test]
fn le_guide_a_103_reponses_de_101_parents() {
    let effectif =
        |o: &str| enquete("enquete_reponses", &format!("demo_parents/guide/{o}")).numerateur.unwrap();
    assert_eq!(["utile", "pas_lu", "pas_utile", "inconnu"].map(effectif), [39.0, 5.0, 3.0, 56.0]);
    let utile = enquete("enquete_reponses", "demo_parents/guide/utile");
    assert_eq!((utile.denominateur, utile.valeur), (Some(101.0), Some(38.6)));
}

#[test]
fn les_offres_d_emploi_selon_100_assistants_maternels() {
    let part = |o: &str| {
        enquete("enquete_reponses", &format!("demo_assistants_maternels/offres/{o}")).valeur.unwrap()
    };
    let options = ["inconnu", "pas_utilise", "ne_convient_pas", "en_partie", "tout_a_fait"];
    assert_eq!(options.map(part), [6.0, 13.0, 6.0, 36.0, 39.0]);
}

#[test]
fn une_enquete_se_croise_par_commune_et_par_profil_sans_perdre_personne() {
    let table = &demo().compte_rendu.table;
    let trame = table.trame().unwrap();
    let texte = |nom: &str| trame.column(nom).unwrap().str().unwrap().clone();
    let (niveaux, ids, modalites) = (texte("niveau"), texte("indicateur"), texte("modalite"));
    let numerateurs = trame.column("numerateur").unwrap().f64().unwrap().clone();
    let somme = |niveau: &str, garder: &dyn Fn(&str) -> bool| -> f64 {
        (0..trame.height())
            .filter(|i| niveaux.get(*i) == Some(niveau) && ids.get(*i) == Some("enquete_reponses"))
            .filter(|i| garder(modalites.get(*i).unwrap()))
            .filter_map(|i| numerateurs.get(i))
            .sum()
    };
    let guide = "demo_parents/guide/inconnu";
    let communes = somme("commune", &|m| m == guide);
    assert!(communes > 40.0 && communes <= 56.0, "ceux qui ont dit leur commune : {communes}");
    let profils = somme("territoire", &|m| m.starts_with(&format!("{guide}@mode_accueil=")));
    assert!(profils > 45.0 && profils <= 56.0, "ceux qui ont dit leur mode d’accueil : {profils}");
}

/// Drafts a file, then reads it by its draft.
fn ebauche(chemin: &std::path::Path) -> Questionnaire {
    let ebauche = ebaucher_questionnaire(chemin, None, "essai").unwrap();
    Questionnaire::lire(ebauche.texte.as_bytes(), "essai")
        .unwrap_or_else(|e| panic!("{e}\n{}", ebauche.texte))
}

#[test]
fn l_ebauche_reconnait_chaque_type_de_question() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("reponses.csv");
    let long = format!("Êtes-vous satisfait ? {}", "détail ".repeat(34));
    let mut texte = format!(
        "Dans quelle commune habitez-vous ?;\"{long}\";Combien d'enfants avez-vous ?;Besoins;Mode;Mode;Accueil [Téléphone];Accueil [Courriel];Vos remarques\n"
    );
    let notes = ["10 - Très satisfait", "8", "Tout à fait", "7"];
    let besoins = ["Soir;Urgence;", "Soir;", "Urgence;", "<script>alert(1)</script>;Soir;"];
    for rang in 0..24 {
        let (note, besoin) = (notes[rang % 4], besoins[rang % 4]);
        let (mode, oui) = (["AM", "Crèche"][rang % 2], ["OUI", "Partiellement", "Non"][rang % 3]);
        texte +=
            &format!("Belleville;{note};{};\"{besoin}\";{mode};{mode};{oui};{oui};Merci {rang}\n", rang % 4);
    }
    fs::write(&chemin, texte).unwrap();
    let lu = ebauche(&chemin);
    let types: Vec<TypeQuestion> = lu.questions.iter().map(|q| q.genre).collect();
    use TypeQuestion::{Commune, Echelle, Grille, Multiple, Nombre, Texte, Unique};
    assert_eq!(types, [Commune, Echelle, Nombre, Multiple, Unique, Unique, Grille, Texte]);
    let echelle = &lu.questions[1];
    assert!(echelle.entete.chars().count() > 240);
    assert_eq!((echelle.maximum, echelle.mots.get("Tout à fait")), (Some(10), Some(&10)));
    assert_eq!((lu.questions[4].rang, lu.questions[5].rang), (1, 2), "en-têtes en double");
    assert!(lu.questions[3].options.iter().any(|o| o.libelle == "<script>alert(1)</script>"));
    assert_eq!(lu.questions[6].lignes.len(), 2);
}

/// « Oui » and « Non » in the boxes of a question that takes several answers are ticks, and « 250 € » is a number.
#[test]
fn des_cases_a_plusieurs_reponses_et_des_euros_se_devinent() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("results-survey123456.csv");
    let question = "Quels modes d’accueil utilisez-vous (plusieurs réponses possibles) ?";
    let mut texte = format!(
        "{question} [Crèche];{question} [Famille];Que savez-vous faire ? [Lire];Que savez-vous faire ? [Écrire];Quel budget y consacrez-vous ?\n"
    );
    for rang in 0..24 {
        let (oui, euros) = (["Oui", "Non"][rang % 2], [4, 250, 300][rang % 3]);
        texte += &format!("{oui};Non;{oui};Oui;{euros} €\n");
    }
    fs::write(&chemin, texte).unwrap();
    let lu = ebauche(&chemin);
    let types: Vec<(TypeQuestion, bool)> = lu.questions.iter().map(|q| (q.genre, q.en_colonnes)).collect();
    use TypeQuestion::{Grille, Multiple, Nombre};
    assert_eq!(types, [(Multiple, true), (Grille, false), (Nombre, false)]);
}

#[test]
fn les_questionnaires_reels_s_ebauchent() {
    let Some(donnees) = donnees_reelles() else { return };
    let google = ebauche(&donnees.join("questionnaires/google_forms_rse_masque.csv"));
    let genre = |debut: &str| google.questions.iter().find(|q| q.entete.starts_with(debut)).unwrap().genre;
    assert_eq!(genre("Savez-vous"), TypeQuestion::Echelle);
    assert_eq!(genre("Concernant les 7 domaines"), TypeQuestion::Grille);
    assert_eq!(genre("Aimeriez-vous être formé"), TypeQuestion::Multiple);
    let diriez = google.questions.iter().find(|q| q.entete.starts_with("Diriez")).unwrap();
    assert_eq!((diriez.lignes.len(), diriez.minimum, diriez.maximum), (8, Some(1), Some(5)));
    let limesurvey = ebauche(&donnees.join("questionnaires/limesurvey_entetes.csv"));
    assert!(limesurvey.questions.len() > 30, "{}", limesurvey.questions.len());
    let rennes = ebauche(&donnees.join("questionnaires/rennes_horaires_cp1252.csv"));
    assert!(rennes.questions.iter().any(|q| q.entete == "a1" && q.options.len() == 8));
}

/// A survey of needs, one column an option, and of satisfaction up to 10.
fn besoins(reponses: &str) -> CompteRendu {
    const DECLARATION: &str = "cle = \"q\"\ntitre = \"Besoins\"\npublic = \"parents\"\n[[questions]]\ncle = \"b\"\n\
        entete = \"Besoins\"\ntype = \"multiple\"\nen_colonnes = true\noptions = [\"Soir\", \"Urgence\"]\n\
        [[questions]]\ncle = \"n\"\nentete = \"Note\"\ntype = \"echelle\"\nminimum = 0\nmaximum = 10\n";
    let dossier = tempfile::tempdir().unwrap();
    let essai = Essai::new("2024-12-31", &[("85003", "Aizenay")]);
    let texte = format!("Horodateur,Besoins [Soir],Besoins [Urgence],Note\n{reponses}");
    let essai = essai.avec_cles("q", "questionnaire", "date = 2024-06-30\nquestionnaire = \"q\"", texte);
    fs::create_dir_all(dossier.path().join("pipelines/questionnaires")).unwrap();
    fs::write(dossier.path().join("pipelines/questionnaires/q.toml"), DECLARATION).unwrap();
    essai.lancer_dans(dossier.path(), "indicateurs")
}

fn dits(rapport: &CompteRendu, motif: Motif) -> Vec<String> {
    rapport.bilans.problemes().filter(|(_, p)| p.motif == motif).map(|(_, p)| p.to_string()).collect()
}

/// Ten people who answer the same, but for the first ones.
fn dix(premieres: &[&str], autres: &str) -> String {
    let autres = std::iter::repeat_n(autres, 10 - premieres.len());
    premieres.iter().copied().chain(autres).map(|r| format!("2024/05/01 10:00:00,{r}\n")).collect()
}

#[test]
fn une_case_cochee_l_est_de_toutes_les_facons_et_rien_n_est_un_zero_en_silence() {
    for (oui, non) in
        [("✓", ""), ("Sélectionné", "Non sélectionné"), ("1.0", "0.0"), ("\"Oui, souvent\"", "-")]
    {
        let cochees = format!("{oui},{oui},8");
        let lu = besoins(&dix(&[cochees.as_str(); 4], &format!("{non},{oui},8")));
        assert_eq!(lire(&lu, "enquete_reponses", "q/b/soir", 2024).valeur, Some(40.0), "{oui}");
        assert_eq!(lire(&lu, "enquete_reponses", "q/b/urgence", 2024).valeur, Some(100.0), "{oui}");
        assert!(dits(&lu, Motif::ReponseHorsListe).is_empty(), "{oui}");
    }
    let lu = besoins(&dix(&["souvent,oui,8", "parfois,oui,8"], "non,oui,8"));
    let soir = lire(&lu, "enquete_reponses", "q/b/soir", 2024);
    assert_eq!((soir.numerateur, soir.denominateur), (Some(0.0), Some(8.0)), "deux cases ne disent rien");
    assert_eq!(dits(&lu, Motif::ReponseHorsListe).len(), 1);
}

#[test]
fn quatre_sur_cinq_n_est_pas_quatre_sur_dix() {
    let lu = besoins(&dix(&["oui,non,4/5", "oui,non,8-9", "oui,non,0 à 2"], "oui,non,8/10"));
    let note = lire(&lu, "enquete_moyenne", "q/n", 2024);
    assert_eq!((note.valeur, note.denominateur), (Some(8.0), Some(7.0)));
    assert!(dits(&lu, Motif::ReponseHorsListe)[0].contains("3 réponse(s)"));
}

#[test]
fn deux_annees_de_reponses_dans_une_feuille_se_disent() {
    let une = dix(&[], "oui,non,8");
    assert!(dits(&besoins(&une), Motif::ReponsesDePlusieursAnnees).is_empty());
    let deux = une.replacen("2024/05", "2023/05", 4);
    let dits = dits(&besoins(&deux), Motif::ReponsesDePlusieursAnnees);
    assert!(dits.len() == 1 && dits[0].contains("4 de 2023, 6 de 2024"), "{dits:?}");
}

/// What a questionnaire that nobody declared makes of its answers: the modalities of the table, all in one text.
fn devinee(entetes: &str, reponse: impl Fn(usize) -> String) -> (CompteRendu, String) {
    let mut texte = format!("Horodateur;{entetes}\n");
    for n in 0..24 {
        texte.push_str(&format!("2024-06-{:02} 10:00:00;{}\n", n + 1, reponse(n)));
    }
    let communes = [("96001", "Bourg"), ("96002", "Hameau")];
    let lu = Essai::new("2024-12-31", &communes).avec("q", "questionnaire", texte).lancer();
    let ids = ["enquete_repondants", "enquete_taux_reponse", "enquete_reponses"];
    let modalites = ids.iter().flat_map(|id| lu.table.suivis_de(id)).map(|suivi| suivi.modalite());
    let modalites = modalites.collect::<Vec<_>>().join("\n");
    (lu, modalites)
}

#[test]
fn ce_qu_une_seule_personne_a_ecrit_n_est_pas_une_reponse_que_l_on_cite() {
    let modes = ["Crèche", "Parents", "Assistante maternelle"];
    let (_, modalites) = devinee("Mode de garde", |n| match n {
        7 => "Chez ma voisine Josette Kerbrat".to_owned(),
        n => modes[n % 3].to_owned(),
    });
    assert!(modalites.contains("mode_garde/creche") && modalites.contains("mode_garde/autre_reponse"));
    assert!(!modalites.contains("josette") && !modalites.contains("kerbrat"), "{modalites}");
}

#[test]
fn les_noms_des_assistants_maternels_ne_sont_pas_des_reponses() {
    let noms = ["Josette Kerbrat", "Odile Le Bihan", "Yvette Morvan"];
    for entete in ["Quel est le nom de votre assistante maternelle ?", "Qui garde votre enfant ?"] {
        let (_, modalites) = devinee(entete, |n| noms[n % 3].to_owned());
        assert!(!modalites.contains("josette"), "{entete} {modalites}");
    }
}

#[test]
fn la_commune_du_repondant_est_celle_ou_il_vit() {
    let (lu, _) = devinee(
        "Dans quelle commune habitez-vous ?;Dans quelle commune travaillez-vous ?;La commune vous informe-t-elle assez ?",
        |n| format!("Bourg;{};{}", ["Bourg", "Hameau"][n % 2], ["Oui", "Non"][n % 2]),
    );
    let combien = |code: &str| {
        lu.table
            .figure(Niveau::Commune, code, "enquete_repondants", "q", 2024)
            .and_then(|figure| figure.valeur)
    };
    assert_eq!((combien("96001"), combien("96002")), (Some(24.0), None));
}

#[test]
fn deux_questions_ne_disent_pas_la_commune() {
    let question =
        |cle: &str| format!("[[questions]]\ncle = \"{cle}\"\nentete = \"{cle}\"\ntype = \"commune\"\n");
    let texte = format!("cle = \"q\"\ntitre = \"Q\"\npublic = \"\"\n{}{}", question("ici"), question("la"));
    let erreur = Questionnaire::lire(texte.as_bytes(), "q").unwrap_err().to_string();
    assert!(erreur.contains("ici, la") && erreur.contains("« texte »"), "{erreur}");
}

#[test]
fn une_reponse_collee_deux_fois_compte_une_fois() {
    let (lu, _) = devinee("Mode;Jours", |n| {
        let reponse = format!("{};{}", ["Crèche", "Parents"][n % 2], n % 5 + 1);
        if n == 0 { format!("{reponse}\n2024-06-01 10:00:00;{reponse}") } else { reponse }
    });
    let combien = lu.table.figure(Niveau::Territoire, "essai", "enquete_repondants", "q", 2024).unwrap();
    assert_eq!(combien.valeur, Some(24.0));
    let bilan = lu.bilans.0.iter().find(|b| b.source == "q").unwrap();
    assert!(bilan.problemes.iter().any(|p| p.motif == Motif::ReponseEnDouble && p.lignes == 1));
}

#[test]
fn l_export_de_septembre_contient_celui_de_juin_et_chacun_compte_une_fois() {
    let export = |mois: std::ops::RangeInclusive<usize>| {
        let lignes =
            mois.map(|n| format!("{n};2024-06-{:02} 10:00:00;{}\n", n, ["Crèche", "Parents"][n % 2]));
        format!("ID de la réponse;Date de soumission;Mode\n{}", lignes.collect::<String>())
    };
    let declaration = "cle = \"q\"\ntitre = \"Q\"\npublic = \"\"\n[[questions]]\ncle = \"mode\"\nentete = \"Mode\"\ntype = \"unique\"\noptions = [\"Crèche\", \"Parents\"]\n";
    let dossier = tempfile::tempdir().unwrap();
    fs::create_dir_all(dossier.path().join("pipelines/questionnaires")).unwrap();
    fs::write(dossier.path().join("pipelines/questionnaires/q.toml"), declaration).unwrap();
    let lu = Essai::new("2024-12-31", &[("96001", "Bourg")])
        .avec_cles("juin", "questionnaire", "date = 2024-06-30\nquestionnaire = \"q\"", export(1..=12))
        .avec_cles("septembre", "questionnaire", "date = 2024-09-30\nquestionnaire = \"q\"", export(1..=20))
        .lancer_dans(dossier.path(), "indicateurs");
    let combien = lu.table.figure(Niveau::Territoire, "essai", "enquete_repondants", "q", 2024).unwrap();
    assert_eq!(combien.valeur, Some(20.0));
    let dit = dits(&lu, Motif::ReponsesDeDeuxExports);
    assert!(
        dit.len() == 1 && dit[0].contains("12 réponse(s)") && dit[0].contains("« septembre »"),
        "{dit:?}"
    );
}

#[test]
fn une_case_cochee_se_compte_parmi_tous_et_un_silence_n_est_pas_une_reponse() {
    let (lu, modalites) = devinee("Quels jours ? [Lundi];Quels jours ? [Mardi];Mode", |n| {
        let coche = |oui: bool| if oui { "Oui" } else { "" };
        let mode = ["Crèche", "Parents", "Non réponse"][n % 3];
        format!("{};{};{mode}", coche(n % 2 == 0), coche(n % 3 == 0))
    });
    let lundi = lire(&lu, "enquete_reponses", "q/jours/lundi", 2024);
    // Whoever ticked nothing did not answer.
    assert_eq!((lundi.numerateur, lundi.denominateur), (Some(12.0), Some(16.0)), "{modalites}");
    let mode = lire(&lu, "enquete_taux_reponse", "q/mode", 2024);
    // Four rows say nothing at all: they are of nobody.
    assert_eq!((mode.numerateur, mode.denominateur), (Some(16.0), Some(20.0)));
}

#[test]
fn le_nom_de_quelqu_un_n_est_pas_une_option_meme_donne_deux_fois() {
    let reponses = ["Crèche", "Parents", "Crèche", "Martine Dupont", "Parents", "Mme Leroy"];
    let (_, modalites) = devinee("Qui garde votre enfant ?", |n| reponses[n % 6].to_owned());
    assert!(modalites.contains("creche"), "{modalites}");
    assert!(!modalites.contains("martine") && !modalites.contains("leroy"), "{modalites}");
}
