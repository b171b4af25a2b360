use mc_domain::{
    gateways::port::{Failure, GatewayError, Hello},
    organizations::Role,
};
use mc_store::{jobs::queue_state, testing::on_both};
use secrecy::ExposeSecret;

use super::*;
use crate::fixtures::{home, organization, person};

fn refused(failure: Failure, message: &str) -> GatewayError {
    GatewayError::new(failure, message)
}

#[tokio::test]
async fn commands_run_on_the_host_of_a_gateway_only_when_somebody_says_so() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let made = place.ask(Method::POST, "", Some(body(&json!({})))).await.json;
        assert_eq!(made["manage_exec_host"], json!(false));
        let patched = |place: &Place| -> Vec<Value> {
            let seen = place.gateway.take_seen();
            let patches = seen.iter().filter(|seen| seen.method == "config.patch");
            patches.map(|seen| serde_json::from_str(seen.params["raw"].as_str().unwrap()).unwrap()).collect()
        };
        assert!(patched(&place).iter().all(|patch| patch.get("tools").is_none()));
        let step = async || {
            let path = format!("/api/v1/agents/{}", made["main_agent_id"].as_str().unwrap());
            let agent = place.server.user(Method::GET, &path, None).await.json;
            let steps = agent["provisioning"]["steps"].as_array().cloned().unwrap_or_default();
            steps.into_iter().find(|step| step["name"] == "exec_host")
        };
        assert_eq!(step().await.expect("it is reported")["state"], "kept");

        let path = format!("/{}", id(&made));
        let answer = place.ask(Method::PATCH, &path, Some(json!({"manage_exec_host": true}))).await;
        assert_eq!((answer.status, &answer.json["manage_exec_host"]), (StatusCode::OK, &json!(true)));
        assert_eq!(patched(&place)[0]["tools"], json!({"exec": {"host": "gateway"}}));
        assert_eq!(step().await.expect("it is reported")["state"], "done");
    })
    .await;
}

#[tokio::test]
async fn a_gateway_is_made_with_its_main_agent_and_keeps_its_secret() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let answer = place.ask(Method::POST, "", Some(body(&json!({})))).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        let made = answer.json;
        let gateway = id(&made);
        for (name, value) in [
            ("name", json!("Home")),
            ("url", json!("wss://gateway.test:18789")),
            ("workspace_root", json!("~/.openclaw")),
            ("allow_insecure_tls", json!(false)),
            ("disable_device_pairing", json!(false)),
            ("token", Value::Null),
            ("has_token", json!(true)),
            ("provision_state", json!("awaiting_checkin")),
            ("runtime_version", json!("2026.9.1")),
            ("last_error", Value::Null),
            ("warnings", json!([])),
        ] {
            assert_eq!(made[name], value, "{name}");
        }
        assert!(made["last_connected_at"].is_string() && answer.headers.contains_key("etag"));

        let seen = place.gateway.take_seen();
        let methods: Vec<&str> = seen.iter().map(|seen| seen.method.as_str()).collect();
        let others: Vec<&str> =
            methods.iter().copied().filter(|method| !method.starts_with("agents.files.")).collect();
        let expected = [
            "hello", "hello", "config.get", "agents.create", "agents.update", "hello", "hello", "config.get",
            "config.patch", "sessions.patch", "chat.send",
        ];
        assert_eq!(others, expected);
        let params = |method: &str| &seen.iter().find(|seen| seen.method == method).unwrap().params;
        let token = seen[0].target.token.as_ref().unwrap();
        assert_eq!(token.expose_secret(), "open sesame", "blanks around it are gone");
        let key = format!("mc-gateway-{gateway}");
        let workspace = format!("~/.openclaw/workspace-gateway-{gateway}");
        assert_eq!(*params("agents.create"), json!({"name": key, "workspace": workspace}));
        assert_eq!(
            *params("agents.update"),
            json!({"agentId": key, "name": "Home Gateway Agent", "workspace": workspace})
        );
        assert_eq!(*params("sessions.patch"), json!({"key": format!("agent:{key}:main"), "label": "Gateway Agent"}));

        let (sealed,): (String,) = store.one(sql("SELECT token_sealed FROM gateways")).await.unwrap();
        assert!(!sealed.contains("sesame"));
        let (name, session, profile): (String, String, Json<Value>) = store
            .one(sql("SELECT name, openclaw_session_id, identity_profile FROM agents WHERE board_id IS NULL"))
            .await
            .unwrap();
        assert_eq!((name.as_str(), session), ("Home Gateway Agent", format!("agent:{key}:main")));
        assert_eq!(profile.0["role"], "Gateway Agent");
        let events = place.events().await;
        assert_eq!(events[0].0, "gateway.created");
        assert_eq!(events[0].1, json!({"gateway_id": gateway, "name": "Home", "changed": []}));
        assert_eq!(events.len(), 1);

        let listed = place.ask(Method::GET, "", None).await.json;
        assert_eq!((&listed["items"][0], &listed["total"]), (&made, &json!(1)));
        let read = place.ask(Method::GET, &format!("/{gateway}"), None).await;
        assert_eq!(read.json, made);
        assert!(!read.json.to_string().contains("sesame"));

        let board = json!({"name": "B", "slug": "b", "description": "d", "board_type": "general", "gateway_id": gateway});
        let board = place.server.user(Method::POST, "/api/v1/boards", Some(board)).await;
        assert_eq!(board.status, StatusCode::OK, "a gateway with a main agent takes boards: {}", board.json);
    })
    .await;
}

