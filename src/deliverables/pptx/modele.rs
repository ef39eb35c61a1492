//! The model on which slides are put: that of the program, or what is kept of the territory's own.

use super::paquet::{PRESENTATION, PRESENTATIONML, Paquet, attribut, elements};
use super::{Cadre, ENTETE_XML, ESPACES, ErreurPptx};
use crate::deliverables::apparence::Teintes;
use crate::deliverables::look::{Couleur, FAMILLE, palette};
use quick_xml::events::Event;
use quick_xml::{Reader, Writer};
use std::fmt::Write as _;

const MAITRE: &str = "ppt/slideMasters/slideMaster1.xml";
const MAITRE_DES_NOTES: &str = "ppt/notesMasters/notesMasterObservatoire.xml";
/// 16:9, EMU.
const PAGE: (i64, i64) = (12_192_000, 6_858_000);
const TITRE: Cadre = Cadre { x: 609_600, y: 365_000, cx: 10_972_800, cy: 900_000 };
const CORPS: Cadre = Cadre { x: 609_600, y: 1_420_000, cx: 10_972_800, cy: 4_800_000 };
const NUMERO: Cadre = Cadre { x: 10_668_000, y: 6_356_000, cx: 914_400, cy: 300_000 };

/// What slides need to know of their model.
#[derive(Debug)]
pub(super) struct Modele {
    /// Layout of the first slide.
    pub(super) couverture: String,
    /// Layout of the others: a title, and room.
    pub(super) contenu: String,
    /// The room below the title.
    pub(super) corps: Cadre,
    /// Index of the placeholder of slide numbers on the layout of content; none if it has none.
    pub(super) numero: Option<String>,
    /// Master of the notes.
    pub(super) notes: String,
    /// Relationship of the master of the notes, if the presentation must be told of it.
    notes_a_declarer: Option<String>,
}

impl Modele {
    /// Finds the layouts and the room of a model; gives it a master of notes if it has none.
    pub(super) fn lire(paquet: &mut Paquet) -> Result<Self, ErreurPptx> {
        let (_, maitre) =
            paquet.lies(PRESENTATION, "slideMaster").into_iter().next().ok_or(ErreurPptx::Modele)?;
        let mut layouts = Vec::new();
        for (_, partie) in paquet.lies(&maitre, "slideLayout") {
            let mut genre = String::new();
            elements(&paquet.texte(&partie)?, |element| {
                if element.local_name().as_ref() == "sldLayout" {
                    genre = attribut(element, "type").unwrap_or_default();
                }
            })?;
            layouts.push((genre, partie));
        }
        let choisir = |genres: &[&str]| {
            let connu = genres.iter().find_map(|g| layouts.iter().find(|(genre, _)| genre == g));
            connu.or(layouts.first()).map(|(_, partie)| partie.clone()).ok_or(ErreurPptx::Modele)
        };
        let (couverture, contenu) = (choisir(&["title"])?, choisir(&["titleOnly", "obj", "blank"])?);
        let places = [places(&paquet.texte(&contenu)?)?, places(&paquet.texte(&maitre)?)?];
        let chercher = |genre: &str| {
            let mut lues = places.iter().flatten().filter(|p| p.genre == genre);
            lues.find_map(|p| p.cadre)
        };
        let titre = chercher("title");
        let corps = places[1].iter().filter(|p| p.genre == "body").find_map(|p| p.cadre).unwrap_or(CORPS);
        // A layout whose title stands lower than the master's pushes the room down.
        let bas_du_titre = titre.map_or(corps.y, |t| t.y + t.cy);
        let fin = corps.y + corps.cy;
        let y = corps.y.max(bas_du_titre.min(fin - corps.cy / 2));
        let corps = Cadre { y, cy: fin - y, ..corps };
        let numero = places[0].iter().find(|p| p.genre == "sldNum").map(|p| p.indice.clone());
        let connu = paquet.lies(PRESENTATION, "notesMaster").into_iter().next();
        let (notes, notes_a_declarer) = match connu {
            Some((_, partie)) => (partie, None),
            None => (MAITRE_DES_NOTES.to_owned(), Some(ajouter_le_maitre_des_notes(paquet))),
        };
        Ok(Self { couverture, contenu, corps, numero, notes, notes_a_declarer })
    }
}

