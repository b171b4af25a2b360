//! What agents are told of a change of their board, or of the group that it is in.

use std::fmt::Write;

use mc_base::{
    Timestamp,
    text::{self, TASK_SNIPPET_MAX, one_line},
};
use mc_store::{Json, Read, Txn, sql};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Board;
use crate::{
    Result,
    agents::{
        self, Agent, agent_columns,
        messages::{self, MessageKind, Outgoing},
    },
    board_groups::{self, BoardGroup},
};

/// The most agents that are told of one change of a group.
const RECIPIENTS_MAX: i64 = 1_000;

/// Whether a board came into a group or went out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    Join,
    Leave,
}

/// An agent on a board with a gateway, and the name of that board.
#[derive(Debug, sqlx::FromRow)]
struct Recipient {
    #[sqlx(flatten)]
    agent: Agent,
    board_name: String,
}

/// Enqueues what the agents are told when a board has changed: of a group, all agents of its boards;
/// of the board itself, its lead.
pub(super) async fn send(txn: &Txn, old: &Board, new: &Board) -> Result<()> {
    if old.board_group_id != new.board_group_id {
        if let Some(group) = old.board_group_id {
            tell_group(txn, new, group, Move::Leave).await?;
        }
        if let Some(group) = new.board_group_id {
            tell_group(txn, new, group, Move::Join).await?;
        }
    }
    let changes = changes(old, new);
    if changes.is_empty() || new.gateway_id.is_none() {
        return Ok(());
    }
    let lead = agents::service::lead_of(txn, new.id).await?;
    let Some(lead) = lead.filter(|lead| lead.openclaw_session_id.is_some()) else { return Ok(()) };
    let outgoing = Outgoing {
        kind: MessageKind::BoardUpdated,
        sent_event: Some("board.lead_notified".into()),
        failed_event: Some("board.lead_notify_failed".into()),
        ..Outgoing::to(&lead, lead_message(new, &changes))
    };
    messages::enqueue(txn, &outgoing).await
}

async fn tell_group(txn: &Txn, board: &Board, group_id: Uuid, what: Move) -> Result<()> {
    let Some(group) = board_groups::queries::by_id(txn, board.organization_id, group_id).await? else {
        return Ok(());
    };
    // The board that leaves is not among those of the group any more, and is told too.
    let recipients: Vec<Recipient> = txn
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                ", (SELECT b.name FROM boards b WHERE b.id = agents.board_id) AS board_name
                 FROM agents WHERE openclaw_session_id IS NOT NULL AND board_id IN (
                     SELECT b.id FROM boards b WHERE b.organization_id = $1 AND b.gateway_id IS NOT NULL
                       AND (b.board_group_id = $2 OR b.id = $3))
                 ORDER BY created_at, id LIMIT $4"
            ))
            .bind(board.organization_id)
            .bind(group.id)
            .bind(board.id)
            .bind(RECIPIENTS_MAX),
        )
        .await?;
    let (sent, failed) = match what {
        Move::Join => ("board.group.join.notified", "board.group.join.notify_failed"),
        Move::Leave => ("board.group.leave.notified", "board.group.leave.notify_failed"),
    };
    for recipient in recipients {
        let outgoing = Outgoing {
            kind: MessageKind::GroupChanged,
            subject_id: Some(group.id),
            sent_event: Some(sent.into()),
            failed_event: Some(failed.into()),
            ..Outgoing::to(&recipient.agent, group_message(board, &group, &recipient, what))
        };
        messages::enqueue(txn, &outgoing).await?;
    }
    Ok(())
}

/// The fields that differ with their old and new values, by name.
fn changes(old: &Board, new: &Board) -> Vec<(&'static str, String, String)> {
    let mut changes = Vec::new();
    macro_rules! compare {
        ($($field:ident),*) => { $(if old.$field != new.$field {
            changes.push((stringify!($field), old.$field.shown(), new.$field.shown()));
        })* };
    }
    compare!(
        block_status_changes_with_pending_approval,
        board_group_id,
        board_type,
        comment_required_for_review,
        description,
        gateway_id,
        goal_confirmed,
        goal_source,
        max_agents,
        name,
        objective,
        only_lead_can_change_status,
        require_approval_for_done,
        require_review_before_done,
        slug,
        success_metrics,
        target_date
    );
    changes
}

