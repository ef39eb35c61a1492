//! Promises to the people who use the product, one file each. One binary: linking costs more than running.
// A test that cannot go on fails: that is what unwrap does. Figures are promised to the digit.
#![allow(clippy::print_stderr, clippy::unwrap_used, clippy::float_cmp, missing_docs, unreachable_pub)]
// What reads well in a test.
#![allow(
    clippy::format_collect,
    clippy::format_push_string,
    clippy::items_after_statements,
    clippy::similar_names,
    clippy::too_many_lines
)]

mod commun;

mod activite_et_enquetes;
mod annexe_caf;
mod ce_que_compte_un_tableau;
mod ce_que_rien_ne_dit;
mod ce_qui_reste_juste;
mod chiffres_publies;
mod colonnes_non_employees;
mod communes_oubliees;
mod comptes_des_lignes;
mod conservation;
mod corpus;
mod deterministe;
mod deux_rapports;
mod discretion;
mod divulgation;
mod divulgation_des_enquetes;
mod documentation;
mod donnees_reelles;
mod dynamique;
mod equilibre;
mod etude;
mod expliquer;
mod feuilles;
mod fichiers_abimes;
mod fichiers_hostiles;
mod formulaire_caf;
mod geojson_valide;
mod grand_territoire;
mod historique;
mod init;
mod ligne_de_commande;
mod lignes_non_comptees;
mod lois_de_la_dynamique;
mod mots_des_bureaux;
mod mutations;
mod nombres_du_bureau;
mod pages_imprimees;
mod pannes;
mod perimetre_dans_le_temps;
mod projection;
mod qualite;
mod qui_compte;
mod recensements;
mod recuperer;
mod reprises;
mod source_perdue;
mod sources_du_bureau;
mod suivi_des_personnes;
mod tableau_de_bord;
mod une_seule_fois;
