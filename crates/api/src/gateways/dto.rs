mod inspect;

use mc_base::{SecretString, Timestamp};
use mc_domain::{
    PageRequest,
    gateways::{
        GatewayChange, GatewayDetail, NewGateway, SyncAction, SyncError, SyncOptions, SyncPlan, SyncReport,
        address,
        connections::{Link, approval_command},
        rules::{self, URL_MAX, WORKSPACE_ROOT_MAX},
        service::Check,
    },
};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fields::{Int, NonEmpty, Patch, Reader, SecretText, Sent};
pub(crate) use inspect::*;

crate::query! {
    /// Which part of the list is wanted.
    pub(crate) struct GatewayListQuery {
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
    }
}

impl GatewayListQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: None }
    }
}

crate::body! {
    /// A gateway to make.
    pub(crate) struct GatewayCreate {
        /// The name; not unique.
        name: NonEmpty<255>,
        /// Where it listens: `ws://` or `wss://`, without a user name.
        url: NonEmpty<URL_MAX>,
        /// The folder on the gateway's host under which agents have their workspaces: absolute, or beginning with `~/`.
        workspace_root: NonEmpty<WORKSPACE_ROOT_MAX>,
        /// Accept a certificate that cannot be verified.
        allow_insecure_tls: bool = false,
        /// Sign in as the control UI does, without a paired device. Today's gateways refuse this.
        disable_device_pairing: bool = false,
        /// Let agents run commands on the gateway's host, by setting `tools.exec.host` there to `gateway` where it is not
        /// set. Without this the server leaves it alone, and the gateway decides.
        manage_exec_host: bool = false,
        /// The shared secret of the gateway; kept encrypted, and never given back.
        token: Option<SecretText>,
    } check check_create;
}

crate::body! {
    /// What is to be different about a gateway. What is left out stays.
    pub(crate) struct GatewayUpdate {
        /// The name; not unique.
        name: Sent<NonEmpty<255>>,
        /// Where it listens: `ws://` or `wss://`, without a user name.
        url: Sent<NonEmpty<URL_MAX>>,
        /// The shared secret. Null or blank removes it, but not when the stored `url` is sent along: then it takes
        /// `clear_token`.
        token: Patch<SecretText>,
        /// Remove the shared secret.
        clear_token: bool = false,
        /// The folder on the gateway's host under which agents have their workspaces: absolute, or beginning with `~/`.
        workspace_root: Sent<NonEmpty<WORKSPACE_ROOT_MAX>>,
        /// Accept a certificate that cannot be verified.
        allow_insecure_tls: Sent<bool>,
        /// Sign in as the control UI does, without a paired device. Today's gateways refuse this.
        disable_device_pairing: Sent<bool>,
        /// Let agents run commands on the gateway's host, by setting `tools.exec.host` there to `gateway` where it is not
        /// set. Without this the server leaves it alone, and the gateway decides.
        manage_exec_host: Sent<bool>,
    } check check_update;
}

fn check_create(gateway: &GatewayCreate, reader: &mut Reader, _: &Map<String, Value>) {
    check_url(&gateway.url, reader);
    check_root(&gateway.workspace_root, reader);
}

fn check_update(gateway: &GatewayUpdate, reader: &mut Reader, _: &Map<String, Value>) {
    if let Some(url) = &gateway.url.0 {
        check_url(url, reader);
    }
    if let Some(root) = &gateway.workspace_root.0 {
        check_root(root, reader);
    }
}

/// Addresses are not echoed: people put secrets into them.
fn check_url(url: &str, reader: &mut Reader) {
    if let Err(reason) = address::check_url(url) {
        reader.within("url", |reader| reader.value_error(reason, None));
    }
}

fn check_root(root: &str, reader: &mut Reader) {
    if let Err(reason) = rules::check_workspace_root(root) {
        reader.within("workspace_root", |reader| reader.value_error(reason, Some(&Value::from(root))));
    }
}

/// The secret without blanks around it; a blank one is none.
fn secret(text: &SecretText) -> Option<SecretString> {
    let trimmed = text.0.expose_secret().trim();
    (!trimmed.is_empty()).then(|| SecretString::from(trimmed))
}

impl From<GatewayCreate> for NewGateway {
    fn from(body: GatewayCreate) -> Self {
        Self {
            name: body.name.into(),
            url: body.url.into(),
            token: body.token.as_ref().and_then(secret),
            workspace_root: body.workspace_root.into(),
            disable_device_pairing: body.disable_device_pairing,
            allow_insecure_tls: body.allow_insecure_tls,
            manage_exec_host: body.manage_exec_host,
        }
    }
}

