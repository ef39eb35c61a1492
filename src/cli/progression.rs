//! A bar per stage of a run, and per file that is being received, on a terminal only.

use crate::open_data::{Cause, SuiviReseau};
use crate::pipeline::Suivi;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

/// Seconds that nobody minds waiting.
const PATIENCE: u64 = 5;

/// Draws the stages of a run on the terminal; nothing when the output is not one, or when silence is asked
/// for.
pub(super) struct Barre {
    barre: Mutex<ProgressBar>,
    silencieux: bool,
}

impl Barre {
    pub(super) fn new(silencieux: bool) -> Self {
        Self { barre: Mutex::new(ProgressBar::hidden()), silencieux }
    }

    pub(super) fn finir(&self) {
        if let Ok(barre) = self.barre.lock() {
            barre.finish_and_clear();
        }
    }
}

impl Suivi for Barre {
    fn etape(&self, nom: &str, pas: usize) {
        self.finir();
        if self.silencieux {
            return;
        }
        let cible = ProgressDrawTarget::stderr();
        let barre = ProgressBar::with_draw_target(Some(pas as u64), cible).with_prefix(nom.to_owned());
        if let Ok(style) = ProgressStyle::with_template("{prefix:12} {bar:30} {pos}/{len}  {reste}{msg}") {
            barre.set_style(style.progress_chars("━╸─").with_key("reste", ecrire_le_reste));
        }
        if let Ok(mut place) = self.barre.lock() {
            *place = barre;
        }
    }

    fn avancer(&self, quoi: &str) {
        if let Ok(barre) = self.barre.lock() {
            barre.set_message(quoi.to_owned());
            barre.inc(1);
        }
    }
}

/// How long a stage will still take, once it is known to be long: « encore 4 min ».
fn ecrire_le_reste(etat: &ProgressState, sortie: &mut dyn fmt::Write) {
    let (depuis, reste) = (etat.elapsed().as_secs(), etat.eta().as_secs());
    // If nothing can be written on the terminal, there is nobody to tell.
    let _ = match reste {
        _ if depuis < PATIENCE || reste < PATIENCE => Ok(()),
        ..60 => write!(sortie, "encore {reste} s  "),
        _ => write!(sortie, "encore {} min  ", reste.div_ceil(60)),
    };
}

/// A bar for each file that is being received, with what it waits for.
#[derive(Default)]
pub(super) struct Telechargements {
    barres: MultiProgress,
    par_fichier: RefCell<BTreeMap<String, ProgressBar>>,
}

impl Telechargements {
    fn barre(&self, fichier: &str) -> ProgressBar {
        let mut connues = self.par_fichier.borrow_mut();
        let nouvelle = || {
            let barre = self.barres.add(ProgressBar::no_length()).with_prefix(fichier.to_owned());
            if let Ok(style) =
                ProgressStyle::with_template("  {prefix:34} {bar:20} {decimal_bytes:>9}  {msg}")
            {
                barre.set_style(style.progress_chars("━╸─"));
            }
            barre
        };
        connues.entry(fichier.to_owned()).or_insert_with(nouvelle).clone()
    }
}

impl SuiviReseau for Telechargements {
    fn debut(&self, fichier: &str, octets: Option<u64>) {
        let barre = self.barre(fichier);
        barre.set_message("");
        if let Some(octets) = octets {
            barre.set_length(octets);
        }
    }

    fn recu(&self, fichier: &str, octets: u64) {
        self.barre(fichier).set_position(octets);
    }

    fn attente(&self, fichier: &str, cause: &Cause, duree: Duration) {
        let quoi = match cause {
            Cause::Sature(_) => "service très sollicité",
            Cause::Panne(_) => "service en panne",
            Cause::Injoignable(_) => "pas de connexion",
            Cause::Delai => "pas de réponse",
            _ => "réponse abîmée",
        };
        self.barre(fichier).set_message(format!("{quoi}, nouvel essai dans {} s", duree.as_secs().max(1)));
    }

    fn fin(&self, fichier: &str) {
        if let Some(barre) = self.par_fichier.borrow_mut().remove(fichier) {
            barre.finish_and_clear();
            self.barres.remove(&barre);
        }
    }
}
