//! What the typed methods need of a connection.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Mutex;

use crate::error::Error;
use crate::hello::Hello;

/// Something that carries requests to a gateway: a [`Connection`](crate::Connection), or a
/// [`Client`](crate::Client) that keeps one.
pub trait Rpc: Send + Sync {
    /// Sends a request and waits for its answer, at most `limit` in all.
    fn request(
        &self,
        method: &str,
        params: Value,
        limit: Duration,
    ) -> impl Future<Output = Result<Value, Error>> + Send;

    /// Held while the configuration is changed, so that the changes of one client do not meet each other: gateways
    /// count every attempt.
    fn config_turn(&self) -> &Mutex<()>;

    /// Waits at most `limit` until requests can be sent, reconnecting included where that is possible.
    fn ready(&self, limit: Duration) -> impl Future<Output = Result<Arc<Hello>, Error>> + Send;
}
