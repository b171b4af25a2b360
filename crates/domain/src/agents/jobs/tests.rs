use chrono::TimeDelta;
use mc_store::{
    Read, Store,
    jobs::{Policy, Runner},
    sql,
    testing::on_both,
};
use serde_json::Value;

use super::*;
use crate::{
    Kind,
    access::BoardWriter,
    agents::{
        change::{self, AgentChange},
        delete, presence,
        testing::{agent, connected_board, context, kinds, load, refusal, run, take_asked},
    },
    gateways::port::Failure,
    tasks::{self, NewTask, TaskStatus},
    testing,
};

async fn seen(context: &Context, agent: &Agent, minutes: i64, every: &str) {
    let at = context.store().clock().now() - TimeDelta::minutes(minutes);
    run(
        context,
        sql("UPDATE agents SET last_seen_at = $2, status = 'busy', heartbeat_config = $3 WHERE id = $1")
            .bind(agent.id)
            .bind(at)
            .bind(json!({ "every": every, "wake": "always" }).to_string()),
    )
    .await;
}

async fn run_jobs(store: &Store, context: &Context) {
    let policy = Policy { attempts: 1, base: std::time::Duration::ZERO, max: std::time::Duration::ZERO };
    register(Runner::new(store, policy), context).run_due().await.unwrap();
}

async fn jobs_of(store: &Store, kind: &str) -> Vec<Value> {
    let rows: Vec<(mc_store::Json<Value>,)> =
        store.all(sql("SELECT payload FROM jobs WHERE kind = $1 ORDER BY id").bind(kind)).await.unwrap();
    rows.into_iter().map(|(payload,)| payload.0).collect()
}

#[tokio::test]
async fn silence_becomes_offline_once() {
    on_both(|store| async move {
        let (context, _) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let (ada, bob, eve) = (
            agent(&context, &board, "Ada", false).await,
            agent(&context, &board, "Bob", false).await,
            agent(&context, &board, "Eve", false).await,
        );
        seen(&context, &ada, 11, "1m").await;
        seen(&context, &bob, 11, "10m").await;
        seen(&context, &eve, 26, "10m").await;
        assert_eq!(sweep(&context).await.unwrap(), 2);
        assert_eq!(sweep(&context).await.unwrap(), 0, "each once");
        assert_eq!(kinds(&context).await, ["agent.offline", "agent.offline"]);
        let status = async |agent: &Agent| load(&context, agent.id).await.status;
        assert_eq!((status(&ada).await, status(&bob).await), ("offline".to_owned(), "busy".to_owned()));
        let back = crate::agents::check_in::touch(&context, ada.id).await.unwrap();
        assert_eq!(back.status, "online");
        assert_eq!(kinds(&context).await.last().map(String::as_str), Some("agent.online"));
    })
    .await;
}

#[tokio::test]
async fn agents_that_sleep_go_and_come_with_their_gateway() {
    on_both(|store| async move {
        let (context, _) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        let gateway_id = ada.gateway_id.unwrap();
        let ago = |minutes| context.store().clock().now() - TimeDelta::minutes(minutes);
        let seen = sql("UPDATE agents SET last_seen_at = $1, status = 'online'").bind(ago(600));
        run(&context, seen).await;
        let status = async || {
            let agent = load(&context, ada.id).await;
            agent.shown_status(context.store().clock().now()).to_owned()
        };
        assert_eq!((sweep(&context).await.unwrap(), status().await.as_str()), (0, "idle"));
        let txn = store.begin().await.unwrap();
        presence::gateway_is_away(&txn, gateway_id).await.unwrap();
        txn.commit().await.unwrap();
        assert_eq!(
            (sweep(&context).await.unwrap(), status().await.as_str()),
            (0, "idle"),
            "it may be back at once"
        );
        run(&context, sql("UPDATE agents SET gateway_away_at = $1").bind(ago(6))).await;
        assert_eq!(status().await, "offline");
        sweep(&context).await.unwrap();
        assert_eq!(load(&context, ada.id).await.status, "offline");
        let txn = store.begin().await.unwrap();
        presence::gateway_is_back(&txn, gateway_id).await.unwrap();
        txn.commit().await.unwrap();
        sweep(&context).await.unwrap();
        assert_eq!(status().await, "idle");
        let (told,): (i64,) = store
            .one(sql(
                "SELECT count(*) FROM events WHERE kind IN ('agent.offline', 'agent.online') AND activity",
            ))
            .await
            .unwrap();
        assert_eq!(told, 0, "the feed tells of the gateway");
    })
    .await;
}

