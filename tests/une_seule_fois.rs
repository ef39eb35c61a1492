//! One person, one structure counts once a day, however many files name it; and the person is told.

use crate::commun::demo;
use crate::commun::essai::Essai;
use observatoire::indicators::{Niveau, Statut};
use observatoire::pipeline::CompteRendu;
use observatoire::quality::Motif;

const COMMUNES: [(&str, &str); 2] = [("85003", "Aizenay"), ("85029", "Bellevigny")];
const LISTE: &str = "Nom;Prénom;Date de naissance;Commune;Capacité\nUN;Anne;01/02/1980;Aizenay;3\nDEUX;Zoé;03/04/1975;Bellevigny;4\nTROIS;Ida;05/06/1970;Aizenay;2\n";

fn essai() -> Essai {
    Essai::new("2024-12-31", &COMMUNES)
}

fn territoire(compte_rendu: &CompteRendu, id: &str, annee: i32) -> Option<f64> {
    compte_rendu.table.figure(Niveau::Territoire, "essai", id, "", annee).unwrap().valeur
}

/// What is told to a source under that reason.
fn dits(compte_rendu: &CompteRendu, source: &str, motif: Motif) -> Vec<String> {
    let bilan = compte_rendu.bilans.0.iter().find(|b| b.source == source).unwrap();
    assert!(bilan.est_perdu() || bilan.est_juste(), "{bilan:?}");
    bilan.problemes.iter().filter(|p| p.motif == motif).map(ToString::to_string).collect()
}

#[test]
fn un_fichier_declare_deux_fois_est_lu_une_fois() {
    let structures = "Type;Nom;Commune;Places\nMicro-crèche;Les Loupiots;Aizenay;12\n";
    let caf = "Commune;Enfants 0-2;AM actifs\nAizenay;100;2\nBellevigny;50;1\n";
    let avis = "Horodateur;Votre avis\n01/02/2024;Bien\n02/02/2024;Moyen\n03/02/2024;Bien\n04/02/2024;Bien\n05/02/2024;Bien\n";
    let activite = "mesure;2024\nContacts;40\n";
    let une = essai()
        .avec("pmi", "pmi", LISTE)
        .avec("str", "structures", structures)
        .avec("caf", "imaje", caf)
        .avec("avis", "questionnaire", avis)
        .avec("bilan", "activite", activite);
    let deux = une
        .avec("pmi-b", "pmi", LISTE)
        .avec("str-b", "structures", structures)
        .avec("caf-b", "imaje", caf)
        .avec("avis-b", "questionnaire", avis)
        .avec("bilan-b", "activite", activite);
    let deux = deux.lancer();
    for (id, attendu) in [("am_agrees", 3.0), ("am_places", 9.0), ("eaje", 1.0), ("eaje_places", 12.0)] {
        assert_eq!(territoire(&deux, id, 2024), Some(attendu), "{id}");
    }
    for source in ["pmi-b", "str-b", "caf-b", "avis-b", "bilan-b"] {
        assert_eq!(dits(&deux, source, Motif::SourceEnDouble).len(), 1, "{source}");
    }
    insta::assert_snapshot!(dits(&deux, "pmi-b", Motif::SourceEnDouble)[0]);
    assert!(deux.manques.iter().all(|m| !m.lacune), "rien n’est perdu : {:?}", deux.manques);
    assert!(deux.a_des_lacunes(), "une source de trop est à corriger");
}

#[test]
fn une_personne_de_deux_listes_du_meme_jour_compte_une_fois() {
    let autre = "Nom;Prénom;Date de naissance;Commune;Capacité\nDEUX;ZOE;03/04/1975;Bellevigny;3\nQUATRE;Eve;07/08/1990;Bellevigny;4\n";
    let lu = essai().avec("nord", "pmi", LISTE).avec("sud", "pmi", autre).lancer();
    assert_eq!(
        (territoire(&lu, "am_agrees", 2024), territoire(&lu, "am_places", 2024)),
        (Some(4.0), Some(13.0))
    );
    insta::assert_snapshot!(dits(&lu, "sud", Motif::PersonneSurDeuxListes).join("\n"));
    assert!(dits(&lu, "nord", Motif::PersonneSurDeuxListes).is_empty());
}

