//! Assistants maternels at a date: one row per person and list.

use super::en_jours;
use super::ingestion::{Communes, Titre, communes_des_decalees, communes_nommees, titre};
use super::{Departages, Ingestion, Portee, Pseudonymes};
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::{self, LieuExercice};
use crate::territory::CodeCommune;
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

mod age;
mod capacite;
mod corrections;
mod departs;
mod identite;
mod lieux;
mod listes;
mod personnes;
mod suivi;
mod validite;

pub(super) use identite::aucun_non_place;
use identite::{Identite, NonPlace, dire_les_noms_de_famille, donne_des_noms_entiers, trame_des_non_places};
pub use suivi::Continuite;
use validite::{Validite, Validites};

/// One row per assistant maternel and list.
///
/// Columns: `annee` (i32), `date_observation` (date), `source` (str), `code` (str), `cle` (u64, null
/// when the list names nobody), `age` (i32, completed years at the date, null if unknown), `places`
/// (u32), `places_estimees` (bool: the list does not tell them, they are those of most others), `lieu` (str: `domicile`, `mam`, `creche_familiale`; `non_dit` where the list tells of nobody), `mam` (u64, pseudonym of the MAM, null
/// outside a MAM or when the list does not tell MAM apart); and what the person answers to the relais, null
/// where the list does not say: `accepte_periscolaire`, `accepte_atypique`, `accepte_urgence`,
/// `accepte_handicap`, `monenfant` (bool), `places_libres` (u32).
#[derive(Debug, Clone)]
pub struct AssistantsMaternels {
    trame: DataFrame,
    non_places: DataFrame,
    suivis: BTreeMap<i32, suivi::Ecart>,
    /// What is told of the birth dates that a list corrects and of the names that change, with the source that it is told to.
    corrigees: Vec<(String, Probleme)>,
    /// The years of whose people some stand on this list or on the one before with a row that could not be placed.
    incertaines: BTreeSet<i32>,
    /// What the lists of each year tell, in order.
    listes: Vec<ListeDeLAnnee>,
}

/// What the lists of a year speak of, together.
#[derive(Debug, Clone)]
struct Ensemble {
    portee: Portee,
    douteuses: Arc<BTreeSet<String>>,
    /// Whether they are all there.
    complet: bool,
}

impl Default for Ensemble {
    fn default() -> Self {
        Self { portee: Portee::Toutes, douteuses: Arc::default(), complet: true }
    }
}

/// The answers of a person that a list may hold: columns of the table and fields of the layout.
pub(super) const REPONSES: [&str; 5] =
    ["accepte_periscolaire", "accepte_atypique", "accepte_urgence", "accepte_handicap", "monenfant"];

struct Agrement {
    ligne: u32,
    /// Pseudonyms of the person: of the name alone, and with the birth date.
    nom: Option<u64>,
    cle: Option<u64>,
    /// Of the first name and the birth date, and of the family name and the birth date.
    prenom: Option<u64>,
    famille: Option<u64>,
    /// True if the name has a first name, and says who it is.
    nom_entier: bool,
    /// What tells that two rows of one list are of one person.
    meme: Option<u64>,
    code: CodeCommune,
    age: Option<i32>,
    places: u32,
    /// True if the row does not tell its places: those are of most others.
    places_estimees: bool,
    /// First and last day, as far as they are told.
    validite: Validite,
    lieu: LieuExercice,
    mam: Option<u64>,
    /// True for a MAM of which neither the name nor the address is told.
    mam_anonyme: bool,
    adresse: Option<u64>,
    /// The same, of the address that the place of exercise is.
    adresse_d_exercice: Option<u64>,
    reponses: [Option<bool>; REPONSES.len()],
    places_libres: Option<u32>,
}

/// One list, read: what [`AssistantsMaternels::reunir`] brings together.
#[derive(Debug, Clone)]
pub struct Liste {
    pub(super) annee: i32,
    pub(super) trame: DataFrame,
    /// Who stands on the list with a row that could not be placed: `annee` (i32), `source` (str), `nom`, `cle` (u64),
    /// `code` (str: a commune that the row may be of, one row for each; [`Self::SANS_COMMUNE`] for a row that names no
    /// commune, [`Self::COMMUNE_INCONNUE`] for one whose name is not known, null where nothing tells).
    pub(super) non_places: DataFrame,
    /// What it speaks of.
    pub(super) portee: Portee,
    /// The communes of which somebody stands on a row that is counted nowhere, though others are counted.
    pub(super) douteuses: Arc<BTreeSet<String>>,
    /// False if another list of that year could not be read: somebody may stand on that one.
    pub(super) complete: bool,
}

