//! The same work for several elements, on all processors.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Stack of a thread that sets pages, bytes: layout recurses deeply.
const PILE: usize = 16 << 20;

/// Does the work for each element, on as many threads as the machine runs at once; results in the order of the
/// elements. The threads are apart from the pool of the layout, whose waits would pile documents up.
pub(crate) fn en_parallele<T: Sync, R: Send>(elements: &[T], faire: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let suivant = AtomicUsize::new(0);
    let travailler = || {
        let mut faits = Vec::new();
        while let Some((rang, element)) = {
            let rang = suivant.fetch_add(1, Ordering::Relaxed);
            elements.get(rang).map(|element| (rang, element))
        } {
            faits.push((rang, faire(element)));
        }
        faits
    };
    let ouvriers = std::thread::available_parallelism().map_or(1, usize::from).min(elements.len());
    let mut faits: Vec<(usize, R)> = std::thread::scope(|portee| {
        let taches: Vec<_> = (1..ouvriers)
            .filter_map(|_| {
                let ouvrier = std::thread::Builder::new().stack_size(PILE);
                // Without a thread more, the others do its work.
                ouvrier.spawn_scoped(portee, travailler).ok()
            })
            .collect();
        let mut faits = travailler();
        for tache in taches {
            faits.extend(tache.join().unwrap_or_else(|panique| resume_unwind(panique)));
        }
        faits
    });
    faits.sort_by_key(|(rang, _)| *rang);
    faits.into_iter().map(|(_, fait)| fait).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_travail_a_plusieurs_garde_l_ordre() {
        let nombres: Vec<usize> = (0..100).collect();
        assert_eq!(en_parallele(&nombres, |n| n * 2), nombres.iter().map(|n| n * 2).collect::<Vec<_>>());
        assert!(en_parallele(&[] as &[usize], |n| *n).is_empty());
    }
}
