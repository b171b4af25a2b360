//! The stream of a board's approvals, and what other streams show of their events.

use std::collections::HashMap;

use axum::{extract::State, http::HeaderMap, response::Response};
use mc_base::parse_uuid;
use mc_domain::{access::BoardReader, approvals::queries};
use mc_store::{Json, events::Event};
use serde_json::{Value, json};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::dto::{ApprovalStreamEvent, ApprovalStreamQuery, TaskCountsOfApproval};
use crate::{
    ApiState,
    error::ApiError,
    extract::{Auth, Query},
    live::{Feed, Frame, LiveEvent, Rights, Scope, Source, stream},
};

/// What happens to an approval. Messages to agents about it are no change of it.
const CHANGES: [&str; 4] =
    ["approval.created", "approval.approved", "approval.rejected", "approval.reopened"];

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(stream_approvals))
}

/// Stream the approvals of a board.
///
/// A frame `approval` for each request, decision and reopening, once, with the approval as it is now
/// and the numbers of pending ones. Of an approval that has gone on since (after a break), only the present state is
/// shown, once. The id of a frame is its place in the log: after a break the
/// stream resumes there (`Last-Event-ID`).
#[utoipa::path(get, path = "/boards/{board_id}/approvals/stream", tag = "approvals", security(("HTTPBearer" = []), ("AgentToken" = [])), params(ApprovalStreamQuery), responses(
    (status = 200, description = "Frames `approval`.", content_type = "text/event-stream", body = ApprovalStreamEvent),
))]
async fn stream_approvals(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardReader>,
    Query(query): Query<ApprovalStreamQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let place = Scope::Board(scope.board().id);
    let feed = Feed::wanted(&state, place, &headers, query.since.as_deref()).await?;
    let rights = Rights::on_board(&state, &scope, &headers);
    stream(state, feed, rights, Approvals::default())
}

/// How many approvals a stream remembers.
const REMEMBERED_MAX: usize = 4_096;

/// Shows each state of an approval once, also when several of its changes are read after they all happened.
#[derive(Default)]
struct Approvals {
    /// Status and time of the decision, as last shown, by approval.
    shown: HashMap<String, [Value; 2]>,
}

impl Approvals {
    /// Whether this state was not the last one that was shown of the approval.
    fn is_news(&mut self, approval: &Value) -> bool {
        let Some(id) = approval["id"].as_str() else { return true };
        let state = [approval["status"].clone(), approval["resolved_at"].clone()];
        if self.shown.get(id) == Some(&state) {
            return false;
        }
        if self.shown.len() >= REMEMBERED_MAX {
            self.shown.clear();
        }
        self.shown.insert(id.to_owned(), state);
        true
    }
}

impl Source for Approvals {
    async fn frame(&mut self, state: &ApiState, live: &LiveEvent) -> Option<Frame> {
        if !CHANGES.contains(&live.event.kind.as_str()) {
            return None;
        }
        let data = live.detail(state).await?.clone();
        if !self.is_news(&data["approval"]) {
            return None;
        }
        Some(Frame { event: "approval", id: Some(live.event.position), data })
    }
}

/// What streams show of an event of this subject: the approval as it is now, and the numbers of
/// approvals of the board and of its tasks.
pub(crate) async fn live_detail(state: &ApiState, event: &Event) -> Option<Value> {
    if !CHANGES.contains(&event.kind.as_str()) {
        return None;
    }
    let Some(Json(data)) = &event.data else { return None };
    let id = parse_uuid(data.get("approval_id")?.as_str()?).ok()?;
    match load(state, event.board_id?, id).await {
        Ok(event) => event.map(|event| json!(event)),
        Err(error) => {
            tracing::warn!(%error, event.kind, "live.approval.load_failed");
            None
        }
    }
}

async fn load(state: &ApiState, board_id: Uuid, id: Uuid) -> mc_domain::Result<Option<ApprovalStreamEvent>> {
    let store = state.context.store();
    let Some(detail) = queries::detail(store, board_id, id).await? else { return Ok(None) };
    let counts = queries::counts_of(store, board_id, &detail.task_ids).await?;
    Ok(Some(ApprovalStreamEvent {
        approval: detail.into(),
        pending_approvals_count: queries::pending_count(store, board_id).await?,
        task_counts: TaskCountsOfApproval::of(counts),
    }))
}
