//! Sheets of cells, and the three ways an office saves them: xlsx, ods, csv.

use super::super::ErreurSimulation;
use crate::tables::en_jours;
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use polars::prelude::*;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// A cell as a spreadsheet holds it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cellule {
    Vide,
    Texte(String),
    Nombre(f64),
    /// A true date; text once in a csv.
    Date(NaiveDate),
    /// A true date with its time.
    Horodatage(NaiveDateTime),
}

impl From<&str> for Cellule {
    fn from(texte: &str) -> Self {
        if texte.is_empty() { Self::Vide } else { Self::Texte(texte.to_owned()) }
    }
}
impl From<String> for Cellule {
    fn from(texte: String) -> Self {
        Self::from(texte.as_str())
    }
}
impl From<u32> for Cellule {
    fn from(nombre: u32) -> Self {
        Self::Nombre(f64::from(nombre))
    }
}
impl From<i32> for Cellule {
    fn from(nombre: i32) -> Self {
        Self::Nombre(f64::from(nombre))
    }
}

impl Cellule {
    fn texte(&self) -> String {
        match self {
            Self::Vide => String::new(),
            Self::Texte(texte) => texte.clone(),
            Self::Nombre(nombre) => nombre.to_string(),
            Self::Date(date) => francaise(*date),
            Self::Horodatage(instant) => instant.format("%d/%m/%Y %H:%M:%S").to_string(),
        }
    }
}

/// `31/12/2024`.
pub(super) fn francaise(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

pub(super) type Ligne = Vec<Cellule>;

/// A row out of anything that becomes a cell.
macro_rules! ligne {
    ($($cellule:expr),* $(,)?) => { vec![$($crate::simulation::bureau::tableur::Cellule::from($cellule)),*] };
}
pub(super) use ligne;

/// A sheet.
pub(super) struct Feuille {
    pub(super) nom: String,
    pub(super) lignes: Vec<Ligne>,
    /// Merges the first cell of the lines above this one over the whole width, as titles often are.
    pub(super) titres_fusionnes: usize,
}

/// How a csv is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encodage {
    Utf8AvecBom,
    Utf8,
    Cp1252,
}

fn largeur(lignes: &[Ligne]) -> usize {
    lignes.iter().map(Vec::len).max().unwrap_or(0)
}

/// A csv as a French spreadsheet saves it: `;`, CRLF, every row as wide as the widest.
pub(super) fn csv(fichier: &str, lignes: &[Ligne], encodage: Encodage) -> Result<Vec<u8>, ErreurSimulation> {
    let echec =
        |cause: csv::Error| ErreurSimulation::Classeur { fichier: fichier.to_owned(), cause: cause.into() };
    let mut ecrivain = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    let largeur = largeur(lignes);
    for ligne in lignes {
        let mut textes: Vec<String> = ligne.iter().map(Cellule::texte).collect();
        textes.resize(largeur, String::new());
        ecrivain.write_record(&textes).map_err(echec)?;
    }
    let octets = ecrivain.into_inner().map_err(|e| echec(e.into_error().into()))?;
    let texte = String::from_utf8_lossy(&octets);
    Ok(match encodage {
        Encodage::Utf8 => octets,
        Encodage::Utf8AvecBom => format!("\u{feff}{texte}").into_bytes(),
        Encodage::Cp1252 => encoding_rs::WINDOWS_1252.encode(&texte).0.into_owned(),
    })
}

/// A Parquet file: the first row names the columns. A column of numbers or of dates alone has its type.
pub(super) fn parquet(fichier: &str, lignes: &[Ligne]) -> Result<Vec<u8>, ErreurSimulation> {
    let echec =
        |cause: PolarsError| ErreurSimulation::Classeur { fichier: fichier.to_owned(), cause: cause.into() };
    let Some((en_tete, rangees)) = lignes.split_first() else { return Ok(Vec::new()) };
    let colonnes = en_tete
        .iter()
        .enumerate()
        .map(|(i, nom)| {
            colonne(&nom.texte(), rangees.iter().map(|ligne| ligne.get(i).unwrap_or(&Cellule::Vide)))
        })
        .collect();
    let mut trame = DataFrame::new(rangees.len(), colonnes).map_err(echec)?;
    let mut octets = Vec::new();
    ParquetWriter::new(&mut octets)
        .with_compression(ParquetCompression::Zstd(None))
        .finish(&mut trame)
        .map_err(echec)?;
    Ok(octets)
}

fn colonne<'a>(nom: &str, cellules: impl Iterator<Item = &'a Cellule> + Clone) -> Column {
    let nom = PlSmallStr::from_str(nom);
    if cellules.clone().all(|c| matches!(c, Cellule::Vide | Cellule::Nombre(_))) {
        let nombres = cellules.map(|c| if let Cellule::Nombre(n) = c { Some(*n) } else { None });
        return Float64Chunked::from_iter_options(nom, nombres).into_column();
    }
    if cellules.clone().all(|c| matches!(c, Cellule::Vide | Cellule::Date(_))) {
        let jours = cellules.map(|c| if let Cellule::Date(d) = c { Some(en_jours(*d)) } else { None });
        return Int32Chunked::from_iter_options(nom, jours).into_date().into_column();
    }
    let textes = cellules.map(|c| Some(c.texte()).filter(|texte| !texte.is_empty()));
    StringChunked::from_iter_options(nom, textes).into_column()
}

