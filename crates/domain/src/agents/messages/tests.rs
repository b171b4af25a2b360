use std::time::Duration;

use mc_store::{
    Read, Store,
    jobs::{Policy, Runner, list, queue_state},
    testing::on_both,
};
use serde_json::{Value, json};

use super::*;
use crate::{
    Context,
    agents::{Agent, service, service::NewAgent},
    gateways::{
        self,
        port::{Failure, GatewayError},
        testing::ScriptedGateway,
    },
    testing::{board_writer, context, new_board},
};

struct Place {
    context: Context,
    gateway: ScriptedGateway,
    agent: Agent,
}

impl Place {
    /// An agent with a session on a board, and a gateway of that board with a token.
    async fn new(store: &Store) -> Self {
        let gateway = ScriptedGateway::default();
        let context = context(store).with_gateways(gateway.clone());
        let scope = board_writer(&context, new_board("Ops")).await;
        let board = scope.board();
        let txn = store.begin().await.unwrap();
        let id = txn.new_id();
        let token = gateways::seal_token(&context, id, &"open sesame".into());
        txn.run_one(
            sql("INSERT INTO gateways (id, organization_id, name, url, token_sealed, workspace_root, created_at, updated_at)
                 VALUES ($1, $2, 'G', 'wss://gateway.test:1', $3, '~/x', $4, $4)")
            .bind(id)
            .bind(board.organization_id)
            .bind(token)
            .bind(txn.now()),
        )
        .await
        .unwrap();
        txn.run_one(sql("UPDATE boards SET gateway_id = $2 WHERE id = $1").bind(board.id).bind(id))
            .await
            .unwrap();
        let new = NewAgent {
            organization_id: board.organization_id,
            board_id: Some(board.id),
            gateway_id: None,
            name: "Ada".into(),
            is_board_lead: true,
        };
        let (agent, _) = service::insert(&context, &txn, new).await.unwrap();
        txn.run(sql("UPDATE agents SET openclaw_session_id = 'agent:lead:main'")).await.unwrap();
        txn.commit().await.unwrap();
        Self { context, gateway, agent }
    }

    async fn enqueue(&self, outgoing: &Outgoing) {
        let txn = self.context.store().begin().await.unwrap();
        enqueue(&txn, outgoing).await.unwrap();
        txn.commit().await.unwrap();
    }

    fn message(&self, text: &str) -> Outgoing {
        Outgoing {
            task_id: Some(Uuid::from_u128(5)),
            wake: true,
            sent_event: Some("task.assignee_notified".into()),
            failed_event: Some("task.assignee_notify_failed".into()),
            ..Outgoing::to(&self.agent, text)
        }
    }

    async fn run(&self, attempts: i64) {
        self.work(attempts).await;
        let (_, left) = list(self.context.store(), None, Some(JOB), 1, 0).await.unwrap();
        assert_eq!(left, 0);
    }

    /// Runs what is due; something may wait afterwards.
    async fn work(&self, attempts: i64) {
        let policy = Policy { attempts, base: Duration::ZERO, max: Duration::ZERO };
        let runner = Runner::new(self.context.store(), policy);
        register(runner, &self.context).run_due().await.unwrap();
    }

    /// The oldest message.
    async fn message_row(&self) -> AgentMessage {
        self.context
            .store()
            .one(sql("SELECT * FROM agent_messages ORDER BY created_at, id LIMIT 1"))
            .await
            .unwrap()
    }

    async fn activity(&self) -> Vec<(String, String, Option<Uuid>)> {
        let read = sql(
            "SELECT kind, message, task_id FROM events WHERE activity AND agent_id IS NOT NULL ORDER BY position",
        );
        self.context.store().all(read).await.unwrap()
    }

    async fn woken(&self) -> bool {
        let (wakes,): (i64,) = self
            .context
            .store()
            .one(sql("SELECT wake_attempts FROM agents WHERE id = $1").bind(self.agent.id))
            .await
            .unwrap();
        wakes > 0
    }
}

#[tokio::test]
async fn a_message_goes_into_the_labelled_session_and_is_told_of() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        place.enqueue(&place.message("first")).await;
        let quiet =
            Outgoing { deliver: true, label: "Lead Agent".into(), ..Outgoing::to(&place.agent, "second") };
        place.enqueue(&quiet).await;
        place.run(1).await;
        let seen = place.gateway.take_seen();
        let methods: Vec<&str> = seen.iter().map(|seen| seen.method.as_str()).collect();
        assert_eq!(methods, ["sessions.patch", "chat.send", "sessions.patch", "chat.send"]);
        assert_eq!(seen[0].params, json!({"key": "agent:lead:main", "label": "Ada"}));
        assert_eq!(seen[2].params["label"], "Lead Agent");
        let message = &seen[1].params;
        assert_eq!(
            (&message["sessionKey"], &message["message"], &message["deliver"]),
            (&json!("agent:lead:main"), &json!("first"), &json!(false))
        );
        assert!(Uuid::parse_str(message["idempotencyKey"].as_str().unwrap()).is_ok());
        assert_eq!(seen[3].params["deliver"], true);
        let target = &seen[0].target;
        assert_eq!(target.url, "wss://gateway.test:1");
        assert_eq!(secrecy::ExposeSecret::expose_secret(target.token.as_ref().unwrap()), "open sesame");
        assert!(!format!("{target:?}").contains("sesame"));

