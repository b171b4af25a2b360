use std::sync::{Arc, Mutex};

use mc_store::{
    Store,
    jobs::{Policy, Runner, queue_state},
    sql,
    testing::on_both,
};
use serde_json::{Value, json};

use super::*;
use crate::{
    access::Actor,
    agents::service::{NewAgent, insert},
    board_groups::{self, NewBoardGroup},
    boards::NewBoard,
    gateways::port::{Call, Failure, GatewayError, GatewayPort, Hello, Target},
    testing,
};

/// A gateway that answers by script and writes down what it was asked.
#[derive(Clone, Debug, Default)]
struct Script {
    /// The configuration that it has.
    config: Arc<Mutex<Value>>,
    /// How it fails the next changes, last first.
    failures: Arc<Mutex<Vec<Failure>>>,
    calls: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Script {
    fn with(keys: &[&str], failures: &[Failure]) -> Self {
        let list: Vec<Value> = keys.iter().map(|key| json!({"id": key})).collect();
        Self {
            config: Arc::new(Mutex::new(json!({"agents": {"list": list}}))),
            failures: Arc::new(Mutex::new(failures.to_vec())),
            calls: Arc::default(),
        }
    }

    fn methods(&self) -> Vec<String> {
        self.calls.lock().unwrap().iter().map(|(method, _)| method.clone()).collect()
    }

    /// The cadences of the agents that it knows.
    fn cadences(&self) -> Value {
        let config = self.config.lock().unwrap();
        config["agents"]["list"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["heartbeat"]["every"].clone())
            .collect()
    }

    fn answer(&self, method: &str, params: &Value) -> Result<Value, GatewayError> {
        self.calls.lock().unwrap().push((method.to_owned(), params.clone()));
        if method == "config.get" {
            return Ok(json!({"hash": "h1", "config": *self.config.lock().unwrap()}));
        }
        assert_eq!((method, &params["baseHash"]), ("config.patch", &json!("h1")));
        if let Some(failure) = self.failures.lock().unwrap().pop() {
            return Err(GatewayError::new(failure, "no"));
        }
        *self.config.lock().unwrap() = serde_json::from_str(params["raw"].as_str().unwrap()).unwrap();
        Ok(Value::Null)
    }
}

impl GatewayPort for Script {
    fn hello<'a>(&'a self, _: &'a Target) -> Call<'a, Arc<Hello>> {
        Box::pin(async { Ok(Arc::default()) })
    }

    fn request<'a>(&'a self, target: &'a Target, method: &'a str, params: Value) -> Call<'a, Value> {
        assert_eq!(target.url, "ws://127.0.0.1:1");
        Box::pin(async move { self.answer(method, &params) })
    }
}

