//! A tenant with one of everything, and everybody who may come by.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicU32, Ordering},
};

use axum::body::Body;
use http::{Method, Request, header};
use mc_base::TrustedProxies;
use mc_domain::{gateways::testing::ScriptedGateway, organizations::Role};
use mc_store::{Store, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use super::text;
use crate::{
    Settings,
    fixtures::{Person, agent, gateway, grant, organization, person},
    testing::{TestServer, settings},
};

/// Everybody, in the order of the columns.
pub(super) const CALLERS: [Caller; 12] = [
    Caller::Nobody,
    Caller::WrongToken,
    Caller::OtherOrganization,
    Caller::MemberWithoutGrant,
    Caller::Reader,
    Caller::Writer,
    Caller::Admin,
    Caller::Owner,
    Caller::Worker,
    Caller::Lead,
    Caller::MainAgent,
    Caller::AgentOfAnotherBoard,
];

/// A kind of caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Caller {
    /// No credentials.
    Nobody,
    /// A token that no agent has.
    WrongToken,
    /// The owner of another tenant.
    OtherOrganization,
    /// A member without any right on a board.
    MemberWithoutGrant,
    /// A member who may read the board.
    Reader,
    /// A member who may write the board.
    Writer,
    /// An administrator with all boards.
    Admin,
    /// The owner.
    Owner,
    /// An agent of the board.
    Worker,
    /// The agent that leads the board.
    Lead,
    /// The main agent of the board's gateway.
    MainAgent,
    /// An agent of another board of the tenant.
    AgentOfAnotherBoard,
}

/// Requests come from one address each, so that no limit on an address is met; names are made from it too.
static ADDRESS: AtomicU32 = AtomicU32::new(0);

