//! A file made to harm, or by a mad export, is refused in French, within a bounded time and memory, and the
//! rest of the run goes on.

use crate::commun::essai::Essai;
use crate::commun::texte_par_lignes;
use observatoire::simulation::{ParametresPays, simuler_un_pays};
use observatoire::sources::{contours, lecture};
use polars::prelude::{Column, DataFrame, DataType};
use polars_io::parquet::write::ParquetWriter;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// Whatever the file, in a build without optimisation.
const DELAI: Duration = Duration::from_mins(1);
/// Address space of the command, kilobytes.
const MEMOIRE_KO: u64 = 4_000_000;

/// The refusal, as the person reads it, within the delay.
fn refus(chemin: &Path) -> String {
    let depart = Instant::now();
    let nom = chemin.file_name().unwrap().to_string_lossy();
    let probleme = lecture::lire(chemin, &nom).expect_err("le fichier devait être refusé");
    assert!(depart.elapsed() < DELAI, "{nom} : {:?}", depart.elapsed());
    probleme.to_string()
}

/// A zip of parts, each written by pieces: name, piece, how many times.
fn archive(chemin: &Path, parties: &[(&str, &[u8], usize)]) {
    let mut zip = zip::ZipWriter::new(BufWriter::new(File::create(chemin).unwrap()));
    for (nom, morceau, fois) in parties {
        // What the file is must be read without unpacking.
        let methode =
            if *nom == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        zip.start_file(*nom, SimpleFileOptions::default().compression_method(methode)).unwrap();
        let grand = morceau.repeat((64 << 10) / morceau.len().max(1) + 1);
        let (mut reste, entier) = (morceau.len() * fois, grand.len());
        while reste > 0 {
            let pris = reste.min(entier);
            zip.write_all(&grand[..pris]).unwrap();
            reste -= pris;
        }
    }
    zip.finish().unwrap();
}

const CLASSEUR: &[u8] = br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="F" sheetId="1" r:id="r1"/></sheets></workbook>"#;
const RACINE: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r0" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELATIONS: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const TYPE_ODS: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
const MANIFESTE: &[u8] = br#"<manifest:manifest xmlns:manifest="m"/>"#;

/// A workbook of one sheet, given by one piece and how many times.
fn classeur(chemin: &Path, feuille: &[u8], fois: usize) {
    archive(
        chemin,
        &[
            ("_rels/.rels", RACINE, 1),
            ("xl/workbook.xml", CLASSEUR, 1),
            ("xl/_rels/workbook.xml.rels", RELATIONS, 1),
            ("xl/worksheets/sheet1.xml", feuille, fois),
        ],
    );
}

fn ods(chemin: &Path, contenu: &str) {
    let contenu = format!(
        "<office:document-content><office:body><office:spreadsheet>{contenu}</office:spreadsheet></office:body></office:document-content>"
    );
    archive(
        chemin,
        &[
            ("mimetype", TYPE_ODS, 1),
            ("META-INF/manifest.xml", MANIFESTE, 1),
            ("content.xml", contenu.as_bytes(), 1),
        ],
    );
}

#[test]
fn un_classeur_qui_se_deplie_sans_fin() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("bombe.xlsx");
    classeur(&chemin, &[0; 1024], 1100 << 10);
    assert!(fs::metadata(&chemin).unwrap().len() < 8 << 20, "la bombe est petite sur le disque");
    insta::assert_snapshot!(refus(&chemin));
    let chemin = dossier.path().join("textes.xlsx");
    archive(&chemin, &[("xl/workbook.xml", CLASSEUR, 1), ("xl/sharedStrings.xml", b"<si/>", 60 << 20)]);
    assert!(refus(&chemin).contains("décomprimé"));
    let chemin = dossier.path().join("bombe.ods");
    archive(&chemin, &[("mimetype", TYPE_ODS, 1), ("content.xml", &[b' '; 1024], 1100 << 10)]);
    assert!(refus(&chemin).contains("décomprimé"));
}

#[test]
fn des_cellules_repetees_un_milliard_de_fois() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("repete.ods");
    ods(
        &chemin,
        r#"<table:table table:name="F"><table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/></table:table-row></table:table>"#,
    );
    insta::assert_snapshot!(refus(&chemin));
    ods(
        &chemin,
        r#"<table:table table:name="F"><table:table-row><table:table-cell office:value-type="string"><text:p>a<text:s text:c="4000000000"/></text:p></table:table-cell></table:table-row></table:table>"#,
    );
    insta::assert_snapshot!(refus(&chemin));
}

