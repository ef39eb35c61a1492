//! One file less changes nothing but what it gave: every other figure stays, and what is lost says so.

use crate::commun::Copie;
use observatoire::indicators::TableIndicateurs;
use observatoire::pipeline::Declaration;
use polars::prelude::*;
use std::collections::BTreeMap;

/// Figures by place, year, indicator and modality: their value and where they come from.
type Chiffres = BTreeMap<String, (f64, String, String)>;

fn chiffres(table: &TableIndicateurs) -> Chiffres {
    let trame = table.trame();
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
    let entiere = Copie::new();
    let avant = chiffres(&entiere.lancer().unwrap().table);
    let declaration = Declaration::lire(&entiere.pipeline()).unwrap();
    // The composition says which communes there are: without it there is no report at all, and that is told.
    let sources = declaration.sources.iter().filter(|s| s.id != "composition");
    let mut essayees = 0;
    for source in sources {
        let copie = Copie::new();
        let fichier = copie.chemin("pipelines").join(source.fichier.as_ref().unwrap());
        std::fs::remove_file(&fichier).unwrap();
        let rapport = copie.lancer().unwrap();
        let apres = chiffres(&rapport.table);
        let vient_de_la = |sources: &str| sources.split(';').any(|s| s == source.id);
        let mut perdus = 0;
        for (cle, (valeur, statut, sources)) in &avant {
            match apres.get(cle) {
                Some(autre) => assert!(
                    (autre.0, &autre.1, &autre.2) == (*valeur, statut, sources) || vient_de_la(sources),
                    "sans {} : {cle} valait {valeur} ({sources}), et vaut {} ({})",
                    source.id,
                    autre.0,
                    autre.2
                ),
                None => {
                    perdus += 1;
                    assert!(vient_de_la(sources), "sans {} : {cle} est perdu, d’après {sources}", source.id);
                }
            }
        }
        let bilan = rapport.bilans.0.iter().find(|b| b.source == source.id);
        let dit = bilan.is_some_and(|b| b.est_perdu() && !b.problemes.is_empty());
        assert!(dit, "la perte de {} n’est pas dite", source.id);
        assert!(rapport.a_des_lacunes());
        let attendu = source.id != "contours";
        assert!(perdus > 0 || !attendu, "{} ne donnait donc rien ?", source.id);
        essayees += 1;
    }
    assert!(essayees >= 16, "{essayees} sources essayées");
}
