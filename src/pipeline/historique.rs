//! What each run keeps for the next ones: its canonical tables as Parquet, year by year, so that next
//! year needs only next year's files.
//!
//! `<données>/<pipeline>/historique/<année>/` holds every canonical table (each only if something is known
//! of that year) and `manifeste.json`. The people in it are pseudonyms, ages and answers without a name; it
//! never enters a report, and only its owner can read it.

mod tables;
mod territoire;
#[cfg(test)]
mod tests;

use super::lecture::{Lues, Parties};
use super::publication::Chantier;
use super::secret;
use crate::deliverables::{Periode, SourceCitee};
use crate::parallele::en_parallele;
use crate::quality::{Bilan, Bilans, Lieu, Motif, Probleme};
use crate::sources::empreinte;
use crate::tables::{Comptes, Declarations, Liste, Reponses, Services, Structures, TauxPublies, Trajets};
use crate::territory::cog::Cog;
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tables::{
    ARRETS, COMPTES, Conservee, DECLARATIONS, LISTE, NON_PLACES, ParAnnee, QUESTIONS, REPONSES, SERVICES,
    STRUCTURES, TABLES, TAUX, TRAJETS, Tables, completees, restes,
};
use territoire::Etendue;

/// The shape of the folders below; another one is not read.
const FORMAT: u32 = 4;

/// `manifeste.json`: what the tables of a year are made from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Manifeste {
    format: u32,
    /// Version of the product that wrote it.
    version: String,
    annee: i32,
    /// Last day that its sources speak of.
    date: Option<NaiveDate>,
    /// SHA-256 of each table: one that was changed since is not read.
    tables: BTreeMap<String, String>,
    /// The files that the tables were read from, by identifier of the source.
    sources: BTreeMap<String, SourceConservee>,
    /// The communes that each table was read for, where it matters: the others have no figure in it.
    etendues: BTreeMap<String, Etendue>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SourceConservee {
    libelle: String,
    fichier: String,
    date: Option<NaiveDate>,
    sha256: Option<String>,
    /// Year of the first report that it was read for.
    rapport: i32,
}

/// A file that an earlier run read.
#[derive(Debug, Clone)]
pub(super) struct FichierConserve {
    /// What it was read as.
    pub(super) libelle: String,
    /// Year that it gave something to.
    pub(super) annee: i32,
    /// Day that it was said to be of.
    pub(super) date: Option<NaiveDate>,
    /// Year of the first report that it was read for.
    pub(super) rapport: i32,
}

/// The tables of one year, as they were kept.
#[derive(Debug, Default)]
struct Annee {
    manifeste: Manifeste,
    tables: Tables,
}

/// What earlier runs of a pipeline kept.
#[derive(Debug)]
pub(super) struct Historique {
    racine: PathBuf,
    /// How messages name the folder.
    nom: String,
}

impl Historique {
    /// That of a pipeline, in the folder of its own files.
    pub(super) fn new(donnees: &Path, pipeline: &str) -> Self {
        let nom = donnees.file_name().unwrap_or_default().to_string_lossy();
        Self {
            racine: donnees.join(pipeline).join("historique"),
            nom: format!("{nom}/{pipeline}/historique"),
        }
    }

    /// The identifier under which the figures of a kept year cite it.
    pub(super) fn id(annee: i32) -> String {
        format!("historique-{annee}")
    }

    /// That of one of its questionnaires.
    fn id_de_questionnaire(annee: i32, id: &str) -> String {
        format!("{}/{id}", Self::id(annee))
    }

