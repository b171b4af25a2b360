//! What happened: the feed, the comments, and their stream.

mod dto;

use axum::{extract::State, http::HeaderMap, response::Response};
use http::request::Parts;
use mc_domain::{
    Cursor,
    access::{Actor, OrgMember},
    activity::{Viewer, queries, service},
};
use mc_store::events::Event;
use serde_json::{Value, json};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{self, Auth, AuthUser, Query},
    live::{Feed, Frame, LiveEvent, Rights, Scope, Source, stream},
    reply::{PageOf, Reply},
};
use dto::{
    ActivityEventRead, ActivityListQuery, ActivityTaskCommentFeedItemRead, CommentListQuery,
    CommentStreamQuery,
};

/// The type of the event that stands for a comment; it has the comment's id.
const COMMENT: &str = "task.comment";

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_activity))
        .routes(routes!(list_task_comment_feed))
        .routes(routes!(stream_task_comment_feed))
}

impl extract::Scope for Viewer {
    async fn check(parts: &mut Parts, state: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        match actor {
            Actor::Agent(agent) => Ok(Self::Agent(agent)),
            user @ Actor::User(_) => {
                Ok(Self::Member(<OrgMember as extract::Scope>::check(parts, state, user).await?))
            }
        }
    }
}

/// List activity events, newest first.
///
/// A person sees the events of the boards that the person may read in the active organization; an
/// agent sees its own events on its present board. `route_name` and `route_params` say where a
/// console shows the event.
#[utoipa::path(get, path = "/activity", tag = "activity", security(("HTTPBearer" = []), ("AgentToken" = [])), params(ActivityListQuery), responses(
    (status = 200, body = PageOf<ActivityEventRead>),
))]
async fn list_activity(
    State(state): State<ApiState>,
    Auth(viewer): Auth<Viewer>,
    Query(query): Query<ActivityListQuery>,
) -> Result<Reply<PageOf<ActivityEventRead>>, ApiError> {
    let page = service::feed(&state.context, &viewer, &query.filter(), query.page()).await?;
    Ok(Reply(PageOf::timeline(
        page,
        |item| Cursor::behind_event(item.event.created_at, item.event.position),
        ActivityEventRead::from,
    )))
}

/// List task comments, newest first.
///
/// Of all boards that the caller may read in the active organization, or of one of them.
#[utoipa::path(get, path = "/activity/task-comments", tag = "activity", security(("HTTPBearer" = [])), params(CommentListQuery), responses(
    (status = 200, body = PageOf<ActivityTaskCommentFeedItemRead>),
))]
async fn list_task_comment_feed(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    Query(query): Query<CommentListQuery>,
) -> Result<Reply<PageOf<ActivityTaskCommentFeedItemRead>>, ApiError> {
    let page = service::comments(&state.context, &scope, query.board_id, query.page()).await?;
    Ok(Reply(PageOf::timeline(
        page,
        |item| Cursor::behind(item.created_at, item.id),
        ActivityTaskCommentFeedItemRead::from,
    )))
}

/// Stream task comments.
///
/// One `comment` frame for each, once, in the order of writing; its data is `{"comment": item}`. The id
/// of a frame is its position: after a break the stream resumes there (`Last-Event-ID`).
#[utoipa::path(get, path = "/activity/task-comments/stream", tag = "activity", security(("HTTPBearer" = [])), params(CommentStreamQuery), responses(
    (status = 200, description = "Frames `comment`.", content_type = "text/event-stream", body = ActivityTaskCommentFeedItemRead),
))]
async fn stream_task_comment_feed(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    Query(query): Query<CommentStreamQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    service::check_board(&state.context, &scope, query.board_id).await?;
    let place = query.board_id.map_or_else(|| Scope::Organization(scope.organization().id), Scope::Board);
    let rights = Rights::in_organization(&state, &scope).await?;
    let feed = Feed::wanted(&state, place, &headers, query.since.as_deref()).await?;
    stream(state, feed, rights, Comments)
}

/// The stream of comments.
struct Comments;

impl Source for Comments {
    async fn frame(&mut self, state: &ApiState, live: &LiveEvent) -> Option<Frame> {
        if live.event.kind != COMMENT {
            return None;
        }
        let item = live.comment_item(state).await?;
        let data = json!({ "comment": item });
        Some(Frame { event: "comment", id: Some(live.event.position), data })
    }
}

/// The comment that an event stands for, as the feed shows it, as long as it is there.
pub(crate) async fn live_comment_item(state: &ApiState, event: &Event) -> Option<Value> {
    match queries::comment(state.context.store(), event.id).await {
        Ok(item) => Some(json!(ActivityTaskCommentFeedItemRead::from(item?))),
        Err(error) => {
            tracing::warn!(%error, "live.comment.load_failed");
            None
        }
    }
}

#[cfg(test)]
mod tests;
