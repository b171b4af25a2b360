mod clerk;
mod oidc;
mod provider;

use chrono::TimeDelta;
use http::{Method, StatusCode};
use mc_base::AgentToken;
use mc_domain::organizations::Role;
use mc_store::{
    sql,
    testing::{on_both, with_hand},
};
use serde_json::json;

use crate::{
    Settings,
    fixtures::{agent, board, home, organization, person},
    testing::{TOKEN, TestServer, settings},
};

const SESSIONS: &str = "/api/v1/auth/sessions";

#[tokio::test]
async fn a_person_sees_and_ends_only_the_own_sign_ins() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let place = organization(&server, "Place").await;
        let grace = person(&server, "grace", place, Role::Owner, (true, true)).await;
        let other = person(&server, "other", place, Role::Owner, (true, true)).await;
        let user = mc_domain::users::service::by_id(&store, grace.user_id).await.unwrap().unwrap();
        let agent = Some("Browser 2");
        mc_domain::sessions::service::create(&server.context, &user, agent, "192.0.2.1").await.unwrap();

        let list = grace.call(&server, Method::GET, SESSIONS, None).await.json;
        assert_eq!(list["total"], 2);
        let items = list["items"].as_array().unwrap();
        assert_eq!(
            (&items[0]["user_agent"], &items[0]["client_address"], &items[0]["current"]),
            (&json!("Browser 2"), &json!("192.0.2.1"), &json!(false))
        );
        assert_eq!(items[1]["current"], true);
        assert!(!list.to_string().contains(grace.cookie.split_once('=').unwrap().1), "no token is shown");
        let page = grace.call(&server, Method::GET, &format!("{SESSIONS}?limit=1&offset=1"), None).await.json;
        assert_eq!((&page["items"][0]["id"], &page["total"]), (&items[1]["id"], &json!(2)));

        let second = format!("{SESSIONS}/{}", items[0]["id"].as_str().unwrap());
        assert_eq!(other.call(&server, Method::DELETE, &second, None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(grace.call(&server, Method::DELETE, &second, None).await.status, StatusCode::OK);
        assert_eq!(grace.call(&server, Method::DELETE, &second, None).await.status, StatusCode::NOT_FOUND);
        let malformed = grace.call(&server, Method::DELETE, &format!("{SESSIONS}/x"), None).await;
        assert_eq!(malformed.json["detail"][0]["loc"], json!(["path", "session_id"]));

        let out = grace.call(&server, Method::DELETE, "/api/v1/auth/session", None).await;
        assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        let gone = grace.call(&server, Method::GET, SESSIONS, None).await;
        assert_eq!((gone.status, &gone.json["detail"]), (StatusCode::UNAUTHORIZED, &json!("Unauthorized")));
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_ends_when_its_time_is_over_and_lasts_while_it_is_used() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let place = organization(&server, "Place").await;
        let grace = person(&server, "grace", place, Role::Owner, (true, true)).await;
        let shift = |minutes_used: i64, minutes_left: i64| {
            let (store, user) = (store.clone(), grace.user_id);
            async move {
                let txn = store.begin().await.unwrap();
                txn.run_one(
                    sql("UPDATE sessions SET last_used_at = $2, expires_at = $3 WHERE user_id = $1")
                        .bind(user)
                        .bind(txn.now() - chrono::TimeDelta::minutes(minutes_used))
                        .bind(txn.now() + chrono::TimeDelta::minutes(minutes_left)),
                )
                .await
                .unwrap();
                txn.commit().await.unwrap();
            }
        };
        shift(6, 1).await;
        let list = grace.call(&server, Method::GET, SESSIONS, None).await.json;
        let end = mc_base::Timestamp::parse(list["items"][0]["expires_at"].as_str().unwrap()).unwrap().0;
        let left = end - store.clock().now();
        assert!(left > chrono::TimeDelta::minutes(55), "a use moves the end on: {left}");
        shift(1, -1).await;
        assert_eq!(grace.call(&server, Method::GET, SESSIONS, None).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_bearer_token_is_read_leniently_and_compared_strictly() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        for (value, expected) in [
            (format!("bearer {TOKEN}"), StatusCode::OK),
            (format!("  BEARER   {TOKEN}  "), StatusCode::OK),
            (TOKEN.to_owned(), StatusCode::UNAUTHORIZED),
            (format!("Basic {TOKEN}"), StatusCode::UNAUTHORIZED),
            ("Bearer".into(), StatusCode::UNAUTHORIZED),
            ("Bearer töken".into(), StatusCode::UNAUTHORIZED),
            (format!("Bearer {TOKEN}x"), StatusCode::UNAUTHORIZED),
        ] {
            let answer =
                server.call(Method::GET, "/api/v1/users/me", &[("authorization", &value)], None).await;
            assert_eq!(answer.status, expected, "{value}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_failed_agent_tokens_count_and_known_ones_pass_the_limit() {
    on_both(|store| async move {
        let (store, hand) = with_hand(&store).await;
        let server = TestServer::new(&store).await;
        let place = (home(&server).await, board(&server, "Ops").await);
        let memory = format!("/api/v1/boards/{}/memory", place.1);
        let (_, known) = agent(&server, place, "Known", false, None).await;
        let (_, late) = agent(&server, place, "Late", false, None).await;
        for n in 0..25 {
            let (_, token) = agent(&server, place, &format!("Agent {n}"), false, None).await;
            let answer = server.agent(&token, Method::GET, &memory, None).await;
            assert_eq!(answer.status, StatusCode::OK, "many agents behind one address");
        }
        assert_eq!(server.agent(&known, Method::GET, &memory, None).await.status, StatusCode::OK);
        // Between two check-ins an agent may be away for hours.
        hand.advance(TimeDelta::hours(8));
        let unknown = AgentToken::generate(store.random());
        for presented in [unknown.expose(), "no token at all"].iter().cycle().take(20) {
            let answer = server.agent(presented, Method::GET, &memory, None).await;
            assert_eq!(
                (answer.status, &answer.json["detail"]),
                (StatusCode::UNAUTHORIZED, &json!("Unauthorized"))
            );
        }
        for token in [unknown.expose(), &late] {
            let answer = server.agent(token, Method::GET, &memory, None).await;
            assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
            assert!(answer.headers.contains_key("retry-after") && answer.headers.contains_key("ratelimit"));
        }
        assert_eq!(server.agent(&known, Method::GET, &memory, None).await.status, StatusCode::OK);
        // People are not concerned, on any kind of route.
        assert_eq!(server.user(Method::GET, &memory, None).await.status, StatusCode::OK);
        let agent_only =
            server.call(Method::GET, &format!("/api/v1/agent/boards/{}/memory", place.1), &[], None).await;
        assert_eq!(agent_only.status, StatusCode::UNAUTHORIZED, "no token is no attempt");
        let path = format!("/api/v1/agent/boards/{}/memory", place.1);
        for _ in 0..25 {
            let answer = server.user(Method::GET, &path, None).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "a person is no attempt");
        }
    })
    .await;
}

#[tokio::test]
async fn every_agent_call_counts_when_it_is_configured_so() {
    on_both(|store| async move {
        let server = TestServer::with(&store, Settings { count_all_agent_calls: true, ..settings() }).await;
        let place = (home(&server).await, board(&server, "Ops").await);
        let memory = format!("/api/v1/boards/{}/memory", place.1);
        let (_, token) = agent(&server, place, "Ada", false, None).await;
        for _ in 0..20 {
            assert_eq!(server.agent(&token, Method::GET, &memory, None).await.status, StatusCode::OK);
        }
        let answer = server.agent(&token, Method::GET, &memory, None).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

#[tokio::test]
async fn on_mixed_routes_an_agent_header_is_never_taken_for_a_person() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let place = (home(&server).await, board(&server, "Ops").await);
        let memory = format!("/api/v1/boards/{}/memory", place.1);
        let (_, token) = agent(&server, place, "Ada", false, None).await;
        let person = format!("Bearer {TOKEN}");
        let agent = format!("Bearer {token}");
        for (headers, path, expected) in [
            (
                vec![("authorization", person.as_str()), ("x-agent-token", "wrong")],
                memory.as_str(),
                StatusCode::UNAUTHORIZED,
            ),
            (
                vec![("authorization", person.as_str()), ("x-agent-token", "")],
                memory.as_str(),
                StatusCode::OK,
            ),
            (
                vec![("authorization", person.as_str()), ("x-agent-token", "wrong")],
                "/api/v1/users/me",
                StatusCode::OK,
            ),
            (vec![("authorization", agent.as_str())], memory.as_str(), StatusCode::OK),
            (
                vec![("authorization", "Bearer wrong"), ("x-agent-token", token.as_str())],
                memory.as_str(),
                StatusCode::OK,
            ),
            (vec![], memory.as_str(), StatusCode::UNAUTHORIZED),
        ] {
            let answer = server.call(Method::GET, path, &headers, None).await;
            assert_eq!(answer.status, expected, "{headers:?} {path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_call_of_an_agent_is_a_sign_of_life_and_a_leaving_agent_writes_nothing() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let place = (home(&server).await, board(&server, "Ops").await);
        let memory = format!("/api/v1/boards/{}/memory", place.1);
        let (ada, token) = agent(&server, place, "Ada", false, None).await;
        let load = || async { mc_domain::agents::service::by_id(&store, ada.id).await.unwrap().unwrap() };
        server.agent(&token, Method::GET, &memory, None).await;
        let first = load().await;
        assert_eq!((first.status.as_str(), first.updated_at), ("online", ada.updated_at));
        server.agent(&token, Method::GET, &memory, None).await;
        assert_eq!(load().await.last_seen_at, first.last_seen_at, "not written again within half a minute");

        let txn = store.begin().await.unwrap();
        txn.run_one(
            sql("UPDATE agents SET status = 'deleting', last_seen_at = NULL WHERE id = $1").bind(ada.id),
        )
        .await
        .unwrap();
        txn.commit().await.unwrap();
        let note = Some(json!({"content": "x"}));
        assert_eq!(server.agent(&token, Method::POST, &memory, note).await.status, StatusCode::FORBIDDEN);
        assert_eq!(server.agent(&token, Method::GET, &memory, None).await.status, StatusCode::OK);
        let last = load().await;
        assert_eq!((last.status.as_str(), last.last_seen_at.is_some()), ("deleting", true));
    })
    .await;
}
