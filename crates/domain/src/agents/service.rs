//! What the use cases on agents share: loading, locking, writing, and the plain reads of other subjects.

use mc_base::SecretString;
use mc_store::{Engine, Read, Txn, events::NewEvent, sql};
use uuid::Uuid;

use super::{Agent, LifecycleState, model::agent_columns, tokens};
use crate::{Context, Error, Result};

/// Finds an agent by id.
///
/// # Errors
/// When the database cannot be reached.
pub async fn by_id(on: &impl Read, id: Uuid) -> Result<Option<Agent>> {
    Ok(on.optional(sql(concat!("SELECT ", agent_columns!(), " FROM agents WHERE id = $1")).bind(id)).await?)
}

/// The agents of a board, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_board(on: &impl Read, board_id: Uuid) -> Result<Vec<Agent>> {
    Ok(on
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE board_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1000"
            ))
            .bind(board_id),
        )
        .await?)
}

/// The agent that leads a board, if there is one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn lead_of(on: &impl Read, board_id: Uuid) -> Result<Option<Agent>> {
    Ok(on
        .optional(
            sql(concat!("SELECT ", agent_columns!(), " FROM agents WHERE board_id = $1 AND is_board_lead"))
                .bind(board_id),
        )
        .await?)
}

/// Loads an agent and keeps others from changing it until the transaction ends. Whoever needs the
/// lock of its board takes that first.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn lock(txn: &Txn, id: Uuid) -> Result<Agent> {
    let select = match txn.engine() {
        Engine::Sqlite => sql(concat!("SELECT ", agent_columns!(), " FROM agents WHERE id = $1")),
        Engine::Postgres => {
            sql(concat!("SELECT ", agent_columns!(), " FROM agents WHERE id = $1 FOR NO KEY UPDATE"))
        }
    };
    txn.optional(select.bind(id)).await?.ok_or_else(Error::not_found)
}

/// What an agent is made from. The rules of who may make one stand with the caller.
#[derive(Clone, Debug)]
pub struct NewAgent {
    /// The tenant.
    pub organization_id: Uuid,
    /// The board it works on.
    pub board_id: Option<Uuid>,
    /// The gateway it lives on.
    pub gateway_id: Option<Uuid>,
    /// The name.
    pub name: String,
    /// Whether it leads its board.
    pub is_board_lead: bool,
}

/// Writes an agent with a new token. The token is given back once and kept only as a digest.
///
/// # Errors
/// When the database refuses it, such as a second lead of a board.
pub async fn insert(context: &Context, txn: &Txn, new: NewAgent) -> Result<(Agent, SecretString)> {
    let agent = insert_row(txn, new).await?;
    let token = tokens::issue(context, txn, agent.id, true).await?;
    Ok((agent, token))
}

/// Writes an agent without a token: nobody can call as it yet.
pub(super) async fn insert_row(txn: &Txn, new: NewAgent) -> Result<Agent> {
    Ok(txn
        .one(
            sql(concat!(
                "INSERT INTO agents (id, organization_id, gateway_id, board_id, name, is_board_lead, created_at, updated_at, folded_name)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8) RETURNING ",
                agent_columns!()
            ))
            .bind(txn.new_id())
            .bind(new.organization_id)
            .bind(new.gateway_id)
            .bind(new.board_id)
            .bind(new.name.clone())
            .bind(new.is_board_lead)
            .bind(txn.now())
            .bind(new.name.to_lowercase()),
        )
        .await?)
}

