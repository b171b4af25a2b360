//! What every other part stands on: time, randomness, ids, secrets, tokens, wire formats, text limits and client
//! addresses. Nothing here does I/O, so everything can be tested by table and by property.

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
