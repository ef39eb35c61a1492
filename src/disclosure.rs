//! Who may see what. Suppression is done once, on the indicator table, before any deliverable sees it.
//!
//! Rules, for every audience but the internal one:
//! 1. figures about persons (sensitivity [`Sensibilite::Sensible`]) are not given by commune;
//! 2. for the territory, such a count of 1 to 4 persons is withheld, and a rate whose numerator or
//!    denominator is one;
//! 3. the detail of the age pyramid by kind of place is given only if each of its cells may be; the
//!    classes of age are withheld together with others, so that no total gives them back; no pyramid
//!    at all under 11 childminders;
//! 4. a count of 1 to 4 children by commune is withheld with the ratios that would give it back, and a
//!    second commune with it, so that the total of the territory does not.

use crate::indicators::{CLASSES_AGE, Figure, Niveau, Sensibilite, Statut, TableIndicateurs, catalogue};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Fewest persons that a sensitive count may show.
pub const SEUIL: f64 = 5.0;

/// Fewest childminders for an age pyramid.
pub const SEUIL_PYRAMIDE: f64 = 11.0;

/// For whom the figures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The relais itself: everything.
    Interne,
    /// The commission of élus, the mayors.
    Elus,
    /// Anyone.
    Public,
}

impl Audience {
    /// From the most to the least trusted.
    pub const TOUTES: [Self; 3] = [Self::Interne, Self::Elus, Self::Public];

    /// The folder of its files in the report.
    pub fn dossier(self) -> &'static str {
        match self {
            Self::Interne => "interne",
            Self::Elus => "elus",
            Self::Public => "public",
        }
    }
}

/// A table that an audience may see.
#[derive(Debug)]
pub struct Divulgation {
    /// The table, some of whose figures are withheld (status [`Statut::Secret`]).
    pub table: TableIndicateurs,
    /// How many figures that had a value are withheld.
    pub retenus: usize,
}

