use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{AGENTS, create, id, kinds, made, path, run};
use crate::{
    fixtures::{agent, board, gateway, grant, home, organization, person},
    testing::TestServer,
};

#[tokio::test]
async fn an_agent_of_any_runtime_gets_its_token_once_and_is_online_after_its_first_call() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Plain").await;
        let body = json!({
            "name": " Ada ", "board_id": board, "status": "deleting", "unknown": 1,
            "heartbeat_config": {"every": "30m"}, "identity_profile": {"role": " Tester ", "n": 5, "x": null},
            "identity_template": "  ", "soul_template": " {{ agent_name }} "
        });
        let answer = create(&server, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        let made = &answer.json;
        for (field, expected) in [
            ("name", json!("Ada")),
            ("status", json!("provisioning")),
            ("presence", json!("never")),
            ("lifecycle_state", json!("awaiting_checkin")),
            ("gateway_id", Value::Null),
            ("openclaw_session_id", Value::Null),
            ("identity_profile", json!({"role": "Tester", "n": "5"})),
            ("identity_template", Value::Null),
            ("soul_template", json!("{{ agent_name }}")),
            ("is_board_lead", json!(false)),
            ("is_gateway_main", json!(false)),
            ("heartbeat_config", json!({"every": "30m"})),
        ] {
            assert_eq!(made[field], expected, "{field}");
        }
        let token = made["token"].as_str().unwrap();
        assert!(mc_base::AgentToken::looks_valid(token));

        let health = server.agent(token, Method::GET, "/api/v1/agent/healthz", None).await;
        assert_eq!((health.status, &health.json["status"]), (StatusCode::OK, &json!("online")));
        let shown = server.user(Method::GET, &path(id(made)), None).await.json;
        assert_eq!((&shown["status"], &shown["presence"]), (&json!("online"), &json!("online")));
        assert_eq!((&shown["lifecycle_state"], &shown["token"]), (&json!("ready"), &Value::Null));
        assert_eq!(shown["updated_at"], made["updated_at"], "a sign of life is no change");
        for _ in 0..3 {
            server.agent(token, Method::POST, "/api/v1/agent/heartbeat", None).await;
        }
        assert_eq!(kinds(&store).await, [("agent.created".into(), true), ("agent.checked_in".into(), true)]);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_an_agent_is_named() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Plain").await;
        for (body, place) in [
            (json!({"board_id": board}), json!(["body", "name"])),
            (json!({"board_id": board, "name": " "}), json!(["body", "name"])),
            (json!({"board_id": "x", "name": "A"}), json!(["body", "board_id"])),
            (
                json!({"board_id": board, "name": "A", "heartbeat_config": []}),
                json!(["body", "heartbeat_config"]),
            ),
            (
                json!({"board_id": board, "name": "A", "heartbeat_config": {"every": "5s"}}),
                json!(["body", "heartbeat_config", "every"]),
            ),
            (
                json!({"board_id": board, "name": "A", "heartbeat_config": {"exec": "rm"}}),
                json!(["body", "heartbeat_config", "exec"]),
            ),
            (
                json!({"board_id": board, "name": "A", "soul_template": "x".repeat(100_001)}),
                json!(["body", "soul_template"]),
            ),
            (
                json!({"board_id": board, "name": "A", "identity_profile": {"a": "x".repeat(10_001)}}),
                json!(["body", "identity_profile"]),
            ),
        ] {
            let answer = create(&server, body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.json);
            assert_eq!(answer.json["detail"][0]["loc"], place, "{}", answer.json);
        }
        let none = create(&server, json!({"name": "A"})).await;
        assert_eq!(
            (none.status, &none.json["detail"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("board_id is required"))
        );
        let unknown = create(&server, json!({"name": "A", "board_id": Uuid::nil()})).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        let list = server.user(Method::GET, AGENTS, None).await.json;
        assert_eq!(list["total"], 0, "nothing of it was kept");
        // What is no object is no profile.
        let odd = create(&server, json!({"name": "A", "board_id": board, "identity_profile": "x"})).await;
        assert_eq!((odd.status, &odd.json["identity_profile"]), (StatusCode::OK, &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn only_administrators_of_the_boards_organization_make_agents() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ours = board(&server, "Ours").await;
        let other = organization(&server, "Other").await;
        // An administrator elsewhere who may only write here.
        let writer = person(&server, "writer", home, Role::Member, (true, true)).await;
        run(
            &store,
            sql("INSERT INTO organization_members (id, organization_id, user_id, role, created_at, updated_at)
                 VALUES ($1, $2, $3, 'owner', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')")
            .bind(Uuid::from_u128(77))
            .bind(other)
            .bind(writer.user_id),
        )
        .await;
        run(
            &store,
            sql("UPDATE users SET active_organization_id = $2 WHERE id = $1")
                .bind(writer.user_id)
                .bind(other),
        )
        .await;
        let stranger = person(&server, "stranger", other, Role::Owner, (true, true)).await;
        let blind = person(&server, "blind", home, Role::Admin, (false, false)).await;
        let reader = person(&server, "reader", home, Role::Admin, (true, false)).await;
        let body = json!({"name": "Ada", "board_id": ours});
        for who in [&writer, &stranger, &blind, &reader] {
            let answer = who.call(&server, Method::POST, AGENTS, Some(body.clone())).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.json);
        }
        let nobody = server.call(Method::POST, AGENTS, &[], Some(body.clone())).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
        let admin = person(&server, "admin", home, Role::Admin, (false, false)).await;
        grant(&server, &admin, ours, true, true).await;
        assert_eq!(admin.call(&server, Method::POST, AGENTS, Some(body)).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn names_are_unique_in_any_case_and_literal() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let (bob, _) = made(&server, ours, "Böb").await;
        let taken = create(&server, json!({"name": "BÖB", "board_id": ours})).await;
        assert_eq!((taken.status, &taken.json["code"]), (StatusCode::CONFLICT, &json!("agent_name_taken")));
        made(&server, ours, "B_b").await;
        let (percent, _) = made(&server, ours, "B%").await;
        made(&server, other, "Böb").await;
        let rename = server.user(Method::PATCH, &path(percent), Some(json!({"name": "böb"}))).await;
        assert_eq!(rename.status, StatusCode::CONFLICT);
        let own = server.user(Method::PATCH, &path(bob), Some(json!({"name": "BÖB"}))).await;
        assert_eq!((own.status, &own.json["name"]), (StatusCode::OK, &json!("BÖB")));
    })
    .await;
}

#[tokio::test]
async fn of_two_creations_at_once_one_wins() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ours").await;
        let body = json!({"name": "Twin", "board_id": board});
        let (one, two) = tokio::join!(create(&server, body.clone()), create(&server, body));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [StatusCode::OK, StatusCode::CONFLICT]);
    })
    .await;
}

