//! Texts of people for IDENTITY.md and SOUL.md, with places for facts: `{{ agent_name }}`. A place is replaced by a
//! value and by nothing else: no logic, no calls, no secrets.

use super::{Brief, quote, texts::character};

/// The longest value in a place, in characters.
const VALUE_MAX: usize = 1_000;

/// The places that a text may have.
pub const VARIABLES: [&str; 39] = [
    "agent_name",
    "agent_id",
    "session_key",
    "main_session_key",
    "base_url",
    "workspace_root",
    "workspace_path",
    "is_main_agent",
    "is_board_lead",
    "board_id",
    "board_name",
    "board_type",
    "board_objective",
    "board_success_metrics",
    "board_target_date",
    "board_goal_confirmed",
    "user_name",
    "user_preferred_name",
    "user_pronouns",
    "user_timezone",
    "user_notes",
    "user_context",
    "identity_role",
    "identity_communication_style",
    "identity_emoji",
    "identity_purpose",
    "identity_personality",
    "identity_custom_instructions",
    "identity_autonomy_level",
    "identity_verbosity",
    "identity_output_format",
    "identity_update_cadence",
    "board_rule_require_approval_for_done",
    "board_rule_require_review_before_done",
    "board_rule_comment_required_for_review",
    "board_rule_block_status_changes_with_pending_approval",
    "board_rule_only_lead_can_change_status",
    "board_rule_max_agents",
    "directory_role_soul_source_url",
];

/// A piece of a text.
enum Piece<'a> {
    Text(&'a str),
    /// What stands between the braces, without blanks around it, and the whole place as it was written.
    Place(&'a str, &'a str),
}

/// Checks a text before it is kept.
///
/// # Errors
/// With a sentence that says what is wrong with it, without the name of the field.
pub fn check(text: &str) -> Result<(), String> {
    for piece in pieces(text) {
        let Piece::Place(name, _) = piece else { continue };
        if name == "auth_token" {
            return Err(
                "must not ask for {{ auth_token }}: the token of an agent stands in one file only".into()
            );
        }
        if !VARIABLES.contains(&name) {
            let shown: String = name.chars().take(60).collect();
            let known = VARIABLES.join(", ");
            return Err(format!("has no place {{{{ {shown} }}}}; there are {known}"));
        }
    }
    match text.contains("{%") || text.contains("{#") {
        true => Err("must not have {% … %} or {# … #}: only {{ places }} are filled in".into()),
        false => Ok(()),
    }
}

/// The text with its places filled in. A place that is not known (older texts may have such) stays as it is.
pub(super) fn fill(text: &str, brief: &Brief<'_>) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Place(name, whole) => match value(name, brief) {
                Some(value) => filled.push_str(&quote::line(&value, VALUE_MAX)),
                None => filled.push_str(whole),
            },
        }
    }
    quote::document(&filled, usize::MAX)
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(start) = rest.find("{{") else { return Some(Piece::Text(std::mem::take(&mut rest))) };
        if start > 0 {
            let (text, place) = rest.split_at(start);
            rest = place;
            return Some(Piece::Text(text));
        }
        match rest.find("}}") {
            Some(end) => {
                let (whole, after) = rest.split_at(end + 2);
                rest = after;
                Some(Piece::Place(whole[2..end].trim(), whole))
            }
            None => Some(Piece::Text(std::mem::take(&mut rest))),
        }
    })
}

/// The value of a place; none when there is no such place.
fn value(name: &str, brief: &Brief<'_>) -> Option<String> {
    let (agent, person) = (brief.agent, brief.person);
    if let Some(key) = name.strip_prefix("identity_") {
        return VARIABLES
            .contains(&name)
            .then(|| character::profile_or_default(agent, key).unwrap_or_default().to_owned());
    }
    if name.starts_with("board_") {
        return VARIABLES.contains(&name).then(|| board_value(name, brief).unwrap_or_default());
    }
    let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Some(match name {
        "agent_name" => agent.name.clone(),
        "agent_id" => agent.id.to_string(),
        "session_key" => owned(agent.openclaw_session_id.as_deref()),
        "main_session_key" => brief.gateway.main_session(),
        "base_url" => brief.base_url.to_owned(),
        "workspace_root" => brief.gateway.workspace_root.clone(),
        "workspace_path" => brief.workspace_path.to_owned(),
        "is_main_agent" => agent.board_id.is_none().to_string(),
        "is_board_lead" => agent.is_board_lead.to_string(),
        "user_name" => owned(person.and_then(character::full_name)),
        "user_preferred_name" => owned(person.and_then(character::called)),
        "user_pronouns" => owned(person.and_then(|person| person.pronouns.as_deref())),
        "user_timezone" => owned(person.and_then(|person| person.timezone.as_deref())),
        "user_notes" => owned(person.and_then(|person| person.notes.as_deref())),
        "directory_role_soul_source_url" => {
            brief.role_soul.map(|soul| soul.page_url.clone()).unwrap_or_default()
        }
        "user_context" => owned(person.and_then(|person| person.context.as_deref())),
        _ => return None,
    })
}

fn board_value(name: &str, brief: &Brief<'_>) -> Option<String> {
    let board = brief.board?;
    Some(match name {
        "board_id" => board.id.to_string(),
        "board_name" => board.name.clone(),
        "board_type" => board.board_type.clone(),
        "board_objective" => board.objective.clone()?,
        "board_success_metrics" => {
            serde_json::Value::from(board.success_metrics.as_ref()?.0.clone()).to_string()
        }
        "board_target_date" => board.target_date?.format("%Y-%m-%d").to_string(),
        "board_goal_confirmed" => board.goal_confirmed.to_string(),
        "board_rule_require_approval_for_done" => board.require_approval_for_done.to_string(),
        "board_rule_require_review_before_done" => board.require_review_before_done.to_string(),
        "board_rule_comment_required_for_review" => board.comment_required_for_review.to_string(),
        "board_rule_block_status_changes_with_pending_approval" => {
            board.block_status_changes_with_pending_approval.to_string()
        }
        "board_rule_only_lead_can_change_status" => board.only_lead_can_change_status.to_string(),
        "board_rule_max_agents" => board.max_agents.to_string(),
        _ => return None,
    })
}
