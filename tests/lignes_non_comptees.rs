//! A row that is counted nowhere is no zero and no departure without a word.

use crate::commun::essai::Essai;
use crate::commun::texte_par_lignes;
use observatoire::indicators::{Niveau, Statut};
use observatoire::pipeline::CompteRendu;
use observatoire::quality::Motif;

const COMMUNES: [(&str, &str); 2] = [("85003", "Aizenay"), ("85029", "Bellevigny")];
const ENTETE: &str = "Nom;Prénom;Date de naissance;Commune;Capacité;Date fin\n";

fn liste(lignes: &[&str]) -> String {
    format!("{ENTETE}{}\n", lignes.join("\n"))
}

fn comparer(avant: &[&str], apres: &[&str]) -> CompteRendu {
    let essai = Essai::new("2024-12-31", &COMMUNES);
    essai
        .avec_cles("avant", "pmi", "date = 2023-12-31", liste(avant))
        .avec("apres", "pmi", liste(apres))
        .lancer()
}

fn territoire(compte_rendu: &CompteRendu, id: &str) -> Option<f64> {
    compte_rendu.table.figure(Niveau::Territoire, "essai", id, "", 2024).unwrap().valeur
}

fn statut(compte_rendu: &CompteRendu, id: &str) -> Statut {
    compte_rendu.table.figure(Niveau::Territoire, "essai", id, "", 2024).unwrap().statut
}

const UN: &str = "UN;Anne;01/02/1980;Aizenay;3;";
const DEUX: &str = "DEUX;Zoé;03/04/1975;Bellevigny;4;";

#[test]
fn une_ligne_illisible_n_est_ni_un_depart_ni_une_arrivee() {
    for illisible in [
        "DEUX;Zoé;03/04/1975;Bourg-Inconnu;4;",
        "DEUX;Zoé;03/04/1975;;4;",
        "DEUX;Zoé;03/04/1975;Bellevigny;40;",
    ] {
        let perdue = comparer(&[UN, DEUX], &[UN, illisible]);
        assert_eq!(territoire(&perdue, "am_agrees"), Some(1.0), "{illisible}");
        assert_eq!(territoire(&perdue, "am_departs"), Some(0.0), "{illisible}");
        // Nobody knows whether she works elsewhere now.
        assert_eq!(statut(&perdue, "am_departs"), Statut::Estime, "{illisible}");
        let changements = perdue.qualite.changements.as_ref().unwrap();
        assert_eq!((changements.territoire.partis, changements.non_places), (0, 1));
        let revenue = comparer(&[UN, illisible], &[UN, DEUX]);
        assert_eq!(territoire(&revenue, "am_arrivees"), Some(0.0), "{illisible}");
        assert_eq!(revenue.qualite.changements.as_ref().unwrap().territoire.nouveaux, 0);
    }
}

fn commune(compte_rendu: &CompteRendu, code: &str, id: &str, annee: i32) -> (Option<f64>, Statut) {
    let figure = compte_rendu.table.figure(Niveau::Commune, code, id, "", annee).unwrap();
    (figure.valeur, figure.statut)
}

fn motifs(compte_rendu: &CompteRendu, motif: Motif) -> usize {
    compte_rendu.bilans.problemes().filter(|(_, p)| p.motif == motif).count()
}

