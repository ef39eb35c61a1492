//! From the declared files to canonical tables, each row put somewhere, each lost file said.

mod absents;
mod feuilles;
mod fichiers;
mod inachevee;
mod retards;
mod silences;
mod territoire;

use super::historique::Historique;
use super::lectures::Lectures;
use super::{Declaration, ErreurLancement, SourceDeclaree, Suivi, questionnaire};
use crate::deliverables::{Periode, SourceCitee};
use crate::open_data::Cache;
use crate::parallele::{en_parallele, ensemble};
use crate::quality::{Bilan, Bilans, Lieu, Motif, Probleme};
use crate::reprises::Recette;
use crate::sources::disposition::Tableau;
use crate::sources::{Empreinte, Genre, empreinte};
use crate::tables::{
    AssistantsMaternels, Comptes, Declarations, Ingestion, Liste, Pseudonymes, Publication, Questionnaire,
    Reponses, Services, Structures, TauxPublies, Trajets, de_l_annee, dit_ses_annees, places_a_lire,
    refus_d_une_annee, refus_par_le_titre, sans_fin_de_convention,
};
use crate::territory::cog::Cog;
use crate::territory::rapprochement::Rapprocheur;
use crate::territory::{Geographie, Perimetre};
use chrono::{Datelike, NaiveDate};
use feuilles::{dire_les_autres_feuilles, dire_les_colonnes_non_employees, dire_une_autre_annee, tableaux};
use fichiers::dire_l_autre_date;
use inachevee::sans_l_annee_inachevee;
use polars::prelude::{DataFrame, PolarsResult};
use silences::Silences;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Everything that was read.
#[derive(Debug)]
pub(super) struct Lues {
    pub(super) perimetre: Perimetre,
    /// The communes of today and their movements, if they are known.
    pub(super) cog: Option<Cog>,
    /// What is measured.
    pub(super) geographie: Geographie,
    /// What is drawn: the same communes, simplified. Empty until then.
    pub(super) carte: Geographie,
    pub(super) assistants_maternels: Option<AssistantsMaternels>,
    pub(super) structures: Option<Structures>,
    pub(super) comptes: Comptes,
    pub(super) autres: Autres,
    pub(super) bilans: Bilans,
    pub(super) entrees: Vec<Empreinte>,
    pub(super) sources: BTreeMap<String, SourceCitee>,
    /// What the files of this run give, and what earlier runs kept: the same before it is brought together.
    pub(super) parties: Parties,
    pub(super) reprises: Parties,
}

/// The tables that not every territory has.
#[derive(Debug)]
pub(super) struct Autres {
    pub(super) taux_publies: Option<TauxPublies>,
    pub(super) declarations: Option<Declarations>,
    pub(super) reponses: Option<Reponses>,
    pub(super) services: Option<Services>,
    pub(super) trajets: Option<Trajets>,
}

impl Autres {
    /// What the files of the run give, and what earlier runs kept.
    fn de(lues: &Parties, reprises: &Parties) -> PolarsResult<Self> {
        Ok(Self {
            taux_publies: non_vide([&lues.taux[..], &reprises.taux].concat(), |p| {
                TauxPublies::completer(&p)
            })?,
            declarations: non_vide([&lues.declarations[..], &reprises.declarations].concat(), |p| {
                Declarations::reunir(&p)
            })?,
            reponses: non_vide([&lues.reponses[..], &reprises.reponses].concat(), |p| Reponses::reunir(&p))?,
            services: non_vide([&lues.services[..], &reprises.services].concat(), |p| Services::reunir(&p))?,
            trajets: non_vide([&lues.trajets[..], &reprises.trajets].concat(), |p| Trajets::reunir(&p))?,
        })
    }
}

/// Reads the sources of a pipeline.
pub(super) struct Lecteur<'a> {
    pub(super) declaration: &'a Declaration,
    pub(super) cache: &'a Cache,
    pub(super) pseudonymes: &'a Pseudonymes,
    pub(super) suivi: &'a dyn Suivi,
    pub(super) historique: &'a Historique,
    pub(super) lectures: &'a Lectures,
}

