//! The indicator table: the second narrow waist. One figure per territory, year, indicator and modality.

mod construction;
mod series;
mod trames;

pub(super) use construction::Constructeur;
pub(super) use series::{Denombrement, Reserves};
pub(crate) use trames::Colonne;

use crate::quality::Statut;
use crate::tables::du_jour;
use chrono::NaiveDate;
use polars::prelude::*;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// The columns of the table as a frame, in order, with their types.
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

/// The table.
///
/// Its rows are sorted by indicator (order of the catalogue), level (territory first), code, modality, year:
/// the years of one figure follow one another. `valeur`, `numerateur` and `denominateur` are absent unless
/// `statut` is `observe` or `estime`.
///
/// A country has 65 million figures: a place, a modality, or what a figure rests on is held once, and a row is
/// a year, a value and a number. As frames, it has the columns of [`COLONNES`]: see [`Self::tranches`].
#[derive(Debug, Clone)]
pub struct TableIndicateurs {
    corps: Arc<Corps>,
    /// By row, whether it is withheld; none if nothing is.
    retenues: Option<Arc<[bool]>>,
}

/// All that the table holds, whoever reads it.
#[derive(Debug, Clone, Default)]
struct Corps {
    lieux: Vec<Lieu>,
    /// Numbers of the places of each level, by code.
    numeros_des_lieux: [PlHashMap<String, u32>; Niveau::TOUS.len()],
    modalites: Vec<String>,
    numeros_des_modalites: PlHashMap<String, u32>,
    provenances: Vec<Provenance>,
    blocs: Vec<Bloc>,
    numeros_des_blocs: PlHashMap<String, usize>,
    lignes: usize,
}

/// A place, as the table names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lieu {
    /// What it is.
    pub niveau: Niveau,
    /// Insee code of a commune or a département, Siren or name of a territory.
    pub code: String,
    /// Its name.
    pub nom: String,
}

/// What figures rest on: the same for most of those of a year.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Provenance {
    /// Days since 1970.
    jour: Option<i32>,
    statut: Statut,
    parties: u32,
    parties_attendues: u32,
    sources: Arc<str>,
}

/// The rows of one indicator.
#[derive(Debug, Clone)]
struct Bloc {
    /// Its rank among all.
    numero: u32,
    indicateur: String,
    unite: String,
    /// First row, in the whole table.
    debut: usize,
    lignes: Arc<Lignes>,
}

/// Rows, by the numbers of a table: sorted by level, code, modality, year.
#[derive(Debug, Clone, Default)]
pub(super) struct Lignes {
    suites: Vec<Suite>,
    /// Each place, by its number, and its first suite.
    lieux: Vec<(u32, u32)>,
    annees: Vec<i16>,
    /// NaN for none, as everywhere here.
    valeurs: Vec<f64>,
    /// Numerators and denominators; empty if no row has any.
    termes: Vec<[f64; 2]>,
    provenances: Vec<u32>,
}

/// The years of a figure: its rows go up to those of the next one.
#[derive(Debug, Clone, Copy)]
struct Suite {
    lieu: u32,
    modalite: u32,
    debut: u32,
}

impl Lignes {
    /// How many.
    fn nombre(&self) -> usize {
        self.annees.len()
    }

    /// True for a row that has a value, or the numerator of one.
    fn est_connue(&self, rang: usize) -> bool {
        !self.valeurs[rang].is_nan() || self.termes.get(rang).is_some_and(|termes| !termes[0].is_nan())
    }

    /// Rows of a suite, from 0.
    fn rangs(&self, suite: usize) -> Range<usize> {
        let debut = |suite: usize| self.suites.get(suite).map_or(self.annees.len(), |s| s.debut as usize);
        debut(suite)..debut(suite + 1)
    }

