//! One study: read and compute as a run does, disclose for the audience, then measure the project and write it
//! where the next run leaves it: `<rapports>/<pipeline>/etudes/<commune>-<type>-<places>/`.

use super::historique::Historique;
use super::lancement::{Calcul, calculer};
use super::lecture::Lues;
use super::publication::Chantier;
use super::publications::Publications;
use super::{Declaration, ErreurLancement, Options, Suivi};
use crate::deliverables::{self, Avancement, Contexte, look};
use crate::disclosure::{Audience, divulguer};
use crate::etude::{self, Donnees, ErreurEtude, Projet, ProjetConnu, TypeProjet};
use crate::indicators::TableIndicateurs;
use crate::quality::Bilan;
use crate::reprises::Reprises;
use crate::sources::valeurs::{Financement, replier};
use crate::territory::CodeCommune;
use crate::territory::rapprochement::{Methode, Rapprochement, Rapprocheur};
use chrono::Datelike;
use geo::{Contains, Distance, Haversine, Point};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Farthest that an address may be from the reference point of its commune.
const KM_DE_LA_COMMUNE: f64 = 25.0;
/// Years back of the projects that a study tells.
const ANS_DES_PROJETS: i32 = 2;
/// Names proposed when a commune is not known.
const PROPOSEES: usize = 3;

/// What is asked, as a person writes it.
#[derive(Debug, Clone)]
pub struct DemandeEtude {
    /// Name or code of the commune; none to rank the communes only.
    pub commune: Option<String>,
    /// What would open.
    pub genre: TypeProjet,
    /// How many places.
    pub places: u32,
    /// How it would be paid.
    pub financement: Option<Financement>,
    /// Latitude and longitude.
    pub adresse: Option<(f64, f64)>,
    /// Year of opening.
    pub ouverture: Option<i32>,
    /// Other places or sizes to set beside.
    pub comparer: Vec<Autre>,
    /// How many communes to rank; 0 for none.
    pub implantations: usize,
    /// Who will read.
    pub audience: Audience,
}

/// Years after that of the report in which a project may open: those of the projections.
const ANS_A_VENIR: i32 = 10;

/// Another project to set beside; what is left out is that of the study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Autre {
    /// Name or code of the commune.
    pub commune: String,
    /// How many places.
    pub places: Option<u32>,
    /// What would open.
    pub genre: Option<TypeProjet>,
}

/// What a study gave.
#[derive(Debug)]
pub struct CompteRenduEtude {
    /// The project in a few words.
    pub titre: String,
    /// Where the files are.
    pub dossier: PathBuf,
    /// The files, relative to the folder.
    pub fichiers: Vec<PathBuf>,
    /// The study in a few sentences.
    pub en_bref: Vec<String>,
    /// The communes where the same places would serve best, if it was asked for: name, useful places.
    pub implantations: Vec<(String, f64)>,
    /// What the person should know: names mended, sources lost, an address outside.
    pub avis: Vec<String>,
    /// True if its figures lack something that a file holds, or should: see [`Bilan::a_des_lacunes`].
    pub a_des_lacunes: bool,
}

/// A study that could not be made. An older one is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ErreurDEtude {
    /// The run itself fails.
    #[error(transparent)]
    Lancement(#[from] ErreurLancement),
    /// The study cannot be made.
    #[error(transparent)]
    Etude(#[from] ErreurEtude),
    /// The study cannot be made, perhaps for want of a source that was lost.
    #[error("{cause}. Sources du pipeline qui n’ont pas été lues : {perdues}")]
    SourcesPerdues {
        /// Why the study cannot be made.
        cause: ErreurEtude,
        /// The sources.
        perdues: String,
    },
    /// Neither a commune nor a ranking.
    #[error(
        "dans quelle commune ? Ajoutez « --commune » et son nom, ou « --meilleures-implantations 5 » pour classer les communes"
    )]
    SansCommune,
    /// A comparison without what to compare with.
    #[error("« --comparer » compare avec un projet : ajoutez « --commune » et son nom")]
    ComparerSansCommune,
    /// No such commune.
    #[error(
        "« {demande} » n’est pas une commune du territoire ({territoire}){}. Communes : {communes}",
        proposer(proches)
    )]
    CommuneInconnue {
        /// What was asked for.
        demande: String,
        /// Name of the territory.
        territoire: String,
        /// Names that are near.
        proches: Vec<String>,
        /// Names of its communes.
        communes: String,
    },
    /// An opening before the report, or so far ahead that nothing is known of it.
    #[error(
        "une ouverture en {ouverture} : une année de {annee} (celle du rapport) à {derniere} est attendue après « --ouverture »"
    )]
    Ouverture {
        /// What was asked for.
        ouverture: i32,
        /// Year of the report.
        annee: i32,
        /// The last year that a study speaks of.
        derniere: i32,
    },
    /// The address is not in the commune.
    #[error(
        "l’adresse donnée est à {} km de la commune ({commune}). Écrivez la latitude d’abord, puis la longitude, en degrés avec un point : --adresse 46.75,-1.62",
        look::nombre(*kilometres, 0)
    )]
    AdresseLoin {
        /// Name of the commune.
        commune: String,
        /// How far.
        kilometres: f64,
    },
}

