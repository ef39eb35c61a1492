//! Counts by commune and year, each with its status: births, Caf counts.

use super::Ingestion;
use super::en_jours;
use super::ingestion::{Communes, Ecartees};
use crate::quality::{Bilan, Lieu, Motif, Probleme, Statut};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::{self, Compte};
use crate::territory::CodeCommune;
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

mod imaje;
mod insee;
mod iris;

pub(super) use imaje::positions_lues;

/// What a count counts. The identifiers are those of the layouts and of the column `mesure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mesure {
    /// Births by commune of the mother.
    Naissances,
    /// Resident children under 3.
    Enfants02,
    /// Resident children from 3 to 5.
    Enfants35,
    /// Children under 3 whose parents all work.
    Enfants02ParentsActifs,
    /// Children under 3 cared for in an EAJE.
    EnfantsEaje,
    /// Children under 3 cared for by a childminder.
    EnfantsAm,
    /// Children whose care at home is helped by the CMG.
    EnfantsCmgDomicile,
    /// Children whose care in a PAJE structure is helped by the CMG.
    EnfantsCmgStructure,
    /// Childminders with at least one child in November.
    AmActifs,
}

impl Mesure {
    /// Every measure.
    pub const TOUTES: [Self; 9] = [
        Self::Naissances,
        Self::Enfants02,
        Self::Enfants35,
        Self::Enfants02ParentsActifs,
        Self::EnfantsEaje,
        Self::EnfantsAm,
        Self::EnfantsCmgDomicile,
        Self::EnfantsCmgStructure,
        Self::AmActifs,
    ];

    /// The identifier.
    pub fn mot(self) -> &'static str {
        match self {
            Self::Naissances => "naissances",
            Self::Enfants02 => "enfants_0_2",
            Self::Enfants35 => "enfants_3_5",
            Self::Enfants02ParentsActifs => "enfants_0_2_parents_actifs",
            Self::EnfantsEaje => "enfants_eaje",
            Self::EnfantsAm => "enfants_am",
            Self::EnfantsCmgDomicile => "enfants_cmg_domicile",
            Self::EnfantsCmgStructure => "enfants_cmg_structure",
            Self::AmActifs => "am_actifs",
        }
    }

    /// The day of the year that the count speaks of: the Caf counts active childminders in November.
    fn jour(self, annee: i32) -> Option<NaiveDate> {
        match self {
            Self::AmActifs => NaiveDate::from_ymd_opt(annee, 11, 30),
            _ => NaiveDate::from_ymd_opt(annee, 12, 31),
        }
    }
}

/// One row per commune, year and measure.
///
/// Columns: `annee` (i32), `date_observation` (date), `code` (str), `mesure` (str), `valeur` (f64: the
/// sum of the known parts, null if there is none), `statut` (u32, see [`Statut::rang`]: observed only if
/// every part is known, otherwise why the others are missing), `parties` and `parties_attendues` (u32: the
/// parts that are known and those that there are: communes of old, IRIS; 1 for a plain count), `sources`
/// (str).
#[derive(Debug, Clone)]
pub struct Comptes(pub(super) DataFrame);

pub(super) type Cle = (i32, CodeCommune, Mesure);

/// The counts of one file while it is read.
#[derive(Debug, Default)]
pub(super) struct Releve {
    valeurs: BTreeMap<Cle, Somme>,
}

/// A sum of parts, some of which may be missing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Somme {
    pub(super) valeur: Option<f64>,
    pub(super) statut: Statut,
    pub(super) parties: u32,
    pub(super) attendues: u32,
    ancienne: bool,
}

