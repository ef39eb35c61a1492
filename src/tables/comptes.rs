//! Counts by commune and year, each with its status: births, Caf counts.

use super::Ingestion;
use super::cases::{ColonneDeComptes, lire_cases};
use super::colonnes::perdre;
use super::en_jours;
use super::ingestion::{Communes, Ecartees};
use super::repetitions::{LigneLue, une_par_cle};
use crate::quality::{Bilan, Lieu, Motif, Probleme, Statut};
use crate::sources::Genre;
use crate::sources::disposition::{Annuelles, ColonneTexte, SansNom, Tableau, citer};
use crate::sources::valeurs;
use crate::territory::CodeCommune;
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

mod autre_compte;
mod fusions;
mod imaje;
mod insee;
mod iris;
mod scissions;

pub use autre_compte::{autre_compte_que_les_naissances, nombre_de_rien};
pub(super) use imaje::{annuelles as imaje_annuelles, compte_sans_annee, positions_lues};

/// What a file of counts without any has not.
const COMPTE_CONNU: &str = "n’est un compte connu (enfants, naissances, assistants maternels…)";

/// The columns of counts of a table, each with its year, unless a row says its own, and what it counts.
type Colonnes<'t> = Vec<(Option<i32>, Mesure, ColonneDeComptes<'t>)>;

/// What a count counts. The identifiers are those of the layouts and of the column `mesure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mesure {
    /// Births by commune of the mother.
    Naissances,
    /// Resident children under 3.
    Enfants02,
    /// Resident children from 3 to 5.
    Enfants35,
    /// Children under 3 whose parents all work.
    Enfants02ParentsActifs,
    /// Children under 3 cared for in an EAJE.
    EnfantsEaje,
    /// Children under 3 cared for by a childminder.
    EnfantsAm,
    /// Children whose care at home is helped by the CMG.
    EnfantsCmgDomicile,
    /// Children whose care in a PAJE structure is helped by the CMG.
    EnfantsCmgStructure,
    /// Childminders with at least one child in November.
    AmActifs,
}

impl Mesure {
    /// Every measure.
    pub const TOUTES: [Self; 9] = [
        Self::Naissances,
        Self::Enfants02,
        Self::Enfants35,
        Self::Enfants02ParentsActifs,
        Self::EnfantsEaje,
        Self::EnfantsAm,
        Self::EnfantsCmgDomicile,
        Self::EnfantsCmgStructure,
        Self::AmActifs,
    ];

    /// The identifier.
    pub const fn mot(self) -> &'static str {
        match self {
            Self::Naissances => "naissances",
            Self::Enfants02 => "enfants_0_2",
            Self::Enfants35 => "enfants_3_5",
            Self::Enfants02ParentsActifs => "enfants_0_2_parents_actifs",
            Self::EnfantsEaje => "enfants_eaje",
            Self::EnfantsAm => "enfants_am",
            Self::EnfantsCmgDomicile => "enfants_cmg_domicile",
            Self::EnfantsCmgStructure => "enfants_cmg_structure",
            Self::AmActifs => "am_actifs",
        }
    }

    /// The day of the year that the count speaks of: the Caf counts active childminders in November.
    fn jour(self, annee: i32) -> Option<NaiveDate> {
        match self {
            Self::AmActifs => NaiveDate::from_ymd_opt(annee, 11, 30),
            _ => NaiveDate::from_ymd_opt(annee, 12, 31),
        }
    }
}

/// Of which year a column is that says none, beside others of its count that do, nothing tells: added to one of theirs, it
/// would double it.
fn sans_son_annee(tableau: &Tableau, colonne: &ColonneTexte) -> Probleme {
    let lieu = Lieu { ligne: None, ..tableau.lieu_colonne(0, colonne) };
    let detail =
        "cette colonne ne dit pas son année, et d’autres du même compte la disent : elle n’est pas lue";
    Probleme::new(Motif::ColonnesRivales, lieu, detail)
}

/// One row per commune, year and measure.
///
/// Columns: `annee` (i32), `date_observation` (date), `code` (str), `mesure` (str), `valeur` (f64: the
/// sum of the known parts, null if there is none), `statut` (u32, see [`Statut::rang`]: observed only if
/// every part is known, otherwise why the others are missing), `parties` and `parties_attendues` (u32: the
/// parts that are known and those that there are: communes of old, IRIS; 1 for a plain count), `sources`
/// (str).
#[derive(Debug, Clone)]
pub struct Comptes(pub(super) DataFrame);

pub(super) type Cle = (i32, CodeCommune, Mesure);

/// The counts of one file while it is read.
#[derive(Debug, Default)]
pub(super) struct Releve {
    valeurs: BTreeMap<Cle, Somme>,
}

