//! What an agent does each time that it wakes: HEARTBEAT.md, or a section of AGENTS.md.

use super::{
    super::{AgentKind, Brief, Dialect},
    SILENCE,
};

/// The rounds of an agent.
pub(super) fn rounds(brief: &Brief<'_>) -> String {
    let work = match brief.kind() {
        AgentKind::Main => MAIN.to_owned(),
        AgentKind::Lead => LEAD.to_owned(),
        AgentKind::Worker => WORKER.replace("MY_ID", &brief.agent.id.to_string()),
    };
    let head = match brief.dialect {
        Dialect::List => "# HEARTBEAT.md\n\n",
        Dialect::Entries => "",
    };
    let approvals = match brief.kind() {
        AgentKind::Main => String::new(),
        AgentKind::Lead | AgentKind::Worker => format!("\n\n{APPROVALS}"),
    };
    format!(
        "{head}{START}\n{work}\n\nReply `{SILENCE}` only when the check-in worked and nothing was left to do.{approvals}"
    )
}

const START: &str = "\
## Each time you wake
1. Check in: `./mc POST /api/v1/agent/heartbeat`. `check_in` in the answer has what waits for you (`has_work`, `work`, \
`tasks`, `decided_approvals`), the `rules`, and `paused` (then stop). When it fails, stop too and write nothing, neither memory nor comments; the next wake tries again. \
On 401 ask for your files to be written again.";

const MAIN: &str = "\
2. Handle the messages that wait: requests to ask a person first, then interviews, then the rest.
3. Ask and hand over with these calls; a lead that is missing is made by itself:

```sh
./mc GET '/api/v1/agent/boards'
./mc POST '/api/v1/agent/gateway/boards/BOARD_ID/lead/message' '{\"kind\": \"question\", \"content\": \"How far is the release?\"}'
./mc POST '/api/v1/agent/gateway/leads/broadcast' '{\"content\": \"What stands in your way?\"}'
./mc GET '/api/v1/agent/boards/BOARD_ID/memory?is_chat=false&limit=50'
```";

const LEAD: &str = "\
2. Read what waits, in this order: `review`, blocked, `inbox`, chat and mentions, decided approvals.

```sh
./mc GET '/api/v1/agent/boards/{board_id}/tasks?status=review'
./mc GET '/api/v1/agent/boards/{board_id}/tasks?status=inbox'
./mc GET '/api/v1/agent/boards/{board_id}/memory?is_chat=false&limit=20'
```
3. Review: read the comments, check the evidence against the criteria, accept or return. Then assign, unblock, plan the \
next tasks, look after deadlines.

```sh
./mc POST '/api/v1/agent/boards/{board_id}/tasks' '{\"title\": \"Check the import\", \"description\": \"Criteria: ...\"}'
./mc PATCH '/api/v1/agent/boards/{board_id}/tasks/TASK_ID' '{\"assigned_agent_id\": \"AGENT_ID\"}'
```
4. Bring the delivery status in MEMORY.md up to date when something changed.";

const WORKER: &str = "\
2. Go on with your task in progress, else begin the next one that is assigned to you, else a free one of `inbox`. With \
none, give one helpful comment on a running task, or stay silent.

```sh
./mc GET '/api/v1/agent/boards/{board_id}/tasks?assigned_agent_id=MY_ID'
./mc GET '/api/v1/agent/boards/{board_id}/tasks/TASK_ID/comments'
./mc PATCH '/api/v1/agent/boards/{board_id}/tasks/TASK_ID' '{\"status\": \"in_progress\"}'
```
3. Do one step, prove it, comment on what is new; then the next step, until it is done.

```sh
./mc POST '/api/v1/agent/boards/{board_id}/tasks/TASK_ID/comments' - <<'JSON'
{\"message\": \"**Update** both forms are read\\n**Evidence** `cargo test parser`: 14 passed\\n**Next** hand in\"}
JSON
./mc PATCH '/api/v1/agent/boards/{board_id}/tasks/TASK_ID' '{\"status\": \"review\", \"comment\": \"Done: ...\"}'
```
4. Write down what will be needed again.";

const APPROVALS: &str = "\
## Approvals
Ask when an action reaches outside, is risky, or your confidence is below 80. Confidence is the sum of `rubric_scores` \
(clarity, constraints, completeness, risk, dependencies, similarity); `lead_reasoning` says why. One pending approval for a \
task; only people decide; go on when it is `approved`, never when it is `rejected`. The decision comes as \
`APPROVAL RESOLVED`.

```sh
./mc POST '/api/v1/agent/boards/{board_id}/approvals' - <<'JSON'
{\"action_type\": \"task.close\", \"task_id\": \"TASK_ID\", \"confidence\": 75, \"lead_reasoning\": \"Why it is needed\",
 \"rubric_scores\": {\"clarity\": 20, \"constraints\": 15, \"completeness\": 10, \"risk\": 15, \"dependencies\": 10, \"similarity\": 5}}
JSON
./mc GET '/api/v1/agent/boards/{board_id}/approvals?status=pending'
```";
