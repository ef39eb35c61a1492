//! Counts of the census by class: ages (POP1B), children by activity of their parents (FAM6).

use super::{Comptes, Mesure, Releve, annee_de_la_ligne, autre_niveau};
use crate::quality::{Bilan, Lieu, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs;
use crate::tables::Ingestion;
use crate::tables::cases::{lire_cases, lire_quantite};
use crate::tables::ingestion::{Communes, Ecartees};
use polars::prelude::PolarsResult;
use std::collections::BTreeSet;

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
        let ensemble_en_plus = a_les_deux_sexes(tableau);
        lire(tableau, ingestion, bilan, &["age", "sexe"], |rang| {
            if ensemble_en_plus && tableau.cellule(rang, "sexe").is_some_and(|s| sexe(s).is_none()) {
                return None;
            }
            match valeurs::entier(tableau.cellule(rang, "age")?).ok()? {
                0..=2 => Some(Mesure::Enfants02),
                3..=5 => Some(Mesure::Enfants35),
                _ => None,
            }
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
        "1" | "h" | "m" | "homme" | "hommes" | "masculin" | "garcons" => Some(1),
        "2" | "f" | "femme" | "femmes" | "feminin" | "filles" => Some(2),
        _ => None,
    }
}

/// True if a table tells both sexes: a row of both together would count everybody twice.
fn a_les_deux_sexes(tableau: &Tableau) -> bool {
    let cellules = || tableau.colonne("sexe").into_iter().flat_map(|c| c.valeurs.iter().flatten());
    [1, 2].iter().all(|attendu| cellules().any(|texte| sexe(texte) == Some(*attendu)))
}

/// Adds up the rows of each commune by the measure of their class.
fn lire(
    tableau: &Tableau,
    ingestion: &Ingestion<'_>,
    bilan: &mut Bilan,
    classes: &[&str],
    mesure_de: impl Fn(usize) -> Option<Mesure>,
) -> PolarsResult<Comptes> {
    let mut communes = Communes::new(ingestion.rapprocheur);
    let (mut releve, mut ecartees) = (Releve::default(), Ecartees::default());
    let mut vues = BTreeSet::new();
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
        let nombre = lire_cases([((), lire_quantite(tableau, rang, "nombre"))], bilan);
        let Some([((), valeur, statut)]) = nombre.as_deref() else { continue };
        let texte = |champ: &str| tableau.cellule(rang, champ).map(str::to_owned);
        let classe: Vec<Option<String>> = classes.iter().map(|c| texte(c)).collect();
        if !vues.insert((annee, texte("code_commune"), classe)) {
            let detail = format!("la commune {} a déjà cette classe", commune.code);
            bilan.noter(Probleme::new(Motif::ValeurEnDouble, tableau.lieu_ligne(rang), detail));
            continue;
        }
        bilan.lues += 1;
        releve.cumuler((annee, commune.code, mesure), *valeur, *statut);
    }
    communes.conclure(bilan);
    ecartees.conclure(bilan);
    dire_les_petits_effectifs(&releve, tableau.origine.lieu(), bilan);
    releve.conclure(tableau, ingestion, bilan)
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
