use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{group, join, path};
use crate::{
    fixtures::{Person, Stream, agent, board, gateway, grant, home, organization, person},
    testing::TestServer,
};

const GROUPS: &str = "/api/v1/board-groups";

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn groups_are_made_changed_and_listed_by_name() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let body = json!({"name": "Ops & Co.", "slug": " ", "description": "all of ops"});
        let made = server.user(Method::POST, GROUPS, Some(body)).await.json;
        assert_eq!(
            (&made["name"], &made["slug"], &made["description"]),
            (&json!("Ops & Co."), &json!("ops-co"), &json!("all of ops"))
        );
        assert_eq!(made["organization_id"], json!(home(&server).await));
        let own = server.user(Method::POST, GROUPS, Some(json!({"name": "", "slug": "Own Slug"}))).await.json;
        assert_eq!((&own["slug"], &own["description"]), (&json!("Own Slug"), &Value::Null));
        let random = server.user(Method::POST, GROUPS, Some(json!({"name": "…", "slug": ""}))).await.json;
        let slug = random["slug"].as_str().unwrap();
        assert!(slug.len() == 32 && slug.bytes().all(|byte| byte.is_ascii_hexdigit()), "{slug}");

        let one = path(made["id"].as_str().unwrap().parse().unwrap());
        assert_eq!(server.user(Method::GET, &one, None).await.json, made);
        let changed = server.user(Method::PATCH, &one, Some(json!({"name": "été", "slug": ""}))).await.json;
        assert_eq!((&changed["slug"], &changed["description"]), (&json!("t"), &json!("all of ops")));
        let changed = server.user(Method::PATCH, &one, Some(json!({"description": null}))).await.json;
        assert_eq!((&changed["name"], &changed["description"]), (&json!("été"), &Value::Null));
        let bumped = server.user(Method::PATCH, &one, Some(json!({}))).await.json;
        assert!(bumped["updated_at"].as_str() > changed["updated_at"].as_str());

        group(&server, "beta").await;
        group(&server, "Alpha").await;
        let all = server.user(Method::GET, GROUPS, None).await.json;
        assert_eq!(names(&all), ["", "Alpha", "beta", "été", "…"]);
        let page = server.user(Method::GET, &format!("{GROUPS}?limit=2&offset=1"), None).await.json;
        assert_eq!((names(&page), &page["total"]), (vec!["Alpha", "beta"], &json!(5)));
    })
    .await;
}

#[tokio::test]
async fn bad_requests_name_the_field() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let one = path(group(&server, "Ops").await);
        for (body, kind, field) in [
            (json!({"slug": ""}), "missing", "name"),
            (json!({"name": "x"}), "missing", "slug"),
            (json!({"name": null, "slug": ""}), "string_type", "name"),
            (json!({"name": "x".repeat(256), "slug": ""}), "string_too_long", "name"),
            (json!({"name": "a\u{0}", "slug": ""}), "value_error", "name"),
            (json!({"name": "x", "slug": "", "description": 1}), "string_type", "description"),
        ] {
            let answer = server.user(Method::POST, GROUPS, Some(body)).await;
            let issue = &answer.json["detail"][0];
            assert_eq!((&issue["type"], &issue["loc"][1]), (&json!(kind), &json!(field)));
        }
        for field in ["name", "slug"] {
            let answer = server.user(Method::PATCH, &one, Some(json!({field: null}))).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(answer.json["detail"][0]["loc"], json!(["body", field]));
        }
        let answer = server.user(Method::GET, &format!("{one}/snapshot?per_board_task_limit=-1"), None).await;
        assert_eq!(answer.json["detail"][0]["type"], "greater_than_equal");
        let answer = server.user(Method::GET, &format!("{GROUPS}/xyz"), None).await;
        assert_eq!(answer.json["detail"][0]["loc"], json!(["path", "group_id"]));
    })
    .await;
}

