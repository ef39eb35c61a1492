//! An OOXML package: its parts, their relationships, their content types.

use super::{ErreurPptx, echapper};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{DateTime, ZipArchive, ZipWriter};

/// What the types of relationships begin with.
pub(super) const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
/// What the content types of the parts of a presentation begin with.
pub(super) const PRESENTATIONML: &str = "application/vnd.openxmlformats-officedocument.presentationml";

/// The part that everything hangs on.
pub(super) const PRESENTATION: &str = "ppt/presentation.xml";

/// What follows a presentation when its slides are taken away.
const GARDEES: [&str; 7] =
    ["slideMaster", "theme", "notesMaster", "handoutMaster", "presProps", "tableStyles", "font"];

/// A decompressed model larger than this is no model, octets.
const TAILLE_MAX: u64 = 200_000_000;

/// A relationship of a part.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) id: String,
    pub(super) genre: String,
    pub(super) cible: String,
    externe: bool,
}

/// The package.
#[derive(Debug, Default)]
pub(super) struct Paquet {
    pub(super) parties: BTreeMap<String, Vec<u8>>,
    relations: BTreeMap<String, Vec<Relation>>,
    par_extension: BTreeMap<String, String>,
    par_partie: BTreeMap<String, String>,
}

impl Paquet {
    /// Reads a package, without its slides and all that only they use.
    pub(super) fn lire_sans_diapositives(octets: &[u8]) -> Result<Self, ErreurPptx> {
        let mut archive = ZipArchive::new(Cursor::new(octets)).map_err(|_| ErreurPptx::Modele)?;
        let mut tout = BTreeMap::new();
        let mut reste = TAILLE_MAX;
        for rang in 0..archive.len() {
            let fichier = archive.by_index(rang).map_err(|_| ErreurPptx::Modele)?;
            let nom = fichier.name().map_err(|_| ErreurPptx::Modele)?.trim_start_matches('/').to_owned();
            let mut contenu = Vec::new();
            fichier.take(reste).read_to_end(&mut contenu).map_err(|_| ErreurPptx::Modele)?;
            reste -= contenu.len() as u64;
            tout.insert(nom, contenu);
        }
        if reste == 0 {
            return Err(ErreurPptx::Modele);
        }
        let mut paquet = Self::default();
        paquet.lire_les_types(&texte_de(&tout, "[Content_Types].xml")?)?;
        let principales = relations_de(&tout, "")?;
        let presentation = principales.iter().find(|r| r.genre.ends_with("/officeDocument"));
        // Every office suite names it so; a model that does not is read by none of what follows.
        if presentation.is_none_or(|r| r.cible.trim_start_matches('/') != PRESENTATION) {
            return Err(ErreurPptx::Modele);
        }
        let mut a_voir = vec![PRESENTATION.to_owned()];
        let mut vues = BTreeSet::new();
        while let Some(partie) = a_voir.pop() {
            if !vues.insert(partie.clone()) {
                continue;
            }
            let Some(contenu) = tout.get(&partie) else { continue };
            let mut relations = relations_de(&tout, &partie)?;
            if partie == PRESENTATION {
                relations.retain(|r| r.genre.rsplit('/').next().is_some_and(|g| GARDEES.contains(&g)));
            }
            let internes = relations.iter().filter(|r| !r.externe);
            a_voir.extend(internes.map(|r| resoudre(&partie, &r.cible)));
            paquet.parties.insert(partie.clone(), contenu.clone());
            paquet.relations.insert(partie, relations);
        }
        paquet.par_partie.retain(|partie, _| paquet.parties.contains_key(partie));
        // A template becomes a presentation.
        paquet.par_partie.insert(PRESENTATION.to_owned(), format!("{PRESENTATIONML}.presentation.main+xml"));
        Ok(paquet)
    }

