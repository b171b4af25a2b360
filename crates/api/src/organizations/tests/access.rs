//! Rights of members on boards, and who may call what.

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{at, told, trail};
use crate::{
    fixtures::{Person, agent, board, grant, home, organization, person},
    testing::TestServer,
};

fn path(person: &Person) -> String {
    at(&format!("me/members/{}/access", person.member_id))
}

/// The rights on single boards of a member, as they are read back.
async fn rights(server: &TestServer, person: &Person) -> Vec<(Value, bool, bool)> {
    let member = server.user(Method::GET, &at(&format!("me/members/{}", person.member_id)), None).await.json;
    let row = |row: &Value| {
        (row["board_id"].clone(), row["can_read"].as_bool().unwrap(), row["can_write"].as_bool().unwrap())
    };
    member["board_access"].as_array().unwrap().iter().map(row).collect()
}

#[tokio::test]
async fn rights_replace_those_before_and_count_at_once() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (one, two, three) =
            (board(&server, "One").await, board(&server, "Two").await, board(&server, "Three").await);
        let zoe = person(&server, "zoe", home, Role::Member, (false, false)).await;
        grant(&server, &zoe, three, true, true).await;
        let place = path(&zoe);
        let put = |body: Value| server.user(Method::PUT, &place, Some(body));

        // Repeated boards are added up, rights that allow nothing are dropped.
        let answer = put(json!({"board_access": [
            {"board_id": one},
            {"board_id": two, "can_read": false, "can_write": true},
            {"board_id": one, "can_read": false, "can_write": true},
            {"board_id": three, "can_read": false, "can_write": false},
        ]}))
        .await;
        assert_eq!((answer.status, &answer.json["board_access"]), (StatusCode::OK, &json!([])));
        assert_eq!(rights(&server, &zoe).await, [(json!(one), true, true), (json!(two), false, true)]);
        let boards = zoe.call(&server, Method::GET, "/api/v1/boards", None).await.json;
        assert_eq!(boards["total"], 2);
        let denied = zoe.call(&server, Method::GET, &format!("/api/v1/boards/{three}"), None).await;
        assert_eq!(told(&denied), (403, &json!("Board access denied")));

        // The flags decide alone.
        let general = put(json!({"all_boards_read": true, "board_access": [{"board_id": one}]})).await.json;
        assert_eq!(
            (&general["all_boards_read"], &general["all_boards_write"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(rights(&server, &zoe).await, []);
        let boards = zoe.call(&server, Method::GET, "/api/v1/boards", None).await.json;
        assert_eq!(boards["total"], 3);
        let none = put(json!({})).await.json;
        assert_eq!((&none["all_boards_read"], &none["role"]), (&json!(false), &json!("member")));
        assert_eq!(zoe.call(&server, Method::GET, "/api/v1/boards", None).await.json["total"], 0);
        assert_eq!(trail(&server, home).await, ["organization.member.access_changed"; 3]);
    })
    .await;
}

#[tokio::test]
async fn boards_of_others_are_refused_even_when_the_flags_decide() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let own = board(&server, "Own").await;
        let zoe = person(&server, "zoe", home, Role::Member, (true, false)).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let foreign = person(&server, "foreign", elsewhere, Role::Owner, (true, true)).await;
        let theirs = foreign
            .call(
                &server,
                Method::POST,
                "/api/v1/boards",
                Some(json!({"name": "Theirs", "slug": "theirs", "description": "x"})),
            )
            .await
            .json["id"]
            .clone();
        assert!(theirs.is_string());
        for id in [theirs, json!(Uuid::from_u128(7))] {
            for flags in [true, false] {
                let body = json!({"all_boards_write": flags, "board_access": [
                    {"board_id": own}, {"board_id": id, "can_read": false}]});
                let answer = server.user(Method::PUT, &path(&zoe), Some(body)).await;
                assert_eq!(told(&answer), (422, &json!("Unprocessable Entity")));
                assert_eq!(answer.json["code"], "unknown_board");
            }
        }
        let member = zoe.call(&server, Method::GET, &at("me/member"), None).await.json;
        assert_eq!((&member["all_boards_read"], &member["all_boards_write"]), (&json!(true), &json!(false)));
        for (body, loc) in [
            (json!({"board_access": {}}), json!(["body", "board_access"])),
            (json!({"board_access": ["x"]}), json!(["body", "board_access", 0])),
            (json!({"board_access": [{"can_read": true}]}), json!(["body", "board_access", 0, "board_id"])),
            (
                json!({"board_access": [{"board_id": own, "can_write": "perhaps"}]}),
                json!(["body", "board_access", 0, "can_write"]),
            ),
            (json!({"all_boards_read": null}), json!(["body", "all_boards_read"])),
        ] {
            let answer = server.user(Method::PUT, &path(&zoe), Some(body)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(answer.json["detail"][0]["loc"], loc);
        }
    })
    .await;
}

