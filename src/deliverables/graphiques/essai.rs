//! A made-up territory, to draw and to look at: fifteen communes, 2019 to 2024.

use crate::deliverables::apparence::Apparence;
use crate::deliverables::{Avancement, Contexte, Periode, SourceCitee};
use crate::disclosure::Audience;
use crate::indicators::{
    COLONNES, Parametres, Questionnaire, Statut, TableIndicateurs, en_jours, indicateur,
};
use crate::reprises::Reprises;
use crate::territory::{CodeCommune, CommuneGeo, Geographie};
use chrono::NaiveDate;
use geo::{Area, Centroid, Coord, LineString, MultiPolygon, Polygon};
use polars::prelude::*;
use std::collections::BTreeMap;

const NOMS: [&str; 15] = [
    "Aubeterre-sur-Vie",
    "Beaufou",
    "Bellevue",
    "Champ-Fleury",
    "Grand’Lande",
    "La Chapelle-Palluau",
    "La Genétouze",
    "Le Poiré",
    "Les Lucs-sur-Boulogne",
    "Maché",
    "Palluau",
    "Saint-Denis-la-Chevasse",
    "Saint-Étienne-du-Bois",
    "Saint-Paul-Mont-Penit",
    "Notre-Dame-de-Riez",
];
/// Share of each commune in the territory, in hundredths.
const POIDS: [f64; 15] = [19.0, 3.0, 14.0, 3.0, 1.0, 2.0, 5.0, 18.0, 7.0, 4.0, 3.0, 5.0, 5.0, 2.0, 9.0];

/// One row of the table to be.
#[derive(Debug, Clone)]
pub(crate) struct Ligne {
    pub(crate) niveau: &'static str,
    pub(crate) code: String,
    pub(crate) annee: i32,
    pub(crate) indicateur: &'static str,
    pub(crate) modalite: String,
    pub(crate) valeur: Option<f64>,
    pub(crate) statut: Statut,
    pub(crate) parties: (u32, u32),
    pub(crate) sources: String,
}

/// The made-up territory. Change its rows to see what a chart does of it.
pub(crate) struct Essai {
    lignes: Vec<Ligne>,
    pub(crate) geographie: Geographie,
    sources: BTreeMap<String, SourceCitee>,
    reprises: Reprises,
    pub(crate) apparence: Apparence,
    parametres: Parametres,
    pub(crate) questionnaires: BTreeMap<String, Questionnaire>,
    table: std::cell::OnceCell<TableIndicateurs>,
}

impl Essai {
    pub(crate) const TERRITOIRE: &'static str = "200000001";
    pub(crate) const CONNUE: &'static str = "85901";
    /// Its children are withheld by the source.
    pub(crate) const SECRETE: &'static str = "85905";
    /// Nobody knows its children.
    pub(crate) const ABSENTE: &'static str = "85910";

    pub(crate) fn new() -> Self {
        let mut essai = Self::sans_contours();
        essai.geographie = geographie();
        essai
    }

    pub(crate) fn sans_contours() -> Self {
        let mut essai = Self {
            lignes: Vec::new(),
            geographie: Geographie::default(),
            sources: sources(),
            apparence: Apparence::default(),
            parametres: Parametres::default(),
            questionnaires: BTreeMap::new(),
            reprises: Reprises::en_memoire(),
            table: std::cell::OnceCell::new(),
        };
        essai.offre();
        essai.flux();
        essai.ages();
        essai.besoins();
        essai.avenir();
        essai
    }

