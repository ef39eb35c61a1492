//! Layouts: which header means which column of a canonical table.
//!
//! A layout is data (`pipelines/layouts/*.toml`): for each field the headers by which it is known,
//! whether the source can do without it, and what its cells look like. [`Disposition::reconnaitre`]
//! lays it over the grids of a file and gives a [`Tableau`], or the problem that names what is
//! missing and what was found instead.

// A problem is made once per file or per row put aside: its size does not matter.
#![allow(clippy::result_large_err)]

mod annees;
mod corps;
mod entetes;
mod mois_devant;
mod mots;
mod tableau;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

pub use annees::{Annuelles, SansNom};
pub use entetes::{citer, mots_communs};
pub use mots::{
    annonce_un_compte, compte_au_lieu_de_naissance, derive_des_naissances, dit_le_domicile,
    est_celle_des_sorties, nomme_des_naissances, nomme_seulement_le_tableau, nomme_un_autre_compte,
    titre_dans_la_liste,
};
pub use tableau::{ColonneTexte, Pretention, Tableau, annee_d_entete};

use self::entetes::{Reconnaisseur, Reperage};
use super::grille::{Cellules, Grille, Origine};
use super::valeurs::replier;
use crate::quality::{Motif, Probleme};

/// The name that stands, in `une_de`, for columns whose header is a year.
pub const COLONNES_ANNEES: &str = "colonnes_annees";
/// The field of the names of communes.
const COMMUNE: &str = "commune";

/// The layouts that come with the program.
const CONNUES: [(&str, &str); 12] = [
    ("activite", include_str!("../../../pipelines/layouts/activite.toml")),
    ("caf_iris", include_str!("../../../pipelines/layouts/caf_iris.toml")),
    ("imaje", include_str!("../../../pipelines/layouts/imaje.toml")),
    ("insee_ages", include_str!("../../../pipelines/layouts/insee_ages.toml")),
    ("insee_fam6", include_str!("../../../pipelines/layouts/insee_fam6.toml")),
    ("naissances", include_str!("../../../pipelines/layouts/naissances.toml")),
    ("pmi", include_str!("../../../pipelines/layouts/pmi.toml")),
    ("questionnaire", include_str!("../../../pipelines/layouts/questionnaire.toml")),
    ("services", include_str!("../../../pipelines/layouts/services.toml")),
    ("structures", include_str!("../../../pipelines/layouts/structures.toml")),
    ("taux_publies", include_str!("../../../pipelines/layouts/taux_publies.toml")),
    ("trajets", include_str!("../../../pipelines/layouts/trajets.toml")),
];

/// A layout that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DispositionInvalide {
    /// No layout has this name.
    #[error("la disposition « {nom} » n’existe pas ; les dispositions connues sont : {connues}")]
    Inconnue {
        /// The name asked for.
        nom: String,
        /// Those that exist.
        connues: String,
    },
    /// The file cannot be read, or is no layout.
    #[error("la disposition {fichier} ne se lit pas : {detail}")]
    Illisible {
        /// The file.
        fichier: String,
        /// Where and why.
        detail: String,
    },
}

/// Which header means which field of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disposition {
    /// What the table is, in French.
    #[serde(default)]
    pub titre: String,
    /// The fields by identifier.
    #[serde(default)]
    pub champs: BTreeMap<String, Champ>,
    /// Groups of which at least one field must be there ([`COLONNES_ANNEES`] counts as one).
    #[serde(default)]
    pub une_de: Vec<Vec<String>>,
    /// Each row is named by what it counts: « Total des demandes » is one of them, and no sum of those above.
    #[serde(default)]
    pub lignes_nommees: bool,
}

/// One field of a layout.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Champ {
    /// Headers by which it is known, the preferred one first. Case, accents and punctuation do not
    /// count.
    #[serde(default)]
    pub entetes: Vec<String>,
    /// Words that a header holds together (each may be the beginning of a word of the header).
    #[serde(default)]
    pub contient: Vec<String>,
    /// Words that no header found by `contient` holds.
    #[serde(default)]
    pub sauf: Vec<String>,
    /// The words that a header found by `contient` may hold beside those. Where they are said, any other word makes it
    /// another column: « 3 mois », « dont les parents… », « pour 100 enfants » turn a count into something else, in more
    /// ways than can be listed.
    #[serde(default)]
    pub admis: Option<Vec<String>>,
    /// The source cannot do without it.
    #[serde(default)]
    pub obligatoire: bool,
    /// What its cells look like: tells the rows that are shifted.
    #[serde(default)]
    pub motif: Genre,
    /// Words do not tell which of several columns is it: a field that the source needs is refused where they do not say
    /// the same, another one is chosen by the table ([`Tableau::rivales`]).
    #[serde(default)]
    pub rivales: bool,
}

