use std::time::Duration;

use mc_store::{Read, events::NewEvent, sql, testing::on_both};
use tokio::time::timeout;

use super::service;
use crate::{
    Kind, memory,
    tasks::{self, NewTask, TaskStatus},
    testing,
    webhooks::{self, NewWebhook},
};

#[tokio::test]
async fn nothing_is_made_on_a_board_that_was_deleted_after_the_check() {
    on_both(|store| async move {
        let context = testing::context(&store);
        let scope = testing::board_writer(&context, testing::new_board("Short")).await;
        service::delete(&context, &scope).await.unwrap();
        let task = NewTask {
            title: "Late".into(),
            description: None,
            status: TaskStatus::Inbox,
            priority: "medium".into(),
            due_at: None,
            assigned_agent_id: None,
            depends_on_task_ids: Vec::new(),
            tag_ids: Vec::new(),
            created_by_user_id: None,
            custom_field_values: serde_json::Map::new(),
        };
        assert_eq!(tasks::service::create(&context, &scope, task).await.unwrap_err().kind, Kind::NotFound);
        let webhook = NewWebhook {
            description: "Late".into(),
            enabled: true,
            agent_id: None,
            secret: None,
            signature_header: None,
        };
        let refused = webhooks::service::create(&context, &scope, webhook).await.unwrap_err();
        assert_eq!(refused.kind, Kind::NotFound);
        let entry = memory::NewMemoryEntry { content: "Late".into(), tags: None, source: None };
        assert_eq!(memory::service::create(&context, &scope, entry).await.unwrap_err().kind, Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn what_is_told_of_a_board_while_it_is_being_deleted_goes_with_it() {
    on_both(|store| async move {
        let context = testing::context(&store);
        let scope = testing::board_writer(&context, testing::new_board("Short")).await;
        let entry = memory::NewMemoryEntry { content: "Word".into(), tags: None, source: None };
        let entry = memory::service::create(&context, &scope, entry).await.unwrap();
        // Somebody is at work on a row of the board, as a delivery or a run of a job is.
        let work = store.begin().await.unwrap();
        work.run_one(sql("UPDATE board_memory SET source = 'job' WHERE id = $1").bind(entry.id))
            .await
            .unwrap();
        let event = NewEvent::new("webhook.delivery_failed", scope.board().organization_id)
            .board(scope.board().id)
            .activity();
        work.append(event).await.unwrap();
        let mut deleting = Box::pin(service::delete(&context, &scope));
        let early = timeout(Duration::from_millis(300), &mut deleting).await;
        assert!(early.is_err(), "the deletion waits for the work");
        work.commit().await.unwrap();
        deleting.await.unwrap();
        let left: Vec<(String,)> = store
            .all(sql("SELECT kind FROM events WHERE board_id = $1").bind(scope.board().id))
            .await
            .unwrap();
        assert_eq!(left, [("board.deleted".to_owned(),)]);
    })
    .await;
}
