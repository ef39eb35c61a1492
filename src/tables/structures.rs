//! Structures at a date: EAJE and MAM.

use super::en_jours;
use super::ingestion::{Communes, Titre, communes_des_decalees, titre};
use super::{Departages, Ingestion, Portee, UNE_SUR_VINGT};
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{self, Financement, Gestionnaire, TypeStructure};
use crate::territory::{CodeCommune, CommuneGeo, Geographie, Reperage};
use chrono::NaiveDate;
use geo::Point;
use polars::prelude::*;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

mod arrets;
mod doublons;
mod etats;
mod familiales;
mod places;

pub use etats::sans_fin_de_convention;
pub use places::places_a_lire;

/// One row per structure of a census.
///
/// Columns: `date_observation` (date of the census), `source` (str), `type` (str), `nom` (str), `code`
/// (str), `places` (u32, null if unknown), `financement` (str: `psu`, `paje`, or null), `gestionnaire`
/// (str: `public`, `associatif`, `prive`, or null), `ouverture`, `fermeture` (date, null if unknown or
/// still open), `longitude`, `latitude` (f64, null if unknown), `structure` (u32: rank in the census, which
/// the stops cite). A travelling structure has one row, where it stops most.
#[derive(Debug, Clone)]
pub struct Structures {
    pub(super) trame: DataFrame,
    pub(super) arrets: DataFrame,
    /// Address of each row, as far as a file that was read gives it: what is kept of a census has none.
    pub(super) adresses: Vec<Option<String>>,
    /// What those of a year speak of, where it is not all the communes.
    pub(super) portees: BTreeMap<i32, Portee>,
    /// False if another census of that year could not be read.
    pub(super) complet: bool,
    /// The communes that a row which is counted nowhere is of, or may be of.
    pub(super) perdues: BTreeSet<String>,
    /// By year, those of them where others are counted: they may be too few.
    pub(super) douteuses: BTreeMap<i32, Arc<BTreeSet<String>>>,
}

/// In place of the name of a structure that has none.
const SANS_NOM: &str = "(sans nom)";

struct Structure {
    ligne: u32,
    genre: TypeStructure,
    nom: String,
    code: String,
    /// Where it stands, as the file writes it: it tells two structures of one name from one on two rows.
    adresse: Option<String>,
    places: Option<u32>,
    financement: Option<&'static str>,
    gestionnaire: Option<&'static str>,
    ouverture: Option<NaiveDate>,
    fermeture: Option<NaiveDate>,
    position: Option<(f64, f64)>,
    arret: Option<arrets::Arret>,
}

