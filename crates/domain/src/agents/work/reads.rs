//! The statements behind what waits for agents. Agents are named by the first and the last of their ids.

use chrono::{DateTime, Utc};
use mc_store::{Read, sql};
use uuid::Uuid;

use crate::{Result, approvals::ApprovalStatus, tasks::TaskStatus};

/// Which agents a statement is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) first: Uuid,
    pub(super) last: Uuid,
    pub(super) organization_id: Option<Uuid>,
}

/// The ids of the agents.
macro_rules! agents {
    () => {
        "(SELECT a.id FROM agents a WHERE a.id BETWEEN $1 AND $2 AND (a.organization_id = $3 OR $3 IS NULL))"
    };
}

/// The boards of the agents.
macro_rules! boards {
    () => {
        "(SELECT a.board_id FROM agents a WHERE a.id BETWEEN $1 AND $2 AND (a.organization_id = $3 OR $3 IS NULL))"
    };
}

/// Whether a task waits for others, or for a decision.
macro_rules! is_held_up {
    () => {
        "(EXISTS (SELECT 1 FROM task_dependencies d JOIN tasks n ON n.id = d.depends_on_task_id
                  WHERE d.task_id = t.id AND n.status <> 'done')
          OR EXISTS (SELECT 1 FROM approval_task_links l WHERE l.task_id = t.id AND l.is_pending))"
    };
}

/// The tasks of one agent.
#[derive(sqlx::FromRow)]
pub(super) struct Assigned {
    pub(super) agent_id: Uuid,
    pub(super) assigned: i64,
    pub(super) rework: i64,
    pub(super) newest: Option<DateTime<Utc>>,
}

pub(super) async fn assigned(on: &impl Read, span: Span) -> Result<Vec<Assigned>> {
    Ok(on
        .all(
            sql(concat!(
                "SELECT t.assigned_agent_id AS agent_id, count(*) AS assigned,
                     CAST(sum(CASE WHEN t.review_submitted_by_agent_id = t.assigned_agent_id THEN 1 ELSE 0 END) AS BIGINT)
                         AS rework,
                     max(t.updated_at) AS newest
                 FROM tasks t WHERE t.status IN ('inbox', 'in_progress') AND t.assigned_agent_id IN ",
                agents!(),
                " AND NOT ",
                is_held_up!(),
                " GROUP BY t.assigned_agent_id"
            ))
            .bind(span.first)
            .bind(span.last)
            .bind(span.organization_id),
        )
        .await?)
}

/// The tasks that wait for the lead of a board.
#[derive(sqlx::FromRow)]
pub(super) struct Led {
    pub(super) agent_id: Uuid,
    pub(super) inbox: i64,
    pub(super) review: i64,
    pub(super) overdue: i64,
    pub(super) newest: Option<DateTime<Utc>>,
}

