use chrono::TimeDelta;
use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{agent, board, grant, home, organization, person},
    testing::{Answer, TestServer},
};

const DASHBOARD: &str = "/api/v1/metrics/dashboard";

fn ok(answer: Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json
}

async fn create(server: &TestServer, board: Uuid, body: Value) -> Value {
    ok(server.user(Method::POST, &format!("/api/v1/boards/{board}/tasks"), Some(body)).await)
}

async fn patch(server: &TestServer, task: &Value, body: Value) -> Value {
    let (board, id) = (task["board_id"].as_str().unwrap(), task["id"].as_str().unwrap());
    ok(server.user(Method::PATCH, &format!("/api/v1/boards/{board}/tasks/{id}"), Some(body)).await)
}

/// The sum of a figure over the points of a series.
fn sum(series: &Value, name: &str) -> f64 {
    series["points"].as_array().unwrap().iter().map(|point| point[name].as_f64().unwrap()).sum()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn the_figures_have_every_part_of_the_contract() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        board(&server, "Ops").await;
        let seen = ok(server.user(Method::GET, DASHBOARD, None).await);
        let parts = [
            "range", "generated_at", "kpis", "throughput", "cycle_time", "error_rate", "wip", "pending_approvals",
            "attention", "fleet",
        ];
        assert_eq!(keys(&seen), parts);
        assert_eq!(seen["range"], "24h");
        let kpis = json!({
            "active_agents": 0, "tasks_in_progress": 0, "inbox_tasks": 0, "in_progress_tasks": 0, "review_tasks": 0,
            "done_tasks": 0, "error_rate_pct": 0.0, "median_cycle_time_hours_7d": null,
        });
        assert_eq!(seen["kpis"], kpis);
        assert_eq!(seen["pending_approvals"], json!({"total": 0, "items": []}));
        let attention =
            json!({"overdue_total": 0, "overdue_tasks": [], "blocked_total": 0, "failed_deliveries": 0});
        assert_eq!(seen["attention"], attention);
        for name in ["throughput", "cycle_time", "error_rate", "wip"] {
            for part in ["primary", "comparison"] {
                let series = &seen[name][part];
                assert_eq!((&series["range"], &series["bucket"]), (&json!("24h"), &json!("hour")));
                assert_eq!(series["points"].as_array().unwrap().len(), 25, "{name} {part}");
                let point = &series["points"][0];
                let period = point["period"].as_str().unwrap();
                assert!(period.ends_with(":00:00") && period.len() == 19, "{period}");
                if name == "wip" {
                    assert_eq!(
                        *point,
                        json!({"period": period, "inbox": 0, "in_progress": 0, "review": 0, "done": 0})
                    );
                } else {
                    assert_eq!(*point, json!({"period": period, "value": 0.0}));
                }
            }
        }
        for (range, bucket, points) in [
            ("24h", "hour", 25),
            ("3d", "day", 4),
            ("7d", "day", 8),
            ("14d", "day", 15),
            ("1m", "day", 31),
            ("1y", "month", 13),
        ] {
            let seen = ok(server.user(Method::GET, &format!("{DASHBOARD}?range_key={range}"), None).await);
            let series = &seen["throughput"]["primary"];
            assert_eq!((&seen["range"], &series["bucket"]), (&json!(range), &json!(bucket)));
            assert_eq!(series["points"].as_array().unwrap().len(), points, "{range}");
        }
        for range in ["3m", "6m"] {
            let seen = ok(server.user(Method::GET, &format!("{DASHBOARD}?range_key={range}"), None).await);
            assert_eq!(seen["wip"]["comparison"]["bucket"], "week");
        }
        let other = ok(server.user(Method::GET, &format!("{DASHBOARD}?range=7d"), None).await);
        assert_eq!(other["range"], "24h", "the parameter is called range_key");
    })
    .await;
}

#[tokio::test]
async fn bad_queries_name_the_parameter() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        for (query, name, kind) in [
            ("range_key=2d", "range_key", "literal_error"),
            ("range_key=", "range_key", "literal_error"),
            ("board_id=x", "board_id", "uuid_parsing"),
            ("group_id=x", "group_id", "uuid_parsing"),
        ] {
            let answer = server.user(Method::GET, &format!("{DASHBOARD}?{query}"), None).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            let fault = &answer.json["detail"][0];
            assert_eq!((&fault["loc"], &fault["type"]), (&json!(["query", name]), &json!(kind)));
        }
    })
    .await;
}

