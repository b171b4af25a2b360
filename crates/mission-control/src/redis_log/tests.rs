//! Against a real `redis-server` on a free port.

use std::{
    net::{Ipv4Addr, TcpListener},
    process::{Child, Command, Stdio},
    time::Instant,
};

use mc_base::Clock;
use tempfile::TempDir;

use super::*;

/// How long a test waits for Redis to come or go.
const LIMIT: Duration = Duration::from_secs(20);

/// A Redis that ends with its test.
struct Server {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Server {
    fn start(port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port_text = port.to_string();
        let arguments = ["--port", &port_text, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        let child = Command::new("redis-server")
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        Self { child, port, _folder: folder }
    }

    fn url(&self) -> RedisUrl {
        let url = format!("redis://127.0.0.1:{}/0", self.port);
        let variables = [("RATE_LIMIT_BACKEND", "redis"), ("RQ_REDIS_URL", &url), ("MC_DATA_DIR", "/data")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let (settings, _) = crate::config::Settings::load(variables, None).unwrap();
        settings.limits.redis.unwrap().1
    }

    /// Another process that counts here.
    async fn process(&self) -> RedisLog {
        let started = Instant::now();
        loop {
            match RedisLog::connect("RQ_REDIS_URL", &self.url(), Clock::system()).await {
                Ok(log) => return log,
                Err(error) => assert!(started.elapsed() < LIMIT, "{error:#}"),
            }
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn attempt(key: &str) -> Attempt<'_> {
    Attempt { limit: "test", key, max: 3, window: Duration::from_secs(60) }
}

#[tokio::test]
async fn two_processes_share_a_limit_and_keys_end() {
    let server = Server::start(free_port());
    let (here, there) = (server.process().await, server.process().await);
    assert_eq!(there.look(attempt("a")).await, Some(Verdict::Allowed));
    assert_eq!(here.record(attempt("a")).await, Some(Verdict::Allowed));
    assert_eq!(there.record(attempt("a")).await, Some(Verdict::Allowed));
    assert_eq!(there.look(attempt("a")).await, Some(Verdict::Allowed));
    assert_eq!(here.record(attempt("a")).await, Some(Verdict::Allowed));
    for process in [&here, &there] {
        let Some(Verdict::Refused(wait)) = process.look(attempt("a")).await else { panic!("it was used up") };
        assert!(wait > Duration::from_secs(50) && wait <= Duration::from_secs(60), "{wait:?}");
        assert!(matches!(process.record(attempt("a")).await, Some(Verdict::Refused(_))));
    }
    assert_eq!(there.record(attempt("b")).await, Some(Verdict::Allowed), "keys are counted apart");
    let mut connection = here.connection().unwrap();
    let kept: i64 = redis::cmd("ZCARD").arg("ratelimit:test:a").query_async(&mut connection).await.unwrap();
    assert_eq!(kept, 3, "refused attempts take the place of the oldest");
    let ttl: i64 = redis::cmd("PTTL").arg("ratelimit:test:a").query_async(&mut connection).await.unwrap();
    assert!((50_000..=61_000).contains(&ttl), "{ttl}");
}

#[tokio::test]
async fn attempts_at_one_moment_are_all_counted() {
    let server = Server::start(free_port());
    let log = server.process().await;
    let many = (0..50).map(|_| {
        let log = log.clone();
        tokio::spawn(async move { log.record(attempt("a")).await })
    });
    let mut allowed = 0;
    for one in many.collect::<Vec<_>>() {
        allowed += usize::from(one.await.unwrap() == Some(Verdict::Allowed));
    }
    assert_eq!(allowed, 3);
}

#[tokio::test]
async fn the_window_slides() {
    let server = Server::start(free_port());
    let log = server.process().await;
    let short = Attempt { max: 1, window: Duration::from_millis(50), ..attempt("a") };
    assert_eq!(log.record(short).await, Some(Verdict::Allowed));
    let started = Instant::now();
    while log.look(short).await != Some(Verdict::Allowed) {
        assert!(started.elapsed() < LIMIT);
    }
    assert_eq!(log.record(short).await, Some(Verdict::Allowed));
}

#[tokio::test]
async fn a_redis_that_went_away_is_skipped_and_found_again() {
    let port = free_port();
    let server = Server::start(port);
    let log = server.process().await;
    assert!(log.record(attempt("a")).await.is_some());
    drop(server);
    assert_eq!(log.record(attempt("a")).await, None);
    let started = Instant::now();
    assert_eq!(log.record(attempt("a")).await, None);
    assert!(started.elapsed() < ANSWER, "nobody waits for one that is known to be away");
    let _server = Server::start(port);
    let started = Instant::now();
    while log.record(attempt("b")).await.is_none() {
        assert!(started.elapsed() < LIMIT, "it is found again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_start_without_redis_names_the_variable() {
    let server = Server {
        child: Command::new("true").spawn().unwrap(),
        port: free_port(),
        _folder: tempfile::tempdir().unwrap(),
    };
    let error = RedisLog::connect("RQ_REDIS_URL", &server.url(), Clock::system()).await.unwrap_err();
    let text = format!("{error}");
    assert!(text.starts_with("RQ_REDIS_URL: redis://127.0.0.1:"), "{text}");
    assert!(text.contains("does not answer; check the address"), "{text}");
}
