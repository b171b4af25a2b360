use std::{future::Future, net::SocketAddr, time::Duration};

use mc_base::Random;
use mc_openclaw::fake::{FakeGateway, Manners};
use mc_store::{Read, sql, testing::on_both};
use serde_json::json;
use tokio::time::sleep;

use super::*;
use crate::{
    Context,
    gateways::{
        doctor::{self, RungName},
        inspect::Wanted,
        rules,
    },
    testing,
};

const TOKEN: &str = "gateway-token";

const LIMITS: Limits = Limits { connections: 3, calls: 4 };

async fn gateway() -> FakeGateway {
    FakeGateway::start(SocketAddr::from(([127, 0, 0, 1], 0)), TOKEN).await.unwrap()
}

struct Place {
    context: Context,
    connections: Connections,
    gateway: FakeGateway,
    id: Uuid,
    target: Target,
}

impl Place {
    /// A stored gateway and the connections of a process.
    async fn new(store: &Store) -> Self {
        let gateway = gateway().await;
        let key = SecretKey::generate(&Random::seeded(7));
        let identity = device_identity(store, &key, None).await.unwrap();
        let connections = Connections::new(store.clone(), key.clone(), identity, LIMITS);
        let plain = testing::context(store);
        let context =
            Context::new(store.clone(), key, plain.settings().clone()).with_gateways(connections.clone());
        let admin = testing::admin(&context).await;
        let txn = store.begin().await.unwrap();
        let id = txn.new_id();
        txn.run_one(
            sql("INSERT INTO gateways (id, organization_id, name, url, workspace_root, created_at, updated_at)
                 VALUES ($1, $2, 'Gateway', $3, '/srv', $4, $4)")
            .bind(id)
            .bind(admin.organization().id)
            .bind(gateway.url())
            .bind(txn.now()),
        )
        .await
        .unwrap();
        txn.commit().await.unwrap();
        let target = Target {
            gateway_id: Some(id),
            url: gateway.url(),
            token: Some(TOKEN.into()),
            allow_insecure_tls: false,
            disable_device_pairing: false,
            reads_only: false,
        };
        Self { context, connections, gateway, id, target }
    }

    async fn ask(&self) -> Result<Value, GatewayError> {
        self.connections.request(&self.target, "health", json!({})).await
    }

    fn state(&self) -> Option<String> {
        self.connections.link(self.id).and_then(|link| link.state)
    }

    async fn stored(&self) -> Link {
        let row: Option<Link> = self
            .context
            .store()
            .optional(sql("SELECT * FROM gateways WHERE id = $1").bind(self.id))
            .await
            .unwrap();
        row.unwrap()
    }

    async fn kinds(&self) -> Vec<String> {
        let rows: Vec<(String,)> = self
            .context
            .store()
            .all(sql("SELECT kind FROM events WHERE kind LIKE 'gateway.%' ORDER BY position"))
            .await
            .unwrap();
        rows.into_iter().map(|(kind,)| kind).collect()
    }
}

/// Waits for something that happens in the background, at most ten seconds.
async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    for _ in 0..1_000 {
        if holds().await {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} did not happen");
}

#[tokio::test]
async fn one_connection_serves_all_calls_and_is_shown() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let calls = (0..20).map(|_| place.ask());
        let answers = futures_util::future::join_all(calls).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!((place.gateway.connects(), place.gateway.open()), (1, 1));
        until("the record", || async { place.stored().await.is_online() }).await;
        let stored = place.stored().await;
        assert_eq!((stored.protocol, stored.dialect.as_deref()), (Some(4), Some("entries")));
        assert_eq!(stored.scopes.unwrap().0, WORK_SCOPES);
        assert_eq!(place.kinds().await, ["gateway.connected"]);
    })
    .await;
}

#[tokio::test]
async fn a_restart_is_survived_and_no_news() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        place.ask().await.unwrap();
        until("the record", || async { place.stored().await.is_online() }).await;
        place.gateway.restart();
        until("the return", || async { place.gateway.connects() == 2 }).await;
        until("the answer", || async { place.ask().await.is_ok() }).await;
        assert_eq!(place.kinds().await, ["gateway.connected"]);
    })
    .await;
}

