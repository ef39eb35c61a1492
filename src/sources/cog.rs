//! Insee's geography: communes, movements, composition of the EPCI, legal populations.
//!
//! These files come from public services, not from offices: a row that cannot be read means that
//! the file is not what it claims to be, so that the whole file is refused.

#![allow(clippy::result_large_err, reason = "a refused file is told once, with all that helps to mend it")]

use crate::quality::{Lieu, Motif, Probleme};
use crate::sources::valeurs;
use crate::territory::cog::{Cog, CommuneCog, Etat, Modification, Mouvement, TypeCommune};
use crate::territory::{CodeCommune, Membre, Perimetre, normaliser};
use chrono::NaiveDate;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const SIREN: [&str; 3] = ["siren", "siren_epci", "epci"];
const NOM_EPCI: [&str; 4] = ["raison_sociale", "nom_epci", "libepci", "epci_nom"];
const CODE_MEMBRE: [&str; 5] = ["insee", "code_insee", "insee_membre", "codgeo", "code_commune"];
const ANNEE: [&str; 5] = ["annee", "année", "exercice", "millesime", "millésime"];
const NOM_MEMBRE: [&str; 4] = ["nom_membre", "nom_commune", "libgeo", "commune"];

/// True for the headers of the communes of the COG (`v_commune_<year>.csv`).
pub fn est_cog_communes(entetes: &[&str]) -> bool {
    contient(entetes, &["typecom", "com", "libelle", "comparent"])
}

/// True for the headers of the movements of the COG (`v_mvt_commune_<year>.csv`).
pub fn est_cog_mouvements(entetes: &[&str]) -> bool {
    contient(entetes, &["mod", "date_eff", "typecom_av", "com_av", "typecom_ap", "com_ap"])
}

/// True for the headers of a composition of the EPCI, whole or simplified.
pub fn est_composition_epci(entetes: &[&str]) -> bool {
    [&SIREN[..], &NOM_EPCI, &CODE_MEMBRE, &NOM_MEMBRE]
        .iter()
        .all(|noms| noms.iter().any(|nom| contient(entetes, &[nom])))
}

/// True for the headers of Insee's legal populations (`donnees_communes.csv`).
pub fn est_populations_legales(entetes: &[&str]) -> bool {
    contient(entetes, &["com", "pmun", "pcap", "ptot"])
}

fn contient(entetes: &[&str], noms: &[&str]) -> bool {
    noms.iter().all(|nom| entetes.iter().any(|e| cle(e) == *nom))
}

/// A header as it is compared: `\u{feff}SIREN ` → `siren`.
fn cle(entete: &str) -> String {
    entete.trim_matches(|c: char| c == '\u{feff}' || c.is_whitespace()).to_lowercase()
}

/// The communes (with arrondissements, déléguées and associées) of `v_commune_<year>.csv`.
///
/// # Errors
/// If the file is absent, is no such table, or holds a code or a type that cannot be read.
pub fn lire_communes(chemin: &Path) -> Result<Vec<CommuneCog>, Probleme> {
    let table = Table::lire(chemin)?;
    let (type_commune, code) = (table.colonne(&["typecom"])?, table.colonne(&["com"])?);
    let (nom, parent) = (table.colonne(&["libelle"])?, table.colonne(&["comparent"])?);
    table
        .lignes()
        .map(|ligne| {
            Ok(CommuneCog {
                type_commune: ligne.type_commune(type_commune)?,
                code: ligne.code(code)?,
                nom: ligne.cellule(nom).to_owned(),
                parent: ligne.si_rempli(parent, Ligne::code)?,
            })
        })
        .collect()
}

/// The movements of `v_mvt_commune_<year>.csv`.
///
/// # Errors
/// If the file is absent, is no such table, or holds a code, a type or a date that cannot be read.
pub fn lire_mouvements(chemin: &Path) -> Result<Vec<Mouvement>, Probleme> {
    let table = Table::lire(chemin)?;
    let (modification, date) = (table.colonne(&["mod"])?, table.colonne(&["date_eff"])?);
    let cote = |suffixe: &str| -> Result<[usize; 3], Probleme> {
        let colonne = |nom: &str| table.colonne(&[&format!("{nom}_{suffixe}")]);
        Ok([colonne("typecom")?, colonne("com")?, colonne("libelle")?])
    };
    let (avant, apres) = (cote("av")?, cote("ap")?);
    table
        .lignes()
        .map(|ligne| {
            Ok(Mouvement {
                modification: Modification::du_code(ligne.lu(modification, "code de mouvement")?),
                date: ligne.lu::<NaiveDate>(date, "date")?,
                avant: ligne.etat(avant)?,
                apres: ligne.etat(apres)?,
            })
        })
        .collect()
}

