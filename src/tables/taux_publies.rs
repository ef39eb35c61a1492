//! Rates and numbers of places as the Cnaf publishes them, by territory and year.

use super::Ingestion;
use super::comptes::{annee_de_la_ligne, lire_compte};
use super::ingestion::{CodeGeographique, Communes, Ecartees};
use crate::quality::{Bilan, Lieu, Motif, Probleme, Statut};
use crate::sources::disposition::Tableau;
use crate::territory::{CodeCommune, Perimetre};
use polars::prelude::*;
use std::collections::BTreeMap;

/// What is published: fields of the layout, and values of the column `composante`. `taux_*` are places for
/// 100 children under 3, `places_*` are places.
pub const COMPOSANTES: [&str; 16] = [
    "taux_psu",
    "taux_hors_psu",
    "taux_eaje",
    "taux_prescolarisation",
    "taux_am",
    "taux_domicile",
    "taux_individuel",
    "taux_global",
    "places_psu",
    "places_hors_psu",
    "places_eaje",
    "places_prescolarisation",
    "places_am",
    "places_domicile",
    "places_individuel",
    "places_global",
];

/// The levels from the smallest, with the fields that name them.
const NIVEAUX: [(&str, &str, &str); 4] = [
    ("commune", "code_commune", "commune"),
    ("epci", "code_epci", "nom_epci"),
    ("departement", "code_departement", "nom_departement"),
    ("region", "code_region", "nom_region"),
];

/// The code of the whole country.
const FRANCE: &str = "FR";

/// One row per territory, year and component, as it was published: never rounded again, never recomputed.
///
/// Columns: `niveau` (str: `commune`, `epci`, `departement`, `region`, `france`), `code` (str), `nom` (str),
/// `annee` (i32), `composante` (str, see [`COMPOSANTES`]), `valeur` (f64, null unless known; places for 100
/// children, or places), `statut` (u32, see [`Statut::rang`]), `source` (str).
#[derive(Debug, Clone)]
pub struct TauxPublies(pub(super) DataFrame);

/// One file, read: what [`TauxPublies::reunir`] brings together.
#[derive(Debug, Clone)]
pub struct Publication {
    source: String,
    valeurs: BTreeMap<Cle, Publiee>,
}

/// Level, code, year, component.
type Cle = (&'static str, String, i32, &'static str);

#[derive(Debug, Clone)]
struct Publiee {
    nom: String,
    valeur: Option<f64>,
    statut: Statut,
    lieu: Lieu,
}

