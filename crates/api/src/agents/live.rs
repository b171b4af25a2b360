//! The stream of an organization's agents, and what other streams show of an agent's events.

use axum::{extract::State, http::HeaderMap, response::Response};
use mc_domain::{
    access::OrgAdmin,
    agents::{queries, service},
};
use mc_store::{Json, events::Event};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::dto::{AgentRead, AgentStreamQuery};
use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Query},
    live::{Feed, Frame, LiveEvent, Rights, Scope, Source, stream},
};

/// What happens to an agent that is still there afterwards.
const CHANGES: [&str; 15] = [
    "agent.created",
    "agent.updated",
    "agent.checked_in",
    "agent.online",
    "agent.offline",
    "agent.status_changed",
    "agent.token.issued",
    "agent.provision.requested",
    "agent.provision.direct",
    "agent.provision.failed",
    "agent.update.requested",
    "agent.update.direct",
    "agent.update.failed",
    "agent.delete.requested",
    "agent.delete.failed",
];
/// An agent is gone, from everywhere or from this board.
const DEPARTURES: [&str; 3] = ["agent.delete.direct", "agent.deleted", "agent.moved"];

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(stream_agents))
}

/// What a frame `agent` carries.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentStreamEvent {
    /// The agent as it is now.
    agent: AgentRead,
}

/// Stream agents of the active organization.
///
/// A frame `agent` for each change, with the agent as it is now, in the order of the log; its data is `{"agent": agent}`. A
/// frame `agent.deleted` with `agent_id` and `board_id` when one is gone, or has left that board. The id of a frame is its
/// position: after a break the stream resumes there (`Last-Event-ID`). Rights are checked for every event.
#[utoipa::path(get, path = "/agents/stream", tag = "agents", security(("HTTPBearer" = [])), params(AgentStreamQuery), responses(
    (status = 200, description = "Frames `agent` and `agent.deleted`.", content_type = "text/event-stream", body = AgentStreamEvent),
))]
async fn stream_agents(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<AgentStreamQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    queries::may_follow(&state.context, &scope, query.board_id).await?;
    let place = match query.board_id {
        Some(board) => Scope::Board(board),
        None => Scope::Organization(scope.organization().id),
    };
    let rights = Rights::of_admin(&state, &scope).await?;
    let feed = Feed::wanted(&state, place, &headers, query.since.as_deref()).await?;
    stream(state, feed, rights, Agents)
}

struct Agents;

impl Source for Agents {
    async fn frame(&mut self, state: &ApiState, live: &LiveEvent) -> Option<Frame> {
        let event = &live.event;
        let kind = event.kind.as_str();
        if DEPARTURES.contains(&kind) {
            let Json(data) = event.data.as_ref()?;
            let data = json!({ "agent_id": data.get("agent_id")?, "board_id": event.board_id });
            return Some(Frame { event: "agent.deleted", id: Some(event.position), data });
        }
        if !CHANGES.contains(&kind) {
            return None;
        }
        let data = match event.board_id {
            Some(_) => live.detail(state).await?.clone(),
            // What all members see of a main agent leaves out what administrators see.
            None => Box::pin(load(state, event, true)).await?,
        };
        Some(Frame { event: "agent", id: Some(event.position), data })
    }
}

/// What streams show of an event of this subject: the agent, as long as it is there.
pub(crate) async fn live_detail(state: &ApiState, event: &Event) -> Option<Value> {
    if !CHANGES.contains(&event.kind.as_str()) {
        return None;
    }
    // Who reads a board sees its agents whole; what all members see leaves out the instructions.
    load(state, event, event.board_id.is_some()).await
}

async fn load(state: &ApiState, event: &Event, shows_instructions: bool) -> Option<Value> {
    let store = state.context.store();
    match service::by_id(store, event.agent_id?).await {
        Ok(agent) => {
            // An agent that has moved since then is not for the readers of its former board.
            let agent = agent.filter(|agent| agent.board_id == event.board_id)?;
            let agent = AgentRead::new(agent, store.clock().now(), shows_instructions);
            Some(json!(AgentStreamEvent { agent }))
        }
        Err(error) => {
            tracing::warn!(%error, event.kind, "live.agent.load_failed");
            None
        }
    }
}
