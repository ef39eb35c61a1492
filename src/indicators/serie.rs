//! What an indicator is before it is a row of the table: a *série*, one figure per commune, year and
//! modality, on the whole grid of the perimeter, so that a missing figure is a row and not a hole.
//!
//! Columns of a série: `annee` (i32), `code` (str), `modalite` (str), `valeur` (f64, null unless known),
//! `numerateur`, `denominateur` (f64, null for counts), `statut` (u32, see [`Statut::rang`]),
//! `date_observation` (date), `sources` (str, identifiers separated by `;`).

use super::{Agregation, Indicateur, catalogue};
use crate::quality::Statut;
use crate::tables::{du_jour, en_jours};
use crate::territory::Perimetre;
use chrono::NaiveDate;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Sums over sums, rounded half away from zero to the decimals of the catalogue.
///
/// The product is formed before the division so that a tie (2.25 → 2.3) stays a tie in binary. The last
/// rounding gives the nearest number to the decimals: Polars divides by a constant as it multiplies by
/// its inverse, which would leave 80.80000000000001.
fn rapport_arrondi(indicateur: &Indicateur) -> Expr {
    let echelle = 10f64.powi(i32::try_from(indicateur.decimales).unwrap_or(1));
    let entier = (col("numerateur") * lit(indicateur.facteur() * echelle) / col("denominateur"))
        .round(0, RoundMode::HalfAwayFromZero);
    (entier / lit(echelle)).round(indicateur.decimales, RoundMode::HalfAwayFromZero)
}

/// The same for one figure; the denominator is not zero.
pub fn arrondir_le_rapport(indicateur: &Indicateur, numerateur: f64, denominateur: f64) -> f64 {
    let echelle = 10f64.powi(i32::try_from(indicateur.decimales).unwrap_or(1));
    (numerateur * (indicateur.facteur() * echelle) / denominateur).round() / echelle
}

/// The rank of a status, as frames hold it.
pub fn rang(statut: Statut) -> Expr {
    lit(statut.rang()).cast(DataType::UInt32)
}

/// The columns of a série, in order.
pub(super) fn forme() -> [Expr; 9] {
    [
        col("annee"),
        col("code"),
        col("modalite"),
        col("valeur"),
        col("numerateur"),
        col("denominateur"),
        col("statut"),
        col("date_observation"),
        col("sources"),
    ]
}

/// The same for counts, which have no terms.
pub(super) fn forme_de_compte() -> [Expr; 9] {
    let vide = || lit(NULL).cast(DataType::Float64);
    [
        col("annee"),
        col("code"),
        col("modalite"),
        col("valeur"),
        vide().alias("numerateur"),
        vide().alias("denominateur"),
        col("statut"),
        col("date_observation"),
        col("sources").fill_null(lit("")),
    ]
}

/// The total of several séries of counts: known only where every part is (a missing part is not 0).
/// Each is taken at its empty modality.
pub fn additionner(gauche: LazyFrame, droite: LazyFrame) -> LazyFrame {
    paire(gauche, "", droite, "")
        .with_column((col("valeur") + col("valeur_d")).alias("valeur"))
        .with_column(le_plus_grand("statut", "statut_d"))
        .select(forme_de_compte())
}

/// `facteur × numérateur / dénominateur` (see [`Indicateur::facteur`]), commune by commune, each side at one of its modalities. Known
/// only where both are; `sans_objet` where the denominator is zero.
pub fn rapporter(
    indicateur: &Indicateur,
    numerateur: (LazyFrame, &str),
    denominateur: (LazyFrame, &str),
) -> LazyFrame {
    paire(numerateur.0, numerateur.1, denominateur.0, denominateur.1)
        .with_column(le_plus_grand("statut", "statut_d"))
        .with_columns([
            connu(col("valeur")).alias("numerateur"),
            connu(col("valeur_d")).alias("denominateur"),
        ])
        .with_column(valeur_du_rapport(indicateur))
        .with_column(statut_du_rapport())
        .select(forme())
}

