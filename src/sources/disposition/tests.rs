//! Tables as offices send them, recognised or told why not.

#![allow(clippy::print_stderr)]

use std::fmt::Write;
use std::path::PathBuf;

use proptest::prelude::*;
use rust_xlsxwriter::{Format, Workbook};

use super::*;
use crate::sources::grille::{Constructeur, Origine};
use crate::sources::lecture;

fn octets(nom: &str, octets: &[u8]) -> Vec<Grille> {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join(nom);
    std::fs::write(&chemin, octets).unwrap();
    lecture::lire(&chemin, nom).unwrap()
}

fn csv(texte: &str) -> Vec<Grille> {
    octets("liste.csv", texte.as_bytes())
}

fn pmi(texte: &str) -> Result<Tableau, Probleme> {
    Disposition::connue("pmi").unwrap().reconnaitre(csv(texte), None, &BTreeMap::new())
}

fn colonne<'t>(tableau: &'t Tableau, champ: &str) -> Vec<&'t str> {
    tableau.colonne(champ).unwrap().valeurs.iter().map(Option::unwrap_or_default).collect()
}

#[test]
fn les_dispositions_du_programme_se_lisent() {
    for (nom, _) in CONNUES {
        let disposition = Disposition::connue(nom).unwrap_or_else(|e| panic!("{e}"));
        assert!(!disposition.titre.is_empty(), "{nom}");
        // A questionnaire names its own columns.
        assert_eq!(disposition.champs.is_empty(), nom == "questionnaire", "{nom}");
        // Two fields of one layout never accept the same header at the same rank.
        let mut vus = BTreeMap::new();
        for (champ, c) in &disposition.champs {
            for (rang, entete) in c.entetes.iter().enumerate() {
                let autre = vus.insert((rang, replier(entete)), champ);
                assert_eq!(autre, None, "{nom} : « {entete} » pour {champ}");
            }
        }
    }
    let inconnue = Disposition::connue("pmu").unwrap_err();
    assert!(inconnue.to_string().contains("pmi"), "{inconnue}");
    assert!(Disposition::de_texte("une_de = [[\"x\"]]", "essai").is_err());
    assert!(Disposition::de_texte("titres = \"x\"", "essai").is_err());
}

#[test]
fn l_entete_se_trouve_sous_les_titres() {
    let tableau = pmi(
        "Département de la Vendée;;;\nListe des assistants maternels agréés, commune par commune;;;\n;;;\n\
         Mise à jour :;31/12/2024;;\n\n;;;\nNOM ;Prenom;COMMUNE D'EXERCICE;Nb de places\n\
         DUPONT;Anne;AIZENAY;3\nMARTIN;Zoé;BELLEVIGNY;2 + 1 périscolaire\n",
    )
    .unwrap();
    assert_eq!(tableau.lignes, [8, 9]);
    assert_eq!(colonne(&tableau, "commune"), ["AIZENAY", "BELLEVIGNY"]);
    assert_eq!(colonne(&tableau, "capacite"), ["3", "2 + 1 périscolaire"]);
    assert_eq!((tableau.total, tableau.hauteur(), tableau.ecartees.len()), (2, 2, 0));
    assert_eq!(tableau.lieu(1, "capacite").to_string(), "liste.csv, ligne 9, colonne D « Nb de places »");
}

#[test]
fn les_entetes_d_un_vrai_departement() {
    let tableau = pmi(
        "Civilité;Nom d’usage;Nom de naissance;Prénom;Né(e) le;Adresse;CP;Ville;Tél. portable;Adresse mail;\
         Capacité d’accueil;Date début agrément;Date fin agrément;Exerce en MAM;Périscolaire;Horaires atypiques;\
         Nb places libres;Inscrit sur monenfant.fr\n\
         Mme;DURAND;DUPONT;Anne;01/02/1975;1 rue A;85190;Aizenay;0600000000;a@b.fr;4;01/01/2020;31/12/2024;;oui;non;1;oui\n",
    )
    .unwrap();
    let noms: Vec<&str> = tableau.champs.keys().map(String::as_str).collect();
    assert_eq!(
        noms,
        [
            "accepte_atypique",
            "accepte_periscolaire",
            "adresse",
            "capacite",
            "code_postal",
            "commune",
            "courriel",
            "date_agrement",
            "date_fin",
            "date_naissance",
            "mam",
            "monenfant",
            "nom",
            "nom_usage",
            "places_libres",
            "prenom",
            "telephone"
        ]
    );
    assert_eq!(
        (colonne(&tableau, "nom"), colonne(&tableau, "date_fin")),
        (vec!["DUPONT"], vec!["31/12/2024"])
    );
    assert_eq!(tableau.autres.iter().map(|c| c.entete.as_str()).collect::<Vec<_>>(), ["Civilité"]);
}