#[tokio::test]
async fn a_device_that_waits_is_shown_with_what_to_do_and_let_in_when_asked() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        place.gateway.set_manners(Manners::Pairing);
        let refusal = place.ask().await.unwrap_err();
        assert_eq!(refusal.failure, Failure::PairingRequired);
        let told = rules::explain(&refusal);
        assert!(told.contains("pairing required") && told.contains("devices approve request-1"), "{told}");
        assert_eq!(place.state().as_deref(), Some("pairing_required"));
        until("the record", || async { place.stored().await.pairing_request_id.is_some() }).await;
        assert_eq!(approval_command(Some("request-1")), "openclaw devices approve request-1");
        place.gateway.set_manners(Manners::Open);
        place.connections.reconnect(&place.target).await.unwrap();
        until("the record", || async { place.stored().await.is_online() }).await;
        assert_eq!(place.stored().await.pairing_request_id, None);
        assert_eq!(place.kinds().await, ["gateway.pairing_required", "gateway.connected"]);
    })
    .await;
}

#[tokio::test]
async fn another_token_makes_another_connection() {
    on_both(|store| async move {
        let mut place = Place::new(&store).await;
        place.target.token = Some("wrong".into());
        assert_eq!(place.ask().await.unwrap_err().failure, Failure::Auth);
        assert_eq!(place.state().as_deref(), Some("refused"));
        place.target.token = Some(TOKEN.into());
        place.ask().await.unwrap();
        until("the old one's end", || async { place.gateway.open() == 1 }).await;
        place.connections.forget(place.id);
        until("the end", || async { place.gateway.open() == 0 }).await;
        assert_eq!(place.state(), None);
    })
    .await;
}

#[tokio::test]
async fn stored_gateways_are_connected_to_until_the_process_ends() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        place.gateway.set_manners(Manners::OtherProtocol);
        let stop = CancellationToken::new();
        let running = tokio::spawn({
            let (connections, stop) = (place.connections.clone(), stop.clone());
            async move { connections.run(stop).await }
        });
        until("the state", || async { place.state().as_deref() == Some("protocol_mismatch") }).await;
        stop.cancel();
        running.await.unwrap();
        assert_eq!((place.state(), place.gateway.open()), (None, 0));
    })
    .await;
}

#[tokio::test]
async fn a_look_reads_only_and_leaves_nothing() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let look = Target { gateway_id: None, reads_only: true, ..place.target.clone() };
        let hello = place.connections.hello(&look).await.unwrap();
        assert_eq!(hello.scopes.as_deref(), Some(LOOK_SCOPES.map(str::to_owned).as_slice()));
        until("the end", || async { place.gateway.open() == 0 }).await;
    })
    .await;
}

#[tokio::test]
async fn only_so_many_calls_are_on_their_way_to_a_gateway() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        place.ask().await.unwrap();
        place.gateway.set_latency(Duration::from_millis(5));
        let answers = futures_util::future::join_all((0..40).map(|_| place.ask())).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert!(
            place.gateway.most_in_flight() <= LIMITS.calls + 1,
            "the record reads the configuration beside them"
        );
    })
    .await;
}

#[tokio::test]
async fn only_so_many_connections_are_kept() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        for _ in 0..3 {
            let target = Target {
                gateway_id: Some(place.context.store().ids().unguessable()),
                ..place.target.clone()
            };
            place.connections.request(&target, "health", json!({})).await.unwrap();
        }
        let error = place.ask().await.unwrap_err();
        assert_eq!(error.failure, Failure::Busy);
        assert!(error.message.contains("MC_GATEWAY_CONNECTIONS"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn the_doctor_finds_what_a_gateway_is_broken_by() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let admin = testing::admin(&place.context).await;
        let ask = |token: &str, url: Option<String>| Wanted {
            url: Some(url.unwrap_or_else(|| place.gateway.url())),
            token: Some(token.to_owned().into()),
            ..Wanted::default()
        };
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        for (manners, token, url, failed) in [
            (Manners::Open, TOKEN, None, None),
            (Manners::Open, "wrong", None, Some(RungName::Auth)),
            (Manners::Pairing, TOKEN, None, Some(RungName::Pairing)),
            (Manners::OtherProtocol, TOKEN, None, Some(RungName::Protocol)),
            (Manners::Open, TOKEN, Some(format!("ws://{free}")), Some(RungName::Tcp)),
            (Manners::Open, TOKEN, Some("ws://no-such-host.invalid".to_owned()), Some(RungName::Dns)),
            (Manners::Open, TOKEN, Some(place.gateway.url().replace("ws://", "wss://")), Some(RungName::Tls)),
        ] {
            place.gateway.set_manners(manners);
            let report = doctor::examine(&place.context, &admin, ask(token, url)).await.unwrap();
            assert_eq!(report.failed, failed, "{report:?}");
            assert_eq!(report.advice.is_some(), failed.is_some());
            assert!(report.device_id.is_some());
        }
        until("the end", || async { place.gateway.open() == 0 }).await;
    })
    .await;
}
