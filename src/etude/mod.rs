//! What a project of care would change around it: a layer of its own, between disclosure and deliverables.
//!
//! A study asks « and if »: it needs the indicator table, and the engine of accessibility again with other
//! places. It stands after [`crate::disclosure`], and takes the table as disclosed for its audience, never the
//! one before:
//!
//! **The rule of disclosure.** Every number of a study is computed from the disclosed table (which may be
//! read by its audience), and from what is public in itself: where communes and structures are, travel times,
//! the census of structures, the projects that the relais declares without their remarks. So a study tells
//! nothing that a reader of the table could not work out. Where a count of children is withheld, the
//! accessibility is computed with the births of three years, which are public, and marked as an estimate; a
//! sum over communes of which one part is withheld by us is withheld too (« s. »), although it would be safe
//! to add up the others: the reader must not take it for the whole.
//!
//! Pure: no file, no clock. Words and pages are made in `deliverables/etude`.

mod entourage;
mod horizon;
mod implantations;
mod modele;
mod regles;
mod sensibilite;
mod terrain;

pub use entourage::{CERCLES, Cercle, Entourage, ProjetConnu, Sort, StructureProche, Suite, Voisine, sorts};
pub use horizon::{Horizon, LigneHorizon};
pub use implantations::{Implantation, classer};
pub use modele::{Conservation, Modele};
pub use regles::{
    AM_MAM, AM_MAM_PRESENTS, ENFANTS_MAM, ENFANTS_PAR_AM, PLACES_MICRO_CRECHE, Projet, Refus, Regle,
    TypeProjet, agrements_necessaires, controler, taille,
};
pub use sensibilite::{Borne, Critere, Hypothese, Issue, Reference, Sensibilite, SorteDeCritere};
pub use terrain::{Chiffre, Commune, Donnees, Terrain};

use crate::indicators::{Niveau, Statut};
use crate::tables::Structures;
use geo::Point;

/// Shares of the places of the project in place of which places of childminders go: none; all, if a MAM only brings together persons
/// who are at work nearby.
pub const SUBSTITUTIONS: [f64; 4] = [0.0, 0.25, 0.5, 1.0];

/// The rank of one half among them.
pub const MOITIE: usize = 2;

/// A study that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ErreurEtude {
    /// The rules of its type do not allow the project.
    #[error(transparent)]
    Refus(#[from] Refus),
    /// It is not known where the commune is.
    #[error(
        "on ne sait pas où est {commune} : ni contour, ni temps de trajet. Ajoutez au pipeline une source « contours » ou « trajets », ou donnez « --adresse latitude,longitude »"
    )]
    SansLieu {
        /// Name of the commune.
        commune: String,
    },
    /// No count of children, no births.
    #[error(
        "on ne connaît le nombre d’enfants d’aucune commune autour de {commune} en {annee} : l’étude ne peut rien comparer. Ajoutez au pipeline les comptes de la Caf (« imaje ») ou les naissances de l’Insee (« naissances ») de cette année-là, ou écrivez sous [observation] la dernière année qu’ils disent"
    )]
    SansEnfants {
        /// Name of the commune.
        commune: String,
        /// Year of the report.
        annee: i32,
    },
    /// The commune is no member of the territory.
    #[error("la commune {0} n’est pas du territoire à la date du rapport")]
    HorsTerritoire(String),
    /// A frame has not its columns: a defect of ours.
    #[error("calcul impossible (défaut d’observatoire, à signaler) : {0}")]
    Calcul(#[from] polars::error::PolarsError),
}

/// A commune, or the territory, with one set of places.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Etat {
    /// Places of every mode.
    pub places: Chiffre,
    /// The same for 100 children.
    pub pour_100: Chiffre,
    /// Places less need.
    pub solde: Chiffre,
    /// Places within reach for 100 children.
    pub acces: Chiffre,
}

/// A commune before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ligne {
    /// Rank of the commune in the terrain.
    pub rang: usize,
    /// As it is.
    pub sans: Etat,
    /// With the project, at each of [`SUBSTITUTIONS`].
    pub avec: [Etat; SUBSTITUTIONS.len()],
    /// With the project and every other that is known.
    pub tous: Etat,
}

