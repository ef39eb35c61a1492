//! Small broken files, built here as offices send them.

#![allow(clippy::print_stderr)]

// The same workbook as the promises write.
#[path = "../../../tests/corpus/classeur_ods.rs"]
mod classeur_ods;

use std::fmt::Write;
use std::path::PathBuf;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::*;

/// Writes bytes under a name and reads them.
fn lire_octets(nom: &str, octets: &[u8]) -> Result<Vec<Grille>, Probleme> {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join(nom);
    std::fs::write(&chemin, octets).unwrap();
    lire(&chemin, nom)
}

fn seule(nom: &str, octets: &[u8]) -> Grille {
    let mut grilles = lire_octets(nom, octets).unwrap();
    assert_eq!(grilles.len(), 1);
    grilles.remove(0)
}

/// The filled cells, row by row.
fn cellules(grille: &Grille) -> Vec<Vec<&str>> {
    (0..grille.hauteur())
        .map(|r| (0..grille.colonnes.len()).map(|c| grille.cellule(r, c).unwrap_or("")).collect())
        .collect()
}

fn utf16(texte: &str, mot: fn(u16) -> [u8; 2]) -> Vec<u8> {
    texte.encode_utf16().flat_map(mot).collect()
}

/// A workbook of LibreOffice with these rows.
fn ods(lignes: &str) -> Vec<u8> {
    classeur_ods::ecrire("AM", lignes)
}

const LISTE: &str = "Nom;Prénom;Commune\r\nLEFÈVRE;Zoé;Aizenay\r\nDUPONT;Anaïs;Bellevigny\r\n";

#[test]
fn un_csv_se_lit_dans_tous_les_encodages() {
    let avec_bom = |octets: Vec<u8>| [vec![0xFF, 0xFE], octets].concat();
    let windows = encoding_rs::WINDOWS_1252.encode(LISTE).0.into_owned();
    let mac = encoding_rs::MACINTOSH.encode(LISTE);
    let mac = mac.0.iter().copied().filter(|o| *o != b'\n').collect();
    for (quoi, octets) in [
        ("UTF-8", LISTE.as_bytes().to_vec()),
        ("UTF-8 avec marque", format!("\u{feff}{LISTE}").into_bytes()),
        ("Windows-1252", windows),
        ("Mac Roman, retours seuls", mac),
        ("UTF-16 avec marque", avec_bom(utf16(LISTE, u16::to_le_bytes))),
        ("UTF-16 petit-boutiste", utf16(LISTE, u16::to_le_bytes)),
        ("UTF-16 gros-boutiste", utf16(LISTE, u16::to_be_bytes)),
    ] {
        let grille = seule("liste.csv", &octets);
        assert_eq!(
            cellules(&grille),
            [["Nom", "Prénom", "Commune"], ["LEFÈVRE", "Zoé", "Aizenay"], ["DUPONT", "Anaïs", "Bellevigny"]],
            "{quoi}"
        );
        assert_eq!(grille.lignes, [1, 2, 3], "{quoi}");
    }
}

#[test]
fn deux_exports_colles_gardent_chacun_leurs_accents() {
    let octets =
        [LISTE.as_bytes(), &encoding_rs::WINDOWS_1252.encode("GÉRARD;Élise;Le Poiré\r\n").0].concat();
    assert_eq!(cellules(&seule("liste.csv", &octets))[3], ["GÉRARD", "Élise", "Le Poiré"]);
}

#[test]
fn le_separateur_se_voit_a_sa_regularite() {
    for (texte, attendu) in [
        // Decimal commas in every row but the header.
        ("nom;taux\nA;83,5\nB;12,25\nC;1,5\n", vec!["A", "83,5"]),
        ("nom,taux\nA,83.5\nB,12.25\n", vec!["A", "83.5"]),
        ("nom\ttaux\nA\t83,5\nB\t12,25\n", vec!["A", "83,5"]),
        ("nom|taux\nA|83,5\nB|12,25\n", vec!["A", "83,5"]),
        // Choices joined by « ; » inside quoted answers.
        ("id,choix\n1,\"a;b;c\"\n2,\"a;b\"\n", vec!["1", "a;b;c"]),
        ("'nom','taux'\n'A','83'\n", vec!["A", "83"]),
        ("Liste, au 31/12/2024, provisoire\nnom;taux\nA;83,5\nB;12\n", vec!["nom", "taux"]),
    ] {
        assert_eq!(cellules(&seule("t.csv", texte.as_bytes()))[1], attendu, "{texte}");
    }
    assert_eq!(cellules(&seule("t.csv", b"sep=|\nnom;a|taux;b\n"))[1], ["nom;a", "taux;b"]);
}

