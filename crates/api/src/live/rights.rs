//! What a stream's caller may see, checked again while the stream is open.

use std::{collections::HashSet, time::Duration};

use http::HeaderMap;
use mc_domain::{
    Result,
    access::{Actor, BoardReader, GroupReader, OrgAdmin, OrgMember},
    agents, board_groups, boards, sessions, users,
};
use mc_store::events::Event;
use uuid::Uuid;

use crate::{ApiState, extract::agent_token};

/// Whether events of a kind are for the person they are about alone.
fn is_personal(kind: &str) -> bool {
    kind.starts_with("session.") || kind == "organization.activated"
}

/// Whether events of a kind tell who belongs to an organization and with which rights: its administrators see them all,
/// others only what is about themselves.
fn is_about_members(kind: &str) -> bool {
    kind.starts_with("organization.member.") || kind.starts_with("organization.invite.")
}

/// The member that an event is about, who need not be the one who acted.
fn subject(event: &Event) -> Option<Uuid> {
    id_in(event, "user_id")
}

/// The agent that an event is about. The event of one that is gone names it in its data only.
fn agent_subject(event: &Event) -> Option<Uuid> {
    event.agent_id.or_else(|| id_in(event, "agent_id"))
}

fn id_in(event: &Event, name: &str) -> Option<Uuid> {
    event.data.as_ref()?.0.get(name)?.as_str()?.parse().ok()
}

/// Whether events of a kind may change the rights of streams that do not show them, such as those of a single board or
/// group.
pub(super) fn may_change_rights(kind: &str) -> bool {
    kind.starts_with("organization.member.")
        || is_about_access_of_agent(kind)
        || matches!(kind, "session.revoked" | "organization.deleted" | "board.updated")
}

/// Whether events of a kind may end what the agent they are about can reach.
fn is_about_access_of_agent(kind: &str) -> bool {
    matches!(kind, "agent.token.issued" | "agent.moved" | "agent.delete.direct")
}

/// How often rights are loaded again without a reason.
pub(crate) const RECHECK: Duration = Duration::from_secs(30);

/// The rights of an open stream.
pub(crate) struct Rights {
    actor: Actor,
    /// The digest of the token with which an agent opened the stream, which goes on as long as that token is good.
    agent_token: Option<Vec<u8>>,
    organization_id: Uuid,
    place: Place,
    /// Whether the caller administers the organization.
    is_admin: bool,
    /// The boards that may be seen; none means all of the place.
    boards: Option<HashSet<Uuid>>,
    /// The board groups that may be seen; none means all of the place.
    groups: Option<HashSet<Uuid>>,
    /// Whether the place is for administrators only.
    for_admins: bool,
}

#[derive(Clone, Copy)]
enum Place {
    Organization,
    Board(Uuid),
    BoardGroup(Uuid),
}

impl Rights {
    /// Of a member in an organization: the boards that may be read.
    pub(crate) async fn in_organization(state: &ApiState, scope: &OrgMember) -> Result<Self> {
        Ok(Self {
            actor: Actor::User(scope.actor().clone()),
            agent_token: None,
            organization_id: scope.organization().id,
            place: Place::Organization,
            is_admin: scope.member().is_admin(),
            boards: boards::service::readable_ids(&state.context, scope).await?,
            groups: board_groups::queries::readable_ids(state.context.store(), scope.member()).await?,
            for_admins: false,
        })
    }

    /// Of an administrator in an organization, as long as the person is one.
    pub(crate) async fn of_admin(state: &ApiState, scope: &OrgAdmin) -> Result<Self> {
        Ok(Self { for_admins: true, ..Self::in_organization(state, scope).await? })
    }

    /// Of a caller on one board, who has just been recognised by these headers.
    pub(crate) fn on_board(state: &ApiState, scope: &BoardReader, headers: &HeaderMap) -> Self {
        let presented = agent_token(headers).filter(|_| scope.actor().agent_id().is_some());
        Self {
            actor: scope.actor().clone(),
            agent_token: presented.map(|token| agents::tokens::digest(&state.context, token)),
            place: Place::Board(scope.board().id),
            organization_id: scope.board().organization_id,
            is_admin: false,
            boards: None,
            groups: None,
            for_admins: false,
        }
    }

    /// Of a person in one board group.
    pub(crate) fn in_group(scope: &GroupReader) -> Self {
        Self {
            actor: Actor::User(scope.actor().clone()),
            agent_token: None,
            organization_id: scope.group().organization_id,
            place: Place::BoardGroup(scope.group().id),
            is_admin: false,
            boards: None,
            groups: None,
            for_admins: false,
        }
    }

