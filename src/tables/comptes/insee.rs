//! Counts of the census by class: ages (POP1B), children by activity of their parents (FAM6).

use super::{Cle, Comptes, Mesure, Releve, annee_de_la_ligne, autre_niveau};
use crate::quality::{Bilan, Lieu, Motif, Probleme, Statut};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs;
use crate::tables::Ingestion;
use crate::tables::cases::{lire_cases, lire_effectif_pondere};
use crate::tables::ingestion::{Communes, Ecartees};
use crate::tables::repetitions::{LigneLue, une_par_cle};
use crate::territory::CodeCommune;
use polars::prelude::PolarsResult;
use std::collections::{BTreeMap, BTreeSet};

/// Below this a count of the census, which is a survey in most communes, is read with caution.
const PRUDENCE: f64 = 200.0;

/// `TF12` of the families in which every parent works: couples (both), fathers alone, mothers alone.
const PARENTS_ACTIFS: [i64; 3] = [11, 21, 41];

/// `AGEFOR5` of the children under 3.
const MOINS_DE_TROIS_ANS: i64 = 0;

impl Comptes {
    /// Reads the population by age: children from 0 to 2 and from 3 to 5, boys and girls together. The
    /// other ages are set aside, told once.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire_insee_ages(
        tableau: &Tableau,
        ingestion: &Ingestion<'_>,
        bilan: &mut Bilan,
    ) -> PolarsResult<Self> {
        let sexes = Sexes::du_tableau(tableau);
        let ages = Ages::du_tableau(tableau);
        let incompletes = ages.incompletes();
        let lieu = || Lieu { ligne: None, ..tableau.lieu(0, "age") };
        if let Sexes::UnSeul(dit) = &sexes {
            let detail =
                format!("toutes les lignes sont d’un seul sexe, « {dit} » : la moitié des enfants manque");
            bilan.noter(Probleme::new(Motif::ClasseIncomplete, lieu(), detail));
        } else {
            for (mesure, absents) in &incompletes {
                let absents = absents.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                let detail = format!("{} : le fichier n’a pas de ligne pour l’âge {absents}", mesure.mot());
                bilan.noter(Probleme::new(Motif::ClasseIncomplete, lieu(), detail));
            }
        }
        lire(tableau, ingestion, bilan, &["age", "sexe"], |rang| {
            if !sexes.retient(tableau.cellule(rang, "sexe")) {
                return None;
            }
            let age = age_dit(tableau.cellule(rang, "age")?)?;
            let (mesure, _) = AGES.iter().find(|(_, ages)| ages.contains(&age))?;
            incompletes.iter().all(|(incomplete, _)| incomplete != mesure).then_some(*mesure)
        })
    }

    /// Reads children by activity of their parents: those under 3 whose parents all work. The other classes
    /// are set aside, told once.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire_insee_fam6(
        tableau: &Tableau,
        ingestion: &Ingestion<'_>,
        bilan: &mut Bilan,
    ) -> PolarsResult<Self> {
        lire(tableau, ingestion, bilan, &["age", "activite"], |rang| {
            let code = |champ: &str| tableau.cellule(rang, champ).and_then(|t| valeurs::entier(t).ok());
            let retenue = code("age")? == MOINS_DE_TROIS_ANS && PARENTS_ACTIFS.contains(&code("activite")?);
            retenue.then_some(Mesure::Enfants02ParentsActifs)
        })
    }
}

/// The sex that a cell says; none for « Ensemble » and what else is of both.
fn sexe(texte: &str) -> Option<u8> {
    match valeurs::replier(texte).as_str() {
        "1" | "h" | "m" | "homme" | "hommes" | "masculin" | "garcon" | "garcons" => Some(1),
        "2" | "f" | "femme" | "femmes" | "feminin" | "fille" | "filles" => Some(2),
        _ => None,
    }
}

/// The ages of each measure.
const AGES: [(Mesure, std::ops::RangeInclusive<i64>); 2] =
    [(Mesure::Enfants02, 0..=2), (Mesure::Enfants35, 3..=5)];

