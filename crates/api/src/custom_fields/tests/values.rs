//! What becomes of the values of tasks when a field changes or goes.

use super::*;

fn tasks(board: Uuid) -> String {
    format!("/api/v1/boards/{board}/tasks")
}

async fn create(server: &TestServer, board: Uuid, values: Value) -> Value {
    let body = json!({"title": "x", "custom_field_values": values});
    ok(server.user(Method::POST, &tasks(board), Some(body)).await)
}

/// The values that the tasks of a board show, newest first.
async fn shown(server: &TestServer, board: Uuid) -> Vec<Value> {
    let list = ok(server.user(Method::GET, &tasks(board), None).await);
    list["items"].as_array().unwrap().iter().map(|task| task["custom_field_values"].clone()).collect()
}

async fn delete(server: &TestServer, field: &Value, query: &str) -> Answer {
    server.user(Method::DELETE, &format!("{}{query}", path(field)), None).await
}

#[tokio::test]
async fn a_new_field_is_on_the_tasks_that_exist() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        create(&server, ours, json!({})).await;
        create(&server, other, json!({})).await;
        let field = ok(make(&server, ours, json!({"field_type": "integer", "default_value": 1})).await);
        assert_eq!(shown(&server, ours).await, [json!({"cost": 1})]);
        assert_eq!(shown(&server, other).await, [json!({})]);
        create(&server, ours, json!({})).await;
        ok(patch(&server, &field, json!({"default_value": 2})).await);
        assert_eq!(
            shown(&server, ours).await,
            [json!({"cost": 1}), json!({"cost": 2})],
            "what was stored with a task stays"
        );
    })
    .await;
}

#[tokio::test]
async fn a_field_goes_when_tasks_only_repeat_its_default() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        let field =
            ok(make(&server, board, json!({"field_type": "json", "default_value": {"b": 1, "a": [2]}}))
                .await);
        create(&server, board, json!({})).await;
        create(&server, board, json!({"cost": null})).await;
        let own = create(&server, board, json!({"cost": [3]})).await;
        let refused = delete(&server, &field, "").await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.json["detail"].as_str().unwrap().contains("purge=true"), "{refused:?}");
        assert_eq!(delete(&server, &field, "?purge=false").await.status, StatusCode::CONFLICT);
        let task = format!("{}/{}", tasks(board), own["id"].as_str().unwrap());
        ok(server.user(Method::PATCH, &task, Some(json!({"custom_field_values": {"cost": null}}))).await);
        assert_eq!(ok(delete(&server, &field, "").await), json!({"ok": true}));
        assert_eq!(shown(&server, board).await, [json!({}), json!({}), json!({})]);
        assert_eq!(delete(&server, &field, "").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn values_of_their_own_go_when_that_is_asked_for() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        let field = ok(make(&server, board, json!({})).await);
        let kept = ok(make(&server, board, json!({"field_key": "zone"})).await);
        create(&server, board, json!({"cost": "much", "zone": "eu"})).await;
        assert_eq!(delete(&server, &field, "").await.status, StatusCode::CONFLICT);
        assert_eq!(delete(&server, &field, "?purge=perhaps").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        ok(delete(&server, &field, "?purge=true").await);
        assert_eq!(shown(&server, board).await, [json!({"zone": "eu"})]);
        assert_eq!(list(&server).await, json!([kept]));
        let rows: Vec<(i64,)> =
            store.all(sql("SELECT count(*) FROM task_custom_field_values")).await.unwrap();
        assert_eq!(rows, [(1,)]);
    })
    .await;
}