impl Comptes {
    /// Reads births: a column per year, or rows `commune, annee, naissances`.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire_naissances(
        tableau: &Tableau,
        ingestion: &Ingestion<'_>,
        bilan: &mut Bilan,
    ) -> PolarsResult<Self> {
        let annees = tableau.colonnes_annees();
        let colonnes: Vec<(Option<i32>, Mesure, &ColonneTexte)> = if annees.is_empty() {
            tableau.colonne("naissances").map(|c| (None, Mesure::Naissances, c)).into_iter().collect()
        } else {
            annees.into_iter().map(|(annee, c)| (Some(annee), Mesure::Naissances, c)).collect()
        };
        Self::lire(tableau, &colonnes, ingestion, bilan)
    }

    /// Reads Caf counts: a column per measure, per measure and year (`AM actifs 2023`), or rows
    /// `commune, annee, mesure, valeur`. Without a year of its own, a count is of the source's date.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire_imaje(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Self> {
        if tableau.colonne("mesure").is_some() {
            return imaje::lire_en_long(tableau, ingestion, bilan);
        }
        Self::lire(tableau, &imaje::colonnes_de_mesures(tableau), ingestion, bilan)
    }

    fn lire(
        tableau: &Tableau,
        colonnes: &[(Option<i32>, Mesure, &ColonneTexte)],
        ingestion: &Ingestion<'_>,
        bilan: &mut Bilan,
    ) -> PolarsResult<Self> {
        if colonnes.is_empty() {
            perdre(tableau, bilan);
            return vide().map(Self);
        }
        dire_les_annees_isolees(tableau, colonnes, ingestion.date, bilan);
        let mut communes = Communes::new(ingestion.rapprocheur);
        let mut releve = Releve::default();
        let mut ecartees = Ecartees::default();
        for rang in 0..tableau.hauteur() {
            if let Some(niveau) = autre_niveau(tableau, rang) {
                ecartees.noter(Motif::AutreNiveau, tableau.lieu(rang, "niveau"), niveau);
                continue;
            }
            let Some(commune) = communes.trouver(tableau, rang, bilan) else { continue };
            let Some(annee) = annee_de_la_ligne(tableau, rang, ingestion.date, bilan) else { continue };
            let Some(cellules) = lire_cellules(tableau, rang, colonnes, annee, bilan) else { continue };
            let doublon = cellules.iter().any(|(annee, mesure, ..)| {
                releve.contient_deja((*annee, commune.code, *mesure), commune.ancienne)
            });
            if doublon {
                let detail = format!("la commune {} a déjà une ligne pour cette année", commune.code);
                bilan.noter(Probleme::new(Motif::ValeurEnDouble, tableau.lieu_ligne(rang), detail));
                continue;
            }
            bilan.lues += 1;
            for (annee, mesure, valeur, statut) in cellules {
                releve.ajouter((annee, commune.code, mesure), valeur, statut, commune.ancienne);
            }
        }
        communes.conclure(bilan);
        ecartees.conclure(bilan);
        releve.en_comptes(ingestion.source)
    }

    /// Brings sources together. Where two sources give the same figure, the one that the pipeline names
    /// first is kept; but a source that withholds a figure, or does not know it, or knows only some of its
    /// parts, gives way to the next one that knows more. Nothing is added up over sources.
    ///
    /// # Errors
    /// Only if Polars cannot run the plan.
    pub fn reunir(parties: &[Self]) -> PolarsResult<Self> {
        if parties.is_empty() {
            return vide().map(Self);
        }
        let entiere = col("valeur").is_not_null().and(col("parties").eq(col("parties_attendues")));
        concat(parties.iter().map(|p| p.0.clone().lazy()).collect::<Vec<_>>(), UnionArgs::default())?
            .with_row_index("rang", None)
            .with_column(
                when(entiere)
                    .then(lit(0))
                    .when(col("valeur").is_not_null())
                    .then(lit(1))
                    .otherwise(lit(2))
                    .alias("lacune"),
            )
            .sort(["lacune", "rang"], SortMultipleOptions::default())
            .unique_stable(Some(cols(["annee", "code", "mesure"])), UniqueKeepStrategy::First)
            .sort(["rang"], SortMultipleOptions::default())
            .drop(cols(["rang", "lacune"]))
            .collect()
            .map(Self)
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.0
    }

    /// The rows of one measure, for those who want whole counts: a sum that lacks parts is no count, and
    /// has no value here.
    pub fn mesure(&self, mesure: Mesure) -> LazyFrame {
        let entiere = col("parties").eq(col("parties_attendues"));
        self.0
            .clone()
            .lazy()
            .filter(col("mesure").eq(lit(mesure.mot())))
            .with_column(when(entiere).then(col("valeur")).otherwise(lit(NULL)).alias("valeur"))
            .drop(cols(["mesure"]))
    }
}

