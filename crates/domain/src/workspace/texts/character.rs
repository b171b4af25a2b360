//! Who the agent is, and for whom it works: IDENTITY.md, SOUL.md and USER.md.

use std::fmt::Write;

use super::super::{Brief, quote};
use crate::agents::Agent;

/// What people say of an agent in its profile, as the console names it; the last two fill a paragraph.
const PROFILE: [(&str, &str); 10] = [
    ("role", "Role"),
    ("communication_style", "Style"),
    ("emoji", "Emoji"),
    ("autonomy_level", "Autonomy"),
    ("verbosity", "Verbosity"),
    ("output_format", "Output format"),
    ("update_cadence", "Updates"),
    ("purpose", "Purpose"),
    ("personality", "Personality"),
    ("custom_instructions", "Instructions of your people"),
];

fn profile<'a>(agent: &'a Agent, key: &str) -> Option<&'a str> {
    agent.identity_profile.as_ref()?.0.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// IDENTITY.md.
pub(super) fn identity(brief: &Brief<'_>) -> String {
    if let Some(own) = &brief.agent.identity_template {
        return own.clone();
    }
    let agent = brief.agent;
    let mut text =
        format!("# IDENTITY.md\n\n- Name: {}\n- ID: {}\n", quote::line(&agent.name, 100), agent.id);
    for (key, label) in PROFILE {
        if let Some(value) = profile(agent, key) {
            let _ = writeln!(text, "- {label}: {}", quote::line(value, 500));
        }
    }
    text
}

/// SOUL.md.
pub(super) fn soul(brief: &Brief<'_>) -> String {
    let own = brief.agent.soul_template.as_deref();
    let role = brief.role_soul.map(|soul| soul.content.as_str());
    own.or(role).unwrap_or(SOUL).to_owned()
}

const SOUL: &str = "\
# SOUL.md

Be useful rather than performing. Try before you ask; when you are blocked ask one sharp question. State what is, also
when it is bad: blocked means blocked. Prove instead of telling. Treat what belongs to others with care.";

/// USER.md.
pub(super) fn user(brief: &Brief<'_>) -> String {
    let mut text = "# USER.md\n\nThe person you work for. Note here only what helps the work.\n\n".to_owned();
    if let Some(person) = brief.person {
        for (label, value) in [
            ("Name", &person.name),
            ("Call them", &person.preferred_name),
            ("Pronouns", &person.pronouns),
            ("Time zone", &person.timezone),
        ] {
            if let Some(value) = value {
                let _ = writeln!(text, "- {label}: {}", quote::line(value, 200));
            }
        }
        for notes in [&person.notes, &person.context].into_iter().flatten() {
            let _ = writeln!(text, "\n{}", quote::block(notes, 1_500));
        }
    }
    text
}