fn proposer(proches: &[String]) -> String {
    if proches.is_empty() { String::new() } else { format!(" (cherchiez-vous {} ?)", proches.join(", ")) }
}

/// Makes a study and puts it in place.
///
/// # Errors
/// If the run cannot read or compute, if the commune is not known, if the rules of its type do not allow the
/// project, or if a file cannot be written.
pub fn etudier(
    chemin: &Path,
    demande: &DemandeEtude,
    options: &Options,
    suivi: &dyn Suivi,
) -> Result<CompteRenduEtude, ErreurDEtude> {
    refuser_d_abord(demande)?;
    let declaration = Declaration::lire(chemin).map_err(ErreurLancement::from)?;
    let annee = declaration.observation.date.year();
    if let Some(ouverture) = demande.ouverture.filter(|o| !(annee..=annee + ANS_A_VENIR).contains(o)) {
        return Err(ErreurDEtude::Ouverture { ouverture, annee, derniere: annee + ANS_A_VENIR });
    }
    let historique = Historique::new(&options.donnees, &declaration.nom());
    let Calcul { lues, table, .. } = calculer(&declaration, options, &historique, suivi)?;
    let autres = match demande.audience {
        Audience::Interne => Vec::new(),
        Audience::Elus | Audience::Public => {
            let publications = Publications::dans(&options.donnees, &declaration.nom());
            publications.autres(annee).map_err(ErreurLancement::from)?
        }
    };
    let communes = Communes::new(&lues, &declaration);
    let mut avis = lacunes(&lues);
    let projets = communes.projets(demande, &mut avis)?;
    suivi.etape("étude", 2);
    let reprises = Reprises::en_memoire();
    let disclosed = divulguer(&table, demande.audience, &autres, &reprises);
    suivi.avancer("secret des petits nombres");
    let apparence = declaration.apparence.lire(&declaration.chemin).map_err(ErreurLancement::from)?;
    let vide = BTreeMap::new();
    let contexte = Contexte {
        table: &disclosed.table,
        geographie: &lues.carte,
        territoire: &lues.perimetre.nom,
        code_territoire: &lues.perimetre.code,
        annee: declaration.observation.date.year(),
        sources: &lues.sources,
        projets: &[],
        modele: None,
        date: declaration.observation.date,
        audience: demande.audience,
        parametres: &declaration.parametres,
        variantes: &[],
        apparence: &apparence,
        services: None,
        contradictions: &[],
        manques: &[],
        questionnaires: &vide,
        reprises: &reprises,
        avancement: Avancement::default(),
    };
    let donnees = donnees(&lues, &disclosed.table, &declaration);
    let dossier = options.rapports.join(declaration.nom()).join("etudes").join(nom_du_dossier(
        demande,
        &lues,
        projets.first(),
    ));
    let redacteur = Redacteur { contexte: &contexte, lues: &lues, donnees, demande, dossier };
    let issue = match projets.split_first() {
        Some((projet, autres)) => redacteur.etudier(projet, autres, communes.connus(&declaration)),
        None => redacteur.classer(),
    };
    let mut compte_rendu = issue.map_err(|erreur| nommer_les_sources_perdues(erreur, &lues))?;
    suivi.avancer("pages");
    compte_rendu.a_des_lacunes = lues.bilans.0.iter().any(Bilan::a_des_lacunes);
    compte_rendu.avis = avis;
    Ok(compte_rendu)
}