/// A sum of parts, some of which may be missing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Somme {
    pub(super) valeur: Option<f64>,
    pub(super) statut: Statut,
    pub(super) parties: u32,
    pub(super) attendues: u32,
    /// True if a row names it by the name or the code of a commune of old.
    ancienne: bool,
    /// What a row says that names it by its name or code of today.
    entiere: Option<(Option<f64>, Statut)>,
}

impl Somme {
    fn d_une_ligne(valeur: Option<f64>, statut: Statut, ancienne: bool) -> Self {
        let entiere = (!ancienne).then_some((valeur, statut));
        Self { valeur, statut, parties: u32::from(valeur.is_some()), attendues: 1, ancienne, entiere }
    }

    fn recevoir(&mut self, partie: &Self) {
        let somme = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
        self.valeur = somme(self.valeur, partie.valeur);
        self.statut = self.statut.max(partie.statut);
        self.parties += partie.parties;
        self.attendues += 1;
        self.ancienne |= partie.ancienne;
        self.entiere = match (self.entiere, partie.entiere) {
            (Some((a, ici)), Some((b, la))) => Some((somme(a, b), ici.max(la))),
            (a, b) => a.or(b),
        };
    }
}

impl Comptes {
    /// Reads births: a column per year, or rows `commune, annee, naissances`. Of several columns of one year, the one
    /// that names births; where several may be it, that year is not known, and told.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire_naissances(
        tableau: &Tableau,
        ingestion: &Ingestion<'_>,
        bilan: &mut Bilan,
    ) -> PolarsResult<Self> {
        if let Some(refus) = autre_compte::refus(tableau) {
            bilan.rejetees += u32::try_from(tableau.hauteur()).unwrap_or(u32::MAX);
            bilan.noter(refus);
            return vide().map(Self);
        }
        let annuelles = naissances_annuelles(tableau);
        annuelles.problemes(tableau).into_iter().for_each(|p| bilan.noter(p));
        let mut colonnes = par_annee(&annuelles);
        match tableau.colonne("naissances") {
            Some(colonne) if colonnes.is_empty() => {
                colonnes.push((None, Mesure::Naissances, ColonneDeComptes::new(colonne)));
            }
            Some(colonne) if colonne.annee().is_none() => bilan.noter(sans_son_annee(tableau, colonne)),
            _ => {}
        }
        Self::lire(tableau, &colonnes, ingestion, bilan)
    }

    /// Reads Caf counts: a column per measure, per measure and year (`AM actifs 2023`), or rows
    /// `commune, annee, mesure, valeur`. Without a year of its own, a count is of the source's date.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire_imaje(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Self> {
        if tableau.colonne("mesure").is_some() {
            return imaje::lire_en_long(tableau, ingestion, bilan);
        }
        let (colonnes, problemes) = imaje::colonnes_de_mesures(tableau);
        for probleme in problemes {
            bilan.noter(probleme);
        }
        Self::lire(tableau, &colonnes, ingestion, bilan)
    }

    fn lire(
        tableau: &Tableau,
        colonnes: &Colonnes<'_>,
        ingestion: &Ingestion<'_>,
        bilan: &mut Bilan,
    ) -> PolarsResult<Self> {
        if colonnes.is_empty() {
            perdre(tableau, COMPTE_CONNU, bilan);
            return vide().map(Self);
        }
        dire_les_annees_isolees(tableau, colonnes, ingestion.date, bilan);
        dire_les_colonnes_sans_nombre(tableau, colonnes, bilan);
        let mut communes = Communes::de_comptes(ingestion.rapprocheur);
        let mut lues = Vec::new();
        let mut ecartees = Ecartees::default();
        // Where all columns say their year, a row is of none.
        let a_son_annee = colonnes.iter().any(|(annee, ..)| annee.is_none());
        for rang in 0..tableau.hauteur() {
            if let Some(niveau) = autre_niveau(tableau, rang) {
                ecartees.noter(Motif::AutreNiveau, tableau.lieu(rang, "niveau"), niveau);
                continue;
            }
            let Some(commune) = communes.trouver(tableau, rang, bilan) else { continue };
            let Some(annee) = annee_de_la_ligne(tableau, rang, ingestion.date, bilan) else { continue };
            let cellules = colonnes.iter().map(|(annee_de_colonne, mesure, colonne)| {
                ((annee_de_colonne.unwrap_or(annee), *mesure), colonne.lire(tableau, rang))
            });
            let Some(cellules) = lire_cases(cellules, bilan) else { continue };
            let cle = (commune.code, commune.partie(tableau, rang), a_son_annee.then_some(annee));
            lues.push(LigneLue { rang, cle, cases: cellules });
        }
        let positions: Vec<u32> = colonnes.iter().filter_map(|(.., c)| Some(c.colonne()?.position)).collect();
        let mut releve = Releve::default();
        for ligne in une_par_cle(tableau, lues, &positions, bilan) {
            let (code, partie, _) = ligne.cle;
            for ((annee, mesure), valeur, statut) in ligne.cases {
                releve.ajouter((annee, code, mesure), valeur, statut, partie.is_some());
            }
        }
        communes.conclure(bilan);
        ecartees.conclure(bilan);
        releve.conclure(tableau, ingestion, bilan)
    }

    /// Brings sources together. Where two sources give the same figure, the one that the pipeline names
    /// first is kept; but a source that withholds a figure, or does not know it, or knows only some of its
    /// parts, gives way to the next one that knows more. Nothing is added up over sources.
    ///
    /// # Errors
    /// Only if Polars cannot run the plan.
    pub fn reunir(parties: &[Self]) -> PolarsResult<Self> {
        if parties.is_empty() {
            return vide().map(Self);
        }
        let entiere = col("valeur").is_not_null().and(col("parties").eq(col("parties_attendues")));
        concat(parties.iter().map(|p| p.0.clone().lazy()).collect::<Vec<_>>(), UnionArgs::default())?
            .with_row_index("rang", None)
            .with_column(
                when(entiere)
                    .then(lit(0))
                    .when(col("valeur").is_not_null())
                    .then(lit(1))
                    .otherwise(lit(2))
                    .alias("lacune"),
            )
            .sort(["lacune", "rang"], SortMultipleOptions::default())
            .unique_stable(Some(cols(["annee", "code", "mesure"])), UniqueKeepStrategy::First)
            .sort(["rang"], SortMultipleOptions::default())
            .drop(cols(["rang", "lacune"]))
            .collect()
            .map(Self)
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.0
    }

    /// The rows of one measure, for those who want whole counts: a sum that lacks parts is no count, and
    /// has no value here.
    pub fn mesure(&self, mesure: Mesure) -> LazyFrame {
        let entiere = col("parties").eq(col("parties_attendues"));
        self.0
            .clone()
            .lazy()
            .filter(col("mesure").eq(lit(mesure.mot())))
            .with_column(when(entiere).then(col("valeur")).otherwise(lit(NULL)).alias("valeur"))
            .drop(cols(["mesure"]))
    }
}

