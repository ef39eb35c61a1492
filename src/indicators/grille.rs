//! The communes and years of a run: every figure has its place there.

use super::serie::{self, rang};
use crate::quality::Statut;
use crate::tables::Portee;
use crate::territory::Perimetre;
use chrono::NaiveDate;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The communes and years of a run.
#[derive(Debug, Clone)]
pub(super) struct Grille {
    /// Columns `annee` (i32), `code` (str): the members of each year.
    communes: DataFrame,
    places: Arc<Places>,
}

impl Grille {
    /// The members of the perimeter at the observation day of each year.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub(super) fn new(perimetre: &Perimetre, jours: &[(i32, NaiveDate)]) -> PolarsResult<Self> {
        let (mut annees, mut codes) = (Vec::new(), Vec::new());
        for (annee, jour) in jours {
            for membre in perimetre.membres_le(*jour) {
                annees.push(*annee);
                codes.push(membre.code.as_str().to_owned());
            }
        }
        Self::de(df!("annee" => annees, "code" => codes)?)
    }

    fn de(communes: DataFrame) -> PolarsResult<Self> {
        let places = Arc::new(Places::de(&communes)?);
        Ok(Self { communes, places })
    }

    /// The members of a year that were already members the year before: flows are read at constant
    /// perimeter, or a commune that joins would look like arrivals. The first year keeps its members.
    ///
    /// # Errors
    /// Only if Polars cannot run the plan.
    pub(super) fn constante(&self) -> PolarsResult<Self> {
        let premiere = col("annee").eq(col("annee").min());
        let avant = self.communes.clone().lazy().with_column((col("annee") + lit(1)).alias("annee"));
        let restees = self.communes.clone().lazy().join(
            avant,
            [col("annee"), col("code")],
            [col("annee"), col("code")],
            JoinArgs::new(JoinType::Semi),
        );
        let communes =
            concat([self.communes.clone().lazy().filter(premiere), restees], UnionArgs::default())?;
        Self::de(communes.collect()?)
    }

    /// Columns `annee` (i32), `code` (str): the members of each year.
    pub(super) fn communes(&self) -> LazyFrame {
        self.communes.clone().lazy()
    }

    /// Where the figures of each commune go.
    pub(super) fn places(&self) -> &Places {
        &self.places
    }

    /// Values that the source gives commune by commune and modality by modality, as they are.
    ///
    /// `valeurs`: the columns of a série.
    pub(super) fn reprendre(&self, valeurs: LazyFrame, modalites: &[&str]) -> LazyFrame {
        self.poser(valeurs.select(serie::forme()), modalites)
            .with_columns([
                col("statut").fill_null(rang(Statut::NonDisponible)),
                col("sources").fill_null(lit("")),
            ])
            .select(serie::forme())
    }

    /// The rows of a frame, each at its place; a place of which no row speaks has nulls.
    fn poser(&self, lignes: LazyFrame, modalites: &[&str]) -> LazyFrame {
        let places = Arc::clone(&self.places);
        // In the order of the table, which then has nothing to sort.
        let mut modalites: Vec<String> = modalites.iter().map(|modalite| (*modalite).to_owned()).collect();
        modalites.sort_unstable();
        let schema = move |lues: &Schema| -> PolarsResult<SchemaRef> {
            let mut schema: Schema = Schema::with_capacity(lues.len());
            for (nom, type_) in CLE {
                schema.with_column(nom.into(), type_);
            }
            let lues = lues.iter().filter(|(nom, _)| CLE.iter().all(|(cle, _)| *nom != cle));
            schema.extend(lues.map(|(nom, type_)| (nom.clone(), type_.clone())));
            Ok(Arc::new(schema))
        };
        lignes.map(
            move |lignes| places.poser(&lignes, &modalites),
            OptFlags::empty(),
            Some(Arc::new(schema)),
            Some("places"),
        )
    }
}

/// What tells the place of a figure.
const CLE: [(&str, DataType); 3] =
    [("code", DataType::String), ("modalite", DataType::String), ("annee", DataType::Int32)];

/// The years of each commune, in order of code, then of year: where a figure of a modality goes is a sum, where a join
/// would compare words.
#[derive(Debug)]
pub(super) struct Places {
    codes: Column,
    numeros: PlHashMap<String, usize>,
    annees: Vec<i32>,
    /// Where the years of each commune begin, and where the last ones end.
    debuts: Vec<usize>,
}

