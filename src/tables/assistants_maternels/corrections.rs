//! Birth dates that one list corrects: under another pseudonym, the same person would leave and another one arrive.

use super::Liste;
use crate::quality::{Lieu, Motif, Probleme};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Who bears a name in a commune, by year: nearly always one person.
type Homonymes = BTreeMap<(u64, String), BTreeMap<i32, BTreeSet<u64>>>;

/// The pseudonyms that stand for one person, and by year how many took another one that year.
#[derive(Debug, Default)]
pub(super) struct Corrections {
    /// Each pseudonym but the first one, and one before it.
    premiers: BTreeMap<u64, u64>,
    par_annee: BTreeMap<i32, u32>,
}

impl Corrections {
    /// Of two lists that follow one another, whoever alone bears a name in a commune in each, under two birth dates, neither
    /// of which the other list knows, and that no list tells together: one person, whose date was corrected.
    ///
    /// # Errors
    /// Only if a frame lacks a column of its list.
    pub(super) fn chercher(listes: &[Liste]) -> PolarsResult<Self> {
        let ici = [col("nom"), col("code")];
        let nommees: Vec<LazyFrame> = listes.iter().map(|liste| liste.trame.clone().lazy()).collect();
        let nommees = concat(nommees, UnionArgs::default())?
            .filter(col("nom_entier").and(col("nom").is_not_null()).and(col("cle").is_not_null()))
            .select([col("annee"), col("nom"), col("code"), col("cle")]);
        let plusieurs = nommees
            .clone()
            .group_by(ici.clone())
            .agg([col("cle").min().neq(col("cle").max()).alias("plusieurs")])
            .filter(col("plusieurs"));
        let homonymes = nommees.join(plusieurs, ici.clone(), ici, JoinArgs::new(JoinType::Semi)).collect()?;
        if homonymes.height() == 0 {
            return Ok(Self::default());
        }
        let (annees, noms) = (homonymes.column("annee")?.i32()?, homonymes.column("nom")?.u64()?);
        let (codes, cles) = (homonymes.column("code")?.str()?, homonymes.column("cle")?.u64()?);
        let mut par_nom = Homonymes::new();
        for ((annee, nom), (code, cle)) in annees.iter().zip(noms.iter()).zip(codes.iter().zip(cles.iter())) {
            if let Some(((annee, nom), (code, cle))) = annee.zip(nom).zip(code.zip(cle)) {
                par_nom.entry((nom, code.to_owned())).or_default().entry(annee).or_default().insert(cle);
            }
        }
        let suspectes: BTreeSet<u64> = cles.iter().flatten().collect();
        Ok(Self::deduire(&par_nom, &presences(listes, &suspectes)?))
    }

    fn deduire(par_nom: &Homonymes, presences: &BTreeMap<i32, BTreeSet<u64>>) -> Self {
        let ensemble = |a: u64, b: u64| presences.values().any(|cles| cles.contains(&a) && cles.contains(&b));
        let est_la = |annee: i32, cle: u64| presences.get(&annee).is_some_and(|cles| cles.contains(&cle));
        let mut trouvees = Self::default();
        for annees in par_nom.values() {
            for ((avant, d_abord), (ensuite, puis)) in annees.iter().zip(annees.iter().skip(1)) {
                let seule = |cles: &BTreeSet<u64>| cles.first().copied().filter(|_| cles.len() == 1);
                let Some((ancienne, nouvelle)) = seule(d_abord).zip(seule(puis)) else { continue };
                let suivent = presences.range(avant + 1..*ensuite).next().is_none();
                let absentes = !est_la(*ensuite, ancienne) && !est_la(*avant, nouvelle);
                if suivent && absentes && ancienne != nouvelle && !ensemble(ancienne, nouvelle) {
                    let (sienne, premiere) = (trouvees.premier(nouvelle), trouvees.premier(ancienne));
                    // Corrected, then mistyped again.
                    if sienne != premiere {
                        trouvees.premiers.insert(sienne, premiere);
                    }
                    *trouvees.par_annee.entry(*ensuite).or_default() += 1;
                }
            }
        }
        trouvees
    }

    /// The first pseudonym of whoever bears that one.
    fn premier(&self, mut cle: u64) -> u64 {
        while let Some(avant) = self.premiers.get(&cle) {
            cle = *avant;
        }
        cle
    }

    /// Gives to each person one pseudonym in all of the lists.
    ///
    /// # Errors
    /// Only if a frame lacks a column of its list.
    pub(super) fn appliquer(&self, listes: &mut [Liste]) -> PolarsResult<()> {
        if self.premiers.is_empty() {
            return Ok(());
        }
        for trame in listes.iter_mut().flat_map(|liste| [&mut liste.trame, &mut liste.non_places]) {
            let cles = trame.column("cle")?.u64()?.apply(|cle| cle.map(|cle| self.premier(cle)));
            trame.with_column(cles.with_name("cle".into()).into_column())?;
        }
        Ok(())
    }

