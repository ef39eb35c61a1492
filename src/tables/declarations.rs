//! What the relais declares of its own activity, by year.

use super::Ingestion;
use super::cases::{ColonneDeComptes, lire_cases, par_colonne};
use super::colonnes::perdre;
use super::comptes::annee_de_la_ligne;
use super::en_jours;
use super::repetitions::{LigneLue, une_par_cle};
use crate::quality::{Bilan, Lieu, Motif, Probleme, Statut};
use crate::sources::Genre;
use crate::sources::disposition::{Annuelles, SansNom, Tableau};
use crate::sources::valeurs::replier;
use chrono::{Datelike, NaiveDate};
use parties::refus_des_parties;
use polars::prelude::*;
use sections::Sections;
use std::collections::BTreeMap;

mod mesures;
mod parties;
mod sections;

pub use mesures::{MesureActivite, dit_une_mesure_d_activite, mesures_activite};

/// One row per year and measure.
///
/// Columns: `annee` (i32), `date_observation` (the last day of the year, or the day of the source if it is of that year), `mesure` (str: the stable name of
/// [`mesures_activite`]; for a label that the vocabulary does not know, the label itself, folded, words joined
/// by `_`), `libelle` (str: as the file writes it, or that of the form in place of an identifier), `valeur` (f64, null unless known),
/// `statut` (u32, see [`Statut::rang`]), `origine` (str: what the file cites as its own source, or null),
/// `source` (str).
#[derive(Debug, Clone)]
pub struct Declarations(pub(super) DataFrame);

struct Declaree {
    libelle: String,
    valeur: Option<f64>,
    statut: Statut,
    origine: Option<String>,
}

impl Declarations {
    /// Reads the activity: rows `annee, mesure, valeur`, or a column per year.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Self> {
        let mut declarees: BTreeMap<(i32, String), Declaree> = BTreeMap::new();
        let colonnes = colonnes(tableau, bilan);
        if colonnes.is_empty() {
            perdre(tableau, "ne porte les nombres d’une année", bilan);
            return vide().map(Self);
        }
        let a_son_annee = colonnes.iter().any(|(annee, _)| annee.is_none());
        let sans_annee = a_son_annee && tableau.colonne("annee").is_none();
        if let Some(refus) = refus_des_parties(tableau, ingestion, sans_annee) {
            bilan.rejetees += u32::try_from(tableau.hauteur()).unwrap_or(u32::MAX);
            bilan.noter(refus);
            return vide().map(Self);
        }
        let (mut inconnues, mut lignes) = (Inconnues::default(), Vec::new());
        let mut sections = Sections::new(tableau, &colonnes);
        for rang in 0..tableau.hauteur() {
            let Some(libelle) = tableau.cellule(rang, "mesure") else {
                let lieu = tableau.lieu(rang, "mesure");
                bilan.noter(Probleme::new(Motif::TypeInconnu, lieu, "la mesure n’est pas dite"));
                continue;
            };
            if sections.est_un_titre(rang, libelle) {
                let lieu = tableau.lieu(rang, "mesure");
                bilan.noter(Probleme::new(Motif::LigneDeTotal, lieu, "c’est un titre").avec_valeur(libelle));
                continue;
            }
            if sections::est_un_taux(libelle) {
                let lieu = tableau.lieu(rang, "mesure");
                bilan.noter(
                    Probleme::new(Motif::LigneDeTotal, lieu, "c’est un taux, qui se recalcule")
                        .avec_valeur(libelle),
                );
                continue;
            }
            if let Some(unite) = sections.autre_unite(rang) {
                let detail = "cette ligne ne compte ni des personnes, ni des contacts, ni des séances";
                let lieu = tableau.lieu(rang, "mesure");
                bilan.noter(Probleme::new(Motif::AutreUnite, lieu, detail).avec_valeur(unite));
                continue;
            }
            let connue = sections.mesure(rang, libelle);
            let mesure = connue
                .map_or_else(|| replier(&sections.nommer(rang, libelle)).replace(' ', "_"), |m| m.id.clone());
            let Some(annee) = annee_de_la_ligne(tableau, rang, ingestion.date, bilan) else { continue };
            let lues = colonnes.iter().map(|(a, colonne)| (a.unwrap_or(annee), colonne.lire(tableau, rang)));
            let Some(lues) = lire_cases(lues, bilan) else { continue };
            lignes.push(LigneLue { rang, cle: (mesure, a_son_annee.then_some(annee)), cases: lues });
        }
        let positions: Vec<u32> = colonnes.iter().filter_map(|(_, c)| Some(c.colonne()?.position)).collect();
        for ligne in une_par_cle(tableau, lignes, &positions, bilan) {
            let texte = |champ: &str| tableau.cellule(ligne.rang, champ).map(str::to_owned);
            let (libelle, origine) = (texte("mesure").unwrap_or_default(), texte("origine"));
            let connue = mesures_activite().iter().find(|mesure| mesure.id == ligne.cle.0);
            if connue.is_none() {
                inconnues.noter(&libelle, tableau.lieu(ligne.rang, "mesure"));
            }
            // An identifier is no name for a reader.
            let libelle = connue.filter(|m| m.id == libelle).map_or(libelle, |m| m.libelle.clone());
            for (annee, valeur, statut) in ligne.cases {
                let declaree =
                    Declaree { libelle: libelle.clone(), valeur, statut, origine: origine.clone() };
                declarees.insert((annee, ligne.cle.0.clone()), declaree);
            }
        }
        inconnues.conclure(bilan);
        verifier_les_totaux(&declarees, tableau, bilan);
        trame(&declarees, ingestion.source, ingestion.date).map(Self)
    }

    /// Brings files together. Where two give the same figure, the first in the pipeline is kept; one that does not know
    /// it gives way to one that does.
    ///
    /// # Errors
    /// If there is none, or if Polars cannot run the plan.
    pub fn reunir(parties: &[Self]) -> PolarsResult<Self> {
        concat(parties.iter().map(|p| p.0.clone().lazy()).collect::<Vec<_>>(), UnionArgs::default())?
            .with_row_index("rang", None)
            .with_column(col("valeur").is_null().alias("lacune"))
            .sort(["lacune", "rang"], SortMultipleOptions::default())
            .unique_stable(Some(cols(["annee", "mesure"])), UniqueKeepStrategy::First)
            .sort(["rang"], SortMultipleOptions::default())
            .drop(cols(["rang", "lacune"]))
            .collect()
            .map(Self)
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.0
    }
}

