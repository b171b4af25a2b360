//! Traces arrive at a collector of OpenTelemetry, and a collector that is away disturbs nobody.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use black_box::{Installation, Kind, LIMIT, free_port, until};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};
use prost::Message as _;
use serde_json::json;
use tokio::runtime::Runtime;

/// A trace that another program has begun, and the span in it from which it calls.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// What came in: the header fields and the body of each delivery.
type Deliveries = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// A collector on the loopback interface.
struct Collector {
    url: String,
    deliveries: Deliveries,
    _runtime: Runtime,
}

impl Collector {
    fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket of our own");
        let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let deliveries = Deliveries::default();
        let take = async |State(deliveries): State<Deliveries>, headers: HeaderMap, body: Bytes| {
            deliveries.lock().expect("no test panics while it holds this").push((headers, body));
        };
        let routes = Router::new().route("/v1/traces", post(take)).with_state(deliveries.clone());
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listening socket");
            axum::serve(listener, routes).await.expect("it serves until it is dropped");
        });
        Self { url, deliveries, _runtime: runtime }
    }

    fn spans(&self) -> Vec<Span> {
        let deliveries = self.deliveries.lock().expect("no test panics while it holds this");
        let requests = deliveries
            .iter()
            .map(|(_, body)| ExportTraceServiceRequest::decode(body.clone()).expect("the body is OTLP"));
        let scopes = requests.flat_map(|request| request.resource_spans).flat_map(|spans| spans.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }
}

fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let value = attributes.iter().find(|attribute| attribute.key == key)?.value.clone()?.value?;
    Some(match value {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    })
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no span {name}: {names:?}"))
}

#[test]
fn requests_jobs_and_calls_to_gateways_are_told_without_their_secrets() {
    let collector = Collector::start();
    let installation = Installation::new(Kind::Sqlite)
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)
        .with("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20of-the-collector")
        .with("OTEL_SERVICE_NAME", "fleet");
    let server = installation.start();
    let parent = format!("00-{TRACE}-{CALLER}-01");
    let seen = server.client.send(
        "GET",
        "/api/v1/boards?token=in-the-query",
        &[("traceparent", &parent)],
        Vec::new(),
    );
    assert_eq!(seen.status, 200, "{}", seen.body);
    let away = json!({
        "name": "Away", "url": format!("ws://127.0.0.1:{}", free_port()), "token": "of-the-gateway-0123456789",
        "workspace_root": "~/.openclaw"
    });
    let refused = server.client.post("/api/v1/gateways", &away);
    assert_ne!(refused.status, 422, "{}", refused.body);
    let token = installation.token();
    server.ask_to_end();
    assert!(server.status().success());

    let spans = collector.spans();
    let request = named(&spans, "GET /api/v1/boards");
    assert_eq!(
        (hex::encode(&request.trace_id), hex::encode(&request.parent_span_id)),
        (TRACE.into(), CALLER.into())
    );
    assert_eq!(request.kind, SpanKind::Server as i32);
    assert_eq!(text(&request.attributes, "http.route").as_deref(), Some("/api/v1/boards"));
    assert_eq!(text(&request.attributes, "http.response.status_code").as_deref(), Some("200"));
    let id = seen.headers["x-request-id"].to_str().unwrap();
    assert_eq!(text(&request.attributes, "request.id").as_deref(), Some(id));

    let (outer, call) = (named(&spans, "POST /api/v1/gateways"), named(&spans, "gateway connect"));
    assert_eq!((&call.trace_id, &call.parent_span_id), (&outer.trace_id, &outer.span_id));
    assert_eq!(text(&call.attributes, "error.type").as_deref(), Some("Unreachable"));
    assert_eq!(call.status.as_ref().map(|status| status.code), Some(StatusCode::Error as i32));
    assert!(
        spans.iter().any(|span| span.name.starts_with("job ") && text(&span.attributes, "job.id").is_some())
    );
    assert!(spans.iter().all(|span| !span.name.contains("readyz")), "probes are left out");

    let deliveries = collector.deliveries.lock().unwrap();
    for (headers, body) in deliveries.iter() {
        assert_eq!(headers["authorization"], "Bearer of-the-collector");
        assert_eq!(headers["content-type"], "application/x-protobuf");
        let request = ExportTraceServiceRequest::decode(body.clone()).unwrap();
        let resource = request.resource_spans[0].resource.as_ref().unwrap();
        assert_eq!(text(&resource.attributes, "service.name").as_deref(), Some("fleet"));
        let whole = String::from_utf8_lossy(body);
        for secret in [&token[..8], "of-the-gateway", "of-the-collector", "in-the-query"] {
            assert!(!whole.contains(secret), "{secret} is in a trace");
        }
    }
}

#[test]
fn a_collector_that_is_away_disturbs_nobody_and_is_told_of_once_a_minute() {
    let installation = Installation::new(Kind::Sqlite)
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://127.0.0.1:{}", free_port()))
        .with("OTEL_BSP_SCHEDULE_DELAY", "50");
    let server = installation.start();
    until("a warning", LIMIT, || {
        let _ = server.client.get("/api/v1/boards").expect(200);
        let log = server.log();
        if log.contains("traces.export.failed") { Ok(()) } else { Err(log) }
    });
    let _ = server.client.get("/api/v1/boards").expect(200);
    server.ask_to_end();
    let log = until("the end", LIMIT, || {
        let log = server.log();
        if log.contains("app.lifecycle.stopped") { Ok(log) } else { Err(log) }
    });
    assert!(server.status().success());
    assert_eq!(log.matches("traces.export.failed").count(), 1, "{log}");
    assert!(!log.contains("egress.failed"), "{log}");
}