/// The tenant.
pub(super) struct World {
    server: TestServer,
    home: Uuid,
    owner: Person,
    ids: HashMap<&'static str, String>,
    credentials: HashMap<Caller, (&'static str, String)>,
}

impl World {
    /// Makes a tenant, its neighbours and its visitors.
    pub(super) async fn new(store: &Store) -> Self {
        let proxies = TrustedProxies::parse("127.0.0.0/8").0;
        let context = mc_domain::testing::context(store).with_gateways(ScriptedGateway::default());
        let server = TestServer::around(context, Settings { trusted_proxies: proxies, ..settings() }).await;
        let (home, other) = (organization(&server, "Home").await, organization(&server, "Other").await);
        let owner = person(&server, "owner", home, Role::Owner, (true, true)).await;
        let admin = person(&server, "admin", home, Role::Admin, (true, true)).await;
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        let writer = person(&server, "writer", home, Role::Member, (false, false)).await;
        let plain = person(&server, "plain", home, Role::Member, (false, false)).await;
        let stranger = person(&server, "stranger", other, Role::Owner, (true, true)).await;

        let make = async |path: &str, body: Value| {
            let answer = owner.call(&server, Method::POST, path, Some(body)).await;
            assert!(answer.status.is_success(), "POST {path}: {answer:?}");
            answer.json
        };
        let (gateway_id, main_token) = gateway(&server, home).await;
        let group = text(&make("/api/v1/board-groups", json!({ "name": "Group", "slug": "" })).await, "/id");
        let new_board = |name: &str| {
            json!({
                "name": name, "slug": "", "description": "d", "board_type": "general", "gateway_id": gateway_id,
                "board_group_id": group, "max_agents": 100,
            })
        };
        let board = make("/api/v1/boards", new_board("Board")).await;
        let beside = make("/api/v1/boards", new_board("Beside")).await;
        let board_id: Uuid = text(&board, "/id").parse().unwrap();
        let beside_id: Uuid = text(&beside, "/id").parse().unwrap();
        grant(&server, &reader, board_id, true, false).await;
        grant(&server, &writer, board_id, true, true).await;
        let session = Some("agent:worker:main");
        let (worker, worker_token) = agent(&server, (home, board_id), "Worker", false, session).await;
        let session = format!("agent:lead-{board_id}:main");
        let (_, lead_token) = agent(&server, (home, board_id), "Lead", true, Some(&session)).await;
        let txn = server.context.store().begin().await.unwrap();
        txn.run_one(
            sql("UPDATE agents SET openclaw_session_id = $2 WHERE gateway_id = $1 AND board_id IS NULL")
                .bind(gateway_id)
                .bind(format!("agent:mc-gateway-{gateway_id}:main")),
        )
        .await
        .unwrap();
        txn.commit().await.unwrap();
        let (_, beside_token) = agent(&server, (home, beside_id), "Beside", false, None).await;

        let on = |rest: &str| format!("/api/v1/boards/{board_id}{rest}");
        let task = make(&on("/tasks"), json!({ "title": "Task" })).await;
        let webhook = make(&on("/webhooks"), json!({ "description": "Hook" })).await;
        let delivery =
            make(&on(&format!("/webhooks/{}", text(&webhook, "/id"))), json!({ "event": "push" })).await;
        let memory = make(&on("/memory"), json!({ "content": "Hello" })).await;
        let tag = make("/api/v1/tags", json!({ "name": "Tag" })).await;
        let field = json!({ "field_key": "field", "board_ids": [board_id] });
        let field = make("/api/v1/organizations/me/custom-fields", field).await;
        let invite = json!({ "invited_email": "somebody@example.com" });
        let invite = make("/api/v1/organizations/me/invites", invite).await;
        let approval =
            json!({ "action_type": "task.execute", "confidence": 90, "lead_reasoning": "Because" });
        let approval = make(&on("/approvals"), approval).await;
        let pack = json!({ "source_url": "https://github.com/example/pack" });
        let pack = make("/api/v1/skills/packs", pack).await;
        let skill = json!({ "source_url": "https://github.com/example/skill" });
        let skill = make("/api/v1/skills/marketplace", skill).await;
        let ask = format!("/api/v1/agent/boards/{board_id}/gateway/main/ask-user");
        let asked = server.agent(&lead_token, Method::POST, &ask, Some(json!({ "content": "May I?" }))).await;
        assert_eq!(asked.status.as_u16(), 200, "{asked:?}");
        let questions = owner.call(&server, Method::GET, &on("/questions"), None).await.json;
        make(&on("/memory"), json!({ "content": "Hello @Worker", "tags": ["chat"] })).await;
        let messages = on(&format!("/messages?agent_id={}", worker.id));
        let messages = owner.call(&server, Method::GET, &messages, None).await.json;
        let sessions = plain.call(&server, Method::GET, "/api/v1/auth/sessions", None).await.json;

        let ids = HashMap::from([
            ("group_id", group),
            ("memory_id", text(&memory, "/id")),
            ("tag_id", text(&tag, "/id")),
            ("task_custom_field_definition_id", text(&field, "/id")),
            ("invite_id", text(&invite, "/id")),
            ("approval_id", text(&approval, "/id")),
            ("pack_id", text(&pack, "/id")),
            ("skill_id", text(&skill, "/id")),
            ("question_id", text(&questions, "/items/0/id")),
            ("message_id", text(&messages, "/items/0/id")),
            ("job_id", Uuid::from_u128(1).to_string()),
            ("session_id", text(&sessions, "/items/0/id")),
            ("handle", "somebody".to_owned()),
            ("slug", "something".to_owned()),
            ("organization", home.to_string()),
            ("board_id", board_id.to_string()),
            ("task_id", text(&task, "/id")),
            ("webhook_id", text(&webhook, "/id")),
            ("payload_id", text(&delivery, "/payload_id")),
            ("agent_id", worker.id.to_string()),
            ("gateway_id", gateway_id.to_string()),
            ("member_id", plain.member_id.to_string()),
        ]);
        let cookie = |person: &Person| ("cookie", person.cookie.clone());
        let token = |token: String| ("x-agent-token", token);
        let credentials = HashMap::from([
            (Caller::WrongToken, token(format!("mca_{}", "0".repeat(36)))),
            (Caller::OtherOrganization, cookie(&stranger)),
            (Caller::MemberWithoutGrant, cookie(&plain)),
            (Caller::Reader, cookie(&reader)),
            (Caller::Writer, cookie(&writer)),
            (Caller::Admin, cookie(&admin)),
            (Caller::Owner, cookie(&owner)),
            (Caller::Worker, token(worker_token)),
            (Caller::Lead, token(lead_token)),
            (Caller::MainAgent, token(main_token)),
            (Caller::AgentOfAnotherBoard, token(beside_token)),
        ]);
        Self { server, home, owner, ids, credentials }
    }

