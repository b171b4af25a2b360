use mc_domain::{
    gateways::port::{Failure, GatewayError, Hello},
    organizations::Role,
};
use mc_store::testing::on_both;
use secrecy::ExposeSecret;

use super::*;
use crate::fixtures::{agent, board, home, organization, person};

/// A board on a gateway with an agent, and what the gateway lists.
async fn inhabited(place: &Place) -> (Uuid, Uuid) {
    let gateway = id(&place.make(json!({})).await);
    let board = board(&place.server, "Ops").await;
    let home = home(&place.server).await;
    let txn = place.server.context.store().begin().await.unwrap();
    txn.run_one(sql("UPDATE boards SET gateway_id = $2 WHERE id = $1").bind(board).bind(gateway))
        .await
        .unwrap();
    txn.commit().await.unwrap();
    agent(&place.server, (home, board), "Ada", true, Some("agent:lead-1:main")).await;
    (gateway, board)
}

fn sessions(gateway: Uuid) -> Value {
    json!({"sessions": [
        {"key": "agent:lead-1:main", "label": "Ada"},
        {"key": "agent:lead-2:main", "label": "somebody else's"},
        {"key": format!("agent:mc-gateway-{gateway}:main"), "label": "Gateway Agent"},
    ]})
}

#[tokio::test]
async fn the_state_of_a_gateway_is_told_and_changes_nothing() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (gateway, board) = inhabited(&place).await;
        place.gateway.answer("sessions.list", Ok(sessions(gateway)));
        let status = place.ask(Method::GET, &format!("/status?board_id={board}"), None).await;
        assert_eq!(status.status, StatusCode::OK, "{}", status.json);
        let json = &status.json;
        assert_eq!((&json["connected"], &json["error"]), (&json!(true), &Value::Null));
        assert_eq!(json["gateway_url"], "wss://gateway.test:18789");
        assert_eq!(json["sessions_count"], 2, "sessions of other boards are not shown");
        assert_eq!(json["main_session"]["label"], "Gateway Agent");
        assert_eq!((&json["runtime_version"], &json["protocol_version"]), (&json!("2026.9.1"), &json!(4)));
        assert_eq!(place.gateway.take_methods(), ["hello", "sessions.list"]);

        place.gateway.answer("sessions.list", Ok(sessions(gateway)));
        let status = place.ask(Method::GET, &format!("/status?gateway_id={gateway}"), None).await.json;
        assert_eq!(
            (&status["sessions_count"], &status["main_session"]["label"]),
            (&json!(3), &json!("Gateway Agent"))
        );
        place.gateway.answer("sessions.list", Ok(json!([])));
        let status = place.ask(Method::GET, &format!("/status?gateway_id={gateway}"), None).await.json;
        assert!(status["connected"] == true && status["main_session"].is_null());
        assert!(status["main_session_error"].as_str().unwrap().contains("no session"));
        place.gateway.answer("sessions.list", Err(GatewayError::new(Failure::Busy, "starting")));
        let status = place.ask(Method::GET, &format!("/status?gateway_id={gateway}"), None).await.json;
        assert_eq!((&status["connected"], &status["error"]), (&json!(false), &json!("starting")));

        place.gateway.set_hello(Err(GatewayError::new(Failure::Auth, "unauthorized")));
        let status = place.ask(Method::GET, &format!("/status?gateway_id={gateway}"), None).await.json;
        assert_eq!((&status["connected"], &status["error_code"]), (&json!(false), &json!("gateway_auth")));
        assert!(status["error"].as_str().unwrap().contains("authentication failed"));
        assert_eq!(
            place.ask(Method::GET, &format!("/{gateway}"), None).await.json["last_error"],
            "unauthorized"
        );
        place.gateway.set_hello(Ok(Hello { server_version: Some("2025.1.1".into()), ..Hello::default() }));
        let status = place.ask(Method::GET, &format!("/status?gateway_id={gateway}"), None).await.json;
        assert!(status["error"].as_str().unwrap().contains("not supported"), "{status}");
        assert_eq!(status["sessions"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn an_address_takes_what_is_stored_for_it() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        place.make(json!({"allow_insecure_tls": true})).await;
        let token = |place: &Place| {
            let seen = place.gateway.take_seen().remove(0);
            let token = seen.target.token.map(|token| token.expose_secret().to_owned());
            (token, seen.target.allow_insecure_tls, seen.target.gateway_id)
        };
        let stored = "/status?gateway_url=%20wss://gateway.test:18789%20";
        assert_eq!(place.ask(Method::GET, stored, None).await.status, StatusCode::OK);
        assert_eq!(token(&place), (Some("open sesame".into()), true, None));
        let other = format!("{stored}&gateway_token=other&gateway_allow_insecure_tls=false");
        place.ask(Method::GET, &other, None).await;
        assert_eq!(token(&place), (Some("other".into()), false, None));
        place.ask(Method::GET, "/status?gateway_url=wss://gateway.test:1", None).await;
        assert_eq!(token(&place), (None, false, None), "the token goes to no other address");
        let probe = json!({"url": "wss://gateway.test:18789"});
        let answer = place.ask(Method::POST, "/probe", Some(probe)).await;
        assert_eq!(answer.json["connected"], true, "{}", answer.json);
        assert_eq!(token(&place), (Some("open sesame".into()), true, None));

        let tenant = organization(&place.server, "Other").await;
        let stranger = person(&place.server, "eve", tenant, Role::Owner, (true, true)).await;
        let path = format!("/api/v1/gateways{stored}");
        assert_eq!(stranger.call(&place.server, Method::GET, &path, None).await.status, StatusCode::OK);
        assert_eq!(token(&place), (None, false, None), "nor to another tenant");

        for query in [
            "",
            "?gateway_url=",
            "?gateway_url=%20",
            "?gateway_url=http://x",
            "?gateway_url=ws://169.254.169.254",
            "?board_id=x",
        ] {
            let answer = place.ask(Method::GET, &format!("/status{query}"), None).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }
        let answer = place.ask(Method::POST, "/probe", Some(json!({"token": "x"}))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(place.gateway.take_seen().is_empty());
    })
    .await;
}

