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
use futures_util::{Stream, StreamExt};
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
        Self { status, body }
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

/// An answer on its way.
pub type Fetch<'a> = Pin<Box<dyn Future<Output = Result<Response, EgressError>> + Send + 'a>>;

/// Fetches from other servers.
pub trait Egress: Send + Sync + std::fmt::Debug + 'static {
    /// Fetches an address. The answer may have any status.
    fn fetch<'a>(&'a self, request: &'a Request) -> Fetch<'a>;
}

/// Stands where no way out exists.
#[derive(Clone, Copy, Debug)]
pub struct Closed;

impl Egress for Closed {
    fn fetch<'a>(&'a self, _: &'a Request) -> Fetch<'a> {
        Box::pin(async { Err(EgressError::Unreachable) })
    }
}

#[cfg(test)]
mod tests;
