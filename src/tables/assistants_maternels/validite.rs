//! Whether an agrément is in force on the day of the list: its state, its first and its last day.

use super::departs::parle_d_un_depart;
use crate::quality::{Bilan, Lieu, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{self, Periode, ValeurInvalide};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The first and the last day of an agrément in force, as far as its row tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validite {
    pub(super) debut: Option<NaiveDate>,
    pub(super) fin: Option<NaiveDate>,
}

/// Unknown states that are told one by one, where the column is of something else.
const STATUTS_DITS: usize = 5;

/// What the columns of a list tell of the agréments on its day.
pub(super) struct Validites<'a> {
    tableau: &'a Tableau,
    jour: NaiveDate,
    /// True if the column « Actif » holds nothing but « oui », and crosses.
    croix_seules: bool,
    /// The field that tells the last day.
    champ_de_fin: &'static str,
    /// What each state that was met says: there are few of them.
    statuts: BTreeMap<&'a str, Result<bool, ValeurInvalide>>,
    /// States that are not known, with the first place and the number of rows.
    statuts_inconnus: BTreeMap<&'a str, (Probleme, u32)>,
}

impl<'a> Validites<'a> {
    pub(super) fn new(tableau: &'a Tableau, jour: NaiveDate, bilan: &mut Bilan) -> Self {
        let par_renouvellement =
            tableau.colonne("date_fin").is_none() && renouvelle_plus_tard(tableau, jour, bilan);
        let champ_de_fin = if par_renouvellement { "date_renouvellement" } else { "date_fin" };
        let croix_seules = tableau.colonne("actif").is_some_and(|colonne| {
            let mut dites = colonne.valeurs.iter().flatten().peekable();
            dites.peek().is_some() && dites.all(|texte| valeurs::oui_non(texte) == Ok(Some(true)))
        });
        let (statuts, statuts_inconnus) = (BTreeMap::new(), BTreeMap::new());
        Self { tableau, jour, croix_seules, champ_de_fin, statuts, statuts_inconnus }
    }

    /// The days of an agrément in force; none if the row tells that it is not, which the tally then says.
    pub(super) fn lire(&mut self, rang: usize, bilan: &mut Bilan) -> Option<Validite> {
        if !self.statut_en_cours(rang, bilan) {
            return None;
        }
        if let Some(levee) = self.levee(rang, bilan) {
            bilan.noter(levee);
            return None;
        }
        if let Some(sortie) = self.sortie(rang, bilan) {
            bilan.noter(sortie);
            return None;
        }
        let (fin_lue, debut_lu) =
            (self.periode(rang, self.champ_de_fin, bilan), self.periode(rang, "date_agrement", bilan));
        let validite = Validite::de(debut_lu, fin_lue);
        let champ_de_fin = if fin_lue.is_some() { self.champ_de_fin } else { "date_agrement" };
        let ecrire = |date: NaiveDate| date.format("%d/%m/%Y").to_string();
        if let Some(fin) = validite.fin.filter(|fin| *fin < self.jour) {
            let detail = format!("l’agrément finit le {}, avant le {}", ecrire(fin), ecrire(self.jour));
            bilan.noter(Probleme::new(Motif::AgrementEchu, self.tableau.lieu(rang, champ_de_fin), detail));
            return None;
        }
        // The first agrément may stand in that column as well as the current one: only the future is wrong.
        if let Some(debut) = validite.debut.filter(|debut| *debut > self.jour) {
            let detail = format!("l’agrément commence le {}, après le {}", ecrire(debut), ecrire(self.jour));
            bilan.noter(Probleme::new(
                Motif::AgrementFutur,
                self.tableau.lieu(rang, "date_agrement"),
                detail,
            ));
            return None;
        }
        let lues = [(fin_lue, validite.fin, self.champ_de_fin), (debut_lu, validite.debut, "date_agrement")];
        for (periode, retenue, champ) in lues {
            let reserve = periode.zip(retenue).and_then(|(periode, retenue)| {
                periode.reserve(retenue, self.jour, self.tableau.lieu(rang, champ))
            });
            if let Some(probleme) = reserve {
                bilan.noter(probleme);
            }
        }
        Some(validite)
    }

