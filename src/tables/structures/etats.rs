//! When a structure opened and closed: its dates, and what its row says of it in words.

use super::Ligne;
use crate::quality::{Bilan, Motif};
use crate::sources::valeurs::{self, EtatStructure, Periode};
use chrono::NaiveDate;

/// What a cell says of a structure being open: the field, the text, the state.
type Etat<'a> = (&'static str, &'a str, EtatStructure);

/// The state that a cell tells in words: « non » tells nothing without its header.
pub(super) fn en_mots(texte: &str) -> Option<EtatStructure> {
    valeurs::etat_structure(texte).ok().filter(|_| valeurs::oui_non(texte).is_err())
}

impl<'a> Ligne<'a> {
    /// Opening and closing; neither where the structure would close before it opens: which of them is
    /// wrong, the row does not tell. `None` if the row is set aside: closed since nobody knows when, or a project.
    pub(super) fn ouverture_et_fermeture(
        &self,
        jour: NaiveDate,
        bilan: &mut Bilan,
    ) -> Option<(Option<NaiveDate>, Option<NaiveDate>)> {
        let [ouverture, fermeture] = self.periodes(jour, bilan)?;
        let dates = (ouverture.map(Periode::debut), fermeture.map(Periode::fin));
        for (periode, retenue, champ) in
            [(ouverture, dates.0, "ouverture"), (fermeture, dates.1, "fermeture")]
        {
            let reserve = periode.zip(retenue).and_then(|(periode, retenue)| {
                periode.reserve(retenue, jour, self.tableau.lieu(self.rang, champ))
            });
            if let Some(probleme) = reserve {
                bilan.noter(probleme);
            }
        }
        let (Some(ouverture), Some(fermeture)) = dates else { return Some(dates) };
        if fermeture >= ouverture {
            return Some(dates);
        }
        let ecrire = |date: NaiveDate| date.format("%d/%m/%Y").to_string();
        let detail = format!("elle aurait ouvert le {}", ecrire(ouverture));
        let motif = Motif::FermetureAvantOuverture;
        bilan.noter(self.probleme(motif, "fermeture", detail, &ecrire(fermeture)));
        Some((None, None))
    }

    /// What the row tells of opening and closing; `None` if it is set aside.
    fn periodes(&self, jour: NaiveDate, bilan: &mut Bilan) -> Option<[Option<Periode>; 2]> {
        let mut etats: Vec<Etat<'_>> = self.etat(bilan).into_iter().collect();
        let [mut ouverture, mut fermeture] =
            ["ouverture", "fermeture"].map(|champ| self.periode(champ, &mut etats, bilan));
        fermeture = fermeture.or(ouverture.filter(|p| matches!(p, Periode::Du(..))));
        for (champ, texte, etat) in etats {
            let ecartee = match etat {
                EtatStructure::Ouverte(date) => {
                    ouverture = ouverture.or(date);
                    None
                }
                EtatStructure::Fermee(date) => {
                    fermeture = fermeture.or(date);
                    fermeture.is_none().then_some("depuis quand, la ligne ne le dit pas")
                }
                EtatStructure::Projet(date) => {
                    ouverture = ouverture.or(date);
                    let a_venir = ouverture.is_some_and(|periode| periode.debut() > jour);
                    (!a_venir).then_some("la ligne la dit en projet")
                }
            };
            if let Some(detail) = ecartee {
                bilan.noter(self.probleme(Motif::StructureFermee, champ, detail, texte));
                return None;
            }
        }
        Some([ouverture, fermeture])
    }