#[tokio::test]
async fn work_shows_up_where_it_was_done() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        let task = create(&server, board, json!({"title": "x"})).await;
        create(&server, board, json!({"title": "y"})).await;
        for status in ["in_progress", "review", "done"] {
            patch(&server, &task, json!({"status": status})).await;
        }
        patch(&server, &task, json!({"title": "edited"})).await;
        let seen = ok(server.user(Method::GET, &format!("{DASHBOARD}?board_id={board}"), None).await);
        assert_eq!(
            (sum(&seen["throughput"]["primary"], "value"), sum(&seen["wip"]["primary"], "done")),
            (1.0, 1.0)
        );
        assert_eq!(sum(&seen["throughput"]["comparison"], "value"), 0.0);
        assert!(sum(&seen["wip"]["primary"], "inbox") >= 1.0);
        let kpis = &seen["kpis"];
        assert_eq!((&kpis["done_tasks"], &kpis["inbox_tasks"]), (&json!(1), &json!(1)));
        assert!(kpis["median_cycle_time_hours_7d"].as_f64().is_some_and(|hours| (0.0..1.0).contains(&hours)));
        assert!(sum(&seen["cycle_time"]["primary"], "value") > 0.0);
    })
    .await;
}

#[tokio::test]
async fn every_change_of_a_status_is_recorded_once() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        let first = create(&server, board, json!({"title": "first", "status": "done"})).await;
        let waiting =
            json!({"title": "waiting", "status": "in_progress", "depends_on_task_ids": [first["id"]]});
        let waiting = create(&server, board, waiting).await;
        let idle =
            create(&server, board, json!({"title": "idle", "depends_on_task_ids": [first["id"]]})).await;
        patch(&server, &first, json!({"status": "in_progress", "comment": "again"})).await;
        patch(&server, &first, json!({"title": "First"})).await;
        patch(&server, &first, json!({"status": "in_progress"})).await;
        patch(&server, &first, json!({"status": "review"})).await;
        let record = |task: &Value| {
            let (store, id): (_, Uuid) = (store.clone(), task["id"].as_str().unwrap().parse().unwrap());
            async move {
                let rows: Vec<(String, String, bool)> = store
                    .all(
                        sql("SELECT coalesce(from_status, ''), to_status, in_progress_at IS NOT NULL
                             FROM task_status_changes WHERE task_id = $1 ORDER BY created_at, id")
                        .bind(id),
                    )
                    .await
                    .unwrap();
                rows.into_iter().map(|(from, to, worked)| format!("{from}>{to} {worked}")).collect::<Vec<_>>()
            }
        };
        let expected = [">done false", "done>in_progress false", "in_progress>review true"];
        assert_eq!(record(&first).await, expected);
        assert_eq!(record(&waiting).await, [">in_progress false", "in_progress>inbox true"]);
        assert_eq!(record(&idle).await, [">inbox false"]);
        let standing: Vec<(String,)> = store
            .all(sql("SELECT to_status FROM task_status_changes WHERE left_at IS NULL ORDER BY to_status"))
            .await
            .unwrap();
        assert_eq!(
            standing,
            ["inbox", "inbox", "review"].map(|status| (status.to_owned(),)),
            "one for each task"
        );
    })
    .await;
}

