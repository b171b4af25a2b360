//! Who belongs to an organization, and as what.

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ORGANIZATIONS, at, run, told, trail};
use crate::{
    fixtures::{Person, board, grant, home, organization, person},
    testing::TestServer,
};

fn member(person: &Person) -> String {
    at(&format!("me/members/{}", person.member_id))
}

/// The own membership of the local person.
async fn own(server: &TestServer) -> Value {
    server.user(Method::GET, &at("me/member"), None).await.json
}

fn role(name: &str) -> Option<Value> {
    Some(json!({ "role": name }))
}

#[tokio::test]
async fn members_are_listed_by_address_within_their_own_organization() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ops = board(&server, "Ops").await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let foreign = person(&server, "foreign", elsewhere, Role::Owner, (true, true)).await;
        let zoe = person(&server, "zoe", home, Role::Member, (false, false)).await;
        grant(&server, &zoe, ops, true, false).await;
        let bob = person(&server, "bob", home, Role::Admin, (true, false)).await;
        let nobody = person(&server, "nobody", home, Role::Member, (false, false)).await;
        run(&server, sql("UPDATE users SET email = 'BOB@example.com' WHERE id = $1").bind(bob.user_id)).await;
        run(&server, sql("UPDATE users SET email = NULL WHERE id = $1").bind(nobody.user_id)).await;

        let list = zoe.call(&server, Method::GET, &at("me/members"), None).await.json;
        let names: Vec<&str> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["user"]["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["Local User", "bob", "zoe", "nobody"]);
        assert_eq!((&list["total"], &list["limit"], &list["offset"]), (&json!(4), &json!(200), &json!(0)));
        let shown = &list["items"][2];
        assert_eq!(
            shown["user"],
            json!({"id": zoe.user_id, "email": "zoe@example.com", "name": "zoe", "preferred_name": null})
        );
        assert_eq!((&shown["board_access"], &shown["role"]), (&json!([]), &json!("member")));

        let page = server.user(Method::GET, &at("me/members?limit=1&offset=1"), None).await.json;
        assert_eq!((&page["items"][0]["id"], &page["total"]), (&json!(bob.member_id), &json!(4)));
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        let theirs = foreign.call(&server, Method::GET, &at("me/members"), None).await.json;
        assert_eq!((&theirs["total"], &theirs["items"][0]["id"]), (&json!(1), &json!(foreign.member_id)));
    })
    .await;
}

#[tokio::test]
async fn a_membership_is_shown_to_its_person_and_to_administrators() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ops = board(&server, "Ops").await;
        let zoe = person(&server, "zoe", home, Role::Member, (false, false)).await;
        let bob = person(&server, "bob", home, Role::Admin, (true, false)).await;
        grant(&server, &zoe, ops, true, false).await;
        for who in [&zoe, &bob] {
            let shown = who.call(&server, Method::GET, &member(&zoe), None).await;
            assert_eq!(shown.status, StatusCode::OK, "{shown:?}");
            assert_eq!(shown.json["board_access"][0]["board_id"], json!(ops));
            assert_eq!(shown.json["user"]["name"], "zoe");
        }
        let refused = zoe.call(&server, Method::GET, &member(&bob), None).await;
        assert_eq!(told(&refused), (403, &json!("Forbidden")));

        let elsewhere = organization(&server, "Elsewhere").await;
        let foreign = person(&server, "foreign", elsewhere, Role::Owner, (true, true)).await;
        for (method, path, body) in [
            (Method::GET, member(&zoe), None),
            (Method::PATCH, member(&zoe), role("admin")),
            (Method::DELETE, member(&zoe), None),
            (Method::PUT, format!("{}/access", member(&zoe)), Some(json!({"all_boards_write": true}))),
            (Method::POST, at("me/transfer"), Some(json!({"member_id": zoe.member_id}))),
        ] {
            let answer = foreign.call(&server, method.clone(), &path, body).await;
            assert_eq!(told(&answer), (404, &json!("Not Found")), "{method} {path}");
        }
        let malformed = server.user(Method::GET, &at("me/members/nonsense"), None).await;
        assert_eq!(malformed.json["detail"][0]["loc"], json!(["path", "member_id"]));
    })
    .await;
}

