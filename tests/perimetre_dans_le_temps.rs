//! The merger of 1 January 2025: the 29 communes of Artois-Lys Romane, and 8 of the 11 of Bas-Pays. A total
//! is that of the members of its day, and says how many they are; arrivals and departures are read at
//! constant perimeter.

use crate::commun::{Muet, options};
use observatoire::indicators::{Figure, Niveau};
use observatoire::pipeline::{CompteRendu, lancer};
use std::fmt::Write as _;
use std::fs;

/// Artois-Lys Romane, with the day on which those that came later joined.
const ARTOIS_LYS: [(&str, &str, Option<&str>); 29] = [
    ("62049", "Auchy-au-Bois", None),
    ("62141", "Blessy", None),
    ("62162", "Bourecq", None),
    ("62188", "Burbure", None),
    ("62190", "Busnes", None),
    ("62286", "Ecquedecques", None),
    ("62313", "Estrée-Blanche", None),
    ("62328", "Ferfay", None),
    ("62376", "Gonnehem", None),
    ("62391", "Guarbecque", None),
    ("62407", "Ham-en-Artois", None),
    ("62473", "Isbergues", None),
    ("62486", "Lambres-lez-Aire", None),
    ("62509", "Liettres", None),
    ("62512", "Ligny-lès-Aire", None),
    ("62516", "Lillers", Some("2020-01-01")),
    ("62517", "Linghem", None),
    ("62520", "Locon", Some("2021-01-01")),
    ("62564", "Mazinghem", None),
    ("62584", "Mont-Bernanchon", None),
    ("62620", "Norrent-Fontes", None),
    ("62676", "Quernes", None),
    ("62701", "Rely", None),
    ("62713", "Robecq", None),
    ("62720", "Rombly", None),
    ("62747", "Saint-Floris", None),
    ("62750", "Saint-Hilaire-Cottes", None),
    ("62770", "Saint-Venant", None),
    ("62900", "Witternesse", None),
];

/// The eight of Bas-Pays that join. La Couture, Neuve-Chapelle and Violaines do not.
const BAS_PAYS: [(&str, &str); 8] = [
    ("62195", "Calonne-sur-la-Lys"),
    ("62200", "Cambrin"),
    ("62262", "Cuinchy"),
    ("62330", "Festubert"),
    ("62373", "Givenchy-lès-la-Bassée"),
    ("62529", "Lorgies"),
    ("62706", "Richebourg"),
    ("62851", "Vieille-Chapelle"),
];

const RESTEES: [&str; 3] = ["La Couture", "Neuve-Chapelle", "Violaines"];

fn pipeline() -> String {
    let mut texte =
        "[territoire]\ncode = \"artois-lys\"\nnom = \"RPE Artois-Lys Romane\"\nmembres = [\n".to_owned();
    let bas_pays = BAS_PAYS.map(|(code, nom)| (code, nom, Some("2025-01-01")));
    for (code, nom, depuis) in ARTOIS_LYS.into_iter().chain(bas_pays) {
        let depuis = depuis.map(|jour| format!(", depuis = {jour}")).unwrap_or_default();
        writeln!(texte, "  {{ code = \"{code}\", nom = \"{nom}\"{depuis} }},").unwrap();
    }
    texte.push_str("]\n\n[observation]\ndate = 2025-12-31\n");
    texte.push_str(
        "\n[[sources]]\nid = \"naissances\"\ntype = \"naissances\"\nfichier = \"naissances.csv\"\n",
    );
    for annee in 2019..=2025 {
        write!(
            texte,
            "\n[[sources]]\nid = \"pmi-{annee}\"\ntype = \"pmi\"\nfichier = \"pmi-{annee}.csv\"\ndate = {annee}-12-31\n"
        )
        .unwrap();
    }
    texte
}

/// One AM in each commune of the Département's list, every year the same; one more arrives at Isbergues in
/// 2025, one leaves Lillers that year.
fn liste(annee: i32) -> String {
    let mut texte = "Nom;Prénom;Date de naissance;Commune;Capacité\n".to_owned();
    let communes = ARTOIS_LYS.iter().map(|c| c.1).chain(BAS_PAYS.iter().map(|c| c.1)).chain(RESTEES);
    for (rang, commune) in communes.enumerate() {
        if annee < 2025 || commune != "Lillers" {
            writeln!(texte, "Fictive{rang};Anne;01/02/1980;{};3", commune.to_uppercase()).unwrap();
        }
    }
    if annee == 2025 {
        texte.push_str("Nouvelle;Anne;01/02/1990;ISBERGUES;4\n");
    }
    texte
}