    fn lire_les_types(&mut self, xml: &str) -> Result<(), ErreurPptx> {
        elements(xml, |element| {
            let type_ = attribut(element, "ContentType");
            match (
                element.local_name().as_ref(),
                attribut(element, "Extension"),
                attribut(element, "PartName"),
            ) {
                ("Default", Some(extension), _) => {
                    self.par_extension.insert(extension, type_.unwrap_or_default());
                }
                ("Override", _, Some(partie)) => {
                    self.par_partie
                        .insert(partie.trim_start_matches('/').to_owned(), type_.unwrap_or_default());
                }
                _ => {}
            }
        })
    }

    /// Adds a part, with its content type.
    pub(super) fn ajouter(&mut self, partie: &str, contenu: impl Into<Vec<u8>>, type_: &str) {
        self.parties.insert(partie.to_owned(), contenu.into());
        self.par_partie.insert(partie.to_owned(), type_.to_owned());
    }

    /// Adds a part whose content type goes by its extension: a picture, a workbook.
    pub(super) fn ajouter_fichier(&mut self, partie: &str, contenu: Vec<u8>, type_: &str) {
        let extension = partie.rsplit('.').next().unwrap_or_default().to_owned();
        self.par_extension.insert(extension, type_.to_owned());
        self.parties.insert(partie.to_owned(), contenu);
    }

    /// Relates a part to another; gives the identifier of the relationship.
    pub(super) fn relier(&mut self, partie: &str, genre: &str, cible: &str) -> String {
        let relations = self.relations.entry(partie.to_owned()).or_default();
        let libre = |n: &usize| relations.iter().all(|r| r.id != format!("rId{n}"));
        let id = format!("rId{}", (1..usize::MAX).find(libre).unwrap_or(usize::MAX));
        let genre = format!("{RELATIONS}/{genre}");
        relations.push(Relation { id: id.clone(), genre, cible: format!("/{cible}"), externe: false });
        id
    }

    /// Relates the package to its properties: their type is not of the same family as the others.
    pub(super) fn relier_du_paquet(&mut self, cible: &str) {
        let genre = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";
        let relations = self.relations.entry(String::new()).or_default();
        let id = format!("rId{}", relations.len() + 1);
        relations.push(Relation { id, genre: genre.to_owned(), cible: format!("/{cible}"), externe: false });
    }

    /// The types that relationships and other documents go by.
    pub(super) fn ajouter_fichier_xml_par_defaut(&mut self) {
        let types = [
            ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            ("xml", "application/xml"),
        ];
        self.par_extension.extend(types.map(|(extension, type_)| (extension.to_owned(), type_.to_owned())));
    }

    /// The parts that a part is related to by that kind, in order.
    pub(super) fn lies(&self, partie: &str, genre: &str) -> Vec<(String, String)> {
        let fin = format!("/{genre}");
        let relations = self.relations.get(partie).into_iter().flatten();
        relations
            .filter(|r| r.genre.ends_with(&fin))
            .map(|r| (r.id.clone(), resoudre(partie, &r.cible)))
            .collect()
    }

    /// The text of a part.
    pub(super) fn texte(&self, partie: &str) -> Result<String, ErreurPptx> {
        texte_de(&self.parties, partie)
    }

    /// The bytes of the package: parts in order, dates fixed.
    pub(super) fn ecrire(&self) -> Result<Vec<u8>, ErreurPptx> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
        let mut deposer = |nom: &str, contenu: &[u8]| -> Result<(), ErreurPptx> {
            archive.start_file(nom, options).map_err(ErreurPptx::ecriture)?;
            archive.write_all(contenu).map_err(ErreurPptx::ecriture)
        };
        deposer("[Content_Types].xml", self.types().as_bytes())?;
        for (partie, relations) in self.relations.iter().filter(|(_, relations)| !relations.is_empty()) {
            deposer(&nom_des_relations(partie), en_xml(relations).as_bytes())?;
        }
        for (partie, contenu) in &self.parties {
            deposer(partie, contenu)?;
        }
        Ok(archive.finish().map_err(ErreurPptx::ecriture)?.into_inner())
    }

    fn types(&self) -> String {
        let mut xml = format!(
            "{}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">",
            super::ENTETE_XML
        );
        for (extension, type_) in &self.par_extension {
            xml += &format!(
                "<Default Extension=\"{}\" ContentType=\"{}\"/>",
                echapper(extension),
                echapper(type_)
            );
        }
        for (partie, type_) in &self.par_partie {
            xml += &format!(
                "<Override PartName=\"/{}\" ContentType=\"{}\"/>",
                echapper(partie),
                echapper(type_)
            );
        }
        xml + "</Types>"
    }
}

