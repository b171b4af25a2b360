//! The one door for outgoing HTTP.
//!
//! Everything that this server fetches on somebody's behalf goes through [`Egress`]: nobody can make it reach into the
//! network that it stands in, wait without end, or swallow an answer without end. Calls never happen inside a
//! transaction.

mod guard;
mod http;
pub mod testing;

use std::{pin::Pin, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt};
use mc_base::SecretString;
use serde::de::DeserializeOwned;
use url::Url;

pub use guard::is_public;
pub use http::{HttpEgress, SetupError};

/// What is to be fetched (always with GET), and within which bounds.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where; `https`, or `http` where the operator has named the address.
    pub url: Url,
    /// The longest that everything may take, to the last byte of the body.
    pub total: Duration,
    /// The largest body, in bytes.
    pub max_bytes: u64,
}

/// Why nothing was fetched. None of the texts has a secret or an address in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The address is not one that may be asked: not `https`, with credentials, or inside a private network.
    #[error("the address is not allowed")]
    NotAllowed,
    /// No connection came about, or it broke.
    #[error("the server could not be reached")]
    Unreachable,
    /// The time was over.
    #[error("the server did not answer in time")]
    Timeout,
    /// The body is larger than allowed.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
}

/// The body of an answer, piece by piece.
pub type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, EgressError>> + Send>>;

/// An answer whose body is still to be read. Redirects are answers too: they are not followed.
pub struct Response {
    /// The status.
    pub status: u16,
    /// What time it was for the server, to the second, when it says so.
    pub date: Option<DateTime<Utc>>,
    body: Chunks,
}

impl std::fmt::Debug for Response {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Response {
    /// An answer with a body that keeps to the bounds of its request.
    #[must_use]
    pub fn new(status: u16, body: Chunks) -> Self {
        Self { status, date: None, body }
    }

    /// The same with the server's time.
    #[must_use]
    pub fn at(self, date: Option<DateTime<Utc>>) -> Self {
        Self { date, ..self }
    }

    /// Whether the status is one of success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The next piece of the body; none at its end.
    ///
    /// # Errors
    /// When the connection breaks, the time is over or the body is too large.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, EgressError> {
        self.body.next().await.transpose()
    }

    /// The whole body.
    ///
    /// # Errors
    /// As [`Response::chunk`].
    pub async fn bytes(mut self) -> Result<Vec<u8>, EgressError> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole)
    }
}

/// How a call proves who is calling.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Not at all.
    None,
    /// By a bearer token.
    Bearer(SecretString),
    /// By a name and a password (RFC 7617).
    Basic(String, SecretString),
}

/// What a call does.
#[derive(Clone, Debug)]
enum Verb {
    Get,
    Delete,
    /// With the fields of a form.
    Post(Vec<(&'static str, SecretString)>),
}

/// A request of this server's own, to a server that the operator has named: with credentials, and not only for reading.
#[derive(Clone, Debug)]
pub struct Call {
    request: Request,
    credentials: Credentials,
    verb: Verb,
}

/// Why a call brought nothing. None of the texts has a secret or an address in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Nothing came back.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// The server refused.
    #[error("the answer has the status {0}")]
    Status(u16),
    /// The answer is not what it should be.
    #[error("the answer cannot be read")]
    Malformed,
}

impl Call {
    /// Reads.
    #[must_use]
    pub fn get(request: Request, credentials: Credentials) -> Self {
        Self { request, credentials, verb: Verb::Get }
    }

    /// Deletes.
    #[must_use]
    pub fn delete(request: Request, credentials: Credentials) -> Self {
        Self { request, credentials, verb: Verb::Delete }
    }

    /// Sends a form.
    #[must_use]
    pub fn post(request: Request, credentials: Credentials, form: Vec<(&'static str, SecretString)>) -> Self {
        Self { request, credentials, verb: Verb::Post(form) }
    }

    /// Makes the call and reads the JSON of a success, with its status.
    ///
    /// # Errors
    /// When there was no success, or no JSON of this form.
    pub async fn json<T: DeserializeOwned>(&self, egress: &dyn Egress) -> Result<(u16, T), CallError> {
        let answer = egress.call(self).await?;
        let status = answer.status;
        if !answer.is_success() {
            return Err(CallError::Status(status));
        }
        let bytes = answer.bytes().await?;
        Ok((status, serde_json::from_slice(&bytes).map_err(|_| CallError::Malformed)?))
    }
}

/// An answer on its way.
pub type Fetch<'a> = Pin<Box<dyn Future<Output = Result<Response, EgressError>> + Send + 'a>>;

/// Fetches from other servers.
pub trait Egress: Send + Sync + std::fmt::Debug + 'static {
    /// Fetches an address. The answer may have any status.
    fn fetch<'a>(&'a self, request: &'a Request) -> Fetch<'a>;
    /// Makes a call of this server's own. The answer may have any status.
    fn call<'a>(&'a self, call: &'a Call) -> Fetch<'a>;
}

/// Stands where no way out exists.
#[derive(Clone, Copy, Debug)]
pub struct Closed;

impl Egress for Closed {
    fn fetch<'a>(&'a self, _: &'a Request) -> Fetch<'a> {
        Box::pin(async { Err(EgressError::Unreachable) })
    }

    fn call<'a>(&'a self, call: &'a Call) -> Fetch<'a> {
        self.fetch(&call.request)
    }
}

#[cfg(test)]
mod tests;
