//! What the Caf form of real relais prints comes out of small inputs typed from it, and what it lacks stays
//! lacking.

use crate::commun::donnees_reelles;
use crate::commun::essai::Essai;
use observatoire::indicators::{Figure, Niveau, Statut};
use observatoire::pipeline::CompteRendu;

/// Two communes are enough: the form speaks of the whole territory.
const COMMUNES: [(&str, &str); 2] = [("62473", "Isbergues"), ("62516", "Lillers")];

fn relais(mesures: &[(&str, &str)]) -> CompteRendu {
    let lignes: String = mesures.iter().map(|(mesure, valeur)| format!("2023;{mesure};{valeur}\n")).collect();
    Essai::new("2023-12-31", &COMMUNES)
        .avec("activite", "activite", format!("annee;mesure;valeur\n{lignes}"))
        .lancer()
}

fn lire(rapport: &CompteRendu, id: &str, modalite: &str) -> Figure {
    let table = &rapport.table;
    let figure = table.figure(Niveau::Territoire, &rapport.code, id, modalite, 2023);
    figure.unwrap_or_else(|| panic!("{id} {modalite}"))
}

#[test]
fn artois_lys_romane() {
    let rapport = relais(&[
        ("enfants_0_2", "1755"),
        ("enfants_3_5", "1324"),
        ("enfants_0_2_parents_actifs", "833"),
        ("enfants_eaje", "306"),
        ("enfants_am", "517"),
        ("enfants_cmg_domicile", "12"),
        ("enfants_cmg_structure", "85"),
        ("eaje", "9"),
        ("eaje_places", "160"),
        ("am_agrees", "167"),
        ("am_actifs", "140"),
        ("am_accepte_periscolaire", "87"),
        ("am_accepte_atypique", "60"),
        ("am_accepte_urgence", "67"),
        ("am_accepte_handicap", "53"),
        ("demandes_collectif", "18"),
        ("demandes_am", "58"),
        ("demandes_domicile", "4"),
        ("demandes_atypique", "1"),
        ("demandes_urgence", "1"),
        ("demandes_handicap", "1"),
        ("demandes_perisco", "5"),
        ("am_disponibilites_monenfant", "68"),
        ("am_inscrits_monenfant", "68"),
    ]);
    // Printed 0.83, truncated.
    let taux = lire(&rapport, "taux_activite", "");
    assert_eq!((taux.valeur, taux.numerateur, taux.denominateur), (Some(83.8), Some(140.0), Some(167.0)));
    for (id, modalite, attendu) in [
        ("enfants_0_2", "", 1755.0),
        ("enfants_3_5", "", 1324.0),
        ("enfants_0_2_parents_actifs", "", 833.0),
        ("enfants_eaje", "", 306.0),
        ("enfants_am", "", 517.0),
        ("enfants_cmg_domicile", "", 12.0),
        ("enfants_cmg_structure", "", 85.0),
        ("eaje", "", 9.0),
        ("eaje_places", "", 160.0),
        ("am_accepte", "periscolaire", 87.0),
        ("am_accepte", "atypique", 60.0),
        ("am_accepte", "urgence", 67.0),
        ("am_accepte", "handicap", 53.0),
        ("demandes", "", 80.0),
        ("demandes", "perisco", 5.0),
        ("taux_monenfant", "", 100.0),
    ] {
        let figure = lire(&rapport, id, modalite);
        assert_eq!((figure.valeur, figure.statut), (Some(attendu), Statut::Observe), "{id} {modalite}");
        assert_eq!(&*figure.sources, "activite", "{id} {modalite}");
    }
}

#[test]
fn bas_pays_ne_remplace_pas_ce_qui_manque_par_zero() {
    let rapport = relais(&[
        ("enfants_0_2", "non disponible"),
        ("enfants_0_2_parents_actifs", "non disponible"),
        ("am_agrees", "83"),
        ("am_actifs", "non disponible"),
        ("eaje", "6"),
        ("eaje_places", "78"),
        ("mam", "1"),
        ("mam_places", "12"),
        ("am_accepte_periscolaire", "49"),
        ("am_accepte_atypique", "13"),
        ("am_accepte_urgence", "38"),
        ("am_accepte_handicap", "20"),
        ("demandes_collectif", "18"),
        ("demandes_am", "68"),
        ("demandes_domicile", "2"),
        ("demandes_handicap", "0"),
        ("am_disponibilites_monenfant", "40"),
        ("am_inscrits_monenfant", "58"),
    ]);
    for id in ["enfants_0_2", "enfants_0_2_parents_actifs", "am_actifs", "taux_activite", "places_pour_100"] {
        let figure = lire(&rapport, id, "");
        assert_eq!((figure.valeur, figure.statut), (None, Statut::NonDisponible), "{id}");
    }
    for (id, modalite, attendu) in [
        ("am_agrees", "", 83.0),
        ("eaje", "", 6.0),
        ("eaje_places", "", 78.0),
        ("mam", "", 1.0),
        ("mam_places", "", 12.0),
        ("am_accepte", "atypique", 13.0),
        ("demandes", "", 88.0),
        ("demandes", "handicap", 0.0),
        // Printed 68,96, truncated.
        ("taux_monenfant", "", 69.0),
    ] {
        assert_eq!(lire(&rapport, id, modalite).valeur, Some(attendu), "{id} {modalite}");
    }
}

#[test]
fn le_ratio_de_tourcoing_ne_prend_pas_le_nom_du_taux_de_la_cnaf() {
    let rapport = Essai::new("2023-12-31", &[("59599", "Tourcoing")])
        .avec(
            "activite",
            "activite",
            "annee;mesure;valeur\n2023;am_places;840\n2023;eaje_places;450\n2023;enfants_0_2;3993\n",
        )
        .avec(
            "cnaf",
            "taux_publies",
            "annee;code_commune;nom_commune;Taux de couverture\n2023;59599;Tourcoing;42\n",
        )
        .lancer();
    assert_eq!(lire(&rapport, "places_pour_100", "").valeur, Some(32.3));
    assert_eq!(lire(&rapport, "places_total", "").valeur, Some(1290.0));
    let table = &rapport.table;
    let publie = table.figure(Niveau::Commune, "59599", "taux_couverture_cnaf", "", 2023).unwrap();
    assert_eq!(publie.valeur, Some(42.0));
    let du_territoire = lire(&rapport, "taux_couverture_cnaf", "");
    assert_eq!(
        du_territoire.statut,
        Statut::NonDisponible,
        "un taux de commune n’est pas celui d’un territoire"
    );
}

#[test]
fn les_taux_publies_des_departements_se_lisent_a_cote() {
    let Some(donnees) = donnees_reelles() else { return };
    let publies = std::fs::read_to_string(donnees.join("caf/txcouv_pe_dep.csv")).unwrap();
    for (code, nom, departement, attendu) in [
        ("85003", "Aizenay", "85", 85.7),
        ("62516", "Lillers", "62", 57.7),
        ("89418", "Tonnerre", "89", 59.6),
    ] {
        let rapport =
            Essai::new("2023-12-31", &[(code, nom)]).avec("cnaf", "taux_publies", publies.as_str()).lancer();
        let figure =
            rapport.table.figure(Niveau::Departement, departement, "taux_couverture_cnaf", "", 2023).unwrap();
        assert_eq!((figure.valeur, figure.statut), (Some(attendu), Statut::Observe), "{departement}");
        assert_eq!(&*figure.sources, "cnaf");
    }
}
