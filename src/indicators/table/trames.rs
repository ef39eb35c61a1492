//! The table as frames of Polars, slice after slice: whole, that of a country would fill the memory.

use super::super::cases::Case;
use super::{Bloc, Constructeur, Corps, Lignes, Niveau, TableIndicateurs};
use crate::quality::Statut;
use polars::prelude::*;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// Rows of a slice: those of a row group of Parquet.
const TRANCHE: usize = 1 << 18;

/// A row: the block that it is in, its suite, its rank there.
type Ligne<'a> = (&'a Bloc, usize, usize);

/// The words of a column, each once, and which one each number that the table holds stands for.
struct Mots {
    mots: Column,
    /// By number of the table; none if it is that of the word.
    rangs: Option<Vec<u32>>,
}

impl Mots {
    /// Words that are numbered as the table numbers them.
    fn numerotes<'a>(mots: impl Iterator<Item = &'a str>) -> Self {
        Self { mots: colonne(mots), rangs: None }
    }

    /// What each number of the table says, several of which may say the same.
    fn distincts<T: Copy + Eq + std::hash::Hash>(
        dits: impl Iterator<Item = T>,
        en_colonne: impl Fn(&[T]) -> Column,
    ) -> Self {
        let (mut distincts, mut connus) = (Vec::new(), PlHashMap::default());
        let rangs = dits.map(|dit| {
            *connus.entry(dit).or_insert_with(|| {
                distincts.push(dit);
                u32::try_from(distincts.len() - 1).unwrap_or(u32::MAX)
            })
        });
        let rangs = Some(rangs.collect());
        Self { mots: en_colonne(&distincts), rangs }
    }
}

/// What the columns of words say, whatever the rows.
struct Vocabulaire {
    niveaux: Mots,
    codes: Mots,
    noms: Mots,
    /// From the first year of the table to the last.
    annees: Mots,
    premiere_annee: i16,
    jours: Mots,
    indicateurs: Mots,
    modalites: Mots,
    unites: Mots,
    statuts: Mots,
    parties: Mots,
    parties_attendues: Mots,
    sources: Mots,
}

impl Vocabulaire {
    fn de(corps: &Corps) -> Self {
        let provenances = || corps.provenances.iter();
        let entiers = |nombres: &[u32]| UInt32Chunked::from_slice(PlSmallStr::EMPTY, nombres).into_column();
        let jours = |jours: &[Option<i32>]| {
            Int32Chunked::from_slice_options(PlSmallStr::EMPTY, jours).into_date().into_column()
        };
        let annees = || corps.blocs.iter().flat_map(|bloc| &bloc.lignes.annees).copied();
        let premiere_annee = annees().min().unwrap_or_default();
        let annees = (premiere_annee..=annees().max().unwrap_or_default()).map(i32::from);
        let annees = Int32Chunked::from_iter_values(PlSmallStr::EMPTY, annees).into_column();
        Self {
            niveaux: Mots::numerotes(Niveau::TOUS.iter().map(|niveau| niveau.mot())),
            codes: Mots::numerotes(corps.lieux.iter().map(|lieu| lieu.code.as_str())),
            noms: Mots::numerotes(corps.lieux.iter().map(|lieu| lieu.nom.as_str())),
            annees: Mots { mots: annees, rangs: None },
            premiere_annee,
            jours: Mots::distincts(provenances().map(|p| p.jour), jours),
            indicateurs: Mots::numerotes(corps.blocs.iter().map(|bloc| bloc.indicateur.as_str())),
            modalites: Mots::numerotes(corps.modalites.iter().map(String::as_str)),
            unites: Mots::distincts(corps.blocs.iter().map(|bloc| bloc.unite.as_str()), |mots| {
                colonne(mots.iter().copied())
            }),
            statuts: Mots::numerotes(Statut::TOUS.iter().map(|statut| statut.mot())),
            parties: Mots::distincts(provenances().map(|p| p.parties).chain([0]), entiers),
            parties_attendues: Mots::distincts(provenances().map(|p| p.parties_attendues), entiers),
            sources: Mots::distincts(provenances().map(|p| &*p.sources), |mots| {
                colonne(mots.iter().copied())
            }),
        }
    }
}

