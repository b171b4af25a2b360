use mc_base::Timestamp;
use mc_domain::sessions::Session;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    fields::SecretText,
    organizations::{OrganizationListItem, OrganizationMemberRead},
    users::UserRead,
};

crate::body! {
    /// What a person signs in with.
    pub(crate) struct SessionCreate {
        /// The local token, or a session token of Clerk.
        token: SecretText,
    }
}

/// How the console signs in.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConfigRead {
    /// The version of the server.
    pub(crate) version: &'static str,
    /// `local`: with the local token. `clerk`: with a session token of Clerk. `oidc`: at the place that `sign_in` names.
    pub(crate) auth_mode: &'static str,
    /// The public address of the server.
    pub(crate) base_url: String,
    /// Where the local token can be found, when the server made it itself.
    pub(crate) token_hint: Option<String>,
    /// The publishable key of the Clerk application.
    pub(crate) clerk_publishable_key: Option<String>,
    /// The host from which browsers load Clerk's own script.
    pub(crate) clerk_frontend: Option<String>,
    /// Where a browser goes to sign in, when that is elsewhere.
    pub(crate) sign_in: Option<SignInPlace>,
}

/// Where a browser goes to sign in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInPlace {
    /// The path on this server; `return_to` may be added.
    pub(crate) path: &'static str,
    /// What the provider is called.
    pub(crate) label: String,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInRead {
    /// The person.
    pub(crate) user: UserRead,
    /// The session of the cookie; null for a bearer token.
    pub(crate) session: Option<SessionRead>,
    /// The organizations that the person belongs to, by name.
    pub(crate) organizations: Vec<OrganizationListItem>,
    /// The own membership in the organization where requests like this one act; null for who belongs to none, and
    /// for an organization in `X-Organization-Id` that the person does not belong to.
    pub(crate) membership: Option<OrganizationMemberRead>,
}

/// A sign-in on a browser.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionRead {
    id: Uuid,
    /// When the browser signed in.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was last used, to within five minutes.
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Timestamp,
    /// When it ends without further use.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// What the browser calls itself.
    user_agent: Option<String>,
    /// From where it signed in.
    client_address: String,
    /// Whether this request came with it.
    current: bool,
}

impl SessionRead {
    pub(crate) fn new(session: Session, current: bool) -> Self {
        Self {
            id: session.id,
            created_at: session.created_at.into(),
            last_used_at: session.last_used_at.into(),
            expires_at: session.expires_at.into(),
            user_agent: session.user_agent,
            client_address: session.client_address,
            current,
        }
    }
}