#[tokio::test]
async fn many_silent_agents_are_all_found() {
    on_both(|store| async move {
        let (context, _) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let count = usize::try_from(BATCH).unwrap() + 3;
        let txn = store.begin().await.unwrap();
        for n in 0..count {
            txn.run_one(
                sql("INSERT INTO agents (id, organization_id, board_id, name, folded_name, status, heartbeat_config,
                         last_seen_at, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $4, 'online', $5, $6, $7, $7)")
                .bind(txn.new_id())
                .bind(board.board().organization_id)
                .bind(board.board().id)
                .bind(format!("a{n}"))
                // Whoever checks in seldom stands between the others and is left alone.
                .bind(if n % 2 == 0 { r#"{"every":"1m"}"# } else { r#"{"every":"24h"}"# })
                .bind(txn.now() - TimeDelta::hours(1))
                .bind(txn.now()),
            )
            .await
            .unwrap();
        }
        txn.commit().await.unwrap();
        assert_eq!(sweep(&context).await.unwrap(), count.div_ceil(2));
    })
    .await;
}

async fn delete_as_person(context: &Context, agent: &Agent, force: bool) -> Result<()> {
    let admin = testing::admin(context).await;
    delete::delete(context, &admin, agent.id, force).await
}

#[tokio::test]
async fn a_deleted_agent_is_removed_from_its_gateway_and_its_lead_told_once() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let lead = agent(&context, &board, "Lead", true).await;
        let ada = agent(&context, &board, "Ada", false).await;
        for title in ["One", "Two"] {
            give(&context, &board, title, &ada).await;
        }
        run(&context, sql("DELETE FROM jobs")).await;
        run(&context, sql("DELETE FROM agent_messages")).await;
        take_asked(&gateway);
        delete_as_person(&context, &ada, false).await.unwrap();
        let key = format!("mc-{}", ada.id);
        let expected = [
            ("agents.delete".to_owned(), json!({"agentId": key, "deleteFiles": true})),
            ("sessions.delete".to_owned(), json!({"key": format!("agent:{key}:main")})),
        ];
        assert_eq!(take_asked(&gateway), expected);
        let messages = crate::testing::waiting_messages(&store).await;
        assert_eq!(messages.len(), 2, "one to the lead, one to the main agent");
        assert_eq!(messages[0]["agent_id"], json!(lead.id));
        let text = messages[0]["message"].as_str().unwrap();
        assert!(text.contains("One") && text.contains("Two") && text.contains("Ada"), "{text}");
        let text = messages[1]["message"].as_str().unwrap();
        assert!(text.contains("NO_REPLY") && text.contains(&format!("/srv/workspace-{key}")), "{text}");
        let (open,): (i64,) =
            store.one(sql("SELECT count(*) FROM tasks WHERE assigned_agent_id IS NOT NULL")).await.unwrap();
        assert_eq!(open, 0);
    })
    .await;
}

async fn give(context: &Context, board: &BoardWriter, title: &str, agent: &Agent) {
    let new = NewTask {
        title: title.into(),
        description: None,
        status: TaskStatus::Inbox,
        priority: "medium".into(),
        due_at: None,
        assigned_agent_id: Some(agent.id),
        depends_on_task_ids: Vec::new(),
        tag_ids: Vec::new(),
        created_by_user_id: None,
        custom_field_values: serde_json::Map::new(),
    };
    tasks::service::create(context, board, new).await.unwrap();
}

