//! What one run made and the next takes again: pages, pictures, workbooks, withheld cells, each by everything
//! that it is made from. What is asked for a second time in one run is made once.
//!
//! A thing taken again is, to the byte, what would be made. Its [`Recette`] is the SHA-256 of all that goes into
//! it, and of the program itself; a file that was touched since is made anew. A store that cannot be read or
//! written costs time, and nothing else: it is never an error.

use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

type Empreinte = [u8; 32];

/// All that something is made from.
#[derive(Debug, Clone)]
pub(crate) struct Recette {
    genre: &'static str,
    somme: Sha256,
}

impl Recette {
    /// Of a kind of things: those of one kind are kept, and let go, together.
    pub(crate) fn new(genre: &'static str) -> Self {
        Self { genre, somme: Sha256::new_with_prefix(genre) }
    }

    /// With these bytes.
    pub(crate) fn octets(mut self, octets: &[u8]) -> Self {
        self.somme.update(octets.len().to_le_bytes());
        self.somme.update(octets);
        self
    }

    /// With these data.
    ///
    /// # Errors
    /// If they cannot be written as JSON.
    pub(crate) fn donnees(self, donnees: &impl Serialize) -> serde_json::Result<Self> {
        Ok(self.octets(&serde_json::to_vec(donnees)?))
    }
}

/// How much was taken again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Repris {
    /// Things that an earlier run had made.
    pub repris: usize,
    /// Things that this one made, each counted once.
    pub faits: usize,
}

/// Where things are taken from and kept.
#[derive(Debug, Default)]
pub struct Reprises {
    /// Where they wait for the next run; in memory, for this run only, if there is no such place.
    dossier: Option<PathBuf>,
    /// The program that makes them.
    programme: Vec<u8>,
    demandees: Mutex<BTreeMap<&'static str, BTreeSet<String>>>,
    memoire: Mutex<BTreeMap<Empreinte, Arc<Vec<u8>>>>,
    repris: AtomicUsize,
    faits: AtomicUsize,
}

impl Reprises {
    /// For one run, in memory.
    pub fn en_memoire() -> Self {
        Self::default()
    }

    /// Kept in a folder, which need not be there. With `oublier`, nothing of before is taken.
    pub(crate) fn dans(dossier: &Path, oublier: bool) -> Self {
        if oublier {
            // Best effort: what stays behind would be valid.
            let _ = fs::remove_dir_all(dossier);
        }
        Self { dossier: Some(dossier.to_owned()), programme: programme(), ..Self::default() }
    }

