//! Use cases on boards.

use std::collections::HashSet;

use mc_store::{Json, Read, Txn, events::NewEvent, sql};
use uuid::Uuid;

use super::{Board, BoardChange, BoardFilter, NewBoard, notify, pause, queries, rules};
use crate::{
    Context, Error, Page, PageRequest, Result,
    access::{Actor, BoardWriter, OrgAdmin, OrgMember},
    agents,
};

/// The boards that the member may read, by name.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(
    context: &Context,
    scope: &OrgMember,
    filter: BoardFilter,
    page: PageRequest,
) -> Result<Page<Board>> {
    queries::readable(context.store(), scope.readable_boards(), filter, page).await
}

/// The ids of the boards that the member may read; `None` means every board of the organization.
///
/// # Errors
/// When the database cannot be reached.
pub async fn readable_ids(context: &Context, scope: &OrgMember) -> Result<Option<HashSet<Uuid>>> {
    if scope.member().reads_all_boards() {
        return Ok(None);
    }
    let ids: Vec<(Uuid,)> = context
        .store()
        .all(
            sql("SELECT board_id FROM organization_board_access
                 WHERE organization_member_id = $1 AND (can_read OR can_write)")
            .bind(scope.member().id),
        )
        .await?;
    Ok(Some(ids.into_iter().map(|(id,)| id).collect()))
}

/// Makes a board. Its creator can open it, whatever the creator's other rights are.
///
/// # Errors
/// `Invalid` when the gateway or the group is not one of this organization, or the gateway has no main agent.
pub async fn create(context: &Context, scope: &OrgAdmin, new: NewBoard) -> Result<Board> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    check_gateway(&txn, organization_id, new.gateway_id).await?;
    check_group(&txn, organization_id, new.board_group_id).await?;
    let board: Board = txn
        .one(
            sql("INSERT INTO boards (id, organization_id, gateway_id, board_group_id, name, sort_name, slug, description,
                     board_type, objective, success_metrics, target_date, goal_confirmed, goal_source,
                     require_approval_for_done, require_review_before_done, comment_required_for_review,
                     block_status_changes_with_pending_approval, only_lead_can_change_status, max_agents,
                     created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21)
                 RETURNING *")
            .bind(txn.new_id())
            .bind(organization_id)
            .bind(new.gateway_id)
            .bind(new.board_group_id)
            .bind(new.name.as_str())
            .bind(new.name.to_lowercase())
            .bind(rules::slug(&new.slug, &new.name, txn.new_unguessable_id()))
            .bind(new.description)
            .bind(new.board_type)
            .bind(new.objective)
            .bind(new.success_metrics.map(Json))
            .bind(new.target_date)
            .bind(new.goal_confirmed)
            .bind(new.goal_source)
            .bind(new.require_approval_for_done)
            .bind(new.require_review_before_done)
            .bind(new.comment_required_for_review)
            .bind(new.block_status_changes_with_pending_approval)
            .bind(new.only_lead_can_change_status)
            .bind(new.max_agents)
            .bind(txn.now()),
        )
        .await?;
    if !scope.member().all_boards_write {
        txn.run_one(
            sql("INSERT INTO organization_board_access
                     (id, organization_member_id, board_id, can_read, can_write, created_at, updated_at)
                 VALUES ($1, $2, $3, TRUE, TRUE, $4, $4)")
            .bind(txn.new_id())
            .bind(scope.member().id)
            .bind(board.id)
            .bind(txn.now()),
        )
        .await?;
    }
    append(&txn, "board.created", &board, Some(scope.actor().user().id)).await?;
    txn.commit().await?;
    Ok(board)
}

/// Changes a board, and tells its lead, and the agents of a group that it joins or leaves.
///
/// # Errors
/// `Invalid` when the result breaks a rule of boards; `NotFound` when the board is gone meanwhile.
pub async fn change(context: &Context, scope: &BoardWriter, change: BoardChange) -> Result<Board> {
    let txn = context.store().begin().await?;
    let old = lock(&txn, scope.board().id).await?;
    scope.precondition().check(old.updated_at)?;
    let names_gateway = change.gateway_id.is_some();
    if let Some(gateway) = change.gateway_id {
        check_gateway(&txn, old.organization_id, gateway).await?;
        if gateway != old.gateway_id {
            refuse_move_with_agents(&txn, &old).await?;
        }
    }
    if let Some(group) = change.board_group_id.filter(|id| *id != old.board_group_id) {
        check_group(&txn, old.organization_id, group).await?;
        check_group_access(&txn, scope, group).await?;
    }
    if let Some(paused) = change.paused {
        pause::set(&txn, &old, paused, scope.actor()).await?;
    }
    let type_was_sent = change.board_type.as_deref() == Some("goal");
    let new = rules::changed(&old, change);
    rules::check_goal(&new, type_was_sent)?;
    // What only agents can live up to is not promised on a gateway that can have none.
    if !names_gateway && rules::concerns_agents(&old, &new) {
        check_gateway(&txn, new.organization_id, new.gateway_id).await?;
    }
    let saved = save(&txn, new).await?;
    append(&txn, "board.updated", &saved, scope.actor().user_id()).await?;
    notify::send(&txn, &old, &saved).await?;
    if rules::concerns_files(&old, &saved) {
        agents::refresh::board(&txn, saved.id).await?;
    }
    txn.commit().await?;
    Ok(saved)
}

/// Stops the agents of all boards of the organization, or lets them go on. Gives on how many that changed something.
///
/// # Errors
/// When the database cannot be reached.
pub async fn pause_all(context: &Context, scope: &OrgAdmin, paused: bool) -> Result<usize> {
    let txn = context.store().begin().await?;
    let author = Actor::User(scope.actor().clone());
    // In one order, so that two of these at once do not wait for each other.
    let ids: Vec<(Uuid,)> = txn
        .all(
            sql("SELECT id FROM boards WHERE organization_id = $1 ORDER BY id").bind(scope.organization().id),
        )
        .await?;
    let mut changed = 0;
    for (id,) in ids {
        txn.lock("board", id).await?;
        // One that was deleted while this waited for it needs nothing.
        let Some(board) = by_id(&txn, id).await? else { continue };
        if pause::set(&txn, &board, paused, &author).await? {
            changed += 1;
        }
    }
    txn.commit().await?;
    Ok(changed)
}

/// Deletes a board with everything on it, at once. What its agents have on their gateway is removed
/// when the gateway can be reached.
///
/// # Errors
/// `NotFound` when the board is gone already.
pub async fn delete(context: &Context, scope: &BoardWriter) -> Result<()> {
    let txn = context.store().begin().await?;
    let board = lock(&txn, scope.board().id).await?;
    for agent in agents::service::of_board(&txn, board.id).await? {
        agents::jobs::clean_up_after(&txn, &agent).await?;
    }
    if txn.run(sql("DELETE FROM boards WHERE id = $1").bind(board.id)).await? == 0 {
        // It went with its organization.
        return Err(Error::not_found());
    }
    // The log has no foreign keys; what people read as this board's history goes with it. The row goes first: that waits
    // for whoever is at work on the board, so that their events are there to be deleted.
    txn.run(sql("DELETE FROM events WHERE board_id = $1").bind(board.id)).await?;
    txn.append(
        NewEvent::new("board.deleted", board.organization_id).board(board.id).user(scope.actor().user_id()),
    )
    .await?;
    txn.commit().await?;
    Ok(())
}

/// Loads a board and keeps others from changing it until the transaction ends.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn lock(txn: &Txn, id: Uuid) -> Result<Board> {
    txn.lock("board", id).await?;
    let board: Option<Board> = txn.optional(sql("SELECT * FROM boards WHERE id = $1").bind(id)).await?;
    board.ok_or_else(Error::not_found)
}