#[test]
fn qui_a_une_capacite_illisible_est_la_pour_les_places_de_la_plupart() {
    let illisible = "QUATRE;Luc;05/06/1990;Aizenay;voir arrêté;";
    let lu = comparer(&[UN, DEUX], &[UN, DEUX, "TROIS;Léa;05/06/1985;Aizenay;4;", illisible]);
    assert_eq!(commune(&lu, "85003", "am_agrees", 2024), (Some(3.0), Statut::Observe));
    // 3 and 4 are read; the median of the list is 4.
    assert_eq!(commune(&lu, "85003", "am_places", 2024), (Some(11.0), Statut::Estime));
    assert_eq!(commune(&lu, "85029", "am_places", 2024), (Some(4.0), Statut::Observe));
    assert_eq!(motifs(&lu, Motif::CapaciteIllisible), 1);
    // Of a list most of whose capacities cannot be read, nothing is guessed.
    let lu = comparer(&[UN, DEUX], &[UN, illisible, "TROIS;Léa;05/06/1985;Bellevigny;voir arrêté;"]);
    assert_eq!(motifs(&lu, Motif::CapacitesIllisibles), 2);
    assert_eq!(commune(&lu, "85003", "am_agrees", 2024), (Some(1.0), Statut::Estime));
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (None, Statut::NonDisponible));
    assert!(lu.a_des_lacunes());
}

#[test]
fn ou_une_ligne_manque_le_nombre_est_une_estimation_et_le_vide_n_est_pas_zero() {
    let impossible = "TROIS;Léa;05/06/1985;Aizenay;40;";
    // The name is near one commune: it is proposed, and nothing is known of it till then.
    for (ligne, douteuse, vide) in [
        (impossible, Some("85003"), None),
        ("TROIS;Léa;05/06/1985;Bellevignes;4;", None, Some("85029")),
        // She was in Bellevigny the year before.
        ("DEUX;Zoé;03/04/1975;Bourg-Inconnu;4;", None, Some("85029")),
    ] {
        let lu = comparer(&[UN, DEUX], &[UN, ligne]);
        let statut = if douteuse.is_some() { Statut::Estime } else { Statut::Observe };
        assert_eq!(commune(&lu, "85003", "am_agrees", 2024), (Some(1.0), statut), "{ligne}");
        if let Some(code) = vide {
            assert_eq!(commune(&lu, code, "am_agrees", 2024), (None, Statut::NonDisponible), "{ligne}");
            assert_eq!(commune(&lu, code, "sans_offre", 2024).0, None, "{ligne}");
            assert!(motifs(&lu, Motif::CommunesDisparues) > 0, "{ligne}");
        }
    }
    // Counted on another row of the list, nobody is missing.
    let lu = comparer(&[UN, DEUX], &[UN, DEUX, "DEUX;Zoé;03/04/1975;Bourg-Inconnu;4;"]);
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (Some(1.0), Statut::Observe));
}

#[test]
fn d_une_liste_dont_bien_des_lignes_n_ont_pas_de_commune_rien_n_est_sur() {
    let sans = |nom: &str| format!("{nom};Léa;05/06/1985;;4;");
    let lu = comparer(&[UN, DEUX], &[UN, &sans("A"), &sans("B")]);
    assert_eq!(commune(&lu, "85003", "am_agrees", 2024), (Some(1.0), Statut::Estime));
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (None, Statut::NonDisponible));
}

#[test]
fn personne_sur_la_liste_et_cinq_actifs_pour_la_caf_ce_n_est_pas_zero() {
    let caf = "Code commune;Commune;Assistants maternels actifs\n85003;Aizenay;1\n85029;Bellevigny;5\n";
    let essai = |cles: &str| {
        Essai::new("2024-12-31", &COMMUNES)
            .avec("caf", "imaje", caf)
            .avec_cles("pmi", "pmi", &format!("date = 2024-12-31{cles}"), liste(&[UN]))
            .lancer()
    };
    let lu = essai("");
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (None, Statut::NonDisponible));
    let (_, dit) = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::CommunesDisparues).unwrap();
    insta::assert_snapshot!(dit.detail);
    assert!(lu.a_des_lacunes());
    // The relais knows better.
    let lu = essai("\npersonne_dans = [\"85029\"]");
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (Some(0.0), Statut::Observe));
}

