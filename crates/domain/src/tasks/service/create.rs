use mc_store::{Read, Txn, events::NewEvent, sql};
use uuid::Uuid;

use super::{
    super::{
        custom_fields::{self, Stored, Write},
        dependencies,
        history::{self, Change},
        model::{NewTask, Task, TaskDetail, TaskStatus},
        notify::{self, Notice, Occasion},
        queries,
        rules::{
            Role, assignee, blocked,
            gates::{self, Approvals, Step},
        },
        tags,
    },
    cast::Cast,
};
use crate::{
    Context, Error, Kind, Result,
    access::{Actor, BoardWriter},
    agents::Agent,
    boards::{self, Board},
};

/// Makes a task. The gates of the board hold for it as for a task that comes from the inbox.
///
/// # Errors
/// `Forbidden` for an agent that does not lead the board; `NotFound` for unknown dependencies, tags
/// or assignees; `Conflict` when dependencies or gates do not allow the status; `Invalid` for values
/// of custom fields.
pub async fn create(context: &Context, scope: &BoardWriter, new: NewTask) -> Result<TaskDetail> {
    let (board, actor) = (scope.board(), scope.actor());
    let role = Role::of(actor, board);
    if matches!(role, Role::Worker(_)) {
        return Err(Error::text(Kind::Forbidden, "Only people and the board's lead agent make tasks"));
    }
    let txn = context.store().begin().await?;
    let waits = !new.depends_on_task_ids.is_empty();
    if waits {
        // What it waits for must not be finished or reopened meanwhile.
        boards::service::lock(&txn, board.id).await?;
    }
    let id = txn.new_id();
    let edges = dependencies::check(&txn, board.id, id, &new.depends_on_task_ids).await?;
    let tags = tags::check(&txn, board.organization_id, &new.tag_ids).await?;
    let blocked_by = queries::open_ends(&edges);
    if !blocked_by.is_empty() && (new.assigned_agent_id.is_some() || new.status != TaskStatus::Inbox) {
        return Err(blocked(&blocked_by));
    }
    let cast = match (new.assigned_agent_id, board.gateway_id) {
        (None, None) => Cast::default(),
        (assignee, _) => Cast::load(&txn, board, assignee).await?,
    };
    let assignee = new.assigned_agent_id.and_then(|id| cast.get(id));
    if new.assigned_agent_id.is_some() {
        assignee::check(role, board, assignee)?;
    }
    check_gates(board, role, new.status)?;
    let created_by_user_id = creator(&txn, board, actor, new.created_by_user_id).await?;
    let definitions = custom_fields::definitions_of_board(&txn, board.id).await?;
    let writes = custom_fields::on_create(&definitions, &new.custom_field_values)?;

    let task = Task {
        id,
        board_id: board.id,
        title: new.title,
        description: new.description,
        status: new.status,
        priority: new.priority,
        due_at: new.due_at,
        in_progress_at: (new.status == TaskStatus::InProgress).then(|| txn.now()),
        previous_in_progress_at: None,
        reopened_at: None,
        review_submitted_by_agent_id: None,
        created_by_user_id,
        assigned_agent_id: new.assigned_agent_id,
        created_by_agent_id: actor.agent_id(),
        created_at: txn.now(),
        updated_at: txn.now(),
    };
    insert(&txn, &task).await?;
    history::record(&txn, &[Change::made(&task)]).await?;
    dependencies::insert(&txn, board.id, &edges).await?;
    tags::insert(&txn, id, &tags).await?;
    let stored: Stored = writes.iter().filter_map(stored_value).collect();
    custom_fields::write(&txn, id, writes).await?;
    txn.append(
        NewEvent::new("task.created", board.organization_id)
            .board(board.id)
            .task(id)
            .agent(actor.agent_id())
            .user(actor.user_id())
            .message(format!("Task created: {}", task.title))
            .activity(),
    )
    .await?;
    notify::send(&txn, board, &task, &notices(&task, role, cast.lead(board), assignee)).await?;
    txn.commit().await?;
    Ok(queries::assemble(task, &edges, tags, custom_fields::shown(&definitions, Some(&stored))))
}

fn stored_value(write: &Write) -> Option<(Uuid, serde_json::Value)> {
    match write {
        Write::Set(id, value) => Some((*id, value.clone())),
        Write::Clear(_) => None,
    }
}

/// A new task has no approvals and no comments, so a gate that wants either is closed.
fn check_gates(board: &Board, role: Role, status: TaskStatus) -> Result<()> {
    let step = Step { from: TaskStatus::Inbox, to: status, requested: Some(status) };
    gates::check_approvals(board, step, None, Approvals::default())?;
    if step.asks_for_comment(board, role) { Err(gates::comment_missing()) } else { Ok(()) }
}

/// In whose name the task is made: the caller's, or a member's whom an administrator names.
async fn creator(txn: &Txn, board: &Board, actor: &Actor, named: Option<Uuid>) -> Result<Option<Uuid>> {
    let Some(caller) = actor.user_id() else { return Ok(None) };
    let Some(named) = named.filter(|id| *id != caller) else { return Ok(Some(caller)) };
    let accepted: Option<(i32,)> = txn
        .optional(
            sql("SELECT 1 FROM organization_members c
                 JOIN organization_members m ON m.organization_id = c.organization_id
                 WHERE c.organization_id = $1 AND c.user_id = $2 AND c.role IN ('admin', 'owner') AND m.user_id = $3")
            .bind(board.organization_id)
            .bind(caller)
            .bind(named),
        )
        .await?;
    Ok(Some(if accepted.is_some() { named } else { caller }))
}

/// A person's task is news for whoever gets it; the lead decides about one that nobody has. Of one that somebody else has
/// the lead hears when it checks in: there is nothing to decide, and a message would call its model.
fn notices<'a>(
    task: &Task,
    role: Role,
    lead: Option<&'a Agent>,
    assignee: Option<&'a Agent>,
) -> Vec<Notice<'a>> {
    let notice = match (assignee, lead) {
        (Some(recipient), _) => {
            Some(Notice { recipient, occasion: notify::assignment(recipient, task.status) })
        }
        (None, Some(recipient)) if role == Role::User => {
            Some(Notice { recipient, occasion: Occasion::Added })
        }
        (None, _) => None,
    };
    notice.into_iter().collect()
}

async fn insert(txn: &Txn, task: &Task) -> Result<()> {
    let inserted = txn.run_one(
        sql("INSERT INTO tasks (id, board_id, title, description, status, priority, due_at, in_progress_at,
                 created_by_user_id, assigned_agent_id, created_by_agent_id, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
        .bind(task.id)
        .bind(task.board_id)
        .bind(task.title.as_str())
        .bind(task.description.as_deref())
        .bind(task.status.as_str())
        .bind(task.priority.as_str())
        .bind(task.due_at)
        .bind(task.in_progress_at)
        .bind(task.created_by_user_id)
        .bind(task.assigned_agent_id)
        .bind(task.created_by_agent_id)
        .bind(task.created_at)
        .bind(task.updated_at),
    )
    .await;
    match inserted {
        // The board, or whoever it was to be given to, is gone meanwhile.
        Err(error) if error.is_foreign_key_violation() => Err(Error::not_found()),
        other => Ok(other?),
    }
}