/// The COG of the two files. Without a date, that of the last movement.
///
/// # Errors
/// Those of [`lire_communes`] and [`lire_mouvements`].
pub fn lire_cog(communes: &Path, mouvements: &Path, date: Option<NaiveDate>) -> Result<Cog, Probleme> {
    Ok(Cog::new(lire_communes(communes)?, lire_mouvements(mouvements)?, date))
}

/// The municipal population of each commune (`PMUN` of `donnees_communes.csv`).
///
/// # Errors
/// If the file is absent, is no such table, or holds a code or a number that cannot be read.
pub fn populations_legales(chemin: &Path) -> Result<BTreeMap<CodeCommune, u32>, Probleme> {
    let table = Table::lire(chemin)?;
    let (code, population) = (table.colonne(&["com"])?, table.colonne(&["pmun"])?);
    table.lignes().map(|ligne| Ok((ligne.code(code)?, ligne.population(population)?))).collect()
}

/// The communes of one EPCI, named by its SIREN or by its name, with the latest population of the
/// file (`pmun_<year>`). Both the whole file of the DGCL and a file with only `siren`,
/// `raison_sociale`, `insee`, `nom_membre` and perhaps `pmun_<year>` will do.
///
///
/// # Errors
/// If the file cannot be read, or holds no such EPCI: the message then lists near names.
pub fn composition_epci(chemin: &Path, epci: &str) -> Result<Perimetre, Probleme> {
    lire_composition(chemin, epci, None).map(|(perimetre, _)| perimetre)
}

/// The same, with what is to be told: a row of total is left, and a commune that stands twice is one. Of a file that holds
/// several years, the last one is read that is not after `annee`.
///
/// # Errors
/// Those of [`composition_epci`].
pub fn lire_composition(
    chemin: &Path,
    epci: &str,
    annee: Option<i32>,
) -> Result<(Perimetre, Vec<Probleme>), Probleme> {
    let table = Table::lire(chemin)?;
    let (siren, nom_epci) = (table.colonne(&SIREN)?, table.colonne(&NOM_EPCI)?);
    let (code, nom) = (table.colonne(&CODE_MEMBRE)?, table.colonne(&NOM_MEMBRE)?);
    let population = table.derniere_population();

    let cherche = normaliser(epci);
    let numero = sans_espaces(epci);
    let est_cherche = |ligne: &Ligne<'_>| {
        sans_espaces(ligne.cellule(siren)) == numero
            || (!cherche.is_empty() && normaliser(ligne.cellule(nom_epci)) == cherche)
    };
    let lignes: Vec<_> = table.lignes().filter(est_cherche).collect();
    let Some(premiere) = lignes.first().copied() else {
        return Err(table.epci_inconnu(epci, siren, nom_epci));
    };
    let trouve = sans_espaces(premiere.cellule(siren));
    if let Some(autre) = lignes.iter().find(|l| sans_espaces(l.cellule(siren)) != trouve) {
        let detail = format!(
            "plusieurs intercommunalités portent ce nom ({trouve}, {}) : employez le numéro SIREN",
            autre.cellule(siren)
        );
        return Err(Probleme::new(Motif::EpciInconnu, table.lieu(), detail).avec_valeur(epci));
    }
    let (mut membres, mut problemes): (Vec<Membre>, _) = (Vec::new(), Vec::new());
    let (lignes, autres_annees) = table.de_l_annee(lignes, annee);
    problemes.extend(table.dire_les_autres_annees(&lignes, &autres_annees));
    for ligne in &lignes {
        if ligne.est_un_total([code, nom]) {
            problemes.push(Probleme::new(Motif::LigneDeTotal, ligne.lieu(code), "c’est un total"));
            continue;
        }
        let membre = Membre {
            code: ligne.code(code)?,
            nom: ligne.cellule(nom).to_owned(),
            depuis: None,
            jusqu_a: None,
            population: match population {
                Some(colonne) => ligne.si_rempli(colonne, Ligne::population)?,
                None => None,
            },
        };
        if membres.iter().any(|m| m.code == membre.code) {
            let detail = format!("la commune {} ({}) est déjà dans la liste", membre.nom, membre.code);
            problemes.push(Probleme::new(Motif::ValeurEnDouble, ligne.lieu(code), detail));
            continue;
        }
        membres.push(membre);
    }
    let ailleurs = table.lignes().filter(|ligne| !est_cherche(ligne)).chain(autres_annees);
    let voisines = ailleurs.filter_map(|l| Some((l.code(code).ok()?, l.cellule(nom).to_owned())));
    let voisines: Vec<_> =
        voisines.filter(|(code, _)| membres.iter().all(|membre| membre.code != *code)).collect();
    let perimetre = Perimetre::new(trouve, premiere.cellule(nom_epci), membres).avec_voisines(voisines);
    Ok((perimetre, problemes))
}