/// The columns of births of one year each.
pub(super) fn naissances_annuelles(tableau: &Tableau) -> Annuelles<'_> {
    let disposition = Genre::Naissances.disposition().unwrap_or_default();
    disposition.annuelles(tableau, &["naissances"], SansNom::Annee("naissances"))
}

/// The columns of one year each; those that are refused give counts that are not known.
fn par_annee<'t>(annuelles: &Annuelles<'t>) -> Colonnes<'t> {
    let mesure = |mot: &str| Mesure::TOUTES.into_iter().find(|m| m.mot() == mot);
    let lues = annuelles.lues.iter().filter_map(|(annee, champ, colonne)| {
        Some((Some(*annee), mesure(champ)?, ColonneDeComptes::new(colonne)))
    });
    let refusees = annuelles
        .refusees
        .iter()
        .filter_map(|(annee, champ, _)| Some((Some(*annee), mesure(champ)?, ColonneDeComptes::refusee())));
    lues.chain(refusees).collect()
}

/// A column of a year to come that follows no other (2042 after 2023) is a typing error: it would be read, and shown
/// nowhere.
fn dire_les_annees_isolees(tableau: &Tableau, colonnes: &Colonnes<'_>, jour: NaiveDate, bilan: &mut Bilan) {
    let annees: BTreeSet<i32> = colonnes.iter().filter_map(|(annee, ..)| *annee).collect();
    for (annee, _, colonne) in colonnes {
        let isolee = annee.filter(|annee| *annee > jour.year() + 1 && !annees.contains(&(annee - 1)));
        if let Some((annee, colonne)) = isolee.zip(colonne.colonne()) {
            let lieu = Lieu { ligne: None, ..tableau.lieu_colonne(0, colonne) };
            let detail = format!("la colonne serait de {annee}, et le fichier n’a pas l’année {}", annee - 1);
            bilan.noter(Probleme::new(Motif::AnneeIsolee, lieu, detail));
        }
    }
}