    /// The same without some of the rows.
    fn sans(&self, omises: &[bool]) -> Self {
        let nombre = omises.iter().filter(|omise| !**omise).count();
        let mut restent = Self {
            annees: Vec::with_capacity(nombre),
            valeurs: Vec::with_capacity(nombre),
            provenances: Vec::with_capacity(nombre),
            termes: Vec::with_capacity(if self.termes.is_empty() { 0 } else { nombre }),
            ..Self::default()
        };
        let numero = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        for (rang, suite) in self.suites.iter().enumerate() {
            let debut = restent.nombre();
            for ligne in self.rangs(rang).filter(|ligne| !omises[*ligne]) {
                restent.annees.push(self.annees[ligne]);
                restent.valeurs.push(self.valeurs[ligne]);
                restent.provenances.push(self.provenances[ligne]);
                restent.termes.extend(self.termes.get(ligne));
            }
            if restent.nombre() == debut {
                continue;
            }
            if restent.suites.last().is_none_or(|precedente| precedente.lieu != suite.lieu) {
                restent.lieux.push((suite.lieu, numero(restent.suites.len())));
            }
            restent.suites.push(Suite { debut: numero(debut), ..*suite });
        }
        restent.lieux.sort_unstable();
        restent
    }

    fn trouver(&self, lieu: u32, modalite: u32) -> Range<usize> {
        let Ok(place) = self.lieux.binary_search_by_key(&lieu, |(numero, _)| *numero) else { return 0..0 };
        let premiere = self.lieux[place].1 as usize;
        let du_lieu = self.suites[premiere..].iter().take_while(|suite| suite.lieu == lieu);
        let trouvee = du_lieu.zip(premiere..).find(|(suite, _)| suite.modalite == modalite);
        trouvee.map_or(0..0, |(_, suite)| self.rangs(suite))
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
    pub sources: Arc<str>,
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

    /// The level of that word.
    pub fn du_mot(mot: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|niveau| niveau.mot() == mot)
    }
}

/// The years of one figure: one indicator, one modality, one place.
#[derive(Debug, Clone, Copy)]
pub struct Suivi<'a> {
    table: &'a TableIndicateurs,
    bloc: &'a Bloc,
    suite: usize,
}

impl<'a> Suivi<'a> {
    /// Identifier of the indicator.
    pub fn indicateur(&self) -> &'a str {
        &self.bloc.indicateur
    }

    /// Identifier of the modality; empty for the figure itself.
    pub fn modalite(&self) -> &'a str {
        &self.table.corps.modalites[self.numero_de_modalite() as usize]
    }

    /// Where.
    pub fn lieu(&self) -> &'a Lieu {
        &self.table.corps.lieux[self.numero_de_lieu() as usize]
    }

    /// Number of the place: the same in all of the table.
    pub(crate) fn numero_de_lieu(&self) -> u32 {
        self.bloc.lignes.suites[self.suite].lieu
    }

    /// Number of the modality: the same in all of the table, below [`TableIndicateurs::modalites`].
    pub(crate) fn numero_de_modalite(&self) -> u32 {
        self.bloc.lignes.suites[self.suite].modalite
    }

    /// Rows of the figures, in the whole table.
    pub(crate) fn rangs(&self) -> Range<usize> {
        let rangs = self.bloc.lignes.rangs(self.suite);
        self.bloc.debut + rangs.start..self.bloc.debut + rangs.end
    }

    /// The years that it speaks of, in order.
    pub fn annees(&self) -> impl Iterator<Item = i32> + use<'a> {
        let annees = &self.bloc.lignes.annees[self.bloc.lignes.rangs(self.suite)];
        annees.iter().map(|annee| i32::from(*annee))
    }

    /// Year, status, then value, numerator and denominator: what millions of figures are looked through for.
    pub(crate) fn nombres(&self) -> impl Iterator<Item = (i32, Statut, [Option<f64>; 3])> + use<'a> {
        let (table, bloc) = (self.table, self.bloc);
        bloc.lignes.rangs(self.suite).map(move |rang| {
            (bloc.lignes.annees[rang].into(), table.statut(bloc, rang), table.nombres(bloc, rang))
        })
    }

    /// The figures, by year.
    pub fn figures(&self) -> impl Iterator<Item = Figure> + use<'a> {
        let (table, bloc) = (self.table, self.bloc);
        bloc.lignes.rangs(self.suite).map(move |rang| table.lire(bloc, rang))
    }
}

