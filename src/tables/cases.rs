//! Cells of counts: how their column writes numbers, and what becomes of a row of which one cannot be read.

use crate::quality::{Bilan, Motif, Probleme, Statut};
use crate::sources::disposition::{Annuelles, ColonneTexte, Tableau};
use crate::sources::valeurs::{self, Compte, ValeurInvalide};

/// A figure, or why there is none.
pub(super) type Case = (Option<f64>, Statut);

/// A column of whole counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct ColonneDeComptes<'t> {
    /// None where several columns may be it: its counts are then not known.
    colonne: Option<&'t ColonneTexte>,
    /// `1.092` is 1 092.
    point_de_milliers: bool,
}

impl<'t> ColonneDeComptes<'t> {
    pub(super) fn new(colonne: &'t ColonneTexte) -> Self {
        let point_de_milliers = valeurs::points_de_milliers(colonne.valeurs.iter().flatten());
        Self { colonne: Some(colonne), point_de_milliers }
    }

    /// The counts of a year of which no column is read.
    pub(super) fn refusee() -> Self {
        Self { colonne: None, point_de_milliers: false }
    }

    pub(super) fn colonne(&self) -> Option<&'t ColonneTexte> {
        self.colonne
    }

    /// The count of a row.
    pub(super) fn lire(&self, tableau: &Tableau, rang: usize) -> Result<Case, Probleme> {
        let Some(colonne) = self.colonne else { return Ok((None, Statut::NonDisponible)) };
        let brut = colonne.valeurs.get(rang).unwrap_or_default();
        let lu = match valeurs::effectif(brut, self.point_de_milliers) {
            Ok(Compte::Valeur(0.0)) if tableau.zeros_masques.is_some() => Ok(Compte::Secret),
            lu => lu,
        };
        typer(lu, brut).map_err(|p| Probleme { lieu: tableau.lieu_colonne(rang, colonne), ..p })
    }
}

/// The columns of one year each, whatever they count; those that are refused give counts that are not known.
pub(super) fn par_colonne<'t>(annuelles: &Annuelles<'t>) -> Vec<(Option<i32>, ColonneDeComptes<'t>)> {
    let lues =
        annuelles.lues.iter().map(|(annee, _, colonne)| (Some(*annee), ColonneDeComptes::new(colonne)));
    let refusees = annuelles.refusees.iter().map(|(annee, ..)| (Some(*annee), ColonneDeComptes::refusee()));
    lues.chain(refusees).collect()
}

/// A number that need not be whole: a rate, or a count that the census weighs.
pub(super) fn lire_quantite(tableau: &Tableau, rang: usize, champ: &str) -> Result<Case, Probleme> {
    let brut = tableau.cellule(rang, champ).unwrap_or_default();
    typer(valeurs::compte(brut), brut).map_err(|p| Probleme { lieu: tableau.lieu(rang, champ), ..p })
}

/// A count that the census weighs: it need not be whole, but it is no share.
pub(super) fn lire_effectif_pondere(tableau: &Tableau, rang: usize, champ: &str) -> Result<Case, Probleme> {
    let brut = tableau.cellule(rang, champ).unwrap_or_default();
    if brut.contains('%') {
        let detail = "c’est une part, et non un nombre";
        return Err(
            Probleme::new(Motif::NombreIllisible, tableau.lieu(rang, champ), detail).avec_valeur(brut)
        );
    }
    lire_quantite(tableau, rang, champ)
}

fn typer(lu: Result<Compte, ValeurInvalide>, brut: &str) -> Result<Case, Probleme> {
    match lu {
        Ok(Compte::Valeur(valeur)) => Ok((Some(valeur), Statut::Observe)),
        Ok(Compte::Secret) => Ok((None, Statut::SecretSource)),
        Ok(Compte::NonDisponible) => Ok((None, Statut::NonDisponible)),
        Err(erreur) => Err(erreur.a(crate::quality::Lieu::default()).avec_valeur(brut)),
    }
}

/// The cells of a row, each with what it is of. One that cannot be read is told and not known; the row is rejected
/// only where none can.
pub(super) fn lire_cases<T>(
    cases: impl IntoIterator<Item = (T, Result<Case, Probleme>)>,
    bilan: &mut Bilan,
) -> Option<Vec<(T, Option<f64>, Statut)>> {
    let mut illisibles = Vec::new();
    let lues: Vec<_> = cases
        .into_iter()
        .map(|(cle, lue)| {
            let (valeur, statut) = lue.unwrap_or_else(|probleme| {
                illisibles.push(probleme);
                (None, Statut::NonDisponible)
            });
            (cle, valeur, statut)
        })
        .collect();
    if !illisibles.is_empty() && illisibles.len() == lues.len() {
        bilan.noter(illisibles.swap_remove(0));
        return None;
    }
    for probleme in illisibles {
        bilan.noter(Probleme { motif: Motif::CompteIllisible, ..probleme });
    }
    Some(lues)
}
