//! One file less changes nothing but what it gave: every other figure stays, and what is lost says so.

use crate::commun::Copie;
use crate::commun::essai::Essai;
use observatoire::indicators::TableIndicateurs;
use observatoire::pipeline::Declaration;
use observatoire::quality::Motif;
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

/// The list of the year has come, the counts of the Caf have not: what is missing says for which year it is known, and what
/// to do.
#[test]
fn une_source_qui_s_arrete_un_an_plus_tot_le_dit_et_ce_qui_reste_connu() {
    const COMMUNES: [(&str, &str); 1] = [("96101", "Aubigneul")];
    let liste = "Nom;Prénom;Date de naissance;Commune;Capacité\nUN;Anne;01/02/1980;Aubigneul;4\n";
    let enfants = "Code commune;Commune;Enfants de moins de 3 ans\n96101;Aubigneul;40\n";
    let rapport = |jour: &'static str| {
        Essai::new(jour, &COMMUNES)
            .avec_cles("pmi-2024", "pmi", "date = 2024-12-31", liste)
            .avec_cles("pmi-2025", "pmi", "date = 2025-12-31", liste.replace(";4", ";3"))
            .avec_cles("imaje", "imaje", "date = 2024-12-31", enfants)
            .lancer()
    };
    let de_2025 = rapport("2025-12-31");
    let dits: Vec<String> = de_2025
        .bilans
        .problemes()
        .filter(|(_, p)| p.motif == Motif::AnneeEnRetard)
        .map(|(bilan, p)| format!("{} : {}", bilan.source, p.detail))
        .collect();
    assert_eq!(dits, ["imaje : ses données s’arrêtent à 2024, et le rapport est de 2025"]);
    let manque = de_2025.manques.iter().find(|m| m.indicateur == "enfants_0_2").unwrap();
    assert_eq!(
        (manque.lacune, manque.derniere, &*manque.sources),
        (true, Some(2024), &["imaje", "naissances"][..])
    );
    let premiere = &de_2025.qualite.priorites[0];
    assert!(premiere.code == "P110" && premiere.conseil.contains("[observation]"), "{premiere:?}");
    // A file of several years goes as far as the last of them, wherever it stands.
    let annees = "Code commune;Commune;2025;2024\n96101;Aubigneul;9;8\n";
    let naissances = Essai::new("2025-12-31", &COMMUNES).avec("naissances", "naissances", annees).lancer();
    assert!(naissances.bilans.problemes().all(|(_, p)| p.motif != Motif::AnneeEnRetard));
    let deux_ans = "Année;Nom;Prénom;Date de naissance;Commune;Capacité\n2025;UN;Anne;01/02/1980;Aubigneul;4\n2024;UN;Anne;01/02/1980;Aubigneul;4\n";
    let listes = Essai::new("2025-12-31", &COMMUNES).avec("pmi", "pmi", deux_ans).lancer();
    assert!(listes.bilans.problemes().all(|(_, p)| p.motif != Motif::AnneeEnRetard));
    let de_2024 = rapport("2024-12-31");
    assert!(de_2024.bilans.problemes().all(|(_, p)| p.motif != Motif::AnneeEnRetard));
}
