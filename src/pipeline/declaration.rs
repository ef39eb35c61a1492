//! A pipeline as a territory declares it, in TOML.

use crate::deliverables::annexe_caf::Projet;
use crate::deliverables::apparence::{self, Apparence, Logo};
use crate::indicators::Parametres;
use crate::open_data::{Cache, Demande, Services};
use crate::quality::texte_sur;
use crate::sources::Genre;
use crate::territory::CodeCommune;
use crate::toml_a_la_main;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A territory, a date, and what each file is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// Which communes.
    pub territoire: TerritoireDeclare,
    /// When.
    pub observation: Observation,
    /// Decisions of the person on communes that the product would not guess.
    #[serde(default)]
    pub correspondances: BTreeMap<String, CodeCommune>,
    /// Look of the pages.
    #[serde(default)]
    pub apparence: ApparenceDeclaree,
    /// Choices of the territory.
    #[serde(default)]
    pub parametres: Parametres,
    /// The public services.
    #[serde(default)]
    pub services: Services,
    /// Projects of care that the relais received, for the Caf.
    #[serde(default)]
    pub projets: Vec<Projet>,
    /// The files.
    #[serde(default)]
    pub sources: Vec<SourceDeclaree>,
    /// Where the file stands: paths are relative to it.
    #[serde(skip)]
    pub chemin: PathBuf,
}

/// `[territoire]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TerritoireDeclare {
    /// SIREN of the EPCI, or its name: its communes are the territory.
    pub epci: Option<String>,
    /// Short name of a territory that is no EPCI, for files and tables.
    pub code: Option<String>,
    /// Communes of a territory that is no EPCI, or that joined or left it on a day.
    #[serde(default)]
    pub membres: Vec<MembreDeclare>,
    /// Name on the pages, if the official one is not wanted.
    pub nom: Option<String>,
    /// How much contours are simplified, in metres.
    #[serde(default = "simplification_par_defaut")]
    pub simplification_m: f64,
}

/// One commune of `territoire.membres`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MembreDeclare {
    /// Insee code.
    pub code: CodeCommune,
    /// Official name; that of the code officiel géographique if it is left out.
    pub nom: Option<String>,
    /// First day in the territory; none if it was always of it.
    #[serde(default, deserialize_with = "date_toml_optionnelle")]
    pub depuis: Option<NaiveDate>,
    /// Last day in the territory; none if it still is of it.
    #[serde(default, deserialize_with = "date_toml_optionnelle")]
    pub jusqu_a: Option<NaiveDate>,
}

impl TerritoireDeclare {
    /// What the files of the territory are called by: its code, or its EPCI.
    pub fn identifiant(&self) -> &str {
        self.code.as_deref().or(self.epci.as_deref()).unwrap_or_default()
    }
}

fn simplification_par_defaut() -> f64 {
    20.0
}

/// `[observation]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// Day of the last millésime.
    #[serde(deserialize_with = "date_toml")]
    pub date: NaiveDate,
}

/// `[[sources]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceDeclaree {
    /// Stable identifier: the column `sources` cites it.
    pub id: String,
    /// What it is.
    #[serde(rename = "type")]
    pub genre: Genre,
    /// Path, relative to the pipeline. None for public data, which `recuperer` puts into the cache.
    pub fichier: Option<PathBuf>,
    /// One dataset of the Caf, for `taux_publies` without a file; all of early childhood if it is left out.
    pub jeu: Option<String>,
    /// Day that the data speak of.
    #[serde(default, deserialize_with = "date_toml_optionnelle")]
    pub date: Option<NaiveDate>,
    /// Sheet, if the file has several.
    pub feuille: Option<String>,
    /// Sheets each of which is a part: one source each, once the pipeline is read.
    #[serde(default)]
    pub feuilles: Vec<String>,
    /// All the sheets of the file that the pipeline names, of which this source reads one.
    #[serde(skip)]
    pub parties: Vec<String>,
    /// How pages cite it, if not by the name of its kind.
    pub libelle: Option<String>,
    /// Declaration of the questions, in `questionnaires/`, if not under the name of the source.
    pub questionnaire: Option<String>,
    /// Of a list of agréments, the communes that it does not name because there is nobody: what the relais has checked.
    #[serde(default)]
    pub personne_dans: BTreeSet<CodeCommune>,
    /// Columns that go by an unusual name: `commune = "Ville de résidence"`.
    #[serde(default)]
    pub colonnes: BTreeMap<String, String>,
}

