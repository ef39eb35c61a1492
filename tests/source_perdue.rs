//! One file less changes nothing but what it gave: every other figure stays, and what is lost says so.

use crate::commun::Copie;
use observatoire::indicators::TableIndicateurs;
use observatoire::pipeline::Declaration;
use observatoire::sources::Genre;
use polars::prelude::*;
use std::collections::BTreeMap;

/// Figures by place, year, indicator and modality: their value and where they come from.
type Chiffres = BTreeMap<String, (f64, String, String)>;

fn chiffres(table: &TableIndicateurs) -> Chiffres {
    let trame = table.trame().unwrap();
    let textes = |nom: &str| trame.column(nom).unwrap().str().unwrap().clone();
    let cles = ["niveau", "code", "indicateur", "modalite"].map(textes);
    let (annees, valeurs) = (trame.column("annee").unwrap(), trame.column("valeur").unwrap());
    let (statuts, sources) = (textes("statut"), textes("sources"));
    (0..trame.height())
        .filter_map(|rang| {
            let valeur = valeurs.f64().unwrap().get(rang)?;
            let mut cle: Vec<String> = cles.iter().map(|c| c.get(rang).unwrap().to_owned()).collect();
            cle.push(annees.i32().unwrap().get(rang).unwrap().to_string());
            let texte = |c: &StringChunked| c.get(rang).unwrap().to_owned();
            Some((cle.join(" "), (valeur, texte(&statuts), texte(&sources))))
        })
        .collect()
}

#[test]
fn un_fichier_de_moins_ne_change_que_ce_qu_il_donnait() {
    let entiere = Copie::new().verifier();
    let avant = chiffres(&entiere.table);
    let declaration = Declaration::lire(&Copie::new().pipeline()).unwrap();
    // Of lists and counts of successive years, the first, one in the middle and the last: each run takes seconds.
    let milieu = ["2020", "2022", "2023"];
    let d_une_annee = |id: &str| ["pmi", "imaje"].iter().any(|genre| id.starts_with(genre));
    let sources = declaration
        .sources
        .iter()
        // Without its communes there is no territory: the run says so and makes nothing.
        .filter(|s| s.id != "composition")
        .filter(|s| !d_une_annee(&s.id) || !milieu.iter().any(|annee| s.id.ends_with(annee)));
    let mut essayees = 0;
    for source in sources {
        let copie = Copie::new();
        let fichier = copie.chemin("pipelines").join(source.fichier.as_ref().unwrap());
        std::fs::remove_file(&fichier).unwrap();
        let sans = copie.verifier();
        let apres = chiffres(&sans.table);
        let cite = |sources: &str| sources.split(';').any(|s| s == source.id);
        // A year of which no other source speaks leaves the table as a whole.
        let annees: Vec<String> = sans.table.annees().iter().map(ToString::to_string).collect();
        let mut perdus = 0;
        for (cle, (valeur, statut, sources)) in &avant {
            if let Some(autre) = apres.get(cle) {
                assert!(
                    (autre.0, &autre.1, &autre.2) == (*valeur, statut, sources) || cite(sources),
                    "sans {} : {cle} valait {valeur} ({sources}), et vaut {} ({})",
                    source.id,
                    autre.0,
                    autre.2
                );
                continue;
            }
            perdus += 1;
            let annee_perdue = !annees.iter().any(|annee| cle.ends_with(annee));
            let explique = cite(sources) || annee_perdue;
            assert!(explique, "sans {} : {cle} est perdu, d’après {sources}", source.id);
        }
        let bilan = sans.bilans.0.iter().find(|b| b.source == source.id);
        let dit = bilan.is_some_and(|b| b.est_perdu() && !b.problemes.is_empty());
        assert!(dit, "la perte de {} n’est pas dite", source.id);
        assert!(sans.a_des_lacunes());
        assert!(perdus > 0 || source.genre == Genre::Services, "{} ne donnait donc rien ?", source.id);
        essayees += 1;
    }
    assert!(essayees >= 12, "{essayees} sources essayées");
}
