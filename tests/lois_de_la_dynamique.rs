//! Laws of flows and of the projection, on made-up lists of three communes, one of which joins late.

use chrono::NaiveDate;
use observatoire::indicators::{Entrees, Niveau, Parametres, TableIndicateurs, calculer, en_jours};
use observatoire::tables::{AssistantsMaternels, Comptes, Liste};
use observatoire::territory::{Geographie, Membre, Perimetre};
use polars::prelude::*;
use proptest::prelude::*;

const ANNEES: [i32; 4] = [2021, 2022, 2023, 2024];
const COMMUNES: [&str; 3] = ["96001", "96002", "96003"];

/// Where a person works each year (none: not on the list), her age in 2021, her places.
type Personne = ([Option<usize>; 4], i32, u32);

fn personnes() -> impl Strategy<Value = Vec<Personne>> {
    let commune = || prop::option::weighted(0.8, 0usize..3);
    let parcours = [commune(), commune(), commune(), commune()];
    prop::collection::vec((parcours, 20i32..70, 1u32..5), 1..60)
}

fn jour(annee: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(annee, 12, 31).unwrap()
}

/// Everyone is on the lists, whatever the perimeter; the third commune joins in 2023.
fn calculer_listes(personnes: &[Personne], ordre: [usize; 3]) -> TableIndicateurs {
    let membre = |i: usize| Membre {
        code: COMMUNES[ordre[i]].parse().unwrap(),
        nom: format!("Commune {i}"),
        depuis: (i == 2).then(|| NaiveDate::from_ymd_opt(2023, 1, 1).unwrap()),
        jusqu_a: None,
        population: None,
    };
    let perimetre = Perimetre::new("essai", "Essai", (0..3).map(membre).collect());
    let listes = (0..4).map(|rang| {
        let presentes: Vec<(u64, &Personne, usize)> =
            (1u64..).zip(personnes).filter_map(|(cle, p)| Some((cle, p, ordre[p.0[rang]?]))).collect();
        let n = presentes.len();
        let decalage = i32::try_from(rang).unwrap();
        let trame = DataFrame::new(
            n,
            vec![
                Int32Chunked::full("annee".into(), ANNEES[rang], n).into_column(),
                Int32Chunked::full("date_observation".into(), en_jours(jour(ANNEES[rang])), n)
                    .into_date()
                    .into_column(),
                StringChunked::full("source".into(), "pmi", n).into_column(),
                Column::new("code".into(), presentes.iter().map(|p| COMMUNES[p.2]).collect::<Vec<_>>()),
                Column::new("nom".into(), presentes.iter().map(|p| p.0).collect::<Vec<u64>>()),
                Column::new("cle".into(), presentes.iter().map(|p| p.0).collect::<Vec<u64>>()),
                Column::full_null("prenom".into(), n, &DataType::UInt64),
                Column::full_null("famille".into(), n, &DataType::UInt64),
                Column::new("nom_entier".into(), vec![true; n]),
                Column::new("age".into(), presentes.iter().map(|p| p.1.1 + decalage).collect::<Vec<i32>>()),
                Column::new("places".into(), presentes.iter().map(|p| p.1.2).collect::<Vec<u32>>()),
                Column::new("places_estimees".into(), vec![false; n]),
                StringChunked::full("lieu".into(), "domicile", n).into_column(),
                Column::full_null("mam".into(), n, &DataType::UInt64),
                Column::full_null("accepte_periscolaire".into(), n, &DataType::Boolean),
                Column::full_null("accepte_atypique".into(), n, &DataType::Boolean),
                Column::full_null("accepte_urgence".into(), n, &DataType::Boolean),
                Column::full_null("accepte_handicap".into(), n, &DataType::Boolean),
                Column::full_null("monenfant".into(), n, &DataType::Boolean),
                Column::full_null("places_libres".into(), n, &DataType::UInt32),
            ],
        )
        .unwrap();
        Liste::reprendre(ANNEES[rang], &trame, None).unwrap()
    });
    let am = AssistantsMaternels::reunir(listes.collect()).unwrap();
    calculer(&Entrees {
        perimetre: &perimetre,
        geographie: &Geographie::default(),
        source_geographie: "",
        date: jour(2024),
        parametres: &Parametres::default(),
        assistants_maternels: Some(&am),
        structures: None,
        comptes: &Comptes::reunir(&[]).unwrap(),
        taux_publies: None,
        declarations: None,
        reponses: None,
        trajets: None,
    })
    .unwrap()
}

