//! The establishments: which are open on a day, their places, and those of the ones that travel.

use super::super::grille::Couverture;
use super::super::serie::{entree, rang};
use super::super::{Contexte, Denombrement, Series, Statut, du_jour, en_jours};
use super::aucun_compte;
use crate::tables::Structures;
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;

/// The establishments open at the day of each year, by their dates. A census tells of its own day; of
/// the years before it gives an estimate (today's places), of the years after nothing.
pub(super) struct Etablissements {
    couverture: Vec<Couverture>,
    /// By year, commune and modality, as [`par_modalite`] counts them where they stand.
    nombres: DataFrame,
    /// The same, those that travel in each commune where they stop.
    places: DataFrame,
    /// Of financing: see [`muettes`].
    muettes: DataFrame,
}

impl Etablissements {
    pub(super) fn compter(contexte: &Contexte<'_>) -> PolarsResult<Self> {
        let mut couverture = Vec::new();
        let mut par_annee = Vec::new();
        let structures = contexte.entrees.structures;
        let recensements = structures.map(|s| recensements(s.trame())).transpose()?.unwrap_or_default();
        for (structures, (annee, jour)) in
            structures.iter().flat_map(|s| contexte.jours.iter().map(move |j| (s, j)))
        {
            let Some((date, source)) = recensement_de(&recensements, *annee) else { continue };
            let statut = if *annee == date.year() { Statut::Observe } else { Statut::Estime };
            couverture.push(Couverture {
                annee: *annee,
                jour: *jour,
                source: source.clone(),
                statut,
                portee: structures.portee(date.year()),
                douteuses: structures.douteuses(date.year()),
            });
            let ouvertes = ouvertes_le(structures.trame(), *date, *jour);
            par_annee.push(ouvertes.with_columns([lit(*annee).alias("annee"), rang(statut).alias("statut")]));
        }
        let Some(structures) = structures.filter(|_| !par_annee.is_empty()) else {
            let vide = aucun_compte().with_columns(["nombre", "places"].map(|nom| col("valeur").alias(nom)));
            let vide = vide.collect()?;
            return Ok(Self {
                couverture,
                nombres: vide.clone(),
                places: vide,
                muettes: aucune_muette().collect()?,
            });
        };
        // Each is computed once: several counts are made of it.
        let ouvertes = concat(par_annee, UnionArgs::default())?.collect()?.lazy();
        let desservies = desservir(ouvertes.clone(), &dessertes(structures)?).collect()?.lazy();
        let modalites = modalites()?;
        Ok(Self {
            couverture,
            nombres: par_modalite(&ouvertes, &modalites)?.collect()?,
            places: par_modalite(&desservies, &modalites)?.collect()?,
            muettes: muettes(&desservies, "financement").collect()?,
        })
    }

    pub(super) fn poser(self, contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
        let modalites = modalites()?;
        let denombrement = Denombrement { modalites: &modalites, couverture: &self.couverture };
        let nombres = self.nombres.lazy().with_column(col("nombre").alias("valeur"));
        let nombres = series.denombrer(&contexte.grille, nombres, &[denombrement])?;
        series.poser("eaje", nombres)?;
        let places = self.places.lazy().with_columns([
            col("places").alias("valeur"),
            when(col("places").is_null())
                .then(rang(Statut::NonDisponible))
                .otherwise(col("statut"))
                .alias("statut"),
        ]);
        let lignes = series.denombrer(&contexte.grille, places.clone(), &[denombrement])?;
        series.poser("eaje_places", lignes)?;
        part_psu(contexte, series, (&places, &self.couverture), self.muettes.lazy())
    }
}

/// All, then each type, each financing, each manager.
fn modalites() -> PolarsResult<Vec<&'static str>> {
    Ok(std::iter::once("").chain(entree("eaje")?.modalites.iter().map(|(id, _)| *id)).collect())
}

/// No commune, in the shape of [`muettes`].
fn aucune_muette() -> LazyFrame {
    aucun_compte().select([col("annee"), col("code"), col("statut").alias("statut_des_dits")])
}

/// Parts of a place that a travelling structure is cut into: a power of two, so that sums of parts are exact.
const PARTS_DE_PLACE: f64 = 64.0;