#[tokio::test]
async fn a_board_has_one_lead() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ours").await;
        let lead = create(&server, json!({"name": "Ada", "board_id": board, "is_board_lead": true})).await;
        assert_eq!((lead.status, &lead.json["is_board_lead"]), (StatusCode::OK, &json!(true)));
        let second = create(&server, json!({"name": "Eve", "board_id": board, "is_board_lead": true})).await;
        assert_eq!((second.status, &second.json["code"]), (StatusCode::CONFLICT, &json!("board_has_lead")));
        let (bob, _) = made(&server, board, "Bob").await;
        let promote = |lead: bool| Some(json!({ "is_board_lead": lead }));
        assert_eq!(server.user(Method::PATCH, &path(bob), promote(true)).await.status, StatusCode::CONFLICT);
        let step_down = server.user(Method::PATCH, &path(id(&lead.json)), promote(false)).await;
        assert_eq!((step_down.status, &step_down.json["is_board_lead"]), (StatusCode::OK, &json!(false)));
        assert_eq!(server.user(Method::PATCH, &path(bob), promote(true)).await.json["is_board_lead"], true);
    })
    .await;
}

#[tokio::test]
async fn a_list_has_readable_boards_and_main_agents_of_one_tenant() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, hidden) = (board(&server, "Ours").await, board(&server, "Hidden").await);
        let (gate, _) = gateway(&server, home).await;
        run(&store, sql("UPDATE boards SET gateway_id = $2 WHERE id = $1").bind(ours).bind(gate)).await;
        agent(&server, (home, ours), "Ada", false, None).await;
        agent(&server, (home, hidden), "Eve", false, None).await;
        let other = organization(&server, "Other").await;
        let (foreign, _) = gateway(&server, other).await;

        let names = |answer: &crate::testing::Answer| {
            let items = answer.json["items"].as_array().unwrap();
            items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let all = server.user(Method::GET, AGENTS, None).await;
        assert_eq!(
            (names(&all), &all.json["total"]),
            (vec!["Eve".into(), "Ada".into(), "Main".into()], &json!(3))
        );
        let admin = person(&server, "admin", home, Role::Admin, (false, false)).await;
        grant(&server, &admin, ours, true, false).await;
        let some = admin.call(&server, Method::GET, AGENTS, None).await;
        assert_eq!(names(&some), ["Ada", "Main"]);
        let of_gateway = admin.call(&server, Method::GET, &format!("{AGENTS}?gateway_id={gate}"), None).await;
        assert_eq!(names(&of_gateway), ["Ada", "Main"]);
        let of_board = admin.call(&server, Method::GET, &format!("{AGENTS}?board_id={ours}"), None).await;
        assert_eq!(names(&of_board), ["Ada"]);
        let page = server.user(Method::GET, &format!("{AGENTS}?limit=1&offset=1"), None).await;
        assert_eq!((names(&page), &page.json["total"]), (vec!["Ada".into()], &json!(3)));
        for (query, status) in [
            (format!("board_id={hidden}"), StatusCode::FORBIDDEN),
            (format!("gateway_id={foreign}"), StatusCode::NOT_FOUND),
            ("gateway_id=x".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        ] {
            let answer = admin.call(&server, Method::GET, &format!("{AGENTS}?{query}"), None).await;
            assert_eq!(answer.status, status, "{query}");
        }
        let member = person(&server, "member", home, Role::Member, (true, true)).await;
        assert_eq!(member.call(&server, Method::GET, AGENTS, None).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn an_agent_shows_what_it_works_on() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        let (ada, token) = made(&server, board, "Ada").await;
        let (bob, _) = made(&server, board, "Bob").await;
        let tasks = format!("/api/v1/boards/{board}/tasks");
        let mut last = Value::Null;
        for title in ["First", "Second"] {
            let body = json!({"title": title, "assigned_agent_id": ada});
            last = server.user(Method::POST, &tasks, Some(body)).await.json;
            let path = format!("/api/v1/agent/boards/{board}/tasks/{}", last["id"].as_str().unwrap());
            let begun =
                server.agent(&token, Method::PATCH, &path, Some(json!({"status": "in_progress"}))).await;
            assert_eq!(begun.status, StatusCode::OK, "{}", begun.json);
        }
        let one = |id: Uuid| format!("{AGENTS}/{id}");
        let shown = server.user(Method::GET, &one(ada), None).await.json;
        let task = &shown["current_task"];
        assert_eq!(
            (&task["id"], &task["title"], &task["board_id"]),
            (&last["id"], &json!("Second"), &json!(board))
        );
        assert!(task["in_progress_at"].is_string());
        let listed = server.user(Method::GET, AGENTS, None).await.json;
        assert_eq!(
            (&listed["items"][0]["id"], &listed["items"][0]["current_task"]),
            (&json!(bob), &Value::Null)
        );
        assert_eq!(&listed["items"][1]["current_task"], task);
    })
    .await;
}

