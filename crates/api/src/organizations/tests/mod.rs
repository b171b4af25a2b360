mod access;
mod audit;
mod deletion;
mod invites;
mod joining;
mod members;
mod streams;

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{Read, Sql, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{Person, agent, board, gateway, grant, home, organization, person},
    testing::{Answer, TOKEN, TestServer},
};

const ORGANIZATIONS: &str = "/api/v1/organizations";

fn at(path: &str) -> String {
    format!("{ORGANIZATIONS}/{path}")
}

/// Runs a statement that touches one row.
async fn run(server: &TestServer, statement: Sql) {
    let txn = server.context.store().begin().await.unwrap();
    txn.run_one(statement).await.unwrap();
    txn.commit().await.unwrap();
}

/// A signed-in person who belongs to no organization.
async fn stranger(server: &TestServer, name: &str, email: Option<&str>) -> Person {
    let somewhere = organization(server, "Somewhere").await;
    let person = person(server, name, somewhere, Role::Member, (false, false)).await;
    run(server, sql("UPDATE users SET email = $2 WHERE id = $1").bind(person.user_id).bind(email)).await;
    run(server, sql("DELETE FROM organizations WHERE id = $1").bind(somewhere)).await;
    person
}

/// The kinds of the events of an organization on members, invites and itself, oldest first.
async fn trail(server: &TestServer, organization: Uuid) -> Vec<String> {
    let kinds: Vec<(String,)> = server
        .context
        .store()
        .all(
            sql("SELECT kind FROM events WHERE organization_id = $1 AND activity AND kind LIKE 'organization.%' ORDER BY position")
                .bind(organization),
        )
        .await
        .unwrap();
    kinds.into_iter().map(|(kind,)| kind).collect()
}

/// The status and the detail of an answer.
fn told(answer: &Answer) -> (u16, &Value) {
    (answer.status.as_u16(), &answer.json["detail"])
}

#[tokio::test]
async fn the_first_request_makes_a_person_with_an_organization() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let many = (0..4).map(|_| server.user(Method::POST, "/api/v1/auth/bootstrap", None));
        for answer in futures_util::future::join_all(many).await {
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
            assert_eq!(answer.json["clerk_user_id"], "local-auth-user");
        }
        let list = server.user(Method::GET, &at("me/list"), None).await.json;
        assert_eq!(
            list,
            json!([{"id": list[0]["id"], "name": "Personal", "role": "owner", "is_active": true}])
        );
        let member = server.user(Method::GET, &at("me/member"), None).await.json;
        assert_eq!(
            (
                &member["role"],
                &member["all_boards_read"],
                &member["all_boards_write"],
                &member["board_access"]
            ),
            (&json!("owner"), &json!(true), &json!(true), &json!([]))
        );
        assert_eq!(member["user"]["email"], "admin@home.local");
    })
    .await;
}

#[tokio::test]
async fn a_name_is_needed_and_unique_among_the_own_organizations() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        organization(&server, "Taken Elsewhere").await;
        let make = |name: &str| Some(json!({"name": name}));
        let made = server.user(Method::POST, ORGANIZATIONS, make("  Taken elsewhere ")).await;
        assert_eq!((made.status, &made.json["name"]), (StatusCode::OK, &json!("Taken elsewhere")));
        let active = server.user(Method::GET, &at("me"), None).await.json;
        assert_eq!(active["id"], made.json["id"], "the new one is active");
        for name in ["TAKEN ELSEWHERE", "personal"] {
            let answer = server.user(Method::POST, ORGANIZATIONS, make(name)).await;
            assert_eq!((answer.status, &answer.json["detail"]), (StatusCode::CONFLICT, &json!("Conflict")));
        }
        let blank = server.user(Method::POST, ORGANIZATIONS, make(" ")).await;
        assert_eq!(
            (blank.status, &blank.json["detail"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("Unprocessable Entity"))
        );
        let list = server.user(Method::GET, &at("me/list"), None).await.json;
        let names: Vec<&str> =
            list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Personal", "Taken elsewhere"]);
    })
    .await;
}