/// `200 072 882` → `200072882`.
fn sans_espaces(siren: &str) -> String {
    siren.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A csv file of a public service, decoded, with its separator found.
struct Table {
    fichier: String,
    entetes: Vec<String>,
    lignes: Vec<csv::StringRecord>,
}

impl Table {
    fn lire(chemin: &Path) -> Result<Self, Probleme> {
        let fichier = chemin.display().to_string();
        let lieu = || Lieu { fichier: fichier.clone(), ..Lieu::default() };
        let octets = std::fs::read(chemin).map_err(|erreur| {
            let motif = match erreur.kind() {
                std::io::ErrorKind::NotFound => Motif::FichierAbsent,
                _ => Motif::FichierIllisible,
            };
            Probleme::new(motif, lieu(), "")
        })?;
        let texte = decoder(&octets);
        let separateur = separateur(texte.lines().next().unwrap_or_default());
        let mut lecteur =
            csv::ReaderBuilder::new().delimiter(separateur).flexible(true).from_reader(texte.as_bytes());
        let illisible = |erreur: csv::Error| {
            let ligne = erreur.position().and_then(|p| u32::try_from(p.line()).ok());
            Probleme::new(
                Motif::FichierIllisible,
                Lieu { ligne, ..lieu() },
                "le fichier n’est pas un csv régulier",
            )
        };
        let entetes: Vec<_> = lecteur.headers().map_err(illisible)?.iter().map(cle).collect();
        if entetes.iter().all(String::is_empty) {
            return Err(Probleme::new(Motif::FichierVide, lieu(), ""));
        }
        let mut lignes = lecteur.records().collect::<Result<Vec<_>, _>>().map_err(illisible)?;
        lignes.retain(|ligne| ligne.iter().any(|cellule| !cellule.trim().is_empty()));
        Ok(Self { fichier, entetes, lignes })
    }

    fn lieu(&self) -> Lieu {
        Lieu { fichier: self.fichier.clone(), ..Lieu::default() }
    }

    /// Position (from 0) of the first of these headers that the file has.
    fn colonne(&self, noms: &[&str]) -> Result<usize, Probleme> {
        noms.iter().find_map(|nom| self.entetes.iter().position(|e| e == nom)).ok_or_else(|| {
            let detail = format!(
                "colonne attendue : « {} » ; colonnes du fichier : {}",
                noms.join(" » ou « "),
                self.entetes.join(", ")
            );
            Probleme::new(Motif::ColonneAbsente, self.lieu(), detail)
        })
    }

    /// The column `pmun_<year>` of the latest year, or `population`.
    fn derniere_population(&self) -> Option<usize> {
        let annee = |entete: &str| entete.strip_prefix("pmun_")?.parse::<u16>().ok();
        let datees = self.entetes.iter().enumerate().filter_map(|(i, e)| Some((annee(e)?, i)));
        datees.max().map(|(_, i)| i).or_else(|| self.entetes.iter().position(|e| e == "population"))
    }

    /// The year that a row says it is of.
    fn annee(&self, ligne: &Ligne<'_>) -> Option<i32> {
        self.colonne(&ANNEE).ok().and_then(|colonne| valeurs::annee(ligne.cellule(colonne)).ok())
    }

    /// The rows of the last year that is not after that one, or of the first, and the others. Rows without a year are of all.
    fn de_l_annee<'a>(&self, lignes: Vec<Ligne<'a>>, annee: Option<i32>) -> (Vec<Ligne<'a>>, Vec<Ligne<'a>>) {
        let dites: BTreeSet<i32> = lignes.iter().filter_map(|ligne| self.annee(ligne)).collect();
        let voulue = dites.iter().rev().find(|dite| annee.is_none_or(|annee| **dite <= annee));
        let voulue = voulue.or(dites.first()).copied();
        lignes.into_iter().partition(|ligne| self.annee(ligne).is_none_or(|dite| Some(dite) == voulue))
    }

    fn dire_les_autres_annees(&self, gardees: &[Ligne<'_>], autres: &[Ligne<'_>]) -> Option<Probleme> {
        let premiere = autres.first()?;
        let annees = |lignes: &[Ligne<'_>]| {
            let annees: BTreeSet<i32> = lignes.iter().filter_map(|ligne| self.annee(ligne)).collect();
            annees.iter().map(i32::to_string).collect::<Vec<_>>().join(", ")
        };
        let detail = format!(
            "la composition de {} est employée ; {} ligne(s) d’une autre année ({}) ne le sont pas",
            annees(gardees),
            autres.len(),
            annees(autres)
        );
        let colonne = self.colonne(&ANNEE).unwrap_or_default();
        let lieu = Lieu { ligne: None, ..premiere.lieu(colonne) };
        let lignes = u32::try_from(autres.len()).unwrap_or(u32::MAX);
        Some(Probleme { lignes, ..Probleme::new(Motif::CompositionDUneAutreAnnee, lieu, detail) })
    }

    fn lignes(&self) -> impl Iterator<Item = Ligne<'_>> {
        self.lignes.iter().map(|cellules| Ligne { table: self, cellules })
    }

    fn epci_inconnu(&self, epci: &str, siren: usize, nom: usize) -> Probleme {
        let connus: BTreeMap<_, _> = self.lignes().map(|l| (l.cellule(siren), l.cellule(nom))).collect();
        let cherche = normaliser(epci);
        let parente = |siren: &str, nom: &str| {
            let nom = normaliser(nom);
            // « Pays de Palluau » is near to a longer name that holds it.
            let contenu = !cherche.is_empty() && nom.contains(&cherche);
            let proximite =
                strsim::jaro_winkler(&nom, &cherche).max(strsim::jaro_winkler(siren, epci.trim()));
            if contenu { 1.0 } else { proximite }
        };
        let mut proches: Vec<_> =
            connus.into_iter().map(|(siren, nom)| (parente(siren, nom), siren, nom)).collect();
        proches.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let proposes: Vec<_> =
            proches.iter().take(3).map(|(_, siren, nom)| format!("{siren} « {nom} »")).collect();
        let detail = format!(
            "aucune intercommunalité n’a ce numéro SIREN ni ce nom ; les plus proches : {}",
            proposes.join(", ")
        );
        Probleme::new(Motif::EpciInconnu, self.lieu(), detail).avec_valeur(epci)
    }
}

