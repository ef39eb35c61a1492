//! Which tables are kept, what of them is of one year, and what of an earlier run is still to be used.

use crate::pipeline::lecture::Parties;
use crate::tables::{
    Comptes, Declarations, Liste, Reponses, Services, Structures, TauxPublies, Trajets, du_jour,
};
use chrono::Datelike;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const LISTE: &str = "assistants_maternels";
pub(super) const NON_PLACES: &str = "non_places";
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
    /// True if a row may tell that nobody knows: it then takes the place of no figure that was kept.
    chiffree: bool,
    /// True if the table describes a state that lasts: the last one stands until there is another, and older
    /// ones are not used.
    pub(super) durable: bool,
}

/// The tables, in the order of the folder.
pub(super) const TABLES: [Conservee; 11] = [
    Conservee::entiere(LISTE),
    Conservee { temoin: LISTE, ..Conservee::entiere(NON_PLACES) },
    Conservee::entiere(STRUCTURES),
    Conservee { temoin: STRUCTURES, ..Conservee::entiere(ARRETS) },
    Conservee {
        cle: &["code", "mesure"],
        ordre: &["code", "mesure"],
        chiffree: true,
        ..Conservee::entiere(COMPTES)
    },
    Conservee {
        cle: &["niveau", "code", "composante"],
        ordre: &["niveau", "code", "composante"],
        ..Conservee::entiere(TAUX)
    },
    Conservee { cle: &["mesure"], ordre: &["mesure"], chiffree: true, ..Conservee::entiere(DECLARATIONS) },
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
        Self { nom, cle: &[], temoin: nom, ordre: &[], chiffree: false, durable: false }
    }

    /// True unless what a run reads of a year takes the place of all that was kept with it.
    pub(super) fn peut_manquer(&self, lues: &Tables) -> bool {
        !self.cle.is_empty() || !lues.contains_key(self.temoin)
    }

    /// The rows that were kept of a year and that what a run reads of it leaves standing.
    pub(super) fn reste(&self, avant: &DataFrame, lues: &Tables) -> PolarsResult<Option<DataFrame>> {
        let Some(lue) = lues.get(self.temoin) else { return Ok(Some(avant.clone())) };
        if self.cle.is_empty() {
            return Ok(None);
        }
        let connues = lue.clone().lazy();
        let connues = if self.chiffree { connues.filter(col("valeur").is_not_null()) } else { connues };
        let reste = self.sans(avant, connues)?;
        Ok((reste.height() > 0).then_some(reste))
    }

    /// The rows whose key no row of `autres` has, in order.
    fn sans(&self, trame: &DataFrame, autres: LazyFrame) -> PolarsResult<DataFrame> {
        let cle: Vec<Expr> = self.cle.iter().map(|nom| col(*nom)).collect();
        let autres = autres.select(cle.clone()).unique(None, UniqueKeepStrategy::Any);
        let join = JoinArgs { maintain_order: MaintainOrderJoin::Left, ..JoinArgs::new(JoinType::Anti) };
        trame.clone().lazy().join(autres, cle.clone(), cle, join).collect()
    }

    fn ordonner(&self, trame: DataFrame) -> PolarsResult<DataFrame> {
        if self.ordre.is_empty() {
            return Ok(trame);
        }
        let ordre = SortMultipleOptions::default().with_maintain_order(true);
        trame.lazy().sort(self.ordre.to_vec(), ordre).collect()
    }
}

/// What a run does not give of what a year had before (a list whose file is lost today).
pub(super) fn restes(lues: &Tables, avant: &Tables) -> PolarsResult<Tables> {
    let mut restes = Tables::new();
    for table in &TABLES {
        let reste = avant.get(table.nom).map(|avant| table.reste(avant, lues)).transpose()?.flatten();
        restes.extend(reste.map(|reste| (table.nom, reste)));
    }
    Ok(restes)
}

/// What a year has once a run is over: what the run read of it, and what it had before and the run does not
/// give.
pub(super) fn completees(lues: &Tables, restes: &Tables) -> PolarsResult<Tables> {
    let mut completees = Tables::new();
    for table in &TABLES {
        let reste = restes.get(table.nom);
        let lue = match (lues.get(table.nom), reste) {
            (Some(lue), Some(reste)) if table.chiffree => Some(table.sans(lue, reste.clone().lazy())?),
            (lue, _) => lue.cloned(),
        };
        let parties: Vec<LazyFrame> = lue.into_iter().chain(reste.cloned()).map(IntoLazy::lazy).collect();
        if !parties.is_empty() {
            let trame = concat(parties, UnionArgs::default())?.collect()?;
            completees.insert(table.nom, table.ordonner(trame)?);
        }
    }
    Ok(completees)
}

/// What a run read, its years side by side: tables that several files give are made one once, and the year of each
/// row is looked at once, however many years there are.
pub(super) struct ParAnnee<'a> {
    parties: &'a Parties,
    /// Those of a year of which no census is lost.
    recensements: Vec<&'a Structures>,
    structures: Vec<Datee>,
    comptes: Vec<Datee>,
    taux: Vec<Datee>,
    declarations: Vec<Datee>,
    reponses: Vec<Datee>,
    services: Vec<Datee>,
}

/// A frame, and the year of each of its rows.
struct Datee {
    trame: DataFrame,
    annees: Int32Chunked,
}

