//! What the conclusion rests on: each assumption moved by itself, and criteria with the value that they are
//! compared with. No mark is made of them: those around the table weigh them.

use super::{Chiffre, Entourage, Evaluation, Lieu, MOITIE, Modele, Projet, SUBSTITUTIONS, Terrain};
use crate::indicators::Statut;
use crate::indicators::accessibilite::{Attenuation, ParametresAccessibilite};

/// Faster and slower by a quarter, as in the sensitivity of the indicator.
const QUART: f64 = 0.25;
/// More children and fewer.
const DIXIEME: f64 = 0.1;
/// Years ahead of the departures of childminders.
const ANS: i32 = 5;

/// What one set of assumptions gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Issue {
    /// Places within reach for 100 children, in the commune of the project.
    pub commune: Option<f64>,
    /// The same in the whole territory.
    pub ensemble: Option<f64>,
}

impl Issue {
    /// By how much the commune is above the territory, to one decimal; none if one of both is not known.
    pub fn ecart(self) -> Option<f64> {
        Some(super::arrondir(super::arrondir(self.commune?) - super::arrondir(self.ensemble?)))
    }

    /// True if the commune is under the territory, to one decimal; none if one of both is not known.
    pub fn est_dessous(self) -> Option<bool> {
        Some(self.ecart()? < 0.0)
    }
}

/// One end of an assumption.
#[derive(Debug, Clone, PartialEq)]
pub struct Borne {
    /// What is supposed.
    pub libelle: String,
    /// What it gives, with the project.
    pub issue: Issue,
}

/// An assumption, moved by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Hypothese {
    /// What pages call it.
    pub libelle: &'static str,
    /// One end, or both.
    pub bornes: Vec<Borne>,
    /// True if the commune is on the other side of the mean of the territory at one of its ends.
    pub change: bool,
}

impl Hypothese {
    /// How far from the reference it leads.
    fn portee(&self, reference: Issue) -> f64 {
        let ecart = |b: &Borne| Some((b.issue.commune? - reference.commune?).abs());
        self.bornes.iter().filter_map(ecart).fold(0.0, f64::max)
    }
}

/// What the assumptions are compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reference {
    /// Without the project.
    pub sans: Issue,
    /// With it, nothing else changed.
    pub avec: Issue,
}

/// What a criterion speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SorteDeCritere {
    /// Places within reach, against the mean of the territory.
    Accessibilite,
    /// Places less need in the commune, against zero.
    Solde,
    /// Births of three years at 15 minutes, against the three before.
    Naissances,
    /// Childminders near retirement at 20 minutes, against those whose places the project has.
    Departs,
    /// Collective places for 100 children at 15 minutes, against the mean of the territory.
    Collectif,
    /// Free places declared at 15 minutes, against the places of the project.
    PlacesLibres,
}

/// A criterion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Critere {
    /// What it speaks of.
    pub sorte: SorteDeCritere,
    /// Its value without the project.
    pub avant: Chiffre,
    /// With it, if that changes.
    pub apres: Option<Chiffre>,
    /// What it is compared with.
    pub seuil: Chiffre,
    /// The same with the project, of which the territory has the places too.
    pub seuil_avec: Chiffre,
}

/// What moves the conclusion.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensibilite {
    /// What the assumptions are compared with.
    pub reference: Reference,
    /// From the one that leads farthest.
    pub hypotheses: Vec<Hypothese>,
    /// In the order of pages.
    pub criteres: Vec<Critere>,
}

impl Sensibilite {
    pub(super) fn mesurer(
        terrain: &Terrain<'_>,
        projet: &Projet,
        lieu: &Lieu,
        connus: &[(usize, f64)],
        evaluation: &Evaluation,
        entourage: &Entourage,
    ) -> Self {
        let essai = Essai { terrain, projet, lieu };
        let base = lieu.modele(terrain, &terrain.donnees.parametres.accessibilite);
        let avec = essai.issue(&base, &base.avec(&essai.ajout()));
        let sans = essai.issue(&base, base.places());
        let reference = Reference { sans, avec };
        let mut hypotheses = essai.hypotheses(&base, connus);
        for hypothese in &mut hypotheses {
            let autre =
                |b: &Borne| b.issue.est_dessous().zip(avec.est_dessous()).is_some_and(|(a, b)| a != b);
            hypothese.change = hypothese.bornes.iter().any(autre);
        }
        hypotheses.sort_by(|a, b| b.portee(avec).total_cmp(&a.portee(avec)));
        Self { reference, hypotheses, criteres: criteres(terrain, evaluation, entourage) }
    }
}

