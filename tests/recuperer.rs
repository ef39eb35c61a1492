//! Public data: fetched politely and once, whatever the services do; nothing of a bad answer stays.

use crate::commun::serveur::{Reponse, Requete, Serveur, brute, erreur};
use crate::commun::{Muet, options};
use observatoire::indicators::Niveau;
use observatoire::open_data::{
    Cause, Etat, Raison, Recuperation, SuiviReseau, consequences, recuperer, recuperer_depuis,
};
use observatoire::pipeline::{Declaration, lancer};
use observatoire::sources::Genre;
use serde_json::json;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SIREN: &str = "200000001";
const VOISINE: &str = "200000002";

/// Three communes in a row, one next to them in another EPCI, and one that is 60 km away.
const COMMUNES: [(&str, &str, &str, f64); 5] = [
    ("85001", "L'Aiguillon", SIREN, -1.50),
    ("85002", "Beaulieu", SIREN, -1.45),
    ("85003", "Challans", SIREN, -1.40),
    ("44010", "Legé", VOISINE, -1.35),
    ("44011", "Loin", VOISINE, -0.60),
];

fn epcis() -> Vec<u8> {
    json!([{ "nom": "CC de l’Essai", "code": SIREN }, { "nom": "CC Voisine", "code": VOISINE }])
        .to_string()
        .into_bytes()
}

fn communes() -> Vec<u8> {
    let une = |(code, nom, epci, x): (&str, &str, &str, f64)| {
        let centre = json!({ "type": "Point", "coordinates": [x, 46.8] });
        json!({ "nom": nom, "code": code, "codeEpci": epci, "population": 1200, "centre": centre })
    };
    json!(COMMUNES.map(une)).to_string().into_bytes()
}

fn contours(siren: &str) -> Vec<u8> {
    let entites: Vec<_> = COMMUNES
        .iter()
        .filter(|c| c.2 == siren)
        .map(|(code, nom, _, x)| {
            let (o, e, s, n) = (x - 0.025, x + 0.025, 46.78, 46.82);
            let anneau = json!([[[o, s], [e, s], [e, n], [o, n], [o, s]]]);
            json!({ "type": "Feature", "properties": { "nom": nom, "code": code, "population": 1200 },
                    "geometry": { "type": "Polygon", "coordinates": anneau } })
        })
        .collect();
    json!({ "type": "FeatureCollection", "features": entites }).to_string().into_bytes()
}

const COG: &str = "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT\n\
    COM,85001,52,85,85D,851,1,AIGUILLON,Aiguillon,L'Aiguillon,8501,\n\
    COM,85002,52,85,85D,851,0,BEAULIEU,Beaulieu,Beaulieu,8501,\n\
    COM,85003,52,85,85D,851,0,CHALLANS,Challans,Challans,8501,\n\
    COM,44010,52,44,44D,441,0,LEGE,Legé,Legé,4401,\n";
const MOUVEMENTS: &str = "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP\n\
    32,2016-01-01,COM,85099,0,VIEUX,Vieux,Vieux,COM,85003,0,CHALLANS,Challans,Challans\n";

fn catalogue_de_melodi() -> Vec<u8> {
    let jeu = |id: &str, titre: &str| {
        json!({ "identifier": id, "title": [{ "lang": "en", "content": "x" }, { "lang": "fr", "content": titre }],
                "product": [{ "id": format!("{id}_CSV_FR"), "format": "CSV" }] })
    };
    json!([
        jeu("DS_ETAT_CIVIL_DECES_COMMUNES", "Décès"),
        jeu("DS_ETAT_CIVIL_NAIS_COMMUNES_2026", "Naissances domiciliées par commune")
    ])
    .to_string()
    .into_bytes()
}

/// Two pages: the births of 2022 and 2023, then those of 2024.
fn naissances(requete: &Requete) -> Vec<u8> {
    let derniere = requete.ligne.contains("page=2");
    let annees: &[i32] = if derniere { &[2024] } else { &[2022, 2023] };
    let une = |annee: &i32, rang: usize| {
        let code = COMMUNES[rang].0;
        json!({ "dimensions": { "GEO": format!("2025-COM-{code}"), "TIME_PERIOD": annee.to_string(), "FREQ": "A", "EC_MEASURE": "LVB" },
                "attributes": { "OBS_STATUS": "A" },
                "measures": { "OBS_VALUE_NIVEAU": { "value": f64::from(annee - 2000) + [1.0, 2.0, 3.0][rang] } } })
    };
    let observations: Vec<_> = annees.iter().flat_map(|a| (0..3).map(move |r| une(a, r))).collect();
    let suite = if derniere { json!(null) } else { json!("https://ailleurs.example/?page=2") };
    json!({ "identifier": "x", "paging": { "first": "…", "next": suite, "isLast": derniere }, "observations": observations })
        .to_string()
        .into_bytes()
}

