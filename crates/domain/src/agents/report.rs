//! How the last run of the lifecycle went: step by step and file by file, kept on the agent for people to see. No I/O.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Agent;

/// The longest detail of a step or file, in characters.
const DETAIL_MAX: usize = 300;

/// How one step or file went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was done, or written.
    Done,
    /// It was there already.
    Unchanged,
    /// It is the agent's own and was left as it is.
    Kept,
    /// The agent has changed what the server writes there; it was left as it is.
    Conflict,
    /// The gateway does not know it.
    Unsupported,
    /// It did not work.
    Failed,
}

impl State {
    /// The published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unchanged => "unchanged",
            Self::Kept => "kept",
            Self::Conflict => "conflict",
            Self::Unsupported => "unsupported",
            Self::Failed => "failed",
        }
    }
}

/// A step or a file, and how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The step, such as `configure`, or the name of the file.
    pub name: String,
    /// How it went.
    pub state: State,
    /// Why, in words for people, when it did not simply work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Item {
    /// An item without a detail.
    pub(crate) fn new(name: impl Into<String>, state: State) -> Self {
        Self { name: name.into(), state, detail: None }
    }

    /// An item with the reason; a long one is cut.
    pub(crate) fn because(name: impl Into<String>, state: State, detail: &str) -> Self {
        Self { name: name.into(), state, detail: Some(detail.chars().take(DETAIL_MAX).collect()) }
    }
}

/// How a run went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When it ended.
    #[serde(default)]
    pub ended_at: Option<DateTime<Utc>>,
    /// The steps in their order, up to the one that failed.
    #[serde(default)]
    pub steps: Vec<Item>,
    /// The files.
    #[serde(default)]
    pub files: Vec<Item>,
}

impl Report {
    /// Whether a file is not as the server wants it although the gateway knows it.
    #[must_use]
    pub fn misses_files(&self) -> bool {
        self.files.iter().any(|file| matches!(file.state, State::Failed | State::Conflict))
    }
}

impl Agent {
    /// Whether the files on its gateway are not those that the server would write now: older texts, newer ones
    /// that wait, or files that could not be written.
    #[must_use]
    pub fn is_behind(&self, version: i64) -> bool {
        self.gateway_id.is_some()
            && (self.files_wanted_at.is_some()
                || self.files_version != Some(version)
                || self.provision_report.as_ref().is_some_and(|report| report.0.misses_files()))
    }
}

#[cfg(test)]
mod tests {
    use mc_store::Json;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    #[test]
    fn an_agent_is_behind_when_its_files_are_not_the_present_ones() {
        let report =
            |state| Some(Json(Report { files: vec![Item::new("AGENTS.md", state)], ..Report::default() }));
        let current = Agent {
            gateway_id: Some(Uuid::from_u128(9)),
            files_version: Some(3),
            provision_report: report(State::Done),
            ..testing::agent("Ada")
        };
        for (agent, expected) in [
            (current.clone(), false),
            (Agent { files_version: Some(2), ..current.clone() }, true),
            (Agent { files_version: None, ..current.clone() }, true),
            (Agent { files_wanted_at: Some(DateTime::UNIX_EPOCH), ..current.clone() }, true),
            (Agent { provision_report: report(State::Failed), ..current.clone() }, true),
            (Agent { provision_report: report(State::Conflict), ..current.clone() }, true),
            (Agent { provision_report: report(State::Unsupported), ..current.clone() }, false),
            (Agent { gateway_id: None, files_version: None, ..current }, false),
        ] {
            assert_eq!(agent.is_behind(3), expected, "{agent:?}");
        }
    }

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let report = Report {
            ended_at: Some(DateTime::UNIX_EPOCH),
            steps: vec![Item::new("hello", State::Done)],
            files: vec![Item::because("SOUL.md", State::Failed, "the gateway says no")],
        };
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
        assert_eq!(serde_json::from_str::<Report>("{}").unwrap(), Report::default());
    }
}
