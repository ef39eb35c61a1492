//! A série read cell by cell, and rows written one by one: for what frames do badly, networks and rules.

use super::{Niveau, Series, Statut, serie};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One figure of a série.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Case {
    /// None unless the status is known.
    pub(super) valeur: Option<f64>,
    pub(super) numerateur: Option<f64>,
    pub(super) denominateur: Option<f64>,
    pub(super) statut: Statut,
    /// Observation day, as Polars keeps it.
    pub(super) jour: Option<i32>,
    /// Identifiers separated by `;`.
    pub(super) sources: Arc<str>,
}

impl Case {
    /// A figure that no source gives.
    pub(super) fn absente() -> Self {
        Self {
            valeur: None,
            numerateur: None,
            denominateur: None,
            statut: Statut::NonDisponible,
            jour: None,
            sources: Arc::default(),
        }
    }

    /// The value, if the status says that it is one.
    pub(super) fn connue(&self) -> Option<f64> {
        self.valeur.filter(|_| self.statut.est_connu())
    }

    /// A figure made of others: the latest of their days, the sources of all.
    pub(super) fn issue_de<'a>(autres: impl Iterator<Item = &'a Self>) -> Self {
        let (mut jour, mut dites) = (None, Vec::<&Arc<str>>::new());
        for autre in autres {
            jour = jour.max(autre.jour);
            if !autre.sources.is_empty() && !dites.contains(&&autre.sources) {
                dites.push(&autre.sources);
            }
        }
        let sources = match dites.as_slice() {
            [] => Arc::default(),
            [une] if une.split(';').is_sorted_by(|avant, apres| avant < apres) => Arc::clone(une),
            plusieurs => {
                let mut sources: Vec<&str> = plusieurs.iter().flat_map(|s| s.split(';')).collect();
                sources.sort_unstable();
                sources.dedup();
                sources.join(";").into()
            }
        };
        Self { jour, sources, ..Self::absente() }
    }

    /// The same with a value, if there is one, and what it is worth.
    pub(super) fn valant(mut self, valeur: Option<f64>, statut: Statut) -> Self {
        self.valeur = valeur.filter(|_| statut.est_connu());
        self.statut = statut;
        self
    }
}

/// The figures of an indicator by commune and year.
#[derive(Default)]
pub(super) struct Cases {
    codes: Vec<String>,
    numeros: PlHashMap<String, usize>,
    /// The years of which some commune has a figure, in order: one mistyped by a century costs one more, not a hundred.
    annees: Vec<i32>,
    /// By commune, then by year.
    figures: Vec<Option<Case>>,
}

impl Cases {
    /// The figure of a commune, if it has one that year.
    pub(super) fn get(&self, annee: i32, code: &str) -> Option<&Case> {
        let an = self.annees.binary_search(&annee).ok()?;
        self.figures[self.numeros.get(code)? * self.annees.len() + an].as_ref()
    }

    /// Year, commune and figure.
    pub(super) fn iter(&self) -> impl Iterator<Item = (i32, &str, &Case)> {
        let places = self.codes.iter().flat_map(|code| self.annees.iter().map(move |a| (*a, code.as_str())));
        places.zip(&self.figures).filter_map(|((annee, code), case)| Some((annee, code, case.as_ref()?)))
    }

    /// Those of so many rows (code, year, figure), all of these years.
    fn de<'l>(
        annees: BTreeSet<i32>,
        nombre: usize,
        lignes: impl Iterator<Item = (&'l str, i32, Case)>,
    ) -> Self {
        let annees = annees.into_iter().collect();
        let mut cases = Self { annees, figures: Vec::with_capacity(nombre), ..Self::default() };
        let mut commune: Option<(&str, usize)> = None;
        for (code, annee, case) in lignes {
            let numero = match commune.filter(|(avant, _)| *avant == code) {
                Some((_, numero)) => numero,
                None => cases.commune(code),
            };
            commune = Some((code, numero));
            let an = cases.annees.binary_search(&annee).unwrap_or_default();
            cases.figures[numero * cases.annees.len() + an] = Some(case);
        }
        cases
    }

