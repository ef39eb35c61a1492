//! One small file for each way to be wrong (`tests/corpus/`), and the messages that each must give:
//! `fichier → messages`. Workbooks are made here, so that what is wrong with them can be read.
//!
//! `pmi-*`, `imaje-*`, `naissances-*`, `structures-*` and `contours-*` are sources of a territory of
//! three communes (`territoire.csv`); `composition-*` takes its place; `pipeline-*` are pipelines.

mod classeur_ods;

use crate::commun::{Muet, options, racine};
use observatoire::pipeline::{CompteRendu, lancer};
use observatoire::quality::{Bilan, Motif};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const TETE: &str = "[territoire]\nepci = \"249600013\"\n\n[observation]\ndate = 2024-12-31\n";

/// A copy of the corpus, where pipelines and workbooks are written.
struct Corpus {
    dossier: TempDir,
}

impl Corpus {
    fn new() -> Self {
        let dossier = tempfile::tempdir().unwrap();
        for nom in noms(&racine().join("tests/corpus"), "") {
            fs::copy(racine().join("tests/corpus").join(&nom), dossier.path().join(&nom)).unwrap();
        }
        Self { dossier }
    }

    fn ecrire(&self, nom: &str, octets: &[u8]) {
        fs::write(self.dossier.path().join(nom), octets).unwrap();
    }

    /// The names of the files that begin so, sorted.
    fn noms(&self, debut: &str) -> Vec<String> {
        noms(self.dossier.path(), debut)
    }

    fn lancer(&self, pipeline: &str) -> Result<CompteRendu, String> {
        let mut options = options(self.dossier.path());
        options.livrables = vec!["indicateurs".to_owned()];
        let chemin = self.dossier.path().join(pipeline);
        lancer(&chemin, &options, &Muet).map_err(|e| self.anonyme(&e.to_string()))
    }

    /// Without the name of the temporary folder.
    fn anonyme(&self, texte: &str) -> String {
        texte.replace(&format!("{}/", self.dossier.path().display()), "")
    }

    /// Runs all these files as sources of one pipeline, and tells what each gave.
    fn raconter(&self, genre: &str, fichiers: &[String], plus: &str) -> String {
        let mut texte = format!("{TETE}{}", source("composition", "composition", "territoire.csv"));
        for nom in fichiers {
            texte.push_str(&source(nom, genre, nom));
            texte.push_str("date = 2024-12-31\n");
            texte.push_str(plus);
        }
        self.ecrire("essai.toml", texte.as_bytes());
        let compte_rendu = self.lancer("essai.toml").unwrap();
        fichiers
            .iter()
            .map(|nom| {
                let bilan = compte_rendu.bilans.0.iter().find(|b| b.source == *nom).unwrap();
                assert!(bilan.est_juste(), "{nom} : lues + rejetées + mises de côté = lignes : {bilan:?}");
                dire(nom, bilan)
            })
            .collect()
    }
}

fn noms(dossier: &Path, debut: &str) -> Vec<String> {
    let fichiers = fs::read_dir(dossier).unwrap().map(|f| f.unwrap());
    let fichiers = fichiers.filter(|f| f.file_type().unwrap().is_file());
    let mut noms: Vec<String> = fichiers.map(|f| f.file_name().into_string().unwrap()).collect();
    noms.retain(|n| n.starts_with(debut));
    noms.sort();
    noms
}

fn source(id: &str, genre: &str, fichier: &str) -> String {
    format!("\n[[sources]]\nid = \"{id}\"\ntype = \"{genre}\"\nfichier = \"{fichier}\"\n")
}

/// `fichier → lignes`, then one message a line.
fn dire(nom: &str, bilan: &Bilan) -> String {
    let mut texte = format!(
        "{nom} → {} ligne(s) : {} lue(s), {} rejetée(s), {} mise(s) de côté\n",
        bilan.lignes, bilan.lues, bilan.rejetees, bilan.mises_de_cote
    );
    // The files of one pipeline share their people and their structures: that is of none of them.
    let communs = [Motif::PersonneSurDeuxListes, Motif::StructureEnDouble];
    for probleme in bilan.problemes.iter().filter(|p| !communs.contains(&p.motif)) {
        assert!(!probleme.to_string().contains(": ."), "un détail vide : {probleme}");
        writeln!(texte, "    {probleme}").unwrap();
    }
    texte + "\n"
}