/// Canonical tables, source by source.
#[derive(Debug, Default)]
pub(super) struct Parties {
    pub(super) listes: Vec<Liste>,
    pub(super) structures: Vec<Structures>,
    pub(super) comptes: Vec<Comptes>,
    /// What is read of the published rates, until it is brought together.
    pub(super) publications: Vec<Publication>,
    pub(super) taux: Vec<TauxPublies>,
    pub(super) declarations: Vec<Declarations>,
    pub(super) reponses: Vec<Reponses>,
    pub(super) services: Vec<Services>,
    pub(super) trajets: Vec<Trajets>,
}

impl Parties {
    /// Adds what was read of another source.
    fn joindre(&mut self, autres: Self) {
        let Self {
            listes,
            structures,
            comptes,
            publications,
            taux,
            declarations,
            reponses,
            services,
            trajets,
        } = autres;
        self.listes.extend(listes);
        self.structures.extend(structures);
        self.comptes.extend(comptes);
        self.publications.extend(publications);
        self.taux.extend(taux);
        self.declarations.extend(declarations);
        self.reponses.extend(reponses);
        self.services.extend(services);
        self.trajets.extend(trajets);
    }

    /// Whoever, or whatever, stands on two lists of one year counts once; told to the source that gives way.
    fn departager(&mut self, bilans: &mut Bilans) -> PolarsResult<()> {
        let (listes, personnes) = AssistantsMaternels::departager(std::mem::take(&mut self.listes))?;
        let (recensements, structures) = Structures::departager(std::mem::take(&mut self.structures))?;
        (self.listes, self.structures) = (listes, recensements);
        let reponses = Reponses::departager(&mut self.reponses)?;
        dire(personnes.into_iter().chain(structures).chain(reponses), bilans);
        Ok(())
    }

    /// What is known of half a list gives way to the whole of it, if an earlier run read that.
    /// Told to each source that gives way.
    fn laisser_la_place_a(&mut self, reprises: &Self) -> PolarsResult<Vec<(String, Probleme)>> {
        let ceder = |trame: &DataFrame, annee: i32| -> PolarsResult<(String, Probleme)> {
            let source =
                trame.column("source")?.str()?.iter().next().flatten().unwrap_or_default().to_owned();
            let detail = format!("les chiffres de {annee} sont ceux qu’un rapport précédent avait lus");
            Ok((source, Probleme::new(Motif::RecueilRemplace, Lieu::default(), detail)))
        };
        let mut remplaces = Vec::new();
        let listes: BTreeSet<i32> = reprises.listes.iter().map(Liste::annee).collect();
        for liste in std::mem::take(&mut self.listes) {
            if liste.est_complete() || !listes.contains(&liste.annee()) {
                self.listes.push(liste);
            } else {
                remplaces.push(ceder(liste.trame(), liste.annee())?);
            }
        }
        let mut recensements = BTreeSet::new();
        for recensement in &reprises.structures {
            recensements.extend(recensement.annees()?);
        }
        for recensement in std::mem::take(&mut self.structures) {
            let annees = recensement.annees()?;
            match annees.intersection(&recensements).next().filter(|_| !recensement.est_complet()) {
                None => self.structures.push(recensement),
                Some(annee) => remplaces.push(ceder(recensement.trame(), *annee)?),
            }
        }
        Ok(remplaces)
    }

