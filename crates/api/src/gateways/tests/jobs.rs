use mc_domain::gateways::port::{Failure, GatewayError};
use mc_store::{
    jobs::{NewJob, queue_state},
    testing::on_both,
};

use super::*;

fn busy() -> GatewayError {
    GatewayError::new(Failure::Busy, "starting")
}

async fn failed(place: &Place) -> Uuid {
    place.gateway.answer("agents.create", Err(busy()));
    let answer = place.ask(Method::POST, "", Some(body(&json!({})))).await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    let listed = place.ask(Method::GET, "", None).await.json;
    let _ = place.gateway.take_seen();
    id(&listed["items"][0])
}

#[tokio::test]
async fn a_job_carries_on_where_the_request_gave_up() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let gateway = failed(&place).await;
        place.gateway.answer("agents.create", Err(busy()));
        place.make_due().await;
        place.run_jobs().await;
        place.make_due().await;
        place.run_jobs().await;
        let creates = place.gateway.take_methods().iter().filter(|method| *method == "agents.create").count();
        assert_eq!(creates, 2, "tried again");
        let read = place.ask(Method::GET, &format!("/{gateway}"), None).await.json;
        assert_eq!(
            (&read["provision_state"], &read["last_error"]),
            (&json!("awaiting_checkin"), &Value::Null)
        );
        let told: Vec<(String,)> = store
            .all(sql("SELECT kind FROM events WHERE kind LIKE 'agent.%' AND activity ORDER BY position"))
            .await
            .unwrap();
        let told: Vec<&str> = told.iter().map(|(kind,)| kind.as_str()).collect();
        let expected = [
            "agent.provision.failed",
            "agent.provision.failed",
            "agent.provision.direct",
            "agent.wakeup.sent",
        ];
        assert_eq!(told, expected);
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_stays_away_is_waited_for_and_a_job_that_names_none_is_a_dead_letter() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let gateway = failed(&place).await;
        for _ in 0..3 {
            place.gateway.answer("agents.create", Err(busy()));
            place.make_due().await;
            place.run_jobs().await;
        }
        let _ = place.gateway.take_seen();
        let read = place.ask(Method::GET, &format!("/{gateway}"), None).await.json;
        assert_eq!(
            (&read["provision_state"], &read["last_error"]),
            (&json!("requested"), &json!("starting"))
        );
        let state = queue_state(&store).await.unwrap();
        assert_eq!((state.queued, state.dead), (1, 0), "the gateway's page tells it");

        let txn = store.begin().await.unwrap();
        txn.enqueue(NewJob::new("gateway.cleanup", json!({}))).await.unwrap();
        txn.commit().await.unwrap();
        place.run_jobs().await;
        assert!(place.gateway.take_seen().is_empty());
        assert_eq!(queue_state(&store).await.unwrap().dead, 1, "it says nothing");
    })
    .await;
}
