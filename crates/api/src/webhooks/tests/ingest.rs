//! Deliveries of senders.

use axum::body::Body;
use http::{Method, StatusCode};
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Place;
use crate::testing::{TestServer, settings};

/// HMAC-SHA-256 of `{"a":1}` under `first` and `second`.
const BODY: &str = "{\"a\":1}";
const FIRST: &str = "07b97e5b43f7e99e10ca7af9e2d8cb55f6eae37319c8f3123f6d5d4c1eacd7c7";
const SECOND: &str = "b4473de47df8f02f489f84f5a0f7c4e1f8ab2f9fea1ff7c54a2589d93d348b40";

#[tokio::test]
async fn a_payload_its_memory_entry_events_and_job_are_stored_together() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (webhook, path) = place.webhook(json!({"description": "Triage it\nsoon"})).await;
        let headers: [(&str, &[u8]); 5] = [
            ("content-type", b"application/json"),
            ("user-agent", b"tester"),
            ("x-api-key", b"topsecret"),
            ("x-github-event", b"push"),
            ("authorization", b"Bearer topsecret"),
        ];
        let answer = place.post(&path, &headers, BODY).await;
        let payload = &answer.json["payload_id"];
        let expected = json!({"ok": true, "board_id": place.board, "webhook_id": webhook, "payload_id": payload});
        assert_eq!((answer.status, &answer.json), (StatusCode::ACCEPTED, &expected));
        let payload: Uuid = payload.as_str().unwrap().parse().unwrap();

        let read = place.get(&format!("{path}/payloads/{payload}")).await;
        let received = &read.json["received_at"];
        assert_eq!(
            read.json,
            json!({
                "id": payload, "board_id": place.board, "webhook_id": webhook, "payload": {"a": 1},
                "headers": {
                    "content-type": "application/json", "user-agent": "tester", "x-api-key": "[redacted]",
                    "x-github-event": "push",
                },
                "source_ip": "127.0.0.1", "content_type": "application/json", "received_at": received,
                "delivery": {
                    "status": "pending", "attempts": 0, "last_error": null, "updated_at": received, "delivered_at": null,
                },
            })
        );
        let (content, tags, source, is_chat): (String, String, String, bool) = store
            .one(sql("SELECT content, tags, source, is_chat FROM board_memory WHERE board_id = $1").bind(place.board))
            .await
            .unwrap();
        assert!(content.contains(&format!("/api/v1/agent/boards/{}/webhooks/{webhook}/payloads/{payload}", place.board)));
        assert!(content.contains("Instruction: Triage it\nsoon\nPayload preview:\n{\n  \"a\": 1\n}\n"), "{content}");
        let tags: Value = serde_json::from_str(&tags).unwrap();
        assert_eq!(tags, json!(["webhook", format!("webhook:{webhook}"), format!("payload:{payload}")]));
        assert_eq!((source.as_str(), is_chat), ("webhook", false));
        let (message, activity): (String, bool) =
            store.one(sql("SELECT message, activity FROM events WHERE kind = 'webhook.received'")).await.unwrap();
        assert_eq!((message.as_str(), activity), ("Webhook received: Triage it", true));
        assert_eq!(place.events().await[2..], ["webhook.received", "memory.created"]);
        let jobs = sql("SELECT count(*) FROM jobs WHERE kind = 'webhook.deliver' AND lane = $1");
        assert_eq!(place.count(jobs.bind(format!("webhooks-lead:{}", place.board))).await, 1);
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_body_is_taken() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, path) = place.webhook(json!({"description": "d"})).await;
        let json_type: (&str, &[u8]) = ("content-type", b"application/json");
        for (headers, body, expected) in [
            (vec![], &b""[..], json!({})),
            (vec![("content-type", &b"application/cloudevents+json"[..])], b"7", json!(7)),
            (vec![("content-type", b"application/x-www-form-urlencoded")], b"a=1", json!("a=1")),
            (vec![json_type], b"[NaN]", json!("[NaN]")),
            (vec![], b"a\0b\xff", json!("a\u{FFFD}b\u{FFFD}")),
            (vec![json_type], b"{\"k\": \"\\u0000\"}", json!({"k": "\u{0}"})),
            (vec![json_type], b"\"\\u0000\"", json!("\u{0}")),
            (vec![json_type], b"null", json!(null)),
            (vec![("x-odd", b"\xff\xfe")], b"1", json!("1")),
        ] {
            let answer = place.post(&path, &headers, body.to_vec()).await;
            assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
            let id = answer.json["payload_id"].as_str().unwrap();
            let read = place.get(&format!("{path}/payloads/{id}")).await;
            assert_eq!((read.status, &read.json["payload"]), (StatusCode::OK, &expected));
        }
    })
    .await;
}

