//! Decisions on interviews, without I/O.

use serde_json::{Map, Value};

use super::{AgentUpdate, Completion, Confirmation, LeadDraft, UserDraft};
use crate::{boards::Board, coordination::leads::Wanted, users::User};

/// How many messages an interview may have.
pub(super) const MESSAGES_MAX: i64 = 500;
/// Where a goal comes from that an interview gave.
pub(super) const GOAL_SOURCE: &str = "lead_agent_onboarding";

/// The text of an answer: the chosen one, with what the person typed beside it.
pub(super) fn answer_text(answer: &str, other: Option<&str>) -> String {
    match other {
        Some(other) if !other.trim().is_empty() => format!("{answer}: {other}"),
        _ => answer.to_owned(),
    }
}

/// What the agent sent, as it is kept among the messages: JSON without nulls.
pub(super) fn transcript(update: &AgentUpdate) -> String {
    let value = match update {
        AgentUpdate::Question(question) => serde_json::to_value(question),
        AgentUpdate::Complete(completion) => serde_json::to_value(completion),
    };
    let mut value = value.expect("our own types serialise to JSON");
    drop_nulls(&mut value);
    value.to_string()
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// Whether a person has handed everything over: then tasks are done without an approval.
pub(super) fn is_fully_autonomous(lead: Option<&LeadDraft>) -> bool {
    let Some(lead) = lead else { return false };
    let profile = lead.identity_profile.as_ref();
    let of_profile = |key: &str| profile.and_then(|profile| profile.get(key)).and_then(Value::as_str);
    [lead.autonomy_level.as_deref(), of_profile("autonomy_level"), of_profile("autonomy"), of_profile("mode")]
        .into_iter()
        .flatten()
        .any(|text| {
            let text = text.trim().to_lowercase().replace('_', "-");
            matches!(text.as_str(), "autonomous" | "fully-autonomous" | "full-autonomy")
                || (text.contains("autonom") && text.contains("fully"))
        })
}

/// Whether a board has exactly the goal that is to be confirmed.
pub(super) fn is_goal_of(board: &Board, goal: &Confirmation) -> bool {
    board.goal_confirmed
        && board.board_type == goal.board_type
        && board.objective == goal.objective
        && board.success_metrics.as_ref().map(|metrics| &metrics.0) == goal.success_metrics.as_ref()
        && board.target_date == goal.target_date
}

/// How the lead is to be made.
pub(super) fn wanted_lead(draft: Option<&Completion>) -> Wanted {
    let Some(lead) = draft.and_then(|draft| draft.lead_agent.as_ref()) else { return Wanted::default() };
    let mut profile = lead.identity_profile.clone().unwrap_or_default();
    let style: Map<String, Value> = [
        ("autonomy_level", &lead.autonomy_level),
        ("verbosity", &lead.verbosity),
        ("output_format", &lead.output_format),
        ("update_cadence", &lead.update_cadence),
        ("custom_instructions", &lead.custom_instructions),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key.to_owned(), value.clone()?.into())))
    .collect();
    profile.extend(style);
    Wanted { name: lead.name.clone(), profile }
}

