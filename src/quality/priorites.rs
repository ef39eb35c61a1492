//! The five things to correct first: what costs the most figures, then rows, then certainty.

use super::contradictions::Contradiction;
use super::{Bilan, ChiffreManquant, Gravite, Matiere, Motif};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many things are put at the top.
pub const CINQ: usize = 5;

/// One thing to correct.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Priorite {
    /// Code of the reason.
    pub code: String,
    /// What, as the end of a list item.
    pub titre: String,
    /// What it costs, as a sentence.
    pub perte: String,
    /// What to do.
    pub conseil: String,
    /// Where to look, the first few places.
    pub lieux: Vec<String>,
    /// Lines to paste under `[correspondances]`.
    pub a_coller: Vec<String>,
}

/// What makes one thing come before another.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Poids {
    gravite: Gravite,
    /// Figures that are missing because of it, for a lost file.
    chiffres: usize,
    lignes: u32,
}

/// Ranks what was found: lost files by the figures they cost, rejected rows and doubtful communes by
/// reason and source, contradictions, then cells taken as missing. What asks for nothing is left out.
pub fn classer(
    matiere: &Matiere<'_>,
    contradictions: &[Contradiction],
    manques: &[ChiffreManquant],
    genre_de: impl Fn(&str) -> String,
) -> Vec<Priorite> {
    let mut trouvees: Vec<(Poids, Priorite)> = Vec::new();
    for bilan in &matiere.bilans.0 {
        let mut par_motif: BTreeMap<Motif, Vec<&super::Probleme>> = BTreeMap::new();
        for probleme in &bilan.problemes {
            if demande_une_action(probleme.motif) {
                par_motif.entry(probleme.motif).or_default().push(probleme);
            }
        }
        for (motif, problemes) in par_motif {
            let lignes = problemes.iter().map(|p| p.lignes).sum();
            let genre = genre_de(&bilan.source);
            let chiffres = manques.iter().filter(|m| m.genres.contains(&genre)).count();
            let chiffres = if motif.gravite() == Gravite::Fichier { chiffres } else { 0 };
            let priorite = priorite(matiere, bilan, motif, &problemes, chiffres);
            trouvees.push((Poids { gravite: motif.gravite(), chiffres, lignes }, priorite));
        }
    }
    if let Some(premiere) = contradictions.first() {
        let lignes = u32::try_from(contradictions.len()).unwrap_or(u32::MAX);
        let poids = Poids { gravite: Gravite::MisDeCote, chiffres: 0, lignes };
        trouvees.push((poids, contredites(contradictions, premiere)));
    }
    // Among equals, the last source of the pipeline first: as a rule that of the last year.
    trouvees.reverse();
    trouvees.sort_by_key(|(poids, _)| Reverse((poids.gravite, poids.chiffres, poids.lignes)));
    trouvees.into_iter().map(|(_, priorite)| priorite).take(CINQ).collect()
}

/// Totals, closed structures or communes of elsewhere are as they should be; contradictions are told
/// together.
fn demande_une_action(motif: Motif) -> bool {
    !matches!(
        motif,
        Motif::LigneDeTotal
            | Motif::CommuneHorsPerimetre
            | Motif::StructureFermee
            | Motif::AgrementFutur
            | Motif::ValeursContraires
            | Motif::ComptesContraires
    )
}

fn priorite(
    matiere: &Matiere<'_>,
    bilan: &Bilan,
    motif: Motif,
    problemes: &[&super::Probleme],
    chiffres: usize,
) -> Priorite {
    let libelle = matiere.source(&bilan.source).map_or(bilan.source.as_str(), |s| s.libelle.as_str());
    let lignes: u32 = problemes.iter().map(|p| p.lignes).sum();
    let mut a_coller: Vec<String> = problemes.iter().flat_map(|p| p.a_coller.clone()).collect();
    a_coller.dedup();
    let lieux = problemes.iter().take(3).map(|p| match &p.valeur {
        Some(valeur) => format!("{} : « {valeur} »", p.lieu),
        None => p.lieu.to_string(),
    });
    Priorite {
        code: motif.code().to_owned(),
        titre: format!("{libelle} : {}", motif.titre()),
        perte: perte(motif.gravite(), lignes, chiffres),
        conseil: motif.conseil().to_owned(),
        lieux: lieux.collect(),
        a_coller,
    }
}

fn perte(gravite: Gravite, lignes: u32, chiffres: usize) -> String {
    let s = if lignes > 1 { "s" } else { "" };
    match gravite {
        Gravite::Fichier if chiffres == 1 => "Le fichier entier n’est pas lu ; un chiffre manque.".to_owned(),
        Gravite::Fichier if chiffres > 1 => {
            format!("Le fichier entier n’est pas lu ; {chiffres} chiffres du rapport manquent.")
        }
        Gravite::Fichier => "Le fichier entier n’est pas lu.".to_owned(),
        Gravite::Rejet => {
            format!("{lignes} ligne{s} du fichier n’{} pas.", if lignes > 1 { "entrent" } else { "entre" })
        }
        Gravite::MisDeCote => {
            format!("{lignes} ligne{s} attend{} votre décision.", if lignes > 1 { "ent" } else { "" })
        }
        Gravite::Avertissement => format!("{lignes} ligne{s} lue{s}, avec une réserve."),
    }
}

fn contredites(contradictions: &[Contradiction], premiere: &Contradiction) -> Priorite {
    let nombre = contradictions.len();
    let s = if nombre > 1 { "s" } else { "" };
    let lieux = contradictions.iter().take(3).map(|c| format!("{}, {}, {}", c.quoi, c.commune, c.annee));
    Priorite {
        code: premiere.motif.code().to_owned(),
        titre: "Des sources se contredisent".to_owned(),
        perte: format!(
            "{nombre} chiffre{s} d’un côté ne {} pas avec l’autre.",
            if nombre > 1 { "vont" } else { "va" }
        ),
        conseil: "Le tableau des contradictions, plus bas, montre les valeurs côte à côte, avec leurs dates."
            .to_owned(),
        lieux: lieux.collect(),
        a_coller: Vec::new(),
    }
}
