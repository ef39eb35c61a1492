//! From the declared files to canonical tables, each row put somewhere, each lost file said.

use super::historique::Historique;
use super::{Declaration, ErreurLancement, SourceDeclaree, Suivi};
use crate::deliverables::{Periode, SourceCitee};
use crate::open_data::Cache;
use crate::quality::{Bilan, Bilans, Lieu, Motif, Probleme};
use crate::sources::disposition::{Disposition, Tableau};
use crate::sources::{Empreinte, Genre, cog, contours, empreinte, lecture};
use crate::tables::{AssistantsMaternels, Comptes, Ingestion, Liste, Pseudonymes, Structures};
use crate::territory::cog::Cog;
use crate::territory::contours::preparer;
use crate::territory::rapprochement::Rapprocheur;
use crate::territory::{Geographie, Membre, Perimetre};
use chrono::{Datelike, NaiveDate};
use polars::prelude::PolarsResult;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Everything that was read.
#[derive(Debug)]
pub(super) struct Lues {
    pub(super) perimetre: Perimetre,
    pub(super) geographie: Geographie,
    pub(super) assistants_maternels: Option<AssistantsMaternels>,
    pub(super) structures: Option<Structures>,
    pub(super) comptes: Comptes,
    pub(super) bilans: Bilans,
    pub(super) entrees: Vec<Empreinte>,
    pub(super) sources: BTreeMap<String, SourceCitee>,
    /// What the files of this run give, and what earlier runs kept: the same before it is brought together.
    pub(super) parties: Parties,
    pub(super) reprises: Parties,
}

/// Reads the sources of a pipeline.
pub(super) struct Lecteur<'a> {
    pub(super) declaration: &'a Declaration,
    pub(super) cache: &'a Cache,
    pub(super) pseudonymes: &'a Pseudonymes,
    pub(super) suivi: &'a dyn Suivi,
    pub(super) historique: &'a Historique,
}

/// Canonical tables, source by source.
#[derive(Debug, Default)]
pub(super) struct Parties {
    pub(super) listes: Vec<Liste>,
    pub(super) structures: Vec<Structures>,
    pub(super) comptes: Vec<Comptes>,
}

