use http::{HeaderValue, Method, StatusCode, header};
use mc_store::testing::on_both;
use serde_json::json;

use crate::{
    Settings,
    testing::{TOKEN, TestServer, settings},
};

const CONSOLE: &str = "https://console.example";

fn crossing() -> Settings {
    Settings {
        cors_origins: vec![HeaderValue::from_static(CONSOLE)],
        security_headers: vec![(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))],
        ..settings()
    }
}

#[tokio::test]
async fn a_console_on_a_named_origin_may_call() {
    on_both(|store| async move {
        let server = TestServer::with(&store, crossing()).await;
        let preflight = [
            ("origin", CONSOLE),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "authorization"),
        ];
        let answer = server.call(Method::OPTIONS, "/api/v1/boards", &preflight, None).await;
        assert_eq!(answer.status, StatusCode::OK);
        for (name, value) in [
            ("access-control-allow-origin", CONSOLE),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-headers", "authorization"),
            ("access-control-max-age", "600"),
            ("vary", "Origin"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.headers[name], value);
        }
        assert!(answer.headers["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));

        // Refusals carry the headers too, or a browser would hide them.
        let refused = server.call(Method::GET, "/api/v1/boards", &[("origin", CONSOLE)], None).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert_eq!(refused.headers["access-control-allow-origin"], CONSOLE);
        assert!(refused.headers["access-control-expose-headers"].to_str().unwrap().contains("X-Request-Id"));
    })
    .await;
}

#[tokio::test]
async fn other_origins_get_no_permission() {
    on_both(|store| async move {
        let server = TestServer::with(&store, crossing()).await;
        let preflight = [("origin", "https://evil.example"), ("access-control-request-method", "GET")];
        let answer = server.call(Method::OPTIONS, "/api/v1/boards", &preflight, None).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("origin", "https://evil.example"), ("authorization", bearer.as_str())];
        let answer = server.call(Method::GET, "/api/v1/boards", &headers, None).await;
        assert!(!answer.headers.contains_key("access-control-allow-origin"));

        let closed = TestServer::new(&store).await;
        let answer = closed.call(Method::OPTIONS, "/api/v1/boards", &preflight, None).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    })
    .await;
}

#[tokio::test]
async fn every_answer_has_the_security_headers_an_id_and_no_place_in_a_cache() {
    on_both(|store| async move {
        let server = TestServer::with(&store, crossing()).await;
        for (path, status) in [
            ("/healthz", StatusCode::OK),
            ("/nowhere", StatusCode::NOT_FOUND),
            ("/api/v1/boards", StatusCode::OK),
            ("/api/v1/boards?limit=0", StatusCode::UNPROCESSABLE_ENTITY),
        ] {
            let answer = server.user(Method::GET, path, None).await;
            assert_eq!(answer.status, status, "{path}");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
            assert!(answer.headers.contains_key("x-request-id"), "{path}");
            if path.starts_with("/api/") {
                assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
            }
            if !status.is_success() {
                let keys: Vec<&String> = answer.json.as_object().unwrap().keys().collect();
                assert_eq!(keys, ["detail", "request_id"], "{path}");
                assert_eq!(
                    answer.json["request_id"],
                    json!(answer.headers["x-request-id"].to_str().unwrap())
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn agents_are_told_a_reason_and_whether_to_try_again() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        for (path, headers, code) in [
            ("/api/v1/agent/boards/0197c3a1-7c4e-7b1a-9d52-5f6d2a4be1c0/tasks", vec![], "unauthorized"),
            ("/api/v1/activity", vec![("x-agent-token", "mca_wrong")], "unauthorized"),
            ("/api/v1/agent/nowhere", vec![], "not_found"),
        ] {
            let answer = server.call(Method::GET, path, &headers, None).await;
            assert_eq!(answer.json["code"], code, "{path}");
            assert_eq!(answer.json["retryable"], false, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_refusal_reads_the_rest_of_the_body_or_says_that_the_connection_ends() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        for (size, closes) in [(1024, false), (3 * 1024 * 1024, true)] {
            let request = http::Request::post("/api/v1/boards")
                .header("content-type", "application/json")
                .body(axum::body::Body::from(vec![b' '; size]))
                .unwrap();
            let response = server.send(request).await;
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{size}");
            assert_eq!(response.headers().get("connection").is_some(), closes, "{size}");
        }
    })
    .await;
}