#[test]
fn une_projection_dit_de_combien_de_communes_elle_est() {
    let gens = |commune: &str| -> Vec<String> {
        (1..=8).map(|n| format!("{commune}{n};Léa;0{n}/06/1985;{commune};4;")).collect()
    };
    let (aizenay, bellevigny) = (gens("Aizenay"), gens("Bellevigny"));
    let ici: Vec<&str> = aizenay.iter().map(String::as_str).collect();
    let partout: Vec<&str> = ici.iter().copied().chain(bellevigny.iter().map(String::as_str)).collect();
    for (apres, communes) in [(&partout, 2), (&ici, 1)] {
        let lu = comparer(&partout, apres);
        let projetee = |annee| {
            let modalite = "sans_renouvellement";
            lu.table.figure(Niveau::Territoire, "essai", "projection_am", modalite, annee).unwrap()
        };
        for annee in [2024, 2029] {
            let figure = projetee(annee);
            assert_eq!((figure.parties, figure.parties_attendues), (communes, 2), "{annee}");
        }
    }
}

#[test]
fn sans_date_de_naissance_un_nom_dans_deux_communes_est_celui_de_deux_personnes() {
    let texte = "Nom;Prénom;Commune;Capacité\nBERNARD;Julie;Aizenay;3\nBERNARD;Julie;Bellevigny;3\nUN;Anne;Aizenay;4\n";
    let lu = Essai::new("2024-12-31", &COMMUNES).avec("pmi", "pmi", texte).lancer();
    assert_eq!(commune(&lu, "85003", "am_agrees", 2024).0, Some(2.0));
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024).0, Some(1.0));
    assert_eq!(motifs(&lu, Motif::HomonymesSansNaissance), 1);
    // The next year the same two are there: nobody came, nobody left.
    let suivante = Essai::new("2024-12-31", &COMMUNES)
        .avec_cles("avant", "pmi", "date = 2023-12-31", texte)
        .avec("pmi", "pmi", texte)
        .lancer();
    assert_eq!(
        (territoire(&suivante, "am_arrivees"), territoire(&suivante, "am_departs")),
        (Some(0.0), Some(0.0))
    );
}

#[test]
fn un_agrement_etendu_remplace_le_premier() {
    let entete = "Nom;Prénom;Date de naissance;Commune;Capacité;Date agrément\n";
    let lire = |lignes: &str| {
        Essai::new("2024-12-31", &COMMUNES).avec("pmi", "pmi", format!("{entete}{lignes}")).lancer()
    };
    let etendu = "AUBRY;Eva;01/02/1980;Aizenay;3;01/03/2021\nAUBRY;Eva;01/02/1980;Aizenay;4;01/09/2023\n";
    assert_eq!(commune(&lire(etendu), "85003", "am_places", 2024), (Some(4.0), Statut::Observe));
    // One place more, or two fewer: nobody knows.
    let ajoute = "AUBRY;Eva;01/02/1980;Aizenay;3;01/03/2021\nAUBRY;Eva;01/02/1980;Aizenay;1;01/09/2023\n";
    assert_eq!(commune(&lire(ajoute), "85003", "am_places", 2024), (Some(4.0), Statut::Estime));
}

/// A list all of whose other people stand on another one of the day still tells who could not be placed.
#[test]
fn une_ligne_illisible_d_une_seconde_liste_n_est_pas_un_depart() {
    let essai = Essai::new("2024-12-31", &COMMUNES)
        .avec_cles("avant", "pmi", "date = 2023-12-31", liste(&[UN, DEUX]))
        .avec("nord", "pmi", liste(&[UN]))
        .avec("sud", "pmi", liste(&[UN, "DEUX;Zoé;03/04/1975;Bourg-Inconnu;4;"]));
    assert_eq!(territoire(&essai.lancer(), "am_departs"), Some(0.0));
}

#[test]
fn un_agrement_fini_est_un_depart_meme_sur_une_ligne_illisible() {
    let fini = comparer(&[UN, DEUX], &[UN, "DEUX;Zoé;03/04/1975;Bourg-Inconnu;4;30/06/2024"]);
    assert_eq!((territoire(&fini, "am_departs"), statut(&fini, "am_departs")), (Some(1.0), Statut::Observe));
}

