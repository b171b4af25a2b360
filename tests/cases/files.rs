//! What a first start leaves on disk, and that a second start finds it.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use black_box::{Installation, Kind};
use rstest::rstest;

fn mode(path: &Path) -> u32 {
    let data = fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    data.permissions().mode() & 0o777
}

#[test]
fn a_first_start_creates_what_it_needs_for_its_own_account_only() {
    let installation = Installation::new(Kind::Sqlite);
    let server = installation.start();
    let data = installation.data();
    assert_eq!(format!("{:o}", mode(&data)), "700");
    for secret in ["local-token", "server.key"] {
        assert_eq!(format!("{:o}", mode(&data.join(secret))), "600", "{secret}");
    }

    let token = installation.token();
    assert!(token.len() >= 32, "the token is too short to be a secret");
    let log = server.log();
    assert!(!log.contains(&token[..8]), "the token is in the log");
    assert!(log.contains("local-token"), "the log does not say where the token lies:\n{log}");
}

#[rstest]
#[case::sqlite(Kind::Sqlite)]
#[case::postgres(Kind::Postgres)]
fn a_second_start_finds_everything(#[case] kind: Kind) {
    let installation = Installation::new(kind);
    let first = installation.start();
    let token = installation.token();
    let board = first.client.create_board("Kept");
    first.ask_to_end();
    assert!(first.status().success());

    let second = installation.start();
    assert_eq!(installation.token(), token);
    let read = second.client.get(&format!("/api/v1/boards/{board}")).expect(200);
    assert_eq!(read["name"], "Kept");
}