fn connu(valeur: Expr) -> Expr {
    when(col("statut").lt_eq(rang(Statut::Estime))).then(valeur).otherwise(lit(NULL).cast(DataType::Float64))
}

fn valeur_du_rapport(indicateur: &Indicateur) -> Expr {
    when(col("denominateur").gt(lit(0.0)))
        .then(rapport_arrondi(indicateur))
        .otherwise(lit(NULL).cast(DataType::Float64))
        .alias("valeur")
}

fn statut_du_rapport() -> Expr {
    when(col("denominateur").eq(lit(0.0)))
        .then(rang(Statut::SansObjet))
        .otherwise(col("statut"))
        .alias("statut")
}

/// Two séries side by side on the same communes and years; the right one's columns end in `_d`.
/// The later of the two dates and the sources of both.
fn paire(gauche: LazyFrame, modalite_g: &str, droite: LazyFrame, modalite_d: &str) -> LazyFrame {
    let droite = droite.filter(col("modalite").eq(lit(modalite_d))).select([
        col("annee"),
        col("code"),
        col("valeur").alias("valeur_d"),
        col("statut").alias("statut_d"),
        col("date_observation").alias("date_d"),
        col("sources").alias("sources_d"),
    ]);
    gauche
        .filter(col("modalite").eq(lit(modalite_g)))
        .join(
            droite,
            [col("annee"), col("code")],
            [col("annee"), col("code")],
            JoinArgs::new(JoinType::Inner),
        )
        .with_columns([
            lit("").alias("modalite"),
            le_plus_grand("date_observation", "date_d"),
            reunir_sources().alias("sources"),
        ])
}

/// The greater of two columns, under the name of the first; a null gives way.
fn le_plus_grand(gauche: &str, droite: &str) -> Expr {
    when(col(droite).is_null().or(col(gauche).gt_eq(col(droite))))
        .then(col(gauche))
        .otherwise(col(droite))
        .alias(gauche)
}

fn reunir_sources() -> Expr {
    let (gauche, droite) = (col("sources"), col("sources_d"));
    when(droite.clone().eq(lit("")).or(gauche.clone().eq(droite.clone())))
        .then(gauche.clone())
        .when(gauche.clone().eq(lit("")))
        .then(droite.clone())
        .otherwise(concat_str([gauche, droite], ";", true))
}

/// From communes to the territory: sums of known parts, or sums over sums of the same communes. Columns of
/// [`colonnes_de_directe`], a row for each year and modality of the série.
///
/// # Errors
/// If the série has not its columns, or if its communes do not make the indicator.
pub fn territorialiser(indicateur: &Indicateur, serie: &DataFrame) -> PolarsResult<DataFrame> {
    if indicateur.agregation == Agregation::Directe {
        polars_bail!(ComputeError: "{} ne se déduit pas de ses communes", indicateur.id)
    }
    let ensembles = Ensemble::par_annee(serie)?;
    let chiffres = ensembles.into_iter().map(|((annee, modalite), ensemble)| {
        let sources = ensemble.sources.into_iter().collect::<Vec<_>>().join(";");
        let termes = (ensemble.parties > 0 && indicateur.agregation == Agregation::SommeSurSomme)
            .then_some((ensemble.numerateur, ensemble.denominateur));
        let valeur = match (indicateur.agregation, termes) {
            (Agregation::SommeSurSomme, None) => None,
            (_, Some((haut, bas))) => (bas > 0.0).then(|| arrondir_le_rapport(indicateur, haut, bas)),
            (_, None) => (ensemble.parties > 0).then_some(ensemble.somme),
        };
        let rang = if ensemble.parties == 0 {
            ensemble.statut_manquant
        } else if termes.is_some_and(|(_, bas)| bas == 0.0) {
            Statut::SansObjet.rang()
        } else {
            ensemble.statut_connu.unwrap_or(Statut::SansObjet.rang())
        };
        ChiffreDirect {
            annee,
            modalite: modalite.to_owned(),
            valeur,
            termes,
            statut: Statut::TOUS.get(rang as usize).copied().unwrap_or(Statut::NonDisponible),
            jour: ensemble.jour.and_then(du_jour),
            sources,
            parties: (ensemble.parties, ensemble.attendues),
        }
    });
    trame_de_chiffres(&chiffres.collect::<Vec<_>>())
}