/// Two pages of the catalogue of the Caf.
fn catalogue_de_la_caf(requete: &Requete) -> Vec<u8> {
    let jeux: Vec<&str> = if requete.ligne.contains("offset=100") {
        vec!["txcouv_pe_epci", "z"]
    } else {
        vec!["nbpla_pe_epci", "s_ben_com", "txcouv_pe_dep_hist"]
    };
    let jeux: Vec<_> = jeux.iter().map(|id| json!({ "dataset_id": id, "fields": [] })).collect();
    json!({ "total_count": 120, "results": jeux }).to_string().into_bytes()
}

fn export_de_la_caf(jeu: &str) -> Vec<u8> {
    let taux = "Taux de couv EAJE PSU;Taux de couv hors EAJE PSU;Taux de couv EAJE - ensemble;Taux de couv préscolarisation;Taux de couv assistante maternelle;Taux de couv salariée à domicile;Taux de couv accueil individuel - ensemble;Taux de couv global";
    match jeu {
        "txcouv_pe_epci" => format!(
            "\u{feff}Date référence;Numéro EPCI;Nom EPCI;{taux}\n2023;{SIREN};CC DE L ESSAI;10.1;2.0;12.1;3.0;44.0;0.9;44.9;60.0\n2023;XX;XX;1;1;1;1;1;1;1;195.8\n"
        ),
        "txcouv_pe_dep_hist" => format!(
            "Date référence;Numéro Département;Nom Département;Numéro Région;Nom Région;{taux}\n2021;85;VENDEE;52;PAYS DE LA LOIRE;9.9;2;11.9;5;60;1;61;78\n"
        ),
        _ => format!(
            "Date référence;Numéro EPCI;Nom EPCI;Nombre de places EAJE PSU;Nombre de places assistante maternelle\n2023;{SIREN};CC DE L ESSAI;40;200\n"
        ),
    }
    .into_bytes()
}

/// Every service, as it should be.
fn corps(requete: &Requete) -> Vec<u8> {
    let chemin = requete.chemin();
    match chemin {
        "/geo/epcis" => epcis(),
        "/geo/communes" => communes(),
        "/insee/8740222/v_commune_2026.csv" => COG.into(),
        "/insee/8740222/v_mvt_commune_2026.csv" => MOUVEMENTS.into(),
        "/melodi/catalog/all" => catalogue_de_melodi(),
        "/melodi/data/DS_ETAT_CIVIL_NAIS_COMMUNES_2026" => naissances(requete),
        "/caf/api/explore/v2.1/catalog/datasets" => catalogue_de_la_caf(requete),
        _ if chemin.starts_with("/geo/epcis/") => contours(chemin.split('/').nth(3).unwrap()),
        _ if chemin.ends_with("/exports/csv") => export_de_la_caf(chemin.split('/').nth(7).unwrap()),
        _ => Vec::new(),
    }
}

fn bien(requete: &Requete) -> Reponse {
    let corps = corps(requete);
    if corps.is_empty() { erreur("404 Not Found", "") } else { Reponse::Bien(corps) }
}

const SOURCES: &str = "[[sources]]\nid = \"composition\"\ntype = \"composition\"\n[[sources]]\nid = \"cog\"\ntype = \"cog_communes\"\n[[sources]]\nid = \"mouvements\"\ntype = \"cog_mouvements\"\n[[sources]]\nid = \"contours\"\ntype = \"contours\"\n[[sources]]\nid = \"naissances\"\ntype = \"naissances\"\n[[sources]]\nid = \"taux\"\ntype = \"taux_publies\"\n";

/// A pipeline that asks for everything, from services at these addresses.
struct Essai {
    dossier: TempDir,
}

impl Essai {
    fn new(adresse: &str) -> Self {
        Self::avec(&format!("epci = \"{SIREN}\""), [adresse; 4], "")
    }

