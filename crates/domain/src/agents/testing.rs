//! Gateways, boards and agents for the tests of this subject.

use std::sync::{Arc, Mutex, PoisonError};

use mc_store::{Read, Store, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Agent,
    service::{self, NewAgent},
};
use crate::{
    Context,
    access::BoardWriter,
    gateways::port::{Call, Failure, GatewayError, GatewayPort, Hello, Target},
    testing,
};

/// A gateway that answers everything, or nothing, and keeps what it was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct FakeGateway(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    asked: Vec<(String, Value)>,
    failure: Option<Failure>,
}

impl FakeGateway {
    /// From now on every call fails so; none makes it work again.
    pub(super) fn fail(&self, failure: Option<Failure>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).failure = failure;
    }

    /// The methods that were called so far; forgets them.
    pub(super) fn take_asked(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).asked)
    }

    fn answer(&self, method: &str, params: Value) -> Result<(), GatewayError> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.asked.push((method.to_owned(), params));
        match state.failure {
            Some(failure) => Err(GatewayError::new(failure, "the gateway says no")),
            None => Ok(()),
        }
    }
}

impl GatewayPort for FakeGateway {
    fn hello<'a>(&'a self, _: &'a Target) -> Call<'a, Hello> {
        let answer = self.answer("hello", Value::Null).map(|()| Hello::default());
        Box::pin(async { answer })
    }

    fn request<'a>(&'a self, _: &'a Target, method: &'a str, params: Value) -> Call<'a, Value> {
        let answer = self.answer(method, params).map(|()| json!({}));
        Box::pin(async { answer })
    }
}

/// A context that reaches gateways through a fake.
pub(super) fn context(store: &Store) -> (Context, FakeGateway) {
    let gateway = FakeGateway::default();
    (testing::context(store).with_gateways(gateway.clone()), gateway)
}

/// A board on a gateway with its main agent.
pub(super) async fn connected_board(context: &Context, name: &str) -> BoardWriter {
    let admin = testing::admin(context).await;
    let txn = context.store().begin().await.unwrap();
    let gateway_id = txn.new_id();
    txn.run_one(
        sql("INSERT INTO gateways (id, organization_id, name, url, workspace_root, created_at, updated_at)
             VALUES ($1, $2, 'Gateway', 'ws://127.0.0.1:1', '/srv', $3, $3)")
        .bind(gateway_id)
        .bind(admin.organization().id)
        .bind(txn.now()),
    )
    .await
    .unwrap();
    let main = NewAgent {
        organization_id: admin.organization().id,
        board_id: None,
        gateway_id: Some(gateway_id),
        name: "Main".into(),
        is_board_lead: false,
    };
    let (main, _) = service::insert(context, &txn, main).await.unwrap();
    set_session(&txn, main.id, &format!("agent:mc-gateway-{gateway_id}:main")).await;
    txn.commit().await.unwrap();
    let new = crate::boards::NewBoard { gateway_id: Some(gateway_id), ..testing::new_board(name) };
    testing::board_writer(context, new).await
}

async fn set_session(txn: &mc_store::Txn, id: Uuid, session: &str) {
    txn.run_one(sql("UPDATE agents SET openclaw_session_id = $2 WHERE id = $1").bind(id).bind(session))
        .await
        .unwrap();
}

/// An agent of a board that was set up on its gateway, and has not called yet.
pub(super) async fn agent(context: &Context, scope: &BoardWriter, name: &str, is_board_lead: bool) -> Agent {
    let board = scope.board();
    let new = NewAgent {
        organization_id: board.organization_id,
        board_id: Some(board.id),
        gateway_id: board.gateway_id,
        name: name.into(),
        is_board_lead,
    };
    let txn = context.store().begin().await.unwrap();
    let (agent, _) = service::insert(context, &txn, new).await.unwrap();
    if let Some(session) = super::runtime::session_key(&agent) {
        set_session(&txn, agent.id, &session).await;
    }
    txn.commit().await.unwrap();
    load(context, agent.id).await
}

/// The agent as it is now.
pub(super) async fn load(context: &Context, id: Uuid) -> Agent {
    service::by_id(context.store(), id).await.unwrap().unwrap()
}

/// The kinds of the events about agents, oldest first.
pub(super) async fn kinds(context: &Context) -> Vec<String> {
    let rows: Vec<(String,)> = context
        .store()
        .all(sql("SELECT kind FROM events WHERE kind LIKE 'agent.%' ORDER BY position"))
        .await
        .unwrap();
    rows.into_iter().map(|(kind,)| kind).collect()
}

/// Runs one statement.
pub(super) async fn run(context: &Context, statement: mc_store::Sql) {
    let txn = context.store().begin().await.unwrap();
    txn.run(statement).await.unwrap();
    txn.commit().await.unwrap();
}