/// True for equal words; at once for one that a column holds once for several rows.
fn est_le_meme(mot: &str, autre: &str) -> bool {
    std::ptr::eq(mot, autre) || mot == autre
}

/// What the communes of a year add up to.
#[derive(Default)]
struct Ensemble<'s> {
    somme: f64,
    numerateur: f64,
    denominateur: f64,
    /// Communes whose part is known, and all.
    parties: u32,
    attendues: u32,
    /// The worst status of the known parts, and of all.
    statut_connu: Option<u32>,
    statut_manquant: u32,
    /// Days since 1970.
    jour: Option<i32>,
    sources: BTreeSet<&'s str>,
    /// Of the last commune.
    dernieres: &'s str,
}

impl<'s> Ensemble<'s> {
    /// By year and modality. A loop: a group of Polars for each, over the words of each row, takes ten times as long.
    fn par_annee(serie: &'s DataFrame) -> PolarsResult<BTreeMap<(i32, &'s str), Self>> {
        let reels = |nom: &str| serie.column(nom)?.f64();
        let (valeurs, hauts, bas) = (reels("valeur")?, reels("numerateur")?, reels("denominateur")?);
        let (annees, modalites) = (serie.column("annee")?.i32()?, serie.column("modalite")?.str()?);
        let (statuts, sources) = (serie.column("statut")?.u32()?, serie.column("sources")?.str()?);
        let jours = serie.column("date_observation")?.date()?.physical();
        let premiere = annees.min().unwrap_or_default();
        let etendue = annees.max().map_or(0, |derniere| derniere.abs_diff(premiere) as usize + 1);
        // By modality, then by year; the modality of a row is mostly that of the one before.
        let mut ensembles: Vec<Self> = Vec::new();
        let mut debuts: PlHashMap<&'s str, usize> = PlHashMap::new();
        let mut dernier = None;
        let nombres = valeurs.iter().zip(hauts.iter()).zip(bas.iter());
        let provenances = statuts.iter().zip(jours.iter()).zip(sources.iter());
        let places = annees.iter().zip(modalites.iter());
        for ((place, ((valeur, haut), bas)), ((statut, jour), sources)) in
            places.zip(nombres).zip(provenances)
        {
            let (Some(annee), Some(modalite)) = place else { continue };
            let debut = match dernier {
                Some((mot, debut)) if est_le_meme(mot, modalite) => debut,
                _ => *debuts.entry(modalite).or_insert_with(|| {
                    ensembles.resize_with(ensembles.len() + etendue, Self::default);
                    ensembles.len() - etendue
                }),
            };
            dernier = Some((modalite, debut));
            let ensemble = &mut ensembles[debut + annee.abs_diff(premiere) as usize];
            ensemble.somme += valeur.unwrap_or(0.0);
            ensemble.numerateur += haut.unwrap_or(0.0);
            ensemble.denominateur += bas.unwrap_or(0.0);
            ensemble.attendues += 1;
            let statut = statut.unwrap_or_default();
            ensemble.statut_manquant = ensemble.statut_manquant.max(statut);
            if valeur.is_some() || haut.is_some() {
                ensemble.parties += 1;
                let connu = (statut <= Statut::Estime.rang()).then_some(statut);
                ensemble.statut_connu = ensemble.statut_connu.max(connu);
            }
            ensemble.jour = ensemble.jour.max(jour);
            let sources = sources.unwrap_or_default();
            if !est_le_meme(ensemble.dernieres, sources) {
                ensemble.sources.extend(sources.split(';').filter(|source| !source.is_empty()));
                ensemble.dernieres = sources;
            }
        }
        let mut par_annee = BTreeMap::new();
        for (modalite, debut) in debuts.into_iter().collect::<BTreeMap<_, _>>() {
            let siens = (premiere..).zip(&mut ensembles[debut..debut + etendue]);
            let siens = siens.filter(|(_, ensemble)| ensemble.attendues > 0);
            par_annee.extend(siens.map(|(annee, e)| ((annee, modalite), std::mem::take(e))));
        }
        Ok(par_annee)
    }
}