    /// The id to count streams by.
    pub(crate) fn actor_id(&self) -> Uuid {
        match &self.actor {
            Actor::User(actor) => actor.user().id,
            Actor::Agent(agent) => agent.id,
        }
    }

    /// Whether this event may change what the caller may see.
    pub(super) fn are_touched_by(&self, event: &Event) -> bool {
        match event.kind.as_str() {
            "session.revoked" => event.user_id == self.actor.user_id(),
            "board.created" | "board_group.created" => self.boards.is_some(),
            // A board that moves to another group changes what groups may be seen.
            "board.updated" => match self.place {
                Place::Organization => self.boards.is_some(),
                Place::BoardGroup(_) => event.organization_id == self.organization_id,
                Place::Board(_) => false,
            },
            "board.deleted" => true,
            "board_group.deleted" => matches!(self.place, Place::BoardGroup(_)),
            "organization.deleted" => event.organization_id == self.organization_id,
            kind if kind.starts_with("organization.member.") => self.is_subject_of(event),
            kind if is_about_access_of_agent(kind) => {
                self.actor.agent_id().is_some() && agent_subject(event) == self.actor.agent_id()
            }
            _ => false,
        }
    }

    /// Whether the caller may see this event.
    pub(super) fn allow(&self, event: &Event) -> bool {
        let is_here = match self.place {
            Place::Organization => event.organization_id == self.organization_id,
            // Which of the groups is the board's is for the stream to find out.
            Place::Board(id) => {
                event.board_id == Some(id)
                    || (event.board_group_id.is_some() && event.organization_id == self.organization_id)
            }
            Place::BoardGroup(id) => event.board_group_id == Some(id),
        };
        let hides_group = match (event.board_group_id, &self.groups) {
            (Some(group), Some(groups)) => !groups.contains(&group),
            _ => false,
        };
        if !is_here || hides_group {
            return false;
        }
        match (event.board_id, &self.boards) {
            (Some(board), Some(boards)) => boards.contains(&board),
            // What belongs to a person is for that person alone.
            (None, _) if is_personal(&event.kind) => event.user_id == self.actor.user_id(),
            (None, _) if is_about_members(&event.kind) => self.is_admin || self.is_subject_of(event),
            // Gateways are the business of administrators.
            (None, _) if event.kind.starts_with("gateway.") => self.is_admin,
            _ => true,
        }
    }

    fn is_subject_of(&self, event: &Event) -> bool {
        subject(event).is_some_and(|subject| self.actor.user_id() == Some(subject))
    }

    /// Loads the rights again. `false` when the caller may not see anything here any more.
    pub(super) async fn refresh(&mut self, state: &ApiState) -> Result<bool> {
        let context = &state.context;
        match &mut self.actor {
            Actor::User(actor) => {
                if let Some(session) = actor.session_id()
                    && !sessions::service::is_valid(context, session).await?
                {
                    return Ok(false);
                }
                match users::service::by_id(context.store(), actor.user().id).await? {
                    Some(user) => *actor = mc_domain::access::UserActor::new(user, actor.session_id()),
                    None => return Ok(false),
                }
            }
            Actor::Agent(agent) => {
                let Some(digest) = &self.agent_token else { return Ok(false) };
                match agents::tokens::by_digest(context, digest).await? {
                    Some(fresh) => *agent = fresh,
                    None => return Ok(false),
                }
            }
        }
        let refused = |error: mc_domain::Error| match error.kind {
            mc_domain::Kind::Forbidden | mc_domain::Kind::NotFound | mc_domain::Kind::Unauthorized => {
                Ok(false)
            }
            _ => Err(error),
        };
        match self.place {
            Place::Board(id) => match BoardReader::check(context, self.actor.clone(), id).await {
                Ok(_) => Ok(true),
                Err(error) => refused(error),
            },
            Place::BoardGroup(id) => {
                let scope = match self.actor.clone().into_user() {
                    Ok(actor) => GroupReader::check(context, actor, id).await,
                    Err(error) => Err(error),
                };
                scope.map(|_| true).or_else(refused)
            }
            Place::Organization => {
                let scope = match self.actor.clone().into_user() {
                    Ok(actor) => OrgMember::check(context, actor, Some(self.organization_id)).await,
                    Err(error) => Err(error),
                };
                match scope {
                    Ok(scope) => {
                        self.is_admin = scope.member().is_admin();
                        self.boards = boards::service::readable_ids(context, &scope).await?;
                        self.groups =
                            board_groups::queries::readable_ids(context.store(), scope.member()).await?;
                        Ok(!self.for_admins || scope.member().is_admin())
                    }
                    Err(error) => refused(error),
                }
            }
        }
    }
}
