//! The study of a project: figures worked out by hand, nothing lost, nothing leaked, refusals that cite the text.

use crate::commun::essai::Essai;
use crate::commun::{Muet, demo, options, racine};
use geo::Point;
use observatoire::deliverables::look;
use observatoire::disclosure::{Audience, divulguer};
use observatoire::etude::{
    Chiffre, Demande, Donnees, Etude, Projet, ProjetConnu, Sort, Suite, TypeProjet, etudier, implanter,
};
use observatoire::indicators::accessibilite::ParametresAccessibilite;
use observatoire::indicators::{COLONNES, Niveau, Parametres, TableIndicateurs};
use observatoire::pipeline::{self, Autre, CompteRenduEtude, DemandeEtude};
use observatoire::reprises::Reprises;
use observatoire::territory::{CodeCommune, CommuneGeo, Geographie, Membre, Perimetre};
use polars::prelude::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

// --- Small territories of typed figures ---------------------------------------------------------------

/// A commune: places of every mode, of which childminders, and children; none where it is not known.
type Commune = (f64, f64, Option<f64>);

/// A territory whose table holds just what a study reads.
struct Territoire {
    perimetre: Perimetre,
    geographie: Geographie,
    parametres: Parametres,
    table: TableIndicateurs,
}

fn code(rang: usize) -> String {
    format!("{:05}", 10_001 + rang)
}

impl Territoire {
    /// Communes at points (longitude, latitude).
    fn new(communes: &[Commune], centres: &[(f64, f64)]) -> Self {
        let membre = |rang: usize| Membre {
            code: code(rang).parse().unwrap(),
            nom: format!("Commune {rang}"),
            depuis: None,
            jusqu_a: None,
            population: None,
        };
        let membres: Vec<Membre> = (0..communes.len()).map(membre).collect();
        let geo = |(membre, centre): (&Membre, &(f64, f64))| CommuneGeo {
            code: membre.code,
            nom: membre.nom.clone(),
            contour: geo::MultiPolygon::new(Vec::new()),
            centre: Point::new(centre.0, centre.1),
            membre: true,
        };
        let geographie = Geographie { communes: membres.iter().zip(centres).map(geo).collect() };
        let mut lignes = Vec::new();
        let mut total = BTreeMap::new();
        for (rang, (places, am, enfants)) in communes.iter().enumerate() {
            for (id, valeur) in [
                ("places_total", Some(*places)),
                ("am_places", Some(*am)),
                ("enfants_0_2", *enfants),
                ("solde_places", enfants.map(|e| places - e)),
            ] {
                lignes.push(("commune", code(rang), id, valeur));
                *total.entry(id).or_insert(0.0) += valeur.unwrap_or(0.0);
            }
        }
        lignes.extend(total.into_iter().map(|(id, v)| ("territoire", "essai".to_owned(), id, Some(v))));
        lignes.push(("territoire", "essai".to_owned(), "am_places_moyenne", Some(3.0)));
        Self {
            perimetre: Perimetre::new("essai", "Essai", membres),
            geographie,
            parametres: Parametres::default(),
            table: table(&lignes),
        }
    }

    /// The same, a figure of a place changed: value, status, known parts of how many.
    fn changer(&mut self, lieu: &str, id: &str, (valeur, statut): (Option<f64>, &str), parties: (u32, u32)) {
        let trame = self.table.trame().unwrap().lazy();
        let choix = || col("code").eq(lit(lieu)).and(col("indicateur").eq(lit(id)));
        let poser = |nom: &str, valeur: Expr| when(choix()).then(valeur).otherwise(col(nom)).alias(nom);
        let trame = trame.with_columns([
            poser("valeur", valeur.map_or(lit(NULL).cast(DataType::Float64), lit)),
            poser("statut", lit(statut)),
            poser("parties", lit(parties.0)),
            poser("parties_attendues", lit(parties.1)),
        ]);
        self.table = TableIndicateurs::new(&trame.collect().unwrap()).unwrap();
    }

    fn donnees(&self) -> Donnees<'_> {
        Donnees {
            table: &self.table,
            perimetre: &self.perimetre,
            geographie: &self.geographie,
            trajets: None,
            parametres: &self.parametres,
            date: chrono::NaiveDate::from_ymd_opt(2024, 12, 31).unwrap(),
        }
    }

    fn etudier(&self, projet: &Projet, connus: Vec<ProjetConnu>) -> Etude<'_> {
        let demande = Demande { projet: projet.clone(), connus, comparer: Vec::new(), implantations: 0 };
        etudier(self.donnees(), None, &demande).unwrap()
    }
}

fn table(lignes: &[(&str, String, &str, Option<f64>)]) -> TableIndicateurs {
    let n = lignes.len();
    let texte = |nom: &str, lire: &dyn Fn(usize) -> String| {
        StringChunked::from_iter_values(nom.into(), (0..n).map(lire)).into_column()
    };
    let colonnes: Vec<Column> = COLONNES
        .iter()
        .map(|(nom, genre)| match *nom {
            "niveau" => texte(nom, &|r| lignes[r].0.to_owned()),
            "code" | "nom" => texte(nom, &|r| lignes[r].1.clone()),
            "indicateur" => texte(nom, &|r| lignes[r].2.to_owned()),
            "statut" => texte(nom, &|r| if lignes[r].3.is_some() { "observe" } else { "secret" }.to_owned()),
            "annee" => Int32Chunked::full((*nom).into(), 2024, n).into_column(),
            "valeur" => {
                Float64Chunked::from_iter_options((*nom).into(), lignes.iter().map(|l| l.3)).into_column()
            }
            "numerateur" | "denominateur" => Float64Chunked::full_null((*nom).into(), n).into_column(),
            "parties" | "parties_attendues" => UInt32Chunked::full((*nom).into(), 1, n).into_column(),
            "date_observation" => Int32Chunked::full((*nom).into(), 20_088, n).into_date().into_column(),
            _ => {
                assert_eq!(*genre, DataType::String, "{nom}");
                texte(nom, &|_| String::new())
            }
        })
        .collect();
    TableIndicateurs::new(&DataFrame::new(n, colonnes).unwrap()).unwrap()
}