/// The rows of the territory itself, for an indicator whose family gives them ([`Agregation::Directe`]): one
/// for each year of the run and each modality, not available where `comptes` has none.
///
/// `comptes`: `annee`, `modalite`, `valeur`, `numerateur`, `denominateur`, `statut` (u32),
/// `date_observation`, `sources`, `parties`, `parties_attendues` (u32). The result has in addition `niveau`,
/// `code`, `nom`: it is what [`super::Series::insert_directe`] takes.
///
/// # Errors
/// Only if Polars cannot build the frame.
pub fn directe(
    perimetre: &Perimetre,
    jours: &[(i32, NaiveDate)],
    modalites: &[&str],
    comptes: LazyFrame,
) -> PolarsResult<LazyFrame> {
    let annees = df!("annee" => jours.iter().map(|(annee, _)| *annee).collect::<Vec<_>>())?;
    let cases = annees.lazy().cross_join(df!("modalite" => modalites)?.lazy(), None);
    let cle = [col("annee"), col("modalite")];
    Ok(cases
        .join(comptes, cle.clone(), cle, JoinArgs::new(JoinType::Left))
        .with_columns([
            lit("territoire").alias("niveau"),
            lit(perimetre.code.clone()).alias("code"),
            lit(perimetre.nom.clone()).alias("nom"),
            col("statut").fill_null(rang(Statut::NonDisponible)),
            col("sources").fill_null(lit("")),
            col("parties").fill_null(lit(0)).cast(DataType::UInt32),
            col("parties_attendues").fill_null(lit(1)).cast(DataType::UInt32),
        ])
        .select(colonnes_directes()))
}

/// The columns of the rows that a family gives for a level by itself.
pub fn colonnes_directes() -> [Expr; 13] {
    COLONNES_DIRECTES.map(col)
}

const COLONNES_DIRECTES: [&str; 13] = [
    "niveau",
    "code",
    "nom",
    "annee",
    "date_observation",
    "modalite",
    "valeur",
    "numerateur",
    "denominateur",
    "statut",
    "parties",
    "parties_attendues",
    "sources",
];

/// The columns that [`directe`] reads.
pub fn colonnes_de_directe() -> [Expr; 10] {
    [
        "annee",
        "modalite",
        "valeur",
        "numerateur",
        "denominateur",
        "statut",
        "date_observation",
        "sources",
        "parties",
        "parties_attendues",
    ]
    .map(col)
}

/// No row at all, with the columns of [`colonnes_directes`].
pub fn aucune_ligne() -> LazyFrame {
    let mot = || lit(NULL).cast(DataType::String);
    let mots = ["niveau", "code", "nom"].map(|nom| mot().alias(nom));
    aucune_directe().with_columns(mots).select(colonnes_directes())
}

/// No row at all, in the shape that [`directe`] reads.
pub fn aucune_directe() -> LazyFrame {
    DataFrame::new(
        0,
        vec![
            Column::new_empty("annee".into(), &DataType::Int32),
            Column::new_empty("modalite".into(), &DataType::String),
            Column::new_empty("valeur".into(), &DataType::Float64),
            Column::new_empty("numerateur".into(), &DataType::Float64),
            Column::new_empty("denominateur".into(), &DataType::Float64),
            Column::new_empty("statut".into(), &DataType::UInt32),
            Column::new_empty("date_observation".into(), &DataType::Date),
            Column::new_empty("sources".into(), &DataType::String),
            Column::new_empty("parties".into(), &DataType::UInt32),
            Column::new_empty("parties_attendues".into(), &DataType::UInt32),
        ],
    )
    .unwrap_or_default()
    .lazy()
}