/// What the rules refuse is refused before anything is read.
fn refuser_d_abord(demande: &DemandeEtude) -> Result<(), ErreurDEtude> {
    match (&demande.commune, demande.implantations, demande.comparer.is_empty()) {
        (None, _, false) => return Err(ErreurDEtude::ComparerSansCommune),
        (None, 0, true) => return Err(ErreurDEtude::SansCommune),
        _ => {}
    }
    // The rules do not look at the commune.
    if let Ok(commune) = "01001".parse() {
        let projets = std::iter::once((demande.genre, demande.places)).chain(
            demande
                .comparer
                .iter()
                .map(|a| (a.genre.unwrap_or(demande.genre), a.places.unwrap_or(demande.places))),
        );
        for (genre, places) in projets {
            let financement = demande.financement.filter(|_| genre == demande.genre);
            let projet = Projet { commune, genre, places, financement, adresse: None, ouverture: None };
            etude::controler(&projet).map_err(ErreurEtude::from)?;
        }
    }
    Ok(())
}

/// What lacks may be in a source that was lost.
fn nommer_les_sources_perdues(erreur: ErreurDEtude, lues: &Lues) -> ErreurDEtude {
    let perdues: Vec<&str> =
        lues.bilans.0.iter().filter(|b| b.est_perdu()).map(|b| b.source.as_str()).collect();
    match erreur {
        ErreurDEtude::Etude(cause @ (ErreurEtude::SansEnfants { .. } | ErreurEtude::SansLieu { .. }))
            if !perdues.is_empty() =>
        {
            ErreurDEtude::SourcesPerdues { cause, perdues: perdues.join(", ") }
        }
        autre => autre,
    }
}

/// What the figures of the study lack: sources that were lost, rows that are counted nowhere.
fn lacunes(lues: &Lues) -> Vec<String> {
    let (perdues, autres): (Vec<&Bilan>, Vec<&Bilan>) = lues.bilans.0.iter().partition(|b| b.est_perdu());
    let mut avis: Vec<String> = perdues
        .iter()
        .map(|b| {
            format!("La source « {} » n’a pas été lue ({}) : l’étude se fait sans elle.", b.source, b.fichier)
        })
        .collect();
    let incompletes: Vec<&Bilan> = autres.into_iter().filter(|b| b.a_des_lacunes()).collect();
    if !incompletes.is_empty() {
        let lignes: u32 = incompletes.iter().map(|b| b.non_comptees()).sum();
        let sources: Vec<&str> = incompletes.iter().map(|b| b.source.as_str()).collect();
        let quoi = match lignes {
            0 => "Des chiffres de ces sources manquent".to_owned(),
            _ => format!(
                "{} {} dans ces sources",
                look::compter(f64::from(lignes), "ligne", "lignes"),
                if lignes == 1 { "n’est pas comptée" } else { "ne sont pas comptées" }
            ),
        };
        avis.push(format!(
            "{quoi} : {}. « observatoire verifier » dit lesquelles, et ce qu’il faut corriger.",
            sources.join(", ")
        ));
    }
    avis
}

fn donnees<'a>(lues: &'a Lues, table: &'a TableIndicateurs, declaration: &'a Declaration) -> Donnees<'a> {
    Donnees {
        table,
        perimetre: &lues.perimetre,
        geographie: &lues.geographie,
        trajets: lues.autres.trajets.as_ref(),
        parametres: &declaration.parametres,
        date: declaration.observation.date,
    }
}

/// `oux-micro-creche-12`, with what else tells one project from another, and the audience unless it is the public.
fn nom_du_dossier(demande: &DemandeEtude, lues: &Lues, projet: Option<&Projet>) -> String {
    let commune =
        projet.and_then(|p| lues.perimetre.membre(p.commune)).map_or("implantations", |m| m.nom.as_str());
    let public = demande.audience == Audience::Public;
    let audience = if public { String::new() } else { format!("-{}", demande.audience.dossier()) };
    let financement = demande.financement.map(|f| format!("-{}", f.code()));
    let ouverture = demande.ouverture.map(|annee| format!("-{annee}"));
    let adresse = demande.adresse.map(|(latitude, longitude)| format!("-{latitude:.4}_{longitude:.4}"));
    let precise: String = [financement, ouverture, adresse].into_iter().flatten().collect();
    let commune = replier(commune).replace(' ', "-");
    format!("{commune}-{}-{}{precise}{audience}", demande.genre.mot(), demande.places)
}

