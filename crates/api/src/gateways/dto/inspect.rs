//! What is asked of gateways beyond their rows, and what they answer: state, doctor, sessions, capabilities.

use std::borrow::Cow;

use mc_base::text::TEXT_MAX;
use mc_domain::gateways::{
    Capabilities,
    doctor::{Report, Rung},
    inspect::{HISTORY_DEFAULT, Status, Wanted},
    rules::URL_MAX,
    sessions::SessionsOf,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{GatewayConnection, check_url, secret};
use crate::{
    error::ApiError,
    fields::{Blankable, Int, NonEmpty, Reader, SecretText, Text},
};

crate::query! {
    /// Which gateway is meant.
    pub(crate) struct GatewayStatusQuery {
        /// A board of the gateway. Only the sessions of its agents are shown.
        board_id: Blankable<Uuid>,
        /// The address of a gateway. What is not given with it is taken from the stored gateway at this address.
        gateway_url: Option<Text<URL_MAX>>,
        /// The secret for the address. Better sent with `POST /gateways/probe`: addresses end up in logs.
        gateway_token: Option<SecretText>,
        /// Sign in as the control UI does.
        gateway_disable_device_pairing: Option<bool>,
        /// Accept a certificate that cannot be verified.
        gateway_allow_insecure_tls: Option<bool>,
        /// A stored gateway.
        gateway_id: Blankable<Uuid>,
    }
}

impl From<GatewayStatusQuery> for Wanted {
    fn from(query: GatewayStatusQuery) -> Self {
        Self {
            url: query.gateway_url.map(String::from),
            token: query.gateway_token.as_ref().and_then(secret),
            disable_device_pairing: query.gateway_disable_device_pairing,
            allow_insecure_tls: query.gateway_allow_insecure_tls,
            gateway_id: query.gateway_id.0,
            board_id: query.board_id.0,
        }
    }
}

crate::body! {
    /// A gateway to try: a stored one, or an address with what belongs to it.
    pub(crate) struct GatewayProbe {
        /// A stored gateway; used when no `url` is given.
        gateway_id: Option<Uuid>,
        /// The address of a gateway. What is not given with it is taken from the stored gateway at this address.
        url: Option<NonEmpty<URL_MAX>>,
        /// The shared secret.
        token: Option<SecretText>,
        /// Sign in as the control UI does.
        disable_device_pairing: Option<bool>,
        /// Accept a certificate that cannot be verified.
        allow_insecure_tls: Option<bool>,
    } check check_probe;
}

fn check_probe(probe: &GatewayProbe, reader: &mut Reader, _: &Map<String, Value>) {
    match &probe.url {
        Some(url) => check_url(url, reader),
        None if probe.gateway_id.is_none() => {
            reader.value_error("url or gateway_id is required", None);
        }
        None => {}
    }
}

impl From<GatewayProbe> for Wanted {
    fn from(body: GatewayProbe) -> Self {
        Self {
            url: body.url.map(String::from),
            token: body.token.as_ref().and_then(secret),
            disable_device_pairing: body.disable_device_pairing,
            allow_insecure_tls: body.allow_insecure_tls,
            gateway_id: body.gateway_id,
            board_id: None,
        }
    }
}

/// The state of a gateway.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewaysStatusResponse {
    /// Whether it answers and can be worked with.
    connected: bool,
    gateway_url: String,
    sessions_count: Option<i64>,
    /// The sessions, as the gateway lists them.
    #[schema(value_type = Option<Vec<Value>>)]
    sessions: Option<Vec<Value>>,
    /// The session of the main agent.
    #[schema(value_type = Option<Value>)]
    main_session: Option<Value>,
    /// Why the session of the main agent is missing.
    main_session_error: Option<String>,
    /// Why it is not connected.
    error: Option<String>,
    /// A stable name of why it is not connected, such as `gateway_auth`.
    error_code: Option<Cow<'static, str>>,
    /// The version of its software.
    runtime_version: Option<String>,
    /// The version of the protocol that is spoken with it.
    protocol_version: Option<u32>,
    /// The connection that is kept to it; null for a gateway that is not stored.
    connection: Option<GatewayConnection>,
}

impl From<Status> for GatewaysStatusResponse {
    fn from(status: Status) -> Self {
        let count = |sessions: &Vec<Value>| i64::try_from(sessions.len()).unwrap_or(i64::MAX);
        Self {
            connected: status.connected,
            gateway_url: status.gateway_url,
            sessions_count: status.sessions.as_ref().map(count),
            sessions: status.sessions,
            main_session: status.main_session,
            main_session_error: status.main_session_error,
            error: status.error,
            error_code: status.code,
            runtime_version: status.version,
            protocol_version: status.protocol,
            connection: status.link.map(|link| GatewayConnection::new(link, status.device_id)),
        }
    }
}

