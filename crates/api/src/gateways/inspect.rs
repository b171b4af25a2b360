//! What goes on on a gateway.

use axum::extract::{FromRequestParts, RawPathParams, State};
use http::{StatusCode, request::Parts};
use mc_domain::{
    access::OrgAdmin,
    gateways::{self, doctor, inspect, service, sessions},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::dto::{
    GatewayCommandsQuery, GatewayCommandsResponse, GatewayDoctorReport, GatewayHistoryQuery, GatewayProbe,
    GatewayRead, GatewaySessionHistoryResponse, GatewaySessionMessageRequest, GatewaySessionResponse,
    GatewaySessionsQuery, GatewaySessionsResponse, GatewayStatusQuery, GatewaysStatusResponse,
};
use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body, PathId, Query},
    reply::{OkResponse, Reply, ok},
};

/// The operations of this part.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(gateways_status))
        .routes(routes!(probe_gateway))
        .routes(routes!(examine_address))
        .routes(routes!(examine_gateway))
        .routes(routes!(reconnect_gateway))
        .routes(routes!(gateway_commands))
        .routes(routes!(list_gateway_sessions))
        .routes(routes!(get_gateway_session))
        .routes(routes!(get_session_history))
        .routes(routes!(send_gateway_session_message))
}

/// The key of a session in the path, such as `agent:lead-…:main`.
struct SessionKey(String);

/// The longest key of a session.
const KEY_MAX: usize = 512;

impl FromRequestParts<ApiState> for SessionKey {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let unknown = || ApiError::with(StatusCode::NOT_FOUND, "Gateway session not found");
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| unknown())?;
        let (_, key) = params.iter().next().ok_or_else(unknown)?;
        let is_possible = key.chars().count() <= KEY_MAX && !key.chars().any(char::is_control);
        if is_possible { Ok(Self(key.to_owned())) } else { Err(unknown()) }
    }
}

/// Get the status of a gateway.
///
/// Named by its address, its id or a board. That it does not answer is an answer: `connected` is false and `error` says
/// why. Nothing is changed on the gateway.
#[utoipa::path(get, path = "/gateways/status", tag = "gateways", security(("HTTPBearer" = [])), params(GatewayStatusQuery), responses((status = 200, body = GatewaysStatusResponse)))]
async fn gateways_status(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<GatewayStatusQuery>,
) -> Result<Reply<GatewaysStatusResponse>, ApiError> {
    Ok(Reply(inspect::status(&state.context, &scope, query.into()).await?.into()))
}

/// Test a gateway connection.
///
/// As `GET /gateways/status`, with the secret in the body.
#[utoipa::path(post, path = "/gateways/probe", tag = "gateways", security(("HTTPBearer" = [])), request_body = GatewayProbe, responses((status = 200, body = GatewaysStatusResponse)))]
async fn probe_gateway(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Body(body): Body<GatewayProbe>,
) -> Result<Reply<GatewaysStatusResponse>, ApiError> {
    Ok(Reply(inspect::status(&state.context, &scope, body.into()).await?.into()))
}

/// Diagnose a gateway connection before saving it.
///
/// Checks DNS, TCP, TLS, the WebSocket handshake, authentication and a first call, one after the other, on a separate
/// connection. The answer names the check that failed and how to fix it; nothing is stored.
#[utoipa::path(post, path = "/gateways/doctor", tag = "gateways", security(("HTTPBearer" = [])), request_body = GatewayProbe, responses((status = 200, body = GatewayDoctorReport)))]
async fn examine_address(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Body(body): Body<GatewayProbe>,
) -> Result<Reply<GatewayDoctorReport>, ApiError> {
    Ok(Reply(doctor::examine(&state.context, &scope, body.into()).await?.into()))
}