        let task = Some(Uuid::from_u128(5));
        let told = ("task.assignee_notified".to_owned(), "Agent notified: Ada".to_owned(), task);
        assert_eq!(place.activity().await, [told], "the second one leaves no activity");
        assert!(place.woken().await);
    })
    .await;
}

#[tokio::test]
async fn what_may_work_later_is_tried_again_with_the_same_key() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let busy = || GatewayError::new(Failure::Timeout, "restarting");
        place.gateway.answer("sessions.patch", Err(busy()));
        place.gateway.answer("chat.send", Err(GatewayError::new(Failure::Timeout, "too late")));
        place.enqueue(&place.message("x")).await;
        place.run(3).await;
        let seen = place.gateway.take_seen();
        let keys: Vec<&Value> = seen
            .iter()
            .filter(|seen| seen.method == "chat.send")
            .map(|seen| &seen.params["idempotencyKey"])
            .collect();
        assert!(keys.len() == 2 && keys[0] == keys[1], "{keys:?}");
        assert_eq!(place.activity().await[0].0, "task.assignee_notified");

        for _ in 0..2 {
            place.gateway.answer("sessions.patch", Err(busy()));
        }
        place.enqueue(&place.message("x")).await;
        place.run(2).await;
        let (kind, message, _) = place.activity().await.pop().unwrap();
        assert_eq!(
            (kind.as_str(), message.as_str()),
            ("task.assignee_notify_failed", "Agent not notified (restarting): Ada")
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_work_is_tried_once() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        place.gateway.answer("sessions.patch", Err(GatewayError::new(Failure::Refused, "no such label")));
        place.enqueue(&place.message("x")).await;
        place.run(4).await;
        assert_eq!(place.gateway.take_methods(), ["sessions.patch"]);

        for (change, reason) in [
            (sql("UPDATE agents SET openclaw_session_id = NULL"), "Agent Ada has no session"),
            (sql("UPDATE boards SET gateway_id = NULL"), "Agent Ada has no gateway"),
        ] {
            let txn = store.begin().await.unwrap();
            txn.run(change).await.unwrap();
            txn.commit().await.unwrap();
            place.enqueue(&place.message("x")).await;
            place.run(4).await;
            assert!(place.gateway.take_seen().is_empty());
            let (_, message, _) = place.activity().await.pop().unwrap();
            assert_eq!(message, format!("Agent not notified ({reason}): Ada"));
        }
        assert!(!place.woken().await);
    })
    .await;
}

#[tokio::test]
async fn an_agent_that_goes_or_is_gone_is_told_nothing() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let txn = store.begin().await.unwrap();
        txn.enqueue(NewJob::new(JOB, json!({ "message_id": Uuid::from_u128(77) }))).await.unwrap();
        txn.commit().await.unwrap();
        place.enqueue(&place.message("x")).await;
        let txn = store.begin().await.unwrap();
        txn.run(sql("UPDATE agents SET status = 'deleting'")).await.unwrap();
        txn.commit().await.unwrap();
        place.run(1).await;
        assert!(place.gateway.take_seen().is_empty());
        assert!(place.activity().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_job_without_a_message_is_a_dead_letter_and_that_of_an_earlier_version_is_sent() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let txn = store.begin().await.unwrap();
        txn.enqueue(NewJob::new(JOB, json!({"agent_id": "x"}))).await.unwrap();
        txn.enqueue(NewJob::new(JOB, json!({"message_id": "x"}))).await.unwrap();
        let bare = json!({"agent_id": place.agent.id, "board_id": place.agent.board_id, "label": "Ada", "message": "m", "deliver": false});
        txn.enqueue(NewJob::new(JOB, bare)).await.unwrap();
        txn.commit().await.unwrap();
        register(Runner::new(&store, Policy::default()), &place.context).run_due().await.unwrap();
        let state = queue_state(&store).await.unwrap();
        assert_eq!((state.queued, state.dead), (0, 2));
        assert_eq!(place.gateway.take_methods(), ["sessions.patch", "chat.send"], "other fields have defaults");
        let message = place.message_row().await;
        assert_eq!((message.state, message.kind), (MessageState::Delivered, MessageKind::Notice));
        let (error,): (Option<String>,) =
            store.one(sql("SELECT last_error FROM jobs WHERE state = 'dead' ORDER BY id LIMIT 1")).await.unwrap();
        assert!(error.unwrap().contains("the job holds no message"));
    })
    .await;
}

