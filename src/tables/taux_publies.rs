//! Rates and numbers of places as the Cnaf publishes them, by territory and year.

use super::Ingestion;
use super::cases::{Case, lire_cases, lire_quantite};
use super::comptes::annee_de_la_ligne;
use super::ingestion::{CodeGeographique, Communes, Ecartees};
use super::repetitions::{LigneLue, une_par_cle};
use crate::quality::{Bilan, Lieu, Motif, Probleme, Statut};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{self, nombre, replier};
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

/// No rate of all formal care is as low in all the territories of a year: under it, the rates are proportions of 1.
const PROPORTION_MAX: f64 = 2.0;
/// Nor in one territory larger than a commune, nor are all the rates of a year where that of all care is not told.
const PROPORTION: f64 = 1.0;

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
        let mut noms: BTreeMap<String, String> = BTreeMap::new();
        let (mut valeurs, mut lignes) = (BTreeMap::new(), Vec::new());
        if let Some(probleme) = refus(tableau) {
            bilan.rejetees += u32::try_from(tableau.hauteur()).unwrap_or(u32::MAX);
            bilan.noter(probleme);
            return Publication { source: ingestion.source.to_owned(), valeurs };
        }
        let proportions = en_proportions(tableau);
        for rang in 0..tableau.hauteur() {
            let Some((niveau, code, nom)) = territoire(tableau, rang, &mut communes, &mut ecartees, bilan)
            else {
                continue;
            };
            let Some(annee) = annee_de_la_ligne(tableau, rang, ingestion.date, bilan) else { continue };
            if let Some(exemple) = proportions.get(&rang) {
                let lieu = tableau.lieu_ligne(rang);
                bilan.noter(Probleme::new(Motif::NombreIllisible, lieu, dire_la_proportion(exemple)));
                continue;
            }
            let Some(lues) = lire_cases(composantes(tableau, rang), bilan) else { continue };
            noms.entry(code.clone()).or_insert(nom);
            lignes.push(LigneLue { rang, cle: (niveau, code, annee), cases: lues });
        }
        for ligne in une_par_cle(tableau, lignes, &[], bilan) {
            let (niveau, code, annee) = ligne.cle;
            for (composante, valeur, statut) in ligne.cases {
                let nom = noms.get(&code).cloned().unwrap_or_default();
                let lue = Publiee { nom, valeur, statut, lieu: tableau.lieu(ligne.rang, composante) };
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

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sujet {
    /// The territories of a level: their words, the column of their code and that of their name.
    Niveau(&'static str, &'static str, &'static str),
    /// The whole country.
    France,
    /// Territories of which the file has the names alone, and these do not tell which they are.
    SansCode(&'static str),
    /// Nothing says it.
    Inconnu,
}

impl Sujet {
    /// The smallest level that the file names. Without any, its figures are of the country only if it says so.
    fn d_un_tableau(tableau: &Tableau) -> Self {
        let present = |champ: &str| tableau.colonne(champ).is_some();
        let nomme = NIVEAUX.into_iter().find(|(_, code, nom)| present(code) || present(nom));
        match nomme {
            // A commune is known by its name too.
            Some((niveau, code, nom)) if present(code) || niveau == "commune" => {
                Self::Niveau(niveau, code, nom)
            }
            Some((niveau, ..)) => Self::SansCode(niveau),
            None if dit_la_france(tableau) => Self::France,
            None => Self::Inconnu,
        }
    }
}

/// True if the name of the file, its sheet, its titles, its headers or a cell say that it is of the whole country.
fn dit_la_france(tableau: &Tableau) -> bool {
    let dit = |texte: &str| {
        let replie = replier(texte);
        replie.split(' ').any(|mot| matches!(mot, "nat" | "national" | "nationale" | "nationaux" | "france"))
    };
    let origine = &tableau.origine;
    let entetes = tableau.champs.values().chain(&tableau.autres).map(|c| c.entete.as_str());
    let cellules = tableau.autres.iter().filter_map(|c| c.valeurs.get(0));
    [origine.fichier.as_str(), origine.feuille.as_deref().unwrap_or_default()].into_iter().any(dit)
        || tableau.titres.iter().any(|(_, titre)| dit(titre))
        || entetes.chain(cellules).any(dit)
}

/// Why nothing of a file can be published, if so.
fn refus(tableau: &Tableau) -> Option<Probleme> {
    let lieu = || tableau.origine.lieu();
    match Sujet::d_un_tableau(tableau) {
        Sujet::SansCode(niveau) => {
            let detail =
                format!("les lignes ont le nom, et non le code ({niveau}) : ajoutez la colonne du code");
            return Some(Probleme::new(Motif::ColonneAbsente, lieu(), detail));
        }
        Sujet::Inconnu => {
            let detail = "rien ne dit de quel territoire sont ces chiffres : il manque « Code commune », « Code EPCI » ou \
                          « Code département » ; s’ils sont de la France entière, ajoutez une colonne « Territoire » qui dit « France »";
            return Some(Probleme::new(Motif::ColonneAbsente, lieu(), detail));
        }
        Sujet::Niveau(..) | Sujet::France => {}
    }
    let proportions = en_proportions(tableau);
    let exemple = proportions.values().next().filter(|_| proportions.len() == tableau.hauteur())?;
    Some(Probleme::new(Motif::FichierIllisible, lieu(), dire_la_proportion(exemple)))
}

fn dire_la_proportion(exemple: &str) -> String {
    format!(
        "les taux sont écrits comme des proportions ({exemple}) et non pour 100 enfants : enregistrez ces colonnes au format \
         « Nombre », multipliées par 100"
    )
}

/// The rows of which the rates are so small that they can only be proportions, as a spreadsheet keeps what it shows with a
/// percent sign, each with one of them: those of a whole year, or of one territory.
fn en_proportions(tableau: &Tableau) -> BTreeMap<usize, String> {
    let communes = matches!(Sujet::d_un_tableau(tableau), Sujet::Niveau("commune", ..));
    let global = tableau.colonne("taux_global");
    let colonnes: Vec<&str> = match global {
        Some(_) => vec!["taux_global"],
        None => COMPOSANTES.into_iter().filter(|composante| composante.starts_with("taux")).collect(),
    };
    // The greatest rate of a row, if it can be a proportion.
    let du_rang = |rang: usize| {
        let lus = colonnes.iter().filter_map(|c| tableau.cellule(rang, c));
        let lus = lus.filter_map(|texte| Some((nombre(texte).ok()?, texte)));
        lus.reduce(|a, b| if b.0 > a.0 { b } else { a })
    };
    let mut par_annee: BTreeMap<Option<i32>, f64> = BTreeMap::new();
    let annee = |rang: usize| tableau.cellule(rang, "annee").and_then(|texte| valeurs::annee(texte).ok());
    let taux: Vec<(usize, f64, &str)> = (0..tableau.hauteur())
        .filter_map(|rang| du_rang(rang).map(|(valeur, texte)| (rang, valeur, texte)))
        .filter(|(_, valeur, _)| *valeur > 0.0)
        .collect();
    for (rang, valeur, texte) in &taux {
        let valeur = if texte.contains('%') { f64::INFINITY } else { *valeur };
        let plus_grand = par_annee.entry(annee(*rang)).or_default();
        *plus_grand = plus_grand.max(valeur);
    }
    let seuil = if global.is_some() { PROPORTION_MAX } else { PROPORTION };
    let petite = |rang: usize, valeur: f64, texte: &str| {
        par_annee.get(&annee(rang)).is_some_and(|plus_grand| *plus_grand <= seuil)
            || global.is_some() && !communes && valeur <= PROPORTION && !texte.contains('%')
    };
    taux.iter().filter(|(r, v, t)| petite(*r, *v, t)).map(|(r, _, t)| (*r, (*t).to_owned())).collect()
}

/// Level, code and name of a row.
fn territoire(
    tableau: &Tableau,
    rang: usize,
    communes: &mut Communes<'_>,
    ecartees: &mut Ecartees,
    bilan: &mut Bilan,
) -> Option<(&'static str, String, String)> {
    let Sujet::Niveau(niveau, champ, champ_nom) = Sujet::d_un_tableau(tableau) else {
        return Some(("france", FRANCE.to_owned(), "France".to_owned()));
    };
    let nom = tableau.cellule(rang, champ_nom).unwrap_or_default().to_owned();
    if tableau.colonne(champ).is_none() {
        let trouvee = communes.situer((Some(&nom), None), || tableau.lieu(rang, champ_nom), bilan)?;
        return Some((niveau, trouvee.code.to_string(), nom));
    }
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

/// The code of a département (`1` → `01`), a région or an EPCI (`200 072 882`); none if it is no code.
fn code_de(niveau: &str, brut: &str) -> Option<String> {
    let net: String = brut.strip_suffix(".0").unwrap_or(brut).split_whitespace().collect();
    let net = net.to_uppercase();
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

/// The components of a row.
fn composantes(
    tableau: &Tableau,
    rang: usize,
) -> impl Iterator<Item = (&'static str, Result<Case, Probleme>)> + '_ {
    let presentes = COMPOSANTES.into_iter().filter(|c| tableau.colonne(c).is_some());
    presentes.map(move |composante| (composante, lire_quantite(tableau, rang, composante)))
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
