//! No name, birth date, address, telephone or e-mail of an input stands in any file of the report, of any
//! audience; and no small number of persons leaves the internal one.

use crate::commun::{demo, racine, texte_par_lignes};
use observatoire::sources::lecture;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

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
    let mut dedans = BTreeSet::new();
    for fichier in &demo.compte_rendu.fichiers {
        let chemin = demo.compte_rendu.dossier.join(fichier);
        let contenus = contenus(&chemin);
        if !contenus.is_empty() {
            dedans.insert(chemin.extension().unwrap().to_string_lossy().into_owned());
        }
        for octets in contenus.into_iter().chain([std::fs::read(&chemin).unwrap()]) {
            let trouvee = chercheur.find(&octets).map(|t| &cellules[t.pattern().as_usize()]);
            assert_eq!(trouvee, None, "{} contient une donnée personnelle", fichier.display());
        }
    }
    for format in ["parquet", "pptx", "xlsx"] {
        assert!(dedans.contains(format), "aucun {format} n’a été ouvert : {dedans:?}");
    }
}

/// What the bytes of a file hide by packing them: parts of an office file, text of a PDF, cells of a Parquet.
fn contenus(chemin: &Path) -> Vec<Vec<u8>> {
    match chemin.extension().and_then(|e| e.to_str()).unwrap_or_default() {
        "xlsx" | "pptx" => {
            let mut zip = zip::ZipArchive::new(File::open(chemin).unwrap()).unwrap();
            (0..zip.len())
                .map(|rang| {
                    let mut octets = Vec::new();
                    zip.by_index(rang).unwrap().read_to_end(&mut octets).unwrap();
                    octets
                })
                .collect()
        }
        "pdf" => texte_par_lignes(chemin).map(|lignes| lignes.join("\n").into_bytes()).into_iter().collect(),
        "parquet" => {
            let trame = ParquetReader::new(File::open(chemin).unwrap()).finish().unwrap();
            let mots = trame.columns().iter().filter_map(|c| c.str().ok());
            mots.map(|c| c.iter().flatten().collect::<Vec<_>>().join("\n").into_bytes()).collect()
        }
        // A picture has no text beside its points.
        "png" => {
            let octets = std::fs::read(chemin).unwrap();
            for bloc in [b"tEXt", b"zTXt", b"iTXt", b"eXIf"] {
                let present = octets.windows(4).any(|o| o == bloc);
                assert!(!present, "{} porte des métadonnées", chemin.display());
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// With them, the ages of one year would narrow those of the next.
#[test]
fn qui_est_venu_ou_parti_d_une_commune_reste_au_relais() {
    let demo = demo();
    let flux = ["am_arrivees", "am_departs", "am_demenagements", "taux_remplacement"];
    let valeurs = |audience: &str, niveau: &str| {
        let texte = std::fs::read_to_string(demo.fichier(&format!("{audience}/indicateurs.csv"))).unwrap();
        let mut csv = csv::Reader::from_reader(texte.as_bytes());
        let lignes = csv.records().map(Result::unwrap);
        let siennes = lignes.filter(|l| &l[0] == niveau && flux.contains(&&l[5]));
        siennes.filter(|l| [7, 9, 10].iter().any(|colonne| !l[*colonne].is_empty())).count()
    };
    for audience in ["elus", "public"] {
        assert_eq!(valeurs(audience, "commune"), 0, "{audience}");
        assert!(valeurs(audience, "territoire") > 20, "{audience}");
    }
    assert!(valeurs("interne", "commune") > 100);
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
            // « 5 of 6 are at work » speaks of the sixth.
            if let [part, ensemble] = nombres[..] {
                let autres = ensemble - part;
                assert!(autres <= 0.0 || autres >= 5.0, "{audience} : {ligne:?}");
            }
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