    /// The status that a caller gets.
    pub(super) async fn ask(&self, caller: Caller, method: &Method, path: &str, body: Option<Value>) -> u16 {
        let count = ADDRESS.fetch_add(1, Ordering::Relaxed);
        let [_, high, middle, low] = count.to_be_bytes();
        let mut request = Request::builder()
            .method(method)
            .uri(self.filled(path))
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", format!("10.{high}.{middle}.{low}"));
        if let Some((name, value)) = self.credentials.get(&caller) {
            request = request.header(*name, value);
        }
        let body = match body {
            Some(json) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                let json = json.to_string().replace("$unique_word", &format!("name-{count}"));
                let json = json.replace("$unique", &format!("Name{count}"));
                Body::from(
                    self.ids.iter().fold(json, |text, (name, id)| text.replace(&format!("${name}"), id)),
                )
            }
            None => Body::empty(),
        };
        self.server.send(request.body(body).unwrap()).await.status().as_u16()
    }

    /// Adds some more of everything that is listed.
    pub(super) async fn grow(&self, count: usize) {
        let id = |name: &str| self.ids[name].clone();
        let board_id: Uuid = id("board_id").parse().unwrap();
        let on = |rest: &str| format!("/api/v1/boards/{board_id}{rest}");
        for _ in 0..count {
            let number = ADDRESS.fetch_add(1, Ordering::Relaxed);
            let board = json!({
                "name": format!("Board {number}"), "slug": "", "description": "d", "board_type": "general",
                "gateway_id": id("gateway_id"), "board_group_id": id("group_id"),
            });
            self.make("/api/v1/boards", board).await;
            let group = json!({ "name": format!("Group {number}"), "slug": "" });
            self.make("/api/v1/board-groups", group).await;
            let tag = self.make("/api/v1/tags", json!({ "name": format!("Tag {number}") })).await;
            let task = json!({
                "title": format!("Task {number}"), "tag_ids": [tag["id"]], "depends_on_task_ids": [id("task_id")],
                "custom_field_values": { "field": "value" },
            });
            let task = self.make(&on("/tasks"), task).await;
            let on_task = on(&format!("/tasks/{}/comments", id("task_id")));
            self.make(&on_task, json!({ "message": "More" })).await;
            let approval = json!({
                "action_type": "task.execute", "confidence": 90, "lead_reasoning": "Because",
                "task_ids": [task["id"]],
            });
            self.make(&on("/approvals"), approval).await;
            self.make(&on("/memory"), json!({ "content": "More", "tags": ["chat"] })).await;
            self.make(&on("/group-memory"), json!({ "content": "More" })).await;
            let webhook = self.make(&on("/webhooks"), json!({ "description": "More" })).await;
            for webhook in [text(&webhook, "/id"), id("webhook_id")] {
                self.make(&on(&format!("/webhooks/{webhook}")), json!({ "event": number })).await;
            }
            let field = json!({ "field_key": format!("field{number}"), "board_ids": [board_id] });
            self.make("/api/v1/organizations/me/custom-fields", field).await;
            let invite = json!({ "invited_email": format!("somebody{number}@example.com") });
            self.make("/api/v1/organizations/me/invites", invite).await;
            let skill = json!({ "source_url": format!("https://github.com/example/skill-{number}") });
            self.make("/api/v1/skills/marketplace", skill).await;
            let pack = json!({ "source_url": format!("https://github.com/example/pack-{number}") });
            self.make("/api/v1/skills/packs", pack).await;
            let name = format!("Agent {number}");
            agent(&self.server, (self.home, board_id), &name, false, Some("agent:more:main")).await;
            let member = person(&self.server, &name, self.home, Role::Member, (false, false)).await;
            grant(&self.server, &member, board_id, true, false).await;
            let ask = format!("/api/v1/agent/boards/{board_id}/gateway/main/ask-user");
            let (_, token) = &self.credentials[&Caller::Lead];
            let asked =
                self.server.agent(token, Method::POST, &ask, Some(json!({ "content": "And?" }))).await;
            assert!(asked.status.is_success(), "{asked:?}");
        }
    }

    async fn make(&self, path: &str, body: Value) -> Value {
        let answer = self.owner.call(&self.server, Method::POST, path, Some(body)).await;
        assert!(answer.status.is_success(), "POST {path}: {answer:?}");
        answer.json
    }

    fn filled(&self, path: &str) -> String {
        let path = self
            .ids
            .iter()
            .fold(path.to_owned(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id));
        assert!(!path.contains('{'), "the world has no id for {path}");
        path
    }
}
