//! Who the agent is, and for whom it works: IDENTITY.md, SOUL.md and USER.md.

use std::fmt::Write;

use super::super::{AgentKind, Brief, quote, template};
use crate::{agents::Agent, users::User};

/// The longest short entry of a profile, in characters.
const ENTRY_MAX: usize = 200;
/// The longest paragraph of a profile, in characters.
const PARAGRAPH_MAX: usize = 1_500;
/// The longest text for a role, in characters: gateways cut files at 20,000.
const ROLE_SOUL_MAX: usize = 16_000;

/// Short entries of a profile: key, label, default.
const ENTRIES: [(&str, &str, Option<&str>); 7] = [
    ("role", "Role", Some("Generalist")),
    ("communication_style", "Style", Some("direct, concise, practical")),
    ("emoji", "Emoji", Some(":gear:")),
    ("autonomy_level", "Autonomy", None),
    ("verbosity", "Verbosity", None),
    ("output_format", "Output format", None),
    ("update_cadence", "Updates", None),
];

/// Paragraphs of a profile: key, heading.
const PARAGRAPHS: [(&str, &str); 3] = [
    ("purpose", "Purpose"),
    ("personality", "Personality"),
    ("custom_instructions", "Wishes of your people"),
];

/// An entry of an agent's profile.
pub(in super::super) fn profile<'a>(agent: &'a Agent, key: &str) -> Option<&'a str> {
    agent.identity_profile.as_ref()?.0.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// An entry of an agent's profile, or what holds without one.
pub(in super::super) fn profile_or_default<'a>(agent: &'a Agent, key: &str) -> Option<&'a str> {
    profile(agent, key).or_else(|| match key {
        "role" if agent.is_board_lead => Some("Board Lead"),
        _ => ENTRIES.iter().find(|(name, ..)| *name == key).and_then(|(.., default)| *default),
    })
}

/// IDENTITY.md.
pub(super) fn identity(brief: &Brief<'_>) -> String {
    let agent = brief.agent;
    if let Some(own) = &agent.identity_template {
        return template::fill(own, brief);
    }
    let mut text =
        format!("# IDENTITY.md\n\n- Name: {}\n- ID: {}", quote::line(&agent.name, ENTRY_MAX), agent.id);
    for (key, label, _) in ENTRIES {
        let Some(value) = profile_or_default(agent, key) else { continue };
        let _ = write!(text, "\n- {label}: {}", quote::line(value, ENTRY_MAX));
        if let Some(meaning) = meaning(key, value) {
            let _ = write!(text, " ({meaning})");
        }
    }
    for (key, heading) in PARAGRAPHS {
        let default = (key == "purpose" && brief.kind() == AgentKind::Lead).then_some(LEAD_PURPOSE);
        if let Some(value) = profile(agent, key).or(default) {
            let _ = write!(text, "\n\n## {heading}\n{}", quote::block(value, PARAGRAPH_MAX));
        }
    }
    text
}

const LEAD_PURPOSE: &str = "Bring the board to its goal through work that others do and that can be checked.";

/// What a preference from the onboarding interview asks of the agent.
fn meaning(key: &str, value: &str) -> Option<&'static str> {
    Some(match (key, value) {
        ("autonomy_level", "ask_first") => {
            "ask for an approval before each step that changes something outside your workspace"
        }
        ("autonomy_level", "balanced") => "decide routine matters yourself, ask on the others",
        ("autonomy_level", "autonomous") => "decide yourself; ask only where an approval is a must",
        ("verbosity", "concise") => "a few lines",
        ("verbosity", "balanced") => "as long as it needs",
        ("verbosity", "detailed") => "with background and alternatives",
        ("output_format", "bullets") => "lists",
        ("output_format", "mixed") => "short text and lists",
        ("output_format", "narrative") => "running text",
        ("update_cadence", "asap") => "report each result at once",
        ("update_cadence", "hourly") => "sum up every hour of work",
        ("update_cadence", "daily") => "sum up once a day",
        ("update_cadence", "weekly") => "sum up once a week",
        _ => return None,
    })
}

/// SOUL.md.
pub(in super::super) fn soul(brief: &Brief<'_>) -> String {
    if let Some(own) = &brief.agent.soul_template {
        return template::fill(own, brief);
    }
    match (brief.kind(), brief.role_soul) {
        (AgentKind::Worker, Some(role)) => quote::document(&role.content, ROLE_SOUL_MAX),
        (AgentKind::Lead, _) => LEAD_SOUL.to_owned(),
        (AgentKind::Worker | AgentKind::Main, _) => SOUL.to_owned(),
    }
}

const LEAD_SOUL: &str = "\
# SOUL.md

You coordinate; you do not answer for the sake of answering.

- Useful rather than performing. Decide when the case is clear; ask one sharp question when it is not.
- Turn what is vague into an owner, a result and criteria.
- Say how things stand, also when they stand badly: blocked means blocked.
- Prove instead of telling.
- Never invent an endpoint, destroy nothing without an approval, flood nobody.
- Concise and natural in tone. What lasts is in MEMORY.md and USER.md, not in your head.
- Tell your people when something changes that matters to them.";

const SOUL: &str = "\
# SOUL.md

- Help without filler. Have an opinion and say why.
- Try before you ask: read, look, check; then ask one question.
- Earn trust: bold inside your workspace, careful outside of it. You are a guest in the life of people.
- Hand over nothing half done. In a group you speak for yourself, not for your person.
- Before each task make clear: mission, audience, result, quality, limits, who else is in it, and how one sees that it \
is done.
- Character changes seldom. What you learn about preferences goes into MEMORY.md; tell your people when you change this \
file.";

/// What a person is called: the first word of the preferred name, else of the name, else of what stands before the `@`
/// of the address.
pub(in super::super) fn called(person: &User) -> Option<&str> {
    let filled = [&person.preferred_name, &person.name, &person.email].into_iter().flatten();
    let name = filled.map(|text| text.trim()).find(|text| !text.is_empty())?;
    let local = name.split_once('@').map_or(name, |(local, _)| local);
    local.split_whitespace().next()
}

/// The full name of a person, else the address.
pub(in super::super) fn full_name(person: &User) -> Option<&str> {
    [&person.name, &person.email].into_iter().flatten().map(|text| text.trim()).find(|text| !text.is_empty())
}

/// USER.md.
pub(super) fn user(brief: &Brief<'_>) -> String {
    let mut text = "# USER.md\n\nThe person you work for. Only what helps the work stands here.\n".to_owned();
    let Some(person) = brief.person else {
        text += "\nNobody has been named yet: note name, time zone and wishes as you learn them.";
        return text;
    };
    for (label, value) in [
        ("Name", full_name(person)),
        ("Call them", called(person)),
        ("Pronouns", person.pronouns.as_deref()),
        ("Time zone", person.timezone.as_deref()),
    ] {
        let value = value.filter(|value| !value.trim().is_empty());
        let value = value.map_or_else(|| "(not known yet)".to_owned(), |value| quote::line(value, ENTRY_MAX));
        let _ = write!(text, "\n- {label}: {value}");
    }
    for (heading, words) in [("Notes", &person.notes), ("Context", &person.context)] {
        if let Some(words) = words.as_deref().filter(|words| !words.trim().is_empty()) {
            let _ = write!(text, "\n\n## {heading}\n{}", quote::block(words, PARAGRAPH_MAX));
        }
    }
    text
}
