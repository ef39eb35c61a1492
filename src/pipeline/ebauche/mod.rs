//! The first draft of a pipeline, from the files of a folder; and what a pipeline that is there lacks of them.
//!
//! Each file is known by its content; what it is, of which day it speaks and why stand beside it as
//! comments. What is not sure is marked « À VÉRIFIER », with the reason and what else it may be. Nothing that a person wrote is ever
//! changed: the files of a year more are added at the end.

mod complement;
mod reconnaissance;
mod redaction;

use super::{Declaration, ErreurDeclaration};
use crate::disque::en_francais;
use crate::sources::{Genre, empreinte};
use crate::territory::CodeCommune;
use chrono::{Datelike, NaiveDate};
use reconnaissance::{Issue, SourceTrouvee, reconnaitre};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A draft that was written, or what was added to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ebauche {
    /// Sources that the pipeline reads, or reads more.
    pub sources: usize,
    /// Day of the report of a pipeline that was there: its sources were added to it.
    pub existant: Option<NaiveDate>,
    /// A later day, that its lists speak of: the report is still of the one before.
    pub a_dater: Option<NaiveDate>,
    /// Files that earlier reports read, and that the pipeline does not name any more: they are not added again.
    pub deja_lus: usize,
    /// Sources that were there whose file says to be of another year: what to look at, as French sentences.
    pub avis: Vec<String>,
    /// Files that it does not use, each with the reason in a comment.
    pub laisses: usize,
    /// Points marked « À VÉRIFIER ».
    pub a_verifier: usize,
    /// Nothing of the folder says which communes the territory has: a run needs what `recuperer` takes.
    pub a_recuperer: bool,
}

/// No draft was written.
#[derive(Debug, thiserror::Error)]
pub enum ErreurEbauche {
    /// The folder cannot be read.
    #[error(
        "dossier {chemin} : {}. Vérifiez le chemin : c’est le dossier où les fichiers de l’année sont déposés",
        en_francais(cause)
    )]
    Dossier {
        /// The folder.
        chemin: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A pipeline of that name is there already.
    #[error(
        "{0} existe déjà, et n’est pas remplacé. Choisissez un autre nom avec --sortie, ou renommez l’ancien pipeline"
    )]
    ExisteDeja(PathBuf),
    /// A pipeline of that name is there, of another territory.
    #[error(
        "{chemin} existe déjà, et parle d’un autre territoire (« {epci} »). Pour en décrire un autre, choisissez un autre nom avec --sortie"
    )]
    AutreTerritoire {
        /// The pipeline.
        chemin: PathBuf,
        /// What it says.
        epci: String,
    },
    /// Which territory is not said, and no pipeline says it.
    #[error(
        "{0} n’existe pas encore : dites de quelle intercommunalité il parle, par son SIREN ou son nom (--epci 200072882)"
    )]
    SansEpci(PathBuf),
    /// The pipeline that is there cannot be read.
    #[error(transparent)]
    Declaration(#[from] ErreurDeclaration),
    /// Nothing can be added to it.
    #[error(
        "rien ne peut être ajouté à {chemin} : {cause}. Il reste tel quel ; ajoutez-y vous-même les fichiers de l’année, ou choisissez un autre nom avec --sortie"
    )]
    Ajout {
        /// The pipeline.
        chemin: PathBuf,
        /// Why.
        cause: String,
    },
    /// The pipeline cannot be written.
    #[error("pipeline {chemin} : {}. Vérifiez le chemin et les droits du dossier", en_francais(cause))]
    Ecriture {
        /// The pipeline.
        chemin: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
}

/// What was found in a folder, sorted out.
#[derive(Debug, Default)]
struct Inventaire {
    sources: Vec<SourceTrouvee>,
    /// Files that the pipeline does not use, and why.
    laisses: Vec<(PathBuf, String)>,
}

