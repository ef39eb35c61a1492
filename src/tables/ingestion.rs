//! What reading a source needs beside its cells.

use super::Pseudonymes;
use crate::quality::{Bilan, Lieu, Motif, Probleme, masquer};
use crate::sources::disposition::{Tableau, annonce_un_compte, titre_dans_la_liste};
use crate::sources::valeurs;
use crate::territory::CodeCommune;
use crate::territory::rapprochement::{Methode, Rapprochement, Rapprocheur, ligne_a_coller};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The context in which one source is read.
#[derive(Debug)]
pub struct Ingestion<'a> {
    /// Identifier of the source in the pipeline.
    pub source: &'a str,
    /// Day that the data speak of, as the pipeline says.
    pub date: NaiveDate,
    /// From names to codes.
    pub rapprocheur: &'a Rapprocheur<'a>,
    /// From names of people to pseudonyms.
    pub pseudonymes: &'a Pseudonymes,
}

/// Matches the communes of one file: each distinct pair of texts once, what is of elsewhere told once.
pub(super) struct Communes<'a> {
    rapprocheur: &'a Rapprocheur<'a>,
    /// What each pair of a name and a code turned out to be; both as the file writes them.
    connus: HashMap<(Option<String>, Option<String>), Situation>,
    ailleurs: BTreeMap<CodeCommune, (String, u32)>,
    lieu_ailleurs: Option<Lieu>,
    /// The file is one of counts, in which a row may be of what holds the communes.
    ensembles: bool,
}

/// What the cells of a row say of its commune.
#[derive(Debug, Clone)]
enum Situation {
    SansLieu,
    AutreNiveau,
    Rapprochee(Rapprochement),
}

/// A commune that was found, and whether by today's name or code (not by an older one).
pub(super) struct CommuneTrouvee {
    pub(super) code: CodeCommune,
    pub(super) ancienne: bool,
}

impl CommuneTrouvee {
    /// The part of today's commune that a row is of: its text if it names a commune of old, of which several may be one
    /// today.
    pub(super) fn partie(&self, tableau: &Tableau, rang: usize) -> Option<String> {
        let textes =
            ["code_commune", "commune"].map(|champ| tableau.cellule(rang, champ).unwrap_or_default());
        self.ancienne.then(|| valeurs::replier(&textes.join(" ")))
    }
}

impl<'a> Communes<'a> {
    pub(super) fn new(rapprocheur: &'a Rapprocheur<'a>) -> Self {
        Self {
            rapprocheur,
            connus: HashMap::new(),
            ailleurs: BTreeMap::new(),
            lieu_ailleurs: None,
            ensembles: false,
        }
    }

    /// Of a file of counts: a row « CC du Pays » is a subtotal, and no commune whose name is mistaken.
    pub(super) fn de_comptes(rapprocheur: &'a Rapprocheur<'a>) -> Self {
        Self { ensembles: true, ..Self::new(rapprocheur) }
    }

    /// True for the name of a commune, of the territory or not.
    pub(super) fn est_une_commune(&mut self, texte: &str) -> bool {
        match self.situation(Some(texte), None) {
            Situation::Rapprochee(Rapprochement::Certain { methode, .. }) => *methode != Methode::Proche,
            Situation::Rapprochee(Rapprochement::HorsPerimetre { .. }) => true,
            _ => false,
        }
    }

    /// The name of the commune that an address ends with, behind a post code, a comma or a dash, or in brackets.
    pub(super) fn d_une_adresse(&mut self, adresse: &str) -> Option<String> {
        let localite = valeurs::code_postal_et_commune(adresse);
        let dernier = || {
            let morceau = adresse.rsplit(['\n', ',', '–', '(']).next().unwrap_or_default();
            let morceau = morceau.rsplit(" - ").next().unwrap_or_default();
            morceau.trim_matches(|c: char| c.is_whitespace() || c == ')').to_owned()
        };
        let nom = localite.commune.filter(|_| localite.code_postal.is_some()).unwrap_or_else(dernier);
        self.est_une_commune(&nom).then_some(nom)
    }

