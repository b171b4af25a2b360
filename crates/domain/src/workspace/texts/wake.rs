//! The words with which agents are woken.

use super::super::{AgentKind, Dialect, Wake, quote};
use super::access_file;
use crate::agents::Agent;

/// See [`super::super::wake_text`].
pub(in super::super) fn text(agent: &Agent, dialect: Dialect, base_url: &str, wake: Wake<'_>) -> String {
    let name = quote::line(&agent.name, 100);
    let reason = match wake {
        Wake::Provisioned => {
            "Your workspace has been set up. Start now: read BOOTSTRAP.md first if it is there, then AGENTS.md."
        }
        Wake::Updated => {
            "Your workspace has been brought up to date. Read BOOTSTRAP.md first if it is there, then AGENTS.md."
        }
        Wake::Reminder => {
            "You were woken before and have not checked in yet. Read BOOTSTRAP.md first if it is there, then AGENTS.md."
        }
        Wake::Work(_) => "There is work for you:",
    };
    let work = match wake {
        Wake::Work(lines) => format!("\n{lines}"),
        _ => String::new(),
    };
    format!(
        "Hello {name}. {reason}{work}\n\n\
         Check in first: POST {base_url}/api/v1/agent/heartbeat with the header X-Agent-Token; the token is AUTH_TOKEN in {} \
         of your workspace.",
        access_file(dialect)
    )
}

/// See [`super::super::heartbeat_prompt`].
pub(in super::super) fn heartbeat_prompt(_kind: AgentKind, dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::List => {
            "Read HEARTBEAT.md and do what it says. Reply HEARTBEAT_OK when there was nothing to do."
        }
        Dialect::Entries => {
            "Do what AGENTS.md says under \"Each time you wake\". Reply NO_REPLY when there was nothing to do."
        }
    }
}