/// UTF-8 (with or without BOM), else the encoding of older French files.
fn decoder(octets: &[u8]) -> Cow<'_, str> {
    let sans_bom = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    match std::str::from_utf8(sans_bom) {
        Ok(texte) => Cow::Borrowed(texte),
        Err(_) => encoding_rs::WINDOWS_1252.decode(sans_bom).0,
    }
}

/// The separator that stands most often in the header.
fn separateur(entete: &str) -> u8 {
    let nombre = |c: u8| entete.bytes().filter(|b| *b == c).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|c| nombre(*c)).unwrap_or(b',')
}

#[derive(Clone, Copy)]
struct Ligne<'a> {
    table: &'a Table,
    cellules: &'a csv::StringRecord,
}

impl<'a> Ligne<'a> {
    /// The text of a cell; empty beyond the end of a short row.
    fn cellule(&self, colonne: usize) -> &'a str {
        self.cellules.get(colonne).unwrap_or_default().trim()
    }

    fn si_rempli<T>(
        &self,
        colonne: usize,
        lire: impl Fn(&Self, usize) -> Result<T, Probleme>,
    ) -> Result<Option<T>, Probleme> {
        if self.cellule(colonne).is_empty() { Ok(None) } else { lire(self, colonne).map(Some) }
    }

    fn code(&self, colonne: usize) -> Result<CodeCommune, Probleme> {
        CodeCommune::lire(self.cellule(colonne))
            .map(|(code, _)| code)
            .map_err(|_| self.illisible(colonne, "code commune"))
    }

    fn type_commune(&self, colonne: usize) -> Result<TypeCommune, Probleme> {
        TypeCommune::du_mot(self.cellule(colonne)).ok_or_else(|| self.illisible(colonne, "type de commune"))
    }

    /// A population, perhaps with spaces between thousands.
    fn population(&self, colonne: usize) -> Result<u32, Probleme> {
        let chiffres: String = self.cellule(colonne).chars().filter(|c| !c.is_whitespace()).collect();
        chiffres.parse().map_err(|_| self.illisible(colonne, "population"))
    }

    fn lu<T: std::str::FromStr>(&self, colonne: usize, quoi: &str) -> Result<T, Probleme> {
        self.cellule(colonne).parse().map_err(|_| self.illisible(colonne, quoi))
    }

    /// One side of a movement: type, code, name; none if there is no code.
    fn etat(&self, [type_commune, code, nom]: [usize; 3]) -> Result<Option<Etat>, Probleme> {
        if self.cellule(code).is_empty() {
            return Ok(None);
        }
        Ok(Some(Etat {
            type_commune: self.type_commune(type_commune)?,
            code: self.code(code)?,
            nom: self.cellule(nom).to_owned(),
        }))
    }

    /// « Total » where a code or a name is expected, and no code.
    fn est_un_total(&self, [code, nom]: [usize; 2]) -> bool {
        let total = |colonne| normaliser(self.cellule(colonne)).split(' ').next() == Some("total");
        CodeCommune::lire(self.cellule(code)).is_err() && (total(code) || total(nom))
    }

    fn lieu(&self, colonne: usize) -> Lieu {
        let entete = self.table.entetes.get(colonne).cloned().unwrap_or_default();
        Lieu {
            ligne: self.cellules.position().and_then(|p| u32::try_from(p.line()).ok()),
            colonne: u32::try_from(colonne + 1).ok().map(|position| (position, entete)),
            ..self.table.lieu()
        }
    }

    fn illisible(&self, colonne: usize, quoi: &str) -> Probleme {
        Probleme::new(Motif::FichierIllisible, self.lieu(colonne), format!("{quoi} illisible"))
            .avec_valeur(self.cellule(colonne))
    }
}

