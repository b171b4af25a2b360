//! The console and the API reference inside the executable, and how they are served.
//!
//! [`respond`] knows no web framework: it takes a request's parts and gives a whole answer, or `None` for a path that
//! is not the console's.

mod embedded;
mod encoding;
mod site;

use bytes::Bytes;
use http::{HeaderMap, Method, Response};

/// Whether this build carries the console; a build with `MC_UI=skip` answers with a page that says how to get it.
pub const EMBEDDED: bool = embedded::EMBEDDED;

/// Answers a request for the console or the API reference.
///
/// `path` is the path of the request's URI without its query. `None` means that the path is not the console's: the
/// caller answers as for any unknown path. Only GET and HEAD read; other methods on an existing file get 405.
#[must_use]
pub fn respond(method: &Method, path: &str, headers: &HeaderMap) -> Option<Response<Bytes>> {
    site::respond(&embedded::Embedded, method, path, headers)
}
