//! What agents are told of changes of their board, and what is left to do when it is deleted.

use http::Method;
use mc_domain::testing::waiting_messages;
use mc_store::{Json, Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{agent, board, gateway, home},
    testing::TestServer,
};

async fn patch(server: &TestServer, board: Uuid, change: Value) -> Value {
    let answer = server.user(Method::PATCH, &format!("/api/v1/boards/{board}"), Some(change)).await;
    assert!(answer.status.is_success(), "{answer:?}");
    answer.json
}

async fn group(server: &TestServer, name: &str) -> Uuid {
    let body = json!({"name": name, "slug": ""});
    let answer = server.user(Method::POST, "/api/v1/board-groups", Some(body)).await;
    answer.json["id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).parse().unwrap()
}

/// The payloads of the jobs of a kind, in their order.
async fn jobs(server: &TestServer, kind: &str) -> Vec<Value> {
    let rows: Vec<(Json<Value>,)> = server
        .context
        .store()
        .all(sql("SELECT payload FROM jobs WHERE kind = $1 ORDER BY id").bind(kind))
        .await
        .unwrap();
    rows.into_iter().map(|(payload,)| payload.0).collect()
}

/// Who was told since the first `skip` messages, by which event, under which header.
async fn told(server: &TestServer, skip: usize) -> Vec<(String, String, String)> {
    let messages = waiting_messages(server.context.store()).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    messages[skip..]
        .iter()
        .map(|message| {
            let header = text(&message["message"]).lines().take(2).collect::<Vec<_>>().join("|");
            (text(&message["label"]), text(&message["sent_event"]), header)
        })
        .collect()
}

fn told_all(expected: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let own = |(a, b, c): &(&str, &str, &str)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned());
    expected.iter().map(own).collect()
}

#[tokio::test]
async fn the_lead_and_the_groups_are_told_of_changes() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gateway, _) = gateway(&server, home).await;
        let (ours, other, plain) =
            (board(&server, "Ours").await, board(&server, "Other").await, board(&server, "Plain").await);
        for board in [ours, other] {
            patch(&server, board, json!({"gateway_id": gateway})).await;
        }
        agent(&server, (home, ours), "Ada", true, Some("ada")).await;
        agent(&server, (home, ours), "Silent", false, None).await;
        agent(&server, (home, other), "Bob", false, Some("bob")).await;
        agent(&server, (home, plain), "Eve", true, Some("eve")).await;
        let (first, second) = (group(&server, "First").await, group(&server, "Second").await);
        patch(&server, other, json!({"board_group_id": first})).await;
        patch(&server, plain, json!({"board_group_id": first})).await;
        let before = waiting_messages(server.context.store()).await.len();

        patch(&server, ours, json!({})).await;
        patch(&server, ours, json!({"name": "Ours"})).await;
        assert_eq!(told(&server, before).await, [], "nothing has changed");
        patch(&server, ours, json!({"max_agents": 4, "name": "Mine"})).await;
        let update = ("Ada", "board.lead_notified", "BOARD UPDATED|Board: Mine");
        assert_eq!(told(&server, before).await, told_all(&[update]));
        let message = waiting_messages(server.context.store()).await.pop().unwrap();
        let words = message["message"].as_str().unwrap();
        assert!(words.contains("\n- max_agents: 1 -> 4\n- name: Ours -> Mine\n"), "{words}");
        assert_eq!((&message["board_id"], &message["deliver"]), (&json!(ours), &json!(false)));
        assert_eq!(message["failed_event"], "board.lead_notify_failed");

        patch(&server, ours, json!({"board_group_id": first})).await;
        let (join, leave) = ("board.group.join.notified", "board.group.leave.notified");
        let joined = "BOARD GROUP UPDATED|Joined Board: Mine";
        let left = "BOARD GROUP UPDATED|Left Board: Mine";
        let joined_first = [("Ada", join, joined), ("Bob", join, joined), update];
        assert_eq!(told(&server, before + 1).await, told_all(&joined_first), "Eve has no gateway");

        patch(&server, ours, json!({"board_group_id": second})).await;
        let moved = [("Ada", leave, left), ("Bob", leave, left), ("Ada", join, joined), update];
        assert_eq!(told(&server, before + 4).await, told_all(&moved));
        patch(&server, plain, json!({"name": "Still plain"})).await;
        assert_eq!(waiting_messages(server.context.store()).await.len(), before + 8);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_board_is_gone_at_once_and_its_agents_are_removed_from_their_gateway_later() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gateway, _) = gateway(&server, home).await;
        let board = board(&server, "Ours").await;
        patch(&server, board, json!({"gateway_id": gateway})).await;
        let (ada, _) = agent(&server, (home, board), "Ada", true, Some("agent:lead-x:main")).await;
        agent(&server, (home, board), "Elsewhere", false, None).await;
        let txn = store.begin().await.unwrap();
        let set = sql("UPDATE agents SET gateway_id = $2 WHERE id = $1").bind(ada.id).bind(gateway);
        txn.run_one(set).await.unwrap();
        txn.commit().await.unwrap();
        // The gateway cannot be reached.
        let path = format!("/api/v1/boards/{board}");
        let deleted = server.user(Method::DELETE, &path, None).await;
        assert_eq!((deleted.status.as_u16(), &deleted.json), (200, &json!({"ok": true})));
        assert_eq!(server.user(Method::GET, &path, None).await.status.as_u16(), 404);
        let expected = json!({
            "organization_id": home,
            "remains": {"gateway_id": gateway, "agent_key": "lead-x", "session_key": "agent:lead-x:main"},
        });
        assert_eq!(jobs(&server, "agent.cleanup").await, [expected]);
    })
    .await;
}
