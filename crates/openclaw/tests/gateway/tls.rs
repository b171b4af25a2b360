//! `wss` gateways and their certificates. The certificate in `fixtures` is of the name `gateway.test` and signed by
//! itself; its key is of no use elsewhere.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::{SinkExt as _, StreamExt as _};
use mc_openclaw::{Connection, Error, Resolver, Stage, Tls};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_tungstenite::tungstenite::Message;

use crate::peer::{hello, options};

const CERTIFICATE: &[u8] = include_bytes!("../fixtures/gateway-cert.der");
const KEY: &[u8] = include_bytes!("../fixtures/gateway-key.der");

/// Finds every host at one address.
struct Pinned(SocketAddr);

impl Resolver for Pinned {
    fn resolve<'a>(
        &'a self,
        _host: &'a str,
        _port: u16,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        Box::pin(async move { Ok(vec![self.0]) })
    }
}

/// A gateway behind TLS that admits everybody.
async fn serve() -> SocketAddr {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(CERTIFICATE)], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Clients that do not trust the certificate go away in the middle of the handshake.
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            let challenge =
                json!({"type": "event", "event": "connect.challenge", "payload": {"nonce": "n", "ts": 1}});
            socket.send(Message::text(challenge.to_string())).await.unwrap();
            socket.next().await.unwrap().unwrap();
            let answer = json!({"type": "res", "id": "connect", "ok": true, "payload": hello()});
            socket.send(Message::text(answer.to_string())).await.unwrap();
            while let Some(Ok(_)) = socket.next().await {}
        }
    });
    address
}

async fn connect(address: SocketAddr, host: &str, tls: Tls) -> Result<Connection, Error> {
    let mut options = options(&format!("wss://{host}:{}/", address.port()));
    options.resolver = Arc::new(Pinned(address));
    options.tls = tls;
    Connection::open(&options).await
}

fn trusting() -> Tls {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(CERTIFICATE)).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Tls::Custom(Arc::new(config))
}

#[tokio::test]
async fn certificates_are_checked_unless_a_connection_says_otherwise() {
    let address = serve().await;
    let refused = connect(address, "gateway.test", Tls::Platform).await.unwrap_err();
    assert!(
        matches!(refused, Error::Unreachable { stage: Stage::Tls, .. }) && !refused.is_transient(),
        "{refused}"
    );
    drop(connect(address, "gateway.test", trusting()).await.unwrap());
    let other = connect(address, "other.test", trusting()).await.unwrap_err();
    assert!(matches!(other, Error::Unreachable { stage: Stage::Tls, .. }), "{other}");
    drop(connect(address, "other.test", Tls::Insecure).await.unwrap());
}
