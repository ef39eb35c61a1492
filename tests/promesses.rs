//! Promises to the people who use the product, one file each. One binary: linking costs more than running.
#![allow(clippy::print_stderr, clippy::unwrap_used, missing_docs, unreachable_pub)]

mod commun;

mod chiffres_publies;
mod comptes_des_lignes;
mod conservation;
mod corpus;
mod deterministe;
mod discretion;
mod donnees_reelles;
mod fichiers_abimes;
mod geojson_valide;
mod init;
mod ligne_de_commande;
mod mutations;