#[tokio::test]
async fn a_gateway_that_fails_keeps_the_agent_as_it_was() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        gateway.answer("agents.delete", Err(refusal(Failure::Refused)));
        let error = delete_as_person(&context, &ada, false).await.unwrap_err();
        assert_eq!(error.kind, Kind::BadGateway);
        let kept = load(&context, ada.id).await;
        assert_eq!((kept.lifecycle_state, &kept.status), (ada.lifecycle_state, &ada.status));
        assert_eq!(kinds(&context).await, ["agent.delete.requested", "agent.delete.failed"]);
        gateway.answer("agents.delete", Err(refusal(Failure::NotFound)));
        delete_as_person(&context, &ada, false).await.unwrap();
        assert!(crate::agents::service::by_id(&store, ada.id).await.unwrap().is_none(), "gone there is fine");
    })
    .await;
}

#[tokio::test]
async fn what_a_forced_deletion_left_is_removed_later() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        delete_as_person(&context, &ada, true).await.unwrap();
        assert!(take_asked(&gateway).is_empty(), "nobody waits for the gateway");
        run(&context, sql("DELETE FROM jobs WHERE kind = 'agent.message'")).await;
        run_jobs(&store, &context).await;
        let methods: Vec<String> = take_asked(&gateway).into_iter().map(|(method, _)| method).collect();
        assert_eq!(methods, ["agents.delete", "sessions.delete"]);
        assert!(jobs_of(&store, CLEANUP).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_agent_that_moves_to_another_gateway_leaves_nothing_there() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let (from, to) = (
            Box::pin(connected_board(&context, "From")).await,
            Box::pin(connected_board(&context, "To")).await,
        );
        let ada = agent(&context, &from, "Ada", false).await;
        agent(&context, &to, "Bob", false).await;
        let admin = testing::admin(&context).await;
        let move_to = |board: &BoardWriter| AgentChange {
            board_id: Some(Some(board.board().id)),
            ..AgentChange::default()
        };
        let moved = Box::pin(change::change(&context, &admin, ada.id, move_to(&to), false)).await.unwrap();
        assert_eq!((moved.gateway_id, moved.board_id), (to.board().gateway_id, Some(to.board().id)));
        let jobs = jobs_of(&store, CLEANUP).await;
        assert_eq!(jobs.len(), 1);
        assert_eq!(jobs[0]["remains"]["gateway_id"], json!(from.board().gateway_id));
        let asked = take_asked(&gateway);
        assert_eq!(asked.last().unwrap().0, "chat.send", "it is set up on the new gateway");
        let events = kinds(&context).await;
        assert_eq!(
            events,
            [
                "agent.moved",
                "agent.updated",
                "agent.update.requested",
                "agent.update.direct",
                "agent.wakeup.sent"
            ]
        );

        let plain = testing::board_writer(&context, testing::new_board("Plain")).await;
        let freed = Box::pin(change::change(&context, &admin, ada.id, move_to(&plain), false)).await.unwrap();
        assert_eq!((freed.gateway_id, freed.openclaw_session_id), (None, None));
        assert_eq!(freed.lifecycle_state, crate::agents::LifecycleState::AwaitingCheckin);
        assert_eq!(jobs_of(&store, CLEANUP).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_name_is_taken_on_the_new_gateway_too() {
    on_both(|store| async move {
        let (context, _) = context(&store);
        let (from, to) = (connected_board(&context, "From").await, connected_board(&context, "To").await);
        let ada = agent(&context, &from, "Ada", false).await;
        agent(&context, &to, "ADA", false).await;
        let admin = testing::admin(&context).await;
        let change = AgentChange { board_id: Some(Some(to.board().id)), ..AgentChange::default() };
        let error = change::change(&context, &admin, ada.id, change, false).await.unwrap_err();
        assert_eq!((error.kind, error.code), (Kind::Conflict, Some("agent_name_taken")));
    })
    .await;
}
