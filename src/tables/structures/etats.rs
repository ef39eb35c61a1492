//! When a structure opened and closed: its dates, and what its row says of it in words.

use super::Ligne;
use crate::quality::{Bilan, Lieu, Motif, Probleme};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::{self, EtatStructure, Periode};
use chrono::NaiveDate;

/// In place of a field: the column of remarks, which is none.
const REMARQUE: &str = "remarque";

/// What a cell says of a structure being open: the field, the text, the state.
type Etat<'a> = (&'static str, &'a str, EtatStructure);

/// The state that a cell tells in words: « non » tells nothing without its header.
pub(super) fn en_mots(texte: &str) -> Option<EtatStructure> {
    valeurs::etat_structure(texte).ok().filter(|_| valeurs::oui_non(texte).is_err())
}

/// True for a title such as « Structures fermées », « Projets », « Fermées en 2024 », « Ouvertures prévues en 2025 ».
pub(super) fn titre_de_ce_qui_n_est_pas_ouvert(texte: &str) -> bool {
    let replie = valeurs::replier(texte);
    let nomme = |debuts: &[&str]| replie.split(' ').any(|mot| debuts.iter().any(|d| mot.starts_with(d)));
    let court = replie.split(' ').count() <= 5;
    court && nomme(&["fermee", "fermes", "fermet", "projet", "prevu", "venir", "futur", "ancien"])
}

/// A census without its column « Date de fin » as that of closings, where another column speaks of a convention, of a
/// contract, of an authorisation: it is their end, unless the pipeline says otherwise, which is told.
pub fn sans_fin_de_convention(tableau: &Tableau, bilan: &mut Bilan) -> Option<Tableau> {
    const ACTES: [&str; 11] = [
        "convention",
        "contrat",
        "dsp",
        "agrement",
        "autoris",
        "bail",
        "marche",
        "debut",
        "avis",
        "financ",
        "delegation",
    ];
    let fin =
        tableau.colonne("fermeture").filter(|colonne| valeurs::replier(&colonne.entete) == "date de fin")?;
    let dit = |colonne: &ColonneTexte| {
        valeurs::replier(&colonne.entete)
            .split(' ')
            .any(|mot| ACTES.iter().any(|debut| mot.starts_with(debut)))
    };
    tableau.champs.values().chain(&tableau.autres).any(dit).then(|| {
        let detail = format!(
            "« {0} » est tenue pour la fin d’une convention ; si c’est la fermeture des structures, à ajouter à la source : colonnes = {{ fermeture = \"{0}\" }}",
            fin.entete
        );
        let lieu = Lieu { ligne: None, ..tableau.lieu_colonne(0, fin) };
        bilan.noter(Probleme::new(Motif::ColonneNonEmployee, lieu, detail));
        let mut sans = tableau.clone();
        sans.autres.push(fin.clone());
        sans.champs.remove("fermeture");
        sans
    })
}