impl Structures {
    /// Reads a census of structures. Where a row names no commune, its address does, or its position on
    /// the map; where its type is vague or says who runs it, the beginning of its name gives the type. The
    /// stops of one travelling structure become one row, and are told.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire(
        tableau: &Tableau,
        ingestion: &Ingestion<'_>,
        geographie: &Geographie,
        bilan: &mut Bilan,
    ) -> PolarsResult<Self> {
        let mut communes = Communes::new(ingestion.rapprocheur);
        let reperage = LazyCell::new(|| Reperage::new(geographie));
        let reperer = |(x, y): (f64, f64)| reperage.commune(Point::new(x, y));
        let (mut structures, mut ailleurs) = (Vec::with_capacity(tableau.hauteur()), Vec::new());
        let (mut perdues, mut sans_commune) = (BTreeSet::new(), 0);
        let mut sous = Sous::default();
        for rang in 0..tableau.hauteur() {
            let lecture = Ligne { tableau, rang };
            if let Some(texte) = tableau.texte_seul(rang) {
                sous.lire((tableau, rang, texte), ingestion, bilan);
                continue;
            }
            if let Some(titre) = sous.hors {
                let detail = format!("la ligne est sous le titre « {titre} »");
                bilan.noter(Probleme::new(Motif::SousUnAutreTitre, tableau.lieu_ligne(rang), detail));
                continue;
            }
            let ouverte = || {
                let dates = lecture.ouverture_et_fermeture(ingestion.date, &mut Bilan::default());
                dates.is_some_and(|dates| est_ouverte(dates, ingestion.date))
            };
            let Some(type_structure) = lecture.type_structure(sous.genre, bilan) else {
                if lecture.est_peut_etre_un_eaje() && ouverte() {
                    let commune = lecture.commune(
                        None,
                        &|_| None,
                        &mut Communes::new(ingestion.rapprocheur),
                        &mut Bilan::default(),
                    );
                    perdues.extend(commune.map_or_else(|proposees| proposees, |code| vec![code]));
                }
                continue;
            };
            let position = lecture.position(bilan);
            let nom = lecture.texte("nom").unwrap_or(SANS_NOM);
            let dits = bilan.problemes.len();
            let situee = lecture.commune(position, &reperer, &mut communes, bilan);
            let code = match situee {
                Ok(code) => code,
                Err(proposees) => {
                    // What is of elsewhere is told at the end, all together.
                    if bilan.problemes.len() == dits && ouverte() {
                        let arret = lecture.arret(nom, bilan);
                        ailleurs.extend(arret.map(|arret| (arrets::cle(type_structure, nom), arret)));
                    } else if type_structure != TypeStructure::Mam && ouverte() {
                        let vide = |p: &Probleme| p.motif == Motif::CommuneVide;
                        sans_commune += usize::from(bilan.problemes[dits..].iter().any(vide));
                        perdues.extend(proposees);
                    }
                    continue;
                }
            };
            let Some((ouverture, fermeture)) = lecture.ouverture_et_fermeture(ingestion.date, bilan) else {
                continue;
            };
            let comptee =
                type_structure != TypeStructure::Mam && est_ouverte((ouverture, fermeture), ingestion.date);
            if comptee && (sous.titre == Some(Titre::Inconnu) || lecture.etat_inconnu()) {
                perdues.insert(code);
            }
            let places = lecture.places(type_structure, comptee, bilan);
            bilan.lues += 1;
            structures.push(Structure {
                ligne: tableau.lignes.get(rang).copied().unwrap_or_default(),
                genre: type_structure,
                nom: nom.to_owned(),
                code: code.as_str().to_owned(),
                adresse: lecture.texte("adresse").map(valeurs::replier),
                places,
                financement: lecture.financement(bilan),
                gestionnaire: lecture.gestionnaire(bilan),
                ouverture,
                fermeture,
                position,
                arret: lecture.arret(nom, bilan),
            });
        }
        communes.conclure(bilan);
        perdues.extend(communes_des_decalees(tableau, ingestion.rapprocheur).flatten());
        let partout = sans_commune > 0 && sans_commune * UNE_SUR_VINGT as usize >= structures.len();
        let (structures, indecises) = doublons::une_fois(structures, ingestion.date, tableau, bilan);
        let structures = doublons::sans_leurs_sections(structures, tableau, bilan);
        let semblables = doublons::peut_etre_deux_fois(&structures, ingestion.date, tableau, bilan);
        dire_les_mam(&structures, ingestion.date, tableau, bilan);
        let (structures, arrets) = arrets::reunir(structures, ailleurs, ingestion.date, tableau, bilan);
        Ok(Self {
            adresses: structures.iter().map(|s| s.adresse.clone()).collect(),
            trame: trame(&structures, ingestion.source, ingestion.date)?,
            arrets: arrets::trame(&arrets, ingestion.source)?,
            portees: BTreeMap::new(),
            complet: true,
            perdues: perdues
                .iter()
                .map(CodeCommune::to_string)
                .chain(indecises)
                .chain(semblables)
                .chain(partout.then(|| PARTOUT.to_owned()))
                .collect(),
            douteuses: BTreeMap::new(),
        })
    }

    /// Makes the censuses silent on the communes of which they count nothing but hold a row that is counted nowhere, and
    /// says of which they may count too few. Gives the first, by year, with a source that holds them.
    ///
    /// # Errors
    /// Only if a frame lacks a column of the table.
    pub fn taire_les_perdues(
        parties: &mut [Self],
        toutes: &BTreeSet<String>,
    ) -> PolarsResult<Vec<(i32, String, BTreeSet<String>)>> {
        let mut par_annee: BTreeMap<i32, (String, BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
        for partie in parties.iter() {
            let eaje = partie.trame.clone().lazy().filter(col("type").neq(lit(TypeStructure::Mam.code())));
            let eaje = eaje.select([col("code"), col("source")]).collect()?;
            let sources = partie.trame.column("source")?.str()?;
            for annee in partie.annees()? {
                let (source, perdues, nommees) = par_annee.entry(annee).or_default();
                if !partie.perdues.is_empty() {
                    sources.iter().next().flatten().unwrap_or_default().clone_into(source);
                }
                perdues.extend(partie.perdues.iter().cloned());
                nommees.extend(eaje.column("code")?.str()?.iter().flatten().map(str::to_owned));
            }
        }
        let mut tues = Vec::new();
        for (annee, (source, mut perdues, nommees)) in par_annee {
            if perdues.contains(PARTOUT) {
                perdues.extend(toutes.iter().cloned());
            }
            let vides: BTreeSet<String> =
                perdues.difference(&nommees).filter(|code| toutes.contains(*code)).cloned().collect();
            let douteuses = Arc::new(perdues.intersection(&nommees).cloned().collect());
            for partie in parties.iter_mut() {
                if partie.annees()?.contains(&annee) {
                    let portee = partie.portee(annee);
                    if !vides.is_empty() {
                        let dites = Portee::seulement(toutes.difference(&vides));
                        partie.portees.insert(annee, portee.et(&dites));
                    }
                    partie.douteuses.insert(annee, Arc::clone(&douteuses));
                }
            }
            if !vides.is_empty() {
                tues.push((annee, source, vides));
            }
        }
        Ok(tues)
    }

    /// Takes out of the censuses of one year what stands on another census of that year: one structure is one
    /// structure. Those that are left of a year are of one day, the last of them. Gives what is to be told, with the
    /// source that it is told to.
    ///
    /// # Errors
    /// Only if a frame lacks a column of the table.
    pub fn departager(parties: Vec<Self>) -> PolarsResult<Departages<Self>> {
        doublons::departager(parties)
    }

    /// Brings censuses together.
    ///
    /// # Errors
    /// If there is none, or if Polars cannot run the plan.
    pub fn reunir(parties: &[Self]) -> PolarsResult<Self> {
        let ensemble = |lire: fn(&Self) -> &DataFrame| {
            concat(parties.iter().map(|p| lire(p).clone().lazy()).collect::<Vec<_>>(), UnionArgs::default())?
                .collect()
        };
        let mut portees: BTreeMap<i32, Portee> = BTreeMap::new();
        for partie in parties {
            for annee in partie.annees()? {
                let portee = partie.portee(annee);
                let ensemble = portees.entry(annee).or_insert_with(|| portee.clone());
                *ensemble = ensemble.ou(&portee);
            }
        }
        let (trame, arrets) = (ensemble(Self::trame)?, ensemble(Self::arrets)?);
        let douteuses = parties.iter().flat_map(|partie| partie.douteuses.clone()).collect();
        // Nothing is compared any more.
        Ok(Self {
            trame,
            arrets,
            adresses: Vec::new(),
            portees,
            complet: true,
            perdues: BTreeSet::new(),
            douteuses,
        })
    }

    /// The communes of which the censuses of a year may count too few.
    pub fn douteuses(&self, annee: i32) -> Arc<BTreeSet<String>> {
        self.douteuses.get(&annee).cloned().unwrap_or_default()
    }

    /// The communes that the censuses of a year speak of.
    pub fn portee(&self, annee: i32) -> Portee {
        self.portees.get(&annee).cloned().unwrap_or_default()
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.trame
    }

    /// The stops of the travelling structures, one row per structure and commune.
    ///
    /// Columns: `source` (str), `structure` (u32, of the same source), `code` (str), `arrets` (u32),
    /// `demi_journees` (u32 a week, null if the census does not tell), `part` (f64: share of the weekly
    /// half-days, of the stops where these are not told; the parts of a structure add up to 1).
    pub fn arrets(&self) -> &DataFrame {
        &self.arrets
    }
}

