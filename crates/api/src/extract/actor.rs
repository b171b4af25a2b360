//! Who is calling: a person by bearer token or session cookie, or an agent by its token.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::{HeaderMap, Method, StatusCode, header, request::Parts};
use mc_base::{ClientAddress, net, token};
use mc_domain::{
    Error,
    access::{Actor, UserActor},
    agents,
    identity::{self, Identity, Refusal},
    sessions, users,
};
use mc_store::audit;
use secrecy::ExposeSecret;

use crate::{ApiState, error::ApiError};

/// The cookie of the console's session.
pub(crate) const SESSION_COOKIE: &str = "mc_session";
/// How the names of the cookies begin in which Clerk keeps a session token.
const CLERK_COOKIE: &str = "__session";
/// The header in which an agent presents its token.
pub(crate) const AGENT_TOKEN: &str = "x-agent-token";

/// Who is calling: a person, or an agent where agents are served too.
pub struct Caller(pub Actor);

/// Who may call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callers {
    /// People only.
    Users,
    /// People and agents.
    Anyone,
    /// Agents only.
    Agents,
}

impl FromRequestParts<ApiState> for Caller {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        authenticate(parts, state, Callers::Anyone).await.map(Self)
    }
}

/// The address of the client, through trusted proxies.
pub(crate) fn client_address(parts: &Parts, state: &ApiState) -> ClientAddress {
    address_of(&parts.extensions, &parts.headers, state)
}

pub(crate) fn address_of(
    extensions: &http::Extensions,
    headers: &HeaderMap,
    state: &ApiState,
) -> ClientAddress {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let values = |name| headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    net::client_address(peer, &state.settings.trusted_proxies, values("forwarded"), values("x-forwarded-for"))
}

/// The text of a bearer token, whatever the case of the scheme.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let (scheme, rest) = value.split_once(' ')?;
    let rest = rest.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !rest.is_empty()).then_some(rest)
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    cookie_that(headers, |key| key == name)
}

/// The value of the first cookie with a fitting name.
fn cookie_that(headers: &HeaderMap, fits: impl Fn(&str) -> bool) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| fits(key) && !value.is_empty())
        .map(|(_, value)| value)
}

/// Who is calling, for the rest of the request and for the audit log.
pub(crate) async fn authenticate(
    parts: &Parts,
    state: &ApiState,
    callers: Callers,
) -> Result<Actor, ApiError> {
    let actor = identify(parts, state, callers).await?;
    let (kind, id) = match &actor {
        Actor::User(user) => ("user", user.user().id),
        Actor::Agent(agent) => ("agent", agent.id),
    };
    audit::acting(audit::Actor { kind, id, name: actor.display_name().to_owned() });
    Ok(actor)
}

/// What the header for tokens of agents says, empty when that is no text; none without the header.
fn agent_header(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AGENT_TOKEN).filter(|value| !value.is_empty())?;
    Some(value.to_str().unwrap_or_default().trim())
}

/// The token that an agent has presented.
pub(crate) fn agent_token(headers: &HeaderMap) -> Option<&str> {
    agent_header(headers).or_else(|| bearer(headers))
}

async fn identify(parts: &Parts, state: &ApiState, callers: Callers) -> Result<Actor, ApiError> {
    if let (Callers::Anyone | Callers::Agents, Some(presented)) = (callers, agent_header(&parts.headers)) {
        // A header that names an agent is never taken for a person.
        return agent(parts, state, presented).await.map(Actor::Agent);
    }
    let presented = bearer(&parts.headers);
    let is_for_agent = |presented: &str| match callers {
        Callers::Users => false,
        Callers::Anyone => agents::tokens::looks_like_one(presented),
        // A known person on an operation of agents does not guess tokens of agents.
        Callers::Agents => !is_local_token(state, presented),
    };
    if let Some(presented) = presented.filter(|presented| is_for_agent(presented)) {
        return agent(parts, state, presented).await.map(Actor::Agent);
    }
    if callers == Callers::Agents {
        return Err(Error::unauthorized().into());
    }
    match presented {
        Some(presented) => by_bearer(parts, state, presented).await.map(Actor::User),
        None => by_cookie(parts, state).await.map(Actor::User),
    }
}

/// Whether this is the token that all people share where they sign in with one.
fn is_local_token(state: &ApiState, presented: &str) -> bool {
    let (Identity::Local, Some(expected)) = (state.context.identity(), &state.local_token) else {
        return false;
    };
    token::constant_time_eq(presented.as_bytes(), expected.expose_secret().trim().as_bytes())
}