#[tokio::test]
async fn what_needs_attention_is_named_to_those_who_may_read_it() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let now = store.clock().now();
        let due = |days: i64| (now - TimeDelta::days(days)).format("%Y-%m-%dT%H:%M:%S").to_string();
        let late = create(&server, ours, json!({"title": "late", "due_at": due(3)})).await;
        create(&server, ours, json!({"title": "today", "due_at": due(0)})).await;
        create(&server, ours, json!({"title": "done", "due_at": due(5), "status": "done"})).await;
        create(&server, other, json!({"title": "later", "due_at": due(2)})).await;
        create(&server, ours, json!({"title": "waits", "depends_on_task_ids": [late["id"]]})).await;

        let hook = ok(server
            .user(
                Method::POST,
                &format!("/api/v1/boards/{ours}/webhooks"),
                Some(json!({"description": "Do it."})),
            )
            .await);
        let path = format!("/api/v1/boards/{ours}/webhooks/{}", hook["id"].as_str().unwrap());
        for body in [json!({"n": 1}), json!({"n": 2})] {
            let answer = server.user(Method::POST, &path, Some(body)).await;
            assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        }
        let failed = sql("UPDATE board_webhook_payloads SET delivery_status = 'failed'
                          WHERE id = (SELECT id FROM board_webhook_payloads ORDER BY id LIMIT 1)");
        let txn = store.begin().await.unwrap();
        txn.run(failed).await.unwrap();
        txn.commit().await.unwrap();

        let all = ok(server.user(Method::GET, DASHBOARD, None).await)["attention"].clone();
        let titles: Vec<&str> = all["overdue_tasks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|task| task["title"].as_str().unwrap())
            .collect();
        assert_eq!(
            titles,
            ["late", "later"],
            "longest overdue first, not what is due today, not what is done"
        );
        assert_eq!((&all["overdue_total"], &all["blocked_total"]), (&json!(2), &json!(1)));
        assert_eq!(all["failed_deliveries"], json!(1));
        assert_eq!(keys(&all["overdue_tasks"][0]), ["task_id", "board_id", "board_name", "title", "due_at"]);

        let only = ok(server.user(Method::GET, &format!("{DASHBOARD}?board_id={other}"), None).await);
        let counts = |seen: &Value| {
            ["overdue_total", "blocked_total", "failed_deliveries"]
                .map(|name| seen["attention"][name].as_i64().unwrap())
        };
        assert_eq!(counts(&only), [1, 0, 0]);
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        grant(&server, &reader, ours, true, false).await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        for (who, expected) in [(&reader, [1, 1, 1]), (&stranger, [0, 0, 0])] {
            let seen = ok(who.call(&server, Method::GET, DASHBOARD, None).await);
            assert_eq!(counts(&seen), expected, "{who:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn figures_are_of_the_boards_that_the_caller_may_read() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        for board in [ours, other] {
            create(&server, board, json!({"title": "x", "status": "done"})).await;
        }
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        grant(&server, &reader, ours, true, false).await;
        let nothing = person(&server, "nothing", home, Role::Owner, (false, false)).await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        for (who, done) in [(&reader, 1), (&nothing, 0), (&stranger, 0)] {
            let seen = ok(who.call(&server, Method::GET, DASHBOARD, None).await);
            assert_eq!(seen["kpis"]["done_tasks"], json!(done), "{who:?}");
            assert_eq!(sum(&seen["throughput"]["primary"], "value"), f64::from(done), "{who:?}");
        }
        for (who, board) in
            [(&reader, other), (&nothing, ours), (&stranger, ours), (&reader, Uuid::from_u128(7))]
        {
            let answer = who.call(&server, Method::GET, &format!("{DASHBOARD}?board_id={board}"), None).await;
            assert_eq!((answer.status, &answer.json["detail"]), (StatusCode::FORBIDDEN, &json!("Forbidden")));
        }
        let all = ok(server.user(Method::GET, DASHBOARD, None).await);
        assert_eq!(all["kpis"]["done_tasks"], json!(2));
        let group = Uuid::from_u128(7);
        let none = ok(server.user(Method::GET, &format!("{DASHBOARD}?group_id={group}"), None).await);
        assert_eq!(none["kpis"]["done_tasks"], json!(0));
        let (_, token) = agent(&server, (home, ours), "Ada", true, None).await;
        assert_eq!(server.agent(&token, Method::GET, DASHBOARD, None).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn administrators_are_told_how_their_own_fleet_is() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (home, ops) = (home(&server).await, board(&server, "Ops").await);
        let (first, _) = agent(&server, (home, ops), "Bo", false, None).await;
        agent(&server, (home, ops), "Ada", false, None).await;
        // Bo has called long ago and should still answer.
        let txn = store.begin().await.unwrap();
        let update = sql("UPDATE agents SET lifecycle_state = 'ready', last_seen_at = $2 WHERE id = $1");
        txn.run_one(update.bind(first.id).bind(store.clock().now() - TimeDelta::hours(1))).await.unwrap();
        txn.commit().await.unwrap();

        let path = format!("{DASHBOARD}?include_fleet=true");
        let seen = ok(server.user(Method::GET, &path, None).await);
        let fleet = json!({
            "agents_total": 2, "agents_online": 0, "agents_down": 1,
            "down_agents": [{"agent_id": first.id, "name": "Bo"}], "gateways": [],
        });
        assert_eq!(seen["fleet"], fleet);
        assert_eq!(
            ok(server.user(Method::GET, DASHBOARD, None).await)["fleet"],
            Value::Null,
            "only on demand"
        );

        let member = person(&server, "member", home, Role::Member, (true, true)).await;
        let hidden = ok(member.call(&server, Method::GET, &path, None).await);
        assert_eq!(hidden["fleet"], Value::Null, "members are told nothing");
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let other = ok(stranger.call(&server, Method::GET, &path, None).await);
        assert_eq!(other["fleet"]["agents_total"], 0, "another organization has a fleet of its own");
    })
    .await;
}
