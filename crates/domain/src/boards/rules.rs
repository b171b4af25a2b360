//! Decisions on boards, without I/O.

use mc_base::text;
use mc_store::Json;
use uuid::Uuid;

use super::{Board, BoardChange};
use crate::{Error, Result};

/// The slug to keep: the given one, else one made from the name, else `random`.
pub(crate) fn slug(given: &str, name: &str, random: Uuid) -> String {
    if !given.trim().is_empty() {
        return given.to_owned();
    }
    let slug = text::slugify(name);
    if slug.is_empty() { random.simple().to_string() } else { slug }
}

/// The board after a change.
pub(super) fn changed(board: &Board, change: BoardChange) -> Board {
    let mut new = board.clone();
    macro_rules! take {
        ($($field:ident),*) => { $(if let Some(value) = change.$field { new.$field = value; })* };
    }
    take!(
        name,
        description,
        gateway_id,
        board_group_id,
        board_type,
        objective,
        target_date,
        goal_confirmed,
        goal_source,
        require_approval_for_done,
        require_review_before_done,
        comment_required_for_review,
        block_status_changes_with_pending_approval,
        only_lead_can_change_status,
        max_agents
    );
    if let Some(metrics) = change.success_metrics {
        new.success_metrics = metrics.map(Json);
    }
    if let Some(given) = change.slug {
        new.slug = slug(&given, &new.name, new.id);
    }
    new
}

/// Refuses a goal board that would stand without its goal.
pub(super) fn check_goal(board: &Board, type_was_sent: bool) -> Result<()> {
    let is_goal = board.board_type == "goal";
    if is_goal && (type_was_sent || board.goal_confirmed) && !board.has_goal() {
        return Err(Error::invalid("Goal boards require objective and success_metrics"));
    }
    Ok(())
}

/// Whether something has changed that the files of the board's agents say.
pub(super) fn concerns_files(old: &Board, new: &Board) -> bool {
    let said = |board: &Board| Board { paused_at: None, updated_at: old.updated_at, ..board.clone() };
    said(old) != said(new)
}

/// Whether a rule has changed that a lead or workers are to live up to.
pub(super) fn concerns_agents(old: &Board, new: &Board) -> bool {
    let rules = |board: &Board| {
        (board.only_lead_can_change_status, board.require_review_before_done, board.max_agents)
    };
    rules(old) != rules(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use serde_json::{Map, json};

    fn metrics() -> Map<String, serde_json::Value> {
        json!({"users": 10}).as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_blank_slug_comes_from_the_name() {
        let random = Uuid::from_u128(0xab);
        assert_eq!(slug(" ", "Ops & Co.", random), "ops-co");
        assert_eq!(slug("Own Slug", "x", random), "Own Slug");
        assert_eq!(slug("", "…", random), "000000000000000000000000000000ab");
    }

    #[test]
    fn a_change_touches_only_what_it_names() {
        let board = testing::board();
        let change =
            BoardChange { name: Some("New".into()), objective: Some(None), ..BoardChange::default() };
        let new = changed(&Board { objective: Some("old".into()), ..board.clone() }, change);
        assert_eq!(new, Board { name: "New".into(), objective: None, ..board });
    }

    #[test]
    fn a_goal_needs_objective_and_metrics_when_it_is_confirmed_or_asked_for() {
        let with = |confirmed, goal: bool| Board {
            goal_confirmed: confirmed,
            objective: goal.then(|| "grow".to_owned()),
            success_metrics: goal.then(|| Json(metrics())),
            ..testing::board()
        };
        assert!(check_goal(&with(false, false), false).is_ok(), "a draft may be without");
        assert!(check_goal(&with(true, false), false).is_err(), "a confirmed goal may not lose its text");
        assert!(check_goal(&with(false, false), true).is_err());
        assert!(check_goal(&with(true, true), true).is_ok());
        let general = Board { board_type: "general".into(), ..with(true, false) };
        assert!(check_goal(&general, true).is_ok());
    }
}
