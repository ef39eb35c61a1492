//! `observatoire recuperer`

use super::progression::Telechargements;
use super::{COMPLET, LACUNES, en_argument, racine};
use crate::deliverables::look;
use crate::open_data::{
    Cache, Cause, Demande, Etat, Manquante, Obtenue, Raison, Recuperation, Services, adresses, consequences,
    recuperer, recuperer_depuis,
};
use crate::pipeline::Declaration;
use anstream::println;
use chrono::NaiveDate;
use std::path::{Path, PathBuf};

/// Prend les données publiques d’un pipeline auprès des services publics, une fois pour toutes (communes,
/// contours, code officiel géographique, naissances, taux de la Cnaf).
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exemples :\n  observatoire recuperer pipelines/tonnerrois.toml\n  observatoire recuperer pipelines/tonnerrois.toml --depuis ~/Téléchargements\n\nCe qui n’a pas changé n’est pas redemandé. Derrière un serveur mandataire (proxy), la variable HTTPS_PROXY\nest suivie. Avec --depuis, chaque fichier est reconnu à son contenu, quel que soit son nom."
)]
pub(super) struct Arguments {
    /// Le pipeline du territoire.
    pipeline: PathBuf,
    /// Dossier où les fichiers publics ont été déposés : internet n’est pas employé.
    #[arg(long, value_name = "DOSSIER", conflicts_with = "hors_ligne")]
    depuis: Option<PathBuf>,
    /// N’emploie que ce qui a déjà été reçu, sans toucher au réseau.
    #[arg(long)]
    hors_ligne: bool,
    /// Dossier du cache (par défaut : data/cache, à côté de pipelines).
    #[arg(long, value_name = "DOSSIER")]
    cache: Option<PathBuf>,
}

const GRAS: &str = "\u{1b}[1m";
const VERT: &str = "\u{1b}[32m";
const JAUNE: &str = "\u{1b}[33m";
const FIN: &str = "\u{1b}[0m";

pub(super) fn executer(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let declaration = Declaration::lire(&arguments.pipeline)?;
    let demande = declaration.demande();
    if demande.voulus.is_empty() {
        println!(
            "Ce pipeline ne demande aucune donnée publique : toutes ses sources ont un fichier. Ôtez la ligne « fichier » d’une source pour qu’elle soit récupérée."
        );
        return Ok(COMPLET);
    }
    let cache =
        Cache::new(arguments.cache.clone().unwrap_or_else(|| racine(&arguments.pipeline).join("data/cache")));
    let jour = aujourd_hui();
    let bilan = if let Some(dossier) = &arguments.depuis {
        recuperer_depuis(&demande, dossier, &cache, jour)?
    } else {
        let barres = Telechargements::default();
        recuperer(&demande, &declaration.services, &cache, arguments.hors_ligne, jour, &barres)?
    };
    raconter(&bilan, jour);
    dire_les_echecs(&bilan);
    dire_le_reste(&bilan, arguments.depuis.as_deref());
    if !bilan.manquantes.is_empty() && injoignable(&bilan) {
        proposer_le_dossier(&arguments.pipeline, &demande, &declaration.services, &cache);
    }
    println!("\nLe cache est dans {GRAS}{}{FIN}", cache.dossier().display());
    Ok(if bilan.est_complete() { COMPLET } else { LACUNES })
}

fn raconter(bilan: &Recuperation, jour: NaiveDate) {
    println!("{GRAS}Données publiques{FIN}");
    for prise in &bilan.prises {
        let etat = match (&prise.echec, prise.etat) {
            (Some(_), _) => format!("{JAUNE}ancienne copie{FIN}, {}", age(prise.date, jour)),
            (None, Etat::Nouvelle) => format!("{VERT}nouveau{FIN}"),
            (None, Etat::Inchangee) => format!("sans changement, {}", age(prise.date, jour)),
        };
        println!("  {:34} {etat}", nom(prise.genre.libelle(), prise.jeu.as_deref()));
    }
    for manquante in &bilan.manquantes {
        println!("  {:34} {JAUNE}manque{FIN}", nom(manquante.genre.libelle(), manquante.jeu.as_deref()));
    }
}

fn nom(libelle: &str, jeu: Option<&str>) -> String {
    jeu.map_or_else(|| libelle.to_owned(), |jeu| format!("{libelle} : {jeu}"))
}

/// What could not be had for one reason.
#[derive(Default)]
struct Perte<'a> {
    services: Vec<String>,
    manquantes: Vec<&'a Manquante>,
    gardees: Vec<&'a Obtenue>,
}