    fn avec(territoire: &str, [geo, insee, melodi, caf]: [&str; 4], reseau: &str) -> Self {
        let dossier = tempfile::tempdir().unwrap();
        fs::create_dir_all(dossier.path().join("pipelines")).unwrap();
        let essai = Self { dossier };
        let reglages = "essais = 3\nattente_s = 0.02\nattente_max_s = 2.0\nconnexion_s = 2.0\nlecture_s = 1.5\nfichier_s = 5.0\ntaille_max_mo = 1.0\n";
        let reseau = if reseau.is_empty() { "insee_requetes = 1000\n" } else { reseau };
        let pipeline = format!(
            "[territoire]\n{territoire}\n[observation]\ndate = 2024-12-31\n[services]\ngeo_api = \"{geo}/geo\"\ninsee = \"{insee}/insee\"\nmelodi = \"{melodi}/melodi\"\ncaf = \"{caf}/caf\"\n[services.reseau]\n{reglages}{reseau}{SOURCES}"
        );
        fs::write(essai.pipeline(), pipeline).unwrap();
        essai
    }

    fn pipeline(&self) -> PathBuf {
        self.dossier.path().join("pipelines/essai.toml")
    }

    fn cache(&self) -> PathBuf {
        self.dossier.path().join("data/cache")
    }

    fn recuperer(&self, hors_ligne: bool) -> Recuperation {
        let declaration = Declaration::lire(&self.pipeline()).unwrap();
        let cache = options(self.dossier.path()).cache;
        recuperer(&declaration.demande(), &declaration.services, &cache, hors_ligne, jour(), &Silence)
            .unwrap()
    }

    fn depuis(&self, dossier: &Path) -> Recuperation {
        let declaration = Declaration::lire(&self.pipeline()).unwrap();
        let cache = options(self.dossier.path()).cache;
        recuperer_depuis(&declaration.demande(), dossier, &cache, jour()).unwrap()
    }

    fn programme(&self, arguments: &[&str]) -> Command {
        let mut commande = Command::new(env!("CARGO_BIN_EXE_observatoire"));
        commande.args(arguments).current_dir(self.dossier.path());
        for variable in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
            commande.env_remove(variable);
        }
        commande
    }
}

fn ecran(sortie: &Output) -> String {
    String::from_utf8(sortie.stdout.clone()).unwrap() + &String::from_utf8(sortie.stderr.clone()).unwrap()
}

fn jour() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

struct Silence;

impl SuiviReseau for Silence {
    fn debut(&self, _: &str, _: Option<u64>) {}
    fn recu(&self, _: &str, _: u64) {}
    fn attente(&self, _: &str, _: &Cause, _: Duration) {}
    fn fin(&self, _: &str) {}
}

/// Every file of the cache that a run reads, and the answers that are kept.
fn contenus(cache: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut fichiers = Vec::new();
    for dossier in [cache.to_owned(), cache.join("brut")] {
        for entree in fs::read_dir(dossier).into_iter().flatten().flatten() {
            let nom = entree.file_name().to_string_lossy().into_owned();
            if entree.path().is_file() && nom != "index.json" && !nom.starts_with('.') {
                fichiers.push((entree.path(), fs::read(entree.path()).unwrap()));
            }
        }
    }
    fichiers.sort();
    fichiers
}

#[test]
fn tout_arrive_et_un_second_passage_ne_transfere_rien() {
    let serveur = Serveur::new(bien);
    let essai = Essai::new(&serveur.adresse);
    let bilan = essai.recuperer(false);
    assert!(bilan.est_complete(), "{bilan:?}");
    assert_eq!(bilan.prises.len(), 8, "{bilan:?}");
    assert!(bilan.prises.iter().all(|p| p.etat == Etat::Nouvelle));

    let avant = contenus(&essai.cache());
    serveur.oublier();
    let second = essai.recuperer(false);
    assert!(second.est_complete() && second.prises.iter().all(|p| p.etat == Etat::Inchangee), "{second:?}");
    let requetes = serveur.requetes();
    assert!(!requetes.is_empty());
    assert!(requetes.iter().all(|r| !r.entete("if-none-match").is_empty()), "{requetes:?}");
    assert_eq!(contenus(&essai.cache()), avant);

    serveur.oublier();
    assert!(essai.recuperer(true).est_complete());
    assert_eq!(serveur.requetes().len(), 0, "hors ligne, le réseau n’est pas touché");
}

#[test]
fn ce_qui_n_a_pas_de_version_n_est_pas_redemande_avant_un_mois() {
    let serveur = Serveur::new(|r| Reponse::SansEtag(corps(r)));
    let essai = Essai::new(&serveur.adresse);
    assert!(essai.recuperer(false).est_complete());
    serveur.oublier();
    assert!(essai.recuperer(false).est_complete());
    assert_eq!(serveur.requetes().len(), 0);
}

