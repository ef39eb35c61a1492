//! A public service on this machine, which can behave as badly as some do: it writes bytes, not answers.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What a client asked.
#[derive(Debug, Clone)]
pub struct Requete {
    pub quand: Instant,
    /// Method and target: `GET /epcis?fields=nom`.
    pub ligne: String,
    /// Headers, their names in lower case.
    pub entetes: BTreeMap<String, String>,
    /// Requests of that target before this one.
    pub rang: usize,
}

impl Requete {
    pub fn entete(&self, nom: &str) -> &str {
        self.entetes.get(nom).map_or("", String::as_str)
    }

    /// The target without its query.
    pub fn chemin(&self) -> &str {
        self.ligne.split_once(' ').map_or("", |(_, cible)| cible.split('?').next().unwrap_or_default())
    }
}

/// What to send back.
#[derive(Debug, Clone)]
pub enum Reponse {
    /// A good answer, with an `ETag` of its content, whole, in part or as « not changed ».
    Bien(Vec<u8>),
    /// The same, without any way to tell that it is unchanged.
    SansEtag(Vec<u8>),
    /// Head and body as they are: nothing is added.
    Brute(Vec<u8>),
    /// The first bytes of a good answer, then the line is cut.
    Coupee(Vec<u8>, usize),
    /// The first bytes of a good answer, then silence.
    Silence(Vec<u8>, usize),
    /// Bytes without end.
    SansFin,
}

pub fn brute(tete: &str, corps: &[u8]) -> Reponse {
    Reponse::Brute([tete.replace('\n', "\r\n").as_bytes(), b"\r\n\r\n", corps].concat())
}

pub fn erreur(statut: &str, entetes: &str) -> Reponse {
    brute(&format!("HTTP/1.1 {statut}\nContent-Length: 0\n{entetes}Connection: close"), b"")
}

type Role = dyn Fn(&Requete) -> Reponse + Send + Sync;

pub struct Serveur {
    pub adresse: String,
    journal: Arc<Mutex<Vec<Requete>>>,
    simultanees: Arc<AtomicUsize>,
}

impl Serveur {
    pub fn new(role: impl Fn(&Requete) -> Reponse + Send + Sync + 'static) -> Self {
        let ecoute = TcpListener::bind("127.0.0.1:0").unwrap();
        let adresse = format!("http://{}", ecoute.local_addr().unwrap());
        let journal = Arc::new(Mutex::new(Vec::new()));
        let simultanees = Arc::new(AtomicUsize::new(0));
        let (role, partage): (Arc<Role>, _) =
            (Arc::new(role), (Arc::clone(&journal), Arc::clone(&simultanees)));
        std::thread::spawn(move || {
            let en_cours = Arc::new(AtomicUsize::new(0));
            for flux in ecoute.incoming().flatten() {
                let (role, (journal, maximum)) = (Arc::clone(&role), partage.clone());
                let en_cours = Arc::clone(&en_cours);
                std::thread::spawn(move || servir(&flux, &*role, &journal, &en_cours, &maximum));
            }
        });
        Self { adresse, journal, simultanees }
    }

    pub fn requetes(&self) -> Vec<Requete> {
        self.journal.lock().unwrap().clone()
    }

    pub fn oublier(&self) {
        self.journal.lock().unwrap().clear();
    }

    /// The most requests that were being answered at once.
    pub fn simultanees(&self) -> usize {
        self.simultanees.load(Ordering::SeqCst)
    }

    /// The most requests in any window of that length.
    pub fn pointe(&self, fenetre: Duration) -> usize {
        let mut instants: Vec<Instant> = self.requetes().iter().map(|r| r.quand).collect();
        instants.sort();
        let dans =
            |depuis: &Instant| instants.iter().filter(|i| *i >= depuis && **i < *depuis + fenetre).count();
        instants.iter().map(dans).max().unwrap_or(0)
    }
}

