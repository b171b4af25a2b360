use chrono::TimeDelta;
use mc_store::{sql, testing::on_both};

use super::*;
use crate::{
    access::Actor,
    agents::{
        create::{self, Draft},
        testing::{agent, connected_board, context, fail, kinds, load, run, take_asked},
    },
    gateways::port::Failure,
    testing,
};

#[tokio::test]
async fn an_agent_that_was_set_up_is_expected_to_call() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let person = Actor::User(testing::local_actor(&context).await);
        let draft = Draft { name: "Ada".into(), ..Draft::default() };
        let created = create::create(&context, &person, Some(board.board().id), draft).await.unwrap();
        assert!(created.token.is_none(), "the token of an agent on a gateway lies in its files");
        let agent = created.agent;
        assert_eq!(agent.lifecycle_state, LifecycleState::AwaitingCheckin);
        assert_eq!((agent.lifecycle_generation, agent.provision_action), (1, None));
        assert_eq!(agent.openclaw_session_id, Some(format!("agent:mc-{}:main", agent.id)));
        assert!(agent.heartbeat_config.is_some());
        let asked = take_asked(&gateway);
        let methods: Vec<&str> = asked.iter().map(|(method, _)| method.as_str()).collect();
        assert_eq!(methods, ["hello", "agents.create", "agents.update", "sessions.patch"]);
        let key = format!("mc-{}", agent.id);
        assert_eq!(asked[1].1["workspace"], format!("/srv/workspace-{key}"));
        assert_eq!(asked[3].1, serde_json::json!({"key": format!("agent:{key}:main"), "label": "Ada"}));
        let expected = ["agent.created", "agent.provision.requested", "agent.provision.direct"];
        assert_eq!(kinds(&context).await, expected);
    })
    .await;
}

#[tokio::test]
async fn a_run_that_was_overtaken_finishes_nothing() {
    on_both(|store| async move {
        let (context, _) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        let first = begin(&context, ada.id, Action::Update).await.unwrap();
        assert_eq!(load(&context, ada.id).await.status, "updating");
        let second = begin(&context, ada.id, Action::Update).await.unwrap();
        let late = GatewayError::new(Failure::Timeout, "late");
        let present = finish(&context, &first, Some(&late), true).await.unwrap();
        assert_eq!(present.lifecycle_state, LifecycleState::Applying, "the newer run is still under way");
        let agent = finish(&context, &second, None, true).await.unwrap();
        assert_eq!((agent.lifecycle_state, agent.lifecycle_generation), (LifecycleState::AwaitingCheckin, 2));
    })
    .await;
}

#[tokio::test]
async fn a_failure_can_be_overcome() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let person = Actor::User(testing::local_actor(&context).await);
        let make = |is_board_lead| {
            let draft = Draft { name: "Ada".into(), is_board_lead, ..Draft::default() };
            create::create(&context, &person, Some(board.board().id), draft)
        };
        fail(&gateway, Some(Failure::Unreachable));
        let error = make(false).await.unwrap_err();
        assert_eq!((error.kind, error.code), (Kind::BadGateway, Some("gateway_unreachable")));
        fail(&gateway, None);
        let created = make(true).await.unwrap();
        assert_eq!(created.agent.lifecycle_state, LifecycleState::AwaitingCheckin);
        assert_eq!(created.agent.last_provision_error, None);
        let lead = format!("agent:lead-{}:main", board.board().id);
        assert_eq!(created.agent.openclaw_session_id, Some(lead), "what it is now counts");
        assert!(matches!(make(true).await.unwrap_err().kind, Kind::Conflict));
    })
    .await;
}

#[tokio::test]
async fn a_run_that_was_cut_off_ends_as_failed() {
    on_both(|store| async move {
        let (context, _) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        let lost = begin(&context, ada.id, Action::Update).await.unwrap();
        assert_eq!(end_lost_runs(&context).await.unwrap(), 0, "it may still be under way");
        let long_ago = store.clock().now() - RUN_MAX - TimeDelta::seconds(1);
        run(
            &context,
            sql("UPDATE agents SET provision_requested_at = $2 WHERE id = $1").bind(ada.id).bind(long_ago),
        )
        .await;
        assert_eq!(end_lost_runs(&context).await.unwrap(), 1);
        let agent = load(&context, ada.id).await;
        assert_eq!((agent.lifecycle_state, agent.status.as_str()), (LifecycleState::Failed, "offline"));
        assert!(agent.last_provision_error.is_some());
        finish(&context, &lost, None, true).await.unwrap();
        assert_eq!(load(&context, ada.id).await.lifecycle_state, LifecycleState::Failed, "too late");
        assert_eq!(end_lost_runs(&context).await.unwrap(), 0);
    })
    .await;
}

async fn run_due(context: &crate::Context) {
    use mc_store::jobs::{Policy, Runner};
    let policy = Policy { attempts: 3, base: std::time::Duration::ZERO, max: std::time::Duration::ZERO };
    crate::agents::jobs::register(Runner::new(context.store(), policy), context).run_due().await.unwrap();
}

#[tokio::test]
async fn a_gateway_that_was_away_is_tried_again_for_a_while() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        fail(&gateway, Some(Failure::Unreachable));
        request(&context, ada.id, Action::Update).await.unwrap_err();
        run(&context, sql("UPDATE jobs SET run_at = created_at")).await;
        run_due(&context).await;
        assert_eq!(load(&context, ada.id).await.lifecycle_generation, 4, "one request and three attempts");
        let (jobs,): (i64,) = store.one(sql("SELECT count(*) FROM jobs")).await.unwrap();
        assert_eq!(jobs, 0, "what stands on the agent needs no dead letter");

        request(&context, ada.id, Action::Update).await.unwrap_err();
        fail(&gateway, None);
        run(&context, sql("UPDATE jobs SET run_at = created_at")).await;
        run_due(&context).await;
        let agent = load(&context, ada.id).await;
        assert_eq!((agent.lifecycle_state, agent.lifecycle_generation), (LifecycleState::AwaitingCheckin, 6));
        assert_eq!(kinds(&context).await.last().map(String::as_str), Some("agent.update.direct"));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_not_tried_again() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        fail(&gateway, Some(Failure::Auth));
        request(&context, ada.id, Action::Provision).await.unwrap_err();
        let (jobs,): (i64,) = store.one(sql("SELECT count(*) FROM jobs")).await.unwrap();
        assert_eq!(jobs, 0);
    })
    .await;
}

#[tokio::test]
async fn a_wish_that_nobody_waits_for_is_taken_up() {
    on_both(|store| async move {
        let (context, _) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        let since = store.clock().now() - TAKE_UP_AFTER - TimeDelta::seconds(1);
        run(
            &context,
            sql("UPDATE agents SET lifecycle_state = 'requested', provision_requested_at = $2 WHERE id = $1")
                .bind(ada.id)
                .bind(since),
        )
        .await;
        take_up_wishes(&context).await.unwrap();
        take_up_wishes(&context).await.unwrap();
        run_due(&context).await;
        let agent = load(&context, ada.id).await;
        assert_eq!((agent.lifecycle_state, agent.lifecycle_generation), (LifecycleState::AwaitingCheckin, 1));
    })
    .await;
}