/// Among the communes that lack a row: a part of the census names none, and may be of any.
const PARTOUT: &str = "";

/// True if a structure of that opening and that closing is open on that day.
fn est_ouverte((ouverture, fermeture): (Option<NaiveDate>, Option<NaiveDate>), jour: NaiveDate) -> bool {
    ouverture.is_none_or(|ouverture| ouverture <= jour) && fermeture.is_none_or(|fermeture| fermeture > jour)
}

/// MAM are compared with those of the list of agréments, and added to nothing: that is told.
fn dire_les_mam(structures: &[Structure], jour: NaiveDate, tableau: &Tableau, bilan: &mut Bilan) {
    let ouverte = |s: &&Structure| est_ouverte((s.ouverture, s.fermeture), jour);
    let mam = || structures.iter().filter(|s| s.genre == TypeStructure::Mam).filter(ouverte);
    let places: u64 = mam().filter_map(|s| s.places).map(u64::from).sum();
    let detail = match mam().count() {
        0 => return,
        1 => format!(
            "1 MAM de {places} places : ce sont les agréments de ses assistants maternels, qui sont comptés avec la liste de la PMI"
        ),
        n => format!(
            "{n} MAM, {places} places : ce sont les agréments de leurs assistants maternels, qui sont comptés avec la liste de la PMI"
        ),
    };
    bilan.noter(Probleme::new(Motif::MamDuRecensement, tableau.origine.lieu(), detail));
}

