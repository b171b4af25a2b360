//! Tests of webhooks through the whole HTTP face.

mod agent;
mod ingest;
mod manage;
mod payloads;

use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use mc_domain::{
    agents::service::{self as agents, NewAgent},
    webhooks::jobs,
};
use mc_store::{
    Read, Store,
    jobs::{Policy, Runner},
    sql,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::testing::{Answer, TestServer, settings};

/// A server with one board.
struct Place {
    server: TestServer,
    store: Store,
    board: Uuid,
}

impl Place {
    async fn new(store: &Store) -> Self {
        Self::with(store, settings()).await
    }

    async fn with(store: &Store, settings: crate::Settings) -> Self {
        let server = TestServer::with(store, settings).await;
        let body = json!({"name": "Ops", "slug": "", "description": "d", "board_type": "general"});
        let made = server.user(Method::POST, "/api/v1/boards", Some(body)).await;
        let board = id_of(&made);
        Self { server, store: store.clone(), board }
    }

    fn path(&self) -> String {
        format!("/api/v1/boards/{}/webhooks", self.board)
    }

    async fn webhook(&self, body: Value) -> (Uuid, String) {
        let made = self.server.user(Method::POST, &self.path(), Some(body)).await;
        assert_eq!(made.status, StatusCode::OK, "{made:?}");
        let id = id_of(&made);
        (id, format!("{}/{id}", self.path()))
    }

    async fn post(&self, path: &str, headers: &[(&str, &[u8])], body: impl Into<Body>) -> Answer {
        let mut request = Request::post(path).body(body.into()).unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap();
            map.append(name, http::HeaderValue::from_bytes(value).unwrap());
        }
        *request.headers_mut() = map;
        let (parts, body) = self.server.send(request).await.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, json }
    }

    /// Posts a body without more, and gives the id of the payload.
    async fn deliver(&self, path: &str, body: &str) -> Uuid {
        let answer = self.post(path, &[], body.to_owned()).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        answer.json["payload_id"].as_str().unwrap().parse().unwrap()
    }

    async fn get(&self, path: &str) -> Answer {
        self.server.user(Method::GET, path, None).await
    }

    async fn agent(&self, name: &str, board_id: Option<Uuid>, is_board_lead: bool) -> (Uuid, String) {
        let organization_id = self.organization(self.board).await;
        let txn = self.store.begin().await.unwrap();
        let new = NewAgent { organization_id, board_id, gateway_id: None, name: name.into(), is_board_lead };
        let (agent, token) = agents::insert(&self.server.context, &txn, new).await.unwrap();
        txn.commit().await.unwrap();
        (agent.id, token.expose_secret().to_owned())
    }

    async fn organization(&self, board: Uuid) -> Uuid {
        let (id,): (Uuid,) = self
            .store
            .one(sql("SELECT organization_id FROM boards WHERE id = $1").bind(board))
            .await
            .unwrap();
        id
    }

    /// A board of another tenant with a webhook.
    async fn foreign_webhook(&self) -> (Uuid, Uuid) {
        let txn = self.store.begin().await.unwrap();
        let (organization, board, webhook) = (txn.new_id(), txn.new_id(), txn.new_id());
        let now = txn.now();
        txn.run_one(
            sql("INSERT INTO organizations (id, name, created_at, updated_at) VALUES ($1, 'Other', $2, $2)")
                .bind(organization)
                .bind(now),
        )
        .await
        .unwrap();
        txn.run_one(
            sql("INSERT INTO boards (id, organization_id, name, sort_name, slug, description, created_at, updated_at)
                 VALUES ($1, $2, 'B', 'b', 'b', 'd', $3, $3)")
            .bind(board)
            .bind(organization)
            .bind(now),
        )
        .await
        .unwrap();
        txn.run_one(
            sql("INSERT INTO board_webhooks (id, board_id, description, created_at, updated_at)
                 VALUES ($1, $2, 'd', $3, $3)")
            .bind(webhook)
            .bind(board)
            .bind(now),
        )
        .await
        .unwrap();
        txn.commit().await.unwrap();
        (board, webhook)
    }

    /// Makes the local person a plain member with these rights on all boards.
    async fn restrict(&self, read: bool, write: bool) {
        let txn = self.store.begin().await.unwrap();
        txn.run(
            sql("UPDATE organization_members SET role = 'member', all_boards_read = $1, all_boards_write = $2")
                .bind(read)
                .bind(write),
        )
        .await
        .unwrap();
        txn.commit().await.unwrap();
    }

    /// The kinds of all events of the board, in order.
    async fn events(&self) -> Vec<String> {
        let kinds: Vec<(String,)> = self
            .store
            .all(sql("SELECT kind FROM events WHERE board_id = $1 ORDER BY position").bind(self.board))
            .await
            .unwrap();
        kinds.into_iter().map(|(kind,)| kind).collect()
    }

    async fn count(&self, statement: mc_store::Sql) -> i64 {
        let (count,): (i64,) = self.store.one(statement).await.unwrap();
        count
    }

    async fn run_jobs(&self) {
        let runner = Runner::new(&self.store, Policy::default());
        jobs::register(runner, &self.server.context).run_due().await.unwrap();
    }
}

fn id_of(answer: &Answer) -> Uuid {
    answer.json["id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).parse().unwrap()
}