#[cfg(test)]
#[allow(clippy::print_stderr)]
mod tests {
    use super::*;
    use crate::territory::cog::Devenir;
    use std::io::Write;
    use std::path::PathBuf;

    /// A real public file, or none (said aloud) where the folder is absent.
    fn reel(nom: &str) -> Option<PathBuf> {
        let chemin = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(nom);
        if !chemin.exists() {
            eprintln!("SAUTÉ : {} est absent", chemin.display());
            return None;
        }
        Some(chemin)
    }

    fn fichier(contenu: &[u8]) -> tempfile::NamedTempFile {
        let mut fichier = tempfile::NamedTempFile::new().unwrap();
        fichier.write_all(contenu).unwrap();
        fichier
    }

    fn code(texte: &str) -> CodeCommune {
        texte.parse().unwrap()
    }

    #[test]
    fn le_cog_reel_connait_les_cas_difficiles() {
        let (Some(communes), Some(mouvements)) =
            (reel("cog/communes.csv"), reel("cog/mouvements-communes.csv"))
        else {
            return;
        };
        let cog = lire_cog(&communes, &mouvements, None).unwrap();
        let jour = |annee| NaiveDate::from_ymd_opt(annee, 6, 1).unwrap();
        assert_eq!(cog.date(), NaiveDate::from_ymd_opt(2026, 1, 1));
        let vers = |depart: &str, annee| match cog.devenir(code(depart), jour(annee)) {
            Devenir::Inchangee => vec![depart.to_owned()],
            Devenir::Devenue { code, .. } => vec![code.to_string()],
            Devenir::Partagee(parts) => parts.iter().map(ToString::to_string).collect(),
            Devenir::Inconnue => Vec::new(),
        };
        assert_eq!(vers("85084", 2018), ["85084", "85165", "85212"]);
        assert_eq!(vers("85165", 2014), ["85165"]);
        assert_eq!(vers("60054", 2018), ["60054"]);
        assert_eq!(vers("60694", 2018), ["60694"]);
        assert_eq!(vers("60455", 2018), ["60694"]);
        assert_eq!(vers("60054", 2022), ["60054", "60694"]);
        assert_eq!(vers("49144", 2017), ["44180"]);
        assert_eq!(vers("14513", 2017), ["50592"]);
        assert_eq!(vers("27676", 2020), ["27676"]);
        assert_eq!(vers("27058", 2022), ["27676"]);
        assert!(cog.communes().all(|(c, _)| cog.devenir(c, jour(2026)) == Devenir::Inchangee));
    }

