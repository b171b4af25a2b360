//! From one schema to the next, and back.

use std::fs;

use black_box::{Installation, Kind, answered};
use rstest::rstest;

#[rstest]
#[case::sqlite(Kind::Sqlite)]
#[case::postgres(Kind::Postgres)]
fn a_database_is_copied_before_it_is_migrated_and_can_be_put_back(#[case] kind: Kind) {
    let installation = Installation::new(kind);
    let older = installation.make_older_schema();
    assert!(answered(&installation.run(&["migrate", "status"])).contains("behind"));
    assert!(answered(&installation.run(&["migrate", "--status"])).contains(&format!("version {older}")));
    let plan = answered(&installation.run(&["migrate", "plan"]));
    assert!(plan.contains(&format!("{:04}  ", older + 1)), "{plan}");
    assert!(answered(&installation.run(&["migrate", "status"])).contains("behind"), "a plan changes nothing");

    let arguments: &[&str] = match kind {
        Kind::Sqlite => &["migrate"],
        Kind::Postgres => &["migrate", "up", "--backup"],
    };
    let told = answered(&installation.run(arguments));
    assert!(told.contains("as it was before is in"), "{told}");
    assert!(answered(&installation.run(&["migrate", "status"])).contains("current"));
    assert_eq!(answered(&installation.run(&["migrate", "plan"])).lines().count(), 1);
    let server = installation.start();
    let board = server.client.create_board("New");
    let shown = server.client.get("/api/v1/system/backups").expect(200);
    assert_eq!(shown["items"][0]["origin"], "migration", "{shown}");
    server.ask_to_end();
    assert!(server.status().success());

    let told = answered(&installation.run(&["rollback"]));
    assert!(told.contains(&format!("schema has version {older} again")), "{told}");
    assert!(
        answered(&installation.run(&["migrate", "status"])).contains(&format!("behind: version {older}"))
    );
    // And forward again: what was made since the first migration went with the rollback.
    let _ = answered(&installation.run(&["migrate"]));
    let server = installation.start();
    assert_eq!(server.client.get(&format!("/api/v1/boards/{board}")).status, 404);
}

#[test]
fn copies_from_before_migrations_do_not_pile_up() {
    let installation = Installation::new(Kind::Sqlite);
    for _ in 0..5 {
        let _ = installation.make_older_schema();
        let _ = answered(&installation.run(&["migrate"]));
        let data = installation.data();
        for name in ["mission-control.db", "mission-control.db-wal", "mission-control.db-shm"] {
            let path = data.join(name);
            assert!(!path.exists() || fs::remove_file(path).is_ok());
        }
    }
    let listed = answered(&installation.run(&["backup", "list"]));
    assert_eq!(listed.lines().filter(|line| line.contains("migration")).count(), 3, "{listed}");
}

#[test]
fn without_a_copy_the_schema_is_left_alone_unless_one_insists() {
    let installation = Installation::new(Kind::Sqlite);
    let _ = installation.make_older_schema();
    fs::write(installation.data().join("backups"), "a file where the folder should be").unwrap();
    let output = installation.run(&["migrate"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && told.contains("--no-backup"), "{told}");
    assert!(answered(&installation.run(&["migrate", "status"])).contains("behind"));
    let _ = answered(&installation.run(&["migrate", "--no-backup"]));
    assert!(answered(&installation.run(&["migrate", "status"])).contains("current"));
}
