//! What goes on on a gateway: its state, its sessions, what is said in them. Reading changes nothing there.

use std::borrow::Cow;

use mc_base::SecretString;
use mc_store::{Read, sql};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Gateway, address, agent_key,
    connections::{Link, device_id},
    port::{GatewayError, Target},
    probe, queries,
    rpc::{self, Rpc},
    rules, service, sessions,
};
use crate::{
    Context, Error, Kind, Result,
    access::{Actor, BoardReader, OrgAdmin},
    boards::Board,
};

/// How many messages of a session are given when nobody says how many.
pub const HISTORY_DEFAULT: i64 = 200;

/// Which gateway is meant: an address, a stored gateway, or that of a board; the first that is given counts.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// An address. What is not given with it is taken from the stored gateway of the organization at this address.
    pub url: Option<String>,
    /// The token for the address.
    pub token: Option<SecretString>,
    /// Whether the server signs in as the control UI does.
    pub disable_device_pairing: Option<bool>,
    /// Whether a certificate that cannot be verified is accepted.
    pub allow_insecure_tls: Option<bool>,
    /// A gateway of the organization.
    pub gateway_id: Option<Uuid>,
    /// A board that the caller may read.
    pub board_id: Option<Uuid>,
}

/// The state of a gateway.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// Whether it answers and can be worked with.
    pub connected: bool,
    /// Its address.
    pub gateway_url: String,
    /// Its sessions, as it lists them.
    pub sessions: Option<Vec<Value>>,
    /// The session of its main agent, when there is one.
    pub main_session: Option<Value>,
    /// Why the session of its main agent is missing.
    pub main_session_error: Option<String>,
    /// Why it is not connected.
    pub error: Option<String>,
    /// A stable name of why it is not connected.
    pub code: Option<Cow<'static, str>>,
    /// The version of its software.
    pub version: Option<String>,
    /// The protocol that is spoken with it.
    pub protocol: Option<u32>,
    /// The state of the connection that is kept to it; none for an address.
    pub link: Option<Link>,
    /// The id by which it knows this server.
    pub device_id: Option<String>,
}

/// A gateway that was found, and what of it may be seen.
pub(super) struct Place {
    pub(super) target: Target,
    pub(super) main_session: Option<String>,
    /// The agents whose sessions may be seen, by their ids on the gateway; none means all but the hidden ones.
    agents: Option<Vec<String>>,
    /// Agents of other organizations and of boards that the caller may not read, by their ids on the gateway.
    hidden: Vec<String>,
}

impl Place {
    pub(super) fn shows(&self, session_key: &str) -> bool {
        let is_of = |agents: &[String]| {
            agent_key(session_key).is_some_and(|key| agents.iter().any(|agent| agent == key))
        };
        match &self.agents {
            Some(agents) => is_of(agents),
            None => !is_of(&self.hidden),
        }
    }

    pub(super) fn visible(&self, sessions: Vec<Value>) -> Vec<Value> {
        sessions.into_iter().filter(|session| key_of(session).is_some_and(|key| self.shows(key))).collect()
    }
}

fn key_of(session: &Value) -> Option<&str> {
    session.get("key").and_then(Value::as_str)
}

pub(super) fn find_session(sessions: &[Value], key: &str) -> Option<Value> {
    sessions.iter().find(|session| key_of(session) == Some(key)).cloned()
}

fn needs_target() -> Error {
    Error::invalid("board_id or gateway_url is required")
}

