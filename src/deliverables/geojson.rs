//! `communes.geojson`: the members of the territory with their public figures, for a GIS (RFC 7946).

use super::{Contexte, ErreurLivrable, Livrable};
use crate::indicators::catalogue::Sensibilite;
use crate::indicators::{Figure, Indicateur, Niveau, Statut, catalogue};
use crate::territory::CommuneGeo;
use geo::orient::Direction;
use geo::{BoundingRect, Coord, LineString, MapCoords, MultiPolygon, Orient, Polygon, Rect};
use geojson::feature::Id;
use geojson::{Feature, Geometry, GeometryValue, JsonObject, JsonValue};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const FICHIER: &str = "communes.geojson";

/// The communes and every public indicator of the report year.
///
/// One feature for each member, in the order of codes: `id` and `code`, `nom`, `annee`, then for each
/// indicator and modality that is known of some commune that year, or withheld, under `<indicateur>` or
/// `<indicateur>__<modalite>`, a number (null when not known), and `<…>__statut`. The collection has `proprietes` besides (a
/// foreign member, RFC 7946, 6.1): what each of them counts, and in which unit.
#[derive(Debug, Clone, Copy, Default)]
pub struct CommunesGeojson;

impl Livrable for CommunesGeojson {
    fn nom(&self) -> &'static str {
        "geojson"
    }

    fn ne_dit_que_des_chiffres(&self) -> bool {
        true
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        let colonnes = colonnes(contexte);
        let Some(emprise) = emprise(contexte) else { return Ok(Vec::new()) };
        let chemin = dossier.join(FICHIER);
        File::create(&chemin)
            .and_then(|fichier| ecrire(contexte, &colonnes, emprise, BufWriter::new(fichier)))
            .map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
        Ok(vec![PathBuf::from(FICHIER)])
    }
}

/// The box around the members; none if no contour is known.
fn emprise(contexte: &Contexte<'_>) -> Option<Rect<f64>> {
    let boites = contexte.geographie.membres().filter_map(|c| six_decimales(&c.contour).bounding_rect());
    boites.reduce(|a, b| {
        let bas = Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
        let haut = Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) };
        Rect::new(bas, haut)
    })
}

/// One feature after the other: those of a country together would take gigabytes.
fn ecrire(
    contexte: &Contexte<'_>,
    colonnes: &[Propriete],
    emprise: Rect<f64>,
    mut sortie: impl Write,
) -> std::io::Result<()> {
    write!(
        sortie,
        "{{\"type\":\"FeatureCollection\",\"bbox\":{},\"proprietes\":{},\"features\":[",
        JsonValue::from(boite(emprise)),
        JsonValue::from(colonnes.iter().map(Propriete::en_clair).collect::<JsonObject>())
    )?;
    for (rang, commune) in contexte.geographie.membres().enumerate() {
        sortie.write_all(if rang == 0 { b"\n" } else { b",\n" })?;
        let contour = six_decimales(&commune.contour);
        let feature = Feature {
            bbox: contour.bounding_rect().map(boite),
            geometry: Some(Geometry::new(geometrie(contour))),
            id: Some(Id::String(commune.code.to_string())),
            properties: Some(proprietes(contexte, commune, colonnes)),
            foreign_members: None,
        };
        serde_json::to_writer(&mut sortie, &feature)?;
    }
    sortie.write_all(b"\n]}\n")?;
    sortie.flush()
}

/// A property of every feature: its name, and what it says.
struct Propriete {
    nom: String,
    indicateur: &'static Indicateur,
    modalite: &'static str,
}

impl Propriete {
    /// « Places en accueil collectif, multi-accueil (places) ».
    fn en_clair(&self) -> (String, JsonValue) {
        let Indicateur { libelle, unite, .. } = self.indicateur;
        let detail = self.indicateur.libelle_modalite(self.modalite);
        let detail = if detail.is_empty() { String::new() } else { format!(", {detail}") };
        (self.nom.clone(), format!("{libelle}{detail} ({})", unite.mot()).into())
    }
}