    fn lire(
        &mut self,
        genre: Genre,
        tableau: &Tableau,
        ingestion: &Ingestion<'_>,
        geographie: &Geographie,
        questionnaire: Option<&Questionnaire>,
        bilan: &mut Bilan,
    ) -> PolarsResult<()> {
        match genre {
            Genre::Pmi => self.listes.push(AssistantsMaternels::lire(tableau, ingestion, bilan)?),
            Genre::Structures => {
                self.structures.push(Structures::lire(tableau, ingestion, geographie, bilan)?);
            }
            Genre::Imaje => self.comptes.push(Comptes::lire_imaje(tableau, ingestion, bilan)?),
            Genre::Naissances => self.comptes.push(Comptes::lire_naissances(tableau, ingestion, bilan)?),
            Genre::CafIris => self.comptes.push(Comptes::lire_iris(tableau, ingestion, bilan)?),
            Genre::InseeAges => self.comptes.push(Comptes::lire_insee_ages(tableau, ingestion, bilan)?),
            Genre::InseeFam6 => self.comptes.push(Comptes::lire_insee_fam6(tableau, ingestion, bilan)?),
            Genre::TauxPublies => self.publications.push(TauxPublies::lire(tableau, ingestion, bilan)),
            Genre::Activite => self.declarations.push(Declarations::lire(tableau, ingestion, bilan)?),
            Genre::Questionnaire => self.reponses.push(match questionnaire {
                Some(questionnaire) => Reponses::lire_declare(tableau, questionnaire, ingestion, bilan)?,
                None => Reponses::lire(tableau, ingestion, bilan)?,
            }),
            Genre::Services => self.services.push(Services::lire(tableau, ingestion, bilan)?),
            Genre::Trajets => self.trajets.push(Trajets::lire(tableau, ingestion, bilan)?),
            Genre::Composition | Genre::CogCommunes | Genre::CogMouvements | Genre::Contours => {}
        }
        Ok(())
    }
}

