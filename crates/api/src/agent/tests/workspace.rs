//! What the files of agents tell them to run does run: each block and each call of each file, with a real shell and a real
//! `curl`, against a listening server.

use std::{fs, path::Path, process::Output};

use http::Method;
use mc_domain::{
    agents::{self, Agent},
    boards::Board,
    gateways,
    workspace::{self, AgentKind, Brief, Dialect, Merge},
};
use mc_store::{Read, Store, sql, testing::on_both};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use crate::{
    fixtures::{agent, gateway, home},
    testing::TestServer,
};

/// A board with its agents on a gateway, and a server that listens.
struct World {
    server: TestServer,
    address: String,
    board: Board,
    worker: (Agent, String),
    lead: (Agent, String),
    main: (Agent, String),
}

impl World {
    async fn new(store: &Store) -> Self {
        let server = TestServer::with_gateways(store, gateways::testing::ScriptedGateway::default()).await;
        let home = home(&server).await;
        let (gate, main_token) = gateway(&server, home).await;
        let writer =
            mc_domain::testing::board_writer(&server.context, mc_domain::testing::new_board("Ours")).await;
        let board = writer.board().clone();
        let txn = store.begin().await.unwrap();
        let update = sql("UPDATE boards SET gateway_id = $2, comment_required_for_review = $3 WHERE id = $1");
        txn.run_one(update.bind(board.id).bind(gate).bind(true)).await.unwrap();
        txn.commit().await.unwrap();
        let lead_session = format!("agent:lead-{}:main", board.id);
        let worker = agent(&server, (home, board.id), "Bob", false, Some("agent:mc-bob:main")).await;
        let lead = agent(&server, (home, board.id), "Ada", true, Some(&lead_session)).await;
        let txn = store.begin().await.unwrap();
        let session =
            sql("UPDATE agents SET openclaw_session_id = $2 WHERE gateway_id = $1 AND board_id IS NULL");
        txn.run_one(session.bind(gate).bind(gateways::main_session(gate))).await.unwrap();
        txn.commit().await.unwrap();
        let (main_id,): (Uuid,) = store
            .one(sql("SELECT id FROM agents WHERE gateway_id = $1 AND board_id IS NULL").bind(gate))
            .await
            .unwrap();
        let main = agents::service::by_id(store, main_id).await.unwrap().unwrap();
        let address = server.listen().await;
        Self { server, address, board, worker, lead, main: (main, main_token) }
    }

    fn agent(&self, kind: AgentKind) -> &(Agent, String) {
        match kind {
            AgentKind::Worker => &self.worker,
            AgentKind::Lead => &self.lead,
            AgentKind::Main => &self.main,
        }
    }

    /// Writes the files of an agent as its gateway has them after the first set-up.
    fn write(&self, folder: &Path, kind: AgentKind, dialect: Dialect) {
        let (agent, token) = self.agent(kind);
        let gateway = gateways::testing::gateway();
        let files = workspace::render(&Brief {
            agent,
            board: (kind != AgentKind::Main).then_some(&self.board),
            gateway: &gateway,
            person: None,
            token: &SecretString::from(token.as_str()),
            base_url: &self.address,
            dialect,
            role_soul: None,
            workspace_path: "/srv/agents/workspace",
        });
        for file in files {
            let Merge::Write(text) = workspace::merge(None, &file, true) else { panic!("{}", file.name) };
            fs::write(folder.join(file.name), text).unwrap();
        }
    }

    /// A task in the inbox.
    async fn task(&self) -> String {
        let path = format!("/api/v1/boards/{}/tasks", self.board.id);
        let made = self.server.user(Method::POST, &path, Some(json!({"title": "Import"}))).await;
        made.json["id"].as_str().unwrap().to_owned()
    }
}

/// The fenced shell blocks of a text, and the calls inside its sentences, in their order; the block that writes the
/// script comes first.
fn snippets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, part) in text.split("```").enumerate() {
        if number % 2 == 1 {
            found.extend(part.strip_prefix("sh\n").map(str::to_owned));
        } else {
            let calls = part.split('`').filter(|piece| piece.starts_with("./mc "));
            found.extend(calls.map(str::to_owned));
        }
    }
    found.sort_by_key(|snippet| !snippet.starts_with("cat > mc"));
    found
}

async fn shell(folder: &Path, script: String) -> Output {
    let folder = folder.to_owned();
    let run = move || {
        let mut shell = std::process::Command::new("sh");
        // A proxy of the machine must not stand between the shell and this process.
        shell.args(["-eu", "-c", &script]).current_dir(folder).env("NO_PROXY", "*").output()
    };
    tokio::task::spawn_blocking(run).await.unwrap().expect("`sh` is there")
}

#[tokio::test]
async fn every_command_in_the_files_of_agents_works() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        for kind in [AgentKind::Worker, AgentKind::Lead, AgentKind::Main] {
            for (dialect, access) in [(Dialect::List, "TOOLS.md"), (Dialect::Entries, "AGENTS.md")] {
                let folder = tempfile::tempdir().unwrap();
                world.write(folder.path(), kind, dialect);
                let mut names: Vec<String> = fs::read_dir(folder.path())
                    .unwrap()
                    .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                    .collect();
                names.sort_by_key(|name| (name != access, name.clone()));
                let task = world.task().await;
                let mut count = 0;
                for name in &names {
                    let text = fs::read_to_string(folder.path().join(name)).unwrap();
                    for snippet in snippets(&text) {
                        let script = snippet
                            .replace("TASK_ID", &task)
                            .replace("AGENT_ID\"", &format!("{}\"", world.worker.0.id))
                            .replace("BOARD_ID/", &format!("{}/", world.board.id));
                        // In the script itself the name stands for the line of the file.
                        let script = if snippet.starts_with("cat > mc") { snippet.clone() } else { script };
                        let output = shell(folder.path(), script).await;
                        let said = String::from_utf8_lossy(&output.stderr);
                        let place = format!("{kind:?} {dialect:?} {name}: {snippet}\n{said}");
                        assert!(
                            output.status.success() && said.is_empty(),
                            "{place}{}",
                            String::from_utf8_lossy(&output.stdout)
                        );
                        count += 1;
                    }
                }
                assert!(count >= 7, "{kind:?} {dialect:?}: {count} commands");
                assert!(!folder.path().join("BOOTSTRAP.md").exists(), "the first start is over");
                let memory = fs::read_to_string(folder.path().join("MEMORY.md")).unwrap();
                assert!(memory.contains("first start, checked in"));

                let script = "./mc GET /api/v1/agent/healthz".to_owned();
                let output = shell(folder.path(), script.clone()).await;
                assert_eq!(serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["ok"], true);
                let text = fs::read_to_string(folder.path().join(access)).unwrap();
                fs::write(folder.path().join(access), text.replace("AUTH_TOKEN=mca_", "AUTH_TOKEN=old_"))
                    .unwrap();
                let output = shell(folder.path(), script).await;
                assert!(!output.status.success());
                assert_eq!(String::from_utf8_lossy(&output.stderr), "HTTP 401\n");
                assert!(String::from_utf8_lossy(&output.stdout).contains("\"detail\""));
            }
        }
        world.server.stop.cancel();
    })
    .await;
}
