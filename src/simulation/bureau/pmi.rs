//! The yearly lists of agréments that the PMI sends: never twice in the same shape.

use super::super::noms::{self, en_capitales, en_capitales_abrege, sans_traits};
use super::super::{Agrement, Assistante, Commune, ErreurSimulation, Flux, Territoire};
use super::tableur::{Cellule, Encodage, Feuille, Ligne, csv, francaise, ligne, parquet, xlsx};
use chrono::{Datelike, Months, NaiveDate};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The spelling of the fourteen headers.
type EnTete = [&'static str; 14];

const EN_CAPITALES: EnTete = [
    "NOM DE NAISSANCE",
    "NOM D'USAGE",
    "PRENOM",
    "DATE DE NAISSANCE",
    "ADRESSE",
    "CP",
    "COMMUNE",
    "TELEPHONE",
    "COURRIEL",
    "CAPACITE",
    "DATE AGREMENT",
    "DATE FIN AGREMENT",
    "LIEU D'EXERCICE",
    "MAM",
];
const VERBEUX: EnTete = [
    "Nom de naissance",
    "Nom d'usage",
    "Prénom",
    "Né(e) le",
    "Adresse professionnelle",
    "Code postal",
    "Commune d'exercice",
    "Tél.",
    "Mail",
    "Capacité d'accueil",
    "Date d'agrément",
    "Date de fin d'agrément",
    "Exercice",
    "Nom de la MAM",
];
const HABITUEL: EnTete = [
    "Nom de naissance",
    "Nom d'usage",
    "Prénom",
    "Date de naissance",
    "Adresse",
    "CP",
    "Commune",
    "Téléphone",
    "Courriel",
    "Capacité",
    "Date agrément",
    "Date fin agrément",
    "Lieu d'exercice",
    "MAM",
];

/// How communes are spelled on a list. Every spelling is certain to be recognised.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Orthographe {
    Capitales,
    CapitalesAbregees,
    SansTraits,
    /// `96120 NOM` in the cell of the commune, and no column for the postal code.
    AvecCodePostal,
    /// The official name, or the one without hyphens, as it comes.
    Melangee,
}

/// What is particular to the list of a year.
struct Presentation {
    en_tete: EnTete,
    orthographe: Orthographe,
    vraies_dates: bool,
    /// Telephones typed as numbers, which lose their zero.
    telephones_en_nombres: bool,
    /// Title lines merged over the width of the table.
    titres_fusionnes: usize,
    en_csv: bool,
}

/// The shapes come back every six years.
fn presentation(rang: usize) -> Presentation {
    let (en_tete, orthographe) = match rang % 6 {
        0 => (EN_CAPITALES, Orthographe::Capitales),
        1 | 4 => (VERBEUX, Orthographe::CapitalesAbregees),
        2 => (HABITUEL, Orthographe::SansTraits),
        3 => (HABITUEL, Orthographe::AvecCodePostal),
        _ => (HABITUEL, Orthographe::Melangee),
    };
    Presentation {
        en_tete,
        orthographe,
        vraies_dates: matches!(rang % 6, 1 | 4 | 5),
        telephones_en_nombres: rang.is_multiple_of(6),
        titres_fusionnes: if matches!(rang % 6, 1 | 5) { 2 } else { 0 },
        en_csv: rang % 6 == 2,
    }
}

/// Position of the columns that some lists treat apart.
const CODE_POSTAL: usize = 5;
const CAPACITE: usize = 9;

/// A file: its path in the folder, its bytes.
type Fichier = (String, Vec<u8>);

/// One list a year: five workbooks and a csv in cp1252.
pub(super) fn fichiers(territoire: &Territoire) -> Result<Vec<Fichier>, ErreurSimulation> {
    annee_par_annee(territoire, |_, liste, sans_date| {
        let lignes = liste.composer(sans_date);
        if liste.presentation.en_csv {
            let chemin = liste.chemin("csv");
            let octets = csv(&chemin, &lignes, Encodage::Cp1252)?;
            return Ok((chemin, octets));
        }
        let chemin = liste.chemin("xlsx");
        let titres_fusionnes = liste.presentation.titres_fusionnes;
        let octets =
            xlsx(&chemin, &Feuille { nom: format!("AM {}", liste.annee), lignes, titres_fusionnes })?;
        Ok((chemin, octets))
    })
}

