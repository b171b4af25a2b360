//! Making, listing and taking back invites.

use chrono::TimeDelta;
use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{at, run, told, trail};
use crate::{
    fixtures::{home, organization, person},
    testing::{Answer, TestServer},
};

pub(super) async fn invite(server: &TestServer, body: Value) -> Answer {
    server.user(Method::POST, &at("me/invites"), Some(body)).await
}

pub(super) async fn expire(server: &TestServer, id: &Value) {
    let id: Uuid = id.as_str().unwrap().parse().unwrap();
    let past = server.context.store().clock().now() - TimeDelta::seconds(1);
    run(server, sql("UPDATE organization_invites SET expires_at = $2 WHERE id = $1").bind(id).bind(past))
        .await;
}

async fn listed(server: &TestServer) -> Value {
    server.user(Method::GET, &at("me/invites"), None).await.json
}

#[tokio::test]
async fn an_invite_has_every_field_and_a_token_that_no_table_holds() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let body = json!({"invited_email": "  Ada@Example.com ", "role": " ADMIN ", "all_boards_read": true});
        let made = invite(&server, body).await;
        assert_eq!(made.status, StatusCode::OK, "{made:?}");
        let made = made.json;
        let me = server.user(Method::GET, "/api/v1/users/me", None).await.json["id"].clone();
        let expected = json!({
            "id": made["id"], "organization_id": home, "invited_email": "ada@example.com", "role": "admin",
            "all_boards_read": true, "all_boards_write": false, "token": made["token"], "created_by_user_id": me,
            "accepted_by_user_id": null, "accepted_at": null, "expires_at": made["expires_at"],
            "created_at": made["created_at"], "updated_at": made["created_at"],
        });
        assert_eq!(made, expected);
        let token = made["token"].as_str().unwrap();
        assert!(token.len() >= 32);
        let listed = listed(&server).await;
        assert_eq!((&listed["items"], &listed["total"]), (&json!([made]), &json!(1)));

        let (sealed, digest): (String, Vec<u8>) =
            store.one(sql("SELECT token_sealed, token_digest FROM organization_invites")).await.unwrap();
        assert!(!sealed.contains(token) && digest.len() == 32);
        let events: Vec<(Option<String>, Option<String>)> =
            store.all(sql("SELECT message, data FROM events")).await.unwrap();
        assert!(!format!("{events:?}").contains(token));
        assert_eq!(trail(&server, home).await, ["organization.invite.created"]);

        let plain = invite(&server, json!({"invited_email": "b@example.com"})).await.json;
        assert_eq!((&plain["role"], &plain["all_boards_read"]), (&json!("member"), &json!(false)));
        let page = server.user(Method::GET, &at("me/invites?limit=1"), None).await.json;
        assert_eq!((&page["items"][0]["id"], &page["total"]), (&plain["id"], &json!(2)), "newest first");
    })
    .await;
}

#[tokio::test]
async fn bad_invites_are_refused_with_the_field() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        home(&server).await;
        let ok = "a@example.com";
        for (body, loc, kind) in [
            (json!({}), json!(["body", "invited_email"]), "missing"),
            (json!({"invited_email": null}), json!(["body", "invited_email"]), "string_type"),
            (json!({"invited_email": "  "}), json!(["body", "invited_email"]), "value_error"),
            (json!({"invited_email": "ada"}), json!(["body", "invited_email"]), "value_error"),
            (json!({"invited_email": "a b@example.com"}), json!(["body", "invited_email"]), "value_error"),
            (json!({"invited_email": "a@b@c"}), json!(["body", "invited_email"]), "value_error"),
            (json!({"invited_email": "a".repeat(330)}), json!(["body", "invited_email"]), "string_too_long"),
            (json!({"invited_email": ok, "role": "banana"}), json!(["body", "role"]), "literal_error"),
            (json!({"invited_email": ok, "role": null}), json!(["body", "role"]), "literal_error"),
            (json!({"invited_email": ok, "board_access": 1}), json!(["body", "board_access"]), "list_type"),
        ] {
            let answer = invite(&server, body.clone()).await;
            let fault = &answer.json["detail"][0];
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            assert_eq!((&fault["loc"], &fault["type"]), (&loc, &json!(kind)), "{body}");
        }
        let foreign = json!({"invited_email": ok, "all_boards_read": true, "board_access": [{"board_id": Uuid::from_u128(7)}]});
        let answer = invite(&server, foreign).await;
        assert_eq!((told(&answer), &answer.json["code"]), ((422, &json!("Unprocessable Entity")), &json!("unknown_board")));
        let member = invite(&server, json!({"invited_email": "ADMIN@home.local"})).await;
        assert_eq!(told(&member), (409, &json!("Conflict")));
        assert_eq!(listed(&server).await["total"], 0);
    })
    .await;
}

