//! Tags and custom fields on tasks.

use http::Method;
use mc_store::testing::on_both;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{agent, board, create, field, ok, patch, patch_as, read, tag, tasks};
use crate::{
    fixtures::{home, organization},
    testing::TestServer,
};

#[tokio::test]
async fn tags_are_shown_in_the_order_in_which_they_were_given() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, json!({})).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let (red, blue) = (tag(&server, home, "red").await, tag(&server, home, "blue").await);
        let foreign = tag(&server, elsewhere, "foreign").await;
        let task = create(&server, board, json!({"title": "x", "tag_ids": [red, blue, red]})).await;
        assert_eq!(task["tag_ids"], json!([red, blue]));
        assert_eq!(task["tags"][0], json!({"id": red, "name": "red", "slug": "red", "color": "9e9e9e"}));
        let swapped = ok(patch(&server, &task, json!({"tag_ids": [blue]})).await);
        assert_eq!(
            (&swapped["tag_ids"], &read(&server, &task).await["tag_ids"]),
            (&json!([blue]), &json!([blue]))
        );
        let unknown = Uuid::from_u128(7);
        let missing = patch(&server, &task, json!({"tag_ids": [unknown, red, foreign]})).await;
        assert_eq!(missing.status.as_u16(), 404);
        assert_eq!(missing.json["detail"]["missing_tag_ids"], json!([unknown, foreign]));
        let body = json!({"title": "x", "tag_ids": [foreign]});
        let made = server.user(Method::POST, &tasks(board), Some(body)).await;
        assert_eq!(made.json["detail"]["missing_tag_ids"], json!([foreign]));
        assert_eq!(ok(patch(&server, &task, json!({"tag_ids": []})).await)["tags"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn custom_fields_have_values_defaults_and_rules() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        field(&server, board, json!({"key": "cost", "type": "decimal"})).await;
        field(
            &server,
            board,
            json!({"key": "ticket", "type": "text", "required": true, "regex": "[A-Z]+-[0-9]+"}),
        )
        .await;
        field(&server, board, json!({"key": "zone", "type": "text", "default": "eu"})).await;
        let post = |values: Value| {
            let (server, body) = (server.clone(), json!({"title": "x", "custom_field_values": values}));
            async move { server.user(Method::POST, &tasks(board), Some(body)).await }
        };
        for (values, key, expected) in [
            (json!({"b": 1, "a": 2, "ticket": "A-1"}), "unknown_field_keys", json!(["a", "b"])),
            (json!({}), "missing_field_keys", json!(["ticket"])),
            (json!({"ticket": "a-1"}), "reason", json!("does not match validation_regex")),
            (json!({"ticket": "A-1", "cost": "x"}), "field_type", json!("decimal")),
        ] {
            let answer = post(values).await;
            assert_eq!((answer.status.as_u16(), &answer.json["detail"][key]), (422, &expected));
            assert!(answer.json["detail"]["message"].is_string());
        }
        let task = ok(post(json!({"ticket": "A-1", "cost": 1.5})).await);
        let values = json!({"cost": 1.5, "ticket": "A-1", "zone": "eu"});
        assert_eq!((&task["custom_field_values"], &read(&server, &task).await), (&values, &task));

        let update = |values: Value| patch(&server, &task, json!({"custom_field_values": values}));
        let changed = ok(update(json!({"cost": null, "zone": null})).await);
        let values = json!({"cost": null, "ticket": "A-1", "zone": null});
        assert_eq!((&changed["custom_field_values"], &read(&server, &task).await), (&values, &changed));
        assert_eq!(
            update(json!({"ticket": null})).await.json["detail"]["missing_field_keys"],
            json!(["ticket"])
        );
        let again = ok(update(json!({"cost": 2, "zone": "us"})).await);
        assert_eq!(again["custom_field_values"], json!({"cost": 2, "ticket": "A-1", "zone": "us"}));
        let (_, token) = agent(&server, board, "Bob", false).await;
        let by_agent = json!({"custom_field_values": {"cost": 3}});
        assert_eq!(
            ok(patch_as(&server, &token, &task, by_agent).await)["custom_field_values"]["cost"],
            json!(3)
        );

        let list = ok(server.user(Method::GET, &tasks(board), None).await);
        assert_eq!(
            list["items"][0]["custom_field_values"],
            json!({"cost": 3, "ticket": "A-1", "zone": "us"})
        );
    })
    .await;
}
