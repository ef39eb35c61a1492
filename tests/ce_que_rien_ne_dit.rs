//! What a file does not say, or says wrong, is not made into a figure.

use crate::commun::essai::Essai;
use observatoire::indicators::{Figure, Niveau, Statut};
use observatoire::pipeline::{CompteRendu, Declaration};
use observatoire::quality::Motif;

const COMMUNES: [(&str, &str); 2] = [("85003", "Aizenay"), ("85029", "Bellevigny")];
const AVANT: &str = "Nom;Prénom;Date de naissance;Commune;Capacité;MAM;Date agrément\n\
    UN;Anne;01/02/1980;Aizenay;3;;01/03/2010\nDEUX;Zoé;02/02/1981;Aizenay;4;;01/03/2011\n";

fn essai() -> Essai {
    Essai::new("2024-12-31", &COMMUNES)
}

fn de(lu: &CompteRendu, id: &str, modalite: &str) -> Figure {
    lu.table.figure(Niveau::Territoire, "essai", id, modalite, 2024).unwrap()
}

fn valeur(lu: &CompteRendu, id: &str, modalite: &str) -> (Option<f64>, Statut) {
    let figure = de(lu, id, modalite);
    (figure.valeur, figure.statut)
}

/// What was told with that reason.
fn dits(lu: &CompteRendu, motif: Motif) -> Vec<String> {
    lu.bilans.problemes().filter(|(_, p)| p.motif == motif).map(|(_, p)| p.to_string()).collect()
}

fn deux_listes(apres: &str) -> CompteRendu {
    essai().avec_cles("avant", "pmi", "date = 2023-12-31", AVANT).avec("apres", "pmi", apres).lancer()
}

#[test]
fn cinq_martin_ne_font_pas_une_personne() {
    let liste = "Nom;Adresse;Commune;Capacité\nMARTIN;1 rue A;Aizenay;3\nMARTIN;2 rue B;Aizenay;4\n\
        MARTIN;3 rue C;Bellevigny;2\nMARTIN;3 rue C;Bellevigny;2\nDURAND;;Aizenay;4\n";
    let lu = essai().avec("pmi", "pmi", liste).lancer();
    // Two rows of one name at one address are one person; the others are not.
    assert_eq!(valeur(&lu, "am_agrees", ""), (Some(4.0), Statut::Observe));
    assert_eq!(valeur(&lu, "am_places", ""), (Some(13.0), Statut::Observe));
    assert_eq!(dits(&lu, Motif::NomsDeFamilleSeuls).len(), 1);
    // Whole names in one column say who somebody is, but for one name in two communes.
    let entiers = liste.replace("MARTIN", "MARTIN Anne").replace("DURAND", "DURAND Zoé");
    let lu = essai().avec("pmi", "pmi", entiers).lancer();
    assert_eq!(valeur(&lu, "am_agrees", ""), (Some(3.0), Statut::Observe));
    assert!(dits(&lu, Motif::NomsDeFamilleSeuls).is_empty());
}

#[test]
fn personne_ne_part_pour_une_date_mal_tapee() {
    for (juste, fausse) in
        [("01/02/1980", "01/02/2080"), ("01/02/1980", "1980"), ("01/02/1980", "01/02/1880")]
    {
        let lu = deux_listes(&AVANT.replace(juste, fausse));
        assert_eq!(valeur(&lu, "am_agrees", "").0, Some(2.0), "{fausse}");
        for id in ["am_departs", "am_arrivees"] {
            assert_eq!(de(&lu, id, "").valeur, Some(0.0), "{id}, {fausse}");
        }
    }
    // An agrément that would begin in seven years: not counted, but nobody says that she left.
    let lu = deux_listes(&AVANT.replace("01/03/2011", "01/03/2031"));
    assert_eq!(valeur(&lu, "am_agrees", "").0, Some(1.0));
    assert_eq!(valeur(&lu, "am_departs", ""), (Some(0.0), Statut::Estime));
    assert_eq!(dits(&lu, Motif::AgrementFutur).len(), 1);
}