    /// True unless the row tells that its agrément is not in force.
    pub(super) fn est_en_cours(&self, rang: usize) -> bool {
        let cellule = |champ: &str| self.tableau.cellule(rang, champ);
        let lire = |champ: &str| cellule(champ).and_then(|texte| valeurs::periode(texte).ok());
        let validite = Validite::de(lire("date_agrement"), lire(self.champ_de_fin));
        cellule("statut").is_none_or(|statut| valeurs::agrement_en_cours(statut) != Ok(false))
            && self.levee(rang, &mut Bilan::default()).is_none()
            && self.sortie(rang, &mut Bilan::default()).is_none()
            && validite.fin.is_none_or(|fin| fin >= self.jour)
            && validite.debut.is_none_or(|debut| debut <= self.jour)
    }

    /// Tells once each state that is not known.
    pub(super) fn conclure(self, bilan: &mut Bilan) {
        // A column of numbers of files, say: told once, and not number by number.
        if self.parle_d_autre_chose() && self.statuts_inconnus.len() > STATUTS_DITS {
            let (lieu, textes) = (self.tableau.lieu(0, "statut"), self.statuts_inconnus.len());
            let detail = format!(
                "la colonne ne dit pas l’état des agréments ({textes} textes différents) : elle n’est pas employée"
            );
            let lignes = self.statuts_inconnus.values().map(|(_, lignes)| *lignes).sum();
            let lieu = Lieu { ligne: None, ..lieu };
            bilan.noter(Probleme { lignes, ..Probleme::new(Motif::ModaliteInconnue, lieu, detail) });
            return;
        }
        for (mut probleme, lignes) in self.statuts_inconnus.into_values() {
            if lignes > 1 {
                probleme.lieu.ligne = None;
                probleme.detail = format!("{} ({lignes} lignes)", probleme.detail);
            }
            bilan.noter(Probleme { lignes, ..probleme });
        }
    }

    /// True if most of the column of statuses is not understood: it is of something else, and tells nothing of agréments. Codes
    /// (« A », « S », « R ») tell their states, to whoever knows them.
    pub(super) fn parle_d_autre_chose(&self) -> bool {
        let en_codes = self.statuts_inconnus.keys().all(|dit| dit.chars().count() <= 2);
        if en_codes {
            return false;
        }
        let inconnues: u32 = self.statuts_inconnus.values().map(|(_, n)| *n).sum();
        let remplies = self.tableau.colonne("statut").map_or(0, |c| c.valeurs.iter().flatten().count());
        inconnues as usize * 2 > remplies
    }

    /// True if the column of statuses says of a row what nobody understands.
    pub(super) fn statut_inconnu(&self, rang: usize) -> bool {
        let statut = self.tableau.cellule(rang, "statut");
        statut.is_some_and(|statut| self.statuts_inconnus.contains_key(statut))
    }