#[tokio::test]
async fn owners_are_invited_by_owners_and_their_tokens_shown_to_owners() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let admin = person(&server, "admin", home, Role::Admin, (true, true)).await;
        let body = json!({"invited_email": "boss@example.com", "role": "owner"});
        let refused = admin.call(&server, Method::POST, &at("me/invites"), Some(body.clone())).await;
        assert_eq!(told(&refused), (403, &json!("Only owners may invite owners")));
        let made = invite(&server, body).await.json;
        let seen = admin.call(&server, Method::GET, &at("me/invites"), None).await.json;
        assert_eq!((&seen["items"][0]["id"], &seen["items"][0]["token"]), (&made["id"], &json!("")));
        assert_eq!(listed(&server).await["items"][0]["token"], made["token"]);
    })
    .await;
}

#[tokio::test]
async fn a_newer_invite_takes_the_place_of_an_older_one() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let foreign = person(&server, "foreign", elsewhere, Role::Owner, (true, true)).await;
        let body = Some(json!({"invited_email": "ada@example.com"}));
        let theirs = foreign.call(&server, Method::POST, &at("me/invites"), body).await.json;
        let first = invite(&server, json!({"invited_email": "ada@example.com"})).await.json;
        let second = invite(&server, json!({"invited_email": "ADA@example.com", "role": "admin"})).await.json;
        assert_ne!(first["token"], second["token"]);
        assert_eq!(listed(&server).await["items"], json!([second]));
        let list = foreign.call(&server, Method::GET, &at("me/invites"), None).await.json;
        assert_eq!(list["items"], json!([theirs]), "invites of others stay");
        let accept = |token: &Value| Some(json!({ "token": token }));
        let ada = super::stranger(&server, "ada", Some("ada@example.com")).await;
        let old = ada.call(&server, Method::POST, &at("invites/accept"), accept(&first["token"])).await;
        assert_eq!(told(&old), (404, &json!("Not Found")));
        let new = ada.call(&server, Method::POST, &at("invites/accept"), accept(&second["token"])).await;
        assert_eq!((new.status, &new.json["role"]), (StatusCode::OK, &json!("admin")));
        assert_eq!(
            trail(&server, home).await,
            [
                "organization.invite.created",
                "organization.invite.superseded",
                "organization.invite.created",
                "organization.invite.accepted",
                "organization.member.joined"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn an_expired_invite_is_listed_without_its_token_and_helps_nobody() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        home(&server).await;
        let made = invite(&server, json!({"invited_email": "ada@example.com"})).await.json;
        expire(&server, &made["id"]).await;
        let list = listed(&server).await;
        assert_eq!((&list["items"][0]["id"], &list["items"][0]["token"]), (&made["id"], &json!("")));
        let ada = super::stranger(&server, "ada", Some("ada@example.com")).await;
        let body = Some(json!({"token": made["token"]}));
        let answer = ada.call(&server, Method::POST, &at("invites/accept"), body).await;
        assert_eq!(told(&answer), (404, &json!("Not Found")));
        assert_eq!(ada.call(&server, Method::GET, &at("me"), None).await.json["name"], "Personal");
    })
    .await;
}

#[tokio::test]
async fn an_invite_is_taken_back_by_its_own_organization() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let made = invite(&server, json!({"invited_email": "ada@example.com"})).await.json;
        let path = at(&format!("me/invites/{}", made["id"].as_str().unwrap()));
        let elsewhere = organization(&server, "Elsewhere").await;
        let foreign = person(&server, "foreign", elsewhere, Role::Owner, (true, true)).await;
        let answer = foreign.call(&server, Method::DELETE, &path, None).await;
        assert_eq!(told(&answer), (404, &json!("Not Found")));
        let gone = server.user(Method::DELETE, &path, None).await;
        assert_eq!(
            (gone.status, &gone.json["id"], &gone.json["token"]),
            (StatusCode::OK, &made["id"], &json!(""))
        );
        assert_eq!(server.user(Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
        let ada = super::stranger(&server, "ada", None).await;
        let body = Some(json!({"token": made["token"]}));
        let late = ada.call(&server, Method::POST, &at("invites/accept"), body).await;
        assert_eq!(late.status, StatusCode::NOT_FOUND);
        assert_eq!(
            trail(&server, home).await,
            ["organization.invite.created", "organization.invite.revoked"]
        );

        // An accepted one can be forgotten; its member stays.
        let made = invite(&server, json!({"invited_email": "bob@example.com"})).await.json;
        let body = Some(json!({"token": made["token"]}));
        let joined = ada.call(&server, Method::POST, &at("invites/accept"), body).await;
        assert_eq!(joined.status, StatusCode::OK, "{joined:?}");
        let path = at(&format!("me/invites/{}", made["id"].as_str().unwrap()));
        let gone = server.user(Method::DELETE, &path, None).await.json;
        assert_eq!(gone["accepted_by_user_id"], json!(ada.user_id));
        let list = server.user(Method::GET, &at("me/members"), None).await.json;
        assert_eq!(list["total"], 2);
    })
    .await;
}