/// The communes of the territory, by the names that people write.
struct Communes<'a> {
    lues: &'a Lues,
    rapprocheur: Rapprocheur<'a>,
}

impl<'a> Communes<'a> {
    fn new(lues: &'a Lues, declaration: &Declaration) -> Self {
        Self {
            lues,
            rapprocheur: Rapprocheur::new(&lues.perimetre, lues.cog.as_ref(), &declaration.correspondances),
        }
    }

    fn rapprocher(&self, texte: &str) -> Rapprochement {
        let est_un_code = texte.chars().any(|c| c.is_ascii_digit());
        let (nom, code) = if est_un_code { (None, Some(texte)) } else { (Some(texte), None) };
        self.rapprocheur.rapprocher(nom, code)
    }

    fn nom(&self, code: CodeCommune) -> &str {
        self.lues.perimetre.membre(code).map_or("", |m| m.nom.as_str())
    }

    fn trouver(&self, demande: &str, avis: &mut Vec<String>) -> Result<CodeCommune, ErreurDEtude> {
        let proches = match self.rapprocher(demande) {
            Rapprochement::Certain { code, methode } => {
                if matches!(methode, Methode::Proche | Methode::AncienNom | Methode::AncienCode) {
                    avis.push(format!("« {demande} » : c’est {} qui est étudiée.", self.nom(code)));
                }
                return Ok(code);
            }
            Rapprochement::Douteux { candidats } => {
                // One of elsewhere would be proposed in vain.
                let membres = candidats.into_iter().filter(|(code, _)| !self.nom(*code).is_empty());
                membres.map(|(_, nom)| nom).collect()
            }
            _ => self.ressemblantes(demande),
        };
        let membres = self.lues.perimetre.membres().iter();
        Err(ErreurDEtude::CommuneInconnue {
            demande: demande.to_owned(),
            territoire: self.lues.perimetre.nom.clone(),
            proches,
            communes: membres.map(|m| m.nom.as_str()).collect::<Vec<_>>().join(", "),
        })
    }

    fn ressemblantes(&self, demande: &str) -> Vec<String> {
        let cle = crate::territory::normaliser(demande);
        let membres = self.lues.perimetre.membres().iter();
        let mut notes: Vec<(f64, &str)> = membres
            .map(|m| (strsim::jaro_winkler(&crate::territory::normaliser(&m.nom), &cle), m.nom.as_str()))
            .filter(|(note, _)| *note > 0.75)
            .collect();
        notes.sort_by(|a, b| b.0.total_cmp(&a.0));
        notes.into_iter().take(PROPOSEES).map(|(_, nom)| nom.to_owned()).collect()
    }

    /// The project of the study, then those to set beside.
    fn projets(&self, demande: &DemandeEtude, avis: &mut Vec<String>) -> Result<Vec<Projet>, ErreurDEtude> {
        let Some(commune) = &demande.commune else { return Ok(Vec::new()) };
        let commune = self.trouver(commune, avis)?;
        let adresse = demande.adresse.map(|(latitude, longitude)| Point::new(longitude, latitude));
        if let Some(adresse) = adresse {
            avis.extend(self.verifier_l_adresse(commune, adresse)?);
        }
        let (genre, places, ouverture) = (demande.genre, demande.places, demande.ouverture);
        let premier = Projet { commune, genre, places, financement: demande.financement, adresse, ouverture };
        let mut projets = vec![premier];
        for autre in &demande.comparer {
            let genre = autre.genre.unwrap_or(demande.genre);
            projets.push(Projet {
                commune: self.trouver(&autre.commune, avis)?,
                genre,
                places: autre.places.unwrap_or(demande.places),
                financement: demande.financement.filter(|_| genre == demande.genre),
                adresse: None,
                ouverture,
            });
        }
        Ok(projets)
    }