    fn commune(&mut self, code: &str) -> usize {
        if let Some(numero) = self.numeros.get(code) {
            return *numero;
        }
        self.numeros.insert(code.to_owned(), self.codes.len());
        self.codes.push(code.to_owned());
        self.figures.resize(self.codes.len() * self.annees.len(), None);
        self.codes.len() - 1
    }
}

/// The figures by commune of an indicator that a family before has given, at one modality.
pub(super) fn des_communes(series: &mut Series, id: &str, modalite: &str) -> PolarsResult<Cases> {
    if let Some(directe) = series.directes.get(id) {
        return lire(directe.clone().filter(col("niveau").eq(lit(Niveau::Commune.mot()))), modalite);
    }
    de_la_serie(series, id, modalite)
}

/// The figures of the série by commune of an indicator, at one modality.
pub(super) fn de_la_serie(series: &mut Series, id: &str, modalite: &str) -> PolarsResult<Cases> {
    match series.communes.get(id).filter(|_| !series.attente.contains_key(id)) {
        Some(lignes) => {
            let (annees, nombre) = series.table.annees(lignes, modalite);
            Ok(Cases::de(annees, nombre, series.table.cases(lignes, modalite)))
        }
        None => lire(series.de(id)?, modalite),
    }
}

/// The figures of the territory, by year, of an indicator whose family gives them itself.
pub(super) fn du_territoire(series: &mut Series, id: &str) -> PolarsResult<BTreeMap<i32, Case>> {
    let Some(directe) = series.directes.get(id) else { return Ok(BTreeMap::new()) };
    let territoire = directe.clone().filter(col("niveau").eq(lit(Niveau::Territoire.mot())));
    Ok(par_annee(&lire(territoire, "")?))
}

/// The figures of the only place that there is.
pub(super) fn par_annee(cases: &Cases) -> BTreeMap<i32, Case> {
    cases.iter().map(|(annee, _, case)| (annee, case.clone())).collect()
}

/// Reads a série at one of its modalities.
pub(super) fn lire(serie: LazyFrame, modalite: &str) -> PolarsResult<Cases> {
    let trame = serie.filter(col("modalite").eq(lit(modalite))).collect()?;
    let nombres = |nom: &str| trame.column(nom)?.f64().cloned();
    let (annees, codes) = (trame.column("annee")?.i32()?, trame.column("code")?.str()?);
    let (valeurs, numerateurs, denominateurs) =
        (nombres("valeur")?, nombres("numerateur")?, nombres("denominateur")?);
    let (statuts, sources) = (trame.column("statut")?.u32()?, trame.column("sources")?.str()?);
    let jours = trame.column("date_observation")?.cast(&DataType::Int32)?;
    let jours = jours.i32()?;
    let mut precedentes: Arc<str> = Arc::default();
    let lignes = (0..trame.height()).filter_map(|rang| {
        let dites = sources.get(rang).unwrap_or_default();
        if *precedentes != *dites {
            precedentes = dites.into();
        }
        let statut = statuts.get(rang).and_then(|s| Statut::TOUS.get(s as usize).copied());
        let case = Case {
            valeur: valeurs.get(rang),
            numerateur: numerateurs.get(rang),
            denominateur: denominateurs.get(rang),
            statut: statut.unwrap_or(Statut::NonDisponible),
            jour: jours.get(rang),
            sources: Arc::clone(&precedentes),
        };
        Some((codes.get(rang)?, annees.get(rang)?, case))
    });
    Ok(Cases::de(annees.iter().flatten().collect(), trame.height(), lignes))
}

/// One row to write.
pub(super) struct Ligne<'a> {
    pub(super) niveau: Niveau,
    pub(super) code: &'a str,
    pub(super) nom: &'a str,
    pub(super) annee: i32,
    pub(super) modalite: &'a str,
    pub(super) case: Case,
    /// Parts that are known, parts that there ought to be.
    pub(super) parties: (u32, u32),
}

