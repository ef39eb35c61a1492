//! How much a file may ask of the machine: a small file can unpack to more than any memory holds.
//!
//! A limit lies well beyond what an office sends for the whole country, and a file beyond it is refused
//! before it is read: three gigabytes of memory are enough for whatever passes.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::contient;

/// Bytes of all the parts of a workbook, unpacked: a full sheet of a million lines and twenty columns.
const DEPLIE_MAX: u64 = 1 << 30;
/// Bytes of the parts that are kept in memory (texts, styles), which take five times their size there.
const PARTIES_MAX: u64 = 256 << 20;
/// Bytes of the sheets of which the style of each cell is asked: some two hundred thousand rows of an office.
const STYLEES_MAX: u64 = 128 << 20;
/// What deflate packs at most in one byte.
const RAPPORT_MAX: u64 = 1032;
/// Cells of an ods, repeated ones too: they are all in memory at once, a million lines of twenty columns.
const CASES_ODS_MAX: u64 = 20_000_000;
/// Spaces that a cell of an ods may say in one number.
const ESPACES_MAX: u64 = 1 << 20;
/// Bytes of one record of a csv: a contour in a cell takes less than one million.
const ENREGISTREMENT_MAX: u64 = 16 << 20;
/// Bytes of a JSON file, which comes whole into memory.
pub(super) const JSON_MAX: u64 = 512 << 20;
/// Values of a JSON file: each takes some fifty bytes, whatever its text.
pub(super) const VALEURS_JSON_MAX: usize = 20_000_000;

const BOMBE: &str = "le classeur, une fois décomprimé, dépasse 1 Go : ce n’est pas un tableau de bureau";
const REPETE: &str = "le classeur répète des cellules jusqu’à dépasser 20 millions de cases : ce n’est pas un tableau de bureau";

/// Refuses a workbook that unpacks to too much. What the archive says of its sizes is not believed.
pub(super) fn deplier(chemin: &Path) -> Result<(), &'static str> {
    // What cannot be opened here cannot be opened as a workbook either, which says it better.
    let Some(mut archive) = ouvrir(chemin) else { return Ok(()) };
    let mut comprime = 0_u64;
    for rang in 0..archive.len() {
        // Parts that share their bytes count each.
        comprime = comprime.saturating_add(archive.by_index_raw(rang).map_or(0, |p| p.compressed_size()));
    }
    if comprime.saturating_mul(RAPPORT_MAX) <= PARTIES_MAX {
        return Ok(());
    }
    let (mut total, mut gardees) = (0_u64, 0_u64);
    for rang in 0..archive.len() {
        let Ok(partie) = archive.by_index(rang) else { continue };
        let lue_au_fil = partie.name().is_ok_and(|n| n.contains("worksheets/") || n == "content.xml");
        let reste = (DEPLIE_MAX + 1).saturating_sub(total);
        let octets = compter(partie.take(reste));
        total += octets;
        gardees += if lue_au_fil { 0 } else { octets };
        if total > DEPLIE_MAX || gardees > PARTIES_MAX {
            return Err(BOMBE);
        }
    }
    Ok(())
}

fn ouvrir(chemin: &Path) -> Option<ZipArchive<BufReader<File>>> {
    ZipArchive::new(BufReader::new(File::open(chemin).ok()?)).ok()
}

/// The bytes that come until the end, or until a damaged part stops.
fn compter(mut flux: impl Read) -> u64 {
    let mut tampon = vec![0; 64 << 10];
    let mut total = 0;
    while let Ok(lus) = flux.read(&mut tampon)
        && lus > 0
    {
        total += lus as u64;
    }
    total
}

/// True if a style of an xlsx strikes its text through: hardly any workbook has one, and cells need not be asked.
pub(super) fn barre_des_cellules(chemin: &Path) -> bool {
    let Some(mut archive) = ouvrir(chemin) else { return false };
    let barre = archive.by_name("xl/styles.xml").is_ok_and(|styles| {
        let mut octets = Vec::new();
        styles.take(PARTIES_MAX).read_to_end(&mut octets).is_ok() && contient(&octets, b"strike")
    });
    // The style of each cell comes into memory, blank ones too.
    let mut reste = STYLEES_MAX;
    barre
        && (0..archive.len()).all(|rang| {
            let Ok(partie) = archive.by_index(rang) else { return true };
            if partie.name().is_ok_and(|nom| nom.contains("worksheets/")) {
                reste = reste.saturating_sub(compter(partie.take(reste)));
            }
            reste > 0
        })
}

/// Refuses an ods that says « this row, a million times », or a cell of a billion spaces.
pub(super) fn repetitions(chemin: &Path) -> Result<(), &'static str> {
    let Some(mut archive) = ouvrir(chemin) else { return Ok(()) };
    let Ok(contenu) = archive.by_name("content.xml") else { return Ok(()) };
    let mut xml = Reader::from_reader(BufReader::new(contenu));
    // As lenient as the reader that comes after: what it would go through is counted here.
    xml.config_mut().check_end_names = false;
    xml.config_mut().check_comments = false;
    let mut decompte = Decompte::default();
    let mut tampon = Vec::new();
    while decompte.avancer(&mut xml, &mut tampon)? {
        tampon.clear();
    }
    Ok(())
}