    /// The commune of a row; none if the row is to be left, which the tally then says.
    pub(super) fn trouver(
        &mut self,
        tableau: &Tableau,
        rang: usize,
        bilan: &mut Bilan,
    ) -> Option<CommuneTrouvee> {
        self.trouver_ou_proposer(tableau, rang, bilan).ok()
    }

    /// The same; of a row to be left, the communes that it may be of, as far as its cells tell.
    pub(super) fn trouver_ou_proposer(
        &mut self,
        tableau: &Tableau,
        rang: usize,
        bilan: &mut Bilan,
    ) -> Result<CommuneTrouvee, Vec<CodeCommune>> {
        let texte = |champ: &str| tableau.cellule(rang, champ);
        let champ = if texte("commune").is_some() { "commune" } else { "code_commune" };
        self.situer_ou_proposer(
            (texte("commune"), texte("code_commune")),
            || tableau.lieu(rang, champ),
            bilan,
        )
    }

    /// The commune of a name, a code or both, which stand at that place.
    pub(super) fn situer(
        &mut self,
        textes: (Option<&str>, Option<&str>),
        lieu: impl FnOnce() -> Lieu,
        bilan: &mut Bilan,
    ) -> Option<CommuneTrouvee> {
        self.situer_ou_proposer(textes, lieu, bilan).ok()
    }

    /// The same; of what is to be left, the communes that it may be.
    pub(super) fn situer_ou_proposer(
        &mut self,
        (nom, code): (Option<&str>, Option<&str>),
        lieu: impl FnOnce() -> Lieu,
        bilan: &mut Bilan,
    ) -> Result<CommuneTrouvee, Vec<CodeCommune>> {
        let vu = || sans_donnee_personnelle(nom.or(code).unwrap_or_default());
        let trouve = match self.situation(nom, code) {
            Situation::SansLieu => {
                bilan.noter(
                    Probleme::new(Motif::CodeSansLieu, lieu(), "").avec_valeur(code.unwrap_or_default()),
                );
                return Err(Vec::new());
            }
            Situation::AutreNiveau => {
                bilan.noter(Probleme::new(Motif::AutreNiveau, lieu(), "").avec_valeur(vu()));
                return Err(Vec::new());
            }
            Situation::Rapprochee(trouve) => trouve.clone(),
        };
        let (mut a_coller, mut proposees) = (Vec::new(), Vec::new());
        let (motif, detail) = match trouve {
            Rapprochement::Certain { code, methode } => {
                if methode.est_a_signaler() {
                    let detail = format!("lu comme {code} ({})", methode.libelle());
                    bilan.noter(Probleme::new(Motif::CommuneRapprochee, lieu(), detail).avec_valeur(vu()));
                }
                let ancienne = matches!(methode, Methode::AncienCode | Methode::AncienNom);
                return Ok(CommuneTrouvee { code, ancienne });
            }
            Rapprochement::HorsPerimetre { code, nom } => {
                self.lieu_ailleurs.get_or_insert_with(lieu);
                self.ailleurs.entry(code).or_insert((nom, 0)).1 += 1;
                return Err(Vec::new());
            }
            Rapprochement::Douteux { candidats } => {
                proposees = candidats.iter().map(|(code, _)| *code).collect();
                a_coller = candidats.iter().map(|(code, nom)| ligne_a_coller(&vu(), *code, nom)).collect();
                (Motif::CommuneDouteuse, format!("à copier si c’est juste : {}", a_coller.join("  ou  ")))
            }
            Rapprochement::Inconnu => (
                Motif::CommuneInconnue,
                "aucune commune du territoire ne porte ce nom ni un nom proche".to_owned(),
            ),
            Rapprochement::Vide => (Motif::CommuneVide, String::new()),
        };
        let probleme = Probleme::new(motif, lieu(), detail).avec_lignes_a_coller(a_coller);
        let vu = vu();
        bilan.noter(if vu.is_empty() { probleme } else { probleme.avec_valeur(vu) });
        Err(proposees)
    }

