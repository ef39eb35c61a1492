//! The rows that a workbook hides, by hand or by a filter: the library that reads its cells does not tell.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

const CLASSEUR: &str = "xl/workbook.xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";

/// The hidden rows of an xlsx, by name of sheet: lines from 1. A part that cannot be read hides nothing.
pub(super) fn lignes(chemin: &Path) -> BTreeMap<String, BTreeSet<u32>> {
    let ouvrir = || ZipArchive::new(BufReader::new(File::open(chemin).ok()?)).ok();
    let Some(mut archive) = ouvrir() else { return BTreeMap::new() };
    let mut dits = |partie: &str, dire: &mut dyn FnMut(&BytesStart<'_>)| {
        if let Ok(partie) = archive.by_name(partie) {
            elements(BufReader::new(partie), dire);
        }
    };
    let (mut feuilles, mut cibles) = (Vec::new(), BTreeMap::new());
    dits(CLASSEUR, &mut |element| {
        if element.local_name().as_ref() == "sheet" {
            feuilles.extend(attribut(element, "name").zip(attribut(element, "id")));
        }
    });
    dits(RELATIONS, &mut |element| cibles.extend(attribut(element, "Id").zip(attribut(element, "Target"))));
    let mut masquees = BTreeMap::new();
    for (feuille, relation) in feuilles {
        let Some(cible) = cibles.get(&relation) else { continue };
        let partie = cible.strip_prefix('/').map_or_else(|| format!("xl/{cible}"), str::to_owned);
        let (mut ligne, mut siennes) = (0_u32, BTreeSet::new());
        dits(&partie, &mut |element| {
            if element.local_name().as_ref() != "row" {
                return;
            }
            ligne = attribut(element, "r").and_then(|r| r.parse().ok()).unwrap_or(ligne.saturating_add(1));
            if attribut(element, "hidden").is_some_and(|dit| matches!(dit.as_str(), "1" | "true")) {
                siennes.insert(ligne);
            }
        });
        if !siennes.is_empty() {
            masquees.insert(feuille, siennes);
        }
    }
    masquees
}

/// Goes through the elements of a part, until its end or until it is damaged.
fn elements(flux: impl BufRead, dire: &mut dyn FnMut(&BytesStart<'_>)) {
    let mut xml = Reader::from_reader(flux);
    let mut tampon = Vec::new();
    loop {
        match xml.read_event_into(&mut tampon) {
            Ok(Event::Start(element) | Event::Empty(element)) => dire(&element),
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
        tampon.clear();
    }
}

/// The value of an attribute, whatever its prefix (`r:id`).
fn attribut(element: &BytesStart<'_>, nom: &str) -> Option<String> {
    let attribut = element.attributes().flatten().find(|a| a.key.local_name().as_ref() == nom)?;
    attribut.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    /// A row past the last number that there is, then one without a number: nothing overflows.
    #[test]
    fn des_numeros_de_ligne_impossibles_n_arretent_rien() {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("a.xlsx");
        let mut archive = zip::ZipWriter::new(File::create(&chemin).unwrap());
        for (nom, texte) in [
            (CLASSEUR, "<workbook><sheets><sheet name=\"A\" r:id=\"r1\"/></sheets></workbook>"),
            (
                RELATIONS,
                "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/s.xml\"/></Relationships>",
            ),
            (
                "xl/worksheets/s.xml",
                "<worksheet><row r=\"2\" hidden=\"1\"/><row r=\"4294967295\"/><row hidden=\"true\"/><row r=\"x\"/></worksheet>",
            ),
        ] {
            archive.start_file(nom, SimpleFileOptions::default()).unwrap();
            archive.write_all(texte.as_bytes()).unwrap();
        }
        archive.finish().unwrap();
        assert_eq!(lignes(&chemin), BTreeMap::from([("A".to_owned(), BTreeSet::from([2, u32::MAX]))]));
        assert!(lignes(&dossier.path().join("absent.xlsx")).is_empty());
    }
}