/// The size of the sheets of an ods, as a grid from their first column to the last filled one.
#[derive(Default)]
struct Decompte {
    /// Of the sheets before this one.
    cases: u64,
    hauteur: u64,
    largeur: u64,
    /// Blank lines, which count when a filled one follows.
    blanches: u64,
    /// Of the current line: how often it stands, cells passed, place of the last filled one.
    fois: u64,
    position: u64,
    remplie: u64,
}

impl Decompte {
    /// Takes one event of the document; false at its end.
    fn avancer<R: BufRead>(
        &mut self,
        xml: &mut Reader<R>,
        tampon: &mut Vec<u8>,
    ) -> Result<bool, &'static str> {
        match xml.read_event_into(tampon) {
            Ok(Event::Eof) | Err(_) => return Ok(false),
            Ok(Event::Start(e)) => match e.name().as_ref() {
                "table:table-row" => {
                    (self.fois, self.position, self.remplie) = (fois(&e, "table:number-rows-repeated"), 0, 0);
                }
                "table:table-cell" | "table:covered-table-cell" => self.case(&e, true),
                "text:s" => espaces(&e)?,
                _ => {}
            },
            Ok(Event::Empty(e)) => match e.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" => self.case(&e, false),
                "table:table-row" => {
                    self.blanches = self.blanches.saturating_add(fois(&e, "table:number-rows-repeated"));
                }
                "text:s" => espaces(&e)?,
                _ => {}
            },
            Ok(Event::End(e)) if e.name().as_ref() == "table:table-row" => self.fin_de_ligne()?,
            Ok(Event::End(e)) if e.name().as_ref() == "table:table" => {
                *self = Self { cases: self.cases + self.hauteur * self.largeur, ..Self::default() };
            }
            Ok(_) => {}
        }
        Ok(true)
    }

    fn case(&mut self, balise: &BytesStart<'_>, ouverte: bool) {
        self.position = self.position.saturating_add(fois(balise, "table:number-columns-repeated"));
        let valeur = || balise.attributes().flatten().any(|a| a.key.as_ref().starts_with("office:"));
        if ouverte || valeur() {
            self.remplie = self.position;
        }
    }

    fn fin_de_ligne(&mut self) -> Result<(), &'static str> {
        if self.remplie == 0 {
            self.blanches = self.blanches.saturating_add(self.fois);
            return Ok(());
        }
        // Blank lines above the table are not kept.
        let blanches = std::mem::take(&mut self.blanches);
        let blanches = if self.hauteur == 0 { 0 } else { blanches };
        self.hauteur = self.hauteur.saturating_add(blanches).saturating_add(self.fois);
        self.largeur = self.largeur.max(self.remplie);
        let cases = self.cases.saturating_add(self.hauteur.saturating_mul(self.largeur));
        if cases > CASES_ODS_MAX { Err(REPETE) } else { Ok(()) }
    }
}

fn attribut(balise: &BytesStart<'_>, nom: &str) -> Option<u64> {
    let attribut = balise.attributes().flatten().find(|a| a.key.as_ref() == nom)?;
    attribut.value.trim().parse().ok()
}

fn fois(balise: &BytesStart<'_>, nom: &str) -> u64 {
    attribut(balise, nom).unwrap_or(1)
}

fn espaces(balise: &BytesStart<'_>) -> Result<(), &'static str> {
    let trop = attribut(balise, "text:c").is_some_and(|n| n > ESPACES_MAX);
    if trop { Err("une cellule du classeur dépasse un million d’espaces") } else { Ok(()) }
}

/// A stream that stops when one record takes too many bytes, which would all come into memory.
pub(super) struct Borne<R> {
    flux: R,
    depuis: Rc<Cell<u64>>,
}

/// What the reader of records tells, and asks, the stream below it.
pub(super) struct Compteur(Rc<Cell<u64>>);

pub(super) fn borner<R: Read>(flux: R) -> (Borne<R>, Compteur) {
    let depuis = Rc::new(Cell::new(0));
    (Borne { flux, depuis: Rc::clone(&depuis) }, Compteur(depuis))
}

impl Compteur {
    /// A record was read: the next one has its own allowance.
    pub(super) fn enregistrement_lu(&self) {
        self.0.set(0);
    }

    /// True if the stream stopped because of one record.
    pub(super) fn est_depasse(&self) -> bool {
        self.0.get() > ENREGISTREMENT_MAX
    }
}

impl<R: Read> Read for Borne<R> {
    fn read(&mut self, tampon: &mut [u8]) -> io::Result<usize> {
        if self.depuis.get() > ENREGISTREMENT_MAX {
            return Err(io::Error::other("enregistrement trop long"));
        }
        let lus = self.flux.read(tampon)?;
        self.depuis.set(self.depuis.get() + lus as u64);
        Ok(lus)
    }
}
