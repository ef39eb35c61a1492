//! How long each stage of a run takes, and how much memory it has taken by its end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A stage of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Etape {
    /// What was done: reading, computing, withholding, deliverables, then each of these by name.
    pub nom: String,
    /// Milliseconds, for all audiences together; deliverables are made several at once, and each counts its own.
    pub duree_ms: u64,
    /// Most memory of the program until its end, in MB; none where the system does not tell (only Linux does).
    pub memoire_max_mo: Option<u64>,
}

/// Times the stages, in the order in which they first come.
pub(super) struct Chronometre {
    depuis: Instant,
    rangs: BTreeMap<String, usize>,
    etapes: Vec<(Duration, Etape)>,
}

impl Chronometre {
    pub(super) fn new() -> Self {
        Self { depuis: Instant::now(), rangs: BTreeMap::new(), etapes: Vec::new() }
    }

    /// What was done since the last note; several times under one name add up.
    pub(super) fn noter(&mut self, nom: &str) {
        let duree = self.depuis.elapsed();
        self.ajouter(nom, duree);
        self.depuis = Instant::now();
    }

    /// What took that time beside others.
    pub(super) fn ajouter(&mut self, nom: &str, duree: Duration) {
        let rang = *self.rangs.entry(nom.to_owned()).or_insert_with(|| {
            self.etapes.push((Duration::ZERO, Etape { nom: nom.to_owned(), ..Etape::default() }));
            self.etapes.len() - 1
        });
        let (total, etape) = &mut self.etapes[rang];
        *total += duree;
        etape.memoire_max_mo = memoire_max_mo();
    }

    pub(super) fn finir(self) -> Vec<Etape> {
        let entier = |duree: Duration| u64::try_from(duree.as_millis()).unwrap_or(u64::MAX);
        self.etapes.into_iter().map(|(d, etape)| Etape { duree_ms: entier(d), ..etape }).collect()
    }
}

/// The high-water mark that Linux keeps.
fn memoire_max_mo() -> Option<u64> {
    let statut = std::fs::read_to_string("/proc/self/status").ok()?;
    let ligne = statut.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let ko: u64 = ligne.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(ko / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_etape_reprise_garde_sa_place_et_ajoute_sa_duree() {
        let mut chrono = Chronometre::new();
        for nom in ["lecture", "carte", "lecture"] {
            std::thread::sleep(Duration::from_millis(2));
            chrono.noter(nom);
        }
        let etapes = chrono.finir();
        assert_eq!(etapes.iter().map(|e| e.nom.as_str()).collect::<Vec<_>>(), ["lecture", "carte"]);
        assert!(etapes[0].duree_ms >= 4 && etapes[1].duree_ms >= 2, "{etapes:?}");
    }
}