/// From answers in the shape of the services to the figures, the map and its neighbours.
#[test]
fn les_reponses_donnent_le_perimetre_les_chiffres_et_les_voisines() {
    let serveur = Serveur::new(bien);
    // By its name: its number, its communes and all the rest follow.
    let essai = Essai::avec("epci = \"cc de l'essai\"", [&serveur.adresse; 4], "");
    let bilan = essai.recuperer(false);
    assert!(bilan.est_complete(), "{bilan:?}");
    let compte_rendu = lancer(&essai.pipeline(), &options(essai.dossier.path()), &Muet).unwrap();
    assert_eq!((compte_rendu.code.as_str(), compte_rendu.territoire.as_str()), (SIREN, "CC de l’Essai"));
    for (annee, attendu) in [(2022, 72.0), (2023, 75.0), (2024, 78.0)] {
        let figure = compte_rendu.table.figure(Niveau::Territoire, SIREN, "naissances", "", annee).unwrap();
        assert_eq!((figure.valeur, figure.parties), (Some(attendu), 3), "{annee}");
    }
    for source in ["taux-nbpla_pe_epci", "taux-txcouv_pe_dep_hist", "taux-txcouv_pe_epci"] {
        let bilan = compte_rendu.bilans.0.iter().find(|b| b.source == source).unwrap();
        assert!(bilan.est_juste() && bilan.lues == 1, "{bilan:?}");
    }
    let pris: serde_json::Value =
        serde_json::from_slice(&fs::read(essai.cache().join("contours-ccdelessai.geojson")).unwrap())
            .unwrap();
    let codes: Vec<&str> = pris["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["properties"]["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["44010", "85001", "85002", "85003"], "la voisine y est, celle à 60 km non");
    let requetes = serveur.requetes();
    let demandee = |mot: &str| requetes.iter().any(|r| r.ligne.contains(mot));
    assert!(demandee("geometry=contour") && demandee("GEO=EPCI-200000001*COM") && demandee("delimiter=%3B"));
}

type Mauvais = fn(&Requete) -> Reponse;

/// What the service of births does wrong each time, and what must be said of it.
const MAUVAIS: [(&str, Mauvais, &str); 12] = [
    ("429", |_| erreur("429 Too Many Requests", "Retry-After: 3600\n"), "demande d’attendre 60 min"),
    ("500", |_| erreur("500 Internal Server Error", ""), "est en panne (erreur 500)"),
    ("404", |_| erreur("404 Not Found", ""), "refuse la demande (erreur 404)"),
    ("silence", |r| Reponse::Silence(corps(r), 100), "n’a pas répondu à temps"),
    ("coupure", |r| brute("HTTP/1.1 200 OK\nContent-Length: 5000", &corps(r)[..50]), "a coupé sa réponse"),
    ("longueur", |r| brute("HTTP/1.1 200 OK\nContent-Length: 99", &corps(r)), "abîmées (fin manquante)"),
    ("vide", |_| brute("HTTP/1.1 200 OK\nContent-Length: 0", b""), "abîmées (réponse vide)"),
    (
        "html",
        |_| {
            brute(
                "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 22",
                b"<!DOCTYPE html><p>/<p>",
            )
        },
        "envoie une page web",
    ),
    (
        "ailleurs",
        |_| brute("HTTP/1.1 302 Found\nLocation: https://portail.example/login\nContent-Length: 0", b""),
        "portail.example/login), qui n’a pas été suivie",
    ),
    ("sans fin", |_| Reponse::SansFin, "envoie plus de 1 Mo"),
    (
        "gzip",
        |_| brute("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 9", b"\x1f\x8b\x08rien d"),
        "compression illisible",
    ),
    ("bombe", |_| bombe(), "envoie plus de 1 Mo"),
];

/// Twenty million spaces in twenty kilobytes.
fn bombe() -> Reponse {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&vec![b' '; 20_000_000]).unwrap();
    let corps = gzip.finish().unwrap();
    brute(&format!("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: {}", corps.len()), &corps)
}

fn est_des_naissances(requete: &Requete) -> bool {
    requete.chemin().starts_with("/melodi/data")
}

#[test]
fn un_service_qui_se_conduit_mal_est_nomme_et_n_abime_rien() {
    // Side by side: most of the time is spent waiting.
    std::thread::scope(|ensemble| {
        for (nom, mauvais, attendu) in MAUVAIS {
            ensemble.spawn(move || supporter(nom, mauvais, attendu));
        }
    });
}

