//! One slide: its shapes, its notes, its relationships.

use super::modele::{Modele, arbre};
use super::paquet::{PRESENTATIONML, Paquet};
use super::{Cadre, ENTETE_XML, ESPACES, ErreurPptx, Fabrique, echapper, graphique};
use crate::deliverables::diaporama::{ChiffreCle, Corps, Diapositive, Tableau};
use crate::deliverables::graphiques::{Image, largeur};
use crate::deliverables::look::Graisse;
use std::fmt::Write as _;

/// Height of the foot of the room: sources and notes.
const PIED: i64 = 460_000;
/// Its letters, pt, and its lines.
const CORPS_DU_PIED: f64 = 10.5;
const INTERLIGNE: f64 = 1.2;
/// A line is never full: words that do not hold go to the next.
const LIGNES_PLEINES: f64 = 1.06;
const EMU_PAR_MM: f64 = 36_000.0;
const EMU_PAR_POINT: f64 = 12_700.0;
/// Space between things, EMU.
const ECART: i64 = 150_000;

/// Adds a slide and its notes; gives its part.
pub(super) fn ajouter(
    paquet: &mut Paquet,
    modele: &Modele,
    (diapositive, mention): (&Diapositive, &str),
    rang: u32,
    fabrique: Fabrique<'_>,
) -> Result<String, ErreurPptx> {
    let partie = format!("ppt/slides/slideObservatoire{rang}.xml");
    let couverture = matches!(diapositive.corps, Corps::Couverture(_));
    let layout = if couverture { &modele.couverture } else { &modele.contenu };
    paquet.relier(&partie, "slideLayout", layout);
    let mut formes = titre(&diapositive.titre, if couverture { "ctrTitle" } else { "title" });
    if let Corps::Couverture(lignes) = &diapositive.corps {
        let dites = lignes.iter().map(String::as_str).chain([mention].into_iter().filter(|m| !m.is_empty()));
        formes += &sous_titre(dites);
    } else {
        let dits = [mention, diapositive.pied.as_str()].into_iter().filter(|texte| !texte.is_empty());
        let dit = dits.collect::<Vec<_>>().join(". ");
        let pied_de = hauteur_du_pied(&dit, modele.corps);
        // A picture has its own sources: where nothing is said under it, it may use the foot too.
        let prise =
            if dit.is_empty() && matches!(diapositive.corps, Corps::Image(_)) { 0 } else { pied_de + ECART };
        let place = Cadre { cy: modele.corps.cy - prise, ..modele.corps };
        formes += &corps(paquet, place, diapositive, (rang, &partie), fabrique)?;
        formes += &pied(&dit, modele.corps);
        formes += &numero(modele, rang);
    }
    let xml = format!(
        "{ENTETE_XML}<p:sld {ESPACES}><p:cSld>{}</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>",
        arbre(&formes)
    );
    paquet.ajouter(&partie, xml, &format!("{PRESENTATIONML}.slide+xml"));
    ajouter_les_notes(paquet, modele, &diapositive.notes, &partie, rang);
    Ok(partie)
}

fn corps(
    paquet: &mut Paquet,
    place: Cadre,
    diapositive: &Diapositive,
    (rang, partie): (u32, &str),
    fabrique: Fabrique<'_>,
) -> Result<String, ErreurPptx> {
    Ok(match &diapositive.corps {
        Corps::Couverture(_) => String::new(),
        Corps::Chiffres(chiffres) => tuiles(chiffres, place),
        Corps::Points(points) => boite(10, "Texte", place, &puces(points), ""),
        Corps::Tableau(tableau) => table(tableau, place),
        Corps::Graphique(natif) => {
            let chart = graphique::ajouter(paquet, natif, rang)?;
            let lien = paquet.relier(partie, "chart", &chart);
            cadre_de_graphique(&lien, &natif.alternative, place)
        }
        Corps::Image(image) => {
            let media = format!("ppt/media/observatoire{rang}.png");
            let png = fabrique(image).map_err(|e| ErreurPptx::Dessin(Box::new(e)))?;
            paquet.ajouter_fichier(&media, png.to_vec(), "image/png");
            let lien = paquet.relier(partie, "image", &media);
            self::image(&lien, image, place)
        }
    })
}