#[tokio::test]
async fn a_secret_asks_for_a_signature_and_a_change_of_it_leaves_time() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, path) = place.webhook(json!({"description": "d", "secret": "first"})).await;
        let post = async |header: Option<(&str, &[u8])>| {
            let headers: Vec<_> = header.into_iter().collect();
            place.post(&path, &headers, BODY).await
        };
        let signed = |digest: &str| format!("sha256={digest}").into_bytes();
        for (header, status) in [
            (None, StatusCode::FORBIDDEN),
            (Some(("x-hub-signature-256", &b""[..])), StatusCode::FORBIDDEN),
            (Some(("x-hub-signature-256", "é".as_bytes())), StatusCode::FORBIDDEN),
            (Some(("x-hub-signature-256", b"\xff")), StatusCode::FORBIDDEN),
            (Some(("x-hub-signature-256", &signed(SECOND))), StatusCode::FORBIDDEN),
            (Some(("x-hub-signature-256", &signed(FIRST))), StatusCode::ACCEPTED),
            (Some(("x-webhook-signature", FIRST.to_uppercase().as_bytes())), StatusCode::ACCEPTED),
        ] {
            let answer = post(header).await;
            assert_eq!(answer.status, status, "{header:?}");
            if status == StatusCode::FORBIDDEN {
                assert!(answer.json["detail"].is_string());
            }
        }
        assert_eq!(
            place.count(sql("SELECT count(*) FROM board_webhook_payloads")).await,
            2,
            "refused ones are not kept"
        );

        place.server.user(Method::PATCH, &path, Some(json!({"secret": "second"}))).await;
        for digest in [FIRST, SECOND] {
            assert_eq!(
                post(Some(("x-hub-signature-256", &signed(digest)))).await.status,
                StatusCode::ACCEPTED
            );
        }
        let txn = store.begin().await.unwrap();
        txn.run(sql("UPDATE board_webhooks SET previous_secret_expires_at = $1").bind(txn.now()))
            .await
            .unwrap();
        txn.commit().await.unwrap();
        assert_eq!(post(Some(("x-hub-signature-256", &signed(FIRST)))).await.status, StatusCode::FORBIDDEN);

        place.server.user(Method::PATCH, &path, Some(json!({"signature_header": "X-Mine"}))).await;
        assert_eq!(post(Some(("x-hub-signature-256", &signed(SECOND)))).await.status, StatusCode::FORBIDDEN);
        let mine = post(Some(("x-mine", &signed(SECOND)))).await;
        assert_eq!(mine.status, StatusCode::ACCEPTED);
        let id = mine.json["payload_id"].as_str().unwrap();
        assert_eq!(place.get(&format!("{path}/payloads/{id}")).await.json["headers"], json!(null));

        place.server.user(Method::PATCH, &path, Some(json!({"secret": null}))).await;
        assert_eq!(post(None).await.status, StatusCode::ACCEPTED, "without a secret every payload is taken");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_delivery_is_stored_once() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, path) = place.webhook(json!({"description": "d"})).await;
        let (_, other) = place.webhook(json!({"description": "d"})).await;
        let key: (&str, &[u8]) = ("x-github-delivery", b"7f3c");
        let first = place.post(&path, &[key], BODY).await;
        let again = place.post(&path, &[key], "something else").await;
        assert_eq!((again.status, &again.json), (StatusCode::ACCEPTED, &first.json));
        let elsewhere = place.post(&other, &[key], BODY).await;
        assert_ne!(elsewhere.json["payload_id"], first.json["payload_id"], "each webhook counts for itself");
        let another = place.post(&path, &[("x-github-delivery", b"7f3d")], BODY).await;
        assert_ne!(another.json["payload_id"], first.json["payload_id"]);
        let unnamed = [place.deliver(&path, BODY).await, place.deliver(&path, BODY).await];
        assert_ne!(unnamed[0], unnamed[1]);
        for (statement, expected) in [
            (sql("SELECT count(*) FROM board_webhook_payloads"), 5),
            (sql("SELECT count(*) FROM board_memory"), 5),
            (sql("SELECT count(*) FROM jobs"), 5),
            (sql("SELECT count(*) FROM events WHERE kind = 'webhook.received'"), 5),
        ] {
            assert_eq!(place.count(statement).await, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn a_repeated_delivery_at_the_same_time_is_stored_once() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, path) = place.webhook(json!({"description": "d"})).await;
        let answers = futures_util::future::join_all(
            (0..8).map(|_| place.post(&path, &[("idempotency-key", b"k")], BODY)),
        )
        .await;
        for answer in &answers {
            assert_eq!((answer.status, &answer.json), (StatusCode::ACCEPTED, &answers[0].json));
        }
        assert_eq!(place.count(sql("SELECT count(*) FROM board_webhook_payloads")).await, 1);
    })
    .await;
}

