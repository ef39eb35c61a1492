//! Tension: a class that anyone can work out again. Each criterion is met or not, by a threshold that is
//! printed; the class is one more than the number of criteria met. No weights, no score.
//!
//! The share of childminders of 55 and over is a figure about persons: `tension` leaves it out, so that what it
//! tells to anyone cannot tell it; `tension_interne` takes it in, and is withheld like ages are.

use super::balance::{Besoin, ligne_de_commune};
use super::cases::{self, Case, Cases, Ligne};
use super::catalogue::{Agregation, Indicateur, Sensibilite, Unite};
use super::protection::Protection;
use super::{Contexte, Niveau, Series, Statut};
use chrono::Datelike;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// `[parametres.tension]`: from where on each criterion is met.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ParametresTension {
    /// `solde_places` under this.
    pub solde: f64,
    /// `accessibilite` under this, places for 100 children. The default, 55, is what the Cnaf counts for France
    /// in 2023, EAJE and childminders (19.9 + 3.6 + 31.9 = 55.4).
    pub accessibilite: f64,
    /// `places_tendance` at this or under, percent in three years.
    pub tendance: f64,
    /// `part_55_plus` at this or over, percent.
    pub part_55_plus: f64,
    /// Fewest criteria known for a commune to have a class.
    pub criteres_minimum: usize,
}

impl Default for ParametresTension {
    fn default() -> Self {
        Self { solde: 0.0, accessibilite: 55.0, tendance: -10.0, part_55_plus: 40.0, criteres_minimum: 2 }
    }
}

impl ParametresTension {
    /// Criteria that must be known: a class is never made of none.
    pub fn criteres_connus(&self) -> usize {
        self.criteres_minimum.max(1)
    }
}

/// Identifier and label of each class, from 1.
const CLASSES: [(&str, &str); 4] = [
    ("faible", "tension faible"),
    ("moderee", "tension modérée"),
    ("elevee", "tension élevée"),
    ("tres_elevee", "tension très élevée"),
];

const NON_CLASSE: (&str, &str) = ("non_classe", "non classé");

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[
    Indicateur {
        id: "tension",
        libelle: "Tension de l’accueil",
        definition: "Classe de la commune, de 1 (faible) à 4 (très élevée), selon trois critères : il manque des places, peu de places sont accessibles, les places reculent.",
        formule: "1 + nombre de critères remplis. Manque de places : solde inférieur à 0. Accès faible : moins de 55 places accessibles pour 100 enfants. Places en recul : évolution de −10 % ou pire en trois ans. Seuils que le relais peut changer ; critères connus pour avoir une classe : 2 au moins",
        formule_choisie: Some(|parametres| regle(&parametres.tension)),
        unite: Unite::Rang,
        agregation: Agregation::Directe,
        modalites: &[
            ("solde", "manque de places (1 : oui, 0 : non)"),
            ("accessibilite", "accès faible (1 : oui, 0 : non)"),
            ("tendance", "places en recul (1 : oui, 0 : non)"),
        ],
        entrees: &["pmi", "structures", "imaje", "contours"],
        source: "PMI, recensement des structures, Caf",
        precaution: "Un repère pour comparer, pas une note. L’âge des assistants maternels n’y entre pas. Si un critère manque à une commune, sa classe est estimée : elle peut être trop basse d’un rang. Une année à laquelle manque un critère connu l’année du rapport n’a pas de classes. Où la Caf tait un petit nombre d’enfants, il y en a au moins un. La classe du territoire suit les mêmes règles.",
        protection: Protection { seuils_de: LUS, ..Protection::DEFAUT },
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "tension_communes",
        libelle: "Communes par classe de tension",
        definition: "Nombre de communes dans chaque classe de tension de l’accueil.",
        formule: "1 dans la classe de la commune, 0 dans les autres ; le territoire : leur nombre",
        unite: Unite::Nombre,
        agregation: Agregation::Somme,
        modalites: &[CLASSES[0], CLASSES[1], CLASSES[2], CLASSES[3], NON_CLASSE],
        entrees: &["pmi", "structures", "imaje", "contours"],
        source: "PMI, recensement des structures, Caf",
        precaution: "Une commune n’est pas classée si trop peu de critères de la tension sont connus.",
        protection: Protection { seuils_de: LUS, ..Protection::DEFAUT },
        ..Indicateur::VIDE
    },
    Indicateur {
        id: "tension_interne",
        libelle: "Tension de l’accueil, âge des assistants maternels compris",
        definition: "Classe de la commune, de 1 (faible) à 4 (très élevée), selon les trois critères de la tension et la part des assistants maternels de 55 ans et plus.",
        formule: "1 + nombre de critères remplis, 4 au plus. Critères de la tension, et : au moins 40 % des assistants maternels ont 55 ans ou plus. Seuils que le relais peut changer ; critères connus pour avoir une classe : 2 au moins",
        formule_choisie: Some(|parametres| regle_interne(&parametres.tension)),
        unite: Unite::Rang,
        agregation: Agregation::Directe,
        sensibilite: Sensibilite::Sensible,
        modalites: &[("part_55_plus", "assistants maternels âgés (1 : oui, 0 : non)")],
        entrees: &["pmi", "structures", "imaje", "contours"],
        source: "PMI, recensement des structures, Caf",
        precaution: "Parle de l’âge des personnes d’une commune : pour le relais seulement.",
        ..Indicateur::VIDE
    },
];