#[test]
fn un_tableau_ordinaire_suivi_d_un_million_de_lignes_blanches_se_lit() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("ordinaire.ods");
    ods(
        &chemin,
        r#"<table:table table:name="F"><table:table-row><table:table-cell office:value-type="string"><text:p>Commune</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048575"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>"#,
    );
    let grilles = lecture::lire(&chemin, "ordinaire.ods").unwrap();
    assert_eq!(grilles[0].cellule(0, 0), Some("Commune"));
}

#[test]
fn dix_millions_de_colonnes() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("large.csv");
    let mut fichier = BufWriter::new(File::create(&chemin).unwrap());
    for _ in 0..2 {
        fichier.write_all(&b"a;".repeat(5_000_000)).unwrap();
        fichier.write_all(b"\n").unwrap();
    }
    drop(fichier);
    insta::assert_snapshot!(refus(&chemin));
}

#[test]
fn un_parquet_de_peu_d_octets_qui_tient_soixante_millions_de_cases() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("liste.parquet");
    let vide = |nom: &str| Column::full_null(nom.into(), 6_000_001, &DataType::Boolean);
    let colonnes = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].map(vide).to_vec();
    let mut trame = DataFrame::new(6_000_001, colonnes).unwrap();
    ParquetWriter::new(File::create(&chemin).unwrap()).finish(&mut trame).unwrap();
    assert!(fs::metadata(&chemin).unwrap().len() < 1_000_000);
    let refus = refus(&chemin);
    assert!(refus.contains("P02") && refus.contains("60 millions de cases"), "{refus}");
}

/// Some of them make the library that reads Parquet give up in the middle: that is said as of any damaged file, in French.
#[test]
fn un_parquet_abime_se_dit_en_clair_et_rien_d_autre() {
    let dossier = tempfile::tempdir().unwrap();
    let parametres = ParametresPays { graine: 5, communes: 15, assistants_maternels: 60, annees: 2 };
    simuler_un_pays(&parametres, dossier.path()).unwrap();
    let liste = "data/pmi/agrements_2024-12-31.parquet";
    let octets = fs::read(dossier.path().join(liste)).unwrap();
    let pipeline = dossier.path().join("pipelines/pays.toml");
    let mut texte = fs::read_to_string(&pipeline).unwrap();
    for (numero, place) in (0..octets.len()).step_by(octets.len() / 120).enumerate() {
        let mut abimes = octets.clone();
        abimes[place] = if abimes[place] == 60 { 255 } else { 60 };
        fs::write(dossier.path().join(format!("data/pmi/abime_{numero}.parquet")), abimes).unwrap();
        write!(
            texte,
            "\n[[sources]]\nid = \"abime-{numero}\"\ntype = \"pmi\"\ndate = 2024-12-31\n\
             fichier = \"../data/pmi/abime_{numero}.parquet\"\n"
        )
        .unwrap();
    }
    fs::write(&pipeline, texte).unwrap();
    let sortie = Command::new(env!("CARGO_BIN_EXE_observatoire"))
        .args(["verifier", "pipelines/pays.toml"])
        .current_dir(dossier.path())
        .output()
        .unwrap();
    let dit = [sortie.stdout, sortie.stderr].map(|dit| String::from_utf8_lossy(&dit).into_owned()).concat();
    assert_eq!(sortie.status.code(), Some(2), "{dit}");
    assert!(dit.contains("P02") && !dit.contains("panicked") && !dit.contains("défaut"), "{dit}");
}

#[test]
fn une_cellule_sans_fin() {
    let dossier = tempfile::tempdir().unwrap();
    for (nom, debut) in
        [("cellule.csv", "commune;places\nAizenay;"), ("guillemet.csv", "commune;places\n\"Aizenay;")]
    {
        let chemin = dossier.path().join(nom);
        let mut fichier = BufWriter::new(File::create(&chemin).unwrap());
        fichier.write_all(debut.as_bytes()).unwrap();
        // The size proves the limit: the rest of 2 GB would not be read.
        for _ in 0..40 {
            fichier.write_all(&vec![b'a'; 1 << 20]).unwrap();
        }
        drop(fichier);
        let refus = refus(&chemin);
        assert!(refus.contains("la ligne 2 dépasse 16 Mo"), "{refus}");
    }
}

