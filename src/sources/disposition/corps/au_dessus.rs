//! Cells that are told by those above them: « idem », a commune written once for its group, a number merged over several rows.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Disposition;
use crate::quality::{Motif, Probleme};
use crate::sources::grille::{Cellules, Grille};
use crate::sources::valeurs::{entier, replier};

/// Fields whose cell « idem » is that of the row above.
const REPETES: [&str; 5] = ["commune", "code_commune", "type", "adresse", "code_postal"];

/// Fields that say of which commune a row is.
const COMMUNES: [&str; 2] = ["commune", "code_commune"];

/// What the rows of a table leave to those above them.
pub(super) struct AuDessus<'t> {
    /// Rank of the column of each field.
    colonnes: &'t BTreeMap<String, usize>,
    /// Ranks of the rows of the table.
    gardees: &'t [u32],
    /// What each of them is of, if the grid has merged cells.
    cles: Vec<Vec<Option<String>>>,
    /// Those that leave their commune out.
    sans_commune: BTreeSet<u32>,
}

impl<'t> AuDessus<'t> {
    pub(super) fn new(
        disposition: &Disposition,
        grille: &Grille,
        colonnes: &'t BTreeMap<String, usize>,
        gardees: &'t [u32],
    ) -> Self {
        let champs_cles: &[&str] = if colonnes.contains_key("nom") { &["nom"] } else { &COMMUNES };
        let cle = |rang: &u32| {
            let lire =
                |champ: &&str| Some(grille.cellule(*rang as usize, *colonnes.get(*champ)?)?.to_owned());
            // Each row that is named by what it counts counts something else.
            let ligne = disposition.lignes_nommees.then(|| rang.to_string());
            champs_cles.iter().map(lire).chain([ligne]).collect()
        };
        let cles = if grille.fusions.is_empty() { Vec::new() } else { gardees.iter().map(cle).collect() };
        Self { colonnes, gardees, cles, sans_commune: sous_leur_commune(grille, colonnes, gardees) }
    }

    /// What is to be told of the communes that are written once.
    pub(super) fn doute(&self, grille: &Grille) -> Option<Probleme> {
        let lieu = grille.lieu(*self.sans_commune.first()? as usize);
        let lignes = self.sans_commune.len();
        let detail =
            format!("{lignes} lignes sans commune sont lues comme de celle qui est écrite plus haut");
        Some(Probleme::new(Motif::CommuneParGroupe, lieu, detail))
    }

    /// For each row, the rank of the one whose cell tells it.
    pub(super) fn rangs(&self, colonne: usize, cellules: &Cellules) -> impl Iterator<Item = u32> {
        let est_l_un_de =
            |champs: &[&str]| champs.iter().any(|champ| self.colonnes.get(*champ) == Some(&colonne));
        let (repetee, d_une_commune) = (est_l_un_de(&REPETES), est_l_un_de(&COMMUNES));
        self.gardees.iter().scan(None, move |dit, rang| {
            let comme_au_dessus = repetee && cellules.get(*rang as usize).is_some_and(dit_idem)
                || d_une_commune && self.sans_commune.contains(rang);
            if !comme_au_dessus {
                *dit = Some(*rang);
            }
            Some(dit.unwrap_or(*rang))
        })
    }

    /// The rows of which a cell merged downwards holds the number, and that are of several things: it is of all of them
    /// together, and of each, nobody knows.
    pub(super) fn fusionnes(&self, grille: &Grille, colonne: usize, cellules: &Cellules) -> BTreeSet<u32> {
        let mut fusionnes = BTreeSet::new();
        let mut derniere = 0;
        for (_, debut, fin) in grille.fusions.iter().filter(|fusion| fusion.0 == colonne) {
            // A spreadsheet lets no two of them overlap.
            if *debut <= derniere {
                continue;
            }
            derniere = *fin;
            let ligne = |rang: &u32| grille.lignes.get(*rang as usize).copied().unwrap_or_default();
            let de = self.gardees.partition_point(|rang| ligne(rang) < *debut);
            let a = self.gardees.partition_point(|rang| ligne(rang) <= *fin);
            let plusieurs =
                self.cles.get(de..a).is_some_and(|cles| cles.windows(2).any(|paire| paire[0] != paire[1]));
            let nombre =
                |rang: &&u32| cellules.get(**rang as usize).is_some_and(|texte| entier(texte).is_ok());
            fusionnes.extend(self.gardees[de..a].iter().filter(nombre).filter(|_| plusieurs));
        }
        fusionnes
    }
}

/// « idem », « id. », « // », « " »: as above.
fn dit_idem(texte: &str) -> bool {
    matches!(
        texte.trim().trim_end_matches('.').to_lowercase().as_str(),
        "idem" | "id" | "//" | "\"" | "''" | "″" | "〃" | "»"
    )
}

/// The rows that leave the commune out because the first row of their group says it: each commune is written once, and most
/// rows say none, or the communes follow one another in the order of their names or codes, some rows between them. Empty for a
/// table of another look, where a row without a commune is of nobody knows which.
fn sous_leur_commune(grille: &Grille, colonnes: &BTreeMap<String, usize>, gardees: &[u32]) -> BTreeSet<u32> {
    // Of one of these, a row has one subject; answers to a survey have none, and may well keep their commune to themselves.
    if !["nom", "annee"].iter().any(|champ| colonnes.contains_key(*champ)) {
        return BTreeSet::new();
    }
    let commune = |rang: u32| {
        let dites = COMMUNES.iter().filter_map(|champ| grille.cellule(rang as usize, *colonnes.get(*champ)?));
        // « - » stands for the one above.
        let dites = dites.filter(|texte| texte.chars().any(char::is_alphanumeric));
        let dites: Vec<String> = dites.map(replier).collect();
        Some(dites).filter(|dites| !dites.is_empty())
    };
    // A title, or a count, is of no group.
    let remplies = |rang: u32| grille.ligne(rang as usize).count();
    let pleine = gardees.iter().map(|rang| remplies(*rang)).max().unwrap_or_default();
    let (mut dites, mut muettes, mut entre) = (Vec::new(), BTreeSet::new(), false);
    for rang in gardees {
        match commune(*rang) {
            Some(dite) => {
                entre |= !muettes.is_empty();
                dites.push(dite);
            }
            None if dites.is_empty() => return BTreeSet::new(),
            None if remplies(*rang) * 2 < pleine => {}
            None => drop(muettes.insert(*rang)),
        }
    }
    // A sort puts those that say none below all others.
    let en_ordre = dites.len() > 2 && dites.is_sorted() && entre;
    let differentes = dites.iter().collect::<BTreeSet<_>>().len();
    let par_groupes =
        differentes == dites.len() && dites.len() > 1 && (muettes.len() >= dites.len() || en_ordre);
    if par_groupes { muettes } else { BTreeSet::new() }
}
