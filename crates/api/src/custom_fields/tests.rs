//! Tests of the fields themselves; those of what tasks make of them stand in `values`.

mod values;

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{agent, board, home, organization, person},
    testing::{Answer, TestServer},
};

const FIELDS: &str = "/api/v1/organizations/me/custom-fields";

fn path(field: &Value) -> String {
    format!("{FIELDS}/{}", field["id"].as_str().unwrap())
}

fn ok(answer: Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json
}

/// Makes a field on a board; `extra` adds to a key of its own.
async fn make(server: &TestServer, board: Uuid, extra: Value) -> Answer {
    let mut body = json!({"field_key": "cost", "board_ids": [board]});
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    server.user(Method::POST, FIELDS, Some(body)).await
}

async fn patch(server: &TestServer, field: &Value, body: Value) -> Answer {
    server.user(Method::PATCH, &path(field), Some(body)).await
}

async fn list(server: &TestServer) -> Value {
    ok(server.user(Method::GET, FIELDS, None).await)
}

/// A 422 as place and sentence: of the first field at fault, or of the whole.
fn fault(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
    match &answer.json["detail"] {
        Value::Array(all) => {
            let place: Vec<&str> =
                all[0]["loc"].as_array().unwrap().iter().filter_map(Value::as_str).skip(1).collect();
            (place.join("."), all[0]["msg"].as_str().unwrap().to_owned())
        }
        detail => (String::new(), detail.as_str().unwrap_or_default().to_owned()),
    }
}

#[tokio::test]
async fn a_field_has_every_part_of_the_contract() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (first, second) = (board(&server, "First").await, board(&server, "Second").await);
        let body = json!({
            "field_key": " Ticket No ", "field_type": " Text (Long) ", "ui_visibility": "IF SET",
            "validation_regex": " [A-Z]+-[0-9]+ ", "description": "where it comes from", "required": true,
            "default_value": "A-1", "board_ids": [second, first, second],
        });
        let made = ok(server.user(Method::POST, FIELDS, Some(body)).await);
        let mut expected = json!({
            "field_key": "Ticket No", "label": "Ticket No", "field_type": "text_long", "ui_visibility": "if_set",
            "validation_regex": "[A-Z]+-[0-9]+", "description": "where it comes from", "required": true,
            "default_value": "A-1", "board_ids": [second, first], "id": made["id"],
            "organization_id": home(&server).await, "created_at": made["created_at"],
            "updated_at": made["created_at"], "hidden_value_count": null, "unfit_value_count": null,
        });
        assert_eq!(made, expected);
        expected["board_ids"] = json!([first, second]);
        assert_eq!(list(&server).await, json!([expected]), "boards are sorted in the list");

        let plain = ok(make(&server, first, json!({"label": null, "validation_regex": " "})).await);
        for (name, value) in [
            ("label", json!("cost")),
            ("field_type", json!("text")),
            ("ui_visibility", json!("always")),
            ("validation_regex", Value::Null),
            ("description", Value::Null),
            ("required", json!(false)),
            ("default_value", Value::Null),
        ] {
            assert_eq!(plain[name], value, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn types_are_known_by_several_names() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        for (index, (sent, kept)) in [
            ("text", "text"),
            ("long_text", "text_long"),
            ("TEXT_LONG", "text_long"),
            ("integer", "integer"),
            ("Decimal", "decimal"),
            ("true/false", "boolean"),
            ("date", "date"),
            ("Date & Time", "date_time"),
            ("datetime", "date_time"),
            ("url", "url"),
            ("json", "json"),
        ]
        .into_iter()
        .enumerate()
        {
            let made =
                make(&server, board, json!({"field_key": format!("k{index}"), "field_type": sent})).await;
            assert_eq!(ok(made)["field_type"], kept);
        }
    })
    .await;
}

