//! No name, birth date, address, telephone or e-mail of an input stands in any file of the report, of any
//! audience; and no small number of persons leaves the internal one.

use crate::commun::{demo, racine};
use observatoire::sources::lecture;
use std::collections::BTreeSet;

/// Personal cells of the lists of the demonstration.
fn donnees_personnelles() -> BTreeSet<String> {
    let mut textes = BTreeSet::new();
    for entree in std::fs::read_dir(racine().join("data/demo/pmi")).unwrap().flatten() {
        let nom = entree.file_name().to_string_lossy().into_owned();
        for grille in lecture::lire(&entree.path(), &nom).unwrap() {
            textes.extend(cellules_personnelles(&grille));
        }
    }
    textes
}

/// The columns under a personal header.
fn cellules_personnelles(grille: &observatoire::sources::grille::Grille) -> Vec<String> {
    let personnel = |entete: &str| {
        let entete = entete.to_lowercase();
        ["naissance", "adresse", "tél", "tel", "mail", "courriel"].iter().any(|mot| entete.contains(mot))
            || entete.starts_with("nom")
    };
    let entete = (0..grille.hauteur().min(15))
        .find(|rang| grille.ligne(*rang).filter(|(_, texte)| personnel(texte)).count() >= 4)
        .expect("ligne d’en-tête");
    let colonnes: Vec<usize> = grille.ligne(entete).filter(|(_, t)| personnel(t)).map(|(c, _)| c).collect();
    (entete + 1..grille.hauteur())
        .flat_map(|rang| colonnes.iter().filter_map(move |c| grille.cellule(rang, *c).map(str::to_owned)))
        // Shorter texts stand anywhere by chance.
        .filter(|texte| texte.chars().count() >= 6)
        .collect()
}

#[test]
fn aucune_donnee_personnelle_ne_sort() {
    let demo = demo();
    let personnelles = donnees_personnelles();
    assert!(personnelles.len() > 1_000, "le test doit avoir de quoi chercher : {}", personnelles.len());
    let cellules: Vec<String> = personnelles.into_iter().collect();
    let chercheur = aho_corasick::AhoCorasick::new(&cellules).unwrap();
    for fichier in &demo.compte_rendu.fichiers {
        let octets = std::fs::read(demo.compte_rendu.dossier.join(fichier)).unwrap();
        let trouvee = chercheur.find(&octets).map(|t| &cellules[t.pattern().as_usize()]);
        assert_eq!(trouvee, None, "{} contient une donnée personnelle", fichier.display());
    }
}

#[test]
fn aucun_petit_nombre_de_personnes_hors_de_l_interne() {
    let demo = demo();
    for audience in ["elus", "public"] {
        let texte = std::fs::read_to_string(demo.fichier(&format!("{audience}/indicateurs.csv"))).unwrap();
        let mut csv = csv::Reader::from_reader(texte.as_bytes());
        let (mut vus, mut montres) = (0, 0);
        for ligne in csv.records().map(Result::unwrap) {
            let nombres = match &ligne[5] {
                "pyramide_ages" if ligne[6].starts_with("inconnu") => continue,
                "pyramide_ages" | "am_actifs" => vec![&ligne[7]],
                "part_55_plus" | "taux_activite" => vec![&ligne[9], &ligne[10]],
                _ => continue,
            };
            vus += 1;
            let nombres: Vec<f64> = nombres.into_iter().filter_map(|n| n.parse().ok()).collect();
            montres += usize::from(&ligne[0] == "commune" && nombres.iter().any(|n| *n >= 5.0));
            assert!(nombres.iter().all(|n| *n == 0.0 || *n >= 5.0), "{audience} : {ligne:?}");
        }
        assert!(vus > 100 && montres > 100, "{audience} : {vus} chiffres sensibles, {montres} montrés");
    }
    let interne = std::fs::read_to_string(demo.fichier("interne/indicateurs.csv")).unwrap();
    assert!(
        interne
            .lines()
            .any(|l| l.starts_with("commune") && l.contains("part_55_plus") && l.contains("observe"))
    );
}
