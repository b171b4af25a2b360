//! Reads of interviews.

use mc_store::{Read, sql};
use uuid::Uuid;

use super::{Interview, Message, Session};
use crate::{Error, Result};

/// The interview of a board in which something happened last.
pub(super) async fn latest(on: &impl Read, board_id: Uuid) -> Result<Option<Session>> {
    Ok(on
        .optional(
            sql("SELECT id, board_id, session_key, status, draft_goal, created_at, updated_at
                 FROM board_onboarding_sessions WHERE board_id = $1
                 ORDER BY updated_at DESC, created_at DESC, id DESC LIMIT 1")
            .bind(board_id),
        )
        .await?)
}

/// An interview with what was said in it.
pub(super) async fn interview(on: &impl Read, session: Session) -> Result<Interview> {
    let messages: Vec<Message> = on
        .all(
            sql("SELECT id, role, content, delivery_status, delivery_error, created_at
                 FROM board_onboarding_messages WHERE session_id = $1 ORDER BY created_at, id LIMIT $2")
            .bind(session.id)
            .bind(super::rules::MESSAGES_MAX),
        )
        .await?;
    Ok(Interview { session, messages })
}

/// The last thing said in an interview.
pub(super) async fn last_message(on: &impl Read, session_id: Uuid) -> Result<Option<Message>> {
    Ok(on
        .optional(
            sql("SELECT id, role, content, delivery_status, delivery_error, created_at
                 FROM board_onboarding_messages WHERE session_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1")
            .bind(session_id),
        )
        .await?)
}

/// The interview with this id, as it is now.
pub(super) async fn by_id(on: &impl Read, id: Uuid) -> Result<Interview> {
    let session: Option<Session> = on
        .optional(
            sql("SELECT id, board_id, session_key, status, draft_goal, created_at, updated_at
                 FROM board_onboarding_sessions WHERE id = $1")
            .bind(id),
        )
        .await?;
    interview(on, session.ok_or_else(Error::not_found)?).await
}
