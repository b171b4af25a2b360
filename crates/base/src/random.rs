//! Randomness as a value that is passed in.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Source of random bytes and numbers; cheap to clone.
#[derive(Clone)]
pub struct Random {
    source: Source,
}

#[derive(Clone)]
enum Source {
    System,
    Seeded(Arc<Mutex<u64>>),
}

impl fmt::Debug for Random {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.source {
            Source::System => "Random::system",
            Source::Seeded(_) => "Random::seeded",
        })
    }
}

impl Random {
    /// Cryptographic randomness of the operating system.
    pub fn system() -> Self {
        Self { source: Source::System }
    }

    /// A repeatable sequence for tests (SplitMix64). It is predictable: never make secrets with it.
    pub fn seeded(seed: u64) -> Self {
        Self { source: Source::Seeded(Arc::new(Mutex::new(seed))) }
    }

    /// Fills `buffer` with random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give; going on would make guessable secrets.
    pub fn fill(&self, buffer: &mut [u8]) {
        match &self.source {
            Source::System => fill_from_system(buffer),
            Source::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                for chunk in buffer.chunks_mut(8) {
                    chunk.copy_from_slice(&split_mix(&mut state).to_le_bytes()[..chunk.len()]);
                }
            }
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A number in `0..bound`, each equally likely; 0 when `bound` is 0.
    pub fn below(&self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // Numbers beyond the last whole multiple of `bound` would favour the small results: draw again.
        let excess = (u64::MAX % bound + 1) % bound;
        loop {
            let number = u64::from_le_bytes(self.bytes());
            if number <= u64::MAX - excess {
                return number % bound;
            }
        }
    }

    /// A number in `[0, 1)` with 53 random bits, for jitter.
    pub fn unit(&self) -> f64 {
        let bits = u64::from_le_bytes(self.bytes()) >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the randomness of the system is read")]
fn fill_from_system(buffer: &mut [u8]) {
    getrandom::fill(buffer).expect("every supported system gives random bytes once it has booted");
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_sequence() {
        let (left, right) = (Random::seeded(7), Random::seeded(7));
        assert_eq!(left.bytes::<33>(), right.bytes::<33>());
        assert_ne!(left.bytes::<16>(), Random::seeded(8).bytes::<16>());
    }

    #[test]
    fn clones_share_one_sequence() {
        let random = Random::seeded(1);
        assert_ne!(random.clone().bytes::<16>(), random.bytes::<16>());
    }

    #[test]
    fn the_system_does_not_repeat_itself() {
        let random = Random::system();
        assert_ne!(random.bytes::<16>(), random.bytes::<16>());
    }

    #[test]
    fn every_number_below_the_bound_occurs() {
        let random = Random::seeded(3);
        let mut seen = [false; 6];
        (0..200).for_each(|_| seen[random.below(6) as usize] = true);
        assert_eq!(seen, [true; 6]);
        assert_eq!(random.below(0), 0);
    }

    proptest! {
        #[test]
        fn numbers_stay_in_their_range(seed: u64, bound in 1..=u64::MAX) {
            let random = Random::seeded(seed);
            prop_assert!(random.below(bound) < bound);
            prop_assert!((0.0..1.0).contains(&random.unit()));
        }
    }
}
