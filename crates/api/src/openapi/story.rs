//! The story that all examples tell: one organization with one thing of each kind, the same wherever it is named.

use serde_json::{Value, json};

/// One thing of the story.
#[derive(Debug)]
pub(super) struct Thing {
    /// The words by which schemas and fields name it; the first is its kind.
    words: &'static [&'static str],
    /// What it is called; empty where such things have no name.
    pub(super) name: &'static str,
}

const fn thing(words: &'static [&'static str], name: &'static str) -> Thing {
    Thing { words, name }
}

/// Everything that an example may name. The place in this list makes the id.
static THINGS: [Thing; 25] = [
    thing(&["organization"], "Acme"),
    thing(&["user", "actor"], "Ada Lovelace"),
    thing(&["gateway"], "Workshop"),
    thing(&["group"], "Launches"),
    thing(&["board"], "Website launch"),
    thing(&["agent", "lead"], "Iris"),
    thing(&["task", "subject"], "Write the release notes"),
    thing(&["tag"], "Docs"),
    thing(&["definition"], "Release"),
    thing(&["approval", "decision"], ""),
    thing(&["memory"], ""),
    thing(&["comment"], ""),
    thing(&["webhook"], ""),
    thing(&["payload"], ""),
    thing(&["message"], ""),
    thing(&["question"], ""),
    thing(&["onboarding"], ""),
    thing(&["pack"], "Acme skills"),
    thing(&["skill"], "Changelog writer"),
    thing(&["member"], "Ada Lovelace"),
    thing(&["invite"], ""),
    thing(&["access"], ""),
    thing(&["session"], ""),
    thing(&["event", "activity", "entry"], ""),
    thing(&["job", "run"], ""),
];

impl Thing {
    /// The thing that a schema or a field is named after: the last word that names one counts, as in `BoardGroupRead` and
    /// `assigned_agent_id`.
    pub(super) fn of(name: &str) -> Option<&'static Self> {
        words(name).iter().rev().find_map(|word| {
            let word = word.strip_suffix('s').filter(|_| word != "access").unwrap_or(word);
            THINGS.iter().find(|thing| thing.words.contains(&word))
        })
    }

    /// The id of the thing, a UUID.
    pub(super) fn id(&self) -> String {
        let place = THINGS.iter().position(|thing| thing.words == self.words).unwrap_or_default();
        format!("0197c3a1-7c4e-7b1a-9d52-5f6d2a4be1{:02x}", place + 1)
    }

    /// The kind of the thing; empty without one.
    fn kind(thing: Option<&Self>) -> &'static str {
        thing.map_or("", |thing| thing.words[0])
    }
}

/// The words of a name in snake case or camel case, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for character in name.chars() {
        if character == '_' || character.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character != '_') {
            word.extend(character.to_lowercase());
        }
    }
    words
}

/// What a field of a thing holds, where its schema does not say it.
pub(super) fn value(thing: Option<&Thing>, field: &str) -> Option<Value> {
    let name = |thing: Option<&Thing>| thing.map(|thing| thing.name).filter(|name| !name.is_empty());
    let value = match (Thing::kind(thing), field) {
        ("approval", "status") => "pending".into(),
        ("agent", "status") => "online".into(),
        ("onboarding", "status") => "active".into(),
        ("task", "status") => "in_progress".into(),
        ("agent", "description") => "Leads the launch of the website.".into(),
        ("board", "description") => "Everything for the launch of the new website.".into(),
        ("webhook", "description") => "Turns a failed build into a task.".into(),
        ("task", "description") => "What is new, for users and for operators.".into(),
        ("memory" | "message", "content") => "The launch is on Friday.".into(),
        ("task", "content" | "comment" | "message") => "The draft is ready for review.".into(),
        (_, "custom_field_values") => json!({ "release": "1.4" }),
        (_, "success_metrics") => json!({ "signups": 500 }),
        // Nothing waits for anything, and nothing has failed.
        (_, "depends_on_task_ids" | "blocked_by_task_ids" | "failed_agent_ids") => json!([]),
        (_, "total") => 1.into(),
        (_, "limit") => 50.into(),
        (_, "action_type") => "release".into(),
        (_, "author_name" | "actor_name" | "preferred_name" | "resolved_by_name") => "Ada Lovelace".into(),
        (_, "assignee" | "asked_by_name" | "lead_agent_name") => "Iris".into(),
        (_, "board_type") => "goal".into(),
        (_, "branch") => "main".into(),
        (_, "color") => "9e9e9e".into(),
        (_, "email" | "invited_email") => "ada@example.com".into(),
        (_, "every") => "10m".into(),
        (_, "field_key") => "release".into(),
        (_, "handle") => "acme".into(),
        (_, "objective") => "The new website is live and loved.".into(),
        (_, "priority") => "medium".into(),
        (_, "pronouns") => "she/her".into(),
        (_, "sha256") => "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        (_, "signature_header") => "X-Signature".into(),
        (_, "source_url") => "https://github.com/acme/skills".into(),
        (_, "timezone") => "Europe/Berlin".into(),
        (_, "url" | "gateway_url") => "wss://gateway.example.com".into(),
        (_, "validation_regex") => "[0-9]+\\.[0-9]+".into(),
        (_, "workspace_root") => "~/.openclaw".into(),
        (_, "name" | "title") => name(thing).unwrap_or("Example").into(),
        (_, "slug") => name(thing).unwrap_or("Example").to_lowercase().replace(' ', "-").into(),
        (_, of) if of.ends_with("_name") || of.ends_with("_title") => name(Thing::of(of))?.into(),
        _ => return None,
    };
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_names_the_thing() {
        for (name, kind) in [
            ("BoardGroupTaskSummary", "task"),
            ("BoardGroupRead", "group"),
            ("assigned_agent_id", "agent"),
            ("depends_on_task_ids", "task"),
            ("OrganizationBoardAccessRead", "access"),
            ("correlation_id", ""),
        ] {
            assert_eq!(Thing::kind(Thing::of(name)), kind, "{name}");
        }
    }

    #[test]
    fn every_word_names_one_thing() {
        let mut words: Vec<&str> = THINGS.iter().flat_map(|thing| thing.words).copied().collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }
}
