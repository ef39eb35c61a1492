//! Assistants maternels at a date: one row per person and list.

use super::en_jours;
use super::ingestion::Communes;
use super::{Departages, Ingestion, Portee, Pseudonymes};
use crate::quality::{Bilan, Motif, Probleme, masquer};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{self, LieuExercice};
use crate::territory::CodeCommune;
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

mod listes;
mod suivi;

pub use suivi::Continuite;

/// The oldest and youngest age that a list can hold without a mistake.
const AGES: std::ops::RangeInclusive<i32> = 18..=85;

/// Most places that one person's agréments can add up to (CASF L.421-4, with derogation).
const PLACES_MAX: u32 = 6;

/// People at one address from which a list that says nothing of MAM holds one.
const PERSONNES_D_UNE_MAM: usize = 3;

/// One row per assistant maternel and list.
///
/// Columns: `annee` (i32), `date_observation` (date), `source` (str), `code` (str), `cle` (u64, null
/// when the list names nobody), `age` (i32, completed years at the date, null if unknown), `places`
/// (u32), `lieu` (str: `domicile`, `mam`, `creche_familiale`; `non_dit` where the list tells of nobody), `mam` (u64, pseudonym of the MAM, null
/// outside a MAM or when the list does not tell MAM apart); and what the person answers to the relais, null
/// where the list does not say: `accepte_periscolaire`, `accepte_atypique`, `accepte_urgence`,
/// `accepte_handicap`, `monenfant` (bool), `places_libres` (u32).
#[derive(Debug, Clone)]
pub struct AssistantsMaternels {
    trame: DataFrame,
    non_places: DataFrame,
    suivis: BTreeMap<i32, suivi::Ecart>,
    /// The years of whose people some stand on this list or on the one before with a row that could not be placed.
    incertaines: BTreeSet<i32>,
    /// By year, what its lists speak of, and whether they are all there.
    portees: BTreeMap<i32, (Portee, bool)>,
}

/// The answers of a person that a list may hold: columns of the table and fields of the layout.
pub(super) const REPONSES: [&str; 5] =
    ["accepte_periscolaire", "accepte_atypique", "accepte_urgence", "accepte_handicap", "monenfant"];

struct Agrement {
    ligne: u32,
    /// Pseudonyms of the person: of the name alone, and with the birth date.
    nom: Option<u64>,
    cle: Option<u64>,
    /// True if the name has a first name, and says who it is.
    nom_entier: bool,
    /// What tells that two rows of one list are of one person.
    meme: Option<u64>,
    code: CodeCommune,
    age: Option<i32>,
    places: u32,
    lieu: LieuExercice,
    mam: Option<u64>,
    adresse: Option<u64>,
    reponses: [Option<bool>; REPONSES.len()],
    places_libres: Option<u32>,
}

/// One list, read: what [`AssistantsMaternels::reunir`] brings together.
#[derive(Debug, Clone)]
pub struct Liste {
    pub(super) annee: i32,
    pub(super) trame: DataFrame,
    /// Who stands on the list with a row that could not be placed: `annee` (i32), `source` (str), `nom`, `cle` (u64).
    pub(super) non_places: DataFrame,
    /// What it speaks of.
    pub(super) portee: Portee,
    /// False if another list of that year could not be read: somebody may stand on that one.
    pub(super) complete: bool,
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
    /// The communes that they speak of.
    pub portee: Portee,
}

/// What became of a row.
enum Ligne {
    Lue(Agrement),
    /// Its commune or its capacity cannot be read: nothing is counted, but the person is there.
    NonPlacee(Identite),
    /// It is of nobody, or of nobody whose agrément counts here.
    Ecartee,
}

/// Pseudonyms of a person: of the name alone, and with the birth date.
struct Identite {
    nom: u64,
    cle: Option<u64>,
}