/// Each reason once, with what it costs.
fn dire_les_echecs(bilan: &Recuperation) {
    let mut pertes: Vec<(String, Perte<'_>)> = Vec::new();
    for manquante in &bilan.manquantes {
        perte(&mut pertes, &manquante.raison).manquantes.push(manquante);
    }
    for prise in &bilan.prises {
        if let Some(echec) = &prise.echec {
            perte(&mut pertes, &Raison::from(echec.clone())).gardees.push(prise);
        }
    }
    if pertes.is_empty() {
        return;
    }
    println!("\n{GRAS}Ce qui n’a pas pu être pris{FIN}");
    for (raison, perte) in &pertes {
        match perte.services.as_slice() {
            [] => println!("  {JAUNE}•{FIN} {raison}"),
            [service] => println!("  {JAUNE}•{FIN} {service} {raison}."),
            services => {
                println!("  {JAUNE}•{FIN} Plusieurs services : {}.", services.join(", "));
                println!("    Chacun {raison}.");
            }
        }
        let uniques = |mut textes: Vec<String>| {
            let mut vus = std::collections::BTreeSet::new();
            textes.retain(|texte| vus.insert(texte.clone()));
            textes.join(" ; ")
        };
        if !perte.manquantes.is_empty() {
            let perdus = perte.manquantes.iter().flat_map(|m| consequences(m.genre)).collect();
            println!("    Il manquera : {}.", uniques(perdus));
        }
        if !perte.gardees.is_empty() {
            let gardes = perte.gardees.iter().map(|p| p.genre.libelle().to_owned()).collect();
            println!("    La copie qui est dans le cache continue de servir : {}.", uniques(gardes));
        }
    }
}

/// The losses of a reason; services that fail in the same way are told together.
fn perte<'a, 'b>(pertes: &'b mut Vec<(String, Perte<'a>)>, raison: &Raison) -> &'b mut Perte<'a> {
    let (texte, service) = match raison {
        Raison::Service(echec) => (echec.cause.to_string(), Some(echec.service.to_string())),
        autre => (autre.to_string(), None),
    };
    let rang = pertes
        .iter()
        .position(|(connu, perte)| *connu == texte && perte.services.is_empty() == service.is_none());
    let rang = rang.unwrap_or_else(|| {
        pertes.push((texte, Perte::default()));
        pertes.len() - 1
    });
    let perte = &mut pertes[rang].1;
    if let Some(service) = service.filter(|s| !perte.services.contains(s)) {
        perte.services.push(service);
    }
    perte
}

fn dire_le_reste(bilan: &Recuperation, depuis: Option<&Path>) {
    for avertissement in &bilan.avertissements {
        println!("  {JAUNE}•{FIN} {avertissement}");
    }
    if depuis.is_some() && !bilan.inconnus.is_empty() {
        println!("{} fichier(s) du dossier ne servent pas à ce pipeline.", bilan.inconnus.len());
    }
}

/// True if the network itself is what fails.
fn injoignable(bilan: &Recuperation) -> bool {
    bilan.echecs().iter().any(|e| {
        matches!(
            e.cause,
            Cause::Injoignable(_)
                | Cause::Mandataire
                | Cause::Certificat
                | Cause::PageWeb
                | Cause::Redirection(_)
        )
    })
}

fn proposer_le_dossier(pipeline: &Path, demande: &Demande, services: &Services, cache: &Cache) {
    println!(
        "\n{GRAS}Sans internet ici ?{FIN} Ouvrez ces adresses dans le navigateur d’un poste qui y a accès, enregistrez chaque fichier\ndans un même dossier, sous n’importe quel nom, puis lancez :\n  observatoire recuperer {} --depuis <dossier>\n",
        en_argument(pipeline)
    );
    let adresses = adresses(demande, services, cache);
    for (genre, adresse) in &adresses {
        println!("  {:34} {adresse}", genre.libelle());
    }
    let sans_adresse = demande.voulus.iter().any(|g| adresses.iter().all(|(connu, _)| connu != g));
    if sans_adresse {
        println!(
            "  (les autres dépendent du numéro SIREN de l’intercommunalité : relancez cette commande après ces fichiers)"
        );
    }
}

/// How old a copy is.
pub(super) fn age(date: NaiveDate, jour: NaiveDate) -> String {
    let quand = look::date(date);
    match (jour - date).num_days() {
        ..=0 => "d’aujourd’hui".to_owned(),
        1 => "d’hier".to_owned(),
        jours @ 2..=60 => format!("du {quand} (il y a {jours} jours)"),
        jours @ 61..=730 => format!("du {quand} (il y a {} mois)", jours / 30),
        jours => format!("du {quand} (il y a {} ans)", jours / 365),
    }
}

/// The day, written in the register of the cache and nowhere else.
#[allow(clippy::disallowed_methods)]
pub(super) fn aujourd_hui() -> NaiveDate {
    let secondes = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0));
    chrono::DateTime::from_timestamp(secondes, 0).map(|d| d.date_naive()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l_age_se_dit_comme_on_parle() {
        let jour = |a, m, j| NaiveDate::from_ymd_opt(a, m, j).unwrap();
        let le = |date| age(date, jour(2026, 11, 22));
        assert_eq!(le(jour(2026, 11, 22)), "d’aujourd’hui");
        assert_eq!(le(jour(2026, 11, 21)), "d’hier");
        assert!(le(jour(2026, 11, 2)).contains("il y a 20 jours"));
        assert!(le(jour(2026, 5, 2)).contains("il y a 6 mois"));
        assert!(le(jour(2023, 5, 2)).contains("il y a 3 ans"));
    }
}