/// Recognises the files below `dossier` and writes the pipeline `sortie`; if it is there, adds to it those that it does not
/// name. Without any list of PMI nor dated file, the observation is the end of the year before `aujourd_hui`. `donnees`: the folder of
/// the territories' own files, which remembers those that earlier runs read.
///
/// # Errors
/// If the folder cannot be read, or the pipeline is of another territory, or cannot be written.
pub fn ebaucher(
    dossier: &Path,
    epci: Option<&str>,
    sortie: &Path,
    donnees: &Path,
    aujourd_hui: NaiveDate,
) -> Result<Ebauche, ErreurEbauche> {
    let lecture = |cause| ErreurEbauche::Dossier { chemin: dossier.to_owned(), cause };
    let racine = dossier.canonicalize().map_err(lecture)?;
    let fichiers = fichiers(&racine).map_err(lecture)?;
    if sortie.exists() {
        return complement::completer((&racine, &fichiers), epci, sortie, donnees, aujourd_hui);
    }
    let epci = epci.ok_or_else(|| ErreurEbauche::SansEpci(sortie.to_owned()))?;
    let ecriture = |cause| ErreurEbauche::Ecriture { chemin: sortie.to_owned(), cause };
    let inventaire = Inventaire::de(&racine, &[], &fichiers, epci);
    let observation = inventaire.observation(aujourd_hui);
    let parent = sortie.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(ecriture)?;
    let parent = parent.canonicalize().map_err(ecriture)?;
    let texte = redaction::rediger(&inventaire, epci, observation, &parent);
    ecrire(sortie, &texte).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::AlreadyExists => ErreurEbauche::ExisteDeja(sortie.to_owned()),
        _ => ecriture(cause),
    })?;
    Ok(Ebauche {
        sources: inventaire.sources.len(),
        existant: None,
        a_dater: None,
        deja_lus: 0,
        avis: Vec::new(),
        laisses: inventaire.laisses.len(),
        a_verifier: texte.matches(A_VERIFIER).count(),
        a_recuperer: inventaire.sources.iter().all(|source| source.genre != Genre::Composition),
    })
}

/// How a doubt begins, in the pipeline.
const A_VERIFIER: &str = "À VÉRIFIER :";

/// Writes a file that is not there yet.
fn ecrire(chemin: &Path, texte: &str) -> std::io::Result<()> {
    std::fs::OpenOptions::new().write(true).create_new(true).open(chemin)?.write_all(texte.as_bytes())
}

/// The one pipeline of a folder that reads files of `dossier`, or beside it; none if no pipeline or several do.
pub fn pipeline_du_dossier(dossier: &Path, pipelines: &Path) -> Option<PathBuf> {
    let racine = dossier.canonicalize().ok()?;
    let lit_ici = |chemin: &PathBuf| {
        let Ok(declaration) = Declaration::lire(chemin) else { return false };
        let parent = chemin.parent().unwrap_or(Path::new("."));
        let fichiers = declaration
            .sources
            .iter()
            .filter_map(|source| parent.join(source.fichier.as_ref()?).canonicalize().ok());
        fichiers
            .into_iter()
            .any(|f| f.starts_with(&racine) || f.parent().is_some_and(|p| racine.starts_with(p)))
    };
    let entrees = std::fs::read_dir(pipelines).into_iter().flatten().flatten().map(|entree| entree.path());
    let tomls = entrees.filter(|chemin| chemin.extension().is_some_and(|e| e == "toml"));
    let mut lecteurs = tomls.filter(lit_ici);
    lecteurs.next().filter(|_| lecteurs.next().is_none())
}

/// What runs keep beside the data of a territory: no source of a pipeline.
const GARDES: [&str; 4] = ["historique", "lectures", "publications", "cle-pseudonymes"];

/// Every file below the folder, sorted by path, but for hidden ones, the locks of office programs and what
/// earlier runs kept.
fn fichiers(dossier: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut restants = vec![dossier.to_owned()];
    let mut fichiers = Vec::new();
    while let Some(dossier) = restants.pop() {
        for entree in std::fs::read_dir(&dossier)? {
            let entree = entree?;
            let nom = entree.file_name().to_string_lossy().into_owned();
            if nom.starts_with(['.', '~']) || GARDES.contains(&nom.as_str()) {
                continue;
            }
            // A link could lead back up: only real folders are entered.
            let nature = entree.file_type()?;
            if nature.is_dir() {
                restants.push(entree.path());
            } else if nature.is_file() {
                fichiers.push(entree.path());
            }
        }
    }
    fichiers.sort();
    Ok(fichiers)
}

