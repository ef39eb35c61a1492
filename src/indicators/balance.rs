//! Balance of offer and need.

use super::serie::{entree, rapporter};
use super::{Contexte, Series, besoin};
use polars::prelude::PolarsResult;

pub(super) fn calculer(_contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let (places, enfants) = (series["places_total"].clone(), series["enfants_0_2"].clone());
    series.insert("places_pour_100", rapporter(entree("places_pour_100")?, (places, ""), (enfants, "")));
    series.insert("taux_activite", besoin::taux_activite(series)?);
    Ok(())
}
