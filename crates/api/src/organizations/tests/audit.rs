//! What is told in the audit log, to whom, and how it is taken away.

use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use mc_domain::organizations::Role;
use mc_store::testing::on_both;
use serde_json::{Value, json};

use super::at;
use crate::{
    fixtures::{home, organization, person},
    testing::{TOKEN, TestServer},
};

async fn entries(server: &TestServer, query: &str) -> Vec<Value> {
    let list = server.user(Method::GET, &at(&format!("me/audit{query}")), None).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.json);
    list.json["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn acts_are_told_with_who_did_them_from_where_and_in_which_request() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let zoe = person(&server, "zoe", home, Role::Member, (false, false)).await;
        let bearer = format!("Bearer {TOKEN}");
        let headers =
            [("authorization", bearer.as_str()), ("x-request-id", "request-1"), ("idempotency-key", "key-1")];
        let invite = json!({ "invited_email": "ada@example.com" });
        let invited = server.call(Method::POST, &at("me/invites"), &headers, Some(invite)).await;
        assert_eq!(invited.status, StatusCode::OK);
        let change = json!({ "role": "admin" });
        let path = at(&format!("me/members/{}", zoe.member_id));
        assert_eq!(server.user(Method::PATCH, &path, Some(change)).await.status, StatusCode::OK);

        let all = entries(&server, "").await;
        let entry = all.iter().find(|entry| entry["kind"] == "organization.invite.created").unwrap();
        assert_eq!((&entry["actor_kind"], &entry["client_address"]), (&json!("user"), &json!("127.0.0.1")));
        assert_eq!((&entry["request_id"], &entry["actor_name"]), (&json!("request-1"), &json!("Local User")));
        assert!(
            !json!(all).to_string().contains(invited.json["token"].as_str().unwrap()),
            "no secret is told"
        );
        let members = entries(&server, "?kind=organization.member.").await;
        assert_eq!(members.len(), 1, "{members:?}");
        assert_eq!(members[0]["data"]["data"]["role"], "admin");
        let kinds = entries(&server, "?kind=auth.signed_in,organization.invite.created").await;
        assert!(kinds.iter().all(|entry| entry["kind"] != "organization.member.role_changed"));
        assert_eq!(
            entries(&server, &format!("?actor_id={}", zoe.user_id))
                .await
                .iter()
                .filter(|entry| entry["kind"] != "auth.signed_in")
                .count(),
            0
        );
        let about = entries(&server, &format!("?target_id={}", zoe.member_id)).await;
        assert_eq!(about, members, "what was done to a member, by the member's id");
        assert_eq!(entries(&server, &format!("?target_id={}", uuid::Uuid::nil())).await, [] as [Value; 0]);
        let named = entries(&server, "?q=ADA@example").await;
        assert_eq!(named.len(), 1, "{named:?}");
        assert_eq!(entries(&server, "?q=%25").await, [] as [Value; 0], "no wildcard");
        assert!(entries(&server, "?q=local%20user").await.len() >= 2, "also by who did it");

        assert_eq!(entries(&server, "?until=2020-01-01T00:00:00Z").await, [] as [Value; 0]);

        let first = server.user(Method::GET, &at("me/audit?limit=1"), None).await.json;
        let next = format!("me/audit?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
        let second = server.user(Method::GET, &at(&next), None).await.json;
        assert_eq!((&first["items"][0], &second["items"][0]), (&all[0], &all[1]));
    })
    .await;
}

#[tokio::test]
async fn sign_ins_and_refused_ones_are_told_within_bounds() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        home(&server).await;
        let sign_in = async |token: &str| {
            let body = json!({ "token": token });
            server.call(Method::POST, "/api/v1/auth/session", &[], Some(body)).await.status
        };
        assert_eq!(sign_in("hunter2-wrong").await, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(TOKEN).await, StatusCode::OK);
        let told = entries(&server, "?kind=auth.").await;
        assert_eq!((&told[0]["kind"], &told[0]["actor_kind"]), (&json!("auth.signed_in"), &json!("user")));
        assert_eq!((&told[1]["kind"], &told[1]["actor_kind"]), (&json!("auth.refused"), &json!("anonymous")));
        assert!(!json!(told).to_string().contains("hunter2") && !json!(told).to_string().contains(TOKEN));
        for _ in 0..40 {
            sign_in("wrong").await;
        }
        assert!(entries(&server, "?kind=auth.refused").await.len() <= 30);
    })
    .await;
}

#[tokio::test]
async fn only_administrators_of_the_own_organization_read_it() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        server.user(Method::PATCH, &at("me"), Some(json!({ "name": "Secret name" }))).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let member = person(&server, "member", home, Role::Member, (true, true)).await;
        for path in ["me/audit", "me/audit/export"] {
            assert_eq!(
                member.call(&server, Method::GET, &at(path), None).await.status,
                StatusCode::FORBIDDEN
            );
        }
        let theirs = stranger.call(&server, Method::GET, &at("me/audit"), None).await;
        assert_eq!(theirs.status, StatusCode::OK);
        assert!(!theirs.json.to_string().contains("Secret name"));
    })
    .await;
}

#[tokio::test]
async fn the_log_is_taken_away_as_a_table_or_as_lines() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        home(&server).await;
        server.user(Method::PATCH, &at("me"), Some(json!({ "name": "=cmd()\", \"x" }))).await;
        let export = async |query: &str| {
            let request = Request::get(at(&format!("me/audit/export{query}")))
                .header("authorization", format!("Bearer {TOKEN}"));
            let response = server.send(request.body(axum::body::Body::empty()).unwrap()).await;
            let status = response.status();
            (
                status,
                String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap(),
            )
        };
        let (status, table) = export("").await;
        assert_eq!(status, StatusCode::OK);
        let mut lines = table.split("\r\n");
        assert!(lines.next().unwrap().starts_with("created_at,kind,actor_kind,"));
        assert!(lines.next().unwrap().contains("\"audit.exported\",\"user\""), "the export is told too");
        let (_, lines) = export("?format=jsonl&kind=organization.").await;
        let parsed: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(parsed.iter().any(|entry| entry["kind"] == "organization.updated"));
        assert!(parsed.iter().all(|entry| entry["kind"].as_str().unwrap().starts_with("organization.")));
        assert_eq!(export("?format=xml").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}