impl Vocabulaire {
    fn rang_de_l_annee(&self, annee: i16) -> u32 {
        u32::from(annee.abs_diff(self.premiere_annee))
    }
}

/// A column of a slice of the table.
pub(crate) enum Colonne<'a> {
    /// Words, each once, and which one each row says.
    Mots(&'a Column, Vec<u32>),
    /// A number by row.
    Nombres(Float64Chunked),
}

impl Colonne<'_> {
    fn en_trame(self, nom: &str) -> PolarsResult<Column> {
        let colonne = match self {
            Self::Mots(mots, rangs) => mots.take(&IdxCa::from_vec(PlSmallStr::EMPTY, rangs))?,
            Self::Nombres(nombres) => nombres.into_column(),
        };
        Ok(colonne.with_name(nom.into()))
    }
}

impl TableIndicateurs {
    /// The rows, in order, in slices: what is done of the columns of [`COLONNES`](super::COLONNES) of each of them.
    pub(crate) fn par_tranche<R>(
        &self,
        faire: impl Fn(usize, Vec<Colonne<'_>>) -> R,
    ) -> impl Iterator<Item = R> {
        // An empty table has its columns.
        let nombre = self.lignes().div_ceil(TRANCHE).max(1);
        let vocabulaire = Vocabulaire::de(&self.corps);
        (0..nombre).map(move |n| {
            let rangs = n * TRANCHE..((n + 1) * TRANCHE).min(self.lignes());
            faire(rangs.len(), self.colonnes(rangs, &vocabulaire))
        })
    }

    /// The rows, in order, in frames of the columns of [`COLONNES`](super::COLONNES).
    pub fn tranches(&self) -> impl Iterator<Item = PolarsResult<DataFrame>> {
        self.par_tranche(en_trame)
    }

    /// The whole table, in one frame of the columns of [`COLONNES`](super::COLONNES).
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn trame(&self) -> PolarsResult<DataFrame> {
        self.tranche(0..self.lignes())
    }

    /// The rows of a range, in one frame.
    pub(super) fn tranche(&self, rangs: Range<usize>) -> PolarsResult<DataFrame> {
        en_trame(rangs.len(), self.colonnes(rangs, &Vocabulaire::de(&self.corps)))
    }

    fn colonnes<'v>(&self, rangs: Range<usize>, vocabulaire: &'v Vocabulaire) -> Vec<Colonne<'v>> {
        let mut lignes: Vec<Ligne<'_>> = Vec::with_capacity(rangs.len());
        lignes.extend(self.lignes_de(rangs));
        let corps = &self.corps;
        let dire = |mots: &'v Mots, numero: &dyn Fn(&Ligne<'_>) -> u32| {
            let numeros = lignes.iter().map(numero);
            let rangs = match &mots.rangs {
                Some(rangs) => numeros.map(|numero| rangs[numero as usize]).collect(),
                None => numeros.collect(),
            };
            Colonne::Mots(&mots.mots, rangs)
        };
        let reels = |nombre: &dyn Fn(&Ligne<'_>) -> Option<f64>| {
            let montre = |ligne: &Ligne<'_>| {
                nombre(ligne).filter(|_| !self.est_retenue(ligne.0, ligne.2)).unwrap_or(f64::NAN)
            };
            Colonne::Nombres(connus("", lignes.iter().map(montre)))
        };
        let terme =
            |cote: usize| reels(&move |(bloc, _, rang)| bloc.lignes.termes.get(*rang).map(|t| t[cote]));
        let suite = |(bloc, suite, _): &Ligne<'_>| bloc.lignes.suites[*suite];
        let niveau = |ligne: &Ligne<'_>| corps.lieux[suite(ligne).lieu as usize].niveau as u32;
        let numero_de_bloc = |(bloc, ..): &Ligne<'_>| bloc.numero;
        let provenance = |(bloc, _, rang): &Ligne<'_>| bloc.lignes.provenances[*rang];
        let statut = |(bloc, _, rang): &Ligne<'_>| self.statut(bloc, *rang).rang();
        // After the parts of each provenance stands « none ».
        let aucune = u32::try_from(corps.provenances.len()).unwrap_or(u32::MAX);
        let parties = |ligne: &Ligne<'_>| {
            if self.tait_ses_parties(ligne.0, ligne.2) { aucune } else { provenance(ligne) }
        };
        let v = vocabulaire;
        vec![
            dire(&v.niveaux, &niveau),
            dire(&v.codes, &|ligne| suite(ligne).lieu),
            dire(&v.noms, &|ligne| suite(ligne).lieu),
            dire(&v.annees, &|(bloc, _, rang)| v.rang_de_l_annee(bloc.lignes.annees[*rang])),
            dire(&v.jours, &provenance),
            dire(&v.indicateurs, &numero_de_bloc),
            dire(&v.modalites, &|ligne| suite(ligne).modalite),
            reels(&|(bloc, _, rang)| Some(bloc.lignes.valeurs[*rang])),
            dire(&v.unites, &numero_de_bloc),
            terme(0),
            terme(1),
            dire(&v.statuts, &statut),
            dire(&v.parties, &parties),
            dire(&v.parties_attendues, &provenance),
            dire(&v.sources, &provenance),
        ]
    }

    /// The rows of a range of the whole table.
    fn lignes_de(&self, rangs: Range<usize>) -> impl Iterator<Item = Ligne<'_>> {
        self.corps.blocs.iter().flat_map(move |bloc| {
            let ici = rangs.start.saturating_sub(bloc.debut)..rangs.end.saturating_sub(bloc.debut);
            let ici = ici.start..ici.end.min(bloc.lignes.annees.len());
            let premiere = bloc.lignes.suites.partition_point(|suite| (suite.debut as usize) <= ici.start);
            (premiere.saturating_sub(1)..bloc.lignes.suites.len())
                .map(move |suite| (suite, bloc.lignes.rangs(suite)))
                .take_while({
                    let fin = ici.end;
                    move |(_, rangs)| rangs.start < fin
                })
                .flat_map(move |(suite, rangs)| {
                    let (debut, fin) = (rangs.start.max(ici.start), rangs.end.min(ici.end));
                    (debut..fin).map(move |rang| (bloc, suite, rang))
                })
        })
    }
}

