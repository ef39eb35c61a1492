//! What the promises share: the demonstration, run once; a copy of it that a test may spoil.

pub mod essai;
pub mod navigateur;
pub mod serveur;

use observatoire::indicators::{Figure, Niveau, TableIndicateurs};
use observatoire::open_data::Cache;
use observatoire::pipeline::{CompteRendu, ErreurLancement, Options, Suivi, Verification, lancer, verifier};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};
use tempfile::TempDir;

pub fn racine() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The real public files, or none, said aloud.
pub fn donnees_reelles() -> Option<PathBuf> {
    let dossier = racine().join("../shared/data");
    if dossier.is_dir() {
        return Some(dossier);
    }
    eprintln!("SAUTÉ : les fichiers publics réels ne sont pas dans {}", dossier.display());
    None
}

pub struct Muet;

impl Suivi for Muet {
    fn etape(&self, _: &str, _: usize) {}
    fn avancer(&self, _: &str) {}
}

/// The stages of a run: their steps, and what was told of each.
#[derive(Default)]
pub struct Temoin(pub Mutex<Vec<(String, usize, Vec<String>)>>);

impl Suivi for Temoin {
    fn etape(&self, nom: &str, pas: usize) {
        self.0.lock().unwrap().push((nom.to_owned(), pas, Vec::new()));
    }
    fn avancer(&self, quoi: &str) {
        self.0.lock().unwrap().last_mut().unwrap().2.push(quoi.to_owned());
    }
}

pub fn options(dossier: &Path) -> Options {
    Options {
        rapports: dossier.join("reports"),
        donnees: dossier.join("data"),
        cache: Cache::new(dossier.join("data/cache")),
        livrables: Vec::new(),
        tout_refaire: false,
    }
}

/// The lines of a PDF with single spaces, as they stand on the pages; none, said aloud, if the machine cannot
/// extract them.
pub fn texte_par_lignes(chemin: &Path) -> Option<Vec<String>> {
    let Ok(sortie) = Command::new("pdftotext").arg("-layout").arg(chemin).arg("-").output() else {
        eprintln!("SAUTÉ : pdftotext (poppler) n’est pas installé, le texte des PDF n’est pas relu");
        return None;
    };
    let texte = String::from_utf8(sortie.stdout).unwrap().replace(['\u{a0}', '\u{202f}'], " ");
    Some(texte.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect())
}

/// The report of the demonstration, made once for all tests.
pub struct Demo {
    pub compte_rendu: CompteRendu,
    /// What was told while it was made.
    pub temoin: Temoin,
    _dossier: TempDir,
}

pub fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| {
        let dossier = tempfile::tempdir().unwrap();
        let temoin = Temoin::default();
        let compte_rendu =
            lancer(&racine().join("pipelines/demo.toml"), &options(dossier.path()), &temoin).unwrap();
        Demo { compte_rendu, temoin, _dossier: dossier }
    })
}

impl Demo {
    pub fn territoire(&self, indicateur: &str, modalite: &str, annee: i32) -> Figure {
        let code = &self.compte_rendu.code;
        self.compte_rendu
            .table
            .figure(Niveau::Territoire, code, indicateur, modalite, annee)
            .unwrap_or_else(|| panic!("{indicateur} {modalite} {annee} n’est pas dans la table"))
    }

    pub fn fichier(&self, chemin: &str) -> PathBuf {
        self.compte_rendu.dossier.join(chemin)
    }
}

/// A copy of the demonstration that a test may spoil: `pipelines/demo.toml` and `data/demo/`.
pub struct Copie {
    pub dossier: TempDir,
}

impl Copie {
    pub fn new() -> Self {
        let dossier = tempfile::tempdir().unwrap();
        copier(&racine().join("data/demo"), &dossier.path().join("data/demo"));
        fs::create_dir_all(dossier.path().join("pipelines")).unwrap();
        fs::copy(racine().join("pipelines/demo.toml"), dossier.path().join("pipelines/demo.toml")).unwrap();
        copier(&racine().join("pipelines/questionnaires"), &dossier.path().join("pipelines/questionnaires"));
        Self { dossier }
    }

    pub fn chemin(&self, fichier: &str) -> PathBuf {
        self.dossier.path().join(fichier)
    }

    pub fn pipeline(&self) -> PathBuf {
        self.chemin("pipelines/demo.toml")
    }

    /// Changes the text of the pipeline.
    pub fn corriger_pipeline(&self, de: &str, par: &str) {
        let texte = fs::read_to_string(self.pipeline()).unwrap();
        assert!(texte.contains(de), "le pipeline ne contient pas « {de} »");
        fs::write(self.pipeline(), texte.replace(de, par)).unwrap();
    }

    /// Reads and computes, without disclosure nor deliverables.
    pub fn verifier(&self) -> Verification {
        verifier(&self.pipeline(), &options(self.dossier.path()), &Muet).unwrap()
    }

    pub fn lancer(&self) -> Result<CompteRendu, ErreurLancement> {
        let mut options = options(self.dossier.path());
        options.livrables = vec!["indicateurs".to_owned()];
        lancer(&self.pipeline(), &options, &Muet)
    }
}

fn copier(de: &Path, vers: &Path) {
    fs::create_dir_all(vers).unwrap();
    for entree in fs::read_dir(de).unwrap().flatten() {
        // What earlier runs on this machine left is not part of the demonstration.
        if ["historique", "lectures", "publications", "cle-pseudonymes"]
            .iter()
            .any(|reste| entree.file_name() == *reste)
        {
            continue;
        }
        let cible = vers.join(entree.file_name());
        if entree.path().is_dir() {
            copier(&entree.path(), &cible);
        } else {
            fs::copy(entree.path(), cible).unwrap();
        }
    }
}

/// The figures of the table that have a value: level, code, indicator, modality, year → value.
pub fn chiffres(
    table: &TableIndicateurs,
) -> std::collections::BTreeMap<(String, String, String, i32), (String, f64)> {
    let trame = table.trame().unwrap();
    let texte = |nom: &str| trame.column(nom).unwrap().str().unwrap().clone();
    let (codes, ids, modalites, statuts) =
        (texte("code"), texte("indicateur"), texte("modalite"), texte("statut"));
    let annees = trame.column("annee").unwrap().i32().unwrap().clone();
    let valeurs = trame.column("valeur").unwrap().f64().unwrap().clone();
    (0..trame.height())
        .map(|i| {
            let mot = |c: &polars::prelude::StringChunked| c.get(i).unwrap_or_default().to_owned();
            let cle = (mot(&codes), mot(&ids), mot(&modalites), annees.get(i).unwrap());
            (cle, (mot(&statuts), valeurs.get(i).unwrap_or(f64::MIN)))
        })
        .collect()
}
