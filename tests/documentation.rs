//! The documents say what the program does.

use crate::commun::racine;
use observatoire::quality::Motif;

fn lire(fichier: &str) -> String {
    std::fs::read_to_string(racine().join(fichier)).unwrap()
}

/// The table of the guide that explains every code.
fn table_des_codes() -> String {
    let ligne = |m: &Motif| {
        format!("| {} | {} | {} | {} |\n", m.code(), m.gravite().libelle(), m.titre(), m.conseil())
    };
    let lignes: String = Motif::TOUS.iter().map(ligne).collect();
    format!(
        "| code | ce que devient la ligne | ce qui ne va pas | que faire |\n|---|---|---|---|\n{lignes}\n"
    )
}

#[test]
fn le_guide_explique_chaque_code() {
    let guide = lire("GUIDE.md");
    let attendue = table_des_codes();
    assert!(guide.contains(&attendue), "la table des codes de GUIDE.md doit être :\n{attendue}");
}

#[test]
fn les_codes_sont_distincts_et_en_ordre() {
    let codes: Vec<&str> = Motif::TOUS.iter().map(|m| m.code()).collect();
    let numero = |code: &str| code[1..].parse::<u32>().unwrap();
    assert!(codes.windows(2).all(|paire| numero(paire[0]) < numero(paire[1])), "{codes:?}");
}

#[test]
fn le_guide_nomme_chaque_type_de_source() {
    let guide = lire("GUIDE.md");
    for genre in observatoire::sources::Genre::TOUS {
        assert!(guide.contains(&format!("`{}`", genre.mot())), "{}", genre.mot());
    }
}

#[test]
fn les_deux_commandes_du_readme_sont_celles_du_justfile() {
    let (readme, justfile) = (lire("README.md"), lire("justfile"));
    assert!(readme.contains("cargo install --locked just && just observatoire"));
    for recette in ["observatoire", "test", "release", "recuperer"] {
        assert!(justfile.lines().any(|l| l.starts_with(recette)), "recette {recette}");
    }
    assert!(lire(".ci/run").contains("just test"));
}

/// `just init "data/Mes fichiers" 200072882`: what `just` pastes into a command is cut at its spaces.
#[test]
fn un_chemin_a_espaces_se_donne_a_chaque_recette() {
    let justfile = lire("justfile");
    for parametre in ["pipeline", "dossier", "epci", "fichier", "indicateur", "options"] {
        assert!(!justfile.contains(&format!("{{{{ {parametre}")), "« {parametre} » est collé, pas passé");
    }
}
