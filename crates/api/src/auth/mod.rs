//! Sign-in: the profile of the caller, the console's sessions, the console's configuration.

mod dto;
mod oidc;

use axum::{
    extract::{FromRequest, FromRequestParts, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use mc_base::ClientAddress;
use mc_domain::{
    access::{OrgMember, UserActor},
    identity::Identity,
    organizations::{self, service::members},
    sessions::{self, Session},
    users::User,
};
use secrecy::ExposeSecret;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body, PathId, Query, SESSION_COOKIE, WantedOrganization, client_address, cookie},
    organizations::{OrganizationListItem, PageQuery},
    reply::{OkResponse, PageOf, Reply, ok},
    users::UserRead,
};
use dto::{ConfigRead, SessionCreate, SessionRead, SignInPlace, SignInRead};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(bootstrap_user))
        .routes(routes!(get_config))
        .routes(routes!(sign_in, get_session, sign_out))
        .routes(routes!(list_sessions))
        .routes(routes!(revoke_session))
        .merge(oidc::routes())
}

/// Get the caller's profile, created on first use.
///
/// The person, and an organization of its own when there is none, exist after this call.
#[utoipa::path(post, path = "/auth/bootstrap", tag = "auth", security(("HTTPBearer" = [])), responses((status = 200, body = UserRead)))]
async fn bootstrap_user(AuthUser(actor): AuthUser<UserActor>) -> Reply<UserRead> {
    Reply(actor.user().into())
}

/// Get the sign-in configuration of the console.
///
/// Public: a console asks this before anybody has signed in.
#[utoipa::path(get, path = "/config", tag = "auth", security(()), responses((status = 200, body = ConfigRead)))]
async fn get_config(State(state): State<ApiState>, request: axum::extract::Request) -> Reply<ConfigRead> {
    let (parts, _) = request.into_parts();
    // Where the token lies is told on this machine only.
    let is_local = client_address(&parts, &state).ip().is_some_and(|ip| ip.is_loopback());
    Reply(ConfigRead {
        version: env!("CARGO_PKG_VERSION"),
        auth_mode: match state.context.identity() {
            Identity::Local => "local",
            Identity::Clerk(_) => "clerk",
            Identity::Oidc(_) => "oidc",
        },
        base_url: state.context.base_url().to_owned(),
        token_hint: state.settings.token_hint.clone().filter(|_| is_local),
        clerk_publishable_key: match state.context.identity() {
            Identity::Clerk(clerk) => clerk.publishable_key().map(str::to_owned),
            _ => None,
        },
        clerk_frontend: match state.context.identity() {
            Identity::Clerk(clerk) => clerk.frontend(),
            _ => None,
        },
        sign_in: match state.context.identity() {
            Identity::Oidc(oidc) => Some(SignInPlace { path: oidc::START, label: oidc.label().to_owned() }),
            _ => None,
        },
    })
}

/// Create a browser session.
///
/// Exchanges the local token, or a session token of Clerk, for a session cookie (HttpOnly, SameSite=Strict), so that
/// the console holds no token. Requests with the cookie that change something must come from the console's own
/// pages.
#[utoipa::path(post, path = "/auth/session", tag = "auth", security(()), request_body = SessionCreate, responses(
    (status = 200, body = SignInRead),
    (status = 401, description = "The token is wrong."),
    (status = 429, description = "Too many wrong tokens from this address."),
))]
async fn sign_in(
    State(state): State<ApiState>,
    request: axum::extract::Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let address = client_address(&parts, &state);
    // Another site must not sign a browser in to an account of its own choice.
    let is_foreign =
        parts.headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    if is_foreign {
        return Err(ApiError::with(StatusCode::FORBIDDEN, "Sign-in must come from the console's own pages"));
    }
    state.limits.user_auth.check(&address.limit_key()).await?;
    let agent = user_agent(&parts.headers).map(str::to_owned);
    let request = axum::extract::Request::from_parts(parts, body);
    let Body(SessionCreate { token }) = Body::from_request(request, &state).await?;
    let user = crate::extract::person(address, &state, token.0.expose_secret().trim()).await?;
    let (session, cookie) = begin_session(&state, &user, agent.as_deref(), address).await?;
    let actor = UserActor::new(user, Some(session.id));
    let answer = signed_in(&state, &actor, Some(session), None).await?;
    Ok(([cookie], Reply(answer)).into_response())
}

