use mc_store::{
    jobs::{Policy, Runner},
    sql,
    testing::on_both,
};
use serde_json::json;

use super::*;
use crate::{
    agents::{
        check_in, jobs,
        testing::{agent, connected_board, context, fail, kinds, load, refusal, run as execute, take_asked},
        wake,
    },
    gateways::testing::ScriptedGateway,
    testing,
};

/// An agent that was set up and woken.
async fn woken(context: &Context) -> Agent {
    let board = connected_board(context, "Ours").await;
    let ada = agent(context, &board, "Ada", false).await;
    lifecycle::request(context, ada.id, Action::Provision).await.unwrap();
    load(context, ada.id).await
}

/// Lets the present deadline pass and its job run.
async fn miss_deadline(context: &Context, id: Uuid) -> Agent {
    let now = context.store().clock().now();
    execute(context, sql("UPDATE jobs SET run_at = $1").bind(now)).await;
    let policy = Policy { attempts: 1, base: Duration::ZERO, max: Duration::ZERO };
    jobs::register(Runner::new(context.store(), policy), context).run_due().await.unwrap();
    load(context, id).await
}

fn methods(gateway: &ScriptedGateway) -> Vec<String> {
    let talk = ["sessions.reset", "agents.files.set", "chat.send"];
    let mut methods: Vec<String> = take_asked(gateway)
        .into_iter()
        .map(|(method, _)| method)
        .filter(|method| talk.contains(&method.as_str()))
        .collect();
    methods.dedup();
    methods
}

#[tokio::test]
async fn a_silent_agent_is_woken_reset_renewed_and_at_last_given_up_but_not_for_good() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let ada = woken(&context).await;
        methods(&gateway);
        for (missed, expected) in [
            (1, vec!["chat.send"]),
            (2, vec!["chat.send"]),
            (3, vec!["sessions.reset", "chat.send"]),
            (4, vec!["agents.files.set", "sessions.reset", "chat.send"]),
        ] {
            let agent = miss_deadline(&context, ada.id).await;
            assert_eq!((agent.missed_checkins, agent.wake_attempts), (missed, missed + 1));
            assert_eq!(methods(&gateway), expected, "{missed}");
            assert_eq!(agent.lifecycle_state, LifecycleState::AwaitingCheckin);
        }
        let mut agent = miss_deadline(&context, ada.id).await;
        assert!(methods(&gateway).is_empty());
        let told = kinds(&context).await;
        assert_eq!(told.iter().filter(|kind| *kind == "agent.gave_up").count(), 1);
        assert_eq!(told.iter().filter(|kind| *kind == "agent.checkin.missed").count(), 5);
        for minutes in [5, 15, 60, 60] {
            assert_eq!((agent.lifecycle_state, agent.status.as_str()), (LifecycleState::GaveUp, "offline"));
            assert!(agent.checkin_deadline_at.is_none() && agent.last_provision_error.is_some());
            let pause = (agent.next_attempt_at.unwrap() - store.clock().now()).num_seconds();
            assert!((minutes * 60 - 10..=minutes * 60).contains(&pause), "{minutes}: {pause}");
            agent = miss_deadline(&context, ada.id).await;
            assert_eq!(methods(&gateway), ["chat.send"], "woken again after a pause");
            assert!(agent.checkin_deadline_at.is_some() && agent.next_attempt_at.is_none());
            agent = miss_deadline(&context, ada.id).await;
            assert!(methods(&gateway).is_empty());
        }
        let told = kinds(&context).await;
        assert_eq!(told.iter().filter(|kind| *kind == "agent.gave_up").count(), 1, "told once");

        let back = check_in::touch(&context, ada.id).await.unwrap();
        assert_eq!((back.lifecycle_state, back.missed_checkins), (LifecycleState::Ready, 0));
        assert_eq!((back.last_provision_error, back.next_attempt_at), (None, None));
        miss_deadline(&context, ada.id).await;
        assert!(methods(&gateway).is_empty(), "who has called is left alone");
    })
    .await;
}

#[tokio::test]
async fn a_turn_that_runs_puts_the_deadline_off() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let ada = woken(&context).await;
        methods(&gateway);
        for running in [json!({"hasActiveRun": true}), json!({"status": "running"})] {
            let mut session = running;
            session["key"] = json!(ada.openclaw_session_id);
            gateway.answer("sessions.list", Ok(json!({ "sessions": [session] })));
            let agent = miss_deadline(&context, ada.id).await;
            assert_eq!((agent.missed_checkins, agent.wake_attempts), (0, 1));
            assert!(agent.checkin_deadline_at.unwrap() > store.clock().now());
            assert!(methods(&gateway).is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_is_away_is_no_fault_of_the_agent() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let ada = woken(&context).await;
        methods(&gateway);
        fail(&gateway, Some(Failure::Unreachable));
        gateway.answer("sessions.list", Err(refusal(Failure::Unreachable)));
        let away = miss_deadline(&context, ada.id).await;
        assert_eq!((away.missed_checkins, away.lifecycle_state), (0, LifecycleState::AwaitingCheckin));
        assert!(away.waits_for_gateway_since.is_some());

        fail(&gateway, None);
        let txn = store.begin().await.unwrap();
        lifecycle::gateway_returned(&txn, ada.gateway_id.unwrap()).await.unwrap();
        txn.commit().await.unwrap();
        let back = miss_deadline(&context, ada.id).await;
        assert_eq!((back.missed_checkins, back.waits_for_gateway_since), (0, None));
        assert_eq!(methods(&gateway), ["chat.send"], "what it was told may be lost");
        assert!(!kinds(&context).await.contains(&"agent.checkin.missed".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn agents_of_paused_boards_are_left_alone() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let ada = woken(&context).await;
        methods(&gateway);
        execute(&context, sql("UPDATE boards SET paused_at = $1").bind(store.clock().now())).await;
        let agent = miss_deadline(&context, ada.id).await;
        assert_eq!((agent.missed_checkins, agent.wake_attempts), (0, 1));
        assert!(methods(&gateway).is_empty() && agent.checkin_deadline_at.is_some());
        let admin = testing::admin(&context).await;
        let error = wake::now(&context, &admin, ada.id, None).await.unwrap_err();
        assert_eq!((error.kind, error.code), (Kind::Conflict, Some("board_paused")));
    })
    .await;
}

#[tokio::test]
async fn a_person_wakes_an_agent_now() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let ada = woken(&context).await;
        methods(&gateway);
        let admin = testing::admin(&context).await;
        let agent = wake::now(&context, &admin, ada.id, Some("look at the build")).await.unwrap();
        assert_eq!((agent.wake_attempts, agent.last_wake_reason.as_deref()), (2, Some("look at the build")));
        assert_eq!(methods(&gateway), ["chat.send"]);
        gateway.answer("chat.send", Err(refusal(Failure::Refused)));
        let error = wake::now(&context, &admin, ada.id, None).await.unwrap_err();
        assert_eq!(error.kind, Kind::BadGateway);
        assert_eq!(load(&context, ada.id).await.wake_attempts, 2, "only wakes that were sent count");
    })
    .await;
}