/// The stops of a census without travelling structures.
pub(super) fn aucun_arret() -> PolarsResult<DataFrame> {
    arrets::trame(&[], "")
}

/// The commune that follows the post code of an address: « 2 rue X, 44100 Nantes, France ».
fn commune_de_l_adresse(adresse: &str) -> Option<String> {
    adresse.split([',', '\n']).rev().find_map(|morceau| {
        let localite = valeurs::code_postal_et_commune(morceau);
        localite.code_postal.and(localite.commune)
    })
}

/// The titles that a row stands under.
#[derive(Default)]
struct Sous<'a> {
    /// What the last title that names no type is.
    titre: Option<Titre>,
    /// « Structures fermées », « Projets »: what stands below is not open.
    hors: Option<&'a str>,
    /// The type that the last one names.
    genre: Option<TypeStructure>,
}

impl<'a> Sous<'a> {
    /// Takes a text that is alone in its row.
    fn lire(
        &mut self,
        (tableau, rang, texte): (&Tableau, usize, &'a str),
        ingestion: &Ingestion<'_>,
        bilan: &mut Bilan,
    ) {
        self.hors = etats::titre_de_ce_qui_n_est_pas_ouvert(texte).then_some(texte);
        let genre = valeurs::type_structure(texte).ok();
        if self.hors.is_some() || genre.is_some() {
            let lieu = tableau.lieu_ligne(rang);
            bilan.noter(Probleme::new(Motif::LigneDeTotal, lieu, "c’est un titre").avec_valeur(texte));
            (self.titre, self.genre) = (None, genre);
        } else if let Some(titre) = titre(tableau, rang, ingestion, bilan) {
            self.titre = Some(titre);
            self.genre = self.genre.filter(|_| titre != Titre::Inconnu);
        }
    }
}

struct Ligne<'a> {
    tableau: &'a Tableau,
    rang: usize,
}