/// An xlsx of one sheet. Its creation date is fixed: the clock must not change the bytes.
pub(super) fn xlsx(fichier: &str, feuille: &Feuille) -> Result<Vec<u8>, ErreurSimulation> {
    composer_xlsx(feuille)
        .map_err(|cause| ErreurSimulation::Classeur { fichier: fichier.to_owned(), cause: cause.into() })
}

fn composer_xlsx(feuille: &Feuille) -> Result<Vec<u8>, XlsxError> {
    let mut classeur = Workbook::new();
    let creation = ExcelDateTime::from_ymd(2025, 1, 15)?;
    classeur.set_properties(&DocProperties::new().set_creation_datetime(&creation));
    let page = classeur.add_worksheet();
    page.set_name(&feuille.nom)?;
    let largeur = u16::try_from(largeur(&feuille.lignes)).unwrap_or(u16::MAX);
    let gras = Format::new().set_bold();
    for (rang, ligne) in (0u32..).zip(&feuille.lignes) {
        if (rang as usize) < feuille.titres_fusionnes && !ligne.is_empty() {
            page.merge_range(rang, 0, rang, largeur.saturating_sub(1), &ligne[0].texte(), &gras)?;
            continue;
        }
        for (colonne, cellule) in (0u16..).zip(ligne) {
            ecrire_cellule(page, rang, colonne, cellule)?;
        }
    }
    for colonne in 0..largeur {
        page.set_column_width(colonne, 18)?;
    }
    classeur.save_to_buffer()
}

fn ecrire_cellule(page: &mut Worksheet, rang: u32, colonne: u16, cellule: &Cellule) -> Result<(), XlsxError> {
    let jour = |d: NaiveDate| {
        let petit = |n: u32| u8::try_from(n).unwrap_or(1);
        ExcelDateTime::from_ymd(u16::try_from(d.year()).unwrap_or(1900), petit(d.month()), petit(d.day()))
    };
    match cellule {
        Cellule::Vide => {}
        Cellule::Texte(texte) => {
            page.write_string(rang, colonne, texte)?;
        }
        Cellule::Nombre(nombre) => {
            page.write_number(rang, colonne, *nombre)?;
        }
        Cellule::Date(date) => {
            let format = Format::new().set_num_format("dd/mm/yyyy");
            page.write_datetime_with_format(rang, colonne, &jour(*date)?, &format)?;
        }
        Cellule::Horodatage(t) => {
            let format = Format::new().set_num_format("dd/mm/yyyy hh:mm:ss");
            let petit = |n: u32| u8::try_from(n).unwrap_or(0);
            let heure = u16::try_from(t.hour()).unwrap_or(0);
            let instant = jour(t.date())?.and_hms(heure, petit(t.minute()), f64::from(t.second()))?;
            page.write_datetime_with_format(rang, colonne, &instant, &format)?;
        }
    }
    Ok(())
}

/// An ods of one sheet, as small as the format allows.
///
/// `spreadsheet-ods` stamps the files of the archive with the clock and lists them in the order of a hash
/// map, so that no two runs give the same bytes; hence the few lines of XML and the archive below.
pub(super) fn ods(feuille: &Feuille) -> Vec<u8> {
    const TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";
    let manifeste = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\">\
         <manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.3\" manifest:media-type=\"{TYPE}\"/>\
         <manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>\
         </manifest:manifest>"
    );
    archive(&[
        ("mimetype", TYPE.as_bytes()),
        ("META-INF/manifest.xml", manifeste.as_bytes()),
        ("content.xml", contenu_ods(feuille).as_bytes()),
    ])
}

fn contenu_ods(feuille: &Feuille) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.3\">\
         <office:body><office:spreadsheet><table:table table:name=\"{}\">",
        echapper(&feuille.nom)
    );
    for ligne in &feuille.lignes {
        xml.push_str("\n<table:table-row>");
        if ligne.is_empty() {
            xml.push_str("<table:table-cell/>");
        }
        for cellule in ligne {
            xml.push_str(&cellule_ods(cellule));
        }
        xml.push_str("</table:table-row>");
    }
    xml.push_str("\n</table:table></office:spreadsheet></office:body></office:document-content>\n");
    xml
}

