//! What the tests set up: a gateway on the server, a board on the gateway, and the agents of the board.

use std::time::Duration;

use black_box::{Client, Server, until};
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, TOKEN},
    model::Model,
};

/// How long anything may take that needs turns of agents: seconds on an idle machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(300);

/// A board with its gateway, as a person sees it.
pub(crate) struct Stand<'a> {
    server: &'a Server<'a>,
    model: &'a Model,
    /// The gateway's id.
    pub(crate) gateway: String,
    /// The board's id.
    pub(crate) board: String,
}

impl<'a> Stand<'a> {
    /// Adds a gateway, and makes a board on it.
    pub(crate) fn new(server: &'a Server<'a>, model: &'a Model, gateway: &Gateway) -> Self {
        let workspaces = gateway.workspaces().display().to_string();
        Self::on(server, model, add_gateway(&server.client, &gateway.url(), &workspaces, TOKEN))
    }

    /// Makes a board on a gateway that the server knows by this id.
    pub(crate) fn on(server: &'a Server<'a>, model: &'a Model, gateway: String) -> Self {
        let board = json!({
            "name": "Reports", "slug": "reports", "description": "Reports for the whole house.",
            "gateway_id": gateway, "require_review_before_done": true, "max_agents": 10,
        });
        let board = id_of(&server.client.post("/api/v1/boards", &board).expect(200));
        Self { server, model, gateway, board }
    }

    /// A client of the server, as a person.
    pub(crate) fn client(&self) -> &Client {
        &self.server.client
    }

    /// Makes an agent on the board, and gives its id.
    pub(crate) fn agent(&self, name: &str, more: &Value) -> String {
        let mut agent = json!({"name": name, "board_id": self.board});
        for (key, value) in more.as_object().into_iter().flatten() {
            agent[key] = value.clone();
        }
        id_of(&self.client().post("/api/v1/agents", &agent).expect(200))
    }

    /// What is at this path, once it is as it should be.
    pub(crate) fn wait(&self, path: &str, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        wait(self.client(), path, what, fits)
    }

    /// Waits until an agent has checked in.
    pub(crate) fn wait_until_ready(&self, agent: &str) -> Value {
        let path = format!("/api/v1/agents/{agent}");
        self.wait(&path, "the agent has checked in", |agent| {
            agent["lifecycle_state"] == "ready" && agent["presence"] == "online"
        })
    }

    /// Waits until a task has this status.
    pub(crate) fn wait_until_task_is(&self, task: &str, status: &str) -> Value {
        let tasks = format!("/api/v1/boards/{}/tasks", self.board);
        let is = |list: &Value| find(list, task).is_some_and(|task| task["status"] == status);
        let list = self.wait(&tasks, &format!("the task is {status}"), is);
        find(&list, task).expect("it was there").clone()
    }

    /// Waits until an agent asks for an approval, the only one of the board.
    pub(crate) fn wait_for_approval(&self) -> Value {
        let list = self.wait(&self.approvals(), "an agent asks for an approval", |list| list["total"] == 1);
        list["items"][0].clone()
    }

    /// Approves, as a person.
    pub(crate) fn approve(&self, approval: &Value) {
        let path = format!("{}/{}", self.approvals(), id_of(approval));
        let _ = self.client().patch(&path, &json!({"status": "approved"})).expect(200);
    }

    fn approvals(&self) -> String {
        format!("/api/v1/boards/{}/approvals", self.board)
    }
}

impl Drop for Stand<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for (turn, reply) in self.model.calls() {
                eprintln!("{}: {:?}\n  results {:?}\n  reply {reply:?}", turn.agent, turn.text, turn.results);
            }
            eprintln!("The server wrote:\n{}", self.server.log());
        }
    }
}

/// What is at this path, once it is as it should be.
pub(crate) fn wait(client: &Client, path: &str, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
    until(what, LIMIT, || {
        let answer = client.get(path);
        if answer.status == 200 && fits(&answer.body) { Ok(answer.body) } else { Err(format!("{answer:?}")) }
    })
}

/// Adds a gateway, and gives its id.
pub(crate) fn add_gateway(client: &Client, url: &str, workspaces: &str, token: &str) -> String {
    let gateway = json!({"name": "Here", "url": url, "workspace_root": workspaces, "token": token});
    id_of(&client.post("/api/v1/gateways", &gateway).expect(200))
}

fn id_of(thing: &Value) -> String {
    thing["id"].as_str().unwrap_or_else(|| panic!("no id in {thing}")).to_owned()
}

fn find<'a>(list: &'a Value, id: &str) -> Option<&'a Value> {
    list["items"].as_array()?.iter().find(|item| item["id"] == id)
}