impl<'a> Ligne<'a> {
    /// True if a column of states says of the row what nobody understands.
    pub(super) fn etat_inconnu(&self) -> bool {
        let etat = self.texte("etat").filter(|brut| !valeurs::est_manquant(brut) && !dit_qui_gere(brut));
        etat.is_some_and(|brut| valeurs::etat_structure(brut).is_err())
    }

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
                let probleme = self.probleme(Motif::StructureFermee, champ, detail, texte);
                let remarques = self.colonne_des_remarques().filter(|_| champ == REMARQUE);
                let lieu = remarques.map(|colonne| self.tableau.lieu_colonne(self.rang, colonne));
                bilan.noter(Probleme { lieu: lieu.unwrap_or_else(|| probleme.lieu.clone()), ..probleme });
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
            // « Rentrée 2025 »: the year is told.
            Err(_) if champ == "ouverture" && annee_dite(brut).is_some() => return annee_dite(brut),
            Err(_) => bilan.noter(self.probleme(Motif::DateIllisible, champ, erreur.detail, brut)),
        }
        None
    }

    /// The state of the row: its column, or else another one that tells it in passing, as « Statut », « Projet de
    /// micro-crèche » and « Les Lutins (fermée) » do.
    fn etat(&self, bilan: &mut Bilan) -> Option<Etat<'a>> {
        let dit = |brut: &&str| !valeurs::est_manquant(brut) && !dit_qui_gere(brut);
        if let Some(brut) = self.texte("etat").filter(dit) {
            match valeurs::etat_structure(brut) {
                Ok(etat) => return Some(("etat", brut, etat)),
                Err(erreur) => bilan.noter(erreur.a(self.tableau.lieu(self.rang, "etat")).avec_valeur(brut)),
            }
        }
        let statut = self.texte("gestionnaire").filter(|texte| valeurs::gestionnaire(texte).is_err());
        let lus = [("gestionnaire", statut), ("type", self.texte("type"))];
        let en_passant = ["type", "nom"].into_iter().flat_map(|champ| {
            self.texte(champ).into_iter().flat_map(morceaux).map(move |morceau| (champ, Some(morceau)))
        });
        let trouve = lus.into_iter().chain(en_passant).find_map(|(champ, texte)| {
            let texte = texte?.trim();
            let etat = en_mots(texte)?;
            let replie = valeurs::replier(texte);
            let entier = self.texte(champ) == Some(texte);
            let en_clair = match etat {
                // « Bulle - ouverture sept. 2025 ».
                EtatStructure::Ouverte(date) => !entier && date.is_some(),
                EtatStructure::Fermee(_) => true,
                // A structure has projects too: « projet Montessori ».
                EtatStructure::Projet(_) if entier => {
                    replie.starts_with("projet") || format!(" {replie} ").contains(" en projet ")
                }
                EtatStructure::Projet(date) => {
                    date.is_some() || matches!(replie.as_str(), "projet" | "en projet" | "a l etude")
                }
            };
            en_clair.then_some((champ, texte, etat))
        });
        trouve.or_else(|| self.remarque().and_then(|texte| Some((REMARQUE, texte, en_mots(texte)?))))
    }

    fn colonne_des_remarques(&self) -> Option<&'a ColonneTexte> {
        let debuts = ["observation", "remarque", "commentaire"];
        let est_une_remarque = |entete: &str| debuts.iter().any(|d| valeurs::replier(entete).starts_with(d));
        self.tableau.autres.iter().find(|colonne| est_une_remarque(&colonne.entete))
    }

    /// What a column of remarks says of the structure being closed for good, or not open yet; not what it says of a section
    /// of it, of its weeks, of its holidays, nor of its plans.
    fn remarque(&self) -> Option<&'a str> {
        const AUTRE_CHOSE: [&str; 11] = [
            "rouv",
            "reouv",
            "section",
            "unite",
            "evit",
            "partiel",
            "tempor",
            "travaux",
            "extension",
            "agrandi",
            "jusqu",
        ];
        // « Juillet 2024 » is that of holidays, unless it is for good.
        const UN_TEMPS: [&str; 11] = [
            "vacance", "conge", "noel", "ete", "aout", "juillet", "lundi", "mercredi", "vendredi", "samedi",
            "semaine",
        ];
        let texte = self.colonne_des_remarques()?.valeurs.get(self.rang)?;
        let replie = valeurs::replier(texte);
        let dit =
            |mots: &[&str]| replie.split(' ').any(|mot| mots.iter().any(|debut| mot.starts_with(debut)));
        let definitive = dit(&["definitiv", "cess"]);
        // « Fermée depuis juillet 2023 » is still.
        let depuis = replie.split(' ').any(|mot| mot == "depuis");
        if dit(&AUTRE_CHOSE) || dit(&UN_TEMPS) && !definitive && !depuis {
            return None;
        }
        // Among its first words: what is said further on may be of something else.
        let mot = texte.split_whitespace().take(3).find(|mot| {
            let etats = ["ferme", "fermee", "fermeture", "ouverture", "ouvre", "projet"];
            etats.contains(&valeurs::replier(mot).as_str())
        })?;
        let suite = &texte[texte.find(mot)?..];
        let suite = suite.split_once(':').map_or(suite, |(avant, _)| avant).trim();
        let datee = valeurs::periode_a_la_fin(suite).is_some();
        let seule = suite.split_whitespace().count() == 1;
        match valeurs::replier(mot).as_str() {
            "fermeture" => definitive.then_some(suite),
            "ferme" | "fermee" => (definitive || seule || datee).then_some(suite),
            // « Projet pédagogique 2024 » is that of a structure that is open.
            "projet" => {
                const D_OUVERTURE: [&str; 5] = ["ouvert", "creat", "implant", "construct", "prev"];
                let ouvre = dit(&D_OUVERTURE);
                let nue =
                    suite.split_whitespace().skip(1).all(|mot| valeurs::periode_a_la_fin(mot).is_some());
                (datee && (ouvre || nue) || seule).then_some(texte)
            }
            _ => datee.then_some(suite),
        }
    }
}