/// A group with a board on a gateway and the agents `ada` and `bob` on it.
async fn place(context: &Context) -> (GroupConductor, [Uuid; 2]) {
    let admin = testing::admin(context).await;
    let organization_id = admin.organization().id;
    let new = NewBoardGroup { name: "Group".into(), slug: String::new(), description: None };
    let group = board_groups::service::create(context, &admin, new).await.unwrap();
    let txn = context.store().begin().await.unwrap();
    let gateway = txn.new_id();
    txn.run_one(
        sql("INSERT INTO gateways (id, organization_id, name, url, workspace_root, created_at, updated_at)
             VALUES ($1, $2, 'Gateway', 'ws://127.0.0.1:1', '/srv', $3, $3)")
        .bind(gateway)
        .bind(organization_id)
        .bind(txn.now()),
    )
    .await
    .unwrap();
    let agent = |name: &str, board_id| NewAgent {
        organization_id,
        board_id,
        gateway_id: Some(gateway),
        name: name.into(),
        is_board_lead: false,
    };
    insert(context, &txn, agent("main", None)).await.unwrap();
    txn.commit().await.unwrap();
    let new = NewBoard {
        gateway_id: Some(gateway),
        board_group_id: Some(group.id),
        ..testing::new_board("Linked")
    };
    let board = testing::board_writer(context, new).await.board().id;
    let txn = context.store().begin().await.unwrap();
    let mut ids = [Uuid::nil(); 2];
    for (id, name) in ids.iter_mut().zip(["ada", "bob"]) {
        let (made, _) = insert(context, &txn, agent(name, Some(board))).await.unwrap();
        txn.run_one(
            sql("UPDATE agents SET openclaw_session_id = $2 WHERE id = $1")
                .bind(made.id)
                .bind(format!("agent:{name}:main")),
        )
        .await
        .unwrap();
        *id = made.id;
    }
    // Their gateway keeps their time.
    txn.run(sql("UPDATE agents SET heartbeat_config = $1").bind(json!({"wake": "always"}).to_string()))
        .await
        .unwrap();
    txn.commit().await.unwrap();
    let actor = Actor::User(admin.actor().clone());
    (GroupConductor::check(context, actor, group.id).await.unwrap(), ids)
}

async fn set(store: &Store, script: &Script) -> (Outcome, [Uuid; 2], Context) {
    let context = testing::context(store).with_gateways(script.clone());
    let (scope, ids) = place(&context).await;
    let every = Cadence::parse("5m").unwrap();
    (apply(&context, &scope, &every, false).await.unwrap(), ids, context)
}

#[tokio::test]
async fn all_agents_of_a_gateway_are_brought_in_one_change() {
    on_both(|store| async move {
        let script = Script::with(&["main", "ada", "bob"], &[]);
        let (outcome, ids, _) = set(&store, &script).await;
        assert_eq!(outcome, Outcome { updated: ids.to_vec(), failed: vec![] });
        assert_eq!(script.methods(), ["config.get", "config.get", "config.patch"]);
        assert_eq!(script.cadences(), json!([null, "5m", "5m"]));
    })
    .await;
}

#[tokio::test]
async fn an_agent_that_the_gateway_does_not_know_has_failed_and_is_not_added() {
    on_both(|store| async move {
        let script = Script::with(&["ada"], &[]);
        let (outcome, ids, _) = set(&store, &script).await;
        assert_eq!(outcome, Outcome { updated: ids.to_vec(), failed: vec![ids[1]] });
        assert_eq!(script.cadences(), json!(["5m"]));
        assert_eq!(queue_state(&store).await.unwrap().queued, 0);
    })
    .await;
}

#[tokio::test]
async fn a_change_by_somebody_else_is_read_again() {
    on_both(|store| async move {
        let script = Script::with(&["ada", "bob"], &[Failure::Conflict]);
        let (outcome, _, _) = set(&store, &script).await;
        assert!(outcome.failed.is_empty());
        assert_eq!(
            script.methods(),
            ["config.get", "config.get", "config.patch", "config.get", "config.patch"]
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_gateway_could_not_take_now_is_brought_later() {
    on_both(|store| async move {
        let script = Script::with(&["ada", "bob"], &[Failure::Timeout]);
        let (outcome, ids, context) = set(&store, &script).await;
        assert_eq!(outcome.failed, ids);
        assert_eq!(script.cadences(), json!([null, null]));
        jobs::register(Runner::new(&store, Policy::default()), &context).run_due().await.unwrap();
        assert_eq!(script.cadences(), json!(["5m", "5m"]));
        let state = queue_state(&store).await.unwrap();
        assert_eq!((state.queued, state.dead), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_does_not_keep_the_time_is_not_asked() {
    on_both(|store| async move {
        let script = Script::with(&["ada", "bob"], &[]);
        let context = testing::context(&store).with_gateways(script.clone());
        let (scope, ids) = place(&context).await;
        let txn = store.begin().await.unwrap();
        txn.run(sql("UPDATE agents SET heartbeat_config = NULL")).await.unwrap();
        txn.commit().await.unwrap();
        let every = Cadence::parse_wide("2w").unwrap();
        let outcome = apply(&context, &scope, &every, false).await.unwrap();
        assert_eq!(outcome, Outcome { updated: ids.to_vec(), failed: vec![] });
        assert!(script.methods().is_empty());
        let ada = crate::agents::service::by_id(&store, ids[0]).await.unwrap().unwrap();
        assert_eq!(ada.cadence(), Some(chrono::TimeDelta::weeks(2)));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_not_tried_again() {
    on_both(|store| async move {
        let script = Script::with(&["ada", "bob"], &[Failure::Refused]);
        let (outcome, ids, _) = set(&store, &script).await;
        assert_eq!(outcome.failed, ids);
        let state = queue_state(&store).await.unwrap();
        assert_eq!((state.queued, state.dead), (0, 0));
    })
    .await;
}