    /// What the years before `derniere` lack in the files of the run, taken from what was kept; a tally
    /// and a citation for each year that is taken. What lasts (travel times, services of the communes) is
    /// taken only if the run reads none, and only the last one. A year that cannot be read is told, and left.
    ///
    /// `derniere` itself is completed once a later year was kept: its report is then made anew, with a pipeline
    /// that may not name its files any more. Before, a file that was taken out of the pipeline was a mistake.
    ///
    /// # Errors
    /// Only if Polars cannot run a plan.
    pub(super) fn completer(
        &self,
        derniere: i32,
        lues: &Parties,
        relues: &BTreeSet<&str>,
        cog: Option<&Cog>,
        bilans: &mut Bilans,
        sources: &mut BTreeMap<String, SourceCitee>,
    ) -> PolarsResult<Parties> {
        let mut reprises = Parties::default();
        let mut durables = BTreeSet::new();
        durables.extend((!lues.services.is_empty()).then_some(SERVICES));
        durables.extend((!lues.trajets.is_empty()).then_some(TRAJETS));
        let mut propres = Vec::new();
        let mut passees = self.annees();
        let est_passee = passees.last().is_some_and(|plus_recente| *plus_recente > derniere);
        passees.retain(|annee| *annee < derniere || est_passee && *annee == derniere);
        passees.reverse();
        if passees.is_empty() {
            return Ok(reprises);
        }
        let lues = ParAnnee::new(lues)?;
        for annee in passees {
            let fichier = format!("{}/{annee}", self.nom);
            let mut bilan = Bilan::new(Self::id(annee), &fichier);
            let tables = lues.tables(annee, derniere)?;
            let manquantes = self.lire(annee, |table| table.peut_manquer(&tables)).and_then(|kept| {
                manquantes(kept, &tables, (relues, sources), &mut durables).map_err(|e| e.to_string())
            });
            match manquantes {
                Ok((restes, _)) if restes.is_empty() => continue,
                Ok((restes, manifeste)) => match reprises.reprendre(&manifeste, restes.clone(), cog) {
                    Ok(lignes) => {
                        bilan.lignes = lignes;
                        bilan.lues = lignes;
                        citer(&manifeste, &restes, &fichier, sources);
                    }
                    Err(cause) => bilan.noter(illisible(&fichier, &cause.to_string())),
                },
                Err(cause) => bilan.noter(illisible(&fichier, &cause)),
            }
            propres.push(bilan);
        }
        bilans.0.extend(propres.into_iter().rev());
        Ok(reprises)
    }

    /// Keeps what a run read from its files, year by year. What a year has from earlier runs and not from
    /// this one (a list whose file is lost today) stays; a year of which nothing changed is not written again.
    /// Gives the years that the files speak of.
    pub(super) fn conserver(&self, lues: &Lues, derniere: i32) -> Result<Vec<i32>, String> {
        let par_annee = ParAnnee::new(&lues.parties).map_err(|e| e.to_string())?;
        let dites: BTreeSet<i32> =
            par_annee.annees(derniere).into_iter().filter(|a| *a <= derniere).collect();
        secret::reserver(&self.racine).map_err(|e| format!("{} : {e}", self.nom))?;
        // What a file said of a year that it does not speak of any more was a mistake: its date was corrected.
        let relues = lues.relues();
        let corrigees = self.annees().into_iter().filter(|a| *a <= derniere && !dites.contains(a));
        let corrigees = corrigees.filter(|annee| {
            let manifeste = self.manifeste(*annee).unwrap_or_default();
            manifeste.sources.values().any(|source| source.est_parmi(&relues))
        });
        let annees = corrigees.chain(dites.iter().copied());
        let annees: Vec<i32> = annees.filter(|annee| !self.est_prise_par_erreur(*annee, lues)).collect();
        // Side by side: most of the time is waiting for the disk.
        let ecrites = en_parallele(&annees, |annee| {
            self.ecrire(*annee, derniere, &par_annee, lues, &relues)
                .map_err(|cause| format!("{}/{annee} : {cause}", self.nom))
        });
        ecrites.into_iter().collect::<Result<(), _>>()?;
        Ok(dites.into_iter().collect())
    }

    /// True if a file that says to be of another year stands for that one, which was kept from another file: next year's, put
    /// in the place of the old one. What was kept stays.
    fn est_prise_par_erreur(&self, annee: i32, lues: &Lues) -> bool {
        let doute = |fichier: &str| {
            let siens = lues.bilans.0.iter().filter(|bilan| bilan.fichier == fichier);
            siens.flat_map(|bilan| &bilan.problemes).any(|probleme| probleme.motif == Motif::AnneePlusRecente)
        };
        let de_l_annee = lues.sources.values().filter(|s| s.date.is_some_and(|date| date.year() == annee));
        let douteuses: Vec<&SourceCitee> = de_l_annee.filter(|source| doute(&source.fichier)).collect();
        if douteuses.is_empty() {
            return false;
        }
        let Ok(gardee) = self.manifeste(annee) else { return false };
        let connue = |sha256: &str| gardee.sources.values().any(|s| s.sha256.as_deref() == Some(sha256));
        douteuses.iter().any(|source| lues.sha256(source).is_some_and(|sha256| !connue(sha256)))
    }