impl Liste {
    /// In place of a code, for a row that names no commune.
    pub const SANS_COMMUNE: &str = "";
    /// In place of a code, for a row that names what no commune is called.
    pub const COMMUNE_INCONNUE: &str = "?";
}

/// What the lists of a year tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListeDeLAnnee {
    /// The year.
    pub annee: i32,
    /// Observation day.
    pub jour: NaiveDate,
    /// Identifiers of the sources, separated by `;`.
    pub source: String,
    /// True if they name their people, so that these can be followed.
    pub suivie: bool,
    /// True if they tell who works at home and who in a MAM.
    pub situee: bool,
    /// True if they tell of somebody who works for a crèche familiale.
    pub familiale: bool,
    /// The communes that they speak of.
    pub portee: Portee,
    /// Those of which they hold a row that is counted nowhere: what they count there may be too few.
    pub douteuses: Arc<BTreeSet<String>>,
}

/// What became of a row.
enum Ligne {
    Lue(Agrement),
    /// Its commune or its capacity cannot be read: nothing is counted, but the person is there.
    NonPlacee(NonPlace),
    /// It is of nobody, or of nobody whose agrément counts here.
    Ecartee,
}

impl AssistantsMaternels {
    /// Reads a list of agréments. Rows that cannot be used are told to the tally.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Liste> {
        let mut communes = Communes::new(ingestion.rapprocheur);
        let mut validites = Validites::new(tableau, ingestion.date, bilan);
        let noms_entiers = donne_des_noms_entiers(tableau);
        let mediane = LazyCell::new(|| capacite::mediane(tableau));
        let mediane: &dyn Fn() -> Option<u32> = &|| *mediane;
        let (mut agrements, mut non_places) = (Vec::with_capacity(tableau.hauteur()), Vec::new());
        let (mut sous, mut statuts_inconnus) = (Titre::DansLaListe, Vec::new());
        let mut inactives = Vec::new();
        for rang in 0..tableau.hauteur() {
            if let Some(titre) = titre(tableau, rang, ingestion, bilan) {
                sous = if titre == Titre::Compte { sous } else { titre };
                continue;
            }
            let lecteurs = (&mut communes, &mut validites, mediane);
            match lire_ligne(tableau, rang, ingestion, noms_entiers, lecteurs, bilan) {
                Ligne::Lue(agrement) => {
                    if sous == Titre::Inconnu {
                        non_places.push(NonPlace::dans(agrement.code));
                    } else if validites.statut_inconnu(rang) {
                        statuts_inconnus.push(agrement.code);
                    } else if validites.est_inactive(rang) {
                        inactives.push(rang);
                        non_places.push(NonPlace::dans(agrement.code));
                    }
                    agrements.push(agrement);
                }
                Ligne::NonPlacee(non_place) => non_places.push(non_place),
                Ligne::Ecartee => {}
            }
        }
        if !validites.parle_d_autre_chose() {
            non_places.extend(statuts_inconnus.into_iter().map(NonPlace::dans));
        }
        let decalees = communes_des_decalees(tableau, ingestion.rapprocheur);
        non_places.extend(decalees.map(|communes| NonPlace::quelque_part(&communes)));
        communes.conclure(bilan);
        validites.dire_les_inactives(&inactives, bilan);
        validites.conclure(bilan);
        bilan.lues += u32::try_from(agrements.len()).unwrap_or(u32::MAX);
        dire_les_noms_de_famille(&agrements, noms_entiers, tableau, bilan);
        let lues: Vec<u32> = agrements.iter().map(|agrement| agrement.ligne).collect();
        let partis = departs::dire_ceux_qui_semblent_partis(tableau, &lues, bilan);
        let douteuses = agrements.iter().filter(|agrement| partis.contains(&agrement.ligne));
        non_places.extend(douteuses.map(|agrement| NonPlace::dans(agrement.code)));
        let mut personnes =
            personnes::une_ligne_par_personne(agrements, ingestion.pseudonymes, tableau, bilan);
        if bilan.problemes.iter().any(|p| p.motif == Motif::PlusieursListes) {
            let communes: BTreeSet<CodeCommune> = personnes.iter().map(|agrement| agrement.code).collect();
            non_places.extend(communes.into_iter().map(NonPlace::dans));
        }
        let semblables = personnes::peut_etre_deux_fois(&personnes, tableau, bilan);
        non_places.extend(semblables.into_iter().map(NonPlace::dans));
        lieux::nommer_par_l_adresse(&mut personnes);
        lieux::deduire_les_mam(&mut personnes, tableau, bilan);
        lieux::dire_les_mam_anonymes(&personnes, tableau, bilan);
        lieux::dire_les_mam_de_plusieurs_communes(&personnes, tableau, bilan);
        let mut trame = trame(&personnes, ingestion.source, ingestion.date)?;
        trame.with_column(Column::new("prenoms".into(), vec![noms_entiers; personnes.len()]))?;
        let annee = ingestion.date.year();
        let non_places = trame_des_non_places(&non_places, annee, ingestion.source)?;
        let (portee, douteuses) = (Portee::Toutes, Arc::default());
        Ok(Liste { annee, trame, non_places, portee, douteuses, complete: true })
    }

    /// Takes out of the lists of one year whoever stands on another list of that year: one person is one person.
    /// Gives what is to be told, with the source that it is told to.
    ///
    /// # Errors
    /// Only if a frame lacks a column of its list.
    pub fn departager(listes: Vec<Liste>) -> PolarsResult<Departages<Liste>> {
        listes::departager(listes)
    }

    /// Brings the lists together, and gives to a person without a readable birth date in one list the
    /// pseudonym that the same name, alone of its kind, has in the others; not if the one who bears it stands
    /// on that list too. A birth date that a list corrects makes no other person of its own.
    ///
    /// # Errors
    /// Only if Polars cannot run the plan.
    pub fn reunir(mut listes: Vec<Liste>) -> PolarsResult<Self> {
        listes.sort_by_key(|l| l.annee);
        let corrections = corrections::Corrections::chercher(&listes)?;
        corrections.appliquer(&mut listes)?;
        let ensemble = |lire: fn(&Liste) -> &DataFrame| {
            let trames: Vec<LazyFrame> = listes.iter().map(|l| lire(l).clone().lazy()).collect();
            concat(trames, UnionArgs::default())
        };
        let (toutes, non_places) = (ensemble(|l| &l.trame)?, ensemble(|l| &l.non_places)?);
        let identites = [&toutes, &non_places].map(|trame| trame.clone().select([col("nom"), col("cle")]));
        let sans_homonyme = concat(identites, UnionArgs::default())?
            .filter(col("cle").is_not_null().and(col("nom").is_not_null()))
            .group_by([col("nom")])
            .agg([col("cle").min().alias("cle_connue"), col("cle").n_unique().alias("personnes")])
            .filter(col("personnes").eq(lit(1u32)))
            .select([col("nom"), col("cle_connue")]);
        let prises = toutes
            .clone()
            .filter(col("cle").is_not_null())
            .group_by([col("annee"), col("cle").alias("cle_connue")])
            .agg([lit(true).first().alias("prise")]);
        let (annee, cle_connue) = (col("annee"), col("cle_connue"));
        // A family name alone is that of several people.
        let entier = |cle: Expr| when(col("nom_entier")).then(cle).otherwise(lit(NULL));
        let libre = entier(when(col("prise").is_null()).then(col("cle_connue")).otherwise(lit(NULL)));
        let nommer = |trame: LazyFrame| {
            trame.join(sans_homonyme.clone(), [col("nom")], [col("nom")], JoinArgs::new(JoinType::Left))
        };
        let trame = nommer(toutes)
            .join(
                prises,
                [annee.clone(), cle_connue.clone()],
                [annee, cle_connue],
                JoinArgs::new(JoinType::Left),
            )
            .with_column(coalesce(&[col("cle"), libre, entier(col("nom"))]).alias("cle"))
            .drop(cols(["nom", "prenom", "famille", "nom_entier", "prenoms", "cle_connue", "prise"]))
            .sort(["annee", "code", "cle", "places"], SortMultipleOptions::default())
            .collect()?;
        let non_places = nommer(non_places)
            .select([col("annee"), coalesce(&[col("cle"), col("cle_connue"), col("nom")]).alias("cle")])
            .filter(col("cle").is_not_null())
            .unique(None, UniqueKeepStrategy::Any)
            .sort(["annee", "cle"], SortMultipleOptions::default())
            .collect()?;
        let suivis = suivi::ecarts(&listes, &trame)?;
        let incertaines = suivi::incertaines(&trame, &non_places)?;
        let mut ensembles: BTreeMap<i32, Ensemble> = BTreeMap::new();
        for Liste { annee, portee, douteuses, complete, .. } in &listes {
            let ensemble = ensembles
                .entry(*annee)
                .or_insert_with(|| Ensemble { portee: portee.clone(), ..Ensemble::default() });
            ensemble.portee = ensemble.portee.ou(portee);
            ensemble.complet &= complete;
            ensemble.douteuses = Arc::new(ensemble.douteuses.union(douteuses).cloned().collect());
        }
        let corrigees = corrections.problemes(&listes);
        let listes = couvrir(&trame, &ensembles)?;
        Ok(Self { trame, non_places, suivis, corrigees, incertaines, listes })
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.trame
    }

    /// Who stands on a list with a row that could not be placed: `annee` (i32), `cle` (u64). They are counted nowhere,
    /// but have not left.
    pub fn non_places(&self) -> &DataFrame {
        &self.non_places
    }

    /// How far the people of the list of a year can be followed from that of the year before.
    pub fn suivi(&self, annee: i32) -> Continuite {
        let sans_ecart =
            if self.incertaines.contains(&annee) { Continuite::Estime } else { Continuite::Observe };
        self.suivis.get(&annee).map_or(sans_ecart, |ecart| ecart.suivi)
    }

    /// The years whose people cannot be followed from the list of the year before.
    pub fn annees_sans_suivi(&self) -> BTreeSet<i32> {
        let impossibles = self.suivis.iter().filter(|(_, ecart)| ecart.suivi == Continuite::Impossible);
        impossibles.map(|(annee, _)| *annee).collect()
    }

    /// What is to be told of the lists that do not name people as the list before does, with the source that it is
    /// told to.
    pub fn listes_incomparables(&self) -> Vec<(String, Probleme)> {
        self.suivis.values().map(suivi::Ecart::probleme).collect()
    }

    /// What is to be told of the birth dates that a list corrects and of the names that change, with the source that it is
    /// told to.
    pub fn personnes_corrigees(&self) -> Vec<(String, Probleme)> {
        self.corrigees.clone()
    }

    /// What the lists of each year tell, in order.
    pub fn couverture(&self) -> &[ListeDeLAnnee] {
        &self.listes
    }
}