fn xfrm(balise: &str, Cadre { x, y, cx, cy }: Cadre) -> String {
    format!("<{balise}:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{cx}\" cy=\"{cy}\"/></{balise}:xfrm>")
}

fn run(texte: &str, proprietes: &str, couleur: &str) -> String {
    // A placeholder has the family and the colours of the model; a box of our own must ask for them.
    let style = if couleur.is_empty() {
        String::new()
    } else {
        format!("<a:solidFill><a:schemeClr val=\"{couleur}\"/></a:solidFill><a:latin typeface=\"+mn-lt\"/>")
    };
    format!("<a:r><a:rPr lang=\"fr-FR\" {proprietes}>{style}</a:rPr><a:t>{}</a:t></a:r>", echapper(texte))
}

fn titre(texte: &str, genre: &str) -> String {
    // Models have titles of a few words; a sentence must hold in the same room.
    let taille = if texte.chars().count() > 40 { "sz=\"2400\"" } else { "" };
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Titre\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"{genre}\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p>{}</a:p></p:txBody></p:sp>",
        run(texte, taille, "")
    )
}

fn sous_titre<'l>(lignes: impl Iterator<Item = &'l str>) -> String {
    let paragraphes: String = lignes.map(|l| format!("<a:p>{}</a:p>", run(l, "", ""))).collect();
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"3\" name=\"Sous-titre\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"subTitle\" idx=\"1\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>{paragraphes}</p:txBody></p:sp>"
    )
}

/// A box of text of our own: `paragraphes` is XML, `fond` the accent that fills it, if any.
fn boite(id: usize, nom: &str, cadre: Cadre, paragraphes: &str, fond: &str) -> String {
    let (remplissage, marges) = if fond.is_empty() {
        ("<a:noFill/>".to_owned(), "lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\"")
    } else {
        (
            format!("<a:solidFill><a:schemeClr val=\"{fond}\"/></a:solidFill>"),
            "lIns=\"180000\" tIns=\"180000\" rIns=\"120000\" bIns=\"90000\"",
        )
    };
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{nom}\"/><p:cNvSpPr txBox=\"1\"/><p:nvPr/></p:nvSpPr><p:spPr>{}<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>{remplissage}</p:spPr><p:txBody><a:bodyPr wrap=\"square\" {marges}><a:normAutofit/></a:bodyPr><a:lstStyle/>{paragraphes}</p:txBody></p:sp>",
        xfrm("a", cadre)
    )
}

fn puces(points: &[String]) -> String {
    points
        .iter()
        .map(|p| {
            format!(
                "<a:p><a:pPr marL=\"228600\" indent=\"-228600\"><a:spcBef><a:spcPts val=\"700\"/></a:spcBef><a:buFont typeface=\"Arial\"/><a:buChar char=\"•\"/></a:pPr>{}</a:p>",
                run(p, "sz=\"1600\"", "tx1")
            )
        })
        .collect()
}

/// Large figures, three to a row.
fn tuiles(chiffres: &[ChiffreCle], place: Cadre) -> String {
    let rangs = chiffres.len().div_ceil(3).max(1);
    let [colonnes, rangs] = [3, i64::try_from(rangs).unwrap_or(1)];
    let cx = (place.cx - ECART * (colonnes - 1)) / colonnes;
    let cy = ((place.cy - ECART * (rangs - 1)) / rangs).min(2_100_000);
    let mut formes = String::new();
    for (rang, chiffre) in (0_i64..).zip(chiffres) {
        let (ligne, colonne) = (rang / colonnes, rang % colonnes);
        let cadre = Cadre { x: place.x + colonne * (cx + ECART), y: place.y + ligne * (cy + ECART), cx, cy };
        let mut texte = format!("<a:p>{}</a:p>", run(&chiffre.valeur, "sz=\"4000\" b=\"1\"", "accent1"));
        let _ = write!(texte, "<a:p>{}</a:p>", run(&chiffre.libelle, "sz=\"1500\"", "tx1"));
        if !chiffre.detail.is_empty() {
            let _ = write!(texte, "<a:p>{}</a:p>", run(&chiffre.detail, "sz=\"1200\"", "tx2"));
        }
        formes += &boite(10 + usize::try_from(rang).unwrap_or(0), "Chiffre clé", cadre, &texte, "bg2");
    }
    formes
}