    /// The files that were kept, by their SHA-256: the years that they gave something to, and their days.
    pub(super) fn fichiers(&self) -> BTreeMap<String, Vec<FichierConserve>> {
        let mut fichiers: BTreeMap<String, Vec<FichierConserve>> = BTreeMap::new();
        for annee in self.annees() {
            for source in self.manifeste(annee).unwrap_or_default().sources.into_values() {
                let Some(sha256) = source.sha256 else { continue };
                let SourceConservee { libelle, date, rapport, .. } = source;
                let conserve = FichierConserve { libelle, annee, date, rapport };
                fichiers.entry(sha256).or_default().push(conserve);
            }
        }
        fichiers
    }

    fn manifeste(&self, annee: i32) -> Result<Manifeste, String> {
        let texte = fs::read_to_string(self.racine.join(annee.to_string()).join("manifeste.json"));
        let manifeste: Manifeste = serde_json::from_str(&texte.map_err(|e| e.to_string())?)
            .map_err(|_| "le manifeste est abîmé".to_owned())?;
        if manifeste.format != FORMAT {
            return Err(format!(
                "il est gardé sous une forme (n° {}) que ce programme ne lit pas : il lit la forme n° {FORMAT}",
                manifeste.format
            ));
        }
        Ok(manifeste)
    }

    /// The years that were kept, in order.
    fn annees(&self) -> Vec<i32> {
        let dossiers = fs::read_dir(&self.racine).into_iter().flatten().flatten();
        let mut annees: Vec<i32> =
            dossiers.filter_map(|d| d.file_name().to_string_lossy().parse().ok()).collect();
        annees.sort_unstable();
        annees
    }

    /// A year that was kept, its tables that are wanted.
    fn lire(&self, annee: i32, voulue: impl Fn(&Conservee) -> bool) -> Result<Annee, String> {
        let dossier = self.racine.join(annee.to_string());
        let manifeste = self.manifeste(annee)?;
        let mut tables = BTreeMap::new();
        for nom in TABLES.iter().filter(|table| voulue(table)).map(|table| table.nom) {
            let Some(attendu) = manifeste.tables.get(nom) else { continue };
            let chemin = dossier.join(format!("{nom}.parquet"));
            // A table that was cut or changed would not only be wrong: reading it may be a crash.
            let vu = empreinte(&chemin, nom).map_err(|e| format!("{nom}.parquet : {e}"))?;
            if vu.sha256 != *attendu {
                return Err(format!("{nom}.parquet a été modifié ou abîmé"));
            }
            let fichier = File::open(&chemin).map_err(|e| e.to_string())?;
            let trame = ParquetReader::new(fichier).finish().map_err(|e| e.to_string())?;
            tables.insert(nom, trame);
        }
        Ok(Annee { manifeste, tables })
    }

