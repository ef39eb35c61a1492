//! Contours: brought to today's communes, valid, simplified without slivers.
//!
//! The files of contours are often years behind the COG. Each contour is followed to the commune that
//! holds it today; a commune that was split since is drawn as nothing, because where its parts lie is
//! not known.

mod centre;
mod topologie;
mod validite;

pub(crate) use validite::{croisements, sans_defaut};

use super::cog::{Cog, Devenir};
use super::{CodeCommune, CommuneGeo, Geographie, Perimetre};
use crate::parallele::en_parallele;
use crate::quality::{Lieu, Motif, Probleme};
use chrono::NaiveDate;
use geo::{BoundingRect, Contains, Coord, Distance, Haversine, Intersects, MultiPolygon, Point, Rect};
use std::collections::{BTreeMap, BTreeSet};

/// How much is drawn around the territory, as a share of its width and height on each side.
const MARGE: f64 = 0.1;

/// How far around the communes of the territory others are kept, from centre to centre, in kilometres:
/// families do not look for care much further.
pub const RAYON_VOISINES_KM: f64 = 20.0;

/// No degree of latitude is shorter, in kilometres.
const KM_D_UN_DEGRE: f64 = 110.0;

/// A contour as a file gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct ContourBrut {
    /// The code at the date of the file.
    pub code: CodeCommune,
    /// The name in the file; empty if it has none.
    pub nom: String,
    /// In WGS 84 (longitude, latitude), not necessarily valid.
    pub contour: MultiPolygon<f64>,
    /// Where it comes from.
    pub lieu: Lieu,
}

/// The contours of the members, and of what lies around them if `garder_voisins`, on today's codes.
///
/// `date_des_contours`: the day the file was true; without it, it is worked out from the codes that
/// the file holds and lacks. Without a COG, codes are taken as they are. Coordinates have six decimals,
/// rings follow the right-hand rule. What is measured is measured on these; what is drawn is [`simplifier`]'s.
///
/// The problems say which members are not drawn, and why: [`Motif::ContourManquant`],
/// [`Motif::ContourAmbigu`] (split since), [`Motif::ContourInvalide`] (not to be mended).
pub fn preparer(
    bruts: &[ContourBrut],
    cog: Option<&Cog>,
    date_des_contours: Option<NaiveDate>,
    perimetre: &Perimetre,
    garder_voisins: bool,
) -> (Geographie, Vec<Probleme>) {
    let (groupes, ambigus) = ramener_a_aujourd_hui(bruts, cog, date_des_contours, perimetre);
    let mut problemes = Vec::new();
    let mut dessinees = Vec::new();
    let des_membres = en_parallele(perimetre.membres(), |membre| match groupes.get(&membre.code) {
        Some(parties) => dessiner(membre.code, &membre.nom, parties),
        None => Err(absent(membre.code, &membre.nom, bruts, ambigus.get(&membre.code))),
    });
    for dessin in des_membres {
        match dessin {
            Ok(dessinee) => dessinees.push(dessinee),
            Err(probleme) => problemes.push(probleme),
        }
    }
    if garder_voisins && let Some(cadre) = cadre(&dessinees) {
        let autres = groupes.iter().filter(|(code, _)| perimetre.membre(**code).is_none());
        let mut places: Vec<Point<f64>> = dessinees.iter().filter_map(|(_, _, c)| milieu(c)).collect();
        places.sort_by(|a, b| a.y().total_cmp(&b.y()));
        for (code, parties) in autres.filter(|(_, parties)| {
            parties.iter().any(|p| touche(&p.contour, &cadre) || est_proche(&p.contour, &places))
        }) {
            let nom = cog.and_then(|cog| cog.nom(*code));
            let nom = nom.or_else(|| parties.first().map(|p| p.nom.as_str())).unwrap_or_default();
            match dessiner(*code, nom, parties) {
                Ok(dessinee) => dessinees.push(dessinee),
                Err(probleme) => problemes.push(probleme),
            }
        }
    }
    let centres = en_parallele(&dessinees, |(_, _, contour)| centre::centre(contour));
    let mut communes: Vec<_> = dessinees
        .into_iter()
        .zip(centres)
        .filter_map(|((code, nom, contour), centre)| {
            Some(CommuneGeo { code, nom, contour, centre: centre?, membre: perimetre.membre(code).is_some() })
        })
        .collect();
    communes.sort_by_key(|commune| commune.code);
    (Geographie { communes }, problemes)
}