#[test]
fn un_entete_sur_deux_lignes_se_combine() {
    // Without merged cells: a cell covers the blank ones at its right.
    let tableau = pmi(
        "Identité;;Lieu;Agrément;;\nNom;Prénom;Commune;Places;Début;Fin\nDUPONT;Anne;Aizenay;3;01/01/2020;31/12/2024\n",
    )
    .unwrap();
    assert_eq!(colonne(&tableau, "date_fin"), ["31/12/2024"]);
    assert_eq!(tableau.colonne("date_fin").unwrap().entete, "Agrément Fin");
    assert_eq!(colonne(&tableau, "capacite"), ["3"]);

    // With merged cells, across and down.
    let mut classeur = Workbook::new();
    let feuille = classeur.add_worksheet();
    let format = Format::new();
    feuille.merge_range(0, 0, 1, 0, "Nom", &format).unwrap();
    feuille.merge_range(0, 1, 1, 1, "Commune", &format).unwrap();
    feuille.merge_range(0, 2, 0, 4, "Agrément", &format).unwrap();
    for (c, nom) in [(2, "Capacité"), (3, "Début"), (4, "Fin")] {
        feuille.write(1, c, nom).unwrap();
    }
    for (c, valeur) in ["DUPONT", "Aizenay", "3", "01/01/2020", "31/12/2024"].iter().enumerate() {
        feuille.write(2, u16::try_from(c).unwrap(), *valeur).unwrap();
    }
    let grilles = octets("liste.xlsx", &classeur.save_to_buffer().unwrap());
    let tableau = Disposition::connue("pmi").unwrap().reconnaitre(grilles, None, &BTreeMap::new()).unwrap();
    assert_eq!(tableau.lignes, [3]);
    assert_eq!(
        (colonne(&tableau, "nom"), colonne(&tableau, "date_agrement")),
        (vec!["DUPONT"], vec!["01/01/2020"])
    );
}

fn feuilles(noms: &[(&str, &str)]) -> Vec<Grille> {
    noms.iter()
        .map(|(nom, texte)| {
            let origine = Origine { fichier: "pmi.xlsx".to_owned(), feuille: Some((*nom).to_owned()) };
            let mut grille = Constructeur::new(origine);
            for (i, ligne) in texte.lines().enumerate() {
                grille.ligne(u32::try_from(i + 1).unwrap(), ligne.split(';').enumerate(), None).unwrap();
            }
            grille.finir()
        })
        .collect()
}

#[test]
fn la_bonne_feuille_est_choisie() {
    let bonne = "Nom;Prénom;Commune;Places\nA;B;C;3";
    let disposition = Disposition::connue("pmi").unwrap();
    let autre = "Nom;Prénom;Commune\nA;B;C\nD;E;F";
    let places = "Nom;Prénom;Commune;Places\nD;E;F;3";
    let grilles = || {
        feuilles(&[
            ("Notice", "Lire la colonne Commune"),
            ("2024", bonne),
            ("Copie", bonne),
            ("2023", places),
            ("Sans places", autre),
        ])
    };
    let aucune = BTreeMap::new();
    let tableau = disposition.reconnaitre(grilles(), None, &aucune).unwrap();
    assert_eq!(tableau.origine.feuille.as_deref(), Some("2024"));
    assert_eq!(tableau.autres_feuilles, ["2023"]);
    let nommee = disposition.reconnaitre(grilles(), Some(" 2023"), &aucune).unwrap();
    assert_eq!(nommee.origine.feuille.as_deref(), Some("2023"));
    let absente = disposition.reconnaitre(grilles(), Some("2022"), &aucune).unwrap_err();
    assert_eq!(absente.motif, Motif::FeuilleAbsente);
    assert!(absente.detail.contains("« Notice », « 2024 », « Copie », « 2023 »"), "{absente}");
}

