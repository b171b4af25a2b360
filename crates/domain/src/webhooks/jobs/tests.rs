use std::sync::{Arc, Mutex};

use chrono::Duration;
use mc_store::{
    Store,
    jobs::{Policy, Runner, queue_state},
    testing::on_both,
};

use super::*;
use crate::{
    access::BoardWriter,
    agents::service::NewAgent,
    testing::{board_writer, context, new_board},
    webhooks::{
        NewWebhook, PayloadHead,
        ingest::{self, Headers, Received},
        service,
    },
};

/// Answers in turn, then with success, and keeps what it was told to send.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<Vec<Undeliverable>>>,
    sent: Arc<Mutex<Vec<(String, Message)>>>,
}

impl Script {
    fn new(answers: Vec<Undeliverable>) -> Self {
        Self { answers: Arc::new(Mutex::new(answers)), ..Self::default() }
    }

    fn receivers(&self) -> Vec<String> {
        self.sent.lock().unwrap().iter().map(|(name, _)| name.clone()).collect()
    }
}

impl AgentMessenger for Script {
    async fn send(&self, agent: &Agent, _: &Board, message: &Message) -> Result<(), Undeliverable> {
        self.sent.lock().unwrap().push((agent.name.clone(), message.clone()));
        let mut answers = self.answers.lock().unwrap();
        if answers.is_empty() { Ok(()) } else { Err(answers.remove(0)) }
    }
}

/// A board on a gateway with a lead and a worker that can be reached.
struct Place {
    context: Context,
    scope: BoardWriter,
    lead: Uuid,
    worker: Uuid,
}

impl Place {
    async fn new(store: &Store) -> Self {
        let context = context(store);
        let scope = board_writer(&context, new_board("Ops")).await;
        let board = scope.board();
        let txn = store.begin().await.unwrap();
        let gateway = txn.new_id();
        txn.run_one(
            sql("INSERT INTO gateways (id, organization_id, name, url, workspace_root, created_at, updated_at)
                 VALUES ($1, $2, 'G', 'ws://gateway.test', '~', $3, $3)")
            .bind(gateway)
            .bind(board.organization_id)
            .bind(txn.now()),
        )
        .await
        .unwrap();
        txn.run_one(sql("UPDATE boards SET gateway_id = $2 WHERE id = $1").bind(board.id).bind(gateway))
            .await
            .unwrap();
        let mut ids = Vec::new();
        for (name, is_board_lead) in [("Lead", true), ("Worker", false)] {
            let new = NewAgent {
                organization_id: board.organization_id,
                board_id: Some(board.id),
                gateway_id: Some(gateway),
                name: name.into(),
                is_board_lead,
            };
            ids.push(agents::service::insert(&context, &txn, new).await.unwrap().0.id);
        }
        txn.run(sql("UPDATE agents SET openclaw_session_id = 'agent:test:main'")).await.unwrap();
        txn.commit().await.unwrap();
        Self { context, scope, lead: ids[0], worker: ids[1] }
    }

    async fn webhook(&self, agent_id: Option<Uuid>) -> Webhook {
        let new = NewWebhook {
            description: "Triage it".into(),
            enabled: true,
            agent_id,
            secret: None,
            signature_header: None,
        };
        service::create(&self.context, &self.scope, new).await.unwrap()
    }

    async fn receive(&self, webhook: &Webhook) -> Uuid {
        let target = ingest::target(&self.context, webhook.board_id, webhook.id).await.unwrap();
        let received = Received { headers: Headers::default(), body: b"{}", source_ip: "192.0.2.1".into() };
        ingest::ingest(&self.context, &target, received).await.unwrap()
    }

    async fn head(&self, webhook: &Webhook, payload: Uuid) -> PayloadHead {
        service::get_payload(&self.context, &self.scope, webhook.id, payload, None).await.unwrap().head
    }

    async fn run(&self, messenger: &Script, attempts: i64) {
        let policy = Policy { attempts, base: std::time::Duration::ZERO, max: std::time::Duration::ZERO };
        let runner = Runner::new(self.context.store(), policy);
        register_with(runner, &self.context, messenger.clone()).run_due().await.unwrap();
    }

    async fn kinds(&self) -> Vec<String> {
        let kinds: Vec<(String,)> = self
            .context
            .store()
            .all(sql("SELECT kind FROM events WHERE activity ORDER BY position"))
            .await
            .unwrap();
        kinds.into_iter().map(|(kind,)| kind).collect()
    }
}

fn transient(text: &str) -> Undeliverable {
    Undeliverable::Transient(text.into())
}

#[tokio::test]
async fn the_mapped_agent_is_told_else_the_lead() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (mapped, unmapped) = (place.webhook(Some(place.worker)).await, place.webhook(None).await);
        let script = Script::default();
        let first = place.receive(&mapped).await;
        place.run(&script, 1).await;
        place.receive(&unmapped).await;
        place.run(&script, 1).await;
        // The agent moves away: its webhook falls back to the lead.
        let txn = store.begin().await.unwrap();
        txn.run_one(sql("UPDATE agents SET board_id = NULL WHERE id = $1").bind(place.worker)).await.unwrap();
        txn.commit().await.unwrap();
        place.receive(&mapped).await;
        place.run(&script, 1).await;
        assert_eq!(script.receivers(), ["Worker", "Lead", "Lead"]);

