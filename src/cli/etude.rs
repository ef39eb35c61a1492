//! `observatoire etude`

use super::francais::Attendu;
use super::progression::Barre;
use super::{COMPLET, LACUNES, options};
use crate::deliverables::look;
use crate::disclosure::Audience;
use crate::etude::TypeProjet;
use crate::pipeline::{Autre, CompteRenduEtude, DemandeEtude, etudier};
use crate::sources::valeurs::Financement;
use anstream::println;
use std::path::PathBuf;

const EXEMPLES: &str = "\
Exemples :
  observatoire etude pipelines/demo.toml --commune Oux --type micro-creche --places 12 --paje
  observatoire etude pipelines/demo.toml --commune Montfrelon --type mam --places 8 --ouverture 2026
  observatoire etude pipelines/demo.toml --commune Oux --type micro-creche --places 12 --adresse 46.81,-1.36
  observatoire etude pipelines/demo.toml --commune Oux --type micro-creche --places 12 --comparer Montfrelon,Aubrelonde:10,Oux:8:mam
  observatoire etude pipelines/demo.toml --type micro-creche --places 12 --meilleures-implantations 5

Types : micro-creche (12 places au plus), mam (20 enfants au plus), multi-accueil, creche-familiale.

L’étude est écrite en PDF, en page à ouvrir dans un navigateur et en classeur, dans
reports/<territoire>/etudes/<commune>-<type>-<places>/. Un nouveau lancement du rapport n’y touche pas.
Elle ne donne ni note ni avis : des chiffres, des hypothèses, des critères et ce qui n’est pas connu.";

/// Étudie un projet d’accueil : ce qu’il y a autour, ce qu’il changerait.
#[derive(Debug, clap::Args)]
#[command(after_help = EXEMPLES)]
pub(super) struct Arguments {
    /// Le pipeline du territoire.
    pipeline: PathBuf,
    /// La commune du projet, par son nom ou son code.
    #[arg(long, value_name = "COMMUNE")]
    commune: Option<String>,
    /// Le type : micro-creche, mam, multi-accueil ou creche-familiale.
    #[arg(long = "type", value_name = "TYPE", value_parser = lire_le_type)]
    genre: TypeProjet,
    /// Le nombre de places.
    #[arg(long, value_name = "N", value_parser = lire_les_places, allow_negative_numbers = true)]
    places: u32,
    /// Financement par la PSU : la Caf paie le gestionnaire.
    #[arg(long, conflicts_with = "paje")]
    psu: bool,
    /// Financement par la PAJE : les familles reçoivent le CMG (micro-crèche seulement).
    #[arg(long)]
    paje: bool,
    /// Où exactement : latitude puis longitude, en degrés (par défaut : le point de référence de la commune).
    #[arg(long, value_name = "LAT,LON", value_parser = lire_l_adresse, allow_hyphen_values = true)]
    adresse: Option<(f64, f64)>,
    /// Année d’ouverture (par défaut : celle qui suit le rapport).
    #[arg(long, value_name = "ANNÉE")]
    ouverture: Option<i32>,
    /// Autres lieux ou tailles, à mettre à côté : Commune, Commune:places ou Commune:places:type, séparés par des virgules.
    #[arg(long, value_name = "PROJETS", value_delimiter = ',', value_parser = lire_un_autre)]
    comparer: Vec<Autre>,
    /// Classe les communes où ces places serviraient le plus.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    meilleures_implantations: usize,
    /// Pour qui : public, elus ou interne.
    #[arg(long, value_name = "QUI", default_value = "public", hide_default_value = true, value_parser = lire_l_audience)]
    audience: Audience,
    /// Dossier des rapports (par défaut : reports, à côté de pipelines).
    #[arg(long, value_name = "DOSSIER")]
    rapports: Option<PathBuf>,
    /// Dossier du cache des données publiques (par défaut : data/cache, à côté de pipelines).
    #[arg(long, value_name = "DOSSIER")]
    cache: Option<PathBuf>,
    /// N’affiche rien, sauf les erreurs.
    #[arg(long, short)]
    silencieux: bool,
}

fn lire_les_places(texte: &str) -> Result<u32, Attendu> {
    texte.trim().parse().map_err(|_| "un nombre de places, 12 par exemple".into())
}

fn lire_le_type(texte: &str) -> Result<TypeProjet, Attendu> {
    TypeProjet::lire(texte)
        .ok_or_else(|| "au choix, micro-creche, mam, multi-accueil ou creche-familiale".into())
}

fn lire_l_audience(texte: &str) -> Result<Audience, Attendu> {
    let connue = Audience::TOUTES.into_iter().find(|a| a.dossier() == texte);
    connue.ok_or_else(|| "au choix, public, elus ou interne".into())
}

