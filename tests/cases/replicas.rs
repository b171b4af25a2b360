//! Two processes on one PostgreSQL are one service.

use black_box::{Installation, Kind};

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const TOKEN: &str = "a-token-that-is-shared-by-the-replicas-of-this-test-only";

#[test]
fn a_change_on_one_is_seen_on_the_other() {
    let installation =
        Installation::new(Kind::Postgres).with("MC_SECRET_KEY", KEY).with("LOCAL_AUTH_TOKEN", TOKEN);
    let other = installation.replica();
    let (here, there) = (installation.start(), other.start());
    let board = here.client.create_board("Shared");
    assert_eq!(there.client.get(&format!("/api/v1/boards/{board}")).expect(200)["name"], "Shared");

    let live = there.client.live();
    let task = here.client.create_task(&board, "Seen from the other side");
    let event =
        live.wait_for(|event| event.data["type"] == "task.created" && event.data["task_id"] == task.as_str());
    assert_eq!(event.data["data"]["task"]["title"], "Seen from the other side");
    assert!(event.id.is_some(), "an event without a place in the log cannot be resumed");
}

#[test]
fn two_first_starts_at_once_make_one_schema() {
    let installation =
        Installation::new(Kind::Postgres).with("MC_SECRET_KEY", KEY).with("LOCAL_AUTH_TOKEN", TOKEN);
    let other = installation.replica();
    let (here, there) = std::thread::scope(|scope| {
        let here = scope.spawn(|| installation.start());
        let there = scope.spawn(|| other.start());
        (here.join().unwrap(), there.join().unwrap())
    });
    // Both meet the user for the first time at once, too.
    std::thread::scope(|scope| {
        for server in [&here, &there] {
            scope.spawn(move || server.client.get("/api/v1/users/me").expect(200));
        }
    });
    let organizations = here.client.get("/api/v1/organizations/me/list").expect(200);
    assert_eq!(organizations.as_array().map(Vec::len), Some(1), "{organizations}");
}
