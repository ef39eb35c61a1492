//! Counts of the Caf by IRIS, brought together by commune.

use super::{Comptes, Mesure, Releve, annee_de_la_ligne};
use crate::quality::{Bilan, Lieu, Motif, Probleme, Statut};
use crate::sources::disposition::Tableau;
use crate::tables::Ingestion;
use crate::tables::cases::{Case, ColonneDeComptes, lire_cases};
use crate::tables::ingestion::Communes;
use crate::tables::repetitions::{LigneLue, une_par_cle};
use polars::prelude::PolarsResult;

/// What the observatory takes of those files. Their column `AM` counts households (one parent alone),
/// never childminders: it has no measure.
const MESURES: [Mesure; 2] = [Mesure::Enfants02, Mesure::Enfants35];

/// Length of the code of an IRIS, and of the commune that begins it.
const LONGUEUR: usize = 9;
const COMMUNE: usize = 5;

impl Comptes {
    /// Reads counts by IRIS. A blank cell is withheld; a commune sums the IRIS that are known and says how
    /// many it has.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire_iris(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Self> {
        let mut communes = Communes::new(ingestion.rapprocheur);
        let (mut releve, mut lues) = (Releve::default(), Vec::new());
        let colonne = |m: Mesure| Some((m, ColonneDeComptes::new(tableau.colonne(m.mot())?)));
        let colonnes: Vec<_> = MESURES.into_iter().filter_map(colonne).collect();
        let codes =
            tableau.colonne("code_iris").into_iter().flat_map(|colonne| colonne.valeurs.iter().flatten());
        let des_iris = codes.into_iter().any(|code| rendre_le_zero(code).len() == LONGUEUR);
        for rang in 0..tableau.hauteur() {
            let brut = tableau.cellule(rang, "code_iris").unwrap_or_default();
            let lieu = tableau.lieu(rang, "code_iris");
            let iris = rendre_le_zero(brut);
            // The commune itself, among its Iris, is their sum.
            if des_iris && iris.len() <= COMMUNE {
                bilan.noter(
                    Probleme::new(Motif::AutreNiveau, lieu, "c’est la commune, et non un Iris")
                        .avec_valeur(brut),
                );
                continue;
            }
            let commune = iris.get(..COMMUNE).unwrap_or(&iris);
            let Some(commune) = communes.situer((None, Some(commune)), || lieu, bilan) else { continue };
            let Some(annee) = annee_de_la_ligne(tableau, rang, ingestion.date, bilan) else { continue };
            let cellules = colonnes.iter().map(|(mesure, c)| (*mesure, lire_cellule(tableau, rang, c)));
            let Some(cellules) = lire_cases(cellules, bilan) else { continue };
            lues.push(LigneLue { rang, cle: (annee, commune.code, iris), cases: cellules });
        }
        for ligne in une_par_cle(tableau, lues, &[], bilan) {
            let (annee, code, _) = ligne.cle;
            for (mesure, valeur, statut) in ligne.cases {
                releve.ajouter((annee, code, mesure), valeur, statut, false);
            }
        }
        communes.conclure(bilan);
        dire_les_sommes_partielles(&releve, tableau.origine.lieu(), bilan);
        releve.conclure(tableau, ingestion, bilan)
    }
}

/// The code of an IRIS, with the leading zero that a spreadsheet ate.
fn rendre_le_zero(brut: &str) -> String {
    let net = brut.strip_suffix(".0").unwrap_or(brut);
    if net.len() + 1 == LONGUEUR && net.bytes().all(|b| b.is_ascii_digit()) {
        format!("0{net}")
    } else {
        net.to_owned()
    }
}

/// The count of a row. The file leaves blank what it withholds.
fn lire_cellule(tableau: &Tableau, rang: usize, colonne: &ColonneDeComptes<'_>) -> Result<Case, Probleme> {
    match colonne.colonne() {
        Some(c) if c.valeurs.get(rang).is_none() => Ok((None, Statut::SecretSource)),
        _ => colonne.lire(tableau, rang),
    }
}

fn dire_les_sommes_partielles(releve: &Releve, lieu: Lieu, bilan: &mut Bilan) {
    let partielles: Vec<String> = releve
        .sommes()
        .filter(|(_, s)| s.parties < s.attendues)
        .map(|((_, code, mesure), s)| format!("{code} {} {}/{}", mesure.mot(), s.parties, s.attendues))
        .collect();
    if partielles.is_empty() {
        return;
    }
    let suite = if partielles.len() > 5 { ", …" } else { "" };
    let detail = format!(
        "{} somme(s) dont des Iris sont secrets (connus/attendus) : {}{suite}",
        partielles.len(),
        partielles.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ")
    );
    bilan.noter(Probleme::new(Motif::SommePartielle, lieu, detail));
}