/// The list of the relais has one cell for the name, that of the PMI two.
#[test]
fn une_personne_compte_une_fois_que_son_nom_soit_dans_une_cellule_ou_deux() {
    let relais = "Nom et prénom;Date de naissance;Commune;Capacité\nMme UN Anne;01/02/1980;Aizenay;3\nDEUX Zoé;03/04/1975;Bellevigny;4\nIda TROIS;05/06/1970;Aizenay;2\n";
    let lu = essai()
        .avec_cles("relais", "pmi", "date = 2024-06-30", relais)
        .avec_cles("pmi", "pmi", "date = 2024-12-31", LISTE)
        .lancer();
    assert_eq!(
        (territoire(&lu, "am_agrees", 2024), territoire(&lu, "am_places", 2024)),
        (Some(3.0), Some(9.0))
    );
    // From one year to the next, they are followed too.
    let lu = essai()
        .avec_cles("relais", "pmi", "date = 2023-12-31", relais)
        .avec_cles("pmi", "pmi", "date = 2024-12-31", LISTE)
        .lancer();
    assert_eq!(
        (territoire(&lu, "am_arrivees", 2024), territoire(&lu, "am_departs", 2024)),
        (Some(0.0), Some(0.0))
    );
}

#[test]
fn deux_moities_de_territoire_s_ajoutent_sans_un_mot() {
    let autre = "Nom;Prénom;Date de naissance;Commune;Capacité\nQUATRE;Eve;07/08/1990;Bellevigny;4\n";
    let lu = essai().avec("nord", "pmi", LISTE).avec("sud", "pmi", autre).lancer();
    assert_eq!(territoire(&lu, "am_agrees", 2024), Some(4.0));
    assert!(dits(&lu, "sud", Motif::PersonneSurDeuxListes).is_empty());
}

#[test]
fn la_date_de_naissance_manque_sur_l_une_et_la_personne_compte_une_fois() {
    let autre = "Nom;Prénom;Commune;Capacité\nDEUX;Zoé;Bellevigny;4\n";
    let lu = essai().avec("nord", "pmi", LISTE).avec("sud", "pmi", autre).lancer();
    assert_eq!(territoire(&lu, "am_agrees", 2024), Some(3.0));
    assert_eq!(dits(&lu, "sud", Motif::PersonneSurDeuxListes).len(), 1);
}

/// A list of June and that of December: who left in between does not work at the end of the year.
#[test]
fn la_derniere_liste_de_l_annee_remplace_l_avant_derniere() {
    let decembre = LISTE.replace("TROIS;Ida;05/06/1970;Aizenay;2\n", "");
    let lu = essai()
        .avec_cles("juin", "pmi", "date = 2024-06-30", LISTE)
        .avec("decembre", "pmi", decembre)
        .lancer();
    assert_eq!(territoire(&lu, "am_agrees", 2024), Some(2.0));
    insta::assert_snapshot!(dits(&lu, "juin", Motif::PersonneSurDeuxListes).join("\n"));
}

#[test]
fn une_structure_sur_deux_lignes_ou_deux_recensements_compte_une_fois() {
    let un = "Type;Nom;Commune;Places\nMicro-crèche;Les Loupiots;Aizenay;12\nMicro-crèche;LES LOUPIOTS;Aizenay;12\nMulti-accueil;Arc-en-ciel;Bellevigny;20\n";
    let autre = "Type;Nom;Commune;Places\nMulti-accueil;Arc en ciel;Bellevigny;25\nMicro-crèche;Ti Crabe;Bellevigny;10\n";
    let lu = essai().avec("un", "structures", un).avec("autre", "structures", autre).lancer();
    assert_eq!(
        (territoire(&lu, "eaje", 2024), territoire(&lu, "eaje_places", 2024)),
        (Some(3.0), Some(42.0))
    );
    insta::assert_snapshot!(
        [dits(&lu, "un", Motif::StructureEnDouble), dits(&lu, "autre", Motif::StructureEnDouble)]
            .concat()
            .join("\n")
    );
}

/// A chain gives one name to all of its micro-crèches of a town.
#[test]
fn des_structures_de_meme_nom_a_des_adresses_differentes_comptent_toutes() {
    let entete = "Type;Nom;Adresse;Commune;Places\n";
    let ligne = |adresse: &str| format!("Micro-crèche;Petits Pouces;{adresse};Aizenay;10\n");
    let un = [entete, &ligne("1 rue du Port"), &ligne("2 rue du Port"), &ligne("2, RUE DU PORT")].concat();
    let autre = [entete, &ligne("2 rue du Port")].concat();
    let lu = essai().avec("un", "structures", un).avec("autre", "structures", autre).lancer();
    assert_eq!(
        (territoire(&lu, "eaje", 2024), territoire(&lu, "eaje_places", 2024)),
        (Some(2.0), Some(20.0))
    );
    assert_eq!(dits(&lu, "un", Motif::StructureEnDouble).len(), 1);
    assert_eq!(dits(&lu, "autre", Motif::StructureEnDouble).len(), 1);
}

