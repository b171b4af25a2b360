//! An open view misses nothing, whatever happens to its connection.

use black_box::{Installation, Kind};
use rstest::rstest;

#[rstest]
#[case::sqlite(Kind::Sqlite)]
#[case::postgres(Kind::Postgres)]
fn a_view_goes_on_after_a_crash_where_it_was_broken_off(#[case] kind: Kind) {
    let installation = Installation::new(kind);
    let server = installation.start();
    let board = server.client.create_board("Live");
    let live = server.client.live();
    let seen = server.client.create_task(&board, "Seen");
    let last = live.wait_for(|event| event.data["task_id"] == seen.as_str());
    let last = last.id.expect("an event has a place in the log");
    drop(live);

    // Nobody looks while these two are made, and the process dies right after.
    let missed =
        [server.client.create_task(&board, "Missed"), server.client.create_task(&board, "Missed too")];
    server.crash();
    let server = installation.start();
    let live = server.client.live_after(&last);
    for task in &missed {
        let event = live.wait_for(|event| event.data["type"] == "task.created");
        assert_eq!(event.data["task_id"], task.as_str(), "{event:?}");
    }
    let new = server.client.create_task(&board, "New");
    let event = live.wait_for(|event| event.data["type"] == "task.created");
    assert_eq!(event.data["task_id"], new.as_str(), "{event:?}");
}

#[test]
fn a_stream_needs_credentials() {
    let installation = Installation::new(Kind::Sqlite);
    let server = installation.start();
    let _ = server.client.clone().signed_out().get("/api/v1/events").expect(401);
    let _ = server.client.clone().signed_in("not the token").get("/api/v1/events").expect(401);
}