/// A person's profile with what the agent learned in its blank fields. What the person wrote stays.
pub(super) fn filled_profile(user: &User, draft: &UserDraft) -> User {
    let fill = |own: &Option<String>, learned: &Option<String>| match own {
        Some(own) if !own.trim().is_empty() => Some(own.clone()),
        _ => learned.clone().or_else(|| own.clone()),
    };
    User {
        preferred_name: fill(&user.preferred_name, &draft.preferred_name),
        pronouns: fill(&user.pronouns, &draft.pronouns),
        timezone: fill(&user.timezone, &draft.timezone),
        notes: fill(&user.notes, &draft.notes),
        context: fill(&user.context, &draft.context),
        ..user.clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        onboarding::{Choice, Question},
        testing,
    };

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn an_answer_has_what_was_typed_beside_it() {
        for (other, expected) in
            [(None, "Other"), (Some(""), "Other"), (Some("  "), "Other"), (Some("blue"), "Other: blue")]
        {
            assert_eq!(answer_text("Other", other), expected);
        }
    }

    #[test]
    fn full_autonomy_is_recognised_in_all_its_spellings() {
        for (text, expected) in [
            ("autonomous", true),
            (" Autonomous ", true),
            ("fully_autonomous", true),
            ("FULL-AUTONOMY", true),
            ("work fully autonomously", true),
            ("balanced", false),
            ("ask_first", false),
            ("semi-autonomous", false),
            ("", false),
        ] {
            let level = LeadDraft { autonomy_level: Some(text.into()), ..LeadDraft::default() };
            assert_eq!(is_fully_autonomous(Some(&level)), expected, "{text}");
            for key in ["autonomy_level", "autonomy", "mode"] {
                let profile = LeadDraft {
                    identity_profile: Some(object(&json!({ key: text }))),
                    ..LeadDraft::default()
                };
                assert_eq!(is_fully_autonomous(Some(&profile)), expected, "{key}: {text}");
            }
        }
        assert!(!is_fully_autonomous(None));
        let elsewhere = LeadDraft {
            identity_profile: Some(object(&json!({ "role": "autonomous" }))),
            ..LeadDraft::default()
        };
        assert!(!is_fully_autonomous(Some(&elsewhere)));
    }

    #[test]
    fn what_an_agent_sent_is_kept_without_nulls() {
        let option = Choice { id: "a".into(), label: "A".into() };
        let question = AgentUpdate::Question(Question { question: "Why?".into(), options: vec![option] });
        assert_eq!(transcript(&question), r#"{"question":"Why?","options":[{"id":"a","label":"A"}]}"#);
        let complete: Completion = serde_json::from_value(json!({
            "board_type": "goal", "objective": "grow", "success_metrics": {"users": 10},
            "target_date": "2026-12-31", "lead_agent": {"name": "Ada"},
        }))
        .unwrap();
        assert_eq!(
            transcript(&AgentUpdate::Complete(Box::new(complete))),
            concat!(
                r#"{"board_type":"goal","objective":"grow","success_metrics":{"users":10},"#,
                r#""target_date":"2026-12-31T00:00:00","status":"complete","lead_agent":{"name":"Ada"}}"#
            )
        );
    }

    #[test]
    fn the_wishes_for_the_lead_are_one_profile() {
        let draft: Completion = serde_json::from_value(json!({
            "board_type": "general",
            "lead_agent": {
                "name": "Ada", "identity_profile": {"role": "Captain", "verbosity": "x"},
                "verbosity": "concise", "update_cadence": "daily",
            },
        }))
        .unwrap();
        let wanted = wanted_lead(Some(&draft));
        assert_eq!(wanted.name.as_deref(), Some("Ada"));
        let expected = json!({ "role": "Captain", "verbosity": "concise", "update_cadence": "daily" });
        assert_eq!(Value::Object(wanted.profile), expected);
        assert!(wanted_lead(None).name.is_none());
    }

    #[test]
    fn only_blank_fields_of_a_profile_are_filled() {
        let user = User {
            pronouns: Some("they".into()),
            notes: Some(" ".into()),
            ..testing::person("Grace").user().clone()
        };
        let draft = UserDraft {
            pronouns: Some("she".into()),
            notes: Some("likes lists".into()),
            timezone: Some("Europe/Berlin".into()),
            ..UserDraft::default()
        };
        let filled = filled_profile(&user, &draft);
        assert_eq!(filled.pronouns.as_deref(), Some("they"));
        assert_eq!(filled.notes.as_deref(), Some("likes lists"));
        assert_eq!(filled.timezone.as_deref(), Some("Europe/Berlin"));
        assert_eq!((filled.preferred_name, filled.name), (user.preferred_name, user.name));
    }
}
