use mc_store::testing::on_both;

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