    #[test]
    fn aucune_commune_de_2018_ne_se_perd() {
        let (Some(communes), Some(mouvements)) =
            (reel("cog/communes.csv"), reel("cog/mouvements-communes.csv"))
        else {
            return;
        };
        let cog = lire_cog(&communes, &mouvements, None).unwrap();
        let depuis = NaiveDate::from_ymd_opt(2018, 6, 1).unwrap();
        let anciens: Vec<_> = lire_mouvements(&mouvements)
            .unwrap()
            .into_iter()
            .filter(|m| m.date > depuis)
            .filter_map(|m| m.avant.filter(|a| a.type_commune == TypeCommune::Commune).map(|a| (m.date, a)))
            .collect();
        assert!(anciens.len() > 500);
        for (date, avant) in anciens {
            let devenir = cog.devenir(avant.code, date.pred_opt().unwrap());
            assert_ne!(devenir, Devenir::Inconnue, "{} {} au {date}", avant.code, avant.nom);
        }
    }

    #[test]
    fn un_total_et_une_commune_en_double_se_disent_et_n_arretent_rien() {
        let composition = fichier(
            b"siren;raison_sociale;insee;nom_membre;pmun_2024\n200 072 882;Vie;85003;Aizenay;10 000\n\
              200072882;Vie;85019;Bellevigny;6000\n200072882;Vie;85003;AIZENAY;10000\n200072882;Vie;;Total;16000\n",
        );
        let (perimetre, problemes) = lire_composition(composition.path(), "200072882", None).unwrap();
        let membres: Vec<_> = perimetre.membres().iter().map(|m| (m.nom.as_str(), m.population)).collect();
        assert_eq!(membres, [("Aizenay", Some(10_000)), ("Bellevigny", Some(6000))]);
        let dits: Vec<_> = problemes.iter().map(|p| (p.motif, p.lieu.ligne)).collect();
        assert_eq!(dits, [(Motif::ValeurEnDouble, Some(4)), (Motif::LigneDeTotal, Some(5))]);
    }

    #[test]
    fn une_composition_de_plusieurs_annees_donne_la_derniere_qui_n_est_pas_a_venir() {
        let texte = "siren;raison_sociale;insee;nom_membre;annee\n200000001;CC;01001;Alpha;2023\n\
             200000001;CC;01002;Bêta;2023\n200000001;CC;01001;Alpha;2024\n200000001;CC;01001;Alpha;2025\n\
             200000001;CC;01003;Gamma;2025\n";
        let composition = fichier(texte.as_bytes());
        for (annee, membres) in [
            (Some(2024), vec!["01001"]),
            (Some(2023), vec!["01001", "01002"]),
            (Some(2022), vec!["01001", "01002"]),
            (None, vec!["01001", "01003"]),
        ] {
            let (perimetre, problemes) = lire_composition(composition.path(), "CC", annee).unwrap();
            let lus: Vec<&str> = perimetre.membres().iter().map(|m| m.code.as_str()).collect();
            assert_eq!(lus, membres, "{annee:?}");
            assert_eq!(
                problemes.iter().map(|p| p.motif).collect::<Vec<_>>(),
                [Motif::CompositionDUneAutreAnnee]
            );
            assert!(perimetre.voisines().iter().all(|(code, _)| !lus.contains(&code.as_str())));
        }
    }

