//! The whole HTTP face in process, for tests: real routes, middleware and database, no socket.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use mc_base::{SecretString, TrustedProxies};
use mc_domain::{Context, gateways::port::GatewayPort};
use mc_store::Store;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::{ApiState, LimitSizes, Limits, Live, Parts, Settings, router};

/// The local token of a test server.
pub const TOKEN: &str = "test-token-test-token-test-token-test-token-test-token";

/// A server in process.
#[derive(Clone)]
pub struct TestServer {
    routes: Router,
    /// The context on the server's database.
    pub context: Context,
    /// Ends the server's streams.
    pub stop: CancellationToken,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body; null when it is no JSON.
    pub json: Value,
}

/// Settings with large limits, for tests that are not about them.
#[must_use]
pub fn settings() -> Settings {
    Settings {
        cors_origins: Vec::new(),
        security_headers: Vec::new(),
        trusted_proxies: TrustedProxies::default(),
        request_timeout: Duration::from_secs(30),
        max_body: 2 * 1024 * 1024,
        max_webhook_body: 1024 * 1024,
        slow_request: None,
        log_health: false,
        count_all_agent_calls: false,
        streams_per_actor: 100,
        metrics_token: None,
        token_hint: None,
    }
}

impl TestServer {
    /// A server on a test database.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn new(store: &Store) -> Self {
        Self::with(store, settings()).await
    }

    /// A server with settings of its own.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn with(store: &Store, settings: Settings) -> Self {
        Self::around(mc_domain::testing::context(store), settings).await
    }

    /// A server with a way to gateways.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn with_gateways(store: &Store, gateways: impl GatewayPort) -> Self {
        Self::around(mc_domain::testing::context(store).with_gateways(gateways), settings()).await
    }

    /// A server around a context.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn around(context: Context, settings: Settings) -> Self {
        let store = context.store();
        let stop = CancellationToken::new();
        let live = Live::start(store, stop.clone()).await.expect("the log can be followed");
        let state = ApiState::new(Parts {
            context: context.clone(),
            settings,
            local_token: Some(SecretString::from(TOKEN)),
            limits: Limits::new(store.clock(), LimitSizes::default(), None),
            live,
            runner: None,
            stop: stop.clone(),
        });
        let console = Router::new().fallback(crate::not_found);
        Self { routes: router(state, console), context, stop }
    }

    /// Listens on a port of the loopback interface until the server is stopped, and gives its address.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on the loopback interface");
        let address = listener.local_addr().expect("a bound socket has an address");
        let routes = self.routes.clone().into_make_service_with_connect_info::<SocketAddr>();
        let stop = self.stop.clone();
        tokio::spawn(async move {
            axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned()).await
        });
        format!("http://{address}")
    }

    /// Sends a request as it is; without an address of its own it comes from this machine.
    ///
    /// # Panics
    /// Never: the router cannot fail.
    pub async fn send(&self, mut request: Request<Body>) -> Response {
        if request.extensions().get::<ConnectInfo<SocketAddr>>().is_none() {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000))));
        }
        self.routes.clone().oneshot(request).await.expect("the router answers")
    }

    /// Sends JSON with headers and reads the answer.
    ///
    /// # Panics
    /// When the test names an impossible request.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(json) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(json.to_string())
            }
            None => Body::empty(),
        };
        let response = self.send(request.body(body).expect("a well-formed request")).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("the body can be read").to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, json }
    }

    /// Sends JSON as the local person.
    pub async fn user(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.call(method, path, &[("authorization", &format!("Bearer {TOKEN}"))], body).await
    }

    /// Sends JSON as an agent.
    pub async fn agent(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.call(method, path, &[("x-agent-token", token)], body).await
    }
}
