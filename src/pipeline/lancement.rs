//! One run: read, compute, disclose, write, put in place.

use super::chronometre::{Chronometre, Etape};
use super::historique::Historique;
use super::journal::LignesDeSource;
use super::lecture::{Lecteur, Lues};
use super::lectures::Lectures;
use super::publication::Chantier;
use super::publications::{PublicationIllisible, Publications};
use super::{Declaration, ErreurDeclaration, ErreurPublication, Journal, Suivi, examen, secret};
use crate::deliverables::apparence::{Apparence, DefautDeCouleur};
use crate::deliverables::indicateurs::{PARQUET, ecrire_parquet};
use crate::deliverables::{self, Avancement, Contexte, ErreurLivrable, Livrable};
use crate::disclosure::{Audience, Divulgation, Retenus, divulguer};
use crate::disque::en_francais;
use crate::indicators::accessibilite::{Variante, sensibilite};
use crate::indicators::{self, Entrees, Indicateur, Niveau, Parametres, TableIndicateurs, catalogue};
use crate::open_data::Cache;
use crate::parallele::{en_parallele, ensemble};
use crate::quality::{Bilan, Bilans, Probleme, RapportQualite};
use crate::reprises::{Repris, Reprises};
use crate::sources::{Genre, empreinte};
use crate::tables::Reponses;
use crate::territory::contours::simplifier;
use chrono::Datelike;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Where a run reads and writes beside the files of its pipeline.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder of the reports.
    pub rapports: PathBuf,
    /// Folder of each territory's own files (key of the pseudonyms).
    pub donnees: PathBuf,
    /// Cache of public data.
    pub cache: Cache,
    /// Deliverables to make, by name; all if empty.
    pub livrables: Vec<String>,
    /// True to make everything anew, whatever earlier runs made.
    pub tout_refaire: bool,
}

