use futures_util::future::join_all;
use mc_store::{sql, testing::on_both};
use serde_json::json;

use super::*;
use crate::testing;

fn delivery(context: &Context, board_id: Uuid, webhook_id: Uuid) -> Delivery {
    let ids = context.store().ids();
    let event = |kind| NewEvent::new(kind, Uuid::from_u128(1)).board(board_id);
    Delivery {
        payload_id: ids.next(),
        memory_id: ids.next(),
        board_id,
        webhook_id,
        memory: "memory".into(),
        tags: ["a".into(), "b".into(), "c".into()],
        payload: "{}".into(),
        headers: None,
        source_ip: "192.0.2.1".into(),
        content_type: None,
        delivery_key: None,
        events: [event("webhook.received"), event("memory.created")],
        job: NewJob::new("test", json!({})),
    }
}

#[tokio::test]
async fn a_webhook_that_is_gone_takes_no_other_delivery_with_it() {
    on_both(|store| async move {
        let context = testing::context(&store);
        let board = testing::board_writer(&context, testing::new_board("Ours")).await.board().id;
        let (webhook, gone) = (store.ids().next(), store.ids().next());
        let txn = store.begin().await.unwrap();
        txn.run_one(
            sql("INSERT INTO board_webhooks (id, board_id, description, enabled, created_at, updated_at)
                 VALUES ($1, $2, 'd', TRUE, $3, $3)")
            .bind(webhook)
            .bind(board)
            .bind(txn.now()),
        )
        .await
        .unwrap();
        txn.commit().await.unwrap();
        let stored = join_all((0..40).map(|number| {
            let webhook = if number % 8 == 7 { gone } else { webhook };
            context.intake().store(&context, delivery(&context, board, webhook))
        }))
        .await;
        for (number, stored) in stored.into_iter().enumerate() {
            if number % 8 == 7 {
                assert_eq!(stored.unwrap_err().kind, Kind::NotFound);
            } else {
                assert_eq!(stored.unwrap(), Stored::Now);
            }
        }
        for statement in [
            sql("SELECT count(*) FROM board_webhook_payloads"),
            sql("SELECT count(*) FROM board_memory"),
            sql("SELECT count(*) FROM jobs"),
            sql("SELECT count(*) FROM events WHERE kind = 'webhook.received'"),
        ] {
            assert_eq!(store.one::<(i64,)>(statement).await.unwrap(), (35,));
        }
        assert_eq!(context.intake().line().writers, 0);
    })
    .await;
}
