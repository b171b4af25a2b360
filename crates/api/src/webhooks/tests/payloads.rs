//! Reading and redelivering payloads.

use http::{Method, StatusCode};
use mc_store::{Read, sql, testing::on_both};
use serde_json::json;
use uuid::Uuid;

use super::Place;

#[tokio::test]
async fn payloads_are_listed_newest_first_and_cut_on_demand() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, path) = place.webhook(json!({"description": "d"})).await;
        let (_, other) = place.webhook(json!({"description": "d"})).await;
        place.deliver(&other, "elsewhere").await;
        for body in ["[1, 2, 3, 4, 5]", "second text", "3"] {
            place.deliver(&path, body).await;
        }
        let list = place.get(&format!("{path}/payloads?limit=2&offset=1&max_chars=8")).await;
        let contents: Vec<_> =
            list.json["items"].as_array().unwrap().iter().map(|item| item["payload"].clone()).collect();
        assert_eq!((contents, &list.json["total"]), (vec![json!("secon..."), json!("[1, 2...")], &json!(3)));
        let whole = place.get(&format!("{path}/payloads")).await;
        assert_eq!(whole.json["items"][2]["payload"], json!([1, 2, 3, 4, 5]));
        for (query, kind) in [
            ("max_chars=0", "greater_than_equal"),
            ("max_chars=1000001", "less_than_equal"),
            ("max_chars=x", "int_parsing"),
        ] {
            let bad = place.get(&format!("{path}/payloads?{query}")).await;
            assert_eq!(
                (bad.status, &bad.json["detail"][0]["type"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!(kind))
            );
        }
    })
    .await;
}

#[tokio::test]
async fn json_is_given_back_as_it_was_written() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, path) = place.webhook(json!({"description": "d"})).await;
        let written = "{\"z\":1.50,\"a\":123456789012345678901234567890,\"e\":\"\\u00e9\"}";
        let id = place.deliver(&path, written).await;
        let (stored,): (String,) = store
            .one(sql("SELECT payload FROM board_webhook_payloads WHERE id = $1").bind(id))
            .await
            .unwrap();
        assert_eq!(stored, written);
        let request = http::Request::get(format!("{path}/payloads/{id}"))
            .header("authorization", format!("Bearer {}", crate::testing::TOKEN))
            .body(axum::body::Body::empty())
            .unwrap();
        let response = place.server.send(request).await;
        let bytes = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
        assert!(String::from_utf8_lossy(&bytes).contains(written));
    })
    .await;
}

#[tokio::test]
async fn a_page_of_large_payloads_stays_small() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, path) = place.webhook(json!({"description": "d"})).await;
        let large = "x".repeat(1024 * 1024);
        for _ in 0..4 {
            place.deliver(&path, &large).await;
        }
        let whole = place.get(&format!("{path}/payloads")).await;
        assert_eq!(whole.json["items"][0]["payload"], json!(large), "four fit");
        for _ in 0..5 {
            place.deliver(&path, &large).await;
        }
        place.deliver(&path, "small").await;
        let page = place.get(&format!("{path}/payloads")).await;
        assert!(page.json.to_string().len() < 8 * 1024 * 1024);
        assert_eq!((page.json["items"].as_array().unwrap().len(), &page.json["total"]), (10, &json!(10)));
        assert_eq!(page.json["items"][0]["payload"], "small");
        let cut = page.json["items"][1]["payload"].as_str().unwrap();
        assert!(cut.ends_with("x...") && cut.len() < large.len());
        let few = place.get(&format!("{path}/payloads?limit=3")).await;
        assert_eq!(few.json["items"][1]["payload"], json!(large), "a small page is whole");
    })
    .await;
}

#[tokio::test]
async fn a_payload_belongs_to_its_webhook() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, path) = place.webhook(json!({"description": "d"})).await;
        let (_, other) = place.webhook(json!({"description": "d"})).await;
        let id = place.deliver(&path, "1").await;
        for wrong in [format!("{other}/payloads/{id}"), format!("{path}/payloads/{}", Uuid::from_u128(1))] {
            assert_eq!(place.get(&wrong).await.status, StatusCode::NOT_FOUND);
            let redeliver = format!("{wrong}/redeliver");
            assert_eq!(place.server.user(Method::POST, &redeliver, None).await.status, StatusCode::NOT_FOUND);
        }
        let unknown = format!("{}/{}/payloads", place.path(), Uuid::from_u128(1));
        assert_eq!(place.get(&unknown).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn an_undeliverable_payload_fails_visibly_and_can_be_redelivered() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (webhook, path) = place.webhook(json!({"description": "Triage it"})).await;
        let id = place.deliver(&path, "1").await;
        place.run_jobs().await;
        let payload = format!("{path}/payloads/{id}");
        let failed = place.get(&payload).await.json["delivery"].clone();
        assert_eq!((&failed["status"], &failed["attempts"]), (&json!("failed"), &json!(1)));
        assert_eq!(failed["last_error"], "The board has no lead agent yet");
        assert_eq!(place.events().await.last().unwrap(), "webhook.delivery_failed");
        assert_eq!(place.count(sql("SELECT count(*) FROM jobs")).await, 0, "nothing is tried blindly");

        let again = place.server.user(Method::POST, &format!("{payload}/redeliver"), None).await;
        assert_eq!(
            (again.status, &again.json["delivery"]["status"]),
            (StatusCode::ACCEPTED, &json!("pending"))
        );
        assert_eq!((&again.json["id"], &again.json["payload"]), (&json!(id), &json!("1")));
        assert_eq!(place.events().await.last().unwrap(), "webhook.redelivery_requested");
        place.agent("Ada", Some(place.board), true).await;
        place.run_jobs().await;
        let failed = place.get(&payload).await.json["delivery"].clone();
        assert_eq!(
            (&failed["attempts"], &failed["last_error"]),
            (&json!(2), &json!("Agent Ada has no gateway"))
        );

        place.server.user(Method::POST, &format!("{payload}/redeliver"), None).await;
        place.server.user(Method::DELETE, &format!("{}/{webhook}", place.path()), None).await;
        place.run_jobs().await;
        assert_eq!(place.count(sql("SELECT count(*) FROM jobs")).await, 0, "a job without its payload ends");
        assert_eq!(place.count(sql("SELECT count(*) FROM board_memory")).await, 1, "the memory stays");
    })
    .await;
}
