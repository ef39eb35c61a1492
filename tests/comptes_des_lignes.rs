//! Every row is put somewhere: read + rejected + set aside = rows of the file.

use crate::commun::demo;
use observatoire::quality::Gravite;

#[test]
fn lues_rejetees_et_mises_de_cote_font_le_total() {
    for bilan in &demo().compte_rendu.bilans.0 {
        assert!(bilan.est_juste(), "{bilan:#?}");
        assert!(bilan.lignes > 0, "{} : aucune ligne", bilan.source);
    }
}

#[test]
fn les_lignes_fausses_de_la_demonstration_sont_dites() {
    let bilans = &demo().compte_rendu.bilans;
    for annee in 2019..=2024 {
        let bilan = bilans.0.iter().find(|b| b.source == format!("pmi-{annee}")).unwrap();
        assert!(bilan.rejetees > 0, "{annee} : la liste contient des lignes fausses");
        for probleme in bilan.problemes.iter().filter(|p| p.motif.gravite() == Gravite::Rejet) {
            assert!(probleme.lieu.ligne.is_some() && probleme.lieu.colonne.is_some(), "{probleme}");
        }
    }
}

#[test]
fn rejets_csv_dit_chaque_probleme() {
    let demo = demo();
    let texte = std::fs::read_to_string(demo.fichier("interne/rejets.csv")).unwrap();
    let mut csv = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(texte.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(csv.records().count(), demo.compte_rendu.bilans.problemes().count());
}
