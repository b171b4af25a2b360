//! A bound on open streams for each caller.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use http::{StatusCode, header};
use uuid::Uuid;

use crate::error::ApiError;

/// Counts the open streams of each person and agent.
#[derive(Clone)]
pub(crate) struct StreamSlots {
    open: Arc<Mutex<HashMap<Uuid, usize>>>,
    max: usize,
}

/// A stream's place; given back when the stream ends.
pub(crate) struct Slot {
    slots: StreamSlots,
    actor: Uuid,
}

impl StreamSlots {
    pub(crate) fn new(max: usize) -> Self {
        Self { open: Arc::default(), max }
    }

    /// Takes a place, or refuses with 429.
    pub(crate) fn take(&self, actor: Uuid) -> Result<Slot, ApiError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(actor).or_default();
        if *count >= self.max {
            return Err(ApiError::with(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many open streams; close one first",
            )
            .header(header::RETRY_AFTER, "5"));
        }
        *count += 1;
        Ok(Slot { slots: self.clone(), actor })
    }

    /// How many streams are open now.
    pub(crate) fn open(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.slots.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.actor) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.actor);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back_when_the_stream_ends() {
        let slots = StreamSlots::new(1);
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let place = slots.take(one);
        assert!(place.is_ok());
        assert!(slots.take(one).is_err());
        assert!(slots.take(other).is_ok());
        assert_eq!(slots.open(), 1);
        drop(place);
        assert!(slots.take(one).is_ok());
    }
}