/// What the lists of each year tell: their people, and what the lists speak of.
fn couvrir(trame: &DataFrame, ensembles: &BTreeMap<i32, Ensemble>) -> PolarsResult<Vec<ListeDeLAnnee>> {
    let listes = trame
        .clone()
        .lazy()
        .group_by([col("annee")])
        .agg([
            col("date_observation").max(),
            col("source").unique().sort(SortOptions::default()).str().join(";", true),
            col("cle").is_not_null().all(true).alias("suivie"),
            col("lieu").neq(lit(LieuExercice::NonDit.code())).all(true).alias("situee"),
            col("lieu").eq(lit(LieuExercice::CrecheFamiliale.code())).any(true).alias("familiale"),
        ])
        .sort(["annee"], SortMultipleOptions::default())
        .collect()?;
    let (annees, jours) = (listes.column("annee")?.i32()?, listes.column("date_observation")?.date()?);
    let (sources, suivies) = (listes.column("source")?.str()?, listes.column("suivie")?.bool()?);
    let (situees, familiales) = (listes.column("situee")?.bool()?, listes.column("familiale")?.bool()?);
    let liste = |i: usize| {
        let annee = annees.get(i)?;
        let Ensemble { portee, douteuses, complet } = ensembles.get(&annee).cloned().unwrap_or_default();
        Some(ListeDeLAnnee {
            annee,
            jour: jours.physical().get(i).and_then(super::du_jour)?,
            source: sources.get(i)?.to_owned(),
            suivie: suivies.get(i)? && complet,
            situee: situees.get(i)?,
            familiale: familiales.get(i)?,
            portee,
            douteuses,
        })
    };
    Ok((0..listes.height()).filter_map(liste).collect())
}

