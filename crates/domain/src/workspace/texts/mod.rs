//! What the files say. One statement for each rule; each file stays small, since a gateway puts it before every turn.

mod access;
mod agents;
mod bootstrap;
pub(super) mod character;
mod heartbeat;
mod memory;
pub(super) mod wake;

use super::{AgentKind, Brief, Dialect, File, Policy};

/// The file that bears the address and the token.
pub(super) fn access_file(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::List => "TOOLS.md",
        Dialect::Entries => "AGENTS.md",
    }
}

/// What an agent replies when there is nothing to say; gateways show it to nobody. `NO_REPLY` would cost newer gateways one
/// more call of the model, but for in heartbeats of their own.
const SILENCE: &str = "HEARTBEAT_OK";

/// All files of an agent, in no order.
pub(super) fn files(brief: &Brief<'_>) -> Vec<File> {
    let managed = |name, content| File { name, content, policy: Policy::Managed };
    // Of a main agent the server knows the person; on a board the agent gets to know its people.
    let about_people = if brief.kind() == AgentKind::Main { Policy::Managed } else { Policy::Keep };
    let mut files = vec![
        managed("IDENTITY.md", character::identity(brief)),
        managed("SOUL.md", character::soul(brief)),
        File { name: "USER.md", content: character::user(brief), policy: about_people },
        File { name: "MEMORY.md", content: memory::memory(brief), policy: Policy::Keep },
        File { name: "BOOTSTRAP.md", content: bootstrap::bootstrap(brief), policy: Policy::Once },
    ];
    let rules = agents::rules(brief);
    match brief.dialect {
        Dialect::List => files.extend([
            managed("AGENTS.md", rules),
            managed("HEARTBEAT.md", heartbeat::rounds(brief)),
            managed("TOOLS.md", access::access(brief)),
        ]),
        // These gateways take neither TOOLS.md nor HEARTBEAT.md.
        Dialect::Entries => {
            let parts = [rules, heartbeat::rounds(brief), access::access(brief)];
            files.push(managed("AGENTS.md", parts.join("\n\n")));
        }
    }
    files
}