impl SourceDeclaree {
    /// One source for each of its sheets, if it names several.
    fn par_feuille(mut self) -> Vec<Self> {
        let feuilles = std::mem::take(&mut self.feuilles);
        if feuilles.is_empty() {
            return vec![self];
        }
        let feuilles: Vec<String> = feuilles.into_iter().chain(self.feuille.take()).collect();
        self.parties.clone_from(&feuilles);
        // All of them answer the same questions.
        if self.genre == Genre::Questionnaire {
            self.questionnaire.get_or_insert_with(|| self.id.clone());
        }
        let de = |feuille: String| {
            let id = format!("{} ({feuille})", self.id);
            Self { id, feuille: Some(feuille), ..self.clone() }
        };
        feuilles.into_iter().map(de).collect()
    }

    /// True if the two read the same of one file: same kind, sheet, columns and questions.
    pub(super) fn lit_la_meme_chose(&self, autre: &Self) -> bool {
        let lit = |source: &Self| {
            let SourceDeclaree { genre, feuille, questionnaire, colonnes, .. } = source.clone();
            (genre, feuille, questionnaire, colonnes)
        };
        lit(self) == lit(autre)
    }

    /// The same, of one day.
    pub(super) fn dit_la_meme_chose(&self, autre: &Self) -> bool {
        self.date == autre.date && self.lit_la_meme_chose(autre)
    }
}

/// `[apparence]`: how the pages of the territory look.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApparenceDeclaree {
    /// Name of the relais, on every page.
    pub relais: Option<String>,
    /// Logo, PNG or SVG: a path relative to the pipeline.
    pub logo: Option<PathBuf>,
    /// One or two colours, `#1d4e7e`: of titles, then of what answers to them.
    pub couleurs: Vec<String>,
    /// The territory's own model of slides, a `.pptx`: its master, layouts and theme are kept.
    pub modele: Option<PathBuf>,
}

impl ApparenceDeclaree {
    /// Reads the logo and the colours; what is left out keeps its default.
    ///
    /// # Errors
    /// If the logo cannot be read or drawn, or a colour is not written `#1d4e7e`.
    pub(super) fn lire(&self, pipeline: &Path) -> Result<Apparence, ErreurDeclaration> {
        let mut apparence = Apparence { relais: self.relais.clone(), ..Apparence::default() };
        if self.couleurs.len() > 2 {
            return Err(ErreurDeclaration::Couleurs { nombre: self.couleurs.len() });
        }
        for (texte, cible) in self.couleurs.iter().zip([&mut apparence.principale, &mut apparence.secondaire])
        {
            *cible = apparence::couleur(texte)
                .ok_or_else(|| ErreurDeclaration::Couleur { texte: texte.clone() })?;
        }
        if let Some(logo) = &self.logo {
            let chemin = pipeline.parent().unwrap_or(Path::new("")).join(logo);
            let octets = std::fs::read(&chemin).map_err(|cause| ErreurDeclaration::Logo {
                chemin: chemin.clone(),
                cause: crate::disque::en_francais(&cause),
            })?;
            let illisible = || ErreurDeclaration::Logo {
                chemin,
                cause: "ce n’est ni une image PNG ni un dessin SVG".to_owned(),
            };
            apparence.logo = Some(Logo::new(octets).ok_or_else(illisible)?);
        }
        Ok(apparence)
    }
}