    fn situation(&mut self, nom: Option<&str>, code: Option<&str>) -> &Situation {
        let cle = (nom.map(str::to_owned), code.map(str::to_owned));
        let (rapprocheur, ensembles) = (self.rapprocheur, self.ensembles);
        self.connus.entry(cle).or_insert_with(|| {
            let code = match code.map(CodeGeographique::lire) {
                Some(CodeGeographique::SansLieu) => return Situation::SansLieu,
                Some(CodeGeographique::AutreNiveau) => return Situation::AutreNiveau,
                Some(CodeGeographique::Commune(code)) => Some(code),
                None => None,
            };
            // « 62350 BUSNES » in one cell: the name is what follows the post code.
            let nom = nom.map(|nom| {
                let localite = valeurs::code_postal_et_commune(nom);
                localite.code_postal.and(localite.commune).unwrap_or_else(|| nom.to_owned())
            });
            match rapprocheur.rapprocher(nom.as_deref(), code.as_deref()) {
                // « CC DU PAYS DE LA CHÂTAIGNERAIE » is no commune that is near.
                Rapprochement::Inconnu | Rapprochement::Douteux { .. }
                    if ensembles && nom.as_deref().is_some_and(nomme_un_ensemble) =>
                {
                    Situation::AutreNiveau
                }
                trouve => Situation::Rapprochee(trouve),
            }
        })
    }

    /// Tells once what was of elsewhere.
    pub(super) fn conclure(self, bilan: &mut Bilan) {
        let Some(mut lieu) = self.lieu_ailleurs else { return };
        let lignes: u32 = self.ailleurs.values().map(|(_, n)| n).sum();
        let mut noms: Vec<String> =
            self.ailleurs.iter().take(5).map(|(code, (nom, _))| nommer_commune(*code, nom)).collect();
        if self.ailleurs.len() > noms.len() {
            noms.push("…".to_owned());
        }
        lieu.ligne = if lignes == 1 { lieu.ligne } else { None };
        let quoi = if lignes == 1 { "ligne d’une autre commune" } else { "lignes d’autres communes" };
        let detail = format!("{lignes} {quoi} : {}", noms.join(", "));
        bilan.noter(Probleme { lignes, ..Probleme::new(Motif::CommuneHorsPerimetre, lieu, detail) });
    }
}

/// Of each row that is shifted or cut, the communes that one of its cells names.
pub(super) fn communes_des_decalees(
    tableau: &Tableau,
    rapprocheur: &Rapprocheur<'_>,
) -> impl Iterator<Item = BTreeSet<CodeCommune>> {
    tableau.decalees.iter().map(|cellules| communes_nommees(cellules.iter().map(String::as_str), rapprocheur))
}

/// The communes that some cells name.
pub(super) fn communes_nommees<'c>(
    cellules: impl Iterator<Item = &'c str>,
    rapprocheur: &Rapprocheur<'_>,
) -> BTreeSet<CodeCommune> {
    let morceaux = cellules.flat_map(|cellule| cellule.split([';', ',', '\t']));
    morceaux.filter_map(|texte| commune_nommee(texte, rapprocheur)).collect()
}

/// What the rows below a title are, in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Titre {
    /// Of the list.
    DansLaListe,
    /// Nobody knows.
    Inconnu,
    /// A count of those above: what is below stays what it was.
    Compte,
}