#[test]
fn un_agrement_suspendu_n_est_pas_compte() {
    let liste = "Nom;Prénom;Commune;Capacité;Statut\nUN;Anne;Aizenay;3;Agréé\nDEUX;Zoé;Aizenay;4;Suspendu le 02/11\n\
        TROIS;Eva;Aizenay;4;Retiré\nQUATRE;Lou;Aizenay;2;\n";
    let lu = essai().avec("pmi", "pmi", liste).lancer();
    assert_eq!(valeur(&lu, "am_places", ""), (Some(5.0), Statut::Observe));
    assert_eq!(dits(&lu, Motif::AgrementLeve).len(), 2);
}

#[test]
fn une_liste_qui_ne_parle_pas_de_mam_n_en_compte_pas_zero() {
    let sans = AVANT.replace(";MAM", "").replace("3;;", "3;").replace("4;;", "4;");
    let lu = essai().avec("pmi", "pmi", sans).lancer();
    assert_eq!(valeur(&lu, "am_agrees", ""), (Some(2.0), Statut::Observe));
    for (id, modalite) in [
        ("am_agrees", "mam"),
        ("am_agrees", "domicile"),
        ("am_places", "mam"),
        ("mam", ""),
        ("mam_places", ""),
        ("pyramide_ages", "40_44:domicile"),
    ] {
        assert_eq!(valeur(&lu, id, modalite), (None, Statut::NonDisponible), "{id} {modalite}");
    }
    assert_eq!(valeur(&lu, "pyramide_ages", "40_44"), (Some(2.0), Statut::Observe));
    assert_eq!(dits(&lu, Motif::LieuNonDit).len(), 1);
    // A column where nobody has a cross says that nobody is in one.
    let lu = essai().avec("pmi", "pmi", AVANT).lancer();
    assert_eq!(valeur(&lu, "mam", ""), (Some(0.0), Statut::Observe));
    assert_eq!(valeur(&lu, "am_agrees", "domicile"), (Some(2.0), Statut::Observe));
    assert!(dits(&lu, Motif::LieuNonDit).is_empty());
}

#[test]
fn le_titre_d_une_autre_annee_est_dit() {
    let titree = |titre: &str| format!("{titre};;;;;;\n{AVANT}");
    let dire = |titre: &str| dits(&essai().avec("pmi", "pmi", titree(titre)).lancer(), Motif::AutreAnnee);
    assert!(dire("Liste des agréments au 31/12/2022")[0].contains("« Liste des agréments au 31/12/2022 »"));
    for juste in ["Liste des agréments au 31/12/2024", "Édité le 15/01/2025", "Liste des agréments"] {
        assert!(dire(juste).is_empty(), "{juste}");
    }
    let lu = essai().avec("agrements_2023", "pmi", AVANT).lancer();
    assert!(dits(&lu, Motif::AutreAnnee)[0].contains("le nom du fichier"));
    // Next year's, perhaps, in the place of this one.
    let lu = essai().avec("pmi", "pmi", titree("Liste des agréments au 31/12/2025")).lancer();
    assert_eq!((dits(&lu, Motif::AnneePlusRecente).len(), dits(&lu, Motif::AutreAnnee).len()), (1, 0));
}

#[test]
fn une_annee_qui_n_existe_pas_encore_est_dite() {
    let naissances =
        "Code commune;Commune;2022;2023;2042\n85003;Aizenay;100;101;99\n85029;Bellevigny;70;71;72\n";
    let lu = essai().avec("naissances", "naissances", naissances).lancer();
    assert!(dits(&lu, Motif::AnneeIsolee)[0].contains("2042"));
    let suivies = naissances.replace("2042", "2024");
    let lu = essai().avec("naissances", "naissances", suivies).lancer();
    assert!(dits(&lu, Motif::AnneeIsolee).is_empty());
    assert_eq!(valeur(&lu, "naissances", ""), (Some(171.0), Statut::Observe));
}