/// A project, measured.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The project.
    pub projet: Projet,
    /// What the rules of its type give.
    pub regles: Vec<Regle>,
    /// Rank of its commune.
    pub rang: usize,
    /// Each commune of the territory, by rank.
    pub lignes: Vec<Ligne>,
    /// The whole territory.
    pub ensemble: Ligne,
    /// Places of childminders that go, at each of [`SUBSTITUTIONS`], never more than there are within reach;
    /// none if those of no commune within reach are known.
    pub retirees: Option<[f64; SUBSTITUTIONS.len()]>,
    /// Of the places of the project, those that serve communes under the mean of the territory.
    pub utiles: Option<f64>,
    /// Received and reachable places, without the project, with it, with it at half substitution.
    pub conservation: [Conservation; 3],
}

/// A whole study.
#[derive(Debug, Clone)]
pub struct Etude<'a> {
    /// What is known around.
    pub terrain: Terrain<'a>,
    /// What the project gives.
    pub evaluation: Evaluation,
    /// Who and what is near.
    pub entourage: Entourage,
    /// The years to come.
    pub horizon: Horizon,
    /// What moves the conclusion.
    pub sensibilite: Sensibilite,
    /// Other places or sizes, if any is asked for.
    pub variantes: Vec<Evaluation>,
    /// Where the same places would serve best, if it is asked for: each by itself, then one after the other.
    pub implantations: Vec<Implantation>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Demande {
    /// The project.
    pub projet: Projet,
    /// The projects that the relais knows.
    pub connus: Vec<ProjetConnu>,
    /// Other places or sizes to set beside.
    pub comparer: Vec<Projet>,
    /// How many of the best places to tell; 0 for none.
    pub implantations: usize,
}

/// Makes a study from what an audience may see.
///
/// # Errors
/// If the rules do not allow a project, or if it is not known where it would be or who lives there.
pub fn etudier<'a>(
    donnees: Donnees<'a>,
    structures: Option<&Structures>,
    demande: &Demande,
) -> Result<Etude<'a>, ErreurEtude> {
    let terrain = Terrain::lire(donnees)?;
    let projet = &demande.projet;
    let regles = controler(projet)?;
    let lieu = Lieu::new(&terrain, projet)?;
    let modele = lieu.modele(&terrain, &donnees.parametres.accessibilite);
    if modele.demande(lieu.site) <= 0.0 {
        let commune = terrain.communes[lieu.rang].nom.clone();
        return Err(ErreurEtude::SansEnfants { commune, annee: terrain.annee() });
    }
    let entourage = Entourage::lire(&terrain, structures, &demande.connus, projet, &lieu)?;
    let connus = entourage.ajouts(&terrain);
    let evaluation = evaluer(&terrain, &modele, projet, regles, &lieu, &connus);
    let variantes = demande
        .comparer
        .iter()
        .map(|autre| {
            let regles = controler(autre)?;
            let lieu = Lieu::new(&terrain, autre)?;
            let modele = lieu.modele(&terrain, &donnees.parametres.accessibilite);
            Ok(evaluer(&terrain, &modele, autre, regles, &lieu, &connus))
        })
        .collect::<Result<_, ErreurEtude>>()?;
    let sensibilite = Sensibilite::mesurer(&terrain, projet, &lieu, &connus, &evaluation, &entourage);
    let horizon = Horizon::lire(&terrain, projet, &connus);
    let nombre = demande.implantations;
    let implantations =
        if nombre == 0 { Vec::new() } else { classer(&modele, f64::from(projet.places), nombre) };
    Ok(Etude { terrain, evaluation, entourage, horizon, sensibilite, variantes, implantations })
}

/// Where a project stands: its commune, and its rank in the model, which is another if it has an address.
#[derive(Debug, Clone, Copy)]
struct Lieu {
    rang: usize,
    site: usize,
    adresse: Option<Point<f64>>,
}

impl Lieu {
    fn new(terrain: &Terrain<'_>, projet: &Projet) -> Result<Self, ErreurEtude> {
        let rang = terrain
            .rang(projet.commune)
            .ok_or_else(|| ErreurEtude::HorsTerritoire(projet.commune.to_string()))?;
        if projet.adresse.is_none() && !terrain.situees[rang] {
            return Err(ErreurEtude::SansLieu { commune: terrain.communes[rang].nom.clone() });
        }
        let site = if projet.adresse.is_some() { terrain.communes.len() } else { rang };
        Ok(Self { rang, site, adresse: projet.adresse })
    }