    fn ecrire(
        &self,
        annee: i32,
        derniere: i32,
        par_annee: &ParAnnee<'_>,
        lues: &Lues,
        relues: &BTreeSet<&str>,
    ) -> Result<(), String> {
        let dossier = self.racine.join(annee.to_string());
        let ancienne = if let Ok(ancienne) = self.lire(annee, |_| true) {
            ancienne
        } else {
            mettre_a_part(&dossier).map_err(|e| e.to_string())?;
            Annee::default()
        };
        let propres = par_annee.tables(annee, derniere).map_err(|e| e.to_string())?;
        let reste = || {
            let avant = sans_relues(ancienne.tables.clone(), &ancienne.manifeste, relues)?;
            let mut avant = sans_les_otees(avant, &ancienne.manifeste, &propres, &lues.sources)?;
            let etendues = ancienne.manifeste.traduire(&mut avant, lues.cog.as_ref())?;
            let (restes, sources) = renommer(restes(&propres, &avant)?, &propres, &ancienne.manifeste, lues)?;
            PolarsResult::Ok((restes, Anciennes { sources, etendues }))
        };
        let (restes, anciennes) = reste().map_err(|e| e.to_string())?;
        let mut tables = completees(&propres, &restes).map_err(|e| e.to_string())?;
        if tables.is_empty() {
            return if dossier.is_dir() {
                fs::remove_dir_all(&dossier).map_err(|e| e.to_string())
            } else {
                Ok(())
            };
        }
        let entete = Entete { annee, derniere, ancien: &ancienne.manifeste, anciennes };
        let mut manifeste = entete.manifeste(&propres, &restes, lues).map_err(|e| e.to_string())?;
        let inchangees = tables == ancienne.tables;
        if inchangees {
            manifeste.tables.clone_from(&ancienne.manifeste.tables);
        }
        if inchangees && manifeste == ancienne.manifeste {
            return Ok(());
        }
        let chantier = Chantier::ouvrir(&dossier).map_err(|e| e.to_string())?;
        for (nom, trame) in &mut tables {
            let fichier = format!("{nom}.parquet");
            let chemin = chantier.dossier().join(&fichier);
            let garde =
                ancienne.manifeste.tables.get(*nom).filter(|_| ancienne.tables.get(nom) == Some(trame));
            let sha256 = match garde {
                Some(sha256) => {
                    fs::copy(dossier.join(&fichier), &chemin).map_err(|e| e.to_string())?;
                    sha256.clone()
                }
                None => ecrire_la_table(trame, &chemin, nom)?,
            };
            manifeste.tables.insert((*nom).to_owned(), sha256);
        }
        let texte = serde_json::to_vec_pretty(&manifeste).map_err(|e| e.to_string())?;
        fs::write(chantier.dossier().join("manifeste.json"), texte).map_err(|e| e.to_string())?;
        chantier.publier().map_err(|e| e.to_string())?;
        Ok(())
    }
}

/// Writes a table, and gives its SHA-256.
fn ecrire_la_table(trame: &mut DataFrame, chemin: &Path, nom: &str) -> Result<String, String> {
    let fichier = File::create(chemin).map_err(|e| e.to_string())?;
    ParquetWriter::new(fichier)
        .with_compression(ParquetCompression::Zstd(None))
        .finish(trame)
        .map_err(|e| e.to_string())?;
    empreinte(chemin, nom).map(|vue| vue.sha256).map_err(|e| e.to_string())
}

/// What cannot be read of a year is not lost by what this run keeps of it: another version may read it.
fn mettre_a_part(dossier: &Path) -> std::io::Result<()> {
    let noms = (2..).map(|rang| format!("illisible-{rang}"));
    let noms = std::iter::once("illisible".to_owned()).chain(noms);
    let libre = noms.map(|nom| dossier.with_extension(nom)).find(|a_part| !a_part.exists());
    libre.filter(|_| dossier.is_dir()).map_or(Ok(()), |a_part| fs::rename(dossier, a_part))
}

fn illisible(fichier: &str, cause: &str) -> Probleme {
    Probleme::new(Motif::HistoriqueIllisible, Lieu::fichier(fichier), cause)
}

/// Cites a kept year, with what it was made from; and each of its questionnaires by itself, since questions
/// of two of them may read the same.
fn citer(manifeste: &Manifeste, restes: &Tables, fichier: &str, sources: &mut BTreeMap<String, SourceCitee>) {
    let annee = manifeste.annee;
    let citee = |origines: &[&str], date| SourceCitee {
        libelle: format!("Historique {annee} ({})", origines.join(" ; ")),
        fichier: fichier.to_owned(),
        date,
        periode: Periode::Aucune,
        // The names of the sources that it was made from tell of theirs.
        non_comptees: 0,
    };
    let origines: BTreeSet<&str> = manifeste.sources.values().map(|s| s.libelle.as_str()).collect();
    let origines: Vec<&str> = origines.into_iter().collect();
    sources.insert(Historique::id(annee), citee(&origines, manifeste.date));
    let questionnaires = restes.get(REPONSES).and_then(|r| ids_de(r).ok()).unwrap_or_default();
    for id in questionnaires {
        let origine = manifeste.sources.get(&id);
        let libelle = origine.map_or(id.as_str(), |s| s.libelle.as_str());
        let citee = citee(&[libelle], origine.and_then(|s| s.date));
        sources.insert(Historique::id_de_questionnaire(annee, &id), citee);
    }
}

