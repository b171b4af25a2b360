use std::time::Duration;

use mc_base::SecretKey;
use mc_store::{
    Store,
    events::Event,
    jobs::{Policy, Runner},
    testing::on_both,
};

use super::*;
use crate::{
    Settings,
    access::{Actor, BoardWriter, GroupWriter},
    board_groups::{self, NewBoardGroup},
    memory::{NewMemoryEntry, group, service},
    testing,
};

const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// A context with a retention of memory.
fn context(store: &Store, memory_retention: Option<Duration>) -> Context {
    let settings = Settings { memory_retention, ..testing::context(store).settings().clone() };
    Context::new(store.clone(), SecretKey::generate(store.random()), settings)
}

fn note(content: &str) -> NewMemoryEntry {
    NewMemoryEntry { content: content.into(), ..NewMemoryEntry::default() }
}

/// An old and a new entry on a board and in a group; gives the board and the group.
async fn entries(context: &Context) -> (BoardWriter, GroupWriter) {
    let board = testing::board_writer(context, testing::new_board("Ops")).await;
    let admin = testing::admin(context).await;
    let new = NewBoardGroup { name: "Group".into(), slug: String::new(), description: None };
    let made = board_groups::service::create(context, &admin, new).await.unwrap();
    let group_writer = GroupWriter::check(context, admin.actor().clone(), made.id).await.unwrap();
    let old = service::create(context, &board, note("old")).await.unwrap();
    let old_of_group = group::create(context, &group_writer, note("old")).await.unwrap();
    service::create(context, &board, note("new")).await.unwrap();
    group::create(context, &group_writer, note("new")).await.unwrap();
    let txn = context.store().begin().await.unwrap();
    let before = txn.now() - TimeDelta::from_std(KEPT).unwrap() - TimeDelta::minutes(1);
    txn.run_one(sql("UPDATE board_memory SET created_at = $2 WHERE id = $1").bind(old.id).bind(before))
        .await
        .unwrap();
    txn.run_one(
        sql("UPDATE board_group_memory SET created_at = $2 WHERE id = $1").bind(old_of_group.id).bind(before),
    )
    .await
    .unwrap();
    txn.enqueue(NewJob::new(PURGE, json!({}))).await.unwrap();
    txn.commit().await.unwrap();
    (board, group_writer)
}

async fn left(store: &Store) -> Vec<(String,)> {
    store
        .all(sql("SELECT content FROM board_memory UNION ALL SELECT content FROM board_group_memory"))
        .await
        .unwrap()
}

#[tokio::test]
async fn old_entries_are_deleted_and_open_views_hear_of_it() {
    on_both(|store| async move {
        let context = context(&store, Some(KEPT));
        let (board, group) = entries(&context).await;
        assert!(matches!(board.actor(), Actor::User(_)));
        register(Runner::new(&store, Policy::default()), &context).run_due().await.unwrap();
        assert_eq!(left(&store).await, [("new".to_owned(),), ("new".to_owned(),)]);
        let events: Vec<Event> = store
            .all(sql("SELECT * FROM events WHERE kind IN ('memory.deleted', 'group_memory.deleted') ORDER BY position"))
            .await
            .unwrap();
        let places: Vec<_> = events.iter().map(|event| (event.board_id, event.board_group_id)).collect();
        assert_eq!(places, [(Some(board.board().id), None), (None, Some(group.group().id))]);
        assert!(events.iter().all(|event| !event.activity && event.organization_id == board.board().organization_id));
    })
    .await;
}

#[tokio::test]
async fn without_a_retention_everything_is_kept() {
    on_both(|store| async move {
        let context = context(&store, None);
        entries(&context).await;
        register(Runner::new(&store, Policy::default()), &context).run_due().await.unwrap();
        assert_eq!(left(&store).await.len(), 4);
    })
    .await;
}
