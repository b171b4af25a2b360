use chrono::Duration;
use mc_store::{
    Store,
    jobs::{Policy, Runner, list, queue_state},
    testing::on_both,
};

use super::*;
use crate::{
    access::BoardWriter,
    agents::service::NewAgent,
    gateways::{
        port::{Failure, GatewayError},
        testing::ScriptedGateway,
    },
    testing::{board_writer, context, new_board},
    webhooks::{
        NewWebhook, PayloadHead,
        ingest::{self, Headers, Received},
        jobs, service,
    },
};

/// A gateway on which `chat.send` answers in turn, then with success.
fn script(answers: Vec<GatewayError>) -> ScriptedGateway {
    let gateway = ScriptedGateway::default();
    for answer in answers {
        gateway.answer("chat.send", Err(answer));
    }
    gateway
}

/// The messages that a gateway got: session and parameters.
fn sent(gateway: &ScriptedGateway) -> Vec<(String, Value)> {
    let seen = gateway.take_seen().into_iter().filter(|seen| seen.method == "chat.send");
    seen.map(|seen| (seen.params["sessionKey"].as_str().unwrap().to_owned(), seen.params)).collect()
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
        txn.run(sql("UPDATE agents SET openclaw_session_id = name")).await.unwrap();
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

    /// Lets the time pass in which an agent gets no second message.
    async fn pass(&self) {
        let txn = self.context.store().begin().await.unwrap();
        txn.run(
            sql("UPDATE agent_messages SET created_at = $1 WHERE created_at > $1").bind(txn.now() - WINDOW),
        )
        .await
        .unwrap();
        txn.run(sql("UPDATE jobs SET run_at = $1 WHERE run_at > $1").bind(txn.now())).await.unwrap();
        txn.commit().await.unwrap();
    }

    async fn run(&self, gateway: &ScriptedGateway, attempts: i64) {
        let policy = Policy { attempts, base: std::time::Duration::ZERO, max: std::time::Duration::ZERO };
        let runner = Runner::new(self.context.store(), policy);
        let context = self.context.clone().with_gateways(gateway.clone());
        let runner = messages::register(jobs::register(runner, &context), &context);
        runner.run_due().await.unwrap();
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

fn transient(text: &str) -> GatewayError {
    GatewayError::new(Failure::Timeout, text)
}

#[tokio::test]
async fn the_mapped_agent_is_told_else_the_lead() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (mapped, unmapped) = (place.webhook(Some(place.worker)).await, place.webhook(None).await);
        let script = script(vec![]);
        let first = place.receive(&mapped).await;
        place.run(&script, 1).await;
        place.receive(&unmapped).await;
        place.run(&script, 1).await;
        // The agent moves away: its webhook falls back to the lead.
        let txn = store.begin().await.unwrap();
        txn.run_one(sql("UPDATE agents SET board_id = NULL WHERE id = $1").bind(place.worker)).await.unwrap();
        txn.commit().await.unwrap();
        place.receive(&mapped).await;
        place.pass().await;
        place.run(&script, 1).await;
        let sent = sent(&script);
        assert_eq!(
            sent.iter().map(|(session, _)| session.as_str()).collect::<Vec<_>>(),
            ["Worker", "Lead", "Lead"]
        );
        let message = &sent[0].1;
        let text = message["message"].as_str().unwrap();
        assert!(text.contains("Instruction: Triage it") && text.contains("Board: Ops"));
        assert_eq!(message["deliver"], false);
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
        let gateway = script(vec![transient("busy")]);
        place.run(&gateway, 3).await;
        let keys: Vec<Value> =
            sent(&gateway).into_iter().map(|(_, params)| params["idempotencyKey"].clone()).collect();
        assert!(keys.len() == 2 && keys[0].is_string() && keys[0] == keys[1], "{keys:?}");
        let head = place.head(&webhook, id).await;
        assert_eq!((head.delivery_status, head.delivery_attempts), (DeliveryStatus::Delivered, 2));
        assert_eq!(head.delivery_error, None);

        let id = place.receive(&webhook).await;
        place.pass().await;
        let gateway = script(vec![transient("busy"), transient("still busy")]);
        place.run(&gateway, 2).await;
        let head = place.head(&webhook, id).await;
        assert_eq!((head.delivery_status, head.delivery_attempts), (DeliveryStatus::Failed, 2));
        assert_eq!(head.delivery_error.as_deref(), Some("still busy"));
        assert_eq!(head.delivered_at, None);
        for kind in [JOB, "agent.message"] {
            let (_, left) = list(&store, None, Some(kind), 1, 0).await.unwrap();
            assert_eq!(left, 0, "the payload is the dead letter");
        }
        assert_eq!(place.kinds().await.last().unwrap(), "webhook.delivery_failed");

        service::redeliver(&place.context, &place.scope, webhook.id, id).await.unwrap();
        service::redeliver(&place.context, &place.scope, webhook.id, id).await.unwrap();
        let failed = sent(&gateway);
        place.pass().await;
        place.run(&gateway, 2).await;
        let again = sent(&gateway);
        assert_eq!(again.len(), 1, "asked for twice, delivered once");
        assert_ne!(
            again[0].1["idempotencyKey"], failed[0].1["idempotencyKey"],
            "what was asked for again is another message"
        );
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
        place.run(&script(vec![GatewayError::new(Failure::Refused, "the text is empty")]), 4).await;
        let head = place.head(&webhook, id).await;
        assert_eq!((head.delivery_status, head.delivery_attempts), (DeliveryStatus::Failed, 1));
        assert_eq!(head.delivery_error.as_deref(), Some("the text is empty"));

        let txn = store.begin().await.unwrap();
        txn.run(sql("UPDATE agents SET openclaw_session_id = NULL")).await.unwrap();
        txn.commit().await.unwrap();
        let id = place.receive(&webhook).await;
        let gateway = script(vec![]);
        place.run(&gateway, 4).await;
        assert_eq!(
            place.head(&webhook, id).await.delivery_error.as_deref(),
            Some("Agent Lead has no session")
        );
        assert!(gateway.take_seen().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_comes_within_a_short_time_is_one_message() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (one, other, mapped) = (
            place.webhook(None).await,
            place.webhook(Some(place.lead)).await,
            place.webhook(Some(place.worker)).await,
        );
        let gateway = script(vec![]);
        let first = place.receive(&one).await;
        place.run(&gateway, 1).await;
        let mut later = Vec::new();
        for webhook in [&one, &other, &one] {
            later.push((webhook, place.receive(webhook).await));
        }
        place.receive(&mapped).await;
        place.run(&gateway, 1).await;
        let told = |sent: &[(String, Value)]| -> Vec<(String, usize)> {
            let count = |params: &Value| params["message"].as_str().unwrap().matches("Payload ID: ").count();
            sent.iter().map(|(session, params)| (session.clone(), count(params))).collect()
        };
        let at_once = sent(&gateway);
        assert_eq!(
            told(&at_once),
            [("Lead".to_owned(), 1), ("Worker".to_owned(), 1)],
            "the first one is not held up"
        );
        assert_eq!(place.head(&one, first).await.delivery_status, DeliveryStatus::Delivered);
        for (webhook, id) in &later {
            assert_eq!(place.head(webhook, *id).await.delivery_status, DeliveryStatus::Pending);
        }
        place.pass().await;
        place.run(&gateway, 1).await;
        let digest = sent(&gateway);
        assert_eq!(told(&digest), [("Lead".to_owned(), 3)]);
        let text = digest[0].1["message"].as_str().unwrap();
        let places: Vec<usize> = later.iter().map(|(_, id)| text.find(&id.to_string()).unwrap()).collect();
        assert!(places.is_sorted(), "oldest first: {text}");
        for (webhook, id) in &later {
            let head = place.head(webhook, *id).await;
            assert_eq!((head.delivery_status, head.delivery_attempts), (DeliveryStatus::Delivered, 1));
        }
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_is_away_costs_no_attempt_and_its_return_delivers() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let webhook = place.webhook(None).await;
        let id = place.receive(&webhook).await;
        let gateway = script(vec![]);
        for _ in 0..5 {
            gateway
                .answer("sessions.patch", Err(GatewayError::new(Failure::Unreachable, "connection refused")));
            place.run(&gateway, 1).await;
            place.pass().await;
        }
        let head = place.head(&webhook, id).await;
        assert_eq!((head.delivery_status, head.delivery_attempts), (DeliveryStatus::Pending, 0));
        assert_eq!(head.delivery_error.as_deref(), Some("connection refused"));
        place.run(&gateway, 1).await;
        assert_eq!(place.head(&webhook, id).await.delivery_status, DeliveryStatus::Delivered);
        let (delays,): (i64,) = store
            .one(sql("SELECT count(*) FROM events WHERE kind = 'webhook.delivery_delayed'"))
            .await
            .unwrap();
        assert_eq!(delays, 1, "one reason is told once");
    })
    .await;
}

#[tokio::test]
async fn a_job_that_names_no_payload_is_a_dead_letter() {
    on_both(|store| async move {
        let context = context(&store);
        let txn = store.begin().await.unwrap();
        txn.enqueue(NewJob::new(JOB, json!({"payload_id": "x"}))).await.unwrap();
        txn.enqueue(NewJob::new(JOB, json!({"payload_id": Uuid::from_u128(1)}))).await.unwrap();
        txn.commit().await.unwrap();
        jobs::register(Runner::new(&store, Policy::default()), &context).run_due().await.unwrap();
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
        txn.enqueue(NewJob::new(jobs::PURGE, json!({}))).await.unwrap();
        txn.commit().await.unwrap();
        place.run(&script(vec![]), 1).await;
        let left: Vec<(Uuid,)> =
            store.all(sql("SELECT id FROM board_webhook_payloads ORDER BY received_at")).await.unwrap();
        assert_eq!(left, [(ids[1],), (ids[2],)]);
        let (entries,): (i64,) = store.one(sql("SELECT count(*) FROM board_memory")).await.unwrap();
        assert_eq!(entries, 3, "two entries of payloads, and the note that is older than both");
    })
    .await;
}
