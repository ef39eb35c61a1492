//! A native chart and its workbook.

use super::paquet::Paquet;
use super::{ENTETE_XML, ErreurPptx, echapper};
use crate::deliverables::diaporama::{Genre, GraphiqueNatif, Serie};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};
use std::fmt::Write as _;

const GRAPHIQUE: &str = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml";
const CLASSEUR: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Adds a chart and its workbook; gives the part of the chart.
pub(super) fn ajouter(
    paquet: &mut Paquet,
    graphique: &GraphiqueNatif,
    rang: u32,
) -> Result<String, ErreurPptx> {
    let partie = format!("ppt/charts/chartObservatoire{rang}.xml");
    let classeur = format!("ppt/embeddings/donnees{rang}.xlsx");
    paquet.ajouter_fichier(&classeur, donnees(graphique)?, CLASSEUR);
    let lien = paquet.relier(&partie, "package", &classeur);
    paquet.ajouter(&partie, xml(graphique, &lien), GRAPHIQUE);
    Ok(partie)
}

/// The workbook that « Modifier les données » opens: categories in the first column, a series in each other.
fn donnees(graphique: &GraphiqueNatif) -> Result<Vec<u8>, ErreurPptx> {
    let mut classeur = Workbook::new();
    let creation = ExcelDateTime::from_ymd(2000, 1, 1)?;
    classeur.set_properties(&DocProperties::new().set_creation_datetime(&creation));
    let page = classeur.add_worksheet();
    page.set_name("Données")?;
    for (rang, categorie) in (1..).zip(&graphique.categories) {
        page.write_string(rang, 0, categorie)?;
    }
    for (colonne, serie) in (1..).zip(&graphique.series) {
        page.write_string(0, colonne, &serie.nom)?;
        for (rang, point) in (1..).zip(&serie.points) {
            if let Some(valeur) = point.valeur {
                page.write_number(rang, colonne, valeur)?;
            }
        }
    }
    Ok(classeur.save_to_buffer()?)
}

fn xml(graphique: &GraphiqueNatif, lien: &str) -> String {
    let corps = match graphique.genre {
        Genre::Barres => barres(graphique, "clustered", 0, 60),
        Genre::BarresEmpilees => barres(graphique, "stacked", 100, 60),
        Genre::Courbes => courbes(graphique),
    };
    let legende = if graphique.series.len() > 1 {
        format!(
            "<c:legend><c:legendPos val=\"t\"/><c:overlay val=\"0\"/>{}</c:legend>",
            texte(1200, "tx1", false)
        )
    } else {
        String::new()
    };
    format!(
        "{ENTETE_XML}<c:chartSpace xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><c:date1904 val=\"0\"/><c:lang val=\"fr-FR\"/><c:roundedCorners val=\"0\"/><c:chart><c:autoTitleDeleted val=\"1\"/><c:plotArea><c:layout/>{corps}{}</c:plotArea>{legende}<c:plotVisOnly val=\"1\"/><c:dispBlanksAs val=\"gap\"/></c:chart>{}<c:externalData r:id=\"{lien}\"><c:autoUpdate val=\"0\"/></c:externalData></c:chartSpace>",
        axes(),
        texte(1200, "tx1", false),
    )
}

fn texte(taille: u32, couleur: &str, gras: bool) -> String {
    let gras = u8::from(gras);
    format!(
        "<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz=\"{taille}\" b=\"{gras}\"><a:solidFill><a:schemeClr val=\"{couleur}\"/></a:solidFill></a:defRPr></a:pPr><a:endParaRPr lang=\"fr-FR\"/></a:p></c:txPr>"
    )
}

