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

/// The columns of a série of counts, which have no terms.
fn forme_de_compte() -> [Expr; 9] {
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
/// If the communes do not make the indicator.
pub fn territorialiser<'s>(
    indicateur: &Indicateur,
    apports: impl Iterator<Item = Apport<'s>>,
) -> PolarsResult<DataFrame> {
    if indicateur.agregation == Agregation::Directe {
        polars_bail!(ComputeError: "{} ne se déduit pas de ses communes", indicateur.id)
    }
    let chiffres = Ensemble::par_annee(apports).into_iter().map(|((modalite, annee), ensemble)| {
        let sources = ensemble.sources.into_iter().collect::<Vec<_>>().join(";");
        let termes = (ensemble.parties > 0 && indicateur.agregation == Agregation::SommeSurSomme)
            .then_some((ensemble.numerateur, ensemble.denominateur));
        // What a source withholds is somebody: nobody elsewhere is not nobody at all.
        let sans_personne_de_connu = indicateur.agregation == Agregation::Somme
            && ensemble.somme == 0.0
            && ensemble.statut_manquant == Statut::SecretSource.rang();
        let valeur = match (indicateur.agregation, termes) {
            (Agregation::SommeSurSomme, None) => None,
            (_, Some((haut, bas))) => (bas > 0.0).then(|| arrondir_le_rapport(indicateur, haut, bas)),
            (_, None) => (ensemble.parties > 0 && !sans_personne_de_connu).then_some(ensemble.somme),
        };
        let rang = if ensemble.parties == 0 || sans_personne_de_connu {
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
            statut: Statut::du_rang(rang).unwrap_or(Statut::NonDisponible),
            jour: ensemble.jour.and_then(du_jour),
            sources,
            parties: (ensemble.parties, ensemble.attendues),
        }
    });
    trame_de_chiffres(&chiffres.collect::<Vec<_>>())
}

/// What a row of a série brings to the whole of its communes.
#[derive(Debug, Clone, Copy)]
pub struct Apport<'s> {
    /// Year.
    pub annee: i32,
    /// Modality; empty for the figure itself.
    pub modalite: &'s str,
    /// Its value, numerator and denominator, as far as they are known.
    pub valeur: Option<f64>,
    /// Numerator.
    pub haut: Option<f64>,
    /// Denominator.
    pub bas: Option<f64>,
    /// See [`Statut::rang`].
    pub statut: u32,
    /// Days since 1970.
    pub jour: Option<i32>,
    /// Identifiers separated by `;`.
    pub sources: &'s str,
}