/// What the cells of a column look like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Genre {
    /// Anything.
    #[default]
    Texte,
    /// A whole number, or a mark for a missing or withheld one.
    Entier,
    /// A number, or a mark for a missing or withheld one.
    Nombre,
    /// A count, or a mark for a missing or withheld one.
    Compte,
    /// A date, even without its day or its month.
    Date,
    /// A commune code.
    CodeCommune,
    /// An hour.
    Heure,
    /// An e-mail address.
    Email,
}

impl Disposition {
    /// A layout that comes with the program, by name (`pmi`, `imaje`, `naissances`, `structures`,
    /// `activite`).
    ///
    /// # Errors
    /// [`DispositionInvalide::Inconnue`], which cites the names that exist.
    pub fn connue(nom: &str) -> Result<Self, DispositionInvalide> {
        match CONNUES.iter().find(|(n, _)| *n == nom) {
            Some((_, texte)) => Self::de_texte(texte, nom),
            None => Err(DispositionInvalide::Inconnue {
                nom: nom.to_owned(),
                connues: CONNUES.map(|(n, _)| n).join(", "),
            }),
        }
    }

    /// Reads a layout from a file.
    ///
    /// # Errors
    /// [`DispositionInvalide::Illisible`].
    pub fn lire(chemin: &Path) -> Result<Self, DispositionInvalide> {
        let fichier = chemin.display().to_string();
        let texte = std::fs::read_to_string(chemin).map_err(|_| DispositionInvalide::Illisible {
            fichier: fichier.clone(),
            detail: "le fichier est absent ou n’est pas du texte UTF-8".to_owned(),
        })?;
        Self::de_texte(&texte, &fichier)
    }

    /// Reads a layout from TOML; `nom` is only said in errors.
    ///
    /// # Errors
    /// [`DispositionInvalide::Illisible`] if it is no TOML, has an unknown key, or a group of
    /// `une_de` names a field that is not there.
    pub fn de_texte(texte: &str, nom: &str) -> Result<Self, DispositionInvalide> {
        let illisible = |detail: String| DispositionInvalide::Illisible { fichier: nom.to_owned(), detail };
        let lue: Self = toml::from_str(texte).map_err(|e| illisible(e.to_string()))?;
        let mut nommes = lue.une_de.iter().flatten().filter(|c| *c != COLONNES_ANNEES);
        match nommes.find(|c| !lue.champs.contains_key(*c)) {
            Some(inconnu) => {
                Err(illisible(format!("« une_de » nomme le champ « {inconnu} », qui n’existe pas")))
            }
            None => Ok(lue),
        }
    }

    /// A layout without fields: the first row that is as full as the table is its header, and every
    /// column is in [`Tableau::autres`]. For questionnaires and open data.
    pub fn libre() -> Self {
        Self::default()
    }

    /// Lays the layout over a file: chooses the sheet (the one named, else the one whose headers fit
    /// best), finds the header (one or two lines, below any titles), names the columns, and puts
    /// aside the rows that are no data. `surcharges` gives, for a field, the header that stands for
    /// it in this file.
    ///
    /// # Errors
    /// `FeuilleAbsente`, `EnTeteAbsent`, `ColonneAbsente`, `ColonneEnDouble`, or `FichierVide` when nothing
    /// stands below the header.
    pub fn reconnaitre(
        &self,
        grilles: Vec<Grille>,
        feuille: Option<&str>,
        surcharges: &BTreeMap<String, String>,
    ) -> Result<Tableau, Probleme> {
        let tableau = self.reconnaitre_meme_vide(grilles, feuille, surcharges)?;
        if tableau.total == 0 && !self.champs.is_empty() {
            // Taken as it is, it would say that there is nobody: a missing list is not an empty one.
            let detail = "l’en-tête est là, mais aucune ligne n’est remplie au-dessous";
            return Err(Probleme::new(Motif::FichierVide, tableau.origine.lieu(), detail));
        }
        Ok(tableau)
    }