/// Who is signed in, and where the person stands in the organization that is meant.
async fn signed_in(
    state: &ApiState,
    actor: &UserActor,
    session: Option<Session>,
    wanted: Option<Uuid>,
) -> Result<SignInRead, ApiError> {
    let organizations = organizations::service::list(&state.context, actor).await?;
    let meant = organizations
        .iter()
        .map(|item| (item.organization.id, item.is_active))
        .find(|(id, is_active)| wanted.map_or(*is_active, |wanted| wanted == *id));
    let membership = match meant {
        Some((id, _)) => {
            let scope = OrgMember::check(&state.context, actor.clone(), Some(id)).await?;
            Some(members::own(&state.context, &scope).await?.into())
        }
        None => None,
    };
    Ok(SignInRead {
        user: actor.user().into(),
        session: session.map(|session| SessionRead::new(session, true)),
        organizations: organizations.into_iter().map(OrganizationListItem::from).collect(),
        membership,
    })
}

/// Signs a person in on a browser, and gives the cookie for it.
async fn begin_session(
    state: &ApiState,
    user: &User,
    agent: Option<&str>,
    address: ClientAddress,
) -> Result<(Session, SetCookie), ApiError> {
    let (session, secret) =
        sessions::service::create(&state.context, user, agent, &address.to_string()).await?;
    let lifetime = state.context.settings().session_lifetime.as_secs();
    Ok((session, set_cookie(state, secret.expose_secret(), lifetime)))
}

/// Get the current browser session.
///
/// With the organizations of the person and the own membership in the one where requests act, so that a console knows
/// all that it needs before its first page. An organization in `X-Organization-Id` counts in place of the active one.
#[utoipa::path(get, path = "/auth/session", tag = "auth", security(("HTTPBearer" = [])), responses((status = 200, body = SignInRead)))]
async fn get_session(
    State(state): State<ApiState>,
    AuthUser(actor): AuthUser<UserActor>,
    WantedOrganization(wanted): WantedOrganization,
) -> Result<Reply<SignInRead>, ApiError> {
    let session = sessions::service::current(&state.context, &actor).await?;
    Ok(Reply(signed_in(&state, &actor, session, wanted).await?))
}

/// End the current browser session.
///
/// Ends the session of the cookie. Without one there is nothing to end, and the answer is the same.
#[utoipa::path(delete, path = "/auth/session", tag = "auth", security(()), responses((status = 200, body = OkResponse)))]
async fn sign_out(
    State(state): State<ApiState>,
    request: axum::extract::Request,
) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    if cookie(&parts.headers, SESSION_COOKIE).is_some() {
        match AuthUser::<UserActor>::from_request_parts(&mut parts, &state).await {
            Ok(AuthUser(actor)) => {
                if let Some(id) = actor.session_id() {
                    sessions::service::revoke(&state.context, &actor, id).await?;
                }
            }
            Err(error) if error.status() == StatusCode::UNAUTHORIZED => {}
            Err(error) => return Err(error),
        }
    }
    Ok(([set_cookie(&state, "", 0)], ok()).into_response())
}

/// List your browser sessions.
///
/// Each with its browser, its address and when it was last used; the current one is marked.
#[utoipa::path(get, path = "/auth/sessions", tag = "auth", security(("HTTPBearer" = [])), params(PageQuery), responses((status = 200, body = PageOf<SessionRead>)))]
async fn list_sessions(
    State(state): State<ApiState>,
    AuthUser(actor): AuthUser<UserActor>,
    Query(query): Query<PageQuery>,
) -> Result<Reply<PageOf<SessionRead>>, ApiError> {
    let page = sessions::service::list(&state.context, &actor, query.page()).await?;
    Ok(Reply(PageOf::of(page, |session| {
        let current = actor.session_id() == Some(session.id);
        SessionRead::new(session, current)
    })))
}

/// End one of your browser sessions.
///
/// Its cookie is refused from now on, and its open event streams end.
#[utoipa::path(delete, path = "/auth/sessions/{session_id}", tag = "auth", security(("HTTPBearer" = [])), responses((status = 200, body = OkResponse)))]
async fn revoke_session(
    State(state): State<ApiState>,
    AuthUser(actor): AuthUser<UserActor>,
    PathId(id): PathId,
) -> Result<Reply<OkResponse>, ApiError> {
    sessions::service::revoke(&state.context, &actor, id).await?;
    Ok(ok())
}

/// What a browser calls itself.
fn user_agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok())
}

/// A header that sets a cookie.
type SetCookie = (header::HeaderName, HeaderValue);

fn set_cookie(state: &ApiState, value: &str, max_age: u64) -> SetCookie {
    cookie_of(state, SESSION_COOKIE, value, "Strict", max_age)
}

fn cookie_of(state: &ApiState, name: &str, value: &str, same_site: &str, max_age: u64) -> SetCookie {
    let secure = if state.context.settings().base_url.scheme() == "https" { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}; Max-Age={max_age}{secure}");
    let value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    (header::SET_COOKIE, value)
}

#[cfg(test)]
mod tests;
