//! Contours of communes from a GeoJSON file.

#![allow(clippy::result_large_err, reason = "a refused file is told once, with all that helps to mend it")]

use crate::parallele::en_parallele;
use crate::quality::{Lieu, Motif, Probleme, texte_sur};
use crate::territory::CodeCommune;
use crate::territory::contours::{ContourBrut, croisements, sans_defaut};
use geo::{CoordsIter, LinesIter, MultiPolygon, Polygon};
use geojson::{Feature, GeoJson, GeometryValue, JsonValue, Position, feature::Id};
use std::path::Path;

/// Properties that hold the code of the commune, whatever their case, in this order.
const CODES: [&str; 11] = [
    "code",
    "insee_com",
    "insee",
    "codgeo",
    "code_insee",
    "codeinsee",
    "code_commune",
    "depcom",
    "com_code",
    "com_current_code",
    "com",
];
/// Properties that hold its name.
const NOMS: [&str; 7] = ["nom", "nom_com", "libgeo", "libelle", "nom_commune", "nom_officiel", "name"];

/// Bytes of a file of contours, which comes whole into memory.
const OCTETS_MAX: u64 = 512 << 20;
/// Points of one commune: many times what the public services give; checking takes the square of their number.
const POINTS_MAX: usize = 15_000;
/// Crossings of one contour: mending makes a corner of each.
const CROISEMENTS_MAX: usize = 2_000;

/// The contours of a `FeatureCollection`, in the order of the file, and what is wrong with those left
/// out or crooked: a feature without code or without polygon is left out, a contour that crosses
/// itself is kept, to be mended by [`crate::territory::contours::preparer`].
///
/// # Errors
/// If the file is absent, is no `FeatureCollection`, holds points instead of contours, or coordinates
/// that are no longitudes and latitudes.
pub fn lire_contours(chemin: &Path) -> Result<(Vec<ContourBrut>, Vec<Probleme>), Probleme> {
    let lieu = Lieu { fichier: chemin.display().to_string(), ..Lieu::default() };
    let refus = |motif, detail: &str| Probleme::new(motif, lieu.clone(), detail);
    if std::fs::metadata(chemin).is_ok_and(|m| m.len() > OCTETS_MAX) {
        return Err(refus(Motif::FichierIllisible, "le fichier de contours dépasse 512 Mo : simplifiez-le"));
    }
    let octets = std::fs::read(chemin).map_err(|erreur| match erreur.kind() {
        std::io::ErrorKind::NotFound => refus(Motif::FichierAbsent, ""),
        _ => refus(Motif::FichierIllisible, ""),
    })?;
    let sans_bom = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&octets);
    let Ok(GeoJson::FeatureCollection(collection)) = GeoJson::from_reader(sans_bom) else {
        let detail = "le fichier n’est pas une collection GeoJSON (FeatureCollection)";
        return Err(refus(Motif::FichierIllisible, detail));
    };
    if collection.features.is_empty() {
        return Err(refus(Motif::FichierVide, "aucune commune dans le fichier"));
    }
    if collection.features.iter().all(est_un_point) {
        let detail = "le fichier donne le centre des communes et non leur contour : demandez-le avec « geometry=contour »";
        return Err(refus(Motif::FichierIllisible, detail));
    }
    let (mut bruts, mut problemes) = (Vec::new(), Vec::new());
    let entites: Vec<(usize, &Feature)> = collection.features.iter().enumerate().collect();
    for lue in en_parallele(&entites, |(rang, entite)| lire_entite(entite, rang + 1, &lieu)) {
        match lue {
            Ok((brut, probleme)) => {
                bruts.push(brut);
                problemes.extend(probleme);
            }
            Err(probleme) => problemes.push(probleme),
        }
    }
    if bruts.iter().any(|brut| !est_en_degres(&brut.contour)) {
        let detail = "les coordonnées ne sont pas des longitudes et des latitudes : exportez le fichier en WGS 84 (EPSG:4326)";
        return Err(refus(Motif::FichierIllisible, detail));
    }
    if bruts.iter().filter(|brut| sont_inversees(&brut.contour)).count() * 2 > bruts.len() {
        let detail = "les latitudes y sont avant les longitudes, qu’un GeoJSON donne d’abord : exportez le fichier de nouveau, en GeoJSON (WGS 84, longitude puis latitude)";
        return Err(refus(Motif::FichierIllisible, detail));
    }
    Ok((bruts, problemes))
}

/// True for a contour that would be in France if its latitudes were its longitudes: as it is, it is in the ocean.
fn sont_inversees(contour: &MultiPolygon<f64>) -> bool {
    const LONGITUDES: std::ops::Range<f64> = -5.5..9.8;
    const LATITUDES: std::ops::Range<f64> = 41.0..51.5;
    let premier = contour.coords_iter().next();
    premier.is_some_and(|point| LATITUDES.contains(&point.x) && LONGITUDES.contains(&point.y))
}

