//! From canonical tables to the indicator table: the second narrow waist.
//!
//! One file per family: its entries of the catalogue, and a pure function from [`Entrees`] to séries (see
//! [`serie`]), of which [`calculer`] makes rows. A new indicator is one entry and one line in the function
//! of its family; a new family is one file and one line of [`FAMILLES`].

pub mod accessibilite;
mod activite;
mod ages;
mod balance;
mod besoin;
mod cases;
pub mod catalogue;
mod declarees;
mod dynamique;
mod enquetes;
mod evolution;
mod offre;
mod projection;
pub mod protection;
mod publies;
pub mod serie;
mod table;
mod tension;

pub use crate::quality::Statut;
pub use crate::tables::{Choix, Echelle, LigneDeGrille, Question, Questionnaire, TypeQuestion};
pub use crate::tables::{du_jour, en_jours};
pub use ages::CLASSES_AGE;
pub use balance::Besoin;
pub use catalogue::{Agregation, Indicateur, Sensibilite, Unite, catalogue, indicateur};
pub use dynamique::{ARRIVEES_DECLAREES, DEPARTS_DECLARES};
pub use enquetes::ModaliteEnquete;
pub use projection::{AnneeControlee, HypotheseNaissances, ParametresProjection, controler_la_projection};
pub use protection::{Champ, Population, Protection, Relation, Terme};
pub use table::{COLONNES, Figure, Lieu, Niveau, Suivi, TableIndicateurs};
pub use tension::ParametresTension;

use crate::tables::{AssistantsMaternels, Comptes, Declarations, Reponses, Structures, TauxPublies, Trajets};
use crate::territory::{Geographie, Perimetre};
use chrono::NaiveDate;
use polars::prelude::*;
use serie::{Couverture, Grille};
use std::collections::{BTreeMap, BTreeSet};

/// The canonical tables of a run. What is missing is missing: its indicators say so.
#[derive(Debug)]
pub struct Entrees<'a> {
    /// Who belongs to the territory.
    pub perimetre: &'a Perimetre,
    /// Centres of the communes and of their neighbours; empty if no contour is known.
    pub geographie: &'a Geographie,
    /// Identifier of the source of the contours; empty if there is none.
    pub source_geographie: &'a str,
    /// Observation day of the last millésime.
    pub date: NaiveDate,
    /// What a territory chooses: which need, which retirement age…
    pub parametres: &'a Parametres,
    /// Lists of agréments.
    pub assistants_maternels: Option<&'a AssistantsMaternels>,
    /// Census of structures.
    pub structures: Option<&'a Structures>,
    /// Births, Caf counts.
    pub comptes: &'a Comptes,
    /// Rates published by the Cnaf.
    pub taux_publies: Option<&'a TauxPublies>,
    /// What the relais declares of its activity.
    pub declarations: Option<&'a Declarations>,
    /// Answers to questionnaires.
    pub reponses: Option<&'a Reponses>,
    /// Travel times between communes.
    pub trajets: Option<&'a Trajets>,
}

/// What a territory chooses, `[parametres]` in its pipeline; each has a default that the catalogue states.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Parametres {
    /// What the need is, in `solde_places`.
    pub besoin: Besoin,
    /// Travel times and weights of `accessibilite`.
    pub accessibilite: accessibilite::ParametresAccessibilite,
    /// Thresholds of `tension`.
    pub tension: ParametresTension,
    /// `[parametres.projection]`: retirement age, target, births to come.
    pub projection: ParametresProjection,
}

/// A family of indicators: what the catalogue says of them, and what computes them.
pub struct Famille {
    /// What pages call it.
    pub titre: &'static str,
    /// Its entries, in the order of pages.
    pub indicateurs: &'static [Indicateur],
    /// Gives a série for each of them; families before it in [`FAMILLES`] have given theirs.
    calculer: fn(&Contexte<'_>, &mut Series) -> PolarsResult<()>,
}

/// Every family, in the order in which they are computed, which is that of pages.
pub static FAMILLES: &[Famille] = &[
    Famille { titre: "Offre d’accueil", indicateurs: offre::INDICATEURS, calculer: offre::calculer },
    Famille { titre: "Besoins des familles", indicateurs: besoin::INDICATEURS, calculer: besoin::calculer },
    Famille {
        titre: "Équilibre entre l’offre et les besoins",
        indicateurs: balance::INDICATEURS,
        calculer: balance::calculer,
    },
    Famille {
        titre: "Arrivées et départs",
        indicateurs: dynamique::INDICATEURS,
        calculer: dynamique::calculer,
    },
    Famille { titre: "Évolutions", indicateurs: evolution::INDICATEURS, calculer: evolution::calculer },
    Famille { titre: "Âges", indicateurs: ages::INDICATEURS, calculer: ages::calculer },
    Famille { titre: "Projections", indicateurs: projection::INDICATEURS, calculer: projection::calculer },
    Famille {
        titre: "Places accessibles",
        indicateurs: accessibilite::INDICATEURS,
        calculer: accessibilite::calculer,
    },
    Famille { titre: "Tension", indicateurs: tension::INDICATEURS, calculer: tension::calculer },
    Famille {
        titre: "Activité du relais", indicateurs: activite::INDICATEURS, calculer: activite::calculer
    },
    Famille { titre: "Enquêtes", indicateurs: enquetes::INDICATEURS, calculer: enquetes::calculer },
    Famille {
        titre: "Publications de la Cnaf",
        indicateurs: publies::INDICATEURS,
        calculer: publies::calculer,
    },
];

/// The séries of a run, by identifier of the catalogue: those by commune, from which the territory is made,
/// and those that a family gives for a level by itself (see [`serie::directe`]).
#[derive(Default)]
struct Series {
    communes: BTreeMap<&'static str, LazyFrame>,
    directes: BTreeMap<&'static str, LazyFrame>,
    etablies: BTreeSet<&'static str>,
}

impl Series {
    /// Gives the série by commune of an indicator.
    fn insert(&mut self, id: &'static str, serie: LazyFrame) {
        self.communes.insert(id, serie);
    }

