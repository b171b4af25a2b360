//! The sessions of a gateway: listing them, reading what was said in them, saying something in one.

use mc_store::{Read, sql};
use sea_query::{Alias, Condition, Expr, ExprTrait, Query};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Gateway, agent_key,
    inspect::{Place, Wanted, find_session, place},
    port::GatewayError,
    rpc::{self, ChatMessage, MAIN_LABEL, Rpc},
    rules,
};
use crate::{
    Context, Error, Kind, Result,
    access::{Actor, BoardWriter, OrgAdmin},
};

/// The agents on a gateway whose sessions an administrator may not see, by their ids there: a gateway may serve several
/// organizations, and an administrator needs the right to read a board.
pub(super) async fn hidden_agents(
    context: &Context,
    scope: &OrgAdmin,
    gateway: &Gateway,
) -> Result<Vec<String>> {
    let table = |name: &'static str| Alias::new(name);
    let column = |of: &'static str, name: &'static str| Expr::col((Alias::new(of), Alias::new(name)));
    let visible = Condition::all().add(column("agents", "organization_id").eq(scope.organization().id)).add(
        Condition::any()
            .add(column("agents", "board_id").is_null())
            .add(scope.readable_boards().condition("agents", "board_id")),
    );
    let query = Query::select()
        .column((table("agents"), table("openclaw_session_id")))
        .from(table("agents"))
        .inner_join(
            table("gateways"),
            column("gateways", "id").equals((table("agents"), table("gateway_id"))),
        )
        .cond_where(
            Condition::all()
                .add(column("gateways", "url").eq(gateway.url.as_str()))
                .add(column("agents", "openclaw_session_id").is_not_null())
                .add(visible.not()),
        )
        .take();
    let store = context.store();
    let keys: Vec<(String,)> = store.all(store.render(&query)).await?;
    Ok(keys.iter().filter_map(|(key,)| agent_key(key)).map(str::to_owned).collect())
}

/// Whose sessions are meant.
#[derive(Clone, Copy, Debug)]
pub enum SessionsOf {
    /// Those of a board's agents, and of the main agent of its gateway.
    Board(Uuid),
    /// All of a gateway, but for those of agents that the caller may not see.
    Gateway(Uuid),
}

impl From<SessionsOf> for Wanted {
    fn from(of: SessionsOf) -> Self {
        match of {
            SessionsOf::Board(id) => Self { board_id: Some(id), ..Self::default() },
            SessionsOf::Gateway(id) => Self { gateway_id: Some(id), ..Self::default() },
        }
    }
}

/// The sessions of a board or of a gateway, and among them that of the main agent.
///
/// # Errors
/// As [`super::inspect::status`]; `BadGateway` when the gateway does not answer.
pub async fn sessions(
    context: &Context,
    scope: &OrgAdmin,
    of: SessionsOf,
) -> Result<(Vec<Value>, Option<Value>)> {
    let place = place(context, scope, of.into()).await?;
    let sessions = list(context, &place).await?;
    let main = place.main_session.as_deref().and_then(|key| find_session(&sessions, key));
    Ok((sessions, main))
}

async fn list(context: &Context, place: &Place) -> Result<Vec<Value>> {
    let rpc = Rpc::new(context, &place.target);
    let listed = rpc::within(rpc::READ_WAIT, rpc.sessions_list()).await;
    Ok(place.visible(listed.map_err(|error| failed(&error))?))
}

/// The raw words of the gateway, with a code beside them.
fn failed(error: &GatewayError) -> Error {
    let mut answer = rules::bad_gateway("", error);
    answer.detail = crate::Detail::Text(error.message.clone());
    answer
}

/// One session.
///
/// # Errors
/// As [`sessions`]; `NotFound` for a session that does not exist or belongs to others.
pub async fn session(context: &Context, scope: &OrgAdmin, of: SessionsOf, key: &str) -> Result<Value> {
    let place = place(context, scope, of.into()).await?;
    if !place.shows(key) {
        return Err(no_session());
    }
    find_session(&list(context, &place).await?, key).ok_or_else(no_session)
}

fn no_session() -> Error {
    Error::text(Kind::NotFound, "Gateway session not found")
}

/// The last messages of a session, oldest first.
///
/// # Errors
/// As [`session`]; a session that nobody has spoken in yet is empty.
pub async fn history(
    context: &Context,
    scope: &OrgAdmin,
    of: SessionsOf,
    key: &str,
    limit: i64,
) -> Result<Vec<Value>> {
    let place = place(context, scope, of.into()).await?;
    if !place.shows(key) {
        return Err(no_session());
    }
    let rpc = Rpc::new(context, &place.target);
    rpc::within(rpc::READ_WAIT, rpc.chat_history(key, limit)).await.map_err(|error| failed(&error))
}

/// Says something in a session. Takes the right to write the board, or that of the session's agent.
///
/// # Errors
/// As [`session`], and `Forbidden` without the right.
pub async fn send(context: &Context, scope: &OrgAdmin, of: SessionsOf, key: &str, text: &str) -> Result<()> {
    let board_id = match of {
        SessionsOf::Board(id) => Some(id),
        SessionsOf::Gateway(id) => board_of(context, id, key).await?,
    };
    if let Some(id) = board_id {
        BoardWriter::check(context, Actor::User(scope.actor().clone()), id).await?;
    }
    let place = place(context, scope, of.into()).await?;
    if !place.shows(key) {
        return Err(no_session());
    }
    let message = ChatMessage {
        session_key: key,
        text,
        deliver: false,
        idempotency_key: context.store().ids().unguessable(),
    };
    let rpc = Rpc::new(context, &place.target);
    let is_main = place.main_session.as_deref() == Some(key);
    let call = async {
        if is_main { rpc.tell(MAIN_LABEL, message).await } else { rpc.chat_send(message).await.map(drop) }
    };
    rpc::within(rpc::WRITE_WAIT, call).await.map_err(|error| failed(&error))
}

/// The board of the agent that has a session on a gateway; none for main agents and for agents that are not ours.
async fn board_of(context: &Context, gateway_id: Uuid, session_key: &str) -> Result<Option<Uuid>> {
    let Some(wanted) = agent_key(session_key) else { return Ok(None) };
    let agents: Vec<(Option<Uuid>, String)> = context
        .store()
        .all(
            sql("SELECT board_id, openclaw_session_id FROM agents
                 WHERE gateway_id = $1 AND openclaw_session_id IS NOT NULL")
            .bind(gateway_id),
        )
        .await?;
    let found = agents.into_iter().find(|(_, key)| agent_key(key) == Some(wanted));
    Ok(found.and_then(|(board_id, _)| board_id))
}