#[test]
fn l_historique_sait_aussi_qui_n_est_pas_parti() {
    let dossier = tempfile::tempdir().unwrap();
    let illisible = "DEUX;Zoé;03/04/1975;Bellevigny;40;";
    let avant = Essai::new("2023-12-31", &COMMUNES).avec("pmi", "pmi", liste(&[UN, illisible]));
    avant.lancer_dans(dossier.path(), "indicateurs");
    let apres = Essai::new("2024-12-31", &COMMUNES).avec("pmi", "pmi", liste(&[UN, DEUX]));
    let lu = apres.lancer_dans(dossier.path(), "indicateurs");
    assert_eq!(territoire(&lu, "am_arrivees"), Some(0.0));
    let source = lu.qualite.sources.iter().find(|s| s.id == "historique-2023").unwrap();
    assert!(source.libelle.contains("1\u{a0}ligne non comptée"), "{}", source.libelle);
}

#[test]
fn la_reserve_va_jusqu_a_la_fiche_de_la_commune() {
    let dossier = tempfile::tempdir().unwrap();
    let essai = Essai::new("2024-12-31", &COMMUNES);
    // Nobody was there the year before either: the list of the year alone would tell nothing. One row of many is lost.
    let connues: Vec<String> =
        ('A'..='L').map(|lettre| format!("{lettre}{lettre};Anne;01/02/1980;Aizenay;3;")).collect();
    let connues: Vec<&str> = connues.iter().map(String::as_str).collect();
    let avec_une_perdue = [&connues[..], &["DEUX;Zoé;03/04/1975;Belle Ville;4;"]].concat();
    let essai = essai.avec_cles("pmi-2023", "pmi", "date = 2023-12-31", liste(&connues)).avec_cles(
        "pmi-2024",
        "pmi",
        "date = 2024-12-31",
        liste(&avec_une_perdue),
    );
    let lu = essai.lancer_dans(dossier.path(), "fiches");
    let fiche = lu.fichiers.iter().find(|f| f.to_string_lossy().contains("elus/fiches/85029")).unwrap();
    let Some(lignes) = texte_par_lignes(&lu.dossier.join(fiche)) else { return };
    let texte = lignes.join(" ");
    assert!(!texte.contains("aucun assistant maternel agréé."), "{texte}");
    assert!(
        texte.contains("une de ses lignes, de cette commune ou d’une autre, n’a pas pu être comptée"),
        "{texte}"
    );
    assert!(texte.contains("(1 ligne non comptée)"), "{texte}");
}

#[test]
fn des_mam_que_seul_le_recensement_connait_sont_dites() {
    let structures = "Type;Nom;Commune;Places\nMAM;Les Lutins;Aizenay;12\n";
    let essai = Essai::new("2024-12-31", &COMMUNES);
    let seul = essai.avec("str", "structures", structures).lancer();
    let dit = |lu: &CompteRendu| {
        let (_, probleme) = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::MamDuRecensement).unwrap();
        probleme.to_string()
    };
    insta::assert_snapshot!(dit(&seul));
    assert_eq!(territoire(&seul, "eaje"), Some(0.0), "une MAM n’est pas un établissement");
    let essai = Essai::new("2024-12-31", &COMMUNES);
    let essai = essai.avec("str", "structures", structures);
    let liste = liste(&[UN]);
    let muette = essai.avec_cles("pmi", "pmi", "date = 2023-12-31", liste.clone());
    // A list that says nothing of MAM contradicts nothing.
    assert!(muette.lancer().qualite.contradictions.is_empty());
    let situee: Vec<String> = (liste.lines().zip(["MAM", ""])).map(|(l, mam)| format!("{l};{mam}")).collect();
    let essai = muette.sans("pmi");
    let avec = essai.avec_cles("pmi", "pmi", "date = 2023-12-31", situee.join("\n")).lancer();
    let [contradiction] = &avec.qualite.contradictions[..] else {
        panic!("{:?}", avec.qualite.contradictions)
    };
    let valeurs: Vec<f64> = contradiction.valeurs.iter().map(|v| v.valeur).collect();
    assert_eq!(
        (contradiction.quoi.as_str(), valeurs),
        ("MAM", vec![0.0, 1.0]),
        "la liste la plus proche, d’un an avant"
    );
}