    /// Gives the rows of other levels of an indicator, in the shape of [`serie::directe`].
    fn insert_directe(&mut self, id: &'static str, serie: LazyFrame) {
        self.directes.insert(id, serie.select(serie::colonnes_directes()));
    }

    /// Computes what the family has just given: several of the next ones read it, and plans upon plans grow too
    /// deep for a stack.
    fn etablir(&mut self) -> PolarsResult<()> {
        for (id, serie) in self.communes.iter_mut().filter(|(id, _)| !self.etablies.contains(*id)) {
            *serie = serie.clone().collect().map_err(|e| e.context(format!("série {id}").into()))?.lazy();
        }
        self.etablies.extend(self.communes.keys());
        Ok(())
    }

    /// The série by commune of an indicator that a family before has given.
    fn de(&self, id: &str) -> PolarsResult<LazyFrame> {
        let serie = self.communes.get(id).cloned();
        serie.ok_or_else(|| polars_err!(ComputeError: "la série {id} n’est pas encore calculée"))
    }
}

/// What the families share.
struct Contexte<'a> {
    entrees: &'a Entrees<'a>,
    grille: Grille,
    /// The years of the run, in order, with their observation day.
    jours: Vec<(i32, NaiveDate)>,
}

/// Computes the whole indicator table: every entry of the catalogue, for each commune and the territory,
/// each year for which some source speaks.
///
/// # Errors
/// Only if Polars cannot run a plan, which is a defect of ours.
pub fn calculer(entrees: &Entrees<'_>) -> PolarsResult<TableIndicateurs> {
    let jours = jours_du_rapport(entrees)?;
    let grille = Grille::new(entrees.perimetre, &jours)?;
    let contexte = Contexte { entrees, grille, jours };
    let mut series = Series::default();
    for famille in FAMILLES {
        (famille.calculer)(&contexte, &mut series)?;
        series.etablir()?;
    }
    // Each is let go of once it is in the table: a country has tens of millions of figures.
    if entrees.declarations.is_none() {
        let lignes = |entree| Ok((entree, figures(entree, entrees, &mut series)?.collect()?));
        TableIndicateurs::composer(catalogue().map(lignes))
    } else {
        let mut niveaux = figures_declarees(entrees, series)?;
        let mut lignes = |entree: &'static Indicateur| {
            let figures = niveaux.remove(entree.id)?;
            Some(figures.collect().map(|lignes| (entree, lignes)))
        };
        TableIndicateurs::composer(catalogue().filter_map(&mut lignes))
    }
}

/// The figures of an entry at every level: what the communes give, what families give by themselves, what the
/// relais declares where these are silent. Its séries are consumed.
fn figures(
    entree: &'static Indicateur,
    entrees: &Entrees<'_>,
    series: &mut Series,
) -> PolarsResult<LazyFrame> {
    let communes = series.communes.remove(entree.id);
    let communes = communes.map(|s| serie::niveaux(entree, s, entrees.perimetre)).transpose()?;
    let figures = match (communes, series.directes.remove(entree.id)) {
        (None, None) => polars_bail!(ComputeError: "aucune famille ne calcule {}", entree.id),
        (Some(figures), None) | (None, Some(figures)) => figures,
        (Some(deduites), Some(directes)) => {
            concat([sans(deduites, &directes), directes], UnionArgs::default())?
        }
    };
    declarees::completer(entree, figures, entrees.declarations)
}