impl Constructeur {
    /// Rows of communes as the [série](crate::indicators::serie) that they were.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub(in crate::indicators) fn serie(&self, lignes: &Lignes) -> PolarsResult<DataFrame> {
        let corps = &self.corps;
        let suites = || lignes.suites.iter().zip(0..).flat_map(|(s, n)| lignes.rangs(n).map(move |_| s));
        let provenances = || lignes.provenances.iter().map(|numero| &corps.provenances[*numero as usize]);
        let prendre = |mots: Column, nom: &str, numeros: &mut dyn Iterator<Item = u32>| {
            let numeros = IdxCa::from_iter_values(PlSmallStr::EMPTY, numeros);
            mots.take(&numeros).map(|colonne| colonne.with_name(nom.into()))
        };
        let codes = colonne(corps.lieux.iter().map(|lieu| lieu.code.as_str()));
        let modalites = colonne(corps.modalites.iter().map(String::as_str));
        let sources = colonne(corps.provenances.iter().map(|provenance| &*provenance.sources));
        let annees = lignes.annees.iter().map(|annee| i32::from(*annee));
        let terme = |nom: &str, cote: usize| {
            if lignes.termes.is_empty() {
                return Float64Chunked::full_null(nom.into(), lignes.nombre());
            }
            connus(nom, lignes.termes.iter().map(|termes| termes[cote]))
        };
        let statuts = provenances().map(|provenance| provenance.statut.rang());
        let jours = provenances().map(|provenance| provenance.jour);
        let colonnes = vec![
            Int32Chunked::from_iter_values("annee".into(), annees).into_column(),
            prendre(codes, "code", &mut suites().map(|suite| suite.lieu))?,
            prendre(modalites, "modalite", &mut suites().map(|suite| suite.modalite))?,
            connus("valeur", lignes.valeurs.iter().copied()).into_column(),
            terme("numerateur", 0).into_column(),
            terme("denominateur", 1).into_column(),
            UInt32Chunked::from_iter_values("statut".into(), statuts).into_column(),
            Int32Chunked::from_iter_options("date_observation".into(), jours).into_date().into_column(),
            prendre(sources, "sources", &mut lignes.provenances.iter().copied())?,
        ];
        DataFrame::new(lignes.nombre(), colonnes)
    }

    /// The years of the rows of one modality, and how many these are.
    pub(in crate::indicators) fn annees(&self, lignes: &Lignes, modalite: &str) -> (BTreeSet<i32>, usize) {
        let modalite = self.corps.numeros_des_modalites.get(modalite).copied();
        let suites = lignes.suites.iter().zip(0..).filter(|(suite, _)| Some(suite.modalite) == modalite);
        let (mut vues, mut nombre) = (BTreeSet::new(), 0);
        let mut precedentes: &[i16] = &[];
        for (_, numero) in suites {
            let siennes = &lignes.annees[lignes.rangs(numero)];
            nombre += siennes.len();
            // Mostly those of the place before.
            if siennes != precedentes {
                vues.extend(siennes.iter().copied().map(i32::from));
                precedentes = siennes;
            }
        }
        (vues, nombre)
    }

    /// Code, year and figure of the rows of one modality.
    pub(in crate::indicators) fn cases<'t>(
        &'t self,
        lignes: &'t Lignes,
        modalite: &str,
    ) -> impl Iterator<Item = (&'t str, i32, Case)> {
        let corps = &self.corps;
        let modalite = corps.numeros_des_modalites.get(modalite).copied();
        let suites = lignes.suites.iter().zip(0..).filter(move |(suite, _)| Some(suite.modalite) == modalite);
        suites.flat_map(move |(suite, numero)| {
            let code = corps.lieux[suite.lieu as usize].code.as_str();
            lignes.rangs(numero).map(move |rang| {
                let provenance = &corps.provenances[lignes.provenances[rang] as usize];
                let connu = |nombre: f64| (!nombre.is_nan()).then_some(nombre);
                let [haut, bas] = lignes.termes.get(rang).map_or([None; 2], |termes| termes.map(connu));
                let case = Case {
                    valeur: connu(lignes.valeurs[rang]),
                    numerateur: haut,
                    denominateur: bas,
                    statut: provenance.statut,
                    jour: provenance.jour,
                    sources: Arc::clone(&provenance.sources),
                };
                (code, i32::from(lignes.annees[rang]), case)
            })
        })
    }
}

fn en_trame(lignes: usize, colonnes: Vec<Colonne<'_>>) -> PolarsResult<DataFrame> {
    let nommees = colonnes.into_iter().zip(super::COLONNES.iter());
    let colonnes = nommees.map(|(colonne, (nom, _))| colonne.en_trame(nom)).collect::<PolarsResult<_>>()?;
    DataFrame::new(lignes, colonnes)
}

/// A column of words.
fn colonne<'a>(mots: impl Iterator<Item = &'a str>) -> Column {
    StringChunked::from_iter_values(PlSmallStr::EMPTY, mots).into_column()
}

/// Numbers, of which NaN is none.
fn connus(nom: &str, nombres: impl Iterator<Item = f64>) -> Float64Chunked {
    Float64Chunked::from_iter_options(nom.into(), nombres.map(|n| Some(n).filter(|n| !n.is_nan())))
}
