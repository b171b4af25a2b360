//! Who reaches the tasks of a board.

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::testing::on_both;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{agent, board, create, path, tasks};
use crate::{
    fixtures::{self, gateway, grant, home, organization, person},
    testing::TestServer,
};

/// Every operation on a task, with a body that would be accepted.
fn operations(board: Uuid, task: &Value) -> Vec<(Method, String, Option<Value>, bool)> {
    let one = path(task);
    let comments = format!("{one}/comments");
    vec![
        (Method::GET, tasks(board), None, false),
        (Method::GET, one.clone(), None, false),
        (Method::GET, comments.clone(), None, false),
        (Method::POST, comments, Some(json!({"message": "x"})), true),
        (Method::POST, tasks(board), Some(json!({"title": "x"})), true),
        (Method::PATCH, one.clone(), Some(json!({"comment": "x"})), true),
        (Method::DELETE, one, None, true),
    ]
}

#[tokio::test]
async fn only_those_who_may_read_or_write_the_board_reach_its_tasks() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, json!({})).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let bare = person(&server, "bare", home, Role::Admin, (false, false)).await;
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        grant(&server, &reader, board, true, false).await;
        for (method, path, body, writes) in operations(board, &task) {
            let nobody = server.call(method.clone(), &path, &[], body.clone()).await;
            assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            let foreign = stranger.call(&server, method.clone(), &path, body.clone()).await;
            assert_eq!(foreign.json["detail"], "No org access", "{method} {path}");
            let without = bare.call(&server, method.clone(), &path, body.clone()).await;
            assert_eq!(without.json["detail"], "Board access denied", "{method} {path}");
            let read = reader.call(&server, method.clone(), &path, body.clone()).await;
            let expected = if writes { StatusCode::FORBIDDEN } else { StatusCode::OK };
            assert_eq!(read.status, expected, "{method} {path}");
        }
    })
    .await;
}

#[tokio::test]
async fn agents_reach_their_own_board_only_and_make_and_delete_nothing_here() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, json!({})).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        let other = fixtures::board(&server, "Other").await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let (_, own) = agent(&server, board, "Own", false).await;
        let (_, neighbour) = agent(&server, other, "Neighbour", false).await;
        let (_, main_of_other_gateway) = gateway(&server, home).await;
        let (_, main_of_other_tenant) = gateway(&server, elsewhere).await;
        for (method, path, body, _) in operations(board, &task) {
            let is_for_people = method == Method::DELETE || (method == Method::POST && path == tasks(board));
            for token in [&neighbour, &main_of_other_gateway, &main_of_other_tenant] {
                let answer = server.agent(token, method.clone(), &path, body.clone()).await;
                let expected = if is_for_people { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN };
                assert_eq!(answer.status, expected, "{method} {path}");
            }
            let answer = server.agent(&own, method.clone(), &path, body.clone()).await;
            let expected = if is_for_people { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
            assert_eq!(answer.status, expected, "{method} {path}");
        }
    })
    .await;
}

#[tokio::test]
async fn ids_are_checked_after_the_caller_and_tasks_belong_to_their_board() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let other = fixtures::board(&server, "Other").await;
        let task = create(&server, board, json!({"title": "x"})).await;
        let elsewhere = json!({"board_id": other, "id": task["id"]});
        for (method, path, body, _) in operations(other, &elsewhere) {
            if path == tasks(other) {
                continue;
            }
            let answer = server.user(method.clone(), &path, body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
        }
        let bad = format!("{}/xyz", tasks(board));
        assert_eq!(server.call(Method::GET, &bad, &[], None).await.status, StatusCode::UNAUTHORIZED);
        let answer = server.user(Method::GET, &bad, None).await;
        assert_eq!(answer.json["detail"][0]["loc"], json!(["path", "task_id"]));
        // A fault of the body is told before the task is looked for.
        let unknown = format!("{}/{}", tasks(board), Uuid::from_u128(7));
        let answer = server.user(Method::PATCH, &unknown, Some(json!({"title": null}))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = server.user(Method::PATCH, &unknown, Some(json!({}))).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    })
    .await;
}