impl<'a> Ligne<'a> {
    fn texte(&self, champ: &str) -> Option<&'a str> {
        self.tableau.cellule(self.rang, champ)
    }

    fn probleme(&self, motif: Motif, champ: &str, detail: impl Into<String>, vu: &str) -> Probleme {
        Probleme::new(motif, self.tableau.lieu(self.rang, champ), detail).avec_valeur(vu)
    }

    /// The type of the row, or that of the title above it; « crèche » alone, or a word that is no type (« Associative »), leaves it to
    /// the beginning of the name: what follows is only a name (« Crèche Le Jardin des Lucioles »).
    fn type_structure(&self, du_titre: Option<TypeStructure>, bilan: &mut Bilan) -> Option<TypeStructure> {
        let brut = match (self.texte("type"), du_titre) {
            (Some(brut), _) => brut,
            (None, Some(genre)) => return Some(genre),
            (None, None) => "",
        };
        let par_nom = || valeurs::type_au_debut_du_nom(self.texte("nom").unwrap_or_default());
        let lu = match valeurs::type_structure(brut) {
            Ok(TypeStructure::Creche) => par_nom().or(Ok(TypeStructure::Creche)),
            Ok(precis) => Ok(precis),
            Err(erreur) => par_nom().map_err(|_| erreur),
        };
        let dire = |erreur: valeurs::ValeurInvalide| {
            let (motif, detail) = if valeurs::est_surement_un_autre_service(brut) {
                (Motif::AutreService, "ce n’est pas un établissement d’accueil du jeune enfant".to_owned())
            } else {
                (Motif::TypeInconnu, erreur.detail)
            };
            bilan.noter(self.probleme(motif, "type", detail, brut));
        };
        lu.map_err(dire).ok()
    }

    /// True for a row whose type is not known, unless it is that of something else.
    fn est_peut_etre_un_eaje(&self) -> bool {
        !self.texte("type").is_some_and(valeurs::est_un_autre_service)
    }

    /// Who runs it: the column, or the word that stands for a type.
    fn gestionnaire(&self, bilan: &mut Bilan) -> Option<&'static str> {
        let lire = |t: &str| valeurs::gestionnaire(t).map(Gestionnaire::code);
        if let Some(colonne) = self.tableau.colonne("gestionnaire") {
            // A column « Statut » may tell who is open rather than who runs it.
            let dit =
                colonne.valeurs.get(self.rang).filter(|t| lire(t).is_ok() || etats::en_mots(t).is_none());
            return dit.and_then(|_| self.modalite("gestionnaire", lire, bilan));
        }
        self.texte("type").filter(|t| valeurs::type_structure(t).is_err()).and_then(|t| lire(t).ok())
    }

    fn commune<'g>(
        &self,
        position: Option<(f64, f64)>,
        reperer: &dyn Fn((f64, f64)) -> Option<&'g CommuneGeo>,
        communes: &mut Communes<'_>,
        bilan: &mut Bilan,
    ) -> Result<CodeCommune, Vec<CodeCommune>> {
        let nommee = self.texte("commune").or_else(|| self.texte("code_commune"));
        if nommee.is_some() {
            return communes.trouver_ou_proposer(self.tableau, self.rang, bilan).map(|c| c.code);
        }
        if let Some(nom) = self.texte("adresse").and_then(commune_de_l_adresse) {
            let lieu = self.tableau.lieu(self.rang, "adresse");
            return communes.situer_ou_proposer((Some(&nom), None), || lieu, bilan).map(|c| c.code);
        }
        match position.and_then(reperer) {
            Some(commune) => {
                let lieu = self.tableau.lieu(self.rang, "longitude");
                communes
                    .situer_ou_proposer((None, Some(commune.code.as_str())), || lieu, bilan)
                    .map(|c| c.code)
            }
            None => communes.trouver_ou_proposer(self.tableau, self.rang, bilan).map(|c| c.code),
        }
    }

    fn modalite(
        &self,
        champ: &str,
        lire: impl Fn(&str) -> Result<&'static str, valeurs::ValeurInvalide>,
        bilan: &mut Bilan,
    ) -> Option<&'static str> {
        let brut = self.texte(champ)?;
        match lire(brut) {
            Ok(valeur) => Some(valeur),
            Err(erreur) => {
                bilan.noter(self.probleme(Motif::ModaliteInconnue, champ, erreur.detail, brut));
                None
            }
        }
    }

    /// How it is paid: the column, or the type (« Micro-crèche PAJE »). Under « PSU », a cell may say yes or no.
    fn financement(&self, bilan: &mut Bilan) -> Option<&'static str> {
        let lire = |texte: &str| valeurs::financement(texte).map(Financement::code);
        let entete = self.tableau.colonne("financement").map_or("", |colonne| colonne.entete.as_str());
        match self.texte("financement").map(|brut| (brut, valeurs::oui_non(brut))) {
            None | Some((_, Ok(None))) => {
                self.financement_par_croix().or_else(|| self.texte("type").and_then(|texte| lire(texte).ok()))
            }
            Some((_, Ok(Some(oui)))) => {
                let dit = if oui { entete.to_owned() } else { format!("{entete} non") };
                self.modalite("financement", |_| lire(&dit), bilan)
            }
            Some((_, Err(_))) => self.modalite("financement", lire, bilan),
        }
    }

    /// The header of the column where the row has its cross: « PSU », « PAJE », side by side.
    fn financement_par_croix(&self) -> Option<&'static str> {
        self.tableau.autres.iter().find_map(|colonne| {
            let dit = valeurs::financement(&colonne.entete).ok()?;
            let croix = colonne.valeurs.get(self.rang).map(valeurs::oui_non);
            (croix == Some(Ok(Some(true)))).then(|| dit.code())
        })
    }

    /// The stop that the row is, if the structure travels.
    fn arret(&self, nom: &str, bilan: &mut Bilan) -> Option<arrets::Arret> {
        let (arret, illisible) = arrets::Arret::lire(
            self.texte("type"),
            nom,
            self.texte("horaires"),
            self.texte("demi_journees").filter(|brut| !valeurs::est_manquant(brut)),
            self.rang,
        )?;
        if let Some(brut) = illisible {
            let detail = format!(
                "un nombre de demi-journées par semaine, de 0 à {}, est attendu",
                arrets::DEMI_JOURNEES_MAX
            );
            bilan.noter(self.probleme(Motif::ModaliteInconnue, "demi_journees", detail, brut));
        }
        Some(arret)
    }

    fn position(&self, bilan: &mut Bilan) -> Option<(f64, f64)> {
        let (longitude, latitude) = (self.texte("longitude")?, self.texte("latitude")?);
        let position = valeurs::nombre(longitude).ok().zip(valeurs::nombre(latitude).ok());
        let plausible = position.filter(|(x, y)| (-180.0..=180.0).contains(x) && (-90.0..=90.0).contains(y));
        if plausible.is_none() {
            let vu = format!("{longitude} ; {latitude}");
            bilan.noter(self.probleme(
                Motif::CoordonneesIllisibles,
                "longitude",
                "degrés décimaux attendus",
                &vu,
            ));
        }
        plausible
    }
}