    /// Ready to draw.
    pub(crate) fn contexte(&self) -> Contexte<'_> {
        Contexte {
            table: self.table.get_or_init(|| table(&self.lignes)),
            geographie: &self.geographie,
            territoire: "Relais petite enfance Vie et Bocage",
            code_territoire: Self::TERRITOIRE,
            annee: 2024,
            sources: &self.sources,
            projets: &[],
            modele: None,
            date: NaiveDate::from_ymd_opt(2024, 12, 31).unwrap(),
            audience: Audience::Interne,
            parametres: &self.parametres,
            variantes: &[],
            apparence: &self.apparence,
            services: None,
            contradictions: &[],
            manques: &[],
            questionnaires: &self.questionnaires,
            reprises: &self.reprises,
            avancement: Avancement::default(),
        }
    }

    /// Changes every row of the territory that the test picks.
    pub(crate) fn changer(&mut self, choix: impl Fn(&Ligne) -> bool, change: impl Fn(&mut Ligne)) {
        self.table.take();
        let choisies = self.lignes.iter_mut().filter(|l| choix(l));
        choisies.for_each(change);
    }

    /// Gives to communes that nothing else is known of the births of the last year.
    pub(crate) fn peupler(&mut self, communes: usize) {
        self.table.take();
        let naissances =
            |l: &&Ligne| l.niveau == "commune" && l.indicateur == "naissances" && l.annee == 2024;
        let modele = self.lignes.iter().find(naissances).unwrap().clone();
        let lignes = (0..communes).map(|n| Ligne { code: format!("95{n:05}"), ..modele.clone() });
        self.lignes.extend(lignes.collect::<Vec<_>>());
    }

    /// Takes away every row that the test picks.
    pub(crate) fn retirer(&mut self, choix: impl Fn(&Ligne) -> bool) {
        self.table.take();
        self.lignes.retain(|l| !choix(l));
    }

    /// Adds a figure of 2024 to each commune, from its share of the territory in hundredths.
    pub(crate) fn par_commune(&mut self, indicateur: &'static str, valeur: impl Fn(f64) -> f64) {
        self.table.take();
        for (rang, poids) in POIDS.iter().enumerate() {
            self.commune(rang, 2024, indicateur, valeur(*poids), "imaje_2024");
        }
    }

    fn territoire(
        &mut self,
        annee: i32,
        indicateur: &'static str,
        modalite: &str,
        valeur: f64,
        source: &str,
    ) {
        self.lignes.push(Ligne {
            niveau: "territoire",
            code: Self::TERRITOIRE.to_owned(),
            annee,
            indicateur,
            modalite: modalite.to_owned(),
            valeur: Some(valeur),
            statut: Statut::Observe,
            parties: (15, 15),
            sources: source.to_owned(),
        });
    }

    fn commune(&mut self, rang: usize, annee: i32, indicateur: &'static str, valeur: f64, source: &str) {
        self.territoire(annee, indicateur, "", valeur, source);
        if let Some(ligne) = self.lignes.last_mut() {
            ligne.niveau = "commune";
            ligne.code = code(rang).to_string();
            ligne.parties = (1, 1);
        }
    }

    fn offre(&mut self) {
        let am = [407.0, 394.0, 377.0, 358.0, 331.0, 312.0];
        let places = [1395.0, 1352.0, 1290.0, 1228.0, 1150.0, 1092.0];
        let mam = [24.0, 27.0, 31.0, 36.0, 40.0, 45.0];
        let collectif = [182.0, 182.0, 194.0, 218.0, 248.0, 260.0];
        for (rang, annee) in (2019..=2024).enumerate() {
            let pmi = format!("pmi_{annee}");
            self.territoire(annee, "am_agrees", "", am[rang], &pmi);
            self.territoire(annee, "am_places", "", places[rang], &pmi);
            self.territoire(annee, "am_places", "domicile", places[rang] - mam[rang] * 4.0, &pmi);
            self.territoire(annee, "am_places", "mam", mam[rang] * 4.0, &pmi);
            self.territoire(annee, "eaje_places", "", collectif[rang], "structures");
            self.territoire(annee, "eaje_places", "financement:psu", 85.0, "structures");
            self.territoire(annee, "eaje_places", "financement:paje", collectif[rang] - 85.0, "structures");
            for (commune, poids) in POIDS.iter().enumerate() {
                self.commune(commune, annee, "am_agrees", (am[rang] * poids / 100.0).round(), &pmi);
            }
        }
        self.changer(|l| l.indicateur == "eaje_places" && l.annee < 2022, |l| l.statut = Statut::Estime);
    }

    fn avenir(&mut self) {
        let annees = (2024..=2034).map(|annee| (annee, f64::from(annee - 2024)));
        for (annee, ans) in annees {
            for (scenario, pente) in [("sans_renouvellement", 20.0), ("tendance", 9.0), ("cible", 0.0)] {
                for (borne, ecart) in [("", 0.0), (":bas", -5.0), (":haut", 5.0)] {
                    let valeur = 312.0 - pente * ans + ecart * ans;
                    self.territoire(
                        annee,
                        "projection_am",
                        &format!("{scenario}{borne}"),
                        valeur,
                        "pmi_2024",
                    );
                }
            }
        }
        self.changer(|l| l.indicateur == "projection_am", |l| l.statut = Statut::Estime);
    }

    fn flux(&mut self) {
        let arrivees = [8.0, 16.0, 15.0, 14.0, 12.0, 10.0];
        let departs = [51.0, 46.0, 43.0, 54.0, 48.0, 29.0];
        for (rang, annee) in (2019..=2024).enumerate() {
            let pmi = format!("pmi_{annee}");
            self.territoire(annee, "am_arrivees", "", arrivees[rang], &pmi);
            self.territoire(annee, "am_departs", "", departs[rang], &pmi);
        }
    }

    fn ages(&mut self) {
        let classes = [
            ("moins_25", 2.0, 0.0),
            ("25_29", 6.0, 4.0),
            ("30_34", 15.0, 9.0),
            ("35_39", 31.0, 11.0),
            ("40_44", 44.0, 8.0),
            ("45_49", 41.0, 6.0),
            ("50_54", 35.0, 4.0),
            ("55_59", 38.0, 2.0),
            ("60_64", 37.0, 1.0),
            ("65_plus", 14.0, 0.0),
            ("inconnu", 4.0, 0.0),
        ];
        for (classe, domicile, mam) in classes {
            self.territoire(2024, "pyramide_ages", classe, domicile + mam, "pmi_2024");
            self.territoire(2024, "pyramide_ages", &format!("{classe}:domicile"), domicile, "pmi_2024");
            self.territoire(2024, "pyramide_ages", &format!("{classe}:mam"), mam, "pmi_2024");
        }
        self.territoire(2024, "part_55_plus", "", 29.9, "pmi_2024");
    }

    fn besoins(&mut self) {
        let naissances = [
            480.0, 491.0, 502.0, 497.0, 488.0, 476.0, 481.0, 465.0, 470.0, 458.0, 447.0, 452.0, 438.0, 455.0,
            431.0, 412.0, 420.0,
        ];
        for (rang, annee) in (2008..=2024).enumerate() {
            self.territoire(annee, "naissances", "", naissances[rang], "naissances");
        }
        for (annee, enfants) in (2019..=2024).zip([1390.0, 1372.0, 1341.0, 1322.0, 1287.0, 1263.0]) {
            self.territoire(annee, "enfants_0_2", "", enfants, &format!("imaje_{annee}"));
        }
        self.changer(
            |l| l.indicateur == "enfants_0_2",
            |l| {
                l.parties = (13, 15);
                if l.annee == 2024 {
                    l.statut = Statut::Estime;
                }
            },
        );
        self.territoire(2024, "places_pour_100", "", 107.0, "pmi_2024;structures;imaje_2024");
        self.territoire(2024, "accessibilite", "", 107.0, "pmi_2024;structures;imaje_2024");
        self.territoire(2024, "tension", "", 2.0, "pmi_2024;structures;imaje_2024");
        let ratios =
            [118.4, 92.1, 131.0, 71.4, 0.0, 88.9, 96.3, 122.7, 79.5, 0.0, 140.2, 64.8, 84.0, 45.5, 103.3];
        for (commune, poids) in POIDS.iter().enumerate() {
            self.commune(commune, 2024, "naissances", (4.2 * poids).round(), "naissances");
            let sources = "pmi_2024;structures;imaje_2024";
            self.commune(commune, 2024, "places_pour_100", ratios[commune], sources);
            let solde = (ratios[commune] - 90.0) * poids / 10.0;
            self.commune(commune, 2024, "solde_places", solde.round(), sources);
            // What is shared with the neighbours varies less.
            self.commune(commune, 2024, "accessibilite", f64::midpoint(ratios[commune], 107.0), sources);
            let classe = 1.0 + (commune % 4) as f64;
            self.commune(commune, 2024, "tension", classe, sources);
        }
        for (code, statut) in [(Self::SECRETE, Statut::SecretSource), (Self::ABSENTE, Statut::NonDisponible)]
        {
            self.changer(
                |l| {
                    l.code == code
                        && matches!(
                            l.indicateur,
                            "places_pour_100" | "solde_places" | "accessibilite" | "tension"
                        )
                },
                |l| {
                    l.statut = statut;
                    l.valeur = None;
                },
            );
        }
    }
}