/// « 2 », « 2 ans », « 0 an »; no class of ages.
fn age_dit(texte: &str) -> Option<i64> {
    let replie = valeurs::replier(texte);
    let nombre = replie.strip_suffix(" ans").or_else(|| replie.strip_suffix(" an")).unwrap_or(texte);
    valeurs::entier(nombre).ok()
}

/// The ages that a table has a row for.
struct Ages(BTreeSet<i64>);

impl Ages {
    fn du_tableau(tableau: &Tableau) -> Self {
        let cellules = tableau.colonne("age").into_iter().flat_map(|c| c.valeurs.iter().flatten());
        Self(cellules.filter_map(age_dit).collect())
    }

    /// The measures of which it has some ages and not others, and those that it lacks: 0, 5 and 10 are classes of five
    /// years, and what is of two ages is not of three.
    fn incompletes(&self) -> Vec<(Mesure, Vec<i64>)> {
        let absents = AGES.into_iter().map(|(mesure, ages)| {
            let nombre = ages.clone().count();
            let absents: Vec<i64> = ages.filter(|age| !self.0.contains(age)).collect();
            (mesure, absents, nombre)
        });
        let incompletes =
            absents.filter(|(_, absents, nombre)| !absents.is_empty() && absents.len() < *nombre);
        incompletes.map(|(mesure, absents, _)| (mesure, absents)).collect()
    }
}

/// Whose rows make everybody.
enum Sexes {
    /// Those of each sex: a row of both together would count everybody twice.
    LesDeux,
    /// Those of both together, or that say nothing.
    Ensemble,
    /// None: the table is of one sex, which it writes so.
    UnSeul(String),
}

impl Sexes {
    fn du_tableau(tableau: &Tableau) -> Self {
        let Some(colonne) = tableau.colonne("sexe") else { return Self::Ensemble };
        let cellules = || colonne.valeurs.iter();
        let a = |attendu: u8| cellules().flatten().any(|texte| sexe(texte) == Some(attendu));
        match (a(1), a(2)) {
            (true, true) => Self::LesDeux,
            (false, false) => Self::Ensemble,
            _ if cellules().any(|texte| texte.and_then(sexe).is_none()) => Self::Ensemble,
            _ => Self::UnSeul(cellules().flatten().next().unwrap_or_default().to_owned()),
        }
    }

    fn retient(&self, cellule: Option<&str>) -> bool {
        match self {
            Self::LesDeux => cellule.is_none_or(|texte| sexe(texte).is_some()),
            Self::Ensemble => cellule.is_none_or(|texte| sexe(texte).is_none()),
            Self::UnSeul(_) => false,
        }
    }
}