fn lire_ligne(
    tableau: &Tableau,
    rang: usize,
    ingestion: &Ingestion<'_>,
    noms_entiers: bool,
    (communes, validites, mediane): (&mut Communes<'_>, &mut Validites<'_>, &dyn Fn() -> Option<u32>),
    bilan: &mut Bilan,
) -> Ligne {
    let texte = |champ: &str| tableau.cellule(rang, champ);
    let nom = texte("nom").or_else(|| texte("nom_usage"));
    if nom.is_none() && (tableau.colonne("nom").is_some() || tableau.colonne("nom_usage").is_some()) {
        bilan.noter(Probleme::new(Motif::IdentiteAbsente, tableau.lieu(rang, "nom"), ""));
        // Shifted by a cell, perhaps.
        let communes = communes_nommees(tableau.textes(rang), ingestion.rapprocheur);
        let quelqu_un = !communes.is_empty() && tableau.textes(rang).count() > 2;
        return if quelqu_un { Ligne::NonPlacee(NonPlace::quelque_part(&communes)) } else { Ligne::Ecartee };
    }
    let seul = ["prenom", "date_naissance", "capacite"].iter().all(|champ| texte(champ).is_none());
    if seul && nom.is_some_and(|nom| valeurs::replier(nom).starts_with("mam ")) {
        // A MAM with its address, above those who work there.
        bilan.noter(Probleme::new(Motif::LigneDeTotal, tableau.lieu_ligne(rang), "c’est le titre d’une MAM"));
        return Ligne::Ecartee;
    }
    let dits = bilan.problemes.len();
    let prenom = texte("prenom").unwrap_or_default();
    let pseudonymes = ingestion.pseudonymes;
    let identite =
        |nom: &str, naissance: Option<NaiveDate>| Identite::de((nom, prenom), naissance, ingestion);
    let non_placee = |codes: Vec<String>| {
        let naissance = texte("date_naissance").and_then(|t| valeurs::date(t).ok());
        let identite = nom.map(|nom| identite(nom, naissance)).unwrap_or_default();
        Ligne::NonPlacee(NonPlace { identite, codes })
    };
    let (lieu, lieux_douteux) = lieux::lire(tableau, rang, communes);
    let place = lire_commune(tableau, rang, lieu, communes, bilan);
    let code = match place {
        Ok(code) => code,
        Err(proposees) => {
            let mut motifs = bilan.problemes[dits..].iter().map(|p| p.motif);
            if !motifs.clone().any(laisse_une_personne) || !validites.est_en_cours(rang) {
                return Ligne::Ecartee;
            }
            let nulle_part = motifs.find_map(|motif| match motif {
                Motif::CommuneVide => Some(Liste::SANS_COMMUNE),
                Motif::CommuneInconnue if proposees.is_empty() => Some(Liste::COMMUNE_INCONNUE),
                _ => None,
            });
            // The name of one stands in another cell: the row is shifted.
            let nommees = communes_nommees(tableau.textes(rang), ingestion.rapprocheur);
            let nulle_part = nulle_part.filter(|_| nommees.is_empty());
            let codes = proposees.iter().chain(&nommees).map(CodeCommune::to_string);
            return non_placee(nulle_part.map_or_else(|| codes.collect(), |mot| vec![mot.to_owned()]));
        }
    };
    let capacite = capacite::lire(tableau, rang, mediane);
    // An agrément that is over is nobody's, whatever else its row says badly.
    if let Err(probleme) = capacite.as_ref()
        && validites.est_en_cours(rang)
    {
        bilan.noter(probleme.clone());
        return if laisse_une_personne(probleme.motif) {
            non_placee(vec![code.to_string()])
        } else {
            Ligne::Ecartee
        };
    }
    let Some(validite) = validites.lire(rang, bilan) else {
        // Whoever begins later may have another agrément until then, or a date that was mistyped: not counted, not gone.
        let a_venir = bilan.problemes[dits..].iter().any(|p| p.motif == Motif::AgrementFutur);
        return if a_venir && nom.is_some() { non_placee(Vec::new()) } else { Ligne::Ecartee };
    };
    let Ok((places, illisible)) = capacite else { return Ligne::Ecartee };
    let places_estimees = illisible.is_some();
    let naissance = age::lire_naissance(tableau, rang, bilan);
    for probleme in illisible.into_iter().chain(lieux_douteux) {
        bilan.noter(probleme);
    }
    let mam = (lieu == LieuExercice::Mam).then(|| cle_de_mam(tableau, rang, code, pseudonymes));
    let identite = nom.map(|nom| identite(nom, naissance));
    let cle = identite.as_ref().and_then(|i| i.cle);
    let nom_seul = identite.as_ref().and_then(|i| i.nom);
    // Of people of whom only the family name is known, those at one address are one.
    let voisine = || {
        let adresse = nom.zip(texte("adresse")).map(|(nom, adresse)| format!("{nom} {prenom} {adresse}"));
        adresse.map(|adresse| pseudonymes.lieu(code.as_str(), &adresse))
    };
    Ligne::Lue(Agrement {
        ligne: tableau.lignes.get(rang).copied().unwrap_or_default(),
        nom: nom_seul,
        cle,
        prenom: identite.as_ref().and_then(|i| i.prenom),
        famille: identite.and_then(|i| i.famille),
        nom_entier: noms_entiers,
        meme: cle.or(nom_seul.filter(|_| noms_entiers)).or_else(voisine),
        code,
        age: age::lire(tableau, rang, naissance, ingestion.date, bilan),
        places,
        places_estimees,
        validite,
        lieu,
        mam: mam.map(|(cle, _)| cle),
        mam_anonyme: mam.is_some_and(|(_, anonyme)| anonyme),
        adresse: texte("adresse").map(|adresse| pseudonymes.lieu(code.as_str(), adresse)),
        adresse_d_exercice: texte("exercice")
            .filter(|dit| valeurs::est_une_adresse(dit) && valeurs::lieu_exercice(dit).is_err())
            .map(|adresse| pseudonymes.lieu(code.as_str(), adresse)),
        reponses: REPONSES.map(|champ| lire_reponse(tableau, rang, champ, bilan)),
        places_libres: capacite::lire_libres(tableau, rang, (places, places_estimees), bilan),
    })
}

