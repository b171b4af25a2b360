//! The text of the souls directory for the role of a worker: asked for, seen, accepted.

use axum::extract::State;
use mc_domain::{
    access::OrgAdmin,
    agents::role_soul::{self, Proposal, RoleSouls, Wanted},
    souls::RoleSoul,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, Type},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body, PathId},
    fields::{Field, Reader, Text},
    reply::{OkResponse, Reply, ok},
};

/// The operations of this group.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get_role_soul, request_role_soul, delete_role_soul))
        .routes(routes!(accept_role_soul))
}

/// A SHA-256 as 64 hexadecimal digits.
#[derive(Clone, Debug)]
pub(crate) struct Sha256Text(String);

impl Field for Sha256Text {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let text = Text::<64>::read(value, reader)?;
        if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some(Self(text.to_lowercase()));
        }
        reader.value_error("the text must be a SHA-256 of 64 hexadecimal digits", Some(value));
        None
    }
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(64)).max_length(Some(64));
        text.pattern(Some("^[0-9a-fA-F]{64}$")).build().into()
    }
}

crate::body! {
    /// A text to fetch. Without `handle` and `slug` the role of the agent decides.
    pub(crate) struct AgentRoleSoulRequest {
        /// Who published it; needs `slug`.
        handle: Option<Text<255>>,
        /// Its short name; needs `handle`.
        slug: Option<Text<255>>,
        /// The digest of the text that you have read. When the text is still that one, it is accepted at once.
        sha256: Option<Sha256Text>,
    }
}

crate::body! {
    /// The text that is accepted.
    pub(crate) struct AgentRoleSoulAccept {
        /// The digest of the text that you have read.
        sha256: Sha256Text,
    }
}

/// A text that is used.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentRoleSoulAccepted {
    /// Who published it.
    handle: String,
    /// Its short name.
    slug: String,
    /// Its page for people.
    page_url: String,
    /// The digest of the text as the directory gave it.
    sha256: String,
    /// The stored copy, in Markdown.
    content: String,
}

/// A text on its way to be accepted.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentRoleSoulProposal {
    /// `fetching`, `ready` or `failed`.
    state: String,
    /// Who published it; null until it is found.
    handle: Option<String>,
    /// Its short name; null until it is found.
    slug: Option<String>,
    /// Its page for people.
    page_url: Option<String>,
    /// The digest of the text as the directory gave it.
    sha256: Option<String>,
    /// The text, in Markdown: from outside, to be read before it is accepted.
    content: Option<String>,
    /// Why there is none.
    error: Option<String>,
}

/// The texts for the role of an agent.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentRoleSoulRead {
    /// The text that the agent's soul file has; null when it has the server's own.
    accepted: Option<AgentRoleSoulAccepted>,
    /// The one that may take its place.
    proposal: Option<AgentRoleSoulProposal>,
}

impl From<RoleSouls> for AgentRoleSoulRead {
    fn from(souls: RoleSouls) -> Self {
        let accepted = |RoleSoul { handle, slug, page_url, sha256, content }| AgentRoleSoulAccepted {
            handle,
            slug,
            page_url,
            sha256,
            content,
        };
        let proposal = |found: Proposal| AgentRoleSoulProposal {
            state: found.state,
            handle: found.handle,
            slug: found.slug,
            page_url: found.page_url,
            sha256: found.sha256,
            content: found.content,
            error: found.error,
        };
        Self { accepted: souls.accepted.map(accepted), proposal: souls.proposal.map(proposal) }
    }
}

/// Get the role soul of an agent.
///
/// The text that its soul file has from its role, and the one that was fetched and waits to be accepted.
#[utoipa::path(get, path = "/agents/{agent_id}/role-soul", tag = "agents", security(("HTTPBearer" = [])), responses((status = 200, body = AgentRoleSoulRead)))]
async fn get_role_soul(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Reply<AgentRoleSoulRead>, ApiError> {
    Ok(Reply(role_soul::read(&state.context, &scope, id).await?.into()))
}

/// Fetch a role soul from the souls directory.
///
/// It is fetched after the answer, and used only when it is accepted. Until then the agent keeps what it has.
#[utoipa::path(post, path = "/agents/{agent_id}/role-soul", tag = "agents", security(("HTTPBearer" = [])), request_body = AgentRoleSoulRequest, responses(
    (status = 200, body = AgentRoleSoulRead),
    (status = 409, description = "The agent is no worker, or is being deleted."),
))]
async fn request_role_soul(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Body(body): Body<AgentRoleSoulRequest>,
) -> Result<Reply<AgentRoleSoulRead>, ApiError> {
    let missing =
        |name: &str| mc_domain::Error::invalid(format!("{name} is required: handle and slug go together"));
    let soul = match (body.handle, body.slug) {
        (None, None) => None,
        (Some(handle), Some(slug)) => Some((handle.into(), slug.into())),
        (None, Some(_)) => return Err(missing("handle").into()),
        (Some(_), None) => return Err(missing("slug").into()),
    };
    let wanted = Wanted { soul, sha256: body.sha256.map(|digest| digest.0) };
    Ok(Reply(role_soul::request(&state.context, &scope, id, wanted).await?.into()))
}

/// Accept a fetched role soul.
///
/// The agent's soul file has it from then on; the stored copy stays as it is whatever the directory does.
#[utoipa::path(post, path = "/agents/{agent_id}/role-soul/accept", tag = "agents", security(("HTTPBearer" = [])), request_body = AgentRoleSoulAccept, responses(
    (status = 200, body = AgentRoleSoulRead),
    (status = 409, description = "There is no fetched text with this digest."),
))]
async fn accept_role_soul(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Body(body): Body<AgentRoleSoulAccept>,
) -> Result<Reply<AgentRoleSoulRead>, ApiError> {
    Ok(Reply(role_soul::accept(&state.context, &scope, id, &body.sha256.0).await?.into()))
}

/// Remove the role soul of an agent.
///
/// The agent's soul file gets the server's own text again.
#[utoipa::path(delete, path = "/agents/{agent_id}/role-soul", tag = "agents", security(("HTTPBearer" = [])), responses((status = 200, body = OkResponse)))]
async fn delete_role_soul(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Reply<OkResponse>, ApiError> {
    role_soul::remove(&state.context, &scope, id).await?;
    Ok(ok())
}