fn supporter(nom: &str, mauvais: Mauvais, attendu: &str) {
    let sage = Arc::new(AtomicBool::new(false));
    let etat = Arc::clone(&sage);
    let serveur = Serveur::new(move |r| {
        if est_des_naissances(r) && !etat.load(Ordering::SeqCst) { mauvais(r) } else { bien(r) }
    });
    let essai = Essai::new(&serveur.adresse);
    let debut = Instant::now();
    let bilan = essai.recuperer(false);
    assert!(debut.elapsed() < Duration::from_secs(20), "{nom} : {:?}", debut.elapsed());

    // The others are there; this one is missing, by its name, with what it costs.
    assert_eq!((bilan.prises.len(), bilan.manquantes.len()), (7, 1), "{nom} : {bilan:?}");
    let manquante = &bilan.manquantes[0];
    let message = manquante.raison.to_string();
    assert!(
        message.starts_with("api.insee.fr (naissances)") && message.contains(attendu),
        "{nom} : {message}"
    );
    assert_eq!(manquante.genre, Genre::Naissances);
    assert!(consequences(Genre::Naissances).iter().any(|c| c.contains("Naissances")));
    assert!(!essai.cache().join(format!("naissances-{SIREN}.csv")).exists(), "{nom}");

    // It comes to its senses, then fails again: what it gave stays, to the byte.
    sage.store(true, Ordering::SeqCst);
    let bilan = essai.recuperer(false);
    assert!(bilan.est_complete(), "{nom} : {bilan:?}");
    let avant = contenus(&essai.cache());
    sage.store(false, Ordering::SeqCst);
    let bilan = essai.recuperer(false);
    let ancienne = bilan.prises.iter().find(|p| p.genre == Genre::Naissances).unwrap();
    assert!(ancienne.echec.as_ref().unwrap().to_string().contains(attendu), "{nom} : {ancienne:?}");
    let apres: Vec<_> = contenus(&essai.cache())
        .into_iter()
        .filter(|(c, _)| !c.to_string_lossy().contains(".partiel"))
        .collect();
    assert_eq!(apres, avant, "{nom}");
}

#[test]
fn un_echec_passager_est_repare_et_ce_qui_est_demande_est_attendu() {
    let serveur = Serveur::new(|r| match (r.chemin(), r.rang) {
        ("/geo/epcis", 0) => erreur("429 Too Many Requests", "Retry-After: 1\n"),
        ("/geo/communes", 0) => erreur("503 Service Unavailable", ""),
        ("/melodi/catalog/all", 0) => Reponse::Silence(corps(r), 10),
        (_, _) if est_des_naissances(r) && r.entete("accept-encoding") == "gzip" => {
            brute("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 3", b"non")
        }
        ("/insee/8740222/v_commune_2026.csv", 0) => Reponse::Coupee(corps(r), 150),
        _ => bien(r),
    });
    let essai = Essai::new(&serveur.adresse);
    let bilan = essai.recuperer(false);
    assert!(bilan.est_complete(), "{bilan:?}");
    let requetes = serveur.requetes();
    let de = |chemin: &str| requetes.iter().filter(|r| r.chemin() == chemin).collect::<Vec<_>>();
    let epcis = de("/geo/epcis");
    assert!(epcis[1].quand - epcis[0].quand >= Duration::from_secs(1), "Retry-After est respecté");
    assert_eq!(de("/geo/communes").len(), 2);
    // What had come is not asked for again.
    let cog = de("/insee/8740222/v_commune_2026.csv");
    assert_eq!((cog.len(), cog[1].entete("range")), (2, "bytes=150-"));
    assert_eq!(fs::read_to_string(essai.cache().join("cog-communes.csv")).unwrap(), COG);
}

#[test]
fn ce_qui_est_comprime_est_lu() {
    let serveur = Serveur::new(|r| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&corps(r)).unwrap();
        let corps = gzip.finish().unwrap();
        brute(&format!("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: {}", corps.len()), &corps)
    });
    assert!(Essai::new(&serveur.adresse).recuperer(false).est_complete());
}