pub(super) async fn led(on: &impl Read, span: Span, now: DateTime<Utc>) -> Result<Vec<Led>> {
    Ok(on
        .all(
            sql(concat!(
                "SELECT agent_id, CAST(sum(inbox) AS BIGINT) AS inbox, CAST(sum(review) AS BIGINT) AS review,
                     CAST(sum(overdue) AS BIGINT) AS overdue, max(updated_at) AS newest
                 FROM (
                     SELECT lead.id AS agent_id, t.updated_at AS updated_at,
                         CASE WHEN t.status = 'inbox' AND t.assigned_agent_id IS NULL THEN 1 ELSE 0 END AS inbox,
                         CASE WHEN t.status = 'review' THEN 1 ELSE 0 END AS review,
                         CASE WHEN t.due_at < $4 THEN 1 ELSE 0 END AS overdue
                     FROM agents lead JOIN tasks t ON t.board_id = lead.board_id
                     WHERE lead.is_board_lead AND t.status <> 'done' AND lead.id IN ",
                agents!(),
                " AND NOT ",
                is_held_up!(),
                ") AS open WHERE inbox + review + overdue > 0 GROUP BY agent_id"
            ))
            .bind(span.first)
            .bind(span.last)
            .bind(span.organization_id)
            .bind(now),
        )
        .await?)
}

/// The open questions on the boards of a main agent's gateway.
#[derive(sqlx::FromRow)]
pub(super) struct Asked {
    pub(super) agent_id: Uuid,
    pub(super) questions: i64,
    pub(super) newest: Option<DateTime<Utc>>,
}

pub(super) async fn questions(on: &impl Read, span: Span) -> Result<Vec<Asked>> {
    Ok(on
        .all(
            sql(concat!(
                "SELECT main.id AS agent_id, count(*) AS questions, max(q.created_at) AS newest
                 FROM agents main JOIN boards b ON b.gateway_id = main.gateway_id
                     JOIN agent_questions q ON q.board_id = b.id AND q.answered_at IS NULL
                 WHERE main.board_id IS NULL AND b.paused_at IS NULL AND main.id IN ",
                agents!(),
                " GROUP BY main.id"
            ))
            .bind(span.first)
            .bind(span.last)
            .bind(span.organization_id),
        )
        .await?)
}

/// What somebody wrote. The content is left out where it addresses nobody.
#[derive(sqlx::FromRow)]
pub(super) struct Said {
    pub(super) board_id: Uuid,
    pub(super) author_agent_id: Option<Uuid>,
    pub(super) assigned_agent_id: Option<Uuid>,
    pub(super) content: String,
    pub(super) created_at: DateTime<Utc>,
}

/// The newest chat messages of the boards, but for those that stop and resume their agents.
pub(super) async fn chat(on: &impl Read, span: Span, since: DateTime<Utc>) -> Result<Vec<Said>> {
    Ok(on
        .all(
            sql(concat!(
                "SELECT m.board_id, m.agent_id AS author_agent_id, m.agent_id AS assigned_agent_id, m.created_at,
                     CASE WHEN m.content LIKE '%@%' THEN m.content ELSE '' END AS content
                 FROM board_memory m WHERE m.is_chat AND m.created_at > $4
                     AND lower(trim(m.content)) NOT IN ('/pause', '/resume') AND m.board_id IN ",
                boards!(),
                " ORDER BY m.created_at DESC, m.id DESC LIMIT 1000"
            ))
            .bind(span.first)
            .bind(span.last)
            .bind(span.organization_id)
            .bind(since),
        )
        .await?)
}

/// The newest comments on the boards that are on a task of one of the agents, or address somebody.
pub(super) async fn comments(on: &impl Read, span: Span, since: DateTime<Utc>) -> Result<Vec<Said>> {
    Ok(on
        .all(
            sql(concat!(
                "SELECT c.board_id, c.agent_id AS author_agent_id, t.assigned_agent_id, c.created_at,
                     CASE WHEN c.message LIKE '%@%' THEN c.message ELSE '' END AS content
                 FROM task_comments c JOIN tasks t ON t.id = c.task_id
                 WHERE c.created_at > $4 AND (t.assigned_agent_id IS NOT NULL OR c.message LIKE '%@%')
                     AND c.board_id IN ",
                boards!(),
                " ORDER BY c.created_at DESC, c.id DESC LIMIT 1000"
            ))
            .bind(span.first)
            .bind(span.last)
            .bind(span.organization_id)
            .bind(since),
        )
        .await?)
}

/// Something that happened on a board and concerns an agent, or its lead.
#[derive(sqlx::FromRow)]
pub(super) struct Happened {
    pub(super) board_id: Uuid,
    pub(super) agent_id: Option<Uuid>,
    pub(super) is_for_lead: bool,
    pub(super) at: DateTime<Utc>,
}

/// The newest decisions on the boards. The lead hears of all of them.
pub(super) async fn decided(on: &impl Read, span: Span, since: DateTime<Utc>) -> Result<Vec<Happened>> {
    Ok(on
        .all(
            sql(concat!(
                "SELECT p.board_id, p.agent_id, TRUE AS is_for_lead, p.resolved_at AS at FROM approvals p
                 WHERE p.resolved_at > $4 AND p.status <> 'pending' AND p.board_id IN ",
                boards!(),
                " ORDER BY p.resolved_at DESC, p.id DESC LIMIT 1000"
            ))
            .bind(span.first)
            .bind(span.last)
            .bind(span.organization_id)
            .bind(since),
        )
        .await?)
}

/// The newest payloads of webhooks that reached nobody: they are for the agent of the webhook, else for the lead.
pub(super) async fn undelivered(on: &impl Read, span: Span, since: DateTime<Utc>) -> Result<Vec<Happened>> {
    Ok(on
        .all(
            sql(concat!(
                "SELECT p.board_id, w.agent_id, w.agent_id IS NULL AS is_for_lead, p.delivery_updated_at AS at
                 FROM board_webhook_payloads p JOIN board_webhooks w ON w.id = p.webhook_id
                 WHERE p.delivery_status = 'failed' AND p.delivery_updated_at > $4 AND p.board_id IN ",
                boards!(),
                " ORDER BY p.delivery_updated_at DESC, p.id DESC LIMIT 1000"
            ))
            .bind(span.first)
            .bind(span.last)
            .bind(span.organization_id)
            .bind(since),
        )
        .await?)
}

/// An open task, as its agent is told of it when it checks in.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenTask {
    /// The id.
    pub id: Uuid,
    /// The title: a text from outside.
    pub title: String,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub status: TaskStatus,
    /// `low`, `medium`, `high`, or a word of the caller's own.
    pub priority: String,
    /// Until when it is wanted.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether it came back from review.
    pub is_rework: bool,
    /// Whether it waits for another task or for a decision.
    pub is_held_up: bool,
}