/// Adds up the rows of each commune by the measure of their class.
fn lire(
    tableau: &Tableau,
    ingestion: &Ingestion<'_>,
    bilan: &mut Bilan,
    classes: &[&str],
    mesure_de: impl Fn(usize) -> Option<Mesure>,
) -> PolarsResult<Comptes> {
    let mut communes = Communes::de_comptes(ingestion.rapprocheur);
    let (mut releve, mut ecartees, mut lues) = (Releve::default(), Ecartees::default(), Vec::new());
    for rang in 0..tableau.hauteur() {
        if let Some(niveau) = autre_niveau(tableau, rang) {
            ecartees.noter(Motif::AutreNiveau, tableau.lieu(rang, "niveau"), niveau);
            continue;
        }
        let Some(mesure) = mesure_de(rang) else {
            let classe: Vec<&str> = classes.iter().filter_map(|c| tableau.cellule(rang, c)).collect();
            ecartees.noter(Motif::HorsSujet, tableau.lieu(rang, classes[0]), &classe.join(", "));
            continue;
        };
        let Some(commune) = communes.trouver(tableau, rang, bilan) else { continue };
        let Some(annee) = annee_de_la_ligne(tableau, rang, ingestion.date, bilan) else { continue };
        let nombre = lire_cases([((), lire_effectif_pondere(tableau, rang, "nombre"))], bilan);
        let Some(cases) = nombre else {
            // Without this class, the sum would be of a part.
            releve.cumuler((annee, commune.code, mesure), None, Statut::NonDisponible);
            continue;
        };
        let texte = |champ: &str| tableau.cellule(rang, champ).map(str::to_owned);
        let classe: Vec<Option<String>> = classes.iter().map(|c| texte(c)).collect();
        let cle = (annee, commune.code, texte("code_commune"), mesure, classe);
        lues.push(LigneLue { rang, cle, cases });
    }
    let lues = une_par_cle(tableau, lues, &[], bilan);
    for (cle, absentes) in classes_absentes(&lues) {
        releve.cumuler(cle, None, Statut::NonDisponible);
        let (annee, code, mesure) = cle;
        let detail = format!(
            "{code}, {annee}, {} : il manque {absentes} ligne(s) de celles qu’ont les autres communes, et le fichier écrit les zéros",
            mesure.mot()
        );
        let lieu = Lieu { ligne: None, ..tableau.lieu(0, classes[0]) };
        bilan.noter(Probleme::new(Motif::ClasseIncomplete, lieu, detail));
    }
    for ligne in lues {
        let (annee, code, _, mesure, _) = ligne.cle;
        for ((), valeur, statut) in ligne.cases {
            releve.cumuler((annee, code, mesure), valeur, statut);
        }
    }
    communes.conclure(bilan);
    ecartees.conclure(bilan);
    dire_les_petits_effectifs(&releve, tableau.origine.lieu(), bilan);
    releve.conclure(tableau, ingestion, bilan)
}

/// Year, commune, its code in the file, measure, and the texts of the class.
type CleDeClasse = (i32, CodeCommune, Option<String>, Mesure, Vec<Option<String>>);

/// The counts that lack classes which others have, and how many, in a file that writes its zeros: in one that does not, a
/// class that is absent is one of nobody.
fn classes_absentes(lues: &[LigneLue<CleDeClasse, ()>]) -> Vec<(Cle, usize)> {
    let ecrit_les_zeros = lues.iter().flat_map(|l| &l.cases).any(|((), valeur, _)| *valeur == Some(0.0));
    let mut toutes: BTreeMap<Mesure, BTreeSet<&[Option<String>]>> = BTreeMap::new();
    let mut presentes: BTreeMap<(i32, CodeCommune, Option<&str>, Mesure), usize> = BTreeMap::new();
    for (annee, code, texte, mesure, classe) in lues.iter().map(|l| &l.cle).filter(|_| ecrit_les_zeros) {
        toutes.entry(*mesure).or_default().insert(classe);
        *presentes.entry((*annee, *code, texte.as_deref(), *mesure)).or_default() += 1;
    }
    let absentes = presentes.into_iter().map(|((annee, code, _, mesure), nombre)| {
        let attendues = toutes.get(&mesure).map_or(0, BTreeSet::len);
        ((annee, code, mesure), attendues.saturating_sub(nombre))
    });
    absentes.filter(|(_, absentes)| *absentes > 0).collect()
}

fn dire_les_petits_effectifs(releve: &Releve, lieu: Lieu, bilan: &mut Bilan) {
    let petits: Vec<String> = releve
        .sommes()
        .filter(|(_, s)| s.valeur.is_some_and(|v| v < PRUDENCE))
        .map(|((_, code, mesure), s)| format!("{code} {} {:.0}", mesure.mot(), s.valeur.unwrap_or_default()))
        .collect();
    if petits.is_empty() {
        return;
    }
    let suite = if petits.len() > 5 { ", …" } else { "" };
    let cites = petits.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
    let detail = format!("{} effectif(s) de moins de 200 : {cites}{suite}", petits.len());
    bilan.noter(Probleme::new(Motif::EffectifFragile, lieu, detail));
}