    /// The same, of a table that may have no row: the sheet of a commune without anybody, among those of others.
    ///
    /// # Errors
    /// `FeuilleAbsente`, `EnTeteAbsent`, `ColonneAbsente` or `ColonneEnDouble`.
    pub fn reconnaitre_meme_vide(
        &self,
        grilles: Vec<Grille>,
        feuille: Option<&str>,
        surcharges: &BTreeMap<String, String>,
    ) -> Result<Tableau, Probleme> {
        let grilles = choisir_feuille(grilles, feuille)?;
        let reconnaisseur = Reconnaisseur::new(self, surcharges);
        let reperages: Vec<Reperage> = grilles.iter().map(|g| reconnaisseur.reperer(g)).collect();
        let note = reperages.iter().map(|r| r.note).max().unwrap_or(0);
        let Some(choisie) = reperages.iter().position(|r| r.note == note && note > 0) else {
            return Err(self.sans_entete(&grilles));
        };
        // A column less makes no other table of a sheet; a copy tells nothing more.
        let semblable = |i: usize| {
            let (grille, reperage) = (&grilles[i], &reperages[i]);
            let complete = || reconnaisseur.colonnes(grille, reperage).is_ok();
            reperage.note > 0
                && grille.hauteur() > reperage.fin
                && (reperage.note == note || reperage.note * 2 >= note && complete())
                && !grille.dit_la_meme_chose(&grilles[choisie])
        };
        let autres = (0..grilles.len()).filter(|i| *i != choisie && semblable(*i));
        let semblables: Vec<String> = autres.filter_map(|i| grilles[i].origine.feuille.clone()).collect();
        let mut grilles = grilles;
        let (mut grille, reperage) = (grilles.swap_remove(choisie), &reperages[choisie]);
        drop(grilles);
        let (colonnes, mut doutes) = reconnaisseur.colonnes(&grille, reperage)?;
        doutes.extend(mois_devant::redresser(self, &mut grille, reperage, &colonnes));
        let rivales = reconnaisseur.rivales(reperage);
        let mut tableau = corps::extraire(self, grille, reperage, &colonnes);
        tableau.autres_feuilles = semblables;
        doutes.append(&mut tableau.doutes);
        doutes.extend(tableau.zeros_masques.clone());
        tableau.doutes = doutes;
        tableau.rivales = rivales;
        Ok(tableau)
    }

    /// The same, of the sheet of a list whose name is that of the commune of all of its rows, where no column tells it.
    pub fn reconnaitre_par_commune(
        &self,
        grille: Grille,
        surcharges: &BTreeMap<String, String>,
    ) -> Option<Tableau> {
        let nom = grille.origine.feuille.clone()?;
        let mut tableau = self.reconnaitre_sans_commune(vec![grille], None, surcharges)?;
        // A title, or « Néant », is no row.
        let rang = |rang| if tableau.texte_seul(rang).is_some() { u32::MAX } else { 0 };
        let valeurs =
            Cellules::d_un_texte(&nom).choisir(&(0..tableau.hauteur()).map(rang).collect::<Vec<_>>());
        dire_les_communes(&mut tableau, "nom de la feuille", valeurs);
        Some(tableau)
    }

    /// The same, of a list whose titles name the commune of the rows below them, where no column tells it. `titre`: what a text
    /// alone in its row says of those below.
    pub fn reconnaitre_par_titres(
        &self,
        grilles: Vec<Grille>,
        feuille: Option<&str>,
        surcharges: &BTreeMap<String, String>,
        titre: impl Fn(&str) -> TitreDeCommune,
    ) -> Option<Tableau> {
        // By line of the sheet: titles of many words are notes, once the table is cut out.
        let lues: Vec<(Origine, BTreeMap<u32, String>)> = grilles
            .iter()
            .map(|grille| (grille.origine.clone(), communes_des_titres(grille, &titre)))
            .collect();
        let mut tableau = self.reconnaitre_sans_commune(grilles, feuille, surcharges)?;
        let (_, communes) = lues.into_iter().find(|(origine, _)| *origine == tableau.origine)?;
        if communes.is_empty() {
            return None;
        }
        let commune = |rang: usize| {
            let ligne = tableau.lignes.get(rang).filter(|_| tableau.textes(rang).nth(1).is_some())?;
            communes.get(ligne).map(String::as_str)
        };
        let valeurs = (0..tableau.hauteur()).map(commune).collect();
        dire_les_communes(&mut tableau, "titre au-dessus de la ligne", valeurs);
        Some(tableau)
    }

    /// The table of a list that has no column of communes.
    fn reconnaitre_sans_commune(
        &self,
        grilles: Vec<Grille>,
        feuille: Option<&str>,
        surcharges: &BTreeMap<String, String>,
    ) -> Option<Tableau> {
        let dit_la_commune = |groupe: &Vec<String>| groupe.iter().any(|champ| champ == COMMUNE);
        let mut sans = self.clone();
        sans.une_de.retain(|groupe| !dit_la_commune(groupe));
        let tableau = sans.reconnaitre_meme_vide(grilles, feuille, surcharges).ok()?;
        let dite = tableau.champs.contains_key(COMMUNE) || tableau.champs.contains_key("code_commune");
        (!dite).then_some(tableau)
    }

