//! A bar per stage, on a terminal only.

use crate::pipeline::Suivi;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Mutex;

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
        if let Ok(style) = ProgressStyle::with_template("{prefix:12} {bar:30} {pos}/{len}  {msg}") {
            barre.set_style(style.progress_chars("━╸─"));
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