    fn statut_en_cours(&mut self, rang: usize, bilan: &mut Bilan) -> bool {
        let Some(statut) = self.tableau.cellule(rang, "statut") else { return true };
        let jour = self.jour;
        let lire = || {
            if valeurs::est_manquant(statut) {
                return Ok(true);
            }
            let en_cours = valeurs::agrement_en_cours(statut)?;
            // « Retraite en 2026 », « valide jusqu’au 30/06/2024 »: what was not yet on the day of the list, or no longer.
            let dite = valeurs::periode_a_la_fin(statut);
            let jusqu_a = valeurs::replier(statut).contains("jusqu");
            Ok(match (en_cours, dite) {
                (false, Some(quand)) if !jusqu_a && quand.debut() > jour => true,
                // « Suspendu du 1er février au 1er avril », and it is December.
                (false, Some(quand)) if jusqu_a || matches!(quand, Periode::Du(..)) => quand.fin() < jour,
                // The end of a leave is no end of the agrément.
                (true, Some(quand)) if jusqu_a => quand.fin() >= jour || valeurs::est_une_pause(statut),
                _ => en_cours,
            })
        };
        let lieu = || self.tableau.lieu(rang, "statut");
        match self.statuts.entry(statut).or_insert_with(lire) {
            Ok(true) => true,
            Ok(false) => {
                bilan.noter(Probleme::new(Motif::AgrementLeve, lieu(), "").avec_valeur(statut));
                false
            }
            Err(erreur) => {
                let nouveau = || (erreur.clone().a(lieu()).avec_valeur(statut), 0);
                self.statuts_inconnus.entry(statut).or_insert_with(nouveau).1 += 1;
                true
            }
        }
    }

    /// Why the agrément of a row is not in force, where a column asks it: « Agrément en cours », « Suspension ».
    fn levee(&self, rang: usize, bilan: &mut Bilan) -> Option<Probleme> {
        let dit =
            |champ: &str| self.tableau.cellule(rang, champ).filter(|texte| !valeurs::est_manquant(texte));
        let leve = |champ: &str, texte: &str| {
            Probleme::new(Motif::AgrementLeve, self.tableau.lieu(rang, champ), "").avec_valeur(texte)
        };
        if let Some(texte) = dit("en_cours")
            && (valeurs::oui_non(texte) == Ok(Some(false)) || valeurs::agrement_en_cours(texte) == Ok(false))
        {
            return Some(leve("en_cours", texte));
        }
        let texte = dit("suspension").filter(|texte| !dit_aucun(texte))?;
        if valeurs::oui_non(texte) == Ok(Some(true)) {
            return Some(leve("suspension", texte));
        }
        let quand = self.periode(rang, "suspension", bilan)?;
        let finie = matches!(quand, Periode::Du(_, fin) if fin < self.jour);
        (quand.debut() <= self.jour && !finie).then(|| leve("suspension", texte))
    }

    /// True if a column says of a person that she is not active: her agrément may have ended, or be in force all the same.
    pub(super) fn est_inactive(&self, rang: usize) -> bool {
        let Some(colonne) = self.tableau.colonne("actif") else { return false };
        match colonne.valeurs.get(rang).filter(|texte| !valeurs::est_manquant(texte)) {
            Some(texte) => {
                valeurs::oui_non(texte) == Ok(Some(false)) || valeurs::agrement_en_cours(texte) == Ok(false)
            }
            // Crosses for those who are.
            None => self.croix_seules,
        }
    }

    /// Tells of those who are said not to be active, and are counted.
    pub(super) fn dire_les_inactives(&self, rangs: &[usize], bilan: &mut Bilan) {
        let Some(premier) = rangs.first() else { return };
        let lignes = u32::try_from(rangs.len()).unwrap_or(u32::MAX);
        let mut lieu = self.tableau.lieu(*premier, "actif");
        lieu.ligne = lieu.ligne.filter(|_| lignes == 1);
        let detail = match lignes {
            1 => "une personne que la liste compte n’y est pas active".to_owned(),
            n => format!("{n} personnes que la liste compte n’y sont pas actives"),
        };
        bilan.noter(Probleme { lignes, ..Probleme::new(Motif::InactiveComptee, lieu, detail) });
    }

