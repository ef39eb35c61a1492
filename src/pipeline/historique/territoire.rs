//! What was kept of a year, told of the communes of today: they merge, change their codes, join the territory and
//! leave it, and what a year knew of its communes is all that is known of it.

use super::tables::{ARRETS, COMPTES, STRUCTURES, Tables};
use crate::tables::Portee;
use crate::territory::cog::{Cog, Devenir};
use crate::territory::{CodeCommune, Perimetre};
use chrono::NaiveDate;
use polars::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The communes that a table was read for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Etendue {
    /// Date of the codes; none if no COG was known.
    cog: Option<NaiveDate>,
    communes: BTreeSet<CodeCommune>,
}

impl Etendue {
    pub(super) fn de(perimetre: &Perimetre, cog: Option<NaiveDate>) -> Self {
        Self { cog, communes: perimetre.membres().iter().map(|membre| membre.code).collect() }
    }

    /// Those of which the table speaks.
    pub(super) fn dite_par(mut self, portee: &Portee) -> Self {
        self.communes.retain(|code| portee.parle_de(code.as_str()));
        self
    }

    /// The communes that the table speaks of.
    pub(super) fn portee(&self) -> Portee {
        Portee::seulement(self.communes.iter().map(CodeCommune::as_str))
    }

    /// Puts a table, with what goes with it, under the codes of today: what it is then read for. Counts of communes
    /// that merged are added, if there is one for each; a commune that is not known whole is left out. `le`: the day of
    /// what was kept, where no COG was known.
    ///
    /// # Errors
    /// If the table has not its columns.
    pub(super) fn traduire(
        &self,
        (table, tables): (&str, &mut Tables),
        cog: Option<&Cog>,
        le: Option<NaiveDate>,
    ) -> PolarsResult<Self> {
        let date = cog.and_then(Cog::date);
        if date.is_none() || date == self.cog {
            return Ok(self.clone());
        }
        let aujourd_hui = self.aujourd_hui(cog, le);
        aujourd_hui.traduire(table, tables)?;
        Ok(Self { cog: date, communes: aujourd_hui.parts.into_keys().collect() })
    }

    fn aujourd_hui(&self, cog: Option<&Cog>, le: Option<NaiveDate>) -> Aujourdhui {
        let depuis = self.cog.or(le);
        let (Some(cog), Some(depuis)) = (cog, depuis) else {
            let parts = self.communes.iter().map(|code| (*code, 1)).collect();
            return Aujourdhui { codes: BTreeMap::new(), parts, inchangees: true };
        };
        let mut codes = BTreeMap::new();
        let mut parts: BTreeMap<CodeCommune, u32> = BTreeMap::new();
        for code in &self.communes {
            match cog.devenir(*code, depuis) {
                Devenir::Devenue { code: vers, .. } => {
                    codes.insert(*code, Some(vers));
                    *parts.entry(vers).or_default() += 1;
                }
                Devenir::Partagee(_) => {
                    codes.insert(*code, None);
                }
                Devenir::Inchangee | Devenir::Inconnue => *parts.entry(*code).or_default() += 1,
            }
        }
        // A commune of which another part was elsewhere is not known whole.
        for code in cog.changees_depuis(depuis).filter(|code| !self.communes.contains(code)) {
            if let Devenir::Devenue { code: vers, .. } = cog.devenir(code, depuis) {
                parts.remove(&vers);
            }
        }
        let partagees = self.communes.iter().map(|code| cog.devenir(*code, depuis));
        for vers in partagees.flat_map(|d| if let Devenir::Partagee(vers) = d { vers } else { Vec::new() }) {
            parts.remove(&vers);
        }
        codes.retain(|code, vers| Some(*code) != *vers);
        let inchangees = self.communes.iter().all(|code| parts.get(code) == Some(&1));
        Aujourdhui { codes, parts, inchangees }
    }
}

/// The communes of a kept table as they are today.
#[derive(Debug)]
pub(super) struct Aujourdhui {
    /// Codes that are others today; none for a commune that was shared out.
    codes: BTreeMap<CodeCommune, Option<CodeCommune>>,
    /// Those of today that are known whole, with the number of those of then that they are made of.
    parts: BTreeMap<CodeCommune, u32>,
    /// True if each commune of then is one of today, whole.
    inchangees: bool,
}

impl Aujourdhui {
    fn traduire(&self, table: &str, tables: &mut Tables) -> PolarsResult<()> {
        let suite = if table == STRUCTURES { Some(ARRETS) } else { None };
        for nom in [Some(table), suite].into_iter().flatten() {
            let Some(trame) = tables.get_mut(nom) else { continue };
            if nom == COMPTES {
                *trame = self.additionner(trame)?;
            } else if !self.codes.is_empty() {
                *trame = self.sous_les_codes_d_aujourd_hui(trame)?;
            }
        }
        Ok(())
    }

    fn sous_les_codes_d_aujourd_hui(&self, trame: &DataFrame) -> PolarsResult<DataFrame> {
        let actuel = |code: Option<&str>| {
            let code = code?;
            let lu = code.parse::<CodeCommune>().ok();
            match lu.and_then(|lu| self.codes.get(&lu)) {
                Some(Some(vers)) => Some(vers.as_str().to_owned()),
                // Where it is today is not known: it stays under the code that it had, of which the table does not speak.
                Some(None) | None => Some(code.to_owned()),
            }
        };
        let codes: StringChunked = trame.column("code")?.str()?.iter().map(actuel).collect();
        let mut trame = trame.clone();
        trame.with_column(codes.with_name("code".into()).into_column())?;
        Ok(trame)
    }

    fn additionner(&self, comptes: &DataFrame) -> PolarsResult<DataFrame> {
        if self.inchangees {
            return Ok(comptes.clone());
        }
        let traduits = self.sous_les_codes_d_aujourd_hui(comptes)?;
        let attendues = df!(
            "code" => self.parts.keys().map(|code| code.as_str().to_owned()).collect::<Vec<_>>(),
            "communes" => self.parts.values().copied().collect::<Vec<_>>(),
        )?;
        let colonnes: Vec<PlSmallStr> = comptes.get_column_names_owned();
        let code = || [col("code")];
        let ecrits = traduits
            .lazy()
            .join(attendues.lazy(), code(), code(), JoinArgs::new(JoinType::Inner))
            .group_by_stable(["annee", "code", "mesure"].map(col))
            .agg([
                col("date_observation").max(),
                when(col("valeur").is_null().any(true))
                    .then(lit(NULL).cast(DataType::Float64))
                    .otherwise(col("valeur").sum())
                    .alias("valeur"),
                col("statut").max(),
                col("parties").sum(),
                col("parties_attendues").sum(),
                col("sources").first(),
                len().alias("lues"),
                col("communes").first(),
            ])
            .filter(col("lues").eq(col("communes")))
            .select(colonnes.iter().map(|nom| col(nom.clone())).collect::<Vec<_>>());
        ecrits.collect()
    }
}