/// What a row that holds one text only says of those below it, which is told; `None` for a row of data.
pub(super) fn titre(
    tableau: &Tableau,
    rang: usize,
    ingestion: &Ingestion<'_>,
    bilan: &mut Bilan,
) -> Option<Titre> {
    let rapprocheur = ingestion.rapprocheur;
    let lieu = tableau.lieu_ligne(rang);
    let Some(seul) = tableau.texte_seul(rang) else {
        let detail = if n_est_personne(tableau, rang) {
            "la ligne dit qu’il n’y a personne"
        } else if est_le_compte_d_un_groupe(tableau, rang, rapprocheur)
            || est_le_compte_d_une_commune(tableau, rang, rapprocheur)
        {
            "c’est un compte"
        } else {
            return None;
        };
        bilan.noter(Probleme::new(Motif::LigneDeTotal, lieu, detail));
        return Some(Titre::Compte);
    };
    let sans_lettre = !seul.chars().any(char::is_alphabetic);
    let d_une_autre_annee = valeurs::annee(seul).is_ok_and(|annee| annee != ingestion.date.year());
    let du_groupe = sans_lettre && !d_une_autre_annee
        || titre_dans_la_liste(seul)
        || dit_qu_il_n_y_a_personne(seul)
        || commune_d_un_titre(seul, rapprocheur).is_some();
    if du_groupe {
        bilan.noter(Probleme::new(Motif::LigneDeTotal, lieu, "c’est un titre"));
        return Some(Titre::DansLaListe);
    }
    bilan.noter(Probleme::new(Motif::TitreInconnu, lieu, ""));
    Some(Titre::Inconnu)
}

/// The name of the commune that a title tells: « AUBRELONDE », « Oux (12 AM) », « Commune d’Oux », « Montfrelon et alentour ».
pub fn commune_d_un_titre<'t>(titre: &'t str, rapprocheur: &Rapprocheur<'_>) -> Option<&'t str> {
    let morceaux =
        titre.split(['(', ':', ';', ',', '-']).chain(titre.split(" - ")).chain(titre.split(" et "));
    let apres = ["’", "'", " de ", " DE "].map(|mot| titre.split_once(mot));
    let apres = apres.into_iter().flatten().map(|(_, apres)| apres);
    std::iter::once(titre)
        .chain(morceaux)
        .chain(apres)
        .map(str::trim)
        .find(|morceau| commune_nommee(morceau, rapprocheur).is_some())
}

/// True for « Néant », « Aucun assistant maternel », « Personne »: below the title of a commune, or in its sheet.
pub fn dit_qu_il_n_y_a_personne(texte: &str) -> bool {
    let replie = valeurs::replier(texte);
    matches!(replie.split(' ').next(), Some("neant" | "aucun" | "aucune" | "personne" | "rien" | "ras"))
        || ["pas d ", "pas de ", "plus d ", "plus de "].iter().any(|debut| replie.starts_with(debut))
            && ["assist", "asmat", "assmat", "agre"].iter().any(|mot| replie.contains(mot))
}

/// True for a row whose name is « Néant », « Aucune assistante maternelle », beside the name of a commune.
fn n_est_personne(tableau: &Tableau, rang: usize) -> bool {
    let dit = |champ: &str| tableau.cellule(rang, champ);
    let sans = ["prenom", "date_naissance", "nom_usage"].iter().all(|champ| dit(champ).is_none());
    let sans_place = dit("capacite").is_none_or(|texte| valeurs::est_manquant(texte) || texte == "0");
    // « Personne » and « Rien » are family names too.
    let personne = |nom: &str| {
        let replie = valeurs::replier(nom);
        let (premier, suite) = replie.split_once(' ').unwrap_or((&replie, ""));
        matches!(premier, "neant" | "aucun" | "aucune" | "personne" | "rien" | "ras")
            && (suite.is_empty() || ["assist", "agre", "am"].iter().any(|debut| suite.starts_with(debut)))
    };
    sans && sans_place && dit("nom").is_some_and(personne)
}