/// Years below; values from zero on the left, on light lines.
fn axes() -> String {
    let trait_ = |couleur: &str| {
        format!(
            "<c:spPr><a:ln w=\"9525\"><a:solidFill><a:schemeClr val=\"{couleur}\"/></a:solidFill></a:ln></c:spPr>"
        )
    };
    format!(
        "<c:catAx><c:axId val=\"111\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling><c:delete val=\"0\"/><c:axPos val=\"b\"/><c:numFmt formatCode=\"General\" sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"low\"/>{}{}<c:crossAx val=\"222\"/><c:crosses val=\"autoZero\"/><c:auto val=\"0\"/><c:lblAlgn val=\"ctr\"/><c:lblOffset val=\"100\"/><c:noMultiLvlLbl val=\"1\"/></c:catAx><c:valAx><c:axId val=\"222\"/><c:scaling><c:orientation val=\"minMax\"/><c:min val=\"0\"/></c:scaling><c:delete val=\"0\"/><c:axPos val=\"l\"/><c:majorGridlines>{}</c:majorGridlines><c:numFmt formatCode=\"#,##0\" sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"nextTo\"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{}<c:crossAx val=\"111\"/><c:crosses val=\"autoZero\"/><c:crossBetween val=\"between\"/></c:valAx>",
        trait_("tx2"),
        texte(1200, "tx1", false),
        trait_("bg2"),
        texte(1000, "tx2", false),
    )
}

fn etiquettes(position: &str, couleur: &str, gras: bool) -> String {
    format!(
        "<c:dLbls><c:numFmt formatCode=\"#,##0\" sourceLinked=\"0\"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{}<c:dLblPos val=\"{position}\"/><c:showLegendKey val=\"0\"/><c:showVal val=\"1\"/><c:showCatName val=\"0\"/><c:showSerName val=\"0\"/><c:showPercent val=\"0\"/><c:showBubbleSize val=\"0\"/></c:dLbls>",
        texte(1200, couleur, gras)
    )
}

/// The colour of the theme for each rank of [`Role`](crate::deliverables::apparence::Role), and that in which values
/// are read on it.
const ACCENTS: [(&str, &str); 5] =
    [("accent1", "bg1"), ("accent2", "bg1"), ("accent3", "tx1"), ("accent4", "tx1"), ("tx2", "bg1")];

fn barres(graphique: &GraphiqueNatif, groupement: &str, recouvrement: i32, ecart: u32) -> String {
    let empilees = graphique.genre == Genre::BarresEmpilees;
    let mut series = String::new();
    for (rang, serie) in graphique.series.iter().enumerate() {
        let (accent, encre) = ACCENTS[serie.role.rang()];
        let etiquettes =
            if empilees { etiquettes("ctr", encre, false) } else { etiquettes("outEnd", "tx1", true) };
        let _ = write!(
            series,
            "<c:ser>{}<c:spPr><a:solidFill><a:schemeClr val=\"{accent}\"/></a:solidFill></c:spPr><c:invertIfNegative val=\"0\"/>{}{etiquettes}{}</c:ser>",
            nom(serie, rang),
            estimes(serie, accent),
            valeurs(graphique, serie, rang)
        );
    }
    format!(
        "<c:barChart><c:barDir val=\"col\"/><c:grouping val=\"{groupement}\"/><c:varyColors val=\"0\"/>{series}<c:gapWidth val=\"{ecart}\"/><c:overlap val=\"{recouvrement}\"/><c:axId val=\"111\"/><c:axId val=\"222\"/></c:barChart>"
    )
}

/// Estimated values are hatched.
fn estimes(serie: &Serie, accent: &str) -> String {
    let mut points = String::new();
    for (rang, _) in serie.points.iter().enumerate().filter(|(_, p)| p.estime && p.valeur.is_some()) {
        let _ = write!(
            points,
            "<c:dPt><c:idx val=\"{rang}\"/><c:invertIfNegative val=\"0\"/><c:bubble3D val=\"0\"/><c:spPr><a:pattFill prst=\"ltUpDiag\"><a:fgClr><a:schemeClr val=\"bg1\"/></a:fgClr><a:bgClr><a:schemeClr val=\"{accent}\"/></a:bgClr></a:pattFill></c:spPr></c:dPt>"
        );
    }
    points
}