/// The pipeline itself cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ErreurDeclaration {
    /// The file cannot be opened.
    #[error(
        "pipeline {chemin} : {}. Vérifiez le chemin ; les pipelines sont dans le dossier « pipelines »",
        crate::disque::en_francais(cause)
    )]
    Lecture {
        /// Path of the pipeline.
        chemin: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The model of slides cannot be opened.
    #[error(
        "modèle de diaporama {chemin} : {}. Vérifiez la ligne « modele » sous [apparence] ; le chemin part du dossier du pipeline",
        crate::disque::en_francais(cause)
    )]
    Modele {
        /// Path of the model.
        chemin: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The TOML is wrong.
    #[error("pipeline {chemin}{lieu} : {detail}")]
    Syntaxe {
        /// Path of the pipeline.
        chemin: PathBuf,
        /// Line and column.
        lieu: String,
        /// What is wrong, in French.
        detail: String,
    },
    /// Neither an EPCI nor a list of communes.
    #[error(
        "pipeline {chemin} : le territoire n’a pas de communes. Sous [territoire], écrivez « epci » (le SIREN), ou « code » et « membres »"
    )]
    SansTerritoire {
        /// Path of the pipeline.
        chemin: PathBuf,
    },
    /// The logo cannot be used.
    #[error("logo {chemin} : {cause}. Corrigez « logo » sous [apparence], ou enlevez la ligne")]
    Logo {
        /// Path of the logo.
        chemin: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// A colour is not written as one.
    #[error("[apparence] : « {texte} » n’est pas une couleur. Écrivez-la comme « #1d4e7e »")]
    Couleur {
        /// What the pipeline says.
        texte: String,
    },
    /// More than two colours.
    #[error("[apparence] : {nombre} couleurs. Donnez-en une ou deux")]
    Couleurs {
        /// How many.
        nombre: usize,
    },
    /// Two sources go by the same identifier.
    #[error("pipeline {chemin} : deux sources s’appellent « {id} ». Donnez à chacune un « id » différent")]
    IdEnDouble {
        /// Path of the pipeline.
        chemin: PathBuf,
        /// The identifier.
        id: String,
    },
}

impl Declaration {
    /// Reads a pipeline.
    ///
    /// # Errors
    /// If the file cannot be read, or is no pipeline.
    pub fn lire(chemin: &Path) -> Result<Self, ErreurDeclaration> {
        let octets = std::fs::read(chemin)
            .map_err(|cause| ErreurDeclaration::Lecture { chemin: chemin.to_owned(), cause })?;
        let mut declaration: Self =
            toml_a_la_main::lire(&octets).map_err(|faute| ErreurDeclaration::Syntaxe {
                chemin: chemin.to_owned(),
                lieu: faute.ligne.map(|ligne| format!(", ligne {ligne}")).unwrap_or_default(),
                detail: faute.detail,
            })?;
        chemin.clone_into(&mut declaration.chemin);
        let territoire = &declaration.territoire;
        if territoire.epci.is_none() && (territoire.code.is_none() || territoire.membres.is_empty()) {
            return Err(ErreurDeclaration::SansTerritoire { chemin: chemin.to_owned() });
        }
        declaration.sources = std::mem::take(&mut declaration.sources)
            .into_iter()
            .flat_map(SourceDeclaree::par_feuille)
            .collect();
        declaration.montrer_ce_qui_agit();
        let mut ids: Vec<&str> = declaration.sources.iter().map(|s| s.id.as_str()).collect();
        ids.sort_unstable();
        if let Some(double) = ids.windows(2).find(|paire| paire[0] == paire[1]) {
            return Err(ErreurDeclaration::IdEnDouble {
                chemin: chemin.to_owned(),
                id: double[0].to_owned(),
            });
        }
        Ok(declaration)
    }

    /// Names are printed as they are on the terminal and on pages: what acts there is shown instead.
    fn montrer_ce_qui_agit(&mut self) {
        let noms = self.territoire.membres.iter_mut().filter_map(|m| m.nom.as_mut());
        let libelles = self.sources.iter_mut().flat_map(|s| s.libelle.iter_mut().chain([&mut s.id]));
        let autres = self.territoire.nom.iter_mut().chain(self.apparence.relais.iter_mut());
        for texte in noms.chain(libelles).chain(autres) {
            *texte = texte_sur(texte).into_owned();
        }
    }