    fn modele(
        &self,
        terrain: &Terrain<'_>,
        parametres: &crate::indicators::accessibilite::ParametresAccessibilite,
    ) -> Modele {
        Modele::new(terrain, self.adresse.as_slice(), parametres)
    }
}

fn evaluer(
    terrain: &Terrain<'_>,
    modele: &Modele,
    projet: &Projet,
    regles: Vec<Regle>,
    lieu: &Lieu,
    connus: &[(usize, f64)],
) -> Evaluation {
    let places = f64::from(projet.places);
    let ajout = [(lieu.site, places)];
    let retraits = SUBSTITUTIONS.map(|part| modele.substitution(lieu.site, part * places));
    let sans = modele.places().to_vec();
    let avec = retraits.each_ref().map(|retraits| {
        let mut places = modele.avec(&ajout);
        for (place, retrait) in places.iter_mut().zip(retraits) {
            *place -= retrait;
        }
        places
    });
    let tous = modele.avec(&ajout.iter().chain(connus).copied().collect::<Vec<_>>());
    let etats = |places: &[f64]| etats(terrain, modele, lieu, places);
    let (avant, ensemble_avant) = etats(&sans);
    let apres = avec.each_ref().map(|places| etats(places));
    let (apres_tous, ensemble_tous) = etats(&tous);
    let lignes = (0..terrain.communes.len())
        .map(|rang| Ligne {
            rang,
            sans: avant[rang],
            avec: apres.each_ref().map(|(communes, _)| communes[rang]),
            tous: apres_tous[rang],
        })
        .collect();
    let proches =
        modele.reseau().venues(lieu.site).iter().filter_map(|(rang, _)| terrain.communes.get(*rang));
    let des_am_connus = proches.into_iter().any(|c| c.places_am.connu().is_some());
    let acces = modele.acces(&sans);
    let utiles = modele
        .ensemble(&acces)
        .map(|repere| modele.manque(&acces, repere) - modele.manque(&modele.acces(&avec[0]), repere));
    Evaluation {
        projet: projet.clone(),
        regles,
        rang: lieu.rang,
        lignes,
        ensemble: Ligne {
            rang: lieu.rang,
            sans: ensemble_avant,
            avec: apres.map(|(_, ensemble)| ensemble),
            tous: ensemble_tous,
        },
        retirees: des_am_connus.then(|| retraits.map(|retrait| retrait.iter().sum())),
        utiles,
        conservation: [&sans, &avec[0], &avec[MOITIE]].map(|places| modele.conservation(places)),
    }
}

/// Each commune, and the territory, with these places.
fn etats(terrain: &Terrain<'_>, modele: &Modele, lieu: &Lieu, places: &[f64]) -> (Vec<Etat>, Etat) {
    let acces = modele.acces(places);
    let depart = modele.places();
    let ecart = |rang: usize| {
        let au_site = if rang == lieu.rang && lieu.site != rang { places[lieu.site] } else { 0.0 };
        places[rang] - depart[rang] + au_site
    };
    let de = |(rang, commune): (usize, &Commune)| {
        let offre = commune.places.valant(|v| v + ecart(rang));
        let statut = match commune.accessibilite.connu() {
            Some(_) => commune.accessibilite.statut,
            None => Statut::Estime,
        };
        Etat {
            places: offre,
            pour_100: offre.sur(commune.enfants, 100.0),
            solde: commune.solde.valant(|v| v + ecart(rang)),
            acces: Chiffre::peut_etre(acces[rang], statut),
        }
    };
    let communes: Vec<Etat> = terrain.communes.iter().enumerate().map(de).collect();
    let total: f64 = (0..communes.len()).map(ecart).sum();
    // What the territory adds up without a commune cannot tell what the places of that commune change.
    let de_ceux = |compte: &dyn Fn(usize) -> bool| {
        let changees = (0..communes.len()).filter(|rang| ecart(*rang) != 0.0);
        changees.map(|rang| compte(rang).then(|| ecart(rang))).sum::<Option<f64>>()
    };
    let du_solde = de_ceux(&|rang| terrain.compte(rang, "solde_places", |c| c.solde));
    let du_ratio = de_ceux(&|rang| terrain.compte(rang, "places_pour_100", |c| c.places.et(c.enfants)));
    let annee = terrain.annee();
    let statut = communes.iter().filter(|e| e.acces.connu().is_some()).map(|e| e.acces.statut).max();
    let (connues, attendues) =
        (communes.iter().filter(|e| e.acces.connu().is_some()).count(), communes.len());
    let acces = Chiffre::peut_etre(modele.ensemble(&acces), statut.unwrap_or(Statut::Estime));
    let nombre = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let ensemble = Etat {
        places: terrain.ensemble("places_total", "", annee).valant(|v| v + total),
        pour_100: du_ratio.map_or(Chiffre::ABSENT, |ecart| pour_100_du_territoire(terrain, ecart)),
        solde: terrain.ensemble("solde_places", "", annee).changeant_de(du_solde),
        acces: Chiffre { connues: nombre(connues), attendues: nombre(attendues), ..acces },
    };
    (communes, ensemble)
}