/// One feature, and what is crooked about it; or why it is left out.
fn lire_entite(
    entite: &Feature,
    rang: usize,
    lieu: &Lieu,
) -> Result<(ContourBrut, Option<Probleme>), Probleme> {
    let nom = propriete(entite, &NOMS).unwrap_or_default();
    let probleme = |detail: String| Probleme::new(Motif::ContourInvalide, lieu.clone(), detail);
    let Some(code) = code(entite) else {
        return Err(probleme(format!(
            "l’entité n° {rang} « {nom} » n’a pas de code commune (dans une propriété « code », « insee_com », « codgeo » ou « com_code »)"
        )));
    };
    let Some(contour) = entite.geometry.as_ref().and_then(|g| polygones(&g.value)) else {
        return Err(probleme(format!("l’entité n° {rang} « {nom} » ({code}) n’a pas de contour")));
    };
    if contour.coords_count() > POINTS_MAX {
        return Err(probleme(format!(
            "le contour de {nom} ({code}) a plus de 15\u{202f}000 points : simplifiez-le avant de le fournir"
        )));
    }
    let croisements = croisements(contour.lines_iter(), CROISEMENTS_MAX);
    if croisements > CROISEMENTS_MAX {
        return Err(probleme(format!(
            "le contour de {nom} ({code}) se croise plus de 2\u{202f}000 fois : il ne peut pas être réparé"
        )));
    }
    let croise = croisements > 0 || !sans_defaut(&contour);
    let brut = ContourBrut { code, nom, contour, lieu: lieu.clone() };
    let avertissement = croise.then(|| {
        probleme(format!(
            "le contour de {} ({code}) se croise ou se recouvre : il est réparé si possible",
            brut.nom
        ))
    });
    Ok((brut, avertissement))
}

fn est_un_point(entite: &Feature) -> bool {
    let geometrie = entite.geometry.as_ref().map(|g| &g.value);
    matches!(geometrie, Some(GeometryValue::Point { .. } | GeometryValue::MultiPoint { .. }))
}

/// The polygons of a geometry; none if it has none, or a ring with fewer than three corners.
fn polygones(geometrie: &GeometryValue) -> Option<MultiPolygon<f64>> {
    // The conversion would index a second coordinate that a broken file may not have.
    let complet = |anneaux: &Vec<Vec<Position>>| anneaux.iter().flatten().all(|p| p.len() > 1);
    let tous = match geometrie {
        GeometryValue::Polygon { coordinates } if complet(coordinates) => {
            vec![Polygon::try_from(geometrie).ok()?]
        }
        GeometryValue::MultiPolygon { coordinates } if coordinates.iter().all(complet) => {
            MultiPolygon::try_from(geometrie).ok()?.0
        }
        GeometryValue::GeometryCollection { geometries } => {
            geometries.iter().filter_map(|g| polygones(&g.value)).flatten().collect()
        }
        _ => return None,
    };
    let entier = |p: &Polygon<f64>| p.exterior().0.len() > 3;
    (!tous.is_empty() && tous.iter().all(entier)).then_some(MultiPolygon(tous))
}

fn est_en_degres(contour: &MultiPolygon<f64>) -> bool {
    contour.coords_iter().all(|c| c.x.abs() <= 180.0 && c.y.abs() <= 90.0)
}

/// The code of the first property that holds one, else that of the feature's own identifier.
fn code(entite: &Feature) -> Option<CodeCommune> {
    let identifiant = entite.id.as_ref().map(|id| match id {
        Id::String(texte) => texte.clone(),
        Id::Number(nombre) => nombre.to_string(),
    });
    let proprietes = CODES.iter().filter_map(|nom| propriete(entite, &[nom]));
    proprietes.chain(identifiant).find_map(|texte| CodeCommune::lire(&texte).ok()).map(|(code, _)| code)
}

