//! The door in production: reqwest over rustls.

use std::{error::Error as StdError, fmt, net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream;
use mc_base::text;
use reqwest::{
    Certificate, Client, ClientBuilder, RequestBuilder,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, CONTENT_TYPE, DATE},
    redirect::Policy,
};
use secrecy::ExposeSecret as _;
use url::{Host, Origin, Url};

use super::{
    Call, Chunks, Credentials, Egress, EgressError, Fetch, Request, Response, Verb, guard::is_public,
};

const USER_AGENT: &str = concat!("mission-control/", env!("CARGO_PKG_VERSION"));

/// The longest that name look-up, connection and TLS may take together.
const CONNECT: Duration = Duration::from_secs(5);

/// Why the HTTP client could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct SetupError(#[from] reqwest::Error);

/// Fetches over HTTPS from the public internet, and from the origins that the operator has named.
///
/// Names are looked up here; addresses that are not public are left out, and only what is left is connected to, so that
/// no answer of a name server can lead into the own network between check and connection. Redirects are not followed,
/// and proxies of the environment are not used.
#[derive(Clone)]
pub struct HttpEgress {
    public: Client,
    named: Client,
    origins: Arc<[Origin]>,
}

impl fmt::Debug for HttpEgress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("HttpEgress").field("origins", &self.origins).finish_non_exhaustive()
    }
}

impl HttpEgress {
    /// A door to the public internet, and to the origins (scheme, host and port) of `named`, which may lie anywhere and
    /// may be plain `http`: what the operator has configured needs no guard.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    #[expect(clippy::disallowed_methods, reason = "the one place where HTTP clients are made")]
    pub fn new(named: &[Url]) -> Result<Self, SetupError> {
        let certificates = webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .filter_map(|der| Certificate::from_der(der).ok())
            .collect::<Vec<_>>();
        let builder = || -> ClientBuilder {
            Client::builder()
                .user_agent(USER_AGENT)
                .connect_timeout(CONNECT)
                .tls_certs_merge(certificates.clone())
                .redirect(Policy::none())
                .referer(false)
                .no_proxy()
        };
        Ok(Self {
            public: builder().https_only(true).dns_resolver(PublicOnly).build()?,
            named: builder().build()?,
            origins: named.iter().map(Url::origin).collect(),
        })
    }

    /// Sends a request of the process itself, such as its traces, within `total` and with an answer of `max_bytes` at
    /// most. Failures are not logged: who delivers every few seconds decides how often to speak of them.
    ///
    /// # Errors
    /// When the address is not one of the named servers, or no whole answer came. An answer may have any status.
    pub async fn deliver(
        &self,
        request: http::Request<Bytes>,
        total: Duration,
        max_bytes: u64,
    ) -> Result<http::Response<Bytes>, EgressError> {
        let mut request = reqwest::Request::try_from(request).map_err(|_| EgressError::NotAllowed)?;
        if !self.origins.contains(&request.url().origin()) {
            return Err(EgressError::NotAllowed);
        }
        *request.timeout_mut() = Some(total);
        let response = self.named.execute(request).await.map_err(|error| failure(&error).0)?;
        let mut answer = http::Response::builder().status(response.status());
        if let Some(headers) = answer.headers_mut() {
            headers.clone_from(response.headers());
        }
        let bytes = Response::new(response.status().as_u16(), body(response, max_bytes)).bytes().await?;
        answer.body(bytes.into()).map_err(|_| EgressError::Unreachable)
    }

    /// The client for an address, when it may be asked at all.
    fn client(&self, url: &Url) -> Result<&Client, EgressError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressError::NotAllowed);
        }
        let origin = url.origin();
        if origin.is_tuple() && self.origins.contains(&origin) {
            return Ok(&self.named);
        }
        // A host that is an address is not looked up.
        let is_allowed = match url.host() {
            Some(Host::Domain(_)) => true,
            Some(Host::Ipv4(four)) => is_public(IpAddr::V4(four)),
            Some(Host::Ipv6(six)) => is_public(IpAddr::V6(six)),
            None => false,
        };
        if url.scheme() == "https" && is_allowed { Ok(&self.public) } else { Err(EgressError::NotAllowed) }
    }
}

