//! Promises to the people who use the product, one file each. One binary: linking costs more than running.
#![allow(clippy::print_stderr, missing_docs)]

mod commun;

mod chiffres_publies;
mod comptes_des_lignes;
mod deterministe;
mod discretion;
mod donnees_reelles;
mod fichiers_abimes;
mod geojson_valide;
mod ligne_de_commande;
mod sources_du_bureau;