/// The same MAM for the people of a commune who give the same name or address; true if they give neither.
fn cle_de_mam(tableau: &Tableau, rang: usize, code: CodeCommune, pseudonymes: &Pseudonymes) -> (u64, bool) {
    let nom = lieux::nommer_la_mam(tableau, rang);
    (pseudonymes.lieu(code.as_str(), nom.as_deref().unwrap_or("mam sans nom")), nom.is_none())
}

/// The commune where the person works, or those that it may be: that of her MAM, if a column tells it. A list may tell another
/// column where she lives: the same where she works at home, and where the list does not tell.
fn lire_commune<'t>(
    tableau: &'t Tableau,
    rang: usize,
    lieu: LieuExercice,
    communes: &mut Communes<'_>,
    bilan: &mut Bilan,
) -> Result<CodeCommune, Vec<CodeCommune>> {
    let nommee = ["commune", "code_commune"].iter().any(|champ| tableau.cellule(rang, champ).is_some());
    let habite = (!nommee && lieu != LieuExercice::Mam).then(|| commune_residence(tableau)).flatten();
    let de_la_mam = (lieu == LieuExercice::Mam).then(|| tableau.colonne("commune_mam")).flatten();
    let dite = |colonne: Option<&'t ColonneTexte>| colonne.and_then(|c| Some((c, c.valeurs.get(rang)?)));
    if dite(de_la_mam).is_none()
        && let Some((champ, nom)) = lieux::commune_de_travail(tableau, rang, lieu, communes)
    {
        let trouvee = communes.situer_ou_proposer((Some(&nom), None), || tableau.lieu(rang, champ), bilan);
        return trouvee.map(|commune| commune.code);
    }
    let trouvee = match dite(de_la_mam).or_else(|| dite(habite)) {
        Some((colonne, nom)) => {
            communes.situer_ou_proposer((Some(nom), None), || tableau.lieu_colonne(rang, colonne), bilan)
        }
        None => communes.trouver_ou_proposer(tableau, rang, bilan),
    };
    trouvee.map(|commune| commune.code)
}

