//! What reading a source needs beside its cells.

use super::Pseudonymes;
use crate::quality::{Bilan, Lieu, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::territory::CodeCommune;
use crate::territory::rapprochement::{Methode, Rapprochement, Rapprocheur, ligne_a_coller};
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};

/// The context in which one source is read.
#[derive(Debug)]
pub struct Ingestion<'a> {
    /// Identifier of the source in the pipeline.
    pub source: &'a str,
    /// Day that the data speak of, as the pipeline says.
    pub date: NaiveDate,
    /// From names to codes.
    pub rapprocheur: &'a Rapprocheur<'a>,
    /// From names of people to pseudonyms.
    pub pseudonymes: &'a Pseudonymes,
}

/// Matches the communes of one file: each distinct text once, what is of elsewhere told once.
pub(super) struct Communes<'a> {
    rapprocheur: &'a Rapprocheur<'a>,
    connus: HashMap<(Option<String>, Option<String>), Rapprochement>,
    ailleurs: BTreeMap<CodeCommune, (String, u32)>,
    lieu_ailleurs: Option<Lieu>,
}

/// A commune that was found, and whether by today's name or code (not by an older one).
pub(super) struct CommuneTrouvee {
    pub(super) code: CodeCommune,
    pub(super) ancienne: bool,
}

impl<'a> Communes<'a> {
    pub(super) fn new(rapprocheur: &'a Rapprocheur<'a>) -> Self {
        Self { rapprocheur, connus: HashMap::new(), ailleurs: BTreeMap::new(), lieu_ailleurs: None }
    }

    /// The commune of a row; none if the row is to be left, which the tally then says.
    pub(super) fn trouver(
        &mut self,
        tableau: &Tableau,
        rang: usize,
        bilan: &mut Bilan,
    ) -> Option<CommuneTrouvee> {
        let texte = |champ: &str| tableau.cellule(rang, champ).map(str::to_owned);
        let (nom, code) = (texte("commune"), texte("code_commune"));
        let champ = if nom.is_some() { "commune" } else { "code_commune" };
        let vu = nom.clone().or_else(|| code.clone()).unwrap_or_default();
        let rapprocheur = self.rapprocheur;
        let trouve = self
            .connus
            .entry((nom, code))
            .or_insert_with_key(|(nom, code)| rapprocheur.rapprocher(nom.as_deref(), code.as_deref()))
            .clone();
        let mut a_coller = Vec::new();
        let (motif, detail) = match trouve {
            Rapprochement::Certain { code, methode } => {
                if methode.est_a_signaler() {
                    let detail = format!("lu comme {code} ({})", methode.libelle());
                    let probleme = Probleme::new(Motif::CommuneRapprochee, tableau.lieu(rang, champ), detail);
                    bilan.noter(probleme.avec_valeur(vu));
                }
                let ancienne = matches!(methode, Methode::AncienCode | Methode::AncienNom);
                return Some(CommuneTrouvee { code, ancienne });
            }
            Rapprochement::HorsPerimetre { code, nom } => {
                self.lieu_ailleurs.get_or_insert_with(|| tableau.lieu(rang, champ));
                self.ailleurs.entry(code).or_insert((nom, 0)).1 += 1;
                return None;
            }
            Rapprochement::Douteux { candidats } => {
                a_coller = candidats.iter().map(|(code, nom)| ligne_a_coller(&vu, *code, nom)).collect();
                (Motif::CommuneDouteuse, format!("à copier si c’est juste : {}", a_coller.join("  ou  ")))
            }
            Rapprochement::Inconnu => (
                Motif::CommuneInconnue,
                "aucune commune du territoire ne porte ce nom ni un nom proche".to_owned(),
            ),
            Rapprochement::Vide => (Motif::CommuneVide, String::new()),
        };
        let probleme = Probleme::new(motif, tableau.lieu(rang, champ), detail).avec_lignes_a_coller(a_coller);
        bilan.noter(if vu.is_empty() { probleme } else { probleme.avec_valeur(vu) });
        None
    }

    /// Tells once what was of elsewhere.
    pub(super) fn conclure(self, bilan: &mut Bilan) {
        let Some(mut lieu) = self.lieu_ailleurs else { return };
        let lignes: u32 = self.ailleurs.values().map(|(_, n)| n).sum();
        let mut noms: Vec<String> =
            self.ailleurs.iter().take(5).map(|(code, (nom, _))| nommer_commune(*code, nom)).collect();
        if self.ailleurs.len() > noms.len() {
            noms.push("…".to_owned());
        }
        lieu.ligne = if lignes == 1 { lieu.ligne } else { None };
        let quoi = if lignes == 1 { "ligne d’une autre commune" } else { "lignes d’autres communes" };
        let detail = format!("{lignes} {quoi} : {}", noms.join(", "));
        bilan.noter(Probleme { lignes, ..Probleme::new(Motif::CommuneHorsPerimetre, lieu, detail) });
    }
}

/// `Belloire (96016)`; the code alone where nothing gives the name.
fn nommer_commune(code: CodeCommune, nom: &str) -> String {
    if nom.is_empty() { format!("code {code}") } else { format!("{nom} ({code})") }
}