fn code(rang: usize) -> CodeCommune {
    format!("859{:02}", rang + 1).parse().unwrap()
}

fn sources() -> BTreeMap<String, SourceCitee> {
    let jour = |annee| NaiveDate::from_ymd_opt(annee, 12, 31);
    let citee = |libelle: &str, annee, periode| SourceCitee {
        libelle: libelle.to_owned(),
        fichier: String::new(),
        date: jour(annee),
        periode,
        non_comptees: 0,
    };
    let mut sources = BTreeMap::new();
    for annee in 2019..=2024 {
        sources.insert(format!("pmi_{annee}"), citee("PMI", annee, Periode::Liste));
        sources.insert(format!("imaje_{annee}"), citee("Caf, imaje", annee, Periode::Annee));
    }
    sources.insert("structures".to_owned(), citee("Relais, structures", 2024, Periode::Jour));
    sources.insert("naissances".to_owned(), citee("Insee, état civil", 2024, Periode::Aucune));
    sources
}

fn table(lignes: &[Ligne]) -> TableIndicateurs {
    // The years of a figure follow one another, as in the true table.
    let mut lignes: Vec<&Ligne> = lignes.iter().collect();
    lignes.sort_by_key(|l| (l.indicateur, l.modalite.clone(), l.niveau, l.code.clone(), l.annee));
    let textes = |f: &dyn Fn(&Ligne) -> String| lignes.iter().map(|l| f(l)).collect::<Vec<_>>();
    let nombres = |f: &dyn Fn(&Ligne) -> u32| lignes.iter().map(|l| f(l)).collect::<Vec<_>>();
    let jours: Vec<i32> =
        lignes.iter().map(|l| NaiveDate::from_ymd_opt(l.annee, 12, 31).map(en_jours).unwrap()).collect();
    let vide = vec![None::<f64>; lignes.len()];
    let colonnes = COLONNES.map(|(nom, genre)| match nom {
        "annee" => Column::new(nom.into(), lignes.iter().map(|l| l.annee).collect::<Vec<_>>()),
        "date_observation" => Column::new(nom.into(), jours.clone()).cast(&genre).unwrap(),
        "valeur" => Column::new(nom.into(), lignes.iter().map(|l| l.valeur).collect::<Vec<_>>()),
        "numerateur" | "denominateur" => Column::new(nom.into(), vide.clone()),
        "parties" => Column::new(nom.into(), nombres(&|l| l.parties.0)),
        "parties_attendues" => Column::new(nom.into(), nombres(&|l| l.parties.1)),
        "niveau" => Column::new(nom.into(), textes(&|l| l.niveau.to_owned())),
        "indicateur" => Column::new(nom.into(), textes(&|l| l.indicateur.to_owned())),
        "modalite" => Column::new(nom.into(), textes(&|l| l.modalite.clone())),
        "statut" => Column::new(nom.into(), textes(&|l| l.statut.mot().to_owned())),
        "sources" => Column::new(nom.into(), textes(&|l| l.sources.clone())),
        "unite" => {
            Column::new(nom.into(), textes(&|l| indicateur(l.indicateur).unwrap().unite.mot().to_owned()))
        }
        _ => Column::new(nom.into(), textes(&|l| l.code.clone())),
    });
    TableIndicateurs::new(&DataFrame::new(lignes.len(), colonnes.to_vec()).unwrap()).unwrap()
}

