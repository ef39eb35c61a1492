//! Which characters the bytes of a text file stand for.
//!
//! By evidence: the byte order mark; else the pattern of NUL bytes, which only UTF-16 has; else the
//! bytes themselves. Cells are then decoded one by one, as UTF-8 where they are valid UTF-8 and in
//! the old encoding otherwise, so that two exports pasted one after the other come out right too.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How many doubtful bytes are enough to tell one old encoding from another.
const PREUVES_MAX: usize = 64 << 10;

/// The encoding of a text file, and how its lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encodage {
    /// Read as UTF-16 from the start; other files keep their bytes until the cell.
    utf16: Option<&'static Encoding>,
    /// The old encoding of the cells that are not UTF-8.
    ancien: &'static Encoding,
    /// Lines end with a lone carriage return.
    retour_seul: bool,
    /// Length of the byte order mark.
    bom: u64,
}

impl Encodage {
    /// Looks at the bytes of a file.
    pub(super) fn de(chemin: &Path) -> io::Result<Self> {
        let mut fichier = File::open(chemin)?;
        let mut tete = Vec::new();
        (&mut fichier).take(PREUVES_MAX as u64).read_to_end(&mut tete)?;
        let (marque, bom) = Encoding::for_bom(&tete).map_or((None, 0), |(e, n)| (Some(e), n as u64));
        let utf16 = match marque {
            Some(e) if e == UTF_8 => None,
            Some(e) => Some(e),
            None => utf16_sans_bom(&tete),
        };
        let retour_seul = match utf16 {
            None => tete.contains(&b'\r') && !tete.contains(&b'\n'),
            Some(e) => {
                let (decode, _) = e.decode_without_bom_handling(&tete);
                decode.contains('\r') && !decode.contains('\n')
            }
        };
        let ancien = if utf16.is_some() { WINDOWS_1252 } else { ancien_encodage(fichier)? };
        Ok(Self { utf16, ancien, retour_seul, bom })
    }

    /// The bytes of the file after its mark: UTF-16 brought to UTF-8, lines ended by a line feed
    /// (the last one too), and one blank line more, so that a reader that comes to the very end
    /// within a record is known to look for a quote that never closes.
    pub(super) fn ouvrir(&self, chemin: &Path) -> io::Result<Box<dyn Read>> {
        let mut fichier = File::open(chemin)?;
        fichier.seek(SeekFrom::Start(self.bom))?;
        let mut flux: Box<dyn Read> = Box::new(fichier);
        if let Some(encodage) = self.utf16 {
            flux = Box::new(Transcodeur::new(flux, encodage));
        }
        if self.retour_seul {
            flux = Box::new(RetoursSeuls(flux));
        }
        Ok(Box::new(flux.chain(&b"\n\n"[..])))
    }

    /// The text of a cell.
    pub(super) fn decoder<'a>(&self, octets: &'a [u8]) -> Cow<'a, str> {
        match std::str::from_utf8(octets) {
            Ok(texte) => Cow::Borrowed(texte),
            Err(_) => self.ancien.decode_without_bom_handling(octets).0,
        }
    }
}

/// Without a mark, French text in UTF-16 has a NUL in nearly every other byte, always on one side.
fn utf16_sans_bom(tete: &[u8]) -> Option<&'static Encoding> {
    let paires = tete.len() / 2;
    let nuls = |cote: usize| tete.iter().skip(cote).step_by(2).filter(|&&o| o == 0).count();
    let (premiers, seconds) = (nuls(0), nuls(1));
    if paires < 2 {
        None
    } else if seconds * 2 > paires && premiers * 10 < paires {
        Some(UTF_16LE)
    } else if premiers * 2 > paires && seconds * 10 < paires {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The encoding of the lines that are not UTF-8: Mac Roman or what a detector says of a French
/// file, with Windows-1252 whenever it doubts.
fn ancien_encodage(mut fichier: File) -> io::Result<&'static Encoding> {
    fichier.seek(SeekFrom::Start(0))?;
    let mut lecteur = BufReader::with_capacity(PREUVES_MAX, fichier);
    let (mut preuves, mut ligne) = (Vec::new(), Vec::new());
    while preuves.len() < PREUVES_MAX {
        ligne.clear();
        // A line is bounded: a file without line feed must not come whole into memory.
        if (&mut lecteur).take(PREUVES_MAX as u64).read_until(b'\n', &mut ligne)? == 0 {
            break;
        }
        if std::str::from_utf8(&ligne).is_err_and(|e| e.error_len().is_some()) {
            preuves.extend_from_slice(&ligne);
        }
    }
    let compte = |lettres: &[u8]| preuves.iter().filter(|o| lettres.contains(o)).count();
    // é è à ç ê ô in each of the two; what they are in Mac Roman hardly exists in Windows-1252.
    let (mac, windows) = (compte(b"\x8E\x8F\x88\x8D\x90\x99"), compte(b"\xE9\xE8\xE0\xE7\xEA\xF4\xC9"));
    if mac > windows {
        return Ok(MACINTOSH);
    }
    let mut detecteur = EncodingDetector::new(Iso2022JpDetection::Deny);
    detecteur.feed(&preuves, true);
    let devine = detecteur.guess(Some(b"fr"), Utf8Detection::Deny);
    Ok(if devine.is_single_byte() && windows * 2 < compte_hauts(&preuves) { devine } else { WINDOWS_1252 })
}

/// Bytes beyond ASCII.
fn compte_hauts(octets: &[u8]) -> usize {
    octets.iter().filter(|o| !o.is_ascii()).count()
}

/// Brings a stream to UTF-8.
struct Transcodeur<R> {
    source: BufReader<R>,
    decodeur: Decoder,
    sortie: Vec<u8>,
    lus: usize,
    fini: bool,
}

impl<R: Read> Transcodeur<R> {
    fn new(source: R, encodage: &'static Encoding) -> Self {
        let decodeur = encodage.new_decoder_without_bom_handling();
        Self { source: BufReader::new(source), decodeur, sortie: Vec::new(), lus: 0, fini: false }
    }

    fn remplir(&mut self) -> io::Result<()> {
        self.sortie.resize(32 << 10, 0);
        self.lus = 0;
        let entree = self.source.fill_buf()?;
        let dernier = entree.is_empty();
        let (resultat, pris, ecrits, _) = self.decodeur.decode_to_utf8(entree, &mut self.sortie, dernier);
        self.source.consume(pris);
        self.sortie.truncate(ecrits);
        self.fini = dernier && resultat == CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Transcodeur<R> {
    fn read(&mut self, tampon: &mut [u8]) -> io::Result<usize> {
        while self.lus == self.sortie.len() && !self.fini {
            self.remplir()?;
        }
        let n = (&self.sortie[self.lus..]).read(tampon)?;
        self.lus += n;
        Ok(n)
    }
}

/// Gives a line feed for each carriage return, for files of old Macs.
struct RetoursSeuls<R>(R);

impl<R: Read> Read for RetoursSeuls<R> {
    fn read(&mut self, tampon: &mut [u8]) -> io::Result<usize> {
        let n = self.0.read(tampon)?;
        tampon[..n].iter_mut().filter(|o| **o == b'\r').for_each(|o| *o = b'\n');
        Ok(n)
    }
}
