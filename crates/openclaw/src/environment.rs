//! What the client takes from the machine: the time of day and random bytes.

/// The time of day and randomness, passed in so that a caller decides where they come from.
///
/// Deadlines and intervals are not taken from here: they run on Tokio's clock.
pub trait Environment: Send + Sync + 'static {
    /// Milliseconds since 1970-01-01 UTC.
    fn unix_millis(&self) -> u64;

    /// Fills `bytes` with random bytes that are fit for keys.
    fn random(&self, bytes: &mut [u8]);
}

/// A number in `0.0..1.0`, for jitter.
pub(crate) fn unit(environment: &dyn Environment) -> f64 {
    let mut bytes = [0; 4];
    environment.random(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}
