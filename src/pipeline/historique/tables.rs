//! Which tables are kept, what of them is of one year, and what of an earlier run is still to be used.

use crate::pipeline::lecture::Parties;
use crate::tables::{
    Comptes, Declarations, Liste, Reponses, Services, Structures, TauxPublies, Trajets, du_jour,
};
use chrono::Datelike;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const LISTE: &str = "assistants_maternels";
pub(super) const STRUCTURES: &str = "structures";
pub(super) const ARRETS: &str = "arrets";
pub(super) const COMPTES: &str = "comptes";
pub(super) const TAUX: &str = "taux_publies";
pub(super) const DECLARATIONS: &str = "declarations";
pub(super) const REPONSES: &str = "reponses";
pub(super) const QUESTIONS: &str = "questions";
pub(super) const SERVICES: &str = "services";
pub(super) const TRAJETS: &str = "trajets";

/// A table that is kept, and how what was kept goes with what a run reads of the same year.
pub(super) struct Conservee {
    pub(super) nom: &'static str,
    /// Columns of which a value that the run reads takes the place of all the rows kept with it; none if
    /// the table is taken as a whole.
    cle: &'static [&'static str],
    /// The table whose rows make those that were kept useless: itself, but for the stops of structures.
    temoin: &'static str,
    /// The order of the rows, so that what did not change gives the same bytes; none for that of the file.
    ordre: &'static [&'static str],
    /// True if the table describes a state that lasts: the last one stands until there is another, and older
    /// ones are not used.
    pub(super) durable: bool,
}

/// The tables, in the order of the folder.
pub(super) const TABLES: [Conservee; 10] = [
    Conservee::entiere(LISTE),
    Conservee::entiere(STRUCTURES),
    Conservee { temoin: STRUCTURES, ..Conservee::entiere(ARRETS) },
    Conservee { cle: &["mesure"], ordre: &["code", "mesure"], ..Conservee::entiere(COMPTES) },
    Conservee {
        cle: &["niveau", "code", "composante"],
        ordre: &["niveau", "code", "composante"],
        ..Conservee::entiere(TAUX)
    },
    Conservee { cle: &["mesure"], ordre: &["mesure"], ..Conservee::entiere(DECLARATIONS) },
    Conservee {
        cle: &["source"],
        ordre: &["source", "repondant", "colonne"],
        ..Conservee::entiere(REPONSES)
    },
    Conservee { cle: &["source"], ordre: &["source"], temoin: REPONSES, ..Conservee::entiere(QUESTIONS) },
    Conservee { durable: true, ..Conservee::entiere(SERVICES) },
    Conservee { durable: true, ..Conservee::entiere(TRAJETS) },
];

/// Tables by name.
pub(super) type Tables = BTreeMap<&'static str, DataFrame>;

impl Conservee {
    const fn entiere(nom: &'static str) -> Self {
        Self { nom, cle: &[], temoin: nom, ordre: &[], durable: false }
    }

    /// The rows that were kept of a year and that what a run reads of it leaves standing.
    pub(super) fn reste(&self, avant: &DataFrame, lues: &Tables) -> PolarsResult<Option<DataFrame>> {
        let Some(lue) = lues.get(self.temoin) else { return Ok(Some(avant.clone())) };
        if self.cle.is_empty() {
            return Ok(None);
        }
        let cle: Vec<Expr> = self.cle.iter().map(|nom| col(*nom)).collect();
        let connues = lue.clone().lazy().select(cle.clone()).unique(None, UniqueKeepStrategy::Any);
        let join = JoinArgs { maintain_order: MaintainOrderJoin::Left, ..JoinArgs::new(JoinType::Anti) };
        let reste = avant.clone().lazy().join(connues, cle.clone(), cle, join).collect()?;
        Ok((reste.height() > 0).then_some(reste))
    }

    fn ordonner(&self, trame: DataFrame) -> PolarsResult<DataFrame> {
        if self.ordre.is_empty() {
            return Ok(trame);
        }
        let ordre = SortMultipleOptions::default().with_maintain_order(true);
        trame.lazy().sort(self.ordre.to_vec(), ordre).collect()
    }
}

/// What a year has once a run is over: what the run read of it, and what it had before and the run does not
/// give (a list whose file is lost today).
pub(super) fn completees(lues: &Tables, avant: &Tables) -> PolarsResult<Tables> {
    let mut completees = Tables::new();
    for table in &TABLES {
        let reste = avant.get(table.nom).map(|avant| table.reste(avant, lues)).transpose()?.flatten();
        let parties: Vec<LazyFrame> =
            lues.get(table.nom).cloned().into_iter().chain(reste).map(IntoLazy::lazy).collect();
        if !parties.is_empty() {
            let trame = concat(parties, UnionArgs::default())?.collect()?;
            completees.insert(table.nom, table.ordonner(trame)?);
        }
    }
    Ok(completees)
}

