//! Sources that come every year, and of which the year of the report has not come yet.

use super::{Lecteur, Parties};
use crate::quality::{Bilans, Lieu, Motif, Probleme};
use crate::sources::Genre;
use chrono::Datelike;
use polars::prelude::{DataFrame, IntoLazy, PolarsResult, col};
use std::collections::BTreeMap;

/// Those whose figures are of their own year alone, and of no year after.
const ANNUELLES: [Genre; 3] = [Genre::Pmi, Genre::Naissances, Genre::Imaje];

impl Lecteur<'_> {
    /// Tells of each kind of source whose last year is before that of the report: its figures are those that are missing, and
    /// a report of its last year would have them.
    pub(super) fn dire_les_retards(&self, parties: &Parties, bilans: &mut Bilans) -> PolarsResult<()> {
        let rapport = self.declaration.observation.date.year();
        let mut dernieres: BTreeMap<String, i32> = BTreeMap::new();
        // One source may give several lists, or several sheets of counts, in any order.
        let mut retenir = |source: String, annee: i32| {
            dernieres.entry(source).and_modify(|derniere| *derniere = annee.max(*derniere)).or_insert(annee);
        };
        for liste in &parties.listes {
            let source = liste.trame().column("source")?.str()?.iter().next().flatten();
            if let Some(source) = source {
                retenir(source.to_owned(), liste.annee());
            }
        }
        for comptes in &parties.comptes {
            for (source, annee) in derniere_annee(comptes.trame())? {
                retenir(source, annee);
            }
        }
        for genre in ANNUELLES {
            let sources = self.declaration.sources_de(genre);
            let derniere =
                sources.filter_map(|source| Some((*dernieres.get(&source.id)?, source))).max_by_key(|d| d.0);
            let Some((annee, source)) = derniere.filter(|(annee, _)| *annee < rapport) else { continue };
            let Some(bilan) = bilans.0.iter_mut().find(|bilan| bilan.source == source.id) else { continue };
            let detail = format!("ses données s’arrêtent à {annee}, et le rapport est de {rapport}");
            bilan.noter(Probleme::new(Motif::AnneeEnRetard, Lieu::fichier(&bilan.fichier), detail));
        }
        Ok(())
    }
}

/// The last year of which each source gives a number.
fn derniere_annee(comptes: &DataFrame) -> PolarsResult<BTreeMap<String, i32>> {
    let donnes = comptes.clone().lazy().filter(col("valeur").is_not_null());
    let dernieres = donnes.group_by([col("sources")]).agg([col("annee").max()]).collect()?;
    let (sources, annees) = (dernieres.column("sources")?.str()?, dernieres.column("annee")?.i32()?);
    Ok(sources.iter().zip(annees.iter()).filter_map(|(s, a)| Some((s?.to_owned(), a?))).collect())
}
