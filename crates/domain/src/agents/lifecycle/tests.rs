use chrono::TimeDelta;
use mc_store::{sql, testing::on_both};

use super::*;
use crate::{
    Kind,
    access::Actor,
    agents::{
        create::{self, Draft},
        testing::{agent, connected_board, context, fail, kinds, load, run, take_asked},
    },
    gateways::port::{Failure, GatewayError},
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
        assert_eq!((agent.lifecycle_generation, agent.provision_action.as_deref()), (1, None));
        assert_eq!(agent.openclaw_session_id, Some(format!("agent:mc-{}:main", agent.id)));
        assert!(agent.heartbeat_config.is_some());
        let asked = take_asked(&gateway);
        let methods: Vec<&str> = asked.iter().map(|(method, _)| method.as_str()).collect();
        let files = methods.iter().filter(|method| method.starts_with("agents.files.")).count();
        assert!(files >= 8, "each file is read and written: {methods:?}");
        let others: Vec<&str> =
            methods.iter().copied().filter(|method| !method.starts_with("agents.files.")).collect();
        let expected = [
            "hello",
            "config.get",
            "agents.create",
            "agents.update",
            "hello",
            "hello",
            "config.get",
            "config.patch",
            "sessions.patch",
            "chat.send",
        ];
        assert_eq!(others, expected);
        let key = format!("mc-{}", agent.id);
        let params = |method: &str| &asked.iter().find(|(name, _)| name == method).unwrap().1;
        assert_eq!(params("agents.create")["workspace"], format!("/srv/workspace-{key}"));
        let session = format!("agent:{key}:main");
        assert_eq!(*params("sessions.patch"), serde_json::json!({"key": session, "label": "Ada"}));
        assert_eq!(params("chat.send")["sessionKey"], session);
        assert_eq!((agent.wake_attempts, agent.last_wake_reason.as_deref()), (1, Some("provisioned")));
        assert!(agent.checkin_deadline_at.is_some());
        assert!(!agent.is_behind(i64::from(workspace::VERSION)), "{:?}", agent.provision_report);
        let expected =
            ["agent.created", "agent.provision.requested", "agent.provision.direct", "agent.wakeup.sent"];
        assert_eq!(kinds(&context).await, expected);
    })
    .await;
}

/// What a call gets whose gateway restarts before it answers.
fn restart() -> Result<serde_json::Value, GatewayError> {
    Err(mc_openclaw::Error::Closed { code: Some(1012), reason: "service restart".into() }.into())
}

#[tokio::test]
async fn a_creation_survives_the_restarts_that_older_gateways_make_for_it() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let person = Actor::User(testing::local_actor(&context).await);
        for method in ["config.get", "agents.create", "agents.files.get", "agents.files.set", "chat.send"] {
            gateway.answer(method, restart());
        }
        let draft = Draft { name: "Ada".into(), ..Draft::default() };
        let created = create::create(&context, &person, Some(board.board().id), draft).await.unwrap();
        assert_eq!(created.agent.lifecycle_state, LifecycleState::AwaitingCheckin);
        assert_eq!(created.agent.last_provision_error, None);
        let asked = take_asked(&gateway);
        let keys: Vec<_> = asked
            .iter()
            .filter(|(method, _)| method == "chat.send")
            .map(|(_, params)| &params["idempotencyKey"])
            .collect();
        assert!(
            keys.len() == 2 && keys[0] == keys[1],
            "the wake counts once, however often it is sent: {keys:?}"
        );
    })
    .await;
}

/// What a gateway answers about an agent that it has not read from its configuration yet.
fn unknown_agent() -> Result<serde_json::Value, GatewayError> {
    let answer = mc_openclaw::GatewayError {
        code: "INVALID_REQUEST".into(),
        message: "unknown agent id".into(),
        details: None,
        retryable: false,
        retry_after: None,
        refusal: mc_openclaw::Refusal::AgentNotFound,
    };
    Err(mc_openclaw::Error::Refused(Box::new(answer)).into())
}