    /// What is told of them, and to which source.
    pub(super) fn problemes(&self, listes: &[Liste]) -> Vec<(String, Probleme)> {
        let source = |annee: i32| {
            let liste = listes.iter().rev().find(|liste| liste.annee == annee)?;
            Some(liste.trame.column("source").ok()?.str().ok()?.get(0)?.to_owned())
        };
        let dire = |(annee, nombre): (&i32, &u32)| {
            let detail = format!(
                "{nombre} personne(s) ont le nom, le prénom et la commune de quelqu’un de la liste d’avant, et une autre date de naissance : elles sont comptées comme restées"
            );
            Some((source(*annee)?, Probleme::new(Motif::NaissanceCorrigee, Lieu::default(), detail)))
        };
        self.par_annee.iter().filter_map(dire).collect()
    }
}

/// Who stands on the lists of each year, of those.
fn presences(listes: &[Liste], suspectes: &BTreeSet<u64>) -> PolarsResult<BTreeMap<i32, BTreeSet<u64>>> {
    let mut presences: BTreeMap<i32, BTreeSet<u64>> = BTreeMap::new();
    for liste in listes {
        let la = presences.entry(liste.annee).or_default();
        for trame in [&liste.trame, &liste.non_places] {
            la.extend(trame.column("cle")?.u64()?.iter().flatten().filter(|cle| suspectes.contains(cle)));
        }
    }
    Ok(presences)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who bears one name in one commune, year by year, and whoever stands elsewhere on the lists.
    fn deduire(annees: &[(i32, &[u64])], ailleurs: &[(i32, u64)]) -> Corrections {
        let annees: BTreeMap<i32, BTreeSet<u64>> =
            annees.iter().map(|(annee, cles)| (*annee, cles.iter().copied().collect())).collect();
        let mut presences = annees.clone();
        for (annee, cle) in ailleurs {
            presences.entry(*annee).or_default().insert(*cle);
        }
        Corrections::deduire(&BTreeMap::from([((1, "96001".to_owned()), annees)]), &presences)
    }

    #[test]
    fn une_date_corrigee_ne_fait_partir_personne() {
        let corrigee = deduire(&[(2022, &[7]), (2023, &[8]), (2024, &[8])], &[]);
        assert_eq!((corrigee.premier(8), corrigee.par_annee), (7, BTreeMap::from([(2023, 1)])));
        // Mistyped for one year.
        let faute = deduire(&[(2022, &[7]), (2023, &[8]), (2024, &[7])], &[]);
        assert_eq!((faute.premier(7), faute.premier(8)), (7, 7));
        let deux_fois = deduire(&[(2022, &[7]), (2023, &[8]), (2024, &[9])], &[]);
        assert_eq!((deux_fois.premier(8), deux_fois.premier(9)), (7, 7));
    }

    /// Corrected in one commune, then again in another, whichever is looked at first.
    #[test]
    fn de_correction_en_correction_on_reste_la_meme_personne() {
        let annees = |avant: (i32, u64), apres: (i32, u64)| {
            [avant, apres].map(|(annee, cle)| (annee, BTreeSet::from([cle]))).into()
        };
        let [ici, la] = ["96002", "96001"].map(|code| (1, code.to_owned()));
        let par_nom =
            BTreeMap::from([(ici, annees((2020, 7), (2021, 8))), (la, annees((2022, 8), (2023, 9)))]);
        let presences = [(2020, 7), (2021, 8), (2022, 8), (2023, 9)];
        let presences = presences.map(|(annee, cle)| (annee, BTreeSet::from([cle]))).into();
        let corrections = Corrections::deduire(&par_nom, &presences);
        assert_eq!([7, 8, 9].map(|cle| corrections.premier(cle)), [7; 3]);
    }

    #[test]
    fn deux_homonymes_restent_deux_personnes() {
        for (annees, ailleurs) in [
            // Both stand on one of the lists.
            (&[(2022, &[7][..]), (2023, &[7, 8][..])][..], &[][..]),
            // The one moved away, or the other one came from another commune.
            (&[(2022, &[7]), (2023, &[8])], &[(2023, 7)]),
            (&[(2022, &[7]), (2023, &[8])], &[(2022, 8)]),
            // Both stand on a later list: the one had paused.
            (&[(2022, &[7]), (2023, &[8]), (2024, &[7, 8])], &[]),
            // On the list in between, neither is there.
            (&[(2022, &[7]), (2024, &[8])], &[(2023, 9)]),
        ] {
            let corrections = deduire(annees, ailleurs);
            assert!(corrections.premiers.is_empty(), "{annees:?} {ailleurs:?}");
        }
    }
}
