//! Tests of what all operations share.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use mc_store::testing::on_both;
use serde_json::{Value, json};

use crate::{
    LimitSizes,
    testing::{TOKEN, TestServer},
};

#[tokio::test]
async fn an_error_carries_the_request_id_of_its_header() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let answer = server.call(Method::GET, "/api/v1/boards", &[("x-request-id", "mine-1")], None).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.json, json!({"detail": "Unauthorized", "request_id": "mine-1"}));
        assert_eq!(answer.headers["x-request-id"], "mine-1");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        for bad in ["has blank", &"x".repeat(129)] {
            let answer = server.call(Method::GET, "/nowhere", &[("x-request-id", bad)], None).await;
            let id = answer.headers["x-request-id"].to_str().unwrap();
            assert_eq!((answer.status, id.len()), (StatusCode::NOT_FOUND, 32));
            assert_eq!(answer.json["request_id"], id);
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_methods_and_slashes_are_told() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let answer = server.user(Method::DELETE, "/api/v1/boards", None).await;
        assert_eq!(
            (answer.status, answer.json["detail"].as_str()),
            (StatusCode::METHOD_NOT_ALLOWED, Some("Method Not Allowed"))
        );
        assert!(answer.headers.contains_key("allow"));
        let answer = server.user(Method::GET, "/api/v1/boards/?limit=2", None).await;
        assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(answer.headers["location"], "/api/v1/boards?limit=2");
        let board = format!("/api/v1/boards/{}", uuid::Uuid::nil());
        for path in ["/healthz", "/openapi.json", board.as_str()] {
            let answer = server.call(Method::GET, &format!("{path}/"), &[], None).await;
            assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT, "{path}");
            assert_eq!(answer.headers["location"], path);
        }
        for path in ["/api/v1/unknown/", "/api/v1/", "/api/v1/boards/unknown/unknown/", "//"] {
            let answer = server.user(Method::GET, path, None).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!answer.headers.contains_key("location"), "{path}");
        }
        for path in ["/redoc", "/docs/oauth2-redirect"] {
            let answer = server.call(Method::GET, path, &[], None).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_board_is_made_read_changed_and_deleted() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let body = json!({"name": "Ops", "slug": "", "description": " run things ", "board_type": "general"});
        let made = server.user(Method::POST, "/api/v1/boards", Some(body)).await;
        assert_eq!(made.status, StatusCode::OK, "{made:?}");
        assert_eq!((&made.json["slug"], &made.json["description"]), (&json!("ops"), &json!("run things")));
        let path = format!("/api/v1/boards/{}", made.json["id"].as_str().unwrap());
        let changed = server.user(Method::PATCH, &path, Some(json!({"name": "Ops 2"}))).await;
        assert_eq!((changed.status, &changed.json["name"]), (StatusCode::OK, &json!("Ops 2")));
        let list = server.user(Method::GET, "/api/v1/boards", None).await;
        assert_eq!((&list.json["total"], &list.json["items"][0]), (&json!(1), &changed.json));
        let null = server.user(Method::PATCH, &path, Some(json!({"name": null}))).await;
        assert_eq!(
            (null.status, &null.json["detail"][0]["loc"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(["body", "name"]))
        );
        assert_eq!(server.user(Method::DELETE, &path, None).await.json, json!({"ok": true}));
        assert_eq!(server.user(Method::GET, &path, None).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_malformed_id_is_named_after_authentication() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let answer = server.user(Method::GET, "/api/v1/boards/xyz", None).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.json["detail"][0]["type"], "uuid_parsing");
        assert_eq!(answer.json["detail"][0]["loc"], json!(["path", "board_id"]));
        let anonymous = server.call(Method::GET, "/api/v1/boards/xyz", &[], None).await;
        assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_browser_signs_in_and_changes_things_only_from_our_own_pages() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let wrong =
            server.call(Method::POST, "/api/v1/auth/session", &[], Some(json!({"token": "wrong"}))).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        assert!(!wrong.json.to_string().contains("wrong"));
        let signed_in =
            server.call(Method::POST, "/api/v1/auth/session", &[], Some(json!({"token": TOKEN}))).await;
        let cookie = signed_in.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap();
        let read = server.call(Method::GET, "/api/v1/auth/session", &[("cookie", cookie)], None).await;
        assert_eq!(read.json["session"]["current"], true);
        assert_eq!(read.json["organizations"][0]["is_active"], true);
        assert_eq!(read.json["membership"]["organization_id"], read.json["organizations"][0]["id"]);
        let elsewhere = [("cookie", cookie), ("x-organization-id", "00000000-0000-0000-0000-000000000007")];
        let stranger = server.call(Method::GET, "/api/v1/auth/session", &elsewhere, None).await;
        assert_eq!((stranger.status, &stranger.json["membership"]), (StatusCode::OK, &Value::Null));

        let name = json!({"name": "Second"});
        let path = "/api/v1/organizations";
        let bare = server.call(Method::POST, path, &[("cookie", cookie)], Some(name.clone())).await;
        assert_eq!(bare.status, StatusCode::FORBIDDEN);
        let foreign = [("cookie", cookie), ("sec-fetch-site", "cross-site")];
        assert_eq!(
            server.call(Method::POST, path, &foreign, Some(name.clone())).await.status,
            StatusCode::FORBIDDEN
        );
        let own = [("cookie", cookie), ("sec-fetch-site", "same-origin")];
        assert_eq!(server.call(Method::POST, path, &own, Some(name)).await.status, StatusCode::OK);

        let id = read.json["session"]["id"].as_str().unwrap();
        let revoke = format!("/api/v1/auth/sessions/{id}");
        assert_eq!(server.call(Method::DELETE, &revoke, &own, None).await.status, StatusCode::OK);
        let after = server.call(Method::GET, "/api/v1/auth/session", &[("cookie", cookie)], None).await;
        assert_eq!(after.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn wrong_tokens_are_limited_and_a_right_one_still_works_before() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let wrong = [("authorization", "Bearer wrong")];
        for _ in 0..LimitSizes::default().user_auth {
            let answer = server.call(Method::GET, "/api/v1/users/me", &wrong, None).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
        let answer = server.call(Method::GET, "/api/v1/users/me", &wrong, None).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(answer.headers.contains_key("retry-after"));
        assert_eq!(server.user(Method::GET, "/api/v1/users/me", None).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_body_is_json_unless_it_says_otherwise() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        for (name, media, expected) in
            [("One", "", 200), ("Two", "application/merge-patch+json", 200), ("Three", "text/plain", 422)]
        {
            let request = Request::post("/api/v1/tags")
                .header("authorization", format!("Bearer {TOKEN}"))
                .header("content-type", media);
            let body = Body::from(json!({"name": name}).to_string());
            assert_eq!(server.send(request.body(body).unwrap()).await.status().as_u16(), expected, "{media}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_body_is_read_only_after_the_caller_is_known() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let broken = || Body::from("{\"name\": ");
        let request = Request::post("/api/v1/organizations").header("content-type", "application/json");
        let answer = server.send(request.body(broken()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let request =
            Request::post("/api/v1/organizations").header("authorization", format!("Bearer {TOKEN}"));
        assert_eq!(
            server.send(request.body(broken()).unwrap()).await.status(),
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let huge = Request::post("/api/v1/organizations")
            .header("authorization", format!("Bearer {TOKEN}"))
            .body(Body::from(vec![b' '; 2 * 1024 * 1024 + 1]))
            .unwrap();
        assert_eq!(server.send(huge).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    })
    .await;
}
