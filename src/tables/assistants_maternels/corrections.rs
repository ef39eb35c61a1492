//! Birth dates and first names that one list corrects, family names that change: under another pseudonym, the same person would leave and
//! another one arrive.

use super::Liste;
use crate::quality::{Lieu, Motif, Probleme};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Who bears a name, or has one half of it and a birth date, in a commune or anywhere, by year: nearly always one person. With
/// each pseudonym, the year of birth, if it is known.
type Homonymes = BTreeMap<(u64, String), BTreeMap<i32, BTreeMap<u64, Option<i32>>>>;

/// A digit of the year that is mistyped moves a birth by so many years at most, more often than not: a mother and a daughter
/// of one name are further apart.
const ECART_DE_NAISSANCE: u32 = 15;

/// People on the lists of a year above which one half of a name and a birth date, in no matter which commune, may well be those of
/// two: with as many who leave as who come, some have both in common.
const PERSONNES_D_UN_DEPARTEMENT: usize = 10_000;

/// What one person keeps when her pseudonym changes, and what is told of it.
struct Constante {
    /// Column of the lists.
    colonne: &'static str,
    /// True if she stays in her commune.
    ici: bool,
    motif: Motif,
    /// « 2 personne(s) … ».
    texte: &'static str,
}

/// A person keeps her name when her birth date is corrected, her birth date and the other half of her name when the one half
/// changes, whether she moves or not.
const CONSTANTES: [Constante; 5] = [
    Constante {
        colonne: "nom",
        ici: true,
        motif: Motif::NaissanceCorrigee,
        texte: "ont le nom, le prénom et la commune de quelqu’un de la liste d’avant, et une autre date de naissance : elles sont comptées comme restées",
    },
    Constante {
        colonne: "prenom",
        ici: true,
        motif: Motif::NomChange,
        texte: "ont le prénom, la date de naissance et la commune de quelqu’un de la liste d’avant, et un autre nom de famille : elles sont comptées comme restées",
    },
    Constante {
        colonne: "famille",
        ici: true,
        motif: Motif::PrenomChange,
        texte: "ont le nom de famille, la date de naissance et la commune de quelqu’un de la liste d’avant, et un autre prénom : elles sont comptées comme restées",
    },
    Constante {
        colonne: "prenom",
        ici: false,
        motif: Motif::NomChange,
        texte: "ont le prénom et la date de naissance de quelqu’un de la liste d’avant, un autre nom de famille et une autre commune : elles sont comptées comme ayant changé de commune",
    },
    Constante {
        colonne: "famille",
        ici: false,
        motif: Motif::PrenomChange,
        texte: "ont le nom de famille et la date de naissance de quelqu’un de la liste d’avant, un autre prénom et une autre commune : elles sont comptées comme ayant changé de commune",
    },
];

/// The pseudonyms that stand for one person, and by year how many took another one that year.
#[derive(Debug, Default)]
pub(super) struct Corrections {
    /// Each pseudonym but the first one, and one before it.
    premiers: BTreeMap<u64, u64>,
    /// By rank in [`CONSTANTES`], then by year.
    par_annee: [BTreeMap<i32, u32>; CONSTANTES.len()],
}