#[tokio::test]
async fn a_change_of_what_was_changed_meanwhile_is_refused_when_the_client_asks_for_it() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let one = path(group(&server, "Ops").await);
        let bearer = format!("Bearer {}", crate::testing::TOKEN);
        let call = async |method, tag: &str, body| {
            let headers = [("authorization", bearer.as_str()), ("if-match", tag)];
            server.call(method, &one, &headers, body).await
        };
        let read = server.user(Method::GET, &one, None).await;
        let known = read.headers["etag"].to_str().unwrap().to_owned();
        let changed = call(Method::PATCH, &known, Some(json!({"name": "New"}))).await;
        assert_eq!(changed.json["name"], "New");
        for (method, body) in [(Method::PATCH, Some(json!({"name": "Newer"}))), (Method::DELETE, None)] {
            let answer = call(method, &known, body).await;
            assert_eq!(
                (answer.status, &answer.json["code"]),
                (StatusCode::PRECONDITION_FAILED, &json!("changed_meanwhile"))
            );
        }
        let known = changed.headers["etag"].to_str().unwrap();
        assert_eq!(call(Method::DELETE, known, None).await.status, StatusCode::OK);
    })
    .await;
}

/// What each of these calls answers: read, change, snapshot, memory.
async fn answers(server: &TestServer, caller: &Person, group: Uuid) -> [u16; 4] {
    let one = path(group);
    let status =
        async |method, path: &str, body| caller.call(server, method, path, body).await.status.as_u16();
    [
        status(Method::GET, &one, None).await,
        status(Method::PATCH, &one, Some(json!({}))).await,
        status(Method::GET, &format!("{one}/snapshot"), None).await,
        status(Method::GET, &format!("{one}/memory"), None).await,
    ]
}

#[tokio::test]
async fn who_may_read_a_board_reads_its_group_and_writing_administrators_change_it() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, empty) = (group(&server, "Ours").await, group(&server, "Empty").await);
        let (first, second) = (board(&server, "First").await, board(&server, "Second").await);
        join(&server, first, ours).await;
        join(&server, second, ours).await;

        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        assert_eq!(answers(&server, &stranger, ours).await, [403; 4]);
        let answer = stranger.call(&server, Method::GET, &path(ours), None).await;
        assert_eq!(answer.json["detail"], "No org access");
        assert_eq!(names(&stranger.call(&server, Method::GET, GROUPS, None).await.json), Vec::<&str>::new());

        let member = person(&server, "member", home, Role::Member, (false, false)).await;
        assert_eq!(answers(&server, &member, ours).await, [403; 4]);
        assert_eq!(answers(&server, &member, empty).await, [403; 4]);
        let answer = member.call(&server, Method::GET, &path(ours), None).await;
        assert_eq!(answer.json["detail"], "Board group access denied");
        grant(&server, &member, first, true, false).await;
        assert_eq!(answers(&server, &member, ours).await, [200, 403, 200, 200]);
        assert_eq!(names(&member.call(&server, Method::GET, GROUPS, None).await.json), ["Ours"]);
        let body = Some(json!({"name": "x", "slug": ""}));
        let answer = member.call(&server, Method::POST, GROUPS, body).await;
        assert_eq!((answer.status, &answer.json["detail"]), (StatusCode::FORBIDDEN, &json!("Forbidden")));

        let reader = person(&server, "reader", home, Role::Member, (true, false)).await;
        assert_eq!(answers(&server, &reader, empty).await, [200, 403, 200, 200]);
        let writer = person(&server, "writer", home, Role::Member, (true, true)).await;
        assert_eq!(answers(&server, &writer, ours).await, [200, 403, 200, 200]);
        let admin = person(&server, "admin", home, Role::Admin, (false, false)).await;
        assert_eq!(answers(&server, &admin, ours).await, [403; 4]);
        assert_eq!(answers(&server, &admin, empty).await, [200; 4], "an empty group is for administrators");
        assert_eq!(names(&admin.call(&server, Method::GET, GROUPS, None).await.json), ["Empty"]);
        grant(&server, &admin, second, true, true).await;
        assert_eq!(answers(&server, &admin, ours).await, [200; 4]);

        let unknown = path(Uuid::from_u128(7));
        assert_eq!(server.user(Method::GET, &unknown, None).await.status, StatusCode::NOT_FOUND);
        for (method, group) in
            [(Method::PATCH, &unknown), (Method::DELETE, &unknown), (Method::DELETE, &path(ours))]
        {
            let answer = writer.call(&server, method, group, Some(json!({}))).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "which ids exist is nothing to members");
        }
        let (_, token) = agent(&server, (home, first), "Ada", true, None).await;
        for path in [GROUPS.to_owned(), path(ours), format!("{}/snapshot", path(ours))] {
            let answer = server.agent(&token, Method::GET, &path, None).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(server.call(Method::GET, &path, &[], None).await.status, StatusCode::UNAUTHORIZED);
        }
    })
    .await;
}