    /// Refuses an address that is far away; tells of one that is not inside the contour.
    fn verifier_l_adresse(
        &self,
        commune: CodeCommune,
        adresse: Point<f64>,
    ) -> Result<Option<String>, ErreurDEtude> {
        let Some(geo) = self.lues.geographie.commune(commune) else { return Ok(None) };
        let kilometres = Haversine.distance(adresse, geo.centre) / 1000.0;
        if kilometres <= KM_DE_LA_COMMUNE {
            let dehors = !geo.contour.0.is_empty() && !geo.contour.contains(&adresse);
            let avis = format!(
                "L’adresse donnée n’est pas dans le contour de la commune ({}) : vérifiez la latitude et la longitude. Ses places y sont comptées quand même.",
                geo.nom
            );
            return Ok(dehors.then_some(avis));
        }
        Err(ErreurDEtude::AdresseLoin { commune: geo.nom.clone(), kilometres })
    }

    /// The projects that the pipeline declares, of the last years.
    fn connus(&self, declaration: &Declaration) -> Vec<ProjetConnu> {
        let depuis = declaration.observation.date.year() - ANS_DES_PROJETS;
        let recents = declaration.projets.iter().filter(|p| p.annee >= depuis);
        recents
            .map(|projet| ProjetConnu {
                annee: projet.annee,
                genre: projet.genre.clone(),
                lieu: projet.territoire.clone(),
                commune: match self.rapprocher(&projet.territoire) {
                    Rapprochement::Certain { code, .. } => Some(code),
                    _ => None,
                },
                places: projet.places,
                pertinence: projet.pertinence.clone(),
                suite: projet.suite,
            })
            .collect()
    }
}

/// Measures, writes, puts in place.
struct Redacteur<'a> {
    contexte: &'a Contexte<'a>,
    lues: &'a Lues,
    donnees: Donnees<'a>,
    demande: &'a DemandeEtude,
    dossier: PathBuf,
}

impl Redacteur<'_> {
    fn etudier(
        &self,
        projet: &Projet,
        autres: &[Projet],
        connus: Vec<ProjetConnu>,
    ) -> Result<CompteRenduEtude, ErreurDEtude> {
        let demande = etude::Demande {
            projet: projet.clone(),
            connus,
            comparer: autres.to_vec(),
            implantations: self.demande.implantations,
        };
        let etude = etude::etudier(self.donnees, self.lues.structures.as_ref(), &demande)?;
        let chantier = Chantier::ouvrir(&self.dossier).map_err(ErreurLancement::from)?;
        let fichiers = deliverables::etude::ecrire(self.contexte, &etude, chantier.dossier())
            .map_err(ErreurLancement::from)?;
        let dossier = chantier.publier().map_err(ErreurLancement::from)?;
        let nom = |rang: usize| etude.terrain.communes[rang].nom.clone();
        Ok(CompteRenduEtude {
            titre: format!("{}, {}", nom(etude.evaluation.rang), deliverables::etude::nom_du_projet(projet)),
            dossier,
            fichiers,
            en_bref: deliverables::etude::en_bref(&etude),
            implantations: etude.implantations.iter().map(|i| (nom(i.rang), i.utiles)).collect(),
            avis: Vec::new(),
            a_des_lacunes: false,
        })
    }

    fn classer(&self) -> Result<CompteRenduEtude, ErreurDEtude> {
        let demande = self.demande;
        // The rules do not look at the commune.
        let commune =
            self.donnees.perimetre.membres().first().map(|m| m.code).ok_or(ErreurDEtude::SansCommune)?;
        let projet = Projet {
            commune,
            genre: demande.genre,
            places: demande.places,
            financement: demande.financement,
            adresse: None,
            ouverture: demande.ouverture,
        };
        let (terrain, implantations) = etude::implanter(self.donnees, &projet, demande.implantations)?;
        let chantier = Chantier::ouvrir(&self.dossier).map_err(ErreurLancement::from)?;
        let fichiers = deliverables::etude::ecrire_les_implantations(
            self.contexte,
            &terrain,
            &projet,
            &implantations,
            chantier.dossier(),
        )
        .map_err(ErreurLancement::from)?;
        let dossier = chantier.publier().map_err(ErreurLancement::from)?;
        Ok(CompteRenduEtude {
            titre: deliverables::etude::nom_du_projet(&projet),
            dossier,
            fichiers,
            en_bref: Vec::new(),
            implantations: implantations
                .iter()
                .map(|i| (terrain.communes[i.rang].nom.clone(), i.utiles))
                .collect(),
            avis: Vec::new(),
            a_des_lacunes: false,
        })
    }
}