#[test]
fn une_cellule_fusionnee_sur_toute_la_feuille_et_des_cases_au_bout_du_monde() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("loin.xlsx");
    let mut feuille =
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>"
            .to_owned();
    for ligne in 1..=15_000 {
        write!(feuille, r#"<row r="{ligne}"><c r="A{ligne}"><v>1</v></c></row>"#).unwrap();
    }
    feuille.push_str(r#"<row r="1048576">"#);
    for colonne in 1..=16_384 {
        let lettres = observatoire::quality::lettres_de_colonne(colonne);
        write!(feuille, r#"<c r="{lettres}1048576"><v>1</v></c>"#).unwrap();
    }
    feuille.push_str("</row></sheetData></worksheet>");
    classeur(&chemin, feuille.as_bytes(), 1);
    insta::assert_snapshot!(refus(&chemin));
}

#[test]
fn un_json_profond_et_un_json_de_valeurs_sans_nombre() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("profond.json");
    fs::write(&chemin, "[".repeat(5_000_000)).unwrap();
    insta::assert_snapshot!(refus(&chemin));
    fs::write(&chemin, format!("[{}0]", "0,".repeat(21_000_000))).unwrap();
    insta::assert_snapshot!(refus(&chemin));
}

#[test]
fn des_entites_qui_s_etendent() {
    let dossier = tempfile::tempdir().unwrap();
    let mut entites = r#"<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">"#.to_owned();
    for (de, vers) in ('a'..='i').zip('b'..='j') {
        write!(entites, "<!ENTITY {vers} \"{}\">", format!("&{de};").repeat(10)).unwrap();
    }
    entites.push_str("]>");
    let feuille = format!(
        r#"{entites}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>"#
    );
    let chemin = dossier.path().join("entites.xlsx");
    classeur(&chemin, feuille.as_bytes(), 1);
    // An entity of the document is not known to the reader: a billion letters are never made.
    assert!(refus(&chemin).contains("le classeur ne s’ouvre pas"));
    let chemin = dossier.path().join("entites.xml");
    fs::write(&chemin, feuille).unwrap();
    assert!(refus(&chemin).contains("XML"));
}

fn contour(points: &str) -> String {
    format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"code":"85003","nom":"Aizenay"}},"geometry":{{"type":"Polygon","coordinates":[[{points}]]}}}}]}}"#
    )
}

/// What is said of a contour, alone in its file.
fn sur_le_contour(points: &str) -> String {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("contours.geojson");
    fs::write(&chemin, contour(points)).unwrap();
    let depart = Instant::now();
    let (_, problemes) = contours::lire_contours(&chemin).unwrap();
    assert!(depart.elapsed() < DELAI, "{:?}", depart.elapsed());
    let textes: Vec<String> = problemes.iter().map(|p| format!("{} : {}", p.motif, p.detail)).collect();
    textes.join("\n")
}

#[test]
fn un_contour_d_un_million_de_points() {
    let mut points = String::new();
    for i in 0..1_000_000 {
        let angle = f64::from(i % 999_999) / 999_999.0 * std::f64::consts::TAU;
        write!(points, "{}[{:.9},{:.9}]", if i > 0 { "," } else { "" }, angle.cos(), 46.0 + angle.sin())
            .unwrap();
    }
    insta::assert_snapshot!(sur_le_contour(&points));
}

#[test]
fn un_contour_de_noeuds_papillons() {
    // A comb crossed by another: each tooth crosses each tooth.
    let dents = |nombre: u32, point: fn(f64, f64) -> (f64, f64)| -> String {
        (0..nombre)
            .map(|i| {
                let (x, y) = point(f64::from(i) / f64::from(nombre), f64::from(i % 2));
                format!("[{x:.9},{:.9}],", 46.0 + y)
            })
            .collect()
    };
    let grille = |nombre| format!("{}{}[0,46]", dents(nombre, |a, b| (a, b)), dents(nombre, |a, b| (b, a)));
    insta::assert_snapshot!(sur_le_contour(&grille(7_000)));
    insta::assert_snapshot!(sur_le_contour("[0,46],[1,47],[1,46],[0,47],[0,46]"));
}