/// Says of a commune what its class of tension says: one where it is, zero elsewhere.
const REDITE: &str = "tension_communes";

/// Public indicators and modalities of which something is known, or withheld, of some member this year, in the order of the
/// catalogue: every feature carries the same properties.
fn colonnes(contexte: &Contexte<'_>) -> Vec<Propriete> {
    let publics = catalogue().filter(|i| i.sensibilite == Sensibilite::Publique && i.id != REDITE);
    let dite = |c: &CommuneGeo, i: &Indicateur, m: &str| {
        figure(contexte, c, i, m).is_some_and(|figure| figure.statut != Statut::NonDisponible)
    };
    publics
        .flat_map(|i| std::iter::once("").chain(i.modalites.iter().map(|m| m.0)).map(move |m| (i, m)))
        .filter(|(i, m)| contexte.geographie.membres().any(|c| dite(c, i, m)))
        .map(|(indicateur, modalite)| Propriete {
            nom: nom_de_propriete(indicateur.id, modalite),
            indicateur,
            modalite,
        })
        .collect()
}

fn figure(
    contexte: &Contexte<'_>,
    commune: &CommuneGeo,
    indicateur: &Indicateur,
    modalite: &str,
) -> Option<Figure> {
    let code = commune.code.as_str();
    contexte.table.figure(Niveau::Commune, code, indicateur.id, modalite, contexte.annee)
}

fn proprietes(contexte: &Contexte<'_>, commune: &CommuneGeo, colonnes: &[Propriete]) -> JsonObject {
    let mut proprietes = JsonObject::new();
    proprietes.insert("code".to_owned(), commune.code.as_str().into());
    proprietes.insert("nom".to_owned(), commune.nom.as_str().into());
    proprietes.insert("annee".to_owned(), contexte.annee.into());
    for Propriete { nom, indicateur, modalite } in colonnes {
        let figure = figure(contexte, commune, indicateur, modalite);
        let statut = figure.as_ref().map_or("non_disponible", |f| f.statut.mot());
        let valeur = figure.filter(|f| f.statut.est_connu()).and_then(|f| f.valeur);
        proprietes.insert(nom.clone(), valeur.map_or(JsonValue::Null, |v| nombre(v, indicateur.decimales)));
        proprietes.insert(format!("{nom}__statut"), statut.into());
    }
    proprietes
}

/// `eaje_places`, `type:multi_accueil` → `eaje_places__type_multi_accueil`.
fn nom_de_propriete(indicateur: &str, modalite: &str) -> String {
    if modalite.is_empty() {
        return indicateur.to_owned();
    }
    let net: String = modalite.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("{indicateur}__{net}")
}

/// A count as a JSON integer, a rate as a JSON number.
fn nombre(valeur: f64, decimales: u32) -> JsonValue {
    if decimales == 0 && valeur.fract() == 0.0 {
        // A count of persons or places: far below 2^52.
        #[allow(clippy::cast_possible_truncation)]
        let entier = valeur as i64;
        return entier.into();
    }
    valeur.into()
}

/// About ten centimetres: finer digits are noise. Points that become equal are said once, and rings
/// that collapse are dropped; exterior rings turn counter-clockwise, interior ones clockwise.
fn six_decimales(contour: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let arrondi = contour.map_coords(|c| Coord { x: arrondir(c.x), y: arrondir(c.y) });
    let anneau = |anneau: &LineString<f64>| {
        let mut points = anneau.0.clone();
        points.dedup();
        (points.len() >= 4).then(|| LineString::new(points))
    };
    let polygones = arrondi.iter().filter_map(|p| {
        let interieurs = p.interiors().iter().filter_map(&anneau).collect();
        Some(Polygon::new(anneau(p.exterior())?, interieurs))
    });
    MultiPolygon::new(polygones.collect()).orient(Direction::Default)
}

fn arrondir(degres: f64) -> f64 {
    (degres * 1e6).round() / 1e6
}

/// A commune in one piece is a Polygon.
fn geometrie(contour: MultiPolygon<f64>) -> GeometryValue {
    match <[Polygon<f64>; 1]>::try_from(contour.0) {
        Ok([seul]) => GeometryValue::from(&seul),
        Err(plusieurs) => GeometryValue::from(&MultiPolygon::new(plusieurs)),
    }
}