#[tokio::test]
async fn one_agent_is_read_and_changed_within_its_tenant_only() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ours").await;
        let (ada, _) = made(&server, board, "Ada").await;
        let other = organization(&server, "Other").await;
        let stranger = person(&server, "stranger", other, Role::Owner, (true, true)).await;
        let reader = person(&server, "reader", home, Role::Admin, (true, false)).await;
        let blind = person(&server, "blind", home, Role::Admin, (false, false)).await;
        let rename = || Some(json!({"name": "Eve"}));
        for (who, read, write) in [
            (&stranger, StatusCode::NOT_FOUND, StatusCode::NOT_FOUND),
            (&reader, StatusCode::OK, StatusCode::FORBIDDEN),
            (&blind, StatusCode::FORBIDDEN, StatusCode::FORBIDDEN),
        ] {
            assert_eq!(who.call(&server, Method::GET, &path(ada), None).await.status, read);
            assert_eq!(who.call(&server, Method::PATCH, &path(ada), rename()).await.status, write);
            assert_eq!(
                who.call(&server, Method::POST, &format!("{}/token", path(ada)), None).await.status,
                write
            );
            assert_eq!(who.call(&server, Method::DELETE, &path(ada), None).await.status, write);
        }
        assert_eq!(server.user(Method::GET, &path(Uuid::nil()), None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            server.user(Method::GET, &format!("{AGENTS}/x"), None).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(server.user(Method::DELETE, &path(Uuid::nil()), None).await.json, json!({"ok": true}));
    })
    .await;
}

