//! Growing delays between attempts.

use std::time::Duration;

use crate::environment::{Environment, unit};

/// Delays that double from `first` up to `max`, each varied by up to `jitter` of itself both ways.
#[derive(Debug, Clone)]
pub struct Backoff {
    /// The first delay.
    pub first: Duration,
    /// The longest delay, before the variation.
    pub max: Duration,
    /// Share of the delay by which it varies, `0.0` to `1.0`; keeps clients from coming back all at once.
    pub jitter: f64,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_millis(500), max: Duration::from_secs(30), jitter: 0.2 }
    }
}

impl Backoff {
    /// The delay after `failures` failures in a row.
    #[must_use]
    pub fn delay(&self, failures: u32, environment: &dyn Environment) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1).min(31)));
        let jitter = self.jitter.clamp(0.0, 1.0);
        doubled.min(self.max).mul_f64(1.0 - jitter + 2.0 * jitter * unit(environment))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Byte(u8);

    impl Environment for Byte {
        fn unix_millis(&self) -> u64 {
            0
        }

        fn random(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    proptest! {
        #[test]
        fn delays_stay_within_their_bounds(failures in any::<u32>(), byte in any::<u8>()) {
            let backoff = Backoff::default();
            let delay = backoff.delay(failures, &Byte(byte));
            prop_assert!(delay >= backoff.first.mul_f64(0.8 - 1e-9));
            prop_assert!(delay <= backoff.max.mul_f64(1.2 + 1e-9));
        }
    }

    #[test]
    fn delays_double() {
        let backoff = Backoff { jitter: 0.0, ..Backoff::default() };
        let delays: Vec<u128> =
            (0..9).map(|failures| backoff.delay(failures, &Byte(7)).as_millis()).collect();
        assert_eq!(delays, [500, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    }
}