/// The same communes as a map draws them. `tolerance_metres`: how far a simplified border may lie from the true one
/// (0: nothing is simplified); neighbours keep the same border.
pub fn simplifier(geographie: &Geographie, tolerance_metres: f64) -> Geographie {
    let mut contours: Vec<_> = geographie.communes.iter().map(|commune| commune.contour.clone()).collect();
    topologie::simplifier(&mut contours, tolerance_metres);
    let communes = geographie.communes.iter().zip(contours).map(|(commune, contour)| {
        let dedans = contour.contains(&commune.centre);
        let centre = if dedans { None } else { centre::centre(&contour) }.unwrap_or(commune.centre);
        CommuneGeo { nom: commune.nom.clone(), contour, centre, ..*commune }
    });
    Geographie { communes: communes.collect() }
}

/// Contours by commune of today; and, for each that cannot be drawn because of a split, the contour
/// that it shares with others.
type Groupes<'a> = (BTreeMap<CodeCommune, Vec<&'a ContourBrut>>, BTreeMap<CodeCommune, &'a ContourBrut>);

fn ramener_a_aujourd_hui<'a>(
    bruts: &'a [ContourBrut],
    cog: Option<&Cog>,
    date: Option<NaiveDate>,
    perimetre: &Perimetre,
) -> Groupes<'a> {
    let presents: BTreeSet<_> = bruts.iter().map(|brut| brut.code).collect();
    let attendus = perimetre.membres().iter().map(|m| m.code).collect();
    let date = date.or_else(|| cog?.dater(&presents, &attendus));
    let mut groupes: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut ambigus = BTreeMap::new();
    for brut in bruts {
        let devenir = match (cog, date) {
            (Some(cog), Some(date)) => cog.devenir(brut.code, date),
            _ => Devenir::Inchangee,
        };
        match devenir {
            Devenir::Inchangee => groupes.entry(brut.code).or_default().push(brut),
            Devenir::Devenue { code, .. } => groupes.entry(code).or_default().push(brut),
            // The file holds every part: it was drawn after the split.
            Devenir::Partagee(parts) if parts.iter().all(|part| presents.contains(part)) => {
                groupes.entry(brut.code).or_default().push(brut);
            }
            Devenir::Partagee(parts) => ambigus.extend(parts.into_iter().map(|part| (part, brut))),
            Devenir::Inconnue if perimetre.membre(brut.code).is_some() => {
                groupes.entry(brut.code).or_default().push(brut);
            }
            Devenir::Inconnue => {}
        }
    }
    groupes.retain(|code, _| !ambigus.contains_key(code));
    (groupes, ambigus)
}

fn dessiner(
    code: CodeCommune,
    nom: &str,
    parties: &[&ContourBrut],
) -> Result<(CodeCommune, String, MultiPolygon<f64>), Probleme> {
    let contours: Vec<_> = parties.iter().map(|partie| &partie.contour).collect();
    let reuni = validite::reunir(&contours).ok_or_else(|| {
        let lieu = parties.first().map(|p| p.lieu.clone()).unwrap_or_default();
        let detail = format!("le contour de {nom} ({code}) n’a pas pu être réparé");
        Probleme::new(Motif::ContourInvalide, lieu, detail)
    })?;
    Ok((code, nom.to_owned(), reuni))
}

fn absent(code: CodeCommune, nom: &str, bruts: &[ContourBrut], ambigu: Option<&&ContourBrut>) -> Probleme {
    if let Some(origine) = ambigu {
        let detail = format!(
            "{nom} ({code}) n’est pas dessinée : l’ancienne commune {} ({}) a été partagée depuis entre plusieurs",
            origine.nom, origine.code
        );
        return Probleme::new(Motif::ContourAmbigu, origine.lieu.clone(), detail);
    }
    let fichier = bruts.first().map_or_else(|| "contours".to_owned(), |brut| brut.lieu.fichier.clone());
    let lieu = Lieu { fichier, ..Lieu::default() };
    Probleme::new(Motif::ContourManquant, lieu, format!("aucun contour pour {nom} ({code})"))
}

/// The frame of the map: the territory and a margin.
fn cadre(dessinees: &[(CodeCommune, String, MultiPolygon<f64>)]) -> Option<Rect<f64>> {
    let cadres = dessinees.iter().filter_map(|(_, _, contour)| contour.bounding_rect());
    let cadre = cadres.reduce(|a, b| {
        Rect::new(
            Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
            Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
        )
    })?;
    let marge = Coord { x: cadre.width() * MARGE, y: cadre.height() * MARGE };
    Some(Rect::new(cadre.min() - marge, cadre.max() + marge))
}