#[tokio::test]
async fn many_rights_are_set_at_once() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let zoe = person(&server, "zoe", home, Role::Member, (false, false)).await;
        let txn = store.begin().await.unwrap();
        let mut ids = Vec::new();
        for number in 0..600 {
            let id = txn.new_id();
            txn.run_one(
                sql("INSERT INTO boards (id, organization_id, name, sort_name, slug, description, created_at, updated_at)
                     VALUES ($1, $2, $3, $3, $3, 'x', $4, $4)")
                .bind(id)
                .bind(home)
                .bind(format!("b{number}"))
                .bind(txn.now()),
            )
            .await
            .unwrap();
            ids.push(json!({"board_id": id}));
        }
        txn.commit().await.unwrap();
        let answer = server.user(Method::PUT, &path(&zoe), Some(json!({"board_access": ids}))).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let (granted,): (i64,) =
            store.one(sql("SELECT count(*) FROM organization_board_access WHERE can_read")).await.unwrap();
        assert_eq!(granted, 600);
    })
    .await;
}

#[tokio::test]
async fn only_those_who_may_reach_members_and_invites() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ops = board(&server, "Ops").await;
        let (_, token) = agent(&server, (home, ops), "Ada", true, None).await;
        let zoe = person(&server, "zoe", home, Role::Member, (true, true)).await;
        let id = zoe.member_id;
        let for_administrators = [
            (Method::PATCH, at(&format!("me/members/{id}")), Some(json!({"role": "admin"}))),
            (Method::DELETE, at(&format!("me/members/{id}")), None),
            (Method::PUT, at(&format!("me/members/{id}/access")), Some(json!({}))),
            (Method::GET, at("me/invites"), None),
            (Method::POST, at("me/invites"), Some(json!({"invited_email": "x@example.com"}))),
            (Method::DELETE, at(&format!("me/invites/{id}")), None),
            (Method::POST, at("me/transfer"), Some(json!({"member_id": id}))),
            (Method::PATCH, at("me"), Some(json!({"name": "x"}))),
            (Method::DELETE, at("me"), None),
        ];
        let for_all = [
            (Method::GET, at("me/member"), None),
            (Method::GET, at("me/members"), None),
            (Method::GET, at(&format!("me/members/{id}")), None),
            (Method::POST, at("me/leave"), None),
            (Method::POST, at("invites/accept"), Some(json!({"token": "x"}))),
        ];
        for (method, path, body) in for_administrators.iter().chain(&for_all).cloned() {
            let nobody = server.call(method.clone(), &path, &[], body.clone()).await;
            assert_eq!(told(&nobody), (401, &json!("Unauthorized")), "{method} {path}");
            let by_agent = server.agent(&token, method.clone(), &path, body).await;
            assert_eq!(told(&by_agent), (401, &json!("Unauthorized")), "{method} {path}");
        }
        for (method, path, body) in for_administrators {
            let answer = zoe.call(&server, method.clone(), &path, body).await;
            assert_eq!(told(&answer), (403, &json!("Forbidden")), "{method} {path}");
        }
    })
    .await;
}
