//! The demo on both databases.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{
    Read, Store,
    jobs::{Policy, Runner},
    sql,
    testing::on_both,
};
use uuid::Uuid;

use super::{create, current, pulse, remove, service::Demo};
use crate::{Context, Kind, register_jobs, testing};

/// How many rows each table has that an organization fills.
async fn census(store: &Store) -> BTreeMap<String, i64> {
    let queries = [
        ("organizations", sql("SELECT count(*) FROM organizations")),
        ("users", sql("SELECT count(*) FROM users")),
        ("organization_members", sql("SELECT count(*) FROM organization_members")),
        ("gateways", sql("SELECT count(*) FROM gateways")),
        ("board_groups", sql("SELECT count(*) FROM board_groups")),
        ("boards", sql("SELECT count(*) FROM boards")),
        ("agents", sql("SELECT count(*) FROM agents")),
        ("tags", sql("SELECT count(*) FROM tags")),
        ("task_custom_field_definitions", sql("SELECT count(*) FROM task_custom_field_definitions")),
        ("board_task_custom_fields", sql("SELECT count(*) FROM board_task_custom_fields")),
        ("tasks", sql("SELECT count(*) FROM tasks")),
        ("task_dependencies", sql("SELECT count(*) FROM task_dependencies")),
        ("task_status_changes", sql("SELECT count(*) FROM task_status_changes")),
        ("task_comments", sql("SELECT count(*) FROM task_comments")),
        ("tag_assignments", sql("SELECT count(*) FROM tag_assignments")),
        ("task_custom_field_values", sql("SELECT count(*) FROM task_custom_field_values")),
        ("approvals", sql("SELECT count(*) FROM approvals")),
        ("approval_task_links", sql("SELECT count(*) FROM approval_task_links")),
        ("board_memory", sql("SELECT count(*) FROM board_memory")),
        ("board_group_memory", sql("SELECT count(*) FROM board_group_memory")),
        ("board_webhooks", sql("SELECT count(*) FROM board_webhooks")),
        ("board_webhook_payloads", sql("SELECT count(*) FROM board_webhook_payloads")),
        ("skill_packs", sql("SELECT count(*) FROM skill_packs")),
        ("marketplace_skills", sql("SELECT count(*) FROM marketplace_skills")),
        ("jobs", sql("SELECT count(*) FROM jobs")),
    ];
    let mut counts = BTreeMap::new();
    for (table, query) in queries {
        let (count,): (i64,) = store.one(query).await.unwrap();
        counts.insert(table.to_owned(), count);
    }
    counts
}

async fn made(context: &Context) -> (Uuid, Demo) {
    let person = testing::local_actor(context).await.user().id;
    let demo = create(context, &[person]).await.unwrap();
    (person, demo)
}

#[tokio::test]
async fn a_demo_is_made_beside_everything_else_and_leaves_nothing_behind() {
    on_both(|store| async move {
        let context = testing::context(&store);
        let own = testing::board_writer(&context, testing::new_board("Our own")).await;
        let before = census(&store).await;
        let (person, demo) = made(&context).await;
        assert_eq!(current(&store).await.unwrap().as_ref(), Some(&demo));
        assert_eq!((demo.boards, demo.agents), (5, 28));
        assert!(demo.tasks >= 150, "{demo:?}");
        let during = census(&store).await;
        assert_eq!(during["jobs"], before["jobs"], "nothing is sent");
        for table in ["task_dependencies", "approvals", "board_webhook_payloads", "marketplace_skills"] {
            assert!(during[table] > before[table], "{table}");
        }
        let (active,): (Option<Uuid>,) = store
            .one(sql("SELECT active_organization_id FROM users WHERE id = $1").bind(person))
            .await
            .unwrap();
        assert_ne!(active, Some(demo.organization_id), "who has boards stays with them");

        let again = create(&context, &[person]).await.unwrap_err();
        assert_eq!((again.kind, again.code), (Kind::Conflict, Some("demo_exists")));
        remove(&context, Some(person)).await.unwrap();
        assert_eq!(census(&store).await, before);
        let left: Vec<(Uuid,)> = store
            .all(
                sql("SELECT id FROM events WHERE organization_id = $1 AND kind <> 'organization.deleted'")
                    .bind(demo.organization_id),
            )
            .await
            .unwrap();
        assert!(left.is_empty());
        assert_eq!(remove(&context, None).await.unwrap_err().kind, Kind::NotFound);
        assert!(create(&context, &[]).await.is_err());
        let name: Vec<(String,)> = store.all(sql("SELECT name FROM boards")).await.unwrap();
        assert_eq!(name, [(own.board().name.clone(),)]);
        assert!(create(&context, &[person]).await.is_ok(), "it can be made again");
    })
    .await;
}