#[tokio::test]
async fn sessions_are_those_of_the_board() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (gateway, board) = inhabited(&place).await;
        let ask = async |path: &str| place.ask(Method::GET, &format!("/sessions{path}"), None).await;
        place.gateway.answer("sessions.list", Ok(sessions(gateway)));
        let listed = ask(&format!("?board_id={board}")).await.json;
        let keys: Vec<&str> = listed["sessions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|session| session["key"].as_str().unwrap())
            .collect();
        let main = format!("agent:mc-gateway-{gateway}:main");
        assert_eq!(keys, ["agent:lead-1:main", main.as_str()]);
        assert_eq!(listed["main_session"]["key"], main);

        place.gateway.answer("sessions.list", Ok(sessions(gateway)));
        let one = ask(&format!("/agent%3Alead-1%3Amain?board_id={board}")).await;
        assert_eq!(one.json, json!({"session": {"key": "agent:lead-1:main", "label": "Ada"}}));
        place
            .gateway
            .answer("chat.history", Ok(json!({"messages": [{"role": "user"}, {"role": "assistant"}]})));
        let history = ask(&format!("/agent:lead-1:main/history?board_id={board}&limit=5")).await;
        assert_eq!(history.json, json!({"history": [{"role": "user"}, {"role": "assistant"}]}));
        assert_eq!(
            place.gateway.take_seen().pop().unwrap().params,
            json!({"sessionKey": "agent:lead-1:main", "limit": 5})
        );
        place.gateway.answer("chat.history", Ok(Value::Null));
        let history = ask(&format!("/{main}/history?board_id={board}")).await;
        assert_eq!(history.json, json!({"history": []}));
        assert_eq!(place.gateway.take_seen().pop().unwrap().params["limit"], 200);

        for path in ["agent:lead-2:main", "agent:lead-2:main/history", "nonsense"] {
            let answer = ask(&format!("/{path}?board_id={board}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        let message = format!("/sessions/agent:lead-2:main/message?board_id={board}");
        let answer = place.ask(Method::POST, &message, Some(json!({"content": "x"}))).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(place.gateway.take_seen().is_empty(), "what is not theirs is not asked for");
        let unlisted = ask(&format!("/agent:lead-1:main?board_id={board}")).await;
        assert_eq!(unlisted.status, StatusCode::NOT_FOUND);

        for (path, status) in [
            ("?board_id=x".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
            (String::new(), StatusCode::UNPROCESSABLE_ENTITY),
            (format!("?board_id={}", Uuid::from_u128(5)), StatusCode::NOT_FOUND),
            (
                format!("/agent:lead-1:main/history?board_id={board}&limit=0"),
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            (
                format!("/agent:lead-1:main/history?board_id={board}&limit=1001"),
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
        ] {
            assert_eq!(ask(&path).await.status, status, "{path}");
        }
        place
            .gateway
            .answer("sessions.list", Err(GatewayError::new(Failure::Unreachable, "connection refused")));
        let failed = ask(&format!("?board_id={board}")).await;
        assert_eq!(
            (failed.status, &failed.json["detail"]),
            (StatusCode::BAD_GATEWAY, &json!("connection refused"))
        );
        assert_eq!(failed.json["code"], "gateway_unreachable");
    })
    .await;
}

#[tokio::test]
async fn messages_go_into_sessions_of_the_board() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (gateway, board) = inhabited(&place).await;
        let say = async |session: &str, content: &str| {
            let path = format!("/sessions/{session}/message?board_id={board}");
            place.ask(Method::POST, &path, Some(json!({"content": content}))).await
        };
        let answer = say("agent:lead-1:main", " hello ").await;
        assert_eq!((answer.status, answer.json), (StatusCode::OK, json!({"ok": true})));
        let seen = place.gateway.take_seen();
        assert_eq!((seen.len(), seen[0].method.as_str()), (1, "chat.send"));
        assert_eq!(
            (&seen[0].params["message"], &seen[0].params["deliver"]),
            (&json!("hello"), &json!(false))
        );
        assert_eq!(say(&format!("agent:mc-gateway-{gateway}:main"), "hello").await.status, StatusCode::OK);
        assert_eq!(place.gateway.take_methods(), ["sessions.patch", "chat.send"]);
        assert_eq!(say("agent:lead-1:main", "  ").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        place.gateway.answer("chat.send", Err(GatewayError::new(Failure::Refused, "empty message")));
        assert_eq!(say("agent:lead-1:main", "x").await.status, StatusCode::BAD_GATEWAY);
    })
    .await;
}

#[tokio::test]
async fn boards_without_a_usable_gateway_are_told_so_and_rights_count() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let plain = board(&place.server, "Plain").await;
        let answer = place.ask(Method::GET, &format!("/sessions?board_id={plain}"), None).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.json["detail"].as_str().unwrap().contains("gateway_id is required"));

        let (_, board) = inhabited(&place).await;
        let path = format!("/api/v1/gateways/sessions?board_id={board}");
        let home = home(&place.server).await;
        let member = person(&place.server, "bob", home, Role::Member, (true, true)).await;
        assert_eq!(member.call(&place.server, Method::GET, &path, None).await.status, StatusCode::FORBIDDEN);
        let tenant = organization(&place.server, "Other").await;
        let stranger = person(&place.server, "eve", tenant, Role::Owner, (true, true)).await;
        assert_eq!(
            stranger.call(&place.server, Method::GET, &path, None).await.status,
            StatusCode::FORBIDDEN
        );
        let reader = person(&place.server, "ann", home, Role::Admin, (true, false)).await;
        let message = format!("/api/v1/gateways/sessions/agent:lead-1:main/message?board_id={board}");
        let answer = reader.call(&place.server, Method::POST, &message, Some(json!({"content": "x"}))).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "saying something takes the right to write");

        // A gateway of another tenant, as an import might leave it.
        let txn = store.begin().await.unwrap();
        txn.run(sql("UPDATE gateways SET organization_id = $1").bind(tenant)).await.unwrap();
        txn.commit().await.unwrap();
        let answer = place.ask(Method::GET, &format!("/sessions?board_id={board}"), None).await;
        assert!(answer.json["detail"].as_str().unwrap().contains("gateway_id is invalid"), "{}", answer.json);
        let _ = place.gateway.take_seen();
    })
    .await;
}

