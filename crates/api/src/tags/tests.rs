use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{Person, agent, board, gateway, home, organization, person},
    testing::{Answer, TestServer},
};

const TAGS: &str = "/api/v1/tags";

async fn make(server: &TestServer, body: Value) -> Answer {
    server.user(Method::POST, TAGS, Some(body)).await
}

fn ok(answer: Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json
}

fn path(tag: &Value) -> String {
    format!("{TAGS}/{}", tag["id"].as_str().unwrap())
}

async fn patch(server: &TestServer, tag: &Value, body: Value) -> Answer {
    server.user(Method::PATCH, &path(tag), Some(body)).await
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect()
}

/// What a 422 says of the first field that is at fault.
fn fault(answer: &Answer) -> (u16, Value, String) {
    let first = &answer.json["detail"][0];
    let said = format!("{}: {}", first["type"].as_str().unwrap(), first["msg"].as_str().unwrap());
    (answer.status.as_u16(), first["loc"].clone(), said)
}

async fn owner_elsewhere(server: &TestServer) -> Person {
    let elsewhere = organization(server, "Elsewhere").await;
    person(server, "stranger", elsewhere, Role::Owner, (true, true)).await
}

#[tokio::test]
async fn a_tag_has_every_field_of_the_contract() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let body = json!({"name": " Needs Review ", "color": " ##FF00aa ", "description": "look here"});
        let made = ok(make(&server, body).await);
        let expected = json!({
            "name": "Needs Review", "slug": "needs-review", "color": "ff00aa", "description": "look here",
            "id": made["id"], "organization_id": home(&server).await, "task_count": 0,
            "created_at": made["created_at"], "updated_at": made["created_at"],
        });
        assert_eq!(made, expected);
        assert_eq!(ok(server.user(Method::GET, &path(&made), None).await), expected);
        let plain = ok(make(&server, json!({"name": "plain"})).await);
        assert_eq!((&plain["color"], &plain["description"]), (&json!("9e9e9e"), &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn made_slugs_get_a_number_and_given_ones_clash() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let slug = |body: Value| {
            let server = server.clone();
            async move { ok(make(&server, body).await)["slug"].clone() }
        };
        assert_eq!(slug(json!({"name": "Bug"})).await, "bug");
        assert_eq!(slug(json!({"name": "bug!"})).await, "bug-2");
        assert_eq!(slug(json!({"name": "Bug", "slug": "  "})).await, "bug-3");
        assert_eq!(slug(json!({"name": "日本"})).await, "tag");
        assert_eq!(slug(json!({"name": "中国", "slug": null})).await, "tag-2");
        let clash = make(&server, json!({"name": "Other", "slug": "BUG"})).await;
        assert_eq!(clash.status, StatusCode::CONFLICT);
        assert!(clash.json["detail"].as_str().unwrap().contains("slug"));

        let tag = ok(make(&server, json!({"name": "Feature"})).await);
        assert_eq!(patch(&server, &tag, json!({"slug": "bug"})).await.status, StatusCode::CONFLICT);
        assert_eq!(ok(patch(&server, &tag, json!({"slug": "feature"})).await)["slug"], "feature");
        assert_eq!(ok(patch(&server, &tag, json!({"name": "Idea"})).await)["slug"], "feature");
        assert_eq!(ok(patch(&server, &tag, json!({"slug": null})).await)["slug"], "idea");
        assert_eq!(ok(patch(&server, &tag, json!({"name": "Bug", "slug": ""})).await)["slug"], "bug-4");
        assert_eq!(ok(patch(&server, &tag, json!({"slug": ""})).await)["slug"], "bug-4", "its own is free");
    })
    .await;
}

#[tokio::test]
async fn slugs_are_made_one_after_the_other() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        home(&server).await;
        let all = (0..12).map(|_| make(&server, json!({"name": "Race"})));
        let mut slugs: Vec<String> = futures_util::future::join_all(all)
            .await
            .into_iter()
            .map(|answer| ok(answer)["slug"].as_str().unwrap().to_owned())
            .collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), 12);
        let given = (0..6).map(|_| make(&server, json!({"name": "x", "slug": "only-one"})));
        let answers = futures_util::future::join_all(given).await;
        let count = |status| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((count(StatusCode::OK), count(StatusCode::CONFLICT)), (1, 5));
    })
    .await;
}

