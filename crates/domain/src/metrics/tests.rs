//! Figures on databases, with times that the tests choose.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{Engine, Read, Rows, Sql, Store, sql, testing::on_both};
use uuid::Uuid;

use super::{Dashboard, DashboardFilter, Point, Range, service};
use crate::{
    Context, Kind,
    access::{BoardRights, BoardWriter, OrgMember},
    tasks::{NewTask, TaskChange, TaskStatus, service as tasks},
    testing,
};

fn now() -> DateTime<Utc> {
    "2026-03-18T10:20:30Z".parse().unwrap()
}

async fn rights(context: &Context) -> BoardRights {
    testing::admin(context).await.readable_boards()
}

/// A board and one task on it.
async fn board(context: &Context, name: &str) -> (BoardWriter, Uuid) {
    let scope = testing::board_writer(context, testing::new_board(name)).await;
    let task = tasks::create(context, &scope, new_task()).await.unwrap().task.id;
    run(context.store(), sql("DELETE FROM task_status_changes WHERE task_id = $1").bind(task)).await;
    (scope, task)
}

fn new_task() -> NewTask {
    NewTask {
        title: "x".into(),
        description: None,
        status: TaskStatus::Inbox,
        priority: "medium".into(),
        due_at: None,
        assigned_agent_id: None,
        depends_on_task_ids: Vec::new(),
        tag_ids: Vec::new(),
        created_by_user_id: None,
        custom_field_values: serde_json::Map::new(),
    }
}

async fn run(store: &Store, statement: Sql) {
    let txn = store.begin().await.unwrap();
    txn.run(statement).await.unwrap();
    txn.commit().await.unwrap();
}