#[test]
fn une_source_d_apres_l_observation_est_dite() {
    let essai = Essai::new("2024-12-31", &COMMUNES).avec("pmi", "pmi", liste(&[UN]));
    let lu = essai.avec_cles("demain", "pmi", "date = 2025-03-31", liste(&[UN, DEUX])).lancer();
    let dits: Vec<String> = lu
        .bilans
        .problemes()
        .filter(|(_, p)| p.motif == Motif::SourcePosterieure)
        .map(|(_, p)| p.to_string())
        .collect();
    insta::assert_snapshot!(dits.join("\n"));
    assert_eq!(territoire(&lu, "am_agrees"), Some(1.0));
}

#[test]
fn plus_d_actifs_que_d_agrees_se_dit_aussi_avec_la_liste_d_une_autre_annee() {
    let caf = "Commune;AM actifs\nAizenay;65\nBellevigny;0\n";
    let essai = Essai::new("2024-12-31", &COMMUNES).avec("caf", "imaje", caf);
    let lu = essai.avec_cles("pmi", "pmi", "date = 2023-12-31", liste(&[UN])).lancer();
    let [contradiction] = &lu.qualite.contradictions[..] else { panic!("{:?}", lu.qualite.contradictions) };
    assert_eq!(contradiction.valeurs.iter().map(|v| v.valeur).collect::<Vec<_>>(), [1.0, 65.0]);
}

#[test]
fn deux_agrements_disent_comment_leurs_places_sont_retenues() {
    let essai = Essai::new("2024-12-31", &COMMUNES);
    let lu = essai.avec("pmi", "pmi", liste(&[UN, "UN;Anne;01/02/1980;Aizenay;4;"])).lancer();
    let (_, dit) = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::AgrementsMultiples).unwrap();
    insta::assert_snapshot!(dit.detail);
}

#[test]
fn une_ligne_decalee_est_peut_etre_quelqu_un() {
    // The commune is read where the shift has put it.
    let decalee = "TROIS;Léa;née;Martin;05/06/1985;Bellevigny;4";
    let lu = comparer(&[UN, DEUX], &[UN, DEUX, decalee]);
    assert_eq!(motifs(&lu, Motif::LargeurInattendue), 1);
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (Some(1.0), Statut::Estime));
    assert_eq!(commune(&lu, "85003", "am_agrees", 2024), (Some(1.0), Statut::Observe));
    let lu = comparer(&[UN, DEUX], &[UN, decalee]);
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (None, Statut::NonDisponible));
}

#[test]
fn qui_a_des_dates_dont_le_mois_est_devant_est_la() {
    let a_l_anglaise = "TROIS;Léa;05/26/1985;Bellevigny;4;01/31/2027";
    let autres = ["DEUX;Zoé;23/04/1975;Bellevigny;4;31/01/2027", "UN;Anne;21/02/1980;Aizenay;3;28/02/2027"];
    let lu = comparer(&autres, &[&autres[..], &[a_l_anglaise]].concat());
    assert_eq!(motifs(&lu, Motif::LargeurInattendue), 0);
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024).0, Some(2.0));
}

#[test]
fn le_nom_d_une_commune_en_titre_n_est_personne() {
    let lu = comparer(&[UN, DEUX], &["AIZENAY;;;;;", UN, "BELLEVIGNY;;;;;", DEUX]);
    assert_eq!(motifs(&lu, Motif::CommuneVide), 0);
    assert_eq!(commune(&lu, "85003", "am_agrees", 2024), (Some(1.0), Statut::Observe));
}

