//! From an address to an open WebSocket.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::error::{Error, Stage};
use crate::options::{ClientMode, ConnectOptions};
use crate::progress::Step;

/// Looks up the addresses of a gateway's host, and is the place to say which of them may be called.
///
/// The client connects to the addresses that it is given and looks nothing up itself; hosts that are written as an
/// address pass through here too. Redirects are never followed.
pub trait Resolver: Send + Sync + 'static {
    /// The addresses for a host and a port, in the order in which to try them.
    ///
    /// # Errors
    /// Of the kind [`io::ErrorKind::PermissionDenied`] for hosts that must not be called; any other when the host
    /// cannot be found.
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>>;
}

/// The look-up of the operating system, without any restriction.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
    }
}

/// A byte stream beneath a WebSocket: TCP with or without TLS.
pub(crate) trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

pub(crate) type Socket = WebSocketStream<Box<dyn Bytes>>;

/// Opens the WebSocket within the time limit for connecting.
pub(crate) async fn open(options: &ConnectOptions) -> Result<Socket, Error> {
    options.progress.begin();
    let until = Instant::now() + options.timing.connect;
    let timed_out = |_| Error::Timeout {
        what: "connecting to the gateway".to_owned(),
        limit: options.timing.connect,
        sent: false,
    };
    let tcp = timeout_at(until, dial(options, until)).await.map_err(timed_out)??;
    timeout_at(until, upgrade(options, tcp)).await.map_err(timed_out)?
}

async fn dial(options: &ConnectOptions, until: Instant) -> Result<TcpStream, Error> {
    let host = host(options);
    let port = options.url.port().unwrap_or_else(|| if options.is_tls() { 443 } else { 80 });
    let addresses = options.resolver.resolve(&host, port).await.map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => Error::AddressRefused(error.to_string()),
        _ => Error::unreachable(Stage::Resolve, error),
    })?;
    if !addresses.is_empty() {
        options.progress.reached(Step::Resolved);
    }
    let mut last = Error::unreachable(Stage::Resolve, "the host has no address");
    let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    for (place, address) in addresses.into_iter().enumerate() {
        // One address that swallows packets must not use up the time of the others.
        let left = until.saturating_duration_since(Instant::now());
        let share = left / count.saturating_sub(u32::try_from(place).unwrap_or(u32::MAX)).max(1);
        match tokio::time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true).map_err(|error| Error::unreachable(Stage::Connect, error))?;
                options.progress.reached(Step::Connected);
                return Ok(stream);
            }
            Ok(Err(error)) => last = Error::unreachable(Stage::Connect, error),
            Err(_) => last = Error::unreachable(Stage::Connect, "no answer in time"),
        }
    }
    Err(last)
}

async fn upgrade(options: &ConnectOptions, tcp: TcpStream) -> Result<Socket, Error> {
    let stream: Box<dyn Bytes> = if options.is_tls() {
        let name =
            ServerName::try_from(host(options)).map_err(|error| Error::unreachable(Stage::Tls, error))?;
        let connector = TlsConnector::from(options.tls.config()?);
        let stream =
            connector.connect(name, tcp).await.map_err(|error| Error::unreachable(Stage::Tls, error))?;
        options.progress.reached(Step::Secured);
        Box::new(stream)
    } else {
        Box::new(tcp)
    };
    let mut request = options
        .url
        .as_str()
        .into_client_request()
        .map_err(|error| Error::unreachable(Stage::Upgrade, error))?;
    if matches!(options.mode, ClientMode::ControlUi) {
        let origin = HeaderValue::try_from(options.origin())
            .map_err(|_| Error::invalid("url", "has a host that no header can hold"))?;
        request.headers_mut().insert("Origin", origin);
    }
    let config = WebSocketConfig::default()
        .max_message_size(Some(options.max_message))
        .max_frame_size(Some(options.max_message));
    let (socket, _) = tokio_tungstenite::client_async_with_config(request, stream, Some(config))
        .await
        .map_err(|error| Error::unreachable(Stage::Upgrade, error))?;
    options.progress.reached(Step::Upgraded);
    Ok(socket)
}

/// The host of the URL, IPv6 addresses without their brackets.
fn host(options: &ConnectOptions) -> String {
    options.url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned()
}