/// One figure that a family gives for the territory itself.
#[derive(Debug, Clone, PartialEq)]
pub struct ChiffreDirect {
    /// Year.
    pub annee: i32,
    /// Modality; empty for the figure itself.
    pub modalite: String,
    /// Value, known if the status is.
    pub valeur: Option<f64>,
    /// What a rate divides, and by what.
    pub termes: Option<(f64, f64)>,
    /// What it is worth.
    pub statut: Statut,
    /// Day of observation of what it rests on.
    pub jour: Option<NaiveDate>,
    /// Identifiers of the sources, separated by `;`.
    pub sources: String,
    /// Communes that take part, and that ought to.
    pub parties: (u32, u32),
}

/// Figures in the shape that [`directe`] reads.
///
/// # Errors
/// Only if Polars cannot build the frame.
pub fn chiffres_directs(chiffres: &[ChiffreDirect]) -> PolarsResult<LazyFrame> {
    trame_de_chiffres(chiffres).map(IntoLazy::lazy)
}

fn trame_de_chiffres(chiffres: &[ChiffreDirect]) -> PolarsResult<DataFrame> {
    let jours = Int32Chunked::from_iter_options(
        "date_observation".into(),
        chiffres.iter().map(|c| c.jour.map(en_jours)),
    );
    let mut trame = df!(
        "annee" => chiffres.iter().map(|c| c.annee).collect::<Vec<_>>(),
        "modalite" => chiffres.iter().map(|c| c.modalite.as_str()).collect::<Vec<_>>(),
        "valeur" => chiffres.iter().map(|c| c.valeur).collect::<Vec<_>>(),
        "numerateur" => chiffres.iter().map(|c| c.termes.map(|t| t.0)).collect::<Vec<_>>(),
        "denominateur" => chiffres.iter().map(|c| c.termes.map(|t| t.1)).collect::<Vec<_>>(),
        "statut" => chiffres.iter().map(|c| c.statut.rang()).collect::<Vec<_>>(),
        "sources" => chiffres.iter().map(|c| c.sources.as_str()).collect::<Vec<_>>(),
        "parties" => chiffres.iter().map(|c| c.parties.0).collect::<Vec<_>>(),
        "parties_attendues" => chiffres.iter().map(|c| c.parties.1).collect::<Vec<_>>(),
    )?;
    trame.with_column(jours.into_date().into_column())?;
    Ok(trame)
}

/// The figures of the territory, made of those of its communes; none for an indicator whose family gives them
/// itself. Columns of [`colonnes_directes`].
///
/// # Errors
/// If the série has not its columns.
pub fn ensemble(
    indicateur: &Indicateur,
    serie: &DataFrame,
    perimetre: &Perimetre,
) -> PolarsResult<Option<DataFrame>> {
    if indicateur.agregation == Agregation::Directe {
        return Ok(None);
    }
    let mut territoire = territorialiser(indicateur, serie)?;
    for (nom, mot) in [("niveau", "territoire"), ("code", &perimetre.code), ("nom", &perimetre.nom)] {
        let mots = StringChunked::full(nom.into(), mot, territoire.height());
        territoire.with_column(mots.into_column())?;
    }
    territoire.select(COLONNES_DIRECTES).map(Some)
}

/// The entry of the catalogue; the identifiers written in the code of the families are all there.
///
/// # Errors
/// If the identifier is not in the catalogue.
pub fn entree(id: &str) -> PolarsResult<&'static Indicateur> {
    catalogue::indicateur(id).ok_or_else(|| polars_err!(ComputeError: "indicateur {id} absent du catalogue"))
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // exact figures are the promise
mod tests {
    use super::super::grille::{Couverture, Grille};
    use super::super::table::Constructeur;
    use super::super::{Niveau, TableIndicateurs};
    use super::*;
    use crate::territory::Membre;
    use chrono::Datelike;
    use proptest::prelude::*;

    const ANNEE: i32 = 2024;

    /// Numerator and denominator of a commune.
    type Paire = (Option<u32>, Option<u32>);

    fn jour() -> NaiveDate {
        NaiveDate::from_ymd_opt(ANNEE, 12, 31).unwrap()
    }