struct Essai<'a> {
    terrain: &'a Terrain<'a>,
    projet: &'a Projet,
    lieu: &'a Lieu,
}

impl Essai<'_> {
    fn places(&self) -> f64 {
        f64::from(self.projet.places)
    }

    fn ajout(&self) -> [(usize, f64); 1] {
        [(self.lieu.site, self.places())]
    }

    fn issue(&self, modele: &Modele, places: &[f64]) -> Issue {
        let acces = modele.acces(places);
        Issue { commune: acces[self.lieu.rang], ensemble: modele.ensemble(&acces) }
    }

    fn borne(&self, libelle: impl Into<String>, modele: &Modele) -> Borne {
        Borne { libelle: libelle.into(), issue: self.issue(modele, &modele.avec(&self.ajout())) }
    }

    fn hypotheses(&self, base: &Modele, connus: &[(usize, f64)]) -> Vec<Hypothese> {
        let mut hypotheses = vec![
            Hypothese::new(
                if self.projet.genre.emploie_des_agrements() {
                    "Agréments du projet déjà comptés"
                } else {
                    "Assistants maternels qui s’arrêtent"
                },
                self.substitutions(base),
            ),
            Hypothese::new("Nombre d’enfants", self.enfants(base)),
            Hypothese::new("Vitesse sur la route", self.vitesses()),
            Hypothese::new("Ce que vaut une place selon le trajet", self.trajets()),
            Hypothese::new("Assistants maternels dans cinq ans", self.departs(base)),
            Hypothese::new("Assistants maternels comptés", self.actifs(base).into_iter().collect()),
        ];
        if !connus.is_empty() {
            let places: Vec<(usize, f64)> = self.ajout().iter().chain(connus).copied().collect();
            let issue = self.issue(base, &base.avec(&places));
            let borne = Borne { libelle: "tous ouverts".to_owned(), issue };
            hypotheses.push(Hypothese::new("Autres projets connus", vec![borne]));
        }
        hypotheses.retain(|h| !h.bornes.is_empty());
        hypotheses
    }

    fn substitutions(&self, base: &Modele) -> Vec<Borne> {
        SUBSTITUTIONS[1..=MOITIE]
            .iter()
            .map(|part| {
                let mut places = base.avec(&self.ajout());
                let retraits = base.substitution(self.lieu.site, part * self.places());
                places.iter_mut().zip(&retraits).for_each(|(place, retrait)| *place -= retrait);
                let libelle = format!("{:.0}\u{202f}% des places du projet", part * 100.0);
                Borne { libelle, issue: self.issue(base, &places) }
            })
            .collect()
    }

    fn enfants(&self, base: &Modele) -> Vec<Borne> {
        vec![
            self.borne("10\u{202f}% de plus", &base.avec_enfants(1.0 + DIXIEME)),
            self.borne("10\u{202f}% de moins", &base.avec_enfants(1.0 - DIXIEME)),
        ]
    }

    fn modele(&self, change: impl FnOnce(ParametresAccessibilite) -> ParametresAccessibilite) -> Modele {
        self.lieu.modele(self.terrain, &change(self.terrain.donnees.parametres.accessibilite.clone()))
    }

    fn vitesses(&self) -> Vec<Borne> {
        let vitesse = |facteur: f64| {
            self.modele(|p| ParametresAccessibilite { vitesse_km_h: p.vitesse_km_h * facteur, ..p })
        };
        vec![
            self.borne("un quart moins vite", &vitesse(1.0 - QUART)),
            self.borne("un quart plus vite", &vitesse(1.0 + QUART)),
        ]
    }

    fn trajets(&self) -> Vec<Borne> {
        let moitie = |minutes: f64| {
            self.modele(|p| ParametresAccessibilite { attenuation: Attenuation::Decroissance(minutes), ..p })
        };
        vec![
            self.borne("moitié à 7\u{a0}minutes", &moitie(7.0)),
            self.borne("moitié à 15\u{a0}minutes", &moitie(15.0)),
            self.borne(
                "paliers de 10, 15, 20\u{a0}minutes",
                &self.modele(|p| p.par_paliers([10.0, 15.0, 20.0])),
            ),
        ]
    }

    /// The places of childminders in five years over those of today, in two scenarios of the projection.
    fn departs(&self, base: &Modele) -> Vec<Borne> {
        let annee = self.terrain.annee();
        let scenarios = [("sans_renouvellement", "aucune arrivée"), ("tendance", "rythme observé")];
        let borne = |(scenario, libelle): (&str, &str)| {
            let en = |annee| self.terrain.ensemble("projection_places", scenario, annee).connu();
            let (avant, apres) = en(annee).zip(en(annee + ANS))?;
            (avant > 0.0).then(|| self.borne(libelle, &base.avec_places_am(apres / avant)))
        };
        scenarios.into_iter().filter_map(borne).collect()
    }

    /// Only the childminders who mind children, in the proportion of the territory.
    fn actifs(&self, base: &Modele) -> Option<Borne> {
        let taux = self.terrain.ensemble("taux_activite", "", self.terrain.annee()).connu()?;
        Some(self.borne("en activité seulement", &base.avec_places_am(taux / 100.0)))
    }
}