/// True for equal words; at once for one that is held once for several rows.
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
    /// By modality and year.
    fn par_annee(apports: impl Iterator<Item = Apport<'s>>) -> BTreeMap<(&'s str, i32), Self> {
        // By modality, the years side by side from the first that is seen: the modality of a row is mostly that of the
        // one before.
        let mut modalites: Vec<(&'s str, i32, Vec<Self>)> = Vec::new();
        let mut rangs: PlHashMap<&'s str, usize> = PlHashMap::new();
        let mut dernier: Option<(&'s str, usize)> = None;
        for apport in apports {
            let mot = apport.modalite;
            let rang = match dernier.filter(|(avant, _)| est_le_meme(avant, mot)) {
                Some((_, rang)) => rang,
                None => *rangs.entry(mot).or_insert_with(|| {
                    modalites.push((mot, apport.annee, Vec::new()));
                    modalites.len() - 1
                }),
            };
            dernier = Some((mot, rang));
            let (_, premiere, annees) = &mut modalites[rang];
            if apport.annee < *premiere {
                let avant = premiere.abs_diff(apport.annee) as usize;
                annees.splice(0..0, std::iter::repeat_with(Self::default).take(avant));
                *premiere = apport.annee;
            }
            let an = apport.annee.abs_diff(*premiere) as usize;
            if annees.len() <= an {
                annees.resize_with(an + 1, Self::default);
            }
            annees[an].ajouter(&apport);
        }
        let par_annee = modalites.into_iter().flat_map(|(mot, premiere, annees)| {
            let connues = (premiere..).zip(annees).filter(|(_, ensemble)| ensemble.attendues > 0);
            connues.map(move |(annee, ensemble)| ((mot, annee), ensemble))
        });
        par_annee.collect()
    }

    fn ajouter(&mut self, apport: &Apport<'s>) {
        self.somme += apport.valeur.unwrap_or(0.0);
        self.numerateur += apport.haut.unwrap_or(0.0);
        self.denominateur += apport.bas.unwrap_or(0.0);
        self.attendues += 1;
        self.statut_manquant = self.statut_manquant.max(apport.statut);
        if apport.valeur.is_some() || apport.haut.is_some() {
            self.parties += 1;
            let connu = (apport.statut <= Statut::Estime.rang()).then_some(apport.statut);
            self.statut_connu = self.statut_connu.max(connu);
        }
        self.jour = self.jour.max(apport.jour);
        if !est_le_meme(self.dernieres, apport.sources) {
            self.sources.extend(apport.sources.split(';').filter(|source| !source.is_empty()));
            self.dernieres = apport.sources;
        }
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
/// Only if Polars cannot build the frame.
pub fn ensemble<'s>(
    indicateur: &Indicateur,
    apports: impl Iterator<Item = Apport<'s>>,
    perimetre: &Perimetre,
) -> PolarsResult<Option<DataFrame>> {
    if indicateur.agregation == Agregation::Directe {
        return Ok(None);
    }
    let mut territoire = territorialiser(indicateur, apports)?;
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
    use super::super::table::{Constructeur, Denombrement, Lignes};
    use super::super::{Niveau, TableIndicateurs};
    use super::*;
    use crate::tables::Portee;
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
        let trame = trame.lazy().with_column(lit("").alias("modalite")).collect().unwrap();
        let grille = Grille::new(perimetre, &[(ANNEE, jour())]).unwrap();
        let mut table = Constructeur::new(Some(perimetre));
        let lignes = table.relever(grille.places(), &trame).unwrap();
        table.serie(&lignes).unwrap().lazy()
    }

    fn table(id: &str, serie: LazyFrame, perimetre: &Perimetre) -> TableIndicateurs {
        let entree = entree(id).unwrap();
        let mut table = Constructeur::new(Some(perimetre));
        let communes = table.coder(&serie.collect().unwrap()).unwrap();
        finir(entree, table, communes, perimetre)
    }

    fn finir(
        entree: &Indicateur,
        mut table: Constructeur,
        communes: Lignes,
        perimetre: &Perimetre,
    ) -> TableIndicateurs {
        let ensemble = ensemble(entree, table.apports(&communes), perimetre).unwrap().unwrap();
        let ensemble = table.coder(&ensemble).unwrap();
        let lignes = table.joindre(ensemble, communes).unwrap();
        table.ajouter(entree.id, entree.unite.mot(), lignes).unwrap();
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
            let somme: f64 = connues.iter().sum();
            let retenues = connues.len() < valeurs.len();
            let se_dit = !connues.is_empty() && (somme > 0.0 || !retenues);
            prop_assert_eq!(figure.valeur, se_dit.then_some(somme));
            prop_assert_eq!(figure.parties as usize, connues.len());
            prop_assert_eq!(figure.parties_attendues as usize, valeurs.len());
            let attendu = if se_dit { Statut::Observe } else { Statut::SecretSource };
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

    /// Nobody in two communes, and a third one whose number the source withholds: somebody, of the three.
    #[test]
    fn un_nombre_retenu_n_est_pas_personne() {
        let perimetre = perimetre(3);
        let figure = |valeurs| territoire("naissances", serie(&perimetre, valeurs), &perimetre);
        let retenu = figure(&[Some(0.0), None, Some(0.0)]);
        assert_eq!((retenu.valeur, retenu.statut, retenu.parties), (None, Statut::SecretSource, 2));
        assert_eq!(figure(&[Some(0.0), None, Some(2.0)]).valeur, Some(2.0));
        assert_eq!(figure(&[Some(0.0), Some(0.0), Some(0.0)]).valeur, Some(0.0));
    }

    #[test]
    fn les_taux_s_arrondissent_a_l_ecart_de_zero() {
        let perimetre = perimetre(1);
        let taux = |a: f64, b: f64| {
            let (haut, bas) = (serie(&perimetre, &[Some(a)]), serie(&perimetre, &[Some(b)]));
            let entree = entree("taux_activite").unwrap();
            let rapport = rapporter(entree, (haut.clone(), ""), (bas.clone(), ""));
            let mut codee = Constructeur::new(Some(&perimetre));
            let [haut, bas] = [haut, bas].map(|serie| codee.coder(&serie.collect().unwrap()).unwrap());
            let lignes = codee.rapporter(entree, (&haut, ""), (&bas, "")).unwrap();
            let (par_plan, table) =
                (table("taux_activite", rapport, &perimetre), finir(entree, codee, lignes, &perimetre));
            assert!(par_plan.trame().unwrap().equals_missing(&table.trame().unwrap()), "{a} / {b}");
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
        let couverte = Couverture {
            annee: ANNEE,
            jour: jour(),
            source: "pmi".into(),
            statut: Statut::Observe,
            portee: Portee::Toutes,
            douteuses: Arc::default(),
        };
        let comptes = super::super::offre::aucun_compte();
        let couverture = [couverte];
        let denombrement = Denombrement { modalites: &[""], couverture: &couverture };
        let mut table = Constructeur::new(Some(&perimetre));
        let comptes = comptes.collect().unwrap();
        let lignes = table.denombrer(grille.places(), &comptes, &[denombrement], &[]).unwrap();
        let table = finir(entree("am_agrees").unwrap(), table, lignes, &perimetre);
        let lire = |annee| table.figure(Niveau::Territoire, "249600013", "am_agrees", "", annee).unwrap();
        assert_eq!((lire(ANNEE).valeur, lire(ANNEE).statut), (Some(0.0), Statut::Observe));
        assert_eq!((lire(2023).valeur, lire(2023).statut), (None, Statut::NonDisponible));
    }
}