/// The column that tells where people live, if another one tells where they work.
fn commune_residence(tableau: &Tableau) -> Option<&ColonneTexte> {
    let sans_detail = |colonne: &&ColonneTexte| {
        matches!(valeurs::replier(&colonne.entete).as_str(), "commune" | "ville" | "localite")
    };
    tableau.colonne("commune_residence").or_else(|| {
        let travail = tableau.colonne("commune").filter(|colonne| !sans_detail(colonne));
        travail.and_then(|_| tableau.autres.iter().find(sans_detail))
    })
}

/// True if a row that is not counted for that reason is of somebody who may work in the territory. A commune of
/// elsewhere is no such reason: who went there has left.
fn laisse_une_personne(motif: Motif) -> bool {
    matches!(
        motif,
        Motif::CommuneInconnue
            | Motif::CommuneDouteuse
            | Motif::CommuneVide
            | Motif::CodeSansLieu
            | Motif::CapaciteImpossible
            | Motif::CapacitesIllisibles
    )
}

/// A yes or a no that the row can do without.
fn lire_reponse(tableau: &Tableau, rang: usize, champ: &str, bilan: &mut Bilan) -> Option<bool> {
    let brut = tableau.cellule(rang, champ)?;
    match valeurs::oui_non(brut) {
        Ok(reponse) => reponse,
        Err(erreur) => {
            bilan.noter(
                Probleme::new(Motif::ModaliteInconnue, tableau.lieu(rang, champ), erreur.detail)
                    .avec_valeur(brut),
            );
            None
        }
    }
}

