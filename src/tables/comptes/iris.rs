//! Counts of the Caf by IRIS, brought together by commune.

use super::{Comptes, Mesure, Releve, annee_de_la_ligne, lire_compte};
use crate::quality::{Bilan, Lieu, Motif, Probleme, Statut};
use crate::sources::disposition::Tableau;
use crate::tables::Ingestion;
use crate::tables::ingestion::Communes;
use polars::prelude::PolarsResult;
use std::collections::BTreeSet;

/// What the observatory takes of those files. Their column `AM` counts households (one parent alone),
/// never childminders: it has no measure.
const MESURES: [Mesure; 2] = [Mesure::Enfants02, Mesure::Enfants35];

/// Length of the code of an IRIS, and of the commune that begins it.
const LONGUEUR: usize = 9;
const COMMUNE: usize = 5;

impl Comptes {
    /// Reads counts by IRIS. A blank cell is withheld; a commune sums the IRIS that are known and says how
    /// many it has.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire_iris(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Self> {
        let mut communes = Communes::new(ingestion.rapprocheur);
        let mut releve = Releve::default();
        let mut vus = BTreeSet::new();
        for rang in 0..tableau.hauteur() {
            let brut = tableau.cellule(rang, "code_iris").unwrap_or_default();
            let lieu = tableau.lieu(rang, "code_iris");
            let iris = rendre_le_zero(brut);
            let commune = iris.get(..COMMUNE).unwrap_or(&iris);
            let Some(commune) = communes.situer((None, Some(commune)), || lieu, bilan) else { continue };
            let Some(annee) = annee_de_la_ligne(tableau, rang, ingestion.date, bilan) else { continue };
            let Some(cellules) = lire_cellules(tableau, rang, bilan) else { continue };
            if !vus.insert((annee, iris.clone())) {
                let detail = format!("l’Iris {iris} a déjà une ligne pour cette année");
                bilan.noter(Probleme::new(Motif::ValeurEnDouble, tableau.lieu_ligne(rang), detail));
                continue;
            }
            bilan.lues += 1;
            for (mesure, valeur, statut) in cellules {
                releve.ajouter((annee, commune.code, mesure), valeur, statut, true);
            }
        }
        communes.conclure(bilan);
        dire_les_sommes_partielles(&releve, tableau.origine.lieu(), bilan);
        releve.en_comptes(ingestion.source)
    }
}

/// The code of an IRIS, with the leading zero that a spreadsheet ate.
fn rendre_le_zero(brut: &str) -> String {
    let net = brut.strip_suffix(".0").unwrap_or(brut);
    if net.len() + 1 == LONGUEUR && net.bytes().all(|b| b.is_ascii_digit()) {
        format!("0{net}")
    } else {
        net.to_owned()
    }
}

fn lire_cellules(
    tableau: &Tableau,
    rang: usize,
    bilan: &mut Bilan,
) -> Option<Vec<(Mesure, Option<f64>, Statut)>> {
    let mut cellules = Vec::with_capacity(MESURES.len());
    for mesure in MESURES.into_iter().filter(|m| tableau.colonne(m.mot()).is_some()) {
        let (valeur, statut) = match tableau.cellule(rang, mesure.mot()) {
            // The file leaves blank what it withholds.
            None => (None, Statut::SecretSource),
            Some(brut) => lire_compte(brut, tableau.lieu(rang, mesure.mot()), bilan)?,
        };
        cellules.push((mesure, valeur, statut));
    }
    Some(cellules)
}

fn dire_les_sommes_partielles(releve: &Releve, lieu: Lieu, bilan: &mut Bilan) {
    let partielles: Vec<String> = releve
        .sommes()
        .filter(|(_, s)| s.parties < s.attendues)
        .map(|((_, code, mesure), s)| format!("{code} {} {}/{}", mesure.mot(), s.parties, s.attendues))
        .collect();
    if partielles.is_empty() {
        return;
    }
    let suite = if partielles.len() > 5 { ", …" } else { "" };
    let detail = format!(
        "{} somme(s) dont des Iris sont secrets (connus/attendus) : {}{suite}",
        partielles.len(),
        partielles.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ")
    );
    bilan.noter(Probleme::new(Motif::SommePartielle, lieu, detail));
}