#[tokio::test]
async fn bad_fields_name_what_is_wrong() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        for (extra, place, said) in [
            (json!({"field_key": null}), "field_key", "valid string"),
            (json!({"field_key": " "}), "field_key", "Value error, field_key is required"),
            (json!({"label": " "}), "label", "Value error, label is required"),
            (json!({"field_type": "money"}), "field_type", "Input should be 'text'"),
            (json!({"field_type": 1}), "field_type", "Input should be 'text'"),
            (json!({"ui_visibility": "never"}), "ui_visibility", "Input should be 'always'"),
            (json!({"required": "perhaps"}), "required", "valid boolean"),
            (
                json!({"validation_regex": "("}),
                "validation_regex",
                "Value error, validation_regex is invalid: ",
            ),
            (json!({"validation_regex": "(?=x)x"}), "validation_regex", "look-around"),
            (json!({"validation_regex": r"(x)\1"}), "validation_regex", "backreferences"),
            (json!({"validation_regex": "x".repeat(1_001)}), "validation_regex", "at most 1000 characters"),
            (
                json!({"field_type": "integer", "validation_regex": "[0-9]+"}),
                "",
                "validation_regex is for fields",
            ),
            (json!({"field_type": "integer", "default_value": "3"}), "", "default_value must be an integer"),
            (json!({"validation_regex": "[a-z]+", "default_value": "A"}), "", "default_value does not match"),
            (json!({"default_value": "a\u{0}"}), "default_value", "null characters"),
            (json!({"board_ids": []}), "board_ids", "at least 1 item"),
            (json!({"board_ids": null}), "board_ids", "valid list"),
            (json!({"board_ids": ["x"]}), "board_ids", "valid UUID"),
        ] {
            let answer = make(&server, board, extra.clone()).await;
            let (at, text) = fault(&answer);
            assert_eq!(at, place, "{extra}");
            assert!(text.contains(said), "{extra}: {text}");
        }
        assert_eq!(list(&server).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn boards_have_to_be_of_the_organization() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let ours = board(&server, "Ours").await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let body = json!({"name": "Theirs", "slug": "", "description": "x", "board_type": "general"});
        let theirs =
            ok(stranger.call(&server, Method::POST, "/api/v1/boards", Some(body)).await)["id"].clone();
        let nowhere = json!("ffffffff-0000-4000-8000-000000000000");
        let body = json!({"board_ids": [nowhere, ours, theirs]});
        let refused = make(&server, ours, body.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.json["detail"]["message"].is_string());
        assert_eq!(refused.json["detail"]["invalid_board_ids"], json!([theirs, nowhere]));
        let field = ok(make(&server, ours, json!({})).await);
        let refused = patch(&server, &field, body).await;
        assert_eq!(refused.json["detail"]["invalid_board_ids"], json!([theirs, nowhere]));
        assert_eq!(list(&server).await[0]["board_ids"], json!([ours]), "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn a_key_is_taken_once_in_an_organization() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        let all = (0..5).map(|_| make(&server, board, json!({})));
        let answers = futures_util::future::join_all(all).await;
        let count = |status| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((count(StatusCode::OK), count(StatusCode::CONFLICT)), (1, 4));
        let clash = make(&server, board, json!({"field_key": " cost"})).await;
        assert!(clash.json["detail"].as_str().unwrap().contains("field_key"));
        ok(make(&server, board, json!({"field_key": "Cost"})).await);
    })
    .await;
}