/// The numbers of children that the criteria of `tension` compare with places.
const LUS: &[&str] = &["enfants_0_2_parents_actifs", "enfants_0_2"];

/// The rule of `tension`, with its thresholds.
fn regle(parametres: &ParametresTension) -> String {
    let ParametresTension { solde, accessibilite, tendance, .. } = parametres;
    let [solde, accessibilite, tendance] = [solde, accessibilite, tendance].map(|seuil| ecrire(*seuil));
    format!(
        "1 + nombre de critères remplis. Manque de places : solde inférieur à {solde}. Accès faible : moins de {accessibilite} places accessibles pour 100 enfants. Places en recul : évolution de {tendance} % ou pire en trois ans. {}",
        seuils(parametres)
    )
}

/// The rule of `tension_interne`, with the threshold that it adds.
fn regle_interne(parametres: &ParametresTension) -> String {
    format!(
        "1 + nombre de critères remplis, 4 au plus. Critères de la tension, et : au moins {} % des assistants maternels ont 55 ans ou plus. {}",
        ecrire(parametres.part_55_plus),
        seuils(parametres)
    )
}

fn seuils(parametres: &ParametresTension) -> String {
    format!(
        "Seuils que le relais peut changer ; critères connus pour avoir une classe : {} au moins",
        parametres.criteres_connus()
    )
}

fn ecrire(seuil: f64) -> String {
    seuil.to_string().replace('.', ",").replace('-', "−")
}

/// A criterion: the modality that shows it, the indicator that it reads, and when it is met.
struct Critere {
    modalite: &'static str,
    indicateur: &'static str,
    rempli: fn(f64, &ParametresTension) -> bool,
}

/// Whether a criterion of `tension` is met, from what it reads: `lire` gives the value of an indicator, none if it is not known.
pub fn critere_rempli(
    modalite: &str,
    parametres: &ParametresTension,
    lire: impl FnOnce(&str) -> Option<f64>,
) -> Option<bool> {
    let critere = CRITERES.iter().find(|critere| critere.modalite == modalite)?;
    lire(critere.indicateur).map(|valeur| (critere.rempli)(valeur, parametres))
}

/// The indicator that a criterion of `tension` reads.
pub fn lu_par_le_critere(modalite: &str) -> Option<&'static str> {
    CRITERES[..PUBLICS].iter().find(|critere| critere.modalite == modalite).map(|critere| critere.indicateur)
}

/// Those of `tension`, then that of `tension_interne`.
const CRITERES: [Critere; 4] = [
    Critere { modalite: "solde", indicateur: "solde_places", rempli: |v, p| v < p.solde },
    Critere { modalite: "accessibilite", indicateur: "accessibilite", rempli: |v, p| v < p.accessibilite },
    Critere { modalite: "tendance", indicateur: "places_tendance", rempli: |v, p| v <= p.tendance },
    Critere { modalite: "part_55_plus", indicateur: "part_55_plus", rempli: |v, p| v >= p.part_55_plus },
];
const PUBLICS: usize = 3;