#[tokio::test]
async fn commands_are_the_usual_ones_and_those_of_a_gateway() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let usual = place.ask(Method::GET, "/commands", None).await.json;
        assert_eq!(usual["protocol_version"], 3);
        assert_eq!(usual["methods"].as_array().unwrap().len(), 86);
        assert_eq!(
            (&usual["methods"][0], &usual["events"][0]),
            (&json!("health"), &json!("connect.challenge"))
        );
        assert_eq!(usual["events"].as_array().unwrap().len(), 18);
        let gateway = id(&place.make(json!({})).await);
        place.gateway.set_hello(Ok(Hello {
            protocol: 4,
            methods: ["health".to_owned(), "tasks.list".into()].into(),
            events: ["task".to_owned()].into(),
            ..Hello::default()
        }));
        let path = format!("/commands?gateway_id={gateway}");
        let own = place.ask(Method::GET, &path, None).await.json;
        assert_eq!((&own["protocol_version"], &own["methods"][86]), (&json!(4), &json!("tasks.list")));
        assert_eq!((own["methods"].as_array().unwrap().len(), &own["events"][18]), (87, &json!("task")));
        place.gateway.set_hello(Err(GatewayError::new(Failure::Timeout, "too late")));
        assert_eq!(place.ask(Method::GET, &path, None).await.status, StatusCode::BAD_GATEWAY);
    })
    .await;
}