impl From<GatewayUpdate> for GatewayChange {
    fn from(body: GatewayUpdate) -> Self {
        Self {
            name: body.name.0.map(String::from),
            url: body.url.0.map(String::from),
            token: body.token.0.map(|token| token.as_ref().and_then(secret)),
            clear_token: body.clear_token,
            workspace_root: body.workspace_root.0.map(String::from),
            disable_device_pairing: body.disable_device_pairing.0,
            allow_insecure_tls: body.allow_insecure_tls.0,
            manage_exec_host: body.manage_exec_host.0,
        }
    }
}

/// A gateway.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayRead {
    name: String,
    url: String,
    workspace_root: String,
    #[schema(required = false, default = false)]
    allow_insecure_tls: bool,
    #[schema(required = false, default = false)]
    disable_device_pairing: bool,
    id: Uuid,
    organization_id: Uuid,
    /// Always null: the secret is not given back; see `has_token`.
    token: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Whether a secret is stored.
    has_token: bool,
    /// The agent that answers for the gateway; null after it was deleted, until the next change or sync.
    main_agent_id: Option<Uuid>,
    /// How far the main agent is set up: `requested`, `awaiting_checkin`, `ready`, `failed`, …
    provision_state: Option<String>,
    /// The version of the gateway's software when it last answered.
    runtime_version: Option<String>,
    /// When it last answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_connected_at: Option<Timestamp>,
    /// Why it did not answer the last time, or could not be set up.
    last_error: Option<String>,
    /// What an administrator should know of this connection.
    warnings: Vec<&'static str>,
    /// Whether the server sets `tools.exec.host` of the gateway to `gateway` where it is not set.
    manage_exec_host: bool,
    /// The connection to it, as this server sees it now.
    connection: GatewayConnection,
}

/// The connection to a gateway.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayConnection {
    /// `connecting`, `online`, `pairing_required`, `refused`, `protocol_mismatch`, `unreachable` or `closed`; null before
    /// the first attempt.
    state: Option<String>,
    /// Since when it is so.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Attempts that failed since it was last online.
    failures: i64,
    /// A stable name of what is wrong, such as `gateway_auth`.
    error_code: Option<String>,
    /// What is wrong.
    error: Option<String>,
    /// The version of the gateway's software, when it was last online.
    version: Option<String>,
    /// The version of the protocol that is spoken.
    protocol: Option<i64>,
    /// The form of the gateway's configuration: `list` or `entries`.
    dialect: Option<String>,
    /// The scopes that the gateway has granted; null when it does not say.
    scopes: Option<Vec<String>>,
    /// The id by which the gateway knows this server.
    device_id: Option<String>,
    /// What has to be approved on the gateway; null when nothing has.
    pairing: Option<GatewayPairing>,
}

/// A request of this server to be let in, which an operator of the gateway has to approve.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayPairing {
    /// The request; null when the gateway did not name it.
    request_id: Option<String>,
    /// What to run on the gateway's host.
    command: String,
}

impl GatewayConnection {
    fn new(link: Link, device_id: Option<String>) -> Self {
        let is_pairing = link.state.as_deref() == Some("pairing_required");
        let pairing = is_pairing.then(|| GatewayPairing {
            command: approval_command(link.pairing_request_id.as_deref()),
            request_id: link.pairing_request_id,
        });
        Self {
            state: link.state,
            since: link.since.map(Timestamp::from),
            failures: link.failures,
            error_code: link.code,
            error: link.error,
            version: link.version,
            protocol: link.protocol,
            dialect: link.dialect,
            scopes: link.scopes.map(|scopes| scopes.0),
            device_id,
            pairing,
        }
    }
}

impl From<GatewayDetail> for GatewayRead {
    fn from(detail: GatewayDetail) -> Self {
        let GatewayDetail { gateway, main_agent_id, provision_state, link, device_id } = detail;
        let insecure = gateway.allow_insecure_tls.then_some(address::INSECURE_TLS);
        Self {
            connection: GatewayConnection::new(link, device_id),
            has_token: gateway.has_token(),
            warnings: address::warning(&gateway.url).into_iter().chain(insecure).collect(),
            name: gateway.name,
            url: gateway.url,
            workspace_root: gateway.workspace_root,
            allow_insecure_tls: gateway.allow_insecure_tls,
            disable_device_pairing: gateway.disable_device_pairing,
            manage_exec_host: gateway.manage_exec_host,
            id: gateway.id,
            organization_id: gateway.organization_id,
            token: None,
            created_at: gateway.created_at.into(),
            updated_at: gateway.updated_at.into(),
            main_agent_id,
            provision_state,
            runtime_version: gateway.runtime_version,
            last_connected_at: gateway.last_connected_at.map(Timestamp::from),
            last_error: gateway.last_error,
        }
    }
}

