//! Gateways, boards and agents for the tests of this subject.

use mc_store::{Read, Store, sql};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Agent,
    service::{self, NewAgent},
};
use crate::{
    Context,
    access::BoardWriter,
    gateways::{
        port::{Failure, GatewayError, Hello},
        testing::ScriptedGateway,
    },
    testing,
};

/// A context that reaches gateways through a script.
pub(super) fn context(store: &Store) -> (Context, ScriptedGateway) {
    let gateway = ScriptedGateway::default();
    (testing::context(store).with_gateways(gateway.clone()), gateway)
}

/// Makes every connection fail so; none makes them work again.
pub(super) fn fail(gateway: &ScriptedGateway, failure: Option<Failure>) {
    gateway.set_hello(match failure {
        Some(failure) => Err(refusal(failure)),
        None => Ok(Hello::default()),
    });
}

/// The answer of a gateway that does not want.
pub(super) fn refusal(failure: Failure) -> GatewayError {
    GatewayError::new(failure, "the gateway says no")
}

/// What the gateway was asked so far; forgets it.
pub(super) fn take_asked(gateway: &ScriptedGateway) -> Vec<(String, Value)> {
    gateway.take_seen().into_iter().map(|seen| (seen.method, seen.params)).collect()
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