impl Inventaire {
    /// What the files `nouveaux` are; `connus`, of which they may be copies, are known already.
    fn de(racine: &Path, connus: &[PathBuf], nouveaux: &[PathBuf], epci: &str) -> Self {
        let mut inventaire = Self::default();
        let sans_racine = |chemin: &Path| chemin.strip_prefix(racine).unwrap_or(chemin).to_owned();
        let deja = connus
            .iter()
            .filter_map(|chemin| Some((empreinte(chemin, "").ok()?.sha256, sans_racine(chemin))));
        let mut connus: BTreeMap<String, PathBuf> = deja.collect();
        for chemin in nouveaux {
            if chemin.to_str().is_none() {
                let raison = "le nom du fichier n’est pas lisible : renommez-le".to_owned();
                inventaire.laisses.push((chemin.clone(), raison));
                continue;
            }
            let relatif = chemin.strip_prefix(racine).unwrap_or(chemin);
            if let Ok(empreinte) = empreinte(chemin, "") {
                if let Some(autre) = connus.get(&empreinte.sha256) {
                    inventaire.laisses.push((chemin.clone(), format!("copie exacte de {}", autre.display())));
                    continue;
                }
                connus.insert(empreinte.sha256, relatif.to_owned());
            }
            match reconnaitre(chemin, relatif, epci) {
                Issue::Sources(sources) => inventaire.sources.extend(sources),
                Issue::Laisse(raison) => inventaire.laisses.push((chemin.clone(), raison)),
            }
        }
        inventaire.garder_le_meilleur(Genre::CogCommunes);
        inventaire.garder_le_meilleur(Genre::CogMouvements);
        inventaire.garder_le_meilleur(Genre::Composition);
        inventaire.garder_les_contours();
        inventaire.dire_les_listes_d_une_annee();
        inventaire.une_source_par_annee(Genre::Imaje);
        inventaire
    }

    /// Of several files of a kind that a pipeline reads once, the last by name: the latest year.
    fn garder_le_meilleur(&mut self, genre: Genre) {
        let rangs: Vec<usize> = self.rangs(genre);
        let Some((gardee, autres)) = rangs.split_last() else { return };
        let nom = self.sources[*gardee].chemin.clone();
        let raison =
            format!("un autre fichier du même type (« {} ») est retenu : {}", genre.mot(), nom.display());
        self.laisser(autres, &raison);
    }

    /// Of several files of contours, the one that covers the most communes of the territory.
    fn garder_les_contours(&mut self) {
        let membres: BTreeSet<CodeCommune> = self
            .sources
            .iter()
            .find(|s| s.genre == Genre::Composition)
            .map(|s| s.communes.clone())
            .unwrap_or_default();
        let rangs = self.rangs(Genre::Contours);
        let couverture = |s: &SourceTrouvee| s.communes.intersection(&membres).count();
        let Some(gardee) = rangs.iter().copied().rev().max_by_key(|r| couverture(&self.sources[*r])) else {
            return;
        };
        let source = &mut self.sources[gardee];
        let couvertes = couverture(source);
        source.pourquoi.push(format!(
            "{} contours, dont ceux de {couvertes} communes du territoire sur {}",
            source.communes.len(),
            membres.len()
        ));
        if couvertes < membres.len() {
            let perdues = membres.len() - couvertes;
            source.doutes.push(format!(
                "{perdues} communes n’y sont pas sous leur code d’aujourd’hui ; le code officiel géographique (type « cog_communes » et « cog_mouvements ») permet de suivre les fusions"
            ));
        }
        let autres: Vec<usize> = rangs.into_iter().filter(|r| *r != gardee).collect();
        let toutes = autres.iter().all(|r| couverture(&self.sources[*r]) == 0);
        let raison = if toutes {
            "contours d’un autre territoire"
        } else {
            "d’autres contours couvrent mieux le territoire"
        };
        self.laisser(&autres, raison);
    }