/// The two establishments of one name in one town, a census for each way of paying.
#[test]
fn deux_recensements_de_structures_de_meme_nom_a_deux_adresses_comptent_tous_deux() {
    let entete = "Type;Nom;Adresse;Commune;Places;Financement\n";
    let psu = [entete, "Micro-crèche;Les Lutins;1 rue du Port;Aizenay;12;PSU\n"].concat();
    let paje = [entete, "Micro-crèche;Les Lutins;22 route de Nantes;Aizenay;10;PAJE\n"].concat();
    let lu = essai().avec("psu", "structures", psu).avec("paje", "structures", paje).lancer();
    assert_eq!(territoire(&lu, "eaje_places", 2024), Some(22.0));
    assert!(dits(&lu, "paje", Motif::StructureEnDouble).is_empty());
}

/// Nothing tells that two structures without a name are one.
#[test]
fn des_structures_sans_nom_comptent_toutes() {
    let sans_nom = "Type;Nom;Commune;Places\nMicro-crèche;;Aizenay;12\nMicro-crèche;;Aizenay;12\n";
    let lu = essai().avec("un", "structures", sans_nom).lancer();
    assert_eq!(territoire(&lu, "eaje_places", 2024), Some(24.0));
    let autre = "Type;Nom;Commune;Places\nMicro-crèche;;Aizenay;10\n";
    let lu = essai().avec("un", "structures", sans_nom).avec("autre", "structures", autre).lancer();
    assert_eq!(territoire(&lu, "eaje_places", 2024), Some(34.0));
}

/// An older list that a later one replaces keeps what it says of communes that the later one does not speak of.
#[test]
fn une_liste_remplacee_garde_les_communes_dont_l_autre_ne_dit_rien() {
    let aizenay = LISTE.replace("DEUX;Zoé;03/04/1975;Bellevigny;4\n", "");
    let lu = essai()
        .avec_cles("juin", "pmi", "date = 2024-06-30", LISTE)
        .avec("decembre", "pmi", aizenay)
        .lancer();
    assert_eq!(
        (territoire(&lu, "am_agrees", 2024), territoire(&lu, "am_places", 2024)),
        (Some(3.0), Some(9.0))
    );
    let dits = dits(&lu, "juin", Motif::PersonneSurDeuxListes);
    assert!(dits[0].contains("une seule de ses lignes reste comptée"), "{dits:?}");
}

/// Without first names, two people of one family name are two people, unless they have the same agrément.
#[test]
fn un_nom_de_famille_seul_ne_fait_pas_une_personne() {
    let nord = "Nom;Commune;Capacité\nMARTIN;Aizenay;3\nDURAND;Aizenay;4\nPETIT;Aizenay;4\n";
    let sud = "Nom;Commune;Capacité\nMARTIN;Bellevigny;4\nDURAND;Aizenay;4\n";
    let lu = essai().avec("nord", "pmi", nord).avec("sud", "pmi", sud).lancer();
    assert_eq!(
        (territoire(&lu, "am_agrees", 2024), territoire(&lu, "am_places", 2024)),
        (Some(4.0), Some(15.0))
    );
}

#[test]
fn deux_recensements_d_une_annee_qui_se_completent_comptent_tous_deux() {
    let eaje = "Type;Nom;Commune;Places\nMicro-crèche;Les Loupiots;Aizenay;12\n";
    let autre = "Type;Nom;Commune;Places\nMulti-accueil;Arc-en-ciel;Bellevigny;20\n";
    let lu = essai()
        .avec_cles("printemps", "structures", "date = 2024-05-02", eaje)
        .avec("hiver", "structures", autre)
        .lancer();
    assert_eq!(territoire(&lu, "eaje_places", 2024), Some(32.0));
}

