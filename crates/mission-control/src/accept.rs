//! The connections of clients.

use std::{io, sync::Arc, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::Layer;

/// The pause after a connection could not be accepted, such as for want of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// No request of HTTP/1 begins like the preface of HTTP/2 (RFC 9113, 3.4).
const HTTP2_START: &[u8] = b"PRI";

/// How long clients may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the head of a request.
    pub(crate) head: Duration,
    /// For what they have begun when the process was asked to stop.
    pub(crate) end: Duration,
}

/// Serves connections until `stop`, then lets the open ones end.
pub(crate) async fn accept(
    listener: TcpListener,
    routes: Router,
    stop: &CancellationToken,
    patience: Patience,
) {
    let graceful = GracefulShutdown::new();
    let servers = Arc::new(Servers::new(patience.head));
    loop {
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(connection) => connection,
                Err(error) => {
                    tracing::warn!(%error, "http.accept.failed");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        // Small answers and frames of streams go out at once; a socket that refuses still works.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(Extension(ConnectInfo(peer)).layer(routes.clone()));
        let (servers, watcher, stop) = (Arc::clone(&servers), graceful.watcher(), stop.clone());
        tokio::spawn(async move {
            let Some(server) = servers.choose(&stream, &stop).await else { return };
            let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
            // A client that breaks off is daily life.
            if let Err(error) = watcher.watch(connection).await {
                tracing::trace!(%error, "http.connection.ended");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(patience.end, graceful.shutdown()).await.is_err() {
        tracing::warn!("http.shutdown.cut_off");
    }
}

type Server = auto::Builder<TokioExecutor>;

/// How connections are served, by what their clients begin with. A server of both versions finds that out by itself, but
/// takes the first bytes into a buffer of their own for it, and then twice the room for each connection of HTTP/1: 16 KB.
struct Servers {
    http1: Server,
    any: Server,
    head: Duration,
}

impl Servers {
    fn new(head: Duration) -> Self {
        let mut any = auto::Builder::new(TokioExecutor::new());
        any.http1().timer(TokioTimer::new()).header_read_timeout(head);
        any.http2().timer(TokioTimer::new());
        Self { http1: any.clone().http1_only(), any, head }
    }

    /// Waits for the first bytes of a client. `None` when none came in time, or before `stop`.
    async fn choose(&self, stream: &TcpStream, stop: &CancellationToken) -> Option<&Server> {
        let begun = tokio::select! {
            () = stop.cancelled() => return None,
            begun = tokio::time::timeout(self.head, may_be_http2(stream)) => begun.ok()?,
        };
        // What is wrong with a connection shows itself again when it is served.
        Some(if begun.unwrap_or(true) { &self.any } else { &self.http1 })
    }
}

/// Whether what a client has sent so far may be the preface of HTTP/2.
async fn may_be_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut start = [0; HTTP2_START.len()];
    let count = stream.peek(&mut start).await?;
    Ok(HTTP2_START.starts_with(&start[..count]))
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        task::JoinHandle,
    };

    use super::*;

    /// How long a test waits for what must come.
    const PATIENCE: Duration = Duration::from_secs(10);

    async fn serve(stop: &CancellationToken) -> (TcpStream, JoinHandle<()>) {
        serve_with(stop, PATIENCE).await
    }

    async fn serve_with(stop: &CancellationToken, head: Duration) -> (TcpStream, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (routes, stop) = (Router::new().route("/", get(|| async { "here" })), stop.clone());
        let server =
            tokio::spawn(
                async move { accept(listener, routes, &stop, Patience { head, end: PATIENCE }).await },
            );
        (TcpStream::connect(address).await.unwrap(), server)
    }

    /// What a client gets up to some bytes, and what came with them.
    async fn answer(client: &mut TcpStream, wanted: &[u8]) -> Vec<u8> {
        let mut answer = Vec::new();
        while !answer.windows(wanted.len()).any(|bytes| bytes == wanted) {
            let read = tokio::time::timeout(PATIENCE, client.read_buf(&mut answer)).await;
            assert_ne!(read.unwrap().unwrap(), 0, "{}", answer.escape_ascii());
        }
        answer
    }

    #[tokio::test]
    async fn a_client_may_speak_http_1_in_any_pieces() {
        for (first, rest, end) in [
            ("GET / HT", "TP/1.1\r\nhost: here\r\n\r\n", "here"),
            ("P", "UT / HTTP/1.1\r\nhost: here\r\n\r\n", "405"),
        ] {
            let stop = CancellationToken::new();
            let (mut client, server) = serve(&stop).await;
            client.write_all(first.as_bytes()).await.unwrap();
            client.write_all(rest.as_bytes()).await.unwrap();
            let answer = answer(&mut client, end.as_bytes()).await;
            assert!(answer.starts_with(b"HTTP/1.1 "), "{}", answer.escape_ascii());
            stop.cancel();
            server.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_client_may_speak_http_2() {
        let stop = CancellationToken::new();
        let (mut client, server) = serve(&stop).await;
        client.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
        // The settings of the server, and that it has seen ours.
        let answer = answer(&mut client, b"\0\0\0\x04\x01\0\0\0\0").await;
        assert_eq!(answer[3], 4, "{}", answer.escape_ascii());
        drop(client);
        stop.cancel();
        server.await.unwrap();
    }

    #[tokio::test]
    async fn a_client_that_says_nothing_does_not_hold_up_the_end() {
        let stop = CancellationToken::new();
        let (mut client, server) = serve(&stop).await;
        stop.cancel();
        server.await.unwrap();
        let mut nothing = Vec::new();
        // Closed, or reset where it was not accepted before the end.
        let _ = tokio::time::timeout(PATIENCE, client.read_to_end(&mut nothing)).await.unwrap();
        assert!(nothing.is_empty());
    }

    #[tokio::test]
    async fn a_client_that_says_nothing_is_let_go() {
        let stop = CancellationToken::new();
        let (mut client, server) = serve_with(&stop, Duration::from_millis(1)).await;
        let mut nothing = Vec::new();
        tokio::time::timeout(PATIENCE, client.read_to_end(&mut nothing)).await.unwrap().unwrap();
        assert!(nothing.is_empty());
        stop.cancel();
        server.await.unwrap();
    }
}