fn servir(
    flux: &TcpStream,
    role: &Role,
    journal: &Mutex<Vec<Requete>>,
    en_cours: &AtomicUsize,
    maximum: &AtomicUsize,
) {
    let mut lecteur = BufReader::new(flux);
    let mut lignes = Vec::new();
    loop {
        let mut ligne = String::new();
        if lecteur.read_line(&mut ligne).unwrap_or(0) == 0 {
            return;
        }
        if ligne.trim().is_empty() {
            break;
        }
        lignes.push(ligne.trim().to_owned());
    }
    maximum.fetch_max(en_cours.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    let ligne = lignes[0].trim_end_matches(" HTTP/1.1").to_owned();
    let entetes = lignes[1..].iter().filter_map(|l| l.split_once(": "));
    let entetes = entetes.map(|(nom, valeur)| (nom.to_lowercase(), valeur.to_owned())).collect();
    let requete = {
        let mut journal = journal.lock().unwrap();
        let rang = journal.iter().filter(|r| r.ligne == ligne).count();
        let requete = Requete { quand: Instant::now(), ligne, entetes, rang };
        journal.push(requete.clone());
        requete
    };
    repondre(flux, &requete, role(&requete));
    en_cours.fetch_sub(1, Ordering::SeqCst);
}

fn repondre(mut flux: &TcpStream, requete: &Requete, reponse: Reponse) {
    // A client that hangs up is what some of these answers are for.
    let mut dire = |octets: &[u8]| flux.write_all(octets).and_then(|()| flux.flush()).is_ok();
    match reponse {
        Reponse::Brute(octets) => drop(dire(&octets)),
        Reponse::SansEtag(corps) => drop(dire(&[tete("200 OK", &corps, "").as_slice(), &corps].concat())),
        Reponse::Bien(corps) => {
            let etag = etag(&corps);
            if requete.entete("if-none-match") == etag {
                dire(&tete("304 Not Modified", b"", &format!("ETag: {etag}\r\n")));
                return;
            }
            dire(&[bonne(&corps, requete).as_slice()].concat());
        }
        Reponse::Coupee(corps, combien) => {
            let entiere = bonne(&corps, requete);
            dire(&entiere[..debut_du_corps(&entiere, combien)]);
        }
        Reponse::Silence(corps, combien) => {
            let entiere = bonne(&corps, requete);
            dire(&entiere[..debut_du_corps(&entiere, combien)]);
            // Until the client gives up, a long time at most.
            let _ = flux.set_read_timeout(Some(Duration::from_secs(20)));
            let _ = flux.read(&mut [0; 1]);
        }
        Reponse::SansFin => {
            dire(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[");
            while dire(&[b' '; 4096]) {}
        }
    }
}

fn debut_du_corps(reponse: &[u8], combien: usize) -> usize {
    let tete = reponse.windows(4).position(|f| f == b"\r\n\r\n").unwrap() + 4;
    (tete + combien).min(reponse.len())
}

fn etag(corps: &[u8]) -> String {
    let somme = corps.iter().fold(7_u64, |s, o| s.wrapping_mul(31).wrapping_add(u64::from(*o)));
    format!("\"{somme:x}\"")
}

fn tete(statut: &str, corps: &[u8], entetes: &str) -> Vec<u8> {
    let longueur = corps.len();
    format!("HTTP/1.1 {statut}\r\nContent-Length: {longueur}\r\n{entetes}Connection: close\r\n\r\n")
        .into_bytes()
}

/// The whole, or the rest that is asked for of what is still the same.
fn bonne(corps: &[u8], requete: &Requete) -> Vec<u8> {
    let etag = etag(corps);
    let depuis =
        requete.entete("range").strip_prefix("bytes=").and_then(|r| r.strip_suffix('-')?.parse().ok());
    let entetes = format!("ETag: {etag}\r\n");
    match depuis {
        Some(depuis) if requete.entete("if-range") == etag && depuis < corps.len() => {
            let (fin, total) = (corps.len() - 1, corps.len());
            let entetes = format!("{entetes}Content-Range: bytes {depuis}-{fin}/{total}\r\n");
            [tete("206 Partial Content", &corps[depuis..], &entetes), corps[depuis..].to_vec()].concat()
        }
        _ => [tete("200 OK", corps, &entetes), corps.to_vec()].concat(),
    }
}
