//! How invites make members.

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    at,
    invites::{expire, invite},
    stranger, told, trail,
};
use crate::{
    fixtures::{Person, board, grant, home, organization, person},
    testing::{Answer, TestServer},
};

async fn accept(server: &TestServer, person: &Person, token: &Value) -> Answer {
    person.call(server, Method::POST, &at("invites/accept"), Some(json!({ "token": token }))).await
}

async fn token_for(server: &TestServer, body: Value) -> Value {
    let made = invite(server, body).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    made.json["token"].clone()
}

#[tokio::test]
async fn a_token_makes_a_member_once_and_for_its_own_address() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ops = board(&server, "Ops").await;
        let ada = stranger(&server, "ada", Some("Ada@Example.com")).await;
        let eve = stranger(&server, "eve", Some("eve@example.com")).await;
        let body = json!({"invited_email": "ada@example.com", "board_access": [
            {"board_id": ops, "can_read": false, "can_write": true}, {"board_id": ops}]});
        let token = token_for(&server, body).await;
        assert_eq!(told(&accept(&server, &eve, &token).await), (403, &json!("Forbidden")));
        assert_eq!(told(&accept(&server, &eve, &json!("wrong")).await), (404, &json!("Not Found")));

        let joined = accept(&server, &ada, &token).await;
        assert_eq!(joined.status, StatusCode::OK, "{joined:?}");
        assert_eq!(
            (&joined.json["organization_id"], &joined.json["role"], &joined.json["board_access"]),
            (&json!(home), &json!("member"), &json!([]))
        );
        assert_eq!(joined.json["user"]["email"], "Ada@Example.com");
        // Who had none acts there from now on.
        let own = ada.call(&server, Method::GET, &at("me/member"), None).await.json;
        assert_eq!((&own["id"], &own["board_access"][0]["can_write"]), (&joined.json["id"], &json!(true)));
        assert_eq!(
            (own["board_access"].as_array().unwrap().len(), &own["board_access"][0]["can_read"]),
            (1, &json!(true))
        );
        let again = accept(&server, &ada, &token).await;
        assert_eq!((again.status, &again.json["id"]), (StatusCode::OK, &joined.json["id"]), "{again:?}");
        assert_eq!(
            accept(&server, &eve, &token).await.status,
            StatusCode::NOT_FOUND,
            "a token is for one person"
        );
        let list = server.user(Method::GET, &at("me/invites"), None).await.json;
        assert_eq!(list["total"], 0);
        let (sealed, by): (Option<String>, Option<Uuid>) = store
            .one(sql("SELECT token_sealed, accepted_by_user_id FROM organization_invites"))
            .await
            .unwrap();
        assert_eq!((sealed, by), (None, Some(ada.user_id)));
        for body in [json!({}), json!({"token": null}), json!({"token": 5})] {
            let answer = ada.call(&server, Method::POST, &at("invites/accept"), Some(body)).await;
            assert_eq!(answer.json["detail"][0]["loc"], json!(["body", "token"]));
            assert!(answer.json["detail"][0].get("input").is_none_or(|input| *input == json!({})));
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_active_elsewhere_stays_there() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let ada = person(&server, "ada", elsewhere, Role::Owner, (true, true)).await;
        let token =
            token_for(&server, json!({"invited_email": "ada@example.com", "all_boards_write": true})).await;
        let joined = accept(&server, &ada, &token).await.json;
        assert_eq!((&joined["all_boards_read"], &joined["all_boards_write"]), (&json!(false), &json!(true)));
        assert_eq!(ada.call(&server, Method::GET, &at("me"), None).await.json["id"], json!(elsewhere));
        let list = ada.call(&server, Method::GET, &at("me/list"), None).await.json;
        assert_eq!(list.as_array().unwrap().len(), 2);
        assert_eq!(
            trail(&server, home).await,
            ["organization.invite.created", "organization.invite.accepted", "organization.member.joined"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_member_who_accepts_again_only_gains() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (one, two) = (board(&server, "One").await, board(&server, "Two").await);
        // Only who has no address of the organization's members can be invited while a member.
        let ada = person(&server, "ada", home, Role::Admin, (false, false)).await;
        super::run(&server, sql("UPDATE users SET email = NULL WHERE id = $1").bind(ada.user_id)).await;
        grant(&server, &ada, one, true, false).await;
        let own = || async { ada.call(&server, Method::GET, &at("me/member"), None).await.json };
        let rights = |member: &Value| -> Vec<(Value, Value, Value)> {
            let row =
                |row: &Value| (row["board_id"].clone(), row["can_read"].clone(), row["can_write"].clone());
            member["board_access"].as_array().unwrap().iter().map(row).collect()
        };
        let before = own().await;

        let body = json!({"invited_email": "x@example.com", "role": "member", "board_access": [
            {"board_id": one, "can_read": false, "can_write": true},
            {"board_id": two, "can_read": false, "can_write": true}]});
        let token = token_for(&server, body).await;
        let joined = accept(&server, &ada, &token).await;
        assert_eq!((joined.status, &joined.json["role"]), (StatusCode::OK, &json!("admin")), "{joined:?}");
        let after = own().await;
        let yes = json!(true);
        assert_eq!(
            rights(&after),
            [(json!(one), yes.clone(), yes.clone()), (json!(two), yes.clone(), yes.clone())]
        );
        assert_eq!(after["board_access"][0]["created_at"], before["board_access"][0]["created_at"]);
        assert_eq!(after["updated_at"], before["updated_at"], "neither role nor flags have changed");

        let body = json!({"invited_email": "x@example.com", "role": "owner", "all_boards_write": true});
        let token = token_for(&server, body).await;
        let joined = accept(&server, &ada, &token).await.json;
        assert_eq!(
            (&joined["role"], &joined["all_boards_read"], &joined["all_boards_write"]),
            (&json!("owner"), &yes, &yes)
        );
        assert_eq!(rights(&own().await).len(), 2, "nothing is taken away");
        let kinds = trail(&server, home).await;
        let gained: Vec<&String> =
            kinds.iter().filter(|kind| kind.starts_with("organization.member.")).collect();
        assert_eq!(
            gained,
            [
                "organization.member.access_changed",
                "organization.member.role_changed",
                "organization.member.access_changed"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn of_two_who_accept_at_once_one_joins() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        home(&server).await;
        let token = token_for(&server, json!({"invited_email": "x@example.com"})).await;
        let mut strangers = Vec::new();
        for name in ["one", "two", "three", "four"] {
            strangers.push(stranger(&server, name, None).await);
        }
        let all = strangers.iter().map(|person| accept(&server, person, &token));
        let mut statuses: Vec<u16> =
            futures_util::future::join_all(all).await.iter().map(|answer| answer.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 404, 404, 404]);
        let list = server.user(Method::GET, &at("me/members"), None).await.json;
        assert_eq!(list["total"], 2);
    })
    .await;
}

#[tokio::test]
async fn the_first_request_accepts_the_oldest_open_invite_of_the_own_address() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let other = person(&server, "other", elsewhere, Role::Owner, (true, true)).await;
        let body = || Some(json!({"invited_email": "ada@example.com", "role": "admin"}));
        let expired = server.user(Method::POST, &at("me/invites"), body()).await.json;
        expire(&server, &expired["id"]).await;
        other.call(&server, Method::POST, &at("me/invites"), body()).await;

        let ada = stranger(&server, "ada", Some("Ada@example.com")).await;
        let own = at("me/member");
        let many = (0..3).map(|_| ada.call(&server, Method::GET, &own, None));
        for answer in futures_util::future::join_all(many).await {
            assert_eq!(
                (answer.status, &answer.json["organization_id"], &answer.json["role"]),
                (StatusCode::OK, &json!(elsewhere), &json!("admin"))
            );
        }
        assert!(!trail(&server, home).await.contains(&"organization.member.joined".to_owned()));
        assert_eq!(
            trail(&server, elsewhere).await,
            ["organization.invite.created", "organization.invite.accepted", "organization.member.joined"]
        );
        let eve = stranger(&server, "eve", None).await;
        assert_eq!(eve.call(&server, Method::GET, &at("me"), None).await.json["name"], "Personal");
    })
    .await;
}

#[tokio::test]
async fn attempts_to_accept_are_limited_by_address() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        home(&server).await;
        let ada = stranger(&server, "ada", None).await;
        for _ in 0..20 {
            assert_eq!(accept(&server, &ada, &json!("wrong")).await.status, StatusCode::NOT_FOUND);
        }
        let refused = accept(&server, &ada, &json!("wrong")).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers.contains_key("retry-after"));
        assert_eq!(refused.headers["ratelimit-policy"], "\"invite_accept\";q=20;w=60");
    })
    .await;
}