/// One value of a measure, for a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// None unless the status is known.
    pub valeur: Option<f64>,
    /// What it is worth: a blank, « non disponible » or « / » is not available, never zero.
    pub statut: Statut,
    /// Identifier of the source.
    pub source: String,
}

impl Declarations {
    /// Every value, by measure and year.
    ///
    /// # Errors
    /// If the frame had not its columns.
    pub fn par_mesure(&self) -> PolarsResult<BTreeMap<(String, i32), Declaration>> {
        let texte = |nom: &str| PolarsResult::Ok(self.0.column(nom)?.str()?.clone());
        let (mesures, sources) = (texte("mesure")?, texte("source")?);
        let (annees, valeurs) = (self.0.column("annee")?.i32()?, self.0.column("valeur")?.f64()?);
        let statuts = self.0.column("statut")?.u32()?;
        Ok((0..self.0.height())
            .filter_map(|rang| {
                let statut = *Statut::TOUS.iter().find(|s| Some(s.rang()) == statuts.get(rang))?;
                let source = sources.get(rang).unwrap_or_default().to_owned();
                let declaration = Declaration { valeur: valeurs.get(rang), statut, source };
                Some(((mesures.get(rang)?.to_owned(), annees.get(rang)?), declaration))
            })
            .collect())
    }
}

/// Labels that the vocabulary does not know: each is told once, whatever the number of its years.
#[derive(Default)]
struct Inconnues(BTreeMap<String, (Lieu, u32)>);

impl Inconnues {
    fn noter(&mut self, libelle: &str, lieu: Lieu) {
        self.0.entry(libelle.to_owned()).or_insert((lieu, 0)).1 += 1;
    }

    fn conclure(self, bilan: &mut Bilan) {
        for (libelle, (lieu, lignes)) in self.0 {
            let proches: Vec<String> =
                mesures::proches(&libelle).into_iter().map(|p| format!("« {p} »")).collect();
            let detail = if proches.is_empty() {
                "aucune mesure connue ne porte un nom proche".to_owned()
            } else {
                format!("mesures de nom proche : {}", proches.join(", "))
            };
            let probleme = Probleme::new(Motif::MesureInconnue, lieu, detail).avec_valeur(libelle);
            bilan.noter(Probleme { lignes, ..probleme });
        }
    }
}

