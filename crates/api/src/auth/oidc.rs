//! The way to a provider of OpenID Connect and back. Browsers come here, so refusals are redirects to the sign-in page.

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use mc_domain::{
    Error, Kind,
    identity::{
        Identity,
        oidc::{Denied, Oidc, PATIENCE, Return},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{SetCookie, begin_session, cookie_of, user_agent};
use crate::{
    ApiState,
    error::ApiError,
    extract::{Query, client_address, cookie},
    fields::Text,
};

/// Where the way begins.
pub(super) const START: &str = "/api/v1/auth/oidc/start";
/// What the browser keeps until it comes back, sealed.
const KEPT_COOKIE: &str = "mc_sign_in";
/// The longest path of the console to which one returns, in bytes.
const RETURN_MAX: usize = 1_000;

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(start_oidc)).routes(routes!(finish_oidc))
}

crate::query! {
    /// Where a person wants to go.
    pub(crate) struct StartQuery {
        /// A path of the console, such as `/boards`.
        return_to: Option<Text<2_000>>,
    }
}

crate::query! {
    /// What the provider answers.
    pub(crate) struct ReturnQuery {
        /// The state of the departure.
        state: Option<Text<500>>,
        /// The code for the tokens.
        code: Option<Text<4_000>>,
        /// Who answers.
        iss: Option<Text<2_000>>,
        /// Why there is no code.
        error: Option<Text<500>>,
    }
}

fn provider(state: &ApiState) -> Result<&Oidc, ApiError> {
    match state.context.identity() {
        Identity::Oidc(oidc) => Ok(oidc),
        _ => Err(Error::text(Kind::NotFound, "This server does not sign in with OpenID Connect").into()),
    }
}

/// Start sign-in at the identity provider.
///
/// For browsers: redirects to the provider, which sends the person back to `/auth/oidc/callback`.
#[utoipa::path(get, path = "/auth/oidc/start", tag = "auth", security(()), params(StartQuery), responses(
    (status = 303, description = "To the provider."),
    (status = 404, description = "This server does not sign in with OpenID Connect."),
    (status = 503, description = "The provider does not answer."),
))]
async fn start_oidc(
    State(state): State<ApiState>,
    Query(query): Query<StartQuery>,
) -> Result<Response, ApiError> {
    let return_to = own_path(query.return_to.as_deref().unwrap_or_default());
    let departure = provider(&state)?.depart(&state.context, return_to).await?;
    // The way back is a navigation from another site, which carries no strict cookie.
    let kept = cookie_of(&state, KEPT_COOKIE, &departure.kept, "Lax", PATIENCE.as_secs());
    Ok(see_other(departure.url.as_str(), [kept]))
}

/// Complete sign-in at the identity provider.
///
/// For browsers: begins a session and redirects into the console; a refusal redirects to its sign-in page with `error`.
#[utoipa::path(get, path = "/auth/oidc/callback", tag = "auth", security(()), params(ReturnQuery), responses(
    (status = 303, description = "Into the console, or to its sign-in page."),
    (status = 404, description = "This server does not sign in with OpenID Connect."),
    (status = 429, description = "Too many failed sign-ins from this address."),
))]
async fn finish_oidc(
    State(state): State<ApiState>,
    Query(query): Query<ReturnQuery>,
    request: Request,
) -> Result<Response, ApiError> {
    let oidc = provider(&state)?;
    let (parts, _) = request.into_parts();
    let address = client_address(&parts, &state);
    state.limits.user_auth.check(&address.limit_key()).await?;
    let back = Return {
        kept: cookie(&parts.headers, KEPT_COOKIE),
        state: query.state.as_deref(),
        code: query.code.as_deref(),
        issuer: query.iss.as_deref(),
        error: query.error.as_deref(),
    };
    let forget = cookie_of(&state, KEPT_COOKIE, "", "Lax", 0);
    let reason = match oidc.arrive(&state.context, &back).await {
        Ok((user, return_to)) => {
            let (_, session) = begin_session(&state, &user, user_agent(&parts.headers), address).await?;
            return Ok(see_other(own_path(&return_to), [session, forget]));
        }
        Err(Denied::Internal(error)) => return Err(error.into()),
        Err(Denied::Expired) => "expired",
        Err(Denied::Provider) => "denied",
        Err(Denied::NotAllowed) => "not_allowed",
        Err(Denied::Failed) => "failed",
    };
    state.limits.user_auth.attempt(&address.limit_key()).await?;
    tracing::info!(client.address = %address, reason, "auth.user.refused");
    Ok(see_other(&format!("/sign-in?error={reason}"), [forget]))
}

/// The path if it leads into our own console, else the start page: nobody is sent to another site from here.
fn own_path(path: &str) -> &str {
    let is_own = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= RETURN_MAX
        && path.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b'\\');
    if is_own { path } else { "/" }
}

fn see_other<const N: usize>(to: &str, cookies: [SetCookie; N]) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, to);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in cookies {
        response.headers_mut().append(name, value);
    }
    response
}

#[cfg(test)]
mod unit {
    use super::own_path;

    #[test]
    fn one_returns_to_own_pages_only() {
        for path in ["/", "/boards?x=1#y", "/boards/1"] {
            assert_eq!(own_path(path), path);
        }
        for path in [
            "",
            "boards",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/ä",
            "/ b",
        ] {
            assert_eq!(own_path(path), "/", "{path}");
        }
        assert_eq!(own_path(&format!("/{}", "a".repeat(2_000))), "/");
    }
}