#[test]
fn un_contour_refuse_n_arrete_pas_le_reste() {
    let mut points = String::from("[0,46]");
    for i in 1..60_000 {
        write!(points, ",[{:.9},{}]", f64::from(i) / 60_000.0, 46 + i % 2).unwrap();
    }
    points.push_str(",[0,46]");
    let compte_rendu = Essai::new("2024-12-31", &[("85003", "Aizenay")])
        .avec("contours", "contours", contour(&points))
        .lancer();
    let bilan = compte_rendu.bilans.0.iter().find(|b| b.source == "contours").unwrap();
    let messages: Vec<String> = bilan.problemes.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(messages.join("\n"));
}

/// Names that would act somewhere: as TOML writes them, and as a reader must find them, letter for letter.
const NOMS: [(&str, &str, &str); 6] = [
    ("85003", r#"=HYPERLINK(\"http://x.example\")"#, r#"=HYPERLINK("http://x.example")"#),
    ("85006", "@SUM(A1)", "@SUM(A1)"),
    ("85047", "<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("85070", r#"#import \"x\": y *gras* $x$ #eval(\"1\")"#, r#"#import "x": y *gras* $x$ #eval("1")"#),
    ("85071", r"../../etc/pass\u202Ewd", "../../etc/pass\u{fffd}wd"),
    ("85095", r"\u001b[31mrouge\u001b[0m\\b", "\u{fffd}[31mrouge\u{fffd}[0m\\b"),
];

/// The report of a territory where every text would act, made by the command itself in a bounded memory.
fn rapport_hostile() -> (TempDir, Output) {
    let dossier = tempfile::tempdir().unwrap();
    let mut structures = "Type;Nom;Code Insee;Places;Adresse\n".to_owned();
    let (mut naissances, mut liste) = (
        "code;nom;annee;naissances\n".to_owned(),
        "Nom;Prénom;Date de naissance;Code Insee;Capacité\n".to_owned(),
    );
    let mut entites = Vec::new();
    for (rang, (code, _, lu)) in NOMS.iter().enumerate() {
        let cite = lu.replace('"', "\"\"").replace('\u{fffd}', "\u{1b}");
        writeln!(structures, "Micro-crèche;\"{cite}\";{code};12;\"{cite}\"").unwrap();
        writeln!(naissances, "{code};\"{cite}\";2024;30").unwrap();
        for personne in 0..8 {
            writeln!(liste, "Nom{rang}{personne};Anne;01/02/1980;{code};3").unwrap();
        }
        let (x, nom) =
            (rang as f64 / 10.0, serde_json::to_string(&lu.replace('\u{fffd}', "\u{1b}")).unwrap());
        entites.push(format!(
            r#"{{"type":"Feature","properties":{{"code":"{code}","nom":{nom}}},"geometry":{{"type":"Polygon","coordinates":[[[{x},46],[{},46],[{},46.1],[{x},46.1],[{x},46]]]}}}}"#,
            x + 0.1,
            x + 0.1
        ));
    }
    let contours = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, entites.join(","));
    let communes: Vec<_> = NOMS.iter().map(|(code, toml, _)| (*code, *toml)).collect();
    let long: &'static str = "É".repeat(10_000).leak();
    let pipeline = Essai::new("2024-12-31", &communes)
        .parametres(&format!(
            "[apparence]\nrelais = \"<b>Relais</b> #eval(1) {long}\\u001b]0;titre\\u0007\"\n"
        ))
        .avec("structures", "structures", structures)
        .avec("naissances", "naissances", naissances)
        .avec("pmi", "pmi", liste)
        .avec("contours", "contours", contours)
        .ecrire(dossier.path());
    let texte = fs::read_to_string(&pipeline).unwrap();
    fs::write(
        &pipeline,
        texte.replace("nom = \"Essai\"", "nom = \"<img src=x onerror=alert(2)> *Essai*\\u001b[2J\""),
    )
    .unwrap();
    let depart = Instant::now();
    let sortie = Command::new("sh")
        .arg("-c")
        .arg(format!("ulimit -v {MEMOIRE_KO}; exec \"$0\" lancer pipelines/essai.toml"))
        .arg(env!("CARGO_BIN_EXE_observatoire"))
        .current_dir(dossier.path())
        .output()
        .unwrap();
    assert!(depart.elapsed() < 4 * DELAI, "{:?}", depart.elapsed());
    (dossier, sortie)
}

/// Every file of the folder, with its path from there.
fn fichiers(racine: &Path) -> Vec<PathBuf> {
    let mut trouves = Vec::new();
    for entree in fs::read_dir(racine).unwrap().flatten() {
        if entree.path().is_dir() {
            trouves.extend(fichiers(&entree.path()));
        } else {
            trouves.push(entree.path());
        }
    }
    trouves.sort();
    trouves
}

/// The parts of a zip, by name.
fn parties(chemin: &Path) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(File::open(chemin).unwrap()).unwrap();
    (0..zip.len())
        .filter_map(|rang| {
            let mut partie = zip.by_index(rang).unwrap();
            let mut texte = String::new();
            let nom = partie.name().unwrap().into_owned();
            partie.read_to_string(&mut texte).ok()?;
            Some((nom, texte))
        })
        .collect()
}