/// A total that is not the sum of its parts, all known, is told: what the file says is kept.
fn verifier_les_totaux(declarees: &BTreeMap<(i32, String), Declaree>, tableau: &Tableau, bilan: &mut Bilan) {
    for mesure in mesures_activite().iter().filter(|m| !m.parties.is_empty()) {
        for ((annee, _), total) in declarees.iter().filter(|((_, id), _)| *id == mesure.id) {
            let partie = |id: &String| declarees.get(&(*annee, id.clone()))?.valeur;
            let somme: Option<f64> = mesure.parties.iter().map(partie).sum();
            let Some((total, somme)) = total.valeur.zip(somme).filter(|(t, s)| (t - s).abs() > 1e-9) else {
                continue;
            };
            let detail = format!(
                "{annee}, « {} » : le total écrit est {total}, la somme de ses parties {somme} ; le total écrit est gardé",
                mesure.libelle
            );
            bilan.noter(Probleme::new(Motif::SourcesContradictoires, tableau.origine.lieu(), detail));
        }
    }
}

type Colonnes<'a> = Vec<(Option<i32>, ColonneDeComptes<'a>)>;

/// The positions of the columns of one year each that are read.
pub(super) fn positions_lues(tableau: &Tableau) -> Vec<u32> {
    let annuelles = annuelles(tableau);
    let par_lignes = tableau.colonne("annee").is_some() && tableau.colonne("valeur").is_some();
    if par_lignes { Vec::new() } else { annuelles.positions() }
}

/// The columns of one year each.
pub(super) fn annuelles(tableau: &Tableau) -> Annuelles<'_> {
    let disposition = Genre::Activite.disposition().unwrap_or_default();
    disposition.annuelles(tableau, &["valeur"], SansNom::Tout("valeur"))
}

/// The columns of values: one where each row says its year, else one per year.
fn colonnes<'t>(tableau: &'t Tableau, bilan: &mut Bilan) -> Colonnes<'t> {
    let annuelles = annuelles(tableau);
    let par_lignes = tableau.colonne("annee").is_some() || annuelles.est_vide();
    if let Some(valeur) = tableau.colonne("valeur").filter(|_| par_lignes) {
        return vec![(None, ColonneDeComptes::new(valeur))];
    }
    annuelles.problemes(tableau).into_iter().for_each(|p| bilan.noter(p));
    par_colonne(&annuelles)
}

/// The table without rows: what its columns are.
pub(super) fn vide() -> PolarsResult<DataFrame> {
    trame(&BTreeMap::new(), "", NaiveDate::default())
}

fn trame(
    declarees: &BTreeMap<(i32, String), Declaree>,
    source: &str,
    date: NaiveDate,
) -> PolarsResult<DataFrame> {
    let n = declarees.len();
    let (cles, valeurs) = (|| declarees.keys(), || declarees.values());
    // A report of this year that cites another one tells what that year was when it ended.
    let fin = |annee: i32| NaiveDate::from_ymd_opt(annee, 12, 31).filter(|fin| fin.year() != date.year());
    let jour = |annee: i32| en_jours(fin(annee).unwrap_or(date));
    DataFrame::new(
        n,
        vec![
            Int32Chunked::from_iter_values("annee".into(), cles().map(|c| c.0)).into_column(),
            Int32Chunked::from_iter_values("date_observation".into(), cles().map(|c| jour(c.0)))
                .into_date()
                .into_column(),
            StringChunked::from_iter_values("mesure".into(), cles().map(|c| &c.1)).into_column(),
            StringChunked::from_iter_values("libelle".into(), valeurs().map(|d| &d.libelle)).into_column(),
            Float64Chunked::from_iter_options("valeur".into(), valeurs().map(|d| d.valeur)).into_column(),
            UInt32Chunked::from_iter_values("statut".into(), valeurs().map(|d| d.statut.rang()))
                .into_column(),
            StringChunked::from_iter_options("origine".into(), valeurs().map(|d| d.origine.as_deref()))
                .into_column(),
            StringChunked::full("source".into(), source, n).into_column(),
        ],
    )
}