#[tokio::test]
async fn lists_have_an_order_and_pages() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        for name in ["First", "Second", "Third"] {
            place.make(json!({"name": name, "url": format!("wss://{name}.test")})).await;
        }
        let page = place.ask(Method::GET, "?limit=2&offset=1", None).await.json;
        let names: Vec<&str> =
            page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Second", "First"]);
        assert_eq!((&page["total"], &page["limit"], &page["offset"]), (&json!(3), &json!(2), &json!(1)));
        assert_eq!(place.ask(Method::GET, "?limit=0", None).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn gateways_are_for_administrators_of_their_tenant() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let gateway = id(&place.make(json!({})).await);
        let other = organization(&place.server, "Other").await;
        let stranger = person(&place.server, "eve", other, Role::Owner, (true, true)).await;
        let home = home(&place.server).await;
        let member = person(&place.server, "bob", home, Role::Member, (true, true)).await;
        let one = format!("/api/v1/gateways/{gateway}");
        let sync = format!("{one}/templates/sync");
        let commands = format!("/api/v1/gateways/commands?gateway_id={gateway}");
        let status = format!("/api/v1/gateways/status?gateway_id={gateway}");
        for (method, path, body) in [
            (Method::GET, &one, None),
            (Method::PATCH, &one, Some(json!({"name": "x"}))),
            (Method::DELETE, &one, None),
            (Method::POST, &sync, None),
            (Method::GET, &commands, None),
            (Method::GET, &status, None),
        ] {
            let answer = stranger.call(&place.server, method.clone(), path, body.clone()).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path} {}", answer.json);
            let answer = member.call(&place.server, method.clone(), path, body.clone()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
            let answer = place.server.call(method.clone(), path, &[], body).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
        let theirs = stranger.call(&place.server, Method::GET, "/api/v1/gateways", None).await.json;
        assert_eq!(theirs["total"], 0);
        assert!(place.gateway.take_seen().is_empty(), "nobody else reaches it");
        let malformed = place.ask(Method::GET, "/nonsense", None).await;
        assert_eq!(malformed.json["detail"][0]["loc"], json!(["path", "gateway_id"]));
    })
    .await;
}