/// A placeholder of a layout.
struct Place {
    genre: String,
    indice: String,
    cadre: Option<Cadre>,
}

/// The placeholders of a layout or a master, with their own rectangle if they have one.
fn places(xml: &str) -> Result<Vec<Place>, ErreurPptx> {
    let mut places: Vec<Place> = Vec::new();
    let mut courante = false;
    elements(xml, |element| {
        let nombre = |nom: &str| attribut(element, nom).and_then(|v| v.parse::<i64>().ok());
        match element.local_name().as_ref() {
            "sp" | "pic" | "graphicFrame" => courante = false,
            "ph" => {
                let genre = attribut(element, "type").unwrap_or_else(|| "body".to_owned());
                let indice = attribut(element, "idx").unwrap_or_default();
                places.push(Place { genre, indice, cadre: None });
                courante = true;
            }
            "off" if courante => {
                if let (Some(place), Some(x), Some(y)) = (places.last_mut(), nombre("x"), nombre("y")) {
                    place.cadre = Some(Cadre { x, y, cx: 0, cy: 0 });
                }
            }
            "ext" if courante => {
                let cadre = places.last_mut().and_then(|p| p.cadre.as_mut());
                if let (Some(cadre), Some(cx), Some(cy)) = (cadre, nombre("cx"), nombre("cy")) {
                    (cadre.cx, cadre.cy) = (cx, cy);
                }
            }
            _ => {}
        }
    })?;
    Ok(places)
}

/// Tells the presentation of its slides; what spoke of the slides that were taken away goes.
pub(super) fn inscrire(paquet: &mut Paquet, modele: &Modele, ids: &[String]) -> Result<(), ErreurPptx> {
    let mut liste = String::new();
    if let Some(id) = &modele.notes_a_declarer {
        let _ = write!(
            liste,
            "<p:notesMasterIdLst {ESPACES}><p:notesMasterId r:id=\"{id}\"/></p:notesMasterIdLst>"
        );
    }
    let mut diapositives = format!("<p:sldIdLst {ESPACES}>");
    for (numero, id) in (256..).zip(ids) {
        let _ = write!(diapositives, "<p:sldId id=\"{numero}\" r:id=\"{id}\"/>");
    }
    diapositives += "</p:sldIdLst>";
    let xml = paquet.texte(PRESENTATION)?;
    let ajuste = reecrire(&xml, &liste, &diapositives)?;
    paquet.parties.insert(PRESENTATION.to_owned(), ajuste);
    Ok(())
}

/// Copies the presentation, without the lists of its slides, with ours where the schema wants them.
fn reecrire(xml: &str, notes: &str, diapositives: &str) -> Result<Vec<u8>, ErreurPptx> {
    const OTEES: [&str; 5] = ["sldIdLst", "extLst", "custShowLst", "custDataLst", "smartTags"];
    if !xml.contains("sldSz") {
        return Err(ErreurPptx::Modele);
    }
    let mut lecteur = Reader::from_str(xml);
    let mut sortie = Writer::new(Vec::new());
    let (mut profondeur, mut saute) = (0_usize, None);
    loop {
        let evenement = lecteur.read_event().map_err(|_| ErreurPptx::Modele)?;
        let (nom, ouvre, ferme) = match &evenement {
            Event::Start(e) => (e.local_name().as_ref().to_owned(), true, false),
            Event::Empty(e) => (e.local_name().as_ref().to_owned(), true, true),
            Event::End(e) => (e.local_name().as_ref().to_owned(), false, true),
            Event::Eof => return Ok(sortie.into_inner()),
            _ => (String::new(), false, false),
        };
        if ouvre {
            profondeur += 1;
        }
        if ouvre && profondeur == 2 && saute.is_none() {
            let brut = |sortie: &mut Writer<Vec<u8>>, texte: &str| sortie.get_mut().extend(texte.bytes());
            if OTEES.contains(&nom.as_str()) {
                saute = Some(profondeur);
            } else if nom == "handoutMasterIdLst" {
                brut(&mut sortie, notes);
            } else if nom == "sldSz" {
                if !xml.contains("handoutMasterIdLst") {
                    brut(&mut sortie, notes);
                }
                brut(&mut sortie, diapositives);
            }
        }
        if saute.is_none() {
            sortie.write_event(evenement).map_err(ErreurPptx::ecriture)?;
        }
        if ferme {
            if saute == Some(profondeur) {
                saute = None;
            }
            profondeur = profondeur.saturating_sub(1);
        }
    }
}