#[tokio::test]
async fn a_change_is_checked_as_a_whole() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (first, second) = (board(&server, "First").await, board(&server, "Second").await);
        let field =
            ok(make(&server, first, json!({"validation_regex": "[a-z]+", "default_value": "ok"})).await);
        for (body, place, said) in [
            (json!({}), "", "Value error, At least one field is required"),
            (json!({"unknown": 1}), "", "Value error, At least one field is required"),
            (
                json!({"field_key": "x", "label": "y"}),
                "field_key",
                "Value error, field_key cannot be changed",
            ),
            (json!({"label": null}), "label", "valid string"),
            (json!({"label": " "}), "label", "Value error, label is required"),
            (json!({"field_type": null}), "field_type", "Input should be 'text'"),
            (json!({"ui_visibility": null}), "ui_visibility", "Input should be 'always'"),
            (json!({"required": null}), "required", "valid boolean"),
            (json!({"board_ids": []}), "board_ids", "at least 1 item"),
            (json!({"field_type": "integer"}), "", "validation_regex is for fields"),
            (
                json!({"field_type": "integer", "validation_regex": null}),
                "",
                "default_value must be an integer",
            ),
            (json!({"default_value": "NO"}), "", "default_value does not match"),
            (json!({"validation_regex": "[0-9]+"}), "", "default_value does not match"),
        ] {
            let (at, text) = fault(&patch(&server, &field, body.clone()).await);
            assert_eq!(at, place, "{body}");
            assert!(text.contains(said), "{body}: {text}");
        }
        assert_eq!(list(&server).await, json!([field]));

        let body =
            json!({"field_type": "integer", "validation_regex": "", "default_value": 3, "label": " Cost "});
        let changed = ok(patch(&server, &field, body).await);
        let parts = |field: &Value| {
            ["label", "field_type", "validation_regex", "default_value"].map(|part| field[part].clone())
        };
        assert_eq!(parts(&changed), [json!("Cost"), json!("integer"), Value::Null, json!(3)]);
        assert_eq!((&changed["field_key"], &changed["unfit_value_count"]), (&json!("cost"), &json!(0)));
        assert_eq!(ok(patch(&server, &field, json!({"board_ids": null})).await)["board_ids"], json!([first]));
        let moved = ok(patch(&server, &field, json!({"board_ids": [second, first, second]})).await);
        assert_eq!((&moved["board_ids"], &moved["hidden_value_count"]), (&json!([second, first]), &json!(0)));
        let emptied = ok(patch(&server, &field, json!({"default_value": null, "description": "x"})).await);
        assert_eq!(
            (&emptied["default_value"], &emptied["description"], &emptied["board_ids"]),
            (&Value::Null, &json!("x"), &json!([first, second]))
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_reaches_fields_of_another_organization() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        let field = ok(make(&server, board, json!({})).await);
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        assert_eq!(ok(stranger.call(&server, Method::GET, FIELDS, None).await), json!([]));
        for (method, path) in [
            (Method::PATCH, path(&field)),
            (Method::DELETE, path(&field)),
            (Method::DELETE, format!("{}?purge=true", path(&field))),
        ] {
            let answer = stranger.call(&server, method, &path, Some(json!({"label": "Mine"}))).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(list(&server).await, json!([field]));
    })
    .await;
}

#[tokio::test]
async fn members_read_administrators_write_and_agents_do_neither() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ops").await;
        let field = ok(make(&server, board, json!({"label": "beta"})).await);
        ok(make(&server, board, json!({"field_key": "other", "label": "Alpha"})).await);
        let member = person(&server, "member", home, Role::Member, (true, true)).await;
        let admin = person(&server, "admin", home, Role::Admin, (false, false)).await;
        let (_, token) = agent(&server, (home, board), "Ada", true, None).await;
        let labels = |list: &Value| list.as_array().unwrap().iter().map(|field| field["label"].clone()).collect::<Vec<_>>();
        let read = ok(member.call(&server, Method::GET, FIELDS, None).await);
        assert_eq!(labels(&read), ["Alpha", "beta"], "by label, in any case");
        for (method, path, body) in [
            (Method::POST, FIELDS.to_owned(), json!({"field_key": "new", "board_ids": [board]})),
            (Method::PATCH, path(&field), json!({"label": "New"})),
            (Method::DELETE, path(&field), json!(null)),
        ] {
            let body = Some(body);
            let by_member = member.call(&server, method.clone(), &path, body.clone()).await;
            assert_eq!(by_member.status, StatusCode::FORBIDDEN, "{method}");
            let by_agent = server.agent(&token, method.clone(), &path, body.clone()).await;
            assert_eq!(by_agent.status, StatusCode::UNAUTHORIZED, "{method}");
            ok(admin.call(&server, method, &path, body).await);
        }
        assert_eq!(server.agent(&token, Method::GET, FIELDS, None).await.status, StatusCode::UNAUTHORIZED);
        let kinds: Vec<(String,)> = store
            .all(
                sql("SELECT kind FROM events WHERE kind LIKE 'custom_field.%' AND user_id = $1 ORDER BY position")
                    .bind(admin.user_id),
            )
            .await
            .unwrap();
        let kinds: Vec<&str> = kinds.iter().map(|(kind,)| kind.as_str()).collect();
        assert_eq!(kinds, ["custom_field.created", "custom_field.updated", "custom_field.deleted"]);
    })
    .await;
}
