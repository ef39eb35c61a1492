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
mod grille;
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
pub(crate) use table::Colonne;
pub use table::{COLONNES, Figure, Lieu, Niveau, Suivi, TableIndicateurs};
pub use tension::{ParametresTension, critere_rempli, lu_par_le_critere};

use crate::parallele::en_chaine;
use crate::tables::{
    AssistantsMaternels, Comptes, Continuite, Declarations, ListeDeLAnnee, Reponses, Structures, TauxPublies,
    Trajets,
};
use crate::territory::{Geographie, Perimetre};
use Calcul::{EnDeuxTemps, EnUnTemps};
use chrono::NaiveDate;
use dynamique::Passages;
use grille::{Couverture, Grille};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use table::{Constructeur, Denombrement, Lignes, Reserves};

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
    calcul: Calcul,
}

/// How a family computes its indicators: a série for each, once the families before it in [`FAMILLES`] have given theirs.
#[derive(Clone, Copy)]
enum Calcul {
    EnUnTemps(fn(&Contexte<'_>, &mut Series) -> PolarsResult<()>),
    /// It first computes what needs no série, while the family before makes its own.
    EnDeuxTemps(for<'c> fn(&'c Contexte<'_>) -> PolarsResult<Suite<'c>>),
}

/// What is left to compute once the séries of the families before are there.
type Suite<'c> = Box<dyn FnOnce(&mut Series) -> PolarsResult<()> + Send + 'c>;

impl Famille {
    fn preparer<'c>(&self, contexte: &'c Contexte<'_>) -> PolarsResult<Suite<'c>> {
        match self.calcul {
            Calcul::EnUnTemps(calculer) => Ok(Box::new(move |series| calculer(contexte, series))),
            Calcul::EnDeuxTemps(preparer) => preparer(contexte),
        }
    }
}

/// Every family, in the order in which they are computed, which is that of pages.
pub static FAMILLES: &[Famille] = &[
    Famille {
        titre: "Offre d’accueil",
        indicateurs: offre::INDICATEURS,
        calcul: EnDeuxTemps(offre::preparer),
    },
    Famille {
        titre: "Besoins des familles",
        indicateurs: besoin::INDICATEURS,
        calcul: EnDeuxTemps(besoin::preparer),
    },
    Famille {
        titre: "Équilibre entre l’offre et les besoins",
        indicateurs: balance::INDICATEURS,
        calcul: EnUnTemps(balance::calculer),
    },
    Famille {
        titre: "Arrivées et départs",
        indicateurs: dynamique::INDICATEURS,
        calcul: EnDeuxTemps(dynamique::preparer),
    },
    Famille {
        titre: "Évolutions",
        indicateurs: evolution::INDICATEURS,
        calcul: EnUnTemps(evolution::calculer),
    },
    Famille { titre: "Âges", indicateurs: ages::INDICATEURS, calcul: EnDeuxTemps(ages::preparer) },
    Famille {
        titre: "Projections",
        indicateurs: projection::INDICATEURS,
        calcul: EnDeuxTemps(projection::preparer),
    },
    Famille {
        titre: "Places accessibles",
        indicateurs: accessibilite::INDICATEURS,
        calcul: EnDeuxTemps(accessibilite::preparer),
    },
    Famille { titre: "Tension", indicateurs: tension::INDICATEURS, calcul: EnUnTemps(tension::calculer) },
    Famille {
        titre: "Activité du relais",
        indicateurs: activite::INDICATEURS,
        calcul: EnUnTemps(activite::calculer),
    },
    Famille { titre: "Enquêtes", indicateurs: enquetes::INDICATEURS, calcul: EnUnTemps(enquetes::calculer) },
    Famille {
        titre: "Publications de la Cnaf",
        indicateurs: publies::INDICATEURS,
        calcul: EnUnTemps(publies::calculer),
    },
];

/// The séries of a run, by identifier of the catalogue: those by commune, from which the territory is made,
/// and those that a family gives for a level by itself (see [`serie::directe`]).
struct Series {
    perimetre: Perimetre,
    table: Constructeur,
    /// Those that the family at hand has just given.
    attente: BTreeMap<&'static str, LazyFrame>,
    communes: BTreeMap<&'static str, Arc<Lignes>>,
    /// What the communes add up to.
    ensembles: BTreeMap<&'static str, DataFrame>,
    directes: BTreeMap<&'static str, LazyFrame>,
}

impl Series {
    fn new(perimetre: &Perimetre) -> Self {
        Self {
            perimetre: perimetre.clone(),
            table: Constructeur::new(Some(perimetre)),
            attente: BTreeMap::new(),
            communes: BTreeMap::new(),
            ensembles: BTreeMap::new(),
            directes: BTreeMap::new(),
        }
    }

    /// Gives the série by commune of an indicator.
    fn insert(&mut self, id: &'static str, serie: LazyFrame) {
        self.attente.insert(id, serie);
    }

    /// Gives the série by commune of an indicator, as the table holds it.
    fn poser(&mut self, id: &'static str, lignes: Lignes) -> PolarsResult<()> {
        let ensemble = serie::ensemble(serie::entree(id)?, self.table.apports(&lignes), &self.perimetre)?;
        self.ensembles.extend(ensemble.map(|ensemble| (id, ensemble)));
        self.communes.insert(id, Arc::new(lignes));
        Ok(())
    }

    /// Counts what a source lists, on a grid: see [`Constructeur::denombrer`].
    fn denombrer(
        &mut self,
        grille: &Grille,
        comptes: LazyFrame,
        denombrements: &[Denombrement<'_>],
    ) -> PolarsResult<Lignes> {
        self.denombrer_sous_reserves(grille, comptes, denombrements, &[])
    }

    /// The same, of a source that knows less of some communes: see [`Constructeur::denombrer`].
    fn denombrer_sous_reserves(
        &mut self,
        grille: &Grille,
        comptes: LazyFrame,
        denombrements: &[Denombrement<'_>],
        reserves: &[Option<&Reserves>],
    ) -> PolarsResult<Lignes> {
        let colonnes = ["annee", "code", "modalite", "valeur", "statut"].map(col);
        let comptes = comptes.select(colonnes).collect()?;
        self.table.denombrer(grille.places(), &comptes, denombrements, reserves)
    }

    /// Takes what a source gives commune by commune: see [`Constructeur::relever`].
    fn relever(&mut self, grille: &Grille, comptes: LazyFrame) -> PolarsResult<Lignes> {
        let colonnes = ["annee", "code", "valeur", "statut", "date_observation", "sources"].map(col);
        let comptes = comptes.select(colonnes).with_column(lit("").alias("modalite")).collect()?;
        self.table.relever(grille.places(), &comptes)
    }

    /// The sum of two counts: see [`Constructeur::additionner`].
    fn additionner(&mut self, gauche: &Lignes, droite: &Lignes, signe: f64) -> PolarsResult<Lignes> {
        self.table.additionner(gauche, droite, signe)
    }

    /// Gives an indicator that divides one série by another: see [`Constructeur::rapporter`].
    fn rapporter(
        &mut self,
        id: &'static str,
        numerateur: (&Lignes, &str),
        denominateur: (&Lignes, &str),
    ) -> PolarsResult<()> {
        let lignes = self.table.rapporter(serie::entree(id)?, numerateur, denominateur)?;
        self.poser(id, lignes)
    }

    /// The série by commune of an indicator that this family or one before has given, as the table holds it.
    fn lignes(&mut self, id: &'static str) -> PolarsResult<Arc<Lignes>> {
        if let Some(serie) = self.attente.remove(id) {
            let lignes = self.table.coder(&serie.collect()?)?;
            self.poser(id, lignes)?;
        }
        let lignes = self.communes.get(id).map(Arc::clone);
        lignes.ok_or_else(|| polars_err!(ComputeError: "la série {id} n’est pas encore calculée"))
    }

    /// Gives the rows of other levels of an indicator, in the shape of [`serie::directe`].
    fn insert_directe(&mut self, id: &'static str, serie: LazyFrame) {
        self.directes.insert(id, serie.select(serie::colonnes_directes()));
    }

    /// Computes what the family has just given: several of the next ones read it, and plans upon plans grow too
    /// deep for a stack. It is kept as the table keeps it: a country has tens of millions of figures.
    fn etablir(&mut self) -> PolarsResult<()> {
        let nommer = |id: &str, e: PolarsError| e.context(format!("série {id}").into());
        en_chaine(
            std::mem::take(&mut self.attente),
            |(id, serie)| Ok((id, serie.collect().map_err(|e| nommer(id, e))?)),
            |(id, serie)| {
                let lignes = self.table.coder(&serie).map_err(|e| nommer(id, e))?;
                self.poser(id, lignes)
            },
        )
    }

    /// The série by commune of an indicator that this family or one before has given. Several figures are made of it:
    /// it is computed once for all of them.
    fn de(&mut self, id: &str) -> PolarsResult<LazyFrame> {
        if let Some(serie) = self.attente.get_mut(id) {
            *serie = serie.clone().collect()?.lazy();
            return Ok(serie.clone());
        }
        let lignes = self.communes.get(id);
        let lignes =
            lignes.ok_or_else(|| polars_err!(ComputeError: "la série {id} n’est pas encore calculée"))?;
        Ok(self.table.serie(lignes)?.lazy())
    }
}

/// What the families share.
struct Contexte<'a> {
    entrees: &'a Entrees<'a>,
    grille: Grille,
    /// The years of the run, in order, with their observation day.
    jours: Vec<(i32, NaiveDate)>,
    /// Who stands on the lists, who came and who left: see [`Contexte::passages`].
    passages: OnceLock<Passages>,
}

/// Computes the whole indicator table: every entry of the catalogue, for each commune and the territory,
/// each year from the first one for which some source tells it; one that no source tells, each year, without its details.
///
/// # Errors
/// Only if Polars cannot run a plan, which is a defect of ours.
pub fn calculer(entrees: &Entrees<'_>) -> PolarsResult<TableIndicateurs> {
    let jours = jours_du_rapport(entrees)?;
    let grille = Grille::new(entrees.perimetre, &jours)?;
    let contexte = Contexte { entrees, grille, jours, passages: OnceLock::new() };
    let mut series = Series::new(entrees.perimetre);
    en_chaine(
        FAMILLES,
        |famille| famille.preparer(&contexte),
        |faire| {
            faire(&mut series)?;
            series.etablir()
        },
    )?;
    let mut hautes = catalogue()
        .map(|entree| Ok((entree.id, au_dessus(entree, entrees, &mut series)?)))
        .collect::<PolarsResult<BTreeMap<&str, LazyFrame>>>()?;
    if entrees.declarations.is_some() {
        completer(&mut hautes)?;
    }
    let Series { mut table, mut communes, .. } = series;
    en_chaine(
        catalogue().map(|entree| (entree, hautes.remove(entree.id).unwrap_or_else(serie::aucune_ligne))),
        |(entree, hautes)| Ok((entree, hautes.collect()?)),
        |(entree, hautes)| {
            let nommer = |e: PolarsError| e.context(format!("indicateur {}", entree.id).into());
            let hautes = table.coder(&hautes).map_err(nommer)?;
            let communes = communes.remove(entree.id).unwrap_or_default();
            let communes = Arc::try_unwrap(communes).unwrap_or_else(|communes| (*communes).clone());
            let lignes = table.joindre(hautes, communes).map_err(nommer)?;
            let lignes = table.sans_ce_que_nul_ne_dit(lignes);
            table.ajouter(entree.id, entree.unite.mot(), lignes)
        },
    )?;
    Ok(table.finir())
}

/// The figures of an entry above its communes, and those of communes that its family gives by itself: what the
/// communes add up to, what the relais declares where these are silent.
fn au_dessus(
    entree: &'static Indicateur,
    entrees: &Entrees<'_>,
    series: &mut Series,
) -> PolarsResult<LazyFrame> {
    let ensemble = series.ensembles.remove(entree.id).map(IntoLazy::lazy);
    let figures = match (ensemble, series.directes.remove(entree.id)) {
        (None, None) if series.communes.contains_key(entree.id) => serie::aucune_ligne(),
        (None, None) => polars_bail!(ComputeError: "aucune famille ne calcule {}", entree.id),
        (Some(figures), None) | (None, Some(figures)) => figures,
        (Some(deduites), Some(directes)) => {
            concat([sans(deduites, &directes), directes], UnionArgs::default())?
        }
    };
    declarees::completer(entree, figures, entrees.declarations)
}

/// Where the relais declares figures: the sums and rates of which these are terms.
fn completer(hautes: &mut BTreeMap<&'static str, LazyFrame>) -> PolarsResult<()> {
    for figures in hautes.values_mut() {
        *figures = figures.clone().collect()?.lazy();
    }
    for entree in catalogue().filter(|e| !e.somme_de.is_empty()) {
        let termes: Vec<_> = entree.somme_de.iter().map(|(id, modalite)| (&hautes[id], *modalite)).collect();
        let figures = declarees::completer_somme(hautes[entree.id].clone(), &termes);
        hautes.insert(entree.id, figures.collect()?.lazy());
    }
    for entree in catalogue().filter(|e| e.agregation == Agregation::SommeSurSomme) {
        let Some([haut, bas]) = entree.termes else { continue };
        let termes = [(&hautes[haut.0], haut.1), (&hautes[bas.0], bas.1)];
        let figures = declarees::completer_taux(entree, hautes[entree.id].clone(), termes);
        hautes.insert(entree.id, figures.collect()?.lazy());
    }
    Ok(())
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
        annees.extend(am.couverture().iter().map(|liste| liste.annee));
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

/// Days by which the interval between two lists may differ from a year, and pass for one.
const ECART_A_UN_AN: f64 = 46.0;

/// Days in a year.
const AN: f64 = 365.25;

/// Years from a list to the next one; 1 where it is one but for some weeks.
fn ans_entre(avant: NaiveDate, apres: NaiveDate) -> f64 {
    let jours = (apres - avant).num_days() as f64;
    if (jours - AN).abs() <= ECART_A_UN_AN { 1.0 } else { jours.max(1.0) / AN }
}

/// True if a year has passed from a list to the next one, but for some weeks.
fn est_un_an(avant: NaiveDate, apres: NaiveDate) -> bool {
    (ans_entre(avant, apres) - 1.0).abs() < f64::EPSILON
}

/// The observation day of another year.
fn jour_de(date: NaiveDate, annee: i32) -> Option<NaiveDate> {
    use chrono::Datelike;
    date.with_year(annee).or_else(|| NaiveDate::from_ymd_opt(annee, date.month(), 28))
}

impl Contexte<'_> {
    /// Who stands on the lists, who came and who left, if there are lists: computed once.
    fn passages(&self) -> PolarsResult<Option<&Passages>> {
        if let Some(am) = self.entrees.assistants_maternels
            && self.passages.get().is_none()
        {
            let passages = dynamique::passages(am)?;
            return Ok(Some(self.passages.get_or_init(|| passages)));
        }
        Ok(self.passages.get())
    }

    /// The rows of the territory of an indicator that its communes do not give: see [`serie::directe`].
    fn directe(&self, modalites: &[&str], comptes: LazyFrame) -> PolarsResult<LazyFrame> {
        serie::directe(self.entrees.perimetre, &self.jours, modalites, comptes)
    }

    /// The totals of the territory that a série by commune gives, of the years where every part is known.
    fn total(&self, id: &'static str, series: &mut Series) -> PolarsResult<LazyFrame> {
        let lignes = series.lignes(id)?;
        let totaux = series.table.apports(&lignes).filter(|apport| apport.modalite.is_empty());
        let ensemble = serie::ensemble(serie::entree(id)?, totaux, self.entrees.perimetre)?;
        Ok(ensemble
            .map_or_else(serie::aucune_ligne, IntoLazy::lazy)
            .filter(col("parties").eq(col("parties_attendues")))
            .select(serie::colonnes_de_directe()))
    }

    /// The years in which the lists hold an answer of that column.
    fn couverture_reponses(&self, champ: &str) -> PolarsResult<Vec<Couverture>> {
        let Some(am) = self.entrees.assistants_maternels else { return Ok(Vec::new()) };
        let (reponses, annees) = (am.trame().column(champ)?.is_not_null(), am.trame().column("annee")?);
        let repondues: BTreeSet<i32> = annees.i32()?.filter(&reponses)?.iter().flatten().collect();
        let mut couverture = self.couverture_am(false);
        couverture.retain(|c| repondues.contains(&c.annee));
        Ok(couverture)
    }

    /// The years whose lists tell who works at home and who in a MAM.
    fn couverture_lieux(&self) -> Vec<Couverture> {
        let Some(am) = self.entrees.assistants_maternels else { return Vec::new() };
        let situees = am.couverture().iter().filter(|liste| liste.situee).map(|liste| liste.annee);
        let situees: BTreeSet<i32> = situees.collect();
        let toutes = self.couverture_am(false);
        toutes.into_iter().filter(|c| situees.contains(&c.annee)).collect()
    }

    /// The years whose lists tell who works for a crèche familiale, or that no census has one.
    fn couverture_familiale(&self) -> PolarsResult<Vec<Couverture>> {
        let mut couverture = self.couverture_am(false);
        if let Some((am, structures)) = self.entrees.assistants_maternels.zip(self.entrees.structures) {
            let muettes: BTreeSet<i32> =
                structures.listes_sans_familiale(am)?.iter().map(|liste| liste.annee).collect();
            couverture.retain(|c| !muettes.contains(&c.annee));
        }
        Ok(couverture)
    }

    /// Counts of the lists, of which those of a kind of place are not known where the list does not tell.
    fn denombrer_par_lieu(
        &self,
        id: &'static str,
        comptes: LazyFrame,
        modalites: &[&str],
        series: &mut Series,
    ) -> PolarsResult<()> {
        let (toutes, situees) = (self.couverture_am(false), self.couverture_lieux());
        let familiales = self.couverture_familiale()?;
        let situe = |modalite: &&str| matches!(modalite.rsplit(':').next(), Some("domicile" | "mam"));
        let (par_lieu, autres): (Vec<&str>, Vec<&str>) = modalites.iter().copied().partition(situe);
        let (employes, autres): (Vec<&str>, Vec<&str>) =
            autres.into_iter().partition(|modalite| modalite.ends_with("creche_familiale"));
        let denombrements = [(&par_lieu, &situees), (&employes, &familiales), (&autres, &toutes)];
        let denombrements =
            denombrements.map(|(modalites, couverture)| Denombrement { modalites, couverture });
        let lignes = series.denombrer(&self.grille, comptes, &denombrements)?;
        series.poser(id, lignes)
    }

    /// The years that the lists of agréments cover; `suivies` keeps those whose people can be followed
    /// from the list of the year before.
    fn couverture_am(&self, suivies: bool) -> Vec<Couverture> {
        let Some(am) = self.entrees.assistants_maternels else { return Vec::new() };
        let listes = am.couverture();
        let nommees: BTreeMap<i32, &ListeDeLAnnee> =
            listes.iter().filter(|l| l.suivie).map(|l| (l.annee, l)).collect();
        let retenues =
            listes.iter().filter_map(|ListeDeLAnnee { annee, jour, source, portee, douteuses, .. }| {
                let (annee, jour) = (*annee, *jour);
                if !suivies {
                    let (source, portee, douteuses) = (source.clone(), portee.clone(), Arc::clone(douteuses));
                    return Some(Couverture {
                        annee,
                        jour,
                        source,
                        statut: Statut::Observe,
                        portee,
                        douteuses,
                    });
                }
                let avant = nommees.get(&(annee - 1)).filter(|_| nommees.contains_key(&annee))?;
                let statut = match am.suivi(annee) {
                    Continuite::Observe if est_un_an(avant.jour, jour) => Statut::Observe,
                    Continuite::Observe | Continuite::Estime => Statut::Estime,
                    Continuite::Impossible => return None,
                };
                let (source, portee) = (format!("{};{source}", avant.source), portee.et(&avant.portee));
                let douteuses = Arc::new(douteuses.union(&avant.douteuses).cloned().collect());
                Some(Couverture { annee, jour, source, statut, portee, douteuses })
            });
        retenues.collect()
    }
}