impl TableIndicateurs {
    /// The same rows with fewer figures: what is withheld has no value, and its status says so.
    ///
    /// # Panics
    /// If there is not one answer for each row.
    pub(crate) fn sans(&self, mut retenues: Vec<bool>) -> Self {
        assert_eq!(retenues.len(), self.lignes(), "la table change de lignes");
        for (retenue, avant) in retenues.iter_mut().zip(self.retenues.iter().flat_map(|avant| avant.iter())) {
            *retenue |= avant;
        }
        Self { corps: Arc::clone(&self.corps), retenues: Some(retenues.into()) }
    }

    /// The same table without some of the figures of those indicators: not even that they are withheld is told.
    pub(crate) fn omettre(&self, indicateurs: &[&str], omise: impl Fn(Suivi<'_>, i32) -> bool) -> Self {
        let mut corps = Corps { blocs: Vec::new(), lignes: 0, ..Corps::clone(&self.corps) };
        let mut retenues = Vec::with_capacity(self.lignes());
        for bloc in &self.corps.blocs {
            let mut lignes = Arc::clone(&bloc.lignes);
            let mut omises = vec![false; bloc.lignes.nombre()];
            if indicateurs.contains(&bloc.indicateur.as_str()) {
                for suivi in (0..bloc.lignes.suites.len()).map(|suite| Suivi { table: self, bloc, suite }) {
                    for (rang, annee) in suivi.rangs().zip(suivi.annees()) {
                        omises[rang - bloc.debut] = omise(suivi, annee);
                    }
                }
                lignes = bloc.lignes.sans(&omises).into();
            }
            if let Some(avant) = &self.retenues {
                let siennes = avant[bloc.debut..].iter().zip(&omises);
                retenues.extend(siennes.filter(|(_, omise)| !**omise).map(|(retenue, _)| *retenue));
            }
            let debut = corps.lignes;
            corps.lignes += lignes.nombre();
            corps.blocs.push(Bloc { debut, lignes, ..bloc.clone() });
        }
        let retenues = self.retenues.is_some().then(|| retenues.into());
        Self { corps: Arc::new(corps), retenues }
    }

    /// The rows whose status is that one, but for those that are withheld.
    pub(crate) fn lignes_de_statut(&self, statut: Statut) -> impl Iterator<Item = usize> {
        let sont: Vec<bool> = self.corps.provenances.iter().map(|p| p.statut == statut).collect();
        let aucune = !sont.contains(&true);
        let blocs = self.corps.blocs.iter().filter(move |_| !aucune);
        blocs.flat_map(move |bloc| {
            let siennes = bloc.lignes.provenances.iter().map(|p| sont[*p as usize]).collect::<Vec<_>>();
            siennes.into_iter().enumerate().filter(|(_, est)| *est).map(move |(rang, _)| bloc.debut + rang)
        })
    }

    /// How many figures, known or not.
    pub fn lignes(&self) -> usize {
        self.corps.lignes
    }

    /// Every place that the table speaks of, by level and code.
    pub fn lieux(&self) -> &[Lieu] {
        &self.corps.lieux
    }

    /// How many places of a level the table speaks of.
    pub fn nombre_de_lieux(&self, niveau: Niveau) -> usize {
        self.corps.numeros_des_lieux[niveau as usize].len()
    }

    /// The number of a place.
    pub(crate) fn numero_de_lieu(&self, niveau: Niveau, code: &str) -> Option<u32> {
        self.corps.numeros_des_lieux[niveau as usize].get(code).copied()
    }

    /// The number of a modality; 0 for the empty one.
    pub(crate) fn numero_de_modalite(&self, modalite: &str) -> Option<u32> {
        self.corps.numeros_des_modalites.get(modalite).copied()
    }

    /// Every modality that the table speaks of, in order; by number.
    pub(crate) fn modalites(&self) -> &[String] {
        &self.corps.modalites
    }

    /// How many figures it follows over the years: one for each indicator, detail and place.
    pub fn nombre_de_suivis(&self) -> usize {
        self.corps.blocs.iter().map(|bloc| bloc.lignes.suites.len()).sum()
    }

    /// Every figure through the years, in order.
    pub fn suivis(&self) -> impl Iterator<Item = Suivi<'_>> {
        self.corps
            .blocs
            .iter()
            .flat_map(|bloc| (0..bloc.lignes.suites.len()).map(|suite| Suivi { table: self, bloc, suite }))
    }

