//! The text of the draft: TOML that reads back whatever the names of the files, with French comments.

use super::reconnaissance::SourceTrouvee;
use super::{A_VERIFIER, Inventaire};
use crate::pipeline::{Declaration, SourceDeclaree};
use crate::sources::Genre;
use crate::sources::valeurs::replier;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

/// The parts of a pipeline: title, and the kinds that stand under it.
const PARTIES: [(&str, &[Genre]); 6] = [
    ("Le territoire", &[Genre::Composition, Genre::CogCommunes, Genre::CogMouvements, Genre::Contours]),
    ("Les listes d'agréments du service de PMI, une par an", &[Genre::Pmi]),
    ("Les comptes de la Caf, un fichier par an", &[Genre::Imaje]),
    ("Les naissances de l'Insee et le recensement des structures", &[Genre::Naissances, Genre::Structures]),
    (
        "Le recensement de la population, les fiches des communes, les temps de trajet",
        &[Genre::InseeAges, Genre::InseeFam6, Genre::Services, Genre::Trajets],
    ),
    (
        "L'activité du relais, les questionnaires, les données publiées par la Caf",
        &[Genre::Activite, Genre::Questionnaire, Genre::CafIris, Genre::TauxPublies],
    ),
];

/// What a territory can do with public data that the folder does not hold.
const PUBLIQUES: [(Genre, &str); 5] = [
    (Genre::Composition, "les communes du territoire : sans elles, rien ne peut être calculé"),
    (Genre::CogCommunes, "lire les noms et les codes d'avant les fusions de communes"),
    (Genre::CogMouvements, "rattacher les anciennes communes à celles d'aujourd'hui"),
    (Genre::Contours, "les cartes"),
    (Genre::Naissances, "les naissances"),
];

/// Writes the pipeline. `dossier` is the absolute folder in which it will stand.
pub(super) fn rediger(
    inventaire: &Inventaire,
    epci: &str,
    (observation, doute): (NaiveDate, Option<String>),
    dossier: &Path,
) -> String {
    let mut texte = String::new();
    let mut page = Page { texte: &mut texte, ids: BTreeSet::new(), dossier };
    page.ligne("# Pipeline écrit par « observatoire init » d'après les fichiers trouvés. Relisez-le : ce qui n'est pas sûr est");
    page.ligne("# marqué « À VÉRIFIER ». Chaque source dit ce qu'est un fichier (« type »), où il est (« fichier », depuis ce");
    page.ligne("# dossier) et de quel jour parlent ses données (« date »).");
    page.ligne("");
    page.ligne("[territoire]");
    page.ligne(&format!("epci = {}", chaine(epci)));
    page.ligne("");
    page.ligne("[observation]");
    if let Some(doute) = &doute {
        page.verifier(doute);
    }
    page.ligne(&format!("date = {observation}"));
    page.ligne("");
    page.ligne("# Les noms de communes que le programme n'a pas voulu deviner : il propose lui-même les lignes à coller ici.");
    page.ligne("[correspondances]");
    for (titre, genres) in PARTIES {
        page.partie(titre, genres, inventaire);
    }
    page.laisses(inventaire);
    texte
}

/// Writes what is added to a pipeline; nothing, if nothing is new. `dossier` is the absolute folder in which it stands.
pub(super) fn rediger_un_ajout(
    inventaire: &Inventaire,
    declaration: &Declaration,
    dossier: &Path,
    aujourd_hui: NaiveDate,
) -> String {
    let mut texte = String::new();
    if inventaire.sources.is_empty() && inventaire.laisses.is_empty() {
        return texte;
    }
    let ids = declaration.sources.iter().map(|source| id_ecrit(source).to_owned()).collect();
    let mut page = Page { texte: &mut texte, ids, dossier };
    page.ligne("");
    page.commentaire(&format!(
        "=== Ajouté par « observatoire init » le {} ===",
        aujourd_hui.format("%d/%m/%Y")
    ));
    for (titre, genres) in PARTIES {
        let sources = du_genre(inventaire, genres);
        if !sources.is_empty() {
            page.titre(titre);
        }
        for source in sources {
            page.source(source);
        }
    }
    page.laisses(inventaire);
    texte
}