pub(super) fn calculer(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let mut mesures = Vec::new();
    for critere in &CRITERES {
        mesures.push(Mesures::lire(critere.indicateur, series)?);
    }
    let parametres = &contexte.entrees.parametres.tension;
    let perimetre = contexte.entrees.perimetre;
    let retenus = BesoinsRetenus::lire(contexte, series)?;
    let comparables = Comparables::new(&mesures, contexte.entrees.date.year());
    let places = contexte.jours.len() * (1 + perimetre.membres().len());
    let mut tension = Vec::with_capacity((1 + PUBLICS) * places);
    let mut interne = Vec::with_capacity((1 + CRITERES.len() - PUBLICS) * places);
    let mut classes = Vec::with_capacity(places);
    for (annee, _) in &contexte.jours {
        let criteres: Vec<Case> =
            CRITERES.iter().zip(&mesures).map(|(c, m)| c.lire(m.territoire.get(annee), parametres)).collect();
        let tete = (Niveau::Territoire, &*perimetre.code, &*perimetre.nom, *annee);
        montrer((tete, comparables.le(*annee)), &criteres, parametres, &mut tension, &mut interne);
    }
    for membre in perimetre.membres() {
        for (annee, _) in contexte.jours.iter().filter(|(_, jour)| membre.est_membre_le(*jour)) {
            let code = membre.code.as_str();
            let mut criteres: Vec<Case> = CRITERES
                .iter()
                .zip(&mesures)
                .map(|(c, m)| c.lire(m.communes.get(*annee, code), parametres))
                .collect();
            if let Some(manque) = retenus.manque(*annee, code, parametres) {
                criteres[0] = manque;
            }
            let tete = (Niveau::Commune, code, &*membre.nom, *annee);
            let tete = (tete, comparables.le(*annee));
            let classe = montrer(tete, &criteres, parametres, &mut tension, &mut interne);
            classes.push((*annee, code, classe));
        }
    }
    series.insert_directe("tension", cases::directe(&tension)?);
    drop(tension);
    series.insert_directe("tension_interne", cases::directe(&interne)?);
    drop(interne);
    series.insert("tension_communes", repartir(&classes)?);
    Ok(())
}

/// Of each year, the criteria that some commune has; and those of the year of the report.
struct Comparables {
    connus: BTreeMap<i32, [bool; CRITERES.len()]>,
    attendus: [bool; CRITERES.len()],
}

impl Comparables {
    fn new(mesures: &[Mesures], annee: i32) -> Self {
        let mut connus: BTreeMap<i32, [bool; CRITERES.len()]> = BTreeMap::new();
        for (rang, mesure) in mesures.iter().enumerate() {
            for (annee, ..) in mesure.communes.iter().filter(|(.., case)| case.connue().is_some()) {
                connus.entry(annee).or_default()[rang] = true;
            }
        }
        let attendus = connus.get(&annee).copied().unwrap_or_default();
        Self { connus, attendus }
    }

    /// Whether the classes of a year are counted on all the criteria of the year of the report: for anyone, and for the relais.
    fn le(&self, annee: i32) -> [bool; 2] {
        let connus = self.connus.get(&annee).copied().unwrap_or_default();
        let tous =
            |n: usize| self.attendus.iter().zip(connus).take(n).all(|(attendu, connu)| connu || !attendu);
        [PUBLICS, CRITERES.len()].map(tous)
    }
}

/// The places of communes of which a source withholds the need: how many children it is, nobody knows, but it is somebody.
struct BesoinsRetenus {
    places: Cases,
    /// None where the need is a sum, of which a part may be known.
    besoins: Option<Cases>,
}