    /// A date, a month or a year; what a cell says in words joins the states of the row.
    fn periode(&self, champ: &'static str, etats: &mut Vec<Etat<'a>>, bilan: &mut Bilan) -> Option<Periode> {
        let brut = self.texte(champ)?;
        let erreur = match valeurs::periode(brut) {
            // A structure closes on a day: from one day to another, it is closed for a time.
            Ok(Periode::Du(..)) if champ == "fermeture" => {
                let detail =
                    "une fermeture de quelques jours ou de quelques mois n’est pas celle de la structure";
                bilan.noter(self.probleme(Motif::DateIllisible, champ, detail, brut));
                return None;
            }
            Ok(lue) => return Some(lue),
            Err(erreur) => erreur,
        };
        let etat = match valeurs::oui_non(brut) {
            // « Fermeture : oui », « Ouverture : non ».
            Ok(Some(oui)) if oui == (champ == "fermeture") => Ok(EtatStructure::Fermee(None)),
            Ok(_) => return None,
            Err(_) => valeurs::etat_structure(brut),
        };
        match etat {
            Ok(etat) => etats.push((champ, brut, etat)),
            Err(_) => bilan.noter(self.probleme(Motif::DateIllisible, champ, erreur.detail, brut)),
        }
        None
    }

    /// The state of the row: its column, or else another one that tells it in passing, as « Statut », « Projet de
    /// micro-crèche » and « Les Lutins (fermée) » do.
    fn etat(&self, bilan: &mut Bilan) -> Option<Etat<'a>> {
        if let Some(brut) = self.texte("etat").filter(|brut| !valeurs::est_manquant(brut)) {
            match valeurs::etat_structure(brut) {
                Ok(etat) => return Some(("etat", brut, etat)),
                Err(erreur) => bilan.noter(erreur.a(self.tableau.lieu(self.rang, "etat")).avec_valeur(brut)),
            }
        }
        let statut = self.texte("gestionnaire").filter(|texte| valeurs::gestionnaire(texte).is_err());
        let (genre, nom) = (self.texte("type"), self.texte("nom"));
        let entre_parentheses = nom.and_then(|nom| Some(nom.split_once('(')?.1.split_once(')')?.0));
        let apres_un_tiret =
            |texte: Option<&'a str>| Some(texte?.rsplit_once([',', ';']).or(texte?.rsplit_once(" - "))?.1);
        let lus = [
            ("gestionnaire", statut),
            ("type", genre),
            ("type", apres_un_tiret(genre)),
            ("nom", entre_parentheses),
            ("nom", apres_un_tiret(nom)),
            ("nom", nom.and_then(fin_datee)),
            ("nom", self.remarque()),
        ];
        lus.into_iter().find_map(|(champ, texte)| {
            let texte = texte?.trim();
            let etat = en_mots(texte)?;
            let en_clair = match etat {
                // « Ouverture sept. 2025 » beside a name.
                EtatStructure::Ouverte(date) => champ == "nom" && date.is_some(),
                EtatStructure::Fermee(_) => true,
                EtatStructure::Projet(_) => valeurs::replier(texte).split(' ').any(|mot| mot == "projet"),
            };
            en_clair.then_some((champ, texte, etat))
        })
    }

    /// What a column of remarks says of the structure being closed, and not of a section of it, nor of what it plans.
    fn remarque(&self) -> Option<&'a str> {
        let debuts = ["observation", "remarque", "commentaire"];
        let est_une_remarque = |entete: &str| debuts.iter().any(|d| valeurs::replier(entete).starts_with(d));
        let colonne = self.tableau.autres.iter().find(|colonne| est_une_remarque(&colonne.entete))?;
        let texte = colonne.valeurs.get(self.rang)?;
        let replie = valeurs::replier(texte);
        (replie.starts_with("ferme ")
            || replie.starts_with("fermee")
            || replie.contains("fermeture definitive"))
        .then_some(texte)
    }
}

/// « Les Lutins FERMÉE AU 31/08/2024 »: the words from that one on, if a date follows.
fn fin_datee(nom: &str) -> Option<&str> {
    let debuts = ["fermee", "fermeture", "ouverture", "ouvre"];
    let mots = nom.split_whitespace();
    let mot = mots.skip(1).find(|mot| debuts.iter().any(|d| valeurs::replier(mot).starts_with(d)))?;
    let fin = &nom[nom.find(mot)?..];
    valeurs::periode_a_la_fin(fin).map(|_| fin)
}