impl Lecteur<'_> {
    pub(super) fn lire(&self) -> Result<Lues, ErreurLancement> {
        self.suivi.etape("lecture", self.declaration.sources.len());
        let mut bilans = Bilans::default();
        let cog = self.cog(&mut bilans);
        let perimetre = self.perimetre(cog.as_ref())?;
        let geographie = self.geographie(&perimetre, cog.as_ref(), &mut bilans);
        let rapprocheur = Rapprocheur::new(&perimetre, cog.as_ref(), &self.declaration.correspondances);
        let mut parties = Parties::default();
        for source in &self.declaration.sources {
            if matches!(source.genre, Genre::Pmi | Genre::Imaje | Genre::Naissances | Genre::Structures) {
                bilans.0.push(self.source(source, &rapprocheur, &mut parties)?);
            }
            self.suivi.avancer(&source.id);
        }
        let (entrees, mut sources) = (self.empreintes(), self.citations());
        let annee = self.declaration.observation.date.year();
        let reprises = self.historique.completer(annee, &parties, &mut bilans, &mut sources)?;
        let listes = [&parties.listes[..], &reprises.listes].concat();
        let structures = [&parties.structures[..], &reprises.structures].concat();
        let comptes = [&parties.comptes[..], &reprises.comptes].concat();
        Ok(Lues {
            perimetre,
            geographie,
            assistants_maternels: non_vide(listes, AssistantsMaternels::reunir)?,
            structures: non_vide(structures, |p| Structures::reunir(&p))?,
            comptes: Comptes::reunir(&comptes)?,
            bilans,
            entrees,
            sources,
            parties,
            reprises,
        })
    }

    /// The path of a source, and how messages name it.
    fn chemin(&self, source: &SourceDeclaree) -> (PathBuf, String) {
        let Some(fichier) = &source.fichier else {
            let chemin = self.cache.chemin(source.genre, self.declaration.territoire.identifiant());
            let nom = chemin.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return (chemin, format!("cache/{nom}"));
        };
        let dossier = self.declaration.chemin.parent().unwrap_or(Path::new("."));
        // Messages name the file from the folder that the person works in, above « pipelines ».
        let nom = fichier.strip_prefix("..").unwrap_or(fichier);
        (dossier.join(fichier), nom.display().to_string())
    }

    fn premiere(&self, genre: Genre) -> Option<(&SourceDeclaree, PathBuf, String)> {
        let source = self.declaration.sources_de(genre).next()?;
        let (chemin, nom) = self.chemin(source);
        Some((source, chemin, nom))
    }

    fn cog(&self, bilans: &mut Bilans) -> Option<Cog> {
        let (source, communes, nom) = self.premiere(Genre::CogCommunes)?;
        let (_, mouvements, _) = self.premiere(Genre::CogMouvements)?;
        match cog::lire_cog(&communes, &mouvements, source.date) {
            Ok(cog) => Some(cog),
            Err(probleme) => {
                let mut bilan = Bilan::new(&source.id, &nom);
                bilan.noter(nommer(probleme, &nom));
                bilans.0.push(bilan);
                None
            }
        }
    }

    /// The communes of the EPCI, and those that the pipeline names: these may be of elsewhere, or have
    /// joined or left on a day.
    fn perimetre(&self, cog: Option<&Cog>) -> Result<Perimetre, ErreurLancement> {
        let territoire = &self.declaration.territoire;
        let mut perimetre = match &territoire.epci {
            Some(epci) => self.composition(epci)?,
            None => Perimetre::new(territoire.identifiant(), territoire.identifiant(), Vec::new()),
        };
        let declares = territoire.membres.iter().map(|membre| {
            let connu = perimetre.membre(membre.code);
            let du_cog = || cog.and_then(|cog| cog.nom(membre.code)).map(str::to_owned);
            Membre {
                code: membre.code,
                nom: membre
                    .nom
                    .clone()
                    .or_else(|| connu.map(|c| c.nom.clone()))
                    .or_else(du_cog)
                    .unwrap_or_else(|| membre.code.to_string()),
                depuis: membre.depuis,
                jusqu_a: membre.jusqu_a,
                population: connu.and_then(|c| c.population),
            }
        });
        let declares: Vec<Membre> = declares.collect();
        let autres =
            perimetre.membres().iter().filter(|m| declares.iter().all(|d| d.code != m.code)).cloned();
        let membres = autres.chain(declares.iter().cloned()).collect();
        let nom = territoire.nom.clone().unwrap_or_else(|| perimetre.nom.clone());
        perimetre = Perimetre::new(perimetre.code.clone(), nom, membres);
        Ok(perimetre)
    }

    fn composition(&self, epci: &str) -> Result<Perimetre, ErreurLancement> {
        let (_, chemin, nom) = self.premiere(Genre::Composition).ok_or(ErreurLancement::SansComposition)?;
        cog::composition_epci(&chemin, epci)
            .map_err(|p| ErreurLancement::Perimetre(Box::new(nommer(p, &nom))))
    }

    fn geographie(&self, perimetre: &Perimetre, cog: Option<&Cog>, bilans: &mut Bilans) -> Geographie {
        let Some((source, chemin, nom)) = self.premiere(Genre::Contours) else {
            return Geographie::default();
        };
        let mut bilan = Bilan::new(&source.id, &nom);
        let geographie = match contours::lire_contours(&chemin) {
            Ok((bruts, problemes)) => {
                bilan.lignes = u32::try_from(bruts.len()).unwrap_or(u32::MAX);
                bilan.lues = bilan.lignes;
                let tolerance = self.declaration.territoire.simplification_m;
                let (geographie, autres) = preparer(&bruts, cog, source.date, perimetre, tolerance, true);
                problemes.into_iter().chain(autres).for_each(|p| bilan.noter(nommer(p, &nom)));
                geographie
            }
            Err(probleme) => {
                bilan.noter(nommer(probleme, &nom));
                Geographie::default()
            }
        };
        bilans.0.push(bilan);
        geographie
    }

    fn source(
        &self,
        source: &SourceDeclaree,
        rapprocheur: &Rapprocheur,
        parties: &mut Parties,
    ) -> Result<Bilan, ErreurLancement> {
        let (chemin, nom) = self.chemin(source);
        let mut bilan = Bilan::new(&source.id, &nom);
        let tableau = match tableau(source, &chemin, &nom) {
            Ok(tableau) => tableau,
            Err(probleme) => {
                bilan.noter(probleme);
                return Ok(bilan);
            }
        };
        bilan.lignes = tableau.total;
        tableau.ecartees.iter().cloned().for_each(|p| bilan.noter(p));
        let Some(date) = self.date_de(source, &tableau, &nom, &mut bilan) else { return Ok(bilan) };
        let ingestion = Ingestion { source: &source.id, date, rapprocheur, pseudonymes: self.pseudonymes };
        match source.genre {
            Genre::Pmi => parties.listes.push(AssistantsMaternels::lire(&tableau, &ingestion, &mut bilan)?),
            Genre::Structures => parties.structures.push(Structures::lire(&tableau, &ingestion, &mut bilan)?),
            Genre::Imaje => parties.comptes.push(Comptes::lire_imaje(&tableau, &ingestion, &mut bilan)?),
            Genre::Naissances => {
                parties.comptes.push(Comptes::lire_naissances(&tableau, &ingestion, &mut bilan)?);
            }
            Genre::Composition | Genre::CogCommunes | Genre::CogMouvements | Genre::Contours => {}
        }
        Ok(bilan)
    }

    /// The day that a source speaks of. A list of agréments must have one of its own: taken for another
    /// year's, it would make people come and go.
    fn date_de(
        &self,
        source: &SourceDeclaree,
        tableau: &Tableau,
        nom: &str,
        bilan: &mut Bilan,
    ) -> Option<NaiveDate> {
        let datee_par_ses_lignes =
            tableau.colonne("annee").is_some() || !tableau.colonnes_annees().is_empty();
        let facultative = source.genre == Genre::Structures || datee_par_ses_lignes;
        let date = source.date.or_else(|| facultative.then_some(self.declaration.observation.date));
        if date.is_none() {
            bilan.lignes = 0;
            (bilan.rejetees, bilan.mises_de_cote) = (0, 0);
            bilan.problemes.clear();
            bilan.noter(Probleme::new(Motif::DateAbsente, Lieu::fichier(nom), ""));
        }
        date
    }

    fn empreintes(&self) -> Vec<Empreinte> {
        let sources = self.declaration.sources.iter().map(|s| self.chemin(s));
        // A file that is not there has been told of already.
        sources.filter_map(|(chemin, nom)| empreinte(&chemin, &nom).ok()).collect()
    }

    fn citations(&self) -> BTreeMap<String, SourceCitee> {
        let citer = |source: &SourceDeclaree| {
            let (libelle, periode) = libelle(source);
            let fichier = self.chemin(source).1;
            (source.id.clone(), SourceCitee { libelle, fichier, date: source.date, periode })
        };
        self.declaration.sources.iter().map(citer).collect()
    }
}