#[tokio::test]
async fn a_change_touches_what_it_names() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ours").await;
        let (ada, _) = made(&server, board, "Ada").await;
        let change = |body: Value| server_patch(&server, ada, body);
        let body = json!({
            "name": "Ada L.", "heartbeat_config": null, "identity_profile": {"role": "Lead"}, "soul_template": "Be kind."
        });
        let changed = change(body).await.json;
        assert_eq!((&changed["name"], &changed["soul_template"]), (&json!("Ada L."), &json!("Be kind.")));
        assert_eq!(changed["heartbeat_config"], json!({"every": "10m", "target": "last", "includeReasoning": false}));
        let same = change(json!({"name": "Ada L."})).await.json;
        assert_eq!(same["updated_at"], changed["updated_at"], "nothing to do");
        let forced = server.user(Method::PATCH, &format!("{}?force=true", path(ada)), Some(json!({}))).await;
        assert_eq!(forced.status, StatusCode::OK, "there is no gateway to bring it to");
        for (body, status) in [
            (json!({"status": "online"}), StatusCode::FORBIDDEN),
            (json!({"status": null}), StatusCode::FORBIDDEN),
            (json!({"name": null}), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({"board_id": null}), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({"board_id": Uuid::nil()}), StatusCode::NOT_FOUND),
            (json!({"is_gateway_main": true}), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({"heartbeat_config": {"every": "2d"}}), StatusCode::UNPROCESSABLE_ENTITY),
        ] {
            assert_eq!(change(body.clone()).await.status, status, "{body}");
        }
        let souls: Vec<(String,)> = store.all(sql("SELECT content FROM agent_soul_versions")).await.unwrap();
        assert_eq!(souls, [("Be kind.".to_owned(),)]);
    })
    .await;
}

async fn server_patch(server: &TestServer, id: Uuid, body: Value) -> crate::testing::Answer {
    server.user(Method::PATCH, &path(id), Some(body)).await
}

#[tokio::test]
async fn an_agent_that_moves_leaves_its_tasks_and_webhooks_behind() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (from, to) = (board(&server, "From").await, board(&server, "To").await);
        let (ada, token) = made(&server, from, "Ada").await;
        made(&server, to, "Bob").await;
        let task = server
            .user(
                Method::POST,
                &format!("/api/v1/boards/{from}/tasks"),
                Some(json!({"title": "T", "assigned_agent_id": ada})),
            )
            .await;
        assert_eq!(task.status, StatusCode::OK);
        let webhooks = format!("/api/v1/boards/{from}/webhooks");
        let webhook = Some(json!({"description": "W", "agent_id": ada}));
        assert_eq!(server.user(Method::POST, &webhooks, webhook).await.status, StatusCode::OK);
        let moved = server_patch(&server, ada, json!({"board_id": to})).await;
        assert_eq!((moved.status, &moved.json["board_id"]), (StatusCode::OK, &json!(to)));
        let webhooks = server.user(Method::GET, &webhooks, None).await.json;
        assert_eq!(webhooks["items"][0]["agent_id"], Value::Null, "what it receives is for the lead now");
        let tasks = server.user(Method::GET, &format!("/api/v1/boards/{from}/tasks"), None).await.json;
        assert_eq!(tasks["items"][0]["assigned_agent_id"], Value::Null);
        let board = |id: Uuid| format!("/api/v1/boards/{id}/tasks");
        assert_eq!(server.agent(&token, Method::GET, &board(from), None).await.status, StatusCode::FORBIDDEN);
        assert_eq!(server.agent(&token, Method::GET, &board(to), None).await.status, StatusCode::OK);
        let taken = server_patch(&server, ada, json!({"name": "bob"})).await;
        assert_eq!(taken.status, StatusCode::CONFLICT);
    })
    .await;
}

