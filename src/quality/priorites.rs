//! The five things to correct first: what costs the most figures, then rows, then certainty.

use super::contradictions::Contradiction;
use super::{Bilan, ChiffreManquant, Gravite, Matiere, Motif, Probleme, texte_sur};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many things are put at the top.
const CINQ: usize = 5;

/// Places shown for each.
const LIEUX: usize = 4;

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
    /// Where to look, the first few places, and how many others there are.
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

/// The problems that one action would settle.
type Paquet<'a> = Vec<(&'a Bilan, &'a Probleme)>;

/// Ranks what was found: lost files by the figures they cost, then rejected rows and doubtful communes by
/// reason and kind of source (the same mistake comes back in the file of each year), contradictions, and
/// cells taken as missing. What asks for nothing is left out. `genre_de` gives the kind of a source.
pub(super) fn classer(
    matiere: &Matiere<'_>,
    contradictions: &[Contradiction],
    manques: &[ChiffreManquant],
    genre_de: impl Fn(&str) -> String,
) -> Vec<Priorite> {
    let mut paquets: BTreeMap<(Motif, String), Paquet<'_>> = BTreeMap::new();
    // The last source of the pipeline first: as a rule that of the last year, which matters most.
    for bilan in matiere.bilans.0.iter().rev() {
        for probleme in bilan.problemes.iter().filter(|p| demande_une_action(p.motif)) {
            let seul = probleme.motif.gravite() == Gravite::Fichier;
            let avec = if seul { bilan.source.clone() } else { genre_de(&bilan.source) };
            paquets.entry((probleme.motif, avec)).or_default().push((bilan, probleme));
        }
    }
    let mut trouvees: Vec<(Poids, Priorite)> = paquets
        .iter()
        .filter_map(|((motif, _), paquet)| {
            let genre = genre_de(&paquet.first()?.0.source);
            let perdus = manques.iter().filter(|m| m.genres.contains(&genre)).count();
            let chiffres = if motif.gravite() == Gravite::Fichier { perdus } else { 0 };
            let lignes = paquet.iter().map(|(_, p)| p.lignes).sum();
            let pese = motif.engage_tout_le_fichier() || motif.tait_des_chiffres();
            let gravite = if pese { Gravite::Rejet } else { motif.gravite() };
            let poids = Poids { gravite, chiffres, lignes };
            Some((poids, priorite(matiere, *motif, paquet, chiffres)))
        })
        .collect();
    if let Some(premiere) = contradictions.first() {
        let lignes = u32::try_from(contradictions.len()).unwrap_or(u32::MAX);
        let poids = Poids { gravite: Gravite::MisDeCote, chiffres: 0, lignes };
        trouvees.push((poids, contredites(contradictions, premiere)));
    }
    trouvees.sort_by_key(|(poids, _)| Reverse((poids.gravite, poids.chiffres, poids.lignes)));
    trouvees.into_iter().map(|(_, priorite)| priorite).take(CINQ).collect()
}

/// Totals, closed structures or communes of elsewhere are as they should be; contradictions are told
/// together.
pub(super) fn demande_une_action(motif: Motif) -> bool {
    !matches!(
        motif,
        Motif::LigneDeTotal
            | Motif::CommuneHorsPerimetre
            | Motif::StructureFermee
            | Motif::ValeursContraires
            | Motif::ComptesContraires
            | Motif::ValeurCompletee
            | Motif::MamDuRecensement
            | Motif::ReponseVide
            | Motif::ReponseNonEnvoyee
    )
}

