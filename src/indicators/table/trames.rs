//! The table as frames of Polars, slice after slice: whole, that of a country would fill the memory.

use super::{Bloc, Constructeur, Corps, Lignes, Niveau, TableIndicateurs};
use crate::quality::Statut;
use polars::prelude::*;
use std::ops::Range;

/// Rows of a slice: those of a row group of Parquet.
const TRANCHE: usize = 1 << 18;

/// A row: the block that it is in, its suite, its rank there.
type Ligne<'a> = (&'a Bloc, usize, usize);

/// Words of the columns, each once and in the order of its number: a frame takes them as often as rows name them.
struct Mots {
    niveaux: Column,
    codes: Column,
    noms: Column,
    indicateurs: Column,
    unites: Column,
    modalites: Column,
    statuts: Column,
    sources: Column,
}

impl Mots {
    fn de(corps: &Corps) -> Self {
        Self {
            niveaux: colonne(Niveau::TOUS.iter().map(|niveau| niveau.mot())),
            codes: colonne(corps.lieux.iter().map(|lieu| lieu.code.as_str())),
            noms: colonne(corps.lieux.iter().map(|lieu| lieu.nom.as_str())),
            indicateurs: colonne(corps.blocs.iter().map(|bloc| bloc.indicateur.as_str())),
            unites: colonne(corps.blocs.iter().map(|bloc| bloc.unite.as_str())),
            modalites: colonne(corps.modalites.iter().map(String::as_str)),
            statuts: colonne(Statut::TOUS.iter().map(|statut| statut.mot())),
            sources: colonne(corps.provenances.iter().map(|provenance| &*provenance.sources)),
        }
    }
}

impl TableIndicateurs {
    /// The rows, in order, in frames of the columns of [`COLONNES`](super::COLONNES).
    pub fn tranches(&self) -> impl Iterator<Item = PolarsResult<DataFrame>> {
        // An empty table has its columns.
        let nombre = self.lignes().div_ceil(TRANCHE).max(1);
        let mots = Mots::de(&self.corps);
        (0..nombre).map(move |n| self.prendre(n * TRANCHE..((n + 1) * TRANCHE).min(self.lignes()), &mots))
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
        self.prendre(rangs, &Mots::de(&self.corps))
    }

    fn prendre<'a>(&'a self, rangs: Range<usize>, mots: &Mots) -> PolarsResult<DataFrame> {
        let lignes: Vec<Ligne<'a>> = self.lignes_de(rangs).collect();
        let corps: &'a Corps = &self.corps;
        let prendre = |mots: &Column, numero: &dyn Fn(&Ligne<'a>) -> u32| {
            mots.take(&IdxCa::from_iter_values(PlSmallStr::EMPTY, lignes.iter().map(numero)))
        };
        let reels = |nombre: &dyn Fn(&Ligne<'a>) -> Option<f64>| -> Float64Chunked {
            let montre = |ligne: &Ligne<'a>| {
                nombre(ligne).filter(|_| !self.est_retenue(ligne.0, ligne.2)).unwrap_or(f64::NAN)
            };
            connus("", lignes.iter().map(montre))
        };
        let terme =
            |cote: usize| reels(&move |(bloc, _, rang)| bloc.lignes.termes.get(*rang).map(|t| t[cote]));
        let entiers = |nombre: &dyn Fn(&Ligne<'a>) -> u32| -> UInt32Chunked {
            UInt32Chunked::from_iter_values(PlSmallStr::EMPTY, lignes.iter().map(nombre))
        };
        let suite = |(bloc, suite, _): &Ligne<'a>| bloc.lignes.suites[*suite];
        let niveau = |ligne: &Ligne<'a>| corps.lieux[suite(ligne).lieu as usize].niveau as u32;
        let numero_de_bloc = |(bloc, ..): &Ligne<'a>| bloc.numero;
        let provenance = |(bloc, _, rang): &Ligne<'a>| self.provenance(bloc, *rang);
        let annees = lignes.iter().map(|(bloc, _, rang)| i32::from(bloc.lignes.annees[*rang]));
        let jours = lignes.iter().map(|ligne| provenance(ligne).jour);
        let colonnes = [
            prendre(&mots.niveaux, &niveau)?,
            prendre(&mots.codes, &|ligne| suite(ligne).lieu)?,
            prendre(&mots.noms, &|ligne| suite(ligne).lieu)?,
            Int32Chunked::from_iter_values(PlSmallStr::EMPTY, annees).into_column(),
            Int32Chunked::from_iter_options(PlSmallStr::EMPTY, jours).into_date().into_column(),
            prendre(&mots.indicateurs, &numero_de_bloc)?,
            prendre(&mots.modalites, &|ligne| suite(ligne).modalite)?,
            reels(&|(bloc, _, rang)| Some(bloc.lignes.valeurs[*rang])).into_column(),
            prendre(&mots.unites, &numero_de_bloc)?,
            terme(0).into_column(),
            terme(1).into_column(),
            prendre(&mots.statuts, &|(bloc, _, rang)| self.statut(bloc, *rang).rang())?,
            entiers(&|ligne| provenance(ligne).parties).into_column(),
            entiers(&|ligne| provenance(ligne).parties_attendues).into_column(),
            prendre(&mots.sources, &|(bloc, _, rang)| bloc.lignes.provenances[*rang])?,
        ];
        let nommees = colonnes.into_iter().zip(super::COLONNES.iter());
        let colonnes = nommees.map(|(colonne, (nom, _))| colonne.with_name((*nom).into())).collect();
        DataFrame::new(lignes.len(), colonnes)
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
}

/// A column of words.
fn colonne<'a>(mots: impl Iterator<Item = &'a str>) -> Column {
    StringChunked::from_iter_values(PlSmallStr::EMPTY, mots).into_column()
}

/// Numbers, of which NaN is none.
fn connus(nom: &str, nombres: impl Iterator<Item = f64>) -> Float64Chunked {
    Float64Chunked::from_iter_options(nom.into(), nombres.map(|n| Some(n).filter(|n| !n.is_nan())))
}
