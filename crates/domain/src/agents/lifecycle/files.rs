//! The files of an agent: read, merged with what the agent wrote itself, and written when that makes a difference.

use mc_openclaw::config::Dialect;

use super::Run;
use crate::{
    agents::report::{Item, State},
    gateways::{
        port::{Failure, GatewayError},
        rpc::{AgentFile, Rpc},
    },
    workspace::{self, Brief, File, Merge, Policy},
};

/// How often a file is merged anew when the agent changes it in the same moment.
const MERGES: usize = 3;

/// Brings all files up to date; true when one was written. How each went stands in `items`. A file that the gateway
/// refuses does not keep the others from being written, but the run fails by it; one whose name it does not know is left
/// out.
pub(super) async fn write(
    rpc: Rpc<'_>,
    run: &Run,
    dialect: Dialect,
    is_new: bool,
    items: &mut Vec<Item>,
) -> Result<bool, GatewayError> {
    let files = workspace::render(&Brief {
        agent: &run.agent,
        board: run.board.as_ref(),
        gateway: &run.gateway,
        person: run.person.as_ref(),
        token: &run.token,
        base_url: &run.base_url,
        dialect,
        role_soul: run.role_soul.as_ref(),
        workspace_path: &run.workspace,
    });
    let mut is_changed = false;
    let mut refused = None;
    for file in &files {
        match bring_up_to_date(rpc, run, file, is_new).await {
            Ok(item) => {
                is_changed |= item.state == State::Done;
                items.push(item);
            }
            Err(error) => {
                let error = error.of_configured_agent();
                items.push(Item::because(file.name, State::Failed, &error.message));
                if super::is_away(&error) {
                    return Err(error);
                }
                refused = refused.or(Some(error));
            }
        }
    }
    refused.map_or(Ok(is_changed), Err)
}

/// Whether the server's text wins over what lies there.
fn overwrites(run: &Run, file: &File, is_new: bool) -> bool {
    let agent = &run.agent;
    // The gateway fills new workspaces with texts of its own. A first run that was cut off counts as not run.
    let is_first = is_new || (agent.files_version.is_none() && agent.last_seen_at.is_none());
    is_first
        || match file.policy {
            // Before, another server kept the files whole.
            Policy::Managed => agent.files_version.is_none() || run.manner.overwrite,
            Policy::Keep => run.manner.overwrite,
            Policy::Once => run.manner.force_bootstrap,
        }
}

async fn bring_up_to_date(rpc: Rpc<'_>, run: &Run, file: &File, is_new: bool) -> Result<Item, GatewayError> {
    let item = |state| Ok(Item::new(file.name, state));
    let is_replaced = overwrites(run, file, is_new);
    for attempt in 1.. {
        let present = match rpc.file_read(&run.key, file.name).await {
            Ok(present) => present,
            // What is written over need not be readable.
            Err(error) if error.failure == Failure::NotFound || (is_replaced && !super::is_away(&error)) => {
                AgentFile { missing: true, ..AgentFile::default() }
            }
            // An answer without a content counts as an empty file, so that what is the agent's own stays.
            Err(error) if error.failure == Failure::Protocol => AgentFile::default(),
            Err(error) if error.failure == Failure::Unsupported => return item(State::Unsupported),
            Err(error) => return Err(error),
        };
        let existing = (!present.missing).then_some(present.content.as_str());
        let (text, state) = match workspace::merge(existing, file, is_replaced) {
            Merge::Unchanged if file.policy == Policy::Keep => return item(State::Kept),
            Merge::Unchanged => return item(State::Unchanged),
            Merge::KeptByAgent { write: None } => return item(State::Conflict),
            Merge::KeptByAgent { write: Some(text) } => (text, State::Conflict),
            Merge::Write(text) => (text, State::Done),
        };
        match rpc.file_write(&run.key, file.name, &text, present.hash.as_deref()).await {
            Ok(()) => return item(state),
            Err(error) if error.failure == Failure::Unsupported => return item(State::Unsupported),
            Err(error) if error.failure == Failure::Conflict && attempt < MERGES => {}
            Err(error) => return Err(error),
        }
    }
    item(State::Failed)
}

#[cfg(test)]
mod tests;