#[tokio::test]
async fn a_role_is_read_leniently_and_checked_strictly() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let zoe = person(&server, "zoe", home, Role::Member, (false, false)).await;
        let place = member(&zoe);
        let patch = |body: Value| server.user(Method::PATCH, &place, Some(body));
        for (body, expected) in [
            (json!({"role": " ADMIN "}), "admin"),
            (json!({"role": null}), "admin"),
            (json!({}), "admin"),
            (json!({"role": "  "}), "member"),
            (json!({"role": "owner"}), "owner"),
        ] {
            let answer = patch(body.clone()).await;
            assert_eq!((answer.status, &answer.json["role"]), (StatusCode::OK, &json!(expected)), "{body}");
        }
        let before = patch(json!({})).await.json["updated_at"].clone();
        let after = patch(json!({})).await.json["updated_at"].clone();
        assert!(after.as_str().unwrap() > before.as_str().unwrap(), "each change is a change");
        for bad in [json!({"role": "banana"}), json!({"role": 7}), json!({"role": ["owner"]})] {
            let answer = patch(bad).await;
            let fault = &answer.json["detail"][0];
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!((&fault["type"], &fault["loc"]), (&json!("literal_error"), &json!(["body", "role"])));
        }
        let kinds = trail(&server, home).await;
        assert_eq!(kinds, ["organization.member.role_changed"; 3], "only what changes is recorded");
    })
    .await;
}

#[tokio::test]
async fn administrators_neither_make_nor_unmake_owners() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let admin = person(&server, "admin", home, Role::Admin, (true, true)).await;
        let zoe = person(&server, "zoe", home, Role::Member, (false, false)).await;
        let owner = own(&server).await["id"].as_str().unwrap().to_owned();
        for (target, name) in [
            (admin.member_id.to_string(), "owner"),
            (zoe.member_id.to_string(), "owner"),
            (owner.clone(), "member"),
        ] {
            let answer =
                admin.call(&server, Method::PATCH, &at(&format!("me/members/{target}")), role(name)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{target} {name}: {answer:?}");
        }
        let out = admin.call(&server, Method::DELETE, &at(&format!("me/members/{owner}")), None).await;
        assert_eq!(told(&out), (403, &json!("Only owners may remove an owner")));
        let promoted = admin.call(&server, Method::PATCH, &member(&zoe), role("admin")).await;
        assert_eq!(promoted.json["role"], "admin");
        let stepped_down = admin.call(&server, Method::PATCH, &member(&admin), role("member")).await;
        assert_eq!(stepped_down.json["role"], "member");
        let again = admin.call(&server, Method::PATCH, &member(&admin), role("admin")).await;
        assert_eq!(told(&again), (403, &json!("Forbidden")));
    })
    .await;
}

#[tokio::test]
async fn an_organization_keeps_an_owner() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let owner = own(&server).await["id"].as_str().unwrap().to_owned();
        let own_path = at(&format!("me/members/{owner}"));
        person(&server, "admin", home, Role::Admin, (true, true)).await;
        for (method, path, body) in
            [(Method::PATCH, own_path.clone(), role("admin")), (Method::POST, at("me/leave"), None)]
        {
            let answer = server.user(method, &path, body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
            assert!(answer.json["detail"].as_str().unwrap().contains("at least one owner"));
        }
        let gone = server.user(Method::DELETE, "/api/v1/users/me", None).await;
        assert_eq!(gone.status, StatusCode::CONFLICT);
        let out = server.user(Method::DELETE, &own_path, None).await;
        assert_eq!(out.status, StatusCode::FORBIDDEN, "nobody removes oneself");

        // Two owners who demote each other at once: one of them stays.
        let second = person(&server, "second", home, Role::Owner, (true, true)).await;
        let second_path = member(&second);
        let (one, other) = tokio::join!(
            server.user(Method::PATCH, &second_path, role("member")),
            second.call(&server, Method::PATCH, &own_path, role("member")),
        );
        let succeeded = [&one, &other].into_iter().filter(|answer| answer.status == StatusCode::OK).count();
        assert_eq!(succeeded, 1, "{one:?} {other:?}");
        let (owners,): (i64,) = store
            .one(
                sql(
                    "SELECT count(*) FROM organization_members WHERE organization_id = $1 AND role = 'owner'",
                )
                .bind(home),
            )
            .await
            .unwrap();
        assert_eq!(owners, 1);
    })
    .await;
}

