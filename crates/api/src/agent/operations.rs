//! What an agent may call.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Myself;
use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthAgent, Query},
    fields::{Field, Reader, names_schema, read_name},
    openapi::AgentOperation,
    reply::Reply,
    routes::OPERATIONS,
};

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list_operations))
}

/// In which form the list is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Text,
    Tsv,
}

impl Form {
    const NAMES: [(&'static str, Self); 3] = [("json", Self::Json), ("text", Self::Text), ("tsv", Self::Tsv)];

    /// What the `Accept` header asks for: the first form that it names; JSON when it names none.
    fn accepted(headers: &HeaderMap) -> Self {
        let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let types =
            accept.flat_map(|list| list.split(',')).map(|item| item.split(';').next().unwrap_or(item).trim());
        let form = types.filter_map(|media| match media {
            "application/json" => Some(Self::Json),
            "text/plain" => Some(Self::Text),
            "text/tab-separated-values" => Some(Self::Tsv),
            _ => None,
        });
        form.into_iter().next().unwrap_or(Self::Json)
    }
}

impl Field for Form {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_name(value, &Self::NAMES, reader)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&Self::NAMES)
    }
}

crate::query! {
    /// In which form the list is wanted.
    pub(crate) struct OperationsQuery {
        /// `json`, `text` or `tsv`; without it the `Accept` header decides.
        format: Option<Form>,
    }
}

/// What the caller may call.
#[derive(Serialize, ToSchema)]
struct AgentOperations {
    /// The operations, ordered by path and method.
    items: Vec<AgentOperation>,
}

/// List the operations available to the caller.
///
/// Short enough for a context: method, path, when to use it, and the form of query and body. `format=text` is for
/// reading, `format=tsv` for a table; `/openapi.json?role=…` has the full schemas.
#[utoipa::path(get, path = "/agent/operations", tags = ["agent", "agent-lead", "agent-worker", "agent-main"], security(("AgentToken" = [])), params(OperationsQuery), responses(
    (status = 200, content((AgentOperations = "application/json"), (String = "text/plain"), (String = "text/tab-separated-values"))),
), extensions(
    ("x-llm-intent" = json!("agent_operation_discovery")),
    ("x-required-actor" = json!("any_agent")),
    ("x-when-to-use" = json!(["At start, and whenever you do not know which operation does what you need."])),
    ("x-when-not-to-use" = json!(["To find work: check in, or list the tasks."])),
    ("x-negative-guidance" = json!(["Do not call it in each session: the list changes with the server's version only."])),
    ("x-prerequisites" = json!(["A token of an agent."])),
    ("x-side-effects" = json!(["None, but a sign of life of the caller."])),
    ("x-routing-policy" = json!(["Use this to choose an operation; never guess a path."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "find the operation for an approval", "required_privilege": "any_agent"}, "decision": "agent_operation_discovery"}])),
))]
async fn list_operations(
    AuthAgent(Myself(agent)): AuthAgent<Myself>,
    Query(query): Query<OperationsQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let lists = OPERATIONS.documents.operations(&agent);
    let vary = (header::VARY, HeaderValue::from_static("accept"));
    let text = |media: &'static str, body: &bytes::Bytes| {
        let about = [
            (header::CONTENT_TYPE, HeaderValue::from_static(media)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            vary.clone(),
        ];
        (about, body.clone()).into_response()
    };
    Ok(match query.format.unwrap_or_else(|| Form::accepted(&headers)) {
        Form::Json => ([vary], Reply(AgentOperations { items: lists.items.clone() })).into_response(),
        Form::Text => text("text/plain; charset=utf-8", &lists.text),
        Form::Tsv => text("text/tab-separated-values; charset=utf-8", &lists.tsv),
    })
}
