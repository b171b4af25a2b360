//! Use cases on board groups.

use mc_base::text;
use mc_store::{Read, Txn, events::NewEvent, sql};
use uuid::Uuid;

use super::{BoardGroup, BoardGroupChange, NewBoardGroup, queries};
use crate::{
    Context, Error, Page, PageRequest, Result,
    access::{GroupAdmin, OrgAdmin, OrgMember},
    agents::{
        Agent,
        messages::{self, MessageKind, Outgoing},
    },
    boards,
};

/// The groups that the member may read, by name.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(context: &Context, scope: &OrgMember, page: PageRequest) -> Result<Page<BoardGroup>> {
    queries::readable(context.store(), scope.member(), page).await
}

/// Makes a group without boards.
///
/// # Errors
/// When the database fails.
pub async fn create(context: &Context, scope: &OrgAdmin, new: NewBoardGroup) -> Result<BoardGroup> {
    let txn = context.store().begin().await?;
    let group: BoardGroup = txn
        .one(
            sql("INSERT INTO board_groups
                     (id, organization_id, name, sort_name, slug, description, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING *")
            .bind(txn.new_id())
            .bind(scope.organization().id)
            .bind(new.name.as_str())
            .bind(new.name.to_lowercase())
            .bind(boards::slug(&new.slug, &new.name, txn.new_unguessable_id()))
            .bind(new.description)
            .bind(txn.now()),
        )
        .await?;
    append(&txn, "board_group.created", &group, scope.actor().user().id).await?;
    txn.commit().await?;
    Ok(group)
}

/// Changes a group.
///
/// # Errors
/// `NotFound` when the group is gone meanwhile; `PreconditionFailed` when it is not the one that the caller named.
pub async fn change(context: &Context, scope: &GroupAdmin, change: BoardGroupChange) -> Result<BoardGroup> {
    let txn = context.store().begin().await?;
    let old = lock(&txn, scope.group()).await?;
    scope.precondition().check(old.updated_at)?;
    let name = change.name.unwrap_or(old.name);
    let slug = match change.slug {
        Some(given) => boards::slug(&given, &name, txn.new_unguessable_id()),
        None => old.slug,
    };
    let group: BoardGroup = txn
        .one(
            sql("UPDATE board_groups SET name = $2, sort_name = $3, slug = $4, description = $5, updated_at = $6
                 WHERE id = $1 RETURNING *")
            .bind(old.id)
            .bind(name.as_str())
            .bind(name.to_lowercase())
            .bind(slug)
            .bind(change.description.unwrap_or(old.description))
            .bind(txn.now()),
        )
        .await?;
    append(&txn, "board_group.updated", &group, scope.actor().user().id).await?;
    txn.commit().await?;
    Ok(group)
}

/// Deletes a group with its memory. Its boards stay and belong to no group; their agents are told.
///
/// # Errors
/// `NotFound` when the group is gone already; `PreconditionFailed` when it is not the one that the caller named.
pub async fn delete(context: &Context, scope: &GroupAdmin) -> Result<()> {
    let user_id = scope.actor().user().id;
    let txn = context.store().begin().await?;
    let group = lock(&txn, scope.group()).await?;
    scope.precondition().check(group.updated_at)?;
    for agent in queries::reachable_agents(&txn, &group).await? {
        messages::enqueue(&txn, &notice(&group, &agent)).await?;
    }
    let boards: Vec<(Uuid,)> = txn
        .all(
            sql("UPDATE boards SET board_group_id = NULL WHERE board_group_id = $1 RETURNING id")
                .bind(group.id),
        )
        .await?;
    if txn.run(sql("DELETE FROM board_groups WHERE id = $1").bind(group.id)).await? == 0 {
        // It went with its organization.
        return Err(Error::not_found());
    }
    // The log has no foreign keys; what live views read of this group goes with it, after the row, which waits for
    // whoever is at work on the group.
    txn.run(sql("DELETE FROM events WHERE board_group_id = $1").bind(group.id)).await?;
    // First the end of the group, while its readers are still known as such.
    append(&txn, "board_group.deleted", &group, user_id).await?;
    for (board_id,) in boards {
        let event = NewEvent::new("board.updated", group.organization_id).board(board_id);
        txn.append(event.user(Some(user_id))).await?;
    }
    txn.commit().await?;
    Ok(())
}

/// Loads a group and keeps others from changing it until the transaction ends.
pub(super) async fn lock(txn: &Txn, group: &BoardGroup) -> Result<BoardGroup> {
    txn.lock("board_group", group.id).await?;
    queries::by_id(txn, group.organization_id, group.id).await?.ok_or_else(Error::not_found)
}

async fn append(txn: &Txn, kind: &'static str, group: &BoardGroup, user_id: Uuid) -> Result<()> {
    let event = NewEvent::new(kind, group.organization_id).board_group(group.id);
    txn.append(event.user(Some(user_id))).await?;
    Ok(())
}

/// What an agent is told when the group of its board is gone.
fn notice(group: &BoardGroup, agent: &Agent) -> Outgoing {
    // A name cannot look like a line or a mark of ours.
    let name = text::escape_controls(&text::fence(&group.name)).into_owned();
    let words = format!(
        "BOARD GROUP DELETED\nBoard Group: {name}\nBoard Group ID: {}\n\n\
         The group of your board does not exist any more, and its memory is gone. Your board goes on by itself: do \
         not use the group-memory calls until it joins another group.",
        group.id
    );
    Outgoing { kind: MessageKind::GroupChanged, ..Outgoing::to(agent, words) }
}
