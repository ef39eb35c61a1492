//! Who and what is near a project: communes by time, structures, other projects.

use super::{Chiffre, Commune, Lieu, Projet, Terrain, TypeProjet};
use crate::indicators::accessibilite::{Attenuation, Palier, ParametresAccessibilite, Reseau};
use crate::tables::{Structures, du_jour, en_jours};
use crate::territory::CodeCommune;
use chrono::{Datelike, NaiveDate};
use geo::{Distance, Haversine, Point};
use polars::prelude::*;

/// The circles of a study, in minutes by car.
pub const CERCLES: [f64; 3] = [10.0, 15.0, 20.0];

/// A commune within reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voisine {
    /// Its rank.
    pub rang: usize,
    /// Minutes from there to the project.
    pub minutes: f64,
    /// True if the travel-time table says so, false if it comes from the distance.
    pub mesure: bool,
}

/// The communes within so many minutes, together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cercle {
    /// Longest trip.
    pub minutes: f64,
    /// How many communes there are.
    pub communes: usize,
    /// Children under three.
    pub enfants: Chiffre,
    /// Those whose parents all work.
    pub parents_actifs: Chiffre,
    /// Births of three years.
    pub naissances: Chiffre,
    /// Births of the three years before.
    pub naissances_avant: Chiffre,
    /// Childminders.
    pub am: Chiffre,
    /// Their places.
    pub places_am: Chiffre,
    /// Places of establishments.
    pub places_eaje: Chiffre,
    /// Places of every mode.
    pub places: Chiffre,
    /// The same for 100 children, of the communes of which both are known.
    pub pour_100: Chiffre,
    /// Childminders of 55 and over.
    pub am_55_plus: Chiffre,
    /// Childminders at the age of retirement within five years.
    pub departs_5_ans: Chiffre,
    /// Free places that they declare.
    pub places_libres: Chiffre,
}

/// A structure within reach.
#[derive(Debug, Clone, PartialEq)]
pub struct StructureProche {
    /// Its name.
    pub nom: String,
    /// Code of its type.
    pub genre: String,
    /// Rank of its commune.
    pub rang: usize,
    /// Its places, if they are known.
    pub places: Option<u32>,
    /// `psu`, `paje`, or none.
    pub financement: Option<String>,
    /// First day, if it is known.
    pub ouverture: Option<NaiveDate>,
    /// Where it stands (longitude, latitude), if the census says so.
    pub position: Option<Point<f64>>,
    /// As the crow flies.
    pub kilometres: Option<f64>,
    /// By car.
    pub minutes: f64,
    /// True if the travel-time table says so.
    pub mesure: bool,
}

/// How a project ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Suite {
    /// It has opened.
    #[serde(alias = "ouverte", alias = "implanté", alias = "implante")]
    Ouvert,
    /// It was given up, or refused.
    #[serde(rename = "abandonné", alias = "abandonne", alias = "refusé", alias = "refuse")]
    Abandonne,
}

/// A project that the relais declares.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjetConnu {
    /// Year in which it was received.
    pub annee: i32,
    /// Its type, as the relais writes it.
    pub genre: String,
    /// Where, as the relais writes it.
    pub lieu: String,
    /// The commune that this is; none if it is not recognised.
    pub commune: Option<CodeCommune>,
    /// Places, if they are known.
    pub places: Option<u32>,
    /// What the relais thinks of it.
    pub pertinence: String,
    /// How it ended, if the relais says so.
    pub suite: Option<Suite>,
}

/// What a study does of a known project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Its places are added in « with every known project ».
    Compte,
    /// It is the project of the study.
    EnEtude,
    /// It has opened: the census counts it.
    Ouvert,
    /// It was given up.
    Abandonne,
    /// Its commune is not of the territory, or not recognised.
    SansCommune,
    /// Its places are not known.
    SansPlaces,
}

impl Sort {
    /// The same in words.
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Compte => "compté dans « tous les projets »",
            Self::EnEtude => "non ajouté : c’est le projet étudié",
            Self::Ouvert => "non ajouté : ouvert, d’après le relais ; compté s’il est au recensement",
            Self::Abandonne => "non ajouté : abandonné ou refusé",
            Self::SansCommune => "non ajouté : commune non reconnue",
            Self::SansPlaces => "non ajouté : nombre de places inconnu",
        }
    }
}

impl ProjetConnu {
    /// How it ended: as the relais says, or as its form has it, in one word in place of an opinion (« implanté »). An opinion
    /// tells nothing of it: « ouverture prévue en 2026 », « favorable si la PMI ne refuse pas ».
    fn suite(&self) -> Option<Suite> {
        self.suite.or_else(|| match crate::sources::valeurs::replier(&self.pertinence).as_str() {
            "implante" | "implantee" | "ouvert" | "ouverte" => Some(Suite::Ouvert),
            "abandonne" | "abandonnee" | "refuse" | "refusee" => Some(Suite::Abandonne),
            _ => None,
        })
    }

