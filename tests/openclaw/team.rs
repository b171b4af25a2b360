//! What the agents of these tests do: a lead that assigns and reviews, and workers that ask before they hand in. They
//! reach the server as their own files tell them, by commands that really run.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::model::{Reply, Script, Turn};

/// What the worker wants to be allowed.
pub(crate) const ACTION: &str = "publish.report";
/// What the worker says when it begins.
pub(crate) const BEGUN: &str = "I have begun, and I have asked for an approval.";

/// Agents that do their work. Any turn begins with a check-in.
pub(crate) fn at_work() -> Script {
    Arc::new(|turn| {
        let commands = commands(turn);
        match commands.get(turn.results.len()) {
            Some(command) => Reply::Run(command.clone()),
            None => Reply::Say("Done.".to_owned()),
        }
    })
}

/// A model whose provider refuses every request.
pub(crate) fn out_of_order() -> Script {
    Arc::new(|_| Reply::Fail(400))
}

/// The commands of a turn in their order. The last ones may depend on what the first ones print, and are missing until
/// that is known.
fn commands(turn: &Turn) -> Vec<String> {
    let is_lead = turn.agent.starts_with("lead-");
    let mut commands = vec![check_in(&turn.instructions)];
    for notice in notices(&turn.text) {
        let task = notice.fact("Task ID");
        match notice.header {
            "NEW TASK ADDED" if is_lead => {
                let question = commands.len();
                commands.push("./mc GET '/api/v1/agent/agents?board_id={board_id}'".to_owned());
                let Some(printed) = turn.results.get(question) else { return commands };
                let change = json!({"assigned_agent_id": worker(printed)});
                commands.push(mc("PATCH", &format!("tasks/{task}"), &change));
            }
            "TASK ASSIGNED" => {
                let asked = json!({
                    "action_type": ACTION, "task_id": task, "confidence": 70,
                    "lead_reasoning": "Others will see the report.",
                });
                commands.push(mc("PATCH", &format!("tasks/{task}"), &json!({"status": "in_progress"})));
                commands.push(mc("POST", &format!("tasks/{task}/comments"), &json!({"message": BEGUN})));
                commands.push(mc("POST", "approvals", &asked));
            }
            "APPROVAL RESOLVED" if !is_lead && notice.fact("Decision") == "approved" => {
                let change = json!({"status": "review", "comment": "The report is in the wiki."});
                commands.push(mc("PATCH", &format!("tasks/{task}"), &change));
            }
            "TASK READY FOR LEAD REVIEW" => {
                commands.push(mc("PATCH", &format!("tasks/{task}"), &json!({"status": "done"})));
            }
            "WEBHOOK EVENT RECEIVED" => {
                let seen = format!("Seen: {}", notice.fact("Payload ID"));
                commands.push(mc("POST", "memory", &json!({"content": seen, "tags": ["seen"]})));
            }
            _ => {}
        }
    }
    commands
}

/// Makes the script for calls exactly as the agent's files say, and checks in by it.
fn check_in(instructions: &str) -> String {
    let script = instructions.split("```sh\n").skip(1).find(|block| block.starts_with("cat > mc "));
    let script =
        script.and_then(|block| block.split("```").next()).unwrap_or("# The files have no script.\n");
    format!("{script}./mc POST /api/v1/agent/heartbeat")
}

/// A call about the agent's board; the script puts its id in.
fn mc(method: &str, path: &str, body: &Value) -> String {
    format!("./mc {method} '/api/v1/agent/boards/{{board_id}}/{path}' '{body}'")
}

/// The first agent in a list of agents that does not lead.
fn worker(printed: &str) -> Option<String> {
    let (start, end) = (printed.find('{')?, printed.rfind('}')?);
    let list: Value = serde_json::from_str(&printed[start..=end]).ok()?;
    let found = list["items"].as_array()?.iter().find(|agent| agent["is_board_lead"] == false)?;
    found["id"].as_str().map(str::to_owned)
}

const HEADERS: [&str; 5] = [
    "NEW TASK ADDED",
    "TASK ASSIGNED",
    "APPROVAL RESOLVED",
    "TASK READY FOR LEAD REVIEW",
    "WEBHOOK EVENT RECEIVED",
];

/// Something that the agent is told: a header and the lines below it.
struct Notice<'a> {
    header: &'static str,
    lines: Vec<&'a str>,
}

impl Notice<'_> {
    /// What stands behind a name and a colon; blank when nothing does.
    fn fact(&self, name: &str) -> &str {
        let fact = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(": "));
        self.lines.iter().find(|line| fact(line)).map_or("", |line| line[name.len() + 2..].trim())
    }
}

/// All that a message tells. A gateway puts the time before a message, and several messages together when the agent was
/// busy.
fn notices(text: &str) -> Vec<Notice<'_>> {
    let mut notices: Vec<Notice<'_>> = Vec::new();
    for line in text.lines() {
        if let Some(header) = HEADERS.into_iter().find(|header| line.trim_end().ends_with(header)) {
            notices.push(Notice { header, lines: Vec::new() });
        } else if let Some(notice) = notices.last_mut() {
            notice.lines.push(line);
        }
    }
    notices
}