/// The person whom a presented token proves: the local token, or one of the identity provider. Wrong ones count;
/// tokens that were right once do not, else an open tab with an old one would lock its address out.
pub(crate) async fn person(
    address: ClientAddress,
    state: &ApiState,
    presented: &str,
) -> Result<users::User, ApiError> {
    if is_local_token(state, presented) {
        return Ok(users::service::local_user(&state.context).await?);
    }
    match identity::by_token(&state.context, presented).await {
        Ok(user) => return Ok(user),
        Err(Refusal::Failed(error)) => return Err(error.into()),
        Err(Refusal::Ended) => {}
        Err(Refusal::Forged) => {
            state.limits.user_auth.attempt(&address.limit_key()).await?;
            let is_told = matches!(state.context.identity(), Identity::Local);
            if is_told && state.limits.refusals_told.attempt("all").await.is_ok() {
                sessions::service::record_refusal(&state.context).await?;
            }
        }
    }
    tracing::info!(client.address = %address, "auth.user.refused");
    Err(Error::unauthorized().into())
}

async fn by_bearer(parts: &Parts, state: &ApiState, presented: &str) -> Result<UserActor, ApiError> {
    let user = person(client_address(parts, state), state, presented).await?;
    Ok(UserActor::new(user, None))
}

async fn by_cookie(parts: &Parts, state: &ApiState) -> Result<UserActor, ApiError> {
    let own = match cookie(&parts.headers, SESSION_COOKIE) {
        Some(presented) => sessions::service::authenticate(&state.context, presented).await?,
        None => None,
    };
    let actor = match (own, state.context.identity()) {
        (Some(actor), _) => actor,
        // Pages of an application on the same host carry Clerk's own cookie.
        (None, Identity::Clerk(_)) => {
            match cookie_that(&parts.headers, |name| name.starts_with(CLERK_COOKIE)) {
                Some(presented) => by_bearer(parts, state, presented).await?,
                None => return Err(Error::unauthorized().into()),
            }
        }
        (None, _) => return Err(Error::unauthorized().into()),
    };
    if !is_safe(&parts.method) && !is_same_origin(&parts.headers, state) {
        let text = "A change with the session cookie must come from the console's own pages; scripts use a bearer token";
        return Err(ApiError::with(StatusCode::FORBIDDEN, text));
    }
    Ok(actor)
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a browser says that the request comes from our own pages.
pub(crate) fn is_same_origin(headers: &HeaderMap, state: &ApiState) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // A console on a configured origin is ours too.
    if headers.get(http::header::ORIGIN).is_some_and(|origin| state.settings.cors_origins.contains(origin)) {
        return true;
    }
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text("origin") else { return false };
    let base = state.context.settings().base_url.origin().ascii_serialization();
    // Browsers send no `Sec-Fetch-Site` to plain addresses of a local network. A page of another name cannot
    // carry our cookie, which belongs to the host alone, so comparing with `Host` is enough there.
    let own_host = text("host").is_some_and(|host| {
        origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host)
    });
    origin == base || own_host
}

/// How long a verified token is recognised without counting as an attempt. Longer than agents stay away between two
/// check-ins, or one with an old token would lock out all others of its address.
const RECOGNISED_FOR: Duration = Duration::from_secs(86_400);
/// The most tokens recognised at once.
const RECOGNISED_MAX: usize = 50_000;

/// Tokens of agents that were verified a short while ago, by their digest: their calls are not
/// attempts, so many agents may share an address.
#[derive(Default)]
pub struct VerifiedTokens(Mutex<HashMap<Vec<u8>, Duration>>);

impl VerifiedTokens {
    fn contains(&self, digest: &[u8], now: Duration) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(digest).is_some_and(|until| *until > now)
    }

    fn remember(&self, digest: Vec<u8>, now: Duration) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= RECOGNISED_MAX {
            known.retain(|_, until| *until > now);
        }
        if known.len() < RECOGNISED_MAX {
            known.insert(digest, now + RECOGNISED_FOR);
        }
    }

    fn forget(&self, digest: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(digest);
    }
}

async fn agent(parts: &Parts, state: &ApiState, presented: &str) -> Result<agents::Agent, ApiError> {
    let address = client_address(parts, state);
    let now = state.context.store().clock().monotonic();
    let digest = agents::tokens::digest(&state.context, presented);
    let (limit, key) = (&state.limits.agent_auth, address.limit_key());
    let counts_all = state.settings.count_all_agent_calls;
    if counts_all {
        limit.attempt(&key).await?;
    } else if !state.verified.contains(&digest, now) {
        limit.check(&key).await?;
    }
    let Some(agent) = agents::tokens::by_token(&state.context, presented).await? else {
        // Only what fails counts. Were right tokens counted until they are known, the agents of one
        // address would lock one another out after each restart of the server.
        if !counts_all {
            limit.attempt(&key).await?;
        }
        state.verified.forget(&digest);
        tracing::info!(client.address = %address, "auth.agent.refused");
        return Err(Error::unauthorized().into());
    };
    state.verified.remember(digest, now);
    if agents::check_in::touch_is_due(&state.context, &agent) {
        return Ok(agents::check_in::touch(&state.context, agent.id).await?);
    }
    Ok(agent)
}
