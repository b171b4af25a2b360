//! Invitations into an organization.

use axum::extract::{FromRequestParts, State};
use http::request::Parts;
use mc_base::Timestamp;
use mc_domain::{
    access::{OrgAdmin, UserActor},
    organizations::{EmailAddress, Invite, InviteDetail, NewInvite, Role, service::invites},
};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::dto::{NO_BOARDS, OrganizationBoardAccessSpec, OrganizationMemberRead, PageQuery, access};
use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body, PathId, Query, client_address},
    fields::SecretText,
    reply::{PageOf, Reply},
};

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_org_invites, create_org_invite))
        .routes(routes!(revoke_org_invite))
        .routes(routes!(accept_org_invite))
}

crate::body! {
    /// An invitation to make.
    pub(crate) struct OrganizationInviteCreate {
        /// Whom it is for; kept in lower case.
        invited_email: EmailAddress,
        /// `member`, `admin` or `owner`, in any case; blank means `member`.
        role: Role = Role::Member,
        /// May read every board.
        all_boards_read: bool = false,
        /// May read and write every board.
        all_boards_write: bool = false,
        /// Rights on single boards; they count only when both flags are off.
        board_access: Vec<OrganizationBoardAccessSpec> = NO_BOARDS,
    }
}

crate::body! {
    /// The invitation to accept.
    pub(crate) struct OrganizationInviteAccept {
        /// The token that the invited person was given.
        token: SecretText,
    }
}

/// An invitation into an organization.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationInviteRead {
    id: Uuid,
    organization_id: Uuid,
    /// Whom it is for, in lower case.
    invited_email: String,
    /// `owner`, `admin` or `member`.
    role: &'static str,
    /// May read every board.
    all_boards_read: bool,
    /// May read and write every board.
    all_boards_write: bool,
    /// What the invited person needs to accept. Empty when the invitation is over, or its role is above the caller's.
    token: String,
    created_by_user_id: Option<Uuid>,
    accepted_by_user_id: Option<Uuid>,
    #[schema(value_type = Option<String>, format = DateTime)]
    accepted_at: Option<Timestamp>,
    /// From when on it cannot be accepted.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<InviteDetail> for OrganizationInviteRead {
    fn from(detail: InviteDetail) -> Self {
        let InviteDetail { invite, token } = detail;
        Self {
            id: invite.id,
            organization_id: invite.organization_id,
            invited_email: invite.invited_email,
            role: invite.role.as_str(),
            all_boards_read: invite.all_boards_read,
            all_boards_write: invite.all_boards_write,
            token: token.map(|token| token.expose_secret().to_owned()).unwrap_or_default(),
            created_by_user_id: invite.created_by_user_id,
            accepted_by_user_id: invite.accepted_by_user_id,
            accepted_at: invite.accepted_at.map(Timestamp::from),
            expires_at: invite.expires_at.into(),
            created_at: invite.created_at.into(),
            updated_at: invite.updated_at.into(),
        }
    }
}

impl From<Invite> for OrganizationInviteRead {
    fn from(invite: Invite) -> Self {
        InviteDetail { invite, token: None }.into()
    }
}

/// Counts attempts to accept an invite. Stands after the caller and before the body among a handler's arguments.
struct AcceptanceLimit;

impl FromRequestParts<ApiState> for AcceptanceLimit {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        state.limits.invite_accept.attempt(&client_address(parts, state).limit_key()).await?;
        Ok(Self)
    }
}

/// List open invitations, newest first.
///
/// For administrators. An expired invitation, or one for a role above the caller's own, is shown without its token.
#[utoipa::path(get, path = "/organizations/me/invites", tag = "organizations", security(("HTTPBearer" = [])), params(PageQuery), responses((status = 200, body = PageOf<OrganizationInviteRead>)))]
async fn list_org_invites(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<PageQuery>,
) -> Result<Reply<PageOf<OrganizationInviteRead>>, ApiError> {
    let page = invites::list(&state.context, &scope, query.page()).await?;
    Ok(Reply(PageOf::of(page, OrganizationInviteRead::from)))
}

/// Create an invitation.
///
/// For administrators; owners are invited by owners only (403). The answer has the token to hand on; it is good for 14
/// days. Earlier invitations of the same address end. 422 with the code `unknown_board` when a board is not one of the
/// organization.
#[utoipa::path(post, path = "/organizations/me/invites", tag = "organizations", security(("HTTPBearer" = [])), request_body = OrganizationInviteCreate, responses(
    (status = 200, body = OrganizationInviteRead),
    (status = 409, description = "A member has this address."),
))]
async fn create_org_invite(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Body(body): Body<OrganizationInviteCreate>,
) -> Result<Reply<OrganizationInviteRead>, ApiError> {
    let new = NewInvite {
        email: body.invited_email,
        role: body.role,
        access: access(body.all_boards_read, body.all_boards_write, body.board_access),
    };
    Ok(Reply(invites::create(&state.context, &scope, new).await?.into()))
}

/// Revoke an invitation.
///
/// For administrators. An accepted one is only forgotten: its member stays.
#[utoipa::path(delete, path = "/organizations/me/invites/{invite_id}", tag = "organizations", security(("HTTPBearer" = [])), responses((status = 200, body = OrganizationInviteRead)))]
async fn revoke_org_invite(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Reply<OrganizationInviteRead>, ApiError> {
    Ok(Reply(invites::revoke(&state.context, &scope, id).await?.into()))
}

/// Accept an invitation.
///
/// Makes the caller a member; who is one already gets what the invitation gives beyond it, and who has become one by
/// this very invitation, such as by signing in for the first time, is answered the same again. 404 when the token is
/// unknown, used by somebody else, or expired; 403 when the invitation is for another address than the caller's. Attempts
/// are limited to 20 a minute and address.
#[utoipa::path(post, path = "/organizations/invites/accept", tag = "organizations", security(("HTTPBearer" = [])), request_body = OrganizationInviteAccept, responses(
    (status = 200, body = OrganizationMemberRead),
    (status = 404, description = "The token is unknown, used by somebody else, or expired."),
))]
async fn accept_org_invite(
    State(state): State<ApiState>,
    AuthUser(actor): AuthUser<UserActor>,
    _: AcceptanceLimit,
    Body(body): Body<OrganizationInviteAccept>,
) -> Result<Reply<OrganizationMemberRead>, ApiError> {
    let member = invites::accept(&state.context, &actor, body.token.0.expose_secret()).await?;
    Ok(Reply(member.into()))
}
