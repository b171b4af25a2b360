//! Reads of board groups.

use std::collections::HashSet;

use mc_store::{Read, sql};
use uuid::Uuid;

use super::BoardGroup;
use crate::{Page, PageRequest, Result, agents::Agent, agents::agent_columns, organizations::Member};

/// The groups that a member may read: all, or those with a board that the member may read, and for administrators
/// those without boards.
macro_rules! readable {
    () => {
        "g.organization_id = $1 AND ($2
             OR EXISTS (SELECT 1 FROM boards b JOIN organization_board_access a ON a.board_id = b.id
                        WHERE b.board_group_id = g.id AND a.organization_member_id = $3
                          AND (a.can_read OR a.can_write))
             OR ($4 AND NOT EXISTS (SELECT 1 FROM boards b WHERE b.board_group_id = g.id)))"
    };
}

/// The groups that a member may read, by name.
pub(super) async fn readable(
    on: &impl Read,
    member: &Member,
    request: PageRequest,
) -> Result<Page<BoardGroup>> {
    let items: Vec<BoardGroup> = on
        .all(
            sql(concat!(
                "SELECT g.* FROM board_groups g WHERE ",
                readable!(),
                " ORDER BY g.sort_name, g.created_at, g.id LIMIT $5 OFFSET $6"
            ))
            .bind(member.organization_id)
            .bind(member.reads_all_boards())
            .bind(member.id)
            .bind(member.is_admin())
            .bind(request.limit)
            .bind(request.offset),
        )
        .await?;
    let (total,): (i64,) = on
        .one(
            sql(concat!("SELECT count(*) FROM board_groups g WHERE ", readable!()))
                .bind(member.organization_id)
                .bind(member.reads_all_boards())
                .bind(member.id)
                .bind(member.is_admin()),
        )
        .await?;
    Ok(Page { items, total, request })
}

/// The ids of the groups that a member may read; `None` means every group of the organization.
///
/// # Errors
/// When the database cannot be reached.
pub async fn readable_ids(on: &impl Read, member: &Member) -> Result<Option<HashSet<Uuid>>> {
    if member.reads_all_boards() {
        return Ok(None);
    }
    let ids: Vec<(Uuid,)> = on
        .all(
            sql(concat!("SELECT g.id FROM board_groups g WHERE ", readable!()))
                .bind(member.organization_id)
                .bind(false)
                .bind(member.id)
                .bind(member.is_admin()),
        )
        .await?;
    Ok(Some(ids.into_iter().map(|(id,)| id).collect()))
}

/// A group of a tenant.
pub(crate) async fn by_id(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<Option<BoardGroup>> {
    Ok(on
        .optional(
            sql("SELECT * FROM board_groups WHERE id = $1 AND organization_id = $2")
                .bind(id)
                .bind(organization_id),
        )
        .await?)
}

/// The group to which a board belongs now. The caller answers for the right to know it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_board(on: &impl Read, board_id: Uuid) -> Result<Option<Uuid>> {
    let row: Option<(Option<Uuid>,)> =
        on.optional(sql("SELECT board_group_id FROM boards WHERE id = $1").bind(board_id)).await?;
    Ok(row.and_then(|(id,)| id))
}

/// The ids of the boards of a group. The caller answers for the right to know them.
///
/// # Errors
/// When the database cannot be reached.
pub async fn board_ids(on: &impl Read, id: Uuid) -> Result<HashSet<Uuid>> {
    let ids: Vec<(Uuid,)> = on.all(sql("SELECT id FROM boards WHERE board_group_id = $1").bind(id)).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

/// The agents of a group's boards, oldest first.
pub(crate) async fn agents(on: &impl Read, group: &BoardGroup) -> Result<Vec<Agent>> {
    Ok(on
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE organization_id = $2
                    AND board_id IN (SELECT id FROM boards WHERE board_group_id = $1)
                  ORDER BY created_at, id"
            ))
            .bind(group.id)
            .bind(group.organization_id),
        )
        .await?)
}

/// The agents of a group's boards that messages reach: they have a session, and their board has a gateway.
pub(crate) async fn reachable_agents(on: &impl Read, group: &BoardGroup) -> Result<Vec<Agent>> {
    Ok(on
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE organization_id = $2 AND openclaw_session_id IS NOT NULL
                    AND board_id IN (SELECT id FROM boards WHERE board_group_id = $1 AND gateway_id IS NOT NULL)
                  ORDER BY created_at, id"
            ))
            .bind(group.id)
            .bind(group.organization_id),
        )
        .await?)
}
