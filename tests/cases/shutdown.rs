//! SIGTERM ends the server in good order.

use black_box::{Installation, Kind};
use rstest::rstest;

#[rstest]
#[case::sqlite(Kind::Sqlite)]
#[case::postgres(Kind::Postgres)]
fn asked_to_end_it_closes_its_streams_and_exits_with_0(#[case] kind: Kind) {
    let installation = Installation::new(kind);
    let server = installation.start();
    let (first, second) = (server.client.live(), server.client.live());
    server.ask_to_end();
    first.wait_for_end();
    second.wait_for_end();
    let log = server.log();
    let status = server.status();
    assert_eq!(status.code(), Some(0), "{log}");
}