/// Columns that are there and hold no count at all: what they were to give is missing, and is not withheld.
fn dire_les_colonnes_sans_nombre(tableau: &Tableau, colonnes: &Colonnes<'_>, bilan: &mut Bilan) {
    let muettes = colonnes.iter().filter_map(|(.., c)| c.colonne()).filter(|c| {
        tableau.hauteur() > 0 && c.valeurs.iter().all(|cellule| cellule.is_none_or(valeurs::est_manquant))
    });
    let noms: Vec<&str> = muettes.map(|c| c.entete.as_str()).collect();
    if !noms.is_empty() {
        let detail = citer(noms.into_iter());
        bilan.noter(Probleme::new(Motif::ColonneSansNombre, tableau.origine.lieu(), detail));
    }
}

/// The table without rows: what its columns are.
pub(super) fn vide() -> PolarsResult<DataFrame> {
    Releve::default().en_comptes("").map(|comptes| comptes.0)
}

/// The level of a row that is not about a commune.
pub(super) fn autre_niveau(tableau: &Tableau, rang: usize) -> Option<&str> {
    tableau
        .cellule(rang, "niveau")
        .filter(|n| !matches!(valeurs::replier(n).as_str(), "com" | "arm" | "commune"))
}

pub(super) fn annee_de_la_ligne(
    tableau: &Tableau,
    rang: usize,
    date: NaiveDate,
    bilan: &mut Bilan,
) -> Option<i32> {
    let Some(colonne) = tableau.colonne("annee") else { return Some(date.year()) };
    let brut = colonne.valeurs.get(rang).unwrap_or_default();
    match valeurs::annee(brut) {
        Ok(annee) => Some(annee),
        Err(erreur) => {
            let probleme = Probleme::new(Motif::AnneeIllisible, tableau.lieu(rang, "annee"), erreur.detail);
            bilan.noter(probleme.avec_valeur(brut));
            None
        }
    }
}

impl Releve {
    /// Adds a part: communes of old that are one today add up. A missing part is not zero: it is counted as expected and not known.
    pub(super) fn ajouter(&mut self, cle: Cle, valeur: Option<f64>, statut: Statut, ancienne: bool) {
        let partie = Somme::d_une_ligne(valeur, statut, ancienne);
        self.valeurs.entry(cle).and_modify(|somme| somme.recevoir(&partie)).or_insert(partie);
    }

    /// Adds to a count that has one part whatever the number of rows that make it.
    pub(super) fn cumuler(&mut self, cle: Cle, valeur: Option<f64>, statut: Statut) {
        self.ajouter(cle, valeur, statut, false);
        if let Some(somme) = self.valeurs.get_mut(&cle) {
            somme.attendues = 1;
            somme.parties = u32::from(somme.statut.est_connu());
        }
    }

    /// The sums so far.
    pub(super) fn sommes(&self) -> impl Iterator<Item = (&Cle, &Somme)> {
        self.valeurs.iter()
    }

    /// The counts of a file, once what is of communes that have parted since is taken out, and what lacks a commune that
    /// has merged since.
    pub(super) fn conclure(
        mut self,
        tableau: &Tableau,
        ingestion: &Ingestion<'_>,
        bilan: &mut Bilan,
    ) -> PolarsResult<Comptes> {
        self.separer(ingestion.rapprocheur, &tableau.origine.lieu(), bilan);
        self.attendre_toutes_les_parties(ingestion.rapprocheur, &tableau.origine.lieu(), bilan);
        self.en_comptes(ingestion.source)
    }

    fn en_comptes(&self, source: &str) -> PolarsResult<Comptes> {
        let n = self.valeurs.len();
        let (cles, sommes) = (|| self.valeurs.keys(), || self.valeurs.values());
        let jours = cles().map(|(annee, _, mesure)| mesure.jour(*annee).map(en_jours));
        let entiers = |nom: &str, lire: fn(&Somme) -> u32| {
            UInt32Chunked::from_iter_values(nom.into(), sommes().map(lire)).into_column()
        };
        DataFrame::new(
            n,
            vec![
                Int32Chunked::from_iter_values("annee".into(), cles().map(|(a, ..)| *a)).into_column(),
                Int32Chunked::from_iter_options("date_observation".into(), jours).into_date().into_column(),
                StringChunked::from_iter_values("code".into(), cles().map(|(_, c, _)| c.as_str()))
                    .into_column(),
                StringChunked::from_iter_values("mesure".into(), cles().map(|(.., m)| m.mot())).into_column(),
                Float64Chunked::from_iter_options("valeur".into(), sommes().map(|s| s.valeur)).into_column(),
                entiers("statut", |s| s.statut.rang()),
                entiers("parties", |s| s.parties),
                entiers("parties_attendues", |s| s.attendues),
                StringChunked::full("sources".into(), source, n).into_column(),
            ],
        )
        .map(Comptes)
    }
}