impl Hypothese {
    fn new(libelle: &'static str, bornes: Vec<Borne>) -> Self {
        Self { libelle, bornes, change: false }
    }
}

fn criteres(terrain: &Terrain<'_>, evaluation: &Evaluation, entourage: &Entourage) -> Vec<Critere> {
    let projet = &evaluation.projet;
    let places = f64::from(projet.places);
    let (ici, [_, quinze, vingt]) = (evaluation.ici(), &entourage.cercles);
    let critere = |sorte, avant, apres, seuil| Critere { sorte, avant, apres, seuil, seuil_avec: seuil };
    let exact = |valeur| Chiffre::new(valeur, Statut::Observe);
    let collectif = |ajout: f64| {
        let proches = entourage.voisines.iter().filter(|v| v.minutes <= quinze.minutes);
        let termes = proches.map(|v| {
            let commune = &terrain.communes[v.rang];
            let ajout = if v.rang == evaluation.rang { ajout } else { 0.0 };
            (commune.places_eaje.valant(|places| places + ajout), commune.enfants)
        });
        Chiffre::rapport(termes, 100.0)
    };
    let nouvelles = if projet.genre.emploie_des_agrements() { 0.0 } else { places };
    vec![
        Critere {
            seuil_avec: evaluation.ensemble.avec[0].acces,
            ..critere(
                SorteDeCritere::Accessibilite,
                ici.sans.acces,
                Some(ici.avec[0].acces),
                evaluation.ensemble.sans.acces,
            )
        },
        critere(SorteDeCritere::Solde, ici.sans.solde, Some(ici.avec[0].solde), exact(0.0)),
        critere(SorteDeCritere::Naissances, quinze.naissances, None, quinze.naissances_avant),
        critere(
            SorteDeCritere::Departs,
            vingt.departs_5_ans,
            None,
            am_equivalents(terrain, places).map_or(Chiffre::ABSENT, |n| Chiffre::new(n, Statut::Estime)),
        ),
        Critere {
            seuil_avec: collectif_du_territoire(terrain, evaluation.rang, nouvelles),
            ..critere(
                SorteDeCritere::Collectif,
                collectif(0.0),
                Some(collectif(nouvelles)),
                collectif_du_territoire(terrain, evaluation.rang, 0.0),
            )
        },
        critere(SorteDeCritere::PlacesLibres, quinze.places_libres, None, exact(places)),
    ]
}

/// Places of establishments for 100 children in the whole territory, with so many more at a rank; in the communes of which
/// both are known, if the sums are not of all of them.
fn collectif_du_territoire(terrain: &Terrain<'_>, rang: usize, ajout: f64) -> Chiffre {
    let [eaje, enfants] = ["eaje_places", "enfants_0_2"].map(|id| terrain.ensemble(id, "", terrain.annee()));
    if [eaje, enfants].iter().all(|c| c.connues >= c.attendues) {
        return eaje.valant(|places| places + ajout).sur(enfants, 100.0);
    }
    let termes = terrain.communes.iter().enumerate().map(|(autre, commune)| {
        let ajout = if autre == rang { ajout } else { 0.0 };
        (commune.places_eaje.valant(|places| places + ajout), commune.enfants)
    });
    Chiffre::rapport(termes, 100.0)
}

/// Childminders whose places are as many as those of the project, rounded up.
pub(super) fn am_equivalents(terrain: &Terrain<'_>, places: f64) -> Option<f64> {
    let moyenne = terrain.ensemble("am_places_moyenne", "", terrain.annee()).connu();
    moyenne.filter(|m| *m > 0.0).map(|m| (places / m).ceil())
}
