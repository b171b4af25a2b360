//! How values look on the wire: date-times, and the lenient reading of scalars from texts.

mod scalar;
mod timestamp;

pub use scalar::{lax_bool, lax_float, lax_int};
pub use timestamp::Timestamp;
