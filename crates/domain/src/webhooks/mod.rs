//! Inbound webhooks: what arrives, how it is proven, kept and delivered.
//!
//! A delivery of a sender becomes a [`Payload`], an entry of the board's memory, two events and a job,
//! all in one transaction ([`ingest`]). The job (`delivery`) makes a message to an agent of it, together with what
//! else has come for that agent; how that went stands on the payload.

pub(crate) mod delivery;
pub mod ingest;
mod intake;
pub mod jobs;
mod model;
mod payloads;
mod rules;
pub mod service;

pub(crate) use intake::Intake;
pub(crate) use model::secret_purpose;
pub use model::{DeliveryStatus, NewWebhook, Payload, PayloadHead, SealedSecret, Webhook, WebhookChange};
pub use rules::explain::{Verdict, explain};
