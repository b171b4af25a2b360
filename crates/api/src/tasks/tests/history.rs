//! Where tasks stood and how long.

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::testing::on_both;
use serde_json::{Value, json};

use super::{board, create, ok, patch, path};
use crate::{
    fixtures::{organization, person},
    testing::TestServer,
};

#[tokio::test]
async fn every_stay_is_listed_the_latest_first_and_other_edits_are_none() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({"require_approval_for_done": false})).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        let history = format!("{}/history", path(&task));
        let now = ok(patch(&server, &task, json!({"status": "in_progress"})).await);
        ok(patch(&server, &task, json!({"title": "y"})).await);
        let done = ok(patch(&server, &task, json!({"status": "done"})).await);
        let list = ok(server.user(Method::GET, &history, None).await);
        let stay = |status: &str, from: &Value, to: &Value| json!({"status": status, "entered_at": from, "left_at": to});
        assert_eq!(
            list,
            json!({
                "items": [
                    stay("done", &done["updated_at"], &Value::Null),
                    stay("in_progress", &now["updated_at"], &done["updated_at"]),
                    stay("inbox", &task["created_at"], &now["updated_at"]),
                ],
                "total": 3, "limit": 200, "offset": 0,
            })
        );
        let page = ok(server.user(Method::GET, &format!("{history}?limit=1&offset=2"), None).await);
        assert_eq!((&page["items"][0], &page["total"]), (&list["items"][2], &json!(3)));
    })
    .await;
}

#[tokio::test]
async fn a_stranger_and_another_board_have_no_way_to_it() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (here, there) = (board(&server, json!({})).await, board(&server, json!({})).await);
        let task = create(&server, here, json!({"title": "x"})).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let history = format!("{}/history", path(&task));
        assert_eq!(stranger.call(&server, Method::GET, &history, None).await.status, StatusCode::FORBIDDEN);
        let wrong = history.replace(&here.to_string(), &there.to_string());
        assert_eq!(server.user(Method::GET, &wrong, None).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