/// Writes an agent that was loaded under its lock, as changed now.
pub(super) async fn save(txn: &Txn, agent: Agent) -> Result<Agent> {
    Ok(txn
        .one(
            sql(concat!(
                "UPDATE agents SET gateway_id = $2, board_id = $3, name = $4, folded_name = $5, status = $6,
                     status_note = $7, is_board_lead = $8, openclaw_session_id = $9, heartbeat_config = $10,
                     identity_profile = $11, identity_template = $12, soul_template = $13, last_seen_at = $14,
                     token_expires_at = $15, lifecycle_state = $16, lifecycle_generation = $17,
                     provision_action = $18, provision_requested_at = $19, last_provision_error = $20,
                     wake_attempts = $21, checkin_deadline_at = $22, missed_checkins = $23, next_attempt_at = $24,
                     waits_for_gateway_since = $25, setup_failures = $26, provision_report = $27, files_version = $28,
                     files_base_url = $29, files_wanted_at = $30, updated_at = $31
                 WHERE id = $1 RETURNING ",
                agent_columns!()
            ))
            .bind(agent.id)
            .bind(agent.gateway_id)
            .bind(agent.board_id)
            .bind(agent.name.as_str())
            .bind(agent.name.to_lowercase())
            .bind(agent.status)
            .bind(agent.status_note)
            .bind(agent.is_board_lead)
            .bind(agent.openclaw_session_id)
            .bind(agent.heartbeat_config)
            .bind(agent.identity_profile)
            .bind(agent.identity_template)
            .bind(agent.soul_template)
            .bind(agent.last_seen_at)
            .bind(agent.token_expires_at)
            .bind(agent.lifecycle_state.as_str())
            .bind(agent.lifecycle_generation)
            .bind(agent.provision_action)
            .bind(agent.provision_requested_at)
            .bind(agent.last_provision_error)
            .bind(agent.wake_attempts)
            .bind(agent.checkin_deadline_at)
            .bind(agent.missed_checkins)
            .bind(agent.next_attempt_at)
            .bind(agent.waits_for_gateway_since)
            .bind(agent.setup_failures)
            .bind(agent.provision_report)
            .bind(agent.files_version)
            .bind(agent.files_base_url)
            .bind(agent.files_wanted_at)
            .bind(txn.now()),
        )
        .await?)
}

/// An event about an agent, on its board.
pub(super) fn event(kind: &'static str, agent: &Agent) -> NewEvent {
    let event = NewEvent::new(kind, agent.organization_id).agent(Some(agent.id));
    match agent.board_id {
        Some(board) => event.board(board),
        None => event,
    }
}

/// Refuses to change an agent that is being removed.
pub(super) fn refuse_deleting(agent: &Agent) -> Result<()> {
    if agent.lifecycle_state == LifecycleState::Deleting || agent.status == "deleting" {
        return Err(Error::conflict("The agent is being deleted"));
    }
    Ok(())
}

/// Keeps a soul with who wrote it, when it is another one than before.
pub(super) async fn keep_soul(
    txn: &Txn,
    old: Option<&str>,
    agent: &Agent,
    author: (Option<Uuid>, Option<Uuid>),
) -> Result<()> {
    let Some(soul) = agent.soul_template.as_deref().filter(|soul| old != Some(*soul)) else { return Ok(()) };
    txn.run_one(
        sql("INSERT INTO agent_soul_versions (id, agent_id, content, author_agent_id, author_user_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(txn.new_id())
        .bind(agent.id)
        .bind(soul)
        .bind(author.0)
        .bind(author.1)
        .bind(txn.now()),
    )
    .await?;
    Ok(())
}

/// What is known of a name where agents share a board or a gateway.
#[derive(sqlx::FromRow)]
pub(crate) struct Namesake {
    /// The agent that has the name.
    pub(crate) id: Uuid,
    /// Its board.
    pub(crate) board_id: Option<Uuid>,
}

/// Who has a name, in any case, on a board or on the boards of a gateway. The caller holds their locks.
pub(crate) async fn namesakes(
    txn: &Txn,
    board_id: Uuid,
    gateway_id: Option<Uuid>,
    name: &str,
) -> Result<Vec<Namesake>> {
    let folded = name.to_lowercase();
    Ok(match gateway_id {
        None => {
            txn.all(
                sql("SELECT id, board_id FROM agents WHERE board_id = $1 AND folded_name = $2")
                    .bind(board_id)
                    .bind(folded),
            )
            .await?
        }
        Some(gateway_id) => {
            txn.lock("gateway-names", gateway_id).await?;
            txn.all(
                sql("SELECT a.id, a.board_id FROM agents a JOIN boards b ON b.id = a.board_id
                     WHERE (a.board_id = $1 OR b.gateway_id = $2) AND a.folded_name = $3
                     ORDER BY a.created_at, a.id LIMIT 50")
                .bind(board_id)
                .bind(gateway_id)
                .bind(folded),
            )
            .await?
        }
    })
}

/// The refusal of a name that another agent has.
pub(super) fn name_is_taken(is_on_board: bool) -> Error {
    let text = if is_on_board {
        "name belongs to another agent of this board"
    } else {
        "name belongs to another agent on the gateway of this board"
    };
    Error::conflict(text).code("agent_name_taken")
}

/// Refuses a second lead of a board. The caller holds its lock.
pub(super) async fn refuse_second_lead(txn: &Txn, board_id: Uuid, agent_id: Option<Uuid>) -> Result<()> {
    match lead_of(txn, board_id).await? {
        Some(lead) if Some(lead.id) != agent_id => {
            Err(Error::conflict("is_board_lead: the board has a lead already").code("board_has_lead"))
        }
        _ => Ok(()),
    }
}