/// True where « Statut » tells who runs the structure (« Associatif »), and not whether it is open.
fn dit_qui_gere(texte: &str) -> bool {
    valeurs::gestionnaire(texte).is_ok() && valeurs::etat_structure(texte).is_err()
}

/// What stands beside a name or a type: between parentheses or brackets, after a dash or a slash, and from the word that
/// tells of closing or opening on, if a date follows.
fn morceaux(texte: &str) -> Vec<&str> {
    let entre = |ouvre: char, ferme: char| Some(texte.split_once(ouvre)?.1.split_once(ferme)?.0);
    // What a parenthesis says of another structure is none of this one: « (ex-Bulle, fermée en 2020) ».
    let hors = |c: char| texte.split(c).next().unwrap_or_default();
    let nu = if texte.contains('(') { hors('(') } else { hors('[') };
    let apres = |separateur: &str| nu.rsplit_once(separateur).map(|(_, apres)| apres);
    let parentheses = [entre('(', ')'), entre('[', ']')].into_iter().flatten();
    let parentheses = parentheses.filter(|dedans| !valeurs::replier(dedans).starts_with("ex"));
    let suites = [apres(" - "), apres(" \u{2013} "), apres(" / ")].into_iter().flatten();
    parentheses.chain(suites).chain(fin_dite(nu)).collect()
}

/// The one year that words hold: « 30/02/2015 » is a mistake.
fn annee_dite(texte: &str) -> Option<Periode> {
    if !texte.contains(char::is_alphabetic) {
        return None;
    }
    let annees = texte.split(|c: char| !c.is_ascii_digit()).filter(|chiffres| chiffres.len() == 4);
    let lues: Vec<Periode> = annees.filter_map(|annee| valeurs::periode(annee).ok()).collect();
    match lues.as_slice() {
        [seule] => Some(*seule),
        _ => None,
    }
}

/// « Les Lutins FERMÉE AU 31/08/2024 »: the words from that one on, if a date follows, or if it is the last.
fn fin_dite(nom: &str) -> Option<&str> {
    let debuts = ["fermee", "fermeture", "ouverture", "ouvre"];
    let mot = |mot: &&str| debuts.iter().any(|d| valeurs::replier(mot).starts_with(d));
    let mot = nom.split_whitespace().skip(1).find(mot)?;
    let fin = nom[nom.find(mot)?..].trim();
    // « FERMÉE », in capitals or at the end of a type; « La Barrière fermée » is a name.
    let criee = fin == mot && mot.chars().all(|c| !c.is_lowercase());
    (valeurs::periode_a_la_fin(fin).is_some() || criee).then_some(fin)
}
