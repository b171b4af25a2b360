//! What is counted of every request.

use std::time::Duration;

use axum::response::Response;
use http::{Method, StatusCode};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

/// Upper bounds of the times, in seconds: from what memory answers to what a gateway may take.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
/// The route of requests that no operation takes: pages of the console, and what is not there.
const NO_ROUTE: &str = "other";

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Timed {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Limited {
    limit: String,
}

/// The counts of one process.
pub(crate) struct Requests {
    registry: Registry,
    answered: Family<Answered, Counter>,
    duration: Family<Timed, Histogram>,
    in_flight: Gauge,
    limited: Family<Limited, Counter>,
}

/// A request that is being answered.
pub(crate) struct InFlight<'a>(&'a Gauge);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Requests {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("mission_control");
        let answered = Family::default();
        let duration = Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> Histogram);
        let (in_flight, limited) = (Gauge::default(), Family::default());
        registry.register("http_requests", "Requests that were answered", answered.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time until the head of the answer was ready",
            Unit::Seconds,
            duration.clone(),
        );
        registry.register("http_requests_in_flight", "Requests that are being answered", in_flight.clone());
        registry.register("rate_limited", "Requests that a limit refused", limited.clone());
        Self { registry, answered, duration, in_flight, limited }
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Counts a request as being answered until the value is dropped.
    pub(crate) fn begin(&self) -> InFlight<'_> {
        self.in_flight.inc();
        InFlight(&self.in_flight)
    }

    /// Counts an answer. Routes are templates, such as `/api/v1/boards/{board_id}`: their number is bounded.
    pub(crate) fn answered(&self, method: &Method, route: Option<&str>, response: &Response, took: Duration) {
        let method = name_of(method);
        let route = route.unwrap_or(NO_ROUTE).to_owned();
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS
            && let Some(limit) = limit_of(response)
        {
            self.limited.get_or_create(&Limited { limit }).inc();
        }
        self.duration.get_or_create(&Timed { method, route: route.clone() }).observe(took.as_secs_f64());
        self.answered.get_or_create(&Answered { method, route, status: status.as_u16() }).inc();
    }
}

/// The method as a label. Clients can send any word, and each would be a series of its own.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The name of the limit that refused, as the answer states it (`"agent_auth";q=20;w=60`).
fn limit_of(response: &Response) -> Option<String> {
    let policy = response.headers().get("ratelimit-policy")?.to_str().ok()?;
    Some(policy.trim_start_matches('"').split('"').next()?.to_owned())
}