fn projet(rang: usize, genre: TypeProjet, places: u32) -> Projet {
    let commune: CodeCommune = code(rang).parse().unwrap();
    Projet { commune, genre, places, financement: None, adresse: None, ouverture: None }
}

fn proche(obtenu: Option<f64>, attendu: f64) {
    let obtenu = obtenu.unwrap();
    assert!((obtenu - attendu).abs() < 1e-9, "{obtenu} au lieu de {attendu}");
}

/// A on the left, B in the middle, C on the right of a road. By the default speed, one kilometre is 1.95
/// minutes; by steps of 10, 15 and 20: A–B 5 km (9.8 min, weight 1), B–C 6.5 km (12.7 min, 0.68), A–C 9.5 km (18.5 min,
/// 0.22), which a bend of the road at B makes possible.
fn trois_communes() -> Territoire {
    let km = |x: f64, y: f64| (x / (111.195 * 46.7f64.to_radians().cos()), 46.7 + y / 111.195);
    // |AB| = 5, |BC| = 6.5, |AC| = 9.5: B is 2.84 km off the line from A to C.
    let centres = [km(0.0, 0.0), km(4.114, 2.841), km(9.5, 0.0)];
    let mut territoire = Territoire::new(
        &[(30.0, 20.0, Some(40.0)), (10.0, 10.0, Some(20.0)), (0.0, 0.0, Some(25.0))],
        &centres,
    );
    territoire.parametres.accessibilite = ParametresAccessibilite::default().par_paliers([10.0, 15.0, 20.0]);
    territoire
}

#[test]
fn un_cas_de_trois_communes_calcule_a_la_main() {
    let territoire = trois_communes();
    let etude = territoire.etudier(&projet(2, TypeProjet::MicroCreche, 12), Vec::new());
    // Children who compete: A 40 + 20 + 0.22 × 25 = 65.5; B 20 + 40 + 0.68 × 25 = 77;
    // C 25 + 0.68 × 20 + 0.22 × 40 = 47.4.
    let acces = |rang: usize| etude.evaluation.lignes[rang];
    // A and B: 100 × (30 / 65.5 + 10 / 77). C: 100 × (0.22 × 30 / 65.5 + 0.68 × 10 / 77).
    for (rang, sans, avec, quart, moitie) in [
        (0, 58.788_539_704_570_23, 64.358_159_957_734_78, 60.193_322_614_053_4, 56.028_485_270_371_995),
        (1, 58.788_539_704_570_23, 76.003_729_577_987_95, 71.838_892_234_306_57, 67.674_054_890_625_17),
        (2, 18.907_504_709_031_43, 44.223_960_405_233_95, 42.219_570_030_069_32, 40.215_179_654_904_674),
    ] {
        proche(acces(rang).sans.acces.connu(), sans);
        for (obtenu, attendu) in acces(rang).avec.iter().zip([avec, quart, moitie]) {
            proche(obtenu.acces.connu(), attendu);
        }
    }
    // Six places of childminders: A 0.22 × 20 = 4.4 parts, B 0.68 × 10 = 6.8 parts of 11.2.
    proche(acces(0).avec[2].places.connu(), 30.0 - 6.0 * 4.4 / 11.2);
    proche(acces(1).avec[2].places.connu(), 10.0 - 6.0 * 6.8 / 11.2);
    assert_eq!(etude.evaluation.retirees.unwrap().map(|r| (r * 1e9).round() / 1e9), [0.0, 3.0, 6.0, 12.0]);
    // 40 places for 85 children; with the project, A and B are above that mean, C still under: of the 12
    // places, those that go to C, 25 × 12 / 47.4.
    proche(etude.evaluation.ensemble.sans.acces.connu(), 100.0 * 40.0 / 85.0);
    proche(etude.evaluation.utiles, 25.0 * 12.0 / 47.4);
    // Who gains, who loses: with half of its places in place of childminders, A has fewer than before.
    let ecarts = |hypothese| etude.evaluation.changements(hypothese);
    assert_eq!(ecarts(0), [(2, 25.3), (1, 17.2), (0, 5.6)]);
    assert_eq!(ecarts(2), [(2, 21.3), (1, 8.9), (0, -2.8)]);
    assert_eq!(acces(2).avec[0].solde.connu(), Some(-13.0));
    // 12 places are those of four childminders of three places.
    assert_eq!(observatoire::etude::am_equivalents(&etude.terrain, 12), Some(4.0));
}

#[test]
fn les_cercles_et_le_lieu_exact() {
    let territoire = trois_communes();
    let etude = territoire.etudier(&projet(2, TypeProjet::MicroCreche, 12), Vec::new());
    let communes = etude.entourage.cercles.map(|c| (c.communes, c.enfants.connu()));
    assert_eq!(communes, [(1, Some(25.0)), (2, Some(45.0)), (3, Some(85.0))]);
    // The same project at the centre of B: A is nearer, and gains more; C is farther, and gains less.
    let adresse = territoire.geographie.communes[1].centre;
    let deplace = Projet { adresse: Some(adresse), ..projet(2, TypeProjet::MicroCreche, 12) };
    let deplace = territoire.etudier(&deplace, Vec::new());
    let gain = |etude: &Etude<'_>, rang: usize| {
        let ligne = etude.evaluation.lignes[rang];
        ligne.avec[0].acces.connu().unwrap() - ligne.sans.acces.connu().unwrap()
    };
    assert!(gain(&deplace, 0) > gain(&etude, 0) && gain(&deplace, 2) < gain(&etude, 2));
    // Its places are still those of its commune.
    assert_eq!(deplace.evaluation.lignes[2].avec[0].places.connu(), Some(12.0));
    assert_eq!(deplace.evaluation.lignes[1].avec[0].places.connu(), Some(10.0));
}

