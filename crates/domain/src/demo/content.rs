//! What the demo says, as the files in `content/` have it.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

const ORGANIZATION: &str = include_str!("content/organization.json");
const BOARDS: [&str; 5] = [
    include_str!("content/fleet_software.json"),
    include_str!("content/customer_portal.json"),
    include_str!("content/support_desk.json"),
    include_str!("content/picker_launch.json"),
    include_str!("content/field_service.json"),
];

/// All of it.
pub(super) fn load() -> (Organization, Vec<Board>) {
    (read(ORGANIZATION), BOARDS.into_iter().map(read).collect())
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("the content is part of the program, and a test reads it")
}

/// What all boards share.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Organization {
    pub(super) name: String,
    pub(super) people: Vec<Person>,
    pub(super) groups: Vec<Group>,
    pub(super) tags: Vec<Tag>,
    pub(super) fields: Vec<Field>,
    pub(super) packs: Vec<Pack>,
    pub(super) gateway: Gateway,
}

/// Somebody who works with the agents. Nobody can sign in as one of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) preferred_name: String,
    pub(super) email: String,
    pub(super) role: String,
    pub(super) timezone: String,
    pub(super) notes: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) notes: Vec<Note>,
    pub(super) chat: Vec<Note>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) color: String,
    pub(super) description: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    pub(super) key: String,
    pub(super) label: String,
    #[serde(rename = "type")]
    pub(super) field_type: String,
    pub(super) visibility: String,
    pub(super) pattern: Option<String>,
    pub(super) description: String,
    /// The names of the boards that have it.
    pub(super) boards: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pack {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) source_url: String,
    pub(super) skills: Vec<Skill>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Skill {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) category: String,
    pub(super) risk: String,
    pub(super) path: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gateway {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) workspace_root: String,
    pub(super) main_agent: String,
    pub(super) error: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Board {
    pub(super) name: String,
    pub(super) group: String,
    pub(super) description: String,
    pub(super) objective: String,
    pub(super) success_metrics: Map<String, Value>,
    pub(super) target_in_days: i64,
    pub(super) approval_for_done: bool,
    pub(super) review_before_done: bool,
    #[serde(default)]
    pub(super) comment_for_review: bool,
    pub(super) max_agents: i64,
    /// Whether its agents live on the example gateway.
    #[serde(default)]
    pub(super) on_gateway: bool,
    pub(super) paused_hours_ago: Option<f64>,
    pub(super) agents: Vec<Agent>,
    pub(super) tasks: Tasks,
    #[serde(default)]
    pub(super) routines: Vec<Routine>,
    pub(super) approvals: Vec<Approval>,
    pub(super) notes: Vec<Note>,
    pub(super) chat: Vec<Note>,
    pub(super) webhooks: Vec<Webhook>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agent {
    pub(super) name: String,
    #[serde(default)]
    pub(super) lead: bool,
    pub(super) role: String,
    pub(super) style: String,
    pub(super) status: String,
    pub(super) note: Option<String>,
    /// Since when nothing was heard of it; none for one that is there.
    pub(super) silent_minutes: Option<i64>,
    /// How far its runtime is set up; `ready` when it is not named.
    pub(super) state: Option<String>,
    pub(super) error: Option<String>,
    #[serde(default)]
    pub(super) missed: i64,
}

/// Tasks by where they stand, each list from the oldest to the newest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tasks {
    pub(super) done: Vec<Task>,
    pub(super) review: Vec<Task>,
    pub(super) in_progress: Vec<Task>,
    pub(super) inbox: Vec<Task>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Task {
    /// The name under which other tasks of the board depend on it.
    pub(super) key: Option<String>,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) priority: Option<String>,
    pub(super) agent: Option<String>,
    pub(super) tags: Vec<String>,
    #[serde(default)]
    pub(super) depends_on: Vec<String>,
    /// How much work it is; what is not begun has no figure yet.
    pub(super) hours: Option<f64>,
    /// When it is due, counted from now.
    pub(super) due_in_days: Option<f64>,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, Value>,
    /// Names with what they said, in order.
    #[serde(default)]
    pub(super) comments: Vec<(String, String)>,
}

