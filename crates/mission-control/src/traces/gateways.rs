//! A span for each call to a gateway.

use std::{pin::Pin, sync::Arc};

use mc_domain::gateways::{
    connections::Link,
    port::{Call, Climb, GatewayPort, Hello, Target},
};
use serde_json::Value;
use tracing::{Instrument as _, Span, field::Empty};
use url::Url;
use uuid::Uuid;

/// The way to gateways, with a span for each call. It has the method and the host, and neither what is sent nor what
/// comes back.
#[derive(Debug)]
pub(crate) struct Traced<P>(pub(crate) P);

impl<P: GatewayPort> GatewayPort for Traced<P> {
    fn hello<'a>(&'a self, target: &'a Target) -> Call<'a, Arc<Hello>> {
        observed(target, "connect", self.0.hello(target))
    }

    fn request<'a>(&'a self, target: &'a Target, method: &'a str, params: Value) -> Call<'a, Value> {
        observed(target, method, self.0.request(target, method, params))
    }

    fn link(&self, gateway_id: Uuid) -> Option<Link> {
        self.0.link(gateway_id)
    }

    fn reconnect<'a>(&'a self, target: &'a Target) -> Call<'a, ()> {
        observed(target, "reconnect", self.0.reconnect(target))
    }

    fn climb<'a>(&'a self, target: &'a Target) -> Pin<Box<dyn Future<Output = Climb> + Send + 'a>> {
        let span = span(target, "climb");
        Box::pin(self.0.climb(target).instrument(span))
    }

    fn forget(&self, gateway_id: Uuid) {
        self.0.forget(gateway_id);
    }
}

fn observed<'a, T: 'a>(target: &Target, method: &str, call: Call<'a, T>) -> Call<'a, T> {
    let span = span(target, method);
    let inner = span.clone();
    Box::pin(async move {
        let result = call.instrument(inner).await;
        if let Err(error) = &result {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", tracing::field::debug(error.failure));
        }
        result
    })
}

/// The address itself may have a password in it.
fn span(target: &Target, method: &str) -> Span {
    let url = Url::parse(&target.url).ok();
    tracing::info_span!(
        target: super::TARGET,
        "gateway",
        otel.name = format!("gateway {method}"),
        otel.kind = "client",
        otel.status_code = Empty,
        rpc.system = "openclaw",
        rpc.method = method,
        gateway.id = target.gateway_id.map(tracing::field::display),
        server.address = url.as_ref().and_then(Url::host_str),
        server.port = url.as_ref().and_then(Url::port_or_known_default),
        error.type = Empty,
    )
}
