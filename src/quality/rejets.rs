//! `rejets.csv`: what the person has to look at, in Excel's French dialect (`;`, BOM), so that a double
//! click opens it well.

use super::{Bilans, lettres_de_colonne, texte_sur};
use std::io::Write;

/// Writes every problem, one a line: source, gravity, code, what, file, sheet, line, column, value, detail,
/// advice, rows concerned.
///
/// # Errors
/// If the writer refuses.
pub fn ecrire_rejets(bilans: &Bilans, mut vers: impl Write) -> csv::Result<()> {
    vers.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::WriterBuilder::new().delimiter(b';').from_writer(vers);
    csv.write_record([
        "source",
        "gravite",
        "code",
        "probleme",
        "fichier",
        "feuille",
        "ligne",
        "colonne",
        "en_tete",
        "valeur",
        "precision",
        "que_faire",
        "lignes_concernees",
    ])?;
    for (bilan, probleme) in bilans.problemes() {
        let (lettres, entete) = probleme
            .lieu
            .colonne
            .as_ref()
            .map(|(position, nom)| (lettres_de_colonne(*position), nom.as_str()))
            .unwrap_or_default();
        csv.write_record([
            &sans_formule(&bilan.source),
            probleme.motif.gravite().libelle(),
            probleme.motif.code(),
            probleme.motif.titre(),
            &sans_formule(&probleme.lieu.fichier),
            &sans_formule(probleme.lieu.feuille.as_deref().unwrap_or_default()),
            &probleme.lieu.ligne.map(|l| l.to_string()).unwrap_or_default(),
            &lettres,
            &sans_formule(entete),
            &sans_formule(probleme.valeur.as_deref().unwrap_or_default()),
            &sans_formule(&probleme.detail),
            probleme.motif.conseil(),
            &probleme.lignes.to_string(),
        ])?;
    }
    csv.flush()?;
    Ok(())
}

/// The text of a cell of a csv: after an apostrophe if a spreadsheet would take it for a formula. What acts
/// on a terminal is shown as in [`texte_sur`].
pub fn sans_formule(texte: &str) -> String {
    let texte = texte_sur(texte);
    if texte.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{texte}") } else { texte.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::{Bilan, Lieu, Motif, Probleme};
    use super::*;

    #[test]
    fn une_formule_reste_un_texte() {
        let mut bilan = Bilan::new("pmi", "a.csv");
        let lieu = Lieu { ligne: Some(4), colonne: Some((28, "Commune".into())), ..Lieu::fichier("a.csv") };
        bilan.noter(Probleme::new(Motif::CommuneInconnue, lieu, "").avec_valeur("=1+1"));
        let mut sortie = Vec::new();
        ecrire_rejets(&Bilans(vec![bilan]), &mut sortie).unwrap();
        let texte = String::from_utf8(sortie).unwrap();
        assert!(texte.contains(";4;AB;Commune;'=1+1;"), "{texte}");
        assert!(texte.starts_with('\u{feff}'));
    }
}