#[tokio::test]
async fn a_gateway_that_is_slow_to_take_in_a_new_agent_is_waited_for() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        for _ in 0..2 {
            gateway.answer("agents.files.set", unknown_agent());
        }
        request(&context, ada.id, Action::Provision).await.unwrap();
        assert_eq!(load(&context, ada.id).await.lifecycle_state, LifecycleState::AwaitingCheckin);

        for _ in 0..10 {
            gateway.answer("agents.files.set", unknown_agent());
        }
        request(&context, ada.id, Action::Update).await.unwrap_err();
        let agent = load(&context, ada.id).await;
        assert_eq!(agent.lifecycle_state, LifecycleState::Requested);
        assert!(agent.next_attempt_at.unwrap() - store.clock().now() < TimeDelta::seconds(6));
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_does_nothing_but_restart_is_waited_for_by_a_job() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let person = Actor::User(testing::local_actor(&context).await);
        for _ in 0..20 {
            gateway.answer("agents.create", restart());
        }
        let draft = Draft { name: "Ada".into(), ..Draft::default() };
        let error = create::create(&context, &person, Some(board.board().id), draft).await.unwrap_err();
        assert_eq!((error.kind, error.code), (Kind::BadGateway, Some("gateway_unreachable")));
        let (id,): (uuid::Uuid,) = store.one(sql("SELECT id FROM agents WHERE name = 'Ada'")).await.unwrap();
        let ada = load(&context, id).await;
        assert_eq!(ada.lifecycle_state, LifecycleState::Requested);
        assert!(ada.next_attempt_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_run_that_was_overtaken_finishes_nothing() {
    on_both(|store| async move {
        let (context, _) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        let first = begin(&context, ada.id, Action::Update, Manner::of(Action::Update)).await.unwrap();
        assert_eq!(load(&context, ada.id).await.status, "updating");
        let second = begin(&context, ada.id, Action::Update, Manner::of(Action::Update)).await.unwrap();
        let late = GatewayError::new(Failure::Timeout, "late");
        let present = finish(&context, &first, Report::default(), Some(&late)).await.unwrap();
        assert_eq!(present.lifecycle_state, LifecycleState::Applying, "the newer run is still under way");
        let agent = finish(&context, &second, Report::default(), None).await.unwrap();
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

async fn run_due(context: &crate::Context) {
    use mc_store::jobs::{Policy, Runner};
    let policy = Policy { attempts: 3, base: Duration::ZERO, max: Duration::ZERO };
    crate::agents::jobs::register(Runner::new(context.store(), policy), context).run_due().await.unwrap();
}

/// Lets the retries be due now, and runs what is due. The watches of wakes are left for later.
async fn run_retries(context: &crate::Context) {
    let now = context.store().clock().now();
    run(context, sql("UPDATE jobs SET run_at = $1 WHERE kind <> 'agent.reconcile'").bind(now)).await;
    run_due(context).await;
}

#[tokio::test]
async fn a_run_that_was_cut_off_is_done_again() {
    on_both(|store| async move {
        let (context, _) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        let lost = begin(&context, ada.id, Action::Update, Manner::of(Action::Update)).await.unwrap();
        assert_eq!(take_up(&context).await.unwrap(), 0, "it may still be under way");
        let long_ago = store.clock().now() - TimeDelta::minutes(10);
        run(
            &context,
            sql("UPDATE agents SET provision_requested_at = $2 WHERE id = $1").bind(ada.id).bind(long_ago),
        )
        .await;
        assert!(take_up(&context).await.unwrap() > 0);
        let agent = load(&context, ada.id).await;
        assert_eq!((agent.lifecycle_state, agent.status.as_str()), (LifecycleState::Requested, "offline"));
        assert!(agent.last_provision_error.is_some());
        finish(&context, &lost, Report::default(), None).await.unwrap();
        assert_eq!(load(&context, ada.id).await.lifecycle_state, LifecycleState::Requested, "too late");
        run_due(&context).await;
        let agent = load(&context, ada.id).await;
        assert_eq!(agent.lifecycle_state, LifecycleState::AwaitingCheckin);
        assert_eq!((agent.last_provision_error, agent.provision_action), (None, None));
    })
    .await;
}

#[tokio::test]
async fn an_agent_waits_for_a_gateway_that_is_away_and_goes_on_when_it_is_back() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        fail(&gateway, Some(Failure::Unreachable));
        request(&context, ada.id, Action::Update).await.unwrap_err();
        let first = load(&context, ada.id).await;
        assert_eq!((first.lifecycle_state, first.setup_failures), (LifecycleState::Requested, 1));
        assert!(first.waits_for_gateway_since.is_some() && first.next_attempt_at.is_some());
        run_retries(&context).await;
        let second = load(&context, ada.id).await;
        assert_eq!(
            (second.setup_failures, second.waits_for_gateway_since),
            (2, first.waits_for_gateway_since)
        );
        let pause = |agent: &Agent| agent.next_attempt_at.unwrap() - store.clock().now();
        assert!(pause(&second) > pause(&first) && pause(&second) < TimeDelta::seconds(12));

        fail(&gateway, None);
        let txn = store.begin().await.unwrap();
        gateway_returned(&txn, ada.gateway_id.unwrap()).await.unwrap();
        txn.commit().await.unwrap();
        run_due(&context).await;
        let agent = load(&context, ada.id).await;
        assert_eq!((agent.lifecycle_state, agent.setup_failures), (LifecycleState::AwaitingCheckin, 0));
        assert_eq!((agent.waits_for_gateway_since, agent.next_attempt_at), (None, None));
        run_retries(&context).await;
        assert_eq!(load(&context, ada.id).await.lifecycle_generation, agent.lifecycle_generation, "once");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_tried_again_with_growing_pauses() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        for minutes in [5, 15, 60, 60, 60] {
            gateway.answer("agents.create", Err(GatewayError::new(Failure::Refused, "disk is full")));
            if minutes == 5 {
                request(&context, ada.id, Action::Provision).await.unwrap_err();
            } else {
                run_retries(&context).await;
            }
            let agent = load(&context, ada.id).await;
            assert_eq!((agent.lifecycle_state, agent.status.as_str()), (LifecycleState::Failed, "offline"));
            let pause = (agent.next_attempt_at.unwrap() - store.clock().now()).num_seconds();
            assert!((minutes * 60 - 5..=minutes * 66).contains(&pause), "{minutes}: {pause}");
            let report = agent.provision_report.unwrap().0;
            let last = report.steps.last().unwrap();
            assert_eq!((last.name.as_str(), last.detail.as_deref()), ("register", Some("disk is full")));
        }
        let dead = mc_store::jobs::queue_state(&store).await.unwrap().dead;
        assert_eq!(dead, 0, "what stands on the agent needs no dead letter");
        run_retries(&context).await;
        assert_eq!(load(&context, ada.id).await.lifecycle_state, LifecycleState::AwaitingCheckin);
    })
    .await;
}

#[tokio::test]
async fn a_wish_that_nobody_waits_for_is_taken_up() {
    on_both(|store| async move {
        let (context, _) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        let since = store.clock().now() - TimeDelta::minutes(2);
        run(
            &context,
            sql("UPDATE agents SET lifecycle_state = 'requested', provision_requested_at = $2 WHERE id = $1")
                .bind(ada.id)
                .bind(since),
        )
        .await;
        take_up(&context).await.unwrap();
        take_up(&context).await.unwrap();
        run_due(&context).await;
        let agent = load(&context, ada.id).await;
        assert_eq!((agent.lifecycle_state, agent.lifecycle_generation), (LifecycleState::AwaitingCheckin, 1));
    })
    .await;
}

/// The parameters of the writes of one file.
/// A gateway on which an agent calls before the gateway has said that it took the words.
#[derive(Debug)]
struct Quick {
    script: crate::gateways::testing::ScriptedGateway,
    caller: std::sync::OnceLock<(crate::Context, Uuid)>,
}

impl gateways::port::GatewayPort for std::sync::Arc<Quick> {
    fn hello<'a>(
        &'a self,
        target: &'a Target,
    ) -> gateways::port::Call<'a, std::sync::Arc<gateways::port::Hello>> {
        self.script.hello(target)
    }

    fn request<'a>(
        &'a self,
        target: &'a Target,
        method: &'a str,
        params: serde_json::Value,
    ) -> gateways::port::Call<'a, serde_json::Value> {
        Box::pin(async move {
            if method == "chat.send" {
                let (context, agent) = self.caller.get().unwrap();
                crate::agents::check_in::touch(context, *agent).await.unwrap();
            }
            self.script.request(target, method, params).await
        })
    }
}

