//! Request ids, the request log, and the bodies of errors.

use std::time::Instant;

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use mc_base::{ClientAddress, text};
use mc_store::audit::Origin;
use serde_json::{Map, Value};
use tracing::Instrument;

use crate::{
    ApiState,
    error::{ApiError, Problem},
    extract,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest request id that is taken from a client.
const CLIENT_ID_MAX: usize = 128;

/// Gives the request an id, runs it, logs it, and writes the body of an error.
pub(super) async fn apply(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let id = request_id(request.headers(), &state);
    let (method, route) = (request.method().clone(), request.extensions().get::<MatchedPath>().cloned());
    let path = text::escape_controls(request.uri().path()).into_owned();
    let (parts, body) = request.into_parts();
    let address = extract::client_address(&parts, &state);
    let is_agent = path.starts_with("/api/v1/agent/") || parts.headers.contains_key(extract::AGENT_TOKEN);
    let request = Request::from_parts(parts, body);

    let span = tracing::info_span!("request", request_id = %id, method = method.as_str(), path);
    let started = Instant::now();
    let in_flight = state.requests.begin();
    let mut response = async {
        tracing::trace!(client_ip = %address, "http.request.start");
        let quiet = matches!(path.as_str(), "/health" | "/healthz" | "/readyz") && !state.settings.log_health;
        let unanswered = Unanswered { started, client_ip: address, is_told: !quiet };
        let origin = Origin::new(address.to_string(), id.clone());
        let response = origin.serve(next.run(request)).await;
        unanswered.answered();
        let response = with_error_body(response, &id, is_agent);
        if !quiet {
            log(&state, response.status(), started.elapsed().as_millis(), &address.to_string());
        }
        response
    }
    .instrument(span)
    .await;
    drop(in_flight);
    let route = route.as_ref().map(MatchedPath::as_str);
    state.requests.answered(&method, route, &response, started.elapsed());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().entry(REQUEST_ID).or_insert(value);
    }
    response
}

/// A request without an answer yet. Dropped before there is one, because the client has hung up, it says so in the log.
struct Unanswered {
    started: Instant,
    client_ip: ClientAddress,
    is_told: bool,
}

impl Unanswered {
    fn answered(mut self) {
        self.is_told = false;
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        if self.is_told {
            let duration_ms = self.started.elapsed().as_millis();
            tracing::warn!(duration_ms, client_ip = %self.client_ip, "http.request.incomplete");
        }
    }
}

/// The client's id when it is harmless, else one of ours.
fn request_id(headers: &HeaderMap, state: &ApiState) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .map(str::trim)
        .filter(|id| {
            (1..=CLIENT_ID_MAX).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte))
        })
        .map_or_else(|| state.context.store().ids().unguessable().simple().to_string(), str::to_owned)
}

fn log(state: &ApiState, status: StatusCode, duration_ms: u128, client_ip: &str) {
    let status_code = status.as_u16();
    if status.is_server_error() {
        tracing::error!(status_code, duration_ms, client_ip, "http.request.complete");
    } else if status.is_client_error() {
        tracing::warn!(status_code, duration_ms, client_ip, "http.request.complete");
    } else {
        tracing::debug!(status_code, duration_ms, client_ip, "http.request.complete");
    }
    if let Some(limit) = state.settings.slow_request.map(|limit| limit.as_millis())
        && duration_ms >= limit
    {
        tracing::warn!(status_code, duration_ms, client_ip, slow_threshold_ms = limit, "http.request.slow");
    }
}

/// Errors leave their handlers without a body; here they get one, with the request id. Agents are told a name of
/// the reason in every case, and whether trying again makes sense: they act on that, not on the sentence.
fn with_error_body(response: Response, id: &str, is_agent: bool) -> Response {
    let status = response.status();
    let (mut parts, body) = response.into_parts();
    let problem = match parts.extensions.remove::<Problem>() {
        Some(problem) => problem,
        None if status.is_server_error() && !parts.headers.contains_key(header::CONTENT_TYPE) => {
            let answer = axum::response::IntoResponse::into_response(ApiError::new(status));
            match answer.extensions().get::<Problem>() {
                Some(problem) => problem.clone(),
                None => return Response::from_parts(parts, body),
            }
        }
        None => return Response::from_parts(parts, body),
    };
    let code = problem.code.map(Value::from).or_else(|| {
        let own = problem.detail.get("code").filter(|code| code.is_string()).cloned();
        is_agent.then(|| own.unwrap_or_else(|| code_of(status).into()))
    });
    let mut object = Map::new();
    object.insert("detail".into(), problem.detail);
    object.insert("request_id".into(), id.into());
    if let Some(code) = code {
        object.insert("code".into(), code);
    }
    if is_agent {
        object.insert("retryable".into(), is_retryable(status).into());
    }
    let body = Value::Object(object).to_string();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}

/// The name of a refusal that has none of its own.
pub(crate) fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "bad_request",
        StatusCode::UNAUTHORIZED => "unauthorized",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::CONFLICT => "conflict",
        StatusCode::GONE => "gone",
        StatusCode::PRECONDITION_FAILED => "precondition_failed",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNPROCESSABLE_ENTITY => "invalid",
        StatusCode::TOO_MANY_REQUESTS => "too_many_requests",
        StatusCode::BAD_GATEWAY => "bad_gateway",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        StatusCode::GATEWAY_TIMEOUT => "timeout",
        status if status.is_server_error() => "internal_error",
        _ => "refused",
    }
}

/// Whether the same request may succeed later.
pub(crate) fn is_retryable(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}