/// A column of a year to come that follows no other (2042 after 2023) is a typing error: it would be read, and shown
/// nowhere.
fn dire_les_annees_isolees(
    tableau: &Tableau,
    colonnes: &[(Option<i32>, Mesure, &ColonneTexte)],
    jour: NaiveDate,
    bilan: &mut Bilan,
) {
    let annees: BTreeSet<i32> = colonnes.iter().filter_map(|(annee, ..)| *annee).collect();
    for (annee, _, colonne) in colonnes {
        let isolee = annee.filter(|annee| *annee > jour.year() + 1 && !annees.contains(&(annee - 1)));
        if let Some(annee) = isolee {
            let lieu = Lieu { ligne: None, ..tableau.lieu_colonne(0, colonne) };
            let detail = format!("la colonne serait de {annee}, et le fichier n’a pas l’année {}", annee - 1);
            bilan.noter(Probleme::new(Motif::AnneeIsolee, lieu, detail));
        }
    }
}

/// A file of which no column is a count that is known: read in silence, it would give nothing and say so nowhere.
fn perdre(tableau: &Tableau, bilan: &mut Bilan) {
    let entetes: Vec<String> = tableau.autres.iter().map(|c| format!("« {} »", c.entete)).collect();
    let detail = format!(
        "aucune colonne n’est un compte connu (enfants, naissances, assistants maternels…) ; les autres colonnes du fichier : {}",
        if entetes.is_empty() { "aucune".to_owned() } else { entetes.join(", ") }
    );
    bilan.rejetees += u32::try_from(tableau.hauteur()).unwrap_or(u32::MAX);
    bilan.noter(Probleme::new(Motif::ColonneAbsente, tableau.origine.lieu(), detail));
}

/// The table without rows: what its columns are.
pub(super) fn vide() -> PolarsResult<DataFrame> {
    Releve::default().en_comptes("").map(|comptes| comptes.0)
}

/// The level of a row that is not about a commune.
pub(super) fn autre_niveau(tableau: &Tableau, rang: usize) -> Option<&str> {
    tableau
        .cellule(rang, "niveau")
        .filter(|n| !matches!(valeurs::replier(n).as_str(), "com" | "arm" | "commune"))
}

pub(super) fn annee_de_la_ligne(
    tableau: &Tableau,
    rang: usize,
    date: NaiveDate,
    bilan: &mut Bilan,
) -> Option<i32> {
    let Some(colonne) = tableau.colonne("annee") else { return Some(date.year()) };
    let brut = colonne.valeurs.get(rang).unwrap_or_default();
    match valeurs::annee(brut) {
        Ok(annee) => Some(annee),
        Err(erreur) => {
            let probleme = Probleme::new(Motif::AnneeIllisible, tableau.lieu(rang, "annee"), erreur.detail);
            bilan.noter(probleme.avec_valeur(brut));
            None
        }
    }
}

type Cellule = (i32, Mesure, Option<f64>, Statut);

/// The cells of a row, or none if one of them cannot be read: the row is then rejected as a whole.
fn lire_cellules(
    tableau: &Tableau,
    rang: usize,
    colonnes: &[(Option<i32>, Mesure, &ColonneTexte)],
    annee: i32,
    bilan: &mut Bilan,
) -> Option<Vec<Cellule>> {
    let mut cellules = Vec::with_capacity(colonnes.len());
    for (annee_colonne, mesure, colonne) in colonnes {
        let brut = colonne.valeurs.get(rang).unwrap_or_default();
        let (valeur, statut) = lire_compte(brut, tableau.lieu_colonne(rang, colonne), bilan)?;
        cellules.push((annee_colonne.unwrap_or(annee), *mesure, valeur, statut));
    }
    Some(cellules)
}