    /// The bytes of the territory's own model of slides, if it has one.
    pub(super) fn modele(&self) -> Option<Result<Vec<u8>, ErreurDeclaration>> {
        let chemin = self.chemin_de(self.apparence.modele.as_ref()?);
        Some(std::fs::read(&chemin).map_err(|cause| ErreurDeclaration::Modele { chemin, cause }))
    }

    /// The name of the pipeline: that of its file, which names the folder of its reports.
    pub fn nom(&self) -> String {
        self.chemin.file_stem().map_or_else(|| "territoire".to_owned(), |n| n.to_string_lossy().into_owned())
    }

    /// The path of a file that the pipeline names: relative to the pipeline.
    pub fn chemin_de(&self, fichier: &Path) -> PathBuf {
        self.chemin.parent().unwrap_or(Path::new(".")).join(fichier)
    }

    /// The public data that the pipeline takes from the cache: its sources without a file.
    pub fn demande(&self) -> Demande {
        let publiques = || self.sources.iter().filter(|s| s.fichier.is_none());
        let composition = self.sources_de(Genre::Composition).next().and_then(|s| s.fichier.as_deref());
        let taux: Vec<_> = publiques().filter(|s| s.genre == Genre::TauxPublies).collect();
        let tous = taux.iter().any(|s| s.jeu.is_none());
        Demande {
            identifiant: self.territoire.identifiant().to_owned(),
            epci: self.territoire.epci.clone(),
            membres: self.territoire.membres.iter().map(|m| m.code).collect(),
            composition: composition.map(|fichier| self.chemin_de(fichier)),
            voulus: publiques().map(|s| s.genre).collect(),
            jeux: if tous { BTreeSet::new() } else { taux.iter().filter_map(|s| s.jeu.clone()).collect() },
        }
    }

    /// The same pipeline, where a source of published rates without a file stands for each dataset of the
    /// Caf that the cache has.
    #[must_use]
    pub fn avec_les_jeux(&self, cache: &Cache) -> Self {
        let mut sources = Vec::new();
        for source in &self.sources {
            let tous = source.genre == Genre::TauxPublies && source.fichier.is_none() && source.jeu.is_none();
            let jeux = if tous { cache.jeux() } else { Vec::new() };
            if jeux.is_empty() {
                sources.push(source.clone());
            }
            sources.extend(jeux.into_iter().map(|jeu| SourceDeclaree {
                id: format!("{}-{jeu}", source.id),
                jeu: Some(jeu),
                ..source.clone()
            }));
        }
        Self { sources, ..self.clone() }
    }

    /// The sources of a kind.
    pub fn sources_de(&self, genre: Genre) -> impl Iterator<Item = &SourceDeclaree> {
        self.sources.iter().filter(move |s| s.genre == genre)
    }
}

fn date_toml<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let lue = toml::value::Datetime::deserialize(deserializer)?.date;
    let date = lue
        .and_then(|d| NaiveDate::from_ymd_opt(i32::from(d.year), u32::from(d.month), u32::from(d.day)))
        .ok_or_else(|| serde::de::Error::custom("date attendue, sans guillemets : 2024-12-31"))?;
    if ANNEES.contains(&date.year()) {
        return Ok(date);
    }
    let (de, a) = (ANNEES.start(), ANNEES.end());
    Err(serde::de::Error::custom(format!("année {} : une année de {de} à {a} est attendue", date.year())))
}

/// Of which an observation may be: another one is mistyped.
const ANNEES: std::ops::RangeInclusive<i32> = 1900..=2100;