/// The lists of a country: too long for a workbook, one year a csv, the next a Parquet file.
pub(super) fn grandes_listes(territoire: &Territoire) -> Result<Vec<Fichier>, ErreurSimulation> {
    annee_par_annee(territoire, |rang, liste, sans_date| {
        if rang % 2 == 0 {
            let chemin = liste.chemin("csv");
            let encodage = if rang % 4 == 0 { Encodage::Cp1252 } else { Encodage::Utf8AvecBom };
            let octets = csv(&chemin, &liste.composer(sans_date), encodage)?;
            return Ok((chemin, octets));
        }
        let chemin = liste.chemin("parquet");
        let octets = parquet(&chemin, &liste.exporter(sans_date))?;
        Ok((chemin, octets))
    })
}

/// The list of each year, as it is to be written from its rank.
fn annee_par_annee(
    territoire: &Territoire,
    ecrire: impl Fn(usize, &mut Liste<'_>, Option<usize>) -> Result<Fichier, ErreurSimulation>,
) -> Result<Vec<Fichier>, ErreurSimulation> {
    let mut hasard = Flux::Pmi.ouvrir(territoire.parametres.graine);
    let sans_date = sans_date(territoire);
    let annees = territoire.parametres.millesimes.iter().enumerate();
    annees
        .map(|(rang, millesime)| {
            let presentation = presentation(rang);
            let hasard = &mut hasard;
            let mut liste = Liste { territoire, hasard, annee: millesime.annee, presentation: &presentation };
            ecrire(rang, &mut liste, sans_date)
        })
        .collect()
}

/// The person whose birth date nobody can read. She stands on every list, so that what is unreadable is the
/// same each year and she is not taken for someone who leaves and another who comes.
fn sans_date(territoire: &Territoire) -> Option<usize> {
    let annees = territoire.parametres.millesimes.len();
    let convient = |a: &Assistante| a.agrements.len() == annees && (1970..1981).contains(&a.naissance.year());
    territoire.assistantes.iter().position(convient)
}

/// The list of one year.
struct Liste<'a> {
    territoire: &'a Territoire,
    hasard: &'a mut ChaCha8Rng,
    annee: i32,
    presentation: &'a Presentation,
}

