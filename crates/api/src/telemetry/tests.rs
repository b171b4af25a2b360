use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    response::{IntoResponse, Response},
};
use http::{HeaderName, Method, Request, StatusCode};
use http_body_util::BodyExt;
use mc_store::testing::{TestDatabase, on_both};

use super::Requests;
use crate::{
    Settings,
    error::ApiError,
    testing::{self, TestServer},
};

const TOKEN: &str = "a-token-of-prometheus-for-tests";

async fn scrape(server: &TestServer, peer: &str, headers: &[(&str, &str)]) -> (StatusCode, String) {
    let mut request = Request::get("/metrics");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    let peer: SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = server.send(request).await;
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// The value of a series, by its name and labels as they are written.
fn value(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

#[tokio::test]
async fn requests_and_the_state_are_counted() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        for path in ["/healthz", "/healthz", "/api/v1/boards/11111111-1111-4111-8111-111111111111"] {
            server.call(Method::GET, path, &[], None).await;
        }
        let (status, text) = scrape(&server, "127.0.0.1:4000", &[]).await;
        assert_eq!(status, StatusCode::OK);
        let requests =
            |labels: &str| value(&text, &format!("mission_control_http_requests_total{{{labels}}}"));
        assert_eq!(requests(r#"method="GET",route="/healthz",status="200""#), Some(2.0), "{text}");
        assert_eq!(requests(r#"method="GET",route="/api/v1/boards/{board_id}",status="401""#), Some(1.0));
        let timed = r#"mission_control_http_request_duration_seconds_count{method="GET",route="/healthz"}"#;
        assert_eq!(value(&text, timed), Some(2.0));
        // The request for the figures themselves.
        assert_eq!(value(&text, "mission_control_http_requests_in_flight"), Some(1.0));
        for series in [
            "mission_control_event_streams",
            "mission_control_event_log_lag",
            "mission_control_gateways",
            "mission_control_backup_failing",
            r#"mission_control_database_connections{state="idle"}"#,
        ] {
            assert!(value(&text, series).is_some(), "{series} is missing in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    })
    .await;
}

#[tokio::test]
async fn figures_are_for_this_machine_or_for_the_token() {
    let database = TestDatabase::sqlite().await;
    let server = TestServer::new(&database.store).await;
    let forwarded = [("X-Forwarded-For", "203.0.113.9")];
    for (peer, headers, expected) in [
        ("127.0.0.1:4000", &[][..], StatusCode::OK),
        ("[::1]:4000", &[], StatusCode::OK),
        ("[::ffff:127.0.0.1]:4000", &[], StatusCode::OK),
        ("127.0.0.1:4000", &forwarded, StatusCode::FORBIDDEN),
        ("192.0.2.7:4000", &[], StatusCode::FORBIDDEN),
    ] {
        assert_eq!(scrape(&server, peer, headers).await.0, expected, "{peer} {headers:?}");
    }
    let settings = Settings { metrics_token: Some(TOKEN.into()), ..testing::settings() };
    let server = TestServer::with(&database.store, settings).await;
    let right = format!("Bearer {TOKEN}");
    for (headers, expected) in [
        (&[("Authorization", right.as_str())][..], StatusCode::OK),
        (&[("Authorization", "Bearer wrong")], StatusCode::UNAUTHORIZED),
        (&[], StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(scrape(&server, "127.0.0.1:4000", headers).await.0, expected);
    }
    database.drop().await;
}

#[test]
fn refusals_are_counted_by_the_limit_that_the_answer_names() {
    let requests = Requests::new();
    let refusal: Response = ApiError::new(StatusCode::TOO_MANY_REQUESTS)
        .header(HeaderName::from_static("ratelimit-policy"), "\"agent_auth\";q=20;w=60".to_owned())
        .into_response();
    let odd = Method::from_bytes(b"BREW").unwrap();
    requests.answered(&odd, None, &refusal, std::time::Duration::from_millis(3));
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, requests.registry()).unwrap();
    assert_eq!(value(&text, r#"mission_control_rate_limited_total{limit="agent_auth"}"#), Some(1.0));
    let series = r#"mission_control_http_requests_total{method="other",route="other",status="429"}"#;
    assert_eq!(value(&text, series), Some(1.0), "{text}");
}