fn cellule(texte: &str, (gras, a_droite): (bool, bool), couleur: &str, fond: &str, taille: i64) -> String {
    let alignement = if a_droite { "r" } else { "l" };
    let fond = if fond.is_empty() {
        "<a:noFill/>".to_owned()
    } else {
        format!("<a:solidFill><a:schemeClr val=\"{fond}\"/></a:solidFill>")
    };
    let trait_ =
        "<a:solidFill><a:schemeClr val=\"bg2\"><a:lumMod val=\"85000\"/></a:schemeClr></a:solidFill>";
    let rien = |cote: &str| format!("<a:{cote} w=\"0\"><a:noFill/></a:{cote}>");
    format!(
        "<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn=\"{alignement}\"/>{}</a:p></a:txBody><a:tcPr marT=\"20000\" marB=\"20000\" anchor=\"ctr\">{}{}{}<a:lnB w=\"9525\">{trait_}</a:lnB>{fond}</a:tcPr></a:tc>",
        run(texte, &format!("sz=\"{taille}\" b=\"{}\"", u8::from(gras)), couleur),
        rien("lnL"),
        rien("lnR"),
        rien("lnT"),
    )
}

/// A native table: words on the left, figures on the right.
fn table(tableau: &Tableau, place: Cadre) -> String {
    let colonnes = i64::try_from(tableau.entetes.len().max(1)).unwrap_or(1);
    // The header may take two lines.
    let lignes = i64::try_from(tableau.lignes.len() + 3).unwrap_or(3);
    let premiere = if colonnes > 1 { place.cx * 3 / (colonnes + 3).max(6) } else { place.cx };
    let autres = if colonnes > 1 { (place.cx - premiere) / (colonnes - 1) } else { 0 };
    let hauteur = (place.cy / lignes).min(460_000);
    // A row is at least its text and its margins.
    let taille = ((hauteur - 40_000) / 127 * 10 / 16).clamp(900, 1600);
    let mut xml = format!("<a:gridCol w=\"{premiere}\"/>");
    xml += &format!("<a:gridCol w=\"{autres}\"/>").repeat(usize::try_from(colonnes - 1).unwrap_or(0));
    let mut xml = format!("<a:tblGrid>{xml}</a:tblGrid><a:tr h=\"{}\">", hauteur * 3 / 2);
    for (rang, entete) in tableau.entetes.iter().enumerate() {
        xml += &cellule(entete, (true, rang > 0), "bg1", "accent1", taille);
    }
    xml += "</a:tr>";
    for ligne in &tableau.lignes {
        let _ = write!(xml, "<a:tr h=\"{hauteur}\">");
        for (rang, texte) in ligne.iter().enumerate() {
            xml += &cellule(texte, (false, rang > 0), "tx1", "", taille);
        }
        xml += "</a:tr>";
    }
    let cadre = Cadre { cy: hauteur * lignes, ..place };
    format!(
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"10\" name=\"Tableau\" descr=\"{}\"/><p:cNvGraphicFramePr><a:graphicFrameLocks noGrp=\"1\"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>{}<a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\"><a:tbl><a:tblPr firstRow=\"1\"/>{xml}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>",
        echapper(&tableau.alternative),
        xfrm("p", cadre)
    )
}

fn cadre_de_graphique(lien: &str, alternative: &str, place: Cadre) -> String {
    format!(
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"10\" name=\"Graphique\" descr=\"{}\"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>{}<a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/chart\"><c:chart xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" r:id=\"{lien}\"/></a:graphicData></a:graphic></p:graphicFrame>",
        echapper(alternative),
        xfrm("p", place)
    )
}