/// Records that a task came to a status at a time, after some hours of work if there was any. The changes of
/// a task are told in their order.
async fn came(
    store: &Store,
    board: &BoardWriter,
    task: Uuid,
    to: &str,
    at: DateTime<Utc>,
    hours: Option<i64>,
) {
    let id = store.ids().next();
    let began = hours.map(|hours| at - TimeDelta::hours(hours));
    let left = sql("UPDATE task_status_changes SET left_at = $2 WHERE task_id = $1 AND left_at IS NULL");
    run(store, left.bind(task).bind(at)).await;
    run(
        store,
        sql("INSERT INTO task_status_changes (id, board_id, task_id, to_status, in_progress_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id)
        .bind(board.board().id)
        .bind(task)
        .bind(to)
        .bind(began)
        .bind(at),
    )
    .await;
}

async fn event(
    store: &Store,
    board: &BoardWriter,
    task: Option<Uuid>,
    kind: &str,
    at: DateTime<Utc>,
    activity: bool,
) {
    run(
        store,
        sql("INSERT INTO events (id, kind, organization_id, board_id, task_id, activity, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(store.ids().next())
        .bind(kind)
        .bind(board.board().organization_id)
        .bind(board.board().id)
        .bind(task)
        .bind(activity)
        .bind(at),
    )
    .await;
}

async fn read(context: &Context, range: Range, filter: DashboardFilter) -> Dashboard {
    service::read(context.store(), rights(context).await, range, filter, now()).await.unwrap()
}

fn all() -> DashboardFilter {
    DashboardFilter::default()
}

fn values(points: &[Point]) -> Vec<f64> {
    points.iter().map(|point| point.value).collect()
}

#[tokio::test]
async fn figures_stand_where_they_happened() {
    on_both(|store| async move {
        let context = testing::context(&store);
        let (board, first) = board(&context, "Ops").await;
        let second = tasks::create(&context, &board, new_task()).await.unwrap().task.id;
        run(&store, sql("DELETE FROM task_status_changes")).await;
        run(&store, sql("DELETE FROM events")).await;
        let (day, micro) = (TimeDelta::days(1), TimeDelta::microseconds(1));
        let (middle, start) = (now() - day * 3, now() - day * 6);
        came(&store, &board, first, "inbox", now() - day * 2, None).await;
        came(&store, &board, first, "in_progress", now() - day, None).await;
        came(&store, &board, first, "review", now() - TimeDelta::minutes(2), Some(10)).await;
        came(&store, &board, first, "done", now(), None).await;
        came(&store, &board, second, "done", start - micro, Some(1)).await;
        came(&store, &board, second, "review", start, Some(2)).await;
        came(&store, &board, second, "inbox", middle - micro, None).await;
        came(&store, &board, second, "done", middle, Some(4)).await;
        came(&store, &board, second, "done", now() + micro, Some(1)).await;
        for (kind, at) in [
            ("task.updated", now()),
            ("task.assignee_notify_failed", now()),
            ("task.created", middle - micro),
            ("task.failed", middle - micro),
            ("task.failed", start - micro),
        ] {
            event(&store, &board, Some(first), kind, at, true).await;
        }
        event(&store, &board, None, "gateway.failed", now(), true).await;
        event(&store, &board, Some(first), "live.failed", now(), false).await;

        let seen = read(&context, Range::Days3, all()).await;
        let wip = |points: &[super::WipPoint]| {
            points.iter().map(|p| [p.inbox, p.in_progress, p.review, p.done]).collect::<Vec<_>>()
        };
        assert_eq!(
            wip(&seen.wip.primary),
            [[0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]],
            "of several changes in a period the last one counts"
        );
        assert_eq!(wip(&seen.wip.comparison), [[0, 0, 1, 0], [0; 4], [0; 4], [1, 0, 0, 0]]);
        assert_eq!(values(&seen.throughput.primary), [1.0, 0.0, 0.0, 1.0]);
        assert_eq!(values(&seen.throughput.comparison), [0.0; 4]);
        assert_eq!(values(&seen.cycle_time.primary), [4.0, 0.0, 0.0, 10.0]);
        assert_eq!(values(&seen.cycle_time.comparison), [2.0, 0.0, 0.0, 0.0]);
        assert_eq!(values(&seen.error_rate.primary), [0.0, 0.0, 0.0, 50.0]);
        assert_eq!(values(&seen.error_rate.comparison), [0.0, 0.0, 0.0, 50.0]);
        assert_eq!((seen.kpis.error_rate_pct, seen.kpis.median_cycle_time_hours), (50.0, Some(7.0)));
        assert_eq!((seen.kpis.inbox, seen.kpis.done), (2, 0), "totals are of now");
        assert_eq!((seen.generated_at, seen.range), (now(), Range::Days3));
    })
    .await;
}

#[tokio::test]
async fn every_range_reads_on_both_engines() {
    on_both(|store| async move {
        let context = testing::context(&store);
        let (board, task) = board(&context, "Ops").await;
        came(&store, &board, task, "done", now() - TimeDelta::minutes(1), Some(3)).await;
        for (name, range) in Range::NAMES {
            let seen = read(&context, range, all()).await;
            assert_eq!(seen.throughput.primary.last().unwrap().value, 1.0, "{name}");
            assert_eq!(seen.throughput.primary.iter().map(|point| point.value).sum::<f64>(), 1.0, "{name}");
            assert!(values(&seen.throughput.comparison).iter().all(|value| *value == 0.0), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_finished_task_that_is_edited_stays_where_it_was_counted() {
    on_both(|store| async move {
        let context = testing::context(&store);
        let (board, task) = board(&context, "Ops").await;
        for status in [TaskStatus::InProgress, TaskStatus::Review, TaskStatus::Done] {
            let change = TaskChange { status: Some(status), ..TaskChange::default() };
            tasks::update(&context, &board, task, change).await.unwrap();
        }
        let at = store.clock().now();
        let seen = service::read(&store, rights(&context).await, Range::Days7, all(), at).await.unwrap();
        assert_eq!(values(&seen.throughput.primary).iter().sum::<f64>(), 1.0);
        assert!(seen.kpis.median_cycle_time_hours.is_some(), "a task that is done has a cycle time");
        let change = TaskChange { title: Some("Better".into()), ..TaskChange::default() };
        tasks::update(&context, &board, task, change).await.unwrap();
        let later = service::read(&store, rights(&context).await, Range::Days7, all(), at).await.unwrap();
        assert_eq!(
            (&later.throughput, &later.cycle_time, &later.wip),
            (&seen.throughput, &seen.cycle_time, &seen.wip)
        );
    })
    .await;
}

#[tokio::test]
async fn figures_are_of_the_boards_that_may_be_read() {
    on_both(|store| async move {
        let context = testing::context(&store);
        let (first, task) = board(&context, "First").await;
        let (second, other) = board(&context, "Second").await;
        for (board, task) in [(&first, task), (&second, other)] {
            came(&store, board, task, "done", now(), Some(2)).await;
            event(&store, board, Some(task), "x.failed", now(), true).await;
        }
        let member = OrgMember::check(&context, testing::local_actor(&context).await, None).await.unwrap();
        let elsewhere = store.ids().next();
        for statement in [
            sql("INSERT INTO organizations (id, name, created_at, updated_at) VALUES ($1, 'Elsewhere', $2, $2)"),
            sql("INSERT INTO organization_members
                     (id, organization_id, user_id, role, all_boards_read, all_boards_write, created_at, updated_at)
                 VALUES ($1, $1, $3, 'owner', TRUE, TRUE, $2, $2)"),
        ]
        .into_iter()
        .zip([None, Some(member.actor().user().id)])
        .map(|(statement, user)| {
            let statement = statement.bind(elsewhere).bind(now());
            match user {
                Some(user) => statement.bind(user),
                None => statement,
            }
        }) {
            run(&store, statement).await;
        }
        let foreign = OrgMember::check(&context, testing::local_actor(&context).await, Some(elsewhere)).await.unwrap();
        let at = |scope: &OrgMember, filter| {
            let (store, rights) = (store.clone(), scope.readable_boards());
            async move { service::read(&store, rights, Range::Hours24, filter, now()).await }
        };
        let total = |seen: &Dashboard| {
            let done: f64 = values(&seen.throughput.primary).iter().sum();
            (done, seen.kpis.inbox, seen.kpis.median_cycle_time_hours, seen.kpis.error_rate_pct)
        };
        assert_eq!(total(&at(&member, all()).await.unwrap()), (2.0, 2, Some(2.0), 100.0));
        assert_eq!(total(&at(&foreign, all()).await.unwrap()), (0.0, 0, None, 0.0));

        let only = |board: Uuid| DashboardFilter { board_id: Some(board), group_id: None };
        assert_eq!(total(&at(&member, only(first.board().id)).await.unwrap()), (1.0, 1, Some(2.0), 100.0));
        for (scope, board) in [(&foreign, first.board().id), (&member, Uuid::from_u128(7))] {
            assert_eq!(at(scope, only(board)).await.unwrap_err().kind, Kind::Forbidden);
        }

        let group = store.ids().next();
        run(
            &store,
            sql("INSERT INTO board_groups (id, organization_id, name, slug, created_at, updated_at)
                 VALUES ($1, $2, 'Group', 'group', $3, $3)")
            .bind(group)
            .bind(member.organization().id)
            .bind(now()),
        )
        .await;
        let join = sql("UPDATE boards SET board_group_id = $2 WHERE id = $1").bind(first.board().id).bind(group);
        run(&store, join).await;
        for (board_id, group_id, expected) in [
            (None, group, 1.0),
            (Some(first.board().id), group, 1.0),
            (Some(second.board().id), group, 0.0),
            (None, Uuid::from_u128(7), 0.0),
        ] {
            let filter = DashboardFilter { board_id, group_id: Some(group_id) };
            assert_eq!(total(&at(&member, filter).await.unwrap()).0, expected);
        }
        run(&store, sql("UPDATE organization_members SET all_boards_read = FALSE, all_boards_write = FALSE")).await;
        run(&store, sql("DELETE FROM organization_board_access WHERE board_id = $1").bind(second.board().id)).await;
        let grant = sql(
            "INSERT INTO organization_board_access
                 (id, organization_member_id, board_id, can_read, can_write, created_at, updated_at)
             VALUES ($1, $2, $3, TRUE, FALSE, $4, $4) ON CONFLICT DO NOTHING",
        )
        .bind(store.ids().next())
        .bind(member.member().id)
        .bind(first.board().id)
        .bind(now());
        run(&store, grant).await;
        let member = OrgMember::check(&context, testing::local_actor(&context).await, None).await.unwrap();
        assert_eq!(total(&at(&member, all()).await.unwrap()).0, 1.0, "the granted board only");
        assert_eq!(at(&member, only(second.board().id)).await.unwrap_err().kind, Kind::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn agents_count_when_they_were_seen_in_the_range() {
    on_both(|store| async move {
        let context = testing::context(&store);
        let (board, _) = board(&context, "Ops").await;
        for (name, seen) in [("a", Some(now())), ("b", Some(now() - TimeDelta::hours(25))), ("c", None)] {
            run(
                &store,
                sql("INSERT INTO agents (id, organization_id, board_id, name, last_seen_at, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $6)")
                .bind(store.ids().next())
                .bind(board.board().organization_id)
                .bind(board.board().id)
                .bind(name)
                .bind(seen)
                .bind(now()),
            )
            .await;
        }
        assert_eq!(read(&context, Range::Hours24, all()).await.kpis.active_agents, 1);
        assert_eq!(read(&context, Range::Days3, all()).await.kpis.active_agents, 2);
    })
    .await;
}

#[tokio::test]
async fn pending_approvals_show_the_first_task_however_it_is_named() {
    on_both(|store| async move {
        let context = testing::context(&store);
        let (board, task) = board(&context, "Ops").await;
        run(&store, sql("UPDATE tasks SET title = 'Deploy' WHERE id = $1").bind(task)).await;
        let approve = |minutes: i64, task: Option<Uuid>, linked: Option<Uuid>, status: &'static str| {
            let (store, board, at) = (store.clone(), board.board().id, now() - TimeDelta::minutes(minutes));
            async move {
                let id = store.ids().next();
                run(
                    &store,
                    sql("INSERT INTO approvals (id, board_id, task_id, action_type, confidence, status, created_at)
                         VALUES ($1, $2, $3, 'deploy', $4, $5, $6)")
                    .bind(id)
                    .bind(board)
                    .bind(task)
                    .bind(80.5)
                    .bind(status)
                    .bind(at),
                )
                .await;
                if let Some(task) = linked {
                    run(
                        &store,
                        sql("INSERT INTO approval_task_links (id, approval_id, task_id, created_at) VALUES ($1, $2, $3, $4)")
                            .bind(store.ids().next())
                            .bind(id)
                            .bind(task)
                            .bind(at),
                    )
                    .await;
                }
                id
            }
        };
        let by_link = approve(1, None, Some(task), "pending").await;
        let primary = approve(2, Some(task), None, "pending").await;
        let of_none = approve(3, None, None, "pending").await;
        approve(0, Some(task), None, "approved").await;
        let seen = read(&context, Range::Hours24, all()).await.pending_approvals;
        let shown: Vec<_> = seen.items.iter().map(|item| (item.id, item.task_title.as_deref())).collect();
        assert_eq!(shown, [(by_link, Some("Deploy")), (primary, Some("Deploy")), (of_none, None)]);
        assert_eq!((seen.total, seen.items[0].board_name.as_str(), seen.items[0].confidence), (3, "Ops", 80.5));
        for minutes in 10..20 {
            approve(minutes, None, None, "pending").await;
        }
        let seen = read(&context, Range::Hours24, all()).await.pending_approvals;
        assert_eq!((seen.total, seen.items.len(), seen.items[0].id), (13, 10, by_link));
    })
    .await;
}

/// Counts the statements that go through it.
struct Counted {
    store: Store,
    count: AtomicUsize,
}

impl Read for Counted {
    fn engine(&self) -> Engine {
        self.store.engine()
    }

    async fn fetch(&self, sql: Sql) -> mc_store::Result<Rows> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.store.fetch(sql).await
    }
}

#[tokio::test]
async fn eight_statements_are_enough_for_any_number_of_boards() {
    on_both(|store| async move {
        let context = testing::context(&store);
        let mut last = None;
        for name in ["a", "b", "c"] {
            let (board, task) = board(&context, name).await;
            came(&store, &board, task, "done", now(), Some(1)).await;
            last = Some(board.board().id);
        }
        let counted = Counted { store: store.clone(), count: AtomicUsize::new(0) };
        let rights = rights(&context).await;
        let filter = DashboardFilter { board_id: last, group_id: None };
        service::read(&counted, rights, Range::Year1, all(), now()).await.unwrap();
        assert_eq!(counted.count.swap(0, Ordering::Relaxed), 7);
        service::read(&counted, rights, Range::Year1, filter, now()).await.unwrap();
        assert_eq!(counted.count.load(Ordering::Relaxed), 8);
    })
    .await;
}