/// Killed in the middle, started again: it goes on from where it was.
#[test]
fn tue_au_milieu_puis_relance_il_finit() {
    let sage = Arc::new(AtomicBool::new(false));
    let etat = Arc::clone(&sage);
    let serveur = Serveur::new(move |r| {
        let attend = r.chemin() == "/geo/communes" && !etat.load(Ordering::SeqCst);
        if attend { Reponse::Silence(corps(r), 200) } else { bien(r) }
    });
    let essai = Essai::new(&serveur.adresse);
    let texte = fs::read_to_string(essai.pipeline()).unwrap();
    fs::write(
        essai.pipeline(),
        texte.replace("lecture_s = 1.5", "lecture_s = 60.0").replace("fichier_s = 5.0", "fichier_s = 60.0"),
    )
    .unwrap();
    let mut enfant = essai.programme(&["recuperer", "pipelines/essai.toml"]).spawn().unwrap();
    let partiel = essai.cache().join("brut/communes.json.partiel");
    let debut = Instant::now();
    while fs::metadata(&partiel).map_or(0, |m| m.len()) < 200 && debut.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(10));
    }
    enfant.kill().unwrap();
    enfant.wait().unwrap();
    assert_eq!(fs::metadata(&partiel).unwrap().len(), 200);
    assert!(!essai.cache().join("composition.csv").exists());

    sage.store(true, Ordering::SeqCst);
    serveur.oublier();
    let sortie = essai.programme(&["recuperer", "pipelines/essai.toml"]).output().unwrap();
    assert_eq!(sortie.status.code(), Some(0), "{}", ecran(&sortie));
    let reprise = serveur.requetes().into_iter().find(|r| r.chemin() == "/geo/communes").unwrap();
    assert_eq!(reprise.entete("range"), "bytes=200-");
    assert_eq!(fs::read(essai.cache().join("brut/communes.json")).unwrap(), communes());
    assert!(!partiel.exists() && essai.cache().join("composition.csv").exists());
}

/// Where a column is renamed or changes type: what is asked, the text that changes, the column that is named.
const DERIVES: [(&str, &str, &str, &str); 12] = [
    ("/geo/epcis", "\"code\"", "\"siren\"", "« code »"),
    ("/geo/communes", "\"codeEpci\"", "\"epci\"", "« codeEpci »"),
    ("/geo/communes", "\"population\":1200", "\"population\":\"1200\"", "« population »"),
    ("/geo/communes", "\"centre\"", "\"center\"", "« centre »"),
    ("/insee/8740222/v_commune_2026.csv", "LIBELLE", "NOM", "« libelle »"),
    ("/insee/8740222/v_commune_2026.csv", "COM,85002", "COM,Beaulieu", "« com »"),
    ("/insee/8740222/v_mvt_commune_2026.csv", "DATE_EFF", "DATE", "« date_eff »"),
    ("/melodi/catalog/all", "\"identifier\"", "\"id\"", "« identifier »"),
    ("/melodi/data/DS_ETAT_CIVIL_NAIS_COMMUNES_2026", "OBS_VALUE_NIVEAU", "VALEUR", "« OBS_VALUE_NIVEAU »"),
    ("/melodi/data/DS_ETAT_CIVIL_NAIS_COMMUNES_2026", "\"2022\"", "2022", "« TIME_PERIOD »"),
    ("/caf/api/explore/v2.1/catalog/datasets", "dataset_id", "datasetid", "« dataset_id »"),
    ("txcouv_pe_epci/exports/csv", "Taux de couv global", "Total", "« Taux de couv global »"),
];

#[test]
fn une_colonne_renommee_ou_d_un_autre_type_est_nommee() {
    for (ou, de, par, colonne) in DERIVES {
        let serveur = Serveur::new(move |r| {
            let corps = corps(r);
            if !r.chemin().ends_with(ou) {
                return bien(r);
            }
            let change = String::from_utf8(corps).unwrap().replace(de, par);
            Reponse::Bien(change.into_bytes())
        });
        let bilan = Essai::new(&serveur.adresse).recuperer(false);
        let messages: Vec<String> = bilan.manquantes.iter().map(|m| m.raison.to_string()).collect();
        let dit = messages.iter().any(|m| m.contains("a changé la forme") && m.contains(colonne));
        assert!(dit, "{ou}, {de} → {par} : {messages:?}");
        assert!(bilan.manquantes.iter().all(|m| matches!(m.raison, Raison::Service(_))));
    }
}

