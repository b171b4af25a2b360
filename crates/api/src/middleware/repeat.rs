//! Creations with an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a client that lost the
//! answer asks again with the same key and gets the answer to the first request.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use mc_domain::{
    access::Actor,
    idempotency::{self, Begun, Key},
};
use mc_store::audit::Origin;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    ApiState,
    error::{ApiError, Issue},
    extract::{Callers, authenticate, read_limited},
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The longest key, in characters.
const KEY_MAX: usize = 255;
/// The largest answer that is kept, in bytes; none of ours to a creation comes near it.
const ANSWER_MAX: usize = 1024 * 1024;

/// Does a creation that carries a key once.
pub(super) async fn apply(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let is_creation = *request.method() == Method::POST && request.uri().path().starts_with("/api/v1/");
    let Some(key) = request.headers().get(KEY).filter(|_| is_creation).cloned() else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    // Who is not known is refused by the route itself, or needs no key: sign-in, deliveries of webhooks.
    let Ok(actor) = authenticate(&parts, &state, Callers::Anyone).await else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    match once(state, &key, &actor, parts, body, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn once(
    state: ApiState,
    key: &HeaderValue,
    actor: &Actor,
    parts: Parts,
    body: Body,
    next: Next,
) -> Result<Response, ApiError> {
    let text = key.to_str().map(str::trim).unwrap_or_default();
    if text.is_empty() || text.len() > KEY_MAX {
        return Err(ApiError::issues(&[Issue {
            kind: "string_length",
            loc: vec!["header".into(), "Idempotency-Key".into()],
            msg: format!("A key has 1 to {KEY_MAX} printable ASCII characters"),
            input: None,
            ctx: Some(json!({ "min_length": 1, "max_length": KEY_MAX })),
        }]));
    }
    let bytes = read_limited(&parts.headers, body, state.settings.max_body).await?;
    let key = Key { caller: caller(actor), key: text.to_owned(), fingerprint: fingerprint(&parts, &bytes) };
    match idempotency::begin(&state.context, &key).await? {
        Begun::New => {}
        Begun::Done { status, body } => return Ok(again(status, body)),
        Begun::Running => {
            let text = "The first request with this Idempotency-Key is still being worked on";
            let error = ApiError::with(StatusCode::CONFLICT, text).code("idempotency_in_progress");
            return Err(error.header(header::RETRY_AFTER, "1"));
        }
        Begun::Mismatch => {
            let text = "This Idempotency-Key was used for another request";
            return Err(ApiError::with(StatusCode::UNPROCESSABLE_ENTITY, text).code("idempotency_key_reused"));
        }
    }
    // A client that hangs up does not stop what was begun: its answer is kept for the next try.
    let work = async move {
        let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
        keep(&state, &key, response).await
    };
    let work = match Origin::current() {
        Some(origin) => tokio::spawn(origin.serve(work)),
        None => tokio::spawn(work),
    };
    work.await.map_err(|_| ApiError::new(StatusCode::INTERNAL_SERVER_ERROR))?
}

/// Keeps a success, and gives the key back after a refusal.
async fn keep(state: &ApiState, key: &Key, response: Response) -> Result<Response, ApiError> {
    if !response.status().is_success() {
        idempotency::abandon(&state.context, key).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes =
        to_bytes(body, ANSWER_MAX).await.map_err(|_| ApiError::new(StatusCode::INTERNAL_SERVER_ERROR))?;
    let text = String::from_utf8_lossy(&bytes);
    idempotency::finish(&state.context, key, parts.status.as_u16(), &text).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn again(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REPLAYED, HeaderValue::from_static("true")),
    ];
    (status, headers, body).into_response()
}

fn caller(actor: &Actor) -> String {
    match actor {
        Actor::User(user) => format!("user:{}", user.user().id),
        Actor::Agent(agent) => format!("agent:{}", agent.id),
    }
}

/// Everything that makes the request: method, address, the organization that is meant, the body. Each part
/// is preceded by its length, so that no two requests look alike.
fn fingerprint(parts: &Parts, body: &Bytes) -> Vec<u8> {
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let organization = parts.headers.get("x-organization-id").map_or(&b""[..], HeaderValue::as_bytes);
    // Two spellings of one JSON value are one request.
    let body =
        serde_json::from_slice::<Value>(body).map_or_else(|_| body.to_vec(), |json| json.to_string().into());
    let mut hash = Sha256::new();
    for part in [parts.method.as_str().as_bytes(), target.as_bytes(), organization, &body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use mc_store::testing::on_both;

    use super::*;
    use crate::testing::{TOKEN, TestServer};

    async fn create(server: &TestServer, key: &str, name: &str) -> crate::testing::Answer {
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", key)];
        let body = json!({ "name": name, "slug": "", "description": "d", "board_type": "general" });
        server.call(Method::POST, "/api/v1/boards", &headers, Some(body)).await
    }

    #[tokio::test]
    async fn a_creation_that_is_asked_for_twice_happens_once() {
        on_both(|store| async move {
            let server = TestServer::new(&store).await;
            let first = create(&server, "a", "One").await;
            assert_eq!(first.status, StatusCode::OK);
            assert!(!first.headers.contains_key("idempotency-replayed"));
            let second = create(&server, "a", "One").await;
            assert_eq!((second.status, &second.json), (StatusCode::OK, &first.json));
            assert_eq!(second.headers["idempotency-replayed"], "true");
            let other = create(&server, "a", "Two").await;
            assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(other.json["code"], "idempotency_key_reused");
            assert_eq!(create(&server, "b", "One").await.status, StatusCode::OK);
            let boards = server.user(Method::GET, "/api/v1/boards", None).await;
            assert_eq!(boards.json["total"], 2);
        })
        .await;
    }

    #[tokio::test]
    async fn a_refused_creation_keeps_no_key_and_a_bad_key_is_named() {
        on_both(|store| async move {
            let server = TestServer::new(&store).await;
            let bearer = format!("Bearer {TOKEN}");
            let headers = [("authorization", bearer.as_str()), ("idempotency-key", "a")];
            let refused = server.call(Method::POST, "/api/v1/boards", &headers, Some(json!({}))).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(create(&server, "a", "One").await.status, StatusCode::OK);
            let long = create(&server, &"k".repeat(KEY_MAX + 1), "Two").await;
            assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(long.json["detail"][0]["loc"], json!(["header", "Idempotency-Key"]));
        })
        .await;
    }

    #[tokio::test]
    async fn twenty_at_once_make_one() {
        on_both(|store| async move {
            let server = TestServer::new(&store).await;
            let answers: Vec<_> =
                futures_util::future::join_all((0..20).map(|_| create(&server, "a", "One"))).await;
            assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 409)));
            assert!(answers.iter().any(|answer| answer.status == StatusCode::OK));
            let boards = server.user(Method::GET, "/api/v1/boards", None).await;
            assert_eq!(boards.json["total"], 1);
        })
        .await;
    }
}
