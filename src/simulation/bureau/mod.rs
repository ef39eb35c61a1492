//! The files of the fictional territory, with what an office does to them: one file here per sender.

mod caf;
mod lisez_moi;
mod pays;
mod pmi;
mod publics;
mod questionnaires;
mod rpe;
mod services;
mod structures;
mod tableur;

pub(super) use pays::fichiers_du_pays;

use super::{ErreurSimulation, Territoire};
use std::collections::BTreeMap;

/// Every file of the territory: its path in the folder, with `/`, and its bytes.
///
/// # Errors
/// If a workbook cannot be composed.
pub(super) fn fichiers(territoire: &Territoire) -> Result<BTreeMap<String, Vec<u8>>, ErreurSimulation> {
    let mut fichiers = BTreeMap::new();
    fichiers.extend(pmi::fichiers(territoire)?);
    fichiers.extend(caf::fichiers(territoire)?);
    fichiers.extend(publics::fichiers(territoire)?);
    fichiers.extend(questionnaires::fichiers(territoire)?);
    fichiers.extend([
        services::fichier(territoire)?,
        ("structures/structures.ods".to_owned(), structures::fichier(territoire)),
        ("rpe/activite.csv".to_owned(), rpe::fichier()?),
        ("LISEZ-MOI.txt".to_owned(), lisez_moi::fichier(territoire)),
    ]);
    Ok(fichiers)
}