#[test]
fn listes_de_pmi() {
    let corpus = Corpus::new();
    insta::assert_snapshot!(corpus.raconter("pmi", &corpus.noms("pmi-"), ""));
}

#[test]
fn comptes_de_la_caf() {
    let corpus = Corpus::new();
    insta::assert_snapshot!(corpus.raconter("imaje", &corpus.noms("imaje-"), ""));
}

#[test]
fn naissances() {
    let corpus = Corpus::new();
    insta::assert_snapshot!(corpus.raconter("naissances", &corpus.noms("naissances-"), ""));
}

#[test]
fn structures() {
    let corpus = Corpus::new();
    insta::assert_snapshot!(corpus.raconter("structures", &corpus.noms("structures-"), ""));
}

#[test]
fn contours() {
    let corpus = Corpus::new();
    // A pipeline reads one file of contours: each has its own.
    let textes = corpus.noms("contours-").into_iter().map(|nom| corpus.raconter("contours", &[nom], ""));
    insta::assert_snapshot!(textes.collect::<String>());
}

#[test]
fn compositions() {
    let corpus = Corpus::new();
    let textes = corpus.noms("composition-").into_iter().map(|nom| {
        corpus
            .ecrire("essai.toml", format!("{TETE}{}", source("composition", "composition", &nom)).as_bytes());
        format!("{nom} →\n    {}\n\n", corpus.lancer("essai.toml").unwrap_err())
    });
    insta::assert_snapshot!(textes.collect::<String>());
}

#[test]
fn pipelines() {
    let corpus = Corpus::new();
    let mut textes: String = corpus
        .noms("pipeline-")
        .into_iter()
        .map(|nom| match corpus.lancer(&nom) {
            Ok(compte_rendu) => {
                let bilan = compte_rendu.bilans.0.iter().find(|b| b.source == "pmi").unwrap();
                dire(&nom, bilan)
            }
            Err(message) => format!("{nom} →\n    {message}\n\n"),
        })
        .collect();
    write!(textes, "pipeline-absent.toml →\n    {}\n", corpus.lancer("pipeline-absent.toml").unwrap_err())
        .unwrap();
    insta::assert_snapshot!(textes);
}

const ENTETES: [&str; 6] = ["Nom", "Prénom", "Date de naissance", "Commune", "Capacité", "Date fin agrément"];
const PERSONNE: [&str; 6] = ["DUPONT", "Anne", "02/05/1975", "Aubrelonde", "3", "31/12/2026"];

fn ligne(feuille: &mut Worksheet, rang: u32, cellules: &[&str]) {
    for (colonne, cellule) in (0..).zip(cellules) {
        feuille.write(rang, colonne, *cellule).unwrap();
    }
}

fn classeur(remplir: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut classeur = Workbook::new();
    // The day it was made is written in it: one day, for ever the same bytes.
    let jour = ExcelDateTime::from_ymd(2024, 12, 31).unwrap();
    classeur.set_properties(&DocProperties::new().set_creation_datetime(&jour));
    remplir(&mut classeur);
    classeur.save_to_buffer().unwrap()
}

/// A list in a sheet of that name.
fn feuille(classeur: &mut Workbook, nom: &str) {
    let feuille = classeur.add_worksheet().set_name(nom).unwrap();
    ligne(feuille, 0, &ENTETES);
    ligne(feuille, 1, &PERSONNE);
}