/// The sources of some kinds, in their order, the oldest first.
fn du_genre<'i>(inventaire: &'i Inventaire, genres: &[Genre]) -> Vec<&'i SourceTrouvee> {
    let du_genre = |genre: &Genre| {
        let mut siennes: Vec<&SourceTrouvee> =
            inventaire.sources.iter().filter(|s| s.genre == *genre).collect();
        siennes.sort_by_key(|s| (s.date, s.chemin.clone(), s.feuille.clone()));
        siennes
    };
    genres.iter().flat_map(du_genre).collect()
}

/// The identifier of a source as the pipeline writes it: its sheets are called by it, then by their own name.
pub(super) fn id_ecrit(source: &SourceDeclaree) -> &str {
    let mut feuille = source.feuille.iter().filter(|_| !source.parties.is_empty());
    let ecrit = feuille.find_map(|feuille| source.id.strip_suffix(&format!(" ({feuille})")));
    ecrit.unwrap_or(&source.id)
}

/// The file that a line of a pipeline says to be left out, as it names it.
pub(super) fn fichier_laisse(ligne: &str) -> Option<&str> {
    Some(ligne.strip_prefix("# ")?.split_once(" : ")?.0)
}

struct Page<'a> {
    texte: &'a mut String,
    ids: BTreeSet<String>,
    dossier: &'a Path,
}

impl Page<'_> {
    fn ligne(&mut self, ligne: &str) {
        self.texte.push_str(ligne);
        self.texte.push('\n');
    }

    fn commentaire(&mut self, texte: &str) {
        self.ligne(format!("# {}", sans_controle(texte)).trim_end());
    }

    fn verifier(&mut self, doute: &str) {
        self.commentaire(&format!("{A_VERIFIER} {doute}."));
    }

    fn titre(&mut self, titre: &str) {
        self.ligne("");
        self.commentaire(&format!("--- {titre} ---"));
    }

    fn partie(&mut self, titre: &str, genres: &[Genre], inventaire: &Inventaire) {
        let sources = du_genre(inventaire, genres);
        self.titre(titre);
        if sources.is_empty() {
            self.commentaire("Aucun fichier de cette sorte n'a été trouvé.");
        }
        for source in sources {
            self.source(source);
        }
        for (genre, quoi) in PUBLIQUES.iter().filter(|(g, _)| genres.contains(g)) {
            if inventaire.sources.iter().all(|s| s.genre != *genre) {
                self.publique(*genre, quoi);
            }
        }
    }

    fn source(&mut self, source: &SourceTrouvee) {
        self.ligne("");
        self.ligne("[[sources]]");
        for pourquoi in &source.pourquoi {
            self.commentaire(&format!("{pourquoi}."));
        }
        for doute in &source.doutes {
            self.verifier(doute);
        }
        let id = self.id(source);
        self.ligne(&format!("id = {}", chaine(&id)));
        self.ligne(&format!("type = {}", chaine(source.genre.mot())));
        self.ligne(&format!("fichier = {}", chaine(&relatif(&source.chemin, self.dossier))));
        if let Some(feuille) = &source.feuille {
            self.ligne(&format!("feuille = {}", chaine(feuille)));
        }
        if let Some(date) = source.date {
            self.ligne(&format!("date = {date}"));
        }
    }

    /// A public file that the folder lacks: wanted from the cache if nothing goes without it, offered
    /// otherwise.
    fn publique(&mut self, genre: Genre, quoi: &str) {
        let mot = genre.mot();
        self.ligne("");
        let indispensable = genre == Genre::Composition;
        if indispensable {
            self.ligne("[[sources]]");
            self.verifier(&format!(
                "aucun fichier de type « {mot} » qui contienne cette intercommunalité n'a été trouvé ({quoi}). « observatoire recuperer » peut le prendre dans un dossier de fichiers publics ; sinon, ajoutez « fichier = … »"
            ));
        } else {
            self.commentaire(&format!("Pour {quoi}, ôtez les « # » et lancez « observatoire recuperer » :"));
        }
        let diese = if indispensable { "" } else { "# " };
        if !indispensable {
            self.ligne("# [[sources]]");
        }
        self.ligne(&format!("{diese}id = {}", chaine(mot)));
        self.ligne(&format!("{diese}type = {}", chaine(mot)));
    }

    fn laisses(&mut self, inventaire: &Inventaire) {
        if inventaire.laisses.is_empty() {
            return;
        }
        let mut laisses: Vec<_> = inventaire.laisses.iter().collect();
        laisses.sort();
        self.ligne("");
        self.commentaire("--- Les fichiers du dossier que ce pipeline n'emploie pas, et pourquoi ---");
        self.commentaire("");
        for (chemin, raison) in laisses {
            let nom = relatif(chemin, self.dossier);
            self.commentaire(&format!("{nom} : {raison}."));
        }
    }

    /// `pmi-2024`, made unique.
    fn id(&mut self, source: &SourceTrouvee) -> String {
        let base = match (source.genre, source.date) {
            (Genre::Pmi | Genre::Imaje, Some(date)) => format!("{}-{}", source.genre.mot(), date.year()),
            (genre, _) => replier(genre.mot()).replace(' ', "-"),
        };
        let mut id = base.clone();
        let mut rang = 1;
        while !self.ids.insert(id.clone()) {
            rang += 1;
            id = format!("{base}-{rang}");
        }
        id
    }
}