    /// True if it may be the project of the study.
    fn ressemble_a(&self, projet: &Projet) -> bool {
        self.suite().is_none()
            && self.commune == Some(projet.commune)
            && TypeProjet::lire(&self.genre) == Some(projet.genre)
            && self.places.is_none_or(|p| p == projet.places)
    }

    /// What a study of another project does of it.
    fn sort_d_un_autre(&self) -> Sort {
        match self.suite() {
            Some(Suite::Ouvert) => Sort::Ouvert,
            Some(Suite::Abandonne) => Sort::Abandonne,
            None if self.commune.is_none() => Sort::SansCommune,
            None if self.places.is_none() => Sort::SansPlaces,
            None => Sort::Compte,
        }
    }
}

/// What a study of `projet` does of each known project. One of them at most is the project itself: the one that is like it in
/// everything, or else the first that may be.
pub fn sorts(connus: &[ProjetConnu], projet: &Projet) -> Vec<Sort> {
    let semblables = || connus.iter().enumerate().filter(|(_, connu)| connu.ressemble_a(projet));
    let sien = semblables().find(|(_, connu)| connu.places.is_some()).or_else(|| semblables().next());
    let sien = sien.map(|(rang, _)| rang);
    let sort = |(rang, connu): (usize, &ProjetConnu)| {
        if sien == Some(rang) { Sort::EnEtude } else { connu.sort_d_un_autre() }
    };
    connus.iter().enumerate().map(sort).collect()
}

/// Everything around a project.
#[derive(Debug, Clone)]
pub struct Entourage {
    /// From the nearest, the commune of the project first.
    pub voisines: Vec<Voisine>,
    /// One for each of [`CERCLES`].
    pub cercles: [Cercle; 3],
    /// From the nearest, within the last circle or in the commune itself.
    pub structures: Vec<StructureProche>,
    /// Where those of the whole territory are.
    pub positions: Vec<Point<f64>>,
    /// In the order of the pipeline.
    pub projets: Vec<(ProjetConnu, Sort)>,
}

impl Entourage {
    pub(super) fn lire(
        terrain: &Terrain<'_>,
        structures: Option<&Structures>,
        connus: &[ProjetConnu],
        projet: &Projet,
        lieu: &Lieu,
    ) -> PolarsResult<Self> {
        let voisines = voisines(terrain, lieu);
        let mut structures = match structures {
            Some(structures) => du_territoire(terrain, structures, lieu)?,
            None => Vec::new(),
        };
        let positions = structures.iter().filter_map(|s| s.position).collect();
        structures.retain(|s| s.minutes <= CERCLES[CERCLES.len() - 1] || s.rang == lieu.rang);
        let projets = connus.iter().cloned().zip(sorts(connus, projet)).collect();
        Ok(Self {
            cercles: CERCLES.map(|m| cercle(terrain, &voisines, m)),
            voisines,
            structures,
            positions,
            projets,
        })
    }

    /// The places of the known projects that count, by rank.
    pub fn ajouts(&self, terrain: &Terrain<'_>) -> Vec<(usize, f64)> {
        let comptes = self.projets.iter().filter(|(_, sort)| *sort == Sort::Compte);
        comptes.filter_map(|(p, _)| Some((terrain.rang(p.commune?)?, f64::from(p.places?)))).collect()
    }
}

/// Times up to the last circle, whatever the weights that the territory chose.
fn a_vingt_minutes(base: &ParametresAccessibilite) -> ParametresAccessibilite {
    let portee = CERCLES[CERCLES.len() - 1];
    ParametresAccessibilite {
        attenuation: Attenuation::Paliers(vec![Palier { minutes: portee, poids: 1.0 }]),
        ..base.clone()
    }
}

fn voisines(terrain: &Terrain<'_>, lieu: &Lieu) -> Vec<Voisine> {
    let mut centres = terrain.centres();
    centres.extend(lieu.adresse.map(Some));
    let parametres = a_vingt_minutes(&terrain.donnees.parametres.accessibilite);
    let reseau = Reseau::new(&centres, &terrain.trajets, &parametres);
    let vers = |rang: usize| {
        let voisin = reseau.voisins(rang).iter().find(|v| v.rang == lieu.site)?;
        Some(Voisine { rang, minutes: voisin.minutes, mesure: voisin.mesure })
    };
    let mut voisines: Vec<Voisine> = (0..terrain.communes.len()).filter_map(vers).collect();
    // Its own commune is near, wherever the address is in it.
    if voisines.iter().all(|v| v.rang != lieu.rang) {
        voisines.push(Voisine { rang: lieu.rang, minutes: 0.0, mesure: false });
    }
    voisines.sort_by(|a, b| {
        let cle = |v: &Voisine| (v.rang != lieu.rang, v.minutes);
        let ((ici_a, min_a), (ici_b, min_b)) = (cle(a), cle(b));
        ici_a.cmp(&ici_b).then(min_a.total_cmp(&min_b)).then(a.rang.cmp(&b.rang))
    });
    voisines
}

