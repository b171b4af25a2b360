//! The own profile.

use axum::extract::State;
use mc_base::text::TEXT_MAX;
use mc_domain::{
    access::UserActor,
    users::{self, ProfileChange, User},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body},
    fields::{Patch, Text},
    reply::{OkResponse, Reply, ok},
};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get_me, update_me, delete_me))
}

crate::body! {
    /// A change of the own profile. What is left out stays.
    pub(crate) struct UserUpdate {
        /// The full name.
        name: Patch<Text<255>>,
        /// How the person wants to be called.
        preferred_name: Patch<Text<255>>,
        /// The pronouns.
        pronouns: Patch<Text<255>>,
        /// An IANA time zone, such as `Europe/Berlin`.
        timezone: Patch<Text<255>>,
        /// Notes that agents may read.
        notes: Patch<Text<TEXT_MAX>>,
        /// Context that agents may read.
        context: Patch<Text<TEXT_MAX>>,
    }
}

/// A person.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserRead {
    /// The id at the identity provider.
    clerk_user_id: String,
    /// The e-mail address.
    email: Option<String>,
    /// The full name.
    name: Option<String>,
    /// How the person wants to be called.
    preferred_name: Option<String>,
    /// The pronouns.
    pronouns: Option<String>,
    /// An IANA time zone.
    timezone: Option<String>,
    /// Notes that agents may read.
    notes: Option<String>,
    /// Context that agents may read.
    context: Option<String>,
    id: Uuid,
    /// Shown for compatibility; grants nothing.
    is_super_admin: bool,
}

impl From<&User> for UserRead {
    fn from(user: &User) -> Self {
        let user = user.clone();
        Self {
            clerk_user_id: user.clerk_user_id,
            email: user.email,
            name: user.name,
            preferred_name: user.preferred_name,
            pronouns: user.pronouns,
            timezone: user.timezone,
            notes: user.notes,
            context: user.context,
            id: user.id,
            is_super_admin: user.is_super_admin,
        }
    }
}

/// Get your profile.
///
/// Name, e-mail address, time zone and what agents are told about you.
#[utoipa::path(get, path = "/users/me", tag = "users", security(("HTTPBearer" = [])), responses((status = 200, body = UserRead)))]
async fn get_me(AuthUser(actor): AuthUser<UserActor>) -> Reply<UserRead> {
    Reply(actor.user().into())
}

/// Update your profile.
///
/// Fields that are left out stay; null empties a field. In local sign-in an emptied name is filled
/// in again with the next request.
#[utoipa::path(patch, path = "/users/me", tag = "users", security(("HTTPBearer" = [])), request_body = UserUpdate, responses((status = 200, body = UserRead)))]
async fn update_me(
    State(state): State<ApiState>,
    AuthUser(actor): AuthUser<UserActor>,
    Body(update): Body<UserUpdate>,
) -> Result<Reply<UserRead>, ApiError> {
    fn text<const MAX: usize>(patch: Patch<Text<MAX>>) -> Option<Option<String>> {
        patch.0.map(|value| value.map(String::from))
    }
    let change = ProfileChange {
        name: text(update.name),
        preferred_name: text(update.preferred_name),
        pronouns: text(update.pronouns),
        timezone: text(update.timezone),
        notes: text(update.notes),
        context: text(update.context),
    };
    let user = users::service::change_profile(&state.context, &actor, change).await?;
    Ok(Reply((&user).into()))
}

/// Delete your account.
///
/// With the profile go the sign-ins, the memberships, and every organization where nobody is left. In
/// local sign-in the next request makes a new person with an organization of its own.
#[utoipa::path(delete, path = "/users/me", tag = "users", security(("HTTPBearer" = [])), responses(
    (status = 200, body = OkResponse),
    (status = 409, description = "The caller is the only owner of an organization that others belong to."),
))]
async fn delete_me(
    State(state): State<ApiState>,
    AuthUser(actor): AuthUser<UserActor>,
) -> Result<Reply<OkResponse>, ApiError> {
    users::service::delete(&state.context, &actor).await?;
    Ok(ok())
}