    /// Two lists of one year may complete each other, or be two states of one: a run counts each person once, and the
    /// reader is told.
    fn dire_les_listes_d_une_annee(&mut self) {
        let listes: Vec<(usize, i32, String)> = self
            .rangs(Genre::Pmi)
            .into_iter()
            .filter_map(|rang| {
                let source = &self.sources[rang];
                let nom = source.chemin.file_name().unwrap_or_default().to_string_lossy().into_owned();
                Some((rang, source.date?.year(), nom))
            })
            .collect();
        for (rang, annee, _) in &listes {
            let autres = listes.iter().filter(|(autre, la_sienne, _)| autre != rang && la_sienne == annee);
            for (_, _, nom) in autres {
                self.sources[*rang].doutes.push(format!(
                    "« {nom} » est aussi de {annee} : les deux listes sont lues, et chaque personne compte une fois ; si l’une est de trop, ou si l’autre la corrige, mettez « # » devant chacune de ses lignes"
                ));
            }
        }
    }

    /// Two counts of one year would contradict each other: the latest of them is kept.
    fn une_source_par_annee(&mut self, genre: Genre) {
        let mut gardees: BTreeMap<i32, usize> = BTreeMap::new();
        let mut autres = Vec::new();
        for rang in self.rangs(genre) {
            let Some(date) = self.sources[rang].date else { continue };
            match gardees.get(&date.year()) {
                Some(gardee) if self.sources[*gardee].date >= Some(date) => autres.push(rang),
                Some(gardee) => {
                    autres.push(*gardee);
                    gardees.insert(date.year(), rang);
                }
                None => {
                    gardees.insert(date.year(), rang);
                }
            }
        }
        for rang in &autres {
            let Some(annee) = self.sources[*rang].date.map(|d| d.year()) else { continue };
            let nom =
                self.sources[*rang].chemin.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if let Some(gardee) = gardees.get(&annee) {
                let doute = format!("« {nom} » est aussi de {annee}, et n’est pas repris (voir à la fin)");
                self.sources[*gardee].doutes.push(doute);
            }
        }
        autres.sort_unstable();
        let raison = format!("une autre source « {} » de la même année est retenue", genre.mot());
        self.laisser(&autres, &raison);
    }

    fn rangs(&self, genre: Genre) -> Vec<usize> {
        (0..self.sources.len()).filter(|r| self.sources[*r].genre == genre).collect()
    }

    /// Takes sources out; ranks in ascending order.
    fn laisser(&mut self, rangs: &[usize], raison: &str) {
        for rang in rangs.iter().rev() {
            let source = self.sources.remove(*rang);
            self.laisses.push((source.chemin, raison.to_owned()));
        }
    }

    /// The day of the last list of PMI, else of the last dated source, else the end of last year; and
    /// the doubt about it.
    fn observation(&self, aujourd_hui: NaiveDate) -> (NaiveDate, Option<String>) {
        let listes = self.sources.iter().filter(|s| s.genre == Genre::Pmi);
        if let Some(date) = listes.filter_map(|s| s.date).max() {
            return (date, None);
        }
        // A table of counts says its years itself: it speaks of the end of the last one.
        let fin =
            |s: &SourceTrouvee| s.derniere_annee.and_then(|annee| NaiveDate::from_ymd_opt(annee, 12, 31));
        if let Some(date) = self.sources.iter().filter_map(|s| s.date.max(fin(s))).max() {
            let doute = "aucune liste de PMI : c’est la date la plus récente dont parlent les fichiers";
            return (date, Some(doute.to_owned()));
        }
        let date = NaiveDate::from_ymd_opt(aujourd_hui.year() - 1, 12, 31).unwrap_or(aujourd_hui);
        (date, Some("aucun fichier daté : la fin de l’année dernière est supposée".to_owned()))
    }
}