pub(super) async fn place(context: &Context, scope: &OrgAdmin, wanted: Wanted) -> Result<Place> {
    let organization_id = scope.organization().id;
    if let Some(url) = wanted.url.as_deref().filter(|url| !url.is_empty()) {
        let url = url.trim();
        if url.is_empty() {
            return Err(needs_target());
        }
        address::check_url(url).map_err(|reason| Error::invalid(format!("gateway_{reason}")))?;
        let token = wanted.token.clone();
        let stored = queries::by_url(context.store(), organization_id, url).await?;
        let known = stored.as_ref().map(|gateway| gateway.target(context)).transpose()?;
        let flag = |sent: Option<bool>, of: fn(&Target) -> bool| {
            sent.unwrap_or_else(|| known.as_ref().is_some_and(of))
        };
        let target = Target {
            gateway_id: None,
            url: url.to_owned(),
            disable_device_pairing: flag(wanted.disable_device_pairing, |known| known.disable_device_pairing),
            allow_insecure_tls: flag(wanted.allow_insecure_tls, |known| known.allow_insecure_tls),
            token: token.or_else(|| known.and_then(|known| known.token)),
            reads_only: true,
        };
        return Ok(Place { target, main_session: None, agents: None, hidden: Vec::new() });
    }
    if let Some(id) = wanted.gateway_id {
        let gateway =
            queries::find(context.store(), organization_id, id).await?.ok_or_else(service::unknown)?;
        let hidden = sessions::hidden_agents(context, scope, &gateway).await?;
        let main_session = Some(gateway.main_session());
        return Ok(Place { target: gateway.target(context)?, main_session, agents: None, hidden });
    }
    let id = wanted.board_id.ok_or_else(needs_target)?;
    let reader = BoardReader::check(context, Actor::User(scope.actor().clone()), id).await?;
    of_board(context, scope, reader.board()).await
}