/// A TOML string on one line, whatever it holds.
pub(super) fn chaine(texte: &str) -> String {
    let mut chaine = String::with_capacity(texte.len() + 2);
    chaine.push('"');
    for c in texte.chars() {
        match c {
            '"' | '\\' => {
                chaine.push('\\');
                chaine.push(c);
            }
            c if c.is_control() => {
                // Writing to a text cannot fail.
                let _ = write!(chaine, "\\u{:04X}", u32::from(c));
            }
            c => chaine.push(c),
        }
    }
    chaine.push('"');
    chaine
}

/// A text that can stand in a comment: on one line, without what TOML forbids there.
fn sans_controle(texte: &str) -> String {
    texte.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The path of a file from a folder, both absolute, with `/` on every system.
pub(super) fn relatif(fichier: &Path, depuis: &Path) -> String {
    let (a, b): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (fichier.components().collect(), depuis.components().collect());
    let communs = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    if communs == 0 {
        return fichier.to_string_lossy().into_owned();
    }
    let remontees = std::iter::repeat_n(Component::ParentDir, b.len() - communs);
    let chemin: PathBuf = remontees.chain(a[communs..].iter().copied()).collect();
    let morceaux: Vec<String> =
        chemin.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    morceaux.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn un_chemin_se_dit_depuis_le_dossier_du_pipeline() {
        for (fichier, depuis, attendu) in [
            ("/a/data/x.csv", "/a/pipelines", "../data/x.csv"),
            ("/a/x.csv", "/a", "x.csv"),
            ("/b/x.csv", "/a/p", "../../b/x.csv"),
        ] {
            assert_eq!(relatif(Path::new(fichier), Path::new(depuis)), attendu);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

        /// Whatever a name holds, it reads back, and a comment stays a comment.
        #[test]
        fn tout_nom_se_relit(nom in any::<String>()) {
            let texte = format!("# {}\nnom = {}\n", sans_controle(&nom), chaine(&nom));
            let lu: toml::Table = toml::from_str(&texte).unwrap();
            prop_assert_eq!(lu.len(), 1);
            prop_assert_eq!(lu["nom"].as_str(), Some(nom.as_str()));
        }
    }
}