fn milieu(contour: &MultiPolygon<f64>) -> Option<Point<f64>> {
    contour.bounding_rect().map(|cadre| cadre.center().into())
}

/// True if the commune lies within [`RAYON_VOISINES_KM`] of one of the places, which come from south to north.
fn est_proche(contour: &MultiPolygon<f64>, places: &[Point<f64>]) -> bool {
    let Some(ici) = milieu(contour) else { return false };
    let ecart = RAYON_VOISINES_KM / KM_D_UN_DEGRE;
    let premiere = places.partition_point(|place| place.y() < ici.y() - ecart);
    let voisines = places[premiere..].iter().take_while(|place| place.y() <= ici.y() + ecart);
    voisines.into_iter().any(|place| Haversine.distance(ici, *place) <= RAYON_VOISINES_KM * 1000.0)
}

fn touche(contour: &MultiPolygon<f64>, cadre: &Rect<f64>) -> bool {
    contour.bounding_rect().is_some_and(|rect| rect.intersects(cadre)) && contour.intersects(cadre)
}

#[cfg(test)]
#[allow(clippy::print_stderr)]
mod tests {
    use super::*;
    use crate::sources::cog::{composition_epci, lire_cog};
    use crate::sources::contours::lire_contours;
    use crate::territory::Membre;
    use crate::territory::cog::{CommuneCog, Etat, Modification, Mouvement, TypeCommune};
    use geo::orient::Direction;
    use geo::{Area, BooleanOps, Contains, CoordsIter, LineString, Orient, Polygon, Validation, unary_union};
    use std::collections::HashSet;
    use std::path::Path;

    fn code(texte: &str) -> CodeCommune {
        texte.parse().unwrap()
    }

    fn perimetre(codes: &[&str]) -> Perimetre {
        let membre = |c: &&str| Membre {
            code: code(c),
            nom: format!("Commune {c}"),
            depuis: None,
            jusqu_a: None,
            population: None,
        };
        Perimetre::new("x", "x", codes.iter().map(membre).collect())
    }

    /// Prepared, then simplified.
    fn preparer(
        bruts: &[ContourBrut],
        cog: Option<&Cog>,
        date: Option<NaiveDate>,
        perimetre: &Perimetre,
        tolerance_metres: f64,
        garder_voisins: bool,
    ) -> (Geographie, Vec<Probleme>) {
        let (geographie, problemes) = super::preparer(bruts, cog, date, perimetre, garder_voisins);
        (simplifier(&geographie, tolerance_metres), problemes)
    }

    fn brut(code_: &str, anneau: Vec<(f64, f64)>) -> ContourBrut {
        ContourBrut {
            code: code(code_),
            nom: String::new(),
            contour: MultiPolygon(vec![Polygon::new(LineString::from(anneau), Vec::new())]),
            lieu: Lieu::default(),
        }
    }

    fn carre(code_: &str, x: f64) -> ContourBrut {
        brut(code_, vec![(x, 0.0), (x + 1.0, 0.0), (x + 1.0, 1.0), (x, 1.0)])
    }

    /// A wavy line from (x, 0) to (x, 1).
    fn vague(x: f64) -> Vec<(f64, f64)> {
        (0..=40).map(|i| (x + 0.001 * f64::from(i * 7 % 11), f64::from(i) / 40.0)).collect()
    }

    /// Two neighbours with a wavy border between them.
    fn voisins() -> [ContourBrut; 2] {
        let mut gauche = vague(0.0);
        gauche.extend([(-1.0, 1.0), (-1.0, 0.0)]);
        let mut droite: Vec<_> = vague(0.0).into_iter().rev().collect();
        droite.extend([(1.0, 0.0), (1.0, 1.0)]);
        [brut("85001", gauche), brut("85002", droite)]
    }

    fn coins(commune: &CommuneGeo) -> HashSet<validite::Noeud> {
        commune.contour.coords_iter().map(validite::vers_grille).collect()
    }

    fn aire(geographie: &Geographie) -> f64 {
        geographie.communes.iter().map(|c| c.contour.unsigned_area()).sum()
    }