/// How pages cite a source: the name that the pipeline gives to it, or that of its kind, and how its
/// date is said. A census is dated by its day, the births by the years of their columns.
fn libelle(source: &SourceDeclaree) -> (String, Periode) {
    let libelle = source.libelle.clone().unwrap_or_else(|| source.genre.libelle().to_owned());
    let periode = match source.genre {
        Genre::Pmi => Periode::Liste,
        Genre::Imaje => Periode::Annee,
        Genre::Structures => Periode::Jour,
        Genre::Composition
        | Genre::CogCommunes
        | Genre::CogMouvements
        | Genre::Contours
        | Genre::Naissances => Periode::Aucune,
    };
    (libelle, periode)
}

/// The problem of a file, under the name that the pipeline gives to it.
fn nommer(mut probleme: Probleme, nom: &str) -> Probleme {
    nom.clone_into(&mut probleme.lieu.fichier);
    probleme
}

fn tableau(source: &SourceDeclaree, chemin: &Path, nom: &str) -> Result<Tableau, Probleme> {
    let grilles = lecture::lire(chemin, nom)?;
    let disposition = Disposition::connue(source.genre.mot())
        .map_err(|e| Probleme::new(Motif::EnTeteAbsent, Lieu::fichier(nom), e.to_string()))?;
    disposition.reconnaitre(grilles, source.feuille.as_deref(), &source.colonnes)
}

fn non_vide<T, U>(
    parties: Vec<T>,
    reunir: impl FnOnce(Vec<T>) -> PolarsResult<U>,
) -> PolarsResult<Option<U>> {
    if parties.is_empty() { Ok(None) } else { reunir(parties).map(Some) }
}
