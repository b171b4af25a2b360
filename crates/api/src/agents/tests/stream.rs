use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{sql, testing::on_both};
use serde_json::json;

use super::{AGENTS, made, path, run};
use crate::{
    fixtures::{Stream, agent, board, gateway, grant, home, organization, person},
    testing::TestServer,
};

const STREAM: &str = "/api/v1/agents/stream";

#[tokio::test]
async fn a_stream_shows_each_change_once_and_departures_too() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ours").await;
        let mut stream = Stream::of_user(&server, STREAM).await;
        let (ada, token) = made(&server, board, "Ada").await;
        let created = stream.next().await.unwrap();
        assert_eq!((created.event.as_str(), &created.data["agent"]["name"]), ("agent", &json!("Ada")));
        assert_eq!(created.data["agent"]["token"], json!(null));
        server.agent(&token, Method::GET, "/api/v1/agent/healthz", None).await;
        let online = stream.next().await.unwrap();
        assert_eq!(online.data["agent"]["status"], "online");
        server.agent(&token, Method::POST, "/api/v1/agent/heartbeat", None).await;
        server.user(Method::PATCH, &path(ada), Some(json!({"name": "Eve"}))).await;
        let renamed = stream.next().await.unwrap();
        assert_eq!(renamed.data["agent"]["name"], "Eve", "a heartbeat that changes nothing is not shown");
        server.user(Method::DELETE, &path(ada), None).await;
        let gone = stream.next().await.unwrap();
        assert_eq!(
            (gone.event.as_str(), &gone.data),
            ("agent.deleted", &json!({"agent_id": ada, "board_id": board}))
        );

        let last = renamed.id.unwrap().to_string();
        let bearer = format!("Bearer {}", crate::testing::TOKEN);
        let headers = [("authorization", bearer.as_str()), ("last-event-id", last.as_str())];
        let mut resumed = Stream::open(&server, STREAM, &headers).await;
        assert_eq!(resumed.next().await.unwrap(), gone);
        let mut since = Stream::of_user(&server, &format!("{STREAM}?since=2020-01-01T00:00:00+00:00")).await;
        assert_eq!(
            since.next().await.unwrap().event,
            "agent.deleted",
            "what is gone has no present state to show"
        );
    })
    .await;
}

#[tokio::test]
async fn a_stream_is_for_administrators_and_their_boards() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, hidden) = (board(&server, "Ours").await, board(&server, "Hidden").await);
        let admin = person(&server, "admin", home, Role::Admin, (false, false)).await;
        grant(&server, &admin, ours, true, false).await;
        let member = person(&server, "member", home, Role::Member, (true, true)).await;
        let other = organization(&server, "Other").await;
        let stranger = person(&server, "stranger", other, Role::Owner, (true, true)).await;
        let open = |cookie: &str| [("cookie".to_owned(), cookie.to_owned())];
        for (cookie, path, status) in [
            (&member.cookie, STREAM.to_owned(), StatusCode::FORBIDDEN),
            (&admin.cookie, format!("{STREAM}?board_id={hidden}"), StatusCode::FORBIDDEN),
            (&stranger.cookie, format!("{STREAM}?board_id={ours}"), StatusCode::FORBIDDEN),
        ] {
            let headers = open(cookie);
            let headers = [(headers[0].0.as_str(), headers[0].1.as_str())];
            assert_eq!(Stream::request(&server, &path, &headers).await.status(), status, "{path}");
        }
        let mut seen = Stream::open(&server, STREAM, &[("cookie", &admin.cookie)]).await;
        let mut of_board =
            Stream::open(&server, &format!("{STREAM}?board_id={ours}"), &[("cookie", &admin.cookie)]).await;
        let mut foreign = Stream::open(&server, STREAM, &[("cookie", &stranger.cookie)]).await;
        made(&server, hidden, "Eve").await;
        let (_, main) = gateway(&server, home).await;
        server.agent(&main, Method::POST, "/api/v1/agent/heartbeat", None).await;
        made(&server, ours, "Ada").await;
        assert_eq!(seen.next().await.unwrap().data["agent"]["name"], "Main", "main agents are streamed too");
        assert_eq!(seen.next().await.unwrap().data["agent"]["name"], "Ada");
        assert_eq!(of_board.next().await.unwrap().data["agent"]["name"], "Ada");

        let theirs = stranger
            .call(
                &server,
                Method::POST,
                "/api/v1/boards",
                Some(json!({"name": "T", "slug": "t", "description": "d", "board_type": "general"})),
            )
            .await;
        let theirs = theirs.json["id"].as_str().unwrap().parse().unwrap();
        let (_, token) = agent(&server, (other, theirs), "Zoe", false, None).await;
        server.agent(&token, Method::POST, "/api/v1/agent/heartbeat", None).await;
        assert_eq!(
            foreign.next().await.unwrap().data["agent"]["name"],
            "Zoe",
            "nothing of another tenant came before"
        );

        run(
            &store,
            sql("UPDATE organization_members SET role = 'member' WHERE id = $1").bind(admin.member_id),
        )
        .await;
        let txn = store.begin().await.unwrap();
        let changed = mc_store::events::NewEvent::new("member.changed", home).user(Some(admin.user_id));
        txn.append(changed).await.unwrap();
        txn.commit().await.unwrap();
        assert!(seen.next().await.is_none(), "who is no administrator any more sees nothing more");
    })
    .await;
}

#[tokio::test]
async fn the_list_of_agents_is_for_people() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ours").await;
        let (ada, token) = made(&server, board, "Ada").await;
        for path in [AGENTS.to_owned(), STREAM.to_owned(), path(ada)] {
            let answer = server.agent(&token, Method::GET, &path, None).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        }
    })
    .await;
}
