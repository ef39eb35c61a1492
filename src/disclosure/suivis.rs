//! What follows so few people through the years that it tells of one of them: the arrivals and the departures of a
//! commune, or of a very small territory, by which its ages can be followed, and projections, which rest on ages.

use super::systeme::dit_quelque_chose;
use crate::indicators::{Niveau, Sensibilite, TableIndicateurs, Terme, catalogue, indicateur};

/// Withholds, commune by commune, what is public of the territory alone. Says how many had a figure.
pub(super) fn retirer_les_flux_des_communes(table: &TableIndicateurs, masque: &mut [bool]) -> usize {
    let mut retires = 0;
    let reserve = |id: &&str| indicateur(id).is_some_and(|e| e.sensibilite == Sensibilite::PubliqueEnsemble);
    for id in table.indicateurs().filter(reserve) {
        for suivi in table.suivis_de(id).filter(|suivi| suivi.lieu().niveau == Niveau::Commune) {
            for (rang, _) in suivi.rangs().zip(suivi.nombres()).filter(|(_, (_, s, _))| dit_quelque_chose(*s))
            {
                masque[rang] = true;
                retires += 1;
            }
        }
    }
    retires
}

/// Withholds what follows fewer people than its entry of the catalogue allows. Says how many had a figure.
pub(super) fn retirer_les_suivis(table: &TableIndicateurs, masque: &mut [bool]) -> usize {
    let mut retires = 0;
    for entree in catalogue() {
        let Some((minimum, terme)) = entree.protection.minimum_suivi else { continue };
        // Of a commune, none of them is given at all.
        let suivis = table.suivis_de(entree.id).filter(|suivi| suivi.lieu().niveau != Niveau::Commune);
        for suivi in suivis {
            let effectifs = effectifs(table, suivi.lieu().niveau, &suivi.lieu().code, &terme);
            for (rang, (annee, statut, _)) in suivi.rangs().zip(suivi.nombres()) {
                let peu = alors(&effectifs, annee).iter().any(|(_, n)| *n > 0.0 && *n < f64::from(minimum));
                if peu && !masque[rang] && dit_quelque_chose(statut) {
                    masque[rang] = true;
                    retires += 1;
                }
            }
        }
    }
    retires
}

/// How many there are, by year.
fn effectifs(table: &TableIndicateurs, niveau: Niveau, code: &str, terme: &Terme) -> Vec<(i32, f64)> {
    let serie = table.serie(niveau, code, terme.indicateur, terme.modalite);
    serie.into_iter().filter_map(|figure| Some((figure.annee, figure.valeur?))).collect()
}

/// The last two years up to that one, or the first of all.
fn alors(effectifs: &[(i32, f64)], annee: i32) -> &[(i32, f64)] {
    let jusque_la = effectifs.partition_point(|(connue, _)| *connue <= annee).max(1).min(effectifs.len());
    &effectifs[jusque_la.saturating_sub(2)..jusque_la]
}

#[cfg(test)]
mod tests {
    use super::alors;

    #[test]
    fn un_flux_est_entre_deux_annees() {
        let effectifs = [(2019, 40.0), (2020, 30.0), (2022, 20.0)];
        assert_eq!(alors(&effectifs, 2020), &effectifs[..2]);
        assert_eq!(alors(&effectifs, 2021), &effectifs[..2]);
        assert_eq!(alors(&effectifs, 2030), &effectifs[1..]);
        assert_eq!(alors(&effectifs, 2015), &effectifs[..1], "avant toute liste, la première");
        assert_eq!(alors(&[], 2015), &[]);
    }
}