#[tokio::test]
async fn a_request_acts_in_the_active_organization_unless_it_names_another() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let first = home(&server).await;
        board(&server, "Of the first").await;
        let made = server.user(Method::POST, ORGANIZATIONS, Some(json!({"name": "Second"}))).await.json;
        assert_eq!(server.user(Method::GET, "/api/v1/boards", None).await.json["total"], 0);
        let bearer = format!("Bearer {TOKEN}");
        let named = |id: String| {
            let (server, bearer) = (server.clone(), bearer.clone());
            async move {
                let headers = [("authorization", bearer.as_str()), ("x-organization-id", id.as_str())];
                server.call(Method::GET, "/api/v1/boards", &headers, None).await
            }
        };
        assert_eq!(named(first.to_string()).await.json["total"], 1);
        let foreign = organization(&server, "Foreign").await;
        for id in [foreign, Uuid::from_u128(7)] {
            let answer = named(id.to_string()).await;
            assert_eq!(
                (answer.status, &answer.json["detail"]),
                (StatusCode::FORBIDDEN, &json!("No org access"))
            );
            let body = Some(json!({"organization_id": id}));
            let answer = server.user(Method::PATCH, &at("me/active"), body).await;
            assert_eq!(
                (answer.status, &answer.json["detail"]),
                (StatusCode::FORBIDDEN, &json!("No org access"))
            );
        }
        let malformed = named("nonsense".into()).await;
        assert_eq!(malformed.json["detail"][0]["loc"], json!(["header", "x-organization-id"]));
        let back =
            server.user(Method::PATCH, &at("me/active"), Some(json!({"organization_id": first}))).await;
        assert_eq!(back.json["id"], json!(first));
        let list = server.user(Method::GET, &at("me/list"), None).await.json;
        let active = |id: &Value| {
            list.as_array().unwrap().iter().find(|item| item["id"] == *id).unwrap()["is_active"] == true
        };
        assert!(active(&json!(first)) && !active(&made["id"]));
    })
    .await;
}

#[tokio::test]
async fn after_the_active_organization_is_deleted_the_list_names_the_one_that_follows() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let first = server.user(Method::GET, &at("me"), None).await.json["id"].clone();
        server.user(Method::POST, "/api/v1/organizations", Some(json!({"name": "Second"}))).await;
        let deleted = server.user(Method::DELETE, &at("me"), None).await;
        assert_eq!(deleted.status, StatusCode::OK);
        let list = server.user(Method::GET, &at("me/list"), None).await.json;
        assert_eq!(list.as_array().unwrap().len(), 1);
        assert_eq!((&list[0]["id"], &list[0]["is_active"]), (&first, &json!(true)));
    })
    .await;
}

#[tokio::test]
async fn a_person_whose_active_organization_is_gone_gets_the_oldest_or_a_new_one() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (one, two) = (organization(&server, "One").await, organization(&server, "Two").await);
        let grace = person(&server, "grace", one, Role::Member, (false, false)).await;
        let txn = store.begin().await.unwrap();
        txn.run(
            sql("UPDATE organization_members SET organization_id = $2 WHERE id = $1")
                .bind(grace.member_id)
                .bind(two),
        )
        .await
        .unwrap();
        txn.commit().await.unwrap();
        assert_eq!(grace.call(&server, Method::GET, &at("me"), None).await.json["name"], "Two");
        let txn = store.begin().await.unwrap();
        txn.run(sql("DELETE FROM organizations WHERE id = $1").bind(two)).await.unwrap();
        txn.commit().await.unwrap();
        let answer = grace.call(&server, Method::GET, &at("me/member"), None).await;
        assert_eq!((answer.status, &answer.json["role"]), (StatusCode::OK, &json!("owner")));
        assert_eq!(grace.call(&server, Method::GET, &at("me"), None).await.json["name"], "Personal");
    })
    .await;
}

#[tokio::test]
async fn the_own_membership_shows_its_grants() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ops").await;
        let grace = person(&server, "grace", home, Role::Admin, (true, false)).await;
        grant(&server, &grace, board, true, true).await;
        let member = grace.call(&server, Method::GET, &at("me/member"), None).await.json;
        assert_eq!(
            (&member["id"], &member["user_id"], &member["role"], &member["organization_id"]),
            (&json!(grace.member_id), &json!(grace.user_id), &json!("admin"), &json!(home))
        );
        let access = &member["board_access"][0];
        assert_eq!(
            (&access["board_id"], &access["can_read"], &access["can_write"]),
            (&json!(board), &json!(true), &json!(true))
        );
        assert_eq!(member["user"], json!({"id": grace.user_id, "email": "grace@example.com", "name": "grace", "preferred_name": null}));
    })
    .await;
}