/// Voronoi cells of a shaken grid: fifteen members in the middle, neighbours around.
fn geographie() -> Geographie {
    let mut graine = 12_345_u64;
    let mut hasard = || {
        graine = graine.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(graine >> 40).unwrap()) / f64::from(1 << 24) - 0.5
    };
    let germes: Vec<(i32, i32, Coord<f64>)> = (0..7)
        .flat_map(|i| (0..5).map(move |j| (i, j)))
        .map(|(i, j)| {
            let x = -1.9 + 0.085 * (f64::from(i) + 0.75 * hasard());
            let y = 46.6 + 0.062 * (f64::from(j) + 0.75 * hasard());
            (i, j, Coord { x, y })
        })
        .collect();
    let mut rang_membre = 0;
    let mut rang_voisine = 0;
    let mut communes: Vec<CommuneGeo> = germes
        .iter()
        .map(|(i, j, germe)| {
            let membre = (1..=5).contains(i) && (1..=3).contains(j);
            let contour = cellule(*germe, germes.iter().map(|g| g.2));
            let (code, nom) = if membre {
                rang_membre += 1;
                (code(rang_membre - 1), NOMS[rang_membre - 1].to_owned())
            } else {
                rang_voisine += 1;
                let code = format!("859{}", 50 + rang_voisine).parse().unwrap();
                (code, format!("Voisine-{rang_voisine}"))
            };
            CommuneGeo { code, nom, centre: contour.centroid().unwrap(), contour, membre }
        })
        .collect();
    communes.sort_by_key(|c| c.code);
    Geographie { communes }
}

/// Points nearer to `germe` than to any other: a rectangle cut by each bisector.
fn cellule(germe: Coord<f64>, autres: impl Iterator<Item = Coord<f64>>) -> MultiPolygon<f64> {
    let (a, b) = (Coord { x: -2.1, y: 46.4 }, Coord { x: -1.2, y: 47.1 });
    let mut points = vec![a, Coord { x: b.x, y: a.y }, b, Coord { x: a.x, y: b.y }];
    for autre in autres.filter(|g| *g != germe) {
        let milieu = (germe + autre) / 2.0;
        let normale = autre - germe;
        let cote = |p: Coord<f64>| (p.x - milieu.x) * normale.x + (p.y - milieu.y) * normale.y;
        let mut coupe = Vec::new();
        for (rang, p) in points.iter().enumerate() {
            let suivant = points[(rang + 1) % points.len()];
            if cote(*p) <= 0.0 {
                coupe.push(*p);
            }
            if (cote(*p) < 0.0) != (cote(suivant) < 0.0) {
                coupe.push(*p + (suivant - *p) * (cote(*p) / (cote(*p) - cote(suivant))));
            }
        }
        points = coupe;
    }
    points.push(points[0]);
    let polygone = Polygon::new(LineString::new(points), Vec::new());
    assert!(polygone.signed_area() > 0.0);
    polygone.into()
}
