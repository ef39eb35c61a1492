//! The words of headers that are about a count without being it, and of titles inside a table.

use std::sync::OnceLock;

use serde::Deserialize;

use super::Champ;
use crate::sources::valeurs::replier;

/// The words that come with the program.
const MOTS: &str = include_str!("../../../pipelines/layouts/mots_des_tableaux.toml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mots {
    /// Parts, ranks, rates, forecasts.
    etrangers: Vec<String>,
    /// Of no import beside a year.
    neutres: Vec<String>,
    /// Counts by commune and year that are not births.
    autres_comptes: Vec<String>,
    /// Of the title of a list of those who are no longer there.
    sorties: Vec<String>,
    /// Beside which the former leave somebody else there.
    melees: Vec<String>,
    /// Of the title of the list itself.
    liste: Vec<String>,
}

/// Empty only if the file that comes with the program could not be read, which a test forbids.
fn mots() -> &'static Mots {
    static LUS: OnceLock<Mots> = OnceLock::new();
    LUS.get_or_init(|| toml::from_str(MOTS).unwrap_or_default())
}

/// A header as it is compared: its percent sign is a word.
pub(super) fn plier_entete(entete: &str) -> String {
    if entete.contains('%') { replier(&entete.replace('%', " pourcent ")) } else { replier(entete) }
}

/// The words that tell that a column is not this count. Those that its own headers hold are not among them
/// (« enfants dont les parents travaillent »).
pub(super) fn etrangers(champ: &Champ) -> Vec<&'static str> {
    let siens: Vec<String> = champ.entetes.iter().map(|e| plier_entete(e)).collect();
    let sien = |mot: &str| siens.iter().any(|entete| entete.split(' ').any(|m| m == mot));
    mots().etrangers.iter().map(String::as_str).filter(|mot| !sien(mot)).collect()
}

/// True if a label says nothing of what is counted (« au 31/12 »), or nothing at all.
pub(super) fn est_neutre(plie: &str) -> bool {
    plie.split_whitespace().all(|mot| mots().neutres.iter().any(|neutre| neutre == mot))
}

/// True if a label is about a count without being one, whatever the count.
pub(super) fn est_etranger(plie: &str) -> bool {
    plie.split_whitespace().any(|mot| mots().etrangers.iter().any(|etranger| etranger == mot))
}

fn dit(texte: &str, attendus: &[String]) -> bool {
    replier(texte).split(' ').any(|mot| attendus.iter().any(|attendu| attendu == mot))
}

/// True for a title, a sheet or a file such as « Décès par commune »: what is counted, and it is not births.
pub fn nomme_un_autre_compte(texte: &str) -> bool {
    dit(texte, &mots().autres_comptes)
}

/// True for a title such as « Départs en 2024 », below which nobody is in the list any more.
pub(super) fn titre_de_sorties(titre: &str) -> bool {
    // A longer text is a note.
    titre.split_whitespace().count() <= 8 && dit(titre, &mots().sorties)
}

/// What a text says a whole table is: the list of those who are no longer there (true), that of those who are (false);
/// none if it says neither, or both (« hors radiations », « arrivées et départs »).
pub fn est_celle_des_sorties(texte: &str) -> Option<bool> {
    if titre_de_sorties(texte) {
        return (!dit(texte, &mots().melees)).then_some(true);
    }
    titre_d_une_liste(texte).then_some(false)
}

/// True for a title such as « Assistants maternels agréés », below which the list goes on.
pub(super) fn titre_d_une_liste(titre: &str) -> bool {
    dit(titre, &mots().liste) && !titre_de_sorties(titre)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_mots_du_programme_se_lisent() {
        assert!(mots().etrangers.len() > 40 && mots().neutres.len() > 10);
        assert!(mots().sorties.len() > 10 && mots().liste.len() > 3);
        assert!(
            mots()
                .etrangers
                .iter()
                .chain(&mots().neutres)
                .chain(&mots().autres_comptes)
                .chain(&mots().sorties)
                .all(|mot| replier(mot) == *mot)
        );
        assert!(est_neutre("") && est_neutre("au 31 12") && !est_neutre("deces"));
        assert!(
            nomme_un_autre_compte("etat_civil/décès_2024.csv") && !nomme_un_autre_compte("nes_en_2024.csv")
        );
        assert!(est_etranger(&plier_entete("% des enfants")) && !est_etranger("partenaires"));
    }
}