impl Places {
    fn de(communes: &DataFrame) -> PolarsResult<Self> {
        let mut annees_de: BTreeMap<&str, BTreeSet<i32>> = BTreeMap::new();
        let (codes, annees) = (communes.column("code")?.str()?, communes.column("annee")?.i32()?);
        for (code, annee) in codes.iter().zip(annees.iter()) {
            let Some((code, annee)) = code.zip(annee) else { continue };
            annees_de.entry(code).or_default().insert(annee);
        }
        let mut debuts = vec![0];
        debuts.extend(annees_de.values().scan(0, |fin, annees| {
            *fin += annees.len();
            Some(*fin)
        }));
        Ok(Self {
            codes: Column::new("code".into(), annees_de.keys().copied().collect::<Vec<_>>()),
            numeros: annees_de.keys().zip(0..).map(|(code, numero)| ((*code).to_owned(), numero)).collect(),
            annees: annees_de.into_values().flatten().collect(),
            debuts,
        })
    }

    /// How many years of communes there are.
    pub(super) fn nombre(&self) -> usize {
        self.annees.len()
    }

    /// Each commune that has years, and these, in order.
    pub(super) fn peuplees(&self) -> impl Iterator<Item = (&str, &[i32])> {
        let codes = self.codes.str().ok().into_iter().flat_map(|codes| codes.iter().flatten());
        let communes = codes.zip(0..).map(|(code, commune)| (code, self.annees_de(commune)));
        communes.filter(|(_, annees)| !annees.is_empty())
    }

    fn annees_de(&self, commune: usize) -> &[i32] {
        &self.annees[self.debuts[commune]..self.debuts[commune + 1]]
    }

    fn poser(&self, lignes: &DataFrame, modalites: &[String]) -> PolarsResult<DataFrame> {
        let mots: Vec<&str> = modalites.iter().map(String::as_str).collect();
        let lues = IdxCa::from_slice_options(PlSmallStr::EMPTY, &self.ranger(lignes, &mots)?);
        let (mut codes, mut mots, mut annees): (Vec<IdxSize>, Vec<IdxSize>, Vec<i32>) =
            (Vec::with_capacity(lues.len()), Vec::with_capacity(lues.len()), Vec::with_capacity(lues.len()));
        let communes = self.debuts.len() - 1;
        for (code, commune) in (0..).zip(0..communes) {
            for mot in (0..).take(modalites.len()) {
                let siennes = self.annees_de(commune);
                annees.extend_from_slice(siennes);
                codes.resize(annees.len(), code);
                mots.resize(annees.len(), mot);
            }
        }
        let modalites = Column::new("modalite".into(), modalites);
        let mut colonnes = vec![
            self.codes.take(&IdxCa::from_vec(PlSmallStr::EMPTY, codes))?,
            modalites.take(&IdxCa::from_vec(PlSmallStr::EMPTY, mots))?,
            Column::new("annee".into(), annees),
        ];
        let siennes = lignes.columns().iter().filter(|c| CLE.iter().all(|(cle, _)| c.name() != cle));
        for colonne in siennes {
            colonnes.push(colonne.take(&lues)?);
        }
        DataFrame::new(lues.len(), colonnes)
    }

    /// By commune, modality and year, the row that speaks of it.
    ///
    /// # Errors
    /// If a column is missing or of another type, or if two rows speak of the same figure.
    pub(super) fn ranger(
        &self,
        lignes: &DataFrame,
        modalites: &[&str],
    ) -> PolarsResult<Vec<Option<IdxSize>>> {
        let mots: PlHashMap<&str, usize> = modalites.iter().copied().zip(0..).collect();
        let mut lues = vec![None; self.annees.len() * modalites.len()];
        let texte = |nom: &str| Ok::<_, PolarsError>(lignes.column(nom)?.str()?.clone());
        let (codes, dites, annees) = (texte("code")?, texte("modalite")?, lignes.column("annee")?.i32()?);
        let colonnes = codes.iter().zip(dites.iter()).zip(annees.iter());
        for (rang, ((code, modalite), annee)) in (0 as IdxSize..).zip(colonnes) {
            let Some(((code, modalite), annee)) = code.zip(modalite).zip(annee) else { continue };
            let Some((commune, mot)) = self.numeros.get(code).zip(mots.get(modalite)) else { continue };
            let siennes = self.annees_de(*commune);
            let Ok(place) = siennes.binary_search(&annee) else { continue };
            let place = self.debuts[*commune] * modalites.len() + mot * siennes.len() + place;
            polars_ensure!(
                lues[place].replace(rang).is_none(),
                Duplicate: "le même chiffre deux fois : {code} {modalite} {annee}"
            );
        }
        Ok(lues)
    }
}

/// A year that a source covers whole.
#[derive(Debug, Clone)]
pub(super) struct Couverture {
    /// Year.
    pub(super) annee: i32,
    /// Observation day.
    pub(super) jour: NaiveDate,
    /// Identifiers of the sources, separated by `;`.
    pub(super) source: String,
    /// What a zero is worth where the source names nothing.
    pub(super) statut: Statut,
    /// The communes that it speaks of.
    pub(super) portee: Portee,
    /// Those of which it may count too few.
    pub(super) douteuses: Arc<BTreeSet<String>>,
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // exact figures are the promise
mod tests {
    use super::super::table::{Constructeur, Denombrement};
    use super::*;
    use crate::territory::Membre;

