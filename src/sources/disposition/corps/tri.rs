//! The rows of a sheet, one after the other: which are of the table, and under which title the others stand.

use super::super::entetes::{Reperage, citer};
use super::super::mots;
use super::Juge;
use crate::quality::{Motif, Probleme};
use std::collections::BTreeMap;

/// Notes that are kept.
const NOTES_MAX: usize = 100;

/// What became of each row.
#[derive(Default)]
pub(super) struct Tri {
    /// Rows of data that stand above the header.
    pub(super) au_dessus: Vec<usize>,
    /// Ranks of the rows of the table.
    pub(super) gardees: Vec<u32>,
    /// One problem for each other row.
    pub(super) ecartees: Vec<Probleme>,
    /// The cells of each row that is shifted or cut.
    pub(super) decalees: Vec<Vec<String>>,
    /// Texts alone in their row.
    pub(super) notes: Vec<String>,
    /// Columns of counts of which a text below the header says that they are other ones.
    pub(super) changees: BTreeMap<usize, String>,
}

/// Under what the current row stands.
#[derive(Default)]
struct Sous<'g> {
    /// The title of what is no longer the table.
    hors_du_tableau: Option<&'g str>,
    /// The first row below it under another title, that nothing explains.
    incertaines: Option<usize>,
    /// A list set out by communes: the next one of them ends what stands under such a title.
    par_communes: bool,
    /// The header of another table.
    autre_tableau: Option<String>,
    /// What counts the people of a list by commune, below it.
    recapitulatif: bool,
}

impl<'g> Sous<'g> {
    /// Takes the title, or the header, that a row is.
    fn lire(&mut self, juge: &Juge<'g>, rang: usize, sections: bool) {
        if let Some(titre) = juge.texte_seul(rang).filter(|_| sections) {
            let d_un_groupe = juge.est_le_titre_d_un_groupe(rang, titre);
            match mots::sort_de_la_liste(titre) {
                None if d_un_groupe && (self.par_communes || self.hors_du_tableau.is_none()) => {
                    self.par_communes = true;
                    (self.hors_du_tableau, self.incertaines) = (None, None);
                }
                Some(sort) => (self.hors_du_tableau, self.incertaines) = (sort.then_some(titre), None),
                None if self.hors_du_tableau.is_some() => {
                    self.incertaines = self.incertaines.or(Some(rang));
                }
                None => {}
            }
        }
        self.recapitulatif &= self.hors_du_tableau.is_some();
        if self.recapitulatif && (juge.repete_l_entete(rang) || juge.est_une_ligne_de_la_liste(rang)) {
            (self.recapitulatif, self.hors_du_tableau) = (false, None);
        } else if let Some(titre) = juge.titre_d_un_recapitulatif(rang) {
            (self.recapitulatif, self.hors_du_tableau) = (true, Some(titre));
        }
        if self.autre_tableau.is_some() && juge.repete_l_entete(rang) {
            self.autre_tableau = None;
        } else if juge.commence_un_autre_tableau(rang) {
            self.autre_tableau = Some(citer(juge.grille.ligne(rang).map(|(_, texte)| texte)));
        }
    }
}

/// Goes through the rows of a sheet.
pub(super) fn trier(juge: &Juge<'_>, reperage: &Reperage, colonnes: &BTreeMap<String, usize>) -> Tri {
    let grille = juge.grille;
    // Of counts, nobody leaves: « données arrêtées au 30 juin » is a note.
    let sections = colonnes.len() > 1 && juge.comptes.is_empty();
    let cellules_de = |rang: usize| grille.ligne(rang).map(|(_, texte)| texte.to_owned()).collect::<Vec<_>>();
    let mut tri = Tri::default();
    // Rows that a sort has put above the header.
    tri.au_dessus.extend((0..reperage.debut).filter(|rang| juge.est_au_dessus(*rang)));
    for rang in &tri.au_dessus {
        let detail = "cette ligne est au-dessus de la ligne d’en-tête : remontez celle-ci en haut du tableau";
        tri.ecartees.push(Probleme::new(Motif::LargeurInattendue, grille.lieu(*rang), detail));
        tri.decalees.push(cellules_de(*rang));
    }
    let (mut sous, mut sous_un_titre) = (Sous::default(), Vec::new());
    for rang in reperage.fin..grille.hauteur() {
        let seul = juge.texte_seul(rang).filter(|_| grille.colonnes.len() > 1);
        tri.notes.extend(seul.filter(|_| tri.notes.len() < NOTES_MAX).map(str::to_owned));
        if juge.precise_l_entete(rang) {
            let changees = grille
                .ligne(rang)
                .filter(|(c, texte)| !juge.repete_des_mots(*c, texte) && !mots::precise_sans_changer(texte));
            tri.changees.extend(changees.map(|(colonne, texte)| (colonne, texte.to_owned())));
        }
        sous.lire(juge, rang, sections);
        let probleme = match (sous.hors_du_tableau, &sous.autre_tableau) {
            (Some(titre), _) => {
                if !sous.recapitulatif {
                    sous_un_titre.push((rang, sous.incertaines.is_some()));
                }
                Some(if sous.recapitulatif {
                    juge.d_un_recapitulatif(rang)
                } else {
                    juge.hors_du_tableau(rang, titre)
                })
            }
            (None, Some(entetes)) => Some(juge.d_un_autre_tableau(rang, entetes)),
            (None, None) => juge.ecarter(rang),
        };
        match probleme {
            None => tri.gardees.push(u32::try_from(rang).unwrap_or(u32::MAX)),
            Some(probleme) => {
                if probleme.motif == Motif::LargeurInattendue {
                    tri.decalees.push(cellules_de(rang));
                }
                tri.ecartees.push(probleme);
            }
        }
    }
    // More than stay: that was no title of a section, perhaps.
    let trop = sous_un_titre.len() > tri.gardees.len();
    let douteuses = sous_un_titre.into_iter().filter(|(_, doute)| *doute || trop);
    tri.decalees.extend(douteuses.map(|(rang, _)| cellules_de(rang)));
    tri
}
