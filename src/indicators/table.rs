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
    /// Row of each figure. Words are numbered: a département has more than a million figures.
    index: BTreeMap<Cle, usize>,
    lieux: Numeros,
    series: Numeros,
}

/// Number of the indicator and modality, number of the level and code, year.
type Cle = (u32, u32, i32);

/// Pairs of words, numbered in the order in which they are met.
#[derive(Debug, Clone, Default)]
struct Numeros {
    numeros: BTreeMap<String, BTreeMap<String, u32>>,
    suivant: u32,
}

impl Numeros {
    fn lire(&self, a: &str, b: &str) -> Option<u32> {
        self.numeros.get(a)?.get(b).copied()
    }

    fn inscrire(&mut self, a: &str, b: &str) -> u32 {
        if let Some(numero) = self.lire(a, b) {
            return numero;
        }
        let numero = self.suivant;
        self.numeros.entry(a.to_owned()).or_default().insert(b.to_owned(), numero);
        self.suivant += 1;
        numero
    }
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
    pub fn new(mut trame: DataFrame) -> PolarsResult<Self> {
        // A figure is read in one place: in a frame of many pieces each reading looks for its piece.
        trame.rechunk_mut();
        for (nom, type_attendu) in &COLONNES {
            let trouve = trame.column(nom)?.dtype();
            polars_ensure!(trouve == type_attendu, SchemaMismatch: "colonne {nom} : {trouve} au lieu de {type_attendu}");
        }
        let mut index = BTreeMap::new();
        let (mut lieux, mut series) = (Numeros::default(), Numeros::default());
        let textes = |nom: &str| trame.column(nom)?.str().cloned();
        let (niveau, code) = (textes("niveau")?, textes("code")?);
        let (indicateur, modalite) = (textes("indicateur")?, textes("modalite")?);
        let annee = trame.column("annee")?.i32()?.clone();
        for rang in 0..trame.height() {
            fn texte(colonne: &StringChunked, rang: usize) -> &str {
                colonne.get(rang).unwrap_or_default()
            }
            let serie = series.inscrire(texte(&indicateur, rang), texte(&modalite, rang));
            let lieu = lieux.inscrire(texte(&niveau, rang), texte(&code, rang));
            let annee = annee.get(rang).unwrap_or_default();
            if let Some(autre) = index.insert((serie, lieu, annee), rang) {
                let mots = [&indicateur, &modalite, &niveau, &code].map(|c| texte(c, rang)).join(" ");
                polars_bail!(Duplicate: "le même chiffre deux fois (lignes {autre} et {rang}) : {mots} {annee}");
            }
        }
        Ok(Self { trame, index, lieux, series })
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
        let (serie, lieu) = (self.series.lire(indicateur, modalite)?, self.lieux.lire(niveau.mot(), code)?);
        self.index.get(&(serie, lieu, annee)).and_then(|rang| self.lire(*rang))
    }

    /// The figures of every year, in order.
    pub fn serie(&self, niveau: Niveau, code: &str, indicateur: &str, modalite: &str) -> Vec<Figure> {
        let (Some(serie), Some(lieu)) =
            (self.series.lire(indicateur, modalite), self.lieux.lire(niveau.mot(), code))
        else {
            return Vec::new();
        };
        let annees = (serie, lieu, i32::MIN)..=(serie, lieu, i32::MAX);
        self.index.range(annees).filter_map(|(_, rang)| self.lire(*rang)).collect()
    }

    /// Every year that the table speaks of, in order.
    pub fn annees(&self) -> Vec<i32> {
        let mut annees: Vec<i32> = self.index.keys().map(|(_, _, annee)| *annee).collect();
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