impl Lecteur<'_> {
    pub(super) fn lire(&self) -> Result<Lues, ErreurLancement> {
        self.suivi.etape("lecture", self.declaration.sources.len());
        let mut bilans = Bilans::default();
        let cog = self.cog(&mut bilans);
        let perimetre = self.perimetre(cog.as_ref(), &mut bilans)?;
        let rapprocheur = Rapprocheur::new(&perimetre, cog.as_ref(), &self.declaration.correspondances);
        let mut parties = Parties::default();
        let empreintes = self.empreintes();
        let doubles = self.doubles(&empreintes);
        let recettes = self.recettes(&empreintes, &perimetre);
        let conserves = self.historique.fichiers();
        let lire = |source: &SourceDeclaree, geographie: &Geographie| {
            let mut siennes = Parties::default();
            let lisible = source.genre.a_une_disposition();
            let bilan = lisible.then(|| match doubles.get(source.id.as_str()) {
                Some(premiere) if premiere.dit_la_meme_chose(source) => {
                    Ok(self.bilan_d_un_double(source, premiere))
                }
                _ if let Some(bilan) = self.bilan_d_un_oubli(source, &empreintes, &conserves) => Ok(bilan),
                premiere => {
                    let lire = |siennes: &mut Parties| self.source(source, &rapprocheur, geographie, siennes);
                    let bilan = self.une_fois(source, recettes.get(source.id.as_str()), &mut siennes, lire);
                    bilan.map(|bilan| dire_l_autre_date(bilan, source, premiere.copied()))
                }
            });
            self.suivi.avancer(&source.id);
            bilan.transpose().map(|bilan| (bilan, siennes))
        };
        // Contours are prepared beside the sources that are not placed on them.
        let (placees, autres): (Vec<_>, Vec<_>) =
            self.declaration.sources.iter().partition(|source| source.genre == Genre::Structures);
        let sans_carte = Geographie::default();
        let (lues, (geographie, carte)) = ensemble(
            || en_parallele(&autres, |source| lire(source, &sans_carte)),
            || self.geographie(&perimetre, cog.as_ref()),
        );
        bilans.0.extend(carte);
        let placees_lues = en_parallele(&placees, |source| lire(source, &geographie));
        let mut lues: BTreeMap<&str, _> = autres.iter().map(|s| s.id.as_str()).zip(lues).collect();
        lues.extend(placees.iter().map(|s| s.id.as_str()).zip(placees_lues));
        for source in &self.declaration.sources {
            let Some(lue) = lues.remove(source.id.as_str()) else { continue };
            let (bilan, siennes) = lue?;
            bilans.0.extend(bilan);
            parties.joindre(siennes);
        }
        let publications = std::mem::take(&mut parties.publications);
        parties.taux.extend(taux_publies(publications, &perimetre, &mut bilans)?);
        parties.departager(&mut bilans)?;
        dire(Trajets::sans_retour(&parties.trajets)?.into_iter(), &mut bilans);
        dire(silences::taire_les_structures(&mut parties.structures, &perimetre)?.into_iter(), &mut bilans);
        let (entrees, mut sources) = (empreintes, self.citations(&bilans));
        let annee = self.declaration.observation.date.year();
        self.borner_a_ce_qui_est_lu(&mut parties, &mut bilans)?;
        self.dire_les_retards(&parties, &mut bilans)?;
        let relues = relues(&entrees, &bilans);
        let reprises =
            self.historique.completer(annee, &parties, &relues, cog.as_ref(), &mut bilans, &mut sources)?;
        dire(parties.laisser_la_place_a(&reprises)?.into_iter(), &mut bilans);
        let autres = Autres::de(&parties, &reprises)?;
        let mut listes = [&parties.listes[..], &reprises.listes].concat();
        let confirmes = self.declaration.sources.iter().map(|s| (s.id.as_str(), &s.personne_dans));
        let comptes = Comptes::reunir(&[&parties.comptes[..], &reprises.comptes].concat())?;
        let silences = Silences::new(&perimetre, &rapprocheur, confirmes, &comptes)?;
        dire(silences.appliquer(&mut listes)?.into_iter(), &mut bilans);
        let structures = [&parties.structures[..], &reprises.structures].concat();
        let assistants_maternels = non_vide(listes, AssistantsMaternels::reunir)?;
        let du_suivi =
            |am: &AssistantsMaternels| [am.listes_incomparables(), am.personnes_corrigees()].concat();
        dire(assistants_maternels.iter().flat_map(du_suivi), &mut bilans);
        let structures = non_vide(structures, |p| Structures::reunir(&p))?;
        if let Some((am, structures)) = assistants_maternels.as_ref().zip(structures.as_ref()) {
            dire(structures.familiales_non_dites(am)?.into_iter(), &mut bilans);
        }
        Ok(Lues {
            cog,
            perimetre,
            geographie,
            carte: Geographie::default(),
            assistants_maternels,
            structures,
            comptes,
            autres,
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
            let chemin = match &source.jeu {
                Some(jeu) => self.cache.chemin_du_jeu(jeu),
                None => self.cache.chemin(source.genre, self.declaration.territoire.identifiant()),
            };
            let nom = chemin.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return (chemin, format!("cache/{nom}"));
        };
        // Messages name the file from the folder that the person works in, above « pipelines ».
        let nom = fichier.strip_prefix("..").unwrap_or(fichier);
        (self.declaration.chemin_de(fichier), nom.display().to_string())
    }

    fn premiere(&self, genre: Genre) -> Option<(&SourceDeclaree, PathBuf, String)> {
        let source = self.declaration.sources_de(genre).next()?;
        let (chemin, nom) = self.chemin(source);
        Some((source, chemin, nom))
    }

    fn source(
        &self,
        source: &SourceDeclaree,
        rapprocheur: &Rapprocheur,
        geographie: &Geographie,
        parties: &mut Parties,
    ) -> Result<Bilan, ErreurLancement> {
        let (chemin, nom) = self.chemin(source);
        let mut bilan = Bilan::new(&source.id, &nom);
        let lus = tableaux(source, &chemin, &nom, rapprocheur)
            .and_then(|lus| Ok((lus, self.questionnaire(source)?)));
        let (tableaux, questionnaire) = match lus {
            Ok(lus) => lus,
            Err(probleme) => {
                bilan.noter(self.nommer(probleme, source, &nom));
                return Ok(bilan);
            }
        };
        for tableau in &tableaux {
            bilan.lignes += tableau.total;
            tableau.ecartees.iter().cloned().for_each(|p| bilan.noter(p));
            tableau.doutes.iter().cloned().for_each(|p| bilan.noter(p));
            dire_les_autres_feuilles(tableau, &mut bilan);
            let Some(date) = self.date_de(source, tableau, &nom, &mut bilan) else { return Ok(bilan) };
            self.dire_la_date(source, &mut bilan);
            dire_une_autre_annee(source, tableau, &chemin, &mut bilan);
            let ingestion =
                Ingestion { source: &source.id, date, rapprocheur, pseudonymes: self.pseudonymes };
            let questionnaire = questionnaire.as_ref();
            let feuille_nommee = source.feuille.is_some();
            let refus = refus_par_le_titre(source.genre, tableau, feuille_nommee);
            let refus = refus.or_else(|| refus_d_une_annee(source.genre, tableau, date, feuille_nommee));
            if let Some(refus) = refus {
                bilan.rejetees += u32::try_from(tableau.hauteur()).unwrap_or(u32::MAX);
                bilan.noter(refus);
                continue;
            }
            let choisi = match de_l_annee(source.genre, tableau, date.year(), &mut bilan) {
                Ok(choisi) => choisi,
                Err(probleme) => {
                    bilan.rejetees += u32::try_from(tableau.hauteur()).unwrap_or(u32::MAX);
                    bilan.noter(probleme);
                    continue;
                }
            };
            let tableau = choisi.as_ref().unwrap_or(tableau);
            let avec_places = places_a_lire(source.genre, tableau, date.year(), &mut bilan);
            let tableau = avec_places.as_ref().unwrap_or(tableau);
            let fermetures = source.genre == Genre::Structures && !source.colonnes.contains_key("fermeture");
            let sans_fin = if fermetures { sans_fin_de_convention(tableau, &mut bilan) } else { None };
            let tableau = sans_fin.as_ref().unwrap_or(tableau);
            let acheve = sans_l_annee_inachevee(source.genre, tableau, date.year(), &mut bilan);
            let tableau = acheve.as_ref().unwrap_or(tableau);
            parties.lire(source.genre, tableau, &ingestion, geographie, questionnaire, &mut bilan)?;
            dire_les_colonnes_non_employees(source.genre, tableau, &mut bilan);
        }
        Ok(bilan)
    }

    /// What reading each source that is kept depends on; none if its file is not there.
    fn recettes<'e>(
        &self,
        empreintes: &'e [Empreinte],
        perimetre: &Perimetre,
    ) -> BTreeMap<&str, (Recette, &'e Empreinte)> {
        let declaration = self.declaration;
        let empreinte = |source: &SourceDeclaree| {
            let nom = self.chemin(source).1;
            empreintes.iter().find(|e| e.fichier == nom)
        };
        // Names are matched to communes of today and of yesterday, and people to pseudonyms, whatever the file.
        let cog = [Genre::CogCommunes, Genre::CogMouvements]
            .map(|genre| declaration.sources_de(genre).next().map(|source| (source.date, empreinte(source))));
        let observation = declaration.observation.date;
        let rapprochement = (perimetre, cog, &declaration.correspondances);
        let commune = Lectures::recette().donnees(&(rapprochement, observation, self.pseudonymes.marque()));
        let Ok(commune) = commune else { return BTreeMap::new() };
        let sources = declaration.sources.iter().filter(|source| Lectures::gardent(source.genre));
        let recette = |source: &SourceDeclaree| {
            let SourceDeclaree {
                id,
                genre,
                fichier,
                jeu,
                date,
                feuille,
                feuilles: _,
                parties,
                libelle: _,
                personne_dans: _,
                questionnaire,
                colonnes,
            } = source;
            let declaree = (id, genre, fichier, jeu, date, (feuille, parties), questionnaire, colonnes);
            let empreinte = empreinte(source)?;
            Some((commune.clone().donnees(&(declaree, empreinte)).ok()?, empreinte))
        };
        sources.filter_map(|source| Some((source.id.as_str(), recette(source)?))).collect()
    }

    /// The problem of a file, under the name that the pipeline gives to it; of one that is not there, where it may be.
    fn nommer(&self, mut probleme: Probleme, source: &SourceDeclaree, nom: &str) -> Probleme {
        if probleme.motif == Motif::FichierAbsent {
            let dossier = self.declaration.chemin.parent().unwrap_or(Path::new("."));
            match &source.fichier {
                None => probleme = Probleme::new(Motif::DonneePubliqueAbsente, Lieu::fichier(nom), ""),
                Some(fichier) => {
                    let propose = absents::proposer(dossier, fichier);
                    let propose = propose.map(|p| format!(" ; à écrire si c’est lui : fichier = \"{p}\""));
                    probleme.detail = ["rien n’est à cet endroit", &propose.unwrap_or_default()].concat();
                }
            }
        }
        // What declares a questionnaire is another file than its answers.
        if probleme.motif != Motif::QuestionnaireIllisible {
            nom.clone_into(&mut probleme.lieu.fichier);
        }
        probleme
    }

    /// What was read of a source by an earlier run, or what is read of it now.
    fn une_fois(
        &self,
        source: &SourceDeclaree,
        recette: Option<&(Recette, &Empreinte)>,
        parties: &mut Parties,
        lire: impl FnOnce(&mut Parties) -> Result<Bilan, ErreurLancement>,
    ) -> Result<Bilan, ErreurLancement> {
        let Some((recette, avant)) = recette else { return lire(parties) };
        if let Some((bilan, lues)) = self.lectures.prendre(recette) {
            *parties = lues;
            return Ok(bilan);
        }
        let (chemin, nom) = self.chemin(source);
        let bilan = lire(parties)?;
        // A file that was saved meanwhile would be kept under the fingerprint of the one before.
        if empreinte(&chemin, &nom).is_ok_and(|apres| apres == **avant) {
            self.lectures.garder(recette.clone(), &bilan, parties);
        }
        Ok(bilan)
    }

    /// What declares the questions of a source, if it is a questionnaire and something does.
    #[allow(clippy::result_large_err)]
    fn questionnaire(&self, source: &SourceDeclaree) -> Result<Option<Questionnaire>, Probleme> {
        let dossier = self.declaration.chemin.parent().unwrap_or(Path::new("."));
        if source.genre == Genre::Questionnaire { questionnaire::declare(dossier, source) } else { Ok(None) }
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
        let sans_annee = matches!(
            source.genre,
            Genre::Structures | Genre::Questionnaire | Genre::Services | Genre::Trajets
        );
        let facultative = sans_annee || dit_ses_annees(source.genre, tableau);
        let date = source.date.or_else(|| facultative.then_some(self.declaration.observation.date));
        if date.is_none() {
            bilan.lignes = 0;
            (bilan.rejetees, bilan.mises_de_cote) = (0, 0);
            bilan.problemes.clear();
            bilan.noter(Probleme::new(Motif::DateAbsente, Lieu::fichier(nom), ""));
        }
        date
    }

    /// A list, a census or counts of a day after that of the report: a year was mistaken for another.
    fn dire_la_date(&self, source: &SourceDeclaree, bilan: &mut Bilan) {
        let observation = self.declaration.observation.date;
        let datee = matches!(source.genre, Genre::Pmi | Genre::Structures | Genre::Imaje);
        if let Some(date) = source.date.filter(|date| datee && *date > observation) {
            let jour = |date: NaiveDate| date.format("%d/%m/%Y").to_string();
            let detail = format!("les données sont du {}, le rapport du {}", jour(date), jour(observation));
            bilan.noter(Probleme::new(Motif::SourcePosterieure, Lieu::fichier(&bilan.fichier), detail));
        }
    }

    fn empreintes(&self) -> Vec<Empreinte> {
        let sources = self.declaration.sources.iter().map(|s| self.chemin(s));
        // A file that is not there has been told of already.
        sources.filter_map(|(chemin, nom)| empreinte(&chemin, &nom).ok()).collect()
    }

    fn citations(&self, bilans: &Bilans) -> BTreeMap<String, SourceCitee> {
        let citer = |source: &SourceDeclaree| {
            let (libelle, periode) = libelle(source);
            let fichier = self.chemin(source).1;
            let bilan = bilans.0.iter().find(|b| b.source == source.id);
            let non_comptees = bilan.map_or(0, Bilan::non_comptees);
            (source.id.clone(), SourceCitee { libelle, fichier, date: source.date, periode, non_comptees })
        };
        self.declaration.sources.iter().map(citer).collect()
    }
}