#[tokio::test]
async fn an_owner_deletes_the_organization_with_everything_in_it() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ops").await;
        agent(&server, (home, board), "Ada", true, None).await;
        gateway(&server, home).await;
        let note = Some(json!({"content": "x", "tags": ["chat"]}));
        server.user(Method::POST, &format!("/api/v1/boards/{board}/memory"), note).await;
        let task = Some(json!({"title": "T"}));
        let made = server.user(Method::POST, &format!("/api/v1/boards/{board}/tasks"), task).await;
        assert_eq!(made.status, StatusCode::OK, "{made:?}");
        let admin = person(&server, "admin", home, Role::Admin, (true, true)).await;
        let member = person(&server, "member", home, Role::Member, (true, true)).await;
        for who in [&admin, &member] {
            let answer = who.call(&server, Method::DELETE, &at("me"), None).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(server.user(Method::DELETE, &at("me"), None).await.json, json!({"ok": true}));
        let (left,): (i64,) = store
            .one(sql("SELECT (SELECT count(*) FROM boards) + (SELECT count(*) FROM agents) + (SELECT count(*) FROM tasks)
                           + (SELECT count(*) FROM gateways) + (SELECT count(*) FROM board_memory)"))
            .await
            .unwrap();
        assert_eq!(left, 0);
        let fresh = server.user(Method::GET, &at("me"), None).await.json;
        assert_ne!(fresh["id"], json!(home));
    })
    .await;
}

#[tokio::test]
async fn a_profile_is_read_changed_and_filled_in_again() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let me = "/api/v1/users/me";
        let body = json!({"preferred_name": "Ada", "timezone": " Europe/Berlin ", "notes": " as typed ", "email": "x@y.z", "is_super_admin": true});
        let changed = server.user(Method::PATCH, me, Some(body)).await.json;
        let expected = json!({
            "clerk_user_id": "local-auth-user", "email": "admin@home.local", "name": "Local User", "preferred_name": "Ada",
            "pronouns": null, "timezone": "Europe/Berlin", "notes": " as typed ", "context": null, "id": changed["id"],
            "is_super_admin": false,
        });
        assert_eq!(changed, expected);
        let emptied = server.user(Method::PATCH, me, Some(json!({"name": null, "preferred_name": null}))).await.json;
        assert_eq!((&emptied["name"], &emptied["preferred_name"]), (&Value::Null, &Value::Null));
        assert_eq!(server.user(Method::GET, me, None).await.json["name"], "Local User");
        assert_eq!(server.user(Method::PATCH, me, Some(json!({}))).await.status, StatusCode::OK);
        let long = server.user(Method::PATCH, me, Some(json!({"pronouns": "x".repeat(256)}))).await;
        assert_eq!(long.json["detail"][0]["type"], "string_too_long");
    })
    .await;
}

#[tokio::test]
async fn who_goes_takes_what_nobody_else_has_and_leaves_no_one_without_an_owner() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (shared, own) = (organization(&server, "Shared").await, organization(&server, "Own").await);
        let owner = person(&server, "owner", shared, Role::Owner, (true, true)).await;
        let member = person(&server, "member", shared, Role::Member, (false, false)).await;
        let alone = person(&server, "alone", own, Role::Owner, (true, true)).await;
        let me = "/api/v1/users/me";
        let refused = owner.call(&server, Method::DELETE, me, None).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.json["detail"].as_str().unwrap().contains("Shared"));
        for who in [&member, &owner, &alone] {
            assert_eq!(who.call(&server, Method::DELETE, me, None).await.json, json!({"ok": true}));
            assert_eq!(who.call(&server, Method::GET, me, None).await.status, StatusCode::UNAUTHORIZED);
        }
        let (left,): (i64,) = store
            .one(sql("SELECT count(*) FROM organizations WHERE id IN ($1, $2)").bind(shared).bind(own))
            .await
            .unwrap();
        assert_eq!(left, 0);
        assert_eq!(server.user(Method::DELETE, me, None).await.status, StatusCode::OK);
        assert_eq!(server.user(Method::GET, me, None).await.json["name"], "Local User");
    })
    .await;
}