fn lire_l_adresse(texte: &str) -> Result<(f64, f64), Attendu> {
    let attendu = || Attendu::from("latitude puis longitude, en degrés avec un point, comme 46.75,-1.62");
    let (latitude, longitude) = texte.split_once([',', ';']).ok_or_else(attendu)?;
    let lire =
        |texte: &str, limite: f64| texte.trim().parse::<f64>().ok().filter(|degres| degres.abs() <= limite);
    lire(latitude, 90.0).zip(lire(longitude, 180.0)).ok_or_else(attendu)
}

fn lire_un_autre(texte: &str) -> Result<Autre, Attendu> {
    let mut parties = texte.split(':').map(str::trim);
    let commune = parties.next().filter(|c| !c.is_empty());
    let commune = commune.ok_or("une commune est attendue, comme Montfrelon ou Montfrelon:10")?.to_owned();
    let places = parties
        .next()
        .map(|p| p.parse().map_err(|_| Attendu(format!("« {p} » n’est pas un nombre de places"))));
    let genre = parties.next().map(lire_le_type).transpose()?;
    if parties.next().is_some() {
        return Err("trois parties au plus, Commune:places:type".into());
    }
    Ok(Autre { commune, places: places.transpose()?, genre })
}

pub(super) fn executer(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let options = options(&arguments.pipeline, arguments.rapports.as_deref(), arguments.cache.as_deref());
    let financement = match (arguments.psu, arguments.paje) {
        (true, _) => Some(Financement::Psu),
        (_, true) => Some(Financement::Paje),
        _ => None,
    };
    let demande = DemandeEtude {
        commune: arguments.commune.clone(),
        genre: arguments.genre,
        places: arguments.places,
        financement,
        adresse: arguments.adresse,
        ouverture: arguments.ouverture,
        comparer: arguments.comparer.clone(),
        implantations: arguments.meilleures_implantations,
        audience: arguments.audience,
    };
    let barre = Barre::new(arguments.silencieux);
    let issue = etudier(&arguments.pipeline, &demande, &options, &barre);
    barre.finir();
    let compte_rendu = issue?;
    if !arguments.silencieux {
        raconter(&compte_rendu);
    }
    Ok(if compte_rendu.a_des_lacunes { LACUNES } else { COMPLET })
}

const GRAS: &str = "\u{1b}[1m";
const JAUNE: &str = "\u{1b}[33m";
const VERT: &str = "\u{1b}[32m";
const FIN: &str = "\u{1b}[0m";

fn raconter(compte_rendu: &CompteRenduEtude) {
    println!("\n{GRAS}{}{FIN}\n", compte_rendu.titre);
    for phrase in &compte_rendu.en_bref {
        println!("  – {phrase}");
    }
    if !compte_rendu.implantations.is_empty() {
        println!("\n{GRAS}Où ces places iraient le plus aux communes moins bien servies{FIN}");
        for (rang, (commune, utiles)) in compte_rendu.implantations.iter().enumerate() {
            println!("  {:2}. {commune:48} {:>6} places", rang + 1, look::nombre(*utiles, 1));
        }
    }
    for avis in &compte_rendu.avis {
        println!("\n{JAUNE}•{FIN} {avis}");
    }
    println!("\n{VERT}L’étude est dans{FIN} {GRAS}{}{FIN}", compte_rendu.dossier.display());
    for fichier in &compte_rendu.fichiers {
        println!("  {}", fichier.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_lieu_a_comparer_se_lit() {
        let autre = |commune: &str, places, genre| Autre { commune: commune.to_owned(), places, genre };
        assert_eq!(lire_un_autre("Oux"), Ok(autre("Oux", None, None)));
        assert_eq!(lire_un_autre("Le Poirier-Blanc:10"), Ok(autre("Le Poirier-Blanc", Some(10), None)));
        assert_eq!(lire_un_autre("Oux : 8 : mam"), Ok(autre("Oux", Some(8), Some(TypeProjet::Mam))));
        for faux in ["", ":10", "Oux:dix", "Oux:8:école", "Oux:8:mam:12"] {
            assert!(lire_un_autre(faux).is_err(), "{faux}");
        }
    }

    #[test]
    fn une_adresse_se_lit_latitude_d_abord() {
        assert_eq!(lire_l_adresse("46.75,-1.62"), Ok((46.75, -1.62)));
        assert_eq!(lire_l_adresse("46.75 ; -1.62"), Ok((46.75, -1.62)));
        for faux in ["46.75", "146,-1", "nord,ouest", ""] {
            assert!(lire_l_adresse(faux).is_err(), "{faux}");
        }
    }
}