#[test]
fn aucun_texte_n_agit_nulle_part() {
    let (dossier, sortie) = rapport_hostile();
    let ecran = String::from_utf8([sortie.stdout, sortie.stderr].concat()).unwrap();
    assert!(matches!(sortie.status.code(), Some(0 | 2)), "{:?} : {ecran}", sortie.status);
    assert!(!ecran.contains("panicked"), "{ecran}");
    assert!(!ecran.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{ecran}");
    let rapport = dossier.path().join("reports/essai/2024");
    // What is kept for the next run are the files of the report, under their fingerprints.
    let gardes = dossier.path().join("reports/essai/.2024.reprises");
    let fichiers: Vec<PathBuf> =
        fichiers(dossier.path()).into_iter().filter(|c| !c.starts_with(&gardes)).collect();
    let (mut pages, mut classeurs, mut pdfs, mut textes) = (0, 0, 0, 0);
    for chemin in fichiers.iter().filter(|c| !c.starts_with(dossier.path().join("pipelines"))) {
        let nom = chemin.file_name().unwrap().to_string_lossy();
        assert!(
            nom.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) && nom.len() < 150,
            "{}",
            chemin.display()
        );
        assert!(
            chemin.starts_with(&rapport)
                || chemin.starts_with(dossier.path().join("data"))
                || nom.starts_with('.'),
            "{}",
            chemin.display()
        );
        match chemin.extension().unwrap_or_default().to_str().unwrap() {
            "html" | "svg" => {
                let page = fs::read_to_string(chemin).unwrap();
                assert!(
                    !page.contains("<script>alert") && !page.contains("<img src=x"),
                    "{}",
                    chemin.display()
                );
                assert!(!page.contains("<b>Relais</b>"), "{}", chemin.display());
                pages += 1;
            }
            "xlsx" | "pptx" => {
                for (partie, texte) in parties(chemin) {
                    let ou = format!("{} {partie}", chemin.display());
                    assert!(!texte.contains("<f>") && !texte.contains("<script>"), "{ou}");
                    assert!(!texte.contains("TargetMode=\"External\""), "{ou}");
                    assert!(!texte.contains(['\u{1b}', '\u{202e}']), "{ou}");
                }
                classeurs += 1;
            }
            "csv" | "json" | "geojson" => {
                let texte = fs::read_to_string(chemin).unwrap();
                for separe in [",", ";", "\""].map(|s| [format!("{s}=HYPERLINK"), format!("{s}@SUM")]) {
                    let formule = nom.ends_with(".csv") && separe.iter().any(|s| texte.contains(s));
                    assert!(!formule, "{}", chemin.display());
                }
                assert!(!texte.contains(['\u{1b}', '\u{202e}']), "{}", chemin.display());
                assert!(!texte.contains("\\u001b"), "{}", chemin.display());
                textes += 1;
            }
            "pdf" => pdfs += 1,
            _ => {}
        }
    }
    assert!(pages > 0 && classeurs > 0 && pdfs > 6 && textes > 3, "{pages} {classeurs} {pdfs} {textes}");
    let geojson = fs::read_to_string(rapport.join("public/communes.geojson")).unwrap();
    for (_, _, lu) in NOMS {
        assert!(geojson.contains(&serde_json::to_string(lu).unwrap()), "{lu} : {geojson}");
    }
    let fiche = fichiers
        .iter()
        .find(|c| c.display().to_string().contains("85070") && c.extension().unwrap() == "pdf");
    if let Some(lignes) = texte_par_lignes(fiche.unwrap()) {
        assert!(lignes.join(" ").contains(r#"#import "x": y *gras* $x$ #eval("1")"#), "{lignes:#?}");
    }
}