    fn perimetre() -> Perimetre {
        let membre = |code: &str, depuis: Option<i32>| Membre {
            code: code.parse().unwrap(),
            nom: code.to_owned(),
            depuis: depuis.map(jour),
            jusqu_a: None,
            population: None,
        };
        Perimetre::new("249600013", "Essai", vec![membre("96002", None), membre("96001", Some(2024))])
    }

    fn jour(annee: i32) -> NaiveDate {
        NaiveDate::from_ymd_opt(annee, 6, 30).unwrap()
    }

    fn grille() -> Grille {
        Grille::new(&perimetre(), &[(2023, jour(2023)), (2024, jour(2024))]).unwrap()
    }

    fn comptes(lignes: &[(&str, &str, i32, f64)]) -> LazyFrame {
        let trame = df!(
            "code" => lignes.iter().map(|l| l.0).collect::<Vec<_>>(),
            "modalite" => lignes.iter().map(|l| l.1).collect::<Vec<_>>(),
            "annee" => lignes.iter().map(|l| l.2).collect::<Vec<_>>(),
            "valeur" => lignes.iter().map(|l| l.3).collect::<Vec<_>>(),
        );
        trame.unwrap().lazy().with_column(rang(Statut::Observe).alias("statut"))
    }

    fn couverture(annee: i32) -> Couverture {
        Couverture {
            annee,
            jour: jour(annee),
            source: "pmi".into(),
            statut: Statut::Observe,
            portee: Portee::Toutes,
            douteuses: Arc::default(),
        }
    }

    #[test]
    fn chaque_chiffre_a_sa_place_et_un_seul_chaque_place() {
        let lignes = [
            ("96002", "mam", 2024, 3.0),
            ("96001", "", 2024, 5.0),
            // Not yet a member, not of the territory, not asked for.
            ("96001", "", 2023, 7.0),
            ("96009", "", 2024, 8.0),
            ("96002", "ailleurs", 2024, 9.0),
        ];
        let (mut table, couverture) = (Constructeur::new(Some(&perimetre())), [couverture(2024)]);
        let denombrement = Denombrement { modalites: &["mam", ""], couverture: &couverture };
        let comptes = comptes(&lignes).collect().unwrap();
        let serie = table.denombrer(grille().places(), &comptes, &[denombrement], &[]).unwrap();
        let dits = table.apports(&serie).collect::<Vec<_>>();
        let serie = table.serie(&serie).unwrap();
        let codes: Vec<&str> = serie.column("code").unwrap().str().unwrap().iter().flatten().collect();
        let dits: Vec<_> =
            codes.iter().zip(dits).map(|(code, a)| (*code, a.modalite, a.annee, a.valeur)).collect();
        let attendus = [
            ("96001", "", 2024, Some(5.0)),
            ("96001", "mam", 2024, Some(0.0)),
            ("96002", "", 2023, None),
            ("96002", "", 2024, Some(0.0)),
            ("96002", "mam", 2023, None),
            ("96002", "mam", 2024, Some(3.0)),
        ];
        assert_eq!(dits, attendus);
    }

    #[test]
    fn une_commune_dont_la_source_ne_parle_pas_n_a_pas_zero() {
        let mut table = Constructeur::new(Some(&perimetre()));
        let couverture = [Couverture { portee: Portee::seulement(["96002"]), ..couverture(2024) }];
        let denombrement = Denombrement { modalites: &[""], couverture: &couverture };
        // The second is of a list that was lost, but for somebody who works in two communes.
        let comptes = comptes(&[("96001", "", 2024, 1.0)]).collect().unwrap();
        let serie = table.denombrer(grille().places(), &comptes, &[denombrement], &[]).unwrap();
        let dits: Vec<_> = table.apports(&serie).map(|a| (a.annee, a.valeur, a.statut)).collect();
        let (observe, inconnu) = (Statut::Observe.rang(), Statut::NonDisponible.rang());
        assert_eq!(dits, [(2024, None, inconnu), (2023, None, inconnu), (2024, Some(0.0), observe)]);
    }

    #[test]
    fn un_chiffre_donne_deux_fois_n_est_pas_choisi() {
        let doubles = comptes(&[("96002", "", 2024, 3.0), ("96002", "", 2024, 4.0)]).collect().unwrap();
        let couverture = [couverture(2024)];
        let denombrement = Denombrement { modalites: &[""], couverture: &couverture };
        let mut table = Constructeur::new(None);
        let erreur = table.denombrer(grille().places(), &doubles, &[denombrement], &[]).unwrap_err();
        assert!(erreur.to_string().contains("96002"), "{erreur}");
    }
}