    /// Valid, right-handed, each centre inside, no two communes over one another.
    fn verifier(geographie: &Geographie) {
        for commune in &geographie.communes {
            assert!(commune.contour.is_valid(), "{} {:?}", commune.code, commune.contour.validation_errors());
            assert_eq!(commune.contour, commune.contour.orient(Direction::Default), "{}", commune.code);
            assert!(commune.contour.contains(&commune.centre), "{}", commune.code);
        }
        let union = unary_union(geographie.communes.iter().map(|c| &c.contour));
        let (somme, union) = (aire(geographie), union.unsigned_area());
        assert!((somme - union).abs() < 1e-8 * somme, "recouvrement de {} degrés carrés", somme - union);
    }

    #[test]
    fn sans_tolerance_rien_ne_change_que_le_sens_et_les_decimales() {
        let horaire = brut("85001", vec![(0.0, 0.0), (0.0, 1.0), (1.000_000_04, 1.0), (1.0, 0.0)]);
        let (geographie, problemes) = preparer(&[horaire], None, None, &perimetre(&["85001"]), 0.0, true);
        verifier(&geographie);
        assert_eq!(problemes, []);
        assert!((aire(&geographie) - 1.0).abs() < 1e-12);
        assert_eq!(geographie.communes[0].nom, "Commune 85001");
    }

    #[test]
    fn des_voisins_simplifies_gardent_la_meme_frontiere() {
        for tolerance in [100.0, 500.0, 5_000.0, 500_000.0] {
            let (geographie, _) =
                preparer(&voisins(), None, None, &perimetre(&["85001", "85002"]), tolerance, true);
            verifier(&geographie);
            assert!((aire(&geographie) - 2.0).abs() < 1e-9, "tolérance {tolerance}");
            let [gauche, droite] = geographie.communes.as_slice() else { panic!("deux communes") };
            let frontiere: Vec<_> = coins(gauche).intersection(&coins(droite)).copied().collect();
            let au_milieu = |c: &CommuneGeo| coins(c).into_iter().filter(|(x, _)| x.abs() < 500_000).count();
            assert_eq!((au_milieu(gauche), au_milieu(droite)), (frontiere.len(), frontiere.len()));
            match tolerance {
                // So much that the communes would collapse: they are simplified less.
                500_000.0.. => {}
                5_000.0.. => assert_eq!(frontiere.len(), 2),
                _ => assert!((3..41).contains(&frontiere.len())),
            }
        }
    }

    #[test]
    fn un_coin_que_le_voisin_n_a_pas_n_ouvre_pas_de_fente() {
        let mut droite = carre("85002", 1.0);
        droite.contour.0[0].exterior_mut(|anneau| anneau.0.insert(4, Coord { x: 1.0, y: 0.5 }));
        let (geographie, _) =
            preparer(&[carre("85001", 0.0), droite], None, None, &perimetre(&["85001", "85002"]), 0.0, true);
        verifier(&geographie);
        assert!(coins(&geographie.communes[0]).contains(&(1_000_000, 500_000)));
    }

    #[test]
    fn une_enclave_reste_dans_son_trou() {
        let rond = |rayon: f64| -> Vec<(f64, f64)> {
            (0..60)
                .map(|i| f64::from(i) * std::f64::consts::TAU / 60.0)
                .map(|a| (rayon * a.cos(), rayon * a.sin()))
                .collect()
        };
        let mut autour = brut("85001", rond(1.0));
        autour.contour.0[0].interiors_push(LineString::from(rond(0.1)));
        let (geographie, _) = preparer(
            &[autour, brut("85002", rond(0.1))],
            None,
            None,
            &perimetre(&["85001", "85002"]),
            2_000.0,
            true,
        );
        verifier(&geographie);
        let [autour, enclave] = geographie.communes.as_slice() else { panic!("deux communes") };
        assert_eq!(autour.contour.0[0].interiors().len(), 1);
        assert!(enclave.contour.coords_count() < 61);
        assert!(coins(enclave).is_subset(&coins(autour)));
    }

    #[test]
    fn deux_rives_proches_ne_se_croisent_pas() {
        // The cape of the south bank stays; the bay of the north bank, less deep, would be drawn over it.
        let sud: Vec<_> = (0..=20).map(|i| (f64::from(i), if i == 10 { 0.5 } else { 0.0 })).collect();
        let nord: Vec<_> = (0..=20).map(|i| (f64::from(i), if i == 10 { 0.6 } else { 0.15 })).collect();
        let fermer = |mut rive: Vec<(f64, f64)>, y: f64| {
            rive.extend([(20.0, y), (0.0, y)]);
            rive
        };
        let (geographie, _) = preparer(
            &[brut("85001", fermer(sud, -1.0)), brut("85002", fermer(nord, 2.0))],
            None,
            None,
            &perimetre(&["85001", "85002"]),
            52_000.0,
            true,
        );
        verifier(&geographie);
    }

