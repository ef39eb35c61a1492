//! The indicator table: the second narrow waist. One row per territory, year, indicator and modality.

use crate::quality::Statut;
use crate::tables::du_jour;
use chrono::NaiveDate;
use polars::prelude::*;
use std::collections::BTreeMap;

/// The columns of the table, in order, with their types.
pub const COLONNES: [(&str, DataType); 15] = [
    ("niveau", DataType::String),
    ("code", DataType::String),
    ("nom", DataType::String),
    ("annee", DataType::Int32),
    ("date_observation", DataType::Date),
    ("indicateur", DataType::String),
    ("modalite", DataType::String),
    ("valeur", DataType::Float64),
    ("unite", DataType::String),
    ("numerateur", DataType::Float64),
    ("denominateur", DataType::Float64),
    ("statut", DataType::String),
    ("parties", DataType::UInt32),
    ("parties_attendues", DataType::UInt32),
    ("sources", DataType::String),
];

/// The table, and an index to read one figure of it.
///
/// Columns: see [`COLONNES`]. `valeur`, `numerateur` and `denominateur` are null unless `statut` is
/// `observe` or `estime`. Sorted by level (territory first), code, indicator (order of the
/// catalogue), modality, year.
#[derive(Debug, Clone)]
pub struct TableIndicateurs {
    trame: DataFrame,
    index: BTreeMap<Cle, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Cle {
    indicateur: String,
    modalite: String,
    niveau: String,
    code: String,
    annee: i32,
}

/// One figure, as a page needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Year it speaks of.
    pub annee: i32,
    /// Day of observation.
    pub date_observation: Option<NaiveDate>,
    /// None unless the status is known.
    pub valeur: Option<f64>,
    /// What a rate divides.
    pub numerateur: Option<f64>,
    /// What a rate is divided by.
    pub denominateur: Option<f64>,
    /// What the figure is worth.
    pub statut: Statut,
    /// Communes whose part is known.
    pub parties: u32,
    /// Communes that ought to have a part.
    pub parties_attendues: u32,
    /// Identifiers of the sources, separated by `;`.
    pub sources: String,
}

/// Territorial level of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Niveau {
    /// The whole territory.
    Territoire,
    /// A département of the territory, for published rates.
    Departement,
    /// The whole country, for published rates.
    France,
    /// One commune.
    Commune,
}

impl Niveau {
    /// Every level, in the order of the table.
    pub const TOUS: [Self; 4] = [Self::Territoire, Self::Departement, Self::France, Self::Commune];

    /// The word of the column `niveau`.
    pub fn mot(self) -> &'static str {
        match self {
            Self::Territoire => "territoire",
            Self::Departement => "departement",
            Self::France => "france",
            Self::Commune => "commune",
        }
    }
}

impl TableIndicateurs {
    /// Takes a frame with the columns of [`COLONNES`] and indexes it.
    ///
    /// # Errors
    /// If a column is missing or of another type, or if two rows speak of the same figure.
    pub fn new(trame: DataFrame) -> PolarsResult<Self> {
        for (nom, type_attendu) in &COLONNES {
            let trouve = trame.column(nom)?.dtype();
            polars_ensure!(trouve == type_attendu, SchemaMismatch: "colonne {nom} : {trouve} au lieu de {type_attendu}");
        }
        let mut index = BTreeMap::new();
        let textes = |nom: &str| trame.column(nom)?.str().cloned();
        let (niveau, code) = (textes("niveau")?, textes("code")?);
        let (indicateur, modalite) = (textes("indicateur")?, textes("modalite")?);
        let annee = trame.column("annee")?.i32()?.clone();
        for rang in 0..trame.height() {
            let texte = |c: &StringChunked| c.get(rang).unwrap_or_default().to_owned();
            let cle = Cle {
                indicateur: texte(&indicateur),
                modalite: texte(&modalite),
                niveau: texte(&niveau),
                code: texte(&code),
                annee: annee.get(rang).unwrap_or_default(),
            };
            if let Some(autre) = index.insert(cle.clone(), rang) {
                polars_bail!(Duplicate: "le même chiffre deux fois (lignes {autre} et {rang}) : {cle:?}");
            }
        }
        Ok(Self { trame, index })
    }

    /// The frame itself.
    pub fn trame(&self) -> &DataFrame {
        &self.trame
    }

    /// One figure; none if the table does not speak of it at all.
    pub fn figure(
        &self,
        niveau: Niveau,
        code: &str,
        indicateur: &str,
        modalite: &str,
        annee: i32,
    ) -> Option<Figure> {
        let cle = Cle {
            indicateur: indicateur.to_owned(),
            modalite: modalite.to_owned(),
            niveau: niveau.mot().to_owned(),
            code: code.to_owned(),
            annee,
        };
        self.index.get(&cle).and_then(|rang| self.lire(*rang))
    }

    /// The figures of every year, in order.
    pub fn serie(&self, niveau: Niveau, code: &str, indicateur: &str, modalite: &str) -> Vec<Figure> {
        let cle = |annee| Cle {
            indicateur: indicateur.to_owned(),
            modalite: modalite.to_owned(),
            niveau: niveau.mot().to_owned(),
            code: code.to_owned(),
            annee,
        };
        self.index.range(cle(i32::MIN)..=cle(i32::MAX)).filter_map(|(_, rang)| self.lire(*rang)).collect()
    }

    /// Every year that the table speaks of, in order.
    pub fn annees(&self) -> Vec<i32> {
        let mut annees: Vec<i32> = self.index.keys().map(|c| c.annee).collect();
        annees.sort_unstable();
        annees.dedup();
        annees
    }

    fn lire(&self, rang: usize) -> Option<Figure> {
        let colonne = |nom: &str| self.trame.column(nom).ok();
        let nombre = |nom: &str| colonne(nom)?.f64().ok()?.get(rang);
        let entier = |nom: &str| colonne(nom)?.u32().ok()?.get(rang);
        Some(Figure {
            annee: colonne("annee")?.i32().ok()?.get(rang)?,
            date_observation: colonne("date_observation")?
                .date()
                .ok()?
                .physical()
                .get(rang)
                .and_then(du_jour),
            valeur: nombre("valeur"),
            numerateur: nombre("numerateur"),
            denominateur: nombre("denominateur"),
            statut: Statut::du_mot(colonne("statut")?.str().ok()?.get(rang)?)?,
            parties: entier("parties")?,
            parties_attendues: entier("parties_attendues")?,
            sources: colonne("sources")?.str().ok()?.get(rang)?.to_owned(),
        })
    }
}