#[tokio::test]
async fn the_organization_of_the_group_counts_not_the_active_one() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let ours = group(&server, "Ours").await;
        let other = server.user(Method::POST, "/api/v1/organizations", Some(json!({"name": "Other"}))).await;
        assert_eq!(other.status, StatusCode::OK, "{other:?}");
        let active = server.user(Method::GET, "/api/v1/organizations/me", None).await.json;
        assert_eq!(active["id"], other.json["id"], "the new organization is the active one");
        assert_eq!(server.user(Method::GET, &path(ours), None).await.status, StatusCode::OK);
        let answer = server.user(Method::PATCH, &path(ours), Some(json!({"name": "Renamed"}))).await;
        assert_eq!(answer.json["name"], "Renamed");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_group_lets_its_boards_go_and_tells_their_agents() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gateway, _) = gateway(&server, home).await;
        let new = mc_domain::boards::NewBoard {
            gateway_id: Some(gateway),
            ..mc_domain::testing::new_board("Linked")
        };
        let linked = mc_domain::testing::board_writer(&server.context, new).await.board().id;
        let plain = board(&server, "Plain").await;
        let ours = group(&server, "Ours").await;
        for board in [linked, plain] {
            join(&server, board, ours).await;
            agent(&server, (home, board), "Lead", true, Some("session")).await;
        }
        let note = Some(json!({"content": "a note"}));
        let written = server.user(Method::POST, &format!("{}/memory", path(ours)), note).await;
        assert_eq!(written.status, StatusCode::OK);
        let before = server.user(Method::GET, &format!("/api/v1/boards/{plain}"), None).await.json;
        let mut events = Stream::of_user(&server, "/api/v1/events").await;
        assert_eq!(events.next().await.unwrap().event, "ready");

        let answer = server.user(Method::DELETE, &path(ours), None).await;
        assert_eq!((answer.status, &answer.json["ok"]), (StatusCode::OK, &json!(true)));
        let change = events.next().await.unwrap().data;
        assert_eq!(
            (&change["type"], &change["board_group_id"]),
            (&json!("board_group.deleted"), &json!(ours))
        );
        assert_eq!(events.next().await.unwrap().data["type"], "board.updated");
        let after = server.user(Method::GET, &format!("/api/v1/boards/{plain}"), None).await.json;
        assert_eq!((&after["board_group_id"], &after["updated_at"]), (&Value::Null, &before["updated_at"]));
        assert_eq!(server.user(Method::GET, &path(ours), None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(server.user(Method::DELETE, &path(ours), None).await.status, StatusCode::NOT_FOUND);
        let (left,): (i64,) = store.one(sql("SELECT count(*) FROM board_group_memory")).await.unwrap();
        assert_eq!(left, 0);
        let mut told = mc_domain::testing::waiting_messages(&store).await;
        told.retain(|message| message["message"].as_str().unwrap().contains("BOARD GROUP DELETED"));
        assert_eq!(told.len(), 1, "only an agent on a gateway can be told");
        assert_eq!(told[0]["board_id"], json!(linked));
        assert!(told[0]["message"].as_str().unwrap().starts_with("BOARD GROUP DELETED\nBoard Group: Ours\n"));
    })
    .await;
}