#[tokio::test]
async fn deliveries_at_the_same_time_are_stored_each_for_itself() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, path) = place.webhook(json!({"description": "d"})).await;
        let answers =
            futures_util::future::join_all(
                (0..50).map(|number| {
                    let (place, path) = (&place, &path);
                    // Every fifth repeats the one before.
                    let key = format!("k{}", if number % 5 == 4 { number - 1 } else { number });
                    async move {
                        place.post(path, &[("idempotency-key", key.as_bytes())], format!("{number}")).await
                    }
                }),
            )
            .await;
        let ids: std::collections::BTreeSet<String> = answers
            .iter()
            .map(|answer| {
                assert_eq!(answer.status, StatusCode::ACCEPTED);
                answer.json["payload_id"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(ids.len(), 40);
        for statement in [
            sql("SELECT count(*) FROM board_webhook_payloads"),
            sql("SELECT count(*) FROM board_memory"),
            sql("SELECT count(*) FROM jobs"),
            sql("SELECT count(*) FROM events WHERE kind = 'webhook.received'"),
            sql("SELECT count(*) FROM events WHERE kind = 'memory.created'"),
        ] {
            assert_eq!(place.count(statement).await, 40);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_or_not_open_is_refused() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (webhook, path) = place.webhook(json!({"description": "d", "secret": "s"})).await;
        let (board, nobody) = (place.board, Uuid::from_u128(1));
        let (foreign_board, _) = place.foreign_webhook().await;
        for (unknown, expected) in [
            (format!("/api/v1/boards/{board}/webhooks/{nobody}"), StatusCode::NOT_FOUND),
            (format!("/api/v1/boards/{nobody}/webhooks/{webhook}"), StatusCode::NOT_FOUND),
            (format!("/api/v1/boards/{foreign_board}/webhooks/{webhook}"), StatusCode::NOT_FOUND),
            (format!("/api/v1/boards/x/webhooks/{webhook}"), StatusCode::UNPROCESSABLE_ENTITY),
            (format!("/api/v1/boards/{board}/webhooks/x"), StatusCode::UNPROCESSABLE_ENTITY),
        ] {
            let answer = place.post(&unknown, &[], BODY).await;
            assert_eq!(answer.status, expected, "{unknown}");
            if expected == StatusCode::UNPROCESSABLE_ENTITY {
                assert_eq!(answer.json["detail"][0]["type"], "uuid_parsing");
            }
        }
        place.server.user(Method::PATCH, &path, Some(json!({"enabled": false}))).await;
        let disabled = place.post(&path, &[], vec![b'x'; 2 * 1024 * 1024]).await;
        assert_eq!(disabled.status, StatusCode::GONE, "before size and signature");
        assert!(disabled.json["detail"].is_string());
        assert_eq!(place.count(sql("SELECT count(*) FROM board_webhook_payloads")).await, 0);
    })
    .await;
}

#[tokio::test]
async fn bodies_are_taken_up_to_the_limit() {
    on_both(|store| async move {
        let place = Place::with(&store, crate::Settings { max_webhook_body: 10, ..settings() }).await;
        let (_, path) = place.webhook(json!({"description": "d"})).await;
        let streamed = |size: usize| {
            let chunks = (0..size).map(|_| Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"x")));
            Body::from_stream(futures_util::stream::iter(chunks))
        };
        assert_eq!(place.post(&path, &[], streamed(10)).await.status, StatusCode::ACCEPTED);
        assert_eq!(
            place.post(&path, &[("content-length", b"nonsense")], streamed(10)).await.status,
            StatusCode::ACCEPTED
        );
        for answer in [
            place.post(&path, &[], streamed(11)).await,
            place.post(&path, &[("content-length", b"11")], Body::empty()).await,
            place.post(&path, &[("content-length", b"2")], streamed(11)).await,
        ] {
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
            assert!(answer.json["detail"].as_str().unwrap().contains("10"), "{answer:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn deliveries_are_limited_for_each_webhook_and_address() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, path) = place.webhook(json!({"description": "d"})).await;
        let (_, other) = place.webhook(json!({"description": "d"})).await;
        for _ in 0..60 {
            place.deliver(&path, "1").await;
        }
        let refused = place.post(&path, &[], "1").await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers.contains_key("retry-after") && refused.json["detail"].is_string());
        place.deliver(&other, "1").await;
    })
    .await;
}

#[tokio::test]
async fn guesses_are_limited_before_the_database_is_asked() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let guess = async |number: u128| {
            let path =
                format!("/api/v1/boards/{}/webhooks/{}", Uuid::from_u128(number), Uuid::from_u128(number));
            server.call(Method::POST, &path, &[], None).await.status
        };
        for number in 0..600 {
            assert_eq!(guess(number).await, StatusCode::NOT_FOUND);
        }
        store.close().await;
        assert_eq!(guess(601).await, StatusCode::TOO_MANY_REQUESTS, "without a database");
        let malformed = server.call(Method::POST, "/api/v1/boards/x/webhooks/y", &[], None).await;
        assert_eq!(malformed.status, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}