#[test]
fn un_solde_qui_ne_compte_pas_la_commune_ne_dit_rien_du_projet() {
    let mut territoire = trois_communes();
    let etude = territoire.etudier(&projet(2, TypeProjet::MicroCreche, 12), Vec::new());
    let soldes = |etude: &Etude<'_>| {
        let ensemble = etude.evaluation.ensemble;
        [ensemble.sans.solde.connu(), ensemble.avec[0].solde.connu()]
    };
    assert_eq!(soldes(&etude), [Some(-45.0), Some(-33.0)]);
    // The Caf withholds the need of the commune of the project: the territory adds up the two others.
    territoire.changer(&code(2), "solde_places", (None, "secret_source"), (0, 1));
    territoire.changer("essai", "solde_places", (Some(-20.0), "observe"), (2, 3));
    let etude = territoire.etudier(&projet(2, TypeProjet::MicroCreche, 12), Vec::new());
    assert_eq!(soldes(&etude), [Some(-20.0), None], "sans le projet, un chiffre « avec » serait faux");
    // A project elsewhere changes what is added up.
    let ailleurs = territoire.etudier(&projet(0, TypeProjet::MicroCreche, 12), Vec::new());
    assert_eq!(soldes(&ailleurs), [Some(-20.0), Some(-8.0)]);
}