/// A count with its status; none, and told, if the cell cannot be read.
pub(super) fn lire_compte(brut: &str, lieu: Lieu, bilan: &mut Bilan) -> Option<(Option<f64>, Statut)> {
    match valeurs::compte(brut) {
        Ok(Compte::Valeur(valeur)) => Some((Some(valeur), Statut::Observe)),
        Ok(Compte::Secret) => Some((None, Statut::SecretSource)),
        Ok(Compte::NonDisponible) => Some((None, Statut::NonDisponible)),
        Err(erreur) => {
            bilan.noter(Probleme::new(Motif::NombreIllisible, lieu, erreur.detail).avec_valeur(brut));
            None
        }
    }
}

impl Releve {
    /// Two communes of old that are one today add up; the same commune twice is a mistake.
    pub(super) fn contient_deja(&self, cle: Cle, ancienne: bool) -> bool {
        self.valeurs.get(&cle).is_some_and(|connue| !ancienne && !connue.ancienne)
    }

    /// Adds a part. A missing part is not zero: it is counted as expected and not known.
    pub(super) fn ajouter(&mut self, cle: Cle, valeur: Option<f64>, statut: Statut, ancienne: bool) {
        let partie = Somme { valeur, statut, parties: u32::from(valeur.is_some()), attendues: 1, ancienne };
        self.valeurs
            .entry(cle)
            .and_modify(|somme| {
                somme.valeur = match (somme.valeur, valeur) {
                    (Some(a), Some(b)) => Some(a + b),
                    (a, b) => a.or(b),
                };
                somme.statut = somme.statut.max(statut);
                somme.parties += partie.parties;
                somme.attendues += 1;
                somme.ancienne |= ancienne;
            })
            .or_insert(partie);
    }

    /// Adds to a count that has one part whatever the number of rows that make it.
    pub(super) fn cumuler(&mut self, cle: Cle, valeur: Option<f64>, statut: Statut) {
        self.ajouter(cle, valeur, statut, false);
        if let Some(somme) = self.valeurs.get_mut(&cle) {
            somme.attendues = 1;
            somme.parties = u32::from(somme.statut.est_connu());
        }
    }

    /// The sums so far.
    pub(super) fn sommes(&self) -> impl Iterator<Item = (&Cle, &Somme)> {
        self.valeurs.iter()
    }

    pub(super) fn en_comptes(&self, source: &str) -> PolarsResult<Comptes> {
        let n = self.valeurs.len();
        let (cles, sommes) = (|| self.valeurs.keys(), || self.valeurs.values());
        let jours = cles().map(|(annee, _, mesure)| mesure.jour(*annee).map(en_jours));
        let entiers = |nom: &str, lire: fn(&Somme) -> u32| {
            UInt32Chunked::from_iter_values(nom.into(), sommes().map(lire)).into_column()
        };
        DataFrame::new(
            n,
            vec![
                Int32Chunked::from_iter_values("annee".into(), cles().map(|(a, ..)| *a)).into_column(),
                Int32Chunked::from_iter_options("date_observation".into(), jours).into_date().into_column(),
                StringChunked::from_iter_values("code".into(), cles().map(|(_, c, _)| c.as_str()))
                    .into_column(),
                StringChunked::from_iter_values("mesure".into(), cles().map(|(.., m)| m.mot())).into_column(),
                Float64Chunked::from_iter_options("valeur".into(), sommes().map(|s| s.valeur)).into_column(),
                entiers("statut", |s| s.statut.rang()),
                entiers("parties", |s| s.parties),
                entiers("parties_attendues", |s| s.attendues),
                StringChunked::full("sources".into(), source, n).into_column(),
            ],
        )
        .map(Comptes)
    }
}