impl BesoinsRetenus {
    fn lire(contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<Self> {
        let compte = match contexte.entrees.parametres.besoin {
            Besoin::ParentsActifs => Some("enfants_0_2_parents_actifs"),
            Besoin::MoinsDe3Ans => Some("enfants_0_2"),
            Besoin::Recours => None,
        };
        let besoins = compte.map(|id| cases::des_communes(series, id, "")).transpose()?;
        Ok(Self { places: cases::des_communes(series, "places_total", "")?, besoins })
    }

    /// True of the first criterion for sure: one child would be more than the places allow.
    fn manque(&self, annee: i32, code: &str, parametres: &ParametresTension) -> Option<Case> {
        let besoin = self.besoins.as_ref()?.get(annee, code)?;
        let places = self.places.get(annee, code)?;
        let retenu = besoin.statut == Statut::SecretSource && besoin.connue().is_none();
        let au_plus = places.connue().filter(|_| retenu)? - 1.0;
        (CRITERES[0].rempli)(au_plus, parametres)
            .then(|| Case::issue_de([besoin, places].into_iter()).valant(Some(1.0), Statut::Estime))
    }
}

/// What a criterion reads, by commune and for the territory.
struct Mesures {
    communes: Cases,
    territoire: BTreeMap<i32, Case>,
}

impl Mesures {
    fn lire(id: &str, series: &mut Series) -> PolarsResult<Self> {
        let communes = cases::des_communes(series, id, "")?;
        if series.directes.contains_key(id) {
            return Ok(Self { communes, territoire: cases::du_territoire(series, id)? });
        }
        let ensemble = series.ensembles.get(id).cloned();
        let ensemble =
            ensemble.ok_or_else(|| polars_err!(ComputeError: "rien ne dit {id} pour le territoire"))?;
        let ensemble = cases::lire(ensemble.lazy(), "")?;
        Ok(Self { communes, territoire: cases::par_annee(&ensemble) })
    }
}

impl Critere {
    /// 1 if it is met, 0 if not, unknown if what it reads is not known.
    fn lire(&self, mesure: Option<&Case>, parametres: &ParametresTension) -> Case {
        let Some(mesure) = mesure else { return Case::absente() };
        let rempli = mesure.connue().map(|valeur| f64::from(u8::from((self.rempli)(valeur, parametres))));
        Case::issue_de(std::iter::once(mesure)).valant(rempli, mesure.statut)
    }
}

/// Writes the class and the criteria of a place, for anyone and for the relais; gives the class for anyone. `comparables`: whether
/// each of both classes is counted on the criteria of the year of the report; it is left out otherwise.
fn montrer<'a>(
    ((niveau, code, nom, annee), comparables): ((Niveau, &'a str, &'a str, i32), [bool; 2]),
    criteres: &[Case],
    parametres: &ParametresTension,
    tension: &mut Vec<Ligne<'a>>,
    interne: &mut Vec<Ligne<'a>>,
) -> Case {
    // Parts are communes, for whoever reads the table: criteria have their own rows.
    let ligne = |modalite, case: Case| {
        let parties = (u32::from(case.connue().is_some()), 1);
        Ligne { niveau, code, nom, annee, modalite, case, parties }
    };
    let publics = &criteres[..PUBLICS];
    let classer = |criteres: &[Case], comparable: bool| {
        if comparable {
            classer(criteres, parametres)
        } else {
            Case::issue_de(criteres.iter()).valant(None, Statut::NonDisponible)
        }
    };
    let classe = classer(publics, comparables[0]);
    tension.push(ligne("", classe.clone()));
    interne.push(ligne("", classer(criteres, comparables[1])));
    for (rang, (critere, case)) in CRITERES.iter().zip(criteres).enumerate() {
        let lignes = if rang < PUBLICS { &mut *tension } else { &mut *interne };
        lignes.push(ligne(critere.modalite, case.clone()));
    }
    classe
}

/// One more than the number of criteria met, 4 at most; no class if too few are known. Estimated if one is not
/// known, or is itself estimated.
fn classer(criteres: &[Case], parametres: &ParametresTension) -> Case {
    let case = Case::issue_de(criteres.iter());
    let connus: Vec<&Case> = criteres.iter().filter(|c| c.connue().is_some()).collect();
    if connus.len() < parametres.criteres_connus() {
        return case;
    }
    let remplis: f64 = connus.iter().filter_map(|c| c.connue()).sum();
    let incomplet = (connus.len() < criteres.len()).then_some(Statut::Estime);
    let statut = connus.iter().map(|c| c.statut).chain(incomplet).max();
    case.valant(Some((1.0 + remplis).min(CLASSES.len() as f64)), statut.unwrap_or(Statut::Estime))
}

