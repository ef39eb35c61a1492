//! The communes of the territory from one year to another: two of its figures may be compared only where they are
//! the same.

use super::Contexte;
use crate::indicators::{Figure, Niveau, Statut};
use std::collections::BTreeSet;

/// Said under figures of several years, where the territory did not have the same communes in all of them.
pub(super) const CHANGE: &str = "Le territoire n’a pas eu les mêmes communes chaque année\u{a0}: un chiffre compte celles de son année, une évolution celles qui en sont aux deux dates.";

/// True if the table speaks of the same communes in both years, as many as may be: a commune that left and one that
/// joined make two totals that cannot be compared. Where it names none in one of them, nothing says that they changed.
pub(super) fn memes_communes(contexte: &Contexte<'_>, avant: i32, apres: i32) -> bool {
    let table = contexte.table;
    // By number of the place, in which of both years it is spoken of; once both are seen, its rows say nothing more.
    let mut vus = vec![[false; 2]; table.lieux().len()];
    for suivi in table.suivis() {
        let vu = &mut vus[suivi.numero_de_lieu() as usize];
        if *vu == [true; 2] || suivi.lieu().niveau != Niveau::Commune {
            continue;
        }
        for annee in suivi.annees() {
            *vu = [vu[0] || annee == avant, vu[1] || annee == apres];
        }
    }
    let aucune = |rang: usize| vus.iter().all(|vu| !vu[rang]);
    aucune(0) || aucune(1) || vus.iter().all(|[avant, apres]| avant == apres)
}

/// True if the figure of the territory lacks the same communes in each of those years in which it is known: sums of some
/// communes may then be compared.
pub(super) fn memes_lacunes(contexte: &Contexte<'_>, id: &str, modalite: &str, annees: &[i32]) -> bool {
    let connu = |f: &Figure| f.statut.est_connu() && f.valeur.is_some();
    let figure = |niveau, code: &str, annee| contexte.table.figure(niveau, code, id, modalite, annee);
    // None where some of those that are withheld may be missing as well.
    let manquent = |(annee, ensemble): (i32, Figure)| -> Option<BTreeSet<&str>> {
        let lieux = contexte.table.lieux().iter().filter(|lieu| lieu.niveau == Niveau::Commune);
        // What is withheld is counted in the sum.
        let manque = |code: &&str| {
            !figure(Niveau::Commune, code, annee).is_some_and(|f| connu(&f) || f.statut == Statut::Secret)
        };
        let manquantes: BTreeSet<&str> = lieux.map(|lieu| &*lieu.code).filter(manque).collect();
        let attendues = ensemble.parties_attendues.saturating_sub(ensemble.parties) as usize;
        (manquantes.len() == attendues).then_some(manquantes)
    };
    let du_territoire =
        |annee: i32| figure(Niveau::Territoire, contexte.code_territoire, annee).filter(connu);
    let connues = annees.iter().filter_map(|annee| Some((*annee, du_territoire(*annee)?)));
    let mut lacunes = connues.map(manquent);
    lacunes.next().is_none_or(|premiere| premiere.is_some() && lacunes.all(|autre| autre == premiere))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliverables::graphiques::essai::Essai;

    #[test]
    fn autant_de_communes_ne_sont_pas_les_memes() {
        let mut essai = Essai::new();
        assert!(memes_communes(&essai.contexte(), 2019, 2024));
        // One left, one joined.
        essai.retirer(|l| l.niveau == "commune" && l.annee == 2019 && l.code == Essai::ABSENTE);
        essai.changer(
            |l| l.niveau == "commune" && l.annee == 2019 && l.code == Essai::SECRETE,
            |l| l.code = "85999".to_owned(),
        );
        assert!(!memes_communes(&essai.contexte(), 2019, 2024));
        assert!(memes_communes(&essai.contexte(), 2018, 2024), "rien ne dit les communes de 2018");
    }
}