    fn perimetre(communes: usize) -> Perimetre {
        let membre = |i: usize| Membre {
            code: format!("96{i:03}").parse().unwrap(),
            nom: format!("Commune {i}"),
            depuis: None,
            jusqu_a: None,
            population: None,
        };
        Perimetre::new("249600013", "Essai", (1..=communes).map(membre).collect())
    }

    /// A série of counts: one commune per cell, `None` being withheld by the source.
    fn serie(perimetre: &Perimetre, valeurs: &[Option<f64>]) -> LazyFrame {
        let n = valeurs.len();
        let codes: Vec<String> = perimetre.membres().iter().take(n).map(|m| m.code.to_string()).collect();
        let statuts: Vec<u32> = valeurs
            .iter()
            .map(|v| if v.is_some() { Statut::Observe } else { Statut::SecretSource }.rang())
            .collect();
        let jours = Int32Chunked::full("date_observation".into(), en_jours(jour()), n).into_date();
        let trame = DataFrame::new(
            n,
            vec![
                Int32Chunked::full("annee".into(), ANNEE, n).into_column(),
                Column::new("code".into(), codes),
                Column::new("valeur".into(), valeurs.to_vec()),
                Column::new("statut".into(), statuts),
                jours.into_column(),
                StringChunked::full("sources".into(), "essai", n).into_column(),
            ],
        )
        .unwrap();
        Grille::new(perimetre, &[(ANNEE, jour())]).unwrap().relever(trame.lazy())
    }

    fn table(id: &str, serie: LazyFrame, perimetre: &Perimetre) -> TableIndicateurs {
        let entree = entree(id).unwrap();
        let serie = serie.collect().unwrap();
        let mut table = Constructeur::new(Some(perimetre));
        let ensemble = table.coder(&ensemble(entree, &serie, perimetre).unwrap().unwrap()).unwrap();
        let communes = table.coder(&serie).unwrap();
        let lignes = table.joindre(ensemble, communes).unwrap();
        table.ajouter(id, entree.unite.mot(), lignes).unwrap();
        table.finir()
    }

    fn territoire(id: &str, serie: LazyFrame, perimetre: &Perimetre) -> super::super::Figure {
        let table = table(id, serie, perimetre);
        table.figure(Niveau::Territoire, &perimetre.code, id, "", ANNEE).unwrap()
    }

    fn paires() -> impl Strategy<Value = Vec<Paire>> {
        let effectif = || prop::option::of(0u32..100);
        prop::collection::vec((effectif(), effectif()), 1..15)
    }

    fn valeurs() -> impl Strategy<Value = Vec<Option<f64>>> {
        prop::collection::vec(prop::option::of((0u32..500).prop_map(f64::from)), 1..20)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// A sum is that of the known parts and says how many they are; none known is no value, not 0.
        #[test]
        fn une_partie_manquante_n_est_pas_zero(valeurs in valeurs()) {
            let perimetre = perimetre(valeurs.len());
            let figure = territoire("naissances", serie(&perimetre, &valeurs), &perimetre);
            let connues: Vec<f64> = valeurs.iter().flatten().copied().collect();
            prop_assert_eq!(figure.valeur, (!connues.is_empty()).then(|| connues.iter().sum()));
            prop_assert_eq!(figure.parties as usize, connues.len());
            prop_assert_eq!(figure.parties_attendues as usize, valeurs.len());
            let attendu = if connues.is_empty() { Statut::SecretSource } else { Statut::Observe };
            prop_assert_eq!(figure.statut, attendu);
        }

        /// A commune without value changes the number of parts expected and nothing else.
        #[test]
        fn une_commune_sans_valeur_ne_change_que_le_compte_des_parties(valeurs in valeurs()) {
            let perimetre_large = perimetre(valeurs.len() + 1);
            let avant = territoire("naissances", serie(&perimetre(valeurs.len()), &valeurs), &perimetre(valeurs.len()));
            let apres = territoire("naissances", serie(&perimetre_large, &valeurs), &perimetre_large);
            prop_assert_eq!(avant.valeur, apres.valeur);
            prop_assert_eq!(avant.parties, apres.parties);
            prop_assert_eq!(avant.parties_attendues + 1, apres.parties_attendues);
        }

        /// A rate divides sums over the very same communes.
        #[test]
        fn un_taux_ne_melange_pas_les_communes(paires in paires()) {
            let perimetre = perimetre(paires.len());
            let cote = |lire: fn(&Paire) -> Option<u32>| {
                serie(&perimetre, &paires.iter().map(|p| lire(p).map(f64::from)).collect::<Vec<_>>())
            };
            let taux = entree("taux_activite").unwrap();
            let figure = territoire("taux_activite", rapporter(taux, (cote(|p| p.0), ""), (cote(|p| p.1), "")), &perimetre);
            let communes: Vec<(f64, f64)> = paires.iter().filter_map(|(a, b)| Some((f64::from((*a)?), f64::from((*b)?)))).collect();
            let (a, b) = communes.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
            prop_assert_eq!(figure.parties as usize, communes.len());
            if communes.is_empty() {
                prop_assert_eq!(figure.statut, Statut::SecretSource);
            } else if b == 0.0 {
                prop_assert_eq!((figure.valeur, figure.statut), (None, Statut::SansObjet));
            } else {
                prop_assert_eq!((figure.numerateur, figure.denominateur), (Some(a), Some(b)));
                prop_assert!((figure.valeur.unwrap() - 100.0 * a / b).abs() <= 0.05 + 1e-9);
            }
        }
    }