impl AssistantsMaternels {
    /// Reads a list of agréments. Rows that cannot be used are told to the tally.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Liste> {
        let mut communes = Communes::new(ingestion.rapprocheur);
        let noms_entiers = donne_des_noms_entiers(tableau);
        let (mut agrements, mut non_places) = (Vec::with_capacity(tableau.hauteur()), Vec::new());
        for rang in 0..tableau.hauteur() {
            match lire_ligne(tableau, rang, ingestion, noms_entiers, &mut communes, bilan) {
                Ligne::Lue(agrement) => agrements.push(agrement),
                Ligne::NonPlacee(identite) => non_places.push(identite),
                Ligne::Ecartee => {}
            }
        }
        communes.conclure(bilan);
        bilan.lues += u32::try_from(agrements.len()).unwrap_or(u32::MAX);
        dire_les_noms_de_famille(&agrements, noms_entiers, tableau, bilan);
        let mut personnes = une_ligne_par_personne(agrements, tableau, bilan);
        deduire_les_mam(&mut personnes, tableau, bilan);
        let mut trame = trame(&personnes, ingestion.source, ingestion.date)?;
        let prenoms = tableau.colonne("prenom").is_some();
        trame.with_column(Column::new("prenoms".into(), vec![prenoms; personnes.len()]))?;
        let annee = ingestion.date.year();
        let non_places = trame_des_non_places(&non_places, annee, ingestion.source)?;
        Ok(Liste { annee, trame, non_places, portee: Portee::Toutes, complete: true })
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
    /// on that list too.
    ///
    /// # Errors
    /// Only if Polars cannot run the plan.
    pub fn reunir(mut listes: Vec<Liste>) -> PolarsResult<Self> {
        listes.sort_by_key(|l| l.annee);
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
            .drop(cols(["nom", "nom_entier", "prenoms", "cle_connue", "prise"]))
            .sort(["annee", "code", "cle", "places"], SortMultipleOptions::default())
            .collect()?;
        let non_places = nommer(non_places)
            .select([col("annee"), coalesce(&[col("cle"), col("cle_connue"), col("nom")]).alias("cle")])
            .unique(None, UniqueKeepStrategy::Any)
            .sort(["annee", "cle"], SortMultipleOptions::default())
            .collect()?;
        let suivis = suivi::ecarts(&listes, &trame)?;
        let incertaines = suivi::incertaines(&trame, &non_places)?;
        let mut portees: BTreeMap<i32, (Portee, bool)> = BTreeMap::new();
        for Liste { annee, portee, complete, .. } in &listes {
            let (ensemble, toutes) = portees.entry(*annee).or_insert_with(|| (portee.clone(), true));
            (*ensemble, *toutes) = (ensemble.ou(portee), *toutes && *complete);
        }
        Ok(Self { trame, non_places, suivis, incertaines, portees })
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

    /// What the lists of each year tell.
    ///
    /// # Errors
    /// Only if Polars cannot run the plan.
    pub fn couverture(&self) -> PolarsResult<Vec<ListeDeLAnnee>> {
        let listes = self
            .trame
            .clone()
            .lazy()
            .group_by([col("annee")])
            .agg([
                col("date_observation").max(),
                col("source").unique().sort(SortOptions::default()).str().join(";", true),
                col("cle").is_not_null().all(true).alias("suivie"),
                col("lieu").neq(lit(LieuExercice::NonDit.code())).all(true).alias("situee"),
            ])
            .sort(["annee"], SortMultipleOptions::default())
            .collect()?;
        let (annees, jours) = (listes.column("annee")?.i32()?, listes.column("date_observation")?.date()?);
        let (sources, suivies) = (listes.column("source")?.str()?, listes.column("suivie")?.bool()?);
        let situees = listes.column("situee")?.bool()?;
        let liste = |i: usize| {
            let annee = annees.get(i)?;
            let (portee, complete) = self.portees.get(&annee).cloned().unwrap_or((Portee::Toutes, true));
            Some(ListeDeLAnnee {
                annee,
                jour: jours.physical().get(i).and_then(super::du_jour)?,
                source: sources.get(i)?.to_owned(),
                suivie: suivies.get(i)? && complete,
                situee: situees.get(i)?,
                portee,
            })
        };
        Ok((0..listes.height()).filter_map(liste).collect())
    }
}

fn lire_ligne(
    tableau: &Tableau,
    rang: usize,
    ingestion: &Ingestion<'_>,
    noms_entiers: bool,
    communes: &mut Communes<'_>,
    bilan: &mut Bilan,
) -> Ligne {
    let texte = |champ: &str| tableau.cellule(rang, champ);
    let nom = texte("nom").or_else(|| texte("nom_usage"));
    if nom.is_none() && (tableau.colonne("nom").is_some() || tableau.colonne("nom_usage").is_some()) {
        bilan.noter(Probleme::new(Motif::IdentiteAbsente, tableau.lieu(rang, "nom"), ""));
        return Ligne::Ecartee;
    }
    let dits = bilan.problemes.len();
    let prenom = texte("prenom").unwrap_or_default();
    let pseudonymes = ingestion.pseudonymes;
    let identite = |nom: &str, naissance: Option<NaiveDate>| {
        // A birth date that nobody can have is a mistake: with it, the person would be another one.
        let naissance = naissance.filter(|jour| age_le(*jour, ingestion.date).is_some_and(est_plausible));
        let cle = naissance.map(|jour| pseudonymes.personne(nom, prenom, jour));
        Identite { nom: pseudonymes.nom(nom, prenom), cle }
    };
    let place = communes.trouver(tableau, rang, bilan);
    let Some((commune, places)) = place.and_then(|c| Some((c, lire_capacite(tableau, rang, bilan)?))) else {
        let illisible = bilan.problemes[dits..].iter().any(|p| laisse_une_personne(p.motif));
        let naissance = texte("date_naissance").and_then(|t| valeurs::date(t).ok());
        let nom = nom.filter(|_| illisible && est_en_cours(tableau, rang, ingestion.date));
        return nom.map_or(Ligne::Ecartee, |nom| Ligne::NonPlacee(identite(nom, naissance)));
    };
    if !agrement_valide(tableau, rang, ingestion.date, bilan) {
        // Whoever begins later may have another agrément until then, or a date that was mistyped: not counted, not gone.
        let a_venir = bilan.problemes[dits..].iter().any(|p| p.motif == Motif::AgrementFutur);
        let naissance = texte("date_naissance").and_then(|t| valeurs::date(t).ok());
        let nom = nom.filter(|_| a_venir);
        return nom.map_or(Ligne::Ecartee, |nom| Ligne::NonPlacee(identite(nom, naissance)));
    }
    let code = commune.code;
    let naissance = lire_date(tableau, rang, "date_naissance", true, bilan);
    let lieu = lire_lieu(tableau, rang, bilan);
    let identite = nom.map(|nom| identite(nom, naissance));
    let cle = identite.as_ref().and_then(|i| i.cle);
    let nom_seul = identite.as_ref().map(|i| i.nom);
    // Of people of whom only the family name is known, those at one address are one.
    let voisine = || {
        let adresse = nom.zip(texte("adresse")).map(|(nom, adresse)| format!("{nom} {prenom} {adresse}"));
        adresse.map(|adresse| pseudonymes.lieu(code.as_str(), &adresse))
    };
    Ligne::Lue(Agrement {
        ligne: tableau.lignes.get(rang).copied().unwrap_or_default(),
        nom: nom_seul,
        cle,
        nom_entier: noms_entiers,
        meme: cle.or(nom_seul.filter(|_| noms_entiers)).or_else(voisine),
        code,
        age: lire_age(tableau, rang, naissance, ingestion.date, bilan),
        places,
        lieu,
        mam: (lieu == LieuExercice::Mam).then(|| cle_de_mam(tableau, rang, code, pseudonymes)),
        adresse: texte("adresse").map(|adresse| pseudonymes.lieu(code.as_str(), adresse)),
        reponses: REPONSES.map(|champ| lire_reponse(tableau, rang, champ, bilan)),
        places_libres: lire_places_libres(tableau, rang, places, bilan),
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
            | Motif::CapaciteIllisible
    )
}

/// True if the list tells first names, in a column of their own or after the family name. With the family name alone,
/// five Martins would be one person.
fn donne_des_noms_entiers(tableau: &Tableau) -> bool {
    let Some(noms) = tableau.colonne("nom").or_else(|| tableau.colonne("nom_usage")) else { return false };
    let (remplis, entiers) = noms.valeurs.iter().flatten().fold((0u32, 0u32), |(n, entiers), nom| {
        (n + 1, entiers + u32::from(nom.split_whitespace().count() > 1))
    });
    tableau.colonne("prenom").is_some() || entiers * 2 > remplis
}

/// Tells that people are not followed where only their family names are known.
fn dire_les_noms_de_famille(
    agrements: &[Agrement],
    noms_entiers: bool,
    tableau: &Tableau,
    bilan: &mut Bilan,
) {
    let sans_cle = agrements.iter().filter(|a| a.cle.is_none()).count();
    if noms_entiers || sans_cle == 0 || tableau.colonne("nom").is_none() {
        return;
    }
    let detail = format!(
        "{sans_cle} personne(s) n’ont qu’un nom de famille : deux du même nom sont comptées deux fois, sauf à la même adresse, et personne n’est suivi d’une année à l’autre"
    );
    bilan.noter(Probleme::new(Motif::NomsDeFamilleSeuls, tableau.origine.lieu(), detail));
}

/// True unless the row tells that its agrément has ended, or begins later.
fn est_en_cours(tableau: &Tableau, rang: usize, jour: NaiveDate) -> bool {
    let lire = |champ: &str| tableau.cellule(rang, champ).and_then(|texte| valeurs::date(texte).ok());
    lire("date_fin").is_none_or(|fin| fin >= jour) && lire("date_agrement").is_none_or(|debut| debut <= jour)
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

/// Free places that the row can do without; more of them than places is a mistake of the file.
fn lire_places_libres(tableau: &Tableau, rang: usize, places: u32, bilan: &mut Bilan) -> Option<u32> {
    let brut = tableau.cellule(rang, "places_libres").filter(|brut| !valeurs::est_manquant(brut))?;
    let libres = valeurs::entier(brut).ok().and_then(|n| u32::try_from(n).ok()).filter(|n| *n <= places);
    if libres.is_none() {
        let detail = format!("un nombre de 0 à {places} est attendu : les places de l’agrément");
        let probleme = Probleme::new(Motif::ModaliteInconnue, tableau.lieu(rang, "places_libres"), detail);
        bilan.noter(probleme.avec_valeur(brut));
    }
    libres
}

fn lire_capacite(tableau: &Tableau, rang: usize, bilan: &mut Bilan) -> Option<u32> {
    let brut = tableau.cellule(rang, "capacite").unwrap_or_default();
    match valeurs::capacite(brut) {
        Ok(capacite) => Some(u32::from(capacite.places)),
        Err(erreur) => {
            bilan.noter(erreur.a(tableau.lieu(rang, "capacite")).avec_valeur(brut));
            None
        }
    }
}

/// A date in a cell that the row can do without. A birth date never appears in a message.
fn lire_date(
    tableau: &Tableau,
    rang: usize,
    champ: &str,
    personnelle: bool,
    bilan: &mut Bilan,
) -> Option<NaiveDate> {
    let brut = tableau.cellule(rang, champ)?;
    match valeurs::date(brut) {
        Ok(date) => Some(date),
        Err(erreur) => {
            let (vu, detail) = if personnelle {
                (
                    masquer(brut),
                    "le jour, le mois ou l’année n’existent pas ; valeur masquée, car personnelle".to_owned(),
                )
            } else {
                (brut.to_owned(), erreur.detail)
            };
            bilan.noter(
                Probleme::new(Motif::DateIllisible, tableau.lieu(rang, champ), detail).avec_valeur(vu),
            );
            None
        }
    }
}

fn agrement_valide(tableau: &Tableau, rang: usize, jour: NaiveDate, bilan: &mut Bilan) -> bool {
    if let Some(statut) = tableau.cellule(rang, "statut").filter(|texte| est_leve(texte)) {
        let probleme = Probleme::new(Motif::AgrementLeve, tableau.lieu(rang, "statut"), "");
        bilan.noter(probleme.avec_valeur(statut));
        return false;
    }
    if let Some(fin) = lire_date(tableau, rang, "date_fin", false, bilan).filter(|fin| *fin < jour) {
        let detail =
            format!("l’agrément finit le {}, avant le {}", fin.format("%d/%m/%Y"), jour.format("%d/%m/%Y"));
        bilan.noter(Probleme::new(Motif::AgrementEchu, tableau.lieu(rang, "date_fin"), detail));
        return false;
    }
    // The first agrément may stand in that column as well as the current one: only the future is wrong.
    if let Some(debut) = lire_date(tableau, rang, "date_agrement", false, bilan).filter(|debut| *debut > jour)
    {
        let detail = format!(
            "l’agrément commence le {}, après le {}",
            debut.format("%d/%m/%Y"),
            jour.format("%d/%m/%Y")
        );
        bilan.noter(Probleme::new(Motif::AgrementFutur, tableau.lieu(rang, "date_agrement"), detail));
        return false;
    }
    true
}

/// Completed years.
fn age_le(naissance: NaiveDate, jour: NaiveDate) -> Option<i32> {
    jour.years_since(naissance).and_then(|age| i32::try_from(age).ok())
}

fn est_plausible(age: i32) -> bool {
    AGES.contains(&age)
}

/// True for an agrément that the PMI has suspended or taken back.
fn est_leve(statut: &str) -> bool {
    const MOTS: [&str; 7] = ["suspendu", "suspendue", "suspension", "retire", "retiree", "retrait", "abroge"];
    valeurs::replier(statut).split(' ').any(|mot| MOTS.contains(&mot))
}

fn lire_age(
    tableau: &Tableau,
    rang: usize,
    naissance: Option<NaiveDate>,
    jour: NaiveDate,
    bilan: &mut Bilan,
) -> Option<i32> {
    let cellule = |champ: &str| tableau.cellule(rang, champ);
    let (age, champ) = if let Some(naissance) = naissance {
        (age_le(naissance, jour), "date_naissance")
    } else if let Some(age) = cellule("age").and_then(|a| valeurs::entier(a).ok()) {
        (i32::try_from(age).ok(), "age")
    } else {
        let annee = cellule("annee_naissance").and_then(|a| valeurs::annee(a).ok())?;
        (Some(jour.year() - annee), "annee_naissance")
    };
    let plausible = age.filter(|age| est_plausible(*age));
    if plausible.is_none() {
        let detail =
            format!("hors de {} à {} ans ; valeur masquée, car personnelle", AGES.start(), AGES.end());
        bilan.noter(Probleme::new(Motif::AgeInvraisemblable, tableau.lieu(rang, champ), detail));
    }
    plausible
}

fn lire_lieu(tableau: &Tableau, rang: usize, bilan: &mut Bilan) -> LieuExercice {
    let cellule = |champ: &str| tableau.cellule(rang, champ);
    if cellule("creche_familiale").is_some_and(dit_oui_ou_un_nom) {
        return LieuExercice::CrecheFamiliale;
    }
    if let Some(brut) = cellule("exercice") {
        match valeurs::lieu_exercice(brut) {
            Ok(lieu) => return lieu,
            Err(erreur) => bilan.noter(
                Probleme::new(Motif::ModaliteInconnue, tableau.lieu(rang, "exercice"), erreur.detail)
                    .avec_valeur(brut),
            ),
        }
    }
    // A column « MAM » holds the name of the MAM, or a cross, or « non ».
    match cellule("mam") {
        Some(mam) if dit_oui_ou_un_nom(mam) => LieuExercice::Mam,
        _ => LieuExercice::Domicile,
    }
}

/// A cross or a name say yes; « non » and « nd » do not.
fn dit_oui_ou_un_nom(texte: &str) -> bool {
    !matches!(valeurs::oui_non(texte), Ok(Some(false) | None))
}

/// The same MAM for the people who give the same name in the same commune; where the column holds only
/// a cross, for those who share an address.
fn cle_de_mam(tableau: &Tableau, rang: usize, code: CodeCommune, pseudonymes: &Pseudonymes) -> u64 {
    let cellule = |champ: &str| tableau.cellule(rang, champ);
    let nom = cellule("mam").filter(|mam| valeurs::oui_non(mam).is_err());
    let lieu = nom.or_else(|| cellule("adresse")).unwrap_or("mam sans nom");
    pseudonymes.lieu(code.as_str(), lieu)
}

/// One AM on two lines is one AM: lines that say the same count once; two agréments in one kind of
/// place add up; domicile and MAM, where the person cannot be at once, give the larger of the two.
fn une_ligne_par_personne(agrements: Vec<Agrement>, tableau: &Tableau, bilan: &mut Bilan) -> Vec<Agrement> {
    let mut premiers: BTreeMap<u64, usize> = BTreeMap::new();
    let mut personnes: Vec<Agrement> = Vec::with_capacity(agrements.len());
    for agrement in agrements {
        let connu = agrement.meme.and_then(|meme| premiers.get(&meme).copied());
        let Some(autre) = connu.and_then(|rang| personnes.get_mut(rang)) else {
            if let Some(meme) = agrement.meme {
                premiers.insert(meme, personnes.len());
            }
            personnes.push(agrement);
            continue;
        };
        bilan.noter(reunir_agrements(autre, &agrement, tableau));
    }
    personnes
}

/// Where the list says nothing of MAM, an address that several people share is one, and is told: from
/// three people on, for two may be a couple.
fn deduire_les_mam(personnes: &mut [Agrement], tableau: &Tableau, bilan: &mut Bilan) {
    if tableau.colonne("mam").is_some() || tableau.colonne("exercice").is_some() {
        return;
    }
    let mut adresses: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (rang, personne) in personnes.iter().enumerate() {
        if let Some(adresse) = personne.adresse.filter(|_| personne.lieu == LieuExercice::Domicile) {
            adresses.entry(adresse).or_default().push(rang);
        }
    }
    let mut partagees: Vec<(u64, Vec<usize>)> = adresses.into_iter().filter(|(_, r)| r.len() > 1).collect();
    // In the order of the file: the pseudonyms have none.
    partagees.sort_by_key(|(_, rangs)| rangs.first().copied());
    for (adresse, rangs) in partagees {
        let lignes: Vec<String> = rangs.iter().map(|r| personnes[*r].ligne.to_string()).collect();
        let est_une_mam = rangs.len() >= PERSONNES_D_UNE_MAM;
        let suite = if est_une_mam { "comptées comme une MAM" } else { "non comptées comme une MAM" };
        let mut lieu = tableau.lieu(0, "adresse");
        lieu.ligne = rangs.first().map(|r| personnes[*r].ligne);
        bilan.noter(Probleme::new(
            Motif::MamDeduite,
            lieu,
            format!("lignes {} à la même adresse, {suite}", lignes.join(", ")),
        ));
        for rang in rangs.into_iter().filter(|_| est_une_mam) {
            personnes[rang].lieu = LieuExercice::Mam;
            personnes[rang].mam = Some(adresse);
        }
    }
    // Nothing tells of any MAM: that is no reason to say that there is none.
    if !personnes.is_empty() && personnes.iter().all(|p| p.lieu != LieuExercice::Mam) {
        let sans_lieu = personnes.iter_mut().filter(|p| p.lieu == LieuExercice::Domicile);
        sans_lieu.for_each(|p| p.lieu = LieuExercice::NonDit);
        let detail = "aucune colonne ne dit qui exerce en MAM : les nombres « à domicile » et « en MAM » ne sont pas connus à cette date";
        bilan.noter(Probleme::new(Motif::LieuNonDit, tableau.origine.lieu(), detail));
    }
}

fn reunir_agrements(autre: &mut Agrement, agrement: &Agrement, tableau: &Tableau) -> Probleme {
    let mut lieu = tableau.lieu_ligne(0);
    lieu.ligne = Some(agrement.ligne);
    let identiques = (autre.places, autre.lieu, autre.code, autre.mam)
        == (agrement.places, agrement.lieu, agrement.code, agrement.mam);
    if identiques {
        return Probleme::new(
            Motif::LigneEnDouble,
            lieu,
            format!("même personne que la ligne {}", autre.ligne),
        );
    }
    let somme = autre.places + agrement.places;
    let (places, pourquoi) = if autre.lieu != agrement.lieu {
        (
            autre.places.max(agrement.places),
            "à deux endroits où l’on n’est pas à la fois, le plus grand des deux",
        )
    } else if somme > PLACES_MAX {
        (PLACES_MAX, "la somme, ramenée au plus que les agréments d’une personne permettent")
    } else {
        (somme, "la somme")
    };
    if agrement.lieu == LieuExercice::Mam {
        (autre.lieu, autre.mam, autre.code) = (agrement.lieu, agrement.mam, agrement.code);
    }
    for (connue, autre_reponse) in autre.reponses.iter_mut().zip(agrement.reponses) {
        *connue = connue.or(autre_reponse);
    }
    autre.places_libres = autre.places_libres.or(agrement.places_libres);
    let detail = format!(
        "même personne que la ligne {} ({} et {} places) : {places} places retenues, {pourquoi}",
        autre.ligne, autre.places, agrement.places
    );
    autre.places = places;
    Probleme::new(Motif::AgrementsMultiples, lieu, detail)
}

/// The table without rows: what its columns are.
pub(super) fn vide() -> PolarsResult<DataFrame> {
    trame(&[], "", NaiveDate::default())
}

/// Nobody: what the columns of [`Liste::non_places`] are.
pub(super) fn aucun_non_place() -> PolarsResult<DataFrame> {
    trame_des_non_places(&[], 0, "")
}

fn trame_des_non_places(identites: &[Identite], annee: i32, source: &str) -> PolarsResult<DataFrame> {
    df!(
        "annee" => vec![annee; identites.len()],
        "source" => vec![source; identites.len()],
        "nom" => identites.iter().map(|i| i.nom).collect::<Vec<u64>>(),
        "cle" => identites.iter().map(|i| i.cle).collect::<Vec<Option<u64>>>(),
    )
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
            Column::new("nom_entier".into(), agrements.iter().map(|a| a.nom_entier).collect::<Vec<bool>>()),
            Column::new("age".into(), agrements.iter().map(|a| a.age).collect::<Vec<Option<i32>>>()),
            Column::new("places".into(), agrements.iter().map(|a| a.places).collect::<Vec<u32>>()),
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
