//! Tenants, people, agents and streams for the tests of this crate.

use std::time::Duration;

use axum::{body::Body, response::Response};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use mc_domain::{
    agents::{self, Agent, service::NewAgent},
    organizations::Role,
    sessions, users,
};
use mc_store::sql;
use secrecy::ExposeSecret;
use serde_json::Value;
use uuid::Uuid;

use crate::testing::{Answer, TOKEN, TestServer};

/// How long a test waits for something that must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A person who signed in on a browser.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) user_id: Uuid,
    pub(crate) member_id: Uuid,
    pub(crate) cookie: String,
}

impl Person {
    /// Sends JSON from the console's own pages.
    pub(crate) async fn call(
        &self,
        server: &TestServer,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        server.call(method, path, &headers, body).await
    }
}

/// The active organization of the local person.
pub(crate) async fn home(server: &TestServer) -> Uuid {
    let answer = server.user(Method::GET, "/api/v1/organizations/me", None).await;
    answer.json["id"].as_str().unwrap().parse().unwrap()
}

/// A tenant without anybody in it.
pub(crate) async fn organization(server: &TestServer, name: &str) -> Uuid {
    let txn = server.context.store().begin().await.unwrap();
    let id = txn.new_id();
    txn.run_one(
        sql("INSERT INTO organizations (id, name, created_at, updated_at) VALUES ($1, $2, $3, $3)")
            .bind(id)
            .bind(name)
            .bind(txn.now()),
    )
    .await
    .unwrap();
    txn.commit().await.unwrap();
    id
}

/// A signed-in person in a tenant; `all` are the rights on all boards, to read and to write.
pub(crate) async fn person(
    server: &TestServer,
    name: &str,
    organization: Uuid,
    role: Role,
    all: (bool, bool),
) -> Person {
    let context = &server.context;
    let txn = context.store().begin().await.unwrap();
    let (user_id, member_id) = (txn.new_id(), txn.new_id());
    txn.run_one(
        sql("INSERT INTO users (id, clerk_user_id, email, name, active_organization_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(user_id)
        .bind(format!("test-{user_id}"))
        .bind(format!("{name}@example.com"))
        .bind(name)
        .bind(organization)
        .bind(txn.now()),
    )
    .await
    .unwrap();
    txn.run_one(
        sql("INSERT INTO organization_members
                 (id, organization_id, user_id, role, all_boards_read, all_boards_write, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7)")
        .bind(member_id)
        .bind(organization)
        .bind(user_id)
        .bind(role.as_str())
        .bind(all.0)
        .bind(all.1)
        .bind(txn.now()),
    )
    .await
    .unwrap();
    txn.commit().await.unwrap();
    let user = users::service::by_id(context.store(), user_id).await.unwrap().unwrap();
    let (_, token) = sessions::service::create(context, &user, None, "127.0.0.1").await.unwrap();
    Person { user_id, member_id, cookie: format!("mc_session={}", token.expose_secret()) }
}

/// Gives a person a right on one board.
pub(crate) async fn grant(server: &TestServer, person: &Person, board: Uuid, read: bool, write: bool) {
    let txn = server.context.store().begin().await.unwrap();
    txn.run_one(
        sql("INSERT INTO organization_board_access
                 (id, organization_member_id, board_id, can_read, can_write, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6)")
        .bind(txn.new_id())
        .bind(person.member_id)
        .bind(board)
        .bind(read)
        .bind(write)
        .bind(txn.now()),
    )
    .await
    .unwrap();
    txn.commit().await.unwrap();
}

/// A plain board of the local person.
pub(crate) async fn board(server: &TestServer, name: &str) -> Uuid {
    let new = mc_domain::testing::new_board(name);
    mc_domain::testing::board_writer(&server.context, new).await.board().id
}

/// A gateway with its main agent, and that agent's token.
pub(crate) async fn gateway(server: &TestServer, organization: Uuid) -> (Uuid, String) {
    let txn = server.context.store().begin().await.unwrap();
    let id = txn.new_id();
    txn.run_one(
        sql("INSERT INTO gateways (id, organization_id, name, url, workspace_root, created_at, updated_at)
             VALUES ($1, $2, 'Gateway', 'ws://127.0.0.1:1', '/srv', $3, $3)")
        .bind(id)
        .bind(organization)
        .bind(txn.now()),
    )
    .await
    .unwrap();
    let new = NewAgent {
        organization_id: organization,
        board_id: None,
        gateway_id: Some(id),
        name: "Main".into(),
        is_board_lead: false,
    };
    let (_, token) = agents::service::insert(&server.context, &txn, new).await.unwrap();
    txn.commit().await.unwrap();
    (id, token.expose_secret().to_owned())
}

/// An agent of a board with its token; `session` is how its gateway reaches it.
pub(crate) async fn agent(
    server: &TestServer,
    board: (Uuid, Uuid),
    name: &str,
    is_board_lead: bool,
    session: Option<&str>,
) -> (Agent, String) {
    let (organization_id, board_id) = board;
    let txn = server.context.store().begin().await.unwrap();
    let new = NewAgent {
        organization_id,
        board_id: Some(board_id),
        gateway_id: None,
        name: name.into(),
        is_board_lead,
    };
    let (agent, token) = agents::service::insert(&server.context, &txn, new).await.unwrap();
    txn.run_one(sql("UPDATE agents SET openclaw_session_id = $2 WHERE id = $1").bind(agent.id).bind(session))
        .await
        .unwrap();
    txn.commit().await.unwrap();
    (agent, token.expose_secret().to_owned())
}

/// A frame of a stream.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) event: String,
    pub(crate) id: Option<i64>,
    pub(crate) data: Value,
}

/// An open stream.
pub(crate) struct Stream {
    body: Body,
    text: String,
}

impl Stream {
    /// Opens a stream with headers; it must begin.
    pub(crate) async fn open(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Self {
        let response = Self::request(server, path, headers).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Self { body: response.into_body(), text: String::new() }
    }

    /// Opens a stream as the local person.
    pub(crate) async fn of_user(server: &TestServer, path: &str) -> Self {
        Self::open(server, path, &[("authorization", &format!("Bearer {TOKEN}"))]).await
    }

    /// Asks for a stream.
    pub(crate) async fn request(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        server.send(request.body(Body::empty()).unwrap()).await
    }

    /// The next frame; `None` when the stream has ended. Fails when nothing comes.
    pub(crate) async fn next(&mut self) -> Option<Seen> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\r\n\r\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                if block.starts_with(':') {
                    continue;
                }
                let field =
                    |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                return Some(Seen {
                    event: field("event").unwrap().to_owned(),
                    id: field("id").map(|id| id.parse().unwrap()),
                    data: serde_json::from_str(field("data").unwrap()).unwrap(),
                });
            }
            let frame =
                tokio::time::timeout(PATIENCE, self.body.frame()).await.expect("a frame comes in time")?;
            let bytes = frame.unwrap().into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}