    /// The field that a header looks like, among those that `absent` keeps.
    pub fn champ_ressemblant(&self, entete: &str, absent: impl Fn(&str) -> bool) -> Option<&str> {
        let champs = self.champs.iter().filter(|(nom, _)| absent(nom));
        entetes::plus_ressemblant(entete, champs.map(|(nom, champ)| (nom.as_str(), champ)))
    }

    /// True if the source cannot do without a field, alone or in a group.
    fn a_besoin_de(&self, champ: &str) -> bool {
        self.champs.get(champ).is_some_and(|c| c.obligatoire)
            || self.une_de.iter().flatten().any(|c| c == champ)
    }

    fn sans_entete(&self, grilles: &[Grille]) -> Probleme {
        let attendus: Vec<String> =
            self.champs.iter().filter(|(n, _)| self.a_besoin_de(n)).map(|(n, c)| c.nom_courant(n)).collect();
        let trouves: Vec<String> = grilles
            .iter()
            .flat_map(|g| (0..g.hauteur().min(3)).flat_map(|r| entetes::cellules_citables(g, r)))
            .collect();
        let detail = format!(
            "aucune ligne ne porte les en-têtes attendus ({}) ; le fichier commence par {}",
            attendus.iter().map(|a| format!("« {a} »")).collect::<Vec<_>>().join(", "),
            entetes::citer(trouves.iter().map(String::as_str))
        );
        let lieu = match grilles {
            [seule] => seule.origine.lieu(),
            _ => {
                grilles.first().map(|g| crate::quality::Lieu::fichier(&g.origine.fichier)).unwrap_or_default()
            }
        };
        Probleme::new(Motif::EnTeteAbsent, lieu, detail)
    }
}

/// What a text alone in its row says of the commune of the rows below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TitreDeCommune {
    /// That it is this one.
    Celle(String),
    /// Nothing: a count, « Néant ».
    Rien,
    /// Nobody knows: it may be another one, badly spelt.
    Inconnue,
}

/// The commune of each line below a title that names one, by the number of the line.
fn communes_des_titres(grille: &Grille, titre: impl Fn(&str) -> TitreDeCommune) -> BTreeMap<u32, String> {
    let mut dite = None;
    let mut communes = BTreeMap::new();
    for (rang, ligne) in grille.lignes.iter().enumerate() {
        let mut textes = grille.ligne(rang).map(|(_, texte)| texte);
        match (textes.next(), textes.next()) {
            (Some(seul), None) => match titre(seul) {
                TitreDeCommune::Celle(commune) => dite = Some(commune),
                TitreDeCommune::Rien => {}
                TitreDeCommune::Inconnue => dite = None,
            },
            _ => communes.extend(dite.clone().map(|commune| (*ligne, commune))),
        }
    }
    communes
}

/// Gives a table the column of communes that it lacks.
fn dire_les_communes(tableau: &mut Tableau, entete: &str, valeurs: Cellules) {
    let colonnes = tableau.champs.values().chain(&tableau.autres);
    let position = colonnes.map(|colonne| colonne.position).max().unwrap_or_default() + 1;
    let colonne = ColonneTexte { entete: entete.to_owned(), position, valeurs };
    tableau.champs.insert(COMMUNE.to_owned(), colonne);
}

impl Champ {
    /// The header by which a person knows the field.
    fn nom_courant(&self, identifiant: &str) -> String {
        self.entetes.first().cloned().unwrap_or_else(|| identifiant.replace('_', " "))
    }
}

/// The sheet of that name alone, or all of them. A file without sheets has nothing to choose.
fn choisir_feuille(mut grilles: Vec<Grille>, feuille: Option<&str>) -> Result<Vec<Grille>, Probleme> {
    let Some(voulue) = feuille.filter(|_| grilles.iter().any(|g| g.origine.feuille.is_some())) else {
        return Ok(grilles);
    };
    let nom = |g: &Grille| replier(g.origine.feuille.as_deref().unwrap_or_default());
    if let Some(rang) = grilles.iter().position(|g| nom(g) == replier(voulue)) {
        return Ok(vec![grilles.swap_remove(rang)]);
    }
    let noms = entetes::citer(grilles.iter().filter_map(|g| g.origine.feuille.as_deref()));
    let fichier = grilles.first().map(|g| g.origine.fichier.clone()).unwrap_or_default();
    let lieu = crate::quality::Lieu::fichier(fichier);
    Err(Probleme::new(
        Motif::FeuilleAbsente,
        lieu,
        format!("« {voulue} » n’existe pas ou est vide ; le classeur contient {noms}"),
    ))
}

#[cfg(test)]
mod tests;
