//! Making, changing and deleting webhooks.

use http::{Method, StatusCode};
use mc_store::{sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Place, id_of};
use crate::testing::Answer;

fn fault(answer: &Answer) -> (StatusCode, &str, &Value) {
    let first = &answer.json["detail"][0];
    (answer.status, first["type"].as_str().unwrap_or_default(), &first["loc"])
}

#[tokio::test]
async fn a_webhook_is_made_read_changed_and_deleted() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (agent, _) = place.agent("Ada", Some(place.board), false).await;
        let body = json!({
            "description": "  Triage\nit ", "agent_id": agent, "secret": "  s3cret ", "signature_header": " X-Mine "
        });
        let made = place.server.user(Method::POST, &place.path(), Some(body)).await;
        let id = id_of(&made);
        let path = format!("/api/v1/boards/{}/webhooks/{id}", place.board);
        let expected = json!({
            "id": id, "board_id": place.board, "agent_id": agent, "description": "Triage\nit", "enabled": true,
            "has_secret": true, "signature_header": "X-Mine", "previous_secret_expires_at": null,
            "endpoint_path": path, "endpoint_url": format!("http://mission-control.test{path}"),
            "created_at": made.json["created_at"], "updated_at": made.json["updated_at"],
        });
        assert_eq!((made.status, &made.json), (StatusCode::OK, &expected));
        assert_eq!(place.get(&path).await.json, expected);
        let list = place.get(&place.path()).await;
        assert_eq!(list.json, json!({"items": [expected], "total": 1, "limit": 200, "offset": 0}));

        let same = place.server.user(Method::PATCH, &path, Some(json!({}))).await;
        assert_eq!(same.json, expected, "an empty change touches nothing");
        let change = json!({"description": "New", "enabled": false, "agent_id": null, "signature_header": " "});
        let changed = place.server.user(Method::PATCH, &path, Some(change)).await;
        for (field, value) in [
            ("description", json!("New")),
            ("enabled", json!(false)),
            ("agent_id", json!(null)),
            ("signature_header", json!(null)),
            ("has_secret", json!(true)),
        ] {
            assert_eq!(changed.json[field], value, "{field}");
        }
        assert_ne!(changed.json["updated_at"], expected["updated_at"]);
        assert_eq!(place.server.user(Method::DELETE, &path, None).await.json, json!({"ok": true}));
        assert_eq!(place.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(place.server.user(Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            place.events().await,
            ["board.created", "webhook.created", "webhook.updated", "webhook.deleted"]
        );
    })
    .await;
}

#[tokio::test]
async fn webhooks_are_listed_newest_first_in_pages() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        for name in ["one", "two", "three"] {
            place.webhook(json!({"description": name})).await;
        }
        let page = place.get(&format!("{}?limit=2&offset=1", place.path())).await;
        let names: Vec<&str> = page.json["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|item| item["description"].as_str())
            .collect();
        assert_eq!((names, &page.json["total"]), (vec!["two", "one"], &json!(3)));
        let bad = place.get(&format!("{}?limit=201", place.path())).await;
        assert_eq!(
            fault(&bad),
            (StatusCode::UNPROCESSABLE_ENTITY, "less_than_equal", &json!(["query", "limit"]))
        );
    })
    .await;
}

#[tokio::test]
async fn bad_fields_are_named_and_a_secret_is_never_shown() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        for (body, kind, field) in [
            (json!({"secret": "topsecret"}), "missing", "description"),
            (json!({"description": " "}), "string_too_short", "description"),
            (json!({"description": 1}), "string_type", "description"),
            (json!({"description": "d\u{0}"}), "value_error", "description"),
            (json!({"description": "d", "enabled": null}), "bool_type", "enabled"),
            (json!({"description": "d", "agent_id": "x"}), "uuid_parsing", "agent_id"),
            (json!({"description": "d", "secret": ["topsecret"]}), "string_type", "secret"),
            (json!({"description": "d", "secret": "topsecret".repeat(200)}), "string_too_long", "secret"),
            (json!({"description": "d", "signature_header": "X Mine"}), "value_error", "signature_header"),
            (json!({"description": "d", "signature_header": "X-Ünï"}), "value_error", "signature_header"),
            (
                json!({"description": "d", "signature_header": "x".repeat(256)}),
                "string_too_long",
                "signature_header",
            ),
        ] {
            let answer = place.server.user(Method::POST, &place.path(), Some(body.clone())).await;
            assert_eq!(
                fault(&answer),
                (StatusCode::UNPROCESSABLE_ENTITY, kind, &json!(["body", field])),
                "{body}"
            );
            assert!(!answer.json.to_string().contains("topsecret"), "{answer:?}");
        }
        let (_, path) = place.webhook(json!({"description": "d", "secret": "s"})).await;
        for (body, kind, field) in [
            (json!({"description": null}), "string_type", "description"),
            (json!({"enabled": null}), "bool_type", "enabled"),
            (json!({"secret": 12345}), "string_type", "secret"),
            (json!({"signature_header": "a:b"}), "value_error", "signature_header"),
        ] {
            let answer = place.server.user(Method::PATCH, &path, Some(body.clone())).await;
            assert_eq!(
                fault(&answer),
                (StatusCode::UNPROCESSABLE_ENTITY, kind, &json!(["body", field])),
                "{body}"
            );
            assert!(!answer.json.to_string().contains("12345"));
        }
    })
    .await;
}