/// The model of the program: 16:9, the colours of charts and the family of the other pages.
pub(super) fn par_defaut(teintes: Teintes) -> Paquet {
    let mut paquet = Paquet::default();
    let type_ = |genre: &str| format!("{PRESENTATIONML}.{genre}+xml");
    let presentation = format!(
        "{ENTETE_XML}<p:presentation {ESPACES} saveSubsetFonts=\"1\"><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/></p:sldMasterIdLst><p:sldSz cx=\"{}\" cy=\"{}\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>",
        PAGE.0, PAGE.1
    );
    paquet.ajouter(PRESENTATION, presentation, &type_("presentation.main"));
    paquet.relier(PRESENTATION, "slideMaster", MAITRE);
    paquet.ajouter(MAITRE, maitre(), &type_("slideMaster"));
    for (numero, (genre, formes)) in
        (1..).zip([("title", formes_de_couverture()), ("titleOnly", formes_de_contenu())])
    {
        let partie = format!("ppt/slideLayouts/slideLayout{numero}.xml");
        let nom = if genre == "title" { "Couverture" } else { "Titre et contenu" };
        let xml = format!(
            "{ENTETE_XML}<p:sldLayout {ESPACES} type=\"{genre}\" preserve=\"1\"><p:cSld name=\"{nom}\">{}</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>",
            arbre(&formes)
        );
        paquet.ajouter(&partie, xml, &type_("slideLayout"));
        paquet.relier(MAITRE, "slideLayout", &partie);
        paquet.relier(&partie, "slideMaster", MAITRE);
    }
    paquet.ajouter(
        "ppt/theme/theme1.xml",
        theme(teintes),
        "application/vnd.openxmlformats-officedocument.theme+xml",
    );
    paquet.relier(MAITRE, "theme", "ppt/theme/theme1.xml");
    paquet
}

/// The tree of shapes of a page.
pub(super) fn arbre(formes: &str) -> String {
    format!(
        "<p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" cy=\"0\"/><a:chOff x=\"0\" y=\"0\"/><a:chExt cx=\"0\" cy=\"0\"/></a:xfrm></p:grpSpPr>{formes}</p:spTree>"
    )
}

fn xfrm(cadre: Cadre) -> String {
    let Cadre { x, y, cx, cy } = cadre;
    format!("<a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{cx}\" cy=\"{cy}\"/></a:xfrm>")
}

fn place(id: u32, nom: &str, ph: &str, cadre: Cadre, corps: &str) -> String {
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{nom}\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr><p:ph {ph}/></p:nvPr></p:nvSpPr><p:spPr>{}<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr><p:txBody>{corps}</p:txBody></p:sp>",
        xfrm(cadre)
    )
}

fn bande(id: u32, cadre: Cadre, couleur: &str) -> String {
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"Bande {id}\"/><p:cNvSpPr/><p:nvPr userDrawn=\"1\"/></p:nvSpPr><p:spPr>{}<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val=\"{couleur}\"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang=\"fr-FR\"/></a:p></p:txBody></p:sp>",
        xfrm(cadre)
    )
}

const NUMERO_DE_PAGE: &str = "<a:bodyPr lIns=\"0\" rIns=\"0\" anchor=\"ctr\"/><a:lstStyle><a:lvl1pPr algn=\"r\"><a:defRPr sz=\"1000\"><a:solidFill><a:schemeClr val=\"tx2\"/></a:solidFill><a:latin typeface=\"+mn-lt\"/></a:defRPr></a:lvl1pPr></a:lstStyle><a:p><a:fld id=\"{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}\" type=\"slidenum\"><a:rPr lang=\"fr-FR\"/><a:t>‹N°›</a:t></a:fld><a:endParaRPr lang=\"fr-FR\"/></a:p>";

fn invite(texte: &str, bloc: &str) -> String {
    format!("{bloc}<a:lstStyle/><a:p><a:r><a:rPr lang=\"fr-FR\"/><a:t>{texte}</a:t></a:r></a:p>")
}

