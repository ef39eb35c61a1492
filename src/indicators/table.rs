//! The indicator table: the second narrow waist. One row per territory, year, indicator and modality.

use crate::quality::Statut;
use crate::tables::du_jour;
use chrono::NaiveDate;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

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
/// `observe` or `estime`. Sorted by indicator (order of the catalogue), level (territory first), code,
/// modality, year: the years of one figure follow one another.
#[derive(Debug, Clone)]
pub struct TableIndicateurs {
    trame: DataFrame,
    colonnes: Colonnes,
    /// First row and number of rows of each figure through the years, by the numbers of its indicator and
    /// modality, and of its level and code.
    index: HashMap<(u32, u32), (u32, u32)>,
    lieux: Numeros,
    series: Numeros,
}

/// What a figure is read from, by type: a look-up by name for each would cost more than the reading.
#[derive(Debug, Clone)]
struct Colonnes {
    annee: Int32Chunked,
    /// Days since 1970.
    date: Int32Chunked,
    valeur: Float64Chunked,
    numerateur: Float64Chunked,
    denominateur: Float64Chunked,
    statut: StringChunked,
    parties: UInt32Chunked,
    parties_attendues: UInt32Chunked,
    sources: StringChunked,
}

impl Colonnes {
    fn de(trame: &DataFrame) -> PolarsResult<Self> {
        let colonne = |nom: &str| trame.column(nom);
        Ok(Self {
            annee: colonne("annee")?.i32()?.clone(),
            date: colonne("date_observation")?.date()?.physical().clone(),
            valeur: colonne("valeur")?.f64()?.clone(),
            numerateur: colonne("numerateur")?.f64()?.clone(),
            denominateur: colonne("denominateur")?.f64()?.clone(),
            statut: colonne("statut")?.str()?.clone(),
            parties: colonne("parties")?.u32()?.clone(),
            parties_attendues: colonne("parties_attendues")?.u32()?.clone(),
            sources: colonne("sources")?.str()?.clone(),
        })
    }
}

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
    /// If a column is missing or of another type, if two rows speak of the same figure, or if the years of a
    /// figure do not follow one another.
    pub fn new(mut trame: DataFrame) -> PolarsResult<Self> {
        for (nom, type_attendu) in &COLONNES {
            let trouve = trame.column(nom)?.dtype();
            polars_ensure!(trouve == type_attendu, SchemaMismatch: "colonne {nom} : {trouve} au lieu de {type_attendu}");
            // A figure is read in one place: in a frame of many pieces each reading looks for its piece. One
            // column after the other, so that the memory of one only is doubled.
            let entiere = trame.column(nom)?.rechunk();
            trame.replace(nom, entiere)?;
        }
        let mut index = HashMap::new();
        let (mut lieux, mut series) = (Numeros::default(), Numeros::default());
        let textes = |nom: &str| trame.column(nom)?.str().cloned();
        let cles = [textes("indicateur")?, textes("modalite")?, textes("niveau")?, textes("code")?];
        let annees = trame.column("annee")?.i32()?.clone();
        let annee = |rang: usize| annees.get(rang).unwrap_or_default();
        let mut debut = 0;
        while debut < trame.height() {
            let cle = cles.each_ref().map(|colonne| colonne.get(debut).unwrap_or_default());
            let meme =
                |rang: &usize| cles.iter().zip(cle).all(|(c, mot)| c.get(*rang).unwrap_or_default() == mot);
            let fin = (debut + 1..trame.height()).find(|rang| !meme(rang)).unwrap_or(trame.height());
            let [indicateur, modalite, niveau, code] = cle;
            if let Some(rang) = (debut + 1..fin).find(|rang| annee(*rang) <= annee(rang - 1)) {
                let annee = annee(rang);
                polars_bail!(Duplicate: "le même chiffre deux fois, ou des années en désordre (ligne {rang}) : {indicateur} {modalite} {niveau} {code} {annee}");
            }
            let (serie, lieu) = (series.inscrire(indicateur, modalite), lieux.inscrire(niveau, code));
            let place = |n: usize| {
                u32::try_from(n)
                    .map_err(|_| polars_err!(ComputeError: "plus de quatre milliards de chiffres"))
            };
            if index.insert((serie, lieu), (place(debut)?, place(fin - debut)?)).is_some() {
                polars_bail!(Duplicate: "les années d’un chiffre ne se suivent pas (ligne {debut}) : {indicateur} {modalite} {niveau} {code}");
            }
            debut = fin;
        }
        let colonnes = Colonnes::de(&trame)?;
        Ok(Self { trame, colonnes, index, lieux, series })
    }

    /// The same rows with other figures: what is withheld becomes null, and its status says so.
    ///
    /// # Errors
    /// If the frame has not the rows of this one.
    pub(crate) fn avec(&self, trame: DataFrame) -> PolarsResult<Self> {
        polars_ensure!(trame.height() == self.trame.height(), ShapeMismatch: "la table change de lignes");
        Ok(Self {
            colonnes: Colonnes::de(&trame)?,
            trame,
            index: self.index.clone(),
            lieux: self.lieux.clone(),
            series: self.series.clone(),
        })
    }

    /// The frame itself.
    pub fn trame(&self) -> &DataFrame {
        &self.trame
    }

    /// How many places of a level the table speaks of.
    pub fn lieux(&self, niveau: Niveau) -> usize {
        self.lieux.numeros.get(niveau.mot()).map_or(0, BTreeMap::len)
    }

    /// How many figures it follows over the years: one for each indicator, detail and place.
    pub fn suivis(&self) -> usize {
        self.index.len()
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
        self.rangs(niveau, code, indicateur, modalite)
            .find(|rang| self.colonnes.annee.get(*rang) == Some(annee))
            .and_then(|rang| self.lire(rang))
    }

    /// The figures of every year, in order.
    pub fn serie(&self, niveau: Niveau, code: &str, indicateur: &str, modalite: &str) -> Vec<Figure> {
        self.rangs(niveau, code, indicateur, modalite).filter_map(|rang| self.lire(rang)).collect()
    }

    fn rangs(&self, niveau: Niveau, code: &str, indicateur: &str, modalite: &str) -> Range<usize> {
        let serie = self.series.lire(indicateur, modalite).zip(self.lieux.lire(niveau.mot(), code));
        let rangs = serie.and_then(|cle| self.index.get(&cle));
        rangs.map_or(0..0, |(debut, nombre)| *debut as usize..(*debut + *nombre) as usize)
    }

    /// Every year that the table speaks of, in order.
    pub fn annees(&self) -> Vec<i32> {
        let annees: BTreeSet<i32> = self.colonnes.annee.iter().flatten().collect();
        annees.into_iter().collect()
    }

    fn lire(&self, rang: usize) -> Option<Figure> {
        let colonnes = &self.colonnes;
        Some(Figure {
            annee: colonnes.annee.get(rang)?,
            date_observation: colonnes.date.get(rang).and_then(du_jour),
            valeur: colonnes.valeur.get(rang),
            numerateur: colonnes.numerateur.get(rang),
            denominateur: colonnes.denominateur.get(rang),
            statut: Statut::du_mot(colonnes.statut.get(rang)?)?,
            parties: colonnes.parties.get(rang)?,
            parties_attendues: colonnes.parties_attendues.get(rang)?,
            sources: colonnes.sources.get(rang)?.to_owned(),
        })
    }
}