    #[test]
    fn un_noeud_papillon_est_repare_et_un_contour_plat_est_dit() {
        let papillon = brut("85001", vec![(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)]);
        let plat = brut("85002", vec![(5.0, 0.0), (6.0, 0.0), (7.0, 0.0)]);
        let (geographie, problemes) =
            preparer(&[papillon, plat], None, None, &perimetre(&["85001", "85002", "85003"]), 0.0, true);
        verifier(&geographie);
        assert!((aire(&geographie) - 0.5).abs() < 1e-9);
        let motifs: Vec<_> = problemes.iter().map(|p| p.motif).collect();
        assert_eq!(motifs, [Motif::ContourInvalide, Motif::ContourManquant]);
    }

    #[test]
    fn les_voisins_sont_ceux_du_cadre() {
        let bruts = [carre("85001", 0.0), carre("85002", 1.0), carre("85003", 2.0)];
        let (avec, _) = preparer(&bruts, None, None, &perimetre(&["85001"]), 0.0, true);
        let codes: Vec<_> = avec.communes.iter().map(|c| (c.code.to_string(), c.membre)).collect();
        assert_eq!(codes, [("85001".to_owned(), true), ("85002".to_owned(), false)]);
        let (sans, _) = preparer(&bruts, None, None, &perimetre(&["85001"]), 0.0, false);
        assert_eq!(sans.communes.len(), 1);
    }

    /// 85002 entered 85001 in 2019; 85004 came out of 85003 in 2024.
    fn cog() -> Cog {
        let commune = |c: &str| CommuneCog {
            type_commune: TypeCommune::Commune,
            code: code(c),
            nom: format!("Commune {c}"),
            parent: None,
        };
        let etat = |c: &str| {
            Some(Etat { type_commune: TypeCommune::Commune, code: code(c), nom: format!("Commune {c}") })
        };
        let mouvement = |modification, annee, avant, apres| Mouvement {
            modification: Modification::du_code(modification),
            date: NaiveDate::from_ymd_opt(annee, 1, 1).unwrap(),
            avant: etat(avant),
            apres: etat(apres),
        };
        Cog::new(
            ["85001", "85003", "85004"].map(commune),
            [
                mouvement(32, 2019, "85001", "85001"),
                mouvement(32, 2019, "85002", "85001"),
                mouvement(21, 2024, "85003", "85003"),
                mouvement(21, 2024, "85003", "85004"),
            ],
            None,
        )
    }

    #[test]
    fn les_anciens_contours_sont_reunis_et_les_partages_ne_sont_pas_devines() {
        let bruts = [carre("85001", 0.0), carre("85002", 1.0), carre("85003", 2.0)];
        let date = NaiveDate::from_ymd_opt(2018, 1, 1);
        for date in [date, None] {
            let perimetre = perimetre(&["85001", "85003", "85004"]);
            let (geographie, problemes) = preparer(&bruts, Some(&cog()), date, &perimetre, 0.0, true);
            verifier(&geographie);
            assert_eq!(geographie.communes.len(), 1);
            assert!((aire(&geographie) - 2.0).abs() < 1e-9);
            assert_eq!(geographie.communes[0].contour.0.len(), 1);
            let motifs: Vec<_> = problemes.iter().map(|p| p.motif).collect();
            assert_eq!(motifs, [Motif::ContourAmbigu; 2]);
        }
    }

    #[test]
    fn un_fichier_d_apres_le_partage_est_pris_tel_quel() {
        let bruts = [carre("85001", 0.0), carre("85003", 1.0), carre("85004", 2.0)];
        let perimetre = perimetre(&["85001", "85003", "85004"]);
        let (geographie, problemes) = preparer(&bruts, Some(&cog()), None, &perimetre, 0.0, true);
        assert_eq!((geographie.membres().count(), problemes.len()), (3, 0));
    }