#[tokio::test]
async fn what_became_of_a_message_is_written_down_once() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        place.enqueue(&place.message("x")).await;
        let message = place.message_row().await;
        for (state, error) in [
            (MessageState::Delivered, None),
            (MessageState::Delivered, None),
            (MessageState::Dead, Some("late")),
        ] {
            deliver::settle(&place.context, &place.agent, &message, state, error).await.unwrap();
        }
        assert_eq!(place.activity().await.len(), 1);
        place.run(1).await;
        assert!(place.gateway.take_seen().is_empty(), "what is settled is not sent");
    })
    .await;
}

#[tokio::test]
async fn a_message_waits_for_its_gateway_without_using_up_its_tries() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        place.enqueue(&place.message("first")).await;
        place.enqueue(&place.message("second")).await;
        for failure in
            [Failure::Unreachable, Failure::PairingRequired, Failure::Auth, Failure::Protocol, Failure::Busy]
        {
            place.gateway.answer("sessions.patch", Err(GatewayError::new(failure, "not now")));
            place.work(1).await;
            let message = place.message_row().await;
            assert_eq!((message.state, message.attempts), (MessageState::Queued, 0), "{failure:?}");
            assert_eq!(message.last_error.as_deref(), Some("not now"));
            assert!(message.next_attempt_at > Some(message.updated_at) && message.waiting_since.is_some());
            assert_eq!(
                place.gateway.take_methods(),
                ["sessions.patch"],
                "the second one stays behind the first"
            );
            let txn = store.begin().await.unwrap();
            let gateway: (Uuid,) = txn.one(sql("SELECT id FROM gateways")).await.unwrap();
            gateway_is_back(&txn, gateway.0).await.unwrap();
            txn.commit().await.unwrap();
        }
        place.run(1).await;
        let sent: Vec<Value> = place
            .gateway
            .take_seen()
            .into_iter()
            .filter(|seen| seen.method == "chat.send")
            .map(|seen| seen.params["message"].clone())
            .collect();
        assert_eq!(sent, ["first", "second"]);
        assert_eq!(place.message_row().await.waiting_since, None);

        place.enqueue(&place.message("third")).await;
        let txn = store.begin().await.unwrap();
        txn.run(
            sql("UPDATE agent_messages SET waiting_since = $1 WHERE state = 'queued'")
                .bind(txn.now() - chrono::TimeDelta::hours(25)),
        )
        .await
        .unwrap();
        txn.commit().await.unwrap();
        place.gateway.answer("sessions.patch", Err(GatewayError::new(Failure::Unreachable, "gone")));
        place.run(1).await;
        let (kind, message, _) = place.activity().await.pop().unwrap();
        assert_eq!(kind, "task.assignee_notify_failed");
        assert!(message.contains("gone (since "), "{message}");
    })
    .await;
}

#[tokio::test]
async fn work_waits_for_a_paused_board_and_words_of_people_do_not() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let board_id = place.agent.board_id.unwrap();
        let pause = async |at: Option<chrono::DateTime<chrono::Utc>>| {
            let txn = store.begin().await.unwrap();
            txn.run_one(sql("UPDATE boards SET paused_at = $2 WHERE id = $1").bind(board_id).bind(at))
                .await
                .unwrap();
            board_is_back(&txn, board_id).await.unwrap();
            txn.commit().await.unwrap();
        };
        pause(Some(store.clock().now())).await;
        place.enqueue(&place.message("work")).await;
        let talk = Outgoing { kind: MessageKind::Chat, ..Outgoing::to(&place.agent, "talk") };
        place.enqueue(&talk).await;
        place.work(1).await;
        let texts = || -> Vec<Value> {
            let seen = place.gateway.take_seen().into_iter();
            seen.filter(|seen| seen.method == "chat.send")
                .map(|seen| seen.params["message"].clone())
                .collect()
        };
        assert_eq!(texts(), ["talk"]);
        assert_eq!(place.message_row().await.last_error.as_deref(), Some("The board is paused"));
        pause(None).await;
        place.run(1).await;
        assert_eq!(texts(), ["work"]);
    })
    .await;
}