/// The rows of a kept year that the run does not give, table by table.
fn manquantes(
    kept: Annee,
    lues: &Tables,
    (relues, citees): (&BTreeSet<&str>, &BTreeMap<String, SourceCitee>),
    durables: &mut BTreeSet<&'static str>,
) -> PolarsResult<(Tables, Manifeste)> {
    let mut restes = Tables::new();
    // A file that this run reads again says now what it says: under another name, of another year.
    let avant = sans_relues(kept.tables, &kept.manifeste, relues)?;
    let avant = sans_les_otees(avant, &kept.manifeste, lues, citees)?;
    for table in &TABLES {
        let Some(avant) = avant.get(table.nom) else { continue };
        if table.durable && !durables.insert(table.nom) {
            continue;
        }
        restes.extend(table.reste(avant, lues)?.map(|reste| (table.nom, reste)));
    }
    Ok((restes, kept.manifeste))
}

impl SourceConservee {
    /// True if it is one of these files, by their SHA-256.
    fn est_parmi(&self, relues: &BTreeSet<&str>) -> bool {
        self.sha256.as_deref().is_some_and(|sha256| relues.contains(sha256))
    }
}

/// Without the measures of the activity that a file said of a year, and does not name any more though it still speaks of that
/// year: their rows were taken out of it. What it names and does not know stays.
fn sans_les_otees(
    mut tables: Tables,
    manifeste: &Manifeste,
    lues: &Tables,
    citees: &BTreeMap<String, SourceCitee>,
) -> PolarsResult<Tables> {
    let (Some(avant), Some(dites)) = (tables.get(DECLARATIONS), lues.get(DECLARATIONS)) else {
        return Ok(tables);
    };
    let sources = ids_de(dites)?;
    let corrigee = |(_, source): &(&String, &SourceConservee)| {
        citees.iter().any(|(id, citee)| citee.fichier == source.fichier && sources.contains(id))
    };
    let corrigees: BTreeSet<&str> =
        manifeste.sources.iter().filter(corrigee).map(|(id, _)| id.as_str()).collect();
    let nommees: BTreeSet<&str> = dites.column("mesure")?.str()?.iter().flatten().collect();
    let (ids, mesures) = (avant.column("source")?.str()?, avant.column("mesure")?.str()?);
    let garder: BooleanChunked = ids
        .iter()
        .zip(mesures.iter())
        .map(|(id, mesure)| {
            !id.is_some_and(|id| corrigees.contains(id))
                || mesure.is_some_and(|mesure| nommees.contains(mesure))
        })
        .collect();
    let restent = avant.filter(&garder)?;
    if restent.height() > 0 {
        tables.insert(DECLARATIONS, restent);
    } else {
        tables.remove(DECLARATIONS);
    }
    Ok(tables)
}

/// The rows of which a source at least is not one of these files.
fn sans_relues(tables: Tables, manifeste: &Manifeste, relues: &BTreeSet<&str>) -> PolarsResult<Tables> {
    let ids = manifeste.sources.iter().filter(|(_, source)| source.est_parmi(relues));
    let ids: BTreeSet<&str> = ids.map(|(id, _)| id.as_str()).collect();
    if ids.is_empty() {
        return Ok(tables);
    }
    let garder = |(nom, trame): (&'static str, DataFrame)| {
        let sources = trame.column(colonne_des_sources(&trame))?.str()?;
        let autre = |sources: &str| sources.split(';').any(|source| !ids.contains(source));
        let garder: BooleanChunked = sources.iter().map(|s| s.is_some_and(autre)).collect();
        Ok((nom, trame.filter(&garder)?))
    };
    let restes: Tables = tables.into_iter().map(garder).collect::<PolarsResult<_>>()?;
    Ok(restes.into_iter().filter(|(_, trame)| trame.height() > 0).collect())
}