#[tokio::test]
async fn an_agent_that_answers_at_once_is_expected_to_do_nothing_more() {
    on_both(|store| async move {
        let quick = std::sync::Arc::new(Quick {
            script: crate::gateways::testing::ScriptedGateway::default(),
            caller: std::sync::OnceLock::new(),
        });
        let context = testing::context(&store).with_gateways(quick.clone());
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        quick.caller.set((context.clone(), ada.id)).unwrap();
        for action in [Action::Provision, Action::Update] {
            let agent = request(&context, ada.id, action).await.unwrap();
            assert_eq!((agent.lifecycle_state, agent.status.as_str()), (LifecycleState::Ready, "online"));
            assert_eq!((agent.wake_attempts, agent.checkin_deadline_at), (0, None), "{action:?}");
        }
        let (watches,): (i64,) =
            store.one(sql("SELECT count(*) FROM jobs WHERE kind = 'agent.reconcile'")).await.unwrap();
        assert_eq!(watches, 0);
        let told = kinds(&context).await;
        assert_eq!(told.iter().filter(|kind| *kind == "agent.checked_in").count(), 2);
    })
    .await;
}

#[tokio::test]
async fn changed_rules_of_a_board_reach_the_files_of_its_agents_together() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let (ada, bob) =
            (agent(&context, &board, "Ada", false).await, agent(&context, &board, "Bob", false).await);
        for agent in [&ada, &bob] {
            request(&context, agent.id, Action::Provision).await.unwrap();
            crate::agents::check_in::touch(&context, agent.id).await.unwrap();
        }
        run(&context, sql("DELETE FROM jobs")).await;
        take_asked(&gateway);
        for name in ["One", "Two"] {
            let change = crate::boards::BoardChange { name: Some(name.into()), ..Default::default() };
            crate::boards::service::change(&context, &board, change).await.unwrap();
        }
        assert!(load(&context, ada.id).await.is_behind(i64::from(workspace::VERSION)));
        run_retries(&context).await;
        let asked = take_asked(&gateway);
        let sets = asked.iter().filter(|(method, _)| method == "agents.create").count();
        assert_eq!(sets, 2, "once for each agent");
        assert!(asked.iter().all(|(method, _)| method != "chat.send"), "nobody is woken for it");
        for agent in [&ada, &bob] {
            let agent = load(&context, agent.id).await;
            assert!(!agent.is_behind(i64::from(workspace::VERSION)));
            assert_eq!(agent.lifecycle_state, LifecycleState::Ready);
        }
    })
    .await;
}