#[test]
fn les_lignes_physiques_restent_justes() {
    let texte = "a;b\r\n\r\n;;\r\n\"deux\r\nlignes\";1\r\nx;2\r\n\"avec \"\"guillemets\"\"\";3";
    let grille = seule("t.csv", texte.as_bytes());
    assert_eq!(grille.lignes, [1, 4, 6, 7]);
    assert_eq!(grille.cellule(1, 0), Some("deux\r\nlignes"));
    assert_eq!(grille.cellule(3, 0), Some("avec \"guillemets\""));
    assert_eq!(grille.largeurs.as_deref(), Some(&[2, 2, 2, 2][..]));
}

#[test]
fn un_guillemet_jamais_ferme_n_avale_pas_le_fichier() {
    let mut texte = "nom;n\n\"Les Loupiots;1\n".to_owned();
    for i in 0..1000 {
        writeln!(texte, "structure {i};{i}").unwrap();
    }
    let grille = seule("t.csv", texte.as_bytes());
    assert_eq!(grille.hauteur(), 1002);
    assert_eq!(grille.cellule(1, 0), Some("\"Les Loupiots"));
    // Two of them, a few rows apart; and one on the last rows.
    let deux = "nom;a;b\n\"Loupiots;1;2\nx;1;2\ny;1;2\n\"Doudous;1;2\nz;1;2\n";
    assert_eq!(seule("t.csv", deux.as_bytes()).hauteur(), 6);
    assert_eq!(seule("t.csv", b"nom;a\nx;1\n\"y;2\nz;3\n").lignes, [1, 2, 3, 4]);
    assert_eq!(seule("t.csv", b"nom;a\nx;\"deux\nlignes\"").lignes, [1, 2]);
    // An extract cut in the middle of a cell keeps its quoting.
    let coupe = seule("t.csv", b"nom;a\n\"x\ny\";1\nz;\"12 rue\ndes Lilas");
    assert_eq!((coupe.lignes.as_slice(), coupe.cellule(2, 1)), (&[1, 2, 4][..], Some("12 rue\ndes Lilas")));
}

#[test]
fn une_ligne_demesuree_ne_remplit_pas_la_memoire() {
    let mut texte = "a;b\n".repeat(100_000);
    texte.push_str(&";x".repeat(50_000));
    let grille = seule("t.csv", texte.as_bytes());
    assert!(grille.colonnes.len() < 50, "{}", grille.colonnes.len());
    assert_eq!(grille.largeurs.as_ref().and_then(|l| l.last()).copied(), Some(50_001));
}

#[test]
fn ce_qui_n_est_pas_un_tableau_est_nomme() {
    for (nom, octets, motif, mot) in [
        ("vide.csv", &b""[..], Motif::FichierVide, "0 octet"),
        ("blanc.csv", b" \r\n;;\r\n", Motif::FichierVide, "aucune cellule remplie"),
        ("liste.xlsx", b"%PDF-1.7\n", Motif::FichierIllisible, "PDF"),
        ("liste.xls", b"\n <html><table><tr><td>1", Motif::FichierIllisible, "page web"),
        ("liste.xml", b"<?xml version='1.0'?>", Motif::FichierIllisible, "XML"),
        ("liste.xlsx", b"PK\x03\x04rien", Motif::FichierIllisible, "l’envoi a sans doute été coupé"),
        ("liste.zip", b"PK\x03\x04rien PK\x05\x06", Motif::FichierIllisible, "archive zip"),
        ("liste.json", b"{\"a\": [1,", Motif::FichierIllisible, "coupé"),
        ("liste.csv", b"a;b\n\x00\x01\x02\x00", Motif::FichierIllisible, "octets nuls"),
    ] {
        let probleme = lire_octets(nom, octets).unwrap_err();
        assert_eq!(probleme.motif, motif, "{nom}");
        assert!(probleme.detail.contains(mot), "{nom} : {}", probleme.detail);
        assert_eq!(probleme.lieu.fichier, nom);
    }
    let absent = lire(&PathBuf::from("/nulle/part.csv"), "part.csv").unwrap_err();
    assert_eq!(absent.motif, Motif::FichierAbsent);
    assert!(lire(&std::env::temp_dir(), "dossier").unwrap_err().detail.contains("dossier"));
}