/// Rows of any level, in the shape of [`Series::insert_directe`].
pub(super) fn directe(lignes: &[Ligne<'_>]) -> PolarsResult<LazyFrame> {
    let mots = |nom: &str, lire: &dyn for<'l> Fn(&'l Ligne<'_>) -> &'l str| {
        StringChunked::from_iter_values(nom.into(), lignes.iter().map(lire)).into_column()
    };
    let entiers = |nom: &str, lire: &dyn Fn(&Ligne<'_>) -> u32| {
        UInt32Chunked::from_iter_values(nom.into(), lignes.iter().map(lire)).into_column()
    };
    let autres = [
        mots("niveau", &|l| l.niveau.mot()),
        mots("nom", &|l| l.nom),
        entiers("parties", &|l| l.parties.0),
        entiers("parties_attendues", &|l| l.parties.1),
    ];
    Ok(trame(lignes, autres)?.lazy().select(serie::colonnes_directes()))
}

/// Rows of communes, as a série.
pub(super) fn serie(lignes: &[Ligne<'_>]) -> PolarsResult<LazyFrame> {
    Ok(trame(lignes, [])?.lazy())
}

/// The columns of a série, and others.
fn trame(lignes: &[Ligne<'_>], autres: impl IntoIterator<Item = Column>) -> PolarsResult<DataFrame> {
    let mots = |nom: &str, lire: &dyn for<'l> Fn(&'l Ligne<'_>) -> &'l str| {
        StringChunked::from_iter_values(nom.into(), lignes.iter().map(lire)).into_column()
    };
    let nombres = |nom: &str, lire: &dyn Fn(&Case) -> Option<f64>| {
        Float64Chunked::from_iter_options(nom.into(), lignes.iter().map(|l| lire(&l.case))).into_column()
    };
    let (annees, jours) = (lignes.iter().map(|l| l.annee), lignes.iter().map(|l| l.case.jour));
    let statuts = lignes.iter().map(|l| l.case.statut.rang());
    let colonnes = [
        Int32Chunked::from_iter_values("annee".into(), annees).into_column(),
        mots("code", &|l| l.code),
        mots("modalite", &|l| l.modalite),
        nombres("valeur", &|c| c.valeur),
        nombres("numerateur", &|c| c.numerateur),
        nombres("denominateur", &|c| c.denominateur),
        UInt32Chunked::from_iter_values("statut".into(), statuts).into_column(),
        Int32Chunked::from_iter_options("date_observation".into(), jours).into_date().into_column(),
        mots("sources", &|l| &l.case.sources),
    ];
    DataFrame::new(lignes.len(), colonnes.into_iter().chain(autres).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_chiffre_se_retrouve_par_sa_commune_et_son_annee_et_par_aucune_autre() {
        let case = |n: f64| Case::absente().valant(Some(n), Statut::Observe);
        let lignes = vec![("96002", 2024, case(1.0)), ("96001", 1924, case(2.0)), ("96002", 2023, case(3.0))];
        let cases = Cases::de([1924, 2023, 2024].into(), lignes.len(), lignes.into_iter());
        let valeur = |annee, code| cases.get(annee, code).and_then(Case::connue);
        assert_eq!(
            [valeur(2024, "96002"), valeur(1924, "96001"), valeur(2023, "96002")],
            [1.0, 2.0, 3.0].map(Some)
        );
        assert_eq!([valeur(2024, "96001"), valeur(1900, "96002"), valeur(2023, "96009")], [None; 3]);
        let places: Vec<_> = cases.iter().map(|(annee, code, _)| (code, annee)).collect();
        assert_eq!(places, [("96002", 2023), ("96002", 2024), ("96001", 1924)]);
        assert!(Cases::default().get(2024, "96001").is_none());
    }
}
