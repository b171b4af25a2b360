//! The boards that agents reach.

use http::{Method, StatusCode};
use mc_store::{sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{World, linked_board, main_of_gateway, refused, run};
use crate::fixtures::{board, organization};

const PATH: &str = "/api/v1/agent/boards";

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|board| board["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_agent_lists_its_board_and_a_main_agent_those_of_its_gateway() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let plain = board(server, "Plain").await;
        linked_board(server, world.gateway_id, "Second").await;
        let (_, worker) = world.worker(plain, "Bob").await;

        let own = server.agent(&worker, Method::GET, PATH, None).await.json;
        assert_eq!((names(&own), &own["total"]), (vec!["Plain"], &json!(1)));
        let all = server.agent(&world.main, Method::GET, PATH, None).await.json;
        assert_eq!((names(&all), &all["total"]), (vec!["Second", "Linked"], &json!(2)));
        let page =
            server.agent(&world.main, Method::GET, &format!("{PATH}?limit=1&offset=1"), None).await.json;
        assert_eq!((names(&page), &page["total"], &page["limit"]), (vec!["Linked"], &json!(2), &json!(1)));

        let elsewhere = organization(server, "Elsewhere").await;
        let (_, stranger) = main_of_gateway(server, elsewhere).await;
        let none = server.agent(&stranger, Method::GET, PATH, None).await.json;
        assert_eq!((names(&none), &none["total"]), (vec![], &json!(0)));

        run(
            server,
            sql("UPDATE agents SET gateway_id = NULL WHERE gateway_id = $1 AND board_id IS NULL")
                .bind(world.gateway_id),
        )
        .await;
        let answer = server.agent(&world.main, Method::GET, PATH, None).await;
        refused(&answer, StatusCode::FORBIDDEN, "The agent belongs to no board and to no gateway");
        assert_eq!(server.user(Method::GET, PATH, None).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(server.call(Method::GET, PATH, &[], None).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn an_agent_reads_the_boards_that_it_reaches_and_no_others() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let plain = board(server, "Plain").await;
        let (_, worker) = world.worker(plain, "Bob").await;
        let elsewhere = organization(server, "Elsewhere").await;
        let (_, stranger) = main_of_gateway(server, elsewhere).await;
        for (token, id, expected) in [
            (&worker, plain, StatusCode::OK),
            (&worker, world.linked, StatusCode::FORBIDDEN),
            (&world.main, world.linked, StatusCode::OK),
            (&world.main, plain, StatusCode::FORBIDDEN),
            (&stranger, plain, StatusCode::FORBIDDEN),
            (&stranger, world.linked, StatusCode::FORBIDDEN),
            (&worker, Uuid::from_u128(7), StatusCode::NOT_FOUND),
        ] {
            let answer = server.agent(token, Method::GET, &format!("{PATH}/{id}"), None).await;
            assert_eq!(answer.status, expected, "{id}");
            if expected == StatusCode::OK {
                assert_eq!(answer.json["id"], json!(id));
                assert_eq!(answer.json["max_agents"], json!(1));
            }
        }
    })
    .await;
}
