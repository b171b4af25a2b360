use std::ops::Deref;

use mc_store::{Read, sql};
use uuid::Uuid;

use super::{Actor, Precondition, UserActor};
use crate::{Context, Error, Kind, Result, board_groups::BoardGroup, organizations::Role, users::User};

/// A person who may read one board group.
///
/// A group shares its memory and its tasks with everybody who may read one of its boards. A group without boards is
/// for administrators, and for members who may read every board.
#[derive(Clone, Debug)]
pub struct GroupReader {
    actor: UserActor,
    group: BoardGroup,
    is_admin: bool,
    precondition: Precondition,
}

/// A person who may read and write one board group.
#[derive(Clone, Debug)]
pub struct GroupWriter(GroupReader);

/// A person who may change or delete one board group: an administrator of its organization who may write it.
#[derive(Clone, Debug)]
pub struct GroupAdmin(GroupWriter);

/// A caller who may set how often the agents of a board group check in: an administrator as [`GroupAdmin`], or the
/// agent that leads one of its boards.
#[derive(Clone, Debug)]
pub struct GroupConductor {
    actor: Actor,
    group: BoardGroup,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Right {
    Read,
    Write,
}

impl GroupReader {
    /// Checks that the person may read the group. What counts is the membership in the organization of the group,
    /// whichever is the active one.
    ///
    /// # Errors
    /// `NotFound` for an unknown group, `Forbidden` without the right.
    pub async fn check(context: &Context, actor: UserActor, group_id: Uuid) -> Result<Self> {
        check(context, actor, group_id, Right::Read).await
    }

    /// The condition under which the person wants a change.
    #[must_use]
    pub fn precondition(&self) -> &Precondition {
        &self.precondition
    }

    /// The person.
    #[must_use]
    pub fn actor(&self) -> &UserActor {
        &self.actor
    }

    /// The group as it was when the right was checked.
    #[must_use]
    pub fn group(&self) -> &BoardGroup {
        &self.group
    }
}

impl GroupWriter {
    /// Checks that the person may write the group.
    ///
    /// # Errors
    /// As [`GroupReader::check`].
    pub async fn check(context: &Context, actor: UserActor, group_id: Uuid) -> Result<Self> {
        check(context, actor, group_id, Right::Write).await.map(Self)
    }
}

impl GroupAdmin {
    /// Checks that the person manages the organization of the group and may write the group.
    ///
    /// # Errors
    /// As [`GroupReader::check`].
    pub async fn check(context: &Context, actor: UserActor, group_id: Uuid) -> Result<Self> {
        let person = actor.user().clone();
        let writer = match GroupWriter::check(context, actor, group_id).await {
            // Which ids exist is nothing to those who may manage no group at all.
            Err(error) if error.kind == Kind::NotFound && !is_manager(context, &person).await? => {
                return Err(Error::forbidden());
            }
            checked => checked?,
        };
        if writer.is_admin { Ok(Self(writer)) } else { Err(Error::forbidden()) }
    }

    /// The same, for a change under a condition.
    #[must_use]
    pub fn under(self, precondition: Precondition) -> Self {
        let GroupWriter(reader) = self.0;
        Self(GroupWriter(GroupReader { precondition, ..reader }))
    }
}

impl GroupConductor {
    /// Checks that the caller may set the cadence of the group's agents.
    ///
    /// # Errors
    /// As [`GroupReader::check`]; `Forbidden` for an agent that leads no board of the group.
    pub async fn check(context: &Context, actor: Actor, group_id: Uuid) -> Result<Self> {
        let agent = match actor {
            Actor::User(actor) => {
                let GroupAdmin(GroupWriter(scope)) = GroupAdmin::check(context, actor, group_id).await?;
                return Ok(Self { actor: Actor::User(scope.actor), group: scope.group });
            }
            Actor::Agent(agent) => agent,
        };
        let group: Option<BoardGroup> =
            context.store().optional(sql("SELECT * FROM board_groups WHERE id = $1").bind(group_id)).await?;
        let group = group.ok_or_else(Error::not_found)?;
        let own: Option<(i32,)> = context
            .store()
            .optional(
                sql("SELECT 1 FROM boards WHERE id = $1 AND board_group_id = $2 AND organization_id = $3")
                    .bind(agent.board_id)
                    .bind(group.id)
                    .bind(agent.organization_id),
            )
            .await?;
        if own.is_none() || !agent.is_board_lead || agent.status == "deleting" {
            return Err(Error::forbidden());
        }
        Ok(Self { actor: Actor::Agent(agent), group })
    }

    /// The caller.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The group as it was when the right was checked.
    #[must_use]
    pub fn group(&self) -> &BoardGroup {
        &self.group
    }
}

impl Deref for GroupWriter {
    type Target = GroupReader;
    fn deref(&self) -> &GroupReader {
        &self.0
    }
}

impl Deref for GroupAdmin {
    type Target = GroupWriter;
    fn deref(&self) -> &GroupWriter {
        &self.0
    }
}

/// Whether a person manages the organization in which it is active.
async fn is_manager(context: &Context, person: &User) -> Result<bool> {
    let row: Option<(i32,)> = context
        .store()
        .optional(
            sql("SELECT 1 FROM organization_members
                 WHERE user_id = $1 AND organization_id = $2 AND role IN ('admin', 'owner')")
            .bind(person.id)
            .bind(person.active_organization_id),
        )
        .await?;
    Ok(row.is_some())
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    group: BoardGroup,
    role: Option<String>,
    all_read: bool,
    all_write: bool,
    has_boards: bool,
    can_read: bool,
    can_write: bool,
}

async fn check(context: &Context, actor: UserActor, group_id: Uuid, right: Right) -> Result<GroupReader> {
    let row: Option<Row> = context
        .store()
        .optional(
            sql("SELECT g.*, m.role AS role,
                        coalesce(m.all_boards_read, FALSE) AS all_read, coalesce(m.all_boards_write, FALSE) AS all_write,
                        EXISTS (SELECT 1 FROM boards b WHERE b.board_group_id = g.id) AS has_boards,
                        EXISTS (SELECT 1 FROM boards b JOIN organization_board_access a ON a.board_id = b.id
                                WHERE b.board_group_id = g.id AND a.organization_member_id = m.id
                                  AND (a.can_read OR a.can_write)) AS can_read,
                        EXISTS (SELECT 1 FROM boards b JOIN organization_board_access a ON a.board_id = b.id
                                WHERE b.board_group_id = g.id AND a.organization_member_id = m.id
                                  AND a.can_write) AS can_write
                 FROM board_groups g
                 LEFT JOIN organization_members m ON m.organization_id = g.organization_id AND m.user_id = $2
                 WHERE g.id = $1")
            .bind(group_id)
            .bind(actor.user().id),
        )
        .await?;
    let row = row.ok_or_else(Error::not_found)?;
    let Some(role) = row.role.as_deref().and_then(Role::parse) else {
        return Err(Error::text(Kind::Forbidden, "No org access"));
    };
    let is_admin = role >= Role::Admin;
    let writes = row.all_write || row.can_write;
    let allowed = match right {
        Right::Write => writes,
        Right::Read => writes || row.all_read || row.can_read,
    };
    if !allowed && (row.has_boards || !is_admin) {
        return Err(Error::text(Kind::Forbidden, "Board group access denied"));
    }
    Ok(GroupReader { actor, group: row.group, is_admin, precondition: Precondition::default() })
}
