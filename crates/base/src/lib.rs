//! What every other part stands on: time, randomness, ids, secrets, tokens, wire formats, text limits and client
//! addresses. Nothing here does I/O, so everything can be tested by table and by property.
//!
//! - [`clock`], [`random`], [`ids`]: what would else be global, passed in;
//! - [`secret`], [`token`]: the server key, and what callers present;
//! - [`text`], [`wire`]: texts from outside, and how values look on the wire;
//! - [`net`]: which address a request really comes from.

pub mod clock;
pub mod ids;
pub mod net;
pub mod random;
pub mod secret;
pub mod text;
pub mod token;
pub mod wire;

pub use clock::{Clock, ManualClock};
pub use ids::{Ids, parse_uuid};
pub use net::{ClientAddress, TrustedProxies};
pub use random::Random;
pub use secret::{SecretKey, SecretString};
pub use token::AgentToken;
pub use wire::Timestamp;
