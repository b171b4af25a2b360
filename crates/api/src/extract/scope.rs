//! Scopes out of requests: each proves what the caller may do before the handler runs.

use axum::extract::{FromRequestParts, MatchedPath};
use http::{header, request::Parts};
use mc_base::parse_uuid;
use mc_domain::access::{
    Actor, BoardReader, BoardWriter, GroupAdmin, GroupConductor, GroupReader, GroupWriter, OrgAdmin,
    OrgMember, Precondition, UserActor,
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    PathId,
    actor::{Callers, authenticate},
};
use crate::{ApiState, error::ApiError, fields::Reader};

/// The header with which a client names the organization that it means, in place of the active one.
const ORGANIZATION: &str = "x-organization-id";

/// What a caller may do, checked.
pub trait Scope: Sized {
    /// Checks an actor against the request.
    fn check(
        parts: &mut Parts,
        state: &ApiState,
        actor: Actor,
    ) -> impl Future<Output = Result<Self, ApiError>> + Send;
}

/// A scope for people and agents.
pub struct Auth<T>(pub T);

/// A scope for people only; an agent's token gets 401.
pub struct AuthUser<T>(pub T);

/// A scope for agents only; a person's token gets 401.
pub struct AuthAgent<T>(pub T);

/// Operations that keep other servers, or much of this one, busy: beginnings of their paths, and their ends.
const EXPENSIVE: [(&str, &str); 5] = [
    ("/api/v1/skills/packs/", "/sync"),
    ("/api/v1/souls-directory/", ""),
    ("/api/v1/gateways/probe", ""),
    ("/api/v1/gateways/", "/templates/sync"),
    ("/api/v1/organizations/me/audit/export", ""),
];

/// Authenticates, and counts the call where it is an expensive one.
async fn admit(parts: &Parts, state: &ApiState, callers: Callers) -> Result<Actor, ApiError> {
    let actor = authenticate(parts, state, callers).await?;
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if EXPENSIVE.iter().any(|(start, end)| path.starts_with(start) && path.ends_with(end)) {
        let caller = actor.user_id().or_else(|| actor.agent_id()).unwrap_or_default();
        state.limits.expensive.attempt(&caller.to_string()).await?;
    }
    Ok(actor)
}

impl<T: Scope> FromRequestParts<ApiState> for Auth<T> {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let actor = admit(parts, state, Callers::Anyone).await?;
        T::check(parts, state, actor).await.map(Self)
    }
}

impl<T: Scope> FromRequestParts<ApiState> for AuthUser<T> {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let actor = admit(parts, state, Callers::Users).await?;
        T::check(parts, state, actor).await.map(Self)
    }
}

impl<T: Scope> FromRequestParts<ApiState> for AuthAgent<T> {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let actor = admit(parts, state, Callers::Agents).await?;
        T::check(parts, state, actor).await.map(Self)
    }
}

/// The condition that a client names in `If-Match`: the entity tags of what it has read. Weak tags never match.
fn precondition(parts: &Parts) -> Precondition {
    let mut values = parts.headers.get_all(header::IF_MATCH).iter().peekable();
    if values.peek().is_none() {
        return Precondition::default();
    }
    let tags: Vec<&str> = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .collect();
    if tags.contains(&"*") {
        return Precondition::default();
    }
    let opaque = |tag: &str| Some(tag.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    Precondition::unchanged(tags.into_iter().filter_map(opaque).collect())
}

impl Scope for Actor {
    async fn check(_: &mut Parts, _: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        Ok(actor)
    }
}

impl Scope for UserActor {
    async fn check(_: &mut Parts, _: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        Ok(actor.into_user()?)
    }
}

/// The organization that a request names, in place of the active one.
fn wanted_organization(parts: &Parts) -> Result<Option<Uuid>, ApiError> {
    let Some(value) = parts.headers.get(ORGANIZATION).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let id = parse_uuid(text).map_err(|reason| {
        let mut reader = Reader::of("header");
        let input = Value::from(text);
        reader.within(ORGANIZATION, |reader| {
            let msg = format!("Input should be a valid UUID, {reason}");
            reader.fault("uuid_parsing", msg, Some(&input), Some(serde_json::json!({ "error": reason })));
        });
        ApiError::issues(&reader.into_issues())
    })?;
    Ok(Some(id))
}

/// The organization that a request names in `X-Organization-Id`, for operations that answer without one too.
pub struct WantedOrganization(pub Option<Uuid>);

impl FromRequestParts<ApiState> for WantedOrganization {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        wanted_organization(parts).map(Self)
    }
}

impl Scope for OrgMember {
    async fn check(parts: &mut Parts, state: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        let wanted = wanted_organization(parts)?;
        Ok(Self::check(&state.context, actor.into_user()?, wanted).await?.under(precondition(parts)))
    }
}

impl Scope for OrgAdmin {
    async fn check(parts: &mut Parts, state: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        Ok(Self::check(<OrgMember as Scope>::check(parts, state, actor).await?)?)
    }
}

impl Scope for BoardReader {
    async fn check(parts: &mut Parts, state: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        let id = PathId::named(parts, state, "board_id").await?;
        Ok(Self::check(&state.context, actor, id).await?.under(precondition(parts)))
    }
}

impl Scope for BoardWriter {
    async fn check(parts: &mut Parts, state: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        let id = PathId::named(parts, state, "board_id").await?;
        Ok(Self::check(&state.context, actor, id).await?.under(precondition(parts)))
    }
}

impl Scope for GroupReader {
    async fn check(parts: &mut Parts, state: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        let id = PathId::named(parts, state, "group_id").await?;
        Ok(Self::check(&state.context, actor.into_user()?, id).await?)
    }
}

impl Scope for GroupWriter {
    async fn check(parts: &mut Parts, state: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        let id = PathId::named(parts, state, "group_id").await?;
        Ok(Self::check(&state.context, actor.into_user()?, id).await?)
    }
}

impl Scope for GroupAdmin {
    async fn check(parts: &mut Parts, state: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        let id = PathId::named(parts, state, "group_id").await?;
        Ok(Self::check(&state.context, actor.into_user()?, id).await?.under(precondition(parts)))
    }
}

impl Scope for GroupConductor {
    async fn check(parts: &mut Parts, state: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        let id = PathId::named(parts, state, "group_id").await?;
        Ok(Self::check(&state.context, actor, id).await?)
    }
}