#[tokio::test]
async fn who_was_set_up_while_the_board_was_paused_is_woken_when_it_goes_on() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        let paused = |at: Option<DateTime<Utc>>| sql("UPDATE boards SET paused_at = $1").bind(at);
        run(&context, paused(Some(store.clock().now()))).await;
        let agent = request(&context, ada.id, Action::Provision).await.unwrap();
        assert_eq!(
            (agent.lifecycle_state, agent.checkin_deadline_at),
            (LifecycleState::AwaitingCheckin, None)
        );
        take_up(&context).await.unwrap();
        run_due(&context).await;
        assert!(take_asked(&gateway).iter().all(|(method, _)| method != "chat.send"));

        run(&context, paused(None)).await;
        take_up(&context).await.unwrap();
        run_due(&context).await;
        let sent = take_asked(&gateway).iter().filter(|(method, _)| method == "chat.send").count();
        assert_eq!(sent, 1);
        let agent = load(&context, ada.id).await;
        assert!(agent.checkin_deadline_at.is_some() && agent.next_attempt_at.is_none());
        take_up(&context).await.unwrap();
        run_due(&context).await;
        assert!(take_asked(&gateway).iter().all(|(method, _)| method != "chat.send"), "once");
    })
    .await;
}

#[tokio::test]
async fn only_heartbeats_that_the_gateway_keeps_concern_the_gateway() {
    on_both(|store| async move {
        use crate::agents::change::{self, AgentChange};
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        request(&context, ada.id, Action::Provision).await.unwrap();
        crate::agents::check_in::touch(&context, ada.id).await.unwrap();
        take_asked(&gateway);
        let admin = testing::admin(&context).await;
        let paced = async |config: serde_json::Value| {
            let config = config.as_object().cloned();
            let change = AgentChange { heartbeat_config: Some(config), ..AgentChange::default() };
            change::change(&context, &admin, ada.id, change, false).await.unwrap();
            take_asked(&gateway).into_iter().map(|(method, _)| method).collect::<Vec<String>>()
        };
        assert!(paced(serde_json::json!({"every": "30m"})).await.is_empty(), "the server keeps its time");
        let asked = paced(serde_json::json!({"every": "30m", "wake": "always"})).await;
        assert!(asked.contains(&"config.patch".to_owned()), "{asked:?}");
        assert!(!asked.contains(&"chat.send".to_owned()), "{asked:?}");
    })
    .await;
}

#[tokio::test]
async fn files_follow_to_the_new_root_of_the_workspaces() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        request(&context, ada.id, Action::Provision).await.unwrap();
        crate::agents::check_in::touch(&context, ada.id).await.unwrap();
        take_asked(&gateway);
        run(&context, sql("UPDATE gateways SET workspace_root = '/new'")).await;
        let txn = store.begin().await.unwrap();
        crate::agents::refresh::gateway(&txn, ada.gateway_id.unwrap()).await.unwrap();
        txn.commit().await.unwrap();
        run_due(&context).await;
        let asked = take_asked(&gateway);
        let update = asked.iter().find(|(method, _)| method == "agents.update").expect("it is moved");
        assert_eq!(update.1["workspace"], format!("/new/workspace-mc-{}", ada.id));
        assert!(asked.iter().any(|(method, _)| method == "agents.files.set"));
    })
    .await;
}