#[tokio::test]
async fn a_removed_member_is_out_and_acts_elsewhere() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ops = board(&server, "Ops").await;
        let zoe = person(&server, "zoe", home, Role::Member, (false, false)).await;
        grant(&server, &zoe, ops, true, true).await;
        let board_path = format!("/api/v1/boards/{ops}");
        assert_eq!(zoe.call(&server, Method::GET, &board_path, None).await.status, StatusCode::OK);
        let made = zoe.call(&server, Method::POST, ORGANIZATIONS, Some(json!({"name": "Own"}))).await.json;
        let back = Some(json!({"organization_id": home}));
        assert_eq!(zoe.call(&server, Method::PATCH, &at("me/active"), back).await.status, StatusCode::OK);

        assert_eq!(server.user(Method::DELETE, &member(&zoe), None).await.json, json!({"ok": true}));
        let denied = zoe.call(&server, Method::GET, &board_path, None).await;
        assert_eq!(told(&denied), (403, &json!("No org access")));
        assert_eq!(zoe.call(&server, Method::GET, &at("me"), None).await.json["id"], made["id"]);
        let again = server.user(Method::DELETE, &member(&zoe), None).await;
        assert_eq!(told(&again), (404, &json!("Not Found")));
        let (grants,): (i64,) =
            store.one(sql("SELECT count(*) FROM organization_board_access")).await.unwrap();
        assert_eq!(grants, 0);
        assert_eq!(trail(&server, home).await, ["organization.member.removed"]);

        // Without another organization none is active, and the next request makes one.
        let sam = person(&server, "sam", home, Role::Member, (true, true)).await;
        assert_eq!(server.user(Method::DELETE, &member(&sam), None).await.status, StatusCode::OK);
        let (active,): (Option<Uuid>,) = store
            .one(sql("SELECT active_organization_id FROM users WHERE id = $1").bind(sam.user_id))
            .await
            .unwrap();
        assert_eq!(active, None);
        assert_eq!(sam.call(&server, Method::GET, &at("me"), None).await.json["name"], "Personal");
    })
    .await;
}

#[tokio::test]
async fn members_leave_and_owners_hand_over() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let zoe = person(&server, "zoe", home, Role::Member, (true, true)).await;
        let admin = person(&server, "admin", home, Role::Admin, (true, true)).await;
        let to = |id: Value| Some(json!({ "member_id": id }));
        let own_id = own(&server).await["id"].clone();

        let plain = zoe.call(&server, Method::POST, &at("me/transfer"), to(json!(zoe.member_id))).await;
        assert_eq!(told(&plain), (403, &json!("Forbidden")));
        let lesser = admin.call(&server, Method::POST, &at("me/transfer"), to(json!(admin.member_id))).await;
        assert_eq!(told(&lesser), (403, &json!("Only an owner may transfer the organization")));
        let oneself = server.user(Method::POST, &at("me/transfer"), to(own_id)).await;
        assert_eq!(told(&oneself), (422, &json!("member_id must name another member")));
        let unknown = server.user(Method::POST, &at("me/transfer"), to(json!(Uuid::from_u128(7)))).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);

        let done = server.user(Method::POST, &at("me/transfer"), to(json!(zoe.member_id))).await;
        assert_eq!((done.status, &done.json["role"]), (StatusCode::OK, &json!("owner")));
        assert_eq!(own(&server).await["role"], "admin");
        let gone = admin.call(&server, Method::POST, &at("me/leave"), None).await;
        assert_eq!((gone.status, &gone.json), (StatusCode::OK, &json!({"ok": true})));
        let list = zoe.call(&server, Method::GET, &at("me/members"), None).await.json;
        assert_eq!(list["total"], 2);
        assert_eq!(
            trail(&server, home).await,
            [
                "organization.member.role_changed",
                "organization.member.role_changed",
                "organization.member.left"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn an_organization_is_renamed_by_its_administrators() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let zoe = person(&server, "zoe", home, Role::Member, (true, true)).await;
        let admin = person(&server, "admin", home, Role::Admin, (false, false)).await;
        let name = |name: &str| Some(json!({ "name": name }));
        let made = admin.call(&server, Method::POST, ORGANIZATIONS, name("Own")).await.json;
        let back = Some(json!({"organization_id": home}));
        admin.call(&server, Method::PATCH, &at("me/active"), back).await;

        let renamed = admin.call(&server, Method::PATCH, &at("me"), name("  Fleet ")).await;
        assert_eq!((renamed.status, &renamed.json["name"]), (StatusCode::OK, &json!("Fleet")));
        assert_eq!((&renamed.json["id"], made["name"].as_str()), (&json!(home), Some("Own")));
        let same = admin.call(&server, Method::PATCH, &at("me"), name("FLEET")).await;
        assert_eq!(same.json["name"], "FLEET", "the own name is no conflict");
        let taken = admin.call(&server, Method::PATCH, &at("me"), name("own")).await;
        assert_eq!(told(&taken), (409, &json!("Conflict")));
        let blank = admin.call(&server, Method::PATCH, &at("me"), name(" ")).await;
        assert_eq!(told(&blank), (422, &json!("Unprocessable Entity")));
        let null = admin.call(&server, Method::PATCH, &at("me"), Some(json!({"name": null}))).await;
        assert_eq!(null.json["detail"][0]["loc"], json!(["body", "name"]));
        let nothing = admin.call(&server, Method::PATCH, &at("me"), Some(json!({}))).await;
        assert_eq!((nothing.status, &nothing.json["name"]), (StatusCode::OK, &json!("FLEET")));
        let plain = zoe.call(&server, Method::PATCH, &at("me"), name("Mine")).await;
        assert_eq!(told(&plain), (403, &json!("Forbidden")));
        assert_eq!(trail(&server, home).await, ["organization.updated"; 2]);
    })
    .await;
}