fn lead_message(board: &Board, changes: &[(&'static str, String, String)]) -> String {
    let mut message = format!("BOARD UPDATED\nBoard: {}\nBoard ID: {}\n", one_line(&board.name), board.id);
    for (field, old, new) in changes {
        let _ = writeln!(message, "- {field}: {old} -> {new}");
    }
    message.push_str("\nLook at your plan: does it still fit the board, its goal and its rules? Adapt it where it does not.");
    message
}

fn group_message(board: &Board, group: &BoardGroup, recipient: &Recipient, what: Move) -> String {
    let (label, guidance) = match what {
        Move::Join => (
            "Joined Board",
            "1. Read the tasks and the memory of the group before you plan.\n\
             2. Look for work that overlaps or depends on that of the other boards.\n\
             3. Share through the memory of the group what the other boards need to know.",
        ),
        Move::Leave => (
            "Left Board",
            "1. Do not count on tasks and memory of the other side any more.\n\
             2. Look for work that waited for it, and find another way.\n\
             3. Say in your plan what changes for your board.",
        ),
    };
    let recipient_id = recipient.agent.board_id.unwrap_or_default();
    format!(
        "BOARD GROUP UPDATED\n\
         {label}: {}\n\
         {label} ID: {}\n\
         Recipient Board: {}\n\
         Recipient Board ID: {recipient_id}\n\
         Board Group: {}\n\
         Board Group ID: {}\n\
         \n\
         {guidance}",
        one_line(&board.name),
        board.id,
        one_line(&recipient.board_name),
        one_line(&group.name),
        group.id,
    )
}

/// A value as a message shows it.
trait Shown {
    fn shown(&self) -> String;
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map_or_else(|| "null".to_owned(), Shown::shown)
    }
}

impl Shown for String {
    fn shown(&self) -> String {
        one_line(&text::snippet(self, TASK_SNIPPET_MAX))
    }
}

impl Shown for bool {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for i64 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for Uuid {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for chrono::DateTime<chrono::Utc> {
    fn shown(&self) -> String {
        Timestamp(*self).to_string()
    }
}

impl Shown for Json<Map<String, Value>> {
    fn shown(&self) -> String {
        sorted(&Value::Object(self.0.clone())).to_string().shown()
    }
}

/// The same value with the keys of its objects in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<(&String, &Value)> = map.iter().collect();
            pairs.sort_by_key(|(key, _)| *key);
            pairs.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;
    use crate::testing;

    fn metrics(value: &Value) -> Option<Json<Map<String, Value>>> {
        value.as_object().cloned().map(Json)
    }

    #[test]
    fn the_lead_is_told_every_field_that_changed_by_name() {
        let old = testing::board();
        let new = Board {
            name: "New\nBoard ID: x".into(),
            max_agents: 3,
            goal_confirmed: true,
            objective: Some(format!("grow {}", "x".repeat(600))),
            success_metrics: metrics(&json!({"b": 1, "a": {"d": 2, "c": null}})),
            target_date: DateTime::from_timestamp(1_767_322_984, 0),
            updated_at: DateTime::from_timestamp(1, 0).unwrap(),
            ..old.clone()
        };
        let message = lead_message(&new, &changes(&old, &new));
        let lines: Vec<&str> = message.lines().collect();
        assert_eq!(
            lines[..6],
            [
                "BOARD UPDATED",
                "Board: New\\nBoard ID: x",
                "Board ID: 00000000-0000-0000-0000-000000000001",
                "- goal_confirmed: false -> true",
                "- max_agents: 1 -> 3",
                "- name: Board -> New\\nBoard ID: x",
            ]
        );
        assert!(
            lines[6].starts_with("- objective: null -> grow xxx") && lines[6].len() < 540,
            "{}",
            lines[6]
        );
        assert_eq!(lines[7], r#"- success_metrics: null -> {"a":{"c":null,"d":2},"b":1}"#);
        assert_eq!(lines[8], "- target_date: null -> 2026-01-02T03:03:04");
        assert_eq!((lines[9], lines.len()), ("", 11));
    }

    #[test]
    fn a_touch_is_no_change() {
        let old = testing::board();
        let new = Board { updated_at: DateTime::from_timestamp(9, 0).unwrap(), ..old.clone() };
        assert_eq!(changes(&old, &new), []);
    }

    #[test]
    fn the_group_is_told_who_came_or_went_and_what_to_do() {
        let at = DateTime::UNIX_EPOCH;
        let group = BoardGroup {
            id: Uuid::from_u128(5),
            organization_id: Uuid::from_u128(2),
            name: "Group".into(),
            slug: "group".into(),
            description: None,
            created_at: at,
            updated_at: at,
        };
        let recipient = Recipient { agent: testing::agent("Ada"), board_name: "Other".into() };
        for (what, label) in [(Move::Join, "Joined Board"), (Move::Leave, "Left Board")] {
            let message = group_message(&testing::board(), &group, &recipient, what);
            let lines: Vec<&str> = message.lines().collect();
            assert_eq!(
                lines[..8],
                [
                    "BOARD GROUP UPDATED",
                    &format!("{label}: Board"),
                    &format!("{label} ID: 00000000-0000-0000-0000-000000000001"),
                    "Recipient Board: Other",
                    "Recipient Board ID: 00000000-0000-0000-0000-000000000001",
                    "Board Group: Group",
                    "Board Group ID: 00000000-0000-0000-0000-000000000005",
                    "",
                ]
            );
            let numbers: Vec<&str> = lines[8..].iter().map(|line| &line[..3]).collect();
            assert_eq!(numbers, ["1. ", "2. ", "3. "]);
        }
    }
}