#[test]
fn un_classeur_protege_ou_coupe_le_dit() {
    let ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    let protege = [&ole[..], &[0; 512], &utf16("EncryptedPackage", u16::to_le_bytes)].concat();
    assert!(lire_octets("a.xlsx", &protege).unwrap_err().detail.contains("mot de passe"));
    let document = [&ole[..], &[0; 512], &utf16("WordDocument", u16::to_le_bytes)].concat();
    assert!(lire_octets("a.xls", &document).unwrap_err().detail.contains("ancien document"));
    let mut classeur = classeur_de_demonstration();
    classeur.truncate(classeur.len() / 2);
    assert!(lire_octets("a.xlsx", &classeur).unwrap_err().detail.contains("endommagé"));
}

fn classeur_de_demonstration() -> Vec<u8> {
    let mut classeur = Workbook::new();
    let jour = Format::new().set_num_format("dd/mm/yyyy");
    let heure = Format::new().set_num_format("hh:mm");
    let feuille = classeur.add_worksheet().set_name("AM").unwrap();
    feuille.merge_range(0, 0, 0, 4, "Liste des agréments", &Format::new()).unwrap();
    for (c, nom) in ["Commune", "Nom", "Né le", "Places", "Heure"].iter().enumerate() {
        feuille.write(2, u16::try_from(c).unwrap(), *nom).unwrap();
    }
    feuille.merge_range(3, 0, 4, 0, "Aizenay", &Format::new()).unwrap();
    feuille.write(3, 1, "DUPONT").unwrap();
    feuille.write_datetime_with_format(3, 2, ExcelDateTime::from_ymd(1975, 8, 1).unwrap(), &jour).unwrap();
    feuille.write(3, 3, 3).unwrap();
    feuille.write_datetime_with_format(3, 4, ExcelDateTime::from_hms(7, 45, 0).unwrap(), &heure).unwrap();
    feuille.write(4, 1, "MARTIN").unwrap();
    feuille.write(4, 3, 0.1 + 0.2).unwrap();
    feuille.write(4, 4, true).unwrap();
    classeur.add_worksheet().set_name("Vide").unwrap();
    classeur.add_worksheet().set_name("Notes").unwrap().write(9, 1, "voir la PMI").unwrap();
    classeur.save_to_buffer().unwrap()
}

#[test]
fn un_xlsx_donne_toutes_ses_feuilles_remplies() {
    let grilles = lire_octets("liste.csv", &classeur_de_demonstration()).unwrap();
    let noms: Vec<_> = grilles.iter().map(|g| g.origine.feuille.as_deref().unwrap()).collect();
    assert_eq!(noms, ["AM", "Notes"]);
    assert_eq!(grilles[0].lignes, [1, 3, 4, 5]);
    assert_eq!(cellules(&grilles[0])[2], ["Aizenay", "DUPONT", "1975-08-01", "3", "07:45:00"]);
    assert_eq!(cellules(&grilles[0])[3], ["Aizenay", "MARTIN", "", "0.3", "VRAI"]);
    assert_eq!((grilles[0].etendues[0].debut, grilles[0].etendues[0].fin), (0, 4));
    assert_eq!(grilles[1].lieu(0).to_string(), "liste.csv, feuille « Notes », ligne 10");
}

#[test]
fn un_ods_se_lit_comme_un_xlsx() {
    let texte = |t: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{t}</text:p></table:table-cell>")
    };
    let entetes: String = ["Commune", "Places", "Né le"].map(texte).concat();
    let octets = ods(&format!(
        "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>\
         <table:table-row>{entetes}</table:table-row>\
         <table:table-row>{}<table:table-cell office:value-type=\"float\" office:value=\"4\"/>\
         <table:table-cell office:value-type=\"date\" office:date-value=\"1975-08-01\"/></table:table-row>",
        texte("L’Aiguillon\u{a0}")
    ));
    let grille = seule("liste.ods", &octets);
    assert_eq!(grille.lignes, [3, 4]);
    assert_eq!(cellules(&grille)[1], ["L’Aiguillon", "4", "1975-08-01"]);
}