fn cellule_ods(cellule: &Cellule) -> String {
    let attributs = match cellule {
        Cellule::Vide => return "<table:table-cell/>".to_owned(),
        Cellule::Texte(_) => "office:value-type=\"string\"".to_owned(),
        Cellule::Nombre(n) => format!("office:value-type=\"float\" office:value=\"{n}\""),
        Cellule::Date(d) => format!("office:value-type=\"date\" office:date-value=\"{d}\""),
        Cellule::Horodatage(t) => {
            format!("office:value-type=\"date\" office:date-value=\"{}\"", t.format("%Y-%m-%dT%H:%M:%S"))
        }
    };
    format!(
        "<table:table-cell {attributs}><text:p>{}</text:p></table:table-cell>",
        echapper(&cellule.texte())
    )
}

fn echapper(texte: &str) -> String {
    texte.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A zip whose files are stored as they are, dated 1 January 1980.
fn archive(fichiers: &[(&str, &[u8])]) -> Vec<u8> {
    let mut octets: Vec<u8> = Vec::new();
    let mut repertoire: Vec<u8> = Vec::new();
    let court = |n: usize| u16::try_from(n).unwrap_or(u16::MAX).to_le_bytes();
    let long = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
    for (nom, contenu) in fichiers {
        let debut = octets.len();
        // Version 1.0; names in UTF-8; stored; no time, 1 January 1980; sum; sizes; length of the name.
        let mut commun = vec![10, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];
        commun.extend(somme_crc32(contenu).to_le_bytes());
        commun.extend([long(contenu.len()), long(contenu.len())].concat());
        commun.extend([court(nom.len()), [0, 0]].concat());
        octets.extend(b"PK\x03\x04");
        octets.extend(&commun);
        octets.extend(nom.as_bytes());
        octets.extend(*contenu);
        repertoire.extend(b"PK\x01\x02\x0a\x00");
        repertoire.extend(&commun);
        repertoire.extend([0; 10]);
        repertoire.extend(long(debut));
        repertoire.extend(nom.as_bytes());
    }
    let debut = octets.len();
    octets.extend(&repertoire);
    octets.extend(b"PK\x05\x06\x00\x00\x00\x00");
    octets.extend([court(fichiers.len()), court(fichiers.len())].concat());
    octets.extend([long(repertoire.len()), long(debut)].concat());
    octets.extend([0, 0]);
    octets
}

/// The checksum of zip archives (ISO 3309, reflected polynomial 0xEDB88320).
fn somme_crc32(octets: &[u8]) -> u32 {
    !octets.iter().fold(u32::MAX, |somme, &octet| {
        (0..8).fold(somme ^ u32::from(octet), |s, _| (s >> 1) ^ (0xEDB8_8320 & (s & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Ods, Reader, Xlsx};
    use std::io::Cursor;

    fn feuille() -> Feuille {
        let date = NaiveDate::from_ymd_opt(2024, 12, 31).expect("date");
        Feuille {
            nom: "Une & deux".to_owned(),
            lignes: vec![
                ligne!["Titre"],
                vec![],
                ligne!["Commune", "Places", "Date"],
                vec!["L'Étang <Vieux>".into(), 12u32.into(), Cellule::Date(date)],
            ],
            titres_fusionnes: 1,
        }
    }

    #[test]
    fn un_ods_se_relit_cellule_par_cellule() {
        let mut classeur: Ods<_> = Ods::new(Cursor::new(ods(&feuille()))).expect("ods lisible");
        let page = classeur.worksheet_range("Une & deux").expect("feuille");
        assert_eq!(page.get_value((0, 0)), Some(&Data::String("Titre".into())));
        assert_eq!(page.get_value((3, 0)), Some(&Data::String("L'Étang <Vieux>".into())));
        assert_eq!(page.get_value((3, 1)), Some(&Data::Float(12.0)));
        assert_eq!(page.get_value((3, 2)), Some(&Data::DateTimeIso("2024-12-31".into())));
    }

    #[test]
    fn un_xlsx_garde_les_vraies_dates_et_ne_change_pas_d_une_fois_sur_l_autre() {
        let octets = xlsx("essai.xlsx", &feuille()).expect("xlsx");
        assert_eq!(octets, xlsx("essai.xlsx", &feuille()).expect("xlsx"));
        let mut classeur: Xlsx<_> = Xlsx::new(Cursor::new(octets)).expect("xlsx lisible");
        let page = classeur.worksheet_range("Une & deux").expect("feuille");
        assert!(
            matches!(page.get_value((3, 2)), Some(Data::DateTime(d)) if (d.as_f64() - 45_657.0).abs() < 1e-9)
        );
    }

    #[test]
    fn un_csv_de_bureau_a_des_lignes_de_meme_largeur() {
        let octets = csv("essai.csv", &feuille().lignes, Encodage::Cp1252).expect("csv");
        let texte = encoding_rs::WINDOWS_1252.decode(&octets).0.into_owned();
        assert_eq!(texte, "Titre;;\r\n;;\r\nCommune;Places;Date\r\nL'Étang <Vieux>;12;31/12/2024\r\n");
        assert!(
            csv("essai.csv", &feuille().lignes, Encodage::Utf8AvecBom)
                .expect("csv")
                .starts_with(&[0xEF, 0xBB, 0xBF])
        );
    }
}