#[tokio::test]
async fn nothing_of_the_demo_lies_in_the_future_and_its_history_fits_its_tasks() {
    on_both(|store| async move {
        let context = testing::context(&store);
        let (person, demo) = made(&context).await;
        let now = store.clock().now();
        let queries = [
            ("tasks", sql("SELECT max(updated_at) FROM tasks")),
            ("task_comments", sql("SELECT max(created_at) FROM task_comments")),
            ("task_status_changes", sql("SELECT max(created_at) FROM task_status_changes")),
            ("approvals", sql("SELECT max(created_at) FROM approvals")),
            ("approvals", sql("SELECT max(resolved_at) FROM approvals")),
            ("events", sql("SELECT max(created_at) FROM events")),
            ("agents", sql("SELECT max(last_seen_at) FROM agents")),
            ("board_memory", sql("SELECT max(created_at) FROM board_memory")),
        ];
        for (table, query) in queries {
            let (latest,): (Option<DateTime<Utc>>,) = store.one(query).await.unwrap();
            assert!(latest.is_some_and(|latest| latest <= now), "{table}");
        }
        let wrong: Vec<(String,)> = store
            .all(sql("SELECT t.title FROM tasks t WHERE NOT EXISTS (
                          SELECT 1 FROM task_status_changes c WHERE c.task_id = t.id AND c.to_status = t.status
                            AND c.left_at IS NULL AND c.created_at = t.updated_at)
                      UNION ALL
                      SELECT t.title FROM tasks t JOIN task_dependencies d ON d.task_id = t.id
                          JOIN tasks n ON n.id = d.depends_on_task_id
                          WHERE t.status <> 'inbox' AND n.status <> 'done'
                      UNION ALL
                      SELECT t.title FROM tasks t JOIN task_comments c ON c.task_id = t.id WHERE c.created_at < t.created_at"))
            .await
            .unwrap();
        assert!(wrong.is_empty(), "{wrong:?}");
        let (active,): (Option<Uuid>,) =
            store.one(sql("SELECT active_organization_id FROM users WHERE id = $1").bind(person)).await.unwrap();
        assert_eq!(active, Some(demo.organization_id), "who has no boards yet looks at the demo");
    })
    .await;
}

#[tokio::test]
async fn the_agents_of_the_demo_stay_there_and_nobody_is_called_for_them() {
    on_both(|store| async move {
        let context = testing::context(&store);
        made(&context).await;
        let online = async |context: &Context| -> i64 {
            let (count,): (i64,) = context
                .store()
                .one(sql("SELECT count(*) FROM agents WHERE status <> 'offline' AND last_seen_at >= $1")
                    .bind(context.store().clock().now() - TimeDelta::minutes(9)))
                .await
                .unwrap();
            count
        };
        let at_first = online(&context).await;
        assert!(at_first > 18, "{at_first}");
        // The server was down for a while: everybody is silent.
        let txn = store.begin().await.unwrap();
        txn.run(sql("UPDATE agents SET last_seen_at = $1 WHERE last_seen_at IS NOT NULL").bind(txn.now() - TimeDelta::hours(3)))
            .await
            .unwrap();
        txn.commit().await.unwrap();
        // All recurring jobs are due at the first start. They find no work that leads outside.
        let runner = register_jobs(Runner::new(&store, Policy::default()), &context);
        runner.run_due().await.unwrap();
        pulse::beat(&context).await.unwrap();
        assert_eq!(online(&context).await, at_first);
        let calls: Vec<(String,)> = store
            .all(sql("SELECT kind FROM jobs WHERE kind IN ('agent.lifecycle', 'agent.retry', 'agent.message', 'agent.cleanup')"))
            .await
            .unwrap();
        assert!(calls.is_empty(), "{calls:?}");
    })
    .await;
}
