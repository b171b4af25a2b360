//! Two processes with one Redis share their limits, and without it each keeps its own.

use black_box::{Client, Installation, Kind, Redis};

/// Guesses an agent token, and gives the status.
fn guess(client: &Client) -> u16 {
    client.send("GET", "/api/v1/agent/healthz", &[("x-agent-token", "mca_wrong")], Vec::new()).status
}

#[test]
fn processes_share_a_limit_and_keep_their_own_when_redis_goes_away() {
    let redis = Redis::start();
    let installation = || {
        Installation::new(Kind::Sqlite)
            .with("RATE_LIMIT_BACKEND", "redis")
            .with("RQ_REDIS_URL", &redis.url())
            .with("MC_AGENT_AUTH_LIMIT", "4")
    };
    let (one, two) = (installation(), installation());
    let (here, there) = (one.start(), two.start());
    let (guest_here, guest_there) = (here.client.clone().signed_out(), there.client.clone().signed_out());

    for _ in 0..2 {
        assert_eq!(guess(&guest_here), 401);
        assert_eq!(guess(&guest_there), 401);
    }
    let refused =
        guest_there.send("GET", "/api/v1/agent/healthz", &[("x-agent-token", "mca_wrong")], Vec::new());
    assert_eq!((refused.status, guess(&guest_here)), (429, 429), "both have used up one limit");
    assert_eq!(refused.headers["ratelimit-policy"], "\"agent_auth\";q=4;w=60");
    assert!(refused.headers.contains_key("retry-after") && refused.headers.contains_key("ratelimit"));

    drop(redis);
    let _ = here.client.get("/api/v1/users/me").expect(200);
    // Each process goes on with what it has counted itself: two tries here were allowed, two more are.
    assert_eq!([guess(&guest_here), guess(&guest_here), guess(&guest_here)], [401, 401, 429]);
    let warnings = here.log().matches("rate_limit.redis.unavailable").count();
    assert_eq!(warnings, 1, "{}", here.log());
}