    /// The thing of that recipe: as it was made, or made now.
    ///
    /// # Errors
    /// Those of making it.
    pub(crate) fn obtenir<E>(
        &self,
        recette: Recette,
        faire: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Arc<Vec<u8>>, E> {
        if let Some(octets) = self.prendre(&recette) {
            return Ok(octets);
        }
        let octets = Arc::new(faire()?);
        self.deposer(recette, &octets);
        Ok(octets)
    }

    /// The thing of that recipe, if it was made; else it counts as one that is going to be.
    pub(crate) fn prendre(&self, recette: &Recette) -> Option<Arc<Vec<u8>>> {
        let empreinte = self.empreinte(recette.clone());
        let Some(dossier) = &self.dossier else {
            return ouvrir(&self.memoire).get(&empreinte).map(Arc::clone);
        };
        let nom = hex::encode(empreinte);
        let chemin = dossier.join(recette.genre).join(&nom);
        let nouvelle = ouvrir(&self.demandees).entry(recette.genre).or_default().insert(nom);
        let octets = lire(&chemin);
        let compte = if octets.is_some() { &self.repris } else { &self.faits };
        compte.fetch_add(usize::from(nouvelle), Ordering::Relaxed);
        octets.map(Arc::new)
    }

    /// Keeps the thing of a recipe, which was asked for and was not there.
    pub(crate) fn deposer(&self, recette: Recette, octets: &Arc<Vec<u8>>) {
        let genre = recette.genre;
        let empreinte = self.empreinte(recette);
        let Some(dossier) = &self.dossier else {
            ouvrir(&self.memoire).insert(empreinte, Arc::clone(octets));
            return;
        };
        garder(&dossier.join(genre).join(hex::encode(empreinte)), octets);
    }

    fn empreinte(&self, recette: Recette) -> Empreinte {
        recette.somme.chain_update(&self.programme).finalize().into()
    }

    /// The small things of a kind, all in one file.
    pub(crate) fn carnet(&self, genre: &'static str) -> Carnet {
        let octets = self.dossier.as_ref().and_then(|dossier| lire(&dossier.join(genre).join(CARNET)));
        Carnet {
            programme: self.programme.clone(),
            anciennes: octets.as_deref().and_then(Carnet::lire).unwrap_or_default(),
            pages: Mutex::default(),
        }
    }

    /// Keeps what a notebook was asked for.
    pub(crate) fn garder_carnet(&self, genre: &'static str, carnet: Carnet) {
        let Some(dossier) = &self.dossier else { return };
        ouvrir(&self.demandees).entry(genre).or_default().insert(CARNET.to_owned());
        garder(&dossier.join(genre).join(CARNET), &carnet.ecrire());
    }

    /// How much was taken again so far.
    pub(crate) fn bilan(&self) -> Repris {
        Repris { repris: self.repris.load(Ordering::Relaxed), faits: self.faits.load(Ordering::Relaxed) }
    }

    /// Lets go of what this run did not ask for, among the kinds that it asked for.
    pub(crate) fn nettoyer(&self) {
        let Some(dossier) = &self.dossier else { return };
        for (genre, noms) in &*ouvrir(&self.demandees) {
            for fichier in fs::read_dir(dossier.join(genre)).into_iter().flatten().flatten() {
                if !fichier.file_name().to_str().is_some_and(|nom| noms.contains(nom)) {
                    let _ = fs::remove_file(fichier.path());
                }
            }
        }
    }
}

/// The file of a notebook.
const CARNET: &str = "carnet";

/// Many small things of one kind: lists of numbers, by their recipes.
#[derive(Debug)]
pub(crate) struct Carnet {
    programme: Vec<u8>,
    anciennes: HashMap<Empreinte, Vec<u32>>,
    pages: Mutex<BTreeMap<Empreinte, Vec<u32>>>,
}

impl Carnet {
    /// The numbers of that recipe: as they were found, or found now.
    pub(crate) fn obtenir(&self, recette: Recette, faire: impl FnOnce() -> Vec<u32>) -> Vec<u32> {
        let empreinte: Empreinte = recette.somme.chain_update(&self.programme).finalize().into();
        let nombres = self.anciennes.get(&empreinte).cloned().unwrap_or_else(faire);
        ouvrir(&self.pages).insert(empreinte, nombres.clone());
        nombres
    }

    fn ecrire(self) -> Vec<u8> {
        let mut octets = Vec::new();
        for (empreinte, nombres) in self.pages.into_inner().unwrap_or_else(PoisonError::into_inner) {
            octets.extend(empreinte);
            octets.extend(u32::try_from(nombres.len()).unwrap_or(u32::MAX).to_le_bytes());
            octets.extend(nombres.into_iter().flat_map(u32::to_le_bytes));
        }
        octets
    }

    fn lire(mut octets: &[u8]) -> Option<HashMap<Empreinte, Vec<u32>>> {
        let mut pages = HashMap::new();
        while !octets.is_empty() {
            let (empreinte, reste) = octets.split_first_chunk()?;
            let (longueur, reste) = reste.split_first_chunk()?;
            let (nombres, reste) = reste.split_at_checked(4 * u32::from_le_bytes(*longueur) as usize)?;
            let (nombres, _) = nombres.as_chunks();
            pages.insert(*empreinte, nombres.iter().copied().map(u32::from_le_bytes).collect());
            octets = reste;
        }
        Some(pages)
    }
}

fn ouvrir<T>(verrou: &Mutex<T>) -> MutexGuard<'_, T> {
    verrou.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What tells this program from another, of whatever version: when it was written, and its size.
fn programme() -> Vec<u8> {
    let fiche = std::env::current_exe().and_then(fs::metadata);
    let date =
        fiche.as_ref().ok().and_then(|f| f.modified().ok()).and_then(|d| d.duration_since(UNIX_EPOCH).ok());
    let taille = fiche.map_or(0, |f| f.len());
    format!("{} {taille} {}", env!("CARGO_PKG_VERSION"), date.map_or(0, |d| d.as_nanos())).into_bytes()
}

/// The bytes of a file that is as it was sealed: its last 32 are the SHA-256 of the others.
pub(crate) fn lire(chemin: &Path) -> Option<Vec<u8>> {
    let mut octets = fs::read(chemin).ok()?;
    let somme = octets.split_off(octets.len().checked_sub(32)?);
    (Sha256::digest(&octets).as_slice() == somme).then_some(octets)
}

/// Keeps bytes, whole or not at all, sealed with their SHA-256.
///
/// # Errors
/// What the disk refused.
pub(crate) fn sceller(chemin: &Path, octets: &[u8]) -> std::io::Result<()> {
    let dossier = chemin.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dossier)?;
    let mut fichier = tempfile::NamedTempFile::new_in(dossier)?;
    std::io::Write::write_all(&mut fichier, octets)?;
    std::io::Write::write_all(&mut fichier, &Sha256::digest(octets))?;
    fichier.persist(chemin).map(drop).map_err(|e| e.error)
}

