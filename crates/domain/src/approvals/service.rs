//! Use cases on approvals.

use mc_store::{Json, Read, Txn, events::NewEvent, sql};
use sea_query::{Alias, Query};
use serde_json::json;
use uuid::Uuid;

use super::{
    Approval, ApprovalChange, ApprovalDetail, ApprovalStatus, NewApproval, notify,
    queries::{self, Place},
    rules::{self, Step},
};
use crate::{
    Context, Error, Kind, Page, PageRequest, Result,
    access::{Actor, BoardReader, BoardWriter, OrgMember},
    agents,
    boards::{self, Board},
};

/// The approvals of a board, newest first; all, or those of one status.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(
    context: &Context,
    scope: &BoardReader,
    status: Option<ApprovalStatus>,
    page: PageRequest,
) -> Result<Page<ApprovalDetail>> {
    queries::page(context.store(), Place::Board(scope.board().id), status, page).await
}

/// The approvals of every board that a member may read, or of one of them, newest first; all, or those of one status.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_readable(
    context: &Context,
    scope: &OrgMember,
    board_id: Option<Uuid>,
    status: Option<ApprovalStatus>,
    page: PageRequest,
) -> Result<Page<ApprovalDetail>> {
    queries::page(context.store(), Place::Readable(scope.readable_boards(), board_id), status, page).await
}

/// One approval of a board.
///
/// # Errors
/// `NotFound` when it is not on the board.
pub async fn get(context: &Context, scope: &BoardReader, id: Uuid) -> Result<ApprovalDetail> {
    queries::detail(context.store(), scope.board().id, id).await?.ok_or_else(Error::not_found)
}