/// The places of travelling structures in each commune where they stop. Columns: `source`, `structure`,
/// `code_desservi`, `places_desservies` (f64, null if the places of the structure are not known).
fn dessertes(structures: &Structures) -> PolarsResult<DataFrame> {
    let places = structures.trame().clone().lazy().select([col("source"), col("structure"), col("places")]);
    let cle = [col("source"), col("structure")];
    let arrets = structures
        .arrets()
        .clone()
        .lazy()
        .join(places, cle.clone(), cle, JoinArgs::new(JoinType::Inner))
        .sort(["source", "structure", "code"], SortMultipleOptions::default())
        .collect()?;
    let (sources, rangs) = (arrets.column("source")?.str()?, arrets.column("structure")?.u32()?);
    let (parts, places) = (arrets.column("part")?.f64()?, arrets.column("places")?.u32()?);
    let mut reparties: Vec<Option<f64>> = Vec::with_capacity(arrets.height());
    let mut debut = 0;
    while debut < arrets.height() {
        let structure = |rang: usize| (sources.get(rang), rangs.get(rang));
        let fin =
            (debut..arrets.height()).find(|r| structure(*r) != structure(debut)).unwrap_or(arrets.height());
        let siennes: Vec<f64> = (debut..fin).map(|rang| parts.get(rang).unwrap_or(0.0)).collect();
        match places.get(debut) {
            Some(places) => reparties.extend(partager(f64::from(places), &siennes).into_iter().map(Some)),
            None => reparties.extend(siennes.iter().map(|_| None)),
        }
        debut = fin;
    }
    let reparties = Float64Chunked::from_iter_options("places_desservies".into(), reparties.into_iter());
    let mut trame = arrets.select(["source", "structure", "code"])?;
    trame.rename("code", "code_desservi".into())?;
    trame.with_column(reparties.into_column())?;
    Ok(trame)
}

/// A number shared in proportion to parts that add up to 1, to the nearest fraction of [`PARTS_DE_PLACE`]: the
/// largest remainders are rounded up, so that the shares add up to the number.
fn partager(nombre: f64, parts: &[f64]) -> Vec<f64> {
    let justes: Vec<f64> = parts.iter().map(|part| nombre * part * PARTS_DE_PLACE).collect();
    let mut entiers: Vec<f64> = justes.iter().map(|juste| juste.floor()).collect();
    let mut ordre: Vec<usize> = (0..parts.len()).collect();
    ordre.sort_by(|a, b| (justes[*b] - entiers[*b]).total_cmp(&(justes[*a] - entiers[*a])).then(a.cmp(b)));
    let mut reste = (nombre * PARTS_DE_PLACE - entiers.iter().sum::<f64>()).round();
    for rang in ordre.into_iter().cycle() {
        if reste < 1.0 {
            break;
        }
        entiers[rang] += 1.0;
        reste -= 1.0;
    }
    entiers.into_iter().map(|entier| entier / PARTS_DE_PLACE).collect()
}

/// The open structures, those that travel in each commune where they stop, with their places there.
fn desservir(ouvertes: LazyFrame, dessertes: &DataFrame) -> LazyFrame {
    let cle = [col("source"), col("structure")];
    ouvertes.join(dessertes.clone().lazy(), cle.clone(), cle, JoinArgs::new(JoinType::Left)).with_columns([
        when(col("code_desservi").is_null())
            .then(col("places").cast(DataType::Float64))
            .otherwise(col("places_desservies"))
            .alias("places"),
        coalesce(&[col("code_desservi"), col("code")]).alias("code"),
    ])
}

/// Day and source of each census, in order.
fn recensements(structures: &DataFrame) -> PolarsResult<Vec<(NaiveDate, String)>> {
    let dates = structures
        .clone()
        .lazy()
        .group_by([col("date_observation")])
        .agg([col("source").unique().sort(SortOptions::default()).str().join(";", true)])
        .sort(["date_observation"], SortMultipleOptions::default())
        .collect()?;
    let (jours, sources) = (dates.column("date_observation")?.date()?, dates.column("source")?.str()?);
    Ok(jours
        .physical()
        .iter()
        .zip(sources.iter())
        .filter_map(|(jour, source)| Some((du_jour(jour?)?, source?.to_owned())))
        .collect())
}

/// The census that speaks best of a year: the first one of that year or later; none after the last.
fn recensement_de(recensements: &[(NaiveDate, String)], annee: i32) -> Option<&(NaiveDate, String)> {
    recensements.iter().find(|(date, _)| date.year() >= annee)
}

fn ouvertes_le(structures: &DataFrame, recensement: NaiveDate, jour: NaiveDate) -> LazyFrame {
    let jour = || lit(en_jours(jour)).cast(DataType::Date);
    structures
        .clone()
        .lazy()
        .filter(col("date_observation").eq(lit(en_jours(recensement)).cast(DataType::Date)))
        // A MAM's places are the agréments of its members, counted with them.
        .filter(col("type").neq(lit("mam")))
        .filter(col("ouverture").is_null().or(col("ouverture").lt_eq(jour())))
        .filter(col("fermeture").is_null().or(col("fermeture").gt(jour())))
}

