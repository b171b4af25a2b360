//! What the files say. One statement for each rule; each file stays small, since a gateway puts it before every turn.

mod access;
mod agents;
mod bootstrap;
mod character;
mod heartbeat;
mod memory;
pub(super) mod wake;

use super::{Brief, Dialect, File, Policy};

/// The file that bears the address and the token.
pub(super) fn access_file(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::List => "TOOLS.md",
        Dialect::Entries => "AGENTS.md",
    }
}

/// All files of an agent, in no order.
pub(super) fn files(brief: &Brief<'_>) -> Vec<File> {
    let managed = |name, content| File { name, content, policy: Policy::Managed };
    let mut files = vec![
        managed("IDENTITY.md", character::identity(brief)),
        managed("SOUL.md", character::soul(brief)),
        File { name: "USER.md", content: character::user(brief), policy: Policy::Keep },
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