fn territoires() -> impl Strategy<Value = (Vec<Commune>, Vec<(f64, f64)>)> {
    (2usize..14).prop_flat_map(|n| {
        let commune = (0u32..60, 0.0..1.0f64, prop::option::weighted(0.9, 1u32..150)).prop_map(
            |(places, part, enfants)| {
                let places = f64::from(places);
                (places, (places * part).round(), enfants.map(f64::from))
            },
        );
        (prop::collection::vec(commune, n), prop::collection::vec((0.0..0.4f64, 46.5..46.8f64), n))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    /// Every place that some child reaches is received, before and after, whatever goes and comes.
    #[test]
    fn rien_ne_se_perd((communes, centres) in territoires(), ou in 0usize..14, places in 1u32..13) {
        let mut communes = communes;
        let ou = ou % communes.len();
        communes[ou].2 = Some(communes[ou].2.unwrap_or(10.0));
        let territoire = Territoire::new(&communes, &centres);
        let etude = territoire.etudier(&projet(ou, TypeProjet::MicroCreche, places), Vec::new());
        let [sans, avec, moitie] = etude.evaluation.conservation;
        for bilan in [sans, avec, moitie] {
            prop_assert!((bilan.recues - bilan.atteignables).abs() < 1e-6, "{bilan:?}");
        }
        prop_assert!((avec.atteignables - sans.atteignables - f64::from(places)).abs() < 1e-6);
        let retirees = etude.evaluation.retirees.unwrap();
        prop_assert!(retirees[2] <= f64::from(places) / 2.0 + 1e-6);
        prop_assert!((avec.atteignables - moitie.atteignables - retirees[2]).abs() < 1e-6);
        // Nobody has less when nobody stops.
        prop_assert!(etude.evaluation.changements(0).iter().all(|(_, ecart)| *ecart > 0.0));
        prop_assert!(etude.evaluation.utiles.is_none_or(|u| (-1e-6..=f64::from(places) + 1e-6).contains(&u)));
    }
}

#[test]
fn une_somme_dont_une_part_est_retenue_l_est_aussi() {
    use observatoire::indicators::Statut;
    let connu = |v| Chiffre::new(v, Statut::Observe);
    let retenu = Chiffre { valeur: None, statut: Statut::Secret, ..Chiffre::ABSENT };
    let source = Chiffre { valeur: None, statut: Statut::SecretSource, ..Chiffre::ABSENT };
    assert_eq!(Chiffre::somme([connu(3.0), connu(4.0)]).connu(), Some(7.0));
    assert_eq!(Chiffre::somme([connu(3.0), retenu]).statut, Statut::Secret);
    let partielle = Chiffre::somme([connu(3.0), source, Chiffre::ABSENT]);
    assert_eq!((partielle.connu(), partielle.connues, partielle.attendues), (Some(3.0), 1, 3));
    assert_eq!(Chiffre::somme([source, Chiffre::ABSENT]).statut, Statut::SecretSource);
}

// --- What the documents tell of -----------------------------------------------------------------------

fn connu(rang: usize, genre: &str, places: Option<u32>, pertinence: &str) -> ProjetConnu {
    ProjetConnu {
        annee: 2023,
        genre: genre.to_owned(),
        lieu: format!("Commune {rang}"),
        commune: code(rang).parse().ok(),
        places,
        pertinence: pertinence.to_owned(),
        suite: None,
    }
}

/// The projects that two relais of the Pas-de-Calais declared: MAM of 8 places at Calonne-sur-la-Lys,
/// « pertinent »; micro-crèche of 12 at Lorgies, « implanté »; MAM of 8 at Isbergues, « pertinent si
/// périscolaire et atypiques »; a micro-crèche at Isbergues, of which the places are not said.
#[test]
fn les_projets_des_documents() {
    let (calonne, lorgies, isbergues) = (0, 1, 2);
    let km = |x: f64| (x / 76.0, 50.6);
    let communes = [(4.0, 4.0, Some(30.0)), (40.0, 28.0, Some(45.0)), (150.0, 120.0, Some(260.0))];
    let territoire = Territoire::new(&communes, &[km(0.0), km(8.0), km(9.5)]);
    let connus = || {
        vec![
            connu(calonne, "MAM", Some(8), "pertinent"),
            connu(lorgies, "micro-crèche", Some(12), "implanté"),
            connu(isbergues, "MAM", Some(8), "pertinent si périscolaire et atypiques"),
            connu(isbergues, "micro-crèche", None, ""),
        ]
    };
    let sorts = |etude: &Etude<'_>| etude.entourage.projets.iter().map(|p| p.1).collect::<Vec<_>>();
    let calonne = territoire.etudier(&projet(calonne, TypeProjet::Mam, 8), connus());
    assert_eq!(sorts(&calonne), [Sort::EnEtude, Sort::Ouvert, Sort::Compte, Sort::SansPlaces]);
    assert_eq!(calonne.entourage.ajouts(&calonne.terrain), [(isbergues, 8.0)]);
    // The MAM of Calonne has three times the places of its only childminder; two agréments at least.
    assert_eq!(calonne.evaluation.ici().avec[0].places.connu(), Some(12.0));
    assert!(calonne.evaluation.regles[0].constat.contains("au moins 2 agréments"));
    // With every project, Isbergues has 8 places more; without, none.
    let isbergues_de = |etude: &Etude<'_>| etude.evaluation.lignes[isbergues];
    assert_eq!(isbergues_de(&calonne).avec[0].places.connu(), Some(150.0));
    assert_eq!(isbergues_de(&calonne).tous.places.connu(), Some(158.0));
    let micro = territoire.etudier(&projet(lorgies, TypeProjet::MicroCreche, 12), connus());
    assert_eq!(sorts(&micro), [Sort::Compte, Sort::Ouvert, Sort::Compte, Sort::SansPlaces]);
    let mam = territoire.etudier(&projet(isbergues, TypeProjet::Mam, 8), connus());
    assert_eq!(sorts(&mam), [Sort::Compte, Sort::Ouvert, Sort::EnEtude, Sort::SansPlaces]);
    let etudie = projet(0, TypeProjet::Mam, 8);
    let ailleurs = ProjetConnu { commune: None, ..connu(0, "MAM", Some(4), "") };
    assert_eq!(observatoire::etude::sorts(&[ailleurs], &etudie), [Sort::SansCommune]);
}

/// An opinion is no end of a project: a competitor that it would hide is one that a borrower does not see.
#[test]
fn un_avis_ne_dit_pas_qu_un_projet_est_ouvert_ni_abandonne() {
    let etudie = projet(0, TypeProjet::Mam, 8);
    let sort = |connu: ProjetConnu| observatoire::etude::sorts(&[connu], &etudie)[0];
    for avis in [
        "ouverture prévue en septembre 2026",
        "pas encore ouvert",
        "implantation à préciser",
        "avis favorable si la PMI ne refuse pas",
        "non pertinent : secteur déjà couvert",
        "",
    ] {
        assert_eq!(sort(connu(1, "MAM", Some(8), avis)), Sort::Compte, "{avis}");
    }
    assert_eq!(sort(connu(1, "MAM", Some(8), "Abandonné")), Sort::Abandonne);
    let suivi = |suite| ProjetConnu { suite: Some(suite), ..connu(1, "MAM", Some(8), "pertinent") };
    assert_eq!(
        [Suite::Ouvert, Suite::Abandonne].map(|suite| sort(suivi(suite))),
        [Sort::Ouvert, Sort::Abandonne]
    );
    // Of three MAM of one commune, one is that of the study.
    let trois = [connu(0, "MAM", None, ""), connu(0, "MAM", Some(8), ""), connu(0, "MAM", Some(8), "")];
    assert_eq!(observatoire::etude::sorts(&trois, &etudie), [Sort::SansPlaces, Sort::EnEtude, Sort::Compte]);
}

#[test]
fn sans_enfants_ni_lieu_l_etude_dit_ce_qu_il_faut() {
    let impossible = |territoire: &Territoire| {
        let projet = projet(0, TypeProjet::Mam, 8);
        let demande = Demande { projet, connus: Vec::new(), comparer: Vec::new(), implantations: 0 };
        etudier(territoire.donnees(), None, &demande).unwrap_err().to_string()
    };
    let sans_enfants = Territoire::new(&[(10.0, 10.0, None)], &[(1.5, 46.7)]);
    let message = impossible(&sans_enfants);
    assert!(message.contains("nombre d’enfants") && message.contains("imaje"), "{message}");
    let mut sans_lieu = Territoire::new(&[(10.0, 10.0, Some(20.0))], &[(1.5, 46.7)]);
    sans_lieu.geographie = Geographie::default();
    let message = impossible(&sans_lieu);
    assert!(message.contains("Commune 0") && message.contains("--adresse"), "{message}");
}

#[test]
fn huit_cent_quatre_vingt_dix_communes_en_dix_secondes() {
    let alea = |rang: usize, pas: f64| (rang as f64 * pas).fract();
    let centres: Vec<(f64, f64)> =
        (0..890).map(|r| (alea(r, 0.754_877_666) * 1.6 + 1.5, alea(r, 0.569_840_291) * 0.9 + 50.1)).collect();
    let communes: Vec<Commune> = (0..890)
        .map(|r| {
            let enfants = (alea(r, 0.618_033_988) * 80.0).round() + 1.0;
            let places = (enfants * alea(r, 0.324_717_957) * 1.6).round();
            (places, places, Some(enfants))
        })
        .collect();
    let territoire = Territoire::new(&communes, &centres);
    let depart = std::time::Instant::now();
    let (_, classees) = implanter(territoire.donnees(), &projet(0, TypeProjet::MicroCreche, 12), 10).unwrap();
    let duree = depart.elapsed();
    eprintln!("classement de 890 communes : {duree:?}");
    assert!(duree.as_secs() < 10, "{duree:?}");
    assert!(classees.windows(2).all(|c| c[0].utiles >= c[1].utiles));
    let mut tours: Vec<usize> = classees.iter().filter_map(|c| c.tour.map(|t| t.0)).collect();
    tours.sort_unstable();
    assert_eq!(tours, (1..=10).collect::<Vec<_>>());
    assert!(classees.iter().all(|c| c.utiles <= 12.0 + 1e-9));
    // The best by itself is the first to open.
    assert_eq!(classees[0].tour.unwrap().0, 1);
}

// --- Whole runs ---------------------------------------------------------------------------------------

fn demande(commune: &str, genre: TypeProjet, places: u32) -> DemandeEtude {
    DemandeEtude {
        commune: Some(commune.to_owned()),
        genre,
        places,
        financement: None,
        adresse: None,
        ouverture: None,
        comparer: Vec::new(),
        implantations: 0,
        audience: Audience::Public,
    }
}

/// Four communes in a row; `ages`: of the childminders of the first and of the second.
fn petit_territoire(ages: [&[u32]; 2]) -> Essai {
    let mut pmi = "Nom;Prénom;Date de naissance;Commune;Capacité\n".to_owned();
    for (commune, ages) in ["Aubel", "Bronne"].iter().zip(ages) {
        for (rang, age) in ages.iter().enumerate() {
            pmi.push_str(&format!("N{commune}{rang};P;01/02/{};{commune};4\n", 2024 - age));
        }
    }
    for rang in 0..12 {
        pmi.push_str(&format!("NC{rang};P;01/02/{};Corme;3\n", 1980 + rang));
    }
    let carre = |rang: usize, nom: &str| {
        let (x0, x1) = (-1.5 + 0.06 * rang as f64, -1.44 + 0.06 * rang as f64);
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"code\":\"9600{}\",\"nom\":\"{nom}\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[[{x0},46.6],[{x1},46.6],[{x1},46.65],[{x0},46.65],[{x0},46.6]]]}}}}",
            rang + 1
        )
    };
    let noms = ["Aubel", "Bronne", "Corme", "Doue"];
    let contours: Vec<String> = noms.iter().enumerate().map(|(r, n)| carre(r, n)).collect();
    let contours = format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", contours.join(","));
    let naissances = "code;2019;2020;2021;2022;2023;2024\n96001;9;8;9;8;7;8\n96002;6;7;6;6;5;6\n96003;20;21;19;18;17;18\n96004;1;2;1;1;2;1\n";
    let caf = "Code commune;Commune;Enfants de moins de 3 ans;Enfants de moins de 3 ans dont les parents travaillent\n96001;Aubel;24;15\n96002;Bronne;17;11\n96003;Corme;55;33\n96004;Doue;4;3\n";
    let structures = "Type;Nom;Commune;Places;Financement;Ouverture\nMicro-crèche;Les <Lutins> & Cie;Corme;10;PAJE;01/09/2020\n";
    Essai::new("2024-12-31", &[("96001", "Aubel"), ("96002", "Bronne"), ("96003", "Corme"), ("96004", "Doue")])
        .avec("pmi-2024", "pmi", pmi)
        .avec("contours", "contours", contours)
        .avec("naissances", "naissances", naissances)
        .avec("imaje-2024", "imaje", caf)
        .avec("structures", "structures", structures)
        .parametres("[[projets]]\nannee = 2024\ntype = \"MAM\"\nterritoire = \"BRONNE\"\nplaces = 8\npertinence = \"à revoir avec la mairie\"\n")
}

const AGES: [&[u32]; 2] = [&[61, 45, 38, 52], &[62, 63, 40]];

fn lancer(essai: &Essai, demande: &DemandeEtude, dossier: &Path) -> CompteRenduEtude {
    let pipeline = essai.ecrire(dossier);
    pipeline::etudier(&pipeline, demande, &options(dossier), &Muet).unwrap()
}

fn octets(compte_rendu: &CompteRenduEtude) -> BTreeMap<PathBuf, Vec<u8>> {
    let lire = |f: &PathBuf| (f.clone(), std::fs::read(compte_rendu.dossier.join(f)).unwrap());
    compte_rendu.fichiers.iter().map(lire).collect()
}

fn page(compte_rendu: &CompteRenduEtude) -> String {
    let html = compte_rendu.fichiers.iter().find(|f| f.extension().is_some_and(|e| e == "html")).unwrap();
    std::fs::read_to_string(compte_rendu.dossier.join(html)).unwrap()
}

#[test]
fn memes_fichiers_memes_octets_et_un_dossier_qui_reste() {
    let (un, deux) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let demande = DemandeEtude {
        comparer: vec![Autre { commune: "Bronne".to_owned(), places: Some(8), genre: Some(TypeProjet::Mam) }],
        implantations: 2,
        ..demande("aubel", TypeProjet::MicroCreche, 10)
    };
    let premier = lancer(&petit_territoire(AGES), &demande, un.path());
    let second = lancer(&petit_territoire(AGES), &demande, deux.path());
    assert_eq!(
        premier.fichiers,
        ["etude-aubel.pdf", "etude-aubel.html", "etude-aubel.xlsx"].map(PathBuf::from)
    );
    assert!(octets(&premier) == octets(&second));
    assert!(premier.dossier.ends_with("reports/essai/etudes/aubel-micro-creche-10"));
    // The report of the year is put in place beside it.
    let pipeline = un.path().join("pipelines/essai.toml");
    let mut options = options(un.path());
    options.livrables = vec!["indicateurs".to_owned()];
    pipeline::lancer(&pipeline, &options, &Muet).unwrap();
    assert!(premier.dossier.join("etude-aubel.pdf").exists());
}

/// Who is near retirement in a village is withheld: were it otherwise, the public would see the same study to
/// the byte, and the relais another one.
#[test]
fn le_public_ne_peut_rien_apprendre_de_ce_qui_est_retenu() {
    let autres: [&[u32]; 2] = [&[61, 62, 38, 52], &[62, 45, 40]];
    let faire = |ages, audience| {
        let dossier = tempfile::tempdir().unwrap();
        let demande = DemandeEtude { audience, ..demande("Aubel", TypeProjet::MicroCreche, 10) };
        octets(&lancer(&petit_territoire(ages), &demande, dossier.path()))
    };
    assert!(faire(AGES, Audience::Public) == faire(autres, Audience::Public));
    assert!(Audience::Elus.voit_comme(Audience::Public));
    assert!(faire(AGES, Audience::Interne) != faire(autres, Audience::Interne));
}

/// No birth dates in the list: nobody knows who is 55, and it is not nobody.
#[test]
fn des_ages_inconnus_ne_font_pas_zero() {
    let dossier = tempfile::tempdir().unwrap();
    let sans_ages = "Nom;Prénom;Commune;Capacité\nA;P;Aubel;4\nB;P;Bronne;3\nC;P;Corme;3\n";
    let pmi = |texte: &str| petit_territoire(AGES).sans("pmi-2024").avec("pmi-2024", "pmi", texte.to_owned());
    let interne =
        DemandeEtude { audience: Audience::Interne, ..demande("Aubel", TypeProjet::MicroCreche, 10) };
    let page = page(&lancer(&pmi(sans_ages), &interne, dossier.path()));
    let (_, suite) = page.split_once("de 55 ans et plus").unwrap();
    let ligne = suite.split("</tr>").next().unwrap();
    assert!(ligne.contains("n.d.") && !ligne.contains(">0<"), "{ligne}");
}

/// What the places are compared with is what the territory chose.
#[test]
fn le_critere_du_solde_nomme_le_besoin_choisi() {
    let dossier = tempfile::tempdir().unwrap();
    let essai = petit_territoire(AGES).parametres("[parametres]\nbesoin = \"moins_de_3_ans\"\n");
    let page = page(&lancer(&essai, &demande("Corme", TypeProjet::Mam, 8), dossier.path()));
    assert!(page.contains("à Corme moins besoin (enfants de moins de 3 ans)"), "{page}");
    assert!(!page.contains("moins enfants dont les parents travaillent"));
}

#[test]
fn ce_qui_est_retenu_n_est_pas_ecrit() {
    let dossier = tempfile::tempdir().unwrap();
    let page = page(&lancer(&petit_territoire(AGES), &demande("Doue", TypeProjet::Mam, 8), dossier.path()));
    // Doue has four children by the Caf, withheld; four births in three years, public.
    assert!(
        page.contains(
            "<th scope=\"row\" class=\"\">Enfants de moins de 3 ans</th><td class=\"pale\">s.</td>"
        ),
        "{page}"
    );
    assert!(page.contains("les naissances de trois ans, qui sont publiques"));
    // What the relais writes of a project is for itself; its type, its commune and its places are not.
    assert!(page.contains(">Bronne<") && !page.contains("BRONNE") && !page.contains("à revoir"));
    let dossier = tempfile::tempdir().unwrap();
    let interne = DemandeEtude { audience: Audience::Interne, ..demande("Doue", TypeProjet::Mam, 8) };
    let compte_rendu = lancer(&petit_territoire(AGES), &interne, dossier.path());
    assert!(compte_rendu.dossier.ends_with("doue-mam-8-interne"));
    let page = self::page(&compte_rendu);
    assert!(page.contains("à revoir avec la mairie") && page.contains("BRONNE"));
}

/// Where the numbers of children are shown, so are the places within reach, and the study and the report give the
/// same; where one is withheld, the report gives none, and the study says what it gives in their stead.
#[test]
fn l_etude_et_le_rapport_donnent_les_memes_places_accessibles() {
    let montree = |table: &TableIndicateurs, commune: &str, id: &str| {
        let figure = table.figure(Niveau::Commune, commune, id, "", 2024).unwrap();
        figure.statut.est_connu()
    };
    let table = &demo().compte_rendu.table;
    let public = divulguer(table, Audience::Public, &[], &Reprises::en_memoire()).table;
    let communes = table.lieux().iter().filter(|l| l.niveau == Niveau::Commune);
    for commune in communes.map(|l| l.code.as_str()) {
        assert!(montree(&public, commune, "enfants_0_2"), "{commune}");
        assert!(montree(&public, commune, "accessibilite"), "{commune}");
    }
    let oux = public.figure(Niveau::Commune, "96009", "accessibilite", "", 2024).unwrap();
    let (racine, dossier) = (racine(), tempfile::tempdir().unwrap());
    let demande_a_oux = demande("Oux", TypeProjet::MicroCreche, 12);
    let pipeline = racine.join("pipelines/demo.toml");
    let etude = pipeline::etudier(&pipeline, &demande_a_oux, &options(dossier.path()), &Muet).unwrap();
    let dite = format!("100\u{a0}enfants ont {} places", look::nombre(oux.valeur.unwrap(), 1));
    assert!(etude.en_bref.iter().any(|phrase| phrase.contains(&dite)), "{dite} : {:?}", etude.en_bref);
    assert!(!page(&etude).contains("Le rapport de l’année ne donne pas"));

    let dossier = tempfile::tempdir().unwrap();
    let etude = lancer(&petit_territoire(AGES), &demande("Aubel", TypeProjet::Mam, 8), dossier.path());
    assert!(
        page(&etude).contains("Le rapport de l’année ne donne pas à ces lecteurs les places accessibles")
    );
    let verifie = dossier.path().join("pipelines/essai.toml");
    let table = pipeline::verifier(&verifie, &options(dossier.path()), &Muet).unwrap().table;
    let public = divulguer(&table, Audience::Public, &[], &Reprises::en_memoire()).table;
    // Doue has four children.
    assert!(!montree(&public, "96004", "enfants_0_2"));
    for commune in ["96001", "96002", "96003", "96004"] {
        assert!(!montree(&public, commune, "accessibilite"), "{commune}");
    }
}

#[test]
fn la_page_ne_prend_rien_ailleurs_et_n_execute_rien() {
    let dossier = tempfile::tempdir().unwrap();
    let page = page(&lancer(
        &petit_territoire(AGES),
        &demande("Corme", TypeProjet::MicroCreche, 12),
        dossier.path(),
    ));
    assert!(page.contains("default-src 'none'; style-src 'sha256-"));
    assert!(!page.contains("<script") && !page.contains(" style=") && !page.contains("src="), "{page}");
    assert!(page.contains("Les &lt;Lutins&gt; &amp; Cie"), "les textes sont échappés");
    for ancre in page.split("href=\"#").skip(1).map(|s| s.split('"').next().unwrap()) {
        assert!(page.contains(&format!("id=\"{ancre}\"")), "{ancre}");
    }
}

#[test]
fn les_places_d_avant_sont_celles_de_la_table() {
    let dossier = tempfile::tempdir().unwrap();
    let essai = petit_territoire(AGES);
    let table = essai.lancer().table;
    let interne =
        DemandeEtude { audience: Audience::Interne, ..demande("Corme", TypeProjet::MicroCreche, 12) };
    let page = page(&lancer(&essai, &interne, dossier.path()));
    for code in ["96001", "96002", "96003", "96004"] {
        let figure = table.figure(Niveau::Commune, code, "accessibilite", "", 2024).unwrap();
        let ecrit = look::nombre(figure.valeur.unwrap(), 1);
        assert!(page.contains(&format!(">{ecrit}</td>")), "{code} : {ecrit}");
    }
}

#[test]
fn les_temps_donnes_par_le_pipeline_sont_dits() {
    let dossier = tempfile::tempdir().unwrap();
    let trajets = "de;vers;minutes\nBronne;Aubel;7\nAubel;Bronne;7\nCorme;Aubel;13\nAubel;Corme;13\n";
    let essai = petit_territoire(AGES).avec("trajets", "trajets", trajets);
    let page = page(&lancer(&essai, &demande("Aubel", TypeProjet::Mam, 8), dossier.path()));
    // Doue is too far by the road that its distance gives; what is estimated would be in italics.
    assert!(page.contains("Temps de la table de trajets du relais."), "{page}");
    assert!(page.contains("<th scope=\"row\" class=\"\">Corme</th><td class=\"\">13</td>"), "{page}");
}

/// Births alone: the offer is not known, and nothing is taken for zero.
#[test]
fn sans_offre_connue_rien_n_est_zero() {
    let dossier = tempfile::tempdir().unwrap();
    let essai = petit_territoire(AGES).sans("pmi-2024").sans("structures");
    let compte_rendu = lancer(&essai, &demande("Corme", TypeProjet::MicroCreche, 12), dossier.path());
    let page = page(&compte_rendu);
    assert!(page.contains("ne peut pas être mesuré ici") && page.contains("ne sont pas comparées"), "{page}");
    assert!(!page.contains("Contrôle"), "{page}");
    assert!(page.contains(">Places en établissement</th><td class=\"pale\">n.d.</td>"), "{page}");
}

#[test]
fn le_classement_seul_se_fait_sans_commune() {
    let dossier = tempfile::tempdir().unwrap();
    let demande =
        DemandeEtude { commune: None, implantations: 2, ..demande("", TypeProjet::MicroCreche, 10) };
    let compte_rendu = lancer(&petit_territoire(AGES), &demande, dossier.path());
    let attendus = ["implantations.pdf", "implantations.html", "implantations.xlsx"].map(PathBuf::from);
    assert_eq!(compte_rendu.fichiers, attendus);
    assert!(compte_rendu.dossier.ends_with("etudes/implantations-micro-creche-10"));
    assert!(compte_rendu.implantations.len() >= 2 && compte_rendu.en_bref.is_empty());
    assert!(page(&compte_rendu).contains("Limites"));
}

#[test]
fn une_commune_dont_on_ne_connait_pas_les_enfants_est_laissee_de_cote_avec_ses_places() {
    let dossier = tempfile::tempdir().unwrap();
    let caf = "Code commune;Commune;Enfants de moins de 3 ans\n96001;Aubel;24\n96002;Bronne;nd\n96003;Corme;55\n96004;Doue;9\n";
    let essai = petit_territoire(AGES)
        .sans("imaje-2024")
        .sans("naissances")
        .avec("imaje-2024", "imaje", caf)
        .parametres("");
    let lu = essai.lancer_dans(dossier.path(), "indicateurs");
    let figure = |id: &str| {
        lu.table.figure(Niveau::Territoire, "essai", id, "", 2024).unwrap_or_else(|| panic!("{id}"))
    };
    // 16 places in Aubel and 46 in Corme; the 12 of Bronne are shared with children whom nobody counts.
    for id in ["accessibilite", "places_pour_100"] {
        let figure = figure(id);
        assert_eq!((figure.numerateur, figure.denominateur), (Some(62.0), Some(88.0)), "{id}");
        assert_eq!((figure.parties, figure.parties_attendues), (3, 4), "{id}");
    }
    let etude = lancer(&essai, &demande("Aubel", TypeProjet::MicroCreche, 10), dossier.path());
    let en_bref = etude.en_bref.join(" ").replace(['\u{a0}', '\u{202f}'], " ");
    // 16 places for 24 children there, 62 for 88 farther; with those of Bronne, they would be 28 and 74.
    assert!(!en_bref.contains("116,7") && !en_bref.contains("84,1"), "{en_bref}");
    assert!(en_bref.contains("places pour 100"), "{en_bref}");
}

#[test]
fn une_etude_dit_ce_que_ses_chiffres_n_ont_pas() {
    let dossier = tempfile::tempdir().unwrap();
    let demande = demande("Aubel", TypeProjet::MicroCreche, 10);
    let entiere = lancer(&petit_territoire(AGES), &demande, dossier.path());
    assert!(!entiere.a_des_lacunes && entiere.avis.is_empty(), "{:?}", entiere.avis);
    let essai = petit_territoire(AGES).avec_cles(
        "recensement",
        "structures",
        "date = 2024-12-31",
        "Type;Nom;Commune;Places\nCrèche;A;Aubel;20\nCrèche;B;Bourg-Inconnu;20\n",
    );
    let incomplete = lancer(&essai, &demande, dossier.path());
    assert!(incomplete.a_des_lacunes);
    let [avis] = incomplete.avis.as_slice() else { panic!("{:?}", incomplete.avis) };
    assert_eq!(
        avis,
        "1\u{a0}ligne n’est pas comptée dans ces sources : recensement. « observatoire verifier » dit lesquelles, et ce qu’il faut corriger."
    );
}

// --- Messages -----------------------------------------------------------------------------------------

fn refus(arguments: &[&str], dossier: &Path) -> String {
    let sortie = Command::new(env!("CARGO_BIN_EXE_observatoire"))
        .arg("etude")
        .args(arguments)
        .current_dir(dossier)
        .output()
        .unwrap();
    assert_eq!(sortie.status.code(), Some(1), "{arguments:?}");
    assert!(sortie.stdout.is_empty());
    String::from_utf8(sortie.stderr).unwrap()
}

#[test]
fn ce_qui_est_refuse_dit_pourquoi_et_que_faire() {
    let dossier = tempfile::tempdir().unwrap();
    petit_territoire(AGES).ecrire(dossier.path());
    let base = ["pipelines/essai.toml", "--type"];
    let cas: [&[&str]; 13] = [
        &["micro-creche", "--places", "13", "--commune", "Aubel"],
        &["mam", "--places", "21", "--commune", "Aubel"],
        &["mam", "--places", "8", "--commune", "Aubel", "--paje"],
        &["mam", "--places", "8", "--commune", "Aubel", "--psu"],
        &["multi-accueil", "--places", "20", "--commune", "Aubel", "--paje"],
        &["micro-creche", "--places", "0", "--commune", "Aubel"],
        &["micro-creche", "--places", "10", "--commune", "Aubel", "--comparer", "Bronne:14"],
        &["micro-creche", "--places", "10"],
        &["micro-creche", "--places", "10", "--comparer", "Bronne"],
        &["micro-creche", "--places", "10", "--commune", "Brone-les-Bains"],
        &["micro-creche", "--places", "10", "--commune", "Aubel", "--adresse", "-1.5,46.6"],
        &["école", "--places", "10", "--commune", "Aubel"],
        &["micro-creche", "--places", "10", "--commune", "Aubel", "--adresse", "ici"],
    ];
    let messages: Vec<String> = cas
        .iter()
        .map(|cas| {
            let message = refus(&[&base[..], cas].concat(), dossier.path());
            format!("{}\n  {}", cas.join(" "), message.trim())
        })
        .collect();
    insta::assert_snapshot!(messages.join("\n\n"));
    assert!(!dossier.path().join("reports").exists(), "rien n’est écrit");
}

// --- The demonstration --------------------------------------------------------------------------------

fn contient(octets: &[u8], motif: &str) -> usize {
    octets.windows(motif.len()).filter(|w| *w == motif.as_bytes()).count()
}

/// The communes of the demonstration with least and most places within reach.
fn extremes() -> [(String, f64); 2] {
    let table = &demo().compte_rendu.table;
    let mut acces: Vec<(String, f64)> = (1..=15)
        .map(|n| {
            let code = format!("960{n:02}");
            let figure = table.figure(Niveau::Commune, &code, "accessibilite", "", 2024).unwrap();
            (code, figure.valeur.unwrap())
        })
        .collect();
    acces.sort_by(|a, b| a.1.total_cmp(&b.1));
    [acces[0].clone(), acces[14].clone()]
}

#[test]
fn deux_communes_de_la_demonstration_deux_etudes() {
    let dossier = tempfile::tempdir().unwrap();
    let [tendue, servie] = extremes();
    let comparaison = vec![Autre { commune: servie.0.clone(), places: Some(10), genre: None }];
    let longue = DemandeEtude {
        comparer: comparaison,
        implantations: 5,
        ..demande(&tendue.0, TypeProjet::MicroCreche, 12)
    };
    let faire = |demande: &DemandeEtude| {
        let pipeline = racine().join("pipelines/demo.toml");
        pipeline::etudier(&pipeline, demande, &options(dossier.path()), &Muet).unwrap()
    };
    let etudes = [faire(&longue), faire(&demande(&servie.0, TypeProjet::MicroCreche, 12))];
    for (etude, (_, acces)) in etudes.iter().zip([&tendue, &servie]) {
        let avant = look::nombre(*acces, 1);
        assert!(etude.en_bref.iter().any(|phrase| phrase.contains(&avant)), "{avant} : {:?}", etude.en_bref);
        let pdf = std::fs::read(etude.dossier.join(&etude.fichiers[0])).unwrap();
        assert!((4..=6).any(|pages| contient(&pdf, &format!("/Type/Pages/Count {pages}")) == 1), "pages");
        assert!(contient(&pdf, "pdfuaid:part") > 0 && contient(&pdf, "/Lang(fr-FR)") > 0);
        assert_eq!(contient(&pdf, "/S/Figure"), contient(&pdf, "/Alt"), "images");
    }
    assert_ne!(etudes[0].en_bref[1], etudes[1].en_bref[1]);
    assert!(etudes[0].implantations.len() >= 5);
}

/// Births of several years are those of the same communes: one that joined amid them is in none of the sums.
#[test]
fn les_naissances_de_trois_ans_sont_celles_des_memes_communes() {
    let dossier = tempfile::tempdir().unwrap();
    let pipeline = petit_territoire(AGES).ecrire(dossier.path());
    let texte = std::fs::read_to_string(&pipeline).unwrap();
    let jointe = texte.replace("nom = \"Doue\"", "nom = \"Doue\", depuis = 2023-07-01");
    assert_ne!(texte, jointe);
    std::fs::write(&pipeline, jointe).unwrap();
    let demande = demande("Corme", TypeProjet::MicroCreche, 12);
    let compte_rendu = pipeline::etudier(&pipeline, &demande, &options(dossier.path()), &Muet).unwrap();
    let page = page(&compte_rendu);
    let rangee = |nom: &str| {
        let debut = page.find(&format!(">{nom}</th>")).unwrap();
        page[debut..].split_once("</tr>").unwrap().0.rsplit_once("<td").unwrap().1.to_owned()
    };
    // 8 + 7 + 8, 6 + 5 + 6, 18 + 17 + 18, and not 2 + 1 of Doue; 26 + 19 + 60 before.
    for (nom, somme) in
        [("Naissances des trois dernières années", "93"), ("\u{2003}les trois années d’avant", "105")]
    {
        let case = rangee(nom);
        assert!(case.contains(somme) && case.contains("3&#x2f;4"), "{nom} : {case}");
    }
}