#[test]
fn sous_ne_travaillent_plus_il_n_y_a_plus_personne() {
    for titre in
        ["Ne travaillent plus :", "N’exercent plus", "Candidates", "Anciennes assistantes maternelles"]
    {
        let lu = comparer(&[UN, DEUX], &[UN, &format!("{titre};;;;;"), DEUX]);
        assert_eq!(territoire(&lu, "am_agrees"), Some(1.0), "{titre}");
    }
}

#[test]
fn sous_un_titre_que_rien_n_explique_les_nombres_sont_des_estimations() {
    let lu = comparer(&[UN, DEUX], &[UN, "Dossiers bleus;;;;;", DEUX]);
    assert_eq!(commune(&lu, "85003", "am_agrees", 2024), (Some(1.0), Statut::Observe));
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (Some(1.0), Statut::Estime));
    assert_eq!(motifs(&lu, Motif::TitreInconnu), 1);
    // The list goes on below a place, or a letter.
    for titre in ["Secteur nord", "B", "MAM Les Lutins", "À domicile", "Assistantes maternelles agréées"] {
        let lu = comparer(&[UN, DEUX], &[UN, &format!("{titre};;;;;"), DEUX]);
        assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (Some(1.0), Statut::Observe), "{titre}");
        assert_eq!(motifs(&lu, Motif::TitreInconnu), 0, "{titre}");
    }
}

#[test]
fn une_note_au_milieu_de_la_liste_n_en_ote_personne() {
    for note in [
        "Départ de Mme Petit en 2025",
        "Sorties : voir onglet 2",
        "MAM Les Archives",
        "rue des anciens combattants",
    ] {
        let lu = comparer(&[UN, DEUX], &[UN, &format!("{note};;;;;"), DEUX]);
        assert_eq!(territoire(&lu, "am_agrees"), Some(2.0), "{note}");
    }
}

#[test]
fn sous_les_departs_un_autre_titre_fait_douter() {
    let trois = "TROIS;Ida;05/06/1970;Bellevigny;2;";
    // Whoever stands below the second title has left, or has not.
    let lu = comparer(&[UN, DEUX], &[UN, "Départs;;;;;", trois, "Bellevigny;;;;;", DEUX]);
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (None, Statut::NonDisponible));
    // More people have left than stay: that was no title of a section, perhaps.
    let lu = comparer(&[UN, DEUX], &[UN, "Départs;;;;;", trois, DEUX]);
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (None, Statut::NonDisponible));
}

/// A sheet that was sorted with its header.
#[test]
fn les_lignes_au_dessus_de_l_en_tete_se_disent() {
    let triee = format!("{DEUX}\n{ENTETE}{UN}\n");
    let lu = Essai::new("2024-12-31", &COMMUNES)
        .avec_cles("avant", "pmi", "date = 2023-12-31", liste(&[UN, DEUX]))
        .avec("apres", "pmi", triee)
        .lancer();
    assert_eq!(commune(&lu, "85003", "am_agrees", 2024), (Some(1.0), Statut::Observe));
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (None, Statut::NonDisponible));
    let dit = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::LargeurInattendue).unwrap().1;
    assert!(dit.detail.contains("au-dessus de la ligne d’en-tête"), "{dit}");
}

#[test]
fn une_ligne_qui_a_glisse_d_une_cellule_garde_sa_commune_en_doute() {
    for glissee in [";TROIS;Léa;Bellevigny;;4", "TROIS;Léa;Bellevigny;05/06/1985;4;"] {
        let lu = comparer(&[UN, DEUX], &[UN, DEUX, glissee]);
        assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (Some(1.0), Statut::Estime), "{glissee}");
        assert_eq!(commune(&lu, "85003", "am_agrees", 2024), (Some(1.0), Statut::Observe), "{glissee}");
        // Her birth date, where the commune should stand, is nobody's business.
        let dites: String = lu.bilans.problemes().map(|(_, p)| p.to_string()).collect();
        assert!(!dites.contains("05/06/1985"), "{dites}");
    }
}

