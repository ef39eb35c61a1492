//! The files of a country, and the pipeline that reads them.

use super::super::{ErreurSimulation, Territoire};
use super::tableur::{Encodage, csv};
use super::{caf, pmi, publics, structures};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Every file: `data/…` and `pipelines/pays.toml`, with its bytes.
///
/// # Errors
/// If a table cannot be composed.
pub(in super::super) fn fichiers_du_pays(
    pays: &Territoire,
) -> Result<BTreeMap<String, Vec<u8>>, ErreurSimulation> {
    let recensement = "structures/structures.csv".to_owned();
    let octets = csv(&recensement, &structures::lignes(pays), Encodage::Utf8AvecBom)?;
    let mut fichiers: BTreeMap<String, Vec<u8>> = pmi::grandes_listes(pays)?
        .into_iter()
        .chain(caf::fichiers(pays)?)
        .chain(publics::fichiers(pays)?)
        .chain([(recensement, octets)])
        .map(|(chemin, octets)| (format!("data/{chemin}"), octets))
        .collect();
    let pipeline = pipeline(pays, fichiers.keys());
    fichiers.insert("pipelines/pays.toml".to_owned(), pipeline.into_bytes());
    Ok(fichiers)
}

/// The pipeline: the source of a file is called after it.
fn pipeline<'a>(pays: &Territoire, fichiers: impl Iterator<Item = &'a String>) -> String {
    let annee = pays.parametres.derniere_annee();
    let mut texte = format!(
        "# Un pays simulé : communes, personnes et structures sont inventées, même sous des codes qui existent.\n\n\
         [territoire]\nepci = \"249600013\"\n\n[observation]\ndate = {annee}-12-31\n"
    );
    for fichier in fichiers {
        let (dossier, nom) = fichier.rsplit_once('/').unwrap_or(("", fichier));
        let id = nom.split('.').next().unwrap_or(nom).trim_end_matches("-12-31").replace('_', "-");
        let (genre, date) = match dossier {
            "data/pmi" => ("pmi", annee_du_nom(&id)),
            "data/caf" => ("imaje", annee_du_nom(&id)),
            "data/insee" => ("naissances", None),
            "data/structures" => ("structures", Some(annee)),
            _ if id == "communes" => ("composition", None),
            _ => ("contours", None),
        };
        let _ =
            write!(texte, "\n[[sources]]\nid = \"{id}\"\ntype = \"{genre}\"\nfichier = \"../{fichier}\"\n");
        if let Some(annee) = date {
            let _ = writeln!(texte, "date = {annee}-12-31");
        }
    }
    texte
}

fn annee_du_nom(id: &str) -> Option<i32> {
    id.rsplit('-').next()?.parse().ok()
}