impl TauxPublies {
    /// Reads one file. The level of a row is that of the smallest territory that it names; of communes only
    /// those of the territory are kept.
    pub fn lire(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> Publication {
        let mut communes = Communes::new(ingestion.rapprocheur);
        let mut ecartees = Ecartees::default();
        let mut valeurs = BTreeMap::new();
        for rang in 0..tableau.hauteur() {
            let Some((niveau, code, nom)) = territoire(tableau, rang, &mut communes, &mut ecartees, bilan)
            else {
                continue;
            };
            let Some(annee) = annee_de_la_ligne(tableau, rang, ingestion.date, bilan) else { continue };
            let Some(lues) = composantes(tableau, rang, bilan) else { continue };
            if lues.iter().any(|(c, ..)| valeurs.contains_key(&(niveau, code.clone(), annee, *c))) {
                let detail = format!("le territoire {code} a déjà une ligne pour {annee}");
                bilan.noter(Probleme::new(Motif::ValeurEnDouble, tableau.lieu_ligne(rang), detail));
                continue;
            }
            bilan.lues += 1;
            for (composante, valeur, statut) in lues {
                let lieu = tableau.lieu(rang, composante);
                let lue = Publiee { nom: nom.clone(), valeur, statut, lieu };
                valeurs.insert((niveau, code.clone(), annee, composante), lue);
            }
        }
        communes.conclure(bilan);
        ecartees.conclure(bilan);
        Publication { source: ingestion.source.to_owned(), valeurs }
    }

    /// Brings files together. Where two give the same figure, the current file wins: the one that goes on to
    /// a later year (the first in the pipeline if they end together). A figure of the territory, or of what
    /// holds it, that they do not agree on is told, with both values, under the source that was not kept.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn reunir(
        mut publications: Vec<Publication>,
        perimetre: &Perimetre,
    ) -> PolarsResult<(Self, Vec<(String, Probleme)>)> {
        let derniere = |p: &Publication| p.valeurs.keys().map(|(_, _, annee, _)| *annee).max();
        publications.sort_by_key(|p| std::cmp::Reverse(derniere(p)));
        let mut retenues: BTreeMap<Cle, (String, Publiee)> = BTreeMap::new();
        let mut contradictions: BTreeMap<(String, Cle), Contradiction> = BTreeMap::new();
        for publication in publications {
            for (cle, valeur) in publication.valeurs {
                let Some((source, retenue)) = retenues.get(&cle) else {
                    retenues.insert(cle, (publication.source.clone(), valeur));
                    continue;
                };
                let differe =
                    retenue.valeur.zip(valeur.valeur).is_some_and(|(a, b)| (a - b).abs() > f64::EPSILON);
                if differe && concerne(&cle, perimetre) {
                    let ligne = (publication.source.clone(), (cle.0, cle.1.clone(), cle.2, ""));
                    let connue = contradictions.entry(ligne).or_insert_with(|| Contradiction {
                        nom: valeur.nom.clone(),
                        retenue: source.clone(),
                        lieu: Lieu { colonne: None, ..valeur.lieu.clone() },
                        ecarts: Vec::new(),
                    });
                    connue.ecarts.push((cle.3, retenue.valeur, valeur.valeur));
                }
            }
        }
        let problemes =
            contradictions.into_iter().map(|((source, cle), c)| (source, c.probleme(cle.2))).collect();
        trame(&retenues).map(|t| (Self(t), problemes))
    }

    /// Puts what earlier runs kept beside what this one read: tables that have no figure in common.
    ///
    /// # Errors
    /// If there is none, or if Polars cannot run the plan.
    pub fn completer(parties: &[Self]) -> PolarsResult<Self> {
        concat(parties.iter().map(|p| p.0.clone().lazy()).collect::<Vec<_>>(), UnionArgs::default())?
            .collect()
            .map(Self)
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.0
    }
}