    #[test]
    fn le_centre_d_une_commune_en_croissant_est_dans_sa_partie_large() {
        let en_u = brut(
            "85001",
            vec![
                (0.0, 0.0),
                (3.0, 0.0),
                (3.0, 3.0),
                (2.9, 3.0),
                (2.9, 1.0),
                (0.1, 1.0),
                (0.1, 3.0),
                (0.0, 3.0),
            ],
        );
        let (geographie, _) = preparer(&[en_u], None, None, &perimetre(&["85001"]), 0.0, false);
        verifier(&geographie);
        assert!((geographie.communes[0].centre.y() - 0.5).abs() < 0.1);
    }

    #[test]
    fn les_contours_de_2018_se_ramenent_aux_deux_epci() {
        let donnees = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
        if !donnees.exists() {
            eprintln!("SAUTÉ : {} est absent", donnees.display());
            return;
        }
        let cog =
            lire_cog(&donnees.join("cog/communes.csv"), &donnees.join("cog/mouvements-communes.csv"), None)
                .unwrap();
        let composition = donnees.join("cog/epci_composition_2025.csv");
        for (siren, fichier, membres) in [("200072882", "85-vendee", 15), ("200039642", "89-yonne", 52)] {
            let chemin = donnees.join(format!("contours/communes-{fichier}.geojson"));
            let (bruts, _) = lire_contours(&chemin).unwrap();
            let perimetre = composition_epci(&composition, siren).unwrap();
            let date = NaiveDate::from_ymd_opt(2018, 6, 1);
            let avant = preparer(&bruts, Some(&cog), date, &perimetre, 0.0, true);
            assert_eq!(avant.1, []);
            for tolerance in [0.0, 50.0, 300.0] {
                let (geographie, _) = preparer(&bruts, Some(&cog), date, &perimetre, tolerance, true);
                verifier(&geographie);
                assert_eq!(geographie.membres().count(), membres);
                assert!(geographie.communes.len() > membres);
                let ecart = (aire(&geographie) - aire(&avant.0)).abs() / aire(&avant.0);
                assert!(ecart < 0.002, "{fichier} à {tolerance} m : {ecart}");
                let nombre =
                    |g: &Geographie| g.communes.iter().map(|c| c.contour.coords_count()).sum::<usize>();
                eprintln!("{fichier} à {tolerance} m : {} positions, écart {ecart:.6}", nombre(&geographie));
            }
            let sources: Vec<_> = bruts
                .iter()
                .filter(|b| match cog.devenir(b.code, date.unwrap()) {
                    Devenir::Inchangee => perimetre.membre(b.code).is_some(),
                    Devenir::Devenue { code, .. } => perimetre.membre(code).is_some(),
                    _ => false,
                })
                .map(|b| b.contour.orient(Direction::Default))
                .collect();
            let attendue = unary_union(&sources).unsigned_area();
            let membres: f64 = avant.0.membres().map(|c| c.contour.unsigned_area()).sum();
            assert!((membres - attendue).abs() < 1e-9 * attendue, "{membres} et {attendue}");
            let contours: Vec<_> = avant.0.membres().map(|c| c.contour.clone()).collect();
            let ecart = unary_union(&contours).xor(&unary_union(&sources)).unsigned_area();
            assert!(ecart < 1e-6 * attendue, "{ecart}");
        }
    }

    #[test]
    fn les_contours_de_toute_la_vendee_disent_ce_qui_a_ete_partage() {
        let donnees = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
        if !donnees.exists() {
            eprintln!("SAUTÉ : {} est absent", donnees.display());
            return;
        }
        let cog =
            lire_cog(&donnees.join("cog/communes.csv"), &donnees.join("cog/mouvements-communes.csv"), None)
                .unwrap();
        let (bruts, _) = lire_contours(&donnees.join("contours/communes-85-vendee.geojson")).unwrap();
        let vendee: Vec<_> =
            cog.communes().map(|(c, _)| c.to_string()).filter(|c| c.starts_with("85")).collect();
        let perimetre = perimetre(&vendee.iter().map(String::as_str).collect::<Vec<_>>());
        for date in [NaiveDate::from_ymd_opt(2018, 6, 1), None] {
            let (geographie, problemes) = preparer(&bruts, Some(&cog), date, &perimetre, 100.0, true);
            verifier(&geographie);
            let ambigus: Vec<_> = problemes.iter().map(|p| (p.motif, p.detail.contains("(85084)"))).collect();
            assert_eq!(ambigus, [(Motif::ContourAmbigu, true); 3]);
            assert_eq!(geographie.communes.len() + 3, vendee.len());
        }
    }
}
