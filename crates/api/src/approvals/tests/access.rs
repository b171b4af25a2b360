//! Who sees and decides what.

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::testing::on_both;
use serde_json::{Value, json};

use super::{agent, approvals, ask, board, body, decide, ok, path, task};
use crate::{
    fixtures::{self, gateway, grant, home, organization, person},
    testing::TestServer,
};

#[tokio::test]
async fn rights_on_the_board_are_rights_on_its_approvals() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let ours = board(&server).await;
        let home = home(&server).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        let writer = person(&server, "writer", home, Role::Member, (false, false)).await;
        let plain = person(&server, "plain", home, Role::Owner, (false, false)).await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        grant(&server, &reader, ours, true, false).await;
        grant(&server, &writer, ours, false, true).await;
        let made = ok(ask(&server, ours, json!({})).await);
        let policy = format!("{}/policy", approvals(ours));
        for (who, reads, writes) in
            [(&reader, true, false), (&writer, true, true), (&plain, false, false), (&stranger, false, false)]
        {
            for (method, path, body, allowed) in [
                (Method::GET, approvals(ours), None, reads),
                (Method::GET, path(&made), None, reads),
                (Method::GET, policy.clone(), None, reads),
                (Method::POST, approvals(ours), body(json!({})), writes),
                (Method::PATCH, path(&made), Some(json!({})), writes),
            ] {
                let expected = if allowed { StatusCode::OK } else { StatusCode::FORBIDDEN };
                let answer = who.call(&server, method.clone(), &path, body).await;
                assert_eq!(answer.status, expected, "{method} {path} {who:?}");
            }
        }
        let approve = Some(json!({"status": "approved"}));
        let decided = ok(writer.call(&server, Method::PATCH, &path(&made), approve).await);
        assert_eq!(decided["resolved_by_user_id"], json!(writer.user_id));
        for (method, path) in [
            (Method::GET, approvals(ours)),
            (Method::POST, approvals(ours)),
            (Method::PATCH, path(&made)),
            (Method::GET, path(&made)),
        ] {
            let nobody = server.call(method, &path, &[], body(json!({}))).await;
            assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
        }
    })
    .await;
}

#[tokio::test]
async fn the_list_of_all_boards_has_what_its_reader_may_read() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (first, second) = (board(&server).await, fixtures::board(&server, "Web").await);
        let home = home(&server).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        grant(&server, &reader, first, true, false).await;
        let task = task(&server, first, "Deploy").await;
        let one = ok(ask(&server, first, json!({"task_id": task["id"]})).await);
        let two = ok(ask(&server, second, json!({})).await);
        ok(decide(&server, &two, json!({"status": "approved"})).await);
        let ids = |answer: Value| -> Vec<Value> {
            answer["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
        };
        let list = "/api/v1/approvals";
        assert_eq!(
            ids(ok(server.user(Method::GET, list, None).await)),
            [two["id"].clone(), one["id"].clone()]
        );
        let pending = ok(server.user(Method::GET, "/api/v1/approvals?status=pending", None).await);
        assert_eq!(pending["items"][0]["task_titles"], json!(["Deploy"]));
        assert_eq!((pending["total"].clone(), ids(pending)), (json!(1), vec![one["id"].clone()]));
        let of = |board: uuid::Uuid| format!("{list}?board_id={board}");
        let decided = ok(server.user(Method::GET, &of(second), None).await);
        let decider = &decided["items"][0];
        assert_eq!((&decider["agent_name"], decider["resolved_by_name"].is_string()), (&Value::Null, true));
        assert_eq!(ids(decided), [two["id"].clone()]);
        assert!(ids(ok(reader.call(&server, Method::GET, &of(second), None).await)).is_empty());
        assert_eq!(ids(ok(reader.call(&server, Method::GET, list, None).await)), [one["id"].clone()]);
        assert!(ids(ok(stranger.call(&server, Method::GET, list, None).await)).is_empty());
    })
    .await;
}

#[tokio::test]
async fn agents_reach_the_approvals_of_their_board_only() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (ours, other) = (board(&server).await, board(&server).await);
        let elsewhere = organization(&server, "Elsewhere").await;
        let made = ok(ask(&server, ours, json!({})).await);
        let (_, bob) = agent(&server, ours, "Bob", false).await;
        let (_, eve) = agent(&server, other, "Eve", true).await;
        let (_, foreign_main) = gateway(&server, elsewhere).await;
        let own = approvals(ours).replace("/api/v1", "/api/v1/agent");
        for (token, status) in
            [(&bob, StatusCode::OK), (&eve, StatusCode::FORBIDDEN), (&foreign_main, StatusCode::FORBIDDEN)]
        {
            for (method, path) in [
                (Method::GET, approvals(ours)),
                (Method::POST, approvals(ours)),
                (Method::GET, own.clone()),
                (Method::POST, own.clone()),
                (Method::GET, path(&made)),
                (Method::GET, format!("{}/policy", approvals(ours))),
            ] {
                let answer = server.agent(token, method.clone(), &path, body(json!({}))).await;
                assert_eq!(answer.status, status, "{method} {path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_list_is_filtered_newest_first_and_paged() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (ours, other) = (board(&server).await, board(&server).await);
        ok(ask(&server, other, json!({})).await);
        let mut made = Vec::new();
        for (number, status) in ["pending", "approved", "rejected", "approved"].into_iter().enumerate() {
            let approval = ok(ask(&server, ours, json!({"action_type": number.to_string()})).await);
            made.insert(0, ok(decide(&server, &approval, json!({"status": status})).await));
        }
        let list = |query: String| {
            let server = server.clone();
            async move { ok(server.user(Method::GET, &format!("{}?{query}", approvals(ours)), None).await) }
        };
        let all = list(String::new()).await;
        assert_eq!((&all["items"], &all["total"]), (&json!(made), &json!(4)));
        for (status, expected) in [
            ("pending", vec![&made[3]]),
            ("approved", vec![&made[0], &made[2]]),
            ("rejected", vec![&made[1]]),
        ] {
            let found = list(format!("status={status}")).await;
            assert_eq!((&found["items"], &found["total"]), (&json!(expected), &json!(expected.len())));
        }
        let mut seen: Vec<Value> = Vec::new();
        for offset in 0..3 {
            let page = list(format!("status=approved&limit=1&offset={offset}")).await;
            assert_eq!(
                (&page["total"], &page["limit"], &page["offset"]),
                (&json!(2), &json!(1), &json!(offset))
            );
            seen.extend(page["items"].as_array().unwrap().clone());
        }
        assert_eq!(seen, [made[0].clone(), made[2].clone()]);
        for query in ["status=done", "status=", "limit=0", "limit=201", "offset=-1"] {
            let answer = server.user(Method::GET, &format!("{}?{query}", approvals(ours)), None).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_policy_tells_the_numbers_and_the_rules_of_the_board() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let rules = json!({"require_approval_for_done": true});
        ok(server.user(Method::PATCH, &format!("/api/v1/boards/{board}"), Some(rules)).await);
        let policy = ok(server.user(Method::GET, &format!("{}/policy", approvals(board)), None).await);
        let expected = json!({
            "board_id": board, "confidence_min": 80.0, "planning_signals_min": 2,
            "require_approval_for_done": true, "block_status_changes_with_pending_approval": false,
        });
        assert_eq!(policy, expected);
    })
    .await;
}