impl Datee {
    /// The year of a row is that of its column, else that of its day.
    fn new(trame: DataFrame) -> PolarsResult<Self> {
        let annees = if let Ok(annees) = trame.column("annee") {
            annees.i32()?.clone()
        } else {
            let jours = trame.column("date_observation")?.date()?;
            jours.physical().iter().map(|jour| du_jour(jour?).map(|jour| jour.year())).collect()
        };
        Ok(Self { trame, annees })
    }

    fn toutes<'t>(trames: impl Iterator<Item = &'t DataFrame>) -> PolarsResult<Vec<Self>> {
        trames.map(|trame| Self::new(trame.clone())).collect()
    }

    fn annee(&self, annee: i32) -> PolarsResult<DataFrame> {
        self.trame.filter(&self.annees.equal(annee))
    }
}

impl<'a> ParAnnee<'a> {
    pub(super) fn new(parties: &'a Parties) -> PolarsResult<Self> {
        // Where several sources give the same figure, what the report uses is kept here too.
        let reunies = |parts: Option<PolarsResult<DataFrame>>| -> PolarsResult<Vec<Datee>> {
            parts.map(|trame| trame.and_then(Datee::new)).into_iter().collect()
        };
        let comptes = &parties.comptes;
        let comptes = (!comptes.is_empty()).then(|| Ok(Comptes::reunir(comptes)?.trame().clone()));
        let declarations = &parties.declarations;
        let declarations =
            (!declarations.is_empty()).then(|| Ok(Declarations::reunir(declarations)?.trame().clone()));
        let services = &parties.services;
        let services = (!services.is_empty()).then(|| Ok(Services::reunir(services)?.trame().clone()));
        let recensements: Vec<&Structures> = parties.structures.iter().filter(|p| p.est_complet()).collect();
        Ok(Self {
            parties,
            structures: Datee::toutes(recensements.iter().map(|recensement| recensement.trame()))?,
            recensements,
            comptes: reunies(comptes)?,
            taux: Datee::toutes(parties.taux.iter().map(TauxPublies::trame))?,
            declarations: reunies(declarations)?,
            reponses: Datee::toutes(parties.reponses.iter().map(Reponses::trame))?,
            services: reunies(services)?,
        })
    }

    /// Every year that the files speak of. What has no day of its own is of the year of the run, `derniere`.
    pub(super) fn annees(&self, derniere: i32) -> BTreeSet<i32> {
        let datees =
            [&self.structures, &self.comptes, &self.taux, &self.declarations, &self.reponses, &self.services];
        let listes = self.parties.listes.iter().filter(|liste| liste.est_complete());
        let mut annees: BTreeSet<i32> = listes.map(Liste::annee).collect();
        annees.extend(datees.into_iter().flatten().flat_map(|datee| datee.annees.iter().flatten()));
        annees.extend((!self.parties.trajets.is_empty()).then_some(derniere));
        annees
    }

    /// The rows of a year, table by table; a table without any is left out. `derniere`: year of the run.
    pub(super) fn tables(&self, annee: i32, derniere: i32) -> PolarsResult<Tables> {
        let parties = self.parties;
        let mut tables = Tables::new();
        let mut ranger = |nom: &'static str, trames: Vec<DataFrame>| -> PolarsResult<()> {
            let trames: Vec<LazyFrame> =
                trames.into_iter().filter(|t| t.height() > 0).map(IntoLazy::lazy).collect();
            if !trames.is_empty() {
                tables.insert(nom, concat(trames, UnionArgs::default())?.collect()?);
            }
            Ok(())
        };
        let filtrer = |datees: &[Datee]| -> PolarsResult<Vec<DataFrame>> {
            datees.iter().map(|datee| datee.annee(annee)).collect()
        };
        // What half a list tells is not kept in the place of the whole one.
        let listes = || parties.listes.iter().filter(|l| l.annee() == annee && l.est_complete());
        ranger(LISTE, listes().map(|l| l.trame().clone()).collect())?;
        ranger(NON_PLACES, listes().map(|l| l.non_places().clone()).collect())?;
        let structures = filtrer(&self.structures)?;
        // Each census is of one day: its stops go with it.
        let recensees = structures.iter().zip(&self.recensements).filter(|(trame, _)| trame.height() > 0);
        let arrets: Vec<DataFrame> = recensees.map(|(_, census)| census.arrets().clone()).collect();
        ranger(STRUCTURES, structures)?;
        ranger(ARRETS, arrets)?;
        ranger(COMPTES, filtrer(&self.comptes)?)?;
        ranger(TAUX, filtrer(&self.taux)?)?;
        ranger(DECLARATIONS, filtrer(&self.declarations)?)?;
        let reponses = filtrer(&self.reponses)?;
        // Each file is of one day: its questions go with it.
        let posees = reponses.iter().zip(&parties.reponses).filter(|(trame, _)| trame.height() > 0);
        let questions =
            posees.map(|(_, reponses)| reponses.definitions()).collect::<PolarsResult<Vec<_>>>()?;
        ranger(REPONSES, reponses)?;
        ranger(QUESTIONS, questions)?;
        ranger(SERVICES, filtrer(&self.services)?)?;
        if annee == derniere && !parties.trajets.is_empty() {
            ranger(TRAJETS, vec![Trajets::reunir(&parties.trajets)?.trame().clone()])?;
        }
        Ok(tables)
    }
}