fn formes_du_maitre() -> String {
    bande(9, Cadre { x: 0, y: 0, cx: 152_400, cy: PAGE.1 }, "accent1")
        + &place(
            2,
            "Titre",
            "type=\"title\"",
            TITRE,
            &invite(
                "Titre",
                "<a:bodyPr lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\" anchor=\"ctr\"><a:normAutofit/></a:bodyPr>",
            ),
        )
        + &place(
            3,
            "Texte",
            "type=\"body\" idx=\"1\"",
            CORPS,
            &invite(
                "Texte",
                "<a:bodyPr lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\"><a:normAutofit/></a:bodyPr>",
            ),
        )
        + &place(4, "Numéro", "type=\"sldNum\" sz=\"quarter\" idx=\"4\"", NUMERO, NUMERO_DE_PAGE)
}

fn formes_de_contenu() -> String {
    let place_vide = |id: u32, nom: &str, ph: &str, corps: &str| {
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{nom}\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr><p:ph {ph}/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody>{corps}</p:txBody></p:sp>"
        )
    };
    place_vide(2, "Titre", "type=\"title\"", &invite("Titre", "<a:bodyPr/>"))
        + &place_vide(3, "Numéro", "type=\"sldNum\" sz=\"quarter\" idx=\"10\"", NUMERO_DE_PAGE)
}

fn formes_de_couverture() -> String {
    let titre = Cadre { x: 914_400, y: 2_000_000, cx: 10_363_200, cy: 1_500_000 };
    let sous = Cadre { x: 914_400, y: 3_650_000, cx: 10_363_200, cy: 1_500_000 };
    let grand = "<a:bodyPr anchor=\"b\"><a:normAutofit/></a:bodyPr><a:lstStyle><a:lvl1pPr><a:defRPr sz=\"4000\"/></a:lvl1pPr></a:lstStyle><a:p><a:r><a:rPr lang=\"fr-FR\"/><a:t>Titre</a:t></a:r></a:p>";
    let petit = "<a:bodyPr><a:normAutofit/></a:bodyPr><a:lstStyle><a:lvl1pPr marL=\"0\" indent=\"0\"><a:buNone/><a:defRPr sz=\"2000\"><a:solidFill><a:schemeClr val=\"tx2\"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle><a:p><a:r><a:rPr lang=\"fr-FR\"/><a:t>Sous-titre</a:t></a:r></a:p>";
    bande(9, Cadre { x: 914_400, y: 3_560_000, cx: 1_800_000, cy: 45_720 }, "accent2")
        + &place(2, "Titre", "type=\"ctrTitle\"", titre, grand)
        + &place(3, "Sous-titre", "type=\"subTitle\" idx=\"1\"", sous, petit)
}

fn maitre() -> String {
    let niveau = |n: u32, taille: u32| {
        let retrait = 228_600 * n;
        format!(
            "<a:lvl{n}pPr marL=\"{retrait}\" indent=\"-228600\" algn=\"l\"><a:spcBef><a:spcPts val=\"900\"/></a:spcBef><a:buFont typeface=\"Arial\"/><a:buChar char=\"•\"/><a:defRPr sz=\"{taille}\"><a:solidFill><a:schemeClr val=\"tx1\"/></a:solidFill><a:latin typeface=\"+mn-lt\"/></a:defRPr></a:lvl{n}pPr>"
        )
    };
    let corps: String =
        (1..).zip([2000, 1800, 1600, 1400, 1400]).map(|(n, taille)| niveau(n, taille)).collect();
    format!(
        "{ENTETE_XML}<p:sldMaster {ESPACES}><p:cSld><p:bg><p:bgRef idx=\"1001\"><a:schemeClr val=\"bg1\"/></p:bgRef></p:bg>{}</p:cSld><p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/><p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/><p:sldLayoutId id=\"2147483650\" r:id=\"rId2\"/></p:sldLayoutIdLst><p:txStyles><p:titleStyle><a:lvl1pPr algn=\"l\"><a:lnSpc><a:spcPct val=\"95000\"/></a:lnSpc><a:defRPr sz=\"2800\" b=\"1\"><a:solidFill><a:schemeClr val=\"accent1\"/></a:solidFill><a:latin typeface=\"+mj-lt\"/></a:defRPr></a:lvl1pPr></p:titleStyle><p:bodyStyle>{corps}</p:bodyStyle><p:otherStyle><a:lvl1pPr><a:defRPr sz=\"1800\"><a:solidFill><a:schemeClr val=\"tx1\"/></a:solidFill><a:latin typeface=\"+mn-lt\"/></a:defRPr></a:lvl1pPr></p:otherStyle></p:txStyles></p:sldMaster>",
        arbre(&formes_du_maitre())
    )
}