#[test]
fn les_formes_de_json() {
    let attendu = vec![vec!["nom", "places"], vec!["A", "12"], vec!["B", ""]];
    for texte in [
        r#"[{"nom":"A","places":12.0},{"nom":"B","places":null}]"#,
        r#"{"total_count":2,"results":[{"nom":"A","places":12},{"nom":"B"}]}"#,
        r#"{"records":[{"recordid":"x","fields":{"nom":"A","places":"12"}},{"fields":{"nom":"B"}}]}"#,
        "{\"nom\":\"A\",\"places\":12}\n{\"nom\":\"B\"}\n",
    ] {
        let grille = seule("t.json", texte.as_bytes());
        assert_eq!(cellules(&grille), attendu, "{texte}");
        assert_eq!(grille.lignes, [0, 1, 2]);
    }
    let geojson = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"nom":"A","tel":null},"geometry":{"type":"Point","coordinates":[-1.5,46.75]}},
        {"type":"Feature","properties":{"nom":"B"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}},
        {"type":"Feature","properties":{"nom":"C"},"geometry":null}]}"#;
    let grille = seule("t.geojson", geojson.as_bytes());
    assert_eq!(grille.hauteur(), 4);
    assert_eq!(cellules(&grille)[0], ["latitude", "longitude", "nom", "tel"]);
    assert_eq!(cellules(&grille)[1], ["46.75", "-1.5", "A", ""]);
    assert_eq!(cellules(&grille)[2][..3], ["1", "1", "B"]);
    assert_eq!(cellules(&grille)[3][..3], ["", "", "C"]);
}

#[test]
fn trois_cent_mille_lignes_tiennent_en_quatre_fois_leur_taille() {
    let mut texte = "GEO;TIME_PERIOD;SEXE;OBS_VALUE\n".to_owned();
    for i in 0..300_000 {
        writeln!(texte, "{:05};{};{};{}", i % 95_000, 2008 + i % 17, i % 2, i % 40).unwrap();
    }
    let grille = seule("naissances.csv", texte.as_bytes());
    assert_eq!(grille.hauteur(), 300_001);
    let occupe = grille.colonnes.iter().map(crate::sources::grille::Cellules::octets).sum::<usize>()
        + 4 * grille.lignes.capacity()
        + 4 * grille.largeurs.as_ref().map_or(0, Vec::capacity);
    assert!(occupe < 4 * texte.len(), "{occupe} octets pour {}", texte.len());
}

/// Rows of each public file, the header included.
const FICHIERS_PUBLICS: [(&str, usize); 19] = [
    ("caf/data_CAF_2017_IRIS.csv", 13_280),
    ("caf/data_CAF_2018_IRIS.csv", 13_350),
    ("caf/data_CAF_2019_IRIS.csv", 13_425),
    ("caf/data_CAF_2020_IRIS.csv", 13_445),
    ("caf/txcouv_pe_dep.csv", 205),
    ("caf/txcouv_pe_dep_hist.csv", 611),
    ("cog/communes.csv", 37_497),
    ("cog/donnees_communes.csv", 34_901),
    ("cog/epci_composition_2025.csv", 34_872),
    ("cog/mouvements-communes.csv", 13_735),
    ("contours/communes-85-vendee.geojson", 268),
    ("contours/communes-89-yonne.geojson", 429),
    ("insee/naissances_com_2008_2024.csv", 34_872),
    ("questionnaires/google_forms_rse_masque.csv", 36),
    ("questionnaires/limesurvey_entetes.csv", 1),
    ("questionnaires/rennes_horaires_cp1252.csv", 381),
    ("structures/assmat_extrait_anonymise.csv", 5),
    ("structures/nantes.json", 113),
    ("structures/valenciennes.geojson", 13),
];

#[test]
fn les_fichiers_publics_se_lisent() {
    let dossier = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
    if !dossier.exists() {
        eprintln!("SAUTÉ : {} est absent, les fichiers publics ne sont pas vérifiés", dossier.display());
        return;
    }
    for (nom, lignes) in FICHIERS_PUBLICS {
        let grilles = lire(&dossier.join(nom), nom).unwrap_or_else(|p| panic!("{p}"));
        eprintln!("{nom} : {} lignes, {} colonnes", grilles[0].hauteur(), grilles[0].colonnes.len());
        assert!(grilles[0].hauteur() == lignes, "{nom} : {} lignes", grilles[0].hauteur());
    }
}

#[test]
fn une_position_incomplete_ne_donne_pas_de_point() {
    for geometrie in [
        r#"{"type":"Polygon","coordinates":[[[0],[1,1],[1,0],[0]]]}"#,
        r#"{"type":"Point","coordinates":[]}"#,
        r#"{"type":"MultiPoint","coordinates":[[]]}"#,
        r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1]}]}"#,
    ] {
        let texte = format!(r#"[{{"type":"Feature","properties":{{"nom":"A"}},"geometry":{geometrie}}}]"#);
        assert_eq!(cellules(&seule("t.geojson", texte.as_bytes())), [["nom"], ["A"]], "{geometrie}");
    }
}