impl Liste<'_> {
    fn chemin(&self, extension: &str) -> String {
        format!("pmi/agrements_{}-12-31.{extension}", self.annee)
    }

    /// Title lines, header, rows, total, notes.
    fn composer(&mut self, sans_date: Option<usize>) -> Vec<Ligne> {
        let mut lignes = vec![
            ligne!["Conseil départemental — Service de PMI"],
            ligne![format!("Liste des assistants maternels agréés au 31/12/{}", self.annee)],
            vec![],
            self.presentation.en_tete.map(Cellule::from).to_vec(),
        ];
        lignes.extend(self.rangees(sans_date));
        let mut total = vec![Cellule::Vide; self.presentation.en_tete.len()];
        total[0] = "Total".into();
        total[CAPACITE] = self.territoire.liste(self.annee).map(|(_, a)| a.places).sum::<u32>().into();
        lignes.push(total);
        self.retirer_le_code_postal(&mut lignes);
        lignes.push(vec![]);
        lignes.push(ligne![
            "Source : fichier des agréments du service de PMI. Les agréments suspendus ne figurent pas."
        ]);
        lignes.push(ligne!["Document confidentiel, réservé au relais petite enfance."]);
        lignes
    }

    /// Header and rows alone, as a program exports them.
    fn exporter(&mut self, sans_date: Option<usize>) -> Vec<Ligne> {
        let mut lignes = vec![self.presentation.en_tete.map(Cellule::from).to_vec()];
        lignes.extend(self.rangees(sans_date));
        self.retirer_le_code_postal(&mut lignes);
        lignes
    }

    fn retirer_le_code_postal(&self, lignes: &mut [Ligne]) {
        if self.presentation.orthographe == Orthographe::AvecCodePostal {
            for ligne in lignes.iter_mut().filter(|l| l.len() > CODE_POSTAL) {
                ligne.remove(CODE_POSTAL);
            }
        }
    }

    /// The persons by name, one of them twice, and a few rows that must not count.
    fn rangees(&mut self, sans_date: Option<usize>) -> Vec<Ligne> {
        let mut presentes: Vec<(usize, &Assistante, &Agrement)> = self
            .territoire
            .assistantes
            .iter()
            .enumerate()
            .filter_map(|(i, a)| a.agrements.get(&self.annee).map(|agrement| (i, a, agrement)))
            .collect();
        presentes.sort_by_key(|(i, a, _)| (a.nom_naissance, a.prenom, *i));
        let mut rangees: Vec<Ligne> = presentes
            .iter()
            .map(|(i, a, agrement)| self.rangee(a, agrement, sans_date == Some(*i)))
            .collect();
        if self.presentation.en_csv {
            // Somebody who has as many places as most: what takes the place of her capacity is right.
            let mut places: Vec<u32> = presentes.iter().map(|(_, _, agrement)| agrement.places).collect();
            places.sort_unstable();
            let mediane = places[(places.len() - 1) / 2];
            let elle = presentes.iter().position(|(_, _, agrement)| agrement.places == mediane);
            if let Some(elle) = elle {
                rangees[elle][CAPACITE] = "à revoir".into();
            }
        }
        let double = self.hasard.random_range(0..rangees.len());
        rangees.insert(double + 1, rangees[double].clone());
        for fausse in self.fausses_rangees() {
            rangees.insert(self.hasard.random_range(0..=rangees.len()), fausse);
        }
        rangees
    }

    fn rangee(&mut self, personne: &Assistante, agrement: &Agrement, sans_date: bool) -> Ligne {
        let territoire = self.territoire;
        let commune = &territoire.communes[agrement.commune];
        let usage = personne.nom_usage.filter(|(depuis, _)| *depuis <= self.annee).map_or("", |(_, nom)| nom);
        let naissance = if sans_date { "31/02/1975".into() } else { self.date(personne.naissance) };
        let (debut, fin) = personne.validite(self.annee);
        let (exercice, mam) = match agrement.mam {
            Some(rang) => ("MAM", territoire.mam[rang].nom.as_str()),
            None => ("Domicile", ""),
        };
        let en_capitales = self.presentation.orthographe == Orthographe::Capitales;
        let casse = |texte: &str| {
            if en_capitales { noms::sans_accents(texte).to_uppercase() } else { texte.to_owned() }
        };
        vec![
            personne.nom_naissance.into(),
            usage.into(),
            personne.prenom.into(),
            naissance,
            agrement.adresse.as_str().into(),
            commune.code_postal.as_str().into(),
            self.commune(commune).into(),
            self.telephone(&personne.telephone),
            courriel(personne).into(),
            self.capacite(agrement.places),
            self.date(debut),
            self.date(fin),
            casse(exercice).into(),
            casse(mam).into(),
        ]
    }

    fn date(&self, date: NaiveDate) -> Cellule {
        if self.presentation.vraies_dates { Cellule::Date(date) } else { francaise(date).into() }
    }

    fn commune(&mut self, commune: &Commune) -> String {
        match self.presentation.orthographe {
            Orthographe::Capitales => en_capitales(&commune.nom),
            Orthographe::CapitalesAbregees => en_capitales_abrege(&commune.nom),
            Orthographe::SansTraits => sans_traits(&commune.nom),
            Orthographe::AvecCodePostal => format!("{} {}", commune.code_postal, en_capitales(&commune.nom)),
            Orthographe::Melangee if self.hasard.random_ratio(1, 3) => sans_traits(&commune.nom),
            Orthographe::Melangee => commune.nom.clone(),
        }
    }

    fn telephone(&self, telephone: &str) -> Cellule {
        let chiffres = telephone.replace(' ', "");
        match chiffres.parse() {
            Ok(nombre) if self.presentation.telephones_en_nombres => Cellule::Nombre(nombre),
            _ => telephone.into(),
        }
    }

    /// A number as a rule; sometimes in words, the total being the same: « 2 + 1 périscolaire » is 3 places.
    fn capacite(&mut self, places: u32) -> Cellule {
        match self.hasard.random_range(0..40) {
            0..3 => format!("{places} enfant{}", if places > 1 { "s" } else { "" }).into(),
            3 if places > 1 => format!("{} + 1 périscolaire", places - 1).into(),
            _ => places.into(),
        }
    }

    /// Rows that must not count: an unknown commune, a commune of elsewhere, three agréments that have ended, two of
    /// them with a capacity that cannot be. Nobody else bears these names.
    fn fausses_rangees(&mut self) -> Vec<Ligne> {
        let ici = self.territoire.communes[0].clone();
        // A country has no neighbour: the row then names a commune that nobody knows.
        let ailleurs = self.territoire.voisines.first().cloned();
        let inconnue =
            Commune { nom: "Bourg-Inconnu".to_owned(), code_postal: "96990".to_owned(), ..ici.clone() };
        let ailleurs = ailleurs.unwrap_or_else(|| inconnue.clone());
        let fausses: [(&str, &Commune, Cellule, i32); 5] = [
            ("QUÉMÉNEUR", &inconnue, 3u32.into(), 0),
            ("WATRELOT", &ici, 40u32.into(), 6),
            ("XAVIER", &ici, "à revoir".into(), 6),
            ("YVONNET", &ailleurs, 4u32.into(), 0),
            ("ZELLER", &ici, 3u32.into(), 6),
        ];
        let mut rangees = Vec::new();
        for (nom, commune, capacite, retard) in fausses {
            let naissance = self.annee - self.hasard.random_range(30..55);
            let prenom = noms::prenom(self.hasard, naissance);
            let jour = |annee| NaiveDate::from_yo_opt(annee, 100).unwrap_or(NaiveDate::MIN);
            let debut = jour(self.annee - retard);
            let telephone = noms::telephone(self.hasard);
            rangees.push(vec![
                nom.into(),
                Cellule::Vide,
                prenom.into(),
                self.date(jour(naissance)),
                noms::adresse(self.hasard).into(),
                commune.code_postal.as_str().into(),
                self.commune(commune).into(),
                self.telephone(&telephone),
                Cellule::Vide,
                capacite,
                self.date(debut),
                self.date(debut + Months::new(60)),
                "Domicile".into(),
                Cellule::Vide,
            ]);
        }
        rangees
    }
}

