use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::testing::on_both;
use serde_json::{Value, json};

use super::{group, join, path};
use crate::{
    fixtures::{board, grant, home, person},
    testing::TestServer,
};

fn boards(snapshot: &Value) -> Vec<&str> {
    snapshot["boards"].as_array().unwrap().iter().map(|one| one["board"]["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_group_is_shown_with_the_boards_that_the_caller_may_read() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ours = group(&server, "Ours").await;
        let (beta, alpha) = (board(&server, "beta").await, board(&server, "Alpha").await);
        board(&server, "Outside").await;
        let shown = server.user(Method::GET, &format!("{}/snapshot", path(ours)), None).await.json;
        assert_eq!((&shown["group"]["name"], boards(&shown)), (&json!("Ours"), vec![]));
        join(&server, beta, ours).await;
        join(&server, alpha, ours).await;
        for (title, status) in [("one", "inbox"), ("two", "inbox"), ("three", "done")] {
            let body = json!({"title": title, "status": status});
            let made = server.user(Method::POST, &format!("/api/v1/boards/{beta}/tasks"), Some(body)).await;
            assert_eq!(made.status, StatusCode::OK, "{made:?}");
        }

        let shown = server.user(Method::GET, &format!("{}/snapshot", path(ours)), None).await.json;
        assert_eq!(boards(&shown), ["Alpha", "beta"]);
        assert_eq!(shown["boards"][1]["task_counts"], json!({"inbox": 2, "done": 1}));
        assert_eq!(shown["boards"][1]["tasks"].as_array().unwrap().len(), 2);
        for (query, tasks) in [
            ("include_done=true", 3),
            ("per_board_task_limit=1", 1),
            ("per_board_task_limit=0", 0),
            ("per_board_task_limit=1000000&include_done=1", 3),
        ] {
            let path = format!("{}/snapshot?{query}", path(ours));
            let shown = server.user(Method::GET, &path, None).await.json;
            assert_eq!(shown["boards"][1]["tasks"].as_array().unwrap().len(), tasks, "{query}");
        }

        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        grant(&server, &reader, alpha, true, false).await;
        let shown = reader.call(&server, Method::GET, &format!("{}/snapshot", path(ours)), None).await.json;
        assert_eq!(boards(&shown), ["Alpha"]);
    })
    .await;
}