/// Diagnose the connection to a gateway.
///
/// As `POST /gateways/doctor`, for a stored gateway; its open connection is left alone.
#[utoipa::path(post, path = "/gateways/{gateway_id}/doctor", tag = "gateways", security(("HTTPBearer" = [])), responses((status = 200, body = GatewayDoctorReport)))]
async fn examine_gateway(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Reply<GatewayDoctorReport>, ApiError> {
    let wanted = inspect::Wanted { gateway_id: Some(id), ..inspect::Wanted::default() };
    Ok(Reply(doctor::examine(&state.context, &scope, wanted).await?.into()))
}

/// Reconnect to a gateway.
///
/// Instead of waiting for the next attempt, for example after this server was approved there. What came of it stands in
/// `connection`; a connection that works is left alone.
#[utoipa::path(post, path = "/gateways/{gateway_id}/reconnect", tag = "gateways", security(("HTTPBearer" = [])), responses((status = 200, body = GatewayRead)))]
async fn reconnect_gateway(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Reply<GatewayRead>, ApiError> {
    Ok(Reply(service::reconnect(&state.context, &scope, id).await?.into()))
}

/// List gateway methods and events.
///
/// The usual ones; with `gateway_id` also those that this gateway names itself, after them.
#[utoipa::path(get, path = "/gateways/commands", tag = "gateways", security(("HTTPBearer" = [])), params(GatewayCommandsQuery), responses(
    (status = 200, body = GatewayCommandsResponse),
    (status = 502, description = "The gateway does not answer."),
))]
async fn gateway_commands(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<GatewayCommandsQuery>,
) -> Result<Reply<GatewayCommandsResponse>, ApiError> {
    Ok(Reply(gateways::capabilities(&state.context, &scope, query.gateway_id).await?.into()))
}

/// List gateway sessions.
///
/// With those of a board comes that of the main agent of its gateway.
#[utoipa::path(get, path = "/gateways/sessions", tag = "gateways", security(("HTTPBearer" = [])), params(GatewaySessionsQuery), responses(
    (status = 200, body = GatewaySessionsResponse),
    (status = 502, description = "The gateway does not answer."),
))]
async fn list_gateway_sessions(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<GatewaySessionsQuery>,
) -> Result<Reply<GatewaySessionsResponse>, ApiError> {
    let (sessions, main_session) = sessions::sessions(&state.context, &scope, query.of()?).await?;
    Ok(Reply(GatewaySessionsResponse { sessions, main_session }))
}

/// Get a gateway session.
///
/// The id is the session's key; encode its colons.
#[utoipa::path(get, path = "/gateways/sessions/{session_id}", tag = "gateways", security(("HTTPBearer" = [])), params(GatewaySessionsQuery), responses(
    (status = 200, body = GatewaySessionResponse),
    (status = 502, description = "The gateway does not answer."),
))]
async fn get_gateway_session(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    SessionKey(key): SessionKey,
    Query(query): Query<GatewaySessionsQuery>,
) -> Result<Reply<GatewaySessionResponse>, ApiError> {
    let session = sessions::session(&state.context, &scope, query.of()?, &key).await?;
    Ok(Reply(GatewaySessionResponse { session }))
}

/// Get the history of a gateway session.
///
/// The last `limit` messages, oldest first.
#[utoipa::path(get, path = "/gateways/sessions/{session_id}/history", tag = "gateways", security(("HTTPBearer" = [])), params(GatewayHistoryQuery), responses(
    (status = 200, body = GatewaySessionHistoryResponse),
    (status = 502, description = "The gateway does not answer."),
))]
async fn get_session_history(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    SessionKey(key): SessionKey,
    Query(query): Query<GatewayHistoryQuery>,
) -> Result<Reply<GatewaySessionHistoryResponse>, ApiError> {
    let history = sessions::history(&state.context, &scope, query.of()?, &key, query.limit.0).await?;
    Ok(Reply(GatewaySessionHistoryResponse { history }))
}

/// Send a message to a gateway session.
///
/// Takes the right to write the board, or that of the session's agent. The agent's answer stays in its session.
#[utoipa::path(post, path = "/gateways/sessions/{session_id}/message", tag = "gateways", security(("HTTPBearer" = [])), params(GatewaySessionsQuery), request_body = GatewaySessionMessageRequest, responses(
    (status = 200, body = OkResponse),
    (status = 502, description = "The gateway does not answer, or refused."),
))]
async fn send_gateway_session_message(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    SessionKey(key): SessionKey,
    Query(query): Query<GatewaySessionsQuery>,
    Body(body): Body<GatewaySessionMessageRequest>,
) -> Result<Reply<OkResponse>, ApiError> {
    sessions::send(&state.context, &scope, query.of()?, &key, &body.content).await?;
    Ok(ok())
}
