//! The years to come, and the method put to the test on the years already seen.

use crate::commun::demo;
use observatoire::indicators::{Statut, controler_la_projection};

#[test]
fn voir() {
    let demo = demo();
    for a in controler_la_projection(&demo.compte_rendu.table, &demo.compte_rendu.code) {
        eprintln!("{a:?}");
    }
    for id in ["projection_am", "projection_places", "projection_solde", "projection_arrivees"] {
        for s in ["sans_renouvellement", "tendance", "cible"] {
            let f: Vec<String> = (2024..=2034).map(|a| {
                let l = |m: &str| demo.compte_rendu.table.figure(observatoire::indicators::Niveau::Territoire, &demo.compte_rendu.code, id, m, a).and_then(|f| f.valeur).map_or("-".into(), |v| v.to_string());
                format!("{}[{};{}]", l(s), l(&format!("{s}:bas")), l(&format!("{s}:haut")))
            }).collect();
            eprintln!("{id} {s} {}", f.join(" "));
        }
    }
    for a in 2019..=2024 { eprintln!("{a} {:?} {:?} {:?}", demo.territoire("am_agrees","",a).valeur, demo.territoire("am_arrivees","",a).valeur, demo.territoire("am_departs","",a).valeur); }
    for id in ["age_median","departs_5_ans","part_55_plus","part_60_plus"] { eprintln!("{id} {:?}", demo.territoire(id,"",2024)); }
    let _ = Statut::Estime;
}