    /// Why a row is of nobody who minds children that day: who has left, for what reason if not when, and who fosters.
    fn sortie(&self, rang: usize, bilan: &mut Bilan) -> Option<Probleme> {
        let dit =
            |champ: &str| self.tableau.cellule(rang, champ).filter(|texte| !valeurs::est_manquant(texte));
        if let Some(genre) = dit("type_agrement").filter(|texte| valeurs::est_familial(texte)) {
            let lieu = self.tableau.lieu(rang, "type_agrement");
            return Some(Probleme::new(Motif::AssistantFamilial, lieu, "").avec_valeur(genre));
        }
        if let Some(texte) = dit("date_sortie").filter(|texte| dit_un_depart(texte)) {
            let lieu = self.tableau.lieu(rang, "date_sortie");
            return Some(Probleme::new(Motif::SortieDeLaListe, lieu, "la ligne le dit").avec_valeur(texte));
        }
        let datee = dit("date_sortie").filter(|texte| !dit_aucun(texte));
        let Some(date) = datee.and_then(|_| self.periode(rang, "date_sortie", bilan)) else {
            // The reason itself is nobody's business.
            dit("motif_sortie").filter(|motif| !dit_aucun(motif))?;
            let lieu = self.tableau.lieu(rang, "motif_sortie");
            return Some(Probleme::new(Motif::SortieDeLaListe, lieu, "un motif est écrit"));
        };
        let fin = date.fin();
        (fin <= self.jour).then(|| {
            let detail = format!("le {}, au plus tard", fin.format("%d/%m/%Y"));
            Probleme::new(Motif::SortieDeLaListe, self.tableau.lieu(rang, "date_sortie"), detail)
        })
    }

    /// A date in a cell that the row can do without.
    fn periode(&self, rang: usize, champ: &str, bilan: &mut Bilan) -> Option<Periode> {
        let brut = self.tableau.cellule(rang, champ)?;
        let lue = valeurs::periode(brut);
        lue.map_err(|erreur| bilan.noter(erreur.a(self.tableau.lieu(rang, champ)).avec_valeur(brut))).ok()
    }
}

impl Validite {
    /// Of two cells, either of which may hold both days.
    fn de(debut: Option<Periode>, fin: Option<Periode>) -> Self {
        let bornee = |periode: &Periode| matches!(periode, Periode::Du(..));
        Self {
            debut: debut.or(fin.filter(bornee)).map(Periode::debut),
            fin: fin.or(debut.filter(bornee)).map(Periode::fin),
        }
    }
}

/// « X », « Oui », « Démission » under « Départ »: somebody has left, and no day is told.
fn dit_un_depart(texte: &str) -> bool {
    valeurs::oui_non(texte) == Ok(Some(true))
        || valeurs::periode_a_la_fin(texte).is_none() && parle_d_un_depart(texte)
}

/// « Néant », « Aucun », « Non » : no reason.
fn dit_aucun(texte: &str) -> bool {
    valeurs::oui_non(texte) == Ok(Some(false))
        || matches!(valeurs::replier(texte).as_str(), "neant" | "aucun" | "aucune" | "ras")
}

/// True if a column « Date de renouvellement » tells when agréments end: most of its dates are to come. Otherwise they
/// are those of the last renewal, which is told.
fn renouvelle_plus_tard(tableau: &Tableau, jour: NaiveDate, bilan: &mut Bilan) -> bool {
    let Some(colonne) = tableau.colonne("date_renouvellement") else { return false };
    let dates = colonne.valeurs.iter().flatten().filter_map(|texte| valeurs::periode(texte).ok());
    let (passees, a_venir) = dates.fold((0_usize, 0_usize), |(passees, a_venir), date| {
        if date.fin() < jour { (passees + 1, a_venir) } else { (passees, a_venir + 1) }
    });
    if passees > 0 && passees >= a_venir {
        let lieu = Lieu { ligne: None, ..tableau.lieu(0, "date_renouvellement") };
        let detail = format!(
            "{passees} de ses {} dates sont passées : elle dit le dernier renouvellement, et non la fin des agréments",
            passees + a_venir
        );
        bilan.noter(Probleme::new(Motif::RenouvellementPasse, lieu, detail));
    }
    a_venir > passees
}
