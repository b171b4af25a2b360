//! Decisions on approvals, without I/O.

use chrono::{DateTime, Utc};
use mc_base::parse_uuid;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Approval, ApprovalChange, ApprovalStatus};
use crate::{Error, Kind, Result, access::Actor};

/// The most tasks of one approval.
pub const TASKS_MAX: usize = 200;
/// The largest payload, in bytes of its JSON text.
pub const PAYLOAD_MAX: usize = 256 * 1024;
/// The most objects and lists within one another in a payload.
pub const PAYLOAD_DEPTH_MAX: usize = 32;

/// Keys of a payload under which agents list tasks, in the order in which they are read.
const TASK_LISTS: [&str; 3] = ["task_ids", "taskIds", "taskIDs"];
/// Keys of a payload under which agents name one task.
const TASK_NAMES: [&str; 3] = ["task_id", "taskId", "taskID"];

/// Refuses a payload that is too large or too deep.
///
/// # Errors
/// With a sentence that has the limit.
pub fn check_payload(payload: &Map<String, Value>) -> Result<(), String> {
    let depth = 1 + payload.values().map(depth).max().unwrap_or(0);
    if depth > PAYLOAD_DEPTH_MAX {
        return Err(format!("payload may nest at most {PAYLOAD_DEPTH_MAX} levels"));
    }
    let size = serde_json::to_string(payload).map_or(usize::MAX, |text| text.len());
    if size > PAYLOAD_MAX {
        return Err(format!("payload may have at most {PAYLOAD_MAX} bytes as JSON, not {size}"));
    }
    Ok(())
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Whether somebody says why the approval is wanted.
#[must_use]
pub fn has_reason(payload: Option<&Map<String, Value>>, lead_reasoning: Option<&str>) -> bool {
    payload.is_some_and(payload_has_reason) || lead_reasoning.is_some_and(|text| !text.trim().is_empty())
}

fn payload_has_reason(payload: &Map<String, Value>) -> bool {
    let is_text =
        |value: Option<&Value>| value.and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty());
    is_text(payload.get("reason"))
        || is_text(payload.get("decision").and_then(|decision| decision.get("reason")))
}

/// The payload to keep: one that has no reason of its own gets the given one.
pub(super) fn with_reason(
    payload: Option<Map<String, Value>>,
    lead_reasoning: Option<&str>,
) -> Option<Map<String, Value>> {
    let reason = lead_reasoning.map(str::trim).filter(|text| !text.is_empty());
    match (payload, reason) {
        (Some(payload), _) if payload_has_reason(&payload) => Some(payload),
        (payload, None) => payload,
        (payload, Some(reason)) => {
            let mut payload = payload.unwrap_or_default();
            payload.insert("reason".into(), reason.into());
            Some(payload)
        }
    }
}

/// The tasks that an approval is about: those that were named, then those that its payload names.
/// Texts of the payload that are no ids are passed over.
///
/// # Errors
/// `Invalid` when they are too many.
pub(super) fn task_ids(named: &[Uuid], payload: Option<&Map<String, Value>>) -> Result<Vec<Uuid>> {
    let mut ids: Vec<Uuid> = named.to_vec();
    if let Some(payload) = payload {
        let id = |value: &Value| parse_uuid(value.as_str()?.trim()).ok();
        for list in TASK_LISTS.iter().filter_map(|key| payload.get(*key)?.as_array()) {
            ids.extend(list.iter().filter_map(id));
        }
        ids.extend(TASK_NAMES.iter().filter_map(|key| id(payload.get(*key)?)));
    }
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    if ids.len() > TASKS_MAX {
        return Err(Error::invalid(format!(
            "task_ids and payload name {} tasks; an approval is about at most {TASKS_MAX}",
            ids.len()
        )));
    }
    Ok(ids)
}

/// Refuses an approval that an agent makes as decided.
pub(super) fn check_author(actor: &Actor, status: ApprovalStatus) -> Result<()> {
    match actor {
        Actor::Agent(_) if status != ApprovalStatus::Pending => Err(Error::text(
            Kind::Forbidden,
            "status must be pending: agents ask for approvals, people decide them",
        )
        .code("approval_decision_not_for_agents")),
        _ => Ok(()),
    }
}

/// What becomes of an approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It stays as it is.
    Nothing,
    /// It is decided; with the note.
    Decide(ApprovalStatus, Option<String>),
    /// It is open again.
    Reopen,
}

/// What a change does to an approval.
///
/// # Errors
/// `Conflict` for an approval that was decided otherwise, `Invalid` for a note without a decision.
pub(super) fn step(approval: &Approval, change: ApprovalChange) -> Result<Step> {
    let note = change.decision_note.filter(|note| !note.trim().is_empty());
    match (approval.status, change.status) {
        (_, None | Some(ApprovalStatus::Pending)) if note.is_some() => {
            Err(Error::invalid("decision_note goes with a status of approved or rejected"))
        }
        (_, None) | (ApprovalStatus::Pending, Some(ApprovalStatus::Pending)) => Ok(Step::Nothing),
        (_, Some(ApprovalStatus::Pending)) => Ok(Step::Reopen),
        (ApprovalStatus::Pending, Some(status)) => Ok(Step::Decide(status, note)),
        (decided, Some(status))
            if decided == status && (note.is_none() || note == approval.decision_note) =>
        {
            Ok(Step::Nothing)
        }
        (decided, Some(_)) => Err(Error::object(
            Kind::Conflict,
            json!({
                "message": format!(
                    "The approval is already {}; set it to pending first to decide anew",
                    decided.as_str()
                ),
                "approval_id": approval.id,
                "status": decided,
            }),
        )
        .code("approval_already_decided")),
    }
}

/// A task that has a pending approval already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Pending {
    pub(super) task_id: Uuid,
    pub(super) approval_id: Uuid,
    pub(super) created_at: DateTime<Utc>,
}

/// Refuses a further pending approval of tasks that have one.
pub(super) fn check_conflicts(mut pending: Vec<Pending>) -> Result<()> {
    if pending.is_empty() {
        return Ok(());
    }
    // One line for each task: its oldest approval.
    pending.sort_by_key(|found| (found.task_id, found.created_at, found.approval_id));
    pending.dedup_by_key(|found| found.task_id);
    let conflicts: Vec<Value> = pending
        .iter()
        .map(|found| json!({ "task_id": found.task_id, "approval_id": found.approval_id }))
        .collect();
    Err(Error::object(
        Kind::Conflict,
        json!({
            "message": "These tasks have a pending approval already; wait until it is decided",
            "conflicts": conflicts,
        }),
    )
    .code("approval_pending_conflict"))
}

/// The refusal of tasks that are not on the board.
pub(super) fn check_tasks(wanted: &[Uuid], found: &[Uuid]) -> Result<()> {
    let missing: Vec<Uuid> = wanted.iter().copied().filter(|id| !found.contains(id)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::object(
        Kind::NotFound,
        json!({ "message": "task_ids names tasks that are not on this board", "missing_task_ids": missing }),
    ))
}

#[cfg(test)]
mod tests;