fn courriel(personne: &Assistante) -> String {
    // One person in ten or so has given none.
    if personne.naissance.day() % 10 == 3 {
        return String::new();
    }
    let simple = |texte: &str| noms::sans_accents(texte).to_lowercase().replace([' ', '\''], "-");
    format!("{}.{}@exemple.fr", simple(personne.prenom), simple(personne.nom_naissance))
}

#[cfg(test)]
mod tests {
    use super::super::super::Parametres;
    use super::*;
    use calamine::{Data, Reader, Xlsx};
    use std::io::Cursor;

    fn lignes(annee: i32) -> Vec<Vec<String>> {
        let territoire = Territoire::imaginer(&Parametres::demo(2024)).expect("territoire");
        let fichiers = fichiers(&territoire).expect("fichiers");
        let (_, octets) =
            fichiers.into_iter().find(|(nom, _)| nom.contains(&annee.to_string())).expect("année");
        if annee == 2021 {
            let texte = encoding_rs::WINDOWS_1252.decode(&octets).0.into_owned();
            return texte.lines().map(|l| l.split(';').map(str::to_owned).collect()).collect();
        }
        let mut classeur: Xlsx<_> = Xlsx::new(Cursor::new(octets)).expect("xlsx");
        let page = classeur.worksheet_range_at(0).expect("feuille").expect("feuille");
        page.rows().map(|l| l.iter().map(Data::to_string).collect()).collect()
    }

    #[test]
    fn chaque_liste_a_ses_titres_son_en_tete_son_total_et_ses_rangees() {
        for (annee, agrees) in [(2019, 407), (2020, 396), (2021, 384), (2022, 370), (2023, 317), (2024, 312)]
        {
            let lignes = lignes(annee);
            assert!(lignes[1][0].ends_with(&format!("31/12/{annee}")), "{:?}", lignes[1]);
            assert!(lignes[3][0].to_lowercase().starts_with("nom de naissance"));
            let total = lignes.iter().position(|l| l[0] == "Total").expect("total");
            // Valid rows, the duplicate, and five rows that do not count.
            assert_eq!(total - 4, agrees + 6, "{annee}");
            assert!(lignes.len() > total + 2, "une note suit le total");
        }
    }

    #[test]
    fn les_difficultes_annoncees_y_sont() {
        let contient = |annee, texte: &str| lignes(annee).iter().flatten().any(|c| c.contains(texte));
        for annee in 2019..=2024 {
            for texte in ["à revoir", "périscolaire", "enfants", "31/02/1975", "@exemple.fr"] {
                assert!(contient(annee, texte), "« {texte} » manque en {annee}");
            }
        }
        assert!(contient(2019, "SAINTE ORLENE DES BRANDES"));
        assert!(contient(2020, "STE ORLENE DES BRANDES"));
        assert!(contient(2021, "Ste Orlène des Brandes"));
        assert!(lignes(2022).iter().flatten().any(|c| c.starts_with("961") && c.ends_with("AUBRELONDE")));
        assert!(contient(2024, "Sainte-Orlène-des-Brandes"));
        assert_eq!(lignes(2022)[3].len(), 13, "pas de colonne CP en 2022");
    }

    #[test]
    fn celle_dont_la_date_est_illisible_se_reconnait_a_ses_noms() {
        let territoire = Territoire::imaginer(&Parametres::demo(2024)).expect("territoire");
        let elle = &territoire.assistantes[sans_date(&territoire).expect("quelqu’un")];
        let pareilles = territoire
            .assistantes
            .iter()
            .filter(|a| a.nom_naissance == elle.nom_naissance && a.prenom == elle.prenom);
        assert_eq!(pareilles.count(), 1);
    }
}