fn boite(rectangle: Rect<f64>) -> Vec<f64> {
    vec![rectangle.min().x, rectangle.min().y, rectangle.max().x, rectangle.max().y]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliverables::graphiques::essai::Essai;
    use geo::Winding;
    use geojson::FeatureCollection;

    fn ecrit() -> String {
        let essai = Essai::new();
        let dossier = tempfile::tempdir().unwrap();
        let fichiers = CommunesGeojson.produire(&essai.contexte(), dossier.path()).unwrap();
        assert_eq!(fichiers, [PathBuf::from(FICHIER)]);
        std::fs::read_to_string(dossier.path().join(FICHIER)).unwrap()
    }

    #[test]
    fn le_fichier_se_relit_et_ne_contient_que_les_membres() {
        let relu: FeatureCollection = ecrit().parse().unwrap();
        assert_eq!(relu.features.len(), 15);
        let codes: Vec<String> =
            relu.features.iter().map(|f| f.property("code").unwrap().as_str().unwrap().to_owned()).collect();
        assert!(codes.is_sorted());
        let [ouest, sud, est, nord] = relu.bbox.unwrap()[..] else { panic!("quatre bornes") };
        assert!((-2.5..est).contains(&ouest) && (46.0..nord).contains(&sud), "longitude puis latitude");
    }

    #[test]
    fn les_anneaux_suivent_la_regle_de_la_main_droite() {
        let relu: FeatureCollection = ecrit().parse().unwrap();
        for feature in relu.features {
            let contour = geo::Geometry::<f64>::try_from(feature.geometry.unwrap()).unwrap();
            let polygones = match contour {
                geo::Geometry::Polygon(p) => MultiPolygon::from(p),
                geo::Geometry::MultiPolygon(m) => m,
                autre => panic!("{autre:?}"),
            };
            for polygone in polygones {
                assert!(polygone.exterior().is_ccw() && polygone.exterior().is_closed());
                assert!(polygone.interiors().iter().all(Winding::is_cw));
                for point in polygone.exterior() {
                    assert!((point.x - arrondir(point.x)).abs() < 1e-12, "six décimales");
                }
            }
        }
    }

    #[test]
    fn chaque_chiffre_est_type_et_porte_son_statut() {
        let relu: FeatureCollection = ecrit().parse().unwrap();
        let de = |code: &str| {
            relu.features.iter().find(|f| f.id == Some(Id::String(code.to_owned()))).unwrap().clone()
        };
        let connue = de(Essai::CONNUE);
        assert!(connue.property("am_agrees").unwrap().is_i64());
        assert!(connue.property("places_pour_100").unwrap().is_f64());
        assert_eq!(connue.property("places_pour_100__statut").unwrap(), "observe");
        let secrete = de(Essai::SECRETE);
        assert!(secrete.property("places_pour_100").unwrap().is_null());
        assert_eq!(secrete.property("places_pour_100__statut").unwrap(), "secret_source");
        let absente = de(Essai::ABSENTE);
        assert!(absente.property("places_pour_100").unwrap().is_null());
        assert_eq!(absente.property("places_pour_100__statut").unwrap(), "non_disponible");
        assert_eq!(nom_de_propriete("eaje_places", "type:multi_accueil"), "eaje_places__type_multi_accueil");
    }

    #[test]
    fn rien_de_sensible_n_en_sort() {
        let texte = ecrit();
        for indicateur in catalogue().filter(|i| i.sensibilite == Sensibilite::Sensible) {
            assert!(!texte.contains(&format!("\"{}", indicateur.id)), "{}", indicateur.id);
        }
    }

    #[test]
    fn sans_contours_rien_n_est_ecrit() {
        let essai = Essai::sans_contours();
        let dossier = tempfile::tempdir().unwrap();
        assert!(CommunesGeojson.produire(&essai.contexte(), dossier.path()).unwrap().is_empty());
    }
}