    #[test]
    fn les_taux_s_arrondissent_a_l_ecart_de_zero() {
        let perimetre = perimetre(1);
        let taux = |a: f64, b: f64| {
            let (haut, bas) = (serie(&perimetre, &[Some(a)]), serie(&perimetre, &[Some(b)]));
            let entree = entree("taux_activite").unwrap();
            let table = table("taux_activite", rapporter(entree, (haut, ""), (bas, "")), &perimetre);
            let valeur = |niveau, code: &str| {
                table.figure(niveau, code, "taux_activite", "", ANNEE).unwrap().valeur.unwrap()
            };
            // The rate of a commune is an expression of a plan, that of the territory is computed here.
            let (commune, ensemble) =
                (valeur(Niveau::Commune, "96001"), valeur(Niveau::Territoire, &perimetre.code));
            assert_eq!(commune, ensemble, "{a} / {b}");
            ensemble
        };
        // 140 / 167 is printed 0.83 in the form of Artois-Lys Romane, truncated.
        assert_eq!(taux(140.0, 167.0), 83.8);
        // 9 / 400 is 2.25 %, 1 / 2000 is 0.05 %: ties go up.
        assert_eq!(taux(9.0, 400.0), 2.3);
        assert_eq!(taux(1.0, 2000.0), 0.1);
        // Not 80.80000000000001.
        assert_eq!(taux(1092.0, 1352.0), 80.8);
        for (a, b) in (1..40_u32).flat_map(|b| (0..=b).map(move |a| (a, b))) {
            taux(f64::from(a), f64::from(b));
        }
    }

    #[test]
    fn une_annee_couverte_donne_des_zeros_et_une_autre_rien() {
        let perimetre = perimetre(2);
        let jours = [(2023, jour().with_year(2023).unwrap()), (ANNEE, jour())];
        let grille = Grille::new(&perimetre, &jours).unwrap();
        let couverte =
            Couverture { annee: ANNEE, jour: jour(), source: "pmi".into(), statut: Statut::Observe };
        let comptes = super::super::offre::aucun_compte();
        let serie = grille.denombrer(comptes, &[couverte], &[""]);
        let table = table("am_agrees", serie, &perimetre);
        let lire = |annee| table.figure(Niveau::Territoire, "249600013", "am_agrees", "", annee).unwrap();
        assert_eq!((lire(ANNEE).valeur, lire(ANNEE).statut), (Some(0.0), Statut::Observe));
        assert_eq!((lire(2023).valeur, lire(2023).statut), (None, Statut::NonDisponible));
    }
}
