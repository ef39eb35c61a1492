//! What the parameters change: the same year, computed by other rules.

use super::{Attenuation, Case, ParametresAccessibilite, Situation, Territoire, arrondir};
use crate::indicators::{Entrees, Niveau, TableIndicateurs};
use chrono::Datelike;
use polars::prelude::PolarsResult;

/// Faster and slower by a quarter.
const QUART: f64 = 0.25;
/// Quintiles: communes in five groups of the same number.
const GROUPES: usize = 5;

/// The accessibility of the year of the report, by one set of parameters.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Variante {
    /// What a page calls it.
    pub libelle: String,
    /// The parameters in one French sentence.
    pub reglages: String,
    /// Value of the territory, places for 100 children, one decimal.
    pub territoire: Option<f64>,
    /// Lowest value of a commune.
    pub minimum: Option<f64>,
    /// Highest value of a commune.
    pub maximum: Option<f64>,
    /// Communes that have a value.
    pub communes: usize,
    /// Those whose value is under the threshold of `tension`.
    pub sous_le_seuil: usize,
    /// Those that are not in the same fifth as by the parameters of the pipeline.
    pub changent_de_quintile: usize,
    /// Links between communes whose duration a table gives.
    pub trajets_mesures: usize,
    /// Links between communes whose duration comes from the distance.
    pub trajets_estimes: usize,
}

/// The year of the report by the parameters of the pipeline, first, then by others, with what they change.
///
/// `table`: that of the internal audience, from [`crate::indicators::calculer`] with the same `entrees`.
///
/// # Errors
/// Only if the table of travel times has not its columns.
pub fn sensibilite(entrees: &Entrees<'_>, table: &TableIndicateurs) -> PolarsResult<Vec<Variante>> {
    let territoire = Territoire::new(entrees)?;
    let lire = |code: &str, id: &str, annee: i32| {
        let figure = table.figure(Niveau::Commune, code, id, "", annee);
        figure.map_or_else(Case::absente, |f| Case::absente().valant(f.valeur, f.statut))
    };
    let situation = Situation::lire(&territoire, entrees.date.year(), entrees.date, &lire);
    let mut variantes: Vec<Variante> = Vec::new();
    let mut quintiles_de_base = Vec::new();
    let seuil = entrees.parametres.tension.accessibilite;
    for (libelle, parametres) in reglages(&entrees.parametres.accessibilite) {
        let reseau = territoire.reseau(&parametres);
        let acces = situation.acceder(&reseau);
        let valeurs: Vec<Option<f64>> = acces.iter().map(|a| a.as_ref()?.valeur).collect();
        let quintiles = quintiles(&valeurs);
        if variantes.is_empty() {
            quintiles_de_base.clone_from(&quintiles);
        }
        let changent = quintiles.iter().zip(&quintiles_de_base).filter(|(a, b)| a != b).count();
        let connues = || valeurs.iter().flatten().copied().map(arrondir);
        let (trajets_mesures, trajets_estimes) = reseau.liaisons();
        let lignes = territoire.lignes(&situation, &reseau);
        let ensemble = lignes.iter().find(|l| l.niveau == Niveau::Territoire).and_then(|l| l.case.valeur);
        variantes.push(Variante {
            libelle,
            reglages: parametres.phrase(),
            territoire: ensemble,
            minimum: connues().reduce(f64::min),
            maximum: connues().reduce(f64::max),
            communes: connues().count(),
            sous_le_seuil: valeurs.iter().flatten().filter(|v| **v < seuil).count(),
            changent_de_quintile: changent,
            trajets_mesures,
            trajets_estimes,
        });
    }
    Ok(variantes)
}

/// The parameters of the pipeline, then those to compare with.
fn reglages(base: &ParametresAccessibilite) -> Vec<(String, ParametresAccessibilite)> {
    let paliers = |minutes: [f64; 3]| base.clone().par_paliers(minutes);
    let pente = |moitie: f64| ParametresAccessibilite {
        attenuation: Attenuation::Decroissance(moitie),
        ..base.clone()
    };
    let vitesse =
        |facteur: f64| ParametresAccessibilite { vitesse_km_h: base.vitesse_km_h * facteur, ..base.clone() };
    [
        ("réglages retenus", base.clone()),
        ("un quart plus vite", vitesse(1.0 + QUART)),
        ("un quart moins vite", vitesse(1.0 - QUART)),
        ("trajets plus courts, une place vaut moitié à 7\u{a0}minutes", pente(7.0)),
        ("trajets plus longs, moitié à 15\u{a0}minutes", pente(15.0)),
        ("par paliers de 10, 15 et 20\u{a0}minutes", paliers([10.0, 15.0, 20.0])),
        ("par paliers de 10, 20 et 30\u{a0}minutes (une consultation médicale)", paliers([10.0, 20.0, 30.0])),
    ]
    .map(|(libelle, parametres)| (libelle.to_owned(), parametres))
    .to_vec()
}

