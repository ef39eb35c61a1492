//! Counts by commune and year, each with its status: births, Caf counts.

use super::Ingestion;
use super::en_jours;
use super::ingestion::Communes;
use crate::quality::{Bilan, Motif, Probleme, Statut};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::{self, Compte};
use crate::territory::CodeCommune;
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use std::collections::BTreeMap;

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
/// Columns: `annee` (i32), `date_observation` (date), `code` (str), `mesure` (str), `valeur` (f64, null
/// unless known), `statut` (u32, see [`Statut::rang`]), `sources` (str).
#[derive(Debug, Clone)]
pub struct Comptes(pub(super) DataFrame);

type Cle = (i32, CodeCommune, Mesure);

/// The counts of one file while it is read.
#[derive(Debug, Default)]
struct Releve {
    valeurs: BTreeMap<Cle, (Option<f64>, Statut, bool)>,
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

    /// Reads Caf counts: a column per measure, or rows `commune, annee, mesure, valeur`. Without a
    /// column of years, those of the source's date.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire_imaje(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Self> {
        let colonnes: Vec<(Option<i32>, Mesure, &ColonneTexte)> = Mesure::TOUTES
            .into_iter()
            .filter_map(|mesure| tableau.colonne(mesure.mot()).map(|c| (None, mesure, c)))
            .collect();
        Self::lire(tableau, &colonnes, ingestion, bilan)
    }

    fn lire(
        tableau: &Tableau,
        colonnes: &[(Option<i32>, Mesure, &ColonneTexte)],
        ingestion: &Ingestion<'_>,
        bilan: &mut Bilan,
    ) -> PolarsResult<Self> {
        let mut communes = Communes::new(ingestion.rapprocheur);
        let mut releve = Releve::default();
        for rang in 0..tableau.hauteur() {
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
        releve.en_trame(ingestion.source).map(Self)
    }

    /// Brings sources together. Where two sources give the same figure, the one that the pipeline names
    /// first is kept.
    ///
    /// # Errors
    /// Only if Polars cannot run the plan.
    pub fn reunir(parties: &[Self]) -> PolarsResult<Self> {
        if parties.is_empty() {
            return Releve::default().en_trame("").map(Self);
        }
        concat(parties.iter().map(|p| p.0.clone().lazy()).collect::<Vec<_>>(), UnionArgs::default())?
            .unique_stable(Some(cols(["annee", "code", "mesure"])), UniqueKeepStrategy::First)
            .collect()
            .map(Self)
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.0
    }

    /// The rows of one measure.
    pub fn mesure(&self, mesure: Mesure) -> LazyFrame {
        self.0.clone().lazy().filter(col("mesure").eq(lit(mesure.mot()))).drop(cols(["mesure"]))
    }
}

fn annee_de_la_ligne(tableau: &Tableau, rang: usize, date: NaiveDate, bilan: &mut Bilan) -> Option<i32> {
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
        let (valeur, statut) = match valeurs::compte(brut) {
            Ok(Compte::Valeur(valeur)) => (Some(valeur), Statut::Observe),
            Ok(Compte::Secret) => (None, Statut::SecretSource),
            Ok(Compte::NonDisponible) => (None, Statut::NonDisponible),
            Err(erreur) => {
                let mut lieu = tableau.lieu_ligne(rang);
                lieu.colonne = Some((colonne.position, colonne.entete.clone()));
                bilan.noter(Probleme::new(Motif::NombreIllisible, lieu, erreur.detail).avec_valeur(brut));
                return None;
            }
        };
        cellules.push((annee_colonne.unwrap_or(annee), *mesure, valeur, statut));
    }
    Some(cellules)
}

impl Releve {
    /// Two communes of old that are one today add up; the same commune twice is a mistake.
    fn contient_deja(&self, cle: Cle, ancienne: bool) -> bool {
        self.valeurs.get(&cle).is_some_and(|(.., autre_ancienne)| !ancienne && !autre_ancienne)
    }

    fn ajouter(&mut self, cle: Cle, valeur: Option<f64>, statut: Statut, ancienne: bool) {
        self.valeurs
            .entry(cle)
            .and_modify(|(somme, statut_connu, est_ancienne)| {
                // A sum of which one part is withheld is withheld: a missing part is not zero.
                *somme = somme.zip(valeur).map(|(a, b)| a + b);
                *statut_connu = (*statut_connu).max(statut);
                *est_ancienne |= ancienne;
            })
            .or_insert((valeur, statut, ancienne));
    }

    fn en_trame(&self, source: &str) -> PolarsResult<DataFrame> {
        let n = self.valeurs.len();
        let jours = Int32Chunked::from_iter_options(
            "date_observation".into(),
            self.valeurs.keys().map(|(annee, _, mesure)| mesure.jour(*annee).map(en_jours)),
        );
        DataFrame::new(
            n,
            vec![
                Int32Chunked::from_iter_values("annee".into(), self.valeurs.keys().map(|(a, ..)| *a))
                    .into_column(),
                jours.into_date().into_column(),
                StringChunked::from_iter_values(
                    "code".into(),
                    self.valeurs.keys().map(|(_, c, _)| c.as_str()),
                )
                .into_column(),
                StringChunked::from_iter_values("mesure".into(), self.valeurs.keys().map(|(.., m)| m.mot()))
                    .into_column(),
                Float64Chunked::from_iter_options("valeur".into(), self.valeurs.values().map(|(v, ..)| *v))
                    .into_column(),
                UInt32Chunked::from_iter_values(
                    "statut".into(),
                    self.valeurs.values().map(|(_, s, _)| s.rang()),
                )
                .into_column(),
                StringChunked::full("sources".into(), source, n).into_column(),
            ],
        )
    }
}