/// Finds a board by id, for use cases that have no caller whose rights count.
///
/// # Errors
/// When the database cannot be reached.
pub(crate) async fn by_id(on: &impl Read, id: Uuid) -> Result<Option<Board>> {
    Ok(on.optional(sql("SELECT * FROM boards WHERE id = $1").bind(id)).await?)
}

async fn save(txn: &Txn, board: Board) -> Result<Board> {
    Ok(txn
        .one(
            sql("UPDATE boards SET gateway_id = $2, board_group_id = $3, name = $4, sort_name = $5, slug = $6,
                     description = $7, board_type = $8, objective = $9, success_metrics = $10, target_date = $11,
                     goal_confirmed = $12, goal_source = $13, require_approval_for_done = $14,
                     require_review_before_done = $15, comment_required_for_review = $16,
                     block_status_changes_with_pending_approval = $17, only_lead_can_change_status = $18,
                     max_agents = $19, updated_at = $20
                 WHERE id = $1 RETURNING *")
            .bind(board.id)
            .bind(board.gateway_id)
            .bind(board.board_group_id)
            .bind(board.name.as_str())
            .bind(board.name.to_lowercase())
            .bind(board.slug)
            .bind(board.description)
            .bind(board.board_type)
            .bind(board.objective)
            .bind(board.success_metrics)
            .bind(board.target_date)
            .bind(board.goal_confirmed)
            .bind(board.goal_source)
            .bind(board.require_approval_for_done)
            .bind(board.require_review_before_done)
            .bind(board.comment_required_for_review)
            .bind(board.block_status_changes_with_pending_approval)
            .bind(board.only_lead_can_change_status)
            .bind(board.max_agents)
            .bind(txn.now()),
        )
        .await?)
}

async fn append(txn: &Txn, kind: &'static str, board: &Board, user_id: Option<Uuid>) -> Result<()> {
    txn.append(NewEvent::new(kind, board.organization_id).board(board.id).user(user_id)).await?;
    Ok(())
}

async fn check_gateway(txn: &Txn, organization_id: Uuid, gateway: Option<Uuid>) -> Result<()> {
    let Some(id) = gateway else { return Ok(()) };
    if !queries::gateway_is_valid(txn, organization_id, id).await? {
        return Err(Error::invalid("gateway_id is invalid"));
    }
    if !queries::gateway_has_main_agent(txn, id).await? {
        return Err(Error::invalid(
            "gateway_id names a gateway that has no gateway main agent; add the agent first",
        ));
    }
    Ok(())
}

async fn check_group(txn: &Txn, organization_id: Uuid, group: Option<Uuid>) -> Result<()> {
    match group {
        Some(id) if !queries::group_is_valid(txn, organization_id, id).await? => {
            Err(Error::invalid("board_group_id is invalid"))
        }
        _ => Ok(()),
    }
}

/// Agents have their files and sessions on the board's gateway; they do not move by a change of a field.
async fn refuse_move_with_agents(txn: &Txn, board: &Board) -> Result<()> {
    let agent: Option<(Uuid,)> =
        txn.optional(sql("SELECT id FROM agents WHERE board_id = $1 LIMIT 1").bind(board.id)).await?;
    match agent {
        Some(_) => Err(Error::conflict(
            "gateway_id cannot change while the board has agents; delete or move them first",
        )),
        None => Ok(()),
    }
}

/// A group shares chat and tasks of its boards, so joining one needs access to it, not only to the board.
async fn check_group_access(txn: &Txn, scope: &BoardWriter, group: Option<Uuid>) -> Result<()> {
    let (Some(group), Actor::User(actor)) = (group, scope.actor()) else { return Ok(()) };
    let row: Option<(i32,)> = txn
        .optional(
            sql("SELECT 1 FROM organization_members m
                 WHERE m.organization_id = $1 AND m.user_id = $2
                   AND (m.all_boards_write OR m.role IN ('admin', 'owner') OR EXISTS (
                       SELECT 1 FROM organization_board_access a JOIN boards b ON b.id = a.board_id
                       WHERE a.organization_member_id = m.id AND a.can_write AND b.board_group_id = $3))")
            .bind(scope.board().organization_id)
            .bind(actor.user().id)
            .bind(group),
        )
        .await?;
    match row {
        Some(_) => Ok(()),
        None => Err(Error::text(
            crate::Kind::Forbidden,
            "board_group_id names a group that you have no access to",
        )),
    }
}