/// « TOTAL Grand’Vergne ; ; ; Grand’Vergne ; 3 », « 2 assistantes maternelles ; ; ; Oux ; 6 »: in place of a name, a count of
/// those of a commune, in a list that gives first names or birth dates.
fn est_le_compte_d_une_commune(tableau: &Tableau, rang: usize, rapprocheur: &Rapprocheur<'_>) -> bool {
    const DEBUTS: [&str; 7] = ["total", "sous", "effectif", "effectifs", "capacite", "nombre", "places"];
    let identites = ["prenom", "date_naissance", "age", "annee_naissance"];
    let Some(nom) = tableau.cellule(rang, "nom") else { return false };
    let replie = valeurs::replier(nom);
    let (debut, suite) = replie.split_once(' ').unwrap_or((&replie, ""));
    let compte = DEBUTS.contains(&debut) || debut.parse::<u32>().is_ok() && !suite.is_empty();
    if !compte || identites.iter().any(|champ| tableau.cellule(rang, champ).is_some()) {
        return false;
    }
    let nommees = identites.iter().any(|champ| tableau.colonne(champ).is_some());
    nommees || commune_nommee(suite, rapprocheur).is_some()
}

/// « Aubrelonde ; 40 », « Effectif ; 90 », « 12 agréments ; 36 places »: two cells of which one is a number, and the other
/// names no person. A commune in its own column is that of somebody whose name is lost.
fn est_le_compte_d_un_groupe(tableau: &Tableau, rang: usize, rapprocheur: &Rapprocheur<'_>) -> bool {
    // « AM MARTIN » is somebody, « 90 AM » a count.
    const COMPTES: [&str; 4] = ["am", "places", "agrement", "agrements"];
    let textes: Vec<&str> = tableau.textes(rang).take(3).collect();
    let [un, deux] = textes.as_slice() else { return false };
    if tableau.champs.len() + tableau.autres.len() < 4 || tableau.cellule(rang, "commune").is_some() {
        return false;
    }
    let est_un_nombre = |texte: &str| texte.starts_with(|c: char| c.is_ascii_digit());
    let nombre = |texte: &str| est_un_nombre(texte) || texte.starts_with("le ");
    let dit = |texte: &str| {
        let replie = valeurs::replier(texte);
        annonce_un_compte(texte)
            || est_un_nombre(texte) && replie.split(' ').skip(1).any(|mot| COMPTES.contains(&mot))
            || commune_nommee(texte, rapprocheur).is_some()
    };
    nombre(un) && dit(deux) || nombre(deux) && dit(un)
}

/// The commune of which a text is the name, spelt as it should be.
pub(super) fn commune_nommee(texte: &str, rapprocheur: &Rapprocheur<'_>) -> Option<CodeCommune> {
    match rapprocheur.rapprocher(Some(texte), None) {
        Rapprochement::Certain { code, methode } if methode != Methode::Proche => Some(code),
        _ => None,
    }
}

/// What stands in place of a commune in a row that is shifted: a birth date, an e-mail, a phone number are masked.
fn sans_donnee_personnelle(texte: &str) -> String {
    let chiffres = texte.chars().filter(char::is_ascii_digit).count();
    // « 45234 » is a code, and also the way in which spreadsheets hold a day.
    let date = chiffres > 5 && valeurs::date(texte).is_ok();
    let personnelle = date || texte.contains('@') || chiffres >= 9;
    if personnelle { masquer(texte) } else { texte.to_owned() }
}

/// True for the name of what holds communes, or of what is in none: « CC du Pays », « Département », « Hors territoire ».
fn nomme_un_ensemble(nom: &str) -> bool {
    const DEBUTS: [&str; 16] = [
        "cc",
        "ca",
        "cu",
        "epci",
        "communaute",
        "agglomeration",
        "agglo",
        "metropole",
        "departement",
        "region",
        "france",
        "hors",
        "autres",
        "reste",
        "territoire",
        "rpe",
    ];
    let replie = valeurs::replier(nom);
    replie.split(' ').next().is_some_and(|mot| DEBUTS.contains(&mot))
}

/// `Belloire (96016)`; the code alone where nothing gives the name.
fn nommer_commune(code: CodeCommune, nom: &str) -> String {
    if nom.is_empty() { format!("code {code}") } else { format!("{nom} ({code})") }
}

