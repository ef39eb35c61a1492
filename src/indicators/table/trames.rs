//! The table as frames of Polars, slice after slice: whole, that of a country would fill the memory.

use super::{Bloc, Constructeur, Corps, Lignes, TableIndicateurs};
use polars::prelude::*;
use std::ops::Range;

/// Rows of a slice: those of a row group of Parquet.
const TRANCHE: usize = 1 << 18;

/// A row: the block that it is in, its suite, its rank there.
type Ligne<'a> = (&'a Bloc, usize, usize);

impl TableIndicateurs {
    /// The rows, in order, in frames of the columns of [`COLONNES`](super::COLONNES).
    pub fn tranches(&self) -> impl Iterator<Item = PolarsResult<DataFrame>> {
        // An empty table has its columns.
        let nombre = self.lignes().div_ceil(TRANCHE).max(1);
        (0..nombre).map(|n| self.tranche(n * TRANCHE..((n + 1) * TRANCHE).min(self.lignes())))
    }

    /// The whole table, in one frame of the columns of [`COLONNES`](super::COLONNES).
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn trame(&self) -> PolarsResult<DataFrame> {
        self.tranche(0..self.lignes())
    }

    /// The rows of a range, in one frame.
    pub(super) fn tranche<'a>(&'a self, rangs: Range<usize>) -> PolarsResult<DataFrame> {
        let lignes: Vec<Ligne<'a>> = self.lignes_de(rangs).collect();
        let corps: &'a Corps = &self.corps;
        let mots = |mot: &dyn Fn(&Ligne<'a>) -> &'a str| -> StringChunked {
            StringChunked::from_iter_values(PlSmallStr::EMPTY, lignes.iter().map(mot))
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
        let lieu = |(bloc, suite, _): &Ligne<'a>| &corps.lieux[bloc.lignes.suites[*suite].lieu as usize];
        let provenance = |(bloc, _, rang): &Ligne<'a>| self.provenance(bloc, *rang);
        let annees = lignes.iter().map(|(bloc, _, rang)| i32::from(bloc.lignes.annees[*rang]));
        let jours = lignes.iter().map(|ligne| provenance(ligne).jour);
        let colonnes = [
            mots(&|ligne| lieu(ligne).niveau.mot()).into_column(),
            mots(&|ligne| &lieu(ligne).code).into_column(),
            mots(&|ligne| &lieu(ligne).nom).into_column(),
            Int32Chunked::from_iter_values(PlSmallStr::EMPTY, annees).into_column(),
            Int32Chunked::from_iter_options(PlSmallStr::EMPTY, jours).into_date().into_column(),
            mots(&|(bloc, ..)| &bloc.indicateur).into_column(),
            mots(&|(bloc, suite, _)| &corps.modalites[bloc.lignes.suites[*suite].modalite as usize])
                .into_column(),
            reels(&|(bloc, _, rang)| Some(bloc.lignes.valeurs[*rang])).into_column(),
            mots(&|(bloc, ..)| &bloc.unite).into_column(),
            terme(0).into_column(),
            terme(1).into_column(),
            mots(&|(bloc, _, rang)| self.statut(bloc, *rang).mot()).into_column(),
            entiers(&|ligne| provenance(ligne).parties).into_column(),
            entiers(&|ligne| provenance(ligne).parties_attendues).into_column(),
            mots(&|ligne| &provenance(ligne).sources).into_column(),
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
        let codes = suites().map(|suite| corps.lieux[suite.lieu as usize].code.as_str());
        let modalites = suites().map(|suite| corps.modalites[suite.modalite as usize].as_str());
        let annees = lignes.annees.iter().map(|annee| i32::from(*annee));
        let terme = |nom: &str, cote: usize| {
            if lignes.termes.is_empty() {
                return Float64Chunked::full_null(nom.into(), lignes.nombre());
            }
            connus(nom, lignes.termes.iter().map(|termes| termes[cote]))
        };
        let statuts = provenances().map(|provenance| provenance.statut.rang());
        let jours = provenances().map(|provenance| provenance.jour);
        let sources = provenances().map(|provenance| &*provenance.sources);
        let colonnes = vec![
            Int32Chunked::from_iter_values("annee".into(), annees).into_column(),
            StringChunked::from_iter_values("code".into(), codes).into_column(),
            StringChunked::from_iter_values("modalite".into(), modalites).into_column(),
            connus("valeur", lignes.valeurs.iter().copied()).into_column(),
            terme("numerateur", 0).into_column(),
            terme("denominateur", 1).into_column(),
            UInt32Chunked::from_iter_values("statut".into(), statuts).into_column(),
            Int32Chunked::from_iter_options("date_observation".into(), jours).into_date().into_column(),
            StringChunked::from_iter_values("sources".into(), sources).into_column(),
        ];
        DataFrame::new(lignes.nombre(), colonnes)
    }
}

/// Numbers, of which NaN is none.
fn connus(nom: &str, nombres: impl Iterator<Item = f64>) -> Float64Chunked {
    Float64Chunked::from_iter_options(nom.into(), nombres.map(|n| Some(n).filter(|n| !n.is_nan())))
}
