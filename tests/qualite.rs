//! The quality report says what to correct first, shows contradictions side by side, and shows nobody.

use crate::commun::{Copie, demo, options, racine};
use observatoire::deliverables::look::{self, palette};
use observatoire::pipeline::{CompteRendu, Verification, verifier};
use observatoire::quality::{Contradiction, Motif};
use std::fs;

fn verification(copie: &Copie) -> Verification {
    verifier(&copie.pipeline(), &options(copie.dossier.path()), &crate::commun::Muet).unwrap()
}

/// The demonstration with a second file of Caf counts, without codes, in which things are changed.
fn avec_un_second_fichier(changer: &[(&str, &str)]) -> Copie {
    let copie = Copie::new();
    let texte = fs::read_to_string(copie.chemin("data/demo/caf/imaje_2024.csv")).unwrap();
    let sans_code = texte.trim_start_matches('\u{feff}').lines().map(|l| l.split_once(';').unwrap().1);
    let mut texte = sans_code.collect::<Vec<_>>().join("\n") + "\n";
    for (de, par) in changer {
        assert!(texte.contains(de), "{de}");
        texte = texte.replace(de, par);
    }
    fs::write(copie.chemin("data/demo/caf/second.csv"), texte).unwrap();
    let source = "\n[[sources]]\nid = \"second\"\ntype = \"imaje\"\nfichier = \"../data/demo/caf/second.csv\"\ndate = 2024-12-31\nlibelle = \"Caf, second envoi\"\n";
    let pipeline = fs::read_to_string(copie.pipeline()).unwrap();
    fs::write(copie.pipeline(), pipeline + source).unwrap();
    copie
}

#[test]
fn le_rapport_de_la_demonstration() {
    let rapport = serde_json::to_string_pretty(&demo().compte_rendu.qualite).unwrap();
    insta::assert_snapshot!(rapport);
}

#[test]
fn la_page_est_celle_du_rapport_et_se_suffit() {
    let page = fs::read_to_string(demo().fichier("interne/qualite.html")).unwrap();
    for interdit in ["<script", "src=", "@import", "url(", "http://", "https://"] {
        assert!(!page.contains(interdit), "la page s’ouvre sans réseau ni programme : {interdit}");
    }
    for attendu in ["<main", "<nav", "lang=\"fr\"", "scope=\"col\"", "scope=\"row\"", "Les cinq choses"] {
        assert!(page.contains(attendu), "{attendu}");
    }
    for priorite in &demo().compte_rendu.qualite.priorites {
        assert!(page.contains(&priorite.code));
    }
    let couleur = |(r, v, b): look::Couleur| format!("#{r:02x}{v:02x}{b:02x}");
    let (bleu, orange) = (palette::BLEU, palette::ORANGE);
    for c in
        [palette::PAPIER, palette::ENCRE, palette::ENCRE_PALE, palette::GRILLE, palette::AXE, bleu, orange]
    {
        assert!(page.contains(&couleur(c)), "couleur {}", couleur(c));
    }
    assert!(!demo().fichier("elus/qualite.html").exists() && !demo().fichier("public/qualite.html").exists());
}

#[test]
fn un_texte_des_fichiers_n_est_jamais_du_html() {
    let copie = avec_un_second_fichier(&[("Montfrelon;", "<script>alert(1)</script> & \"x\";")]);
    let verification = verification(&copie);
    let page = fs::read_to_string(verification.dossier.join("qualite.html")).unwrap();
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;alert(1)"));
}

/// The contradictions of one commune and one year; the demonstration has others, of its lists with its activity.
fn valeurs_contraires(compte_rendu: &CompteRendu) -> Vec<&Contradiction> {
    let contradictions = compte_rendu.qualite.contradictions.iter();
    contradictions.filter(|c| c.motif == Motif::ValeursContraires && !c.code.is_empty()).collect()
}

#[test]
fn deux_sources_qui_se_contredisent_sont_montrees_cote_a_cote() {
    let copie = avec_un_second_fichier(&[("Aubrelonde;312;", "Aubrelonde;310;")]);
    let compte_rendu = copie.lancer().unwrap();
    let contraires = valeurs_contraires(&compte_rendu);
    let [contradiction] = &contraires[..] else { panic!("{contraires:?}") };
    assert_eq!((contradiction.code.as_str(), contradiction.annee), ("96001", 2024));
    let valeurs: Vec<(f64, bool, &str)> =
        contradiction.valeurs.iter().map(|v| (v.valeur, v.retenue, v.libelle.as_str())).collect();
    assert_eq!(valeurs, [(312.0, true, "Caf, imaje 2024"), (310.0, false, "Caf, second envoi 2024")]);
    let bilan = compte_rendu.bilans.0.iter().find(|b| b.source == "second").unwrap();
    assert!(bilan.est_juste(), "une contradiction n’enlève aucune ligne");
    let probleme = bilan.problemes.iter().find(|p| p.motif == Motif::ValeursContraires).unwrap();
    insta::assert_snapshot!(probleme);
}