/// What is left of earlier runs of a year, a source of theirs under another name where this run has read one of the same
/// name from another file; and the sources, by these names.
fn renommer(
    restes: Tables,
    propres: &Tables,
    ancien: &Manifeste,
    lues: &Lues,
) -> PolarsResult<(Tables, BTreeMap<String, SourceConservee>)> {
    let siens = propres.values().map(ids_de).collect::<PolarsResult<Vec<_>>>()?;
    let siens: BTreeSet<String> = siens.into_iter().flatten().collect();
    let nouveau = |id: &str, source: &SourceConservee| {
        let sha256 = source.sha256.as_deref()?;
        let lue = lues.sources.get(id).filter(|_| siens.contains(id));
        let autre = lue.is_some_and(|lue| lues.sha256(lue) != Some(sha256));
        autre.then(|| format!("{id}~{}", sha256.get(..8).unwrap_or(sha256)))
    };
    let noms = ancien.sources.iter().filter_map(|(id, source)| Some((id.as_str(), nouveau(id, source)?)));
    let noms: BTreeMap<&str, String> = noms.collect();
    let renomme = |id: &str| noms.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let sources = ancien.sources.iter().map(|(id, source)| (renomme(id), source.clone())).collect();
    if noms.is_empty() {
        return Ok((restes, sources));
    }
    let renommer = |(nom, mut trame): (&'static str, DataFrame)| {
        let colonne = colonne_des_sources(&trame);
        let tous = |ids: &str| ids.split(';').map(renomme).collect::<Vec<_>>().join(";");
        let ids: StringChunked = trame.column(colonne)?.str()?.iter().map(|ids| ids.map(tous)).collect();
        trame.with_column(ids.with_name(colonne.into()).into_column())?;
        Ok((nom, trame))
    };
    Ok((restes.into_iter().map(renommer).collect::<PolarsResult<_>>()?, sources))
}

impl Parties {
    /// Adds the tables of a kept year, under the name of the history; gives the number of their rows.
    fn reprendre(
        &mut self,
        manifeste: &Manifeste,
        mut restes: Tables,
        cog: Option<&Cog>,
    ) -> PolarsResult<u32> {
        let annee = manifeste.annee;
        let id = Historique::id(annee);
        let etendues = manifeste.traduire(&mut restes, cog)?;
        let portee = |nom: &str| etendues.get(nom).map(Etendue::portee).unwrap_or_default();
        let restes = &restes;
        let nommer = |trame: &DataFrame, colonne: &str, source: Expr| {
            trame.clone().lazy().with_column(source.alias(colonne)).collect()
        };
        let reprise = |nom: &str| {
            let table = restes.get(nom);
            table.map(|trame| nommer(trame, colonne_des_sources(trame), lit(id.as_str()))).transpose()
        };
        // Everything is read before anything is added: a year is taken as a whole, or not at all.
        let non_places = reprise(NON_PLACES)?;
        let liste = reprise(LISTE)?.map(|t| Liste::reprendre(annee, &t, non_places.as_ref())).transpose()?;
        let liste = liste.map(|liste| liste.avec_portee(portee(LISTE)));
        let structures = restes.get(STRUCTURES);
        let structures = structures
            .map(|t| Structures::reprendre(t, restes.get(ARRETS), &id)?.avec_portee(&portee(STRUCTURES)));
        let structures = structures.transpose()?;
        let comptes = reprise(COMPTES)?.map(|t| Comptes::reprendre(&t)).transpose()?;
        let taux = reprise(TAUX)?.map(|t| TauxPublies::reprendre(&t)).transpose()?;
        let declarations = reprise(DECLARATIONS)?.map(|t| Declarations::reprendre(&t)).transpose()?;
        let services = reprise(SERVICES)?.map(|t| Services::reprendre(&t)).transpose()?;
        let trajets = reprise(TRAJETS)?.map(|t| Trajets::reprendre(&t)).transpose()?;
        let propre = concat_str([lit(Historique::id_de_questionnaire(annee, "")), col("source")], "", false);
        let reponses = restes.get(REPONSES).map(|t| nommer(t, "source", propre)).transpose()?;
        let reponses = match (reponses, restes.get(QUESTIONS)) {
            (Some(reponses), Some(questions)) => Some(Reponses::reprendre(&reponses, questions)?),
            _ => None,
        };
        self.listes.extend(liste);
        self.structures.extend(structures);
        self.comptes.extend(comptes);
        self.taux.extend(taux);
        self.declarations.extend(declarations);
        self.services.extend(services);
        self.trajets.extend(trajets);
        self.reponses.extend(reponses);
        // A stop is no row of a file, nor is a question: they tell more of a structure, of an answer. A row that could
        // not be placed was not read.
        let sans_lignes = [ARRETS, QUESTIONS, NON_PLACES];
        let hauteurs = restes.iter().filter(|(nom, _)| !sans_lignes.contains(nom)).map(|(_, t)| t.height());
        Ok(u32::try_from(hauteurs.sum::<usize>()).unwrap_or(u32::MAX))
    }
}

