//! Requests made from the API document (Schemathesis): thousands of good and bad ones against the executable. None may
//! be answered with a status, a header or a body that the document does not announce, and none with a 5xx.

use std::{
    fmt::Write as _,
    fs::{self, File},
    path::Path,
    process::Command,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

use crate::{
    http,
    process::Processes,
    python,
    server::Server,
    services::{Durability, Postgres},
};

/// The version that this was tried with; a later one may find other things on another day.
const VERSION: &str = "4.32.5";
/// The same requests each time: a failure that is found stays until it is mended.
const SEED: &str = "20260131";
/// Requests for each operation and phase.
const EXAMPLES: &str = "60";
/// How many requests there must be in all, so that a run that tests nothing does not pass.
const AT_LEAST: u64 = 20_000;
const RUN_LIMIT: Duration = Duration::from_secs(900);

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";
/// Streams do not end, what takes away the ground under the other requests is for other tests, and so is what asks
/// servers elsewhere, as a new gateway does; the demo organization brings a gateway that nobody runs.
const LEFT_OUT: &str = "/stream$|/events$|/leave$|/transfer$|/auth/session$|/souls-directory/|/packs/.*/sync$|\
                        /gateways$|/system/demo$";

/// Runs the requests on SQLite and on PostgreSQL.
pub(crate) fn check(processes: &Processes, binary: &Path) -> Result<()> {
    let package = format!("schemathesis=={VERSION}");
    let tool = python::environment(processes, "schemathesis", &[&package])?.join("schemathesis");
    let cluster = Postgres::start(processes, Durability::None)?;
    let on = |settings: &[(&str, &str)]| {
        let server = Server::start_logged(processes, binary, settings, "generated")?;
        requests(processes, &tool, &server)
    };
    // The generator uses one processor, and the server little of another.
    let (postgres, sqlite) = thread::scope(|scope| {
        let postgres = scope.spawn(|| on(&[("DATABASE_URL", cluster.url())]));
        let sqlite = on(&[]);
        (postgres.join().unwrap_or_else(|_| Err(anyhow!("its thread panicked"))), sqlite)
    });
    let (sqlite, postgres) = (sqlite.context("on SQLite")?, postgres.context("on PostgreSQL")?);
    let total = sqlite + postgres;
    println!("{total} generated requests, no failure: {sqlite} on SQLite, {postgres} on PostgreSQL");
    if total < AT_LEAST {
        bail!("only {total} requests were generated; {AT_LEAST} are wanted");
    }
    Ok(())
}

/// One server, as a person and as the agent that leads a board; gives the number of requests.
fn requests(processes: &Processes, tool: &Path, server: &Server) -> Result<u64> {
    let folder = tempfile::Builder::new().prefix("mc-generated-").tempdir()?;
    let ids = Seeds::make(server)?;
    let person = format!("Authorization = \"Bearer {}\"", server.token);
    let agent = format!("X-Agent-Token = \"{}\"", ids.agent_token);
    let mut total = 0;
    for (name, header, parameters, chosen) in [
        (
            "a person",
            &person,
            ids.parameters(),
            &["--exclude-tag", "agent", "--exclude-method", "DELETE"][..],
        ),
        ("an agent", &agent, ids.parameters(), &["--include-tag", "agent", "--exclude-method", "DELETE"][..]),
        // Deletions ask for things that are not there, or the others would find nothing any more.
        (
            "a person who deletes",
            &person,
            String::new(),
            &["--include-method", "DELETE", "--exclude-path-regex", "/me$"][..],
        ),
    ] {
        let report = folder.path().join("report.json");
        // Tokens stand in a file, not on a command line that is shown when the run fails.
        let configuration = folder.path().join("schemathesis.toml");
        fs::write(&configuration, format!("headers = {{ {header} }}\n{parameters}"))?;
        let mut command = Command::new(tool);
        command.arg("--config-file").arg(&configuration).arg("run");
        command.arg(format!("{}/openapi.json", server.url()));
        command.args(["--checks", CHECKS, "--max-examples", EXAMPLES, "--seed", SEED, "--workers", "1"]);
        command.args(["--phases", "coverage,fuzzing", "--warnings", "off", "--continue-on-failure"]);
        command.args(["--exclude-path-regex", LEFT_OUT]).args(chosen);
        command.args(["--report", "json", "--report-json-path"]).arg(&report);
        // Shown in one piece: another run speaks at the same time.
        let said = folder.path().join("said");
        let file = File::create(&said)?;
        command.current_dir(folder.path()).stdout(file.try_clone()?).stderr(file);
        let ran = processes.run(&mut command, RUN_LIMIT);
        println!("{}", String::from_utf8_lossy(&fs::read(&said)?));
        let Ok(text) = fs::read(&report) else {
            ran.with_context(|| format!("requests of {name}"))?;
            bail!("requests of {name}: no report");
        };
        let report: Value = serde_json::from_slice(&text)?;
        let failures = report["failures"].as_array().context("the report has no failures")?.len();
        if failures > 0 || !server.is_ready() {
            bail!("requests of {name}: {failures} failures, see above");
        }
        // The generator sometimes stumbles over itself on one operation; what was sent and answered counts.
        if let Err(error) = ran {
            eprintln!("without a failure of the server: {error:#}");
        }
        total += report["test_cases"]["generated"].as_u64().context("the report has no count")?;
    }
    Ok(total)
}

/// One of everything, so that requests reach beyond "there is no such thing".
struct Seeds {
    ids: Vec<(&'static str, String)>,
    agent_token: String,
}

impl Seeds {
    fn make(server: &Server) -> Result<Self> {
        let client = http::agent();
        let post = |path: &str, body: Value| -> Result<Value> {
            let url = format!("{}/api/v1{path}", server.url());
            http::post(&client, &url, &[("Authorization", &format!("Bearer {}", server.token))], &body)
        };
        let id = |made: &Value| -> Result<String> {
            Ok(made["id"].as_str().with_context(|| format!("no id in {made}"))?.to_owned())
        };
        let group = id(&post("/board-groups", json!({ "name": "Group", "slug": "group" }))?)?;
        let board = post(
            "/boards",
            json!({
                "name": "Board", "slug": "board", "description": "For generated requests", "board_type": "general",
                "board_group_id": group, "require_approval_for_done": false, "max_agents": 100_000,
            }),
        )?;
        let board = id(&board)?;
        let task = id(&post(&format!("/boards/{board}/tasks"), json!({ "title": "Task" }))?)?;
        let webhook = id(&post(&format!("/boards/{board}/webhooks"), json!({ "description": "Webhook" }))?)?;
        let delivery = post(&format!("/boards/{board}/webhooks/{webhook}"), json!({ "event": "push" }))?;
        let payload = delivery["payload_id"].as_str().context("no payload_id")?.to_owned();
        let tag = id(&post("/tags", json!({ "name": "Tag" }))?)?;
        let field = id(&post(
            "/organizations/me/custom-fields",
            json!({ "field_key": "size", "board_ids": [board] }),
        )?)?;
        let approval = post(
            &format!("/boards/{board}/approvals"),
            json!({ "action_type": "task.execute", "confidence": 80, "lead_reasoning": "For generated requests" }),
        )?;
        let agent = id(&post("/agents", json!({ "name": "Worker", "board_id": board }))?)?;
        // The agent that makes requests of its own is not among those that others change.
        let lead = post("/agents", json!({ "name": "Lead", "board_id": board, "is_board_lead": true }))?;
        let agent_token = lead["token"].as_str().context("no token of the lead")?.to_owned();
        Ok(Self {
            ids: vec![
                ("group_id", group),
                ("board_id", board),
                ("task_id", task),
                ("webhook_id", webhook),
                ("payload_id", payload),
                ("tag_id", tag),
                ("task_custom_field_definition_id", field),
                ("approval_id", id(&approval)?),
                ("agent_id", agent),
            ],
            agent_token,
        })
    }

    /// The ids as the tool wants them.
    fn parameters(&self) -> String {
        let mut text = "[parameters]\n".to_owned();
        for (name, id) in &self.ids {
            let _ = writeln!(text, "\"path.{name}\" = \"{id}\"");
        }
        text
    }
}
