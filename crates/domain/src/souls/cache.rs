//! What is remembered of the directory, so that it is asked seldom, and once for many who ask at the same time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{Mutex as AsyncMutex, Semaphore};

use super::SoulRef;

/// The most texts that are remembered.
const TEXTS_MAX: usize = 256;
/// How many texts are fetched at a time.
const FETCHES_MAX: usize = 4;

/// The list of souls.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The last list that was not empty.
    pub(super) souls: Option<Arc<[SoulRef]>>,
    /// Until when it counts as current; afterwards it serves while the directory does not answer.
    pub(super) fresh_until: Duration,
    /// Before this the directory is not asked again: it has just failed.
    pub(super) failing_until: Duration,
}

/// What is known of one text.
#[derive(Clone, Debug)]
pub(super) enum Known {
    /// The directory has it.
    Text(Arc<str>),
    /// The directory does not have it.
    Missing,
}

/// The place of one text; its lock is held while it is fetched.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) known: Option<Known>,
    pub(super) fresh_until: Duration,
}

/// A place that those who ask for its text share.
type SharedSlot = Arc<AsyncMutex<Slot>>;

/// The memory of one process.
#[derive(Debug)]
pub(crate) struct Cache {
    pub(super) index: AsyncMutex<Index>,
    pub(super) fetches: Semaphore,
    texts: Mutex<HashMap<(String, String), SharedSlot>>,
}

impl Default for Cache {
    fn default() -> Self {
        Self { index: AsyncMutex::default(), fetches: Semaphore::new(FETCHES_MAX), texts: Mutex::default() }
    }
}

impl Cache {
    /// The place of a text. When there are too many, those that nobody is using make room.
    pub(super) fn text(&self, handle: &str, slug: &str, now: Duration) -> SharedSlot {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (handle.to_owned(), slug.to_owned());
        if let Some(slot) = texts.get(&key) {
            return slot.clone();
        }
        if texts.len() >= TEXTS_MAX {
            texts.retain(|_, slot| slot.try_lock().map_or(true, |slot| slot.fresh_until > now));
        }
        if texts.len() >= TEXTS_MAX {
            // All are fresh; the one that would be forgotten next goes now.
            let oldest = texts
                .iter()
                .filter_map(|(key, slot)| Some((slot.try_lock().ok()?.fresh_until, key.clone())))
                .min();
            if let Some((_, key)) = oldest {
                texts.remove(&key);
            }
        }
        texts.entry(key).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_memory_is_bounded() {
        let cache = Cache::default();
        for number in 0..TEXTS_MAX + 50 {
            let slot = cache.text("h", &number.to_string(), Duration::ZERO);
            slot.lock().await.fresh_until = Duration::from_secs(1 + number as u64);
        }
        assert_eq!(cache.texts.lock().unwrap().len(), TEXTS_MAX);
        let kept = cache.text("h", &(TEXTS_MAX + 49).to_string(), Duration::ZERO);
        assert_eq!(kept.lock().await.fresh_until, Duration::from_secs(50 + TEXTS_MAX as u64));
        cache.text("h", "new", Duration::from_secs(10_000));
        assert_eq!(cache.texts.lock().unwrap().len(), 1, "stale ones make room first");
    }
}