/// The files that were read, by their SHA-256; not those that are a part of what was to be read.
fn relues<'e>(entrees: &'e [Empreinte], bilans: &Bilans) -> BTreeSet<&'e str> {
    let entier = |bilan: &&Bilan| {
        !bilan.est_perdu() && bilan.problemes.iter().all(|p| p.motif != Motif::RecueilIncomplet)
    };
    let lus: BTreeSet<&str> = bilans.0.iter().filter(entier).map(|bilan| bilan.fichier.as_str()).collect();
    entrees.iter().filter(|e| lus.contains(e.fichier.as_str())).map(|e| e.sha256.as_str()).collect()
}

impl Lues {
    /// The files that were read, by their SHA-256.
    pub(super) fn relues(&self) -> BTreeSet<&str> {
        relues(&self.entrees, &self.bilans)
    }

    /// The SHA-256 of the file of a source.
    pub(super) fn sha256(&self, source: &SourceCitee) -> Option<&str> {
        self.entrees.iter().find(|e| e.fichier == source.fichier).map(|e| e.sha256.as_str())
    }
}

/// How pages cite a source: the name that the pipeline gives to it, or that of its kind, and how its
/// date is said. A census is dated by its day, the births by the years of their columns.
fn libelle(source: &SourceDeclaree) -> (String, Periode) {
    let libelle = source.libelle.clone().unwrap_or_else(|| source.genre.libelle().to_owned());
    let periode = match source.genre {
        Genre::Pmi => Periode::Liste,
        Genre::Imaje | Genre::CafIris => Periode::Annee,
        Genre::Structures | Genre::Services => Periode::Jour,
        Genre::Composition
        | Genre::CogCommunes
        | Genre::CogMouvements
        | Genre::Contours
        | Genre::Naissances
        | Genre::TauxPublies
        | Genre::InseeAges
        | Genre::InseeFam6
        | Genre::Activite
        | Genre::Questionnaire
        | Genre::Trajets => Periode::Aucune,
    };
    (libelle, periode)
}