/// Ten births in each commune each year.
fn naissances() -> String {
    let annees: Vec<String> = (2019..=2025).map(|a| a.to_string()).collect();
    let mut texte = format!("code;lib;{}\n", annees.join(";"));
    for (code, nom) in ARTOIS_LYS.iter().map(|c| (c.0, c.1)).chain(BAS_PAYS) {
        writeln!(texte, "{code};{nom}{}", ";10".repeat(annees.len())).unwrap();
    }
    texte
}

fn lancer_fusion() -> CompteRendu {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = |nom: &str| dossier.path().join("pipelines").join(nom);
    fs::create_dir_all(dossier.path().join("pipelines")).unwrap();
    fs::write(chemin("artois-lys.toml"), pipeline()).unwrap();
    fs::write(chemin("naissances.csv"), naissances()).unwrap();
    for annee in 2019..=2025 {
        fs::write(chemin(&format!("pmi-{annee}.csv")), liste(annee)).unwrap();
    }
    let mut options = options(dossier.path());
    options.livrables = vec!["indicateurs".to_owned()];
    lancer(&chemin("artois-lys.toml"), &options, &Muet).unwrap()
}

#[test]
fn la_fusion_du_1er_janvier_2025() {
    let compte_rendu = lancer_fusion();
    let lire = |id: &str, annee: i32| -> Figure {
        compte_rendu.table.figure(Niveau::Territoire, "artois-lys", id, "", annee).unwrap()
    };
    // 27 communes, then Lillers in 2020, Locon in 2021, the eight of Bas-Pays in 2025.
    for (annee, communes) in [(2019, 27), (2020, 28), (2021, 29), (2024, 29), (2025, 37)] {
        let naissances = lire("naissances", annee);
        assert_eq!((naissances.parties, naissances.parties_attendues), (communes, communes), "{annee}");
        assert_eq!(naissances.valeur, Some(f64::from(communes) * 10.0), "{annee}");
    }
    assert_eq!(lire("am_agrees", 2024).valeur, Some(29.0));
    // 37 communes, one without its AM any more, one with a second.
    assert_eq!(lire("am_agrees", 2025).valeur, Some(37.0));

    // The eight that join are no arrivals: only Isbergues' is one, and Lillers' a departure.
    for (id, attendu) in [("am_arrivees", 1.0), ("am_departs", 1.0)] {
        let flux = lire(id, 2025);
        assert_eq!(flux.valeur, Some(attendu), "{id}");
        assert_eq!(flux.parties_attendues, 29, "{id} : à périmètre constant");
    }
    assert_eq!(lire("am_arrivees", 2020).valeur, Some(0.0), "Lillers n’est pas une arrivée");
    let changements = compte_rendu.qualite.changements.as_ref().unwrap();
    let ensemble = &changements.territoire;
    assert_eq!((ensemble.avant, ensemble.apres, ensemble.nouveaux, ensemble.partis), (29, 29, 1, 1));
    assert_eq!(changements.non_comparees.len(), 8);

    // Births do not change: ten a year in each commune. The total goes from 290 to 370, the evolution is nil.
    for (modalite, communes) in [("n-1", 29), ("n-3", 29), ("n-5", 28), ("premiere", 27)] {
        let modalite = format!("naissances:{modalite}");
        let lire = |id: &str| {
            compte_rendu.table.figure(Niveau::Territoire, "artois-lys", id, &modalite, 2025).unwrap()
        };
        let (absolue, relative) = (lire("evolution"), lire("evolution_pct"));
        assert_eq!((absolue.valeur, relative.valeur), (Some(0.0), Some(0.0)), "{modalite}");
        assert_eq!(absolue.parties_attendues, communes, "{modalite} : membres aux deux dates");
        assert_eq!(relative.denominateur, Some(f64::from(communes) * 10.0), "{modalite}");
    }
    // The eight have no part in the projection's arrivals: one came, over the six pairs of lists.
    let arrivees =
        compte_rendu.table.figure(Niveau::Territoire, "artois-lys", "projection_arrivees", "tendance", 2026);
    assert_eq!(arrivees.unwrap().valeur, Some(0.2));

    // The three that stay out are set aside, and told.
    let bilan = compte_rendu.bilans.0.iter().find(|b| b.source == "pmi-2025").unwrap();
    assert!(bilan.est_juste());
    assert_eq!((bilan.lues, bilan.mises_de_cote + bilan.rejetees), (37, 3), "{bilan:#?}");
}