/// What is withheld beside the rule by commune: indicator, modality, level, code, year.
type Retraits = BTreeSet<(&'static str, String, Niveau, String, i32)>;

/// The table for an audience.
///
/// # Errors
/// Only if Polars cannot run the plan.
pub fn divulguer(
    table: &TableIndicateurs,
    code_territoire: &str,
    audience: Audience,
) -> PolarsResult<Divulgation> {
    if audience == Audience::Interne {
        return Ok(Divulgation { table: table.clone(), retenus: 0 });
    }
    let mut retraits = Retraits::new();
    for annee in table.annees() {
        retirer_pyramide(table, code_territoire, annee, &mut retraits);
        retirer_petits_nombres(table, code_territoire, annee, &mut retraits);
        retirer_petits_nombres_d_enfants(table, annee, &mut retraits)?;
    }
    appliquer(table, &retraits)
}

fn entre_1_et_4(nombre: f64) -> bool {
    nombre > 0.0 && nombre < SEUIL
}

/// Rule 2: sensitive counts and rates of the territory.
fn retirer_petits_nombres(table: &TableIndicateurs, code: &str, annee: i32, retraits: &mut Retraits) {
    let sensibles = catalogue().filter(|i| i.sensibilite == Sensibilite::Sensible && i.id != "pyramide_ages");
    for entree in sensibles {
        let Some(figure) = table.figure(Niveau::Territoire, code, entree.id, "", annee) else { continue };
        let complement = figure.denominateur.zip(figure.numerateur).map(|(d, n)| d - n);
        let nombres = match figure.denominateur {
            Some(_) => [figure.numerateur, figure.denominateur, complement],
            None => [figure.valeur, None, None],
        };
        if nombres.into_iter().flatten().any(entre_1_et_4) {
            retraits.insert((entree.id, String::new(), Niveau::Territoire, code.to_owned(), annee));
        }
    }
}

/// Rule 3: the age pyramid of the territory.
fn retirer_pyramide(table: &TableIndicateurs, code: &str, annee: i32, retraits: &mut Retraits) {
    let lire = |modalite: &str| {
        table
            .figure(Niveau::Territoire, code, "pyramide_ages", modalite, annee)
            .and_then(|f: Figure| f.valeur)
    };
    let retirer = |retraits: &mut Retraits, modalite: String| {
        retraits.insert(("pyramide_ages", modalite, Niveau::Territoire, code.to_owned(), annee));
    };
    let classes: Vec<&str> = CLASSES_AGE.iter().map(|c| c.0).collect();
    let effectifs: Vec<f64> = classes.iter().filter_map(|c| lire(c)).collect();
    if effectifs.len() < classes.len() {
        return;
    }
    let trop_peu = effectifs.iter().sum::<f64>() < SEUIL_PYRAMIDE;
    let details = || {
        let toutes = classes.iter().copied().chain(["inconnu"]);
        toutes.flat_map(|c| ["domicile", "mam"].map(|lieu| format!("{c}:{lieu}")))
    };
    if trop_peu || details().any(|m| lire(&m).is_some_and(entre_1_et_4)) {
        for modalite in details() {
            retirer(retraits, modalite);
        }
    }
    if trop_peu {
        for classe in &classes {
            retirer(retraits, (*classe).to_owned());
        }
        return;
    }
    // What is published beside the classes: those whose age is known and those of 55 and over
    // (`part_55_plus`). How many ages are unknown says nothing about anybody.
    let connus: Vec<usize> = (0..classes.len()).collect();
    let (ages, jeunes): (Vec<usize>, Vec<usize>) = connus.iter().partition(|i| CLASSES_AGE[**i].2 >= 55);
    for rang in a_retirer(&effectifs, &[ages, jeunes, connus]) {
        retirer(retraits, classes[rang].to_owned());
    }
}

/// Cells to withhold: those of 1 to 4, then, in each sum that is published, the smallest others until at
/// least two are withheld whose sum leaves each of them room. Give the smaller sums first: what protects
/// in a part often protects in the whole.
fn a_retirer(effectifs: &[f64], sommes: &[Vec<usize>]) -> BTreeSet<usize> {
    let mut retires: BTreeSet<usize> = (0..effectifs.len()).filter(|i| entre_1_et_4(effectifs[*i])).collect();
    loop {
        let mut ajout = None;
        for somme in sommes {
            let caches: Vec<usize> = somme.iter().copied().filter(|i| retires.contains(i)).collect();
            let total: f64 = caches.iter().map(|i| effectifs[*i]).sum();
            let protege = caches.len() >= 2 && total - caches.len() as f64 >= SEUIL;
            if caches.is_empty() || protege {
                continue;
            }
            ajout = somme
                .iter()
                .copied()
                .filter(|i| !retires.contains(i))
                // A cell that protects by itself comes first, so that as few as possible are withheld.
                .min_by(|a, b| {
                    let rang = |i: usize| (effectifs[i] < SEUIL, effectifs[i]);
                    let ((petit_a, a_vaut), (petit_b, b_vaut)) = (rang(*a), rang(*b));
                    petit_a.cmp(&petit_b).then(a_vaut.total_cmp(&b_vaut)).then(a.cmp(b))
                });
            if ajout.is_some() {
                break;
            }
        }
        let Some(rang) = ajout else { return retires };
        retires.insert(rang);
    }
}

/// Rule 4: counts of 1 to 4 children, unless they are estimated from births, which are public.
fn retirer_petits_nombres_d_enfants(
    table: &TableIndicateurs,
    annee: i32,
    retraits: &mut Retraits,
) -> PolarsResult<()> {
    let communes: Vec<(String, f64)> = codes_des_communes(table)?
        .into_iter()
        .filter_map(|code| {
            let figure = table.figure(Niveau::Commune, &code, "enfants_0_2", "", annee)?;
            (figure.statut == Statut::Observe).then_some((code, figure.valeur?))
        })
        .collect();
    let effectifs: Vec<f64> = communes.iter().map(|(_, n)| *n).collect();
    for rang in a_retirer(&effectifs, &[(0..effectifs.len()).collect()]) {
        for id in ["enfants_0_2", "places_pour_100", "accessibilite", "solde_places"] {
            retraits.insert((id, String::new(), Niveau::Commune, communes[rang].0.clone(), annee));
        }
    }
    Ok(())
}

fn codes_des_communes(table: &TableIndicateurs) -> PolarsResult<BTreeSet<String>> {
    let codes = table
        .trame()
        .clone()
        .lazy()
        .filter(col("niveau").eq(lit(Niveau::Commune.mot())))
        .select([col("code").unique()])
        .collect()?;
    Ok(codes.column("code")?.str()?.iter().flatten().map(str::to_owned).collect())
}

fn appliquer(table: &TableIndicateurs, retraits: &Retraits) -> PolarsResult<Divulgation> {
    let sensibles: BTreeMap<&str, bool> =
        catalogue().map(|i| (i.id, i.sensibilite == Sensibilite::Sensible)).collect();
    let textes = |nom: &str| table.trame().column(nom)?.str().cloned();
    let (niveaux, codes, ids) = (textes("niveau")?, textes("code")?, textes("indicateur")?);
    let (modalites, statuts) = (textes("modalite")?, textes("statut")?);
    let annees = table.trame().column("annee")?.i32()?.clone();
    let mut retenus = 0;
    let masque: BooleanChunked = (0..table.trame().height())
        .map(|rang| {
            let texte = |colonne: &StringChunked| colonne.get(rang).unwrap_or_default().to_owned();
            let commune = niveaux.get(rang) == Some(Niveau::Commune.mot());
            let id = ids.get(rang).unwrap_or_default();
            let niveau = if commune { Niveau::Commune } else { Niveau::Territoire };
            let secret = (commune && sensibles.get(id).copied().unwrap_or(true))
                || sensibles.get_key_value(id).is_some_and(|(id, _)| {
                    let annee = annees.get(rang).unwrap_or_default();
                    retraits.contains(&(*id, texte(&modalites), niveau, texte(&codes), annee))
                });
            // A share of nothing still says, by its terms, that there is nobody.
            let chiffre = statuts
                .get(rang)
                .and_then(Statut::du_mot)
                .is_some_and(|statut| statut.est_connu() || statut == Statut::SansObjet);
            retenus += usize::from(secret && chiffre);
            secret && chiffre
        })
        .collect();
    let mut trame = table.trame().clone();
    trame.with_column(masque.with_name("retenu".into()).into_column())?;
    let vide = || lit(NULL).cast(DataType::Float64);
    let effacer = |nom: &str| when(col("retenu")).then(vide()).otherwise(col(nom)).alias(nom);
    let trame = trame
        .lazy()
        .with_columns([
            effacer("valeur"),
            effacer("numerateur"),
            effacer("denominateur"),
            when(col("retenu")).then(lit(Statut::Secret.mot())).otherwise(col("statut")).alias("statut"),
        ])
        .drop(cols(["retenu"]))
        .collect()?;
    Ok(Divulgation { table: TableIndicateurs::new(trame)?, retenus })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_case_retiree_ne_se_retrouve_pas_par_le_total() {
        let retires = a_retirer(&[3.0, 40.0, 12.0, 60.0], &[vec![0, 1, 2, 3]]);
        assert_eq!(retires, BTreeSet::from([0, 2]), "la plus petite des autres part avec elle");
    }

    #[test]
    fn deux_cases_trop_petites_ne_suffisent_pas() {
        // 1 + 1: the sum of what is withheld would give both.
        let retires = a_retirer(&[1.0, 1.0, 9.0, 60.0], &[vec![0, 1, 2, 3]]);
        assert_eq!(retires, BTreeSet::from([0, 1, 2]));
    }

    #[test]
    fn chaque_somme_publiee_est_protegee() {
        let retires =
            a_retirer(&[2.0, 30.0, 20.0, 10.0, 50.0], &[vec![0, 1, 2, 3, 4], vec![0, 1], vec![2, 3, 4]]);
        assert!(retires.contains(&0) && retires.contains(&1));
    }

    #[test]
    fn rien_de_petit_rien_de_retire() {
        assert!(a_retirer(&[0.0, 5.0, 12.0], &[vec![0, 1, 2]]).is_empty());
    }
}