/// Every year of which the files of the run speak. What has no day of its own is of the year of the run.
pub(super) fn annees_lues(parties: &Parties, derniere: i32) -> PolarsResult<BTreeSet<i32>> {
    let mut annees: BTreeSet<i32> = parties.listes.iter().map(Liste::annee).collect();
    for trame in datees(parties) {
        annees.extend(annees_de(trame)?.into_iter().flatten());
    }
    if !parties.trajets.is_empty() {
        annees.insert(derniere);
    }
    Ok(annees)
}

/// The frames whose rows say their year, but for the lists.
fn datees(parties: &Parties) -> impl Iterator<Item = &DataFrame> {
    let structures = parties.structures.iter().map(Structures::trame);
    structures
        .chain(parties.comptes.iter().map(Comptes::trame))
        .chain(parties.taux.iter().map(TauxPublies::trame))
        .chain(parties.declarations.iter().map(Declarations::trame))
        .chain(parties.reponses.iter().map(Reponses::trame))
        .chain(parties.services.iter().map(Services::trame))
}

/// The year of each row: that of its column, else that of its day.
fn annees_de(trame: &DataFrame) -> PolarsResult<Vec<Option<i32>>> {
    if let Ok(annees) = trame.column("annee") {
        return Ok(annees.i32()?.iter().collect());
    }
    let jours = trame.column("date_observation")?.date()?;
    Ok(jours.physical().iter().map(|jour| du_jour(jour?).map(|jour| jour.year())).collect())
}

fn de_l_annee(trame: &DataFrame, annee: i32) -> PolarsResult<DataFrame> {
    let garder: BooleanChunked = annees_de(trame)?.into_iter().map(|a| a == Some(annee)).collect();
    trame.filter(&garder)
}

/// The rows of a year that the run read, table by table; a table without any is left out. `derniere`: year
/// of the run.
pub(super) fn tables_de(annee: i32, derniere: i32, parties: &Parties) -> PolarsResult<Tables> {
    let mut tables = Tables::new();
    let mut ranger = |nom: &'static str, trames: Vec<DataFrame>| -> PolarsResult<()> {
        let trames: Vec<LazyFrame> =
            trames.into_iter().filter(|t| t.height() > 0).map(IntoLazy::lazy).collect();
        if !trames.is_empty() {
            tables.insert(nom, concat(trames, UnionArgs::default())?.collect()?);
        }
        Ok(())
    };
    let filtrer = |trames: Vec<&DataFrame>| -> PolarsResult<Vec<DataFrame>> {
        trames.into_iter().map(|trame| de_l_annee(trame, annee)).collect()
    };
    let listes = parties.listes.iter().filter(|l| l.annee() == annee).map(|l| l.trame().clone());
    ranger(LISTE, listes.collect())?;
    let structures = filtrer(parties.structures.iter().map(|s| s.trame()).collect())?;
    // Each census is of one day: its stops go with it.
    let recensees = structures.iter().zip(&parties.structures).filter(|(trame, _)| trame.height() > 0);
    let arrets: Vec<DataFrame> = recensees.map(|(_, census)| census.arrets().clone()).collect();
    ranger(STRUCTURES, structures)?;
    ranger(ARRETS, arrets)?;
    // Where several sources give the same figure, what the report uses is kept here too.
    ranger(COMPTES, vec![de_l_annee(Comptes::reunir(&parties.comptes)?.trame(), annee)?])?;
    ranger(TAUX, filtrer(parties.taux.iter().map(|t| t.trame()).collect())?)?;
    if !parties.declarations.is_empty() {
        ranger(DECLARATIONS, vec![de_l_annee(Declarations::reunir(&parties.declarations)?.trame(), annee)?])?;
    }
    let reponses = filtrer(parties.reponses.iter().map(|r| r.trame()).collect())?;
    // Each file is of one day: its questions go with it.
    let posees = reponses.iter().zip(&parties.reponses).filter(|(trame, _)| trame.height() > 0);
    let questions = posees.map(|(_, reponses)| reponses.definitions()).collect::<PolarsResult<Vec<_>>>()?;
    ranger(REPONSES, reponses)?;
    ranger(QUESTIONS, questions)?;
    if !parties.services.is_empty() {
        ranger(SERVICES, vec![de_l_annee(Services::reunir(&parties.services)?.trame(), annee)?])?;
    }
    if annee == derniere && !parties.trajets.is_empty() {
        ranger(TRAJETS, vec![Trajets::reunir(&parties.trajets)?.trame().clone()])?;
    }
    Ok(tables)
}