/// The text of the first of these properties that is there and not empty.
fn propriete(entite: &Feature, noms: &[&str]) -> Option<String> {
    let proprietes = entite.properties.as_ref()?;
    noms.iter().find_map(|nom| {
        let (_, valeur) = proprietes.iter().find(|(cle, _)| cle.to_lowercase() == *nom)?;
        match valeur {
            JsonValue::String(texte) if !texte.trim().is_empty() => {
                Some(texte_sur(texte.trim()).into_owned())
            }
            JsonValue::Number(nombre) => Some(nombre.to_string()),
            // Some services give a list of one.
            JsonValue::Array(liste) => match liste.as_slice() {
                [JsonValue::String(texte)] => Some(texte_sur(texte.trim()).into_owned()),
                _ => None,
            },
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const CARRE: &str = "[[[0,0],[1,0],[1,1],[0,1],[0,0]]]";
    const NOEUD_PAPILLON: &str = "[[[0,0],[1,1],[1,0],[0,1],[0,0]]]";

    fn entite(proprietes: &str, geometrie: &str, coordonnees: &str) -> String {
        format!(
            r#"{{"type":"Feature","properties":{{{proprietes}}},"geometry":{{"type":"{geometrie}","coordinates":{coordonnees}}}}}"#
        )
    }

    fn lire(entites: &[String]) -> Result<(Vec<ContourBrut>, Vec<Probleme>), Probleme> {
        let mut fichier = tempfile::NamedTempFile::new().unwrap();
        write!(fichier, r#"{{"type":"FeatureCollection","features":[{}]}}"#, entites.join(",")).unwrap();
        lire_contours(fichier.path())
    }

    #[test]
    fn le_code_se_trouve_sous_ses_noms_et_le_zero_est_rendu() {
        let (bruts, problemes) = lire(&[
            entite(r#""code":"85003","nom":"Aizenay""#, "Polygon", CARRE),
            entite(r#""INSEE_COM":"2A004","NOM_COM":"Ajaccio""#, "MultiPolygon", &format!("[{CARRE}]")),
            entite(r#""codgeo":1001"#, "Polygon", CARRE),
            entite(r#""nom":"Sans code""#, "Polygon", CARRE).replacen('{', r#"{"id":"85999","#, 1),
        ])
        .unwrap();
        let codes: Vec<_> = bruts.iter().map(|b| b.code.as_str()).collect();
        assert_eq!(codes, ["85003", "2A004", "01001", "85999"]);
        assert_eq!(bruts[1].nom, "Ajaccio");
        assert_eq!(problemes, []);
    }

    #[test]
    fn une_entite_sans_code_ou_sans_contour_est_dite_et_laissee() {
        let (bruts, problemes) = lire(&[
            entite(r#""nom":"Perdue""#, "Polygon", CARRE),
            entite(r#""code":"85003""#, "Point", "[0,0]"),
            entite(r#""code":"85004""#, "LineString", "[[0,0],[1,1]]"),
            entite(r#""code":"85005""#, "Polygon", "[[[0,0],[1,0]]]"),
            entite(r#""code":"85006""#, "Polygon", "[]"),
            entite(r#""code":"85007""#, "Polygon", "[[[0],[1],[2],[0]]]"),
            entite(r#""code":"85008""#, "Polygon", CARRE),
        ])
        .unwrap();
        assert_eq!((bruts.len(), problemes.len()), (1, 6));
        assert!(problemes[0].detail.contains("« Perdue »"), "{}", problemes[0]);
        assert!(problemes.iter().all(|p| p.motif == Motif::ContourInvalide));
    }

    #[test]
    fn des_latitudes_avant_les_longitudes_sont_refusees() {
        let inverse = "[[[46.8,-1.4],[46.9,-1.4],[46.9,-1.3],[46.8,-1.4]]]";
        let refus = lire(&[entite(r#""code":"85003""#, "Polygon", inverse)]).unwrap_err();
        assert!(refus.motif == Motif::FichierIllisible && refus.detail.contains("latitudes"), "{refus}");
        let droit = "[[[-1.4,46.8],[-1.4,46.9],[-1.3,46.9],[-1.4,46.8]]]";
        assert!(lire(&[entite(r#""code":"85003""#, "Polygon", droit)]).is_ok());
    }

    #[test]
    fn un_noeud_papillon_est_garde_et_dit() {
        let (bruts, problemes) = lire(&[entite(r#""code":"85003""#, "Polygon", NOEUD_PAPILLON)]).unwrap();
        assert_eq!((bruts.len(), problemes.len()), (1, 1));
        assert!(problemes[0].detail.contains("se croise"), "{}", problemes[0]);
    }

    #[test]
    fn des_centres_au_lieu_de_contours_sont_refuses_en_le_disant() {
        let erreur = lire(&[entite(r#""code":"85003""#, "Point", "[0,0]")]).unwrap_err();
        assert!(erreur.detail.contains("geometry=contour"), "{erreur}");
    }

    #[test]
    fn des_coordonnees_projetees_sont_refusees_en_le_disant() {
        let lambert = "[[[355000,6630000],[356000,6630000],[356000,6631000],[355000,6630000]]]";
        let erreur = lire(&[entite(r#""code":"85003""#, "Polygon", lambert)]).unwrap_err();
        assert!(erreur.detail.contains("WGS 84"), "{erreur}");
    }

    #[test]
    fn un_fichier_qui_n_est_pas_une_collection_est_refuse() {
        assert_eq!(lire(&["{".to_owned()]).unwrap_err().motif, Motif::FichierIllisible);
        assert_eq!(lire(&[]).unwrap_err().motif, Motif::FichierVide);
        assert_eq!(lire_contours(Path::new("/nulle/part.geojson")).unwrap_err().motif, Motif::FichierAbsent);
    }
}