/// A picture as large as the room, in its own proportions, in the middle.
fn image(lien: &str, image: &Image, place: Cadre) -> String {
    let rapport = image.largeur / image.hauteur;
    // EMU of a slide: far below 2^52, and rounded to the unit.
    #[allow(clippy::cast_possible_truncation)]
    let largeur = ((place.cy as f64 * rapport) as i64).min(place.cx);
    #[allow(clippy::cast_possible_truncation)]
    let hauteur = (largeur as f64 / rapport) as i64;
    let cadre = Cadre {
        x: place.x + (place.cx - largeur) / 2,
        y: place.y + (place.cy - hauteur) / 2,
        cx: largeur,
        cy: hauteur,
    };
    let alternative = format!("{}. {}", image.legende.titre, image.legende.description);
    format!(
        "<p:pic><p:nvPicPr><p:cNvPr id=\"10\" name=\"Image\" descr=\"{}\"/><p:cNvPicPr><a:picLocks noChangeAspect=\"1\"/></p:cNvPicPr><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed=\"{lien}\"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr>{}<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:pic>",
        echapper(&alternative),
        xfrm("a", cadre)
    )
}

/// The room of the foot: that of two lines, more if it says more. What is above it leaves it free.
fn hauteur_du_pied(texte: &str, corps: Cadre) -> i64 {
    let place = corps.cx as f64 / EMU_PAR_MM;
    let lignes = (largeur(texte, CORPS_DU_PIED, Graisse::Normal) / place * LIGNES_PLEINES).ceil();
    // A few lines: far below 2^52.
    #[allow(clippy::cast_possible_truncation)]
    let hauteur = (lignes * CORPS_DU_PIED * INTERLIGNE * EMU_PAR_POINT) as i64;
    hauteur.max(PIED)
}

fn pied(texte: &str, corps: Cadre) -> String {
    if texte.is_empty() {
        return String::new();
    }
    let hauteur = hauteur_du_pied(texte, corps);
    let cadre = Cadre { y: corps.y + corps.cy - hauteur, cy: hauteur, ..corps };
    boite(40, "Source", cadre, &format!("<a:p>{}</a:p>", run(texte, "sz=\"1050\"", "tx2")), "")
}

fn numero(modele: &Modele, rang: u32) -> String {
    let Some(indice) = &modele.numero else { return String::new() };
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"41\" name=\"Numéro\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"sldNum\" sz=\"quarter\" idx=\"{indice}\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:fld id=\"{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}\" type=\"slidenum\"><a:rPr lang=\"fr-FR\"/><a:t>{rang}</a:t></a:fld><a:endParaRPr lang=\"fr-FR\"/></a:p></p:txBody></p:sp>"
    )
}

fn ajouter_les_notes(paquet: &mut Paquet, modele: &Modele, texte: &str, diapositive: &str, rang: u32) {
    let partie = format!("ppt/notesSlides/notesObservatoire{rang}.xml");
    let paragraphes: String = texte.lines().map(|l| format!("<a:p>{}</a:p>", run(l, "", ""))).collect();
    let paragraphes = if paragraphes.is_empty() { "<a:p/>".to_owned() } else { paragraphes };
    let formes = format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Diapositive\"/><p:cNvSpPr><a:spLocks noGrp=\"1\" noRot=\"1\" noChangeAspect=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"sldImg\"/></p:nvPr></p:nvSpPr><p:spPr/></p:sp><p:sp><p:nvSpPr><p:cNvPr id=\"3\" name=\"Notes\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"body\" idx=\"1\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>{paragraphes}</p:txBody></p:sp>"
    );
    let xml = format!(
        "{ENTETE_XML}<p:notes {ESPACES}><p:cSld>{}</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>",
        arbre(&formes)
    );
    paquet.ajouter(&partie, xml, &format!("{PRESENTATIONML}.notesSlide+xml"));
    paquet.relier(&partie, "notesMaster", &modele.notes);
    paquet.relier(&partie, "slide", diapositive);
    paquet.relier(diapositive, "notesSlide", &partie);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_long_pied_prend_sa_place_au_corps_et_ne_le_recouvre_pas() {
        let corps = Cadre { x: 609_600, y: 1_420_000, cx: 10_972_800, cy: 4_800_000 };
        assert_eq!(hauteur_du_pied("Source\u{a0}: PMI, liste au 31/12/2024.", corps), PIED);
        let long = "Recensement des structures au 31/12/2024\u{202f}; ".repeat(20);
        assert!(hauteur_du_pied(&long, corps) > 2 * PIED);
    }
}
