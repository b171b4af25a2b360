//! The files in the workspace of an agent on a gateway: what they say, and how they are brought up to date without
//! taking from the agent what it wrote itself. No I/O: who writes them is the lifecycle of agents.
//!
//! A managed file begins with a section of this server between two marks; what stands outside of the marks belongs to
//! the agent. The first mark carries the version of the texts and a digest of the section, so that a section that the
//! agent has changed is seen, reported and left alone.

mod managed;
mod quote;
pub mod template;
mod texts;

use std::fmt;

use mc_base::SecretString;
pub use mc_openclaw::config::Dialect;

pub(crate) use managed::body_of;
pub use managed::{Merge, merge};

use crate::{agents::Agent, boards::Board, gateways::Gateway, souls::RoleSoul, users::User};

/// The version of the texts; it grows with each change of what they say.
pub const VERSION: u32 = 1;

/// What the files of an agent are made from.
#[derive(Clone, Copy, Debug)]
pub struct Brief<'a> {
    /// The agent.
    pub agent: &'a Agent,
    /// Its board; none for the main agent of a gateway.
    pub board: Option<&'a Board>,
    /// The gateway it lives on.
    pub gateway: &'a Gateway,
    /// The person it works for, when one is known.
    pub person: Option<&'a User>,
    /// Its token. It is written into one file only.
    pub token: &'a SecretString,
    /// The public address of this server, without a trailing slash.
    pub base_url: &'a str,
    /// Which files the gateway takes.
    pub dialect: Dialect,
    /// The text for its role that a person has accepted.
    pub role_soul: Option<&'a RoleSoul>,
    /// The folder of the files on the gateway's host.
    pub workspace_path: &'a str,
}

impl Brief<'_> {
    fn kind(&self) -> AgentKind {
        AgentKind::of(self.agent)
    }
}

/// What an agent is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentKind {
    /// Does the tasks of a board.
    Worker,
    /// Leads a board.
    Lead,
    /// Works for a whole gateway.
    Main,
}

impl AgentKind {
    /// The kind of an agent.
    pub fn of(agent: &Agent) -> Self {
        match (agent.board_id, agent.is_board_lead) {
            (None, _) => Self::Main,
            (Some(_), true) => Self::Lead,
            (Some(_), false) => Self::Worker,
        }
    }
}

/// Who a file belongs to after it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Its section is kept up to date; what stands outside of the section is the agent's.
    Managed,
    /// The agent's: written only when it is missing.
    Keep,
    /// The agent deletes it when it has done what it says: written at the first set-up or on request, and kept up to
    /// date only while it is there.
    Once,
}

/// A file as it should be.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// The name, without a folder.
    pub name: &'static str,
    /// The text of the server. [`merge`] puts the marks around that of a managed file.
    pub content: String,
    /// Who it belongs to.
    pub policy: Policy,
}

impl fmt::Debug for File {
    // One of the files bears the token.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("File")
            .field("name", &self.name)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// All files of an agent, in the order in which they are to be written: the one that bears the token is the last.
pub fn render(brief: &Brief<'_>) -> Vec<File> {
    let mut files = texts::files(brief);
    files.retain(|file| !file.content.is_empty());
    files.sort_by_key(|file| (file.name == texts::access_file(brief.dialect), file.name));
    files
}

/// What an agent is to be: its own text with the places filled in, the text for its role, or that of its kind.
pub fn soul(brief: &Brief<'_>) -> String {
    texts::character::soul(brief)
}

/// Why an agent is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake<'a> {
    /// It was set up.
    Provisioned,
    /// Its files or settings have changed.
    Updated,
    /// It was woken before and did not call.
    Reminder,
    /// There is work: one line for each thing that waits, written by this server.
    Work(&'a str),
}

/// The words with which an agent is woken. They say how to check in, whatever became of the files.
pub(crate) fn wake_text(agent: &Agent, dialect: Dialect, base_url: &str, wake: Wake<'_>) -> String {
    texts::wake::text(agent, dialect, base_url, wake)
}

/// The instruction for heartbeats that the gateway runs by itself, for its configuration.
pub(crate) fn heartbeat_prompt(agent: &Agent, dialect: Dialect) -> &'static str {
    texts::wake::heartbeat_prompt(AgentKind::of(agent), dialect)
}

#[cfg(test)]
mod tests;