#[test]
fn une_colonne_manquante_dit_ce_qui_est_attendu_et_trouve() {
    let probleme = pmi("Nom;Prénom;Commune;Capacitée d'acceuil\nA;B;C;3\n").map(|t| t.champs.len());
    assert_eq!(probleme, Ok(4), "un début de mot suffit");
    let probleme = pmi("Nom;Prénom;Commune;Capasité\nA;B;C;3\n").unwrap_err();
    assert_eq!(probleme.motif, Motif::ColonneAbsente);
    for mot in [
        "« Capacité »",
        "« Capasité » ressemble à « capacite »",
        "« Nb de places »",
        "en-têtes trouvés : « Nom », « Prénom »",
    ] {
        assert!(probleme.detail.contains(mot), "{mot} : {probleme}");
    }
    let rien = pmi("a;b\n1;2\n").unwrap_err();
    assert_eq!(rien.motif, Motif::EnTeteAbsent);
    assert!(rien.detail.contains("« a », « b »"), "{rien}");
}

#[test]
fn le_pipeline_peut_nommer_une_colonne() {
    let texte = "Nom;Prénom;Secteur;Volume\nA;B;Aizenay;3\n";
    let disposition = Disposition::connue("pmi").unwrap();
    let surcharges =
        |noms: &[(&str, &str)]| noms.iter().map(|(c, e)| ((*c).to_owned(), (*e).to_owned())).collect();
    let tableau = disposition
        .reconnaitre(csv(texte), None, &surcharges(&[("commune", "SECTEUR"), ("capacite", "volume")]))
        .unwrap();
    assert_eq!((colonne(&tableau, "commune"), colonne(&tableau, "capacite")), (vec!["Aizenay"], vec!["3"]));
    let absente =
        disposition.reconnaitre(csv(texte), None, &surcharges(&[("commune", "Secteurs")])).unwrap_err();
    assert!(absente.detail.contains("« Secteur » ressemble à « secteurs »"), "{absente}");
    let inconnu =
        disposition.reconnaitre(csv(texte), None, &surcharges(&[("ville", "Secteur")])).unwrap_err();
    assert!(inconnu.detail.contains("« ville » qui n’existe pas"), "{inconnu}");
}

#[test]
fn un_entete_en_double_arrete_seulement_s_il_compte() {
    let double = pmi("Nom;Commune;Commune;Places\nA;Aizenay;Apremont;3\n").unwrap_err();
    assert_eq!(double.motif, Motif::ColonneEnDouble);
    assert!(double.detail.contains("(colonne B)") && double.detail.contains("(colonne C)"), "{double}");
    // The second is blank, or says the same, or the table can do without it.
    assert!(
        pmi("Nom;Commune;Commune;Places\nA;;Apremont;3\n")
            .is_ok_and(|t| colonne(&t, "commune") == ["Apremont"])
    );
    assert!(pmi("Nom;Commune;Commune;Places\nA;Aizenay;Aizenay;3\n").is_ok());
    let tableau = pmi("Nom;Commune;Places;Téléphone;Téléphone\nA;Aizenay;3;01;02\n").unwrap();
    assert_eq!((colonne(&tableau, "telephone"), tableau.autres.len()), (vec!["01"], 1));
}

#[test]
fn totaux_notes_et_entetes_repetes_ne_sont_pas_des_personnes() {
    let tableau =
        pmi("Nom;Prénom;Commune;Places\nTOTAL;Anne;Aizenay;3\nDUPONT;Luc;Aizenay;2\nSous-total;;;5\n\
         Nom;Prénom;Commune;Places\nMARTIN;Eve;Apremont;4\n;;;\nTotal général;;;9\n;;;\n\
         * dont deux en cours de renouvellement;;;\nSource : PMI;;;\n(1);;;\n\
         Les agréments suspendus ne figurent pas dans cette liste;;;\n")
        .unwrap();
    assert_eq!(colonne(&tableau, "nom"), ["TOTAL", "DUPONT", "MARTIN"]);
    assert!(tableau.ecartees.iter().all(|p| p.motif == Motif::LigneDeTotal));
    let lignes: Vec<_> = tableau.ecartees.iter().map(|p| p.lieu.ligne.unwrap()).collect();
    assert_eq!(lignes, [4, 5, 8, 10, 11, 12, 13]);
    assert_eq!(tableau.total as usize, tableau.hauteur() + tableau.ecartees.len());
}