/// Counts name the sources of a sum; the other tables have one source a row.
fn colonne_des_sources(trame: &DataFrame) -> &'static str {
    if trame.column("sources").is_ok() { "sources" } else { "source" }
}

fn ids_de(trame: &DataFrame) -> PolarsResult<BTreeSet<String>> {
    let ids = trame.column(colonne_des_sources(trame))?.str()?;
    Ok(ids.iter().flatten().map(str::to_owned).collect())
}

/// What the manifest of a year is made from, beside its tables.
struct Entete<'a> {
    annee: i32,
    /// Year of the report.
    derniere: i32,
    ancien: &'a Manifeste,
    anciennes: Anciennes,
}

/// What is left of the manifest of earlier runs.
struct Anciennes {
    /// The sources, by the names that they have now.
    sources: BTreeMap<String, SourceConservee>,
    etendues: BTreeMap<String, Etendue>,
}

impl Entete<'_> {
    fn manifeste(&self, propres: &Tables, restes: &Tables, lues: &Lues) -> PolarsResult<Manifeste> {
        let mut sources = BTreeMap::new();
        for trame in restes.values() {
            for id in ids_de(trame)? {
                let ancienne = self.anciennes.sources.get(&id).cloned();
                sources.extend(ancienne.map(|source| (id, source)));
            }
        }
        for trame in propres.values() {
            for id in ids_de(trame)? {
                let lue = lues.sources.get(&id).map(|source| self.source(source, lues));
                sources.extend(lue.map(|source| (id, source)));
            }
        }
        let date_du_cog = lues.cog.as_ref().and_then(Cog::date);
        let etendue = |nom: &str| match (propres.contains_key(nom), restes.contains_key(nom)) {
            (true, _) => {
                let etendue = Etendue::de(&lues.perimetre, date_du_cog);
                // A census may say nothing of a commune: so it will next year.
                let structures = lues.structures.as_ref().filter(|_| nom == STRUCTURES);
                let portee = structures.map(|structures| structures.portee(self.annee)).unwrap_or_default();
                Some(etendue.dite_par(&portee))
            }
            (false, true) => self.anciennes.etendues.get(nom).cloned(),
            (false, false) => None,
        };
        let etendues = [LISTE, STRUCTURES, COMPTES].map(|nom| Some((nom.to_owned(), etendue(nom)?)));
        Ok(Manifeste {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            annee: self.annee,
            // A file of later rates may speak of that year too: its day is not that of the year.
            date: sources.values().filter_map(|s| s.date).filter(|date| date.year() == self.annee).max(),
            tables: BTreeMap::new(),
            sources,
            etendues: etendues.into_iter().flatten().collect(),
        })
    }

    fn source(&self, source: &SourceCitee, lues: &Lues) -> SourceConservee {
        let sha256 = lues.sha256(source);
        let ancienne =
            self.ancien.sources.values().find(|s| sha256.is_some() && s.sha256.as_deref() == sha256);
        SourceConservee {
            libelle: source.en_clair(),
            fichier: source.fichier.clone(),
            date: source.date,
            sha256: sha256.map(str::to_owned),
            rapport: ancienne.map_or(self.derniere, |s| s.rapport.min(self.derniere)),
        }
    }
}

impl Manifeste {
    /// Puts the tables of the year under the codes of today, and gives the communes that each speaks of.
    fn traduire(&self, tables: &mut Tables, cog: Option<&Cog>) -> PolarsResult<BTreeMap<String, Etendue>> {
        let traduire = |(nom, etendue): (&String, &Etendue)| {
            Ok((nom.clone(), etendue.traduire((nom, tables), cog, self.date)?))
        };
        self.etendues.iter().map(traduire).collect()
    }
}