#[test]
fn des_separateurs_en_fin_de_ligne_ne_decalent_rien() {
    let texte = liste(&[UN, DEUX]).replace('\n', ";;\n");
    let lu = Essai::new("2024-12-31", &COMMUNES).avec("pmi", "pmi", texte).lancer();
    assert_eq!(territoire(&lu, "am_agrees"), Some(2.0));
    assert_eq!(motifs(&lu, Motif::LargeurInattendue), 0);
}

#[test]
fn un_compte_au_bas_d_un_groupe_n_est_personne() {
    for compte in ["Aizenay;;;;40;", "12 agréments;;;;36 places;", "Effectif;;;;90;"] {
        let lu = comparer(&[UN, DEUX], &[UN, compte, DEUX]);
        assert_eq!(commune(&lu, "85003", "am_agrees", 2024), (Some(1.0), Statut::Observe), "{compte}");
        assert_eq!(motifs(&lu, Motif::CommuneVide), 0, "{compte}");
    }
    // A person of whom the row tells little is no count.
    let lu = comparer(&[UN, DEUX], &[UN, "AMIOT;;;;3;", DEUX]);
    assert_eq!(motifs(&lu, Motif::CommuneVide), 1);
}

#[test]
fn la_commune_suivante_reprend_la_liste_apres_des_departs() {
    let lignes =
        ["AIZENAY;;;;;", UN, "Départs;;;;;", "TROIS;Ida;05/06/1970;Aizenay;2;", "BELLEVIGNY;;;;;", DEUX];
    let lu = comparer(&[UN, DEUX], &lignes);
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024).0, Some(1.0));
    assert_eq!(commune(&lu, "85003", "am_agrees", 2024).0, Some(1.0));
    let rien = ["AIZENAY;;;;;", UN, "Départs : 0;;;;;", "BELLEVIGNY;;;;;", DEUX];
    assert_eq!(territoire(&comparer(&[UN, DEUX], &rien), "am_agrees"), Some(2.0));
}

#[test]
fn une_colonne_sans_en_tete_est_une_colonne() {
    let entete = "Nom;Prénom;Date de naissance;Commune;Capacité;\n";
    let texte = format!("{entete}UN;Anne;01/02/1980;Aizenay;3;en congé\nDEUX;Zoé;03/04/1975;Bellevigny;4;\n");
    let lu = Essai::new("2024-12-31", &COMMUNES).avec("pmi", "pmi", texte).lancer();
    assert_eq!(territoire(&lu, "am_agrees"), Some(2.0));
}

#[test]
fn un_compte_n_explique_pas_un_titre_et_un_code_se_lit() {
    // What stands below an unknown title stays an estimate below a count too.
    let lu = comparer(&[UN, DEUX], &[UN, "Dossiers bleus;;;;;", "12 agréments;;;;36 places;", DEUX]);
    assert_eq!(commune(&lu, "85029", "am_agrees", 2024), (Some(1.0), Statut::Estime));
    // « AM MARTIN » is somebody, and so is whoever has lost a name.
    for quelqu_un in ["AM MARTIN;;;;3;", ";;;Bellevigny;3;"] {
        let lu = comparer(&[UN, DEUX], &[UN, DEUX, quelqu_un]);
        let dits = motifs(&lu, Motif::CommuneVide) + motifs(&lu, Motif::IdentiteAbsente);
        assert_eq!(dits, 1, "{quelqu_un}");
    }
    let lu = comparer(&[UN, DEUX], &[UN, DEUX, "TROIS;Ida;05/06/1970;45234;3;"]);
    let cites: Vec<String> = lu.bilans.problemes().filter_map(|(_, p)| p.valeur.clone()).collect();
    assert!(!cites.contains(&"99999".to_owned()), "{cites:?}");
}