#[tokio::test]
async fn the_agent_must_be_one_of_this_board() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (homeless, _) = place.agent("Main", None, false).await;
        let (_, path) = place.webhook(json!({"description": "d"})).await;
        for agent in [homeless, Uuid::from_u128(5)] {
            let made = place
                .server
                .user(Method::POST, &place.path(), Some(json!({"description": "d", "agent_id": agent})))
                .await;
            let changed = place.server.user(Method::PATCH, &path, Some(json!({"agent_id": agent}))).await;
            for answer in [made, changed] {
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
                assert!(answer.json["detail"].as_str().unwrap().contains("agent_id"), "{answer:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn secrets_are_sealed_and_the_previous_one_has_its_day() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (id, path) = place.webhook(json!({"description": "d", "secret": "first"})).await;
        let (_, other) = place.webhook(json!({"description": "d"})).await;
        let plain = sql("SELECT count(*) FROM board_webhooks WHERE secret_sealed LIKE '%first%' OR secret_sealed NOT LIKE 'v1.%'");
        assert_eq!(place.count(plain).await, 0);

        let same = place.server.user(Method::PATCH, &path, Some(json!({"secret": "first"}))).await;
        assert_eq!(same.json["previous_secret_expires_at"], json!(null), "nothing was rotated");
        let rotated = place.server.user(Method::PATCH, &path, Some(json!({"secret": "second"}))).await;
        assert!(rotated.json["previous_secret_expires_at"].is_string());
        let new = place.server.user(Method::PATCH, &other, Some(json!({"secret": "x"}))).await;
        assert_eq!(new.json["previous_secret_expires_at"], json!(null), "there was none before");

        let txn = store.begin().await.unwrap();
        txn.run_one(
            sql("UPDATE board_webhooks SET previous_secret_expires_at = $2 WHERE id = $1").bind(id).bind(txn.now()),
        )
        .await
        .unwrap();
        txn.commit().await.unwrap();
        assert_eq!(place.get(&path).await.json["previous_secret_expires_at"], json!(null), "its day is over");

        place.server.user(Method::PATCH, &path, Some(json!({"secret": "third"}))).await;
        let removed = place.server.user(Method::PATCH, &path, Some(json!({"secret": "  "}))).await;
        assert_eq!(
            (&removed.json["has_secret"], &removed.json["previous_secret_expires_at"]),
            (&json!(false), &json!(null))
        );
        let left = sql("SELECT count(*) FROM board_webhooks WHERE id = $1 AND (secret_sealed IS NOT NULL OR previous_secret_sealed IS NOT NULL)");
        assert_eq!(place.count(left.bind(id)).await, 0);
    })
    .await;
}

#[tokio::test]
async fn every_gate_holds() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (_, token) = place.agent("Ada", Some(place.board), true).await;
        let (webhook, path) = place.webhook(json!({"description": "d"})).await;
        let payload = place.deliver(&path, "{}").await;
        let (foreign_board, foreign_webhook) = place.foreign_webhook().await;
        let change = || Some(json!({"enabled": true}));
        let operations = |board: Uuid, webhook: Uuid| {
            let list = format!("/api/v1/boards/{board}/webhooks");
            let one = format!("{list}/{webhook}");
            [
                (Method::GET, list.clone(), None, false),
                (Method::GET, one.clone(), None, false),
                (Method::GET, format!("{one}/payloads"), None, false),
                (Method::GET, format!("{one}/payloads/{payload}"), None, false),
                (Method::POST, list, Some(json!({"description": "d"})), true),
                (Method::PATCH, one.clone(), change(), true),
                (Method::POST, format!("{one}/payloads/{payload}/redeliver"), None, true),
                (Method::DELETE, one, None, true),
            ]
        };
        let own = operations(place.board, webhook);
        for (method, path, body, _) in &own {
            let anonymous = place.server.call(method.clone(), path, &[], body.clone()).await;
            assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            let agent = place.server.agent(&token, method.clone(), path, body.clone()).await;
            assert_eq!(agent.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
        for (method, path, body, _) in operations(foreign_board, foreign_webhook) {
            let answer = place.server.user(method.clone(), &path, body).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
        }
        for (method, path, body, _) in operations(Uuid::from_u128(1), webhook) {
            assert_eq!(place.server.user(method, &path, body).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        // A webhook of another board is none of this one, and malformed ids are told.
        for (method, path, body, _) in operations(place.board, foreign_webhook)
            .into_iter()
            .filter(|(_, path, ..)| path.contains(&foreign_webhook.to_string()))
        {
            assert_eq!(place.server.user(method, &path, body).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for bad in [
            format!("{}/x", place.path()),
            format!("{path}/payloads/x"),
            format!("{}/x/payloads", place.path()),
        ] {
            let answer = place.get(&bad).await;
            assert_eq!(fault(&answer).1, "uuid_parsing", "{bad}");
        }
        place.restrict(true, false).await;
        for (method, path, body, writes) in &own {
            let expected = if *writes { StatusCode::FORBIDDEN } else { StatusCode::OK };
            assert_eq!(
                place.server.user(method.clone(), path, body.clone()).await.status,
                expected,
                "{method} {path}"
            );
        }
        place.restrict(false, false).await;
        for (method, path, body, _) in own {
            let refused = place.server.user(method, &path, body).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        }
    })
    .await;
}