#[tokio::test]
async fn what_no_gateway_can_be_is_refused_field_by_field() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        for (change, field, fragment) in [
            (json!({"name": " "}), "name", "at least 1"),
            (json!({"name": null}), "name", "valid string"),
            (json!({"url": ""}), "url", "at least 1"),
            (json!({"url": "http://gateway.test"}), "url", "ws:// or wss://"),
            (json!({"url": "ws://user:hidden@gateway.test"}), "url", "user name"),
            (json!({"url": "ws://169.254.169.254"}), "url", "no gateway"),
            (json!({"url": "ws://0.0.0.0:1"}), "url", "no gateway"),
            (json!({"workspace_root": ""}), "workspace_root", "at least 1"),
            (json!({"workspace_root": "relative"}), "workspace_root", "absolute path"),
            (json!({"allow_insecure_tls": null}), "allow_insecure_tls", "boolean"),
            (json!({"token": 7}), "token", "valid string"),
        ] {
            let answer = place.ask(Method::POST, "", Some(body(&change))).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{change}");
            let fault = &answer.json["detail"][0];
            assert_eq!(fault["loc"], json!(["body", field]), "{change}");
            assert!(fault["msg"].as_str().unwrap().contains(fragment), "{fault}");
            assert!(!answer.json.to_string().contains("hidden"), "{fault}");
        }
        assert!(place.gateway.take_seen().is_empty());
        let gateway = id(&place.make(json!({})).await);
        for name in ["name", "url", "workspace_root", "allow_insecure_tls", "disable_device_pairing"] {
            let answer = place.ask(Method::PATCH, &format!("/{gateway}"), Some(json!({ name: null }))).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert_eq!(answer.json["detail"][0]["loc"], json!(["body", name]));
        }
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_does_not_answer_or_is_too_old_is_not_kept() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        for (hello, status, fragment, code) in [
            (
                Err(refused(Failure::Unreachable, "connection refused")),
                StatusCode::BAD_GATEWAY,
                "compatibility check failed: connection refused",
                "gateway_unreachable",
            ),
            (
                Err(refused(Failure::Refused, "missing scope: operator.read")),
                StatusCode::BAD_GATEWAY,
                "missing required scope `operator.read`",
                "gateway_refused",
            ),
            (
                Err(refused(Failure::Auth, "unauthorized: token mismatch")),
                StatusCode::BAD_GATEWAY,
                "compatibility check failed: Gateway authentication failed",
                "gateway_auth",
            ),
            (
                Ok(Hello { server_version: Some("2026.1.30".into()), ..Hello::default() }),
                StatusCode::UNPROCESSABLE_ENTITY,
                "not supported",
                "gateway_version",
            ),
            (
                Ok(Hello { server_version: Some("dev".into()), ..Hello::default() }),
                StatusCode::UNPROCESSABLE_ENTITY,
                "unsupported version format",
                "gateway_version",
            ),
            (
                Ok(Hello::default()),
                StatusCode::UNPROCESSABLE_ENTITY,
                "unable to determine gateway version",
                "gateway_version",
            ),
        ] {
            place.gateway.set_hello(hello);
            let answer = place.ask(Method::POST, "", Some(body(&json!({})))).await;
            assert_eq!(answer.status, status, "{}", answer.json);
            assert!(answer.json["detail"].as_str().unwrap().contains(fragment), "{}", answer.json);
            assert_eq!(answer.json["code"], code);
            assert!(!answer.json.to_string().contains("sesame"));
        }
        let (gateways,): (i64,) = store.one(sql("SELECT count(*) FROM gateways")).await.unwrap();
        assert_eq!(gateways, 0);

        // A version that the gateway does not say is read from its configuration.
        place.gateway.set_hello(Ok(Hello::default()));
        let config = json!({"config": {"meta": {"lastTouchedVersion": "2026.4.2"}}});
        place.gateway.answer("config.get", Ok(config));
        assert_eq!(place.make(json!({})).await["runtime_version"], "2026.4.2");

        let without = TestServer::new(&store).await;
        let answer = without.user(Method::POST, "/api/v1/gateways", Some(body(&json!({})))).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
        assert!(answer.json["detail"].as_str().unwrap().contains("compatibility check failed"));
    })
    .await;
}

