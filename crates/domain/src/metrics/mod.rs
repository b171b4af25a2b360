//! Metrics: figures of boards over time.