#[test]
fn une_adresse_ecrite_de_deux_facons_est_une_adresse() {
    let entete = "Type;Nom;Adresse;Commune;Places\n";
    for deux in [
        "1 r. du Stade",
        "1 rue du Stade 85190 Aizenay",
        "Pôle enfance, 1 rue du Stade",
        "1 rue du stade (RDC)",
    ] {
        let lu = essai()
            .avec("pmi", "structures", format!("{entete}Micro-crèche;Zébulon;1 rue du Stade;Aizenay;12\n"))
            .avec("caf", "structures", format!("{entete}Micro-crèche;Zébulon;{deux};Aizenay;12\n"))
            .lancer();
        assert_eq!(territoire(&lu, "eaje_places", 2024), Some(12.0), "{deux}");
    }
    // The town alone makes no address.
    let deux =
        |adresse: &str, places: u32| format!("{entete}Micro-crèche;Zébulon;{adresse};Aizenay;{places}\n");
    let lu = essai()
        .avec("psu", "structures", deux("rue du Port Aizenay", 12))
        .avec("paje", "structures", deux("route de Nantes Aizenay", 10))
        .lancer();
    assert_eq!(territoire(&lu, "eaje_places", 2024), Some(22.0));
}

/// An office writes what a structure is before its name, another one does not.
#[test]
fn une_structure_de_deux_recensements_se_reconnait_sans_les_mots_de_son_type() {
    let entete = "Type;Nom;Commune;Places\n";
    let recenser = |une: &str, deux: &str| {
        let lu = essai()
            .avec("pmi", "structures", format!("{entete}Multi-accueil;{une};Aizenay;20\n"))
            .avec("caf", "structures", format!("{entete}Multi-accueil;{deux};Aizenay;20\n"))
            .lancer();
        let places = lu.table.figure(Niveau::Territoire, "essai", "eaje_places", "", 2024).unwrap();
        let semblables = dits(&lu, "caf", Motif::StructuresSemblables).len();
        (places.valeur, places.statut, semblables)
    };
    for (une, deux) in [
        ("Les P’tits Loups", "Multi-accueil « Les petits loups »"),
        ("MULTI ACCUEIL ST MARTIN", "Saint-Martin"),
        ("Crèche municipale Arc-en-ciel", "Arc en Ciel"),
    ] {
        assert_eq!(recenser(une, deux), (Some(20.0), Statut::Observe, 0), "{une} {deux}");
    }
    // Of one size under two names: two, or one; the number is an estimate, and that is told.
    assert_eq!(recenser("Les Loupiots", "Pomme de Reinette"), (Some(40.0), Statut::Estime, 1));
}

/// What is kept for the next years is what the report counts.
#[test]
fn l_historique_garde_chaque_personne_une_fois() {
    let dossier = tempfile::tempdir().unwrap();
    let avant = Essai::new("2023-12-31", &COMMUNES);
    let avant = avant.avec("nord", "pmi", LISTE).avec("sud", "pmi", LISTE.replace(";2\n", ";3\n"));
    avant.lancer_dans(dossier.path(), "indicateurs");
    // Not the same file to the byte: that would be the one of last year, forgotten.
    let cette_annee = format!("{LISTE}\n");
    let apres = essai().avec("pmi", "pmi", cette_annee).lancer_dans(dossier.path(), "indicateurs");
    assert_eq!(territoire(&apres, "am_agrees", 2023), Some(3.0));
    assert_eq!(territoire(&apres, "am_departs", 2024), Some(0.0));
}

#[test]
fn le_fichier_d_une_annee_declare_pour_une_autre_est_dit() {
    let lu =
        essai().avec_cles("avant", "pmi", "date = 2023-12-31", LISTE).avec("apres", "pmi", LISTE).lancer();
    assert_eq!(territoire(&lu, "am_agrees", 2023), Some(3.0), "il est lu");
    insta::assert_snapshot!(dits(&lu, "apres", Motif::FichierDeDeuxDates).join("\n"));
    let premiere = &lu.qualite.priorites[0];
    assert_eq!(
        premiere.code,
        Motif::FichierDeDeuxDates.code(),
        "avant les réserves d’une ligne : {premiere:?}"
    );
}

/// A figure that rests on two others names once a source that both rest on.
#[test]
fn un_chiffre_nomme_chaque_source_une_fois() {
    let table = demo().compte_rendu.table.trame().unwrap();
    let dites = table.column("sources").unwrap().str().unwrap().clone();
    let mut plusieurs = 0;
    for sources in dites.iter().flatten() {
        let dites: Vec<&str> = sources.split(';').collect();
        let distinctes: std::collections::BTreeSet<&str> = dites.iter().copied().collect();
        assert_eq!(dites.len(), distinctes.len(), "{sources}");
        plusieurs += usize::from(dites.len() > 1);
    }
    assert!(plusieurs > 100, "{plusieurs}");
}