/// Asks for a decision. An agent asks for itself and leaves the decision open; a person may name the
/// agent that asks, and decide at once.
///
/// # Errors
/// `Forbidden` for an agent that decides; `NotFound` for tasks or an agent that are not of the board;
/// `Conflict` for tasks that have a pending approval; `Invalid` without a reason, for too many tasks or
/// for a payload that is too large.
pub async fn create(context: &Context, scope: &BoardWriter, new: NewApproval) -> Result<ApprovalDetail> {
    let actor = scope.actor();
    rules::check_author(actor, new.status)?;
    if !rules::has_reason(new.payload.as_ref(), new.lead_reasoning.as_deref()) {
        return Err(Error::invalid("payload.reason or lead_reasoning must say why the approval is wanted"));
    }
    let payload = rules::with_reason(new.payload, new.lead_reasoning.as_deref());
    if let Some(payload) = &payload {
        rules::check_payload(payload).map_err(Error::invalid)?;
    }
    let task_ids = rules::task_ids(&new.task_ids, payload.as_ref())?;
    let is_pending = new.status == ApprovalStatus::Pending;

    let txn = context.store().begin().await?;
    // First the board, then its tasks: everybody takes these locks in this order.
    let board = boards::service::lock(&txn, scope.board().id).await?;
    rules::check_tasks(&task_ids, &queries::lock_tasks(&txn, board.id, &task_ids).await?)?;
    if is_pending {
        rules::check_conflicts(queries::pending_of(&txn, board.id, &task_ids).await?)?;
    }
    let agent_id = match actor {
        Actor::Agent(agent) => Some(agent.id),
        Actor::User(_) => requester(&txn, &board, new.agent_id).await?,
    };
    let approval: Approval = txn
        .one(
            sql("INSERT INTO approvals (id, board_id, task_id, agent_id, action_type, payload, confidence,
                     rubric_scores, status, resolved_by_user_id, created_at, resolved_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING *")
            .bind(txn.new_id())
            .bind(board.id)
            .bind(task_ids.first().copied())
            .bind(agent_id)
            .bind(new.action_type)
            .bind(payload.map(Json))
            .bind(new.confidence)
            .bind(new.rubric_scores.map(Json))
            .bind(new.status.as_str())
            .bind(actor.user_id().filter(|_| !is_pending))
            .bind(txn.now())
            .bind((!is_pending).then(|| txn.now())),
        )
        .await?;
    if let Err(error) = link(&txn, approval.id, &task_ids, is_pending).await {
        return Err(conflict_of(context, txn, error, board.id, &task_ids).await);
    }
    let detail = queries::details(&txn, vec![approval]).await?.pop().ok_or_else(Error::not_found)?;
    append(&txn, &board, &detail, actor, "approval.created").await?;
    if !is_pending {
        decided(&txn, &board, &detail, actor).await?;
    }
    txn.commit().await?;
    Ok(detail)
}

/// Decides an approval, or opens it again. The same decision once more changes nothing.
///
/// # Errors
/// `NotFound` when it is not on the board; `Conflict` when it was decided otherwise, or cannot be opened
/// because its tasks have another pending approval; `Invalid` for a note without a decision.
pub async fn change(
    context: &Context,
    scope: &BoardWriter,
    id: Uuid,
    change: ApprovalChange,
) -> Result<ApprovalDetail> {
    let actor = scope.actor();
    if matches!(actor, Actor::Agent(_)) {
        return Err(Error::unauthorized());
    }
    let txn = context.store().begin().await?;
    let board = boards::service::lock(&txn, scope.board().id).await?;
    let old = queries::detail(&txn, board.id, id).await?.ok_or_else(Error::not_found)?;
    let detail = match rules::step(&old.approval, change)? {
        Step::Nothing => return Ok(old),
        Step::Decide(status, note) => {
            let approval = decide(&txn, id, status, actor.user_id(), note).await?;
            let resolved_by_name = Some(actor.display_name().to_owned());
            let detail = ApprovalDetail { approval, resolved_by_name, ..old };
            decided(&txn, &board, &detail, actor).await?;
            detail
        }
        Step::Reopen => {
            queries::lock_tasks(&txn, board.id, &old.task_ids).await?;
            rules::check_conflicts(queries::pending_of(&txn, board.id, &old.task_ids).await?)?;
            let approval = match reopen(&txn, id).await {
                Ok(approval) => approval,
                Err(error) => return Err(conflict_of(context, txn, error, board.id, &old.task_ids).await),
            };
            let detail = ApprovalDetail { approval, resolved_by_name: None, ..old };
            append(&txn, &board, &detail, actor, "approval.reopened").await?;
            detail
        }
    };
    txn.commit().await?;
    Ok(detail)
}

/// The agent that a person names as the one that asks.
async fn requester(txn: &Txn, board: &Board, id: Option<Uuid>) -> Result<Option<Uuid>> {
    let Some(id) = id else { return Ok(None) };
    let agent = agents::service::by_id(txn, id).await?;
    match agent.filter(|agent| agent.board_id == Some(board.id)) {
        Some(agent) => Ok(Some(agent.id)),
        None => Err(Error::text(Kind::NotFound, "agent_id names no agent of this board")),
    }
}

async fn link(txn: &Txn, approval_id: Uuid, task_ids: &[Uuid], is_pending: bool) -> mc_store::Result<()> {
    if task_ids.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert()
        .into_table(Alias::new("approval_task_links"))
        .columns(["id", "approval_id", "task_id", "is_pending", "created_at"].map(Alias::new))
        .take();
    for task_id in task_ids {
        insert.values_panic([
            txn.new_id().into(),
            approval_id.into(),
            (*task_id).into(),
            is_pending.into(),
            txn.now().into(),
        ]);
    }
    txn.run(txn.render(&insert)).await?;
    Ok(())
}

async fn decide(
    txn: &Txn,
    id: Uuid,
    status: ApprovalStatus,
    user_id: Option<Uuid>,
    note: Option<String>,
) -> Result<Approval> {
    txn.run(sql("UPDATE approval_task_links SET is_pending = FALSE WHERE approval_id = $1").bind(id)).await?;
    Ok(txn
        .one(
            sql("UPDATE approvals SET status = $2, resolved_at = $3, resolved_by_user_id = $4, decision_note = $5
                 WHERE id = $1 AND status = 'pending' RETURNING *")
            .bind(id)
            .bind(status.as_str())
            .bind(txn.now())
            .bind(user_id)
            .bind(note),
        )
        .await?)
}

async fn reopen(txn: &Txn, id: Uuid) -> mc_store::Result<Approval> {
    let approval = txn
        .one(
            sql("UPDATE approvals SET status = 'pending', resolved_at = NULL, resolved_by_user_id = NULL,
                     decision_note = NULL
                 WHERE id = $1 RETURNING *")
            .bind(id),
        )
        .await?;
    txn.run(sql("UPDATE approval_task_links SET is_pending = TRUE WHERE approval_id = $1").bind(id)).await?;
    Ok(approval)
}

/// The refusal for a pending link that the database did not take: somebody who does not know our locks
/// was faster.
async fn conflict_of(
    context: &Context,
    txn: Txn,
    error: mc_store::StoreError,
    board_id: Uuid,
    task_ids: &[Uuid],
) -> Error {
    // The transaction is of no use any more, and holds what the others need.
    drop(txn);
    if !error.is_unique_violation() {
        return error.into();
    }
    match queries::pending_of(context.store(), board_id, task_ids).await.and_then(rules::check_conflicts) {
        Err(conflict) => conflict,
        Ok(()) => error.into(),
    }
}

/// Tells everybody of a decision.
async fn decided(txn: &Txn, board: &Board, detail: &ApprovalDetail, actor: &Actor) -> Result<()> {
    let kind = match detail.approval.status {
        ApprovalStatus::Approved => "approval.approved",
        ApprovalStatus::Rejected => "approval.rejected",
        ApprovalStatus::Pending => return Ok(()),
    };
    append(txn, board, detail, actor, kind).await?;
    notify::send(txn, board, detail, actor.display_name()).await
}

async fn append(
    txn: &Txn,
    board: &Board,
    detail: &ApprovalDetail,
    actor: &Actor,
    kind: &'static str,
) -> Result<()> {
    let approval = &detail.approval;
    let what = match kind {
        "approval.created" => "Approval requested",
        "approval.approved" => "Approved",
        "approval.rejected" => "Rejected",
        _ => "Approval reopened",
    };
    let mut event = NewEvent::new(kind, board.organization_id)
        .board(board.id)
        .agent(approval.agent_id)
        .user(actor.user_id())
        .message(format!("{what}: {}", approval.action_type))
        .data(json!({
            "approval_id": approval.id,
            "status": approval.status,
            "task_ids": detail.task_ids,
        }))
        .activity();
    if let Some(id) = detail.task_ids.first() {
        event = event.task(*id);
    }
    txn.append(event).await?;
    Ok(())
}
