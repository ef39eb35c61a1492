//! The vocabulary of the relais' activity: from the labels of the files to the stable names of measures.
//!
//! It is data, `pipelines/layouts/mesures_activite.toml`: a new spelling, or a new measure, is a line there.

use crate::sources::disposition::mots_communs;
use crate::sources::valeurs::replier;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The vocabulary that comes with the program.
const VOCABULAIRE: &str = include_str!("../../../pipelines/layouts/mesures_activite.toml");

/// How near a label must be to be suggested, from 0 to 1.
const PROCHE: f64 = 0.82;

/// Something that a relais counts, as the evaluation form of the Caf asks for it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MesureActivite {
    /// Stable name: the column `mesure` of [`super::Declarations`].
    pub id: String,
    /// Label of the form.
    pub libelle: String,
    /// Other spellings that are read; case, accents and punctuation do not count.
    #[serde(default)]
    pub graphies: Vec<String>,
    /// Measures of which this one is the sum; empty if it is no total.
    #[serde(default)]
    pub parties: Vec<String>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Fichier {
    mesures: Vec<MesureActivite>,
}

/// Every measure, in the order of the form. Empty only if the file that comes with the program were no
/// vocabulary, which a test forbids.
pub fn mesures_activite() -> &'static [MesureActivite] {
    static MESURES: OnceLock<Vec<MesureActivite>> = OnceLock::new();
    MESURES.get_or_init(|| toml::from_str::<Fichier>(VOCABULAIRE).map(|f| f.mesures).unwrap_or_default())
}

/// The spellings, folded, with their measure.
fn graphies() -> &'static BTreeMap<String, &'static MesureActivite> {
    static GRAPHIES: OnceLock<BTreeMap<String, &'static MesureActivite>> = OnceLock::new();
    GRAPHIES.get_or_init(|| {
        mesures_activite().iter().flat_map(|m| ecritures(m).map(move |texte| (replier(texte), m))).collect()
    })
}

fn ecritures(mesure: &MesureActivite) -> impl Iterator<Item = &str> {
    [mesure.id.as_str(), mesure.libelle.as_str()]
        .into_iter()
        .chain(mesure.graphies.iter().map(String::as_str))
}

/// The measure that a label names; none if the vocabulary does not know it.
pub(super) fn reconnaitre(libelle: &str) -> Option<&'static MesureActivite> {
    let replie = replier(libelle);
    let autrement = || {
        let nue = DEBUTS.iter().find_map(|debut| replie.strip_prefix(debut)).unwrap_or(&replie);
        graphies_au_singulier().get(&au_singulier(nue)).copied().flatten()
    };
    graphies().get(&replie).copied().or_else(autrement)
}

/// Words before a measure that change nothing to what it counts.
const DEBUTS: [&str; 8] =
    ["nombre d ", "nombre de ", "nombre des ", "nb d ", "nb de ", "nb ", "nbre d ", "nbre de "];

/// « porteurs de projets » → « porteur de projet ».
fn au_singulier(replie: &str) -> String {
    replie.split(' ').map(|mot| mot.strip_suffix('s').unwrap_or(mot)).collect::<Vec<_>>().join(" ")
}

/// The spellings in the singular, with their measure, if it is one.
fn graphies_au_singulier() -> &'static BTreeMap<String, Option<&'static MesureActivite>> {
    static GRAPHIES: OnceLock<BTreeMap<String, Option<&'static MesureActivite>>> = OnceLock::new();
    GRAPHIES.get_or_init(|| {
        let mut trouvees: BTreeMap<String, Option<&'static MesureActivite>> = BTreeMap::new();
        for (graphie, mesure) in graphies() {
            let nue = DEBUTS.iter().find_map(|debut| graphie.strip_prefix(debut)).unwrap_or(graphie);
            for texte in [graphie.as_str(), nue] {
                let connue = trouvees.entry(au_singulier(texte)).or_insert(Some(mesure));
                // Of two measures, none.
                *connue = connue.filter(|autre| autre.id == mesure.id);
            }
        }
        trouvees
    })
}

/// True for the name of a measure, or for one that is near.
pub fn dit_une_mesure_d_activite(libelle: &str) -> bool {
    reconnaitre(libelle).is_some() || !proches(libelle).is_empty()
}

/// The labels of the measures whose spelling is near, the nearest first, at most three.
pub(super) fn proches(libelle: &str) -> Vec<&'static str> {
    let replie = replier(libelle);
    let mut notes: BTreeMap<&str, f64> = BTreeMap::new();
    for (graphie, mesure) in graphies() {
        let note = strsim::jaro_winkler(&replie, graphie).max(mots_communs(&replie, graphie));
        let meilleure = notes.entry(&mesure.libelle).or_default();
        *meilleure = meilleure.max(note);
    }
    let mut proches: Vec<(&str, f64)> = notes.into_iter().filter(|(_, note)| *note >= PROCHE).collect();
    proches.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    proches.into_iter().take(3).map(|(libelle, _)| libelle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aucune_graphie_ne_nomme_deux_mesures() {
        assert!(mesures_activite().len() > 90, "{}", mesures_activite().len());
        let mut vues: BTreeMap<String, &str> = BTreeMap::new();
        for mesure in mesures_activite() {
            for texte in ecritures(mesure) {
                let autre = vues.insert(replier(texte), &mesure.id);
                assert!(autre.is_none_or(|id| id == mesure.id), "« {texte} » : {} et {autre:?}", mesure.id);
            }
            for partie in &mesure.parties {
                assert!(mesures_activite().iter().any(|m| m.id == *partie), "{} : {partie}", mesure.id);
            }
        }
    }

    #[test]
    fn les_libelles_du_formulaire_se_reconnaissent() {
        let id = |texte| reconnaitre(texte).map(|m| m.id.as_str());
        for (texte, attendu) in [
            ("LA RECHERCHE D'UN MODE D'ACCUEIL", "contacts_familles_recherche"),
            ("Accueil collectif (A)", "demandes_collectif"),
            ("auprès d’un assistant maternel (B)", "demandes_am"),
            ("nombre total de demandes (A+B+C)", "demandes_total"),
            ("AM inscrits sur le site (D)", "am_inscrits_monenfant"),
            ("Contacts AM : statut", "contacts_am_statut"),
            ("Séances : ateliers d'éveil", "seances_ateliers"),
            ("archivages", "archivages"),
            ("am_reference_formation", "am_reference_formation"),
            ("Nombre d'AM inscrits sur monenfant.fr", "am_inscrits_monenfant"),
            ("Porteurs de projets", "porteurs_de_projet"),
            ("Nb ateliers d’éveil", "seances_ateliers"),
        ] {
            assert_eq!(id(texte), Some(attendu), "{texte}");
        }
        assert_eq!(id("Nombre de gâteaux"), None);
    }

    #[test]
    fn un_libelle_inconnu_a_des_voisins() {
        assert!(proches("porteur de projets").contains(&"Porteurs de projet reçus"));
        assert!(proches("contacts familles recherche mode accueil")[0].contains("la recherche"));
        assert!(proches("zzz").is_empty());
    }
}