/// What is wrong with the way to a gateway.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayDoctorReport {
    /// Whether every rung holds.
    ok: bool,
    gateway_url: String,
    /// The name of the rung that broke.
    failed: Option<&'static str>,
    /// The one thing to do.
    advice: Option<String>,
    /// A stable name of what is wrong, such as `gateway_auth`.
    error_code: Option<&'static str>,
    /// The version of the gateway's software, where it was learnt.
    version: Option<String>,
    /// The version of the protocol that was agreed on.
    protocol: Option<u32>,
    /// The id by which the gateway knows this server.
    device_id: Option<String>,
    /// The rungs, from the ground up.
    rungs: Vec<GatewayDoctorRung>,
}

/// One rung of the way to a gateway.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayDoctorRung {
    /// `dns`, `tcp`, `tls`, `upgrade`, `protocol`, `auth`, `pairing`, `scopes`, `version` or `first_call`.
    name: &'static str,
    /// `passed`, `failed`, `not_reached` or `not_applicable`.
    state: &'static str,
    /// What was seen there.
    detail: Option<String>,
    /// How long it took, in milliseconds, where that was measured.
    duration_ms: Option<u64>,
}

impl From<Rung> for GatewayDoctorRung {
    fn from(rung: Rung) -> Self {
        Self {
            name: rung.name.as_str(),
            state: rung.state.as_str(),
            detail: rung.detail,
            duration_ms: rung.duration.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
        }
    }
}

impl From<Report> for GatewayDoctorReport {
    fn from(report: Report) -> Self {
        Self {
            ok: report.failed.is_none(),
            gateway_url: report.url,
            failed: report.failed.map(mc_domain::gateways::doctor::RungName::as_str),
            advice: report.advice,
            error_code: report.code,
            version: report.version,
            protocol: report.protocol,
            device_id: report.device_id,
            rungs: report.rungs.into_iter().map(GatewayDoctorRung::from).collect(),
        }
    }
}

crate::query! {
    /// Whose sessions are meant.
    pub(crate) struct GatewaySessionsQuery {
        /// The board; goes before `gateway_id`. One of them is required.
        board_id: Option<Uuid>,
        /// A stored gateway, with all its sessions but those of agents that the caller may not see.
        gateway_id: Option<Uuid>,
    }
}

impl GatewaySessionsQuery {
    pub(crate) fn of(&self) -> Result<SessionsOf, ApiError> {
        sessions_of(self.board_id, self.gateway_id)
    }
}

fn sessions_of(board_id: Option<Uuid>, gateway_id: Option<Uuid>) -> Result<SessionsOf, ApiError> {
    let of = board_id.map(SessionsOf::Board).or_else(|| gateway_id.map(SessionsOf::Gateway));
    of.ok_or_else(|| mc_domain::Error::invalid("board_id or gateway_id is required").into())
}

crate::query! {
    /// Whose session is meant, and how much of it.
    pub(crate) struct GatewayHistoryQuery {
        /// The board; goes before `gateway_id`. One of them is required.
        board_id: Option<Uuid>,
        /// A stored gateway.
        gateway_id: Option<Uuid>,
        /// The most messages; the last ones are given.
        limit: Int<1, 1_000> = HISTORY_DEFAULT,
    }
}

impl GatewayHistoryQuery {
    pub(crate) fn of(&self) -> Result<SessionsOf, ApiError> {
        sessions_of(self.board_id, self.gateway_id)
    }
}

/// Sessions of a gateway.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewaySessionsResponse {
    /// The sessions, as the gateway lists them.
    pub(crate) sessions: Vec<Value>,
    /// The session of the main agent, when there is one.
    #[schema(value_type = Option<Value>)]
    pub(crate) main_session: Option<Value>,
}

/// A session of a gateway.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewaySessionResponse {
    /// The session, as the gateway lists it.
    pub(crate) session: Value,
}

/// What was said in a session.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewaySessionHistoryResponse {
    /// The messages, oldest first, as the gateway gives them.
    pub(crate) history: Vec<Value>,
}

crate::body! {
    /// Something to say in a session.
    pub(crate) struct GatewaySessionMessageRequest {
        /// The text.
        content: NonEmpty<TEXT_MAX>,
    }
}

crate::query! {
    /// Whose capabilities are meant.
    pub(crate) struct GatewayCommandsQuery {
        /// A stored gateway, which is asked; without it the usual ones are given.
        gateway_id: Option<Uuid>,
    }
}

/// What gateways can do.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayCommandsResponse {
    /// The version of the protocol.
    protocol_version: u32,
    methods: Vec<String>,
    events: Vec<String>,
}

impl From<Capabilities> for GatewayCommandsResponse {
    fn from(known: Capabilities) -> Self {
        Self { protocol_version: known.protocol_version, methods: known.methods, events: known.events }
    }
}
