//! The same work for several elements, on all processors.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};
use std::thread::ScopedJoinHandle;

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

/// Does two things at once, the first on a thread of its own.
pub(crate) fn ensemble<A: Send, B>(une: impl FnOnce() -> A + Send, autre: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|portee| {
        let ouvrier = std::thread::Builder::new().stack_size(PILE).spawn_scoped(portee, une);
        let autre = autre();
        let une = ouvrier.map_or_else(|cause| Err(Box::new(cause.to_string()) as _), ScopedJoinHandle::join);
        (une.unwrap_or_else(|panique| resume_unwind(panique)), autre)
    })
}

/// Prepares each element on a thread of its own while the one before is taken; in the order of the elements. At
/// most two that are prepared are held at once.
///
/// # Errors
/// The first of preparing or of taking, after which nothing more is taken.
pub(crate) fn en_chaine<T, R: Send, E: Send>(
    elements: impl IntoIterator<Item = T, IntoIter: Send>,
    preparer: impl Fn(T) -> Result<R, E> + Sync,
    mut prendre: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let elements = Mutex::new(elements.into_iter());
    let suivant = || {
        let element = elements.lock().unwrap_or_else(PoisonError::into_inner).next();
        element.map(&preparer)
    };
    std::thread::scope(|portee| {
        let (donner, recevoir) = sync_channel(0);
        // It ends once its work is done, or once nobody takes it.
        let preparer_tout = move || while suivant().is_some_and(|prepare| donner.send(prepare).is_ok()) {};
        let ouvrier = std::thread::Builder::new().stack_size(PILE).spawn_scoped(portee, preparer_tout);
        let pris = recevoir.iter().try_for_each(|prepare| prendre(prepare?));
        drop(recevoir);
        if let Ok(ouvrier) = ouvrier {
            ouvrier.join().unwrap_or_else(|panique| resume_unwind(panique));
        }
        // Without a thread more, this one does its work.
        pris.and_then(|()| std::iter::from_fn(suivant).try_for_each(|prepare| prendre(prepare?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_chaine_prend_dans_l_ordre_et_s_arrete_a_la_premiere_faute() {
        let chainer = |refuse: u32, faute: u32| {
            let mut pris = Vec::new();
            let fin = en_chaine(
                0..100u32,
                |n| if n == refuse { Err(n) } else { Ok(n * 2) },
                |double| {
                    if double / 2 == faute {
                        return Err(faute);
                    }
                    pris.push(double);
                    Ok(())
                },
            );
            (pris, fin)
        };
        assert_eq!(chainer(200, 200), ((0..100).map(|n| n * 2).collect(), Ok(())));
        assert_eq!(chainer(3, 200), (vec![0, 2, 4], Err(3)));
        assert_eq!(chainer(200, 2), (vec![0, 2], Err(2)));
    }

    #[test]
    fn le_travail_a_plusieurs_garde_l_ordre() {
        let nombres: Vec<usize> = (0..100).collect();
        assert_eq!(en_parallele(&nombres, |n| n * 2), nombres.iter().map(|n| n * 2).collect::<Vec<_>>());
        assert!(en_parallele(&[] as &[usize], |n| *n).is_empty());
    }
}
