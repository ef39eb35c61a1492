//! Communes that were several in the year of a figure, and that are one today.

use super::{Releve, Somme};
use crate::quality::{Bilan, Lieu, Motif, Probleme, Statut};
use crate::territory::CodeCommune;
use crate::territory::rapprochement::Rapprocheur;
use chrono::NaiveDate;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

/// The first day that the code of communes tells of.
const DEBUT_DU_COG: Option<NaiveDate> = NaiveDate::from_ymd_opt(1943, 1, 1);

/// What is told of one commune: its measures, its years, and how many of the communes of old are known, at least, of how many.
#[derive(Debug, Default)]
struct EnPartie {
    mesures: BTreeSet<&'static str>,
    annees: BTreeSet<i32>,
    lignes: Option<(u32, u32)>,
}

impl Releve {
    /// A file that names communes of old counts each of them: a commune of today that they became has a count only if all
    /// of them are there. Where the file names two parts of one commune in a year, it is of the communes of that year,
    /// and all are looked at; else those alone of which it names a part by the name or the code of then. A file of later
    /// years may name a part too: « Les Clouzeaux », ten years after.
    pub(super) fn attendre_toutes_les_parties(
        &mut self,
        rapprocheur: &Rapprocheur<'_>,
        lieu: &Lieu,
        bilan: &mut Bilan,
    ) {
        let annees: BTreeSet<i32> =
            self.valeurs.iter().filter(|(_, somme)| somme.ancienne).map(|((annee, ..), _)| *annee).collect();
        let mut trouvees: BTreeMap<CodeCommune, EnPartie> = BTreeMap::new();
        let de_toujours =
            LazyCell::new(|| DEBUT_DU_COG.map(|jour| rapprocheur.reunies_depuis(jour)).unwrap_or_default());
        for annee in annees {
            let Some(fin) = NaiveDate::from_ymd_opt(annee, 12, 31) else { continue };
            let reunies = rapprocheur.reunies_depuis(fin);
            // The commune of today, and its parts below it as details: it is what it is, and not twice that.
            let de_l_annee = self
                .valeurs
                .iter_mut()
                .filter(|((a, code, _), _)| *a == annee && !reunies.contains_key(code));
            for (_, somme) in de_l_annee.filter(|(_, somme)| somme.ancienne) {
                if let Some((valeur, statut)) = somme.entiere {
                    *somme = Somme::d_une_ligne(valeur, statut, false);
                }
            }
            let d_alors = self.valeurs.iter().any(|((a, code, _), somme)| {
                *a == annee && somme.attendues > 1 && reunies.contains_key(code)
            });
            for ((_, code, mesure), somme) in self.valeurs.iter_mut().filter(|((a, ..), _)| *a == annee) {
                let d_avant = if somme.ancienne { de_toujours.get(code) } else { None };
                let parties = reunies.get(code).or(d_avant);
                let parties = parties.map_or(1, |p| u32::try_from(p.len()).unwrap_or(u32::MAX));
                if somme.attendues >= parties || !(d_alors || somme.ancienne) {
                    continue;
                }
                let trouvee = trouvees.entry(*code).or_default();
                trouvee.mesures.insert(mesure.mot());
                trouvee.annees.insert(annee);
                let lignes = (somme.attendues, parties);
                trouvee.lignes = Some(trouvee.lignes.map_or(lignes, |autres| autres.min(lignes)));
                somme.attendues = parties;
                somme.statut = somme.statut.max(Statut::NonDisponible);
            }
        }
        for (code, EnPartie { mesures, annees, lignes }) in trouvees {
            let (lues, parties) = lignes.unwrap_or_default();
            let annees: Vec<String> = annees.iter().map(ToString::to_string).collect();
            let comptees = if lues > 1 { "y sont comptées" } else { "y est comptée" };
            let detail = format!(
                "{}, {}, {} : {lues} des {parties} communes d’alors {comptees}",
                rapprocheur.nommer(code),
                mesures.into_iter().collect::<Vec<_>>().join(", "),
                annees.join(", "),
            );
            bilan.noter(Probleme::new(Motif::CommuneEnPartie, lieu.clone(), detail));
        }
    }
}
