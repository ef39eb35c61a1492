//! An answer that stands twice, in a file or in two exports of one questionnaire, is one answer.

use super::{Reponses, moments, nom_technique};
use crate::quality::{Bilan, Lieu, Motif, Probleme};
use crate::sources::disposition::{ColonneTexte, Tableau};
use polars::prelude::*;
use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Of those, the ones that number the answers.
const NUMEROS: [&str; 6] =
    ["id", "id de la reponse", "response id", "numero", "numero de la reponse", "numero d enregistrement"];

impl Reponses {
    /// Takes out of the files of one questionnaire the answers that stand in a later one: an export holds those before it.
    /// Gives what is to be told, with the source that it is told to.
    ///
    /// # Errors
    /// Only if a frame lacks a column of the table.
    pub fn departager(parties: &mut [Self]) -> PolarsResult<Vec<(String, Probleme)>> {
        let jour = |partie: &Self| -> PolarsResult<Option<i32>> {
            Ok(partie.trame.column("date_observation")?.date()?.physical().iter().next().flatten())
        };
        let source = |partie: &Self| -> PolarsResult<String> {
            Ok(partie.trame.column("source")?.str()?.iter().next().flatten().unwrap_or_default().to_owned())
        };
        let mut ordre: Vec<usize> = (0..parties.len()).collect();
        let jours = parties.iter().map(jour).collect::<PolarsResult<Vec<_>>>()?;
        ordre.sort_by_key(|rang| jours[*rang]);
        let mut dits = Vec::new();
        for (position, rang) in ordre.iter().enumerate() {
            for autre in &ordre[position + 1..] {
                let (ici, la) = (&parties[*rang], &parties[*autre]);
                if !ici.questionnaires.keys().eq(la.questionnaires.keys()) {
                    continue;
                }
                let la_bas: BTreeSet<u64> = la.empreintes.values().copied().collect();
                let communs = ici.empreintes.iter().filter(|(_, empreinte)| la_bas.contains(empreinte));
                let communs: Vec<u32> = communs.map(|(repondant, _)| *repondant).collect();
                if communs.is_empty() {
                    continue;
                }
                let detail = format!(
                    "{} réponse(s), mot pour mot et au même moment, sont aussi dans « {} » : comptées une fois, avec celui-là",
                    communs.len(),
                    source(la)?
                );
                dits.push((
                    source(ici)?,
                    Probleme::new(Motif::ReponsesDeDeuxExports, Lieu::default(), detail),
                ));
                let communs: BTreeSet<u32> = communs.into_iter().collect();
                let restent: BooleanChunked = ici
                    .trame
                    .column("repondant")?
                    .u32()?
                    .iter()
                    .map(|r| r.map(|r| !communs.contains(&r)))
                    .collect();
                let trame = ici.trame.filter(&restent)?;
                let ici = &mut parties[*rang];
                ici.empreintes.retain(|repondant, _| !communs.contains(repondant));
                ici.trame = trame;
            }
        }
        Ok(dits)
    }
}

/// Rows that the tool numbered or timed, and that are in the file already: somebody pasted an export twice. Two rows that
/// say the same without a number nor a moment may be of two people.
pub(super) struct Doublons<'t> {
    /// False for a file in which nothing tells one row from another of the same words.
    se_distinguent: bool,
    vues: HashSet<Vec<Option<&'t str>>>,
    doubles: Option<(Lieu, u32)>,
}

impl<'t> Doublons<'t> {
    pub(super) fn new(tableau: &'t Tableau) -> Self {
        // A number of the answer, or when it came: every row has its own.
        let distingue = |colonne: &ColonneTexte| {
            let entete = nom_technique(&colonne.entete);
            NUMEROS.contains(&entete.as_str()) || moments::est_un_moment(&entete)
        };
        // A day is that of many, and tells none of them from another.
        let se_distinguent = tableau.autres.iter().filter(|colonne| distingue(colonne)).any(|colonne| {
            let distinctes: HashSet<&str> = colonne.valeurs.iter().flatten().collect();
            distinctes.len() * 2 > tableau.hauteur()
        });
        Self { se_distinguent, vues: HashSet::new(), doubles: None }
    }

    /// What a row says, as a number; none where nothing tells it from another of the same words.
    pub(super) fn empreinte(&self, tableau: &Tableau, rang: usize) -> Option<u64> {
        let mut hacheur = DefaultHasher::new();
        // Columns may be in another order in another export, and one of them may be new.
        let mut cellules: Vec<(&str, &str)> = tableau
            .autres
            .iter()
            .filter_map(|colonne| Some((colonne.entete.as_str(), colonne.valeurs.get(rang)?)))
            .collect();
        cellules.sort_unstable();
        cellules.hash(&mut hacheur);
        self.se_distinguent.then(|| hacheur.finish())
    }

    pub(super) fn est_deja_la(&mut self, tableau: &'t Tableau, rang: usize) -> bool {
        if !self.se_distinguent {
            return false;
        }
        let cellules: Vec<Option<&str>> = tableau.autres.iter().map(|c| c.valeurs.get(rang)).collect();
        if self.vues.insert(cellules) {
            return false;
        }
        self.doubles.get_or_insert_with(|| (tableau.lieu_ligne(rang), 0)).1 += 1;
        true
    }

    pub(super) fn conclure(self, bilan: &mut Bilan) {
        let Some((lieu, lignes)) = self.doubles else { return };
        let lieu = Lieu { ligne: lieu.ligne.filter(|_| lignes == 1), ..lieu };
        let detail = format!("{lignes} ligne(s) déjà lue(s), mot pour mot et au même moment");
        bilan.noter(Probleme { lignes, ..Probleme::new(Motif::ReponseEnDouble, lieu, detail) });
    }
}