crate::query! {
    /// How what was sent is stored.
    pub(crate) struct GatewaySaveQuery {
        /// Whether the gateway has to answer first. False stores what was sent also while the gateway is away; its main
        /// agent is set up when it can be reached.
        check: bool = true,
    }
}

impl GatewaySaveQuery {
    pub(crate) fn check(&self) -> Check {
        if self.check { Check::Required } else { Check::Skipped }
    }
}

crate::query! {
    /// How the gateway is deleted.
    pub(crate) struct GatewayDeleteQuery {
        /// Delete its agents too, and make its boards plain ones.
        force: bool = false,
    }
}

crate::query! {
    /// What is brought in line.
    pub(crate) struct GatewayTemplatesSyncQuery {
        /// Also the main agent.
        include_main: bool = true,
        /// Of the agents of boards only leads.
        lead_only: bool = false,
        /// Begin the sessions anew.
        reset_sessions: bool = false,
        /// Give agents new tokens. The present ones work until the new ones are first used.
        rotate_tokens: bool = false,
        /// Write the file with the first steps again.
        force_bootstrap: bool = false,
        /// Replace what agents have changed in the texts of the server.
        overwrite: bool = false,
        /// Only the agents of this board.
        board_id: Option<Uuid>,
        /// Only tell what would be done.
        dry_run: bool = false,
    }
}

impl GatewayTemplatesSyncQuery {
    pub(crate) fn options(&self) -> SyncOptions {
        SyncOptions {
            include_main: self.include_main,
            lead_only: self.lead_only,
            reset_sessions: self.reset_sessions,
            rotate_tokens: self.rotate_tokens,
            force_bootstrap: self.force_bootstrap,
            overwrite: self.overwrite,
            board_id: self.board_id,
            dry_run: self.dry_run,
        }
    }
}

/// What could not be done, and for whom.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayTemplatesSyncError {
    agent_id: Option<Uuid>,
    agent_name: Option<String>,
    board_id: Option<Uuid>,
    message: String,
}

impl From<SyncError> for GatewayTemplatesSyncError {
    fn from(error: SyncError) -> Self {
        Self {
            agent_id: error.agent_id,
            agent_name: error.agent_name,
            board_id: error.board_id,
            message: error.message,
        }
    }
}

/// An agent that is brought in line, and how.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayTemplatesSyncAgent {
    agent_id: Uuid,
    agent_name: String,
    /// Null for the main agent.
    board_id: Option<Uuid>,
    /// `set_up` (it was not yet, or not to the end), `refresh`, or `skip` (its board is paused).
    action: &'static str,
    /// Whether its files are not those that the server would write now.
    behind: bool,
}

impl From<SyncPlan> for GatewayTemplatesSyncAgent {
    fn from(plan: SyncPlan) -> Self {
        let action = match plan.action {
            SyncAction::SetUp => "set_up",
            SyncAction::Refresh => "refresh",
            SyncAction::Skip => "skip",
        };
        Self {
            agent_id: plan.agent_id,
            agent_name: plan.agent_name,
            board_id: plan.board_id,
            action,
            behind: plan.is_behind,
        }
    }
}

/// What was brought in line.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayTemplatesSyncResult {
    gateway_id: Uuid,
    include_main: bool,
    reset_sessions: bool,
    agents_updated: i64,
    agents_skipped: i64,
    main_updated: bool,
    #[schema(required = false)]
    errors: Vec<GatewayTemplatesSyncError>,
    /// Whether nothing was done.
    dry_run: bool,
    /// The agents that this is about, the main agent last.
    agents: Vec<GatewayTemplatesSyncAgent>,
}

impl GatewayTemplatesSyncResult {
    pub(crate) fn new(gateway_id: Uuid, options: SyncOptions, report: SyncReport) -> Self {
        Self {
            gateway_id,
            include_main: options.include_main,
            reset_sessions: options.reset_sessions,
            agents_updated: report.agents_updated,
            agents_skipped: report.agents_skipped,
            main_updated: report.main_updated,
            errors: report.errors.into_iter().map(GatewayTemplatesSyncError::from).collect(),
            dry_run: options.dry_run,
            agents: report.plan.into_iter().map(GatewayTemplatesSyncAgent::from).collect(),
        }
    }
}