/// The table without rows: what its columns are.
pub(super) fn vide() -> PolarsResult<DataFrame> {
    trame(&[], "", NaiveDate::default())
}

fn trame(agrements: &[Agrement], source: &str, date: NaiveDate) -> PolarsResult<DataFrame> {
    let n = agrements.len();
    let jour = Int32Chunked::full("date_observation".into(), en_jours(date), n).into_date();
    let reponses = REPONSES.iter().enumerate().map(|(rang, champ)| {
        Column::new((*champ).into(), agrements.iter().map(|a| a.reponses[rang]).collect::<Vec<_>>())
    });
    let libres: Vec<Option<u32>> = agrements.iter().map(|a| a.places_libres).collect();
    DataFrame::new(
        n,
        vec![
            Int32Chunked::full("annee".into(), date.year(), n).into_column(),
            jour.into_column(),
            StringChunked::full("source".into(), source, n).into_column(),
            StringChunked::from_iter_values("code".into(), agrements.iter().map(|a| a.code.as_str()))
                .into_column(),
            Column::new("nom".into(), agrements.iter().map(|a| a.nom).collect::<Vec<Option<u64>>>()),
            Column::new("cle".into(), agrements.iter().map(|a| a.cle).collect::<Vec<Option<u64>>>()),
            Column::new("prenom".into(), agrements.iter().map(|a| a.prenom).collect::<Vec<Option<u64>>>()),
            Column::new("famille".into(), agrements.iter().map(|a| a.famille).collect::<Vec<Option<u64>>>()),
            Column::new("nom_entier".into(), agrements.iter().map(|a| a.nom_entier).collect::<Vec<bool>>()),
            Column::new("age".into(), agrements.iter().map(|a| a.age).collect::<Vec<Option<i32>>>()),
            Column::new("places".into(), agrements.iter().map(|a| a.places).collect::<Vec<u32>>()),
            Column::new(
                "places_estimees".into(),
                agrements.iter().map(|a| a.places_estimees).collect::<Vec<bool>>(),
            ),
            StringChunked::from_iter_values("lieu".into(), agrements.iter().map(|a| a.lieu.code()))
                .into_column(),
            Column::new("mam".into(), agrements.iter().map(|a| a.mam).collect::<Vec<Option<u64>>>()),
        ]
        .into_iter()
        .chain(reponses)
        .chain([Column::new("places_libres".into(), libres)])
        .collect(),
    )
}
