//! Small territories of made-up files.

use super::{Muet, options};
use observatoire::pipeline::{CompteRendu, lancer};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A territory of made-up files: what the pipeline says beside its communes, then the files.
pub struct Essai {
    parametres: String,
    communes: Vec<(&'static str, &'static str)>,
    /// Identifier, type, rows with their header, what the pipeline says of the source beside.
    sources: Vec<(&'static str, &'static str, String, String)>,
    date: &'static str,
}

impl Essai {
    pub fn new(date: &'static str, communes: &[(&'static str, &'static str)]) -> Self {
        Self { parametres: String::new(), communes: communes.to_vec(), sources: Vec::new(), date }
    }

    pub fn avec(mut self, id: &'static str, genre: &'static str, texte: impl Into<String>) -> Self {
        let date = format!("date = {}", self.date);
        self.sources.push((id, genre, texte.into(), date));
        self
    }

    /// A source of another day than the report, or of which the pipeline says more.
    pub fn avec_cles(
        mut self,
        id: &'static str,
        genre: &'static str,
        cles: &str,
        texte: impl Into<String>,
    ) -> Self {
        self.sources.push((id, genre, texte.into(), cles.to_owned()));
        self
    }

    pub fn sans(mut self, id: &str) -> Self {
        self.sources.retain(|s| s.0 != id);
        self
    }

    pub fn parametres(mut self, texte: &str) -> Self {
        texte.clone_into(&mut self.parametres);
        self
    }

    pub fn lancer(&self) -> CompteRendu {
        let dossier = tempfile::tempdir().unwrap();
        self.lancer_dans(dossier.path(), "indicateurs")
    }

    /// Leaves the report, made of one deliverable, in the folder.
    pub fn lancer_dans(&self, dossier: &Path, livrable: &str) -> CompteRendu {
        let pipeline = self.ecrire(dossier);
        let mut options = options(dossier);
        options.livrables = vec![livrable.to_owned()];
        lancer(&pipeline, &options, &Muet).unwrap()
    }

    /// Writes the files and the pipeline that names them.
    pub fn ecrire(&self, dossier: &Path) -> PathBuf {
        let chemin = |nom: &str| dossier.join("pipelines").join(nom);
        fs::create_dir_all(dossier.join("pipelines")).unwrap();
        let mut texte = "[territoire]\ncode = \"essai\"\nnom = \"Essai\"\nmembres = [\n".to_owned();
        for (code, nom) in &self.communes {
            writeln!(texte, "  {{ code = \"{code}\", nom = \"{nom}\" }},").unwrap();
        }
        writeln!(texte, "]\n[observation]\ndate = {}\n{}", self.date, self.parametres).unwrap();
        for (id, genre, contenu, cles) in &self.sources {
            let extension = if *genre == "contours" { "geojson" } else { "csv" };
            fs::write(chemin(&format!("{id}.{extension}")), contenu).unwrap();
            writeln!(
                texte,
                "[[sources]]\nid = \"{id}\"\ntype = \"{genre}\"\nfichier = \"{id}.{extension}\"\n{cles}"
            )
            .unwrap();
        }
        fs::write(chemin("essai.toml"), texte).unwrap();
        chemin("essai.toml")
    }
}