#[tokio::test]
async fn bad_tags_name_the_field() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let tag = ok(make(&server, json!({"name": "Bug"})).await);
        let hex = "value_error: Value error, color must be a 6-digit hex value";
        for (body, place, said) in [
            (json!({}), "name", "missing: Field required"),
            (json!({"name": null}), "name", "string_type: Input should be a valid string"),
            (json!({"name": "  "}), "name", "string_too_short: String should have at least 1 character"),
            (json!({"name": "x", "color": null}), "color", "string_type: Input should be a valid string"),
            (json!({"name": "x", "color": " # "}), "color", "value_error: Value error, color is required"),
            (json!({"name": "x", "color": "red"}), "color", hex),
            (json!({"name": "x", "color": "12345"}), "color", hex),
            (json!({"name": "x", "color": "ééé"}), "color", hex),
            (json!({"name": "a\u{0}b"}), "name", "value_error: Value error, null characters are not allowed"),
        ] {
            let answer = make(&server, body.clone()).await;
            assert_eq!(fault(&answer), (422, json!(["body", place]), said.to_owned()), "{body}");
        }
        for (body, place, said) in [
            (json!({}), json!(["body"]), "value_error: Value error, At least one field is required"),
            (json!({"id": 1}), json!(["body"]), "value_error: Value error, At least one field is required"),
            (json!({"name": null}), json!(["body", "name"]), "string_type: Input should be a valid string"),
            (json!({"color": null}), json!(["body", "color"]), "string_type: Input should be a valid string"),
            (json!({"color": ""}), json!(["body", "color"]), "value_error: Value error, color is required"),
        ] {
            let answer = patch(&server, &tag, body.clone()).await;
            assert_eq!(fault(&answer), (422, place, said.to_owned()), "{body}");
        }
        assert_eq!(ok(server.user(Method::GET, &path(&tag), None).await), tag);
    })
    .await;
}

#[tokio::test]
async fn tags_count_their_tasks_and_leave_them_when_deleted() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        let (bug, idea) = (
            ok(make(&server, json!({"name": "Bug"})).await),
            ok(make(&server, json!({"name": "idea"})).await),
        );
        let tasks = format!("/api/v1/boards/{board}/tasks");
        for tags in [json!([bug["id"]]), json!([idea["id"], bug["id"]])] {
            ok(server.user(Method::POST, &tasks, Some(json!({"title": "x", "tag_ids": tags}))).await);
        }
        let count = |tag: &Value| {
            let (server, path) = (server.clone(), path(tag));
            async move { ok(server.user(Method::GET, &path, None).await)["task_count"].clone() }
        };
        assert_eq!((count(&bug).await, count(&idea).await), (json!(2), json!(1)));
        let changed =
            ok(patch(&server, &bug, json!({"name": "Defect", "color": "#000000", "description": "x"})).await);
        assert_eq!((&changed["task_count"], &changed["slug"]), (&json!(2), &json!("bug")));
        let list = ok(server.user(Method::GET, TAGS, None).await);
        assert_eq!(
            (names(&list["items"]), &list["items"][0]["task_count"]),
            (vec!["Defect", "idea"], &json!(2))
        );
        let shown = ok(server.user(Method::GET, &tasks, None).await);
        let expected = json!([
            {"id": idea["id"], "name": "idea", "slug": "idea", "color": "9e9e9e"},
            {"id": bug["id"], "name": "Defect", "slug": "bug", "color": "000000"},
        ]);
        assert_eq!(shown["items"][0]["tags"], expected);

        assert_eq!(ok(server.user(Method::DELETE, &path(&idea), None).await), json!({"ok": true}));
        assert_eq!(server.user(Method::DELETE, &path(&idea), None).await.status, StatusCode::NOT_FOUND);
        let left = ok(server.user(Method::GET, &tasks, None).await);
        let ids = |index: usize| left["items"][index]["tag_ids"].clone();
        assert_eq!((ids(0), ids(1)), (json!([bug["id"]]), json!([bug["id"]])));
        assert_eq!(left["items"][0]["updated_at"], shown["items"][0]["updated_at"], "tasks are not touched");
    })
    .await;
}