fn courbes(graphique: &GraphiqueNatif) -> String {
    let mut series = String::new();
    for (rang, serie) in graphique.series.iter().enumerate() {
        // A bound has the colour of the line that it bounds, thinner and dashed.
        let (accent, _) = ACCENTS[serie.role.rang()];
        let (epaisseur, tirets) =
            if serie.borne { (19_050, "<a:prstDash val=\"sysDash\"/>") } else { (34_925, "") };
        let marque = if serie.borne { "none" } else { "circle" };
        let etiquettes = if serie.borne { String::new() } else { derniere(serie, accent) };
        let _ = write!(
            series,
            "<c:ser>{}<c:spPr><a:ln w=\"{epaisseur}\" cap=\"rnd\"><a:solidFill><a:schemeClr val=\"{accent}\"/></a:solidFill>{tirets}<a:round/></a:ln></c:spPr><c:marker><c:symbol val=\"{marque}\"/>{}</c:marker>{etiquettes}{}<c:smooth val=\"0\"/></c:ser>",
            nom(serie, rang),
            if serie.borne {
                String::new()
            } else {
                format!(
                    "<c:size val=\"6\"/><c:spPr><a:solidFill><a:schemeClr val=\"{accent}\"/></a:solidFill></c:spPr>"
                )
            },
            valeurs(graphique, serie, rang)
        );
    }
    format!(
        "<c:lineChart><c:grouping val=\"standard\"/><c:varyColors val=\"0\"/>{series}<c:marker val=\"1\"/><c:axId val=\"111\"/><c:axId val=\"222\"/></c:lineChart>"
    )
}

/// The last known value of a line is written: lines begin together.
fn derniere(serie: &Serie, couleur: &str) -> String {
    let mut xml = "<c:dLbls>".to_owned();
    if let Some(rang) = serie.points.iter().rposition(|p| p.valeur.is_some()) {
        let _ = write!(
            xml,
            "<c:dLbl><c:idx val=\"{rang}\"/><c:numFmt formatCode=\"#,##0\" sourceLinked=\"0\"/><c:spPr><a:noFill/></c:spPr>{}<c:dLblPos val=\"t\"/><c:showLegendKey val=\"0\"/><c:showVal val=\"1\"/><c:showCatName val=\"0\"/><c:showSerName val=\"0\"/><c:showPercent val=\"0\"/><c:showBubbleSize val=\"0\"/></c:dLbl>",
            texte(1200, couleur, true)
        );
    }
    xml + "<c:showLegendKey val=\"0\"/><c:showVal val=\"0\"/><c:showCatName val=\"0\"/><c:showSerName val=\"0\"/><c:showPercent val=\"0\"/><c:showBubbleSize val=\"0\"/></c:dLbls>"
}

/// `B`, `C`…: the column of a series. There are a few series at most.
fn colonne(rang: usize) -> char {
    ('B'..='Z').nth(rang).unwrap_or('Z')
}

fn nom(serie: &Serie, rang: usize) -> String {
    format!(
        "<c:idx val=\"{rang}\"/><c:order val=\"{rang}\"/><c:tx><c:strRef><c:f>'Données'!${}$1</c:f><c:strCache><c:ptCount val=\"1\"/><c:pt idx=\"0\"><c:v>{}</c:v></c:pt></c:strCache></c:strRef></c:tx>",
        colonne(rang),
        echapper(&serie.nom)
    )
}

fn valeurs(graphique: &GraphiqueNatif, serie: &Serie, rang: usize) -> String {
    let nombre = graphique.categories.len();
    let (fin, colonne) = (nombre + 1, colonne(rang));
    let mut categories = String::new();
    for (rang, categorie) in graphique.categories.iter().enumerate() {
        let _ = write!(categories, "<c:pt idx=\"{rang}\"><c:v>{}</c:v></c:pt>", echapper(categorie));
    }
    let mut points = String::new();
    for (rang, point) in serie.points.iter().enumerate() {
        if let Some(valeur) = point.valeur {
            let _ = write!(points, "<c:pt idx=\"{rang}\"><c:v>{valeur}</c:v></c:pt>");
        }
    }
    format!(
        "<c:cat><c:strRef><c:f>'Données'!$A$2:$A${fin}</c:f><c:strCache><c:ptCount val=\"{nombre}\"/>{categories}</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>'Données'!${colonne}$2:${colonne}${fin}</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val=\"{nombre}\"/>{points}</c:numCache></c:numRef></c:val>"
    )
}