#[test]
fn un_chiffre_garde_secret_est_pris_a_la_source_qui_le_publie_et_c_est_dit() {
    let genevriere = "La Genevrière;9;9;6;*;;0;*;*";
    let copie = avec_un_second_fichier(&[(genevriere, "La Genevrière;9;9;6;4;5;0;*;1")]);
    let compte_rendu = copie.lancer().unwrap();
    assert!(valeurs_contraires(&compte_rendu).is_empty(), "un secret ne contredit rien");
    let bilan = compte_rendu.bilans.0.iter().find(|b| b.source == "second").unwrap();
    let dits: Vec<String> = bilan
        .problemes
        .iter()
        .filter(|p| p.motif == Motif::ValeurCompletee)
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(dits.join("\n"));
    let citent = |id: &str| {
        let trame = compte_rendu.table.trame().unwrap();
        let texte = |nom: &str| trame.column(nom).unwrap().str().unwrap().clone();
        let (codes, sources) = (texte("code"), texte("sources"));
        codes.iter().zip(sources.iter()).any(|(c, s)| {
            c == Some("96005") && s.is_some_and(|s| s.split([';', ' ', ',']).any(|mot| mot == id))
        })
    };
    assert!(citent("second"), "le chiffre cite la source qui le publie");
}

#[test]
fn une_commune_douteuse_donne_la_ligne_a_coller_et_la_coller_suffit() {
    let copie = avec_un_second_fichier(&[("La Genevrière;", "Genevière;")]);
    let avant = verification(&copie);
    let source = avant.qualite.sources.iter().find(|s| s.id == "second").unwrap();
    assert!(source.mises_de_cote > 0, "rien n’est deviné : {source:#?}");
    let lignes: Vec<&String> = source.groupes.iter().flat_map(|g| &g.a_coller).collect();
    let [ligne] = &lignes[..] else { panic!("{lignes:?}") };
    assert!(ligne.starts_with("\"Genevière\" = \"96") && ligne.ends_with("# La Genevrière"), "{ligne}");
    copie.corriger_pipeline("[correspondances]\n", &format!("[correspondances]\n{ligne}\n"));
    let apres = verification(&copie);
    let source = apres.qualite.sources.iter().find(|s| s.id == "second").unwrap();
    assert_eq!((source.rejetees, source.mises_de_cote), (0, 0), "{source:#?}");
}

#[test]
fn un_fichier_perdu_vient_en_tete_avec_ce_qu_il_coute() {
    let copie = Copie::new();
    fs::remove_file(copie.chemin("data/demo/structures/structures.ods")).unwrap();
    let verification = verification(&copie);
    let premiere = &verification.qualite.priorites[0];
    assert_eq!(premiere.code, Motif::FichierAbsent.code());
    assert!(premiere.titre.contains("Recensement des structures"), "{premiere:?}");
    assert!(premiere.perte.contains("chiffres du rapport manquent"), "{premiere:?}");
    assert!(verification.a_des_lacunes());
}

#[test]
fn plus_d_actifs_que_d_agrees_se_voit() {
    let copie = Copie::new();
    let fichier = copie.chemin("data/demo/caf/imaje_2024.csv");
    let texte = fs::read_to_string(&fichier).unwrap();
    fs::write(&fichier, texte.replace(";5;44;60", ";5;44;600")).unwrap();
    let verification = verification(&copie);
    let trouvee = verification.qualite.contradictions.iter().find(|c| c.code == "96001").unwrap();
    assert_eq!(trouvee.valeurs.iter().map(|v| v.valeur).collect::<Vec<_>>(), [72.0, 600.0]);
}

#[test]
fn verifier_n_ecrit_que_le_rapport_de_qualite() {
    let copie = Copie::new();
    let verification = verification(&copie);
    let mut fichiers: Vec<String> = fs::read_dir(&verification.dossier)
        .unwrap()
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    fichiers.sort();
    assert_eq!(fichiers, ["qualite.html", "rejets.csv"]);
    assert!(!copie.chemin("reports/demo/2024").exists() && !copie.chemin("data/demo/historique").exists());
    let page = fs::read_to_string(verification.dossier.join("qualite.html")).unwrap();
    assert_eq!(page, fs::read_to_string(demo().fichier("interne/qualite.html")).unwrap());
}

#[test]
fn verifier_dit_les_cinq_choses_et_son_code() {
    let copie = Copie::new();
    let sortie = std::process::Command::new(env!("CARGO_BIN_EXE_observatoire"))
        .args(["verifier", "pipelines/demo.toml"])
        .current_dir(copie.dossier.path())
        .output()
        .unwrap();
    assert_eq!(sortie.status.code(), Some(2));
    let ecran = String::from_utf8(sortie.stdout).unwrap();
    assert!(ecran.contains("À corriger d’abord") && ecran.contains("  5. "), "{ecran}");
    assert!(ecran.contains("reports/demo/verification/qualite.html"), "{ecran}");
    let sortie = std::process::Command::new(env!("CARGO_BIN_EXE_observatoire"))
        .args(["verifier", "pipelines/rien.toml"])
        .current_dir(racine())
        .output()
        .unwrap();
    assert_eq!(sortie.status.code(), Some(1));
}