#[test]
fn une_ligne_trop_large_ou_coupee_est_ecartee() {
    let tableau = pmi(
        "Nom;Commune;Places;Date fin;Téléphone\nA;Aizenay;3;31/12/2024;01\nB;Aizenay;2;31/12/2024;02;;;\n\
         C;Aizenay;4;31/12/2025\nD;Aizenay\nE;Aizenay;3;31/12/2024;01;ou 02\n",
    )
    .unwrap();
    // Blank fields too many, and blank fields left out at the end, change nothing.
    assert_eq!(colonne(&tableau, "nom"), ["A", "B", "C"]);
    assert_eq!(colonne(&tableau, "telephone"), ["01", "02", ""]);
    let details: Vec<_> = tableau.ecartees.iter().map(|p| (p.motif, p.detail.as_str())).collect();
    assert_eq!(
        details,
        [
            (Motif::LargeurInattendue, "2 cellules pour 5 en-têtes"),
            (Motif::LargeurInattendue, "6 cellules pour 5 en-têtes")
        ]
    );
    // Personal data stay out of the message.
    assert!(tableau.ecartees.iter().all(|p| p.valeur.is_none()));
}

#[test]
fn un_decalage_se_voit_au_contenu_meme_si_la_largeur_reste() {
    let tableau = pmi("Nom,Date de naissance,Commune,Places,Date fin,Courriel,Observation\n\
         A,01/02/1975,Aizenay,3,31/12/2024,a@b.fr,\nB,03/04/1980,Aizenay,2,31/12/2026,b@c.fr,\n\
         C,épouse D,05/06/1982,Aizenay,4,31/12/2027,c@d.fr\nD,nd,Aizenay,3,bientôt,d@e.fr,\n")
    .unwrap();
    assert_eq!(colonne(&tableau, "nom"), ["A", "B", "D"], "une seule date illisible ne décale pas une ligne");
    assert!(tableau.ecartees[0].detail.contains("ne va pas"), "{}", tableau.ecartees[0]);
}

#[test]
fn des_dates_sans_jour_ne_sont_pas_un_decalage() {
    let tableau = pmi("Nom,Date de naissance,Commune,Places,Date fin\n\
         A,01/02/1975,Aizenay,3,31/12/2024\nB,03/04/1980,Aizenay,2,31/12/2026\nC,1982,Aizenay,4,juin 2027\n")
    .unwrap();
    assert_eq!(colonne(&tableau, "nom"), ["A", "B", "C"]);
}

#[test]
fn les_tables_larges_ont_une_colonne_par_annee() {
    let disposition = Disposition::connue("naissances").unwrap();
    let large = disposition
        .reconnaitre(
            csv("code;lib;2022;Naissances 2023;N_2024;Évolution 2024\n01001;A;8;9;10;1\n"),
            None,
            &BTreeMap::new(),
        )
        .unwrap();
    let annees: Vec<_> = large.colonnes_annees().iter().map(|(a, c)| (*a, c.position)).collect();
    assert_eq!(annees, [(2022, 3), (2023, 4), (2024, 5)]);
    let melodi = disposition
        .reconnaitre(csv("GEO;TIME_PERIOD;OBS_VALUE\n85003;2024;12\n"), None, &BTreeMap::new())
        .unwrap();
    assert_eq!((colonne(&melodi, "annee"), colonne(&melodi, "naissances")), (vec!["2024"], vec!["12"]));
    let ni_l_un_ni_l_autre =
        disposition.reconnaitre(csv("code;lib\n85003;A\n"), None, &BTreeMap::new()).unwrap_err();
    assert!(ni_l_un_ni_l_autre.detail.contains("une colonne par année"), "{ni_l_un_ni_l_autre}");
}

#[test]
fn les_comptages_de_la_caf_se_lisent_larges_ou_longs() {
    let disposition = Disposition::connue("imaje").unwrap();
    let large = "Code Insee;Commune;Année;Enfants de moins de 3 ans;\
                 Enfants de moins de 3 ans dont le ou les parents sont en activité;Enfants accueillis en Eaje;\
                 Enfants gardés par un assistant maternel;CMG emploi direct;CMG structure;AM en activité\n\
                 62516;Lillers;2023;300;150;40;90;<5;s;45\n";
    let tableau = disposition.reconnaitre(csv(large), None, &BTreeMap::new()).unwrap();
    assert_eq!(tableau.champs.len(), 10);
    assert_eq!(colonne(&tableau, "enfants_0_2_parents_actifs"), ["150"]);
    assert_eq!(colonne(&tableau, "am_actifs"), ["45"]);
    let long = "Commune;Année;Indicateur;Valeur\nLillers;2023;am_actifs;nd\n";
    assert!(disposition.reconnaitre(csv(long), None, &BTreeMap::new()).is_ok());
}