#[tokio::test]
async fn the_list_is_by_name_and_pages_do_not_repeat() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        for name in ["beta", "Alpha", "alpha", "Gamma", "alpha"] {
            ok(make(&server, json!({"name": name})).await);
        }
        let all = ok(server.user(Method::GET, TAGS, None).await);
        assert_eq!(names(&all["items"]), ["Alpha", "alpha", "alpha", "beta", "Gamma"]);
        let mut seen = Vec::new();
        for offset in 0..6 {
            let page = ok(server.user(Method::GET, &format!("{TAGS}?limit=1&offset={offset}"), None).await);
            assert_eq!(
                (&page["total"], &page["limit"], &page["offset"]),
                (&json!(5), &json!(1), &json!(offset))
            );
            seen.extend(page["items"].as_array().unwrap().clone());
        }
        assert_eq!(Value::from(seen), all["items"]);
        for query in ["limit=0", "limit=201", "offset=-1"] {
            let answer = server.user(Method::GET, &format!("{TAGS}?{query}"), None).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_reaches_tags_of_another_organization() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let stranger = owner_elsewhere(&server).await;
        let ours = ok(make(&server, json!({"name": "Ours"})).await);
        let theirs = stranger.call(&server, Method::POST, TAGS, Some(json!({"name": "Ours"}))).await;
        assert_eq!(ok(theirs)["slug"], "ours", "slugs are unique in an organization only");
        for (method, body) in
            [(Method::GET, None), (Method::PATCH, Some(json!({"name": "Taken"}))), (Method::DELETE, None)]
        {
            let answer = stranger.call(&server, method.clone(), &path(&ours), body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method}");
        }
        let list = ok(stranger.call(&server, Method::GET, TAGS, None).await);
        assert_eq!((list["total"].clone(), list["items"][0]["id"] == ours["id"]), (json!(1), false));
        assert_eq!(ok(server.user(Method::GET, &path(&ours), None).await)["name"], "Ours");
        assert_eq!(
            server.user(Method::GET, &format!("{TAGS}/nonsense"), None).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    })
    .await;
}

#[tokio::test]
async fn members_read_and_administrators_write() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let tag = ok(make(&server, json!({"name": "Bug"})).await);
        let member = person(&server, "member", home, Role::Member, (true, true)).await;
        let admin = person(&server, "admin", home, Role::Admin, (false, false)).await;
        for (method, path, body, allowed) in [
            (Method::GET, TAGS.to_owned(), None, true),
            (Method::GET, path(&tag), None, true),
            (Method::POST, TAGS.to_owned(), Some(json!({"name": "New"})), false),
            (Method::PATCH, path(&tag), Some(json!({"name": "New"})), false),
            (Method::DELETE, path(&tag), None, false),
        ] {
            let by_member = member.call(&server, method.clone(), &path, body.clone()).await.status;
            assert_eq!(
                by_member,
                if allowed { StatusCode::OK } else { StatusCode::FORBIDDEN },
                "{method} {path}"
            );
            assert_eq!(admin.call(&server, method.clone(), &path, body).await.status, StatusCode::OK);
        }
        let kinds: Vec<(String, Option<Uuid>, bool)> = store
            .all(sql("SELECT kind, user_id, activity FROM events WHERE kind LIKE 'tag.%' ORDER BY position"))
            .await
            .unwrap();
        let by_admin: Vec<&str> = kinds
            .iter()
            .filter(|event| event.1 == Some(admin.user_id))
            .map(|event| event.0.as_str())
            .collect();
        assert_eq!(by_admin, ["tag.created", "tag.updated", "tag.deleted"]);
        assert!(kinds.iter().all(|event| !event.2), "they are no part of the feed");
    })
    .await;
}

#[tokio::test]
async fn agents_see_the_tags_of_their_board_only() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        for name in ["beta", "Alpha"] {
            ok(make(&server, json!({"name": name})).await);
        }
        let stranger = owner_elsewhere(&server).await;
        ok(stranger.call(&server, Method::POST, TAGS, Some(json!({"name": "Foreign"}))).await);
        let (_, token) = agent(&server, (home, ours), "Bob", false, None).await;
        let (_, main) = gateway(&server, home).await;
        let path = |board: Uuid| format!("/api/v1/agent/boards/{board}/tags");
        let list = ok(server.agent(&token, Method::GET, &path(ours), None).await);
        assert_eq!(names(&list), ["Alpha", "beta"]);
        assert_eq!(
            list[0],
            json!({"id": list[0]["id"], "name": "Alpha", "slug": "alpha", "color": "9e9e9e"})
        );
        for (token, board, status) in [
            (&token, other, StatusCode::FORBIDDEN),
            (&main, ours, StatusCode::FORBIDDEN),
            (&token, Uuid::from_u128(7), StatusCode::NOT_FOUND),
        ] {
            assert_eq!(server.agent(token, Method::GET, &path(board), None).await.status, status);
        }
        for (method, path) in [(Method::GET, TAGS), (Method::POST, TAGS)] {
            let answer = server.agent(&token, method, path, Some(json!({"name": "x"}))).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(server.user(Method::GET, &path(ours), None).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}