#[tokio::test]
async fn a_new_token_stands_beside_the_old_one_until_it_is_used() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ours").await;
        let (ada, first) = made(&server, board, "Ada").await;
        let renew = async |query: &str| {
            let answer = server.user(Method::POST, &format!("{}/token{query}", path(ada)), None).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
            answer.json["token"].as_str().unwrap().to_owned()
        };
        let status =
            async |token: &str| server.agent(token, Method::GET, "/api/v1/agent/healthz", None).await.status;
        let second = renew("").await;
        assert_eq!(status(&first).await, StatusCode::OK, "the agent has not got the new one yet");
        assert_eq!(status(&second).await, StatusCode::OK);
        assert_eq!(status(&first).await, StatusCode::UNAUTHORIZED);
        assert_eq!(status(&second).await, StatusCode::OK);
        let third = renew("?revoke=true").await;
        assert_eq!((status(&second).await, status(&third).await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
        let log: Vec<(Option<String>,)> = store.all(sql("SELECT message FROM events")).await.unwrap();
        assert!(log.iter().flat_map(|(text,)| text).all(|text| !text.contains("mca_")));
    })
    .await;
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ours").await;
        let body = json!({"name": "Ada", "board_id": board, "token_expires_at": "2099-01-01T00:00:00"});
        let ada = create(&server, body).await.json;
        let token = ada["token"].as_str().unwrap();
        let status = async || server.agent(token, Method::GET, "/api/v1/agent/healthz", None).await.status;
        assert_eq!(
            (&ada["token_expires_at"], status().await),
            (&json!("2099-01-01T00:00:00"), StatusCode::OK)
        );
        let end = |time: Value| server_patch(&server, id(&ada), json!({ "token_expires_at": time }));
        assert_eq!(end(json!("2020-01-01")).await.status, StatusCode::OK);
        assert_eq!(status().await, StatusCode::UNAUTHORIZED);
        let renewed = server.user(Method::POST, &format!("{}/token", path(id(&ada))), None).await;
        assert_eq!(renewed.status, StatusCode::CONFLICT);
        end(Value::Null).await;
        assert_eq!(status().await, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn deleting_an_agent_frees_its_tasks_with_an_event_each() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ours").await;
        let (ada, token) = made(&server, board, "Ada").await;
        let tasks = format!("/api/v1/boards/{board}/tasks");
        for title in ["working", "waiting"] {
            let body = json!({"title": title, "assigned_agent_id": ada});
            server.user(Method::POST, &tasks, Some(body)).await;
        }
        let list = server.user(Method::GET, &tasks, None).await.json;
        let working =
            list["items"].as_array().unwrap().iter().find(|task| task["title"] == "working").unwrap();
        let start = server
            .agent(
                &token,
                Method::PATCH,
                &format!("{tasks}/{}", id(working)),
                Some(json!({"status": "in_progress"})),
            )
            .await;
        assert_eq!(start.status, StatusCode::OK, "{}", start.json);

        assert_eq!(server.user(Method::DELETE, &path(ada), None).await.json, json!({"ok": true}));
        let list = server.user(Method::GET, &tasks, None).await.json;
        for task in list["items"].as_array().unwrap() {
            assert_eq!(
                (&task["status"], &task["assigned_agent_id"], &task["in_progress_at"]),
                (&json!("inbox"), &Value::Null, &Value::Null)
            );
        }
        assert_eq!(server.user(Method::GET, &path(ada), None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(server.agent(&token, Method::GET, &tasks, None).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(server.user(Method::DELETE, &path(ada), None).await.json, json!({"ok": true}));
        let events: Vec<(String,)> = store
            .all(sql("SELECT kind FROM events WHERE data LIKE '%released_agent_id%' ORDER BY kind"))
            .await
            .unwrap();
        assert_eq!(events, [("task.status_changed".to_owned(),), ("task.updated".to_owned(),)]);
        let gone: (Option<Uuid>, Option<Uuid>) = store
            .one(sql("SELECT agent_id, board_id FROM events WHERE kind = 'agent.delete.direct'"))
            .await
            .unwrap();
        assert_eq!(gone, (None, Some(board)));
    })
    .await;
}