/// The table without rows: what its columns are.
pub(super) fn vide() -> PolarsResult<DataFrame> {
    trame(&[], "", NaiveDate::default())
}

fn trame(structures: &[Structure], source: &str, date: NaiveDate) -> PolarsResult<DataFrame> {
    let n = structures.len();
    let dates = |nom: &str, lire: fn(&Structure) -> Option<NaiveDate>| {
        Int32Chunked::from_iter_options(nom.into(), structures.iter().map(|s| lire(s).map(en_jours)))
            .into_date()
            .into_column()
    };
    let nombres = |nom: &str, lire: fn(&Structure) -> Option<f64>| {
        Float64Chunked::from_iter_options(nom.into(), structures.iter().map(lire)).into_column()
    };
    let mots = |nom: &str, lire: fn(&Structure) -> Option<&str>| {
        StringChunked::from_iter_options(nom.into(), structures.iter().map(lire)).into_column()
    };
    DataFrame::new(
        n,
        vec![
            Int32Chunked::full("date_observation".into(), en_jours(date), n).into_date().into_column(),
            StringChunked::full("source".into(), source, n).into_column(),
            mots("type", |s| Some(s.genre.code())),
            mots("nom", |s| Some(&s.nom)),
            mots("code", |s| Some(&s.code)),
            UInt32Chunked::from_iter_options("places".into(), structures.iter().map(|s| s.places))
                .into_column(),
            mots("financement", |s| s.financement),
            mots("gestionnaire", |s| s.gestionnaire),
            dates("ouverture", |s| s.ouverture),
            dates("fermeture", |s| s.fermeture),
            nombres("longitude", |s| s.position.map(|p| p.0)),
            nombres("latitude", |s| s.position.map(|p| p.1)),
            UInt32Chunked::from_iter_values("structure".into(), (1..).take(n)).into_column(),
        ],
    )
}