fn cercle(terrain: &Terrain<'_>, voisines: &[Voisine], minutes: f64) -> Cercle {
    let dedans: Vec<&Commune> =
        voisines.iter().filter(|v| v.minutes <= minutes).map(|v| &terrain.communes[v.rang]).collect();
    let somme = |lire: fn(&Commune) -> Chiffre| Chiffre::somme(dedans.iter().map(|c| lire(c)));
    Cercle {
        minutes,
        communes: dedans.len(),
        enfants: somme(|c| c.enfants),
        parents_actifs: somme(|c| c.parents_actifs),
        naissances: somme(|c| c.naissances),
        naissances_avant: somme(|c| c.naissances_avant),
        am: somme(|c| c.am),
        places_am: somme(|c| c.places_am),
        places_eaje: somme(|c| c.places_eaje),
        places: somme(|c| c.places),
        pour_100: Chiffre::rapport(dedans.iter().map(|c| (c.places, c.enfants)), 100.0),
        am_55_plus: somme(|c| c.am_55_plus),
        departs_5_ans: somme(|c| c.departs_5_ans),
        places_libres: somme(|c| c.places_libres),
    }
}

/// The structures of the last census, open or about to open, from the nearest.
fn du_territoire(
    terrain: &Terrain<'_>,
    structures: &Structures,
    lieu: &Lieu,
) -> PolarsResult<Vec<StructureProche>> {
    let date = terrain.donnees.date;
    let limite = || lit(en_jours(date)).cast(DataType::Date);
    let Some(recensement) = recensement(structures, date)? else { return Ok(Vec::new()) };
    let du_recensement = col("date_observation").eq(lit(en_jours(recensement)).cast(DataType::Date));
    let trame = structures
        .trame()
        .clone()
        .lazy()
        .filter(du_recensement)
        .filter(col("fermeture").is_null().or(col("fermeture").gt(limite())))
        .collect()?;
    let texte = |nom: &str| trame.column(nom)?.str().cloned();
    let (noms, genres, codes) = (texte("nom")?, texte("type")?, texte("code")?);
    let financements = texte("financement")?;
    let places = trame.column("places")?.u32()?;
    let ouvertures = trame.column("ouverture")?.date()?.physical();
    let (x, y) = (trame.column("longitude")?.f64()?, trame.column("latitude")?.f64()?);
    let mut proches: Vec<StructureProche> = (0..trame.height())
        .filter_map(|ligne| {
            let rang = terrain.rang(codes.get(ligne)?.parse().ok()?)?;
            let position = x.get(ligne).zip(y.get(ligne)).map(|(x, y)| Point::new(x, y));
            let (kilometres, minutes, mesure) = trajet(terrain, lieu, rang, position)?;
            Some(StructureProche {
                nom: noms.get(ligne).unwrap_or_default().replace('\'', "’"),
                genre: genres.get(ligne).unwrap_or_default().to_owned(),
                rang,
                places: places.get(ligne),
                financement: financements.get(ligne).map(str::to_owned),
                ouverture: ouvertures.get(ligne).and_then(du_jour),
                position,
                kilometres,
                minutes,
                mesure,
            })
        })
        .collect();
    let loin = |structure: &StructureProche| structure.kilometres.unwrap_or(f64::INFINITY);
    proches.sort_by(|a, b| {
        let temps = a.minutes.total_cmp(&b.minutes).then_with(|| loin(a).total_cmp(&loin(b)));
        temps.then_with(|| (a.rang, &a.nom).cmp(&(b.rang, &b.nom)))
    });
    Ok(proches)
}

/// The census that the figures of the year come from: the first one of that year or later, else the last.
fn recensement(structures: &Structures, date: NaiveDate) -> PolarsResult<Option<NaiveDate>> {
    let jours = structures.trame().column("date_observation")?.date()?.physical();
    let mut jours: Vec<NaiveDate> = jours.iter().flatten().filter_map(du_jour).collect();
    jours.sort_unstable();
    let premier = jours.iter().find(|jour| jour.year() >= date.year());
    Ok(premier.or(jours.last()).copied())
}

/// Distance and time from a structure to the project: of the table if both stand for their communes, else of
/// the distance.
fn trajet(
    terrain: &Terrain<'_>,
    lieu: &Lieu,
    rang: usize,
    position: Option<Point<f64>>,
) -> Option<(Option<f64>, f64, bool)> {
    let ici = lieu.adresse.or(terrain.communes[lieu.rang].centre);
    let la_bas = position.or(terrain.communes[rang].centre);
    let kilometres = ici.zip(la_bas).map(|(a, b)| Haversine.distance(a, b) / 1000.0);
    let donne = terrain.trajets.iter().find(|t| t.de == rang && t.vers == lieu.rang && rang != lieu.rang);
    if let Some(trajet) = donne.filter(|_| lieu.adresse.is_none()) {
        return Some((kilometres, trajet.minutes, true));
    }
    match kilometres {
        Some(km) => Some((Some(km), terrain.donnees.parametres.accessibilite.minutes(km), false)),
        None if rang == lieu.rang => Some((None, 0.0, false)),
        None => None,
    }
}