/// The figures of every entry where the relais declares some; then the sums and rates of which these are terms.
fn figures_declarees(
    entrees: &Entrees<'_>,
    mut series: Series,
) -> PolarsResult<BTreeMap<&'static str, LazyFrame>> {
    let mut niveaux = BTreeMap::new();
    for entree in catalogue() {
        let figures = figures(entree, entrees, &mut series)?;
        niveaux.insert(entree.id, figures.collect()?.lazy());
    }
    for entree in catalogue().filter(|e| !e.somme_de.is_empty()) {
        let termes: Vec<_> = entree.somme_de.iter().map(|(id, modalite)| (&niveaux[id], *modalite)).collect();
        let figures = declarees::completer_somme(niveaux[entree.id].clone(), &termes);
        niveaux.insert(entree.id, figures.collect()?.lazy());
    }
    for entree in catalogue().filter(|e| e.agregation == Agregation::SommeSurSomme) {
        let Some([haut, bas]) = entree.termes else { continue };
        let termes = [(&niveaux[haut.0], haut.1), (&niveaux[bas.0], bas.1)];
        let figures = declarees::completer_taux(entree, niveaux[entree.id].clone(), termes);
        niveaux.insert(entree.id, figures.collect()?.lazy());
    }
    Ok(niveaux)
}

/// What a family gives for a level itself takes the place of what would be made of the communes.
fn sans(deduites: LazyFrame, directes: &LazyFrame) -> LazyFrame {
    let cle = ["niveau", "code", "modalite", "annee"].map(col);
    deduites.join(directes.clone().select(cle.clone()), cle.clone(), cle, JoinArgs::new(JoinType::Anti))
}

/// Every year of which a source speaks, up to the last millésime, with the observation day: the day and
/// month of the last one.
fn jours_du_rapport(entrees: &Entrees<'_>) -> PolarsResult<Vec<(i32, NaiveDate)>> {
    use chrono::Datelike;
    let mut annees = BTreeSet::from([entrees.date.year()]);
    if let Some(am) = entrees.assistants_maternels {
        annees.extend(am.couverture()?.iter().map(|(annee, ..)| *annee));
    }
    annees.extend(entrees.comptes.trame().column("annee")?.i32()?.iter().flatten());
    if let Some(declarations) = entrees.declarations {
        annees.extend(declarations.trame().column("annee")?.i32()?.iter().flatten());
    }
    if let Some(taux) = entrees.taux_publies {
        annees.extend(taux.trame().column("annee")?.i32()?.iter().flatten());
    }
    Ok(annees
        .into_iter()
        .filter(|annee| *annee <= entrees.date.year())
        .filter_map(|annee| jour_de(entrees.date, annee).map(|jour| (annee, jour)))
        .collect())
}

/// The observation day of another year.
fn jour_de(date: NaiveDate, annee: i32) -> Option<NaiveDate> {
    use chrono::Datelike;
    date.with_year(annee).or_else(|| NaiveDate::from_ymd_opt(annee, date.month(), 28))
}

impl Contexte<'_> {
    /// The rows of the territory of an indicator that its communes do not give: see [`serie::directe`].
    fn directe(&self, modalites: &[&str], comptes: LazyFrame) -> PolarsResult<LazyFrame> {
        serie::directe(self.entrees.perimetre, &self.jours, modalites, comptes)
    }

    /// The totals of the territory that a série by commune gives, of the years where every part is known.
    fn total(&self, id: &str, series: &Series) -> PolarsResult<LazyFrame> {
        let niveaux = serie::niveaux(serie::entree(id)?, series.de(id)?, self.entrees.perimetre)?;
        Ok(niveaux
            .filter(col("niveau").eq(lit("territoire")))
            .filter(col("modalite").eq(lit("")))
            .filter(col("parties").eq(col("parties_attendues")))
            .select(serie::colonnes_de_directe()))
    }

    /// The years in which the lists hold an answer of that column.
    fn couverture_reponses(&self, champ: &str) -> PolarsResult<LazyFrame> {
        let Some(am) = self.entrees.assistants_maternels else { return Ok(serie::couverture_vide()) };
        let annees = am.trame().clone().lazy().filter(col(champ).is_not_null()).select([col("annee")]);
        Ok(self.couverture_am(false)?.join(
            annees,
            [col("annee")],
            [col("annee")],
            JoinArgs::new(JoinType::Semi),
        ))
    }

    /// The years that the lists of agréments cover; `suivies` keeps those whose people can be followed
    /// from the list of the year before.
    fn couverture_am(&self, suivies: bool) -> PolarsResult<LazyFrame> {
        let Some(am) = self.entrees.assistants_maternels else { return Ok(serie::couverture_vide()) };
        let listes = am.couverture()?;
        let nommees: BTreeMap<i32, &str> =
            listes.iter().filter(|l| l.3).map(|(annee, _, source, _)| (*annee, source.as_str())).collect();
        let retenues: Vec<Couverture> = listes
            .iter()
            .filter_map(|(annee, jour, source, _)| {
                let avant = nommees.get(&(annee - 1)).filter(|_| nommees.contains_key(annee));
                let source = match (suivies, avant) {
                    (false, _) => source.clone(),
                    (true, Some(avant)) => format!("{avant};{source}"),
                    (true, None) => return None,
                };
                Some(Couverture { annee: *annee, jour: *jour, source, statut: Statut::Observe })
            })
            .collect();
        Ok(serie::couverture(&retenues))
    }
}