/// A hundred EPCI at once, from two machines: neither is asked faster than it allows.
#[test]
fn cent_epci_a_la_fois_respectent_la_limite_de_chaque_machine() {
    let code = |i: usize| format!("{}", 10000 + i);
    let siren = |i: usize| format!("{}", 200_000_000 + i);
    let liste = move || {
        let une = |i: usize| {
            let centre = json!({ "type": "Point", "coordinates": [0.0, 40.0 + f64::from(u32::try_from(i).unwrap()) * 0.5] });
            json!({ "nom": format!("Commune {i}"), "code": code(i), "codeEpci": siren(i), "population": 5, "centre": centre })
        };
        json!((0..100).map(une).collect::<Vec<_>>()).to_string().into_bytes()
    };
    let geo = Serveur::new(move |r| match r.chemin() {
        "/geo/communes" => Reponse::Bien(liste()),
        chemin if chemin.starts_with("/geo/epcis/") => {
            let i: usize = chemin.split('/').nth(3).unwrap().parse::<usize>().unwrap() - 200_000_000;
            let anneau = json!([[[0, 40], [1, 40], [1, 41], [0, 40]]]);
            let entite = json!({ "type": "Feature", "properties": { "nom": "x", "code": code(i) }, "geometry": { "type": "Polygon", "coordinates": anneau } });
            Reponse::Bien(
                json!({ "type": "FeatureCollection", "features": [entite] }).to_string().into_bytes(),
            )
        }
        _ => erreur("404 Not Found", ""),
    });
    let melodi = Serveur::new(|r| {
        if !est_des_naissances(r) {
            return bien(r);
        }
        let code = r.ligne.split("EPCI-").nth(1).unwrap()[4..9].parse::<u32>().unwrap() + 10000;
        let observation = json!({ "dimensions": { "GEO": format!("2025-COM-{code}"), "TIME_PERIOD": "2024" }, "measures": { "OBS_VALUE_NIVEAU": { "value": 3.0 } } });
        Reponse::Bien(
            json!({ "observations": [observation], "paging": { "isLast": true } }).to_string().into_bytes(),
        )
    });
    let membres: Vec<String> = (0..100).map(|i| format!("{{ code = \"{}\" }}", code(i))).collect();
    let territoire = format!("code = \"cent\"\nmembres = [{}]", membres.join(", "));
    let fenetre = Duration::from_millis(600);
    let reseau = "insee_requetes = 25\nfenetre_s = 0.6\nsimultanees_par_service = 3\n";
    let essai = Essai::avec(&territoire, [&geo.adresse, &geo.adresse, &melodi.adresse, &geo.adresse], reseau);
    let texte = fs::read_to_string(essai.pipeline()).unwrap();
    let (avant, _) = texte.split_once("[[sources]]").unwrap();
    let sources = "[[sources]]\nid = \"contours\"\ntype = \"contours\"\n[[sources]]\nid = \"naissances\"\ntype = \"naissances\"\n";
    // A busy machine may be slow to answer itself: that is not what is measured here.
    let avant =
        avant.replace("lecture_s = 1.5", "lecture_s = 20.0").replace("fichier_s = 5.0", "fichier_s = 20.0");
    fs::write(essai.pipeline(), format!("{avant}{sources}")).unwrap();

    let bilan = essai.recuperer(false);
    assert!(bilan.est_complete(), "{bilan:?}");
    assert_eq!((geo.requetes().len(), melodi.requetes().len()), (101, 101));
    // What the limit counts is when a request leaves; it comes as much later as the machine is busy.
    let pointe = melodi.pointe(fenetre * 3 / 4);
    assert!(pointe <= 25, "{pointe} requêtes dans une fenêtre");
    assert!(geo.simultanees() <= 3 && melodi.simultanees() <= 3);
    let naissances = fs::read_to_string(essai.cache().join("naissances-cent.csv")).unwrap();
    assert_eq!(naissances.lines().count(), 101);
}

/// What a browser saved, under any name, gives what the services give.
#[test]
fn un_dossier_donne_le_meme_cache_que_le_reseau() {
    let serveur = Serveur::new(bien);
    let (en_ligne, en_dossier) = (Essai::new(&serveur.adresse), Essai::new("http://127.0.0.1:1"));
    assert!(en_ligne.recuperer(false).est_complete());
    let depot = tempfile::tempdir().unwrap();
    let reponses = fs::read_dir(en_ligne.cache().join("brut")).unwrap().flatten();
    for (rang, reponse) in reponses.filter(|r| r.file_name() != "index.json").enumerate() {
        fs::copy(reponse.path(), depot.path().join(format!("sans titre ({rang})"))).unwrap();
    }
    let bilan = en_dossier.depuis(depot.path());
    assert!(bilan.est_complete(), "{bilan:?}");
    for nom in [
        "composition.csv",
        "cog-communes.csv",
        "naissances-200000001.csv",
        "caf-txcouv_pe_epci.csv",
        "caf-txcouv_pe_dep_hist.csv",
        "caf-nbpla_pe_epci.csv",
    ] {
        let lire = |essai: &Essai| fs::read_to_string(essai.cache().join(nom)).unwrap();
        assert_eq!(lire(&en_dossier), lire(&en_ligne), "{nom}");
    }
    assert!(en_dossier.depuis(depot.path()).prises.iter().all(|p| p.etat == Etat::Inchangee));
}

