//! Memory of boards and board groups, chat, and their streams.

mod agent;
mod dto;
mod group;

use axum::{extract::State, http::HeaderMap, response::Response};
use mc_base::parse_uuid;
use mc_domain::{
    Cursor,
    access::{BoardReader, BoardWriter},
    memory::{queries, service},
};
use mc_store::{Json, events::Event};
use serde_json::{Value, json};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{Auth, Body, PathId, Query},
    live::{Feed, Frame, LiveEvent, Rights, Scope, Source, stream},
    reply::{OkResponse, PageOf, Reply, ok},
};
pub(crate) use dto::BoardMemoryRead;
use dto::{BoardMemoryCreate, MemoryListQuery, MemoryStreamQuery};
pub(crate) use group::live_detail as live_group_detail;

/// What happens to memory: an entry was written.
const CREATED: &str = "memory.created";

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_board_memory, create_board_memory))
        .routes(routes!(stream_board_memory))
        .routes(routes!(delete_board_memory))
        .merge(group::routes())
        .merge(agent::routes())
}

/// List the memory of a board.
///
/// Notes and chat messages, newest first.
#[utoipa::path(get, path = "/boards/{board_id}/memory", tag = "board-memory", security(("HTTPBearer" = []), ("AgentToken" = [])), params(MemoryListQuery), responses((status = 200, body = PageOf<BoardMemoryRead>)))]
async fn list_board_memory(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardReader>,
    Query(query): Query<MemoryListQuery>,
) -> Result<Reply<PageOf<BoardMemoryRead>>, ApiError> {
    list(&state, &scope, &query).await
}

/// Add an entry to the memory of a board.
///
/// An entry with the tag `chat` is a chat message: it is signed with its author's name and passed on
/// to the board's lead and to the agents that it mentions (`@name`, `@lead`). `/pause` and `/resume`
/// from a person or the lead go to every agent of the board and pause or resume it. Entries are never
/// changed.
#[utoipa::path(post, path = "/boards/{board_id}/memory", tag = "board-memory", security(("HTTPBearer" = []), ("AgentToken" = [])), request_body = BoardMemoryCreate, responses((status = 200, body = BoardMemoryRead)))]
async fn create_board_memory(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardWriter>,
    Body(body): Body<BoardMemoryCreate>,
) -> Result<Reply<BoardMemoryRead>, ApiError> {
    create(&state, &scope, body).await
}

/// Stream the memory of a board.
///
/// One `memory` frame for each entry, once, in the order of writing; its data is `{"memory": entry}`. The
/// id of a frame is its position: after a break the stream resumes there (`Last-Event-ID`).
#[utoipa::path(get, path = "/boards/{board_id}/memory/stream", tag = "board-memory", security(("HTTPBearer" = []), ("AgentToken" = [])), params(MemoryStreamQuery), responses(
    (status = 200, description = "Frames `memory`.", content_type = "text/event-stream", body = BoardMemoryRead),
))]
async fn stream_board_memory(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardReader>,
    Query(query): Query<MemoryStreamQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let place = Scope::Board(scope.board().id);
    let feed = Feed::wanted(&state, place, &headers, query.since.as_deref()).await?;
    let rights = Rights::on_board(&state, &scope, &headers);
    stream(state, feed, rights, Entries { is_chat: query.is_chat })
}

/// Delete a memory entry of a board.
///
/// People who may write the board delete any entry, agents only what they wrote themselves.
#[utoipa::path(delete, path = "/boards/{board_id}/memory/{memory_id}", tag = "board-memory", security(("HTTPBearer" = []), ("AgentToken" = [])), responses((status = 200, body = OkResponse)))]
async fn delete_board_memory(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardWriter>,
    PathId(id): PathId,
) -> Result<Reply<OkResponse>, ApiError> {
    service::delete(&state.context, &scope, id).await?;
    Ok(ok())
}

async fn list(
    state: &ApiState,
    scope: &BoardReader,
    query: &MemoryListQuery,
) -> Result<Reply<PageOf<BoardMemoryRead>>, ApiError> {
    let page = service::list(&state.context, scope, query.is_chat, query.page()).await?;
    Ok(Reply(PageOf::timeline(
        page,
        |entry| Cursor::behind(entry.created_at, entry.id),
        BoardMemoryRead::from,
    )))
}

async fn create(
    state: &ApiState,
    scope: &BoardWriter,
    body: BoardMemoryCreate,
) -> Result<Reply<BoardMemoryRead>, ApiError> {
    let entry = service::create(&state.context, scope, body.into()).await?;
    Ok(Reply(entry.into()))
}

/// The stream of a board's memory.
struct Entries {
    is_chat: Option<bool>,
}

impl Source for Entries {
    async fn frame(&mut self, state: &ApiState, live: &LiveEvent) -> Option<Frame> {
        if live.event.kind != CREATED {
            return None;
        }
        let data = live.detail(state).await?;
        let is_chat = data["memory"]["is_chat"].as_bool();
        let is_wanted = self.is_chat.is_none() || self.is_chat == is_chat;
        is_wanted.then(|| Frame { event: "memory", id: Some(live.event.position), data: data.clone() })
    }
}

/// What streams show of an event of this subject: the entry, as long as it is there.
pub(crate) async fn live_detail(state: &ApiState, event: &Event) -> Option<Value> {
    let Some(Json(data)) = &event.data else { return None };
    let id = parse_uuid(data.get("memory_id")?.as_str()?).ok()?;
    match queries::by_id(state.context.store(), event.board_id?, id).await {
        Ok(entry) => Some(json!({ "memory": BoardMemoryRead::from(entry?) })),
        Err(error) => {
            tracing::warn!(%error, "live.memory.load_failed");
            None
        }
    }
}

#[cfg(test)]
mod tests;