impl Egress for HttpEgress {
    fn fetch<'a>(&'a self, request: &'a Request) -> Fetch<'a> {
        Box::pin(async move { send(self.client(&request.url)?.get(request.url.clone()), request).await })
    }

    fn call<'a>(&'a self, call: &'a Call) -> Fetch<'a> {
        Box::pin(async move {
            let client = self.client(&call.request.url)?;
            let url = call.request.url.clone();
            let builder = match &call.verb {
                Verb::Get => client.get(url),
                Verb::Delete => client.delete(url),
                Verb::Post(fields) => {
                    let mut form = url::form_urlencoded::Serializer::new(String::new());
                    form.extend_pairs(fields.iter().map(|(name, value)| (*name, value.expose_secret())));
                    client
                        .post(url)
                        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                        .body(form.finish())
                }
            };
            let builder = match &call.credentials {
                Credentials::None => builder,
                Credentials::Bearer(token) => builder.bearer_auth(token.expose_secret()),
                Credentials::Basic(name, password) => {
                    builder.basic_auth(name, Some(password.expose_secret()))
                }
            };
            send(builder.header(ACCEPT, "application/json"), &call.request).await
        })
    }
}

/// Sends a request and waits for the head of its answer.
async fn send(builder: RequestBuilder, request: &Request) -> Result<Response, EgressError> {
    let response = builder.timeout(request.total).send().await.map_err(|error| logged(&error))?;
    let max = request.max_bytes;
    if response.content_length().is_some_and(|length| length > max) {
        return Err(EgressError::TooLarge(max));
    }
    let (status, date) = (response.status().as_u16(), date(&response));
    Ok(Response::new(status, body(response, max)).at(date))
}

/// The time in the field `Date` (RFC 9110, 6.6.1).
fn date(response: &reqwest::Response) -> Option<DateTime<Utc>> {
    let text = response.headers().get(DATE)?.to_str().ok()?;
    DateTime::parse_from_rfc2822(text).ok().map(|date| date.to_utc())
}

/// The body up to `max` bytes.
fn body(response: reqwest::Response, max: u64) -> Chunks {
    Box::pin(stream::try_unfold((response, 0_u64), move |(mut response, read)| async move {
        let Some(chunk): Option<Bytes> = response.chunk().await.map_err(|error| logged(&error))? else {
            return Ok(None);
        };
        let read = read.saturating_add(chunk.len() as u64);
        if read > max { Err(EgressError::TooLarge(max)) } else { Ok(Some((chunk, (response, read)))) }
    }))
}

/// What the caller is told; the causes beneath (a refused certificate, a name that is not known) go to the log.
fn logged(error: &reqwest::Error) -> EgressError {
    let (told, causes) = failure(error);
    tracing::warn!(error = %text::escape_controls(&causes), "egress.failed");
    told
}

/// What the caller is told, and the causes beneath.
fn failure(error: &reqwest::Error) -> (EgressError, String) {
    // The error itself names the address, its causes do not.
    let causes: Vec<&(dyn StdError + 'static)> =
        std::iter::successors(error.source(), |cause| (*cause).source()).collect();
    let told = if causes.iter().any(|cause| cause.is::<NotPublic>()) {
        EgressError::NotAllowed
    } else if error.is_timeout() {
        EgressError::Timeout
    } else {
        EgressError::Unreachable
    };
    (told, causes.iter().map(ToString::to_string).collect::<Vec<_>>().join(": "))
}

/// A name leads to no public address.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no public address")]
struct NotPublic;

/// Looks names up and leaves out every address that is not public.
#[derive(Clone, Copy, Debug)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(Box::new(NotPublic) as Box<dyn StdError + Send + Sync>);
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}
