//! What an office writes in words in its lists is read as it is meant; what it does not tell is said, not guessed.

use crate::commun::essai::Essai;
use observatoire::indicators::{Niveau, Statut};
use observatoire::pipeline::CompteRendu;
use observatoire::quality::{Bilan, Motif};

const COMMUNES: [(&str, &str); 2] = [("85003", "Aizenay"), ("85029", "Bellevigny")];

fn lire(genre: &'static str, lignes: &[&str]) -> CompteRendu {
    lire_au("2024-12-31", genre, lignes)
}

fn lire_au(jour: &'static str, genre: &'static str, lignes: &[&str]) -> CompteRendu {
    let lu = Essai::new(jour, &COMMUNES).avec("essai", genre, lignes.join("\n") + "\n").lancer();
    assert!(lu.bilans.0.iter().all(|bilan| bilan.est_perdu() || bilan.est_juste()), "{:?}", lu.bilans);
    lu
}

/// The figure of the territory in the year of the report.
fn valeur(lu: &CompteRendu, id: &str, modalite: &str) -> Option<f64> {
    lu.table.figure(Niveau::Territoire, "essai", id, modalite, 2024).unwrap().valeur
}

fn commune(lu: &CompteRendu, code: &str, id: &str) -> Option<f64> {
    lu.table.figure(Niveau::Commune, code, id, "", 2024).unwrap().valeur
}

fn dits(lu: &CompteRendu, motif: Motif) -> Vec<String> {
    lu.bilans.problemes().filter(|(_, p)| p.motif == motif).map(|(_, p)| p.to_string()).collect()
}

/// People of one commune, each with 3 places and what else the columns say.
fn personnes(colonnes: &str, cellules: &[&str]) -> Vec<String> {
    let entete = format!("Nom;Prénom;Commune;Capacité;{colonnes}");
    let lignes = cellules.iter().enumerate().map(|(i, c)| format!("NOM{i};Anne;Aizenay;3;{c}"));
    std::iter::once(entete).chain(lignes).collect()
}