#[tokio::test]
async fn long_lists_of_sessions_are_read_page_by_page() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let gateway = id(&place.make(json!({})).await);
        let page =
            |key: &str, more: bool| json!({"sessions": [{"key": key}], "hasMore": more, "nextOffset": 1});
        place.gateway.answer("sessions.list", Ok(page("agent:a:main", true)));
        place.gateway.answer("sessions.list", Ok(page("agent:b:main", false)));
        let status = place.ask(Method::GET, &format!("/status?gateway_id={gateway}"), None).await.json;
        assert_eq!(status["sessions_count"], 2);
        let seen = place.gateway.take_seen();
        assert_eq!((&seen[1].params, &seen[2].params), (&json!({}), &json!({"limit": 100, "offset": 1})));
    })
    .await;
}

#[tokio::test]
async fn sessions_of_a_gateway_leave_out_what_the_caller_may_not_see() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let (gateway, ops) = inhabited(&place).await;
        let home = home(&place.server).await;
        let secret = board(&place.server, "Secret").await;
        agent(&place.server, (home, secret), "Eve", false, Some("agent:lead-2:main")).await;
        let txn = store.begin().await.unwrap();
        txn.run(sql("UPDATE agents SET gateway_id = $1").bind(gateway)).await.unwrap();
        txn.commit().await.unwrap();
        let keys = |answer: &Answer| {
            let sessions = answer.json["sessions"].as_array().unwrap();
            sessions.iter().map(|session| session["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let main = format!("agent:mc-gateway-{gateway}:main");
        let list = format!("/api/v1/gateways/sessions?gateway_id={gateway}");
        place.gateway.answer("sessions.list", Ok(sessions(gateway)));
        let all = place.server.user(Method::GET, &list, None).await;
        assert_eq!(keys(&all), ["agent:lead-1:main", "agent:lead-2:main", main.as_str()]);
        assert_eq!(all.json["main_session"]["key"], main);

        let admin = person(&place.server, "ann", home, Role::Admin, (false, false)).await;
        crate::fixtures::grant(&place.server, &admin, ops, true, false).await;
        place.gateway.answer("sessions.list", Ok(sessions(gateway)));
        let some = admin.call(&place.server, Method::GET, &list, None).await;
        assert_eq!(keys(&some), ["agent:lead-1:main", main.as_str()], "but for a board that may not be read");
        let one =
            |key: &str, rest: &str| format!("/api/v1/gateways/sessions/{key}{rest}?gateway_id={gateway}");
        let hidden = one("agent:lead-2:main", "/history");
        assert_eq!(admin.call(&place.server, Method::GET, &hidden, None).await.status, StatusCode::NOT_FOUND);
        place.gateway.answer("chat.history", Ok(json!({"messages": [{"role": "user"}]})));
        let shown = admin.call(&place.server, Method::GET, &one("agent:lead-1:main", "/history"), None).await;
        assert_eq!(shown.json["history"], json!([{"role": "user"}]));
        let say = async |key: &str| {
            let body = Some(json!({"content": "x"}));
            admin.call(&place.server, Method::POST, &one(key, "/message"), body).await.status
        };
        assert_eq!(
            say("agent:lead-1:main").await,
            StatusCode::FORBIDDEN,
            "it takes the right to write the board"
        );
        assert_eq!(say(&main).await, StatusCode::OK);

        let tenant = organization(&place.server, "Other").await;
        let stranger = person(&place.server, "eve", tenant, Role::Owner, (true, true)).await;
        assert_eq!(
            stranger.call(&place.server, Method::GET, &list, None).await.status,
            StatusCode::NOT_FOUND
        );
    })
    .await;
}