/// A run that gave nothing. The old report is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ErreurLancement {
    /// The pipeline cannot be used.
    #[error(transparent)]
    Declaration(#[from] ErreurDeclaration),
    /// The pipeline names no composition of EPCI.
    #[error(
        "le pipeline ne dit pas où trouver les communes du territoire : ajoutez une source de type « composition »"
    )]
    SansComposition,
    /// The communes of the territory cannot be found.
    #[error("les communes du territoire ne sont pas connues, rien ne peut être calculé : {0}")]
    Perimetre(Box<Probleme>),
    /// The key of the pseudonyms cannot be used.
    #[error("clé des pseudonymes {chemin} : {}", en_francais(cause))]
    Cle {
        /// File of the key.
        chemin: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A deliverable cannot be written.
    #[error(transparent)]
    Livrable(#[from] ErreurLivrable),
    /// An unknown deliverable is asked for.
    #[error("livrable inconnu : « {demande} ». Livrables connus : {connus}")]
    LivrableInconnu {
        /// What was asked for.
        demande: String,
        /// What there is.
        connus: String,
    },
    /// The report cannot be put in place.
    #[error(transparent)]
    Publication(#[from] ErreurPublication),
    /// What the report of another year shows is not known.
    #[error(transparent)]
    PublicationIllisible(#[from] PublicationIllisible),
    /// A frame cannot be computed: a defect of ours.
    #[error("calcul impossible (défaut d’observatoire, à signaler) : {0}")]
    Calcul(#[from] polars::error::PolarsError),
    /// A file of the report cannot be written.
    #[error(
        "écriture du rapport : {}. Vérifiez la place et les droits du dossier ; l’ancien rapport est intact",
        en_francais(.0)
    )]
    Ecriture(#[from] std::io::Error),
}

/// An indicator of the catalogue without a value for the year of the report, and what it would take.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Manque {
    /// Identifier of the indicator.
    pub indicateur: &'static str,
    /// What pages call it.
    pub libelle: &'static str,
    /// Kinds of sources that are missing, were lost, or do not speak of that year.
    pub sources: Vec<&'static str>,
    /// True if the figure was to be expected: a source that the pipeline names was lost, or the figure was
    /// known the years before. Otherwise the territory does not follow it.
    pub lacune: bool,
    /// The last year before that of the report for which it is known.
    pub derniere: Option<i32>,
}

/// What a run did.
#[derive(Debug)]
pub struct CompteRendu {
    /// Name of the territory.
    pub territoire: String,
    /// Its code in the table.
    pub code: String,
    /// Year of the report.
    pub annee: i32,
    /// Folder of the report.
    pub dossier: PathBuf,
    /// What became of every row.
    pub bilans: Bilans,
    /// Indicators without a value this year.
    pub manques: Vec<Manque>,
    /// The table, for the internal audience.
    pub table: TableIndicateurs,
    /// Figures withheld, by audience.
    pub retenus: BTreeMap<Audience, Retenus>,
    /// Files written, relative to the folder.
    pub fichiers: Vec<PathBuf>,
    /// What `qualite.html` shows.
    pub qualite: RapportQualite,
    /// Why charts and maps do not have the colours of the territory, if it chose some that they cannot have.
    pub couleurs: Option<DefautDeCouleur>,
    /// What is not written, the territory being too large for it.
    pub omissions: Vec<String>,
    /// What earlier runs had already made.
    pub repris: Repris,
    /// Years kept for the next runs, or why they could not be: the report itself is in place.
    pub historique: Result<Vec<i32>, String>,
}

impl CompteRendu {
    /// True if figures are missing: a source was lost, rows are counted nowhere, or a list may not tell all.
    pub fn a_des_lacunes(&self) -> bool {
        self.manques.iter().any(|m| m.lacune)
            || self.historique.is_err()
            || self.bilans.0.iter().any(Bilan::a_des_lacunes)
    }
}

/// What a verification found.
#[derive(Debug)]
pub struct Verification {
    /// Folder of `qualite.html` and `rejets.csv`.
    pub dossier: PathBuf,
    /// What became of every row.
    pub bilans: Bilans,
    /// What `qualite.html` shows.
    pub qualite: RapportQualite,
    /// The table, for the internal audience.
    pub table: TableIndicateurs,
}

impl Verification {
    /// True if a report would have gaps: see [`CompteRendu::a_des_lacunes`].
    pub fn a_des_lacunes(&self) -> bool {
        self.qualite.manques.iter().any(|m| m.lacune) || self.bilans.0.iter().any(Bilan::a_des_lacunes)
    }
}

/// What a run knows once its files are read and its figures computed.
pub(super) struct Calcul {
    pub(super) lues: Lues,
    pub(super) table: TableIndicateurs,
    qualite: RapportQualite,
}

/// Reads, computes and examines, and writes nothing.
pub(super) fn calculer(
    declaration: &Declaration,
    options: &Options,
    historique: &Historique,
    suivi: &dyn Suivi,
) -> Result<Calcul, ErreurLancement> {
    let lectures = Lectures::dans(&options.donnees, &declaration.nom(), false);
    let (mut lues, table) =
        lire_et_calculer(declaration, options, historique, &lectures, &mut Chronometre::new(), suivi)?;
    let manques = manques(&table, &lues, declaration);
    let qualite = examen::examiner(&mut lues, declaration, &table, &manques)?;
    Ok(Calcul { lues, table, qualite })
}

/// Reads and computes.
fn lire_et_calculer(
    declaration: &Declaration,
    options: &Options,
    historique: &Historique,
    lectures: &Lectures,
    chrono: &mut Chronometre,
    suivi: &dyn Suivi,
) -> Result<(Lues, TableIndicateurs), ErreurLancement> {
    let chemin_cle = options.donnees.join(declaration.nom()).join("cle-pseudonymes");
    let pseudonymes = secret::pseudonymes(&chemin_cle)
        .map_err(|cause| ErreurLancement::Cle { chemin: chemin_cle.clone(), cause })?;
    let declaration = &declaration.avec_les_jeux(&options.cache);
    let lecteur = Lecteur {
        declaration,
        cache: &options.cache,
        pseudonymes: &pseudonymes,
        suivi,
        historique,
        lectures,
    };
    let mut lues = lecteur.lire()?;
    chrono.noter("lecture");

    suivi.etape("indicateurs", 1);
    // Contours are made ready to be drawn meanwhile: no figure depends on it.
    let tolerance = declaration.territoire.simplification_m;
    let (carte, table) = ensemble(
        || simplifier(&lues.geographie, tolerance),
        || indicators::calculer(&entrees(&lues, declaration)),
    );
    let table = table?;
    lues.carte = carte;
    chrono.noter("calcul");
    suivi.avancer("table des indicateurs");
    Ok((lues, table))
}

/// What indicators are computed from.
fn entrees<'a>(lues: &'a Lues, declaration: &'a Declaration) -> Entrees<'a> {
    let carte = declaration.sources_de(Genre::Contours).next();
    Entrees {
        perimetre: &lues.perimetre,
        geographie: &lues.geographie,
        source_geographie: carte.map_or("", |source| source.id.as_str()),
        parametres: &declaration.parametres,
        date: declaration.observation.date,
        assistants_maternels: lues.assistants_maternels.as_ref(),
        structures: lues.structures.as_ref(),
        comptes: &lues.comptes,
        taux_publies: lues.autres.taux_publies.as_ref(),
        declarations: lues.autres.declarations.as_ref(),
        reponses: lues.autres.reponses.as_ref(),
        trajets: lues.autres.trajets.as_ref(),
    }
}

/// Reads and checks everything, and writes only the quality report, into `<pipeline>/verification`.
///
/// # Errors
/// If nothing can be read or written: see [`ErreurLancement`].
pub fn verifier(
    chemin: &Path,
    options: &Options,
    suivi: &dyn Suivi,
) -> Result<Verification, ErreurLancement> {
    let declaration = Declaration::lire(chemin)?;
    let chantier = Chantier::ouvrir(&options.rapports.join(declaration.nom()).join("verification"))?;
    let historique = Historique::new(&options.donnees, &declaration.nom());
    let calcul = calculer(&declaration, options, &historique, suivi)?;
    examen::ecrire(&calcul.lues, &calcul.qualite, chantier.dossier())?;
    let dossier = chantier.publier()?;
    Ok(Verification { dossier, bilans: calcul.lues.bilans, qualite: calcul.qualite, table: calcul.table })
}

/// Runs a pipeline and puts its report in place.
///
/// # Errors
/// If nothing can be computed or written: see [`ErreurLancement`]. A source that cannot be read is no
/// error: the run goes on and says which figures are missing.
pub fn lancer(chemin: &Path, options: &Options, suivi: &dyn Suivi) -> Result<CompteRendu, ErreurLancement> {
    let declaration = Declaration::lire(chemin)?;
    let livrables = choisir_livrables(&options.livrables)?;
    let annee = declaration.observation.date.year();
    let destination = options.rapports.join(declaration.nom()).join(annee.to_string());
    let chantier = Chantier::ouvrir(&destination)?;
    let reprises = Reprises::dans(&chantier.reprises(), options.tout_refaire);
    let mut chrono = Chronometre::new();

    let publications = Publications::dans(&options.donnees, &declaration.nom());
    let autres = publications.autres(annee)?;
    let historique = Historique::new(&options.donnees, &declaration.nom());
    let lectures = Lectures::dans(&options.donnees, &declaration.nom(), options.tout_refaire);
    let (mut lues, table) =
        lire_et_calculer(&declaration, options, &historique, &lectures, &mut chrono, suivi)?;
    let (restreinte, examinees) = ensemble(
        || divulguer_et_compter(&table, &autres, &reprises),
        || -> Result<_, ErreurLancement> {
            let manques = manques(&table, &lues, &declaration);
            let depart = Instant::now();
            let qualite = examen::examiner(&mut lues, &declaration, &table, &manques)?;
            Ok((manques, qualite, depart.elapsed()))
        },
    );
    let (manques, qualite, duree) = examinees?;
    chrono.noter("divulgation et qualité");
    chrono.ajouter("qualité", duree);
    chrono.ajouter("divulgation", restreinte.1);
    let restreinte = &restreinte.0;

    let omissions = livrables.iter().filter_map(|l| l.omission(&table)).collect();
    // The method page alone compares the settings.
    let compares = livrables.iter().any(|l| l.nom() == deliverables::methode::NOM);
    let variantes = if compares { sensibilite(&entrees(&lues, &declaration), &table)? } else { Vec::new() };
    let apparence = declaration.apparence.lire(&declaration.chemin)?;
    let parametres = &declaration.parametres;
    let modele = declaration.modele().transpose()?;
    let commun = Commun {
        lues: &lues,
        table: &table,
        variantes: &variantes,
        qualite: &qualite,
        parametres,
        apparence: &apparence,
        declaration: &declaration,
        reprises: &reprises,
        modele: modele.as_deref(),
        restreinte,
    };
    chrono.noter("préparation des livrables");
    let interne = chantier.dossier().join(Audience::Interne.dossier());
    std::fs::create_dir_all(&interne)?;
    let (examen, livres) = ensemble(
        || examen::ecrire(&lues, &qualite, &interne),
        || ecrire_livrables(&chantier, &livrables, &commun, &mut chrono, suivi),
    );
    examen?;
    let (mut fichiers, retenus) = livres?;
    fichiers.extend(["interne/qualite.html", "interne/rejets.csv"].map(PathBuf::from));
    fichiers.sort();

    let journal =
        journal(&declaration, &lues, &table, &retenus, &fichiers, chantier.dossier(), chrono.finir())?;
    std::fs::write(
        chantier.dossier().join("journal.json"),
        serde_json::to_vec_pretty(&journal).map_err(std::io::Error::from)?,
    )?;
    fichiers.push(PathBuf::from("journal.json"));

    reprises.nettoyer();
    lectures.nettoyer();
    let dossier = chantier.publier()?;
    // Whether or not the years can be kept: the report is there to be read.
    let montre = ce_que_montre(&dossier, &restreinte.table).map_err(|cause| cause.to_string());
    let publie = montre.and_then(|montre| publications.conserver(annee, &montre));
    let historique = historique.conserver(&lues, annee).and_then(|annees| publie.map(|()| annees));
    Ok(CompteRendu {
        territoire: lues.perimetre.nom.clone(),
        code: lues.perimetre.code.clone(),
        annee,
        dossier,
        bilans: lues.bilans,
        manques,
        table,
        retenus,
        fichiers,
        qualite,
        couleurs: apparence.defaut_de_couleur(),
        omissions,
        repris: reprises.bilan(),
        historique,
    })
}

fn choisir_livrables(demandes: &[String]) -> Result<Vec<Box<dyn Livrable>>, ErreurLancement> {
    let tous = deliverables::tous();
    let connus: Vec<&str> = tous.iter().map(|l| l.nom()).collect();
    if let Some(demande) = demandes.iter().find(|d| !connus.contains(&d.as_str())) {
        let connus = connus.join(", ");
        return Err(ErreurLancement::LivrableInconnu { demande: demande.clone(), connus });
    }
    Ok(tous.into_iter().filter(|l| demandes.is_empty() || demandes.iter().any(|d| d == l.nom())).collect())
}

/// What every audience's deliverables are made from.
#[derive(Clone, Copy)]
struct Commun<'a> {
    lues: &'a Lues,
    table: &'a TableIndicateurs,
    variantes: &'a [Variante],
    qualite: &'a RapportQualite,
    parametres: &'a Parametres,
    apparence: &'a Apparence,
    declaration: &'a Declaration,
    reprises: &'a Reprises,
    modele: Option<&'a [u8]>,
    /// What élus and public may see.
    restreinte: &'a Divulgation,
}

/// What élus and public may see, and how long it took to find.
fn divulguer_et_compter(
    table: &TableIndicateurs,
    autres: &[TableIndicateurs],
    reprises: &Reprises,
) -> (Divulgation, Duration) {
    let depart = Instant::now();
    (divulguer(table, Audience::Elus, autres, reprises), depart.elapsed())
}

/// The table of the élus as Parquet: theirs, if the report has it.
fn ce_que_montre(rapport: &Path, table: &TableIndicateurs) -> Result<Vec<u8>, ErreurLivrable> {
    let leur = rapport.join(Audience::Elus.dossier()).join(PARQUET);
    if let Ok(parquet) = std::fs::read(leur) {
        return Ok(parquet);
    }
    let mut parquet = Vec::new();
    ecrire_parquet(table, &mut parquet)?;
    Ok(parquet)
}

type Ecrits = (Vec<PathBuf>, BTreeMap<Audience, Retenus>);

/// What one audience got: its files, what is withheld from it, how long each deliverable took.
struct Remis {
    audience: Audience,
    fichiers: Vec<PathBuf>,
    retenus: Retenus,
    durees: Vec<(&'static str, Duration)>,
}

/// Audiences side by side; those that see the same figures one after the other, so that the second takes again
/// what the first made.
fn ecrire_livrables(
    chantier: &Chantier,
    livrables: &[Box<dyn Livrable>],
    commun: &Commun<'_>,
    chrono: &mut Chronometre,
    suivi: &dyn Suivi,
) -> Result<Ecrits, ErreurLancement> {
    let pas = livrables.iter().map(|livrable| 1 + livrable.parties(commun.table));
    suivi.etape("livrables", Audience::TOUTES.len() * pas.sum::<usize>());
    let groupes: Vec<&[Audience]> = Audience::TOUTES.chunk_by(|une, autre| une.voit_comme(*autre)).collect();
    let remis = en_parallele(&groupes, |groupe| remettre(groupe, chantier, livrables, commun, suivi));
    chrono.noter("livrables");
    let (mut fichiers, mut retenus) = (Vec::new(), BTreeMap::new());
    for remis in remis.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
        retenus.insert(remis.audience, remis.retenus);
        fichiers.extend(remis.fichiers);
        for (nom, duree) in remis.durees {
            chrono.ajouter(nom, duree);
        }
    }
    Ok((fichiers, retenus))
}

/// The deliverables of audiences that see the same figures.
fn remettre(
    groupe: &[Audience],
    chantier: &Chantier,
    livrables: &[Box<dyn Livrable>],
    commun: &Commun<'_>,
    suivi: &dyn Suivi,
) -> Result<Vec<Remis>, ErreurLancement> {
    let Some(tete) = groupe.first() else { return Ok(Vec::new()) };
    let Commun {
        lues,
        table,
        variantes,
        qualite,
        parametres,
        apparence,
        declaration,
        reprises,
        modele,
        restreinte,
    } = *commun;
    let entiere = (!tete.voit_comme(Audience::Elus)).then(|| divulguer(table, *tete, &[], reprises));
    let divulgation = entiere.as_ref().unwrap_or(restreinte);
    let mut durees = Vec::new();
    let sans_enquete = BTreeMap::new();
    let questionnaires = lues.autres.reponses.as_ref().map_or(&sans_enquete, Reponses::questionnaires);
    let (citants, premiers): (Vec<&dyn Livrable>, Vec<&dyn Livrable>) =
        livrables.iter().map(Box::as_ref).partition(|livrable| livrable.cite_les_autres());
    let mut remis: Vec<Remis> = Vec::new();
    // What the first of them got that the others get too, by deliverable.
    let mut communs: BTreeMap<&'static str, Vec<PathBuf>> = BTreeMap::new();
    for audience in groupe.iter().copied() {
        let dossier = chantier.dossier().join(audience.dossier());
        std::fs::create_dir_all(&dossier)?;
        let avancer = |partie: &str| suivi.avancer(&format!("{partie} ({})", audience.dossier()));
        let contexte = Contexte {
            table: &divulgation.table,
            geographie: &lues.carte,
            territoire: &lues.perimetre.nom,
            code_territoire: &lues.perimetre.code,
            annee: qualite.date.year(),
            sources: &lues.sources,
            projets: &declaration.projets,
            modele,
            date: qualite.date,
            audience,
            parametres,
            variantes,
            apparence,
            services: lues.autres.services.as_ref(),
            // They give figures by commune that were not disclosed.
            contradictions: if audience == Audience::Interne { &qualite.contradictions } else { &[] },
            manques: &qualite.manques,
            questionnaires,
            reprises,
            avancement: Avancement(Some(&avancer)),
        };
        let produire = |livrable: &&dyn Livrable| {
            let depart = Instant::now();
            let ecrits = match communs.get(livrable.nom()) {
                Some(fichiers) => copier(fichiers, &chantier.dossier().join(tete.dossier()), &dossier),
                None => livrable.produire(&contexte, &dossier),
            };
            avancer(livrable.nom());
            (livrable.nom(), ecrits, depart.elapsed())
        };
        let mut produits = en_parallele(&premiers, produire);
        produits.extend(en_parallele(&citants, produire));
        let mut fichiers = Vec::new();
        for ((nom, ecrits, duree), livrable) in produits.into_iter().zip(premiers.iter().chain(&citants)) {
            let ecrits = ecrits?;
            fichiers.extend(ecrits.iter().map(|f| Path::new(audience.dossier()).join(f)));
            durees.push((nom, duree));
            if livrable.ne_dit_que_des_chiffres() {
                communs.insert(nom, ecrits);
            }
        }
        let durees = std::mem::take(&mut durees);
        remis.push(Remis { audience, fichiers, retenus: divulgation.retenus, durees });
    }
    Ok(remis)
}

/// Gives an audience files of another one that sees the same figures.
fn copier(fichiers: &[PathBuf], de: &Path, vers: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
    for fichier in fichiers {
        let chemin = vers.join(fichier);
        let copie = std::fs::copy(de.join(fichier), &chemin);
        copie.map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
    }
    Ok(fichiers.to_vec())
}

/// Sources that come every year: a figure that they gave before and do not give this year is a gap. What the
/// relais declares, surveys and publications do not come for every year.
const ANNUELLES: [Genre; 4] = [Genre::Pmi, Genre::Structures, Genre::Naissances, Genre::Imaje];

/// The indicators that have no value for the territory in the year of the report.
fn manques(table: &TableIndicateurs, lues: &Lues, declaration: &Declaration) -> Vec<Manque> {
    let annee = declaration.observation.date.year();
    let presents: BTreeSet<&str> =
        Genre::TOUS.iter().map(|g| g.mot()).filter(|g| parle_de(lues, g, annee)).collect();
    let perdues: BTreeSet<&str> = declaration
        .sources
        .iter()
        .filter(|source| lues.bilans.0.iter().any(|b| b.source == source.id && b.a_perdu_ses_chiffres()))
        .map(|source| source.genre.mot())
        .collect();
    let annuelles = ANNUELLES.map(Genre::mot);
    let code = &lues.perimetre.code;
    let connu = |id: &str, modalite: &str, annee: i32| {
        let figure = table.figure(Niveau::Territoire, code, id, modalite, annee);
        figure.is_some_and(|f| f.statut.est_connu())
    };
    catalogue()
        .filter_map(|entree| {
            let modalites = || std::iter::once("").chain(entree.modalites.iter().map(|m| m.0));
            if modalites().any(|m| connu(entree.id, m, annee)) || est_enquete_tenue(table, entree) {
                return None;
            }
            let avant = table.serie(Niveau::Territoire, code, entree.id, "");
            let avant = avant.iter().filter(|figure| figure.annee < annee && figure.statut.est_connu());
            let derniere = avant.map(|figure| figure.annee).max();
            let suivi = entree.entrees.iter().all(|e| annuelles.contains(e)) && derniere.is_some();
            Some(Manque {
                indicateur: entree.id,
                libelle: entree.libelle,
                sources: entree.entrees.iter().copied().filter(|e| !presents.contains(e)).collect(),
                lacune: suivi || entree.entrees.iter().any(|e| perdues.contains(e)),
                derniere,
            })
        })
        .collect()
}

/// True for an indicator of surveys if one was held, in whatever year: a survey is not of every year.
fn est_enquete_tenue(table: &TableIndicateurs, entree: &Indicateur) -> bool {
    entree.entrees == ["questionnaire"] && table.suivis_de(entree.id).next().is_some()
}

/// True if a source of that kind was read.
fn parle_de(lues: &Lues, genre: &str, annee: i32) -> bool {
    let annees_de = |mesures: &[&str]| {
        let trame = lues.comptes.trame();
        let colonnes = trame
            .column("annee")
            .and_then(|a| a.i32())
            .ok()
            .zip(trame.column("mesure").and_then(|m| m.str()).ok());
        colonnes.is_some_and(|(annees, noms)| {
            annees
                .iter()
                .zip(noms.iter())
                .any(|(a, m)| a == Some(annee) && m.is_some_and(|m| mesures.contains(&m)))
        })
    };
    match genre {
        "pmi" => lues
            .assistants_maternels
            .as_ref()
            .is_some_and(|am| am.couverture().iter().any(|liste| liste.annee == annee)),
        "structures" => lues.structures.is_some(),
        "naissances" => annees_de(&["naissances"]),
        "contours" => lues.geographie.membres().next().is_some(),
        "imaje" => annees_de(&["enfants_0_2", "am_actifs"]),
        "activite" => lues.autres.declarations.is_some(),
        "taux_publies" => lues.autres.taux_publies.is_some(),
        "questionnaire" => lues.autres.reponses.is_some(),
        "insee_ages" => annees_de(&["enfants_3_5"]),
        "insee_fam6" => annees_de(&["enfants_0_2_parents_actifs"]),
        _ => true,
    }
}

fn journal(
    declaration: &Declaration,
    lues: &Lues,
    table: &TableIndicateurs,
    retenus: &BTreeMap<Audience, Retenus>,
    fichiers: &[PathBuf],
    dossier: &Path,
    etapes: Vec<Etape>,
) -> Result<Journal, ErreurLancement> {
    let chiffres = table.statuts().map(|(statut, nombre)| (statut.mot().to_owned(), nombre)).collect();
    let lignes = lues.bilans.0.iter().map(|b| LignesDeSource {
        source: b.source.clone(),
        lignes: b.lignes,
        lues: b.lues,
        rejetees: b.rejetees,
        mises_de_cote: b.mises_de_cote,
    });
    let sorties = en_parallele(fichiers, |f| empreinte(&dossier.join(f), &f.display().to_string()))
        .into_iter()
        .collect::<std::io::Result<Vec<_>>>()?;
    Ok(Journal {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pipeline: declaration.nom(),
        territoire: BTreeMap::from([
            ("code".to_owned(), lues.perimetre.code.clone()),
            ("nom".to_owned(), lues.perimetre.nom.clone()),
        ]),
        annee: declaration.observation.date.year(),
        entrees: lues.entrees.clone(),
        lignes: lignes.collect(),
        chiffres,
        retenus: retenus.iter().map(|(a, n)| (a.dossier().to_owned(), *n)).collect(),
        sorties,
        etapes,
    })
}