    /// The identifiers of the indicators, in order.
    pub fn indicateurs(&self) -> impl Iterator<Item = &str> {
        self.corps.blocs.iter().map(|bloc| bloc.indicateur.as_str())
    }

    /// The figures of one indicator, through the years, in order.
    pub fn suivis_de(&self, indicateur: &str) -> impl Iterator<Item = Suivi<'_>> {
        let bloc = self.bloc(indicateur);
        bloc.into_iter()
            .flat_map(|bloc| (0..bloc.lignes.suites.len()).map(|suite| Suivi { table: self, bloc, suite }))
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
        let bloc = self.bloc(indicateur)?;
        let rangs = self.rangs(bloc, niveau, code, modalite);
        let annee = i16::try_from(annee).ok()?;
        rangs.into_iter().find(|rang| bloc.lignes.annees[*rang] == annee).map(|rang| self.lire(bloc, rang))
    }

    /// The figures of every year, in order.
    pub fn serie(&self, niveau: Niveau, code: &str, indicateur: &str, modalite: &str) -> Vec<Figure> {
        let Some(bloc) = self.bloc(indicateur) else { return Vec::new() };
        self.rangs(bloc, niveau, code, modalite).map(|rang| self.lire(bloc, rang)).collect()
    }

    fn bloc(&self, indicateur: &str) -> Option<&Bloc> {
        self.corps.numeros_des_blocs.get(indicateur).map(|numero| &self.corps.blocs[*numero])
    }

    fn rangs(&self, bloc: &Bloc, niveau: Niveau, code: &str, modalite: &str) -> Range<usize> {
        let lieu = self.corps.numeros_des_lieux[niveau as usize].get(code);
        let modalite = self.corps.numeros_des_modalites.get(modalite);
        lieu.zip(modalite).map_or(0..0, |(lieu, modalite)| bloc.lignes.trouver(*lieu, *modalite))
    }

    /// Every year that the table speaks of, in order.
    pub fn annees(&self) -> Vec<i32> {
        let annees: BTreeSet<i16> = self.corps.blocs.iter().flat_map(|b| &b.lignes.annees).copied().collect();
        annees.into_iter().map(i32::from).collect()
    }

    /// How many figures have each status.
    pub fn statuts(&self) -> impl Iterator<Item = (Statut, u64)> {
        let mut nombres = [0; Statut::TOUS.len()];
        for bloc in &self.corps.blocs {
            for rang in 0..bloc.lignes.annees.len() {
                nombres[self.statut(bloc, rang) as usize] += 1;
            }
        }
        Statut::TOUS.into_iter().zip(nombres).filter(|(_, nombre)| *nombre > 0)
    }

    fn est_retenue(&self, bloc: &Bloc, rang: usize) -> bool {
        self.retenues.as_ref().is_some_and(|retenues| retenues[bloc.debut + rang])
    }

    /// True for a figure that is withheld of one place: whether it was known is not told either.
    fn tait_ses_parties(&self, bloc: &Bloc, rang: usize) -> bool {
        self.est_retenue(bloc, rang) && self.provenance(bloc, rang).parties_attendues == 1
    }

    fn provenance(&self, bloc: &Bloc, rang: usize) -> &Provenance {
        &self.corps.provenances[bloc.lignes.provenances[rang] as usize]
    }

    fn statut(&self, bloc: &Bloc, rang: usize) -> Statut {
        if self.est_retenue(bloc, rang) { Statut::Secret } else { self.provenance(bloc, rang).statut }
    }

    /// Value, numerator, denominator.
    fn nombres(&self, bloc: &Bloc, rang: usize) -> [Option<f64>; 3] {
        if self.est_retenue(bloc, rang) {
            return [None; 3];
        }
        let montrer = |nombre: f64| Some(nombre).filter(|n| !n.is_nan());
        let [haut, bas] = bloc.lignes.termes.get(rang).map_or([None; 2], |termes| termes.map(montrer));
        [montrer(bloc.lignes.valeurs[rang]), haut, bas]
    }

    fn lire(&self, bloc: &Bloc, rang: usize) -> Figure {
        let [valeur, numerateur, denominateur] = self.nombres(bloc, rang);
        let provenance = self.provenance(bloc, rang);
        Figure {
            annee: bloc.lignes.annees[rang].into(),
            date_observation: provenance.jour.and_then(du_jour),
            valeur,
            numerateur,
            denominateur,
            statut: self.statut(bloc, rang),
            parties: if self.tait_ses_parties(bloc, rang) { 0 } else { provenance.parties },
            parties_attendues: provenance.parties_attendues,
            sources: Arc::clone(&provenance.sources),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A row: level, code, indicator, modality, year, value, terms or not, sources.
    type Ligne = (usize, u8, u8, u8, i32, Option<u8>, bool, u8);

    fn trame(lignes: &[Ligne]) -> DataFrame {
        let n = lignes.len();
        let reels = |lire: &dyn Fn(&Ligne) -> Option<f64>| lignes.iter().map(lire).collect::<Vec<_>>();
        let mots = |mot: &dyn Fn(&Ligne) -> String| lignes.iter().map(mot).collect::<Vec<_>>();
        let terme = |l: &Ligne| l.5.filter(|_| l.6).map(f64::from);
        let colonnes = COLONNES.map(|(nom, genre)| match nom {
            "niveau" => Column::new(nom.into(), mots(&|l| Niveau::TOUS[l.0].mot().to_owned())),
            "code" => Column::new(nom.into(), mots(&|l| format!("9600{}", l.1))),
            "nom" => Column::new(nom.into(), mots(&|l| format!("Lieu {} {}", l.0, l.1))),
            "annee" => Column::new(nom.into(), lignes.iter().map(|l| l.4).collect::<Vec<_>>()),
            "date_observation" => {
                let jours = lignes.iter().map(|l| l.5.map(|jour| i32::from(jour) + 20_000));
                Column::new(nom.into(), jours.collect::<Vec<_>>()).cast(&genre).unwrap()
            }
            "indicateur" => Column::new(nom.into(), mots(&|l| format!("indicateur_{}", l.2))),
            "modalite" => Column::new(nom.into(), mots(&|l| "x".repeat(l.3.into()))),
            "valeur" => Column::new(nom.into(), reels(&|l| l.5.map(f64::from))),
            "numerateur" | "denominateur" => Column::new(nom.into(), reels(&terme)),
            "unite" => Column::new(nom.into(), mots(&|l| format!("unité {}", l.2))),
            "statut" => {
                let statut = |l: &Ligne| if l.5.is_some() { Statut::Observe } else { Statut::NonDisponible };
                Column::new(nom.into(), mots(&|l| statut(l).mot().to_owned()))
            }
            "sources" => Column::new(nom.into(), mots(&|l| format!("source_{}", l.7))),
            _ => Column::new(nom.into(), vec![1u32; n]),
        });
        DataFrame::new(n, colonnes.to_vec()).unwrap()
    }

    /// Rows of different figures, in whatever order.
    fn lignes() -> impl Strategy<Value = Vec<Ligne>> {
        let cle = (0..4usize, 0..3u8, 0..3u8, 0..3u8, 2020..2024i32);
        let valeur = (prop::option::of(0..9u8), any::<bool>(), 0..3u8);
        let lignes = prop::collection::btree_map(cle, valeur, 1..40);
        lignes
            .prop_map(|lignes| {
                let ligne = |((a, b, c, d, e), (f, g, h))| (a, b, c, d, e, f, g, h);
                lignes.into_iter().map(ligne).collect::<Vec<Ligne>>()
            })
            .prop_shuffle()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// Whatever the order of the rows, each figure is read as it was written, alone or with its years.
        #[test]
        fn ce_qui_entre_se_relit(lignes in lignes()) {
            let table = TableIndicateurs::new(&trame(&lignes)).unwrap();
            prop_assert_eq!(table.lignes(), lignes.len());
            for (niveau, code, id, modalite, annee, valeur, avec_termes, source) in &lignes {
                let (code, id) = (format!("9600{code}"), format!("indicateur_{id}"));
                let modalite = "x".repeat((*modalite).into());
                let figure = table.figure(Niveau::TOUS[*niveau], &code, &id, &modalite, *annee).unwrap();
                let valeur = valeur.map(f64::from);
                prop_assert_eq!(figure.valeur, valeur);
                prop_assert_eq!(figure.denominateur, valeur.filter(|_| *avec_termes));
                prop_assert_eq!(&*figure.sources, format!("source_{source}"));
                let serie = table.serie(Niveau::TOUS[*niveau], &code, &id, &modalite);
                prop_assert!(serie.contains(&figure) && serie.is_sorted_by_key(|f| f.annee));
            }
            // Its frame makes the same table, and any slice of it is that of the whole.
            let entiere = table.trame().unwrap();
            let refaite = TableIndicateurs::new(&entiere).unwrap();
            prop_assert!(entiere.equals_missing(&refaite.trame().unwrap()));
            for debut in 0..lignes.len() {
                let fin = lignes.len().min(debut + 7);
                let tranche = table.tranche(debut..fin).unwrap();
                let debut = i64::try_from(debut).unwrap();
                prop_assert!(tranche.equals_missing(&entiere.slice(debut, tranche.height())));
            }
        }

        /// What is withheld says nothing but that it is; the rest is as it was.
        #[test]
        fn ce_qui_est_retenu_ne_se_lit_plus(lignes in lignes(), masque in prop::collection::vec(any::<bool>(), 40)) {
            let entiere = TableIndicateurs::new(&trame(&lignes)).unwrap();
            let masque = &masque[..lignes.len()];
            let montree = entiere.sans(masque.to_vec());
            let figures = |table: &TableIndicateurs| -> Vec<Figure> {
                table.suivis().flat_map(|suivi| suivi.figures().collect::<Vec<_>>()).collect()
            };
            let valeurs = montree.trame().unwrap().column("valeur").unwrap().f64().unwrap().clone();
            for (rang, (figure, vraie)) in figures(&montree).into_iter().zip(figures(&entiere)).enumerate() {
                if masque[rang] {
                    prop_assert_eq!((figure.valeur, figure.numerateur, figure.denominateur), (None, None, None));
                    prop_assert_eq!((figure.statut, valeurs.get(rang)), (Statut::Secret, None));
                } else {
                    prop_assert_eq!(figure, vraie);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// What is left out is nowhere; the rest is where it was, withheld or not.
        #[test]
        fn ce_qui_est_omis_ne_se_devine_pas(lignes in lignes(), masque in prop::collection::vec(any::<bool>(), 40)) {
            let entiere = TableIndicateurs::new(&trame(&lignes)).unwrap().sans(masque[..lignes.len()].to_vec());
            let omise = |suivi: Suivi<'_>, annee| {
                let la = suivi.lieu().code == "96001" && suivi.lieu().niveau == Niveau::Commune;
                suivi.indicateur() == "indicateur_1" && (la || annee == 2021)
            };
            let montree = entiere.omettre(&["indicateur_1"], omise);
            prop_assert_eq!(montree.trame().unwrap().height(), montree.lignes());
            let mut attendues = 0;
            for suivi in entiere.suivis() {
                let attendue: Vec<Figure> = suivi.figures().filter(|f| !omise(suivi, f.annee)).collect();
                let lieu = suivi.lieu();
                let serie = montree.serie(lieu.niveau, &lieu.code, suivi.indicateur(), suivi.modalite());
                attendues += attendue.len();
                prop_assert_eq!(serie, attendue);
            }
            prop_assert_eq!(montree.suivis().map(|suivi| suivi.figures().count()).sum::<usize>(), attendues);
            prop_assert_eq!(montree.lignes(), attendues);
        }
    }

    #[test]
    fn le_meme_chiffre_deux_fois_est_refuse() {
        let ligne = (3, 1, 1, 0, 2024, Some(3), false, 0);
        let erreur = TableIndicateurs::new(&trame(&[ligne, (3, 2, 1, 0, 2024, None, false, 0), ligne]));
        assert!(erreur.unwrap_err().to_string().contains("96001"));
    }
}