#[test]
fn sans_disposition_chaque_colonne_garde_son_nom() {
    let tableau = Disposition::libre()
        .reconnaitre(csv("Enquête 2024\nID;Note;Note\n1;8;9\n2;;7\nTotal;8;16\n"), None, &BTreeMap::new())
        .unwrap();
    assert_eq!(tableau.autres.iter().map(|c| c.entete.as_str()).collect::<Vec<_>>(), ["ID", "Note", "Note"]);
    assert_eq!((tableau.hauteur(), tableau.total), (2, 3));
}

fn public(nom: &str) -> Option<Vec<Grille>> {
    let chemin = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(nom);
    if !chemin.exists() {
        eprintln!("SAUTÉ : {} est absent", chemin.display());
        return None;
    }
    Some(lecture::lire(&chemin, nom).unwrap())
}

#[test]
fn les_fichiers_publics_entrent_dans_leurs_dispositions() {
    for (nom, disposition, champs, hauteur) in [
        ("insee/naissances_com_2008_2024.csv", "naissances", "code_commune commune", 34_871),
        ("structures/nantes.json", "structures", "adresse latitude longitude nom places type", 112),
        (
            "structures/valenciennes.geojson",
            "structures",
            "adresse horaires identifiant latitude longitude nom type",
            12,
        ),
    ] {
        let Some(grilles) = public(nom) else { return };
        let tableau =
            Disposition::connue(disposition).unwrap().reconnaitre(grilles, None, &BTreeMap::new()).unwrap();
        assert_eq!(tableau.champs.keys().cloned().collect::<Vec<_>>().join(" "), champs, "{nom}");
        assert_eq!((tableau.hauteur(), tableau.ecartees.len()), (hauteur, 0), "{nom}");
    }
}

#[test]
fn les_lignes_decalees_de_rennes_se_voient() {
    let Some(grilles) = public("questionnaires/rennes_horaires_cp1252.csv") else { return };
    let mut texte = String::new();
    for (champs, motif) in [("b9_1 b9_2 b9_3 b9_4 b9_5 b9b", "heure"), ("x y", "nombre")] {
        for champ in champs.split(' ') {
            writeln!(texte, "[champs.{champ}]\nentetes = [\"{champ}\"]\nmotif = \"{motif}\"").unwrap();
        }
    }
    let disposition = Disposition::de_texte(&texte, "rennes").unwrap();
    let tableau = disposition.reconnaitre(grilles, None, &BTreeMap::new()).unwrap();
    assert_eq!((tableau.total, tableau.hauteur(), tableau.ecartees.len()), (380, 290, 90));
    assert!(tableau.ecartees.iter().all(|p| p.motif == Motif::LargeurInattendue));
}

fn cellule() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("Total".to_owned()),
        Just("Source : PMI".to_owned()),
        Just("\"deux\nlignes\"".to_owned()),
        Just("Nom".to_owned()),
        "[A-Za-zé0-9 *()/<\"-]{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// Whatever stands below the header, each row is kept or told.
    #[test]
    fn chaque_ligne_est_gardee_ou_ecartee(lignes in prop::collection::vec(prop::collection::vec(cellule(), 0..8), 0..30)) {
        let mut texte = "Nom;Prénom;Commune;Places;Date fin\n".to_owned();
        for ligne in &lignes {
            texte.push_str(&ligne.join(";"));
            texte.push('\n');
        }
        let grilles = csv(&texte);
        if let Ok(tableau) = Disposition::connue("pmi").unwrap().reconnaitre(grilles, None, &BTreeMap::new()) {
            prop_assert_eq!(tableau.total as usize, tableau.hauteur() + tableau.ecartees.len());
            let mut numeros: Vec<u32> = tableau.lignes.clone();
            numeros.extend(tableau.ecartees.iter().filter_map(|p| p.lieu.ligne));
            numeros.sort_unstable();
            prop_assert!(numeros.windows(2).all(|w| w[0] < w[1]), "une ligne comptée deux fois");
            for colonne in tableau.champs.values().chain(&tableau.autres) {
                prop_assert_eq!(colonne.valeurs.len(), tableau.hauteur());
            }
        }
    }
}