fn garder(chemin: &Path, octets: &[u8]) {
    // A full disk, a folder that is read only: the next run makes it again.
    let _ = sceller(chemin, octets);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn demander(reprises: &Reprises, de: &str, contenu: &str) -> String {
        let faire = || Ok::<_, Infallible>(contenu.as_bytes().to_vec());
        let octets = reprises.obtenir(Recette::new("pages").octets(de.as_bytes()), faire).unwrap();
        String::from_utf8(octets.to_vec()).unwrap()
    }

    #[test]
    fn ce_qui_est_fait_des_memes_choses_n_est_fait_qu_une_fois() {
        let dossier = tempfile::tempdir().unwrap();
        for (oublier, contenu, attendu) in
            [(false, "un", "un"), (false, "deux", "un"), (true, "deux", "deux"), (false, "un", "deux")]
        {
            let reprises = Reprises::dans(dossier.path(), oublier);
            assert_eq!(demander(&reprises, "a", contenu), attendu);
            assert_eq!(demander(&reprises, "a", "trois"), attendu);
        }
        let memoire = Reprises::en_memoire();
        assert_eq!(
            (demander(&memoire, "a", "un"), demander(&memoire, "a", "deux")),
            ("un".into(), "un".into())
        );
    }

    #[test]
    fn un_fichier_touche_ou_coupe_est_refait() {
        let dossier = tempfile::tempdir().unwrap();
        demander(&Reprises::dans(dossier.path(), false), "a", "un texte");
        let chemin = fs::read_dir(dossier.path().join("pages")).unwrap().next().unwrap().unwrap().path();
        let garde = fs::read(&chemin).unwrap();
        let mut touche = garde.clone();
        touche[0] ^= 1;
        for abime in [&touche[..], &garde[1..], &garde[..20], b""] {
            fs::write(&chemin, abime).unwrap();
            let reprises = Reprises::dans(dossier.path(), false);
            assert_eq!(demander(&reprises, "a", "un texte"), "un texte");
            assert_eq!(reprises.bilan(), Repris { repris: 0, faits: 1 });
        }
    }

    #[test]
    fn ce_qui_ne_sert_plus_s_en_va_genre_par_genre() {
        let dossier = tempfile::tempdir().unwrap();
        let premier = Reprises::dans(dossier.path(), false);
        demander(&premier, "a", "1");
        demander(&premier, "b", "2");
        let image = Recette::new("images").octets(b"c");
        premier.obtenir(image, || Ok::<_, Infallible>(Vec::new())).unwrap();
        let second = Reprises::dans(dossier.path(), false);
        demander(&second, "b", "autre");
        second.nettoyer();
        let nombre = |genre: &str| fs::read_dir(dossier.path().join(genre)).unwrap().count();
        assert_eq!((nombre("pages"), nombre("images")), (1, 1), "les images n’ont pas été demandées");
        assert_eq!(second.bilan(), Repris { repris: 1, faits: 0 });
    }

    #[test]
    fn un_dossier_ou_rien_ne_s_ecrit_ne_coute_que_du_temps() {
        let dossier = tempfile::tempdir().unwrap();
        let occupe = dossier.path().join("fichier");
        fs::write(&occupe, "pas un dossier").unwrap();
        let reprises = Reprises::dans(&occupe, false);
        assert_eq!(demander(&reprises, "a", "un"), "un");
        reprises.nettoyer();
    }
}
