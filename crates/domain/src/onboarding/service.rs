//! Use cases on interviews.

use mc_store::{Json, Read, Txn, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::{
    AgentUpdate, Completion, Confirmation, Interview, Message, Session, delivery, queries, rules, texts,
};
use crate::{
    Context, Error, Kind, Result,
    access::{Actor, BoardReader, BoardWriter},
    boards::{self, Board},
    coordination::{dispatch, leads},
    gateways, users,
};

/// The largest result or question of an agent, in bytes as it is kept.
const UPDATE_MAX: usize = 256 * 1024;

/// The interview of a board.
///
/// # Errors
/// `NotFound` when there was none yet.
pub async fn get(context: &Context, scope: &BoardReader) -> Result<Interview> {
    let session = queries::latest(context.store(), scope.board().id).await?.ok_or_else(Error::not_found)?;
    queries::interview(context.store(), session).await
}

/// Begins an interview, or takes up the one that is under way: when its agent owes an answer it is asked again. The
/// message goes out after the commit, also when the gateway is away for a while; the interview tells how far it is.
///
/// # Errors
/// `Invalid` when the board has no usable gateway.
pub async fn start(context: &Context, scope: &BoardWriter) -> Result<Interview> {
    let board = scope.board();
    dispatch::target_of(context, board).await?;
    let gateway_id = board.gateway_id.ok_or_else(Error::not_found)?;
    let txn = context.store().begin().await?;
    boards::service::lock(&txn, board.id).await?;
    let active = queries::latest(&txn, board.id).await?.filter(|session| session.status == "active");
    let (session, message) = match active {
        Some(session) => match queries::last_message(&txn, session.id).await? {
            Some(message) if message.role == "user" => (session, message),
            _ => return queries::interview(&txn, session).await,
        },
        None => {
            let session = insert(&txn, board, &gateways::main_session(gateway_id)).await?;
            let text = texts::request(board, context.base_url());
            let message = say(&txn, &session, &text).await?;
            (session, message)
        }
    };
    delivery::send(&txn, board, gateway_id, &message).await?;
    touch(&txn, board, &session, None).await?;
    let interview = queries::by_id(&txn, session.id).await?;
    txn.commit().await?;
    Ok(interview)
}

/// Passes a person's answer on to the agent that asked, after the commit. The same answer again, while it is not
/// delivered, is another try of the same message.
///
/// # Errors
/// `NotFound` without an interview; `Invalid` when the board has no usable gateway; `Conflict` when the interview is
/// too long.
pub async fn answer(
    context: &Context,
    scope: &BoardWriter,
    answer: &str,
    other: Option<&str>,
) -> Result<Interview> {
    let board = scope.board();
    if queries::latest(context.store(), board.id).await?.is_none() {
        return Err(Error::not_found());
    }
    dispatch::target_of(context, board).await?;
    let gateway_id = board.gateway_id.ok_or_else(Error::not_found)?;
    let text = rules::answer_text(answer, other);
    let txn = context.store().begin().await?;
    boards::service::lock(&txn, board.id).await?;
    let session = queries::latest(&txn, board.id).await?.ok_or_else(Error::not_found)?;
    let undelivered = queries::last_message(&txn, session.id).await?.filter(|message| {
        message.role == "user"
            && message.content == text
            && message.delivery_status.as_deref() != Some("delivered")
    });
    let message = match undelivered {
        Some(message) => message,
        None => say(&txn, &session, &text).await?,
    };
    delivery::send(&txn, board, gateway_id, &message).await?;
    touch(&txn, board, &session, None).await?;
    let interview = queries::by_id(&txn, session.id).await?;
    txn.commit().await?;
    Ok(interview)
}

/// Takes the next question, or the result, of the agent that leads the interview.
///
/// # Errors
/// `Forbidden` unless the caller is the main agent of the board's gateway; `NotFound` without an interview;
/// `Conflict` when a person has accepted its result, or it is too long; `Invalid` when the update is too large.
pub async fn update(context: &Context, scope: &BoardWriter, update: &AgentUpdate) -> Result<Interview> {
    let board = scope.board();
    check_interviewer(scope)?;
    let content = rules::transcript(update);
    if content.len() > UPDATE_MAX {
        return Err(Error::invalid(format!("An update may have at most {UPDATE_MAX} bytes")));
    }
    let txn = context.store().begin().await?;
    boards::service::lock(&txn, board.id).await?;
    let session = queries::latest(&txn, board.id).await?.ok_or_else(Error::not_found)?;
    if session.is_confirmed() {
        return Err(Error::new(Kind::Conflict));
    }
    append(&txn, &session, "assistant", &content, None).await?;
    let draft = match update {
        AgentUpdate::Question(_) => None,
        AgentUpdate::Complete(completion) => Some(completion.as_ref()),
    };
    touch(&txn, board, &session, draft).await?;
    let interview = queries::by_id(&txn, session.id).await?;
    txn.commit().await?;
    Ok(interview)
}

/// Accepts the result of an interview: the board gets its goal and its lead, and blank fields of the person's profile
/// are filled with what the agent learned. The lead is set up on the gateway afterwards. Repeating it with the same goal changes nothing.
///
/// # Errors
/// `NotFound` without an interview; `Invalid` when the board has no usable gateway; `Conflict` when there is no result
/// yet, or another goal was accepted before.
pub async fn confirm(context: &Context, scope: &BoardWriter, goal: Confirmation) -> Result<Board> {
    if queries::latest(context.store(), scope.board().id).await?.is_none() {
        return Err(Error::not_found());
    }
    dispatch::target_of(context, scope.board()).await?;
    let txn = context.store().begin().await?;
    let board = boards::service::lock(&txn, scope.board().id).await?;
    let session = queries::latest(&txn, board.id).await?.ok_or_else(Error::not_found)?;
    if session.is_confirmed() {
        return if rules::is_goal_of(&board, &goal) {
            Ok(board)
        } else {
            Err(Error::conflict("The interview is confirmed already, with another goal")
                .code("onboarding_confirmed"))
        };
    }
    let Some(Json(draft)) = &session.draft_goal else {
        return Err(Error::conflict("The interview has no result yet").code("onboarding_incomplete"));
    };
    let gateway_id = board.gateway_id.ok_or_else(|| Error::invalid("Board gateway_id is required"))?;
    let board = set_goal(&txn, scope, &board, goal, draft).await?;
    txn.run_one(
        sql("UPDATE board_onboarding_sessions SET status = 'confirmed', updated_at = $2 WHERE id = $1")
            .bind(session.id)
            .bind(txn.now()),
    )
    .await?;
    note(&txn, (board.organization_id, board.id), session.id, "confirmed").await?;
    fill_profile(&txn, scope, draft).await?;
    let (lead, _) = leads::ensure(context, &txn, &board, gateway_id, rules::wanted_lead(Some(draft))).await?;
    leads::provision_later(&txn, &lead).await?;
    txn.commit().await?;
    Ok(board)
}

/// Lets only the main agent of the board's gateway through, under the session that belongs to it.
fn check_interviewer(scope: &BoardWriter) -> Result<()> {
    let Actor::Agent(agent) = scope.actor() else { return Err(Error::unauthorized()) };
    let Some(gateway_id) = scope.board().gateway_id.filter(|_| agent.board_id.is_none()) else {
        return Err(Error::forbidden());
    };
    if !dispatch::is_main_session(agent, gateway_id) {
        return Err(Error::text(Kind::Forbidden, "Only the main agent of the board's gateway may do this"));
    }
    Ok(())
}

async fn insert(txn: &Txn, board: &Board, session_key: &str) -> Result<Session> {
    Ok(txn
        .one(
            sql("INSERT INTO board_onboarding_sessions (id, board_id, session_key, status, created_at, updated_at)
                 VALUES ($1, $2, $3, 'active', $4, $4)
                 RETURNING id, board_id, session_key, status, draft_goal, created_at, updated_at")
            .bind(txn.new_id())
            .bind(board.id)
            .bind(session_key)
            .bind(txn.now()),
        )
        .await?)
}

/// Appends what this side says; it is still to be delivered.
async fn say(txn: &Txn, session: &Session, text: &str) -> Result<Message> {
    append(txn, session, "user", text, Some("pending")).await
}

async fn append(
    txn: &Txn,
    session: &Session,
    role: &str,
    content: &str,
    delivery: Option<&str>,
) -> Result<Message> {
    let (count,): (i64,) = txn
        .one(sql("SELECT count(*) FROM board_onboarding_messages WHERE session_id = $1").bind(session.id))
        .await?;
    if count >= rules::MESSAGES_MAX {
        return Err(Error::conflict(format!(
            "The interview has {} messages already; no more are taken",
            rules::MESSAGES_MAX
        ))
        .code("onboarding_too_long"));
    }
    Ok(txn
        .one(
            sql("INSERT INTO board_onboarding_messages (id, session_id, role, content, delivery_status, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 RETURNING id, role, content, delivery_status, delivery_error, created_at")
            .bind(txn.new_id())
            .bind(session.id)
            .bind(role)
            .bind(content)
            .bind(delivery)
            .bind(txn.now()),
        )
        .await?)
}

/// Writes down that something happened, and the result if that is what happened.
async fn touch(txn: &Txn, board: &Board, session: &Session, draft: Option<&Completion>) -> Result<()> {
    let status = match draft {
        Some(draft) => {
            txn.run(
                sql("UPDATE board_onboarding_sessions SET updated_at = $2, status = 'completed', draft_goal = $3
                     WHERE id = $1 AND status <> 'confirmed'")
                .bind(session.id)
                .bind(txn.now())
                .bind(Json(draft)),
            )
            .await?;
            "completed"
        }
        None => {
            txn.run(
                sql("UPDATE board_onboarding_sessions SET updated_at = $2 WHERE id = $1")
                    .bind(session.id)
                    .bind(txn.now()),
            )
            .await?;
            session.status.as_str()
        }
    };
    note(txn, (board.organization_id, board.id), session.id, status).await
}

/// Tells open views that something happened in an interview; `place` is the tenant and the board.
pub(super) async fn note(txn: &Txn, place: (Uuid, Uuid), session_id: Uuid, status: &str) -> Result<()> {
    let (organization_id, board_id) = place;
    txn.append(
        NewEvent::new("onboarding.updated", organization_id)
            .board(board_id)
            .data(json!({ "session_id": session_id, "status": status })),
    )
    .await?;
    Ok(())
}

async fn set_goal(
    txn: &Txn,
    scope: &BoardWriter,
    board: &Board,
    goal: Confirmation,
    draft: &Completion,
) -> Result<Board> {
    let board: Board = txn
        .one(
            sql("UPDATE boards SET board_type = $2, objective = $3, success_metrics = $4, target_date = $5,
                     goal_confirmed = TRUE, goal_source = $6, require_approval_for_done = $7
                 WHERE id = $1 RETURNING *")
            .bind(board.id)
            .bind(goal.board_type)
            .bind(goal.objective)
            .bind(goal.success_metrics.map(Json))
            .bind(goal.target_date)
            .bind(rules::GOAL_SOURCE)
            .bind(!rules::is_fully_autonomous(draft.lead_agent.as_ref())),
        )
        .await?;
    txn.append(
        NewEvent::new("board.updated", board.organization_id).board(board.id).user(scope.actor().user_id()),
    )
    .await?;
    Ok(board)
}

async fn fill_profile(txn: &Txn, scope: &BoardWriter, draft: &Completion) -> Result<()> {
    let (Some(user_id), Some(learned)) = (scope.actor().user_id(), &draft.user_profile) else {
        return Ok(());
    };
    let Some(user) = users::service::by_id(txn, user_id).await? else { return Ok(()) };
    let filled = rules::filled_profile(&user, learned);
    if filled == user {
        return Ok(());
    }
    txn.run(
        sql("UPDATE users SET preferred_name = $2, pronouns = $3, timezone = $4, notes = $5, context = $6 WHERE id = $1")
            .bind(user_id)
            .bind(filled.preferred_name)
            .bind(filled.pronouns)
            .bind(filled.timezone)
            .bind(filled.notes)
            .bind(filled.context),
    )
    .await?;
    Ok(())
}
