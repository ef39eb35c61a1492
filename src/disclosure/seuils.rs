//! What tells of a figure without being computed from it by any sum: on which side of a threshold it is, and who does not
//! tell it.

use super::systeme::dit_quelque_chose;
use crate::indicators::{Agregation, Niveau, Statut, TableIndicateurs, catalogue, lu_par_le_critere};
use std::collections::{BTreeMap, BTreeSet};

/// What the care used adds up to.
const RECOURS: [&str; 4] = ["enfants_eaje", "enfants_am", "enfants_cmg_domicile", "enfants_cmg_structure"];

/// A place, by its number, and a year.
type Ici = (u32, i32);

/// Withholds what tells on which side of a threshold a number is that is withheld: for itself, or so that another one is
/// not computed from it, which its side of the threshold would narrow; and the balance of the territory where it is made of
/// a number of children that is withheld. Says how many had a figure.
pub(super) fn retirer_les_seuils(table: &TableIndicateurs, masque: &mut [bool]) -> usize {
    let mut retires = 0;
    for entree in catalogue().filter(|entree| !entree.protection.seuils_de.is_empty()) {
        let lus = entree.protection.seuils_de.iter();
        let tus: BTreeSet<Ici> = lus.flat_map(|id| ici(table, id, masque)).collect();
        let annees: BTreeSet<i32> = tus.iter().map(|(_, annee)| *annee).collect();
        let vus: BTreeMap<&str, BTreeSet<Ici>> = entree
            .modalites
            .iter()
            .filter_map(|(modalite, _)| Some((*modalite, vus(table, lu_par_le_critere(modalite)?, masque))))
            .collect();
        retires += retirer(table, entree.id, masque, |modalite, niveau, (lieu, annee)| {
            // What it reads is shown: anyone can tell on which side of the threshold it is.
            if vus.get(modalite).is_some_and(|vus| vus.contains(&(lieu, annee))) {
                return false;
            }
            // Beside the classes of the others, how many communes are in each gives that of the last one.
            let compte = niveau == Niveau::Territoire && entree.agregation == Agregation::Somme;
            tus.contains(&(lieu, annee)) || compte && annees.contains(&annee)
        });
    }
    if besoin_est_le_recours(table) {
        let tus: BTreeSet<Ici> = RECOURS.iter().flat_map(|id| ici(table, id, masque)).collect();
        let annees: BTreeSet<i32> = tus.iter().map(|(_, annee)| *annee).collect();
        retires += retirer(table, "solde_places", masque, |_, _, ici| tus.contains(&ici));
        // The years to come start from that of the last lists.
        retires +=
            retirer(table, "projection_solde", masque, |_, _, (_, annee)| annees.iter().any(|a| *a <= annee));
    }
    retires
}

/// Where and when a figure of an indicator, whatever its modality, is among those rows.
fn ici(table: &TableIndicateurs, id: &str, lignes: &[bool]) -> Vec<Ici> {
    let mut ici = Vec::new();
    for suivi in table.suivis_de(id) {
        let lieu = suivi.numero_de_lieu();
        let siens = suivi.rangs().zip(suivi.nombres()).filter(|(rang, _)| lignes[*rang]);
        ici.extend(siens.map(|(_, (annee, ..))| (lieu, annee)));
    }
    ici
}

/// Where and when an indicator is shown.
fn vus(table: &TableIndicateurs, id: &str, masque: &[bool]) -> BTreeSet<Ici> {
    let mut vus = BTreeSet::new();
    for suivi in table.suivis_de(id).filter(|suivi| suivi.modalite().is_empty()) {
        let lieu = suivi.numero_de_lieu();
        let siens = suivi
            .rangs()
            .zip(suivi.nombres())
            .filter(|(rang, (.., nombres))| !masque[*rang] && nombres[0].is_some());
        vus.extend(siens.map(|(_, (annee, ..))| (lieu, annee)));
    }
    vus
}

fn retirer(
    table: &TableIndicateurs,
    id: &str,
    masque: &mut [bool],
    a_retirer: impl Fn(&str, Niveau, Ici) -> bool,
) -> usize {
    let mut retires = 0;
    for suivi in table.suivis_de(id) {
        let (modalite, niveau, lieu) = (suivi.modalite(), suivi.lieu().niveau, suivi.numero_de_lieu());
        for (rang, (annee, statut, _)) in suivi.rangs().zip(suivi.nombres()) {
            if !masque[rang] && dit_quelque_chose(statut) && a_retirer(modalite, niveau, (lieu, annee)) {
                masque[rang] = true;
                retires += 1;
            }
        }
    }
    retires
}

/// True if the need is the care used and the requests without an answer: these have no commune, and the territory alone
/// has a balance.
fn besoin_est_le_recours(table: &TableIndicateurs) -> bool {
    let connu = |niveau: Niveau| {
        let mut suivis = table.suivis_de("solde_places").filter(|suivi| suivi.lieu().niveau == niveau);
        suivis.any(|suivi| suivi.nombres().any(|(_, _, nombres)| nombres[0].is_some()))
    };
    !connu(Niveau::Commune) && connu(Niveau::Territoire)
}

/// Gives to what its source withholds the status of what is withheld here.
pub(super) fn taire_qui_retient(table: &TableIndicateurs, masque: &mut [bool]) {
    for rang in table.lignes_de_statut(Statut::SecretSource) {
        masque[rang] = true;
    }
}
