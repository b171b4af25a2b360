use chrono::{DateTime, Utc};
use mc_store::{Read, Txn, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::{
    super::{
        comments, custom_fields,
        dependencies::{self, Dependent},
        history::{self, Change},
        model::{Task, TaskChange, TaskDetail, TaskStatus},
        notify::{self, Notice, Occasion},
        queries::{self, Of},
        rules::{
            Role,
            gates::{self, Approvals, Decision, Step},
            permit,
            transition::{self, Case},
        },
        tags,
    },
    cast::Cast,
    lock,
};
use crate::{
    Context, Error, Result,
    access::{Actor, BoardWriter},
    boards::{self, Board},
};

/// Changes a task by the rules for the caller: a person, the lead agent of the board, or a worker.
///
/// # Errors
/// `NotFound` for the task, or for dependencies, tags or an assignee that do not exist; `Forbidden`
/// for fields and statuses that are not the caller's; `Conflict` when dependencies or gates stand in
/// the way; `Invalid` for values, or a comment that is missing.
pub async fn update(
    context: &Context,
    scope: &BoardWriter,
    task_id: Uuid,
    change: TaskChange,
) -> Result<TaskDetail> {
    let actor = scope.actor();
    let txn = context.store().begin().await?;
    let moves =
        change.status.is_some() || change.assigned_agent_id.is_some() || change.depends_on_task_ids.is_some();
    // First the board, then the task: everybody takes these locks in this order.
    let board =
        if moves { boards::service::lock(&txn, scope.board().id).await? } else { scope.board().clone() };
    let old = lock(&txn, board.id, task_id).await?;
    scope.precondition().check(old.updated_at)?;
    let role = Role::of(actor, &board);
    permit::check(role, &board, &old, &change)?;

    let new_tags = match &change.tag_ids {
        Some(ids) => Some(tags::check(&txn, board.organization_id, ids).await?),
        None => None,
    };
    let edges = match &change.depends_on_task_ids {
        Some(ids) => replace_dependencies(&txn, &old, ids).await?,
        None => queries::edges(&txn, Of::Tasks(&[task_id])).await?.remove(&task_id).unwrap_or_default(),
    };
    let mut cast = Cast::default();
    let mut new = old.clone();
    if moves {
        let named =
            [change.assigned_agent_id.flatten(), old.assigned_agent_id, old.review_submitted_by_agent_id];
        cast = Cast::load(&txn, &board, named.into_iter().flatten()).await?;
        let blocked_by = queries::open_ends(&edges);
        new = decide(&board, role, &old, &change, &blocked_by, &cast, txn.now())?;
        check_gates(&txn, &board, role, &old, &new, &change).await?;
    }
    write_texts(&mut new, &change);
    new.updated_at = txn.now();
    save(&txn, &new, moves).await?;
    history::record(&txn, Change::of(&old, new.status).as_slice()).await?;
    if let Some(tags) = &new_tags {
        tags::replace(&txn, task_id, tags).await?;
    }
    let definitions = custom_fields::definitions_of_board(&txn, board.id).await?;
    if let Some(sent) = &change.custom_field_values {
        let stored = custom_fields::stored_values(&txn, Of::Tasks(&[task_id])).await?;
        let stored = stored.into_values().next().unwrap_or_default();
        custom_fields::write(&txn, task_id, custom_fields::on_update(&definitions, &stored, sent)?).await?;
    }
    if let Some(message) = change.comment {
        comments::insert(&txn, &board, task_id, actor, message).await?;
    }
    append(&txn, &board, &old, &new, actor).await?;
    let is_toggled = (old.status == TaskStatus::Done) != (new.status == TaskStatus::Done);
    if is_toggled {
        let dependents = dependencies::reconcile(&txn, &board, &new, actor).await?;
        tell_stopped(&txn, &board, &new, &dependents).await?;
    }
    if moves {
        tell(&txn, &board, role, &old, &new, &cast).await?;
    }
    let stored = match definitions.as_slice() {
        [] => None,
        _ => custom_fields::stored_values(&txn, Of::Tasks(&[task_id])).await?.remove(&task_id),
    };
    let shown = custom_fields::shown(&definitions, stored.as_ref());
    let tags = match new_tags {
        Some(tags) => tags,
        None => tags::of_tasks(&txn, Of::Tasks(&[task_id])).await?.remove(&task_id).unwrap_or_default(),
    };
    txn.commit().await?;
    Ok(queries::assemble(new, &edges, tags, shown))
}

async fn replace_dependencies(txn: &Txn, task: &Task, ids: &[Uuid]) -> Result<Vec<queries::Edge>> {
    if task.status == TaskStatus::Done {
        return Err(Error::conflict("depends_on_task_ids cannot change while the task is done")
            .code("task_done_dependencies"));
    }
    let edges = dependencies::check(txn, task.board_id, task.id, ids).await?;
    dependencies::replace(txn, task.board_id, task.id, &edges).await?;
    Ok(edges)
}

fn decide(
    board: &Board,
    role: Role,
    task: &Task,
    change: &TaskChange,
    blocked_by: &[Uuid],
    cast: &Cast,
    now: DateTime<Utc>,
) -> Result<Task> {
    let present = task.assigned_agent_id.and_then(|id| cast.get(id));
    let rework = task.review_submitted_by_agent_id.and_then(|id| cast.worker(board, id));
    let case = Case {
        role,
        board,
        task,
        status: change.status,
        assignee: change.assigned_agent_id,
        agent: change.assigned_agent_id.flatten().and_then(|id| cast.get(id)),
        dependencies_changed: change.depends_on_task_ids.is_some(),
        has_comment: change.comment.is_some(),
        blocked_by,
        lead: cast.lead(board).map(|agent| agent.id),
        rework: rework.map(|agent| agent.id),
        assignee_is_offline: present.is_some_and(|agent| agent.shown_status(now) == "offline"),
        now,
    };
    transition::decide(&case).map(|outcome| outcome.task)
}

async fn check_gates(
    txn: &Txn,
    board: &Board,
    role: Role,
    old: &Task,
    new: &Task,
    change: &TaskChange,
) -> Result<()> {
    let step = Step { from: old.status, to: new.status, requested: change.status };
    let mut approvals = Approvals::default();
    if step.asks_for_no_pending_approval(board) {
        approvals.pending = has_pending_approval(txn, board.id, old.id).await?;
    }
    if step.asks_for_approval(board) {
        approvals.decision = last_decision(txn, board.id, old.id).await?;
    }
    gates::check_approvals(board, step, old.reopened_at, approvals)?;
    if step.asks_for_comment(board, role) && change.comment.is_none() {
        let found = match gates::comment_wanted(old, new, change.assigned_agent_id) {
            Some((agent, since)) => has_comment(txn, old.id, agent, since).await?,
            None => false,
        };
        if !found {
            return Err(gates::comment_missing());
        }
    }
    Ok(())
}

/// Whether a pending approval is linked to the task; the approval's own `task_id` counts only when it has no links.
async fn has_pending_approval(txn: &Txn, board_id: Uuid, task_id: Uuid) -> Result<bool> {
    let row: Option<(i32,)> = txn
        .optional(
            sql("SELECT 1 FROM approvals a WHERE a.board_id = $1 AND a.status = 'pending'
                   AND (EXISTS (SELECT 1 FROM approval_task_links l WHERE l.approval_id = a.id AND l.task_id = $2)
                     OR (a.task_id = $2 AND NOT EXISTS (SELECT 1 FROM approval_task_links l WHERE l.approval_id = a.id)))
                 LIMIT 1")
            .bind(board_id)
            .bind(task_id),
        )
        .await?;
    Ok(row.is_some())
}

/// The newest decision on an approval of the task.
async fn last_decision(txn: &Txn, board_id: Uuid, task_id: Uuid) -> Result<Option<Decision>> {
    let row: Option<(String, DateTime<Utc>)> = txn
        .optional(
            sql("SELECT a.status, coalesce(a.resolved_at, a.created_at) AS decided_at FROM approvals a
                 WHERE a.board_id = $1 AND a.status <> 'pending' AND a.id IN (
                     SELECT approval_id FROM approval_task_links WHERE task_id = $2
                     UNION SELECT id FROM approvals WHERE task_id = $2)
                 ORDER BY decided_at DESC, a.id DESC LIMIT 1")
            .bind(board_id)
            .bind(task_id),
        )
        .await?;
    Ok(row.map(|(status, at)| Decision { approved: status == "approved", at }))
}

async fn has_comment(txn: &Txn, task_id: Uuid, agent_id: Uuid, since: DateTime<Utc>) -> Result<bool> {
    let row: Option<(i32,)> = txn
        .optional(
            sql("SELECT 1 FROM task_comments WHERE task_id = $1 AND agent_id = $2 AND created_at >= $3 LIMIT 1")
                .bind(task_id)
                .bind(agent_id)
                .bind(since),
        )
        .await?;
    Ok(row.is_some())
}

fn write_texts(task: &mut Task, change: &TaskChange) {
    if let Some(title) = &change.title {
        task.title.clone_from(title);
    }
    if let Some(description) = &change.description {
        task.description.clone_from(description);
    }
    if let Some(priority) = &change.priority {
        task.priority.clone_from(priority);
    }
    if let Some(due_at) = change.due_at {
        task.due_at = due_at;
    }
}

/// Writes the texts, and the progress only when this change was allowed to move the task: see the
/// module's text on locks.
async fn save(txn: &Txn, task: &Task, moves: bool) -> Result<()> {
    let update = if moves {
        sql("UPDATE tasks SET title = $2, description = $3, priority = $4, due_at = $5, updated_at = $6, status = $7,
                 assigned_agent_id = $8, in_progress_at = $9, previous_in_progress_at = $10, reopened_at = $11,
                 review_submitted_by_agent_id = $12
             WHERE id = $1")
    } else {
        sql(
            "UPDATE tasks SET title = $2, description = $3, priority = $4, due_at = $5, updated_at = $6 WHERE id = $1",
        )
    };
    let update = update
        .bind(task.id)
        .bind(task.title.as_str())
        .bind(task.description.as_deref())
        .bind(task.priority.as_str())
        .bind(task.due_at)
        .bind(task.updated_at);
    let update = if moves {
        update
            .bind(task.status.as_str())
            .bind(task.assigned_agent_id)
            .bind(task.in_progress_at)
            .bind(task.previous_in_progress_at)
            .bind(task.reopened_at)
            .bind(task.review_submitted_by_agent_id)
    } else {
        update
    };
    txn.run_one(update).await?;
    Ok(())
}

/// Exactly one event for the task itself.
async fn append(txn: &Txn, board: &Board, old: &Task, new: &Task, actor: &Actor) -> Result<()> {
    let (from, to) = (old.status.as_str(), new.status.as_str());
    let event = if from == to {
        NewEvent::new("task.updated", board.organization_id).message(format!("Task updated: {}", new.title))
    } else {
        NewEvent::new("task.status_changed", board.organization_id)
            .message(format!("Task moved to {to}: {}", new.title))
            .data(json!({ "from_status": from, "to_status": to }))
    };
    let event = event.board(board.id).task(new.id).agent(actor.agent_id()).user(actor.user_id());
    txn.append(event.activity()).await?;
    Ok(())
}

/// Tells the agents that gained or lost the task.
async fn tell(txn: &Txn, board: &Board, role: Role, old: &Task, new: &Task, cast: &Cast) -> Result<()> {
    if board.gateway_id.is_none() {
        return Ok(());
    }
    let own = match role {
        Role::User => None,
        Role::Lead(id) | Role::Worker(id) => Some(id),
    };
    let gained =
        new.assigned_agent_id.filter(|id| new.assigned_agent_id != old.assigned_agent_id && Some(*id) != own);
    let mut notices = Vec::new();
    if let Some(recipient) = gained.and_then(|id| cast.get(id)) {
        let is_rework = matches!(role, Role::Lead(_))
            && old.status == TaskStatus::Review
            && new.status == TaskStatus::Inbox;
        let occasion = if is_rework {
            Occasion::ChangesRequested(last_words(txn, new.id, own).await?)
        } else {
            notify::assignment(recipient, new.status)
        };
        notices.push(Notice { recipient, occasion });
    }
    let lead = cast.lead(board).filter(|_| !matches!(role, Role::Lead(_)));
    if let Some(recipient) = lead.filter(|_| notify::is_back_in_inbox(old, new)) {
        notices.push(Notice { recipient, occasion: Occasion::BackInInbox });
    }
    notify::send(txn, board, new, &notices).await
}

/// The newest comment of an agent on a task.
async fn last_words(txn: &Txn, task_id: Uuid, agent_id: Option<Uuid>) -> Result<Option<String>> {
    let row: Option<(String,)> = txn
        .optional(
            sql("SELECT message FROM task_comments WHERE task_id = $1 AND agent_id = $2
                 ORDER BY created_at DESC, id DESC LIMIT 1")
            .bind(task_id)
            .bind(agent_id),
        )
        .await?;
    Ok(row.map(|(message,)| message))
}

/// Tells the agents whose tasks went back to the inbox because this one was reopened, and the lead.
async fn tell_stopped(txn: &Txn, board: &Board, reopened: &Task, dependents: &[Dependent]) -> Result<()> {
    let reset: Vec<&Task> =
        dependents.iter().filter(|dependent| dependent.was_reset).map(|dependent| &dependent.task).collect();
    if board.gateway_id.is_none() || reset.is_empty() {
        return Ok(());
    }
    let cast = Cast::load(txn, board, reset.iter().filter_map(|task| task.assigned_agent_id)).await?;
    for task in reset {
        let now = Task { status: TaskStatus::Inbox, assigned_agent_id: None, ..task.clone() };
        let former = task.assigned_agent_id.and_then(|id| cast.get(id));
        let stopped =
            former.map(|recipient| Notice { recipient, occasion: Occasion::Stopped(reopened.title.clone()) });
        let lead = cast.lead(board).filter(|_| notify::is_back_in_inbox(task, &now));
        let back = lead.map(|recipient| Notice { recipient, occasion: Occasion::BackInInbox });
        let notices: Vec<Notice<'_>> = stopped.into_iter().chain(back).collect();
        notify::send(txn, board, &now, &notices).await?;
    }
    Ok(())
}