/// The Caf may send the names of its fields instead of their labels.
#[test]
fn les_noms_de_champs_de_la_caf_sont_connus_comme_leurs_libelles() {
    let champs = "annee;numepci;nomepci;txcouv_psu_col_epci;txcouv_hors_psu_col_epci;txcouv_eaje_epci;txcouv_prescol_epci;txcouv_am_ind_epci;txcouv_gad_ind_epci;txcouv_ind_epci;txcouv_epci";
    let depot = tempfile::tempdir().unwrap();
    let ligne = format!("2023;{SIREN};CC DE L ESSAI;10.1;2.0;12.1;3.0;44.0;0.9;44.9;60.0");
    fs::write(depot.path().join("export"), format!("{champs}\n{ligne}\n")).unwrap();
    let essai = Essai::new("http://127.0.0.1:1");
    let bilan = essai.depuis(depot.path());
    assert_eq!(bilan.prises.len(), 1, "{bilan:?}");
    assert_eq!(bilan.prises[0].jeu.as_deref(), Some("txcouv_pe_epci"));
}

#[test]
fn lancer_sans_avoir_recupere_dit_de_le_faire() {
    let essai = Essai::new("http://127.0.0.1:1");
    let sortie = essai.programme(&["lancer", "pipelines/essai.toml"]).output().unwrap();
    assert_eq!(sortie.status.code(), Some(1));
    let message = ecran(&sortie);
    assert!(
        message.contains("pas encore récupérée") && message.contains("observatoire recuperer"),
        "{message}"
    );
}

#[test]
fn un_epci_inconnu_cite_les_plus_proches() {
    let serveur = Serveur::new(bien);
    let essai = Essai::avec("epci = \"CC de l Essay\"", [&serveur.adresse; 4], "");
    let bilan = essai.recuperer(false);
    let contours = bilan.manquantes.iter().find(|m| m.genre == Genre::Contours).unwrap();
    assert!(contours.raison.to_string().contains("200000001 « CC de l’Essai »"), "{}", contours.raison);
}

#[test]
fn sans_aucun_reseau_l_ecran_dit_quoi_faire() {
    let essai = Essai::new("http://127.0.0.1:1");
    let debut = Instant::now();
    let sortie = essai.programme(&["recuperer", "pipelines/essai.toml"]).output().unwrap();
    assert_eq!(sortie.status.code(), Some(2));
    assert!(debut.elapsed() < Duration::from_secs(10));
    let mut reglages = insta::Settings::clone_current();
    reglages.add_filter(r"Le cache est dans .*", "Le cache est dans [dossier]");
    reglages.bind(|| insta::assert_snapshot!(ecran(&sortie)));
}

#[test]
fn la_moitie_du_reseau_puis_l_age_du_cache() {
    let serveur =
        Serveur::new(
            |r| {
                if r.chemin().starts_with("/caf") { erreur("502 Bad Gateway", "") } else { bien(r) }
            },
        );
    let essai = Essai::new(&serveur.adresse);
    let sortie = essai.programme(&["recuperer", "pipelines/essai.toml"]).output().unwrap();
    assert_eq!(sortie.status.code(), Some(2));
    let mut reglages = insta::Settings::clone_current();
    reglages.add_filter(r"Le cache est dans .*", "Le cache est dans [dossier]");
    reglages.bind(|| insta::assert_snapshot!(ecran(&sortie)));

    let arguments = ["lancer", "pipelines/essai.toml", "--livrables", "indicateurs"];
    let sortie = essai.programme(&arguments).output().unwrap();
    assert!(ecran(&sortie).contains("Données publiques du cache : d’aujourd’hui"), "{}", ecran(&sortie));
}

#[test]
fn le_mandataire_de_l_environnement_est_suivi() {
    let mandataire = Serveur::new(|_| erreur("403 Forbidden", ""));
    let essai = Essai::new("https://service.example");
    let mut commande = essai.programme(&["recuperer", "pipelines/essai.toml"]);
    let sortie = commande.env("HTTPS_PROXY", &mandataire.adresse).output().unwrap();
    let requetes = mandataire.requetes();
    assert!(requetes.iter().any(|r| r.ligne == "CONNECT service.example:443"), "{requetes:?}");
    assert!(ecran(&sortie).contains("HTTPS_PROXY"), "{}", ecran(&sortie));
}