fn valeur(table: &TableIndicateurs, code: &str, id: &str, modalite: &str, annee: i32) -> Option<f64> {
    let niveau = if code == "essai" { Niveau::Territoire } else { Niveau::Commune };
    table.figure(niveau, code, id, modalite, annee)?.valeur
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// What a list has is what the list before had, with those who came or moved in, without those who left
    /// or moved out: in each commune, and in the territory over the communes of both years.
    #[test]
    fn l_effectif_suit_des_flux(personnes in personnes()) {
        let table = calculer_listes(&personnes, [0, 1, 2]);
        for annee in 2022..=2024 {
            let mut constant = (0.0, 0.0);
            for code in &COMMUNES[..if annee < 2024 { 2 } else { 3 }] {
                let lire = |id: &str, modalite: &str| valeur(&table, code, id, modalite, annee);
                // A year without anybody on the list before, or on its own, has no list at all.
                let (Some(avant), Some(arrivees)) =
                    (valeur(&table, code, "am_agrees", "", annee - 1), lire("am_arrivees", ""))
                else {
                    continue;
                };
                let apres = lire("am_agrees", "").unwrap();
                let moins = lire("am_departs", "").unwrap() + lire("am_demenagements", "sorties").unwrap();
                let plus = arrivees + lire("am_demenagements", "entrees").unwrap();
                prop_assert_eq!(apres, avant + plus - moins, "{} {}", code, annee);
                constant = (constant.0 + avant, constant.1 + apres);
            }
            let lire = |id: &str, modalite: &str| valeur(&table, "essai", id, modalite, annee);
            if let Some(solde) = lire("am_solde", "") {
                let bouges = lire("am_demenagements", "entrees").unwrap() - lire("am_demenagements", "sorties").unwrap();
                prop_assert_eq!(constant.1, constant.0 + solde + bouges, "territoire {}", annee);
            }
        }
    }

    /// Without anybody coming the number never grows; an expectation is between its bounds; a target is met.
    #[test]
    fn la_projection_se_tient(personnes in personnes()) {
        let table = calculer_listes(&personnes, [0, 1, 2]);
        for id in ["projection_am", "projection_places"] {
            for annee in 2024..=2034 {
                for scenario in ["sans_renouvellement", "tendance", "cible"] {
                    let lire = |borne: &str| valeur(&table, "essai", id, &format!("{scenario}{borne}"), annee);
                    let Some(attendu) = lire("") else { continue };
                    prop_assert!(lire(":bas").unwrap() <= attendu && attendu <= lire(":haut").unwrap());
                    prop_assert!(lire(":bas").unwrap() >= 0.0);
                }
                let sans = |annee| valeur(&table, "essai", id, "sans_renouvellement", annee);
                if annee > 2024 {
                    prop_assert!(sans(annee) <= sans(annee - 1), "{} {}", id, annee);
                }
            }
        }
        prop_assume!(valeur(&table, "essai", "am_agrees", "", 2024).is_some());
        let cible = |annee| valeur(&table, "essai", "projection_am", "cible", annee);
        prop_assert_eq!(cible(2034), cible(2024), "la cible par défaut est l’effectif d’aujourd’hui");
    }

    /// Communes in another order, the same territory.
    #[test]
    fn l_ordre_des_communes_ne_change_rien(personnes in personnes()) {
        let (une, autre) = (calculer_listes(&personnes, [0, 1, 2]), calculer_listes(&personnes, [2, 0, 1]));
        let du_territoire = |table: &TableIndicateurs| {
            let trame = table.trame().unwrap().lazy().filter(col("niveau").eq(lit("territoire")));
            trame.collect().unwrap()
        };
        prop_assert!(du_territoire(&une).equals_missing(&du_territoire(&autre)));
    }
}