fn en_xml(relations: &[Relation]) -> String {
    let mut xml = format!(
        "{}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
        super::ENTETE_XML
    );
    for relation in relations {
        let mode = if relation.externe { " TargetMode=\"External\"" } else { "" };
        xml += &format!(
            "<Relationship Id=\"{}\" Type=\"{}\" Target=\"{}\"{mode}/>",
            echapper(&relation.id),
            echapper(&relation.genre),
            echapper(&relation.cible)
        );
    }
    xml + "</Relationships>"
}

fn nom_des_relations(partie: &str) -> String {
    match partie.rsplit_once('/') {
        Some((dossier, nom)) => format!("{dossier}/_rels/{nom}.rels"),
        None => format!("_rels/{partie}.rels"),
    }
}

fn relations_de(parties: &BTreeMap<String, Vec<u8>>, partie: &str) -> Result<Vec<Relation>, ErreurPptx> {
    let nom = nom_des_relations(partie);
    if !parties.contains_key(&nom) {
        return Ok(Vec::new());
    }
    let mut relations = Vec::new();
    elements(&texte_de(parties, &nom)?, |element| {
        if let (Some(id), Some(genre), Some(cible)) =
            (attribut(element, "Id"), attribut(element, "Type"), attribut(element, "Target"))
        {
            let externe = attribut(element, "TargetMode").as_deref() == Some("External");
            relations.push(Relation { id, genre, cible, externe });
        }
    })?;
    Ok(relations)
}

fn texte_de(parties: &BTreeMap<String, Vec<u8>>, partie: &str) -> Result<String, ErreurPptx> {
    let octets = parties.get(partie).ok_or(ErreurPptx::Modele)?;
    String::from_utf8(octets.clone()).map_err(|_| ErreurPptx::Modele)
}

/// The part that a target names, seen from another.
fn resoudre(depuis: &str, cible: &str) -> String {
    if let Some(absolue) = cible.strip_prefix('/') {
        return absolue.to_owned();
    }
    let mut chemin: Vec<&str> = depuis.split('/').collect();
    chemin.pop();
    for morceau in cible.split('/') {
        match morceau {
            ".." => {
                chemin.pop();
            }
            "." => {}
            nom => chemin.push(nom),
        }
    }
    chemin.join("/")
}

/// Calls for each element of a document.
pub(super) fn elements(xml: &str, mut voir: impl FnMut(&BytesStart<'_>)) -> Result<(), ErreurPptx> {
    let mut lecteur = Reader::from_str(xml);
    loop {
        match lecteur.read_event().map_err(|_| ErreurPptx::Modele)? {
            Event::Start(element) | Event::Empty(element) => voir(&element),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The value of an attribute.
pub(super) fn attribut(element: &BytesStart<'_>, nom: &str) -> Option<String> {
    let attribut = element.try_get_attribute(nom).ok()??;
    attribut.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_cible_se_lit_depuis_sa_partie() {
        assert_eq!(resoudre("ppt/slideLayouts/slideLayout1.xml", "../media/logo.png"), "ppt/media/logo.png");
        assert_eq!(resoudre(PRESENTATION, "slides/slide1.xml"), "ppt/slides/slide1.xml");
        assert_eq!(resoudre(PRESENTATION, "/ppt/theme/theme1.xml"), "ppt/theme/theme1.xml");
        assert_eq!(nom_des_relations(PRESENTATION), "ppt/_rels/presentation.xml.rels");
        assert_eq!(nom_des_relations(""), "_rels/.rels");
    }
}
