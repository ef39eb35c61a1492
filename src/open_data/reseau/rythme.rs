//! How often one machine is asked, however many files are wanted of it.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

/// The limit of one machine: so many requests at once and, if it says so, so many in any window of time.
pub(super) struct Rythme {
    simultanees: Semaphore,
    debit: Option<Debit>,
}

/// At most `requetes` in any `fenetre`: a sliding window, not a mean, which would let twice as many pass
/// at first.
struct Debit {
    requetes: usize,
    fenetre: Duration,
    departs: Mutex<VecDeque<Instant>>,
}

impl Rythme {
    pub(super) fn new(simultanees: usize, debit: Option<(usize, Duration)>) -> Self {
        let debit = debit.map(|(requetes, fenetre)| Debit {
            requetes: requetes.max(1),
            fenetre,
            departs: Mutex::new(VecDeque::new()),
        });
        Self { simultanees: Semaphore::new(simultanees.max(1)), debit }
    }

    /// Waits for one's turn; the place is free again when what is given is dropped. None only if the
    /// semaphore is closed, which it never is.
    pub(super) async fn attendre(&self) -> Option<SemaphorePermit<'_>> {
        let place = self.simultanees.acquire().await.ok();
        if let Some(debit) = &self.debit {
            debit.attendre().await;
        }
        place
    }
}

impl Debit {
    async fn attendre(&self) {
        // Held while waiting: those behind wait in the order in which they came.
        let mut departs = self.departs.lock().await;
        if departs.len() == self.requetes
            && let Some(premier) = departs.pop_front()
        {
            sleep_until(premier + self.fenetre).await;
        }
        departs.push_back(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;

    #[test]
    fn jamais_plus_de_requetes_que_permis_dans_aucune_fenetre() {
        let execution = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let fenetre = Duration::from_millis(60);
        let departs = execution.block_on(async {
            let rythme = Rythme::new(50, Some((10, fenetre)));
            let un = async || {
                let _place = rythme.attendre().await;
                Instant::now()
            };
            join_all((0..45).map(|_| un())).await
        });
        let mut tries = departs.clone();
        tries.sort();
        assert!(tries.windows(11).all(|w| w[10] - w[0] >= fenetre), "{tries:?}");
        // Four full windows are waited for, not forty-five.
        assert!(tries[44] - tries[0] >= fenetre * 4);
    }
}