/// Counts and places: in all, by type, by financing, by manager. A structure whose places are not known
/// makes the places of its commune unknown; where one does not tell its financing, the counts and places of each financing
/// are an estimate, and nothing where none does; and so for the manager.
fn par_modalite(ouvertes: &LazyFrame, modalites: &[&str]) -> PolarsResult<LazyFrame> {
    let vues = [
        lit(""),
        concat_str([lit("type:"), col("type")], "", false),
        concat_str([lit("financement:"), col("financement")], "", false),
        concat_str([lit("gestionnaire:"), col("gestionnaire")], "", false),
    ];
    let lignes = vues.map(|modalite| ouvertes.clone().with_column(modalite.alias("modalite")));
    let comptes = concat(lignes, UnionArgs::default())?
        .filter(col("modalite").is_not_null())
        .group_by([col("annee"), col("code"), col("modalite")])
        .agg([
            len().cast(DataType::Float64).alias("nombre"),
            when(col("places").is_null().any(true))
                .then(lit(NULL).cast(DataType::Float64))
                .otherwise(col("places").sum().cast(DataType::Float64))
                .alias("places"),
            col("statut").max(),
        ])
        .collect()?
        .lazy();
    let cle = ["annee", "code", "modalite"].map(col);
    let mut connus = comptes.clone();
    let mut completes = Vec::new();
    for vue in ["financement", "gestionnaire"] {
        let siennes: Vec<&str> =
            modalites.iter().copied().filter(|m| m.split(':').next() == Some(vue)).collect();
        let a_demi_dites = muettes(ouvertes, vue).cross_join(df!("modalite" => siennes)?.lazy(), None);
        let a_demi_dites = a_demi_dites.collect()?.lazy();
        let toutes = JoinArgs::new(JoinType::Left);
        let lus =
            a_demi_dites.clone().join(comptes.clone(), cle.clone(), cle.clone(), toutes).with_columns([
                when(col("nombre").is_null()).then(lit(0.0)).otherwise(col("places")).alias("places"),
                col("nombre").fill_null(lit(0.0)),
                when(col("statut").gt(col("statut_des_dits")))
                    .then(col("statut"))
                    .otherwise(col("statut_des_dits"))
                    .alias("statut"),
            ]);
        completes.push(lus);
        connus = connus.join(a_demi_dites, cle.clone(), cle.clone(), JoinArgs::new(JoinType::Anti));
    }
    let colonnes = [cle.to_vec(), ["nombre", "places", "statut"].map(col).to_vec()].concat();
    let tous = std::iter::once(connus).chain(completes).map(|lus| lus.select(colonnes.clone()));
    concat(tous.collect::<Vec<_>>(), UnionArgs::default())
}

/// The communes (`annee`, `code`) of which a structure does not tell its financing, or its manager; and the status of what
/// the others tell of it (`statut_des_dits`): an estimate, or nothing.
fn muettes(ouvertes: &LazyFrame, vue: &str) -> LazyFrame {
    let communes = ouvertes.clone().group_by(["annee", "code"].map(col)).agg([
        col(vue).is_null().any(true).alias("muette"),
        when(col(vue).is_not_null().any(true))
            .then(rang(Statut::Estime))
            .otherwise(rang(Statut::NonDisponible))
            .alias("statut_des_dits"),
    ]);
    communes.filter(col("muette")).drop(cols(["muette"]))
}

/// `part_psu`, of the communes where each structure tells its financing.
fn part_psu(
    contexte: &Contexte<'_>,
    series: &mut Series,
    places: (&LazyFrame, &[Couverture]),
    muettes: LazyFrame,
) -> PolarsResult<()> {
    const PSU: &str = "financement:psu";
    let cle = ["annee", "code"].map(col);
    let colonnes = ["annee", "code", "modalite", "valeur", "statut"].map(col);
    let dits = places.0.clone().filter(col("modalite").eq(lit(PSU)));
    let dits = dits.join(muettes.clone(), cle.clone(), cle, JoinArgs::new(JoinType::Anti));
    let tus = muettes.with_columns([
        lit(PSU).alias("modalite"),
        lit(NULL).cast(DataType::Float64).alias("valeur"),
        rang(Statut::NonDisponible).alias("statut"),
    ]);
    let psu = [dits, tus].map(|lignes| lignes.select(colonnes.clone()));
    let denombrement = Denombrement { modalites: &[PSU], couverture: places.1 };
    let psu = series.denombrer(&contexte.grille, concat(psu, UnionArgs::default())?, &[denombrement])?;
    let toutes = series.lignes("eaje_places")?;
    series.rapporter("part_psu", (&psu, PSU), (&toutes, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Nothing is lost: to the bit, whatever the half-days.
        #[test]
        fn les_places_d_un_itinerant_se_partagent_sans_reste(places in 0u32..60, demi_journees in prop::collection::vec(1u32..11, 1..9)) {
            let total: u32 = demi_journees.iter().sum();
            let parts: Vec<f64> = demi_journees.iter().map(|n| f64::from(*n) / f64::from(total)).collect();
            let reparties = partager(f64::from(places), &parts);
            prop_assert_eq!(reparties.iter().sum::<f64>().to_bits(), f64::from(places).to_bits());
            for (part, places_la) in parts.iter().zip(&reparties) {
                prop_assert!((f64::from(places) * part - places_la).abs() <= 1.0 / PARTS_DE_PLACE);
            }
        }
    }
}