/// `1D4E7E`.
pub(super) fn hexa((r, v, b): Couleur) -> String {
    format!("{r:02X}{v:02X}{b:02X}")
}

fn theme(teintes: Teintes) -> String {
    let couleurs = [
        ("dk1", palette::ENCRE),
        ("lt1", palette::PAPIER),
        ("dk2", palette::ENCRE_PALE),
        ("lt2", palette::VOISINE),
        ("accent1", teintes.premiere),
        ("accent2", teintes.seconde),
        ("accent3", teintes.premiere_claire),
        ("accent4", teintes.seconde_claire),
        ("accent5", palette::SEQUENTIELLE[2]),
        ("accent6", palette::GRIS),
        ("hlink", teintes.premiere),
        ("folHlink", palette::ENCRE_PALE),
    ];
    let couleurs: String = couleurs
        .iter()
        .map(|(nom, c)| format!("<a:{nom}><a:srgbClr val=\"{}\"/></a:{nom}>", hexa(*c)))
        .collect();
    let police = format!("<a:latin typeface=\"{FAMILLE}\"/><a:ea typeface=\"\"/><a:cs typeface=\"\"/>");
    let uni = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>".repeat(3);
    let traits = "<a:ln w=\"9525\"><a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill></a:ln>".repeat(3);
    let effets = "<a:effectStyle><a:effectLst/></a:effectStyle>".repeat(3);
    format!(
        "{ENTETE_XML}<a:theme xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" name=\"Observatoire\"><a:themeElements><a:clrScheme name=\"Observatoire\">{couleurs}</a:clrScheme><a:fontScheme name=\"Observatoire\"><a:majorFont>{police}</a:majorFont><a:minorFont>{police}</a:minorFont></a:fontScheme><a:fmtScheme name=\"Observatoire\"><a:fillStyleLst>{uni}</a:fillStyleLst><a:lnStyleLst>{traits}</a:lnStyleLst><a:effectStyleLst>{effets}</a:effectStyleLst><a:bgFillStyleLst>{uni}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )
}

/// Gives the presentation a master of notes, with its own theme; gives the relationship to it.
fn ajouter_le_maitre_des_notes(paquet: &mut Paquet) -> String {
    let image = Cadre { x: 685_800, y: 1_143_000, cx: 5_486_400, cy: 3_086_100 };
    let texte = Cadre { x: 685_800, y: 4_400_550, cx: 5_486_400, cy: 3_600_450 };
    let apercu = format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Diapositive\"/><p:cNvSpPr><a:spLocks noGrp=\"1\" noRot=\"1\" noChangeAspect=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"sldImg\" idx=\"2\"/></p:nvPr></p:nvSpPr><p:spPr>{}<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:sp>",
        xfrm(image)
    );
    let formes = apercu
        + &place(
            3,
            "Notes",
            "type=\"body\" sz=\"quarter\" idx=\"3\"",
            texte,
            &invite("Notes", "<a:bodyPr/>"),
        );
    let xml = format!(
        "{ENTETE_XML}<p:notesMaster {ESPACES}><p:cSld><p:bg><p:bgRef idx=\"1001\"><a:schemeClr val=\"bg1\"/></p:bgRef></p:bg>{}</p:cSld><p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/></p:notesMaster>",
        arbre(&formes)
    );
    let theme_des_notes = "ppt/theme/themeNotesObservatoire.xml";
    paquet.ajouter(MAITRE_DES_NOTES, xml, &format!("{PRESENTATIONML}.notesMaster+xml"));
    paquet.ajouter(
        theme_des_notes,
        theme(Teintes::PROPRES),
        "application/vnd.openxmlformats-officedocument.theme+xml",
    );
    paquet.relier(MAITRE_DES_NOTES, "theme", theme_des_notes);
    paquet.relier(PRESENTATION, "notesMaster", MAITRE_DES_NOTES)
}