/// Tells each problem of a whole file to the source that it is of.
fn dire(problemes: impl Iterator<Item = (String, Probleme)>, bilans: &mut Bilans) {
    for (source, mut probleme) in problemes {
        if let Some(bilan) = bilans.0.iter_mut().find(|b| b.source == source) {
            probleme.lieu = Lieu::fichier(&bilan.fichier);
            bilan.noter(probleme);
        }
    }
}

/// The published rates, and what the files do not agree on, told under the source that was not kept.
fn taux_publies(
    publications: Vec<Publication>,
    perimetre: &Perimetre,
    bilans: &mut Bilans,
) -> PolarsResult<Option<TauxPublies>> {
    if publications.is_empty() {
        return Ok(None);
    }
    let (taux, contradictions) = TauxPublies::reunir(publications, perimetre)?;
    for (source, probleme) in contradictions {
        if let Some(bilan) = bilans.0.iter_mut().find(|b| b.source == source) {
            bilan.noter(probleme);
        }
    }
    Ok(Some(taux))
}

fn non_vide<T, U>(
    parties: Vec<T>,
    reunir: impl FnOnce(Vec<T>) -> PolarsResult<U>,
) -> PolarsResult<Option<U>> {
    if parties.is_empty() { Ok(None) } else { reunir(parties).map(Some) }
}