/// What a cell of codes names. Insee's Melodi writes `COM-85003` or `2025-COM-85003`; the files of the
/// Caf and of Insee keep rows for what they cannot place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CodeGeographique {
    /// A commune, or a text that only the matching can judge.
    Commune(String),
    /// `XX`, `XXX`, `99999`, `693XX`: no place.
    SansLieu,
    /// `2025-DEP-85`: a place, but no commune.
    AutreNiveau,
}

/// How Melodi begins the codes of what is no commune.
const NIVEAUX: [&str; 12] =
    ["DEP", "REG", "EPCI", "FRANCE", "METRO", "ARR", "AAV", "BV", "ZE", "UU", "CANOV", "CTCD"];

impl CodeGeographique {
    pub(super) fn lire(texte: &str) -> Self {
        let net = texte.trim().to_uppercase();
        let morceaux: Vec<&str> = net.split('-').collect();
        let (niveau, code) = match morceaux.as_slice() {
            [niveau, code] | [_, niveau, code] => (Some(*niveau), *code),
            _ => (None, net.as_str()),
        };
        let sans_lieu = !code.is_empty()
            && (code.ends_with("XX") && code.len() <= 5
                || code.bytes().all(|b| b == b'Z')
                || matches!(code, "99999" | "99"));
        match niveau {
            _ if sans_lieu => Self::SansLieu,
            Some("COM" | "ARM") => Self::Commune(code.to_owned()),
            Some(autre) if NIVEAUX.iter().any(|n| autre.starts_with(n)) => Self::AutreNiveau,
            _ => Self::Commune(texte.to_owned()),
        }
    }
}

/// Tells once, with their number, rows left for the same reason.
#[derive(Debug, Default)]
pub(super) struct Ecartees(BTreeMap<Motif, (Lieu, u32, BTreeMap<String, u32>)>);

impl Ecartees {
    /// Notes a row left because of `valeur`.
    pub(super) fn noter(&mut self, motif: Motif, lieu: Lieu, valeur: &str) {
        let (_, lignes, valeurs) = self.0.entry(motif).or_insert_with(|| (lieu, 0, BTreeMap::new()));
        *lignes += 1;
        if valeurs.len() < 5 || valeurs.contains_key(valeur) {
            *valeurs.entry(valeur.to_owned()).or_default() += 1;
        }
    }

    /// Tells the tally.
    pub(super) fn conclure(self, bilan: &mut Bilan) {
        for (motif, (mut lieu, lignes, valeurs)) in self.0 {
            lieu.ligne = if lignes == 1 { lieu.ligne } else { None };
            let cites: Vec<String> = valeurs.keys().map(|v| format!("« {v} »")).collect();
            let detail = format!("{lignes} ligne(s), dont {}", cites.join(", "));
            bilan.noter(Probleme { lignes, ..Probleme::new(motif, lieu, detail) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_codes_de_melodi_et_ceux_qui_ne_sont_pas_des_lieux() {
        let commune = |c: &str| CodeGeographique::Commune(c.to_owned());
        for texte in ["85003", "COM-85003", "2025-COM-85003", " com-85003 "] {
            assert_eq!(
                CodeGeographique::lire(texte),
                commune(if texte == "85003" { texte } else { "85003" })
            );
        }
        for texte in ["XX", "XXX", "99999", "693XX", "2025-COM-132XX", "ZZZZZ"] {
            assert_eq!(CodeGeographique::lire(texte), CodeGeographique::SansLieu, "{texte}");
        }
        for texte in ["2025-DEP-85", "EPCI-200072882", "FRANCE-F"] {
            assert_eq!(CodeGeographique::lire(texte), CodeGeographique::AutreNiveau, "{texte}");
        }
        assert_eq!(CodeGeographique::lire("Bois-d'Amont"), commune("Bois-d'Amont"));
    }
}