/// One row for each class: 1 in that of the commune, 0 in the others; nothing of a year in which no commune has any. Class
/// after class: the rows of a country take much memory.
fn repartir(classes: &[(i32, &str, Case)]) -> PolarsResult<LazyFrame> {
    let dites = classes.iter().filter(|(.., classe)| classe.connue().is_some());
    let annees: BTreeSet<i32> = dites.map(|(annee, ..)| *annee).collect();
    let ids = CLASSES.iter().chain([&NON_CLASSE]).map(|(id, _)| *id);
    let series = (1u32..).zip(ids).map(|(numero, id)| {
        let lignes = classes.iter().map(|(annee, code, classe)| {
            let rang = classe.connue();
            let statut = if rang.is_some() { classe.statut } else { Statut::Observe };
            // Whoever has no class is in the last.
            let sienne =
                rang.map_or(numero as usize > CLASSES.len(), |rang| (rang - f64::from(numero)).abs() < 0.5);
            let dite = annees.contains(annee);
            let statut = if dite { statut } else { Statut::NonDisponible };
            let case = classe.clone().valant(dite.then_some(f64::from(u8::from(sienne))), statut);
            ligne_de_commune(*annee, code, id, case)
        });
        cases::serie(&lignes.collect::<Vec<_>>())
    });
    concat(series.collect::<PolarsResult<Vec<_>>>()?, UnionArgs::default())
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // exact figures are the promise
mod tests {
    use super::super::Parametres;
    use super::super::serie::entree;
    use super::*;

    fn critere(valeur: Option<f64>) -> Case {
        let statut = if valeur.is_some() { Statut::Observe } else { Statut::SecretSource };
        Case::absente().valant(valeur, statut)
    }

    #[test]
    fn la_classe_se_compte_sur_les_doigts() {
        let parametres = ParametresTension::default();
        for (criteres, attendu) in [
            ([Some(0.0), Some(0.0), Some(0.0)], (Some(1.0), Statut::Observe)),
            ([Some(1.0), Some(0.0), Some(0.0)], (Some(2.0), Statut::Observe)),
            ([Some(1.0), Some(1.0), Some(1.0)], (Some(4.0), Statut::Observe)),
            // One that is not known is not one that is not met: the class is said to be estimated.
            ([None, Some(1.0), Some(0.0)], (Some(2.0), Statut::Estime)),
            ([None, Some(1.0), None], (None, Statut::NonDisponible)),
        ] {
            let classe = classer(&criteres.map(critere), &parametres);
            assert_eq!((classe.valeur, classe.statut), attendu, "{criteres:?}");
        }
        let quatre = classer(&[Some(1.0); 4].map(critere), &parametres);
        assert_eq!(quatre.valeur, Some(4.0));
    }

    #[test]
    fn les_seuils_sont_ceux_que_le_catalogue_imprime() {
        let parametres = ParametresTension::default();
        let rempli = |rang: usize, valeur: f64| (CRITERES[rang].rempli)(valeur, &parametres);
        assert!(rempli(0, -1.0) && !rempli(0, 0.0));
        assert!(rempli(1, 54.9) && !rempli(1, 55.0));
        assert!(rempli(2, -10.0) && !rempli(2, -9.9));
        assert!(rempli(3, 40.0) && !rempli(3, 39.9));
        for id in ["tension", "tension_interne"] {
            let entree = entree(id).unwrap();
            assert_eq!(entree.formule_selon(&Parametres::default()), entree.formule);
        }
    }

    #[test]
    fn la_regle_imprimee_est_celle_des_seuils_en_vigueur() {
        let tension = ParametresTension {
            solde: -5.0,
            accessibilite: 42.5,
            tendance: -20.0,
            part_55_plus: 33.0,
            criteres_minimum: 3,
        };
        let parametres = Parametres { tension, ..Parametres::default() };
        let formule = entree("tension").unwrap().formule_selon(&parametres);
        for seuil in ["inférieur à −5.", "moins de 42,5 places", "de −20 % ou pire", ": 3 au moins"] {
            assert!(formule.contains(seuil), "{seuil} manque : {formule}");
        }
        assert!(entree("tension_interne").unwrap().formule_selon(&parametres).contains("au moins 33 %"));
    }

    #[test]
    fn l_age_ne_change_rien_a_ce_que_tout_le_monde_voit() {
        let parametres = ParametresTension::default();
        let publique = |age: Option<f64>| {
            let criteres = [Some(1.0), Some(0.0), Some(0.0), age].map(critere);
            let (mut tension, mut interne) = (Vec::new(), Vec::new());
            montrer(
                ((Niveau::Commune, "96001", "A", 2024), [true; 2]),
                &criteres,
                &parametres,
                &mut tension,
                &mut interne,
            );
            tension.into_iter().map(|l| (l.modalite.to_owned(), l.case)).collect::<Vec<_>>()
        };
        assert_eq!(publique(Some(1.0)), publique(Some(0.0)));
        assert_eq!(publique(Some(1.0)), publique(None));
    }
}