/// The ratio of the territory with so many places more: the terms are those of the table, of the same communes.
fn pour_100_du_territoire(terrain: &Terrain<'_>, ecart: f64) -> Chiffre {
    let Donnees { table, perimetre, .. } = terrain.donnees;
    let ratio = terrain.ensemble("places_pour_100", "", terrain.annee());
    let termes = table
        .figure(Niveau::Territoire, &perimetre.code, "places_pour_100", "", terrain.annee())
        .and_then(|f| f.numerateur.zip(f.denominateur))
        .filter(|(_, bas)| *bas > 0.0);
    match (ratio.connu(), termes) {
        (Some(_), Some((haut, bas))) => ratio.valant(|_| 100.0 * (haut + ecart) / bas),
        (Some(_), None) => Chiffre::ABSENT,
        (None, _) => ratio,
    }
}

/// One decimal, half away from zero: what pages show, and what differences are taken of, so that a table adds up.
pub fn arrondir(valeur: f64) -> f64 {
    (valeur * 10.0).round() / 10.0
}

/// What a figure gains or loses, between the two values as they are shown.
pub fn difference(avant: Chiffre, apres: Chiffre) -> Chiffre {
    match avant.connu().zip(apres.connu()) {
        Some((a, b)) => Chiffre::new(arrondir(arrondir(b) - arrondir(a)), avant.statut.max(apres.statut)),
        None => Chiffre { valeur: None, statut: avant.statut.max(apres.statut), ..Chiffre::ABSENT },
    }
}

/// Childminders whose places are as many as those of a project, rounded up; none if their mean is not known.
pub fn am_equivalents(terrain: &Terrain<'_>, places: u32) -> Option<f64> {
    sensibilite::am_equivalents(terrain, f64::from(places))
}

impl Evaluation {
    /// The communes whose places within reach change, as shown, from the one that gains most to the one that
    /// loses most; `hypothese`: one of [`SUBSTITUTIONS`], by rank.
    pub fn changements(&self, hypothese: usize) -> Vec<(usize, f64)> {
        let mut changes: Vec<(usize, f64)> = self
            .lignes
            .iter()
            .filter_map(|l| Some((l.rang, difference(l.sans.acces, l.avec[hypothese].acces).connu()?)))
            .filter(|(_, ecart)| *ecart != 0.0)
            .collect();
        changes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        changes
    }

    /// True if the places within reach of some commune are known.
    pub fn est_mesuree(&self) -> bool {
        self.lignes.iter().any(|l| l.sans.acces.connu().is_some())
    }

    /// The commune of the project.
    pub fn ici(&self) -> &Ligne {
        &self.lignes[self.rang]
    }
}

/// Reads what a study of no particular place needs: where the same places would serve best.
///
/// # Errors
/// If the rules do not allow the project anywhere, or if no commune has children.
pub fn implanter<'a>(
    donnees: Donnees<'a>,
    projet: &Projet,
    nombre: usize,
) -> Result<(Terrain<'a>, Vec<Implantation>), ErreurEtude> {
    controler(projet)?;
    let terrain = Terrain::lire(donnees)?;
    let modele = Modele::new(&terrain, &[], &donnees.parametres.accessibilite);
    let implantations = classer(&modele, f64::from(projet.places), nombre);
    if implantations.is_empty() {
        let commune = donnees.perimetre.nom.clone();
        return Err(ErreurEtude::SansEnfants { commune, annee: terrain.annee() });
    }
    Ok((terrain, implantations))
}