#[test]
fn une_creche_ecrite_deux_fois_dont_une_sans_date_compte_une_fois() {
    let structures = "Type;Nom;Commune;Places;Date d’ouverture\nMulti-accueil;Les Lutins;Aizenay;20;01/09/2015\n\
        Multi-accueil;LES LUTINS;Aizenay;20;\nMulti-accueil;Les Lutins;Bellevigny;20;\n";
    let lu = essai().avec("structures", "structures", structures).lancer();
    assert_eq!(valeur(&lu, "eaje", ""), (Some(2.0), Statut::Observe));
    assert_eq!(valeur(&lu, "eaje_places", "").0, Some(40.0));
    assert_eq!(dits(&lu, Motif::StructureEnDouble).len(), 1);
}

#[test]
fn plus_d_enfants_de_parents_actifs_que_d_enfants_se_voit() {
    let imaje = "Code commune;Commune;Enfants de moins de 3 ans;Enfants de moins de 3 ans dont les parents travaillent\n\
        85003;Aizenay;100;180\n85029;Bellevigny;50;30\n";
    let lu = essai().avec("imaje", "imaje", imaje).lancer();
    let contraires = dits(&lu, Motif::ComptesContraires);
    assert!(contraires.len() == 1 && contraires[0].contains("Aizenay"), "{contraires:?}");
}

#[test]
fn un_chiffre_de_trop_est_dit() {
    let naissances = |annee_2022: u32| {
        format!(
            "Code commune;Commune;2021;2022;2023;2024\n85003;Aizenay;98;{annee_2022};101;99\n85029;Bellevigny;3;1;0;6\n"
        )
    };
    let dire = |annee_2022| {
        let lu = essai().avec("naissances", "naissances", naissances(annee_2022)).lancer();
        dits(&lu, Motif::CompteInvraisemblable)
    };
    let dits = dire(9999);
    assert!(dits.len() == 1 && dits[0].contains("Aizenay (85003), 2022"), "{dits:?}");
    assert!(dits[0].contains("« 9999 »") && dits[0].contains("est 99"), "{dits:?}");
    assert_eq!(dire(10).len(), 1, "a digit too few");
    assert!(dire(120).is_empty(), "and small numbers may double");
}

#[test]
fn un_age_de_retraite_impossible_est_refuse() {
    let dossier = tempfile::tempdir().unwrap();
    let pipeline = essai().parametres("[parametres.projection]\nage_retraite = 640\n").ecrire(dossier.path());
    let erreur = Declaration::lire(&pipeline).unwrap_err().to_string();
    assert!(erreur.contains("un âge de 50 à 75 ans est attendu"), "{erreur}");
}

#[test]
fn une_creche_familiale_dont_la_liste_ne_dit_rien_n_a_pas_zero_assistant_maternel() {
    let structures =
        "Type;Nom;Commune;Places\nCrèche familiale;Saf;Aizenay;20\nMulti-accueil;B;Bellevigny;30\n";
    let lu = essai().avec("pmi", "pmi", AVANT).avec("structures", "structures", structures).lancer();
    for id in ["am_agrees", "am_places"] {
        assert_eq!(valeur(&lu, id, "creche_familiale"), (None, Statut::NonDisponible), "{id}");
        assert_eq!(valeur(&lu, id, "domicile").1, Statut::Observe, "{id}");
    }
    assert_eq!(dits(&lu, Motif::CrecheFamilialeNonDite).len(), 1);
    // A list that tells of one says how many they are; without a crèche familiale, there are none.
    let dite = AVANT.replace(";MAM;", ";Crèche familiale;").replace("Aizenay;3;;", "Aizenay;3;oui;");
    let lu = essai().avec("pmi", "pmi", dite).avec("structures", "structures", structures).lancer();
    assert_eq!(valeur(&lu, "am_agrees", "creche_familiale"), (Some(1.0), Statut::Observe));
    assert!(dits(&lu, Motif::CrecheFamilialeNonDite).is_empty());
    let sans = structures.replace("familiale", "collective");
    let lu = essai().avec("pmi", "pmi", AVANT).avec("structures", "structures", sans).lancer();
    assert_eq!(valeur(&lu, "am_agrees", "creche_familiale"), (Some(0.0), Statut::Observe));
}