fn date_toml_optionnelle<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    date_toml(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declarer(texte: &str) -> Result<Declaration, ErreurDeclaration> {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("essai.toml");
        std::fs::write(&chemin, texte).unwrap();
        Declaration::lire(&chemin)
    }

    const TETE: &str = "[territoire]\nepci = \"249600013\"\n[observation]\ndate = 2024-12-31\n";

    #[test]
    fn un_pipeline_se_lit() {
        let texte = format!(
            "{TETE}[correspondances]\n\"ST X\" = \"96001\"\n[[sources]]\nid = \"pmi-2024\"\ntype = \"pmi\"\nfichier = \"a.xlsx\"\ndate = 2024-12-31\n"
        );
        let declaration = declarer(&texte).unwrap();
        assert_eq!(declaration.nom(), "essai");
        assert_eq!(declaration.sources_de(Genre::Pmi).count(), 1);
        assert_eq!(declaration.correspondances["ST X"].as_str(), "96001");
    }

    #[test]
    fn une_annee_mal_tapee_n_est_pas_celle_d_un_rapport() {
        let message = declarer(&TETE.replace("2024", "2224")).unwrap_err().to_string();
        assert!(message.contains("année 2224") && message.contains("ligne 4"), "{message}");
    }

    #[test]
    fn un_territoire_sans_communes_est_refuse() {
        let message = declarer("[territoire]\nnom = \"X\"\n[observation]\ndate = 2024-12-31\n").unwrap_err();
        assert!(message.to_string().contains("epci"), "{message}");
    }

    #[test]
    fn une_cle_mal_ecrite_est_citee_avec_sa_ligne() {
        let texte = format!("{TETE}[[sources]]\nid = \"a\"\ntype = \"pmi\"\nfichié = \"a.xlsx\"\n");
        let message = declarer(&texte).unwrap_err().to_string();
        assert!(message.contains("ligne") && !message.contains("unknown"), "{message}");
    }

    #[test]
    fn aucune_faute_de_frappe_ne_se_dit_en_anglais() {
        let source = |ligne: &str| format!("{TETE}[[sources]]\nid = \"a\"\ntype = \"pmi\"\n{ligne}\n");
        for ligne in [
            r#"fichier = "C:\Users\Relais\liste.xlsx""#,
            r#"fichier = "D:\data\liste.xlsx""#,
            "fichier = liste.xlsx",
            "fichier = \"liste.xlsx",
            "fichier = 'liste.xlsx",
            "fichier \"liste.xlsx\"",
            "fichier = ",
            "fichier = 3",
            "fichier = [\"liste.xlsx\"",
            "colonnes = \"Petit nom\"",
            "colonnes = { prenom = \"Petit nom\"",
            "colonnes = { prenom = \"Petit nom\" nom = \"Nom\" }",
            "date = 2024-13-31",
            "date = \"2024-12-31\"",
            "date = 31/12/2024",
            "fichié = \"liste.xlsx\"",
            "type = \"pmi\"",
            "[sources",
            "[territoire]\nepci = 3",
            "[observation]",
            "liste.xlsx",
        ] {
            let message = declarer(&source(ligne)).unwrap_err().to_string();
            let detail = message.split_once(", ligne ").map_or("", |(_, suite)| suite);
            let (detail, _) = detail.split_once("La ligne : ").unwrap_or((detail, ""));
            assert!(
                detail.len() > 12 && !toml_a_la_main::est_reste_en_anglais(detail),
                "{ligne} : {message}"
            );
            assert!(!message.contains("Declare") && !message.contains("expected"), "{message}");
        }
    }

    #[test]
    fn un_chemin_de_windows_est_explique() {
        let texte =
            format!("{TETE}[[sources]]\nid = \"a\"\ntype = \"pmi\"\nfichier = \"C:\\Users\\a.xlsx\"\n");
        let message = declarer(&texte).unwrap_err().to_string();
        assert!(message.contains("ligne 8") && message.contains("écrivez « / »"), "{message}");
    }

    #[test]
    fn deux_sources_du_meme_nom_sont_refusees() {
        let source = "[[sources]]\nid = \"a\"\ntype = \"pmi\"\nfichier = \"a.xlsx\"\n";
        assert!(declarer(&format!("{TETE}{source}{source}")).unwrap_err().to_string().contains("« a »"));
    }
}
