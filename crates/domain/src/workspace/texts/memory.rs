//! MEMORY.md: the agent's own, so it is written once.

use super::super::{AgentKind, Brief};

/// The empty memory of an agent.
pub(super) fn memory(brief: &Brief<'_>) -> String {
    let sections = match brief.kind() {
        AgentKind::Lead => format!("{DELIVERY}\n\n{SHARED}\n\n## Playbooks"),
        AgentKind::Worker | AgentKind::Main => {
            format!("## Preferences and style of work\n\n{SHARED}\n\n## References")
        }
    };
    format!(
        "# MEMORY.md\n\nWhat stays true for long, with dates and reasons. No daily log, no secrets; goal and rules of a board \
         are in AGENTS.md.\n\n{sections}\n"
    )
}

const DELIVERY: &str = "\
## Delivery status
- Goal:
- State: Waiting (Working, Blocked, Waiting or Done)
- Last updated:
- Now:
- Key constraint:
- Blocked by: nothing
- Next step:
- Changed since:
- Evidence:
- Request:
- Success criteria and stop condition:";

const SHARED: &str = "## Decisions\n\n## Lessons\n\n## Risks and open questions";