/// The open tasks of an agent: those in progress first, then by due date and age, at most `limit`.
pub(in super::super) async fn tasks_of(on: &impl Read, agent_id: Uuid, limit: i64) -> Result<Vec<OpenTask>> {
    Ok(on
        .all(
            sql(concat!(
                "SELECT t.id, t.title, t.status, t.priority, t.due_at, ",
                is_held_up!(),
                " AS is_held_up,
                     coalesce(t.review_submitted_by_agent_id = t.assigned_agent_id AND t.status <> 'review', FALSE)
                         AS is_rework
                 FROM tasks t WHERE t.assigned_agent_id = $1 AND t.status <> 'done'
                 ORDER BY CASE t.status WHEN 'in_progress' THEN 0 WHEN 'inbox' THEN 1 ELSE 2 END,
                     CASE WHEN t.due_at IS NULL THEN 1 ELSE 0 END, t.due_at, t.created_at, t.id LIMIT $2"
            ))
            .bind(agent_id)
            .bind(limit),
        )
        .await?)
}

/// A task that a person has made and given to an agent, as the lead of the board is told of it when it checks in.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct GivenTask {
    /// The id.
    pub id: Uuid,
    /// The title: a text from outside.
    pub title: String,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub status: TaskStatus,
    /// Who has it.
    pub assigned_agent_id: Uuid,
    /// The name of who has it.
    pub assignee: String,
}

/// The tasks of a board that people have made since a time and that others than the lead have; newest first.
pub(in super::super) async fn given_tasks(
    on: &impl Read,
    (board_id, lead_id): (Uuid, Uuid),
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<GivenTask>> {
    Ok(on
        .all(
            sql("SELECT t.id, t.title, t.status, t.assigned_agent_id, a.name AS assignee
                 FROM tasks t JOIN agents a ON a.id = t.assigned_agent_id
                 WHERE t.board_id = $1 AND t.created_at > $3 AND t.created_by_user_id IS NOT NULL
                   AND t.assigned_agent_id <> $2
                 ORDER BY t.created_at DESC, t.id DESC LIMIT $4")
            .bind(board_id)
            .bind(lead_id)
            .bind(since)
            .bind(limit),
        )
        .await?)
}

/// A decision, as an agent is told of it when it checks in.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Decision {
    /// The approval.
    pub id: Uuid,
    /// What was to be approved.
    pub action_type: String,
    /// What was decided.
    #[sqlx(try_from = "String")]
    pub status: ApprovalStatus,
    /// The first task that it is about.
    pub task_id: Option<Uuid>,
    /// When it was decided.
    pub resolved_at: DateTime<Utc>,
}

/// The newest decisions on a board since a time, at most `limit`: those that the agent asked for, and for its lead all.
pub(in super::super) async fn decisions(
    on: &impl Read,
    (board_id, agent_id, is_lead): (Uuid, Uuid, bool),
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Decision>> {
    Ok(on
        .all(
            sql("SELECT p.id, p.action_type, p.status, p.task_id, p.resolved_at FROM approvals p
                 WHERE p.board_id = $1 AND (p.agent_id = $2 OR $3) AND p.resolved_at > $4 AND p.status <> 'pending'
                 ORDER BY p.resolved_at DESC, p.id DESC LIMIT $5")
            .bind(board_id)
            .bind(agent_id)
            .bind(is_lead)
            .bind(since)
            .bind(limit),
        )
        .await?)
}