#[tokio::test]
async fn a_failed_main_agent_is_resumed_and_makes_no_second_gateway() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        place.gateway.answer("agents.create", Err(refused(Failure::Timeout, "too late")));
        let failed = place.ask(Method::POST, "", Some(body(&json!({})))).await;
        assert_eq!(failed.status, StatusCode::BAD_GATEWAY);
        assert_eq!(failed.json["detail"], "Gateway provision failed: too late");
        assert_eq!(failed.json["code"], "gateway_timeout");
        let listed = place.ask(Method::GET, "", None).await.json;
        let kept = &listed["items"][0];
        assert_eq!(
            (&kept["provision_state"], &kept["last_error"]),
            (&json!("requested"), &json!("too late"))
        );
        assert_eq!(queue_state(&store).await.unwrap().queued, 1, "a job looks after it");

        place.gateway.answer("agents.create", Err(refused(Failure::Conflict, "agent already exists")));
        let again = place.ask(Method::POST, "", Some(body(&json!({"name": "Renamed"})))).await;
        assert_eq!(again.status, StatusCode::OK, "{}", again.json);
        assert_eq!((&again.json["id"], &again.json["name"]), (&kept["id"], &json!("Renamed")));
        assert_eq!(again.json["provision_state"], "awaiting_checkin");
        assert_eq!(again.json["last_error"], Value::Null);
        let (agents,): (i64,) =
            store.one(sql("SELECT count(*) FROM agents WHERE board_id IS NULL")).await.unwrap();
        assert_eq!(agents, 1);

        // Its agent was given up meanwhile, because it has never called.
        let txn = place.server.context.store().begin().await.unwrap();
        txn.run_one(sql("UPDATE agents SET lifecycle_state = 'gave_up' WHERE board_id IS NULL"))
            .await
            .unwrap();
        txn.commit().await.unwrap();
        let other = place.ask(Method::POST, "", Some(body(&json!({})))).await;
        assert_ne!(other.json["id"], kept["id"], "one that is set up is not taken over");
        let kinds: Vec<String> = place.events().await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["gateway.created", "gateway.updated", "gateway.created"]);
    })
    .await;
}

#[tokio::test]
async fn only_a_real_change_reaches_the_gateway() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let made = place.make(json!({})).await;
        let path = format!("/{}", id(&made));
        let same = place.ask(Method::PATCH, &path, Some(body(&json!({})))).await;
        assert_eq!((same.status, &same.json), (StatusCode::OK, &made), "nothing is different");
        assert!(place.gateway.take_seen().is_empty());

        let renamed = place.ask(Method::PATCH, &path, Some(json!({"name": "Away"}))).await.json;
        assert_eq!(renamed["name"], "Away");
        assert!(renamed["updated_at"].as_str() >= made["updated_at"].as_str());
        let methods = place.gateway.take_methods();
        assert!(methods.iter().any(|method| method == "agents.update"), "{methods:?}");
        let (agent,): (String,) =
            store.one(sql("SELECT name FROM agents WHERE board_id IS NULL")).await.unwrap();
        assert_eq!(agent, "Away Gateway Agent");

        let moved = json!({"url": "wss://elsewhere.test", "allow_insecure_tls": true});
        place.gateway.set_hello(Err(refused(Failure::Tls, "bad certificate")));
        let failed = place.ask(Method::PATCH, &path, Some(moved.clone())).await;
        assert_eq!(failed.status, StatusCode::BAD_GATEWAY);
        assert_eq!(place.ask(Method::GET, &path, None).await.json["url"], made["url"], "nothing was kept");
        place.gateway.set_hello(Ok(Hello { server_version: Some("2026.9.6".into()), ..Hello::default() }));
        let _ = place.gateway.take_seen();
        place.gateway.answer("agents.update", Err(refused(Failure::Auth, "no")));
        let failed = place.ask(Method::PATCH, &path, Some(moved)).await;
        assert_eq!(failed.json["detail"], "Gateway update failed: no");
        let seen = place.gateway.take_seen();
        assert_eq!(seen[0].target.url, "wss://elsewhere.test");
        assert_eq!(seen[0].target.token.as_ref().unwrap().expose_secret(), "open sesame");
        let kept = place.ask(Method::GET, &path, None).await.json;
        assert_eq!(
            (&kept["url"], &kept["provision_state"]),
            (&json!("wss://elsewhere.test"), &json!("requested"))
        );
        let resumed = place.ask(Method::PATCH, &path, Some(json!({}))).await;
        assert_eq!(
            resumed.json["provision_state"], "awaiting_checkin",
            "an update that waits is taken up again"
        );
        let changed: Vec<Value> = place
            .events()
            .await
            .into_iter()
            .filter(|(kind, _)| kind == "gateway.updated")
            .map(|(_, data)| data["changed"].clone())
            .collect();
        assert_eq!(changed, [json!(["name"]), json!(["url", "allow_insecure_tls"])]);
        assert_eq!(
            place.ask(Method::PATCH, &format!("/{}", Uuid::from_u128(9)), Some(json!({}))).await.status,
            404
        );
    })
    .await;
}