fn priorite(matiere: &Matiere<'_>, motif: Motif, paquet: &Paquet<'_>, chiffres: usize) -> Priorite {
    let mut sources: Vec<&str> = paquet.iter().map(|(b, _)| b.source.as_str()).collect();
    sources.dedup();
    let libelle = |id: &&str| matiere.source(id).map_or_else(|| (*id).to_owned(), |s| s.libelle.clone());
    // The lines to paste stand below; what is no cell is known by what is told of it.
    let lieux = paquet.iter().take(LIEUX).map(|(_, p)| match &p.valeur {
        Some(valeur) => format!("{} : « {valeur} »", p.lieu),
        None if p.a_coller.is_empty() && !p.detail.is_empty() => {
            format!("{} : {}", p.lieu, texte_sur(&p.detail))
        }
        None => p.lieu.to_string(),
    });
    let lieux = lieux.chain(les_autres(paquet.len(), "rejets.csv les cite"));
    let mut a_coller: Vec<String> = Vec::new();
    for ligne in paquet.iter().flat_map(|(_, p)| &p.a_coller) {
        if !a_coller.contains(ligne) {
            a_coller.push(ligne.clone());
        }
    }
    let ou = match &sources[..] {
        [seule] => libelle(seule),
        plusieurs => {
            let premiere = plusieurs.first().map(libelle).unwrap_or_default();
            match plusieurs.len() - 1 {
                1 => format!("{premiere} et 1 autre source"),
                n => format!("{premiere} et {n} autres sources"),
            }
        }
    };
    let lignes = paquet.iter().map(|(_, p)| p.lignes).sum();
    Priorite {
        code: motif.code().to_owned(),
        titre: format!("{} : {ou}", en_tete(motif.titre())),
        perte: match motif {
            Motif::SourceEnDouble => "Le fichier est lu une fois : aucun chiffre ne manque.".to_owned(),
            Motif::StructureEnDouble | Motif::PersonneSurDeuxListes => ailleurs(lignes),
            _ if motif.tait_des_chiffres() => "Des chiffres manquent au rapport.".to_owned(),
            _ if motif.engage_tout_le_fichier() => "Tous les chiffres du fichier en dépendent.".to_owned(),
            _ => perte(motif.gravite(), lignes, chiffres),
        },
        conseil: motif.conseil().to_owned(),
        lieux: lieux.collect(),
        a_coller,
    }
}

/// How many places are not told, and where they are.
fn les_autres(nombre: usize, ou: &str) -> Option<String> {
    match nombre.saturating_sub(LIEUX) {
        0 => None,
        1 => Some(format!("et 1 autre : {ou}")),
        n => Some(format!("et {n} autres : {ou}")),
    }
}

fn en_tete(titre: &str) -> String {
    let mut lettres = titre.chars();
    lettres.next().map(|premiere| premiere.to_uppercase().chain(lettres).collect()).unwrap_or_default()
}

/// Of rows that another one, or another list, takes the place of.
fn ailleurs(lignes: u32) -> String {
    match lignes {
        1 => "1 ligne n’est pas ajoutée : une autre compte à sa place.".to_owned(),
        n => format!("{n} lignes ne sont pas ajoutées : d’autres comptent à leur place."),
    }
}

fn perte(gravite: Gravite, lignes: u32, chiffres: usize) -> String {
    let accorder = |un: &str, plusieurs: &str| {
        if lignes > 1 { format!("{lignes} lignes {plusieurs}.") } else { format!("{lignes} ligne {un}.") }
    };
    match gravite {
        Gravite::Fichier => match chiffres {
            0 => "Le fichier entier n’est pas lu.".to_owned(),
            1 => "Le fichier entier n’est pas lu ; un chiffre du rapport manque.".to_owned(),
            n => format!("Le fichier entier n’est pas lu ; {n} chiffres du rapport manquent."),
        },
        Gravite::Rejet => accorder("n’est pas comptée", "ne sont pas comptées"),
        Gravite::MisDeCote => accorder("attend votre décision", "attendent votre décision"),
        Gravite::Avertissement => {
            accorder("est comptée, avec une réserve", "sont comptées, avec une réserve")
        }
    }
}

fn contredites(contradictions: &[Contradiction], premiere: &Contradiction) -> Priorite {
    let nombre = contradictions.len();
    let lieux = contradictions.iter().take(LIEUX).map(|c| format!("{}, {}, {}", c.quoi, c.commune, c.annee));
    let lieux = lieux.chain(les_autres(nombre, "plus bas"));
    Priorite {
        code: premiere.motif.code().to_owned(),
        titre: "Des sources se contredisent".to_owned(),
        perte: if nombre > 1 {
            format!("{nombre} chiffres sont différents d’une source à l’autre.")
        } else {
            "Un chiffre est différent d’une source à l’autre.".to_owned()
        },
        conseil: "Comparez-les dans le tableau des contradictions, plus bas, qui montre leurs valeurs côte à côte, avec leurs dates : l’une est incomplète, ou d’un autre jour."
            .to_owned(),
        lieux: lieux.collect(),
        a_coller: Vec::new(),
    }
}