impl Corrections {
    /// Of two lists that follow one another, whoever alone bears a name in a commune in each, under two birth dates, neither
    /// of which the other list knows, and that no list tells together: one person, whose date was corrected. So is whoever
    /// alone has a first name and a birth date there, under two family names, or a family name and a birth date, under two
    /// first names; the last two anywhere in the territory too, if it is no larger than a département.
    ///
    /// # Errors
    /// Only if a frame lacks a column of its list.
    pub(super) fn chercher(listes: &[Liste]) -> PolarsResult<Self> {
        let mut trouvees = Self::default();
        let mut personnes: BTreeMap<i32, usize> = BTreeMap::new();
        for liste in listes {
            *personnes.entry(liste.annee).or_default() += liste.trame.height();
        }
        let vaste = personnes.values().any(|n| *n > PERSONNES_D_UN_DEPARTEMENT);
        let mut porteurs: BTreeMap<&str, DataFrame> = BTreeMap::new();
        for constante in CONSTANTES.iter().filter(|constante| constante.ici) {
            let ailleurs = CONSTANTES.iter().any(|c| c.colonne == constante.colonne && !c.ici);
            porteurs.insert(constante.colonne, porteurs_de(listes, constante.colonne, vaste || !ailleurs)?);
        }
        let mut suspectes = BTreeSet::new();
        for trame in porteurs.values() {
            suspectes.extend(trame.column("cle")?.u64()?.iter().flatten());
        }
        let presences = presences(listes, &suspectes)?;
        for (rang, constante) in CONSTANTES.iter().enumerate().filter(|(_, c)| c.ici || !vaste) {
            if let Some(trame) = porteurs.get(constante.colonne) {
                trouvees.deduire(rang, &homonymes(trame, constante)?, &presences);
            }
        }
        Ok(trouvees)
    }

    fn deduire(&mut self, rang: usize, homonymes: &Homonymes, presences: &BTreeMap<i32, BTreeSet<u64>>) {
        let ensemble = |a: u64, b: u64| presences.values().any(|cles| cles.contains(&a) && cles.contains(&b));
        let est_la = |annee: i32, cle: u64| presences.get(&annee).is_some_and(|cles| cles.contains(&cle));
        for annees in homonymes.values() {
            for ((avant, d_abord), (ensuite, puis)) in annees.iter().zip(annees.iter().skip(1)) {
                let seule = |cles: &BTreeMap<u64, Option<i32>>| {
                    cles.first_key_value().map(|(cle, nee)| (*cle, *nee)).filter(|_| cles.len() == 1)
                };
                let Some(((ancienne, nee), (nouvelle, nee_aussi))) = seule(d_abord).zip(seule(puis)) else {
                    continue;
                };
                if nee.zip(nee_aussi).is_some_and(|(une, deux)| une.abs_diff(deux) > ECART_DE_NAISSANCE) {
                    continue;
                }
                let suivent = presences.range(avant + 1..*ensuite).next().is_none();
                let absentes = !est_la(*ensuite, ancienne) && !est_la(*avant, nouvelle);
                if suivent && absentes && ancienne != nouvelle && !ensemble(ancienne, nouvelle) {
                    let (sienne, premiere) = (self.premier(nouvelle), self.premier(ancienne));
                    let ici = CONSTANTES.get(rang).is_none_or(|constante| constante.ici);
                    // Corrected, then mistyped again; or found in her commune already.
                    if sienne == premiere && !ici {
                        continue;
                    }
                    if sienne != premiere {
                        self.premiers.insert(sienne, premiere);
                    }
                    *self.par_annee[rang].entry(*ensuite).or_default() += 1;
                }
            }
        }
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
            let mut de_l_annee = listes.iter().rev().filter(|liste| liste.annee == annee);
            // The last part may be a sheet of nobody.
            de_l_annee.find_map(|liste| {
                Some(liste.trame.column("source").ok()?.str().ok()?.iter().next().flatten()?.to_owned())
            })
        };
        let dire = |constante: &Constante, annee: i32, nombre: u32| {
            let detail = format!("{nombre} personne(s) {}", constante.texte);
            Some((source(annee)?, Probleme::new(constante.motif, Lieu::default(), detail)))
        };
        let par_annee = CONSTANTES.iter().zip(&self.par_annee);
        par_annee
            .flat_map(|(constante, annees)| annees.iter().map(move |(annee, n)| (constante, *annee, *n)))
            .filter_map(|(constante, annee, nombre)| dire(constante, annee, nombre))
            .collect()
    }
}

