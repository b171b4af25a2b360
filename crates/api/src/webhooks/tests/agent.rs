//! Payloads as agents read them.

use http::{Method, StatusCode};
use mc_store::testing::on_both;
use serde_json::json;
use uuid::Uuid;

use super::Place;
use crate::testing::TOKEN;

#[tokio::test]
async fn agents_of_the_board_read_and_list_payloads() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, worker) = place.agent("Ada", Some(place.board), false).await;
        let (webhook, path) = place.webhook(json!({"description": "d"})).await;
        let id = place.deliver(&path, "{\"a\": \"é\"}").await;
        let list = format!("/api/v1/agent/boards/{}/webhooks/{webhook}/payloads", place.board);
        let one = format!("{list}/{id}");
        let read = place.server.agent(&worker, Method::GET, &one, None).await;
        assert_eq!(
            (read.status, &read.json),
            (StatusCode::OK, &place.get(&format!("{path}/payloads/{id}")).await.json)
        );
        let cut = place.server.agent(&worker, Method::GET, &format!("{one}?max_chars=14"), None).await;
        assert_eq!(cut.json["payload"], "{\"a\": \"\\u00...");
        let fits = place.server.agent(&worker, Method::GET, &format!("{one}?max_chars=15"), None).await;
        assert_eq!(fits.json["payload"], json!({"a": "é"}));
        let bearer = format!("Bearer {worker}");
        let by_bearer = place.server.call(Method::GET, &list, &[("authorization", &bearer)], None).await;
        assert_eq!((by_bearer.status, &by_bearer.json["items"][0]), (StatusCode::OK, &read.json));
        place.server.user(Method::PATCH, &path, Some(json!({"enabled": false}))).await;
        assert_eq!(place.server.agent(&worker, Method::GET, &one, None).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn nobody_else_reads_there() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, worker) = place.agent("Ada", Some(place.board), false).await;
        let (_, main) = place.agent("Main", None, false).await;
        let (webhook, path) = place.webhook(json!({"description": "d"})).await;
        let id = place.deliver(&path, "1").await;
        let (foreign_board, foreign_webhook) = place.foreign_webhook().await;
        let paths = |board: Uuid, webhook: Uuid| {
            let list = format!("/api/v1/agent/boards/{board}/webhooks/{webhook}/payloads");
            [format!("{list}/{id}"), list]
        };
        for path in paths(place.board, webhook) {
            let person = place.server.user(Method::GET, &path, None).await;
            assert_eq!(person.status, StatusCode::UNAUTHORIZED);
            let both = [("authorization", &*format!("Bearer {TOKEN}")), ("x-agent-token", "wrong")];
            for headers in [&[][..], &[("x-agent-token", "wrong")], &both] {
                let answer = place.server.call(Method::GET, &path, headers, None).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            }
            let main = place.server.agent(&main, Method::GET, &path, None).await;
            assert_eq!(main.status, StatusCode::FORBIDDEN, "it has no gateway in common with the board");
        }
        for path in paths(foreign_board, foreign_webhook) {
            assert_eq!(
                place.server.agent(&worker, Method::GET, &path, None).await.status,
                StatusCode::FORBIDDEN
            );
        }
        for path in paths(place.board, foreign_webhook).into_iter().chain(paths(Uuid::from_u128(1), webhook))
        {
            assert_eq!(
                place.server.agent(&worker, Method::GET, &path, None).await.status,
                StatusCode::NOT_FOUND
            );
            let anonymous = place.server.call(Method::GET, &path, &[], None).await;
            assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "before the board is looked up");
        }
        let bad = format!("/api/v1/agent/boards/{}/webhooks/x/payloads/y", place.board);
        let answer = place.server.agent(&worker, Method::GET, &bad, None).await;
        assert_eq!(answer.json["detail"][0]["loc"], json!(["path", "webhook_id"]));
    })
    .await;
}