async fn of_board(context: &Context, scope: &OrgAdmin, board: &Board) -> Result<Place> {
    if board.organization_id != scope.organization().id {
        return Err(Error::text(Kind::Forbidden, "No org access"));
    }
    let gateway = gateway_of(context, board).await?;
    let sessions: Vec<(String,)> = context
        .store()
        .all(
            sql("SELECT openclaw_session_id FROM agents WHERE board_id = $1 AND openclaw_session_id IS NOT NULL
                 ORDER BY created_at, id LIMIT 1000")
            .bind(board.id),
        )
        .await?;
    let main_session = gateway.main_session();
    let keys = sessions.iter().map(|(key,)| key).chain([&main_session]);
    let agents = keys.filter_map(|key| agent_key(key)).map(str::to_owned).collect();
    let hidden = Vec::new();
    Ok(Place {
        target: gateway.target(context)?,
        main_session: Some(main_session),
        agents: Some(agents),
        hidden,
    })
}

/// Where the wanted gateway is.
///
/// # Errors
/// As [`status`].
pub(super) async fn target(context: &Context, scope: &OrgAdmin, wanted: Wanted) -> Result<Target> {
    Ok(place(context, scope, wanted).await?.target)
}

/// The gateway of a board.
///
/// # Errors
/// `Invalid` when the board has none, or one of another organization.
pub(crate) async fn gateway_of(context: &Context, board: &Board) -> Result<Gateway> {
    let id = board.gateway_id.ok_or_else(|| Error::invalid("Board gateway_id is required"))?;
    let gateway = queries::find(context.store(), board.organization_id, id).await?;
    gateway.ok_or_else(|| Error::invalid("Board gateway_id is invalid"))
}

/// The state of a gateway. That it does not answer is an answer.
///
/// # Errors
/// When what is wanted does not say which gateway, or names none that the caller may see.
pub async fn status(context: &Context, scope: &OrgAdmin, wanted: Wanted) -> Result<Status> {
    let place = place(context, scope, wanted).await?;
    let mut status = Status { gateway_url: place.target.url.clone(), ..Status::default() };
    let failure = |mut status: Status, error: GatewayError| {
        status.error = Some(rules::explain(&error));
        status.code = Some(rules::code(error.failure).into());
        status
    };
    status.device_id = device_id(context.store()).await?.as_deref().map(str::to_owned);
    if let Some(id) = place.target.gateway_id {
        let stored = queries::link(context.store(), id).await?.unwrap_or_default();
        let live = context.gateways().link(id);
        // What is known to be broken is not tried once more by everybody who looks.
        let is_broken = live.as_ref().is_some_and(Link::is_broken);
        let link = live.map_or_else(|| stored.clone(), |live| live.or_seen(&stored));
        if is_broken {
            status.error = link.error.clone().or_else(|| link.state.clone());
            status.code = Some(link.code.clone().unwrap_or_else(|| "gateway_unreachable".into()).into());
            status.version.clone_from(&link.version);
        }
        status.link = Some(link);
        if is_broken {
            return Ok(status);
        }
    }
    let probe = match probe::ask(context, &place.target).await {
        Ok(probe) => probe,
        Err(error) => {
            note(context, &place.target, None, Some(&error.message)).await?;
            return Ok(failure(status, error));
        }
    };
    status.protocol = (probe.hello.protocol > 0).then_some(probe.hello.protocol);
    match probe.verdict {
        Ok(version) => status.version = Some(version.to_string()),
        Err(reason) => {
            note(context, &place.target, None, Some(&reason)).await?;
            return Ok(Status {
                error: Some(reason),
                code: Some("gateway_version".into()),
                version: probe.hello.server_version.clone(),
                ..status
            });
        }
    }
    note(context, &place.target, status.version.as_deref(), None).await?;
    let rpc = Rpc::new(context, &place.target);
    match rpc::within(rpc::READ_WAIT, rpc.sessions_list()).await {
        Err(error) => Ok(failure(status, error)),
        Ok(sessions) => {
            status.connected = true;
            let sessions = place.visible(sessions);
            if let Some(key) = &place.main_session {
                status.main_session = find_session(&sessions, key);
                if status.main_session.is_none() {
                    status.main_session_error =
                        Some("The gateway has no session of its main agent yet".into());
                }
            }
            status.sessions = Some(sessions);
            Ok(status)
        }
    }
}

/// Keeps what was seen of a stored gateway, when it is something new.
async fn note(context: &Context, target: &Target, version: Option<&str>, error: Option<&str>) -> Result<()> {
    let Some(id) = target.gateway_id else { return Ok(()) };
    let Some(gateway) = queries::by_id(context.store(), id).await? else { return Ok(()) };
    let now = context.store().clock().now();
    let is_recent = gateway.last_connected_at.is_some_and(|last| now - last < queries::NOTE_EVERY);
    let is_known = gateway.last_error.as_deref() == error
        && (error.is_some() || (is_recent && gateway.runtime_version.as_deref() == version));
    if is_known {
        return Ok(());
    }
    let txn = context.store().begin().await?;
    queries::note_connection(&txn, id, version, error).await?;
    txn.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_board_shows_the_sessions_of_its_own_agents() {
        let target = Target {
            gateway_id: None,
            url: "ws://x".into(),
            token: None,
            allow_insecure_tls: false,
            disable_device_pairing: false,
            reads_only: false,
        };
        let agents = Some(vec!["lead-1".to_owned(), "mc-gateway-7".to_owned()]);
        let place = Place { target, main_session: None, agents, hidden: vec!["lead-2".to_owned()] };
        for (key, shown) in [
            ("agent:lead-1:main", true),
            ("agent:lead-1:subagent:9", true),
            ("agent:mc-gateway-7:main", true),
            ("agent:lead-2:main", false),
            ("agent:lead-10:main", false),
            ("lead-1", false),
            ("agent:", false),
            ("", false),
        ] {
            assert_eq!(place.shows(key), shown, "{key}");
        }
        let listed =
            vec![json!({"key": "agent:lead-1:main", "x": 1}), json!({"key": "agent:z:main"}), json!("x")];
        assert_eq!(place.visible(listed), [json!({"key": "agent:lead-1:main", "x": 1})]);
        let open = Place { agents: None, ..place };
        assert!(open.shows("agent:z:main") && !open.shows("agent:lead-2:main"));
    }
}