fn utf16(texte: &str) -> Vec<u8> {
    texte.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The container of xls, which here holds only the name of a stream.
fn ole(flux: &str) -> Vec<u8> {
    let mut octets = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    octets.resize(512, 0);
    octets.extend(utf16(flux));
    octets.resize(4096, 0);
    octets
}

fn ods(valeur: &str) -> Vec<u8> {
    let rangee = |cellules: &mut dyn Iterator<Item = &str>| {
        let cellules: String = cellules
            .map(|c| {
                format!(
                    "<table:table-cell office:value-type=\"string\"><text:p>{c}</text:p></table:table-cell>"
                )
            })
            .collect();
        format!("<table:table-row>{cellules}</table:table-row>")
    };
    let entetes = rangee(&mut ENTETES.into_iter());
    let personne = rangee(
        &mut PERSONNE.into_iter().enumerate().map(|(colonne, c)| if colonne == 4 { valeur } else { c }),
    );
    classeur_ods::ecrire("Liste", &format!("{entetes}{personne}"))
}

/// Workbooks, and what is wrong with each.
pub(crate) fn classeurs() -> Vec<(&'static str, Vec<u8>)> {
    let bon = classeur(|c| feuille(c, "Liste"));
    vec![
        ("classeur-sans-cellule.xlsx", classeur(|c| drop(c.add_worksheet().set_name("Vide")))),
        (
            "classeur-premiere-feuille-vide.xlsx",
            classeur(|c| {
                c.add_worksheet().set_name("Vide").unwrap();
                feuille(c, "Liste");
            }),
        ),
        (
            "classeur-deux-feuilles-conviennent.xlsx",
            classeur(|c| {
                feuille(c, "2023");
                feuille(c, "2024");
            }),
        ),
        (
            "classeur-entetes-fusionnes.xlsx",
            classeur(|c| {
                let feuille = c.add_worksheet();
                let format = Format::new();
                feuille.merge_range(0, 0, 0, 5, "Liste au 31/12/2024", &format).unwrap();
                feuille.merge_range(1, 0, 1, 2, "Personne", &format).unwrap();
                feuille.merge_range(1, 4, 1, 5, "Agrément", &format).unwrap();
                ligne(feuille, 2, &["Nom", "Prénom", "Né(e) le", "Commune", "Places", "Fin"]);
                ligne(feuille, 3, &PERSONNE);
            }),
        ),
        (
            "classeur-nombres-et-dates.xlsx",
            classeur(|c| {
                let feuille = c.add_worksheet();
                ligne(feuille, 0, &ENTETES);
                ligne(feuille, 1, &["DUPONT", "Anne", "", "Aubrelonde"]);
                feuille.write(1, 2, 27_516).unwrap();
                feuille.write(1, 4, 3.5).unwrap();
                feuille.write(1, 5, 46_387).unwrap();
            }),
        ),
        (
            "classeur-erreur-de-formule.xlsx",
            classeur(|c| {
                let feuille = c.add_worksheet();
                ligne(feuille, 0, &ENTETES);
                ligne(feuille, 1, &["DUPONT", "Anne", "02/05/1975", "#N/A", "3", "31/12/2026"]);
            }),
        ),
        (
            "classeur-un-graphique-et-des-notes.xlsx",
            classeur(|c| ligne(c.add_worksheet().set_name("Notice").unwrap(), 0, &["Lire la notice"])),
        ),
        ("classeur-tronque.xlsx", bon[..bon.len() / 2].to_vec()),
        ("classeur-fin-perdue.xlsx", bon[..bon.len() - 100].to_vec()),
        ("classeur-milieu-abime.xlsx", abimer(&bon)),
        ("classeur-protege.xlsx", ole("EncryptedPackage")),
        ("classeur-ancien-word.xls", ole("WordDocument")),
        ("classeur-xls-abime.xls", ole("Workbook")),
        ("classeur-document-word.xlsx", b"PK\x03\x04 [Content_Types].xml word/document.xml".to_vec()),
        ("classeur-archive.xlsx", b"PK\x03\x04 liste.csv".to_vec()),
        ("classeur-capacite-en-lettres.ods", ods("quatre-vingts")),
        ("classeur-tronque.ods", ods("3")[..400].to_vec()),
    ]
}

/// Bytes in the middle overwritten, as a bad copy does.
fn abimer(bon: &[u8]) -> Vec<u8> {
    let mut octets = bon.to_vec();
    let milieu = octets.len() / 2;
    octets[milieu - 400..milieu + 400].fill(0xA5);
    octets
}

#[test]
fn classeurs_abimes() {
    let corpus = Corpus::new();
    for (nom, octets) in classeurs() {
        corpus.ecrire(nom, &octets);
    }
    insta::assert_snapshot!(corpus.raconter("pmi", &corpus.noms("classeur-"), ""));
}

#[test]
fn une_feuille_qui_n_existe_pas() {
    let corpus = Corpus::new();
    corpus.ecrire(
        "classeur.xlsx",
        &classeur(|c| {
            feuille(c, "2023");
            feuille(c, "2024");
        }),
    );
    insta::assert_snapshot!(corpus.raconter("pmi", &["classeur.xlsx".to_owned()], "feuille = \"2022\"\n"));
}

#[test]
fn le_corpus_compte_au_moins_soixante_fautes() {
    let fichiers = noms(&racine().join("tests/corpus"), "").len() - 1;
    assert!(fichiers + classeurs().len() >= 60, "{fichiers} fichiers");
}