#[tokio::test]
async fn a_token_is_cleared_only_when_that_is_meant() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let made = place.make(json!({})).await;
        let path = format!("/{}", id(&made));
        let has_token = async |change: Value| {
            let answer = place.ask(Method::PATCH, &path, Some(change)).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
            answer.json["has_token"].as_bool().unwrap()
        };
        assert!(has_token(json!({"name": "A"})).await);
        assert!(has_token(json!({"token": null, "url": made["url"]})).await, "the form of an older console");
        assert!(!has_token(json!({"token": " "})).await);
        assert!(has_token(json!({"token": "new"})).await);
        assert!(!has_token(json!({"clear_token": true, "url": made["url"]})).await);
        assert!(has_token(json!({"token": "newest"})).await);
        assert!(!has_token(json!({"token": null})).await);
    })
    .await;
}

#[tokio::test]
async fn a_change_can_name_the_state_that_it_is_for() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let gateway = id(&place.make(json!({})).await);
        let path = format!("/api/v1/gateways/{gateway}");
        let tag = place.server.user(Method::GET, &path, None).await.headers["etag"].clone();
        let txn = store.begin().await.unwrap();
        txn.run(sql("UPDATE gateways SET updated_at = $1").bind(txn.now() + chrono::TimeDelta::seconds(1)))
            .await
            .unwrap();
        txn.commit().await.unwrap();
        let token = format!("Bearer {}", crate::testing::TOKEN);
        let patch = async |tag: &str| {
            let headers = [("authorization", token.as_str()), ("if-match", tag)];
            let body = Some(json!({"name": "Mine"}));
            place.server.call(Method::PATCH, &path, &headers, body).await.status
        };
        assert_eq!(patch(tag.to_str().unwrap()).await, StatusCode::PRECONDITION_FAILED);
        let fresh = place.server.user(Method::GET, &path, None).await.headers["etag"].clone();
        assert_eq!(patch(fresh.to_str().unwrap()).await, StatusCode::OK);
        assert_eq!(patch("*").await, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_is_away_can_be_stored_and_changed() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        place.gateway.set_hello(Err(refused(Failure::Unreachable, "connection refused")));
        let made = place.ask(Method::POST, "?check=false", Some(body(&json!({})))).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.json);
        assert_eq!(
            (&made.json["provision_state"], &made.json["runtime_version"]),
            (&json!("requested"), &Value::Null)
        );
        assert!(place.gateway.take_seen().is_empty(), "nobody asked the gateway");
        let path = format!("/{}", id(&made.json));
        let change = json!({"url": "wss://other.test:18789", "token": "better"});
        let refused = place.ask(Method::PATCH, &path, Some(change.clone())).await;
        assert_eq!(refused.status, StatusCode::BAD_GATEWAY);
        let kept = place.ask(Method::PATCH, &format!("{path}?check=false"), Some(change)).await;
        assert_eq!((kept.status, &kept.json["url"]), (StatusCode::OK, &json!("wss://other.test:18789")));
        let events: Vec<String> = place.events().await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(events, ["gateway.created", "gateway.updated"]);

        let other = organization(&place.server, "Other").await;
        let stranger = person(&place.server, "eve", other, Role::Owner, (true, true)).await;
        let path = format!("/api/v1/gateways{path}?check=false");
        let answer = stranger.call(&place.server, Method::PATCH, &path, Some(json!({"name": "x"}))).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    })
    .await;
}