/// The fifth of each value, from 0; equal values are in the same one.
fn quintiles(valeurs: &[Option<f64>]) -> Vec<Option<usize>> {
    let connues: Vec<f64> = valeurs.iter().flatten().copied().collect();
    let rang = |valeur: f64| connues.iter().filter(|v| **v < valeur).count();
    valeurs.iter().map(|v| v.map(|v| GROUPES * rang(v) / connues.len())).collect()
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // exact figures are the promise
mod tests {
    use super::*;
    use crate::indicators::cases::{self, Ligne};
    use crate::indicators::table::Constructeur;
    use crate::indicators::{Parametres, Statut};
    use crate::tables::Comptes;
    use crate::territory::{CommuneGeo, Geographie, Membre, Perimetre};
    use chrono::NaiveDate;
    use geo::{MultiPolygon, Point};

    /// Five communes on a meridian, 5.56 km apart: 10.8 minutes from one to the next.
    fn perimetre() -> (Perimetre, Geographie) {
        let membre = |rang: usize| Membre {
            code: format!("9600{rang}").parse().unwrap(),
            nom: format!("Commune {rang}"),
            depuis: None,
            jusqu_a: None,
            population: None,
        };
        let membres: Vec<Membre> = (1..=5).map(membre).collect();
        let commune = |(rang, membre): (u32, &Membre)| CommuneGeo {
            code: membre.code,
            nom: membre.nom.clone(),
            contour: MultiPolygon::new(Vec::new()),
            centre: Point::new(-1.5, 46.7 + 0.05 * f64::from(rang)),
            membre: true,
        };
        let communes = (0..).zip(&membres).map(commune).collect();
        (Perimetre::new("essai", "Essai", membres), Geographie { communes })
    }

    fn table(perimetre: &Perimetre, places: [f64; 5], enfants: [f64; 5]) -> TableIndicateurs {
        let lignes = |id: &'static str, valeurs: [f64; 5]| {
            let lignes: Vec<Ligne<'_>> = perimetre
                .membres()
                .iter()
                .zip(valeurs)
                .map(|(membre, valeur)| Ligne {
                    niveau: Niveau::Commune,
                    code: membre.code.as_str(),
                    nom: &membre.nom,
                    annee: 2024,
                    modalite: "",
                    case: Case::absente().valant(Some(valeur), Statut::Observe),
                    parties: (1, 1),
                })
                .collect();
            (id, cases::directe(&lignes).unwrap().collect().unwrap())
        };
        let mut table = Constructeur::new(None);
        for (id, lignes) in [lignes("places_total", places), lignes("enfants_0_2", enfants)] {
            let lignes = table.coder(&lignes).unwrap();
            table.ajouter(id, "", lignes).unwrap();
        }
        table.finir()
    }

    #[test]
    fn ce_que_les_reglages_changent() {
        let (perimetre, geographie) = perimetre();
        let (comptes, parametres) = (Comptes::reunir(&[]).unwrap(), Parametres::default());
        let entrees = Entrees {
            perimetre: &perimetre,
            geographie: &geographie,
            source_geographie: "contours",
            date: NaiveDate::from_ymd_opt(2024, 12, 31).unwrap(),
            parametres: &parametres,
            assistants_maternels: None,
            structures: None,
            comptes: &comptes,
            taux_publies: None,
            declarations: None,
            reponses: None,
            trajets: None,
        };
        let table = table(&perimetre, [60.0, 0.0, 30.0, 10.0, 0.0], [80.0, 20.0, 40.0, 40.0, 20.0]);
        let variantes = sensibilite(&entrees, &table).unwrap();
        let retenus = &variantes[0];
        assert_eq!((retenus.communes, retenus.changent_de_quintile), (5, 0));
        assert_eq!((retenus.trajets_mesures, retenus.trajets_estimes), (0, 14));
        assert!(
            retenus.reglages.contains("1,3") && retenus.reglages.contains("40\u{a0}km/h"),
            "{}",
            retenus.reglages
        );
        // All 100 places, whatever the rules, for all 200 children.
        for variante in &variantes {
            assert_eq!(variante.territoire, Some(50.0), "{variante:?}");
            assert!(variante.minimum < Some(50.0) && variante.maximum > Some(50.0), "{variante:?}");
        }
        let variante = |mot: &str| variantes.iter().find(|v| v.libelle.contains(mot)).unwrap();
        // 10.8 minutes from one to the next: up to two of them within 25.8 minutes, one if each takes 14.5, and two if 8.7.
        assert_eq!(variante("moins vite").trajets_estimes, 8);
        let rapide = variante("plus vite");
        assert_eq!(rapide.trajets_estimes, 14);
        assert!(rapide.minimum > retenus.minimum, "{rapide:?}");
        assert!(variantes.iter().any(|v| v.changent_de_quintile > 0), "{variantes:#?}");
    }
}