/// Those of one name, or of one half of it and one birth date, whose pseudonyms are several in one commune, or anywhere.
/// Columns: `annee` (i32), the constant (u64), `code` (str), `cle` (u64), `naissance` (i32, year).
fn porteurs_de(listes: &[Liste], colonne: &str, par_commune: bool) -> PolarsResult<DataFrame> {
    let mut ici = vec![col(colonne)];
    ici.extend(par_commune.then(|| col("code")));
    let nommees: Vec<LazyFrame> = listes.iter().map(|liste| liste.trame.clone().lazy()).collect();
    let nommees = concat(nommees, UnionArgs::default())?
        .filter(col("nom_entier").and(col(colonne).is_not_null()).and(col("cle").is_not_null()))
        .select([
            col("annee"),
            col(colonne),
            col("code"),
            col("cle"),
            (col("annee") - col("age")).alias("naissance"),
        ]);
    let plusieurs = nommees
        .clone()
        .group_by(ici.clone())
        .agg([col("cle").min().neq(col("cle").max()).alias("plusieurs")])
        .filter(col("plusieurs"));
    nommees.join(plusieurs, ici.clone(), ici, JoinArgs::new(JoinType::Semi)).collect()
}

/// The same, by commune or anywhere.
fn homonymes(trouvees: &DataFrame, constante: &Constante) -> PolarsResult<Homonymes> {
    let (annees, noms) = (trouvees.column("annee")?.i32()?, trouvees.column(constante.colonne)?.u64()?);
    let (codes, cles) = (trouvees.column("code")?.str()?, trouvees.column("cle")?.u64()?);
    let naissances = trouvees.column("naissance")?.i32()?;
    let mut homonymes = Homonymes::new();
    for i in 0..trouvees.height() {
        let (Some(annee), Some(nom)) = (annees.get(i), noms.get(i)) else { continue };
        let (Some(code), Some(cle)) = (codes.get(i), cles.get(i)) else { continue };
        let code = if constante.ici { code } else { "" };
        let siennes = homonymes.entry((nom, code.to_owned())).or_default().entry(annee).or_default();
        siennes.insert(cle, naissances.get(i));
    }
    Ok(homonymes)
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

    fn sans_age(annees: BTreeMap<i32, BTreeSet<u64>>) -> BTreeMap<i32, BTreeMap<u64, Option<i32>>> {
        annees
            .into_iter()
            .map(|(annee, cles)| (annee, cles.into_iter().map(|c| (c, None)).collect()))
            .collect()
    }

    /// Who bears one name in one commune, year by year, and whoever stands elsewhere on the lists.
    fn deduire(annees: &[(i32, &[u64])], ailleurs: &[(i32, u64)]) -> Corrections {
        let annees: BTreeMap<i32, BTreeSet<u64>> =
            annees.iter().map(|(annee, cles)| (*annee, cles.iter().copied().collect())).collect();
        let mut presences = annees.clone();
        let annees = sans_age(annees);
        for (annee, cle) in ailleurs {
            presences.entry(*annee).or_default().insert(*cle);
        }
        let mut corrections = Corrections::default();
        corrections.deduire(0, &BTreeMap::from([((1, "96001".to_owned()), annees)]), &presences);
        corrections
    }

    #[test]
    fn une_date_corrigee_ne_fait_partir_personne() {
        let corrigee = deduire(&[(2022, &[7]), (2023, &[8]), (2024, &[8])], &[]);
        assert_eq!((corrigee.premier(8), corrigee.par_annee[0].clone()), (7, BTreeMap::from([(2023, 1)])));
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
            sans_age([avant, apres].map(|(annee, cle)| (annee, BTreeSet::from([cle]))).into())
        };
        let [ici, la] = ["96002", "96001"].map(|code| (1, code.to_owned()));
        let par_nom =
            BTreeMap::from([(ici, annees((2020, 7), (2021, 8))), (la, annees((2022, 8), (2023, 9)))]);
        let presences = [(2020, 7), (2021, 8), (2022, 8), (2023, 9)];
        let presences = presences.map(|(annee, cle)| (annee, BTreeSet::from([cle]))).into();
        let mut corrections = Corrections::default();
        corrections.deduire(0, &par_nom, &presences);
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