/// What two files say of one territory and year.
struct Contradiction {
    nom: String,
    retenue: String,
    lieu: Lieu,
    ecarts: Vec<(&'static str, Option<f64>, Option<f64>)>,
}

impl Contradiction {
    fn probleme(self, annee: i32) -> Probleme {
        let ecrire = |v: Option<f64>| v.unwrap_or_default().to_string().replace('.', ",");
        let ecarts: Vec<String> = self
            .ecarts
            .iter()
            .map(|(composante, retenue, autre)| {
                format!("{composante} {} retenu et {} ici", ecrire(*retenue), ecrire(*autre))
            })
            .collect();
        let detail = format!("{}, {annee}, d’après « {} » : {}", self.nom, self.retenue, ecarts.join(" ; "));
        Probleme::new(Motif::SourcesContradictoires, self.lieu, detail)
    }
}

/// True if a figure is of the territory, or of a larger one that holds it, as far as can be told.
fn concerne((niveau, code, ..): &Cle, perimetre: &Perimetre) -> bool {
    match *niveau {
        "epci" => *code == perimetre.code,
        "departement" => perimetre.membres().iter().any(|m| m.code.departement() == code),
        _ => true,
    }
}

/// Level, code and name of a row.
fn territoire(
    tableau: &Tableau,
    rang: usize,
    communes: &mut Communes<'_>,
    ecartees: &mut Ecartees,
    bilan: &mut Bilan,
) -> Option<(&'static str, String, String)> {
    let Some((niveau, champ, champ_nom)) =
        NIVEAUX.into_iter().find(|(_, code, _)| tableau.colonne(code).is_some())
    else {
        return Some(("france", FRANCE.to_owned(), "France".to_owned()));
    };
    let nom = tableau.cellule(rang, champ_nom).unwrap_or_default().to_owned();
    let brut = tableau.cellule(rang, champ).unwrap_or_default();
    if CodeGeographique::lire(brut) == CodeGeographique::SansLieu {
        ecartees.noter(Motif::CodeSansLieu, tableau.lieu(rang, champ), brut);
        return None;
    }
    if niveau == "commune" {
        // The name is not matched: the Cnaf writes it in capitals, cut short.
        let trouvee = communes.situer((None, Some(brut)), || tableau.lieu(rang, champ), bilan)?;
        return Some((niveau, trouvee.code.to_string(), nom));
    }
    let code = code_de(niveau, brut);
    if code.is_none() {
        ecartees.noter(Motif::CodeSansLieu, tableau.lieu(rang, champ), brut);
    }
    code.map(|code| (niveau, code, nom))
}

/// The code of a département (`1` → `01`), a région or an EPCI; none if it is no code.
fn code_de(niveau: &str, brut: &str) -> Option<String> {
    let net = brut.strip_suffix(".0").unwrap_or(brut).to_uppercase();
    let chiffres = !net.is_empty() && net.bytes().all(|b| b.is_ascii_digit());
    let code = if chiffres && net.len() == 1 { format!("0{net}") } else { net };
    let juste = match niveau {
        "epci" => chiffres && code.len() == 9,
        "departement" => {
            // A commune of that département would have a well-formed code.
            format!("{code:0<5}").parse::<CodeCommune>().is_ok() && code.len() <= 3
        }
        _ => chiffres && code.len() <= 3,
    };
    juste.then_some(code)
}

type Lue = (&'static str, Option<f64>, Statut);

/// The components of a row; none if one of them cannot be read: the row is then rejected as a whole.
fn composantes(tableau: &Tableau, rang: usize, bilan: &mut Bilan) -> Option<Vec<Lue>> {
    let presentes = COMPOSANTES.into_iter().filter(|c| tableau.colonne(c).is_some());
    presentes
        .map(|composante| {
            let brut = tableau.cellule(rang, composante).unwrap_or_default();
            let (valeur, statut) = lire_compte(brut, tableau.lieu(rang, composante), bilan)?;
            Some((composante, valeur, statut))
        })
        .collect()
}

/// The table without rows: what its columns are.
pub(super) fn vide() -> PolarsResult<DataFrame> {
    trame(&BTreeMap::new())
}

fn trame(retenues: &BTreeMap<Cle, (String, Publiee)>) -> PolarsResult<DataFrame> {
    let mots = |nom: &str, lire: fn((&Cle, &(String, Publiee))) -> String| {
        let textes: Vec<String> = retenues.iter().map(lire).collect();
        Column::new(nom.into(), textes)
    };
    let valeurs = || retenues.values().map(|(_, v)| v);
    DataFrame::new(
        retenues.len(),
        vec![
            mots("niveau", |(cle, _)| cle.0.to_owned()),
            mots("code", |(cle, _)| cle.1.clone()),
            mots("nom", |(_, (_, v))| v.nom.clone()),
            Int32Chunked::from_iter_values("annee".into(), retenues.keys().map(|c| c.2)).into_column(),
            mots("composante", |(cle, _)| cle.3.to_owned()),
            Float64Chunked::from_iter_options("valeur".into(), valeurs().map(|v| v.valeur)).into_column(),
            UInt32Chunked::from_iter_values("statut".into(), valeurs().map(|v| v.statut.rang()))
                .into_column(),
            mots("source", |(_, (source, _))| source.clone()),
        ],
    )
}