    #[test]
    fn les_epci_reels_se_lisent_par_siren_et_par_nom() {
        let Some(chemin) = reel("cog/epci_composition_2025.csv") else { return };
        let vie_et_boulogne = composition_epci(&chemin, "200 072 882").unwrap();
        assert_eq!(vie_et_boulogne.membres().len(), 15);
        assert!(vie_et_boulogne.membre(code("85003")).unwrap().population.unwrap() > 9_000);
        let par_nom = composition_epci(&chemin, &vie_et_boulogne.nom.to_uppercase()).unwrap();
        assert_eq!(par_nom.code, "200072882");
        assert_eq!(composition_epci(&chemin, "200039642").unwrap().membres().len(), 52);

        let inconnu = composition_epci(&chemin, "Vie et Boulongne").unwrap_err();
        assert!(inconnu.detail.contains("200072882"), "{inconnu}");
        let inconnu = composition_epci(&chemin, "200072888").unwrap_err();
        assert!(inconnu.detail.contains("200072882"), "{inconnu}");
    }

    #[test]
    fn les_fichiers_reels_se_reconnaissent_a_leurs_colonnes() {
        let reconnaisseurs: [fn(&[&str]) -> bool; 4] =
            [est_cog_communes, est_cog_mouvements, est_composition_epci, est_populations_legales];
        for (rang, nom) in ["communes", "mouvements-communes", "epci_composition_2025", "donnees_communes"]
            .iter()
            .enumerate()
        {
            let Some(chemin) = reel(&format!("cog/{nom}.csv")) else { return };
            let table = Table::lire(&chemin).unwrap();
            let entetes: Vec<_> = table.entetes.iter().map(String::as_str).collect();
            let reconnu: Vec<_> = reconnaisseurs.iter().map(|r| r(&entetes)).collect();
            let attendu: Vec<_> = (0..4).map(|i| i == rang).collect();
            assert_eq!(reconnu, attendu, "{nom}");
        }
        let populations = populations_legales(&reel("cog/donnees_communes.csv").unwrap()).unwrap();
        assert_eq!(populations[&code("01004")], 15_934);
    }

    #[test]
    fn une_composition_simplifiee_suffit() {
        let fichier = fichier(
            "\u{feff}siren;raison_sociale;insee;nom_membre;pmun_2023;pmun_2024\r\n\
             200000001;CC de la Démo;1001;Alpha;9;1 092\r\n\
             200000001;CC de la Démo;01002;Bêta;8;\r\n\
             200000002;CC Voisine;01003;Gamma;7;7\r\n"
                .as_bytes(),
        );
        let perimetre = composition_epci(fichier.path(), "cc de la demo").unwrap();
        assert_eq!((perimetre.code.as_str(), perimetre.membres().len()), ("200000001", 2));
        assert_eq!(perimetre.membre(code("01001")).unwrap().population, Some(1_092));
        assert_eq!(perimetre.membre(code("01002")).unwrap().population, None);
    }

    #[test]
    fn une_erreur_dit_le_fichier_la_ligne_et_la_colonne() {
        let absent = lire_communes(Path::new("/nulle/part.csv")).unwrap_err();
        assert_eq!(absent.motif, Motif::FichierAbsent);

        let fichier_ = fichier(b"siren,raison_sociale,insee\n1,A,01001\n");
        let erreur = composition_epci(fichier_.path(), "1").unwrap_err();
        assert_eq!(erreur.motif, Motif::ColonneAbsente);
        assert!(erreur.detail.contains("nom_membre"), "{erreur}");

        let fichier_ = fichier(b"TYPECOM,COM,LIBELLE,COMPARENT\nCOM,01001,A,\nCOM,010,B,\n");
        let erreur = lire_communes(fichier_.path()).unwrap_err();
        assert_eq!((erreur.lieu.ligne, erreur.lieu.colonne), (Some(3), Some((2, "com".to_owned()))));
        assert_eq!(erreur.valeur.as_deref(), Some("010"));
    }

    #[test]
    fn un_fichier_en_windows_1252_se_lit_aussi() {
        let fichier = fichier(b"TYPECOM;COM;LIBELLE;COMPARENT\nCOM;85130;Mach\xe9;\n");
        assert_eq!(lire_communes(fichier.path()).unwrap()[0].nom, "Maché");
    }
}