fn lire_personnes(colonnes: &str, cellules: &[&str]) -> CompteRendu {
    let lignes = personnes(colonnes, cellules);
    lire("pmi", &lignes.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn des_parents_employeurs_ne_sont_pas_une_creche_familiale() {
    let lu = lire_personnes(
        "MAM;Employeur",
        &[
            ";Particulier",
            ";Parents employeurs",
            ";Crèche familiale Les Lutins",
            ";CCAS",
            ";Jeanne Petit",
            ";",
        ],
    );
    assert_eq!(valeur(&lu, "am_agrees", "creche_familiale"), Some(2.0));
    assert_eq!(valeur(&lu, "am_agrees", "domicile"), Some(4.0));
    let doutes = dits(&lu, Motif::ModaliteInconnue);
    assert!(
        doutes.len() == 1 && doutes[0].contains("ligne 6") && doutes[0].contains("« aaaaaa aaaaa »"),
        "{doutes:?}"
    );
}

#[test]
fn une_colonne_de_mam_ou_de_creche_familiale_peut_dire_aucune() {
    for vide in ["Aucune", "Sans", "Néant", "-", "Non concerné", "Hors MAM", "Domicile", ""] {
        let lu = lire_personnes("MAM", &["Les Lutins", vide]);
        assert_eq!(valeur(&lu, "am_agrees", "mam"), Some(1.0), "{vide}");
        assert_eq!(valeur(&lu, "am_agrees", "domicile"), Some(1.0), "{vide}");
    }
    for vide in ["Aucune", "Sans", "Néant", "-", "Sans objet", "Particulier"] {
        let lu = lire_personnes("MAM;Crèche familiale", &[";X", &format!(";{vide}")]);
        assert_eq!(valeur(&lu, "am_agrees", "creche_familiale"), Some(1.0), "{vide}");
    }
}

#[test]
fn un_agrement_qui_n_est_pas_en_vigueur_n_est_pas_compte() {
    for entete in ["Statut", "État", "Situation"] {
        let lu = lire_personnes(
            entete,
            &[
                "Agréé",
                "Cessation",
                "Radiée",
                "En cours d’instruction",
                "Cessation temporaire",
                "Inactif",
                "Refus",
            ],
        );
        assert_eq!(valeur(&lu, "am_agrees", ""), Some(2.0), "{entete}");
        assert_eq!(dits(&lu, Motif::AgrementLeve).len(), 5, "{entete}");
    }
}

#[test]
fn un_statut_inconnu_est_dit_une_fois_et_la_personne_comptee() {
    let lu = lire_personnes("Statut", &["Agréé", "Bleu", "Bleu", "nd", ""]);
    assert_eq!(valeur(&lu, "am_agrees", ""), Some(5.0));
    let inconnus = dits(&lu, Motif::ModaliteInconnue);
    assert!(
        inconnus.len() == 1 && inconnus[0].contains("« Bleu »") && inconnus[0].contains("2 lignes"),
        "{inconnus:?}"
    );
}

/// Whoever has an ended agrément and an unreadable capacity has left all the same.
#[test]
fn une_personne_radiee_est_partie_meme_sur_une_ligne_illisible() {
    let entete = "Nom;Prénom;Date de naissance;Commune;Capacité;Statut";
    let un = "UN;Anne;01/02/1980;Aizenay;3;Agréé";
    let avant = [entete, un, "DEUX;Zoé;03/04/1975;Aizenay;4;Agréé"].join("\n");
    let apres = [entete, un, "DEUX;Zoé;03/04/1975;Aizenay;à revoir;Radiée"].join("\n");
    let essai = Essai::new("2024-12-31", &COMMUNES).avec_cles("avant", "pmi", "date = 2023-12-31", avant);
    assert_eq!(valeur(&essai.avec("apres", "pmi", apres).lancer(), "am_departs", ""), Some(1.0));
}

#[test]
fn un_age_se_lit_ou_se_dit_sans_etre_montre() {
    let lu = lire_personnes("Âge", &["54 ans", "54", "environ 54", "nd", "17 ans"]);
    assert_eq!(valeur(&lu, "am_agrees", ""), Some(5.0));
    let ages = dits(&lu, Motif::AgeInvraisemblable);
    assert_eq!(ages.len(), 2, "{ages:?}");
    assert!(ages[0].contains("« aaaaaaa 99 »") && !ages[0].contains("54"), "{ages:?}");
    let lu = lire_personnes("Année de naissance", &["68", "1968", "soixante-huit", "05/03/1968"]);
    let ages = dits(&lu, Motif::AgeInvraisemblable);
    assert!(ages.len() == 1 && ages[0].contains("ligne 4"), "{ages:?}");
}

#[test]
fn une_annee_ou_un_mois_datent_une_structure() {
    let entete = "Type;Nom;Commune;Places;Date d’ouverture;Date de fermeture";
    let lignes = [
        entete,
        "Micro-crèche;Un;Aizenay;10;2025;",
        "Micro-crèche;Deux;Aizenay;10;09/2015;",
        "Micro-crèche;Trois;Aizenay;10;2015;août 2023",
        "Micro-crèche;Quatre;Aizenay;10;sept. 2015;2026",
    ];
    let lu = lire("structures", &lignes);
    assert_eq!(valeur(&lu, "eaje", ""), Some(2.0));
    assert!(dits(&lu, Motif::DateIllisible).is_empty() && dits(&lu, Motif::DateSansJour).is_empty());
    let juin = lire_au("2024-06-30", "structures", &[entete, "Micro-crèche;Un;Aizenay;10;2024;"]);
    let reserves = dits(&juin, Motif::DateSansJour);
    assert!(reserves.len() == 1 && reserves[0].contains("01/01/2024"), "{reserves:?}");
}

#[test]
fn une_structure_fermee_ou_en_projet_n_est_pas_ouverte() {
    let lu = lire(
        "structures",
        &[
            "Type;Nom;Commune;Places;État",
            "Micro-crèche;Un;Aizenay;10;Ouverte",
            "Micro-crèche;Deux;Aizenay;10;Fermée",
            "Micro-crèche;Trois;Aizenay;10;En projet",
            "Micro-crèche;Quatre;Aizenay;10;Fermeture le 31/08/2023",
            "Micro-crèche;Cinq;Aizenay;10;Fermeture le 31/08/2025",
            "Micro-crèche;Six;Aizenay;10;Fermée en août",
            "Projet de micro-crèche;Sept;Aizenay;10;",
            "Micro-crèche;Huit (fermée);Aizenay;10;",
        ],
    );
    assert_eq!(valeur(&lu, "eaje", ""), Some(3.0));
    assert_eq!(dits(&lu, Motif::StructureFermee).len(), 4);
    let doutes = dits(&lu, Motif::ModaliteInconnue);
    assert!(doutes.len() == 1 && doutes[0].contains("« Fermée en août »"), "{doutes:?}");
}

/// « Statut » tells who runs a structure, or whether it is open; « Fermeture » a date, or a word.
#[test]
fn l_etat_d_une_structure_se_lit_aussi_dans_les_autres_colonnes() {
    let lu = lire(
        "structures",
        &[
            "Type;Nom;Commune;Places;Statut;Fermeture",
            "Micro-crèche;Un;Aizenay;10;Public;",
            "Micro-crèche;Deux;Aizenay;10;Fermée;",
            "Micro-crèche;Trois;Aizenay;10;Projet;",
            "Micro-crèche;Quatre;Aizenay;10;Ouverte;non",
            "Micro-crèche;Cinq;Aizenay;10;Associatif;Fermée",
            "Micro-crèche;Six;Aizenay;10;Privé;fermée le 31/08/2023",
        ],
    );
    assert_eq!(valeur(&lu, "eaje", ""), Some(2.0));
    assert_eq!(dits(&lu, Motif::StructureFermee).len(), 3);
    assert!(dits(&lu, Motif::ModaliteInconnue).is_empty() && dits(&lu, Motif::DateIllisible).is_empty());
}

#[test]
fn un_renouvellement_passe_ne_finit_pas_l_agrement() {
    let passes = ["01/03/2021", "15/06/2022", "01/01/2026"];
    let lu = lire_personnes("Date de renouvellement", &passes);
    assert_eq!(valeur(&lu, "am_agrees", ""), Some(3.0));
    assert_eq!(dits(&lu, Motif::RenouvellementPasse).len(), 1);
    // Nearly all to come: they are the ends of agréments, of which one has passed.
    let lu = lire_personnes("Date de renouvellement", &["01/03/2027", "15/06/2026", "01/01/2024"]);
    assert_eq!(valeur(&lu, "am_agrees", ""), Some(2.0));
    assert_eq!((dits(&lu, Motif::AgrementEchu).len(), dits(&lu, Motif::RenouvellementPasse).len()), (1, 0));
    // A column of ends leaves nothing to the other.
    let lu = lire_personnes("Date de fin;Date de renouvellement", &["01/03/2027;01/03/2022"]);
    assert_eq!(valeur(&lu, "am_agrees", ""), Some(1.0));
}

#[test]
fn les_deux_dates_d_une_cellule_comptent() {
    let lu = lire_personnes(
        "Date agrément",
        &["01/01/2020 - 31/12/2027", "du 01/01/2015 au 31/12/2022", "01/01/2026 - 31/12/2030", "01/01/2020"],
    );
    assert_eq!(valeur(&lu, "am_agrees", ""), Some(2.0));
    assert_eq!((dits(&lu, Motif::AgrementEchu).len(), dits(&lu, Motif::AgrementFutur).len()), (1, 1));
}

#[test]
fn deux_agrements_egaux_de_durees_differentes_s_ajoutent() {
    let entete = "Nom;Prénom;Date de naissance;Commune;Capacité;Date agrément;Date fin";
    let un = "UN;Anne;01/02/1980;Aizenay;2;01/01/2022;31/12/2026";
    let autre = "UN;Anne;01/02/1980;Aizenay;2;01/06/2023;31/05/2028";
    let lu = lire("pmi", &[entete, un, autre]);
    assert_eq!((valeur(&lu, "am_agrees", ""), valeur(&lu, "am_places", "")), (Some(1.0), Some(4.0)));
    assert_eq!(dits(&lu, Motif::AgrementsMultiples).len(), 1);
    // The same dates: one line written twice, and the message says what to do if it is not.
    let lu = lire("pmi", &[entete, un, un]);
    assert_eq!(valeur(&lu, "am_places", ""), Some(2.0));
    assert!(dits(&lu, Motif::LigneEnDouble)[0].contains("si ce sont deux agréments"), "{:?}", lu.bilans);
}

#[test]
fn une_place_de_nuit_ne_s_ajoute_pas_a_celles_du_jour() {
    let lu = lire("pmi", &["Nom;Prénom;Commune;Capacité", "UN;Anne;Aizenay;4 jour + 1 nuit"]);
    assert_eq!(valeur(&lu, "am_places", ""), Some(4.0));
}

#[test]
fn la_commune_ou_l_on_travaille_l_emporte_sur_celle_ou_l_on_habite() {
    for residence in ["Commune", "Commune de résidence", "Ville"] {
        let entete = format!("Nom;Prénom;{residence};Commune d’exercice;Capacité;MAM");
        let lu = lire(
            "pmi",
            &[
                &entete,
                "UN;Anne;Aizenay;Bellevigny;3;Les Lutins",
                "DEUX;Zoé;Aizenay;;4;",
                "TROIS;Ida;Nantes;Bellevigny;2;",
                "QUATRE;Lou;Aizenay;;3;Les Lutins",
            ],
        );
        // At home, people work where they live; the commune of a MAM is not told.
        let lues = (commune(&lu, "85029", "am_places"), commune(&lu, "85003", "am_places"));
        assert_eq!(lues, (Some(5.0), Some(4.0)), "{residence}");
        assert_eq!(dits(&lu, Motif::CommuneVide).len(), 1, "{residence}");
    }
}

#[test]
fn une_personne_dont_une_ligne_n_a_pas_la_date_de_naissance_compte_une_fois() {
    let entete = "Nom;Prénom;Date de naissance;Commune;Capacité";
    let (avec, sans) = ("UN;Anne;01/02/1980;Aizenay;3", "UN;Anne;;Aizenay;3");
    for lignes in [[entete, avec, sans], [entete, sans, avec]] {
        let lu = lire("pmi", &lignes);
        assert_eq!(valeur(&lu, "am_agrees", ""), Some(1.0));
        assert_eq!(valeur(&lu, "pyramide_ages", "40_44"), Some(1.0), "son âge est connu");
        assert_eq!(dits(&lu, Motif::LigneEnDouble).len(), 1);
    }
    // Of two people of that name, nothing tells which one it is.
    let lu = lire("pmi", &[entete, avec, "UN;Anne;03/04/1990;Aizenay;4", sans]);
    assert_eq!(valeur(&lu, "am_agrees", ""), Some(3.0));
}

#[test]
fn le_nom_d_une_mam_se_lit_aussi_dans_le_lieu_d_exercice() {
    let mams = |exercices: &[&str]| {
        let lu = lire_personnes("Lieu d’exercice", exercices);
        (valeur(&lu, "mam", ""), dits(&lu, Motif::MamSansNom).len())
    };
    assert_eq!(mams(&["MAM Les Lutins", "MAM LES LUTINS", "MAM Pomme d’Api"]), (Some(2.0), 0));
    // Nothing tells one from another: one, and that is said.
    assert_eq!(mams(&["MAM", "En MAM", "Domicile"]), (Some(1.0), 1));
    let lu = lire_personnes("Adresse;MAM", &["1 rue A;MAM", "1 RUE A;oui", "2 rue B;X"]);
    assert_eq!(valeur(&lu, "mam", ""), Some(2.0));
    assert!(dits(&lu, Motif::MamSansNom).is_empty());
}

#[test]
fn une_mam_que_deux_communes_nomment_se_dit() {
    let entete = "Nom;Prénom;Date de naissance;Commune;Capacité;MAM";
    let lignes = [
        entete,
        "UN;Anne;01/02/1980;Aizenay;3;MAM Les Lutins",
        "DEUX;Zoé;03/04/1981;Bellevigny;4;MAM LES LUTINS",
        "TROIS;Ana;05/06/1982;Aizenay;4;Pomme d’Api",
        "QUATRE;Eva;07/08/1983;Aizenay;4;Pomme d’Api",
    ];
    let lu = lire("pmi", &lignes);
    let dits = dits(&lu, Motif::MamDePlusieursCommunes);
    assert_eq!((dits.len(), valeur(&lu, "mam", "")), (1, Some(3.0)));
    assert!(dits[0].contains("85003 (ligne 2) et 85029 (ligne 3)"), "{}", dits[0]);
}

#[test]
fn un_arret_ferme_ne_ferme_pas_la_structure_itinerante() {
    let entete = "Type;Nom;Commune;Places;Date de fermeture;Horaires";
    let ferme = "Halte-garderie itinérante;Bébébus;Aizenay;12;31/08/2023;lundi 8h30-17h30";
    let ouvert = "Halte-garderie itinérante;Bébébus;Bellevigny;12;;mardi 9h-12h";
    for lignes in [[entete, ferme, ouvert], [entete, ouvert, ferme]] {
        let lu = lire("structures", &lignes);
        assert_eq!(valeur(&lu, "eaje", ""), Some(1.0));
        assert_eq!(
            (commune(&lu, "85003", "eaje_places"), commune(&lu, "85029", "eaje_places")),
            (Some(0.0), Some(12.0)),
            "l’arrêt fermé ne dessert plus personne"
        );
    }
}

#[test]
fn les_places_d_une_structure_itinerante_ne_sont_pas_toutes_d_ici() {
    let lu = lire(
        "structures",
        &[
            "Type;Nom;Code commune;Places;Horaires",
            "Halte-garderie itinérante;Bébébus;85003;12;lundi 8h30-17h30",
            "Halte-garderie itinérante;Bébébus;85191;12;mardi 8h30-17h30",
            "Halte-garderie itinérante;Bébébus;85191;12;jeudi 8h30-17h30",
        ],
    );
    assert_eq!(valeur(&lu, "eaje_places", ""), Some(4.0));
    let arrets = dits(&lu, Motif::ArretsDUneStructure);
    assert!(arrets.len() == 1 && arrets[0].contains("4 de ses 12 places retenues"), "{arrets:?}");
}

#[test]
fn le_type_vient_de_sa_colonne_et_dit_parfois_le_financement() {
    let lu = lire(
        "structures",
        &[
            "Type;Nom;Commune;Places",
            "Crèche;Jardin des Lucioles;Aizenay;30",
            "Crèche;Ma Petite Maison;Aizenay;30",
            "Micro-crèche PAJE;Crèche Les Lutins;Aizenay;10",
            "Micro-crèche PSU;La Ruche;Aizenay;10",
        ],
    );
    let nombre = |modalite| valeur(&lu, "eaje", modalite);
    assert_eq!((nombre("type:jardin_enfants"), nombre("type:multi_accueil")), (Some(0.0), Some(0.0)));
    assert_eq!((nombre("financement:paje"), nombre("financement:psu")), (Some(1.0), Some(1.0)));
}

#[test]
fn une_colonne_psu_se_remplit_de_oui_et_de_non() {
    let lu = lire(
        "structures",
        &[
            "Type;Nom;Commune;Places;PSU",
            "Micro-crèche;Un;Aizenay;10;oui",
            "Micro-crèche;Deux;Aizenay;10;non",
            "Micro-crèche;Trois;Aizenay;10;sans PSU",
            "Micro-crèche;Quatre;Aizenay;10;nd",
        ],
    );
    assert_eq!(
        (valeur(&lu, "eaje", "financement:paje"), valeur(&lu, "eaje", "financement:psu")),
        (Some(2.0), Some(1.0))
    );
    assert!(dits(&lu, Motif::ModaliteInconnue).is_empty());
}

#[test]
fn ensemble_pour_grandir_et_total_enfance_sont_des_noms() {
    let lu = lire(
        "structures",
        &[
            "Nom;Type;Commune;Places",
            "Ensemble pour grandir;Micro-crèche;Aizenay;10",
            "Les Lutins;Micro-crèche;Aizenay;10",
            "Total;;;20",
            "Total du territoire;;Vie et Boulogne;20",
            "Total EAJE;;Vie et Boulogne;20",
            "Sous-total micro-crèches;Micro-crèche;Aizenay;20",
        ],
    );
    assert_eq!((valeur(&lu, "eaje", ""), dits(&lu, Motif::LigneDeTotal).len()), (Some(2.0), 4));
    let sans_type =
        lire("structures", &["Nom;Commune;Places", "Micro-crèche A;Aizenay;10", "Total Enfance;Aizenay;10"]);
    assert!(dits(&sans_type, Motif::LigneDeTotal).is_empty());
    assert_eq!(
        dits(&sans_type, Motif::TypeInconnu).len(),
        1,
        "la ligne est dite, et non prise pour un total"
    );
}

#[test]
fn sous_un_en_tete_enfants_les_ages_suffisent() {
    let lu = lire(
        "imaje",
        &[
            ";;Enfants;;",
            "Commune;Code;0-2 ans;0-2 ans, parents actifs;3-5 ans",
            "Aizenay;85003;300;210;320",
            "Bellevigny;85029;200;150;210",
        ],
    );
    let lus = ["enfants_0_2", "enfants_0_2_parents_actifs"].map(|id| valeur(&lu, id, ""));
    assert_eq!(lus, [Some(500.0), Some(360.0)]);
}

#[test]
fn un_relais_ou_une_ecole_dans_un_recensement_n_est_pas_une_lacune() {
    let lu = lire(
        "structures",
        &[
            "Nom;Type;Commune;Places",
            "Les Lutins;Micro-crèche;Aizenay;10",
            "Relais Vie et Boulogne;Relais petite enfance;Aizenay;",
            "La Pause;LAEP;Aizenay;",
            "Les Copains;ALSH;Aizenay;40",
            "Jules Ferry;École maternelle;Bellevigny;60",
        ],
    );
    assert_eq!((valeur(&lu, "eaje", ""), dits(&lu, Motif::AutreService).len()), (Some(1.0), 4));
    assert_eq!(lu.bilans.0.iter().map(Bilan::non_comptees).sum::<u32>(), 0);
    // These may have places of early childhood.
    for douteux in ["Garderie municipale", "Assistante maternelle", "Centre social"] {
        let lu = lire(
            "structures",
            &[
                "Nom;Type;Commune;Places",
                "Les Lutins;Micro-crèche;Aizenay;10",
                &format!("X;{douteux};Aizenay;6"),
            ],
        );
        assert_eq!(dits(&lu, Motif::TypeInconnu).len(), 1, "{douteux}");
    }
}

#[test]
fn des_nombres_demesures_n_arretent_rien() {
    let lu = lire(
        "structures",
        &["Type;Nom;Commune;Places", "MAM;Un;Aizenay;4000000000", "MAM;Deux;Aizenay;4000000000"],
    );
    assert_eq!(dits(&lu, Motif::PlacesIncertaines).len(), 2, "{:?}", lu.bilans);
    let lu = lire("pmi", &["Nom;Prénom;Commune;Capacité", "UN;Anne;Aizenay;9223372036854775807 + 1"]);
    assert_eq!(dits(&lu, Motif::CapacitesIllisibles).len(), 1);
}

#[test]
fn qui_a_cesse_n_est_pas_compte_meme_reste_dans_le_tableau() {
    for (colonnes, cellules) in [
        (
            "Fin d’agrément;Date de fin d’activité",
            ["31/12/2027;", "31/12/2027;30/06/2024", "31/12/2027;30/06/2025"],
        ),
        ("Date d’archivage", ["", "12/03/2024", "01/02/2025"]),
        ("Date de cessation;Motif de cessation", [";", "12/03/2024;Déménagement", "01/02/2025;Retraite"]),
        ("Motif de sortie", ["", "Maladie", "-"]),
        ("Motif de sortie", ["Néant", "Retraite", "Non"]),
    ] {
        let lu = lire_personnes(colonnes, &cellules);
        assert_eq!(valeur(&lu, "am_agrees", ""), Some(2.0), "{colonnes}");
        let dits = dits(&lu, Motif::SortieDeLaListe);
        assert!(dits.len() == 1 && dits[0].contains("ligne 3"), "{dits:?}");
        assert!(!dits[0].contains("Maladie"), "{dits:?}");
    }
}

#[test]
fn les_assistants_familiaux_ne_sont_pas_des_assistants_maternels() {
    for colonne in ["Type d’agrément", "Profession", "Fonction"] {
        for cellules in [
            ["Assistant maternel", "Assistante familiale", "Maternel et familial", ""],
            ["AM", "AF", "AM + AF", "am"],
        ] {
            let lu = lire_personnes(colonne, &cellules);
            assert_eq!(valeur(&lu, "am_agrees", ""), Some(3.0), "{colonne} {cellules:?}");
            assert_eq!(dits(&lu, Motif::AssistantFamilial).len(), 1);
        }
    }
}

#[test]
fn la_liste_de_ceux_qui_sont_partis_n_est_pas_celle_des_agrees() {
    let gens = personnes("Date de naissance", &["01/03/1970", "01/03/1971"]);
    let titree = |titre: &str| {
        let lignes: Vec<&str> = std::iter::once(titre).chain(gens.iter().map(String::as_str)).collect();
        lire("pmi", &lignes)
    };
    for titre in ["Assistants maternels sortis en 2024;;;;", "Liste des départs 2024;;;;"] {
        let lu = titree(titre);
        assert_eq!(valeur(&lu, "am_agrees", ""), None, "{titre}");
        assert!(dits(&lu, Motif::ListeDesSorties)[0].contains("ne sont plus agréés"));
    }
    for titre in ["Assistants maternels agréés au 31/12/2024;;;;", "Agréments, hors radiations;;;;"] {
        assert_eq!(valeur(&titree(titre), "am_agrees", ""), Some(2.0), "{titre}");
    }
}

#[test]
fn refuser_vouloir_et_se_former_ne_sont_ni_accepter_ni_exercer() {
    let lu = lire_personnes(
        "Refuse les horaires atypiques;N’accepte pas l’urgence;Formation handicap;Souhaite rejoindre une MAM",
        &["oui;oui;oui;oui", "oui;oui;oui;oui"],
    );
    for id in ["am_accepte_atypique", "am_accepte_urgence", "am_accepte_handicap", "mam"] {
        let figure = lu.table.suivis_de(id).flat_map(|s| s.figures().collect::<Vec<_>>());
        assert!(figure.filter_map(|f| f.numerateur.or(f.valeur)).all(|n| n == 0.0), "{id}");
    }
}

#[test]
fn les_vacances_d_une_creche_ne_la_ferment_pas() {
    for (entete, lutins, pirouette) in [
        ("Dates de fermeture", "du 01/08/2024 au 21/08/2024", "05/08/2024 au 26/08/2024"),
        ("Date fermeture annuelle", "01/08/2024", "05/08/2024"),
        ("Fermeture", "01/08/2024 - 21/08/2024", "Fermeture du 05/08/2024 au 26/08/2024"),
        ("Date de fermeture", "Congés : 01/08/2024", "Fermeture estivale le 05/08/2024"),
    ] {
        let lignes = [
            format!("Type;Nom;Commune;Places;{entete}"),
            format!("Multi-accueil;Les Lutins;Aizenay;30;{lutins}"),
            format!("Micro-crèche;Pirouette;Aizenay;12;{pirouette}"),
            "Crèche;Bulle;Aizenay;20;".to_owned(),
        ];
        let lu = lire("structures", &lignes.each_ref().map(String::as_str));
        let nombre = |id| valeur(&lu, id, "");
        assert_eq!((nombre("eaje"), nombre("eaje_places")), (Some(3.0), Some(62.0)), "{entete}");
    }
    // One that closes for good still does.
    let entete = "Type;Nom;Commune;Places;Date de fermeture";
    let lu = lire("structures", &[entete, "Crèche;A;Aizenay;30;31/08/2024", "Crèche;B;Aizenay;20;"]);
    assert_eq!(valeur(&lu, "eaje_places", ""), Some(20.0));
}

#[test]
fn de_plusieurs_colonnes_de_places_la_bonne_est_lue_ou_aucune() {
    for (entetes, cellules, places) in [
        ("Nombre de places 2023;Nombre de places 2024", "20;30", Some(30.0)),
        ("Places 2023;Places 2024", "20;30", Some(30.0)),
        ("Places;Places 2023", "30;20", Some(30.0)),
        ("Nombre de places PSU;Nombre de places total", "20;30", Some(30.0)),
        ("Coût par place agréée;Nb places agréées PMI 2024", "15000;30", Some(30.0)),
        ("Capacité agréée;Capacité théorique;Nb places réservées", "30;40;5", Some(30.0)),
        ("Nb places occasionnelles;Capacité", "5;30", Some(30.0)),
        ("Capacité d’accueil;Nombre de places en PMI", "30;30", Some(30.0)),
        ("Nb places occasionnelles;Nb places régulières", "5;30", None),
        ("Taux d'occupation des places;Nb de places non pourvues", "80%;3", None),
        ("Capacité 0-3 ans;Capacité 3-6 ans", "20;10", None),
        ("Nombre de places 2021;Nombre de places 2022", "20;30", None),
    ] {
        let lignes = [format!("Type;Nom;Commune;{entetes}"), format!("Crèche;A;Aizenay;{cellules}")];
        let lu = lire("structures", &lignes.each_ref().map(String::as_str));
        assert_eq!(valeur(&lu, "eaje", ""), Some(1.0), "{entetes}");
        assert_eq!(commune(&lu, "85003", "eaje_places"), places, "{entetes}");
        let dits = dits(&lu, Motif::PlacesIndecises);
        assert_eq!(dits.len(), usize::from(places.is_none()), "{entetes} : {dits:?}");
    }
    // What the pipeline names is read, whatever the other columns say.
    let liste = "Type;Nom;Commune;Nombre de places 2023;Nombre de places 2024\nCrèche;A;Aizenay;20;30\n";
    let cles = "date = 2024-12-31\ncolonnes = { places = \"Nombre de places 2023\" }";
    let lu = Essai::new("2024-12-31", &COMMUNES).avec_cles("essai", "structures", cles, liste).lancer();
    assert_eq!(valeur(&lu, "eaje_places", ""), Some(20.0));
}

#[test]
fn une_creche_dont_les_places_ne_se_lisent_pas_est_la_sans_ses_places() {
    for illisible in ["15000", "environ vingt", "-25", "12/15"] {
        let lignes =
            ["Type;Nom;Commune;Places", &format!("Crèche;A;Aizenay;{illisible}"), "Crèche;B;Aizenay;10"];
        let lu = lire("structures", &lignes);
        // Ten places would be a commune with one crèche.
        let places = commune(&lu, "85003", "eaje_places");
        assert_eq!((valeur(&lu, "eaje", ""), places), (Some(2.0), None), "{illisible}");
        assert_eq!(dits(&lu, Motif::PlacesIncertaines).len(), 1, "{illisible}");
        assert!(lu.a_des_lacunes(), "{illisible}");
    }
}

#[test]
fn une_mam_ecrite_de_plusieurs_facons_est_une_seule_mam() {
    let lu = lire(
        "pmi",
        &[
            "Nom;Prénom;Commune;Adresse;Capacité;MAM",
            "UN;Anne;Aizenay;1 rue A;4;MAM Les Loustics",
            "DEUX;Zoé;Aizenay;1 rue A;4;M.A.M. LES LOUSTICS",
            "TROIS;Eva;Aizenay;1 rue A;4;Loustics",
            // A cross, at the address of a MAM that others name.
            "QUATRE;Lou;Aizenay;1 rue A;4;X",
            "CINQ;Léa;Aizenay;9 rue B;4;ancienne MAM",
            "SIX;Ève;Aizenay;3 rue C;4;MAM Pirouette (fermée)",
        ],
    );
    assert_eq!(valeur(&lu, "mam", ""), Some(1.0));
    assert_eq!(valeur(&lu, "am_agrees", "mam"), Some(4.0));
}

#[test]
fn les_places_d_une_creche_s_ecrivent_comme_celles_d_un_agrement() {
    for (texte, places) in [("25 places", 25.0), ("20 (dont 2 en urgence)", 20.0), ("12 berceaux", 12.0)] {
        let lu = lire("structures", &["Type;Nom;Commune;Places", &format!("Crèche;A;Aizenay;{texte}")]);
        assert_eq!(commune(&lu, "85003", "eaje_places"), Some(places), "{texte}");
        assert_eq!(dits(&lu, Motif::PlacesIncertaines).len(), 0, "{texte}");
    }
    // What is not told is told of: the commune has no number of places because of it.
    let lu = lire("structures", &["Type;Nom;Commune;Places", "Crèche;A;Aizenay;nc", "MAM;B;Aizenay;"]);
    assert_eq!(dits(&lu, Motif::PlacesIncertaines).len(), 1);
}

#[test]
fn une_creche_agrandie_en_cours_d_annee_est_une_seule_creche() {
    let entete = "Type;Nom;Commune;Adresse;Places;Ouverture";
    let lu = lire(
        "structures",
        &[
            entete,
            "Crèche;Les Lutins;Aizenay;1 rue A;30;01/01/2005",
            "Crèche;Les Lutins;Aizenay;1 rue A;40;01/07/2024",
        ],
    );
    assert_eq!((valeur(&lu, "eaje", ""), valeur(&lu, "eaje_places", "")), (Some(1.0), Some(40.0)));
    assert_eq!(dits(&lu, Motif::StructureEnDouble).len(), 1);
    // Two addresses are two structures.
    let lu = lire(
        "structures",
        &[
            entete,
            "Crèche;Les Lutins;Aizenay;1 rue A;30;01/01/2005",
            "Crèche;Les Lutins;Aizenay;9 rue B;40;01/07/2024",
        ],
    );
    assert_eq!((valeur(&lu, "eaje", ""), valeur(&lu, "eaje_places", "")), (Some(2.0), Some(70.0)));
}

#[test]
fn une_creche_aux_places_modulees_est_une_seule_creche() {
    let lu = lire(
        "structures",
        &[
            "Type;Nom;Commune;Adresse;Places;Tranche horaire",
            "Crèche;Bulle;Aizenay;1 rue A;20;8h-9h",
            "Crèche;Bulle;Aizenay;1 rue A;30;9h-17h",
            "Crèche;Bulle;Aizenay;1 rue A;15;17h-19h",
            "Crèche;Bulle;Aizenay;9 rue B;12;",
        ],
    );
    assert_eq!((valeur(&lu, "eaje", ""), valeur(&lu, "eaje_places", "")), (Some(2.0), Some(42.0)));
    let doubles = dits(&lu, Motif::StructureEnDouble);
    assert!(
        doubles.len() == 2 && doubles.iter().all(|d| d.contains("30, le plus grand nombre")),
        "{doubles:?}"
    );
}

#[test]
fn ce_qu_une_colonne_ne_peut_pas_etre_n_est_pas_conseille() {
    let lu = lire(
        "structures",
        &["Type;Nom;Commune;Places;Date fermeture annuelle", "Crèche;A;Aizenay;20;01/08/2024"],
    );
    assert!(dits(&lu, Motif::ColonneNonEmployee).iter().all(|dit| !dit.contains("fermeture =")));
}

#[test]
fn une_colonne_qui_ne_dit_le_lieu_de_personne_ne_met_personne_a_domicile() {
    for (colonne, cellules) in [("Type d’accueil", ["Journée", "Nuit"]), ("Exercice", ["2024", "2024"])] {
        let lu = lire_personnes(colonne, &cellules);
        assert_eq!(valeur(&lu, "am_agrees", ""), Some(2.0), "{colonne}");
        assert_eq!(valeur(&lu, "am_agrees", "domicile"), None, "{colonne}");
        assert_eq!(dits(&lu, Motif::LieuNonDit).len(), 1, "{colonne}");
    }
    let lu = lire_personnes("Type d’accueil", &["Domicile", "Journée"]);
    assert_eq!(valeur(&lu, "am_agrees", "domicile"), Some(2.0));
}

#[test]
fn avoir_deja_accueilli_ou_recu_des_demandes_n_est_pas_accepter() {
    let colonnes = "A déjà accueilli un enfant handicapé;Demandes en horaires atypiques reçues;Fin agrément actuel;Fin agrément précédent";
    let lu = lire_personnes(colonnes, &["oui;oui;31/12/2027;31/12/2022", "oui;oui;31/12/2027;31/12/2022"]);
    assert_eq!(valeur(&lu, "am_agrees", ""), Some(2.0));
    for id in ["am_accepte_atypique", "am_accepte_handicap"] {
        let figures = lu.table.suivis_de(id).flat_map(|s| s.figures().collect::<Vec<_>>());
        assert!(figures.filter_map(|f| f.numerateur.or(f.valeur)).all(|n| n == 0.0), "{id}");
    }
}

#[test]
fn de_deux_colonnes_de_places_qui_ne_disent_pas_pareil_aucune_n_est_devinee() {
    let liste = |un: &str, deux: &str| {
        lire(
            "pmi",
            &[
                "Nom;Prénom;Commune;Nb enfants en journée;Nb enfants la nuit",
                &format!("UN;Anne;Aizenay;3;{un}"),
                &format!("DEUX;Luc;Aizenay;4;{deux}"),
            ],
        )
    };
    let lu = liste("1", "2");
    assert_eq!(valeur(&lu, "am_places", ""), None, "rien ne dit laquelle lire");
    let dits = dits(&lu, Motif::ColonneEnDouble);
    assert!(dits.len() == 1 && dits[0].contains("en journée") && dits[0].contains("la nuit"), "{dits:?}");
    assert_eq!(valeur(&liste("3", "4"), "am_places", ""), Some(7.0), "elles disent la même chose");
}

#[test]
fn un_statut_dit_de_quand_il_est() {
    for (statut, attendu) in [
        ("Retraite en 2026", 2.0),
        ("Cessation le 31/12/2025", 2.0),
        ("Retrait au 01/03/2024", 1.0),
        ("Valide jusqu'au 30/06/2024", 1.0),
        ("Valide jusqu'au 30/06/2026", 2.0),
        ("Suspension levée le 03/04/2024", 2.0),
        ("Suspendu du 01/02/2023 au 01/04/2023", 2.0),
        ("Suspendu jusqu'au 30/06/2024", 2.0),
        ("Suspendu jusqu'au 30/06/2025", 1.0),
        ("Retrait annulé", 2.0),
        ("Retraite, fin 2023", 1.0),
        ("Agrément annulé", 1.0),
        // The end of a leave is no end of the agrément.
        ("Congé parental jusqu'au 31/08/2024", 2.0),
        ("Disponibilité jusqu'au 01/09/2024", 2.0),
        ("Arrêt maladie jusqu'au 15/10/2024", 2.0),
    ] {
        let lu = lire_personnes("Statut", &["Agréée", statut]);
        assert_eq!(valeur(&lu, "am_agrees", ""), Some(attendu), "{statut}");
    }
}

#[test]
fn la_commune_de_la_mam_n_est_pas_son_nom() {
    let lu = lire_personnes("Commune de la MAM", &["Aizenay", ""]);
    assert_ne!(valeur(&lu, "mam", ""), Some(1.0));
}

#[test]
fn ne_plus_exercer_ne_dit_pas_si_l_agrement_a_pris_fin() {
    for statut in ["N'exerce plus", "N'exerce plus depuis juin 2024", "Plus en activité"] {
        let lu = lire_personnes("Statut", &["Agréée", "Agréée", statut]);
        let figure = lu.table.figure(Niveau::Commune, "85003", "am_agrees", "", 2024).unwrap();
        assert_eq!((figure.valeur, figure.statut), (Some(3.0), Statut::Estime), "{statut}");
        assert!(dits(&lu, Motif::ModaliteInconnue)[0].contains("a-t-il pris fin"), "{statut}");
    }
}

#[test]
fn un_recapitulatif_sous_la_liste_n_est_personne() {
    let personnes = ["Nom;Prénom;Commune;Capacité;Téléphone", "UN;Anne;Aizenay;3;", "DEUX;Luc;Aizenay;4;"];
    let recapitulatifs: [&[&str]; 4] = [
        &[
            "Récapitulatif au 31/12/2024;;;;",
            "Commune;Nombre d'AM;Nombre de places;;",
            "Aizenay;2;7;;",
            "Bellevigny;0;0;;",
            "Ensemble;2;7;;",
        ],
        &["RÉCAPITULATIF PAR COMMUNE;;;;", "Aizenay;2;7;;", "Bellevigny;0;0;;"],
        &[";Commune;Nombre d'AM;Nombre de places;", ";Aizenay;2;7;", ";Bellevigny;0;0;"],
        &["Commune;Effectif;;;", "Aizenay;2;;;", "Bellevigny;0;;;"],
    ];
    for recapitulatif in recapitulatifs {
        let lu = lire("pmi", &[&personnes[..], recapitulatif].concat());
        for (code, attendu) in [("85003", 2.0), ("85029", 0.0)] {
            let figure = lu.table.figure(Niveau::Commune, code, "am_agrees", "", 2024).unwrap();
            assert_eq!(
                (figure.valeur, figure.statut),
                (Some(attendu), Statut::Observe),
                "{code} {recapitulatif:?}"
            );
        }
        assert_eq!(lu.bilans.0[0].rejetees, 0);
    }
    let cessations = ["Récapitulatif des cessations;;;;", "TROIS;Léa;Aizenay;4;0612345678"];
    let lu = lire("pmi", &[&personnes[..], &cessations].concat());
    assert_eq!(commune(&lu, "85003", "am_agrees"), Some(2.0));
    // The list may go on below, as it is or under its header.
    let milieu = [
        "Récapitulatif secteur Nord : 2 AM;;;;",
        "TROIS;Léa;Aizenay;4;0612345678",
        "QUATRE;Zoé;Bellevigny;4;",
    ];
    let lu = lire("pmi", &[&personnes[..], &milieu].concat());
    assert_eq!(
        (commune(&lu, "85003", "am_agrees"), commune(&lu, "85029", "am_agrees")),
        (Some(3.0), Some(1.0))
    );
    let suite = ["Nom;Prénom;Commune;Capacité;Téléphone", "TROIS;Léa;Aizenay;4;"];
    let lu = lire("pmi", &[&personnes[..], recapitulatifs[0], &suite].concat());
    assert_eq!(commune(&lu, "85003", "am_agrees"), Some(3.0));
}

#[test]
fn toutes_les_lignes_d_une_liste_sont_quelque_part() {
    let lu = lire(
        "pmi",
        &[
            "Nom;Prénom;Commune;Capacité;Téléphone",
            "UN;Anne;Aizenay;3;",
            "À revoir;;;;",
            "DEUX;Luc;Aizenay;4;",
            "Néant;;;;",
        ],
    );
    let bilan = &lu.bilans.0[0];
    assert_eq!((bilan.lignes, bilan.lues, bilan.rejetees, bilan.mises_de_cote), (4, 2, 0, 2));
}

#[test]
fn une_correspondance_vaut_pour_les_autres_facons_d_ecrire_le_nom() {
    let lu = Essai::new("2024-12-31", &[("85003", "Aizenay"), ("85271", "Grand Val")])
        .parametres("[correspondances]\n\"Saint-Sulpice-en-Pareds\" = \"85271\"\n")
        .avec(
            "liste",
            "pmi",
            "Nom;Prénom;Commune;Capacité\nUN;Anne;ST SULPICE EN PAREDS;3\nDEUX;Luc;Aizenay;4\n",
        )
        .lancer();
    assert_eq!(commune(&lu, "85271", "am_agrees"), Some(1.0));
}
