use http::{Method, StatusCode};
use mc_domain::{
    backups::{self, Action, NewRun},
    organizations::Role,
};
use mc_store::{Store, testing::on_both};
use serde_json::json;

use crate::{
    fixtures::{home, organization, person},
    testing::TestServer,
};

const BACKUPS: &str = "/api/v1/system/backups";

async fn record(store: &Store, succeeded: bool, detail: &str) {
    let run = NewRun {
        action: Action::Backup,
        origin: "scheduled",
        file_name: succeeded.then(|| "mission-control.tar.gz".to_owned()),
        succeeded,
        is_encrypted: true,
        size_bytes: succeeded.then_some(4_096),
        detail: detail.to_owned(),
        started_at: store.clock().now(),
    };
    backups::record(store, run).await.unwrap();
}

#[tokio::test]
async fn those_who_operate_the_installation_see_how_backups_stand_and_no_tenant_does() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let seen = server.user(Method::GET, BACKUPS, None).await;
        assert_eq!(seen.status, StatusCode::OK, "{seen:?}");
        assert_eq!((&seen.json["last_backup_at"], &seen.json["items"]), (&json!(null), &json!([])));

        record(&store, true, "7 rows in 3 tables").await;
        record(&store, false, "the folder cannot be written").await;
        let seen = server.user(Method::GET, BACKUPS, None).await;
        assert_eq!(
            (&seen.json["backup_failing"], &seen.json["last_backup_bytes"]),
            (&json!(true), &json!(4_096))
        );
        assert_eq!(seen.json["items"][0]["detail"], json!("the folder cannot be written"));
        assert_eq!(seen.json["items"][1]["detail"], json!("7 rows in 3 tables"));

        let elsewhere = organization(&server, "Elsewhere").await;
        for (name, tenant) in [("stranger", elsewhere), ("colleague", home(&server).await)] {
            let owner = person(&server, name, tenant, Role::Owner, (true, true)).await;
            let refused = owner.call(&server, Method::GET, BACKUPS, None).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name}");
        }
    })
    .await;
}