/// A task that comes back each week; `{week}` in its title is the number of the week.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Routine {
    pub(super) title: String,
    pub(super) agent: String,
    pub(super) tags: Vec<String>,
    pub(super) hours: f64,
    /// On which day it is done, Monday being 0.
    pub(super) weekday: i64,
    pub(super) comment: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    /// The title of the task.
    pub(super) task: String,
    pub(super) by: String,
    pub(super) action: String,
    pub(super) reason: String,
    pub(super) evidence: Map<String, Value>,
    /// Points by criterion; their sum is the confidence.
    pub(super) scores: BTreeMap<String, i64>,
    /// `approved` or `rejected`; none while it waits.
    pub(super) decision: Option<String>,
    pub(super) decided_by: Option<String>,
    pub(super) decided_after_minutes: Option<i64>,
    pub(super) note: Option<String>,
    /// When one that waits was asked for; those that are decided belong into the history of their task.
    pub(super) hours_ago: Option<f64>,
}

/// A note or a message.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    pub(super) by: String,
    pub(super) text: String,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    pub(super) hours_ago: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Webhook {
    pub(super) description: String,
    pub(super) agent: String,
    #[serde(default = "yes")]
    pub(super) enabled: bool,
    pub(super) payloads: Vec<Payload>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload {
    pub(super) hours_ago: f64,
    pub(super) status: String,
    #[serde(default = "once")]
    pub(super) attempts: i64,
    pub(super) error: Option<String>,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Value,
}

fn once() -> i64 {
    1
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::agents::LifecycleState;

    #[test]
    fn the_content_names_only_what_there_is() {
        let (organization, boards) = load();
        let people: HashSet<&str> =
            organization.people.iter().map(|person| person.preferred_name.as_str()).collect();
        let agents: Vec<&str> =
            boards.iter().flat_map(|board| &board.agents).map(|agent| agent.name.as_str()).collect();
        let known: HashSet<&str> = people.iter().copied().chain(agents.iter().copied()).collect();
        assert_eq!(known.len(), people.len() + agents.len(), "one name, one person or agent");
        let tags: HashSet<&str> = organization.tags.iter().map(|tag| tag.name.as_str()).collect();
        let fields: HashSet<&str> = organization.fields.iter().map(|field| field.key.as_str()).collect();
        for board in &boards {
            let own: HashSet<&str> = board.agents.iter().map(|agent| agent.name.as_str()).collect();
            assert!(organization.groups.iter().any(|group| group.name == board.group), "{}", board.name);
            assert_eq!(board.agents.iter().filter(|agent| agent.lead).count(), 1, "{}", board.name);
            for agent in &board.agents {
                let state = agent.state.clone().unwrap_or_else(|| "ready".into());
                assert!(LifecycleState::try_from(state).is_ok(), "{}", agent.name);
            }
            let tasks = &board.tasks;
            let begun = [&tasks.done, &tasks.review, &tasks.in_progress];
            let (mut keys, mut titles) = (HashSet::new(), HashSet::new());
            for task in begun.into_iter().flatten().chain(&tasks.inbox) {
                assert!(titles.insert(task.title.as_str()), "{} twice", task.title);
                assert!(task.depends_on.iter().all(|key| keys.contains(key.as_str())), "{}", task.title);
                keys.extend(task.key.as_deref());
                assert!(task.agent.as_deref().is_none_or(|name| own.contains(name)), "{}", task.title);
                assert!(task.tags.iter().all(|tag| tags.contains(tag.as_str())), "{}", task.title);
                assert!(task.fields.keys().all(|key| fields.contains(key.as_str())), "{}", task.title);
                assert!(task.comments.iter().all(|(by, _)| known.contains(by.as_str())), "{}", task.title);
            }
            for task in begun.into_iter().flatten() {
                assert!(task.agent.is_some() && task.hours.is_some(), "{}", task.title);
            }
            assert!(board.routines.iter().all(|routine| own.contains(routine.agent.as_str())));
            for approval in &board.approvals {
                assert!(titles.contains(approval.task.as_str()), "{}", approval.task);
                assert!(known.contains(approval.by.as_str()), "{}", approval.task);
                assert_eq!(approval.decision.is_some(), approval.decided_by.is_some(), "{}", approval.task);
                assert_eq!(approval.decision.is_none(), approval.hours_ago.is_some(), "{}", approval.task);
                let by = approval.decided_by.as_deref();
                assert!(by.is_none_or(|name| people.contains(name)), "{}", approval.task);
            }
            let said = board.notes.iter().chain(&board.chat);
            assert!(said.map(|note| note.by.as_str()).all(|by| known.contains(by)), "{}", board.name);
            assert!(board.webhooks.iter().all(|webhook| own.contains(webhook.agent.as_str())));
        }
        for field in &organization.fields {
            let has = |name: &String| boards.iter().any(|board| board.name == *name);
            assert!(field.boards.iter().all(has), "{}", field.key);
        }
    }
}