#[tokio::test]
async fn values_on_a_board_that_loses_the_field_are_hidden_counted_and_can_be_purged() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (first, second) = (board(&server, "First").await, board(&server, "Second").await);
        let field = ok(make(&server, first, json!({"board_ids": [first, second]})).await);
        create(&server, first, json!({"cost": "a"})).await;
        create(&server, second, json!({"cost": "b"})).await;
        let unbound = ok(patch(&server, &field, json!({"board_ids": [first]})).await);
        assert_eq!(unbound["hidden_value_count"], json!(1));
        assert_eq!(shown(&server, second).await, [json!({})]);
        let body = json!({"title": "x", "custom_field_values": {"cost": "c"}});
        let refused = server.user(Method::POST, &tasks(second), Some(body)).await;
        assert_eq!(refused.json["detail"]["unknown_field_keys"], json!(["cost"]));
        let bound = ok(patch(&server, &field, json!({"board_ids": [first, second]})).await);
        assert_eq!(bound["hidden_value_count"], json!(0));
        assert_eq!(shown(&server, second).await, [json!({"cost": "b"})], "they come back with the field");

        let purge = format!("{}?purge=true", path(&field));
        let purged = ok(server.user(Method::PATCH, &purge, Some(json!({"board_ids": [first]}))).await);
        assert_eq!(purged["hidden_value_count"], json!(0));
        ok(patch(&server, &field, json!({"board_ids": [first, second]})).await);
        assert_eq!(shown(&server, second).await, [json!({"cost": null})]);
        assert_eq!(shown(&server, first).await, [json!({"cost": "a"})], "the others are as they were");
    })
    .await;
}

#[tokio::test]
async fn values_that_a_new_type_or_pattern_refuses_are_counted_and_can_be_purged() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        let field = ok(make(&server, board, json!({})).await);
        for value in ["12", "much", "13"] {
            create(&server, board, json!({"cost": value})).await;
        }
        assert_eq!(
            ok(patch(&server, &field, json!({"label": "Cost"})).await)["unfit_value_count"],
            Value::Null
        );
        let strict = ok(patch(&server, &field, json!({"validation_regex": "[0-9]+"})).await);
        assert_eq!(strict["unfit_value_count"], json!(1));
        assert_eq!(
            shown(&server, board).await[1],
            json!({"cost": "much"}),
            "nothing is lost without being asked"
        );
        let purge = format!("{}?purge=true", path(&field));
        let purged = ok(server.user(Method::PATCH, &purge, Some(json!({"required": false}))).await);
        assert_eq!(purged["unfit_value_count"], Value::Null);
        assert_eq!(
            shown(&server, board).await,
            [json!({"cost": "13"}), json!({"cost": null}), json!({"cost": "12"})]
        );
        let number = json!({"field_type": "integer", "validation_regex": null});
        assert_eq!(ok(patch(&server, &field, number).await)["unfit_value_count"], json!(2));
    })
    .await;
}

#[tokio::test]
async fn many_values_are_looked_at_in_parts() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        let field = ok(make(&server, board, json!({})).await);
        let task = create(&server, board, json!({})).await;
        let txn = store.begin().await.unwrap();
        let original: Uuid = task["id"].as_str().unwrap().parse().unwrap();
        let definition: Uuid = field["id"].as_str().unwrap().parse().unwrap();
        for number in 0..450 {
            let id = txn.new_id();
            txn.run_one(
                sql("INSERT INTO tasks (id, board_id, title, status, priority, created_at, updated_at)
                     SELECT $2, board_id, title, status, priority, created_at, updated_at FROM tasks WHERE id = $1")
                .bind(original)
                .bind(id),
            )
            .await
            .unwrap();
            txn.run_one(
                sql("INSERT INTO task_custom_field_values
                         (id, task_id, task_custom_field_definition_id, value, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $5, $5)")
                .bind(txn.new_id())
                .bind(id)
                .bind(definition)
                .bind(if number % 3 == 0 { "\"ok\"" } else { "\"NO\"" })
                .bind(txn.now()),
            )
            .await
            .unwrap();
        }
        txn.commit().await.unwrap();
        let change = json!({"validation_regex": "[a-z]+"});
        assert_eq!(ok(patch(&server, &field, change).await)["unfit_value_count"], json!(300));
        let purge = format!("{}?purge=true", path(&field));
        ok(server.user(Method::PATCH, &purge, Some(json!({"required": false}))).await);
        let rows: Vec<(i64,)> = store.all(sql("SELECT count(*) FROM task_custom_field_values")).await.unwrap();
        assert_eq!(rows, [(150,)]);
    })
    .await;
}
