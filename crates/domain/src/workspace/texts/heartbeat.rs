//! What an agent does each time that it wakes.

use super::super::{AgentKind, Brief};

/// The rounds of an agent.
pub(super) fn rounds(brief: &Brief<'_>) -> String {
    let work = match brief.kind() {
        AgentKind::Main => {
            "Answer what asks for you: onboarding, and messages that begin with `LEAD REQUEST`."
        }
        AgentKind::Lead => {
            "Review what waits in `review`, assign what waits in `inbox`, unblock what is stuck."
        }
        AgentKind::Worker => {
            "Go on with your task in progress, else begin the next one that is assigned to you."
        }
    };
    format!(
        "## Each time you wake\n\n\
         1. Check in: `./mc POST /api/v1/agent/heartbeat`. The answer says what has changed and what waits for you. \
            When it fails, stop: write nothing and try again the next time.\n\
         2. {work}\n\
         3. Reply `HEARTBEAT_OK` when there was nothing to do."
    )
}
