//! The one stream of a browser: everything that happens in an organization.

use axum::{extract::State, http::HeaderMap, response::Response};
use mc_base::Timestamp;
use mc_domain::access::OrgMember;
use mc_store::events::Event;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{Feed, Frame, LiveEvent, Rights, Scope, Source, stream};
use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Query},
    fields::Int,
};

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(stream_events))
}

crate::query! {
    /// Where the stream begins.
    pub(crate) struct EventsQuery {
        /// A position: the stream begins with what came after it. `Last-Event-ID` says the same.
        after: Option<Int<0, { i64::MAX }>>,
    }
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangeEvent {
    /// The place in the log; also the id of the frame.
    position: i64,
    id: Uuid,
    /// What happened, such as `task.updated`. Unknown kinds are to be ignored.
    #[serde(rename = "type")]
    kind: String,
    organization_id: Uuid,
    board_id: Option<Uuid>,
    board_group_id: Option<Uuid>,
    task_id: Option<Uuid>,
    agent_id: Option<Uuid>,
    user_id: Option<Uuid>,
    message: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Further ids and, for some kinds, the present `task`, `comment` or `memory` entry.
    data: Map<String, Value>,
}

/// Stream all events of the organization.
///
/// Begins with `ready`; then one `change` for each event that the caller may see, in the order of the
/// log. The id of a frame is its position: after a break the stream resumes there (`Last-Event-ID`,
/// or `after`). `resync` means that too much was missed: read anew what is shown. A comment every 15
/// seconds shows that the stream is alive. Rights are checked for every event.
#[utoipa::path(get, path = "/events", tag = "activity", security(("HTTPBearer" = [])), params(EventsQuery), responses(
    (status = 200, description = "Frames `ready`, `change` and `resync`.", content_type = "text/event-stream", body = ChangeEvent),
))]
async fn stream_events(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let after = last_event_id(&headers).or_else(|| query.after.map(|position| position.0));
    let rights = Rights::in_organization(&state, &scope).await?;
    let feed = Feed::after(&state, Scope::Organization(scope.organization().id), after).await?;
    stream(state, feed, rights, Changes)
}

/// The position that a client asks to go on from.
pub(crate) fn last_event_id(headers: &HeaderMap) -> Option<i64> {
    headers.get("last-event-id")?.to_str().ok()?.trim().parse().ok().filter(|position| *position >= 0)
}

struct Changes;

impl Source for Changes {
    fn hello(&self, position: i64) -> Option<Frame> {
        Some(Frame { event: "ready", id: None, data: json!({ "position": position }) })
    }

    async fn frame(&mut self, state: &ApiState, live: &LiveEvent) -> Option<Frame> {
        let detail = live.detail(state).await;
        let data = json!(ChangeEvent::new(&live.event, detail));
        Some(Frame { event: "change", id: Some(live.event.position), data })
    }

    fn resync(&self, position: i64) -> Option<Frame> {
        Some(Frame { event: "resync", id: Some(position), data: json!({ "position": position }) })
    }
}

impl ChangeEvent {
    fn new(event: &Event, detail: Option<&Value>) -> Self {
        let mut data = match &event.data {
            Some(mc_store::Json(Value::Object(map))) => map.clone(),
            _ => Map::new(),
        };
        if let Some(Value::Object(detail)) = detail {
            data.extend(detail.clone());
        }
        Self {
            position: event.position,
            id: event.id,
            kind: event.kind.clone(),
            organization_id: event.organization_id,
            board_id: event.board_id,
            board_group_id: event.board_group_id,
            task_id: event.task_id,
            agent_id: event.agent_id,
            user_id: event.user_id,
            message: event.message.clone(),
            created_at: event.created_at.into(),
            data,
        }
    }
}