        let (_, message) = script.sent.lock().unwrap()[0].clone();
        assert_eq!(message.idempotency_key, first);
        assert!(message.text.contains("Instruction: Triage it") && message.text.contains("Board: Ops"));
        let head = place.head(&mapped, first).await;
        assert_eq!((head.delivery_status, head.delivery_attempts), (DeliveryStatus::Delivered, 1));
        assert_eq!(head.delivered_at, Some(head.delivery_updated_at));
        assert_eq!(place.kinds().await[..2], ["webhook.received", "webhook.delivered"]);
    })
    .await;
}

#[tokio::test]
async fn a_transient_failure_is_tried_again_and_the_last_one_is_final() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let webhook = place.webhook(None).await;
        let id = place.receive(&webhook).await;
        place.run(&Script::new(vec![transient("busy")]), 3).await;
        let head = place.head(&webhook, id).await;
        assert_eq!((head.delivery_status, head.delivery_attempts), (DeliveryStatus::Delivered, 2));
        assert_eq!(head.delivery_error, None);

        let id = place.receive(&webhook).await;
        let script = Script::new(vec![transient("busy"), transient("still busy")]);
        place.run(&script, 2).await;
        let head = place.head(&webhook, id).await;
        assert_eq!((head.delivery_status, head.delivery_attempts), (DeliveryStatus::Failed, 2));
        assert_eq!(head.delivery_error.as_deref(), Some("still busy"));
        assert_eq!(head.delivered_at, None);
        let state = queue_state(&store).await.unwrap();
        assert_eq!((state.queued, state.running, state.dead), (0, 0, 0), "the payload is the dead letter");
        assert_eq!(place.kinds().await.last().unwrap(), "webhook.delivery_failed");

        service::redeliver(&place.context, &place.scope, webhook.id, id).await.unwrap();
        service::redeliver(&place.context, &place.scope, webhook.id, id).await.unwrap();
        let before = script.receivers().len();
        place.run(&script, 2).await;
        assert_eq!(script.receivers().len(), before + 1, "asked for twice, delivered once");
        assert_eq!(place.head(&webhook, id).await.delivery_status, DeliveryStatus::Delivered);
    })
    .await;
}

#[tokio::test]
async fn an_agent_without_a_way_to_it_is_not_tried_again() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let webhook = place.webhook(Some(place.lead)).await;
        let id = place.receive(&webhook).await;
        let runner = Runner::new(&store, Policy::default());
        register(runner, &place.context).run_due().await.unwrap();
        let head = place.head(&webhook, id).await;
        assert_eq!((head.delivery_status, head.delivery_attempts), (DeliveryStatus::Failed, 1));
        assert!(head.delivery_error.unwrap().contains("Agent Lead was not told"));

        let txn = store.begin().await.unwrap();
        txn.run(sql("UPDATE agents SET openclaw_session_id = NULL")).await.unwrap();
        txn.commit().await.unwrap();
        let id = place.receive(&webhook).await;
        let script = Script::default();
        place.run(&script, 4).await;
        assert_eq!(
            place.head(&webhook, id).await.delivery_error.as_deref(),
            Some("Agent Lead has no session")
        );
        assert!(script.receivers().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_job_that_names_no_payload_is_a_dead_letter() {
    on_both(|store| async move {
        let context = context(&store);
        let txn = store.begin().await.unwrap();
        txn.enqueue(NewJob::new(DELIVER, json!({"payload_id": "x"}))).await.unwrap();
        txn.enqueue(NewJob::new(DELIVER, json!({"payload_id": Uuid::from_u128(1)}))).await.unwrap();
        txn.commit().await.unwrap();
        register(Runner::new(&store, Policy::default()), &context).run_due().await.unwrap();
        let state = queue_state(&store).await.unwrap();
        assert_eq!((state.queued, state.dead), (0, 1), "one that is gone needs nothing");
    })
    .await;
}

#[tokio::test]
async fn old_payloads_go_with_their_memory_entries() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let webhook = place.webhook(None).await;
        let ids = [place.receive(&webhook).await, place.receive(&webhook).await, place.receive(&webhook).await];
        let retention = TimeDelta::from_std(place.context.settings().webhook_retention).unwrap();
        let txn = store.begin().await.unwrap();
        for (id, age) in [(ids[0], retention + Duration::minutes(1)), (ids[1], retention - Duration::minutes(1))] {
            txn.run_one(
                sql("UPDATE board_webhook_payloads SET received_at = $2 WHERE id = $1").bind(id).bind(txn.now() - age),
            )
            .await
            .unwrap();
        }
        txn.run_one(
            sql("INSERT INTO board_memory (id, board_id, content, is_chat, created_at) VALUES ($1, $2, 'note', FALSE, $3)")
                .bind(txn.new_id())
                .bind(webhook.board_id)
                .bind(txn.now() - retention - retention),
        )
        .await
        .unwrap();
        txn.enqueue(NewJob::new(PURGE, json!({}))).await.unwrap();
        txn.commit().await.unwrap();
        place.run(&Script::default(), 1).await;
        let left: Vec<(Uuid,)> =
            store.all(sql("SELECT id FROM board_webhook_payloads ORDER BY received_at")).await.unwrap();
        assert_eq!(left, [(ids[1],), (ids[2],)]);
        let (entries,): (i64,) = store.one(sql("SELECT count(*) FROM board_memory")).await.unwrap();
        assert_eq!(entries, 3, "two entries of payloads, and the note that is older than both");
    })
    .await;
}
